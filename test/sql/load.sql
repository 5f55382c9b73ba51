-- beian.load(): records in bulk from a staging table of text; nothing lost, nothing filed that is not right.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'German, DMY';
SELECT icp.create_registry();
CREATE SCHEMA stage;
CREATE TABLE stage.record (unit_name text, nature text, main_licence text, service_licence text, service_kind text, service_name text, domain text, home_url text, update_time text, confidence text, note text);
\set records `cat "$PG_ABS_SRCDIR/data/public_records.tsv"`
INSERT INTO stage.record SELECT f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11]
  FROM string_to_table(:'records', E'\n') WITH ORDINALITY AS l(line, n), LATERAL string_to_array(line, E'\t') AS f WHERE n > 1 AND line <> '' ORDER BY n;

-- 1. The public records.
SELECT * FROM beian.load('stage.record');
SELECT (SELECT count(*) FROM beian.account) AS accounts, (SELECT count(*) FROM beian.sponsor) AS sponsors, (SELECT count(*) FROM beian.site) AS sites,
	   (SELECT count(*) FROM beian.event) AS events, (SELECT count(*) FROM beian.conflict) AS conflicts, (SELECT count(*) FROM beian.rejected_row) AS rejected;
-- what test/data/README.md says of the file is what the reasons say
SELECT r ->> 'field' AS field, regexp_replace(r ->> 'problem', '(under|row|by|belongs to) .*', '\1 …') AS problem, count(*) AS rows, count(DISTINCT r ->> 'found') AS different
  FROM beian.rejected_row j, jsonb_array_elements(j.reasons) r GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) FILTER (WHERE jsonb_array_length(reasons) > 1) AS with_several, count(*) FILTER (WHERE jsonb_array_length(reasons) = 0) AS with_none, count(DISTINCT row_no) AS rows FROM beian.rejected_row;
-- the chosen rows: an old and a new name under one number; a domain in two rows; no service number
SELECT row_no, content ->> 'unit_name' AS unit, content ->> 'domain' AS domain, reasons FROM beian.rejected_row
 WHERE content ->> 'main_licence' = '京ICP备16016397号' OR content ->> 'domain' IN ('163.com', 'huawei.com', '8264.com') ORDER BY row_no;
-- each row is filed or rejected, and what is filed says what the row said
SELECT count(*) AS rows, count(j.row_no) AS rejected, count(t.id) AS filed, count(*) FILTER (WHERE (j.row_no IS NULL) = (t.id IS NULL)) AS neither_or_both
  FROM (SELECT row_number() OVER () AS row_no, r.* FROM stage.record r) r
  LEFT JOIN beian.rejected_row j ON j.staging = 'stage.record' AND j.row_no = r.row_no
  LEFT JOIN beian.site t ON t.number OPERATOR(icp.=) icp.try_filing_number(r.service_licence);
SELECT count(*) AS differences FROM stage.record r JOIN beian.site t ON t.number::text = r.service_licence JOIN beian.sponsor s ON s.id = t.sponsor_id
 WHERE (s.name, s.nature, s.number::text, t.kind, t.name, t.domains::text, t.homepage)
	   IS DISTINCT FROM (r.unit_name, nullif(r.nature, ''), r.main_licence, r.service_kind, nullif(r.service_name, ''), '{' || r.domain || '}', nullif(r.home_url, ''))
	OR r.update_time <> '' AND t.changed_at <> r.update_time::timestamp AT TIME ZONE 'Asia/Shanghai';
SELECT t.number, s.last_service_no, t.changed_at AT TIME ZONE 'Asia/Shanghai' FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.number::text IN ('京ICP备10046444号-7', '京ICP备10046444号-9');
SELECT count(*) AS without_approved_claim FROM beian.site t, icp.domains(t.domains) d WHERE NOT beian.is_filed(d);
-- every domain that the file has more than once is filed at most once
SELECT count(*) AS domains, count(*) FILTER (WHERE filed > 1) AS filed_twice, sum(filed) AS filed FROM (
	SELECT r.domain, (SELECT count(*) FROM beian.site t WHERE t.domains OPERATOR(icp.@>) r.domain::icp.domain_name) AS filed
	  FROM stage.record r WHERE r.domain <> '' GROUP BY 1 HAVING count(*) > 1) d;

