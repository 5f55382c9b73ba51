-- The blacklists (黑名单): what an entry holds for, where it stops an application, who lists and takes off, what stays on record.
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
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_min IN ROLE icp_ministry;
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL), ('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1),
	('regress_icp_jing', 'bureau', '京', NULL, NULL), ('regress_icp_hu', 'bureau', '沪', NULL, NULL),
	('regress_icp_min', 'ministry', NULL, NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, nature, credential) VALUES
	(1, '京', '甲网络（北京）有限公司', '企业', 'org_code:60003734-1'),
	(1, '京', '李四', '个人', 'resident_id:110105491231002'),
	(2, '沪', '丙公司', '企业', NULL),
	(1, '京', '李四', '个人', 'resident_id:110102199101010078');
INSERT INTO beian.site (sponsor_id, name, domains, homepage) VALUES
	(1, '甲网', '{jia.cn}', 'www.jia.cn'), (2, '李四网', '{lisi.com.cn,m.lisi.cn}', NULL), (3, '丙网', '{bing.cn}', 'www.bing.cn'),
	(4, '另一个李四', '{other.cn}', NULL);

-- 1. What an entry is found by

SELECT k AS credential, beian.credential_keys(k) FROM unnest('{uscc:91110000600037341L,org_code:60003734-1,org_code:600037341,other:９１110000600037341l,resident_id:110105491231002,resident_id:11010519491231002X,other:11010519491231002x,passport:E12345678,PASSPORT:e 1234-5678,military_unit:某部队,business_licence:110108000000016,uscc:91110000100000265G,other:91110000100000265G,E12345678}'::text[]) k;
SELECT beian.credential_keys(NULL), beian.credential_keys(''), beian.credential_keys(':');
SELECT d, array_agg(p ORDER BY length(p::text) DESC) FROM unnest('{a.b.bad.com.cn,bad.cn,xn--fiqs8s}'::icp.domain_name[]) d, beian.domain_and_parents(d) p GROUP BY 1 ORDER BY 1;
CREATE FUNCTION pg_temp.found(site bigint) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT beian.blacklist_text(f.entry_id, f.list, f.domain)
	  FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id, beian.find_blacklisted(s.name, s.nature, s.credential, t.domains, t.homepage) f
	 WHERE t.id = site
$$;
-- both ways of looking say the same
CREATE FUNCTION pg_temp.differences() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM (
		(SELECT t.id, f.entry_id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id,
				beian.find_blacklisted(s.name, s.nature, s.credential, t.domains, t.homepage) f
		 EXCEPT SELECT m.site_id, m.entry_id FROM beian.blacklisted_sites(NULL) m)
		UNION ALL
		(SELECT m.site_id, m.entry_id FROM beian.blacklisted_sites(NULL) m
		 EXCEPT SELECT t.id, f.entry_id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id,
				beian.find_blacklisted(s.name, s.nature, s.credential, t.domains, t.homepage) f)) d
$$;
SELECT t.id, pg_temp.found(t.id) FROM beian.site t;
-- a sponsor: by its name, in any spelling; by its credit code, where it filed with the organisation code inside
BEGIN;
INSERT INTO beian.blacklist (list, name, reason) VALUES ('sponsor', '甲網絡(北京)有限公司', '诈骗') RETURNING name_key, credential_keys;
SELECT t.id, regexp_replace(pg_temp.found(t.id), 'entry \d+', 'entry N') FROM beian.site t;
SELECT pg_temp.differences();
ROLLBACK;
BEGIN;
INSERT INTO beian.blacklist (list, credential, reason) VALUES ('sponsor', 'uscc:91110000600037341L', '诈骗');
SELECT t.id, regexp_replace(pg_temp.found(t.id), 'entry \d+', 'entry N') FROM beian.site t;
SELECT pg_temp.differences();
ROLLBACK;
-- an individual by the credential, of 18 signs or 15; nobody by the name alone
BEGIN;
INSERT INTO beian.blacklist (list, name, credential, is_individual, reason) VALUES ('sponsor', '李四', 'resident_id:11010519491231002X', true, '诈骗');
SELECT t.id, regexp_replace(pg_temp.found(t.id), 'entry \d+', 'entry N') FROM beian.site t;
SELECT pg_temp.differences();
INSERT INTO beian.blacklist (list, name, is_individual, reason) VALUES ('sponsor', '李四', true, '诈骗');
ROLLBACK;
BEGIN;
-- a unit of the same name is another
INSERT INTO beian.blacklist (list, name, reason) VALUES ('sponsor', '李四', '诈骗');
SELECT t.id, pg_temp.found(t.id) FROM beian.site t;
SELECT pg_temp.differences();
ROLLBACK;
-- a domain: the independent one, whatever was entered, with all that lies under it; not its neighbours
BEGIN;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'Bbs.LISI.cn', '淫秽') RETURNING domain, found_at;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'notjia.cn', '淫秽'), ('illegal_site', 'isi.com.cn', '淫秽');
SELECT t.id, regexp_replace(pg_temp.found(t.id), 'entry \d+', 'entry N') FROM beian.site t;
SELECT pg_temp.differences();
-- the two lists are two: one domain on both, and off the one it stays on the other
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_access', 'lisi.cn', '未备案接入');
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_access', 'www.lisi.cn', '未备案接入');
ROLLBACK;
BEGIN;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'lisi.cn', '淫秽'), ('illegal_access', 'lisi.cn', '未备案接入');
UPDATE beian.blacklist SET removal_reason = '申诉成立' WHERE list = 'illegal_site';
SELECT t.id, regexp_replace(pg_temp.found(t.id), 'entry \d+', 'entry N') FROM beian.site t;
ROLLBACK;
-- the home page counts too, and one that is no address is the form rules' matter
SELECT f.list FROM beian.find_blacklisted('x', NULL, NULL, '{}', 'not an address') f;
BEGIN;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_access', 'elsewhere.cn', '违法接入');
SELECT f.list, f.domain FROM beian.find_blacklisted('x', NULL, NULL, '{}', 'http://www.elsewhere.cn/x') f;
ROLLBACK;
-- what cannot be listed
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'com.cn', '淫秽');
INSERT INTO beian.blacklist (list, domain, name, reason) VALUES ('illegal_site', 'a.cn', '甲', '淫秽');
INSERT INTO beian.blacklist (list, reason) VALUES ('sponsor', '诈骗');
\set VERBOSITY terse
INSERT INTO beian.blacklist (list, name, reason) VALUES ('sponsor', '甲', ' ');
\set VERBOSITY default
INSERT INTO beian.blacklist (list, name, reason, until) VALUES ('sponsor', '甲', '诈骗', now() - interval '1 second');
\set VERBOSITY terse
INSERT INTO beian.blacklist (list, name, reason) VALUES ('isp', '甲', '诈骗');
\set VERBOSITY default

