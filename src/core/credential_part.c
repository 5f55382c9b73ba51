/*
 * credential_part.c
 *	  Parts of canonical numbers of credentials.
 */
#include "core/credential_form.h"
#include "core/credential_part.h"

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
			return (int32_t) icp_cred_number_of(number + 10, 6);	/* behind 事证第 and one digit */
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
