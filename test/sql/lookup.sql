-- The public query (是否备案查询): what one may ask, what one is told.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO beian.provider (name, province) VALUES ('秘密云', '京');
INSERT INTO beian.account (provider_id, user_name, contact) VALUES (1, 'secret_user', 'secret contact'), (1, 'b', NULL);
INSERT INTO beian.sponsor (account_id, province, name, nature, status, number, credential, principal_name, phone, email, address) VALUES
	(1, '京', '示例（北京）科技有限公司', '企业', 'filed', '京ICP备13052560号', 'uscc:secret', '秘密人', '13800000000', 'secret@a.cn', '秘密路1号'),
	(1, '沪', '上海示例有限公司', NULL, 'filed', '沪B2-20090059', NULL, NULL, NULL, NULL, NULL),
	(2, '京', '张三', '个人', 'filed', '京ICP备2024123456号', NULL, '张三', NULL, NULL, NULL),
	(2, '京', '草稿有限公司', '企业', 'draft', NULL, NULL, NULL, NULL, NULL, NULL),
	(2, '京', '注销有限公司', '企业', 'cancelled', '京ICP备13000001号', NULL, NULL, NULL, NULL, NULL);
INSERT INTO beian.site (sponsor_id, name, kind, domains, homepage, status, number, limit_access) VALUES
	(1, '示例网', 'site', '{example.cn, 示例.中国}', 'https://www.example.cn/', 'filed', '京ICP备13052560号-1', false),
	(1, '示例论坛', 'site', '{example.com.cn}', 'bbs.example.com.cn', 'filed', '京ICP备13052560号-2', true),
	(1, '示例应用', 'app', '{}', NULL, 'filed', '京ICP备13052560号-3A', false),
	(1, '示例小程序', 'mini_program', '{}', NULL, 'filed', '京ICP备13052560号-4X', false),
	(1, '示例快应用', 'quick_app', '{}', NULL, 'filed', '京ICP备13052560号-5K', false),
	(1, '注销站', 'site', '{old.cn}', NULL, 'cancelled', '京ICP备13052560号-6', false),
	(1, '草稿站', 'site', '{new.cn}', NULL, 'draft', NULL, false),
	(2, NULL, 'site', '{shanghai.com}', NULL, 'filed', '沪B2-20090059-1', false),
	(3, '示例网', 'site', '{zhangsan.cn}', NULL, 'filed', '京ICP备2024123456号-1', false),
	(4, '草稿网', 'site', '{draft.cn}', NULL, 'draft', NULL, false),
	(5, '注销网', 'site', '{cancelled.cn}', NULL, 'cancelled', '京ICP备13000001号-1', false);
