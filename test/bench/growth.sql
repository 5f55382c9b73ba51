-- Growth: what one claim costs as the table of claims grows, three claims a row; and a million of them in one COPY.
-- sizes is a list of row counts, ascending; README.md says what is measured.

SELECT icp.create_registry('bench_claims') \g /dev/null
CREATE TABLE bench.growing (
	id			bigint NOT NULL,
	account_id	bigint NOT NULL,
	number		icp.filing_number,
	name		text NOT NULL,
	domains		icp.domain_list,
	homepage	text
);
CREATE INDEX ON bench.growing (id);
SELECT format('CREATE TRIGGER claim_%1$s AFTER INSERT ON bench.growing REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT '
			  'EXECUTE FUNCTION icp.detect_conflict(%1$L, %2$L, ''account_id'', ''id'', ''claims=bench_claims.claim'')', kind, col)
  FROM (VALUES ('domain', 'domains'), ('homepage', 'homepage'), ('sponsor_name', 'name')) x(kind, col) \gexec

-- Keys in no order, as strangers' are; every hundredth row takes the domain of an earlier one of another account.
CREATE FUNCTION bench.growth_rows(from_id bigint, to_id bigint) RETURNS SETOF bench.growing
LANGUAGE sql STABLE AS $$
	SELECT i, i * 7 / 10, NULL::icp.filing_number,
		   '公司' || translate(md5('n' || i), '0123456789abcdef', '东南西北天地人和金木水火土山川云'),
		   ('{' || substr(md5('d' || d), 1, 12) || '.com}')::icp.domain_list,
		   'http://www.' || substr(md5('h' || i), 1, 12) || '.com/'
	  FROM generate_series(from_id, to_id) i,
		   LATERAL (SELECT CASE WHEN i % 100 = 0 AND i > 1000 THEN i - 1 - (i * 7919) % 1000 ELSE i END AS d) x;
$$;

-- A million claims in one COPY, a third of a million rows: into an empty table, and at the end on top of what is there.
SELECT format('COPY (SELECT * FROM bench.growth_rows(100000001, 100333334)) TO %L', :'dir' || '/growth.txt') \gexec
CREATE PROCEDURE bench.copy_growth(run integer, file text, variant text) LANGUAGE plpgsql AS $$
BEGIN
	CALL bench.measure('growth', 'COPY of a million claims', variant, run, 1000000, format('COPY bench.growing FROM %L', file));
	COMMIT;
END
$$;
SELECT format('CALL bench.copy_growth(1, %L, %L)', :'dir' || '/growth.txt', 'empty') \gexec
TRUNCATE bench.growing, bench_claims.claim, bench_claims.claim_edge;

CREATE PROCEDURE bench.growth(run integer, size bigint, variant text) LANGUAGE plpgsql AS $body$
DECLARE
	top		bigint := coalesce((SELECT max(id) FROM bench.growing), 0);
BEGIN
	WHILE top < size LOOP
		INSERT INTO bench.growing SELECT * FROM bench.growth_rows(top + 1, least(top + 250000, size));
		top := least(top + 250000, size);
		COMMIT;
	END LOOP;
	IF run = 1 THEN
		ANALYZE bench.growing, bench_claims.claim, bench_claims.claim_edge;
	END IF;
	CREATE TEMPORARY TABLE more AS SELECT * FROM bench.growth_rows(top + 1, top + 21000);
	CALL bench.measure('growth', '10,000 rows in one statement', variant, run, 30000,
		format('INSERT INTO bench.growing SELECT * FROM more WHERE id <= %s', top + 10000));
	COMMIT;
	CALL bench.measure('growth', '10 statements of 1000 rows', variant, run, 30000,
		format($q$DO $d$ BEGIN
			FOR i IN 1..10 LOOP
				INSERT INTO bench.growing SELECT * FROM more WHERE id > %1$s + 1000 * (i - 1) AND id <= %1$s + 1000 * i;
			END LOOP; END $d$$q$, top + 10000));
	COMMIT;
	CALL bench.measure('growth', '1000 statements of one row', variant, run, 3000,
		format($q$DO $d$ DECLARE r bench.growing; BEGIN
			FOR r IN SELECT * FROM more WHERE id > %s LOOP
				INSERT INTO bench.growing SELECT r.*;
			END LOOP; END $d$$q$, top + 20000));
	COMMIT;
	DROP TABLE more;
END
$body$;
SELECT format('CALL bench.growth(%s, %s, %L)', run, size, size / 1000 || ' thousand rows')
  FROM unnest(:'sizes'::bigint[]) size, generate_series(1, :repeat) run ORDER BY size, run \gexec

-- What was found, against a join of the claims with themselves.
DO $$
DECLARE
	wrong	bigint;
BEGIN
	SELECT count(*) INTO wrong FROM (
		SELECT a.id AS l, b.id AS r FROM bench_claims.claim a JOIN bench_claims.claim b ON b.key_hash = a.key_hash AND b.kind = a.kind
		   AND b.key = a.key AND b.id > a.id AND b.account_id <> a.account_id) p
	  FULL JOIN (SELECT DISTINCT least(claim_id, rival_id) AS l, greatest(claim_id, rival_id) AS r FROM bench_claims.claim_edge) e
	 USING (l, r) WHERE p IS NULL OR e IS NULL;
	IF wrong > 0 OR NOT EXISTS (SELECT FROM bench_claims.claim_edge) THEN
		RAISE EXCEPTION '% conflicts are missing or wrong', wrong;
	END IF;
END
$$;

-- The same COPY on top of what is there.
SELECT format('CALL bench.copy_growth(1, %L, %L)', :'dir' || '/growth.txt', max(s) / 1000 || ' thousand rows')
  FROM unnest(:'sizes'::bigint[]) s \gexec

\pset footer off
\pset null ''
WITH median AS (
	SELECT item, variant, min(id) AS id,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS cpu, max(amount) AS amount
	  FROM bench.result WHERE part = 'growth' GROUP BY item, variant)
SELECT m.item, m.variant, round(m.seconds::numeric, 3) AS seconds,
	   round((m.seconds / m.amount * 1e6)::numeric, 2) AS "us a claim",
	   round((m.cpu / m.amount * 1e6)::numeric, 2) AS "CPU us a claim",
	   round((m.cpu / first_value(m.cpu) OVER w)::numeric, 2) AS "CPU to the first",
	   round((m.seconds / first_value(m.seconds) OVER w)::numeric, 2) AS "seconds to the first"
  FROM median m WINDOW w AS (PARTITION BY item ORDER BY m.id)
 ORDER BY min(m.id) OVER (PARTITION BY item), m.id;
