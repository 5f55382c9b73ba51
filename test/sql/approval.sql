-- Prior and special approvals (前置审批, 专项审批): what needs one, what shows it, the department's opinion, false and expired ones.
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'Asia/Shanghai';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_news IN ROLE icp_approver;
CREATE ROLE regress_icp_news_jing IN ROLE icp_approver;
CREATE ROLE regress_icp_news_hu IN ROLE icp_approver;
CREATE ROLE regress_icp_drugs IN ROLE icp_approver;
CREATE ROLE regress_icp_regulator IN ROLE icp_regulator;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id, approval_kinds) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL, NULL),
	('regress_icp_news', 'approver', NULL, NULL, NULL, '{1,2}'), ('regress_icp_news_jing', 'approver', '京', NULL, NULL, '{1}'),
	('regress_icp_news_hu', 'approver', '沪', NULL, NULL, '{1}'), ('regress_icp_drugs', 'approver', '京', NULL, NULL, '{5}'),
	('regress_icp_regulator', 'regulator', '京', NULL, NULL, NULL);
\set VERBOSITY terse
INSERT INTO beian.member (role_name, role) VALUES ('x', 'approver');
INSERT INTO beian.member (role_name, role, approval_kinds) VALUES ('x', 'ministry', '{1}');
INSERT INTO beian.member (role_name, role) VALUES ('x', 'spectator');
\set VERBOSITY default
INSERT INTO beian.sponsor (account_id, province, name, nature, credential, principal_name) VALUES
	(1, '京', '甲网络有限公司', '企业', 'uscc:91110000600037341L', '张三'), (2, '沪', '乙网络有限公司', '企业', NULL, NULL);
INSERT INTO beian.site (sponsor_id, name, domains, homepage) VALUES
	(1, '甲新闻网', '{jia.cn}', 'www.jia.cn'), (1, '甲的网页', '{jia2.cn}', 'www.jia2.cn'), (2, '乙新闻网', '{yi.cn}', 'www.yi.cn');
INSERT INTO beian.application (site_id) VALUES (1), (2), (3);

-- 1. What needs an approval

-- kinds as the code table has them: of the country, no more of the country, a bureau's own, unknown
SELECT k, beian.approval_name(k), beian.is_asked_for(k, '2026-01-01') FROM unnest('{1,5,6,14,7}'::int[]) k;
BEGIN;
INSERT INTO icp.approval_kind_local (id, name, valid_from, valid_to, source, keyword_list, is_special, is_national) VALUES
	(6, '电子公告服务', '2020-01-01', '2021-01-01', '京', 'bbs', true, true), (40, '本地', NULL, NULL, '京', NULL, false, true);
SELECT k, d, beian.is_asked_for(k, d) FROM unnest('{6,40}'::int[]) k, unnest('{2019-12-31,2020-01-01,2020-12-31,2021-01-01}'::date[]) d ORDER BY 1, 2;
ROLLBACK;
-- what a record declares: ids or names, with the document's number or not, in a list or an array
SELECT j ->> 'approvals' AS declared, beian.declared_approvals(j) AS kinds
  FROM unnest(ARRAY['{"approvals": ["1:京新网备2009-001", "药品和医疗器械"]}', '{"approvals": "1，出版；9"}', '{"approvals": [" 新闻 ： 京1 "]}',
					'{"approvals": ["新", "99", ""]}', '{"approvals": null}', '{}']::jsonb[]) j;
-- a name, a content, what is declared; a name of the unit's own; nothing
CREATE FUNCTION pg_temp.missing(site jsonb, sponsor jsonb DEFAULT '{"name": "甲网络有限公司", "nature": "企业", "province_code": 11}', on_day date DEFAULT '2026-01-01')
	RETURNS SETOF text LANGUAGE sql AS $$ SELECT problem FROM beian.missing_approvals(sponsor, '{"id": 1, "sponsor_id": 1}' || site, on_day) $$;
SELECT pg_temp.missing('{"name": "甲新闻网"}');
SELECT pg_temp.missing('{"name": "甲的网页", "contents": ["5", "13"]}');
SELECT pg_temp.missing('{"name": "甲的网页", "approvals": ["1:京1", "5"]}');
SELECT pg_temp.missing('{"name": "甲新闻网", "approvals": ["1"]}');
SELECT pg_temp.missing('{"name": "甲影视文化", "contents": []}', '{"name": "甲影视文化有限公司", "nature": "企业", "province_code": 11}');
SELECT pg_temp.missing('{"name": "甲的网页"}');
-- bulletin boards until 2015 (domain: since then a province may ask)
SELECT d, pg_temp.missing('{"name": "甲论坛"}', on_day => d) FROM unnest('{2015-12-30,2016-01-02}'::date[]) d;

