-- What was found untrue is not reported while it says the same (4 §12(三)).
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, phone, number, status) VALUES (1, '京', '甲公司', '010-61230987', '京ICP备11000001号', 'filed');
INSERT INTO beian.site (sponsor_id, name, domains, number, status) VALUES (1, '甲网', '{a.cn}', '京ICP备11000001号-1', 'filed'), (1, '乙网', '{b.cn}', NULL, 'draft');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live');
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_site', 2, 1), ('change_site', 1, 1);
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('change_sponsor', 1, 1), ('cancel_sponsor', 1, 1);

-- Who finds: the sponsor's provider, the bureau of its province.  What was found is kept as a digest.
SET ROLE regress_icp_p2;
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'phone', '回访');
SET ROLE regress_icp_hu;
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'phone', '回访');
SET ROLE regress_icp_sponsor;
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'phone', '回访');
SET ROLE regress_icp_p1;
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'telephone', '回访');
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'phone', ' ');
INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, 'phone', '回访电话不属于该单位') RETURNING id AS f, found_by, octet_length(value_digest) = 32 AND value_digest <> sha256('010-61230987') AS digest, province_code \gset
\echo :found_by :digest :province_code
SELECT beian.acting_user();
RESET ROLE;
SELECT a.id, a.kind, p FROM beian.application a LEFT JOIN LATERAL beian.truth_problems(a.id) p ON true ORDER BY a.id;	-- the exempt owner
SELECT count(*) AS passed_by FROM beian.event WHERE event = 'pass_by' AND reason ~ 'untrue';
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT a.id, a.kind, replace(p, ((now() AT TIME ZONE 'Asia/Shanghai')::date)::text, 'DAY') AS problem FROM beian.application a LEFT JOIN LATERAL beian.truth_problems(a.id) p ON true ORDER BY a.id;
-- the report comes back with it
\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
SET session_replication_role = replica;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
SET session_replication_role = origin;
SELECT pg_temp.complete_sheet(1);
SET session_replication_role = replica;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
SET session_replication_role = origin;
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT state, reason ~ 'phone of the sponsor .主体. was found untrue .* finding 5 ' AS told, reason ~ '61230987' AS leaked FROM beian.application WHERE id = 1;
-- a change that proposes another one may go on; one of something else may not
SET ROLE regress_icp_p1;
INSERT INTO beian.sponsor_change (application_id, phone) VALUES (3, '010-61230988');
RESET ROLE;
SELECT count(*) AS corrected FROM beian.truth_problems(3);
SELECT count(*) AS not_by_this FROM beian.truth_problems(2);
-- an item of a site concerns that site only; * the whole record, whatever it says
SET ROLE regress_icp_jing;
INSERT INTO beian.untrue_item (sponsor_id, site_id, item, how) VALUES (1, 1, '*', '网站内容与备案不符');
INSERT INTO beian.untrue_item (sponsor_id, site_id, item, how) VALUES (99, 1, 'name', '网站内容与备案不符');
RESET ROLE;
SELECT a.id, count(p) FROM beian.application a LEFT JOIN LATERAL beian.truth_problems(a.id) p ON true GROUP BY a.id ORDER BY a.id;
-- The provider does not clear it, the bureau does, with a reason, once; nothing else of it changes.
SET ROLE regress_icp_p1;
SELECT item, site_id, settled_at FROM beian.untrue_item ORDER BY id;
UPDATE beian.untrue_item SET settled_because = '没事';
SET ROLE regress_icp_hu;
UPDATE beian.untrue_item SET settled_because = '没事';
SELECT count(*) AS none FROM beian.untrue_item;
SET ROLE regress_icp_jing;
UPDATE beian.untrue_item SET settled_because = ' ' WHERE item = 'phone';
UPDATE beian.untrue_item SET settled_because = '属实' WHERE item = 'phone' RETURNING settled_by, settled_at IS NOT NULL AS settled;
UPDATE beian.untrue_item SET settled_because = '不属实' WHERE item = 'phone';
RESET ROLE;
UPDATE beian.untrue_item SET item = 'email' WHERE item = '*';
DELETE FROM beian.untrue_item;
SELECT a.id, count(p) FROM beian.application a LEFT JOIN LATERAL beian.truth_problems(a.id) p ON true GROUP BY a.id ORDER BY a.id;
SELECT * FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_p1, regress_icp_p2, regress_icp_jing, regress_icp_hu;
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
