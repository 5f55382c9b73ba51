/*
 * domain_list_analyze.c
 *	  ANALYZE for icp.domain_list: the most common domains, and how common the others are.
 *
 * Domains are counted by 64-bit hashes, eight bytes each, sorted; only those that turn out to be common are
 * then looked up in the sample again.  How often a domain occurs that is not listed follows from an estimate
 * of the number of different domains in the table: that of a domain seen in the sample once is mostly one
 * row.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "commands/vacuum.h"
#include "common/hashfn.h"
#include "compat.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "types/domain_list_datum.h"
#include "types/domain_list_stats.h"

ICP_FUNCTION(icp_domain_list_typanalyze);

/* Lists wider than this are left out, as core does with arrays: they would cost memory and tell little. */
#define LIST_WIDTH_MAX 0x10000

/* No more domains than this are counted; what is sampled beyond counts as not sampled. */
#define SAMPLE_DOMAINS_MAX (8 * 1024 * 1024)

/*
 * Seen less often than this in a part of the table, a domain's frequency is too uncertain to be kept: of the
 * many domains that are rare, some are seen a few times by chance and would be taken for three times as
 * common as they are.
 */
#define SEEN_MIN 8

typedef struct ListAnalyze
{
	AnalyzeAttrComputeStatsFunc std_compute_stats;
	void	   *std_extra_data;
	Oid			domain_type;
	Oid			domain_eq;
} ListAnalyze;

typedef struct Common
{
	uint64		hash;
	int			count;
	uint8_t    *key;			/* copied once found in the sample again */
	size_t		keylen;
} Common;

static void compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows, double totalrows);

Datum
icp_domain_list_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	ListAnalyze *extra;
	HeapTuple	tuple;
	Oid			schema;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);

	/* the domain's type stands beside the list's; the column may be of a domain (CREATE DOMAIN) over it */
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(getBaseType(stats->attrtypid)));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", stats->attrtypid);
	schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);

	extra = palloc0(sizeof(*extra));
	extra->domain_type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("domain_name"),
										 ObjectIdGetDatum(schema));
	if (OidIsValid(extra->domain_type))
		extra->domain_eq = lookup_type_cache(extra->domain_type, TYPECACHE_EQ_OPR)->eq_opr;
	if (!OidIsValid(extra->domain_eq))
		PG_RETURN_BOOL(true);
	extra->std_compute_stats = stats->compute_stats;
	extra->std_extra_data = stats->extra_data;
	stats->compute_stats = compute_stats;
	stats->extra_data = extra;
	PG_RETURN_BOOL(true);
}

static int
hash_cmp(const void *a, const void *b)
{
	uint64		x = *(const uint64 *) a;
	uint64		y = *(const uint64 *) b;

	return x < y ? -1 : x > y ? 1 : 0;
}

static int
common_by_count(const void *a, const void *b)
{
	return ((const Common *) b)->count - ((const Common *) a)->count;
}

static int
common_by_hash(const void *a, const void *b)
{
	return hash_cmp(&((const Common *) a)->hash, &((const Common *) b)->hash);
}

static int
common_by_key(const void *a, const void *b)
{
	const Common *x = a;
	const Common *y = b;

	return icp_domain_key_cmp(x->key, x->keylen, y->key, y->keylen);
}

static uint64
hash_of(const IcpListCursor *c)
{
	return hash_bytes_extended(c->key, (int) c->keylen, 0);
}

/* A list of the sample, or NULL where it is null or left out. */
static IcpDomainList *
sampled(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int row)
{
	bool		isnull;
	Datum		value;

	icp_vacuum_delay_point(true);
	value = fetch(stats, row, &isnull);
	if (isnull || toast_raw_datum_size(value) > LIST_WIDTH_MAX)
		return NULL;
	return DatumGetDomainListPP(value);
}

static void
release(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int row, IcpDomainList *list)
{
	bool		isnull;

	if ((Pointer) list != DatumGetPointer(fetch(stats, row, &isnull)))
		pfree(list);
}

/* Fills the slot; numbers are already there but for the frequencies. */
static void
store(VacAttrStats *stats, const ListAnalyze *extra, const Common *common, int n, double lists,
	  const float4 *numbers)
{
	MemoryContext old;
	float4	   *freqs;
	Datum	   *values;
	int			slot;
	int			i;

	for (slot = 0; slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0; slot++)
		;
	if (slot >= STATISTIC_NUM_SLOTS)
		return;
	old = MemoryContextSwitchTo(stats->anl_context);
	freqs = palloc(sizeof(float4) * (n + LIST_STATS_NUMBERS));
	values = palloc(sizeof(Datum) * Max(n, 1));
	for (i = 0; i < n; i++)
	{
		freqs[i] = common[i].count / lists;
		values[i] = PointerGetDatum(icp_domain_name_make(common[i].key, common[i].keylen));
	}
	memcpy(freqs + n, numbers, sizeof(float4) * LIST_STATS_NUMBERS);
	MemoryContextSwitchTo(old);
	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = extra->domain_eq;
	stats->stacoll[slot] = InvalidOid;
	stats->stanumbers[slot] = freqs;
	stats->numnumbers[slot] = n + LIST_STATS_NUMBERS;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = n;
	stats->statypid[slot] = extra->domain_type;
	stats->statyplen[slot] = -1;
	stats->statypbyval[slot] = false;
	stats->statypalign[slot] = TYPALIGN_INT;
}

