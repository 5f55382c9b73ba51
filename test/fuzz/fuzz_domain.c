/*
 * fuzz_domain.c
 *	  Domain names, URLs of home pages and independent domains, without the server.
 *
 * What must hold for any bytes: what parses is a valid key, whose text and whose Unicode form parse to the
 * same key; a key that is valid by itself comes from its text; a fault lies inside the text; everything at or
 * under a name stands between the name and its bound; the key of a home page's key is itself; keys in order have numbers in order; a registered
 * name is its own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/domain.h"
#include "core/domain_abbrev.h"
#include "core/homepage.h"
#include "core/suffix.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_key(const char *text, int len, const uint8_t *key, int keylen)
{
	uint8_t		again[ICP_DOMAIN_MAX];
	IcpDomainFault fault;

	REQUIRE(icp_domain_parse(text, (size_t) len, again, &fault) == keylen);
	REQUIRE(memcmp(again, key, (size_t) keylen) == 0);
}

static void
check_key(const uint8_t *key, int keylen)
{
	char		text[ICP_DOMAIN_TEXT_SIZE];
	char		unicode[ICP_DOMAIN_UNICODE_SIZE];
	uint8_t		bound[ICP_DOMAIN_MAX + 1];
	bool		ace;
	int			n;
	int			labels;
	int			i;

	REQUIRE(keylen > 0 && keylen <= ICP_DOMAIN_MAX);
	REQUIRE(icp_domain_key_valid(key, (size_t) keylen, &ace));
	n = icp_domain_text(key, (size_t) keylen, text);
	REQUIRE(n == keylen && text[n] == '\0');
	same_key(text, n, key, keylen);
	n = icp_domain_to_unicode(key, (size_t) keylen, unicode);
	REQUIRE(n > 0 && n < ICP_DOMAIN_UNICODE_SIZE);
	REQUIRE(ace || n == keylen);
	same_key(unicode, n, key, keylen);

	labels = icp_domain_key_labels(key, (size_t) keylen);
	for (i = 1; i <= labels; i++)
	{
		size_t		len = icp_domain_key_prefix(key, (size_t) keylen, i);

		REQUIRE(icp_domain_key_valid(key, len, &ace));
		REQUIRE(icp_domain_key_under(key, (size_t) keylen, key, len));
		REQUIRE(icp_domain_key_labels(key, len) == i);
		memcpy(bound, key, len);
		bound[len] = '-';
		REQUIRE(icp_domain_key_cmp(key, len, key, (size_t) keylen) <= 0);
		REQUIRE(icp_domain_key_cmp(key, (size_t) keylen, bound, len + 1) < 0);
	}

	n = icp_suffix_registrable(key, (size_t) keylen);
	REQUIRE(n == -1 || (n > 0 && n <= keylen));
	if (n > 0)
	{
		REQUIRE(icp_domain_key_under(key, (size_t) keylen, key, (size_t) n));
		REQUIRE(icp_suffix_registrable(key, (size_t) n) == n);
	}
}

static void
check_url(const char *text, size_t len)
{
	IcpUrl		url;
	IcpUrlFault fault;
	char	   *key = malloc(3 * len + 300);
	char	   *again = malloc(9 * len + 1200);
	size_t		n;

	if (icp_url_parse(text, len, &url, &fault))
	{
		n = icp_homepage_key(&url, key);
		REQUIRE(n > 0 && n <= 3 * len + 300);
		if (n <= ICP_URL_MAX)
		{
			REQUIRE(icp_url_parse(key, n, &url, &fault));
			REQUIRE(icp_homepage_key(&url, again) == n);
			REQUIRE(memcmp(key, again, n) == 0);
		}
	}
	else
	{
		REQUIRE(fault.reason != ICP_URL_OK);
		REQUIRE(fault.position <= len && fault.length <= len - fault.position);
		REQUIRE(icp_url_fault_text(&fault)->detail != NULL);
	}
	free(key);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* copies of exactly the size, so that reading past the end is seen */
	char	   *text = malloc(size ? size : 1);
	uint8_t		key[ICP_DOMAIN_MAX];
	IcpDomainFault fault;
	bool		ace;
	int			keylen;

	if (size > 0)
		memcpy(text, data, size);
	keylen = icp_domain_parse(text, size, key, &fault);
	if (keylen >= 0)
	{
		REQUIRE(fault.reason == ICP_DOMAIN_OK);
		check_key(key, keylen);
	}
	else
	{
		REQUIRE(fault.reason != ICP_DOMAIN_OK);
		REQUIRE(fault.position <= size && fault.length <= size - fault.position);
		REQUIRE(icp_domain_reason_text(fault.reason)->detail != NULL);
		REQUIRE(icp_domain_reason_text(fault.reason)->hint != NULL);
	}

	if (icp_domain_key_valid((uint8_t *) text, size, &ace) && !ace)
		check_key((uint8_t *) text, (int) size);

	/* two keys, the second behind a zero byte: their numbers are in their order */
	if (size > 0)
	{
		const char *zero = memchr(text, 0, size);
		size_t		alen = zero ? (size_t) (zero - text) : size / 2;
		const uint8_t *a = (uint8_t *) text;
		const uint8_t *b = a + alen + (zero != NULL);
		size_t		blen = size - alen - (zero != NULL);

		if (icp_domain_key_valid(a, alen, &ace) && icp_domain_key_valid(b, blen, &ace))
		{
			int			cmp = icp_domain_key_cmp(a, alen, b, blen);
			uint64_t	x = icp_domain_abbreviate(a, alen);
			uint64_t	y = icp_domain_abbreviate(b, blen);

			REQUIRE(cmp < 0 ? x <= y : cmp > 0 ? x >= y : x == y);
		}
	}
	check_url(text, size);
	free(text);
	return 0;
}
