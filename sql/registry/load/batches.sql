-- load() in transactions of its own, so that others see how far it is, and what was done outlives a crash.

CREATE FUNCTION @registry@.load_open(staging regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	name	text := staging::text;
BEGIN
	PERFORM @registry@.load_columns(staging);
	INSERT INTO @registry@.progress AS p (staging, step, actor, pid, started_at, updated_at)
	VALUES (name, 'reading', @registry@.acting_user(), pg_backend_pid(), clock_timestamp(), clock_timestamp())
	ON CONFLICT ON CONSTRAINT progress_pkey DO UPDATE
	   SET (step, done, total, filed, unchanged, rejected, actor, pid, started_at, updated_at) =
		   (excluded.step, 0, NULL, 0, 0, 0, excluded.actor, excluded.pid, excluded.started_at, excluded.updated_at);
END
$$;
COMMENT ON FUNCTION @registry@.load_open(regclass) IS 'load_in_batches(): says that it begins';

CREATE FUNCTION @registry@.load_copy(staging regclass) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
	SET synchronize_seqscans = off
	SET max_parallel_workers_per_gather = 0
AS $$
DECLARE
	name		text := staging::text;
	row_count	bigint;
BEGIN
	-- the rows as they are now: a later change of the staging table is the next run's
	DROP TABLE IF EXISTS pg_temp.load_source;
	EXECUTE format('CREATE TEMPORARY TABLE load_source AS SELECT row_number() OVER () AS row_no, to_jsonb(r) AS content FROM %s r',
				   staging);
	GET DIAGNOSTICS row_count = ROW_COUNT;
	ALTER TABLE pg_temp.load_source ADD PRIMARY KEY (row_no);
	DELETE FROM @registry@.rejected_row j WHERE j.staging = name AND j.row_no > row_count;
	UPDATE @registry@.progress p SET step = 'filing', total = row_count, updated_at = clock_timestamp() WHERE p.staging = name;
	RETURN row_count;
END
$$;
COMMENT ON FUNCTION @registry@.load_copy(regclass) IS 'load_in_batches(): takes the rows of the staging table, and returns how many they are';

CREATE FUNCTION @registry@.load_batch(staging regclass, first bigint, size integer) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
	SET max_parallel_workers_per_gather = 0
	SET jit = off
AS $$
DECLARE
	name	text := staging::text;
	nth		bigint := (first - 1) / size + 1;
	l		record;
BEGIN
	-- what an earlier run rejected of these rows is judged again
	DELETE FROM @registry@.rejected_row j WHERE j.staging = name AND j.row_no >= first AND j.row_no < first + size;
	SELECT * INTO l
	  FROM @registry@.load_rows(name, format('(SELECT s.row_no, s.content FROM pg_temp.load_source s WHERE s.row_no >= %s AND s.row_no < %s)',
											 first, first + size),
								@registry@.load_columns(staging));
	UPDATE @registry@.progress p
	   SET done = p.done + l.total, filed = p.filed + l.filed, unchanged = p.unchanged + l.unchanged,
		   rejected = p.rejected + l.rejected, updated_at = clock_timestamp()
	 WHERE p.staging = name;
	-- So that the next batches look up what was filed instead of reading all of it: when it has doubled.
	IF nth & (nth - 1) = 0 AND l.filed > 0 THEN
		ANALYZE @registry@.account, @registry@.sponsor, @registry@.site, @registry@.claim;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.load_batch(regclass, bigint, integer) IS 'load_in_batches(): one batch, with its progress';

CREATE FUNCTION @registry@.load_close(staging regclass) RETURNS @registry@.progress
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	name	text := staging::text;
	result	@registry@.progress;
BEGIN
	DROP TABLE pg_temp.load_source;
	UPDATE @registry@.progress p SET step = 'finished', updated_at = clock_timestamp() WHERE p.staging = name RETURNING p.* INTO result;
	RETURN result;
END
$$;
COMMENT ON FUNCTION @registry@.load_close(regclass) IS 'load_in_batches(): says that it is finished';

-- A procedure that commits cannot pin its search_path: every name and operator in it is qualified.
CREATE PROCEDURE @registry@.load_in_batches(staging regclass, batch integer DEFAULT 10000,
		INOUT total bigint DEFAULT NULL, INOUT filed bigint DEFAULT NULL, INOUT unchanged bigint DEFAULT NULL,
		INOUT rejected bigint DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	first		bigint := 1;
	row_count	bigint;
	result		@registry@.progress;
BEGIN
	IF staging IS NULL OR batch IS NULL OR batch OPERATOR(pg_catalog.<) 1 THEN
		RAISE EXCEPTION 'load_in_batches() needs a staging table, and batches of at least one row'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM @registry@.load_open(staging);
	COMMIT;
	row_count := @registry@.load_copy(staging);
	COMMIT;
	WHILE first OPERATOR(pg_catalog.<=) row_count LOOP
		PERFORM @registry@.load_batch(staging, first, batch);
		COMMIT;
		first := first OPERATOR(pg_catalog.+) batch;
	END LOOP;
	result := @registry@.load_close(staging);
	total := result.total;
	filed := result.filed;
	unchanged := result.unchanged;
	rejected := result.rejected;
END
$$;
COMMENT ON PROCEDURE @registry@.load_in_batches(regclass, integer, bigint, bigint, bigint, bigint) IS
	'load() in batches that commit: progress is there for everybody to see, and what an interrupted load has filed is unchanged to the next one';
REVOKE ALL ON PROCEDURE @registry@.load_in_batches(regclass, integer, bigint, bigint, bigint, bigint) FROM PUBLIC;
