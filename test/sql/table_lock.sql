-- Nobody but the owner locks a table: who may UPDATE, DELETE or TRUNCATE a whole one may lock it in every mode, and stop everybody.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
-- 1. By the catalogue, and by the rows that are granted
SELECT r.rolname, c.relname, p AS privilege
  FROM pg_roles r, pg_class c, unnest('{UPDATE,DELETE,TRUNCATE}'::text[]) p
 WHERE r.rolname ^@ 'icp_' AND c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm', 'f')
   AND has_table_privilege(r.rolname, c.oid, p) ORDER BY 1, 2, 3;
SELECT object, privileges, roles FROM icp.registry_right WHERE columns IS NULL AND privileges && '{UPDATE,DELETE,TRUNCATE}' ORDER BY 1, 2;
-- 2. By trying
CREATE FUNCTION pg_temp.lock_table(who name, what regclass, mode text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', who);
	EXECUTE format('LOCK TABLE %s IN %s MODE NOWAIT', what, mode);
	RESET ROLE;
	RETURN 'locked';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE tried AS
SELECT r.rolname, c.relname, m AS mode, pg_temp.lock_table(r.rolname, c.oid, m) AS result
  FROM pg_roles r, pg_class c, unnest('{SHARE,SHARE ROW EXCLUSIVE,ACCESS EXCLUSIVE}'::text[]) m
 WHERE r.rolname ^@ 'icp_' AND c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v');
SELECT result, count(DISTINCT rolname) AS roles, count(*) > 1000 AS many FROM tried GROUP BY 1 ORDER BY 1;
SELECT rolname, relname, mode, result FROM tried WHERE result <> '42501' ORDER BY 1, 2, 3;

-- 3. What members take away by functions: whose it is, while it is theirs
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one'), (2, 'two');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL), ('regress_icp_s1', 'sponsor', NULL, NULL, 1),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES (1, '京', '甲公司', '京ICP备10000001号', 'filed');
INSERT INTO beian.site (sponsor_id, name, domains, number, status) VALUES (1, '甲网', '{a.cn}', '京ICP备10000001号-1', 'filed');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live');
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 1) RETURNING id AS sponsor \gset
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS site \gset
INSERT INTO beian.application (kind, access_id) VALUES ('change_access', 1) RETURNING id AS access \gset
SELECT beian.drop_change(:site) AS there_was_none;
INSERT INTO beian.sponsor_change (application_id, address) VALUES (:sponsor, '新地址');
INSERT INTO beian.site_change (application_id, name) VALUES (:site, '新名');
INSERT INTO beian.access_change (application_id, mode) VALUES (:access, '{1}');
-- plain DML goes on as it did: columns that are theirs, ON CONFLICT, FOR UPDATE; no other column, no DELETE
UPDATE beian.site_change SET remark = 'x', cleared = '{homepage}' WHERE application_id = :site RETURNING remark;
INSERT INTO beian.site_change (application_id, name) VALUES (:site, '新名二') ON CONFLICT (application_id) DO UPDATE SET name = excluded.name RETURNING name;
SELECT name FROM beian.site_change WHERE application_id = :site FOR UPDATE;
UPDATE beian.site_change SET status = 'dropped' WHERE application_id = :site;
UPDATE beian.site_change SET application_id = 1 WHERE application_id = :site;
DELETE FROM beian.site_change WHERE application_id = :site;
SET ROLE regress_icp_p2;
SELECT beian.drop_change(:site);
SELECT beian.drop_change(-1);
SET ROLE regress_icp_jing;
SELECT beian.drop_change(:site);
SET ROLE regress_icp_s1;
SELECT beian.drop_change(:access);			-- an access is its provider's to change
SELECT beian.drop_change(:site), beian.drop_change(:sponsor);
SELECT beian.drop_change(:site) AS twice;
SET ROLE regress_icp_p1;
SELECT beian.drop_change(:access);
INSERT INTO beian.site_change (application_id, name) VALUES (:site, '新名');
RESET ROLE;
UPDATE beian.application SET state = 'submitted' WHERE id = :site;
UPDATE beian.application SET state = 'verified' WHERE id = :site;
UPDATE beian.application SET state = 'reported' WHERE id = :site;
SET ROLE regress_icp_p1;
SELECT beian.drop_change(:site);
RESET ROLE;
UPDATE beian.application SET state = 'approved' WHERE id = :site;
SET ROLE regress_icp_p1;
SELECT beian.drop_change(:site);
RESET ROLE;
SELECT status, count(*) FROM beian.site_change GROUP BY 1;
-- sheets' parts
SET ROLE regress_icp_p1;
INSERT INTO beian.verification (site_id, provider_id, verified_by) VALUES (1, 1, '王核验') RETURNING id AS sheet \gset
INSERT INTO beian.verification_document (verification_id, kind, sha256) VALUES (:sheet, 'other', sha256('x')) RETURNING id AS document \gset
INSERT INTO beian.verification_domain (verification_id, domain, holder) VALUES (:sheet, 'a.cn', '甲公司') RETURNING id AS domain \gset
SET ROLE regress_icp_p2;
SELECT beian.drop_verification_document(:document);
SELECT beian.drop_verification_domain(:domain);
SELECT beian.drop_verification(:sheet);
SET ROLE regress_icp_s1;
SELECT beian.drop_verification_document(:document);
SET ROLE regress_icp_p1;
SELECT beian.drop_verification_document(:document), beian.drop_verification_domain(:domain);
SELECT beian.drop_verification_domain(:domain);
SELECT (SELECT count(*) FROM beian.verification_document) AS documents, (SELECT count(*) FROM beian.verification_domain) AS domains, count(*) AS sheets FROM beian.verification;
-- a bureau's times
SET ROLE regress_icp_jing;
INSERT INTO beian.service_window (province, closed_from, closed_until, reason) VALUES ('京', '2030-02-01 00:00+08', '2030-02-08 00:00+08', '春节') RETURNING id AS "window" \gset
INSERT INTO beian.annual_period (year, province, opens_on, closes_on) VALUES (2030, '京', '2030-03-01', '2030-06-30');
SET ROLE regress_icp_hu;
SELECT beian.drop_service_window(:window);
SELECT beian.drop_annual_period(2030, '京');
SET ROLE regress_icp_jing;
SELECT beian.drop_service_window(id) FROM beian.service_window WHERE province IS NULL ORDER BY id LIMIT 1;		-- the country's
SELECT beian.drop_service_window(:window);
SELECT beian.drop_annual_period(2030, '京');
SELECT beian.drop_annual_period(2030, '京');
SELECT (SELECT count(*) FROM beian.service_window WHERE province_code = 11) AS windows, count(*) AS periods FROM beian.annual_period;
RESET ROLE;
SELECT * FROM icp.check_registry();

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_jing, regress_icp_hu;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
