/*
 * domain_list.c
 *	  Sets of domain names: payload and set operations, all of them merges of two sorted sequences.
 */
#include "core/domain_list.h"

#include <stdlib.h>
#include <string.h>

static int
icp_list_entry_cmp(const uint8_t *a, const uint8_t *b)
{
	return icp_domain_key_cmp(a + 1, a[0], b + 1, b[0]);
}

size_t
icp_list_count(const uint8_t *list, size_t len)
{
	const uint8_t *end = list + len;
	size_t		n = 0;

	for (; list < end; list += icp_list_entry_size(list))
		n++;
	return n;
}

size_t
icp_list_entry(const uint8_t *key, size_t keylen, uint8_t *out)
{
	out[0] = (uint8_t) keylen;
	memcpy(out + 1, key, keylen);
	return 1 + keylen;
}

static int
pointer_cmp(const void *a, const void *b)
{
	return icp_list_entry_cmp(*(const uint8_t *const *) a, *(const uint8_t *const *) b);
}

size_t
icp_list_build(const uint8_t **entries, size_t n, uint8_t *out)
{
	uint8_t    *at = out;
	const uint8_t *last = NULL;
	size_t		i;

	for (i = 1; i < n; i++)
	{
		if (icp_list_entry_cmp(entries[i - 1], entries[i]) > 0)
		{
			qsort(entries, n, sizeof(*entries), pointer_cmp);
			break;
		}
	}
	for (i = 0; i < n; i++)
	{
		size_t		size = icp_list_entry_size(entries[i]);

		if (last != NULL && icp_list_entry_cmp(last, entries[i]) == 0)
			continue;
		memcpy(at, entries[i], size);
		last = at;
		at += size;
	}
	return (size_t) (at - out);
}

bool
icp_list_valid(const uint8_t *list, size_t len, bool sorted, size_t *position, bool *ace, size_t *count)
{
	const uint8_t *last = NULL;
	size_t		at = 0;

	*ace = false;
	*count = 0;
	while (at < len)
	{
		const uint8_t *entry = list + at;
		bool		entry_ace;

		*position = at;
		if (entry[0] > len - at - 1 || !icp_domain_key_valid(entry + 1, entry[0], &entry_ace))
			return false;
		if (sorted && last != NULL && icp_list_entry_cmp(last, entry) >= 0)
			return false;
		*ace |= entry_ace;
		(*count)++;
		last = entry;
		at += icp_list_entry_size(entry);
	}
	return true;
}

static uint8_t *
copy(uint8_t *out, const uint8_t *from, size_t size)
{
	if (size > 0)
		memcpy(out, from, size);
	return out + size;
}

size_t
icp_list_merge(IcpListOp op, const uint8_t *a, size_t alen, const uint8_t *b, size_t blen, uint8_t *out)
{
	const uint8_t *aend = a + alen;
	const uint8_t *bend = b + blen;
	uint8_t    *at = out;

	while (a < aend && b < bend)
	{
		size_t		asize = icp_list_entry_size(a);
		size_t		bsize = icp_list_entry_size(b);
		int			cmp = icp_list_entry_cmp(a, b);

		if (cmp < 0)
		{
			if (op != ICP_LIST_INTERSECTION)
				at = copy(at, a, asize);
			a += asize;
		}
		else if (cmp > 0)
		{
			if (op == ICP_LIST_UNION)
				at = copy(at, b, bsize);
			b += bsize;
		}
		else
		{
			if (op != ICP_LIST_DIFFERENCE)
				at = copy(at, a, asize);
			a += asize;
			b += bsize;
		}
	}
	if (op != ICP_LIST_INTERSECTION)
		at = copy(at, a, (size_t) (aend - a));
	if (op == ICP_LIST_UNION)
		at = copy(at, b, (size_t) (bend - b));
	return (size_t) (at - out);
}

