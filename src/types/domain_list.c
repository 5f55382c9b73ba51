/*
 * domain_list.c
 *	  icp.domain_list: input, output, order, hash, set operators.
 *
 * Works on payloads only; ICU has its say when a domain is read, as in domain_name.c.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "compat.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "types/domain_fault.h"
#include "types/domain_list_datum.h"
#include "types/encoding.h"

#define WIRE_VERSION 1

ICP_FUNCTION(icp_domain_list_in);
ICP_FUNCTION(icp_domain_list_out);
ICP_FUNCTION(icp_domain_list_recv);
ICP_FUNCTION(icp_domain_list_send);
ICP_FUNCTION(icp_domain_list_try);
ICP_FUNCTION(icp_domain_list_explain);

void
icp_list_check_count(size_t count)
{
	if (count > ICP_LIST_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("domain list has more than %d domains", ICP_LIST_MAX)));
}

void
icp_list_builder_init(IcpListBuilder *builder)
{
	builder->room = 128;
	builder->data = palloc(builder->room);
	builder->size = 0;
	builder->count = 0;
}

void
icp_list_builder_add(IcpListBuilder *builder, const uint8_t *key, size_t keylen)
{
	if (builder->size + 1 + keylen > builder->room)
	{
		/* what repeats must not count against the limit, so only memory bounds the collecting */
		builder->room = Max(builder->room * 2, builder->size + 1 + keylen);
		builder->data = repalloc_huge(builder->data, builder->room);
	}
	builder->size += icp_list_entry(key, keylen, builder->data + builder->size);
	builder->count++;
}

IcpDomainList *
icp_list_builder_finish(IcpListBuilder *builder)
{
	IcpDomainList *list;
	const uint8_t **entries;
	uint8_t    *out;
	size_t		at,
				i,
				size;

	if (builder->count <= 1)
	{
		list = palloc(VARHDRSZ + builder->size);
		memcpy(VARDATA(list), builder->data, builder->size);
		SET_VARSIZE(list, VARHDRSZ + builder->size);
		return list;
	}
	entries = MemoryContextAllocHuge(CurrentMemoryContext, builder->count * sizeof(*entries));
	for (at = 0, i = 0; i < builder->count; i++)
	{
		entries[i] = builder->data + at;
		at += icp_list_entry_size(entries[i]);
	}
	out = MemoryContextAllocHuge(CurrentMemoryContext, VARHDRSZ + builder->size);
	size = icp_list_build(entries, builder->count, out + VARHDRSZ);
	pfree(entries);
	icp_list_check_count(icp_list_count(out + VARHDRSZ, size));
	list = (IcpDomainList *) out;
	SET_VARSIZE(list, VARHDRSZ + size);
	return list;
}

/* Literal to list; NULL with *fault filled. */
static IcpDomainList *
parse_literal(const char *utf8, size_t len, IcpFaultWords *fault)
{
	IcpListLiteral literal;
	IcpListBuilder builder;
	char	   *buf = palloc(len + 1);
	int			got = -1;

	icp_list_builder_init(&builder);
	if (icp_list_literal_begin(&literal, utf8, len))
	{
		while ((got = icp_list_literal_next(&literal, buf)) > 0)
		{
			uint8_t		key[ICP_DOMAIN_MAX];
			IcpDomainFault bad;
			int			keylen = icp_domain_parse(literal.element, literal.element_len, key, &bad);

			if (keylen < 0)
			{
				icp_domain_fault_words(literal.element, literal.element_len, (int) builder.count + 1,
									   icp_domain_reason_text(bad.reason), bad.position, bad.length, fault);
				return NULL;
			}
			icp_list_builder_add(&builder, key, keylen);
			if ((builder.count & 0xFFF) == 0)
				CHECK_FOR_INTERRUPTS();
		}
	}
	if (got < 0)
	{
		icp_domain_fault_words(utf8, len, 0, icp_list_reason_text(literal.reason), literal.position, 0,
							   fault);
		return NULL;
	}
	return icp_list_builder_finish(&builder);
}

Datum
icp_domain_list_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int			len = strlen(text);
	const char *utf8 = icp_to_utf8(text, &len);
	IcpFaultWords fault;
	IcpDomainList *list = parse_literal(utf8, len, &fault);

	if (list == NULL)
	{
		icp_fault_report(fcinfo->context, "icp.domain_list", utf8, len, &fault);
		PG_RETURN_NULL();
	}
	PG_RETURN_POINTER(list);
}

Datum
icp_domain_list_out(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	char	   *text = palloc(ICP_LIST_SIZE(list) + 5);
	size_t		len = icp_list_literal_write(ICP_LIST_DATA(list), ICP_LIST_SIZE(list), text);

	text[len] = '\0';

	PG_RETURN_CSTRING(text);
}

/* On the wire: a version byte, then the payload. */
Datum
icp_domain_list_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	int			len = buf->len - buf->cursor;
	const uint8_t *payload = (const uint8_t *) pq_getmsgbytes(buf, len);
	IcpDomainList *list;
	size_t		position = 0;
	size_t		count;
	bool		ace;

	if (version != WIRE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d in the binary representation of type icp.domain_list",
						version)));
	if (!icp_list_valid(payload, len, true, &position, &ace, &count))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type icp.domain_list"),
				 errdetail("The entry at byte %zu is cut off, not canonical, or out of order.", position + 1),
				 errhint("Entries are a length byte and the labels from the right to the left, sorted, "
						 "each once.")));
	icp_list_check_count(count);
	list = palloc(VARHDRSZ + len);
	SET_VARSIZE(list, VARHDRSZ + len);
	memcpy(VARDATA(list), payload, len);
	if (ace)
	{
		IcpListCursor c;

		icp_list_open(&c, list);
		while (icp_list_next(&c))
			icp_domain_key_check(c.key, c.keylen, "icp.domain_list");
	}
	PG_RETURN_POINTER(list);
}

Datum
icp_domain_list_send(PG_FUNCTION_ARGS)
{
	IcpDomainList *list = PG_GETARG_DOMAIN_LIST_PP(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WIRE_VERSION);
	pq_sendbytes(&buf, (const char *) ICP_LIST_DATA(list), ICP_LIST_SIZE(list));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
icp_domain_list_try(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(input);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(input), &len);
	IcpFaultWords fault;
	IcpDomainList *list = parse_literal(utf8, len, &fault);

	if (list == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(list);
}

Datum
icp_domain_list_explain(PG_FUNCTION_ARGS)
{
	text	   *input = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(input);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(input), &len);
	IcpFaultWords fault;

	if (parse_literal(utf8, len, &fault) != NULL)
		PG_RETURN_NULL();
	return icp_fault_explain(&fault);
}
