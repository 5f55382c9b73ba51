-- Strangers: a provider that neither keeps the account of a record nor serves a site of it may enter an application about
-- it, and goes no further before the filing password (备案密码, 4 §18(五), §47), or where the practice of the date has it
-- the code of a short message (短信核验), was right.  What it may not see is not told it piece by piece.

-- Entering

-- (Row security asks last; until then what fails must not say more of a record than the public knows: what is filed.)
CREATE FUNCTION @registry@.may_name_record(kind text, filed_by text, province icp.province, account_id bigint, sponsor_id bigint,
										   site_id bigint, access_id bigint, provider_id bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_site		bigint := coalesce(site_id, (SELECT c.site_id FROM @registry@.access c WHERE c.id = may_name_record.access_id));
	of_sponsor	bigint := coalesce(sponsor_id, (SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = of_site));
BEGIN
	IF num_nonnulls(sponsor_id, site_id, access_id) = 0 OR @registry@.sees_record(of_sponsor) THEN
		RETURN true;
	END IF;
	RETURN filed_by IS DISTINCT FROM 'bureau' AND @registry@.acts_for_provider(provider_id)
	   AND EXISTS (
			SELECT FROM @registry@.sponsor s
			  LEFT JOIN @registry@.site t ON t.id = of_site
			  LEFT JOIN @registry@.access c ON c.id = may_name_record.access_id
			 WHERE s.id = of_sponsor AND s.status = 'filed'
			   AND s.account_id = coalesce(may_name_record.account_id, s.account_id)
			   AND s.province_code = coalesce(icp.province_code(may_name_record.province), s.province_code)
			   AND CASE WHEN may_name_record.kind IN (@kinds:act = 'add' AND concerns = 'access' OR act IN ('change', 'cancel') AND concerns = 'site'@)
						THEN t.sponsor_id = s.id AND t.status = 'filed'
						WHEN may_name_record.kind IN (@kinds:concerns = 'sponsor' AND through_provider@)
						THEN of_site IS NULL OR t.sponsor_id = s.id AND t.status = 'filed'
						ELSE false END
			   AND (may_name_record.access_id IS NULL
					OR c.site_id = of_site AND c.provider_id = may_name_record.provider_id));
END
$$;
COMMENT ON FUNCTION @registry@.may_name_record(text, text, icp.province, bigint, bigint, bigint, bigint, bigint) IS
	'May the acting role enter an application that names this? Who may not see the record only what the public knows to be filed, through its own provider';

CREATE FUNCTION @registry@.refuse_stranger() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- who writes the table with its owner's rights is one of the registry's functions
	IF NOT pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE')
	   AND NOT @registry@.may_name_record(NEW.kind, NEW.filed_by, NEW.province, NEW.account_id, NEW.sponsor_id, NEW.site_id,
										  NEW.access_id, NEW.provider_id) THEN
		RAISE EXCEPTION 'role "%" may not enter this application', @registry@.acting_user()
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'What it names does not exist, is not filed, or is not this role''s to apply for.',
				  HINT = 'A provider that is new to a filed record names itself in provider_id, and the record by site_id or sponsor_id.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_stranger() IS
	'Trigger: fails, always with the same words, where a member who may not see a record names one that is not filed, or enters what is not his to enter';
CREATE TRIGGER a_refuse_stranger BEFORE INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION @registry@.refuse_stranger();

-- Going on

CREATE TABLE @registry@.consent_code (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application ON DELETE CASCADE,
	sponsor_id		bigint NOT NULL REFERENCES @registry@.sponsor ON DELETE CASCADE,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	digest			text NOT NULL,
	sent_at			timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	confirmed_at	timestamptz,
	province_code	smallint
);
CREATE INDEX consent_code_sponsor_id_idx ON @registry@.consent_code (sponsor_id, sent_at);
CREATE INDEX consent_code_provider_id_idx ON @registry@.consent_code (provider_id);
COMMENT ON TABLE @registry@.consent_code IS
	'Codes by which the person in charge of a record consents to an application of a provider that is a stranger to it, as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.consent_code.application_id IS 'The application';
COMMENT ON COLUMN @registry@.consent_code.sponsor_id IS 'Whose record it is about';
COMMENT ON COLUMN @registry@.consent_code.provider_id IS 'The provider that had the code sent';
COMMENT ON COLUMN @registry@.consent_code.digest IS 'What icp.hash_password() made of the code';
COMMENT ON COLUMN @registry@.consent_code.sent_at IS 'When it was sent';
COMMENT ON COLUMN @registry@.consent_code.due_at IS 'Until when it is good: 24 hours';
COMMENT ON COLUMN @registry@.consent_code.confirmed_at IS 'When it was given rightly';
COMMENT ON COLUMN @registry@.consent_code.province_code IS 'The application''s province, GB/T 2260';
ALTER TABLE @registry@.consent_code ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.has_consent(app @registry@.application) RETURNS boolean
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT CASE WHEN app.kind IN (@kinds:asks_password = 'letter'@)
				-- the letter with its papers stands for the password that is lost (4 附件1 二)
				THEN EXISTS (SELECT FROM @registry@.reset_letter l WHERE l.application_id = app.id AND l.differences = '{}')
				ELSE EXISTS (SELECT FROM @registry@.given_password g
							   JOIN @registry@.filing_password f ON f.sponsor_id = app.sponsor_id
							  WHERE g.application_id = app.id AND g.is_right AND g.given_at >= f.made_at)
					 OR app.kind NOT IN (@kinds:asks_password = 'always'@)
						AND EXISTS (SELECT FROM @registry@.consent_code c
									 WHERE c.application_id = app.id AND c.confirmed_at IS NOT NULL) END;
END;
COMMENT ON FUNCTION @registry@.has_consent(@registry@.application) IS
	'Was the filing password, or the code of the short message, right that came with an application; for password_reset, were the papers equal?';

-- Before stamp_application, which says whether another one is under way.
CREATE FUNCTION @registry@.require_consent() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF @registry@.acts_as_owner() OR @registry@.may_enter(NEW.account_id) OR NOT @registry@.is_of_stranger(NEW)
	   OR @registry@.has_consent(NEW) THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'application % (%) is about the record of somebody else, and stays %', NEW.id, NEW.kind, OLD.state
		USING ERRCODE = 'insufficient_privilege',
			  DETAIL = CASE WHEN NEW.kind IN (@kinds:asks_password = 'letter'@)
					   THEN 'The papers have not been found equal to the filing (4 附件1 二).'
					   ELSE 'The filing password (备案密码) was not given, or not rightly (4 §18(五), §47).' END,
			  HINT = CASE WHEN NEW.kind IN (@kinds:asks_password = 'letter'@) THEN 'compare_reset_letter(application_id, items) compares them.'
					 WHEN NEW.kind NOT IN (@kinds:asks_password = 'always'@) AND @registry@.sms_is_on(NEW.kind, now())
					 THEN 'The sponsor has it: give_password(application_id, password). Or ask_code(application_id) sends a code (短信核验) to its person in charge: give_code(application_id, code). Without both it applies for another password: password_reset.'
					 ELSE 'The sponsor has it: give_password(application_id, password). Who has lost it applies for another: password_reset (4 §48).' END;
END
$$;
COMMENT ON FUNCTION @registry@.require_consent() IS
	'Trigger: a provider that is a stranger to a record takes an application about it no step further before the filing password, or the code, was right (4 §18(五), §47)';
CREATE TRIGGER require_consent BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('submitted', 'pre_verified', 'verified', 'reported'))
	EXECUTE FUNCTION @registry@.require_consent();

