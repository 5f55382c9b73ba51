/*
 * rule_province.c
 *	  Rules that single provinces have, as providers' help pages list them.  A row of icp.rule says whose, by which
 * test, and with which numbers: another province's rule of one of these tests is a row.
 *
 * The number of such a rule is its province's code in GB/T 2260.  They change at will and were read from
 * others than the bureaux, so all are warnings; a bureau switches one off, or another's on, in
 * icp.rule_setting.
 */
#include "postgres.h"

#include "core/province.h"
#include "rules/rule_credential.h"
#include "rules/rule_finding.h"
#include "rules/rule_holder.h"
#include "rules/rule_table.h"

#define DIVISION_HONG_KONG	81
#define DIVISION_MACAO		82

/* Code of the province whose rules apply. */
static int
scope_code(const RuleRecord *r)
{
	return r->scope == 0 ? 0 : icp_provinces[r->scope].code;
}

static bool
is_unit(RuleRecord *r)
{
	return rule_nature(r) > 0 && !rule_is_individual(r);
}

/*
 * INDIVIDUALS FROM ELSEWHERE
 */

/*
 * An individual whose identity number begins with another province.  That is where he was registered first,
 * so it does not prove where he is registered now.
 */
static bool
is_from_elsewhere(RuleRecord *r)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);

	return c != NULL && rule_is_individual(r) && c->number.kind == ICP_CRED_RESIDENT_ID &&
		scope_code(r) != 0 && rule_division(c) / 10000 != scope_code(r);
}

static bool
local_card(RuleRecord *r, RuleFinding *f)
{
	if (!is_from_elsewhere(r))
		return false;
	rule_found_field(r, f, FIELD_CREDENTIAL);
	f->expected = rule_print(r, "an identity number of %s (%d…)", icp_provinces[r->scope].full_name,
							 scope_code(r));
	return true;
}

static bool
residence(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_RESIDENCE_PROOF) && is_from_elsewhere(r);
}

static bool
foreign_individual(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);

	if (c == NULL || !rule_is_individual(r) ||
		(c->number.kind != ICP_CRED_PASSPORT && c->number.kind != ICP_CRED_FOREIGN_PERMANENT_RESIDENT))
		return false;
	rule_found_field(r, f, FIELD_CREDENTIAL);
	return true;
}

/* Residents of Hong Kong show their travel permit (港澳居民来往内地通行证), not the residence permit. */
static bool
permit(RuleRecord *r, RuleFinding *f)
{
	static const RuleField credentials[] = {FIELD_CREDENTIAL, FIELD_PRINCIPAL_CREDENTIAL};
	int			i;

	for (i = 0; i < lengthof(credentials); i++)
	{
		const RuleCredential *c = rule_good_credential(r, credentials[i]);

		if (c == NULL || c->number.kind != ICP_CRED_RESIDENCE_PERMIT ||
			(rule_division(c) / 10000 != DIVISION_HONG_KONG && rule_division(c) / 10000 != DIVISION_MACAO))
			continue;
		rule_found_field(r, f, credentials[i]);
		return true;
	}
	return false;
}

/*
 * AGES
 */

static bool
is_individual_too_young(RuleRecord *r, RuleFinding *f)
{
	return rule_is_individual(r) && rule_is_too_young(r, f);
}

/* Where the national age has nothing to say: below the second age that the rule is given. */
static bool
has_own_age(RuleRecord *r, const Rule *rule)
{
	RuleField	field;
	const RuleCredential *c = rule_principal_credential(r, &field);

	return c != NULL && rule_is_under(r, c, rule_argument(rule, 1));
}

static bool
has_own_age_of_individuals(RuleRecord *r, const Rule *rule)
{
	return rule_is_individual(r) && has_own_age(r, rule);
}

/*
 * A UNIT'S PRINCIPAL
 */

static bool
is_legal_representative(RuleRecord *r)
{
	return rule_same_name(rule_text(r, FIELD_PRINCIPAL_NAME), rule_text(r, FIELD_LEGAL_REPRESENTATIVE));
}

static bool
is_delegate(RuleRecord *r)
{
	return is_unit(r) && rule_has(r, FIELD_PRINCIPAL_NAME) && rule_has(r, FIELD_LEGAL_REPRESENTATIVE) &&
		!is_legal_representative(r);
}

static bool
legal_representative(RuleRecord *r, RuleFinding *f)
{
	if (!is_delegate(r))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_NAME);
	return true;
}

static bool
letter(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_AUTHORISATION) && is_delegate(r);
}

/* Who is from abroad or from Hong Kong, Macao or Taiwan authorises somebody of the mainland. */
static bool
mainland_principal(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_PRINCIPAL_CREDENTIAL);

	if (c == NULL || !is_unit(r))
		return false;
	switch (c->number.kind)
	{
		case ICP_CRED_PASSPORT:
		case ICP_CRED_HK_MACAO_PERMIT:
		case ICP_CRED_TAIWAN_PERMIT:
		case ICP_CRED_RESIDENCE_PERMIT:
		case ICP_CRED_FOREIGN_PERMANENT_RESIDENT:
			rule_found_field(r, f, FIELD_PRINCIPAL_CREDENTIAL);
			return true;
		default:
			return false;
	}
}

