/*
 * domain_list_op.c
 *	  icp.domain_list: order, hash, set operators, element access, casts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "compat.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "types/domain_fault.h"
#include "types/domain_list_datum.h"
#include "types/encoding.h"

ICP_FUNCTION(icp_domain_list_eq);
ICP_FUNCTION(icp_domain_list_ne);
ICP_FUNCTION(icp_domain_list_lt);
ICP_FUNCTION(icp_domain_list_le);
ICP_FUNCTION(icp_domain_list_gt);
ICP_FUNCTION(icp_domain_list_ge);
ICP_FUNCTION(icp_domain_list_cmp);
ICP_FUNCTION(icp_domain_list_hash);
ICP_FUNCTION(icp_domain_list_hash_extended);
ICP_FUNCTION(icp_domain_list_overlap);
ICP_FUNCTION(icp_domain_list_contains);
ICP_FUNCTION(icp_domain_list_contained);
ICP_FUNCTION(icp_domain_list_has);
ICP_FUNCTION(icp_domain_list_is_in);
ICP_FUNCTION(icp_domain_list_union);
ICP_FUNCTION(icp_domain_list_intersection);
ICP_FUNCTION(icp_domain_list_difference);
ICP_FUNCTION(icp_domain_list_cardinality);
ICP_FUNCTION(icp_domain_list_at);
ICP_FUNCTION(icp_domain_list_domains);
ICP_FUNCTION(icp_domain_list_from_domain);
ICP_FUNCTION(icp_domain_list_from_domains);
ICP_FUNCTION(icp_domain_list_from_texts);
ICP_FUNCTION(icp_domain_list_to_domains);
ICP_FUNCTION(icp_domain_list_to_texts);

/*
 * ORDER
 */

static inline int
compare(FunctionCallInfo fcinfo)
{
	IcpDomainList *a = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainList *b = PG_GETARG_DOMAIN_LIST_PP(1);
	int			cmp = icp_list_cmp(ICP_LIST_DATA(a), ICP_LIST_SIZE(a), ICP_LIST_DATA(b), ICP_LIST_SIZE(b));

	/* btree must not leak memory */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return cmp;
}

/* Equal sets have equal payloads. */
static inline bool
same_set(FunctionCallInfo fcinfo)
{
	IcpDomainList *a = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainList *b = PG_GETARG_DOMAIN_LIST_PP(1);
	bool		same = ICP_LIST_SIZE(a) == ICP_LIST_SIZE(b) &&
		memcmp(ICP_LIST_DATA(a), ICP_LIST_DATA(b), ICP_LIST_SIZE(a)) == 0;

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return same;
}

Datum
icp_domain_list_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(same_set(fcinfo));
}

Datum
icp_domain_list_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!same_set(fcinfo));
}

Datum
icp_domain_list_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
icp_domain_list_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
icp_domain_list_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

Datum
icp_domain_list_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
icp_domain_list_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
icp_domain_list_hash(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	Datum		hash = hash_any(ICP_LIST_DATA(list), ICP_LIST_SIZE(list));

	PG_FREE_IF_COPY(list, 0);
	return hash;
}

Datum
icp_domain_list_hash_extended(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	Datum		hash = hash_any_extended(ICP_LIST_DATA(list), ICP_LIST_SIZE(list), PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(list, 0);
	return hash;
}

/*
 * SETS
 */

Datum
icp_domain_list_overlap(PG_FUNCTION_ARGS)
{
	IcpDomainList *a = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainList *b = PG_GETARG_DOMAIN_LIST_PP(1);

	PG_RETURN_BOOL(icp_list_overlap(ICP_LIST_DATA(a), ICP_LIST_SIZE(a), ICP_LIST_DATA(b), ICP_LIST_SIZE(b)));
}

Datum
icp_domain_list_contains(PG_FUNCTION_ARGS)
{
	IcpDomainList *a = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainList *b = PG_GETARG_DOMAIN_LIST_PP(1);

	PG_RETURN_BOOL(icp_list_contains(ICP_LIST_DATA(a), ICP_LIST_SIZE(a), ICP_LIST_DATA(b), ICP_LIST_SIZE(b)));
}

Datum
icp_domain_list_contained(PG_FUNCTION_ARGS)
{
	IcpDomainList *a = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainList *b = PG_GETARG_DOMAIN_LIST_PP(1);

	PG_RETURN_BOOL(icp_list_contains(ICP_LIST_DATA(b), ICP_LIST_SIZE(b), ICP_LIST_DATA(a), ICP_LIST_SIZE(a)));
}

Datum
icp_domain_list_has(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(1);

	PG_RETURN_BOOL(icp_list_has(ICP_LIST_DATA(list), ICP_LIST_SIZE(list),
								ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain)));
}

