/*
 * number_ops.c
 *	  Parts of a number, containment, numbers to issue.
 */
#include "postgres.h"

#include "compat.h"

#include "utils/builtins.h"

#include "types/encoding.h"
#include "types/fault_words.h"
#include "types/number_datum.h"
#include "types/province_datum.h"

ICP_FUNCTION(icp_province_of);
ICP_FUNCTION(icp_kind_of);
ICP_FUNCTION(icp_serial_of);
ICP_FUNCTION(icp_year_of);
ICP_FUNCTION(icp_icp_id_of);
ICP_FUNCTION(icp_last_service);
ICP_FUNCTION(icp_service_no);
ICP_FUNCTION(icp_service_kind);
ICP_FUNCTION(icp_filing_number_within);
ICP_FUNCTION(icp_icp_id_contains);
ICP_FUNCTION(icp_make_icp_id);
ICP_FUNCTION(icp_make_filing_number);

static const char *const kind_names[] = {"filing", "licence", "vat_licence"};
static const char *const service_kind_names[] = {"site", "app", "mini_program", "quick_app"};

static const char *
icp_service_kind_name(IcpServiceKind kind)
{
	return service_kind_names[kind];
}

/* site, app, mini_program, quick_app; false when it is none of them */
static bool
icp_service_kind_of_name(const char *s, int len, IcpServiceKind *kind)
{
	int			i;

	for (i = 0; i < lengthof(service_kind_names); i++)
		if (strlen(service_kind_names[i]) == len && memcmp(service_kind_names[i], s, len) == 0)
		{
			*kind = (IcpServiceKind) i;
			return true;
		}
	return false;
}

/*
 * A stored value is valid: input and receive let nothing else in.
 */
static void
get_number(FunctionCallInfo fcinfo, IcpNumber *n)
{
	if (!icp_number_unpack(PG_GETARG_ICP_NUMBER(0), n))
		elog(ERROR, "invalid packed number " INT64_FORMAT, PG_GETARG_ICP_NUMBER(0));
}

Datum
icp_province_of(PG_FUNCTION_ARGS)
{
	int			code = icp_number_province_code(PG_GETARG_ICP_NUMBER(0));

	if (code == 0)
		PG_RETURN_NULL();
	PG_RETURN_PROVINCE(code);
}

Datum
icp_kind_of(PG_FUNCTION_ARGS)
{
	IcpNumber	n;

	get_number(fcinfo, &n);
	PG_RETURN_TEXT_P(cstring_to_text(kind_names[n.kind]));
}

Datum
icp_serial_of(PG_FUNCTION_ARGS)
{
	IcpNumber	n;
	char		buf[16];

	get_number(fcinfo, &n);
	snprintf(buf, sizeof(buf), "%0*llu", n.width, (unsigned long long) n.serial);
	PG_RETURN_TEXT_P(cstring_to_text(buf));
}

Datum
icp_year_of(PG_FUNCTION_ARGS)
{
	IcpNumber	n;
	int			year;

	get_number(fcinfo, &n);
	year = icp_number_year(&n);
	if (year == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(year);
}

Datum
icp_icp_id_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_ICP_NUMBER(icp_number_sponsor(PG_GETARG_ICP_NUMBER(0)));
}

Datum
icp_last_service(PG_FUNCTION_ARGS)
{
	PG_RETURN_ICP_NUMBER(icp_number_last_service(PG_GETARG_ICP_NUMBER(0)));
}

Datum
icp_service_no(PG_FUNCTION_ARGS)
{
	int			service_no = icp_number_service_no(PG_GETARG_ICP_NUMBER(0));

	if (service_no == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(service_no);
}

Datum
icp_service_kind(PG_FUNCTION_ARGS)
{
	int64		value = PG_GETARG_ICP_NUMBER(0);

	if (icp_number_service_no(value) == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(icp_service_kind_name(icp_number_service_kind(value))));
}

Datum
icp_filing_number_within(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(icp_number_within(PG_GETARG_ICP_NUMBER(0), PG_GETARG_ICP_NUMBER(1)));
}

Datum
icp_icp_id_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(icp_number_within(PG_GETARG_ICP_NUMBER(1), PG_GETARG_ICP_NUMBER(0)));
}

Datum
icp_make_icp_id(PG_FUNCTION_ARGS)
{
	int			year = PG_GETARG_INT32(1);
	int			running = PG_GETARG_INT32(2);
	int64_t		value;

	if (year < 2000 || year > 2099)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the year of a filing number is 2000 to 2099, not %d", year)));
	if (running < 0 || running > 999999)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the running number of a filing number is 0 to 999999, not %d", running)));
	if (!icp_number_issue(PG_GETARG_PROVINCE(0), year, running, &value))
		elog(ERROR, "invalid province code %d", PG_GETARG_PROVINCE(0));
	PG_RETURN_ICP_NUMBER(value);
}

Datum
icp_make_filing_number(PG_FUNCTION_ARGS)
{
	int			service_no = PG_GETARG_INT32(1);
	text	   *name = PG_GETARG_TEXT_PP(2);
	IcpServiceKind kind;
	int64_t		value;

	if (!icp_service_kind_of_name(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &kind))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is not a kind of service", icp_from_utf8(icp_shown(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)))),
				 errhint("The kinds are site, app, mini_program and quick_app.")));
	if (!icp_number_service(PG_GETARG_ICP_NUMBER(0), service_no, kind, &value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a service number is 1 to %d, not %d", ICP_SERVICE_NO_MAX, service_no)));
	PG_RETURN_ICP_NUMBER(value);
}
