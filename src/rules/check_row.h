/*
 * check_row.h
 *	  The setting of icp.check_row().
 */
#ifndef ICP_RULES_CHECK_ROW_H
#define ICP_RULES_CHECK_ROW_H

/* Defines icpfiling.errors_as_warnings; called once by _PG_init. */
extern void check_row_init(void);

#endif							/* ICP_RULES_CHECK_ROW_H */
