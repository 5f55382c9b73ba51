-- A provider that has nothing to do with a record ends nothing, and one that no longer has reads no more.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
UPDATE beian.setting SET value = '5' WHERE name = 'password_cost';
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_p3 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪'), ('三号云', '粤');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL), ('regress_icp_p3', 'provider', NULL, 3, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1), ('regress_icp_jing', 'bureau', '京', NULL, NULL);

-- 1. Loaded stock: an account that is with no provider, no access, no password
CREATE TEMP TABLE stock (unit_name text, main_licence text, service_licence text, service_name text, domain text, account text);
INSERT INTO stock VALUES ('甲公司', '京ICP备10000001号', '京ICP备10000001号-1', '甲网', 'a.cn', 'jia'),
	('乙公司', '京ICP备10000002号', '京ICP备10000002号-1', '乙网', 'b.cn', 'yi'),
	('丙公司', '京ICP备10000003号', '京ICP备10000003号-1', '丙网', 'c.cn', 'bing');
SELECT filed, rejected FROM beian.load('stock');
SELECT id AS jia FROM beian.sponsor WHERE name = '甲公司' \gset
SELECT id AS yi FROM beian.sponsor WHERE name = '乙公司' \gset
SELECT id AS bing FROM beian.sponsor WHERE name = '丙公司' \gset
SELECT id AS bing_site FROM beian.site WHERE name = '丙网' \gset
SELECT id AS jia_site FROM beian.site WHERE sponsor_id = :jia \gset
SELECT p.sponsor_id, a.provider_id FROM beian.sponsor s JOIN beian.account a ON a.id = s.account_id LEFT JOIN beian.filing_password p ON p.sponsor_id = s.id WHERE s.id = :jia;
SELECT coalesce(max(id), 0) AS last_notice FROM beian.notice \gset
-- may be entered by any provider, and goes no further: not the sponsor, not the site, not a change
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('cancel_sponsor', :jia, 2) RETURNING id AS cancel, state \gset
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('cancel_site', :jia_site, 2) RETURNING id AS cancel_site \gset
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('change_sponsor', :jia, 2) RETURNING id AS change \gset
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('change_site', :jia_site, 2) RETURNING id AS change_site \gset
INSERT INTO beian.sponsor_change (application_id, name) VALUES (:change, '夺公司');
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel;
UPDATE beian.application SET state = 'reported' WHERE id = :cancel;
\set VERBOSITY terse
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel_site;
UPDATE beian.application SET state = 'submitted' WHERE id = :change;
UPDATE beian.application SET state = 'submitted' WHERE id = :change_site;
SELECT beian.give_password(:cancel, 'guess') AS no_password_there;
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel;
-- no code is sent where that is not the practice, nor for a provider's own
SELECT beian.ask_code(:cancel);
-- the bureau cannot approve what is not before it
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :cancel;
RESET ROLE;
SELECT status FROM beian.sponsor WHERE id = :jia;
SELECT count(*) AS messages FROM beian.notice WHERE id > :last_notice;
-- what it entered it may withdraw
SET ROLE regress_icp_p2;
UPDATE beian.application SET state = 'withdrawn' WHERE id IN (:cancel_site, :change_site) RETURNING state;
SELECT count(*) AS afterwards FROM beian.application WHERE id IN (:cancel_site, :change_site);
RESET ROLE;

-- 2. The code by short message, where it is the practice: to the number that is filed, one for all askers
UPDATE beian.setting SET value = '2020-08-17' WHERE name = 'sms';
SET ROLE regress_icp_p2;
-- (that there is no number is not told)
SELECT beian.ask_code(:cancel) = now() + interval '24 hours' AS good_until;
SELECT beian.give_code(:cancel, '123456') AS guessed;
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel;
RESET ROLE;
SELECT recipient, channel, address, state FROM beian.notice WHERE id > :last_notice ORDER BY id;
UPDATE beian.sponsor SET mobile = '13800138000', principal_name = '张三' WHERE id = :yi;
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('cancel_sponsor', :yi, 2) RETURNING id AS cancel_yi \gset
SELECT beian.ask_code(:cancel_yi) = now() + interval '24 hours' AS good_until;
SELECT beian.ask_code(:cancel_yi);
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('cancel_sponsor', :yi, 2) RETURNING id AS again \gset
SELECT beian.ask_code(:again);
-- the address is the sponsor's: the stranger does not see it
SELECT count(*) AS seen FROM beian.notice;
SET ROLE regress_icp_p3;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('cancel_sponsor', :yi, 3) RETURNING id AS other \gset
SELECT beian.ask_code(:other);
SELECT beian.give_code(:cancel_yi, '123456');
RESET ROLE;
SELECT recipient, channel, address FROM beian.notice WHERE sponsor_id = :yi ORDER BY id;
SELECT substring(s.text FROM '\d{6}') AS code FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id WHERE n.sponsor_id = :yi \gset
SET ROLE regress_icp_p2;
SELECT beian.give_code(:cancel_yi, NULL) AS none;
SELECT beian.give_code(:cancel_yi, 'x') AS wrong;
SELECT beian.give_code(:again, :'code') AS of_another_application;
SELECT beian.give_code(:cancel_yi, :'code') AS right, beian.give_code(:cancel_yi, :'code') AS still;
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel_yi RETURNING state;
-- and not for a new access, which needs the password (4 §18(五)), nor for a letter
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', :bing_site, 2) RETURNING id AS added \gset
SELECT beian.ask_code(:added);
RESET ROLE;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :cancel_yi;
UPDATE beian.setting SET value = 'off' WHERE name = 'sms';
SELECT a.kind, e.event, e.actor FROM beian.event e JOIN beian.application a ON a.id = e.application_id WHERE e.event = 'ask_code' ORDER BY e.id;

