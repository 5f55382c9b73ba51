-- icp.domain_list: canonical form, operators, elements, casts, aggregate, size.
SET search_path = icp, public;
SET client_min_messages = warning;

-- one list, however it is written
SELECT t AS written, t::domain_list AS stored, cardinality(t::domain_list)
FROM unnest(ARRAY['{a.cn,b.com}', '{b.com,a.cn}', ' { B.COM , "A.CN." } ', '{a.cn,b.com,a.cn,A.cn}', '{a\.cn,b.com}',
  '{www.a.cn,a.cn,示例。中国,z.cn}', '{}', ' { } ', '{cn}', '{"null"}', '{NULL.,nul}']) WITH ORDINALITY AS x(t, n) ORDER BY n;

-- a list of one stays small: header, length byte, name
CREATE TEMP TABLE size_of (d domain_list, n domain_name, a text[], t text);
INSERT INTO size_of SELECT d::domain_list, d[1]::domain_name, d, d[1] FROM (VALUES
  (ARRAY['example.cn']), (ARRAY['xn--fsq092h.xn--fiqs8s']), (ARRAY['a.cn', 'b.cn', 'c.com'])) AS v(d);
SELECT d, length(n::text) AS name, pg_column_size(n) AS domain_name, pg_column_size(d) AS domain_list,
  pg_column_size(a) AS text_array FROM size_of ORDER BY 2;

-- sets
SELECT a, b, a && b AS overlap, a @> b AS contains, a <@ b AS contained, a + b AS "a+b", a - b AS "a-b", a * b AS "a*b"
FROM (VALUES ('{a.cn,b.cn}'::domain_list, '{b.cn,c.cn}'::domain_list), ('{a.cn}', '{a.cn}'), ('{a.cn,b.cn}', '{b.cn}'),
  ('{b.cn}', '{a.cn,b.cn}'), ('{a.cn}', '{b.cn}'), ('{a.cn}', '{}'), ('{}', '{a.cn}'), ('{}', '{}'),
  ('{a.cn}', '{www.a.cn}')) AS v(a, b);
SELECT '{a.cn,b.cn}'::domain_list @> 'b.cn'::domain_name AS has, '{a.cn,b.cn}'::domain_list @> 'c.cn'::domain_name AS has_not,
  'B.cn'::domain_name <@ '{a.cn,b.cn}'::domain_list AS is_in, 'a.cn'::domain_name <@ '{}'::domain_list AS in_nothing;

-- order: domain by domain, then the shorter first; total, and equality of sets is equality of bytes
SELECT d FROM (VALUES ('{b.cn}'::domain_list), ('{a.cn,b.cn}'), ('{}'), ('{a.cn}'), ('{a.com}'), ('{a.cn,a.com}'), ('{cn}')) AS v(d) ORDER BY d;
SELECT '{a.cn}' < '{b.cn}'::domain_list AS lt, '{a.cn}' <= '{a.cn}'::domain_list AS le, '{b.cn}' > '{a.cn,z.cn}'::domain_list AS gt,
  '{a.cn}' >= '{a.cn,b.cn}'::domain_list AS ge, '{b.cn,a.cn}' = '{a.cn,b.cn}'::domain_list AS eq, '{a.cn}' <> '{}'::domain_list AS ne;
SELECT domain_list_hash('{b.cn,a.cn}') = domain_list_hash('{A.cn,b.cn,a.cn}') AS same_hash,
  domain_list_hash_extended('{a.cn}', 1) <> domain_list_hash_extended('{a.cn}', 2) AS seeds_differ;
SELECT d, count(*) FROM (VALUES ('{b.cn,a.cn}'::domain_list), ('{a.cn,b.cn}'), ('{}'), ('{ }')) AS v(d) GROUP BY d ORDER BY d;

-- elements
SELECT domain_at('{b.cn,a.cn,a.com}', n) FROM generate_series(-1, 4) AS n;
SELECT d, n FROM domains('{b.cn,a.cn,a.com}') WITH ORDINALITY AS x(d, n);
SELECT count(*) FROM domains('{}');

-- casts
SELECT ARRAY['B.cn', 'a.cn', 'b.cn']::domain_list AS from_texts, ARRAY['B.cn', 'a.cn']::domain_name[]::domain_list AS from_names,
  'A.cn'::domain_name::domain_list AS from_name, ARRAY[]::text[]::domain_list AS from_nothing,
  '{b.cn,a.cn}'::domain_list::text[] AS to_texts, '{b.cn,a.cn}'::domain_list::domain_name[] AS to_names,
  '{}'::domain_list::text[] AS to_nothing, pg_typeof('{a.cn}'::domain_list::domain_name[]) AS type_of_names;