-- 2. The document: entered by the provider, who keeps the copy

SET ROLE regress_icp_p1;
INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from) VALUES (3, 1, '沪新网备1', '沪网信办', '2020-01-01');
INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from) VALUES (1, 7, '京1', '京网信办', '2020-01-01');
INSERT INTO beian.prior_approval (sponsor_id, site_id, kind, number, authority, valid_from) VALUES (1, 3, 1, '京1', '京网信办', '2020-01-01');
INSERT INTO beian.prior_approval (site_id, application_id, kind, number, authority, valid_from) VALUES (1, 3, 1, '京1', '京网信办', '2020-01-01');
\set VERBOSITY terse
INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from, document_sha256) VALUES (1, 1, '京1', '京网信办', '2020-01-01', '\x00');
INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from, valid_to) VALUES (1, 1, '京1', '京网信办', '2020-01-02', '2020-01-01');
\set VERBOSITY default
SET ROLE regress_icp_s1;
INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from) VALUES (1, 1, '京1', '京网信办', '2020-01-01');
SET ROLE regress_icp_p1;
INSERT INTO beian.prior_approval (application_id, kind, number, authority, valid_from) VALUES (1, 1, '京新网备2009-001', '京网信办', '2020-01-01')
	RETURNING sponsor_id, site_id, province_code, state, original_with, entered_by;