-- The code

CREATE FUNCTION @registry@.lock_consent(application_id bigint) RETURNS @registry@.application
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app	@registry@.application;
BEGIN
	SELECT * INTO app FROM @registry@.application a
	 WHERE a.id = lock_consent.application_id AND @registry@.is_member('{provider}', NULL, a.provider_id) FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not ask for a code with application %', @registry@.acting_user(), lock_consent.application_id
			USING ERRCODE = 'insufficient_privilege', HINT = 'The provider that the application is entered with may.';
	ELSIF app.state NOT IN ('draft', 'returned') OR app.kind IN (@kinds:asks_password IN ('always', 'letter')@)
		  OR NOT @registry@.is_of_stranger(app) THEN
		RAISE EXCEPTION 'application % (%) needs no code (验证码)', app.id, app.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'It stands in for the filing password where a provider that is new to a record applies for a change or a cancellation of it.',
				  HINT = CASE WHEN app.kind IN (@kinds:asks_password = 'always'@) THEN 'A new access needs the filing password (4 §18(五)): give_password().' END;
	ELSIF NOT @registry@.sms_is_on(app.kind, now()) THEN
		RAISE EXCEPTION 'no codes (短信核验) are sent here for applications of kind %', app.kind
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Setting "sms" says from when. give_password() gives the password.';
	END IF;
	RETURN app;
