/*
 * domain_fault.c
 *	  What the parsers of domain names, lists and URLs found wrong, as PostgreSQL says it.
 */
#include "postgres.h"

#include "compat.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "types/domain_fault.h"
#include "types/encoding.h"
#include "types/fault.h"

#define SHOWN_MAX 200			/* bytes of input shown in a message */

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
icp_domain_fault_shown(const char *utf8, size_t len)
{
	char	   *text = pnstrdup(utf8, len);

	text = icp_mask_user(text);
	icp_mask_digits(text);
	return icp_words_from_utf8(pnstrdup(text, shown(text, strlen(text))));
}

/*
 * The texts carry Chinese terms in parentheses; an encoding that has no Chinese would fail on them, so they
 * are shown only where the encoding surely has them.
 */
char *
icp_own_words(const char *utf8)
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
icp_domain_fault_words(const char *utf8, size_t len, int element, const IcpDomainReasonText *words,
						size_t position,
				size_t length, IcpFaultWords *out)
{
	StringInfoData detail;
	int			character = 1;
	size_t		i;

	if (position > len)
		position = len;
	if (length > len - position)
		length = len - position;
	for (i = 0; i < position; i++)
		if (((unsigned char) utf8[i] & 0xC0) != 0x80)
			character++;

	/* "There is an underscore in the name." becomes "... in the name, at character 2 ("_")." */
	initStringInfo(&detail);
	if (element > 0)
		appendStringInfo(&detail, "Element %d: ", element);
	appendStringInfoString(&detail, icp_own_words(words->detail));
	if (length < len || element > 0)
	{
		detail.data[--detail.len] = '\0';
		appendStringInfo(&detail, ", at character %d", character);
		if (length > 0)
			appendStringInfo(&detail, " (\"%s\")", icp_domain_fault_shown(utf8 + position, length));
		appendStringInfoChar(&detail, '.');
	}
	out->detail = detail.data;
	out->hint = icp_own_words(words->hint);
}

void
icp_domain_fault_report(Node *escontext, const char *type, const char *utf8, size_t len,
						 const IcpFaultWords *words)
{
	char	   *masked = icp_shown(utf8, len);

	errsave(escontext,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", type, icp_domain_fault_shown(masked, strlen(masked))),
			 errdetail("%s", words->detail),
			 errhint("%s", words->hint)));
}

Datum
icp_domain_fault_text(const IcpFaultWords *words)
{
	return CStringGetTextDatum(psprintf("%s %s", words->detail, words->hint));
}
