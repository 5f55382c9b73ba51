/*
 * suffix.h
 *	  Independent domains (独立域名, 4 §2 and its note) by the public suffix list.
 */
#ifndef ICP_CORE_SUFFIX_H
#define ICP_CORE_SUFFIX_H

#include "core/domain.h"

/*
 * Length of the part of the key that is the registered name: the longest public suffix and one label.  -1
 * where the name is a public suffix itself, -2 where no list could be opened.
 */
extern int	icp_suffix_registrable(const uint8_t *key, size_t len);

/* Which list is in use. */
extern bool icp_suffix_version(char *out, size_t room);

#endif							/* ICP_CORE_SUFFIX_H */
