/*
 * name_key.c
 *	  Keys of sponsors' names.
 *
 * NFKC_Casefold, then every code point folded by itself: brackets, dashes, middle dots, white space, and Han
 * characters by ICU's Traditional-Simplified, asked one character at a time: its rules that look at the
 * characters around would give one name two keys, depending on what stands before and behind it.
 *
 * Most characters of a Chinese name need no normaliser at all, so they take a short way that gives the same
 * result (icp_name_key_slow is there to test that).
 */
#include "core/name_key.h"

#include <stdio.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>
#include <unicode/uversion.h>

#define HAN_FIRST 0x3400
#define HAN_LAST 0x9FFF
#define DELETED ((UChar32) -1)

/* Simplified form of each Han character of the basic plane once it has been asked for; 0 before. */
static uint16_t simplified_table[HAN_LAST - HAN_FIRST + 1];

static UTransliterator *
simplifier(void)
{
	static UTransliterator *handle = NULL;

	if (handle == NULL)
	{
		UErrorCode	status = U_ZERO_ERROR;
		UChar		id[32];
		UTransliterator *opened;

		u_uastrcpy(id, "Traditional-Simplified");
		opened = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
		if (U_SUCCESS(status))
			handle = opened;
	}
	return handle;
}

static const UNormalizer2 *
nfkc_casefold(void)
{
	UErrorCode	status = U_ZERO_ERROR;
	const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&status);

	return U_SUCCESS(status) ? nfkc : NULL;
}

/* One step of the transliterator; what is not one Han character for one stays. */
static UChar32
simplify_once(UTransliterator *t, UChar32 c)
{
	UChar		buf[16];
	int32_t		len = 0;
	int32_t		limit;
	int32_t		at = 0;
	UChar32		to;
	UErrorCode	status = U_ZERO_ERROR;

	U16_APPEND_UNSAFE(buf, len, c);
	limit = len;
	utrans_transUChars(t, buf, &len, 16, 0, &limit, &status);
	if (U_FAILURE(status) || len <= 0)
		return c;
	U16_NEXT(buf, at, len, to);
	return at == len && u_hasBinaryProperty(to, UCHAR_UNIFIED_IDEOGRAPH) ? to : c;
}

/*
 * Follows the mapping to its end.  ICU has chains and one circle (U+82CE and U+82E7 map to each other); a
 * circle's least member stands for all, so that a key's key is itself.
 */
static UChar32
simplify(UTransliterator *t, UChar32 c)
{
	UChar32		seen[8];
	int			n = 0;

	while (n < 8)
	{
		UChar32		to = simplify_once(t, c);
		int			i;

		if (to == c)
			return c;
		seen[n++] = c;
		for (i = 0; i < n; i++)
		{
			if (seen[i] == to)
			{
				for (; i < n; i++)
					if (seen[i] < to)
						to = seen[i];
				return to;
			}
		}
		c = to;
	}
	return c;
}

static UChar32
fold_han(UTransliterator *t, UChar32 c)
{
	if (c >= HAN_FIRST && c <= HAN_LAST)
	{
		uint16_t   *known = &simplified_table[c - HAN_FIRST];

		if (*known == 0)
		{
			UChar32		to = simplify(t, c);

			*known = (uint16_t) (to <= 0xFFFF ? to : c);
		}
		return *known;
	}
	return simplify(t, c);
}

/* A code point of NFKC_Casefold form to what the key has for it. */
static UChar32
fold(UTransliterator *t, UChar32 c)
{
	if (c < 0x80)
	{
		switch (c)
		{
			case '[':
			case '{':
				return '(';
			case ']':
			case '}':
				return ')';
			default:
				return c == ' ' || (c >= '\t' && c <= '\r') ? DELETED : c;
		}
	}
	switch (c)
	{
			/* 间隔号 and what is typed for it */
		case 0x00B7:
		case 0x2022:
		case 0x2027:
		case 0x2219:
		case 0x22C5:
		case 0x2E31:
		case 0x30FB:
		case 0xA78F:
			return 0x00B7;
		case 0x2212:			/* minus; the others are of category Pd */
			return '-';
		default:
			break;
	}
	if (u_hasBinaryProperty(c, UCHAR_UNIFIED_IDEOGRAPH))
		return fold_han(t, c);
	switch (u_charType(c))
	{
		case U_START_PUNCTUATION:
			return '(';
		case U_END_PUNCTUATION:
			return ')';
		case U_DASH_PUNCTUATION:
			return '-';
		default:
			return u_isUWhiteSpace(c) ? DELETED : c;
	}
}

uint32_t
icp_name_key_char(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	if (c < HAN_FIRST || (c > HAN_LAST && !u_hasBinaryProperty((UChar32) c, UCHAR_UNIFIED_IDEOGRAPH)))
		return c;
	return simplifier() != NULL ? (uint32_t) fold_han(simplifier(), (UChar32) c) : c;
}

