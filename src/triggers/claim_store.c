/*
 * claim_store.c
 *	  The tables of claims and of the edges between them, written and probed without the executor.
 *
 * Claims are entered first, a batch at a time: the heap and most indexes in the order of the rows, which is nearly
 * that of the holders' ids, and the indexes that begin with the hash in the order of the hashes, so that each index
 * is walked from left to right.  Only then is the index probed, with a dirty snapshot, as exclusion constraints
 * do: of two concurrent claimants, whoever probes last finds the other's entry, at every isolation level, and
 * nobody takes a lock or waits (3 Q17; design decision 5).  Nothing here reads with an MVCC snapshot, so detection
 * leaves no predicate locks behind and cannot itself cause a serialization failure.
 *
 * The claim table needs a btree index whose first column is key_hash (partial on released_at IS NULL, say) and one
 * whose first column is holder_id.
 */
#include "postgres.h"

#include "compat.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "storage/bufmgr.h"
#include "triggers/claim_store.h"
#include "triggers/trigger.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* How many heap tuples are written at once: some pages' worth, since each statement must make the slots for them. */
#define BATCH_TUPLES 128

/* With so many claims for each page of the index, reading all of it is quicker than looking each claim up. */
#define WALK_CLAIMS_PER_PAGE 8

/* Columns of the two tables, in the order of their definition below. */
typedef enum ClaimColumn
{
	CLAIM_ID,
	CLAIM_KIND,
	CLAIM_KEY,
	CLAIM_KEY_HASH,
	CLAIM_HOLDER,
	CLAIM_HOLDER_ID,
	CLAIM_ACCOUNT_ID,
	CLAIM_PROVINCE_CODE,
	CLAIM_APPROVED,
	CLAIM_RELEASED_AT,
	CLAIM_NCOLUMNS
} ClaimColumn;

typedef enum EdgeColumn
{
	EDGE_ID,
	EDGE_CLAIM_ID,
	EDGE_CLAIM_HOLDER_ID,
	EDGE_RIVAL_ID,
	EDGE_RIVAL_HOLDER_ID,
	EDGE_PROVINCE_CODE,
	EDGE_DETECTED_AT,
	EDGE_NCOLUMNS
} EdgeColumn;

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

/* A table written without the executor's plan nodes: its relation, its indexes, its sequence. */
typedef struct Writer
{
	Relation	rel;
	ResultRelInfo *rri;			/* with all indexes */
	Oid			sequence;		/* behind the identity column id, once it is known */
	AttrNumber	column[CLAIM_NCOLUMNS];	/* attribute numbers by ClaimColumn or EdgeColumn */
	TupleTableSlot **slots;		/* BATCH_TUPLES of them, made as they are needed */
	int			nslots;
} Writer;

struct ClaimStore
{
	MemoryContext context;
	EState	   *estate;
	Writer		claim;
	Writer		edge;
	ResultRelInfo *hash_rri;	/* the claim table with the indexes that begin with key_hash */
	ResultRelInfo *other_rri;	/* and with the others */
	Relation	hash_index;
	Relation	holder_index;
	TupleTableSlot *scan_slot;
	Datum		kind;			/* text */
	Oid			holder;
};

/* An edge to be written. */
typedef struct Edge
{
	int64		claim_id;
	int64		claim_holder_id;
	int64		rival_id;
	int64		rival_holder_id;
	int16		province_code;
} Edge;


/*
 * ---------------------------------------------------------------------------
 * Opening and closing
 * ---------------------------------------------------------------------------
 */

static void
check_rights(Relation rel, Oid user)
{
	AclMode		needed = ACL_SELECT | ACL_INSERT | ACL_UPDATE;

	if (pg_class_aclmask(RelationGetRelid(rel), user, needed, ACLMASK_ALL) != needed)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for table %s", RelationGetRelationName(rel)),
				 errdetail("The owner \"%s\" of the table with the trigger must be allowed to select, insert and update there.",
						   GetUserNameFromId(user, false))));

	/* Policies are the executor's work, and it is not asked here. */
	if (rel->rd_rel->relrowsecurity && !has_privs_of_role(user, rel->rd_rel->relowner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("row security of table %s does not let claims of \"%s\" in",
						RelationGetRelationName(rel), GetUserNameFromId(user, false))));
}

