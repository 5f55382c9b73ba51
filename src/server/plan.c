/*
 * plan.c
 *	  Plans of SQL that are made once a session.
 */
#include "postgres.h"

#include "server/plan.h"

SPIPlanPtr
icp_keep_plan(const char *query, int nargs, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(query, nargs, types);

	if (plan == NULL)
		elog(ERROR, "SPI_prepare returned %s", SPI_result_code_string(SPI_result));
	if (SPI_keepplan(plan) != 0)
		elog(ERROR, "SPI_keepplan failed");
	return plan;
}
