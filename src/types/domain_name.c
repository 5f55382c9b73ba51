/*
 * domain_name.c
 *	  icp.domain_name: input, output, order, hash.
 *
 * What is stored is ASCII and compared with memcmp, so these functions are IMMUTABLE as those of core's types
 * are: the text "example.cn" means the same key whatever ICU says.  ICU is asked only about names that are
 * not plain letters, digits and hyphens, on the way in.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "compat.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "types/domain_fault.h"
#include "types/domain_name.h"
#include "types/encoding.h"

#define WIRE_VERSION 1

ICP_FUNCTION(icp_domain_name_in);
ICP_FUNCTION(icp_domain_name_out);
ICP_FUNCTION(icp_domain_name_recv);
ICP_FUNCTION(icp_domain_name_send);
ICP_FUNCTION(icp_domain_name_try);
ICP_FUNCTION(icp_domain_name_explain);
ICP_FUNCTION(icp_domain_name_eq);
ICP_FUNCTION(icp_domain_name_ne);
ICP_FUNCTION(icp_domain_name_lt);
ICP_FUNCTION(icp_domain_name_le);
ICP_FUNCTION(icp_domain_name_gt);
ICP_FUNCTION(icp_domain_name_ge);
ICP_FUNCTION(icp_domain_name_cmp);
ICP_FUNCTION(icp_domain_name_hash);
ICP_FUNCTION(icp_domain_name_hash_extended);
ICP_FUNCTION(icp_domain_name_smaller);
ICP_FUNCTION(icp_domain_name_larger);
ICP_FUNCTION(icp_domain_name_under);
ICP_FUNCTION(icp_domain_name_over);
ICP_FUNCTION(icp_domain_name_to_unicode);

IcpDomainName *
icp_domain_name_make(const uint8_t *key, size_t len)
{
	IcpDomainName *domain = palloc(VARHDRSZ + len);

	SET_VARSIZE(domain, VARHDRSZ + len);
	memcpy(VARDATA(domain), key, len);
	return domain;
}

/* From text in the server's encoding; NULL after a soft error. */
static IcpDomainName *
icp_domain_name_parse(const char *text, int len, Node *escontext)
{
	uint8_t		key[ICP_DOMAIN_MAX];
	IcpDomainFault fault;
	const char *utf8 = icp_to_utf8(text, &len);
	int			keylen = icp_domain_parse(utf8, len, key, &fault);
	IcpFaultWords words;

	if (keylen >= 0)
		return icp_domain_name_make(key, keylen);
	icp_domain_fault_words(utf8, len, 0, icp_domain_reason_text(fault.reason), fault.position, fault.length,
						   &words);
	icp_fault_report(escontext, "icp.domain_name", utf8, len, &words);
	return NULL;
}

/* Text form into a buffer of ICP_DOMAIN_TEXT_SIZE; its length. */
static int
icp_domain_name_text(const IcpDomainName *domain, char *text)
{
	return icp_domain_text(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain), text);
}

void
icp_domain_key_check(const uint8_t *key, size_t len, const char *type)
{
	bool		ace;
	bool		good = icp_domain_key_valid(key, len, &ace);

	if (good && ace)
	{
		char text[ICP_DOMAIN_TEXT_SIZE];
		uint8_t		again[ICP_DOMAIN_MAX];
		IcpDomainFault fault;
		int			n = icp_domain_text(key, len, text);

		n = icp_domain_parse(text, n, again, &fault);
		good = n >= 0 && (size_t) n == len && memcmp(again, key, len) == 0;
	}
	if (!good)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s", type),
				 errdetail("A domain name in it is not in canonical form."),
				 errhint("Names are sent as lower-case A-labels of letters, digits and hyphens.")));
}

Datum
icp_domain_name_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	IcpDomainName *domain = icp_domain_name_parse(text, strlen(text), fcinfo->context);

	if (domain == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(domain);
}

Datum
icp_domain_name_out(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	char	   *text = palloc(ICP_DOMAIN_TEXT_SIZE);

	icp_domain_name_text(domain, text);
	PG_RETURN_CSTRING(text);
}

