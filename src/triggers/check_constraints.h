/*
 * check_constraints.h
 *	  Takes rows and keys out of the messages of guarded tables; called once, when the library is loaded.
 */
#ifndef ICP_CHECK_CONSTRAINTS_H
#define ICP_CHECK_CONSTRAINTS_H

extern void icp_check_constraints_init(void);

#endif							/* ICP_CHECK_CONSTRAINTS_H */
