/*
 * address.h
 *	  Postal addresses of sponsors (通信地址): to the village in the country, to the street number or the box in a
 *	  town (5 annex 3 二(七)).
 */
#ifndef ICP_CORE_ADDRESS_H
#define ICP_CORE_ADDRESS_H

#include "core/contact.h"

typedef enum IcpAddressReason
{
	ICP_ADDRESS_OK = 0,
	/* wrong */
	ICP_ADDRESS_EMPTY,
	ICP_ADDRESS_CHARACTER,
	ICP_ADDRESS_NOT_POSTAL,
	ICP_ADDRESS_NOT_CHINESE,
	ICP_ADDRESS_PLACEHOLDER,
	ICP_ADDRESS_HIDDEN,
	ICP_ADDRESS_COARSE,
	ICP_ADDRESS_BOX,
	ICP_ADDRESS_LONG,
	/* worth a look */
	ICP_ADDRESS_BUILDING,
	ICP_ADDRESS_UNMARKED,
	ICP_ADDRESS_SHORT
} IcpAddressReason;

/* How far an address goes, the best of what was found. */
typedef enum IcpAddressDetail
{
	ICP_DETAIL_NONE = 0,
	ICP_DETAIL_BUILDING,		/* a building, floor or room, without a street number */
	ICP_DETAIL_UNMARKED,		/* digits behind a street, without 号 */
	ICP_DETAIL_VILLAGE,
	ICP_DETAIL_NUMBER,
	ICP_DETAIL_BOX
} IcpAddressDetail;

#define ICP_ADDRESS_MAX 255		/* characters */

extern const IcpContactText *icp_address_reason_text(int reason);

extern IcpVerdict icp_address_check(const char *text, size_t len, IcpAddressDetail *detail, IcpContactFault *fault);

#endif							/* ICP_CORE_ADDRESS_H */
