-- What check_registry() sees: whatever is granted, made, altered or switched off, by whomever, the registry's owner
-- included, who can alter the registry's own copy of how it was laid.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
CREATE ROLE regress_icp_owner;
CREATE ROLE regress_icp_reader;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_icp_owner', current_database()); END $$;
SELECT icp.allow_triggers('regress_icp_owner');
SET ROLE regress_icp_owner;
SELECT icp.create_registry();
SELECT * FROM icp.check_registry();
RESET ROLE;
-- an auditor sees the same
SET ROLE icp_auditor;
SELECT * FROM icp.check_registry();
RESET ROLE;

-- rights: to group roles, to others, to PUBLIC, of columns, with grant option; and those that are missing
BEGIN;
SET ROLE regress_icp_owner;
GRANT SELECT ON beian.filing_password TO icp_provider;
GRANT SELECT ON beian.account_code TO icp_ministry;
GRANT SELECT (salt) ON beian.event TO PUBLIC;
GRANT INSERT, UPDATE (status) ON beian.site TO icp_sponsor;
GRANT USAGE, CREATE ON SCHEMA beian TO regress_icp_reader;
GRANT SELECT ON beian.review_queue TO regress_icp_reader;
GRANT EXECUTE ON FUNCTION beian.cancel_site(bigint, text) TO icp_provider;
GRANT EXECUTE ON FUNCTION beian.load_time(text) TO PUBLIC;
GRANT UPDATE ON SEQUENCE beian.sponsor_id_seq TO icp_provider;
GRANT SELECT ON beian.conflict TO icp_bureau WITH GRANT OPTION;
REVOKE SELECT ON beian.site FROM icp_provider;
REVOKE INSERT (domains) ON beian.site FROM icp_provider;
REVOKE EXECUTE ON FUNCTION beian.lookup(text) FROM icp_public;
REVOKE USAGE ON SCHEMA beian FROM icp_regulator;
REVOKE DELETE ON beian.freed_number FROM regress_icp_owner;
SELECT * FROM icp.check_registry();
-- grant_registry() puts right what concerns the group roles and PUBLIC; the rest is the owner's
SELECT icp.grant_registry();
SELECT * FROM icp.check_registry();
ROLLBACK;
-- ... and of what is yet to be made
BEGIN;
SET ROLE regress_icp_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA beian GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO regress_icp_reader;
SELECT * FROM icp.check_registry();
ROLLBACK;

-- policies
BEGIN;
SET ROLE regress_icp_owner;
DROP POLICY site_change ON beian.site;
CREATE POLICY mine ON beian.site USING (true);
ALTER POLICY sponsor_see ON beian.sponsor USING (true);
ALTER POLICY access_see ON beian.access TO regress_icp_reader;
ALTER TABLE beian.event DISABLE ROW LEVEL SECURITY;
ALTER TABLE beian.member FORCE ROW LEVEL SECURITY;
SELECT * FROM icp.check_registry();
ROLLBACK;

-- triggers, those behind foreign keys among them; rules
BEGIN;
ALTER TABLE beian.event DISABLE TRIGGER z_chain_event;
ALTER TABLE beian.site ENABLE ALWAYS TRIGGER claim_domain_insert;
ALTER TABLE beian.access DISABLE TRIGGER ALL;
DROP TRIGGER a_enforce_transition ON beian.application;
CREATE TRIGGER fill_account BEFORE UPDATE ON beian.member FOR EACH ROW EXECUTE FUNCTION beian.fill_account();
CREATE RULE mine AS ON DELETE TO beian.event DO INSTEAD NOTHING;
SELECT count(*) > 5 AS disabled FROM icp.check_registry() WHERE name ^@ 'access.' AND problem = 'altered' AND kind IN ('trigger', 'constraint');
SELECT * FROM icp.check_registry() WHERE name !~ '^(access|site_change|claim)\.';
ROLLBACK;

-- functions, views, tables, owners
BEGIN;
ALTER FUNCTION beian.lookup(text) SECURITY INVOKER;
ALTER FUNCTION beian.may_see(smallint, bigint) SET search_path = public;
ALTER FUNCTION beian.setting(text) RESET search_path;
ALTER FUNCTION beian.acts_as_authority() VOLATILE;
ALTER FUNCTION beian.cancel_site(bigint, text) OWNER TO regress_icp_reader;
CREATE OR REPLACE FUNCTION beian.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION beian.lookup(varchar) RETURNS text LANGUAGE sql RETURN 'no';
CREATE AGGREGATE beian.mine(int) (SFUNC = int4pl, STYPE = int);
CREATE OPERATOR beian.= (LEFTARG = text, RIGHTARG = name, FUNCTION = pg_catalog.texteqname);
CREATE TYPE beian.mine AS (x int);
ALTER VIEW beian.review_queue RESET (security_invoker);
ALTER TABLE beian.password_to_show SET LOGGED;
ALTER TABLE beian.site ALTER COLUMN status SET DEFAULT 'filed';
ALTER TABLE beian.claim OWNER TO regress_icp_reader;
CREATE TABLE public.mine () INHERITS (beian.member);
SELECT * FROM icp.check_registry() ORDER BY kind, name COLLATE "C";
ALTER SCHEMA beian OWNER TO regress_icp_reader;
SELECT * FROM icp.check_registry() WHERE kind = 'owner' ORDER BY name COLLATE "C";
ROLLBACK;

-- the registry's own copy hides nothing
BEGIN;
SET ROLE regress_icp_owner;
ALTER POLICY site_see ON beian.site USING (true);
CREATE POLICY mine ON beian.event USING (true);
UPDATE beian.registry_object l SET definition = o.digest FROM icp.registry_objects('beian') o WHERE o.kind = l.kind AND o.name = l.name;
INSERT INTO beian.registry_object (kind, name, definition) VALUES ('policy', 'event.mine', '');
DELETE FROM beian.registry_object WHERE name ^@ 'site.';
SELECT icp.upgrade_registry();
SELECT * FROM icp.check_registry();
RESET ROLE;
ROLLBACK;
SET ROLE regress_icp_owner;
UPDATE icp.registry_reference SET definition = '';
SELECT icp.learn_registry();
RESET ROLE;

-- another server spells definitions in another way: until icp.learn_registry() names count, and what the registry recorded itself
BEGIN;
UPDATE icp.registry_reference SET server = 14, definition = definition || ' ' WHERE kind IN ('view', 'function', 'trigger', 'policy', 'index', 'constraint')
   AND name NOT IN ('registry_pkey', 'registry_object_pkey') AND name !~ '^registry(_object)?\.';
SELECT * FROM icp.check_registry();
ALTER POLICY site_see ON beian.site USING (true);
DROP POLICY sponsor_see ON beian.sponsor;
SELECT * FROM icp.check_registry();
SELECT icp.learn_registry() > 1000 AS learned;
SELECT * FROM icp.check_registry();
ROLLBACK;
SELECT count(*) AS left_of_learning FROM pg_namespace WHERE nspname ^@ 'icp_reference';

DROP SCHEMA beian CASCADE;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_icp_owner', current_database()); END $$;
DROP OWNED BY regress_icp_owner;
DROP ROLE regress_icp_owner, regress_icp_reader;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
