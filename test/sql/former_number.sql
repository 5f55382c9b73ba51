-- A number that a licence has replaced is never issued again: not on a server where the year's sequence is made anew,
-- as on a promoted subscriber, which has the rows and no sequence.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
\set VERBOSITY terse
SELECT icp.create_registry();
\set ON_ERROR_STOP on
SELECT extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')::integer AS this_year \gset
INSERT INTO beian.account (user_name) VALUES ('a');
CREATE FUNCTION pg_temp.running(number icp.icp_id) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN icp.kind_of(number) = 'filing' THEN right(icp.serial_of(number), 6) ELSE number::text END $$;
INSERT INTO beian.sponsor (account_id, province, name, status, number)
SELECT 1, '京', '公司' || i, 'filed', beian.issue_sponsor_number('京', make_date(:this_year, 7, 1)) FROM generate_series(1, 3) i;
SELECT id, pg_temp.running(number) FROM beian.sponsor ORDER BY id;
-- the third gets a licence, the second is deleted by the owner
UPDATE beian.sponsor SET number = '京ICP证030173号' WHERE id = 3;
DELETE FROM beian.sponsor WHERE id = 2;
SELECT pg_temp.running(number), sponsor_id, province_code FROM beian.former_number ORDER BY number;
-- promoted: rows, and no sequence
DO $$ BEGIN EXECUTE format('DROP SEQUENCE beian.sponsor_serial_11_%s', extract(year FROM now() AT TIME ZONE 'Asia/Shanghai')); END $$;
SELECT pg_temp.running(beian.issue_sponsor_number('京', make_date(:this_year, 7, 1))) AS next;
-- or with the sequence as it was when the schema was copied
SELECT setval(format('beian.sponsor_serial_11_%s', :this_year), 1, false) AS "set";
SELECT pg_temp.running(beian.issue_sponsor_number('京', make_date(:this_year, 7, 1))) AS next;
-- whoever gets a replaced number back has it (an appeal), and leaves it again
UPDATE beian.sponsor SET number = icp.make_icp_id('京', :this_year, 3) WHERE id = 3;
UPDATE beian.sponsor SET number = '京ICP证030173号' WHERE id = 3;
SELECT count(*) FROM beian.former_number;
SELECT count(*) AS problems FROM icp.check_registry();
DROP SCHEMA beian CASCADE;
