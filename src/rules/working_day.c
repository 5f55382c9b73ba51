/*
 * working_day.c
 *	  The backend's copy of the calendar tables, and the SQL functions over it.
 *
 * Read and invalidated as table_copy.c says.  The answers are numbers, and no pointer into the copy leaves this file.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/rel.h"

#include "compat.h"
#include "core/calendar.h"
#include "server/table_copy.h"

ICP_FUNCTION(icp_is_working_day);
ICP_FUNCTION(icp_working_days_add);
ICP_FUNCTION(icp_working_days_between);
ICP_FUNCTION(icp_try_working_days_add);
ICP_FUNCTION(icp_try_working_days_between);
ICP_FUNCTION(icp_calendar_changed);

/* The leading columns of the tables, which an upgrade may follow with others but not move. */
#define ANUM_YEAR		1
#define ANUM_DAY		1
#define ANUM_IS_WORKING 2

/* In the order of reading: years first, then what was shipped, then what the bureau puts over it. */
typedef enum CalendarTable
{
	TABLE_YEAR,
	TABLE_YEAR_LOCAL,
	TABLE_DAY,
	TABLE_DAY_LOCAL
} CalendarTable;

typedef struct CalendarCopy
{
	TableCopy	copy;
	IcpCalendar calendar;
} CalendarCopy;

static void
read_table(TableCopy *copy, int table, Relation rel, Snapshot snapshot)
{
	IcpCalendar *calendar = &((CalendarCopy *) copy)->calendar;
	TupleDesc	desc = RelationGetDescr(rel);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;

		/* every column read here is NOT NULL; what the arithmetic has no room for, CHECKs keep out */
		if (table == TABLE_YEAR || table == TABLE_YEAR_LOCAL)
		{
			Datum		year = heap_getattr(tuple, ANUM_YEAR, desc, &isnull);

			(void) icp_calendar_load_year(calendar, DatumGetInt32(year));
		}
		else
		{
			Datum		day = heap_getattr(tuple, ANUM_DAY, desc, &isnull);
			Datum		working = heap_getattr(tuple, ANUM_IS_WORKING, desc, &isnull);

			(void) icp_calendar_set(calendar, DatumGetDateADT(day), DatumGetBool(working));
		}
	}
	systable_endscan(scan);
}

static void
begin_copy(TableCopy *copy)
{
	icp_calendar_clear(&((CalendarCopy *) copy)->calendar);
}

static void
finish_copy(TableCopy *copy)
{
	icp_calendar_finish(&((CalendarCopy *) copy)->calendar);
}

static TableCopyKind calendar_copies = {
	.name = "calendar",
	.size = sizeof(CalendarCopy),
	.ntables = 4,
	.tables = {
		[TABLE_YEAR] = "calendar_year", [TABLE_YEAR_LOCAL] = "calendar_year_local",
		[TABLE_DAY] = "calendar", [TABLE_DAY_LOCAL] = "calendar_local"
	},
	.begin = begin_copy,
	.read = read_table,
	.finish = finish_copy
};

static const IcpCalendar *
get_calendar(void)
{
	return &((CalendarCopy *) table_copy_get(&calendar_copies))->calendar;
}

static void
check_finite(DateADT day)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot count working days from or to an infinite date")));
}

static void
report_missing_year(int64 missing)
{
	bool		bc = missing <= 0;

	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("working-day calendar (工作日历) is not loaded for year %lld%s",
					(long long) (bc ? 1 - missing : missing), bc ? " BC" : ""),
			 (missing < ICP_CALENDAR_FIRST_YEAR || missing > ICP_CALENDAR_LAST_YEAR) ?
			 errhint("The calendar can hold the years %d to %d.",
					 ICP_CALENDAR_FIRST_YEAR, ICP_CALENDAR_LAST_YEAR) :
			 errhint("Insert the holidays and make-up working days of the State Council's notice "
					 "(节假日安排的通知) into icp.calendar_local, then the year into icp.calendar_year_local.")));
}

/* Each raises 22008 where a day it needs lies in a year that is not loaded, or is infinite. */
static bool
calendar_is_working_day(DateADT day)
{
	int64		missing;
	bool		working;

	check_finite(day);
	if (!icp_calendar_is_working(get_calendar(), day, &working, &missing))
		report_missing_year(missing);
	return working;
}

static DateADT
calendar_working_days_add(DateADT day, int32 days)
{
	int64		missing;
	int32		result;

	check_finite(day);
	if (!icp_calendar_add(get_calendar(), day, days, &result, &missing))
		report_missing_year(missing);
	return result;
}

static int32
calendar_working_days_between(DateADT from, DateADT to)
{
	int64		missing;
	int32		result;

	check_finite(from);
	check_finite(to);
	if (!icp_calendar_between(get_calendar(), from, to, &result, &missing))
		report_missing_year(missing);
	return result;
}

Datum
icp_is_working_day(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(calendar_is_working_day(PG_GETARG_DATEADT(0)));
}

Datum
icp_working_days_add(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATEADT(calendar_working_days_add(PG_GETARG_DATEADT(0), PG_GETARG_INT32(1)));
}

Datum
icp_working_days_between(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(calendar_working_days_between(PG_GETARG_DATEADT(0), PG_GETARG_DATEADT(1)));
}

/* The same, NULL where the calendar does not reach: for deadlines, which must not stop what is being entered. */
Datum
icp_try_working_days_add(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	int64		missing;
	int32		result;

	if (DATE_NOT_FINITE(day) || !icp_calendar_add(get_calendar(), day, PG_GETARG_INT32(1), &result, &missing))
		PG_RETURN_NULL();
	PG_RETURN_DATEADT(result);
}

Datum
icp_try_working_days_between(PG_FUNCTION_ARGS)
{
	DateADT		from = PG_GETARG_DATEADT(0);
	DateADT		to = PG_GETARG_DATEADT(1);
	int64		missing;
	int32		result;

	if (DATE_NOT_FINITE(from) || DATE_NOT_FINITE(to) ||
		!icp_calendar_between(get_calendar(), from, to, &result, &missing))
		PG_RETURN_NULL();
	PG_RETURN_INT32(result);
}

/* Trigger on the four tables: every session, this one included, reads them anew. */
Datum
icp_calendar_changed(PG_FUNCTION_ARGS)
{
	return table_copy_changed(fcinfo, "calendar_changed");
}
