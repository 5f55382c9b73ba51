-- Domains and names in a database whose encoding is not UTF-8.
SELECT current_database() AS home \gset
CREATE DATABASE icpfiling_domain_euc_cn ENCODING 'EUC_CN' LOCALE 'C' TEMPLATE template0;
\c icpfiling_domain_euc_cn
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE EXTENSION icpfiling;
\set SHOW_CONTEXT never
SET search_path = icp, public;
SHOW server_encoding;
SELECT '示例。中国'::domain_name, to_unicode('示例.中国'), '{示例.中国,a.cn}'::domain_list, ARRAY['中国']::domain_list;
SELECT name_key('北京（某某）　有限公司'), homepage_key('http://示例.中国/首页'), to_unicode(registrable_domain('www.某市.政务.cn'));
-- the characters are counted, and the message has no character that the encoding may lack
SELECT '示例_网.中国'::domain_name;
SELECT explain_domain_list('{示例.中国,"示例 网.中国"}');
-- a name that the encoding cannot show can be stored and read as A-labels, not in Unicode
SELECT 'xn--4dbc.com'::domain_name AS stored;
SELECT to_unicode('xn--4dbc.com');
\c :home
DROP DATABASE icpfiling_domain_euc_cn;
