/*
 * credential_ops.c
 *	  icp.credential: order and hash.
 *
 * Scheme and number are compared; the kind of certificate that carries the number and the reason of a waiver
 * are not.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "compat.h"

#include "types/credential_datum.h"

ICP_FUNCTION(icp_credential_eq);
ICP_FUNCTION(icp_credential_ne);
ICP_FUNCTION(icp_credential_lt);
ICP_FUNCTION(icp_credential_le);
ICP_FUNCTION(icp_credential_gt);
ICP_FUNCTION(icp_credential_ge);
ICP_FUNCTION(icp_credential_cmp);
ICP_FUNCTION(icp_credential_hash);
ICP_FUNCTION(icp_credential_hash_extended);
ICP_FUNCTION(icp_credential_smaller);
ICP_FUNCTION(icp_credential_larger);

/* the scheme's byte and the number behind it */
static inline const uint8_t *
key_of(const IcpCredentialDatum *c, size_t *len)
{
	*len = 1 + icp_credential_number_len(c);
	return icp_credential_bytes(c) + ICP_CREDENTIAL_HEAD - 1;
}

static inline int
compare(FunctionCallInfo fcinfo)
{
	IcpCredentialDatum *a = PG_GETARG_CREDENTIAL_PP(0);
	IcpCredentialDatum *b = PG_GETARG_CREDENTIAL_PP(1);
	size_t		alen;
	size_t		blen;
	const uint8_t *akey = key_of(a, &alen);
	const uint8_t *bkey = key_of(b, &blen);
	int			cmp = memcmp(akey, bkey, Min(alen, blen));

	if (cmp == 0)
		cmp = (alen > blen) - (alen < blen);
	/* btree must not leak memory */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return cmp;
}

Datum
icp_credential_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
icp_credential_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
icp_credential_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
icp_credential_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
icp_credential_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

Datum
icp_credential_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
icp_credential_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
icp_credential_smaller(PG_FUNCTION_ARGS)
{
	Datum		a = PG_GETARG_DATUM(0);
	Datum		b = PG_GETARG_DATUM(1);

	PG_RETURN_DATUM(compare(fcinfo) <= 0 ? a : b);
}

Datum
icp_credential_larger(PG_FUNCTION_ARGS)
{
	Datum		a = PG_GETARG_DATUM(0);
	Datum		b = PG_GETARG_DATUM(1);

	PG_RETURN_DATUM(compare(fcinfo) >= 0 ? a : b);
}

Datum
icp_credential_hash(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);
	size_t		len;
	const uint8_t *key = key_of(c, &len);
	Datum		hash = hash_any(key, len);

	PG_FREE_IF_COPY(c, 0);
	return hash;
}

Datum
icp_credential_hash_extended(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);
	size_t		len;
	const uint8_t *key = key_of(c, &len);
	Datum		hash = hash_any_extended(key, len, PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(c, 0);
	return hash;
}
