\set ECHO none
-- For tests of other subjects: a complete verification sheet for an application, so that a member may take it on.
CREATE FUNCTION pg_temp.complete_sheet(app_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	sheet		bigint;
	of_sponsor	jsonb;
	app			record;
BEGIN
	SELECT a.* INTO app FROM beian.application a WHERE a.id = app_id;
	of_sponsor := beian.proposed_sponsor(app_id);
	INSERT INTO beian.verification (application_id, verified_by, place, sponsor_holder, sponsor_credential, sponsor_original,
		principal_holder, principal_credential, principal_original, in_person, person_matches, photo_digest, photo_width, photo_height,
		sponsor_true, contact_true, site_true, access_true, agreement_on, agreement_signer, signer_capacity, sponsor_signed, stamped, copy_form)
	VALUES (app_id, '核验员', '备案现场', of_sponsor ->> 'name', coalesce(of_sponsor ->> 'credential', 'other:1'), true,
		coalesce(of_sponsor ->> 'principal_name', '张三'), coalesce(of_sponsor ->> 'principal_credential', 'other:1'), true, true, true,
		sha256('photo'), 800, 600, true, true, true, true, '2010-06-01', of_sponsor ->> 'name',
		CASE WHEN of_sponsor ->> 'nature' = '个人' THEN 'self' ELSE 'legal_representative' END, true, true, 'paper')
	RETURNING id INTO sheet;
	INSERT INTO beian.verification_document (verification_id, kind, sha256)
	SELECT sheet, k, sha256(k::bytea) FROM unnest('{unit_credential,principal_credential,agreement}'::text[]) k;
	IF app.site_id IS NOT NULL THEN
		INSERT INTO beian.verification_domain (verification_id, domain, holder)
		SELECT sheet, d, of_sponsor ->> 'name' FROM icp.domains((beian.proposed_site(app_id) ->> 'domains')::icp.domain_list) d;
		INSERT INTO beian.access (site_id, provider_id) VALUES (app.site_id, app.provider_id) ON CONFLICT DO NOTHING;
	END IF;
END $$;
\set ECHO all
