-- Notices: their texts, who gets which at which step, how they are delivered, and who sees what of them.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

-- The two texts that the law fixes, word for word (2 二(二)1(2)), and as the source that was found prints them, in traditional characters.
SELECT code, channel, recipient, events,
	   text_zh = CASE code
		WHEN 'precheck_passed' THEN '您提交的网站备案信息已通过预核验，请在1个月内由网站负责人本人携带有关证件原件到我单位备案现场办理核验手续'
		WHEN 'precheck_failed' THEN '您提交的网站备案信息未通过预核验，请修改后重新提交' END AS words,
	   icp.name_key(text_zh) = icp.name_key(CASE code
		WHEN 'precheck_passed' THEN '您提交的網站備案信息已通過預核驗,請在1個月內由網站負責人本人攜帶有關證件原件到我單位備案現場辦理核驗手續'
		WHEN 'precheck_failed' THEN '您提交的網站備案信息未通過預核驗,請修改后重新提交' END) AS same_as_source
  FROM icp.notice_template WHERE is_of_law ORDER BY code;
-- every template: known kinds, steps that are there, an English text, the secrets in the text
SELECT code FROM icp.notice_template t, unnest(t.kinds) k
 WHERE k NOT IN ('new_filing', 'new_site', 'new_access', 'change_sponsor', 'change_principal', 'change_site', 'change_access',
				 'cancel_sponsor', 'cancel_site', 'cancel_access', 'licence', 'password_reset');
SELECT code, e FROM icp.notice_template t, unnest(t.events) e
 WHERE e NOT LIKE 'sms%' AND NOT EXISTS (SELECT FROM icp.transition x WHERE x.event = e);
SELECT code FROM icp.notice_template t WHERE text_en = '' OR clause = '' OR EXISTS (SELECT FROM unnest(t.secrets) s WHERE strpos(text_zh, '{' || s || '}') = 0);
SELECT code, recipient, channel, events, kinds, secrets, useful_for, clause FROM icp.notice_template ORDER BY 1, 2, 3;

-- Values go in in one pass: what they contain is not looked at again.
SELECT t, icp.fill_notice(t, '{"a": "{b}", "b": "B", "n": null, "num": 7, "q": "x''\"\\1{{"}') FROM unnest('{"no place","{a} and {b}","{a}{a}{{b}}","{n}|{missing}|{num}","{q}","{","a {","{B} {a b} {}","","{a"}'::text[]) t;
SELECT icp.fill_notice(NULL, '{}'), icp.fill_notice('x', NULL);
SELECT a, icp.mask_address(a) FROM unnest('{zhang@example.cn,z@a.cn,"a@b@example.cn",13800138000,010-12345678,1234567,@,@a.cn,""}'::text[]) a;

INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b'), (2, 'c');
INSERT INTO beian.sponsor (account_id, province, name, email, phone) VALUES
	(1, '京', '甲公司', 'jia@example.cn', '13800138000'), (2, '京', '乙公司', NULL, '010-61230987'), (3, '沪', '丙公司', 'bing@example.cn', '13900139000');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (2, '乙网', '{b.cn}'), (3, '丙网', '{c.cn}');

-- Each step tells whom the templates say, by mail, short message, or in the task list.
INSERT INTO beian.application (site_id) VALUES (1);
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
SELECT count(*) AS so_far FROM beian.notice;
UPDATE beian.application SET state = 'returned', reason = '证件不清' WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
UPDATE beian.application SET state = 'returned', reason = '域名所有者与{sponsor}不符' WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
UPDATE beian.application SET state = 'conflicted' WHERE id = 1;
UPDATE beian.application SET state = 'reviewing' WHERE id = 1;
UPDATE beian.application SET state = 'returned', reason = '资料不全' WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SELECT row_number() OVER (ORDER BY id) AS n, template, recipient, channel, address, regexp_replace(text, '备\d{4}', '备YYYY') AS text, state
  FROM beian.notice WHERE template NOT IN ('conflict_found', 'password') ORDER BY id;
SELECT recipient, channel, application_id, sponsor_id, province_code, account_id, provider_id, delivered_at = at AS at_once, has_secret, count(*)
  FROM beian.notice WHERE template NOT IN ('conflict_found', 'password') GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2;
