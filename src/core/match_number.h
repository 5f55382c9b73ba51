/*
 * match_number.h
 *	  The grammar of filing and licence numbers over the token stream.
 */
#ifndef ICP_CORE_MATCH_NUMBER_H
#define ICP_CORE_MATCH_NUMBER_H

#include "core/match.h"

/* input has nothing but the number, a page may have anything behind it */
typedef enum IcpMatchMode
{
	ICP_MATCH_INPUT,
	ICP_MATCH_PAGE
} IcpMatchMode;

extern bool icp_match_number(IcpStream *st, IcpMatchMode mode, IcpMatch *m, IcpFault *fault);

#endif							/* ICP_CORE_MATCH_NUMBER_H */
