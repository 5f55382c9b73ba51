-- Filing passwords (备案密码, 4 §14(七), §47): made at approval, shown once, stored as a digest.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('password_cost', '10',
	 'What digesting a password costs: 1 to 17, memory is 2^cost kilobytes; 10 takes some 2 ms, 14 some 35 ms. The passwords are random, of 69 bits, so that little is enough. Stored digests keep their own'),
	('password_notice', 'off',
	 'on: a new password also goes out in the secret part of notices "password" and "password_reset", which is stored until it is delivered; off: the deliverer fetches it with take_password()');

CREATE TABLE @registry@.filing_password (
	sponsor_id		bigint PRIMARY KEY REFERENCES @registry@.sponsor ON DELETE CASCADE,
	digest			text NOT NULL,
	made_at			timestamptz NOT NULL,
	shown_at		timestamptz,
	shown_to		name,
	province_code	smallint
);
COMMENT ON TABLE @registry@.filing_password IS
	'Filing passwords as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.filing_password.sponsor_id IS 'The sponsor whose password it is';
COMMENT ON COLUMN @registry@.filing_password.digest IS 'What icp.hash_password() made of it';
COMMENT ON COLUMN @registry@.filing_password.made_at IS 'When it was made: at the approval, or at the reset';
COMMENT ON COLUMN @registry@.filing_password.shown_at IS 'When it was shown; NULL: not yet';
COMMENT ON COLUMN @registry@.filing_password.shown_to IS 'The role it was shown to';
COMMENT ON COLUMN @registry@.filing_password.province_code IS 'The sponsor''s province, GB/T 2260';
ALTER TABLE @registry@.filing_password ENABLE ROW LEVEL SECURITY;