-- as the public, who can do nothing else
GRANT SELECT ON made_role TO icp_public;
CREATE TEMP TABLE question (n int GENERATED ALWAYS AS IDENTITY, q text);
GRANT SELECT ON question TO icp_public;
INSERT INTO question (q) VALUES
	('example.cn'), ('EXAMPLE.CN.'), ('www.example.cn'), ('https://www.example.cn/a/b?c=d#e'), ('http://user@www.example.cn:8080/'), ('  example.cn  '), ('示例。中国'), ('xn--fsq092h.xn--fiqs8s'), ('a.b.c.example.com.cn'), ('com.cn'), ('cn'),
	('京ICP备13052560号-1'), ('京icp備13052560號－1'), ('京ICP备１３０５２５６０号－２'), ('备案号：京ICP备13052560号-3A'), ('京ICP备13052560-4x号'), ('京 ICP 备 13052560 号'), ('京ICP备13052560号'), ('沪B2-20090059'), ('京ICP备13052560号-9'), ('京ICP备13052560号-1A'), ('京ICP备13000001号'),
	('示例（北京）科技有限公司'), ('示例(北京)科技有限公司'), (' 示例（北京）科技有限公司 '), ('示例'), ('张三'), ('上海示例有限公司'), ('示例网'), ('示例应用'),
	('草稿有限公司'), ('草稿网'), ('draft.cn'), ('new.cn'), ('old.cn'), ('注销网'), ('cancelled.cn'),
	('秘密人'), ('secret_user'), ('13800000000'), ('秘密云'), (''), ('   '), (NULL), ('1.2.3.4'), ('unfiled.example.net'), ('%'), ('''; DROP TABLE beian.site; --'), ('{}'), (E'a\nb'), ('mailto:x@example.cn'), ('京ICP备'), ('example..cn'), ('-example.cn'), (repeat('x', 300) || '.cn'), (repeat('长', 100000)), ('http://' || repeat('a', 100000));
SET ROLE icp_public;
SELECT n, left(q, 40) AS q, count(a) AS answers, string_agg(DISTINCT a ->> 'serviceLicence', ', ' ORDER BY a ->> 'serviceLicence') AS what
  FROM question LEFT JOIN LATERAL beian.lookup(q) a ON true GROUP BY n, q ORDER BY n;
-- one object a site and domain, the ministry's own field names
SELECT jsonb_pretty(a - 'updateRecordTime') FROM beian.lookup('www.example.cn') a;
SELECT a ->> 'serviceLicence' AS number, a -> 'serviceType' AS type, a ->> 'domain' AS domain, a ->> 'homeUrl' AS home, a ->> 'limitAccess' AS limited, a ->> 'natureName' AS nature FROM beian.lookup('京ICP备13052560号') a;
SELECT a ->> 'unitName' AS unit, a ->> 'natureName' AS nature, a ->> 'serviceName' AS name, a ->> 'mainLicence' AS main FROM beian.lookup('shanghai.com') a;
SELECT array_agg(DISTINCT k ORDER BY k) AS fields FROM question, beian.lookup(q) a, jsonb_object_keys(a) k;
SELECT count(*) AS without_time FROM question, beian.lookup(q) a WHERE a ->> 'updateRecordTime' !~ '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$';
SELECT count(*) AS leaks FROM question, beian.lookup(q) a WHERE a::text ~* 'secret|秘密|13800000000|draft|草稿|注销' OR a ->> 'leaderName' <> '';
SELECT count(*) FROM beian.site;
SELECT beian.find_sites('example.cn');
SELECT beian.is_filed('example.cn');
SELECT icp.find_rivals('beian.claim', 'beian.site', 1);
RESET ROLE;
-- what is asked is found by index
CREATE FUNCTION pg_temp.plan_has(query text, part text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	line	text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF position(part IN line) > 0 THEN
			RETURN true;
		END IF;
	END LOOP;
	RETURN false;
END
$$;
SET enable_seqscan = off;
SELECT pg_temp.plan_has($$SELECT t.id FROM beian.site t WHERE t.number OPERATOR(icp.<@) '京ICP备13052560号'::icp.icp_id AND t.status = 'filed'$$, 'site_live_number_key') AS by_number,
	   pg_temp.plan_has($$SELECT FROM beian.sponsor s WHERE s.name_key = icp.name_key('x')$$, 'sponsor_name_key_idx') AS by_name,
	   pg_temp.plan_has($$SELECT FROM beian.claim c WHERE c.key_hash = icp.claim_hash('domain', 'x.cn') AND c.released_at IS NULL$$, 'claim_key_hash_idx') AS by_domain;
RESET enable_seqscan;
-- a changed record answers with its new facts at once
UPDATE beian.site SET domains = '{moved.cn}' WHERE name = '示例论坛';
SELECT (SELECT count(*) FROM beian.lookup('example.com.cn')) AS old, (SELECT count(*) FROM beian.lookup('moved.cn')) AS new;
UPDATE beian.site SET status = 'cancelled' WHERE name = '示例论坛';
SELECT count(*) FROM beian.lookup('moved.cn');
DROP SCHEMA beian CASCADE;
DO $$
DECLARE
	role	text;
BEGIN
	REVOKE ALL ON made_role, question FROM icp_public;
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
