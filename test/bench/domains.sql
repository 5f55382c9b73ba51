-- Domain lists: icp.domain_list against text[], jsonb and ltree[], each with the index made for it.
-- domains.sh runs this once for each size; :rows is the size of the table.

CREATE EXTENSION IF NOT EXISTS ltree WITH SCHEMA public;
DROP SCHEMA IF EXISTS bench_domains CASCADE;
CREATE SCHEMA bench_domains;
SELECT 'domains ' || :rows AS part \gset

-- The data -------------------------------------------------------------------------------------------------------------

-- Domain number n, below 36^5: a label of four words and a tail, under a suffix; half are .com, a fifth .cn.
CREATE FUNCTION bench_domains.name(n bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	words		CONSTANT text[] := '{ba,shi,lan,ke,xin,hua,you,tong,mei,jia,da,zhong,wei,yun,feng,o,ji,e,chuang,qi,an,li,bo,yi,tai,
		kang,de,rui,shop,mall,go,i,up,tu,ya,hai}';
	tails		CONSTANT text[] := '{"",8,88,168,365,518,666,888,99,360,cn,bj,sh,gz,sz,hz,cd,tech,group,online,net,web,soft,
		edu,med,law,fin,auto,food,home,-cn,-sh,-bj,-tech,-group,-shop}';
	suffixes	CONSTANT text[] := '{com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,com,
		com,com,cn,cn,cn,cn,cn,cn,cn,cn,cn,cn,com.cn,com.cn,com.cn,com.cn,com.cn,net,net,net,top,top,xyz,vip,org.cn,net.cn,
		gov.cn,xn--fiqs8s}';
	s			CONSTANT bigint := bench.shuffle(n, 60466176);
BEGIN
	RETURN words[1 + s % 36] || words[1 + s / 36 % 36] || words[1 + s / 1296 % 36] || words[1 + s / 46656 % 36]
		|| tails[1 + s / 1679616] || '.' || suffixes[1 + abs(hashint8(n)::bigint) % 50];
END
$$;

