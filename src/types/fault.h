/*
 * fault.h
 *	  A fault of the cores in words: what is wrong and where, and what would be accepted.
 */
#ifndef ICP_TYPES_FAULT_H
#define ICP_TYPES_FAULT_H

#include "postgres.h"

#include "core/fault.h"

typedef struct IcpFaultText
{
	char	   *detail;
	char	   *hint;
} IcpFaultText;

/* both in the encoding of the database; s is what was parsed, in UTF-8 */
extern IcpFaultText icp_fault_text(const IcpFault *fault, const char *s, int len);

#endif							/* ICP_TYPES_FAULT_H */