RESET ROLE;
SELECT max(id) AS one FROM beian.prior_approval \gset
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
CREATE FUNCTION pg_temp.try(change text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	EXECUTE 'UPDATE beian.prior_approval SET ' || change;
	SET LOCAL session_replication_role = origin;
	RETURN QUERY SELECT p FROM beian.approval_problems(1) p;
END $$;
-- without a copy nothing is shown (4 §20(四)); with it, in its term, to the day
SELECT beian.approval_problems(1);
SELECT c, (SELECT count(*) FROM pg_temp.try(c)) AS problems FROM unnest(ARRAY['document_sha256 = sha256(''copy'')',
	'valid_from = (now() AT TIME ZONE ''Asia/Shanghai'')::date', 'valid_from = (now() AT TIME ZONE ''Asia/Shanghai'')::date + 1',
	'valid_from = ''2020-01-01'', valid_to = (now() AT TIME ZONE ''Asia/Shanghai'')::date', 'valid_to = (now() AT TIME ZONE ''Asia/Shanghai'')::date - 1', 'valid_to = NULL',
	'site_id = 2', 'site_id = NULL', 'kind = 2', 'kind = 1, site_id = 1', 'state = ''asked''', 'state = ''agreed''', 'state = ''refused'', opinion = ''伪造''',
	'state = ''agreed'', declared_false_at = now()', 'state = ''claimed'', opinion = NULL, declared_false_at = NULL, document_sha256 = NULL']) c;
-- others are not asked: other sites, other kinds of application
SELECT beian.approval_problems(2);
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';
SELECT beian.approval_problems(1);

-- 3. At the report

\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
CREATE FUNCTION pg_temp.report(app bigint) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	step	text;
BEGIN
	FOREACH step IN ARRAY '{submitted,pre_verified,verified,reported}'::text[] LOOP
		UPDATE beian.application SET state = step WHERE id = app;
	END LOOP;
	RETURN QUERY SELECT a.state FROM beian.application a WHERE a.id = app
		UNION ALL SELECT p FROM beian.application a, string_to_table(a.reason, '; ') p WHERE a.id = app AND p ~ 'no valid document';
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.report(bigint) TO PUBLIC;
SELECT pg_temp.complete_sheet(1);
SET ROLE regress_icp_p1;
SELECT pg_temp.report(1);
-- the owner is not asked; it reports what the bureau then sees
RESET ROLE;
SELECT pg_temp.report(1);
UPDATE beian.verification SET seen = true;

-- 4. At approval, by the bureau

SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SET ROLE regress_icp_p1;
UPDATE beian.prior_approval SET document_sha256 = sha256('copy'), document_at = 'archive/1' WHERE id = :one;
SET ROLE regress_icp_jing;
-- the bureau asks the department, and waits for what it says (4 §17, §20)
UPDATE beian.prior_approval SET state = 'agreed' WHERE id = :one;
UPDATE beian.prior_approval SET state = 'asked' WHERE id = :one RETURNING state, asked_at = now() AS asked_now;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SET ROLE regress_icp_hu;
UPDATE beian.prior_approval SET state = 'asked';		-- sees none of it
SET ROLE regress_icp_p1;
UPDATE beian.prior_approval SET number = '京2' WHERE id = :one;
UPDATE beian.prior_approval SET state = 'agreed' WHERE id = :one;
SET ROLE regress_icp_s1;
SELECT kind, number, state FROM beian.prior_approval;
UPDATE beian.prior_approval SET number = '京2';

-- 5. The department: its own field and level, nothing else

RESET ROLE;
CREATE FUNCTION pg_temp.sees(role_name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role_name);
	SELECT string_agg(p.number, ',') INTO found FROM beian.prior_approval p;
	RESET ROLE;
	RETURN found;
END $$;
SELECT r, pg_temp.sees(r) FROM unnest('{regress_icp_news,regress_icp_news_jing,regress_icp_news_hu,regress_icp_drugs,regress_icp_p1,regress_icp_p2,regress_icp_s1,regress_icp_jing,regress_icp_hu}'::text[]) r;
SET ROLE regress_icp_regulator;
SELECT count(*) FROM beian.prior_approval;
SET ROLE regress_icp_news_jing;
SELECT kind, number, authority, state, sponsor_name, site_name, domains, site_status FROM beian.approval_case;
SELECT phone FROM beian.sponsor;
SELECT count(*) FROM beian.application;
UPDATE beian.prior_approval SET number = 'x' WHERE id = :one;
UPDATE beian.prior_approval SET state = 'claimed' WHERE id = :one;
\set VERBOSITY terse
UPDATE beian.prior_approval SET state = 'refused' WHERE id = :one;
\set VERBOSITY default
UPDATE beian.prior_approval SET state = 'agreed', opinion = '属实' WHERE id = :one RETURNING state, opinion_by, opinion_at = now() AS now;
-- an opinion belongs to its state: a refusal does not go by the words of the agreement, nor the other way round
BEGIN;
SAVEPOINT s;
UPDATE beian.prior_approval SET state = 'refused' WHERE id = :one;
ROLLBACK TO s;
UPDATE beian.prior_approval SET state = 'refused', opinion = '伪造' WHERE id = :one;
UPDATE beian.prior_approval SET state = 'agreed' WHERE id = :one RETURNING state, opinion;
ROLLBACK;
SET ROLE regress_icp_drugs;
UPDATE beian.prior_approval SET state = 'refused', opinion = '伪造' WHERE id = :one RETURNING id;
SET ROLE regress_icp_news_hu;
UPDATE beian.prior_approval SET state = 'refused', opinion = '伪造' WHERE id = :one RETURNING id;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SELECT state FROM beian.application WHERE id = 1;
-- every approval, where the setting says so
RESET ROLE;
SELECT pg_temp.report(3);
INSERT INTO beian.prior_approval (application_id, kind, number, authority, valid_from, document_sha256) VALUES (3, 1, '沪1', '沪网信办', '2020-01-01', sha256('c'));
UPDATE beian.setting SET value = 'always' WHERE name = 'approval_opinion';
SET ROLE regress_icp_hu;
UPDATE beian.application SET state = 'approved' WHERE id = 3;
SET ROLE regress_icp_news;
UPDATE beian.prior_approval SET state = 'agreed' WHERE province_code = 31 RETURNING number, opinion_by;
SET ROLE regress_icp_hu;
UPDATE beian.application SET state = 'approved' WHERE id = 3;
RESET ROLE;
UPDATE beian.setting SET value = 'asked' WHERE name = 'approval_opinion';
SELECT id, state FROM beian.application ORDER BY id;

-- 6. A document that proves false ends what rests on it (4 §20(四))

SET ROLE regress_icp_jing;
SELECT * FROM beian.declare_false_approval(:one, '伪造');
SELECT * FROM beian.declare_false_approval(:one, ' ');
SET ROLE regress_icp_hu;
SELECT * FROM beian.declare_false_approval(:one, '伪造');
SET ROLE regress_icp_p1;
SELECT * FROM beian.declare_false_approval(:one, '伪造');
SET ROLE regress_icp_news;
UPDATE beian.prior_approval SET state = 'refused', opinion = '批准文件系伪造' WHERE id = :one;
SET ROLE regress_icp_jing;
SELECT * FROM beian.declare_false_approval(:one, '前置审批部门确认文件不属实');
SELECT * FROM beian.declare_false_approval(:one, '前置审批部门确认文件不属实');
RESET ROLE;
SELECT t.status, a.status AS access FROM beian.site t JOIN beian.access a ON a.site_id = t.id WHERE t.id = 1;
SELECT event, actor, reason, old_values ->> 'state' AS before, new_values ->> 'state' AS after, new_values ->> 'kind' AS kind
  FROM beian.event WHERE event ~ '^approval' ORDER BY id;
SELECT declared_false_by, declared_false_at IS NOT NULL AS declared FROM beian.prior_approval WHERE id = :one;
-- while it is under review the application comes back; one for all sites takes those that need its kind
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲新闻网二', '{jia3.cn}'), (1, '甲新闻网三', '{jia4.cn}');
INSERT INTO beian.application (site_id) VALUES (4), (5);
INSERT INTO beian.prior_approval (sponsor_id, kind, number, authority, valid_from, document_sha256) VALUES (1, 1, '京3', '京网信办', '2020-01-01', sha256('c'));
SELECT max(id) AS all_sites FROM beian.prior_approval \gset
SELECT a.id, pg_temp.report(a.id) FROM beian.application a WHERE a.id IN (2, 4, 5) ORDER BY 1;
UPDATE beian.application SET state = 'approved' WHERE id IN (2, 5);
UPDATE beian.prior_approval SET state = 'refused', opinion = '已吊销' WHERE id = :all_sites;
SET ROLE regress_icp_jing;
SELECT * FROM beian.declare_false_approval(:all_sites, '已吊销');
SELECT id, state, reason FROM beian.application WHERE id IN (2, 4, 5) ORDER BY id;
RESET ROLE;
SELECT id, name, status FROM beian.site ORDER BY id;

-- 7. Expired: told once, those whose filing lives

INSERT INTO beian.prior_approval (site_id, kind, number, authority, valid_from, valid_to) VALUES
	(2, 1, '过期', '京网信办', '2020-01-01', (now() AT TIME ZONE 'Asia/Shanghai')::date - 1), (2, 1, '今日到期', '京网信办', '2020-01-01', (now() AT TIME ZONE 'Asia/Shanghai')::date),
	(2, 1, '长期', '京网信办', '2020-01-01', NULL), (1, 1, '已注销', '京网信办', '2020-01-01', '2020-12-31');
SELECT beian.approval_clock();
SELECT beian.approval_clock();
SELECT number, expiry_told_at IS NOT NULL AS told FROM beian.prior_approval WHERE site_id IN (1, 2) AND id <> :one ORDER BY id;

SELECT n.recipient, n.channel, replace(n.text, ((now() AT TIME ZONE 'Asia/Shanghai')::date - 1)::text, 'YYYY-MM-DD') AS text FROM beian.notice n WHERE n.template = 'approval_expired' ORDER BY 1, 2;

-- 8. Approval content that is added later comes with a change that the provider enters (4 §20(五))

UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
UPDATE beian.site SET approvals = '{5:京药1}' WHERE id = 2;
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('change_site', 2, 'sponsor') RETURNING id AS change \gset
INSERT INTO beian.site_change (application_id, approvals) VALUES (:change, '{5:京药1,9:京文1}');
SELECT beian.approval_problems(:change);
UPDATE beian.application SET filed_by = 'provider' WHERE id = :change;
SELECT beian.approval_problems(:change);
INSERT INTO beian.prior_approval (application_id, kind, number, authority, valid_from, document_sha256)
SELECT :change, k, '京' || k, '京', '2020-01-01', sha256('c') FROM unnest('{5,9}'::int[]) k;
SELECT beian.approval_problems(:change);
UPDATE beian.site_change SET approvals = '{5}', name = '二手药店新闻' WHERE application_id = :change;
SELECT beian.approval_problems(:change);
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';

-- 9. Evidence is kept

\set VERBOSITY terse
DELETE FROM beian.prior_approval WHERE id = :one;
DELETE FROM beian.prior_approval WHERE site_id = 2;
TRUNCATE beian.prior_approval;
\set VERBOSITY default
SELECT kind, name, problem FROM icp.check_registry();

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_jing, regress_icp_hu, regress_icp_news, regress_icp_news_jing, regress_icp_news_hu, regress_icp_drugs, regress_icp_regulator;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$ DECLARE r name; BEGIN FOR r IN SELECT name FROM made_role LOOP EXECUTE format('DROP ROLE %I', r); END LOOP; END $$;
