-- What somebody who may not see a record can learn of it by asking: nothing piece by piece, and nothing from a refusal.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'Asia/Shanghai';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT name FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
UPDATE beian.setting SET value = '5' WHERE name = 'password_cost';
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_s2 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one'), (2, 'two'), (NULL, 'stock');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1), ('regress_icp_s2', 'sponsor', NULL, NULL, 2), ('regress_icp_jing', 'bureau', '京', NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, nature, credential, credential_address, principal_name, principal_credential, mobile, email) VALUES
	(1, '京', '甲公司', '企业', 'org_code:000000000', '北京市西城区一号', '张三', 'id_card:11010519491231002X', '13800138000', 'jia@a.cn'),
	(3, '京', '乙公司', '企业', 'org_code:000000000', '北京市西城区二号', '李四', 'id_card:11010519491231002X', '13800138001', 'yi@b.cn'),
	(1, '京', '草公司', '企业', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (2, '乙网', '{b.cn}'), (3, '草网', '{c.cn}'), (1, '又一草网', '{d.cn}');
-- 1 is filed through provider 1, 2 is loaded stock that nobody serves, 3 and 4 are drafts
INSERT INTO beian.application (site_id, provider_id) VALUES (1, 1), (2, 1);
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'pre_verified';
UPDATE beian.application SET state = 'verified';
UPDATE beian.application SET state = 'reported';
UPDATE beian.application SET state = 'approved';
SET session_replication_role = replica;
UPDATE beian.access SET status = 'cancelled' WHERE site_id = 2;
SET session_replication_role = origin;
INSERT INTO beian.application (site_id) VALUES (3);
SELECT password AS secret FROM beian.password_to_show WHERE sponsor_id = 1 \gset
SELECT max(id) AS last_notice FROM beian.notice \gset

-- What a role is answered; one line, so that answers can be compared.
CREATE FUNCTION pg_temp.answer(who text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message	text;
	detail	text;
	code	text;
BEGIN
	EXECUTE format('SET ROLE %I', who);
	BEGIN
		EXECUTE what;
		RESET ROLE;
		RETURN 'done';
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, code = RETURNED_SQLSTATE;
	END;
	RESET ROLE;
	RETURN concat_ws(' ', code, regexp_replace(message, '\d+', 'N', 'g'), regexp_replace(nullif(detail, ''), '\d+', 'N', 'g'));
END $$;

-- 1. A new access: no step, no sheet and no message before the password was right
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 1, 2) RETURNING id AS added \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :added;
SELECT beian.give_password(:added, 'wrong');
UPDATE beian.application SET state = 'submitted' WHERE id = :added;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :added;
INSERT INTO beian.verification (application_id, verified_by) VALUES (:added, '王核验');
SELECT beian.sheet_problems(:added);
RESET ROLE;
SELECT count(*) AS messages FROM beian.notice WHERE id > :last_notice;
-- with it, the sheet is told as far as it is the provider's own paper
SET ROLE regress_icp_p2;
SELECT beian.give_password(:added, :'secret');
UPDATE beian.application SET state = 'submitted' WHERE id = :added;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :added RETURNING state;
INSERT INTO beian.verification (application_id, verified_by, place, in_person, person_matches, photo_digest, photo_width, photo_height,
	sponsor_holder, sponsor_credential, sponsor_original, principal_holder, principal_credential, principal_original, sponsor_true, contact_true,
	site_true, access_true, agreement_on, agreement_signer, signer_capacity, sponsor_signed, stamped, copy_form)
VALUES (:added, '王核验', '备案现场', true, true, sha256('photo'), 800, 600, '甲公司', 'org_code:111111111', true, '王五', 'id_card:110105194912310011',
	true, true, true, true, true, '2010-06-01', '甲公司', 'legal_representative', true, true, 'paper') RETURNING id AS sheet \gset
SELECT beian.sheet_problems(:added);
INSERT INTO beian.verification_document (verification_id, kind, sha256) VALUES (:sheet, 'unit_credential', sha256('1')), (:sheet, 'principal_credential', sha256('2')), (:sheet, 'agreement', sha256('3'));
INSERT INTO beian.verification_domain (verification_id, domain, holder) VALUES (:sheet, 'a.cn', '丁公司');
-- and of the record yes or no to the whole: the same words, whichever is wrong
SELECT beian.sheet_problems(:added);
UPDATE beian.verification_domain SET holder = '甲公司' WHERE verification_id = :sheet;
SELECT beian.sheet_problems(:added);
UPDATE beian.verification SET sponsor_credential = 'org_code:000000000', principal_holder = '张三' WHERE id = :sheet;
SELECT beian.sheet_problems(:added);
UPDATE beian.application SET state = 'verified' WHERE id = :added;
UPDATE beian.verification SET principal_credential = 'id_card:11010519491231002X' WHERE id = :sheet;
SELECT beian.sheet_problems(:added);
UPDATE beian.application SET state = 'verified' WHERE id = :added RETURNING state;
RESET ROLE;
-- each question is on record; who may see the record sees who asked, and is told piece by piece as before
SELECT actor, new_values FROM beian.event WHERE event = 'compare' ORDER BY id;
UPDATE beian.verification SET principal_holder = '王五' WHERE id = :sheet;
SET ROLE regress_icp_jing;
SELECT beian.sheet_problems(:added);
RESET ROLE;
UPDATE beian.verification SET principal_holder = '张三' WHERE id = :sheet;

-- ... so that nobody guesses a number in three thousand questions, whatever becomes of his transaction
CREATE FUNCTION pg_temp.guess(who text, app bigint, times int, OUT answered int, OUT refused int, OUT in_the_words text) LANGUAGE plpgsql AS $$
BEGIN
	answered := 0;
	refused := 0;
	FOR i IN 1 .. times LOOP
		BEGIN
			UPDATE beian.verification SET principal_credential = format('id_card:1101051949123%s', lpad(i::text, 5, '0')) WHERE application_id = app;
			EXECUTE format('SET ROLE %I', who);
			PERFORM beian.sheet_problems(app);
			answered := answered + 1;
			RAISE EXCEPTION 'undo';
		EXCEPTION WHEN raise_exception THEN
			NULL;
		WHEN object_not_in_prerequisite_state THEN
			refused := refused + 1;
			in_the_words := SQLERRM;
		END;
		RESET ROLE;
	END LOOP;
END $$;
SELECT * FROM pg_temp.guess('regress_icp_p2', :added, 30);
-- (the sponsor is told when a lock begins, not of each question)
SELECT template, recipient, count(*) FROM beian.notice WHERE id > :last_notice AND template = 'tries_locked' GROUP BY 1, 2;

-- 2. The letter: yes or no to the whole, and no step before yes
SET ROLE regress_icp_p2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('password_reset', 2, 2) RETURNING id AS letter \gset
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:letter, true, true, true, 'beian@two.cn');
SELECT beian.compare_reset_letter(:letter, '{"credential": "000000000", "credential_address": "北京市西城区二号", "principal_name": "李四", "principal_credential": "110105194912310011", "mobile": "13800138001", "site_principal_credential": "11010519491231002X", "site_mobile": "13800138001"}');
SELECT beian.compare_reset_letter(:letter, '{"credential": "111111111", "credential_address": "不知道", "principal_name": "王五", "principal_credential": "110105194912310011", "mobile": "13800138009", "site_principal_credential": "11010519491231002X", "site_mobile": "13800138001"}');
SELECT differences FROM beian.reset_letter WHERE application_id = :letter;
UPDATE beian.application SET state = 'submitted' WHERE id = :letter;
SELECT count(*) AS differing FROM beian.compare_reset_letter(:letter, '{"credential": "000000000", "credential_address": "北京市西城区二号", "principal_name": "李四", "principal_credential": "11010519491231002X", "mobile": "13800138001", "site_principal_credential": "11010519491231002X", "site_mobile": "13800138001"}');
UPDATE beian.application SET state = 'submitted' WHERE id = :letter RETURNING state;
RESET ROLE;
SELECT actor, new_values FROM beian.event WHERE event = 'compare' AND application_id = :letter ORDER BY id;
-- the provider of the account sees the record, and is told what differs
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('password_reset', 1) RETURNING id AS own_letter \gset
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:own_letter, true, true, true, 'beian@one.cn');
SELECT beian.compare_reset_letter(:own_letter, '{"credential": "000000000", "credential_address": "北京市西城区一号", "principal_name": "王五", "principal_credential": "110105194912310011", "mobile": "13800138000", "site_principal_credential": "11010519491231002X", "site_mobile": "13800138000"}');
RESET ROLE;

