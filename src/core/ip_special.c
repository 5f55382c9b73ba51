/*
 * ip_special.c
 *	  The special-purpose address registries of IANA, without the blocks that they call globally reachable.
 *
 * IPv4: RFC 6890 and what was registered up to October 2025; IPv6 likewise, with the blocks around 2000::/3, which is
 * all that IANA has for unicast.  The tables are sorted and disjoint: where a block lies within another one the inner one counts,
 * and what is reachable within an unreachable block (2001:4:112::/48 and others) leaves a gap.  192.0.0.0/24 stands
 * whole: its two reachable addresses are anycast ones of routers.
 */
#include "core/ip_special.h"

#include <stddef.h>

static const IcpSpecialBlock blocks4[] = {
	{{0, 0x00000000}, {0, 0x00FFFFFF},
	"0.0.0.0/8", "This network", "RFC 791"},
	{{0, 0x0A000000}, {0, 0x0AFFFFFF},
	"10.0.0.0/8", "Private use", "RFC 1918"},
	{{0, 0x64400000}, {0, 0x647FFFFF},
	"100.64.0.0/10", "Shared address space", "RFC 6598"},
	{{0, 0x7F000000}, {0, 0x7FFFFFFF},
	"127.0.0.0/8", "Loopback", "RFC 1122"},
	{{0, 0xA9FE0000}, {0, 0xA9FEFFFF},
	"169.254.0.0/16", "Link local", "RFC 3927"},
	{{0, 0xAC100000}, {0, 0xAC1FFFFF},
	"172.16.0.0/12", "Private use", "RFC 1918"},
	{{0, 0xC0000000}, {0, 0xC00000FF},
	"192.0.0.0/24", "IETF protocol assignments", "RFC 6890"},
	{{0, 0xC0000200}, {0, 0xC00002FF},
	"192.0.2.0/24", "Documentation (TEST-NET-1)", "RFC 5737"},
	{{0, 0xC0586300}, {0, 0xC05863FF},
	"192.88.99.0/24", "Deprecated (6to4 relay anycast)", "RFC 7526"},
	{{0, 0xC0A80000}, {0, 0xC0A8FFFF},
	"192.168.0.0/16", "Private use", "RFC 1918"},
	{{0, 0xC6120000}, {0, 0xC613FFFF},
	"198.18.0.0/15", "Benchmarking", "RFC 2544"},
	{{0, 0xC6336400}, {0, 0xC63364FF},
	"198.51.100.0/24", "Documentation (TEST-NET-2)", "RFC 5737"},
	{{0, 0xCB007100}, {0, 0xCB0071FF},
	"203.0.113.0/24", "Documentation (TEST-NET-3)", "RFC 5737"},
	{{0, 0xE0000000}, {0, 0xEFFFFFFF},
	"224.0.0.0/4", "Multicast", "RFC 5771"},
	{{0, 0xF0000000}, {0, 0xFFFFFFFF},
	"240.0.0.0/4", "Reserved", "RFC 1112"},
};

