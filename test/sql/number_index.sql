-- filing_number <@ icp_id is an index range; btree, hash and BRIN; estimates; joins.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;

-- the plan's text holds this
CREATE FUNCTION public.plan_has(query text, pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    IF line ~ pattern THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;
-- estimated rows
CREATE FUNCTION public.estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN (plan->0->'Plan'->>'Plan Rows')::float8;
END $$;

-- 5,000 sponsors with four numbers each, their own and three services
CREATE TABLE site AS
SELECT CASE WHEN s = 0 THEN i::filing_number ELSE make_filing_number(i, s, CASE s WHEN 3 THEN 'app' ELSE 'site' END) END AS n
FROM (SELECT make_icp_id('粤', 2020 + g % 5, g) AS i FROM generate_series(1, 5000) AS g) AS sponsor, generate_series(0, 3) AS s
ORDER BY 1;
CREATE TABLE sponsor AS SELECT n::icp_id AS i FROM site WHERE service_no(n) IS NULL;
ANALYZE site; ANALYZE sponsor;

-- without an index, with a btree, with BRIN
SELECT n FROM site WHERE n <@ '粤ICP备2021000001号' ORDER BY n;
CREATE INDEX site_n ON site (n);
SELECT plan_has('SELECT n FROM site WHERE n <@ ''粤ICP备2021000001号''', 'Index Cond: .*>= .粤ICP备2021000001号.*<= .粤ICP备2021000001号-99999K');
SELECT plan_has('SELECT n FROM site WHERE n <@ ''粤ICP备2021000001号''', 'Filter');
SELECT plan_has('SELECT n FROM site WHERE icp_id ''粤ICP备2021000001号'' @> n', 'Index Cond');
SELECT plan_has('SELECT n FROM site WHERE icp.filing_number_within(n, ''粤ICP备2021000001号'')', 'Index Cond');
SET enable_seqscan = off; SET enable_bitmapscan = off;
SELECT n FROM site WHERE n <@ '粤ICP备2021000001号' ORDER BY n;
SELECT n FROM site WHERE '粤ICP备2021000001号'::icp_id @> n ORDER BY n DESC LIMIT 1;
SELECT count(*) FROM site WHERE n <@ '粤ICP备2021999999号';
SELECT count(*) FROM site WHERE n <@ NULL::icp_id;
-- the same rows as the definition says
SELECT count(*) FROM site WHERE (n <@ '粤ICP备2022000002号') <> (icp_id_of(n) = '粤ICP备2022000002号');

-- a parameter and a join
SET plan_cache_mode = force_generic_plan;
PREPARE services(icp_id) AS SELECT n FROM site WHERE n <@ $1 ORDER BY n;
EXECUTE services('粤ICP备2022000002号');
SELECT plan_has('EXECUTE services(''粤ICP备2022000002号'')', 'Index Cond: .*\$1.*last_service');
RESET plan_cache_mode;
SELECT plan_has('SELECT * FROM sponsor JOIN site ON n <@ i WHERE i = ''粤ICP备2023000003号''', 'Index Cond.*last_service|Index Cond.*99999K');
SELECT i, count(*), max(n) FROM sponsor JOIN site ON n <@ i WHERE i IN ('粤ICP备2023000003号', '粤ICP备2024000004号') GROUP BY i ORDER BY i;
SELECT count(*) FROM sponsor JOIN site ON i @> n;
RESET enable_seqscan; RESET enable_bitmapscan;

-- a filing number is no key of an index on sponsors: the operator stays a filter
CREATE INDEX sponsor_i ON sponsor (i);
SET enable_seqscan = off;
SELECT plan_has('SELECT * FROM sponsor WHERE ''粤ICP备2023000003号-1''::filing_number <@ i', 'Index Cond');
SELECT * FROM sponsor WHERE '粤ICP备2023000003号-1'::filing_number <@ i;
RESET enable_seqscan;

-- estimates: a handful of rows for one sponsor, about one row a number for the join
SELECT estimate('SELECT * FROM site WHERE n <@ ''粤ICP备2021000001号''') BETWEEN 1 AND 20,
       estimate('SELECT * FROM site, sponsor WHERE n <@ i') BETWEEN 10000 AND 50000,
       estimate('SELECT * FROM site WHERE n <@ NULL::icp_id') <= 1;
-- a sponsor with a third of all numbers
INSERT INTO site SELECT make_filing_number('京ICP备12345678号', g) FROM generate_series(1, 10000) AS g;
ANALYZE site;
SELECT estimate('SELECT * FROM site WHERE n <@ ''京ICP备12345678号''') BETWEEN 8000 AND 12000;

-- BRIN
DROP INDEX site_n;
CREATE INDEX site_brin ON site USING brin (n) WITH (pages_per_range = 4);
SET enable_seqscan = off;
SELECT plan_has('SELECT n FROM site WHERE n <@ ''粤ICP备2021000001号''', 'Bitmap Index Scan on site_brin');
SELECT count(*) FROM site WHERE n <@ '粤ICP备2021000001号';
RESET enable_seqscan;

-- hash: equality, joins, partitions
CREATE INDEX site_hash ON site USING hash (n);
SET enable_seqscan = off;
SELECT plan_has('SELECT n FROM site WHERE n = ''粤ICP备2021000001号-3A''', 'Index Scan using site_hash');
SELECT n FROM site WHERE n = '粤ICP备2021000001号-3A';
SELECT plan_has('SELECT n FROM site WHERE n <@ ''粤ICP备2021000001号''', 'site_hash');
RESET enable_seqscan;
SET enable_mergejoin = off; SET enable_nestloop = off;
SELECT count(*) FROM site JOIN sponsor ON site.n = sponsor.i;
SET enable_hashjoin = off; SET enable_mergejoin = on;
SELECT count(*) FROM site JOIN sponsor ON site.n = sponsor.i;
RESET enable_mergejoin; RESET enable_nestloop; RESET enable_hashjoin;
CREATE TABLE by_hash (n filing_number) PARTITION BY HASH (n);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_hash SELECT n FROM site;
SELECT count(*) = 30000, count(*) FILTER (WHERE tableoid = 'by_hash_0'::regclass) BETWEEN 14000 AND 16000 FROM by_hash;
CREATE TABLE by_range (n filing_number) PARTITION BY RANGE (n);
CREATE TABLE by_range_1 PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('津ICP备00000000号');
CREATE TABLE by_range_2 PARTITION OF by_range FOR VALUES FROM ('津ICP备00000000号') TO (MAXVALUE);
INSERT INTO by_range VALUES ('京B2-20090059'), ('津ICP备05004140号-10');
SELECT tableoid::regclass, n FROM by_range ORDER BY n;

-- equal keys are stored once, unique ones are enforced
CREATE TABLE many AS SELECT '京ICP备12345678号-1'::filing_number AS n FROM generate_series(1, 20000);
CREATE INDEX many_n ON many (n);
CREATE INDEX many_plain ON many (n) WITH (deduplicate_items = off);
SELECT pg_relation_size('many_n') * 2 < pg_relation_size('many_plain');
CREATE UNIQUE INDEX ON sponsor (i);
INSERT INTO sponsor VALUES ('粤ICP备 2023000003号');
DROP TABLE site, sponsor, by_hash, by_range, many;
DROP FUNCTION public.plan_has, public.estimate;
