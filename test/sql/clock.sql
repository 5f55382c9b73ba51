-- Terms: when they end, which one runs for an application, what happens when it is over, and who may set it going.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

-- The terms as the law has them.
SELECT code, amount, unit, since, states, action, clause FROM icp.clock ORDER BY clause, code;
SELECT code FROM icp.clock c, unnest(c.kinds) k
 WHERE k NOT IN ('new_filing', 'new_site', 'new_access', 'change_sponsor', 'change_principal', 'change_site', 'change_access',
				 'cancel_sponsor', 'cancel_site', 'cancel_access', 'licence', 'password_reset');
-- no two for one kind in one state
SELECT k.code, s.code, count(*) FROM icp.application_kind k, icp.state s, icp.clock c
 WHERE s.code = ANY (c.states) AND (c.kinds IS NULL OR k.code = ANY (c.kinds)) GROUP BY 1, 2 HAVING count(*) > 1;

-- When they end.  Working days: over the National Day of 2025 with its make-up days; the evening in UTC is the next day in Beijing.
SELECT t AS since, icp.clock_due('precheck', t::timestamptz) AS precheck, icp.clock_due('review', t::timestamptz) AS review,
	   icp.clock_due('reset', t::timestamptz) AS reset, icp.clock_due('officer', t::timestamptz) AS officer
  FROM unnest('{2025-09-18 15:59:59.999999+00,2025-09-18 16:00:00+00,2025-09-26 12:00+08,2025-10-01 00:00+08,2026-02-13 23:59+08}'::text[]) t;
-- a month ends on the day of the same number, or on the last of a shorter one
SELECT t AS since, icp.clock_due('visit', t::timestamptz) AS visit
  FROM unnest('{2025-01-15 09:00+08,2025-01-28 09:00+08,2025-01-29 09:00+08,2025-01-31 23:59:59+08,2024-01-31 00:00+08,2024-02-29 12:00+08,2025-03-31 16:00+00,2025-12-31 12:00+08}'::text[]) t;
