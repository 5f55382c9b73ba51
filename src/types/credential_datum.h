/*
 * credential_datum.h
 *	  icp.credential: a kind, a number, and for a waived check sign the reason.
 *
 * Bytes behind the header: kind | length of the number, low and high | scheme | number | waiver.  Scheme and
 * number are what is compared and hashed, so they lie side by side.  The form is stored in tables and is
 * frozen from 1.0.
 */
#ifndef ICP_TYPES_CREDENTIAL_DATUM_H
#define ICP_TYPES_CREDENTIAL_DATUM_H

#include "postgres.h"

#include "core/credential.h"

typedef struct varlena IcpCredentialDatum;

#define ICP_CREDENTIAL_HEAD 4

#define PG_GETARG_CREDENTIAL_PP(n) ((IcpCredentialDatum *) PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(n)))

static inline const uint8_t *
icp_credential_bytes(const IcpCredentialDatum *c)
{
	return (const uint8_t *) VARDATA_ANY(c);
}

static inline IcpCredentialKind
icp_credential_kind(const IcpCredentialDatum *c)
{
	return (IcpCredentialKind) icp_credential_bytes(c)[0];
}

static inline size_t
icp_credential_number_len(const IcpCredentialDatum *c)
{
	return icp_credential_bytes(c)[1] | (size_t) icp_credential_bytes(c)[2] << 8;
}

/* UTF-8 without a final zero */
static inline const char *
icp_credential_number(const IcpCredentialDatum *c)
{
	return (const char *) icp_credential_bytes(c) + ICP_CREDENTIAL_HEAD;
}

static inline size_t
icp_credential_waiver_len(const IcpCredentialDatum *c)
{
	return VARSIZE_ANY_EXHDR(c) - ICP_CREDENTIAL_HEAD - icp_credential_number_len(c);
}

static inline const char *
icp_credential_waiver(const IcpCredentialDatum *c)
{
	return icp_credential_number(c) + icp_credential_number_len(c);
}

#endif							/* ICP_TYPES_CREDENTIAL_DATUM_H */
