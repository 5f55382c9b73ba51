-- What each kind of application is for, and what its approval does; by members where a member's own rights matter.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪'), ('三号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'loaded');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL);
-- as the owner, through every state that its kind has
CREATE FUNCTION pg_temp.walk(app_id bigint, up_to text DEFAULT 'approved') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	steps	text := (SELECT k.steps FROM beian.application a JOIN icp.application_kind k ON k.code = a.kind WHERE a.id = app_id);
	step	text;
BEGIN
	FOREACH step IN ARRAY CASE steps WHEN 'F' THEN '{submitted,pre_verified,verified,reported,approved}' WHEN 'V' THEN '{submitted,verified,reported,approved}'
							   WHEN 'L' THEN '{reviewing,approved}' ELSE '{submitted,reported,approved}' END::text[] LOOP
		UPDATE beian.application SET state = step WHERE id = app_id;
		EXIT WHEN step = up_to OR (SELECT state = 'returned' FROM beian.application WHERE id = app_id);
	END LOOP;
	RETURN (SELECT state || coalesce(': ' || reason, '') FROM beian.application WHERE id = app_id);
END
$$;
CREATE FUNCTION pg_temp.y(text) RETURNS text LANGUAGE sql RETURN replace($1, '备' || extract(year FROM now() AT TIME ZONE 'Asia/Shanghai'), '备YYYY');
CREATE VIEW pg_temp.filed AS SELECT s.id AS sponsor, s.name, pg_temp.y(s.number::text) AS number, s.status, s.last_service_no AS last,
	(SELECT string_agg(pg_temp.y(t.number::text) || ' ' || t.status, ', ' ORDER BY t.id) FROM beian.site t WHERE t.sponsor_id = s.id) AS sites,
	(SELECT string_agg(c.site_id || '/' || c.provider_id || ' ' || c.status, ', ' ORDER BY c.id) FROM beian.access c JOIN beian.site t ON t.id = c.site_id WHERE t.sponsor_id = s.id) AS accesses
	FROM beian.sponsor s ORDER BY s.id;

-- 1. A new filing, then new sites of every service kind: one counter.
INSERT INTO beian.sponsor (account_id, province, name, phone) VALUES (1, '京', '甲公司', '010-1');
INSERT INTO beian.site (sponsor_id, kind, name, domains) VALUES (1, 'site', '甲网', '{a.cn}'), (1, 'app', '甲应用', '{}'), (1, 'mini_program', '甲小程序', '{}'), (1, 'quick_app', '甲快应用', '{}');
INSERT INTO beian.application (kind, site_id) VALUES ('new_site', 2);			-- its sponsor is not filed yet
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1);		-- nothing is, so nothing is changed (3 Q19)
INSERT INTO beian.application (kind, sponsor_id) VALUES ('cancel_sponsor', 1);	-- nor cancelled (3 Q21)
INSERT INTO beian.application (site_id) VALUES (1) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
SELECT * FROM pg_temp.filed;
INSERT INTO beian.application (kind, site_id) VALUES ('new_site', 2), ('new_site', 3), ('new_site', 4);		-- side by side (3 Q4)
SELECT format('SELECT pg_temp.walk(%s) AS "%s"', id, site_id) FROM beian.application WHERE kind = 'new_site' ORDER BY id DESC \gexec
SELECT * FROM pg_temp.filed;
INSERT INTO beian.application (kind, site_id) VALUES ('new_site', 2);
-- a first filing goes through one provider (4 §18(五))
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{two.cn}') RETURNING id AS t \gset
INSERT INTO beian.access (site_id, provider_id) VALUES (:t, 1), (:t, 2);
INSERT INTO beian.application (kind, site_id) VALUES ('new_site', :t) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
DELETE FROM beian.access WHERE site_id = :t AND provider_id = 2;
SELECT pg_temp.walk(:a);
SELECT string_agg(provider_id || ' ' || status, ', ') FROM beian.access WHERE site_id = :t;