-- The domains of row i: one for 86 %, otherwise two to four; every hundredth row shares its first with another.
CREATE FUNCTION bench_domains.row(i bigint, row_count bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN i % 50 = 7 THEN ARRAY[bench_domains.name(i), bench_domains.name(row_count + i),
										   bench_domains.name(2 * row_count + i), bench_domains.name(3 * row_count + i)]
				WHEN i % 25 = 3 THEN ARRAY[bench_domains.name(i), bench_domains.name(row_count + i),
										   bench_domains.name(2 * row_count + i)]
				WHEN i % 12 = 5 THEN ARRAY[bench_domains.name(i), bench_domains.name(row_count + i)]
				WHEN i % 100 = 0 THEN ARRAY[bench_domains.name(i - 37)]
				ELSE ARRAY[bench_domains.name(i)] END;
$$;

-- A path of ltree begins with the suffix; it has no hyphen before PostgreSQL 16.
CREATE FUNCTION bench_domains.path(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT string_agg(label, '.' ORDER BY n DESC)
	  FROM unnest(string_to_array(translate(name, '-', '_'), '.')) WITH ORDINALITY l(label, n);
$$;
CREATE FUNCTION bench_domains.paths(names text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT array_agg(bench_domains.path(name) ORDER BY n) FROM unnest(names) WITH ORDINALITY u(name, n);
$$;
CREATE FUNCTION bench_domains.jsonpath(names text[]) RETURNS jsonpath LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT ('$[*] ? (' || string_agg('@ == "' || name || '"', ' || ') || ')')::jsonpath FROM unnest(names) name;
$$;

CREATE UNLOGGED TABLE bench_domains.source AS
SELECT i AS id, bench_domains.row(i, :rows) AS domains FROM generate_series(1::bigint, :rows) i;
SELECT format('COPY (SELECT id, domains FROM bench_domains.source ORDER BY id) TO %L', :'dir' || '/domains.list') \gexec
SELECT format('COPY (SELECT id, to_jsonb(domains) FROM bench_domains.source ORDER BY id) TO %L', :'dir' || '/domains.json') \gexec
SELECT format('COPY (SELECT id, bench_domains.paths(domains) FROM bench_domains.source ORDER BY id) TO %L',
			  :'dir' || '/domains.path') \gexec

-- What is asked: single domains, and lists of three of which one or none is there.
CREATE TABLE bench_domains.probe AS
SELECT kind, n, names[1] AS one, names AS list
  FROM (SELECT 'hit' AS kind, n, ARRAY[(bench_domains.row(1 + bench.shuffle(n, :rows), :rows))[1],
									   bench_domains.name(6 * :rows::bigint + n), bench_domains.name(7 * :rows::bigint + n)] AS names
		  FROM generate_series(1::bigint, 3000) n
		UNION ALL
		SELECT 'miss', n, ARRAY[bench_domains.name(5 * :rows::bigint + n), bench_domains.name(6 * :rows::bigint + n),
								bench_domains.name(7 * :rows::bigint + n)]
		  FROM generate_series(1::bigint, 3000) n) x;
-- A batch of new claims, of one to four domains as the table has them; every tenth wants a domain that is taken.
CREATE TABLE bench_domains.batch AS
SELECT i AS id, CASE WHEN i % 10 = 0 THEN ARRAY[bench_domains.name(1 + bench.shuffle(i, :rows))]
					 ELSE bench_domains.row(8 * :rows::bigint + i, 100000) END AS domains
  FROM generate_series(1::bigint, 100000) i;

-- Ours and the peers ---------------------------------------------------------------------------------------------------

-- How each is stored, indexed and asked; %s in an expression is the text (one) or text[] (list) to ask for.
CREATE TABLE bench_domains.variant (
	id		integer PRIMARY KEY,
	name	text NOT NULL,
	rel		text NOT NULL,
	type	text NOT NULL,
	index	text NOT NULL,
	file	text NOT NULL,
	one		text NOT NULL, one_type text NOT NULL, one_op text NOT NULL,
	list	text NOT NULL, list_type text NOT NULL, list_op text NOT NULL,
	batch	bigint NOT NULL			-- how many claims of the batch it gets through in reasonable time
);
INSERT INTO bench_domains.variant VALUES
(1, 'ours', 'ours', 'icp.domain_list', 'gin (domains) WITH (fastupdate = off)', 'list',
	'%s::icp.domain_name', 'icp.domain_name', '@>', '%s::icp.domain_list', 'icp.domain_list', '&&', 100000),
(2, 'text[]', 'texts', 'text[]', 'gin (domains) WITH (fastupdate = off)', 'list',
	'ARRAY[%s]', 'text[]', '@>', '%s', 'text[]', '&&', 100000),
(3, 'text[] "C"', 'texts_c', 'text[] COLLATE "C"', 'gin (domains) WITH (fastupdate = off)', 'list',
	'ARRAY[%s]', 'text[]', '@>', '%s', 'text[]', '&&', 100000),
(4, 'jsonb', 'json', 'jsonb', 'gin (domains) WITH (fastupdate = off)', 'json',
	'%s', 'text', '?', '%s', 'text[]', '?|', 100000),
(5, 'jsonb_path_ops', 'json_path', 'jsonb', 'gin (domains jsonb_path_ops) WITH (fastupdate = off)', 'json',
	'to_jsonb(ARRAY[%s])', 'jsonb', '@>', 'bench_domains.jsonpath(%s)', 'jsonpath', '@?', 100000),
(6, 'ltree[]', 'ltrees', 'ltree[]', 'gist (domains gist__ltree_ops (siglen = 100))', 'path',
	'bench_domains.path(%s)::lquery', 'lquery', '~', 'bench_domains.paths(%s)::lquery[]', 'lquery[]', '?', 100);

SELECT format('CREATE TABLE bench_domains.%I (id bigint NOT NULL, domains %s)', rel, type) FROM bench_domains.variant \gexec
-- the batch in the type of each, so that the join reads and converts nothing
SELECT format('CREATE TABLE bench_domains.%I AS SELECT id, %s AS domains FROM bench_domains.batch WHERE id <= %s',
			  'batch_' || rel, format(list, 'domains'), batch) FROM bench_domains.variant \gexec
SELECT format('ANALYZE bench_domains.%I', 'batch_' || rel) FROM bench_domains.variant \gexec

-- Asks one after the other and tells how long each took and how many rows it found. Stops after some seconds.
SELECT format($f$
CREATE FUNCTION bench_domains.ask_%1$s_%2$s(asked_kind text) RETURNS TABLE (seconds float8, hits bigint) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	q		%3$s;
	started timestamptz;
	until	CONSTANT timestamptz := clock_timestamp() + '4 s';
BEGIN
	FOR q IN SELECT %4$s FROM bench_domains.probe p WHERE p.kind = asked_kind ORDER BY p.n LOOP
		started := clock_timestamp();
		SELECT count(*) INTO hits FROM bench_domains.%1$s t WHERE t.domains %5$s q;
		seconds := extract(epoch FROM clock_timestamp() - started);
		RETURN NEXT;
		EXIT WHEN started > until;
	END LOOP;
END $$;$f$, v.rel, q.what, q.type, format(q.expr, 'p.' || q.what), q.op)
  FROM bench_domains.variant v,
	   LATERAL (VALUES ('one', one_type, one, one_op), ('list', list_type, list, list_op)) q(what, type, expr, op) \gexec

-- Measuring -----------------------------------------------------------------------------------------------------------

CREATE PROCEDURE bench_domains.note_time(part text, item text, variant text, run integer, seconds float8)
LANGUAGE sql AS $$
	INSERT INTO bench.result (part, item, variant, run, seconds, amount) VALUES (part, item, variant, run, seconds, 1);
$$;

CREATE PROCEDURE bench_domains.ask(part text, item text, variant text, run integer, rel text, what text, kind text)
LANGUAGE plpgsql AS $$
DECLARE
	t		record;
BEGIN
	EXECUTE format('SELECT count(*) AS asked, count(*) FILTER (WHERE hits > 0) AS found,
						   avg(seconds) FILTER (WHERE quarter IN (2, 3)) AS middle,
						   percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
						   percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds) AS p99
					  FROM (SELECT *, ntile(4) OVER (ORDER BY seconds) AS quarter FROM bench_domains.ask_%s_%s(%L)) x',
				   rel, what, kind) INTO t;
	IF t.found <> (CASE kind WHEN 'hit' THEN t.asked ELSE 0 END) THEN
		RAISE EXCEPTION '% finds % of %, asked for a % by %', variant, t.found, t.asked, kind, what;
	END IF;
	-- the clock counts whole microseconds; the mean of the middle half says what lies between them
	CALL bench_domains.note_time(part, item || ', middle half', variant, run, t.middle);
	CALL bench_domains.note_time(part, item || ', p50', variant, run, t.p50);
	CALL bench_domains.note_time(part, item || ', p99', variant, run, t.p99);
END
$$;

CREATE PROCEDURE bench_domains.load(v bench_domains.variant, part text, run integer, dir text, row_count bigint)
LANGUAGE plpgsql AS $$
DECLARE
	rel		CONSTANT text := 'bench_domains.' || v.rel;
BEGIN
	EXECUTE format('DROP INDEX IF EXISTS %s_domains', rel);
	EXECUTE format('TRUNCATE %s', rel);
	EXECUTE format('CREATE INDEX %s_domains ON %s USING %s', v.rel, rel, v.index);
	COMMIT;
	CALL bench.measure(part, 'COPY, index in place', v.name, run, row_count,
					   format('COPY %s FROM %L', rel, dir || '/domains.' || v.file));
	INSERT INTO bench.result (part, item, variant, run, seconds, amount)
	SELECT r.part, 'COPY, CPU', r.variant, r.run, r.cpu, 1 FROM bench.result r
	 WHERE r.cpu IS NOT NULL AND r.id = (SELECT max(id) FROM bench.result);
	CALL bench.note(part, 'bytes a row, table', v.name, run, pg_table_size(rel::regclass)::float8 / row_count);
	CALL bench.note(part, 'bytes a row, index', v.name, run, pg_indexes_size(rel::regclass)::float8 / row_count);
	CALL bench.note(part, 'bytes a row, both', v.name, run, pg_total_relation_size(rel::regclass)::float8 / row_count);
END
$$;

CREATE PROCEDURE bench_domains.ask_all(v bench_domains.variant, part text, run integer) LANGUAGE plpgsql AS $$
BEGIN
	-- not counted: brings back what the peer before has driven from the processor's caches
	EXECUTE format('SELECT FROM bench_domains.ask_%s_one(%L)', v.rel, 'hit');
	CALL bench_domains.ask(part, 'one domain that is there', v.name, run, v.rel, 'one', 'hit');
	CALL bench_domains.ask(part, 'one domain that is not', v.name, run, v.rel, 'one', 'miss');
	CALL bench_domains.ask(part, 'overlap of three, one there', v.name, run, v.rel, 'list', 'hit');
	CALL bench_domains.ask(part, 'overlap of three, none there', v.name, run, v.rel, 'list', 'miss');
END
$$;

CREATE FUNCTION bench_domains.join_of(v bench_domains.variant, columns text) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT %s FROM bench_domains.batch_%s c JOIN bench_domains.%2$s t ON t.domains %s c.domains',
				  columns, v.rel, v.list_op);
$$;

-- The seconds are those of the whole batch; who is slow is asked for a part of it.
CREATE PROCEDURE bench_domains.join_batch(v bench_domains.variant, part text, run integer) LANGUAGE plpgsql AS $$
DECLARE
	started timestamptz;
	cpu		float8;
	seconds	float8;
	n		bigint;
BEGIN
	CHECKPOINT;
	EXECUTE bench_domains.join_of(v, 'count(*)');	-- not counted, as in ask_all
	cpu := bench.cpu();
	started := clock_timestamp();
	EXECUTE bench_domains.join_of(v, 'count(*)') INTO n;
	seconds := extract(epoch FROM clock_timestamp() - started);
	cpu := bench.cpu() - cpu;
	CALL bench_domains.note_time(part, 'join of 100,000 claims', v.name, run, seconds * 100000 / v.batch);
	IF cpu IS NOT NULL THEN
		CALL bench_domains.note_time(part, 'join of 100,000 claims, CPU', v.name, run, cpu * 100000 / v.batch);
	END IF;
END
$$;

-- Who finds other pairs than a join of the texts, or finds them without the index, is not a peer.
CREATE PROCEDURE bench_domains.check_join(v bench_domains.variant) LANGUAGE plpgsql AS $$
DECLARE
	line	text;
	plan	text := '';
	wrong	bigint;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || bench_domains.join_of(v, '*') LOOP
		plan := plan || line || E'\n';
	END LOOP;
	IF plan !~ 'Nested Loop' OR plan !~ 'Index Scan' THEN
		RAISE EXCEPTION E'% does not use its index:\n%', v.name, plan;
	END IF;
	EXECUTE format($q$
		WITH found AS (%s), truth AS (
			SELECT DISTINCT c.id, t.id
			  FROM bench_domains.batch c, unnest(c.domains) d
			  JOIN (SELECT id, unnest(domains) AS name FROM bench_domains.source) t ON t.name = d
			 WHERE c.id <= %s)
		SELECT count(*) FROM ((TABLE found EXCEPT ALL TABLE truth) UNION ALL (TABLE truth EXCEPT ALL TABLE found)) x $q$,
		bench_domains.join_of(v, 'c.id, t.id'), v.batch) INTO wrong;
	IF wrong > 0 THEN
		RAISE EXCEPTION '% and a join of the texts disagree in % pairs', v.name, wrong;
	END IF;
END
$$;

-- not counted: the first to fill the server's buffers pays the kernel for every page of them
SELECT format('CALL bench_domains.load(%L, %L, 0, %L, %s)', v, 'not counted', :'dir', :rows)
  FROM bench_domains.variant v WHERE id = 1 \gexec
SELECT format('CALL bench_domains.load(%L, %L, %s, %L, %s)', v, :'part', run, :'dir', :rows),
	   format('VACUUM ANALYZE bench_domains.%I', v.rel)
  FROM generate_series(1, :repeat) run, bench_domains.variant v ORDER BY run, v.id \gexec
SELECT format('CALL bench_domains.check_join(%L)', v) FROM bench_domains.variant v ORDER BY v.id \gexec
SELECT format('CALL bench_domains.ask_all(%L, %L, %s)', v, :'part', run)
  FROM generate_series(1, :repeat) run, bench_domains.variant v ORDER BY run, v.id \gexec
SELECT format('CALL bench_domains.join_batch(%L, %L, %s)', v, :'part', run)
  FROM generate_series(1, :repeat) run, bench_domains.variant v ORDER BY run, v.id \gexec

-- Report --------------------------------------------------------------------------------------------------------------

\pset footer off
\pset null ''
\echo
\echo '-- Domain lists,' :rows 'rows; behind each peer its ratio'
WITH median AS (
	SELECT item, variant, min(id) AS id,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS amount
	  FROM bench.result WHERE part = :'part' GROUP BY item, variant
), shown AS (
	SELECT m.item, m.variant, m.id,
		   CASE WHEN m.seconds IS NULL THEN round(m.amount::numeric, 1)::text
				WHEN m.amount > 1 THEN to_char(m.amount / m.seconds, 'FM999,999,999')
				WHEN o.seconds < 0.01 THEN to_char(m.seconds * 1e6, 'FM999,999,990.0')
				ELSE to_char(m.seconds, 'FM999,990.00') END
		   || CASE WHEN m.variant = 'ours' THEN ''
				   ELSE coalesce(to_char(CASE WHEN m.seconds IS NULL THEN m.amount / o.amount
											  ELSE m.seconds / nullif(o.seconds, 0) END, '"  ("FM999,990.00")"'), '') END AS figure,
		   CASE WHEN m.seconds IS NULL THEN '' WHEN m.amount > 1 THEN ', rows a second'
				WHEN o.seconds < 0.01 THEN ', µs' ELSE ', s' END AS unit
	  FROM median m JOIN median o ON o.item = m.item AND o.variant = 'ours'
)
SELECT item || min(unit) AS item,
	   min(figure) FILTER (WHERE variant = 'ours') AS ours,
	   min(figure) FILTER (WHERE variant = 'text[]') AS "text[]",
	   min(figure) FILTER (WHERE variant = 'text[] "C"') AS "text[] C",
	   min(figure) FILTER (WHERE variant = 'jsonb') AS jsonb,
	   min(figure) FILTER (WHERE variant = 'jsonb_path_ops') AS "jsonb_path_ops",
	   min(figure) FILTER (WHERE variant = 'ltree[]') AS "ltree[]"
  FROM shown GROUP BY item ORDER BY min(id);
\echo '-- the aims: smaller than every peer, look-up not slower than the best peer, overlap join twice the speed of text[]'
WITH median AS (
	SELECT item, variant, percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(seconds, amount)) AS cost
	  FROM bench.result WHERE part = :'part' GROUP BY item, variant
), peer AS (
	SELECT p.item, p.variant, round((p.cost / nullif(o.cost, 0))::numeric, 2) AS ratio
	  FROM median p JOIN median o ON o.item = p.item AND o.variant = 'ours' WHERE p.variant <> 'ours'
)
SELECT item, min(ratio) AS "ratio to the best peer", (array_agg(variant ORDER BY ratio))[1] AS "best peer",
	   min(ratio) FILTER (WHERE variant = 'text[]') AS "ratio to text[]",
	   min(ratio) FILTER (WHERE variant = 'text[] "C"') AS "to text[] C"
  FROM peer GROUP BY item ORDER BY item;
DROP SCHEMA bench_domains CASCADE;
