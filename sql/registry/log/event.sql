CREATE TABLE @registry@.event (
	id				bigint GENERATED ALWAYS AS IDENTITY,
	at				timestamptz NOT NULL DEFAULT now(),
	actor			name NOT NULL,
	event			text NOT NULL,
	application_id	bigint,
	sponsor_id		bigint,
	site_id			bigint,
	province_code	smallint,
	from_state		text,
	to_state		text,
	reason			text,
	old_values		jsonb,
	new_values		jsonb,
	seq				bigint NOT NULL,
	method			smallint NOT NULL,
	salt			bytea,
	values_digest	bytea,
	digest			bytea NOT NULL,
	-- with the time, so that the log can be partitioned by it
	PRIMARY KEY (id, at)
);
CREATE INDEX event_application_id_idx ON @registry@.event (application_id);
CREATE INDEX event_sponsor_id_idx ON @registry@.event (sponsor_id);
CREATE INDEX event_site_id_idx ON @registry@.event (site_id);
COMMENT ON TABLE @registry@.event IS
	'What happened, append-only: every change of state, and every change of a filed fact';
COMMENT ON COLUMN @registry@.event.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.event.at IS 'Time of the transaction';
COMMENT ON COLUMN @registry@.event.actor IS 'The role that acted';
COMMENT ON COLUMN @registry@.event.event IS 'Step of icp.transition or icp.provider_step; import, change, delete, settle_conflict, seal and others; of what changes authority: table and operation (member_insert)';
COMMENT ON COLUMN @registry@.event.application_id IS 'The application it concerns; no foreign key: the log outlives what it tells of';
COMMENT ON COLUMN @registry@.event.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.event.site_id IS 'The site it concerns';
COMMENT ON COLUMN @registry@.event.province_code IS 'Province, GB/T 2260';
COMMENT ON COLUMN @registry@.event.from_state IS 'State before';
COMMENT ON COLUMN @registry@.event.to_state IS 'State after';
COMMENT ON COLUMN @registry@.event.reason IS 'Why';
COMMENT ON COLUMN @registry@.event.old_values IS 'What changed, before';
COMMENT ON COLUMN @registry@.event.new_values IS 'What changed, after';
COMMENT ON COLUMN @registry@.event.seq IS
	'Place in its chain, from 1: the chain of its application, otherwise of its sponsor, otherwise of its province; this column and those behind it are filled by trigger';
COMMENT ON COLUMN @registry@.event.method IS 'How it was digested: 4 SHA-256 without a key, 5 HMAC-SHA-256, 6 HMAC-SM3, with the identity of this log; 1, 2, 3 the same with the name of its schema, as it was once';
COMMENT ON COLUMN @registry@.event.salt IS
	'Random bytes digested with reason, old_values and new_values; NULL where it has none of them, or they were erased';
COMMENT ON COLUMN @registry@.event.values_digest IS 'Digest of salt, reason, old_values and new_values; stays when those are erased';
COMMENT ON COLUMN @registry@.event.digest IS 'Digest of the event and of the digest of the event before it in its chain';

-- Without CHECK constraints, which would be read anew for each event.
CREATE TABLE @registry@.event_chain (
	kind			text COLLATE "C" NOT NULL,
	chain_id		bigint NOT NULL,
	seq				bigint NOT NULL,
	digest			bytea NOT NULL,
	province_code	smallint,
	changed_at		timestamptz NOT NULL,
	PRIMARY KEY (chain_id, kind)
) WITH (fillfactor = 80);
COMMENT ON TABLE @registry@.event_chain IS
	'The head of each chain of events; its row is locked by whoever writes an event, and written once a statement, so that a chain has no forks';
COMMENT ON COLUMN @registry@.event_chain.kind IS 'application, sponsor or registry';
COMMENT ON COLUMN @registry@.event_chain.chain_id IS
	'Id of the application or sponsor; for registry the province''s code, GB/T 2260, 0 where the event has none';
