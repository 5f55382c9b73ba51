-- Pinned paths are pg_catalog, icp, pg_temp.  A candidate whose arguments match better wins wherever in the path it
-- stands; so nothing of icp may match a call that pg_catalog answers.
SELECT n.nspname AS made_in FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'icpfiling'
  JOIN pg_namespace n ON n.oid = d.objid
 WHERE d.classid = 'pg_namespace'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
-- everything that has a schema is in that one
SELECT i.type, i.identity
  FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'icpfiling', pg_identify_object(d.classid, d.objid, 0) i
 WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND i.type NOT IN ('schema', 'cast', 'operator class', 'operator family')
   AND i.schema IS DISTINCT FROM 'icp';
SELECT o.opcname AS elsewhere FROM pg_opclass o WHERE o.opcnamespace <> 'icp'::regnamespace
   AND o.opcintype IN (SELECT t.oid FROM pg_type t WHERE t.typnamespace = 'icp'::regnamespace);

-- A function or aggregate of a name that pg_catalog has takes a type of icp at a place where there is no other way in:
-- no value of a type of pg_catalog becomes one of icp by itself.
CREATE TEMP VIEW shared AS
SELECT p.oid, p.proname, p.proargtypes, p.pronargdefaults, p.provariadic
  FROM pg_proc p WHERE p.pronamespace = 'icp'::regnamespace
   AND EXISTS (SELECT FROM pg_proc c WHERE c.pronamespace = 'pg_catalog'::regnamespace AND c.proname = p.proname);
SELECT proname, count(*) FROM shared GROUP BY 1 ORDER BY 1;
SELECT s.oid::regprocedure AS may_win FROM shared s
 WHERE s.pronargdefaults > 0 OR s.provariadic <> 0
	OR NOT EXISTS (SELECT FROM unnest(s.proargtypes) AS a JOIN pg_type t ON t.oid = a WHERE t.typnamespace = 'icp'::regnamespace);
SELECT o.oid::regoperator AS may_win FROM pg_operator o
 WHERE o.oprnamespace = 'icp'::regnamespace
   AND EXISTS (SELECT FROM pg_operator c WHERE c.oprnamespace = 'pg_catalog'::regnamespace AND c.oprname = o.oprname)
   AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid IN (o.oprleft, o.oprright) AND t.typnamespace = 'icp'::regnamespace);
-- a type next to a type of icp is of icp too, so that a literal beside a value of pg_catalog is never read as one
SELECT o.oid::regoperator AS mixed FROM pg_operator o
 WHERE o.oprnamespace = 'icp'::regnamespace
   AND EXISTS (SELECT FROM pg_type t WHERE t.oid IN (o.oprleft, o.oprright) AND t.typnamespace <> 'icp'::regnamespace);
SELECT c.castsource::regtype, c.casttarget::regtype AS by_itself FROM pg_cast c
  JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
 WHERE t.typnamespace = 'icp'::regnamespace AND s.typnamespace <> 'icp'::regnamespace AND c.castcontext = 'i';
-- types and relations: pg_catalog stands before icp; names that both have would say one thing here and another there
SELECT t.typname AS both FROM pg_type t WHERE t.typnamespace = 'icp'::regnamespace
   AND EXISTS (SELECT FROM pg_type c WHERE c.typnamespace = 'pg_catalog'::regnamespace AND c.typname = t.typname);
SELECT t.relname AS both FROM pg_class t WHERE t.relnamespace = 'icp'::regnamespace
   AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relname = t.relname);
SET search_path = pg_catalog, icp, pg_temp;
SELECT pg_typeof(min(x)), pg_typeof(max(x)) FROM (VALUES ('京'), ('沪')) AS v (x);
SELECT pg_typeof('京' || '沪'), 'a' = 'b' AS text_equal, cardinality('{a,b}'::text[]);
RESET search_path;

-- What runs SQL has its path pinned, with pg_temp last, or was parsed when it was made.
SET client_min_messages = warning;
SELECT icp.create_registry();
SELECT p.oid::regprocedure AS unpinned FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace IN ('icp'::regnamespace, 'beian'::regnamespace) AND l.lanname NOT IN ('c', 'internal') AND p.prokind <> 'a'
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS c WHERE c ~ '^search_path=pg_catalog, (icp, )?pg_temp$')
   AND NOT (p.prosqlbody IS NOT NULL AND NOT p.prosecdef)
   -- a procedure that commits can have no setting; it names everything by its schema (test load)
   AND p.prokind <> 'p';
-- A literal with a backslash says another thing under standard_conforming_strings = off, which every session may set;
-- what is parsed when it runs writes E''.
SELECT p.oid::regprocedure AS backslash_in_plain_literal FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace IN ('icp'::regnamespace, 'beian'::regnamespace) AND l.lanname NOT IN ('c', 'internal') AND p.prosqlbody IS NULL
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS c WHERE c = 'standard_conforming_strings=on')
   AND EXISTS (SELECT FROM regexp_matches(p.prosrc, '--[^\n]*|(E?''(?:[^'']|'''')*'')', 'gi') AS m
				WHERE m[1] LIKE '''%' AND position(E'\\' IN m[1]) > 0)
 ORDER BY p.oid::regprocedure::text COLLATE "C";
DROP SCHEMA beian CASCADE;
