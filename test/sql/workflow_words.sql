-- What the registry says to a plain user whose rows are sparse or wrong: words and the right SQLSTATE, nothing half done.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
INSERT INTO beian.provider (name) VALUES ('一号云'), ('二号云');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (2, '京', '乙公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (1, '甲网二', '{b.cn,a.cn}'), (2, '乙网', '{a.cn}');
CREATE FUNCTION pg_temp.walk(app_id bigint, VARIADIC steps text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	step	text;
BEGIN
	FOREACH step IN ARRAY steps LOOP
		UPDATE beian.application SET state = step WHERE id = app_id;
	END LOOP;
	RETURN (SELECT a.state || coalesce(': ' || a.reason, '') FROM beian.application a WHERE a.id = app_id);
END
$$;

-- 1. An application about nothing that is there.
INSERT INTO beian.application DEFAULT VALUES;
\echo :LAST_ERROR_SQLSTATE
INSERT INTO beian.application (kind) VALUES ('licence');
\echo :LAST_ERROR_SQLSTATE
INSERT INTO beian.application (site_id) VALUES (4711);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 4711);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO beian.application (kind, sponsor_id, site_id) VALUES ('change_sponsor', 1, 4711);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO beian.application (kind, access_id) VALUES ('cancel_access', 4711);
\echo :LAST_ERROR_SQLSTATE
INSERT INTO beian.application (site_id, sponsor_id) VALUES (1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS applications FROM beian.application;

-- 2. A domain of a filed site: of another account after a settlement, of the same account, by a change.
INSERT INTO beian.application (id, kind, site_id) VALUES (11, 'new_filing', 1), (12, 'new_filing', 2), (13, 'new_filing', 3);
SELECT pg_temp.walk(11, 'submitted', 'pre_verified', 'verified', 'reported');
UPDATE beian.conflict SET settlement = 'reject_right', reason = '域名证书不符' WHERE right_application = 13 AND left_application = 11;
SELECT pg_temp.walk(11, 'approved');
SELECT pg_temp.walk(12, 'submitted', 'pre_verified', 'verified', 'reported');
UPDATE beian.conflict SET settlement = 'reject_right', reason = '域名证书不符' WHERE right_application = 13 AND state = 'open';
SELECT pg_temp.walk(12, 'approved');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM beian.application WHERE id = 12;
SELECT status, number FROM beian.site WHERE id = 2;
SELECT beian.filed_domains(12);
-- the other one gone, the way is free
SELECT beian.cancel_site(1, '注销');
SELECT beian.filed_domains(12);
SELECT pg_temp.walk(12, 'approved');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网三', '{c.cn}') RETURNING id AS t \gset
INSERT INTO beian.application (id, kind, site_id) VALUES (14, 'new_site', :t);
SELECT pg_temp.walk(14, 'submitted', 'pre_verified', 'verified', 'reported', 'approved');
INSERT INTO beian.application (id, kind, site_id) VALUES (15, 'change_site', :t);
INSERT INTO beian.site_change (application_id, domains) VALUES (15, '{c.cn,b.cn}');
SELECT pg_temp.walk(15, 'submitted', 'verified', 'reported');
SELECT pg_temp.walk(15, 'approved');
UPDATE beian.site_change SET domains = '{c.cn,d.cn}' WHERE application_id = 15;
SELECT pg_temp.walk(15, 'approved');
SELECT domains FROM beian.site WHERE id = :t;

-- 3. Another province: not by a change, not of a filed sponsor (1046); a correction to where its number is from is none.
INSERT INTO beian.application (kind, sponsor_id, province) VALUES ('change_sponsor', 1, '沪');
\echo :LAST_ERROR_SQLSTATE
UPDATE beian.sponsor SET province = '沪' WHERE id = 1;
\echo :LAST_ERROR_SQLSTATE
SELECT province, status FROM beian.sponsor WHERE id = 1;
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES (2, '沪', '丙公司', '粤ICP备13000001号', 'filed') RETURNING id AS c \gset
UPDATE beian.sponsor SET province = '京' WHERE id = :c;
UPDATE beian.sponsor SET province = '粤' WHERE id = :c RETURNING province;
UPDATE beian.sponsor SET province = '沪' WHERE id = 2 RETURNING province, status;

-- 4. A licence: the exempt owner may approve one that names no number, and it changes nothing; nobody else may.
INSERT INTO beian.application (id, kind, sponsor_id) VALUES (16, 'licence', 1);
SELECT pg_temp.walk(16, 'reviewing');
UPDATE beian.application SET state = 'returned', reason = '许可证号不清' WHERE id = 16;
-- the reason was the last refusal's
SELECT pg_temp.walk(16, 'reviewing');
BEGIN;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT pg_temp.walk(16, 'approved');
ROLLBACK;
SELECT number AS before FROM beian.sponsor WHERE id = 1 \gset
SELECT pg_temp.walk(16, 'approved');
SELECT number::text = :'before' AS same FROM beian.sponsor WHERE id = 1;
SELECT icp.service_no(number), icp.icp_id_of(number)::text = :'before' AS of_its_sponsor FROM beian.site WHERE sponsor_id = 1 ORDER BY id;

SELECT count(*) AS problems FROM beian.verify_log();
DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local;
SELECT format('DROP ROLE %I', name) FROM made_role ORDER BY name \gexec
