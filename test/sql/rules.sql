-- Every rule: records that break it and close ones that do not (test/data/rules.tsv), each made of a right record by
-- one change, so that no other rule may answer.

\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/data/rules.tsv'
CREATE TYPE filing AS (
	name text, nature text, credential text, province text, superior text, address text, principal_name text,
	principal_credential text, phone text, mobile text, emergency_phone text, email text, site_name text, domains text,
	domain_holder text, homepage text, number text, kind text, contents text, languages text, approvals text, ips text,
	mode text, server_province text, provider text);
-- with the fields that not everybody has: bases whose names end in +
CREATE TYPE whole_filing AS (
	name text, nature text, credential text, province text, superior text, address text, principal_name text,
	principal_credential text, phone text, mobile text, emergency_phone text, email text, site_name text, domains text,
	domain_holder text, homepage text, number text, kind text, contents text, languages text, approvals text, ips text,
	mode text, server_province text, provider text,
	credential_holder text, credential_expires_on text, residence_proof text, division text, legal_representative text,
	authorisation text, former_domains text, domain_holder_relation text, domain_expires_on text, domain_verified text,
	approval_documents text, app_platform text, app_package text, app_fingerprint text, app_public_key text, app_name text,
	app_icon_bytes text, approved_providers text, verified_on text);
CREATE FUNCTION judge(base text, record jsonb, as_of date, province icp.province) RETURNS text[] LANGUAGE sql AS $$
	SELECT CASE WHEN base LIKE '%+'
				THEN icp.violation_codes(jsonb_populate_record(NULL::whole_filing, record), as_of, province)
				ELSE icp.violation_codes(jsonb_populate_record(NULL::filing, record), as_of, province) END
$$;
CREATE TABLE base (name text PRIMARY KEY, record jsonb);
INSERT INTO base VALUES
	('unit', '{"name": "北京示例科技有限公司", "nature": "企业", "credential": "uscc:91110000600037341L",
		"province": "京", "superior": "北京示例控股有限公司", "address": "北京市海淀区中关村大街1号",
		"principal_name": "李明华", "principal_credential": "resident_id:11010519491231002X", "phone": "010-61230987",
		"mobile": "13800138000", "emergency_phone": "13900139000", "email": "a@qq.com", "site_name": "示例科技",
		"domains": "sina.com.cn", "homepage": "www.sina.com.cn", "number": "京ICP备2021013281号-1", "kind": "site",
		"contents": "8", "languages": "1", "ips": "1.2.4.8", "mode": "5", "server_province": "京", "provider": "示例云"}');
INSERT INTO base
SELECT 'person', record || '{"name": "李明华", "nature": "个人", "credential": "resident_id:11010519491231002X",
	"superior": null, "site_name": "明华小站", "contents": "24"}' FROM base WHERE name = 'unit'
UNION ALL
SELECT 'government', record || '{"name": "北京市海淀区示例局", "nature": "政府机关", "credential": "uscc:111101080000123434",
	"superior": "北京市海淀区人民政府", "domains": "shili.gov.cn", "homepage": "www.shili.gov.cn"}'
  FROM base WHERE name = 'unit'
UNION ALL
SELECT 'institution', record || '{"name": "天津市示例研究院", "nature": "事业单位", "credential": "uscc:121200004013590816",
	"province": "津", "address": "天津市南开区示例路1号", "superior": "天津市示例局", "number": null, "phone": "022-61230987"}'
  FROM base WHERE name = 'unit';
INSERT INTO base
SELECT name || '+', record || jsonb_build_object('credential_holder', record ->> 'name', 'credential_expires_on', '长期',
	   'division', CASE WHEN name = 'institution' THEN '120104' ELSE '110108' END, 'domain_holder', record ->> 'name',
	   'domain_holder_relation', CASE WHEN name = 'person' THEN '本人' ELSE '本单位' END, 'domain_expires_on', '2030-01-01',
	   'domain_verified', 'true', 'former_domains', record ->> 'domains', 'legal_representative', '李明华',
	   'approved_providers', '示例云', 'verified_on', '2026-10-01')
  FROM base
