-- Tries of passwords, codes and comparisons, counted where no ROLLBACK reaches: by a worker, in a transaction of its own,
-- before anything is compared.  Sessions only read these rows and never lock them; workers of icp.count_try() write them.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('try_free', '6', 'Tries of one role on one record that follow each other without a pause'),
	('try_pause', '1 minute', 'The pause after the last free one; it doubles with each further one'),
	('try_lock_after', '10', 'From so many tries on that were not right the record is locked for the role'),
	('try_lock', '1 hour', 'The first lock; it doubles with each further wrong try'),
	('try_lock_max', '1 day', 'The longest lock'),
	('try_forget', '1 day', 'How long after the last try, or the end of its pause, the count begins anew'),
	('try_asker_limit', '100', 'Wrong tries of one role on all records together that are accepted within try_asker_window; not asked of the owner and of members system, nor of a provider that logs its accounts in'),
	('try_asker_window', '1 day', 'The time in which they are counted');

CREATE TABLE @registry@.try_count (
	subject		text,
	record_id	bigint,
	asker		name,
	tries		integer NOT NULL DEFAULT 0,
	first_at	timestamptz NOT NULL DEFAULT clock_timestamp(),
	last_at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	not_before	timestamptz,
	PRIMARY KEY (subject, record_id, asker)
);
COMMENT ON TABLE @registry@.try_count IS
	'Tries of a role on a record since the last right one; subject empty, record 0: all of that role. Nobody but workers of the owner''s functions writes it';
COMMENT ON COLUMN @registry@.try_count.subject IS
	'What was tried, such as application.sms: in front of the point is what record_id is the id of';
COMMENT ON COLUMN @registry@.try_count.record_id IS 'The record';
COMMENT ON COLUMN @registry@.try_count.asker IS 'The acting role';
COMMENT ON COLUMN @registry@.try_count.tries IS 'How many';
COMMENT ON COLUMN @registry@.try_count.first_at IS 'When the count began';
COMMENT ON COLUMN @registry@.try_count.last_at IS 'The last one';
COMMENT ON COLUMN @registry@.try_count.not_before IS 'No other is accepted before';
ALTER TABLE @registry@.try_count ENABLE ROW LEVEL SECURITY;

CREATE TABLE @registry@.try_secret (
	subject		text,
	record_id	bigint,
	secret		text,
	tries		integer NOT NULL DEFAULT 0,
	last_at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (subject, record_id, secret)
);
COMMENT ON TABLE @registry@.try_secret IS
	'Tries of one code, whoever made them. Nobody but workers of the owner''s functions writes it';
COMMENT ON COLUMN @registry@.try_secret.subject IS 'As in try_count';
COMMENT ON COLUMN @registry@.try_secret.record_id IS 'The record';
COMMENT ON COLUMN @registry@.try_secret.secret IS
	'A mark of the code or of its sending: another one is counted from the start, also when its transaction was rolled back';
COMMENT ON COLUMN @registry@.try_secret.tries IS 'How many';
COMMENT ON COLUMN @registry@.try_secret.last_at IS 'The last one';
ALTER TABLE @registry@.try_secret ENABLE ROW LEVEL SECURITY;

-- The body of a worker, which calls it as the owner.  In a session of the owner's own it would lock the rows.
CREATE FUNCTION @registry@.write_try(subject text, record_id bigint, asker name, secret text, is_right boolean,
		OUT number integer, OUT not_before timestamptz, OUT tell boolean)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	moment		timestamptz;
	"limit"		record;			-- the settings, and whether the role's tries on all records count
	of_record	@registry@.try_count;
	of_asker	@registry@.try_count;
