/*
 * number_support.c
 *	  What the planner knows of filing_number <@ icp_id: an index range, and how many rows it holds.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type_d.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#include "types/number_datum.h"

/* services of a sponsor that an estimate without statistics supposes */
#define DEFAULT_WITHIN_SEL 0.001

ICP_FUNCTION(icp_within_support);
ICP_FUNCTION(icp_within_sel);
ICP_FUNCTION(icp_within_joinsel);

/*
 * One bound, index_key >= or <= bound; NULL where the index's family does not have the operator.
 */
static Expr *
make_bound(Oid opfamily, Oid type, int strategy, Node *key, Expr *bound)
{
	Oid			operator = get_opfamily_member(opfamily, type, type, strategy);

	if (!OidIsValid(operator))
		return NULL;
	return make_opclause(operator, BOOLOID, false, (Expr *) key, bound, InvalidOid, InvalidOid);
}

/*
 * icp.last_service(icp_id), found beside the function that is supported.
 */
static Expr *
make_last_service(Oid funcid, Oid filing_type, Oid icp_id_type, Node *sponsor)
{
	List	   *name = list_make2(makeString(get_namespace_name(get_func_namespace(funcid))),
								  makeString("last_service"));
	Oid			last_service = LookupFuncName(name, 1, &icp_id_type, true);

	if (!OidIsValid(last_service))
		return NULL;
	return (Expr *) makeFuncExpr(last_service, filing_type, list_make1(copyObject(sponsor)), InvalidOid,
								 InvalidOid, COERCE_EXPLICIT_CALL);
}

static Node *
index_condition(SupportRequestIndexCondition *req)
{
	List	   *args;
	Node	   *key;
	Node	   *sponsor;
	Oid			filing_type;
	Oid			icp_id_type;
	bool		within;
	Expr	   *first;
	Expr	   *last;
	Expr	   *from;
	Expr	   *to;

	if (req->index->relam != BTREE_AM_OID && req->index->relam != BRIN_AM_OID)
		return NULL;
	if (is_opclause(req->node))
		args = ((OpExpr *) req->node)->args;
	else if (is_funcclause(req->node))
		args = ((FuncExpr *) req->node)->args;
	else
		return NULL;
	if (list_length(args) != 2)
		return NULL;

	/* the key must be the filing number: the left argument of <@, the right one of @> */
	within =
		get_func_nargs(req->funcid) == 2 && strcmp(get_func_name(req->funcid), "filing_number_within") == 0;
	if (req->indexarg != (within ? 0 : 1))
		return NULL;
	key = list_nth(args, req->indexarg);
	sponsor = list_nth(args, 1 - req->indexarg);
	if (!is_pseudo_constant_for_index(req->root, sponsor, req->index))
		return NULL;
	filing_type = exprType(key);
	icp_id_type = exprType(sponsor);

	if (IsA(sponsor, Const))
	{
		Const	   *c = (Const *) sponsor;
		int64		value;

		if (c->constisnull)
			return NULL;
		value = icp_number_sponsor(DatumGetIcpNumber(c->constvalue));
		first = (Expr *) makeConst(filing_type, -1, InvalidOid, sizeof(int64), IcpNumberGetDatum(value), false,
								   FLOAT8PASSBYVAL);
		last = (Expr *) makeConst(filing_type, -1, InvalidOid, sizeof(int64),
								  IcpNumberGetDatum(icp_number_last_service(value)), false, FLOAT8PASSBYVAL);
	}
	else
	{
		first = (Expr *) makeRelabelType((Expr *) copyObject(sponsor), filing_type, -1, InvalidOid,
										 COERCE_IMPLICIT_CAST);
		last = make_last_service(req->funcid, filing_type, icp_id_type, sponsor);
		if (last == NULL)
			return NULL;
	}
	from = make_bound(req->opfamily, filing_type, BTGreaterEqualStrategyNumber, key, first);
	to = make_bound(req->opfamily, filing_type, BTLessEqualStrategyNumber, key, last);
	if (from == NULL || to == NULL)
		return NULL;
	req->lossy = false;			/* the range holds nothing else */
	return (Node *) list_make2(from, to);
}

Datum
icp_within_support(PG_FUNCTION_ARGS)
{
	Node	   *raw = (Node *) PG_GETARG_POINTER(0);
	Node	   *result = NULL;

	if (IsA(raw, SupportRequestIndexCondition))
		result = index_condition((SupportRequestIndexCondition *) raw);
	PG_RETURN_POINTER(result);
}

