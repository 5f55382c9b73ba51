-- The log of events, chained: each event holds a digest over itself and the digest of the one before.

CREATE FUNCTION icp.chain_event() RETURNS pg_catalog.trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_chain_event';
COMMENT ON FUNCTION icp.chain_event() IS
	'BEFORE INSERT trigger (chain table, application table) of an event log: fills seq, method, salt, values_digest and digest, with the key of icpfiling.event_key_file where one is set';

CREATE FUNCTION icp.event_problem(event record, schema text, previous bytea) RETURNS text
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_event_problem';
COMMENT ON FUNCTION icp.event_problem(record, text, bytea) IS
	'What is wrong with an event of the log in that schema, behind the event with the previous digest: not chained, altered, erased (its values, lawfully or not), no key (it cannot be checked here); NULL: nothing';
