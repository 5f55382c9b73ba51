/*
 * fuzz_ip.c
 *	  Ranges of addresses as text, and the registries of special addresses, without the server.
 *
 * For any bytes: a fault lies inside the text; what parses has its first address before its last one, and the two
 * written by inet_ntop parse to the same range.  The tables of special blocks answer for a range as for its parts: if
 * a range is public, both ends are, and the block that is named overlaps the range.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ip_text.h"

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
write_address(int family, IcpAddress address, char *out)
{
	unsigned char bytes[16];
	int			i;

	for (i = 0; i < 8; i++)
	{
		bytes[i] = (unsigned char) (address.high >> (56 - 8 * i));
		bytes[8 + i] = (unsigned char) (address.low >> (56 - 8 * i));
	}
	REQUIRE(inet_ntop(family == 4 ? AF_INET : AF_INET6, family == 4 ? bytes + 12 : bytes, out,
					  INET6_ADDRSTRLEN) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size ? size : 1);
	IcpAddressRange range;
	IcpAddressRange again;
	IcpContactFault fault;
	IcpVerdict	verdict;

	if (size > 0)
		memcpy(text, data, size);
	verdict = icp_ip_parse(text, size, &range, &fault);
	REQUIRE(icp_ip_reason_text(fault.reason)->verdict == verdict);
	REQUIRE(fault.position <= size && fault.length <= size - fault.position);
	/* an address that the C library takes is one, and the same */
	if (size < INET6_ADDRSTRLEN && memchr(text, '\0', size) == NULL)
	{
		char		plain[INET6_ADDRSTRLEN];
		unsigned char bytes[16];

		memcpy(plain, text, size);
		plain[size] = '\0';
		if (inet_pton(AF_INET, plain, bytes) == 1)
		{
			REQUIRE(verdict == ICP_RIGHT && range.family == 4 && range.first.high == 0);
			REQUIRE(range.first.low == ((uint64_t) bytes[0] << 24 | (uint64_t) bytes[1] << 16 |
										(uint64_t) bytes[2] << 8 | bytes[3]));
			REQUIRE(icp_address_cmp(range.first, range.last) == 0);
		}
		else if (strspn(plain, "0123456789.") == size)
			REQUIRE(verdict == ICP_WRONG);
	}
	if (verdict == ICP_RIGHT)
	{
		char		first[INET6_ADDRSTRLEN];
		char		last[INET6_ADDRSTRLEN];
		char		both[2 * INET6_ADDRSTRLEN];
		const IcpSpecialBlock *block = icp_ip_special(range.family, range.first, range.last);

		REQUIRE(range.family == 4 || range.family == 6);
		REQUIRE(icp_address_cmp(range.first, range.last) <= 0);
		write_address(range.family, range.first, first);
		write_address(range.family, range.last, last);
		REQUIRE(icp_ip_parse(both, (size_t) sprintf(both, "%s-%s", first, last), &again, &fault) == ICP_RIGHT);
		REQUIRE(again.family == range.family && icp_address_cmp(again.first, range.first) == 0 &&
				icp_address_cmp(again.last, range.last) == 0);
		if (block == NULL)
		{
			REQUIRE(icp_ip_special(range.family, range.first, range.first) == NULL);
			REQUIRE(icp_ip_special(range.family, range.last, range.last) == NULL);
		}
		else
		{
			REQUIRE(icp_address_cmp(block->first, range.last) <= 0 && icp_address_cmp(block->last, range.first) >= 0);
			REQUIRE(icp_ip_special(range.family, block->first, block->first) == block);
			REQUIRE(icp_ip_special(range.family, block->last, block->last) == block);
		}
	}
	else
		REQUIRE(icp_ip_reason_text(fault.reason)->hint != NULL);
	free(text);
	return 0;
}
