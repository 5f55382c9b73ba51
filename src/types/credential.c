/*
 * credential.c
 *	  icp.credential: input, output, constructors, parts.
 *
 * Messages show credentials masked, since they go to the server's log.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "compat.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "types/credential_datum.h"
#include "types/encoding.h"
#include "types/fault_words.h"

#define WIRE_VERSION 1

ICP_FUNCTION(icp_credential_in);
ICP_FUNCTION(icp_credential_out);
ICP_FUNCTION(icp_credential_recv);
ICP_FUNCTION(icp_credential_send);
ICP_FUNCTION(icp_credential_try);
ICP_FUNCTION(icp_credential_explain);
ICP_FUNCTION(icp_credential_of);
ICP_FUNCTION(icp_credential_waived);
ICP_FUNCTION(icp_credential_kind_of);
ICP_FUNCTION(icp_credential_number_of);
ICP_FUNCTION(icp_credential_waiver_of);
ICP_FUNCTION(icp_credential_mask_of);
ICP_FUNCTION(icp_credential_division_of);
ICP_FUNCTION(icp_credential_notes_of);
ICP_FUNCTION(icp_credential_upgrade);

static IcpFaultWords
fault_words(const IcpCredentialFault *fault)
{
	char		detail[ICP_CREDENTIAL_DETAIL_ROOM];

	icp_credential_detail(fault, detail);
	return (IcpFaultWords)
	{
		icp_words_from_utf8(detail), icp_words_from_utf8(icp_credential_hint(fault))
	};
}

/* (masked by its kind already) */
static void
report(Node *escontext, const IcpCredentialFault *fault, const char *masked)
{
	IcpFaultWords words = fault_words(fault);

	icp_fault_report_masked(escontext, "icp.credential", masked, &words);
}

static IcpCredentialDatum *
icp_credential_datum(const IcpCredential *credential)
{
	const IcpCredentialNumber *number = &credential->number;
	size_t		size = VARHDRSZ + ICP_CREDENTIAL_HEAD + number->len + credential->waiver_len;
	IcpCredentialDatum *c = palloc(size);
	char	   *p = VARDATA(c);

	SET_VARSIZE(c, size);
	p[0] = (char) number->kind;
	p[1] = (char) (number->len & 0xFF);
	p[2] = (char) (number->len >> 8);
	p[3] = (char) number->scheme;
	memcpy(p + ICP_CREDENTIAL_HEAD, number->text, number->len);
	memcpy(p + ICP_CREDENTIAL_HEAD + number->len, credential->waiver, credential->waiver_len);
	return c;
}

/* The canonical text in UTF-8. */
static char *
text_of(const IcpCredentialDatum *c)
{
	char	   *s = palloc(ICP_CREDENTIAL_TEXT_ROOM);

	icp_credential_text(icp_credential_kind(c), icp_credential_number(c), icp_credential_number_len(c),
						icp_credential_waiver(c), icp_credential_waiver_len(c), s);
	return s;
}

static char *
masked(const char *utf8, int len)
{
	char	   *s = palloc(len + 1);

	icp_credential_text_mask(utf8, len, s);
	return icp_words_from_utf8(s);
}

static IcpCredentialDatum *
parse(const char *s, int len, Node *escontext)
{
	const char *utf8 = icp_to_utf8(s, &len);
	IcpCredential credential;
	IcpCredentialFault fault;

	if (icp_credential_text_parse(utf8, len, 0, &credential, &fault) == ICP_CRED_OK)
		return icp_credential_datum(&credential);
	report(escontext, &fault, masked(utf8, len));
	return NULL;
}

Datum
icp_credential_in(PG_FUNCTION_ARGS)
{
	char	   *s = PG_GETARG_CSTRING(0);
	IcpCredentialDatum *c = parse(s, strlen(s), fcinfo->context);

	if (c == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(c);
}

Datum
icp_credential_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(icp_from_utf8(text_of(PG_GETARG_CREDENTIAL_PP(0))));
}