static void
open_writer(Writer *writer, Oid relid, const ColumnSpec *columns, int ncolumns, Oid user)
{
	Relation	rel = table_open(relid, RowExclusiveLock);

	if (rel->rd_rel->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an ordinary table", RelationGetRelationName(rel))));
	check_rights(rel, user);

	for (int i = 0; i < ncolumns; i++)
	{
		AttrNumber	attnum = icp_find_column(rel, columns[i].name);

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

/* The table with only those of its indexes that begin with the column, or only the others. */
static ResultRelInfo *
some_indexes(Writer *writer, AttrNumber column, bool beginning_with)
{
	ResultRelInfo *some = makeNode(ResultRelInfo);
	int			n = 0;

	*some = *writer->rri;
	some->ri_IndexRelationDescs = palloc_array(Relation, writer->rri->ri_NumIndices);
	some->ri_IndexRelationInfo = palloc_array(IndexInfo *, writer->rri->ri_NumIndices);
	for (int i = 0; i < writer->rri->ri_NumIndices; i++)
	{
		Relation	index = writer->rri->ri_IndexRelationDescs[i];

		if ((index->rd_index->indkey.values[0] == column) != beginning_with)
			continue;
		some->ri_IndexRelationDescs[n] = index;
		some->ri_IndexRelationInfo[n++] = writer->rri->ri_IndexRelationInfo[i];
	}
	some->ri_NumIndices = n;
	return some;
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

	store->context = context;
	store->kind = CStringGetTextDatum(kind);
	store->holder = holder;
	store->estate = CreateExecutorState();
	open_writer(&store->claim, claim_relid, claim_columns, CLAIM_NCOLUMNS, user);
	open_writer(&store->edge, edge_relid, edge_columns, EDGE_NCOLUMNS, user);
	store->hash_index = find_index(&store->claim, store->claim.column[CLAIM_KEY_HASH], true);
	store->holder_index = find_index(&store->claim, store->claim.column[CLAIM_HOLDER_ID], false);
	store->hash_rri = some_indexes(&store->claim, store->claim.column[CLAIM_KEY_HASH], true);
	store->other_rri = some_indexes(&store->claim, store->claim.column[CLAIM_KEY_HASH], false);
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
		writer->sequence = icp_identity_sequence(writer->rel, writer->column[0]);
	return nextval_internal(writer->sequence, false);
}

/* An empty slot number i of the batch, all of its columns NULL. */
static TupleTableSlot *
batch_slot(ClaimStore *store, Writer *writer, int i)
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

static inline void
set_column(TupleTableSlot *slot, AttrNumber column, Datum value)
{
	slot->tts_values[column - 1] = value;
	slot->tts_isnull[column - 1] = false;
}

static void
index_tuple(ClaimStore *store, ResultRelInfo *rri, TupleTableSlot *slot)
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
		index_tuple(store, rri, writer->slots[i]);
}

static void
fill_claim_slot(ClaimStore *store, TupleTableSlot *slot, const Claim *claim)
{
	const AttrNumber *column = store->claim.column;

	set_column(slot, column[CLAIM_ID], Int64GetDatum(claim->id));
	set_column(slot, column[CLAIM_KIND], store->kind);
	set_column(slot, column[CLAIM_KEY],
			   PointerGetDatum(cstring_to_text_with_len(claim->key, claim->key_length)));
	set_column(slot, column[CLAIM_KEY_HASH], Int64GetDatum((int64) claim->hash));
	set_column(slot, column[CLAIM_HOLDER], ObjectIdGetDatum(store->holder));
	set_column(slot, column[CLAIM_HOLDER_ID], Int64GetDatum(claim->holder_id));
	set_column(slot, column[CLAIM_ACCOUNT_ID], Int64GetDatum(claim->account_id));
	if (claim->province_code != 0)
		set_column(slot, column[CLAIM_PROVINCE_CODE], Int16GetDatum(claim->province_code));
	set_column(slot, column[CLAIM_APPROVED], BoolGetDatum(claim->approved));
	ExecStoreVirtualTuple(slot);
}

/* Writes the claims into the heap and into the indexes that do not begin with the hash. */
static void
write_claims(ClaimStore *store, Claim *claims, int nclaims)
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
			fill_claim_slot(store, batch_slot(store, &store->claim, i), &claims[done + i]);
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

/* Enters claims that are in the heap, sorted by hash, into the indexes that begin with it. */
static void
index_claims(ClaimStore *store, const Claim *claims, int nclaims)
{
	MemoryContext tuple = AllocSetContextCreate(store->context, "claim index tuple", ALLOCSET_SMALL_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(tuple);

	for (int i = 0; i < nclaims; i++)
	{
		TupleTableSlot *slot = batch_slot(store, &store->claim, 0);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		fill_claim_slot(store, slot, &claims[i]);
		slot->tts_tid = claims[i].tid;
		slot->tts_tableOid = RelationGetRelid(store->claim.rel);
		index_tuple(store, store->hash_rri, slot);
		ExecClearTuple(slot);
		MemoryContextReset(tuple);
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(tuple);
}

static void
write_edges(ClaimStore *store, const Edge *edges, int nedges)
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
			TupleTableSlot *slot = batch_slot(store, &store->edge, i);

			set_column(slot, column[EDGE_ID], Int64GetDatum(next_id(&store->edge)));
			set_column(slot, column[EDGE_CLAIM_ID], Int64GetDatum(edge->claim_id));
			set_column(slot, column[EDGE_CLAIM_HOLDER_ID], Int64GetDatum(edge->claim_holder_id));
			set_column(slot, column[EDGE_RIVAL_ID], Int64GetDatum(edge->rival_id));
			set_column(slot, column[EDGE_RIVAL_HOLDER_ID], Int64GetDatum(edge->rival_holder_id));
			if (edge->province_code != 0)
				set_column(slot, column[EDGE_PROVINCE_CODE], Int16GetDatum(edge->province_code));
			set_column(slot, column[EDGE_DETECTED_AT], now);
			ExecStoreVirtualTuple(slot);
		}
		write_batch(store, &store->edge, store->edge.rri, n, NULL);
		done += n;
	}
}


/*
 * ---------------------------------------------------------------------------
 * Probing
 * ---------------------------------------------------------------------------
 */

static inline Datum
scanned(ClaimStore *store, ClaimColumn column, bool *isnull)
{
	return slot_getattr(store->scan_slot, store->claim.column[column], isnull);
}

static inline int64
scanned_int64(ClaimStore *store, ClaimColumn column)
{
	bool		isnull;
	Datum		value = scanned(store, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

static bool
scanned_text_is(ClaimStore *store, ClaimColumn column, const char *expected, int32 length)
{
	bool		isnull;
	Datum		value = scanned(store, column, &isnull);
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

/*
 * Is the claim in the scan slot a live one of another account for the same kind and key?  (The index knows only
 * the hash.)
 */
static bool
is_rival(ClaimStore *store, const Claim *claim, const char *kind, int32 kind_length)
{
	bool		isnull;

	if (scanned_int64(store, CLAIM_ID) == claim->id ||
		scanned_int64(store, CLAIM_ACCOUNT_ID) == claim->account_id)
		return false;
	(void) scanned(store, CLAIM_RELEASED_AT, &isnull);
	if (!isnull)
		return false;
	return scanned_text_is(store, CLAIM_KEY, claim->key, claim->key_length) &&
		scanned_text_is(store, CLAIM_KIND, kind, kind_length);
}

/* What is found beside one of several claims. */
typedef struct Found
{
	int			claim;			/* which */
	int64		id;
	int64		holder_id;
	int64		account_id;
	Oid			holder;
} Found;

typedef struct FoundList
{
	Found	   *items;
	int			n;
	int			room;
} FoundList;

static int
compare_found(const void *a, const void *b)
{
	const Found *left = (const Found *) a;
	const Found *right = (const Found *) b;

	if (left->claim != right->claim)
		return left->claim - right->claim;
	return left->id < right->id ? -1 : left->id > right->id;
}

/*
 * Puts the list in the order of the claims and the rivals' ids, with each rival once: while its row is being updated
 * by another transaction, the old and the new version of a claim are both there.
 */
static void
sort_found(FoundList *found)
{
	int			n = 0;

	if (found->n < 2)
		return;
	qsort(found->items, found->n, sizeof(Found), compare_found);
	for (int i = 1; i < found->n; i++)
	{
		if (compare_found(&found->items[i], &found->items[n]) != 0)
			found->items[++n] = found->items[i];
	}
	found->n = n + 1;
}

/* Adds the claim in the scan slot, once for each of the claims whose rival it is. */
static void
collect_rival(ClaimStore *store, const Claim *claims, int nclaims, text *kind, FoundList *found)
{
	for (int i = 0; i < nclaims; i++)
	{
		Found	   *rival;
		bool		isnull;

		if (!is_rival(store, &claims[i], VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind)))
			continue;
		if (found->n == found->room)
		{
			found->room = found->room == 0 ? 64 : found->room * 2;
			found->items = found->items == NULL ?
				(Found *) palloc_extended(sizeof(Found) * (Size) found->room, MCXT_ALLOC_HUGE) :
				(Found *) repalloc_huge(found->items, sizeof(Found) * (Size) found->room);
		}
		rival = &found->items[found->n++];
		rival->claim = i;
		rival->id = scanned_int64(store, CLAIM_ID);
		rival->holder_id = scanned_int64(store, CLAIM_HOLDER_ID);
		rival->account_id = scanned_int64(store, CLAIM_ACCOUNT_ID);
		rival->holder = DatumGetObjectId(scanned(store, CLAIM_HOLDER, &isnull));
	}
}

/* The live claims of other accounts for the same kind and key, in the order of their ids, each once. */
static void
find_rivals(ClaimStore *store, IndexScanDesc scan, const Claim *claim, text *kind, FoundList *found)
{
	ScanKeyData key;

	found->n = 0;
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum((int64) claim->hash));
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->scan_slot))
	{
		CHECK_FOR_INTERRUPTS();
		collect_rival(store, claim, 1, kind, found);
	}
	ExecClearTuple(store->scan_slot);
	sort_found(found);
}