COMMENT ON COLUMN @registry@.event_chain.seq IS 'Place of its last event';
COMMENT ON COLUMN @registry@.event_chain.digest IS 'Digest of its last event';
COMMENT ON COLUMN @registry@.event_chain.province_code IS 'Province of its first event, GB/T 2260';
COMMENT ON COLUMN @registry@.event_chain.changed_at IS 'Time of the transaction that wrote its last event';
ALTER TABLE @registry@.event_chain ENABLE ROW LEVEL SECURITY;

-- Behind every other BEFORE trigger; the first and the last have a head written once a statement.  An event locks its
-- chain's head and nothing that comes before it in the order of locks: whoever changes an application too has locked it
-- by then.
CREATE TRIGGER a_begin_chains BEFORE INSERT ON @registry@.event
	FOR EACH STATEMENT EXECUTE FUNCTION icp.chain_event();
CREATE TRIGGER z_chain_event BEFORE INSERT ON @registry@.event
	FOR EACH ROW EXECUTE FUNCTION icp.chain_event('event_chain');
CREATE TRIGGER z_write_heads AFTER INSERT ON @registry@.event
	REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION icp.chain_event();
SELECT icp.identify_log('@registry@.event');

CREATE FUNCTION @registry@.refuse_change() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'table "%" is append-only', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = format('%s is not allowed on what has been recorded.', TG_OP);
END
$$;
COMMENT ON FUNCTION @registry@.refuse_change() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE';

-- An event loses its values, its reason and their salt together, or nothing (@registry@.erase_event_values()).
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.event
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();
CREATE TRIGGER append_only_row BEFORE UPDATE ON @registry@.event
	FOR EACH ROW WHEN (NOT (OLD.salt IS NOT NULL AND OLD.event <> 'erase_values' AND NEW.salt IS NULL
							AND NEW.reason IS NULL AND NEW.old_values IS NULL AND NEW.new_values IS NULL
							AND to_jsonb(NEW.*) - '{salt,reason,old_values,new_values}'::text[]
								= to_jsonb(OLD.*) - '{salt,reason,old_values,new_values}'::text[]))
	EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.record_step() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before	text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state END;
BEGIN
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
								  from_state, to_state, reason)
	SELECT @registry@.acting_user(), t.event, NEW.id, NEW.sponsor_id, NEW.site_id, NEW.province_code,
		   before, NEW.state, CASE WHEN t.needs_reason THEN NEW.reason END
	  FROM icp.transition t
	 WHERE t.kind = NEW.kind AND t.from_state IS NOT DISTINCT FROM before AND t.to_state = NEW.state;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_step() IS
	'Trigger: writes the event of an application''s change of state, before what the step brings about writes events';

-- (A FULL JOIN behind a fence: the plan is kept from the session's first statement on, and of one row it would be a nested
-- loop.)
CREATE FUNCTION @registry@.record_steps() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	who	constant name := @registry@.acting_user();
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
									  from_state, to_state, reason)
		SELECT who, t.event, n.id, n.sponsor_id, n.site_id, n.province_code, NULL, n.state,
			   CASE WHEN t.needs_reason THEN n.reason END
		  FROM new_rows n
		  JOIN icp.transition t ON t.kind = n.kind AND t.from_state IS NULL AND t.to_state = n.state
		 ORDER BY n.id;
	ELSE
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
									  from_state, to_state, reason)
		SELECT who, t.event, r.id, r.sponsor_id, r.site_id, r.province_code, r.before, r.state,
			   CASE WHEN t.needs_reason THEN r.reason END
		  FROM (SELECT n.id, n.kind, n.state, n.sponsor_id, n.site_id, n.province_code, n.reason, o.state AS before
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
		  JOIN icp.transition t ON t.kind = r.kind AND t.from_state = r.before AND t.to_state = r.state
		 WHERE r.state <> r.before AND r.state NOT IN ('reported', 'sms', 'approved')
		 ORDER BY r.id;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_steps() IS
	'Trigger: writes the events of a statement''s steps, in the order of the applications, but for those of record_step()';

-- Two rows of a table as events tell of them: what changed, before and after; after: {} where there is none any more.
CREATE FUNCTION @registry@.row_diff(before jsonb, after jsonb) RETURNS TABLE (old_values jsonb, new_values jsonb)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(before) e WHERE after -> e.key IS DISTINCT FROM e.value),
		   (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(after) e WHERE before -> e.key IS DISTINCT FROM e.value);
