/*
 * contact.c
 *	  Checks of contact data as functions of SQL.
 */
#include "postgres.h"

#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "core/address.h"
#include "core/email.h"
#include "core/person_name.h"
#include "core/phone.h"
#include "types/contact_words.h"
#include "types/domain_fault.h"
#include "types/encoding.h"
#include "types/province_datum.h"

ICP_FUNCTION(icp_explain_phone);
ICP_FUNCTION(icp_explain_email);
ICP_FUNCTION(icp_explain_person_name);
ICP_FUNCTION(icp_explain_address);
ICP_FUNCTION(icp_phone_kind);
ICP_FUNCTION(icp_phone_province);
ICP_FUNCTION(icp_try_phone);

IcpFaultWords
icp_contact_words(const IcpContactText *words, const char *utf8, size_t len, const IcpContactFault *fault)
{
	IcpFaultWords out = {icp_own_words(words->detail), icp_own_words(words->hint)};
	int			character = 1;
	size_t		i;

	if (fault->position == 0 && fault->length >= len)
		return out;
	for (i = 0; i < fault->position && i < len; i++)
		if (((unsigned char) utf8[i] & 0xC0) != 0x80)
			character++;
	/* "There is no such area code (区号)." becomes "... (区号), at character 2." */
	out.detail[strlen(out.detail) - 1] = '\0';
	out.detail = psprintf("%s, at character %d.", out.detail, character);
	return out;
}

Datum
icp_contact_explain(const IcpContactText *words, const char *utf8, size_t len, const IcpContactFault *fault)
{
	IcpFaultWords out = icp_contact_words(words, utf8, len, fault);

	if (words->verdict == ICP_WARNING)
		out.detail = psprintf("Warning: %s", out.detail);
	return icp_fault_explain(&out);
}

Datum
icp_explain_phone(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpContactFault fault;

	if (icp_phone_list_check(s, len, NULL, &fault) == ICP_RIGHT)
		PG_RETURN_NULL();
	return icp_contact_explain(icp_phone_reason_text(fault.reason), s, len, &fault);
}

Datum
icp_explain_email(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpContactFault fault;

	if (icp_email_check(s, len, &fault) == ICP_RIGHT)
		PG_RETURN_NULL();
	return icp_contact_explain(icp_email_reason_text(fault.reason), s, len, &fault);
}

Datum
icp_explain_person_name(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	bool		foreign = PG_GETARG_BOOL(1);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpContactFault fault;

	if (icp_person_name_check(s, len, foreign, &fault) == ICP_RIGHT)
		PG_RETURN_NULL();
	return icp_contact_explain(icp_person_name_reason_text(fault.reason), s, len, &fault);
}

Datum
icp_explain_address(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpAddressDetail detail;
	IcpContactFault fault;

	if (icp_address_check(s, len, &detail, &fault) == ICP_RIGHT)
		PG_RETURN_NULL();
	return icp_contact_explain(icp_address_reason_text(fault.reason), s, len, &fault);
}

/* The one number that a text is; false where it is none. */
static bool
phone_of_text(const text *t, IcpPhone *phone)
{
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpContactFault fault;

	return icp_phone_check(s, len, phone, &fault) != ICP_WRONG;
}

Datum
icp_phone_kind(PG_FUNCTION_ARGS)
{
	IcpPhone	phone;

	if (!phone_of_text(PG_GETARG_TEXT_PP(0), &phone))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(icp_phone_kinds[phone.kind]));
}

Datum
icp_phone_province(PG_FUNCTION_ARGS)
{
	IcpPhone	phone;

	if (!phone_of_text(PG_GETARG_TEXT_PP(0), &phone) || phone.province == 0)
		PG_RETURN_NULL();
	PG_RETURN_PROVINCE(icp_provinces[phone.province].code);
}

Datum
icp_try_phone(PG_FUNCTION_ARGS)
{
	IcpPhone	phone;
	char		out[ICP_PHONE_TEXT_SIZE];
	size_t		n;

	if (!phone_of_text(PG_GETARG_TEXT_PP(0), &phone))
		PG_RETURN_NULL();
	n = icp_phone_write(&phone, out);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out, n));
}