static void
add_edge(Edge **edges, int *nedges, int *room, const Edge *edge)
{
	if (*nedges == *room)
	{
		*room = *room == 0 ? 64 : *room * 2;
		*edges = *edges == NULL ?
			(Edge *) palloc_extended(sizeof(Edge) * (Size) *room, MCXT_ALLOC_HUGE) :
			(Edge *) repalloc_huge(*edges, sizeof(Edge) * (Size) *room);
	}
	(*edges)[(*nedges)++] = *edge;
}

/* Into the order of the index, which compares as int8 does. */
#define ST_SORT sort_claims
#define ST_ELEMENT_TYPE Claim
#define ST_COMPARE(a, b) \
	((int64) (a)->hash < (int64) (b)->hash ? -1 : (int64) (a)->hash > (int64) (b)->hash)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* The claims that an edge joins, the earlier one first. */
typedef struct EdgeEnds
{
	int64		left;
	int64		right;
} EdgeEnds;

static int
compare_ends(const void *a, const void *b)
{
	const EdgeEnds *one = (const EdgeEnds *) a;
	const EdgeEnds *two = (const EdgeEnds *) b;

	if (one->left != two->left)
		return one->left < two->left ? -1 : 1;
	return one->right < two->right ? -1 : one->right > two->right;
}