SELECT count(*) AS domains, sum(n) AS rows, sum(n) - count(*) AS surplus FROM (SELECT count(*) AS n FROM stage.record WHERE domain <> '' GROUP BY domain HAVING count(*) > 1) d;
-- as if every row had a service number and every number one name: then the surplus domains alone are left over
BEGIN;
SELECT icp.create_registry('whole');
CREATE TABLE stage.whole AS SELECT * FROM stage.record;
UPDATE stage.whole w SET service_licence = w.main_licence || '-' || 9000 + r.n FROM (SELECT ctid AS at, row_number() OVER () AS n FROM stage.whole) r WHERE r.at = w.ctid AND w.service_licence = '';
UPDATE stage.whole SET unit_name = '北京微播视界科技有限公司' WHERE main_licence = '京ICP备16016397号';
SELECT * FROM whole.load('stage.whole');
SELECT r ->> 'field' AS field, count(*) FROM whole.rejected_row j, jsonb_array_elements(j.reasons) r GROUP BY 1;
SELECT count(*) AS domains_lost FROM (SELECT DISTINCT domain FROM stage.record WHERE domain <> '') d WHERE NOT whole.is_filed(d.domain::icp.domain_name);
ROLLBACK;

-- 2. Once more: nothing new; then corrected, and once more.
SELECT * FROM beian.load('stage.record');
SELECT count(*) AS sites, (SELECT count(*) FROM beian.rejected_row) AS rejected, (SELECT count(*) FROM beian.event) AS events FROM beian.site;
UPDATE stage.record SET service_licence = main_licence || '-101' WHERE domain = '163.com' AND service_licence = '' AND ctid = (SELECT min(ctid) FROM stage.record WHERE domain = '163.com' AND service_licence = '');
UPDATE stage.record SET service_licence = main_licence || '-102', domain = '  ' WHERE domain = 'huawei.com' AND service_licence = '';
SELECT * FROM beian.load('stage.record');
SELECT row_no, content ->> 'domain' AS domain, reasons FROM beian.rejected_row WHERE content ->> 'service_licence' ~ '-10[12]$' ORDER BY row_no;
SELECT count(*) FROM beian.site WHERE number::text LIKE '%-102';

-- 3. Accounts and providers.
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
CREATE TABLE stage.customer (unit_name text, service_licence text, domain text, account text, provider text);
INSERT INTO stage.customer VALUES
	('甲公司', '京ICP备12000001号-1', 'jia.cn', 'jia', '一号云'), ('甲公司', '京ICP备12000001号-2', 'jia.com', 'jia', '一号云'),
	('乙公司', '京ICP备12000002号-1', 'yi.cn', NULL, '二号云'), ('丙公司', '京ICP备12000003号-1', 'bing.cn', 'bing', NULL), ('丁公司', '京ICP备12000004号-1', 'ding.cn', 'ding', '三号云');
SELECT * FROM beian.load('stage.customer');
SELECT s.name, a.user_name, p.name AS provider, t.number, x.status AS access, x.province_code FROM beian.sponsor s JOIN beian.account a ON a.id = s.account_id LEFT JOIN beian.provider p ON p.id = a.provider_id
  JOIN beian.site t ON t.sponsor_id = s.id LEFT JOIN beian.access x ON x.site_id = t.id WHERE s.number::text LIKE '京ICP备1200000%' ORDER BY t.number;
SELECT content ->> 'unit_name' AS unit, reasons FROM beian.rejected_row WHERE staging = 'stage.customer';
SELECT count(*) FROM beian.rejected_row WHERE staging = 'stage.record';
-- another account's application for a loaded domain is in conflict with it, as with any filed record
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'late') RETURNING id AS late \gset
INSERT INTO beian.sponsor (account_id, province, name) VALUES (:late, '京', '迟到公司') RETURNING id AS late \gset
INSERT INTO beian.site (sponsor_id, domains) VALUES (:late, '{jia.cn}');
SELECT kind, key, left_approved, right_approved, state FROM beian.conflict;
-- and a loaded row does not drive out a draft, but stands against it
CREATE TABLE stage.more (unit_name text, service_licence text, domain text);
INSERT INTO beian.site (sponsor_id, domains) VALUES (:late, '{wu.cn}');
INSERT INTO stage.more VALUES ('戊公司', '京ICP备12000005号-1', 'wu.cn');
SELECT * FROM beian.load('stage.more');
SELECT kind, key, left_approved, right_approved, state FROM beian.conflict ORDER BY id;

