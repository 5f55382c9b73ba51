/*
 * claim_key.h
 *	  From a column's value to the keys it claims.
 */
#ifndef ICP_CLAIM_KEY_H
#define ICP_CLAIM_KEY_H

#include "utils/rel.h"

/* The kinds of claim whose text is normalised before it is compared (3 Q17). */
#define CLAIM_KIND_DOMAIN "domain"
#define CLAIM_KIND_HOMEPAGE "homepage"
#define CLAIM_KIND_SPONSOR_NAME "sponsor_name"

typedef enum ClaimKeySource
{
	CLAIM_KEY_DOMAIN_LIST,		/* icp.domain_list: each of its names */
	CLAIM_KEY_DOMAIN_NAME,		/* icp.domain_name */
	CLAIM_KEY_DOMAIN_TEXT,		/* text under kind domain: as a domain, if it is one */
	CLAIM_KEY_HOMEPAGE,			/* text under kind homepage: icp.homepage_key */
	CLAIM_KEY_NAME,				/* text under kind sponsor_name: icp.name_key */
	CLAIM_KEY_TEXT				/* text under any other kind: as it stands */
} ClaimKeySource;

/* Fails with 42804 where values of that column's type cannot be claimed. */
extern ClaimKeySource icp_claim_key_source(Relation rel, AttrNumber attnum, const char *kind);

typedef void (*ClaimKeyVisitor) (const char *key, int32 length, void *arg);

/* Calls visit for every key of the value; the key's bytes live in the current memory context. */
extern void icp_claim_keys(ClaimKeySource source, Datum value, ClaimKeyVisitor visit, void *arg);

#endif							/* ICP_CLAIM_KEY_H */
