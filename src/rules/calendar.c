/*
 * calendar.c
 *	  The backend's copy of the calendar tables, and the SQL functions over it.
 *
 * The copy is read as the server reads its catalogs: a plain scan under a fresh catalog snapshot.  A query
 * through SPI would not do: under the statement's snapshot, which may be older than an invalidation that has
 * already been taken in, the copy would stay stale into later transactions; a newer snapshot is refused in
 * parallel mode; and it would ask for the caller's privileges, although the copy serves whoever calls next.
 * The scan needs no search_path, no plan and no transaction snapshot, so it works in apply workers.
 *
 * A change of rows alone tells other sessions nothing, so triggers on the tables send a relcache invalidation.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "core/calendar.h"
#include "rules/calendar.h"

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

#define CALENDAR_TABLES 4

static const char *const table_names[CALENDAR_TABLES] = {
	"calendar_year", "calendar_year_local", "calendar", "calendar_local"
};

static Oid	table_oids[CALENDAR_TABLES];
static IcpCalendar calendar;

/* The copy is good while no invalidation has come since the moment before its snapshot was taken. */
static uint64 generation = 1;
static uint64 loaded_generation = 0;

static void
calendar_relcache_callback(Datum arg, Oid relid)
{
	int			i;

	for (i = 0; i < CALENDAR_TABLES; i++)
	{
		if (relid == InvalidOid || relid == table_oids[i])
		{
			generation++;
			return;
		}
	}
}

static void
read_table(CalendarTable table, Relation rel, Snapshot snapshot)
{
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

			(void) icp_calendar_load_year(&calendar, DatumGetInt32(year));
		}
		else
		{
			Datum		day = heap_getattr(tuple, ANUM_DAY, desc, &isnull);
			Datum		working = heap_getattr(tuple, ANUM_IS_WORKING, desc, &isnull);

			(void) icp_calendar_set(&calendar, DatumGetDateADT(day), DatumGetBool(working));
		}
	}
	systable_endscan(scan);
}

static const IcpCalendar *
get_calendar(void)
{
	static bool registered = false;
	static TimestampTz asked_at = 0;
	Relation	rels[CALENDAR_TABLES];
	Snapshot	snapshot;
	uint64		at;
	Oid			schema;
	int			i;

	/* A statement that opens no table takes in no invalidations by itself; once a statement is enough. */
	if (asked_at != GetCurrentStatementStartTimestamp())
	{
		asked_at = GetCurrentStatementStartTimestamp();
		AcceptInvalidationMessages();
	}
	if (loaded_generation == generation)
		return &calendar;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(calendar_relcache_callback, (Datum) 0);
		registered = true;
	}

	schema = get_namespace_oid("icp", false);
	for (i = 0; i < CALENDAR_TABLES; i++)
	{
		table_oids[i] = get_relname_relid(table_names[i], schema);
		if (!OidIsValid(table_oids[i]))
			elog(ERROR, "table icp.%s is missing", table_names[i]);
		rels[i] = table_open(table_oids[i], AccessShareLock);
	}

	/* Invalidations that arrive from here on may be of changes that the snapshot does not see. */
	at = generation;
	snapshot = RegisterSnapshot(GetCatalogSnapshot(table_oids[TABLE_DAY]));
	icp_calendar_clear(&calendar);
	for (i = 0; i < CALENDAR_TABLES; i++)
		read_table((CalendarTable) i, rels[i], snapshot);
	icp_calendar_finish(&calendar);
	UnregisterSnapshot(snapshot);
	for (i = 0; i < CALENDAR_TABLES; i++)
		table_close(rels[i], AccessShareLock);

	loaded_generation = at;
	return &calendar;
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

bool
calendar_is_working_day(DateADT day)
{
	int64		missing;
	bool		working;

	check_finite(day);
	if (!icp_calendar_is_working(get_calendar(), day, &working, &missing))
		report_missing_year(missing);
	return working;
}

DateADT
calendar_working_days_add(DateADT day, int32 days)
{
	int64		missing;
	int32		result;

	check_finite(day);
	if (!icp_calendar_add(get_calendar(), day, days, &result, &missing))
		report_missing_year(missing);
	return result;
}

int32
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
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	/* as a BEFORE ROW trigger it would swallow the row */
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		(TRIGGER_FIRED_BEFORE(trigger->tg_event) && TRIGGER_FIRED_FOR_ROW(trigger->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("icp.calendar_changed() can only be called as a statement or AFTER ROW trigger")));
	CacheInvalidateRelcache(trigger->tg_relation);
	return PointerGetDatum(NULL);
}
