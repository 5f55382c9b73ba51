-- Independent domains: 4 §2 and its note, over the public suffix list.
SET search_path = icp, public;

CREATE TABLE expected_domain (host text, domain text, note text);
\getenv abs_srcdir PG_ABS_SRCDIR
\set file :abs_srcdir '/data/registrable.csv'
CREATE TEMP TABLE line (t text);
-- read by psql, since the server's user may not read a checkout of mode 700
\set command '\\copy line FROM ' :'file' ' (DELIMITER E''\\x01'')'
:command
INSERT INTO expected_domain SELECT a[1], a[2], a[3] FROM (SELECT string_to_array(t, ',') AS a FROM line WHERE t !~ '^#') AS s;
SELECT host, to_unicode(registrable_domain(host)) AS independent_domain, note,
  coalesce(to_unicode(registrable_domain(host)), '(none)') = domain AS as_expected
FROM expected_domain ORDER BY host COLLATE "C";

-- every category (9) and region (34) of the .CN system, and its Chinese top-level domains
SELECT count(*) AS suffixes, count(registrable_domain(s)) AS independent,
  count(*) FILTER (WHERE registrable_domain('a.' || s) = ('a.' || s)::domain_name) AS one_below,
  count(*) FILTER (WHERE registrable_domain('b.a.' || s) = ('a.' || s)::domain_name) AS two_below
FROM (SELECT unnest(string_to_array('政务.cn 公益.cn gov.cn org.cn ac.cn com.cn edu.cn mil.cn net.cn', ' '))
  UNION ALL SELECT lower(r) || '.cn' FROM unnest(string_to_array('BJ SH TJ CQ HE SX NM LN JL HL JS ZJ AH FJ JX SD HA HB HN GD GX HI '
    'SC GZ YN XZ SN GS QH NX XJ TW HK MO', ' ')) AS r
  UNION ALL SELECT unnest(string_to_array('中国 公司 网络 政务 公益 公司.cn 网络.cn', ' '))) AS x(s);

SELECT d, is_independent(d), registrable_domain(d) FROM unnest(ARRAY['sina.com.cn', 'www.sina.com.cn', 'com.cn', 'cn', 'a.政务.cn']::domain_name[]) AS d;
SELECT registrable_domain(NULL::text) IS NULL AS null_text, registrable_domain(NULL::domain_name) IS NULL AS null_name, is_independent(NULL) IS NULL AS null;

-- the list is named, with the additions; it can change with the package, so nothing of this is IMMUTABLE
SELECT suffix_list_version() ~ '^\d{4}-\d\d-\d\d \(.*libpsl.*\)\+cn-1$' AS named;
SELECT proname, provolatile, proparallel FROM pg_proc WHERE pronamespace = 'icp'::regnamespace
  AND proname IN ('registrable_domain', 'is_independent', 'suffix_list_version', 'homepage_domain', 'homepage_key', 'name_key', 'name_key_version', 'to_unicode')
ORDER BY 1, 2;

DROP TABLE expected_domain;