-- 3. What is refused is refused in the same words, whether it is there or not and whatever it says
-- an application about a draft, about nothing, about an access of another provider, or not this provider's to enter
SELECT DISTINCT pg_temp.answer('regress_icp_p2', q) FROM unnest(ARRAY[
	'INSERT INTO beian.application (kind, site_id, provider_id) VALUES (''new_access'', 3, 2)',
	'INSERT INTO beian.application (kind, site_id, provider_id) VALUES (''new_access'', 4, 2)',
	'INSERT INTO beian.application (kind, site_id, provider_id) VALUES (''new_access'', 999999, 2)',
	'INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES (''cancel_sponsor'', 3, 2)',
	'INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES (''cancel_sponsor'', 999999, 2)',
	'INSERT INTO beian.application (kind, site_id, provider_id) VALUES (''new_site'', 4, 2)',
	'INSERT INTO beian.application (kind, site_id, provider_id) VALUES (''new_site'', 1, 2)',
	'INSERT INTO beian.application (kind, site_id, access_id, provider_id) SELECT ''change_access'', 1, id, 2 FROM generate_series(1, 1) id',
	'INSERT INTO beian.application (kind, site_id, access_id, provider_id) VALUES (''change_access'', 1, 999999, 2)',
	'INSERT INTO beian.application (kind, access_id) VALUES (''cancel_access'', 1)',
	'INSERT INTO beian.application (kind, access_id) VALUES (''cancel_access'', 999999)',
	'INSERT INTO beian.application (kind, site_id, provider_id, account_id) VALUES (''new_access'', 1, 2, 2)',
	'INSERT INTO beian.application (kind, sponsor_id, provider_id, account_id) VALUES (''change_sponsor'', 2, 2, 1)']) q;
