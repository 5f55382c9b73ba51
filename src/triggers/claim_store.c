/*
 * claim_store.c
 *	  The tables of claims and of the edges between them, written and probed without the executor.
 *
 * Claims are entered first, a batch at a time: the heap and most indexes in the order of the rows, which is nearly
 * that of the holders' ids, and the indexes that begin with the hash in the order of the hashes, so that each index
 * is walked from left to right.  Only then is the index probed, with a dirty snapshot, as exclusion constraints
 * do: of two concurrent claimants, whoever probes last finds the other's entry, at every isolation level, and
 * nobody takes a lock or waits (3 Q17; doc/decisions.md, Conflicts).  Most claims need no probe: the insertion itself tells,
 * as it does for deferrable unique constraints, that no entry of their hash was there, and whoever enters one later
 * meets theirs.  Nothing here reads with an MVCC snapshot, so detection leaves no predicate locks behind and cannot
 * itself cause a serialization failure.
 *
 * The claim table needs a btree index whose first column is key_hash (partial on released_at IS NULL, say) and one
 * whose first column is holder_id.
 */
#include "postgres.h"

#include "compat.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "triggers/claim_probe.h"
#include "triggers/claim_store.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

/* Moves the claims of those hashes to the front of which any is contested; returns how many. */
static int
keep_contested(Claim *claims, int nclaims, const bool *contested)
{
	int			kept = 0;
	int			n;

	for (int i = 0; i < nclaims; i += n)
	{
		bool		any = false;

		n = claim_same_hash(&claims[i], nclaims - i);
		for (int j = i; j < i + n; j++)
			any = any || contested[j];
		if (!any)
			continue;
		memmove(&claims[kept], &claims[i], sizeof(Claim) * n);
		kept += n;
	}
	return kept;
}

void
icp_claim_store_enter(ClaimStore *store, Claim *claims, int nclaims)
{
	bool	   *contested;

	if (nclaims == 0)
		return;
	contested = (bool *) palloc_extended(sizeof(bool) * (Size) nclaims, MCXT_ALLOC_HUGE);
	claim_write(store, claims, nclaims);
	claim_sort(claims, nclaims);
	claim_index(store, claims, nclaims, contested);
	nclaims = keep_contested(claims, nclaims, contested);
	if (nclaims > 0)
		claim_probe(store, claims, nclaims, NULL, 0);
	pfree(contested);
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

	(void) claim_scanned(store, CLAIM_RELEASED_AT, &isnull);
	if (!isnull)
		return false;
	value = claim_scanned(store, CLAIM_HOLDER, &isnull);
	return !isnull && DatumGetObjectId(value) == store->holder &&
		claim_scanned_text_is(store, CLAIM_KIND, VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind));
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
		Datum		value = claim_scanned(store, change->columns[i], &isnull);

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

/*
 * A claim without kind or key is none of ours.  The table of claims may be anybody's (find_rivals), made without
 * NOT NULL.
 */
static bool
scanned_is_whole(ClaimStore *store)
{
	bool		nokind;
	bool		nokey;

	(void) claim_scanned(store, CLAIM_KIND, &nokind);
	(void) claim_scanned(store, CLAIM_KEY, &nokey);
	return !nokind && !nokey;
}

/* The claim in the scan slot, which is whole; its key is a copy. */
static void
read_claim(ClaimStore *store, Claim *claim)
{
	bool		isnull;
	text	   *key = DatumGetTextPCopy(claim_scanned(store, CLAIM_KEY, &isnull));

	claim->id = claim_scanned_int64(store, CLAIM_ID);
	claim->hash = (uint64) claim_scanned_int64(store, CLAIM_KEY_HASH);
	claim->holder_id = claim_scanned_int64(store, CLAIM_HOLDER_ID);
	claim->account_id = claim_scanned_int64(store, CLAIM_ACCOUNT_ID);
	claim->approved = DatumGetBool(claim_scanned(store, CLAIM_APPROVED, &isnull));
	claim->province_code = DatumGetInt16(claim_scanned(store, CLAIM_PROVINCE_CODE, &isnull));
	if (isnull)
		claim->province_code = 0;
	claim->key = VARDATA(key);
	claim->key_length = VARSIZE(key) - VARHDRSZ;
	ItemPointerSetInvalid(&claim->tid); /* of some version */
}

static ICP_NORETURN void
claim_changed_elsewhere(ClaimStore *store)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access to the claims in \"%s\" due to concurrent update",
					RelationGetRelationName(store->claim.rel)),
			 errhint("Ids of a table with claims should be unique, so that who writes the row alone writes its claims.")));
}

