-- What a verification sheet must hold before an application goes on, who sees it, and when it may go.

-- What is missing

CREATE FUNCTION @registry@.domain_problems(sheet_id bigint, sponsor jsonb, site jsonb, recorded boolean) RETURNS SETOF text
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE
		   WHEN v.id IS NULL
		   THEN format('owner of domain %s (域名所有者): not recorded (2 二(二)1(5))', d)
		   ELSE format('owner of domain %s (域名所有者): is not the sponsor%s (2 二(二)1(5))', d,
					   CASE WHEN @registry@.is_individual(sponsor ->> 'nature') THEN ' himself' ELSE '' END)
		   END
	  FROM icp.domains((site ->> 'domains')::icp.domain_list) AS d
	  LEFT JOIN @registry@.verification_domain v ON v.verification_id = sheet_id AND v.domain = d
	 WHERE CASE WHEN v.id IS NULL THEN NOT recorded ELSE recorded
	   AND icp.name_key(v.holder) IS DISTINCT FROM icp.name_key(sponsor ->> 'name')
		   AND (v.relation = 'sponsor' OR @registry@.is_individual(sponsor ->> 'nature')
				-- the principal's own name is on record, a shareholder's is not
				OR v.relation = 'principal'
				   AND icp.name_key(v.holder) IS DISTINCT FROM icp.name_key(sponsor ->> 'principal_name')) END;
END;
COMMENT ON FUNCTION @registry@.domain_problems(bigint, jsonb, jsonb, boolean) IS
	'Domains of a site whose owner a sheet does not tell; or, of those recorded, tells to be somebody who may not lend it (工信部信管〔2017〕264号)';

CREATE FUNCTION @registry@.document_problems(sheet @registry@.verification, is_person boolean) RETURNS SETOF text
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT format('copy of the %s: no digest is recorded (%s)', n.name, n.clause)
	  FROM (VALUES ('principal_credential', 'principal''s credential (负责人证件复印件)', '2 二(二)1(5)', true),
				   ('unit_credential', 'unit''s credential (单位证件复印件)', '2 二(二)1(5)', NOT is_person),
				   ('agreement', 'agreement on information security (信息安全管理协议)', '2 三(一)4', true),
				   ('authorisation', 'signer''s authorisation (授权书)', '4 §14(二)',
					(sheet).signer_capacity IS NOT DISTINCT FROM 'authorised'),
				   ('sheet', 'verification sheet as sent (核验单传真件或扫描件)', '2 二(二)1(7)',
					(sheet).copy_form IN ('fax', 'scan'))) AS n(kind, name, clause, needed)
	 WHERE n.needed
	   AND NOT EXISTS (SELECT FROM @registry@.verification_document d
						WHERE d.verification_id = (sheet).id AND d.kind = n.kind);
END;
COMMENT ON FUNCTION @registry@.document_problems(@registry@.verification, boolean) IS
	'Papers that should be kept with a sheet and are not (2 三(一)4)';

-- What of a sheet stands against the record: the one part of its test that says something of what is filed.
CREATE FUNCTION @registry@.sheet_differences(sheet @registry@.verification, sponsor jsonb, site jsonb) RETURNS SETOF text
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT p.problem
	  FROM (VALUES
		(icp.name_key((sheet).sponsor_holder) <> icp.name_key(sponsor ->> 'name'),
		 'sponsor''s credential (主办者证件): its holder is not the sponsor as entered (2 二(二)1(5))'),
		(NOT @registry@.same_credential((sheet).sponsor_credential, sponsor ->> 'credential'),
		 'sponsor''s credential (主办者证件): kind or number differ from what was entered (2 二(二)1(5))'),
		(icp.name_key((sheet).principal_holder) <> icp.name_key(sponsor ->> 'principal_name'),
		 'principal''s credential (负责人证件): its holder is not the principal as entered (2 二(二)1(5))'),
		(NOT @registry@.same_credential((sheet).principal_credential, sponsor ->> 'principal_credential'),
		 'principal''s credential (负责人证件): kind or number differ from what was entered (2 二(二)1(5))'),
		(@registry@.is_individual(sponsor ->> 'nature')
		 AND icp.name_key((sheet).agreement_signer) <> icp.name_key(sponsor ->> 'name'),
		 'agreement on information security (信息安全管理协议): its signer is not the sponsor (4 §14(二))')
	  ) AS p(holds, problem)
	 WHERE p.holds
	UNION ALL
	SELECT d FROM @registry@.domain_problems((sheet).id, sponsor, site, true) d;
