/*
 * fuzz_element.c
 *	  Lists as people type them, without the server.
 *
 * For any bytes: elements lie in the text, in order and apart, are not empty, hold no separator and have no blank or
 * quote around them; what lies between them is separators, blanks, quotes and the braces.  A naive reader, which first
 * writes every separator as a line feed, finds the same; and so does the reader itself in its own elements, written
 * behind commas and in braces.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/element.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const separators[] = {",", ";", "|", " ", "\t", "\r", "\n", "，", "；", "、", "　"};

/* Every separator as as many line feeds as it has bytes, from left to right. */
static void
flatten(char *text, size_t len)
{
	size_t		i = 0;

	while (i < len)
	{
		size_t		step = 1;
		size_t		k;

		for (k = 0; k < sizeof(separators) / sizeof(separators[0]); k++)
		{
			size_t		size = strlen(separators[k]);

			if (len - i >= size && memcmp(text + i, separators[k], size) == 0)
			{
				memset(text + i, '\n', size);
				step = size;
				break;
			}
		}
		i += step;
	}
}

static int
is_quote(char c)
{
	return c == '"';
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	char	   *flat = malloc(size + 1);
	char	   *again = malloc(2 * size + 3);
	const char *begin;
	const char *end;
	const char *element;
	size_t		len;
	size_t		at = 0;
	size_t		written = 0;
	size_t		n = 0;
	size_t		count;
	IcpElements list;

	if (size > 0)
		memcpy(text, data, size);
	begin = text;
	end = text + size;
	if (size >= 2 && text[0] == '{' && text[size - 1] == '}')
	{
		begin++;
		end--;
	}
	if (end > begin)
		memcpy(flat, begin, (size_t) (end - begin));
	flatten(flat, (size_t) (end - begin));

	again[written++] = '{';
	icp_elements_open(&list, text, size);
	while (icp_elements_next(&list, &element, &len))
	{
		size_t		from = (size_t) (element - begin);
		size_t		i;

		REQUIRE(len > 0 && element >= begin && element + len <= end && from >= at);
		/* between two elements stands nothing else, and at least one separator */
		for (i = at; i < from; i++)
			REQUIRE(flat[i] == '\n' || is_quote(flat[i]));
		REQUIRE(n == 0 || memchr(flat + at, '\n', from - at) != NULL);
		REQUIRE(memchr(flat + from, '\n', len) == NULL);
		REQUIRE(!is_quote(element[0]) && !is_quote(element[len - 1]));
		at = from + len;
		if (n++ > 0)
			again[written++] = ',';
		memcpy(again + written, element, len);
		written += len;
	}
	for (; at < (size_t) (end - begin); at++)
		REQUIRE(flat[at] == '\n' || is_quote(flat[at]));
	again[written++] = '}';

	count = 0;
	at = 1;
	icp_elements_open(&list, again, written);
	while (icp_elements_next(&list, &element, &len))
	{
		REQUIRE(element == again + at);
		REQUIRE(again[at + len] == (count + 1 < n ? ',' : '}'));
		at += len + 1;
		count++;
	}
	REQUIRE(count == n);
	free(again);
	free(flat);
	free(text);
	return 0;
}
