/*
 * chain_head.c
 *	  The heads of an event log's chains: place and digest of the last event of each.
 *
 * The row of a head is locked when the first event of a transaction follows it.  Within a statement on the log the
 * head is moved in memory and written once, at the end of the outermost such statement: one version a statement, not
 * one an event.  Across the statements of a transaction only the place of the row's newest version (its ctid) is
 * remembered.  It is a hint, tried before the index, which would have to pass all versions that the transaction has
 * left; what the row says is read anew each time.
 *
 * What runs in between may be anybody's: triggers of the log, subtransactions that are rolled back, DDL.  So
 * - what a subtransaction within a statement does to a head in memory is undone with it;
 * - nothing that runs while a head is written may write events;
 * - tables are known by their OIDs, names are compared and types are looked at whenever a statement has run.
 */
#include "postgres.h"

#include "compat.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "server/plan.h"
#include "server/trigger.h"
#include "storage/itemptr.h"
#include "storage/lmgr.h"
#include "triggers/chain_head.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* So many heads are remembered in a transaction. */
#define HEADS_MAX 8192

/* So often another session is thought to begin a chain and to give it up. */
#define ATTEMPTS_MAX 100

/*
 * TABLES
 */

static void
check_table_column(Relation rel, const char *name, Oid type)
{
	AttrNumber	attnum = icp_find_column(RelationGetDescr(rel), name);
	Form_pg_attribute att;

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("chain table \"%s\" needs a column \"%s\"", RelationGetRelationName(rel), name)));
	att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	if (att->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of chain table \"%s\" has type %s", name,
						RelationGetRelationName(rel), format_type_be(att->atttypid)),
				 errdetail("It must be %s.", format_type_be(type))));
	if (att->attgenerated != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
				 errmsg("column \"%s\" of chain table \"%s\" is generated", name, RelationGetRelationName(rel))));
}

/*
 * A table that a trigger's argument names.  It must be of the log's owner, as whom it is written: whoever may make
 * tables in the schema could else put one there, and have its triggers run as that owner.  That is asked for before
 * the table is locked.
 */
static Relation
open_named(Relation log, const char *name, LOCKMODE lockmode)
{
	Oid			schema = RelationGetNamespace(log);

	for (;;)
	{
		Oid			relid = get_relname_relid(name, schema);
		HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
		bool		is_owners;

		if (!HeapTupleIsValid(tuple))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("table \"%s\" does not exist in the schema of event log \"%s\"", name,
							RelationGetRelationName(log))));
		is_owners = ((Form_pg_class) GETSTRUCT(tuple))->relowner == log->rd_rel->relowner;
		ReleaseSysCache(tuple);
		if (!is_owners)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("table \"%s\" does not belong to the owner of event log \"%s\"", name,
							RelationGetRelationName(log))));
		LockRelationOid(relid, lockmode);
		if (get_relname_relid(name, schema) == relid &&
			SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		{
			Relation	rel = table_open(relid, NoLock);

			if (rel->rd_rel->relowner == log->rd_rel->relowner)
				return rel;
			table_close(rel, NoLock);
		}
		UnlockRelationOid(relid, lockmode);
		CHECK_FOR_INTERRUPTS();
	}
}

void
icp_chain_find_tables(Relation log, const char *chain, const char *application, ChainTables *tables)
{
	Relation	rel = open_named(log, chain, RowExclusiveLock);

	if (rel->rd_rel->relkind != RELKIND_RELATION || rel->rd_rel->relhasrules)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" cannot be a chain table", chain),
				 errdetail("It must be an ordinary table without rules.")));
	check_table_column(rel, "kind", TEXTOID);
	check_table_column(rel, "chain_id", INT8OID);
	check_table_column(rel, "seq", INT8OID);
	check_table_column(rel, "digest", BYTEAOID);
	check_table_column(rel, "province_code", INT2OID);
	check_table_column(rel, "changed_at", TIMESTAMPTZOID);
	tables->chain = RelationGetRelid(rel);
	table_close(rel, NoLock);

	tables->application = InvalidOid;
	if (application != NULL)
	{
		AttrNumber	id;

		rel = open_named(log, application, RowShareLock);
		if ((rel->rd_rel->relkind != RELKIND_RELATION && rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE) ||
			rel->rd_rel->relhasrules)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" cannot be the table of an event log's applications", application),
					 errdetail("It must be an ordinary or partitioned table without rules.")));
		id = icp_find_column(RelationGetDescr(rel), "id");
		if (id == InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" needs a column \"%s\"", application, "id")));
		icp_check_integer_column(rel, id);
		tables->application = RelationGetRelid(rel);
		table_close(rel, NoLock);
	}
}

