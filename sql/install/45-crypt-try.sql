-- Tries of passwords and codes, counted in a transaction of their own.

CREATE FUNCTION icp.count_try(registry oid, subject text, record_id bigint, asker name, secret text, is_right boolean,
		OUT number integer, OUT not_before timestamptz)
	LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000
	AS 'MODULE_PATHNAME', 'icp_count_try';
COMMENT ON FUNCTION icp.count_try(oid, text, bigint, name, text, boolean) IS
	'Has the registry''s write_try() called, as its owner, by a background worker that commits; for the functions of the registry of that schema. 53300: no worker is free, and nothing is counted';