-- 2. A new access: entered by the provider that is to be added, who does not see the record before (4 §18(五)).
SELECT password AS secret FROM beian.password_to_show WHERE sponsor_id = 1 \gset
SET ROLE regress_icp_p2;
SELECT count(*) AS sees FROM beian.site;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('change_site', 1, 2);		-- does not serve it
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 1, 1);			-- acts for itself only
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_site', 1, 2);
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 1, 2) RETURNING id AS a, access_id AS c \gset
SELECT kind, state, access_id = :c AS access, account_id, provider_id FROM beian.application;
SELECT id = :c AS own, site_id, provider_id, status FROM beian.access;
UPDATE beian.access SET ips = '{[5.6.7.8,5.6.7.8]}', mode = '虚拟主机' WHERE id = :c RETURNING ips;
SELECT beian.give_password(:a, :'secret');
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :a;
RESET ROLE;
UPDATE beian.application SET state = 'verified' WHERE id = :a;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
SET ROLE regress_icp_p2;
UPDATE beian.access SET mode = '主机托管' WHERE id = :c;		-- lies with the bureau, and stands still
SET ROLE regress_icp_hu;
UPDATE beian.application SET state = 'approved' WHERE id = :a;			-- not its province: not seen
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
RESET ROLE;
SELECT site_id, provider_id, ips, mode, status FROM beian.access WHERE site_id = 1 ORDER BY id;		-- beside the old one (4 §14(四))
SET ROLE regress_icp_p2;
SELECT id, name FROM beian.site;
SELECT id, name FROM beian.sponsor;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('change_access', 1, 2) RETURNING access_id = :c AS its_own;
RESET ROLE;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 1, 2) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
INSERT INTO beian.application (kind, access_id, provider_id) VALUES ('change_access', :c, 1);		-- not that provider's (1047)
INSERT INTO beian.application (kind, access_id, site_id) VALUES ('change_access', :c, 2);
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('cancel_access', 1, 3);
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('cancel_site', 1, 3);			-- 1048

-- 3. The old access goes, the last one does not (1025, 4 §14(四)).
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('cancel_access', 1, 1) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
SELECT string_agg(provider_id || ' ' || status, ', ' ORDER BY id) FROM beian.access WHERE site_id = 1;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('cancel_access', 1, 2) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
SET session_replication_role = replica;
UPDATE beian.application SET state = 'reviewing', reason = NULL WHERE id = :a;
SET session_replication_role = origin;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
UPDATE beian.application SET state = 'returned', reason = '不能取消最后一个接入' WHERE id = :a;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :a;
-- added again: the same access
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 1, 1) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
SELECT string_agg(provider_id || ' ' || status, ', ' ORDER BY id) FROM beian.access WHERE site_id = 1;

