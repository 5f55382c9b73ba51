-- doc/registry.md, doc/operations.md: what they say is there is there, and what is there they say.
SET client_min_messages = warning;
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
\set page `cat "$PG_ABS_SRCDIR"/../doc/registry.md`
\set operations `cat "$PG_ABS_SRCDIR"/../doc/operations.md`
\set pages `cd "$PG_ABS_SRCDIR"/.. && cat doc/*.md README.md CHANGELOG.md CONTRIBUTING.md test/*/README.md`
-- every table, view and function that a role may call is named
SELECT c.relname AS relation_missing FROM pg_class c
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v') AND position('`' || c.relname || '`' IN split_part(:'page', '## Rights', 1)) = 0 ORDER BY 1;
SELECT DISTINCT p.proname AS function_missing FROM pg_proc p, aclexplode(p.proacl) a
 WHERE p.pronamespace = 'beian'::regnamespace AND a.grantee <> p.proowner AND :'page' !~ format('`%s[`(]', p.proname) ORDER BY 1;
-- what the tables name is there: tables, views, functions
SELECT n.name AS there_is_none
  FROM regexp_matches(:'page', '^\| (`[^|]*) \| .* 1\.0 \|$', 'gn') AS l (line), regexp_matches(l.line[1], '`(?:icp\.)?([a-z_]+)', 'g') AS m (name), unnest(m.name) AS n (name)
 WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'beian'::regnamespace AND c.relname = n.name)
   AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace IN ('beian'::regnamespace, 'icp'::regnamespace) AND p.proname = n.name) ORDER BY 1;
-- who may call what: the letters of the third column
CREATE TEMP TABLE letter (letter text, role text);
INSERT INTO letter VALUES ('P', 'icp_public'), ('S', 'icp_sponsor'), ('V', 'icp_provider'), ('A', 'icp_approver'), ('R', 'icp_regulator'), ('B', 'icp_bureau'), ('M', 'icp_ministry'), ('U', 'icp_auditor');
CREATE TEMP TABLE said AS
SELECT DISTINCT n.name, l.line[2] AS who
  FROM regexp_matches(split_part(:'page', '## Functions' || chr(10), 2), '^\| (`[^|]*) \| [^|]* \| ([A-Z ]*) \| 1\.0 \|$', 'gn') AS l (line), regexp_matches(l.line[1], '`([a-z_]+)\(', 'g') AS m (name), unnest(m.name) AS n (name);
SELECT count(*) > 30 AS functions FROM said;
SELECT s.name, s.who AS page, c.who AS catalogue
  FROM said s
 CROSS JOIN LATERAL (SELECT coalesce(string_agg(DISTINCT t.letter, ' ' ORDER BY t.letter), '') AS who
					   FROM pg_proc p, aclexplode(p.proacl) a JOIN letter t ON to_regrole(t.role) = a.grantee
					  WHERE p.pronamespace = 'beian'::regnamespace AND p.proname = s.name) c
 WHERE c.who <> coalesce((SELECT string_agg(w, ' ' ORDER BY w) FROM string_to_table(s.who, ' ') w WHERE w <> ''), '') ORDER BY 1;
-- the table of rights
CREATE TEMP VIEW may AS
SELECT c.relname, a.grantee, CASE a.privilege_type WHEN 'SELECT' THEN 'S' WHEN 'INSERT' THEN 'I' WHEN 'UPDATE' THEN 'U' WHEN 'DELETE' THEN 'D' ELSE '?' END AS letter
  FROM pg_class c, aclexplode(c.relacl) a
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v') AND a.grantee <> c.relowner
UNION
SELECT c.relname, a.grantee, CASE a.privilege_type WHEN 'SELECT' THEN 's' WHEN 'INSERT' THEN 'i' WHEN 'UPDATE' THEN 'u' ELSE '?' END
  FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v');
CREATE TEMP VIEW right_line AS
SELECT o.relname, format('| `%s` | %s |', o.relname, string_agg(coalesce(m.letters, ''), ' | ' ORDER BY r.n)) AS line
  FROM (SELECT DISTINCT relname FROM may) o
 CROSS JOIN unnest('{icp_public,icp_sponsor,icp_provider,icp_approver,icp_bureau,icp_ministry,icp_auditor}'::text[]) WITH ORDINALITY AS r(role, n)
  LEFT JOIN LATERAL (SELECT string_agg(letter, '' ORDER BY position(lower(letter) IN 'siud'), letter) AS letters
					   FROM may WHERE may.relname = o.relname AND may.grantee = to_regrole(r.role)) m ON true
 GROUP BY o.relname;
SELECT line AS right_missing FROM right_line WHERE position(line IN :'page') = 0 ORDER BY relname COLLATE "C";
SELECT l.line[1] AS right_that_is_none
  FROM regexp_matches(split_part(:'page', '| table or view |', 2), '^(\| `.*)$', 'gn') AS l (line) WHERE l.line[1] NOT IN (SELECT line FROM right_line) ORDER BY 1;
-- no role reads passwords, codes and secrets
SELECT relname AS secret, grantee::regrole FROM may WHERE relname IN ('filing_password', 'password_to_show', 'given_password', 'sms_challenge', 'notice_secret', 'account_code', 'account_password', 'password_recovery');
-- settings with their defaults
SELECT format('| `%s` | %s |', name, coalesce('`' || value || '`', '')) AS setting_missing FROM beian.setting
 WHERE position(format('| `%s` | %s |', name, coalesce('`' || value || '`', '')) IN :'operations') = 0 ORDER BY name COLLATE "C";
-- what any page names of the two schemas is there
SELECT DISTINCT n.name AS named_but_not_there
  FROM regexp_matches(:'pages', '\m((?:beian|icp)\.[a-z_0-9]+)', 'g') AS m (name), unnest(m.name) AS n (name)
 WHERE n.name NOT IN ('icp.event', 'icp.key')		-- the digest's word, the key's file
   AND to_regclass(n.name) IS NULL AND to_regtype(n.name) IS NULL
   AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace::regnamespace || '.' || p.proname = n.name) ORDER BY 1;
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
