-- icp.violations(): kinds of records, types of columns, dates, provinces, settings.
SET search_path = public, icp;

-- the columns' types do not matter
CREATE TABLE typed (
	name varchar(100), nature integer, credential icp.credential, province icp.province, domains icp.domain_list,
	homepage text, number icp.filing_number, kind text, ips icp.ip_multirange, contents integer[], languages text[],
	approvals smallint[], provider_id bigint, other jsonb);
INSERT INTO typed VALUES
	('北京示例科技有限公司', 4, 'uscc:91110000600037341L', '京', '{sina.com.cn}', 'www.sina.com.cn', '京ICP备2021013281号-1', 'site',
	 '{[1.2.4.8,1.2.4.8]}', '{8}', '{中文简体,英}', '{}', 1, NULL),
	('北京示例科技有限公司', 5, 'resident_id:11010519491231002X', '沪', '{www.sina.com.cn,sohu.com}', 'a.cn', '京ICP备2021013281号-1A', 'site',
	 '{[10.0.0.1,10.0.0.9],[1.2.4.8,1.2.4.8]}', '{5,99}', '{汉语}', '{7}', NULL, NULL);
SELECT v.code, v.field, v.found, v.expected, v.severity FROM typed t, icp.violations(t, '2026-11-01') v;
-- a waived check sign is no violation
SELECT icp.violation_codes(r, '2016-01-01') FROM (SELECT icp.credential_waived('uscc', '91350211M00013FA1N', '试点期间赋码') AS credential) r;
SELECT icp.violation_codes(r) FROM (SELECT '91350211M00013FA1N' AS credential) r;
-- addresses in their types
SELECT icp.violation_codes(r) FROM (SELECT '1.2.4.8'::inet AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT '192.168.0.0/16'::cidr AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT '{1.2.4.8,127.0.0.1}'::inet[] AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT '[1.2.4.8,1.2.4.9]'::icp.ip_range AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT '{}'::icp.ip_multirange AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT 'fd00::/8'::inet AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT '0.0.0.0/0'::cidr AS ips) r;
SELECT icp.violation_codes(r) FROM (SELECT '::/0'::cidr AS ips) r;
-- days of date and timestamp columns, in Beijing; what is true; lists as arrays
SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT '2026-10-31'::date AS credential_expires_on, 'infinity'::date AS domain_expires_on) r;
SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT '-infinity'::date AS credential_expires_on, 'infinity'::timestamptz AS domain_expires_on) r;
SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT '2026-11-01 15:59+00'::timestamptz AS verified_on) r
UNION ALL SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT '2026-11-01 16:00+00'::timestamptz AS verified_on) r;
SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT '2026-11-01 23:59'::timestamp AS verified_on, false AS domain_verified) r;
SELECT v.code, v.field, v.found, v.expected FROM (SELECT '{1,2}'::smallint[] AS approvals,
	'{"1:京新网备 2009-001:国务院 新闻办公室","2:无:出版局:2020-01-01"}'::text[] AS approval_documents) r, icp.violations(r, '2026-11-01') v;
-- several faults of one list: the first of each kind is told
SELECT v.code, v.found FROM (SELECT 'app' AS kind, '{cn.a,cn.b}'::text[] AS app_package, '{android,ios}'::text[] AS app_platform,
	'{0123456789abcdef0123456789abcdef,0123456789abcdef}'::text[] AS app_fingerprint) r, icp.violations(r, '2026-11-01') v;

-- records without fields, without a value, without anything
SELECT icp.violation_codes(ROW(1, 2)), icp.violation_codes(NULL::typed), icp.violation_codes(r, NULL) FROM (SELECT 1 AS name) r;
SELECT count(*) FROM icp.violations(NULL);
SELECT (icp.violations(r)).code FROM (SELECT ''::text AS name) r;
SELECT icp.violation_codes(r, 'infinity') FROM (SELECT 1 AS name) r;
SELECT icp.violation_codes(r, severity => 'fatal') FROM (SELECT 1 AS name) r;
SELECT icp.violation_codes(r, '2026-11-01', NULL, 'error'), icp.violation_codes(r, '2026-11-01', NULL, 'warning')
  FROM (SELECT 'OPPO'::text AS site_name, 'a.com,b.com'::text AS domains) r;
