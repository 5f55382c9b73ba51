-- Tries of passwords and codes, counted where no ROLLBACK reaches.

CREATE FUNCTION @registry@.count_try(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NULL;
END
$$;
COMMENT ON FUNCTION @registry@.count_try(text, bigint) IS
	'Counts a try of the acting role on a record, before anything is compared; fails where it must wait. Committed when it returns';

CREATE FUNCTION @registry@.clear_tries(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NULL;
END
$$;
COMMENT ON FUNCTION @registry@.clear_tries(text, bigint) IS
	'The answer was right: forgets the tries of the acting role on that record. Committed when it returns';