/*
 * STATEMENTS
 */

typedef enum ChainStatement
{
	LOCK_APPLICATION,
	LOCK_BY_TID,
	LOCK_BY_KEY,
	BEGIN_CHAIN,
	MOVE_BY_TID,
	MOVE_BY_KEY
} ChainStatement;

#define CHAIN_STATEMENTS 6

/* The names are qualified, the operators too: the caller's search_path has no say. */
static const struct
{
	const char *format;
	int			result;			/* of SPI */
}			statements[CHAIN_STATEMENTS] = {
	{"SELECT FROM %s a WHERE a.id OPERATOR(pg_catalog.=) $2 FOR NO KEY UPDATE", SPI_OK_SELECT},
	{"SELECT c.ctid, c.seq, c.digest FROM ONLY %s c WHERE c.ctid OPERATOR(pg_catalog.=) $6"
		" AND c.chain_id OPERATOR(pg_catalog.=) $2 AND c.kind OPERATOR(pg_catalog.=) $1"
	" FOR NO KEY UPDATE", SPI_OK_SELECT},
	{"SELECT c.ctid, c.seq, c.digest FROM ONLY %s c"
		" WHERE c.chain_id OPERATOR(pg_catalog.=) $2 AND c.kind OPERATOR(pg_catalog.=) $1"
	" FOR NO KEY UPDATE", SPI_OK_SELECT},
	{"INSERT INTO %s AS c (kind, chain_id, seq, digest, province_code, changed_at)"
		" VALUES ($1, $2, $3, $4, $5, pg_catalog.now()) ON CONFLICT DO NOTHING RETURNING c.ctid",
	SPI_OK_INSERT_RETURNING},
	{"UPDATE ONLY %s c SET seq = $3, digest = $4, changed_at = pg_catalog.now()"
		" WHERE c.ctid OPERATOR(pg_catalog.=) $6"
		" AND c.chain_id OPERATOR(pg_catalog.=) $2 AND c.kind OPERATOR(pg_catalog.=) $1 RETURNING c.ctid",
	SPI_OK_UPDATE_RETURNING},
	{"UPDATE ONLY %s c SET seq = $3, digest = $4, changed_at = pg_catalog.now()"
		" WHERE c.chain_id OPERATOR(pg_catalog.=) $2 AND c.kind OPERATOR(pg_catalog.=) $1 RETURNING c.ctid",
	SPI_OK_UPDATE_RETURNING}
};

static Oid	parameter_types[] = {TEXTOID, INT8OID, INT8OID, BYTEAOID, INT2OID, TIDOID};

/* The parameters of all of them. */
typedef struct Parameters
{
	Datum		values[6];
	char		nulls[6];
} Parameters;

/* The statements on a table, planned once a session under the name that it had then. */
typedef struct ChainPlans
{
	Oid			relid;			/* hash key */
	char	   *name;			/* qualified and quoted */
	SPIPlanPtr	plans[CHAIN_STATEMENTS];
} ChainPlans;

static HTAB *chain_plans = NULL;

/* Is a statement running? Then what it fires may not come back here. */
static bool is_writing = false;

void
icp_chain_check_not_writing(void)
{
	if (is_writing)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("no event can be written by what a chain table or an event log's applications run"),
				 errdetail("The head of a chain is being written.")));
}

