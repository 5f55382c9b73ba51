/*
 * credential_part.h
 *	  What a canonical number of a credential tells.
 */
#ifndef ICP_CORE_CREDENTIAL_PART_H
#define ICP_CORE_CREDENTIAL_PART_H

#include "core/credential_kind.h"

/*
 * Whose numbers a canonical number is one of.  Certificates carry credit codes today, and a residence permit
 * carries an identity number, so that one number may be written under two kinds: they compare as one.
 */
extern IcpCredentialKind icp_credential_scheme(IcpCredentialKind kind, const char *number, size_t len);

/* Parts of a canonical number, six digits and YYYYMMDD; 0 where it has none. */
extern int32_t icp_credential_division(IcpCredentialKind kind, const char *number, size_t len);
extern int32_t icp_credential_birth(IcpCredentialKind kind, const char *number, size_t len);

#endif							/* ICP_CORE_CREDENTIAL_PART_H */
