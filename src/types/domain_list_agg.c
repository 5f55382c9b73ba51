/*
 * domain_list_agg.c
 *	  icp.domain_list_agg: the set of all domains of a group.
 *
 * The state is a bytea, not internal, so that partial aggregates can be computed anywhere (design: every
 * aggregate combines over a visible type).  It holds entries in the order of arrival behind a count of the
 * bytes in use, with room at the end: a new domain is appended in place, and only when the room is used up
 * are entries sorted, duplicates dropped, and the room doubled if more than half of it is still taken.  So n
 * domains cost n log n.
 */
#include "postgres.h"

#include "compat.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "types/domain_list_datum.h"

ICP_FUNCTION(icp_domain_list_accum_domain);
ICP_FUNCTION(icp_domain_list_accum_list);
ICP_FUNCTION(icp_domain_list_combine);
ICP_FUNCTION(icp_domain_list_final);

typedef struct AggState
{
	int32		vl_len_;
	uint32		used;
	uint8_t		data[FLEXIBLE_ARRAY_MEMBER];
} AggState;

#define STATE_HEADER offsetof(AggState, data)
#define STATE_ROOM(s) (VARSIZE(s) - STATE_HEADER)
#define FIRST_ROOM 120

static void
check_context(FunctionCallInfo fcinfo)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function called in non-aggregate context")));
}

static AggState *
make_state(size_t room)
{
	AggState   *state = palloc(STATE_HEADER + room);

	SET_VARSIZE(state, STATE_HEADER + room);
	state->used = 0;
	return state;
}

ICP_NORETURN static void malformed_state(void);

static void
malformed_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("malformed state of icp.domain_list_agg"),
			 errdetail("It is no state that the aggregate has made.")));
}

/* A state may be any bytea that the definer of some aggregate gave as its first one. */
static AggState *
state_arg(FunctionCallInfo fcinfo, int n)
{
	AggState   *state = (AggState *) PG_GETARG_BYTEA_P(n);
	size_t		at;

	if (VARSIZE(state) < STATE_HEADER || state->used > STATE_ROOM(state))
		malformed_state();
	/* the first entry tells a foreign bytea soonest; all are checked at the end */
	at = state->used > 0 ? icp_list_entry_size(state->data) : 0;
	if (at > state->used)
		malformed_state();
	return state;
}

/* Sorts the entries of from into out, each once; the bytes. */
static size_t
compact(const AggState *from, uint8_t *out)
{
	const uint8_t **entries;
	size_t		at,
				n,
				size;
	size_t		position;
	size_t		count;
	bool		ace;

	if (!icp_list_valid(from->data, from->used, false, &position, &ace, &count))
		malformed_state();
	CHECK_FOR_INTERRUPTS();
	entries = MemoryContextAllocHuge(CurrentMemoryContext, Max(count, 1) * sizeof(*entries));
	for (at = 0, n = 0; n < count; n++)
	{
		entries[n] = from->data + at;
		at += icp_list_entry_size(entries[n]);
	}
	size = icp_list_build(entries, n, out);
	pfree(entries);
	icp_list_check_count(icp_list_count(out, size));
	return size;
}

/* A state with room for more bytes: the same one, or a bigger one. */
static AggState *
make_room(AggState *state, size_t more)
{
	AggState   *bigger;
	size_t		room;

	if (state->used + more <= STATE_ROOM(state))
		return state;
	bigger = make_state(2 * STATE_ROOM(state) + more);
	bigger->used = compact(state, bigger->data);
	room = STATE_ROOM(state);
	if (bigger->used + more <= room / 2)
	{
		memcpy(state->data, bigger->data, bigger->used);
		state->used = bigger->used;
		pfree(bigger);
		return state;
	}
	return bigger;
}

static AggState *
append(AggState *state, const uint8_t *entries, size_t size)
{
	state = make_room(state, size);
	memcpy(state->data + state->used, entries, size);
	state->used += size;
	return state;
}

Datum
icp_domain_list_accum_domain(PG_FUNCTION_ARGS)
{
	AggState   *state;
	IcpDomainName *domain;
	uint8_t		entry[1 + ICP_DOMAIN_MAX];

	check_context(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = PG_ARGISNULL(0) ? make_state(FIRST_ROOM) : state_arg(fcinfo, 0);
	domain = PG_GETARG_DOMAIN_NAME_PP(1);
	state = append(state, entry, icp_list_entry(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain), entry));
	PG_RETURN_POINTER(state);
}

Datum
icp_domain_list_accum_list(PG_FUNCTION_ARGS)
{
	AggState   *state;
	IcpDomainList *list;

	check_context(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	state = PG_ARGISNULL(0) ? make_state(FIRST_ROOM) : state_arg(fcinfo, 0);
	list = PG_GETARG_DOMAIN_LIST_PP(1);
	PG_RETURN_POINTER(append(state, ICP_LIST_DATA(list), ICP_LIST_SIZE(list)));
}

Datum
icp_domain_list_combine(PG_FUNCTION_ARGS)
{
	AggState   *right;

	check_context(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	right = state_arg(fcinfo, 1);
	if (PG_ARGISNULL(0))
		PG_RETURN_POINTER(append(make_state(FIRST_ROOM), right->data, right->used));
	PG_RETURN_POINTER(append(state_arg(fcinfo, 0), right->data, right->used));
}

/* Leaves the state as it is: window functions go on with it. */
Datum
icp_domain_list_final(PG_FUNCTION_ARGS)
{
	AggState   *state;
	IcpDomainList *list;
	size_t		size;

	check_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = state_arg(fcinfo, 0);
	list = palloc(VARHDRSZ + state->used);
	size = compact(state, (uint8_t *) VARDATA(list));
	SET_VARSIZE(list, VARHDRSZ + size);
	PG_RETURN_POINTER(list);
}
