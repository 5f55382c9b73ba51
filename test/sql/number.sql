-- icp.icp_id and icp.filing_number: canonical forms, tolerated typography, parts, order, casts, numbers to issue.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;
\set SHOW_CONTEXT never

SELECT typname, typlen, typbyval, typcategory, typispreferred FROM pg_type
WHERE oid IN ('icp.icp_id'::regtype, 'icp.filing_number'::regtype) ORDER BY 1;

-- what is written and what it becomes
SELECT raw || ' → ' || raw::filing_number FROM (VALUES
  ('京ICP备13052560号'), ('京ICP备13052560号-1'), ('辽ICP备2023009191号-2A'), ('粤ICP备2026067180号-2X'),
  ('京ICP备12345678号-4K'), ('京ICP证030173号'), ('京ICP证030779号-1'), ('京ICP证12345678号'), ('粤B2-20090059'),
  ('粤B2-20090059-1626X'), ('合字B2-20160011'), ('合字A1.B1.B2-20180017'), ('A2.B1.B2-20100001'), ('B2-20090059'),
  -- full width, traditional, small letters
  ('京ＩＣＰ备１２３４５６７８号－１Ａ'), ('粵ICP備12087993號'), ('滬ICP證030173號'), ('黑icp备20171204号-1x'),
  -- white space of every kind, and none at all
  ('  吉 ICP 备 2021002465 号 -  3 '), (E'京ICP备\u00a012345678\u3000号'), (E'京\u200bICP备1234\u200b5678号\ufeff'),
  (E'京ICP备12345678号\n'), ('京 I C P 备 1 2 3 4 5 6 7 8 号'), ('京ICP备1234 5678号'),
  -- dashes
  ('京ICP备12345678号‐1'), ('京ICP备12345678号‑1'), ('京ICP备12345678号–1'), ('京ICP备12345678号—1'), ('京ICP备12345678号——1'),
  ('京ICP备12345678号−1'), ('京ICP备12345678号─1'), ('京ICP备12345678号一1'), ('京ICP备12345678号ー1'), ('粤B2－20090059'),
  -- 号 before, behind, twice, missing
  ('陕ICP备12000810-2号'), ('京ICP备第14007000号-7号'), ('粤ICP备09082681-1'), ('浙ICP备11713090'), ('粤B2-20090059号'),
  ('京ICP证 030779-1号'),
  -- what stands between the word and the digits
  ('沪ICP备案13038549号'), ('粤ICP备：16028473号'), ('皖ICP备-2025092209号'), ('京ICP备字第05000001号'), ('京ICP备号12345678'),
  ('(浙)ICP备16025718号'), ('[滇]ICP备12006807号'),
  -- classes
  ('ICP证京B2-20170324'), ('浙ICP证 B2-20160069'), ('湘ICP备B2-20080075-3'), ('ICP证合字B2-20070004号'), ('合字B2.B1-20130004'),
  ('合字A1、B1、B2-20180017'), ('粤b2 20090059'),
  -- labels
  ('备案号：京ICP备12345678号'), ('ICP备案/许可证编号为：粤ICP备11086295号-1'), ('增值电信业务经营许可证：粤B2-20170474'),
  ('国家信息产业部甘ICP备14018586号'), ('备案号：[闽ICP备15012807号-1]'), ('APP 备案号：京ICP备12345678号-1A'),
  -- the second abbreviations: each system prints its own
  ('川ICP备2026054850号'), ('贵ICP备07000443号'), ('甘ICP备20002844号'), ('蜀ICP证030173号'), ('黔B2-20090059'), ('陇B2-20090059')
  ) AS v(raw);

-- both spellings are one value, with one hash
SELECT '川ICP备2026054850号'::icp_id = '蜀ICP备2026054850号', '蜀B2-20090059'::icp_id = '川B2-20090059',
       icp_id_hash('贵ICP备07000443号') = icp_id_hash('黔ICP备07000443号');

-- parts
SELECT n, province_of(n), kind_of(n), serial_of(n), year_of(n), icp_id_of(n), service_no(n), service_kind(n)
FROM unnest('{京ICP备09019508号,京ICP备2021013281号-12,京ICP备12345678号-3A,京ICP备12345678号-3X,京ICP备12345678号-99999K,
  京ICP证030173号,京ICP证12345678号,蜀ICP备2026054850号-2A,粤B2-20090059-5,合字A1.B1.B2-20180017,A2.B1.B2-20100001,
  京ICP备1234567890号,京ICP备0000000000号,京ICP备99999999号,粤B2-21000001,粤B2-19990001}'::filing_number[]) AS n;
