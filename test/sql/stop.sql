-- Stopping access and resolution, and what bureaus ask of one another.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_provider_2 IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_bureau_2 IN ROLE icp_bureau;
CREATE ROLE regress_icp_public IN ROLE icp_public;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_provider', 'provider', NULL, 1), ('regress_icp_provider_2', 'provider', NULL, 2),
	('regress_icp_bureau', 'bureau', '京', NULL), ('regress_icp_bureau_2', 'bureau', '沪', NULL);
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES
	(1, '京', '甲公司', '京ICP备2020000001号', 'filed'), (1, '京', '乙公司', NULL, 'draft'), (1, '京', '丙公司', '京ICP备2020000003号', 'filed');
INSERT INTO beian.site (sponsor_id, name, domains, number, status) VALUES
	(1, '甲网', '{a.cn}', '京ICP备2020000001号-1', 'filed'), (2, '乙网', '{b.cn}', NULL, 'draft'),
	(3, '丙网', '{c.com.cn}', '京ICP备2020000003号-1', 'filed');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live'), (1, 2, 'live'), (3, 1, 'live');

-- Who may be resolved: filed, or under a filed independent domain, and not stopped (4 §16(五)).
CREATE TEMP TABLE asked AS SELECT * FROM (VALUES ('a.cn'), ('www.a.cn'), ('HTTP://www.A.cn/x?y'), ('b.cn'), ('nowhere.cn'), ('c.com.cn'), ('img.s.c.com.cn'), ('com.cn'), ('192.0.2.1'), ('http://[2001:db8::1]/'), ('https://img.s.c.com.cn:8443/x?y=z')) v(host);
GRANT SELECT ON asked TO PUBLIC;
SET ROLE regress_icp_public;
SELECT host, beian.may_resolve(host) FROM asked;
SELECT beian.may_resolve('a..cn');
SELECT beian.may_redirect('a.cn', 'www.c.com.cn') AS both_filed, beian.may_redirect('a.cn', 'b.cn') AS to_unfiled, beian.may_redirect('b.cn', 'a.cn') AS from_unfiled;
RESET ROLE;

-- A ground stops what the law has it stop.
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'untrue', 1, 1, 'x');
INSERT INTO beian.stop_order (what, ground, domain, reason) VALUES ('resolution', 'refused_update', 'a.cn', 'x');
\set VERBOSITY terse
INSERT INTO beian.stop_order (what, ground, site_id, reason) VALUES ('access', 'unfiled', 1, 'x');
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'illegal_content', 1, 1, '举报');
\set VERBOSITY default

-- A closing decision about a domain: nothing under it is resolved, its sibling is.
SET ROLE regress_icp_bureau;
INSERT INTO beian.stop_order (what, ground, domain, reason) VALUES ('resolution', 'closing_decision', 's.c.com.cn', '关闭决定书 1 号') RETURNING ordered_by, province_code;
SET ROLE regress_icp_public;
SELECT host, beian.may_resolve(host) FROM (VALUES ('s.c.com.cn'), ('img.s.c.com.cn'), ('t.c.com.cn'), ('xs.c.com.cn'), ('c.com.cn')) v(host);
SET ROLE regress_icp_bureau_2;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '别省' WHERE domain OPERATOR(icp.=) 's.c.com.cn';
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'unfiled', 1, 1, '别省的网站');
SET ROLE regress_icp_bureau;
UPDATE beian.stop_order SET done_at = now() WHERE domain OPERATOR(icp.=) 's.c.com.cn' RETURNING done_by;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '整改完成' WHERE domain OPERATOR(icp.=) 's.c.com.cn' RETURNING lifted_by;
UPDATE beian.stop_order SET lifted_because = '改口' WHERE domain OPERATOR(icp.=) 's.c.com.cn';
SET ROLE regress_icp_public;
SELECT beian.may_resolve('img.s.c.com.cn');

-- A provider stops an unfiled site of its own; it opens again when it has its number (3 Q8).
SET ROLE regress_icp_provider;
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'unfiled', 2, 1, '未备案') RETURNING id, province_code;
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'unfiled', 2, 1, '未备案');
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'unfiled', 1, 2, '别家的');
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'closing_decision', 2, 1, '不归它');
UPDATE beian.stop_order SET done_at = now() WHERE site_id = 2;
UPDATE beian.stop_order SET reason = '改口' WHERE site_id = 2;
UPDATE beian.stop_order SET done_at = NULL WHERE site_id = 2;
DELETE FROM beian.stop_order;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '已备案' WHERE site_id = 2;
RESET ROLE;
INSERT INTO beian.access (site_id, provider_id, status) VALUES (2, 1, 'live');
INSERT INTO beian.application (site_id) VALUES (2);
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'pre_verified';
UPDATE beian.application SET state = 'verified';
UPDATE beian.application SET state = 'reported';
UPDATE beian.application SET state = 'approved';
SELECT s.number IS NOT NULL AS filed, a.status FROM beian.site s JOIN beian.access a ON a.site_id = s.id WHERE s.id = 2;
SET ROLE regress_icp_provider;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '已备案' WHERE site_id = 2 RETURNING lifted_by;
SELECT event, count(*) FROM beian.event WHERE site_id = 2 AND event ~ 'stop' GROUP BY 1 ORDER BY 1;
RESET ROLE;

