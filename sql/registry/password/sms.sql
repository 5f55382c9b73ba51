-- The code by short message (短信核验) with which the person in charge confirms an application; in use since
-- 2020-08-17: 24 hours, five wrong codes; the sixth or the end of the time sends the application back.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('sms', 'off',
	 'off; on; or a date such as 2020-08-17 from which it is on: a reported application waits for the code of a short message');

CREATE TABLE @registry@.sms_challenge (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application ON DELETE CASCADE,
	digest			text NOT NULL,
	sent			smallint NOT NULL DEFAULT 1,
	started_at		timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	confirmed_at	timestamptz,
	province_code	smallint
);
CREATE INDEX sms_challenge_due_idx ON @registry@.sms_challenge (due_at) WHERE confirmed_at IS NULL;
COMMENT ON TABLE @registry@.sms_challenge IS
	'Codes sent by short message (短信核验), as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.sms_challenge.application_id IS 'The application; of several reports, the last one''s code';
COMMENT ON COLUMN @registry@.sms_challenge.digest IS 'What icp.hash_password() made of the code';
COMMENT ON COLUMN @registry@.sms_challenge.sent IS 'How often a code was sent since the report';
COMMENT ON COLUMN @registry@.sms_challenge.started_at IS 'When the first code was sent';
COMMENT ON COLUMN @registry@.sms_challenge.due_at IS 'Until when it must be confirmed; sending it again does not move it';
COMMENT ON COLUMN @registry@.sms_challenge.confirmed_at IS 'When it was confirmed';
COMMENT ON COLUMN @registry@.sms_challenge.province_code IS 'The application''s province, GB/T 2260';
ALTER TABLE @registry@.sms_challenge ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.sms_is_on(kind text, at timestamptz DEFAULT now()) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
	SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	value	constant text := lower(btrim(coalesce(@registry@.setting('sms'), 'off')));
	is_on	boolean;
BEGIN
	BEGIN
		is_on := CASE WHEN value = 'off' THEN false
					  WHEN value = 'on' THEN true
					  WHEN value ~ E'^\\d{4}-\\d{2}-\\d{2}$' THEN (at AT TIME ZONE 'Asia/Shanghai')::date >= value::date END;
	EXCEPTION WHEN data_exception THEN
		NULL;					-- 2020-02-30
	END;
	IF is_on IS NULL THEN
		RAISE EXCEPTION 'setting "sms" has value "%"', value
			USING ERRCODE = 'invalid_parameter_value', HINT = 'off, on, or a date such as 2020-08-17.';
	END IF;
	RETURN is_on AND EXISTS (SELECT FROM icp.transition t
							  WHERE t.kind = sms_is_on.kind AND t.from_state = 'reported' AND t.to_state = 'sms');
END
$$;
COMMENT ON FUNCTION @registry@.sms_is_on(text, timestamptz) IS
	'Does an application of this kind, reported at this time, wait for the code of a short message (setting sms)? Kinds that icp.transition has no such step for never do: cancel_access, licence, password_reset';