/*
 * What a probe of many claims has at hand.  The claims are sorted by hash, and those of one hash are probed together:
 * what they are to each other is known without the index, and only the others must be looked for there.
 */
typedef struct Probe
{
	ClaimStore *store;
	const EdgeEnds *known;		/* edges that are there already, sorted */
	int			nknown;
	IndexScanDesc scan;
	text	   *kind;
	FoundList	found;			/* beside the claims of one hash */
	Edge	   *edges;
	int			nedges;
	int			room;
} Probe;

static void
note_edge(Probe *probe, const Claim *claim, int64 rival_id, int64 rival_holder_id)
{
	EdgeEnds	ends = {Min(claim->id, rival_id), Max(claim->id, rival_id)};
	Edge		edge;

	if (probe->nknown > 0 &&
		bsearch(&ends, probe->known, probe->nknown, sizeof(EdgeEnds), compare_ends) != NULL)
		return;
	edge.claim_id = claim->id;
	edge.claim_holder_id = claim->holder_id;
	edge.rival_id = rival_id;
	edge.rival_holder_id = rival_holder_id;
	edge.province_code = claim->province_code;
	add_edge(&probe->edges, &probe->nedges, &probe->room, &edge);
}

/* Takes the index entry at which the scan stands, of the same hash as the claims. */
static void
probe_entry(Probe *probe, const Claim *claims, int nclaims)
{
	ClaimStore *store = probe->store;

	/* Most entries are those just made, about which the heap need not be asked. */
	for (int i = 0; i < nclaims; i++)
	{
		if (ItemPointerEquals((ItemPointer) &claims[i].tid, &probe->scan->xs_heaptid))
			return;
	}

	do
	{
		bool		among = false;

		if (!index_fetch_heap(probe->scan, store->scan_slot))
			continue;
		for (int i = 0; i < nclaims && !among; i++)
			among = claims[i].id == scanned_int64(store, CLAIM_ID);
		if (!among)
			collect_rival(store, claims, nclaims, probe->kind, &probe->found);
	} while (probe->scan->xs_heap_continue);
}