-- 3. The bureau's letter opens the way: another password, by which the stranger is known
UPDATE beian.sponsor SET credential = 'org_code:000000000', credential_address = '北京市', principal_name = '李四', principal_credential = 'id_card:11010519491231002X', phone = '010-66668888' WHERE id = :bing;
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('password_reset', :bing, 2) RETURNING id AS letter \gset
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:letter, true, true, true, 'beian@two.cn');
UPDATE beian.application SET state = 'submitted' WHERE id = :letter;
SELECT count(*) AS differing FROM beian.compare_reset_letter(:letter, '{"credential": "000000000", "credential_address": "北京市", "principal_name": "李四", "principal_credential": "11010519491231002X", "phone": "010-66668888", "site_principal_credential": "11010519491231002X", "site_phone": "010-66668888"}');
UPDATE beian.application SET state = 'submitted' WHERE id = :letter;
UPDATE beian.application SET state = 'reported' WHERE id = :letter RETURNING state;
SELECT state FROM beian.application WHERE id = :letter;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :letter;
UPDATE beian.reset_letter SET original_at = now() WHERE application_id = :letter;
UPDATE beian.application SET state = 'approved' WHERE id = :letter;
RESET ROLE;
SELECT password AS secret FROM beian.password_to_show WHERE sponsor_id = :bing \gset
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('cancel_sponsor', :bing, 2) RETURNING id AS cancel_bing \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel_bing;
SELECT beian.give_password(:cancel_bing, :'secret');
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel_bing;
-- one that was reset meanwhile is good no more
RESET ROLE;
SET session_replication_role = replica;
UPDATE beian.given_password SET given_at = now() - interval '1 day' WHERE application_id = :cancel_bing;
SET session_replication_role = origin;
SET ROLE regress_icp_p2;
UPDATE beian.application SET state = 'reported' WHERE id = :cancel_bing;
SELECT beian.give_password(:cancel_bing, :'secret');
UPDATE beian.application SET state = 'reported' WHERE id = :cancel_bing RETURNING state;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :cancel_bing;
RESET ROLE;
SELECT status FROM beian.sponsor WHERE id = :bing;
-- the bureau goes its own way as before
SET ROLE regress_icp_jing;
INSERT INTO beian.application (kind, sponsor_id, filed_by, ground) VALUES ('cancel_sponsor', :jia, 'bureau', 'inspection') RETURNING id AS own \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :own;
UPDATE beian.application SET state = 'approved' WHERE id = :own RETURNING state;
RESET ROLE;

-- 4. The provider of the account, and one with live access, go on as before
INSERT INTO beian.sponsor (account_id, province, name, mobile) VALUES (1, '京', '丁公司', '13900139000');
SELECT id AS ding FROM beian.sponsor WHERE name = '丁公司' \gset
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (:ding, '丁网', '{d.cn}') RETURNING id AS ding_site \gset
INSERT INTO beian.application (site_id) VALUES (:ding_site) RETURNING id AS filing \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :filing;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :filing;
UPDATE beian.application SET state = 'verified' WHERE id = :filing;
UPDATE beian.application SET state = 'reported' WHERE id = :filing;
UPDATE beian.application SET state = 'approved' WHERE id = :filing RETURNING state;
SELECT password AS secret FROM beian.password_to_show WHERE sponsor_id = :ding \gset
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', :ding_site, 2) RETURNING id AS added \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :added;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :added;
UPDATE beian.application SET state = 'verified' WHERE id = :added;
UPDATE beian.application SET state = 'reported' WHERE id = :added;
UPDATE beian.application SET state = 'approved' WHERE id = :added RETURNING state;
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', :ding) RETURNING id AS a \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :a RETURNING state;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :a RETURNING state;
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, access_id) SELECT 'change_access', access_id FROM beian.application WHERE id = :added RETURNING id AS b \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :b RETURNING state;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :b RETURNING state;
-- and the sponsor itself, through a provider that is new to it: the application is its own, and is asked for the password at the report
SET ROLE regress_icp_s1;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', :ding_site, 3) RETURNING id AS invited, filed_by \gset
SELECT :'filed_by' AS filed_by;
UPDATE beian.application SET state = 'submitted' WHERE id = :invited RETURNING state;
SET ROLE regress_icp_p3;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :invited RETURNING state;
RESET ROLE;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT beian.password_problems(:invited);
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';
-- who enters it says who it is: a provider does not enter for the sponsor
SET ROLE regress_icp_p3;
INSERT INTO beian.application (kind, site_id, provider_id, filed_by) VALUES ('new_access', :ding_site, 3, 'sponsor') RETURNING filed_by;
RESET ROLE;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :invited;

