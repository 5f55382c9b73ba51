-- Nothing of a row that row security hides is compared first: EXPLAIN (ANALYZE), and time, would tell how it compares.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name, contact) VALUES (1, 'one', '13812345678'), (2, 'two', NULL);
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_s2', 'sponsor', NULL, NULL, 2), ('regress_icp_hu', 'bureau', '沪', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, principal_credential, mobile)
VALUES (1, '京', '甲公司', 'id_card:11010519491231002X', '13812345678');

-- 1. What a question costs and does is the same, whether it is answered by yes or by no
CREATE FUNCTION pg_temp.trace(who text, question text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line	text;
	trace	text;
BEGIN
	EXECUTE format('SET ROLE %I', who);
	FOR i IN 1 .. 2 LOOP		-- (the second time the caches are warm)
		trace := '';
		FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || question LOOP
			EXIT WHEN line ~ 'Planning';
			trace := concat_ws(E'\n', trace, regexp_replace(line, '''1\d*''', '''N'''));
		END LOOP;
	END LOOP;
	RESET ROLE;
	RETURN trace;
END $$;
SELECT t AS question,
	   pg_temp.trace('regress_icp_p2', format(t, '138')) = pg_temp.trace('regress_icp_p2', format(t, '139')) AS tells_nothing
  FROM unnest('{SELECT FROM beian.sponsor WHERE id = 1 AND mobile >= %L,
				SELECT FROM beian.account WHERE id = 1 AND contact >= %L,
				UPDATE beian.sponsor SET name = name WHERE id = 1 AND mobile >= %L}'::text[]) t;

-- 2. Of all tables with what may be somebody's, the policy stands in front of each comparison of a text or date
CREATE FUNCTION pg_temp.told(who text, command text) RETURNS TABLE (told text) LANGUAGE plpgsql AS $$
DECLARE
	one		record;
	line	text;
BEGIN
	FOR one IN
		SELECT c.relname, a.attname, a.atttypid
		  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity
		   AND a.atttypid IN ('text'::regtype, 'date'::regtype, 'bytea'::regtype)
		   AND has_column_privilege(who, c.oid, a.attnum, 'SELECT')
		   AND (command <> 'DELETE' OR has_table_privilege(who, c.oid, 'DELETE'))
		   AND (command <> 'UPDATE' OR has_any_column_privilege(who, c.oid, 'UPDATE'))
		   AND c.relname = ANY ('{sponsor,site,account,sponsor_change,site_change,access_change,verification,verification_document,
								  verification_domain,reset_letter,notice,provider_officer,unit_contact,prior_approval,
								  untrue_item,annual_review,domain_report,ip_block,stop_order}')
		 ORDER BY 1, 2
	LOOP
		EXECUTE format('SET ROLE %I', who);
		FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || format(
			CASE command WHEN 'SELECT' THEN 'SELECT FROM beian.%1$I WHERE %2$I < %3$L'
						 WHEN 'DELETE' THEN 'DELETE FROM beian.%1$I WHERE %2$I < %3$L'
						 ELSE format('UPDATE beian.%%1$I SET %1$I = %1$I WHERE %%2$I < %%3$L',
									 (SELECT a.attname FROM pg_attribute a
									   WHERE a.attrelid = format('beian.%I', one.relname)::regclass AND a.attnum > 0
										 AND has_column_privilege(who, a.attrelid, a.attnum, 'UPDATE') ORDER BY a.attnum LIMIT 1)) END,
			one.relname, one.attname, CASE one.atttypid WHEN 'date'::regtype THEN '2020-01-01' WHEN 'bytea'::regtype THEN '\x00' ELSE 'x' END)
		LOOP
			told := concat_ws(' ', command, one.relname, one.attname);
			IF line ~ format(E'Filter: \\(+%s < ', one.attname) THEN
				RETURN NEXT;
			END IF;
		END LOOP;
		RESET ROLE;
	END LOOP;
END $$;
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT r AS role, c AS command, t.told
  FROM unnest('{regress_icp_p2,regress_icp_s2,regress_icp_hu}'::text[]) r, unnest('{SELECT,UPDATE,DELETE}'::text[]) c, pg_temp.told(r, c) t;
RESET enable_indexscan;
RESET enable_bitmapscan;
-- and who may see a row compares it
SET ROLE regress_icp_p1;
SELECT name FROM beian.sponsor WHERE mobile = '13812345678';
SELECT user_name FROM beian.account WHERE contact = '13812345678';
UPDATE beian.sponsor SET remark = 'x' WHERE mobile = '13812345678' RETURNING id;
RESET ROLE;

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_s2, regress_icp_hu;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
