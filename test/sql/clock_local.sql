-- A bureau's own terms hold wherever a term of icp.clock runs: one function computes all of them.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
SELECT icp.create_registry();
DELETE FROM icp.calendar_local;
DO $$
BEGIN
	-- (days of this year and the next, in whatever year this runs)
	INSERT INTO icp.calendar_local (day, is_working, reason)
	SELECT d::date, extract(isodow FROM d) < 6, 'test'
	  FROM generate_series(date_trunc('year', now()), date_trunc('year', now()) + interval '2 years - 1 day', interval '1 day') d
	 WHERE NOT EXISTS (SELECT FROM icp.calendar c WHERE extract(year FROM c.day) = extract(year FROM d));
END
$$;
INSERT INTO icp.clock_local VALUES ('review', 5, '承诺时限'), ('reset', 3, '承诺时限'), ('officer', 1, '承诺时限'), ('ip_report', 7, '承诺时限'),
	('domain_change', 2, '承诺时限'), ('ip_contact', 4, '承诺时限'), ('ip_change', 6, '承诺时限'), ('own_ip', 2, '承诺时限'), ('ip_problem', 1, '承诺时限'),
	('sms', 12, '承诺时限');
UPDATE beian.setting SET value = 'on' WHERE name = 'sms';
CREATE FUNCTION pg_temp.days(due timestamptz, since date DEFAULT (now() AT TIME ZONE 'Asia/Shanghai')::date) RETURNS integer LANGUAGE sql AS $$ SELECT icp.working_days_between(since, (due - interval '1 microsecond')::date) $$;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司');
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{a.cn}');
INSERT INTO beian.application (site_id) VALUES (1);
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'pre_verified';
UPDATE beian.application SET state = 'verified';
UPDATE beian.application SET state = 'reported';
SELECT state, pg_temp.days(due_at) AS review FROM beian.application;
SELECT due_at - started_at AS sms FROM beian.sms_challenge;
UPDATE beian.application SET state = 'reviewing' WHERE state = 'sms';
SELECT state, clock, pg_temp.days(clock_due_at) AS review, clock_due_at = due_at AS same FROM beian.application;
INSERT INTO beian.provider_officer (provider_id, duty, name, since) VALUES (1, 'head', '某某', (now() AT TIME ZONE 'Asia/Shanghai')::date) RETURNING pg_temp.days(due_at) AS officer;
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (1, '[8.8.0.0,8.8.255.255]', '2025-10-09') RETURNING pg_temp.days(due_at, '2025-10-09') AS ip_report;
INSERT INTO beian.ip_block (provider_id, ips, obtained_on, own_address) VALUES (1, '[9.9.0.0,9.9.255.255]', '2025-10-09', true) RETURNING due_at AS own_ip;
UPDATE beian.ip_block SET reported_at = now(), changed_on = '2025-10-09' WHERE id = 1 RETURNING pg_temp.days(due_at, '2025-10-09') AS ip_change;
INSERT INTO beian.domain_report (provider_id, domain, holder_name, registered_on, reported_at, changed_on) VALUES (1, 'a.cn', '甲公司', '2025-01-02', '2025-01-03', '2025-10-09') RETURNING pg_temp.days(due_at, '2025-10-09') AS domain_change;
INSERT INTO beian.unit_contact (provider_id, unit, name, changed_on) VALUES (1, 'ip', '某某', '2025-10-09'), (1, 'domain', '某某', '2025-10-09') RETURNING unit, pg_temp.days(due_at, '2025-10-09');
INSERT INTO beian.ip_prompt (ip_block_id, problem, prompted_at) VALUES (1, 'x', '2025-10-09 08:00') RETURNING due_at;
DELETE FROM icp.clock_local;
DELETE FROM icp.calendar_local WHERE reason = 'test';
DROP SCHEMA beian CASCADE;