-- the address is elsewhere, and only of what is to be sent
SELECT n.channel, s.address, s.text, count(*) FROM beian.notice n LEFT JOIN beian.notice_secret s ON s.notice_id = n.id WHERE n.template NOT IN ('conflict_found', 'password') GROUP BY 1, 2, 3 ORDER BY 1, 2;
-- a sponsor without mailbox and mobile number cannot be told: that is on record
INSERT INTO beian.application (site_id) VALUES (2);
UPDATE beian.application SET state = 'submitted' WHERE id = 2;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 2;
SELECT template, channel, address, state, last_error FROM beian.notice WHERE application_id = 2;
-- the other kinds of application: what their approval tells, and whom
TRUNCATE beian.notice, beian.notice_secret;
CREATE FUNCTION pg_temp.pass(app bigint, VARIADIC states text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s	text;
BEGIN
	FOREACH s IN ARRAY states LOOP
		UPDATE beian.application SET state = s WHERE id = app;
	END LOOP;
END
$$;
INSERT INTO beian.access (site_id, provider_id) VALUES (1, 2) RETURNING id AS access \gset
INSERT INTO beian.application (kind, site_id, access_id, provider_id) VALUES ('new_access', 1, :access, 2) RETURNING id \gset
SELECT pg_temp.pass(:id, 'submitted', 'pre_verified', 'verified', 'reported', 'approved');
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id \gset
SELECT pg_temp.pass(:id, 'submitted', 'verified', 'reported', 'approved');
INSERT INTO beian.application (kind, sponsor_id, licence) VALUES ('licence', 1, '京ICP证030173号') RETURNING id \gset
SELECT pg_temp.pass(:id, 'reviewing', 'approved');
INSERT INTO beian.application (kind, site_id) VALUES ('cancel_site', 1) RETURNING id \gset
SELECT pg_temp.pass(:id, 'submitted', 'reported', 'approved');
SELECT row_number() OVER (ORDER BY n.id) AS n, a.kind, n.template, n.recipient, n.channel, n.provider_id, regexp_replace(n.text, '备\d{4}', '备YYYY') AS text
  FROM beian.notice n LEFT JOIN beian.application a ON a.id = n.application_id
 WHERE n.template NOT IN ('precheck_passed', 'password', 'password_reset') ORDER BY n.id;

-- what is loaded or changed outside the workflow tells nobody
TRUNCATE beian.notice, beian.notice_secret;
UPDATE beian.application SET provider_id = 1;
INSERT INTO beian.access (site_id, provider_id, status) VALUES (2, 1, 'live');
SELECT count(*) FROM beian.notice;
-- a cancelled access: its provider stops it (4 §22(三))
UPDATE beian.access SET status = 'cancelled' WHERE site_id = 2;
SELECT template, recipient, provider_id, regexp_replace(text, '备\d{4}', '备YYYY') AS text, state FROM beian.notice;

-- By function: whom the values say, on each channel of the template.
TRUNCATE beian.notice, beian.notice_secret RESTART IDENTITY;
SELECT beian.send_notice('conflict_found', 1, 'rival', '{"sponsor_id": 3}');
SELECT beian.send_notice('interface_closed', NULL, NULL, '{"provider_id": 2, "reason": "记分达到80分"}');
SELECT beian.send_notice('handed_over', NULL, 'bureau', '{"provider_id": 2, "province_code": 31, "sites": 12, "to_provider": "一号云"}');
SELECT beian.send_notice('annual_review_opened', NULL, 'sponsor', '{"sponsor_id": 3, "year": 2030, "due": "2030-03-31"}');
SELECT beian.send_notice('password_reset', 2, 'provider', '{"password": "s3cret", "address": "letter@example.cn"}');
SELECT beian.send_notice('sms_code', 1, NULL, '{"code": "123456"}');
SELECT beian.send_notice('password', 1, 'sponsor', '{"password": "p4ss"}');
SELECT beian.send_notice('password', 1, 'bureau', '{}') AS no_such_recipient;
SELECT id, template, recipient, channel, address, text, state, account_id, provider_id, province_code AS province, useless_at - at AS useful, has_secret FROM beian.notice ORDER BY id;
SELECT notice_id, address, text FROM beian.notice_secret ORDER BY 1;
SELECT beian.send_notice('no_such_thing', 1);
SELECT beian.send_notice('password_reset', 2, 'provider', E'{"password": "x", "address": "a@example.cn\\r\\nBcc: b@example.cn"}') AS injected \gset
SELECT state, address, last_error FROM beian.notice WHERE id = :injected;

-- Delivery.
TRUNCATE beian.notice, beian.notice_secret RESTART IDENTITY;
SELECT beian.send_notice('annual_review_opened', NULL, 'sponsor', format('{"sponsor_id": 3, "year": %s, "due": "d"}', y)::jsonb) AS id FROM generate_series(1, 5) y;
SELECT beian.send_notice('sms_code', 1, NULL, '{"code": "123456"}') AS code \gset
SELECT beian.deliver_notice(1, true);
SELECT id, channel, address, text, tries FROM beian.take_notices(2, 'one');
SELECT id, channel, address, text, tries, taken_until > now() + interval '4 minutes' AS lease FROM beian.take_notices(10, 'two', 'sms');
SELECT id, tries FROM beian.take_notices(2, 'three');
SELECT id, state, taken_by, tries FROM beian.notice ORDER BY id;
SELECT beian.deliver_notice(1, true), beian.deliver_notice(2, false, '550 bing@example.cn: mailbox full'), beian.deliver_notice(:code, true);
SELECT beian.deliver_notice(1, false, 'again?'), beian.deliver_notice(1, true);		-- it is delivered, and stays so
SELECT id, state, last_error, delivered_at IS NOT NULL AS delivered,
	   CASE state WHEN 'failed' THEN round(extract(epoch FROM next_try_at - clock_timestamp()), -1) END AS next_in FROM beian.notice WHERE id IN (1, 2, :code) ORDER BY id;
-- what is delivered has left no address and no secret behind
SELECT notice_id FROM beian.notice_secret ORDER BY 1;
SELECT text FROM beian.notice WHERE id = :code;
-- a deliverer that died: after its time another one gets them, and its late answer counts only if it arrived
UPDATE beian.notice SET next_try_at = now() - interval '1 second' WHERE taken_by = 'three';
SELECT id, tries FROM beian.take_notices(10, 'four') WHERE id IN (3, 4);
SELECT beian.deliver_notice(3, false, 'late', 'three'), beian.deliver_notice(4, true, NULL, 'three');
SELECT id, state, taken_by, tries, last_error FROM beian.notice WHERE id IN (3, 4) ORDER BY id;
-- the pause doubles, up to the longest; the last try is the last
UPDATE beian.setting SET value = '4' WHERE name = 'notice_tries';
UPDATE beian.setting SET value = '3 minutes' WHERE name = 'notice_backoff_max';
CREATE FUNCTION pg_temp.fail(id bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result	text;
BEGIN
	UPDATE beian.notice n SET next_try_at = now() - interval '1 second' WHERE n.id = fail.id AND n.state IN ('queued', 'failed', 'taken');
	PERFORM FROM beian.take_notices(1, 'five') t WHERE t.id = fail.id;
	result := beian.deliver_notice(fail.id, false, 'refused');
	RETURN result || ' after ' || (SELECT tries FROM beian.notice n WHERE n.id = fail.id)
		|| coalesce(', next in ' || (SELECT round(extract(epoch FROM next_try_at - clock_timestamp()), -1) FROM beian.notice n WHERE n.id = fail.id AND n.state = 'failed'), '');
END
$$;
SELECT pg_temp.fail(5) FROM generate_series(1, 5);
SELECT state, last_error FROM beian.notice WHERE id = 5;
-- who takes it and never answers until it is too often
UPDATE beian.notice SET next_try_at = now() - interval '1 second', tries = 4 WHERE id = 3;
SELECT id FROM beian.take_notices(10, 'six') WHERE id = 3;
SELECT state, last_error FROM beian.notice WHERE id = 3;
-- dead ones are tried again at another address, or not, if they held a secret
SELECT beian.requeue_notice(5, 'new@example.cn');
SELECT beian.requeue_notice(3);
SELECT id, address, text, tries FROM beian.take_notices(10, 'seven');
SELECT beian.requeue_notice(5);
SELECT beian.requeue_notice(99);
SELECT beian.send_notice('sms_code', 1, NULL, '{"code": "654321"}') AS code \gset
UPDATE beian.notice SET useless_at = now() WHERE id = :code;
SELECT id FROM beian.take_notices(10, 'eight');
SELECT state, last_error FROM beian.notice WHERE id = :code;
SELECT count(*) AS secrets FROM beian.notice_secret WHERE text IS NOT NULL;
SELECT beian.requeue_notice(:code);
-- the same without any deliverer: the clock sees to it
SELECT beian.send_notice('sms_code', 1, NULL, '{"code": "654321"}') AS code \gset
UPDATE beian.notice SET useless_at = clock_timestamp() + interval '1 hour' WHERE id = :code;
SELECT beian.notice_clock() AS buried;
UPDATE beian.notice SET useless_at = clock_timestamp() WHERE id = :code;
SELECT beian.notice_clock() AS buried;
SELECT state FROM beian.notice WHERE id = :code;
SELECT count(*) AS secrets FROM beian.notice_secret WHERE text IS NOT NULL;
-- more than are there, and what is asked wrongly
SELECT count(*) FROM beian.take_notices(10000, 'nine');
\set VERBOSITY terse
SELECT * FROM beian.take_notices(0);
SELECT * FROM beian.take_notices(NULL);
SELECT * FROM beian.take_notices(10001);
SELECT beian.deliver_notice(1, NULL);
SELECT beian.deliver_notice(99, true);
\set VERBOSITY default

-- A bureau's own texts.
TRUNCATE beian.notice, beian.notice_secret RESTART IDENTITY;
INSERT INTO icp.notice_template_local (code, recipient, channel, text_zh, reason) VALUES ('filed', 'sponsor', 'mail', '【{bureau}】{site}：{number}', 'test');
INSERT INTO icp.notice_template_local (code, recipient, channel, is_used, reason) VALUES ('filed', 'sponsor', 'sms', false, 'test');
INSERT INTO icp.notice_template_local (code, recipient, channel, text_zh, events, reason) VALUES
	('to_review', 'bureau', 'task', '{sponsor}的{kind}申请{application}待审核。', '{check_pass}', 'test'),
	('empty', 'bureau', 'task', NULL, NULL, 'a text that is not there is not sent');
SELECT beian.send_notice('filed', 1);
SELECT beian.send_notice('empty', 1);
SELECT recipient, channel, regexp_replace(text, '备\d{4}', '备YYYY') AS text FROM beian.notice ORDER BY id;
UPDATE beian.application SET state = 'verified' WHERE id = 2;
UPDATE beian.application SET state = 'reported' WHERE id = 2;
SELECT template, recipient, province_code, text, state FROM beian.notice WHERE application_id = 2 ORDER BY id;
DELETE FROM icp.notice_template_local;
-- nobody is told anything
UPDATE beian.setting SET value = 'off' WHERE name = 'notices';
UPDATE beian.application SET state = 'returned', reason = 'r' WHERE id = 2;
SELECT beian.send_notice('filed', 1);
UPDATE beian.setting SET value = 'on' WHERE name = 'notices';
SELECT count(*) FROM beian.notice WHERE template = 'returned';

-- Who sees what: each its own, addresses masked, secrets nobody; who delivers: members "system".
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_s3 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_s1', 'sponsor', NULL, NULL, 1), ('regress_icp_s3', 'sponsor', NULL, NULL, 3),
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL, NULL), ('regress_icp_system', 'system', NULL, NULL, NULL);
TRUNCATE beian.notice, beian.notice_secret RESTART IDENTITY;
SELECT beian.send_notice('password', 1, 'sponsor', '{"password": "p4ss"}');		-- 1, 2: sponsor 1, through provider 1
SELECT beian.send_notice('conflict_found', 1, 'rival', '{"sponsor_id": 3}');		-- 3, 4: sponsor 3, through provider 2
SELECT beian.send_notice('filed', 1, 'provider');									-- 5: provider 1
SELECT beian.send_notice('handed_over', NULL, 'bureau', '{"provider_id": 2, "province_code": 11}');	-- 6: bureau of 京
CREATE FUNCTION pg_temp.as_role(r name, command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result	text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', r);
	EXECUTE command INTO result;
	RESET ROLE;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT role_name, pg_temp.as_role(role_name, $$SELECT string_agg(id::text, ',' ORDER BY id) FROM beian.notice$$) AS notices,
	   pg_temp.as_role(role_name, $$SELECT count(*) FROM beian.notice_secret$$) AS secrets,
	   pg_temp.as_role(role_name, $$SELECT count(*) FROM beian.take_notices(1, 'w')$$) AS taken,
	   pg_temp.as_role(role_name, $$SELECT beian.deliver_notice(1, false)$$) AS delivers,
	   pg_temp.as_role(role_name, $$SELECT beian.requeue_notice(1)$$) AS requeues
  FROM beian.member ORDER BY role_name;
SELECT role_name, pg_temp.as_role(role_name, $$SELECT beian.send_notice('password', 1)$$) AS sends,
	   pg_temp.as_role(role_name, $$UPDATE beian.notice SET state = 'delivered' RETURNING id$$) AS writes,
	   pg_temp.as_role(role_name, $$INSERT INTO beian.notice (template, recipient, channel, text) VALUES ('x', 'sponsor', 'task', 'x') RETURNING id$$) AS enters,
	   pg_temp.as_role(role_name, $$DELETE FROM beian.notice RETURNING id$$) AS deletes
  FROM beian.member ORDER BY role_name;
SELECT count(*) AS left_to_see FROM beian.notice WHERE address LIKE '%jia@%' OR text LIKE '%p4ss%';
SELECT has_table_privilege('icp_public', 'beian.notice', 'SELECT') AS public_sees;

DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DROP ROLE regress_icp_s1, regress_icp_s3, regress_icp_p1, regress_icp_p2, regress_icp_jing, regress_icp_hu, regress_icp_ministry, regress_icp_system;
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
