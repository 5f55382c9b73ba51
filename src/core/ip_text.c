/*
 * ip_text.c
 *	  Ranges of addresses as people write them.
 */
#include "core/ip_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/fold.h"

#define ADDRESS_SIZE 46			/* the longest text of an address, with its final zero */

static const IcpContactText texts[] = {
	[ICP_IP_OK] = {"ok", ICP_RIGHT, NULL, NULL},
	[ICP_IP_EMPTY] = {"empty", ICP_WRONG, "There is no address (IP地址).",
	"Write an address, a block such as 198.51.100.0/24, or first and last address with a dash."},
	[ICP_IP_ADDRESS] = {"address", ICP_WRONG, "This is no IPv4 or IPv6 address (IP地址).",
	"Write IPv4 as four numbers from 0 to 255 without leading zeros, IPv6 in its usual forms."},
	[ICP_IP_HIDDEN] = {"hidden", ICP_WRONG, "A part of the address is hidden, as in 192.168.1.X (5 annex 3 二(九)).",
	"Write the address in full, or a block such as 198.51.100.0/24."},
	[ICP_IP_LIST] = {"list", ICP_WRONG, "Several addresses (IP列表) stand where one range belongs.",
	"Write one range; icp.ip_multirange holds several."},
	[ICP_IP_PREFIX] = {"prefix", ICP_WRONG, "The length of the prefix (前缀长度) is no number within the address.",
	"Write /0 to /32 behind IPv4, /0 to /128 behind IPv6."},
	[ICP_IP_HOST_BITS] = {"host_bits", ICP_WRONG, "The address is not the first one of its block (网段).",
	"Write the first address of the block, or the address without the prefix."},
	[ICP_IP_FAMILY] = {"family", ICP_WRONG, "First and last address are of different families (IPv4, IPv6).",
	"Write one range for each family."},
	[ICP_IP_ORDER] = {"order", ICP_WRONG, "The first address (起始地址) is behind the last one.",
	"Write the smaller address first."},
};

const IcpContactText *
icp_ip_reason_text(int reason)
{
	return &texts[reason];
}

static IcpVerdict
fail(IcpContactFault *fault, IcpIpReason reason, size_t position, size_t end)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = end - position;
	return texts[reason].verdict;
}

