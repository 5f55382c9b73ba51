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
#include "types/fault_words.h"

void
icp_domain_fault_words(const char *utf8, size_t len, int element, const IcpDomainReasonText *words,
					   size_t position, size_t length, IcpFaultWords *out)
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
			appendStringInfo(&detail, " (\"%s\")", icp_fault_shown(utf8 + position, length));
		appendStringInfoChar(&detail, '.');
	}
	out->detail = detail.data;
	out->hint = icp_own_words(words->hint);
}
