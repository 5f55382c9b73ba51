-- Documents before an interface is opened (4 §30), the provider's own filed domain (1 annex), the notice of an allocation (4 §15(二)).
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
SELECT code, name_zh, origin FROM icp.admission_document ORDER BY origin, code;
INSERT INTO beian.provider (name, province) VALUES ('老云', '京');
INSERT INTO beian.provider (name, province, admission, licence, system_origin) VALUES
	('自建云', '京', 'tested', '京B2-20210001', 'own'), ('购买云', '京', 'tested', '京B2-20210002', 'bought');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_hu', 'bureau', '沪', NULL),
	('regress_icp_p1', 'provider', NULL, 2), ('regress_icp_p2', 'provider', NULL, 3);
SET ROLE regress_icp_jing;
UPDATE beian.provider SET admission = 'open' WHERE id = 2;
UPDATE beian.provider SET admission = 'open' WHERE id = 3;
SET ROLE regress_icp_p1;
INSERT INTO beian.provider_document (provider_id, kind, number, sha256) VALUES (2, 'licence', '京B2-20210001', sha256('l')), (2, 'evaluation', 'E-1', sha256('e')), (2, 'simulated_test', 'T-1', sha256('t'));
INSERT INTO beian.provider_document (provider_id, kind, sha256) VALUES (3, 'licence', sha256('l'));
INSERT INTO beian.provider_document (provider_id, kind, sha256) VALUES (2, 'poem', sha256('l'));
INSERT INTO beian.provider_document (provider_id, kind, sha256) VALUES (2, 'contract', 'short');
SELECT kind, number, entered_by, province_code FROM beian.provider_document ORDER BY kind;
SELECT * FROM beian.missing_admission(2);
SELECT count(*) AS not_told FROM beian.missing_admission(3);
UPDATE beian.provider SET system_url = 'https://beian.zijian.cn/' WHERE id = 2;
SELECT * FROM beian.missing_admission(2);
SET ROLE regress_icp_p2;
SELECT count(*) AS none FROM beian.provider_document;
INSERT INTO beian.provider_document (provider_id, kind, sha256) SELECT 3, d, sha256(d::bytea) FROM unnest('{licence,evaluation,simulated_test}'::text[]) d;
SELECT * FROM beian.missing_admission(3) AS of_a_bought_one;
INSERT INTO beian.provider_document (provider_id, kind, sha256) SELECT 3, d, sha256(d::bytea) FROM unnest('{contract,evaluation_copy,simulated_test_copy}'::text[]) d;
UPDATE beian.provider SET system_version = '3.1', system_url = 'http://203.0.113.7/beian' WHERE id = 3;
SELECT * FROM beian.missing_admission(3);
SET ROLE regress_icp_hu;
SELECT count(*) AS none FROM beian.provider_document;
SELECT * FROM beian.unfiled_portal;
SET ROLE regress_icp_jing;
UPDATE beian.provider SET admission = 'open' WHERE id = 3 RETURNING admission;
SELECT provider, system_url FROM beian.unfiled_portal;
UPDATE beian.provider SET admission = 'open' WHERE id = 2;
RESET ROLE;
-- its own site is filed like any other
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a');
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES (1, '京', '自建云公司', '京ICP备11000001号', 'filed');
INSERT INTO beian.site (sponsor_id, domains, number, status) VALUES (1, '{zijian.cn}', '京ICP备11000001号-1', 'filed');
SET ROLE regress_icp_jing;
SELECT * FROM beian.unfiled_portal;
UPDATE beian.provider SET admission = 'open' WHERE id = 2 RETURNING admission;
RESET ROLE;
SELECT beian.portal_is_filed('https://beian.zijian.cn/x') AS filed, beian.portal_is_filed('https://other.cn/') AS not_filed, beian.portal_is_filed(NULL) AS none;
-- the owner may open one as it stands
INSERT INTO beian.provider (name, province, admission, licence) VALUES ('特云', '京', 'tested', '京B2-20210003') RETURNING id AS t \gset
UPDATE beian.provider SET admission = 'open' WHERE id = :t RETURNING admission;

-- Addresses allocated to a lower unit: it is told to report them; not what a unit splits for itself, nor what is reported.
INSERT INTO beian.ip_block (provider_id, ips, obtained_on, reported_at) VALUES (2, '[1.2.0.0,1.2.255.255]', '2024-03-01', now()) RETURNING id AS top \gset
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on) VALUES (3, :top, '[1.2.3.0,1.2.3.255]', '2024-03-01'), (2, :top, '[1.2.4.0,1.2.4.255]', '2024-03-01');
INSERT INTO beian.ip_block (provider_id, parent_id, ips, obtained_on, reported_at) VALUES (3, :top, '[1.2.5.0,1.2.5.255]', '2024-03-01', now());
SELECT template, recipient, provider_id, text FROM beian.notice WHERE template = 'ip_allocated' ORDER BY id;
SELECT * FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_jing, regress_icp_hu, regress_icp_p1, regress_icp_p2;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