CREATE TEMP TABLE assigned (d domain_list, t text[], n domain_name[]);
INSERT INTO assigned VALUES (ARRAY['b.cn', 'a.cn'], '{b.cn,a.cn}'::domain_list, '{b.cn,a.cn}'::domain_list);
INSERT INTO assigned (d) VALUES ('示例.中国'::domain_name), (ARRAY['b.cn']::domain_name[]);
TABLE assigned;
SELECT castsource::regtype, casttarget::regtype, castcontext FROM pg_cast
WHERE 'domain_list'::regtype IN (castsource, casttarget) ORDER BY 1::text, 2::text;

-- the aggregate: of names and of lists, nulls, no rows, windows
SELECT domain_list_agg(d) FROM unnest(ARRAY['b.cn', NULL, 'a.cn', 'B.cn']::domain_name[]) AS d;
SELECT domain_list_agg(d) FROM (VALUES ('{b.cn,a.cn}'::domain_list), (NULL), ('{}'), ('{a.cn,c.cn}')) AS v(d);
SELECT domain_list_agg(d) AS of_nothing FROM unnest(ARRAY[]::domain_name[]) AS d;
SELECT domain_list_agg(d) AS of_nulls FROM unnest(ARRAY[NULL, NULL]::domain_name[]) AS d;
SELECT domain_list_agg(d) AS of_empty FROM (VALUES ('{}'::domain_list)) AS v(d);
SELECT d, domain_list_agg(d) OVER (ORDER BY d) FROM unnest(ARRAY['c.cn', 'b.cn', 'a.cn']::domain_name[]) AS d;
SELECT i % 3 AS g, cardinality(domain_list_agg(('d' || i % 500 || '.cn')::domain_name)) FROM generate_series(1, 30000) AS i GROUP BY 1 ORDER BY 1;
SELECT domain_list_accum(NULL::bytea, 'a.cn'::domain_name);
SELECT domain_list_final('\x00');

-- in parallel it gives the same
CREATE TABLE sighted (g int, d domain_name);
INSERT INTO sighted SELECT i % 7, ('d' || i % 5000 || '.com.cn')::domain_name FROM generate_series(1, 40000) AS i;
INSERT INTO sighted SELECT 8, NULL FROM generate_series(1, 10);
ANALYZE sighted;
CREATE TABLE serial_answer AS SELECT g, domain_list_agg(d) AS l FROM sighted GROUP BY g;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off;
CREATE FUNCTION is_partial(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    found := found OR line ~ 'Partial (Hash|Group)?Aggregate';
  END LOOP;
  RETURN found;
END $$;
SELECT is_partial('SELECT g, domain_list_agg(d) FROM sighted GROUP BY g');
SELECT count(*), count(*) FILTER (WHERE a.l IS NOT DISTINCT FROM s.l) AS same, sum(cardinality(a.l))
FROM (SELECT g, domain_list_agg(d) AS l FROM sighted GROUP BY g) AS a JOIN serial_answer s USING (g);
SELECT cardinality(domain_list_agg(l)) FROM serial_answer;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather; RESET parallel_leader_participation;

-- a list that is stored out of line works as any other
CREATE TABLE big (d domain_list);
INSERT INTO big SELECT domain_list_agg((md5(i::text) || '.cn')::domain_name) FROM generate_series(1, 2000) AS i;
SELECT cardinality(d), d @> (md5('77') || '.cn')::domain_name AS has, d && '{a.cn}' AS no, d = d + '{}' AS same,
  pg_column_size(d) > 2000 AS is_big, domain_at(d, 2001) IS NULL AS beyond FROM big;

-- a constraint that the home page's domain is in the list (5 annex 3 (八))
CREATE TABLE page (domains domain_list, homepage text, CHECK (domains @> homepage_domain(homepage)));
INSERT INTO page VALUES ('{123.com}', 'http://www.123.com/'), ('{123.com}', 'http://203.0.113.9/');
INSERT INTO page VALUES ('{456.com}', 'http://www.123.com/');

DROP TABLE sighted, serial_answer, big, page;
DROP FUNCTION is_partial(text);
