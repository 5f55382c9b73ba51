/*
 * rule.h
 *	  What a test of a form rule is and what it sees: the fields of a record, read once however many rules
 *	  ask.
 *
 * A test answers whether the record breaks its rule.  It runs only where the record has all fields it needs;
 * it is pure but for what the caches of words and codes say, allocates in the record's own memory, and raises
 * no error for what stands in a field.
 */
#ifndef ICP_RULES_RULE_H
#define ICP_RULES_RULE_H

#include "postgres.h"

#include "access/htup_details.h"
#include "core/contact.h"
#include "core/credential.h"
#include "core/fault.h"
#include "core/homepage.h"
#include "core/ip_special.h"
#include "core/phone.h"
#include "rules/keyword.h"
#include "rules/rule_string.h"
#include "utils/date.h"

/* The fields that rules know; their names are in rule_shape.c. */
typedef enum RuleField
{
	FIELD_NONE = -1,
	/* the sponsor (主体) */
	FIELD_NAME,
	FIELD_NATURE,
	FIELD_CREDENTIAL,
	FIELD_CREDENTIAL_HOLDER,
	FIELD_CREDENTIAL_EXPIRES,
	FIELD_RESIDENCE_PROOF,
	FIELD_PROVINCE,
	FIELD_DIVISION,
	FIELD_SUPERIOR,
	FIELD_ADDRESS,
	FIELD_PRINCIPAL_NAME,
	FIELD_PRINCIPAL_CREDENTIAL,
	FIELD_LEGAL_REPRESENTATIVE,
	FIELD_AUTHORISATION,
	FIELD_PHONE,
	FIELD_MOBILE,
	FIELD_EMERGENCY_PHONE,
	FIELD_EMAIL,
	/* the site (网站) */
	FIELD_SITE_NAME,
	FIELD_DOMAINS,
	FIELD_FORMER_DOMAINS,
	FIELD_DOMAIN_HOLDER,
	FIELD_HOLDER_RELATION,
	FIELD_DOMAIN_EXPIRES,
	FIELD_DOMAIN_VERIFIED,
	FIELD_HOMEPAGE,
	FIELD_NUMBER,
	FIELD_KIND,
	FIELD_CONTENTS,
	FIELD_LANGUAGES,
	FIELD_APPROVALS,
	FIELD_APPROVAL_DOCUMENTS,
	FIELD_APP_PLATFORM,
	FIELD_APP_PACKAGE,
	FIELD_APP_FINGERPRINT,
	FIELD_APP_PUBLIC_KEY,
	FIELD_APP_NAME,
	FIELD_APP_ICON_BYTES,
	/* the access (接入) */
	FIELD_IPS,
	FIELD_MODE,
	FIELD_SERVER_PROVINCE,
	FIELD_PROVIDER,
	FIELD_APPROVED_PROVIDERS,
	FIELD_VERIFIED_ON,
	RULE_FIELDS
} RuleField;

typedef uint64 RuleFields;		/* a set of them */

#define FIELD_BIT(field) (UINT64CONST(1) << (field))

StaticAssertDecl(RULE_FIELDS <= 64, "a set of fields has a bit for each");

/* How a column's values are read. */
typedef enum RuleReading
{
	READ_TEXT,					/* text and its like */
	READ_DOMAIN_NAME,
	READ_DOMAIN_LIST,
	READ_PROVINCE,
	READ_CREDENTIAL,
	READ_NUMBER,				/* icp_id, filing_number */
	READ_IP_RANGE,
	READ_IP_MULTIRANGE,
	READ_INET,
	READ_INTEGER,
	READ_DATE,
	READ_TIMESTAMP,				/* with time zone or without */
	READ_ARRAY,
	READ_OUTPUT					/* any other type: what it prints */
} RuleReading;

typedef struct RuleColumn
{
	AttrNumber	attnum;			/* 0: the record has no such field */
	RuleReading reading;
	Oid			type;			/* below domains */
	Oid			element;		/* of an array, or a range's type */
} RuleColumn;

/* How the fields stand in a kind of record; made once for it. */
typedef struct RuleShape
{
	RuleFields	present;		/* FIELD_BITs of the fields that are there */
	int			natts;
	RuleColumn	columns[RULE_FIELDS];
	Datum	   *values;			/* work space for natts */
	bool	   *nulls;
} RuleShape;

/* A nature's id (主办单位性质) where none is known; what rules ask of the others are columns of icp.nature. */
#define NATURE_UNKNOWN		(-1)
#define NATURE_NONE			0	/* not filled in */

struct Rule;
struct ActiveRule;
struct RuleProgram;

/* One domain of the list: its key, or why it is none. */
typedef struct RuleDomain
{
	RuleText	text;			/* as entered, of a text column */
	const uint8_t *key;
	int			keylen;			/* -1: malformed */
	IcpDomainFault fault;
} RuleDomain;

