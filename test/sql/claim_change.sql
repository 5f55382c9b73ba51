-- The life of a conflict (3 Q17): what a change claims, how a conflict is settled, revoked and looked at again; natural
-- persons' names; the same name of two sites as a warning.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name, contact) VALUES (1, 'a', '010-11111111'), (2, 'b', '021-22222222'), (1, 'c', NULL), (1, 'd', NULL);
INSERT INTO beian.sponsor (id, account_id, province, name) OVERRIDING SYSTEM VALUE VALUES (1, 1, '京', '甲公司'), (2, 2, '沪', '乙公司'), (3, 3, '京', '丙公司');
SELECT setval('beian.sponsor_id_seq', 100), setval('beian.site_id_seq', 100) \g /dev/null
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_yue IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
INSERT INTO beian.member (role_name, role, province, provider_id) VALUES
	('regress_icp_jing', 'bureau', '京', NULL), ('regress_icp_hu', 'bureau', '沪', NULL), ('regress_icp_yue', 'bureau', '粤', NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL), ('regress_icp_provider', 'provider', NULL, 1);

-- A conflict as people see it: sides as table, id and account.
CREATE TEMP VIEW pair AS
	SELECT c.kind, c.key, replace(c.left_holder::text, 'beian.', '') || ' ' || c.left_holder_id AS "left", c.left_application AS l_app, c.left_sponsor AS l_sp,
		   replace(c.right_holder::text, 'beian.', '') || ' ' || c.right_holder_id AS "right", c.right_application AS r_app, c.right_sponsor AS r_sp, c.state, c.settlement
	  FROM beian.conflict c ORDER BY c.kind, c.key COLLATE "C", c.left_claim, c.right_claim;
GRANT SELECT ON pair TO PUBLIC;
-- Brings an application as far as to the given state, or to where it stops.
CREATE PROCEDURE pg_temp.bring(app bigint, goal text DEFAULT 'reported') LANGUAGE plpgsql AS $$
DECLARE
	step	text;
BEGIN
	FOREACH step IN ARRAY '{submitted,pre_verified,verified,reported,approved}'::text[] LOOP
		IF EXISTS (SELECT FROM icp.transition t JOIN beian.application a ON a.kind = t.kind AND a.state = t.from_state
					WHERE a.id = app AND t.to_state = step) THEN
			UPDATE beian.application SET state = step WHERE id = app;
		END IF;
		EXIT WHEN step = goal;
	END LOOP;
END
$$;
CREATE FUNCTION pg_temp.state(app bigint) RETURNS text LANGUAGE sql AS 'SELECT state FROM beian.application WHERE id = app';

-- 甲's site is filed with one.cn.
INSERT INTO beian.site (id, sponsor_id, name, domains, homepage) OVERRIDING SYSTEM VALUE VALUES (1, 1, '甲网', '{one.cn}', 'www.one.cn');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (1, 1);
CALL pg_temp.bring(1, 'approved');
SELECT state FROM beian.application WHERE id = 1;

-- 1. A change claims what it would add; the record's own is no conflict with it, nor is another record of the account.
INSERT INTO beian.application (id, kind, site_id) OVERRIDING SYSTEM VALUE VALUES (2, 'change_site', 1);
INSERT INTO beian.site_change (application_id, domains, homepage) VALUES (2, '{one.cn, two.cn}', 'www.two.cn');
SELECT kind, key, holder, holder_id, account_id, province_code, approved FROM beian.claim
 WHERE holder = 'beian.site_change'::regclass AND released_at IS NULL ORDER BY kind, key;
SELECT * FROM pair;
-- 乙 claims all of it: one.cn is a conflict with the record alone, two.cn with the change
INSERT INTO beian.site (id, sponsor_id, name, domains, homepage) OVERRIDING SYSTEM VALUE VALUES (2, 2, '乙网', '{one.cn, two.cn}', 'http://www.two.cn/');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (3, 2);
SELECT * FROM pair;
-- what stands behind each claim; nobody but the owner reads it
SELECT kind, key, holder, holder_id, application, sponsor, repeats_record FROM beian.claim_holder
 WHERE kind <> 'sponsor_name' AND released_at IS NULL ORDER BY kind, key, id;