Datum
icp_domain_list_is_in(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(1);

	PG_RETURN_BOOL(icp_list_has(ICP_LIST_DATA(list), ICP_LIST_SIZE(list),
								ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain)));
}

static Datum
merge(FunctionCallInfo fcinfo, IcpListOp op)
{
	IcpDomainList *a = PG_GETARG_DOMAIN_LIST_PP(0);
	IcpDomainList *b = PG_GETARG_DOMAIN_LIST_PP(1);
	size_t		room = ICP_LIST_SIZE(a) + (op == ICP_LIST_UNION ? ICP_LIST_SIZE(b) : 0);
	IcpDomainList *out = palloc(VARHDRSZ + room);
	size_t		size = icp_list_merge(op, ICP_LIST_DATA(a), ICP_LIST_SIZE(a),
									  ICP_LIST_DATA(b), ICP_LIST_SIZE(b), (uint8_t *) VARDATA(out));

	if (op == ICP_LIST_UNION && size > ICP_LIST_MAX)
		icp_list_check_count(icp_list_count((uint8_t *) VARDATA(out), size));
	SET_VARSIZE(out, VARHDRSZ + size);
	PG_RETURN_POINTER(out);
}

Datum
icp_domain_list_union(PG_FUNCTION_ARGS)
{
	return merge(fcinfo, ICP_LIST_UNION);
}

Datum
icp_domain_list_intersection(PG_FUNCTION_ARGS)
{
	return merge(fcinfo, ICP_LIST_INTERSECTION);
}

Datum
icp_domain_list_difference(PG_FUNCTION_ARGS)
{
	return merge(fcinfo, ICP_LIST_DIFFERENCE);
}

/*
 * ELEMENTS
 */

Datum
icp_domain_list_cardinality(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);

	PG_RETURN_INT32((int32) icp_list_count(ICP_LIST_DATA(list), ICP_LIST_SIZE(list)));
}

/* The n-th domain in order, from 1; NULL outside, as subscripts of arrays are. */
Datum
icp_domain_list_at(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	int32		n = PG_GETARG_INT32(1);
	IcpListCursor c;

	icp_list_open(&c, list);
	while (n > 0 && icp_list_next(&c))
		if (--n == 0)
			PG_RETURN_POINTER(icp_domain_name_make(c.key, c.keylen));
	PG_RETURN_NULL();
}

Datum
icp_domain_list_domains(PG_FUNCTION_ARGS)
{
	FuncCallContext *ctx;
	IcpListCursor *c;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;

		ctx = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(ctx->multi_call_memory_ctx);
		c = palloc(sizeof(*c));
		/* a copy: the argument does not live as long as the calls */
		icp_list_open(c, (IcpDomainList *) PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0)));
		ctx->user_fctx = c;
		MemoryContextSwitchTo(old);
	}
	ctx = SRF_PERCALL_SETUP();
	c = ctx->user_fctx;
	if (icp_list_next(c))
		SRF_RETURN_NEXT(ctx, PointerGetDatum(icp_domain_name_make(c->key, c->keylen)));
	SRF_RETURN_DONE(ctx);
}

/*
 * CASTS
 */