/* One range of addresses. */
typedef struct RuleAddresses
{
	int			family;			/* 4, 6; 0: malformed */
	IcpAddress	first;
	IcpAddress	last;
	RuleText	text;			/* as entered, of a text column */
	int			reason;			/* of a malformed one, IcpIpReason */
} RuleAddresses;

typedef struct RuleWord
{
	int			list;
	bool		is_short;
	bool		is_other;		/* inside a word of another meaning */
	int			pos;
	int			end;
} RuleWord;

/* Ids of a set such as contents; id -1 for a word that is no id and no name. */
typedef struct RuleCode
{
	int			id;
	RuleText	text;
} RuleCode;

typedef struct RuleCodes
{
	int			n;
	RuleCode   *codes;
} RuleCodes;

typedef struct RuleCredential
{
	bool		is_parsed;
	IcpCredentialReason reason;
	IcpCredentialNumber number; /* where reason is ICP_CRED_OK or a waived check sign */
	IcpCredentialFault fault;
} RuleCredential;

/* One record under judgement.  What is read of it lies in context. */
typedef struct RuleRecord
{
	const RuleShape *shape;
	MemoryContext context;
	DateADT		as_of;
	int32		as_of_number;	/* YYYYMMDD */
	unsigned	scope;			/* index of the province whose rules apply, 0 for none */
	const struct RuleProgram *program;
	const struct ActiveRule *asked; /* the rule whose test runs now */
	bool		yields;			/* one that it yields to is in force here; of a test that looks at this itself */
	RuleFields	filled;			/* fields that are there, not NULL and not empty */
	RuleFields	known;			/* fields whose text has been read */
	Datum		values[RULE_FIELDS];
	RuleText	texts[RULE_FIELDS];

	/* read when first asked for */
	int			name_problem;	/* of rule_name.c; 0 unread */
	int			site_name_form; /* of rule_site_name.c; 0 unread */
	RuleFields	asked_placeholder;	/* fields of which is_placeholder is known */
	RuleFields	is_placeholder;
	bool		has_nature;
	int			nature;
	uint32		nature_traits;	/* NATURE_... of rule_code.h */
	RuleCredential credentials[2];
	bool		has_domains;
	int			ndomains;
	RuleDomain *domains;
	bool		has_former;
	int			nformer;
	RuleDomain *former;			/* the list as it was filed */
	bool		has_url;
	bool		is_url;
	IcpUrl		url;
	IcpUrlFault url_fault;
	bool		has_addresses;
	int			naddresses;
	RuleAddresses *addresses;
	bool		has_words;
	int			nwords;
	RuleWord   *words;			/* of the site's name */
	uint64		lists;			/* KEYWORD_BITs of them */
	RuleCodes  *codes[3];		/* contents, languages, approvals */
	bool		has_number;
	bool		is_number;
	int64		number;
	IcpFault	number_fault;
	unsigned	phones_read;
	IcpVerdict	phone_verdicts[3];	/* phone, mobile, emergency phone */
	IcpPhone	phones[3];
	IcpContactFault phone_faults[3];
} RuleRecord;

/* What a test found; where it leaves field alone, the rule's own. */
typedef struct RuleFinding
{
	RuleField	field;
	char	   *found;			/* UTF-8, personal values masked; NULL: nothing stands there */
	char	   *expected;		/* UTF-8; NULL: the rule's own words */
} RuleFinding;

typedef bool (*RuleFunction) (RuleRecord *r, RuleFinding *f);

/* Does a rule that others yield to speak for this record? */
typedef bool (*RuleConcerns) (RuleRecord *r, const struct Rule *rule);

/* A row of icp.rule names its test, and what it is given: several rules may have one. */
typedef struct RuleTest
{
	const char *code;
	RuleFields	needs;			/* FIELD_BITs without which it does not apply */
	RuleFields	looks_at;		/* those it uses where they are there */
	RuleFunction breaks;
	RuleConcerns concerns;		/* NULL: every record */
	bool		yields_itself;	/* for a part of the record, told by r->yields */
} RuleTest;

/* Each file of tests has a table, which ends with a code of NULL. */
extern const RuleTest rule_name_tests[];
extern const RuleTest rule_sponsor_tests[];
extern const RuleTest rule_credential_tests[];
extern const RuleTest rule_site_name_tests[];
extern const RuleTest rule_approval_tests[];
extern const RuleTest rule_contact_tests[];
extern const RuleTest rule_document_tests[];
extern const RuleTest rule_domain_tests[];
extern const RuleTest rule_holder_tests[];
extern const RuleTest rule_app_tests[];
extern const RuleTest rule_access_tests[];
extern const RuleTest rule_number_tests[];
extern const RuleTest rule_date_tests[];
extern const RuleTest rule_province_tests[];

#endif							/* ICP_RULES_RULE_H */
