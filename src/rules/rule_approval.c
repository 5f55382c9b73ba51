/*
 * rule_approval.c
 *	  Rules on approvals (前置审批, 专项审批): names and contents that need one (5 附件3 一(四)(五), 二(五); 4 §14(五)), and
 *	  on the codes of contents, languages and kinds of service.
 */
#include "postgres.h"

#include "core/province.h"
#include "rules/rule_finding.h"
#include "rules/rule_table.h"
#include "rules/rule_word.h"

/* The kinds of approval that a rule is given, any of which will do. */
static bool
has_approval(RuleRecord *r, const Rule *rule)
{
	int			i;

	for (i = 0; i < rule->nargs; i++)
		if (rule_has_code(r, FIELD_APPROVALS, rule->args[i]))
			return true;
	return false;
}

/*
 * A word of the rule's list without its approval.  A word that the unit is registered with is no claim of its own:
 * where APPROVAL-012 is in force, to which all rules but that of news yield, it is that one's (5 附件3 二(五)).
 */
static bool
lacks_approval(RuleRecord *r, RuleFinding *f)
{
	const Rule *rule = r->asked->rule;
	int			i;

	if (rule->list == KEYWORD_LISTS || !rule_has_words(r, KEYWORD_BIT(rule->list)) || has_approval(r, rule))
		return false;
	for (i = 0; i < r->nwords; i++)
		if (r->words[i].list == rule->list && !(r->yields && rule_is_own_word(r, &r->words[i])))
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

/* Is the word one of a rule that is in force and yields to the rule that is asked now, without its approval? */
static bool
stands_for_another(RuleRecord *r, const RuleWord *word)
{
	int			self = r->asked - r->program->rules;
	int			i;
	int			k;

	for (i = 0; i < r->program->n; i++)
	{
		const ActiveRule *other = &r->program->rules[i];

		if (other->rule->list != word->list || !rule_is_in_force(r, other))
			continue;
		for (k = 0; k < other->nyields; k++)
			if (other->yields_to[k] == self && !has_approval(r, other->rule))
				return true;
	}
	return false;
}

static bool
own_word(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!rule_has(r, FIELD_SITE_NAME))
		return false;
	rule_read_words(r);
	for (i = 0; i < r->nwords; i++)
		if (rule_is_own_word(r, &r->words[i]) && stands_for_another(r, &r->words[i]))
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

/*
 * CONTENTS
 */

/* Pairs of a content (服务内容) and a kind of approval; of one content's, any will do. */
static bool
has_for_content(RuleRecord *r, const Rule *rule, int content)
{
	int			i;

	for (i = 0; i + 1 < rule->nargs; i += 2)
		if (rule->args[i] == content && rule_has_code(r, FIELD_APPROVALS, rule->args[i + 1]))
			return true;
	return false;
}

static bool
lacks_for_content(RuleRecord *r, RuleFinding *f)
{
	const Rule *rule = r->asked->rule;
	int			i;

	if (!rule_has(r, FIELD_CONTENTS))
		return false;
	for (i = 0; i + 1 < rule->nargs; i += 2)
	{
		if (!rule_has_code(r, FIELD_CONTENTS, rule->args[i]) || has_for_content(r, rule, rule->args[i]))
			continue;
		rule_found_field(r, f, FIELD_CONTENTS);
		f->expected = rule_print(r, "approval kind (前置审批) %d for content (服务内容) %d",
								 rule->args[i + 1], rule->args[i]);
		return true;
	}
	return false;
}

/*
 * CODES
 */

static bool
has_unknown(RuleRecord *r, RuleFinding *f, RuleField field)
{
	const RuleCodes *codes;
	int			i;

	if (!rule_has(r, field))
		return false;
	codes = rule_read_codes(r, field);
	for (i = 0; i < codes->n; i++)
	{
		if (codes->codes[i].id >= 0)
			continue;
		rule_found(r, f, field, codes->codes[i].text);
		return true;
	}
	return false;
}

static bool
approval_015(RuleRecord *r, RuleFinding *f)
{
	return has_unknown(r, f, FIELD_APPROVALS);
}

static bool
content_001(RuleRecord *r, RuleFinding *f)
{
	return has_unknown(r, f, FIELD_CONTENTS);
}

static bool
content_003(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_CONTENTS) || rule_read_codes(r, FIELD_CONTENTS)->n == 0;
}

/* Pairs of a content that individuals serve, 其他 and the like, and the province whose bureau accepts it; 0: any. */
static bool
is_for_individuals(const RuleRecord *r, int content)
{
	const Rule *rule = r->asked->rule;
	int			i;

	for (i = 0; i + 1 < rule->nargs; i += 2)
		if (rule->args[i] == content &&
			(rule->args[i + 1] == 0 ||
			 (r->scope != 0 && icp_provinces[r->scope].code == rule->args[i + 1])))
			return true;
	return false;
}

static bool
content_002(RuleRecord *r, RuleFinding *f)
{
	const RuleCodes *codes;
	int			i;

	if (!rule_has(r, FIELD_CONTENTS) || !rule_is_individual(r))
		return false;
	codes = rule_read_codes(r, FIELD_CONTENTS);
	for (i = 0; i < codes->n; i++)
	{
		int			id = codes->codes[i].id;

		if (id < 0 || is_for_individuals(r, id))
			continue;
		rule_found(r, f, FIELD_CONTENTS, codes->codes[i].text);
		return true;
	}
	return false;
}

static bool
language_001(RuleRecord *r, RuleFinding *f)
{
	return has_unknown(r, f, FIELD_LANGUAGES);
}

static bool
kind_001(RuleRecord *r, RuleFinding *f)
{
	if (rule_service_kind(r) != SERVICE_UNKNOWN)
		return false;
	rule_found_field(r, f, FIELD_KIND);
	return true;
}

/* Apps and the like are filed since 工信部信管〔2023〕105号. */
static bool
kind_002(RuleRecord *r, RuleFinding *f)
{
	if (!rule_is_service(r))
		return false;
	rule_found_field(r, f, FIELD_KIND);
	return true;
}

#define NAME_AND_APPROVALS (FIELD_BIT(FIELD_SITE_NAME) | FIELD_BIT(FIELD_APPROVALS))
#define OWN_NAME (FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_NATURE))

const RuleTest rule_approval_tests[] = {
	{"APPROVAL-OF-WORD", NAME_AND_APPROVALS, OWN_NAME, lacks_approval, NULL, true},
	{"APPROVAL-012", NAME_AND_APPROVALS | FIELD_BIT(FIELD_NAME), FIELD_BIT(FIELD_NATURE), own_word},
	{"APPROVAL-OF-CONTENT", FIELD_BIT(FIELD_CONTENTS) | FIELD_BIT(FIELD_APPROVALS), 0, lacks_for_content},
	{"APPROVAL-015", FIELD_BIT(FIELD_APPROVALS), 0, approval_015},
	{"CONTENT-001", FIELD_BIT(FIELD_CONTENTS), 0, content_001},
	{"CONTENT-002", FIELD_BIT(FIELD_CONTENTS) | FIELD_BIT(FIELD_NATURE), 0, content_002},
	{"CONTENT-003", FIELD_BIT(FIELD_CONTENTS), 0, content_003},
	{"LANGUAGE-001", FIELD_BIT(FIELD_LANGUAGES), 0, language_001},
	{"KIND-001", FIELD_BIT(FIELD_KIND), 0, kind_001},
	{"KIND-002", FIELD_BIT(FIELD_KIND), 0, kind_002},
	{NULL}
};