-- a sheet, a paper, a change, a letter, an approval, a finding
SELECT table_name, count(DISTINCT a), min(a)
  FROM (SELECT t AS table_name, pg_temp.answer('regress_icp_p2', replace(q, '#', id::text)) AS a
		  FROM (VALUES ('verification', 'INSERT INTO beian.verification (application_id, verified_by) VALUES (#, ''x'')'),
					   ('site_change', 'INSERT INTO beian.site_change (application_id, name) VALUES (#, ''x'')'),
					   ('sponsor_change', 'INSERT INTO beian.sponsor_change (application_id, name) VALUES (#, ''x'')'),
					   ('access_change', 'INSERT INTO beian.access_change (application_id, mode) VALUES (#, ''x'')'),
					   ('reset_letter', 'INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (#, true, true, true, ''a@b.cn'')'),
					   ('give_password', 'SELECT beian.give_password(#, ''x'')'),
					   ('ask_code', 'SELECT beian.ask_code(#)'),
					   ('give_code', 'SELECT beian.give_code(#, ''123456'')'),
					   ('compare_reset_letter', 'SELECT beian.compare_reset_letter(#, ''{}'')'),
					   ('sheet_problems', 'SELECT beian.sheet_problems(#)'),
					   ('judge', 'SELECT beian.judge(#)')) AS x(t, q),
			   -- a filing that is through, one under way, a letter, and none
			   unnest(ARRAY[1, 3, :own_letter, 999999]) AS id) x
 GROUP BY table_name ORDER BY table_name;
SELECT DISTINCT pg_temp.answer('regress_icp_p2', q) FROM unnest(ARRAY[
	'INSERT INTO beian.prior_approval (sponsor_id, kind, number, authority) VALUES (1, 1, ''1'', ''x'')',
	'INSERT INTO beian.prior_approval (sponsor_id, site_id, kind, number, authority) VALUES (1, 2, 1, ''1'', ''x'')',
	'INSERT INTO beian.prior_approval (application_id, kind, number, authority) VALUES (1, 1, ''1'', ''x'')',
	'INSERT INTO beian.prior_approval (application_id, sponsor_id, kind, number, authority) VALUES (1, 2, 1, ''1'', ''x'')',
	'INSERT INTO beian.prior_approval (sponsor_id, kind, number, authority) VALUES (999999, 1, ''1'', ''x'')']) q;
SELECT DISTINCT pg_temp.answer('regress_icp_p2', q) FROM unnest(ARRAY[
	'INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (1, ''phone'', ''x'')',
	'INSERT INTO beian.untrue_item (sponsor_id, site_id, item, how) VALUES (1, 2, ''phone'', ''x'')',
	'INSERT INTO beian.untrue_item (sponsor_id, item, how) VALUES (999999, ''phone'', ''x'')']) q;