SELECT c.relname, r.rolname FROM pg_class c, pg_roles r
 WHERE c.oid IN ('beian.claim_holder'::regclass, 'beian.claim_application'::regclass) AND r.rolname ~ '^icp_' AND has_table_privilege(r.oid, c.oid, 'SELECT');
SELECT kind, key, rival_holder, rival_holder_id FROM beian.blocking_conflicts(2) ORDER BY 1, 2;
SELECT kind, key, rival_holder, rival_holder_id FROM beian.blocking_conflicts(3) ORDER BY 1, 2, 3;
CALL pg_temp.bring(2);
CALL pg_temp.bring(3);
SELECT id, kind, state FROM beian.application WHERE id IN (2, 3) ORDER BY id;
-- without what is contested the change has nothing against it, though one.cn of its record is contested
BEGIN;
UPDATE beian.site_change SET domains = '{one.cn, three.cn}', homepage = NULL WHERE application_id = 2;
SELECT count(*) AS against_the_change FROM beian.blocking_conflicts(2);
SELECT * FROM pair;
UPDATE beian.site_change SET domains = '{one.cn, two.cn}', homepage = 'www.two.cn' WHERE application_id = 2;
SELECT * FROM pair;
ROLLBACK;
-- a change without a row, and kinds that claim nothing
INSERT INTO beian.application (id, kind, site_id) OVERRIDING SYSTEM VALUE VALUES (4, 'new_access', 1);
SELECT count(*) AS against_a_new_access FROM beian.blocking_conflicts(4);

-- 2. Settled for the change, by its parts: cause and contact (3 Q17).
SELECT id AS d FROM beian.conflict WHERE kind = 'domain' AND key = 'two.cn' AND state = 'open' \gset
SELECT id AS h FROM beian.conflict WHERE kind = 'homepage' AND state = 'open' \gset
SET ROLE regress_icp_yue;
SELECT count(*) FROM beian.conflict;
SET ROLE regress_icp_ministry;
SELECT kind, key, left_user, left_contact, right_user, right_contact FROM beian.conflict WHERE id = :d;
SET ROLE regress_icp_hu;
SELECT kind, key, cause, left_user, left_contact, right_user, right_contact, contact FROM beian.conflict WHERE id = :d;
UPDATE beian.conflict SET settlement = 'reject_right', cause = ' ' WHERE id = :d;
UPDATE beian.conflict SET settlement = 'reject_right' WHERE id = :d;
UPDATE beian.conflict SET settlement = 'accept_both', cause = '同一集团' WHERE id = :h RETURNING reason, contact;
UPDATE beian.conflict SET settlement = 'reject_right', cause = '域名证书为甲公司所有' WHERE id = :d RETURNING state, settlement, reason, cause, settled_by;
RESET ROLE;
SELECT id, kind, state, reason FROM beian.application WHERE id IN (2, 3) ORDER BY id;
SELECT actor, application_id, reason, new_values - 'conflict' AS new_values FROM beian.event WHERE event = 'settle_conflict' ORDER BY id;
-- no contact is known, and none is given: no reason
BEGIN;
UPDATE beian.account SET contact = NULL WHERE id = 1;
SELECT id AS o FROM beian.conflict WHERE key = 'one.cn' AND state = 'open' \gset
UPDATE beian.conflict SET settlement = 'reject_right', cause = '域名证书不符' WHERE id = :o;
ROLLBACK;
SELECT id AS o FROM beian.conflict WHERE key = 'one.cn' AND state = 'open' \gset
BEGIN;
UPDATE beian.conflict SET settlement = 'reject_right', cause = '域名证书不符', contact = '甲公司张先生' WHERE id = :o RETURNING reason;
ROLLBACK;

