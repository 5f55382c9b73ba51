/*
 * email.h
 *	  E-mail addresses (电子邮件地址) of contacts.
 */
#ifndef ICP_CORE_EMAIL_H
#define ICP_CORE_EMAIL_H

#include "core/contact.h"

#define ICP_EMAIL_MAX 254		/* RFC 5321 4.5.3.1.3, without the angle brackets */

typedef enum IcpEmailReason
{
	ICP_EMAIL_OK = 0,
	/* wrong */
	ICP_EMAIL_EMPTY,
	ICP_EMAIL_NO_AT,
	ICP_EMAIL_TWO_AT,
	ICP_EMAIL_NO_USER,
	ICP_EMAIL_USER_LONG,
	ICP_EMAIL_DOT,
	ICP_EMAIL_SPACE,
	ICP_EMAIL_CHARACTER,
	ICP_EMAIL_WIDE,
	ICP_EMAIL_NO_HOST,
	ICP_EMAIL_HOST,
	ICP_EMAIL_LABEL_LONG,
	ICP_EMAIL_NO_DOT,
	ICP_EMAIL_TLD,
	ICP_EMAIL_LONG,
	ICP_EMAIL_RESERVED,
	/* worth a look */
	ICP_EMAIL_INTERNATIONAL
} IcpEmailReason;

extern const IcpContactText *icp_email_reason_text(int reason);

/* White space around the address is passed over; what stands beyond ASCII behind the @ is judged as a domain name. */
extern IcpVerdict icp_email_check(const char *text, size_t len, IcpContactFault *fault);

#endif							/* ICP_CORE_EMAIL_H */