-- 4. Bad input: each row with its reasons, all of them.
CREATE TABLE stage.bad (unit_name text, nature text, main_licence text, service_licence text, service_kind text, service_name text, domain text, home_url text, update_time text, account text, provider text, n int GENERATED ALWAYS AS IDENTITY);
INSERT INTO stage.bad (unit_name, main_licence, service_licence, service_kind, domain, update_time) VALUES (NULL, NULL, NULL, NULL, NULL, NULL);
SELECT * FROM beian.load('stage.bad');
ALTER TABLE stage.bad DROP COLUMN n, ADD COLUMN n text;
TRUNCATE stage.bad;
INSERT INTO stage.bad (n, unit_name, main_licence, service_licence, service_kind, domain, update_time) VALUES
	(1, NULL, NULL, NULL, NULL, NULL, NULL), (2, ' ', '', '  ', '', ' ', ''), (3, '　', NULL, '京ICP备13000003号-1', NULL, NULL, NULL), (4, E'\t\n', NULL, '京ICP备13000004号-1', NULL, NULL, NULL),
	(5, '五', '京ICP备1234号', '京ICP备1234号-1', 'site', 'no domain', 'yesterday'), (6, '六', '京ICP备13000006号', '京ICP备13000006号', NULL, NULL, NULL), (7, '七', '京ICP备13000007号', '沪ICP备13000007号-1', NULL, NULL, NULL),
	(8, '八', NULL, '京ICP备13000008号-1A', 'site', NULL, NULL), (9, '九', NULL, '京ICP备13000009号-1', 'space ship', NULL, NULL), (10, '十', NULL, 'ICP证B2-20090010-1', NULL, NULL, NULL),
	(11, '甲', NULL, '京ICP备13000011号-1', NULL, '{a11.cn,b11..cn}', NULL), (12, '甲', NULL, '京ICP备13000012号-1', NULL, 'http://a12.cn/', NULL), (13, '甲', NULL, '京ICP备13000013号-1', NULL, '{a13.cn', NULL),
	(14, '甲', NULL, '京ICP备13000014号-1', NULL, NULL, '2024-13-99'), (15, '甲', NULL, '京ICP备13000015号-1', NULL, NULL, 'infinity'), (16, '甲', NULL, '京ICP备13000016号-1', NULL, NULL, 'now'), (17, '甲', NULL, '京ICP备13000017号-1', NULL, NULL, '2023-02-29 10:00:00'),
	(18, '甲', NULL, '京ICP备13000018号-1', NULL, NULL, '01.02.2024'), (19, '甲', NULL, '京ICP备13000019号-1', NULL, NULL, '99999999-01-01'), (20, '甲', NULL, '京ICP备13000020号-1', NULL, NULL, '2024-02-011'),
	(21, 'O''Brien"; DROP SCHEMA beian CASCADE; --', NULL, '京ICP备13000021号-1', NULL, 'quote21.cn', '2024-2-1'), (22, E'控制\x01\x1f字符', NULL, '京ICP备13000022号-1', NULL, NULL, '2024-02-01T10:00:00+00'), (23, '<script>{}\\n%s$1@registry@</script>', NULL, '京ICP备13000023号-1', NULL, NULL, NULL),
	(24, (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 100) i), NULL, '京ICP备13000024号-1', NULL, NULL, NULL), (25, repeat('ﷺ', 200), NULL, '京ICP备13000025号-1', NULL, NULL, NULL), (26, repeat('名', 600), NULL, '京ICP备13000026号-1', NULL, NULL, NULL),
	(27, '甲', NULL, repeat('京ICP备', 10000), NULL, NULL, NULL), (28, '甲', NULL, '京ICP备13000028号-1', NULL, repeat('x', 10000), repeat('2', 10000)), (29, '甲', NULL, '京ICP备13000029号-131072', NULL, NULL, NULL), (30, '甲', NULL, '京ICP备13000030号-0', NULL, NULL, NULL),
	(31, '一', '京ICP备13000031号', '京ICP备13000031号-1', NULL, '{d31.cn,e31.cn}', NULL), (32, '一', '京ICP备13000031号', '京ICP备13000031号-1', NULL, 'f31.cn', NULL), (33, '二', '京ICP备13000031号', '京ICP备13000031号-2', NULL, NULL, NULL), (34, '三', NULL, '京ICP备13000034号-1', NULL, 'E31.CN.', NULL), (35, '三', NULL, '京ICP备13000034号-2', NULL, 'jia.cn', NULL);
