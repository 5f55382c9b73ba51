/*
 * domain_abbrev.h
 *	  A domain's key as a number, for sorting.
 */
#ifndef ICP_CORE_DOMAIN_ABBREV_H
#define ICP_CORE_DOMAIN_ABBREV_H

#include <stddef.h>
#include <stdint.h>

/* Keys in order have numbers in order; of different keys the numbers may be equal. */
extern uint64_t icp_domain_abbreviate(const uint8_t *key, size_t len);

#endif							/* ICP_CORE_DOMAIN_ABBREV_H */