static uint64_t
big_endian(const unsigned char *bytes, int n)
{
	uint64_t	value = 0;
	int			i;

	for (i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Four decimal numbers as inet_pton() takes them: to 255, without leading zeros. */
static bool
parse_ipv4(const char *s, size_t len, uint64_t *value)
{
	uint32_t	number = 0;
	int			digits = 0;
	int			dots = 0;
	size_t		i;

	*value = 0;
	for (i = 0; i < len; i++)
	{
		if (s[i] >= '0' && s[i] <= '9')
		{
			if (digits > 0 && number == 0)
				return false;
			number = number * 10 + (uint32_t) (s[i] - '0');
			if (number > 255)
				return false;
			digits++;
		}
		else
		{
			if (s[i] != '.' || digits == 0 || ++dots > 3)
				return false;
			*value = *value << 8 | number;
			number = 0;
			digits = 0;
		}
	}
	*value = *value << 8 | number;
	return dots == 3 && digits > 0;
}

/* The address between at and end; its family, 0 where there is none. */
static int
parse_address(const char *text, size_t at, size_t end, IcpAddress *address)
{
	char		buf[ADDRESS_SIZE];
	unsigned char bytes[16];

	address->high = 0;
	if (parse_ipv4(text + at, end - at, &address->low))
		return 4;
	if (end - at >= sizeof(buf) || memchr(text + at, '\0', end - at) != NULL)
		return 0;
	memcpy(buf, text + at, end - at);
	buf[end - at] = '\0';
	if (inet_pton(AF_INET6, buf, bytes) == 1)
	{
		address->high = big_endian(bytes, 8);
		address->low = big_endian(bytes + 8, 8);
		return 6;
	}
	return 0;
}

bool
icp_ip_block(int family, IcpAddress first, int bits, IcpAddress *last)
{
	IcpAddress	host = {0, 0};	/* the bits behind the prefix */
	int			behind = (family == 4 ? 32 : 128) - bits;

	if (behind >= 64)
	{
		host.low = ~(uint64_t) 0;
		host.high = behind == 64 ? 0 : behind == 128 ? ~(uint64_t) 0 : ((uint64_t) 1 << (behind - 64)) - 1;
	}
	else
		host.low = ((uint64_t) 1 << behind) - 1;
	last->high = first.high | host.high;
	last->low = first.low | host.low;
	return (first.high & host.high) == 0 && (first.low & host.low) == 0;
}

/* digits to the number of bits; -1 where they are none */
static int
parse_prefix(const char *text, size_t at, size_t end, int family)
{
	int			bits = 0;
	size_t		i;

	if (end == at || end - at > 3 || (end - at > 1 && text[at] == '0'))
		return -1;
	for (i = at; i < end; i++)
	{
		if (text[i] < '0' || text[i] > '9')
			return -1;
		bits = bits * 10 + (text[i] - '0');
	}
	return bits > (family == 4 ? 32 : 128) ? -1 : bits;
}

/* What is wrong with a text that is no address. */
static IcpVerdict
explain_address(const char *text, size_t at, size_t end, IcpContactFault *fault)
{
	bool		hidden = false;
	size_t		i;

	for (i = at; i < end; i++)
	{
		if (text[i] == ',' || text[i] == ';' || text[i] == ' ')
			return fail(fault, ICP_IP_LIST, at, end);
		if (text[i] == '*' || ((text[i] == 'x' || text[i] == 'X') && (i == at || text[i - 1] == '.')))
			hidden = true;
	}
	return fail(fault, at == end ? ICP_IP_EMPTY : hidden ? ICP_IP_HIDDEN : ICP_IP_ADDRESS, at, end);
}

/*
 * Parts end at a slash, a dash (any of those people type) or 至; neither stands in an address.
 */
IcpVerdict
icp_ip_parse(const char *text, size_t len, IcpAddressRange *range, IcpContactFault *fault)
{
	size_t		begin[2] = {0, 0};
	size_t		end[2] = {0, 0};
	int			part = 0;
	uint32_t	separator = 0;
	bool		started = false;
	size_t		pos = 0;
	int			family;

	memset(fault, 0, sizeof(*fault));
	memset(range, 0, sizeof(*range));
	while (pos < len)
	{
		size_t		at = pos;
		uint32_t	c = (unsigned char) text[pos];

		if (c >= 0x80 || c <= ' ' || c == '~')
		{
			c = icp_fold(icp_utf8_next(text, len, &pos));
			if (c == 0x81F3 || c == '~')	/* 至 */
				c = '-';
		}
		else
			pos++;
		if (c == ' ')
			continue;
		if (c == '-' || (c == '/' && text[at] == '/'))
		{
			if (separator != 0)
				return fail(fault, ICP_IP_ADDRESS, 0, len);
			separator = c;
			if (!started)
				begin[0] = end[0] = at;
			part = 1;
			begin[1] = end[1] = pos;
			started = false;
			continue;
		}
		if (!started)
			begin[part] = at;
		started = true;
		end[part] = pos;
	}
	family = range->family = parse_address(text, begin[0], end[0], &range->first);
	if (family == 0)
		return explain_address(text, begin[0], end[0], fault);
	if (separator == 0)
		range->last = range->first;
	else if (separator == '/')
	{
		int			bits = parse_prefix(text, begin[1], end[1], family);

		if (bits < 0)
			return fail(fault, ICP_IP_PREFIX, begin[1], end[1]);
		if (!icp_ip_block(family, range->first, bits, &range->last))
			return fail(fault, ICP_IP_HOST_BITS, begin[0], end[1]);
	}
	else
	{
		int			family_of_last = parse_address(text, begin[1], end[1], &range->last);

		if (family_of_last == 0)
			return explain_address(text, begin[1], end[1], fault);
		if (family_of_last != family)
			return fail(fault, ICP_IP_FAMILY, begin[0], end[1]);
		if (icp_address_cmp(range->first, range->last) > 0)
			return fail(fault, ICP_IP_ORDER, begin[0], end[1]);
	}
	return ICP_RIGHT;
}

bool
icp_looks_like_ipv4(const char *s, size_t len)
{
	size_t		i;
	int			dots = 0;

	for (i = 0; i < len; i++)
	{
		if (s[i] == '.')
			dots++;
		else if (s[i] < '0' || s[i] > '9')
			return false;
	}
	return dots == 3;
}
