/*
 * rule_name.c
 *	  Rules on the sponsor's name (主办单位名称), and on what no text of a record may be.
 */
#include "postgres.h"

#include "core/person_name.h"
#include "rules/rule_code.h"
#include "rules/rule_finding.h"
#include "rules/rule_text.h"

/*
 * TEXTS (5 附件3 一(一)(二))
 */

static const RuleField text_fields[] = {
	FIELD_NAME, FIELD_SUPERIOR, FIELD_ADDRESS, FIELD_PRINCIPAL_NAME, FIELD_SITE_NAME, FIELD_DOMAIN_HOLDER
};

static bool
text_001(RuleRecord *r, RuleFinding *f)
{
	int			i;

	for (i = 0; i < lengthof(text_fields); i++)
	{
		if (rule_has(r, text_fields[i]) && rule_has_broken_character(rule_text(r, text_fields[i])))
		{
			f->field = text_fields[i];	/* what stands there is nothing to show */
			return true;
		}
	}
	return false;
}

static bool
text_002(RuleRecord *r, RuleFinding *f)
{
	int			i;

	for (i = 0; i < lengthof(text_fields); i++)
	{
		/* who has no superior unit may say so */
		if (!rule_has(r, text_fields[i]) || text_fields[i] == FIELD_SUPERIOR ||
			!rule_is_placeholder(r, text_fields[i]))
			continue;
		rule_found_field(r, f, text_fields[i]);
		return true;
	}
	return false;
}

static bool
text_003(RuleRecord *r, RuleFinding *f)
{
	static const RuleField shown[] = {FIELD_NAME, FIELD_SITE_NAME};
	int			i;

	for (i = 0; i < lengthof(shown); i++)
	{
		KeywordHit	hit;
		RuleText	text;

		if (!rule_has(r, shown[i]))
			continue;
		text = rule_text(r, shown[i]);
		if (keyword_first(KEYWORD_BIT(KEYWORD_PROHIBITED), text.s, text.len, &hit))
		{
			rule_found_field(r, f, shown[i]);
			return true;
		}
	}
	return false;
}

/* What the ministry's form has room for (企业系统接口规范 V3.0), in characters. */
static bool
text_004(RuleRecord *r, RuleFinding *f)
{
	static const struct
	{
		RuleField	field;
		int			length;
	}			limits[] = {
		{FIELD_NAME, 255}, {FIELD_SUPERIOR, 255}, {FIELD_ADDRESS, 1024}, {FIELD_PRINCIPAL_NAME, 128},
		{FIELD_PHONE, 128}, {FIELD_MOBILE, 128}, {FIELD_EMAIL, 128}, {FIELD_SITE_NAME, 512},
		{FIELD_HOMEPAGE, 512}
	};
	int			i;

	for (i = 0; i < lengthof(limits); i++)
	{
		RuleText	text;

		if (!rule_has(r, limits[i].field))
			continue;
		text = rule_text(r, limits[i].field);
		/* a character is a byte at least */
		if (text.len <= limits[i].length || rule_text_length(text) <= limits[i].length)
			continue;
		f->field = limits[i].field;
		f->found = rule_print(r, "%d characters", rule_text_length(text));
		f->expected = rule_print(r, "at most %d characters", limits[i].length);
		return true;
	}
	return false;
}

/*
 * THE SPONSOR'S NAME (5 附件3 二(一))
 */

static bool
name_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_NAME);
}

/* What is wrong with a name as a name: the first that holds, so that one fault has one rule. */
typedef enum NameProblem
{
	NAME_UNREAD,
	NAME_FINE,
	NAME_PLACEHOLDER,			/* TEXT-002 */
	NAME_WEB_ADDRESS,
	NAME_NO_LETTER,
	NAME_OF_SITE,
	NAME_LIKE_SITE,
	NAME_NOT_FULL,
	NAME_NO_PERSON
} NameProblem;

static bool
is_like_site(RuleText name)
{
	static const char *const endings[] = {"网", "网站", "论坛", "主页", "博客", "官网", "贴吧"};

	return rule_text_ends_in(name, endings, lengthof(endings));
}

/*
 * E.ON有限公司 could be a domain by its signs.  It is an organisation's name: the form stands at the end of a label, and is
 * not one, as in 示例.公司.
 */
static bool
is_organisation_with_dots(RuleText name)
{
	int			last = name.len;

	while (last > 0 && name.s[last - 1] != '.')
		last--;
	return last > 0 && memchr(name.s, ':', name.len) == NULL && rule_has_form(name) &&
		name.len - last > strlen("公司");
}

