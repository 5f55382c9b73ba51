-- The registry judges what is reported by the form rules: the owner is let pass and what it breaks recorded, a member's
-- application is returned with the rules' codes, and passes when it is corrected.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_provider_2 IN ROLE icp_provider;
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_bureau_2 IN ROLE icp_bureau;
CREATE ROLE regress_icp_nobody;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_provider', 'provider', NULL, 1, NULL), ('regress_icp_provider_2', 'provider', NULL, 2, NULL),
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1),
	('regress_icp_bureau', 'bureau', '京', NULL, NULL), ('regress_icp_bureau_2', 'bureau', '沪', NULL, NULL);
CREATE PROCEDURE pg_temp.walk(app_id bigint) LANGUAGE plpgsql AS $$
DECLARE
	step	text;
BEGIN
	FOREACH step IN ARRAY '{submitted,pre_verified,verified,reported}'::text[] LOOP
		UPDATE beian.application SET state = step WHERE id = app_id;
	END LOOP;
END
$$;
\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet

-- 1. The owner's sparse record passes; what it breaks is recorded, errors among it marked as let pass.
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{jia.cn}');
INSERT INTO beian.application (site_id) VALUES (1);
SELECT v.code, v.field, v.found, v.severity, v.clause, v.message_en FROM beian.judge(1) v;
SELECT count(*) AS recorded_by_judge FROM beian.warning;
CALL pg_temp.walk(1);
SELECT state, reason FROM beian.application WHERE id = 1;
SELECT relation, row_id, code, severity, turned, actor = session_user AS by_owner, application_id, sponsor_id, site_id, province_code, found_at = (SELECT reported_at FROM beian.application WHERE id = 1) AS at_report
  FROM beian.warning ORDER BY id;
SELECT application_id, state, errors, jsonb_array_length(problems) AS problems FROM beian.application_problem;
-- unless the owner is asked like everybody; what is found twice in one transaction is there once
BEGIN;
UPDATE beian.application SET state = 'returned', reason = '重新填报' WHERE id = 1;
CALL pg_temp.walk(1);
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT problem FROM beian.rule_problems(1) problem;
SELECT errors, jsonb_array_length(problems) AS problems FROM beian.application_problem;
UPDATE beian.sponsor SET nature = '企业' WHERE id = 1;
SELECT problem FROM beian.rule_problems(1) problem;
SELECT state, errors, jsonb_path_query_array(problems, '$[*].rule') AS rules FROM beian.application_problem;
-- a superuser may turn errors into warnings, too
SET LOCAL icpfiling.errors_as_warnings = on;
SELECT problem FROM beian.rule_problems(1) problem;
SELECT errors, jsonb_path_query_array(problems, '$[*].turned') AS turned FROM beian.application_problem;
ROLLBACK;
-- a bureau's settings hold: a rule that it switches off is not asked, one that it makes an error is, in its province
BEGIN;
UPDATE beian.application SET state = 'returned', reason = '重新填报' WHERE id = 1;
UPDATE beian.sponsor SET nature = '企业', credential = 'uscc:91110000600037341L', principal_name = '李明华', phone = '010-61230987', address = '北京市海淀区中关村大街1号' WHERE id = 1;
UPDATE beian.site SET name = 'jia.cn' WHERE id = 1;
INSERT INTO icp.rule_setting (code, is_enabled) VALUES ('IP-001', false);
INSERT INTO icp.rule_setting (code, province, severity) VALUES ('NAME-006', '京', 'error'), ('SITE-NAME-002', '沪', 'error');
CALL pg_temp.walk(1);
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT problem FROM beian.rule_problems(1) problem;
SELECT errors, jsonb_path_query_array(problems, '$[*].rule') AS rules FROM beian.application_problem;
ROLLBACK;

-- 2. A provider's report of a bad record: returned with the codes; nothing personal in the reason.
SET ROLE regress_icp_provider;
INSERT INTO beian.sponsor (account_id, province, name, nature, credential, principal_name, principal_credential, phone, mobile, emergency_phone, email, address, superior, credential_address, division_code, remark) VALUES
	(1, '京', '北京示例科技有限公司', '企业', 'uscc:91110000600037341A', '李小姐', 'resident_id:110105194912310021', '010-00000000', '12345', '13800138000', 'a@qq', '北京市', '12345', '北京市海淀区中关村大街1号', 110108, '备注') RETURNING id AS s \gset
INSERT INTO beian.site (sponsor_id, name, domains, homepage, contents, languages, approvals, domain_holder, principal_name, phone, mobile, email, remark) VALUES
	(:s, '中国示例论坛网', '{example.com}', 'www.other.cn', '{8,网络新闻,99}', '{1,汉语}', '{6,x}', '别人', '王先生', '13800138000', '1', 'b@qq.com', '备注') RETURNING id AS t \gset
