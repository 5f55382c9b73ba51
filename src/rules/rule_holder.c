/*
 * rule_holder.c
 *	  Rules on the domain's holder (域名所有者; 2 二(二)1(5), 工信部信管〔2017〕264号).
 *
 * An individual's domain is his own; a unit's is its own, or a shareholder's, its principal's or a senior
 * manager's.
 */
#include "postgres.h"

#include "rules/rule_finding.h"
#include "rules/rule_holder.h"
#include "rules/rule_text.h"

bool
rule_is_held_by(RuleRecord *r, RuleField field)
{
	return rule_has(r, field) && rule_same_name(rule_text(r, FIELD_DOMAIN_HOLDER), rule_text(r, field));
}

/* What the holder is to the sponsor, in words that the notice has. */
static bool
is_good_relation(RuleRecord *r)
{
	static const char *const of_anybody[] = {"self", "本人", "本单位", "主办者", "主办单位"};
	static const char *const of_unit[] = {
		"shareholder", "股东", "group", "集团", "集团公司", "principal", "主要负责人", "法定代表人",
		"senior_manager", "高级管理人员", "高管"
	};
	RuleText	relation = rule_trimmed(rule_text(r, FIELD_HOLDER_RELATION));
	int			i;

	for (i = 0; i < lengthof(of_anybody); i++)
		if (rule_text_is(relation, of_anybody[i]))
			return true;
	if (rule_is_individual(r))
		return false;
	for (i = 0; i < lengthof(of_unit); i++)
		if (rule_text_is(relation, of_unit[i]))
			return true;
	return false;
}

bool
rule_holder_is_known(RuleRecord *r)
{
	return rule_is_held_by(r, FIELD_NAME) || rule_is_held_by(r, FIELD_PRINCIPAL_NAME) ||
		rule_is_held_by(r, FIELD_LEGAL_REPRESENTATIVE) || rule_is_held_by(r, FIELD_SUPERIOR) ||
		(rule_has(r, FIELD_HOLDER_RELATION) && is_good_relation(r));
}

static bool
domain_010(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_DOMAIN_HOLDER) || !rule_has(r, FIELD_NAME) ||
		!rule_is_individual(r) ||
		rule_is_held_by(r, FIELD_NAME))
		return false;
	rule_found_field(r, f, FIELD_DOMAIN_HOLDER);
	return true;
}

static bool
domain_011(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_DOMAIN_HOLDER) || !rule_has(r, FIELD_NAME) || rule_nature(r) <= 0 ||
		rule_is_individual(r) || rule_holder_is_known(r) ||
		rule_has(r, FIELD_HOLDER_RELATION)) /* DOMAIN-017 */
		return false;
	rule_found_field(r, f, FIELD_DOMAIN_HOLDER);
	return true;
}

/* The provider checks the real identity behind a domain, and stops access where there is none. */
static bool
domain_016(RuleRecord *r, RuleFinding *f)
{
	static const char *const negations[] = {"f", "false", "no", "0", "否", "未实名", "未实名认证"};
	RuleText	text;
	int			i;

	if (!rule_has(r, FIELD_DOMAIN_VERIFIED))
		return false;
	text = rule_trimmed(rule_text(r, FIELD_DOMAIN_VERIFIED));
	for (i = 0; i < lengthof(negations); i++)
	{
		if (!rule_text_is(text, negations[i]))
			continue;
		rule_found_field(r, f, FIELD_DOMAIN_VERIFIED);
		return true;
	}
	return false;
}

static bool
domain_017(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_HOLDER_RELATION) || rule_nature(r) <= 0 || is_good_relation(r))
		return false;
	rule_found_field(r, f, FIELD_HOLDER_RELATION);
	return true;
}

#define HOLDER (FIELD_BIT(FIELD_DOMAIN_HOLDER) | FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_NATURE))

const RuleTest rule_holder_tests[] = {
	{"DOMAIN-010", HOLDER, 0, domain_010},
	{"DOMAIN-011", HOLDER,
		FIELD_BIT(FIELD_PRINCIPAL_NAME) | FIELD_BIT(FIELD_LEGAL_REPRESENTATIVE) | FIELD_BIT(FIELD_SUPERIOR) |
	FIELD_BIT(FIELD_HOLDER_RELATION), domain_011},
	{"DOMAIN-016", FIELD_BIT(FIELD_DOMAIN_VERIFIED), 0, domain_016},
	{"DOMAIN-017", FIELD_BIT(FIELD_HOLDER_RELATION) | FIELD_BIT(FIELD_NATURE), 0, domain_017},
	{NULL}
};