UPDATE stage.bad SET service_name = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 100) i), account = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 100) i) WHERE n = '20';
SELECT * FROM beian.load('stage.bad');
SELECT j.content ->> 'n' AS n, r ->> 'field' AS field, left(r ->> 'found', 30) AS found, left(r ->> 'problem', 50) AS problem
  FROM beian.rejected_row j, jsonb_array_elements(j.reasons) WITH ORDINALITY AS e(r, i) WHERE j.staging = 'stage.bad' ORDER BY j.row_no, i;
SELECT b.n, left(s.name, 45) AS name, t.number, t.domains, CASE WHEN t.changed_at <> t.filed_at THEN t.changed_at AT TIME ZONE 'Asia/Shanghai' END AS dated
  FROM stage.bad b JOIN beian.site t ON t.number::text = b.service_licence AND b.n <> '32' JOIN beian.sponsor s ON s.id = t.sponsor_id ORDER BY b.n::int;
SELECT content = to_jsonb(b) AS kept_word_for_word FROM beian.rejected_row j JOIN stage.bad b ON b.n = j.content ->> 'n' WHERE j.staging = 'stage.bad' GROUP BY 1;
SELECT * FROM beian.load('stage.bad');

-- 5. Staging tables that will not do, and odd ones that will.
CREATE TABLE stage.short (unit_name text);
SELECT * FROM beian.load('stage.short');
CREATE TABLE stage.wrong (unit_name varchar(10), service_licence text, id int);
SELECT * FROM beian.load('stage.wrong');
SELECT * FROM beian.load('stage.nowhere');
SELECT * FROM beian.load(NULL);
CREATE TABLE stage.empty (unit_name text, service_licence text);
SELECT * FROM beian.load('stage.empty');
CREATE TABLE stage."Odd "" name" ("Extra column" text, service_licence text, dropped int, unit_name text);
ALTER TABLE stage."Odd "" name" DROP COLUMN dropped;
INSERT INTO stage."Odd "" name" VALUES ('kept', '京ICP备14000001号-1', '庚公司'), ('kept', 'x', '辛公司');
SELECT * FROM beian.load('stage."Odd "" name"');
SELECT staging, content FROM beian.rejected_row WHERE staging LIKE '%Odd%';
CREATE TEMP VIEW odd_view AS SELECT '壬公司'::text AS unit_name, '京ICP备14000002号-1'::text AS service_licence;
SELECT * FROM beian.load('odd_view');
-- one transaction may load several, and a load that is rolled back leaves nothing
BEGIN;
TRUNCATE stage.more;
INSERT INTO stage.more VALUES ('癸公司', '京ICP备14000003号-1', 'gui.cn');
SELECT * FROM beian.load('stage.more');
SELECT * FROM beian.load('stage.customer');
ROLLBACK;
SELECT count(*) FROM beian.site WHERE number::text = '京ICP备14000003号-1';
-- many rows
CREATE TABLE stage.many (unit_name text, service_licence text, domain text);
INSERT INTO stage.many SELECT '公司' || n / 2, format('粤ICP备1%s号-%s', lpad((n / 2)::text, 7, '0'), 1 + n % 2), 'many' || n || '.cn' FROM generate_series(0, 5999) n;
SELECT * FROM beian.load('stage.many');
SELECT * FROM beian.load('stage.many');

-- 6. Rows that exclude each other: only a row that is filed itself stands in another's way.
CREATE TABLE stage.chain (unit_name text, service_licence text, domain text);
INSERT INTO stage.chain VALUES ('子公司', '京ICP备15000001号-1', '{c1.cn}'), ('丑公司', '京ICP备15000002号-1', '{c1.cn,c2.cn}'), ('寅公司', '京ICP备15000003号-1', '{c2.cn}'),
	-- and so for a number of two names, and for a number used twice
	('卯公司', '京ICP备15000004号-1', 'c1.cn'), ('辰公司', '京ICP备15000004号-2', 'c4.cn'), ('卯公司', '京ICP备15000004号-3', 'c5.cn'), ('辰公司', '京ICP备15000004号-1', 'c6.cn'), ('辰公司', '京ICP备15000004号-2', 'c7.cn');
