/*
 * claim_probe.h
 *	  Looking for rivals in the claim index.  For the claim store's own files.
 */
#ifndef ICP_CLAIM_PROBE_H
#define ICP_CLAIM_PROBE_H

#include "triggers/claim_table.h"

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

/* The claims that an edge joins, the earlier one first. */
typedef struct EdgeEnds
{
	int64		left;
	int64		right;
} EdgeEnds;

extern int	claim_compare_ends(const void *a, const void *b);

/* Sorts claims by hash, as the index does. */
extern void claim_sort(Claim *claims, size_t nclaims);

/*
 * Adds the live claims of other accounts for the same kind and key, as those of claim "number".  The scan is one of the
 * hash index, whose snapshot decides which are live.
 */
extern void claim_find_rivals(ClaimStore *store, IndexScanDesc scan, const Claim *claim, int number, text *kind,
							  FoundList *found);

/* Puts what was found in the order of the claims and the rivals' ids, with each rival once. */
extern void claim_sort_found(FoundList *found);

/* How many of the claims, sorted by hash, have the hash of the first. */
extern int	claim_same_hash(const Claim *claims, int nclaims);

/*
 * Finds the rivals of claims that are in the index already, sorted by hash, and writes an edge to each, unless it is
 * among the known ones, which are sorted.
 */
extern void claim_probe(ClaimStore *store, const Claim *claims, int nclaims, const EdgeEnds *known, int nknown);

#endif							/* ICP_CLAIM_PROBE_H */
