-- 299 numbers as people write them (test/data/icp_numbers.tsv), read by find_, try_ and the accessors: every row agrees,
-- but for those whose note says that the right reading is open.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;
\set sample `cat "$PG_ABS_SRCDIR/data/icp_numbers.tsv"`
CREATE TABLE sample AS
SELECT ordinal AS line, v[1] AS raw, v[2] AS kind, nullif(v[3], '') AS canonical, nullif(v[4], '') AS province, nullif(v[5], '') AS serial,
       nullif(v[6], '')::int AS service_no, nullif(v[7], '') AS service_kind, coalesce(v[8], '') LIKE 'AMBIGUOUS%' AS open
FROM string_to_table(:'sample', E'\n') WITH ORDINALITY AS l(line, ordinal), LATERAL string_to_array(line, E'\t') AS v
WHERE ordinal > 1 AND line <> '';
SELECT kind, count(*), count(*) FILTER (WHERE open) AS open FROM sample GROUP BY kind ORDER BY kind;

-- what is read, each way
CREATE TABLE reading AS
SELECT s.*, CASE WHEN kind IN ('filing', 'licence', 'vat_licence') THEN canonical END AS number, CASE kind WHEN 'psb' THEN canonical END AS psb,
       try_filing_number(raw) AS tried, try_psb_number(raw) AS tried_psb,
       (SELECT string_agg(n::text, ' ') FROM find_filing_numbers(raw) AS n) AS found,
       (SELECT string_agg(n::text, ' ') FROM find_psb_numbers(raw) AS n) AS found_psb
FROM sample AS s;
SELECT count(*) FILTER (WHERE found IS DISTINCT FROM number OR found_psb IS DISTINCT FROM psb) AS find_disagrees,
       count(*) FILTER (WHERE tried::text IS DISTINCT FROM number OR tried_psb::text IS DISTINCT FROM psb) AS try_disagrees
FROM reading WHERE NOT open;

-- the parts; 合字 is no province, and a sample's province is spelled as its system does
SELECT count(*) FILTER (WHERE kind_of(tried) <> kind) AS kind,
       count(*) FILTER (WHERE province_of(tried) IS DISTINCT FROM try_province(province)) AS province,
       count(*) FILTER (WHERE serial_of(tried) <> serial) AS serial,
       count(*) FILTER (WHERE service_no(tried) IS DISTINCT FROM service_no) AS service_no,
       count(*) FILTER (WHERE service_kind(tried) IS DISTINCT FROM service_kind) AS service_kind
FROM reading WHERE NOT open AND tried IS NOT NULL;
SELECT count(*) FILTER (WHERE province_of(tried_psb)::text <> province) AS province, count(*) FILTER (WHERE serial_of(tried_psb) <> serial) AS serial
FROM reading WHERE NOT open AND tried_psb IS NOT NULL;
-- what try_ refuses is explained
SELECT count(*) FROM reading WHERE (tried IS NULL) <> (explain_filing_number(raw) IS NOT NULL) OR (tried_psb IS NULL) <> (explain_psb_number(raw) IS NOT NULL);
-- the open ones that are read otherwise
SELECT line, raw, canonical, tried, found, tried_psb, found_psb FROM reading
WHERE open AND (found IS DISTINCT FROM number OR found_psb IS DISTINCT FROM psb OR tried::text IS DISTINCT FROM number OR tried_psb::text IS DISTINCT FROM psb)
ORDER BY line;
DROP TABLE sample, reading;
