-- A provider leaves: hand-over in bulk, what nobody takes, and the transfer of a filing to another account.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
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

-- 1 leaves, 2 takes over; 3 is somebody else.  Accounts of one name at both.
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪'), ('三号云', '粤');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_hu', 'bureau', '沪', NULL), ('regress_icp_ministry', 'ministry', NULL, NULL),
	('regress_icp_p1', 'provider', NULL, 1), ('regress_icp_p2', 'provider', NULL, 2);
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'zhang'), (1, 'li'), (1, 'zhang@1'), (2, 'zhang'), (3, 'wang'), (2, 'li@1'), (1, 'empty');
SELECT id, provider_id, user_name, province_code FROM beian.account ORDER BY id;
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES
	(1, '京', '甲公司', '京ICP备20000001号', 'filed'), (2, '沪', '乙公司', '沪ICP备20000002号', 'filed'), (3, '京', '丙公司', '京ICP备20000003号', 'filed'),
	(4, '沪', '丁公司', '沪ICP备20000004号', 'filed'), (5, '粤', '戊公司', '粤ICP备20000005号', 'filed');
INSERT INTO beian.site (sponsor_id, name, domains, number, status) VALUES
	(1, '甲一', '{a1.cn}', '京ICP备20000001号-1', 'filed'), (1, '甲二', '{a2.cn}', '京ICP备20000001号-2', 'filed'), (2, '乙一', '{b1.cn}', '沪ICP备20000002号-1', 'filed'),
	(3, '丙一', '{c1.cn}', '京ICP备20000003号-1', 'filed'), (4, '丁一', '{d1.cn}', '沪ICP备20000004号-1', 'filed'), (5, '戊一', '{e1.cn}', '粤ICP备20000005号-1', 'filed'),
	(3, '丙二', '{c2.cn}', '京ICP备20000003号-2', 'filed');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲三', '{a3.cn}'), (2, '乙二', '{b2.cn}'), (3, '丙三', '{c3.cn}'), (3, '丙四', '{c4.cn}'), (4, '丁二', '{d2.cn}');
INSERT INTO beian.access (site_id, provider_id, status, ips, mode, server_province) VALUES
	(1, 1, 'live', '{[1.1.1.1,1.1.1.1]}', '主机托管', '京'), (2, 1, 'live', NULL, NULL, NULL), (3, 1, 'live', NULL, NULL, NULL), (4, 1, 'live', '{[1.1.1.4,1.1.1.4]}', '专线', '京'),
	(4, 2, 'cancelled', '{[2.2.2.4,2.2.2.4]}', '虚拟主机', '沪'), (2, 2, 'live', NULL, NULL, NULL), (5, 2, 'live', NULL, NULL, NULL),
	(6, 3, 'live', NULL, NULL, NULL), (6, 1, 'live', NULL, NULL, NULL), (7, 1, 'live', NULL, NULL, NULL), (7, 2, 'draft', '{[2.2.2.7,2.2.2.7]}', NULL, NULL), (5, 1, 'cancelled', NULL, NULL, NULL);
-- in several states
INSERT INTO beian.application (site_id) VALUES (8), (9), (10), (11), (12);
UPDATE beian.application SET state = 'submitted' WHERE id IN (2, 3, 4);
UPDATE beian.application SET state = 'pre_verified' WHERE id IN (3, 4);
UPDATE beian.application SET state = 'verified' WHERE id = 4;
UPDATE beian.application SET state = 'reported' WHERE id = 4;
SELECT id, state, provider_id, account_id FROM beian.application ORDER BY id;
-- and about accesses: 12 and 13 have lost their object when 2 has taken over, 14 too; 15 and 16 go along
INSERT INTO beian.application (id, kind, site_id, provider_id) VALUES (12, 'change_access', 2, 1), (13, 'new_access', 7, 2), (14, 'new_access', 5, 1), (15, 'change_access', 4, 1), (16, 'change_sponsor', 1, 1);
UPDATE beian.application SET state = 'submitted' WHERE id IN (13, 14, 15);

-- 1. Who may, and when

SET ROLE regress_icp_p1;
SELECT beian.hand_over(1, 2, '停业');
SET ROLE regress_icp_hu;
SELECT beian.hand_over(1, 2, '停业');
SET ROLE regress_icp_ministry;
SELECT beian.hand_over(1, 2, '停业');
SET ROLE regress_icp_jing;
SELECT beian.hand_over(1, 1, '停业');
SELECT beian.hand_over(1, 2, ' ');
SELECT beian.hand_over(1, 99, '停业');
SELECT beian.hand_over(99, 2, '停业');
RESET ROLE;
UPDATE beian.provider SET status = 'closed' WHERE id = 3;
SET ROLE regress_icp_jing;
SELECT beian.hand_over(1, 3, '停业');
RESET ROLE;
UPDATE beian.provider SET status = 'open' WHERE id = 3;

