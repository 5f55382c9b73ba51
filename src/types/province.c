/*
 * province.c
 *	  icp.province.
 */
#include "postgres.h"

#include "compat.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "types/encoding.h"
#include "types/fault_words.h"
#include "types/province_datum.h"

#define HINT_PROVINCE \
	"Accepted are forms such as 京, 北京, 北京市, 北京市通信管理局 and 11, for the 31 provinces of GB/T 2260."

ICP_FUNCTION(icp_province_in);
ICP_FUNCTION(icp_province_out);
ICP_FUNCTION(icp_province_recv);
ICP_FUNCTION(icp_province_send);
ICP_FUNCTION(icp_province_from_code);
ICP_FUNCTION(icp_province_code);
ICP_FUNCTION(icp_province_code_int);
ICP_FUNCTION(icp_province_name);
ICP_FUNCTION(icp_province_bureau);
ICP_FUNCTION(icp_try_province);
ICP_FUNCTION(icp_explain_province);

static unsigned
parse(const char *s, int len)
{
	s = icp_to_utf8(s, &len);
	return icp_province_parse(s, len);
}

static char *
problem(const char *s, int len)
{
	s = icp_to_utf8(s, &len);
	return icp_words_from_utf8(icp_province_problem(s, len));
}

static char *
shown(const char *s, int len)
{
	s = icp_to_utf8(s, &len);
	return icp_words_from_utf8(icp_shown(s, len));
}

static const IcpProvince *
get_province(FunctionCallInfo fcinfo)
{
	return &icp_provinces[icp_province_of_code(PG_GETARG_PROVINCE(0))];
}

Datum
icp_province_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	unsigned	i = parse(s, strlen(s));

	if (i == 0)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "icp.province", shown(s, strlen(s))),
				 errdetail_internal("%s", problem(s, strlen(s))),
				 errhint("%s", icp_words_from_utf8(HINT_PROVINCE))));
	PG_RETURN_PROVINCE(icp_provinces[i].code);
}

Datum
icp_province_out(PG_FUNCTION_ARGS)
{
	const IcpProvince *p = get_province(fcinfo);

	PG_RETURN_CSTRING(icp_from_utf8(pstrdup(p->abbreviation[ICP_SPELL_SECURITY])));
}

Datum
icp_province_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			code = (int16) pq_getmsgint(buf, sizeof(int16));

	if (icp_province_of_code(code) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s", "icp.province"),
				 errdetail("%d is not the GB/T 2260 code of a province.", code)));
	PG_RETURN_PROVINCE(code);
}

Datum
icp_province_send(PG_FUNCTION_ARGS)
{
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendint16(&buf, PG_GETARG_PROVINCE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
icp_province_from_code(PG_FUNCTION_ARGS)
{
	int32		code = PG_GETARG_INT32(0);

	if (icp_province_of_code(code) == 0)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%d is not the GB/T 2260 code of a province", code),
				 errhint("%s", icp_words_from_utf8(HINT_PROVINCE))));
	PG_RETURN_PROVINCE(code);
}

Datum
icp_province_code(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT16(PG_GETARG_PROVINCE(0));
}

Datum
icp_province_code_int(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(PG_GETARG_PROVINCE(0));
}

Datum
icp_province_name(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(icp_from_utf8(pstrdup(get_province(fcinfo)->full_name))));
}

Datum
icp_province_bureau(PG_FUNCTION_ARGS)
{
	char	   *bureau = psprintf("%s通信管理局", get_province(fcinfo)->full_name);

	PG_RETURN_TEXT_P(cstring_to_text(icp_from_utf8(bureau)));
}

Datum
icp_try_province(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	unsigned	i = parse(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));

	if (i == 0)
		PG_RETURN_NULL();
	PG_RETURN_PROVINCE(icp_provinces[i].code);
}

Datum
icp_explain_province(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	const char *s = VARDATA_ANY(t);
	int			len = VARSIZE_ANY_EXHDR(t);

	if (parse(s, len) != 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s %s", problem(s, len),
											  icp_words_from_utf8(HINT_PROVINCE))));
}