-- 4. Changes of a sponsor: the filed record stands until approval (3 Q19), then says the new, and the old is kept.
SET ROLE regress_icp_sponsor;
INSERT INTO beian.application (kind, account_id, sponsor_id, filed_by) VALUES ('change_sponsor', 1, 1, 'sponsor') RETURNING id AS a \gset
INSERT INTO beian.sponsor_change (application_id, name, credential, cleared) VALUES (:a, '甲（北京）公司', 'uscc:91110000100000265G', '{phone}') RETURNING account_id, province_code, name_key, status;
INSERT INTO beian.sponsor_change (application_id, status) VALUES (:a, 'applied');
UPDATE beian.sponsor_change SET old_values = '{}' WHERE application_id = :a;
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
UPDATE beian.sponsor_change SET name = '甲（北京）有限公司' WHERE application_id = :a RETURNING name_key;
RESET ROLE;
SELECT name, phone, credential FROM beian.sponsor WHERE id = 1;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :a;
UPDATE beian.application SET state = 'verified' WHERE id = :a;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
SET ROLE regress_icp_sponsor;
UPDATE beian.sponsor_change SET name = '乘机' WHERE application_id = :a RETURNING name;
SELECT beian.drop_change(:a);
SET ROLE regress_icp_p1;
SELECT name FROM beian.sponsor_change;
SET ROLE regress_icp_p2;			-- serves a site of it, but this is with provider 1
SELECT name FROM beian.sponsor_change;
SET ROLE regress_icp_jing;
UPDATE beian.sponsor_change SET name = '管局' WHERE application_id = :a;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
RESET ROLE;
SELECT name, name_key, phone, credential, pg_temp.y(number::text) AS number FROM beian.sponsor WHERE id = 1;
SELECT status, old_values, applied_at IS NOT NULL AS applied FROM beian.sponsor_change WHERE application_id = :a;
SELECT replace(actor, session_user, 'owner') AS actor, event, from_state, to_state, old_values, new_values FROM beian.event WHERE application_id = :a OR sponsor_id = 1 AND event = 'change' AND old_values ? 'name' ORDER BY id;
UPDATE beian.sponsor_change SET name = 'again' WHERE application_id = :a;
-- which columns
SELECT string_agg(attname, ' ' ORDER BY attnum) AS sponsor_columns FROM pg_attribute WHERE attrelid = 'beian.sponsor_change'::regclass AND attnum > 0 AND attname IN ('name', 'province', 'number', 'account_id', 'status', 'last_service_no', 'phone', 'address');
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_principal', 1) RETURNING id AS p \gset
INSERT INTO beian.sponsor_change (application_id, name) VALUES (:p, '别的公司');
INSERT INTO beian.sponsor_change (application_id, cleared) VALUES (:p, '{number}');
INSERT INTO beian.sponsor_change (application_id, cleared) VALUES (:p, '{name_key, nothing}');
INSERT INTO beian.sponsor_change (application_id, phone, cleared) VALUES (:p, '1', '{phone}');
INSERT INTO beian.site_change (application_id, name) VALUES (:p, '别的网');
INSERT INTO beian.sponsor_change (application_id, name) VALUES (99999, '别的公司');
INSERT INTO beian.sponsor_change (application_id, principal_name, phone) VALUES (:p, '李四', '010-2');
SELECT pg_temp.walk(:p);
SELECT principal_name, phone, name FROM beian.sponsor WHERE id = 1;
INSERT INTO beian.sponsor_change (application_id, phone) VALUES (:p, '010-3');
-- to another province: not by a change (1046), neither at entry nor at approval
INSERT INTO beian.application (kind, sponsor_id, province) VALUES ('change_sponsor', 1, '沪');
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 1) RETURNING id AS a \gset
INSERT INTO beian.sponsor_change (application_id, province) VALUES (:a, '沪');
INSERT INTO beian.sponsor_change (application_id, province, address) VALUES (:a, '京', '北京市某路1号');
SET session_replication_role = replica;
UPDATE beian.sponsor_change SET province = '沪' WHERE application_id = :a;
SET session_replication_role = origin;
SELECT pg_temp.walk(:a);
SET session_replication_role = replica;
UPDATE beian.application SET state = 'reviewing', reason = NULL WHERE id = :a;
SET session_replication_role = origin;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
SELECT province FROM beian.sponsor WHERE id = 1;
-- a change without a row changes nothing
UPDATE beian.application SET state = 'returned', reason = 'r' WHERE id = :a;
DELETE FROM beian.sponsor_change WHERE application_id = :a;
SELECT pg_temp.walk(:a);

-- 5. A change of a site: what it no longer claims is free, what it claims now is its own.
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS a \gset
INSERT INTO beian.site_change (application_id, name, domains, homepage) VALUES (:a, '甲新网', '{a.cn, new.cn}', 'www.new.cn');
SELECT pg_temp.walk(:a);
SELECT name, domains, homepage, pg_temp.y(number::text) AS number FROM beian.site WHERE id = 1;
SELECT status, old_values FROM beian.site_change WHERE application_id = :a;
SELECT kind, key, approved FROM beian.claim WHERE holder = 'beian.site'::regclass AND holder_id = 1 AND released_at IS NULL ORDER BY 1, 2;
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS a \gset
INSERT INTO beian.site_change (application_id, domains, cleared) VALUES (:a, '{new.cn}', '{homepage}');
-- one under way (1017); the other may be entered, not submitted
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS b \gset
SELECT pg_temp.walk(:a, 'verified');
UPDATE beian.application SET state = 'submitted' WHERE id = :b;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
SELECT domains, homepage FROM beian.site WHERE id = 1;
SELECT pg_temp.walk(:b);
-- withdrawn: nothing of it is left to be applied
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 1) RETURNING id AS a \gset
INSERT INTO beian.site_change (application_id, domains) VALUES (:a, '{never.cn}');
UPDATE beian.application SET state = 'withdrawn' WHERE id = :a;
SELECT status, old_values FROM beian.site_change WHERE application_id = :a;
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 1, 3) RETURNING id AS a, access_id AS c \gset
UPDATE beian.application SET state = 'withdrawn' WHERE id = :a;
SELECT status FROM beian.access WHERE id = :c;

