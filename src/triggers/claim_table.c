/*
 * claim_table.c
 *	  The claim table and its edge table, opened and written without the executor.
 *
 * The table access method and the index insertion are those that COPY uses.  What the executor would have checked is
 * checked here: the rights of the table's owner, row security, the columns' types.
 */
#include "postgres.h"

#include "compat.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "server/trigger.h"
#include "storage/bufmgr.h"
#include "triggers/claim_table.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* How many heap tuples are written at once: some pages' worth, since each statement must make the slots for them. */
#define BATCH_TUPLES 128

typedef struct ColumnSpec
{
	const char *name;
	Oid			type;
} ColumnSpec;

static const ColumnSpec claim_columns[CLAIM_NCOLUMNS] = {
	[CLAIM_ID] = {"id", INT8OID},
	[CLAIM_KIND] = {"kind", TEXTOID},
	[CLAIM_KEY] = {"key", TEXTOID},
	[CLAIM_KEY_HASH] = {"key_hash", INT8OID},
	[CLAIM_HOLDER] = {"holder", REGCLASSOID},
	[CLAIM_HOLDER_ID] = {"holder_id", INT8OID},
	[CLAIM_ACCOUNT_ID] = {"account_id", INT8OID},
	[CLAIM_PROVINCE_CODE] = {"province_code", INT2OID},
	[CLAIM_APPROVED] = {"approved", BOOLOID},
	[CLAIM_RELEASED_AT] = {"released_at", TIMESTAMPTZOID},
};

static const ColumnSpec edge_columns[EDGE_NCOLUMNS] = {
	[EDGE_ID] = {"id", INT8OID},
	[EDGE_CLAIM_ID] = {"claim_id", INT8OID},
	[EDGE_CLAIM_HOLDER_ID] = {"claim_holder_id", INT8OID},
	[EDGE_RIVAL_ID] = {"rival_id", INT8OID},
	[EDGE_RIVAL_HOLDER_ID] = {"rival_holder_id", INT8OID},
	[EDGE_PROVINCE_CODE] = {"province_code", INT2OID},
	[EDGE_DETECTED_AT] = {"detected_at", TIMESTAMPTZOID},
};

/*
 * ---------------------------------------------------------------------------
 * Opening and closing
 * ---------------------------------------------------------------------------
 */

static void
open_writer(Writer *writer, Oid relid, const ColumnSpec *columns, int ncolumns, Oid user)
{
	Relation	rel;

	/* before the lock, which is not for everybody, and with it */
	icp_check_writer(relid, user);
	rel = table_open(relid, RowExclusiveLock);
	icp_check_writer(relid, user);
	if (RELATION_IS_OTHER_TEMP(rel))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary tables of other sessions")));

	for (int i = 0; i < ncolumns; i++)
	{
		AttrNumber	attnum = icp_find_column(RelationGetDescr(rel), columns[i].name);

		if (attnum == InvalidAttrNumber ||
			TupleDescAttr(RelationGetDescr(rel), attnum - 1)->atttypid != columns[i].type)
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("table \"%s\" has no column \"%s\" of type %s",
							RelationGetRelationName(rel), columns[i].name, format_type_be(columns[i].type)),
					 errhint("icp.create_registry() makes tables of claims; icp.check_registry() tells what was altered.")));
		writer->column[i] = attnum;
	}

	writer->rel = rel;
	writer->sequence = InvalidOid;
	writer->rri = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->rri, rel, 0, NULL, 0);
	ExecOpenIndices(writer->rri, false);
	writer->slots = palloc0_array(TupleTableSlot *, BATCH_TUPLES);
	writer->nslots = 0;
}

static void
close_writer(Writer *writer)
{
	for (int i = 0; i < writer->nslots; i++)
		ExecDropSingleTupleTableSlot(writer->slots[i]);
	ExecCloseIndices(writer->rri);
	/* the lock is kept to the end of the transaction */
	table_close(writer->rel, NoLock);
}

/* Does the index hold every live claim?  Its predicate may be that of a live claim, and no other. */
static bool
covers_live_claims(Writer *writer, Relation index)
{
	List	   *predicate = RelationGetIndexPredicate(index);
	NullTest   *test;

	if (predicate == NIL)
		return true;
	test = (NullTest *) linitial(predicate);
	return list_length(predicate) == 1 && IsA(test, NullTest) && test->nulltesttype == IS_NULL &&
		IsA(test->arg, Var) && ((Var *) test->arg)->varattno == writer->column[CLAIM_RELEASED_AT];
}

