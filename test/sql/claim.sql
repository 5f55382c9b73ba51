-- Claims and conflicts (3 Q17): on the registry's tables, and the trigger on other applications' tables.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SELECT icp.create_registry();

-- The hash is frozen: claims are found by it on every machine and in every version.
SELECT kind, left(key, 30) AS key, icp.claim_hash(kind, key) = hash AS frozen
  FROM (VALUES ('domain', 'example.cn', 212901356839083310), ('domain', 'xn--fsqu00a.xn--fiqs8s', 8356169440196538400),
			   ('homepage', 'www.example.cn', -3413784470368834403), ('sponsor_name', '示例(北京)科技有限公司', -4375710140750664226),
			   ('', '', 2737183428366584608), ('anything', repeat('long', 1000), 6165193963981015888)) AS v(kind, key, hash);
SELECT icp.claim_hash('ab', 'c') = icp.claim_hash('a', 'bc') AS kind_and_key_run_together, icp.claim_hash(NULL, 'a') IS NULL AS strict;

INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b'), (2, 'c');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (1, '京', '甲分公司'), (2, '京', '乙公司'), (3, '沪', '丙公司');
CREATE TEMP VIEW pair AS
	SELECT c.kind, c.key, c.left_holder || ' ' || c.left_holder_id || ' a' || c.left_account AS "left",
		   c.right_holder || ' ' || c.right_holder_id || ' a' || c.right_account AS "right", c.state
	  FROM beian.conflict c ORDER BY c.kind, c.key COLLATE "C", c.left_claim, c.right_claim;
CREATE TEMP VIEW live AS
	SELECT c.kind, c.key, c.holder::text || ' ' || c.holder_id AS holder, c.account_id, c.province_code, c.approved
	  FROM beian.claim c WHERE c.released_at IS NULL ORDER BY c.kind, c.key COLLATE "C", c.holder, c.holder_id;

-- By domain, in whatever spelling.  The same account: none.
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{A.cn, 示例。中国}');
INSERT INTO beian.site (sponsor_id, domains) VALUES (2, '{a.cn}');
SELECT * FROM pair;
INSERT INTO beian.site (sponsor_id, domains) VALUES (3, '{b.cn, xn--fsq092h.xn--fiqs8s}');
INSERT INTO beian.site (sponsor_id, domains) VALUES (4, '{a.cn.}');
SELECT * FROM pair;
-- a subdomain is another key
INSERT INTO beian.site (sponsor_id, domains) VALUES (4, '{www.a.cn}');
-- by home page
INSERT INTO beian.site (sponsor_id, homepage) VALUES (1, 'http://WWW.h.cn:80/'), (3, 'https://www.h.cn#top'), (4, 'www.h.cn/en'), (4, 'https://www.h.cn:8443'),
	(4, NULL), (4, ''), (4, 'no url at all'), (3, 'no url at all');
-- by sponsor's name
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '示例（北京）科技有限公司'), (2, '京', '示例(北京) 科技有限公司'), (3, '沪', '示例(上海)科技有限公司'), (3, '沪', '示例（北京）科技有限公司');
SELECT * FROM pair WHERE kind <> 'domain';
SELECT count(*) AS conflicts, count(DISTINCT (left_claim, right_claim)) AS pairs, bool_and(left_claim < right_claim) AS in_order, bool_and(left_account <> right_account) AS of_two FROM beian.conflict;
-- nothing was rejected
SELECT count(*) FROM beian.site;

