-- The verification sheet (真实性核验单): what it must hold, who enters and sees it, when it is closed, how long it is kept.
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SET timezone = 'Asia/Shanghai';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_s2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_min IN ROLE icp_ministry;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b'), (1, 'c');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1), ('regress_icp_s2', 'sponsor', NULL, NULL, 2),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL),
	('regress_icp_min', 'ministry', NULL, NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, nature, credential, principal_name) VALUES
	(1, '京', '甲网络（北京）有限公司', '企业', 'uscc:91110000600037341L', '张三'),
	(2, '沪', '乙公司', '企业', NULL, NULL),
	(3, '京', '李四', '个人', 'resident_id:11010519491231002X', '李四');
INSERT INTO beian.site (sponsor_id, name, domains, homepage) VALUES
	(1, '甲网', '{jia.cn,jia.com}', 'www.jia.cn'), (2, '乙网', '{yi.cn}', 'www.yi.cn'), (3, '李四的网页', '{lisi.cn}', 'www.lisi.cn');
INSERT INTO beian.application (site_id) VALUES (1), (2), (3);
UPDATE beian.application SET state = 'submitted';

-- 1. No sheet, no step

-- before the visit there is none
SET ROLE regress_icp_p1;
INSERT INTO beian.verification (application_id, verified_by) VALUES (1, '王核验');
UPDATE beian.application SET state = 'pre_verified' WHERE id IN (1, 3);
UPDATE beian.application SET state = 'verified' WHERE id = 1;
SELECT beian.sheet_problems(1);
-- for another provider's application, in its name, or for nothing at all
INSERT INTO beian.verification (application_id, verified_by) VALUES (2, '王核验');
RESET ROLE;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 2;
SET ROLE regress_icp_p1;
INSERT INTO beian.verification (application_id, verified_by) VALUES (2, '王核验');
INSERT INTO beian.verification (application_id, provider_id, verified_by) VALUES (1, 2, '王核验');
INSERT INTO beian.verification (verified_by) VALUES ('王核验');
INSERT INTO beian.verification (site_id, provider_id, verified_by) VALUES (1, 1, '王核验');
SELECT beian.sheet_problems(2);

-- 2. An empty sheet: every item is asked for

INSERT INTO beian.verification (application_id, verified_by) VALUES (1, '王核验')
	RETURNING sponsor_id, site_id, provider_id, province_code, entered_by, closed_at, seen;
SELECT max(id) AS one FROM beian.verification \gset
SELECT beian.sheet_problems(1);
UPDATE beian.application SET state = 'verified' WHERE id = 1;
-- filled, but for papers, domains and access
UPDATE beian.verification SET place = '北京市海淀区备案现场', sheet_number = 'HY-1', sheet_format = '2010',
	sponsor_holder = '甲网络(北京)有限公司', sponsor_credential = 'org_code:60003734-1', sponsor_original = true, sponsor_source = '工商: 相符',
	principal_holder = '张三丰', principal_credential = 'resident_id:11010519491231002X', principal_original = true, principal_source = '公安: 相符',
	in_person = true, person_matches = true, photo_digest = sha256('photo'), photo_width = 640, photo_height = 480,
	photo_taken_at = now(), photo_backdrop = 'BJ-01', sponsor_true = true, contact_true = true, site_true = true, access_true = true,
	agreement_on = '2010-06-01', agreement_signer = '赵六', signer_capacity = 'authorised', sponsor_signed = true, stamped = true, copy_form = 'scan';
