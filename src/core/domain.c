/*
 * domain.c
 *	  Domain names: text to key and back.
 *
 * Plain lower- or upper-case names of letters, digits and hyphens take a path without ICU; names with other
 * characters or with A-labels go through UTS 46, non-transitional, with STD3 rules, bidi and joiner checks.
 */
#include "core/domain.h"
#include "core/ip_text.h"

#include <string.h>

#include <unicode/uidna.h>

#define NEEDS_ICU ((IcpDomainReason) -1)

/* lower-case form of the bytes that a label may have, 0 for the others */
static const uint8_t ldh[256] = {
	['-'] = '-',
	['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
	['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
	['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g',
	['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n',
	['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u',
	['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
	['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g',
	['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
	['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
	['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
};

/* Opened once a process; its data cannot change while the library stays loaded. */
static const UIDNA *
uts46(void)
{
	static UIDNA *handle = NULL;

	if (handle == NULL)
	{
		UErrorCode	status = U_ZERO_ERROR;
		UIDNA	   *opened = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
											 UIDNA_NONTRANSITIONAL_TO_ASCII |
											 UIDNA_NONTRANSITIONAL_TO_UNICODE,
											 &status);

		if (U_SUCCESS(status))
			handle = opened;
	}
	return handle;
}

static int
fail(IcpDomainFault *fault, IcpDomainReason reason, size_t position, size_t length)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = length;
	return -1;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
all_digits(const uint8_t *s, size_t len)
{
	size_t		i;

	for (i = 0; i < len; i++)
		if (!is_digit(s[i]))
			return false;
	return len > 0;
}

static bool
is_ace(const uint8_t *label, size_t len)
{
	return len >= 4 && (label[0] | 0x20) == 'x' && (label[1] | 0x20) == 'n' &&
		label[2] == '-' && label[3] == '-';
}

/* White space and what looks like it at the start of p; its bytes, or 0. */
static size_t
space_at(const uint8_t *p, size_t len)
{
	if (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r'))
		return 1;
	if (len >= 2 && p[0] == 0xC2 && (p[1] == 0xA0 || p[1] == 0x85))
		return 2;				/* U+00A0, U+0085 */
	if (len >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80)
		return 3;				/* U+3000 */
	if (len >= 3 && p[0] == 0xE2 && p[1] == 0x80 && ((p[2] >= 0x80 && p[2] <= 0x8A) || p[2] == 0xA8 ||
													 p[2] == 0xA9 || p[2] == 0xAF))
		return 3;				/* U+2000..200A, U+2028, U+2029, U+202F */
	return 0;
}

/* A dot in the sense of UTS 46 at the start of p; its bytes, or 0. */
static size_t
dot_at(const uint8_t *p, size_t len)
{
	if (p[0] == '.')
		return 1;
	if (len >= 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x82)
		return 3;				/* U+3002 */
	if (len >= 3 && p[0] == 0xEF && ((p[1] == 0xBC && p[2] == 0x8E) || (p[1] == 0xBD && p[2] == 0xA1)))
		return 3;				/* U+FF0E, U+FF61 */
	return 0;
}

static size_t
next_dot(const uint8_t *s, size_t len, size_t from)
{
	while (from < len && dot_at(s + from, len - from) == 0)
		from++;
	return from;
}

/* Faults of the shape of a label of allowed bytes. */
static IcpDomainReason
label_shape(const uint8_t *label, size_t len, bool accept_ace)
{
	if (len == 0)
		return ICP_DOMAIN_EMPTY_LABEL;
	if (len > ICP_DOMAIN_LABEL_MAX)
		return ICP_DOMAIN_LABEL_LONG;
	if (label[0] == '-' || label[len - 1] == '-')
		return ICP_DOMAIN_HYPHEN_EDGE;
	if (len >= 4 && label[2] == '-' && label[3] == '-')
	{
		if (!is_ace(label, len))
			return ICP_DOMAIN_HYPHEN_34;
		if (!accept_ace)
			return NEEDS_ICU;
	}
	return ICP_DOMAIN_OK;
}

/*
 * Text of letters, digits, hyphens and dots to key.  accept_ace: A-labels come from ICU and need no further
 * look. A reason is all a failure tells; the caller finds the place.
 */
static IcpDomainReason
encode(const uint8_t *s, size_t len, bool accept_ace, uint8_t *key, int *keylen)
{
	size_t		end;
	int			out = 0;

	if (len > 0 && s[len - 1] == '.')
		len--;
	if (len == 0)
		return ICP_DOMAIN_EMPTY;
	if (len > ICP_DOMAIN_MAX)
		return ICP_DOMAIN_LONG;
	for (end = len;;)
	{
		size_t		start = end;
		size_t		i;
		IcpDomainReason reason;

		while (start > 0 && s[start - 1] != '.')
			start--;
		for (i = start; i < end; i++)
		{
			uint8_t		c = ldh[s[i]];

			if (c == 0)
				return ICP_DOMAIN_CHARACTER;
			key[out++] = c;
		}
		reason = label_shape(s + start, end - start, accept_ace);
		if (reason != ICP_DOMAIN_OK)
			return reason;
		if (end == len && all_digits(s + start, end - start))
			return ICP_DOMAIN_NUMERIC_TLD;
		if (start == 0)
			break;
		key[out++] = ICP_DOMAIN_SEP;
		end = start - 1;
	}
	*keylen = out;
	return ICP_DOMAIN_OK;
}

/* Is the text something else altogether?  Looked at only once the parse has failed. */
static IcpDomainReason
something_else(const uint8_t *s, size_t len, size_t *position, size_t *length)
{
	size_t		i;
	size_t		colons = 0;
	size_t		colon = 0;
	bool		hex = true;

	*position = 0;
	*length = len;
	for (i = 0; i < len; i++)
	{
		uint8_t		c = s[i];

		if (c == '/' || c == '?' || c == '#' || c == '\\')
			return ICP_DOMAIN_URL;
		if (c == '@')
			return ICP_DOMAIN_EMAIL;
		if (c == ':')
		{
			if (colons++ == 0)
				colon = i;
		}
		else if (!is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f') &&
				 c != '.' && c != '[' && c != ']')
			hex = false;
	}
	if (hex && (colons >= 2 || (len > 0 && s[0] == '[')))
		return ICP_DOMAIN_IPV6;
	if (colons == 1 && colon > 0 && (colon + 1 == len || all_digits(s + colon + 1, len - colon - 1)))
	{
		*position = colon;
		*length = len - colon;
		return ICP_DOMAIN_PORT;
	}
	if (icp_looks_like_ipv4((const char *) s, len))
		return ICP_DOMAIN_IPV4;
	if (len >= 1 && s[0] == '*' && (len == 1 || s[1] == '.'))
	{
		*length = 1;
		return ICP_DOMAIN_WILDCARD;
	}
	return ICP_DOMAIN_OK;
}

static IcpDomainReason
reason_of_icu(uint32_t errors)
{
	if (errors & UIDNA_ERROR_EMPTY_LABEL)
		return ICP_DOMAIN_EMPTY_LABEL;
	if (errors & (UIDNA_ERROR_PUNYCODE | UIDNA_ERROR_INVALID_ACE_LABEL))
		return ICP_DOMAIN_PUNYCODE;
	if (errors & (UIDNA_ERROR_DISALLOWED | UIDNA_ERROR_LABEL_HAS_DOT))
		return ICP_DOMAIN_CHARACTER;
	if (errors & (UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN))
		return ICP_DOMAIN_HYPHEN_EDGE;
	if (errors & UIDNA_ERROR_HYPHEN_3_4)
		return ICP_DOMAIN_HYPHEN_34;
	if (errors & UIDNA_ERROR_LEADING_COMBINING_MARK)
		return ICP_DOMAIN_COMBINING;
	if (errors & UIDNA_ERROR_BIDI)
		return ICP_DOMAIN_BIDI;
	if (errors & (UIDNA_ERROR_CONTEXTJ | UIDNA_ERROR_CONTEXTO_PUNCTUATION | UIDNA_ERROR_CONTEXTO_DIGITS))
		return ICP_DOMAIN_JOINER;
	if (errors & UIDNA_ERROR_LABEL_TOO_LONG)
		return ICP_DOMAIN_LABEL_LONG;
	if (errors & UIDNA_ERROR_DOMAIN_NAME_TOO_LONG)
		return ICP_DOMAIN_LONG;
	return ICP_DOMAIN_CHARACTER;
}

/* The fault of one label, as the parse of the whole name would find it. */
static IcpDomainReason
label_fault(const uint8_t *label, size_t len, size_t *position, size_t *length)
{
	bool		ascii = true;
	size_t		i;

	*position = 0;
	*length = len;
	if (len == 0)
		return ICP_DOMAIN_EMPTY_LABEL;
	for (i = 0; i < len; i++)
	{
		size_t		space = space_at(label + i, len - i);

		if (label[i] >= 0x80)
			ascii = false;
		else if (ldh[label[i]] == 0 || space > 0)
		{
			*position = i;
			*length = space > 0 ? space : 1;
			return space > 0 ? ICP_DOMAIN_SPACE :
				label[i] == '_' ? ICP_DOMAIN_UNDERSCORE : ICP_DOMAIN_CHARACTER;
		}
		if (space > 0)
		{
			*position = i;
			*length = space;
			return ICP_DOMAIN_SPACE;
		}
	}
	if (ascii && !is_ace(label, len))
		return label_shape(label, len, true);
	if (len <= ICP_DOMAIN_UNICODE_SIZE && uts46() != NULL)
	{
		char		buf[ICP_DOMAIN_UNICODE_SIZE];
		UIDNAInfo	info = UIDNA_INFO_INITIALIZER;
		UErrorCode	status = U_ZERO_ERROR;
		int32_t		n = uidna_labelToASCII_UTF8(uts46(), (const char *) label, (int32_t) len,
												buf, sizeof(buf), &info, &status);

		if (U_FAILURE(status) || n > (int32_t) sizeof(buf))
			return ICP_DOMAIN_LABEL_LONG;
		if (info.errors != 0)
			return reason_of_icu(info.errors);
		for (i = 0; i < (size_t) n; i++)
			if (ldh[(uint8_t) buf[i]] == 0)
				return buf[i] == '_' ? ICP_DOMAIN_UNDERSCORE : ICP_DOMAIN_CHARACTER;
		return label_shape((const uint8_t *) buf, (size_t) n, true);
	}
	return ICP_DOMAIN_OK;
}

/* Finds the failing part; found is what the parse of the whole said. */
static int
locate(const uint8_t *s, size_t len, IcpDomainReason found, IcpDomainFault *fault)
{
	size_t		position,
				length,
				start = 0;
	IcpDomainReason reason = something_else(s, len, &position, &length);

	if (reason != ICP_DOMAIN_OK)
		return fail(fault, reason, position, length);
	if (found == ICP_DOMAIN_EMPTY)
	{
		/* a lone dot has an empty label */
		return fail(fault, len == 0 ? ICP_DOMAIN_EMPTY : ICP_DOMAIN_EMPTY_LABEL, 0, len);
	}
	if (found == ICP_DOMAIN_NUMERIC_TLD)
	{
		for (;;)
		{
			size_t		end = next_dot(s, len, start);

			if (end == len || end + dot_at(s + end, len - end) == len)
				return fail(fault, found, start, end - start);
			start = end + dot_at(s + end, len - end);
		}
	}
	for (;;)
	{
		size_t		end = next_dot(s, len, start);
		size_t		dot = end < len ? dot_at(s + end, len - end) : 0;

		reason = label_fault(s + start, end - start, &position, &length);
		if (reason != ICP_DOMAIN_OK)
			return fail(fault, reason, start + position, length);
		start = end + dot;
		if (end >= len || start >= len)
			break;
	}
	return fail(fault, found, 0, len);
}

int
icp_domain_parse(const char *text, size_t len, uint8_t *key, IcpDomainFault *fault)
{
	const uint8_t *s = (const uint8_t *) text;
	IcpDomainReason reason;
	size_t		i;
	int			keylen = 0;

	fault->reason = ICP_DOMAIN_OK;
	fault->position = 0;
	fault->length = 0;

	reason = encode(s, len, false, key, &keylen);
	if (reason == ICP_DOMAIN_OK)
		return keylen;
	for (i = 0; i < len; i++)
		if (s[i] >= 0x80)
			break;
	if (i == len && reason != NEEDS_ICU)
		return locate(s, len, reason, fault);

	/* Characters that map to nothing apart, a longer text cannot fit; and ICU is spared megabytes of them. */
	if (len > 8 * ICP_DOMAIN_MAX)
		return locate(s, len, ICP_DOMAIN_LONG, fault);
	if (uts46() == NULL)
		return fail(fault, ICP_DOMAIN_ICU, 0, len);
	{
		char		buf[2 * ICP_DOMAIN_UNICODE_SIZE];
		UIDNAInfo	info = UIDNA_INFO_INITIALIZER;
		UErrorCode	status = U_ZERO_ERROR;
		int32_t		n = uidna_nameToASCII_UTF8(uts46(), text, (int32_t) len,
											   buf, sizeof(buf), &info, &status);

		if (U_FAILURE(status) || n > (int32_t) sizeof(buf))
			return locate(s, len, ICP_DOMAIN_LONG, fault);
		if (info.errors != 0)
			return locate(s, len, reason_of_icu(info.errors), fault);
		reason = encode((const uint8_t *) buf, (size_t) n, true, key, &keylen);
		if (reason != ICP_DOMAIN_OK)
			return locate(s, len, reason, fault);
	}
	return keylen;
}

int
icp_domain_text(const uint8_t *key, size_t len, char *text)
{
	size_t		end = len;
	int			out = 0;

	if (len > ICP_DOMAIN_MAX)
		end = len = ICP_DOMAIN_MAX;
	for (;;)
	{
		size_t		start = end;

		while (start > 0 && key[start - 1] != ICP_DOMAIN_SEP)
			start--;
		memcpy(text + out, key + start, end - start);
		out += (int) (end - start);
		if (start == 0)
			break;
		text[out++] = '.';
		end = start - 1;
	}
	text[out] = '\0';
	return out;
}

int
icp_domain_to_unicode(const uint8_t *key, size_t len, char *out)
{
	char		text[ICP_DOMAIN_TEXT_SIZE];
	int			textlen = icp_domain_text(key, len, text);
	int			start = 0;
	int			n = 0;

	for (;;)
	{
		int			end = start;

		while (end < textlen && text[end] != '.')
			end++;
		if (is_ace((const uint8_t *) text + start, (size_t) (end - start)))
		{
			UIDNAInfo	info = UIDNA_INFO_INITIALIZER;
			UErrorCode	status = U_ZERO_ERROR;
			char		label[256];
			int32_t		got;

			if (uts46() == NULL)
				return -1;
			got = uidna_labelToUnicodeUTF8(uts46(), text + start, end - start,
										   label, sizeof(label), &info, &status);
			if (U_SUCCESS(status) && info.errors == 0 && got <= (int32_t) sizeof(label))
			{
				memcpy(out + n, label, (size_t) got);
				n += got;
			}
			else
			{
				memcpy(out + n, text + start, (size_t) (end - start));
				n += end - start;
			}
		}
		else
		{
			memcpy(out + n, text + start, (size_t) (end - start));
			n += end - start;
		}
		if (end >= textlen)
			break;
		out[n++] = '.';
		start = end + 1;
	}
	out[n] = '\0';
	return n;
}

bool
icp_domain_key_valid(const uint8_t *key, size_t len, bool *ace)
{
	size_t		start = 0;

	*ace = false;
	if (len == 0 || len > ICP_DOMAIN_MAX)
		return false;
	for (;;)
	{
		size_t		end = start;
		IcpDomainReason reason;

		while (end < len && key[end] != ICP_DOMAIN_SEP)
		{
			if (ldh[key[end]] == 0 || ldh[key[end]] != key[end])
				return false;
			end++;
		}
		reason = label_shape(key + start, end - start, false);
		if (reason == NEEDS_ICU)
			*ace = true;
		else if (reason != ICP_DOMAIN_OK)
			return false;
		if (start == 0 && all_digits(key, end))
			return false;
		if (end == len)
			return true;
		start = end + 1;
	}
}

int
icp_domain_key_cmp(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	int			cmp = memcmp(a, b, alen < blen ? alen : blen);

	if (cmp != 0)
		return cmp < 0 ? -1 : 1;
	return alen < blen ? -1 : alen > blen ? 1 : 0;
}

bool
icp_domain_key_under(const uint8_t *key, size_t len, const uint8_t *parent, size_t parentlen)
{
	return len >= parentlen && memcmp(key, parent, parentlen) == 0 &&
		(len == parentlen || key[parentlen] == ICP_DOMAIN_SEP);
}

size_t
icp_domain_key_prefix(const uint8_t *key, size_t len, int labels)
{
	size_t		i;

	for (i = 0; i < len; i++)
		if (key[i] == ICP_DOMAIN_SEP && --labels == 0)
			return i;
	return len;
}

int
icp_domain_key_labels(const uint8_t *key, size_t len)
{
	size_t		i;
	int			labels = 1;

	for (i = 0; i < len; i++)
		if (key[i] == ICP_DOMAIN_SEP)
			labels++;
	return labels;
}