/* On the wire: a version byte, then the text form in the client's encoding. */
Datum
icp_credential_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(buf);
	IcpCredential credential;
	IcpCredentialFault fault;
	IcpCredentialDatum *c;
	char	   *s;
	const char *utf8;
	char	   *back;
	int			len;

	if (version != WIRE_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("unsupported version %d in the binary representation of type %s", version,
						"icp.credential")));
	s = pq_getmsgtext(buf, buf->len - buf->cursor, &len);
	utf8 = icp_to_utf8(s, &len);
	if (icp_credential_text_parse(utf8, len, 0, &credential, &fault) != ICP_CRED_OK)
	{
		IcpFaultWords words = fault_words(&fault);

		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s", "icp.credential"),
				 errdetail_internal("%s", words.detail),
				 errhint("%s", words.hint)));
	}
	/* the exact text that output writes, and nothing that input would first make canonical */
	c = icp_credential_datum(&credential);
	back = text_of(c);
	if (strlen(back) != (size_t) len || memcmp(back, utf8, len) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of type %s", "icp.credential"),
				 errdetail("The credential is not in canonical form."),
				 errhint("Credentials are sent as they are printed.")));
	PG_RETURN_POINTER(c);
}

Datum
icp_credential_send(PG_FUNCTION_ARGS)
{
	char	   *s = icp_from_utf8(text_of(PG_GETARG_CREDENTIAL_PP(0)));
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, WIRE_VERSION);
	pq_sendtext(&buf, s, strlen(s));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

Datum
icp_credential_try(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpCredential credential;
	IcpCredentialFault fault;

	if (icp_credential_text_parse(utf8, len, 0, &credential, &fault) != ICP_CRED_OK)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(icp_credential_datum(&credential));
}

/* What is wrong with a text, on a day if one is given. */
Datum
icp_credential_explain(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(t), &len);
	int32		as_of = 0;
	IcpCredential credential;
	IcpCredentialFault fault;
	IcpFaultWords words;

	if (PG_NARGS() > 1)
	{
		DateADT		date = PG_GETARG_DATEADT(1);
		int			year;
		int			month;
		int			day;

		if (DATE_NOT_FINITE(date))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the date must be finite")));
		j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
		if (year < 1 || year > 9999)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the date must lie in the years 1 to 9999")));
		as_of = year * 10000 + month * 100 + day;
	}
	if (icp_credential_text_parse(utf8, len, as_of, &credential, &fault) == ICP_CRED_OK)
		PG_RETURN_NULL();
	words = fault_words(&fault);
	return icp_fault_explain(&words);
}

/*
 * CONSTRUCTORS
 */

static Datum
make(FunctionCallInfo fcinfo, bool waive)
{
	text	   *kind_text = PG_GETARG_TEXT_PP(0);
	text	   *number_text = PG_GETARG_TEXT_PP(1);
	int			kind_len = VARSIZE_ANY_EXHDR(kind_text);
	int			len = VARSIZE_ANY_EXHDR(number_text);
	const char *kind_utf8 = icp_to_utf8(VARDATA_ANY(kind_text), &kind_len);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(number_text), &len);
	IcpCredentialKind kind = icp_credential_kind_parse(kind_utf8, kind_len);
	const char *waiver = NULL;
	int			waiver_len = 0;
	IcpCredential credential;
	IcpCredentialFault fault = {0};
	IcpCredentialReason reason;

	if (kind == ICP_CRED_NONE)
	{
		fault.reason = ICP_CRED_BAD_KIND;
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no such kind of credential"),
				 errhint("%s", icp_words_from_utf8(icp_credential_hint(&fault)))));
	}
	if (waive)
	{
		text	   *waiver_text = PG_GETARG_TEXT_PP(2);

		waiver_len = VARSIZE_ANY_EXHDR(waiver_text);
		waiver = icp_to_utf8(VARDATA_ANY(waiver_text), &waiver_len);
	}
	reason = icp_credential_make(kind, utf8, len, waiver, waiver_len, 0, &credential, &fault);
	if (reason == ICP_CRED_WAIVER || reason == ICP_CRED_WAIVER_REASON)
	{
		IcpFaultWords words = fault_words(&fault);

		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the check sign of this credential cannot be waived"),
				 errdetail_internal("%s", words.detail),
				 errhint("%s", words.hint)));
	}
	if (reason != ICP_CRED_OK)
	{
		char	   *shown = palloc(len + 1);

		icp_credential_mask(kind, utf8, len, shown);
		report(NULL, &fault,
			   icp_from_utf8(psprintf("%s:%s", icp_credential_kinds[kind].name, shown)));
	}
	PG_RETURN_POINTER(icp_credential_datum(&credential));
}

