/*
 * claim_probe.c
 *	  Looking for rivals in the claim index, with a dirty snapshot.
 *
 * What is probed has been entered already: of two concurrent claimants, whoever probes last finds the other's entry,
 * at every isolation level, and nobody takes a lock or waits (3 Q17; doc/decisions.md, Conflicts).
 */
#include "postgres.h"

#include "compat.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/tableam.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "triggers/claim_probe.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Edges are gathered up to so many before they are written. */
#define EDGES_AT_ONCE 65536

/* With so many claims for each page of the index, reading all of it is quicker than looking each claim up. */
#define WALK_CLAIMS_PER_PAGE 8

/*
 * Is the claim in the scan slot a live one of another account for the same kind and key?  (The index knows only
 * the hash.)
 */
static bool
is_rival(ClaimStore *store, const Claim *claim, const char *kind, int32 kind_length)
{
	bool		isnull;

	if (claim_scanned_int64(store, CLAIM_ID) == claim->id ||
		claim_scanned_int64(store, CLAIM_ACCOUNT_ID) == claim->account_id)
		return false;
	(void) claim_scanned(store, CLAIM_RELEASED_AT, &isnull);
	if (!isnull)
		return false;
	return claim_scanned_text_is(store, CLAIM_KEY, claim->key, claim->key_length) &&
		claim_scanned_text_is(store, CLAIM_KIND, kind, kind_length);
}

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
void
claim_sort_found(FoundList *found)
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

/* Adds the claim in the scan slot, once for each of the claims, numbered from "first", whose rival it is. */
static void
collect_rival(ClaimStore *store, const Claim *claims, int nclaims, int first, text *kind, FoundList *found)
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
		rival->claim = first + i;
		rival->id = claim_scanned_int64(store, CLAIM_ID);
		rival->holder_id = claim_scanned_int64(store, CLAIM_HOLDER_ID);
		rival->account_id = claim_scanned_int64(store, CLAIM_ACCOUNT_ID);
		rival->holder = DatumGetObjectId(claim_scanned(store, CLAIM_HOLDER, &isnull));
	}
}

void
claim_find_rivals(ClaimStore *store, IndexScanDesc scan, const Claim *claim, int number, text *kind, FoundList *found)
{
	ScanKeyData key;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum((int64) claim->hash));
	index_rescan(scan, &key, 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, store->scan_slot))
	{
		CHECK_FOR_INTERRUPTS();
		collect_rival(store, claim, 1, number, kind, found);
	}
	ExecClearTuple(store->scan_slot);
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
#define ST_SORT claim_sort
#define ST_ELEMENT_TYPE Claim
#define ST_COMPARE(a, b) \
	((int64) (a)->hash < (int64) (b)->hash ? -1 : (int64) (a)->hash > (int64) (b)->hash)
#define ST_SCOPE
#define ST_DEFINE
#include "lib/sort_template.h"

int
claim_compare_ends(const void *a, const void *b)
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
		bsearch(&ends, probe->known, probe->nknown, sizeof(EdgeEnds), claim_compare_ends) != NULL)
		return;
	edge.claim_id = claim->id;
	edge.claim_holder_id = claim->holder_id;
	edge.rival_id = rival_id;
	edge.rival_holder_id = rival_holder_id;
	edge.province_code = claim->province_code;
	add_edge(&probe->edges, &probe->nedges, &probe->room, &edge);
	/* n claims of one key make n * n / 2 edges */
	if (probe->nedges >= EDGES_AT_ONCE)
	{
		claim_write_edges(probe->store, probe->edges, probe->nedges);
		probe->nedges = 0;
	}
}

/* Takes the index entry at which the scan stands, of the same hash as the claims. */
static void
probe_entry(Probe *probe, const Claim *claims, int nclaims)
{
	ClaimStore *store = probe->store;

	/* Most entries are those just made, about which the heap need not be asked. */
	for (int i = 0; i < nclaims; i++)
	{
		/* (a claim that was restated does not know where its newest version is) */
		if (ItemPointerIsValid(&claims[i].tid) &&
			ItemPointerEquals((ItemPointer) &claims[i].tid, &probe->scan->xs_heaptid))
			return;
	}

	do
	{
		bool		among = false;

		if (!index_fetch_heap(probe->scan, store->scan_slot))
			continue;
		for (int i = 0; i < nclaims && !among; i++)
			among = claims[i].id == claim_scanned_int64(store, CLAIM_ID);
		if (!among)
			collect_rival(store, claims, nclaims, 0, probe->kind, &probe->found);
	} while (probe->scan->xs_heap_continue);
}

/* All entries of their hash have been taken: notes the edges of these claims. */
static void
probed(Probe *probe, const Claim *claims, int nclaims)
{
	FoundList  *found = &probe->found;

	claim_sort_found(found);
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
int
claim_same_hash(const Claim *claims, int nclaims)
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

		n = claim_same_hash(&claims[i], nclaims - i);
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
	int			n = claim_same_hash(claims, nclaims);

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
			n = claim_same_hash(&claims[i], nclaims - i);
		}
		if ((int64) claims[i].hash == hash)
			probe_entry(probe, &claims[i], n);
	}
	for (; i < nclaims; i += n)
	{
		n = claim_same_hash(&claims[i], nclaims - i);
		probed(probe, &claims[i], n);
	}
}

/*
 * Finds the rivals of claims that are in the index already, sorted by hash, and writes an edge to each, unless it is
 * known already.
 */
void
claim_probe(ClaimStore *store, const Claim *claims, int nclaims, const EdgeEnds *known, int nknown)
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
	claim_write_edges(store, probe.edges, probe.nedges);
	if (probe.edges != NULL)
		pfree(probe.edges);
	if (probe.found.items != NULL)
		pfree(probe.found.items);
}
