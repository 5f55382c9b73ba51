/*
 * credential.h
 *	  Credentials (有效证件): kinds, forms, check signs, canonical numbers.
 *
 * A credential is a kind and a number.  The number is canonical: digits and capital letters for the kinds
 * that have a fixed form, tidied text for the others.  Nothing here depends on the day of the call: whoever
 * judges a credential as of a date gives the date.
 */
#ifndef ICP_CORE_CREDENTIAL_H
#define ICP_CORE_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/credential_kind.h"
#include "core/credential_part.h"
#include "core/credential_sign.h"

/*
 * UTF-8 number to canonical number.  as_of is YYYYMMDD, 0 for no date.  Of a number whose check sign alone
 * is wrong, the canonical form is there too (icp_credential_sign_fault), for a waiver.
 */
extern IcpCredentialReason icp_credential_parse(IcpCredentialKind kind, const char *text, size_t len,
												int32_t as_of, IcpCredentialNumber *number,
												IcpCredentialFault *fault);

/* The same without the number; 0 is right. */
extern int	icp_credential_check(IcpCredentialKind kind, const char *text, size_t len, int32_t as_of,
								 IcpCredentialFault *fault);

/* Characters of a text; a broken byte is one. */
extern size_t icp_credential_characters(const char *s, size_t len);

/*
 * A number, canonical or not, with most of its characters as stars (40 at most): of a person's the first two
 * and the last stay, of an organisation's a few more.  out has room for len + 1 bytes.  Returns the length.
 */
extern size_t icp_credential_mask(IcpCredentialKind kind, const char *number, size_t len, char *out);

/*
 * WHOLE CREDENTIALS
 *
 * kind:number, and for one whose check sign is wrong and waived, kind:number (waived: reason).  A credential
 * is waived exactly if its check sign is wrong, so the waiver is no part of what is compared.
 */
#define ICP_CREDENTIAL_WAIVER_SIGNS 200
#define ICP_CREDENTIAL_WAIVER_ROOM (ICP_CREDENTIAL_WAIVER_SIGNS * 4 + 1)
#define ICP_CREDENTIAL_TEXT_ROOM (ICP_CREDENTIAL_ROOM + ICP_CREDENTIAL_WAIVER_ROOM + 48)

typedef struct IcpCredential
{
	IcpCredentialNumber number;
	size_t		waiver_len;		/* 0: none */
	char		waiver[ICP_CREDENTIAL_WAIVER_ROOM];
} IcpCredential;

/* waiver is NULL where none is given; fault's positions are those of the number. */
extern IcpCredentialReason icp_credential_make(IcpCredentialKind kind, const char *text, size_t len,
											   const char *waiver, size_t waiver_len, int32_t as_of,
											   IcpCredential *credential, IcpCredentialFault *fault);

/* fault's positions are those of the text. */
extern IcpCredentialReason icp_credential_text_parse(const char *text, size_t len, int32_t as_of,
													 IcpCredential *credential, IcpCredentialFault *fault);

/* The canonical text, with a final zero; returns its length. */
extern size_t icp_credential_text(IcpCredentialKind kind, const char *number, size_t len, const char *waiver,
								  size_t waiver_len, char *out);

/*
 * Any text as a message may show it: the kind, if the text begins with a word that could be one, and the
 * masked number. out has room for len + 1 bytes.
 */
extern size_t icp_credential_text_mask(const char *text, size_t len, char *out);

#endif							/* ICP_CORE_CREDENTIAL_H */