-- 2. The term

BEGIN;
INSERT INTO beian.blacklist (list, domain, reason, listed_at, until) VALUES ('illegal_site', 'jia.cn', '淫秽', now() - interval '1 year', now());
SELECT t.id, pg_temp.found(t.id) FROM beian.site t;		-- over
SELECT pg_temp.differences();
-- an entry whose term is over makes room for another
INSERT INTO beian.blacklist (list, domain, reason, until) VALUES ('illegal_site', 'jia.cn', '又淫秽', now() + interval '1 microsecond');
SELECT count(*) FROM beian.site t, pg_temp.found(t.id);
SELECT domain, reason, removal_reason, removed_at IS NOT NULL AS removed FROM beian.blacklist ORDER BY id;
ROLLBACK;
BEGIN;
UPDATE beian.setting SET value = '3 years' WHERE name = 'blacklist_term_illegal_access';
INSERT INTO beian.blacklist (list, domain, reason, until) VALUES ('illegal_access', 'a.cn', 'r', NULL), ('illegal_site', 'a.cn', 'r', NULL),
	('illegal_access', 'b.cn', 'r', 'infinity'), ('illegal_access', 'c.cn', 'r', now() + interval '1 day');
SELECT list, domain, until = listed_at + interval '3 years' AS by_setting FROM beian.blacklist WHERE isfinite(until) ORDER BY domain;
ROLLBACK;
BEGIN;
INSERT INTO beian.blacklist (list, domain, reason, listed_at) VALUES ('illegal_site', 'jia.cn', '淫秽', now() + interval '1 day');
SELECT t.id, pg_temp.found(t.id) FROM beian.site t;		-- not yet
SELECT pg_temp.differences();
ROLLBACK;