/* All entries of their hash have been taken: notes the edges of these claims. */
static void
probed(Probe *probe, const Claim *claims, int nclaims)
{
	FoundList  *found = &probe->found;

	sort_found(found);
	for (int i = 0; i < found->n; i++)
		note_edge(probe, &claims[found->items[i].claim], found->items[i].id, found->items[i].holder_id);
	found->n = 0;

	/* of two that came together, the later one has found the earlier one */
	for (int i = 0; i < nclaims; i++)
	{
		for (int j = 0; j < nclaims; j++)
		{
			if (claims[i].account_id != claims[j].account_id && claims[i].id > claims[j].id &&
				claims[i].key_length == claims[j].key_length &&
				memcmp(claims[i].key, claims[j].key, claims[i].key_length) == 0)
				note_edge(probe, &claims[i], claims[j].id, claims[j].holder_id);
		}
		CHECK_FOR_INTERRUPTS();
	}
}

/* How many of the claims have the hash of the first. */
static int
same_hash(const Claim *claims, int nclaims)
{
	int			n = 1;

	while (n < nclaims && claims[n].hash == claims[0].hash)
		n++;
	return n;
}

/* Looks every hash up. */
static void
probe_by_descents(Probe *probe, const Claim *claims, int nclaims)
{
	int			n;

	for (int i = 0; i < nclaims; i += n)
	{
		ScanKeyData key;

		n = same_hash(&claims[i], nclaims - i);
		ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum((int64) claims[i].hash));
		index_rescan(probe->scan, &key, 1, NULL, 0);
		while (index_getnext_tid(probe->scan, ForwardScanDirection) != NULL)
		{
			CHECK_FOR_INTERRUPTS();
			probe_entry(probe, &claims[i], n);
		}
		probed(probe, &claims[i], n);
	}
}

/*
 * Reads the index once, beside the claims.  An entry that another transaction makes behind the scan is one whose own
 * probe comes later and finds ours.
 */
static void
probe_by_walk(Probe *probe, const Claim *claims, int nclaims)
{
	IndexScanDesc scan = probe->scan;
	ScanKeyData keys[2];
	int			i = 0;
	int			n = same_hash(claims, nclaims);

	ScanKeyInit(&keys[0], 1, BTGreaterEqualStrategyNumber, F_INT8GE, Int64GetDatum((int64) claims[0].hash));
	ScanKeyInit(&keys[1], 1, BTLessEqualStrategyNumber, F_INT8LE, Int64GetDatum((int64) claims[nclaims - 1].hash));
	scan->xs_want_itup = true;
	index_rescan(scan, keys, 2, NULL, 0);
	while (index_getnext_tid(scan, ForwardScanDirection) != NULL)
	{
		bool		isnull;
		int64		hash = DatumGetInt64(index_getattr(scan->xs_itup, 1, scan->xs_itupdesc, &isnull));

		CHECK_FOR_INTERRUPTS();
		while ((int64) claims[i].hash < hash)
		{
			probed(probe, &claims[i], n);
			i += n;				/* the last one's hash is the end of the scan */
			n = same_hash(&claims[i], nclaims - i);
		}
		if ((int64) claims[i].hash == hash)
			probe_entry(probe, &claims[i], n);
	}
	for (; i < nclaims; i += n)
	{
		n = same_hash(&claims[i], nclaims - i);
		probed(probe, &claims[i], n);
	}
}

/*
 * Finds the rivals of claims that are in the index already, sorted by hash, and writes an edge to each, unless it is
 * known already.
 */
