-- Claims and conflicts (3 Q17).

CREATE FUNCTION icp.claim_hash(kind text, key text) RETURNS bigint
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_claim_hash_sql';
COMMENT ON FUNCTION icp.claim_hash(text, text) IS
	'The hash by which the claims of a key are found: WHERE key_hash = icp.claim_hash(kind, key) AND key = ... AND released_at IS NULL. Frozen from 1.0.';

CREATE FUNCTION icp.detect_conflict() RETURNS pg_catalog.trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_detect_conflict';
COMMENT ON FUNCTION icp.detect_conflict() IS
	'AFTER trigger (kind, column, account column, id column [, option=value...]): keeps the claims of a table''s rows and records conflicts with live claims of other accounts; rejects nothing, waits for nobody (3 Q17)';

CREATE FUNCTION icp.find_rivals(claims regclass, holder regclass, holder_id bigint,
		OUT claim_id bigint, OUT kind text, OUT key text, OUT rival_id bigint, OUT rival_holder regclass,
		OUT rival_holder_id bigint, OUT rival_account_id bigint)
	RETURNS SETOF record
	LANGUAGE c VOLATILE STRICT ROWS 10
	AS 'MODULE_PATHNAME', 'icp_find_rivals';
COMMENT ON FUNCTION icp.find_rivals(regclass, regclass, bigint) IS
	'The live claims of other accounts that stand against this row''s at this very moment, those of transactions in progress included; needs the rights of the claim table''s owner';
