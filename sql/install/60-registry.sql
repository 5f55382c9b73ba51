-- Laying, checking and bringing forward a registry.  A registry's objects belong to whoever calls create_registry().

CREATE TABLE icp.registry_template (
	ordinal		integer PRIMARY KEY,
	subject		text NOT NULL UNIQUE,
	body		text NOT NULL
);
COMMENT ON TABLE icp.registry_template IS 'The registry as SQL, in which @registry@ stands for the schema''s name';
COMMENT ON COLUMN icp.registry_template.ordinal IS 'Order in which the templates are run';
COMMENT ON COLUMN icp.registry_template.subject IS 'What the template is about';
COMMENT ON COLUMN icp.registry_template.body IS 'SQL commands';
GRANT SELECT ON icp.registry_template TO PUBLIC;

CREATE FUNCTION icp.create_roles() RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	role	record;
BEGIN
	FOR role IN
		SELECT * FROM (VALUES
			('icp_public',    'asks whether a site is filed'),
			('icp_sponsor',   'a sponsor''s account: enters and submits its own filings'),
			('icp_provider',  'an access provider: enters, verifies and reports its customers'' filings'),
			('icp_approver',  'a department of prior approval: looks up what concerns it'),
			('icp_regulator', 'a regulator of content: looks up what concerns it'),
			('icp_bureau',    'a bureau: reviews its province''s applications, settles conflicts'),
			('icp_ministry',  'the ministry and its filing centre: watches rates'),
			('icp_auditor',   'sees how a registry was laid')) AS r(name, meaning)
		 WHERE NOT EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.name)
	LOOP
		EXECUTE format('CREATE ROLE %I NOLOGIN', role.name);
		EXECUTE format('COMMENT ON ROLE %I IS %L', role.name, 'icpfiling: ' || role.meaning);
		RETURN NEXT role.name;
	END LOOP;
END
$$;
COMMENT ON FUNCTION icp.create_roles() IS
	'Makes those of the group roles icp_public, icp_sponsor, icp_provider, icp_approver, icp_regulator, icp_bureau, icp_ministry, icp_auditor that are missing, and returns their names; needs CREATEROLE';

