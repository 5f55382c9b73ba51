-- What members try on each other, and on what has been reported.  (rights.sql says who may do what.)
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_p3 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_yue IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_public IN ROLE icp_public;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '粤'), ('三号云', '粤');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one'), (2, 'two');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1), ('regress_icp_p2', 'provider', NULL, 2), ('regress_icp_p3', 'provider', NULL, 3),
	('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_yue', 'bureau', '粤', NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (2, '粤', '乙公司'), (1, '京', '丙公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{one.cn}'), (2, '乙网', '{two.cn}'), (1, '甲二', '{onetwo.cn}');
INSERT INTO beian.application (site_id) VALUES (1), (2);
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'pre_verified';
UPDATE beian.application SET state = 'verified';
UPDATE beian.application SET state = 'reported';
UPDATE beian.application SET state = 'approved';

-- Nobody enters an access of another provider, which that one would have to get rid of before it can leave.
SET ROLE regress_icp_p1;
INSERT INTO beian.access (site_id, provider_id) VALUES (1, 2);
INSERT INTO beian.access (site_id, provider_id) VALUES (3, 1) RETURNING status;

-- Nobody stops the site of others' customers: what is unlawful would be stopped everywhere.
SET ROLE regress_icp_p3;
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason, evidence_sha256)
	VALUES ('access', 'illegal_content', 3, 3, '举报', sha256('page'));
SET ROLE regress_icp_p1;
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason, evidence_sha256)
	VALUES ('access', 'illegal_content', 3, 1, '举报', sha256('page'));
-- ... nor says that it was done, or lifted, before
UPDATE beian.stop_order SET done_at = '2001-01-01' RETURNING done_at = now() AS not_dated_back;
UPDATE beian.stop_order SET lifted_at = '2001-01-01', lifted_because = '已删除' RETURNING lifted_at = now() AS not_dated_back;

-- A site that was moved to another sponsor is not filed under the first one's number.
INSERT INTO beian.application (site_id) VALUES (3) RETURNING sponsor_id;
UPDATE beian.site SET sponsor_id = 3 WHERE id = 3;
RESET ROLE;
UPDATE beian.application SET state = 'submitted' WHERE site_id = 3;
UPDATE beian.application SET state = 'pre_verified' WHERE site_id = 3;
UPDATE beian.application SET state = 'verified' WHERE site_id = 3;
UPDATE beian.application SET state = 'reported' WHERE site_id = 3;
SELECT state, reason FROM beian.application WHERE site_id = 3;
UPDATE beian.site SET sponsor_id = 1 WHERE id = 3;
UPDATE beian.application SET state = 'submitted' WHERE site_id = 3;
UPDATE beian.application SET state = 'pre_verified' WHERE site_id = 3;
UPDATE beian.application SET state = 'verified' WHERE site_id = 3;
UPDATE beian.application SET state = 'reported' WHERE site_id = 3;
UPDATE beian.site SET sponsor_id = 3 WHERE id = 3;
UPDATE beian.application SET state = 'approved' WHERE site_id = 3;
UPDATE beian.site SET sponsor_id = 1 WHERE id = 3;

-- An approval that a report rests on says what it said; one entered since does not bind yet.
BEGIN;
SET LOCAL ROLE regress_icp_p1;
INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from) VALUES (3, 1, '新字1号', '某局', '2020-01-01');
UPDATE beian.prior_approval SET number = '新字2号' RETURNING number;
COMMIT;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'returned', reason = '补材料' WHERE site_id = 3;
RESET ROLE;
UPDATE beian.application SET state = 'submitted' WHERE site_id = 3;
UPDATE beian.application SET state = 'pre_verified' WHERE site_id = 3;
UPDATE beian.application SET state = 'verified' WHERE site_id = 3;
SET ROLE regress_icp_p1;
UPDATE beian.prior_approval SET number = '新字3号' RETURNING number;
RESET ROLE;
UPDATE beian.application SET state = 'reported' WHERE site_id = 3;
SET ROLE regress_icp_p1;
UPDATE beian.prior_approval SET number = '新字4号';
UPDATE beian.prior_approval SET document_sha256 = sha256('one') RETURNING number;	-- what was missing
RESET ROLE;
UPDATE beian.application SET state = 'approved' WHERE site_id = 3;
SET ROLE regress_icp_p1;
UPDATE beian.prior_approval SET document_sha256 = sha256('another');
RESET ROLE;

-- A licence that was approved stays in its application.
INSERT INTO beian.application (kind, sponsor_id, licence) VALUES ('licence', 1, '京ICP证100009号');
SET ROLE regress_icp_jing;
UPDATE beian.application SET licence = '京ICP证100007号' WHERE kind = 'licence' RETURNING licence;
UPDATE beian.application SET state = 'reviewing' WHERE kind = 'licence';
UPDATE beian.application SET state = 'approved' WHERE kind = 'licence';
UPDATE beian.application SET licence = '京ICP证100009号' WHERE kind = 'licence';
RESET ROLE;

-- What was submitted and is taken back, to be entered anew, has been said.
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 1) RETURNING id AS change \gset
INSERT INTO beian.sponsor_change (application_id, address) VALUES (:change, '不会再改');
SELECT beian.drop_change(:change);		-- not submitted yet
INSERT INTO beian.sponsor_change (application_id, address) VALUES (:change, '旧地址');
UPDATE beian.application SET state = 'submitted' WHERE id = :change;
SELECT beian.drop_change(:change);
INSERT INTO beian.sponsor_change (application_id, address) VALUES (:change, '新地址');
SELECT event, old_values ->> 'address' AS before, new_values FROM beian.event WHERE application_id = :change ORDER BY id;
RESET ROLE;

