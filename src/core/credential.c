/*
 * credential.c
 *	  Credentials: which form a kind has.
 *
 * GB 11643, GB 32100, GB 11714 and GS 15 have check signs; the forms of the other kinds are as lenient as
 * what is publicly known about them is vague.
 */
#include "core/credential.h"
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
	IcpCredParse p;
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
