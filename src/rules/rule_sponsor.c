/*
 * rule_sponsor.c
 *	  Rules on the sponsor's nature, province, superior unit and principal: what must agree (5 附件3 一(三),
 *	  二(二)(四)(六)).
 */
#include "postgres.h"

#include "core/person_name.h"
#include "rules/rule_code.h"
#include "rules/rule_finding.h"
#include "rules/rule_text.h"

/*
 * NATURE (5 附件3 二(二))
 */

static bool
nature_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_NATURE);
}

static bool
nature_002(RuleRecord *r, RuleFinding *f)
{
	bool		is_valid;

	if (!rule_has(r, FIELD_NATURE))
		return false;
	(void) rule_code_of(CODE_NATURE, rule_text(r, FIELD_NATURE), r->as_of, &is_valid);
	if (is_valid)
		return false;
	rule_found_field(r, f, FIELD_NATURE);
	return true;
}

/* Name and nature are there, and known. */
static bool
has_both(RuleRecord *r)
{
	return rule_has(r, FIELD_NAME) && rule_has(r, FIELD_NATURE) && rule_nature(r) > 0;
}

static bool
nature_003(RuleRecord *r, RuleFinding *f)
{
	if (!has_both(r) || rule_nature_is(r, NATURE_MAY_BE_COMPANY) || !rule_is_company(rule_text(r, FIELD_NAME)))
		return false;
	rule_found_field(r, f, FIELD_NATURE);
	return true;
}

static bool
nature_004(RuleRecord *r, RuleFinding *f)
{
	if (!has_both(r) || rule_nature_is(r, NATURE_IS_GOVERNMENT) || !rule_is_authority(rule_text(r, FIELD_NAME)))
		return false;
	rule_found_field(r, f, FIELD_NATURE);
	return true;
}

static bool
nature_005(RuleRecord *r, RuleFinding *f)
{
	if (!has_both(r) || !rule_nature_is(r, NATURE_IS_ENTERPRISE) ||
		!rule_name_is_likely_other(rule_without_brackets(rule_text(r, FIELD_NAME))))
		return false;
	rule_found_field(r, f, FIELD_NATURE);
	return true;
}

/* What a name says of its bearer, where the ministry has a nature for it. */
static bool
has_other_nature(RuleRecord *r, RuleFinding *f, bool military)
{
	int			named;

	/* an individual has a person's name: NAME-007 */
	if (!has_both(r) || rule_is_individual(r))
		return false;
	named = rule_nature_of_name(rule_without_brackets(rule_text(r, FIELD_NAME)), military);
	if (named == CODE_UNKNOWN || named == rule_nature(r))
		return false;
	rule_found_field(r, f, FIELD_NATURE);
	f->expected = rule_print(r, "%d", named);
	return true;
}

/* Labour disputes are arbitrated by authorities: 劳动人事争议仲裁委员会. */
static bool
is_of_labour(RuleRecord *r)
{
	return rule_has(r, FIELD_NAME) && rule_text_has(rule_text(r, FIELD_NAME), "劳动", strlen("劳动"));
}

static bool
nature_006(RuleRecord *r, RuleFinding *f)
{
	return !is_of_labour(r) && has_other_nature(r, f, false);
}

static bool
nature_007(RuleRecord *r, RuleFinding *f)
{
	return has_other_nature(r, f, true);
}

/* Of an enterprise NAME-006 says that the name is not complete. */
static bool
name_008(RuleRecord *r, RuleFinding *f)
{
	if (!has_both(r) || rule_nature_is(r, NATURE_IS_PERSON | NATURE_IS_ENTERPRISE) ||
		!rule_is_person(rule_text(r, FIELD_NAME)))
		return false;
	f->field = FIELD_NAME;		/* a person's name is not shown */
	return true;
}

static bool
province_001(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_PROVINCE) || rule_province(r, FIELD_PROVINCE) != 0)
		return false;
	rule_found_field(r, f, FIELD_PROVINCE);
	return true;
}

/*
 * SUPERIOR UNIT (5 附件3 二(四))
 */

static bool
is_state_body(RuleRecord *r)
{
	return rule_nature_is(r, NATURE_IS_GOVERNMENT | NATURE_IS_MILITARY);
}

static bool
superior_001(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_SUPERIOR) || !is_state_body(r) || !rule_is_person(rule_text(r, FIELD_SUPERIOR)))
		return false;
	f->field = FIELD_SUPERIOR;	/* a person's name is not shown */
	return true;
}

static bool
superior_002(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_SUPERIOR) || !is_state_body(r) || !rule_is_company(rule_text(r, FIELD_SUPERIOR)))
		return false;
	rule_found_field(r, f, FIELD_SUPERIOR);
	return true;
}

static bool
superior_003(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_SUPERIOR) || rule_has_letter(rule_text(r, FIELD_SUPERIOR)))
		return false;
	rule_found_field(r, f, FIELD_SUPERIOR);
	return true;
}

/* What is said of authorities holds for other public bodies; their short names are less well known. */
static bool
superior_004(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_SUPERIOR) || !rule_nature_is(r, NATURE_IS_PUBLIC_BODY) ||
		!rule_is_person(rule_text(r, FIELD_SUPERIOR)))
		return false;
	f->field = FIELD_SUPERIOR;
	return true;
}

static bool
superior_005(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_SUPERIOR) || !rule_has(r, FIELD_NAME) || rule_is_individual(r) ||
		!rule_same_name(rule_text(r, FIELD_SUPERIOR), rule_text(r, FIELD_NAME)))
		return false;
	rule_found_field(r, f, FIELD_SUPERIOR);
	return true;
}

/*
 * PRINCIPAL (5 附件3 二(六))
 */