END;
COMMENT ON FUNCTION @registry@.sheet_differences(@registry@.verification, jsonb, jsonb) IS
	'Where a verification sheet says something else than the record of its application (2 二(二)1(5)); no row: it agrees';

CREATE FUNCTION @registry@.sheet_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	applied		@registry@.application;
	sheet		@registry@.verification;
	sponsor		jsonb := @registry@.proposed_sponsor(application_id);
	site		jsonb := @registry@.proposed_site(application_id);
	is_person	boolean := @registry@.is_individual(sponsor ->> 'nature');
	photo_size	text := coalesce(@registry@.setting('photo_size'), '');
	adds_access	boolean;
	problems	text[];
	sees		boolean;
	agrees		boolean;
BEGIN
	SELECT * INTO applied FROM @registry@.application a WHERE a.id = sheet_problems.application_id;
	sees := @registry@.sees_record(applied.sponsor_id);
	IF applied.id IS NULL
	   OR NOT (sees OR applied.ended_at IS NULL AND @registry@.acts_for_provider(applied.provider_id)) THEN
		RAISE EXCEPTION 'application % does not exist, or is not yours to see', application_id
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT * INTO sheet FROM @registry@.verification v
	 WHERE v.application_id = sheet_problems.application_id AND v.provider_id = applied.provider_id
	   AND v.closed_at IS NULL
	 ORDER BY v.id DESC LIMIT 1;
	IF NOT FOUND THEN
		RETURN NEXT format('verification sheet (真实性核验单): there is none%s (2 二(二)1(6))',
						   CASE WHEN applied.reported_at IS NULL THEN '' ELSE ' since the last report' END);
		RETURN;
	END IF;
	adds_access := applied.kind IN (@kinds:act = 'add'@);

	problems := ARRAY(
	SELECT p.problem
	  FROM (VALUES
		(sheet.verified_at > now() + interval '5 minutes',
		 'time of verification (核验时间): lies in the future'),
		(coalesce(btrim(sheet.place), '') = '' AND sheet.method = 'on_site',
		 'place of verification (备案现场): not recorded (2 二(二)1(3))'),
		(sheet.method = 'remote' AND @registry@.setting('remote_verification') IS DISTINCT FROM 'on',
		 'method remote (远程核验): is not accepted here (2 二(二)1(3))'),
		(sheet.method = 'on_site' AND NOT sheet.in_person,
		 'principal in person (负责人当面核验): did not come (2 二(二)1(3))'),
		(NOT sheet.person_matches,
		 'person and identity card (人证一致): not found to be one (2 二(二)1(5))'),
		(sheet.photo_digest IS NULL,
		 'photograph of the principal (负责人照片): no digest is recorded (2 二(二)1(4))'),
		(sheet.photo_digest IS NOT NULL AND sheet.method = 'on_site' AND photo_size <> ''
		 AND concat(sheet.photo_width, 'x', sheet.photo_height) <> photo_size,
		 format('photograph of the principal (负责人照片): is not of %s pixels (2 二(二)1(4))', photo_size)),
		(sheet.sponsor_holder IS NULL OR sheet.sponsor_credential IS NULL,
		 'sponsor''s credential (主办者证件): what it says is not recorded (2 二(二)1(5))'),
		(NOT sheet.sponsor_original,
		 'sponsor''s credential (主办者证件): the original was not seen (2 一1)'),
		(sheet.principal_holder IS NULL OR sheet.principal_credential IS NULL,
		 'principal''s credential (负责人证件): what it says is not recorded (2 二(二)1(5))'),
		(NOT sheet.principal_original,
		 'principal''s credential (负责人证件): the original was not seen (2 一1)'),
		(NOT sheet.sponsor_true, 'sponsor''s data (主体信息): not found true (2 一1)'),
		(NOT sheet.contact_true, 'contact data (联系方式): not found true (2 一2)'),
		(NOT sheet.site_true AND site IS NOT NULL, 'site''s data (网站信息): not found true (2 一3)'),
		(NOT sheet.access_true AND adds_access, 'access data (接入信息): not found true (2 一4)'),
		(adds_access AND NOT EXISTS (SELECT FROM @registry@.access c
									  WHERE c.site_id = applied.site_id AND c.provider_id = applied.provider_id),
		 'access data (接入信息): not entered (4 §18(二))'),
		(sheet.agreement_on IS NULL OR coalesce(btrim(sheet.agreement_signer), '') = '',
		 'agreement on information security (信息安全管理协议): not signed (2 二(二)1(6), 4 §12(七))'),
		(sheet.signer_capacity IS DISTINCT FROM 'self' AND is_person,
		 'agreement on information security (信息安全管理协议): an individual signs himself (4 §14(二))'),
		((sheet.signer_capacity IS NULL OR sheet.signer_capacity = 'self') AND NOT is_person,
		 'agreement on information security (信息安全管理协议): the legal representative or somebody authorised signs (4 §14(二))'),
		(NOT sheet.sponsor_signed, 'signature of the sponsor (主办者签字): missing on the sheet (2 二(二)1(6))'),
		(NOT sheet.stamped, 'seal of the provider (公章): missing on the sheet (2 二(二)1(6))'),
		(sheet.copy_form IS NULL, 'the bureau''s copy of the sheet (核验单一式两份): not prepared (2 二(二)1(6)(7))')
	  ) AS p(holds, problem)
	 WHERE p.holds
	UNION ALL
	SELECT d FROM @registry@.document_problems(sheet, is_person) d
	UNION ALL
	SELECT d FROM @registry@.domain_problems(sheet.id, sponsor, site, false) d);
	IF sees THEN
		RETURN QUERY SELECT unnest(problems) UNION ALL SELECT d FROM @registry@.sheet_differences(sheet, sponsor, site) d;
		RETURN;
	END IF;

	-- Who may not see the record hears of it when all else is there, yes or no to the whole, and each question counts.
	IF problems <> '{}' THEN
		RETURN QUERY SELECT unnest(problems);
		RETURN;
	END IF;
	PERFORM @registry@.count_try('sponsor.sheet', applied.sponsor_id);
	agrees := NOT EXISTS (SELECT FROM @registry@.sheet_differences(sheet, sponsor, site));
	PERFORM @registry@.record_comparison(applied, 'sheet', agrees);
	IF agrees THEN
		PERFORM @registry@.clear_tries('sponsor.sheet', applied.sponsor_id);
	ELSE
		RETURN NEXT 'verification sheet (真实性核验单): does not agree with the filing (2 二(二)1(5))';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.sheet_problems(bigint) IS
	'What an application''s verification sheet lacks before the application may count as verified (2 二(二)1(3)-(7)); no row: it is complete. Personal values are not told; to a provider that may not see the record only whether all of them agree, and each such question counts';

