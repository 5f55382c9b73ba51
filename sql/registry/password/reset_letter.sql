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
	SELECT string_agg(icp.shown(k), ', ' ORDER BY k) INTO unknown
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
	-- The person in charge of a site (网站负责人) is one person: all that is said of him equals what one filed site says of
	-- its own, or of the sponsor's where it has none.  Else the site counts that comes nearest.
	RETURN QUERY
		WITH given_item AS (
			SELECT g.key, g.value FROM jsonb_each_text(given) g),
		of_one_site AS (
			SELECT t.id, ARRAY(SELECT g.key FROM given_item g
								WHERE g.key = ANY (of_site)
								  AND NOT @registry@.same_item(substr(g.key, 6), g.value,
										CASE WHEN t.principal_name <> '' THEN to_jsonb(t) ELSE filed END ->> substr(g.key, 6))
							   ) AS differing
			  FROM @registry@.site t
			 WHERE t.sponsor_id = compare_with_filing.sponsor_id AND t.status = 'filed'),
		nearest AS (
			SELECT o.differing FROM of_one_site o ORDER BY cardinality(o.differing), o.id LIMIT 1)
		SELECT g.key
		  FROM given_item g
		 WHERE CASE WHEN g.key = ANY (compared)
					THEN NOT @registry@.same_item(g.key, g.value, filed ->> g.key)
					ELSE g.key = ANY (coalesce((SELECT n.differing FROM nearest n), of_site)) END
		 ORDER BY array_position(compared || of_site, g.key);
END
$$;
COMMENT ON FUNCTION @registry@.compare_with_filing(bigint, jsonb) IS
	'The items of an applicant''s papers that differ from the filing, by name (4 附件1 二); no row: all are equal';

CREATE FUNCTION @registry@.same_item(item text, given text, filed text) RETURNS boolean
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE
		WHEN coalesce(btrim(given), '') = '' OR coalesce(btrim(filed), '') = '' THEN false
		WHEN item LIKE '%credential' THEN
			-- the kind may be left out on the papers' side
			coalesce(nullif(icp.credential_number(icp.try_credential(given)), ''),
					 upper(translate(regexp_replace(normalize(given, NFKC), '^[a-z_]+:', ''), ' -', '')))
			= coalesce(nullif(icp.credential_number(icp.try_credential(filed)), ''),
					   upper(translate(regexp_replace(normalize(filed, NFKC), '^[a-z_]+:', ''), ' -', '')))
		WHEN item IN ('mobile', 'phone') THEN
			coalesce(icp.try_phone(given), regexp_replace(normalize(given, NFKC), '\s', '', 'g'))
			= coalesce(icp.try_phone(filed), regexp_replace(normalize(filed, NFKC), '\s', '', 'g'))
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
	CONSTRAINT reset_letter_mailbox_check CHECK (coalesce(icp.explain_email(mailbox) LIKE 'Warning:%', true))
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
	'Items of the papers that differ from the filing, by name, or * where the provider may not see it; empty: all are equal; NULL: not yet compared (4 附件1 二)';
COMMENT ON COLUMN @registry@.reset_letter.compared_at IS 'When they were compared';
COMMENT ON COLUMN @registry@.reset_letter.compared_by IS 'By which role';
COMMENT ON COLUMN @registry@.reset_letter.fax_at IS 'When the bureau had the fax, in urgent cases (4 附件1 三(二))';
COMMENT ON COLUMN @registry@.reset_letter.original_at IS 'When the bureau had the original';
COMMENT ON COLUMN @registry@.reset_letter.original_due_at IS 'End of the month after the fax, when the original is due, filled by trigger (clock original)';
COMMENT ON COLUMN @registry@.reset_letter.due_at IS
	'End of the 10th working day after fax or original, whichever came first, filled by trigger (clock reset, 4 附件1 四)';

CREATE FUNCTION @registry@.fill_reset_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_letter	record;
BEGIN
	SELECT a.kind, a.province_code INTO of_letter FROM @registry@.application a WHERE a.id = NEW.application_id;
	IF NOT @registry@.sees_application(NEW.application_id) AND NOT @registry@.acts_as_owner() THEN
		-- (before row security is asked: the same words, whether it is there or not)
		RAISE EXCEPTION 'application % does not exist, or is not yours', NEW.application_id
			USING ERRCODE = 'insufficient_privilege';
	ELSIF coalesce(of_letter.kind, '') NOT IN (@kinds:asks_password = 'letter'@) THEN
		RAISE EXCEPTION 'application % is not for a new password (密码重置)', NEW.application_id
			USING ERRCODE = 'check_violation', DETAIL = format('It is of kind %s.', coalesce(of_letter.kind, 'none'));
	END IF;
	NEW.province_code := of_letter.province_code;
	NEW.original_due_at := CASE WHEN NEW.original_at IS NULL THEN icp.clock_due('original', NEW.fax_at) END;
	NEW.due_at := icp.clock_due('reset', least(NEW.fax_at, NEW.original_at));
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
	letter	@registry@.application;
	missing	text;
	sees	boolean;
	answer	text[];
