-- A table's own constraints, checked with a message that does not repeat the row.

CREATE FUNCTION icp.check_constraints() RETURNS pg_catalog.trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_check_constraints';
COMMENT ON FUNCTION icp.check_constraints() IS
	'BEFORE INSERT OR UPDATE trigger ([unique constraint ...]), the last by name: checks the table''s own CHECK and NOT NULL constraints before the server does, whose message would repeat the row; the same SQLSTATE, table, column and constraint (23514, 23502). Where the server finds a row all the same, or a key of a constraint that is named, it does not repeat it in a session where the trigger has fired';

CREATE FUNCTION icp.pass_gate() RETURNS void
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_pass_gate';
COMMENT ON FUNCTION icp.pass_gate() IS
	'For deferred triggers that lock a row which everybody shares: fails with 55000 unless the transaction is about to commit (SET CONSTRAINTS ... IMMEDIATE fires them before), and then has PREPARE TRANSACTION fail';
