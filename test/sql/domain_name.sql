-- icp.domain_name: input in every accepted form, order, operators, index range, UTS 46.
SET search_path = icp, public;
SET client_min_messages = warning;

-- what people write, what is stored, what people read
SELECT t AS written, t::domain_name AS stored, to_unicode(t::domain_name) AS read
FROM unnest(ARRAY['example.cn', 'EXAMPLE.CN', 'Example.Cn.', 'www.sina.com.cn', 'a-b-c.example.cn', '123.com', 'cn',
  '示例.中国', '示例。中国', '示例．中国', '示例｡中国', '示例.中国。', 'xn--fsq092h.xn--fiqs8s', 'XN--FSQ092H.XN--FIQS8S',
  'www.示例.公司', '政务.cn', 'ｅｘａｍｐｌｅ．ｃｎ', '例え.jp']) WITH ORDINALITY AS x(t, n) ORDER BY n;

-- rows of UTS 46 that matter: non-transitional, mapping, composition, joiners, right to left
SELECT what, t::domain_name AS stored, to_unicode(t::domain_name) = u AS read_back
FROM (VALUES
  ('sharp s is kept', 'faß.de', 'faß.de'),
  ('sharp s as A-label', 'xn--fa-hia.de', 'faß.de'),
  ('final sigma is kept', 'βόλος.com', 'βόλος.com'),
  ('sigma', 'βόλοσ.com', 'βόλοσ.com'),
  ('joiner behind a virama', U&'\0DC1\0DCA\200D\0DBB\0DD3.com', U&'\0DC1\0DCA\200D\0DBB\0DD3.com'),
  ('non-joiner between joining letters', U&'\0646\0627\0645\0647\200C\0627\06CC.com', U&'\0646\0627\0645\0647\200C\0627\06CC.com'),
  ('case', 'BÜCHER.de', 'bücher.de'),
  ('composition', U&'bu\0308cher.de', 'bücher.de'),
  ('soft hyphen goes', U&'a\00ADb.com', 'ab.com'),
  ('zero-width space goes', U&'a\200Bb.com', 'ab.com'),
  ('ligature', U&'\FB01n.com', 'fin.com'),
  ('circled digit', '①.com', '1.com'),
  ('roman numeral', 'Ⅷ.com', 'viii.com'),
  ('unit', '㎏.com', 'kg.com'),
  ('right to left', U&'\05D0\05D1.com', U&'\05D0\05D1.com'),
  ('right to left with digits', U&'\05D0\05D11.com', U&'\05D0\05D11.com'),
  ('traditional characters stay', '網絡.cn', '網絡.cn')) AS v(what, t, u);

-- limits
SELECT length((repeat('a', 63) || '.cn')::domain_name::text) AS label_of_63,
  length((repeat('a', 63) || '.' || repeat('b', 63) || '.' || repeat('c', 63) || '.' || repeat('d', 61))::domain_name::text) AS name_of_253,
  length((repeat('a', 63) || '.' || repeat('b', 63) || '.' || repeat('c', 63) || '.' || repeat('d', 61) || '.')::domain_name::text) AS with_a_dot;

-- order: by labels from the right, so that a top-level domain's names are neighbours
SELECT d FROM unnest(ARRAY['b.cn', 'a.com', 'cn', 'a.b.cn', 'a.cn', 'com.cn', 'www.com.cn', 'com', 'a-b.cn', 'ab.cn', 'a.a.cn',
  'z.a.cn', 'a1.cn', '中国']::domain_name[]) AS d ORDER BY d;
SELECT 'a.cn'::domain_name < 'b.cn' AS lt, 'a.cn'::domain_name <= 'A.cn' AS le, 'b.com'::domain_name > 'c.cn' AS gt,
  'a.cn'::domain_name >= 'b.cn' AS ge, '示例.cn'::domain_name = 'xn--fsq092h.cn' AS eq, 'a.cn'::domain_name <> 'a.com' AS ne;
SELECT min(d), max(d) FROM unnest(ARRAY['b.cn', 'a.com', 'z.cn']::domain_name[]) AS d;
SELECT min(d) FROM unnest(ARRAY[]::domain_name[]) AS d;
SELECT domain_name_hash('a.cn') = domain_name_hash('A.CN.') AS same_hash,
  domain_name_hash_extended('a.cn', 0) & 4294967295 = domain_name_hash('a.cn')::bigint & 4294967295 AS seed_zero_agrees,
  domain_name_hash_extended('a.cn', 1) <> domain_name_hash_extended('a.cn', 2) AS seeds_differ;