static void
forget_plans(ChainPlans *plans)
{
	for (int i = 0; i < CHAIN_STATEMENTS; i++)
	{
		if (plans->plans[i] != NULL)
			SPI_freeplan(plans->plans[i]);
		plans->plans[i] = NULL;
	}
	if (plans->name != NULL)
		pfree(plans->name);
	plans->name = NULL;
}

/* Tables that there are no more keep no plans. */
static void
forget_dropped(void)
{
	HASH_SEQ_STATUS status;
	ChainPlans *plans;

	hash_seq_init(&status, chain_plans);
	while ((plans = hash_seq_search(&status)) != NULL)
	{
		if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(plans->relid)))
		{
			forget_plans(plans);
			hash_search(chain_plans, &plans->relid, HASH_REMOVE, NULL);
		}
	}
}

static SPIPlanPtr
get_plan(Oid relid, ChainStatement statement)
{
	char	   *schema = get_namespace_name(get_rel_namespace(relid));
	char	   *table = get_rel_name(relid);
	char	   *name;
	ChainPlans *plans;
	bool		found;

	if (schema == NULL || table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("a table of an event log's chains has been dropped while it was used")));
	name = quote_qualified_identifier(schema, table);
	if (chain_plans == NULL)
	{
		HASHCTL		info = {0};

		info.keysize = sizeof(Oid);
		info.entrysize = sizeof(ChainPlans);
		chain_plans = hash_create("icpfiling chain tables", 8, &info, HASH_ELEM | HASH_BLOBS);
	}
	plans = hash_search(chain_plans, &relid, HASH_FIND, NULL);
	if (plans == NULL)
	{
		forget_dropped();
		plans = hash_search(chain_plans, &relid, HASH_ENTER, &found);
		plans->name = NULL;
		memset(plans->plans, 0, sizeof(plans->plans));
	}
	if (plans->name == NULL || strcmp(plans->name, name) != 0)
	{
		forget_plans(plans);
		plans->name = MemoryContextStrdup(TopMemoryContext, name);
	}
	if (plans->plans[statement] == NULL)
		plans->plans[statement] = icp_keep_plan(psprintf(statements[statement].format, name),
												lengthof(parameter_types), parameter_types);
	return plans->plans[statement];
}

/*
 * How a row is to be found.  A chain table of one page is read whole, if the planner is asked, and the plan is kept
 * when the table has grown, or one transaction has filled it with versions.
 */
