/*
 * credential_kind.h
 *	  Kinds of credentials, what may be wrong with one, in words too, and a number as the forms give it.
 */
#ifndef ICP_CORE_CREDENTIAL_KIND_H
#define ICP_CORE_CREDENTIAL_KIND_H

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

static inline bool
icp_credential_sign_fault(IcpCredentialReason reason)
{
	return reason == ICP_CRED_CHECK || reason == ICP_CRED_CHECK_INNER;
}

/* The detail with its figures, and the hint, of a fault; UTF-8.  Nothing of the number is in them. */
#define ICP_CREDENTIAL_DETAIL_ROOM 256
extern void icp_credential_detail(const IcpCredentialFault *fault, char *out);
extern const char *icp_credential_hint(const IcpCredentialFault *fault);

#endif							/* ICP_CORE_CREDENTIAL_KIND_H */
