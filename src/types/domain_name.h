/*
 * domain_name.h
 *	  icp.domain_name: one domain name, stored as the key of core/domain.h.
 */
#ifndef ICP_TYPES_DOMAIN_NAME_H
#define ICP_TYPES_DOMAIN_NAME_H

#include "core/domain.h"
#include "nodes/nodes.h"

/* A packed (short or long header) varlena whose bytes are the key. */
typedef struct varlena IcpDomainName;

#define DatumGetDomainNamePP(x) ((IcpDomainName *) PG_DETOAST_DATUM_PACKED(x))
#define PG_GETARG_DOMAIN_NAME_PP(n) DatumGetDomainNamePP(PG_GETARG_DATUM(n))
#define ICP_DOMAIN_KEY(d) ((const uint8_t *) VARDATA_ANY(d))
#define ICP_DOMAIN_KEYLEN(d) ((size_t) VARSIZE_ANY_EXHDR(d))

extern IcpDomainName *icp_domain_name_make(const uint8_t *key, size_t len);

/* Raises 22P03 unless the key is one that text input makes. */
extern void icp_domain_key_check(const uint8_t *key, size_t len, const char *type);

#endif							/* ICP_TYPES_DOMAIN_NAME_H */
