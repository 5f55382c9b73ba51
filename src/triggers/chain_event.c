/*
 * chain_event.c
 *	  The trigger that chains each event of a log to the one before it.
 *
 *	icp.chain_event('chain_table' [, 'application_table'])
 *
 * BEFORE INSERT ... FOR EACH ROW: fills seq, method, salt, values_digest and digest.  The chain table, in the
 * schema of the log, holds each chain's last place and digest; its row is locked until the transaction ends, so
 * that no two events follow the same one.
 *
 * BEFORE INSERT ... FOR EACH STATEMENT and AFTER INSERT ... REFERENCING NEW TABLE ... FOR EACH STATEMENT: between
 * them, heads are moved in memory and written once (see chain_head.c), and what was chained must have been written.
 *
 * The key is used here and nowhere else, over the events of the log the trigger stands on; the log's identity is
 * part of what is digested.
 *
 * Who may have the function stand on a table is not trusted: all that its tables hold is looked at.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "crypt/event_digest.h"
#include "crypt/event_key.h"
#include "server/trigger.h"
#include "triggers/chain_head.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

ICP_FUNCTION(icp_chain_event);

/* What is found once a statement. */
typedef struct ChainState
{
	Oid			relid;
	EventShape *shape;
	IcpDigester *digester;
	IcpDigestMethod method;		/* of the digester */
	int			stored_method;
	ChainTables tables;
	int			from_state;		/* index of the column, -1 if there is none */
	int			to_state;
} ChainState;

static void
check_identity(Relation log, const LogIdentity *identity)
{
	if (identity->len == 0 && log->rd_rel->relpersistence != RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("event log \"%s\" has no identity", RelationGetRelationName(log)),
				 errdetail("Its events could not be told from those of another log."),
				 errhint("icp.identify_log() gives a new log one; that of a restored log is in the dump, as a row of icp.log_identity.")));
}

static ChainState *
get_state(FunctionCallInfo fcinfo, TriggerData *trigdata)
{
	ChainState *state = fcinfo->flinfo->fn_extra;
	Relation	rel = trigdata->tg_relation;
	Trigger    *trigger = trigdata->tg_trigger;
	LogIdentity identity;
	Snapshot	snapshot;
	MemoryContext old;

	if (state != NULL && state->relid == RelationGetRelid(rel))
		return state;
	fcinfo->flinfo->fn_extra = NULL;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	state = palloc0(sizeof(ChainState));
	/* by a snapshot that is new at every isolation level: a first event of somebody else may have come with the key */
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	icp_read_log_identity(RelationGetRelid(rel), snapshot, &identity);
	UnregisterSnapshot(snapshot);
	state->shape = icp_event_shape(CreateTupleDescCopyConstr(RelationGetDescr(rel)),
								   get_namespace_name(RelationGetNamespace(rel)), &identity);
	check_identity(rel, &identity);
	icp_chain_find_tables(rel, trigger->tgargs[0], trigger->tgnargs > 1 ? trigger->tgargs[1] : NULL,
						  &state->tables);
	state->from_state = icp_find_column(RelationGetDescr(rel), "from_state") - 1;
	state->to_state = icp_find_column(RelationGetDescr(rel), "to_state") - 1;
	state->method = icp_event_method();
	state->stored_method = state->method + ICP_EVENT_BOUND;
	state->digester = icp_event_digester(state->method);
	if (state->method != ICP_SHA256 && identity.len > 0 && !identity.has_key)
		icp_log_got_key(RelationGetRelid(rel));
	state->relid = RelationGetRelid(rel);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = state;
	return state;
}

/* One event: its row, opened, and what is filled in. */
typedef struct Event
{
	ChainState *state;
	Datum	   *values;
	bool	   *nulls;
	uint8	   *values_digest;	/* NULL: no values */
	uint8		digest[ICP_DIGEST_LENGTH];
} Event;

/* The event's digest at that place. */
static void
digest_event(void *arg, const ChainPlace *place, uint8 *digest)
{
	Event	   *event = arg;
	ChainState *state = event->state;

	icp_event_digest(state->shape, event->values, event->nulls, state->digester, state->stored_method, place->seq,
					 event->values_digest, place->has_previous ? place->previous : NULL, event->digest);
	memcpy(digest, event->digest, ICP_DIGEST_LENGTH);
}

