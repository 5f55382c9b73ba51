/*
 * domain_name_support.c
 *	  What the planner and sorts are told about icp.domain_name.
 *
 * x <@ p is a btree range from p up to the first key behind everything under p; p fixed, x <@ p with the
 * column on the right (which filed names is this host at or under?) is an equality with each ancestor of x.
 */
#include "postgres.h"

#include "compat.h"
#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/sortsupport.h"

#include "core/domain_abbrev.h"
#include "types/domain_name.h"

ICP_FUNCTION(icp_domain_name_under_support);
ICP_FUNCTION(icp_domain_name_over_support);
ICP_FUNCTION(icp_domain_name_upper);
ICP_FUNCTION(icp_domain_name_sortsupport);

/*
 * The bound above all names under the one given.  A separator sorts below all that a label may have, and a
 * hyphen below the rest of it, so the key with a hyphen appended stands between what is under the name and
 * what only begins alike.  It is no valid name (a label does not end with a hyphen) but can be shown, as
 * EXPLAIN does.
 */
static IcpDomainName *
upper_bound(const IcpDomainName *domain)
{
	size_t		len = ICP_DOMAIN_KEYLEN(domain);
	IcpDomainName *bound = palloc(VARHDRSZ + len + 1);

	SET_VARSIZE(bound, VARHDRSZ + len + 1);
	memcpy(VARDATA(bound), ICP_DOMAIN_KEY(domain), len);
	VARDATA(bound)[len] = '-';
	return bound;
}

Datum
icp_domain_name_upper(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(upper_bound(PG_GETARG_DOMAIN_NAME_PP(0)));
}

