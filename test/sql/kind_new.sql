-- A kind of application of its own, about a site: its row, its steps, its terms, its function; no other code is touched.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a');
INSERT INTO beian.sponsor (account_id, province, name, phone) VALUES (1, '京', '甲公司', '010-1');
INSERT INTO beian.site (sponsor_id, kind, name, domains) VALUES (1, 'site', '甲网', '{a.cn}');
INSERT INTO beian.application (site_id) VALUES (1);
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'pre_verified';
UPDATE beian.application SET state = 'verified';
UPDATE beian.application SET state = 'reported';
UPDATE beian.application SET state = 'approved';
SELECT state FROM beian.application;
BEGIN;
INSERT INTO icp.application_kind (code, name_zh, clause, steps, concerns) VALUES ('rename_site', '网站更名', 'test', 'V', 'site');
INSERT INTO icp.transition (kind, from_state, event, to_state, actors, needs_reason, clause)
SELECT 'rename_site', from_state, event, to_state, actors, needs_reason, clause FROM icp.transition WHERE kind = 'change_site';
UPDATE icp.clock SET kinds = kinds || 'rename_site'::text WHERE 'change_site' = ANY (kinds);
INSERT INTO beian.application (kind, site_id) VALUES ('rename_site', 1) RETURNING id AS a, state \gset
SELECT :'state' AS state;
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
UPDATE beian.application SET state = 'verified' WHERE id = :a;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
SELECT state, reason, due_at IS NOT NULL AS has_term FROM beian.application WHERE id = :a;
-- a kind without its function is not approved in silence
SAVEPOINT before;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
ROLLBACK TO before;
CREATE FUNCTION beian.approve_rename_site(approved beian.application) RETURNS void LANGUAGE sql
	AS $$ UPDATE beian.site SET name = '乙网' WHERE id = approved.site_id $$;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
SELECT a.state, t.name, t.status FROM beian.application a JOIN beian.site t ON t.id = a.site_id WHERE a.id = :a;
ROLLBACK;
DROP SCHEMA beian CASCADE;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
