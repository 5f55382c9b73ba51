-- Working days (工作日): the exceptions to Monday to Friday, by the State Council's yearly notices.

CREATE TABLE icp.calendar_year (
	year integer PRIMARY KEY CHECK (year OPERATOR(pg_catalog.>=) 1950 AND year OPERATOR(pg_catalog.<=) 2199),
	source text NOT NULL
);
COMMENT ON TABLE icp.calendar_year IS
	'Years whose working days icp.calendar knows; shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.calendar_year.year IS 'A year all of whose exceptions are in icp.calendar';
COMMENT ON COLUMN icp.calendar_year.source IS 'Where its days were taken from';

CREATE TABLE icp.calendar (
	day date PRIMARY KEY,
	is_working boolean NOT NULL,
	name_zh text NOT NULL,
	CHECK (is_working OPERATOR(pg_catalog.=) (pg_catalog.date_part('isodow', day) OPERATOR(pg_catalog.>=) 6))
);
COMMENT ON TABLE icp.calendar IS
	'Days that are not what their weekday says: holidays on weekdays, make-up working days (调休上班) on weekends; '
	'shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.calendar.day IS 'The day';
COMMENT ON COLUMN icp.calendar.is_working IS 'true: a Saturday or Sunday that is worked; false: a weekday off';
COMMENT ON COLUMN icp.calendar.name_zh IS 'The holiday, or the holiday that a working day makes up for';

CREATE TABLE icp.calendar_year_local (
	year integer PRIMARY KEY CHECK (year OPERATOR(pg_catalog.>=) 1950 AND year OPERATOR(pg_catalog.<=) 2199),
	source text NOT NULL
);
COMMENT ON TABLE icp.calendar_year_local IS 'Years that a bureau loaded itself, before an upgrade ships them';
COMMENT ON COLUMN icp.calendar_year_local.year IS 'A year all of whose exceptions are in icp.calendar_local';
COMMENT ON COLUMN icp.calendar_year_local.source IS 'The notice its days were taken from';

CREATE TABLE icp.calendar_local (
	day date PRIMARY KEY CHECK (day OPERATOR(pg_catalog.>=) '1950-01-01'::date
	                            AND day OPERATOR(pg_catalog.<=) '2199-12-31'::date),
	is_working boolean NOT NULL,
	reason text NOT NULL
);
COMMENT ON TABLE icp.calendar_local IS
	'A bureau''s own days, which win over icp.calendar; they count in loaded years only';
COMMENT ON COLUMN icp.calendar_local.day IS 'The day';
COMMENT ON COLUMN icp.calendar_local.is_working IS 'Whether it is worked, whatever its weekday and icp.calendar say';
COMMENT ON COLUMN icp.calendar_local.reason IS 'Why: the notice, or the bureau''s own order';

-- Only their owner writes them; everybody may read.
GRANT SELECT ON icp.calendar_year, icp.calendar, icp.calendar_year_local, icp.calendar_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.calendar_year_local', '');
SELECT pg_catalog.pg_extension_config_dump('icp.calendar_local', '');

CREATE FUNCTION icp.calendar_changed() RETURNS trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_calendar_changed';
COMMENT ON FUNCTION icp.calendar_changed() IS 'Trigger: makes every session read the changed calendar anew';
REVOKE ALL ON FUNCTION icp.calendar_changed() FROM PUBLIC;

CREATE TRIGGER changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar_year
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar_year
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
ALTER TABLE icp.calendar_year ENABLE ALWAYS TRIGGER changing;
ALTER TABLE icp.calendar_year ENABLE ALWAYS TRIGGER changed;
COMMENT ON TRIGGER changing ON icp.calendar_year IS
	'Before a statement, so that what it read half-way is forgotten if it fails';
COMMENT ON TRIGGER changed ON icp.calendar_year IS
	'After a statement: every session reads the calendar anew';

CREATE TRIGGER changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
ALTER TABLE icp.calendar ENABLE ALWAYS TRIGGER changing;
ALTER TABLE icp.calendar ENABLE ALWAYS TRIGGER changed;
COMMENT ON TRIGGER changing ON icp.calendar IS
	'Before a statement, so that what it read half-way is forgotten if it fails';