/*
 * The btree index of the table of claims whose first column is that one; a partial one only if it is the live
 * claims that are asked for.  (The indexes come in the order of their making, which a restored dump has changed.)
 */
static Relation
find_index(Writer *writer, AttrNumber column, bool live_only)
{
	for (int i = 0; i < writer->rri->ri_NumIndices; i++)
	{
		Relation	index = writer->rri->ri_IndexRelationDescs[i];

		if (index->rd_rel->relam == BTREE_AM_OID &&
			index->rd_index->indisvalid &&
			index->rd_index->indkey.values[0] == column &&
			(live_only ? covers_live_claims(writer, index) : RelationGetIndexPredicate(index) == NIL))
			return index;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("table \"%s\" has no btree index that begins with column \"%s\"",
					RelationGetRelationName(writer->rel),
					NameStr(TupleDescAttr(RelationGetDescr(writer->rel), column - 1)->attname)),
			 errdetail(live_only ? "A partial one must be WHERE released_at IS NULL." :
					   "A partial one will not do."),
			 errhint("icp.check_registry() tells what is missing.")));
}

/*
 * The table with only those of its indexes that begin with the column, or only the others; without the one that is
 * left out.
 */
static ResultRelInfo *
some_indexes(Writer *writer, AttrNumber column, bool beginning_with, Relation left_out)
{
	ResultRelInfo *some = makeNode(ResultRelInfo);
	int			n = 0;

	*some = *writer->rri;
	some->ri_IndexRelationDescs = palloc_array(Relation, writer->rri->ri_NumIndices);
	some->ri_IndexRelationInfo = palloc_array(IndexInfo *, writer->rri->ri_NumIndices);
	for (int i = 0; i < writer->rri->ri_NumIndices; i++)
	{
		Relation	index = writer->rri->ri_IndexRelationDescs[i];

		if ((index->rd_index->indkey.values[0] == column) != beginning_with || index == left_out)
			continue;
		some->ri_IndexRelationDescs[n] = index;
		some->ri_IndexRelationInfo[n++] = writer->rri->ri_IndexRelationInfo[i];
	}
	some->ri_NumIndices = n;
	return some;
}

/*
 * How many indexes could be probed, now or soon: while one is being replaced (REINDEX CONCURRENTLY) there are two, and
 * of two sessions one takes the old for the probed one and the other the new.
 */
static int
count_probed(Writer *writer, AttrNumber column)
{
	int			n = 0;

	for (int i = 0; i < writer->rri->ri_NumIndices; i++)
	{
		Relation	index = writer->rri->ri_IndexRelationDescs[i];

		if (index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisready &&
			index->rd_index->indkey.values[0] == column && covers_live_claims(writer, index))
			n++;
	}
	return n;
}

/*
 * What an insertion into the index needs, if the hash is its whole key and equal ones are let in: then the insertion
 * itself, which holds the leaf page on which all of one hash begin, tells whether it met one (UNIQUE_CHECK_PARTIAL).
 * With two such indexes each of two claimants may be the first in another one: then all are probed, once they are in both.
 */
static IndexInfo *
index_info_of_hash(Writer *writer, Relation index, AttrNumber column)
{
	if (index->rd_index->indnkeyatts != 1 || index->rd_index->indisunique || !index->rd_index->indisready ||
		count_probed(writer, column) > 1)
		return NULL;
	for (int i = 0; i < writer->rri->ri_NumIndices; i++)
	{
		if (writer->rri->ri_IndexRelationDescs[i] == index)
			return writer->rri->ri_IndexRelationInfo[i];
	}
	return NULL;
}

ClaimStore *
icp_claim_store_open(Oid claim_relid, Oid user, const char *kind, Oid holder)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "claim store", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	ClaimStore *store = palloc0_object(ClaimStore);
	char	   *name = get_rel_name(claim_relid);
	char	   *edge_name;
	Oid			edge_relid;

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table of claims with OID %u does not exist", claim_relid)));
	edge_name = psprintf("%s_edge", name);
	edge_relid = get_relname_relid(edge_name, get_rel_namespace(claim_relid));
	if (!OidIsValid(edge_relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s\", beside \"%s\", does not exist", edge_name, name),
				 errhint("icp.create_registry() makes both.")));
	/* the functions of its indexes run as the owner of the claims */
	if (icp_relation_owner(edge_relid) != icp_relation_owner(claim_relid))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("tables \"%s\" and \"%s\" must have the same owner", name, edge_name)));

	store->context = context;
	store->kind = CStringGetTextDatum(kind);
	store->holder = holder;
	store->estate = CreateExecutorState();
	open_writer(&store->claim, claim_relid, claim_columns, CLAIM_NCOLUMNS, user);
	open_writer(&store->edge, edge_relid, edge_columns, EDGE_NCOLUMNS, user);
	store->hash_index = find_index(&store->claim, store->claim.column[CLAIM_KEY_HASH], true);
	store->holder_index = find_index(&store->claim, store->claim.column[CLAIM_HOLDER_ID], false);
	store->hash_info = index_info_of_hash(&store->claim, store->hash_index,
										  store->claim.column[CLAIM_KEY_HASH]);
	store->hash_rri = some_indexes(&store->claim, store->claim.column[CLAIM_KEY_HASH], true,
								   store->hash_info != NULL ? store->hash_index : NULL);
	store->other_rri = some_indexes(&store->claim, store->claim.column[CLAIM_KEY_HASH], false, NULL);
	store->scan_slot = table_slot_create(store->claim.rel, NULL);
	MemoryContextSwitchTo(caller);
	return store;
}