SELECT * FROM beian.load('stage.chain');
SELECT row_no, r ->> 'field' AS field, r ->> 'found' AS found, r ->> 'problem' AS problem FROM beian.rejected_row, jsonb_array_elements(reasons) r WHERE staging = 'stage.chain' ORDER BY row_no, 2;
SELECT * FROM beian.load('stage.chain');
-- a long chain: every second row, in one run, and in time that grows with the rows
CREATE TABLE stage.long AS SELECT '链公司' || n AS unit_name, format('湘ICP备1%s号-1', lpad(n::text, 7, '0')) AS service_licence, format('{l%s.cn,l%s.cn}', n, n + 1) AS domain FROM generate_series(1, 3000) n;
SELECT * FROM beian.load('stage.long');
SELECT count(*) FILTER (WHERE row_no % 2 = 1) AS odd_rows, count(*) AS rows, min(reasons -> 0 ->> 'problem') FROM beian.rejected_row WHERE staging = 'stage.long';

-- 7. The form rules, over what the staging table has columns for.
CREATE TABLE stage.form (n text, unit_name text, nature text, credential text, superior text, address text, credential_address text, principal_name text, principal_credential text, phone text, mobile text,
	emergency_phone text, email text, service_licence text, service_name text, domain text, domain_holder text, home_url text, contents text, languages text, approvals text, remark text, update_time text, provider text, ips text, mode text, server_province text);
INSERT INTO stage.form SELECT n, '北京示例科技有限公司', '企业', 'uscc:91110000600037341L', '北京示例控股有限公司', '北京市海淀区中关村大街1号', '北京市海淀区', '李明华', 'resident_id:11010519491231002X', '010-61230987', '13800138000',
	'13900139000', 'a@qq.com', '京ICP备16000001号-' || n, '示例科技', 'form' || n || '.cn', '北京示例科技有限公司', 'www.form' || n || '.cn', '8，24', '1;12', NULL, '备注', '2020-05-06', '一号云', '1.2.4.8, 1.2.5.0-1.2.5.9', '虚拟主机', '京' FROM generate_series(1, 12) n;
UPDATE stage.form SET phone = '010-00000000', email = 'nobody' WHERE n = '2';
UPDATE stage.form SET ips = '10.0.0.1' WHERE n = '3';
UPDATE stage.form SET home_url = 'www.elsewhere.cn', mode = 'x' WHERE n = '4';
UPDATE stage.form SET credential = NULL, service_name = E'　\t' WHERE n = '5';			-- missing: recorded
UPDATE stage.form SET service_name = 'abc', emergency_phone = '13800138000' WHERE n = '6';	-- warnings: recorded
UPDATE stage.form SET domain = 'form7a.cn,form7b cn' WHERE n = '7';
UPDATE stage.form SET provider = NULL WHERE n = '8';
UPDATE stage.form SET ips = 'nowhere', server_province = '其它' WHERE n = '9';
UPDATE stage.form SET service_name = '示例培训学校', update_time = '2014-05-06' WHERE n = '10';	-- a rule of then
UPDATE stage.form SET service_name = '示例培训学校', update_time = '2016-05-06' WHERE n = '11';	-- and no longer
UPDATE stage.form SET nature = '企业', principal_name = '王先生' WHERE n = '12';
SELECT * FROM beian.load('stage.form');
SELECT j.content ->> 'n' AS n, r ->> 'code' AS code, r ->> 'field' AS field, r ->> 'found' AS found, left(r ->> 'problem', 60) AS problem, r ->> 'message_zh' AS message_zh
  FROM beian.rejected_row j, jsonb_array_elements(j.reasons) WITH ORDINALITY AS e(r, i) WHERE j.staging = 'stage.form' ORDER BY j.row_no, i;
SELECT jsonb_pretty(reasons) FROM beian.rejected_row WHERE staging = 'stage.form' AND content ->> 'n' = '3';
SELECT s.nature, s.credential, s.superior, s.address, s.credential_address, s.principal_name, s.principal_credential, s.phone, s.mobile, s.emergency_phone, s.email FROM beian.sponsor s WHERE s.number::text = '京ICP备16000001号';
SELECT t.name, t.domain_holder, t.homepage, t.contents, t.languages, t.approvals, t.remark, x.ips, x.mode, x.server_province, x.status FROM beian.site t JOIN beian.access x ON x.site_id = t.id WHERE t.number::text = '京ICP备16000001号-1';
SELECT t.number, w.relation, w.row_id = CASE w.relation WHEN 'beian.site'::regclass THEN t.id WHEN 'beian.sponsor'::regclass THEN t.sponsor_id END::text AS the_row, w.code, w.field, w.found, w.severity, w.turned, w.application_id, w.province_code
  FROM beian.warning w JOIN beian.site t ON t.id = w.site_id WHERE t.number::text LIKE '京ICP备16000001号%' ORDER BY w.id;
