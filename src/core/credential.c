/*
 * credential.c
 *	  Credentials: which form a kind has, and the parts of canonical numbers.
 *
 * GB 11643, GB 32100, GB 11714 and GS 15 have check signs; the forms of the other kinds are as lenient as
 * what is publicly known about them is vague.
 */
#include "core/credential_form.h"

#include <string.h>

IcpCredentialReason
icp_credential_parse(IcpCredentialKind kind, const char *text, size_t len, int32_t as_of,
					 IcpCredentialNumber *number, IcpCredentialFault *fault)
{
	static IcpCredentialReason (*const forms[ICP_CREDENTIAL_KINDS + 1]) (IcpCredParse *) = {
		[ICP_CRED_RESIDENT_ID] = icp_cred_resident_id,
		[ICP_CRED_USCC] = icp_cred_uscc,
		[ICP_CRED_ORG_CODE] = icp_cred_org_code,
		[ICP_CRED_BUSINESS_LICENCE] = icp_cred_business_licence,
		[ICP_CRED_PASSPORT] = icp_cred_passport,
		[ICP_CRED_HK_MACAO_PERMIT] = icp_cred_hk_macao_permit,
		[ICP_CRED_TAIWAN_PERMIT] = icp_cred_taiwan_permit,
		[ICP_CRED_RESIDENCE_PERMIT] = icp_cred_resident_id,
		[ICP_CRED_PUBLIC_INSTITUTION] = icp_cred_public_institution,
		[ICP_CRED_SOCIAL_ORGANISATION] = icp_cred_social_organisation,
		[ICP_CRED_FOREIGN_PERMANENT_RESIDENT] = icp_cred_foreign_permanent_resident
	};
	IcpCredParse		p;
	IcpCredentialReason reason;

	memset(fault, 0, sizeof(*fault));
	fault->kind = kind;
	number->kind = kind;
	number->notes = 0;
	number->len = 0;
	number->text[0] = '\0';
	p.text = text;
	p.len = len;
	p.as_of = as_of;
	p.out = number;
	p.fault = fault;
	if (kind <= ICP_CRED_NONE || kind > ICP_CREDENTIAL_KINDS)
	{
		p.n = 0;
		return icp_cred_fail(&p, ICP_CRED_BAD_KIND, 0, 0);
	}
	if (forms[kind] != NULL)
	{
		reason = icp_cred_read_code(&p);
		if (reason == ICP_CRED_OK)
			reason = forms[kind] (&p);
	}
	else if (kind == ICP_CRED_MILITARY_OFFICER)
		reason = icp_cred_military_officer(&p);
	else
		reason = icp_cred_text(&p);
	number->scheme = icp_credential_scheme(kind, number->text, number->len);
	if (reason == ICP_CRED_OK)
		memset(fault, 0, sizeof(*fault));
	return reason;
}

int
icp_credential_check(IcpCredentialKind kind, const char *text, size_t len, int32_t as_of,
					 IcpCredentialFault *fault)
{
	IcpCredentialNumber number;

	return icp_credential_parse(kind, text, len, as_of, &number, fault);
}

/*
 * PARTS OF CANONICAL NUMBERS
 */

IcpCredentialKind
icp_credential_scheme(IcpCredentialKind kind, const char *number, size_t len)
{
	if (kind == ICP_CRED_RESIDENCE_PERMIT)
		return ICP_CRED_RESIDENT_ID;
	/* what is no credit code begins with a character of Chinese, or is shorter */
	if ((kind == ICP_CRED_BUSINESS_LICENCE || kind == ICP_CRED_PUBLIC_INSTITUTION ||
		 kind == ICP_CRED_SOCIAL_ORGANISATION) &&
		len == 18 && number[0] >= '0' && number[0] <= '9')
		return ICP_CRED_USCC;
	return kind;
}

int32_t
icp_credential_division(IcpCredentialKind kind, const char *number, size_t len)
{
	switch (icp_credential_scheme(kind, number, len))
	{
		case ICP_CRED_RESIDENT_ID:
		case ICP_CRED_BUSINESS_LICENCE:
			return (int32_t) icp_cred_number_of(number, 6);
		case ICP_CRED_USCC:
			return (int32_t) icp_cred_number_of(number + 2, 6);
		case ICP_CRED_PUBLIC_INSTITUTION:
			return (int32_t) icp_cred_number_of(number + 10, 6); /* behind 事证第 and one digit */
		default:
			return 0;
	}
}

int32_t
icp_credential_birth(IcpCredentialKind kind, const char *number, size_t len)
{
	if (icp_credential_scheme(kind, number, len) != ICP_CRED_RESIDENT_ID)
		return 0;
	if (len == 15)
		return (int32_t) (19000000 + icp_cred_number_of(number + 6, 6));
	return (int32_t) icp_cred_number_of(number + 6, 8);
}
