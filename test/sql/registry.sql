-- Laying a registry, checking it, bringing it forward; what the law's parties find in it.
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'Asia/Shanghai';

-- A registry is laid by a role that is no superuser and may only create schemas in this database.
CREATE ROLE regress_icp_owner NOLOGIN;
CREATE ROLE regress_icp_other NOLOGIN;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO regress_icp_owner;

-- ... and that was allowed the triggers and digests that are not everybody's
SET ROLE regress_icp_other;
SELECT icp.create_registry();
RESET ROLE;
SELECT icp.allow_triggers('regress_icp_owner'), icp.allow_triggers('regress_icp_other');
SET ROLE regress_icp_other;
SELECT icp.create_registry();
SELECT icp.allow_triggers('regress_icp_other');
RESET ROLE;
SET ROLE regress_icp_owner;
SELECT icp.create_registry();
SELECT icp.create_registry('other');
SELECT icp.create_registry('Ämter 登记处');
SELECT icp.create_registry('Registry-登记处');
SELECT count(*) AS problems FROM icp.check_registry('Registry-登记处');
SELECT icp.create_registry();
SELECT icp.create_registry('icp');
SELECT icp.create_registry('pg_registry');
SELECT icp.create_registry('two words');
SELECT icp.create_registry('a"b');
SELECT icp.create_registry('a''b');
SELECT icp.create_registry('a\b');
SELECT icp.create_registry('a%b');
SELECT icp.create_registry('a@b');
SELECT icp.create_registry('a$b');
SELECT icp.create_registry('');
SELECT icp.create_registry(NULL);
RESET ROLE;

-- Everything belongs to the caller, nothing to the superuser who installed the extension.
CREATE TEMP VIEW registry_class AS
	SELECT c.* FROM pg_class c WHERE c.relnamespace IN ('beian'::regnamespace, 'other'::regnamespace, '"Registry-登记处"'::regnamespace);
SELECT n.nspname, n.nspowner::regrole FROM pg_namespace n WHERE n.nspname IN ('beian', 'other', 'Registry-登记处') ORDER BY n.nspname;
SELECT count(*) AS of_somebody_else FROM registry_class WHERE relowner <> 'regress_icp_owner'::regrole;
SELECT count(*) AS of_somebody_else FROM pg_proc WHERE pronamespace = 'beian'::regnamespace AND proowner <> 'regress_icp_owner'::regrole;

-- The tables and columns that design.md names for outside use.
SELECT want.rel, want.col FROM (VALUES
	('sponsor', 'id account_id province province_code number name name_key nature credential status'),
	('site', 'id sponsor_id number kind name domains homepage status'),
	('access', 'id site_id provider_id ips mode server_province status'),
	('application', 'id kind state account_id sponsor_id site_id provider_id province filed_by reason submitted_at reported_at due_at decided_at'),
	('conflict', 'id kind key left_application left_sponsor right_application right_sponsor state settled_by settled_at settlement reason'),
	('account', 'id provider_id user_name'),
	('member', 'id'), ('provider', 'id'), ('claim', 'id'), ('event', 'id'), ('sighting', 'id'), ('rejected_row', 'id')) AS t(rel, cols),
	LATERAL string_to_table(t.cols, ' ') AS col, LATERAL (VALUES (t.rel, col)) AS want(rel, col)
 WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = format('beian.%I', want.rel)::regclass AND a.attname = want.col);
SELECT a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod)
  FROM pg_attribute a
 WHERE (a.attrelid, a.attname) IN (('beian.sponsor'::regclass, 'number'), ('beian.sponsor'::regclass, 'province'), ('beian.site'::regclass, 'number'),
	('beian.site'::regclass, 'domains'), ('beian.access'::regclass, 'ips'), ('beian.access'::regclass, 'server_province'), ('beian.application'::regclass, 'province'))
 ORDER BY 1, 2;
-- Surrogate keys are bigint identities; row filters need a plain province_code.
SELECT c.relname, format_type(a.atttypid, NULL), a.attidentity
  FROM registry_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind = 'r' AND a.attname = 'id' AND (a.atttypid <> 'bigint'::regtype OR a.attidentity = '');
SELECT c.oid::regclass FROM registry_class c
 WHERE c.relkind = 'r' AND c.relnamespace = 'beian'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'province_code' AND a.attgenerated = ''
				   AND a.atttypid = 'smallint'::regtype) ORDER BY 1;

