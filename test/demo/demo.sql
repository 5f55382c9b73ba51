-- The main job on real input.  Run by `make demo` from the top folder, against a throwaway cluster.
-- Every line printed below a title comes from a query.
\set QUIET on
\encoding UTF8
SET client_min_messages = warning;
SET timezone = 'Asia/Shanghai';
\pset footer off
\pset null ''
\pset linestyle unicode
\set SHOW_CONTEXT never

CREATE EXTENSION icpfiling;
ALTER DATABASE postgres SET search_path = public, icp;
SET search_path = public, icp;
SELECT count(*) AS roles FROM icp.create_roles() \gset
SELECT icp.create_registry() AS registry \gset
CREATE SCHEMA demo;

\C '1. Numbers as people write them, and what they become (test/data/icp_numbers.tsv)'
CREATE TABLE demo.written (raw text, kind text, canonical text, province text, serial text, service_no text,
	service_kind text, note text);
\copy demo.written FROM 'test/data/icp_numbers.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
WITH read AS (
	SELECT w.raw, w.note, icp.try_filing_number(w.raw) AS number, icp.try_psb_number(w.raw) AS psb FROM demo.written w)
SELECT DISTINCT ON (what) r.raw AS "as written", coalesce(r.number::text, r.psb::text) AS "what it is",
	   icp.province_of(r.number) AS province, icp.service_no(r.number) AS "-N", icp.service_kind(r.number) AS service,
	   coalesce(icp.kind_of(r.number), CASE WHEN r.psb IS NOT NULL THEN 'public security'
			ELSE split_part(icp.explain_filing_number(r.raw), '. ', 1) END) AS "kind, or what is wrong"
  FROM read r, LATERAL (SELECT CASE
			WHEN r.raw ~ '[０-９]' THEN 1
			WHEN r.raw LIKE '%ICP備%' AND r.number IS NOT NULL THEN 2
			WHEN r.raw LIKE '%-_号' AND r.number IS NOT NULL THEN 3
			WHEN r.raw LIKE '%備%' AND r.psb IS NOT NULL THEN 4
			WHEN r.raw LIKE '甘ICP%' OR r.raw LIKE '%甘ICP%' THEN 5
			WHEN r.raw LIKE 'ICP证%B2%' THEN 6
			WHEN r.raw LIKE '%合字B1%' THEN 7
			WHEN r.number IS NOT NULL AND icp.service_kind(r.number) = 'mini_program' THEN 8
			WHEN r.raw LIKE '辽ICP备6%' THEN 9
			WHEN r.raw LIKE '京ICP备xxx%' THEN 10 END AS what) c
 WHERE what IS NOT NULL
 ORDER BY what, r.raw;

\C '2. Key providers (5 附件1) and public records, loaded through the triggers'
CREATE TABLE demo.key_provider (ordinal int, name text, supervisor text, province text, supervisor_note text);
\copy demo.key_provider FROM 'test/data/key_providers.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
INSERT INTO beian.provider (name, province, supervisor)
SELECT k.name, nullif(k.province, '')::icp.province, k.supervisor FROM demo.key_provider k ORDER BY k.ordinal;
CREATE TABLE demo.public_record (unit_name text, nature text, main_licence text, service_licence text, service_kind text,
	service_name text, domain text, home_url text, update_time text, confidence text, note text);
SELECT clock_timestamp() AS began \gset
\copy demo.public_record FROM 'test/data/public_records.tsv' WITH (FORMAT csv, DELIMITER E'\t', HEADER, QUOTE E'\b')
SELECT * FROM beian.load('demo.public_record') \gset loaded_
SELECT clock_timestamp() AS ended \gset
SELECT (SELECT count(*) FROM beian.provider) AS providers, :loaded_total AS records, :loaded_filed AS filed,
	   :loaded_rejected AS rejected, (SELECT count(*) FROM beian.claim) AS claims,
	   (SELECT count(*) FROM beian.conflict) AS conflicts,
	   round(:loaded_total / extract(epoch FROM :'ended'::timestamptz - :'began'::timestamptz)) AS "records a second";

\C '   What was rejected, and why (beian.rejected_row)'
SELECT reason ->> 'field' AS field, regexp_replace(reason ->> 'problem', '(under|row|by|belongs to) .*', '\1 …') AS problem,
	   count(*) AS rows, min(j.content ->> 'unit_name') AS "for instance", min(reason ->> 'found') AS found
  FROM beian.rejected_row j, jsonb_array_elements(j.reasons) AS reason
 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2;

\C '3. A new filing: entered, checked by its provider, reported (20 working days to decide, 2 二(二)2)'
INSERT INTO beian.account (provider_id, user_name)
SELECT p.id, u FROM beian.provider p, unnest(ARRAY['zhang', 'li']) AS u WHERE p.name = '北京万网志成科技有限公司';
INSERT INTO beian.sponsor (account_id, province, name, nature)
SELECT a.id, '北京市', '示例（北京）科技有限公司', '企业' FROM beian.account a WHERE a.user_name = 'zhang';
INSERT INTO beian.site (sponsor_id, name, domains, homepage)
SELECT s.id, '示例网', '{Example.COM.CN, 示例。中国}', 'https://www.example.com.cn/'
  FROM beian.sponsor s WHERE s.name LIKE '示例%';