/* icp.domain_name_upper(expression), the function being looked for where the operator's function lives. */
static Expr *
upper_expression(Expr *parent, Oid funcid, Oid type)
{
	List	   *name = list_make2(makeString(get_namespace_name(get_func_namespace(funcid))),
								  makeString("domain_name_upper"));
	Oid			upper = LookupFuncName(name, 1, &type, true);

	if (!OidIsValid(upper))
		return NULL;
	return (Expr *) makeFuncExpr(upper, type, list_make1(copyObject(parent)), InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

static List *
range_condition(SupportRequestIndexCondition *req, Node *column, Expr *parent)
{
	Oid			type = exprType(column);
	Oid			ge = get_opfamily_member(req->opfamily, type, type, BTGreaterEqualStrategyNumber);
	Oid			lt = get_opfamily_member(req->opfamily, type, type, BTLessStrategyNumber);
	Expr	   *upper;

	if (!OidIsValid(ge) || !OidIsValid(lt) ||
		!is_pseudo_constant_for_index(req->root, (Node *) parent, req->index))
		return NIL;
	if (IsA(parent, Const))
	{
		Const	   *c = (Const *) parent;

		if (c->constisnull)
			return NIL;
		upper = (Expr *) makeConst(type, -1, InvalidOid, -1,
								   PointerGetDatum(upper_bound(DatumGetDomainNamePP(c->constvalue))),
								   false, false);
	}
	else
		upper = upper_expression(parent, req->funcid, type);
	if (upper == NULL)
		return NIL;
	req->lossy = false;
	return list_make2(make_opclause(ge, BOOLOID, false, (Expr *) column, parent, InvalidOid, InvalidOid),
					  make_opclause(lt, BOOLOID, false, (Expr *) column, upper, InvalidOid, InvalidOid));
}

static List *
ancestors_condition(SupportRequestIndexCondition *req, Node *column, Expr *child)
{
	Oid			type = exprType(column);
	Oid			eq = get_opfamily_member(req->opfamily, type, type, BTEqualStrategyNumber);
	Oid			array_type = get_array_type(type);
	IcpDomainName *domain;
	const uint8_t *key;
	size_t		len;
	int			labels,
				i;
	Datum	   *values;
	ScalarArrayOpExpr *any;

	if (!OidIsValid(eq) || !OidIsValid(array_type) || !IsA(child, Const) || ((Const *) child)->constisnull)
		return NIL;
	domain = DatumGetDomainNamePP(((Const *) child)->constvalue);
	key = ICP_DOMAIN_KEY(domain);
	len = ICP_DOMAIN_KEYLEN(domain);
	labels = icp_domain_key_labels(key, len);
	values = palloc(sizeof(Datum) * labels);
	for (i = 0; i < labels; i++)
		values[i] = PointerGetDatum(icp_domain_name_make(key, icp_domain_key_prefix(key, len, i + 1)));

	any = makeNode(ScalarArrayOpExpr);
	any->opno = eq;
	any->opfuncid = get_opcode(eq);
	any->useOr = true;
	any->inputcollid = InvalidOid;
	any->args = list_make2(column,
						   makeConst(array_type, -1, InvalidOid, -1,
									 PointerGetDatum(construct_array(values, labels, type, -1, false, TYPALIGN_INT)),
									 false, false));
	any->location = -1;
	req->lossy = false;
	return list_make1(any);
}

static Datum
index_condition(FunctionCallInfo fcinfo, int child_arg)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	List	   *conditions = NIL;

	if (IsA(request, SupportRequestIndexCondition))
	{
		SupportRequestIndexCondition *req = (SupportRequestIndexCondition *) request;
		List	   *args = NIL;

		if (is_opclause(req->node))
			args = ((OpExpr *) req->node)->args;
		else if (is_funcclause(req->node))
			args = ((FuncExpr *) req->node)->args;
		if (list_length(args) == 2 && req->index->relam == BTREE_AM_OID)
		{
			Node	   *child = list_nth(args, child_arg);
			Node	   *parent = list_nth(args, 1 - child_arg);

			if (req->indexarg == child_arg)
				conditions = range_condition(req, child, (Expr *) parent);
			else
				conditions = ancestors_condition(req, parent, (Expr *) child);
		}
	}
	PG_RETURN_POINTER(conditions);
}

Datum
icp_domain_name_under_support(PG_FUNCTION_ARGS)
{
	return index_condition(fcinfo, 0);
}

Datum
icp_domain_name_over_support(PG_FUNCTION_ARGS)
{
	return index_condition(fcinfo, 1);
}

/*
 * SORTING
 */

static int
full_cmp(Datum x, Datum y, SortSupport ssup)
{
	IcpDomainName *a = DatumGetDomainNamePP(x);
	IcpDomainName *b = DatumGetDomainNamePP(y);
	int			cmp = icp_domain_key_cmp(ICP_DOMAIN_KEY(a), ICP_DOMAIN_KEYLEN(a),
										 ICP_DOMAIN_KEY(b), ICP_DOMAIN_KEYLEN(b));

	if ((Pointer) a != DatumGetPointer(x))
		pfree(a);
	if ((Pointer) b != DatumGetPointer(y))
		pfree(b);
	return cmp;
}

#if SIZEOF_DATUM == 8
static Datum
abbreviate(Datum original, SortSupport ssup)
{
	IcpDomainName *domain = DatumGetDomainNamePP(original);
	uint64		number = icp_domain_abbreviate(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));

	if ((Pointer) domain != DatumGetPointer(original))
		pfree(domain);
	return UInt64GetDatum(number);
}

/* Making the number costs no more than a comparison, and it reaches behind the common suffixes: never given up. */
static bool
never_abort(int memtupcount, SortSupport ssup)
{
	return false;
}
#endif

Datum
icp_domain_name_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = full_cmp;
#if SIZEOF_DATUM == 8
	if (ssup->abbreviate)
	{
		ssup->comparator = ssup_datum_unsigned_cmp;
		ssup->abbrev_converter = abbreviate;
		ssup->abbrev_abort = never_abort;
		ssup->abbrev_full_comparator = full_cmp;
	}
#endif
	PG_RETURN_VOID();
}
