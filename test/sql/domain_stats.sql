-- What the planner expects of domain lists and names: within a factor of 3 for the most common domains, within the
-- greater of a factor of 3 and 10 rows for the others.
SET search_path = icp, public;
SET client_min_messages = warning;

-- a few domains in many lists, some in a few, most in one; the table is greater than the sample of ANALYZE
CREATE TABLE filed (id int, d domain_list);
INSERT INTO filed
SELECT i, CASE
    WHEN i % 50 = 0 THEN ARRAY['portal.cn', 's' || i || '.com.cn']
    WHEN i % 50 = 1 THEN ARRAY['chain' || i % 1000 || '.com']
    WHEN i % 50 = 2 THEN ARRAY['pair' || i / 100 || '.cn', 'x' || i || '.cn', 'y' || i || '.cn']
    WHEN i % 500 = 3 THEN NULL
    WHEN i % 50 = 4 THEN ARRAY[]::text[]
    ELSE ARRAY['s' || i || '.cn'] END::domain_list
FROM generate_series(1, 60000) AS i;
CREATE INDEX ON filed USING gin (d) WITH (fastupdate = off);
CREATE TABLE host (name domain_name);
INSERT INTO host SELECT ('h' || i || '.s' || i % 6000 || CASE WHEN i % 3 = 0 THEN '.com.cn' ELSE '.cn' END)::domain_name FROM generate_series(1, 60000) AS i;
INSERT INTO host SELECT 'www.portal.cn' FROM generate_series(1, 3000);
INSERT INTO host SELECT ('portal' || i || '.edu.cn')::domain_name FROM generate_series(1, 6000) AS i;
ANALYZE filed;
ANALYZE host;

