-- Divisions of GB/T 2260: counts, history, names.

SET datestyle = 'ISO, YMD';

SELECT count(*), count(DISTINCT code), count(*) FILTER (WHERE valid_to IS NULL) AS in_force,
	count(*) FILTER (WHERE valid_to = '2002-12-31' AND valid_from IS NULL) AS before_2003 FROM icp.division;
-- in force: 34 provinces; 333 prefectures; counties without the collective rows
SELECT CASE WHEN code % 10000 = 0 THEN 'province' WHEN code % 100 = 0 THEN 'prefecture' ELSE 'county' END AS level,
	count(*) FROM icp.division
WHERE valid_to IS NULL AND name !~ '^(市辖区|县)$|行政区划$' GROUP BY 1 ORDER BY 2;
SELECT string_agg(coalesce(short_name, name), ' ' ORDER BY code) FROM icp.division WHERE code % 10000 = 0;

-- a code has one name at a time; everything lies in a province and a prefecture that were in force with it
SELECT a.code FROM icp.division a JOIN icp.division b ON a.code = b.code AND a.ctid <> b.ctid
	AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to);
SELECT d.code, d.name FROM icp.division d
WHERE NOT EXISTS (SELECT FROM icp.division p WHERE p.code = d.code / 10000 * 10000)
	OR (d.valid_to IS NULL AND NOT EXISTS (SELECT FROM icp.division p WHERE p.code = d.code / 100 * 100 AND p.valid_to IS NULL));
SELECT code, name FROM icp.division WHERE name !~ '[省市县区州旗盟]$' ORDER BY code;

-- what changed, and when at the latest
SELECT code, name, short_name, valid_from, valid_to FROM icp.division
WHERE code IN (110103, 110105, 110228, 120110, 130181, 310108, 371700, 420600, 460321, 530821, 632857, 659012, 711000)
ORDER BY code, valid_from NULLS FIRST;

SELECT icp.division_name(440305), icp.division_name(440300), icp.division_name(440000);
SELECT icp.division_name(110105), icp.division_name(110101), icp.division_name(110100);
SELECT icp.division_name(469001), icp.division_name(419001), icp.division_name(659001);
SELECT icp.division_name(110103), icp.division_name(110103, '2009-10-01');
SELECT icp.division_name(420607, '2009-10-01'), icp.division_name(420607);
SELECT icp.division_name(150207), icp.division_name(150700), icp.division_name(652901);
SELECT icp.division_name(990000), icp.division_name(110199), icp.division_name(0), icp.division_name(NULL), icp.division_name(-1),
	icp.division_name(2147483647);

-- names without what says their kind
SELECT name, short_name FROM icp.division WHERE code IN (110000, 110105, 150000, 150100, 150221, 150223, 232700, 310115, 320321, 420684,
	429021, 450000, 460321, 520203, 522300, 610103, 622926, 632221, 640000, 650000, 652800, 653000, 654300, 810000, 140311)
	AND valid_to IS NULL ORDER BY code;
SELECT count(*) FROM icp.division WHERE short_name IS NOT NULL AND
	(left(name, length(short_name)) <> short_name OR short_name = name OR length(short_name) < 2);
-- only the names of peoples and of kinds are gone
SELECT substr(name, length(short_name) + 1) AS gone, count(*) FROM icp.division WHERE valid_to IS NULL AND short_name IS NOT NULL
	GROUP BY 1 HAVING count(*) > 2 ORDER BY 2 DESC, 1;

-- a bureau's own rows come first, as long as they hold
BEGIN;
INSERT INTO icp.division_local (code, name, short_name, valid_from, valid_to) VALUES (110105, '新朝阳区', '新朝阳', '2027-01-01', '2028-01-01');
SELECT icp.division_name(110105, '2026-12-31'), icp.division_name(110105, '2027-01-01'), icp.division_name(110105, '2028-01-01');
ROLLBACK;
INSERT INTO icp.division_local (code, name) VALUES (12345, '甲');
INSERT INTO icp.division_local (code, name, valid_from, valid_to) VALUES (110199, '甲区', '2027-01-01', '2027-01-01');
INSERT INTO icp.division_local (code, name) VALUES (110199, '甲区'), (110199, '乙区');

-- divisions of well-formed public-security numbers are known
SELECT count(DISTINCT v), count(DISTINCT v) FILTER (WHERE EXISTS (SELECT FROM icp.division d WHERE d.code = v)) AS known
FROM unnest('{500108,110108,330100,330110,330200,310115,440305,440300,320508}'::int[]) v;

-- characters beyond GB 2312; a database in EUC_CN has a 〓 in their place
SELECT code, name FROM icp.division WHERE name ~ '[埇沚浉瀍猇硚鄠]' ORDER BY code;
SELECT count(*) FROM icp.division WHERE name ~ '[{}〓0-9A-F]' OR short_name ~ '[{}〓0-9A-F]';
SELECT current_database() AS home \gset
CREATE DATABASE icpfiling_division_euc_cn ENCODING 'EUC_CN' LOCALE 'C' TEMPLATE template0;
\c icpfiling_division_euc_cn
SET client_encoding = 'UTF8';
CREATE EXTENSION icpfiling;
SELECT code, name, short_name FROM icp.division WHERE name ~ '〓' ORDER BY code;
SELECT * FROM icp.find_keywords('division', '我在北京朝阳区');
SELECT * FROM icp.find_keywords('news', '江城新闻网');
\c :home
DROP DATABASE icpfiling_division_euc_cn;
