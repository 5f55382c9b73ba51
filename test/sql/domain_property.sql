-- Laws that must hold for any names and lists, over generated ones: sets against arrays, order, round trips.
SET search_path = icp, public;
SET client_min_messages = warning;
SELECT setseed(0.2009);

-- names of 1 to 5 labels with many common ends, some of them A-labels
CREATE TABLE name (i int PRIMARY KEY, t text, d domain_name);
INSERT INTO name SELECT i, t, t::domain_name FROM (
  SELECT i, array_to_string(ARRAY(SELECT l[1 + floor(random() * 20 + 0 * k)::int] FROM generate_series(1, 1 + i % 5) AS k), '.') AS t
  FROM generate_series(1, 3000) AS i, (SELECT ARRAY['a', 'b', 'ab', 'a-b', 'a1', '1', 'www', 'com', 'cn', 'net', 'z', 'zz', '0a', 'a0',
    repeat('x', 63), '示例', '中国', '公司', 'bücher', 'x9'] AS l) AS label) AS s
WHERE t !~ '(^|\.)[0-9]+$' AND try_domain_name(t) IS NOT NULL;
SELECT count(*) > 2000 AS many, count(DISTINCT d) > 1000 AS different FROM name;

-- text: what is printed reads back, also in Unicode and in capitals
SELECT every(d::text::domain_name = d) AS text, every(to_unicode(d)::domain_name = d) AS unicode, every(upper(to_unicode(d))::domain_name = d) AS capitals,
  every(replace(to_unicode(d), '.', '。')::domain_name = d) AS ideographic_stops, every(d::text ~ '^[a-z0-9.-]{1,253}$') AS ascii FROM name;

-- order: the order of the arrays of labels from the right, byte by byte; total; what the six operators say agrees
CREATE TABLE reversed AS SELECT i, d, ARRAY(SELECT l FROM string_to_table(d::text, '.') WITH ORDINALITY AS x(l, n) ORDER BY n DESC) COLLATE "C" AS r FROM name;
SELECT count(*) > 100000 AS pairs,
  every((a.d < b.d) = (a.r < b.r)) AS lt, every((a.d <= b.d) = (a.r <= b.r)) AS le, every((a.d = b.d) = (a.r = b.r)) AS eq,
  every((a.d <> b.d) = (a.r <> b.r)) AS ne, every((a.d >= b.d) = (a.r >= b.r)) AS ge, every((a.d > b.d) = (a.r > b.r)) AS gt,
  every(domain_name_cmp(a.d, b.d) = -domain_name_cmp(b.d, a.d)) AS opposite,
  every(a.d <> b.d OR domain_name_hash(a.d) = domain_name_hash(b.d)) AS hash,
  every((a.d <@ b.d) = (a.r[1:cardinality(b.r)] = b.r)) AS under, every((a.d <@ b.d) = (b.d @> a.d)) AS over,
  every((a.d <@ b.d) = (a.d >= b.d AND a.d < domain_name_upper(b.d))) AS is_a_range
FROM (SELECT * FROM reversed ORDER BY i LIMIT 400) AS a CROSS JOIN (SELECT * FROM reversed ORDER BY i DESC LIMIT 400) AS b;
-- a sort (abbreviated keys) gives the same as comparing
SELECT array_agg(d ORDER BY d) = array_agg(d ORDER BY r, i) AS sorted FROM reversed;
SELECT array_agg(d ORDER BY d) = array_agg(d ORDER BY domain_list(d)) AS around_suffixes FROM (SELECT (x || s)::domain_name AS d
  FROM unnest(ARRAY['', '0.', 'a.', 'a-.', 'z.', 'zzzzzzzzzzzz1.', 'zzzzzzzzzzzz2.', 'b.a.', 'x-', 'com.', 'org.']) AS x,
    unnest(ARRAY['cn', 'com', 'net', 'org', 'ac.cn', 'com.cn', 'edu.cn', 'gov.cn', 'net.cn', 'org.cn', '中国', 'cn0a', 'comb', 'co', 'coma.cn', 'co.cn', 'xn--fiqs8sa.cn', 'uk']) AS s
  WHERE try_domain_name(x || s) IS NOT NULL) AS g;
