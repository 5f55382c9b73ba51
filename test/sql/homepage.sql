-- Home pages: the key by which two of them are the same (3 Q17), and the domain that the list must have.
SET search_path = icp, public;

SELECT url, homepage_key(url), to_unicode(homepage_domain(url)) AS domain
FROM unnest(ARRAY[
  'http://www.example.cn/', 'https://www.example.cn', 'WWW.Example.CN', '//www.example.cn//', 'http://www.example.cn:80/', 'https://www.example.cn:443/',
  'http://www.example.cn/#top', 'http://www.example.cn/?', 'http://www.example.cn./', 'http://example.cn',
  'http://www.example.cn:8080/', 'http://www.example.cn:/', 'HTTP://www.example.cn/Index.HTML', 'http://www.example.cn/index.html/', 'http://www.example.cn/a/?B=1&c=2#x',
  'http://www.example.cn/a/../b/./c', 'http://www.example.cn/..', 'http://www.example.cn/%7euser', 'http://www.example.cn/~user', 'http://www.example.cn/%e9%a6%96',
  'http://www.example.cn/首', 'http://www.example.cn/a%2fb', 'http://www.example.cn/a//b', 'http://www.example.cn\a',
  'http://示例.中国/', 'http://xn--fsq092h.xn--fiqs8s', 'http://示例。中国/',
  'http://203.0.113.9/', '203.0.113.9:8080/x', 'http://[2001:DB8:0::1]/', 'http://[2001:db8::1]:8443/',
  'www.123.com', 'com.cn']) WITH ORDINALITY AS x(url, n) ORDER BY n;
SELECT homepage_key(NULL) IS NULL AS null_key, homepage_domain(NULL) IS NULL AS null_domain;

-- a key's key is itself
SELECT every(homepage_key(homepage_key(url)) = homepage_key(url)) AS idempotent
FROM unnest(ARRAY['http://A.cn:443/x/?y', 'https://a.cn:80', 'http://a.cn/%41%2f/./', 'http://[::ffff:1.2.3.4]/', 'a.cn?x', 'a.cn/%25%32%66']) AS url;

-- what is inside the list (5 annex 3 (八): www.123.com needs 123.com)
SELECT d, url, d @> homepage_domain(url) AS fits
FROM (VALUES ('{123.com}'::domain_list, 'http://www.123.com/'), ('{456.com}', 'http://www.123.com/'), ('{www.123.com}', 'http://www.123.com/'),
  ('{123.com}', 'http://203.0.113.9/')) AS v(d, url);