-- the public records: what their sources did not tell is recorded, nothing of theirs is rejected by a rule
SELECT w.code, w.severity, w.turned, count(*) FROM beian.warning w JOIN beian.site t ON t.id = w.site_id WHERE t.number::text IN (SELECT service_licence FROM stage.record) GROUP BY 1, 2, 3 ORDER BY 1;
SELECT DISTINCT r ->> 'code' AS rule FROM beian.rejected_row j, jsonb_array_elements(j.reasons) r WHERE j.staging = 'stage.record';
-- lists and days as forms and spreadsheets write them
BEGIN;
CREATE TABLE stage.sheet (unit_name text, service_licence text, domain text, update_time text);
INSERT INTO stage.sheet VALUES
	('甲一公司', '京ICP备16000011号-1', 'sheet1.cn;SHEET2.cn', '2010/5/6'), ('甲二公司', '京ICP备16000012号-1', ' sheet3.cn，sheet4.cn、例子.cn', '20100506'),
	('甲三公司', '京ICP备16000013号-1', 'sheet5.cn;', '2010年5月6日'), ('甲四公司', '京ICP备16000014号-1', 'sheet6.cn;not a domain_', '2010年13月6日'),
	('甲五公司', '京ICP备16000015号-1', ' ; ', '20101306'), ('甲六公司', '京ICP备16000016号-1', 'sheet7.cn', '6/5/2010');
SELECT * FROM beian.load('stage.sheet');
SELECT t.number, t.domains, t.changed_at AT TIME ZONE 'Asia/Shanghai' FROM beian.site t WHERE t.number::text LIKE '京ICP备1600001_号-1' ORDER BY 1;
SELECT j.row_no, r ->> 'field' AS field, r ->> 'found' AS found, left(r ->> 'problem', 60) AS problem
  FROM beian.rejected_row j, jsonb_array_elements(j.reasons) WITH ORDINALITY AS e(r, i) WHERE j.staging = 'stage.sheet' ORDER BY j.row_no, i;
ROLLBACK;
-- a missing value may be an error, too; a column that is not there is nobody's fault
BEGIN;
UPDATE beian.setting SET value = 'error' WHERE name = 'load_missing';
TRUNCATE stage.more;
ALTER TABLE stage.more ADD COLUMN email text, ADD COLUMN phone text;
INSERT INTO stage.more VALUES ('午公司', '京ICP备16000002号-1', 'wu2.cn', NULL, NULL);
SELECT * FROM beian.load('stage.more');
SELECT r ->> 'code' AS code, r ->> 'field' AS field FROM beian.rejected_row j, jsonb_array_elements(j.reasons) r WHERE j.staging = 'stage.more';
ROLLBACK;

-- 8. A loader: one of the owner's, who was granted the setting that lets errors pass.
CREATE ROLE regress_icp_registrar;
CREATE ROLE regress_icp_loader;
CREATE ROLE regress_icp_other;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_icp_registrar', current_database()); PERFORM icp.allow_triggers('regress_icp_registrar'); END $$;
SET ROLE regress_icp_registrar;
SELECT icp.create_registry('old');
RESET ROLE;
GRANT regress_icp_registrar TO regress_icp_loader, regress_icp_other;
GRANT SET ON PARAMETER icpfiling.errors_as_warnings TO regress_icp_loader;
GRANT USAGE ON SCHEMA stage TO regress_icp_registrar;
GRANT SELECT ON ALL TABLES IN SCHEMA stage TO regress_icp_registrar;
INSERT INTO old.provider (name, province) VALUES ('一号云', '京');
SET ROLE regress_icp_other;
SET icpfiling.errors_as_warnings = on;
SELECT * FROM old.load('stage.form');
SET ROLE regress_icp_loader;
SET icpfiling.errors_as_warnings = on;
SELECT * FROM old.load('stage.form');
RESET icpfiling.errors_as_warnings;
SELECT t.number, w.code, w.field, w.found, w.severity, w.turned, w.actor FROM old.warning w JOIN old.site t ON t.id = w.site_id WHERE w.severity = 'error' ORDER BY w.id;
SELECT t.number, x.ips, x.server_province, x.server_place FROM old.access x JOIN old.site t ON t.id = x.site_id WHERE t.number::text LIKE '%-9';
SELECT content ->> 'n' AS n, r ->> 'field' AS field, r ->> 'code' AS code FROM old.rejected_row, jsonb_array_elements(reasons) r ORDER BY row_no;
SELECT * FROM old.load('stage.form');
RESET ROLE;

