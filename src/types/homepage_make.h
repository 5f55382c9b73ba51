/*
 * homepage_make.h
 *	  Home pages and independent domains, callable without fmgr.
 */
#ifndef ICP_TYPES_HOMEPAGE_MAKE_H
#define ICP_TYPES_HOMEPAGE_MAKE_H

#include "core/homepage.h"
#include "types/domain_name.h"

/* Key of a home page (text in the server's encoding), palloc'd; raises 22P02 where the text is no URL. */
extern char *icp_homepage_key_make(const char *url, int len, size_t *keylen);

/* The registered name of a key, NULL where it is a public suffix itself. */
extern IcpDomainName *icp_registrable_make(const uint8_t *key, size_t len);

#endif							/* ICP_TYPES_HOMEPAGE_MAKE_H */