COMMENT ON TRIGGER changed ON icp.calendar IS
	'After a statement: every session reads the calendar anew';

CREATE TRIGGER changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar_year_local
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar_year_local
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
CREATE TRIGGER replicated AFTER INSERT OR UPDATE OR DELETE ON icp.calendar_year_local
	FOR EACH ROW EXECUTE FUNCTION icp.calendar_changed();
ALTER TABLE icp.calendar_year_local ENABLE ALWAYS TRIGGER changing;
ALTER TABLE icp.calendar_year_local ENABLE ALWAYS TRIGGER changed;
ALTER TABLE icp.calendar_year_local ENABLE REPLICA TRIGGER replicated;
COMMENT ON TRIGGER changing ON icp.calendar_year_local IS
	'Before a statement, so that what it read half-way is forgotten if it fails';
COMMENT ON TRIGGER changed ON icp.calendar_year_local IS
	'After a statement: every session reads the calendar anew';
COMMENT ON TRIGGER replicated ON icp.calendar_year_local IS
	'After a row that an apply worker wrote: statement triggers do not fire there';

CREATE TRIGGER changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar_local
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.calendar_local
	FOR EACH STATEMENT EXECUTE FUNCTION icp.calendar_changed();
CREATE TRIGGER replicated AFTER INSERT OR UPDATE OR DELETE ON icp.calendar_local
	FOR EACH ROW EXECUTE FUNCTION icp.calendar_changed();
ALTER TABLE icp.calendar_local ENABLE ALWAYS TRIGGER changing;
ALTER TABLE icp.calendar_local ENABLE ALWAYS TRIGGER changed;
ALTER TABLE icp.calendar_local ENABLE REPLICA TRIGGER replicated;
COMMENT ON TRIGGER changing ON icp.calendar_local IS
	'Before a statement, so that what it read half-way is forgotten if it fails';
COMMENT ON TRIGGER changed ON icp.calendar_local IS
	'After a statement: every session reads the calendar anew';
COMMENT ON TRIGGER replicated ON icp.calendar_local IS
	'After a row that an apply worker wrote: statement triggers do not fire there';

CREATE FUNCTION icp.is_working_day(day date) RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_is_working_day';
COMMENT ON FUNCTION icp.is_working_day(date) IS
	'Whether a day is a working day (工作日); error 22008 in a year that is not loaded';

CREATE FUNCTION icp.working_days_add(start date, days integer) RETURNS date
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_working_days_add';
COMMENT ON FUNCTION icp.working_days_add(date, integer) IS
	'The n-th working day after a day, before it if n is negative, the day itself if n is 0; '
	'error 22008 beyond the loaded years';

CREATE FUNCTION icp.working_days_between(start date, stop date) RETURNS integer
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_working_days_between';
COMMENT ON FUNCTION icp.working_days_between(date, date) IS
	'Working days after start up to and including stop, negative if stop is before start; '
	'error 22008 beyond the loaded years';

CREATE FUNCTION icp.try_working_days_add(start date, days integer) RETURNS date
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_try_working_days_add';
COMMENT ON FUNCTION icp.try_working_days_add(date, integer) IS
	'icp.working_days_add(), NULL beyond the loaded years';

CREATE FUNCTION icp.try_working_days_between(start date, stop date) RETURNS integer
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_try_working_days_between';
COMMENT ON FUNCTION icp.try_working_days_between(date, date) IS
	'icp.working_days_between(), NULL beyond the loaded years';

-- Converted from chinese-days 1.5.7 (MIT, doc/third-party.md).
INSERT INTO icp.calendar_year (year, source) VALUES
	(2004, 'chinese-days 1.5.7'),
	(2005, 'chinese-days 1.5.7, with 2005-12-31 working by 国办发明电〔2005〕35号'),
	(2006, 'chinese-days 1.5.7'),
	(2007, 'chinese-days 1.5.7'),
	(2008, 'chinese-days 1.5.7'),
	(2009, 'chinese-days 1.5.7'),
	(2010, 'chinese-days 1.5.7'),
	(2011, 'chinese-days 1.5.7'),
	(2012, 'chinese-days 1.5.7'),
	(2013, 'chinese-days 1.5.7'),
	(2014, 'chinese-days 1.5.7'),
	(2015, 'chinese-days 1.5.7'),
	(2016, 'chinese-days 1.5.7'),
	(2017, 'chinese-days 1.5.7'),
	(2018, 'chinese-days 1.5.7'),
	(2019, 'chinese-days 1.5.7'),
	(2020, 'chinese-days 1.5.7'),
	(2021, 'chinese-days 1.5.7'),
	(2022, 'chinese-days 1.5.7'),
	(2023, 'chinese-days 1.5.7'),
	(2024, 'chinese-days 1.5.7'),
	(2025, 'chinese-days 1.5.7'),
	(2026, 'chinese-days 1.5.7');