END
$$;
COMMENT ON FUNCTION @registry@.lock_consent(bigint) IS
	'A stranger''s application, locked, for the provider that may have a code sent; fails for others, and where none is needed';

CREATE FUNCTION @registry@.ask_code(application_id bigint) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app		constant @registry@.application := @registry@.lock_consent(application_id);
	digest	text;
BEGIN
	-- of two at once the second sees the first: the sponsor gets one message
	PERFORM FROM @registry@.sponsor s WHERE s.id = app.sponsor_id FOR NO KEY UPDATE;
	IF EXISTS (SELECT FROM @registry@.consent_code c
				WHERE c.sponsor_id = app.sponsor_id
				  AND c.sent_at > now() - CASE WHEN c.provider_id = app.provider_id THEN interval '24 hours' ELSE interval '1 hour' END) THEN
		RAISE EXCEPTION 'no further code (验证码) is sent for application % now', app.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'A record gets one message an hour at most, and one a day from one provider.';
	END IF;
	-- (whether there is a number to send it to is not told)
	digest := @registry@.send_sms_code(app.id);
	INSERT INTO @registry@.consent_code (application_id, sponsor_id, provider_id, digest, sent_at, due_at, province_code)
	VALUES (app.id, app.sponsor_id, app.provider_id, digest, now(), now() + interval '24 hours', app.province_code)
	ON CONFLICT ON CONSTRAINT consent_code_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, sent_at = EXCLUDED.sent_at, due_at = EXCLUDED.due_at, confirmed_at = NULL;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code)
	VALUES (@registry@.acting_user(), 'ask_code', app.id, app.sponsor_id, app.site_id, app.province_code);
	RETURN now() + interval '24 hours';
END
$$;
COMMENT ON FUNCTION @registry@.ask_code(bigint) IS
	'Has a code sent to the person in charge of a record to which the asking provider is a stranger, if a number is filed, and returns until when it is good; one an hour a record, one a day a provider (短信核验 2020-08-17)';

-- A wrong code is an answer, no error, as with give_password(); of six wrong ones none is right any more.
CREATE FUNCTION @registry@.give_code(application_id bigint, code text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app		constant @registry@.application := @registry@.lock_consent(application_id);
	given	constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
	waiting	@registry@.consent_code;
	number	integer;
BEGIN
	IF given IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT * INTO waiting FROM @registry@.consent_code c WHERE c.application_id = app.id;
	-- counted, and committed, before it is compared: by record and by code
	number := @registry@.number_try('sponsor.code', app.sponsor_id, @registry@.secret_mark(waiting.digest));
	IF waiting.confirmed_at IS NULL
	   AND coalesce(number > 6 OR given !~ '^[0-9]{6}$' OR clock_timestamp() >= waiting.due_at
					OR NOT icp.check_password(given, waiting.digest), true) THEN
		RETURN false;
	END IF;
	PERFORM @registry@.clear_tries('sponsor.code', app.sponsor_id);
	UPDATE @registry@.consent_code c SET confirmed_at = now() WHERE c.application_id = app.id AND c.confirmed_at IS NULL;
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.give_code(bigint, text) IS
	'Gives the code that ask_code() had sent, and returns whether it is right; then the application may go on without the filing password';

