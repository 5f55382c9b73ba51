-- Clocks: which term of icp.clock runs for an application, and what happens when it is over.
-- Nothing here wakes up by itself: any scheduler calls run_clocks(), as often as it likes.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('clock_batch', '10000', 'How many applications one call of run_clocks() handles at most; call it again until it returns 0');

-- What run_clocks() and the lists have to look at, and no more.
CREATE INDEX application_clock_due_idx ON @registry@.application (clock_due_at) WHERE clock_overdue_at IS NULL;
CREATE INDEX application_clock_overdue_idx ON @registry@.application (clock_overdue_at) WHERE clock_overdue_at IS NOT NULL;
CREATE INDEX application_clock_unknown_idx ON @registry@.application (id) WHERE clock IS NOT NULL AND clock_due_at IS NULL;

CREATE FUNCTION @registry@.stamp_clock() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	term	record;
BEGIN
	-- (what has expired waits for nothing)
	SELECT t.code, t.since INTO term FROM icp.clock_term t
	 WHERE NEW.state = ANY (t.states) AND (t.kinds IS NULL OR NEW.kind = ANY (t.kinds)) AND NEW.state <> 'expired';
	IF term.code IS NULL OR term.since = 'submitted_at' AND NEW.submitted_at IS NULL THEN
		NEW.clock := NULL;
		NEW.clock_due_at := NULL;
	ELSIF term.since = 'reported_at' THEN
		-- the review's deadline, which stamp_application() has set
		NEW.clock := term.code;
		NEW.clock_due_at := NEW.due_at;
	ELSIF term.since <> 'state' OR NEW.state IS DISTINCT FROM OLD.state THEN
		NEW.clock := term.code;
		NEW.clock_due_at := icp.clock_due(term.code, CASE term.since WHEN 'submitted_at' THEN NEW.submitted_at ELSE now() END);
		IF NEW.clock_due_at IS NULL THEN
			RAISE WARNING 'the deadline "%" (%) of application % cannot be computed', term.code, NEW.state, NEW.id
				USING HINT = 'Load the year into icp.calendar_local; run_clocks() fills the deadline in then.';
		END IF;
	END IF;
	NEW.clock_overdue_at := CASE
		WHEN NEW.clock IS DISTINCT FROM OLD.clock OR NEW.clock_due_at IS DISTINCT FROM OLD.clock_due_at THEN NULL
		-- by record_overdue() below
		WHEN NEW.state IS DISTINCT FROM OLD.state AND OLD.clock_due_at <= now() THEN coalesce(OLD.clock_overdue_at, now())
		ELSE OLD.clock_overdue_at END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.stamp_clock() IS
	'Trigger: sets which term runs for an application in its new state, and when it is over';
-- after stamp_application, whose times it reads
CREATE TRIGGER stamp_clock BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
					   OR NEW.reported_at IS DISTINCT FROM OLD.reported_at OR NEW.due_at IS DISTINCT FROM OLD.due_at)
	EXECUTE FUNCTION @registry@.stamp_clock();