bool
icp_list_overlap(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	const uint8_t *aend = a + alen;
	const uint8_t *bend = b + blen;

	while (a < aend && b < bend)
	{
		int			cmp = icp_list_entry_cmp(a, b);

		if (cmp == 0)
			return true;
		if (cmp < 0)
			a += icp_list_entry_size(a);
		else
			b += icp_list_entry_size(b);
	}
	return false;
}

bool
icp_list_contains(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	const uint8_t *aend = a + alen;
	const uint8_t *bend = b + blen;

	if (blen > alen)
		return false;
	while (b < bend)
	{
		int			cmp;

		if (a >= aend)
			return false;
		cmp = icp_list_entry_cmp(a, b);
		if (cmp > 0)
			return false;
		if (cmp == 0)
			b += icp_list_entry_size(b);
		a += icp_list_entry_size(a);
	}
	return true;
}

bool
icp_list_has(const uint8_t *list, size_t len, const uint8_t *key, size_t keylen)
{
	const uint8_t *end = list + len;

	for (; list < end; list += icp_list_entry_size(list))
	{
		int			cmp = icp_domain_key_cmp(list + 1, list[0], key, keylen);

		if (cmp >= 0)
			return cmp == 0;
	}
	return false;
}

int
icp_list_cmp(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	const uint8_t *aend = a + alen;
	const uint8_t *bend = b + blen;

	while (a < aend && b < bend)
	{
		int			cmp = icp_list_entry_cmp(a, b);

		if (cmp != 0)
			return cmp;
		a += icp_list_entry_size(a);
		b += icp_list_entry_size(b);
	}
	return (a < aend) - (b < bend);
}

/*
 * The literal: PostgreSQL's array syntax in one dimension, without NULL.
 */

static const IcpDomainReasonText reason_texts[] = {
	[ICP_LIST_OK] = {NULL, NULL},
	[ICP_LIST_NO_BRACE] = {"A domain list (域名列表) begins with a brace.",
	"Write {example.cn,example.com}; {} is the empty list, {example.cn} the list of one."},
	[ICP_LIST_UNCLOSED] = {"The closing brace of the list is missing.",
	"Write {example.cn,example.com}."},
	[ICP_LIST_JUNK] = {"There is text behind the closing brace of the list.",
	"Write {example.cn,example.com}."},
	[ICP_LIST_NULL] = {"A domain list (域名列表) has no NULL.",
	"Leave the element out."},
	[ICP_LIST_NESTED] = {"A domain list (域名列表) has one dimension.",
	"Write {example.cn,example.com} without inner braces and bounds."},
	[ICP_LIST_QUOTE] = {"A quoted element is not followed by a comma or the closing brace.",
	"Quote an element as a whole; domain names (域名) need no quotes."},
	[ICP_LIST_EMPTY_ELEMENT] = {"An element of the list is missing.",
	"Put one comma between elements, none at the beginning or the end."},
};

