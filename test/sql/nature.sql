-- What rules ask of a nature is its row's, a bureau's own row's too.
SET client_min_messages = warning;
CREATE FUNCTION pg_temp.said(nature text, name text, site_name text, domain text, superior text, credential text) RETURNS text
	LANGUAGE sql AS $$
	SELECT string_agg(c, ' ' ORDER BY c) FROM (SELECT nature, name, site_name, domain AS domains, superior, credential) r,
		unnest(icp.violation_codes(r, '2026-11-01')) c
	 WHERE c ~ '^(NATURE|NAME-00[68]|SITE-NAME-00[89]|DOMAIN-00[678]|SUPERIOR|CREDENTIAL-00[34])'
$$;
CREATE TABLE asked (no integer GENERATED ALWAYS AS IDENTITY, name text, site_name text, domain text, superior text, credential text);
INSERT INTO asked (name, site_name, domain, superior, credential) VALUES
	('示例科技有限公司', '示例网', 'example.gov.cn', '张伟', 'uscc:91350100M000100Y43'),
	('示例市人民政府', '人民政府', 'example.com', '示例有限公司', NULL),
	('示例摄影协会', '监察', 'example.edu.cn', '张伟', NULL),
	('示例律师事务所', '示例网', 'example.mil.cn', NULL, NULL),
	('示例部队', '示例网', 'example.cn', '张伟', NULL),
	('示例农民专业合作社', '示例网', 'example.org', NULL, NULL),
	('张伟', '示例网', 'example.net', NULL, NULL);
CREATE VIEW answers AS
	SELECT a.no, n.nature, pg_temp.said(n.nature, a.name, a.site_name, a.domain, a.superior, a.credential) AS codes
	  FROM asked a, (VALUES ('1'), ('2'), ('3'), ('4'), ('5'), ('6'), ('13'), ('16'), ('17'), ('19'), ('101')) AS n (nature);
CREATE TABLE before AS SELECT * FROM answers;
SELECT * FROM before WHERE nature <> '101' ORDER BY no, nature::integer;
-- its own name for a shipped row: what the row says else stays as it was shipped
INSERT INTO icp.nature_local (id, name, source, is_person) SELECT id, name || '(改)', 'own', is_person FROM icp.nature;
SELECT * FROM answers EXCEPT SELECT * FROM before;
-- a nature of its own: first of nothing, then an enterprise whose names alone end so, in a register that it shares
INSERT INTO icp.nature_local (id, name, source, is_person) VALUES (101, '农民专业合作社', 'own', false);
SELECT no, codes FROM answers WHERE nature = '101' ORDER BY no;
UPDATE icp.nature_local SET is_enterprise = true, may_be_company = true, name_endings = '{专业合作社}', registered_as = '{4}' WHERE id = 101;
SELECT no, codes FROM answers WHERE nature = '101' ORDER BY no;
SELECT no, codes FROM answers WHERE nature = '4' AND no = 6;
-- a shipped row's word taken back: no enterprise any more
UPDATE icp.nature_local SET is_enterprise = false, credit_codes = '{}' WHERE id = 4;
SELECT no, codes FROM answers WHERE nature = '4' ORDER BY no;
DELETE FROM icp.nature_local;
SELECT * FROM answers EXCEPT SELECT * FROM before;
DROP VIEW answers;
DROP TABLE asked, before;