BEGIN
	-- (few statements: a worker plans each anew)
	tell := false;
	IF asker = '' THEN			-- nobody's answer was right: there is another secret
		UPDATE @registry@.try_count c SET tries = 0, not_before = NULL
		 WHERE c.subject = subject AND c.record_id = record_id;
		RETURN;
	END IF;
	-- Who serves everybody is not limited over all records, nor who could make the secret himself: strangers at his web
	-- pages would shut them.
	SELECT min(s.value) FILTER (WHERE s.name = 'try_free')::integer AS free,
		   min(s.value) FILTER (WHERE s.name = 'try_pause')::interval AS pause,
		   min(s.value) FILTER (WHERE s.name = 'try_lock_after')::integer AS lock_after,
		   min(s.value) FILTER (WHERE s.name = 'try_lock')::interval AS lock,
		   min(s.value) FILTER (WHERE s.name = 'try_lock_max')::interval AS lock_max,
		   min(s.value) FILTER (WHERE s.name = 'try_forget')::interval AS forget,
		   min(s.value) FILTER (WHERE s.name = 'try_asker_limit')::integer AS of_asker,
		   min(s.value) FILTER (WHERE s.name = 'try_asker_window')::interval AS window,
		   NOT pg_has_role(asker, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
		   AND NOT EXISTS (SELECT FROM @registry@.member m
							WHERE m.role_name = asker
							  AND (m.role = 'system' OR m.role = 'provider' AND subject LIKE 'account.%')) AS counts
	  INTO "limit"
	  FROM @registry@.setting s WHERE s.name LIKE E'try\\_%';
	IF num_nulls("limit".free, "limit".pause, "limit".lock_after, "limit".lock, "limit".lock_max, "limit".forget,
				 "limit".of_asker, "limit".window) > 0 THEN
		-- without a limit there is no answer
		RAISE EXCEPTION 'a setting try_... has no value' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF is_right THEN
		UPDATE @registry@.try_count c SET tries = 0, not_before = NULL
		 WHERE c.subject = subject AND c.record_id = record_id AND c.asker = asker;
		DELETE FROM @registry@.try_secret s WHERE s.subject = subject AND s.record_id = record_id;
		-- what was right counts towards no limit: takes back the one that it was counted as
		UPDATE @registry@.try_count c SET tries = c.tries - 1
		 WHERE c.subject = '' AND c.record_id = 0 AND c.asker = asker AND c.tries > 0 AND "limit".counts;
		RETURN;
	END IF;

	-- The role's row behind the record's, always: workers do not deadlock.
	INSERT INTO @registry@.try_count AS c (subject, record_id, asker) VALUES (subject, record_id, asker)
	ON CONFLICT ON CONSTRAINT try_count_pkey DO UPDATE SET tries = c.tries
	RETURNING * INTO of_record;
	INSERT INTO @registry@.try_count AS c (subject, record_id, asker) VALUES ('', 0, asker)
	ON CONFLICT ON CONSTRAINT try_count_pkey DO UPDATE SET tries = c.tries
	RETURNING * INTO of_asker;
	moment := clock_timestamp();		-- behind the waiting

	IF of_record.not_before > moment THEN
		not_before := of_record.not_before;
		RETURN;
	END IF;
	IF moment >= of_asker.first_at + "limit".window THEN
		of_asker.tries := 0;
		of_asker.first_at := moment;
	END IF;
	IF "limit".counts AND of_asker.tries >= "limit".of_asker THEN
		not_before := of_asker.first_at + "limit".window;
		RETURN;
	END IF;

	IF moment >= greatest(of_record.last_at, of_record.not_before) + "limit".forget THEN
		of_record.tries := 0;
	END IF;
	number := least(of_record.tries + 1, 1000000);
	not_before := moment + CASE WHEN number >= "limit".lock_after
								THEN least("limit".lock * 2 ^ least(number - "limit".lock_after, 20), "limit".lock_max)
								WHEN number >= "limit".free
								THEN least("limit".pause * 2 ^ least(number - "limit".free, 20), "limit".lock_max) END;
	tell := number >= "limit".lock_after;
	UPDATE @registry@.try_count c
	   SET tries = CASE WHEN c.subject = '' THEN of_asker.tries + "limit".counts::integer ELSE number END,
		   first_at = CASE WHEN c.subject = '' THEN of_asker.first_at WHEN number = 1 THEN moment ELSE c.first_at END,
		   last_at = moment,
		   not_before = CASE WHEN c.subject = '' THEN NULL ELSE write_try.not_before END
	 WHERE (c.subject, c.record_id, c.asker) IN ((subject, record_id, asker), ('', 0, asker));
	IF secret IS NOT NULL THEN
		INSERT INTO @registry@.try_secret AS s (subject, record_id, secret, tries, last_at)
		VALUES (subject, record_id, secret, 1, moment)
		ON CONFLICT ON CONSTRAINT try_secret_pkey DO UPDATE SET tries = least(s.tries + 1, 1000000), last_at = EXCLUDED.last_at
		RETURNING s.tries INTO number;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.write_try(text, bigint, name, text, boolean) IS
	'Counts a try, or forgets those that a right one ends; workers of icp.count_try() call it. number: which try it is, of the secret where one is named; NULL: it is refused until not_before. tell: a lock has begun';

CREATE FUNCTION @registry@.tell_of_lock(subject text, record_id bigint, until timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET timezone = 'Asia/Shanghai'
AS $$
#variable_conflict use_variable
DECLARE
	said	constant jsonb := jsonb_build_object(
		'until', to_char(until, 'YYYY-MM-DD HH24:MI'),
		'what', CASE WHEN subject LIKE '%password' THEN '密码'
					 WHEN subject LIKE '%.sms' OR subject LIKE '%code' OR subject LIKE '%.recovery' THEN '验证码'
					 ELSE '备案信息' END);
	account	record;
BEGIN
	IF subject LIKE 'application.%' THEN
		PERFORM @registry@.send_notice('tries_locked', record_id, NULL, said);
	ELSIF subject LIKE 'account.%' THEN
		SELECT * INTO account FROM @registry@.account a WHERE a.id = record_id;
		PERFORM @registry@.send_notice('tries_locked', NULL, NULL, said || jsonb_strip_nulls(jsonb_build_object(
			'provider_id', account.provider_id, 'province_code', account.province_code, 'address', account.mailbox,
			'sponsor_id', (SELECT min(s.id) FROM @registry@.sponsor s WHERE s.account_id = account.id AND s.status = 'filed'))));
	ELSE
		PERFORM @registry@.send_notice('tries_locked', NULL, NULL, said
			|| jsonb_build_object(CASE WHEN subject LIKE 'site.%' THEN 'site_id' ELSE 'sponsor_id' END, record_id));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.tell_of_lock(text, bigint, timestamptz) IS
	'Tells the sponsor whose record, or whose account, was guessed at until it was locked; workers of icp.count_try() call it, once a lock';

CREATE FUNCTION @registry@.number_try(subject text, record_id bigint, secret text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who			constant name := @registry@.acting_user();
	number		integer;
	not_before	timestamptz;
BEGIN
	-- what is locked anyway takes no worker from others
	SELECT c.not_before INTO not_before FROM @registry@.try_count c
	 WHERE c.subject = subject AND c.record_id = record_id AND c.asker = who AND c.not_before > clock_timestamp();
	IF NOT FOUND THEN
		SELECT t.number, t.not_before INTO number, not_before
		  FROM icp.count_try('@registry@'::regnamespace, subject, record_id, who, secret, false) t;
	END IF;
	IF number IS NULL THEN
		RAISE EXCEPTION 'no further try of role "%" is accepted yet', who
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Not before %s.', not_before),
				  HINT = 'After several wrong ones there is a pause, which grows (settings try_...).';
	END IF;
	RETURN number;
END
$$;
COMMENT ON FUNCTION @registry@.number_try(text, bigint, text) IS
	'As count_try(); returns which try it is since the last right one, of any role where the secret is named by a mark';

CREATE FUNCTION @registry@.count_try(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.number_try(subject, record_id);
END
$$;
COMMENT ON FUNCTION @registry@.count_try(text, bigint) IS
	'Counts a try of the acting role on a record, before anything is compared; fails where it must wait. Committed when it returns. For the registry''s own functions';

CREATE FUNCTION @registry@.clear_tries(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM icp.count_try('@registry@'::regnamespace, subject, record_id, @registry@.acting_user(), NULL, true);
END
$$;
COMMENT ON FUNCTION @registry@.clear_tries(text, bigint) IS
	'The answer was right: forgets the tries of the acting role on that record. Committed when it returns';

CREATE FUNCTION @registry@.forget_tries(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM icp.count_try('@registry@'::regnamespace, subject, record_id, '', NULL, true);
END
$$;
COMMENT ON FUNCTION @registry@.forget_tries(text, bigint) IS
	'The record has got another secret by who may give it one: forgets the tries of all roles. Committed when it returns';

CREATE FUNCTION @registry@.secret_mark(digest text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(digest, 'UTF8')), 'hex'), 32);
COMMENT ON FUNCTION @registry@.secret_mark(text) IS 'What tells one code from the next, made of its salted digest';