-- 6. Resubmission overwrites what was submitted; the event keeps it (3 Q19). The review clock runs from the latest report (3 Q1).
INSERT INTO beian.sponsor (account_id, province, name, phone) VALUES (2, '京', '乙公司', '010-8');
INSERT INTO beian.site (sponsor_id, domains) VALUES (2, '{b.cn}') RETURNING id AS t \gset
UPDATE beian.sponsor SET phone = '010-9' WHERE id = 2;			-- before the first submission: no event
INSERT INTO beian.application (site_id) VALUES (:t) RETURNING id AS a \gset
SELECT pg_temp.walk(:a, 'reported');
UPDATE beian.application SET state = 'returned', reason = '电话不通' WHERE id = :a;
UPDATE beian.sponsor SET phone = '010-10' WHERE id = 2;
UPDATE beian.site SET domains = '{b.cn, b2.cn}' WHERE id = :t;
UPDATE beian.site SET domains = '{b.cn, b2.cn}' WHERE id = :t;
SELECT event, old_values, new_values FROM beian.event WHERE application_id = :a AND event = 'replace' ORDER BY id;
SET session_replication_role = replica;
UPDATE beian.application SET reported_at = '2000-01-01', due_at = '2000-02-01' WHERE id = :a;
SET session_replication_role = origin;
SELECT pg_temp.walk(:a, 'reported');
SELECT state, reason, reported_at > '2020-01-01' AS anew, due_at = icp.clock_due('review', reported_at) AS from_it, decided_at FROM beian.application WHERE id = :a;

-- 7. Password reset: 10 working days (4 附件1 四).
INSERT INTO beian.application (kind, sponsor_id) VALUES ('password_reset', 1) RETURNING id AS a \gset
INSERT INTO beian.reset_letter (application_id, is_lost, not_recoverable, not_deposited, mailbox, differences, original_at) VALUES (:a, true, true, true, 'beian@yun.cn', '{}', now());
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
UPDATE beian.application SET state = 'reported' WHERE id = :a;
RESET ROLE;
SELECT state, due_at = icp.clock_due('reset', reported_at) AS ten_days, due_at < icp.clock_due('review', reported_at) AS sooner FROM beian.application WHERE id = :a;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :a RETURNING state;
RESET ROLE;

