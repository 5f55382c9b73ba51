-- No row in a message: where a row breaks a constraint, the server repeats all of it to the owner and to the log; who
-- keeps filings keeps them confidential (4 §51, §52).

-- Last by name among the BEFORE triggers, so that it sees the row as it will be stored.  (It does not fire for what
-- icp.detect_conflict() writes past the executor.)
DO $$
DECLARE
	relation	record;
BEGIN
	FOR relation IN
		SELECT c.relname FROM pg_catalog.pg_class c
		 WHERE c.relnamespace = '@registry@'::regnamespace AND c.relkind = 'r'
		 ORDER BY c.relname
	LOOP
		EXECUTE format('CREATE TRIGGER zz_check_constraints BEFORE INSERT OR UPDATE ON @registry@.%I'
					   ' FOR EACH ROW EXECUTE FUNCTION icp.check_constraints(%s)', relation.relname,
					   -- people call themselves by their mailbox or telephone
					   CASE relation.relname WHEN 'account' THEN quote_literal('account_user_name_key') ELSE '' END);
	END LOOP;
END
$$;