-- The change is approved: its claims are the record's now, and what was settled stays settled.
CALL pg_temp.bring(2, 'approved');
SELECT pg_temp.state(2), domains, homepage, (SELECT status FROM beian.site_change WHERE application_id = 2) FROM beian.site WHERE id = 1;
SELECT * FROM pair WHERE key LIKE '%two%';
SELECT kind, key, holder, approved FROM beian.claim WHERE account_id = 1 AND released_at IS NULL ORDER BY 1, 2, 3;
SELECT key, rival_holder FROM beian.blocking_conflicts(3) ORDER BY 1;

-- 3. A filed record that had no right to the domain is revoked; who was in conflict with it goes on.
INSERT INTO beian.site (id, sponsor_id, name, domains) OVERRIDING SYSTEM VALUE VALUES (3, 3, '丙网', '{three.cn}'), (4, 3, '丙网二', '{four.cn}');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (5, 3), (6, 4);
CALL pg_temp.bring(5, 'approved');
CALL pg_temp.bring(6, 'approved');
INSERT INTO beian.site (id, sponsor_id, name, domains) OVERRIDING SYSTEM VALUE VALUES (5, 2, '乙网三', '{three.cn}'), (6, 2, '乙网四', '{three.cn, four.cn}');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (7, 5), (8, 6);
CALL pg_temp.bring(7);
CALL pg_temp.bring(8);
SELECT id, state FROM beian.application WHERE id IN (7, 8) ORDER BY id;
SELECT id AS c FROM beian.conflict WHERE left_holder_id = 3 AND right_holder_id = 5 AND left_holder = 'beian.site'::regclass \gset
SET ROLE regress_icp_hu;
-- the filed record is Beijing's
UPDATE beian.conflict SET settlement = 'revoke_left', reason = '恶意抢注' WHERE id = :c;
SET ROLE regress_icp_jing;
UPDATE beian.conflict SET settlement = 'revoke_right', reason = '恶意抢注' WHERE id = :c;
UPDATE beian.conflict SET settlement = 'revoke_left' WHERE id = :c;
UPDATE beian.conflict SET settlement = 'revoke_left', reason = '恶意抢注' WHERE id = :c RETURNING state, settlement, reason;
RESET ROLE;
SELECT id, status FROM beian.site WHERE id IN (3, 4) ORDER BY id;
-- both sides were told that there was a conflict, 丙 that its filing is revoked
SELECT n.template, n.recipient, n.account_id, n.application_id, n.text FROM beian.notice n
 WHERE n.template LIKE 'conflict%' AND n.channel = 'task' ORDER BY n.id;