-- Everything is commented.
SELECT c.oid::regclass AS relation_without_comment FROM pg_class c
 WHERE (c.oid IN (SELECT oid FROM registry_class) OR c.relnamespace = 'icp'::regnamespace) AND c.relkind IN ('r', 'v', 'p', 'm', 'S')
   AND obj_description(c.oid, 'pg_class') IS NULL
   -- but for those behind an identity column
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i');
SELECT a.attrelid::regclass AS "column", a.attname AS without_comment
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE (c.oid IN (SELECT oid FROM registry_class) OR c.relnamespace = 'icp'::regnamespace) AND c.relkind IN ('r', 'v', 'p', 'm')
   AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL;
SELECT p.oid::regprocedure AS routine_without_comment FROM pg_proc p
 WHERE p.pronamespace IN ('icp'::regnamespace, 'beian'::regnamespace) AND obj_description(p.oid, 'pg_proc') IS NULL;
SELECT t.oid::regtype AS type_without_comment FROM pg_type t
 WHERE t.typnamespace = 'icp'::regnamespace AND t.typtype IN ('b', 'c', 'd', 'e', 'r', 'm') AND t.typcategory <> 'A'
   AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c') AND obj_description(t.oid, 'pg_type') IS NULL;
SELECT o.oid::regoperator AS operator_without_comment FROM pg_operator o
 WHERE o.oprnamespace = 'icp'::regnamespace AND obj_description(o.oid, 'pg_operator') IS NULL;
SELECT o.opcname AS opclass_without_comment FROM pg_opclass o
 WHERE o.opcnamespace = 'icp'::regnamespace AND obj_description(o.oid, 'pg_opclass') IS NULL;
SELECT o.opfname AS opfamily_without_comment FROM pg_opfamily o
 WHERE o.opfnamespace = 'icp'::regnamespace AND obj_description(o.oid, 'pg_opfamily') IS NULL;
SELECT c.castsource::regtype, c.casttarget::regtype AS cast_without_comment FROM pg_cast c
 WHERE (c.castsource IN (SELECT oid FROM pg_type WHERE typnamespace = 'icp'::regnamespace)
		OR c.casttarget IN (SELECT oid FROM pg_type WHERE typnamespace = 'icp'::regnamespace))
   AND obj_description(c.oid, 'pg_cast') IS NULL;
SELECT obj_description('icp'::regnamespace, 'pg_namespace') <> '' AS icp, obj_description('beian'::regnamespace, 'pg_namespace') <> '' AS beian;

-- Every foreign key has an index that begins with its columns.
SELECT k.conrelid::regclass, k.conname AS foreign_key_without_index FROM pg_constraint k
 WHERE k.contype = 'f' AND k.connamespace IN ('icp'::regnamespace, 'beian'::regnamespace, 'other'::regnamespace)
   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND i.indisvalid
				   AND (SELECT array_agg(x ORDER BY x) FROM unnest((i.indkey::smallint[])[0:cardinality(k.conkey) - 1]) x)
					 = (SELECT array_agg(x ORDER BY x) FROM unnest(k.conkey) x));
SELECT count(*) > 10 AS foreign_keys FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'beian'::regnamespace;

-- Functions that run SQL pin search_path (or are parsed at creation); in a registry PUBLIC may execute none.
SELECT p.oid::regprocedure AS unpinned FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace IN ('icp'::regnamespace, 'beian'::regnamespace) AND l.lanname NOT IN ('c', 'internal') AND p.prokind = 'f'
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=pg_catalog%, pg_temp')
   AND NOT (l.lanname = 'sql' AND p.prosqlbody IS NOT NULL);
SELECT p.oid::regprocedure AS open_to_all FROM pg_proc p
 WHERE p.pronamespace IN ('beian'::regnamespace, 'other'::regnamespace)
   AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0);
SELECT c.oid::regclass AS open_to_all FROM registry_class c
 WHERE EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0);
