/*
 * domain_name_selfuncs.c
 *	  How many rows "at or under" finds among names.
 *
 * The names under another one are a range of the histogram.  Its two bounds often fall into one bin (a
 * registered name has few hosts, a bin thousands of names), so positions inside a bin are interpolated over
 * the bytes of keys.
 */
#include "postgres.h"

#include "compat.h"
#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "nodes/pathnodes.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"
#include "utils/typcache.h"

#include "types/domain_name.h"

ICP_FUNCTION(icp_domain_name_undersel);
ICP_FUNCTION(icp_domain_name_oversel);
ICP_FUNCTION(icp_domain_name_underjoinsel);
ICP_FUNCTION(icp_domain_name_overjoinsel);

#define DEFAULT_UNDER_SEL 0.001

/* Bytes that take part in an interpolation. */
#define SCALE_BYTES 8

/* A key from some byte on as a fraction of all that could stand there. */
static double
scale(const uint8_t *key, size_t len, size_t from)
{
	double		value = 0;
	double		unit = 1;
	size_t		i;

	for (i = from; i < from + SCALE_BYTES; i++)
	{
		uint8_t		c = i < len ? key[i] : 0;

		unit /= 39;
		value += unit * (c == 0 ? 0 : c == ICP_DOMAIN_SEP ? 1 : c <= '-' ? 2 :
						 c <= '9' ? 3 + (c - '0') : 13 + (c - 'a'));
	}
	return value;
}

/* Where in the histogram a key stands, 0 to 1. */
static double
position(const AttStatsSlot *slot, const uint8_t *key, size_t len)
{
	int			low = 0;
	int			high = slot->nvalues;
	IcpDomainName *a,
			   *b;
	const uint8_t *akey,
			   *bkey;
	size_t		alen,
				blen,
				common = 0;
	double		from,
				to,
				at;

	/* the number of bounds that are less than the key */
	while (low < high)
	{
		int			mid = (low + high) / 2;
		IcpDomainName *bound = DatumGetDomainNamePP(slot->values[mid]);

		if (icp_domain_key_cmp(ICP_DOMAIN_KEY(bound), ICP_DOMAIN_KEYLEN(bound), key, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return 0;
	if (low == slot->nvalues)
		return 1;
	a = DatumGetDomainNamePP(slot->values[low - 1]);
	b = DatumGetDomainNamePP(slot->values[low]);
	akey = ICP_DOMAIN_KEY(a);
	alen = ICP_DOMAIN_KEYLEN(a);
	bkey = ICP_DOMAIN_KEY(b);
	blen = ICP_DOMAIN_KEYLEN(b);
	while (common < alen && common < blen && akey[common] == bkey[common])
		common++;
	from = scale(akey, alen, common);
	to = scale(bkey, blen, common);
	at = scale(key, len, common);
	at = to > from ? (at - from) / (to - from) : 0.5;
	at = Min(Max(at, 0), 1);
	return (low - 1 + at) / (slot->nvalues - 1);
}

/* Names at or under the constant. */
static double
children(VariableStatData *vardata, Oid operator, Datum constant, bool varonleft)
{
	IcpDomainName *parent = DatumGetDomainNamePP(constant);
	double		nulls = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
	bool		isdefault;
	double		distinct = get_variable_numdistinct(vardata, &isdefault);
	double		one = distinct > 0 ? (1 - nulls) / distinct : 0;
	double		common;
	double		sum = 0;
	AttStatsSlot slot;
	FmgrInfo	proc;

	fmgr_info(get_opcode(operator), &proc);
	common = mcv_selectivity(vardata, &proc, InvalidOid, constant, varonleft, &sum);
	if (statistic_proc_security_check(vardata, get_opcode(operator)) &&
		get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		uint8_t		upper[ICP_DOMAIN_MAX + 1];
		size_t		len = Min(ICP_DOMAIN_KEYLEN(parent), ICP_DOMAIN_MAX);
		double		range = 0;

		memcpy(upper, ICP_DOMAIN_KEY(parent), len);
		upper[len] = '-';
		if (slot.nvalues > 1)
			range = position(&slot, upper, len + 1) - position(&slot, upper, len);
		free_attstatsslot(&slot);
		return common + Max(range * (1 - nulls - sum), one);
	}
	return common + one;
}

/* The constant's ancestors and itself. */
static double
ancestors(VariableStatData *vardata, Oid vartype, Datum constant, bool varonleft)
{
	IcpDomainName *domain = DatumGetDomainNamePP(constant);
	const uint8_t *key = ICP_DOMAIN_KEY(domain);
	size_t		len = ICP_DOMAIN_KEYLEN(domain);
	int			labels = icp_domain_key_labels(key, len);
	Oid			eq = lookup_type_cache(vartype, TYPECACHE_EQ_OPR)->eq_opr;
	double		sel = 0;
	int			i;

	if (!OidIsValid(eq))
		return DEFAULT_UNDER_SEL;

	/* a top-level domain stands in no table of hosts, unless it is common there */
	for (i = labels > 1 ? 2 : 1; i <= labels; i++)
	{
		Datum		name = PointerGetDatum(icp_domain_name_make(key, icp_domain_key_prefix(key, len, i)));

		sel += var_eq_const(vardata, eq, InvalidOid, name, false, varonleft, false);
	}
	return sel;
}

/* child_left: the operator is <@, which has the child on the left. */
static float8
restriction_sel(FunctionCallInfo fcinfo, bool child_left)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Node	   *other;
	bool		varonleft;
	double		sel = DEFAULT_UNDER_SEL;

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		return sel;
	if (IsA(other, Const) && ((Const *) other)->constisnull)
		sel = 0;
	else if (IsA(other, Const) && HeapTupleIsValid(vardata.statsTuple))
	{
		if (varonleft == child_left)
			sel = children(&vardata, operator, ((Const *) other)->constvalue, varonleft);
		else
			sel = ancestors(&vardata, ((Const *) other)->consttype, ((Const *) other)->constvalue, varonleft);
	}
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(sel);
	return sel;
}

/* A child has few ancestors among the names of the other side, each there at most as often as any name. */
static float8
join_sel(FunctionCallInfo fcinfo, bool child_left)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	SpecialJoinInfo *sjinfo = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData left,
				right;
	bool		reversed;
	bool		isdefault;
	double		distinct;

	get_join_variables(root, args, sjinfo, &left, &right, &reversed);
	distinct = get_variable_numdistinct(child_left ? &right : &left, &isdefault);
	ReleaseVariableStats(left);
	ReleaseVariableStats(right);
	return 1 / Max(distinct, 1);
}

Datum
icp_domain_name_undersel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, true));
}

Datum
icp_domain_name_oversel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(restriction_sel(fcinfo, false));
}

Datum
icp_domain_name_underjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, true));
}

Datum
icp_domain_name_overjoinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(join_sel(fcinfo, false));
}
