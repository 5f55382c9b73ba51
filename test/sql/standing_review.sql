-- The annual review, and empty shells.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'loaded');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL), ('regress_icp_ministry', 'ministry', NULL, NULL, NULL),
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL), ('regress_icp_s1', 'sponsor', NULL, NULL, 1);
-- 4 is a draft, 5 cancelled, 6 filed in the year itself, 7 of unknown origin
INSERT INTO beian.sponsor (account_id, province, name, number, status, filed_at) VALUES
	(1, '京', '甲公司', '京ICP备20000001号', 'filed', '2018-05-01'), (2, '京', '乙公司', '京ICP备20000002号', 'filed', '2018-05-01'), (3, '沪', '丙公司', '沪ICP备20000003号', 'filed', '2020-12-31 23:59:59+08'),
	(1, '京', '丁公司', NULL, 'draft', NULL), (1, '京', '戊公司', '京ICP备20000005号', 'cancelled', '2018-05-01'), (3, '沪', '己公司', '沪ICP备20000006号', 'filed', '2021-01-01 00:00:00+08'),
	(4, '沪', '庚公司', '沪ICP备20000007号', 'filed', NULL);

-- 1. Opened by the bureau for its province, by the ministry for all; again only for those that have none

SET ROLE regress_icp_p1;
SELECT beian.open_annual_review(2021);
SET ROLE regress_icp_hu;
SELECT beian.open_annual_review(2021);
SELECT beian.open_annual_review(2021, '京');
SELECT beian.open_annual_review(1999, '沪');
SELECT beian.open_annual_review(NULL, '沪');
SET ROLE regress_icp_jing;
INSERT INTO beian.annual_period (year, province, opens_on, closes_on) VALUES (2021, '沪', '2021-03-01', '2021-06-30');
INSERT INTO beian.annual_period (year, province, opens_on, closes_on) VALUES (2021, '京', '2021-03-01', '2021-02-01');
INSERT INTO beian.annual_period (year, province, opens_on, closes_on) VALUES (2021, '京', '2021-03-01', '2021-06-30') RETURNING province_code;
SELECT beian.open_annual_review(2021, '京') AS opened;
SELECT beian.open_annual_review(2021, '京') AS opened;
SET ROLE regress_icp_ministry;
SELECT beian.open_annual_review(2021) AS opened;
SELECT beian.open_annual_review(2021) AS opened;
RESET ROLE;
SELECT sponsor_id, year, account_id, province_code, opened_at, due_at, answer FROM beian.annual_review ORDER BY sponsor_id;
SELECT n.template, n.recipient, n.provider_id FROM beian.notice n ORDER BY n.id;

-- 2. Who sees it, who is late

SELECT sponsor_id, name, number, provider_id FROM beian.annual_review_overdue ORDER BY sponsor_id;
SET ROLE regress_icp_jing;
SELECT sponsor_id, (SELECT count(*) FROM beian.annual_review) AS of FROM beian.annual_review_overdue ORDER BY sponsor_id;
SET ROLE regress_icp_p2;
SELECT sponsor_id, (SELECT count(*) FROM beian.annual_review) AS of FROM beian.annual_review_overdue ORDER BY sponsor_id;
SET ROLE regress_icp_s1;
SELECT sponsor_id, year, answer FROM beian.annual_review;
RESET ROLE;
SELECT beian.standing_clock() AS handled;
SELECT beian.standing_clock() AS handled;
SELECT n.template, n.recipient, n.provider_id FROM beian.notice n WHERE n.template = 'annual_review_overdue' ORDER BY n.id;
-- exactly due, and a microsecond before
BEGIN;
UPDATE beian.annual_review SET due_at = now() WHERE sponsor_id = 1;
UPDATE beian.annual_review SET due_at = now() + interval '1 microsecond' WHERE sponsor_id = 2;
SELECT sponsor_id FROM beian.annual_review_overdue WHERE sponsor_id IN (1, 2);
ROLLBACK;

-- 3. Answered by the sponsor or its provider, decided by the bureau

