-- The standing of access providers: admission, who takes its steps, the check at the report, officers, leases, the three bureaux.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
SELECT * FROM icp.check_registry();
-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_yue IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_public IN ROLE icp_public;
CREATE ROLE regress_icp_nobody IN ROLE icp_bureau, icp_provider;

-- What others may go on doing: a provider is a name, and is open.
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.provider (name) VALUES ('全国云');
INSERT INTO beian.provider (name, province, status) VALUES ('旧云', '京', 'closed');
SELECT id, name, status, admission, class FROM beian.provider ORDER BY id;
SELECT count(*) AS steps FROM beian.provider_history;
UPDATE beian.provider SET status = 'closed' WHERE id = 3 RETURNING status, admission;
UPDATE beian.provider SET status = 'open' WHERE id = 3 RETURNING status, admission;
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL),
	('regress_icp_yue', 'bureau', '粤', NULL, NULL), ('regress_icp_ministry', 'ministry', NULL, NULL, NULL),
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1);

-- 1. The steps of admission

-- the whole matrix by the owner: what is in icp.provider_step works, everything else is 55000
CREATE FUNCTION pg_temp.try(from_state text, to_state text, why text, as_role text DEFAULT NULL, of bigint DEFAULT 1) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	done	integer;
BEGIN
	SET LOCAL session_replication_role = replica;		-- put it there, past every trigger
	UPDATE beian.provider SET admission = from_state, status = CASE from_state WHEN 'open' THEN 'open' ELSE 'closed' END,
		admission_reason = NULL, licence = '京B2-20200001' WHERE id = of;
	SET LOCAL session_replication_role = origin;
	IF as_role IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', as_role);
	END IF;
	UPDATE beian.provider SET admission = to_state, admission_reason = why WHERE id = of;
	GET DIAGNOSTICS done = ROW_COUNT;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = CASE done WHEN 1 THEN 'done' ELSE 'not seen' END;
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END
$$;
SELECT pg_temp.try(f.code, t.code, NULL) AS result, count(*) FROM icp.provider_state f, icp.provider_state t WHERE f.code <> t.code GROUP BY 1 ORDER BY 1;
SELECT count(*) AS differences FROM icp.provider_state f, icp.provider_state t
 WHERE f.code <> t.code
   AND (pg_temp.try(f.code, t.code, NULL) = 'done') <> EXISTS (SELECT FROM icp.provider_step s WHERE s.from_state = f.code AND s.to_state = t.code);
-- nothing leads out of the final one, something out of every other, and all are reached
SELECT s.code FROM icp.provider_state s WHERE s.is_final = EXISTS (SELECT FROM icp.provider_step t WHERE t.from_state = s.code);
WITH RECURSIVE reached AS (SELECT 'applied' AS code UNION SELECT t.to_state FROM reached r JOIN icp.provider_step t ON t.from_state = r.code)
SELECT code FROM icp.provider_state EXCEPT SELECT code FROM reached;
-- by whom: the bureau of its province, itself where it may, nobody else
INSERT INTO beian.provider_document (provider_id, kind, sha256) SELECT 1, d.code, sha256(d.code::bytea) FROM icp.admission_document d;
UPDATE beian.provider SET system_origin = 'own' WHERE id = 1;
SELECT s.event, s.from_state, s.to_state, string_agg(replace(w.r, 'regress_icp_', ''), ', ' ORDER BY w.r) FILTER (WHERE pg_temp.try(s.from_state, s.to_state, 'why', w.r) = 'done') AS done_by
  FROM icp.provider_step s, unnest('{regress_icp_jing,regress_icp_hu,regress_icp_ministry,regress_icp_p1,regress_icp_p2,regress_icp_nobody}'::text[]) w(r)
 WHERE s.from_state IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 2, 3;
-- a nationwide one: the ministry
SELECT w.r, pg_temp.try('open', 'closed', 'why', w.r, 3) FROM unnest('{regress_icp_jing,regress_icp_ministry,regress_icp_p1}'::text[]) w(r) ORDER BY 1;
-- with a reason where one is asked
SELECT count(*) AS differences FROM icp.provider_step s
 WHERE s.from_state IS NOT NULL AND (pg_temp.try(s.from_state, s.to_state, E' \n', 'regress_icp_jing') = '23514') <> s.needs_reason;