static const IcpSpecialBlock blocks6[] = {
	{{0x0000000000000000, 0x0000000000000000}, {0x0000000000000000, 0x0000000000000000},
	"::/128", "Unspecified address", "RFC 4291"},
	{{0x0000000000000000, 0x0000000000000001}, {0x0000000000000000, 0x0000000000000001},
	"::1/128", "Loopback address", "RFC 4291"},
	{{0x0000000000000000, 0x0000000000000002}, {0x0000000000000000, 0x0000FFFEFFFFFFFF},
	"::/3", "Not assigned to unicast", "RFC 4291"},
	{{0x0000000000000000, 0x0000FFFF00000000}, {0x0000000000000000, 0x0000FFFFFFFFFFFF},
	"::ffff:0:0/96", "IPv4-mapped address", "RFC 4291"},
	{{0x0000000000000000, 0x0001000000000000}, {0x0064FF9AFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"::/3", "Not assigned to unicast", "RFC 4291"},
	{{0x0064FF9B00000000, 0x0000000100000000}, {0x0064FF9B0000FFFF, 0xFFFFFFFFFFFFFFFF},
	"::/3", "Not assigned to unicast", "RFC 4291"},
	{{0x0064FF9B00010000, 0x0000000000000000}, {0x0064FF9B0001FFFF, 0xFFFFFFFFFFFFFFFF},
	"64:ff9b:1::/48", "IPv4-IPv6 translation", "RFC 8215"},
	{{0x0064FF9B00020000, 0x0000000000000000}, {0x00FFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"::/3", "Not assigned to unicast", "RFC 4291"},
	{{0x0100000000000000, 0x0000000000000000}, {0x0100000000000000, 0xFFFFFFFFFFFFFFFF},
	"100::/64", "Discard only", "RFC 6666"},
	{{0x0100000000000001, 0x0000000000000000}, {0x0100000000000001, 0xFFFFFFFFFFFFFFFF},
	"100:0:0:1::/64", "Dummy prefix", "RFC 9780"},
	{{0x0100000000000002, 0x0000000000000000}, {0x1FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"::/3", "Not assigned to unicast", "RFC 4291"},
	{{0x2001000000000000, 0x0000000000000000}, {0x20010000FFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001::/32", "Teredo", "RFC 4380"},
	{{0x2001000100000000, 0x0000000000000000}, {0x2001000100000000, 0x0000000000000000},
	"2001::/23", "IETF protocol assignments", "RFC 2928"},
	{{0x2001000100000000, 0x0000000000000004}, {0x20010001FFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001::/23", "IETF protocol assignments", "RFC 2928"},
	{{0x2001000200000000, 0x0000000000000000}, {0x200100020000FFFF, 0xFFFFFFFFFFFFFFFF},
	"2001:2::/48", "Benchmarking", "RFC 5180"},
	{{0x2001000200010000, 0x0000000000000000}, {0x20010002FFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001::/23", "IETF protocol assignments", "RFC 2928"},
	{{0x2001000400000000, 0x0000000000000000}, {0x200100040111FFFF, 0xFFFFFFFFFFFFFFFF},
	"2001::/23", "IETF protocol assignments", "RFC 2928"},
	{{0x2001000401130000, 0x0000000000000000}, {0x2001000FFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001::/23", "IETF protocol assignments", "RFC 2928"},
	{{0x2001001000000000, 0x0000000000000000}, {0x2001001FFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001:10::/28", "Deprecated (ORCHID)", "RFC 4843"},
	{{0x2001004000000000, 0x0000000000000000}, {0x200101FFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001::/23", "IETF protocol assignments", "RFC 2928"},
	{{0x20010DB800000000, 0x0000000000000000}, {0x20010DB8FFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2001:db8::/32", "Documentation", "RFC 3849"},
	{{0x2002000000000000, 0x0000000000000000}, {0x2002FFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"2002::/16", "6to4", "RFC 3056"},
	{{0x3FFF000000000000, 0x0000000000000000}, {0x3FFF0FFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"3fff::/20", "Documentation", "RFC 9637"},
	{{0x4000000000000000, 0x0000000000000000}, {0x5EFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"4000::/2", "Not assigned to unicast", "RFC 4291"},
	{{0x5F00000000000000, 0x0000000000000000}, {0x5F00FFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"5f00::/16", "Segment routing (SRv6) SIDs", "RFC 9602"},
	{{0x5F01000000000000, 0x0000000000000000}, {0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"4000::/2", "Not assigned to unicast", "RFC 4291"},
	{{0x8000000000000000, 0x0000000000000000}, {0xFBFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"8000::/1", "Not assigned to unicast", "RFC 4291"},
	{{0xFC00000000000000, 0x0000000000000000}, {0xFDFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"fc00::/7", "Unique local", "RFC 4193"},
	{{0xFE00000000000000, 0x0000000000000000}, {0xFE7FFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"8000::/1", "Not assigned to unicast", "RFC 4291"},
	{{0xFE80000000000000, 0x0000000000000000}, {0xFEBFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"fe80::/10", "Link-local unicast", "RFC 4291"},
	{{0xFEC0000000000000, 0x0000000000000000}, {0xFEFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"8000::/1", "Not assigned to unicast", "RFC 4291"},
	{{0xFF00000000000000, 0x0000000000000000}, {0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF},
	"ff00::/8", "Multicast", "RFC 4291"},
};

const IcpSpecialBlock *
icp_ip_special(int family, IcpAddress first, IcpAddress last)
{
	const IcpSpecialBlock *blocks = family == 4 ? blocks4 : blocks6;
	size_t		low = 0;
	size_t		high = family == 4 ? sizeof(blocks4) / sizeof(blocks4[0]) : sizeof(blocks6) / sizeof(blocks6[0]);
	size_t		count = high;

	/* the first block that does not end before the range */
	while (low < high)
	{
		size_t		mid = (low + high) / 2;

		if (icp_address_cmp(blocks[mid].last, first) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < count && icp_address_cmp(blocks[low].first, last) <= 0)
		return &blocks[low];
	return NULL;
}
