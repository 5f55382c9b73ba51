-- Passwords: made, stored as a salted scrypt digest, compared in constant time.

CREATE FUNCTION icp.hash_password(password text, cost integer DEFAULT 14) RETURNS text
	LANGUAGE c VOLATILE STRICT PARALLEL SAFE COST 100000
	AS 'MODULE_PATHNAME', 'icp_hash_password';
COMMENT ON FUNCTION icp.hash_password(text, integer) IS
	'The text to store for a password (密码): scrypt$N$r$p$salt$digest with a random salt, N = 2^cost, r = 8, p = 1 (RFC 7914); 2^cost kilobytes of memory';

CREATE FUNCTION icp.check_password(password text, stored text) RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100000
	AS 'MODULE_PATHNAME', 'icp_check_password';
COMMENT ON FUNCTION icp.check_password(text, text) IS
	'Is it the password that icp.hash_password() made the stored text of? Compared in constant time';

CREATE FUNCTION icp.random_password() RETURNS text
	LANGUAGE c VOLATILE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_random_password';
COMMENT ON FUNCTION icp.random_password() IS
	'A password (密码) of 12 letters and digits that are not taken for one another, from OpenSSL''s random source; 69 bits';

CREATE FUNCTION icp.random_code(digits integer DEFAULT 6) RETURNS text
	LANGUAGE c VOLATILE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_random_code';
COMMENT ON FUNCTION icp.random_code(integer) IS
	'A code (验证码) of 4 to 18 decimal digits, from OpenSSL''s random source';