Datum
icp_domain_list_from_domain(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	size_t		len = ICP_DOMAIN_KEYLEN(domain);
	IcpDomainList *list = palloc(VARHDRSZ + 1 + len);

	SET_VARSIZE(list, VARHDRSZ + 1 + len);
	icp_list_entry(ICP_DOMAIN_KEY(domain), len, (uint8_t *) VARDATA(list));
	PG_RETURN_POINTER(list);
}

ICP_NORETURN static void
null_element(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("a domain list has no NULL"),
			 errhint("Remove it: array_remove(the_array, NULL).")));
}

static void
check_dimensions(ArrayType *array)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("a domain list has one dimension"),
				 errdetail("The array has %d dimensions.", ARR_NDIM(array))));
}

Datum
icp_domain_list_from_domains(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	IcpListBuilder builder;
	ArrayIterator it;
	Datum		value;
	bool		isnull;

	check_dimensions(array);
	icp_list_builder_init(&builder);
	it = array_create_iterator(array, 0, NULL);
	while (array_iterate(it, &value, &isnull))
	{
		IcpDomainName *domain;

		if (isnull)
			null_element();
		domain = DatumGetDomainNamePP(value);
		icp_list_builder_add(&builder, ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));
		if ((builder.count & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(icp_list_builder_finish(&builder));
}

Datum
icp_domain_list_from_texts(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	IcpListBuilder builder;
	ArrayIterator it;
	Datum		value;
	bool		isnull;

	check_dimensions(array);
	icp_list_builder_init(&builder);
	it = array_create_iterator(array, 0, NULL);
	while (array_iterate(it, &value, &isnull))
	{
		text	   *element;
		int			len;
		const char *utf8;
		uint8_t		key[ICP_DOMAIN_MAX];
		IcpDomainFault fault;
		int			keylen;

		if (isnull)
			null_element();
		element = DatumGetTextPP(value);
		len = VARSIZE_ANY_EXHDR(element);
		utf8 = icp_to_utf8(VARDATA_ANY(element), &len);
		keylen = icp_domain_parse(utf8, len, key, &fault);
		if (keylen < 0)
		{
			IcpFaultWords words;

			icp_domain_fault_words(utf8, len, (int) builder.count + 1, icp_domain_reason_text(fault.reason),
								   fault.position, fault.length, &words);
			icp_fault_report(fcinfo->context, "icp.domain_list", utf8, len, &words);
			PG_RETURN_NULL();
		}
		icp_list_builder_add(&builder, key, keylen);
		if ((builder.count & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	PG_RETURN_POINTER(icp_list_builder_finish(&builder));
}

/* The element type of the array that the calling cast returns; its OID is nowhere fixed. */
static Oid
result_element(FunctionCallInfo fcinfo)
{
	Oid			element = get_element_type(get_fn_expr_rettype(fcinfo->flinfo));

	if (!OidIsValid(element))
		element = get_element_type(get_func_rettype(fcinfo->flinfo->fn_oid));
	return element;
}

Datum
icp_domain_list_to_domains(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	size_t		n = icp_list_count(ICP_LIST_DATA(list), ICP_LIST_SIZE(list));
	Oid			element = result_element(fcinfo);
	Datum	   *values = palloc(sizeof(Datum) * Max(n, 1));
	int			i = 0;
	IcpListCursor c;

	icp_list_open(&c, list);
	while (icp_list_next(&c))
		values[i++] = PointerGetDatum(icp_domain_name_make(c.key, c.keylen));
	PG_RETURN_ARRAYTYPE_P(construct_array(values, i, element, -1, false, TYPALIGN_INT));
}

Datum
icp_domain_list_to_texts(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	size_t		n = icp_list_count(ICP_LIST_DATA(list), ICP_LIST_SIZE(list));
	Datum	   *values = palloc(sizeof(Datum) * Max(n, 1));
	int			i = 0;
	IcpListCursor c;

	icp_list_open(&c, list);
	while (icp_list_next(&c))
	{
		char		name[ICP_DOMAIN_TEXT_SIZE];
		int			len = icp_list_text(&c, name);

		values[i++] = PointerGetDatum(cstring_to_text_with_len(name, len));
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(values, i, TEXTOID, -1, false, TYPALIGN_INT));
}