SELECT province_of(i), kind_of(i), serial_of(i), year_of(i) FROM unnest('{京ICP证030173号,粤B2-20090059}'::icp_id[]) AS i;

-- integer order is display order: province, kind, classes, width, serial, service number, service kind
CREATE TABLE n (id serial, n filing_number);
INSERT INTO n (n) VALUES
  ('A2.B1.B2-20100001'), ('B2-20090059'),
  ('京ICP备00000000号'), ('京ICP备00000000号-1'), ('京ICP备12345678号'), ('京ICP备12345678号-1'), ('京ICP备12345678号-1A'),
  ('京ICP备12345678号-1X'), ('京ICP备12345678号-1K'), ('京ICP备12345678号-2'), ('京ICP备12345678号-10'),
  ('京ICP备12345678号-99999K'), ('京ICP备99999999号'), ('京ICP备0000000000号'), ('京ICP备2021013281号'), ('京ICP备9999999999号'),
  ('京ICP证000000号'), ('京ICP证999999号'), ('京ICP证00000000号'), ('京A1-20000000'), ('京A1.A2-20000000'),
  ('京A1.A2.B1-20000000'), ('京A1.A2.B1.B2-20000000'), ('京A1.A2.B2-20000000'), ('京A1.B1-20000000'),
  ('京A1.B1.B2-20000000'), ('京A1.B2-20000000'), ('京A2-20000000'), ('京A2.B1-20000000'), ('京A2.B1.B2-20000000'),
  ('京A2.B2-20000000'), ('京B1-20000000'), ('京B1.B2-20000000'), ('京B2-20000000'), ('京B2-99999999-99999K'),
  ('津ICP备00000000号'), ('粤ICP备00000000号'), ('蜀ICP备00000000号'), ('黔ICP备00000000号'), ('新B2-99999999'), ('合字B2-20160011');
SELECT count(*), bool_and(id = rank) FROM (SELECT id, rank() OVER (ORDER BY n) AS rank FROM n) AS s;
SELECT count(*) FROM n AS a, n AS b
WHERE (a.n < b.n) IS DISTINCT FROM (a.id < b.id) OR (a.n <= b.n) IS DISTINCT FROM (a.id <= b.id) OR
      (a.n > b.n) IS DISTINCT FROM (a.id > b.id) OR (a.n >= b.n) IS DISTINCT FROM (a.id >= b.id) OR
      (a.n = b.n) IS DISTINCT FROM (a.id = b.id) OR (a.n <> b.n) IS DISTINCT FROM (a.id <> b.id) OR
      sign(filing_number_cmp(a.n, b.n)) <> sign(a.id - b.id);
SELECT min(n), max(n) FROM n;
SELECT min(n::icp_id), max(n::icp_id) FROM n;
-- the packing is stored, so it is fixed
SELECT id, encode(filing_number_send(n), 'hex') FROM n WHERE id IN (1, 3, 6, 12, 14, 17, 35, 41);
SELECT filing_number_hash('京ICP备12345678号-1'), filing_number_hash_extended('京ICP备12345678号-1', 0);

-- casts between the levels
SELECT '京ICP备12345678号'::icp_id::filing_number, '京ICP备12345678号-7'::filing_number::icp_id;
SELECT '京ICP备12345678号'::icp_id = '京ICP备12345678号'::filing_number, '京ICP备12345678号'::icp_id < '京ICP备12345678号-1'::filing_number;
CREATE TABLE sponsor (number icp_id);
INSERT INTO sponsor SELECT '京ICP备12345678号-7'::filing_number;
INSERT INTO sponsor SELECT '京ICP备12345678号-7'::filing_number::icp_id;
INSERT INTO n (n) SELECT number FROM sponsor RETURNING n;
SELECT '京ICP备12345678号-7'::filing_number::text, ' 京ICP备12345678'::text::icp_id, '京ICP备12345678'::varchar::filing_number;