void
icp_claim_store_close(ClaimStore *store)
{
	ExecDropSingleTupleTableSlot(store->scan_slot);
	close_writer(&store->edge);
	close_writer(&store->claim);
	FreeExecutorState(store->estate);
	MemoryContextDelete(store->context);
}


/*
 * ---------------------------------------------------------------------------
 * Writing
 * ---------------------------------------------------------------------------
 */

/* The next value of the identity column; which sequence that is must be read from the catalogue, so only if needed. */
static int64
next_id(Writer *writer)
{
	if (!OidIsValid(writer->sequence))
	{
		if (TupleDescAttr(RelationGetDescr(writer->rel), writer->column[0] - 1)->attidentity == '\0')
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("column \"id\" of table \"%s\" is no identity column", RelationGetRelationName(writer->rel)),
					 errhint("icp.create_registry() makes tables of claims; icp.check_registry() tells what was altered.")));
		writer->sequence = icp_identity_sequence(writer->rel, writer->column[0]);
	}
	return nextval_internal(writer->sequence, false);
}

/* An empty slot number i of the batch, all of its columns NULL. */
TupleTableSlot *
claim_batch_slot(ClaimStore *store, Writer *writer, int i)
{
	TupleTableSlot *slot;

	if (i >= writer->nslots)
	{
		MemoryContext caller = MemoryContextSwitchTo(store->context);

		writer->slots[i] = table_slot_create(writer->rel, NULL);
		writer->nslots = i + 1;
		MemoryContextSwitchTo(caller);
	}
	slot = writer->slots[i];
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	return slot;
}

void
claim_index_tuple(ClaimStore *store, ResultRelInfo *rri, TupleTableSlot *slot)
{
	if (rri->ri_NumIndices > 0)
		list_free(icp_insert_index_tuples(rri, slot, store->estate));
	ResetPerTupleExprContext(store->estate);
}

/* Writes the first n slots of the batch into the heap, then into the indexes of rri. */
static void
write_batch(ClaimStore *store, Writer *writer, ResultRelInfo *rri, int n, BulkInsertState bistate)
{
	table_multi_insert(writer->rel, writer->slots, n, GetCurrentCommandId(true), 0, bistate);
	for (int i = 0; i < n; i++)
		claim_index_tuple(store, rri, writer->slots[i]);
}

static void
fill_claim_slot(ClaimStore *store, TupleTableSlot *slot, const Claim *claim)
{
	const AttrNumber *column = store->claim.column;

	claim_set_column(slot, column[CLAIM_ID], Int64GetDatum(claim->id));
	claim_set_column(slot, column[CLAIM_KIND], store->kind);
	claim_set_column(slot, column[CLAIM_KEY],
					 PointerGetDatum(cstring_to_text_with_len(claim->key, claim->key_length)));
	claim_set_column(slot, column[CLAIM_KEY_HASH], Int64GetDatum((int64) claim->hash));
	claim_set_column(slot, column[CLAIM_HOLDER], ObjectIdGetDatum(store->holder));
	claim_set_column(slot, column[CLAIM_HOLDER_ID], Int64GetDatum(claim->holder_id));
	claim_set_column(slot, column[CLAIM_ACCOUNT_ID], Int64GetDatum(claim->account_id));
	if (claim->province_code != 0)
		claim_set_column(slot, column[CLAIM_PROVINCE_CODE], Int16GetDatum(claim->province_code));
	claim_set_column(slot, column[CLAIM_APPROVED], BoolGetDatum(claim->approved));
	ExecStoreVirtualTuple(slot);
}