static void
probe_claims(ClaimStore *store, const Claim *claims, int nclaims, const EdgeEnds *known, int nknown)
{
	Relation	index = store->hash_index;
	Probe		probe = {0};
	SnapshotData dirty;
	bool		walk;

	InitDirtySnapshot(dirty);
	walk = nclaims / WALK_CLAIMS_PER_PAGE > RelationGetNumberOfBlocks(index) &&
		(index->rd_indoption[0] & INDOPTION_DESC) == 0;

	probe.store = store;
	probe.known = known;
	probe.nknown = nknown;
	probe.kind = DatumGetTextPP(store->kind);
	probe.scan = icp_index_beginscan(store->claim.rel, index, &dirty, walk ? 2 : 1);
	if (walk)
		probe_by_walk(&probe, claims, nclaims);
	else
		probe_by_descents(&probe, claims, nclaims);
	index_endscan(probe.scan);
	ExecClearTuple(store->scan_slot);
	write_edges(store, probe.edges, probe.nedges);
	if (probe.edges != NULL)
		pfree(probe.edges);
	if (probe.found.items != NULL)
		pfree(probe.found.items);
}

void
icp_claim_store_enter(ClaimStore *store, Claim *claims, int nclaims)
{
	if (nclaims == 0)
		return;
	write_claims(store, claims, nclaims);
	sort_claims(claims, nclaims);
	index_claims(store, claims, nclaims);
	probe_claims(store, claims, nclaims, NULL, 0);
	CommandCounterIncrement();
}


/*
 * ---------------------------------------------------------------------------
 * Changing the claims of a holder
 * ---------------------------------------------------------------------------
 */

static int
compare_hashes(const void *a, const void *b)
{
	uint64		left = *(const uint64 *) a;
	uint64		right = *(const uint64 *) b;

	return left < right ? -1 : left > right;
}

/* Is the claim in the scan slot a live one of this store's kind and holder relation? */
static bool
is_own_live_claim(ClaimStore *store)
{
	text	   *kind = DatumGetTextPP(store->kind);
	bool		isnull;
	Datum		value;

	(void) scanned(store, CLAIM_RELEASED_AT, &isnull);
	if (!isnull)
		return false;
	value = scanned(store, CLAIM_HOLDER, &isnull);
	return !isnull && DatumGetObjectId(value) == store->holder &&
		scanned_text_is(store, CLAIM_KIND, VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind));
}

/* New values of some columns of a claim. */
typedef struct ClaimChange
{
	int			ncolumns;
	ClaimColumn columns[2];
	Datum		values[2];		/* by value */
	bool		isnull[2];
} ClaimChange;

static bool
is_changed_already(ClaimStore *store, const ClaimChange *change)
{
	for (int i = 0; i < change->ncolumns; i++)
	{
		bool		isnull;
		Datum		value = scanned(store, change->columns[i], &isnull);

		if (isnull != change->isnull[i] || (!isnull && value != change->values[i]))
			return false;
	}
	return true;
}

/* The tuple in the scan slot, changed. */
static HeapTuple
changed_copy(ClaimStore *store, const ClaimChange *change)
{
	bool		should_free;
	HeapTuple	old = ExecFetchSlotHeapTuple(store->scan_slot, false, &should_free);
	HeapTuple	new;
	int			columns[2];
	Datum		values[2];
	bool		isnull[2];

	for (int i = 0; i < change->ncolumns; i++)
	{
		columns[i] = store->claim.column[change->columns[i]];
		values[i] = change->values[i];
		isnull[i] = change->isnull[i];
	}
	new = heap_modify_tuple_by_cols(old, RelationGetDescr(store->claim.rel), change->ncolumns, columns, values, isnull);
	if (should_free)
		heap_freetuple(old);
	return new;
}

/* The claim in the scan slot; its key is a copy. */
static void
read_claim(ClaimStore *store, Claim *claim)
{
	bool		isnull;
	text	   *key = DatumGetTextPCopy(scanned(store, CLAIM_KEY, &isnull));

	claim->id = scanned_int64(store, CLAIM_ID);
	claim->hash = (uint64) scanned_int64(store, CLAIM_KEY_HASH);
	claim->holder_id = scanned_int64(store, CLAIM_HOLDER_ID);
	claim->account_id = scanned_int64(store, CLAIM_ACCOUNT_ID);
	claim->approved = DatumGetBool(scanned(store, CLAIM_APPROVED, &isnull));
	claim->province_code = DatumGetInt16(scanned(store, CLAIM_PROVINCE_CODE, &isnull));
	if (isnull)
		claim->province_code = 0;
	claim->key = VARDATA(key);
	claim->key_length = VARSIZE(key) - VARHDRSZ;
	ItemPointerSetInvalid(&claim->tid);	/* of some version */
}