-- a sponsor's services
SELECT last_service('京ICP备12345678号');
SELECT '京ICP备12345678号-1'::filing_number <@ '京ICP备12345678号', '京ICP备12345678号'::filing_number <@ '京ICP备12345678号',
       '京ICP备12345679号-1'::filing_number <@ '京ICP备12345678号', '津ICP备12345678号-1'::filing_number <@ '京ICP备12345678号',
       '京ICP备12345678号'::icp_id @> '京ICP备12345678号-99999K'::filing_number, '京ICP证123456号'::icp_id @> '京ICP备12345678号-1'::filing_number;

-- numbers to issue
SELECT make_icp_id('京', 2026, 42), make_icp_id('蜀', 2019, 999999), make_icp_id('新', 2000, 0), make_icp_id('11', 2020, 1);
SELECT make_filing_number('京ICP备2026000042号', 1), make_filing_number('京ICP备2026000042号', 2, 'app'),
       make_filing_number('粤B2-20090059', 1626, 'mini_program'), make_filing_number('京ICP备2026000042号', 99999, 'quick_app');
SELECT make_icp_id('京', 1999, 42);
\echo :LAST_ERROR_SQLSTATE
SELECT make_icp_id('京', 2100, 42);
SELECT make_icp_id('京', 2026, 1000000);
SELECT make_icp_id('京', 2026, -1);
SELECT make_filing_number('京ICP备2026000042号', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT make_filing_number('京ICP备2026000042号', 100000);
SELECT make_filing_number('京ICP备2026000042号', 1, 'game');
\echo :LAST_ERROR_SQLSTATE

-- every number of a large sample prints to what parses to itself
SELECT count(*), count(DISTINCT n), bool_and(n::text::filing_number = n), bool_and(n::icp_id = icp_id_of(n) AND n <@ icp_id_of(n))
FROM (SELECT make_filing_number(make_icp_id(icp.province(c), 2000 + g % 100, g * 997 % 1000000), 1 + g * 7919 % 99999,
        (ARRAY['site', 'app', 'mini_program', 'quick_app'])[1 + g % 4]) AS n
      FROM generate_series(1, 2000) AS g, unnest(ARRAY[11, 31, 44, 51, 52, 62, 65]) AS c) AS s;

-- try_ and explain_
SELECT try_filing_number('备案号：京ICP备12345678'), try_filing_number('京ICP备1234号') IS NULL, try_icp_id('京ICP备12345678号'),
       try_icp_id('京ICP备12345678号-1') IS NULL, try_filing_number('京公网安备11010802020134号') IS NULL,
       try_filing_number(NULL) IS NULL, explain_filing_number('京ICP备12345678') IS NULL;

-- every operator is declared whole
SELECT oprname, oprleft::regtype, oprright::regtype FROM pg_operator
WHERE oprnamespace = 'icp'::regnamespace AND oprleft IN ('province'::regtype, 'icp_id'::regtype, 'filing_number'::regtype, 'psb_number'::regtype) AND
  (oprcom = 0 OR oprrest = 0 OR oprjoin = 0 OR (oprnegate = 0 AND oprname NOT IN ('<@', '@>')) OR oprcanhash <> (oprname = '=') OR
   oprcanmerge <> (oprname = '='));
-- and everything that belongs to the types is commented, every function safe in a parallel plan, every class whole
SELECT pg_describe_object(classid, objid, 0) FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'icpfiling') AND deptype = 'e' AND
  pg_describe_object(classid, objid, 0) ~ 'province|icp_id|filing_number|psb_number|within_' AND
  pg_describe_object(classid, objid, 0) !~ '\[\]|beian' AND obj_description(objid, classid::regclass::text) IS NULL;
SELECT proname FROM pg_proc WHERE pronamespace = 'icp'::regnamespace AND proparallel <> 's' AND
  proname ~ '^(province|icp_id|filing_number|psb_number|try_|explain_(icp|filing|psb)|find_(filing|psb))';
SELECT amname, opcname, amvalidate(c.oid) FROM pg_opclass AS c JOIN pg_am AS a ON a.oid = opcmethod
WHERE opcintype IN ('province'::regtype, 'icp_id'::regtype, 'filing_number'::regtype, 'psb_number'::regtype) ORDER BY 1, 2;
DROP TABLE n, sponsor;
