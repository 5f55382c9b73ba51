-- Every wrong form of a domain name, a domain list, a home page, each with its message.
SET search_path = icp, public;
\set VERBOSITY default

SELECT ''::domain_name;
SELECT '.'::domain_name;
SELECT 'http://www.example.cn/'::domain_name;
SELECT 'www.example.cn/index.html'::domain_name;
SELECT 'admin@example.cn'::domain_name;
SELECT 'Zhang San <san@example.cn>'::domain_name;
SELECT '192.168.1.1'::domain_name;
SELECT '2001:db8::1'::domain_name;
SELECT '[::1]'::domain_name;
SELECT 'example.cn:8080'::domain_name;
SELECT '*.example.cn'::domain_name;
SELECT ' example.cn'::domain_name;
SELECT '示例　网.cn'::domain_name;
SELECT 'my_shop.example.cn'::domain_name;
SELECT 'www..cn'::domain_name;
SELECT '.example.cn'::domain_name;
SELECT 'example.cn..'::domain_name;
SELECT '示例。。中国'::domain_name;
SELECT (repeat('a', 64) || '.cn')::domain_name;
SELECT (repeat('中', 60) || '.cn')::domain_name;
SELECT (repeat('abcdefghi.', 25) || 'abcd')::domain_name;
SELECT repeat('中.', 2000)::domain_name;
SELECT '-a.cn'::domain_name;
SELECT 'a-.cn'::domain_name;
SELECT 'ab--cd.cn'::domain_name;
SELECT 'a+b.cn'::domain_name;
SELECT '示例,中国'::domain_name;
SELECT 'example.123'::domain_name;
SELECT '1.2.3'::domain_name;
SELECT 'xn--zzzzzzz99999.cn'::domain_name;
SELECT 'xn--abc-.cn'::domain_name;
SELECT 'xn--.cn'::domain_name;
-- an A-label of what UTS 46 would have mapped (Ü in upper case)
SELECT 'xn--kca.cn'::domain_name;
SELECT U&'\0301a.cn'::domain_name;
SELECT U&'a\05D0.cn'::domain_name;
SELECT U&'1\05D0.cn'::domain_name;
-- a right-to-left label makes a label that begins with a digit wrong as well
SELECT U&'1a.\05D0\05D1'::domain_name;
SELECT U&'a\200Db.cn'::domain_name;
SELECT '⒈.cn'::domain_name;
SELECT U&'\FFFD.cn'::domain_name;

-- the same as an answer instead of an error
SELECT t, try_domain_name(t), explain_domain_name(t)
FROM unnest(ARRAY['example.cn', '示例.中国', 'my_shop.example.cn', 'example.cn:80', 'www..cn', NULL]) WITH ORDINALITY AS x(t, n) ORDER BY n;

SELECT 'a.cn'::domain_list;
SELECT ''::domain_list;
SELECT '{a.cn'::domain_list;
SELECT '{"a.cn'::domain_list;
SELECT '{a.cn}}'::domain_list;
SELECT '{a.cn} b.cn'::domain_list;
SELECT '{a.cn,,b.cn}'::domain_list;
SELECT '{,}'::domain_list;
SELECT '{a.cn,}'::domain_list;
SELECT '{NULL}'::domain_list;
SELECT '{{a.cn}}'::domain_list;
SELECT '[1:2]={a.cn,b.cn}'::domain_list;
SELECT '{"a.cn"b.cn}'::domain_list;
SELECT '{a"b.cn}'::domain_list;
SELECT '{a.cn,my_shop.cn}'::domain_list;
SELECT '{a.cn,"http://b.cn"}'::domain_list;
SELECT '{a.cn,san@example.cn}'::domain_list;
SELECT '{"null"}'::domain_list, '{""}'::domain_list;
SELECT ARRAY['a.cn', 'b c.cn']::domain_list;
SELECT ARRAY['a.cn', NULL]::text[]::domain_list;
SELECT ARRAY['a.cn', NULL]::domain_name[]::domain_list;
SELECT ARRAY[['a.cn'], ['b.cn']]::domain_list;
SELECT t, try_domain_list(t), explain_domain_list(t)
FROM unnest(ARRAY['{a.cn}', '{a.cn,b_c.cn}', 'a.cn', NULL]) WITH ORDINALITY AS x(t, n) ORDER BY n;

-- more domains than a list may have
SELECT cardinality((SELECT array_agg('d' || i || '.cn') FROM generate_series(1, 100000) AS i)::domain_list);
SELECT cardinality((SELECT array_agg('d' || i || '.cn') FROM generate_series(1, 100001) AS i)::domain_list);
SELECT cardinality((SELECT array_agg('d' || i % 1000 || '.cn') FROM generate_series(1, 100001) AS i)::domain_list);
SELECT cardinality((SELECT array_agg('d' || i || '.cn') FROM generate_series(1, 100000) AS i)::domain_list + '{x.cn}');
SELECT cardinality(domain_list_agg(('d' || i || '.cn')::domain_name)) FROM generate_series(1, 100001) AS i;

SELECT homepage_key('');
SELECT homepage_key('ftp://example.cn/');
SELECT homepage_key('http://');
SELECT homepage_key('http://my_shop.cn/');
SELECT homepage_key('http://user:secret@example.cn/');
SELECT homepage_key('http://example.cn:99999/');
SELECT homepage_key('http://example.cn:x/');
SELECT homepage_key('http://192.168.1.256/');
SELECT homepage_key('http://[::g]/');
SELECT homepage_key('http://example.cn/a b');
SELECT homepage_key('http://example.cn/%zz');
SELECT homepage_key('example.cn/' || repeat('a', 9000));
SELECT registrable_domain('a..cn');