-- A sponsor that does not update: the provider stops, and no other is bound; what is unlawful is so everywhere.
SET ROLE regress_icp_provider;
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason) VALUES ('access', 'refused_update', 1, 1, '拒不更新') RETURNING id \gset refused_
RESET ROLE;
UPDATE beian.access SET status = 'draft' WHERE site_id = 1;
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 2;
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 1;
SET ROLE regress_icp_provider_2;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '替它解除' WHERE id = :refused_id;
SET ROLE regress_icp_provider;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '已更新' WHERE id = :refused_id;
RESET ROLE;
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 1;
SET ROLE regress_icp_bureau;
INSERT INTO beian.stop_order (what, ground, site_id, provider_id, reason, evidence_sha256) VALUES ('access', 'illegal_content', 1, 1, '举报属实', sha256('page')) RETURNING id \gset illegal_
RESET ROLE;
UPDATE beian.access SET status = 'draft' WHERE site_id = 1 AND provider_id = 2;
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 2;
-- a provider does not lift what the bureau ordered
SET ROLE regress_icp_provider;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '自行解除' WHERE id = :illegal_id;
SET ROLE regress_icp_bureau;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = ' ' WHERE id = :illegal_id;
UPDATE beian.stop_order SET lifted_at = now(), lifted_because = '已删除' WHERE id = :illegal_id RETURNING lifted_by;
RESET ROLE;
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 2 RETURNING status;

-- A cancelled site: each of its providers closes it at the same time (4 §22(三)).
UPDATE beian.site SET status = 'cancelled' WHERE id = 1;
SELECT provider_id, ground, reason FROM beian.stop_order WHERE site_id = 1 AND lifted_at IS NULL ORDER BY provider_id;
SELECT beian.may_resolve('a.cn');
SET ROLE regress_icp_provider_2;
SELECT site_id, ground, elapsed IS NOT NULL AS timed FROM beian.unfulfilled_stop;
UPDATE beian.stop_order SET done_at = now() WHERE site_id = 1;
SELECT count(*) FROM beian.unfulfilled_stop;
SET ROLE regress_icp_bureau;
SELECT site_id, provider_id, ground FROM beian.unfulfilled_stop ORDER BY id;
SET ROLE regress_icp_bureau_2;
SELECT count(*) FROM beian.unfulfilled_stop;
SELECT count(*) FROM beian.stop_order;
RESET ROLE;

-- What bureaus tell the public, and ask of one another (4 §8).
SET ROLE regress_icp_bureau;
INSERT INTO beian.bureau_notice (province, report_phone, report_mailbox, sheet_submission) VALUES ('京', '12321', 'jubao@example.cn', '扫描件') RETURNING province_code;
INSERT INTO beian.bureau_notice (province, report_phone) VALUES ('沪', '12321');
SET ROLE regress_icp_public;
SELECT province, report_phone, report_mailbox, sheet_submission FROM beian.bureau_notice;
SET ROLE regress_icp_bureau;
INSERT INTO beian.assistance_request (from_province, to_province, subject, site_id, provider_id, demand, due_at)
VALUES ('京', '沪', 'close_site', 1, 2, '关停违法网站', now() + interval '5 days') RETURNING asked_by, province_code;
INSERT INTO beian.assistance_request (from_province, to_province, subject, provider_id, demand, due_at) VALUES ('粤', '沪', 'findings', 2, '冒名', now() + interval '1 day');
INSERT INTO beian.assistance_request (from_province, to_province, subject, provider_id, demand, due_at) VALUES ('京', '京', 'findings', 2, '自己', now() + interval '1 day');
INSERT INTO beian.assistance_request (from_province, to_province, subject, demand, due_at) VALUES ('京', '沪', 'findings', '关于谁', now() + interval '1 day');
UPDATE beian.assistance_request SET answered_at = now(), answer = '自答';
RESET ROLE;
SET session_replication_role = replica;
UPDATE beian.assistance_request SET asked_at = now() - interval '6 days', due_at = now() - interval '1 second';
RESET session_replication_role;
SET ROLE regress_icp_bureau_2;
SELECT from_province, to_province, subject FROM beian.overdue_assistance;
UPDATE beian.assistance_request SET demand = '改题' WHERE true;
UPDATE beian.assistance_request SET answered_at = now(), answer = '已关停' RETURNING answered_by;
UPDATE beian.assistance_request SET answer = '改口';
SELECT count(*) FROM beian.overdue_assistance;
SET ROLE regress_icp_provider;
SELECT count(*) FROM beian.assistance_request;
RESET ROLE;
DELETE FROM beian.assistance_request;
SELECT count(*) AS problems FROM icp.check_registry();

DELETE FROM icp.calendar_year_local;
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_provider, regress_icp_provider_2, regress_icp_bureau, regress_icp_bureau_2, regress_icp_public;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