END;
COMMENT ON FUNCTION @registry@.row_diff(jsonb, jsonb) IS
	'What differs between a row before and after, old and new values; NULL: nothing';

-- What filed records said before and what they say now, without what did not change; a statement's together, in the order of
-- their chains.
CREATE FUNCTION @registry@.record_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	unsaid	constant text[] := icp.record_columns(TG_TABLE_NAME, 'derived');
	rows	record;
BEGIN
	-- (one row is the rule)
	-- (a FULL JOIN behind a fence, as in record_steps())
	IF TG_OP = 'UPDATE' THEN
		SELECT array_agg(r.before ORDER BY r.id) AS before, array_agg(r.after ORDER BY r.id) AS after INTO rows
		  FROM (SELECT o.id, CASE WHEN o.status = 'filed' THEN to_jsonb(o.*) - unsaid END AS before,
					   CASE WHEN o.status = 'filed' AND n.id IS NOT NULL THEN to_jsonb(n.*) - unsaid END AS after
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
		 WHERE r.after IS NOT NULL;
	ELSE
		SELECT array_agg(to_jsonb(o.*) - unsaid ORDER BY o.id) AS before, array_agg('{}'::jsonb) AS after INTO rows
		  FROM old_rows o WHERE o.status = 'filed';
	END IF;
	IF rows.before IS NULL THEN
		RETURN NULL;
	END IF;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
	SELECT (SELECT @registry@.acting_user()), CASE TG_OP WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
		   (r.before ->> CASE TG_TABLE_NAME WHEN 'sponsor' THEN 'id' ELSE 'sponsor_id' END)::bigint,
		   CASE TG_TABLE_NAME WHEN 'site' THEN (r.before ->> 'id')::bigint END,
		   (r.before ->> 'province_code')::smallint, d.old_values, d.new_values
	  FROM unnest(rows.before, rows.after) WITH ORDINALITY AS r(before, after, ordinal)
	 CROSS JOIN LATERAL @registry@.row_diff(r.before, r.after) d
	 WHERE d.old_values IS NOT NULL OR d.new_values IS NOT NULL
	 ORDER BY 3, r.ordinal;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_change() IS
	'Trigger: writes the events of changes of filed records, old and new values of what changed';

-- A statement's steps together.  But what reported, sms and approved bring about (c_apply_step, a row's trigger) writes
-- events, and the step comes before them: these are recorded row by row, and whoever gives an application another id.
CREATE TRIGGER b_record_step AFTER INSERT ON @registry@.application
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_steps();
CREATE TRIGGER b_record_change_of_state AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state
					   AND (NEW.state IN ('reported', 'sms', 'approved') OR NEW.id <> OLD.id))
	EXECUTE FUNCTION @registry@.record_step();
CREATE TRIGGER b_record_changes_of_state AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_steps();
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_deletion AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_deletion AFTER DELETE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();

-- What the chains are for: heads that are kept outside, and a check of the log against them and against itself.
CREATE FUNCTION @registry@.digest_of_heads(heads jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', h ->> 0, h ->> 1, h ->> 2, h ->> 3), E'\n'
												ORDER BY (h ->> 0) COLLATE "C", (h ->> 1)::bigint), ''), 'UTF8')), 'hex')
	  FROM jsonb_array_elements(heads) h;
END;
COMMENT ON FUNCTION @registry@.digest_of_heads(jsonb) IS
	'SHA-256 over the heads, a line each (kind, id, place, digest, with a space between), sorted by kind and id';