UNION ALL
SELECT 'app+', record || jsonb_build_object('kind', 'app', 'number', '京ICP备2021013281号-1A', 'domain_verified', 'true',
	   'approved_providers', '示例云', 'verified_on', '2026-10-01', 'app_platform', 'android', 'app_package', 'cn.shili.app',
	   'app_fingerprint', '0123456789ABCDEF0123456789ABCDEF', 'app_public_key', repeat('30820122', 16), 'app_name', '示例科技',
	   'app_icon_bytes', '51200')
  FROM base WHERE name = 'unit';
SELECT name, judge(name, record, '2026-11-01', NULL) FROM base;

-- two rules are switched off as shipped; a bureau switches them on for its province
INSERT INTO icp.rule_setting (code, province, is_enabled, reason)
SELECT code, '沪', true, 'for this test' FROM icp.rule WHERE NOT is_enabled;

CREATE TABLE case_of_rule (
	no integer GENERATED ALWAYS AS IDENTITY, rule text, verdict text, base text, as_of date, province icp.province,
	change jsonb, codes text);
\set command '\\copy case_of_rule (rule, verdict, base, as_of, province, change, codes) FROM ' :'file' ' WITH (FORMAT text, HEADER, NULL '''')'
:command
CREATE VIEW judged AS
SELECT c.*, coalesce(string_to_array(c.codes, ','), '{}') AS should,
	   judge(b.name, b.record || c.change, coalesce(c.as_of, '2026-11-01'), c.province) AS got
  FROM case_of_rule c JOIN base b ON b.name = c.base;

-- none may disagree
SELECT no, rule, verdict, change, should, got FROM judged
 WHERE NOT (got @> should AND got <@ should) ORDER BY no;
-- and the rows do say what their verdict says
SELECT no, rule FROM case_of_rule
 WHERE (rule = ANY (string_to_array(codes, ',')) AND verdict <> 'breaks') OR
	   (rule <> ALL (coalesce(string_to_array(codes, ','), '{}')) AND verdict <> 'near');
-- rules that have fewer than two of each
SELECT r.code, count(*) FILTER (WHERE c.verdict = 'breaks') AS breaks, count(*) FILTER (WHERE c.verdict = 'near') AS near
  FROM icp.rule r LEFT JOIN case_of_rule c ON c.rule = r.code
 GROUP BY r.code
HAVING count(*) FILTER (WHERE c.verdict = 'breaks') < 2 OR count(*) FILTER (WHERE c.verdict = 'near') < 2
 ORDER BY r.code;
SELECT count(DISTINCT rule) AS rules, count(*) AS records FROM case_of_rule;

-- One field of right records after the other is made wrong: the expected rule and no other must answer.
CREATE TABLE mutation (no integer GENERATED ALWAYS AS IDENTITY, field text, value text, rule text);
INSERT INTO mutation (field, value, rule) VALUES
	('name', NULL, 'NAME-001'), ('name', 'www.123.com', 'NAME-002'), ('name', '12345', 'NAME-003'),
	('superior', E'示例\uFFFD局', 'TEXT-001'), ('nature', NULL, 'NATURE-001'), ('nature', '不明', 'NATURE-002'),
	('province', '天朝', 'PROVINCE-001'), ('credential', NULL, 'CREDENTIAL-001'), ('credential', 'uscc:1', 'CREDENTIAL-002'),
	('superior', '0000', 'SUPERIOR-003'), ('address', NULL, 'ADDRESS-001'), ('address', '示例市', 'ADDRESS-002'),
	('principal_name', '王女士', 'PRINCIPAL-002'), ('principal_credential', 'passport:1', 'CREDENTIAL-007'),
	('phone', '010-00000000', 'PHONE-002'), ('mobile', '12345678901', 'MOBILE-001'),
	('emergency_phone', '0', 'MOBILE-004'), ('email', 'a', 'EMAIL-001'),
	('site_name', NULL, 'SITE-NAME-001'), ('site_name', '示例新闻网', 'APPROVAL-001'), ('site_name', '测试', 'TEXT-002'),
	('domains', 'a..b', 'DOMAIN-002'), ('homepage', 'www.123.com', 'HOMEPAGE-002'), ('homepage', '://', 'HOMEPAGE-001'),
	('number', '京ICP备1号', 'NUMBER-001'), ('kind', 'x', 'KIND-001'), ('contents', '99', 'CONTENT-001'),
	('languages', '99', 'LANGUAGE-001'), ('approvals', '99', 'APPROVAL-015'), ('ips', NULL, 'IP-001'),
	('ips', '1.2.3.X', 'IP-002'), ('ips', '10.0.0.1', 'IP-003'), ('mode', '99', 'MODE-001'),
	('server_province', '0', 'SERVER-001'), ('provider', NULL, 'PROVIDER-001');
-- of the fields that not everybody has
CREATE TABLE whole_mutation (LIKE mutation INCLUDING ALL);
INSERT INTO whole_mutation (field, value, rule) VALUES
	('credential_holder', '示例中心', 'CREDENTIAL-011'),
	('credential_expires_on', '2026-10-31', 'CREDENTIAL-012'), ('credential_expires_on', '2026-12-31', 'CREDENTIAL-013'),
	('credential_expires_on', '2026-13-01', 'DATE-001'), ('division', '310000', 'ADDRESS-005'),
	('former_domains', 'sohu.com', 'DOMAIN-012'), ('domain_holder_relation', '同学', 'DOMAIN-017'),
	('domain_expires_on', '2026-10-31', 'DOMAIN-014'), ('domain_expires_on', '2027-01-31', 'DOMAIN-015'),
	('domain_verified', '否', 'DOMAIN-016'), ('approvals', '1', 'APPROVAL-018'), ('approval_documents', '1', 'APPROVAL-019'),
	('approval_documents', '1:001', 'APPROVAL-020'), ('approval_documents', '1:001:新闻办:2026-01-01', 'APPROVAL-021'),
	('approved_providers', '他云', 'PROVIDER-002'), ('verified_on', NULL, 'VERIFICATION-001'),
	('verified_on', '2026-12-01', 'VERIFICATION-002'), ('provider', '其它', 'SERVER-003'), ('mobile', NULL, 'MOBILE-005'),
	('email', NULL, 'EMAIL-003'), ('contents', NULL, 'CONTENT-003'), ('mode', NULL, 'MODE-002'),
	('server_province', NULL, 'SERVER-002'), ('app_package', NULL, 'APP-001'), ('app_package', '.', 'APP-002'),
	('app_fingerprint', NULL, 'APP-003'), ('app_fingerprint', '1', 'APP-004'), ('app_public_key', NULL, 'APP-005'),
	('app_public_key', '1', 'APP-006'), ('app_platform', 'dos', 'APP-007'), ('app_name', '他', 'APP-008'),
	('app_icon_bytes', '1000000', 'APP-009');
WITH judged AS (
	SELECT b.name, m.*, judge(b.name, b.record || CASE WHEN m.rule = 'SERVER-003' THEN '{"approved_providers": "其它"}' ELSE '{}' END
			::jsonb || jsonb_build_object(m.field, m.value), '2026-11-01', NULL) AS got
	  FROM base b CROSS JOIN whole_mutation m
	 WHERE b.name LIKE '%+' AND (b.name = 'app+') = (m.field LIKE 'app\_%')
)
SELECT name, field, value, rule, got FROM judged WHERE got <> ARRAY[rule]
UNION ALL
SELECT 'records made wrong', count(*)::text, NULL, NULL, NULL FROM judged;

-- days beyond the year 9999 are days to come
SELECT d.as_of, d.day, v.code
  FROM (VALUES (date '300000-01-01', date '2026-11-01'), ('5874897-12-31', '2026-11-01'), ('2030-01-01', '300000-01-01'),
			   ('5874897-12-31', '5874897-12-31')) d(day, as_of)
	   CROSS JOIN LATERAL (SELECT d.day AS credential_expires_on) r
	   CROSS JOIN LATERAL icp.violations(r, d.as_of, NULL) v
 ORDER BY d.as_of, d.day;

-- an individual is his own principal: he is not asked for one
WITH right_record AS (
	SELECT name, record || CASE WHEN name = 'person' THEN '{"principal_name": null, "principal_credential": null}'
								ELSE '{}' END::jsonb AS record FROM base WHERE name NOT LIKE '%+'
), judged AS (
	SELECT b.name, m.*, icp.violation_codes(jsonb_populate_record(NULL::filing,
				b.record || jsonb_build_object(m.field, m.value)), '2026-11-01') AS got
	  FROM right_record b CROSS JOIN mutation m
	 WHERE NOT (b.name = 'person' AND m.field IN ('principal_name', 'principal_credential'))
)
SELECT name, field, value, rule, got FROM judged WHERE got <> ARRAY[rule]
UNION ALL
SELECT 'records made wrong', count(*)::text, NULL, NULL, NULL FROM judged;

-- What the ministry has filed is not refused (test/data/public_records.tsv).
\set file :abs_srcdir '/data/public_records.tsv'
CREATE TABLE public_record (
	name text, nature text, main_licence text, number text, kind text, site_name text, domains text, homepage text,
	update_time text, confidence text, note text);
\set command '\\copy public_record FROM ' :'file' ' WITH (FORMAT text, HEADER, NULL '''')'
:command
WITH judged AS (
	SELECT p.name AS of, p.site, v.*
	  FROM (SELECT name, nature, number, kind, domains, homepage, coalesce(site_name, '示例') AS site_name,
				   site_name AS site FROM public_record WHERE nature IS NOT NULL) p,
		   icp.violations(p, '2026-11-01') v
)
SELECT of, code, field, found FROM judged WHERE severity = 'error'
UNION ALL
SELECT 'warnings: ' || count(*), NULL, NULL, NULL FROM judged WHERE severity = 'warning';