-- 8 still has four.cn against it
SELECT id, state FROM beian.application WHERE id IN (7, 8) ORDER BY id;
SELECT * FROM pair WHERE key IN ('three.cn', 'four.cn');
CALL pg_temp.bring(7, 'approved');
SELECT pg_temp.state(7);
-- a whole sponsor, by its name: its sites go with it
INSERT INTO beian.sponsor (id, account_id, province, name) OVERRIDING SYSTEM VALUE VALUES (4, 1, '京', '丙 公司');
INSERT INTO beian.site (id, sponsor_id, name, domains) OVERRIDING SYSTEM VALUE VALUES (7, 4, '真丙网', '{bing.cn}');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (9, 7);
CALL pg_temp.bring(9);
SELECT pg_temp.state(9);
SET ROLE regress_icp_jing;
UPDATE beian.conflict SET settlement = 'revoke_left', reason = '冒用名称' WHERE kind = 'sponsor_name' AND left_sponsor = 3 AND right_sponsor = 4 RETURNING state;
RESET ROLE;
SELECT s.id, s.status, t.id AS site, t.status AS site_status FROM beian.sponsor s JOIN beian.site t ON t.sponsor_id = s.id WHERE s.id = 3 ORDER BY t.id;
-- both who stood against it are free: by name, and by the site's domain
SELECT id, state FROM beian.application WHERE id IN (8, 9) ORDER BY id;
-- (three.cn is 7's by now, of the same account)
SELECT count(*) AS against FROM beian.blocking_conflicts(8);

-- 4. A side gives up its claim: the other goes on when somebody looks again.
INSERT INTO beian.site (id, sponsor_id, name, domains) OVERRIDING SYSTEM VALUE VALUES (8, 1, '甲五', '{five.cn}'), (9, 2, '乙五', '{five.cn}'), (10, 4, '丙六', '{six.cn}'), (11, 2, '乙六', '{six.cn}');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (10, 8), (11, 9), (12, 10), (13, 11);
CALL pg_temp.bring(10);
CALL pg_temp.bring(11);
CALL pg_temp.bring(12);
CALL pg_temp.bring(13);
SELECT id, state FROM beian.application WHERE id BETWEEN 10 AND 13 ORDER BY id;
SELECT * FROM beian.recheck_conflicts();
UPDATE beian.site SET status = 'withdrawn' WHERE id = 8;
UPDATE beian.site SET domains = '{}' WHERE id = 11;
SELECT * FROM pair WHERE key IN ('five.cn', 'six.cn');
SELECT id, state FROM beian.application WHERE id BETWEEN 10 AND 13 ORDER BY id;
-- who may
SET ROLE regress_icp_provider;
SELECT * FROM beian.recheck_conflicts();
SET ROLE regress_icp_yue;
SELECT * FROM beian.recheck_conflicts();
SELECT * FROM beian.recheck_conflicts(11);
SET ROLE regress_icp_jing;
SELECT * FROM beian.recheck_conflicts(11);
SELECT * FROM beian.recheck_conflicts() ORDER BY 1;
SET ROLE regress_icp_hu;
SELECT * FROM beian.recheck_conflicts(11);
SELECT * FROM beian.recheck_conflicts() ORDER BY 1;
SELECT * FROM beian.recheck_conflicts();
RESET ROLE;
SELECT id, state FROM beian.application WHERE id BETWEEN 10 AND 13 ORDER BY id;
SELECT actor, event, application_id, from_state, to_state FROM beian.event WHERE application_id BETWEEN 10 AND 13 AND from_state = 'conflicted' ORDER BY id;
SELECT * FROM beian.recheck_conflicts(999999);

-- Two applications of one sponsor stand in one conflict over its name: both are returned, or both go on.
INSERT INTO beian.sponsor (id, account_id, province, name) OVERRIDING SYSTEM VALUE VALUES (5, 1, '京', '戊公司'), (6, 2, '沪', '戊公司');
INSERT INTO beian.site (id, sponsor_id, domains) OVERRIDING SYSTEM VALUE VALUES (20, 5, '{w1.cn}'), (21, 5, '{w2.cn}'), (22, 6, '{w3.cn}'), (23, 6, '{w4.cn}');
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (20, 20), (21, 21), (22, 22), (23, 23);
CALL pg_temp.bring(20);
CALL pg_temp.bring(21);
CALL pg_temp.bring(22);
CALL pg_temp.bring(23);
UPDATE beian.conflict SET settlement = 'reject_left', reason = '名称冒用，电话 021-22222222' WHERE kind = 'sponsor_name' AND left_sponsor = 5;
SELECT id, state, reason FROM beian.application WHERE id BETWEEN 20 AND 23 ORDER BY id;

-- 5. Changes of a sponsor's name.
INSERT INTO beian.application (id, kind, sponsor_id) OVERRIDING SYSTEM VALUE VALUES (30, 'change_sponsor', 1), (31, 'change_sponsor', 1);
INSERT INTO beian.sponsor_change (application_id, name) VALUES (30, '乙 公司'), (31, '甲　公司');
SELECT application_id, claim_key FROM beian.sponsor_change ORDER BY 1;
SELECT * FROM pair WHERE "left" LIKE 'sponsor_change%' OR "right" LIKE 'sponsor_change%';
SELECT kind, key FROM beian.blocking_conflicts(30);
SELECT kind, key FROM beian.blocking_conflicts(31);
UPDATE beian.sponsor_change SET status = 'dropped' WHERE application_id = 30;
SELECT * FROM pair WHERE "left" LIKE 'sponsor_change%' OR "right" LIKE 'sponsor_change%';
SELECT count(*) AS claims FROM beian.claim WHERE holder = 'beian.sponsor_change'::regclass AND released_at IS NULL;
\set VERBOSITY terse
TRUNCATE beian.site_change;
TRUNCATE beian.sponsor_change;
\set VERBOSITY default

-- 6. Natural persons: the name with the credential, and nobody is shown the credential.
INSERT INTO beian.sponsor (id, account_id, province, name, nature, credential) OVERRIDING SYSTEM VALUE VALUES
	(40, 1, '京', '张伟', '个人', 'resident_id:11010519491231002X'), (41, 2, '沪', '张伟', '个人', 'resident_id:440524188001010014'),
	(42, 4, '京', '张 伟', '个人', 'resident_id:11010519491231002x'), (43, 2, '沪', '张伟', '个人', NULL), (44, 4, '京', '张伟', '个人', ' '),
	(45, 4, '京', '张伟', '企业', 'resident_id:11010519491231002X'), (46, 2, '沪', '张伟', NULL, NULL);
SELECT id, claim_key IS NULL AS by_name, claim_key = '' AS nothing, split_part(claim_key, ' ', 1) AS name FROM beian.sponsor WHERE id BETWEEN 40 AND 46 ORDER BY id;
SELECT * FROM pair WHERE key LIKE '张%';
SELECT count(*) AS shown FROM beian.conflict WHERE key ~ '[0-9]{8}' OR cause ~ '[0-9]{8}';
-- who becomes a person, or none, claims anew
UPDATE beian.sponsor SET nature = '个人' WHERE id = 46;
UPDATE beian.sponsor SET nature = '企业' WHERE id = 42;
SELECT * FROM pair WHERE key LIKE '张%';
UPDATE beian.sponsor SET credential = 'resident_id:440524188001010014' WHERE id = 40;
SELECT * FROM pair WHERE key LIKE '张%' AND state = 'open';
-- a company of a claim_key of its own has none
INSERT INTO beian.sponsor (id, account_id, province, name, claim_key) OVERRIDING SYSTEM VALUE VALUES (47, 1, '京', '己公司', 'anything') RETURNING claim_key;
-- and it stays cheap: 2000 of one name in three accounts
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) SELECT (ARRAY[1, 2, 4])[1 + i % 3], '京', '王芳', '个人', 'passport:G' || 10000000 + i FROM generate_series(1, 2000) i;
SELECT count(*) AS conflicts FROM beian.conflict WHERE key = '王芳';
-- a change of the credential is a change of the claim
UPDATE beian.sponsor SET status = 'filed', number = '沪ICP备12000043号' WHERE id = 43;
INSERT INTO beian.application (id, kind, sponsor_id) OVERRIDING SYSTEM VALUE VALUES (32, 'change_sponsor', 43);
INSERT INTO beian.sponsor_change (application_id, credential) VALUES (32, 'resident_id:440524188001010014');
SELECT * FROM pair WHERE key LIKE '张%' AND ("left" LIKE '%change%' OR "right" LIKE '%change%');
-- emptied, the nature makes it a company's name, and the credential nobody's
UPDATE beian.sponsor_change SET credential = NULL, cleared = '{nature}' WHERE application_id = 32 RETURNING claim_key;
UPDATE beian.sponsor_change SET cleared = '{credential}' WHERE application_id = 32 RETURNING claim_key = '' AS nothing;
UPDATE beian.sponsor_change SET cleared = '{email}' WHERE application_id = 32 RETURNING claim_key IS NULL AS unchanged;

