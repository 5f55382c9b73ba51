-- No message repeats what is personal, whoever acts (4 §51, §52): the server's own about constraints, and ours.
\set ECHO none
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
\set ECHO all
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_approver IN ROLE icp_approver;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province, licence) VALUES ('一号云', '京', '京B2-20170324');
INSERT INTO beian.account (provider_id, user_name, contact) VALUES (1, 'zhangsanfeng@example.cn', '13812345678'), (1, '13812345679', NULL);
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_p1', 'provider', NULL, 1, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_ministry', 'ministry', NULL, NULL, NULL),
	('regress_icp_system', 'system', NULL, NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, nature, credential, principal_name, principal_credential, phone, mobile, email, address)
VALUES (1, '京', '张三丰', '个人', 'resident_id:11010519491231002X', '张三丰', 'resident_id:11010519491231002X',
		'13812345678', '13812345678', 'zhangsanfeng@example.cn', '紫禁城一号');

-- 1. The server's messages about a row: the owner, who sees every table, is told the constraint and no row.
INSERT INTO beian.sponsor (account_id, province, name, phone, credential, division_code) VALUES (1, '京', '张三丰', '13812345678', 'resident_id:11010519491231002X', 1);
UPDATE beian.sponsor SET status = 'filed';
UPDATE beian.sponsor SET account_id = NULL;
SELECT beian.register_account(1, '', '13812345678', 'zhangsanfeng@example.cn');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'zhangsanfeng@example.cn');
UPDATE beian.account SET user_name = '13812345679' WHERE id = 1;
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'zhangsanfeng@example.cn') ON CONFLICT DO NOTHING;
INSERT INTO beian.provider_officer (provider_id, duty, name, phone) VALUES (1, 'head of all', '张三丰', '13812345678');
\copy beian.sponsor (account_id, province, name, phone, status) FROM PROGRAM 'printf "1\t京\t张三丰\t13812345678\tnone\n"'
-- programs read what they have always read
DO $$
DECLARE
	k text; t text; s text; c text; d text;
BEGIN
	BEGIN
		UPDATE beian.sponsor SET status = 'filed';
	EXCEPTION WHEN check_violation THEN
		GET STACKED DIAGNOSTICS k = CONSTRAINT_NAME, t = TABLE_NAME, s = SCHEMA_NAME, d = PG_EXCEPTION_DETAIL;
		RAISE WARNING 'check: % % % "%"', s, t, k, d;
	END;
	BEGIN
		UPDATE beian.sponsor SET account_id = NULL;
	EXCEPTION WHEN not_null_violation THEN
		GET STACKED DIAGNOSTICS c = COLUMN_NAME, t = TABLE_NAME, s = SCHEMA_NAME, d = PG_EXCEPTION_DETAIL;
		RAISE WARNING 'not null: % % % "%"', s, t, c, d;
	END;
END
$$;
-- behind the trigger, by one of somebody's own that fires later, the server says the same
CREATE FUNCTION pg_temp.late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.division_code := 1; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE UPDATE ON beian.sponsor FOR EACH ROW EXECUTE FUNCTION pg_temp.late();
UPDATE beian.sponsor SET remark = 'x';
DROP TRIGGER zzz ON beian.sponsor;
-- row security's word comes first, as ever
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id, filed_by) VALUES ('cancel_sponsor', 1, 'bureau');
RESET ROLE;

-- Every table has it, and as the last of the triggers before a row.
SELECT c.relname AS without FROM pg_class c
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind = 'r'
   AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgfoid = 'icp.check_constraints'::regproc)
 ORDER BY 1;
SELECT t.tgrelid::regclass AS late FROM pg_trigger t JOIN pg_trigger o ON o.tgrelid = t.tgrelid AND o.tgtype & 3 = 3 AND o.tgname > t.tgname
 WHERE t.tgfoid = 'icp.check_constraints'::regproc;

