/*
 * chain_event.c
 *	  The trigger that chains each event of a log to the one before it.
 *
 *	icp.chain_event('chain_table' [, 'application_table'])
 *
 * BEFORE INSERT ... FOR EACH ROW.  Fills seq, method, salt, values_digest and digest.  The chain table, in
 * the schema of the log, holds each chain's last place and digest; its row is locked until the transaction
 * ends, so that no two events follow the same one.
 *
 * The key is used here and nowhere else, over the events of the log the trigger stands on; the schema's
 * name is part of what is digested.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "crypt/event_digest.h"
#include "crypt/event_key.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "triggers/trigger.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

ICP_FUNCTION(icp_chain_event);

/* What is found once a statement. */
typedef struct ChainState
{
	Oid			relid;
	EventShape *shape;
	IcpDigester *digester;
	IcpDigestMethod method;
	int			from_state;		/* index of the column, -1 if there is none */
	int			to_state;
} ChainState;

/* Statements on a chain table, planned once a session. */
typedef struct ChainPlans
{
	Oid			relid;			/* of the log: hash key */
	char	   *chain_table;	/* qualified and quoted; the plans are made again when the names change */
	char	   *application_table;
	SPIPlanPtr	lock_application;
	SPIPlanPtr	lock_chain;
	SPIPlanPtr	begin_chain;
	SPIPlanPtr	move_chain;
} ChainPlans;

static HTAB *chain_plans = NULL;

