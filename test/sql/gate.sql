-- Gates of the whole country are passed at the commit, and by nobody kept in hand before.
SET client_min_messages = warning;
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
CREATE ROLE gate_bureau IN ROLE icp_bureau;
CREATE ROLE gate_provider IN ROLE icp_provider;
INSERT INTO beian.provider (name, province, class) VALUES ('P1', '京', 'basic_telecom'), ('P2', '沪', 'public_interest'), ('P3', '沪', 'public_interest');
INSERT INTO beian.member (role_name, role, province) VALUES ('gate_bureau', 'bureau', '京');
INSERT INTO beian.member (role_name, role, provider_id) VALUES ('gate_provider', 'provider', 1);

-- A listing
SET ROLE gate_bureau;
BEGIN;
INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_site', 'bad.cn', '京', 'r');
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_site', 'bad.cn', '京', 'r');
ROLLBACK;
BEGIN;
INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_site', 'bad.cn', '京', 'r');
DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; EXCEPTION WHEN object_not_in_prerequisite_state THEN RAISE WARNING '%', SQLERRM; END $$;
COMMIT;
BEGIN;
INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_site', 'worse.cn', '京', 'r');
PREPARE TRANSACTION 'gate';
-- a lease
SET ROLE gate_provider;
BEGIN;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (1, 2);
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
BEGIN;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (1, 2);
PREPARE TRANSACTION 'gate';
-- At a commit of any kind
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (1, 2);
BEGIN;
INSERT INTO beian.provider_lease (lessor_id, lessee_id) VALUES (1, 3);
COMMIT AND CHAIN;
ROLLBACK;
SET ROLE gate_bureau;
CREATE PROCEDURE pg_temp.list() LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_site', 'worst.cn', '京', 'r');
	COMMIT;
END
$$;
CALL pg_temp.list();
INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_site', 'two.cn', '京', 'r')\; SELECT 1 AS one;
-- The owner does as he likes, and the next transaction may be prepared again
RESET ROLE;
BEGIN;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'owner.cn', 'r');
SET CONSTRAINTS ALL IMMEDIATE;
COMMIT;
SELECT lessor_id, lessee_id FROM beian.provider_lease ORDER BY 1, 2;
SELECT domain, (SELECT count(*) FROM beian.blacklist_pending) AS pending FROM beian.blacklist ORDER BY domain::text;
DROP SCHEMA beian CASCADE;
DROP OWNED BY gate_bureau, gate_provider;
DROP ROLE gate_bureau, gate_provider;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