/*
 * THE DOMAIN'S HOLDER
 */

/* What is no more than the ministry's notice asks is DOMAIN-011's and -017's. */
static bool
is_held_otherwise(RuleRecord *r)
{
	return rule_has(r, FIELD_DOMAIN_HOLDER) && rule_has(r, FIELD_NAME) && is_unit(r) &&
		!rule_is_held_by(r, FIELD_NAME) && rule_holder_is_known(r);
}

static bool
holder_unit(RuleRecord *r, RuleFinding *f)
{
	if (!is_held_otherwise(r))
		return false;
	rule_found_field(r, f, FIELD_DOMAIN_HOLDER);
	return true;
}

/* Where the record does not tell the legal representative, its principal may be him. */
static bool
holder_legal(RuleRecord *r, RuleFinding *f)
{
	if (!is_held_otherwise(r) || rule_is_held_by(r, FIELD_LEGAL_REPRESENTATIVE) ||
		(!rule_has(r, FIELD_LEGAL_REPRESENTATIVE) && rule_is_held_by(r, FIELD_PRINCIPAL_NAME)))
		return false;
	rule_found_field(r, f, FIELD_DOMAIN_HOLDER);
	return true;
}

/*
 * THE ADDRESS IN THE CITY OF THE CERTIFICATE
 */

/* The first prefecture that stands in the address. */
static bool
find_prefecture(void *arg, const KeywordHit *hit)
{
	int		   *code = arg;

	if (hit->is_short || hit->code % 100 != 0 || hit->code % 10000 == 0)
		return true;
	*code = hit->code / 100;
	return false;
}

#define DIRECT_COUNTIES 90		/* 省直辖县级行政区划: of no prefecture */

static bool
city(RuleRecord *r, RuleFinding *f)
{
	const RuleCredential *c = rule_good_credential(r, FIELD_CREDENTIAL);
	RuleText	address;
	int			registered;
	int			written = 0;

	if (c == NULL || !rule_has(r, FIELD_ADDRESS) || !is_unit(r) ||
		(c->number.kind != ICP_CRED_USCC && c->number.kind != ICP_CRED_BUSINESS_LICENCE))
		return false;
	registered = rule_division(c) / 100;
	if (registered % 100 == 0 || registered % 100 == DIRECT_COUNTIES || registered / 100 != scope_code(r))
		return false;			/* registered with the province, or in another: CREDENTIAL-006 */
	address = rule_text(r, FIELD_ADDRESS);
	keyword_scan(KEYWORD_BIT(KEYWORD_DIVISION), address.s, address.len, find_prefecture, &written);
	if (written == 0 || written == registered || written / 100 != registered / 100)
		return false;
	rule_found_field(r, f, FIELD_ADDRESS);
	return true;
}

#define CREDENTIAL_AND_NATURE (FIELD_BIT(FIELD_CREDENTIAL) | FIELD_BIT(FIELD_NATURE))
#define BOTH_CREDENTIALS (CREDENTIAL_AND_NATURE | FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL))
#define RESIDENCE (CREDENTIAL_AND_NATURE | FIELD_BIT(FIELD_RESIDENCE_PROOF))
#define DELEGATE \
	(FIELD_BIT(FIELD_NATURE) | FIELD_BIT(FIELD_PRINCIPAL_NAME) | FIELD_BIT(FIELD_LEGAL_REPRESENTATIVE))
#define LETTER (DELEGATE | FIELD_BIT(FIELD_AUTHORISATION))
#define HOLDER (FIELD_BIT(FIELD_DOMAIN_HOLDER) | FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_NATURE))
#define HOLDER_TOO \
	(FIELD_BIT(FIELD_PRINCIPAL_NAME) | FIELD_BIT(FIELD_LEGAL_REPRESENTATIVE) | FIELD_BIT(FIELD_SUPERIOR) | \
	 FIELD_BIT(FIELD_HOLDER_RELATION))
#define CITY (CREDENTIAL_AND_NATURE | FIELD_BIT(FIELD_ADDRESS))

const RuleTest rule_province_tests[] = {
	{"LOCAL-CARD", CREDENTIAL_AND_NATURE, 0, local_card},
	{"RESIDENCE", RESIDENCE, 0, residence},
	{"FOREIGN", CREDENTIAL_AND_NATURE, 0, foreign_individual},
	{"PERMIT", 0, FIELD_BIT(FIELD_CREDENTIAL) | FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL), permit},
	{"AGE-OF-INDIVIDUAL", CREDENTIAL_AND_NATURE, FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL), is_individual_too_young,
	has_own_age_of_individuals},
	{"AGE", 0, BOTH_CREDENTIALS, rule_is_too_young, has_own_age},
	{"LEGAL-REPRESENTATIVE", DELEGATE, 0, legal_representative},
	{"LETTER", LETTER, 0, letter},
	{"MAINLAND", FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL) | FIELD_BIT(FIELD_NATURE), 0, mainland_principal},
	{"HOLDER-OR-REPRESENTATIVE", HOLDER, HOLDER_TOO, holder_legal},
	{"HOLDER", HOLDER, HOLDER_TOO, holder_unit},
	{"CITY", CITY, 0, city},
	{NULL}
};