-- 3. Who lists

SET ROLE regress_icp_p1;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'x.cn', '淫秽');
SET ROLE regress_icp_s1;
SELECT count(*) FROM beian.blacklist;
SET ROLE regress_icp_jing;
INSERT INTO beian.blacklist (list, domain, reason, province) VALUES ('illegal_site', 'x.cn', '淫秽', '沪');
INSERT INTO beian.blacklist (list, domain, reason, source) VALUES ('illegal_site', 'x.cn', '淫秽', '京通信函1号') RETURNING province, province_code, decided_by, until;
INSERT INTO beian.blacklist (list, sponsor_id, reason) VALUES ('sponsor', 2, '诈骗') RETURNING name, is_individual, credential, province;
-- the sponsor's bureau keeps the list (4 §8(三)): one of 沪 by id, and by name once it is filed
INSERT INTO beian.blacklist (list, sponsor_id, reason) VALUES ('sponsor', 3, '诈骗');
SET ROLE regress_icp_hu;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_access', 'x.cn', '违法接入') RETURNING province;
-- an entry of another bureau stays as it is
UPDATE beian.blacklist SET removal_reason = '申诉成立' WHERE list = 'illegal_site';
SELECT count(*) FROM beian.blacklist WHERE removed_at IS NOT NULL;
SET ROLE regress_icp_min;
INSERT INTO beian.blacklist (list, name, credential, reason) VALUES ('sponsor', '丁公司', 'passport:E12345678', '诈骗') RETURNING province, decided_by;
UPDATE beian.blacklist SET reason = '其他' WHERE name = '丁公司';
DELETE FROM beian.blacklist;
-- every provider knows the lists, but not the credentials and reasons
SET ROLE regress_icp_p2;
SELECT list, name, domain, province FROM beian.blacklist ORDER BY id;
SELECT credential FROM beian.blacklist;
SELECT reason FROM beian.blacklist;
RESET ROLE;

-- 4. What is listed stays on record

UPDATE beian.blacklist SET reason = '其他' WHERE name = '丁公司';
UPDATE beian.blacklist SET domain = 'y.cn' WHERE list = 'illegal_site';
DELETE FROM beian.blacklist WHERE name = '丁公司';
TRUNCATE beian.blacklist;
SET ROLE regress_icp_min;
UPDATE beian.blacklist SET until = '2100-01-01' WHERE name = '丁公司' RETURNING until;
\set VERBOSITY terse
UPDATE beian.blacklist SET removal_reason = ' ' WHERE name = '丁公司';
\set VERBOSITY default
UPDATE beian.blacklist SET removal_reason = '更正' WHERE name = '丁公司' RETURNING removed_by, removed_at = now() AS removed_now;
UPDATE beian.blacklist SET removal_reason = '再更正' WHERE name = '丁公司';
RESET ROLE;
SELECT event, actor, sponsor_id, province_code, reason, old_values, new_values - '{first,last,sha256}'::text[] AS new_values FROM beian.event WHERE event ~ '^blacklist' ORDER BY id;

-- 5. At the report, at approval, at access

