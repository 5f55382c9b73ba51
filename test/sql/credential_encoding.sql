-- Credentials in a database whose encoding is not UTF-8.
SELECT current_database() AS home \gset
\set SHOW_CONTEXT never
CREATE DATABASE icpfiling_cred_euc_cn ENCODING 'EUC_CN' LOCALE 'C' TEMPLATE template0;
\c icpfiling_cred_euc_cn
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE EXTENSION icpfiling;
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;
SHOW server_encoding;
SELECT '社证字第3685号' IN (SELECT credential_number(c)) AND octet_length(c::text) = 34, c FROM (VALUES ('social_organisation:社证字第3685'::credential)) AS v(c);
SELECT credential_waived('uscc', '91350211M00013FA1N', '试点'), mask('military_unit:某某部队代号'), explain_credential('uscc:91350100M000100Y44');
-- the hash is that of the same credential elsewhere
SELECT credential_hash('social_organisation:社证字第3685号');
\c :home
DROP DATABASE icpfiling_cred_euc_cn;
SELECT icp.credential_hash('social_organisation:社证字第3685号');