-- at or under
SELECT d, d <@ 'com.cn' AS under_com_cn, d <@ 'sina.com.cn' AS under_sina, domain_name 'www.sina.com.cn' <@ d AS over_www, d @> 'www.sina.com.cn' AS the_same
FROM unnest(ARRAY['com.cn', 'sina.com.cn', 'www.sina.com.cn', 'asina.com.cn', 'sina.com', 'cn', 'com-x.cn']::domain_name[]) AS d;

-- casts by input and output: text on assignment, from text explicitly
SELECT 'a.cn'::text::domain_name, ('A.cn'::domain_name)::text, 'host: ' || 'A.cn'::domain_name AS concatenated;
CREATE TEMP TABLE as_text (t text);
INSERT INTO as_text VALUES ('B.cn'::domain_name);
TABLE as_text;

-- a btree range, a unique constraint, hash partitions, a foreign key
CREATE TABLE host (name domain_name PRIMARY KEY);
INSERT INTO host SELECT format('h%s.s%s.%s', i, i % 100, (ARRAY['com.cn', 'cn', 'com', '中国'])[1 + i % 4])::domain_name
FROM generate_series(1, 4000) AS i;
INSERT INTO host VALUES ('s5.cn'), ('s5-x.cn'), ('s5x.cn'), ('com.cn');
INSERT INTO host VALUES ('H1.S1.CN.');
ANALYZE host;
CREATE FUNCTION index_conditions(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
  SET LOCAL enable_seqscan = off;
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    IF line ~ '(Index Cond|Filter):' THEN RETURN NEXT trim(line); END IF;
  END LOOP;
  SET LOCAL enable_seqscan = on;
END $$;
SELECT index_conditions($$SELECT * FROM host WHERE name <@ 's5.cn'$$);
SELECT index_conditions($$SELECT * FROM host WHERE 's5.cn' @> name$$);
SELECT index_conditions($$SELECT * FROM host WHERE name @> 'www.s5.cn'$$);
SELECT index_conditions($$SELECT * FROM host WHERE 'www.s5.cn' <@ name$$);
SELECT index_conditions($$SELECT * FROM host WHERE name <@ NULL$$);
SET enable_seqscan = off;
SELECT count(*) AS by_index, min(name), max(name) FROM host WHERE name <@ 's5.cn';
SELECT name FROM host WHERE name @> 'www.s5.cn';
SELECT count(*) AS by_index FROM host WHERE name <@ 'cn';
SET enable_seqscan = on;
SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;
SELECT count(*) AS by_scan, min(name), max(name) FROM host WHERE name <@ 's5.cn';
SELECT name FROM host WHERE name @> 'www.s5.cn';
SELECT count(*) AS by_scan FROM host WHERE name <@ 'cn';
RESET enable_indexscan; RESET enable_indexonlyscan; RESET enable_bitmapscan;

-- a join with a list of parents takes the range too
CREATE TEMP TABLE parent AS SELECT d::domain_name AS name FROM unnest(ARRAY['s1.cn', 's2.com.cn', 's3.com', 's7.中国']) AS d;
SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
SELECT index_conditions($$SELECT 1 FROM parent p JOIN host h ON h.name <@ p.name$$);
SELECT p.name, count(h.name) FROM parent p LEFT JOIN host h ON h.name <@ p.name GROUP BY 1 ORDER BY 1;
RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin;

-- sorting with and without an index agrees, and equal keys are deduplicated in an index
SELECT (SELECT array_agg(name ORDER BY name) FROM host)
  = (SELECT array_agg(name) FROM (SELECT name FROM host ORDER BY name USING <) AS s) AS sorted_alike;
SELECT every(a <= b) AS in_order FROM (SELECT name AS a, lead(name) OVER (ORDER BY name) AS b FROM host) AS s WHERE b IS NOT NULL;

CREATE TABLE host_part (name domain_name) PARTITION BY HASH (name);
CREATE TABLE host_part_0 PARTITION OF host_part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE host_part_1 PARTITION OF host_part FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO host_part SELECT name FROM host;
-- frozen from 1.0: a row must always go to the same partition
SELECT tableoid::regclass, name FROM host_part WHERE name IN ('com.cn', 's5.cn', 'h1.s1.cn', 'h3.s3.中国') ORDER BY 2;
SELECT count(*) FROM host JOIN host_part USING (name);

DROP TABLE host, host_part, parent, as_text;
DROP FUNCTION index_conditions(text);
