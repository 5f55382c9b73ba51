/*
 * keyed_digest.c
 *	  HMAC-SHA-256 of a value with a secret that the caller brings.
 *
 * What is derived from a person's credential is kept keyed: there are some 10^11 identity numbers, and a plain digest
 * of one is guessed in minutes by whoever reads it.  The key of the event log has no part in this, and no function
 * digests bytes of the caller's choice with that one.
 */
#include "postgres.h"

#include "compat.h"

#include "crypt/crypt.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

ICP_FUNCTION(icp_keyed_digest);
ICP_FUNCTION(icp_random_secret);

#define SECRET_MIN 32			/* bytes: what the digest has */
#define SECRET_MAX 1024

/* As UTF-8, so that the digest is the same in a database of another encoding. */
static void
add_text(IcpDigester *digester, text *t)
{
	char	   *s = VARDATA_ANY(t);
	int			n = VARSIZE_ANY_EXHDR(t);
	char	   *utf8 = pg_server_to_any(s, n, PG_UTF8);

	icp_digester_add(digester, utf8, utf8 == s ? n : strlen(utf8));
}

/*
 * keyed_digest(secret bytea, kind text, value text) --- over kind, a zero byte, and value
 */
Datum
icp_keyed_digest(PG_FUNCTION_ARGS)
{
	bytea	   *secret = PG_GETARG_BYTEA_PP(0);
	size_t		secret_len = VARSIZE_ANY_EXHDR(secret);
	bytea	   *result = palloc(VARHDRSZ + ICP_DIGEST_LENGTH);
	IcpDigester *digester;

	if (secret_len < SECRET_MIN || secret_len > SECRET_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a secret has %d to %d bytes, not %zu", SECRET_MIN, SECRET_MAX, secret_len)));
	digester = icp_digester_create(ICP_HMAC_SHA256, (const uint8 *) VARDATA_ANY(secret), secret_len);
	icp_digester_begin(digester);
	add_text(digester, PG_GETARG_TEXT_PP(1));
	icp_digester_add(digester, "", 1);
	add_text(digester, PG_GETARG_TEXT_PP(2));
	SET_VARSIZE(result, VARHDRSZ + ICP_DIGEST_LENGTH);
	icp_digester_end(digester, (uint8 *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}

Datum
icp_random_secret(PG_FUNCTION_ARGS)
{
	bytea	   *result = palloc(VARHDRSZ + SECRET_MIN);

	SET_VARSIZE(result, VARHDRSZ + SECRET_MIN);
	icp_random_bytes((uint8 *) VARDATA(result), SECRET_MIN);
	PG_RETURN_BYTEA_P(result);
}
