-- The log of events, chained: each event holds a digest over itself and the digest of the one before.

-- What tells one log from every other, in this database and in all others that have its key.  Nobody but the extension's
-- owner writes it; it goes with dumps, in which a log is named, and with pg_upgrade, which keeps the numbers of tables.
CREATE TABLE icp.log_identity (
	log			regclass PRIMARY KEY,
	identity	bytea NOT NULL UNIQUE CHECK (pg_catalog.length(identity) OPERATOR(pg_catalog.=) 32),
	keyed_since	timestamptz
);
COMMENT ON TABLE icp.log_identity IS
	'The identity of each event log, which the digests of its events cover; of the extension''s owner alone, and written by icp.identify_log()';
COMMENT ON COLUMN icp.log_identity.log IS 'The table of events';
COMMENT ON COLUMN icp.log_identity.identity IS '32 random bytes';
COMMENT ON COLUMN icp.log_identity.keyed_since IS
	'Time of the transaction that wrote its first event with the key of icpfiling.event_key_file; NULL: there is none';
REVOKE ALL ON icp.log_identity FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.log_identity',
	'WHERE EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) log)');

CREATE FUNCTION icp.identify_log(log regclass) RETURNS void
	LANGUAGE c VOLATILE STRICT
	AS 'MODULE_PATHNAME', 'icp_identify_log';
COMMENT ON FUNCTION icp.identify_log(regclass) IS
	'Gives a table of events, of the caller, its identity: random, for good, and of this log alone; does nothing to one that has an identity';

CREATE FUNCTION icp.log_keyed_since(log regclass) RETURNS timestamptz
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_log_keyed_since';
COMMENT ON FUNCTION icp.log_keyed_since(regclass) IS
	'Since when the events of a log are made with the key; NULL: none was';

CREATE FUNCTION icp.chain_event() RETURNS pg_catalog.trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_chain_event';
COMMENT ON FUNCTION icp.chain_event() IS
	'BEFORE INSERT trigger (chain table, application table) of an event log: fills seq, method, salt, values_digest and digest, with the key of icpfiling.event_key_file where one is set; FOR EACH STATEMENT, BEFORE and AFTER: heads are written once a statement';

CREATE FUNCTION icp.event_problem(event record, log regclass, previous bytea) RETURNS text
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_event_problem';
COMMENT ON FUNCTION icp.event_problem(record, regclass, bytea) IS
	'What is wrong with an event of that log, behind the event with the previous digest: not chained, altered, erased (its values, lawfully or not), no key (it cannot be checked here); NULL: nothing';