INSERT INTO icp.calendar (day, is_working, name_zh) VALUES
	('2004-01-01', false, '元旦'), ('2004-01-17', true, '春节'), ('2004-01-18', true, '春节'),
	('2004-01-22', false, '春节'), ('2004-01-23', false, '春节'), ('2004-01-26', false, '春节'),
	('2004-01-27', false, '春节'), ('2004-01-28', false, '春节'), ('2004-05-03', false, '劳动节'),
	('2004-05-04', false, '劳动节'), ('2004-05-05', false, '劳动节'), ('2004-05-06', false, '劳动节'),
	('2004-05-07', false, '劳动节'), ('2004-05-08', true, '劳动节'), ('2004-05-09', true, '劳动节'),
	('2004-10-01', false, '国庆节'), ('2004-10-04', false, '国庆节'), ('2004-10-05', false, '国庆节'),
	('2004-10-06', false, '国庆节'), ('2004-10-07', false, '国庆节'), ('2004-10-09', true, '国庆节'),
	('2004-10-10', true, '国庆节'),
	('2005-01-03', false, '元旦'), ('2005-02-05', true, '春节'), ('2005-02-06', true, '春节'),
	('2005-02-09', false, '春节'), ('2005-02-10', false, '春节'), ('2005-02-11', false, '春节'),
	('2005-02-14', false, '春节'), ('2005-02-15', false, '春节'), ('2005-04-30', true, '劳动节'),
	('2005-05-02', false, '劳动节'), ('2005-05-03', false, '劳动节'), ('2005-05-04', false, '劳动节'),
	('2005-05-05', false, '劳动节'), ('2005-05-06', false, '劳动节'), ('2005-05-08', true, '劳动节'),
	('2005-10-03', false, '国庆节'), ('2005-10-04', false, '国庆节'), ('2005-10-05', false, '国庆节'),
	('2005-10-06', false, '国庆节'), ('2005-10-07', false, '国庆节'), ('2005-10-08', true, '国庆节'),
	('2005-10-09', true, '国庆节'), ('2005-12-31', true, '元旦'),
	('2006-01-02', false, '元旦'), ('2006-01-03', false, '元旦'), ('2006-01-28', true, '春节'),
	('2006-01-30', false, '春节'), ('2006-01-31', false, '春节'), ('2006-02-01', false, '春节'),
	('2006-02-02', false, '春节'), ('2006-02-03', false, '春节'), ('2006-02-05', true, '春节'),
	('2006-04-29', true, '劳动节'), ('2006-04-30', true, '劳动节'), ('2006-05-01', false, '劳动节'),
	('2006-05-02', false, '劳动节'), ('2006-05-03', false, '劳动节'), ('2006-05-04', false, '劳动节'),
	('2006-05-05', false, '劳动节'), ('2006-09-30', true, '国庆节'), ('2006-10-02', false, '国庆节'),
	('2006-10-03', false, '国庆节'), ('2006-10-04', false, '国庆节'), ('2006-10-05', false, '国庆节'),
	('2006-10-06', false, '国庆节'), ('2006-10-08', true, '国庆节'), ('2006-12-30', true, '元旦'),
	('2006-12-31', true, '元旦'),
	('2007-01-01', false, '元旦'), ('2007-01-02', false, '元旦'), ('2007-01-03', false, '元旦'),
	('2007-02-17', true, '春节'), ('2007-02-19', false, '春节'), ('2007-02-20', false, '春节'),
	('2007-02-21', false, '春节'), ('2007-02-22', false, '春节'), ('2007-02-23', false, '春节'),
	('2007-02-25', true, '春节'), ('2007-04-28', true, '劳动节'), ('2007-04-29', true, '劳动节'),
	('2007-05-01', false, '劳动节'), ('2007-05-02', false, '劳动节'), ('2007-05-03', false, '劳动节'),
	('2007-05-04', false, '劳动节'), ('2007-05-07', false, '劳动节'), ('2007-09-29', true, '国庆节'),
	('2007-09-30', true, '国庆节'), ('2007-10-01', false, '国庆节'), ('2007-10-02', false, '国庆节'),
	('2007-10-03', false, '国庆节'), ('2007-10-04', false, '国庆节'), ('2007-10-05', false, '国庆节'),
	('2007-12-29', true, '元旦'), ('2007-12-31', false, '元旦'),
	('2008-01-01', false, '元旦'), ('2008-02-02', true, '春节'), ('2008-02-03', true, '春节'),
	('2008-02-06', false, '春节'), ('2008-02-07', false, '春节'), ('2008-02-08', false, '春节'),
	('2008-02-11', false, '春节'), ('2008-02-12', false, '春节'), ('2008-04-04', false, '清明'),
	('2008-05-01', false, '劳动节'), ('2008-05-02', false, '劳动节'), ('2008-05-04', true, '劳动节'),
	('2008-06-09', false, '端午'), ('2008-09-15', false, '中秋'), ('2008-09-27', true, '国庆节'),
	('2008-09-28', true, '国庆节'), ('2008-09-29', false, '国庆节'), ('2008-09-30', false, '国庆节'),
	('2008-10-01', false, '国庆节'), ('2008-10-02', false, '国庆节'), ('2008-10-03', false, '国庆节'),
	('2009-01-01', false, '元旦'), ('2009-01-02', false, '元旦'), ('2009-01-04', true, '元旦'),
	('2009-01-24', true, '春节'), ('2009-01-26', false, '春节'), ('2009-01-27', false, '春节'),
	('2009-01-28', false, '春节'), ('2009-01-29', false, '春节'), ('2009-01-30', false, '春节'),
	('2009-02-01', true, '春节'), ('2009-04-06', false, '清明'), ('2009-05-01', false, '劳动节'),
	('2009-05-28', false, '端午'), ('2009-05-29', false, '端午'), ('2009-05-31', true, '端午'),
	('2009-09-27', true, '国庆节'), ('2009-10-01', false, '国庆节'), ('2009-10-02', false, '国庆节'),
	('2009-10-05', false, '国庆节'), ('2009-10-06', false, '国庆节'), ('2009-10-07', false, '国庆节'),
	('2009-10-08', false, '国庆节'), ('2009-10-10', true, '国庆节'),
	('2010-01-01', false, '元旦'), ('2010-02-15', false, '春节'), ('2010-02-16', false, '春节'),
	('2010-02-17', false, '春节'), ('2010-02-18', false, '春节'), ('2010-02-19', false, '春节'),
	('2010-02-20', true, '春节'), ('2010-02-21', true, '春节'), ('2010-04-05', false, '清明'),
	('2010-05-03', false, '劳动节'), ('2010-06-12', true, '端午'), ('2010-06-13', true, '端午'),
	('2010-06-14', false, '端午'), ('2010-06-15', false, '端午'), ('2010-06-16', false, '端午'),
	('2010-09-19', true, '中秋'), ('2010-09-22', false, '中秋'), ('2010-09-23', false, '中秋'),
	('2010-09-24', false, '中秋'), ('2010-09-25', true, '中秋'), ('2010-09-26', true, '国庆节'),
	('2010-10-01', false, '国庆节'), ('2010-10-04', false, '国庆节'), ('2010-10-05', false, '国庆节'),
	('2010-10-06', false, '国庆节'), ('2010-10-07', false, '国庆节'), ('2010-10-09', true, '国庆节'),
	('2011-01-03', false, '元旦'), ('2011-01-30', true, '春节'), ('2011-02-02', false, '春节'),
	('2011-02-03', false, '春节'), ('2011-02-04', false, '春节'), ('2011-02-07', false, '春节'),
	('2011-02-08', false, '春节'), ('2011-02-12', true, '春节'), ('2011-04-02', true, '清明'),
	('2011-04-04', false, '清明'), ('2011-04-05', false, '清明'), ('2011-05-02', false, '劳动节'),
	('2011-06-06', false, '端午'), ('2011-09-12', false, '中秋'), ('2011-10-03', false, '国庆节'),
	('2011-10-04', false, '国庆节'), ('2011-10-05', false, '国庆节'), ('2011-10-06', false, '国庆节'),
	('2011-10-07', false, '国庆节'), ('2011-10-08', true, '国庆节'), ('2011-10-09', true, '国庆节'),
	('2011-12-31', true, '元旦'),
	('2012-01-02', false, '元旦'), ('2012-01-03', false, '元旦'), ('2012-01-21', true, '春节'),
	('2012-01-23', false, '春节'), ('2012-01-24', false, '春节'), ('2012-01-25', false, '春节'),
	('2012-01-26', false, '春节'), ('2012-01-27', false, '春节'), ('2012-01-29', true, '春节'),
	('2012-03-31', true, '清明'), ('2012-04-01', true, '清明'), ('2012-04-02', false, '清明'),
	('2012-04-03', false, '清明'), ('2012-04-04', false, '清明'), ('2012-04-28', true, '劳动节'),
	('2012-04-30', false, '劳动节'), ('2012-05-01', false, '劳动节'), ('2012-06-22', false, '端午'),
	('2012-09-29', true, '国庆节'), ('2012-10-01', false, '国庆节'), ('2012-10-02', false, '国庆节'),
	('2012-10-03', false, '国庆节'), ('2012-10-04', false, '国庆节'), ('2012-10-05', false, '国庆节'),
	('2013-01-01', false, '元旦'), ('2013-01-02', false, '元旦'), ('2013-01-03', false, '元旦'),
	('2013-01-05', true, '元旦'), ('2013-01-06', true, '元旦'), ('2013-02-11', false, '春节'),
	('2013-02-12', false, '春节'), ('2013-02-13', false, '春节'), ('2013-02-14', false, '春节'),
	('2013-02-15', false, '春节'), ('2013-02-16', true, '春节'), ('2013-02-17', true, '春节'),
	('2013-04-04', false, '清明'), ('2013-04-05', false, '清明'), ('2013-04-07', true, '清明'),
	('2013-04-27', true, '劳动节'), ('2013-04-28', true, '劳动节'), ('2013-04-29', false, '劳动节'),
	('2013-04-30', false, '劳动节'), ('2013-05-01', false, '劳动节'), ('2013-06-08', true, '端午'),
	('2013-06-09', true, '端午'), ('2013-06-10', false, '端午'), ('2013-06-11', false, '端午'),
	('2013-06-12', false, '端午'), ('2013-09-19', false, '中秋'), ('2013-09-20', false, '中秋'),
	('2013-09-22', true, '中秋'), ('2013-09-29', true, '国庆节'), ('2013-10-01', false, '国庆节'),
	('2013-10-02', false, '国庆节'), ('2013-10-03', false, '国庆节'), ('2013-10-04', false, '国庆节'),
	('2013-10-07', false, '国庆节'), ('2013-10-12', true, '国庆节'),
	('2014-01-01', false, '元旦'), ('2014-01-26', true, '春节'), ('2014-01-31', false, '春节'),
	('2014-02-03', false, '春节'), ('2014-02-04', false, '春节'), ('2014-02-05', false, '春节'),
	('2014-02-06', false, '春节'), ('2014-02-08', true, '春节'), ('2014-04-07', false, '清明'),
	('2014-05-01', false, '劳动节'), ('2014-05-02', false, '劳动节'), ('2014-05-04', true, '劳动节'),
	('2014-06-02', false, '端午'), ('2014-09-08', false, '中秋'), ('2014-09-28', true, '国庆节'),
	('2014-10-01', false, '国庆节'), ('2014-10-02', false, '国庆节'), ('2014-10-03', false, '国庆节'),
	('2014-10-06', false, '国庆节'), ('2014-10-07', false, '国庆节'), ('2014-10-11', true, '国庆节'),
	('2015-01-01', false, '元旦'), ('2015-01-02', false, '元旦'), ('2015-01-04', true, '元旦'),
	('2015-02-15', true, '春节'), ('2015-02-18', false, '春节'), ('2015-02-19', false, '春节'),
	('2015-02-20', false, '春节'), ('2015-02-23', false, '春节'), ('2015-02-24', false, '春节'),
	('2015-02-28', true, '春节'), ('2015-04-06', false, '清明'), ('2015-05-01', false, '劳动节'),
	('2015-06-22', false, '端午'),
	('2015-09-03', false, '中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日'),
	('2015-09-04', false, '中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日'),
	('2015-09-06', true, '中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日'),
	('2015-10-01', false, '国庆节'), ('2015-10-02', false, '国庆节'), ('2015-10-05', false, '国庆节'),
	('2015-10-06', false, '国庆节'), ('2015-10-07', false, '国庆节'), ('2015-10-10', true, '国庆节'),
	('2016-01-01', false, '元旦'), ('2016-02-06', true, '春节'), ('2016-02-08', false, '春节'),
	('2016-02-09', false, '春节'), ('2016-02-10', false, '春节'), ('2016-02-11', false, '春节'),
	('2016-02-12', false, '春节'), ('2016-02-14', true, '春节'), ('2016-04-04', false, '清明'),
	('2016-05-02', false, '劳动节'), ('2016-06-09', false, '端午'), ('2016-06-10', false, '端午'),
	('2016-06-12', true, '端午'), ('2016-09-15', false, '中秋'), ('2016-09-16', false, '中秋'),
	('2016-09-18', true, '中秋'), ('2016-10-03', false, '国庆节'), ('2016-10-04', false, '国庆节'),
	('2016-10-05', false, '国庆节'), ('2016-10-06', false, '国庆节'), ('2016-10-07', false, '国庆节'),
	('2016-10-08', true, '国庆节'), ('2016-10-09', true, '国庆节'),
	('2017-01-02', false, '元旦'), ('2017-01-22', true, '春节'), ('2017-01-27', false, '春节'),
	('2017-01-30', false, '春节'), ('2017-01-31', false, '春节'), ('2017-02-01', false, '春节'),
	('2017-02-02', false, '春节'), ('2017-02-04', true, '春节'), ('2017-04-01', true, '清明'),
	('2017-04-03', false, '清明'), ('2017-04-04', false, '清明'), ('2017-05-01', false, '劳动节'),
	('2017-05-27', true, '端午'), ('2017-05-29', false, '端午'), ('2017-05-30', false, '端午'),
	('2017-09-30', true, '国庆节'), ('2017-10-02', false, '国庆节'), ('2017-10-03', false, '国庆节'),
	('2017-10-04', false, '中秋'), ('2017-10-05', false, '国庆节'), ('2017-10-06', false, '国庆节'),
	('2018-01-01', false, '元旦'), ('2018-02-11', true, '春节'), ('2018-02-15', false, '春节'),
	('2018-02-16', false, '春节'), ('2018-02-19', false, '春节'), ('2018-02-20', false, '春节'),
	('2018-02-21', false, '春节'), ('2018-02-24', true, '春节'), ('2018-04-05', false, '清明'),
	('2018-04-06', false, '清明'), ('2018-04-08', true, '清明'), ('2018-04-28', true, '劳动节'),
	('2018-04-30', false, '劳动节'), ('2018-05-01', false, '劳动节'), ('2018-06-18', false, '端午'),
	('2018-09-24', false, '中秋'), ('2018-09-29', true, '国庆节'), ('2018-09-30', true, '国庆节'),
	('2018-10-01', false, '国庆节'), ('2018-10-02', false, '国庆节'), ('2018-10-03', false, '国庆节'),
	('2018-10-04', false, '国庆节'), ('2018-10-05', false, '国庆节'), ('2018-12-29', true, '元旦'),
	('2018-12-31', false, '元旦'),
	('2019-01-01', false, '元旦'), ('2019-02-02', true, '春节'), ('2019-02-03', true, '春节'),
	('2019-02-04', false, '春节'), ('2019-02-05', false, '春节'), ('2019-02-06', false, '春节'),
	('2019-02-07', false, '春节'), ('2019-02-08', false, '春节'), ('2019-04-05', false, '清明'),
	('2019-04-28', true, '劳动节'), ('2019-05-01', false, '劳动节'), ('2019-05-02', false, '劳动节'),
	('2019-05-03', false, '劳动节'), ('2019-05-05', true, '劳动节'), ('2019-06-07', false, '端午'),
	('2019-09-13', false, '中秋'), ('2019-09-29', true, '国庆节'), ('2019-10-01', false, '国庆节'),
	('2019-10-02', false, '国庆节'), ('2019-10-03', false, '国庆节'), ('2019-10-04', false, '国庆节'),
	('2019-10-07', false, '国庆节'), ('2019-10-12', true, '国庆节'),
	('2020-01-01', false, '元旦'), ('2020-01-19', true, '春节'), ('2020-01-24', false, '春节'),
	('2020-01-27', false, '春节'), ('2020-01-28', false, '春节'), ('2020-01-29', false, '春节'),
	('2020-01-30', false, '春节'), ('2020-01-31', false, '春节'), ('2020-04-06', false, '清明'),
	('2020-04-26', true, '劳动节'), ('2020-05-01', false, '劳动节'), ('2020-05-04', false, '劳动节'),
	('2020-05-05', false, '劳动节'), ('2020-05-09', true, '劳动节'), ('2020-06-25', false, '端午'),
	('2020-06-26', false, '端午'), ('2020-06-28', true, '端午'), ('2020-09-27', true, '国庆节'),
	('2020-10-01', false, '国庆节'), ('2020-10-02', false, '国庆节'), ('2020-10-05', false, '国庆节'),
	('2020-10-06', false, '国庆节'), ('2020-10-07', false, '国庆节'), ('2020-10-08', false, '国庆节'),
	('2020-10-10', true, '国庆节'),
	('2021-01-01', false, '元旦'), ('2021-02-07', true, '春节'), ('2021-02-11', false, '春节'),
	('2021-02-12', false, '春节'), ('2021-02-15', false, '春节'), ('2021-02-16', false, '春节'),
	('2021-02-17', false, '春节'), ('2021-02-20', true, '春节'), ('2021-04-05', false, '清明'),
	('2021-04-25', true, '劳动节'), ('2021-05-03', false, '劳动节'), ('2021-05-04', false, '劳动节'),
	('2021-05-05', false, '劳动节'), ('2021-05-08', true, '劳动节'), ('2021-06-14', false, '端午'),
	('2021-09-18', true, '中秋'), ('2021-09-20', false, '中秋'), ('2021-09-21', false, '中秋'),
	('2021-09-26', true, '国庆节'), ('2021-10-01', false, '国庆节'), ('2021-10-04', false, '国庆节'),
	('2021-10-05', false, '国庆节'), ('2021-10-06', false, '国庆节'), ('2021-10-07', false, '国庆节'),
	('2021-10-09', true, '国庆节'),
	('2022-01-03', false, '元旦'), ('2022-01-29', true, '春节'), ('2022-01-30', true, '春节'),
	('2022-01-31', false, '春节'), ('2022-02-01', false, '春节'), ('2022-02-02', false, '春节'),
	('2022-02-03', false, '春节'), ('2022-02-04', false, '春节'), ('2022-04-02', true, '清明'),
	('2022-04-04', false, '清明'), ('2022-04-05', false, '清明'), ('2022-04-24', true, '劳动节'),
	('2022-05-02', false, '劳动节'), ('2022-05-03', false, '劳动节'), ('2022-05-04', false, '劳动节'),
	('2022-05-07', true, '劳动节'), ('2022-06-03', false, '端午'), ('2022-09-12', false, '中秋'),
	('2022-10-03', false, '国庆节'), ('2022-10-04', false, '国庆节'), ('2022-10-05', false, '国庆节'),
	('2022-10-06', false, '国庆节'), ('2022-10-07', false, '国庆节'), ('2022-10-08', true, '国庆节'),
	('2022-10-09', true, '国庆节'),
	('2023-01-02', false, '元旦'), ('2023-01-23', false, '春节'), ('2023-01-24', false, '春节'),
	('2023-01-25', false, '春节'), ('2023-01-26', false, '春节'), ('2023-01-27', false, '春节'),
	('2023-01-28', true, '春节'), ('2023-01-29', true, '春节'), ('2023-04-05', false, '清明'),
	('2023-04-23', true, '劳动节'), ('2023-05-01', false, '劳动节'), ('2023-05-02', false, '劳动节'),
	('2023-05-03', false, '劳动节'), ('2023-05-06', true, '劳动节'), ('2023-06-22', false, '端午'),
	('2023-06-23', false, '端午'), ('2023-06-25', true, '端午'), ('2023-09-29', false, '中秋'),
	('2023-10-02', false, '国庆节'), ('2023-10-03', false, '国庆节'), ('2023-10-04', false, '国庆节'),
	('2023-10-05', false, '国庆节'), ('2023-10-06', false, '国庆节'), ('2023-10-07', true, '国庆节'),
	('2023-10-08', true, '国庆节'),
	('2024-01-01', false, '元旦'), ('2024-02-04', true, '春节'), ('2024-02-12', false, '春节'),
	('2024-02-13', false, '春节'), ('2024-02-14', false, '春节'), ('2024-02-15', false, '春节'),
	('2024-02-16', false, '春节'), ('2024-02-18', true, '春节'), ('2024-04-04', false, '清明'),
	('2024-04-05', false, '清明'), ('2024-04-07', true, '清明'), ('2024-04-28', true, '劳动节'),
	('2024-05-01', false, '劳动节'), ('2024-05-02', false, '劳动节'), ('2024-05-03', false, '劳动节'),
	('2024-05-11', true, '劳动节'), ('2024-06-10', false, '端午'), ('2024-09-14', true, '中秋'),
	('2024-09-16', false, '中秋'), ('2024-09-17', false, '中秋'), ('2024-09-29', true, '国庆节'),
	('2024-10-01', false, '国庆节'), ('2024-10-02', false, '国庆节'), ('2024-10-03', false, '国庆节'),
	('2024-10-04', false, '国庆节'), ('2024-10-07', false, '国庆节'), ('2024-10-12', true, '国庆节'),
	('2025-01-01', false, '元旦'), ('2025-01-26', true, '春节'), ('2025-01-28', false, '春节'),
	('2025-01-29', false, '春节'), ('2025-01-30', false, '春节'), ('2025-01-31', false, '春节'),
	('2025-02-03', false, '春节'), ('2025-02-04', false, '春节'), ('2025-02-08', true, '春节'),
	('2025-04-04', false, '清明'), ('2025-04-27', true, '劳动节'), ('2025-05-01', false, '劳动节'),
	('2025-05-02', false, '劳动节'), ('2025-05-05', false, '劳动节'), ('2025-06-02', false, '端午'),
	('2025-09-28', true, '国庆节'), ('2025-10-01', false, '国庆节'), ('2025-10-02', false, '国庆节'),
	('2025-10-03', false, '国庆节'), ('2025-10-06', false, '中秋'), ('2025-10-07', false, '国庆节'),
	('2025-10-08', false, '国庆节'), ('2025-10-11', true, '国庆节'),
	('2026-01-01', false, '元旦'), ('2026-01-02', false, '元旦'), ('2026-01-04', true, '元旦'),
	('2026-02-14', true, '春节'), ('2026-02-16', false, '春节'), ('2026-02-17', false, '春节'),
	('2026-02-18', false, '春节'), ('2026-02-19', false, '春节'), ('2026-02-20', false, '春节'),
	('2026-02-23', false, '春节'), ('2026-02-28', true, '春节'), ('2026-04-06', false, '清明'),
	('2026-05-01', false, '劳动节'), ('2026-05-04', false, '劳动节'), ('2026-05-05', false, '劳动节'),
	('2026-05-09', true, '劳动节'), ('2026-06-19', false, '端午'), ('2026-09-20', true, '国庆节'),
	('2026-09-25', false, '中秋'), ('2026-10-01', false, '国庆节'), ('2026-10-02', false, '国庆节'),
	('2026-10-05', false, '国庆节'), ('2026-10-06', false, '国庆节'), ('2026-10-07', false, '国庆节'),
	('2026-10-10', true, '国庆节');
