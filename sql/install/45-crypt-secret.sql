-- Digests with a secret, of what could be guessed without one.

CREATE FUNCTION icp.keyed_digest(secret bytea, kind text, value text) RETURNS bytea
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_keyed_digest';
COMMENT ON FUNCTION icp.keyed_digest(bytea, text, text) IS
	'HMAC-SHA-256 with a secret of 32 to 1024 bytes over kind, a zero byte and value, in UTF-8; has nothing to do with the key of the event log';

CREATE FUNCTION icp.random_secret() RETURNS bytea
	LANGUAGE c VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_random_secret';
COMMENT ON FUNCTION icp.random_secret() IS '32 bytes from OpenSSL''s random source';
