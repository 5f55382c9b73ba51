/*
 * fuzz_domain_list.c
 *	  Domain lists, as literals and as binary payloads, without the server.
 *
 * The first byte chooses.  A literal: it ends, its elements lie inside it, and the list of those that are
 * domains gives itself back when it is written and read.  Two payloads: those that are valid obey the laws of
 * sets.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/domain_list.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Literal to payload; -1 where it is malformed. */
static long
read_literal(const char *text, size_t len, uint8_t *out)
{
	IcpListLiteral literal;
	char	   *buf = malloc(len + 1);
	uint8_t    *entries = malloc(len * 260 + 1);
	const uint8_t **pointers = malloc(sizeof(*pointers) * (len + 1));
	size_t		used = 0;
	size_t		n = 0;
	int			got = -1;
	long		size = -1;

	if (icp_list_literal_begin(&literal, text, len))
	{
		while ((got = icp_list_literal_next(&literal, buf)) > 0)
		{
			uint8_t		key[ICP_DOMAIN_MAX];
			IcpDomainFault fault;
			int			keylen;

			REQUIRE(literal.element_len <= len && literal.element_at < len);
			keylen = icp_domain_parse(literal.element, literal.element_len, key, &fault);
			if (keylen < 0)
				continue;
			REQUIRE(n < len);
			pointers[n++] = entries + used;
			used += icp_list_entry(key, (size_t) keylen, entries + used);
		}
	}
	if (got < 0)
	{
		REQUIRE(literal.reason != ICP_LIST_OK && literal.position <= len);
		REQUIRE(icp_list_reason_text(literal.reason)->detail != NULL);
	}
	else
		size = (long) icp_list_build(pointers, n, out);
	free(buf);
	free(entries);
	free(pointers);
	return size;
}

static void
check_list(const uint8_t *list, size_t len, size_t expected)
{
	char	   *text = malloc(len + 4);
	uint8_t    *again = malloc(len * 2 + 8);
	size_t		position;
	size_t		count;
	size_t		n;
	bool		ace;
	const uint8_t *at;

	REQUIRE(icp_list_valid(list, len, true, &position, &ace, &count));
	REQUIRE(count == icp_list_count(list, len) && count == expected);
	n = icp_list_literal_write(list, len, text);
	REQUIRE(n <= len + 4);
	if (!ace)
	{
		REQUIRE(read_literal(text, n, again) == (long) len);
		REQUIRE(len == 0 || memcmp(again, list, len) == 0);
	}
	for (at = list; at < list + len; at += icp_list_entry_size(at))
		REQUIRE(icp_list_has(list, len, at + 1, at[0]));
	free(text);
	free(again);
}

static void
check_sets(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen)
{
	uint8_t    *both = malloc(alen + blen + 1);
	uint8_t    *common = malloc(alen + blen + 1);
	uint8_t    *only_a = malloc(alen + blen + 1);
	uint8_t    *only_b = malloc(alen + blen + 1);
	uint8_t    *again = malloc(alen + blen + 1);
	size_t		nboth = icp_list_merge(ICP_LIST_UNION, a, alen, b, blen, both);
	size_t		ncommon = icp_list_merge(ICP_LIST_INTERSECTION, a, alen, b, blen, common);
	size_t		nonly_a = icp_list_merge(ICP_LIST_DIFFERENCE, a, alen, b, blen, only_a);
	size_t		nonly_b = icp_list_merge(ICP_LIST_DIFFERENCE, b, blen, a, alen, only_b);
	int			cmp = icp_list_cmp(a, alen, b, blen);

	check_list(both, nboth, icp_list_count(a, alen) + icp_list_count(b, blen) - icp_list_count(common, ncommon));
	REQUIRE(nboth == nonly_a + ncommon + nonly_b);
	REQUIRE(icp_list_overlap(a, alen, b, blen) == (ncommon > 0));
	REQUIRE(icp_list_contains(both, nboth, a, alen) && icp_list_contains(both, nboth, b, blen));
	REQUIRE(icp_list_contains(a, alen, common, ncommon) && icp_list_contains(b, blen, common, ncommon));
	REQUIRE(icp_list_contains(a, alen, b, blen) == (nonly_b == 0));
	REQUIRE(!icp_list_overlap(only_a, nonly_a, b, blen));

	/* a is what it has alone and what it has in common */
	REQUIRE(icp_list_merge(ICP_LIST_UNION, only_a, nonly_a, common, ncommon, again) == alen);
	REQUIRE(alen == 0 || memcmp(again, a, alen) == 0);
	REQUIRE(cmp == -icp_list_cmp(b, blen, a, alen));
	REQUIRE((cmp == 0) == (alen == blen && (alen == 0 || memcmp(a, b, alen) == 0)));
	free(both);
	free(common);
	free(only_a);
	free(only_b);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t    *copy;
	size_t		position;
	size_t		count;
	bool		ace;

	if (size == 0)
		return 0;
	copy = malloc(size);
	memcpy(copy, data + 1, size - 1);
	size--;
	if (data[0] & 0x80)
	{
		size_t		alen = data[0] & 0x7F;

		if (alen <= size && icp_list_valid(copy, alen, true, &position, &ace, &count))
		{
			check_list(copy, alen, count);
			if (icp_list_valid(copy + alen, size - alen, true, &position, &ace, &count))
			{
				check_list(copy + alen, size - alen, count);
				check_sets(copy, alen, copy + alen, size - alen);
			}
			else
				REQUIRE(position < size - alen);
		}
	}
	else
	{
		uint8_t    *list = malloc(size * 260 + 1);
		long		len = read_literal((char *) copy, size, list);

		if (len >= 0)
		{
			const uint8_t *half = list;

			check_list(list, (size_t) len, icp_list_count(list, (size_t) len));
			while (half - list < len / 2)
				half += icp_list_entry_size(half);
			check_sets(list, (size_t) (half - list), half, (size_t) (list + len - half));
			check_sets(list, (size_t) len, half, (size_t) (list + len - half));
		}
		free(list);
	}
	free(copy);
	return 0;
}
