-- IP and domain units: what they report, until when, and what is overdue (4 §15, §16; 5 三(一)3).
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_provider_2 IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号电信', '京'), ('二号云', '京');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_provider', 'provider', NULL, 1), ('regress_icp_provider_2', 'provider', NULL, 2), ('regress_icp_bureau', 'bureau', '京', NULL);

-- Deadlines, of days whose calendar is law.  2025-09-26 is a Friday; 28 September was worked, 1 to 8 October were not.
SET ROLE regress_icp_provider;
INSERT INTO beian.ip_block (provider_id, ips, own_address, obtained_on) VALUES
	(1, '[8.8.0.0,8.8.255.255]', false, '2025-09-26'), (1, '[9.9.9.0,9.9.9.255]', true, '2025-09-26')
RETURNING id, province_code, due_at;
UPDATE beian.ip_block SET reported_at = '2025-10-09' WHERE id = 1 RETURNING due_at;
UPDATE beian.ip_block SET changed_on = '2025-09-26' WHERE id = 1 RETURNING due_at;
UPDATE beian.ip_block SET change_reported_at = '2025-10-09' WHERE id = 1 RETURNING due_at;
INSERT INTO beian.domain_report (provider_id, domain, holder_name, registered_on, reported_at) VALUES (1, 'a.cn', '甲公司', '2025-01-02', '2025-01-03') RETURNING due_at;
UPDATE beian.domain_report SET changed_on = '2025-09-26' WHERE id = 1 RETURNING due_at;
INSERT INTO beian.unit_contact (provider_id, unit, name, changed_on) VALUES (1, 'ip', '张三', '2025-09-26'), (1, 'domain', '李四', '2025-09-26') RETURNING unit, due_at;
-- beyond the calendar: no deadline, and it is said
SET client_min_messages = notice;
INSERT INTO beian.unit_contact (provider_id, unit, name, changed_on) VALUES (1, 'ip', '王五', '2099-12-31') RETURNING due_at;
SET client_min_messages = warning;

-- Complete and accurate: nothing twice on one level, what is allocated lies in what it is allocated from (4 §15(五)).
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (1, '[8.8.8.8,8.8.8.8]', '2025-09-26');
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (1, 1, '[8.8.255.0,8.9.0.0]', '2025-09-26');
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (1, 99, '[8.8.1.0,8.8.1.255]', '2025-09-26');
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (2, '[7.7.7.7,7.7.7.7]', '2025-09-26');
RESET ROLE;
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (2, 1, '[8.8.1.0,8.8.1.255]', '2025-09-26') RETURNING id \gset child_
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (2, 1, '[8.8.1.128,8.8.2.0]', '2025-09-26');
\set VERBOSITY terse
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (1, 'empty', '2025-09-26');
\set VERBOSITY default
SET ROLE regress_icp_provider;
-- what a unit allocated further itself stays inside; what another says it got of it does not keep the unit from anything
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (1, 1, '[8.8.1.0,8.8.1.255]', '2025-09-26') RETURNING id \gset own_
UPDATE beian.ip_block SET ips = '[8.8.1.128,8.8.255.255]' WHERE id = 1;
UPDATE beian.ip_block SET status = 'returned' WHERE id = 1;
UPDATE beian.ip_block SET ips = '[8.8.1.0,8.8.255.255]' WHERE id = 1 RETURNING ips;
UPDATE beian.ip_block SET status = 'returned' WHERE id = :own_id;
BEGIN;
UPDATE beian.ip_block SET ips = '[8.8.1.128,8.8.255.255]' WHERE id = 1 RETURNING ips;
ROLLBACK;
SET ROLE regress_icp_provider_2;
SELECT id FROM beian.ip_block;
UPDATE beian.ip_block SET status = 'returned' RETURNING due_at;
UPDATE beian.ip_block SET status = 'held', reported_at = now() RETURNING due_at;
RESET ROLE;

-- What the system finds: private addresses, a site served by another provider; each is told once (5 三(一)2, 3).
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES (2, '京', '甲公司', '京ICP备2020000001号', 'filed');
INSERT INTO beian.site (sponsor_id, name, number, status) VALUES (1, '甲网', '京ICP备2020000001号-1', 'filed');
INSERT INTO beian.access (site_id, provider_id, status, ips) VALUES (1, 2, 'live', '{[8.8.1.7,8.8.1.7],[9.9.9.1,9.9.9.2]}');
INSERT INTO beian.ip_block (provider_id, ips, obtained_on, reported_at) VALUES (1, '[10.0.0.0,10.0.0.255]', '2025-09-26', now());
SET ROLE regress_icp_bureau;
SELECT * FROM beian.find_ip_problems() ORDER BY 1;
SELECT beian.prompt_ip_problems(), beian.prompt_ip_problems() AS again;
SET ROLE regress_icp_provider;
SELECT ip_block_id, due_at - prompted_at AS within FROM beian.ip_prompt ORDER BY 1;
INSERT INTO beian.ip_prompt (ip_block_id, problem) VALUES (1, 'x');
UPDATE beian.ip_prompt SET corrected_at = now() WHERE problem ~ '非公网';
SET ROLE regress_icp_provider_2;
SELECT count(*) FROM beian.ip_prompt;
SET ROLE regress_icp_bureau;
SELECT beian.prompt_ip_problems() AS not_really_corrected;
RESET ROLE;

-- Overdue.
TRUNCATE beian.unit_contact;
SET session_replication_role = replica;
UPDATE beian.ip_block SET due_at = CASE WHEN id IN (1, 2, :child_id) THEN now() END;
UPDATE beian.ip_prompt SET due_at = CASE WHEN corrected_at IS NULL AND ip_block_id = 2 THEN now() ELSE now() + interval '1 hour' END;
UPDATE beian.domain_report SET due_at = now() + interval '1 hour';
INSERT INTO beian.unit_contact (provider_id, unit, name, changed_on, due_at) VALUES (1, 'ip', '张三', '2025-09-26', now() - interval '1 microsecond');
RESET session_replication_role;
SET ROLE regress_icp_provider;
SELECT what, provider_id FROM beian.overdue_unit_report ORDER BY 1, 2;
SET ROLE regress_icp_provider_2;
SELECT what, provider_id FROM beian.overdue_unit_report ORDER BY 1, 2;
SET ROLE regress_icp_bureau;
SELECT what, provider_id FROM beian.overdue_unit_report ORDER BY 1, 2;
RESET ROLE;
SELECT count(*) AS problems FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_provider, regress_icp_provider_2, regress_icp_bureau;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