-- UNLOGGED: in no write-ahead log, on no standby, in no base backup; a crash empties it, and a reset makes another one.
CREATE UNLOGGED TABLE @registry@.password_to_show (
	sponsor_id		bigint PRIMARY KEY REFERENCES @registry@.sponsor ON DELETE CASCADE,
	password		text NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.password_to_show IS
	'New passwords in clear until take_password() has shown them. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.password_to_show.sponsor_id IS 'The sponsor whose password it is';
COMMENT ON COLUMN @registry@.password_to_show.password IS 'The password';
COMMENT ON COLUMN @registry@.password_to_show.province_code IS 'The sponsor''s province, GB/T 2260';
ALTER TABLE @registry@.password_to_show ENABLE ROW LEVEL SECURITY;

CREATE TABLE @registry@.given_password (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application ON DELETE CASCADE,
	is_right		boolean NOT NULL,
	given_at		timestamptz NOT NULL,
	given_by		name NOT NULL,
	tries			integer NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.given_password IS
	'Whether the filing password that was given with an application is right; the password itself is kept nowhere';
COMMENT ON COLUMN @registry@.given_password.application_id IS 'The application';
COMMENT ON COLUMN @registry@.given_password.is_right IS 'Was the last one given the sponsor''s password?';
COMMENT ON COLUMN @registry@.given_password.given_at IS 'When it was given last';
COMMENT ON COLUMN @registry@.given_password.given_by IS 'The role that gave it';
COMMENT ON COLUMN @registry@.given_password.tries IS 'How often one was given';
COMMENT ON COLUMN @registry@.given_password.province_code IS 'The application''s province, GB/T 2260';
ALTER TABLE @registry@.given_password ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.issue_password(sponsor_id bigint, application_id bigint DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	made		text := icp.random_password();
	province	smallint := (SELECT s.province_code FROM @registry@.sponsor s WHERE s.id = sponsor_id);
BEGIN
	INSERT INTO @registry@.filing_password AS f (sponsor_id, digest, made_at, province_code)
	VALUES (sponsor_id, icp.hash_password(made, @registry@.setting('password_cost')::integer), now(), province)
	ON CONFLICT ON CONSTRAINT filing_password_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, made_at = EXCLUDED.made_at, shown_at = NULL, shown_to = NULL;
	INSERT INTO @registry@.password_to_show (sponsor_id, password, province_code) VALUES (sponsor_id, made, province)
	ON CONFLICT ON CONSTRAINT password_to_show_pkey DO UPDATE SET password = EXCLUDED.password;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code)
	VALUES (@registry@.acting_user(), 'issue_password', sponsor_id, province);
	IF @registry@.setting('password_notice') = 'on' THEN
		-- a reset one goes to the provider that asked for it, at the mailbox of its letter (4 附件1 四)
		PERFORM @registry@.send_notice(CASE WHEN application_id IS NULL THEN 'password' ELSE 'password_reset' END, application_id, NULL,
									   jsonb_strip_nulls(jsonb_build_object('sponsor_id', sponsor_id, 'password', made, 'address',
										(SELECT l.mailbox FROM @registry@.reset_letter l
										  WHERE l.application_id = issue_password.application_id))));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.issue_password(bigint, bigint) IS
	'Makes a sponsor''s filing password, a first one or, on an application password_reset, another, from OpenSSL''s random source; take_password() shows it once (4 §18(三)2, §47)';

CREATE FUNCTION @registry@.take_password(sponsor_id bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who		constant name := @registry@.acting_user();
	issued	record;
	taken	text;
BEGIN
	IF NOT EXISTS (SELECT FROM @registry@.sponsor s
					WHERE s.id = sponsor_id
					  AND (pg_has_role(who, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
						   OR EXISTS (SELECT FROM @registry@.member m
									   WHERE m.role_name = who
										 AND (m.role = 'system' OR m.role = 'sponsor' AND m.account_id = s.account_id))))
	THEN
		RAISE EXCEPTION 'role "%" may not take the filing password (备案密码) of sponsor %', who, sponsor_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account may, and the members "system" of @registry@.member, who deliver it.';
	END IF;
	-- in this order, as issue_password() writes them
	PERFORM FROM @registry@.filing_password f WHERE f.sponsor_id = take_password.sponsor_id FOR NO KEY UPDATE;
	DELETE FROM @registry@.password_to_show p WHERE p.sponsor_id = take_password.sponsor_id RETURNING p.password INTO taken;
	IF NOT FOUND THEN
		SELECT f.made_at, f.shown_at INTO issued FROM @registry@.filing_password f
		 WHERE f.sponsor_id = take_password.sponsor_id;
		RAISE EXCEPTION 'the filing password (备案密码) of sponsor % cannot be shown', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN issued.made_at IS NULL THEN 'None has been made: that is done at the first approval.'
								WHEN issued.shown_at IS NOT NULL THEN format('It was shown on %s; it is shown once.', issued.shown_at)
								ELSE 'The server has crashed before it was shown.' END,
				  HINT = 'Whoever has lost it applies for another one: an application of kind password_reset (4 §48).';
	END IF;
	UPDATE @registry@.filing_password f SET shown_at = now(), shown_to = who
	 WHERE f.sponsor_id = take_password.sponsor_id;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code)
	SELECT who, 'show_password', s.id, s.province_code FROM @registry@.sponsor s WHERE s.id = sponsor_id;
	RETURN taken;
END
$$;
COMMENT ON FUNCTION @registry@.take_password(bigint) IS
	'Shows a sponsor''s new filing password, once: to its account, or to a member "system" that delivers it (4 §47)';

CREATE FUNCTION @registry@.check_password(sponsor_id bigint, password text) RETURNS boolean
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce((SELECT icp.check_password(check_password.password, f.digest)
					   FROM @registry@.filing_password f JOIN @registry@.sponsor s ON s.id = f.sponsor_id
					  WHERE f.sponsor_id = check_password.sponsor_id AND s.status IN ('draft', 'filed')), false);
END;
COMMENT ON FUNCTION @registry@.check_password(bigint, text) IS
	'Is it the filing password of a sponsor that is not cancelled? Of the registry''s owner; members use give_password()';

-- A wrong password is an answer, no error.  It was counted before, whatever became of the transaction; by sponsor, so that
-- another application gives no other tries.
CREATE FUNCTION @registry@.give_password(application_id bigint, password text, number text DEFAULT NULL) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who		constant name := @registry@.acting_user();
	app		@registry@.application;
	matches	boolean;
BEGIN
	SELECT * INTO app FROM @registry@.application a
	 WHERE a.id = application_id
	   AND (pg_has_role(who, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = who
						  AND (m.role = 'sponsor' AND m.account_id = a.account_id
							   OR m.role = 'provider' AND m.provider_id = a.provider_id)))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not give a password (备案密码) with application %', who, application_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account may, and the provider that the application is entered with.';
	ELSIF app.kind NOT IN (@kinds:asks_password IN ('always', 'before_sms')@)
		  AND (app.kind IN (@kinds:asks_password = 'letter'@) OR NOT @registry@.is_of_stranger(app)) THEN
		RAISE EXCEPTION 'an application of kind % needs no filing password (备案密码)', app.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'It is asked for with new_access and cancel_sponsor, and of a provider that is new to the record with whatever it applies for (4 §18(五), §47).';
	ELSIF app.state NOT IN (@states:NOT with_bureau AND NOT is_final@) THEN
		RAISE EXCEPTION 'the filing password (备案密码) of application % cannot be given any more', application_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s; the password is asked for at the report.', app.state);
	ELSIF password IS NULL THEN
		RAISE EXCEPTION 'no password (备案密码) was given' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM @registry@.count_try('sponsor.password', app.sponsor_id);
	-- where the number was given too, it must be the sponsor's, or that of the site (4 §18(五))
	matches := @registry@.check_password(app.sponsor_id, password)
		AND (number IS NULL
			 OR EXISTS (SELECT FROM @registry@.sponsor s
						 WHERE s.id = app.sponsor_id AND s.number = icp.try_icp_id(give_password.number))
			 OR EXISTS (SELECT FROM @registry@.site t
						 WHERE t.id = app.site_id AND t.number = icp.try_filing_number(give_password.number)));
	IF matches THEN
		PERFORM @registry@.clear_tries('sponsor.password', app.sponsor_id);
	END IF;
	INSERT INTO @registry@.given_password AS g (application_id, is_right, given_at, given_by, tries, province_code)
	VALUES (application_id, matches, now(), who, 1, app.province_code)
	ON CONFLICT ON CONSTRAINT given_password_pkey DO UPDATE
	   SET is_right = EXCLUDED.is_right, given_at = EXCLUDED.given_at, given_by = EXCLUDED.given_by, tries = g.tries + 1;
	RETURN matches;
END
$$;
COMMENT ON FUNCTION @registry@.give_password(bigint, text, text) IS
	'Gives the sponsor''s filing password, and its number if one likes, with an application of new_access or cancel_sponsor, or of a provider that is new to the record; returns whether they are right, and that is all that is kept (4 §18(五), §47)';

CREATE FUNCTION @registry@.password_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	app		@registry@.application;
	given	@registry@.given_password;
	made_at	timestamptz;
BEGIN
	SELECT * INTO app FROM @registry@.application a WHERE a.id = application_id;
	-- Since the codes by short message, a cancellation needs none (since 2020-08-17).
	IF NOT (app.kind IN (@kinds:asks_password = 'always'@)
			OR app.kind IN (@kinds:asks_password = 'before_sms'@)
			AND (coalesce(app.reported_at, now()) AT TIME ZONE 'Asia/Shanghai')::date < date '2020-08-17')
	   OR @registry@.owner_is_exempt() THEN
		RETURN;
	END IF;
	made_at := (SELECT f.made_at FROM @registry@.filing_password f WHERE f.sponsor_id = app.sponsor_id);
	SELECT * INTO given FROM @registry@.given_password g WHERE g.application_id = app.id;
	IF made_at IS NULL THEN
		RETURN NEXT 'the sponsor has no filing password (备案密码); it applies for one with password_reset (4 §18(五), §48)';
	ELSIF given.is_right IS NULL THEN
		RETURN NEXT 'the filing password (备案密码) was not given (4 §18(五), §47)';
	ELSIF NOT given.is_right THEN
		RETURN NEXT 'the filing password (备案密码) that was given is wrong, result code 1018 (4 §18(五), §47)';
	ELSIF given.given_at < made_at THEN
		RETURN NEXT 'the filing password (备案密码) has been reset since it was given (4 §18(五), §47)';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.password_problems(bigint) IS
	'Why the automatic check returns a reported application: new_access without the right filing password; cancel_sponsor too, where it was reported before 2020-08-17 (4 §18(五), §47)';