CREATE FUNCTION @registry@.export_heads(since timestamptz DEFAULT '-infinity') RETURNS jsonb
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT jsonb_build_object('registry', '@registry@', 'at', now(), 'chains', jsonb_array_length(x.heads),
							  'digest', @registry@.digest_of_heads(x.heads), 'heads', x.heads)
	  FROM (SELECT coalesce(jsonb_agg(jsonb_build_array(c.kind, c.chain_id, c.seq, encode(c.digest, 'hex'))
									  ORDER BY c.kind, c.chain_id), '[]') AS heads
			  FROM @registry@.event_chain c WHERE c.changed_at >= since) x;
END;
COMMENT ON FUNCTION @registry@.export_heads(timestamptz) IS
	'The heads of all chains of events, or of those that have grown since, with one digest over them; kept outside the database, it binds everybody, the registry''s owner included: see verify_log()';

CREATE FUNCTION @registry@.verify_log(heads jsonb DEFAULT NULL,
		OUT chain text, OUT chain_id bigint, OUT seq bigint, OUT event_id bigint, OUT problem text)
	RETURNS SETOF record
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	-- STABLE: every query here sees the log and its heads as of one moment
	log			constant regclass := '@registry@.event';
	-- the events that say that another one of their chain was erased
	erasures	constant text[] := ARRAY(
		SELECT concat_ws(' ', CASE WHEN e.application_id IS NOT NULL THEN 'application'
								   WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END,
						 coalesce(e.application_id, e.sponsor_id, e.province_code, 0), e.new_values ->> 'event')
		  FROM @registry@.event e WHERE e.event = 'erase_values');
	without_key	bigint;
	latest		timestamptz;
	total		bigint;
	unchecked	bigint;