CREATE FUNCTION pg_temp.walk(app bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	step	text;
BEGIN
	FOREACH step IN ARRAY '{submitted,pre_verified,verified,reported}'::text[] LOOP
		UPDATE beian.application SET state = step WHERE id = app;
	END LOOP;
	RETURN (SELECT concat_ws(': ', state, reason) FROM beian.application WHERE id = app);
END $$;
INSERT INTO beian.application (site_id) VALUES (1), (2), (3), (4);
-- 李四 is listed; not even the owner gets past it
SELECT id, regexp_replace(pg_temp.walk(id), 'entry \d+', 'entry N') FROM beian.application ORDER BY id;
-- listed while it is under review
SET ROLE regress_icp_jing;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'jia.cn', '淫秽') RETURNING id AS jia \gset
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_access', 'www.jia.cn', '违法接入');
UPDATE beian.application SET state = 'approved' WHERE id = 1;
RESET ROLE;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SELECT state FROM beian.application WHERE id = 1;
UPDATE beian.blacklist SET removal_reason = '申诉成立' WHERE id = :jia;
\set VERBOSITY terse
UPDATE beian.application SET state = 'approved' WHERE id = 1;
\set VERBOSITY default
UPDATE beian.blacklist SET removal_reason = '申诉成立' WHERE found_at::text = 'www.jia.cn';
UPDATE beian.application SET state = 'approved' WHERE id IN (1, 3, 4);
SELECT id, state FROM beian.application ORDER BY id;
-- access: by anybody, also by UPDATE, also for a sponsor; what is cancelled may be
SELECT * FROM beian.blacklist_hit;
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'jia.cn', '淫秽');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 2, 'live');
INSERT INTO beian.access (site_id, provider_id) VALUES (1, 2);
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 2;
UPDATE beian.access SET mode = '虚拟主机' WHERE site_id = 1;
UPDATE beian.access SET status = 'cancelled' WHERE site_id = 1 AND provider_id = 1;
\set VERBOSITY terse
UPDATE beian.access SET status = 'live' WHERE site_id = 1 AND provider_id = 1;
INSERT INTO beian.blacklist (list, name, reason, province) VALUES ('sponsor', '丙公司', '诈骗', '沪');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (3, '丙网二', '{bing2.cn}');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (5, 2, 'live');
-- one of many in a statement
INSERT INTO beian.access (site_id, provider_id, status) VALUES (4, 2, 'live'), (5, 2, 'live');
\set VERBOSITY default
-- who is filed and listed: the bureau of its province, the ministry, the provider that serves it
SELECT h.list, h.sponsor_id, h.site_id, h.domain, h.province_code, h.served_by FROM beian.blacklist_hit h ORDER BY 1, 3;
SELECT pg_temp.differences();
UPDATE beian.access SET provider_id = 1 WHERE site_id = 3;
SET ROLE regress_icp_jing;
SELECT list, site_id FROM beian.blacklist_hit;
SET ROLE regress_icp_hu;
SELECT list, site_id FROM beian.blacklist_hit;
SET ROLE regress_icp_min;
SELECT list, site_id FROM beian.blacklist_hit ORDER BY 1;
SET ROLE regress_icp_p1;
SELECT list, site_id, served_by FROM beian.blacklist_hit ORDER BY 1;
SET ROLE regress_icp_s1;
SELECT list, site_id FROM beian.blacklist_hit;
-- 丙公司 is of 沪: 京 neither lists it by its name, nor what it has filed
SET ROLE regress_icp_jing;
INSERT INTO beian.blacklist (list, name, reason) VALUES ('sponsor', '丙公司', '诈骗');
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_site', 'www.bing.cn', '淫秽');
INSERT INTO beian.blacklist (list, domain, reason) VALUES ('illegal_access', 'www.bing.cn', '违法接入') RETURNING domain;
RESET ROLE;
-- what a change proposes is looked at, not what it replaces; giving up a filing is always possible
INSERT INTO beian.blacklist (list, domain, reason, province) VALUES ('illegal_site', 'neu.cn', '淫秽', '沪');
INSERT INTO beian.application (kind, site_id) VALUES ('change_site', 4) RETURNING id AS change \gset
INSERT INTO beian.site_change (application_id, domains) VALUES (:change, '{other.cn,www.neu.cn}');
UPDATE beian.application SET state = 'submitted' WHERE id = :change;
UPDATE beian.application SET state = 'verified' WHERE id = :change;
UPDATE beian.application SET state = 'reported' WHERE id = :change;
SELECT state, regexp_replace(reason, 'entry \d+', 'entry N') AS reason FROM beian.application WHERE id = :change;
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 4) RETURNING id AS change \gset
INSERT INTO beian.sponsor_change (application_id, credential) VALUES (:change, 'resident_id:11010519491231002X');
SELECT regexp_replace(p, 'entry \d+', 'entry N') FROM beian.blacklist_problems(:change) p;
UPDATE beian.sponsor_change SET credential = 'resident_id:110102199101010078' WHERE application_id = :change;
SELECT beian.blacklist_problems(:change);
INSERT INTO beian.application (kind, site_id) VALUES ('cancel_site', 3) RETURNING id AS cancel \gset
SELECT beian.blacklist_problems(:cancel);
UPDATE beian.application SET state = 'submitted' WHERE id = :cancel;
UPDATE beian.application SET state = 'reported' WHERE id = :cancel;
UPDATE beian.application SET state = 'approved' WHERE id = :cancel RETURNING state;
SELECT list, site_id FROM beian.blacklist_hit ORDER BY 1;
-- a bulk listing is one event, whose digest binds what it says
INSERT INTO beian.blacklist (list, domain, reason, province) SELECT 'illegal_access', ('bulk' || i || '.cn')::icp.domain_name, '批量', '沪' FROM generate_series(1, 1000) i;
SELECT new_values ->> 'entries' AS entries, new_values ->> 'domain' AS domain,
	   new_values ->> 'sha256' = (SELECT encode(sha256(convert_to(string_agg(concat_ws(E'\t', b.id, b.list, b.domain, b.name), E'\n' ORDER BY b.id), 'UTF8')), 'hex')
								    FROM beian.blacklist b WHERE b.reason = '批量') AS digest_fits
  FROM beian.event WHERE event = 'blacklist_add' AND reason = '批量';