-- UPDATE: what goes is released, what comes is claimed, what stays keeps its conflict.
SELECT id AS kept FROM beian.conflict WHERE key = 'a.cn' AND left_holder_id = 1 \gset
UPDATE beian.site SET domains = '{a.cn, c.cn}' WHERE id = 1;
SELECT * FROM pair WHERE kind = 'domain';
SELECT id = :kept AS the_same FROM beian.conflict WHERE key = 'a.cn' AND left_holder_id = 1;
SELECT * FROM live WHERE holder = 'beian.site 1';
SELECT key, released_at IS NOT NULL AS released FROM beian.claim WHERE holder = 'beian.site'::regclass AND holder_id = 1 ORDER BY id;
UPDATE beian.site SET name = 'nothing that bears on claims' WHERE id = 1;
UPDATE beian.site SET domains = domains WHERE id = 1;
SELECT count(*) FROM beian.claim WHERE holder_id = 1 AND holder = 'beian.site'::regclass;
-- DELETE releases
DELETE FROM beian.site WHERE id = 2;
SELECT * FROM pair WHERE kind = 'domain' AND key = 'a.cn';
-- Account change: everything anew, for the sponsor and, by foreign key, for its sites.
UPDATE beian.sponsor SET account_id = 3 WHERE id = 1;
SELECT * FROM pair WHERE key = 'a.cn';
SELECT * FROM live WHERE holder = 'beian.site 1' OR holder = 'beian.sponsor 1';
UPDATE beian.sponsor SET account_id = 1 WHERE id = 1;
SELECT * FROM pair WHERE key = 'a.cn';
-- Another province: the claims go with it, and stay the same claims.
UPDATE beian.sponsor SET province = '沪' WHERE id = 1;
SELECT * FROM live WHERE holder IN ('beian.site 1', 'beian.sponsor 1');
SELECT count(*) FROM pair WHERE key = 'a.cn' AND state = 'open';
UPDATE beian.sponsor SET province = '京' WHERE id = 1;
-- Status: withdrawn and cancelled release, filed is approved.
UPDATE beian.site SET status = 'withdrawn' WHERE id = 4;
SELECT * FROM pair WHERE key = 'a.cn';
UPDATE beian.sponsor SET status = 'filed', number = '京ICP备12000001号' WHERE id = 1;
UPDATE beian.site SET status = 'filed', number = '京ICP备12000001号-1' WHERE id = 1;
SELECT * FROM live WHERE approved;
UPDATE beian.site SET domains = '{c.cn, d.cn}' WHERE id = 1;
SELECT * FROM live WHERE approved;
-- A conflict that comes later leaves the filed side as it is.
INSERT INTO beian.site (sponsor_id, domains) VALUES (3, '{c.cn}') RETURNING id AS rival \gset
SELECT * FROM pair WHERE key = 'c.cn';
SELECT status FROM beian.site WHERE id = 1;
-- An approved domain is unique, whatever else was settled.
UPDATE beian.sponsor SET status = 'filed', number = '京ICP备12000002号' WHERE id = 3;
\set VERBOSITY sqlstate
UPDATE beian.site SET status = 'filed', number = '京ICP备12000002号-1' WHERE id = :rival;
INSERT INTO beian.site (sponsor_id, domains, status, number) VALUES (3, '{d.cn}', 'filed', '京ICP备12000002号-2');
UPDATE beian.site SET domains = '{d.cn}' WHERE id = :rival;
UPDATE beian.site SET status = 'filed', number = '京ICP备12000002号-1', domains = '{x.cn}' WHERE id = :rival;
UPDATE beian.site SET domains = '{d.cn}' WHERE id = :rival;
\set VERBOSITY default
UPDATE beian.site SET status = 'cancelled' WHERE id = 1;
UPDATE beian.site SET domains = '{c.cn, d.cn}' WHERE id = :rival;
SELECT * FROM live WHERE approved;
SELECT * FROM pair WHERE key IN ('c.cn', 'd.cn');