INSERT INTO beian.application (site_id) SELECT t.id FROM beian.site t WHERE t.name = '示例网';
SELECT max(id) AS zhang FROM beian.application \gset
UPDATE beian.application SET state = 'submitted' WHERE id = :zhang;
UPDATE beian.application SET state = 'pre_verified' WHERE id = :zhang;
UPDATE beian.application SET state = 'verified' WHERE id = :zhang;
UPDATE beian.application SET state = 'reported' WHERE id = :zhang;

SELECT s.name AS sponsor, t.name AS site, t.domains, a.state, st.name_zh AS " ", a.due_at::date - 1 AS "to be decided by"
  FROM beian.application a JOIN beian.site t ON t.id = a.site_id JOIN beian.sponsor s ON s.id = a.sponsor_id
  JOIN icp.state st ON st.code = a.state
 WHERE a.id = :zhang;

\C '4. Meanwhile another account claims one of its domains: recorded, not rejected (3 Q17)'
INSERT INTO beian.sponsor (account_id, province, name, nature)
SELECT a.id, '北京市', '另一示例（北京）有限公司', '企业' FROM beian.account a WHERE a.user_name = 'li';
INSERT INTO beian.site (sponsor_id, name, domains)
SELECT s.id, '另一示例', '{example.com.cn}' FROM beian.sponsor s WHERE s.name LIKE '另一示例%';
SELECT c.id, c.kind, c.key, l.name AS "left", r.name AS "right", c.state
  FROM beian.conflict c JOIN beian.sponsor l ON l.id = c.left_sponsor JOIN beian.sponsor r ON r.id = c.right_sponsor
 WHERE c.key = 'example.com.cn';

\C '   The refusal to approve'
\set ON_ERROR_STOP off
UPDATE beian.application SET state = 'approved' WHERE id = :zhang;
\set ON_ERROR_STOP on

\C '   The bureau settles it, and approves'
UPDATE beian.conflict SET settlement = 'reject_right', reason = '域名证书不符，请联系北京市通信管理局'
 WHERE key = 'example.com.cn' AND state = 'open';
UPDATE beian.application SET state = 'approved' WHERE id = :zhang;
SELECT c.state, c.settlement, c.reason, s.number AS "sponsor's number", t.number AS "site's number", icp.to_unicode(d) AS domain
  FROM beian.conflict c
  JOIN beian.sponsor s ON s.id = c.left_sponsor JOIN beian.site t ON t.sponsor_id = s.id, icp.domains(t.domains) AS d
 WHERE c.key = 'example.com.cn' ORDER BY d;

\C '   Its history (beian.event)'
SELECT row_number() OVER (ORDER BY e.id) AS "#", e.event, f.name_zh AS "from", t.name_zh AS "to",
	   array_to_string(x.actors, ', ') AS "who may", x.clause
  FROM beian.event e
  JOIN icp.transition x ON x.event = e.event AND x.kind = 'new_filing' AND x.to_state = e.to_state
   AND x.from_state IS NOT DISTINCT FROM e.from_state
  JOIN icp.state t ON t.code = e.to_state LEFT JOIN icp.state f ON f.code = e.from_state
 WHERE e.application_id = :zhang ORDER BY e.id;

\C '   The owner puts another reason into it, past every trigger: found (beian.verify_log)'
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE beian.event SET reason = '材料齐全' WHERE application_id = :zhang AND event = 'approve';
SELECT v.chain AS "log of", s.name AS "whose", e.event, v.problem
  FROM beian.verify_log() v JOIN beian.event e ON e.id = v.event_id JOIN beian.sponsor s ON s.id = e.sponsor_id;
ROLLBACK;

\C '5. The public query: is it filed? (是否备案查询)'
SELECT q AS question, a ->> 'unitName' AS "unitName", a ->> 'serviceLicence' AS "serviceLicence",
	   a ->> 'domain' AS domain, a ->> 'updateRecordTime' AS "updateRecordTime"
  FROM (VALUES (1, 'https://www.zhihu.com/question/1'), (2, '备案号：京ICP备10046444号－７'), (3, '示例(北京)科技有限公司'),
			   (4, '示例。中国'), (5, 'unfiled.example.net')) AS questions(n, q)
  LEFT JOIN LATERAL beian.lookup(q) AS a ON true
 ORDER BY n, 4;

\C '6. Filing rate by province (备案率, 5 附件2 一), as if a crawl had found every site of the public records'
INSERT INTO beian.sighting (domain, province)
SELECT d, icp.province_of(icp.try_icp_id(p.main_licence))
  FROM demo.public_record p, LATERAL icp.try_domain_name(p.domain) AS d
 WHERE d IS NOT NULL;
SELECT r.province, r.filed_sites AS filed, r.unfiled_sites AS "found unfiled",
	   to_char(100 * r.filing_rate, '990.0') || ' %' AS rate,
	   rpad(repeat('█', round(30 * r.filing_rate)::int), 30, '░') AS " "
  FROM beian.filing_rate_by_province r
 ORDER BY r.filed_sites + r.unfiled_sites DESC, r.province_code NULLS LAST;
