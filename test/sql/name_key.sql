-- Keys of sponsors' names: what 3 Q17 means by the same full name.
SET search_path = icp, public;

-- the same sponsor, written in different ways
SELECT g, n, name_key(name), name_key(name) = name_key(first_value(name) OVER (PARTITION BY g ORDER BY n)) AS the_same
FROM (VALUES
  (1, 1, '北京（某某）有限公司'), (1, 2, '北京(某某)有限公司'), (1, 3, '北京［某某］有限公司'), (1, 4, '北京〔某某〕有限公司'),
  (1, 5, '北京【某某】有限公司'), (1, 6, ' 北京 （某某）　有限公司 '), (1, 7, '北京﹙某某﹚有限公司'), (1, 8, U&'\5317\4EAC(\67D0\67D0)\6709\9650\516C\53F8\200B'),
  (2, 1, '台湾积体电路制造公司'), (2, 2, '臺灣積體電路製造公司'),
  (3, 1, 'ABC科技'), (3, 2, 'ａｂｃ科技'), (3, 3, 'Abc 科技'),
  (4, 1, '阿里·巴巴'), (4, 2, '阿里・巴巴'), (4, 3, '阿里•巴巴'), (4, 4, '阿里‧巴巴'), (4, 5, '阿里･巴巴'),
  (5, 1, '中国-东盟中心'), (5, 2, '中国—东盟中心'), (5, 3, '中国－东盟中心'), (5, 4, '中国–东盟中心'), (5, 5, '中國−東盟中心'),
  (6, 1, '㈱某某'), (6, 2, '(株)某某'),
  (7, 1, '1号店'), (7, 2, '①號店'),
  (8, 1, 'Straße'), (8, 2, 'STRASSE'),
  (9, 1, U&'caf\00E9'), (9, 2, U&'cafe\0301'), (9, 3, U&'CAFE \0301')) AS v(g, n, name) ORDER BY g, n;

-- different sponsors stay different
SELECT a, b, name_key(a) = name_key(b) AS the_same
FROM (VALUES ('北京某某有限公司', '北京某某公司'), ('北京(某某)有限公司', '北京某某有限公司'), ('阿里·巴巴', '阿里巴巴'),
  ('中国-东盟', '中国东盟'), ('未来', '末来'), ('某某1', '某某2')) AS v(a, b);

-- characters that a rule over neighbours would treat differently have one key wherever they stand
SELECT name_key('乾') = name_key('干') AS one, name_key('乾隆') = name_key('干隆') AS two, name_key('苧') = name_key('苎') AS circle;

-- a key's key is itself; nothing, blanks, long names
SELECT every(name_key(name_key(n)) = name_key(n)) AS idempotent
FROM (SELECT chr(i) || '某' || chr(i + 1) AS n FROM generate_series(1, 65000, 7) AS i WHERE i + 1 < 55296 OR i > 57343) AS s;
SELECT name_key('') = '' AS empty, name_key(' 　') = '' AS blank, name_key(NULL) IS NULL AS null,
  length(name_key(repeat('臺灣公司', 5000))) AS long, length(name_key(repeat(U&'\FDFA', 100))) AS ligatures;

-- the version names the folding and the data behind it
SELECT name_key_version() ~ '^nfkc-hans-1/ICU-[0-9.]+/Unicode-[0-9.]+$' AS named;
