-- Filing passwords: made at approval, shown once, asked for where the law asks for them.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
UPDATE beian.setting SET value = '5' WHERE name = 'password_cost';
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (2, '京', '乙公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (1, '甲网二', '{a2.cn}'), (2, '乙网', '{b.cn}');
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_sponsor_2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_provider_2 IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_sponsor_2', 'sponsor', NULL, NULL, 2),
	('regress_icp_provider', 'provider', NULL, 1, NULL), ('regress_icp_provider_2', 'provider', NULL, 2, NULL),
	('regress_icp_bureau', 'bureau', '京', NULL, NULL), ('regress_icp_system', 'system', NULL, NULL, NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL, NULL);

-- Made at the first approval of a sponsor, once, in clear nowhere but where it waits to be shown (4 §18(三)2).
SET ROLE regress_icp_sponsor;
SELECT beian.take_password(1);
RESET ROLE;
INSERT INTO beian.application (site_id) VALUES (1);
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT count(*) AS before_approval FROM beian.filing_password;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SELECT sponsor_id, regexp_replace(digest, '\$[^$]{24}\$[^$]{44}$', '$salt$digest') AS digest, made_at IS NOT NULL AS made, shown_at, shown_to, province_code FROM beian.filing_password;
SELECT f.sponsor_id, icp.check_password(p.password, f.digest) AS digest_is_of_it FROM beian.password_to_show p JOIN beian.filing_password f USING (sponsor_id);
SELECT relpersistence FROM pg_class WHERE oid = 'beian.password_to_show'::regclass;

-- Shown once, to the sponsor's account or who delivers it.
SELECT password AS secret FROM beian.password_to_show \gset
SET ROLE regress_icp_sponsor_2;
SELECT beian.take_password(1);
SET ROLE regress_icp_bureau;
SELECT beian.take_password(1);
SET ROLE regress_icp_provider;
SELECT beian.take_password(1);
SET ROLE regress_icp_sponsor;
SELECT beian.take_password(1) = :'secret' AS shown, length(:'secret');
\set VERBOSITY terse
SELECT beian.take_password(1);
\set VERBOSITY default
SELECT beian.take_password(2);
RESET ROLE;
SELECT (SELECT count(*) FROM beian.password_to_show) AS in_clear, shown_at IS NOT NULL AS shown, shown_to FROM beian.filing_password;
SELECT actor = session_user AS by_owner, event, sponsor_id, reason, old_values, new_values FROM beian.event WHERE event LIKE '%password' ORDER BY id;
-- by who delivers it; and lost in a crash, which empties the table
SELECT beian.issue_password(1);
SET ROLE regress_icp_system;
SELECT length(beian.take_password(1));
RESET ROLE;
SELECT beian.issue_password(1);
TRUNCATE beian.password_to_show;
SELECT beian.take_password(1);
-- a reset: the old one is good no more
SELECT digest AS before FROM beian.filing_password WHERE sponsor_id = 1 \gset
SELECT beian.issue_password(1);
SELECT digest <> :'before' AS another, shown_at, shown_to FROM beian.filing_password WHERE sponsor_id = 1;
SELECT beian.check_password(1, :'secret') AS old_one;
SELECT beian.take_password(1) AS secret \gset
SELECT beian.check_password(1, :'secret') AS new_one, beian.check_password(1, lower(:'secret') || 'x') AS another, beian.check_password(1, '') AS empty, beian.check_password(2, :'secret') AS of_another, beian.check_password(99, :'secret') AS of_nobody, beian.check_password(1, NULL) AS none;

-- With the setting on, it goes out in the secret part of a notice too, to the sponsor (a reset one to the provider: reset_letter.sql).
UPDATE beian.setting SET value = 'on' WHERE name = 'password_notice';
SELECT beian.issue_password(2);
SELECT beian.take_password(2) AS first \gset
SELECT beian.issue_password(2);
SELECT beian.take_password(2) AS second \gset
SELECT n.template, n.recipient, n.channel, n.has_secret, n.text LIKE '%' || :'first' || '%' OR n.text LIKE '%' || :'second' || '%' AS in_the_open
  FROM beian.notice n WHERE n.template LIKE 'password%' AND n.sponsor_id = 2 ORDER BY n.id;
UPDATE beian.setting SET value = 'off' WHERE name = 'password_notice';

-- Nobody but the owner's functions reads a digest, or asks by himself whether a password is right.
SELECT r, t, has_table_privilege(r, 'beian.' || t, 'SELECT') OR has_any_column_privilege(r, 'beian.' || t, 'SELECT') AS reads
  FROM unnest('{icp_public,icp_sponsor,icp_provider,icp_approver,icp_regulator,icp_bureau,icp_ministry,icp_auditor}'::text[]) r, unnest('{filing_password,password_to_show,given_password,sms_challenge}'::text[]) t
 WHERE has_table_privilege(r, 'beian.' || t, 'SELECT') OR has_any_column_privilege(r, 'beian.' || t, 'SELECT') OR has_table_privilege(r, 'beian.' || t, 'INSERT, UPDATE, DELETE, TRUNCATE');
SELECT c.relname, c.relrowsecurity FROM pg_class c WHERE c.relnamespace = 'beian'::regnamespace AND c.relname IN ('filing_password', 'password_to_show', 'given_password') ORDER BY 1;
SELECT p.proname, r FROM pg_proc p, unnest('{icp_sponsor,icp_provider,icp_bureau,icp_ministry}'::text[]) r
 WHERE p.pronamespace = 'beian'::regnamespace AND p.proname IN ('check_password', 'issue_password', 'password_problems', 'take_password', 'give_password') AND has_function_privilege(r, p.oid, 'EXECUTE') ORDER BY 1, 2;

-- A new access, by another provider, needs it (4 §18(五), §47).
INSERT INTO beian.access (site_id, provider_id) VALUES (1, 2) RETURNING id AS access \gset
INSERT INTO beian.application (kind, site_id, access_id, provider_id) VALUES ('new_access', 1, :access, 2) RETURNING id AS app \gset
SELECT number AS number FROM beian.site WHERE id = 1 \gset
SELECT number AS sponsor_number FROM beian.sponsor WHERE id = 1 \gset
SELECT beian.password_problems(:app) AS of_the_exempt_owner;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT beian.password_problems(:app);
SELECT beian.password_problems(1) AS of_a_new_filing;
SET ROLE regress_icp_provider;
SELECT beian.give_password(:app, :'secret');
SET ROLE regress_icp_sponsor_2;
SELECT beian.give_password(:app, :'secret');
SET ROLE regress_icp_bureau;
SELECT beian.give_password(:app, :'secret');
SET ROLE regress_icp_provider_2;
SELECT beian.give_password(99999, :'secret');
SELECT beian.give_password(:app, NULL);
SELECT beian.give_password(:app, 'wrong') AS wrong, beian.give_password(:app, upper(:'secret') || '!') AS wrong_too, beian.give_password(:app, :'secret', '京ICP备19990001号') AS wrong_number, beian.give_password(:app, :'secret', 'no number') AS no_number;
RESET ROLE;
SELECT is_right, given_by, tries, province_code FROM beian.given_password;
SELECT beian.password_problems(:app);
\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
-- at the report; whatever else is wrong with it
CREATE FUNCTION pg_temp.report(app bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE beian.application SET state = 'pre_verified', reason = NULL WHERE id = app;
	SET LOCAL session_replication_role = origin;
	SET LOCAL client_min_messages = error;
	PERFORM pg_temp.complete_sheet(app);
	SET LOCAL session_replication_role = replica;
	UPDATE beian.application SET state = 'verified' WHERE id = app;
	SET LOCAL session_replication_role = origin;
	UPDATE beian.application SET state = 'reported' WHERE id = app;
	RETURN (SELECT coalesce(state = 'returned' AND reason ~ '备案密码', false)::text || coalesce(': ' || substring(reason FROM '[^;]*备案密码[^;]*'), '') FROM beian.application WHERE id = app);
END $$;
SELECT pg_temp.report(:app) AS returned_for_the_password;
SET ROLE regress_icp_provider_2;
SELECT beian.give_password(:app, :'secret') AS password, beian.give_password(:app, :'secret', :'number') AS site_number, beian.give_password(:app, :'secret', :'sponsor_number') AS sponsor_number;
RESET ROLE;
SELECT is_right, tries FROM beian.given_password;
SELECT beian.password_problems(:app);
SELECT pg_temp.report(:app) AS returned_for_the_password;
-- reset in between
SET session_replication_role = replica;
UPDATE beian.application SET state = 'returned' WHERE id = :app;
UPDATE beian.given_password SET given_at = now() - interval '1 day';
SET session_replication_role = origin;
SELECT beian.password_problems(:app);
-- no password at all: filed before there was one here
SET session_replication_role = replica;
DELETE FROM beian.filing_password;
SET session_replication_role = origin;
SELECT beian.password_problems(:app);
SET ROLE regress_icp_sponsor;
SELECT beian.give_password(:app, :'secret') AS none_there;
RESET ROLE;
SELECT beian.issue_password(1);
SELECT beian.take_password(1) AS secret \gset
-- too late, and for the wrong kind; the password is in no message
SET session_replication_role = replica;
UPDATE beian.application SET state = 'reviewing' WHERE id = :app;
SET session_replication_role = origin;
\set SHOW_CONTEXT always
SELECT beian.give_password(:app, 'my secret');
SELECT beian.give_password(1, 'my secret');
\set SHOW_CONTEXT never

-- The cancellation of a sponsor needed it until 2020-08-17, Beijing time.
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('cancel_sponsor', 1, 1) RETURNING id AS cancel \gset
SELECT beian.password_problems(:cancel) AS today;
SET session_replication_role = replica;
UPDATE beian.application SET reported_at = '2020-08-16 15:59:59.999999+00' WHERE id = :cancel;
SELECT beian.password_problems(:cancel) AS the_last_day;
UPDATE beian.application SET reported_at = '2020-08-16 16:00+00' WHERE id = :cancel;
SELECT beian.password_problems(:cancel) AS the_first_day_without;
UPDATE beian.application SET reported_at = NULL WHERE id = :cancel;
SET session_replication_role = origin;
SET ROLE regress_icp_sponsor;
SELECT beian.give_password(:cancel, :'secret');
RESET ROLE;
SET session_replication_role = replica;
UPDATE beian.application SET reported_at = '2020-08-16' WHERE id = :cancel;
SELECT beian.password_problems(:cancel) AS given;
-- a cancelled sponsor's password opens nothing
UPDATE beian.sponsor SET status = 'cancelled' WHERE id = 1;
SET session_replication_role = origin;
SELECT beian.check_password(1, :'secret') AS of_a_cancelled_sponsor;

-- the password is nowhere in the registry
SELECT count(*) AS found FROM (SELECT to_jsonb(e)::text AS t FROM beian.event e UNION ALL SELECT to_jsonb(a)::text FROM beian.application a UNION ALL SELECT to_jsonb(g)::text FROM beian.given_password g
	UNION ALL SELECT to_jsonb(f)::text FROM beian.filing_password f UNION ALL SELECT to_jsonb(p)::text FROM beian.password_to_show p) x WHERE t LIKE '%' || :'secret' || '%';
SELECT * FROM beian.verify_log();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_sponsor_2, regress_icp_provider, regress_icp_provider_2, regress_icp_bureau, regress_icp_system, regress_icp_ministry;
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
