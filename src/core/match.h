/*
 * match.h
 *	  What the grammars of numbers over the token stream have in common.
 *
 * A grammar serves input and the scanner of pages alike.  It looks at the window only and never goes back
 * over more than it, so a match costs a bounded amount of work.
 */
#ifndef ICP_CORE_MATCH_H
#define ICP_CORE_MATCH_H

#include "core/fault.h"
#include "core/token.h"

typedef struct IcpMatch
{
	int64_t		value;
	unsigned	tokens;			/* how many the number takes */
	size_t		service_pos;	/* bytes of the service number, if there is one */
	size_t		service_end;
} IcpMatch;

/* moves past the words that stand in front of a number; returns how many brackets they opened */
extern unsigned icp_skip_label(IcpStream *st);

/* nothing but white space and the brackets that the label opened */
extern bool icp_at_end(IcpStream *st, unsigned brackets, IcpFault *fault);

/* pieces of the grammars */
extern unsigned icp_match_space(IcpStream *st, unsigned k);
extern bool icp_match_province(IcpStream *st, unsigned *k, unsigned *province);
extern unsigned icp_match_filler(IcpStream *st, unsigned k);
extern bool icp_match_digits(IcpStream *st, unsigned *k, unsigned widths, uint64_t *value, unsigned *count,
							 IcpFault *fault);
extern bool icp_masked(IcpStream *st, unsigned k);
extern bool icp_fault_at(IcpStream *st, unsigned k, IcpReason reason, IcpFault *fault);

#endif							/* ICP_CORE_MATCH_H */
