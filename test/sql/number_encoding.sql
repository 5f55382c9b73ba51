-- The types in a database whose encoding is not UTF-8.
SELECT current_database() AS home \gset
CREATE DATABASE icpfiling_euc_cn ENCODING 'EUC_CN' LOCALE 'C' TEMPLATE template0;
\c icpfiling_euc_cn
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE EXTENSION icpfiling;
\pset format unaligned
\pset tuples_only on
\set SHOW_CONTEXT never
SET search_path = icp, public;
SHOW server_encoding;
SELECT '北京市'::icp.province, '新疆维吾尔自治区通信管理局'::icp.province, bureau_name('贵'), province_name('甘');
SELECT '甘ICP备12345678号-1'::filing_number, '备案号：京ICP备 12345678号'::icp_id, '黔公网安备52270102000276'::psb_number;
SELECT length('蜀ICP备2026054850号-2A'::filing_number::text), octet_length('蜀ICP备2026054850号-2A'::filing_number::text);
SELECT explain_filing_number('京ICP备1234号');
SELECT n FROM find_filing_numbers('页面：京ICP备12345678号-1，粤B2-20090059') AS n;
SELECT '省ICP备12345678号'::filing_number;
-- a code that the encoding has and no character stands for: what is wrong with the number is said, not with the encoding
SELECT (convert_from('\xaaa1', 'EUC_CN') || '1')::icp_id;
SELECT (convert_from('\xaaa1', 'EUC_CN') || '1')::psb_number;
SELECT (convert_from('\xaaa1', 'EUC_CN') || '1')::province;
SELECT ('a' || convert_from('\xaaa1', 'EUC_CN'))::domain_name;
SELECT ('uscc:' || convert_from('\xaaa1', 'EUC_CN'))::credential;
SELECT explain_filing_number(convert_from('\xaaa1', 'EUC_CN')), try_filing_number(convert_from('\xaaa1', 'EUC_CN'));
SELECT n FROM find_filing_numbers(convert_from('\xaaa1', 'EUC_CN') || '京ICP备12345678号-1') AS n;
SELECT v.code, v.found FROM (SELECT convert_from('\xaaa1', 'EUC_CN') || '1' AS number, 'site' AS kind) r, violations(r) v;
\c :home
DROP DATABASE icpfiling_euc_cn;