/* Writes the claims into the heap and into the indexes that do not begin with the hash. */
void
claim_write(ClaimStore *store, Claim *claims, int nclaims)
{
	BulkInsertState bistate = GetBulkInsertState();
	MemoryContext batch = AllocSetContextCreate(store->context, "claim batch", ALLOCSET_DEFAULT_SIZES);

	for (int done = 0; done < nclaims;)
	{
		int			n = Min(nclaims - done, BATCH_TUPLES);
		MemoryContext caller;

		CHECK_FOR_INTERRUPTS();
		caller = MemoryContextSwitchTo(batch);
		for (int i = 0; i < n; i++)
		{
			claims[done + i].id = next_id(&store->claim);
			fill_claim_slot(store, claim_batch_slot(store, &store->claim, i), &claims[done + i]);
		}
		write_batch(store, &store->claim, store->other_rri, n, bistate);
		MemoryContextSwitchTo(caller);
		for (int i = 0; i < n; i++)
		{
			claims[done + i].tid = store->claim.slots[i]->tts_tid;
			ExecClearTuple(store->claim.slots[i]);
		}
		MemoryContextReset(batch);
		done += n;
	}
	FreeBulkInsertState(bistate);
	MemoryContextDelete(batch);
}

/* Enters the tuple into the index of hashes; was another of its hash there? */
static bool
enter_hash(ClaimStore *store, TupleTableSlot *slot)
{
	Datum		values[INDEX_MAX_KEYS];
	bool		isnull[INDEX_MAX_KEYS];

	FormIndexDatum(store->hash_info, slot, store->estate, values, isnull);
	return !index_insert(store->hash_index, values, isnull, &slot->tts_tid, store->claim.rel, UNIQUE_CHECK_PARTIAL,
						 false, store->hash_info);
}

/* Enters claims that are in the heap, sorted by hash, into the indexes that begin with it. */
void
claim_index(ClaimStore *store, const Claim *claims, int nclaims, bool *contested)
{
	MemoryContext tuple = AllocSetContextCreate(store->context, "claim index tuple", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(tuple);

	for (int i = 0; i < nclaims; i++)
	{
		TupleTableSlot *slot = claim_batch_slot(store, &store->claim, 0);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		fill_claim_slot(store, slot, &claims[i]);
		slot->tts_tid = claims[i].tid;
		slot->tts_tableOid = RelationGetRelid(store->claim.rel);
		contested[i] = store->hash_info == NULL || enter_hash(store, slot);
		claim_index_tuple(store, store->hash_rri, slot);
		ExecClearTuple(slot);
		MemoryContextReset(tuple);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(tuple);
}

void
claim_write_edges(ClaimStore *store, const Edge *edges, int nedges)
{
	const AttrNumber *column = store->edge.column;
	Datum		now = TimestampTzGetDatum(GetCurrentStatementStartTimestamp());

	for (int done = 0; done < nedges;)
	{
		int			n = Min(nedges - done, BATCH_TUPLES);

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < n; i++)
		{
			const Edge *edge = &edges[done + i];
			TupleTableSlot *slot = claim_batch_slot(store, &store->edge, i);

			claim_set_column(slot, column[EDGE_ID], Int64GetDatum(next_id(&store->edge)));
			claim_set_column(slot, column[EDGE_CLAIM_ID], Int64GetDatum(edge->claim_id));
			claim_set_column(slot, column[EDGE_CLAIM_HOLDER_ID], Int64GetDatum(edge->claim_holder_id));
			claim_set_column(slot, column[EDGE_RIVAL_ID], Int64GetDatum(edge->rival_id));
			claim_set_column(slot, column[EDGE_RIVAL_HOLDER_ID], Int64GetDatum(edge->rival_holder_id));
			if (edge->province_code != 0)
				claim_set_column(slot, column[EDGE_PROVINCE_CODE], Int16GetDatum(edge->province_code));
			claim_set_column(slot, column[EDGE_DETECTED_AT], now);
			ExecStoreVirtualTuple(slot);
		}
		write_batch(store, &store->edge, store->edge.rri, n, NULL);
		done += n;
	}
}


/*
 * ---------------------------------------------------------------------------
 * Reading
 * ---------------------------------------------------------------------------
 */

bool
claim_scanned_text_is(ClaimStore *store, ClaimColumn column, const char *expected, int32 length)
{
	bool		isnull;
	Datum		value = claim_scanned(store, column, &isnull);
	text	   *t;
	bool		same;

	if (isnull)
		return false;
	t = DatumGetTextPP(value);
	same = VARSIZE_ANY_EXHDR(t) == length && memcmp(VARDATA_ANY(t), expected, length) == 0;
	if ((Pointer) t != DatumGetPointer(value))
		pfree(t);
	return same;
}
