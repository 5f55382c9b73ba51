-- Periods in which steps are not taken, maintenance, incidents, what never came to an end.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

-- What the notice of 2010 says, at its borders (1 二 and its table).
CREATE FUNCTION pg_temp.taken(kind text, event text, at timestamptz) RETURNS boolean LANGUAGE sql AS
	$$ SELECT beian.closed_because(kind, event, 11::smallint, at) IS NULL $$;
SELECT what, pg_temp.taken(kind, event, before::timestamptz) AS before, pg_temp.taken(kind, event, first::timestamptz) AS first,
	   pg_temp.taken(kind, event, last::timestamptz) AS last, pg_temp.taken(kind, event, after::timestamptz) AS after
  FROM (VALUES
	('new filings go in from 20 June',      'new_filing',  'submit',  '2010-06-19 17:59:59', '2010-06-19 18:00', '2010-06-19 23:59:59', '2010-06-20 00:00'),
	('and are reported from 5 July',        'new_filing',  'report',  '2010-06-19 17:59:59', '2010-06-19 18:00', '2010-07-04 23:59:59', '2010-07-05 00:00'),
	('and reviewed from then',              'new_filing',  'approve', '2010-06-19 17:59:59', '2010-06-19 18:00', '2010-07-04 23:59:59', '2010-07-05 00:00'),
	('no changes from 20 June to 5 July',   'change_site', 'submit',  '2010-06-19 17:59:59', '2010-06-20 00:00', '2010-07-04 23:59:59', '2010-07-05 00:00'),
	('verification goes on',                'new_filing',  'verify',  '2010-06-19 17:59:59', '2010-06-20 00:00', '2010-07-04 23:59:59', '2010-07-05 00:00'))
	AS v(what, kind, event, before, first, last, after);
SELECT beian.closed_because('change_site', 'submit', 11::smallint, '2010-07-01');
SELECT count(*) AS closed_today FROM icp.transition t WHERE beian.closed_because(t.kind, t.event, 11::smallint, now()) IS NOT NULL;
SELECT code, portal, opened_at, closed_at FROM beian.filing_system ORDER BY code;

