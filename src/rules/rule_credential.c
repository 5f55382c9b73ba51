/*
 * rule_credential.c
 *	  Rules on credentials (有效证件号码, 5 附件3 二(三)): their form, and what they must agree with.
 */
#include "postgres.h"

#include "core/province.h"
#include "lib/stringinfo.h"
#include "rules/rule_code.h"
#include "rules/rule_credential.h"
#include "rules/rule_finding.h"
#include "rules/rule_table.h"

const RuleCredential *
rule_good_credential(RuleRecord *r, RuleField field)
{
	const RuleCredential *c;

	if (!rule_has(r, field))
		return NULL;
	c = rule_credential(r, field);
	return c->reason == ICP_CRED_OK ? c : NULL;
}

int
rule_division(const RuleCredential *c)
{
	int32		division = icp_credential_division(c->number.kind, c->number.text, c->number.len);

	return Max(division, 0);
}

static void
report_fault(RuleRecord *r, RuleFinding *f, RuleField field)
{
	const RuleCredential *c = rule_credential(r, field);
	char		detail[ICP_CREDENTIAL_DETAIL_ROOM];

	rule_found_field(r, f, field);
	icp_credential_detail(&c->fault, detail);
	f->expected = rule_print(r, "%s %s", detail, icp_credential_hint(&c->fault));
}

static bool
credential_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_CREDENTIAL);
}

static bool
credential_002(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_CREDENTIAL) || rule_credential(r, FIELD_CREDENTIAL)->reason == ICP_CRED_OK)
		return false;
	report_fault(r, f, FIELD_CREDENTIAL);
	return true;
}

/* The kinds that 4 §14(二) lets an individual show beside those of the ministry's list. */
#define INDIVIDUAL_TOO \
	((uint32) 1 << ICP_CRED_HOUSEHOLD_REGISTER | (uint32) 1 << ICP_CRED_MILITARY_OFFICER)

static bool
credential_003(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);
	int			nature = rule_nature(r);
	uint32		kinds;
	StringInfoData expected;
	int			kind;

	if (c == NULL || nature <= 0)
		return false;
	kinds = rule_credential_kinds(nature, r->as_of);
	if (kinds == 0)
		return false;			/* nothing is known of this nature's credentials */
	if (rule_is_individual(r))
		kinds |= INDIVIDUAL_TOO;
	if ((kinds & (uint32) 1 << c->number.kind) != 0)
		return false;
	/* 'other' says nothing of a person's or a unit's credential; only where the list has it, it will do */
	rule_found_field(r, f, FIELD_CREDENTIAL);
	initStringInfo(&expected);
	for (kind = 1; kind <= ICP_CREDENTIAL_KINDS; kind++)
		if ((kinds & (uint32) 1 << kind) != 0)
			appendStringInfo(&expected, "%s%s %s", expected.len > 0 ? ", " : "",
							 icp_credential_kinds[kind].name, icp_credential_kinds[kind].term);
	f->expected = expected.data;
	return true;
}

static bool
credential_004(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);
	int			nature = rule_nature(r);
	int			of_code;

	if (c == NULL || nature <= 0 || rule_is_individual(r))
		return false;
	if (c->number.kind != ICP_CRED_USCC || c->number.len != 18)
		return false;
	of_code = rule_nature_of_credit_code(c->number.text, c->number.len);
	/* hospitals and schools are registered as what they also are */
	if (of_code == CODE_UNKNOWN || of_code == nature || rule_nature_is_registered_as(nature, of_code))
		return false;
	rule_found_field(r, f, FIELD_CREDENTIAL);
	return true;
}

/* Credit codes took the place of other numbers of units (GB 32100, 三证合一). */
static bool
credential_005(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);

	if (c == NULL ||
		(c->number.scheme != ICP_CRED_ORG_CODE && c->number.scheme != ICP_CRED_BUSINESS_LICENCE))
		return false;
	rule_found_field(r, f, FIELD_CREDENTIAL);
	return true;
}

static bool
credential_006(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);
	unsigned	province;
	int			division;

	if (c == NULL ||
		(c->number.scheme != ICP_CRED_USCC && c->number.scheme != ICP_CRED_BUSINESS_LICENCE) ||
		(province = rule_province(r, FIELD_PROVINCE)) == 0)
		return false;
	/* 100000 is the national register, which no province has */
	division = rule_division(c) / 10000;
	if (icp_province_of_code(division) == 0 || icp_provinces[province].code == division)
		return false;
	rule_found_field(r, f, FIELD_CREDENTIAL);
	return true;
}

