/*
 * domain_list_gin.c
 *	  GIN over the domains of lists.
 *
 * A key of the index is an icp.domain_name, exact, so overlap and containment need no recheck; equality and
 * "contained in" cannot see the domains that the query lacks, and do.
 */
#include "postgres.h"

#include "compat.h"
#include "access/gin.h"
#include "access/stratnum.h"

#include "types/domain_list.h"

#define OVERLAP_STRATEGY 1
#define CONTAINS_STRATEGY 2
#define CONTAINED_STRATEGY 3
#define EQUAL_STRATEGY 4
#define HAS_STRATEGY 5			/* @> of one domain */

ICP_FUNCTION(icp_domain_list_gin_extract);
ICP_FUNCTION(icp_domain_list_gin_query);
ICP_FUNCTION(icp_domain_list_gin_consistent);
ICP_FUNCTION(icp_domain_list_gin_triconsistent);

static Datum *
keys_of(const IcpDomainList *list, int32 *nkeys)
{
	size_t		n = icp_list_count(ICP_LIST_DATA(list), ICP_LIST_SIZE(list));
	Datum	   *keys = palloc(sizeof(Datum) * Max(n, 1));
	IcpListCursor c;

	*nkeys = 0;
	icp_list_open(&c, list);
	while (icp_list_next(&c))
		keys[(*nkeys)++] = PointerGetDatum(icp_domain_name_make(c.key, c.keylen));
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
		keys = palloc(sizeof(Datum));
		keys[0] = PointerGetDatum(PG_GETARG_DOMAIN_NAME_PP(0));
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

	switch (strategy)
	{
		case OVERLAP_STRATEGY:
		case HAS_STRATEGY:
			/* at least one key is there, or the item would not have come */
			*recheck = false;
			PG_RETURN_BOOL(true);
		case CONTAINED_STRATEGY:
			*recheck = true;
			PG_RETURN_BOOL(true);
		case CONTAINS_STRATEGY:
		case EQUAL_STRATEGY:
			*recheck = strategy == EQUAL_STRATEGY;
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

	switch (strategy)
	{
		case OVERLAP_STRATEGY:
		case HAS_STRATEGY:
			result = GIN_FALSE;
			for (i = 0; i < nkeys && result != GIN_TRUE; i++)
				if (check[i] != GIN_FALSE)
					result = check[i];
			break;
		case CONTAINED_STRATEGY:
			result = GIN_MAYBE;
			break;
		case CONTAINS_STRATEGY:
		case EQUAL_STRATEGY:
			result = strategy == EQUAL_STRATEGY ? GIN_MAYBE : GIN_TRUE;
			for (i = 0; i < nkeys; i++)
			{
				if (check[i] == GIN_FALSE)
				{
					result = GIN_FALSE;
					break;
				}
				if (check[i] == GIN_MAYBE)
					result = GIN_MAYBE;
			}
			break;
		default:
			elog(ERROR, "unrecognized strategy number: %d", strategy);
	}
	PG_RETURN_GIN_TERNARY_VALUE(result);
}
