-- What is made of a person's credential is made with a secret, and goes with the claim.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) SELECT 1, 'a' || i FROM generate_series(1, 6) i;
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1), ('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_ministry', 'ministry', NULL, NULL);

-- HMAC-SHA-256 (RFC 2104) over kind, a zero byte, value: a value made elsewhere, and plain SQL
SELECT encode(icp.keyed_digest(decode(repeat('0b', 32), 'hex'), 'kind', 'value'), 'hex');
CREATE FUNCTION pg_temp.xored(secret bytea, with_byte int) RETURNS bytea LANGUAGE sql AS $$
	SELECT string_agg(set_byte('\x00', 0, coalesce(CASE WHEN i < octet_length(secret) THEN get_byte(secret, i) END, 0) # with_byte), '' ORDER BY i)
	  FROM generate_series(0, 63) i
$$;
CREATE FUNCTION pg_temp.hmac(secret bytea, message bytea) RETURNS bytea LANGUAGE sql AS
	$$ SELECT sha256(pg_temp.xored(secret, 92) || sha256(pg_temp.xored(secret, 54) || message)) $$;
SELECT icp.keyed_digest(s, '种类', '值') = pg_temp.hmac(s, convert_to('种类', 'UTF8') || '\x00' || convert_to('值', 'UTF8')) AS hmac_sha256
  FROM (SELECT icp.random_secret() AS s) r;
SELECT icp.keyed_digest('short', 'kind', 'value');
SELECT icp.random_secret() <> icp.random_secret() AS random, octet_length(icp.random_secret()) AS bytes;

-- 1. A person's claim: by digest of the credential with the secret; nobody guesses it with a function of icp.
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES
	(1, '京', '张三', '个人', 'resident_id:11010519491231002X'), (2, '京', '张三', '个人', 'resident_id:11010519491231002x'),
	(3, '京', '张三', '个人', 'resident_id:440524188001010014'), (4, '京', '甲公司', '企业', 'resident_id:11010519491231002X');
SELECT id, claim_key ~ '^张三 [0-9a-f]{32}$' AS keyed,
	   claim_key = '张三 ' || to_hex(icp.claim_hash('credential', 'resident_id:11010519491231002X')) AS guessed,
	   claim_key = '张三 ' || left(encode(pg_temp.hmac((SELECT secret FROM beian.claim_secret), 'credential\000resident_id:11010519491231002X'::bytea), 'hex'), 32) AS with_secret
  FROM beian.sponsor ORDER BY id;
SELECT count(*) AS of_all, count(*) FILTER (WHERE kind = 'sponsor_name' AND key_hash = icp.claim_hash(kind, key)) AS hashed FROM beian.claim;
SELECT kind, key, left_sponsor, right_sponsor, state FROM beian.conflict;
-- the secret is nobody's: no member, not the ministry, reads it or makes digests with it
SET ROLE regress_icp_ministry;
SELECT secret FROM beian.claim_secret;
SELECT beian.person_digest('credential', 'x');
SELECT length(beian.claim_secret_id()) AS id;
SET ROLE regress_icp_jing;
SELECT secret FROM beian.claim_secret;
SELECT beian.set_claim_secret();
SELECT beian.rekey_claims();
SET ROLE regress_icp_p1;
SELECT beian.person_claim_key('张三', '个人', 'resident_id:11010519491231002X');
CREATE TEMP TABLE oracle (name_key text, nature text, credential text, status text, claim_key text);
CREATE TRIGGER fill BEFORE INSERT ON oracle FOR EACH ROW EXECUTE FUNCTION beian.fill_claim_key();
DROP TABLE oracle;
-- but what it enters is claimed
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES (5, '京', '张三', '个人', 'resident_id:440524188001010014') RETURNING claim_key ~ '^张三 [0-9a-f]{32}$' AS keyed;
RESET ROLE;
SELECT key, left_sponsor, right_sponsor, state FROM beian.conflict ORDER BY 2;

-- 2. What is released loses the digest, and keeps the name, which the history shows.
UPDATE beian.sponsor SET status = 'withdrawn' WHERE id = 2;
UPDATE beian.sponsor SET credential = 'passport:E12345678' WHERE id = 3;
DELETE FROM beian.sponsor WHERE id = 5;
SELECT holder_id, released_at IS NULL AS live, strpos(key, ' ') > 0 AS digest, split_part(key, ' ', 1) AS name, key_hash = icp.claim_hash(kind, key) AS hashed FROM beian.claim ORDER BY id;
SELECT id, claim_key = '' AS nothing FROM beian.sponsor ORDER BY id;
SELECT key, left_sponsor, right_sponsor, state FROM beian.conflict ORDER BY 2;
-- a change's claim too, when it is decided; what it repeated of the record's own is no conflict of its own then
UPDATE beian.sponsor SET status = 'filed', number = '京ICP备26000001号' WHERE id = 1;
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES (6, '京', '张三', '个人', 'resident_id:11010519491231002X');
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('change_sponsor', 1, 1) RETURNING id AS a \gset
INSERT INTO beian.sponsor_change (application_id, name, address) VALUES (:a, '张三', '新街一号') RETURNING claim_key ~ '^张三 [0-9a-f]{32}$' AS keyed;
SELECT holder, left_sponsor, right_sponsor, state FROM beian.conflict CROSS JOIN LATERAL (SELECT left_holder || ' ' || right_holder AS holder) h WHERE left_sponsor = 1 OR right_sponsor = 1 ORDER BY id;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :a;
SELECT status, claim_key FROM beian.sponsor_change;
SELECT holder, holder_id, strpos(key, ' ') > 0 AS digest FROM beian.claim WHERE released_at IS NOT NULL AND kind = 'sponsor_name' ORDER BY id;
SELECT holder, left_sponsor, right_sponsor, state FROM beian.conflict CROSS JOIN LATERAL (SELECT left_holder || ' ' || right_holder AS holder) h WHERE left_sponsor = 1 OR right_sponsor = 1 ORDER BY id;

-- and when it is applied, but not before the settlements of its claim are the record's
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('change_sponsor', 1, 1) RETURNING id AS b \gset
INSERT INTO beian.sponsor_change (application_id, credential) VALUES (:b, 'passport:E12345678');
UPDATE beian.conflict SET settlement = 'accept_both', reason = '同一人' WHERE state = 'open' AND right_application = :b;
UPDATE beian.application SET state = 'submitted' WHERE id = :b;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :b;
UPDATE beian.application SET state = 'verified' WHERE id = :b;
UPDATE beian.application SET state = 'reported' WHERE id = :b;
UPDATE beian.application SET state = 'approved' WHERE id = :b RETURNING state;
SELECT holder, holder_id, strpos(key, ' ') > 0 AS digest FROM beian.claim WHERE released_at IS NOT NULL AND kind = 'sponsor_name' ORDER BY id;
SELECT holder, left_sponsor, right_sponsor, state, settlement FROM beian.conflict CROSS JOIN LATERAL (SELECT left_holder || ' ' || right_holder AS holder) h WHERE left_sponsor = 1 OR right_sponsor = 1 ORDER BY id;
UPDATE beian.sponsor SET credential = 'resident_id:11010519491231002X' WHERE id = 1;

-- 3. Another secret: the claims stay, with their conflicts and settlements; two registries with one secret claim alike.
UPDATE beian.conflict SET settlement = 'accept_both', reason = '同一人' WHERE state = 'open';
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'address', '实地核查'), (1, 'credential', '比对');
UPDATE beian.sponsor SET address = '旧街' WHERE id = 1;
CREATE TEMP TABLE before AS SELECT c.id, c.key, c.released_at FROM beian.claim c;
CREATE TEMP TABLE stamped AS SELECT id, changed_at FROM beian.sponsor;
SELECT beian.set_claim_secret('\x00');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT beian.set_claim_secret();
ROLLBACK;
SELECT beian.set_claim_secret(decode(repeat('0b', 32), 'hex'));
SELECT beian.claim_secret_id();
SELECT b.released_at IS NULL AS live, b.key = c.key AS same, count(*), bool_and(c.key_hash = icp.claim_hash(c.kind, c.key)) AS hashed FROM before b JOIN beian.claim c USING (id) GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) AS claims, (SELECT count(*) FROM before) AS before FROM beian.claim;
SELECT s.claim_key = beian.person_claim_key(s.name_key, s.nature, s.credential) AS present, count(*) FROM beian.sponsor s WHERE claim_key <> '' GROUP BY 1;
SELECT state, settlement, count(*) FROM beian.conflict GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) AS stamped FROM stamped b JOIN beian.sponsor s USING (id) WHERE s.changed_at <> b.changed_at;
SELECT item, value_digest = beian.item_digest(to_jsonb(s), item) AS still_said FROM beian.untrue_item u JOIN beian.sponsor s ON s.id = u.sponsor_id ORDER BY u.id;
SELECT * FROM icp.check_registry();
SELECT icp.rekey_registry();
SELECT icp.create_registry('other');
SELECT beian.claim_secret_id() = other.claim_secret_id() AS one_secret;
SELECT other.set_claim_secret(decode(repeat('0b', 32), 'hex')) = beian.claim_secret_id() AS one_secret;
INSERT INTO other.account (user_name) VALUES ('a');
INSERT INTO other.sponsor (account_id, province, name, nature, credential) VALUES (1, '沪', '张三', '个人', 'resident_id:11010519491231002X') RETURNING claim_key = (SELECT claim_key FROM beian.sponsor WHERE id = 1) AS claim_alike;
DROP SCHEMA other CASCADE;
-- a new claim meets the old ones
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES (2, '京', '张三', '个人', 'resident_id:11010519491231002X') RETURNING id AS s \gset
SELECT count(*) AS met FROM beian.conflict WHERE right_sponsor = :s AND state = 'open';

