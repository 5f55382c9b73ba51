-- icp.record_field: each column of sponsor, site and access stands there once, the library knows the same fields, and doc/fields.md
-- says the same.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
CREATE TEMP VIEW table_column AS
SELECT c.relname::text AS record, a.attname::text AS column_name, a.attnum, a.atttypid, a.attrelid
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relname IN ('sponsor', 'site', 'access');
-- 1. The map and the tables.
SELECT t.record, t.column_name AS not_in_the_map FROM table_column t
 WHERE NOT EXISTS (SELECT FROM icp.record_field f WHERE f.record = t.record AND f.column_name = t.column_name);
SELECT f.record, f.column_name AS not_in_the_table FROM icp.record_field f
 WHERE NOT EXISTS (SELECT FROM table_column t WHERE t.record = f.record AND t.column_name = f.column_name);
INSERT INTO icp.record_field (record, column_name, ordinal, origin, secrecy) VALUES ('site', 'name', 999, 'entered', 'public');
SELECT f.record, f.origin, count(*), string_agg(f.column_name, ', ' ORDER BY f.ordinal) FILTER (WHERE f.origin <> 'entered') AS columns
  FROM icp.record_field f GROUP BY 1, 2 ORDER BY 1, 2;
-- a change has what is entered, and nothing else of the record
SELECT x.record, x.column_name, x.origin
  FROM (SELECT f.record, f.column_name, f.origin, EXISTS (SELECT FROM pg_attribute a
				 WHERE a.attrelid = format('beian.%I', f.record || '_change')::regclass AND a.attname = f.column_name
				   AND f.column_name NOT IN ('account_id', 'province_code', 'status', 'name_key', 'claim_key')) AS is_changed
		  FROM icp.record_field f) x
 WHERE x.is_changed <> (x.origin = 'entered');
-- what a member may write is what is entered, and the keys of whose it is
SELECT f.record, a.privilege_type, string_agg(DISTINCT f.column_name, ', ' ORDER BY f.column_name) FILTER (WHERE f.origin <> 'entered') AS beyond,
	   count(DISTINCT f.column_name) FILTER (WHERE f.origin = 'entered') AS entered,
	   (SELECT count(*) FROM icp.record_field e WHERE e.record = f.record AND e.origin = 'entered') AS of
  FROM icp.record_field f JOIN table_column t ON t.record = f.record AND t.column_name = f.column_name
  JOIN pg_attribute c ON c.attrelid = t.attrelid AND c.attnum = t.attnum, aclexplode(c.attacl) a
 WHERE a.grantee = 'icp_provider'::regrole GROUP BY 1, 2 ORDER BY 1, 2;
SELECT g.object, g.privileges, array_length(icp.right_columns(g.object, g.columns), 1) AS columns FROM icp.registry_right g WHERE '*' = ANY (g.columns) ORDER BY 1, 2;
-- no event tells of what follows from other columns
SELECT icp.record_columns(NULL, 'derived') AS derived, icp.record_columns('access', 'derived', 'bureau') AS of_access;
-- code tables are there
SELECT f.record, f.column_name, f.code_table FROM icp.record_field f WHERE f.code_table IS NOT NULL AND to_regclass('icp.' || f.code_table) IS NULL;
-- what is never public by the table's own word is private
SELECT f.record, f.column_name, f.secrecy FROM icp.record_field f JOIN table_column t ON t.record = f.record AND t.column_name = f.column_name
 WHERE f.secrecy = 'public' AND col_description(t.attrelid, t.attnum) LIKE '%never public%' OR f.secrecy = 'personal' AND f.column_name <> 'credential' AND col_description(t.attrelid, t.attnum) NOT LIKE '%never public%';
-- 2. The map and the library.
SELECT f.field AS unknown_to_the_rules FROM icp.record_field f WHERE f.field IS NOT NULL AND f.field NOT IN (SELECT r.field FROM icp.rule_fields() r);
SELECT string_agg(r.field, ', ' ORDER BY r.field) AS of_no_column FROM icp.rule_fields() r WHERE r.field NOT IN (SELECT f.field FROM icp.record_field f WHERE f.field IS NOT NULL);
SELECT f.record, f.column_name, f.field, f.secrecy, r.is_personal FROM icp.record_field f JOIN icp.rule_fields() r ON r.field = f.field WHERE (f.secrecy = 'personal') <> r.is_personal;
SELECT u.code, u.field AS no_field FROM icp.rule u WHERE u.field <> '*' AND u.field NOT IN (SELECT r.field FROM icp.rule_fields() r);
SELECT count(*) AS fields_of_tests_that_are_none FROM icp.rule_tests() t, unnest(t.needs || t.looks_at) AS f(field) WHERE f.field NOT IN (SELECT r.field FROM icp.rule_fields() r);
-- what is judged is what the map says, of the site's own person apart
SELECT count(*) AS judged, count(*) FILTER (WHERE j.field NOT IN (SELECT f.field FROM icp.record_field f WHERE f.field IS NOT NULL)) AS beside_the_map
  FROM pg_proc p, unnest(p.proargnames, p.proargmodes) AS j(field, mode) WHERE p.oid = 'beian.judged_record'::regproc AND j.mode = 't';
SELECT string_agg(j.field, ', ') AS of_the_sites_own_person FROM pg_proc p, unnest(p.proargnames, p.proargmodes) AS j(field, mode) WHERE p.oid = 'beian.judged_principal'::regproc AND j.mode = 't';
-- 3. The page.
\set page `cat "$PG_ABS_SRCDIR"/../doc/fields.md`
CREATE TEMP VIEW field_line AS
SELECT f.ordinal, format('| `%s.%s` | %s | %s | %s | %s | %s | %s | %s |', f.record, f.column_name, f.origin, f.secrecy, coalesce('`' || f.field || '`', ''),
	   coalesce(f.part, ''), coalesce('`icp.' || f.code_table || '`', ''), coalesce('`' || f.staging || '`', ''), coalesce(array_to_string(f.elements, ', '), '')) AS line
  FROM icp.record_field f;
SELECT line AS missing FROM field_line WHERE position(line IN :'page') = 0 ORDER BY ordinal;
SELECT l.line[1] AS line_that_is_none FROM regexp_matches(:'page', '^(\| `[a-z]+\.[a-z_]+` \|.*)$', 'gn') AS l(line) WHERE l.line[1] NOT IN (SELECT line FROM field_line);
SELECT position((SELECT string_agg(line, E'\n' ORDER BY ordinal) FROM field_line) IN :'page') > 0 AS in_order;
-- 4. Read by everybody, written by nobody.
CREATE ROLE regress_icp_field;
SET ROLE regress_icp_field;
SELECT count(*) > 50 AS rows FROM icp.record_field;
DELETE FROM icp.record_field;
RESET ROLE;
DROP ROLE regress_icp_field;
-- 5. Keys that are made anew are no change of what is filed.
INSERT INTO beian.account (user_name) VALUES ('a');
INSERT INTO beian.sponsor (account_id, province, number, name, status) VALUES (1, '京', '京ICP备10000001号', '甲公司', 'filed');
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE beian.sponsor SET name_key = 'old';
COMMIT;
SELECT icp.rekey_registry() AS rekeyed;
SELECT s.name_key, (SELECT count(*) FROM beian.event e WHERE e.event = 'change') AS events FROM beian.sponsor s;
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
