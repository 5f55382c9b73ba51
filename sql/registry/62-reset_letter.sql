-- What goes with an application for a new filing password (4 附件1, §48): the comparison with the filing, the letter.

-- The values are those of the papers in the applicant's hands; which differ is all that is told and kept of them.
CREATE FUNCTION @registry@.compare_with_filing(sponsor_id bigint, given jsonb) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	compared	constant text[] := '{name,credential,credential_address,principal_name,principal_credential,mobile,phone}';
	of_site		constant text[] := '{site_principal_name,site_principal_credential,site_mobile,site_phone}';
	filed		jsonb;
	unknown		text;
BEGIN
	SELECT string_agg(k, ', ' ORDER BY k) INTO unknown
	  FROM jsonb_object_keys(given) k WHERE k <> ALL (compared || of_site);
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'not compared with the filing: %', unknown
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('Items are: %s.', array_to_string(compared || of_site, ', '));
	END IF;
	SELECT to_jsonb(s) INTO filed FROM @registry@.sponsor s WHERE s.id = compare_with_filing.sponsor_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % does not exist', sponsor_id USING ERRCODE = 'no_data_found';
	END IF;
	RETURN QUERY
		SELECT g.key
		  FROM jsonb_each_text(given) g
		 WHERE CASE WHEN g.key = ANY (compared)
					THEN NOT @registry@.same_item(g.key, g.value, filed ->> g.key)
					-- the person in charge of a site is that of any of the sponsor's sites, or the sponsor's own
					ELSE NOT EXISTS (
						SELECT FROM @registry@.site t
						 WHERE t.sponsor_id = compare_with_filing.sponsor_id AND t.status = 'filed'
						   AND @registry@.same_item(substr(g.key, 6), g.value,
								coalesce(to_jsonb(t) ->> substr(g.key, 6), filed ->> substr(g.key, 6)))) END
		 ORDER BY array_position(compared || of_site, g.key);
END
$$;
COMMENT ON FUNCTION @registry@.compare_with_filing(bigint, jsonb) IS
	'The items of an applicant''s papers that differ from the filing, by name (4 附件1 二); no row: all are equal';

