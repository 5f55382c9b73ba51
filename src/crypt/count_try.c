/*
 * count_try.c
 *	  Has a try of a password or code counted before it is compared: starts a worker, waits for its end.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_namespace.h"
#include "crypt/try_worker.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "postmaster/bgworker.h"
#include "storage/dsm.h"
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

ICP_FUNCTION(icp_count_try);

/* As long, a call does not listen to cancel requests: see wait_for_worker(). */
#define DEAF_MS			5000

/*
 * The caller acts as the owner of a registry, and the worker will act as nobody else: there is nothing to be had here
 * that he could not do in a session of his own.
 */
static void
check_registry(Oid registry)
{
	HeapTuple	tup = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(registry));
	Form_pg_namespace form;

	if (!HeapTupleIsValid(tup))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("schema with OID %u does not exist", registry)));
	form = (Form_pg_namespace) GETSTRUCT(tup);
	if (form->nspowner != GetUserId() || InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to count tries in schema \"%s\"", NameStr(form->nspname)),
				 errdetail("The functions of a registry do so, as its owner.")));
	if (!OidIsValid(get_relname_relid("registry", registry)) || !OidIsValid(get_relname_relid("try_count", registry)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("schema \"%s\" holds no registry", NameStr(form->nspname)),
				 errhint("icp.create_registry() makes one.")));
	ReleaseSysCache(tup);
}

static void
put_text(char *to, text *from, const char *what)
{
	int			len = VARSIZE_ANY_EXHDR(from);

	if (len >= TRY_TEXT)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				 errmsg("%s of a try has more than %d bytes", what, TRY_TEXT - 1)));
	memcpy(to, VARDATA_ANY(from), len);
	to[len] = '\0';
}

ICP_NORETURN static void no_worker(void);

static void
no_worker(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_TOO_MANY_CONNECTIONS),
			 errmsg("no worker is free to count this try"),
			 errdetail("It has not been counted, and nothing was compared."),
			 errhint("Try again, or have max_worker_processes raised.")));
}

/*
 * Waits until the worker has gone, so that a session never has two.  It would if it could cancel its calls: one
 * that does so in a loop would take every worker that the server has.  So it listens only when something must be amiss.
 */
static void
wait_for_worker(BackgroundWorkerHandle *handle)
{
	TimestampTz start = GetCurrentTimestamp();
	bool		deaf = true;
	pid_t		pid;

	HOLD_INTERRUPTS();
	for (;;)
	{
		BgwHandleStatus status = GetBackgroundWorkerPid(handle, &pid);
		int			rc;

		if (status == BGWH_STOPPED || status == BGWH_POSTMASTER_DIED)
			break;
		rc = WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_POSTMASTER_DEATH, deaf ? DEAF_MS : -1L,
					   WAIT_EVENT_BGWORKER_SHUTDOWN);
		if (rc & WL_POSTMASTER_DEATH)
			break;
		ResetLatch(MyLatch);
		if (deaf && TimestampDifferenceExceeds(start, GetCurrentTimestamp(), DEAF_MS))
		{
			deaf = false;
			RESUME_INTERRUPTS();
		}
		CHECK_FOR_INTERRUPTS();
	}
	if (deaf)
		RESUME_INTERRUPTS();
}

/*
 * count_try(oid, text, bigint, name, text, boolean, OUT number, OUT not_before)
 */
Datum
icp_count_try(PG_FUNCTION_ARGS)
{
	Oid			registry = PG_GETARG_OID(0);
	BackgroundWorkerHandle *handle;
	BackgroundWorker worker;
	dsm_segment *segment;
	TupleDesc	tupdesc;
	Datum		values[2] = {0};
	bool		nulls[2] = {true, true};
	Try			try;
	Try		   *shared;

	PreventCommandDuringRecovery("count_try()");
	PreventCommandIfReadOnly("count_try()");
	PreventCommandIfParallelMode("count_try()");
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != 4 && PG_ARGISNULL(i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument %d of count_try() must not be null", i + 1)));
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != lengthof(values))
		elog(ERROR, "return type must be a row type");
	check_registry(registry);

	memset(&try, 0, sizeof(try));
	try.magic = TRY_MAGIC;
	try.database = MyDatabaseId;
	try.registry = registry;
	try.owner = GetUserId();
	put_text(try.subject, PG_GETARG_TEXT_PP(1), "the subject");
	try.record_id = PG_GETARG_INT64(2);
	try.asker = *PG_GETARG_NAME(3);
	try.has_secret = !PG_ARGISNULL(4);
	if (try.has_secret)
		put_text(try.secret, PG_GETARG_TEXT_PP(4), "the secret's mark");
	try.is_right = PG_GETARG_BOOL(5);
	try.state = TRY_ASKED;

	segment = dsm_create(sizeof(Try), DSM_CREATE_NULL_IF_MAXSEGMENTS);
	if (segment == NULL)
		no_worker();
	shared = dsm_segment_address(segment);
	memcpy(shared, &try, sizeof(Try));

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	worker.bgw_notify_pid = MyProcPid;
	worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment));
	strlcpy(worker.bgw_library_name, "icpfiling", sizeof(worker.bgw_library_name));
	strlcpy(worker.bgw_function_name, "icp_try_worker_main", sizeof(worker.bgw_function_name));
	strlcpy(worker.bgw_type, "icpfiling try", BGW_MAXLEN);
	snprintf(worker.bgw_name, BGW_MAXLEN, "icpfiling try of PID %d", MyProcPid);
	if (!RegisterDynamicBackgroundWorker(&worker, &handle))
		no_worker();
	wait_for_worker(handle);
	pg_read_barrier();
	memcpy(&try, shared, sizeof(Try));
	dsm_detach(segment);
	/* a cancelled or terminated one gets no answer */
	CHECK_FOR_INTERRUPTS();

	if (try.state == TRY_FAILED)
		ereport(ERROR,
				(errcode(try.sqlerrcode),
				 errmsg("this try could not be counted, and nothing was compared"),
				 errdetail("The worker's error: %s", try.message)));
	if (try.state != TRY_ANSWERED)
		ereport(ERROR,
				(errcode(ERRCODE_SYSTEM_ERROR),
				 errmsg("the worker that counts this try has died without an answer"),
				 errdetail("It may have been counted; nothing was compared.")));
	if (try.has_number)
	{
		values[0] = Int32GetDatum(try.number);
		nulls[0] = false;
	}
	if (try.has_not_before)
	{
		values[1] = TimestampTzGetDatum(try.not_before);
		nulls[1] = false;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}
