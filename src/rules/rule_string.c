/*
 * rule_string.c
 *	  Texts of fields: compared, trimmed, counted.
 */
#include "postgres.h"

#include "core/name_key.h"
#include "rules/rule_string.h"

/* Bytes of the white space that s begins with, 0: none.  As Unicode has it; what has no width is TEXT-001's. */
static int
space_at(const char *text, int len)
{
	const unsigned char *s = (const unsigned char *) text;

	/* nearly always the first character is none */
	if (len < 1)
		return 0;
	if (s[0] < 0x80)
		return s[0] == ' ' || (s[0] >= '\t' && s[0] <= '\r') ? 1 : 0;
	if (s[0] == 0xC2)			/* U+0085, U+00A0 */
		return len >= 2 && (s[1] == 0x85 || s[1] == 0xA0) ? 2 : 0;
	if (len < 3)
		return 0;
	switch (s[0])
	{
		case 0xE1:				/* U+1680 */
			return s[1] == 0x9A && s[2] == 0x80 ? 3 : 0;
		case 0xE2:				/* U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F */
			return (s[1] == 0x80 && ((s[2] >= 0x80 && s[2] <= 0x8A) || s[2] == 0xA8 || s[2] == 0xA9 || s[2] == 0xAF)) ||
				(s[1] == 0x81 && s[2] == 0x9F) ? 3 : 0;
		case 0xE3:				/* U+3000 */
			return s[1] == 0x80 && s[2] == 0x80 ? 3 : 0;
		default:
			return 0;
	}
}

static RuleText
without_leading_space(RuleText text)
{
	int			n;

	while ((n = space_at(text.s, text.len)) > 0)
	{
		text.s += n;
		text.len -= n;
	}
	return text;
}

RuleText
rule_trimmed(RuleText text)
{
	int			n;

	text = without_leading_space(text);
	for (;;)
	{
		/* the last character begins at the last byte that continues none */
		for (n = 1; n < text.len && n < 4 && ((unsigned char) text.s[text.len - n] & 0xC0) == 0x80; n++)
			;
		if (n > text.len || space_at(text.s + text.len - n, n) != n)
			return text;
		text.len -= n;
	}
}

bool
rule_is_blank(RuleText text)
{
	return without_leading_space(text).len == 0;
}

bool
rule_text_is(RuleText text, const char *s)
{
	return strlen(s) == text.len && memcmp(text.s, s, text.len) == 0;
}

bool
rule_text_equal(RuleText a, RuleText b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

bool
rule_text_ends(RuleText text, const char *s)
{
	int			len = strlen(s);

	return text.len >= len && memcmp(text.s + text.len - len, s, len) == 0;
}

bool
rule_text_ends_in(RuleText text, const char *const *endings, int n)
{
	int			i;

	for (i = 0; i < n; i++)
		if (rule_text_ends(text, endings[i]))
			return true;
	return false;
}

bool
rule_text_begins(RuleText text, const char *s)
{
	int			len = strlen(s);

	return text.len >= len && memcmp(text.s, s, len) == 0;
}

/* No character of UTF-8 begins inside another, so bytes will do. */
bool
rule_text_has(RuleText text, const char *s, int len)
{
	int			i;

	if (len == 0)
		return true;
	for (i = 0; i + len <= text.len; i++)
		if (text.s[i] == s[0] && memcmp(text.s + i, s, len) == 0)
			return true;
	return false;
}

/* icp.name_key of a text that is UTF-8 already. */
static char *
name_key(RuleText text, int *keylen)
{
	size_t		room = text.len + 32;

	for (;;)
	{
		UChar	   *work = palloc(2 * room * sizeof(UChar));
		char	   *out = palloc(3 * room);

		*keylen = icp_name_key(text.s, text.len, work, work + room, (int32_t) room, out, 3 * room);
		pfree(work);
		if (*keylen >= 0)
			return out;
		if (*keylen != ICP_NAME_KEY_ROOM)
			ereport(ERROR,
					(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
					 errmsg("ICU's normalisation or transliteration data could not be opened")));
		pfree(out);
		room *= 4;
	}
}

bool
rule_same_name(RuleText a, RuleText b)
{
	int			alen;
	int			blen;
	char	   *akey;
	char	   *bkey;

	if (rule_text_equal(a, b))
		return true;
	akey = name_key(a, &alen);
	bkey = name_key(b, &blen);
	return alen == blen && memcmp(akey, bkey, alen) == 0;
}

int
rule_text_length(RuleText text)
{
	int			n = 0;
	int			i;

	for (i = 0; i < text.len; i++)
		if ((text.s[i] & 0xC0) != 0x80)
			n++;
	return n;
}

int
rule_characters_end(RuleText text, int n)
{
	int			i;

	for (i = 0; i < text.len; i++)
		if ((text.s[i] & 0xC0) != 0x80 && n-- == 0)
			break;
	return i;
}