/*
 * Changes the holder's live claims with these hashes; returns how many, in the order of their ids, in "changed",
 * which has room for as many as there are hashes.
 *
 * The holder's row is written by this transaction, so nobody else writes its claims, and "now" (SnapshotSelf) is
 * what this transaction would see anyway.
 */
static int
change_claims(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes, const ClaimChange *change,
			  Claim *changed)
{
	IndexScanDesc scan;
	ScanKeyData key;
	int			n = 0;

	/* what this command entered can be changed only by a later one */
	CommandCounterIncrement();

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(holder_id));
	scan = icp_index_beginscan(store->claim.rel, store->holder_index, SnapshotSelf, 1);
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->scan_slot))
	{
		uint64		hash = (uint64) scanned_int64(store, CLAIM_KEY_HASH);
		ICP_UPDATE_INDEXES update_indexes;
		TupleTableSlot *slot;

		CHECK_FOR_INTERRUPTS();
		if (!is_own_live_claim(store) ||
			bsearch(&hash, hashes, nhashes, sizeof(uint64), compare_hashes) == NULL ||
			is_changed_already(store, change))	/* the version just written */
			continue;

		if (changed != NULL && n < nhashes)
			read_claim(store, &changed[n++]);
		slot = batch_slot(store, &store->claim, 0);
		ExecForceStoreHeapTuple(changed_copy(store, change), slot, true);
		simple_table_tuple_update(store->claim.rel, &store->scan_slot->tts_tid, slot, SnapshotSelf,
								  &update_indexes);
		if (ICP_UPDATE_NEEDS_INDEXES(update_indexes))
			index_tuple(store, store->claim.rri, slot);
		ExecClearTuple(slot);
	}
	index_endscan(scan);
	ExecClearTuple(store->scan_slot);
	CommandCounterIncrement();
	return n;
}

void
icp_claim_store_release(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes)
{
	ClaimChange change = {
		1, {CLAIM_RELEASED_AT}, {TimestampTzGetDatum(GetCurrentStatementStartTimestamp())}, {false}
	};

	change_claims(store, holder_id, hashes, nhashes, &change, NULL);
}

/* Adds the edges at whose one end (that column) the holder is, if there is an index for it. */
static void
add_edges_of_holder(ClaimStore *store, EdgeColumn end, int64 holder_id, EdgeEnds **ends, int *n, int *room)
{
	Writer	   *writer = &store->edge;
	Relation	index = NULL;
	TupleTableSlot *slot;
	IndexScanDesc scan;
	ScanKeyData key;

	for (int i = 0; i < writer->rri->ri_NumIndices && index == NULL; i++)
	{
		Relation	candidate = writer->rri->ri_IndexRelationDescs[i];

		if (candidate->rd_rel->relam == BTREE_AM_OID && candidate->rd_index->indisvalid &&
			candidate->rd_index->indkey.values[0] == writer->column[end] &&
			RelationGetIndexPredicate(candidate) == NIL)
			index = candidate;
	}
	if (index == NULL)
		return;

	slot = table_slot_create(writer->rel, NULL);
	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(holder_id));
	scan = icp_index_beginscan(writer->rel, index, SnapshotSelf, 1);
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, slot))
	{
		bool		isnull;
		int64		claim = DatumGetInt64(slot_getattr(slot, writer->column[EDGE_CLAIM_ID], &isnull));
		int64		rival = DatumGetInt64(slot_getattr(slot, writer->column[EDGE_RIVAL_ID], &isnull));

		CHECK_FOR_INTERRUPTS();
		if (*n == *room)
		{
			*room = *room == 0 ? 64 : *room * 2;
			*ends = *ends == NULL ?
				(EdgeEnds *) palloc_extended(sizeof(EdgeEnds) * (Size) *room, MCXT_ALLOC_HUGE) :
				(EdgeEnds *) repalloc_huge(*ends, sizeof(EdgeEnds) * (Size) *room);
		}
		(*ends)[*n].left = Min(claim, rival);
		(*ends)[(*n)++].right = Max(claim, rival);
	}
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
}