/* Finds the keys of the common hashes in the sample; how many were found (all, but for a changed toast). */
static int
find_keys(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int rows, Common *common, int n)
{
	int			missing = n;
	int			row;
	int			i,
				kept = 0;

	qsort(common, n, sizeof(Common), common_by_hash);
	for (row = 0; row < rows && missing > 0; row++)
	{
		IcpDomainList *list = sampled(stats, fetch, row);
		IcpListCursor c;

		if (list == NULL)
			continue;
		icp_list_open(&c, list);
		while (icp_list_next(&c))
		{
			Common		wanted = {.hash = hash_of(&c)};
			Common	   *found = bsearch(&wanted, common, n, sizeof(Common), common_by_hash);

			if (found != NULL && found->key == NULL)
			{
				found->key = palloc(c.keylen);
				memcpy(found->key, c.key, c.keylen);
				found->keylen = c.keylen;
				missing--;
			}
		}
		release(stats, fetch, row, list);
	}
	for (i = 0; i < n; i++)
		if (common[i].key != NULL)
			common[kept++] = common[i];
	qsort(common, kept, sizeof(Common), common_by_key);
	return kept;
}

static void
compute_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows, double totalrows)
{
	ListAnalyze *extra = stats->extra_data;
	float4		numbers[LIST_STATS_NUMBERS] = {0};
	size_t		room = 1024;
	size_t		seen = 0;		/* domains in the sample */
	uint64	   *hashes;
	Common	   *common;
	int			rows;			/* of the sample, looked at */
	int			lists = 0;		/* of them, counted */
	int			empty = 0;
	int			single = 0;
	double		different = 0;	/* domains in the sample */
	double		once = 0;		/* of them, seen once */
	double		listed = 0;		/* occurrences of the common ones */
	int			cutoff;
	int			limit = ICP_STATS_TARGET(stats) * 10;
	int			n = 0;
	size_t		i;

	stats->extra_data = extra->std_extra_data;
	extra->std_compute_stats(stats, fetch, samplerows, totalrows);
	stats->extra_data = extra;
	if (!stats->stats_valid)
		return;

	hashes = palloc(sizeof(uint64) * room);
	for (rows = 0; rows < samplerows && seen < SAMPLE_DOMAINS_MAX; rows++)
	{
		IcpDomainList *list = sampled(stats, fetch, rows);
		size_t		before = seen;
		IcpListCursor c;

		if (list == NULL)
			continue;
		icp_list_open(&c, list);
		while (icp_list_next(&c))
		{
			if (seen >= room)
			{
				room *= 2;
				hashes = repalloc_huge(hashes, sizeof(uint64) * room);
			}
			hashes[seen++] = hash_of(&c);
		}
		lists++;
		empty += seen == before;
		single += seen == before + 1;
		release(stats, fetch, rows, list);
	}
	if (lists == 0)
		return;

	/* count; with the whole table seen every count is exact */
	cutoff = rows >= totalrows ? 2 : SEEN_MIN;
	qsort(hashes, seen, sizeof(uint64), hash_cmp);
	common = palloc(sizeof(Common) * (seen / cutoff + 1));
	for (i = 0; i < seen;)
	{
		size_t		next = i + 1;

		while (next < seen && hashes[next] == hashes[i])
			next++;
		different++;
		once += next - i == 1;
		if (next - i >= (size_t) cutoff)
		{
			common[n].hash = hashes[i];
			common[n].count = (int) (next - i);
			common[n].key = NULL;
			common[n].keylen = 0;
			n++;
		}
		i = next;
	}
	pfree(hashes);
	if (n > limit)
	{
		qsort(common, n, sizeof(Common), common_by_count);
		n = limit;
	}
	n = find_keys(stats, fetch, rows, common, n);

	numbers[LIST_STATS_LENGTH] = (double) seen / lists;
	numbers[LIST_STATS_EMPTY] = (double) empty / lists;
	numbers[LIST_STATS_SINGLE] = (double) single / lists;
	for (i = 0; i < (size_t) n; i++)
	{
		double		freq = (double) common[i].count / lists;

		listed += common[i].count;
		if (i == 0 || freq < numbers[LIST_STATS_MIN])
			numbers[LIST_STATS_MIN] = freq;
		if (freq > numbers[LIST_STATS_MAX])
			numbers[LIST_STATS_MAX] = freq;
	}

	/*
	 * Different domains of the table by the estimator of Haas and Stokes that core uses for scalar columns, over
	 * occurrences of domains instead of rows.
	 */
	if (seen > listed)
	{
		double		part = Min(1.0, rows / Max(totalrows, 1));	/* of the table, sampled */
		double		total = seen / part;	/* occurrences in the table */
		double		table_different = (double) seen * different / (seen - once + once * part);
		double		others = Max(table_different, different) - n;
		double		table_lists = lists / part;

		if (others < 1)
			others = 1;
		numbers[LIST_STATS_OTHER] = (total - listed / part) / others / table_lists;
		if (n > 0 && numbers[LIST_STATS_OTHER] > numbers[LIST_STATS_MIN])
			numbers[LIST_STATS_OTHER] = numbers[LIST_STATS_MIN];
	}
	store(stats, extra, common, n, lists, numbers);
}