static void
forbid_scans(ChainStatement statement)
{
	static const char *const scans[] = {
		"enable_seqscan", "enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan"
	};
	int			n = statement == LOCK_BY_TID || statement == MOVE_BY_TID ? lengthof(scans) : 1;

	for (int i = 0; i < n; i++)
		(void) set_config_option(scans[i], "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

/*
 * Runs one; returns whether it found a row, of which SPI_tuptable has the ctid first.
 *
 * Under REPEATABLE READ and above by the newest snapshot, as referential integrity does: the last event of a chain
 * may have been committed after the transaction's own snapshot was taken, and is none the less the one to follow.
 */
static bool
run(Oid relid, ChainStatement statement, Parameters *parameters)
{
	int			guc_level = NewGUCNestLevel();
	volatile int rc = 0;

	is_writing = true;
	PG_TRY();
	{
		SPIPlanPtr	plan;

		forbid_scans(statement);
		plan = get_plan(relid, statement);

		if (IsolationUsesXactSnapshot())
			rc = SPI_execute_snapshot(plan, parameters->values, parameters->nulls, GetLatestSnapshot(),
									  InvalidSnapshot, false, true, 0);
		else
			rc = SPI_execute_plan(plan, parameters->values, parameters->nulls, false, 0);
	}
	PG_FINALLY();
	{
		is_writing = false;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, guc_level);
	if (rc != statements[statement].result)
		elog(ERROR, "SPI_execute_plan returned %s", SPI_result_code_string(rc));
	return SPI_processed > 0;
}

/* A column of the row that was found, if it has the type that it had; the table may have been altered since. */
static Datum
result_column(int column, Oid type, const char *kind, int64 id)
{
	bool		isnull;
	Datum		value;

	if (SPI_tuptable == NULL || SPI_gettypeid(SPI_tuptable->tupdesc, column) != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the table of the heads has been altered while it was used")));
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the head of the chain of %s " INT64_FORMAT " is damaged", kind, id),
				 errdetail("It has no %s.", column == 2 ? "place" : "digest")));
	return value;
}

/*
 * HEADS
 */

typedef struct HeadKey
{
	int64		id;
	Oid			table;
	int32		kind;			/* its first letter */
} HeadKey;

typedef struct HeadState
{
	bool		is_held;		/* locked, and what stands here is what the next event follows */
	bool		is_dirty;		/* and has not been written yet */
	int64		seq;
	uint8		digest[ICP_DIGEST_LENGTH];
	ItemPointerData tid;		/* of the newest version that was seen; a hint */
} HeadState;

typedef struct Head
{
	HeadKey		key;
	HeadState	state;
	const char *kind;
	Oid			owner;			/* as whom it is written */
	SubTransactionId subid;		/* which changed the state last, within a statement */
	struct Head *next_held;		/* in the order in which they were come by */
	bool		is_listed;
} Head;

/* A statement on a log. */
typedef struct Statement
{
	Oid			log;
	SubTransactionId subid;
	int64		chained;		/* its events that were given a place */
	struct Statement *outer;
} Statement;

/* What a head was before a subtransaction within the statement changed it. */
typedef struct Undo
{
	HeadKey		key;
	HeadState	state;
	SubTransactionId before;
	SubTransactionId subid;
	struct Undo *next;
} Undo;

/* All in a context of the transaction's. */
static MemoryContext heads_context = NULL;
static HTAB *heads = NULL;
static Head *held = NULL;
static Head **held_end = &held;
static Undo *undo = NULL;
static Statement *innermost = NULL;
static SubTransactionId outermost_subid = InvalidSubTransactionId;

static void
forget_heads(void)
{
	if (heads != NULL)
		hash_destroy(heads);
	heads = NULL;
	held = NULL;
	held_end = &held;
	undo = NULL;
}

static bool
have_unwritten(void)
{
	for (Head *head = held; head != NULL; head = head->next_held)
		if (head->state.is_dirty)
			return true;
	return false;
}

static void
at_transaction(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			/* as when session_replication_role changes in the middle of a statement */
			if (have_unwritten())
				ereport(ERROR,
						(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
						 errmsg("events were written whose chains have not been"),
						 errdetail("A statement on an event log ended without its trigger chain_event AFTER INSERT ... FOR EACH STATEMENT.")));
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			heads_context = NULL;	/* gone with the transaction's */
			heads = NULL;
			held = NULL;
			held_end = &held;
			undo = NULL;
			innermost = NULL;
			outermost_subid = InvalidSubTransactionId;
			is_writing = false;
			break;
		default:
			break;
	}
}

static void
at_subtransaction(SubXactEvent event, SubTransactionId subid, SubTransactionId parent, void *arg)
{
	Head	   *head;

	if (innermost == NULL)
		return;
	if (event == SUBXACT_EVENT_COMMIT_SUB)
	{
		/* statements have ended before it; if one has not, at_transaction() sees to it */
		for (Statement *s = innermost; s != NULL && s->subid == subid; s = s->outer)
			s->subid = parent;
		if (outermost_subid == subid)
			outermost_subid = parent;
		for (Undo *u = undo; u != NULL && u->subid == subid; u = u->next)
		{
			head = hash_search(heads, &u->key, HASH_FIND, NULL);
			if (head != NULL && head->subid == subid)
				head->subid = parent;
			u->subid = parent;
		}
		/* what the outermost statement's own subtransaction did is undone with the statement */
		while (undo != NULL && undo->subid == outermost_subid)
			undo = undo->next;
	}
	else if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		while (undo != NULL && undo->subid == subid)
		{
			head = hash_search(heads, &undo->key, HASH_FIND, NULL);
			if (head != NULL)
			{
				head->state = undo->state;
				head->subid = undo->before;
			}
			undo = undo->next;
		}
		while (innermost != NULL && innermost->subid == subid)
			innermost = innermost->outer;
		if (innermost == NULL)
		{
			outermost_subid = InvalidSubTransactionId;
			forget_heads();
		}
	}
}

