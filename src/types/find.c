/*
 * find.c
 *	  icp.find_filing_numbers and icp.find_psb_numbers.
 */
#include "postgres.h"

#include "compat.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "core/find.h"
#include "types/encoding.h"

/* tokens between two looks at whether the query is cancelled */
#define BUDGET 65536

ICP_FUNCTION(icp_find_filing_numbers);
ICP_FUNCTION(icp_find_psb_numbers);

static Datum
find(FunctionCallInfo fcinfo, IcpFindWhat what)
{
	FuncCallContext *context;
	IcpFound	found;
	int64_t		value;
	size_t		pos;
	size_t		end;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		IcpFinder  *finder;
		text	   *t;
		int			len;
		const char *s;

		context = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		/* a copy: the argument need not live as long as the rows */
		t = PG_GETARG_TEXT_P_COPY(0);
		len = VARSIZE(t) - VARHDRSZ;
		s = icp_to_utf8(VARDATA(t), &len);
		finder = palloc(sizeof(IcpFinder));
		icp_find_init(finder, what, s, len);
		context->user_fctx = finder;
		MemoryContextSwitchTo(old);
	}
	context = SRF_PERCALL_SETUP();
	while ((found = icp_find_next(context->user_fctx, BUDGET, &value, &pos, &end)) == ICP_FOUND_LATER)
		CHECK_FOR_INTERRUPTS();
	if (found == ICP_FOUND)
		SRF_RETURN_NEXT(context, Int64GetDatum(value));
	SRF_RETURN_DONE(context);
}

Datum
icp_find_filing_numbers(PG_FUNCTION_ARGS)
{
	return find(fcinfo, ICP_FIND_NUMBERS);
}

Datum
icp_find_psb_numbers(PG_FUNCTION_ARGS)
{
	return find(fcinfo, ICP_FIND_PSB);
}
