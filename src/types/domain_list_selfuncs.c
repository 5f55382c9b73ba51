/*
 * domain_list_selfuncs.c
 *	  How many rows the set operators of icp.domain_list find.
 *
 * Both kinds of column, of lists and of single names, are seen as a Spread: the share of rows in which each
 * common domain occurs, the average share of one that is not listed, and how many of those there are.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "compat.h"
#include "nodes/pathnodes.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "types/domain_list_datum.h"
#include "types/domain_list_stats.h"

#include <math.h>

ICP_FUNCTION(icp_domain_list_overlapsel);
ICP_FUNCTION(icp_domain_list_containsel);
ICP_FUNCTION(icp_domain_list_containedsel);
ICP_FUNCTION(icp_domain_list_hassel);
ICP_FUNCTION(icp_domain_list_isinsel);
ICP_FUNCTION(icp_domain_list_overlapjoinsel);
ICP_FUNCTION(icp_domain_list_containjoinsel);
ICP_FUNCTION(icp_domain_list_containedjoinsel);
ICP_FUNCTION(icp_domain_list_hasjoinsel);
ICP_FUNCTION(icp_domain_list_isinjoinsel);

/* Without statistics: most domains stand in one row. */
#define DEFAULT_DOMAIN_SEL 0.0005
#define DEFAULT_LENGTH 1.2
#define DEFAULT_SINGLE 0.9

typedef struct Spread
{
	bool		known;
	int			n;
	Datum	   *domains;		/* sorted */
	float4	   *freqs;
	double		other;			/* frequency of a domain that is not listed */
	double		others;			/* how many of them there are */
	double		nulls;
	double		empty;
	double		single;
	AttStatsSlot slot;
} Spread;

static int
datum_cmp(Datum x, Datum y)
{
	IcpDomainName *a = DatumGetDomainNamePP(x);
	IcpDomainName *b = DatumGetDomainNamePP(y);

	return icp_domain_key_cmp(ICP_DOMAIN_KEY(a), ICP_DOMAIN_KEYLEN(a),
							  ICP_DOMAIN_KEY(b), ICP_DOMAIN_KEYLEN(b));
}

static void
set_default(Spread *spread)
{
	memset(spread, 0, sizeof(*spread));
	spread->other = DEFAULT_DOMAIN_SEL;
	spread->others = DEFAULT_LENGTH / DEFAULT_DOMAIN_SEL;
	spread->single = DEFAULT_SINGLE;
}

/* May these statistics be shown to the operator's function?  As core asks before it looks at values. */
static bool
usable(VariableStatData *vardata, Oid operator)
{
	return HeapTupleIsValid(vardata->statsTuple) &&
		statistic_proc_security_check(vardata, get_opcode(operator));
}

static void
spread_of_lists(VariableStatData *vardata, Oid operator, Spread *spread)
{
	AttStatsSlot *slot = &spread->slot;
	float4	   *numbers;
	double		sum = 0;
	int			i;

	set_default(spread);
	if (!usable(vardata, operator))
		return;
	spread->nulls = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;

	/* the values are looked for only where there are some */
	if (!get_attstatsslot(slot, vardata->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid, ATTSTATSSLOT_NUMBERS))
		return;
	spread->n = slot->nnumbers - LIST_STATS_NUMBERS;
	if (spread->n > 0)
	{
		free_attstatsslot(slot);
		if (!get_attstatsslot(slot, vardata->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
							  ATTSTATSSLOT_NUMBERS | ATTSTATSSLOT_VALUES) ||
			slot->nvalues != slot->nnumbers - LIST_STATS_NUMBERS)
			spread->n = -1;
	}
	if (spread->n < 0)
	{
		free_attstatsslot(slot);
		memset(slot, 0, sizeof(*slot));
		spread->n = 0;
		return;
	}
	numbers = slot->numbers + spread->n;
	spread->known = true;
	spread->domains = slot->values;
	spread->freqs = slot->numbers;
	for (i = 0; i < spread->n; i++)
		sum += spread->freqs[i];
	spread->other = numbers[LIST_STATS_OTHER];
	spread->others = spread->other > 0 ? Max(numbers[LIST_STATS_LENGTH] - sum, 0) / spread->other : 0;
	spread->empty = numbers[LIST_STATS_EMPTY];
	spread->single = numbers[LIST_STATS_SINGLE];
}

typedef struct Listed
{
	Datum		domain;
	float4		freq;
} Listed;

static int
listed_cmp(const void *a, const void *b)
{
	return datum_cmp(((const Listed *) a)->domain, ((const Listed *) b)->domain);
}