-- 2. Some sites: the account of 乙公司 goes along, since nothing of it is left; that of 甲公司 does not

BEGIN;
SET LOCAL ROLE regress_icp_jing;
SELECT from_provider_id, to_provider_id, actor, reason, accesses, merged, accounts, renamed, applications_moved, applications_returned, applications_ended
  FROM beian.hand_over(1, 2, '业务转让', ARRAY[1, 3, 9]);
RESET ROLE;
SELECT a.site_id, a.provider_id, a.status FROM beian.access a WHERE a.site_id IN (1, 2, 3) ORDER BY 1, 2;
SELECT id, provider_id, user_name FROM beian.account WHERE id IN (1, 2) ORDER BY id;
SELECT id, state, provider_id FROM beian.application WHERE id IN (1, 2) ORDER BY id;
ROLLBACK;

-- 3. All of it

CREATE TEMP TABLE before AS SELECT c.id, c.key, c.account_id, c.released_at FROM beian.claim c;
SET ROLE regress_icp_p1;
UPDATE beian.provider SET admission = 'exiting', admission_reason = '退出接入服务市场' WHERE id = 1 RETURNING status;
SET ROLE regress_icp_jing;
SELECT * FROM beian.left_with_provider(1);
SELECT from_provider_id, to_provider_id, actor, reason, province_code, accesses, merged, accounts, renamed, applications_moved, applications_returned, applications_ended
  FROM beian.hand_over(1, 2, '退出接入服务市场');
SELECT * FROM beian.left_with_provider(1);
RESET ROLE;
-- every site has the live access that it had, once: 4's and 7's by the row that 2 had already; who served it too stays
SELECT a.site_id, a.provider_id, a.status, a.ips, a.mode, a.server_province FROM beian.access a ORDER BY 1, 2;
-- names are kept where they can be, and are unique
SELECT id, provider_id, user_name, province_code FROM beian.account ORDER BY id;
-- what was verified by the one is to be verified by the other; what the bureau has goes on
SELECT id, state, provider_id, reason FROM beian.application ORDER BY id;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = 4;
RESET ROLE;
SELECT a.provider_id, a.status FROM beian.access a WHERE a.site_id = 11;
SELECT p.id, p.access_id = a.id AS of_the_access FROM beian.application p JOIN beian.access a ON a.site_id = 4 AND a.provider_id = 2 WHERE p.id = 15;
-- no site lost its last access on the way, so that none is to be cancelled
SELECT count(*) AS cancellations FROM beian.application WHERE kind = 'cancel_site';
-- no claim moved, no conflict
SELECT count(*) AS claims_changed FROM (SELECT c.id, c.key, c.account_id, c.released_at FROM beian.claim c EXCEPT SELECT * FROM before) d;
SELECT count(*) AS conflicts FROM beian.conflict;
-- told: an event, one for each live access, the bureaux with a say, the two providers
SELECT e.actor, e.province_code, e.reason, e.old_values, e.new_values FROM beian.event e WHERE e.event = 'hand_over';
SELECT e.actor, e.sponsor_id, e.site_id, e.old_values - 'access' AS old, e.new_values - 'access' AS new FROM beian.event e WHERE e.event = 'change' AND e.old_values ? 'access' ORDER BY e.site_id;
SELECT n.template, n.recipient, n.provider_id, n.province_code FROM beian.notice n WHERE n.template IN ('handed_over', 'provider_begin_exit') ORDER BY n.id;
-- whatever else changes in the same statement is in the event
BEGIN;
UPDATE beian.access SET provider_id = 3, mode = '专线' WHERE site_id = 3;
SELECT e.old_values - 'access' AS old, e.new_values - 'access' AS new FROM beian.event e WHERE e.site_id = 3 ORDER BY e.id DESC LIMIT 1;
ROLLBACK;
-- each provider sees what is now its own, and the receipt
SET ROLE regress_icp_p1;
SELECT (SELECT count(*) FROM beian.sponsor) AS sponsors, (SELECT count(*) FROM beian.site) AS sites, (SELECT count(*) FROM beian.handover) AS receipts;
SET ROLE regress_icp_p2;
SELECT (SELECT count(*) FROM beian.sponsor) AS sponsors, (SELECT count(*) FROM beian.site) AS sites, (SELECT count(*) FROM beian.handover) AS receipts;
UPDATE beian.application SET state = 'submitted' WHERE id = 3 RETURNING state;
UPDATE beian.handover SET reason = 'x';
RESET ROLE;
UPDATE beian.handover SET reason = 'x';
-- again: nothing is left to do
SELECT accesses, accounts, applications_moved FROM beian.hand_over(1, 2, '再来一次');
-- and now it may go
SET ROLE regress_icp_jing;
UPDATE beian.provider SET admission = 'exited' WHERE id = 1 RETURNING status, admission;
UPDATE beian.provider SET status = 'open' WHERE id = 1;
UPDATE beian.provider SET admission = 'open' WHERE id = 1;
RESET ROLE;
SELECT event, actor FROM beian.provider_history WHERE provider_id = 1 ORDER BY id;

