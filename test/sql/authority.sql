-- Who changes what others may do is an event: members, settings, standing, opening times, decisions.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
SELECT count(*) AS of_the_laying FROM beian.event;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪'), ('全国云', NULL);
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.sponsor (account_id, province, name, number, status) VALUES (1, '京', '甲公司', '京ICP备20260001号', 'filed');
CREATE VIEW pg_temp.told AS
	SELECT e.event, e.sponsor_id AS sponsor, e.province_code AS province, e.old_values, e.new_values FROM beian.event e WHERE e.event ~ '_(insert|update|delete)$' ORDER BY e.id;
CREATE FUNCTION pg_temp.told(VARIADIC commands text[]) RETURNS SETOF pg_temp.told LANGUAGE plpgsql AS $$
DECLARE
	command	text;
	since	bigint := (SELECT coalesce(max(id), 0) FROM beian.event);
BEGIN
	FOREACH command IN ARRAY commands LOOP
		EXECUTE command;
	END LOOP;
	RETURN QUERY SELECT e.event, e.sponsor_id, e.province_code, e.old_values, e.new_values FROM beian.event e WHERE e.id > since ORDER BY e.id;
END $$;

-- members: made, changed, taken away; several in one statement in the order of their chains; what changes nothing says nothing
SELECT * FROM pg_temp.told($$INSERT INTO beian.member (role_name, role, province, provider_id) VALUES ('regress_icp_bureau', 'bureau', '沪', NULL), ('somebody', 'ministry', NULL, NULL), ('another', 'provider', NULL, 1), ('regress_icp_bureau', 'bureau', '京', NULL)$$);
SELECT * FROM pg_temp.told($$UPDATE beian.member SET provider_id = 2 WHERE role_name = 'another'$$, $$UPDATE beian.member SET provider_id = 2 WHERE role_name = 'another'$$, $$UPDATE beian.member SET provider_id = 1 WHERE false$$);
SELECT * FROM pg_temp.told($$DELETE FROM beian.member WHERE role_name = 'another'$$);
SELECT actor = session_user AS by_whom, count(*) FROM beian.event WHERE event LIKE 'member%' GROUP BY 1;

-- settings
SELECT * FROM pg_temp.told($$UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner'$$);
SELECT * FROM pg_temp.told($$INSERT INTO beian.setting (name, value, meaning) VALUES ('own', '1', 'ours')$$, $$UPDATE beian.setting SET name = 'owned' WHERE name = 'own'$$, $$DELETE FROM beian.setting WHERE name = 'owned'$$);
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';

-- providers, their leases, accounts (of whose sponsor, if there is one)
SELECT * FROM pg_temp.told($$UPDATE beian.provider SET is_key = true, supervisor = '北京市通信管理局' WHERE id = 1$$, $$UPDATE beian.provider SET service_phone = '010-12345678' WHERE id = 1$$);
SELECT * FROM pg_temp.told($$UPDATE beian.account SET status = 'closed' WHERE id IN (1, 2)$$, $$UPDATE beian.account SET contact = '13800000000' WHERE id = 1$$);
UPDATE beian.account SET status = 'open';

-- opening times, by the bureau; what it publishes
SET ROLE regress_icp_bureau;
INSERT INTO beian.service_window (province, closed_from, closed_until, reason) VALUES ('京', '2030-02-01 00:00+08', '2030-02-08 00:00+08', '春节');
UPDATE beian.service_window SET closed_until = '2030-02-09 00:00+08';
SELECT beian.drop_service_window(id) FROM beian.service_window WHERE closed_from = '2030-02-01 00:00+08';
INSERT INTO beian.annual_period (year, province, opens_on, closes_on) VALUES (2030, '京', '2030-03-01', '2030-06-30');
RESET ROLE;
SELECT event, actor, province_code, old_values ->> 'reason' AS old_reason, new_values ->> 'reason' AS reason, new_values ->> 'opens_on' AS opens_on FROM beian.event WHERE event ~ '^(service_window|annual_period)' ORDER BY id;

-- all of it is chained, and the log is whole
SELECT kind, chain_id, seq FROM beian.event_chain ORDER BY 1, 2;
SELECT * FROM beian.verify_log();
-- which tables are watched, for what
SELECT tgrelid::regclass AS "table", string_agg(replace(tgname, 'z_record_', ''), ', ' ORDER BY tgname) AS recorded FROM pg_trigger WHERE tgfoid = 'beian.record_authority'::regproc GROUP BY tgrelid ORDER BY tgrelid::regclass::text COLLATE "C";

-- One write of a head a statement, where each event once wrote it: the sites of a sponsor in one statement.
INSERT INTO beian.site (sponsor_id, name, number, status) SELECT 1, '网' || i, ('京ICP备20260001号-' || i)::icp.filing_number, 'filed' FROM generate_series(1, 300) i;
SELECT n_tup_upd AS upd FROM pg_stat_xact_user_tables WHERE relid = 'beian.event_chain'::regclass \gset
BEGIN;
INSERT INTO beian.event (actor, event, sponsor_id, province_code) SELECT 'x', 'late', 1, 11 FROM generate_series(1, 1000);
SELECT n_tup_upd - :upd AS written FROM pg_stat_xact_user_tables WHERE relid = 'beian.event_chain'::regclass;
UPDATE beian.site SET name = name || '!' WHERE sponsor_id = 1;
SELECT n_tup_upd - :upd AS written FROM pg_stat_xact_user_tables WHERE relid = 'beian.event_chain'::regclass;
COMMIT;
SELECT * FROM beian.verify_log();

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_bureau;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