-- The same trigger on anybody's table, with a generated column; how it may be fired.
CREATE TEMP TABLE mine (id int NOT NULL, phone text NOT NULL CHECK (phone <> ''), twice int NOT NULL GENERATED ALWAYS AS (id * 2) STORED CHECK (twice < 100), CHECK (mine IS NOT NULL));
CREATE TRIGGER zz BEFORE INSERT OR UPDATE ON mine FOR EACH ROW EXECUTE FUNCTION icp.check_constraints('mine_key');
INSERT INTO mine VALUES (1, '13812345678'), (2, '');
INSERT INTO mine VALUES (NULL, '13812345678');
INSERT INTO mine VALUES (3, '13812345678');
INSERT INTO mine VALUES (51, '13812345678');
UPDATE mine SET phone = NULL;
ALTER TABLE mine ADD CONSTRAINT mine_key UNIQUE (phone);
INSERT INTO mine VALUES (4, '13812345678');
ALTER TABLE mine ADD CONSTRAINT mine_id UNIQUE (id);
INSERT INTO mine VALUES (3, '13812345670');
CREATE TRIGGER wrong AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION icp.check_constraints();
INSERT INTO mine VALUES (5, '13812345671');
DROP TABLE mine;

-- 2. What is planted in every text that can be written or given is in no message: each table and each function, as
-- the owner and as each member.
CREATE TEMP TABLE planted AS SELECT * FROM unnest('{张三丰,13812345678,zhangsanfeng@example.cn,resident_id:11010519491231002X,11010519491231002X,紫禁城一号}'::text[]) WITH ORDINALITY p(word, no);
CREATE TEMP TABLE said (who name, what text, state text, message text, detail text, hint text, context text);
GRANT INSERT, SELECT ON said, planted TO PUBLIC;
CREATE FUNCTION pg_temp.attempt(what text, command text, words text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s text; m text; d text; h text; c text;
BEGIN
	BEGIN
		EXECUTE command USING words;
		RAISE EXCEPTION USING ERRCODE = 'P0099';
	EXCEPTION
		WHEN SQLSTATE 'P0099' THEN NULL;
		WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, c = PG_EXCEPTION_CONTEXT;
			INSERT INTO said VALUES (current_user, what, s, m, d, h, c);
	END;
END $$;
CREATE FUNCTION pg_temp.attempt_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	words	constant text[] := ARRAY(SELECT p.word FROM planted p ORDER BY p.no);
	one		record;
BEGIN
	-- each table: a row of planted texts, six ways; each text of the rows that are there
	FOR one IN
		SELECT c.relname, a.names, a.places, n
		  FROM pg_class c, generate_series(0, 5) n,
			   LATERAL (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names,
							   string_agg(CASE a.atttypid WHEN 'text'::regtype THEN format('$1[%s]', (a.attnum + n) % 6 + 1)
											WHEN 'text[]'::regtype THEN format('ARRAY[$1[%s]]', (a.attnum + n) % 6 + 1)
											WHEN 'jsonb'::regtype THEN format('jsonb_build_object($1[%s], $1[1])', (a.attnum + n) % 6 + 1)
											WHEN 'bigint'::regtype THEN '1' WHEN 'boolean'::regtype THEN 'true'
											WHEN 'icp.province'::regtype THEN '''京''' ELSE 'DEFAULT' END, ', ' ORDER BY a.attnum) AS places
						  FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'id'
						   AND has_column_privilege(c.oid, a.attnum, 'INSERT')) a
		 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind = 'r' AND a.names IS NOT NULL
		 ORDER BY c.relname, n
	LOOP
		PERFORM pg_temp.attempt('INSERT ' || one.relname, format('INSERT INTO beian.%I (%s) VALUES (%s)', one.relname, one.names, one.places), words);
	END LOOP;
	FOR one IN
		SELECT c.relname, a.attname, w
		  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		 CROSS JOIN unnest(ARRAY['$1[1]', '$1[2]', '$1[3]', '$1[4]', '$1[5]', '''''', 'NULL']) w
		 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v') AND a.atttypid = 'text'::regtype
		   AND has_column_privilege(c.oid, a.attnum, 'UPDATE') AND has_any_column_privilege(c.oid, 'SELECT') ORDER BY 1, 2, 3
	LOOP
		PERFORM pg_temp.attempt('UPDATE ' || one.relname || ' ' || one.attname, format('UPDATE beian.%I SET %I = %s', one.relname, one.attname, one.w), words);
	END LOOP;
	-- each function that may be called
	FOR one IN
		SELECT p.oid::regprocedure AS f, string_agg(
				CASE t.type WHEN 'text'::regtype THEN format('$1[%s]', (t.no + n) % 6 + 1)
					WHEN 'text[]'::regtype THEN format('ARRAY[$1[%s]]', (t.no + n) % 6 + 1)
					WHEN 'jsonb'::regtype THEN format('jsonb_build_object(''phone'', $1[2], ''principal_name'', $1[1], $1[%s], $1[1])', (t.no + n) % 6 + 1)
					WHEN 'bigint'::regtype THEN '1::bigint' WHEN 'boolean'::regtype THEN 'true' WHEN 'integer'::regtype THEN '1'
					WHEN 'smallint'::regtype THEN '11::smallint' WHEN 'name'::regtype THEN 'current_user'
					ELSE 'NULL::' || format_type(t.type, NULL) END, ', ' ORDER BY t.no) AS given, n,
			   p.pronamespace::regnamespace || '.' || quote_ident(p.proname) AS name
		  FROM pg_proc p
		 CROSS JOIN generate_series(0, 5) n
		 CROSS JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY t(type, no)
		 WHERE p.pronamespace IN ('beian'::regnamespace, 'icp'::regnamespace) AND p.prokind = 'f' AND p.provariadic = 0
		   AND has_function_privilege(p.oid, 'EXECUTE') AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
		   AND p.proname NOT IN ('create_registry', 'create_roles', 'rekey_claims', 'set_claim_secret')
		   AND ('text'::regtype = ANY (p.proargtypes) OR 'text[]'::regtype = ANY (p.proargtypes) OR 'jsonb'::regtype = ANY (p.proargtypes))
		 GROUP BY p.oid, n ORDER BY p.oid::regprocedure::text, n
	LOOP
		PERFORM pg_temp.attempt('call ' || one.f, format('SELECT %s(%s)', one.name, one.given), words);
	END LOOP;
	-- each type of ours
	FOR one IN
		SELECT t.oid::regtype AS type, n FROM pg_type t, generate_series(1, 6) n
		 WHERE t.typnamespace = 'icp'::regnamespace AND t.typtype IN ('b', 'r', 'm') AND t.typname !~ '^_' ORDER BY t.typname, n
	LOOP
		PERFORM pg_temp.attempt('type ' || one.type, format('SELECT $1[%s]::%s', one.n, one.type), words);
	END LOOP;
END $$;
SET client_min_messages = error;
SELECT pg_temp.attempt_all();
SET ROLE regress_icp_sponsor;
SELECT pg_temp.attempt_all();
SET ROLE regress_icp_p1;
SELECT pg_temp.attempt_all();
SET ROLE regress_icp_jing;
SELECT pg_temp.attempt_all();
SET ROLE regress_icp_approver;
SELECT pg_temp.attempt_all();
SET ROLE regress_icp_ministry;
SELECT pg_temp.attempt_all();
SET ROLE regress_icp_system;
SELECT pg_temp.attempt_all();
RESET ROLE;
SET client_min_messages = warning;
SELECT count(*) > 1000 AS much_was_said, count(DISTINCT who) AS by, count(*) FILTER (WHERE state = '23514') > 50 AS of_checks, count(*) FILTER (WHERE state = '23502') > 10 AS of_nulls FROM said;
-- (keys of codes, names of tables that the owner gives, and the outer form of a multirange are the server's to say)
SELECT DISTINCT s.what, s.message, s.detail, s.hint, s.context FROM said s JOIN planted p ON p.no <> 4 AND strpos(concat_ws(' ', s.message, s.detail, s.hint, s.context), p.word) > 0
 WHERE s.state NOT IN ('23505', '23503') AND s.what !~ 'beian.(apply_change|load_read|load_rows)|icp.ip_multirange' ORDER BY 1, 2;
-- the attempts themselves were well formed
SELECT DISTINCT s.state, s.what FROM said s WHERE s.state ~ '^(42703|XX)' ORDER BY 1, 2;

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_sponsor, regress_icp_p1, regress_icp_jing, regress_icp_approver, regress_icp_ministry, regress_icp_system;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
SELECT set_config('test.drop', (SELECT coalesce(string_agg(format('DROP ROLE %I', name), ';'), '') FROM made_role), false) IS NOT NULL AS ready;
DO $$ BEGIN EXECUTE current_setting('test.drop'); END $$;