BEGIN
	IF heads IS NOT NULL
	   AND (coalesce(jsonb_typeof(heads -> 'heads'), '') <> 'array' OR heads ->> 'registry' IS DISTINCT FROM '@registry@') THEN
		RAISE EXCEPTION 'these are no exported heads (链头) of this registry' USING ERRCODE = 'invalid_parameter_value',
			HINT = 'What @registry@.export_heads() returned, the whole of it.';
	END IF;

	-- Event by event.
	RETURN QUERY
	SELECT p.kind, p.of_id, p.seq, p.id, p.problem
	  FROM (SELECT v.kind, v.of_id, v.seq, v.id,
				   CASE WHEN v.fault = 'not chained' OR v.seq < 1 THEN 'it is not part of the chain'
						WHEN v.seq = v.before THEN 'another event has the same place'
						WHEN v.seq <> v.before + 1
						THEN format('events are missing: the one before it has place %s', v.before)
						WHEN v.fault = 'altered' THEN 'it was altered, or does not follow the one before it'
						WHEN v.fault = 'erased'
						THEN CASE WHEN v.words = ANY (erasures) THEN NULL ELSE 'its values were taken away, and no event says why' END
						WHEN v.method IN (1, 4) AND v.key_before THEN 'it was made without the key, behind one made with it'
				   END AS problem
			  FROM (SELECT k.kind, k.of_id, (k.e).seq, (k.e).id, (k.e).method,
						   concat_ws(' ', k.kind, k.of_id, (k.e).id) AS words,
						   coalesce(lag((k.e).seq) OVER in_chain, 0) AS before,
						   bool_or((k.e).method NOT IN (1, 4)) OVER (in_chain ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS key_before,
						   icp.event_problem(k.e, log, lag((k.e).digest) OVER in_chain) AS fault
					  FROM (SELECT e, CASE WHEN e.application_id IS NOT NULL THEN 'application'
										   WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END AS kind,
								   coalesce(e.application_id, e.sponsor_id, e.province_code, 0) AS of_id
							  FROM @registry@.event e) k
					WINDOW in_chain AS (PARTITION BY k.kind, k.of_id ORDER BY (k.e).seq, (k.e).id)) v) p
	 WHERE p.problem IS NOT NULL
	 ORDER BY p.id;

	-- Where events are made with the key, each chain has one at least, which binds what goes before it.  Neither numbers nor
	-- times say what is older: whoever writes a chain anew chooses them.
	IF icp.log_keyed_since(log) IS NOT NULL OR EXISTS (SELECT FROM @registry@.event e WHERE e.method NOT IN (1, 4)) THEN
		RETURN QUERY
		SELECT k.kind, k.of_id, max(k.seq), NULL::bigint,
			   'all its events were made without the key, in a registry that has one'
		  FROM (SELECT CASE WHEN e.application_id IS NOT NULL THEN 'application'
							WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END COLLATE "C" AS kind,
					   coalesce(e.application_id, e.sponsor_id, e.province_code, 0) AS of_id, e.seq, e.method
				  FROM @registry@.event e) k
		 GROUP BY k.kind, k.of_id
		HAVING bool_and(k.method IN (1, 4))
		 ORDER BY 1, 2;
	END IF;

	-- Each chain's last event and its head.
	RETURN QUERY
	SELECT coalesce(c.kind, l.kind), coalesce(c.chain_id, l.of_id), coalesce(c.seq, l.seq), l.id,
		   CASE WHEN l.id IS NULL THEN 'all its events are missing'
				WHEN c.kind IS NULL THEN 'its head is missing'
				WHEN c.seq > l.seq THEN format('its end is cut off: the last event has place %s', l.seq)
				ELSE 'its head does not fit its last event' END
	  FROM (SELECT DISTINCT ON (k.kind, k.of_id) k.kind, k.of_id, k.seq, k.id, k.digest
			  FROM (SELECT CASE WHEN e.application_id IS NOT NULL THEN 'application'
								WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END COLLATE "C" AS kind,
						   coalesce(e.application_id, e.sponsor_id, e.province_code, 0) AS of_id, e.seq, e.id, e.digest
					  FROM @registry@.event e) k
			 ORDER BY k.kind, k.of_id, k.seq DESC) l
	  FULL JOIN @registry@.event_chain c ON c.kind = l.kind AND c.chain_id = l.of_id
	 WHERE c.seq IS DISTINCT FROM l.seq OR c.digest IS DISTINCT FROM l.digest
	 ORDER BY 1, 2;

	-- What was exported.
	IF heads IS NOT NULL
	   AND @registry@.digest_of_heads(heads -> 'heads') IS DISTINCT FROM heads ->> 'digest' THEN
		chain := NULL;
		problem := 'the exported heads do not fit their own digest';
		RETURN NEXT;
	END IF;
	RETURN QUERY
	SELECT h.kind, h.of_id, h.seq, e.id,
		   CASE WHEN e.id IS NULL THEN 'the event that was exported as its head is missing'
				ELSE 'the event is not the one that was exported as its head' END
	  FROM (SELECT x ->> 0 AS kind, (x ->> 1)::bigint AS of_id, (x ->> 2)::bigint AS seq, x ->> 3 AS digest
			  FROM jsonb_array_elements(heads -> 'heads') x) h
	  LEFT JOIN @registry@.event e
		ON coalesce(e.application_id, e.sponsor_id, e.province_code, 0) = h.of_id AND e.seq = h.seq
	   AND CASE WHEN e.application_id IS NOT NULL THEN 'application'
				WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END = h.kind
	 WHERE e.id IS NULL OR encode(e.digest, 'hex') <> h.digest
	 ORDER BY 1, 2;

	-- What could not be checked, and what anybody could have written.
	SELECT count(*), count(*) FILTER (WHERE e.method IN (1, 4)), max(e.at) FILTER (WHERE e.method IN (1, 4)),
		   count(*) FILTER (WHERE icp.event_problem(e, log, NULL) = 'no key')
	  INTO total, without_key, latest, unchecked
	  FROM @registry@.event e;
	IF unchecked > 0 THEN
		chain := NULL;
		problem := format('%s events cannot be checked: they were made with a key, and icpfiling.event_key_file is not set here', unchecked);
		RETURN NEXT;
	END IF;
	IF without_key > 0 THEN
		RAISE NOTICE '% of % events are chained without a key', without_key, total
			USING DETAIL = format('The latest is of %s.', latest),
				  HINT = 'Whoever can write the tables can make such a chain anew, but for what an exported head binds. Set icpfiling.event_key_file.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.verify_log(jsonb) IS
	'Checks the log of events: every edit, deletion, insertion, change of order and cut end, by whomever, up to the heads that export_heads() gave out before; no row: it is whole';

CREATE FUNCTION @registry@.seal_log(why text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	sealed		bigint;
	with_key	bigint;
BEGIN
	IF why IS NULL OR btrim(why, E' \t\r\n') = '' THEN
		RAISE EXCEPTION 'sealing the log needs a reason (原因)' USING ERRCODE = 'check_violation';
	END IF;
	-- (rows that another transaction begins meanwhile have the key by themselves)
	WITH seal AS (
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, province_code, reason)
		SELECT @registry@.acting_user(), 'seal', CASE c.kind WHEN 'application' THEN c.chain_id END,
			   CASE c.kind WHEN 'sponsor' THEN c.chain_id END,
			   CASE c.kind WHEN 'registry' THEN nullif(c.chain_id, 0) ELSE c.province_code END, why
		  FROM @registry@.event_chain c
		 WHERE NOT EXISTS (SELECT FROM @registry@.event e
							WHERE e.method NOT IN (1, 4)
							  AND CASE c.kind WHEN 'application' THEN e.application_id = c.chain_id
									WHEN 'sponsor' THEN e.sponsor_id = c.chain_id AND e.application_id IS NULL
									ELSE e.sponsor_id IS NULL AND e.application_id IS NULL
										 AND coalesce(e.province_code, 0) = c.chain_id END)
		 ORDER BY c.kind, c.chain_id
		RETURNING method)
	SELECT count(*), count(*) FILTER (WHERE s.method NOT IN (1, 4)) INTO sealed, with_key FROM seal s;
	IF with_key < sealed THEN
		RAISE EXCEPTION 'the log cannot be sealed: no key is set'
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Set icpfiling.event_key_file.';
	END IF;
	RETURN sealed;
END
$$;
COMMENT ON FUNCTION @registry@.seal_log(text) IS
	'Ends each chain that has no event with the key by one, which binds what was written before there was a key; returns how many. Of the registry''s owner, after verify_log()';

CREATE FUNCTION @registry@.erase_event_values(event_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	erased	@registry@.event;
BEGIN
	IF why IS NULL OR btrim(why, E' \t\r\n') = '' THEN
		RAISE EXCEPTION 'erasing the values of event % needs a reason (原因)', event_id USING ERRCODE = 'check_violation';
	END IF;
	SELECT * INTO erased FROM @registry@.event e WHERE e.id = event_id FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'event % does not exist', event_id USING ERRCODE = 'no_data_found';
	ELSIF erased.salt IS NULL OR erased.event = 'erase_values' THEN
		RAISE EXCEPTION 'event % has nothing that could be erased', event_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN erased.event = 'erase_values' THEN 'It says itself what was erased, and why.'
								WHEN erased.values_digest IS NOT NULL THEN 'It has been erased before.'
								ELSE 'It has neither values nor a reason.' END;
	END IF;
	-- the same chain as the event's
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason, new_values)
	VALUES (@registry@.acting_user(), 'erase_values', erased.application_id, erased.sponsor_id, erased.site_id,
			erased.province_code, why, jsonb_build_object('event', erased.id));
	UPDATE @registry@.event e SET reason = NULL, old_values = NULL, new_values = NULL, salt = NULL
	 WHERE e.id = erased.id AND e.at = erased.at;
END
$$;
COMMENT ON FUNCTION @registry@.erase_event_values(bigint, text) IS
	'Erases reason and values of an event for good, and writes down that it was done and why; the chain stays whole. Of the registry''s owner';

-- Comparisons with what the asker may not see: the answer is one word, asked and answered on the record.
CREATE FUNCTION @registry@.record_comparison(app @registry@.application, what text, equal boolean) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, new_values)
	VALUES (@registry@.acting_user(), 'compare', app.id, app.sponsor_id, app.site_id, app.province_code,
			jsonb_build_object('what', what, 'equal', equal));
END;
COMMENT ON FUNCTION @registry@.record_comparison(@registry@.application, text, boolean) IS
	'Writes the event of a comparison of papers with a record that the acting role may not see';
