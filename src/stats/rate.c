/*
 * rate.c
 *	  filing_rate (备案率) and its state, 5 附件2 一: filed / (filed + found unfiled).
 *
 * The state is a bigint[2] {hits, total}, which is visible to SQL, so that it needs no serial functions and a
 * distributed server can ship it.  The functions are strict: a NULL input counts as
 * nothing.
 */
#include "postgres.h"

#include "compat.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/array.h"

ICP_FUNCTION(icp_rate_accum);
ICP_FUNCTION(icp_rate_inverse);
ICP_FUNCTION(icp_rate_combine);
ICP_FUNCTION(icp_rate_final);

typedef struct RateState
{
	int64		hits;
	int64		total;
} RateState;

/* The two counters inside the array, which is checked, since the functions can be called from SQL. */
static RateState *
rate_state(ArrayType *array)
{
	RateState  *state;

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != 2 || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID || ARR_SIZE(array) != ARR_OVERHEAD_NONULLS(1) + sizeof(RateState))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of a rate must be a bigint array of two elements")));
	state = (RateState *) ARR_DATA_PTR(array);
	if (state->hits < 0 || state->hits > state->total)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of a rate must not have more hits than rows")));
	return state;
}

/* The array to change: the aggregate's own in place, anybody else's as a copy. */
static ArrayType *
writable_state(FunctionCallInfo fcinfo)
{
	return AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(0) : PG_GETARG_ARRAYTYPE_P_COPY(0);
}

/* rate_accum(bigint[], boolean) */
Datum
icp_rate_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	RateState  *state = rate_state(array);

	if (state->total == PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range")));
	state->total++;
	if (PG_GETARG_BOOL(1))
		state->hits++;
	PG_RETURN_ARRAYTYPE_P(array);
}

/* rate_inverse(bigint[], boolean): takes a row back, for moving windows */
Datum
icp_rate_inverse(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	RateState  *state = rate_state(array);

	if (PG_GETARG_BOOL(1) ? state->hits == 0 : state->hits == state->total)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of a rate does not hold the row to be taken out")));
	state->total--;
	if (PG_GETARG_BOOL(1))
		state->hits--;
	PG_RETURN_ARRAYTYPE_P(array);
}

/* rate_combine(bigint[], bigint[]) */
Datum
icp_rate_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = writable_state(fcinfo);
	RateState  *state = rate_state(array);
	RateState  *other = rate_state(PG_GETARG_ARRAYTYPE_P(1));

	if (pg_add_s64_overflow(state->hits, other->hits, &state->hits) ||
		pg_add_s64_overflow(state->total, other->total, &state->total))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("bigint out of range")));
	PG_RETURN_ARRAYTYPE_P(array);
}

/* rate_final(bigint[]) --- hits / total, NULL over no rows */
Datum
icp_rate_final(PG_FUNCTION_ARGS)
{
	RateState  *state = rate_state(PG_GETARG_ARRAYTYPE_P(0));

	if (state->total == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) state->hits / (double) state->total);
}
