/*
 * plan.h
 *	  Plans of SQL that are made once a session.
 */
#ifndef ICP_SERVER_PLAN_H
#define ICP_SERVER_PLAN_H

#include "executor/spi.h"

/* Of a query whose text never changes; kept until SPI_freeplan().  The plan cache follows what happens to its tables. */
extern SPIPlanPtr icp_keep_plan(const char *query, int nargs, Oid *types);

#endif							/* ICP_SERVER_PLAN_H */
