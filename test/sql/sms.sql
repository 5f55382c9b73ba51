-- The code by short message: a step that a setting turns on; 24 hours, five wrong codes.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
UPDATE beian.setting SET value = '3' WHERE name = 'password_cost';
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b');
INSERT INTO beian.sponsor (account_id, province, name, phone) VALUES (1, '京', '甲公司', '13800138000'), (2, '京', '乙公司', '13900139000');
INSERT INTO beian.site (sponsor_id, name, domains) SELECT 1, '甲网' || i, format('{a%s.cn}', i)::icp.domain_list FROM generate_series(1, 6) i;
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (2, '乙网', '{a3.cn}');
INSERT INTO beian.application (site_id) SELECT id FROM beian.site WHERE sponsor_id = 1 ORDER BY id;
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_sponsor_2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_sponsor_2', 'sponsor', NULL, NULL, 2),
	('regress_icp_provider', 'provider', NULL, 1, NULL), ('regress_icp_bureau', 'bureau', '京', NULL, NULL),
	('regress_icp_system', 'system', NULL, NULL, NULL);

-- From when, and for which kinds.
SELECT k.code, beian.sms_is_on(k.code) AS off FROM icp.application_kind k WHERE beian.sms_is_on(k.code);
UPDATE beian.setting SET value = 'on' WHERE name = 'sms';
SELECT string_agg(k.code, ' ' ORDER BY k.code) FILTER (WHERE beian.sms_is_on(k.code)) AS "on", string_agg(k.code, ' ' ORDER BY k.code) FILTER (WHERE NOT beian.sms_is_on(k.code)) AS never FROM icp.application_kind k;
UPDATE beian.setting SET value = '2020-08-17' WHERE name = 'sms';
SELECT at, beian.sms_is_on('new_filing', at::timestamptz) FROM unnest('{2020-08-16 15:59:59.999999+00,2020-08-16 16:00:00+00,2026-01-01 00:00:00+00}'::text[]) at;
UPDATE beian.setting SET value = '2020-02-30' WHERE name = 'sms';
SELECT beian.sms_is_on('new_filing');
UPDATE beian.setting SET value = 'perhaps' WHERE name = 'sms';
SELECT beian.sms_is_on('new_filing');
UPDATE beian.setting SET value = NULL WHERE name = 'sms';
SELECT beian.sms_is_on('new_filing') AS "null";
UPDATE beian.setting SET value = 'On ' WHERE name = 'sms';

