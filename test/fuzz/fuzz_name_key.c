/*
 * fuzz_name_key.c
 *	  Keys of names, without the server.
 *
 * What must hold for any bytes: the short way gives what the long one gives; a key's key is itself; white
 * space around changes nothing; a buffer that is too small is noticed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/name_key.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int32_t		room = (int32_t) size * 18 + 16;
	size_t		outroom = (size_t) room * 3;
	UChar	   *a = malloc(sizeof(UChar) * (size_t) room);
	UChar	   *b = malloc(sizeof(UChar) * (size_t) room);
	char	   *text = malloc(size + 2);
	char	   *key = malloc(outroom);
	char	   *slow = malloc(outroom);
	char	   *again = malloc(outroom * 2);
	int32_t		n,
				m;

	if (size > 0)
		memcpy(text, data, size);
	n = icp_name_key(text, size, a, b, room, key, outroom);
	m = icp_name_key_slow(text, size, a, b, room, slow, outroom);
	REQUIRE(n >= 0);
	REQUIRE(n == m && memcmp(key, slow, (size_t) n) == 0);

	if (n * 18 + 16 <= room)
	{
		m = icp_name_key(key, (size_t) n, a, b, room, again, outroom);
		REQUIRE(m == n && memcmp(key, again, (size_t) n) == 0);
	}

	/* behind a cut character a blank would change what the bytes mean */
	if (size > 0 && data[size - 1] < 0x80)
	{
		memmove(text + 1, text, size);
		text[0] = ' ';
		text[size + 1] = '\t';
		m = icp_name_key(text, size + 2, a, b, room, again, outroom);
		REQUIRE(m == n && memcmp(key, again, (size_t) n) == 0);
		memmove(text, text + 1, size);
	}

	/* too little room: noticed, and nothing written behind it */
	if (n > 0)
	{
		char	   *tight = malloc((size_t) n - 1 ? (size_t) n - 1 : 1);

		m = icp_name_key(text, size, a, b, room, tight, (size_t) n - 1);
		REQUIRE(m == ICP_NAME_KEY_ROOM);
		m = icp_name_key_slow(text, size, a, b, (int32_t) 1, tight, (size_t) n - 1);
		REQUIRE(m == ICP_NAME_KEY_ROOM || m <= n - 1);
		free(tight);
	}
	free(a);
	free(b);
	free(text);
	free(key);
	free(slow);
	free(again);
	return 0;
}