-- Statements of many rows: each pair once, pairs inside the statement too.
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{m.cn}'), (3, '{m.cn}'), (4, '{m.cn}'), (4, '{m.cn}');
SELECT * FROM pair WHERE key = 'm.cn';
SELECT count(*) AS edges FROM beian.claim_edge e JOIN beian.claim c ON c.id = e.claim_id AND c.holder_id = e.claim_holder_id WHERE c.key = 'm.cn';
-- INSERT ... ON CONFLICT: rows that come and rows that change, in one statement
INSERT INTO beian.site (id, sponsor_id, account_id, province_code, domains) VALUES (1001, 1, 1, 11, '{o.cn}'), (1002, 3, 2, 11, '{p.cn}');
INSERT INTO beian.site (id, sponsor_id, account_id, province_code, domains) VALUES (1001, 1, 1, 11, '{p.cn}'), (1003, 4, 3, 31, '{o.cn, p.cn}')
	ON CONFLICT (id) DO UPDATE SET domains = excluded.domains;
SELECT * FROM pair WHERE key IN ('o.cn', 'p.cn');
INSERT INTO beian.site (id, sponsor_id, domains) VALUES (1001, 1, '{q.cn}') ON CONFLICT (id) DO NOTHING;
SELECT count(*) FROM live WHERE key = 'q.cn';
-- MERGE
MERGE INTO beian.site AS t USING (VALUES (1001, 1, '{r.cn}'), (1002, 3, '{r.cn}'), (1003, 4, NULL), (1004, 4, '{r.cn}')) AS s(id, sponsor_id, domains) ON t.id = s.id
	WHEN MATCHED AND s.domains IS NULL THEN DELETE
	WHEN MATCHED THEN UPDATE SET domains = s.domains::icp.domain_list
	WHEN NOT MATCHED THEN INSERT (id, sponsor_id, domains) VALUES (s.id, s.sponsor_id, s.domains::icp.domain_list);
