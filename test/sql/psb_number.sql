-- icp.psb_number: forms, parts, order, what is refused.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;
\set SHOW_CONTEXT never

SELECT typlen, typbyval FROM pg_type WHERE oid = 'icp.psb_number'::regtype;
SELECT raw || ' → ' || raw::psb_number FROM (VALUES
  ('渝公网安备50010802002673号'), ('渝公网安备 50010802002673号'), ('粤公网安备 44049102496009 号'), ('浙公网安备：33010402000327'),
  ('京公网安备号 11010502026705'), ('京公网安备第11010802020134号'), ('粵公網安備 44010602003231號'), ('沪公网安备３１０１０４０２００９３２７号'),
  ('京公网安备 1101 0802 0201 34号'), ('京 公 网 安 备 1 1 0 1 0 8 0 2 0 2 0 1 3 4 号'), (E'京公网安备\u200b11010802020134号'),
  ('京公网安备110402430036号'), ('备案号：滇公网安备53010302000732号'), ('公安备案号：京公网安备11010802020134号'),
  ('（川公网安备51010702001250号）'), ('蜀公网安备51019002006069号'), ('黔公网安备52270102000276号'), ('陇公网安备62090202000584号')
  ) AS v(raw);
SELECT '黔公网安备52270102000276号'::psb_number = '贵公网安备52270102000276号';

-- parts
SELECT n, province_of(n), serial_of(n), division_of(n)
FROM unnest('{渝公网安备50010802002673号,京公网安备110402430036号,黔公网安备52270102000276号}'::psb_number[]) AS n;

-- order: province, the short ones first, digits
SELECT string_agg(n::text, ' ' ORDER BY n) FROM unnest('{新公网安备65010602001220号,京公网安备11010802020134号,京公网安备119999999999号,
  津公网安备12010102000001号,京公网安备11010102000000号}'::psb_number[]) AS n;
CREATE TABLE p AS SELECT ('粤公网安备4403' || lpad(g::text, 10, '0') || '号')::psb_number AS n FROM generate_series(1, 1000) AS g;
SELECT min(n), max(n), count(DISTINCT n), bool_and(n::text::psb_number = n) FROM p;
CREATE INDEX ON p (n);
CREATE INDEX ON p USING hash (n);
SET enable_seqscan = off;
SELECT count(*) FROM p WHERE n BETWEEN '粤公网安备44030000000010号' AND '粤公网安备44030000000019号';
SELECT n FROM p WHERE n = '粤公网安备 44030000000500';
RESET enable_seqscan;
SELECT count(*) FROM p AS a, p AS b
WHERE (a.n < b.n) IS DISTINCT FROM (serial_of(a.n) < serial_of(b.n)) OR (a.n >= b.n) IS DISTINCT FROM (serial_of(a.n) >= serial_of(b.n)) OR
      (a.n <> b.n) IS DISTINCT FROM (serial_of(a.n) <> serial_of(b.n));
DROP TABLE p;

-- refused
SELECT try_psb_number('京公网安备11010802020134'), try_psb_number('京ICP备12345678号') IS NULL, explain_psb_number('京公网安备11010802020134') IS NULL;
SELECT coalesce(explain_psb_number(raw), 'ACCEPTED') || ' ← ' || raw FROM (VALUES
  (''), ('公网安备11010802020134号'), ('11010802020134'), ('云公网安备53010302000732号'), ('京公网安备'), ('京公网安备 xxxxxxxx'),
  ('京公安网备11010802020134号'), ('京公网备11010802020134号'), ('京公网安备1101080201728A号'), ('滇公网安备5303810000000号'),
  ('甘公网安备 235487154313号'), ('京公网安备1101080202013号'), ('京公网安备110108020201345号'), ('琼公网安备 4601XXXXXXXXXX号'),
  ('浙公网安备 11010802020134号'), ('渝公网安备33010002000078号'), ('京公网安备120402430036号'), ('京公网安备11010802020134号-1'),
  ('京ICP备12345678号'), ('粤B2-20090059'), ('西安市公安局网警支队备案：37010009000020')) AS v(raw);
SELECT '渝公网安备33010002000078号'::psb_number;
\echo :LAST_ERROR_SQLSTATE
SELECT '京公网安备1101080202013号'::psb_number;