INSERT INTO beian.access (site_id, provider_id, ips, mode, server_province) VALUES (:t, 1, '{[10.0.0.1,10.0.0.2]}', '别的', '粤') RETURNING id AS x \gset
INSERT INTO beian.application (site_id) VALUES (:t) RETURNING id AS a \gset
SELECT v.code, v.field, v.found, v.severity FROM beian.judge(:a) v ORDER BY 1, 2;
RESET ROLE;
SELECT pg_temp.complete_sheet(:a);
SET ROLE regress_icp_provider;
CALL pg_temp.walk(:a);
SELECT state, decided_at IS NULL AS not_by_a_bureau FROM beian.application WHERE id = :a;
SELECT problem FROM beian.application, string_to_table(reason, '; ') problem WHERE id = :a AND problem ~ '^[A-Z-]+-[0-9]{3} ' ORDER BY 1;
SELECT reason ~ '李小姐|王先生|91110000600037341|110105194912310021|00000000|13800138000|a@qq' AS tells_personal_data FROM beian.application WHERE id = :a;
SELECT p ->> 'table' AS table, p ->> 'id' IN (:'s', :'t', :'x') AS the_row, p ->> 'field' AS field, p ->> 'rule' AS rule, p ->> 'severity' AS severity, p ->> 'turned' AS turned, p ->> 'found' AS found
  FROM beian.application_problem, jsonb_array_elements(problems) p WHERE application_id = :a ORDER BY 1, 3, 4;
SELECT jsonb_pretty(p) FROM beian.application_problem, jsonb_array_elements(problems) p WHERE application_id = :a AND p ->> 'rule' = 'HOMEPAGE-002';
-- what was found is nobody's to change
INSERT INTO beian.warning (relation, code, field, severity, clause, message_zh, message_en, advice_zh) VALUES ('beian.site', 'x', 'x', 'error', 'x', 'x', 'x', 'x');
UPDATE beian.warning SET turned = true;
DELETE FROM beian.warning;
SELECT beian.rule_problems(:a);
SELECT beian.judgement(:a);

-- corrected: reviewing, the warnings are kept
UPDATE beian.sponsor SET credential = 'uscc:91110000600037341L', principal_name = '李明华', principal_credential = 'resident_id:11010519491231002X', phone = '010-61230987', mobile = '13800138000', emergency_phone = '13800138000', email = 'a@qq.com', address = '北京市海淀区中关村大街1号', superior = NULL WHERE id = :s;
UPDATE beian.site SET name = '示例科技!', domains = '{shili.cn}', homepage = 'www.shili.cn', contents = '{8}', languages = '{1,英文}', approvals = NULL, domain_holder = '北京示例科技有限公司', principal_name = '王建国', mobile = '13700137000' WHERE id = :t;
UPDATE beian.access SET ips = '{[1.2.4.8,1.2.4.8]}', mode = '虚拟主机' WHERE id = :x;
SELECT v.code, v.field, v.found, v.severity FROM beian.judge(:a) v ORDER BY 1, 2;
UPDATE beian.site SET languages = '{1,12}' WHERE id = :t;
RESET ROLE;
SELECT pg_temp.complete_sheet(:a);
SET ROLE regress_icp_provider;
CALL pg_temp.walk(:a);
SELECT a.state, a.reason, p.errors, p.problems -> 0 ->> 'rule' AS rule, jsonb_array_length(p.problems) AS problems FROM beian.application a JOIN beian.application_problem p ON p.application_id = a.id WHERE a.id = :a;
-- what lies with the bureau stands still, the access too
UPDATE beian.access SET ips = '{[10.0.0.1,10.0.0.2]}' WHERE id = :x RETURNING id;
UPDATE beian.access SET provider_id = 2 WHERE id = :x;
UPDATE beian.access SET status = 'live' WHERE id = :x;