SELECT beian.sheet_problems(1);
-- the credential that was read is the one that was entered: kind and number
UPDATE beian.verification SET sponsor_credential = 'uscc: 91110000600037341l', principal_holder = '张三', photo_width = 800, photo_height = 600;
SELECT beian.sheet_problems(1);
-- the photograph's size is a setting; a check by camera has none, where it is accepted
UPDATE beian.verification SET photo_width = 480, photo_height = 640, in_person = false, place = NULL;
SELECT beian.sheet_problems(1) AS problem INTERSECT SELECT unnest('{photograph of the principal (负责人照片): is not of 800x600 pixels (2 二(二)1(4)),principal in person (负责人当面核验): did not come (2 二(二)1(3)),place of verification (备案现场): not recorded (2 二(二)1(3))}'::text[]) ORDER BY 1;
UPDATE beian.verification SET method = 'remote';
SELECT count(*) AS papers_domains_access FROM beian.sheet_problems(1);
RESET ROLE;
UPDATE beian.setting SET value = 'off' WHERE name = 'remote_verification';
SELECT p FROM beian.sheet_problems(1) p WHERE p ~ 'remote';
UPDATE beian.setting SET value = 'on' WHERE name = 'remote_verification';
UPDATE beian.setting SET value = '' WHERE name = 'photo_size';
SET ROLE regress_icp_p1;
UPDATE beian.verification SET method = 'on_site', in_person = true, place = '北京市海淀区备案现场';
SELECT count(*) AS papers_domains_access FROM beian.sheet_problems(1);

-- papers, each by its digest
INSERT INTO beian.verification_document (verification_id, kind, sha256, pages, stored_at)
SELECT :one, k, sha256(k::bytea), 1, 'archive/1' FROM unnest('{sheet,unit_credential,principal_credential,agreement,authorisation}'::text[]) k
RETURNING kind, province_code;
INSERT INTO beian.verification_document (verification_id, kind, sha256) VALUES (:one, 'other', '\x00');
INSERT INTO beian.access (site_id, provider_id, ips, mode, server_province) VALUES (1, 1, '{[8.8.8.8,8.8.8.8]}', '虚拟主机', '京');
-- each domain's owner: the sponsor, or for a unit who may lend it
INSERT INTO beian.verification_domain (verification_id, domain, holder) VALUES (:one, 'jia.cn', '甲网络（北京）有限公司'), (:one, 'jia.com', '王五');
SELECT beian.sheet_problems(1);
UPDATE beian.verification_domain SET relation = 'principal' WHERE domain::text = 'jia.com';
SELECT beian.sheet_problems(1);
UPDATE beian.verification_domain SET holder = '张三' WHERE domain::text = 'jia.com';
SELECT count(*) AS problems FROM beian.sheet_problems(1);
UPDATE beian.verification_domain SET relation = 'shareholder', holder = '甲集团', source = 'certificate' WHERE domain::text = 'jia.com';
SELECT count(*) AS problems FROM beian.sheet_problems(1);

-- an individual: no unit's papers, signs himself, owns the domain himself
INSERT INTO beian.verification (application_id, verified_by, place, sponsor_holder, sponsor_credential, sponsor_original, principal_holder,
	principal_credential, principal_original, in_person, person_matches, photo_digest, photo_width, photo_height, sponsor_true, contact_true, site_true,
	access_true, agreement_on, agreement_signer, signer_capacity, sponsor_signed, stamped, copy_form)
VALUES (3, '王核验', '北京', '李四', 'resident_id:11010519491231002x', true, '李四', 'resident_id:110105491231002', true, true, true, sha256('p'), 800, 600,
	true, true, true, true, '2010-06-01', '王五', 'authorised', true, true, 'paper');
SELECT max(id) AS three FROM beian.verification \gset
INSERT INTO beian.verification_document (verification_id, kind, sha256) VALUES (:three, 'principal_credential', sha256('a')), (:three, 'agreement', sha256('b'));
INSERT INTO beian.verification_domain (verification_id, domain, holder, relation) VALUES (:three, 'lisi.cn', '王五', 'senior_manager');
INSERT INTO beian.access (site_id, provider_id) VALUES (3, 1);
SELECT beian.sheet_problems(3);
UPDATE beian.verification SET agreement_signer = '李四', signer_capacity = 'self' WHERE id = :three;
UPDATE beian.verification_domain SET holder = '李四' WHERE verification_id = :three;
SELECT count(*) AS problems FROM beian.sheet_problems(3);

-- 3. The step, the report that closes the sheet, and who sees it