SET ROLE regress_icp_s1;
UPDATE beian.annual_review SET answer = 'maybe';
UPDATE beian.annual_review SET answer = 'unchanged' RETURNING sponsor_id, answer, answered_by, answered_at IS NOT NULL AS answered;
UPDATE beian.annual_review SET result = 'passed';
UPDATE beian.annual_review SET due_at = 'infinity';
SET ROLE regress_icp_p1;
UPDATE beian.annual_review SET answer = 'changed', answer_note = '电话已更换' WHERE sponsor_id = 2 RETURNING answer, answered_by;
UPDATE beian.annual_review SET answer = 'unchanged' WHERE sponsor_id = 3 RETURNING answer;	-- not its customer's
SELECT sponsor_id FROM beian.annual_review_overdue;
SET ROLE regress_icp_hu;
UPDATE beian.annual_review SET result = 'passed' WHERE sponsor_id = 1 RETURNING result;		-- not its province's
UPDATE beian.annual_review SET result = 'passed' WHERE sponsor_id = 3;
UPDATE beian.annual_review SET result = 'failed' WHERE sponsor_id = 3;
UPDATE beian.annual_review SET result = 'failed', result_reason = '逾期未参加年度审核' WHERE sponsor_id = 3 RETURNING result, decided_by, decided_at IS NOT NULL AS decided;
SET ROLE regress_icp_p2;
UPDATE beian.annual_review SET answer = 'unchanged' WHERE sponsor_id = 3;
SET ROLE regress_icp_jing;
UPDATE beian.annual_review SET result = 'passed' WHERE sponsor_id = 1 RETURNING result;
-- what was declared changed must be filed as a change first (3 Q9)
UPDATE beian.annual_review SET result = 'passed' WHERE sponsor_id = 2;
RESET ROLE;
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO beian.application (kind, state, account_id, sponsor_id, provider_id, province, province_code) VALUES ('change_sponsor', 'reviewing', 2, 2, 1, '京', 11);
SET LOCAL session_replication_role = origin;
SELECT beian.unfiled_changes(2, '2021-03-01');
SET LOCAL session_replication_role = replica;
UPDATE beian.application SET state = 'approved', decided_at = '2021-02-28';
SET LOCAL session_replication_role = origin;
SELECT beian.unfiled_changes(2, '2021-03-01');
SET LOCAL session_replication_role = replica;
UPDATE beian.application SET decided_at = '2021-03-02';
SET LOCAL session_replication_role = origin;
SELECT beian.unfiled_changes(2, '2021-03-01');
SET LOCAL ROLE regress_icp_jing;
UPDATE beian.annual_review SET result = 'passed' WHERE sponsor_id = 2 RETURNING result;
ROLLBACK;
SET ROLE regress_icp_p1;
UPDATE beian.annual_review SET answer = 'stopped' WHERE sponsor_id = 2 RETURNING answer;
SET ROLE regress_icp_jing;
UPDATE beian.annual_review SET result = 'passed' WHERE sponsor_id = 2;
RESET ROLE;
SELECT event, actor, sponsor_id, to_state, reason, new_values FROM beian.event WHERE event = 'annual_review' ORDER BY id;
-- a year to come cannot be answered yet; the review follows its sponsor
SELECT beian.open_annual_review(2099) AS opened;
UPDATE beian.annual_review SET answer = 'unchanged' WHERE year = 2099 AND sponsor_id = 1;
UPDATE beian.sponsor SET account_id = 2 WHERE id = 1;
SELECT DISTINCT account_id FROM beian.annual_review WHERE sponsor_id = 1;
UPDATE beian.sponsor SET account_id = 1 WHERE id = 1;

-- 4. Empty shells

INSERT INTO beian.site (sponsor_id, name, domains, number, status) VALUES
	(1, '甲一', '{a1.cn}', '京ICP备20000001号-1', 'filed'), (1, '甲二', '{a2.cn}', '京ICP备20000001号-2', 'filed'), (2, '乙一', '{b1.cn}', '京ICP备20000002号-1', 'filed'),
	(3, '丙一', '{c1.cn}', '沪ICP备20000003号-1', 'filed'), (1, '甲三', '{a3.cn}', NULL, 'draft'), (6, '己一', '{f1.cn}', '沪ICP备20000006号-1', 'cancelled');
INSERT INTO beian.access (site_id, provider_id, status) SELECT t.id, 1, 'live' FROM beian.site t WHERE t.name IN ('甲一', '丙一');
INSERT INTO beian.access (site_id, provider_id, status) SELECT t.id, 1, 'cancelled' FROM beian.site t WHERE t.name = '甲二';
INSERT INTO beian.access (site_id, provider_id, status) SELECT t.id, 2, 'draft' FROM beian.site t WHERE t.name = '甲二';
SELECT number, name, domains, being_dealt_with FROM beian.empty_shell_site ORDER BY number;
SELECT number, name, being_dealt_with FROM beian.empty_shell_sponsor ORDER BY number;
INSERT INTO beian.site (sponsor_id, name) VALUES (7, '庚一');
INSERT INTO beian.application (site_id, provider_id) SELECT t.id, 2 FROM beian.site t WHERE t.name = '庚一';
SELECT number, being_dealt_with FROM beian.empty_shell_sponsor ORDER BY number;
UPDATE beian.access SET status = 'cancelled' WHERE provider_id = 1;
SELECT number FROM beian.empty_shell_site ORDER BY number;
SET ROLE regress_icp_jing;
SELECT (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_site) AS sites, (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_sponsor) AS sponsors;
SET ROLE regress_icp_hu;
SELECT (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_site) AS sites, (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_sponsor) AS sponsors;
SET ROLE regress_icp_ministry;
SELECT (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_site) AS sites, (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_sponsor) AS sponsors;
SET ROLE regress_icp_p1;
SELECT (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_site) AS sites, (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_sponsor) AS sponsors;
SET ROLE regress_icp_s1;
SELECT (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_site) AS sites, (SELECT string_agg(number::text, ',' ORDER BY number) FROM beian.empty_shell_sponsor) AS sponsors;
RESET ROLE;

DROP SCHEMA beian CASCADE;
DROP OWNED BY regress_icp_jing, regress_icp_hu, regress_icp_ministry, regress_icp_p1, regress_icp_p2, regress_icp_s1;
DROP ROLE regress_icp_jing, regress_icp_hu, regress_icp_ministry, regress_icp_p1, regress_icp_p2, regress_icp_s1;
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
