/*
 * ip_special.h
 *	  Addresses that no public site has (5 annex 3 二(九)): the special-purpose registries of IANA.
 */
#ifndef ICP_CORE_IP_SPECIAL_H
#define ICP_CORE_IP_SPECIAL_H

#include <stdbool.h>
#include <stdint.h>

/* An address: of IPv4 the low 32 bits. */
typedef struct IcpAddress
{
	uint64_t	high;
	uint64_t	low;
} IcpAddress;

typedef struct IcpSpecialBlock
{
	IcpAddress	first;
	IcpAddress	last;
	const char *block;			/* as the registry writes it */
	const char *name;
	const char *source;			/* RFC */
} IcpSpecialBlock;

static inline int
icp_address_cmp(IcpAddress a, IcpAddress b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	if (a.low != b.low)
		return a.low < b.low ? -1 : 1;
	return 0;
}

/*
 * The first block that first to last (of family 4 or 6) overlaps, NULL where all of it may be a public site's.
 */
extern const IcpSpecialBlock *icp_ip_special(int family, IcpAddress first, IcpAddress last);

#endif							/* ICP_CORE_IP_SPECIAL_H */