/* Does the statement end with this function, too? */
static bool
has_end(Relation rel, Oid function)
{
	TriggerDesc *triggers = rel->trigdesc;

	for (int i = 0; triggers != NULL && i < triggers->numtriggers; i++)
	{
		Trigger    *t = &triggers->triggers[i];

		if (t->tgfoid == function && t->tgtype == (TRIGGER_TYPE_AFTER | TRIGGER_TYPE_INSERT) &&
			t->tgqual == NULL && t->tgenabled != TRIGGER_DISABLED &&
			(t->tgenabled == TRIGGER_FIRES_ALWAYS ||
			 (t->tgenabled == TRIGGER_FIRES_ON_REPLICA) ==
			 (SessionReplicationRole == SESSION_REPLICATION_ROLE_REPLICA)))
			return true;
	}
	return false;
}

static void
chain_statement(FunctionCallInfo fcinfo, TriggerData *trigdata)
{
	if (TRIGGER_FIRED_AFTER(trigdata->tg_event))
		icp_chain_end_statement(trigdata->tg_relation, trigdata->tg_newtable == NULL ? -1 :
								tuplestore_tuple_count(trigdata->tg_newtable));
	else if (has_end(trigdata->tg_relation, fcinfo->flinfo->fn_oid))
		icp_chain_begin_statement(trigdata->tg_relation);
}

static Datum
chain_row(FunctionCallInfo fcinfo, TriggerData *trigdata)
{
	Relation	rel = trigdata->tg_relation;
	Trigger    *trigger = trigdata->tg_trigger;
	ChainState *state;
	EventShape *shape;
	EventChain	chain;
	Event		event;
	uint8		salt[ICP_EVENT_SALT_LENGTH];
	uint8		values_digest[ICP_DIGEST_LENGTH];
	int16		province = 0;
	bool		is_birth;
	int64		seq;

	if (trigger->tgnargs < 1 || trigger->tgnargs > 2)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" needs one or two arguments", trigger->tgname),
				 errhint("icp.chain_event('chain_table', 'application_table').")));
	state = get_state(fcinfo, trigdata);
	shape = state->shape;
	event.state = state;
	event.values = palloc(sizeof(Datum) * shape->desc->natts);
	event.nulls = palloc(sizeof(bool) * shape->desc->natts);
	heap_deform_tuple(trigdata->tg_trigtuple, shape->desc, event.values, event.nulls);
	event.values_digest = NULL;
	if (icp_event_has_values(shape, event.nulls))
	{
		icp_random_bytes(salt, sizeof(salt));
		event.values_digest = values_digest;
		icp_event_values_digest(shape, event.values, event.nulls, state->digester, salt, values_digest);
	}
	chain = icp_event_chain(shape, event.values, event.nulls);
	if (!event.nulls[shape->province_code])
		province = DatumGetInt16(event.values[shape->province_code]);
	is_birth = state->from_state >= 0 && state->to_state >= 0 &&
		event.nulls[state->from_state] && !event.nulls[state->to_state];
	seq = icp_chain_take_place(rel, &state->tables, &chain,
							   event.nulls[shape->province_code] ? NULL : &province, is_birth, digest_event, &event);

	event.values[shape->seq] = Int64GetDatum(seq);
	event.values[shape->method] = Int16GetDatum((int16) state->stored_method);
	event.values[shape->digest] = PointerGetDatum(icp_make_bytea(event.digest, ICP_DIGEST_LENGTH));
	event.nulls[shape->seq] = event.nulls[shape->method] = event.nulls[shape->digest] = false;
	event.nulls[shape->salt] = event.nulls[shape->values_digest] = event.values_digest == NULL;
	if (event.values_digest != NULL)
	{
		event.values[shape->salt] = PointerGetDatum(icp_make_bytea(salt, sizeof(salt)));
		event.values[shape->values_digest] = PointerGetDatum(icp_make_bytea(values_digest, ICP_DIGEST_LENGTH));
	}
	return PointerGetDatum(heap_form_tuple(RelationGetDescr(rel), event.values, event.nulls));
}

/*
 * chain_event --- the trigger
 */
Datum
icp_chain_event(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", "chain_event")));
	if (!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event) || TRIGGER_FIRED_INSTEAD(trigdata->tg_event) ||
		(TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) && !TRIGGER_FIRED_BEFORE(trigdata->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE INSERT, FOR EACH ROW", "chain_event")));
	icp_chain_check_not_writing();
	if (TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		return chain_row(fcinfo, trigdata);
	chain_statement(fcinfo, trigdata);
	return PointerGetDatum(NULL);
}
