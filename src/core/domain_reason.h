/*
 * domain_reason.h
 *	  Why a text is no domain name, and what that is called.
 */
#ifndef ICP_CORE_DOMAIN_REASON_H
#define ICP_CORE_DOMAIN_REASON_H

typedef enum IcpDomainReason
{
	ICP_DOMAIN_OK = 0,
	ICP_DOMAIN_EMPTY,
	ICP_DOMAIN_URL,
	ICP_DOMAIN_EMAIL,
	ICP_DOMAIN_IPV4,
	ICP_DOMAIN_IPV6,
	ICP_DOMAIN_PORT,
	ICP_DOMAIN_WILDCARD,
	ICP_DOMAIN_SPACE,
	ICP_DOMAIN_UNDERSCORE,
	ICP_DOMAIN_EMPTY_LABEL,
	ICP_DOMAIN_LABEL_LONG,
	ICP_DOMAIN_LONG,
	ICP_DOMAIN_HYPHEN_EDGE,
	ICP_DOMAIN_HYPHEN_34,
	ICP_DOMAIN_CHARACTER,
	ICP_DOMAIN_NUMERIC_TLD,
	ICP_DOMAIN_PUNYCODE,
	ICP_DOMAIN_COMBINING,
	ICP_DOMAIN_BIDI,
	ICP_DOMAIN_JOINER,
	ICP_DOMAIN_ICU
} IcpDomainReason;

/* What a reason means and what would be accepted (English, with the Chinese term). */
typedef struct IcpDomainReasonText
{
	const char *detail;
	const char *hint;
} IcpDomainReasonText;

extern const IcpDomainReasonText *icp_domain_reason_text(IcpDomainReason reason);

#endif							/* ICP_CORE_DOMAIN_REASON_H */