SELECT * FROM pair WHERE key IN ('o.cn', 'p.cn', 'r.cn');
-- COPY
COPY beian.site (sponsor_id, account_id, province_code, domains, homepage) FROM stdin;
1	1	11	{y.cn}	y.cn
3	2	11	{y.cn,z.cn}	\N
4	\N	\N	{z.cn}	http://y.cn/
\.
SELECT * FROM pair WHERE key IN ('y.cn', 'z.cn');
-- UPDATE ... FROM that swaps domains between accounts: nobody meets anybody who has left
UPDATE beian.site SET domains = '{s1.cn}' WHERE id = 1001;
UPDATE beian.site SET domains = '{s2.cn}' WHERE id = 1002;
UPDATE beian.site t SET domains = v.domains::icp.domain_list FROM (VALUES (1001, '{s2.cn}'), (1002, '{s1.cn}')) AS v(id, domains) WHERE t.id = v.id;
SELECT * FROM pair WHERE key LIKE 's_.cn';
SELECT * FROM live WHERE key LIKE 's_.cn';
-- data-modifying CTEs and a rolled back subtransaction
WITH one AS (INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{w.cn}') RETURNING id)
INSERT INTO beian.site (sponsor_id, domains) SELECT 4, '{w.cn}' FROM one;
SELECT count(*) AS open FROM pair WHERE key = 'w.cn';
BEGIN;
SAVEPOINT s;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{v.cn}');
ROLLBACK TO s;
INSERT INTO beian.site (sponsor_id, domains) VALUES (3, '{v.cn}');
COMMIT;
SELECT count(*) AS conflicts, (SELECT count(*) FROM live WHERE key = 'v.cn') AS claims FROM pair WHERE key = 'v.cn';
-- Long lists
INSERT INTO beian.site (sponsor_id, domains) SELECT 1, string_to_array(string_agg('l' || n || '.cn', ','), ',')::icp.domain_list FROM generate_series(1, 3000) n;
INSERT INTO beian.site (sponsor_id, domains) SELECT 4, string_to_array(string_agg('l' || n || '.cn', ','), ',')::icp.domain_list FROM generate_series(2001, 70000) n;
SELECT count(*) AS conflicts, count(DISTINCT key) AS keys FROM beian.conflict WHERE key LIKE 'l%.cn';
SELECT count(*) FROM beian.claim WHERE key ~ '^l\d+\.cn$' AND released_at IS NULL;
DELETE FROM beian.site WHERE icp.cardinality(domains) > 1000;
SELECT state, count(*) FROM beian.conflict WHERE key LIKE 'l%.cn' GROUP BY 1;
-- Every live claim is what its row says, no more and no less.
WITH said AS (
	SELECT 'domain' AS kind, d::text AS key, 'beian.site'::regclass AS holder, t.id, t.account_id, t.province_code, t.status = 'filed' AS approved
	  FROM beian.site t, icp.domains(t.domains) d WHERE t.status NOT IN ('cancelled', 'withdrawn')
	UNION ALL SELECT 'homepage', icp.homepage_key(t.homepage), 'beian.site'::regclass, t.id, t.account_id, t.province_code, t.status = 'filed'
	  FROM beian.site t WHERE t.homepage LIKE '%.%' AND t.status NOT IN ('cancelled', 'withdrawn')
	UNION ALL SELECT 'sponsor_name', s.name_key, 'beian.sponsor'::regclass, s.id, s.account_id, s.province_code, s.status = 'filed'
	  FROM beian.sponsor s WHERE s.status NOT IN ('cancelled', 'withdrawn')), kept AS (
	SELECT kind, key, holder, holder_id, account_id, province_code, approved FROM beian.claim WHERE released_at IS NULL)
SELECT (SELECT count(*) FROM (TABLE said EXCEPT ALL TABLE kept) x) AS missing, (SELECT count(*) FROM (TABLE kept EXCEPT ALL TABLE said) x) AS too_many;
-- and every pair of live claims of different accounts is a conflict, once
SELECT count(*) AS differences FROM (
	SELECT a.id AS l, b.id AS r FROM beian.claim a JOIN beian.claim b ON b.kind = a.kind AND b.key = a.key AND b.id > a.id AND b.account_id <> a.account_id
	 WHERE a.released_at IS NULL AND b.released_at IS NULL) p
  FULL JOIN (SELECT left_claim AS l, right_claim AS r FROM beian.conflict WHERE state <> 'withdrawn') c USING (l, r)
 WHERE p IS NULL OR c IS NULL;

-- On tables of one's own: FOR EACH ROW, with the claims of beian.
CREATE SCHEMA shop;
CREATE TABLE shop.page (id int PRIMARY KEY, owner smallint, url text, host icp.domain_name, hosts icp.domain_list, host_text varchar(200), title text, state text, province int, n numeric);
CREATE TRIGGER claim_url AFTER INSERT OR UPDATE OR DELETE ON shop.page FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('homepage', 'url', 'owner', 'id');
CREATE TRIGGER claim_host AFTER INSERT OR UPDATE OR DELETE ON shop.page FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
CREATE TRIGGER claim_hosts AFTER INSERT OR UPDATE OR DELETE ON shop.page FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'hosts', 'owner', 'id');
CREATE TRIGGER claim_host_text AFTER INSERT OR UPDATE OR DELETE ON shop.page FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'host_text', 'owner', 'id');
CREATE TRIGGER claim_title AFTER INSERT OR UPDATE OR DELETE ON shop.page FOR EACH ROW EXECUTE FUNCTION
	icp.detect_conflict('title', 'title', 'owner', 'id', 'province=province', 'approved=state=shown', 'released=state=gone|hidden');
INSERT INTO shop.page (id, owner, url, host, hosts, host_text, title, state, province) VALUES
	(1, 11, 'http://shop.cn/', 'one.cn', '{two.cn}', 'Three.cn', 'A title', 'shown', 44),
	(2, 12, 'https://shop.cn', 'three.cn', '{one.cn}', 'two.cn', 'A title', 'new', NULL),
	(3, 13, NULL, NULL, NULL, NULL, 'A Title', 'shown', 11), (4, 14, 'not a url', NULL, '{}', 'not a domain', 'A title', 'gone', 11);
