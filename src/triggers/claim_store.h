/*
 * claim_store.h
 *	  The tables of claims and of the edges between them, written and probed without the executor.
 *
 * A claim says: this row (holder) of this account claims this key of this kind (3 Q17).  An edge says: when this
 * claim was entered, that live claim of another account was there.  Two live claims with an edge in either
 * direction are one conflict.
 */
#ifndef ICP_CLAIM_STORE_H
#define ICP_CLAIM_STORE_H

#include "triggers/claim.h"

/* Enters the claims (their order is changed), then probes for rivals and writes the edges. */
extern void icp_claim_store_enter(ClaimStore *store, Claim *claims, int nclaims);

/* Marks the holder's live claims with these hashes (sorted) as released. */
extern void icp_claim_store_release(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes);

/*
 * Notes at the holder's live claims with these hashes (sorted) whether they are those of a filed record, and their
 * province; then probes for rivals again, and writes the edges.
 */
extern void icp_claim_store_restate(ClaimStore *store, int64 holder_id, const uint64 *hashes, int nhashes,
									bool approved, int16 province_code);

/*
 * Calls visit for each live claim of another account that stands against a live claim of the holder, those of
 * transactions in progress included.
 */
extern void icp_claim_store_rivals(ClaimStore *store, int64 holder_id,
								   void (*visit) (const Rival *rival, void *arg), void *arg);

#endif							/* ICP_CLAIM_STORE_H */
