/*
 * phone.h
 *	  Telephone numbers of contacts: mobile, fixed with area code, 400/800/95 (5 annex 3 二(十)).
 */
#ifndef ICP_CORE_PHONE_H
#define ICP_CORE_PHONE_H

#include "core/contact.h"

typedef enum IcpPhoneReason
{
	ICP_PHONE_OK = 0,
	/* wrong */
	ICP_PHONE_EMPTY,
	ICP_PHONE_CHARACTER,
	ICP_PHONE_LENGTH,
	ICP_PHONE_NO_AREA,
	ICP_PHONE_NO_ZERO,
	ICP_PHONE_AREA,
	ICP_PHONE_LOCAL_LENGTH,
	ICP_PHONE_LOCAL_ZERO,
	ICP_PHONE_REPEATED,
	ICP_PHONE_SEQUENCE,
	ICP_PHONE_MOBILE_LENGTH,
	ICP_PHONE_MOBILE_PREFIX,
	ICP_PHONE_MOBILE_EXTENSION,
	ICP_PHONE_SERVICE_LENGTH,
	ICP_PHONE_EXTENSION,
	ICP_PHONE_EMPTY_ELEMENT,
	/* worth a look */
	ICP_PHONE_SEGMENT,
	ICP_PHONE_SAME_DIGITS,
	ICP_PHONE_LOCAL_UNUSUAL,
	ICP_PHONE_LOCAL_ONE,
	ICP_PHONE_AREA_MERGED,
	ICP_PHONE_ABROAD
} IcpPhoneReason;

typedef enum IcpPhoneKind
{
	ICP_PHONE_NONE = 0,
	ICP_PHONE_MOBILE,
	ICP_PHONE_FIXED,
	ICP_PHONE_SERVICE,
	ICP_PHONE_FOREIGN
} IcpPhoneKind;

#define ICP_PHONE_DIGITS 24		/* a number with country code and extension has no more */
#define ICP_PHONE_TEXT_SIZE 32	/* room for the canonical form with its final zero */

typedef struct IcpPhone
{
	IcpPhoneKind kind;
	unsigned	province;		/* index (core/province.h) of the area code's province; 0 where none is told */
	uint8_t		area;			/* digits of the area code without its 0; 0 of a mobile */
	uint8_t		local;			/* digits behind it, without the extension */
	uint8_t		extension;		/* digits of it */
	char		digits[ICP_PHONE_DIGITS];	/* area, local, extension */
} IcpPhone;

/* names of the kinds: mobile, fixed, service, foreign; NULL for none */
extern const char *const icp_phone_kinds[];

extern const IcpContactText *icp_phone_reason_text(int reason);

/*
 * One number as people write it: full-width forms, dashes, spaces, brackets, +86, 0086, 086, 转 or ext. before an
 * extension.  phone is filled unless the verdict is ICP_WRONG.
 */
extern IcpVerdict icp_phone_check(const char *text, size_t len, IcpPhone *phone, IcpContactFault *fault);

/*
 * Numbers separated by semicolons, as the ministry's interface wants them: the worst verdict and its first fault.
 * first (may be NULL) becomes the first number.
 */
extern IcpVerdict icp_phone_list_check(const char *text, size_t len, IcpPhone *first, IcpContactFault *fault);

/*
 * Canonical form, digits and dashes only: 13800138000, 010-61230987, 010-61230987-801, 400-8123456, 95588;
 * 00 and the digits of a number abroad.  Returns its length, writes a final zero.
 */
extern size_t icp_phone_write(const IcpPhone *phone, char *out);

#endif							/* ICP_CORE_PHONE_H */
