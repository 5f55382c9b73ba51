-- Working days: the shipped years, the arithmetic, what lies beyond, a bureau's own rows.
SET datestyle = 'ISO, YMD';

-- Weekdays off less weekend days worked is the number of statutory holidays a year gives: 10, from 2008 on 11,
-- from 2025 on 13; in 2015 one more for the victory parade, in 2020 two more for the longer Spring Festival.
-- Make-up days in December belong to the next year's New Year where they were worked for a day of that year:
-- 2005-12-31, 2006-12-30, 2006-12-31, 2011-12-31.
SELECT extract(year FROM CASE WHEN day IN ('2005-12-31', '2006-12-30', '2006-12-31', '2011-12-31')
						 THEN day + 2 ELSE day END) AS year,
	count(*) FILTER (WHERE NOT is_working) AS off,
	count(*) FILTER (WHERE is_working) AS made_up,
	count(*) FILTER (WHERE NOT is_working) - count(*) FILTER (WHERE is_working) AS statutory
FROM icp.calendar GROUP BY 1 ORDER BY 1;
SELECT min(year), max(year), count(*), count(DISTINCT source) FROM icp.calendar_year;
SELECT * FROM icp.calendar_year WHERE year = 2005;
SELECT count(*) FROM icp.calendar c
	WHERE NOT EXISTS (SELECT FROM icp.calendar_year y WHERE y.year = extract(year FROM c.day));
SELECT * FROM icp.calendar WHERE day BETWEEN '2026-09-20' AND '2026-10-10' ORDER BY day;

-- the doubtful days
SELECT day, to_char(day, 'Dy') AS weekday, icp.is_working_day(day)
FROM unnest('{2004-01-02,2004-04-25,2004-05-09,2004-09-26,2004-10-10,2005-12-31,2007-12-29,2007-12-31,2008-05-04,
	2008-06-07,2008-09-13,2009-01-04,2009-09-27,2011-12-31,2015-01-04,2016-04-02,2018-06-16,2018-09-22}'::date[]) day;

-- days on which the collections of notices agree
\set vectors `cat "$PG_ABS_SRCDIR/data/working_days.tsv"`
SELECT count(*), count(*) FILTER (WHERE icp.is_working_day(v[1]::date) = v[2]::boolean) AS agree
FROM string_to_table(:'vectors', E'\n') WITH ORDINALITY AS l (line, ordinal),
	LATERAL string_to_array(line, E'\t') v
WHERE ordinal > 1 AND line <> '';

-- Against plain SQL over every day of 2004 to 2026.
CREATE TABLE calendar_day AS
	SELECT d.day, coalesce(c.is_working, extract(isodow FROM d.day) < 6) AS working
	FROM (SELECT generate_series('2004-01-01', '2026-12-31', interval '1 day')::date) AS d (day)
		LEFT JOIN icp.calendar c USING (day);
CREATE INDEX ON calendar_day (day) WHERE working;
ANALYZE calendar_day;
SELECT count(*), count(*) FILTER (WHERE working) AS working,
	count(*) FILTER (WHERE working <> icp.is_working_day(day)) AS wrong FROM calendar_day;

SELECT n, count(expected) AS known, count(*) FILTER (WHERE expected <> icp.working_days_add(day, n)) AS wrong
FROM unnest('{1,2,5,10,20,30}'::int[]) n, calendar_day d,
	LATERAL (SELECT (SELECT w.day FROM calendar_day w WHERE w.working AND w.day > d.day
					 ORDER BY w.day OFFSET n - 1 LIMIT 1)) AS e (expected)
WHERE expected IS NOT NULL GROUP BY n ORDER BY n;
SELECT -n AS n, count(expected) AS known, count(*) FILTER (WHERE expected <> icp.working_days_add(day, -n)) AS wrong
FROM unnest('{1,2,5,10,20,30}'::int[]) n, calendar_day d,
	LATERAL (SELECT (SELECT w.day FROM calendar_day w WHERE w.working AND w.day < d.day
					 ORDER BY w.day DESC OFFSET n - 1 LIMIT 1)) AS e (expected)
WHERE expected IS NOT NULL GROUP BY n ORDER BY n DESC;

-- far steps, by rank; every working day is found from either end
SELECT count(*), count(*) FILTER (WHERE day <> icp.working_days_add('2003-12-31', n::int)) AS wrong_forward,
	count(*) FILTER (WHERE day <> icp.working_days_add('2027-01-01', (n - 1 - total)::int)) AS wrong_backward
FROM (SELECT day, row_number() OVER (ORDER BY day) AS n, count(*) OVER () AS total
	  FROM calendar_day WHERE working) w;

-- every pair at these distances, and every pair around a Spring Festival
WITH sums AS (SELECT day, sum(working::int) OVER (ORDER BY day) AS upto FROM calendar_day)
SELECT distance, count(*), count(*) FILTER (WHERE icp.working_days_between(a.day, b.day) <> b.upto - a.upto) AS wrong
FROM unnest('{0,1,2,3,7,20,63,64,65,365,366,1000,8000}'::int[]) AS p (apart), unnest('{1,-1}'::int[]) AS s (sign),
	LATERAL (SELECT apart * sign) AS x (distance), sums a JOIN sums b ON true