/*
 * Part of a sorted histogram that lies below a value, by interpolation: the numbers are integers.
 */
static double
histogram_below(const AttStatsSlot *slot, int64 value)
{
	int			low = 0;
	int			high = slot->nvalues;
	double		from;
	double		to;

	while (low < high)
	{
		int			mid = (low + high) / 2;

		if (DatumGetIcpNumber(slot->values[mid]) < value)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return 0.0;
	if (low == slot->nvalues)
		return 1.0;
	from = (double) DatumGetIcpNumber(slot->values[low - 1]);
	to = (double) DatumGetIcpNumber(slot->values[low]);
	return (low - 1 + (to > from ? ((double) value - from) / (to - from) : 0.5)) / (slot->nvalues - 1);
}

static double
within_constant(VariableStatData *vardata, Oid procedure, int64 sponsor, bool var_left)
{
	FmgrInfo	opproc;
	AttStatsSlot slot;
	double		mcv;
	double		mcv_total = 0.0;
	double		nullfrac;
	double		histogram = -1.0;
	double		selec;
	double		floor;
	bool		isdefault;
	double		distinct = get_variable_numdistinct(vardata, &isdefault);

	if (!HeapTupleIsValid(vardata->statsTuple))
		return isdefault ? DEFAULT_WITHIN_SEL : Min(1.0, 2.0 / distinct);

	nullfrac = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
	fmgr_info(procedure, &opproc);
	/* the common values exactly, and the histogram's share of the rest; permission is checked inside */
	mcv = mcv_selectivity(vardata, &opproc, InvalidOid, IcpNumberGetDatum(sponsor), var_left, &mcv_total);
	if (statistic_proc_security_check(vardata, procedure) &&
		get_attstatsslot(&slot, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						 ATTSTATSSLOT_VALUES))
	{
		if (slot.nvalues > 1)
			histogram =
				histogram_below(&slot, icp_number_last_service(sponsor)) - histogram_below(&slot, sponsor);
		free_attstatsslot(&slot);
	}
	selec = Max(0.0, 1.0 - nullfrac - mcv_total);
	/* a sponsor has at least one number; two where nothing better is known */
	floor = distinct > 0 ? 1.0 / distinct : DEFAULT_WITHIN_SEL;
	if (histogram >= 0.0)
		selec *= Max(histogram, Min(floor, 1.0));
	else
		selec *= Min(2.0 * floor, 1.0);
	selec += mcv;
	CLAMP_PROBABILITY(selec);
	return selec;
}

Datum
icp_within_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Node	   *other;
	bool		var_left;
	double		selec = DEFAULT_WITHIN_SEL;

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &var_left))
		PG_RETURN_FLOAT8(DEFAULT_WITHIN_SEL);
	if (IsA(other, Const) && ((Const *) other)->constisnull)
		selec = 0.0;
	else
	{
		/* <@ has the filing number on the left, @> on the right */
		bool		filing_is_var = (strcmp(get_opname(operator), "<@") == 0) == var_left;

		if (filing_is_var && IsA(other, Const))
			selec = within_constant(&vardata, get_opcode(operator),
									icp_number_sponsor(DatumGetIcpNumber(((Const *) other)->constvalue)),
									var_left);
		else
		{
			bool		isdefault;
			double		distinct = get_variable_numdistinct(&vardata, &isdefault);

			/* an unknown sponsor has two numbers; an unknown number has one sponsor */
			if (!isdefault && distinct > 0)
				selec = Min(1.0, (filing_is_var ? 2.0 : 1.0) / distinct);
		}
	}
	ReleaseVariableStats(vardata);
	PG_RETURN_FLOAT8(selec);
}

/*
 * Each number has one sponsor, so of the pairs one in as many as there are sponsors matches.  Either side may
 * show only some of them: a sponsor has two numbers where nothing better is known.
 */
Datum
icp_within_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	SpecialJoinInfo *sjinfo = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData left;
	VariableStatData right;
	bool		reversed;
	bool		isdefault;
	bool		within = strcmp(get_opname(operator), "<@") == 0;
	double		sponsors;
	double		numbers;

	get_join_variables(root, args, sjinfo, &left, &right, &reversed);
	sponsors = get_variable_numdistinct(within ? &right : &left, &isdefault);
	numbers = get_variable_numdistinct(within ? &left : &right, &isdefault);
	ReleaseVariableStats(left);
	ReleaseVariableStats(right);
	PG_RETURN_FLOAT8(1.0 / Max(1.0, Max(sponsors, numbers / 2.0)));
}
