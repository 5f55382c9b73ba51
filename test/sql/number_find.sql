-- icp.find_filing_numbers and icp.find_psb_numbers: what stands in a text or page, and nothing else.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;

CREATE FUNCTION public.found(t text) RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' | ', (SELECT string_agg(n::text, ' ') FROM icp.find_filing_numbers(t) AS n),
                   (SELECT string_agg(n::text, ' ') FROM icp.find_psb_numbers(t) AS n))
$$;

-- a page's footer
SELECT found($html$
<!DOCTYPE html><html><head><title>例子</title><style>a>b{color:red}</style></head><body>
<div class="footer" title="京ICP备99999999号">© 2010-2024 某某公司 版权所有
<a href="https://beian.miit.gov.cn/" target="_blank">京ICP备<b>12345678</b>号-1</a>&nbsp;|&nbsp;<a
 href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=11010802020134"><img src="police.png">京公网安备&nbsp;11010802020134号</a>
<!-- 旧: 京ICP备00000001号 --><p>增值电信业务经营许可证：京B2-20170466</p>
<script>document.write("\u4eacICP\u59072024019755\u53f7-2")</script></div></body></html>$html$);

-- touching, in lists, before other words
SELECT found(t) || ' ← ' || t FROM (VALUES
  ('京ICP备12345678号京公网安备11010802013170号粤B2-20090059-1626X沪ICP证030173'),
  ('京ICP备12345678京公网安备11010802013170京ICP备12345679'),
  ('京ICP备12345678号-1京ICP备12345678号-2A、京ICP备12345679号/津ICP备05004140-10号'),
  ('京ICP备12345678号-1Copyright © 2024'), ('京ICP备12345678号-1All rights reserved'), ('京ICP备12345678Powered by'),
  ('京ICP备12345678号 2010-2024'), ('京ICP备12345678号 - 2024 某公司'), ('京ICP备12345678号 - 版权所有'), ('京ICP备12345678号 - 3'),
  ('京ICP备12345678号</span><span>京公网安备 11010802020134'), ('国家信息产业部甘ICP备14018586号'), ('京ICP备12345678_某网站'),
  ('&#20140;ICP&#x5907;12345678&#21495;&ndash;1'), ('京ICP备12345678&copy;2024'), ('京ICP备12345678\n京ICP备12345679'),
  ('a < b 京ICP备12345678号 c > d'), ('<京ICP备12345678号>'), ('<!-- 没有结尾 京ICP备12345678号'),
  ('京ICP备12345678</td><td>2024</td>'), ('京公网安备11010802020134-1'),
  ('经营许可证：A2.B1.B2-20100001，B2-20090059'), ('许可证号：B2-20090059'), ('A2.B1-20040001')
  ) AS v(t);

-- nothing: placeholders, patterns, templates, running text, other permits, names of files and branches
SELECT found(t) = '' AS nothing, t FROM (VALUES
  ('京ICP备xxxxxxxx号'), ('京ICP备XXXXXXXX号-1'), ('京ICP备********号'), ('京ICP备××××××××号'), ('京ICP备1234****号'), ('京ICP备2026XXXX号'),
  ('京ICP备12345678xx'), ('京ICP备12345678号-X'), ('京ICP备12345678号-*'), ('京ICP备20240001…'), ('京公网安备 xxxxxxxx'), ('川公网安备1XXXXXXXXXXXX1'),
  ('京ICP备\d{8}号'), ('京ICP备\d{6,}-\d{1,3}号'), ('渝ICP备${ICP.value}号-1'), ('京ICP备{{ n }}号'), ('京ICP备%s号'),
  ('闽ICP备-2022007849%E5%8F%B7--1'), ('%E4%BA%ACICP%E5%A4%8712345678%E5%8F%B7'),
  ('阿里云ICP备案'), ('隐藏ICP备案号'), ('国内云ICP备案'), ('ICP被吊销'), ('12345678'), ('8号-1kw'), ('11号—17号'), ('网站备案号'),
  ('ICP备12345678号'), ('省ICP备12345678号'), ('萌ICP备20240000号'), ('公网安备11010802020134号'), ('浙公网安备 11010802020134号'),
  ('京网文[2015]2026-368号'), ('滇网文许字【2014】1100-002号'), ('川教GZ-20120014号'), ('(京)网药械信息备字（2024）第00478号'),
  ('人才中介服务许可证号 330782000001'), ('新出发沪批字第直110138号'), ('文保网安备案号：0472932882'),
  ('request-details-b2-20260928'), ('sub2-20260725'), ('Lab2-20260101'), ('v2.1-B1.B2-20261004'), ('B2-20260928'), ('最新b2-20260928'), ('b1-201'),
  ('京ICP备123号-1'), ('京ICP备123456789号'), ('京ICP备1234567号'), ('蜀ICP备52545464646-1号'), ('京ICP备12345678号-0'), ('川B2-2025XXXX')
  ) AS v(t) WHERE found(t) <> '';
SELECT count(*) FROM find_filing_numbers('') ;
SELECT count(*) FROM find_filing_numbers(NULL);
-- each occurrence is a row, in order; LIMIT stops early
SELECT n FROM find_filing_numbers('京ICP备12345679号 京ICP备12345678号 京ICP备12345679号') AS n LIMIT 2;
SELECT count(*), count(DISTINCT n) FROM find_filing_numbers(repeat('京ICP备12345678号-1，粤B2-20090059 ', 50000)) AS n;

-- texts that a scanner with backtracking or with a search to the end at each step would not get through
SET statement_timeout = '20s';
SELECT sum(c) FROM unnest(ARRAY[repeat('<', 2000000), repeat('<a ', 700000), repeat('<!--', 500000), repeat('<!-- >', 300000),
  repeat('京', 700000), repeat('京ICP备', 200000), repeat('京ICP备1', 200000), repeat('9', 2000000), repeat('京ICP备12345678号-', 80000) || '1',
  repeat(' ', 2000000), repeat('&nbsp;', 300000), repeat('合字', 300000), repeat('A1.', 700000), repeat('&', 2000000), repeat('\u', 1000000),
  repeat('京 ', 500000), repeat('备案号：', 200000)]) AS t, LATERAL (SELECT count(*) FILTER (WHERE n::text !~ '^京ICP备12345678号') AS c FROM find_filing_numbers(t) AS n) AS f;
SELECT sum(c) FROM unnest(ARRAY[repeat('京公网安备', 200000), repeat('京 公 ', 300000), repeat('1', 2000000)]) AS t,
  LATERAL (SELECT count(*) AS c FROM find_psb_numbers(t)) AS f;
RESET statement_timeout;
DROP FUNCTION public.found;
