/*
 * domain_fault.c
 *	  What the parsers of domain names, lists and URLs found wrong, as PostgreSQL says it.
 */
#include "postgres.h"

#include "compat.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "types/domain_fault.h"

#define SHOWN_MAX 200			/* bytes of input shown in a message */

char *
icp_to_utf8(const char *text, size_t *len)
{
	char	   *utf8;

	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return unconstify(char *, text);
	utf8 = pg_server_to_any(text, (int) *len, PG_UTF8);
	if (utf8 != text)
		*len = strlen(utf8);
	return utf8;
}

char *
icp_from_utf8(const char *utf8, size_t len)
{
	char	   *text;

	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return pnstrdup(utf8, len);
	text = pg_any_to_server(utf8, (int) len, PG_UTF8);
	return text == utf8 ? pnstrdup(utf8, len) : text;
}

/* Length of the longest prefix of at most SHOWN_MAX bytes that does not cut a character. */
static size_t
shown(const char *utf8, size_t len)
{
	if (len <= SHOWN_MAX)
		return len;
	len = SHOWN_MAX;
	while (len > 0 && ((unsigned char) utf8[len] & 0xC0) == 0x80)
		len--;
	return len;
}

char *
icp_fault_shown(const char *utf8, size_t len)
{
	return icp_from_utf8(utf8, shown(utf8, len));
}

/*
 * The texts carry Chinese terms in parentheses; an encoding that has no Chinese would fail on them, so they are
 * shown only where the encoding surely has them.
 */
static char *
own_words(const char *utf8)
{
	char	   *copy;
	char	   *out;
	const char *in;

	if (utf8 == NULL)
		return NULL;
	if (GetDatabaseEncoding() == PG_UTF8)
		return pstrdup(utf8);
	out = copy = palloc(strlen(utf8) + 1);
	for (in = utf8; *in != '\0';)
	{
		if (in[0] == ' ' && in[1] == '(' && IS_HIGHBIT_SET(in[2]))
		{
			const char *close = strchr(in, ')');

			if (close != NULL)
			{
				in = close + 1;
				continue;
			}
		}
		if (!IS_HIGHBIT_SET(*in))
			*out++ = *in;
		in++;
	}
	*out = '\0';
	return copy;
}

void
icp_fault_words(const char *utf8, size_t len, const IcpDomainReasonText *words, size_t position, size_t length,
				IcpFaultWords *out)
{
	size_t		i;

	out->reason = words->code;
	out->position = 1;
	for (i = 0; i < position && i < len; i++)
		if (((unsigned char) utf8[i] & 0xC0) != 0x80)
			out->position++;
	if (position > len)
		position = len;
	if (length > len - position)
		length = len - position;
	/* a part that begins or ends inside a character is given whole characters */
	while (length > 0 && position + length < len && ((unsigned char) utf8[position + length] & 0xC0) == 0x80)
		length++;
	out->part = icp_from_utf8(utf8 + position, shown(utf8 + position, length));
	out->detail = own_words(words->detail);
	out->hint = own_words(words->hint);
}

void
icp_fault_report(Node *escontext, const char *type, const char *utf8, size_t len, int element,
				 const IcpFaultWords *words)
{
	char	   *input = icp_fault_shown(utf8, len);

	errsave(escontext,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", type, input),
			 element > 0 ?
			 errdetail("%s Element %d, character %d: \"%s\".", words->detail, element, words->position, words->part) :
			 errdetail("%s Character %d: \"%s\".", words->detail, words->position, words->part),
			 errhint("%s", words->hint)));
}

Datum
icp_fault_row(FunctionCallInfo fcinfo, const IcpFaultWords *words)
{
	TupleDesc	tupdesc;
	Datum		values[5];
	bool		nulls[5] = {false};

	if (words == NULL)
	{
		fcinfo->isnull = true;
		return (Datum) 0;
	}
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE || tupdesc->natts != 5)
		elog(ERROR, "return type must be a row of five columns");
	tupdesc = BlessTupleDesc(tupdesc);
	values[0] = CStringGetTextDatum(words->reason);
	values[1] = Int32GetDatum(words->position);
	values[2] = CStringGetTextDatum(words->part);
	values[3] = CStringGetTextDatum(words->detail);
	values[4] = CStringGetTextDatum(words->hint);
	return HeapTupleGetDatum(heap_form_tuple(tupdesc, values, nulls));
}