SELECT p.oid::regprocedure AS definer_in_icp FROM pg_proc p WHERE p.pronamespace = 'icp'::regnamespace AND p.prosecdef;
-- What the extension brings is read-only for users.
SELECT c.oid::regclass AS writable FROM pg_class c
 WHERE c.relnamespace = 'icp'::regnamespace AND c.relkind = 'r' AND has_table_privilege('regress_icp_other', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE');

-- The version is recorded, and is the extension's.
SELECT r.version, r.version = e.extversion AS of_extension, r.name_key_version = icp.name_key_version() AS of_icu, r.upgraded_at
  FROM beian.registry r, pg_extension e WHERE e.extname = 'icpfiling';
\set VERBOSITY terse
INSERT INTO beian.registry (only_row, version, name_key_version) VALUES (false, '1', '1');
\set VERBOSITY default

-- Two registries side by side: their claims do not meet.
SET ROLE regress_icp_owner;
INSERT INTO beian.account (user_name) VALUES ('a');
INSERT INTO other.account (user_name) VALUES ('x'), ('a');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲');
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{a.cn}');
INSERT INTO other.sponsor (account_id, province, name) VALUES (2, '京', '甲');
INSERT INTO other.site (sponsor_id, domains) VALUES (1, '{a.cn}');
SELECT (SELECT count(*) FROM beian.claim) AS beian, (SELECT count(*) FROM other.claim) AS other,
	   (SELECT count(*) FROM beian.conflict) AS conflicts, (SELECT count(*) FROM other.conflict) AS other_conflicts;
INSERT INTO other.site (sponsor_id, domains) VALUES (1, '{b.cn}');
INSERT INTO other.sponsor (account_id, province, name) VALUES (1, '沪', '乙');
INSERT INTO other.site (sponsor_id, domains) VALUES (2, '{b.cn}');
SELECT kind, key, state FROM other.conflict;
SELECT count(*) AS conflicts FROM beian.conflict;
RESET ROLE;

-- What is filled in, and what is refused in the tables themselves.
SET ROLE regress_icp_owner;
SELECT account_id, province_code, name_key FROM beian.sponsor;
SELECT sponsor_id, account_id, province_code, kind, domains, status FROM beian.site;
INSERT INTO beian.provider (name, province, licence) VALUES ('示例云', '浙江省', '浙B2-20080101') RETURNING province, province_code, licence;
INSERT INTO beian.access (site_id, provider_id, ips, mode, server_province) VALUES (1, 1, '{[1.2.3.0,1.2.3.255],[2001:db8::1,2001:db8::1]}', '虚拟主机', '粤')
	RETURNING province_code, ips, server_province, status;
INSERT INTO beian.access (site_id, provider_id) VALUES (1, 1);
\set VERBOSITY terse
INSERT INTO beian.application (site_id) VALUES (1);			-- an account without provider: who reports it?
INSERT INTO beian.application (site_id, provider_id) VALUES (1, 1) RETURNING kind, state, account_id, sponsor_id, provider_id, province, province_code, filed_by;
INSERT INTO beian.application (site_id, provider_id, filed_by) VALUES (1, 1, 'sponsor') RETURNING filed_by;
INSERT INTO beian.application (site_id, provider_id, filed_by) VALUES (1, 1, 'bureau');
INSERT INTO beian.application (site_id, provider_id, province) VALUES (1, 1, '沪');
INSERT INTO beian.application (site_id, provider_id, state) VALUES (1, 1, 'approved');
INSERT INTO beian.application (site_id, provider_id, kind) VALUES (1, 1, 'new_thing');
INSERT INTO beian.site (sponsor_id) VALUES (99);
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '');
INSERT INTO beian.sponsor (account_id, province, name, status) VALUES (1, '京', '丙', 'filed');
INSERT INTO beian.sponsor (account_id, province, province_code, name) VALUES (1, '京', 31, '丙') RETURNING province_code;
INSERT INTO beian.site (sponsor_id, kind, number) VALUES (1, 'site', '京ICP备13052560号-1A');
INSERT INTO beian.site (sponsor_id, status, number) VALUES (1, 'filed', '京ICP备13052560号');
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{}') RETURNING domains;	-- by address only (4 §2)
INSERT INTO beian.account (user_name) VALUES ('a');
INSERT INTO beian.member (role_name, role) VALUES ('x', 'bureau');
INSERT INTO beian.member (role_name, role, province) VALUES ('x', 'bureau', '京') RETURNING province_code;
\set VERBOSITY default
INSERT INTO beian.application (site_id, provider_id, province) VALUES (1, 1, '沪');
TRUNCATE beian.site CASCADE;
RESET ROLE;

