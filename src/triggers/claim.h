/*
 * claim.h
 *	  A claim, and what stands against it: what the claim store's files pass each other.
 */
#ifndef ICP_CLAIM_H
#define ICP_CLAIM_H

#include "storage/itemptr.h"
#include "utils/rel.h"

typedef struct Claim
{
	uint64		hash;			/* icp_claim_hash(kind, key) */
	int64		holder_id;		/* the holder row's id */
	int64		account_id;		/* whose row it is */
	int64		id;				/* given when it is entered */
	const char *key;
	int32		key_length;
	ItemPointerData tid;		/* where it was written */
	int16		province_code;	/* GB/T 2260, 0 = unknown */
	bool		approved;		/* the holder is a filed record */
} Claim;

/* What a probe found beside a claim. */
typedef struct Rival
{
	int64		claim_id;
	int64		rival_id;
	int64		rival_holder_id;
	int64		rival_account_id;
	Oid			rival_holder;
	Datum		kind;			/* text */
	Datum		key;			/* text */
} Rival;

typedef struct ClaimStore ClaimStore;

/*
 * Opens the claim table and its edge table (same schema, name with "_edge" behind it).  user must be allowed to
 * write them; kind and holder are those of the claims that will be entered or released.  Fails with 42P01 if a
 * table is missing, 42804 if its columns are not those of a claim table, 42501 without the right.
 */
extern ClaimStore *icp_claim_store_open(Oid claim_relid, Oid user, const char *kind, Oid holder);
extern void icp_claim_store_close(ClaimStore *store);

#endif							/* ICP_CLAIM_H */
