/*
 * psb_number.c
 *	  icp.psb_number.
 */
#include "postgres.h"

#include "compat.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "types/encoding.h"
#include "types/fault_words.h"
#include "types/province_datum.h"
#include "types/psb_number_datum.h"

ICP_FUNCTION(icp_psb_number_in);
ICP_FUNCTION(icp_psb_number_out);
ICP_FUNCTION(icp_psb_number_recv);
ICP_FUNCTION(icp_psb_number_send);
ICP_FUNCTION(icp_try_psb_number);
ICP_FUNCTION(icp_explain_psb_number);
ICP_FUNCTION(icp_psb_province_of);
ICP_FUNCTION(icp_psb_serial_of);
ICP_FUNCTION(icp_psb_division_of);

/* the messages of a fault that comes before the province is known are the public-security ones too */
#define FAULT_INIT {.serial_of = ICP_SERIAL_SECURITY}

Datum
icp_psb_number_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	int			len = strlen(s);
	const char *u = icp_to_utf8(s, &len);
	IcpFault	fault = FAULT_INIT;
	int64_t		value;

	if (!icp_psb_parse(u, len, &value, &fault))
	{
		IcpFaultWords words = icp_fault_words(&fault, u, len);

		icp_fault_report(fcinfo->context, "icp.psb_number", u, len, &words);
		return (Datum) 0;
	}
	PG_RETURN_PSB_NUMBER(value);
}

Datum
icp_psb_number_out(PG_FUNCTION_ARGS)
{
	char	   *s = palloc(ICP_PSB_TEXT_MAX);

	icp_psb_format(PG_GETARG_PSB_NUMBER(0), s);
	PG_RETURN_CSTRING(icp_from_utf8(s));
}

Datum
icp_psb_number_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int64		value = pq_getmsgint64(buf);

	if (!icp_psb_valid(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s", "icp.psb_number"),
				 errdetail("No number packs to " INT64_FORMAT ".", value)));
	PG_RETURN_PSB_NUMBER(value);
}

Datum
icp_psb_number_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint64(&buf, PG_GETARG_PSB_NUMBER(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
icp_try_psb_number(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpFault	fault;
	int64_t		value;

	if (!icp_psb_parse(s, len, &value, &fault))
		PG_RETURN_NULL();
	PG_RETURN_PSB_NUMBER(value);
}

Datum
icp_explain_psb_number(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpFault	fault = FAULT_INIT;
	IcpFaultWords words;
	int64_t		value;

	if (icp_psb_parse(s, len, &value, &fault))
		PG_RETURN_NULL();
	words = icp_fault_words(&fault, s, len);
	return icp_fault_explain(&words);
}

Datum
icp_psb_province_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_PROVINCE(icp_provinces[icp_psb_province_index(PG_GETARG_PSB_NUMBER(0))].code);
}

Datum
icp_psb_serial_of(PG_FUNCTION_ARGS)
{
	char		buf[16];

	icp_psb_digits(PG_GETARG_PSB_NUMBER(0), buf);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}

Datum
icp_psb_division_of(PG_FUNCTION_ARGS)
{
	char		buf[16];

	icp_psb_digits(PG_GETARG_PSB_NUMBER(0), buf);
	buf[6] = '\0';
	PG_RETURN_INT32(atoi(buf));
}