SELECT * FROM pair WHERE "left" LIKE 'shop%';
SELECT * FROM live WHERE holder LIKE 'shop%' AND kind = 'title';
UPDATE shop.page SET state = CASE id WHEN 1 THEN 'hidden' WHEN 4 THEN 'shown' ELSE state END;
SELECT * FROM live WHERE holder LIKE 'shop%' AND kind = 'title';
SELECT * FROM pair WHERE kind = 'title';
UPDATE shop.page SET id = 20 WHERE id = 2;
SELECT * FROM live WHERE holder LIKE 'shop.page 2%';
UPDATE shop.page SET owner = NULL WHERE id = 1;
INSERT INTO shop.page (id, title) VALUES (5, 'whose?');
INSERT INTO shop.page (id) VALUES (6);		-- claims nothing, so it needs nobody
-- the claims of all tables meet
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{one.cn}');
SELECT * FROM pair WHERE key = 'one.cn';
DROP TABLE shop.page;

-- another text instead of the column's, as it stands; empty, nothing is claimed
CREATE TABLE shop.alias (id int PRIMARY KEY, owner int, host text, alias text);
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON shop.alias FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id', 'instead=alias');
INSERT INTO shop.alias VALUES (1, 1, 'Alias1.cn', NULL), (2, 2, 'alias1.cn', 'As It Stands'), (3, 3, NULL, 'As It Stands'), (4, 4, 'alias1.cn', '');
SELECT * FROM live WHERE holder LIKE 'shop.alias%';
SELECT * FROM pair WHERE "left" LIKE 'shop.alias%';
UPDATE shop.alias SET alias = CASE id WHEN 4 THEN NULL WHEN 2 THEN '' ELSE alias END;
SELECT * FROM pair WHERE "left" LIKE 'shop.alias%';
DROP TABLE shop.alias;

-- FOR EACH STATEMENT, with transition tables
CREATE TABLE shop.item (id bigint GENERATED ALWAYS AS IDENTITY, owner int, host text);
CREATE TRIGGER claim_i AFTER INSERT ON shop.item REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
CREATE TRIGGER claim_u AFTER UPDATE ON shop.item REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
CREATE TRIGGER claim_d AFTER DELETE ON shop.item REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
INSERT INTO shop.item (owner, host) VALUES (1, 'i.cn'), (2, 'I.CN'), (1, 'j.cn');
SELECT * FROM pair WHERE key = 'i.cn';
UPDATE shop.item SET host = 'j.cn' WHERE host ILIKE 'i.cn';
SELECT * FROM pair WHERE key IN ('i.cn', 'j.cn');
DELETE FROM shop.item WHERE owner = 2;
INSERT INTO shop.item (owner, host) SELECT 9, 'j.cn' WHERE false;
SELECT * FROM pair WHERE key IN ('i.cn', 'j.cn');
-- a partition's rows are those of the table that the trigger stands on
CREATE TABLE shop.part (id bigint, owner int, host text) PARTITION BY LIST (owner);
CREATE TABLE shop.part1 PARTITION OF shop.part FOR VALUES IN (1);
CREATE TABLE shop.part2 PARTITION OF shop.part FOR VALUES IN (2);
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON shop.part FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
INSERT INTO shop.part VALUES (1, 1, 'part.cn'), (2, 2, 'part.cn');
SELECT * FROM pair WHERE key = 'part.cn';
UPDATE shop.part SET owner = 1;
SELECT * FROM live WHERE key = 'part.cn';

-- a deferred constraint trigger looks at COMMIT
CREATE TABLE shop.late (id bigint, owner int, host text);
CREATE CONSTRAINT TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON shop.late DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
BEGIN;
INSERT INTO shop.late VALUES (1, 1, 'late.cn'), (2, 2, 'late.cn');
UPDATE shop.late SET host = 'later.cn' WHERE id = 2;
SELECT count(*) FROM live WHERE key LIKE 'late%.cn';
COMMIT;
SELECT * FROM live WHERE key LIKE 'late%.cn';
SELECT key, state FROM pair WHERE key LIKE 'late%.cn';

