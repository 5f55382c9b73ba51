-- Counted tries: pauses that grow, locks, their end; by record and role, and of a role over all records; who is told.
SET client_min_messages = warning;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
UPDATE beian.setting SET value = '3' WHERE name = 'password_cost';
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name, mailbox) VALUES (1, 'a', 'holder@b.cn');
INSERT INTO beian.member (role_name, role, provider_id, account_id) VALUES ('regress_icp_sponsor', 'sponsor', NULL, 1),
	('regress_icp_provider', 'provider', 1, NULL), ('regress_icp_system', 'system', NULL, NULL), ('regress_icp_ministry', 'ministry', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, number, status, email)
SELECT 1, '京', '甲公司' || i, format('京ICP备%s号', 11000000 + i)::icp.icp_id, 'filed', format('a%s@b.cn', i) FROM generate_series(1, 8) i;
INSERT INTO beian.password_recovery (sponsor_id, digest, sent_at, due_at)
SELECT id, icp.hash_password('123456', 1), now(), now() + interval '1 day' FROM beian.sponsor;

-- Nobody but the owner's functions: neither calls nor reads.
SET ROLE regress_icp_sponsor;
SELECT beian.count_try('sponsor.recovery', 1);
SELECT beian.clear_tries('sponsor.recovery', 1);
SELECT beian.write_try('sponsor.recovery', 1, 'regress_icp_sponsor', NULL, true);
SELECT icp.count_try('beian'::regnamespace, 'sponsor.recovery', 1, 'regress_icp_sponsor', NULL, true);
SELECT FROM beian.try_count FOR UPDATE;
BEGIN;
LOCK TABLE beian.try_count IN ACCESS SHARE MODE;
ROLLBACK;
SET ROLE regress_icp_ministry;
SELECT * FROM beian.try_count;
SELECT * FROM beian.try_secret;
BEGIN;
LOCK TABLE beian.try_secret IN ACCESS SHARE MODE;
ROLLBACK;
RESET ROLE;

-- Six are free, then each pause is twice the one before; from the tenth on it is a lock, which doubles up to a day.
SET ROLE regress_icp_sponsor;
SELECT i, beian.finish_recovery(1, '000000') FROM generate_series(1, 6) i;
SELECT beian.finish_recovery(1, '000000');
RESET ROLE;
-- as if the time had passed
CREATE FUNCTION pg_temp.pass_time() RETURNS void LANGUAGE sql AS 'UPDATE beian.try_count SET last_at = last_at - (not_before - now()), not_before = now() WHERE not_before > now()';
\set guess 'SELECT pg_temp.pass_time(); SET ROLE regress_icp_sponsor; SELECT beian.finish_recovery(1, \'123456\') AS right; RESET ROLE; SELECT tries, not_before - last_at AS pause FROM beian.try_count WHERE record_id = 1;'
SELECT not_before - last_at AS after_the_sixth FROM beian.try_count WHERE record_id = 1;
:guess
:guess
:guess
SELECT count(*) AS nobody_told FROM beian.notice WHERE template = 'tries_locked';
:guess
\o /dev/null
:guess
:guess
:guess
:guess
\o
:guess
:guess
-- told once a lock, whose filing it is; when, and not what was tried
SELECT n.recipient, n.channel, s.address, count(*), min(regexp_replace(n.text, '\d{4}-\d\d-\d\d \d\d:\d\d', '……')) AS text
  FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id WHERE n.template = 'tries_locked' GROUP BY 1, 2, 3;
-- a day after its end all begins anew
UPDATE beian.try_count SET last_at = now() - interval '49 hours', not_before = now() - interval '24:00:01' WHERE record_id = 1;
:guess

-- The right one clears, of this record and role.
SET ROLE regress_icp_sponsor;
SELECT beian.finish_recovery(2, '000000') AS wrong, beian.finish_recovery(3, '000000') AS wrong_too, beian.finish_recovery(3, '123456') AS right;
RESET ROLE;
SELECT record_id, asker, tries FROM beian.try_count WHERE record_id IN (2, 3) ORDER BY 1;

-- One guess each of many records: a limit over all of them, which what was right does not count towards.
DELETE FROM beian.try_count;
UPDATE beian.setting SET value = '4' WHERE name = 'try_asker_limit';
SET ROLE regress_icp_sponsor;
SELECT id, beian.finish_recovery(id, CASE id WHEN 4 THEN '123456' ELSE '000000' END) FROM generate_series(4, 8) id;
SELECT beian.finish_recovery(1, '000000');
SELECT beian.finish_recovery(2, '123456');
RESET ROLE;
SELECT tries, first_at + interval '1 day' > now() AS waits FROM beian.try_count WHERE record_id = 0;
UPDATE beian.try_count SET first_at = now() - interval '1 day' WHERE record_id = 0;
SET ROLE regress_icp_sponsor;
SELECT beian.finish_recovery(1, '000000') AS a_day_later;
RESET ROLE;
-- not of who serves everybody, nor of a provider that logs its accounts in: strangers at the web page would shut it
SET ROLE regress_icp_system;
SELECT count(*) FROM generate_series(5, 8) id, generate_series(1, 2) WHERE NOT beian.finish_recovery(id, '000000');
SET ROLE regress_icp_provider;
SELECT count(*) FROM generate_series(1, 5) WHERE NOT beian.check_account_password(1, 'x');
RESET ROLE;
SELECT asker, tries FROM beian.try_count WHERE record_id = 0 ORDER BY 1;
-- ... whose logins, right or wrong, give it no other tries on what it did not make
SELECT number FROM icp.count_try('beian'::regnamespace, 'sponsor.sheet', 1, 'regress_icp_provider', NULL, false);
SELECT number FROM icp.count_try('beian'::regnamespace, 'account.password', 1, 'regress_icp_provider', NULL, false);
SELECT number FROM icp.count_try('beian'::regnamespace, 'account.password', 1, 'regress_icp_provider', NULL, true);
SELECT asker, tries FROM beian.try_count WHERE record_id = 0 ORDER BY 1;

-- What cannot be counted is not compared.
SELECT beian.count_try(NULL, 1);
SELECT beian.count_try('sponsor.recovery', NULL);
SELECT beian.count_try(repeat('x', 128), 1);
SELECT icp.count_try(1, 'x', 1, 'x', NULL, false);
UPDATE beian.setting SET value = 'often' WHERE name = 'try_free';
\set VERBOSITY default
SELECT beian.count_try('sponsor.recovery', 9);
UPDATE beian.setting SET value = NULL WHERE name = 'try_free';
SELECT beian.count_try('sponsor.recovery', 9);
\set VERBOSITY terse
SELECT count(*) AS not_counted FROM beian.try_count WHERE record_id = 9;
-- a notice that cannot be written hinders nobody from counting
UPDATE beian.setting SET value = '1' WHERE name IN ('try_free', 'try_lock_after');
ALTER TABLE beian.notice ADD CONSTRAINT none CHECK (false) NOT VALID;
SELECT beian.count_try('sponsor.recovery', 1);
SELECT tries FROM beian.try_count WHERE record_id = 1 AND asker = current_user;

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_provider, regress_icp_system, regress_icp_ministry;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