CREATE FUNCTION estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
  RETURN (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
END $$;
CREATE FUNCTION fits(query text, slack float8 DEFAULT 10) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE expected float8 := estimate(query); actual float8;
BEGIN
  EXECUTE 'SELECT count(*) FROM (' || query || ') AS q' INTO actual;
  IF abs(expected - actual) <= slack OR (expected <= 3 * actual AND actual <= 3 * expected) THEN RETURN true; END IF;
  RAISE WARNING '% rows expected, % found: %', expected, actual, query;
  RETURN false;
END $$;

-- what is kept: the common ones in order, their frequencies and seven numbers more
SELECT 'portal.cn' = ANY (e) AS portal_kept, (SELECT count(*) = 20 FROM unnest(e) AS d WHERE d ~ '^chain') AS chains_kept,
  e = ARRAY(SELECT d FROM unnest(e::domain_name[]) AS d ORDER BY d)::text[] AS sorted,
  array_length(f, 1) = array_length(e, 1) + 7 AS numbers
FROM (SELECT most_common_elems::text::text[] AS e, most_common_elem_freqs AS f FROM pg_stats WHERE tablename = 'filed' AND attname = 'd') AS s;

-- common domains, without the ten rows of grace
SELECT q, fits(q, 0) FROM unnest(ARRAY[
  $$SELECT 1 FROM filed WHERE d @> 'portal.cn'::domain_name$$,
  $$SELECT 1 FROM filed WHERE 'portal.cn'::domain_name <@ d$$,
  $$SELECT 1 FROM filed WHERE d && '{portal.cn}'$$,
  $$SELECT 1 FROM filed WHERE d @> '{portal.cn}'$$,
  $$SELECT 1 FROM filed WHERE d && '{portal.cn,chain1.com}'$$,
  $$SELECT 1 FROM filed WHERE d && '{chain1.com,chain51.com}'$$,
  $$SELECT 1 FROM filed WHERE d @> 'chain101.com'::domain_name$$,
  $$SELECT 1 FROM filed WHERE d = '{chain101.com}'$$,
  $$SELECT 1 FROM filed WHERE d <@ '{chain101.com,chain1.com}'$$,
  $$SELECT 1 FROM filed WHERE d = '{}'$$,
  $$SELECT 1 FROM filed WHERE d <@ '{}'$$,
  $$SELECT 1 FROM filed WHERE d @> '{}'$$,
  $$SELECT 1 FROM filed WHERE d IS NULL$$,
  $$SELECT 1 FROM filed WHERE d < '{m.cn}'$$]) AS q;
-- others
SELECT q, fits(q) FROM unnest(ARRAY[
  $$SELECT 1 FROM filed WHERE d @> 's7.cn'::domain_name$$,
  $$SELECT 1 FROM filed WHERE d && '{s7.cn,s8.cn,s9.cn}'$$,
  $$SELECT 1 FROM filed WHERE d @> '{pair7.cn,x702.cn}'$$,
  $$SELECT 1 FROM filed WHERE d && '{pair7.cn}'$$,
  $$SELECT 1 FROM filed WHERE d && '{nothere.cn}'$$,
  $$SELECT 1 FROM filed WHERE d && '{}'$$,
  $$SELECT 1 FROM filed WHERE d @> NULL::domain_name$$,
  $$SELECT 1 FROM filed WHERE d && NULL$$]) AS q;
-- a hundred of each kind at once
SELECT count(*), count(*) FILTER (WHERE fits(format('SELECT 1 FROM filed WHERE d && %L', d))) >= 99 AS fit
FROM (SELECT d FROM filed WHERE d <> '{}' ORDER BY md5(id::text) LIMIT 100) AS s;

-- joins
CREATE TABLE claim AS SELECT d FROM filed WHERE id % 60 = 7 AND d <> '{}';
INSERT INTO claim SELECT ('{new' || i || '.cn}')::domain_list FROM generate_series(1, 500) AS i;
ANALYZE claim;
CREATE TABLE claimed AS SELECT domains(d) AS name FROM claim;
ANALYZE claimed;
SELECT q, fits(q) FROM unnest(ARRAY[
  $$SELECT 1 FROM filed f JOIN claim c ON f.d && c.d$$,
  $$SELECT 1 FROM claim c JOIN filed f ON c.d && f.d$$,
  $$SELECT 1 FROM filed f JOIN claimed c ON f.d @> c.name$$,
  $$SELECT 1 FROM filed f JOIN claimed c ON c.name <@ f.d$$,
  $$SELECT 1 FROM filed f JOIN claim c ON f.d @> c.d$$,
  $$SELECT 1 FROM claim c WHERE EXISTS (SELECT FROM filed f WHERE f.d && c.d)$$]) AS q;

-- names at or under another one
SELECT q, fits(q) FROM unnest(ARRAY[
  $$SELECT 1 FROM host WHERE name <@ 'cn'$$,
  $$SELECT 1 FROM host WHERE name <@ 'com.cn'$$,
  $$SELECT 1 FROM host WHERE name <@ 'portal.cn'$$,
  $$SELECT 1 FROM host WHERE name <@ 'edu.cn'$$,
  $$SELECT 1 FROM host WHERE 'edu.cn' @> name$$,
  $$SELECT 1 FROM host WHERE name <@ 'www.portal.cn'$$,
  $$SELECT 1 FROM host WHERE name <@ 'com'$$,
  $$SELECT 1 FROM host WHERE name @> 'a.b.www.portal.cn'$$,
  $$SELECT 1 FROM host WHERE name @> 'a.b.cn'$$]) AS q;

-- a column of names in a constant list
SELECT q, fits(q) FROM unnest(ARRAY[
  $$SELECT 1 FROM host WHERE name <@ '{www.portal.cn,h7.s7.cn}'::domain_list$$,
  $$SELECT 1 FROM host WHERE '{h7.s7.cn}'::domain_list @> name$$]) AS q;

-- a domain over the type, an expression index, a partial sample of short tables
CREATE DOMAIN filed_domains AS domain_list CHECK (cardinality(VALUE) <= 10);
CREATE TABLE checked (d filed_domains);
INSERT INTO checked SELECT d FROM filed WHERE id <= 3000;
ANALYZE checked;
SELECT fits($$SELECT 1 FROM checked WHERE d && '{portal.cn}'$$, 0), fits($$SELECT 1 FROM checked WHERE d && '{s7.cn}'$$, 3);
CREATE TABLE short (d domain_list);
ANALYZE short;
INSERT INTO short VALUES ('{a.cn}'), (NULL), ('{}'), ('{a.cn,b.cn}');
ANALYZE short;
SELECT fits($$SELECT 1 FROM short WHERE d && '{a.cn}'$$, 1), fits($$SELECT 1 FROM short WHERE d && '{x.cn}'$$, 1);
SET default_statistics_target = 1;
ANALYZE filed;
SELECT coalesce(array_length(most_common_elems::text::text[], 1), 0) <= 10 AS few_kept FROM pg_stats WHERE tablename = 'filed' AND attname = 'd';
RESET default_statistics_target;

-- Who may not read all of the table does not see its statistics through an operator that could tell him its values. All of
-- ours are leakproof; one that is made of the same function, and is not, is given the default.
SELECT DISTINCT oprname, proleakproof FROM pg_operator o JOIN pg_proc p ON p.oid = oprcode
WHERE oprnamespace = 'icp'::regnamespace AND 'domain_list'::regtype IN (oprleft, oprright) AND oprresult = 'boolean'::regtype ORDER BY 1;
ANALYZE filed;
CREATE ROLE regress_icp_nobody;
GRANT USAGE ON SCHEMA icp TO regress_icp_nobody;
GRANT SELECT ON filed TO regress_icp_nobody;
ALTER TABLE filed ENABLE ROW LEVEL SECURITY;
CREATE POLICY positive ON filed USING (id > 0);
DO $$ BEGIN
  EXECUTE (SELECT format('CREATE FUNCTION public.leaking(icp.domain_list, icp.domain_list) RETURNS boolean AS %L, %L LANGUAGE C STRICT IMMUTABLE', probin, prosrc)
    FROM pg_proc WHERE oid = 'icp.domain_list_overlap'::regproc);
END $$;
CREATE OPERATOR public.&&& (LEFTARG = domain_list, RIGHTARG = domain_list, FUNCTION = public.leaking,
  RESTRICT = domain_list_overlapsel, JOIN = domain_list_overlapjoinsel);
SELECT estimate($$SELECT 1 FROM filed WHERE d OPERATOR(public.&&&) '{portal.cn}'$$) BETWEEN 600 AND 2400 AS owner_sees;
SET ROLE regress_icp_nobody;
SELECT estimate($$SELECT 1 FROM filed WHERE d && '{portal.cn}'$$) BETWEEN 600 AND 2400 AS leakproof,
  estimate($$SELECT 1 FROM filed WHERE d OPERATOR(public.&&&) '{portal.cn}'$$) < 100 AS default_for_leaking;
RESET ROLE;
DROP OPERATOR public.&&& (domain_list, domain_list);
DROP FUNCTION public.leaking(domain_list, domain_list);
DROP OWNED BY regress_icp_nobody;
DROP ROLE regress_icp_nobody;

DROP TABLE filed, host, claim, claimed, checked, short;
DROP DOMAIN filed_domains;
DROP FUNCTION fits(text, float8), estimate(text);
