CREATE FUNCTION icp.enforce_transition() RETURNS pg_catalog.trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_enforce_transition';
COMMENT ON FUNCTION icp.enforce_transition() IS
	'AFTER INSERT OR UPDATE trigger (kind column, state column, id column): the state changes only along icp.transition (55000), by who may (42501), with a reason where one is asked (23514)';