CREATE FUNCTION @registry@.send_sms_code(application_id bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	code	constant text := icp.random_code(6);
BEGIN
	-- the code is in the notice's secret part only, which goes when it is delivered
	PERFORM @registry@.send_notice('sms_code', application_id, 'principal', jsonb_build_object('code', code));
	RETURN icp.hash_password(code, @registry@.setting('password_cost')::integer);
END
$$;
COMMENT ON FUNCTION @registry@.send_sms_code(bigint) IS
	'Sends the person in charge of an application a new code, and returns its digest';

CREATE FUNCTION @registry@.sms_start(application_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.sms_challenge AS c (application_id, digest, started_at, due_at, province_code)
	SELECT a.id, @registry@.send_sms_code(a.id), now(), icp.clock_due('sms', now()), a.province_code
	  FROM @registry@.application a WHERE a.id = sms_start.application_id
	ON CONFLICT ON CONSTRAINT sms_challenge_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, sent = 1, started_at = EXCLUDED.started_at,
		   due_at = EXCLUDED.due_at, confirmed_at = NULL, province_code = EXCLUDED.province_code;
END
$$;
COMMENT ON FUNCTION @registry@.sms_start(bigint) IS
	'An application has come into state sms: sends the code, good for 24 hours';

-- The application, locked; and that the acting role may answer for its sponsor.
CREATE FUNCTION @registry@.lock_sms(application_id bigint) RETURNS @registry@.sms_challenge
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who			constant name := @registry@.acting_user();
	app			@registry@.application;
	challenge	@registry@.sms_challenge;
BEGIN
	SELECT * INTO app FROM @registry@.application a
	 WHERE a.id = application_id
	   AND (pg_has_role(who, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = who
						  AND (m.role = 'system' OR m.role = 'sponsor' AND m.account_id = a.account_id)))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not confirm application %', who, application_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account confirms with the code of the short message (短信核验).';
	END IF;
	SELECT * INTO challenge FROM @registry@.sms_challenge c WHERE c.application_id = app.id FOR NO KEY UPDATE;
	IF app.state <> 'sms' OR NOT FOUND THEN
		RAISE EXCEPTION 'application % waits for no code (短信核验)', application_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', app.state);
	END IF;
	RETURN challenge;
END
$$;
COMMENT ON FUNCTION @registry@.lock_sms(bigint) IS
	'The code that an application waits for, locked for who may answer for its sponsor; fails for others, and where none is waited for';

-- A wrong code is an answer, no error.  It was counted before, since the report and whatever became of the transaction.
CREATE FUNCTION @registry@.confirm_sms(application_id bigint, code text) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	challenge	constant @registry@.sms_challenge := @registry@.lock_sms(application_id);
	given		constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
	new_state	text := 'sms';
	number		integer;
	why			text;
BEGIN
	IF code IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	ELSIF clock_timestamp() >= challenge.due_at THEN
		new_state := 'returned';
		why := 'the code of the short message (短信核验) was not confirmed within 24 hours';
	ELSE
		number := @registry@.number_try('application.sms', challenge.application_id, extract(epoch FROM challenge.started_at)::text);
		IF number <= 6 AND given ~ '^[0-9]{6}$' AND icp.check_password(given, challenge.digest) THEN
			PERFORM @registry@.clear_tries('application.sms', challenge.application_id);
			new_state := CASE WHEN EXISTS (SELECT FROM @registry@.blocking_conflicts(application_id)) THEN 'conflicted'
							  ELSE 'reviewing' END;
			UPDATE @registry@.sms_challenge c SET confirmed_at = now() WHERE c.application_id = challenge.application_id;
		ELSIF number >= 6 THEN
			new_state := 'returned';
			why := 'the code of the short message (短信核验) was wrong six times';
		END IF;
	END IF;
	IF new_state <> 'sms' THEN
		UPDATE @registry@.application a SET state = new_state, reason = why WHERE a.id = challenge.application_id
		RETURNING a.state INTO new_state;
	END IF;
	RETURN new_state;
END
$$;
COMMENT ON FUNCTION @registry@.confirm_sms(bigint, text) IS
	'Confirms an application with the code of the short message, and returns its new state: reviewing, or conflicted; sms after a wrong code; returned after the sixth wrong one or when its 24 hours are over';

CREATE FUNCTION @registry@.resend_sms(application_id bigint) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	challenge	constant @registry@.sms_challenge := @registry@.lock_sms(application_id);
BEGIN
	IF challenge.sent >= 10 OR clock_timestamp() >= challenge.due_at THEN
		RAISE EXCEPTION 'no further code (验证码) is sent for application %', application_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN challenge.sent >= 10 THEN 'Ten were sent.' ELSE 'Its 24 hours are over.' END;
	END IF;
	UPDATE @registry@.sms_challenge c SET digest = @registry@.send_sms_code(c.application_id), sent = c.sent + 1
	 WHERE c.application_id = challenge.application_id;
	RETURN challenge.due_at;
END
$$;
COMMENT ON FUNCTION @registry@.resend_sms(bigint) IS
	'Sends another code in place of the one before, and returns until when it is good: the 24 hours and the count of wrong codes go on';

CREATE FUNCTION @registry@.sms_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	late	bigint;
	handled	bigint := 0;
BEGIN
	FOR late IN
		SELECT a.id FROM @registry@.application a JOIN @registry@.sms_challenge c ON c.application_id = a.id
		 WHERE a.state = 'sms' AND c.confirmed_at IS NULL AND c.due_at <= now()
		 ORDER BY a.id
		   FOR NO KEY UPDATE OF a SKIP LOCKED
	LOOP
		UPDATE @registry@.application a
		   SET state = 'returned', reason = 'the code of the short message (短信核验) was not confirmed within 24 hours'
		 WHERE a.id = late AND a.state = 'sms';
		handled := handled + 1;
	END LOOP;
	RETURN handled;
END
$$;
COMMENT ON FUNCTION @registry@.sms_clock() IS
	'Returns the applications whose code was not confirmed within 24 hours, and how many they were; may run as often and as parallel as one likes';

-- The step is the account's own, so that without this a plain UPDATE would take it, code or no code.
CREATE FUNCTION @registry@.require_code() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM @registry@.sms_challenge c WHERE c.application_id = NEW.id AND c.confirmed_at IS NULL)
	   AND NOT @registry@.owner_is_exempt() THEN
		RAISE EXCEPTION 'application % has not been confirmed by the code of the short message (短信核验)', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('SELECT @registry@.confirm_sms(%s, code).', NEW.id);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_code() IS
	'Trigger: out of state sms an application goes on only with the right code, but for the exempt owner';
CREATE TRIGGER a_require_code AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (OLD.state = 'sms' AND NEW.state IN ('reviewing', 'conflicted'))
	EXECUTE FUNCTION @registry@.require_code();
