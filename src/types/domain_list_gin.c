/*
 * domain_list_gin.c
 *	  GIN over the domains of lists.
 *
 * A key of the index is the 64-bit hash of a domain, as icp.domain_name's hash class computes it: a third smaller
 * than an index of the domains themselves, and numbers to compare.  Two domains may share a hash, and who wants
 * such a pair can make one, so what the index finds is checked against the row; what it does not find is not there.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "common/hashfn.h"
#include "compat.h"

#include "types/domain_list_datum.h"

#define OVERLAP_STRATEGY 1
#define CONTAINS_STRATEGY 2
#define CONTAINED_STRATEGY 3
#define EQUAL_STRATEGY 4
#define HAS_STRATEGY 5			/* @> of one domain */

ICP_FUNCTION(icp_domain_list_gin_extract);
ICP_FUNCTION(icp_domain_list_gin_query);
ICP_FUNCTION(icp_domain_list_gin_consistent);
ICP_FUNCTION(icp_domain_list_gin_triconsistent);

/* Also the result of icp_domain_name_hash_extended with seed 0; stored in indexes, so never to be changed. */
static inline Datum
hash_of(const uint8_t *key, size_t keylen)
{
	return Int64GetDatum((int64) hash_bytes_extended(key, (int) keylen, 0));
}

static Datum *
keys_of(const IcpDomainList *list, int32 *nkeys)
{
	size_t		n = icp_list_count(ICP_LIST_DATA(list), ICP_LIST_SIZE(list));
	Datum	   *keys = palloc(sizeof(Datum) * Max(n, 1));
	IcpListCursor c;

	*nkeys = 0;
	icp_list_open(&c, list);
	while (icp_list_next(&c))
		keys[(*nkeys)++] = hash_of(c.key, c.keylen);
	return keys;
}

Datum
icp_domain_list_gin_extract(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);

	PG_RETURN_POINTER(keys_of(list, nkeys));
}

Datum
icp_domain_list_gin_query(PG_FUNCTION_ARGS)
{
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	int32	   *mode = (int32 *) PG_GETARG_POINTER(6);
	Datum	   *keys;

	if (strategy == HAS_STRATEGY)
	{
		IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);

		keys = palloc(sizeof(Datum));
		keys[0] = hash_of(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));
		*nkeys = 1;
		PG_RETURN_POINTER(keys);
	}
	keys = keys_of(PG_GETARG_DOMAIN_LIST_PP(0), nkeys);
	switch (strategy)
	{
		case OVERLAP_STRATEGY:
			*mode = GIN_SEARCH_MODE_DEFAULT;
			break;
		case CONTAINS_STRATEGY:
			/* everything contains the empty list */
			*mode = *nkeys > 0 ? GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_ALL;
			break;
		case CONTAINED_STRATEGY:
			/* the empty list is contained in everything */
			*mode = GIN_SEARCH_MODE_INCLUDE_EMPTY;
			break;
		case EQUAL_STRATEGY:
			*mode = *nkeys > 0 ? GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_INCLUDE_EMPTY;
			break;
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
	}
	PG_RETURN_POINTER(keys);
}

Datum
icp_domain_list_gin_consistent(PG_FUNCTION_ARGS)
{
	bool	   *check = (bool *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	int32		i;

	*recheck = true;
	switch (strategy)
	{
		case OVERLAP_STRATEGY:
		case HAS_STRATEGY:
			/* at least one key is there, or the item would not have come */
		case CONTAINED_STRATEGY:
			PG_RETURN_BOOL(true);
		case CONTAINS_STRATEGY:
		case EQUAL_STRATEGY:
			for (i = 0; i < nkeys; i++)
				if (!check[i])
					PG_RETURN_BOOL(false);
			PG_RETURN_BOOL(true);
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
	}
	PG_RETURN_BOOL(false);
}

Datum
icp_domain_list_gin_triconsistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	GinTernaryValue result;
	int32		i;

	/* never GIN_TRUE: the row has the last word */
	switch (strategy)
	{
		case OVERLAP_STRATEGY:
		case HAS_STRATEGY:
			result = GIN_FALSE;
			for (i = 0; i < nkeys && result == GIN_FALSE; i++)
				if (check[i] != GIN_FALSE)
					result = GIN_MAYBE;
			break;
		case CONTAINED_STRATEGY:
			result = GIN_MAYBE;
			break;
		case CONTAINS_STRATEGY:
		case EQUAL_STRATEGY:
			result = GIN_MAYBE;
			for (i = 0; i < nkeys && result != GIN_FALSE; i++)
				if (check[i] == GIN_FALSE)
					result = GIN_FALSE;
			break;
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
	}
	PG_RETURN_GIN_TERNARY_VALUE(result);
}
