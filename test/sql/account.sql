-- Accounts that register themselves: codes by telephone and mail, the initial password, the lost filing password.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
UPDATE beian.setting SET value = '3' WHERE name = 'password_cost';
UPDATE beian.setting SET value = '4' WHERE name = 'account_password_cost';
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_sponsor_2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'by-provider') RETURNING id, registered_by, identity_checked_at, must_change_password;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL), ('regress_icp_sponsor_2', 'sponsor', NULL, NULL, 1),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_system', 'system', NULL, NULL, NULL), ('regress_icp_ministry', 'ministry', NULL, NULL, NULL);

-- Registration: two codes at once (3 Q18), each in the secret part of its notice only.
SET ROLE regress_icp_p2;
SELECT beian.register_account(1, 'self', '13800138000', 'a@b.cn');
SET ROLE regress_icp_jing;
SELECT beian.register_account(1, 'self', '13800138000', 'a@b.cn');
SET ROLE regress_icp_p1;
SELECT beian.register_account(1, 'self', '010-61230987', 'a@b.cn');
SELECT beian.register_account(1, 'self', '13800138000', 'a at b.cn');
SELECT beian.register_account(1, 'self', '13800138000', NULL);
INSERT INTO beian.account (provider_id, user_name, registered_by) VALUES (1, 'self', 'self');
SELECT beian.register_account(1, 'self', '+86 138 0013 8000', 'zhang@b.cn') AS id \gset
SELECT user_name, registered_by, mobile, mailbox, identity_checked_at FROM beian.account WHERE id = :id;
SELECT template, channel, address, text, provider_id, province_code FROM beian.notice ORDER BY id;
RESET ROLE;
SELECT n.template, s.address, s.text ~ '\d{6}' AS has_code FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id ORDER BY n.id;
INSERT INTO beian.member (role_name, role, account_id) VALUES ('regress_icp_sponsor', 'sponsor', :id);
-- as if the messages had been read
UPDATE beian.account_code SET digest = icp.hash_password(CASE channel WHEN 'sms' THEN '123456' ELSE '654321' END, 1);
SET ROLE regress_icp_ministry;
SELECT * FROM beian.account_code;
SELECT * FROM beian.account_password;
RESET ROLE;

-- Nothing is submitted before both are confirmed; records can be entered.
SET ROLE regress_icp_sponsor;
INSERT INTO beian.sponsor (account_id, province, name) VALUES (:id, '京', '甲公司') RETURNING id AS s \gset
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (:s, '甲网', '{a.cn}') RETURNING id AS t \gset
INSERT INTO beian.application (kind, account_id, sponsor_id, site_id, provider_id) VALUES ('new_filing', :id, :s, :t, 1) RETURNING id AS a \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
SELECT beian.confirm_account(:id, 'sms', '000000') AS wrong, beian.confirm_account(:id, 'sms', '654321') AS of_the_mail, beian.confirm_account(:id, 'sms', '') AS empty;
SELECT beian.confirm_account(:id, 'fax', '123456');
SELECT beian.confirm_account(:id, 'sms', NULL);
SELECT beian.confirm_account(:id, 'sms', ' １２３456') AS right;
SELECT beian.confirm_account(:id, 'sms', '123456');
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
-- another account does not confirm it, nor does another provider
SET ROLE regress_icp_sponsor_2;
SELECT beian.confirm_account(:id, 'mail', '654321');
SET ROLE regress_icp_p2;
SELECT beian.confirm_account(:id, 'mail', '654321');
-- six wrong ones, and the right one is no longer; then there is a pause, too
SET ROLE regress_icp_sponsor;
SELECT bool_or(beian.confirm_account(:id, 'mail', '000000')) AS wrong FROM generate_series(1, 6);
\set VERBOSITY terse
SELECT beian.confirm_account(:id, 'mail', '654321') AS pause;
\set VERBOSITY default
RESET ROLE;
UPDATE beian.try_count SET not_before = now();
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_account(:id, 'mail', '654321') AS spent;
-- another mailbox: not before the first message had its day (3 Q16)
\set VERBOSITY terse
SELECT beian.resend_account_code(:id, 'mail', 'li@b.cn');
RESET ROLE;
UPDATE beian.account_code SET sent_at = now() - interval '23:59:00' WHERE channel = 'mail';
SET ROLE regress_icp_sponsor;
SELECT beian.resend_account_code(:id, 'mail', 'li@b.cn');
\set VERBOSITY default
RESET ROLE;
UPDATE beian.account_code SET sent_at = now() - interval '24:00:00' WHERE channel = 'mail';
SET ROLE regress_icp_sponsor;
SELECT beian.resend_account_code(:id, 'mail', 'nobody');
SELECT beian.resend_account_code(:id, 'mail', 'li@b.cn') = now() + interval '24 hours' AS next;
SELECT beian.resend_account_code(:id, 'sms');
RESET ROLE;
SELECT channel, sent, (SELECT t.tries FROM beian.try_secret t WHERE t.record_id = account_id AND t.secret = beian.secret_mark(digest)) AS tries, confirmed_at IS NOT NULL AS confirmed FROM beian.account_code ORDER BY 1;
-- the new code has its own six tries, after the pause
UPDATE beian.try_count SET not_before = now();
SELECT mailbox, identity_checked_at FROM beian.account WHERE id = :id;
SELECT s.address FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id WHERE n.template = 'account_mail_code' ORDER BY n.id;
UPDATE beian.account_code SET digest = icp.hash_password('654321', 1) WHERE channel = 'mail';
SET ROLE regress_icp_p1;
SELECT beian.confirm_account(:id, 'mail', '654321') AS on_the_providers_page;
SET ROLE regress_icp_sponsor;
SELECT identity_checked_at IS NOT NULL AS checked FROM beian.account WHERE id = :id;
BEGIN;
UPDATE beian.application SET state = 'submitted' WHERE id = :a RETURNING state;
ROLLBACK;
-- another number is another proof
RESET ROLE;
UPDATE beian.account_code SET sent_at = now() - interval '1 hour' WHERE channel = 'sms';
SET ROLE regress_icp_system;
SELECT beian.resend_account_code(:id, 'sms', '13900139000') > now() AS sent;
SET ROLE regress_icp_sponsor;
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
RESET ROLE;
UPDATE beian.account_code SET digest = icp.hash_password('123456', 1) WHERE channel = 'sms';
SET ROLE regress_icp_sponsor;
SELECT beian.confirm_account(:id, 'sms', '123456');
SELECT mobile, identity_checked_at IS NOT NULL AS checked FROM beian.account WHERE id = :id;
SELECT beian.resend_account_code(1, 'sms');
SET ROLE regress_icp_sponsor_2;
SELECT beian.resend_account_code(1, 'sms');