/*
 * THE PRINCIPAL'S
 */

static bool
credential_007(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_PRINCIPAL_CREDENTIAL) ||
		rule_credential(r, FIELD_PRINCIPAL_CREDENTIAL)->reason == ICP_CRED_OK)
		return false;
	report_fault(r, f, FIELD_PRINCIPAL_CREDENTIAL);
	return true;
}

static bool
is_personal_kind(IcpCredentialKind kind)
{
	return icp_credential_kinds[kind].personal || kind == ICP_CRED_OTHER;
}

static bool
credential_008(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_PRINCIPAL_CREDENTIAL);

	if (c == NULL || is_personal_kind(c->number.kind))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_CREDENTIAL);
	return true;
}

static bool
credential_009(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *own = rule_good_credential(r, FIELD_CREDENTIAL);
	const RuleCredential *c = rule_good_credential(r, FIELD_PRINCIPAL_CREDENTIAL);

	if (own == NULL || c == NULL || !rule_is_individual(r) ||
		!is_personal_kind(own->number.kind) || !is_personal_kind(c->number.kind) ||
		(own->number.scheme == c->number.scheme && own->number.len == c->number.len &&
		 memcmp(own->number.text, c->number.text, c->number.len) == 0))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_CREDENTIAL);
	return true;
}

bool
rule_is_under(const RuleRecord *r, const RuleCredential *c, int years)
{
	int			birth = icp_credential_birth(c->number.kind, c->number.text, c->number.len);

	return birth > 0 && birth + years * 10000 > r->as_of_number;
}

const RuleCredential *
rule_principal_credential(RuleRecord *r, RuleField *field)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_PRINCIPAL_CREDENTIAL);

	*field = FIELD_PRINCIPAL_CREDENTIAL;
	if (c == NULL && rule_is_individual(r))
	{
		*field = FIELD_CREDENTIAL;
		c = rule_good_credential(r, FIELD_CREDENTIAL);
	}
	return c;
}

/* Younger than the age that the rule is given.  Where a province has another, its own rule speaks. */
bool
rule_is_too_young(RuleRecord *r, RuleFinding *f)
{
	RuleField	field;
	const RuleCredential *c = rule_principal_credential(r, &field);

	if (c == NULL || !rule_is_under(r, c, rule_argument(r->asked->rule, 0)))
		return false;
	f->field = field;			/* a birth date is not shown */
	return true;
}

/*
 * THE HOLDER AS THE CREDENTIAL NAMES HIM (2 二(二)1(5))
 */

static bool
credential_011(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_CREDENTIAL_HOLDER) || !rule_has(r, FIELD_NAME) ||
		rule_same_name(rule_text(r, FIELD_CREDENTIAL_HOLDER), rule_text(r, FIELD_NAME)))
		return false;
	rule_found_field(r, f, FIELD_CREDENTIAL_HOLDER);
	return true;
}

#define ALL_CREDENTIALS \
	(FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL) | FIELD_BIT(FIELD_CREDENTIAL) | FIELD_BIT(FIELD_NATURE))

const RuleTest rule_credential_tests[] = {
	{"CREDENTIAL-001", FIELD_BIT(FIELD_CREDENTIAL), 0, credential_001},
	{"CREDENTIAL-002", FIELD_BIT(FIELD_CREDENTIAL), 0, credential_002},
	{"CREDENTIAL-003", FIELD_BIT(FIELD_CREDENTIAL) | FIELD_BIT(FIELD_NATURE), 0, credential_003},
	{"CREDENTIAL-004", FIELD_BIT(FIELD_CREDENTIAL) | FIELD_BIT(FIELD_NATURE), 0, credential_004},
	{"CREDENTIAL-005", FIELD_BIT(FIELD_CREDENTIAL), 0, credential_005},
	{"CREDENTIAL-006", FIELD_BIT(FIELD_CREDENTIAL) | FIELD_BIT(FIELD_PROVINCE), 0, credential_006},
	{"CREDENTIAL-007", FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL), 0, credential_007},
	{"CREDENTIAL-008", FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL), 0, credential_008},
	{"CREDENTIAL-009", ALL_CREDENTIALS, 0, credential_009},
	{"CREDENTIAL-010", 0, ALL_CREDENTIALS, rule_is_too_young},
	{"CREDENTIAL-011", FIELD_BIT(FIELD_CREDENTIAL_HOLDER) | FIELD_BIT(FIELD_NAME), 0, credential_011},
	{NULL}
};