/* A column of single names: core's most common values, which come in the order of their frequency. */
static void
spread_of_names(VariableStatData *vardata, Oid operator, Spread *spread)
{
	AttStatsSlot slot;
	bool		isdefault;
	double		distinct = get_variable_numdistinct(vardata, &isdefault);
	double		sum = 0;
	int			i;

	set_default(spread);
	spread->single = 1;
	spread->known = !isdefault;
	if (HeapTupleIsValid(vardata->statsTuple))
		spread->nulls = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
	if (usable(vardata, operator) &&
		get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_NUMBERS | ATTSTATSSLOT_VALUES))
	{
		Listed	   *listed = palloc(sizeof(Listed) * Max(slot.nvalues, 1));
		double		notnull = Max(1 - spread->nulls, 1e-9);

		spread->n = Min(slot.nvalues, slot.nnumbers);
		for (i = 0; i < spread->n; i++)
		{
			listed[i].domain = slot.values[i];
			listed[i].freq = Min(slot.numbers[i] / notnull, 1);
		}
		qsort(listed, spread->n, sizeof(Listed), listed_cmp);
		spread->domains = palloc(sizeof(Datum) * Max(spread->n, 1));
		spread->freqs = palloc(sizeof(float4) * Max(spread->n, 1));
		for (i = 0; i < spread->n; i++)
		{
			/* the names must outlive the slot */
			IcpDomainName *domain = DatumGetDomainNamePP(listed[i].domain);

			spread->domains[i] = PointerGetDatum(icp_domain_name_make(ICP_DOMAIN_KEY(domain),
																	  ICP_DOMAIN_KEYLEN(domain)));
			spread->freqs[i] = listed[i].freq;
			sum += listed[i].freq;
		}
		free_attstatsslot(&slot);
	}
	spread->others = Max(distinct - spread->n, 0);
	if (spread->others > 0)
		spread->other = Max(1 - sum, 0) / spread->others;
	else
		spread->other = 0;
}

static void
release(Spread *spread)
{
	free_attstatsslot(&spread->slot);
}

static double
frequency(const Spread *spread, const uint8_t *key, size_t keylen)
{
	int			low = 0;
	int			high = spread->n;

	while (low < high)
	{
		int			mid = (low + high) / 2;
		IcpDomainName *domain = DatumGetDomainNamePP(spread->domains[mid]);
		int			cmp = icp_domain_key_cmp(key, keylen, ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));

		if (cmp == 0)
			return spread->freqs[mid];
		if (cmp < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return spread->other;
}

/* Of any domain that occurs. */
static double
average(const Spread *spread)
{
	double		sum = spread->others * spread->other;
	int			i;

	for (i = 0; i < spread->n; i++)
		sum += spread->freqs[i];
	return sum / Max(spread->n + spread->others, 1);
}

/*
 * RESTRICTION
 */

typedef enum Question
{
	OVERLAP,
	CONTAINS,					/* the column contains the constant */
	CONTAINED,					/* the column is contained in the constant */
	HAS,						/* list @> name */
	IS_IN						/* name <@ list */
} Question;

static double
restriction(const Spread *spread, const IcpDomainList *list, Question question)
{
	double		none = 1;		/* no domain of the list occurs */
	double		all = 1;
	IcpListCursor c;

	icp_list_open(&c, list);
	while (icp_list_next(&c))
	{
		double		freq = frequency(spread, c.key, c.keylen);

		none *= 1 - freq;
		all *= freq;
	}
	switch (question)
	{
		case OVERLAP:
			return 1 - none;
		case CONTAINS:
			return all;
		case CONTAINED:
			/* the empty ones, and those of one domain that is in the list; longer ones hardly ever fit */
			return spread->empty + (1 - none) * spread->single / Max(1 - spread->empty, 1e-9);
		default:
			break;
	}
	return DEFAULT_DOMAIN_SEL;
}

static float8
restriction_sel(FunctionCallInfo fcinfo, Question question)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Node	   *other;
	bool		varonleft;
	Spread		spread;
	Datum		value;
	double		sel;

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		return DEFAULT_DOMAIN_SEL;
	if (!IsA(other, Const))
	{
		/* a value of the other side of a join, or a parameter */
		if ((question == HAS && !varonleft) || (question == IS_IN && varonleft))
			spread_of_names(&vardata, operator, &spread);
		else
			spread_of_lists(&vardata, operator, &spread);
		sel = average(&spread) * (1 - spread.nulls);
		release(&spread);
		ReleaseVariableStats(vardata);
		CLAMP_PROBABILITY(sel);
		return sel;
	}
	if (((Const *) other)->constisnull)
	{
		/* the operators are strict: NULL finds nothing */
		ReleaseVariableStats(vardata);
		return 0;
	}
	value = ((Const *) other)->constvalue;
	if ((question == HAS && !varonleft) || (question == IS_IN && varonleft))
	{
		/* a column of names, a constant list: its domains exclude each other */
		IcpListCursor c;

		spread_of_names(&vardata, operator, &spread);
		sel = 0;
		icp_list_open(&c, DatumGetDomainListPP(value));
		while (icp_list_next(&c))
			sel += frequency(&spread, c.key, c.keylen);
	}
	else if (question == HAS || question == IS_IN)
	{
		IcpDomainName *domain = DatumGetDomainNamePP(value);

		spread_of_lists(&vardata, operator, &spread);
		sel = frequency(&spread, ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));
	}
	else
	{
		if (!varonleft && question != OVERLAP)
			question = question == CONTAINS ? CONTAINED : CONTAINS;
		spread_of_lists(&vardata, operator, &spread);
		sel = restriction(&spread, DatumGetDomainListPP(value), question);
	}
	sel *= 1 - spread.nulls;
	release(&spread);
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(sel);
	return sel;
}