Datum
icp_credential_of(PG_FUNCTION_ARGS)
{
	return make(fcinfo, false);
}

Datum
icp_credential_waived(PG_FUNCTION_ARGS)
{
	return make(fcinfo, true);
}

/*
 * PARTS
 */

static text *
utf8_text(const char *utf8, size_t len)
{
	return cstring_to_text(icp_from_utf8(pnstrdup(utf8, len)));
}

Datum
icp_credential_kind_of(PG_FUNCTION_ARGS)
{
	IcpCredentialKind kind = icp_credential_kind(PG_GETARG_CREDENTIAL_PP(0));

	PG_RETURN_TEXT_P(cstring_to_text(icp_credential_kinds[kind].name));
}

Datum
icp_credential_number_of(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);

	PG_RETURN_TEXT_P(utf8_text(icp_credential_number(c), icp_credential_number_len(c)));
}

Datum
icp_credential_waiver_of(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);

	if (icp_credential_waiver_len(c) == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(utf8_text(icp_credential_waiver(c), icp_credential_waiver_len(c)));
}

Datum
icp_credential_mask_of(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);
	size_t		len = icp_credential_number_len(c);
	char	   *s = palloc(len + 1);

	len = icp_credential_mask(icp_credential_kind(c), icp_credential_number(c), len, s);
	PG_RETURN_TEXT_P(utf8_text(s, len));
}

Datum
icp_credential_division_of(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);
	int32		division = icp_credential_division(icp_credential_kind(c), icp_credential_number(c),
												   icp_credential_number_len(c));

	if (division == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(division);
}

Datum
icp_credential_notes_of(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {
		"former", "division", "category", "private", "form", "check", "residence"
	};
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);
	IcpCredentialNumber number;
	IcpCredentialFault fault;
	Datum		found[lengthof(names)];
	int			n = 0;
	int			i;

	icp_credential_parse(icp_credential_kind(c), icp_credential_number(c), icp_credential_number_len(c), 0,
						 &number, &fault);
	for (i = 0; i < (int) lengthof(names); i++)
		if (number.notes & 1u << i)
			found[n++] = CStringGetTextDatum(names[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(found, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* An identity number of 15 digits with 18 signs; every other credential is its own. */
Datum
icp_credential_upgrade(PG_FUNCTION_ARGS)
{
	IcpCredentialDatum *c = PG_GETARG_CREDENTIAL_PP(0);
	IcpCredential credential;

	if (icp_credential_kind(c) != ICP_CRED_RESIDENT_ID || icp_credential_number_len(c) != 15)
		PG_RETURN_POINTER(c);
	credential.number.kind = credential.number.scheme = ICP_CRED_RESIDENT_ID;
	icp_resident_id_upgrade(icp_credential_number(c), credential.number.text);
	credential.number.len = 18;
	credential.number.text[18] = '\0';
	credential.waiver_len = 0;
	credential.waiver[0] = '\0';
	PG_RETURN_POINTER(icp_credential_datum(&credential));
}