static void
prepare_transaction(void)
{
	static bool is_registered = false;

	if (!is_registered)
	{
		RegisterXactCallback(at_transaction, NULL);
		RegisterSubXactCallback(at_subtransaction, NULL);
		is_registered = true;
	}
	if (heads_context == NULL)
		heads_context = AllocSetContextCreate(TopTransactionContext, "icpfiling heads of chains",
											  ALLOCSET_DEFAULT_SIZES);
}

static Head *
find_head(Oid table, const EventChain *chain, Oid owner)
{
	HeadKey		key;
	Head	   *head;
	bool		found;

	if (heads == NULL)
	{
		HASHCTL		info = {0};

		info.keysize = sizeof(HeadKey);
		info.entrysize = sizeof(Head);
		info.hcxt = heads_context;
		heads = hash_create("icpfiling heads of chains", 64, &info, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	memset(&key, 0, sizeof(key));
	key.table = table;
	key.kind = chain->kind[0];
	key.id = chain->id;
	head = hash_search(heads, &key, HASH_ENTER, &found);
	if (!found)
	{
		memset(&head->state, 0, sizeof(HeadState));
		ItemPointerSetInvalid(&head->state.tid);
		head->kind = chain->kind;
		head->subid = InvalidSubTransactionId;
		head->next_held = NULL;
		head->is_listed = false;
	}
	head->owner = owner;
	return head;
}

/* Before a head's state is changed. */
static void
remember(Head *head)
{
	SubTransactionId subid = GetCurrentSubTransactionId();

	if (innermost == NULL || head->subid == subid)
		return;
	if (subid != outermost_subid)
	{
		Undo	   *u = MemoryContextAlloc(heads_context, sizeof(Undo));

		u->key = head->key;
		u->state = head->state;
		u->before = head->subid;
		u->subid = subid;
		u->next = undo;
		undo = u;
	}
	head->subid = subid;
}

/* The head says this from now on: in memory where a statement will write it. */
static void
set_head(Head *head, int64 seq, const uint8 *digest, bool is_dirty)
{
	head->state.seq = seq;
	memcpy(head->state.digest, digest, ICP_DIGEST_LENGTH);
	head->state.is_dirty = is_dirty;
	head->state.is_held = innermost != NULL;
	if (innermost != NULL && !head->is_listed)
	{
		head->is_listed = true;
		head->next_held = NULL;
		*held_end = head;
		held_end = &head->next_held;
	}
}

static void
set_parameters(Parameters *parameters, const Head *head, int64 seq, const uint8 *digest,
			   const int16 *province)
{
	ItemPointer tid = palloc(sizeof(ItemPointerData));

	*tid = head->state.tid;
	parameters->values[0] = CStringGetTextDatum(head->kind);
	parameters->values[1] = Int64GetDatum(head->key.id);
	parameters->values[2] = Int64GetDatum(seq);
	parameters->values[3] = digest == NULL ? (Datum) 0 : PointerGetDatum(icp_make_bytea(digest, ICP_DIGEST_LENGTH));
	parameters->values[4] = province == NULL ? (Datum) 0 : Int16GetDatum(*province);
	parameters->values[5] = PointerGetDatum(tid);
	memset(parameters->nulls, ' ', sizeof(parameters->nulls));
	if (digest == NULL)
		parameters->nulls[3] = 'n';
	if (province == NULL)
		parameters->nulls[4] = 'n';
}

static void
see_tid(Head *head)
{
	ItemPointer tid = (ItemPointer) DatumGetPointer(result_column(1, TIDOID, head->kind, head->key.id));

	head->state.tid = *tid;
}

/* Writes it; SPI is connected, and the user is the owner. */
static void
write_head(Head *head)
{
	Parameters	parameters;

	set_parameters(&parameters, head, head->state.seq, head->state.digest, NULL);
	if (!(ItemPointerIsValid(&head->state.tid) && run(head->key.table, MOVE_BY_TID, &parameters)) &&
		!run(head->key.table, MOVE_BY_KEY, &parameters))
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("the head of the chain of %s " INT64_FORMAT " cannot be written", head->kind, head->key.id),
				 errdetail("The row is gone, or a trigger of its table keeps it from being changed.")));
	see_tid(head);
	SPI_freetuptable(SPI_tuptable);
	head->state.is_dirty = false;
}

