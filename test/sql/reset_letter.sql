-- A new filing password by letter (4 §48, annex 1): what the provider compares, what it sends, when the bureau resets.
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
UPDATE beian.setting SET value = 'on' WHERE name = 'password_notice';
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL);
-- one with a site of its own person in charge, one whose sites have none, and one without any site
INSERT INTO beian.sponsor (account_id, province, name, credential, credential_address, principal_name, principal_credential, phone, mobile, number, status, email) VALUES
	(1, '京', '甲公司', 'org_code:00000000-0', '北京市西城区一号', '张三', 'resident_id:11010519491231002X', '010-61230987', '13800138000', '京ICP备11000001号', 'filed', 'a@a.cn'),
	(1, '京', '空公司', NULL, '北京市西城区二号', '李四', NULL, '', '13900139000', '京ICP备11000002号', 'filed', 'e@a.cn');
INSERT INTO beian.site (sponsor_id, name, domains, number, status, principal_name, principal_credential, phone, mobile) VALUES
	(1, '甲网', '{a.cn}', '京ICP备11000001号-1', 'filed', NULL, NULL, NULL, NULL),
	(1, '乙网', '{b.cn}', '京ICP备11000001号-2', 'filed', '王五', 'passport:G12345678', NULL, '13700137000'),
	(1, '草网', '{c.cn}', NULL, 'draft', '赵六', NULL, NULL, '13600136000');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live'), (2, 1, 'live');

-- What the papers say, however they spell it; which differ is the answer.
SELECT * FROM beian.compare_with_filing(1, '{"name": "甲 公司", "credential": "00000000-0", "credential_address": "北京市西城区一号", "principal_name": "张三",
	"principal_credential": "11010519491231002x", "mobile": "+86 138 0013 8000", "phone": "（010）61230987"}') AS equal;
SELECT array_agg(d) AS all_differ FROM beian.compare_with_filing(1, '{"phone": "010-61230988", "mobile": "13800138001", "principal_credential": "110105194912310020",
	"principal_name": "张四", "credential_address": "北京市西城区二号", "credential": "00000000-1", "name": "甲公司1", "site_phone": "无"}') d;
-- nothing equals nothing: not a value that the filing lacks, not an empty one
SELECT array_agg(d) AS differ FROM beian.compare_with_filing(2, '{"phone": "", "principal_credential": "", "credential": null, "mobile": "13900139000"}') d;
-- the person in charge of a site is one person: the sponsor's, the second site's, but not half of each, nor a draft's
SELECT array_agg(d) AS of_the_sponsor FROM beian.compare_with_filing(1, '{"site_principal_credential": "resident_id:11010519491231002X", "site_phone": "010-61230987"}') d;
SELECT array_agg(d) AS own FROM beian.compare_with_filing(1, '{"site_principal_name": "王五", "site_principal_credential": "G12345678", "site_mobile": "13700137000"}') d;
SELECT array_agg(d) AS half FROM beian.compare_with_filing(1, '{"site_principal_credential": "G12345678", "site_mobile": "13800138000"}') d;
SELECT array_agg(d) AS own_without_a_phone FROM beian.compare_with_filing(1, '{"site_principal_credential": "G12345678", "site_phone": "010-61230987"}') d;
SELECT array_agg(d) AS draft FROM beian.compare_with_filing(1, '{"site_principal_name": "赵六", "site_mobile": "13600136000"}') d;
SELECT * FROM beian.compare_with_filing(1, '{"email": "a@a.cn", "remark": ""}');
SELECT * FROM beian.compare_with_filing(99, '{}');

-- The letter is for this kind of application only, says all three conditions (4 §48), and where to answer.
INSERT INTO beian.application (kind, sponsor_id, account_id, provider_id) VALUES ('cancel_sponsor', 2, 1, 1) RETURNING id AS other \gset
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id, account_id, provider_id) VALUES ('password_reset', 1, 1, 1) RETURNING id AS a \gset
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:other, true, true, true, 'beian@yun.cn');
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:a, true, true, false, 'beian@yun.cn');
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:a, true, true, true, 'beian at yun.cn');
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox, differences) VALUES (:a, true, true, true, 'beian@yun.cn', '{}');
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox, fax_at) VALUES (:a, true, true, true, 'beian@yun.cn', now());
-- no letter, no report; no comparison, none either
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:a, true, true, true, 'beian@yun.cn');
UPDATE beian.application SET state = 'reported' WHERE id = :a;
-- another provider neither sees, compares nor enters it; the sponsor and another bureau do not see it
SET ROLE regress_icp_p2;
SELECT count(*) AS none FROM beian.reset_letter;
SELECT * FROM beian.compare_reset_letter(:a, '{}');
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:a, true, true, true, 'beian@er.cn');
SET ROLE regress_icp_sponsor;
SELECT count(*) FROM beian.reset_letter;
SET ROLE regress_icp_hu;
SELECT count(*) AS none FROM beian.reset_letter;
UPDATE beian.reset_letter SET fax_at = now();