-- a table of claims of one's own
SELECT icp.create_registry('shop_claims');
CREATE TABLE shop.own (id int, owner int, word text);
CREATE TRIGGER claim AFTER INSERT ON shop.own FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('word', 'word', 'owner', 'id', 'claims=shop_claims.claim');
INSERT INTO shop.own VALUES (1, 1, 'w'), (2, 2, 'w'), (3, 3, 'W');
SELECT kind, key, state, left_application, left_sponsor FROM shop_claims.conflict;
SELECT count(*) FROM beian.claim WHERE kind = 'word';
SELECT * FROM icp.find_rivals('shop_claims.claim', 'shop.own', 1);
SELECT * FROM icp.find_rivals('shop_claims.claim', 'shop.own', 3);
DROP SCHEMA shop_claims CASCADE;
INSERT INTO shop.own VALUES (4, 4, 'w');

-- Wrong arguments
CREATE FUNCTION pg_temp.try(arguments text, what text DEFAULT 'AFTER INSERT', level text DEFAULT 'FOR EACH ROW', command text DEFAULT 'INSERT INTO shop.bad (id, owner, host) VALUES (1, 1, ''x.cn'')')
	RETURNS TABLE (sqlstate text, message text, detail text, hint text) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE shop.bad (id int, owner int, host text, n numeric, b boolean, name varchar(10));
	EXECUTE format('CREATE TRIGGER bad %s ON shop.bad %s EXECUTE FUNCTION icp.detect_conflict(%s)', what, level, arguments);
	EXECUTE command;
	DROP TABLE shop.bad;
	RETURN QUERY SELECT NULL::text, 'accepted', NULL::text, NULL::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN QUERY SELECT SQLSTATE::text, SQLERRM::text, detail, hint;
END
$$;
SELECT t.* FROM (VALUES (1, $$'domain', 'host', 'owner', 'id'$$), (2, $$'domain', 'host', 'owner'$$), (3, ''), (4, $$'domain', 'nothing', 'owner', 'id'$$),
	(5, $$'domain', 'host', 'nobody', 'id'$$), (6, $$'domain', 'host', 'owner', 'ID'$$), (7, $$'domain', 'n', 'owner', 'id'$$), (8, $$'domain', 'host', 'host', 'id'$$),
	(9, $$'domain', 'host', 'owner', 'n'$$), (10, $$'domain', 'host', 'owner', 'id', 'colour=red'$$), (11, $$'domain', 'host', 'owner', 'id', ''$$),
	(12, $$'domain', 'host', 'owner', 'id', 'approved=host'$$), (13, $$'domain', 'host', 'owner', 'id', 'approved=id=1'$$),
	(14, $$'domain', 'host', 'owner', 'id', 'released=nothing=1'$$), (15, $$'domain', 'host', 'owner', 'id', 'province=host'$$),
	(16, $$'domain', 'host', 'owner', 'id', 'province=nothing'$$), (17, $$'domain', 'host', 'owner', 'id', 'claims=nowhere.claim'$$),
	(18, $$'domain', 'host', 'owner', 'id', 'claims=beian.site'$$), (19, $$'domain', 'host', 'owner', 'id', 'claims=beian.conflict'$$),
	(20, $$'domain', 'host', 'owner', 'id', 'claims=beian.claim_edge'$$), (21, $$'domain', 'host', 'owner', 'id', 'claims=a.b.c.d'$$),
	(22, $$'domain', 'host', 'owner', 'id', 'claims='$$), (23, $$'', 'host', 'owner', 'id'$$), (24, $$'domain', 'b', 'owner', 'id'$$),
	(25, $$'domain', 'host', 'owner', 'id', 'instead=nothing'$$), (26, $$'domain', 'host', 'owner', 'id', 'instead=n'$$), (27, $$'domain', 'host', 'owner', 'id', 'instead=host'$$)) AS v(n, arguments),
	LATERAL pg_temp.try(v.arguments) t ORDER BY n;