-- The steps of an application

CREATE FUNCTION @registry@.require_sheet() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	missing	text;
BEGIN
	-- Nobody changes a sheet, or what belongs to it, between the test and the report.
	PERFORM FROM @registry@.verification v WHERE v.application_id = NEW.id AND v.closed_at IS NULL
	  ORDER BY v.id FOR UPDATE;
	IF NOT @registry@.owner_is_exempt() THEN
		SELECT string_agg(p, '; ') INTO missing FROM @registry@.sheet_problems(NEW.id) p;
		IF missing IS NOT NULL THEN
			RAISE EXCEPTION 'application % has no complete verification sheet (真实性核验单) and cannot be %',
				NEW.id, NEW.state
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('Missing: %s.', missing),
					  HINT = 'Complete @registry@.verification and what belongs to it; @registry@.sheet_problems(id) tells what is missing.';
		END IF;
	END IF;
	IF NEW.state = 'reported' THEN
		UPDATE @registry@.verification v SET closed_at = now() WHERE v.application_id = NEW.id AND v.closed_at IS NULL;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_sheet() IS
	'Trigger: no application that asks for the face-to-face check is verified or reported without a complete sheet (2 前言, 二(二)1(7); 4 §19(二)); the report closes it';

CREATE FUNCTION @registry@.require_sheet_seen() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF @registry@.setting('sheet_seen') = 'on' AND NOT @registry@.owner_is_exempt()
	   AND (SELECT NOT v.seen FROM @registry@.verification v
			 WHERE v.application_id = NEW.id AND v.closed_at IS NOT NULL ORDER BY v.id DESC LIMIT 1) THEN
		RAISE EXCEPTION 'the verification sheet (真实性核验单) of application % has not been seen', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'The reviewer looks at the sheet and its documents (2 三(二)1, 4 §18(三)2).',
				  HINT = 'UPDATE @registry@.verification SET seen = true.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_sheet_seen() IS
	'Trigger: a bureau approves only after it has seen the sheet that was reported, unless setting sheet_seen is off';

