/*
 * encoding.c
 *	  Between UTF-8 and the encoding of the database.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "types/encoding.h"

#define CHUNK 8192				/* bytes converted at once */
#define REPLACEMENT "\xEF\xBF\xBD"	/* U+FFFD in UTF-8 */

static bool
is_utf8(void)
{
	return GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII;
}

/* What cannot be converted is replaced, a character at a time. */
static char *
convert(const char *s, int len, int from, int to, const char *replacement, int *result_len)
{
	Oid			proc = FindDefaultConversionProc(from, to);
	StringInfoData result;

	if (!OidIsValid(proc))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("default conversion function for encoding \"%s\" to \"%s\" does not exist",
						pg_encoding_to_char(from), pg_encoding_to_char(to))));
	initStringInfo(&result);
	while (len > 0)
	{
		/* whole characters of it, and more room than the function may think it needs */
		int			part = pg_encoding_mbcliplen(from, s, len, Min(len, CHUNK));
		int			room = (part + 2) * MAX_CONVERSION_GROWTH;
		int			done;

		CHECK_FOR_INTERRUPTS();
		enlargeStringInfo(&result, room);
		done = pg_do_encoding_conversion_buf(proc, from, to, (unsigned char *) unconstify(char *, s), part,
											 (unsigned char *) result.data + result.len, room, true);
		result.len += strlen(result.data + result.len);
		s += done;
		len -= done;
		if (done < part || part == 0)
		{
			int			skipped = Min(pg_encoding_mblen(from, s), len);

			appendStringInfoString(&result, replacement);
			s += skipped;
			len -= skipped;
		}
	}
	*result_len = result.len;
	return result.data;
}

const char *
icp_to_utf8(const char *s, int *len)
{
	return is_utf8() ? s : convert(s, *len, GetDatabaseEncoding(), PG_UTF8, REPLACEMENT, len);
}

char *
icp_from_utf8(char *s)
{
	return is_utf8() ? s : pg_any_to_server(s, strlen(s), PG_UTF8);
}

char *
icp_words_from_utf8(const char *s)
{
	int			len = strlen(s);

	return is_utf8() ? pstrdup(s) : convert(s, len, PG_UTF8, GetDatabaseEncoding(), "?", &len);
}
