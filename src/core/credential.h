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

/* The kinds, in the order in which they sort; the values are stored in tables and are frozen from 1.0. */
typedef enum IcpCredentialKind
{
	ICP_CRED_NONE,
	ICP_CRED_RESIDENT_ID,		/* GB 11643 */
	ICP_CRED_USCC,				/* GB 32100 */
	ICP_CRED_ORG_CODE,			/* GB 11714 */
	ICP_CRED_BUSINESS_LICENCE,	/* GS 15 */
	ICP_CRED_PASSPORT,
	ICP_CRED_HK_MACAO_PERMIT,
	ICP_CRED_TAIWAN_PERMIT,
	ICP_CRED_RESIDENCE_PERMIT,
	ICP_CRED_MILITARY_OFFICER,
	ICP_CRED_MILITARY_UNIT,
	ICP_CRED_PUBLIC_INSTITUTION,
	ICP_CRED_SOCIAL_ORGANISATION,
	ICP_CRED_HOUSEHOLD_REGISTER,
	ICP_CRED_FOREIGN_PERMANENT_RESIDENT,
	ICP_CRED_OTHER
} IcpCredentialKind;

#define ICP_CREDENTIAL_KINDS ICP_CRED_OTHER

#define ICP_CREDENTIAL_SIGNS 255	/* characters of a number: the ministry's interface takes no more */
#define ICP_CREDENTIAL_ROOM (ICP_CREDENTIAL_SIGNS * 4 + 1)	/* bytes of it, with a final zero */

typedef struct IcpCredentialKindInfo
{
	const char *name;
	const char *term;			/* Chinese, UTF-8 */
	bool		personal;		/* a person's document */
	bool		waivable;		/* a wrong check sign may stand, with a reason */
	const char *accepts;		/* what a number of it looks like: a hint */
} IcpCredentialKindInfo;

extern const IcpCredentialKindInfo icp_credential_kinds[ICP_CREDENTIAL_KINDS + 1];

/* The kind of a name in any case, white space around it; ICP_CRED_NONE when it is none. */
extern IcpCredentialKind icp_credential_kind_parse(const char *text, size_t len);

typedef enum IcpCredentialReason
{
	ICP_CRED_OK,
	ICP_CRED_NO_KIND,			/* there is no colon */
	ICP_CRED_BAD_KIND,
	ICP_CRED_EMPTY,
	ICP_CRED_LONG,				/* more than 255 characters */
	ICP_CRED_ENCODING,			/* not UTF-8 */
	ICP_CRED_CONTROL,			/* a control character */
	ICP_CRED_LENGTH,			/* of a fixed form; count has what there was */
	ICP_CRED_SIGN,				/* a character that cannot stand there */
	ICP_CRED_FORM,				/* not a form of its kind */
	ICP_CRED_DIVISION,			/* no province has the first two digits */
	ICP_CRED_BIRTH,				/* the birth date does not exist */
	ICP_CRED_BIRTH_FUTURE,		/* as of the date given, it is to come */
	ICP_CRED_FORMER,			/* as of the date given, the form is no longer one */
	ICP_CRED_DEPARTMENT,		/* first sign of a credit code */
	ICP_CRED_REGISTER,			/* a credit code, of another register than the certificate's */
	ICP_CRED_CHECK,				/* check sign; expected has the right one */
	ICP_CRED_CHECK_INNER,		/* check sign of the organisation code inside a credit code */
	ICP_CRED_WAIVER,			/* a waiver where nothing is to waive, or for a kind that has none */
	ICP_CRED_WAIVER_REASON		/* without its reason, or with one that is none */
} IcpCredentialReason;

/* What is no fault but worth a warning: lists that age, forms that only hearsay describes. */
#define ICP_CRED_NOTE_FORMER		0x01	/* a form of the past, as an identity number of 15 digits */
#define ICP_CRED_NOTE_DIVISION		0x02	/* the registering office's province is unknown */
#define ICP_CRED_NOTE_CATEGORY		0x04	/* credit code: unknown category of its department */
#define ICP_CRED_NOTE_PRIVATE		0x08	/* organisation code of the zone PDY00001 to PDY99999 */
#define ICP_CRED_NOTE_FORM			0x10	/* not a form that is known of its kind */
#define ICP_CRED_NOTE_CHECK			0x20	/* the last sign does not fit, but may be no check sign */
#define ICP_CRED_NOTE_RESIDENCE		0x40	/* a residence permit's number (division 81, 82, 83) */

typedef struct IcpCredentialFault
{
	IcpCredentialReason reason;
	IcpCredentialKind kind;
	size_t		position;		/* byte offset of the failing part in the text */
	size_t		length;			/* its bytes */
	unsigned	character;		/* where it begins, in characters of the tidied number, from 1 */
	unsigned	count;			/* characters there were */
	char		expected;		/* check sign; of a credit code whose two signs are wrong, the last one's */
	char		expected_inner; /* check sign of the organisation code inside, when it is wrong */
} IcpCredentialFault;

typedef struct IcpCredentialNumber
{
	IcpCredentialKind kind;
	IcpCredentialKind scheme;	/* whose numbers these are: see icp_credential_scheme */
	unsigned	notes;
	size_t		len;
	char		text[ICP_CREDENTIAL_ROOM];
} IcpCredentialNumber;

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

static inline bool
icp_credential_sign_fault(IcpCredentialReason reason)
{
	return reason == ICP_CRED_CHECK || reason == ICP_CRED_CHECK_INNER;
}

/*
 * Whose numbers a canonical number is one of.  Certificates carry credit codes today, and a residence permit
 * carries an identity number, so that one number may be written under two kinds: they compare as one.
 */
extern IcpCredentialKind icp_credential_scheme(IcpCredentialKind kind, const char *number, size_t len);

/* Parts of a canonical number, six digits and YYYYMMDD; 0 where it has none. */
extern int32_t icp_credential_division(IcpCredentialKind kind, const char *number, size_t len);
extern int32_t icp_credential_birth(IcpCredentialKind kind, const char *number, size_t len);

/* Check signs, of 17, 17, 8 and 14 canonical signs; 0 when there is another sign among them. */
extern char icp_resident_id_sign(const char *body);
extern char icp_uscc_sign(const char *body);
extern char icp_org_code_sign(const char *body);
extern char icp_business_licence_sign(const char *body);

/* 15 digits to 18 signs (no final zero). */
extern void icp_resident_id_upgrade(const char *former, char *number);

/* Characters of a text; a broken byte is one. */
extern size_t icp_credential_characters(const char *s, size_t len);

/*
 * A number, canonical or not, with most of its characters as stars (40 at most): of a person's the first two
 * and the last stay, of an organisation's a few more.  out has room for len + 1 bytes.  Returns the length.
 */
extern size_t icp_credential_mask(IcpCredentialKind kind, const char *number, size_t len, char *out);

/* What a reason is called, what it means (English, with the Chinese term) and what would be accepted. */
typedef struct IcpCredentialReasonText
{
	const char *code;
	const char *detail;
	const char *hint;			/* NULL: what the kind accepts */
} IcpCredentialReasonText;

/* The detail with its figures, and the hint, of a fault; UTF-8.  Nothing of the number is in them. */
#define ICP_CREDENTIAL_DETAIL_ROOM 256
extern void icp_credential_detail(const IcpCredentialFault *fault, char *out);
extern const char *icp_credential_hint(const IcpCredentialFault *fault);

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
