/*
 * rule_number.c
 *	  Rules on the filing number (备案号): its form, and what it must agree with.
 */
#include "postgres.h"

#include "core/number.h"
#include "rules/rule_finding.h"
#include "types/fault_words.h"

static bool
number_001(RuleRecord *r, RuleFinding *f)
{
	RuleText	text;

	if (!rule_has(r, FIELD_NUMBER) || rule_read_number(r))
		return false;
	rule_found_field(r, f, FIELD_NUMBER);
	text = rule_text(r, FIELD_NUMBER);
	f->expected = icp_fault_words(&r->number_fault, text.s, text.len).hint;
	return true;
}

static bool
read_number(RuleRecord *r, IcpNumber *n)
{
	return rule_has(r, FIELD_NUMBER) && rule_read_number(r) && icp_number_unpack(r->number, n);
}

/* The province of a filing is its sponsor's; a licence is its holder's, and a sponsor cannot move (1046). */
static bool
number_002(RuleRecord *r, RuleFinding *f)
{
	IcpNumber	n;
	unsigned	province;

	if (!read_number(r, &n) || n.province == ICP_PROVINCE_NONE || n.province == ICP_PROVINCE_HEZI ||
		(province = rule_province(r, FIELD_PROVINCE)) == 0 || n.province == province)
		return false;
	rule_found_field(r, f, FIELD_NUMBER);
	f->expected = rule_print(r, "%s", icp_provinces[province].abbreviation[ICP_SPELL_FILING]);
	return true;
}

static bool
number_003(RuleRecord *r, RuleFinding *f)
{
	int			kind = rule_service_kind(r);
	IcpNumber	n;

	/* KIND-001 speaks of a kind that is none */
	if (kind < 0 || !read_number(r, &n) || n.service_no == 0 || kind == n.service_kind)
		return false;
	rule_found_field(r, f, FIELD_NUMBER);
	return true;
}

static bool
number_004(RuleRecord *r, RuleFinding *f)
{
	IcpNumber	n;

	if (!read_number(r, &n) || icp_number_year(&n) <= r->as_of_number / 10000)
		return false;
	rule_found_field(r, f, FIELD_NUMBER);
	return true;
}

const RuleTest rule_number_tests[] = {
	{"NUMBER-001", FIELD_BIT(FIELD_NUMBER), 0, number_001},
	{"NUMBER-002", FIELD_BIT(FIELD_NUMBER) | FIELD_BIT(FIELD_PROVINCE), 0, number_002},
	{"NUMBER-003", FIELD_BIT(FIELD_NUMBER) | FIELD_BIT(FIELD_KIND), 0, number_003},
	{"NUMBER-004", FIELD_BIT(FIELD_NUMBER), 0, number_004},
	{NULL}
};
