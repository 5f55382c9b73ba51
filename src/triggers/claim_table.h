/*
 * claim_table.h
 *	  The claim table and its edge table, opened and written without the executor.  For the claim store's own files.
 */
#ifndef ICP_CLAIM_TABLE_H
#define ICP_CLAIM_TABLE_H

#include "nodes/execnodes.h"
#include "triggers/claim.h"

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

/* A table written without the executor's plan nodes: its relation, its indexes, its sequence. */
typedef struct Writer
{
	Relation	rel;
	ResultRelInfo *rri;			/* with all indexes */
	Oid			sequence;		/* behind the identity column id, once it is known */
	AttrNumber	column[CLAIM_NCOLUMNS]; /* attribute numbers by ClaimColumn or EdgeColumn */
	TupleTableSlot **slots;		/* made as they are needed */
	int			nslots;
} Writer;

struct ClaimStore
{
	MemoryContext context;
	EState	   *estate;
	Writer		claim;
	Writer		edge;
	ResultRelInfo *hash_rri;	/* the claim table with the indexes that begin with key_hash, but for hash_info's */
	ResultRelInfo *other_rri;	/* and with the others */
	Relation	hash_index;
	IndexInfo  *hash_info;		/* of hash_index, if it can tell of itself whether a hash is new; otherwise NULL */
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

/* A value of the claim in the scan slot. */
static inline Datum
claim_scanned(ClaimStore *store, ClaimColumn column, bool *isnull)
{
	return slot_getattr(store->scan_slot, store->claim.column[column], isnull);
}

static inline int64
claim_scanned_int64(ClaimStore *store, ClaimColumn column)
{
	bool		isnull;
	Datum		value = claim_scanned(store, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

/* Is that text of the claim in the scan slot the expected one? */
extern bool claim_scanned_text_is(ClaimStore *store, ClaimColumn column, const char *expected, int32 length);

/* Sets a column of a slot of the batch. */
static inline void
claim_set_column(TupleTableSlot *slot, AttrNumber column, Datum value)
{
	slot->tts_values[column - 1] = value;
	slot->tts_isnull[column - 1] = false;
}

/* An empty slot number i of the batch, all of its columns NULL. */
extern TupleTableSlot *claim_batch_slot(ClaimStore *store, Writer *writer, int i);

/* Enters a written tuple into the indexes of rri. */
extern void claim_index_tuple(ClaimStore *store, ResultRelInfo *rri, TupleTableSlot *slot);

/* Writes claims into the heap and into the indexes that do not begin with the hash; gives them their ids. */
extern void claim_write(ClaimStore *store, Claim *claims, int nclaims);

/*
 * Enters claims, sorted by hash, into the indexes that begin with it, and tells of each whether an entry of its hash
 * may be there beside it.  Where it says no, none was there at that moment, and who enters one later finds this one.
 */
extern void claim_index(ClaimStore *store, const Claim *claims, int nclaims, bool *contested);

extern void claim_write_edges(ClaimStore *store, const Edge *edges, int nedges);

#endif							/* ICP_CLAIM_TABLE_H */