static NameProblem
find_problem(RuleRecord *r)
{
	RuleText	name = rule_text(r, FIELD_NAME);
	bool		is_enterprise = rule_nature_is(r, NATURE_IS_ENTERPRISE);

	if (rule_is_placeholder(r, FIELD_NAME))
		return NAME_PLACEHOLDER;
	if (rule_is_web_address(name) && !is_organisation_with_dots(rule_trimmed(name)))
		return NAME_WEB_ADDRESS;
	if (!rule_has_letter(name))
		return NAME_NO_LETTER;
	if (rule_is_individual(r))
	{
		bool		foreign = rule_is_foreigner(r, FIELD_CREDENTIAL);
		IcpContactFault fault;

		/* a company or an authority is no individual: NATURE-003 and -004 say so */
		if (!rule_is_company(name) && !rule_is_authority(name) &&
			icp_person_name_check(name.s, name.len, foreign, &fault) == ICP_WRONG)
			return NAME_NO_PERSON;
		return NAME_FINE;
	}
	if (rule_has_form(name))
		return is_enterprise && rule_text_length(rule_without_brackets(name)) < 4 ?
			NAME_NOT_FULL : NAME_FINE;
	/* a unit may name its site as it is registered itself, but not the other way round */
	if (rule_has(r, FIELD_SITE_NAME) && rule_same_name(name, rule_text(r, FIELD_SITE_NAME)))
		return NAME_OF_SITE;
	if (is_like_site(rule_without_brackets(name)))
		return NAME_LIKE_SITE;
	if (is_enterprise && !rule_is_latin(name))
		return NAME_NOT_FULL;
	return NAME_FINE;
}

static bool
has_problem(RuleRecord *r, RuleFinding *f, NameProblem problem)
{
	if (!rule_has(r, FIELD_NAME))
		return false;
	if (r->name_problem == NAME_UNREAD)
		r->name_problem = find_problem(r);
	if (r->name_problem != problem)
		return false;
	rule_found_field(r, f, FIELD_NAME);
	return true;
}

static bool
name_002(RuleRecord *r, RuleFinding *f)
{
	return has_problem(r, f, NAME_WEB_ADDRESS);
}

static bool
name_003(RuleRecord *r, RuleFinding *f)
{
	return has_problem(r, f, NAME_NO_LETTER);
}

static bool
name_004(RuleRecord *r, RuleFinding *f)
{
	return has_problem(r, f, NAME_OF_SITE);
}

static bool
name_005(RuleRecord *r, RuleFinding *f)
{
	return has_problem(r, f, NAME_LIKE_SITE);
}

static bool
name_006(RuleRecord *r, RuleFinding *f)
{
	return has_problem(r, f, NAME_NOT_FULL);
}

static bool
name_007(RuleRecord *r, RuleFinding *f)
{
	return has_problem(r, f, NAME_NO_PERSON);
}

#define TEXTS (FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_SUPERIOR) | FIELD_BIT(FIELD_ADDRESS) | \
			   FIELD_BIT(FIELD_PRINCIPAL_NAME) | FIELD_BIT(FIELD_SITE_NAME) | FIELD_BIT(FIELD_DOMAIN_HOLDER))

#define LIMITED (FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_SUPERIOR) | FIELD_BIT(FIELD_ADDRESS) | \
				 FIELD_BIT(FIELD_PRINCIPAL_NAME) | FIELD_BIT(FIELD_PHONE) | FIELD_BIT(FIELD_MOBILE) | \
				 FIELD_BIT(FIELD_EMAIL) | FIELD_BIT(FIELD_SITE_NAME) | FIELD_BIT(FIELD_HOMEPAGE))

const RuleTest rule_name_tests[] = {
	{"TEXT-001", 0, TEXTS, text_001},
	{"TEXT-002", 0, TEXTS, text_002},
	{"TEXT-003", 0, FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_SITE_NAME), text_003},
	{"TEXT-004", 0, LIMITED, text_004},
	{"NAME-001", FIELD_BIT(FIELD_NAME), 0, name_001},
	{"NAME-002", FIELD_BIT(FIELD_NAME), 0, name_002},
	{"NAME-003", FIELD_BIT(FIELD_NAME), 0, name_003},
	{"NAME-004", FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_SITE_NAME), FIELD_BIT(FIELD_NATURE), name_004},
	{"NAME-005", FIELD_BIT(FIELD_NAME), FIELD_BIT(FIELD_NATURE) | FIELD_BIT(FIELD_SITE_NAME), name_005},
	{"NAME-006", FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_NATURE), FIELD_BIT(FIELD_SITE_NAME), name_006},
	{"NAME-007", FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_NATURE), FIELD_BIT(FIELD_CREDENTIAL), name_007},
	{NULL}
};