-- All items, not some; differences go back, equality goes on, and the values are kept nowhere.
SET ROLE regress_icp_p1;
SELECT * FROM beian.compare_reset_letter(:a, '{"credential": "00000000-0"}');
SELECT * FROM beian.compare_reset_letter(:a, '{"credential": "00000000-0", "credential_address": "北京市西城区一号", "principal_name": "张三", "principal_credential": "11010519491231002X", "mobile": "13800138000"}');
SELECT * FROM beian.compare_reset_letter(:a, '{"credential": "00000000-0", "credential_address": "北京市西城区一号", "principal_name": "张三", "principal_credential": "11010519491231002X",
	"mobile": "13800138000", "site_principal_credential": "G12345678", "site_phone": "010-61230987"}') AS differs;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
SELECT count(*) AS equal FROM beian.compare_reset_letter(:a, '{"credential": "00000000-0", "credential_address": "北京市西城区一号", "principal_name": "张三", "principal_credential": "11010519491231002X",
	"mobile": "13800138000", "site_principal_credential": "G12345678", "site_mobile": "13700137000"}');
SELECT differences, compared_at IS NOT NULL AS compared, compared_by, province_code, due_at FROM beian.reset_letter;
UPDATE beian.reset_letter SET mailbox = 'x@yun.cn';
UPDATE beian.application SET state = 'reported' WHERE id = :a;
SELECT state FROM beian.application WHERE id = :a;
SELECT * FROM beian.compare_reset_letter(:a, '{}');
RESET ROLE;
SELECT count(*) AS leaked FROM beian.event WHERE application_id = :a AND (coalesce(new_values::text, '') || coalesce(reason, '')) ~ '13700137000|G12345678';

-- The bureau resets when fax or original is there: 10 working days from the first, a month for the original.
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
UPDATE beian.reset_letter SET fax_at = now() WHERE application_id = :a;
SELECT due_at = icp.clock_due('reset', now()) AS ten_working_days, original_due_at = icp.clock_due('original', now()) AS a_month FROM beian.reset_letter WHERE application_id = :a;
RESET ROLE;
SELECT f.fax, icp.clock_due('original', f.fax::timestamptz) AS original_due
  FROM unnest('{2025-01-31 15:59:59+00,2025-01-31 16:00:00+00,2026-03-31 03:00:00+00}'::text[]) AS f(fax);
-- both overdue, both listed; for who is concerned
UPDATE beian.reset_letter SET fax_at = now() - interval '40 days' WHERE application_id = :a;
SELECT application_id = :a AS it, provider_id, province_code, what, due_at < now() AS late FROM beian.overdue_reset_letter ORDER BY what;
SET ROLE regress_icp_p1;
SELECT count(*) FROM beian.overdue_reset_letter;
SET ROLE regress_icp_p2;
SELECT count(*) FROM beian.overdue_reset_letter;
SET ROLE regress_icp_hu;
SELECT count(*) FROM beian.overdue_reset_letter;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :a RETURNING state;
SELECT what FROM beian.overdue_reset_letter ORDER BY what;
UPDATE beian.reset_letter SET original_at = now() WHERE application_id = :a;
SELECT what FROM beian.overdue_reset_letter ORDER BY what;
RESET ROLE;
-- the new password goes to the provider, to the mailbox of its letter, and not to the sponsor
SELECT n.template, n.application_id = :a AS of_it, n.recipient, n.channel, n.provider_id, n.address, n.text, s.address AS really, s.text LIKE '%' || p.password || '%' AS has_password
  FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id JOIN beian.password_to_show p ON p.sponsor_id = n.sponsor_id WHERE n.template LIKE 'password%' ORDER BY n.id;

-- A sponsor without a site has nobody in charge of one; what is not there to compare is not equal.
UPDATE beian.sponsor SET credential = 'org_code:00000000-0', principal_credential = 'passport:G7654321' WHERE id = 2;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :other;
INSERT INTO beian.application (kind, sponsor_id, account_id, provider_id) VALUES ('password_reset', 2, 1, 1) RETURNING id AS b \gset
SET ROLE regress_icp_p1;
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:b, true, true, true, 'beian@yun.cn');
SELECT count(*) AS equal FROM beian.compare_reset_letter(:b, '{"credential": "00000000-0", "credential_address": "北京市西城区二号", "principal_name": "李四", "principal_credential": "G7654321", "mobile": "13900139000"}');
SELECT array_agg(d) AS differ FROM beian.compare_reset_letter(:b, '{"credential": "00000000-0", "credential_address": "北京市西城区二号", "principal_name": "李四", "principal_credential": "G7654321", "phone": "", "mobile": "13900139000"}') d;
RESET ROLE;
SELECT * FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_p1, regress_icp_p2, regress_icp_jing, regress_icp_hu;
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