-- 5. What each sees of one sponsor's applications, their events, their warnings, and of the messages to the sponsor
INSERT INTO beian.warning (relation, row_id, found_at, code, field, severity, message_zh, message_en, advice_zh, clause, application_id, sponsor_id, site_id, province_code)
SELECT 'beian.site'::regclass, site_id, now(), 'TEST-001', 'name', 'warning', 'x', 'x', 'x', 'x', id, sponsor_id, site_id, province_code FROM beian.application WHERE id IN (:filing, :added);
CREATE FUNCTION pg_temp.sees(who text, sponsor bigint, OUT applications bigint, OUT events bigint, OUT warnings bigint, OUT messages bigint, OUT sheets bigint, OUT record bigint) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET ROLE %I', who);
	SELECT count(*) INTO applications FROM beian.application a WHERE a.sponsor_id = sponsor AND a.state IN ('approved', 'draft', 'returned', 'submitted');
	SELECT count(DISTINCT e.application_id) + count(*) FILTER (WHERE e.application_id IS NULL) INTO events FROM beian.event e WHERE e.sponsor_id = sponsor;
	SELECT count(*) INTO warnings FROM beian.warning w WHERE w.sponsor_id = sponsor AND w.code = 'TEST-001';
	SELECT count(*) INTO messages FROM beian.notice n WHERE n.sponsor_id = sponsor AND n.recipient IN ('sponsor', 'principal');
	SELECT count(*) INTO sheets FROM beian.verification v WHERE v.sponsor_id = sponsor;
	SELECT count(*) INTO record FROM beian.sponsor s WHERE s.id = sponsor;
	RESET ROLE;
END $$;
SET session_replication_role = replica;
INSERT INTO beian.verification (application_id, sponsor_id, site_id, provider_id, province_code, verified_by, entered_by, entered_at, closed_at)
SELECT id, sponsor_id, site_id, provider_id, province_code, 'x', current_user, now(), now() FROM beian.application WHERE id IN (:filing, :added);
SET session_replication_role = origin;
SELECT r AS while_they_serve, (pg_temp.sees(r, :ding)).* FROM unnest('{regress_icp_p1,regress_icp_p2,regress_icp_p3,regress_icp_s1,regress_icp_jing}'::text[]) r;
-- the second provider's access ends: its own sheets remain (2 三(一)4)
UPDATE beian.access SET status = 'cancelled' WHERE site_id = :ding_site AND provider_id = 2;
SELECT r AS access_ended, (pg_temp.sees(r, :ding)).* FROM unnest('{regress_icp_p1,regress_icp_p2,regress_icp_jing}'::text[]) r;
SET ROLE regress_icp_p2;
SELECT count(*) AS sites FROM beian.site WHERE id = :ding_site;
SELECT count(*) AS answers FROM beian.sheet_problems(:added);
SELECT beian.judge(:added);
RESET ROLE;
-- the customer moves: all is handed over to the third
SELECT accesses, accounts FROM beian.hand_over(1, 3, 'test');
SELECT r AS handed_over, (pg_temp.sees(r, :ding)).* FROM unnest('{regress_icp_p1,regress_icp_p3,regress_icp_s1,regress_icp_jing}'::text[]) r;
-- ... or the sponsor goes to another account
INSERT INTO beian.account (provider_id, user_name) VALUES (2, 'new') RETURNING id AS new_account \gset
UPDATE beian.access SET status = 'cancelled' WHERE site_id = :ding_site AND provider_id = 3;
SELECT beian.transfer_sponsor(:ding, :new_account, 'test');
SELECT r AS transferred, (pg_temp.sees(r, :ding)).* FROM unnest('{regress_icp_p1,regress_icp_p2,regress_icp_p3,regress_icp_s1,regress_icp_jing}'::text[]) r;
-- one question a query, not one a row
SELECT tablename, policyname FROM pg_policies
 WHERE schemaname = 'beian' AND tablename IN ('application', 'notice') AND cmd <> 'INSERT' AND qual ~ '(may_see|acts_for_provider|sees_[a-z]+|serves_[a-z]+)\([a-z]';
SELECT * FROM beian.verify_log();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_p3, regress_icp_s1, regress_icp_jing;
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
