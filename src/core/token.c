/*
 * token.c
 *	  Text or HTML as a stream of folded characters.
 */
#include "core/token.h"

#include <string.h>

#include "core/fold.h"

void
icp_stream_init(IcpStream *st, const char *s, size_t len, bool html)
{
	st->s = s;
	st->len = len;
	st->pos = 0;
	st->html = html;
	st->comment_open = false;
	st->next_open = st->next_close = 0;
	st->head = st->count = 0;
	st->prev = st->prev_word = ICP_TOKEN_END;
}

static size_t
find_byte(const IcpStream *st, char c, size_t from)
{
	const char *p = from < st->len ? memchr(st->s + from, c, st->len - from) : NULL;

	return p ? (size_t) (p - st->s) : st->len;
}

static bool
begins(const IcpStream *st, size_t pos, const char *word, size_t n)
{
	return st->len - pos >= n && memcmp(st->s + pos, word, n) == 0;
}

/*
 * Where the tag or comment at pos ('<') ends; 0 when it is neither.  The places of the next brackets are
 * kept, so that a text of many '<' without '>' is not searched to its end for each.
 */
static size_t
tag_end(IcpStream *st, size_t pos)
{
	char		c = pos + 1 < st->len ? st->s[pos + 1] : '\0';

	if (begins(st, pos, "<!--", 4))
	{
		size_t		at = pos + 4;

		/* what the rest of the text does not hold is not looked for again */
		while (!st->comment_open && (at = find_byte(st, '>', at)) < st->len)
		{
			if (at >= pos + 6 && st->s[at - 1] == '-' && st->s[at - 2] == '-')
				return at + 1;
			at++;
		}
		st->comment_open = true;
		return 0;
	}
	if (c == '/')
		c = pos + 2 < st->len ? st->s[pos + 2] : '\0';
	else if (c == '!' || c == '?')
		c = 'a';
	if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
		return 0;
	if (st->next_close < pos + 1)
		st->next_close = find_byte(st, '>', pos + 1);
	if (st->next_open < pos + 1)
		st->next_open = find_byte(st, '<', pos + 1);
	if (st->next_close >= st->len || st->next_open < st->next_close)
		return 0;
	return st->next_close + 1;
}

static unsigned
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/*
 * A character reference (&nbsp; &#20140; &#x4EAC;) or a JavaScript escape (\u4eac, \n) at *pos, which moves
 * behind it.
 */
static bool
reference(IcpStream *st, size_t *pos, uint32_t *c)
{
	static const struct
	{
		char		name[8];
		uint16_t	c;
	}			names[] = {
		{"nbsp", 0xA0}, {"ensp", 0x2002}, {"emsp", 0x2003}, {"thinsp", 0x2009}, {"shy", 0xAD},
		{"zwj", 0x200D}, {"zwnj", 0x200C}, {"lrm", 0x200E}, {"rlm", 0x200F}, {"hyphen", 0x2010},
		{"ndash", 0x2013}, {"mdash", 0x2014}, {"minus", 0x2212}, {"middot", 0xB7}, {"colon", ':'},
		{"period", '.'}, {"lpar", '('}, {"rpar", ')'}, {"times", 0xD7}, {"lt", '('}, {"gt", ')'},
		{"quot", '"'}
	};
	const char *p = st->s + *pos;
	size_t		left = st->len - *pos;
	size_t		n;
	uint32_t	value = 0;

	if (*p == '\\')
	{
		if (left >= 2 && (p[1] == 'n' || p[1] == 'r' || p[1] == 't'))
		{
			*c = ' ';
			*pos += 2;
			return true;
		}
		if (left < 6 || p[1] != 'u')
			return false;
		for (n = 2; n < 6; n++)
		{
			if (hex_value(p[n]) > 15)
				return false;
			value = value << 4 | hex_value(p[n]);
		}
		*c = value;
		*pos += 6;
		return true;
	}

	/* '&' */
	if (left >= 4 && p[1] == '#')
	{
		bool		hex = p[2] == 'x' || p[2] == 'X';
		size_t		start = hex ? 3 : 2;

		for (n = start; n < left && n < start + 7; n++)
		{
			unsigned	digit = hex_value(p[n]);

			if (digit > (hex ? 15u : 9u))
				break;
			value = value * (hex ? 16 : 10) + digit;
		}
		if (n == start || n >= left || p[n] != ';')
			return false;
		*c = value > 0x10FFFF ? ICP_BAD_CHAR : value;
		*pos += n + 1;
		return true;
	}
	for (n = 0; n < sizeof(names) / sizeof(names[0]); n++)
	{
		size_t		length = strlen(names[n].name);

		if (left > length && memcmp(p + 1, names[n].name, length) == 0)
		{
			bool		closed = left > length + 1 && p[length + 1] == ';';

			/* the one that pages leave open */
			if (!closed && names[n].c != 0xA0)
				continue;
			*c = names[n].c;
			*pos += length + 1 + (closed ? 1 : 0);
			return true;
		}
	}
	return false;
}

/*
 * One folded character at pos, 0 when it has no width.
 */
static uint32_t
next_char(IcpStream *st, uint32_t *flags)
{
	char		byte = st->s[st->pos];
	uint32_t	c;

	if (st->html && (byte == '<' || byte == '&' || byte == '\\'))
	{
		if (byte == '<')
		{
			size_t		end = tag_end(st, st->pos);

			if (end != 0)
			{
				st->pos = end;
				*flags |= ICP_TOKEN_TAG;
				return ' ';
			}
		}
		else if (reference(st, &st->pos, &c))
			return icp_fold(c);
	}
	c = icp_utf8_next(st->s, st->len, &st->pos);
	if ((c >= 'a' && c <= 'z') || (c >= 0xFF41 && c <= 0xFF5A))
		*flags |= ICP_TOKEN_LOWER;
	return icp_fold(c);
}

/*
 * Decodes until the window holds token k.
 */
const IcpToken *
icp_stream_fill(IcpStream *st, unsigned k)
{
	IcpToken   *t;

	do
	{
		uint32_t	c = 0;

		t = &st->ring[(st->head + st->count) & (ICP_WINDOW - 1)];
		t->flags = 0;
		t->pos = st->pos;
		while (c == 0 && st->pos < st->len)
		{
			t->pos = st->pos;
			c = next_char(st, &t->flags);
		}
		t->c = c;
		t->end = st->pos;
		if (c == ' ')
		{
			/* the rest of the run; what has no width inside of it is part of it */
			while (st->pos < st->len)
			{
				size_t		before = st->pos;
				uint32_t	flags = 0;

				c = next_char(st, &flags);
				if (c != ' ' && c != 0)
				{
					st->pos = before;
					break;
				}
				t->flags |= flags;
				t->end = st->pos;
			}
		}
		st->count++;
	} while (st->count <= k);
	return t;
}

/*
 * Moves n tokens on.
 */
void
icp_stream_skip(IcpStream *st, unsigned n)
{
	for (; n > 0; n--)
	{
		uint32_t	c = icp_peek_char(st, 0);

		if (c == ICP_TOKEN_END)
			return;
		st->prev = c;
		if (c != ' ' && c != ':' && c != '(' && c != '"')
			st->prev_word = c;
		st->head = (st->head + 1) & (ICP_WINDOW - 1);
		st->count--;
	}
}
