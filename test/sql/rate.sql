-- Filing rate (备案率, 5 附件2 一): the aggregate, and the views by province and provider.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT icp.filing_rate(f) FROM (VALUES (true), (true), (false), (true)) v(f);
SELECT icp.filing_rate(f) FROM (VALUES (true), (NULL), (false)) v(f);
SELECT icp.filing_rate(true) AS one, icp.filing_rate(false) AS zero, icp.filing_rate(NULL) IS NULL AS all_null;
SELECT icp.filing_rate(f) IS NULL AS over_no_rows FROM (SELECT true WHERE false) v(f);
SELECT icp.filing_rate(f) FILTER (WHERE n > 2) AS filtered, icp.filing_rate(f) FILTER (WHERE n > 9) IS NULL AS nothing_left, icp.filing_rate(DISTINCT f) AS distinct_values
  FROM (VALUES (1, true), (2, true), (3, false), (4, true)) v(n, f);
SELECT pg_typeof(icp.filing_rate(true));
SELECT g, icp.filing_rate(f) FROM (VALUES (1, true), (1, false), (2, NULL), (3, true)) v(g, f) GROUP BY ROLLUP (g) ORDER BY g;

-- moving windows: the inverse gives what counting anew gives
SELECT n, f, icp.filing_rate(f) OVER w AS rate FROM (VALUES (1, true), (2, false), (3, NULL), (4, NULL), (5, true), (6, true)) v(n, f)
WINDOW w AS (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
CREATE TABLE rate_row AS SELECT n, CASE WHEN n % 11 = 0 THEN NULL ELSE n % 3 <> 0 OR n % 7 = 1 END AS f, n % 13 AS g FROM generate_series(1, 30000) n;
ANALYZE rate_row;
SELECT count(*) AS differences FROM (
	SELECT n, icp.filing_rate(f) OVER (ORDER BY n ROWS BETWEEN 10 PRECEDING AND 5 FOLLOWING) AS moving,
		   avg(f::int::float8) OVER (ORDER BY n ROWS BETWEEN 10 PRECEDING AND 5 FOLLOWING) AS plain FROM rate_row WHERE n <= 3000) w
 WHERE abs(moving - plain) > 1e-12 OR (moving IS NULL) <> (plain IS NULL);
SELECT count(*) AS differences FROM (
	SELECT n, icp.filing_rate(f) OVER (PARTITION BY g ORDER BY n ROWS BETWEEN 3 FOLLOWING AND 7 FOLLOWING) AS moving,
		   icp.filing_rate(f) OVER (PARTITION BY g ORDER BY n ROWS BETWEEN 3 FOLLOWING AND 7 FOLLOWING EXCLUDE CURRENT ROW) AS anew FROM rate_row) w
 WHERE moving IS DISTINCT FROM anew;

-- parallel: the plan has partial aggregates, and the result is the serial one
CREATE FUNCTION plan_has(query text, part text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line	text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF position(part IN line) > 0 THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;
SELECT icp.filing_rate(f) AS serial, icp.filing_rate(f) = count(*) FILTER (WHERE f)::float8 / count(f) AS right FROM rate_row;
SELECT md5(string_agg(g || ' ' || r, ',' ORDER BY g)) AS serial FROM (SELECT g, icp.filing_rate(f) AS r FROM rate_row GROUP BY g) x \gset
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT plan_has('SELECT icp.filing_rate(f) FROM rate_row', 'Partial Aggregate') AS partial, plan_has('SELECT icp.filing_rate(f) FROM rate_row', 'Gather') AS gather;
SELECT icp.filing_rate(f) AS parallel FROM rate_row;
SELECT plan_has('SELECT g, icp.filing_rate(f) FROM rate_row GROUP BY g', 'Partial') AS partial;
SELECT md5(string_agg(g || ' ' || r, ',' ORDER BY g)) = :'serial' AS same FROM (SELECT g, icp.filing_rate(f) AS r FROM rate_row GROUP BY g) x;
RESET max_parallel_workers_per_gather;
-- combined over partitions
CREATE TABLE rate_part (n int, f boolean, g int) PARTITION BY RANGE (n);
CREATE TABLE rate_part1 PARTITION OF rate_part FOR VALUES FROM (1) TO (10000);
CREATE TABLE rate_part2 PARTITION OF rate_part FOR VALUES FROM (10000) TO (20000);
CREATE TABLE rate_part3 PARTITION OF rate_part FOR VALUES FROM (20000) TO (30001);
INSERT INTO rate_part SELECT n, f, g FROM rate_row;
ANALYZE rate_part;
SET max_parallel_workers_per_gather = 0;
SET enable_partitionwise_aggregate = on;
SELECT plan_has('SELECT g, icp.filing_rate(f) FROM rate_part GROUP BY g', 'Partial HashAggregate') AS partial;
SELECT icp.filing_rate(f) FROM rate_part;
SELECT md5(string_agg(g || ' ' || r, ',' ORDER BY g)) = :'serial' AS same FROM (SELECT g, icp.filing_rate(f) AS r FROM rate_part GROUP BY g) x;
RESET ALL;
SET client_min_messages = warning;
-- a distributed server needs a state that is an ordinary type, and no serial functions
SELECT aggtranstype::regtype, aggcombinefn::regproc, aggserialfn, p.proparallel FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid WHERE aggfnoid = 'icp.filing_rate'::regproc;

-- the state functions, called directly: right, and with states that are none
SELECT icp.rate_accum('{1,2}', true), icp.rate_accum('{1,2}', false), icp.rate_inverse('{1,2}', true), icp.rate_inverse('{1,2}', false), icp.rate_combine('{1,2}', '{3,4}'), icp.rate_final('{1,2}'), icp.rate_final('{0,0}');
SELECT icp.rate_accum(NULL, true), icp.rate_accum('{1,2}', NULL), icp.rate_combine('{1,2}', NULL), icp.rate_final(NULL);
WITH s AS MATERIALIZED (SELECT '{1,2}'::bigint[] AS a) SELECT icp.rate_accum(a, true), icp.rate_combine(a, a), a FROM s;
CREATE FUNCTION try(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result	text;
BEGIN
	EXECUTE 'SELECT ' || call INTO result;
	RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT state, try(format('icp.rate_accum(%L, true)', state)) AS accum, try(format('icp.rate_inverse(%L, true)', state)) AS inverse, try(format('icp.rate_combine(''{0,0}'', %L)', state)) AS combine, try(format('icp.rate_final(%L)', state)) AS final
  FROM unnest('{"{}","{1}","{1,2,3}","{{1,2}}","{{1},{2}}","{1,NULL}","{NULL,NULL}","{2,1}","{-1,1}","{-2,-1}","[0:1]={1,2}"}'::text[]) state;
SELECT call, try(call) FROM unnest(ARRAY[$$icp.rate_inverse('{0,5}', true)$$, $$icp.rate_inverse('{5,5}', false)$$, $$icp.rate_inverse('{0,0}', false)$$, $$icp.rate_accum('{0,9223372036854775807}', false)$$,
	$$icp.rate_accum('{9223372036854775807,9223372036854775807}', true)$$, $$icp.rate_combine('{0,9223372036854775807}', '{0,1}')$$, $$icp.rate_final('{9223372036854775806,9223372036854775807}')$$]) call;
DROP TABLE rate_row, rate_part;

-- The views: filed / (filed + found unfiled), by province and by provider.
SELECT icp.create_registry();
SELECT * FROM beian.filing_rate_by_province;
SELECT * FROM beian.filing_rate_by_provider;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪'), ('三号云', NULL);
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.sponsor (account_id, province, name, status, number) VALUES (1, '京', '甲', 'filed', '京ICP备12000001号'), (2, '沪', '乙', 'filed', '沪ICP备12000001号'), (2, '沪', '丙', 'draft', NULL);
INSERT INTO beian.site (sponsor_id, domains, status, number) VALUES
	(1, '{a.cn, a.com.cn}', 'filed', '京ICP备12000001号-1'), (1, '{b.cn}', 'filed', '京ICP备12000001号-2'), (1, '{}', 'filed', '京ICP备12000001号-3'),
	(2, '{c.com}', 'filed', '沪ICP备12000001号-1'), (2, '{gone.com}', 'cancelled', '沪ICP备12000001号-2'), (3, '{draft.com}', 'draft', NULL);
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live'), (2, 1, 'live'), (2, 2, 'live'), (3, 1, 'cancelled'), (4, 2, 'live'), (5, 2, 'live');
SELECT * FROM beian.filing_rate_by_province ORDER BY province_code;
INSERT INTO beian.sighting (domain, provider_id, province, seen_at, closed_at) VALUES
	('a.cn', 1, '京', now(), NULL), ('www.a.cn', 1, '京', now(), NULL), ('deep.shop.a.com.cn', 1, '京', now(), NULL),		-- filed, sub-sites too (4 §14(十二))
	('unfiled.cn', 1, '京', now(), NULL), ('unfiled.cn', 1, '京', now() - interval '1 day', NULL),				-- found twice
	('www.unfiled2.cn', 1, '京', now(), NULL), ('closed.cn', 1, '京', now() - interval '9 days', now()),
	('gone.com', 2, '沪', now(), NULL), ('www.draft.com', 2, '沪', now(), NULL), ('a.cn.com', 2, '沪', now(), NULL), ('nota.cn', 2, '沪', now(), NULL),
	('somewhere.net', NULL, NULL, now(), NULL), ('carrier.net', 3, '新', now(), NULL), ('unfiled.cn', 2, '沪', now(), NULL);
SELECT d, beian.is_filed(d::icp.domain_name) FROM unnest('{a.cn,www.a.cn,a.com.cn,com.cn,cn,gone.com,draft.com,nota.cn}'::text[]) d;
SELECT domain, province_code, provider_id, times_seen, first_seen_at < last_seen_at AS more_than_once FROM beian.unfiled_site ORDER BY 1, 2;
SELECT * FROM beian.filing_rate_by_province ORDER BY province_code;
SELECT * FROM beian.filing_rate_by_provider ORDER BY provider_id;
-- the rates follow what is filed (the types' operators are in schema icp)
SET search_path = public, icp;
UPDATE beian.sponsor SET status = 'filed', number = '沪ICP备12000002号' WHERE id = 3;
UPDATE beian.site SET status = 'filed', number = '沪ICP备12000002号-1' WHERE id = 6;
UPDATE beian.sighting SET closed_at = now() WHERE domain = 'gone.com';
SELECT * FROM beian.filing_rate_by_province WHERE province = '沪';
SELECT * FROM beian.filing_rate_by_provider WHERE provider_id = 2;
DROP SCHEMA beian CASCADE;
RESET search_path;
DROP FUNCTION plan_has(text, text), try(text);
