/*
 * ip_text.h
 *	  Ranges of addresses as people write them: an address, a block, or first and last (5 annex 3 二(九)).
 */
#ifndef ICP_CORE_IP_TEXT_H
#define ICP_CORE_IP_TEXT_H

#include "core/contact.h"
#include "core/ip_special.h"

typedef enum IcpIpReason
{
	ICP_IP_OK = 0,
	ICP_IP_EMPTY,
	ICP_IP_ADDRESS,
	ICP_IP_HIDDEN,
	ICP_IP_LIST,
	ICP_IP_PREFIX,
	ICP_IP_HOST_BITS,
	ICP_IP_FAMILY,
	ICP_IP_ORDER
} IcpIpReason;

typedef struct IcpAddressRange
{
	int			family;			/* 4, 6 */
	IcpAddress	first;
	IcpAddress	last;
} IcpAddressRange;

extern const IcpContactText *icp_ip_reason_text(int reason);

/* 203.0.113.9, 203.0.113.0/24, 203.0.113.1-203.0.113.9 and the same of IPv6, with white space around the parts. */
extern IcpVerdict icp_ip_parse(const char *text, size_t len, IcpAddressRange *range, IcpContactFault *fault);

/* The last address of a block of which first is the first; false where first has bits behind the prefix. */
extern bool icp_ip_block(int family, IcpAddress first, int bits, IcpAddress *last);

/* An IPv4 address and nothing else that inet_pton would not take: four decimal numbers. */
extern bool icp_looks_like_ipv4(const char *s, size_t len);

#endif							/* ICP_CORE_IP_TEXT_H */