/* On the wire: a version byte, then the text form. */
Datum
icp_domain_name_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len = buf->len - buf->cursor;
	const char *text = pq_getmsgbytes(buf, len);
	uint8_t		key[ICP_DOMAIN_MAX];
	char		back[ICP_DOMAIN_TEXT_SIZE];
	IcpDomainFault fault;
	int			keylen;

	if (version != WIRE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d in the binary representation of type icp.domain_name",
						version)));
	/* the exact text that output writes, and nothing that input would first make canonical */
	keylen = len <= ICP_DOMAIN_MAX ? icp_domain_parse(text, len, key, &fault) : -1;
	if (keylen != len || icp_domain_text(key, keylen, back) != len || memcmp(back, text, len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type icp.domain_name"),
				 errdetail("The name is not in canonical form."),
				 errhint("Names are sent as lower-case A-labels of letters, digits and hyphens.")));
	PG_RETURN_POINTER(icp_domain_name_make(key, keylen));
}

Datum
icp_domain_name_send(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	char text[ICP_DOMAIN_TEXT_SIZE];
	int			len = icp_domain_name_text(domain, text);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WIRE_VERSION);
	pq_sendbytes(&buf, text, len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
icp_domain_name_try(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(input);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(input), &len);
	uint8_t		key[ICP_DOMAIN_MAX];
	IcpDomainFault fault;
	int			keylen = icp_domain_parse(utf8, len, key, &fault);

	if (keylen < 0)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(icp_domain_name_make(key, keylen));
}

Datum
icp_domain_name_explain(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(input);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(input), &len);
	uint8_t		key[ICP_DOMAIN_MAX];
	IcpDomainFault fault;
	IcpFaultWords words;

	if (icp_domain_parse(utf8, len, key, &fault) >= 0)
		PG_RETURN_NULL();
	icp_domain_fault_words(utf8, len, 0, icp_domain_reason_text(fault.reason), fault.position, fault.length,
						   &words);
	return icp_fault_explain(&words);
}

/*
 * ORDER
 */

static inline int
compare(FunctionCallInfo fcinfo)
{
	IcpDomainName *a = PG_GETARG_DOMAIN_NAME_PP(0);
	IcpDomainName *b = PG_GETARG_DOMAIN_NAME_PP(1);
	int			cmp = icp_domain_key_cmp(ICP_DOMAIN_KEY(a), ICP_DOMAIN_KEYLEN(a),
										 ICP_DOMAIN_KEY(b), ICP_DOMAIN_KEYLEN(b));

	/* btree must not leak memory */
	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return cmp;
}

Datum
icp_domain_name_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) == 0);
}

Datum
icp_domain_name_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) != 0);
}

Datum
icp_domain_name_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) < 0);
}

Datum
icp_domain_name_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) <= 0);
}

Datum
icp_domain_name_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) > 0);
}

Datum
icp_domain_name_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(fcinfo) >= 0);
}

Datum
icp_domain_name_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(fcinfo));
}

Datum
icp_domain_name_smaller(PG_FUNCTION_ARGS)
{
	Datum		a = PG_GETARG_DATUM(0);
	Datum		b = PG_GETARG_DATUM(1);

	PG_RETURN_DATUM(compare(fcinfo) <= 0 ? a : b);
}

Datum
icp_domain_name_larger(PG_FUNCTION_ARGS)
{
	Datum		a = PG_GETARG_DATUM(0);
	Datum		b = PG_GETARG_DATUM(1);

	PG_RETURN_DATUM(compare(fcinfo) >= 0 ? a : b);
}

Datum
icp_domain_name_hash(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	Datum		hash = hash_any(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));

	PG_FREE_IF_COPY(domain, 0);
	return hash;
}

Datum
icp_domain_name_hash_extended(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	Datum		hash = hash_any_extended(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain),
										 PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(domain, 0);
	return hash;
}

/* At or under: x <@ parent. */
Datum
icp_domain_name_under(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	IcpDomainName *parent = PG_GETARG_DOMAIN_NAME_PP(1);

	PG_RETURN_BOOL(icp_domain_key_under(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain),
										ICP_DOMAIN_KEY(parent), ICP_DOMAIN_KEYLEN(parent)));
}

/* At or above: parent @> x. */
Datum
icp_domain_name_over(PG_FUNCTION_ARGS)
{
	IcpDomainName *parent = PG_GETARG_DOMAIN_NAME_PP(0);
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(1);

	PG_RETURN_BOOL(icp_domain_key_under(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain),
										ICP_DOMAIN_KEY(parent), ICP_DOMAIN_KEYLEN(parent)));
}

/* For people: labels in the characters they stand for. */
Datum
icp_domain_name_to_unicode(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	char		unicode[ICP_DOMAIN_UNICODE_SIZE];
	int			len = icp_domain_to_unicode(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain), unicode);

	if (len < 0)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("ICU's IDNA data could not be opened")));
	PG_RETURN_TEXT_P(cstring_to_text(icp_from_utf8(unicode)));
}