SELECT * FROM pg_temp.try($$'domain', 'host', 'owner', 'id'$$, 'BEFORE INSERT');
SELECT * FROM pg_temp.try($$'domain', 'host', 'owner', 'id'$$, 'AFTER INSERT', 'FOR EACH STATEMENT');
SELECT * FROM pg_temp.try($$'domain', 'host', 'owner', 'id'$$, 'AFTER UPDATE', 'REFERENCING NEW TABLE AS n FOR EACH STATEMENT', 'UPDATE shop.bad SET id = 2');
SELECT * FROM pg_temp.try($$'domain', 'host', 'owner', 'id'$$, 'AFTER DELETE', 'FOR EACH STATEMENT', 'DELETE FROM shop.bad');
SELECT * FROM pg_temp.try($$'domain', 'host', 'owner', 'id'$$, 'AFTER TRUNCATE', 'FOR EACH STATEMENT', 'TRUNCATE shop.bad');
SELECT icp.detect_conflict();

-- A claim table that does not do: without its index, without a column.
BEGIN;
DROP INDEX beian.claim_key_hash_idx, beian.claim_approved_domain_key;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{e.cn}');
ROLLBACK;
BEGIN;
ALTER TABLE beian.claim RENAME COLUMN key TO word;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{e.cn}');
ROLLBACK;
BEGIN;
DROP TABLE beian.claim_edge CASCADE;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{e.cn}');
ROLLBACK;

-- The index on claims of filed records is not taken for the one on all live claims, whichever is older (a restore makes
-- them in the order of their names).
BEGIN;
DROP INDEX beian.claim_key_hash_idx;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{e.cn}');
ROLLBACK;
BEGIN;
DROP INDEX beian.claim_key_hash_idx;
CREATE INDEX claim_key_hash_idx ON beian.claim (key_hash) WHERE released_at IS NULL;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{e.cn}'), (4, '{e.cn}');
SELECT * FROM pair WHERE key = 'e.cn';
DROP INDEX beian.claim_key_hash_idx;
CREATE INDEX claim_key_hash_idx ON beian.claim (key_hash);
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{f.cn}'), (4, '{f.cn}');
SELECT * FROM pair WHERE key = 'f.cn';
ROLLBACK;

-- Another owner's trigger needs rights on the claims.
CREATE ROLE regress_icp_shop NOLOGIN;
GRANT CREATE, USAGE ON SCHEMA shop TO regress_icp_shop;
SELECT icp.allow_triggers('regress_icp_shop');
SET ROLE regress_icp_shop;
CREATE TABLE shop.theirs (id int, owner int, host text);
CREATE TRIGGER claim AFTER INSERT ON shop.theirs FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'host', 'owner', 'id');
INSERT INTO shop.theirs VALUES (1, 77, 'y.cn');
SELECT * FROM icp.find_rivals('beian.claim', 'beian.site', 1);
RESET ROLE;
GRANT SELECT, INSERT, UPDATE ON beian.claim, beian.claim_edge TO regress_icp_shop;
SET ROLE regress_icp_shop;
INSERT INTO shop.theirs VALUES (1, 77, 'y.cn');
RESET ROLE;
SELECT "right", count(*) FROM pair WHERE key = 'y.cn' AND kind = 'domain' AND "right" LIKE 'shop%' GROUP BY 1;

-- Claims are written as their own owner: who may make a trigger gets nothing done as the owner of its table.
CREATE ROLE regress_icp_trap NOLOGIN;
CREATE SCHEMA trap AUTHORIZATION regress_icp_trap;
GRANT USAGE ON SCHEMA shop TO regress_icp_trap;
SET ROLE regress_icp_shop;
CREATE TABLE shop.word (id int, owner int, word text);
GRANT INSERT, TRIGGER ON shop.word TO regress_icp_trap;
SELECT icp.allow_triggers('regress_icp_trap');	-- superuser only: this fails
RESET ROLE;
SELECT icp.allow_triggers('regress_icp_trap');
SET ROLE regress_icp_trap;
CREATE TABLE trap.claim (id bigint GENERATED ALWAYS AS IDENTITY, kind text NOT NULL, key text NOT NULL, key_hash bigint NOT NULL,
	holder regclass NOT NULL, holder_id bigint NOT NULL, account_id bigint NOT NULL, province_code smallint, approved boolean NOT NULL, released_at timestamptz);
