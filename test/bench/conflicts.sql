-- Filings: a load through all triggers that find conflicts, against the same data as plain text.
-- The server's own COPY reads one file; every variant has a btree on number. See README.md for what each variant is.

SELECT format('COPY (SELECT * FROM bench.filing ORDER BY id) TO %L', :'dir' || '/filing.txt') \gexec
-- the same in files of 1000 rows, for one COPY each
SELECT format('COPY (SELECT * FROM bench.filing WHERE id > %s AND id <= %s ORDER BY id) TO %L',
			  1000 * (i - 1), 1000 * i, :'dir' || '/filing-' || i || '.txt')
  FROM generate_series(1, (:rows + 999) / 1000) i \gexec

-- Ours ----------------------------------------------------------------------------------------------------------------

-- for its tables of claims and edges
SELECT icp.create_registry('bench_claims') \g /dev/null

CREATE TABLE bench.ours (
	id			bigint NOT NULL,
	account_id	bigint NOT NULL,
	number		icp.filing_number,
	name		text NOT NULL,
	domains		icp.domain_list,
	homepage	text
);

-- The first n kinds of claim, found for each statement or each row.
CREATE PROCEDURE bench.set_triggers(n integer, level text) LANGUAGE plpgsql AS $$
DECLARE
	kind	record;
BEGIN
	FOR kind IN SELECT * FROM (VALUES (1, 'domain', 'domains'), (2, 'homepage', 'homepage'), (3, 'sponsor_name', 'name'))
					x(i, name, col)
	LOOP
		EXECUTE format('DROP TRIGGER IF EXISTS claim_%s ON bench.ours', kind.name);
		IF kind.i <= n THEN
			EXECUTE format('CREATE TRIGGER claim_%s AFTER INSERT ON bench.ours %s EXECUTE FUNCTION '
						   'icp.detect_conflict(%L, %L, ''account_id'', ''id'', ''claims=bench_claims.claim'')',
						   kind.name,
						   CASE level WHEN 'row' THEN 'FOR EACH ROW'
							   ELSE 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT' END,
						   kind.name, kind.col);
		END IF;
	END LOOP;
END
$$;

-- Peers ---------------------------------------------------------------------------------------------------------------

CREATE TABLE bench.plain (
	id			bigint NOT NULL,
	account_id	bigint NOT NULL,
	number		text COLLATE "C",
	name		text COLLATE "C" NOT NULL,
	domains		text[] COLLATE "C",
	homepage	text COLLATE "C"
);