-- 9. In batches that commit: the same is filed and rejected; a copy of a row of an earlier batch is not new.
CREATE TABLE stage.twice AS SELECT * FROM stage.record UNION ALL SELECT * FROM stage.record;
GRANT SELECT ON stage.twice TO regress_icp_registrar;
SET ROLE regress_icp_loader;
SELECT icp.create_registry('batched');
SELECT icp.create_registry('at_once');
CALL batched.load_in_batches('stage.twice', 50);
SELECT * FROM at_once.load('stage.twice');
SELECT count(*) AS differences FROM (
	(SELECT s.number::text, s.name, s.last_service_no, t.number::text AS service, t.domains::text FROM batched.site t JOIN batched.sponsor s ON s.id = t.sponsor_id
	 EXCEPT SELECT s.number::text, s.name, s.last_service_no, t.number::text, t.domains::text FROM at_once.site t JOIN at_once.sponsor s ON s.id = t.sponsor_id)
	UNION ALL
	(SELECT s.number::text, s.name, s.last_service_no, t.number::text, t.domains::text FROM at_once.site t JOIN at_once.sponsor s ON s.id = t.sponsor_id
	 EXCEPT SELECT s.number::text, s.name, s.last_service_no, t.number::text, t.domains::text FROM batched.site t JOIN batched.sponsor s ON s.id = t.sponsor_id)) d;
SELECT count(*) AS batched, count(*) FILTER (WHERE EXISTS (SELECT FROM at_once.rejected_row a WHERE a.row_no = b.row_no AND a.content = b.content)) AS as_at_once FROM batched.rejected_row b;
SELECT staging, step, done, total, filed, unchanged, rejected, actor, pid = pg_backend_pid() AS own, started_at <= updated_at AS in_order FROM batched.progress UNION ALL
SELECT staging, step, done, total, filed, unchanged, rejected, actor, pid = pg_backend_pid(), started_at <= updated_at FROM at_once.progress;
CALL batched.load_in_batches('stage.twice');
SELECT step, done, total, filed, unchanged, rejected, (SELECT count(*) FROM batched.rejected_row) AS kept FROM batched.progress;
RESET ROLE;
-- fewer rows than the last time: what was rejected of the others is forgotten
DELETE FROM stage.twice WHERE service_licence = '';
SET ROLE regress_icp_loader;
CALL batched.load_in_batches(staging => 'stage.twice', batch => 7);
SELECT count(*) AS rejected, min(reasons -> 0 ->> 'problem') FROM batched.rejected_row WHERE staging = 'stage.twice';
CALL batched.load_in_batches('stage.empty');
CALL batched.load_in_batches('stage.short');
CALL batched.load_in_batches('stage.twice', 0);
CALL batched.load_in_batches(NULL);
BEGIN;
CALL batched.load_in_batches('stage.twice');
ROLLBACK;
-- work tables that an interrupted load has left are replaced, whatever the search_path
CREATE TEMP TABLE load_source (x int);
CREATE TEMP TABLE load_row (x int);
SET search_path = pg_temp, public;
CALL batched.load_in_batches('stage.twice', 100);
RESET search_path;
SELECT * FROM icp.check_registry('batched');
RESET ROLE;
SELECT has_function_privilege('public', 'batched.load_in_batches(regclass, integer, bigint, bigint, bigint, bigint)', 'EXECUTE') AS public_loads;
DROP SCHEMA old, batched, at_once CASCADE;
REVOKE SET ON PARAMETER icpfiling.errors_as_warnings FROM regress_icp_loader;
DROP OWNED BY regress_icp_registrar, regress_icp_loader;
DROP ROLE regress_icp_loader, regress_icp_other, regress_icp_registrar;
SELECT * FROM icp.check_registry();
DROP SCHEMA beian, stage CASCADE;