-- days begin on the day after, hours at the moment
SELECT icp.clock_due('own_ip', '2025-09-30 08:00+08'), icp.clock_due('ip_problem', '2025-12-30 23:00+08'), icp.clock_due('sms', '2025-09-30 08:00:00.000001+08');
SELECT icp.clock_due('nothing', now());
SELECT icp.clock_due('review', '2150-01-01'), icp.clock_due('visit', '2150-01-01'), icp.clock_due('review', 'infinity'), icp.clock_due(NULL, now()), icp.clock_due('review', NULL);
-- the same as by icp.working_days_add, everywhere in the calendar
SELECT count(*) AS days, count(*) FILTER (WHERE icp.clock_due('review', d::timestamp AT TIME ZONE 'Asia/Shanghai') IS DISTINCT FROM
	(icp.working_days_add(d::date, 20) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS differ
  FROM generate_series(timestamp '2004-01-01', '2026-11-01', '1 day') d;
SELECT icp.try_working_days_add('2025-09-19', 20), icp.try_working_days_add('2025-10-23', -20), icp.try_working_days_add('2150-01-01', 1), icp.try_working_days_add('-infinity', 1),
	   icp.try_working_days_between('2025-09-19', '2025-10-23'), icp.try_working_days_between('2025-09-19', '2150-01-01'), icp.try_working_days_between('infinity', '2025-01-01');
-- what began before the day that lies so many working days back is over, and nothing else (view overdue_verification)
SELECT count(*) AS pairs, count(*) FILTER (WHERE (icp.clock_due('precheck', s::timestamp AT TIME ZONE 'Asia/Shanghai') <= t::timestamp AT TIME ZONE 'Asia/Shanghai')
												 <> (s < icp.working_days_add(t, -5))) AS differ
  FROM (SELECT s::date AS s, (s + n * interval '1 day')::date AS t FROM generate_series(timestamp '2025-01-01', '2025-12-01', '1 day') s, generate_series(0, 20) n) p;
-- a bureau's own term
INSERT INTO icp.clock_local VALUES ('review', 10, '承诺时限');
SELECT icp.clock_due('review', '2025-09-19 12:00+08'), (SELECT amount FROM icp.clock_term WHERE code = 'review');
DELETE FROM icp.clock_local;
INSERT INTO icp.clock_local VALUES ('review', 0, 'none');

-- Which one runs: from state to state.
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b'), (2, 'c');
INSERT INTO beian.sponsor (account_id, province, name, email, phone) SELECT 1 + i % 3, (ARRAY['京', '粤', '沪']::icp.province[])[1 + i % 3], '公司' || i, 'u@example.cn', '13800138000' FROM generate_series(0, 11) i;
INSERT INTO beian.site (sponsor_id, name, domains) SELECT i, '网' || i, ('{d' || i || '.cn}')::icp.domain_list FROM generate_series(1, 12) i;
INSERT INTO beian.application (site_id, filed_by) SELECT i, CASE WHEN i > 6 THEN 'sponsor' ELSE 'provider' END FROM generate_series(1, 12) i;
CREATE TEMP VIEW clock AS
	SELECT a.id, a.state, a.clock,
		   a.clock_due_at = CASE a.clock WHEN 'visit' THEN icp.clock_due('visit', now())
										 WHEN 'precheck' THEN icp.clock_due('precheck', a.submitted_at)
										 ELSE icp.clock_due(a.clock, a.reported_at) END AS right_due,
		   a.clock_due_at = a.due_at AS same_as_due_at, a.clock_overdue_at IS NOT NULL AS recorded
	  FROM beian.application a;
BEGIN;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'conflicted' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'returned', reason = 'r' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
SELECT * FROM clock WHERE id = 1;
-- a corrected time takes the deadline along; one that does not concern the state does not
UPDATE beian.application SET submitted_at = '2025-09-26 12:00+08' WHERE id = 1 RETURNING clock_due_at;
UPDATE beian.application SET reported_at = now() WHERE id = 1 RETURNING clock, clock_due_at;
ROLLBACK;

-- run_clocks(): to the microsecond; what is late by a visit expires, what is late otherwise is recorded, once.
-- 1, 2: visit; 3, 4: precheck; 5, 6: review; the odd ones are due now, the even ones a microsecond later
CREATE FUNCTION pg_temp.set_due(ids bigint[], due timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE beian.application SET clock_due_at = due, due_at = CASE WHEN state = 'reviewing' THEN due ELSE due_at END,
		   clock_overdue_at = NULL WHERE id = ANY (ids);
	SET LOCAL session_replication_role = origin;
END
$$;
UPDATE beian.application SET state = 'submitted' WHERE id <= 6;
UPDATE beian.application SET state = 'pre_verified' WHERE id IN (1, 2, 5, 6);
UPDATE beian.application SET state = 'verified' WHERE id IN (5, 6);
UPDATE beian.application SET state = 'reported' WHERE id IN (5, 6);
SELECT * FROM beian.run_clocks();
TRUNCATE beian.notice, beian.notice_secret;
BEGIN;
SELECT pg_temp.set_due('{1,3,5}', now()), pg_temp.set_due('{2,4,6}', now() + interval '1 microsecond');
SELECT * FROM beian.run_clocks();
SELECT id, state, clock, clock_overdue_at = now() AS recorded_now FROM beian.application WHERE id <= 6 ORDER BY id;
SELECT event, application_id, from_state, to_state, actor = current_user AS by_me, new_values ->> 'clock' AS clock, new_values ->> 'state' AS state,
	   (new_values ->> 'due_at')::timestamptz = now() AS due FROM beian.event WHERE event IN ('overdue', 'timeout') ORDER BY application_id;
SELECT id, overdue_review, overdue_verification, overdue_application, review_queue FROM
	(SELECT generate_series(1, 6) AS id) i,
	LATERAL (SELECT EXISTS (SELECT FROM beian.overdue_review v WHERE v.id = i.id) AS overdue_review,
					EXISTS (SELECT FROM beian.overdue_verification v WHERE v.id = i.id) AS overdue_verification,
					EXISTS (SELECT FROM beian.overdue_application v WHERE v.id = i.id) AS overdue_application,
					EXISTS (SELECT FROM beian.review_queue v WHERE v.id = i.id) AS review_queue) v ORDER BY 1;
-- again: nothing is left to do
SELECT * FROM beian.run_clocks();
COMMIT;
-- what expired gave up its claims, and its sponsor and provider are told
SELECT s.status, t.status, (SELECT count(*) FROM beian.claim c WHERE c.holder = 'beian.site'::regclass AND c.holder_id = t.id AND c.released_at IS NULL) AS claims
  FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.id = 1;
SELECT recipient, channel, text, state FROM beian.notice WHERE application_id = 1 ORDER BY id;
-- by now the others are due too
SELECT clock, handled FROM beian.run_clocks() WHERE handled <> 0;
SELECT string_agg(application_id || ' ' || event, ', ' ORDER BY application_id) FROM beian.event WHERE event IN ('overdue', 'timeout');

-- A step that comes late, before the clocks have run, is recorded as late; one in time, or after the record, is not.
-- (set_due() forgets what run_clocks() recorded of 4 and 6 above, so these are recorded a second time.)
SELECT pg_temp.set_due('{4,6}', now() - interval '1 second');
UPDATE beian.application SET state = 'pre_verified' WHERE id = 4;
UPDATE beian.application SET state = 'conflicted' WHERE id = 6;
SELECT id, state, clock, clock_overdue_at IS NOT NULL AS recorded FROM beian.application WHERE id IN (4, 6) ORDER BY id;
UPDATE beian.application SET state = 'verified' WHERE id = 4;
UPDATE beian.application SET state = 'reviewing' WHERE id = 6;
UPDATE beian.application SET state = 'approved' WHERE id = 6;
UPDATE beian.application SET state = 'approved' WHERE id = 5;
SELECT application_id, new_values ->> 'clock' AS clock, new_values ->> 'state' AS state, count(*) FROM beian.event WHERE event = 'overdue' GROUP BY 1, 2, 3 ORDER BY 1, 2;
SELECT * FROM clock WHERE id IN (4, 5, 6) ORDER BY id;
-- other kinds: a review that the bureau opens itself runs from then, a password is reset within ten days, a change goes to the visit or not
BEGIN;
INSERT INTO beian.application (kind, sponsor_id, licence) VALUES ('licence', 5, '粤B2-20090059') RETURNING id AS licence \gset
INSERT INTO beian.application (kind, sponsor_id) VALUES ('password_reset', 5) RETURNING id AS reset \gset
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 5) RETURNING id AS change \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :licence;
UPDATE beian.application SET state = 'submitted' WHERE id IN (:reset, :change);
SELECT kind, state, clock, clock_due_at = icp.clock_due(clock, now()) AS right_due, clock_due_at = due_at AS same_as_due_at FROM beian.application WHERE id IN (:licence, :reset, :change) ORDER BY kind;
UPDATE beian.application SET state = 'reported' WHERE id = :reset;
UPDATE beian.application SET state = 'verified' WHERE id = :change;
SELECT kind, state, clock, clock_due_at = icp.clock_due(clock, now()) AS right_due, clock_due_at = due_at AS same_as_due_at FROM beian.application WHERE id IN (:reset, :change) ORDER BY kind;
ROLLBACK;
-- a visit that was made late counts, if nobody had it expire before
UPDATE beian.application SET state = 'submitted' WHERE id = 7;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 7;
SELECT pg_temp.set_due('{7}', now() - interval '1 second');
UPDATE beian.application SET state = 'verified' WHERE id = 7;
SELECT new_values ->> 'clock' AS clock FROM beian.event WHERE event = 'overdue' AND application_id = 7;

-- One that does not go does not stop the others, nor does a subject that fails; a call does clock_batch at most.
UPDATE beian.application SET state = 'submitted' WHERE id IN (8, 9, 10);
UPDATE beian.application SET state = 'pre_verified' WHERE id IN (8, 9, 10);
SELECT pg_temp.set_due('{8,9,10}', now() - interval '1 second');
CREATE FUNCTION pg_temp.stubborn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
CREATE TRIGGER stubborn BEFORE UPDATE ON beian.application FOR EACH ROW WHEN (NEW.id = 9 AND NEW.state = 'expired') EXECUTE FUNCTION pg_temp.stubborn();
SELECT * FROM beian.run_clocks() WHERE clock = 'application';
SELECT id, state FROM beian.application WHERE id IN (8, 9, 10) ORDER BY id;
DROP TRIGGER stubborn ON beian.application;
UPDATE beian.setting SET value = 'many' WHERE name = 'clock_batch';
SELECT * FROM beian.run_clocks();
UPDATE beian.setting SET value = '1' WHERE name = 'clock_batch';
UPDATE beian.application SET state = 'submitted' WHERE id IN (11, 12);
SELECT pg_temp.set_due('{11,12}', now() - interval '1 second');
SELECT handled FROM beian.run_clocks() WHERE clock = 'application';
SELECT handled FROM beian.run_clocks() WHERE clock = 'application';
SELECT handled FROM beian.run_clocks() WHERE clock = 'application';
SELECT state FROM beian.application WHERE id = 9;
UPDATE beian.setting SET value = '10000' WHERE name = 'clock_batch';

-- Where the calendar does not reach: a warning, no deadline, and it is filled in when the year is loaded.
UPDATE beian.application SET submitted_at = '2150-03-02 12:00+08' WHERE id = 11;
UPDATE beian.application SET state = 'reported' WHERE id = 7;
SET client_min_messages = error;
UPDATE beian.application SET reported_at = '2150-03-02 12:00+08', due_at = icp.clock_due('review', '2150-03-02 12:00+08') WHERE id = 7;
SET client_min_messages = warning;
SELECT id, clock, clock_due_at, due_at FROM beian.application WHERE id IN (7, 11) ORDER BY id;
SELECT handled FROM beian.run_clocks() WHERE clock = 'application';
INSERT INTO icp.calendar_year_local (year, source) VALUES (2150, 'test');
SELECT handled FROM beian.run_clocks() WHERE clock = 'application';
SELECT id, clock, clock_due_at, due_at FROM beian.application WHERE id IN (7, 11) ORDER BY id;
SELECT handled FROM beian.run_clocks() WHERE clock = 'application';

-- The lists: to the microsecond, and with the days that are left or over.
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM beian.application;
SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS today \gset
INSERT INTO beian.application (id, state, account_id, sponsor_id, site_id, provider_id, province, province_code, filed_by, submitted_at, reported_at, due_at)
SELECT v.id, v.state, 1, 1, 1, 1, '京', 11, v.filed_by, v.submitted_at, v.submitted_at, v.due_at
  FROM (VALUES
	(1, 'submitted', 'sponsor', icp.working_days_add(:'today', -5)::timestamp AT TIME ZONE 'Asia/Shanghai', NULL::timestamptz),
	(2, 'submitted', 'sponsor', icp.working_days_add(:'today', -5)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond', NULL),
	(3, 'submitted', 'provider', icp.working_days_add(:'today', -5)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond', NULL),
	(4, 'pre_verified', 'sponsor', '2025-01-02', NULL),
	(5, 'reviewing', 'provider', NULL, now()),
	(6, 'reviewing', 'provider', NULL, now() + interval '1 microsecond'),
	(7, 'conflicted', 'provider', NULL, now() - interval '1 microsecond'),
	(8, 'reviewing', 'sponsor', NULL, (icp.working_days_add(:'today', 3) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'),
	(9, 'reviewing', 'sponsor', NULL, :'today'::timestamp AT TIME ZONE 'Asia/Shanghai'),
	(10, 'approved', 'sponsor', NULL, now() - interval '1 day'),
	(11, 'reviewing', 'sponsor', NULL, NULL),
	(12, 'reviewing', 'sponsor', NULL, (:'today'::date - 20)::timestamp AT TIME ZONE 'Asia/Shanghai')) v(id, state, filed_by, submitted_at, due_at);
SET LOCAL session_replication_role = origin;
SELECT id, due_at <= now() AS over, working_days_late = icp.working_days_between((due_at AT TIME ZONE 'Asia/Shanghai')::date - 1, :'today') AS days FROM beian.overdue_verification ORDER BY id;
SELECT string_agg(id::text, ',' ORDER BY id) AS overdue_review FROM beian.overdue_review;
SELECT id, working_days_late = icp.working_days_between(:'today'::date - 21, :'today') AS days FROM beian.overdue_review WHERE id = 12;
SELECT string_agg(id::text, ',' ORDER BY id) AS review_queue FROM beian.review_queue;
SELECT id, working_days_left FROM beian.review_queue WHERE id IN (8, 11) ORDER BY id;
SELECT working_days_left <= 0 AS over FROM beian.review_queue WHERE id IN (9, 12) ORDER BY id;
ROLLBACK;

-- A change is filed 30 days before it takes effect (4 §14(四)).
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE beian.application SET submitted_at = '2025-06-01 00:00+08', takes_effect_on = '2025-06-30' WHERE id = 1;
UPDATE beian.application SET submitted_at = '2025-05-31 23:59:59+08', takes_effect_on = '2025-06-30' WHERE id = 2;
UPDATE beian.application SET submitted_at = '2025-06-01 00:00+08', takes_effect_on = NULL WHERE id = 3;
UPDATE beian.application SET submitted_at = NULL, takes_effect_on = '2025-06-30' WHERE id = 4;
SELECT id, days_ahead FROM beian.late_change ORDER BY id;
ROLLBACK;

-- Who runs the clocks: the owner and members "system"; who sees the lists: each its own.
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
CREATE ROLE regress_icp_nobody IN ROLE icp_bureau;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_s1', 'sponsor', NULL, NULL, 1), ('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL, NULL), ('regress_icp_system', 'system', NULL, NULL, NULL);
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE beian.application SET state = 'reviewing', due_at = now() - interval '1 day', clock_due_at = now() - interval '1 day', clock = 'review', clock_overdue_at = now(),
	   takes_effect_on = '2025-06-30', submitted_at = '2025-06-29' WHERE id IN (1, 2, 3);
UPDATE beian.application SET state = 'submitted', filed_by = 'sponsor', submitted_at = '2025-06-29' WHERE id IN (4, 5, 6);
SET LOCAL session_replication_role = origin;
CREATE FUNCTION pg_temp.as_role(r name, command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result	text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', r);
	EXECUTE command INTO result;
	RESET ROLE;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT r, pg_temp.as_role(r, 'SELECT string_agg(id::text, '','' ORDER BY id) FROM beian.overdue_review') AS overdue_review,
	   pg_temp.as_role(r, 'SELECT string_agg(id::text, '','' ORDER BY id) FROM beian.overdue_verification') AS overdue_verification,
	   pg_temp.as_role(r, 'SELECT string_agg(id::text, '','' ORDER BY id) FROM beian.review_queue WHERE working_days_left IS NOT NULL') AS review_queue,
	   pg_temp.as_role(r, 'SELECT string_agg(id::text, '','' ORDER BY id) FROM beian.late_change') AS late_change,
	   pg_temp.as_role(r, 'SELECT count(*) FROM beian.overdue_application WHERE id IN (1, 2, 3)') AS overdue,
	   pg_temp.as_role(r, 'SELECT count(*) FROM beian.run_clocks()') AS runs
  FROM unnest('{regress_icp_s1,regress_icp_p1,regress_icp_p2,regress_icp_jing,regress_icp_hu,regress_icp_ministry,regress_icp_system,regress_icp_nobody}'::name[]) r;
SELECT r, pg_temp.as_role(r, 'UPDATE beian.application SET clock_due_at = NULL RETURNING id') AS moves_deadline,
	   pg_temp.as_role(r, 'SELECT beian.application_clock()') AS one_clock
  FROM unnest('{regress_icp_p1,regress_icp_jing,regress_icp_system}'::name[]) r;
ROLLBACK;
-- what a member "system" brings about is its act
UPDATE beian.application SET state = 'withdrawn' WHERE id = 11;
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (12, '网', '{x12.cn}');
INSERT INTO beian.application (site_id) VALUES (13) RETURNING id AS last \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :last;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :last;
SELECT pg_temp.set_due(ARRAY[:last], now() - interval '1 second');
SET ROLE regress_icp_system;
SELECT * FROM beian.run_clocks();
SELECT actor, event, from_state, to_state FROM beian.event WHERE application_id = :last ORDER BY id DESC LIMIT 1;
RESET ROLE;
SET ROLE regress_icp_jing;
SELECT * FROM beian.run_clocks();
SET ROLE regress_icp_p1;
SELECT * FROM beian.run_clocks();
-- a sponsor's provider says when a change is to take effect
INSERT INTO beian.site (sponsor_id, name) VALUES (4, '又一网') RETURNING id AS site \gset
INSERT INTO beian.application (site_id, takes_effect_on) VALUES (:site, '2030-01-01') RETURNING takes_effect_on;
RESET ROLE;
SELECT * FROM icp.check_registry();

DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DROP ROLE regress_icp_s1, regress_icp_p1, regress_icp_p2, regress_icp_jing, regress_icp_hu, regress_icp_ministry, regress_icp_system, regress_icp_nobody;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