BEGIN
	SELECT a.* INTO letter
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
	   OR (num_nonnulls(given ->> 'site_mobile', given ->> 'site_phone') = 0 OR given ->> 'site_principal_credential' IS NULL)
		  -- a sponsor without a site has nobody in charge of one
		  AND EXISTS (SELECT FROM @registry@.site t WHERE t.sponsor_id = letter.sponsor_id AND t.status = 'filed') THEN
		RAISE EXCEPTION 'the papers of application % are not complete', application_id
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = coalesce('Missing: ' || missing || '.', 'Missing: a telephone, or the credential, of one of the two persons.'),
				  HINT = 'Compare credential, credential_address, principal_name, principal_credential, mobile or phone, site_principal_credential, site_mobile or site_phone (4 附件1 二).';
	END IF;
	-- Who may not see the filing hears yes or no to the whole, and guesses a few times, not three thousand.
	sees := @registry@.sees_record(letter.sponsor_id);
	IF NOT sees THEN
		PERFORM @registry@.count_try('sponsor.letter', letter.sponsor_id);
	END IF;
	answer := ARRAY(SELECT d FROM @registry@.compare_with_filing(letter.sponsor_id, given) d);
	IF NOT sees THEN
		PERFORM @registry@.record_comparison(letter, 'letter', answer = '{}');
		IF answer = '{}' THEN
			PERFORM @registry@.clear_tries('sponsor.letter', letter.sponsor_id);
		ELSE
			answer := '{*}';
		END IF;
	END IF;
	UPDATE @registry@.reset_letter l
	   SET differences = answer, compared_at = now(), compared_by = @registry@.acting_user()
	 WHERE l.application_id = letter.id;
	RETURN QUERY SELECT unnest(answer);
END
$$;
COMMENT ON FUNCTION @registry@.compare_reset_letter(bigint, jsonb) IS
	'The provider compares the papers with the filing (4 附件1 二): keeps and returns the names of the items that differ, never the values; to a provider that may not see the filing only whether any does (*), and each question counts';

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
	FOR EACH ROW WHEN (NEW.kind IN (@kinds:asks_password = 'letter'@) AND NEW.state = 'reported' AND OLD.state <> 'reported')
	EXECUTE FUNCTION @registry@.require_reset_letter();

-- The bureau resets when it has the letter, the original or in urgent cases the fax (4 附件1 三(二), 四).
CREATE FUNCTION @registry@.require_received_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM @registry@.reset_letter l
					WHERE l.application_id = NEW.id AND num_nonnulls(l.fax_at, l.original_at) > 0)
	   AND NOT @registry@.owner_is_exempt() THEN
		RAISE EXCEPTION 'the letter (申请密码重置的报告) of application % has not come in', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Enter in reset_letter when the original or the fax came (4 附件1 四).';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_received_letter() IS
	'Trigger: a filing password is reset when its letter, original or fax, has come in (4 附件1 四)';
CREATE TRIGGER ab_require_received_letter AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.kind IN (@kinds:asks_password = 'letter'@) AND NEW.state = 'approved' AND OLD.state <> 'approved')
	EXECUTE FUNCTION @registry@.require_received_letter();

CREATE VIEW @registry@.overdue_reset_letter WITH (security_barrier) AS
SELECT l.application_id, a.provider_id, a.province_code, o.what, o.due_at
  FROM @registry@.reset_letter l
  JOIN @registry@.application a ON a.id = l.application_id
 CROSS JOIN LATERAL (VALUES ('original'::text, l.original_due_at),
							('reset'::text, CASE WHEN a.state = 'reviewing' THEN l.due_at END)) AS o(what, due_at)
 WHERE o.due_at <= now()
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', a.province_code, a.provider_id));
COMMENT ON VIEW @registry@.overdue_reset_letter IS
	'Letters whose original has not followed the fax in a month, and resets that the bureau has not made in 10 working days (4 附件1 三, 四)';
COMMENT ON COLUMN @registry@.overdue_reset_letter.application_id IS 'The application';
COMMENT ON COLUMN @registry@.overdue_reset_letter.provider_id IS 'Its provider';
COMMENT ON COLUMN @registry@.overdue_reset_letter.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.overdue_reset_letter.what IS 'original: the provider owes it; reset: the bureau does';
COMMENT ON COLUMN @registry@.overdue_reset_letter.due_at IS 'Since when';

ALTER TABLE @registry@.reset_letter ENABLE ROW LEVEL SECURITY;
CREATE POLICY reset_letter_see ON @registry@.reset_letter FOR SELECT
	USING (@registry@.reads_application(application_id));
CREATE POLICY reset_letter_enter ON @registry@.reset_letter FOR INSERT
	WITH CHECK (EXISTS (SELECT FROM @registry@.application a
						 WHERE a.id = application_id AND @registry@.is_member('{provider}', NULL, a.provider_id)));
CREATE POLICY reset_letter_receive ON @registry@.reset_letter FOR UPDATE
	USING (@registry@.acts_as_bureau(province_code));
