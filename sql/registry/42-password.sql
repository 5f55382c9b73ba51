-- Filing passwords.

CREATE FUNCTION @registry@.password_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT NULL::text WHERE false;
END;
COMMENT ON FUNCTION @registry@.password_problems(bigint) IS 'Why the automatic check returns a reported application';

CREATE FUNCTION @registry@.issue_password(sponsor_id bigint) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT NULL;
END;
COMMENT ON FUNCTION @registry@.issue_password(bigint) IS 'Makes a sponsor''s filing password';