UPDATE beian.application SET state = 'verified' WHERE id IN (1, 3);
SELECT id, state FROM beian.application ORDER BY id;
-- what changes between the two steps is seen at the report
UPDATE beian.verification SET stamped = false WHERE id = :one;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
UPDATE beian.verification SET stamped = true WHERE id = :one;
RESET ROLE;
-- (the form rules are another test's subject; here the owner reports, whom they do not stop)
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT a.state, v.closed_at IS NOT NULL AS closed FROM beian.application a JOIN beian.verification v ON v.application_id = a.id WHERE a.id = 1;
SET ROLE regress_icp_p1;
UPDATE beian.verification SET place = '别处' WHERE id = :one;
SELECT beian.drop_verification_document(id) FROM beian.verification_document WHERE verification_id = :one;
UPDATE beian.verification_domain SET holder = '别人' WHERE verification_id = :one;
INSERT INTO beian.verification_document (verification_id, kind, sha256) VALUES (:one, 'other', sha256('late'));
INSERT INTO beian.verification (application_id, verified_by) VALUES (1, '王核验');
UPDATE beian.verification SET seen = true WHERE id = :one;
UPDATE beian.verification SET closed_at = NULL WHERE id = :one;
SELECT beian.drop_verification(:one);
RESET ROLE;
-- not by the owner either
UPDATE beian.verification SET place = '别处' WHERE id = :one;
UPDATE beian.verification SET closed_at = NULL WHERE id = :one;
UPDATE beian.verification SET application_id = 1 WHERE id = :three;
UPDATE beian.verification_domain SET verification_id = :one WHERE verification_id = :three;
DELETE FROM beian.verification_domain WHERE verification_id = :one;
TRUNCATE beian.verification_document;
TRUNCATE beian.verification CASCADE;
-- its sponsor and the bureau of its province see it; others do not
CREATE FUNCTION pg_temp.sees(role_name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', role_name);
	SELECT format('sheets of applications %s, documents %s, domains %s', (SELECT array_agg(application_id ORDER BY id) FROM beian.verification),
				  (SELECT count(*) FROM beian.verification_document), (SELECT count(*) FROM beian.verification_domain)) INTO found;
	RESET ROLE;
	RETURN found;
END $$;
SELECT r, pg_temp.sees(r) FROM unnest('{regress_icp_p1,regress_icp_p2,regress_icp_s1,regress_icp_s2,regress_icp_jing,regress_icp_hu,regress_icp_min}'::text[]) r;
SET ROLE regress_icp_s1;
INSERT INTO beian.verification (application_id, verified_by) VALUES (1, '自己');
UPDATE beian.verification SET stamped = true;
SET ROLE regress_icp_min;
UPDATE beian.verification SET seen = true;

-- 4. The bureau sees the sheet before it approves (4 §18(三)2)

SET ROLE regress_icp_hu;
UPDATE beian.verification SET seen = true;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.verification SET stamped = false WHERE id = :one;
UPDATE beian.verification SET seen = true WHERE id = :three;
UPDATE beian.verification SET seen = true WHERE id = :one RETURNING seen, seen_by, seen_at = now() AS seen_now;
UPDATE beian.verification SET seen = false WHERE id = :one;
-- refused: the provider verifies anew, the old sheet stays and counts no more (2 二(二)2)
UPDATE beian.application SET state = 'returned', reason = '照片不清' WHERE id = 1;
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
INSERT INTO beian.verification (application_id, verified_by, place, sponsor_holder, sponsor_credential, sponsor_original, principal_holder,
	principal_credential, principal_original, in_person, person_matches, photo_digest, photo_width, photo_height, sponsor_true, contact_true, site_true,
	access_true, agreement_on, agreement_signer, signer_capacity, sponsor_signed, stamped, copy_form, corrections)
SELECT application_id, verified_by, place, sponsor_holder, sponsor_credential, sponsor_original, principal_holder,
	principal_credential, principal_original, in_person, person_matches, photo_digest, 800, 600, sponsor_true, contact_true, site_true,
	access_true, agreement_on, agreement_signer, 'legal_representative', sponsor_signed, stamped, 'paper', '[{"field": "address", "old": "甲", "new": "乙"}]'
  FROM beian.verification WHERE id = :one;
SELECT max(id) AS new FROM beian.verification \gset
INSERT INTO beian.verification_document (verification_id, kind, sha256) SELECT :new, kind, sha256 FROM beian.verification_document WHERE verification_id = :one AND kind NOT IN ('sheet', 'authorisation');
INSERT INTO beian.verification_domain (verification_id, domain, holder, relation, source) SELECT :new, domain, holder, relation, source FROM beian.verification_domain WHERE verification_id = :one;
UPDATE beian.application SET state = 'verified' WHERE id = 1 RETURNING state;
RESET ROLE;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.verification SET seen = true WHERE id = :new;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SELECT state FROM beian.application WHERE id = 1;
SELECT application_id, closed_at IS NOT NULL AS closed, seen FROM beian.verification WHERE application_id = 1 ORDER BY id;
SELECT sponsor_id, provider_id, sheets, has_photo, has_credentials, has_agreement FROM beian.sponsor_file ORDER BY 1;
RESET ROLE;
-- the owner, who is exempt unless the setting says otherwise
UPDATE beian.application SET state = 'verified' WHERE id = 2 RETURNING state;
UPDATE beian.application SET state = 'reported' WHERE id = 2;
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (2, '乙网二', '{yi2.cn}');
INSERT INTO beian.application (site_id) VALUES (4) RETURNING id;
UPDATE beian.application SET state = 'submitted' WHERE id = 4;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 4;
UPDATE beian.application SET state = 'verified' WHERE id = 4;
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';
-- a change is checked face to face as it is proposed (4 §19(二)); a change of the site is not
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_principal', 1) RETURNING id AS change \gset
INSERT INTO beian.sponsor_change (application_id, principal_name) VALUES (:change, '新负责人');
UPDATE beian.application SET state = 'submitted' WHERE id = :change;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :change;
RESET ROLE;
\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
SELECT pg_temp.complete_sheet(:change);
SELECT application_id = :change AS of_change, sponsor_id, site_id, principal_holder FROM beian.verification ORDER BY id DESC LIMIT 1;
UPDATE beian.verification SET principal_holder = '张三' WHERE application_id = :change;
SET ROLE regress_icp_p1;
SELECT beian.sheet_problems(:change);
UPDATE beian.verification SET principal_holder = '新负责人', site_true = false, access_true = false WHERE application_id = :change;
UPDATE beian.application SET state = 'verified' WHERE id = :change RETURNING state;
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS change \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :change;
UPDATE beian.application SET state = 'verified' WHERE id = :change RETURNING state;
-- a new access: its provider verifies for itself (4 §18(五))
SET ROLE regress_icp_p2;
INSERT INTO beian.access (site_id, provider_id, ips) VALUES (1, 2, '{[8.8.4.4,8.8.4.4]}');
RESET ROLE;
SELECT id AS access FROM beian.access WHERE site_id = 1 AND provider_id = 2 \gset
INSERT INTO beian.application (kind, site_id, access_id) VALUES ('new_access', 1, :access) RETURNING id AS added \gset
SELECT provider_id FROM beian.application WHERE id = :added;
-- ... and it needs the filing password before the first step
SELECT beian.issue_password(1);
SELECT password AS secret FROM beian.password_to_show WHERE sponsor_id = 1 \gset
SET ROLE regress_icp_p2;
UPDATE beian.application SET state = 'submitted' WHERE id = :added;
SELECT beian.give_password(:added, :'secret');
UPDATE beian.application SET state = 'submitted' WHERE id = :added;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :added;
UPDATE beian.application SET state = 'verified' WHERE id = :added;
SELECT beian.sheet_problems(:added);
SET ROLE regress_icp_p1;
SELECT beian.sheet_problems(:added);
INSERT INTO beian.verification (application_id, verified_by) VALUES (:added, '王核验');
RESET ROLE;
SELECT pg_temp.complete_sheet(:added);
SELECT r, pg_temp.sees(r) FROM unnest('{regress_icp_p1,regress_icp_p2,regress_icp_s1,regress_icp_jing,regress_icp_hu}'::text[]) r;
SET ROLE regress_icp_p2;
UPDATE beian.application SET state = 'verified' WHERE id = :added RETURNING state;
RESET ROLE;

-- 5. Stock: filed sites whose provider has no sheet of them (2 三(一)6)

UPDATE beian.application SET state = 'approved' WHERE id = 2;
SELECT provider_id, site_id, sponsor_id, filed_at IS NOT NULL AS filed FROM beian.unverified_access ORDER BY 1;
SET ROLE regress_icp_p1;
SELECT site_id FROM beian.unverified_access;
INSERT INTO beian.verification (site_id, provider_id, verified_by) VALUES (2, 1, '王核验');
INSERT INTO beian.verification (site_id, provider_id, verified_by) VALUES (2, 2, '王核验');
SET ROLE regress_icp_p2;
SELECT site_id FROM beian.unverified_access;
INSERT INTO beian.verification (site_id, provider_id, verified_by) VALUES (2, 2, '赵核验') RETURNING application_id, sponsor_id, province_code;
SELECT site_id FROM beian.unverified_access;
RESET ROLE;

-- 6. Kept for five years after the filing ended (2 三(一)4, 4 §12(七))

SET ROLE regress_icp_p1;
SELECT beian.drop_verification(:one);
RESET ROLE;
DELETE FROM beian.verification WHERE id = :one;
UPDATE beian.site SET status = 'cancelled' WHERE id = 1;
\set VERBOSITY terse
DELETE FROM beian.verification WHERE id = :one;
\set VERBOSITY default
SELECT count(*) FROM beian.retention_due;
CREATE FUNCTION pg_temp.ended(ago interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE beian.site SET changed_at = now() - ago WHERE id = 1;
	SET LOCAL session_replication_role = origin;
END $$;
SELECT pg_temp.ended('5 years' - interval '1 day');
SELECT count(*) FROM beian.retention_due;
\set VERBOSITY terse
DELETE FROM beian.verification WHERE site_id = 1;
\set VERBOSITY default
SELECT beian.retention_until('2012-02-29 12:00+08'), beian.retention_until(NULL);
UPDATE beian.setting SET value = '3' WHERE name = 'retention_years';
SELECT beian.retention_until('2012-02-29 12:00+08');
UPDATE beian.setting SET value = '7' WHERE name = 'retention_years';
SELECT beian.retention_until('2012-02-29 12:00+08');
UPDATE beian.setting SET value = 'five' WHERE name = 'retention_years';
SELECT beian.retention_until('2012-02-29 12:00+08');
SELECT pg_temp.ended('5 years' + interval '1 day');
SET ROLE regress_icp_p2;
SELECT count(*) FROM beian.retention_due;
SELECT beian.drop_verification(:one);
SELECT beian.drop_verification(id) FROM beian.verification WHERE site_id = 1;
SET ROLE regress_icp_jing;
SELECT evidence, site_id, provider_id FROM beian.retention_due ORDER BY id;
SELECT beian.drop_verification(:one);
SET ROLE regress_icp_p1;
SELECT evidence, site_id, provider_id, kept_until < now() AS over FROM beian.retention_due ORDER BY id;
SELECT beian.drop_verification(id) FROM beian.retention_due WHERE evidence = 'verification' AND site_id = 1;
SELECT count(*) AS documents_left FROM beian.verification_document d WHERE d.verification_id = :one;
RESET ROLE;
SELECT * FROM icp.check_registry();

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_s2, regress_icp_jing, regress_icp_hu, regress_icp_min;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$ DECLARE r name; BEGIN FOR r IN SELECT name FROM made_role LOOP EXECUTE format('DROP ROLE %I', r); END LOOP; END $$;