-- A reported application waits; nobody else takes the step.
CREATE FUNCTION pg_temp.report(app bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE beian.application SET state = 'verified' WHERE id = app;
	SET LOCAL session_replication_role = origin;
	UPDATE beian.application SET state = 'reported' WHERE id = app;
	-- as if the message had been read
	UPDATE beian.sms_challenge SET digest = icp.hash_password('123456', 1) WHERE application_id = app;
	RETURN (SELECT state FROM beian.application WHERE id = app);
END $$;
SELECT pg_temp.report(i) FROM generate_series(1, 6) i;
SELECT application_id, sent, (SELECT coalesce(sum(t.tries), 0) FROM beian.try_secret t WHERE t.record_id = c.application_id) AS tries, c.due_at - started_at AS good_for, started_at = reported_at AS from_the_report, confirmed_at, c.province_code FROM beian.sms_challenge c JOIN beian.application a ON a.id = c.application_id ORDER BY 1;
SET ROLE regress_icp_provider;
SELECT beian.confirm_sms(1, '123456');
UPDATE beian.application SET state = 'reviewing' WHERE id = 1;
SET ROLE regress_icp_bureau;
SELECT beian.confirm_sms(1, '123456');
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SET ROLE regress_icp_sponsor_2;
SELECT beian.confirm_sms(1, '123456');
SELECT beian.resend_sms(1);

-- The right code: on to review, or into coordination.  Written as a telephone writes it.
SET ROLE regress_icp_sponsor;
UPDATE beian.application SET state = 'reviewing' WHERE id = 1;		-- not without it
SELECT beian.confirm_sms(1, NULL);
SELECT beian.confirm_sms(1, '654321') AS wrong, beian.confirm_sms(1, '') AS empty, beian.confirm_sms(1, '1234567') AS longer;
SELECT beian.confirm_sms(1, ' １２３456 ') AS right;
SELECT beian.confirm_sms(1, '123456');
SELECT beian.confirm_sms(3, '123456') AS with_a_conflict;
RESET ROLE;
SELECT application_id, (SELECT coalesce(sum(t.tries), 0) FROM beian.try_secret t WHERE t.record_id = application_id) AS tries, confirmed_at IS NOT NULL AS confirmed FROM beian.sms_challenge WHERE application_id IN (1, 3) ORDER BY 1;
SELECT actor, event, from_state, to_state, reason FROM beian.event WHERE application_id = 1 ORDER BY id DESC LIMIT 1;

-- Five wrong ones are forgiven, the sixth is not; the counts stay although nothing failed.
SET ROLE regress_icp_sponsor;
SELECT i, beian.confirm_sms(2, '000000') FROM generate_series(1, 5) i;
RESET ROLE;
SELECT (SELECT coalesce(sum(t.tries), 0) FROM beian.try_secret t WHERE t.record_id = application_id) AS tries FROM beian.sms_challenge WHERE application_id = 2;
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_sms(2, '000001') AS sixth;
SELECT state, reason FROM beian.application WHERE id = 2;
SELECT beian.confirm_sms(2, '123456');
-- a right one after five wrong ones
SELECT i, beian.confirm_sms(4, '000000') FROM generate_series(1, 5) i;
SELECT beian.confirm_sms(4, '123456');
RESET ROLE;
-- reported again, everything begins anew
UPDATE beian.application SET state = 'submitted' WHERE id = 2;
SELECT pg_temp.report(2);
SELECT EXISTS (SELECT FROM beian.try_secret t WHERE t.record_id = 2 AND t.secret = extract(epoch FROM c.started_at)::text) AS tried, sent, confirmed_at FROM beian.sms_challenge c WHERE application_id = 2;
-- ... but the pause after so many tries
\set VERBOSITY terse
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_sms(2, '000000');
RESET ROLE;
\set VERBOSITY default
UPDATE beian.try_count SET not_before = now() WHERE subject = 'application.sms' AND record_id = 2;

-- Sent again: another code, the same 24 hours, ten times at most.
SELECT digest AS before, due_at AS due FROM beian.sms_challenge WHERE application_id = 2 \gset
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_sms(2, '000000');
SELECT beian.resend_sms(2) = :'due' AS same_due;
RESET ROLE;
SELECT digest <> :'before' AS another, sent, (SELECT t.tries FROM beian.try_secret t WHERE t.record_id = 2 AND t.secret = extract(epoch FROM started_at)::text) AS tries, due_at = :'due' AS same_due FROM beian.sms_challenge WHERE application_id = 2;
SELECT beian.resend_sms(2) = :'due' AS same_due FROM generate_series(1, 8);
SELECT beian.resend_sms(2);
SELECT beian.resend_sms(1);

-- Too late: by the clock, or when the sponsor comes after all.
UPDATE beian.sms_challenge SET due_at = now() + interval '1 minute' WHERE application_id IN (2, 5, 6);
SELECT beian.sms_clock() AS none;
UPDATE beian.sms_challenge SET due_at = now() WHERE application_id IN (5, 6);
UPDATE beian.sms_challenge SET due_at = now() - interval '1 day' WHERE application_id = 1;	-- confirmed before
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_sms(6, '123456') AS too_late;
RESET ROLE;
SELECT beian.sms_clock() AS one;
SELECT beian.sms_clock() AS none;
SELECT id, state, reason FROM beian.application ORDER BY id;
SELECT beian.resend_sms(5);
-- the owner may act as any
BEGIN;
UPDATE beian.application SET state = 'reviewing' WHERE id = 2;
ROLLBACK;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
UPDATE beian.application SET state = 'reviewing' WHERE id = 2;
-- by who runs the registry on the sponsor's behalf
UPDATE beian.sms_challenge SET digest = icp.hash_password('123456', 1) WHERE application_id = 2;
SET ROLE regress_icp_system;
SELECT beian.confirm_sms(2, '123456');
RESET ROLE;
-- the code reaches the person in charge, and stands nowhere else
UPDATE beian.application SET state = 'submitted' WHERE id = 6;
SET session_replication_role = replica;
UPDATE beian.application SET state = 'verified' WHERE id = 6;
SET session_replication_role = origin;
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';
UPDATE beian.application SET state = 'reported' WHERE id = 6;
SET ROLE regress_icp_system;
SELECT address AS to, substring(text FROM '\d{6}') AS code, regexp_replace(text, '\d{6}', '……') AS text FROM beian.take_notices(1000) WHERE template = 'sms_code' AND application_id = 6 ORDER BY id DESC LIMIT 1 \gset
SELECT :'to' AS "to", :'text' AS text;
RESET ROLE;
SELECT text, address FROM beian.notice WHERE template = 'sms_code' AND application_id = 6 ORDER BY id DESC LIMIT 1;
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_sms(6, :'code');
RESET ROLE;
SELECT count(*) FILTER (WHERE event LIKE 'sms%') AS steps, string_agg(DISTINCT event, ' ' ORDER BY event) FILTER (WHERE event LIKE 'sms%' OR event = 'ask_sms') AS events FROM beian.event;
SELECT * FROM beian.verify_log();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_sponsor_2, regress_icp_provider, regress_icp_bureau, regress_icp_system;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
