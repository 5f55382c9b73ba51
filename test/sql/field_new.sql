-- A new field of a record is one row of icp.record_field and the column: everything else follows.
\set VERBOSITY terse
SET client_min_messages = warning;
BEGIN;
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
-- the column, and the row: a field that the rules know and no record has
UPDATE icp.registry_template SET body = replace(body, E'\tserver_place\ttext,\n', E'\tserver_place\ttext,\n\tverified_on\tdate,\n')
 WHERE subject = 'record/record' RETURNING position('verified_on' IN body) > 0 AS has_the_column;
INSERT INTO icp.record_field (record, column_name, ordinal, origin, secrecy, field, part, staging)
VALUES ('access', 'verified_on', 399, 'entered', 'private', 'verified_on', 'access', 'verified');
SELECT icp.create_registry();
-- changes propose it, members write it
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = 'beian.access_change'::regclass AND a.attname = 'verified_on';
SELECT x.grantee::regrole, x.privilege_type FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = 'beian.access'::regclass AND a.attname = 'verified_on' ORDER BY 1, 2;
SELECT beian.part_of('verified_on');
-- load() takes it, judges it, and files it
CREATE TABLE stage_less (unit_name text);
SAVEPOINT s;
\set VERBOSITY default
SELECT * FROM beian.load('stage_less');
\set VERBOSITY terse
ROLLBACK TO s;
INSERT INTO beian.provider (name, province) VALUES ('甲接入公司', '京');
CREATE TABLE stage (unit_name text, service_licence text, domain text, provider text, verified text);
INSERT INTO stage VALUES ('甲公司', '京ICP备10000001号-1', 'jia.cn', '甲接入公司', '2024年5月6日'), ('乙公司', '京ICP备10000002号-1', 'yi.cn', '甲接入公司', '2999-01-01'),
	('丙公司', '京ICP备10000003号-1', 'bing.cn', '甲接入公司', NULL);
SELECT total, filed, rejected FROM beian.load('stage');
SELECT row_no, reasons -> 0 ->> 'field' AS field, reasons -> 0 ->> 'found' AS found, reasons -> 0 ->> 'code' AS code FROM beian.rejected_row ORDER BY 1;
SELECT c.id, c.verified_on FROM beian.access c ORDER BY c.id;
SELECT w.relation, w.row_id, w.code, w.turned FROM beian.warning w WHERE w.field = 'verified_on' ORDER BY 1, 2;
-- what is filed is checked by it
UPDATE beian.access SET verified_on = '2999-02-02' WHERE id = 1;
SELECT beian.check_filings(1) AS checked;
SELECT w.relation, w.row_id, w.code, w.found FROM beian.warning w WHERE w.field = 'verified_on' AND NOT w.turned ORDER BY 2, 3;
-- the event tells of it
SELECT e.old_values, e.new_values FROM beian.event e WHERE e.event = 'change' ORDER BY e.id;
-- an application that proposes it is judged by it
INSERT INTO beian.application (kind, access_id) VALUES ('change_access', 1) RETURNING id AS a \gset
SELECT v.code FROM beian.judge(:a) v WHERE v.field = 'verified_on';
INSERT INTO beian.access_change (application_id, verified_on) VALUES (:a, '2024-06-07');
SELECT v.code FROM beian.judge(:a) v WHERE v.field = 'verified_on';
UPDATE beian.access_change SET cleared = '{verified_on}', verified_on = NULL WHERE application_id = :a;
SELECT v.code FROM beian.judge(:a) v WHERE v.field = 'verified_on';
SELECT beian.apply_change('access', :a, 1) -> 'verified_on' AS applied, c.old_values FROM beian.access_change c;
SELECT c.old_values, c.status FROM beian.access_change c;
ROLLBACK;
SELECT count(*) AS left_over FROM icp.record_field WHERE column_name = 'verified_on';