-- 8. The licence: its number for sponsor and services at once, the -N stay (4 §21).
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, account_id, sponsor_id) VALUES ('licence', 1, 1);			-- the sponsor itself
SET ROLE regress_icp_sponsor;
INSERT INTO beian.application (kind, account_id, sponsor_id, filed_by, licence) VALUES ('licence', 1, 1, 'sponsor', '京ICP备12000001号');
INSERT INTO beian.application (kind, account_id, sponsor_id, filed_by, licence) VALUES ('licence', 1, 1, 'sponsor', '沪B2-20240001');	-- another province's
INSERT INTO beian.application (kind, account_id, sponsor_id, filed_by) VALUES ('licence', 1, 1, 'sponsor') RETURNING id AS a \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :a;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'reviewing' WHERE id = :a RETURNING state, due_at IS NOT NULL AS due;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
UPDATE beian.application SET state = 'returned', reason = '请补许可证号' WHERE id = :a;
SET ROLE regress_icp_sponsor;
UPDATE beian.application SET state = 'reviewing' WHERE id = :a;
SET ROLE regress_icp_jing;
UPDATE beian.application SET licence = '京B2-20240001' WHERE id = :a;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
RESET ROLE;
SELECT * FROM pg_temp.filed WHERE sponsor = 1;
SELECT pg_temp.y(old_values ->> 'number') AS old, new_values ->> 'number' AS new FROM beian.event WHERE event = 'change' AND new_values ->> 'number' LIKE '京B2%' ORDER BY new_values ->> 'number' COLLATE "C";
INSERT INTO beian.site (sponsor_id, kind) VALUES (1, 'app') RETURNING id AS t \gset
INSERT INTO beian.application (kind, site_id) VALUES ('new_site', :t) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
SELECT number FROM beian.site WHERE id = :t;
-- one licence, one sponsor
UPDATE beian.application SET state = 'approved' WHERE sponsor_id = 2;
INSERT INTO beian.application (kind, sponsor_id, licence) VALUES ('licence', 2, '京B2-20240001') RETURNING id AS a \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :a;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
UPDATE beian.application SET licence = '京ICP证030173号' WHERE id = :a;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
SELECT number, sites FROM pg_temp.filed WHERE sponsor = 2;
-- only kind licence has one
\set VERBOSITY terse
INSERT INTO beian.application (kind, sponsor_id, licence) VALUES ('change_sponsor', 2, '京B2-20240001');
\set VERBOSITY default

-- 9. A change that leaves no access leads to cancellation on review (4 §19(四)); by whatever way the last one goes.
SELECT site_id, provider_id, status FROM beian.access WHERE site_id = 2;
INSERT INTO beian.application (kind, site_id) VALUES ('change_access', 2) RETURNING id AS a \gset
INSERT INTO beian.access_change (application_id, ips, mode, server_province) VALUES (:a, '{[1.2.3.4,1.2.3.9]}', '虚拟主机', '沪');
SELECT pg_temp.walk(:a);
SELECT ips, mode, server_province, status FROM beian.access WHERE site_id = 2;
INSERT INTO beian.application (kind, site_id) VALUES ('change_access', 2) RETURNING id AS a \gset
INSERT INTO beian.access_change (application_id, cleared) VALUES (:a, '{ips,mode,server_province}');
SELECT pg_temp.walk(:a);
SELECT ips, mode, server_province, status FROM beian.access WHERE site_id = 2;
SELECT status FROM beian.site WHERE id = 2;
SELECT kind, state, filed_by, ground, reason, due_at IS NOT NULL AS due FROM beian.application WHERE site_id = 2 AND kind = 'cancel_site';
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE site_id = 2 AND kind = 'cancel_site';
RESET ROLE;
SELECT status FROM beian.site WHERE id = 2;
SELECT event, reason FROM beian.event WHERE site_id = 2 AND event = 'cancel' ORDER BY id;
UPDATE beian.access SET status = 'cancelled' WHERE site_id = 3;
SELECT state, ground FROM beian.application WHERE site_id = 3 AND kind = 'cancel_site';
DELETE FROM beian.access WHERE site_id = 4;
SELECT state, ground FROM beian.application WHERE site_id = 4 AND kind = 'cancel_site';
-- the bureau may let it be
UPDATE beian.application SET state = 'returned', reason = '接入变更中' WHERE site_id = 4 AND kind = 'cancel_site';
UPDATE beian.application SET state = 'withdrawn' WHERE site_id = 4 AND kind = 'cancel_site';
-- not when the access moves to another provider in one statement's sense: the new one is there first
INSERT INTO beian.access (site_id, provider_id, status) VALUES (3, 3, 'live');

