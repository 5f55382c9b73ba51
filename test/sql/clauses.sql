-- doc/clauses.tsv: which clause of the law is carried by which object, and shown by which test.  Each of them exists.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
\set lines `cat "$PG_ABS_SRCDIR/../doc/clauses.tsv"`
\set files `cd "$PG_ABS_SRCDIR/.." && find test -name '*.sql' -o -name '*.spec' -o -name '*.pl'`
CREATE TEMP TABLE line AS
	SELECT n, string_to_array(line, E'\t') AS f FROM string_to_table(:'lines', E'\n') WITH ORDINALITY AS l(line, n) WHERE line <> '';
SELECT f FROM line WHERE n = 1;
CREATE TEMP TABLE clause AS SELECT n, f[1] AS id, f[2] AS clause, f[3] AS object, f[4] AS test FROM line WHERE n > 1;

SELECT count(*) > 40 AS rows FROM clause;
SELECT n, f AS not_four_columns FROM line WHERE cardinality(f) <> 4 OR '' = ANY (f);
SELECT id AS twice FROM clause GROUP BY id HAVING count(*) > 1;
SELECT id, clause AS id_and_document_differ FROM clause WHERE id !~ '^[1-5]-\d{3}$' OR clause NOT LIKE left(id, 1) || ' %';
SELECT n, id AS not_in_order FROM (SELECT n, id, lag(id) OVER (ORDER BY n) AS before FROM clause) c WHERE id <= before;

CREATE FUNCTION pg_temp.object_exists(kind text, name text) RETURNS boolean LANGUAGE sql AS $$
	SELECT CASE kind
		WHEN 'type' THEN to_regtype(name) IS NOT NULL
		WHEN 'function' THEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace::regnamespace || '.' || p.proname = name AND p.prokind = 'f')
		WHEN 'aggregate' THEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace::regnamespace || '.' || p.proname = name AND p.prokind = 'a')
		WHEN 'table' THEN EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(name) AND c.relkind IN ('r', 'p'))
		WHEN 'view' THEN EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(name) AND c.relkind = 'v')
		WHEN 'column' THEN EXISTS (SELECT FROM pg_attribute a WHERE NOT a.attisdropped AND a.attnum > 0
								   AND a.attrelid = to_regclass(split_part(name, '.', 1) || '.' || split_part(name, '.', 2)) AND a.attname = split_part(name, '.', 3))
		WHEN 'trigger' THEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass(split_part(name, '.', 1) || '.' || split_part(name, '.', 2)) AND t.tgname = split_part(name, '.', 3))
		WHEN 'policy' THEN EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = to_regclass(split_part(name, '.', 1) || '.' || split_part(name, '.', 2)) AND p.polname = split_part(name, '.', 3))
		WHEN 'role' THEN to_regrole(name) IS NOT NULL
		WHEN 'rule' THEN EXISTS (SELECT FROM icp.rule r WHERE r.code = name)
		ELSE false END
$$;
-- the check itself finds what is wrong
SELECT bool_or(pg_temp.object_exists(kind, name)) AS found_what_is_not_there
  FROM (VALUES ('table', 'beian.nothing'), ('table', 'beian.conflict'), ('view', 'beian.site'), ('column', 'beian.site.nothing'), ('column', 'beian.nothing.id'), ('function', 'icp.filing_rate'), ('aggregate', 'icp.claim_hash'), ('type', 'icp.nothing'), ('role', 'icp_nothing'), ('rule', 'NOTHING-001'), ('thing', 'icp'), ('policy', 'beian.access.nothing'), ('trigger', 'beian.site.nothing')) v(kind, name);
SELECT c.id, o AS object_missing FROM clause c, string_to_table(c.object, '; ') o
 WHERE o !~ '^([a-z]+ [a-z_.]+|rule [A-Z-]+-\d{3})$' OR NOT pg_temp.object_exists(split_part(o, ' ', 1), split_part(o, ' ', 2));
SELECT c.id, t AS test_missing FROM clause c, string_to_table(c.test, '; ') t
 WHERE NOT EXISTS (SELECT FROM string_to_table(:'files', E'\n') f WHERE f = t);
DROP SCHEMA beian CASCADE;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
