-- Passwords as digests: RFC 7914, what is stored, what is refused; passwords and codes by chance.
SET client_min_messages = warning;
-- RFC 7914 §12, the vectors that stay within what a server is asked for.
CREATE TEMP TABLE vector (n int, r int, p int, password text, salt text, digest text);
INSERT INTO vector VALUES
	(16, 1, 1, '', '', '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906'),
	(1024, 8, 16, 'password', 'NaCl', 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640'),
	(16384, 8, 1, 'pleaseletmein', 'SodiumChloride', '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887');
CREATE FUNCTION pg_temp.base64(bytea) RETURNS text LANGUAGE sql AS $$ SELECT translate(encode($1, 'base64'), E'\n', '') $$;
CREATE FUNCTION pg_temp.stored(n int, r int, p int, salt bytea, digest bytea) RETURNS text LANGUAGE sql AS $$
	SELECT format('scrypt$%s$%s$%s$%s$%s', n, r, p, pg_temp.base64(salt), pg_temp.base64(digest)) $$;
SELECT n, r, p, password, salt,
	   icp.check_password(password, pg_temp.stored(n, r, p, salt::bytea, decode(digest, 'hex'))) AS same,
	   icp.check_password(password, pg_temp.stored(n, r, p, salt::bytea, substr(decode(digest, 'hex'), 1, 32))) AS first_half,
	   icp.check_password(password || 'x', pg_temp.stored(n, r, p, salt::bytea, decode(digest, 'hex'))) AS another,
	   icp.check_password(password, pg_temp.stored(n, r, p, salt::bytea, set_byte(decode(digest, 'hex'), 63, 7))) AS last_byte,
	   icp.check_password(password, pg_temp.stored(n, r, p, salt::bytea || 'x', decode(digest, 'hex'))) AS another_salt
  FROM vector ORDER BY n;

-- What is stored: method, cost, 16 bytes of salt, 32 of digest; each time another salt.
SELECT regexp_replace(h, '[A-Za-z0-9+/=]{40,}$|[A-Za-z0-9+/=]{20,}', '…', 'g') AS stored, length(decode(split_part(h, '$', 5), 'base64')) AS salt, length(decode(split_part(h, '$', 6), 'base64')) AS digest
  FROM icp.hash_password('备案密码') h;
SELECT count(DISTINCT icp.hash_password('same', 1)) AS different FROM generate_series(1, 50);
SELECT icp.check_password('备案密码', icp.hash_password('备案密码', 3)) AS same, icp.check_password('备案密碼', icp.hash_password('备案密码', 3)) AS another, icp.check_password('', icp.hash_password('', 3)) AS empty;
SELECT icp.hash_password(NULL), icp.check_password(NULL, 'scrypt'), icp.check_password('x', NULL);
SELECT icp.hash_password('x', 0);
SELECT icp.hash_password('x', 18);
SELECT icp.hash_password(repeat('x', 1001), 1);
SELECT icp.check_password(repeat('x', 1000), icp.hash_password(repeat('x', 1000), 1)) AS longest;

-- What is refused, and where.
CREATE FUNCTION pg_temp.refused(stored text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail	text;
BEGIN
	RETURN 'accepted, ' || icp.check_password('x', stored);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN SQLSTATE || ' ' || detail;
END $$;
SELECT stored, pg_temp.refused(stored) FROM (VALUES
	(''), ('scrypt'), ('scrypt$'), ('md5$1$2$3$4$5'), ('SCRYPT$16$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='),			-- 16 bytes
	('scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAAAB=='),			-- bits that nobody prints
	('scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAA'),				-- 15 bytes
	('scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAAAA='), ('scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAAA==='), ('scrypt$16$1$1$$A=AAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$16$1$1$*AAA$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$16$1$1$$AAAAAAAAAAAAAAAAAAAAAA==$'), ('scrypt$16$1$1$AAAAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$15$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$1$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$0$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$016$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$+16$1$1$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$16$$1$$AAAAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$16$1$99999999$$AAAAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$262144$8$1$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$131072$16$1$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$16384$8$16$$AAAAAAAAAAAAAAAAAAAAAA=='),
	('scrypt$2$9999999$9999999$$AAAAAAAAAAAAAAAAAAAAAA=='), ('scrypt$65536$1$1$$AAAAAAAAAAAAAAAAAAAAAA==')) v(stored);
SELECT pg_temp.refused('scrypt$16$1$1$' || pg_temp.base64(decode(repeat('00', 64), 'hex')) || '$' || pg_temp.base64(decode(repeat('00', 64), 'hex'))) AS longest,
	   pg_temp.refused('scrypt$16$1$1$' || pg_temp.base64(decode(repeat('00', 65), 'hex')) || '$' || pg_temp.base64(decode(repeat('00', 64), 'hex'))) AS salt_too_long,
	   pg_temp.refused('scrypt$16$1$1$' || pg_temp.base64(decode(repeat('00', 64), 'hex')) || '$' || pg_temp.base64(decode(repeat('00', 65), 'hex'))) AS digest_too_long;
-- the message does not repeat what it was given
SELECT icp.check_password('my password', 'scrypt$16$1$1$salt');

-- By chance: 12 of 55 letters that are not taken for one another, or digits; each with the same chance.
SELECT count(DISTINCT p) AS different, min(length(p)), max(length(p)) FROM (SELECT icp.random_password() AS p FROM generate_series(1, 2000)) x;
CREATE TEMP TABLE letter AS SELECT c, count(*) AS n FROM (SELECT icp.random_password() AS p FROM generate_series(1, 2000) OFFSET 0) x, string_to_table(x.p, NULL) c GROUP BY c;
SELECT string_agg(c, '' ORDER BY c COLLATE "C") AS alphabet FROM letter;
-- chi square with 54 degrees of freedom: above 120 once in a million runs
SELECT sum((n - 24000 / 55.0) ^ 2 / (24000 / 55.0)) < 120 AS evenly FROM letter;
SELECT bool_and(c ~ '^\d{6}$') AS six_digits, count(DISTINCT c) > 1980 AS different FROM (SELECT icp.random_code() AS c FROM generate_series(1, 2000)) x;
-- 9 degrees of freedom: above 45 once in a million
SELECT sum((n - 2000) ^ 2 / 2000.0) < 45 AS evenly FROM (SELECT count(*) AS n FROM (SELECT icp.random_code(10) AS p FROM generate_series(1, 2000) OFFSET 0) r, string_to_table(r.p, NULL) c GROUP BY c) x;
SELECT icp.random_code(4) ~ '^\d{4}$' AS four, icp.random_code(18) ~ '^\d{18}$' AS eighteen, icp.random_code(NULL);
SELECT icp.random_code(3);
SELECT icp.random_code(19);
