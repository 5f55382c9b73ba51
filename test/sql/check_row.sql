-- icp.check_row(): a trigger for anybody's table; refusals, warnings, the loader's setting.

CREATE TABLE warning (LIKE icp.warning_columns INCLUDING DEFAULTS);
CREATE TABLE customer (
	id integer PRIMARY KEY, company text, nature text, tel text, mail text, site text, domains icp.domain_list,
	home text, ips icp.ip_multirange, entered date);
CREATE TRIGGER check_row AFTER INSERT OR UPDATE ON customer FOR EACH ROW
	EXECUTE FUNCTION icp.check_row('name=company', 'phone=tel', 'email=mail', 'site_name=site', 'homepage=home',
								   'warnings=warning', 'as_of=entered');

-- right
INSERT INTO customer VALUES
	(1, '北京示例科技有限公司', '企业', '010-61230987', 'a@qq.com', '示例科技', '{sina.com.cn}', 'www.sina.com.cn', '{[1.2.4.8,1.2.4.8]}', '2026-11-01');
SELECT count(*) FROM warning;

-- wrong: every violation in DETAIL, personal values masked
\set SHOW_CONTEXT never
INSERT INTO customer VALUES
	(2, 'www.123.com', '企业', '010-00000000', 'lmh.qq.com', '示例新闻网', '{sina.com.cn,a.sina.com.cn}', 'www.123.com', '{[192.168.1.1,192.168.1.9]}', '2026-11-01');
DO $$
DECLARE
	said	text;
	state	text;
BEGIN
	UPDATE customer SET tel = '010-00000000', home = 'www.123.com' WHERE id = 1;
EXCEPTION WHEN check_violation THEN
	GET STACKED DIAGNOSTICS said = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
	RAISE NOTICE '% %', state, (SELECT string_agg(concat_ws(' ', v ->> 'rule', v ->> 'column', v ->> 'found'), ', ')
								  FROM jsonb_array_elements(said::jsonb) v);
END $$;

-- a warning lets the row in, and is told in the table; the next look replaces it
INSERT INTO customer VALUES
	(3, '北京示例科技有限公司', '企业', '010-61230987', 'a@qq.com', 'SHILI', '{sina.com.cn,sohu.com}', NULL, '{[1.2.4.8,1.2.4.8]}', '2026-11-01');
SELECT relation, row_id, code, field, found, severity FROM warning ORDER BY code;
UPDATE customer SET site = '示例科技' WHERE id = 3;
SELECT relation, row_id, code, field, found, severity FROM warning ORDER BY code;
-- as of a date before the rule nothing is wrong with two domains
UPDATE customer SET entered = '2019-04-21' WHERE id = 3;
SELECT count(*) FROM warning;

-- a loader turns errors into recorded warnings, where it was granted
CREATE ROLE rule_clerk;
CREATE ROLE rule_loader;
GRANT INSERT ON customer TO rule_clerk, rule_loader;
GRANT SET ON PARAMETER icpfiling.errors_as_warnings TO rule_loader;
SET ROLE rule_clerk;
SET icpfiling.errors_as_warnings = on;
INSERT INTO customer (id, company, nature) VALUES (4, '12345', '企业');
SET ROLE rule_loader;
SET icpfiling.errors_as_warnings = on;
INSERT INTO customer (id, company, nature, tel, site, mail, ips, entered) VALUES (4, '12345', '企业', '010-00000000', '示例', 'a@qq.com', '{[1.2.4.8,1.2.4.8]}', '2009-06-01');
RESET ROLE;
SELECT row_id, code, found, severity FROM warning ORDER BY code;
RESET icpfiling.errors_as_warnings;
-- nor before the library is loaded, when the setting is not known yet
\c -
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET ROLE rule_clerk;
SET icpfiling.errors_as_warnings = on;
INSERT INTO customer (id, company, nature) VALUES (5, '12345', '企业');
RESET ROLE;
\set VERBOSITY default
REVOKE SET ON PARAMETER icpfiling.errors_as_warnings FROM rule_loader;
DROP OWNED BY rule_clerk, rule_loader;
DROP ROLE rule_clerk, rule_loader;

-- without a table for them warnings are raised
CREATE TABLE plain (site_name text, unknown text);
CREATE TRIGGER check_row AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION icp.check_row();
INSERT INTO plain VALUES ('SHILI', 'x');
-- a column that an alias takes is no other field
CREATE TABLE site (name text, domains text);
CREATE TRIGGER check_row AFTER INSERT ON site FOR EACH ROW EXECUTE FUNCTION icp.check_row('site_name=name', 'domains=');
INSERT INTO site VALUES ('示例', 'not a domain');

-- how it must be called
CREATE TRIGGER before_row BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION icp.check_row();
INSERT INTO plain VALUES ('示例');
DROP TRIGGER before_row ON plain;
CREATE TRIGGER statement AFTER INSERT ON plain FOR EACH STATEMENT EXECUTE FUNCTION icp.check_row();
INSERT INTO plain VALUES ('示例');
DROP TRIGGER statement ON plain;
CREATE TRIGGER other AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION icp.check_row('site=site_name');
INSERT INTO plain VALUES ('示例');
DROP TRIGGER other ON plain;
CREATE TRIGGER other AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION icp.check_row('name=company');
INSERT INTO plain VALUES ('示例');
DROP TRIGGER other ON plain;
CREATE TABLE nothing (x integer);
CREATE TRIGGER other AFTER INSERT ON nothing FOR EACH ROW EXECUTE FUNCTION icp.check_row();
INSERT INTO nothing VALUES (1);

-- warnings go with their row: to another id, to another partition, and away
CREATE TABLE client (id integer, day date, company text, tel text) PARTITION BY RANGE (day);
CREATE TABLE client_2025 PARTITION OF client FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE client_2026 PARTITION OF client FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TRIGGER check_row AFTER INSERT OR UPDATE OR DELETE ON client FOR EACH ROW
	EXECUTE FUNCTION icp.check_row('name=company', 'phone=tel', 'as_of=day', 'warnings=warning');
CREATE VIEW client_warning AS SELECT relation, row_id, code, found FROM warning WHERE relation::text LIKE 'client%';
INSERT INTO client VALUES (1, '2025-05-01', '北京示例科技有限公司', '0898-6853333'), (2, '2025-05-01', '北京示例科技有限公司', '010-61230987');
SELECT * FROM client_warning;
UPDATE client SET id = 11 WHERE id = 1;
SELECT * FROM client_warning;
UPDATE client SET day = '2026-05-01';
SELECT * FROM client_warning;
UPDATE client SET id = NULL WHERE id = 11;
SELECT * FROM client_warning;
DELETE FROM warning WHERE row_id IS NULL;
UPDATE client SET id = 12, tel = '0898-6853333' WHERE id = 2;
DELETE FROM client;
SELECT * FROM client_warning;

-- several telephones, as an array; an array of nothing is nothing
CREATE TABLE caller (nature text, phone text[], mobile bigint[], email varchar[]);
CREATE TRIGGER check_row AFTER INSERT ON caller FOR EACH ROW EXECUTE FUNCTION icp.check_row();
INSERT INTO caller VALUES ('企业', '{010-61230987,0571-81230987}', '{13800138000}', '{a@qq.com}');
INSERT INTO caller VALUES ('企业', '{010-61230987,010-00000000}', '{13800138000}', '{a@qq.com}');
INSERT INTO caller VALUES ('企业', '{NULL," "}', '{13800138000}', '{a@qq.com}');
