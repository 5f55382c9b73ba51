/*
 * fuzz_number.c
 *	  The number parsers and the page scanner, without the server.
 *
 * What must hold for any bytes: parsing ends inside them; what parses packs validly, prints, and the print parses to
 * the same value by either path and is found again in a page; the scanner ends, moves on, and finds valid values; a
 * fault lies inside the text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/find.h"
#include "core/number.h"
#include "core/province.h"
#include "core/psb_number.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned
count_found(IcpFindWhat what, const char *s, size_t len, int64_t *last)
{
	IcpFinder	finder;
	IcpFound	found;
	int64_t		value;
	size_t		pos;
	size_t		end;
	size_t		reached = 0;
	size_t		calls = 0;
	unsigned	n = 0;

	icp_find_init(&finder, what, s, len);
	while ((found = icp_find_next(&finder, 7, &value, &pos, &end)) != ICP_FOUND_NONE)
	{
		REQUIRE(++calls <= 2 * len + 2);
		if (found == ICP_FOUND_LATER)
			continue;
		REQUIRE(pos >= reached && end > pos && end <= len);
		reached = end;
		if (what == ICP_FIND_NUMBERS)
		{
			IcpNumber	parts;

			REQUIRE(icp_number_unpack(value, &parts));
		}
		else
			REQUIRE(icp_psb_valid(value));
		*last = value;
		n++;
	}
	return n;
}

static void
check_number(const char *s, size_t len)
{
	IcpFault	fault = {0};
	IcpNumber	parts;
	int64_t		value;
	int64_t		again;
	int64_t		sponsor;
	char		text[ICP_NUMBER_TEXT_MAX];
	char		padded[ICP_NUMBER_TEXT_MAX + 1];
	size_t		n;

	if (!icp_number_parse(s, len, &value, &fault))
	{
		REQUIRE(fault.reason != ICP_OK && fault.pos <= fault.end && fault.end <= len);
		REQUIRE(!icp_number_parse_sponsor(s, len, &value, &fault));
		return;
	}
	REQUIRE(icp_number_unpack(value, &parts));
	REQUIRE(icp_number_pack(&parts, &again) && again == value);
	n = icp_number_format(value, text);
	REQUIRE(n > 0 && n < sizeof(text) && strlen(text) == n);
	REQUIRE(icp_number_parse(text, n, &again, &fault) && again == value);
	/* a space sends it the long way */
	padded[0] = ' ';
	memcpy(padded + 1, text, n);
	REQUIRE(icp_number_parse(padded, n + 1, &again, &fault) && again == value);
	if (parts.province != ICP_PROVINCE_NONE)
		REQUIRE(count_found(ICP_FIND_NUMBERS, text, n, &again) == 1 && again == value);
	REQUIRE(count_found(ICP_FIND_PSB, text, n, &again) == 0);

	sponsor = icp_number_sponsor(value);
	REQUIRE(icp_number_within(value, sponsor) && value >= sponsor && value <= icp_number_last_service(sponsor));
	REQUIRE(icp_number_parse_sponsor(s, len, &again, &fault) == (value == sponsor));
	if (value != sponsor)
		REQUIRE(fault.reason == ICP_SERVICE_GIVEN && fault.pos < fault.end && fault.end <= len);
}

static void
check_psb(const char *s, size_t len)
{
	IcpFault	fault = {0};
	int64_t		value;
	int64_t		again;
	char		text[ICP_PSB_TEXT_MAX];
	size_t		n;

	if (!icp_psb_parse(s, len, &value, &fault))
	{
		REQUIRE(fault.reason != ICP_OK && fault.pos <= fault.end && fault.end <= len);
		return;
	}
	REQUIRE(icp_psb_valid(value));
	n = icp_psb_format(value, text);
	REQUIRE(n > 0 && n < sizeof(text) && strlen(text) == n);
	REQUIRE(icp_psb_parse(text, n, &again, &fault) && again == value);
	REQUIRE(count_found(ICP_FIND_PSB, text, n, &again) == 1 && again == value);
	REQUIRE(!icp_number_parse(text, n, &again, &fault) && fault.reason == ICP_IS_SECURITY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t		value;
	IcpNumber	parts;
	char		text[ICP_NUMBER_TEXT_MAX];
	unsigned	province;

	/* exactly as long as it is, so that reading beyond it is seen */
	char	   *s = malloc(size + 1);

	if (size > 0)
		memcpy(s, data, size);
	s = realloc(s, size ? size : 1);

	check_number(s, size);
	check_psb(s, size);
	count_found(ICP_FIND_NUMBERS, s, size, &value);
	count_found(ICP_FIND_PSB, s, size, &value);
	province = icp_province_parse(s, size);
	REQUIRE(province <= ICP_PROVINCES);

	/* the bytes as a packed value: binary input */
	if (size >= sizeof(value))
	{
		memcpy(&value, data, sizeof(value));
		if (icp_number_unpack(value, &parts))
		{
			int64_t		again;
			size_t		n = icp_number_format(value, text);

			REQUIRE(icp_number_pack(&parts, &again) && again == value);
			REQUIRE(n > 0 && n < sizeof(text));
			check_number(text, n);
		}
		if (icp_psb_valid(value))
		{
			size_t		n = icp_psb_format(value, text);

			REQUIRE(n > 0 && n < ICP_PSB_TEXT_MAX);
			check_psb(text, n);
		}
	}
	free(s);
	return 0;
}