static bool
principal_001(RuleRecord *r, RuleFinding *f)
{
	/*
	 * of an individual it is optional: he is it himself; where the nature is wrong, NATURE-001 and -002 come first
	 */
	return !rule_has(r, FIELD_PRINCIPAL_NAME) && !rule_is_individual(r) &&
		!(rule_is_asked(r, FIELD_NATURE) && rule_nature(r) <= 0);
}

static IcpVerdict
check_principal(RuleRecord *r, IcpContactFault *fault)
{
	RuleText	name = rule_text(r, FIELD_PRINCIPAL_NAME);
	RuleField	credential = FIELD_PRINCIPAL_CREDENTIAL;

	/* an individual's own, where none is asked of the principal */
	if (!rule_is_asked(r, credential) && rule_is_individual(r))
		credential = FIELD_CREDENTIAL;
	return icp_person_name_check(name.s, name.len, rule_is_foreigner(r, credential), fault);
}

/* TEXT-001, TEXT-002 and PRIN-003 say it more plainly. */
static bool
is_told_elsewhere(RuleRecord *r)
{
	RuleText	name = rule_text(r, FIELD_PRINCIPAL_NAME);

	return rule_is_placeholder(r, FIELD_PRINCIPAL_NAME) || rule_has_broken_character(name) ||
		(rule_has(r, FIELD_NAME) && !rule_is_individual(r) &&
		 rule_same_name(name, rule_text(r, FIELD_NAME)));
}

static bool
principal_002(RuleRecord *r, RuleFinding *f)
{
	IcpContactFault fault;

	if (!rule_has(r, FIELD_PRINCIPAL_NAME) || check_principal(r, &fault) != ICP_WRONG || is_told_elsewhere(r))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_NAME);
	f->expected = rule_print(r, "%s", icp_person_name_reason_text(fault.reason)->hint);
	return true;
}

static bool
principal_003(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_PRINCIPAL_NAME) || !rule_has(r, FIELD_NAME) ||
		rule_is_individual(r) ||
		rule_is_placeholder(r, FIELD_PRINCIPAL_NAME) ||
		!rule_same_name(rule_text(r, FIELD_PRINCIPAL_NAME), rule_text(r, FIELD_NAME)))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_NAME);
	return true;
}

static bool
principal_004(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_PRINCIPAL_NAME) || !rule_has(r, FIELD_NAME) ||
		!rule_is_individual(r) ||
		rule_same_name(rule_text(r, FIELD_PRINCIPAL_NAME), rule_text(r, FIELD_NAME)))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_NAME);
	return true;
}

static bool
principal_005(RuleRecord *r, RuleFinding *f)
{
	IcpContactFault fault;

	if (!rule_has(r, FIELD_PRINCIPAL_NAME) || check_principal(r, &fault) != ICP_WARNING ||
		is_told_elsewhere(r))
		return false;
	rule_found_field(r, f, FIELD_PRINCIPAL_NAME);
	f->expected = rule_print(r, "%s", icp_person_name_reason_text(fault.reason)->hint);
	return true;
}

#define NAME_AND_NATURE (FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_NATURE))
#define SUPERIOR_AND_NATURE (FIELD_BIT(FIELD_SUPERIOR) | FIELD_BIT(FIELD_NATURE))

const RuleTest rule_sponsor_tests[] = {
	{"NATURE-001", FIELD_BIT(FIELD_NATURE), 0, nature_001},
	{"NATURE-002", FIELD_BIT(FIELD_NATURE), 0, nature_002},
	{"NATURE-003", NAME_AND_NATURE, 0, nature_003},
	{"NATURE-004", NAME_AND_NATURE, 0, nature_004},
	{"NATURE-005", NAME_AND_NATURE, 0, nature_005},
	{"NATURE-006", NAME_AND_NATURE, 0, nature_006},
	{"NATURE-007", NAME_AND_NATURE, 0, nature_007},
	{"NAME-008", NAME_AND_NATURE, 0, name_008},
	{"PROVINCE-001", FIELD_BIT(FIELD_PROVINCE), 0, province_001},
	{"SUPERIOR-001", SUPERIOR_AND_NATURE, 0, superior_001},
	{"SUPERIOR-002", SUPERIOR_AND_NATURE, 0, superior_002},
	{"SUPERIOR-003", FIELD_BIT(FIELD_SUPERIOR), 0, superior_003},
	{"SUPERIOR-004", SUPERIOR_AND_NATURE, 0, superior_004},
	{"SUPERIOR-005", FIELD_BIT(FIELD_SUPERIOR) | FIELD_BIT(FIELD_NAME), FIELD_BIT(FIELD_NATURE),
	superior_005},
	{"PRINCIPAL-001", FIELD_BIT(FIELD_PRINCIPAL_NAME), FIELD_BIT(FIELD_NATURE), principal_001},
	{"PRINCIPAL-002", FIELD_BIT(FIELD_PRINCIPAL_NAME),
	NAME_AND_NATURE | FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL) | FIELD_BIT(FIELD_CREDENTIAL), principal_002},
	{"PRINCIPAL-003", FIELD_BIT(FIELD_PRINCIPAL_NAME) | FIELD_BIT(FIELD_NAME), FIELD_BIT(FIELD_NATURE),
	principal_003},
	{"PRINCIPAL-004", FIELD_BIT(FIELD_PRINCIPAL_NAME) | NAME_AND_NATURE, 0, principal_004},
	{"PRINCIPAL-005", FIELD_BIT(FIELD_PRINCIPAL_NAME),
	NAME_AND_NATURE | FIELD_BIT(FIELD_PRINCIPAL_CREDENTIAL) | FIELD_BIT(FIELD_CREDENTIAL), principal_005},
	{NULL}
};