-- Those kinds repeat the face-to-face check (4 §19(二)).  In the order of their names after a_enforce_transition,
-- before the event is written.
CREATE TRIGGER a_require_sheet AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('verified', 'reported')
					   AND NEW.kind IN (@kinds:steps = 'F'@))
	EXECUTE FUNCTION @registry@.require_sheet();
CREATE TRIGGER a_require_sheet_seen AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state = 'approved')
	EXECUTE FUNCTION @registry@.require_sheet_seen();

-- Who sees and writes

ALTER TABLE @registry@.verification ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_see ON @registry@.verification FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR @registry@.sees_sponsor(sponsor_id));
CREATE POLICY verification_enter ON @registry@.verification FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id));
-- Which columns is a matter of grants; guard_verification() keeps each to its own.
CREATE POLICY verification_change ON @registry@.verification FOR UPDATE
	USING (@registry@.acts_for_provider(provider_id) OR @registry@.acts_as_bureau(province_code));

ALTER TABLE @registry@.verification_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_document_see ON @registry@.verification_document FOR SELECT
	USING (@registry@.sees_sheet(verification_id, false));
CREATE POLICY verification_document_write ON @registry@.verification_document
	USING (@registry@.sees_sheet(verification_id, true));

ALTER TABLE @registry@.verification_domain ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_domain_see ON @registry@.verification_domain FOR SELECT
	USING (@registry@.sees_sheet(verification_id, false));
CREATE POLICY verification_domain_write ON @registry@.verification_domain
	USING (@registry@.sees_sheet(verification_id, true));

