-- The review of a new filing: which steps there are, who takes them, what they do.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b'), (2, 'c');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (2, '京', '乙公司'), (3, '沪', '丙公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (2, '乙网', '{b.cn}'), (3, '丙网', '{c.cn}');

-- The whole matrix, every state to every other, by the owner: what is in icp.transition works, everything else is 55000.
INSERT INTO beian.application (site_id) VALUES (1);
CREATE FUNCTION pg_temp.try(app_id bigint, from_state text, to_state text, why text DEFAULT 'why', as_role text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	done	integer;
BEGIN
	SET LOCAL session_replication_role = replica;		-- put it there, past every trigger
	UPDATE beian.application SET state = from_state, reason = NULL WHERE id = app_id;
	SET LOCAL session_replication_role = origin;
	IF as_role IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', as_role);
	END IF;
	UPDATE beian.application SET state = to_state, reason = why WHERE id = app_id;
	GET DIAGNOSTICS done = ROW_COUNT;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = CASE done WHEN 1 THEN 'done' ELSE 'not seen' END;
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END
$$;
CREATE TEMP TABLE outcome AS
	SELECT f.code AS from_state, t.code AS to_state, pg_temp.try(1, f.code, t.code) AS result
	  FROM icp.state f, icp.state t WHERE f.code <> t.code;
SELECT result, count(*) FROM outcome GROUP BY 1 ORDER BY 1;
SELECT count(*) AS differences FROM outcome o
 WHERE (o.result = 'done') <> EXISTS (SELECT FROM icp.transition t WHERE t.kind = 'new_filing' AND t.from_state = o.from_state AND t.to_state = o.to_state);
SELECT t.from_state, t.to_state, t.event, t.clause FROM icp.transition t
 WHERE t.kind = 'new_filing' AND pg_temp.try(1, t.from_state, t.to_state, NULL) = '23514' ORDER BY 1, 2;
SELECT count(*) AS differences FROM icp.transition t
 WHERE t.kind = 'new_filing' AND t.from_state IS NOT NULL AND (pg_temp.try(1, t.from_state, t.to_state, E' \t\n') = '23514') <> t.needs_reason;
-- nothing leads out of a final state, something out of every other, and all are reached from draft
SELECT s.code, s.is_final FROM icp.state s WHERE s.is_final = EXISTS (SELECT FROM outcome o WHERE o.from_state = s.code AND o.result = 'done');
WITH RECURSIVE reached AS (SELECT 'draft' AS code UNION SELECT o.to_state FROM reached r JOIN outcome o ON o.from_state = r.code AND o.result = 'done')
SELECT code FROM icp.state EXCEPT SELECT code FROM reached;
SELECT state FROM beian.application;

-- What the messages say.
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.application SET state = 'nonsense' WHERE id = 1;
UPDATE beian.application SET state = 'expired' WHERE id = 1;
\set VERBOSITY terse
UPDATE beian.application SET state = NULL WHERE id = 1;
UPDATE beian.application SET kind = 'other' WHERE id = 1;
INSERT INTO beian.application (site_id, state) VALUES (1, 'submitted');
\set VERBOSITY default
INSERT INTO icp.application_kind VALUES ('other', '其他', 'test');
UPDATE beian.application SET kind = 'other' WHERE id = 1;
UPDATE beian.application SET kind = 'other', state = 'submitted' WHERE id = 1;
INSERT INTO beian.application (site_id, kind) VALUES (1, 'other');
DELETE FROM icp.application_kind WHERE code = 'other';
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'returned' WHERE id = 1;
UPDATE beian.application SET state = 'returned', reason = '证件不清' WHERE id = 1;
SELECT state, reason, submitted_at IS NOT NULL AS submitted, decided_at IS NULL AS undecided FROM beian.application WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
SELECT state, reason FROM beian.application WHERE id = 1;

-- Who: a member for each role, of the right and of the wrong scope.
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_sponsor_2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_provider_2 IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_bureau_2 IN ROLE icp_bureau;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry, icp_bureau;
CREATE ROLE regress_icp_nobody IN ROLE icp_bureau;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_sponsor_2', 'sponsor', NULL, NULL, 2),
	('regress_icp_provider', 'provider', NULL, 1, NULL), ('regress_icp_provider_2', 'provider', NULL, 2, NULL),
	('regress_icp_bureau', 'bureau', '京', NULL, NULL), ('regress_icp_bureau_2', 'bureau', '沪', NULL, NULL),
	('regress_icp_system', 'system', NULL, NULL, NULL), ('regress_icp_ministry', 'ministry', NULL, NULL, NULL);
CREATE TEMP TABLE who AS SELECT role_name FROM unnest('{regress_icp_sponsor,regress_icp_sponsor_2,regress_icp_provider,regress_icp_provider_2,regress_icp_bureau,regress_icp_bureau_2,regress_icp_system,regress_icp_ministry,regress_icp_nobody}'::text[]) role_name;
-- (with the verification sheet that a provider needs)
\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
-- (a member's record is judged by the form rules)
UPDATE beian.sponsor SET nature = '企业', credential = 'uscc:91110000600037341L', principal_name = '张伟', phone = '010-62381234', address = '北京市海淀区中关村大街27号' WHERE id = 1;
SELECT pg_temp.complete_sheet(1);
CREATE TEMP TABLE by_whom AS
	SELECT t.event, t.from_state, t.to_state, t.actors, w.role_name, pg_temp.try(1, t.from_state, t.to_state, 'why', w.role_name) AS result
	  FROM icp.transition t, who w WHERE t.kind = 'new_filing' AND t.from_state IS NOT NULL;
SELECT event, from_state, to_state, actors, string_agg(replace(role_name, 'regress_icp_', ''), ', ' ORDER BY role_name) FILTER (WHERE result = 'done') AS done_by
  FROM by_whom GROUP BY 1, 2, 3, 4 ORDER BY 2, 3;
SELECT role_name, result, count(*) FROM by_whom WHERE result <> 'done' GROUP BY 1, 2 ORDER BY 1, 2;
-- "creator" is who filed it
UPDATE beian.application SET filed_by = 'sponsor' WHERE id = 1;
SELECT t.from_state, w.role_name, pg_temp.try(1, t.from_state, 'withdrawn', 'why', w.role_name) FROM icp.transition t, who w
 WHERE t.kind = 'new_filing' AND t.event = 'withdraw' AND t.from_state IN ('draft', 'verified') AND w.role_name IN ('regress_icp_sponsor', 'regress_icp_provider') ORDER BY 1, 2;
SET ROLE regress_icp_provider;
UPDATE beian.application SET state = 'withdrawn', filed_by = 'provider' WHERE id = 1;	-- not by saying otherwise
UPDATE beian.application SET state = 'withdrawn' WHERE id = 1;
UPDATE beian.application SET due_at = 'infinity' WHERE id = 1;
-- the reason goes with a step, or stays
UPDATE beian.application SET reason = 'another' WHERE id = 1;
INSERT INTO beian.application (site_id) VALUES (2) RETURNING id;
SET ROLE regress_icp_bureau;
INSERT INTO beian.application (site_id) VALUES (2);
UPDATE beian.application SET provider_id = 2 WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
SET ROLE regress_icp_sponsor_2;
INSERT INTO beian.application (site_id) VALUES (1);
SELECT id FROM beian.application;
RESET ROLE;
-- access before the number: not by its provider, who may enter a draft (4 §12(二), §18(四)), nor by another
SET ROLE regress_icp_provider;
INSERT INTO beian.access (site_id, provider_id, status) VALUES (2, 1, 'live');
INSERT INTO beian.access (site_id, provider_id) VALUES (2, 1) RETURNING status;
UPDATE beian.access SET status = 'live';
SET ROLE regress_icp_provider_2;
INSERT INTO beian.access (site_id, provider_id) VALUES (2, 2);
-- each sees its own: a provider its customers, a bureau its province, a sponsor its account, the ministry all
SELECT string_agg(id::text, ',' ORDER BY id) AS provider_2_sees FROM beian.sponsor;
SET ROLE regress_icp_provider;
SELECT string_agg(id::text, ',' ORDER BY id) AS provider_sees FROM beian.sponsor;
SET ROLE regress_icp_bureau;
SELECT string_agg(id::text, ',' ORDER BY id) AS bureau_sees FROM beian.sponsor;
SET ROLE regress_icp_sponsor_2;
SELECT string_agg(id::text, ',' ORDER BY id) AS sponsor_2_sees FROM beian.sponsor;
SET ROLE regress_icp_ministry;
SELECT string_agg(id::text, ',' ORDER BY id) AS ministry_sees FROM beian.sponsor;
SET ROLE regress_icp_nobody;
SELECT count(*) AS nobody_sees FROM beian.sponsor;
RESET ROLE;
-- whoever may update more: not by making the application its own in the same statement
GRANT UPDATE ON beian.application TO regress_icp_provider;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
UPDATE beian.application SET provider_id = 2 WHERE id = 1;
SET ROLE regress_icp_provider;
UPDATE beian.application SET state = 'verified', provider_id = 1 WHERE id = 1;
RESET ROLE;
REVOKE UPDATE ON beian.application FROM regress_icp_provider;
UPDATE beian.application SET provider_id = 1 WHERE id = 1;

-- The report, by the provider; the automatic check in the same statement.
UPDATE beian.access SET ips = '{[8.8.8.8,8.8.8.8]}' WHERE site_id = 1 AND provider_id = 1;
SET ROLE regress_icp_provider;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT state, reported_at = now() AS reported_now FROM beian.application WHERE id = 1;
RESET ROLE;
UPDATE beian.verification SET seen = true;
-- due at the end of the 20th working day, Beijing time, by plain SQL (2 二(二)2)
SELECT a.due_at = (SELECT (d.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
					 FROM (SELECT day::date FROM generate_series((a.reported_at AT TIME ZONE 'Asia/Shanghai')::date + 1, (a.reported_at AT TIME ZONE 'Asia/Shanghai')::date + 60, interval '1 day') day) d
					 LEFT JOIN icp.calendar c ON c.day = d.day LEFT JOIN icp.calendar_local l ON l.day = d.day
					WHERE coalesce(l.is_working, c.is_working, extract(isodow FROM d.day) < 6)
					ORDER BY d.day OFFSET 19 LIMIT 1) AS right_deadline
  FROM beian.application a WHERE id = 1;
-- the evening in UTC is the next day in Beijing
SELECT t, icp.clock_due('review', t::timestamptz) FROM unnest('{2025-09-18 15:59:59+00,2025-09-18 16:00:00+00,2025-09-19 00:00+00}'::text[]) t;
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT icp.clock_due('review', '2150-01-01');
\set VERBOSITY default

-- A conflict keeps it from approval, also one that comes while it is under review.
INSERT INTO beian.site (sponsor_id, name, domains, homepage) VALUES (2, '乙网二', '{a.cn, b2.cn}', 'http://www.a.cn/');
UPDATE beian.site SET homepage = 'www.a.cn' WHERE id = 1;
SET ROLE regress_icp_bureau;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
RESET ROLE;
SELECT kind, key, rival_holder, rival_holder_id, rival_account_id FROM beian.blocking_conflicts(1) ORDER BY 1;
INSERT INTO beian.application (site_id) VALUES (4) RETURNING id AS second \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :second;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :second;
UPDATE beian.application SET state = 'verified' WHERE id = :second;
UPDATE beian.application SET state = 'reported' WHERE id = :second;
SELECT id, state FROM beian.application WHERE id IN (1, :second) ORDER BY id;
UPDATE beian.application SET state = 'conflicted' WHERE id = 1;

-- Settlement: by a bureau of one of the two provinces, with a reason, of an open one.
SELECT id AS domain FROM beian.conflict WHERE kind = 'domain' \gset
SELECT id AS homepage FROM beian.conflict WHERE kind = 'homepage' \gset
SET ROLE regress_icp_bureau_2;
UPDATE beian.conflict SET settlement = 'reject_left', reason = 'r' WHERE id = :domain RETURNING id;		-- is not shown it
SET ROLE regress_icp_nobody;
UPDATE beian.conflict SET settlement = 'reject_left', reason = 'r' WHERE id = :domain RETURNING id;		-- is not shown it
SET ROLE regress_icp_provider;
UPDATE beian.conflict SET settlement = 'reject_left', reason = 'r' WHERE id = :domain;
SET ROLE regress_icp_bureau;
UPDATE beian.conflict SET settlement = 'reject_left' WHERE id = :domain;
UPDATE beian.conflict SET settlement = 'reject_left', reason = '  ' WHERE id = :domain;
UPDATE beian.conflict SET settlement = 'toss a coin', reason = 'r' WHERE id = :domain;
UPDATE beian.conflict SET reason = 'r' WHERE id = :domain;
UPDATE beian.conflict SET settlement = 'accept_both', reason = 'r' WHERE id = :domain;
UPDATE beian.conflict SET state = 'settled' WHERE id = :domain;
-- one of two is settled: neither goes on
UPDATE beian.conflict SET settlement = 'accept_both', reason = '同一集团' WHERE id = :homepage RETURNING state, settlement, settled_by, settled_at IS NOT NULL AS settled_at;
SELECT id, state FROM beian.application WHERE id IN (1, :second) ORDER BY id;
UPDATE beian.conflict SET settlement = 'reject_right', reason = '域名证书不符，电话 010-12345678' WHERE id = :domain;
SELECT id, state, reason, decided_at IS NOT NULL AS decided FROM beian.application WHERE id IN (1, :second) ORDER BY id;
SELECT kind, state, settled_by, settlement, reason FROM beian.conflict ORDER BY kind;
UPDATE beian.conflict SET settlement = 'reject_left', reason = 'again' WHERE id = :domain;
RESET ROLE;
-- the rejected side may apply again, but not with the claim it lost
UPDATE beian.application SET state = 'submitted' WHERE id = :second;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :second;
UPDATE beian.application SET state = 'verified' WHERE id = :second;
UPDATE beian.application SET state = 'reported' WHERE id = :second;
SELECT state FROM beian.application WHERE id = :second;
UPDATE beian.application SET state = 'reviewing' WHERE id = :second;
UPDATE beian.application SET state = 'approved' WHERE id = :second;

-- Approval: numbers, events, the filed record, the live access; all or nothing.
SET ROLE regress_icp_bureau;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
RESET ROLE;
CREATE TEMP VIEW filed AS
	SELECT t.id, regexp_replace(s.number::text, '备' || extract(year FROM now() AT TIME ZONE 'Asia/Shanghai'), '备YYYY') AS sponsor_number,
		   regexp_replace(t.number::text, '备' || extract(year FROM now() AT TIME ZONE 'Asia/Shanghai'), '备YYYY') AS site_number,
		   icp.year_of(t.number) = extract(year FROM now() AT TIME ZONE 'Asia/Shanghai') AS this_year, t.status, s.status AS sponsor_status, s.last_service_no
	  FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.number IS NOT NULL ORDER BY t.number;
SELECT * FROM filed;
SELECT state, decided_at IS NOT NULL AS decided FROM beian.application WHERE id = 1;
SELECT a.provider_id, a.status FROM beian.access a WHERE a.site_id = 1;
SELECT kind, key, approved FROM beian.claim WHERE account_id = 1 AND released_at IS NULL ORDER BY kind;
-- a filed site is not filed again, neither by a new application nor by an older one
INSERT INTO beian.application (site_id) VALUES (1);
INSERT INTO beian.site (sponsor_id, name, kind) VALUES (1, '甲应用', 'app'), (1, '甲小程序', 'mini_program'), (1, '甲网三', 'site') ;
INSERT INTO beian.application (site_id) SELECT id FROM beian.site WHERE name IN ('甲应用', '甲小程序', '甲网三') ORDER BY id;
INSERT INTO beian.application (site_id) SELECT id FROM beian.site WHERE name = '甲网三';
CREATE PROCEDURE pg_temp.walk(app_id bigint, up_to text DEFAULT 'approved') LANGUAGE plpgsql AS $$
DECLARE
	step	text;
BEGIN
	FOREACH step IN ARRAY '{submitted,pre_verified,verified,reported,approved}'::text[] LOOP
		UPDATE beian.application SET state = step WHERE id = app_id;
		EXIT WHEN step = up_to;
	END LOOP;
END
$$;
SELECT format('CALL pg_temp.walk(%s, ''reported'')', a.id) FROM beian.application a WHERE a.state = 'draft' AND a.sponsor_id = 1 ORDER BY id \gexec
UPDATE beian.application SET state = 'approved' WHERE state = 'reviewing' AND sponsor_id = 1 AND id < (SELECT max(id) FROM beian.application);
SELECT * FROM filed;
UPDATE beian.application SET state = 'approved' WHERE id = (SELECT max(id) FROM beian.application);
-- many at once
INSERT INTO beian.account (provider_id, user_name) SELECT 1, 'many' || n FROM generate_series(1, 20) n;
INSERT INTO beian.sponsor (account_id, province, name) SELECT id, '京', user_name FROM beian.account WHERE user_name LIKE 'many%' ORDER BY id;
INSERT INTO beian.site (sponsor_id) SELECT id FROM beian.sponsor WHERE name LIKE 'many%' ORDER BY id;
INSERT INTO beian.application (site_id) SELECT t.id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE s.name LIKE 'many%' ORDER BY t.id;
UPDATE beian.application SET state = 'submitted' WHERE sponsor_id IN (SELECT id FROM beian.sponsor WHERE name LIKE 'many%');
UPDATE beian.application SET state = 'pre_verified' WHERE sponsor_id IN (SELECT id FROM beian.sponsor WHERE name LIKE 'many%');
UPDATE beian.application SET state = 'verified' WHERE sponsor_id IN (SELECT id FROM beian.sponsor WHERE name LIKE 'many%');
UPDATE beian.application SET state = 'reported' WHERE sponsor_id IN (SELECT id FROM beian.sponsor WHERE name LIKE 'many%');
UPDATE beian.application SET state = 'approved' WHERE sponsor_id IN (SELECT id FROM beian.sponsor WHERE name LIKE 'many%');
SELECT count(*) AS filed, count(DISTINCT number) AS numbers, min(right(icp.serial_of(number), 6)), max(right(icp.serial_of(number), 6)) FROM beian.sponsor WHERE name LIKE 'many%';
-- a province with numbers of this year from elsewhere goes on behind them, and skips what comes later
INSERT INTO beian.sponsor (account_id, province, name, status, number) VALUES
	(3, '沪', '旧一', 'filed', icp.make_icp_id('沪', extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')::int, 41)),
	(3, '沪', '旧二', 'filed', '沪ICP备12000999号'), (3, '沪', '旧三', 'filed', icp.make_icp_id('苏', extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')::int, 77));
INSERT INTO beian.application (site_id) VALUES (3);
SELECT max(id) AS last FROM beian.application \gset
CALL pg_temp.walk(:last);
INSERT INTO beian.sponsor (account_id, province, name, status, number) VALUES (3, '沪', '旧四', 'filed', icp.make_icp_id('沪', extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')::int, 43));
INSERT INTO beian.sponsor (account_id, province, name) VALUES (3, '沪', '丁公司') RETURNING id AS fourth \gset
INSERT INTO beian.site (sponsor_id, domains) VALUES (:fourth, '{d.cn}');
INSERT INTO beian.application (site_id) SELECT max(id) FROM beian.site;
SELECT max(id) AS last FROM beian.application \gset
CALL pg_temp.walk(:last);
SELECT sponsor_number, site_number, this_year FROM filed WHERE sponsor_number LIKE '沪%';
SELECT regexp_replace(relname, '\d{4}$', 'YYYY') AS sequence, regexp_replace(obj_description(oid, 'pg_class'), '\d{4}', 'YYYY') AS comment FROM pg_class WHERE relkind = 'S' AND relnamespace = 'beian'::regnamespace AND relname LIKE 'sponsor_serial%' ORDER BY 1;
SELECT * FROM icp.check_registry();
-- an approval that fails leaves nothing
BEGIN;
INSERT INTO beian.sponsor (account_id, province, name) VALUES (3, '沪', '戊公司') RETURNING id AS fifth \gset
INSERT INTO beian.site (sponsor_id, domains) VALUES (:fifth, '{e.cn}');
INSERT INTO beian.application (site_id) SELECT max(id) FROM beian.site;
SELECT max(id) AS last FROM beian.application \gset
CALL pg_temp.walk(:last, 'reported');
CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no access today'; END $$;
CREATE TRIGGER fail BEFORE INSERT ON beian.access FOR EACH ROW EXECUTE FUNCTION pg_temp.fail();
SAVEPOINT s;
UPDATE beian.application SET state = 'approved' WHERE id = (SELECT max(id) FROM beian.application);
ROLLBACK TO s;
SELECT a.state, s.status, s.number, t.status, t.number FROM beian.application a JOIN beian.sponsor s ON s.id = a.sponsor_id JOIN beian.site t ON t.id = a.site_id WHERE a.id = (SELECT max(id) FROM beian.application);
ROLLBACK;

-- Withdrawal gives up the claims, unless something else still applies for the record.
INSERT INTO beian.sponsor (account_id, province, name) VALUES (2, '京', '己公司') RETURNING id AS sixth \gset
INSERT INTO beian.site (sponsor_id, domains) VALUES (:sixth, '{w.cn}') RETURNING id AS w \gset
INSERT INTO beian.application (site_id) VALUES (:w), (:w);
SELECT max(id) AS w2, max(id) - 1 AS w1 FROM beian.application \gset
UPDATE beian.application SET state = 'withdrawn' WHERE id = :w1;
SELECT status FROM beian.site WHERE id = :w;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :w2;
SELECT t.status, s.status, (SELECT count(*) FROM beian.claim c WHERE c.released_at IS NULL AND c.key IN ('w.cn', '己公司')) AS claims FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.id = :w;
INSERT INTO beian.application (site_id) VALUES (:w);
INSERT INTO beian.site (sponsor_id, domains) VALUES (:sixth, '{w.cn}') RETURNING id AS w \gset
INSERT INTO beian.application (site_id) VALUES (:w);
-- nor does a cancelled sponsor come back (3 Q21)
BEGIN;
INSERT INTO beian.sponsor (account_id, province, name, status, number) VALUES (2, '京', '庚公司', 'cancelled', '京ICP备11000001号') RETURNING id AS seventh \gset
INSERT INTO beian.site (sponsor_id, domains) VALUES (:seventh, '{z.cn}') RETURNING id AS z \gset
INSERT INTO beian.application (site_id) VALUES (:z);
ROLLBACK;
-- a filed sponsor stays when an application for another site of it is withdrawn or expires
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{x.cn}') RETURNING id AS x \gset
INSERT INTO beian.application (site_id) VALUES (:x) RETURNING id AS xa \gset
CALL pg_temp.walk(:xa, 'pre_verified');
UPDATE beian.application SET state = 'expired' WHERE id = :xa;
SELECT t.status, s.status FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.id = :x;
UPDATE beian.application SET state = 'draft' WHERE id = :xa;
-- what was given up meanwhile is not approved
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{y.cn}') RETURNING id AS y \gset
INSERT INTO beian.application (site_id) VALUES (:y) RETURNING id AS ya \gset
CALL pg_temp.walk(:ya, 'reported');
UPDATE beian.site SET status = 'withdrawn' WHERE id = :y;
UPDATE beian.application SET state = 'approved' WHERE id = :ya;

-- reject_left, and accept_both of a sponsor's name
INSERT INTO beian.sponsor (account_id, province, name) VALUES (2, '京', '同名公司'), (3, '沪', '同名公司');
INSERT INTO beian.site (sponsor_id, domains) SELECT id, ('{n' || account_id || '.cn}')::icp.domain_list FROM beian.sponsor WHERE name = '同名公司' ORDER BY id;
INSERT INTO beian.application (site_id) SELECT t.id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE s.name = '同名公司' ORDER BY t.id;
SELECT max(id) AS n2, max(id) - 1 AS n1 FROM beian.application \gset
CALL pg_temp.walk(:n1, 'reported');
CALL pg_temp.walk(:n2, 'reported');
BEGIN;
UPDATE beian.conflict SET settlement = 'reject_left', reason = '冒名' WHERE state = 'open' AND kind = 'sponsor_name';
SELECT state, reason FROM beian.application WHERE id IN (:n1, :n2) ORDER BY id;
UPDATE beian.application SET state = 'approved' WHERE id = :n2;
ROLLBACK;
SET ROLE regress_icp_bureau_2;			-- the other province's bureau may as well
UPDATE beian.conflict SET settlement = 'accept_both', reason = '两省各有一家' WHERE state = 'open' AND kind = 'sponsor_name';
RESET ROLE;
SELECT state, reason FROM beian.application WHERE id IN (:n1, :n2) ORDER BY id;
UPDATE beian.application SET state = 'approved' WHERE id IN (:n1, :n2);

-- The log: every change of state, and of a filed fact; append-only.
SELECT row_number() OVER (ORDER BY id), event, actor = session_user AS by_owner, replace(actor, 'regress_icp_', '') AS actor, from_state, to_state, reason FROM beian.event
 WHERE application_id = 1 AND (actor <> session_user OR to_state IS NULL OR id > (SELECT min(id) FROM beian.event WHERE actor = 'regress_icp_provider')) ORDER BY id;
SELECT count(*) AS states_without_event FROM beian.application a
 WHERE NOT EXISTS (SELECT FROM beian.event e WHERE e.application_id = a.id AND e.to_state = a.state);
SELECT count(*) AS broken_chains FROM (SELECT e.from_state, lag(e.to_state) OVER (PARTITION BY e.application_id ORDER BY e.id) AS before FROM beian.event e WHERE e.application_id IS NOT NULL AND e.to_state IS NOT NULL) x WHERE from_state IS DISTINCT FROM before;
SELECT max(id) AS before FROM beian.event \gset
UPDATE beian.sponsor SET name = '甲（北京）公司', phone = '13800000000' WHERE id = 1;
UPDATE beian.site SET domains = '{a.cn, a2.cn}' WHERE id = 1;
UPDATE beian.site SET name = name WHERE id = 1;
UPDATE beian.site SET name = '草稿' WHERE status = 'draft' AND id = (SELECT max(id) FROM beian.site WHERE status = 'draft');
SELECT event, sponsor_id, site_id, old_values, new_values FROM beian.event WHERE id > :before ORDER BY id;
UPDATE beian.event SET reason = 'nothing happened';
DELETE FROM beian.event;
TRUNCATE beian.event;

-- On a table of one's own: no members there, so whoever may update may step; no reason column, so none is asked.
CREATE SCHEMA shop;
CREATE TABLE shop.ticket (no text, type text, phase text);
CREATE TRIGGER enforce AFTER INSERT OR UPDATE ON shop.ticket FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('type', 'phase', 'no');
INSERT INTO shop.ticket VALUES ('T1', 'new_filing', 'draft');
UPDATE shop.ticket SET phase = 'submitted';
UPDATE shop.ticket SET phase = 'returned';
UPDATE shop.ticket SET phase = 'returned', no = 'T2';
UPDATE shop.ticket SET phase = 'approved';
UPDATE shop.ticket SET phase = NULL;
UPDATE shop.ticket SET type = 'x';
INSERT INTO shop.ticket VALUES ('T3', 'nothing', 'draft');
DROP TRIGGER enforce ON shop.ticket;
CREATE TRIGGER enforce BEFORE INSERT OR UPDATE ON shop.ticket FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('type', 'phase', 'no');
UPDATE shop.ticket SET phase = 'submitted';
DROP TRIGGER enforce ON shop.ticket;
CREATE TRIGGER enforce AFTER INSERT OR UPDATE ON shop.ticket FOR EACH STATEMENT EXECUTE FUNCTION icp.enforce_transition('type', 'phase', 'no');
UPDATE shop.ticket SET phase = 'submitted';
DROP TRIGGER enforce ON shop.ticket;
CREATE TRIGGER enforce AFTER DELETE ON shop.ticket FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('type', 'phase', 'no');
DELETE FROM shop.ticket;
DROP TRIGGER enforce ON shop.ticket;
CREATE TRIGGER enforce AFTER UPDATE ON shop.ticket FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('type', 'phase');
UPDATE shop.ticket SET phase = 'submitted';
DROP TRIGGER enforce ON shop.ticket;
CREATE TRIGGER enforce AFTER UPDATE ON shop.ticket FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('type', 'state', 'no');
UPDATE shop.ticket SET phase = 'submitted';
SELECT icp.enforce_transition();

-- What says who may act must be the owner's own: it is read with the owner's rights.
CREATE SCHEMA common;
GRANT CREATE, USAGE ON SCHEMA common TO PUBLIC;
SET ROLE regress_icp_provider;
CREATE TABLE common.form (id int, kind text, state text);
CREATE TRIGGER step AFTER INSERT OR UPDATE ON common.form FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
GRANT INSERT ON common.form TO PUBLIC;
SET ROLE regress_icp_sponsor;
CREATE VIEW common.member AS SELECT current_user AS role_name, 'system' AS role, 1 AS provider_id, 1 AS account_id, 1 AS province_code;
GRANT SELECT ON common.member TO PUBLIC;
INSERT INTO common.form VALUES (1, 'new_filing', 'draft');
RESET ROLE;
ALTER VIEW common.member OWNER TO regress_icp_provider;
SET ROLE regress_icp_sponsor;
INSERT INTO common.form VALUES (1, 'new_filing', 'draft');
RESET ROLE;
DROP SCHEMA common CASCADE;

-- A member's own SECURITY DEFINER function lends nobody its owner's part: who calls it acts, to row security and to the steps.
CREATE SCHEMA lent;
GRANT CREATE, USAGE ON SCHEMA lent TO PUBLIC;
CREATE TABLE lent.form (id int, kind text, state text, provider_id bigint, province_code smallint, account_id bigint);
CREATE TABLE lent.member AS SELECT role_name, role, provider_id, province_code, account_id FROM beian.member;
CREATE TRIGGER step AFTER INSERT OR UPDATE ON lent.form FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
GRANT SELECT, UPDATE ON lent.form TO PUBLIC;
INSERT INTO lent.form VALUES (1, 'new_filing', 'draft', 1, 11, 1);
UPDATE lent.form SET state = 'submitted';
UPDATE lent.form SET state = 'pre_verified';
UPDATE lent.form SET state = 'verified';
UPDATE lent.form SET state = 'reported';
UPDATE lent.form SET state = 'reviewing';
SET ROLE regress_icp_bureau;
CREATE FUNCTION lent.approve() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ UPDATE lent.form SET state = 'approved' RETURNING state $$;
GRANT EXECUTE ON FUNCTION lent.approve() TO PUBLIC;
SET ROLE regress_icp_provider;
SELECT lent.approve();
SET ROLE regress_icp_bureau;
SELECT lent.approve();
RESET ROLE;
DROP SCHEMA lent CASCADE;

DROP SCHEMA beian, shop CASCADE;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT role_name FROM who LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