CREATE FUNCTION bench.are_domains(domains text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_to_string(domains, ',') ~ '^(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(,|$))+$';
$$;
CREATE TABLE bench.checked (
	LIKE bench.plain,
	CHECK (name = btrim(name) AND name <> ''),
	CHECK (bench.are_domains(domains)),
	CHECK (homepage ~ '^https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(/[!-~]*)?$')
);
SELECT format('ALTER TABLE bench.checked ADD CHECK (number ~ %L)', bench.number_pattern()) \gexec

CREATE TABLE bench.checked_claim (
	kind		"char" NOT NULL,
	key			text COLLATE "C" NOT NULL,
	filing_id	bigint NOT NULL,
	account_id	bigint NOT NULL
);
CREATE TABLE bench.checked_conflict (
	kind		"char" NOT NULL,
	key			text NOT NULL,
	left_id		bigint NOT NULL,
	right_id	bigint NOT NULL
);

-- Claims first, then those of other accounts, as ours does; ids ascend, so that each pair is found once.
-- A plan made for an empty table or for another number of rows would be ruinous, so none is kept.
CREATE FUNCTION bench.check_statement() RETURNS trigger
LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
BEGIN
	INSERT INTO bench.checked_claim
	SELECT 'd', lower(d), r.id, r.account_id FROM new_rows r, unnest(r.domains) d
	UNION ALL
	SELECT 'h', rtrim(regexp_replace(lower(r.homepage), '^https?://(www\.)?', ''), '/'), r.id, r.account_id FROM new_rows r
	UNION ALL
	SELECT 'n', translate(lower(normalize(r.name, NFKC)), ' ()', ''), r.id, r.account_id FROM new_rows r;
	INSERT INTO bench.checked_conflict
	SELECT o.kind, o.key, o.filing_id, n.filing_id
	  FROM (SELECT 'd'::"char" AS kind, lower(d) COLLATE "C" AS key, r.id AS filing_id, r.account_id
			  FROM new_rows r, unnest(r.domains) d
			UNION ALL
			SELECT 'h', rtrim(regexp_replace(lower(r.homepage), '^https?://(www\.)?', ''), '/'), r.id, r.account_id FROM new_rows r
			UNION ALL
			SELECT 'n', translate(lower(normalize(r.name, NFKC)), ' ()', ''), r.id, r.account_id FROM new_rows r) n
	  JOIN bench.checked_claim o ON o.key = n.key AND o.kind = n.kind
	   AND o.account_id <> n.account_id AND o.filing_id < n.filing_id;
	RETURN NULL;
END
$$;
CREATE FUNCTION bench.check_row() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
	homepage_key	text := rtrim(regexp_replace(lower(NEW.homepage), '^https?://(www\.)?', ''), '/');
	name_key		text := translate(lower(normalize(NEW.name, NFKC)), ' ()', '');
BEGIN
	INSERT INTO bench.checked_conflict
	SELECT o.kind, o.key, o.filing_id, NEW.id
	  FROM (SELECT 'd'::"char" AS kind, lower(d) COLLATE "C" AS key FROM unnest(NEW.domains) d
			UNION ALL VALUES ('h'::"char", homepage_key), ('n'::"char", name_key)) n
	  JOIN bench.checked_claim o ON o.key = n.key AND o.kind = n.kind AND o.account_id <> NEW.account_id;
	INSERT INTO bench.checked_claim
	SELECT 'd', lower(d), NEW.id, NEW.account_id FROM unnest(NEW.domains) d
	UNION ALL VALUES ('h', homepage_key, NEW.id, NEW.account_id), ('n', name_key, NEW.id, NEW.account_id);
	RETURN NULL;
END
$$;

CREATE PROCEDURE bench.set_check(level text) LANGUAGE plpgsql AS $$
BEGIN
	DROP TRIGGER IF EXISTS check_conflict ON bench.checked;
	ALTER FUNCTION bench.check_statement() RESET ALL;
	IF level = 'batch' THEN
		-- The claims grow within one transaction, which no statistics tell of, and a small statement must not read all
		-- of them.
		ALTER FUNCTION bench.check_statement() SET enable_seqscan = off;
		ALTER FUNCTION bench.check_statement() SET enable_hashjoin = off;
		ALTER FUNCTION bench.check_statement() SET enable_mergejoin = off;
	END IF;
	ALTER FUNCTION bench.check_statement() SET plan_cache_mode = force_custom_plan;
	IF level = 'row' THEN
		CREATE TRIGGER check_conflict AFTER INSERT ON bench.checked
			FOR EACH ROW EXECUTE FUNCTION bench.check_row();
	ELSE
		CREATE TRIGGER check_conflict AFTER INSERT ON bench.checked
			REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bench.check_statement();
	END IF;
END
$$;

-- Measuring -----------------------------------------------------------------------------------------------------------

-- Empties everything and lays the indexes anew: those that end in a name of the list.
CREATE PROCEDURE bench.lay_indexes(VARIADIC names text[]) LANGUAGE plpgsql AS $$
DECLARE
	x	record;
BEGIN
	TRUNCATE bench.ours, bench.plain, bench.checked, bench.checked_claim, bench.checked_conflict,
		bench_claims.claim, bench_claims.claim_edge;
	FOR x IN SELECT * FROM (VALUES
		('ours_number', 'bench.ours (number)'),
		('plain_number', 'bench.plain (number)'),
		('plain_domains', 'bench.plain USING gin (domains) WITH (fastupdate = off)'),
		('plain_name', 'bench.plain (name)'),
		('plain_homepage', 'bench.plain (homepage)'),
		('checked_number', 'bench.checked (number)'),
		('checked_claim_key', 'bench.checked_claim (key, kind)')) x(name, def)
	LOOP
		EXECUTE format('DROP INDEX IF EXISTS bench.%I', x.name);
		IF x.name = ANY (names) THEN
			EXECUTE format('CREATE INDEX %I ON %s', x.name, x.def);
		END IF;
	END LOOP;
	COMMIT;
END
$$;

CREATE PROCEDURE bench.copy_batches(relation text, dir text, nbatches integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1..nbatches LOOP
		EXECUTE format('COPY %s FROM %L', relation, dir || '/filing-' || i || '.txt');
	END LOOP;
END
$$;

-- What ours and the peer have found, as pairs of filings, against a join of the data with itself.
CREATE PROCEDURE bench.verify(variant text, last_id bigint) LANGUAGE plpgsql AS $$
DECLARE
	wrong	bigint;
	pairs	bigint;
BEGIN
	CREATE TEMPORARY TABLE IF NOT EXISTS truth AS
	WITH claim AS (
		SELECT 'd' AS kind, d AS key, id, account_id FROM bench.filing, unnest(domains) d
		UNION ALL SELECT 'h', homepage, id, account_id FROM bench.filing
		UNION ALL SELECT 'n', name, id, account_id FROM bench.filing)
	SELECT a.kind, a.id AS left_id, b.id AS right_id
	  FROM claim a JOIN claim b ON a.kind = b.kind AND a.key = b.key AND a.account_id <> b.account_id AND a.id < b.id;
	CREATE TEMPORARY TABLE found AS SELECT * FROM truth LIMIT 0;
	IF variant = 'ours' THEN
		INSERT INTO found
		SELECT left(a.kind, 1), least(a.holder_id, b.holder_id), greatest(a.holder_id, b.holder_id)
		  FROM bench_claims.claim_edge e
		  JOIN bench_claims.claim a ON a.holder_id = e.claim_holder_id AND a.id = e.claim_id
		  JOIN bench_claims.claim b ON b.holder_id = e.rival_holder_id AND b.id = e.rival_id
		 WHERE a.kind = b.kind AND a.key = b.key;
		UPDATE found SET kind = CASE kind WHEN 's' THEN 'n' ELSE kind END;
	ELSE
		INSERT INTO found SELECT kind, left_id, right_id FROM bench.checked_conflict;
	END IF;
	SELECT count(*) INTO pairs FROM found;
	SELECT count(*) INTO wrong
	  FROM ((TABLE found EXCEPT ALL SELECT * FROM truth WHERE right_id <= last_id)
			UNION ALL (SELECT * FROM truth WHERE right_id <= last_id EXCEPT ALL TABLE found)) x;
	DROP TABLE found;
	IF wrong > 0 OR pairs = 0 THEN
		RAISE EXCEPTION '% found % conflicts of % filings, of which % are missing or wrong', variant, pairs, last_id, wrong;
	END IF;
END
$$;

CREATE PROCEDURE bench.conflicts(run integer, dir text, row_count bigint) LANGUAGE plpgsql AS $$
DECLARE
	whole	CONSTANT text := 'COPY %s FROM ' || quote_literal(dir || '/filing.txt');
	few		CONSTANT integer := greatest(row_count / 10000, 1);	-- batches for the row triggers
	step	record;
BEGIN
	-- One COPY of everything.
	CALL bench.set_triggers(3, 'statement');
	CALL bench.lay_indexes('ours_number');
	CALL bench.measure('conflicts', 'one COPY', 'ours', run, row_count, format(whole, 'bench.ours'));
	CALL bench.note('conflicts', 'bytes a row, all tables and indexes', 'ours', run,
		(pg_total_relation_size('bench.ours') + pg_total_relation_size('bench_claims.claim')
		 + pg_total_relation_size('bench_claims.claim_edge'))::float8 / row_count);
	CALL bench.verify('ours', row_count);
	CALL bench.lay_indexes('plain_number', 'plain_domains');
	CALL bench.measure('conflicts', 'one COPY', 'unchecked', run, row_count, format(whole, 'bench.plain'));
	CALL bench.note('conflicts', 'bytes a row, all tables and indexes', 'unchecked', run,
		pg_total_relation_size('bench.plain')::float8 / row_count);
	CALL bench.lay_indexes('plain_number', 'plain_domains', 'plain_name', 'plain_homepage');
	CALL bench.measure('conflicts', 'one COPY', 'unchecked, all keys indexed', run, row_count, format(whole, 'bench.plain'));
	CALL bench.note('conflicts', 'bytes a row, all tables and indexes', 'unchecked, all keys indexed', run,
		pg_total_relation_size('bench.plain')::float8 / row_count);
	CALL bench.set_check('statement');
	CALL bench.lay_indexes('checked_number', 'checked_claim_key');
	CALL bench.measure('conflicts', 'one COPY', 'checked', run, row_count, format(whole, 'bench.checked'));
	CALL bench.note('conflicts', 'bytes a row, all tables and indexes', 'checked', run,
		(pg_total_relation_size('bench.checked') + pg_total_relation_size('bench.checked_claim')
		 + pg_total_relation_size('bench.checked_conflict'))::float8 / row_count);
	CALL bench.verify('checked', row_count);

	-- The same in batches.
	CALL bench.lay_indexes('ours_number');
	CALL bench.measure('conflicts', 'COPY of 1000 rows at a time', 'ours', run, row_count,
		format('CALL bench.copy_batches(%L, %L, %s)', 'bench.ours', dir, (row_count + 999) / 1000));
	CALL bench.verify('ours', row_count);
	CALL bench.lay_indexes('plain_number', 'plain_domains');
	CALL bench.measure('conflicts', 'COPY of 1000 rows at a time', 'unchecked', run, row_count,
		format('CALL bench.copy_batches(%L, %L, %s)', 'bench.plain', dir, (row_count + 999) / 1000));
	CALL bench.set_check('batch');
	CALL bench.lay_indexes('checked_number', 'checked_claim_key');
	CALL bench.measure('conflicts', 'COPY of 1000 rows at a time', 'checked', run, row_count,
		format('CALL bench.copy_batches(%L, %L, %s)', 'bench.checked', dir, (row_count + 999) / 1000));
	CALL bench.verify('checked', row_count);

	-- A tenth of it through row triggers.
	CALL bench.set_triggers(3, 'row');
	CALL bench.lay_indexes('ours_number');
	CALL bench.measure('conflicts', 'row triggers, a tenth of the rows', 'ours', run, least(row_count, few * 1000),
		format('CALL bench.copy_batches(%L, %L, %s)', 'bench.ours', dir, few));
	CALL bench.verify('ours', few * 1000);
	CALL bench.set_check('row');
	CALL bench.lay_indexes('checked_number', 'checked_claim_key');
	CALL bench.measure('conflicts', 'row triggers, a tenth of the rows', 'checked', run, least(row_count, few * 1000),
		format('CALL bench.copy_batches(%L, %L, %s)', 'bench.checked', dir, few));
	CALL bench.verify('checked', few * 1000);

	-- Where the time goes: one part more at each step.
	CALL bench.set_triggers(0, 'statement');
	CALL bench.lay_indexes('none');
	CALL bench.measure('conflicts', 'heap only', 'ours', run, row_count, format(whole, 'bench.ours'));
	CALL bench.lay_indexes('none');
	CALL bench.measure('conflicts', 'heap only', 'unchecked', run, row_count, format(whole, 'bench.plain'));
	CALL bench.lay_indexes('ours_number');
	CALL bench.measure('conflicts', '+ btree on number', 'ours', run, row_count, format(whole, 'bench.ours'));
	CALL bench.lay_indexes('plain_number');
	CALL bench.measure('conflicts', '+ btree on number', 'unchecked', run, row_count, format(whole, 'bench.plain'));
	CALL bench.set_triggers(1, 'statement');
	CALL bench.lay_indexes('ours_number');
	CALL bench.measure('conflicts', '+ domains: claims, or GIN', 'ours', run, row_count, format(whole, 'bench.ours'));
	CALL bench.lay_indexes('plain_number', 'plain_domains');
	CALL bench.measure('conflicts', '+ domains: claims, or GIN', 'unchecked', run, row_count, format(whole, 'bench.plain'));
	CALL bench.set_triggers(2, 'statement');
	CALL bench.lay_indexes('ours_number');
	CALL bench.measure('conflicts', '+ home pages: claims, or btree', 'ours', run, row_count, format(whole, 'bench.ours'));
	CALL bench.lay_indexes('plain_number', 'plain_domains', 'plain_homepage');
	CALL bench.measure('conflicts', '+ home pages: claims, or btree', 'unchecked', run, row_count, format(whole, 'bench.plain'));
	-- what making the keys alone takes
	CALL bench.measure('conflicts', 'making the keys: home page', 'ours', run, row_count,
		'SELECT count(icp.homepage_key(homepage)) FROM bench.plain');
	CALL bench.measure('conflicts', 'making the keys: home page', 'checked', run, row_count,
		$q$SELECT count(rtrim(regexp_replace(lower(homepage), '^https?://(www\.)?', ''), '/')) FROM bench.plain$q$);
	CALL bench.measure('conflicts', 'making the keys: name', 'ours', run, row_count,
		'SELECT count(icp.name_key(name)) FROM bench.plain');
	CALL bench.measure('conflicts', 'making the keys: name', 'checked', run, row_count,
		$q$SELECT count(translate(lower(normalize(name, NFKC)), ' ()', '')) FROM bench.plain$q$);
END
$$;

SELECT format('CALL bench.conflicts(%s, %L, %s)', run, :'dir', :rows) FROM generate_series(1, :repeat) run \gexec
SELECT kind, count(*) AS "conflicts, found by ours and by the peer, as by a join of the data with itself"
  FROM truth GROUP BY kind ORDER BY kind;
