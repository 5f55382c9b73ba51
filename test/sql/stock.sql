-- What is filed already: plans of verification, checking again, and the work of 2009.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1), ('regress_icp_p2', 'provider', NULL, 2),
	('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_hu', 'bureau', '沪', NULL);
INSERT INTO beian.sponsor (account_id, province, name, nature, phone, number, status, filed_at) VALUES (1, '京', '甲公司', '企业', '123', '京ICP备11000001号', 'filed', now());
INSERT INTO beian.site (sponsor_id, name, domains, homepage, number, status, filed_at) VALUES
	(1, '甲网', '{a.cn}', 'www.a.cn', '京ICP备11000001号-1', 'filed', now() - interval '1 year'), (1, '乙网', '{b.cn}', 'www.c.cn', '京ICP备11000001号-2', 'filed', now() - interval '1 month'),
	(1, '草网', '{d.cn}', NULL, NULL, 'draft', NULL), (1, '旧网', '{e.cn}', NULL, '京ICP备11000001号-4', 'cancelled', now() - interval '9 years');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live'), (2, 1, 'live'), (2, 2, 'live'), (3, 1, 'draft'), (4, 1, 'cancelled');

-- A plan stands as the provider submitted it; the bureau of its province approves or refuses it, once.
SET ROLE regress_icp_p1;
INSERT INTO beian.verification_plan (provider_id, plan, begins_on, ends_on) VALUES (2, '全部核验', '2010-08-01', '2010-12-31');
INSERT INTO beian.verification_plan (provider_id, plan, begins_on, ends_on) VALUES (1, '全部核验', '2010-08-01', '2010-07-31');
INSERT INTO beian.verification_plan (provider_id, plan, begins_on, ends_on, decision) VALUES (1, '全部核验', '2010-08-01', '2010-12-31', 'approved');
INSERT INTO beian.verification_plan (provider_id, plan, begins_on, ends_on) VALUES (1, '全部核验', '2010-08-01', '2010-12-31') RETURNING id AS p, province_code, decision, decided_at \gset
UPDATE beian.verification_plan SET decision = 'approved';
SELECT plan_id, accesses, verified, is_late FROM beian.verification_progress;
SET ROLE regress_icp_hu;
UPDATE beian.verification_plan SET decision = 'approved';
SELECT count(*) AS none FROM beian.verification_plan;
SET ROLE regress_icp_jing;
UPDATE beian.verification_plan SET decision = 'refused' WHERE id = :p;
UPDATE beian.verification_plan SET decision = 'approved' WHERE id = :p RETURNING decision, decided_by, decided_at IS NOT NULL AS decided;
UPDATE beian.verification_plan SET decision = 'refused', reason = '改主意' WHERE id = :p;
RESET ROLE;
UPDATE beian.verification_plan SET ends_on = '2099-12-31' WHERE id = :p;
INSERT INTO beian.verification (site_id, provider_id, verified_by, verified_at) VALUES (1, 1, '员工', now());
SET ROLE regress_icp_jing;
SELECT provider, plan_id = :p AS by_it, begins_on, ends_on, accesses, verified, is_late FROM beian.verification_progress ORDER BY 1;
RESET ROLE;
INSERT INTO beian.verification (site_id, provider_id, verified_by, verified_at) VALUES (2, 1, '员工', now());
SELECT provider, plan_id, accesses, verified, is_late FROM beian.verification_progress ORDER BY 1;

-- What has not been checked for half a year, or never since it was filed.
SELECT access_id, provider_id, checked_at FROM beian.overdue_filing_check ORDER BY 1;
SET ROLE regress_icp_hu;
SELECT count(*) AS none FROM beian.overdue_filing_check;
SELECT beian.check_filings(1);
SET ROLE regress_icp_p2;
SELECT beian.check_filings(1);
SELECT beian.check_filings(99);
SET ROLE regress_icp_p1;
SELECT beian.check_filings(1);
SELECT k.access_id, k.checked_at <= now() AS checked, k.checked_by, k.errors > 0 AS errors, k.province_code FROM beian.filing_check k ORDER BY 1;
SELECT access_id FROM beian.overdue_filing_check ORDER BY 1;
-- what is wrong with the sponsor is said once, what of a site with the site; the counts agree with what is there
SELECT w.relation::text, w.row_id, w.site_id, w.code, w.field FROM beian.warning w WHERE w.field IN ('phone', 'homepage') ORDER BY 1, 2, 4;
SELECT count(*) - count(DISTINCT (relation, row_id, code, field)) AS twice, bool_and(application_id IS NULL AND NOT turned AND actor = 'regress_icp_p1') AS plain FROM beian.warning;
SELECT k.access_id, k.errors + k.warnings = (SELECT count(*) FROM beian.warning w WHERE w.sponsor_id = 1 AND (w.site_id = c.site_id AND (w.relation <> 'beian.access'::regclass OR w.row_id = c.id::text) OR w.site_id IS NULL)) AS all_there
  FROM beian.filing_check k JOIN beian.access c ON c.id = k.access_id ORDER BY 1;
RESET ROLE;
-- mended, and checked again by the bureau: the earlier findings have made room, warnings of loads and reports have not
SELECT count(*) AS found FROM beian.warning \gset
INSERT INTO beian.warning (relation, row_id, code, field, severity, clause, message_zh, message_en, advice_zh, sponsor_id, found_at) VALUES ('beian.sponsor', '1', 'OTHER', 'phone', 'error', '-', '-', '-', '-', 1, '2020-01-01');
UPDATE beian.sponsor SET phone = '010-61230987' WHERE id = 1;
SET ROLE regress_icp_jing;
SELECT beian.check_filings(1);
RESET ROLE;
SELECT count(*) < :found + 1 AS fewer, count(*) FILTER (WHERE code = 'OTHER') AS kept, count(*) FILTER (WHERE field = 'phone' AND code <> 'OTHER') AS mended, count(DISTINCT found_at) AS times FROM beian.warning;
UPDATE beian.filing_check SET checked_at = now() - interval '7 months' WHERE access_id = 2;
SELECT access_id, due_at = checked_at + interval '6 months' AS due FROM beian.overdue_filing_check ORDER BY 1;

-- The work of 2009: what is left of it, provider by provider.
SELECT code, due_on, clause FROM icp.work_deadline ORDER BY due_on;
INSERT INTO beian.sighting (domain, province, provider_id, ip) VALUES ('u1.cn', '京', 1, '1.2.3.4'), ('u2.cn', '京', 1, '1.2.3.5'), ('a.cn', '京', 1, '1.2.3.6');
INSERT INTO beian.ip_block (provider_id, ips, obtained_on) VALUES (2, '[1.2.4.0,1.2.4.255]', '2024-03-01');
INSERT INTO beian.ip_prompt (ip_block_id, problem) SELECT id, 'overdue' FROM beian.ip_block;
SELECT code, provider, left_over FROM beian.overdue_work ORDER BY code, provider;
SET ROLE regress_icp_jing;
SELECT DISTINCT provider FROM beian.overdue_work;
SET ROLE regress_icp_p2;
SELECT DISTINCT provider FROM beian.overdue_work;
RESET ROLE;
SELECT * FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_jing, regress_icp_hu;
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