static bool
same_name(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static SPIPlanPtr
prepare(const char *format, const char *table, int nargs, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(psprintf(format, table), nargs, types);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare returned %s", SPI_result_code_string(SPI_result));
	return plan;
}

static void
forget_plan(SPIPlanPtr *plan)
{
	if (*plan != NULL)
		SPI_freeplan(*plan);
	*plan = NULL;
}

static void
keep_plan(SPIPlanPtr plan)
{
	if (plan != NULL && SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
}

/* The names in the statements are qualified, the operators too: the caller's search_path has no say. */
static ChainPlans *
get_plans(Oid relid, const char *chain_table, const char *application_table)
{
	Oid			types[] = {TEXTOID, INT8OID, INT8OID, BYTEAOID, INT2OID};
	Oid			id_type[] = {INT8OID};
	ChainPlans *plans;
	bool		found;

	if (chain_plans == NULL)
	{
		HASHCTL		info = {0};

		info.keysize = sizeof(Oid);
		info.entrysize = sizeof(ChainPlans);
		chain_plans = hash_create("icpfiling event logs", 8, &info, HASH_ELEM | HASH_BLOBS);
	}
	plans = hash_search(chain_plans, &relid, HASH_ENTER, &found);
	if (!found)
		memset((char *) plans + sizeof(Oid), 0, sizeof(ChainPlans) - sizeof(Oid));
	if (plans->move_chain != NULL && same_name(plans->chain_table, chain_table) &&
		same_name(plans->application_table, application_table))
		return plans;

	forget_plan(&plans->lock_application);
	forget_plan(&plans->lock_chain);
	forget_plan(&plans->begin_chain);
	forget_plan(&plans->move_chain);
	plans->chain_table = MemoryContextStrdup(TopMemoryContext, chain_table);
	plans->application_table = application_table == NULL ? NULL :
		MemoryContextStrdup(TopMemoryContext, application_table);
	if (application_table != NULL)
		keep_plan(plans->lock_application =
				  prepare("SELECT FROM %s a WHERE a.id OPERATOR(pg_catalog.=) $1 FOR NO KEY UPDATE",
						  application_table, 1, id_type));
	keep_plan(plans->lock_chain =
			  prepare("SELECT c.seq, c.digest FROM %s c"
					  " WHERE c.chain_id OPERATOR(pg_catalog.=) $2 AND c.kind OPERATOR(pg_catalog.=) $1"
					  " FOR NO KEY UPDATE", chain_table, 2, types));
	keep_plan(plans->begin_chain =
			  prepare("INSERT INTO %s (kind, chain_id, seq, digest, province_code, changed_at)"
					  " VALUES ($1, $2, $3, $4, $5, pg_catalog.now()) ON CONFLICT DO NOTHING",
					  chain_table, 5, types));
	plans->move_chain =
		prepare("UPDATE %s c SET seq = $3, digest = $4, changed_at = pg_catalog.now()"
				" WHERE c.chain_id OPERATOR(pg_catalog.=) $2 AND c.kind OPERATOR(pg_catalog.=) $1",
				chain_table, 4, types);
	keep_plan(plans->move_chain);
	return plans;
}

/*
 * Under REPEATABLE READ and above by the newest snapshot, as referential integrity does: the last event of
 * a chain may have been committed after the transaction's own snapshot was taken, and is none the less the
 * one to follow.
 */
static void
execute(SPIPlanPtr plan, Datum *values, const char *nulls)
{
	int			rc;

	if (IsolationUsesXactSnapshot())
		rc = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(), InvalidSnapshot, false, true, 0);
	else
		rc = SPI_execute_plan(plan, values, nulls, false, 0);
	if (rc < 0)
		elog(ERROR, "SPI_execute_plan returned %s", SPI_result_code_string(rc));
}

static ChainState *
get_state(FunctionCallInfo fcinfo, TriggerData *trigdata)
{
	ChainState *state = fcinfo->flinfo->fn_extra;
	Relation	rel = trigdata->tg_relation;
	MemoryContext old;

	if (state != NULL && state->relid == RelationGetRelid(rel))
		return state;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	state = palloc0(sizeof(ChainState));
	state->shape = icp_event_shape(CreateTupleDescCopy(RelationGetDescr(rel)),
								   get_namespace_name(RelationGetNamespace(rel)));
	state->from_state = icp_find_column(rel, "from_state") - 1;
	state->to_state = icp_find_column(rel, "to_state") - 1;
	state->method = icp_event_method();
	state->digester = icp_event_digester(state->method);
	state->relid = RelationGetRelid(rel);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = state;
	return state;
}

static bytea *
make_bytea(const uint8 *bytes, size_t len)
{
	bytea	   *b = palloc(VARHDRSZ + len);

	SET_VARSIZE(b, VARHDRSZ + len);
	memcpy(VARDATA(b), bytes, len);
	return b;
}

/* One event: its row, opened, and what is filled in. */
typedef struct Event
{
	ChainState *state;
	Datum	   *values;
	bool	   *nulls;
	EventChain	chain;
	uint8	   *values_digest;	/* NULL: no values */
	uint8		digest[ICP_DIGEST_LENGTH];
} Event;

/* The event's digest at that place; previous is the digest of the event before, NULL for the first. */
static Datum
digest_event(Event *event, int64 seq, const uint8 *previous)
{
	ChainState *state = event->state;

	icp_event_digest(state->shape, event->values, event->nulls, state->digester, state->method, seq,
					 event->values_digest, previous, event->digest);
	return PointerGetDatum(make_bytea(event->digest, ICP_DIGEST_LENGTH));
}

/* The first of its chain; false if there is such a chain already. */
static bool
begin_chain(Event *event, ChainPlans *plans, Datum *key)
{
	int			province = event->state->shape->province_code;
	char		nulls[] = {' ', ' ', ' ', ' ', event->nulls[province] ? 'n' : ' '};

	key[2] = Int64GetDatum(1);
	key[3] = digest_event(event, 1, NULL);
	key[4] = event->values[province];
	execute(plans->begin_chain, key, nulls);
	return SPI_processed == 1;
}

/* Behind the last of its chain, which stays locked; false if there is no such chain. */
static bool
continue_chain(Event *event, ChainPlans *plans, Datum *key)
{
	TupleDesc	desc;
	HeapTuple	tuple;
	bytea	   *previous;
	bool		isnull;

	execute(plans->lock_chain, key, NULL);
	if (SPI_processed == 0)
		return false;
	tuple = SPI_tuptable->vals[0];
	desc = SPI_tuptable->tupdesc;
	key[2] = Int64GetDatum(DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull)) + 1);
	previous = DatumGetByteaPP(SPI_getbinval(tuple, desc, 2, &isnull));
	if (VARSIZE_ANY_EXHDR(previous) != ICP_DIGEST_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the last digest of the chain of %s " INT64_FORMAT " is damaged",
						event->chain.kind, event->chain.id)));
	key[3] = digest_event(event, DatumGetInt64(key[2]), (const uint8 *) VARDATA_ANY(previous));
	execute(plans->move_chain, key, NULL);
	return true;
}