-- 10. Cancellation by the bureau, on a ground of 4 §22(三); nobody else goes past the provider.
SET ROLE regress_icp_p1;
INSERT INTO beian.application (kind, account_id, site_id, filed_by) VALUES ('cancel_site', 1, 1, 'bureau');
INSERT INTO beian.application (kind, account_id, site_id, ground) VALUES ('cancel_site', 1, 1, 'stopped') RETURNING id AS a \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :a;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'reviewing' WHERE id = :a;			-- is the sponsor's
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('cancel_site', 1, 'provider');
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('change_site', 1, 'bureau');
INSERT INTO beian.application (kind, site_id, filed_by, ground) VALUES ('cancel_site', 1, 'bureau', 'because');
INSERT INTO beian.application (kind, site_id, filed_by) VALUES ('cancel_site', 1, 'bureau') RETURNING id AS b \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :b;			-- on no ground
INSERT INTO beian.application (kind, site_id, filed_by, ground) VALUES ('cancel_site', 1, 'bureau', 'inspection') RETURNING id AS c \gset
SET ROLE regress_icp_hu;
INSERT INTO beian.application (kind, site_id, filed_by, ground) VALUES ('cancel_site', 1, 'bureau', 'inspection');		-- another province's
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'submitted' WHERE id = :c;
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'reviewing' WHERE id = :c;			-- one under way
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'returned', reason = 'r' WHERE id = :a;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :b RETURNING state;
UPDATE beian.application SET state = 'reviewing' WHERE id = :c RETURNING state, reported_at, due_at IS NOT NULL AS due;
UPDATE beian.application SET state = 'approved' WHERE id = :c RETURNING state;
RESET ROLE;
SELECT * FROM pg_temp.filed WHERE sponsor = 1;
SELECT reason FROM beian.event WHERE site_id = 1 AND event = 'cancel' ORDER BY id;
-- what was meant for it comes to nothing
SELECT pg_temp.walk(:a);
-- its claims are free
SELECT count(*) AS live_claims FROM beian.claim WHERE holder = 'beian.site'::regclass AND holder_id = 1 AND released_at IS NULL;
-- a sponsor and a site of it exclude each other (1042, 1043)
INSERT INTO beian.application (kind, site_id) VALUES ('cancel_site', 3) RETURNING id AS a \gset
UPDATE beian.application SET state = 'returned', reason = 'r' WHERE site_id = 3 AND ground = 'no_access';
INSERT INTO beian.application (kind, sponsor_id) VALUES ('cancel_sponsor', 1) RETURNING id AS b \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :a;
UPDATE beian.application SET state = 'submitted' WHERE id = :b;
ALTER TABLE beian.application DISABLE TRIGGER stamp_application;		-- and by index, whoever gets past the words
\set VERBOSITY terse
UPDATE beian.application SET state = 'submitted' WHERE id = :b;
\set VERBOSITY default
ALTER TABLE beian.application ENABLE TRIGGER stamp_application;
UPDATE beian.application SET state = 'withdrawn' WHERE id = :a;

