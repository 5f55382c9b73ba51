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

-- An UPDATE asks the policies of UPDATE first, then those of SELECT.  Those of UPDATE that compare something or look
-- something up have this one in front.  (Members have no DELETE.)
DO $$
DECLARE
	policy	record;
BEGIN
	FOR policy IN
		SELECT *
		  FROM (VALUES
			('sponsor',        'may_enter(account_id)'),
			('site',           'may_enter(account_id)'),
			('sponsor_change', 'may_alter(application_id)'),
			('site_change',    'may_alter(application_id)')) AS v (relation, test)
	LOOP
		EXECUTE format('CREATE POLICY row_first ON @registry@.%I AS RESTRICTIVE FOR UPDATE USING (@registry@.%s) WITH CHECK (true)',
					   policy.relation, policy.test);
	END LOOP;
END
$$;