const IcpDomainReasonText *
icp_list_reason_text(IcpListReason reason)
{
	return &reason_texts[reason];
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
skip_space(IcpListLiteral *l)
{
	while (l->at < l->len && is_space(l->text[l->at]))
		l->at++;
}

static int
malformed(IcpListLiteral *l, IcpListReason reason, size_t position)
{
	l->reason = reason;
	l->position = position;
	return -1;
}

bool
icp_list_literal_begin(IcpListLiteral *l, const char *text, size_t len)
{
	memset(l, 0, sizeof(*l));
	l->text = text;
	l->len = len;
	l->first = true;
	skip_space(l);
	if (l->at >= len || text[l->at] != '{')
	{
		malformed(l, l->at < len && text[l->at] == '[' ? ICP_LIST_NESTED : ICP_LIST_NO_BRACE, l->at);
		return false;
	}
	l->at++;
	return true;
}

/* After the closing brace. */
static int
end_of_list(IcpListLiteral *l)
{
	l->at++;
	skip_space(l);
	if (l->at < l->len)
		return malformed(l, ICP_LIST_JUNK, l->at);
	return 0;
}

static int
quoted_element(IcpListLiteral *l, char *buf)
{
	size_t		n = 0;

	l->element_at = l->at++;
	for (;;)
	{
		if (l->at >= l->len)
			return malformed(l, ICP_LIST_UNCLOSED, l->element_at);
		if (l->text[l->at] == '"')
			break;
		if (l->text[l->at] == '\\' && ++l->at >= l->len)
			return malformed(l, ICP_LIST_UNCLOSED, l->element_at);
		buf[n++] = l->text[l->at++];
	}
	l->at++;
	l->element = buf;
	l->element_len = n;
	return 1;
}

static int
bare_element(IcpListLiteral *l, char *buf)
{
	size_t		start = l->at;
	size_t		n = 0;
	size_t		kept = 0;		/* up to here bytes are not trailing white space */
	bool		escaped = false;

	l->element_at = start;
	while (l->at < l->len)
	{
		char		c = l->text[l->at];

		if (c == ',' || c == '}')
			break;
		if (c == '{')
			return malformed(l, ICP_LIST_NESTED, l->at);
		if (c == '"')
			return malformed(l, ICP_LIST_QUOTE, l->at);
		if (c == '\\')
		{
			if (++l->at >= l->len)
				return malformed(l, ICP_LIST_UNCLOSED, start);
			escaped = true;
			buf[n++] = l->text[l->at++];
			kept = n;
			continue;
		}
		buf[n++] = c;
		if (!is_space(c))
			kept = n;
		l->at++;
	}
	if (kept == 0)
		return malformed(l, l->at >= l->len ? ICP_LIST_UNCLOSED : ICP_LIST_EMPTY_ELEMENT, l->at);
	if (!escaped && kept == 4 && (buf[0] | 0x20) == 'n' && (buf[1] | 0x20) == 'u' &&
		(buf[2] | 0x20) == 'l' && (buf[3] | 0x20) == 'l')
		return malformed(l, ICP_LIST_NULL, start);
	l->element = buf;
	l->element_len = kept;
	return 1;
}

int
icp_list_literal_next(IcpListLiteral *l, char *buf)
{
	int			got;

	skip_space(l);
	if (l->at < l->len && l->text[l->at] == '}' && l->first)
		return end_of_list(l);
	if (!l->first)
	{
		/* the separator behind the element before */
		if (l->at >= l->len)
			return malformed(l, ICP_LIST_UNCLOSED, l->len);
		if (l->text[l->at] == '}')
			return end_of_list(l);
		if (l->text[l->at] != ',')
			return malformed(l, ICP_LIST_QUOTE, l->at);
		l->at++;
		skip_space(l);
	}
	l->first = false;
	if (l->at >= l->len)
		return malformed(l, ICP_LIST_UNCLOSED, l->len);
	if (l->text[l->at] == '{')
		return malformed(l, ICP_LIST_NESTED, l->at);
	got = l->text[l->at] == '"' ? quoted_element(l, buf) : bare_element(l, buf);
	if (got == 1)
		skip_space(l);
	return got;
}

size_t
icp_list_literal_write(const uint8_t *list, size_t len, char *out)
{
	const uint8_t *end = list + len;
	char	   *at = out;

	/* the byte of an entry's length makes room for its comma */
	*at++ = '{';
	for (; list < end; list += icp_list_entry_size(list))
	{
		char		name[ICP_DOMAIN_TEXT_SIZE];
		int			n = icp_domain_text(list + 1, list[0], name);
		bool		quote = n == 4 && memcmp(name, "null", 4) == 0; /* or it would be read as NULL */

		if (at > out + 1)
			*at++ = ',';
		if (quote)
			*at++ = '"';
		memcpy(at, name, (size_t) n);
		at += n;
		if (quote)
			*at++ = '"';
	}
	*at++ = '}';
	return (size_t) (at - out);
}