-- 11. The sponsor's own cancellation: everything of it ends, its account too (3 Q21).
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{draft.cn}');
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 1) RETURNING id AS h \gset
INSERT INTO beian.sponsor_change (application_id, name) VALUES (:h, '太晚公司');
SET ROLE regress_icp_sponsor;
UPDATE beian.application SET state = 'submitted' WHERE id = :b;
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'reported' WHERE id = :b;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = :b RETURNING state;
RESET ROLE;
SELECT * FROM pg_temp.filed WHERE sponsor = 1;
SELECT status FROM beian.account WHERE id = 1;
SELECT status FROM beian.sponsor_change WHERE application_id = :h;
SELECT count(*) AS live_claims FROM beian.claim WHERE account_id = 1 AND released_at IS NULL;
SELECT pg_temp.walk(:h);
SET ROLE regress_icp_sponsor;
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '再来公司');
RESET ROLE;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('cancel_sponsor', 1);
-- a licence goes back to no pool; a filing number to that of its year
SELECT count(*) AS pool FROM beian.freed_number;
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'd'), (1, 'e'), (1, 'f');
INSERT INTO beian.sponsor (account_id, province, name) SELECT id, '京', user_name || '公司' FROM beian.account WHERE user_name IN ('d', 'e', 'f') ORDER BY id;
INSERT INTO beian.site (sponsor_id, domains) SELECT id, ARRAY[left(name, 1) || n || '.cn']::icp.domain_list FROM beian.sponsor, generate_series(1, 2) n WHERE name IN ('d公司', 'e公司') ORDER BY id, n;
INSERT INTO beian.application (site_id) SELECT t.id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE s.name = 'd公司' ORDER BY t.id;
SELECT pg_temp.walk(a.id) FROM beian.application a JOIN beian.sponsor s ON s.id = a.sponsor_id WHERE s.name = 'd公司' ORDER BY a.id;
SELECT name, number, sites FROM pg_temp.filed WHERE name = 'd公司';
SELECT id AS d, account_id AS da FROM beian.sponsor WHERE name = 'd公司' \gset
-- an account that has another filing goes on
INSERT INTO beian.sponsor (account_id, province, name) VALUES (:da, '京', 'd二公司');
INSERT INTO beian.application (kind, sponsor_id) VALUES ('cancel_sponsor', :d) RETURNING id AS a \gset
SELECT pg_temp.walk(:a);
SELECT status FROM beian.account WHERE id = :da;
SELECT pg_temp.y(number::text) AS number, province_code, sponsor_id = :d AS of_it FROM beian.freed_number;
-- the next of the province takes it; its services' numbers are not taken back
INSERT INTO beian.application (site_id) SELECT t.id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE s.name = 'e公司' ORDER BY t.id;
SELECT pg_temp.walk(a.id) FROM beian.application a JOIN beian.sponsor s ON s.id = a.sponsor_id WHERE s.name = 'e公司' ORDER BY a.id;
SELECT name, number, status, sites FROM pg_temp.filed WHERE name IN ('d公司', 'e公司') ORDER BY name;
SELECT count(*) AS pool FROM beian.freed_number;
SELECT number AS twice FROM beian.sponsor WHERE status = 'filed' GROUP BY 1 HAVING count(*) > 1;
-- a number of another year is not used again, nor one that somebody has meanwhile
INSERT INTO beian.sponsor (account_id, province, name, status, number) VALUES (4, '京', '旧公司', 'filed', '京ICP备13000009号');
INSERT INTO beian.application (kind, sponsor_id, filed_by, ground) SELECT 'cancel_sponsor', id, 'bureau', 'request' FROM beian.sponsor WHERE name = '旧公司' RETURNING id AS a, provider_id \gset
UPDATE beian.application SET state = 'reviewing' WHERE id = :a;
UPDATE beian.application SET state = 'approved' WHERE id = :a;
SELECT count(*) AS pool FROM beian.freed_number;
SELECT status FROM beian.account WHERE id = 4;

-- 12. The helpers that revocations, exits and false approvals use: once, and nothing more the second time.
SELECT id AS e FROM beian.sponsor WHERE name = 'e公司' \gset
SELECT min(id) AS t, max(id) AS t2 FROM beian.site WHERE sponsor_id = :e \gset
SELECT beian.cancel_site(:t, '撤销'), beian.cancel_site(:t, '再撤销');
SELECT beian.open_cancellation(:t, 'false_approval', 'x') AS of_a_cancelled_one;
SELECT beian.open_cancellation(:t2, 'false_approval', '审批文件不实 (4 §20(四))') AS o \gset
SELECT kind, state, filed_by, ground, reason FROM beian.application WHERE id = :o;
SELECT beian.open_cancellation(:t2, 'false_approval', 'y') = :o AS the_same;
SELECT beian.cancel_access(id, '接入商退出') FROM beian.access WHERE site_id = :t2;
SELECT beian.cancel_access(id, '接入商退出') FROM beian.access WHERE site_id = :t2;
SELECT count(*) AS applications FROM beian.application WHERE site_id = :t2 AND kind = 'cancel_site';
SELECT beian.cancel_sponsor(:e, '吊销'), beian.cancel_sponsor(:e, '再吊销');
SELECT site_id IS NULL AS of_sponsor, event, reason, count(*) FROM beian.event WHERE sponsor_id = :e AND event = 'cancel' GROUP BY 1, 2, 3 ORDER BY min(id);
UPDATE beian.application SET state = 'approved' WHERE id = :o;
SELECT * FROM icp.check_registry();

DROP SCHEMA beian CASCADE;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$
DECLARE
	role	text;
BEGIN
	FOREACH role IN ARRAY '{regress_icp_sponsor,regress_icp_p1,regress_icp_p2,regress_icp_jing,regress_icp_hu}'::text[] LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