-- A period of today: members are refused, of that kind, step and province only.
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_bureau_2 IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_provider', 'provider', NULL, 1), ('regress_icp_bureau', 'bureau', '京', NULL),
	('regress_icp_bureau_2', 'bureau', '沪', NULL), ('regress_icp_ministry', 'ministry', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (1, '沪', '乙公司');
INSERT INTO beian.site (sponsor_id, name) VALUES (1, '甲网'), (2, '乙网');
SET ROLE regress_icp_bureau;
INSERT INTO beian.service_window (province, kinds, events, closed_from, closed_until, reason)
VALUES ('京', '{new_filing}', '{submit}', now() - interval '1 hour', now() + interval '1 hour', '系统升级');
INSERT INTO beian.service_window (province, closed_from, closed_until, reason) VALUES ('沪', now(), 'infinity', '别省');
INSERT INTO beian.service_window (closed_from, closed_until, reason) VALUES (now(), 'infinity', '全国');
SET ROLE regress_icp_provider;
INSERT INTO beian.application (site_id) VALUES (1), (2);
UPDATE beian.application SET state = 'submitted' WHERE site_id = 1;
UPDATE beian.application SET state = 'submitted' WHERE site_id = 2;
SELECT site_id, state FROM beian.application ORDER BY site_id;
-- a step that is not there at all is said first
\set VERBOSITY terse
UPDATE beian.application SET state = 'approved' WHERE site_id = 1;
\set VERBOSITY default
-- a member neither opens nor closes
UPDATE beian.service_window SET closed_until = now();
INSERT INTO beian.service_window (province, closed_from, closed_until, reason) VALUES ('京', now(), 'infinity', 'x');
RESET ROLE;
-- the owner may act as any; asked like everybody, it is refused like everybody
BEGIN;
UPDATE beian.application SET state = 'submitted' WHERE site_id = 1;
ROLLBACK;
BEGIN;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
UPDATE beian.application SET state = 'submitted' WHERE site_id = 1;
ROLLBACK;
-- when it has ended, the step is taken
SET ROLE regress_icp_bureau_2;
UPDATE beian.service_window SET closed_until = now();
SET ROLE regress_icp_bureau;
UPDATE beian.service_window SET closed_until = now() WHERE reason = '系统升级';
SET ROLE regress_icp_provider;
UPDATE beian.application SET state = 'submitted' WHERE site_id = 1 RETURNING state;
RESET ROLE;

-- Maintenance: announced before it begins, outside working hours (4 §26).  2026-03-02 is a Monday.
SET ROLE regress_icp_bureau;
INSERT INTO beian.service_window (purpose, province, closed_from, closed_until, reason)
VALUES ('maintenance', '京', '2026-03-02 17:00', '2026-03-03 09:00', '维护');
INSERT INTO beian.service_window (purpose, province, closed_from, closed_until, reason, announced_at, announced_by)
VALUES ('maintenance', '京', '2026-03-02 17:00', '2026-03-03 09:00', '维护', '2026-03-02 17:00', '公告');
INSERT INTO beian.service_window (purpose, province, closed_from, closed_until, reason, announced_at, announced_by)
VALUES ('maintenance', '京', '2026-03-02 17:00', '2026-03-03 09:00:00.000001', '维护', '2026-02-27', '公告');
INSERT INTO beian.service_window (purpose, province, closed_from, closed_until, reason, announced_at, announced_by)
VALUES ('maintenance', '京', '2026-03-02 16:59', '2026-03-02 20:00', '维护', '2026-02-27', '公告');
INSERT INTO beian.service_window (purpose, province, closed_from, closed_until, reason, announced_at, announced_by)
VALUES ('maintenance', '京', '2026-03-02 17:00', 'infinity', '维护', '2026-02-27', '公告');
INSERT INTO beian.service_window (purpose, province, closed_from, closed_until, reason, announced_at, announced_by)
VALUES ('maintenance', '京', '2026-03-02 17:00', '2026-03-03 09:00', '维护', '2026-02-27', '公告'),
	   ('maintenance', '京', '2026-02-28 17:00', '2026-02-28 18:00', '调休上班日下班后', '2026-02-27', '公告'),
	   ('maintenance', '京', '2026-03-07 00:00', '2026-03-09 09:00', '周末', '2026-03-01', '电话')
RETURNING reason, closed_from, closed_until;
RESET ROLE;
UPDATE beian.setting SET value = 'always' WHERE name = 'working_hours';
UPDATE beian.service_window SET reason = '周末维护' WHERE reason = '周末';
UPDATE beian.setting SET value = '09:00-17:00' WHERE name = 'working_hours';

-- A filing business that is down for more than 12 hours is reported upward (4 §27).
SET ROLE regress_icp_bureau;
INSERT INTO beian.incident (province, provider_id, business, began_at, ended_at) VALUES
	('京', 1, '接口上报，十二小时整', now() - interval '20 hours', now() - interval '8 hours'),
	('京', 1, '接口上报，十二小时多', now() - interval '20 hours', now() - interval '8 hours' + interval '1 microsecond'),
	('京', NULL, '审核，未恢复', now() - interval '13 hours', NULL),
	('京', NULL, '查询，未恢复', now() - interval '11 hours', NULL);
INSERT INTO beian.incident (province, business, began_at) VALUES ('沪', '别省', now());
SELECT business, due_at - began_at AS after FROM beian.overdue_incident ORDER BY id;
UPDATE beian.incident SET reported_at = now() WHERE business = '审核，未恢复';
UPDATE beian.incident SET reported_at = now(), reported_to = '部备案中心' WHERE business = '审核，未恢复';
SELECT business FROM beian.overdue_incident ORDER BY id;
SET ROLE regress_icp_bureau_2;
SELECT count(*) FROM beian.incident;
SELECT count(*) FROM beian.overdue_incident;
SET ROLE regress_icp_ministry;
SELECT business FROM beian.overdue_incident ORDER BY id;
RESET ROLE;

-- Old applications that have come to no end, by whose turn it is.
SET session_replication_role = replica;
INSERT INTO beian.application (site_id, sponsor_id, account_id, provider_id, province, province_code, state, created_at)
SELECT 1, 1, 1, 1, '京', 11, s.code, now() - interval '400 days' FROM icp.state s;
RESET session_replication_role;
SET ROLE regress_icp_bureau;
SELECT waits_for, string_agg(u.state, ', ' ORDER BY s.ordinal) FROM beian.unfinished_application u JOIN icp.state s ON s.code = u.state GROUP BY 1 ORDER BY 1;
SET ROLE regress_icp_bureau_2;
SELECT count(*) FROM beian.unfinished_application;
RESET ROLE;

SELECT count(*) AS problems FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local;
DROP ROLE regress_icp_provider, regress_icp_bureau, regress_icp_bureau_2, regress_icp_ministry;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