CREATE FUNCTION icp.grant_registry(schema name DEFAULT 'beian') RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	command	record;
BEGIN
	FOR command IN
		-- No id and nothing that triggers stamp: a member who takes ids ahead of the sequence would stop everybody.
		SELECT r.role, format(r.command, schema, r.role) AS text
		  FROM (VALUES
			('icp_public',    'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_public',    'GRANT EXECUTE ON FUNCTION %1$I.lookup(text) TO %2$I'),
			('icp_public',    'GRANT SELECT ON %1$I.bureau_notice TO %2$I'),
			('icp_public',    'GRANT EXECUTE ON FUNCTION %1$I.may_resolve(text), %1$I.may_redirect(text, text) TO %2$I'),
			('icp_public',    'GRANT SELECT ON %1$I.open_provider TO %2$I'),
			('icp_sponsor',   'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.account, %1$I.sponsor, %1$I.site, %1$I.access, %1$I.application, %1$I.event, %1$I.service_window, %1$I.filing_system TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (account_id, province, name, nature, credential, principal_name, phone, email, address), UPDATE (account_id, province, name, nature, credential, principal_name, phone, email, address) ON %1$I.sponsor TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (sponsor_id, kind, name, domains, homepage), UPDATE (sponsor_id, kind, name, domains, homepage) ON %1$I.site TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (kind, state, account_id, sponsor_id, site_id, provider_id, province, filed_by), UPDATE (state, reason) ON %1$I.application TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.lookup(text), %1$I.acting_user(), %1$I.may_see(smallint, bigint), %1$I.may_enter(bigint) TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.bureau_notice TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (access_id, licence, ground) ON %1$I.application TO %2$I'),
			('icp_sponsor',   'GRANT SELECT, INSERT, UPDATE, DELETE ON %1$I.sponsor_change, %1$I.site_change TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.access_change TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.acts_for_provider(bigint), %1$I.serves_site(bigint), %1$I.serves_site_of(bigint), %1$I.may_apply(text, text, smallint, bigint, bigint), %1$I.may_alter(bigint), %1$I.with_bureau(text), %1$I.acts_as_owner() TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.warning, %1$I.application_problem TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (superior, credential_address, principal_credential, mobile, emergency_phone, division_code, remark, credential_holder, credential_expires_on, residence_proof, legal_representative, authorisation), UPDATE (superior, credential_address, principal_credential, mobile, emergency_phone, division_code, remark, credential_holder, credential_expires_on, residence_proof, legal_representative, authorisation) ON %1$I.sponsor TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (domain_holder, contents, languages, approvals, principal_name, principal_credential, phone, mobile, email, remark, domain_holder_relation, domain_expires_on, domain_verified, app_platform, app_package, app_fingerprint, app_public_key, app_name, app_icon_bytes), UPDATE (domain_holder, contents, languages, approvals, principal_name, principal_credential, phone, mobile, email, remark, domain_holder_relation, domain_expires_on, domain_verified, app_platform, app_package, app_fingerprint, app_public_key, app_name, app_icon_bytes) ON %1$I.site TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.judge(bigint) TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.take_password(bigint), %1$I.give_password(bigint, text, text), %1$I.confirm_sms(bigint, text), %1$I.resend_sms(bigint) TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.open_provider, %1$I.annual_period, %1$I.annual_review, %1$I.empty_shell_site, %1$I.empty_shell_sponsor TO %2$I'),
			('icp_sponsor',   'GRANT UPDATE (answer, answer_note) ON %1$I.annual_review TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.own_provinces(), %1$I.lies_in(icp.province, bigint, smallint[]), %1$I.is_served_in(bigint, smallint[]), %1$I.acts_as_bureau(smallint[]), %1$I.sees_all_conflicts() TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.notice, %1$I.review_queue, %1$I.overdue_review, %1$I.overdue_verification, %1$I.overdue_application, %1$I.late_change TO %2$I'),
			('icp_sponsor',   'GRANT INSERT (takes_effect_on) ON %1$I.application TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.may_see_notice(text, smallint, bigint, bigint), %1$I.days_to(timestamptz) TO %2$I'),
			('icp_provider',  'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.provider, %1$I.member, %1$I.account, %1$I.sponsor, %1$I.site, %1$I.access, %1$I.application, %1$I.event, %1$I.service_window, %1$I.filing_system, %1$I.unfinished_application TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, user_name, contact) ON %1$I.account TO %2$I'),
			('icp_provider',  'GRANT INSERT (site_id, provider_id, ips, mode, server_province) ON %1$I.access TO %2$I'),
			('icp_provider',  'GRANT INSERT (account_id, province, name, nature, credential, principal_name, phone, email, address), UPDATE (account_id, province, name, nature, credential, principal_name, phone, email, address) ON %1$I.sponsor TO %2$I'),
			('icp_provider',  'GRANT INSERT (sponsor_id, kind, name, domains, homepage), UPDATE (sponsor_id, kind, name, domains, homepage) ON %1$I.site TO %2$I'),
			('icp_provider',  'GRANT INSERT (kind, state, account_id, sponsor_id, site_id, provider_id, province, filed_by), UPDATE (state, reason) ON %1$I.application TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.lookup(text), %1$I.acting_user(), %1$I.may_see(smallint, bigint), %1$I.may_enter(bigint), %1$I.review_due(timestamptz) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.stop_order, %1$I.unfulfilled_stop, %1$I.bureau_notice TO %2$I'),
			('icp_provider',  'GRANT INSERT (what, ground, site_id, provider_id, domain, reason, evidence_sha256), UPDATE (done_at, lifted_at, lifted_because) ON %1$I.stop_order TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.is_member(text[], smallint, bigint), %1$I.has_to_do_with(bigint, bigint), %1$I.sees_all_conflicts(), %1$I.may_resolve(text), %1$I.may_redirect(text, text), %1$I.is_filed(icp.domain_name) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.ip_block, %1$I.domain_report, %1$I.unit_contact, %1$I.ip_prompt, %1$I.overdue_unit_report TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, parent_id, ips, own_address, obtained_on, reported_at), UPDATE (ips, reported_at, changed_on, change_reported_at, status) ON %1$I.ip_block TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, domain, holder_name, registered_on, expires_on, reported_at), UPDATE (holder_name, expires_on, reported_at, changed_on, change_reported_at, status) ON %1$I.domain_report TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, unit, name, phone, email, changed_on, reported_at), UPDATE (reported_at) ON %1$I.unit_contact TO %2$I'),
			('icp_provider',  'GRANT UPDATE (corrected_at) ON %1$I.ip_prompt TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.end_of_working_day(date, integer) TO %2$I'),
			('icp_provider',  'GRANT INSERT (access_id, ground) ON %1$I.application TO %2$I'),
			('icp_provider',  'GRANT UPDATE (ips, mode, server_province) ON %1$I.access TO %2$I'),
			('icp_provider',  'GRANT SELECT, INSERT, UPDATE, DELETE ON %1$I.sponsor_change, %1$I.site_change, %1$I.access_change TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.acts_for_provider(bigint), %1$I.serves_site(bigint), %1$I.serves_site_of(bigint), %1$I.may_apply(text, text, smallint, bigint, bigint), %1$I.may_alter(bigint), %1$I.with_bureau(text), %1$I.acts_as_owner(), %1$I.may_add_access(bigint, bigint) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.warning, %1$I.application_problem TO %2$I'),
			('icp_provider',  'GRANT INSERT (superior, credential_address, principal_credential, mobile, emergency_phone, division_code, remark, credential_holder, credential_expires_on, residence_proof, legal_representative, authorisation), UPDATE (superior, credential_address, principal_credential, mobile, emergency_phone, division_code, remark, credential_holder, credential_expires_on, residence_proof, legal_representative, authorisation) ON %1$I.sponsor TO %2$I'),
			('icp_provider',  'GRANT INSERT (domain_holder, contents, languages, approvals, principal_name, principal_credential, phone, mobile, email, remark, domain_holder_relation, domain_expires_on, domain_verified, app_platform, app_package, app_fingerprint, app_public_key, app_name, app_icon_bytes), UPDATE (domain_holder, contents, languages, approvals, principal_name, principal_credential, phone, mobile, email, remark, domain_holder_relation, domain_expires_on, domain_verified, app_platform, app_package, app_fingerprint, app_public_key, app_name, app_icon_bytes) ON %1$I.site TO %2$I'),
			('icp_provider',  'GRANT INSERT (server_place), UPDATE (server_place) ON %1$I.access TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.judge(bigint) TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.give_password(bigint, text, text) TO %2$I'),
			('icp_bureau',    'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.provider, %1$I.member, %1$I.account, %1$I.sponsor, %1$I.site, %1$I.access, %1$I.application, %1$I.event, %1$I.sighting, %1$I.conflict, %1$I.unfiled_site, %1$I.filing_rate_by_province, %1$I.filing_rate_by_provider, %1$I.service_window, %1$I.incident, %1$I.overdue_incident, %1$I.unfinished_application, %1$I.filing_system TO %2$I'),
			('icp_bureau',    'GRANT INSERT (purpose, province, kinds, events, closed_from, closed_until, reason, clause, announced_at, announced_by), UPDATE (closed_until, reason), DELETE ON %1$I.service_window TO %2$I'),
			('icp_bureau',    'GRANT INSERT (province, provider_id, business, began_at, ended_at, reported_at, reported_to, account_of_it), UPDATE (business, ended_at, reported_at, reported_to, account_of_it) ON %1$I.incident TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (state, reason) ON %1$I.application TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (settlement, reason) ON %1$I.conflict TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.lookup(text), %1$I.acting_user(), %1$I.may_see(smallint, bigint), %1$I.sees_all_conflicts(), %1$I.acts_as_bureau(smallint[]), %1$I.is_filed(icp.domain_name) TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.stop_order, %1$I.unfulfilled_stop, %1$I.bureau_notice, %1$I.assistance_request, %1$I.overdue_assistance TO %2$I'),
			('icp_bureau',    'GRANT INSERT (what, ground, site_id, provider_id, domain, reason, evidence_sha256), UPDATE (done_at, lifted_at, lifted_because) ON %1$I.stop_order TO %2$I'),
			('icp_bureau',    'GRANT INSERT (province, report_phone, report_mailbox, sheet_submission), UPDATE (report_phone, report_mailbox, sheet_submission) ON %1$I.bureau_notice TO %2$I'),
			('icp_bureau',    'GRANT INSERT (from_province, to_province, subject, site_id, provider_id, demand, due_at), UPDATE (answered_at, answer) ON %1$I.assistance_request TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.is_member(text[], smallint, bigint), %1$I.has_to_do_with(bigint, bigint), %1$I.may_resolve(text), %1$I.may_redirect(text, text) TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.ip_block, %1$I.domain_report, %1$I.unit_contact, %1$I.ip_prompt, %1$I.overdue_unit_report TO %2$I'),
			('icp_bureau',    'GRANT INSERT (ip_block_id, problem), UPDATE (corrected_at) ON %1$I.ip_prompt TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.prompt_ip_problems(), %1$I.find_ip_problems() TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.warning, %1$I.application_problem TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.judge(bigint) TO %2$I'),
			('icp_ministry',  'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_ministry',  'GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.lookup(text), %1$I.acting_user(), %1$I.may_see(smallint, bigint), %1$I.sees_all_conflicts(), %1$I.acts_as_bureau(smallint[]), %1$I.is_filed(icp.domain_name), %1$I.is_member(text[], smallint, bigint), %1$I.has_to_do_with(bigint, bigint), %1$I.may_resolve(text), %1$I.may_redirect(text, text) TO %2$I'),
			('icp_ministry',  'GRANT INSERT (what, ground, site_id, provider_id, domain, reason, evidence_sha256), UPDATE (done_at, lifted_at, lifted_because) ON %1$I.stop_order TO %2$I'),
			('icp_bureau',    'GRANT INSERT (kind, state, sponsor_id, site_id, access_id, provider_id, province, filed_by, ground), UPDATE (licence) ON %1$I.application TO %2$I'),
			('icp_bureau',    'GRANT INSERT (kind, state, account_id, sponsor_id, site_id, access_id, provider_id, province, filed_by, ground), UPDATE (licence) ON %1$I.application TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.sponsor_change, %1$I.site_change, %1$I.access_change TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.acts_for_provider(bigint), %1$I.serves_site(bigint), %1$I.serves_site_of(bigint), %1$I.may_apply(text, text, smallint, bigint, bigint), %1$I.may_alter(bigint), %1$I.with_bureau(text), %1$I.acts_as_owner() TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.take_password(bigint), %1$I.confirm_sms(bigint, text), %1$I.resend_sms(bigint) TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (cause, contact) ON %1$I.conflict TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.recheck_conflicts(bigint), %1$I.find_site_name_rivals(text, bigint, integer) TO %2$I'),
			('icp_ministry',  'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_ministry',  'GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.lookup(text), %1$I.acting_user(), %1$I.may_see(smallint, bigint), %1$I.sees_all_conflicts(), %1$I.acts_as_bureau(smallint[]), %1$I.is_filed(icp.domain_name) TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.acts_for_provider(bigint), %1$I.serves_site(bigint), %1$I.serves_site_of(bigint) TO %2$I'),
			('icp_ministry',  'GRANT INSERT (name, province, licence, supervisor, class, businesses, parent_id, is_key, licence_valid_until, service_phone, system_url, system_origin, system_product, system_version), UPDATE (name, licence, supervisor, class, businesses, parent_id, is_key, licence_valid_until, service_phone, system_url, system_origin, system_product, system_version, resources_frozen, admission, admission_reason) ON %1$I.provider TO %2$I'),
			('icp_ministry',  'GRANT INSERT (lessor_id, lessee_id, resource, since, until, is_violation, finding), UPDATE (resource, until, finding) ON %1$I.provider_lease TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.is_regulator(), %1$I.supervises_provider(smallint), %1$I.issues_licence(bigint), %1$I.own_provinces(), %1$I.lies_in(icp.province, bigint, smallint[]), %1$I.is_served_in(bigint, smallint[]), %1$I.left_with_provider(bigint), %1$I.bureaux_of_site(bigint), %1$I.bureaux_of_application(bigint), %1$I.hand_over(bigint, bigint, text, bigint[]), %1$I.end_accesses(bigint, text), %1$I.open_annual_review(integer, icp.province), %1$I.may_enter(bigint) TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.reset_letter, %1$I.overdue_reset_letter TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (fax_at, original_at) ON %1$I.reset_letter TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.open_provider, %1$I.provider_history, %1$I.provider_officer, %1$I.provider_lease, %1$I.overdue_officer_report, %1$I.key_provider, %1$I.sublease_clearance, %1$I.access_place, %1$I.handover, %1$I.annual_period, %1$I.annual_review, %1$I.annual_review_overdue, %1$I.empty_shell_site, %1$I.empty_shell_sponsor TO %2$I'),
			('icp_bureau',    'GRANT INSERT (name, province, licence, supervisor, class, businesses, parent_id, is_key, licence_valid_until, service_phone, system_url, system_origin, system_product, system_version), UPDATE (name, licence, supervisor, class, businesses, parent_id, is_key, licence_valid_until, service_phone, system_url, system_origin, system_product, system_version, resources_frozen, admission, admission_reason) ON %1$I.provider TO %2$I'),
			('icp_bureau',    'GRANT INSERT (lessor_id, lessee_id, resource, since, until, is_violation, finding), UPDATE (resource, until, finding) ON %1$I.provider_lease TO %2$I'),
			('icp_bureau',    'GRANT INSERT (year, province, opens_on, closes_on), UPDATE (opens_on, closes_on), DELETE ON %1$I.annual_period TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (result, result_reason) ON %1$I.annual_review TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.is_regulator(), %1$I.supervises_provider(smallint), %1$I.issues_licence(bigint), %1$I.own_provinces(), %1$I.lies_in(icp.province, bigint, smallint[]), %1$I.is_served_in(bigint, smallint[]), %1$I.left_with_provider(bigint), %1$I.bureaux_of_site(bigint), %1$I.bureaux_of_application(bigint), %1$I.hand_over(bigint, bigint, text, bigint[]), %1$I.end_accesses(bigint, text), %1$I.open_annual_review(integer, icp.province), %1$I.may_enter(bigint), %1$I.transfer_sponsor(bigint, bigint, text) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.reset_letter, %1$I.overdue_reset_letter TO %2$I'),
			('icp_provider',  'GRANT INSERT (application_id, is_lost, not_recoverable, not_deposited, mailbox) ON %1$I.reset_letter TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.compare_reset_letter(bigint, jsonb) TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.judge(bigint) TO %2$I'),
			('icp_ministry',  'REVOKE ALL ON %1$I.event_chain, %1$I.filing_password, %1$I.password_to_show, %1$I.given_password, %1$I.sms_challenge FROM %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.open_provider, %1$I.provider_history, %1$I.provider_officer, %1$I.provider_lease, %1$I.overdue_officer_report, %1$I.handover, %1$I.annual_period, %1$I.annual_review, %1$I.annual_review_overdue, %1$I.empty_shell_site, %1$I.empty_shell_sponsor TO %2$I'),
			('icp_provider',  'GRANT UPDATE (admission, admission_reason, service_phone, system_url, system_origin, system_product, system_version) ON %1$I.provider TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, duty, name, phone, email, since, until, reported_at), UPDATE (name, phone, email, since, until, reported_at) ON %1$I.provider_officer TO %2$I'),
			('icp_provider',  'GRANT INSERT (lessor_id, lessee_id, resource, lessee_licence, licence_valid_until, since, until), UPDATE (resource, until) ON %1$I.provider_lease TO %2$I'),
			('icp_provider',  'GRANT UPDATE (answer, answer_note) ON %1$I.annual_review TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.is_regulator(), %1$I.supervises_provider(smallint), %1$I.issues_licence(bigint), %1$I.own_provinces(), %1$I.lies_in(icp.province, bigint, smallint[]), %1$I.is_served_in(bigint, smallint[]), %1$I.acts_as_bureau(smallint[]), %1$I.sees_all_conflicts() TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.may_see_notice(text, smallint, bigint, bigint), %1$I.days_to(timestamptz), %1$I.run_clocks(), %1$I.take_notices(integer, text, text), %1$I.deliver_notice(bigint, boolean, text, text), %1$I.requeue_notice(bigint, text) TO %2$I'),
			('icp_ministry',  'REVOKE ALL ON %1$I.notice_secret FROM %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.reset_letter, %1$I.overdue_reset_letter TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (fax_at, original_at) ON %1$I.reset_letter TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.notice, %1$I.review_queue, %1$I.overdue_review, %1$I.overdue_verification, %1$I.overdue_application, %1$I.late_change TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.may_see_notice(text, smallint, bigint, bigint), %1$I.days_to(timestamptz), %1$I.run_clocks(), %1$I.take_notices(integer, text, text), %1$I.deliver_notice(bigint, boolean, text, text), %1$I.requeue_notice(bigint, text) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.reset_letter, %1$I.overdue_reset_letter TO %2$I'),
			('icp_provider',  'GRANT INSERT (application_id, is_lost, not_recoverable, not_deposited, mailbox) ON %1$I.reset_letter TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.compare_reset_letter(bigint, jsonb) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.notice, %1$I.review_queue, %1$I.overdue_review, %1$I.overdue_verification, %1$I.overdue_application, %1$I.late_change TO %2$I'),
			('icp_provider',  'GRANT INSERT (takes_effect_on) ON %1$I.application TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.may_see_notice(text, smallint, bigint, bigint), %1$I.days_to(timestamptz) TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.confirm_account(bigint, text, text), %1$I.resend_account_code(bigint, text, text), %1$I.check_account_password(bigint, text), %1$I.change_account_password(bigint, text, text), %1$I.begin_recovery(bigint), %1$I.finish_recovery(bigint, text) TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.register_account(bigint, text, text, text), %1$I.confirm_account(bigint, text, text), %1$I.resend_account_code(bigint, text, text), %1$I.make_account_password(bigint), %1$I.check_account_password(bigint, text), %1$I.change_account_password(bigint, text, text), %1$I.missing_admission(bigint), %1$I.portal_is_filed(text), %1$I.check_filings(bigint) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.provider_document, %1$I.unfiled_portal, %1$I.verification_plan, %1$I.verification_progress, %1$I.filing_check, %1$I.overdue_filing_check, %1$I.overdue_work, %1$I.untrue_item TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, kind, number, sha256, stored_at), UPDATE (number, sha256, stored_at) ON %1$I.provider_document TO %2$I'),
			('icp_provider',  'GRANT INSERT (provider_id, plan, begins_on, ends_on) ON %1$I.verification_plan TO %2$I'),
			('icp_provider',  'GRANT INSERT (sponsor_id, site_id, item, how) ON %1$I.untrue_item TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.missing_admission(bigint), %1$I.portal_is_filed(text), %1$I.check_filings(bigint), %1$I.register_account(bigint, text, text, text), %1$I.confirm_account(bigint, text, text), %1$I.resend_account_code(bigint, text, text), %1$I.make_account_password(bigint), %1$I.check_account_password(bigint, text), %1$I.change_account_password(bigint, text, text), %1$I.begin_recovery(bigint), %1$I.finish_recovery(bigint, text) TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.provider_document, %1$I.unfiled_portal, %1$I.verification_plan, %1$I.verification_progress, %1$I.filing_check, %1$I.overdue_filing_check, %1$I.overdue_work, %1$I.untrue_item TO %2$I'),
			('icp_bureau',    'GRANT INSERT (provider_id, kind, number, sha256, stored_at), UPDATE (number, sha256, stored_at) ON %1$I.provider_document TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (decision, reason) ON %1$I.verification_plan TO %2$I'),
			('icp_bureau',    'GRANT INSERT (sponsor_id, site_id, item, how), UPDATE (settled_because) ON %1$I.untrue_item TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.missing_admission(bigint), %1$I.portal_is_filed(text), %1$I.check_filings(bigint) TO %2$I'),
			('icp_ministry',  'GRANT INSERT (provider_id, kind, number, sha256, stored_at), UPDATE (number, sha256, stored_at) ON %1$I.provider_document TO %2$I'),
			('icp_ministry',  'GRANT UPDATE (decision, reason) ON %1$I.verification_plan TO %2$I'),
			('icp_ministry',  'REVOKE ALL ON %1$I.account_code, %1$I.account_password, %1$I.password_recovery FROM %2$I'),
			('icp_approver',  'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_approver',  'GRANT EXECUTE ON FUNCTION %1$I.lookup(text) TO %2$I'),
			('icp_sponsor',   'GRANT SELECT ON %1$I.verification, %1$I.verification_document, %1$I.verification_domain, %1$I.prior_approval TO %2$I'),
			('icp_sponsor',   'GRANT EXECUTE ON FUNCTION %1$I.sees_sponsor(bigint), %1$I.sees_sheet(bigint, boolean), %1$I.acts_for_provider(bigint), %1$I.acts_as_bureau(smallint[]), %1$I.acts_as_approver(integer, smallint) TO %2$I'),
			('icp_provider',  'GRANT SELECT ON %1$I.verification, %1$I.verification_document, %1$I.verification_domain, %1$I.prior_approval, %1$I.unverified_access, %1$I.sponsor_file, %1$I.retention_due, %1$I.blacklist_hit TO %2$I'),
			('icp_provider',  'GRANT INSERT (application_id, site_id, provider_id, method, verified_by, verified_at, place, sheet_number, sheet_format, sponsor_holder, sponsor_credential, sponsor_original, sponsor_source, principal_holder, principal_credential, principal_original, principal_source, in_person, person_matches, photo_digest, photo_width, photo_height, photo_taken_at, photo_backdrop, sponsor_true, contact_true, site_true, access_true, corrections, agreement_on, agreement_signer, signer_capacity, sponsor_signed, stamped, copy_form), UPDATE (method, verified_by, verified_at, place, sheet_number, sheet_format, sponsor_holder, sponsor_credential, sponsor_original, sponsor_source, principal_holder, principal_credential, principal_original, principal_source, in_person, person_matches, photo_digest, photo_width, photo_height, photo_taken_at, photo_backdrop, sponsor_true, contact_true, site_true, access_true, corrections, agreement_on, agreement_signer, signer_capacity, sponsor_signed, stamped, copy_form), DELETE ON %1$I.verification TO %2$I'),
			('icp_provider',  'GRANT INSERT (verification_id, kind, sha256, pages, stored_at), UPDATE (kind, sha256, pages, stored_at), DELETE ON %1$I.verification_document TO %2$I'),
			('icp_provider',  'GRANT INSERT (verification_id, domain, holder, relation, source), UPDATE (domain, holder, relation, source), DELETE ON %1$I.verification_domain TO %2$I'),
			('icp_provider',  'GRANT INSERT (application_id, sponsor_id, site_id, kind, number, authority, valid_from, valid_to, document_sha256, document_at, original_with), UPDATE (kind, number, authority, valid_from, valid_to, document_sha256, document_at, original_with) ON %1$I.prior_approval TO %2$I'),
			('icp_provider',  'GRANT SELECT (id, list, name, is_individual, domain, province, province_code, listed_at, until, removed_at) ON %1$I.blacklist TO %2$I'),
			('icp_provider',  'GRANT EXECUTE ON FUNCTION %1$I.sees_sponsor(bigint), %1$I.sees_sheet(bigint, boolean), %1$I.acts_for_provider(bigint), %1$I.acts_as_bureau(smallint[]), %1$I.acts_as_approver(integer, smallint), %1$I.enters_approval(bigint), %1$I.sees_all_conflicts(), %1$I.sheet_problems(bigint), %1$I.retention_until(timestamptz), %1$I.filing_ended_at(bigint, bigint), %1$I.blacklist_hits() TO %2$I'),
			('icp_bureau',    'GRANT SELECT ON %1$I.verification, %1$I.verification_document, %1$I.verification_domain, %1$I.prior_approval, %1$I.approval_case, %1$I.unverified_access, %1$I.sponsor_file, %1$I.retention_due, %1$I.blacklist, %1$I.blacklist_hit TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (seen) ON %1$I.verification TO %2$I'),
			('icp_bureau',    'GRANT UPDATE (state) ON %1$I.prior_approval TO %2$I'),
			('icp_bureau',    'GRANT INSERT (list, sponsor_id, name, is_individual, credential, domain, province, reason, source, until), UPDATE (until, removal_reason) ON %1$I.blacklist TO %2$I'),
			('icp_bureau',    'GRANT EXECUTE ON FUNCTION %1$I.sees_sponsor(bigint), %1$I.sees_sheet(bigint, boolean), %1$I.acts_for_provider(bigint), %1$I.acts_as_approver(integer, smallint), %1$I.enters_approval(bigint), %1$I.keeps_blacklist(smallint), %1$I.blacklist_hits(), %1$I.sheet_problems(bigint), %1$I.retention_until(timestamptz), %1$I.filing_ended_at(bigint, bigint), %1$I.declare_false_approval(bigint, text) TO %2$I'),
			('icp_ministry',  'GRANT INSERT (list, sponsor_id, name, is_individual, credential, domain, province, reason, source, until), UPDATE (until, removal_reason) ON %1$I.blacklist TO %2$I'),
			('icp_ministry',  'GRANT EXECUTE ON FUNCTION %1$I.sees_sponsor(bigint), %1$I.sees_sheet(bigint, boolean), %1$I.acts_for_provider(bigint), %1$I.acts_as_approver(integer, smallint), %1$I.keeps_blacklist(smallint), %1$I.blacklist_hits(), %1$I.retention_until(timestamptz), %1$I.filing_ended_at(bigint, bigint) TO %2$I'),
			('icp_approver',  'GRANT SELECT ON %1$I.prior_approval, %1$I.approval_case TO %2$I'),
			('icp_approver',  'GRANT UPDATE (state, opinion) ON %1$I.prior_approval TO %2$I'),
			('icp_approver',  'GRANT EXECUTE ON FUNCTION %1$I.acting_user(), %1$I.sees_sponsor(bigint), %1$I.acts_as_approver(integer, smallint), %1$I.acts_as_bureau(smallint[]), %1$I.enters_approval(bigint), %1$I.sees_all_conflicts(), %1$I.may_see(smallint, bigint) TO %2$I'),
			('icp_regulator', 'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_regulator', 'GRANT EXECUTE ON FUNCTION %1$I.lookup(text) TO %2$I'),
			('icp_auditor',   'GRANT USAGE ON SCHEMA %1$I TO %2$I'),
			('icp_auditor',   'GRANT SELECT ON %1$I.registry, %1$I.registry_object TO %2$I'),
			('icp_auditor',   'GRANT EXECUTE ON FUNCTION %1$I.export_heads(timestamptz), %1$I.verify_log(jsonb) TO %2$I')) AS r(role, command)
		 WHERE EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.role)
		 -- what all tables' readers shall not read after all
		 ORDER BY r.command LIKE 'REVOKE%'
	LOOP
		EXECUTE command.text;
	END LOOP;