/* Takes the event's place in its chain, and returns it. */
static int64
take_place(Event *event, ChainPlans *plans)
{
	ChainState *state = event->state;
	Datum		key[5];
	bool		is_first;

	key[0] = CStringGetTextDatum(event->chain.kind);
	key[1] = Int64GetDatum(event->chain.id);

	/* What comes into being has no chain yet, most likely; what is there is looked for first. */
	is_first = state->from_state >= 0 && state->to_state >= 0 &&
		event->nulls[state->from_state] && !event->nulls[state->to_state];
	if (is_first && begin_chain(event, plans, key))
		return 1;

	/*
	 * The application before its chain, as a change of its state does: whoever writes an event first and
	 * changes the application afterwards would else wait for somebody who waits for him.
	 */
	if (plans->lock_application != NULL && strcmp(event->chain.kind, "application") == 0)
		execute(plans->lock_application, key + 1, NULL);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (continue_chain(event, plans, key))
			return DatumGetInt64(key[2]);
		if (begin_chain(event, plans, key))
			return 1;
		/* somebody else has begun it meanwhile */
	}
}

static char *
table_of_log(Relation rel, const char *name)
{
	return quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)), name);
}

/*
 * chain_event --- the trigger
 */
Datum
icp_chain_event(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	MemoryContext upper = CurrentMemoryContext;
	OwnerSwitch saved;
	Trigger    *trigger;
	Relation	rel;
	ChainState *state;
	ChainPlans *plans;
	Event		event;
	uint8		salt[ICP_EVENT_SALT_LENGTH];
	uint8		values_digest[ICP_DIGEST_LENGTH];
	int64		seq;
	int			natts;
	HeapTuple	result;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", "chain_event")));
	if (!TRIGGER_FIRED_BEFORE(trigdata->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE INSERT, FOR EACH ROW", "chain_event")));
	trigger = trigdata->tg_trigger;
	if (trigger->tgnargs < 1 || trigger->tgnargs > 2)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" needs one or two arguments", trigger->tgname),
				 errhint("icp.chain_event('chain_table', 'application_table').")));

	rel = trigdata->tg_relation;
	state = get_state(fcinfo, trigdata);
	natts = state->shape->desc->natts;
	event.state = state;
	event.values = palloc(sizeof(Datum) * natts);
	event.nulls = palloc(sizeof(bool) * natts);
	heap_deform_tuple(trigdata->tg_trigtuple, state->shape->desc, event.values, event.nulls);
	event.chain = icp_event_chain(state->shape, event.values, event.nulls);
	event.values_digest = NULL;
	if (icp_event_has_values(state->shape, event.nulls))
	{
		icp_random_bytes(salt, sizeof(salt));
		event.values_digest = values_digest;
		icp_event_values_digest(state->shape, event.values, event.nulls, state->digester, salt,
								values_digest);
	}

	icp_become_owner(rel, &saved);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plans = get_plans(RelationGetRelid(rel), table_of_log(rel, trigger->tgargs[0]),
					  trigger->tgnargs > 1 ? table_of_log(rel, trigger->tgargs[1]) : NULL);
	seq = take_place(&event, plans);
	SPI_finish();
	icp_restore_user(&saved);

	MemoryContextSwitchTo(upper);
	event.values[state->shape->seq] = Int64GetDatum(seq);
	event.values[state->shape->method] = Int16GetDatum(state->method);
	event.values[state->shape->digest] = PointerGetDatum(make_bytea(event.digest, ICP_DIGEST_LENGTH));
	event.nulls[state->shape->seq] = event.nulls[state->shape->method] = false;
	event.nulls[state->shape->digest] = false;
	event.nulls[state->shape->salt] = event.nulls[state->shape->values_digest] = event.values_digest == NULL;
	if (event.values_digest != NULL)
	{
		event.values[state->shape->salt] = PointerGetDatum(make_bytea(salt, sizeof(salt)));
		event.values[state->shape->values_digest] =
			PointerGetDatum(make_bytea(values_digest, ICP_DIGEST_LENGTH));
	}
	result = heap_form_tuple(RelationGetDescr(rel), event.values, event.nulls);
	return PointerGetDatum(result);
}