static void
switch_to(Oid owner, OwnerSwitch *saved)
{
	GetUserIdAndSecContext(&saved->saved_user, &saved->saved_context);
	saved->guc_level = 0;
	SetUserIdAndSecContext(owner, saved->saved_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
}

/* Writes what has not been, and lets go of them all. */
static void
write_heads(void)
{
	bool		is_connected = false;

	for (Head *head = held; head != NULL; head = head->next_held)
	{
		OwnerSwitch saved;

		head->is_listed = false;
		if (head->state.is_held && head->state.is_dirty)
		{
			CHECK_FOR_INTERRUPTS();
			if (!is_connected && SPI_connect() != SPI_OK_CONNECT)
				elog(ERROR, "SPI_connect failed");
			is_connected = true;
			switch_to(head->owner, &saved);
			write_head(head);
			icp_restore_user(&saved);
		}
		head->state.is_held = false;
	}
	if (is_connected)
		SPI_finish();
	held = NULL;
	held_end = &held;
	if (heads != NULL && hash_get_num_entries(heads) > HEADS_MAX)
		forget_heads();
}

/* The first of its chain; false if there is such a chain already. */
static bool
begin_chain(Head *head, const int16 *province, ChainDigest digest, void *arg)
{
	ChainPlace	place = {.seq = 1,.has_previous = false};
	Parameters	parameters;
	uint8		computed[ICP_DIGEST_LENGTH];

	digest(arg, &place, computed);
	set_parameters(&parameters, head, 1, computed, province);
	if (!run(head->key.table, BEGIN_CHAIN, &parameters))
		return false;
	remember(head);
	see_tid(head);
	set_head(head, 1, computed, false);
	return true;
}

/* Behind the last of its chain. */
static void
follow(Head *head, int64 last, const uint8 *previous, ChainDigest digest, void *arg)
{
	ChainPlace	place;
	uint8		computed[ICP_DIGEST_LENGTH];

	place.has_previous = true;
	memcpy(place.previous, previous, ICP_DIGEST_LENGTH);
	if (pg_add_s64_overflow(last, 1, &place.seq))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the chain of %s " INT64_FORMAT " is full", head->kind, head->key.id)));
	digest(arg, &place, computed);
	remember(head);
	set_head(head, place.seq, computed, true);
	if (innermost == NULL)
		write_head(head);
}

/* Behind the last of its chain, which is locked; false if there is no such chain. */
static bool
continue_chain(Head *head, ChainDigest digest, void *arg)
{
	Parameters	parameters;
	int64		last;
	bytea	   *previous;

	set_parameters(&parameters, head, 0, NULL, NULL);
	if (!(ItemPointerIsValid(&head->state.tid) && run(head->key.table, LOCK_BY_TID, &parameters)) &&
		!run(head->key.table, LOCK_BY_KEY, &parameters))
		return false;
	last = DatumGetInt64(result_column(2, INT8OID, head->kind, head->key.id));
	previous = DatumGetByteaPP(result_column(3, BYTEAOID, head->kind, head->key.id));
	if (VARSIZE_ANY_EXHDR(previous) != ICP_DIGEST_LENGTH || last < 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the head of the chain of %s " INT64_FORMAT " is damaged", head->kind, head->key.id)));
	remember(head);
	see_tid(head);
	follow(head, last, (const uint8 *) VARDATA_ANY(previous), digest, arg);
	return true;
}

int64
icp_chain_take_place(Relation log, const ChainTables *tables, const EventChain *chain, const int16 *province,
					 bool is_birth, ChainDigest digest, void *arg)
{
	OwnerSwitch saved;
	Head	   *head;
	int64		seq;

	prepare_transaction();
	if (heads != NULL && hash_get_num_entries(heads) > HEADS_MAX && undo == NULL &&
		GetCurrentSubTransactionId() == outermost_subid)
		write_heads();
	head = find_head(tables->chain, chain, log->rd_rel->relowner);
	if (head->state.is_held)
	{
		uint8		previous[ICP_DIGEST_LENGTH];

		memcpy(previous, head->state.digest, ICP_DIGEST_LENGTH);
		follow(head, head->state.seq, previous, digest, arg);
	}
	else
	{
		icp_become_owner(log, &saved);
		if (SPI_connect() != SPI_OK_CONNECT)
			elog(ERROR, "SPI_connect failed");

		/* What comes into being has no chain yet, most likely; what is there is looked for first. */
		if (!is_birth || !begin_chain(head, province, digest, arg))
		{
			/*
			 * The application before its chain, as a change of its state does: whoever writes an event first and
			 * changes the application afterwards would else wait for somebody who waits for him.
			 */
			if (OidIsValid(tables->application) && strcmp(chain->kind, "application") == 0)
			{
				Parameters	parameters;

				set_parameters(&parameters, head, 0, NULL, NULL);
				(void) run(tables->application, LOCK_APPLICATION, &parameters);
			}
			/* somebody else may begin it meanwhile, and may take it back; a trigger of the table's own always does */
			for (int attempt = 0;; attempt++)
			{
				CHECK_FOR_INTERRUPTS();
				if (continue_chain(head, digest, arg) || begin_chain(head, province, digest, arg))
					break;
				if (attempt == ATTEMPTS_MAX)
					ereport(ERROR,
							(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
							 errmsg("the head of the chain of %s " INT64_FORMAT " cannot be written", head->kind,
									head->key.id),
							 errdetail("A trigger of its table keeps it from being inserted.")));
			}
		}
		SPI_finish();
		icp_restore_user(&saved);
	}
	seq = head->state.seq;
	if (innermost != NULL && innermost->log == RelationGetRelid(log))
		innermost->chained++;
	return seq;
}

void
icp_chain_begin_statement(Relation log)
{
	Statement  *statement;

	prepare_transaction();
	statement = MemoryContextAlloc(heads_context, sizeof(Statement));
	statement->log = RelationGetRelid(log);
	statement->subid = GetCurrentSubTransactionId();
	statement->chained = 0;
	statement->outer = innermost;
	if (innermost == NULL)
		outermost_subid = statement->subid;
	innermost = statement;
}

void
icp_chain_end_statement(Relation log, int64 inserted)
{
	Statement  *ended = innermost;

	if (ended == NULL || ended->log != RelationGetRelid(log) || ended->subid != GetCurrentSubTransactionId())
		return;					/* it began without us */
	if (inserted >= 0 && inserted < ended->chained)
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("an event that has its place in a chain was not written"),
				 errdetail("Of " INT64_FORMAT " events only " INT64_FORMAT " came into table \"%s\".",
						   ended->chained, inserted, RelationGetRelationName(log)),
				 errhint("An event log is written without ON CONFLICT, and has no trigger behind chain_event that drops a row.")));
	/* the statement ends when its heads are written: if that fails, it is undone as what happened within it */
	if (ended->outer == NULL)
	{
		write_heads();
		outermost_subid = InvalidSubTransactionId;
		undo = NULL;
	}
	innermost = ended->outer;
	pfree(ended);
}
