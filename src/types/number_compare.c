/*
 * number_compare.c
 *	  Comparison of the 8-byte numbers, whose order is that of their bits as int8.
 *
 * The server's int8eq and its kin would do the same; but a function of language internal is looked up by its name in a
 * list of all of them whenever a plan starts, which a short look-up by number feels.
 */
#include "postgres.h"

#include "compat.h"

#define NUMBER_COMPARISON(name, op) \
	ICP_FUNCTION(name); \
	Datum \
	name(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BOOL(PG_GETARG_INT64(0) op PG_GETARG_INT64(1)); \
	} \
	extern Datum name(PG_FUNCTION_ARGS)

NUMBER_COMPARISON(icp_number_eq, ==);
NUMBER_COMPARISON(icp_number_ne, !=);
NUMBER_COMPARISON(icp_number_lt, <);
NUMBER_COMPARISON(icp_number_le, <=);
NUMBER_COMPARISON(icp_number_gt, >);
NUMBER_COMPARISON(icp_number_ge, >=);