CREATE TABLE trap.claim_edge (id bigint GENERATED ALWAYS AS IDENTITY, claim_id bigint NOT NULL, claim_holder_id bigint NOT NULL,
	rival_id bigint NOT NULL, rival_holder_id bigint NOT NULL, province_code smallint, detected_at timestamptz NOT NULL);
CREATE TABLE trap.ran_as (who name);
GRANT USAGE ON SCHEMA trap TO PUBLIC;
GRANT ALL ON trap.claim, trap.claim_edge, trap.ran_as TO PUBLIC;
CREATE FUNCTION trap.note() RETURNS void LANGUAGE sql AS 'INSERT INTO trap.ran_as VALUES (current_user)';
CREATE FUNCTION trap.same(bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM trap.note(); RETURN $1; END $$;
CREATE INDEX ON trap.claim (key_hash);
CREATE INDEX ON trap.claim (holder_id);
CREATE INDEX ON trap.claim (trap.same(account_id + trap.same(0)));
CREATE TRIGGER claim AFTER INSERT ON shop.word FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('word', 'word', 'owner', 'id', 'claims=trap.claim');
INSERT INTO shop.word VALUES (1, 1, 'a'), (2, 2, 'a');
RESET ROLE;
SELECT * FROM icp.find_rivals('trap.claim', 'shop.word', 1);
SELECT DISTINCT who FROM trap.ran_as;
-- a table of claims that lacks NOT NULL may hold half a claim
ALTER TABLE trap.claim ALTER kind DROP NOT NULL, ALTER key DROP NOT NULL;
INSERT INTO trap.claim (kind, key, key_hash, holder, holder_id, account_id, approved)
	VALUES (NULL, 'a', 1, 'shop.word', 7, 1, true), ('word', NULL, 2, 'shop.word', 7, 1, true), ('word', 'a', icp.claim_hash('word', 'a'), 'shop.word', 7, 3, true);
SELECT key, rival_holder_id FROM icp.find_rivals('trap.claim', 'shop.word', 7);
DROP SCHEMA trap CASCADE;

-- Two names of one hash, which are easily made, are two claims.
SELECT icp.claim_hash('domain', 'lc5ad3w9grvflj.cn') = icp.claim_hash('domain', 'rs01l9h4s5d9ji.cn') AS same_hash;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{rs01l9h4s5d9ji.cn}');
INSERT INTO beian.site (sponsor_id, domains) VALUES (4, '{lc5ad3w9grvflj.cn}') RETURNING id AS twin \gset
SELECT count(*) FROM pair WHERE key IN ('lc5ad3w9grvflj.cn', 'rs01l9h4s5d9ji.cn');
UPDATE beian.site SET domains = '{rs01l9h4s5d9ji.cn}' WHERE id = :twin;
SELECT key, state FROM pair WHERE key IN ('lc5ad3w9grvflj.cn', 'rs01l9h4s5d9ji.cn');
UPDATE beian.site SET domains = '{lc5ad3w9grvflj.cn,rs01l9h4s5d9ji.cn}' WHERE id = :twin;
SELECT key FROM live WHERE holder = 'beian.site ' || :twin;
UPDATE beian.site SET domains = '{lc5ad3w9grvflj.cn}' WHERE id = :twin;
SELECT key FROM live WHERE holder = 'beian.site ' || :twin;
SELECT key, state FROM pair WHERE key IN ('lc5ad3w9grvflj.cn', 'rs01l9h4s5d9ji.cn');

DROP SCHEMA beian, shop CASCADE;
DROP OWNED BY regress_icp_shop, regress_icp_trap;
DROP ROLE regress_icp_shop, regress_icp_trap;