WHERE b.day = a.day + distance GROUP BY distance ORDER BY distance;
SELECT count(*), count(*) FILTER (WHERE icp.working_days_between(a.day, b.day) <>
	(CASE WHEN a.day < b.day
	 THEN (SELECT count(*) FROM calendar_day c WHERE c.working AND c.day > a.day AND c.day <= b.day)
	 ELSE - (SELECT count(*) FROM calendar_day c WHERE c.working AND c.day > b.day AND c.day <= a.day) END)) AS wrong
FROM calendar_day a, calendar_day b
WHERE a.day BETWEEN '2024-01-15' AND '2024-04-15' AND b.day BETWEEN '2024-01-15' AND '2024-04-15';

-- n working days on, between them n; back, n too from a working day, one less from another
SELECT count(*) FILTER (WHERE icp.working_days_between(day, icp.working_days_add(day, n)) <> n) AS wrong_on,
	count(*) FILTER (WHERE icp.working_days_between(day, icp.working_days_add(day, -n)) <>
					 CASE WHEN working THEN -n ELSE 1 - n END) AS wrong_back
FROM calendar_day, unnest('{1,5,20}'::int[]) n WHERE day BETWEEN '2005-01-01' AND '2025-12-31';

-- the law's terms: 20 working days over the National Day of 2025; 5 over the Spring Festival of 2024
SELECT icp.working_days_add('2025-09-19', 20), icp.working_days_add('2024-02-07', 5);

-- 0 is the day itself, working or not, known or not; only the days counted must be known
SELECT icp.working_days_add('2026-10-01', 0), icp.working_days_add('2050-01-01', 0),
	icp.working_days_between('2050-01-01', '2050-01-01');
SELECT icp.working_days_add('2003-12-31', 1), icp.working_days_add('2027-01-01', -1),
	icp.working_days_between('2003-12-31', '2004-01-05'), icp.working_days_between('2004-01-05', '2003-12-31');
SELECT icp.working_days_add(NULL, 1), icp.working_days_add('2026-01-01', NULL), icp.is_working_day(NULL);

-- beyond
SELECT icp.is_working_day('2027-01-01');
\echo :LAST_ERROR_SQLSTATE
SELECT icp.working_days_add('2026-12-31', 1);
\echo :LAST_ERROR_SQLSTATE
SELECT icp.working_days_add('2026-12-01', 23);
SELECT icp.working_days_add('2026-12-01', 22);
SELECT icp.working_days_add('2028-05-01', 1);
SELECT icp.working_days_add('2004-01-01', -1);
SELECT icp.working_days_add('2004-01-02', -1);
SELECT icp.working_days_add('2004-01-05', -1);
SELECT icp.working_days_add('2026-01-01', 2147483647);
SELECT icp.working_days_add('2026-01-01', -2147483648);
SELECT icp.working_days_between('2026-12-31', '2027-01-01');
\echo :LAST_ERROR_SQLSTATE
SELECT icp.working_days_between('2028-01-01', '2026-01-01');
SELECT icp.working_days_between('2003-12-30', '2026-01-01');
SELECT icp.working_days_add('1949-10-01', 1);
SELECT icp.is_working_day('0001-12-31 BC');
SELECT icp.working_days_add('4714-11-24 BC', -1);
SELECT icp.working_days_add('5874897-12-31', 1);
SELECT icp.working_days_between('-infinity', '2026-01-01');
\echo :LAST_ERROR_SQLSTATE
SELECT icp.working_days_add('infinity', 1);
SELECT icp.is_working_day('infinity');

-- a bureau's own day is seen by the next statement, and forgotten with the transaction
SELECT icp.is_working_day('2026-03-02'), icp.working_days_add('2026-02-27', 1);
BEGIN;
INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood');
SELECT icp.is_working_day('2026-03-02'), icp.working_days_add('2026-02-27', 1);
SAVEPOINT s;
INSERT INTO icp.calendar_local VALUES ('2026-02-28', false, 'flood');
SELECT icp.working_days_add('2026-02-27', 1);
ROLLBACK TO s;
SELECT icp.working_days_add('2026-02-27', 1);
UPDATE icp.calendar_local SET is_working = true;
SELECT icp.is_working_day('2026-03-02');
UPDATE icp.calendar_local SET is_working = false;
SELECT icp.is_working_day('2026-03-02');
DELETE FROM icp.calendar_local;
SELECT icp.is_working_day('2026-03-02');
ROLLBACK;
SELECT icp.is_working_day('2026-03-02'), icp.working_days_add('2026-02-27', 1);
INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood');
SELECT icp.is_working_day('2026-03-02');
BEGIN;
TRUNCATE icp.calendar_local;
SELECT icp.is_working_day('2026-03-02');
ROLLBACK;
SELECT icp.is_working_day('2026-03-02');
DELETE FROM icp.calendar_local;
-- it wins over a shipped day in both directions
BEGIN;
INSERT INTO icp.calendar_local VALUES ('2026-10-01', true, 'duty'), ('2026-09-20', false, 'not here');
SELECT icp.is_working_day('2026-10-01'), icp.is_working_day('2026-09-20');
ROLLBACK;
-- what a statement that fails read of its own rows is forgotten with them
CREATE FUNCTION pg_temp.peek(day date) RETURNS text LANGUAGE plpgsql VOLATILE AS
	$$ BEGIN RAISE NOTICE '%', icp.is_working_day(day); RETURN 'seen'; END $$;