-- 4. What nobody takes ends

INSERT INTO beian.application (site_id, provider_id) VALUES (12, 3) RETURNING state;
UPDATE beian.application SET state = 'submitted' WHERE provider_id = 3;
SELECT beian.end_accesses(3, '无人承接');
UPDATE beian.provider SET admission = 'exiting', admission_reason = '注销许可' WHERE id = 3;
SET ROLE regress_icp_jing;
SELECT beian.end_accesses(3, '无人承接');
RESET ROLE;
SELECT accesses, applications_ended, to_provider_id FROM beian.end_accesses(3, '无人承接');
SELECT state FROM beian.application WHERE provider_id = 3;
SELECT provider_id, status FROM beian.access WHERE site_id = 6 ORDER BY 1;
UPDATE beian.provider SET admission = 'exited' WHERE id = 3 RETURNING admission;
SELECT id, status FROM beian.account WHERE provider_id = 3;

-- 5. Another account

INSERT INTO beian.account (provider_id, user_name, status) VALUES (2, 'neu', 'open'), (2, 'gone', 'closed');
INSERT INTO beian.site (sponsor_id, domains) VALUES (4, '{a1.cn}');		-- of the account 4, against 甲公司
SELECT kind, key, left_account, right_account, state FROM beian.conflict;
INSERT INTO beian.application (id, kind, site_id) VALUES (50, 'change_site', 5);
INSERT INTO beian.site_change (application_id, name) VALUES (50, '丁一新');
SET ROLE regress_icp_p2;
SELECT beian.transfer_sponsor(4, 8, '过户');
SET ROLE regress_icp_jing;
SELECT beian.transfer_sponsor(4, 8, '过户');
SET ROLE regress_icp_hu;
SELECT beian.transfer_sponsor(4, 8, '');
SELECT beian.transfer_sponsor(4, 9, '过户');
SELECT beian.transfer_sponsor(4, 99, '过户');
SELECT beian.transfer_sponsor(99, 8, '过户');
SELECT beian.transfer_sponsor(4, 8, '过户');
SELECT beian.transfer_sponsor(4, 8, '过户');		-- is there already
RESET ROLE;
SELECT account_id, number FROM beian.sponsor WHERE id = 4;
SELECT id, account_id, number FROM beian.site WHERE sponsor_id = 4 ORDER BY id;
SELECT id, account_id, state FROM beian.application WHERE sponsor_id = 4 ORDER BY id;
SELECT application_id, account_id, status FROM beian.site_change;
-- the claims are the new account's, and so are the conflicts
SELECT c.kind, c.key, c.account_id, c.approved FROM beian.claim c WHERE c.released_at IS NULL AND c.key IN ('d1.cn', 'd2.cn', '丁公司') ORDER BY 2;
SELECT kind, key, left_account, right_account, state FROM beian.conflict ORDER BY state, kind;
SELECT event, actor, reason, old_values, new_values FROM beian.event WHERE sponsor_id = 4 AND event IN ('transfer', 'change') ORDER BY id;
-- to the account on the other side: one account is not in conflict with itself
SELECT beian.transfer_sponsor(4, 1, '同一主体');
SELECT count(*) FROM beian.conflict WHERE state = 'open';
SELECT * FROM icp.find_rivals('beian.claim', 'beian.site', 1);

DROP SCHEMA beian CASCADE;
DROP OWNED BY regress_icp_jing, regress_icp_hu, regress_icp_ministry, regress_icp_p1, regress_icp_p2;
DROP ROLE regress_icp_jing, regress_icp_hu, regress_icp_ministry, regress_icp_p1, regress_icp_p2;
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