-- The rules of the table are those of the library.
SELECT coalesce(r.code, t.code) AS only_one_side FROM icp.rule r FULL JOIN icp.rule_tests() t ON t.code = coalesce(r.test, r.code)
 WHERE r.code IS NULL OR t.code IS NULL;
SELECT code, field FROM icp.rule r WHERE field <> '*' AND NOT EXISTS (
	SELECT FROM icp.rule_tests() t WHERE t.code = coalesce(r.test, r.code) AND r.field = ANY (t.needs || t.looks_at));
SELECT code FROM icp.rule r WHERE result_code NOT IN (SELECT id FROM icp.result_code);
-- Every clause of 5 附件3 and 4 §14(五)(十一) has its rules.
SELECT c.clause, count(r.code) AS rules
  FROM unnest('{5 附件3 一(一),5 附件3 一(二),5 附件3 一(三),5 附件3 一(四)(五),5 附件3 二(一),5 附件3 二(二),5 附件3 二(三),5 附件3 二(四),5 附件3 二(五),5 附件3 二(六),5 附件3 二(七),5 附件3 二(八),5 附件3 二(九),5 附件3 二(十),4 §14(五),4 §14(十一)}'::text[]) AS c (clause)
  LEFT JOIN icp.rule r ON r.clause = c.clause
 GROUP BY c.clause ORDER BY c.clause COLLATE "C";