-- what a new one goes through, and what is said on the way
SET ROLE regress_icp_p1;
INSERT INTO beian.provider (name, province) VALUES ('三号云', '京');
SET ROLE regress_icp_hu;
INSERT INTO beian.provider (name, province) VALUES ('三号云', '京');
SET ROLE regress_icp_jing;
INSERT INTO beian.provider (name, province, admission) VALUES ('三号云', '京', 'open');
INSERT INTO beian.provider (name, province, system_origin, system_product, system_version) VALUES ('三号云', '京', 'bought', '备案易', '3.1') RETURNING status, admission;
UPDATE beian.provider SET admission = 'open' WHERE name = '三号云';
UPDATE beian.provider SET admission = 'evaluated' WHERE name = '三号云';
UPDATE beian.provider SET admission = 'tested' WHERE name = '三号云';
UPDATE beian.provider SET admission = 'open' WHERE name = '三号云';
-- and the documents of 4 §30, more of a bought system
INSERT INTO beian.provider_document (provider_id, kind, sha256) SELECT p.id, d.code, sha256(d.code::bytea) FROM beian.provider p, icp.admission_document d WHERE p.name = '三号云';
UPDATE beian.provider SET admission = 'open', licence = '京B2-20210007' WHERE name = '三号云' RETURNING status, admission;
UPDATE beian.provider SET admission = 'suspended' WHERE name = '三号云';
UPDATE beian.provider SET admission = 'suspended', admission_reason = '记分达到80分' WHERE name = '三号云' RETURNING status, admission;
SET ROLE regress_icp_hu;
UPDATE beian.provider SET admission = 'open' WHERE name = '三号云';
SET ROLE regress_icp_jing;
UPDATE beian.provider SET admission = 'open' WHERE name = '三号云' RETURNING status, admission, admission_reason;
UPDATE beian.provider SET province = '沪' WHERE name = '三号云';
SELECT h.actor, h.event, h.from_state, h.to_state, h.reason, h.province_code, h.at = now() AS now FROM beian.provider_history h JOIN beian.provider p ON p.id = h.provider_id WHERE p.name = '三号云' ORDER BY h.id;
UPDATE beian.provider_history SET reason = 'x';
RESET ROLE;
UPDATE beian.provider_history SET reason = 'x';
SELECT e.event, e.actor, e.from_state, e.to_state, e.reason, e.new_values ->> 'provider_id' AS provider FROM beian.event e WHERE e.application_id IS NULL AND e.sponsor_id IS NULL AND e.actor <> current_user ORDER BY e.id;
SELECT n.template, n.recipient, n.provider_id FROM beian.notice n ORDER BY n.id;
-- a provider keeps its telephone and system, not its licence and class, whatever it was granted
SET ROLE regress_icp_p1;
UPDATE beian.provider SET service_phone = '010-12345678', system_url = 'https://beian.one.example/' WHERE id = 1 RETURNING service_phone;
UPDATE beian.provider SET service_phone = 'x' WHERE id = 2;
UPDATE beian.provider SET system_url = 'javascript:x' WHERE id = 1;
UPDATE beian.provider SET class = 'basic_telecom' WHERE id = 1;
RESET ROLE;
GRANT UPDATE ON beian.provider TO regress_icp_p1;
SET ROLE regress_icp_p1;
UPDATE beian.provider SET class = 'basic_telecom' WHERE id = 1;
UPDATE beian.provider SET admission = 'open', province = '沪' WHERE id = 1;
RESET ROLE;
REVOKE UPDATE ON beian.provider FROM regress_icp_p1;
SET ROLE regress_icp_public;
SELECT name, province, system_url, service_phone FROM beian.open_provider ORDER BY id;
SELECT name FROM beian.provider;
RESET ROLE;

-- 2. The check at the report

INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '粤', '甲公司'), (2, '沪', '乙公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (2, '乙网', '{b.cn}');
INSERT INTO beian.application (site_id) VALUES (1), (2);
CREATE FUNCTION pg_temp.problems(app bigint) RETURNS SETOF text SECURITY DEFINER LANGUAGE sql AS 'SELECT beian.standing_problems(app)';
CREATE FUNCTION pg_temp.check_as(role name, app bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	RETURN QUERY SELECT p FROM pg_temp.problems(app) p;
	RESET ROLE;
END
$$;
SELECT * FROM pg_temp.check_as('regress_icp_p1', 1);
BEGIN;
CREATE TEMP TABLE said AS SELECT code, NULL::text AS problem FROM icp.provider_state;
DO $$
DECLARE
	s	text;
BEGIN
	FOR s IN SELECT code FROM said LOOP
		SET LOCAL session_replication_role = replica;
		UPDATE beian.provider SET admission = s, status = CASE s WHEN 'open' THEN 'open' ELSE 'closed' END, admission_reason = '某因' WHERE id = 1;
		SET LOCAL session_replication_role = origin;
		UPDATE said SET problem = (SELECT * FROM pg_temp.check_as('regress_icp_p1', 1)) WHERE code = s;
	END LOOP;
END
$$;
SELECT s.code, s.problem FROM said s JOIN icp.provider_state USING (code) ORDER BY ordinal;
ROLLBACK;
-- one that leaves may still report changes and cancellations; who changes and cancels serves the sponsor, when it reports too
BEGIN;
UPDATE beian.sponsor SET status = 'filed', number = '粤ICP备20000001号' WHERE id = 1;
UPDATE beian.site SET status = 'filed', number = '粤ICP备20000001号-1' WHERE id = 1;
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live'), (1, 3, 'live');
INSERT INTO beian.application (id, kind, site_id, provider_id) VALUES (901, 'change_site', 1, 1), (902, 'cancel_site', 1, 1), (903, 'new_access', 1, 2), (904, 'cancel_access', 1, 3);
UPDATE beian.provider SET admission = 'exiting', admission_reason = '停业' WHERE id IN (1, 2);
SELECT a.id, a.kind, (SELECT count(*) FROM pg_temp.check_as('regress_icp_p1', a.id)) AS problems FROM beian.application a WHERE a.id > 900 ORDER BY 1;
UPDATE beian.access SET status = 'cancelled' WHERE provider_id = 3;
SELECT * FROM pg_temp.check_as('regress_icp_p1', 904);
ROLLBACK;
-- a licence that has run out; its last day is still good
UPDATE beian.provider SET licence_valid_until = (now() AT TIME ZONE 'Asia/Shanghai')::date - 1 WHERE id = 1;
SELECT regexp_replace(p, '\d{4}-\d\d-\d\d', 'DAY') FROM pg_temp.check_as('regress_icp_p1', 1) p;
UPDATE beian.provider SET licence_valid_until = (now() AT TIME ZONE 'Asia/Shanghai')::date WHERE id = 1;
SELECT * FROM pg_temp.check_as('regress_icp_p1', 1);
-- in the statement that reports: a member's goes back with the reason, the exempt owner passes by and it is recorded
SELECT name, value FROM beian.setting WHERE name = 'exempt_owner';
UPDATE beian.provider SET admission = 'suspended', admission_reason = '整改' WHERE id = 1;
BEGIN;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
SELECT pg_temp.complete_sheet(1);
UPDATE beian.application SET state = 'verified' WHERE id = 1;
SAVEPOINT verified;
SET LOCAL ROLE regress_icp_p1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT state, reason LIKE '%provider "一号云" may not report (报备接口): suspended 接口暂停: 整改 (4 §43(三))%' AS said FROM beian.application WHERE id = 1;
ROLLBACK TO verified;
RESET ROLE;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT state, reason FROM beian.application WHERE id = 1;
ROLLBACK TO verified;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT state, reason LIKE '%provider "一号云" may not report%' AS said FROM beian.application WHERE id = 1;
ROLLBACK;
UPDATE beian.provider SET status = 'open' WHERE id = 1;

-- Routing: a draft that moves to another province takes its application to that bureau.
UPDATE beian.sponsor SET province = '京' WHERE id = 1;
SELECT province, province_code, account_id FROM beian.application WHERE id = 1;
SET session_replication_role = replica;
UPDATE beian.application SET province = '粤', province_code = 44 WHERE id = 1;
SET session_replication_role = origin;
SELECT * FROM pg_temp.check_as('regress_icp_p1', 1);
-- what the exempt owner passes by is on record
BEGIN;
SELECT count(*) AS problems FROM beian.standing_problems(1);
SELECT event, reason FROM beian.event WHERE application_id = 1 AND event = 'pass_by';
ROLLBACK;
SET session_replication_role = replica;
UPDATE beian.application SET province = '京', province_code = 11 WHERE id = 1;
SET session_replication_role = origin;

-- 3. No access at a provider that leaves

UPDATE beian.provider SET admission = 'exiting', admission_reason = '停业' WHERE id = 2;
SET ROLE regress_icp_p2;
INSERT INTO beian.access (site_id, provider_id) VALUES (2, 2);
RESET ROLE;
INSERT INTO beian.access (site_id, provider_id) VALUES (2, 2) RETURNING status;		-- the owner may
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
UPDATE beian.access SET status = 'live' WHERE site_id = 2;
UPDATE beian.access SET mode = '虚拟主机' WHERE site_id = 2;
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';
-- nor does it leave before everything is handed over
SET ROLE regress_icp_hu;
SELECT * FROM beian.left_with_provider(2);
UPDATE beian.provider SET admission = 'exited' WHERE id = 2;
UPDATE beian.provider SET admission = 'open' WHERE id = 2;
UPDATE beian.provider SET admission = 'open', admission_reason = '不退了' WHERE id = 2 RETURNING status;
RESET ROLE;
DELETE FROM beian.access;

-- 4. Officers: the heads of the filing unit, reported within two working days (4 §12(一))

SET ROLE regress_icp_p1;
INSERT INTO beian.provider_officer (provider_id, duty, name) VALUES (2, 'head', '李四');
INSERT INTO beian.provider_officer (provider_id, duty, name, phone, since) VALUES
	(1, 'legal_representative', '张三', '13800138000', '2021-01-01'), (1, 'head', '李四', '13800138001', '2021-09-26'), (1, 'staff', '王五', NULL, '2021-09-26')
	RETURNING id, duty, due_at, reported_at, province_code;
INSERT INTO beian.provider_officer (provider_id, duty, name) VALUES (1, 'head', '赵六');
-- until it is reported only the provider sees it
SET ROLE regress_icp_jing;
SELECT count(*) FROM beian.provider_officer;
SELECT provider, duty, since, due_at, reported_at FROM beian.overdue_officer_report;
SET ROLE regress_icp_p1;
UPDATE beian.provider_officer SET reported_at = '2021-09-27' WHERE provider_id = 1;
SELECT count(*) FILTER (WHERE reported_at > now() - interval '1 hour') AS not_dated_back, count(*) FROM beian.provider_officer;
SET ROLE regress_icp_jing;
SELECT duty, name, phone FROM beian.provider_officer ORDER BY id;
SELECT duty, reported_at IS NOT NULL AS late FROM beian.overdue_officer_report;
UPDATE beian.provider_officer SET name = 'x';
SET ROLE regress_icp_hu;
SELECT count(*) FROM beian.provider_officer;
-- the issuer of the licence sees it too: 沪 issued that of a 京 provider
RESET ROLE;
UPDATE beian.provider SET licence = '沪B2-20200009' WHERE id = 1;
SET ROLE regress_icp_hu;
SELECT count(*) FROM beian.provider_officer;
RESET ROLE;
UPDATE beian.provider SET licence = '合字B2-20200009' WHERE id = 1;
SET ROLE regress_icp_hu;
SELECT count(*) FROM beian.provider_officer;
SET ROLE regress_icp_ministry;
SELECT count(*) FROM beian.provider_officer;
-- the head goes: a change, to be reported anew; another telephone is none
SET ROLE regress_icp_p1;
UPDATE beian.provider_officer SET phone = '13800138009' WHERE duty = 'head' RETURNING reported_at IS NOT NULL AS still_reported;
UPDATE beian.provider_officer SET until = '2021-12-31' WHERE duty = 'head' RETURNING due_at, reported_at;
INSERT INTO beian.provider_officer (provider_id, duty, name, since) VALUES (1, 'head', '赵六', (now() AT TIME ZONE 'Asia/Shanghai')::date) RETURNING due_at > now() AS not_yet_due;
UPDATE beian.provider_officer SET until = since - 1 WHERE name = '赵六';
SELECT duty, until, reported_at FROM beian.overdue_officer_report;
RESET ROLE;
-- exactly due, and a microsecond before
SET session_replication_role = replica;
UPDATE beian.provider_officer SET due_at = now() + interval '1 microsecond' WHERE name = '赵六';
SET session_replication_role = origin;
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE beian.provider_officer SET due_at = now() WHERE name = '赵六';
SELECT count(*) AS due FROM beian.overdue_officer_report WHERE until IS NULL;
UPDATE beian.provider_officer SET due_at = now() + interval '1 microsecond' WHERE name = '赵六';
SELECT count(*) AS before FROM beian.overdue_officer_report WHERE until IS NULL;
UPDATE beian.provider_officer SET due_at = now() + interval '1 year' WHERE name = '赵六';
COMMIT;
\set VERBOSITY terse
INSERT INTO beian.provider_officer (provider_id, duty, name, since) VALUES (1, 'deputy', '钱七', '2150-01-01') RETURNING due_at;
\set VERBOSITY default
DELETE FROM beian.provider_officer WHERE name = '钱七';
-- the clock tells each once
SELECT beian.standing_clock() AS handled;
SELECT beian.standing_clock() AS handled;
SELECT n.template, n.recipient, n.provider_id, regexp_replace(n.text, '\d{4}-\d\d-\d\d', 'DAY') AS text FROM beian.notice n WHERE n.template LIKE 'officer%' ORDER BY n.id;
UPDATE beian.provider SET licence_valid_until = (now() AT TIME ZONE 'Asia/Shanghai')::date - 1 WHERE id = 1;
SELECT beian.standing_clock() AS handled;
SELECT beian.standing_clock() AS handled;
UPDATE beian.provider SET licence_valid_until = (now() AT TIME ZONE 'Asia/Shanghai')::date + 1 WHERE id = 1;
SELECT beian.standing_clock() AS handled;
SELECT n.template, n.recipient, n.province_code FROM beian.notice n WHERE n.template LIKE 'provider_licence%' ORDER BY n.id;

-- 5. Leases (4 §12(五), §13(一))

INSERT INTO beian.provider (id, name, province, class, licence) OVERRIDING SYSTEM VALUE VALUES
	(11, '某电信', NULL, 'basic_telecom', '合字A1.B1.B2-20180017'), (12, '某移动', '沪', 'basic_telecom', NULL), (13, '教育网', NULL, 'public_interest', NULL),
	(14, '科技网', NULL, 'public_interest', NULL), (21, '甲接入', '京', 'value_added', '京B2-20200021'), (22, '乙接入', '粤', 'value_added', '粤B2-20200022'), (23, '无证', '粤', 'value_added', NULL);
INSERT INTO beian.member (role_name, role, provider_id) VALUES ('regress_icp_p1', 'provider', 11), ('regress_icp_p2', 'provider', 21);
SET ROLE regress_icp_p1;
INSERT INTO beian.provider_lease (lessor_id, lessee_id, resource) VALUES (11, 21, '10G出口') RETURNING lessor_class, lessee_class, lessee_licence, province_code;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (12, 22);
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (11, 23);
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (11, 99);
SET ROLE regress_icp_p2;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (21, 22);
SELECT lessor_id, lessee_id FROM beian.provider_lease;
UPDATE beian.provider_lease SET until = since;
RESET ROLE;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (13, 21);
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (21, 13);
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (21, 21);
INSERT INTO beian.provider_lease (lessor_id, lessee_id, since, licence_valid_until, lessee_licence) VALUES (11, 22, '2021-06-01', '2021-05-31', '粤B2-20200022');
-- whoever gets no new resources
UPDATE beian.provider SET resources_frozen = true WHERE id = 22;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (11, 22);
INSERT INTO beian.provider_lease (lessor_id, lessee_id, since, until) VALUES (11, 22, '2021-01-01', '2021-03-31') RETURNING lessee_id;	-- an old one may be entered
UPDATE beian.provider SET resources_frozen = false WHERE id = 22;
-- a class does not change under a lease that it forbids
UPDATE beian.provider SET class = 'value_added' WHERE id = 11;
UPDATE beian.provider SET class = 'public_interest' WHERE id = 21;
SELECT lessee_id, lessee_class FROM beian.provider_lease WHERE lessee_id = 21;
UPDATE beian.provider SET class = 'value_added' WHERE id = 21;
-- no ring
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (11, 13), (13, 14);
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (14, 11);
INSERT INTO beian.provider_lease (lessor_id, lessee_id, since, until) VALUES (14, 11, '2021-01-01', '2021-03-31') RETURNING lessor_id;	-- is over
INSERT INTO beian.provider_lease (lessor_id, lessee_id, until) VALUES (14, 11, (now() AT TIME ZONE 'Asia/Shanghai')::date);
UPDATE beian.provider_lease SET until = since WHERE (lessor_id, lessee_id) = (11, 13);
INSERT INTO beian.provider_lease (lessor_id, lessee_id, since) VALUES (14, 12, (now() AT TIME ZONE 'Asia/Shanghai')::date) RETURNING lessor_id;
-- subleases that were found, by the lessee's bureau, until they are cleared
SET ROLE regress_icp_p2;
INSERT INTO beian.provider_lease (lessor_id, lessee_id, is_violation, finding) VALUES (21, 22, true, '自查');
SET ROLE regress_icp_jing;
INSERT INTO beian.provider_lease (lessor_id, lessee_id, is_violation, finding) VALUES (21, 22, true, '检查发现');
SET ROLE regress_icp_yue;
INSERT INTO beian.provider_lease (lessor_id, lessee_id, is_violation) VALUES (21, 22, true);
INSERT INTO beian.provider_lease (lessor_id, lessee_id, is_violation, finding, since) VALUES (21, 22, true, '检查发现', '2021-02-01'), (21, 23, true, '检查发现', '2021-02-01');
SELECT * FROM beian.sublease_clearance;
UPDATE beian.provider_lease SET until = '2021-05-01' WHERE lessee_id = 23;
SELECT * FROM beian.sublease_clearance;
SET ROLE regress_icp_hu;
SELECT * FROM beian.sublease_clearance;
SET ROLE regress_icp_ministry;
SELECT * FROM beian.sublease_clearance;
RESET ROLE;

-- 6. Three bureaux (4 §3, §8(三)): a sponsor in 京, its server in 粤, the provider in 沪

INSERT INTO beian.access (site_id, provider_id, server_province, status) VALUES (1, 2, '粤', 'live');
SELECT place, icp.province(province_code::integer) AS province, provider_id, leads FROM beian.bureaux_of_site(1) ORDER BY 1;
SELECT place, icp.province(province_code::integer) AS province, provider_id, leads FROM beian.bureaux_of_application(1) ORDER BY 1, 2, 3;
CREATE FUNCTION pg_temp.seen_by(role name, OUT sponsors text, OUT sites text, OUT accesses text, OUT places text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role);
	SELECT string_agg(id::text, ',' ORDER BY id) INTO sponsors FROM beian.sponsor;
	SELECT string_agg(id::text, ',' ORDER BY id) INTO sites FROM beian.site;
	SELECT string_agg(site_id || '@' || provider_id, ',' ORDER BY id) INTO accesses FROM beian.access;
	IF role ~ 'jing|hu|yue|ministry' THEN
		SELECT string_agg(format('%s: %s %s %s', sponsor_name, sponsor_province, server_province, provider_province), ', ' ORDER BY id) INTO places FROM beian.access_place;
	END IF;
	RESET ROLE;
END
$$;
SELECT r, s.* FROM unnest('{regress_icp_jing,regress_icp_yue,regress_icp_hu,regress_icp_ministry,regress_icp_p1,regress_icp_p2,regress_icp_s1,regress_icp_nobody}'::name[]) r, pg_temp.seen_by(r) s;
-- what is cancelled is no longer theirs to see as a site; a draft never was
UPDATE beian.access SET status = 'cancelled' WHERE site_id = 1;
SELECT r, s.* FROM unnest('{regress_icp_jing,regress_icp_yue,regress_icp_hu,regress_icp_p2}'::name[]) r, pg_temp.seen_by(r) s;
SELECT place FROM beian.bureaux_of_site(1);

-- Key providers: the list, basic telecoms, and many sites (5 二)
UPDATE beian.access SET status = 'live' WHERE site_id = 1;
UPDATE beian.provider SET is_key = true WHERE id = 21;
UPDATE beian.site SET status = 'filed', number = '京ICP备20000001号-1' WHERE id = 1;
UPDATE beian.setting SET value = '1' WHERE name = 'key_provider_sites';
SELECT name, class, listed, sites FROM beian.key_provider ORDER BY id;
SET ROLE regress_icp_jing;
SELECT name, class, listed, sites FROM beian.key_provider ORDER BY id;
RESET ROLE;

DROP SCHEMA beian CASCADE;
DROP OWNED BY regress_icp_jing, regress_icp_hu, regress_icp_yue, regress_icp_ministry, regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_public, regress_icp_nobody;
DROP ROLE regress_icp_jing, regress_icp_hu, regress_icp_yue, regress_icp_ministry, regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_public, regress_icp_nobody;
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