-- What goes again.  (Members have no DELETE: with it goes the right to lock the table, and with it everybody out.)
CREATE FUNCTION @registry@.drop_verification(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	DELETE FROM @registry@.verification v
	 WHERE v.id = drop_verification.id AND (@registry@.acts_for_provider(v.provider_id) OR @registry@.acts_as_owner());
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sheet % (真实性核验单) does not exist, or is not yours', drop_verification.id
			USING ERRCODE = 'insufficient_privilege', HINT = 'Its provider takes away a sheet whose time is over: view retention_due.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.drop_verification(bigint) IS
	'Takes away a sheet with all that belongs to it, when its time is over (2 三(一)4, 4 §12(七)); for its provider';

CREATE FUNCTION @registry@.drop_verification_document(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	DELETE FROM @registry@.verification_document d
	 WHERE d.id = drop_verification_document.id AND (@registry@.sees_sheet(d.verification_id, true) OR @registry@.acts_as_owner());
	IF NOT FOUND THEN
		RAISE EXCEPTION 'document % of a sheet (真实性核验单) does not exist, or is not yours', drop_verification_document.id
			USING ERRCODE = 'insufficient_privilege', HINT = 'The sheet''s provider takes it away, while the sheet is open.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.drop_verification_document(bigint) IS
	'Takes a document off a sheet that is open; for its provider';

CREATE FUNCTION @registry@.drop_verification_domain(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	DELETE FROM @registry@.verification_domain d
	 WHERE d.id = drop_verification_domain.id AND (@registry@.sees_sheet(d.verification_id, true) OR @registry@.acts_as_owner());
	IF NOT FOUND THEN
		RAISE EXCEPTION 'domain % of a sheet (真实性核验单) does not exist, or is not yours', drop_verification_domain.id
			USING ERRCODE = 'insufficient_privilege', HINT = 'The sheet''s provider takes it away, while the sheet is open.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.drop_verification_domain(bigint) IS
	'Takes a domain off a sheet that is open; for its provider';

-- What is still to be verified, and what a provider keeps

CREATE VIEW @registry@.unverified_access WITH (security_barrier) AS
SELECT c.id AS access_id, c.provider_id, c.site_id, t.sponsor_id, t.province_code, t.filed_at
  FROM @registry@.access c
  JOIN @registry@.site t ON t.id = c.site_id
 WHERE c.status = 'live' AND t.status = 'filed'
   AND NOT EXISTS (SELECT FROM @registry@.verification v
					WHERE v.site_id = c.site_id AND v.provider_id = c.provider_id
					  AND (v.application_id IS NULL OR v.closed_at IS NOT NULL))
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(t.province_code, t.account_id)
		OR @registry@.acts_for_provider(c.provider_id));
COMMENT ON VIEW @registry@.unverified_access IS
	'Live access whose provider has no sheet of the site: stock that is still to be verified (存量网站, 2 三(一)6)';
COMMENT ON COLUMN @registry@.unverified_access.access_id IS 'The access';
COMMENT ON COLUMN @registry@.unverified_access.provider_id IS 'Its provider, who has to verify';
COMMENT ON COLUMN @registry@.unverified_access.site_id IS 'The site';
COMMENT ON COLUMN @registry@.unverified_access.sponsor_id IS 'Its sponsor';
COMMENT ON COLUMN @registry@.unverified_access.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.unverified_access.filed_at IS 'When the site was filed';

CREATE VIEW @registry@.sponsor_file WITH (security_barrier) AS
SELECT v.sponsor_id, v.provider_id, v.province_code,
	   count(*) AS sheets,
	   max(v.verified_at) AS last_verified_at,
	   bool_or(v.photo_digest IS NOT NULL) AS has_photo,
	   bool_or(EXISTS (SELECT FROM @registry@.verification_document d
						WHERE d.verification_id = v.id AND d.kind IN ('unit_credential', 'principal_credential')))
	   AS has_credentials,
	   bool_or(EXISTS (SELECT FROM @registry@.verification_document d
						WHERE d.verification_id = v.id AND d.kind = 'agreement')) AS has_agreement
  FROM @registry@.verification v
 WHERE (SELECT @registry@.acts_nationwide()) OR @registry@.acts_for_provider(v.provider_id)
	OR @registry@.acts_as_bureau(v.province_code)
 GROUP BY v.sponsor_id, v.provider_id, v.province_code;
COMMENT ON VIEW @registry@.sponsor_file IS
	'The file that a provider keeps of a sponsor (网站主办者资料档案): credentials, photograph, sheets, agreements (2 三(一)4, 4 §12(七))';
COMMENT ON COLUMN @registry@.sponsor_file.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.sponsor_file.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.sponsor_file.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.sponsor_file.sheets IS 'How many sheets';
COMMENT ON COLUMN @registry@.sponsor_file.last_verified_at IS 'When it was last verified';
COMMENT ON COLUMN @registry@.sponsor_file.has_photo IS 'A photograph is kept';
COMMENT ON COLUMN @registry@.sponsor_file.has_credentials IS 'A copy of a credential is kept';
COMMENT ON COLUMN @registry@.sponsor_file.has_agreement IS 'An agreement is kept';