SELECT array_agg(d::text ORDER BY d, i) = array_agg(d::text ORDER BY domain_list(d), i) AS as_lists_of_one FROM reversed;

-- lists against sorted arrays without duplicates
CREATE TABLE list (i int PRIMARY KEY, l domain_list, a domain_name[]);
INSERT INTO list SELECT i, a::domain_list, ARRAY(SELECT DISTINCT x FROM unnest(a) AS x ORDER BY x)
FROM (SELECT i, ARRAY(SELECT d[1 + floor(random() * (CASE WHEN i % 3 = 0 THEN 20 ELSE 2000 END))::int] FROM generate_series(1, i % 7) AS k) AS a
  FROM generate_series(1, 600) AS i, (SELECT array_agg(d ORDER BY i) AS d FROM name) AS s OFFSET 0) AS g;
SELECT count(*), sum(cardinality(a)) > 1000 AS many, every(l::domain_name[] = a) AS as_array, every(l::text[] = a::text[]) AS as_texts,
  every(cardinality(l) = cardinality(a)) AS cardinality, every(a::domain_list = l) AS from_array, every(a::text[]::domain_list = l) AS from_texts,
  every(l::text::domain_list = l) AS text, every(l::text = a::text) AS prints_as_array, every(ARRAY(SELECT domains(l)) = a) AS elements,
  every((SELECT bool_and(domain_at(l, n::int) = x) FROM unnest(a) WITH ORDINALITY AS u(x, n)) IS NOT FALSE) AS element_at,
  every(coalesce((SELECT domain_list_agg(x) FROM unnest(a) AS x), '{}') = l) AS aggregate
FROM list;
SELECT count(*) > 50000 AS pairs,
  every((x.l && y.l) = (x.a && y.a)) AS overlap, every((x.l @> y.l) = (x.a @> y.a)) AS contains, every((x.l <@ y.l) = (x.a <@ y.a)) AS contained,
  every((x.l = y.l) = (x.a = y.a)) AS eq, every((x.l < y.l) = (x.a < y.a)) AS lt, every((x.l > y.l) = (x.a > y.a)) AS gt,
  every((x.l + y.l)::domain_name[] = ARRAY(SELECT unnest(x.a) UNION SELECT unnest(y.a) ORDER BY 1)) AS plus,
  every((x.l - y.l)::domain_name[] = ARRAY(SELECT unnest(x.a) EXCEPT SELECT unnest(y.a) ORDER BY 1)) AS minus,
  every((x.l * y.l)::domain_name[] = ARRAY(SELECT unnest(x.a) INTERSECT SELECT unnest(y.a) ORDER BY 1)) AS times,
  every(y.a[1] IS NULL OR (x.l @> y.a[1]) = (y.a[1] = ANY (x.a))) AS has
FROM (SELECT * FROM list WHERE i % 2 = 0) AS x CROSS JOIN (SELECT * FROM list WHERE i % 3 = 0) AS y;

-- binary: every name and list through COPY BINARY
CREATE TABLE name_back (i int, d domain_name);
CREATE TABLE list_back (i int, l domain_list);
\getenv dir PG_ABS_BUILDDIR
\set name_file :dir '/results/domain_property_name.bin'
\set list_file :dir '/results/domain_property_list.bin'
\set copy '\\copy (SELECT i, d FROM name) TO ' :'name_file' ' (FORMAT binary)'
:copy
\set copy '\\copy name_back FROM ' :'name_file' ' (FORMAT binary)'
:copy
\set copy '\\copy (SELECT i, l FROM list) TO ' :'list_file' ' (FORMAT binary)'
:copy
\set copy '\\copy list_back FROM ' :'list_file' ' (FORMAT binary)'
:copy
SELECT count(*) = (SELECT count(*) FROM name) AS all_names, every(name.d = name_back.d) AS the_same FROM name JOIN name_back USING (i);
SELECT count(*) = (SELECT count(*) FROM list) AS all_lists, every(list.l = list_back.l) AS the_same FROM list JOIN list_back USING (i);

DROP TABLE name, reversed, list, name_back, list_back;
