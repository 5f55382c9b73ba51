/*
 * number.c
 *	  icp.icp_id and icp.filing_number: input and output, try_, explain_.
 */
#include "postgres.h"

#include "compat.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "types/encoding.h"
#include "types/fault_words.h"
#include "types/number_datum.h"

ICP_FUNCTION(icp_icp_id_in);
ICP_FUNCTION(icp_icp_id_recv);
ICP_FUNCTION(icp_filing_number_in);
ICP_FUNCTION(icp_filing_number_recv);
ICP_FUNCTION(icp_number_out);
ICP_FUNCTION(icp_number_send);
ICP_FUNCTION(icp_try_icp_id);
ICP_FUNCTION(icp_try_filing_number);
ICP_FUNCTION(icp_explain_icp_id);
ICP_FUNCTION(icp_explain_filing_number);

typedef bool (*Parser) (const char *s, size_t len, int64_t *value, IcpFault *fault);

static Datum
number_in(FunctionCallInfo fcinfo, Parser parser, const char *type)
{
	char	   *s = PG_GETARG_CSTRING(0);
	int			len = strlen(s);
	const char *u = icp_to_utf8(s, &len);
	IcpFault	fault = {0};
	int64_t		value;

	if (!parser(u, len, &value, &fault))
	{
		IcpFaultWords words = icp_fault_words(&fault, u, len);

		icp_fault_report(fcinfo->context, type, u, len, &words);
		return (Datum) 0;
	}
	PG_RETURN_ICP_NUMBER(value);
}

static Datum
number_recv(FunctionCallInfo fcinfo, bool sponsor, const char *type)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int64		value = pq_getmsgint64(buf);
	IcpNumber	n;

	if (!icp_number_unpack(value, &n) || (sponsor && n.service_no != 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s", type),
				 errdetail("No number packs to " INT64_FORMAT ".", value)));
	PG_RETURN_ICP_NUMBER(value);
}

static Datum
try_number(FunctionCallInfo fcinfo, Parser parser)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpFault	fault;
	int64_t		value;

	if (!parser(s, len, &value, &fault))
		PG_RETURN_NULL();
	PG_RETURN_ICP_NUMBER(value);
}

static Datum
explain_number(FunctionCallInfo fcinfo, Parser parser)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpFault	fault = {0};
	IcpFaultWords words;
	int64_t		value;

	if (parser(s, len, &value, &fault))
		PG_RETURN_NULL();
	words = icp_fault_words(&fault, s, len);
	return icp_fault_explain(&words);
}

Datum
icp_icp_id_in(PG_FUNCTION_ARGS)
{
	return number_in(fcinfo, icp_number_parse_sponsor, "icp.icp_id");
}

Datum
icp_filing_number_in(PG_FUNCTION_ARGS)
{
	return number_in(fcinfo, icp_number_parse, "icp.filing_number");
}

Datum
icp_icp_id_recv(PG_FUNCTION_ARGS)
{
	return number_recv(fcinfo, true, "icp.icp_id");
}

Datum
icp_filing_number_recv(PG_FUNCTION_ARGS)
{
	return number_recv(fcinfo, false, "icp.filing_number");
}

Datum
icp_number_out(PG_FUNCTION_ARGS)
{
	char	   *s = palloc(ICP_NUMBER_TEXT_MAX);

	icp_number_format(PG_GETARG_ICP_NUMBER(0), s);
	PG_RETURN_CSTRING(icp_from_utf8(s));
}

Datum
icp_number_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_ICP_NUMBER(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
icp_try_icp_id(PG_FUNCTION_ARGS)
{
	return try_number(fcinfo, icp_number_parse_sponsor);
}

Datum
icp_try_filing_number(PG_FUNCTION_ARGS)
{
	return try_number(fcinfo, icp_number_parse);
}

Datum
icp_explain_icp_id(PG_FUNCTION_ARGS)
{
	return explain_number(fcinfo, icp_number_parse_sponsor);
}

Datum
icp_explain_filing_number(PG_FUNCTION_ARGS)
{
	return explain_number(fcinfo, icp_number_parse);
}
