-- What is refused, each with what is wrong, where, and what would be accepted.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;
\set SHOW_CONTEXT never

CREATE TABLE site (number filing_number);
INSERT INTO site VALUES ('京ICP备1234号');
\echo :LAST_ERROR_SQLSTATE
SELECT ''::filing_number;
\echo :LAST_ERROR_SQLSTATE
SELECT '京ICP备12345678号-1'::icp_id;
\echo :LAST_ERROR_SQLSTATE
SELECT '京公网安备11010802020134号'::filing_number;
\echo :LAST_ERROR_SQLSTATE
-- a long text is not quoted whole
SELECT ('京ICP备12345678号' || repeat('很长', 100))::filing_number::text IS NULL;
COPY site FROM stdin;
京ICP备12345678号-1
京ICP备12345678号-2B
\.
SELECT count(*) FROM site;
DROP TABLE site;

-- one reason each; explain_ says what the errors say
SELECT coalesce(explain_filing_number(raw), 'ACCEPTED') || ' ← ' || raw FROM (VALUES
  (''), ('  '), ('备案号：'), ('你好'), ('阿里云'), ('12345678'), ('ICP备12345678号'), ('ICP备12345678号-1'), ('备案号：12345678'),
  ('省ICP备12345678号'), ('萌ICP备20240001号'), ('云ICP备12345678号'), ('港ICP备05000001号'), ('北ICP备12345678号'),
  ('京'), ('京ICP'), ('京ICP12345678号'), ('京ABC备12345678号'), ('京备12345678号'), ('京IPC备12345678号'), ('京教备12345678号'),
  ('京网文[2015]2026-368号'), ('京ICP被12345678号'), ('京公网安备11010802020134号'), ('合字ICP备12345678号'),
  ('京C2-20170466'), ('京B3-20170466'), ('京B2.C1-20170466'), ('京B2.B2-20170466'), ('b2-20260928'), ('粤B2'), ('粤B2-'), ('粤B2-2009059'),
  ('川B2-2025XXXX'), ('粤B2-200900591'), ('粤B1-B2-20090059'),
  ('京ICP备'), ('京ICP备号'), ('京ICP备XXXXXXXX号'), ('京ICP备xxx号'), ('京ICP备********号'), ('京ICP备\d{8}号'), ('京ICP备${n}号'),
  ('京ICP备O9038549号'), ('京ICP备1号'), ('京ICP备1234号'), ('京ICP备123456号'), ('京ICP备1234567号'), ('京ICP备123456789号'),
  ('京ICP备12345678901号'), ('京ICP备123456789012345678901234567890号'), ('京ICP备2026-XXXX号'), ('京ICP备2026XXXX号'),
  ('京ICP备1234 5678'), ('京ICP备12345678xx'), ('京ICP备12345678%E5%8F%B7'), ('京ICP备12345678…'), ('京ICP证03017号'),
  ('京ICP证0301733号'), ('京ICP证2021013281号'),
  ('京ICP备12345678号-'), ('京ICP备12345678号-X'), ('京ICP备12345678号-N'), ('京ICP备12345678号-0'), ('京ICP备12345678号-00'),
  ('京ICP备12345678号-01'), ('京ICP备12345678号-100000'), ('京ICP备12345678号-99999999999'), ('京ICP备12345678号-2B'),
  ('京ICP备12345678号-2AX'), ('京ICP备12345678号-1XXX'), ('京ICP备12345678号-2A3'), ('京ICP备12345678号-1-2'),
  ('京ICP备12345678号。'), ('京ICP备12345678号,京ICP备12345679号'), ('京ICP备12345678号 版权所有'), ('京ICP备12345678号/1'),
  ('京ICP备12345678号)'), ('看看京ICP备12345678号'), ('京ICP备<b>12345678</b>号'), ('京ICP备&nbsp;12345678号')
  ) AS v(raw);

-- a sponsor's number has no service
SELECT coalesce(explain_icp_id(raw), 'ACCEPTED') || ' ← ' || raw FROM (VALUES
  ('京ICP备12345678号'), ('京ICP备12345678号-1'), ('备案号：京ICP备12345678-12A号'), ('粤B2-20090059-5'), ('京ICP备12号')) AS v(raw);

-- none of them is found in a page either
SELECT count(*) FROM unnest(ARRAY['京ICP备XXXXXXXX号', '京ICP备${n}号', '京ICP备1234号-1', '京ICP备12345678号-0', '京ICP备12345678%E5%8F%B7',
  '省ICP备12345678号', 'ICP备12345678号-1', '京ICP备\d{8}号', 'B2-20260928', 'lab2-20260928']) AS raw, find_filing_numbers(raw);

-- bad input leaves a trace of the one place only: random damage to a good number never crashes and never changes it quietly
SELECT count(*) AS tried, count(*) FILTER (WHERE n IS NULL AND e IS NULL) AS unexplained, count(*) FILTER (WHERE n IS NOT NULL AND e IS NOT NULL) AS both
FROM (SELECT try_filing_number(t) AS n, explain_filing_number(t) AS e
      FROM (SELECT overlay('京ICP备2021013281号-12A' PLACING c FROM p FOR 1) AS t
            FROM generate_series(1, 20) AS p, unnest(ARRAY['', ' ', 'X', '9', '-', '号', '京', '备', E'\t', '，', '１', '😀']) AS c) AS d) AS s;
