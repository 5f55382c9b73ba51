-- What is not everybody's: the triggers that write claims and events, the digests that cost memory; icp.allow_triggers().
\set VERBOSITY terse
SELECT current_database() AS db \gset
CREATE ROLE regress_icp_plain;
CREATE ROLE regress_icp_owner;
GRANT CREATE ON DATABASE :"db" TO regress_icp_owner, regress_icp_plain;

-- Functions of the library that not everybody may execute; all others are harmless in anybody's hands.
SELECT p.oid::regprocedure, has_function_privilege('regress_icp_plain', p.oid, 'EXECUTE') AS everybody
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE l.lanname = 'c' AND p.pronamespace = 'icp'::regnamespace
   AND (p.prorettype = 'trigger'::regtype OR NOT has_function_privilege('regress_icp_plain', p.oid, 'EXECUTE'))
 ORDER BY 1::text COLLATE "C";

SET ROLE regress_icp_plain;
SELECT icp.hash_password('x', 17);
SELECT icp.check_password('x', 'scrypt$131072$8$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=');
CREATE TEMP TABLE log (application_id bigint, sponsor_id bigint, province_code smallint, seq bigint, method smallint, salt bytea, values_digest bytea, digest bytea);
CREATE TRIGGER z BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head');
CREATE TRIGGER z AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('word', 'kind', 'sponsor_id', 'seq');
-- everybody's
CREATE TRIGGER z AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.check_row();
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT icp.create_registry();
SELECT icp.allow_triggers('regress_icp_plain');
RESET ROLE;
GRANT EXECUTE ON FUNCTION icp.allow_triggers(regrole) TO regress_icp_plain;
SET ROLE regress_icp_plain;
SELECT icp.allow_triggers('regress_icp_plain');
RESET ROLE;
REVOKE EXECUTE ON FUNCTION icp.allow_triggers(regrole) FROM regress_icp_plain;
SELECT icp.allow_triggers(NULL);
SELECT icp.allow_triggers('regress_icp_nobody_of_this_name');
SELECT icp.allow_triggers(1);
\set VERBOSITY terse

SELECT f FROM icp.missing_triggers('regress_icp_owner') AS f;
SELECT icp.allow_triggers('regress_icp_owner');
SELECT icp.allow_triggers('regress_icp_owner');	-- a second time changes nothing
SELECT f FROM icp.missing_triggers('regress_icp_owner') AS f;

-- A registry of an owner that is no superuser makes and checks passwords and codes with the owner's rights.
SET ROLE regress_icp_owner;
SELECT icp.create_registry('regress_allow');
SELECT * FROM icp.check_registry('regress_allow');
UPDATE regress_allow.setting SET value = '1' WHERE name = 'password_cost';
INSERT INTO regress_allow.provider (name) VALUES ('P1');
INSERT INTO regress_allow.account (provider_id, user_name) VALUES (1, 'one');
INSERT INTO regress_allow.sponsor (account_id, province, name) VALUES (1, '京', '甲公司');
INSERT INTO regress_allow.site (sponsor_id, name, domains) VALUES (1, '甲网', '{one.cn}');
SELECT regress_allow.issue_password(1);
SELECT password FROM regress_allow.password_to_show \gset
SELECT regress_allow.check_password(1, :'password') AS is_right, regress_allow.check_password(1, 'x') AS another;
SELECT count(*) > 0 AS chained FROM regress_allow.event WHERE digest IS NOT NULL;
SELECT count(*) AS claims FROM regress_allow.claim;
RESET ROLE;

-- What was taken away, or given to another owner, is told.
REVOKE EXECUTE ON FUNCTION icp.hash_password(text, integer) FROM regress_icp_owner;
SELECT * FROM icp.check_registry('regress_allow');
SET ROLE regress_icp_owner;
SELECT regress_allow.issue_password(1);
RESET ROLE;
SELECT icp.allow_triggers('regress_icp_owner');
SELECT * FROM icp.check_registry('regress_allow');

SET client_min_messages = warning;
DROP SCHEMA regress_allow CASCADE;
DROP OWNED BY regress_icp_owner, regress_icp_plain;
DROP ROLE regress_icp_owner, regress_icp_plain;
