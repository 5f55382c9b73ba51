/*
 * domain_fault.h
 *	  What the parsers of domain names, lists and URLs found wrong, as PostgreSQL says it.
 */
#ifndef ICP_TYPES_DOMAIN_FAULT_H
#define ICP_TYPES_DOMAIN_FAULT_H

#include "core/domain.h"
#include "types/fault_words.h"

/* utf8 is the text that was parsed; element > 0 is its number in a list. */
extern void icp_domain_fault_words(const char *utf8, size_t len, int element, const IcpDomainReasonText *words,
								   size_t position, size_t length, IcpFaultWords *out);

#endif							/* ICP_TYPES_DOMAIN_FAULT_H */
