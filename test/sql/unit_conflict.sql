-- What two units both report as theirs is recorded, and refused to neither (4 §15(五), §16).
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
CREATE ROLE regress_icp_liar IN ROLE icp_provider;
CREATE ROLE regress_icp_holder IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_yue IN ROLE icp_bureau;
CREATE ROLE regress_icp_gui IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '粤'), ('二号电信', '京');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_liar', 'provider', NULL, 1), ('regress_icp_holder', 'provider', NULL, 2),
	('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_yue', 'bureau', '粤', NULL), ('regress_icp_gui', 'bureau', '桂', NULL);

-- Whoever says so first is not right for that.
SET ROLE regress_icp_liar;
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (1, '[20.0.0.0,223.255.255.255]', '2025-09-26');
INSERT INTO beian.domain_report (provider_id, domain, holder_name, registered_on) VALUES (1, 'baidu.com', '甲公司', '2025-01-02');
SET ROLE regress_icp_holder;
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (2, '[110.242.0.0,110.242.255.255]', '2025-09-26') RETURNING ips;
INSERT INTO beian.domain_report (provider_id, domain, holder_name, registered_on) VALUES (2, 'baidu.com', '乙公司', '1999-10-11') RETURNING domain;
-- a unit does not report a thing twice
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (2, '[110.242.1.0,110.242.1.255]', '2025-09-26');
INSERT INTO beian.domain_report (provider_id, domain, holder_name, registered_on) VALUES (2, 'baidu.com', '乙公司', '1999-10-11');
-- whose the other one is, is for the bureaux
SELECT count(*) FROM beian.ip_block_conflict;
SET ROLE regress_icp_jing;
SELECT left_provider, right_provider, ips, left_province_code, right_province_code FROM beian.ip_block_conflict;
SELECT left_provider, right_provider, domain FROM beian.domain_report_conflict;
SET ROLE regress_icp_yue;
SELECT left_provider, right_provider, ips FROM beian.ip_block_conflict;
SET ROLE regress_icp_gui;
SELECT count(*) FROM beian.ip_block_conflict;
SELECT count(*) FROM beian.domain_report_conflict;

-- Each unit is told, once, of its own block and without the other's name, and has two days (5 三(一)3).
SET ROLE regress_icp_jing;
SELECT ip_block_id, problem FROM beian.find_ip_problems() ORDER BY 1, 2;
SELECT beian.prompt_ip_problems(), beian.prompt_ip_problems() AS again;
SET ROLE regress_icp_holder;
SELECT problem, due_at - prompted_at AS within FROM beian.ip_prompt;
SET ROLE regress_icp_liar;
SELECT count(*) FROM beian.ip_prompt;

-- It ends when one of them corrects its report.
UPDATE beian.ip_block SET ips = '[20.0.0.0,20.0.255.255]' RETURNING ips;
UPDATE beian.domain_report SET status = 'deleted';
RESET ROLE;
SELECT count(*) FROM beian.ip_block_conflict;
SELECT count(*) FROM beian.domain_report_conflict;

-- Who says that he got addresses of another's block does not keep that unit from changing it, and is told of it.
SET ROLE regress_icp_liar;
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (1, 2, '[110.242.0.0,110.242.0.255]', '2025-09-26');
SET ROLE regress_icp_holder;
UPDATE beian.ip_block SET ips = '[110.242.128.0,110.242.255.255]' RETURNING ips;
SET ROLE regress_icp_yue;
SELECT b.ips, f.problem FROM beian.find_ip_problems() f JOIN beian.ip_block b ON b.id = f.ip_block_id;
RESET ROLE;

SELECT count(*) AS problems FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_liar, regress_icp_holder, regress_icp_jing, regress_icp_yue, regress_icp_gui;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