-- 4. Without a secret: persons are refused, with a word; nobody else is; a new one makes all anew from the records.  What
-- a finding's value was can no more be told: it is taken to be said still, until the bureau settles it.
DELETE FROM beian.claim_secret;
SELECT * FROM icp.check_registry();
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES (2, '京', '李四', '个人', 'resident_id:11010519491231002X');
INSERT INTO beian.sponsor (account_id, province, name, nature) VALUES (2, '京', '乙公司', '企业') RETURNING claim_key IS NULL AS by_name;
SELECT beian.set_claim_secret() IS NOT NULL AS set;
SELECT s.claim_key = beian.person_claim_key(s.name_key, s.nature, s.credential) AS present, count(*) FROM beian.sponsor s WHERE claim_key <> '' GROUP BY 1;
SELECT item, value_digest = beian.item_digest(to_jsonb(s), item) AS still_said FROM beian.untrue_item u JOIN beian.sponsor s ON s.id = u.sponsor_id ORDER BY u.id;
SELECT * FROM icp.check_registry();

-- 5. A registry of before there was a secret is not taken for one of today.
BEGIN;
DROP FUNCTION beian.claim_secret_id();
DROP TABLE beian.claim_secret;
SELECT kind, name, problem FROM icp.check_registry() WHERE kind = 'claim secret' OR name ~ 'claim_secret' AND kind IN ('table', 'function');
SELECT icp.upgrade_registry();
ROLLBACK;

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_jing, regress_icp_ministry;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
SELECT set_config('test.drop', (SELECT coalesce(string_agg(format('DROP ROLE %I', name), ';'), '') FROM made_role), false) IS NOT NULL AS ready;
DO $$ BEGIN EXECUTE current_setting('test.drop'); END $$;