-- 3. Who sees it: its own provider, sponsor and bureau.
SELECT count(DISTINCT application_id) AS provider_sees FROM beian.warning;
SET ROLE regress_icp_sponsor;
SELECT count(DISTINCT application_id) AS sponsor_sees FROM beian.warning;
SELECT count(*) AS sponsor_judges FROM beian.judge(:a);
SET ROLE regress_icp_bureau;
SELECT count(DISTINCT application_id) AS bureau_sees, (SELECT count(*) FROM beian.judge(:a)) AS judges, (SELECT count(*) FROM beian.application_problem) AS problems FROM beian.warning;
SET ROLE regress_icp_bureau_2;
SELECT count(*) AS other_bureau_sees, (SELECT count(*) FROM beian.application_problem) AS problems FROM beian.warning;
SELECT * FROM beian.judge(:a);
SET ROLE regress_icp_provider_2;
SELECT count(*) AS other_provider_sees FROM beian.warning;
SELECT * FROM beian.judge(:a);
SELECT * FROM beian.judge(4711);
UPDATE beian.access SET ips = NULL RETURNING id;
SET ROLE regress_icp_nobody;
SELECT * FROM beian.judge(:a);
SELECT count(*) FROM beian.warning;
-- the setting is the superuser's, unless it was granted
SET icpfiling.errors_as_warnings = on;
RESET ROLE;

-- 4. Only what an application concerns is judged.
SELECT k.code, beian.judged_parts(k.code, 'draft') AS of_a_draft, nullif(beian.judged_parts(k.code, 'filed'), beian.judged_parts(k.code, 'draft')) AS of_a_filed_one FROM icp.application_kind k ORDER BY 1;
SELECT beian.part_of(t.field) AS part, string_agg(DISTINCT t.field, ', ' ORDER BY t.field) AS fields FROM (SELECT unnest(needs || looks_at) FROM icp.rule_tests()) t(field) GROUP BY 1 ORDER BY 1;
-- the fields of the rules that are not in the record that is judged, so that no rule asks for them: what papers and
-- verifications tell
SELECT string_agg(DISTINCT t.field, ', ' ORDER BY t.field) AS not_in_the_registry FROM (SELECT unnest(needs || looks_at) FROM icp.rule_tests()) t(field)
 WHERE t.field NOT IN ('site_name', 'provider', 'former_domains', 'division') AND NOT EXISTS (SELECT FROM pg_attribute a
		WHERE a.attrelid IN ('beian.sponsor'::regclass, 'beian.site'::regclass, 'beian.access'::regclass) AND a.attname = t.field AND NOT a.attisdropped);
-- a second site of a filed sponsor: the sponsor's own faults are not asked for again
UPDATE beian.application SET state = 'approved' WHERE id = 1;
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网二', '{jia2.cn}') RETURNING id AS second \gset
INSERT INTO beian.application (site_id) VALUES (:second) RETURNING id AS b \gset
SELECT v.code, v.field FROM beian.judge(:b) v;
-- a change is judged as it is proposed: the filed record says otherwise until it is approved
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS c \gset
INSERT INTO beian.site_change (application_id, homepage, domains) VALUES (:c, 'www.elsewhere.cn', '{jia.cn,example.com}');
SELECT v.code, v.field, v.found FROM beian.judge(:c) v;
UPDATE beian.site_change SET homepage = 'www.jia.cn', domains = NULL, cleared = '{name}' WHERE application_id = :c;
SELECT v.code, v.field, v.found FROM beian.judge(:c) v;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_principal', 1) RETURNING id AS c \gset
INSERT INTO beian.sponsor_change (application_id, principal_name, phone) VALUES (:c, '李小姐', '010-61230987');
SELECT v.code, v.field, v.found FROM beian.judge(:c) v;
-- as of the day of the report: a rule that ended after it is still asked
BEGIN;
INSERT INTO icp.rule_setting (code, valid_from, valid_to) VALUES ('IP-001', '-infinity', (now() AT TIME ZONE 'Asia/Shanghai')::date - 5);
SELECT count(*) AS today FROM beian.judge(:b) v WHERE v.code = 'IP-001';
SET LOCAL session_replication_role = replica;
UPDATE beian.application SET state = 'reviewing', reported_at = now() - interval '10 days' WHERE id = :b;
SELECT count(*) AS ten_days_ago FROM beian.judge(:b) v WHERE v.code = 'IP-001';
ROLLBACK;
SELECT * FROM icp.check_registry();

-- check_row() of a table of one's own can write there, too
CREATE SCHEMA shop;
CREATE TABLE shop.customer (id int, company text);
CREATE TRIGGER check_row AFTER INSERT ON shop.customer FOR EACH ROW EXECUTE FUNCTION icp.check_row('name=company', 'warnings=beian.warning');
INSERT INTO shop.customer VALUES (7, '示例门户网');
SELECT relation, row_id, code, severity, turned, application_id FROM beian.warning WHERE relation = 'shop.customer'::regclass;
DROP SCHEMA shop CASCADE;

DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DROP ROLE regress_icp_provider, regress_icp_provider_2, regress_icp_sponsor, regress_icp_bureau, regress_icp_bureau_2, regress_icp_nobody;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