void
icp_claim_store_restate(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes, bool approved,
						int16 province_code)
{
	ClaimChange change = {
		2, {CLAIM_APPROVED, CLAIM_PROVINCE_CODE},
		{BoolGetDatum(approved), Int16GetDatum(province_code)}, {false, province_code == 0}
	};
	Claim	   *changed = palloc_array(Claim, nhashes);
	int			n = change_claims(store, holder_id, hashes, nhashes, &change, changed);

	for (int i = 0; i < n; i++)
		changed[i].province_code = province_code;

	/*
	 * Another's probe that took the old versions from the index before the new ones were there, and looked at them
	 * after this transaction has committed, finds neither.  So whoever writes a version of a live claim probes after
	 * it, as if it were new.  An edge that is there already is not written again; one that another transaction is
	 * just writing may be, and does no harm.
	 */
	if (n > 0)
	{
		EdgeEnds   *known = NULL;
		int			nknown = 0;
		int			room = 0;

		add_edges_of_holder(store, EDGE_CLAIM_HOLDER_ID, holder_id, &known, &nknown, &room);
		add_edges_of_holder(store, EDGE_RIVAL_HOLDER_ID, holder_id, &known, &nknown, &room);
		if (nknown > 1)
			qsort(known, nknown, sizeof(EdgeEnds), compare_ends);
		sort_claims(changed, n);
		probe_claims(store, changed, n, known, nknown);
		if (known != NULL)
			pfree(known);
	}
	CommandCounterIncrement();
	pfree(changed);
}


/*
 * ---------------------------------------------------------------------------
 * Asking
 * ---------------------------------------------------------------------------
 */

/* A live claim of a holder, with its kind, since a holder may have claims of several. */
typedef struct OwnClaim
{
	Claim		claim;
	text	   *kind;
} OwnClaim;

/* The live claims of the holder, of every kind. */
static List *
claims_of_holder(ClaimStore *store, int64 holder_id)
{
	List	   *claims = NIL;
	ScanKeyData key;
	IndexScanDesc scan;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(holder_id));
	scan = icp_index_beginscan(store->claim.rel, store->holder_index, SnapshotSelf, 1);
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->scan_slot))
	{
		bool		isnull;
		Datum		value;
		OwnClaim   *own;

		(void) scanned(store, CLAIM_RELEASED_AT, &isnull);
		if (!isnull)
			continue;
		value = scanned(store, CLAIM_HOLDER, &isnull);
		if (isnull || DatumGetObjectId(value) != store->holder)
			continue;
		own = palloc0_object(OwnClaim);
		read_claim(store, &own->claim);
		own->kind = DatumGetTextPCopy(scanned(store, CLAIM_KIND, &isnull));
		claims = lappend(claims, own);
	}
	index_endscan(scan);
	ExecClearTuple(store->scan_slot);
	return claims;
}

void
icp_claim_store_rivals(ClaimStore *store, int64 holder_id,
					   void (*visit) (const Rival *rival, void *arg), void *arg)
{
	List	   *own_claims = claims_of_holder(store, holder_id);
	FoundList	found = {0};
	SnapshotData dirty;
	IndexScanDesc scan;
	ListCell   *lc;

	InitDirtySnapshot(dirty);
	scan = icp_index_beginscan(store->claim.rel, store->hash_index, &dirty, 1);
	foreach(lc, own_claims)
	{
		OwnClaim   *own = (OwnClaim *) lfirst(lc);
		Datum		key = PointerGetDatum(cstring_to_text_with_len(own->claim.key, own->claim.key_length));

		CHECK_FOR_INTERRUPTS();
		find_rivals(store, scan, &own->claim, own->kind, &found);
		for (int i = 0; i < found.n; i++)
		{
			Rival		rival;

			rival.claim_id = own->claim.id;
			rival.kind = PointerGetDatum(own->kind);
			rival.key = key;
			rival.rival_id = found.items[i].id;
			rival.rival_holder_id = found.items[i].holder_id;
			rival.rival_account_id = found.items[i].account_id;
			rival.rival_holder = found.items[i].holder;
			visit(&rival, arg);
		}
	}
	index_endscan(scan);
}
