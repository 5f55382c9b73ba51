/*
 * try_worker.c
 *	  The worker that counts one try of a password or code, in a transaction of its own, and ends.
 *
 * Nothing that the guessing session does afterwards, or has done before, reaches what is counted here: neither
 * ROLLBACK nor a savepoint, a handled exception, a prepared transaction or its own end.
 *
 * A registry's owner is a role that need not be allowed to log in, and a worker of PostgreSQL 15 and 16 cannot connect as
 * such a one.  So the worker connects without a role and then acts as the owner, under the restrictions that VACUUM
 * runs an index's functions under: what it calls cannot put another role on (SET ROLE, SET SESSION AUTHORIZATION), nor
 * leave anything behind that would run later as somebody else (deferred triggers, held cursors, temporary tables).
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "crypt/try_worker.h"
#include "executor/spi.h"
#include "libpq/pqsignal.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/ipc.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

extern PGDLLEXPORT void icp_try_worker_main(Datum main_arg);

/*
 * Whatever ALTER DATABASE, ALTER ROLE or the configuration say.  Nobody but workers locks the rows, so that who waits
 * longer waits for an administrator.
 */
static const struct
{
	const char *name;
	const char *value;
}			settings[] =

{
	{"search_path", "pg_catalog, pg_temp"},
	{"lock_timeout", "2s"},
	{"default_transaction_read_only", "off"},
	{"default_transaction_isolation", "read committed"},
	{"session_replication_role", "origin"},
	/* flushed here, so that a crash forgets no try; not waiting for standbys, who may be away */
	{"synchronous_commit", "local"},
	{"jit", "off"}
};

/* The schema's name, while it is still the owner's. */
static char *
registry_name(const Try *try)
{
	HeapTuple	tup = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(try->registry));
	Form_pg_namespace form;
	char	   *name;

	if (!HeapTupleIsValid(tup))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("the registry has been dropped")));
	form = (Form_pg_namespace) GETSTRUCT(tup);
	if (form->nspowner != try->owner)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("registry \"%s\" has got another owner", NameStr(form->nspname))));
	name = pstrdup(quote_identifier(NameStr(form->nspname)));
	ReleaseSysCache(tup);
	return name;
}

static Oid	login_user;
static int	login_context;

/* A transaction as the registry's owner; returns the schema's name. */
static char *
begin(const Try *try)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	SPI_connect();
	PushActiveSnapshot(GetTransactionSnapshot());
	GetUserIdAndSecContext(&login_user, &login_context);
	SetUserIdAndSecContext(try->owner, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	return registry_name(try);
}

static void
commit(void)
{
	SPI_finish();
	PopActiveSnapshot();
	/* nothing of the owner's is left to run: see above */
	SetUserIdAndSecContext(login_user, login_context);
	CommitTransactionCommand();
}

static Datum
result(int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, isnull);
}

/* Counts, or clears; returns whether somebody is to be told of a lock. */
static bool
count(Try *try)
{
	Oid			types[] = {TEXTOID, INT8OID, NAMEOID, TEXTOID, BOOLOID};
	Datum		values[lengthof(types)];
	char		nulls[] = "     ";
	StringInfoData query;
	int32		number;
	TimestampTz not_before;
	bool		no_number;
	bool		no_time;
	bool		no_tell;
	bool		tell;

	initStringInfo(&query);
	appendStringInfo(&query, "SELECT w.number, w.not_before, w.tell FROM %s.write_try($1, $2, $3, $4, $5) w",
					 begin(try));
	values[0] = CStringGetTextDatum(try->subject);
	values[1] = Int64GetDatum(try->record_id);
	values[2] = NameGetDatum(&try->asker);
	values[3] = CStringGetTextDatum(try->secret);
	values[4] = BoolGetDatum(try->is_right);
	if (!try->has_secret)
		nulls[3] = 'n';
	if (SPI_execute_with_args(query.data, lengthof(types), types, values, nulls, false, 1) != SPI_OK_SELECT ||
		SPI_processed != 1 || SPI_gettypeid(SPI_tuptable->tupdesc, 1) != INT4OID ||
		SPI_gettypeid(SPI_tuptable->tupdesc, 2) != TIMESTAMPTZOID || SPI_gettypeid(SPI_tuptable->tupdesc, 3) != BOOLOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("write_try() of the registry does not answer as it was laid")));
	number = DatumGetInt32(result(1, &no_number));
	not_before = DatumGetTimestampTz(result(2, &no_time));
	tell = DatumGetBool(result(3, &no_tell));
	commit();

	/* only now: an answer says that it is committed */
	try->has_number = !no_number;
	try->number = no_number ? 0 : number;
	try->has_not_before = !no_time;
	try->not_before = no_time ? 0 : not_before;
	pg_write_barrier();
	try->state = TRY_ANSWERED;
	return !no_tell && tell;
}

/* In a transaction of its own: whoever holds the notices' tables keeps nobody from counting. */
static void
tell(const Try *try)
{
	Oid			types[] = {TEXTOID, INT8OID, TIMESTAMPTZOID};
	Datum		values[lengthof(types)];
	StringInfoData query;

	initStringInfo(&query);
	appendStringInfo(&query, "SELECT %s.tell_of_lock($1, $2, $3)", begin(try));
	values[0] = CStringGetTextDatum(try->subject);
	values[1] = Int64GetDatum(try->record_id);
	values[2] = TimestampTzGetDatum(try->not_before);
	SPI_execute_with_args(query.data, lengthof(types), types, values,
						  try->has_not_before ? NULL : "  n", false, 1);
	commit();
}

void
icp_try_worker_main(Datum main_arg)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "icpfiling try", ALLOCSET_DEFAULT_SIZES);
	dsm_segment *segment;
	Try		   *try;
	bool		is_told;

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	CurrentResourceOwner = ResourceOwnerCreate(NULL, "icpfiling try");
	segment = dsm_attach(DatumGetUInt32(main_arg));
	if (segment == NULL)
		proc_exit(0);			/* the caller has gone */
	try = dsm_segment_address(segment);
	if (try->magic != TRY_MAGIC)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("no try to count in the shared memory segment")));
	/* transactions have resource owners of their own */
	dsm_pin_mapping(segment);
	BackgroundWorkerInitializeConnectionByOid(try->database, InvalidOid, 0);
	for (int i = 0; i < lengthof(settings); i++)
		SetConfigOption(settings[i].name, settings[i].value, PGC_SUSET, PGC_S_OVERRIDE);

	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		pgstat_report_activity(STATE_RUNNING, "counting a try");
		is_told = count(try);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		try->sqlerrcode = error->sqlerrcode;
		if (error->message != NULL)
		{
			int			len = pg_mbcliplen(error->message, strlen(error->message), TRY_MESSAGE - 1);

			memcpy(try->message, error->message, len);
			try->message[len] = '\0';
		}
		pg_write_barrier();
		try->state = TRY_FAILED;
		PG_RE_THROW();			/* into the log, and the end */
	}
	PG_END_TRY();
	if (is_told)
		tell(try);
}