-- Each clock is kept or recorded as overdue: here when the step comes late and before run_clocks() has seen it.
CREATE FUNCTION @registry@.record_overdue() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (a FULL JOIN behind a fence, as in record_steps())
	IF EXISTS (SELECT FROM old_rows o WHERE o.clock_due_at <= now() AND o.clock_overdue_at IS NULL) THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, new_values)
		SELECT (SELECT @registry@.acting_user()), 'overdue', r.id, r.sponsor_id, r.site_id, r.province_code,
			   jsonb_build_object('clock', r.clock, 'state', r.state, 'due_at', r.clock_due_at)
		  FROM (SELECT o.id, o.sponsor_id, o.site_id, o.province_code, o.clock, o.state, o.clock_due_at, o.clock_overdue_at,
					   n.state AS after
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
		 WHERE r.after <> r.state AND r.after <> 'expired' AND r.clock_due_at <= now() AND r.clock_overdue_at IS NULL
		   AND EXISTS (SELECT FROM icp.clock t WHERE t.code = r.clock AND t.action <> 'own')
		 ORDER BY r.id;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_overdue() IS
	'Trigger: records which steps of a statement came after their term was over';
-- (behind the steps' own events)
CREATE TRIGGER d_record_overdue AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_overdue();

-- What a clock may pass by is a mistake in what it handles.  Everything else is the caller's: he tries the transaction
-- again (class 40), has it on a server that can be written (25), or finds the server out of something or going down.
CREATE FUNCTION @registry@.is_passed_by(error text) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN left(error, 2) NOT IN ('25', '40', '53', '57', '58', 'XX');
COMMENT ON FUNCTION @registry@.is_passed_by(text) IS
	'May a clock go on to the next after an error of this SQLSTATE? Not after serialization failures, deadlocks, a read-only server, lack of resources, a shutdown';

CREATE FUNCTION @registry@.expire_applications(how_many integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	due			bigint[];
	with_draft	bigint[];
	free_draft	bigint[];
	one			bigint;
	expired		bigint := 0;
BEGIN
	-- With the sponsor, so that of two runs only one ends a sponsor's last application, and they never wait for each other.
	due := ARRAY(SELECT a.id FROM @registry@.application a JOIN @registry@.sponsor s ON s.id = a.sponsor_id
				  WHERE a.clock_due_at <= now() AND a.clock_overdue_at IS NULL
					AND a.clock IN (SELECT t.code FROM icp.clock t WHERE t.action = 'expire')
				  ORDER BY a.clock_due_at LIMIT how_many
					FOR NO KEY UPDATE OF a, s SKIP LOCKED);
	-- nor for who edits the draft of a site, which ends with its application
	with_draft := ARRAY(SELECT a.id FROM @registry@.application a JOIN @registry@.site t ON t.id = a.site_id
						 WHERE a.id = ANY (due) AND t.status = 'draft');
	free_draft := ARRAY(SELECT a.id FROM @registry@.application a JOIN @registry@.site t ON t.id = a.site_id
						 WHERE a.id = ANY (with_draft) AND t.status = 'draft' FOR NO KEY UPDATE OF t SKIP LOCKED);
	due := ARRAY(SELECT unnest(due) EXCEPT (SELECT unnest(with_draft) EXCEPT SELECT unnest(free_draft)));
	BEGIN
		UPDATE @registry@.application a SET state = 'expired' WHERE a.id = ANY (due);
		GET DIAGNOSTICS expired = ROW_COUNT;
		RETURN expired;
	EXCEPTION WHEN OTHERS THEN
		IF NOT @registry@.is_passed_by(SQLSTATE) THEN
			RAISE;
		END IF;
	END;
	-- One of them does not go: the others do.
	FOREACH one IN ARRAY due LOOP
		BEGIN
			UPDATE @registry@.application a SET state = 'expired' WHERE a.id = one;
			expired := expired + 1;
		EXCEPTION WHEN OTHERS THEN
			IF NOT @registry@.is_passed_by(SQLSTATE) THEN
				RAISE;
			END IF;
			RAISE WARNING 'application % cannot expire: %', one, SQLERRM;
		END;
	END LOOP;
	RETURN expired;
END
$$;
COMMENT ON FUNCTION @registry@.expire_applications(integer) IS
	'Expires applications whose term is over (2 二(二)1(2)); passes by what another transaction has locked';

CREATE FUNCTION @registry@.list_overdue(how_many integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	recorded	bigint;
BEGIN
	WITH late AS (
		UPDATE @registry@.application a SET clock_overdue_at = now()
		 WHERE a.id = ANY (ARRAY(
				SELECT d.id FROM @registry@.application d
				 WHERE d.clock_due_at <= now() AND d.clock_overdue_at IS NULL
				   AND d.clock IN (SELECT t.code FROM icp.clock t WHERE t.action = 'list')
				 ORDER BY d.clock_due_at LIMIT how_many
				   FOR NO KEY UPDATE SKIP LOCKED))
		RETURNING a.*)
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, new_values)
	SELECT @registry@.acting_user(), 'overdue', l.id, l.sponsor_id, l.site_id, l.province_code,
		   jsonb_build_object('clock', l.clock, 'state', l.state, 'due_at', l.clock_due_at)
	  FROM late l ORDER BY l.id;
	GET DIAGNOSTICS recorded = ROW_COUNT;
	RETURN recorded;
END
$$;
COMMENT ON FUNCTION @registry@.list_overdue(integer) IS
	'Records, once, which applications stand longer than their term allows';

-- Deadlines that the calendar could not tell when they began: it may have been loaded since.
CREATE FUNCTION @registry@.fill_deadlines(how_many integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	filled	bigint;
BEGIN
	UPDATE @registry@.application a
	   SET due_at = CASE f.since WHEN 'reported_at' THEN f.due_at ELSE a.due_at END, clock_due_at = f.due_at
	  FROM (SELECT u.id, t.since,
				   icp.clock_due(u.clock, CASE t.since WHEN 'reported_at' THEN u.reported_at ELSE u.submitted_at END) AS due_at
			  FROM (SELECT d.id, d.clock, d.reported_at, d.submitted_at FROM @registry@.application d
					 WHERE d.clock IS NOT NULL AND d.clock_due_at IS NULL
					 ORDER BY d.id LIMIT how_many
					   FOR NO KEY UPDATE SKIP LOCKED) u
			  JOIN icp.clock_term t ON t.code = u.clock) f
	 WHERE a.id = f.id AND f.due_at IS NOT NULL;
	GET DIAGNOSTICS filled = ROW_COUNT;
	RETURN filled;
END
$$;
COMMENT ON FUNCTION @registry@.fill_deadlines(integer) IS
	'Fills in deadlines that could not be computed while the calendar lacked the year';

CREATE FUNCTION @registry@.application_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	how_many	integer := @registry@.setting('clock_batch')::integer;
BEGIN
	RETURN @registry@.fill_deadlines(how_many) + @registry@.expire_applications(how_many)
		+ @registry@.list_overdue(how_many);
END
$$;
COMMENT ON FUNCTION @registry@.application_clock() IS
	'What the terms of applications bring about: late visits expire, other late steps are recorded; returns how many applications';

CREATE FUNCTION @registry@.run_clocks() RETURNS TABLE (clock text, handled bigint)
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.require_system('run the clocks (运行时钟)');
	FOREACH clock IN ARRAY '{sms,application,standing,approval,notice}'::text[] LOOP
		-- What one subject stumbles over does not stop the others.
		BEGIN
			handled := CASE clock
				WHEN 'sms' THEN @registry@.sms_clock()
				WHEN 'application' THEN @registry@.application_clock()
				WHEN 'standing' THEN @registry@.standing_clock()
				WHEN 'approval' THEN @registry@.approval_clock()
				WHEN 'notice' THEN @registry@.notice_clock() END;
		EXCEPTION WHEN OTHERS THEN
			IF NOT @registry@.is_passed_by(SQLSTATE) THEN
				RAISE;
			END IF;
			RAISE WARNING 'clock "%" failed: %', clock, SQLERRM;
			handled := NULL;
		END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.run_clocks() IS
	'Does what is due by now and returns how much, a row a subject (NULL: it failed, see the warning). For any scheduler: as often as it likes, in any number of sessions at once, at READ COMMITTED; again until all are 0, since a call does clock_batch at most';