-- check_registry
SELECT * FROM icp.check_registry('nowhere');
SELECT * FROM icp.check_registry();
SELECT * FROM icp.check_registry('Registry-登记处');
BEGIN;
DROP TRIGGER claim_domain_insert ON beian.site;
ALTER TABLE beian.site DISABLE TRIGGER claim_homepage_insert;
ALTER TABLE beian.sponsor ENABLE ALWAYS TRIGGER claim_sponsor_name_insert;
ALTER TABLE beian.sponsor ENABLE REPLICA TRIGGER claim_sponsor_name_update;
CREATE TRIGGER mine BEFORE INSERT ON beian.site FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE OR REPLACE FUNCTION beian.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END';
COMMENT ON FUNCTION beian.refuse_change() IS 'as before';
CREATE FUNCTION beian.mine() RETURNS int LANGUAGE sql RETURN 1;
DROP FUNCTION beian.load_time(text);
ALTER FUNCTION beian.lookup(text) SECURITY INVOKER;
ALTER TABLE beian.sponsor ADD COLUMN mine text, ALTER COLUMN credential TYPE varchar(20), ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE beian.sponsor DROP COLUMN phone;
DROP INDEX beian.site_name_idx;
CREATE INDEX mine_idx ON beian.site (kind);
ALTER TABLE beian.sponsor DROP CONSTRAINT sponsor_filed_check, ADD CONSTRAINT mine_check CHECK (id > 0);
ALTER TABLE beian.access DROP CONSTRAINT access_key, ADD CONSTRAINT access_key UNIQUE (provider_id, site_id);
DROP POLICY site_change ON beian.site;
CREATE POLICY mine ON beian.site USING (true);
ALTER POLICY site_see ON beian.site USING (true);
ALTER TABLE beian.event DISABLE ROW LEVEL SECURITY;
DROP TABLE beian.rejected_row;
CREATE TABLE beian.mine (a int);
DROP VIEW beian.filing_rate_by_province;
CREATE VIEW beian.filing_rate_by_province AS SELECT 1 AS one;
SELECT kind, name, problem FROM icp.check_registry() ORDER BY kind, name COLLATE "C";
ROLLBACK;
SELECT * FROM icp.check_registry();

-- upgrade_registry, rekey_registry
SET ROLE regress_icp_owner;
SELECT icp.upgrade_registry();
SELECT upgraded_at FROM beian.registry;
SELECT icp.upgrade_registry('nowhere');
BEGIN;
UPDATE beian.registry SET version = '7.0';
SELECT icp.upgrade_registry();
ROLLBACK;
BEGIN;
-- a key as an older version of ICU's data may have made it, with its claim
ALTER TABLE beian.sponsor DISABLE TRIGGER fill_sponsor;
UPDATE beian.sponsor SET name_key = 'old' WHERE id = 1;
ALTER TABLE beian.sponsor ENABLE TRIGGER fill_sponsor;
UPDATE beian.registry SET name_key_version = '0';
SELECT kind, name, regexp_replace(problem, 'than [^;]*;', 'than …;') AS problem FROM icp.check_registry();
SELECT icp.rekey_registry();
SELECT * FROM icp.check_registry();
SELECT name, name_key FROM beian.sponsor;
SELECT key, released_at IS NULL AS live FROM beian.claim WHERE kind = 'sponsor_name' ORDER BY id;
SELECT icp.rekey_registry();
ROLLBACK;
RESET ROLE;

-- The roles, and a registry that was laid before they were there (1 一: three tiers).
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT * FROM icp.create_roles();
-- a name that needs quotes, with roles to grant to
SELECT icp.create_registry('MyReg');
SELECT has_table_privilege('icp_provider', '"MyReg".site', 'SELECT') AS granted, count(*) AS problems FROM icp.check_registry('MyReg');
DROP SCHEMA "MyReg" CASCADE;
SELECT rolname, rolcanlogin, rolsuper, shobj_description(oid, 'pg_authid') FROM pg_roles
 WHERE rolname IN ('icp_public', 'icp_sponsor', 'icp_provider', 'icp_approver', 'icp_regulator', 'icp_bureau', 'icp_ministry', 'icp_auditor') ORDER BY 1;
SET ROLE regress_icp_owner;
SELECT icp.grant_registry();
RESET ROLE;
SELECT * FROM icp.check_registry();
SELECT has_function_privilege('icp_public', 'beian.lookup(text)', 'EXECUTE') AS public_asks,
	   has_table_privilege('icp_public', 'beian.site', 'SELECT') AS public_reads,
	   has_table_privilege('icp_provider', 'beian.claim', 'SELECT') AS provider_reads_claims,
	   has_table_privilege('icp_provider', 'beian.event', 'INSERT') AS provider_writes_events,
	   has_column_privilege('icp_provider', 'beian.application', 'due_at', 'UPDATE') AS provider_moves_deadline,
	   has_column_privilege('icp_provider', 'beian.application', 'state', 'UPDATE') AS provider_steps,
	   has_table_privilege('icp_bureau', 'beian.sponsor', 'UPDATE') AS bureau_rewrites;

-- The extension stays while a registry is there.
\set VERBOSITY terse
DROP EXTENSION icpfiling;
\set VERBOSITY default

DROP SCHEMA beian, other, "Registry-登记处" CASCADE;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
REVOKE CREATE ON DATABASE :"db" FROM regress_icp_owner;
DROP OWNED BY regress_icp_owner, regress_icp_other;
DROP ROLE regress_icp_owner, regress_icp_other;
