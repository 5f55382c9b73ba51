-- Keywords: the shipped lists, one pass against comparison word by word, a bureau's own rows.

-- the lists that rules name, and nothing else
SELECT list, count(*), count(*) FILTER (WHERE source = '5 附件3 二(五)') AS by_law FROM icp.keyword GROUP BY list ORDER BY list;
SELECT word FROM icp.keyword WHERE source <> 'seed' ORDER BY list, word;

-- what 5 附件3 二(五) gives as examples
SELECT n.list, n.name, k.word, k.position
FROM (VALUES ('news', '江城新闻网'), ('bbs', '邻里论坛'), ('person_excluded', '某某有限公司'), ('government', '某某市人民政府'),
		('government', '某某监察'), ('national', '中国某某网')) AS n (list, name)
	LEFT JOIN LATERAL icp.find_keywords(n.list, n.name) k ON true;
-- any width, case, traditional form; the position is that of a character of the text
SELECT * FROM icp.find_keywords('bbs', 'ｂｂＳ論壇與BbS论坛');
SELECT * FROM icp.find_keywords('finance', 'Ｐ２Ｐ网贷與P2p網貸');
SELECT * FROM icp.find_keywords('government', '某市人民政府人民政府');
-- a word of Latin letters stands alone, one with digits or signs beside it too
SELECT s, array_agg(k.position)
FROM unnest('{happy,app,my-app,apps,app2,2app,app网,一app,APP,ａｐｐs,éapp,ｈａｐｐｙ,网ａｐｐ页}'::text[]) WITH ORDINALITY AS s (s, o)
	LEFT JOIN LATERAL icp.find_keywords('generic_app', s) k ON true GROUP BY s, o ORDER BY o;
-- nothing
SELECT * FROM icp.find_keywords('news', '');
SELECT * FROM icp.find_keywords('news', '江城花店');
SELECT * FROM icp.find_keywords(NULL, '新闻');
SELECT * FROM icp.find_keywords('news', NULL);
SELECT * FROM icp.find_keywords('nosuch', '新闻');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM icp.find_keywords('news', repeat('新闻', 174763));
\echo :LAST_ERROR_SQLSTATE
SELECT count(*), max(position) FROM icp.find_keywords('news', repeat('新闻', 174762));

-- every shipped word is found where it stands, and only there
SELECT count(*), count(*) FILTER (WHERE k.position = 3) AS found
FROM icp.keyword w LEFT JOIN LATERAL icp.find_keywords(w.list, '甲乙' || w.word || '丙') k ON k.word = w.word;

-- divisions, with and without what says their kind
SELECT * FROM icp.find_keywords('division', '北京朝阳区的内蒙古菜');
SELECT * FROM icp.find_keywords('division', '苍山摄影');	-- 苍山县 has been 兰陵县 since 2014
SELECT * FROM icp.find_keywords('division', '这个县的郊区和市辖区');
SELECT * FROM icp.find_keywords('division', '丰县人在徐州');
SELECT count(*) AS names, count(*) FILTER (WHERE EXISTS (
	SELECT FROM icp.find_keywords('division', '甲' || name || '乙') k WHERE k.word = name AND k.position = 2)) AS found
FROM icp.division WHERE valid_to IS NULL AND is_word;

-- Against comparison: 10,000 words over six signs, 2,000 texts; with 100 of the words, the same.
CREATE TABLE word AS
	SELECT DISTINCT (SELECT string_agg(substr('一丁七万丈三', 1 + get_byte(d, i) % 6, 1), '' ORDER BY i)
			FROM generate_series(0, get_byte(d, 15) % 8) i) AS word
	FROM generate_series(1, 60000) n, LATERAL decode(md5('word' || n), 'hex') d;
CREATE TABLE sentence AS
	SELECT n, (SELECT string_agg(substr('一丁七万丈三', 1 + get_byte(d, i) % 6, 1), '' ORDER BY i)
			FROM generate_series(0, 14) i) AS text
	FROM generate_series(1, 2000) n, LATERAL decode(md5('text' || n), 'hex') d;
INSERT INTO icp.keyword_local (list, word) SELECT 'many', word FROM word ORDER BY md5(word) LIMIT 10000;
INSERT INTO icp.keyword_local (list, word) SELECT 'few', word FROM word ORDER BY md5(word) LIMIT 100;
CREATE TABLE by_comparison AS
	SELECT l.list, n, l.word, i AS position
	FROM sentence CROSS JOIN generate_series(1, 15) i CROSS JOIN generate_series(1, 8) len
		JOIN icp.keyword_local l ON l.word = substr(text, i, len) AND i + len <= 16;
CREATE TABLE in_one_pass AS
	SELECT l.list, n, k.word, k.position
	FROM sentence, (VALUES ('many'), ('few')) AS l (list), icp.find_keywords(l.list, text) k;