/*
 * Writes a new version of the claim in the scan slot.  Whose id is not unique in the table with the trigger has rows
 * that share their claims, and then somebody else may be writing them, too.
 */
static void
update_claim(ClaimStore *store, TupleTableSlot *slot, ICP_UPDATE_INDEXES * update_indexes)
{
	TM_FailureData failure;
	LockTupleMode mode;

	switch (table_tuple_update(store->claim.rel, &store->scan_slot->tts_tid, slot, GetCurrentCommandId(true),
							   SnapshotSelf, InvalidSnapshot, true, &failure, &mode, update_indexes))
	{
		case TM_Ok:
			return;
		case TM_SelfModified:
			ereport(ERROR,
					(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
					 errmsg("a claim of \"%s\" was already changed by what the current command triggered",
							RelationGetRelationName(store->claim.rel))));
			break;
		default:
			claim_changed_elsewhere(store);
	}
}

/* A version of a claim that is to be changed. */
typedef struct ClaimVersion
{
	int64		hash;
	ItemPointerData tid;
} ClaimVersion;

static int
compare_versions(const void *a, const void *b)
{
	const ClaimVersion *left = (const ClaimVersion *) a;
	const ClaimVersion *right = (const ClaimVersion *) b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return ItemPointerCompare((ItemPointer) &left->tid, (ItemPointer) &right->tid);
}

/* The holder's live claims with these hashes that are not yet as they should be, in the order of the hash index. */
static ClaimVersion *
find_versions(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes, const ClaimChange *change,
			  int *nversions)
{
	ClaimVersion *versions = NULL;
	int			n = 0;
	int			room = 0;
	IndexScanDesc scan;
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(holder_id));
	scan = icp_index_beginscan(store->claim.rel, store->holder_index, SnapshotSelf, 1);
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->scan_slot))
	{
		uint64		hash = (uint64) claim_scanned_int64(store, CLAIM_KEY_HASH);

		CHECK_FOR_INTERRUPTS();
		if (!scanned_is_whole(store) ||
			!is_own_live_claim(store) ||
			bsearch(&hash, hashes, nhashes, sizeof(uint64), compare_hashes) == NULL ||
			is_changed_already(store, change))
			continue;
		if (n == room)
		{
			room = room == 0 ? 8 : room * 2;
			versions = versions == NULL ? palloc_array(ClaimVersion, room) : repalloc_array(versions, ClaimVersion, room);
		}
		versions[n].hash = (int64) hash;
		versions[n++].tid = store->scan_slot->tts_tid;
	}
	index_endscan(scan);
	ExecClearTuple(store->scan_slot);
	if (n > 1)
		qsort(versions, n, sizeof(ClaimVersion), compare_versions);
	*nversions = n;
	return versions;
}

/*
 * Changes the holder's live claims with these hashes; returns how many, in the order of the hash index, in "changed",
 * which has room for as many as there are hashes.
 *
 * The holder's row is written by this transaction, so nobody else writes its claims, and "now" (SnapshotSelf) is
 * what this transaction would see anyway.  They are written in the order of the hash, as claim_index() enters them:
 * where a unique index keeps one waiting for another, two that file the same keys do not wait for each other.
 */