CREATE FUNCTION @registry@.same_item(item text, given text, filed text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE
		WHEN given IS NULL OR filed IS NULL THEN false
		WHEN item LIKE '%credential' THEN
			-- the kind may be left out on the papers' side
			upper(regexp_replace(translate(given, ' -', ''), '^[a-z_]+:', ''))
			= upper(regexp_replace(translate(filed, ' -', ''), '^[a-z_]+:', ''))
		WHEN item IN ('mobile', 'phone') THEN regexp_replace(given, '\D', '', 'g') = regexp_replace(filed, '\D', '', 'g')
		ELSE icp.name_key(given) = icp.name_key(filed) END;
END;
COMMENT ON FUNCTION @registry@.same_item(text, text, text) IS
	'Do an item of an applicant''s papers and of the filing say the same, whatever their spelling?';

CREATE TABLE @registry@.reset_letter (
	application_id		bigint PRIMARY KEY REFERENCES @registry@.application,
	province_code		smallint,
	is_lost				boolean NOT NULL,
	not_recoverable		boolean NOT NULL,
	not_deposited		boolean NOT NULL,
	mailbox				text NOT NULL,
	differences			text[],
	compared_at			timestamptz,
	compared_by			name,
	fax_at				timestamptz,
	original_at			timestamptz,
	original_due_at		timestamptz,
	due_at				timestamptz,
	CONSTRAINT reset_letter_conditions_check CHECK (is_lost AND not_recoverable AND not_deposited),
	CONSTRAINT reset_letter_mailbox_check CHECK (icp.explain_email(mailbox) IS NULL)
);
CREATE INDEX reset_letter_original_due_at_idx ON @registry@.reset_letter (original_due_at)
	WHERE fax_at IS NOT NULL AND original_at IS NULL;
COMMENT ON TABLE @registry@.reset_letter IS
	'What goes with an application for a new filing password (申请密码重置的报告, 4 §48, 附件1)';
COMMENT ON COLUMN @registry@.reset_letter.application_id IS 'The application, of kind password_reset';
COMMENT ON COLUMN @registry@.reset_letter.province_code IS 'Province of the application, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.reset_letter.is_lost IS 'The sponsor has lost the password (4 §48)';
COMMENT ON COLUMN @registry@.reset_letter.not_recoverable IS 'The system''s own recovery is of no help (4 §48)';
COMMENT ON COLUMN @registry@.reset_letter.not_deposited IS 'It is not kept with the provider either (4 §48)';
COMMENT ON COLUMN @registry@.reset_letter.mailbox IS 'E-mail of the letter, to which the bureau answers the provider (4 附件1 四)';
COMMENT ON COLUMN @registry@.reset_letter.differences IS
	'Items of the papers that differ from the filing, by name; empty: all are equal; NULL: not yet compared (4 附件1 二)';
COMMENT ON COLUMN @registry@.reset_letter.compared_at IS 'When they were compared';
COMMENT ON COLUMN @registry@.reset_letter.compared_by IS 'By which role';
COMMENT ON COLUMN @registry@.reset_letter.fax_at IS 'When the bureau had the fax, in urgent cases (4 附件1 三(二))';
COMMENT ON COLUMN @registry@.reset_letter.original_at IS 'When the bureau had the original';
COMMENT ON COLUMN @registry@.reset_letter.original_due_at IS 'One month after the fax, when the original is due, filled by trigger';
COMMENT ON COLUMN @registry@.reset_letter.due_at IS
	'End of the 10th working day after fax or original, whichever came first, filled by trigger (4 附件1 四)';

CREATE FUNCTION @registry@.fill_reset_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_letter	record;
BEGIN
	SELECT a.kind, a.province_code INTO of_letter FROM @registry@.application a WHERE a.id = NEW.application_id;
	IF of_letter.kind IS DISTINCT FROM 'password_reset' THEN
		RAISE EXCEPTION 'application % is not for a new password (密码重置)', NEW.application_id
			USING ERRCODE = 'check_violation', DETAIL = format('It is of kind %s.', coalesce(of_letter.kind, 'none'));
	END IF;
	NEW.province_code := of_letter.province_code;
	NEW.original_due_at := CASE WHEN NEW.original_at IS NULL
		THEN ((NEW.fax_at AT TIME ZONE 'Asia/Shanghai') + interval '1 month') AT TIME ZONE 'Asia/Shanghai' END;
	NEW.due_at := @registry@.end_of_working_day(
		(least(NEW.fax_at, NEW.original_at) AT TIME ZONE 'Asia/Shanghai')::date, 10);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_reset_letter() IS 'Trigger: province and deadlines of a letter (4 附件1)';
CREATE TRIGGER fill_reset_letter BEFORE INSERT OR UPDATE ON @registry@.reset_letter
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_reset_letter();

CREATE FUNCTION @registry@.compare_reset_letter(application_id bigint, given jsonb) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	letter	record;
	missing	text;
BEGIN
	SELECT a.sponsor_id, a.provider_id, a.state INTO letter
	  FROM @registry@.application a JOIN @registry@.reset_letter l ON l.application_id = a.id
	 WHERE a.id = compare_reset_letter.application_id FOR NO KEY UPDATE OF a;
	IF NOT FOUND OR NOT @registry@.is_member('{provider}', NULL, letter.provider_id) THEN
		RAISE EXCEPTION 'role "%" may not compare the papers of application %', @registry@.acting_user(), application_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The provider that the application is entered with compares them (4 附件1 二).';
	ELSIF letter.state NOT IN ('draft', 'submitted', 'returned') THEN
		RAISE EXCEPTION 'application % is %, its papers have been compared', application_id, letter.state
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	SELECT string_agg(i, ', ') INTO missing
	  FROM unnest('{credential,credential_address,principal_name,principal_credential}'::text[]) i WHERE given ->> i IS NULL;
	IF missing IS NOT NULL OR num_nonnulls(given ->> 'mobile', given ->> 'phone') = 0
	   OR num_nonnulls(given ->> 'site_mobile', given ->> 'site_phone') = 0 OR given ->> 'site_principal_credential' IS NULL THEN
		RAISE EXCEPTION 'the papers of application % are not complete', application_id
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = coalesce(format('Missing: %s.', missing), 'Missing: a telephone, or the credential, of one of the two persons.'),
				  HINT = 'Compare credential, credential_address, principal_name, principal_credential, mobile or phone, site_principal_credential, site_mobile or site_phone (4 附件1 二).';
	END IF;
	UPDATE @registry@.reset_letter l
	   SET differences = ARRAY(SELECT d FROM @registry@.compare_with_filing(letter.sponsor_id, given) d),
		   compared_at = now(), compared_by = @registry@.acting_user()
	 WHERE l.application_id = compare_reset_letter.application_id;
	RETURN QUERY SELECT unnest(l.differences) FROM @registry@.reset_letter l
				  WHERE l.application_id = compare_reset_letter.application_id;
END
$$;
COMMENT ON FUNCTION @registry@.compare_reset_letter(bigint, jsonb) IS
	'The provider compares the papers with the filing (4 附件1 二): keeps and returns the names of the items that differ, never the values';

-- All equal: it goes to the bureau; otherwise the papers go back (4 附件1 二).
CREATE FUNCTION @registry@.require_reset_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	letter	@registry@.reset_letter;
BEGIN
	SELECT * INTO letter FROM @registry@.reset_letter l WHERE l.application_id = NEW.id;
	IF FOUND AND letter.differences = '{}' OR @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'application % for a new password (密码重置) cannot be reported', NEW.id
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = CASE WHEN letter.application_id IS NULL THEN 'There is no letter in reset_letter.'
							WHEN letter.differences IS NULL THEN 'The papers have not been compared with the filing.'
							ELSE format('The papers differ from the filing in: %s.', array_to_string(letter.differences, ', ')) END,
			  HINT = 'compare_reset_letter(application_id, items) compares; papers that differ go back to the sponsor (4 附件1 二).';
END
$$;
COMMENT ON FUNCTION @registry@.require_reset_letter() IS
	'Trigger: an application for a new password is reported only when its papers equal the filing (4 附件1 二)';
CREATE TRIGGER ab_require_reset_letter AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.kind = 'password_reset' AND NEW.state = 'reported' AND OLD.state <> 'reported')
	EXECUTE FUNCTION @registry@.require_reset_letter();