/*
 * The short way: ASCII, the full-width ASCII forms, the ideographic space, the Han characters of the first
 * block. NFKC_Casefold maps these one by one and composes none of them.  False where another character
 * occurs.
 */
static bool
short_way(UTransliterator *t, const char *text, size_t len, char *out, size_t outroom, int32_t *outlen)
{
	const uint8_t *s = (const uint8_t *) text;
	size_t		i = 0;
	size_t		n = 0;

	if (outroom < len)
		return false;
	while (i < len)
	{
		UChar32		c = s[i];

		if (c < 0x80)
			i++;
		else if ((c & 0xF0) == 0xE0 && i + 2 < len && (s[i + 1] & 0xC0) == 0x80 && (s[i + 2] & 0xC0) == 0x80)
		{
			c = (c & 0x0F) << 12 | (s[i + 1] & 0x3F) << 6 | (s[i + 2] & 0x3F);
			i += 3;
			if (c >= 0xFF01 && c <= 0xFF5E)
				c -= 0xFEE0;
			else if (c == 0x3000)
				c = ' ';
			else if (c < 0x4E00 || c > 0x9FA5)
				return false;
		}
		else
			return false;
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		c = c < 0x80 ? fold(t, c) : fold_han(t, c);
		if (c == DELETED)
			continue;
		if (c < 0x80)
			out[n++] = (char) c;
		else if (c <= 0xFFFF)
		{
			out[n++] = (char) (0xE0 | c >> 12);
			out[n++] = (char) (0x80 | (c >> 6 & 0x3F));
			out[n++] = (char) (0x80 | (c & 0x3F));
		}
		else
			return false;
	}
	*outlen = (int32_t) n;
	return true;
}

int32_t
icp_name_key_slow(const char *text, size_t len, UChar *a, UChar *b, int32_t room, char *out, size_t outroom)
{
	UTransliterator *t = simplifier();
	const UNormalizer2 *nfkc = nfkc_casefold();
	int32_t		n = 0;
	int			round;

	if (t == NULL || nfkc == NULL)
		return ICP_NAME_KEY_ICU;
	if (len > (size_t) INT32_MAX || outroom > (size_t) INT32_MAX)
		return ICP_NAME_KEY_ROOM;
	{
		UErrorCode	status = U_ZERO_ERROR;

		/* what is no UTF-8 becomes U+FFFD */
		u_strFromUTF8WithSub(a, room, &n, text, (int32_t) len, 0xFFFD, NULL, &status);
		if (U_FAILURE(status))
			return ICP_NAME_KEY_ROOM;
	}

	/*
	 * Folding can bring characters together that the normaliser would compose or reorder (white space between them is
	 * gone), so both are repeated until nothing changes; twice is what it takes in practice.
	 */
	for (round = 0; round < 8; round++)
	{
		UErrorCode	status = U_ZERO_ERROR;
		int32_t		m = unorm2_normalize(nfkc, a, n, b, room, &status);
		int32_t		i = 0;
		int32_t		k = 0;
		bool		changed = m != n || memcmp(a, b, sizeof(UChar) * (size_t) n) != 0;

		if (U_FAILURE(status))
			return ICP_NAME_KEY_ROOM;
		while (i < m)
		{
			UChar32		c;
			UChar32		to;

			U16_NEXT(b, i, m, c);
			to = fold(t, c);
			if (to != c)
				changed = true;
			if (to == DELETED)
				continue;
			if (k + U16_LENGTH(to) > room)
				return ICP_NAME_KEY_ROOM;
			U16_APPEND_UNSAFE(a, k, to);
		}
		n = k;
		if (!changed)
			break;
	}
	{
		UErrorCode	status = U_ZERO_ERROR;
		int32_t		outlen = 0;

		u_strToUTF8WithSub(out, (int32_t) outroom, &outlen, a, n, 0xFFFD, NULL, &status);
		return U_FAILURE(status) ? ICP_NAME_KEY_ROOM : outlen;
	}
}

int32_t
icp_name_key(const char *text, size_t len, UChar *a, UChar *b, int32_t room, char *out, size_t outroom)
{
	int32_t		outlen;

	if (simplifier() == NULL)
		return ICP_NAME_KEY_ICU;
	if (short_way(simplifier(), text, len, out, outroom, &outlen))
		return outlen;
	return icp_name_key_slow(text, len, a, b, room, out, outroom);
}

void
icp_name_key_version(char *out, size_t room)
{
	UVersionInfo version;
	char		icu[U_MAX_VERSION_STRING_LENGTH];
	char		unicode[U_MAX_VERSION_STRING_LENGTH];

	u_getVersion(version);
	u_versionToString(version, icu);
	u_getUnicodeVersion(version);
	u_versionToString(version, unicode);
	snprintf(out, room, "%s/ICU-%s/Unicode-%s", ICP_NAME_KEY_RULES, icu, unicode);
}
