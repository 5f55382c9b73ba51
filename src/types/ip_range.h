/*
 * ip_range.h
 *	  icp.ip_range and icp.ip_multirange: range types of the server over inet.
 */
#ifndef ICP_TYPES_IP_RANGE_H
#define ICP_TYPES_IP_RANGE_H

#include "postgres.h"

#include <sys/socket.h>

#include "utils/inet.h"
#include "utils/rangetypes.h"

#include "core/ip_special.h"

/* The address of a value, its netmask aside; *family becomes 4 or 6. */
extern IcpAddress icp_address_of_inet(const inet *value, int *family);

extern inet *icp_inet_of_address(int family, IcpAddress address);

/*
 * First and last address of a range; false for one that is empty or open, or has addresses of both families.
 */
extern bool icp_addresses_of_range(TypeCacheEntry *typcache, const RangeType *range, int *family, IcpAddress *first,
								   IcpAddress *last);

#endif							/* ICP_TYPES_IP_RANGE_H */