-- 7. The same name of a site in another account is a warning, code 1020, and stops nothing.
INSERT INTO beian.site (id, sponsor_id, name, domains) OVERRIDING SYSTEM VALUE VALUES (50, 1, '示例 之家', '{n1.cn}'), (51, 1, '示例之家', '{n2.cn}'), (52, 2, '示例之家', '{n3.cn}'), (53, 2, '別處', '{n4.cn}'), (54, 1, '', '{n5.cn}'), (55, 2, '', '{n6.cn}');
SELECT id, name, name_key FROM beian.site WHERE id BETWEEN 50 AND 55 ORDER BY id;
INSERT INTO beian.application (id, site_id) OVERRIDING SYSTEM VALUE VALUES (50, 50), (52, 52), (53, 53), (54, 54);
SELECT * FROM beian.find_site_name_rivals('示例之家', 2) ORDER BY 1;
SELECT * FROM beian.find_site_name_rivals('示 例之家', 1) ORDER BY 1;
SELECT count(*) FROM beian.find_site_name_rivals('', 1);
CALL pg_temp.bring(52);
CALL pg_temp.bring(53);
SELECT pg_temp.state(52), pg_temp.state(53);
SELECT application_id, site_id, row_id, code, field, found, severity, message_zh, message_en, province_code FROM beian.warning WHERE code = '1020' ORDER BY application_id;
SELECT count(*) AS conflicts FROM beian.conflict WHERE kind NOT IN ('domain', 'homepage', 'sponsor_name');
UPDATE beian.site SET name = '别处' WHERE id = 53 RETURNING name_key;
UPDATE beian.site SET name = '別處' WHERE id = 53 RETURNING name_key;
UPDATE beian.site SET name = NULL WHERE id = 53 RETURNING name_key;
UPDATE beian.site SET name = repeat('ﷺ', 600) WHERE id = 53 RETURNING name_key, octet_length(name);
-- a change of the name too; and of very many no more than a hundred are counted
INSERT INTO beian.site (sponsor_id, name) SELECT 2, '个人主页' FROM generate_series(1, 150);
INSERT INTO beian.application (id, kind, site_id) OVERRIDING SYSTEM VALUE VALUES (55, 'change_site', 1);
INSERT INTO beian.site_change (application_id, name) VALUES (55, '个人主页');
SELECT count(*) FROM beian.find_site_name_rivals('个人主页', 1);
SELECT count(*) FROM beian.find_site_name_rivals('个人主页', 1, 1000);
CALL pg_temp.bring(55);
SELECT application_id, found, message_zh, message_en FROM beian.warning WHERE code = '1020' AND application_id = 55;
-- a bureau asks, and sees those of its province
SET ROLE regress_icp_hu;
SELECT site_id, status FROM beian.find_site_name_rivals('示例之家', 1);
SELECT count(*) FROM beian.find_site_name_rivals('示例之家', 2);
RESET ROLE;

