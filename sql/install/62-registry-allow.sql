-- Who may use what is not everybody's: triggers that run inside the server's tables of claims and of events with their
-- table owner's rights, digests that cost 128 MB of memory and a third of a second a call, and workers.

CREATE FUNCTION icp.allowed_functions() RETURNS SETOF regprocedure
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT unnest(ARRAY['icp.chain_event()', 'icp.detect_conflict()', 'icp.hash_password(text, integer)',
						'icp.check_password(text, text)',
						-- takes one of the server's few places for workers
						'icp.count_try(oid, text, bigint, name, text, boolean)']::regprocedure[])
$$;
COMMENT ON FUNCTION icp.allowed_functions() IS 'What is nobody''s until icp.allow_triggers() gives it';

DO $$
DECLARE
	f	pg_catalog.regprocedure;
BEGIN
	FOR f IN SELECT a FROM icp.allowed_functions() AS a LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
	END LOOP;
END
$$;

CREATE FUNCTION icp.missing_triggers(role regrole) RETURNS SETOF regprocedure
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT f FROM icp.allowed_functions() AS f WHERE NOT has_function_privilege(role, f, 'EXECUTE')
$$;
COMMENT ON FUNCTION icp.missing_triggers(regrole) IS
	'Which of the functions that icp.allow_triggers() gives a role may not execute; no row: it may lay a registry and own one';

CREATE FUNCTION icp.allow_triggers(role regrole) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	owner	constant oid := (SELECT e.extowner FROM pg_extension e WHERE e.extname = 'icpfiling');
BEGIN
	IF role IS NULL THEN
		RAISE EXCEPTION 'no role was named' USING ERRCODE = 'null_value_not_allowed';
	ELSIF NOT pg_has_role(owner, 'USAGE') THEN
		RAISE EXCEPTION 'permission denied: only the owner of extension icpfiling allows its triggers to a role'
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('That is role "%s".', pg_get_userbyid(owner)),
				  HINT = 'A superuser may, too.';
	ELSIF NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = role) THEN
		RAISE EXCEPTION 'role with OID % does not exist', role::oid USING ERRCODE = 'undefined_object';
	END IF;
	EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', (SELECT string_agg(f::text, ', ') FROM icp.allowed_functions() AS f), role);
END
$$;
REVOKE ALL ON FUNCTION icp.allow_triggers(regrole) FROM PUBLIC;
COMMENT ON FUNCTION icp.allow_triggers(regrole) IS
	'Lets a role lay a registry, own one, or put icp.detect_conflict() and icp.chain_event() on tables of its own: gives it what icp.allowed_functions() lists; of the extension''s owner';
