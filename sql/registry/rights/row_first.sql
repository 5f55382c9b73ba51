-- Row security is asked before anything else of a row.  Comparisons of text are safe in PostgreSQL's eyes and cheap, and
-- go in front of a policy that is dearer; EXPLAIN (ANALYZE) then tells a stranger "telephone < 139" of a row that he
-- may not see, and in some thirty questions the telephone (4 §51, §52).  So the functions of policies cost next to nothing.
-- (IS NULL and columns of type boolean cost nothing at all, and an index is asked before any policy: of the values that a
-- stranger must not learn none stands in one but an account's login name and the key of a sponsor's name.)
DO $$
DECLARE
	function	regprocedure;
BEGIN
	FOR function IN
		SELECT DISTINCT d.refobjid::regprocedure
		  FROM pg_catalog.pg_depend d
		  JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid AND p.pronamespace = '@registry@'::regnamespace
		 WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass
	LOOP
		EXECUTE format('ALTER FUNCTION %s COST 0.0001', function);
	END LOOP;
END
$$;

-- An UPDATE asks the policies of UPDATE first, then those of SELECT.  Those of UPDATE and DELETE that compare something
-- or look something up have this one in front.
DO $$
DECLARE
	policy	record;
BEGIN
	FOR policy IN
		SELECT *
		  FROM (VALUES
			('row_first',      'sponsor',        'UPDATE', 'may_enter(account_id)'),
			('row_first',      'site',           'UPDATE', 'may_enter(account_id)'),
			('row_first',      'sponsor_change', 'UPDATE', 'may_alter(application_id)'),
			('row_first_drop', 'sponsor_change', 'DELETE', 'may_alter(application_id)'),
			('row_first',      'site_change',    'UPDATE', 'may_alter(application_id)'),
			('row_first_drop', 'site_change',    'DELETE', 'may_alter(application_id)')) AS v (name, relation, command, test)
	LOOP
		EXECUTE format('CREATE POLICY %I ON @registry@.%I AS RESTRICTIVE FOR %s USING (@registry@.%s)%s',
					   policy.name, policy.relation, policy.command, policy.test,
					   CASE policy.command WHEN 'UPDATE' THEN ' WITH CHECK (true)' ELSE '' END);
	END LOOP;
END
$$;