Datum
icp_domain_list_overlapsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, OVERLAP));
}

Datum
icp_domain_list_containsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, CONTAINS));
}

Datum
icp_domain_list_containedsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, CONTAINED));
}

Datum
icp_domain_list_hassel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, HAS));
}

Datum
icp_domain_list_isinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, IS_IN));
}

/*
 * JOIN
 */

/* Expected number of domains that a row of one side and a row of the other have in common. */
static double
common_domains(const Spread *a, const Spread *b)
{
	double		sum = 0;
	double		matched = 0;
	double		left_a = 0;		/* common domains of a that are none of b's */
	double		left_b = 0;
	int			i = 0,
				j = 0;

	while (i < a->n || j < b->n)
	{
		int			cmp = i >= a->n ? 1 : j >= b->n ? -1 : datum_cmp(a->domains[i], b->domains[j]);

		if (cmp == 0)
		{
			sum += (double) a->freqs[i++] * b->freqs[j++];
			matched++;
		}
		else if (cmp < 0)
			left_a += a->freqs[i++];
		else
			left_b += b->freqs[j++];
	}

	/*
	 * The side with fewer domains is taken to have only domains that the other side has too, as in core's joins of
	 * scalars; so that is also the chance of one that is common here to be among the uncommon there.
	 */
	sum += left_a * b->other * Min(1, b->others / Max(a->n + a->others, 1));
	sum += left_b * a->other * Min(1, a->others / Max(b->n + b->others, 1));
	sum += Min(Max(a->others - (b->n - matched), 0), Max(b->others - (a->n - matched), 0)) *
		a->other * b->other;
	return sum;
}

static float8
join_sel(FunctionCallInfo fcinfo, Question question)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	JoinType	jointype = (JoinType) PG_GETARG_INT16(3);
	SpecialJoinInfo *sjinfo = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData left,
				right;
	Spread		a,
				b;
	bool		reversed;
	double		common;
	double		sel;

	get_join_variables(root, args, sjinfo, &left, &right, &reversed);
	if (question == IS_IN)
		spread_of_names(&left, operator, &a);
	else
		spread_of_lists(&left, operator, &a);
	if (question == HAS)
		spread_of_names(&right, operator, &b);
	else
		spread_of_lists(&right, operator, &b);

	common = common_domains(&a, &b);
	sel = common < 1 ? common : 1;
	if (question == CONTAINS)
		sel = b.empty + sel * (b.single + (1 - b.single - b.empty) * sel);
	else if (question == CONTAINED)
		sel = a.empty + sel * (a.single + (1 - a.single - a.empty) * sel);
	if (jointype == JOIN_SEMI || jointype == JOIN_ANTI)
	{
		/* share of outer rows that find at least one */
		RelOptInfo *inner = reversed ? left.rel : right.rel;

		if (inner != NULL && inner->rows > 0)
			sel = 1 - exp(-sel * inner->rows);
		sel *= 1 - (reversed ? b.nulls : a.nulls);
	}
	else
		sel *= (1 - a.nulls) * (1 - b.nulls);

	release(&a);
	release(&b);
	ReleaseVariableStats(left);
	ReleaseVariableStats(right);
	CLAMP_PROBABILITY(sel);
	return sel;
}

Datum
icp_domain_list_overlapjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, OVERLAP));
}

Datum
icp_domain_list_containjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, CONTAINS));
}

Datum
icp_domain_list_containedjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, CONTAINED));
}

Datum
icp_domain_list_hasjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, HAS));
}

Datum
icp_domain_list_isinjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, IS_IN));
}