-- Every live claim is what its row says, changes included.
WITH said AS (
	SELECT 'domain' AS kind, d::text AS key, 'beian.site_change'::regclass AS holder, c.application_id AS id, c.account_id, c.province_code
	  FROM beian.site_change c, icp.domains(c.domains) d WHERE c.status = 'pending'
	UNION ALL SELECT 'homepage', icp.homepage_key(c.homepage), 'beian.site_change'::regclass, c.application_id, c.account_id, c.province_code
	  FROM beian.site_change c WHERE c.homepage IS NOT NULL AND c.status = 'pending'
	UNION ALL SELECT 'sponsor_name', c.claim_key, 'beian.sponsor_change'::regclass, c.application_id, c.account_id, c.province_code
	  FROM beian.sponsor_change c WHERE c.claim_key <> '' AND c.status = 'pending'
	UNION ALL SELECT 'sponsor_name', coalesce(s.claim_key, s.name_key), 'beian.sponsor'::regclass, s.id, s.account_id, s.province_code
	  FROM beian.sponsor s WHERE s.claim_key IS DISTINCT FROM '' AND s.status IN ('draft', 'filed')), kept AS (
	SELECT kind, key, holder, holder_id, account_id, province_code FROM beian.claim WHERE released_at IS NULL AND holder <> 'beian.site'::regclass)
SELECT (SELECT count(*) FROM (TABLE said EXCEPT ALL TABLE kept) x) AS missing, (SELECT count(*) FROM (TABLE kept EXCEPT ALL TABLE said) x) AS too_many;
SELECT * FROM icp.check_registry();
SELECT icp.rekey_registry();

DROP VIEW pair;
DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DROP ROLE regress_icp_jing, regress_icp_hu, regress_icp_yue, regress_icp_ministry, regress_icp_provider;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