static int
change_claims(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes, const ClaimChange *change,
			  Claim *changed)
{
	ClaimVersion *versions;
	int			nversions;
	int			n = 0;

	/* what executor and subscribers need to find a row again holds for what is written past it */
	CheckCmdReplicaIdentity(store->claim.rel, CMD_UPDATE);

	/* what this command entered can be changed only by a later one */
	CommandCounterIncrement();

	versions = find_versions(store, holder_id, hashes, nhashes, change, &nversions);
	for (int i = 0; i < nversions; i++)
	{
		ICP_UPDATE_INDEXES update_indexes;
		TupleTableSlot *slot;

		CHECK_FOR_INTERRUPTS();
		if (!table_tuple_fetch_row_version(store->claim.rel, &versions[i].tid, SnapshotSelf, store->scan_slot))
			claim_changed_elsewhere(store);
		if (changed != NULL && n < nhashes)
			read_claim(store, &changed[n++]);
		slot = claim_batch_slot(store, &store->claim, 0);
		ExecForceStoreHeapTuple(changed_copy(store, change), slot, true);
		update_claim(store, slot, &update_indexes);
		if (ICP_UPDATE_NEEDS_INDEXES(update_indexes))
			claim_index_tuple(store, store->claim.rri, slot);
		ExecClearTuple(slot);
	}
	ExecClearTuple(store->scan_slot);
	if (versions != NULL)
		pfree(versions);
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
			qsort(known, nknown, sizeof(EdgeEnds), claim_compare_ends);
		claim_sort(changed, n);
		claim_probe(store, changed, n, known, nknown);
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

/* The live claims of a holder, with their kinds, since a holder may have claims of several. */
typedef struct OwnClaims
{
	Claim	   *claims;
	text	  **kinds;
	int			n;
	int			room;
} OwnClaims;

static bool
is_known(const OwnClaims *own, int64 id)
{
	for (int i = 0; i < own->n; i++)
	{
		if (own->claims[i].id == id)
			return true;
	}
	return false;
}

/* Adds those live claims of the holder, of every kind, that are not among them yet. */
static void
add_claims_of_holder(ClaimStore *store, int64 holder_id, Snapshot snapshot, OwnClaims *own)
{
	int			before = own->n;
	ScanKeyData key;
	IndexScanDesc scan;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(holder_id));
	scan = icp_index_beginscan(store->claim.rel, store->holder_index, snapshot, 1);
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->scan_slot))
	{
		bool		isnull;
		Datum		value;

		CHECK_FOR_INTERRUPTS();
		(void) claim_scanned(store, CLAIM_RELEASED_AT, &isnull);
		if (!isnull || !scanned_is_whole(store))
			continue;
		value = claim_scanned(store, CLAIM_HOLDER, &isnull);
		if (isnull || DatumGetObjectId(value) != store->holder)
			continue;
		if (before > 0 && is_known(own, claim_scanned_int64(store, CLAIM_ID)))
			continue;
		if (own->n == own->room)
		{
			own->room = own->room == 0 ? 8 : own->room * 2;
			own->claims = own->claims == NULL ? palloc_array(Claim, own->room) :
				repalloc_array(own->claims, Claim, own->room);
			own->kinds = own->kinds == NULL ? palloc_array(text *, own->room) :
				repalloc_array(own->kinds, text *, own->room);
		}
		read_claim(store, &own->claims[own->n]);
		own->kinds[own->n++] = DatumGetTextPCopy(claim_scanned(store, CLAIM_KIND, &isnull));
	}
	index_endscan(scan);
	ExecClearTuple(store->scan_slot);
}

static void
add_rivals(ClaimStore *store, const OwnClaims *own, Snapshot snapshot, FoundList *found)
{
	IndexScanDesc scan = icp_index_beginscan(store->claim.rel, store->hash_index, snapshot, 1);

	for (int i = 0; i < own->n; i++)
		claim_find_rivals(store, scan, &own->claims[i], i, own->kinds[i], found);
	index_endscan(scan);
}

/*
 * A scan that shows what is there "now" takes the entries of a page first and asks the table later.  Who rewrites a claim
 * in between (his row is filed, or moves) and commits is seen in neither version: the old one is dead by then, and the
 * entry of the new one was not yet on the page.  So everything is read twice: as it is now, which shows transactions in
 * progress, and then with a snapshot taken after that, which shows one version of all that had been committed by then,
 * at every isolation level.
 */
void
icp_claim_store_rivals(ClaimStore *store, int64 holder_id,
					   void (*visit) (const Rival *rival, void *arg), void *arg)
{
	OwnClaims	own = {0};
	FoundList	found = {0};
	SnapshotData dirty;
	Snapshot	latest;

	InitDirtySnapshot(dirty);
	add_claims_of_holder(store, holder_id, SnapshotSelf, &own);
	latest = RegisterSnapshot(GetLatestSnapshot());
	add_claims_of_holder(store, holder_id, latest, &own);
	UnregisterSnapshot(latest);

	add_rivals(store, &own, &dirty, &found);
	latest = RegisterSnapshot(GetLatestSnapshot());
	add_rivals(store, &own, latest, &found);
	UnregisterSnapshot(latest);

	claim_sort_found(&found);
	for (int i = 0; i < found.n; i++)
	{
		const Found *item = &found.items[i];
		const Claim *claim = &own.claims[item->claim];
		Rival		rival;

		rival.claim_id = claim->id;
		rival.kind = PointerGetDatum(own.kinds[item->claim]);
		rival.key = PointerGetDatum(cstring_to_text_with_len(claim->key, claim->key_length));
		rival.rival_id = item->id;
		rival.rival_holder_id = item->holder_id;
		rival.rival_account_id = item->account_id;
		rival.rival_holder = item->holder;
		visit(&rival, arg);
	}
}
