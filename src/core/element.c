/*
 * element.c
 *	  Lists as people type them, element by element.
 *
 * Separators are those of forms and exports, also in their full width: 示例.中国；example.cn、a.cn.  No
 * separator is part of what stands in such a list (domains, addresses, codes, names of codes).
 */
#include "core/element.h"

#include <stdint.h>

enum
{
	ORDINARY,
	SEPARATOR,
	LEAD						/* of a separator of three bytes, perhaps */
};

static const uint8_t classes[256] = {
	[','] = SEPARATOR, [';'] = SEPARATOR, ['|'] = SEPARATOR,
	[' '] = SEPARATOR, ['\t'] = SEPARATOR, ['\r'] = SEPARATOR, ['\n'] = SEPARATOR,
	[0xE3] = LEAD, [0xEF] = LEAD
};

/* Bytes of the separator at p, 0 where none stands there. */
static size_t
separator_size(const uint8_t *p, size_t left)
{
	switch (classes[p[0]])
	{
		case ORDINARY:
			return 0;
		case SEPARATOR:
			return 1;
		default:
			break;
	}
	if (left < 3)
		return 0;
	if (p[0] == 0xE3)			/* U+3000 (white space), U+3001 、 */
		return p[1] == 0x80 && (p[2] == 0x80 || p[2] == 0x81) ? 3 : 0;
	/* U+FF0C ， U+FF1B ； */
	return p[1] == 0xBC && (p[2] == 0x8C || p[2] == 0x9B) ? 3 : 0;
}

static bool
is_around(char c)
{
	return c == ' ' || c == '"';
}

void
icp_elements_open(IcpElements *list, const char *text, size_t len)
{
	list->next = text;
	list->end = text + len;
	if (len >= 2 && text[0] == '{' && text[len - 1] == '}')
	{
		list->next++;
		list->end--;
	}
}

bool
icp_elements_next(IcpElements *list, const char **element, size_t *len)
{
	while (list->next < list->end)
	{
		const char *begin = list->next;
		const char *s = begin;
		size_t		size = 0;

		while (s < list->end && (classes[(uint8_t) *s] == ORDINARY ||
								 (size = separator_size((const uint8_t *) s, (size_t) (list->end - s))) == 0))
			s++;
		list->next = s + size;
		while (begin < s && is_around(*begin))
			begin++;
		while (begin < s && is_around(s[-1]))
			s--;
		if (begin == s)
			continue;
		*element = begin;
		*len = (size_t) (s - begin);
		return true;
	}
	return false;
}
