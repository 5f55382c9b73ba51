-- White space around a coded value says nothing, whichever sign it is; a kind is read by one reader.
\pset format unaligned
\pset tuples_only on
SELECT v.code FROM (SELECT E'　企业' AS nature) r, icp.violations(r, '2026-11-01') v;
SELECT v.code FROM (SELECT E' 企业\t' AS nature) r, icp.violations(r, '2026-11-01') v;
SELECT v.code FROM (SELECT E'4　' AS nature) r, icp.violations(r, '2026-11-01') v;
SELECT v.code FROM (SELECT E'企 业' AS nature) r, icp.violations(r, '2026-11-01') v;
-- a site without domain and address, however its kind is spelled
SELECT k.kind, v.code FROM unnest(ARRAY['site', ' site', E'网站　', E'1\n', ' app', E'　小程序', 'sites']) k(kind)
 CROSS JOIN LATERAL (SELECT k.kind, '{}'::icp.domain_list AS domains, '{}'::text[] AS ips) r
 CROSS JOIN LATERAL icp.violations(r, '2026-11-01') v WHERE v.code IN ('DOMAIN-001', 'KIND-001') ORDER BY k.kind COLLATE "C", v.code;
-- the suffix of a number and the kind
SELECT v.code, v.field FROM (SELECT E'　app' AS kind, '京ICP备12345678号-1' AS number) r, icp.violations(r, '2026-11-01') v WHERE v.code = 'NUMBER-003';
SELECT count(*) FROM (SELECT E'　app' AS kind, '京ICP备12345678号-1A' AS number) r, icp.violations(r, '2026-11-01') v WHERE v.code = 'NUMBER-003';