SELECT l.list, count(*) AS words FROM icp.keyword_local l GROUP BY 1 ORDER BY 1;
SELECT list, count(*) > 100 AS some FROM by_comparison GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM (SELECT * FROM by_comparison EXCEPT ALL SELECT * FROM in_one_pass) d;
SELECT count(*) FROM (SELECT * FROM in_one_pass EXCEPT ALL SELECT * FROM by_comparison) d;
-- a list's name is no part of another's
SELECT count(*) FROM icp.find_keywords('news', '一丁七万');
DELETE FROM icp.keyword_local;
SELECT count(*) FROM icp.find_keywords('many', '一丁七万');

-- a bureau's own words and lists are seen by the next statement, and forgotten with the transaction
BEGIN;
SELECT * FROM icp.find_keywords('news', '快讯与头条');
INSERT INTO icp.keyword_local VALUES ('news', '快讯', true, 'local order'), ('news', '头条', false, 'trade mark'),
	('tea', '龙井', true, NULL), ('division', '朝阳', false, 'a common word'), ('division', '黄山风景区', true, NULL);
SELECT * FROM icp.find_keywords('news', '快讯与头条');
SELECT * FROM icp.find_keywords('tea', '龙井茶');
SELECT * FROM icp.find_keywords('division', '朝阳区的朝阳与黄山风景区');
SAVEPOINT s;
UPDATE icp.keyword_local SET is_used = NOT is_used WHERE list = 'news';
SELECT * FROM icp.find_keywords('news', '快讯与头条');
ROLLBACK TO s;
SELECT * FROM icp.find_keywords('news', '快讯与头条');
TRUNCATE icp.keyword_local;
SELECT * FROM icp.find_keywords('news', '快讯与头条');
ROLLBACK;
SELECT * FROM icp.find_keywords('news', '快讯与头条');
SELECT * FROM icp.find_keywords('tea', '龙井茶');
-- what a statement that fails read of its own rows is forgotten with them
CREATE FUNCTION pg_temp.peek() RETURNS text LANGUAGE plpgsql VOLATILE AS
	$$ BEGIN RAISE NOTICE '%', (SELECT count(*) FROM icp.find_keywords('news', '甲闻')); RETURN ''; END $$;
INSERT INTO icp.keyword_local (list, word, reason)
	SELECT 'news', w, CASE w WHEN '乙闻' THEN pg_temp.peek() ELSE '' END || 1 / (ascii(w) - ascii('丙'))
	FROM unnest('{甲闻,乙闻,丙闻}'::text[]) w;
SELECT * FROM icp.find_keywords('news', '甲闻');
-- and what a statement that succeeds read of its first rows does not hide the others
BEGIN;
INSERT INTO icp.keyword_local (list, word, reason)
	SELECT 'news', w, CASE w WHEN '乙闻' THEN pg_temp.peek() ELSE '' END FROM unnest('{甲闻,乙闻,丙闻}'::text[]) w;
SELECT word FROM icp.find_keywords('news', '甲闻乙闻丙闻');
ROLLBACK;
-- triggers switched off for a bulk load
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO icp.keyword_local VALUES ('news', '快讯');
SELECT word FROM icp.find_keywords('news', '快讯');
ROLLBACK;
-- divisions that change
BEGIN;
INSERT INTO icp.division_local VALUES (110199, '新试区', '新试');
SELECT * FROM icp.find_keywords('division', '新试区');
UPDATE icp.division_local SET valid_to = '2026-01-01';
SELECT * FROM icp.find_keywords('division', '新试区');
ROLLBACK;

-- what is no word
INSERT INTO icp.keyword_local VALUES ('news', '');
INSERT INTO icp.keyword_local VALUES ('news', ' 快讯');
INSERT INTO icp.keyword_local VALUES ('news', repeat('讯', 65));
INSERT INTO icp.keyword_local VALUES ('News', '快讯');
BEGIN;
INSERT INTO icp.keyword_local VALUES ('news', repeat('讯', 64));
SELECT length(word), position FROM icp.find_keywords('news', repeat('讯', 65));
ROLLBACK;
-- more lists than a set of bits could hold
BEGIN;
INSERT INTO icp.keyword_local SELECT 'own' || n, '词' || n FROM generate_series(1, 200) n;
SELECT count(*) FROM generate_series(1, 200) n, icp.find_keywords('own' || n, '词200') k;
SELECT * FROM icp.find_keywords('own200', '词200');
ROLLBACK;

-- in parallel workers
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT sum((SELECT count(*) FROM icp.find_keywords('news', text || '新闻'))) FROM sentence;
RESET ALL;

-- everybody reads, with any search_path; nobody but the owner writes
CREATE ROLE regress_keyword;
SET ROLE regress_keyword;
SET search_path = '';
SELECT * FROM icp.find_keywords('news', '新闻');
INSERT INTO icp.keyword VALUES ('news', '快讯', 'x');
INSERT INTO icp.keyword_local VALUES ('news', '快讯');
DELETE FROM icp.division_local;
RESET ROLE;
RESET search_path;
DROP ROLE regress_keyword;

-- the trigger function is one only
CREATE TABLE t (a int);
CREATE TRIGGER before_row BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION icp.keyword_changed();
INSERT INTO t VALUES (1);
\echo :LAST_ERROR_SQLSTATE
SELECT icp.keyword_changed();
DROP TABLE t, word, sentence, by_comparison, in_one_pass;