END
$$;
COMMENT ON FUNCTION icp.grant_registry(name) IS
	'Grants the registry''s tables and functions to those group roles of icp.create_roles() that exist; as the registry''s owner';

CREATE FUNCTION icp.registry_objects(schema name)
	RETURNS TABLE (kind text, name text, definition text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	WITH relation AS (
		SELECT c.oid, c.relname, c.relkind, c.relrowsecurity
		  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		 WHERE n.nspname = registry_objects.schema AND c.relkind IN ('r', 'v', 'p')
	)
	SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'table' END, r.relname::text,
		   CASE r.relkind WHEN 'v' THEN md5(pg_get_viewdef(r.oid))
			ELSE 'row security ' || CASE WHEN r.relrowsecurity THEN 'on' ELSE 'off' END END
	  FROM relation r
	UNION ALL
	SELECT 'column', r.relname || '.' || a.attname,
		   format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
	  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL
	SELECT 'index', x.relname::text, pg_get_indexdef(i.indexrelid)
	  FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
	UNION ALL
	SELECT 'constraint', r.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
	  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
	 WHERE k.contype <> 'n'
	UNION ALL
	SELECT 'trigger', r.relname || '.' || t.tgname,
		   md5(pg_get_triggerdef(t.oid)) || CASE t.tgenabled WHEN 'O' THEN ' enabled' WHEN 'A' THEN ' always'
			WHEN 'R' THEN ' replica' ELSE ' disabled' END
	  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
	UNION ALL
	SELECT 'policy', r.relname || '.' || p.polname,
		   md5(concat_ws('|', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
						 pg_get_expr(p.polwithcheck, p.polrelid)))
	  FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
	UNION ALL
	SELECT 'function', f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
		   md5(pg_get_functiondef(f.oid))
	  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
	 WHERE n.nspname = registry_objects.schema AND f.prokind IN ('f', 'p');
END;
COMMENT ON FUNCTION icp.registry_objects(name) IS
	'What a schema holds, one row an object with its definition; long definitions as a digest';

CREATE FUNCTION icp.create_registry(schema name DEFAULT 'beian') RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET check_function_bodies = on
AS $$
DECLARE
	template	record;
	version		text;
BEGIN
	-- The name is set into string literals and format strings too.
	IF schema IS NULL OR schema = '' OR schema ~ '["''\\%@$\s]' OR schema LIKE 'pg\_%' OR schema = 'icp' THEN
		RAISE EXCEPTION 'registry name % is not accepted', quote_nullable(schema)
			USING ERRCODE = 'invalid_schema_name',
				  HINT = 'Use a name without quotes, backslashes, percent, at and dollar signs or white space, that does not begin with pg_ and is not icp.';
	END IF;
	FOR template IN SELECT t.subject, t.body FROM icp.registry_template t ORDER BY t.ordinal LOOP
		EXECUTE replace(template.body, '@registry@', quote_ident(schema));
	END LOOP;
	PERFORM icp.grant_registry(schema);
	EXECUTE format('INSERT INTO %1$I.registry_object (kind, name, definition)'
				   ' SELECT o.kind, o.name, o.definition FROM icp.registry_objects(%1$L) o', schema);
	EXECUTE format('SELECT r.version FROM %I.registry r', schema) INTO version;
	RETURN format('registry %I, version %s', schema, version);
END
$$;
COMMENT ON FUNCTION icp.create_registry(name) IS
	'Lays a registry of filings in a new schema: tables, views, functions, triggers and policies of the caller';

CREATE FUNCTION icp.check_registry(schema name DEFAULT 'beian')
	RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	stored_version	text;
BEGIN
	IF to_regclass(format('%I.registry', schema)) IS NULL THEN
		RAISE EXCEPTION 'schema % holds no registry', quote_ident(schema)
			USING ERRCODE = 'undefined_object', HINT = 'icp.create_registry() makes one.';
	END IF;
	RETURN QUERY EXECUTE format($query$
		SELECT coalesce(o.kind, l.kind), coalesce(o.name, l.name),
			   CASE WHEN o.name IS NULL THEN 'missing' WHEN l.name IS NULL THEN 'added'
					ELSE 'altered' END
		  FROM icp.registry_objects(%1$L) o
		  FULL JOIN %1$I.registry_object l ON l.kind = o.kind AND l.name = o.name
		 WHERE o.name IS NULL OR l.name IS NULL
			OR o.definition <> l.definition
			   AND l.server = current_setting('server_version_num')::integer / 10000
		 ORDER BY 1, 2
	$query$, schema);
	EXECUTE format('SELECT r.name_key_version FROM %I.registry r', schema) INTO stored_version;
	IF stored_version <> icp.name_key_version() THEN
		kind := 'name key';
		name := stored_version;
		problem := 'stored keys were made by another version than ' || icp.name_key_version() || '; run icp.rekey_registry()';
		RETURN NEXT;
	END IF;
END
$$;
COMMENT ON FUNCTION icp.check_registry(name) IS
	'What of a registry is missing, altered or added since it was laid, and whether its name keys are of the present version; no row: all is as it was. (After a change of the server''s major version only names are compared, until icp.upgrade_registry() has run.)';

CREATE FUNCTION icp.rekey_registry(schema name DEFAULT 'beian') RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	changed	bigint;
BEGIN
	-- An UPDATE fills name_key anew; where the key differs, the claim is released and entered again.
	EXECUTE format('UPDATE %I.sponsor s SET name = s.name WHERE s.name_key IS DISTINCT FROM icp.name_key(s.name)', schema);
	GET DIAGNOSTICS changed = ROW_COUNT;
	-- pending changes claim by name too, and sites of one name are looked up by it
	EXECUTE format('UPDATE %I.sponsor_change c SET name = c.name WHERE c.status = ''pending''', schema);
	EXECUTE format('UPDATE %I.site t SET name = t.name WHERE coalesce(t.name_key, t.name) IS DISTINCT FROM icp.name_key(t.name)', schema);
	EXECUTE format('UPDATE %I.registry r SET name_key_version = icp.name_key_version()', schema);
	RETURN changed;
END
$$;
COMMENT ON FUNCTION icp.rekey_registry(name) IS
	'Makes the name keys anew after ICU''s data changed, with their claims; returns how many sponsors changed';

CREATE FUNCTION icp.upgrade_registry(schema name DEFAULT 'beian') RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	from_version	text;
	this_version	constant text := '1.0';
BEGIN
	IF to_regclass(format('%I.registry', schema)) IS NULL THEN
		RAISE EXCEPTION 'schema % holds no registry', quote_ident(schema)
			USING ERRCODE = 'undefined_object', HINT = 'icp.create_registry() makes one.';
	END IF;
	EXECUTE format('SELECT r.version FROM %I.registry r FOR UPDATE', schema) INTO from_version;
	IF from_version <> this_version THEN
		RAISE EXCEPTION 'registry % is of version %, which this extension cannot bring forward', schema, from_version
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = format('The extension knows registries of version %s.', this_version),
				  HINT = 'Upgrade the extension first: ALTER EXTENSION icpfiling UPDATE.';
	END IF;
	-- Spell the definitions as this server does, but only those of objects that are there as they were laid.
	EXECUTE format($query$
		UPDATE %1$I.registry_object l
		   SET definition = o.definition, server = current_setting('server_version_num')::integer / 10000
		  FROM icp.registry_objects(%1$L) o
		 WHERE o.kind = l.kind AND o.name = l.name
		   AND l.server <> current_setting('server_version_num')::integer / 10000
	$query$, schema);
	RETURN format('registry %I is of version %s', schema, this_version);
END
$$;
COMMENT ON FUNCTION icp.upgrade_registry(name) IS
	'Brings a registry laid by an earlier version forward; does nothing to one that is up to date';