-- doc/rules.md is written from the table: this is its table, and the page must hold every line of it.
\set page `cat "$PG_ABS_SRCDIR"/../doc/rules.md`
CREATE TEMP VIEW rule_page AS
SELECT r.code, format('| %s | %s | %s | %s | %s | %s | %s |', r.code, r.field,
	   r.severity || CASE WHEN r.is_enabled THEN '' ELSE ', off' END, r.clause,
	   coalesce(CASE WHEN r.valid_from IS NULL AND r.valid_to IS NULL THEN NULL
					 ELSE concat_ws(' ', 'from ' || to_char(r.valid_from, 'YYYY-MM-DD'),
									'to ' || to_char(r.valid_to, 'YYYY-MM-DD')) END, '')
	   || CASE WHEN r.province IS NULL THEN '' ELSE ' ' || r.province::text END,
	   coalesce(r.result_code::text, ''), r.message_en || ' ' || r.message_zh) AS line
  FROM icp.rule r;
SELECT line FROM rule_page WHERE position(line IN :'page') = 0 ORDER BY code;
SELECT count(*) AS lines_of_rules_that_are_none
  FROM regexp_matches(:'page', '^\| ([A-Z-]+-[0-9]{3}) \|', 'gn') AS m (code) WHERE m.code[1] NOT IN (SELECT code FROM icp.rule);
-- and so is its table of clauses
CREATE TEMP VIEW clause_page AS
SELECT clause, format('| %s | %s | test/sql/rules.sql |', clause, string_agg(code, ', ' ORDER BY code COLLATE "C")) AS line
  FROM icp.rule GROUP BY clause;
SELECT line FROM clause_page WHERE position(line IN :'page') = 0 ORDER BY clause COLLATE "C";