CREATE VIEW @registry@.overdue_reset_letter WITH (security_barrier) AS
SELECT l.application_id, a.provider_id, a.province_code,
	   CASE WHEN l.original_due_at <= now() THEN 'original'::text ELSE 'reset'::text END AS what,
	   CASE WHEN l.original_due_at <= now() THEN l.original_due_at ELSE l.due_at END AS due_at
  FROM @registry@.reset_letter l JOIN @registry@.application a ON a.id = l.application_id
 WHERE (l.original_due_at <= now() OR l.due_at <= now() AND a.state = 'reviewing')
   AND ((SELECT @registry@.sees_all_conflicts()) OR @registry@.is_member('{bureau,provider}', a.province_code, a.provider_id));
COMMENT ON VIEW @registry@.overdue_reset_letter IS
	'Letters whose original has not followed the fax in a month, and resets that the bureau has not made in 10 working days (4 附件1 三, 四)';
COMMENT ON COLUMN @registry@.overdue_reset_letter.application_id IS 'The application';
COMMENT ON COLUMN @registry@.overdue_reset_letter.provider_id IS 'Its provider';
COMMENT ON COLUMN @registry@.overdue_reset_letter.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.overdue_reset_letter.what IS 'original: the provider owes it; reset: the bureau does';
COMMENT ON COLUMN @registry@.overdue_reset_letter.due_at IS 'Since when';

ALTER TABLE @registry@.reset_letter ENABLE ROW LEVEL SECURITY;
CREATE POLICY reset_letter_see ON @registry@.reset_letter FOR SELECT
	USING (EXISTS (SELECT FROM @registry@.application a WHERE a.id = application_id));
CREATE POLICY reset_letter_enter ON @registry@.reset_letter FOR INSERT
	WITH CHECK (EXISTS (SELECT FROM @registry@.application a
						 WHERE a.id = application_id AND @registry@.is_member('{provider}', NULL, a.provider_id)));
CREATE POLICY reset_letter_receive ON @registry@.reset_letter FOR UPDATE
	USING (@registry@.acts_as_bureau(province_code));
