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

-- Kinds that are there when a registry is laid, as shipped ones are: about a sponsor, one at a time with change_sponsor and
-- judged as it is; about an access, which a bureau may open itself on a ground; about a site, which is brought with it.
BEGIN;
INSERT INTO icp.application_kind (code, name_zh, clause, steps, concerns, act, judged, one_at_a_time, asks_blacklist) VALUES
	('merge_sponsor', '主体合并', 'test', 'V', 'sponsor', 'change', '{sponsor}', 'change_sponsor', true);
INSERT INTO icp.application_kind (code, name_zh, clause, steps, concerns, act, one_at_a_time, by_bureau) VALUES
	('suspend_access', '暂停接入', 'test', 'C', 'access', 'cancel', 'access', true);
INSERT INTO icp.application_kind (code, name_zh, clause, steps, concerns, act, brings_site, judged) VALUES
	('trial_site', '试运行网站', 'test', 'V', 'site', 'add', true, '{site}');
INSERT INTO icp.transition (kind, from_state, event, to_state, actors, needs_reason, clause)
SELECT n.kind, t.from_state, t.event, t.to_state, t.actors, t.needs_reason, t.clause
  FROM (VALUES ('merge_sponsor', 'change_site'), ('suspend_access', 'cancel_site'), ('trial_site', 'change_site')) n(kind, as_kind)
  JOIN icp.transition t ON t.kind = n.as_kind;
UPDATE icp.clock SET kinds = kinds || '{merge_sponsor,suspend_access,trial_site}'::text[] WHERE code = 'review';
SELECT icp.create_registry();
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a');
INSERT INTO beian.sponsor (account_id, province, name, phone, status, number)
	VALUES (1, '京', '甲公司', '010-1', 'filed', '京ICP备13000001号');
INSERT INTO beian.site (sponsor_id, kind, name, domains, status, number)
	VALUES (1, 'site', '甲网', '{a.cn}', 'filed', '京ICP备13000001号-1');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live');
INSERT INTO beian.site (sponsor_id, kind, name, domains) VALUES (1, 'site', '乙网', '{b.cn}');
-- each is about what its row says
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	which	text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS which = CONSTRAINT_NAME;
	RETURN concat_ws(' ', SQLSTATE, nullif(which, ''));
END
$$;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('merge_sponsor', 1), ('change_sponsor', 1);
INSERT INTO beian.application (kind, site_id) VALUES ('suspend_access', 1);
INSERT INTO beian.application (kind, access_id) VALUES ('cancel_access', 1);
INSERT INTO beian.application (kind, site_id) VALUES ('trial_site', 2);
SELECT pg_temp.try($$INSERT INTO beian.application (kind, site_id) VALUES ('trial_site', 1)$$) AS "trial of a filed site",
	   pg_temp.try($$INSERT INTO beian.application (kind, sponsor_id, filed_by) VALUES ('merge_sponsor', 1, 'bureau')$$) AS "merger by a bureau",
	   pg_temp.try($$INSERT INTO beian.application (kind, access_id, filed_by, ground) VALUES ('suspend_access', 1, 'bureau', 'inspection')$$) AS "suspension by a bureau";
SELECT id, kind, site_id, access_id, filed_by FROM beian.application ORDER BY id;
-- what excludes what
UPDATE beian.application SET state = 'submitted' WHERE kind IN ('merge_sponsor', 'trial_site') OR kind = 'suspend_access' AND filed_by <> 'bureau';
SELECT pg_temp.try($$UPDATE beian.application SET state = 'submitted' WHERE kind = 'change_sponsor'$$) AS "beside the merger",
	   pg_temp.try($$UPDATE beian.application SET state = 'submitted' WHERE kind = 'cancel_access'$$) AS "beside the suspension";
-- what is judged, and what is asked for
SELECT k, beian.judged_parts(k, 'filed') AS judged FROM unnest('{merge_sponsor,suspend_access,trial_site}'::text[]) k ORDER BY k;
-- the claims of a site that is brought are the application's own
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'b');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (2, '京', '乙公司');
INSERT INTO beian.site (sponsor_id, domains) VALUES (2, '{b.cn}');
SELECT c.kind, c.key, c.rival_holder_id FROM beian.application a, beian.blocking_conflicts(a.id) c WHERE a.kind = 'trial_site';
CREATE FUNCTION beian.approve_merge_sponsor(approved beian.application) RETURNS void LANGUAGE sql
	AS $$ UPDATE beian.sponsor SET remark = 'merged' WHERE id = approved.sponsor_id $$;
CREATE FUNCTION beian.approve_suspend_access(approved beian.application) RETURNS void LANGUAGE sql
	AS $$ UPDATE beian.access SET status = 'cancelled' WHERE id = approved.access_id $$;
UPDATE beian.application SET state = 'verified' WHERE kind = 'merge_sponsor';
UPDATE beian.application SET state = 'reported' WHERE kind = 'merge_sponsor' OR kind = 'suspend_access' AND state = 'submitted';
UPDATE beian.application SET state = 'approved' WHERE state = 'reviewing';
SELECT a.kind, a.state, a.due_at IS NOT NULL AS has_term, s.remark, c.status AS access
  FROM beian.application a JOIN beian.sponsor s ON s.id = a.sponsor_id LEFT JOIN beian.access c ON c.id = a.access_id
 WHERE a.state NOT IN ('draft') ORDER BY a.id;
-- a template that asks for what no row is says so
SELECT icp.fill_template('x IN (@kinds:concerns = ''nothing''@)', 'beian');
ROLLBACK;
SELECT icp.fill_template('@registry@: @kinds:act = ''cancel''@; @states:in_review@', 'a b');

DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
