-- One statement that ends the last accesses of many sites: each is followed by itself, whatever the others opened.
SET client_min_messages = warning;
SELECT icp.create_registry();
-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
INSERT INTO beian.provider (name) VALUES ('一号云');
INSERT INTO beian.account (provider_id, user_name) SELECT 1, i::text FROM generate_series(1, 400) i;
INSERT INTO beian.sponsor (account_id, province, name, status, number, last_service_no)
SELECT i, '京', '公司' || i, 'filed', icp.make_icp_id('京', 2013, i), 1 FROM generate_series(1, 400) i;
INSERT INTO beian.site (sponsor_id, status, number)
SELECT i, 'filed', icp.make_filing_number(icp.make_icp_id('京', 2013, i), 1, 'site') FROM generate_series(1, 400) i;
INSERT INTO beian.access (site_id, provider_id, status) SELECT i, 1, 'live' FROM generate_series(1, 400) i;
-- (what this session has read and not told yet is counted too)
SELECT pg_stat_force_next_flush();
BEGIN;
CREATE TEMP TABLE before AS SELECT relname, seq_tup_read + idx_tup_fetch AS rows_read FROM pg_stat_xact_user_tables WHERE schemaname = 'beian';
UPDATE beian.access SET status = 'cancelled';
SELECT kind, state, ground, count(*) FROM beian.application GROUP BY 1, 2, 3;
SELECT a.relname, (a.seq_tup_read + a.idx_tup_fetch - b.rows_read) / 400 < 30 AS few_rows_each
  FROM pg_stat_xact_user_tables a JOIN before b USING (relname)
 WHERE a.schemaname = 'beian' AND a.relname IN ('application', 'site', 'sponsor', 'event_chain') ORDER BY 1;
COMMIT;
DELETE FROM icp.calendar_year_local;
DROP SCHEMA beian CASCADE;
