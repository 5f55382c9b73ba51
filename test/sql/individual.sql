-- Who is an individual (个人): one answer for rules, claims, blacklist and verification, however the nature is written.
SET client_min_messages = warning;
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
-- by name, by id, with white space of any kind; a bureau's own rows
INSERT INTO icp.nature_local (id, name, source, is_person) VALUES
	(105, '个体经营者', 'own', true), (104, '合作社', 'own', false), (12, '外国在华文化中心', 'own', true);
CREATE TABLE spelling (no integer GENERATED ALWAYS AS IDENTITY, nature text);
INSERT INTO spelling (nature) VALUES
	('个人'), ('5'), (' 个人 '), (E'\t5\r\n'), ('　个人　'), (U&'\00A05\2003'), ('105'), (' 个体经营者'), ('12'), ('外国在华文化中心'),
	('企业'), ('4'), ('104'), ('个 人'), (''), ('　'), ('55'), (NULL);
SELECT no, icp.is_individual(s.nature), beian.is_individual(s.nature),
	   'SITE-NAME-006' = ANY (icp.violation_codes(r, '2026-11-01')) AS rules,
	   beian.person_claim_key('x', s.nature, 'passport:E12345678') IS NOT NULL AS claims
  FROM spelling s, LATERAL (SELECT s.nature, '示例科技有限公司'::text AS site_name) r
 ORDER BY no;
SELECT provolatile, proparallel, proisstrict FROM pg_proc WHERE oid = 'icp.is_individual(text)'::regprocedure;

-- Namesakes are no conflict, whatever their nature is written like; one person in two accounts is.
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) SELECT 1, 'a' || i FROM generate_series(1, 8) i;
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES
	(1, '京', '张伟', '5', 'passport:E12345671'), (2, '京', '张伟', '　个人', 'passport:E12345672'),
	(3, '京', '张伟', E'\t5', 'passport:E12345673'), (4, '京', '张伟', '105', 'passport:E12345674'),
	(5, '京', '张伟', '个人', 'passport:E12345675'), (6, '京', '张伟', ' 5 ', 'passport:E12345675');
SELECT id, split_part(claim_key, ' ', 1) AS name FROM beian.sponsor ORDER BY id;
SELECT key, left_sponsor, right_sponsor, state FROM beian.conflict;
-- who becomes one, and who is none any more
UPDATE beian.sponsor SET nature = '4' WHERE id = 1;
UPDATE beian.sponsor SET nature = '5' WHERE id = 1;
SELECT id, split_part(claim_key, ' ', 1) AS name FROM beian.sponsor WHERE id = 1;
SELECT DISTINCT left_sponsor, right_sponsor FROM beian.conflict WHERE state = 'open' ORDER BY 1, 2;
-- a change of the nature proposes the other claim
UPDATE beian.sponsor SET status = 'filed', number = '京ICP备12000002号' WHERE id = 2;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 2);
INSERT INTO beian.sponsor_change (application_id, nature) SELECT id, '4' FROM beian.application WHERE sponsor_id = 2 RETURNING claim_key;
UPDATE beian.sponsor_change SET nature = ' 5' RETURNING split_part(claim_key, ' ', 1) AS name;
-- the list: an individual's name alone says nothing
INSERT INTO beian.blacklist (list, sponsor_id, reason) VALUES ('sponsor', 2, '冒用') RETURNING is_individual;
DROP SCHEMA beian CASCADE;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