-- A filing of an account without a provider is changed through one that serves it; a stranger does not come between.
INSERT INTO beian.account (user_name) VALUES ('alone') RETURNING id AS alone \gset
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES (:alone, '粤', '丁公司', '粤ICP备19000004号', 'filed') RETURNING id AS sponsor \gset
INSERT INTO beian.site (sponsor_id, name, domains, number, status) VALUES (:sponsor, '丁网', '{four.cn}', '粤ICP备19000004号-1', 'filed') RETURNING id AS site \gset
SET ROLE regress_icp_p3;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('change_sponsor', :sponsor, 3) RETURNING state;	-- nobody serves it
RESET ROLE;
INSERT INTO beian.access (site_id, provider_id, status) VALUES (:site, 2, 'live');
SET ROLE regress_icp_p3;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('password_reset', :sponsor, 3);
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('password_reset', :sponsor, 2) RETURNING state;
RESET ROLE;

-- Who entered an application is who it was.
INSERT INTO beian.member (role_name, role, account_id) VALUES ('regress_icp_s1', 'sponsor', 1);
SET ROLE regress_icp_s1;
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING filed_by;
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('change_site', 1, 'provider') RETURNING filed_by;
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('cancel_site', 1, 'bureau') RETURNING filed_by;
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('change_site', 1, 'sponsor') RETURNING filed_by;
RESET ROLE;

-- What a refusal tells is what its reader may see.
\set VERBOSITY default
\set SHOW_CONTEXT never
SET ROLE regress_icp_p1;
INSERT INTO beian.application (site_id, sponsor_id, account_id) VALUES (2, 2, 1);
INSERT INTO beian.application (site_id, sponsor_id, account_id) VALUES (1, 1, 2);
RESET ROLE;
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (1, '[8.8.0.0,8.8.255.255]', '2025-09-26');
SET ROLE regress_icp_p2;
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (2, 1, '[9.9.9.0,9.9.9.255]', '2025-09-26');
SET ROLE regress_icp_p1;
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (1, 1, '[9.9.9.0,9.9.9.255]', '2025-09-26');
\set VERBOSITY terse

-- Reports are not dated back.
UPDATE beian.ip_block SET reported_at = '2001-01-01' RETURNING reported_at = now() AS not_dated_back;
INSERT INTO beian.domain_report (provider_id, domain, holder_name, registered_on, reported_at)
	VALUES (1, 'x.cn', '甲公司', '2025-01-02', '2001-01-01') RETURNING reported_at = now() AS not_dated_back;
INSERT INTO beian.unit_contact (provider_id, unit, name, changed_on, reported_at)
	VALUES (1, 'ip', '张三', '2025-09-26', '2001-01-01') RETURNING reported_at = now() AS not_dated_back;
RESET ROLE;

-- A bureau hears of the blocks of its own province, and prompts for those.
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES
	(1, '[10.0.0.0,10.0.0.255]', '2025-09-26'), (2, '[192.168.0.0,192.168.0.255]', '2025-09-26');
SET ROLE regress_icp_yue;
SELECT b.provider_id, f.problem FROM beian.find_ip_problems() f LEFT JOIN beian.ip_block b ON b.id = f.ip_block_id;
SELECT beian.prompt_ip_problems();

-- Who works for the others is not a provider's business.
SET ROLE regress_icp_p2;
SELECT role_name FROM beian.member;
INSERT INTO beian.account (provider_id, user_name) VALUES (2, 'new');
SET ROLE regress_icp_jing;
SELECT count(*) FROM beian.member;
RESET ROLE;

-- A view of some rows shows a function of its reader's no others.
UPDATE beian.provider SET admission = 'suspended', admission_reason = '整改' WHERE id = 3;
SET ROLE regress_icp_public;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SET client_min_messages = notice;
CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
	RAISE NOTICE 'seen: %', $1;
	RETURN true;
END
$$;
SELECT count(*) FROM beian.open_provider WHERE pg_temp.leak(name);
DROP FUNCTION pg_temp.leak(text);
SET client_min_messages = warning;
RESET enable_indexscan;
RESET enable_bitmapscan;
RESET ROLE;

-- However often rights are granted, secrets are nobody's.
SELECT icp.grant_registry();
SELECT c.relname, r.rolname FROM pg_class c, pg_roles r
 WHERE c.oid IN ('beian.notice_secret'::regclass, 'beian.filing_password'::regclass, 'beian.password_to_show'::regclass,
				 'beian.sms_challenge'::regclass, 'beian.given_password'::regclass, 'beian.event_chain'::regclass,
				 'beian.account_code'::regclass, 'beian.account_password'::regclass, 'beian.password_recovery'::regclass)
   AND r.rolname ~ '^(icp|regress_icp)_' AND has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE')
 ORDER BY 1, 2;

-- Nobody becomes the exempt owner.
SET SESSION AUTHORIZATION regress_icp_p1;
SELECT beian.acts_as_owner();
SELECT set_config('role', 'postgres', false);
SET ROLE icp_provider;
SELECT beian.acting_user(), beian.acts_as_owner();
RESET SESSION AUTHORIZATION;
SELECT count(*) AS problems FROM icp.check_registry();

DELETE FROM icp.calendar_year_local;
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_p3, regress_icp_s1, regress_icp_jing, regress_icp_yue, regress_icp_ministry, regress_icp_public;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