UPDATE beian.account SET status = 'closed' WHERE id = 2;
SELECT DISTINCT pg_temp.answer('regress_icp_p1', format('INSERT INTO beian.sponsor (account_id, province, name) VALUES (%s, ''京'', ''x'')', a)) FROM unnest('{2,3,999999}'::int[]) a;
UPDATE beian.account SET status = 'open' WHERE id = 2;
-- the documents of others' sheets, closed or open
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_principal', 1) RETURNING id AS open \gset
SET session_replication_role = replica;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :open;
SET session_replication_role = origin;
INSERT INTO beian.verification (application_id, verified_by) VALUES (:open, '王核验') RETURNING id AS open_sheet \gset
SELECT count(DISTINCT a), min(a) FROM (SELECT pg_temp.answer('regress_icp_p2', format('INSERT INTO beian.verification_document (verification_id, kind, sha256) VALUES (%s, ''sheet'', sha256(''x''))', id)) AS a FROM unnest(ARRAY[:open_sheet, 999999]) id) x;

-- 4. That another application is under way is told without saying which
SELECT account_id, state FROM beian.application WHERE id = :letter;
INSERT INTO beian.provider (name, province) VALUES ('三号云', '沪');
CREATE ROLE regress_icp_p3 IN ROLE icp_provider;
INSERT INTO beian.member (role_name, role, provider_id) VALUES ('regress_icp_p3', 'provider', 3);
SET ROLE regress_icp_p3;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('password_reset', 2, 3) RETURNING id AS second \gset
-- not before it may go on at all
UPDATE beian.application SET state = 'submitted' WHERE id = :second;
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox) VALUES (:second, true, true, true, 'beian@three.cn');
SELECT count(*) AS differing FROM beian.compare_reset_letter(:second, '{"credential": "000000000", "credential_address": "北京市西城区二号", "principal_name": "李四", "principal_credential": "11010519491231002X", "mobile": "13800138001", "site_principal_credential": "11010519491231002X", "site_mobile": "13800138001"}');
UPDATE beian.application SET state = 'submitted' WHERE id = :second;
-- the sponsor's own hear which
RESET ROLE;
INSERT INTO beian.member (role_name, role, account_id) VALUES ('regress_icp_s2', 'sponsor', 3);
SET ROLE regress_icp_s2;
INSERT INTO beian.application (kind, sponsor_id, provider_id) VALUES ('password_reset', 2, 3) RETURNING id AS third \gset
\set VERBOSITY terse
UPDATE beian.application SET state = 'submitted' WHERE id = :third;
\set VERBOSITY default
RESET ROLE;

-- 5. A list whose credentials only bureaux see is asked last: what has other faults does not hear of it
INSERT INTO beian.blacklist (list, name, is_individual, credential, reason) VALUES ('sponsor', '王五', true, 'id_card:11010519491231002X', '违法');
SET ROLE regress_icp_p2;
SELECT name FROM beian.blacklist;
SELECT credential FROM beian.blacklist;
RESET ROLE;
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES (2, '京', '赵六', '个人', 'id_card:11010519491231002X') RETURNING id AS guesser \gset
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (:guesser, '网', '{e.cn}') RETURNING id AS guess_site \gset
INSERT INTO beian.application (site_id) VALUES (:guess_site) RETURNING id AS guess \gset
UPDATE beian.setting SET value = 'off' WHERE name = 'exempt_owner';
SELECT count(*) > 0 AS has_faults, count(*) FILTER (WHERE p ~ '黑名单') AS of_the_list FROM beian.report_problems(:guess) p;
UPDATE beian.setting SET value = 'on' WHERE name = 'exempt_owner';
SELECT p ~ '黑名单' AS otherwise FROM beian.report_problems(:guess) p;

-- 6. Functions that row security asks answer about others' records nothing
SET ROLE regress_icp_p2;
SELECT beian.is_served_in(1, '{11}') AS served, beian.filing_ended_at(3, 3) AS ended, beian.may_alter(3) AS may_alter, beian.has_to_do_with(2, 1) AS by_a_draft;
RESET ROLE;
SELECT beian.cancel_site(1, 'test');
SET ROLE regress_icp_p2;
-- (its sheet is still to be kept)
SELECT beian.filing_ended_at(1, 1) IS NOT NULL AS told_to_who_keeps_a_sheet;
SET ROLE regress_icp_p3;
SELECT beian.filing_ended_at(1, 1) AS told_to_others;
RESET ROLE;
SELECT * FROM beian.verify_log();
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_p3, regress_icp_s1, regress_icp_s2, regress_icp_jing;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