UPDATE beian.blacklist SET removal_reason = '批量更正' WHERE reason = '批量';
SELECT new_values ->> 'entries' AS entries, old_values, reason FROM beian.event WHERE event = 'blacklist_remove' AND reason = '批量更正';

-- 6. Loading: a record that a provider serves is kept aside; one that nobody serves is filed, and shown

CREATE TEMP TABLE staged (unit_name text, nature text, main_licence text, service_licence text, service_name text, domain text, update_time text, provider text);
INSERT INTO staged VALUES
	('好公司', '企业', '京ICP备10046445号', '京ICP备10046445号-7', '好网', 'good.cn', '2018-01-01 00:00:00', '一号云'),
	('坏公司', '企业', '京ICP备10046446号', '京ICP备10046446号-7', '坏网', 'neu.cn', '2018-01-01 00:00:00', '一号云'),
	('丙公司', '企业', '沪ICP备10046447号', '沪ICP备10046447号-7', '丙网四', 'bing4.cn', '2018-01-01 00:00:00', '一号云'),
	('丁网公司', '企业', '京ICP备10046448号', '京ICP备10046448号-7', '丁网', 'bing.cn', '2018-01-01 00:00:00', NULL);
SELECT * FROM beian.load('staged');
SELECT content ->> 'unit_name' AS unit, regexp_replace(reasons::text, 'entry \d+', 'entry N', 'g') FROM beian.rejected_row ORDER BY row_no;
SELECT h.list, h.domain, s.name, h.served_by FROM beian.blacklist_hit h JOIN beian.sponsor s ON s.id = h.sponsor_id ORDER BY h.site_id;
SELECT * FROM icp.check_registry();

DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_jing, regress_icp_hu, regress_icp_min;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$ DECLARE r name; BEGIN FOR r IN SELECT name FROM made_role LOOP EXECUTE format('DROP ROLE %I', r); END LOOP; END $$;
