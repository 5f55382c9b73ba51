-- Claims that are not those of the rows are told by check_registry() and mended by rebuild_claims(), settlements kept.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT icp.create_registry('cr');
SET search_path = cr, public;
INSERT INTO provider (name) VALUES ('P');
INSERT INTO account (provider_id, user_name) VALUES (1, 'one'), (1, 'two'), (1, 'three');
INSERT INTO sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (2, '粤', '乙公司'), (3, '沪', '丙公司');
INSERT INTO site (sponsor_id, domains, homepage) VALUES
	(1, '{a.cn,b.cn}', 'www.a.cn'), (2, '{a.cn,c.cn}', 'www.a.cn'), (3, '{d.cn}', NULL);
INSERT INTO application (site_id) VALUES (1), (2), (3);
UPDATE conflict SET settlement = 'accept_both', reason = '同一集团' WHERE kind = 'homepage';
CREATE VIEW pairs AS
	SELECT kind, key, state, settlement, left_holder_id, right_holder_id FROM conflict;
SELECT * FROM pairs ORDER BY kind, key;
SELECT * FROM icp.check_registry('cr') WHERE kind = 'claim';
SELECT rebuild_claims() AS mended;
SELECT count(*) AS claims FROM claim;

-- nobody takes the claims away at once
TRUNCATE claim;
TRUNCATE claim_edge;
TRUNCATE conflict_settlement;


-- Rows written without triggers: one that is new, one whose domain is another, one that has moved, one that is gone.
SET session_replication_role = replica;
INSERT INTO site (id, sponsor_id, account_id, province_code, kind, domains, status) OVERRIDING SYSTEM VALUE
	VALUES (4, 3, 3, 31, 'site', '{b.cn,e.cn}', 'draft');
UPDATE site SET domains = '{a.cn,x.cn}' WHERE id = 2;
UPDATE site SET province_code = 44 WHERE id = 1;
INSERT INTO site (id, sponsor_id, account_id, province_code, kind, domains, status) OVERRIDING SYSTEM VALUE
	VALUES (5, 3, 3, 31, 'site', '{f.cn}', 'draft');
SET session_replication_role = origin;
UPDATE site SET homepage = 'www.f.cn' WHERE id = 5;
SET session_replication_role = replica;
DELETE FROM site WHERE id = 5;
-- and a claim that somebody took away, of which a settlement tells
DELETE FROM claim WHERE kind = 'homepage' AND holder_id = 2;
SET session_replication_role = origin;
SELECT name, problem FROM icp.check_registry('cr') WHERE kind = 'claim';
SELECT problem, holder, holder_id, kind FROM claim_problems() ORDER BY holder_id, kind, problem;
SELECT * FROM pairs ORDER BY kind, key;
SELECT rebuild_claims() AS mended;
SELECT * FROM claim_problems();
SELECT name, problem FROM icp.check_registry('cr') WHERE kind = 'claim';
SELECT kind, key, holder_id, account_id, province_code, approved, released_at IS NOT NULL AS released
  FROM claim WHERE holder = 'site'::regclass ORDER BY kind, key, holder_id, released;
SELECT * FROM pairs ORDER BY kind, key, left_holder_id, right_holder_id;
SELECT rebuild_claims() AS mended;

-- at another level it would pass by what is entered meanwhile
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT rebuild_claims();
ROLLBACK;

-- No superuser runs for a check what a hostile owner put in place of a function.
RESET search_path;
DROP SCHEMA cr CASCADE;
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
CREATE ROLE regress_icp_owner;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_icp_owner', current_database()); END $$;
SELECT icp.allow_triggers('regress_icp_owner');
SET ROLE regress_icp_owner;
SELECT icp.create_registry('cr');
CREATE OR REPLACE FUNCTION cr.claim_secret_id() RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RAISE WARNING 'ran as superuser: %', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
	RETURN 'x';
END
$$;
RESET ROLE;
SELECT kind, name, problem FROM icp.check_registry('cr') WHERE kind = 'function' OR kind LIKE 'claim%';
SET ROLE regress_icp_owner;
SELECT kind, name, problem FROM icp.check_registry('cr') WHERE kind = 'function' OR kind LIKE 'claim%';
RESET ROLE;
DROP SCHEMA cr CASCADE;
DROP OWNED BY regress_icp_owner;
DROP ROLE regress_icp_owner;
DO $$
DECLARE
	r	name;
BEGIN
	FOR r IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', r);
	END LOOP;
END
$$;