-- rows of several types through one call; a type altered between two
SELECT icp.violation_codes(r) FROM (VALUES (1)) x (i), LATERAL (SELECT ''::text AS name) r
UNION ALL SELECT icp.violation_codes(r) FROM (SELECT ''::text AS address) r;
CREATE TYPE changing AS (name text);
PREPARE judge AS SELECT icp.violation_codes(jsonb_populate_record(NULL::changing, '{"name": "", "phone": ""}'));
EXECUTE judge;
ALTER TYPE changing ADD ATTRIBUTE phone text;
EXECUTE judge;

-- a bureau's settings: severity, validity, off, on for a province
CREATE VIEW code AS SELECT icp.violation_codes(r, '2020-06-01', p, 'error') AS errors, p
  FROM (SELECT '示例论坛'::text AS site_name, '1'::text AS approvals) r, unnest('{京,渝}'::icp.province[]) p;
SELECT * FROM code;
INSERT INTO icp.rule_setting (code, valid_to, reason) VALUES ('APPROVAL-006', 'infinity', 'asked for as before');
SELECT * FROM code;
INSERT INTO icp.rule_setting (code, province, severity) VALUES ('APPROVAL-006', '渝', 'warning');
SELECT * FROM code;
UPDATE icp.rule_setting SET is_enabled = false WHERE province IS NULL;
SELECT * FROM code;
UPDATE icp.rule_setting SET is_enabled = true, severity = 'error' WHERE province = '渝';
SELECT * FROM code;
BEGIN;
DELETE FROM icp.rule_setting;
SELECT * FROM code;
ROLLBACK;
SELECT * FROM code;
TRUNCATE icp.rule_setting;
SELECT * FROM code;
-- a province's rule, and for whom else it is switched on
CREATE VIEW org AS SELECT p, icp.violation_codes(r, '2026-11-01', p) AS codes
  FROM (SELECT '个人'::text AS nature, 'shili.org'::text AS domains) r, unnest('{京,渝,NULL}'::icp.province[]) p;
SELECT * FROM org;
INSERT INTO icp.rule_setting (code, is_enabled) VALUES ('DOMAIN-009', true);
SELECT * FROM org;
INSERT INTO icp.rule_setting (code, province, is_enabled) VALUES ('DOMAIN-009', '京', true);
SELECT * FROM org;
TRUNCATE icp.rule_setting;
-- a bureau's own code
SELECT icp.violation_codes(r) FROM (SELECT '农民专业合作社'::text AS nature) r;
INSERT INTO icp.nature_local (id, name, source, is_person) VALUES (101, '农民专业合作社', 'own', false);
SELECT icp.violation_codes(r) FROM (SELECT '农民专业合作社'::text AS nature) r;
DELETE FROM icp.nature_local;
-- shipped rules are not for everybody to edit
CREATE ROLE rule_reader;
SET ROLE rule_reader;
SELECT count(*) > 100 AS may_read FROM icp.rule;
UPDATE icp.rule SET severity = 'warning';
INSERT INTO icp.rule_setting (code, is_enabled) VALUES ('NAME-001', false);
SELECT icp.violation_codes(r) FROM (SELECT ''::text AS name) r;
RESET ROLE;
DROP ROLE rule_reader;
INSERT INTO icp.rule_setting (code) VALUES ('NAME-999');
-- a period that ends before it begins would switch the rule off in silence
INSERT INTO icp.rule_setting (code, valid_from, valid_to) VALUES ('NAME-001', '2020-01-01', '2010-01-01');
-- personal values are masked
SELECT v.code, v.found FROM (SELECT '王先生'::text AS principal_name, '个人'::text AS nature, '某某工作室'::text AS name,
	'resident_id:36042619910102009X'::text AS credential, '北京市海淀区'::text AS address, '010-00000000'::text AS phone,
	'138001380001'::text AS mobile, 'lmh@qq'::text AS email) r, icp.violations(r, '2026-11-01') v;