-- The initial password is changed before anything is submitted (3 Q22), also of an account that the provider made.
SET ROLE regress_icp_sponsor;
SELECT beian.make_account_password(:id);
SET ROLE regress_icp_p2;
SELECT beian.make_account_password(:id);
SET ROLE regress_icp_p1;
SELECT beian.make_account_password(:id) AS initial \gset
SELECT beian.check_account_password(:id, :'initial') AS right, beian.check_account_password(:id, 'wrong') AS wrong, beian.check_account_password(1, :'initial') AS has_none;
SET ROLE regress_icp_sponsor;
SELECT must_change_password FROM beian.account WHERE id = :id;
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
SELECT beian.change_account_password(:id, 'wrong', 'another password');
\set VERBOSITY terse
SELECT beian.change_account_password(:id, :'initial', :'initial');
SELECT beian.change_account_password(:id, :'initial', 'short');
\set VERBOSITY default
SELECT beian.change_account_password(:id, :'initial', 'another password');
SELECT beian.check_account_password(:id, :'initial') AS old, beian.check_account_password(:id, 'another password') AS new;
UPDATE beian.application SET state = 'submitted' WHERE id = :a RETURNING state;
-- what a holder chose cost more to digest than what was made at random (here: 4 against 3)
RESET ROLE;
SELECT split_part(digest, '$', 2) AS n FROM beian.account_password WHERE account_id = :id;
SET ROLE regress_icp_sponsor;
\set VERBOSITY terse
SELECT bool_or(beian.check_account_password(:id, 'guess ' || i)) AS guessed FROM generate_series(1, 6) i;
SELECT beian.check_account_password(:id, 'another password') AS too_many;
\set VERBOSITY default
-- its provider, at whose pages he may log in, is another role; a new password by the provider ends the pause
SET ROLE regress_icp_p1;
SELECT beian.check_account_password(:id, 'another password') AS there;
SELECT beian.make_account_password(:id) AS initial \gset
SET ROLE regress_icp_sponsor;
SELECT beian.check_account_password(:id, :'initial') AS right;
SET ROLE regress_icp_sponsor_2;
SELECT beian.check_account_password(:id, 'another password');
RESET ROLE;
-- a provider that leaves registers nobody
UPDATE beian.provider SET admission = 'exiting', admission_reason = '退出' WHERE id = 2;
SELECT beian.register_account(2, 'late', '13800138000', 'a@b.cn');

-- The lost filing password, without anybody's help (4 §14(七)): a code to what is filed, then another password, shown once.
INSERT INTO beian.sponsor (account_id, province, name, number, status, email, mobile) VALUES (1, '京', '乙公司', '京ICP备11000001号', 'filed', 'yi@b.cn', '13700137000') RETURNING id AS y \gset
SELECT beian.issue_password(:y);
SET ROLE regress_icp_sponsor_2;
SELECT beian.take_password(:y) AS lost \gset
SELECT beian.begin_recovery(:s);
SELECT beian.finish_recovery(:y, '123456');
SELECT beian.begin_recovery(:y) = now() + interval '24 hours' AS good_until;
SELECT beian.begin_recovery(:y);
RESET ROLE;
SELECT n.template, n.channel, n.address, n.text, s.address AS really FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id WHERE n.template = 'recovery_code' ORDER BY n.id;
UPDATE beian.password_recovery SET digest = icp.hash_password('123456', 1);
SET ROLE regress_icp_p1;
SELECT beian.finish_recovery(:y, '123456');
SET ROLE regress_icp_jing;
SELECT beian.finish_recovery(:y, '123456');
SET ROLE regress_icp_sponsor_2;
SELECT beian.finish_recovery(:y, '111111') AS wrong;
RESET ROLE;
SELECT beian.check_password(:y, :'lost') AS still;
UPDATE beian.password_recovery SET due_at = now();
SET ROLE regress_icp_sponsor_2;
SELECT beian.finish_recovery(:y, '123456') AS too_late;
RESET ROLE;
UPDATE beian.password_recovery SET due_at = now() + interval '1 day';
SET ROLE regress_icp_system;
SELECT beian.finish_recovery(:y, '123456') AS right;
SELECT beian.finish_recovery(:y, '123456');
SET ROLE regress_icp_sponsor_2;
SELECT beian.take_password(:y) <> :'lost' AS another;
RESET ROLE;
SELECT beian.check_password(:y, :'lost') AS old;
SELECT * FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_sponsor_2, regress_icp_p1, regress_icp_p2, regress_icp_jing, regress_icp_system, regress_icp_ministry;
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
