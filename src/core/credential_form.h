/*
 * credential_form.h
 *	  What the forms of credentials share; nobody else includes it.
 */
#ifndef ICP_CORE_CREDENTIAL_FORM_H
#define ICP_CORE_CREDENTIAL_FORM_H

#include "core/credential_kind.h"

#define HAN_SHE	0x793E			/* 社 */
#define HAN_SHI 0x4E8B			/* 事 */
#define HAN_ZHENG 0x8BC1		/* 证 */
#define HAN_ZI	0x5B57			/* 字 */
#define HAN_DI	0x7B2C			/* 第 */
#define HAN_HAO 0x53F7			/* 号 */

typedef struct IcpCredSign
{
	uint32_t	c;
	uint32_t	pos;
	uint32_t	end;
} IcpCredSign;

/* A number as its characters, with where they stand in the text. */
typedef struct IcpCredParse
{
	const char *text;
	size_t		len;
	int32_t		as_of;
	unsigned	n;
	IcpCredSign sign[ICP_CREDENTIAL_SIGNS];
	IcpCredentialNumber *out;
	IcpCredentialFault *fault;
} IcpCredParse;

/* Sets the fault, n characters from the first on; returns the reason. */
extern IcpCredentialReason icp_cred_fail(IcpCredParse *p, IcpCredentialReason reason, unsigned first,
										 unsigned n);
extern IcpCredentialReason icp_cred_fail_whole(IcpCredParse *p, IcpCredentialReason reason);

extern IcpCredentialReason icp_cred_read_code(IcpCredParse *p);
extern IcpCredentialReason icp_cred_read_text(IcpCredParse *p);
extern void icp_cred_write(IcpCredParse *p);

extern bool icp_cred_digits(IcpCredParse *p, unsigned first, unsigned n);
extern unsigned icp_cred_number_of(const char *s, unsigned n);
extern bool icp_cred_province_known(unsigned code);
extern IcpCredentialReason icp_cred_check_sign(IcpCredParse *p, unsigned at, char expected);
extern bool icp_cred_append(IcpCredParse *p, uint32_t c);

/* The forms: characters to canonical number. */
extern IcpCredentialReason icp_cred_resident_id(IcpCredParse *p);	/* residence permits, too */
extern IcpCredentialReason icp_cred_uscc(IcpCredParse *p);
extern IcpCredentialReason icp_cred_org_code(IcpCredParse *p);
extern IcpCredentialReason icp_cred_business_licence(IcpCredParse *p);
extern IcpCredentialReason icp_cred_passport(IcpCredParse *p);
extern IcpCredentialReason icp_cred_hk_macao_permit(IcpCredParse *p);
extern IcpCredentialReason icp_cred_taiwan_permit(IcpCredParse *p);
extern IcpCredentialReason icp_cred_public_institution(IcpCredParse *p);
extern IcpCredentialReason icp_cred_social_organisation(IcpCredParse *p);
extern IcpCredentialReason icp_cred_foreign_permanent_resident(IcpCredParse *p);

/* These read their characters themselves. */
extern IcpCredentialReason icp_cred_military_officer(IcpCredParse *p);
extern IcpCredentialReason icp_cred_text(IcpCredParse *p);

static inline bool
is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_letter(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool
is_han(uint32_t c)
{
	return c >= 0x3400 && c <= 0x9FFF;
}

#endif							/* ICP_CORE_CREDENTIAL_FORM_H */