INSERT INTO icp.calendar_local
	SELECT day, false, CASE day WHEN '2026-03-03' THEN pg_temp.peek('2026-03-02') ELSE '' END
		|| 1 / (day - date '2026-03-04')
	FROM unnest('{2026-03-02,2026-03-03,2026-03-04}'::date[]) day;
SELECT icp.is_working_day('2026-03-02');
-- and what a statement that succeeds read of its first rows does not hide the others
BEGIN;
INSERT INTO icp.calendar_local
	SELECT day, false, CASE day WHEN '2026-03-03' THEN pg_temp.peek('2026-03-04') ELSE '' END
	FROM unnest('{2026-03-02,2026-03-03,2026-03-04}'::date[]) day;
SELECT icp.is_working_day('2026-03-02'), icp.is_working_day('2026-03-04');
ROLLBACK;
-- triggers switched off for a bulk load
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood');
SELECT icp.is_working_day('2026-03-02');
ROLLBACK;

-- years of one's own: rows alone do not make a year known, and a gap is named
BEGIN;
INSERT INTO icp.calendar_local VALUES ('2027-01-01', false, '元旦');
SAVEPOINT s;
SELECT icp.is_working_day('2027-01-01');
ROLLBACK TO s;
INSERT INTO icp.calendar_year_local VALUES (2027, 'a notice'), (2029, 'a notice');
SELECT icp.is_working_day('2027-01-01'), icp.working_days_add('2026-12-31', 1),
	icp.working_days_between('2026-12-31', '2027-12-31');
SELECT icp.working_days_between('2028-12-31', '2029-12-31'), icp.working_days_add('2028-12-31', 1);
SAVEPOINT s;
SELECT icp.working_days_between('2027-06-01', '2029-06-01');
ROLLBACK TO s;
SELECT icp.working_days_add('2029-01-02', -2);
ROLLBACK TO s;
SELECT icp.working_days_add('2027-12-31', 1);
ROLLBACK;
SELECT icp.is_working_day('2027-01-01');
INSERT INTO icp.calendar_year_local VALUES (1949, 'none');
INSERT INTO icp.calendar_year_local VALUES (2200, 'none');
INSERT INTO icp.calendar_local VALUES ('infinity', true, 'none');
INSERT INTO icp.calendar VALUES ('2026-03-02', true, 'a Monday is worked anyway');

-- everybody reads, with any search_path; nobody but the owner writes
CREATE ROLE regress_calendar;
SET ROLE regress_calendar;
SET search_path = '';
SELECT count(*) FROM icp.calendar_local;
SELECT icp.working_days_add('2026-02-13', 20);
INSERT INTO icp.calendar VALUES ('2026-03-07', true, 'x');
INSERT INTO icp.calendar_local VALUES ('2026-03-07', true, 'x');
DELETE FROM icp.calendar_year_local;
UPDATE icp.calendar_year SET year = 2027 WHERE year = 2026;
RESET ROLE;
-- not even the right to read the tables is needed to count
REVOKE SELECT ON icp.calendar FROM PUBLIC;
INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood');
SET ROLE regress_calendar;
SELECT icp.is_working_day('2026-03-02'), icp.is_working_day('2026-10-01');
RESET ROLE;
DELETE FROM icp.calendar_local;
GRANT SELECT ON icp.calendar TO PUBLIC;
RESET search_path;
DROP ROLE regress_calendar;

-- the trigger function keeps to its trade
CREATE TEMP TABLE other (x int);
CREATE TRIGGER t BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION icp.calendar_changed();
INSERT INTO other VALUES (1);

-- parallel workers that have not read it yet
SELECT sum(icp.working_days_add(day, 5) - day) AS days FROM calendar_day WHERE day < '2026-12-01';
\c -
SET datestyle = 'ISO, YMD';
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
SELECT sum(icp.working_days_add(day, 5) - day) AS days FROM calendar_day WHERE day < '2026-12-01';
-- the leader reading it in the midst of a parallel query, and keeping it
\c -
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers = 0;
SELECT sum(icp.working_days_add(day, 5) - day) AS days FROM calendar_day WHERE day < '2026-12-01';
SELECT icp.is_working_day('2026-03-02');

DROP TABLE calendar_day;
