/*
 * find.h
 *	  Every number that stands in a text or HTML, in order, in time linear in its length.
 */
#ifndef ICP_CORE_FIND_H
#define ICP_CORE_FIND_H

#include "core/token.h"

typedef enum IcpFindWhat
{
	ICP_FIND_NUMBERS,
	ICP_FIND_PSB
} IcpFindWhat;

typedef enum IcpFound
{
	ICP_FOUND,
	ICP_FOUND_NONE,				/* the text is at its end */
	ICP_FOUND_LATER				/* the budget is used up: look again */
} IcpFound;

typedef struct IcpFinder
{
	IcpStream	stream;
	IcpFindWhat what;
} IcpFinder;

extern void icp_find_init(IcpFinder *f, IcpFindWhat what, const char *s, size_t len);

/* looks at no more than budget tokens; pos and end are bytes of the text */
extern IcpFound icp_find_next(IcpFinder *f, unsigned budget, int64_t *value, size_t *pos, size_t *end);

#endif							/* ICP_CORE_FIND_H */
