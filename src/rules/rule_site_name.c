/*
 * rule_site_name.c
 *	  Rules on the site's name: its form, and the words that not every sponsor may use (5 附件3 二(五), 4
 *	  §14(十一)).
 *
 * A unit whose own registered name holds a word may use it: it has been asked when it was registered.
 */
#include "postgres.h"

#include "rules/rule_code.h"
#include "rules/rule_finding.h"
#include "rules/rule_table.h"
#include "rules/rule_text.h"
#include "rules/rule_word.h"

bool
rule_has_words(RuleRecord *r, uint64 lists)
{
	if (!rule_has(r, FIELD_SITE_NAME))
		return false;
	rule_read_words(r);
	return (r->lists & lists) != 0;
}

RuleText
rule_word_text(RuleRecord *r, const RuleWord *word)
{
	RuleText	text = rule_text(r, FIELD_SITE_NAME);

	text.s += word->pos;
	text.len = word->end - word->pos;
	return text;
}

bool
rule_is_own_word(RuleRecord *r, const RuleWord *word)
{
	RuleText	text;

	if (!rule_has(r, FIELD_NAME) || rule_is_individual(r))
		return false;
	text = rule_word_text(r, word);
	return rule_text_has(rule_text(r, FIELD_NAME), text.s, text.len);
}

bool
rule_found_word(RuleRecord *r, RuleFinding *f, const RuleWord *word)
{
	rule_found(r, f, FIELD_SITE_NAME, rule_word_text(r, word));
	return true;
}

/*
 * FORM
 */

static bool
site_name_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_SITE_NAME);
}

/* The first that holds, so that one fault has one rule. */
typedef enum SiteNameForm
{
	FORM_UNREAD,
	FORM_FINE,
	FORM_PLACEHOLDER,			/* TEXT-002 */
	FORM_WEB_ADDRESS,
	FORM_NO_LETTER,
	FORM_LATIN,
	FORM_SIGNS
} SiteNameForm;

static bool
has_signs(RuleText text)
{
	int			i;

	for (i = 0; i < text.len; i++)
	{
		/* four bytes: pictures, but not Han characters beyond the first plane */
		if ((unsigned char) text.s[i] >= 0xF0 && text.len - i >= 2 && (unsigned char) text.s[i + 1] < 0xA0)
			return true;
		if (!IS_HIGHBIT_SET(text.s[i]))
		{
			if (text.s[i] != '\0' && strchr("<>{}[]|\\^`~*%$#@=\"", text.s[i]) != NULL)
				return true;
			continue;
		}
		if (text.len - i >= 3 && (memcmp(text.s + i, "★", 3) == 0 || memcmp(text.s + i, "☆", 3) == 0 ||
								  memcmp(text.s + i, "※", 3) == 0 || memcmp(text.s + i, "◆", 3) == 0 ||
								  memcmp(text.s + i, "■", 3) == 0 || memcmp(text.s + i, "●", 3) == 0))
			return true;
	}
	return false;
}

static bool
has_form(RuleRecord *r, RuleFinding *f, SiteNameForm form)
{
	if (!rule_has(r, FIELD_SITE_NAME))
		return false;
	if (r->site_name_form == FORM_UNREAD)
	{
		RuleText	text = rule_text(r, FIELD_SITE_NAME);

		r->site_name_form = rule_is_placeholder(r, FIELD_SITE_NAME) ? FORM_PLACEHOLDER :
			rule_is_web_address(text) ? FORM_WEB_ADDRESS :
			!rule_has_letter(text) ? FORM_NO_LETTER :
			rule_is_latin(text) ? FORM_LATIN :
			has_signs(text) ? FORM_SIGNS : FORM_FINE;
	}
	if (r->site_name_form != form)
		return false;
	rule_found_field(r, f, FIELD_SITE_NAME);
	return true;
}

static bool
site_name_002(RuleRecord *r, RuleFinding *f)
{
	return has_form(r, f, FORM_WEB_ADDRESS);
}

static bool
site_name_003(RuleRecord *r, RuleFinding *f)
{
	return has_form(r, f, FORM_NO_LETTER);
}

static bool
site_name_004(RuleRecord *r, RuleFinding *f)
{
	return has_form(r, f, FORM_LATIN);
}

static bool
site_name_005(RuleRecord *r, RuleFinding *f)
{
	return has_form(r, f, FORM_SIGNS);
}

/*
 * AN INDIVIDUAL'S SITE
 */

static bool
is_individual(RuleRecord *r)
{
	return rule_is_individual(r);
}

/* 公司 and 集团 name an organisation whatever stands around them. */
static bool
names_company(RuleRecord *r, const RuleWord *word)
{
	RuleText	text = rule_word_text(r, word);

	return rule_text_ends(text, "公司") || rule_text_is(text, "集团");
}

static bool
find_excluded(RuleRecord *r, RuleFinding *f, bool company)
{
	bool		any = false;
	int			i;

	if (!is_individual(r) || !rule_has_words(r, KEYWORD_BIT(KEYWORD_PERSON_EXCLUDED)))
		return false;
	for (i = 0; i < r->nwords; i++)
	{
		if (r->words[i].list != KEYWORD_PERSON_EXCLUDED)
			continue;
		if (names_company(r, &r->words[i]))
		{
			if (company)
				return rule_found_word(r, f, &r->words[i]);
			return false;		/* the error is enough */
		}
		if (!any && !company)
			rule_found_word(r, f, &r->words[i]);
		any = true;
	}
	return any && !company;
}

static bool
site_name_006(RuleRecord *r, RuleFinding *f)
{
	return find_excluded(r, f, true);
}

static bool
site_name_007(RuleRecord *r, RuleFinding *f)
{
	return find_excluded(r, f, false);
}

/*
 * GOVERNMENT'S WORDS
 */

static bool
is_government_word(RuleText text)
{
	return rule_text_is(text, "人民政府") || rule_text_is(text, "监察");
}

/*
 * An institution or a body of the people may be authorised; an enterprise or an individual is not the
 * government.
 */
static bool
may_be_authorised(RuleRecord *r)
{
	return rule_nature_is(r, NATURE_IS_MILITARY | NATURE_IS_PUBLIC_BODY);
}

static bool
find_government(RuleRecord *r, RuleFinding *f, bool error)
{
	int			i;

	if (rule_nature(r) <= 0 || rule_nature_is(r, NATURE_IS_GOVERNMENT) ||
		!rule_has_words(r, KEYWORD_BIT(KEYWORD_GOVERNMENT)))
		return false;
	for (i = 0; i < r->nwords; i++)
	{
		bool		is_own;
		bool		is_strong;

		if (r->words[i].list != KEYWORD_GOVERNMENT)
			continue;
		is_own = rule_is_own_word(r, &r->words[i]);
		is_strong = is_government_word(rule_word_text(r, &r->words[i]));
		if ((is_strong && !is_own && !may_be_authorised(r)) != error)
			continue;
		/* registered with 监察 in its name it has been asked, but is none: somebody should look */
		if (is_own && (!is_strong || may_be_authorised(r)))
			continue;
		return rule_found_word(r, f, &r->words[i]);
	}
	return false;
}

static bool
site_name_008(RuleRecord *r, RuleFinding *f)
{
	return find_government(r, f, true);
}

static bool
site_name_009(RuleRecord *r, RuleFinding *f)
{
	RuleFinding error;

	return !find_government(r, &error, true) && find_government(r, f, false);
}

/*
 * THE NATION'S WORDS AND NAMES OF DIVISIONS
 */

/* 国际 says no more than that one has business abroad; 人民, too, stands in many names. */
static bool
is_strong_national_word(RuleText text)
{
	return rule_text_is(text, "中国") || rule_text_is(text, "中华") || rule_text_is(text, "中央") ||
		rule_text_is(text, "全国") || rule_text_is(text, "国家") || rule_text_is(text, "国务院");
}

static bool
site_name_010(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!is_individual(r) || !rule_has_words(r, KEYWORD_BIT(KEYWORD_NATIONAL)))
		return false;
	for (i = 0; i < r->nwords; i++)
		if (r->words[i].list == KEYWORD_NATIONAL && is_strong_national_word(rule_word_text(r, &r->words[i])))
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

/* Is this a name in 中国, as S4 has it, and the sponsor's own name not? */
static bool
begins_with_nation(RuleRecord *r, const RuleWord *word)
{
	return word->list == KEYWORD_NATIONAL && word->pos == 0 && rule_text_is(rule_word_text(r, word), "中国");
}

static bool
is_unit_with_name(RuleRecord *r)
{
	return rule_has(r, FIELD_NAME) && rule_nature(r) > 0 && !is_individual(r);
}

static bool
site_name_011(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!is_unit_with_name(r) || !rule_has_words(r, KEYWORD_BIT(KEYWORD_NATIONAL)))
		return false;
	for (i = 0; i < r->nwords; i++)
		if (begins_with_nation(r, &r->words[i]) && !rule_is_own_word(r, &r->words[i]))
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

static bool
site_name_012(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!is_unit_with_name(r) || !rule_has_words(r, KEYWORD_BIT(KEYWORD_NATIONAL)))
		return false;
	for (i = 0; i < r->nwords; i++)
	{
		RuleWord   *word = &r->words[i];

		if (word->list == KEYWORD_NATIONAL && is_strong_national_word(rule_word_text(r, word)) &&
			!begins_with_nation(r, word) && !rule_is_own_word(r, word))
			return rule_found_word(r, f, word);
	}
	return false;
}

static bool
find_division(RuleRecord *r, RuleFinding *f, bool is_short)
{
	bool		any = false;
	int			i;

	if (!rule_has_words(r, KEYWORD_BIT(KEYWORD_DIVISION)))
		return false;
	for (i = 0; i < r->nwords; i++)
	{
		if (r->words[i].list != KEYWORD_DIVISION)
			continue;
		if (!r->words[i].is_short)
			return is_short ? false : rule_found_word(r, f, &r->words[i]);
		if (!any && is_short)
			rule_found_word(r, f, &r->words[i]);
		any = true;
	}
	return any && is_short;
}

/* With 省, 市, 县 or 区 it is a division's name and nothing else. */
static bool
site_name_013(RuleRecord *r, RuleFinding *f)
{
	return is_individual(r) && find_division(r, f, false);
}

/* 朝阳 is a division's name and the morning sun. */
static bool
site_name_014(RuleRecord *r, RuleFinding *f)
{
	return is_individual(r) && find_division(r, f, true);
}

static bool
site_name_015(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!is_unit_with_name(r) || rule_nature_is(r, NATURE_IS_GOVERNMENT) ||
		!rule_has_words(r, KEYWORD_BIT(KEYWORD_DIVISION)))
		return false;
	for (i = 0; i < r->nwords; i++)
	{
		RuleWord   *word = &r->words[i];
		RuleText	text;

		if (word->list != KEYWORD_DIVISION || word->is_short || rule_is_own_word(r, word))
			continue;
		/* or the place where it is */
		text = rule_word_text(r, word);
		if (rule_has(r, FIELD_ADDRESS) && rule_text_has(rule_text(r, FIELD_ADDRESS), text.s, text.len))
			continue;
		return rule_found_word(r, f, word);
	}
	return false;
}

/* An app's name that names nothing. */
static bool
site_name_016(RuleRecord *r, RuleFinding *f)
{
	int			kind = rule_service_kind(r);
	RuleText	name;
	int			i;

	if (kind == ICP_SITE || kind == SERVICE_NONE || !rule_has_words(r, KEYWORD_BIT(KEYWORD_GENERIC_APP)))
		return false;
	name = rule_trimmed(rule_text(r, FIELD_SITE_NAME));
	for (i = 0; i < r->nwords; i++)
		if (r->words[i].list == KEYWORD_GENERIC_APP && r->words[i].end - r->words[i].pos == name.len)
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

/*
 * WHAT AN INDIVIDUAL'S SITE IS NOT NAMED FOR, AND HOW LONG A NAME IS
 */

/* His own name, or three characters that read as a person's; two are a word as often (白云). */
static bool
site_name_017(RuleRecord *r, RuleFinding *f)
{
	RuleText	name;

	if (!is_individual(r) || !rule_has(r, FIELD_SITE_NAME))
		return false;
	name = rule_trimmed(rule_text(r, FIELD_SITE_NAME));
	if (!(rule_has(r, FIELD_NAME) && rule_same_name(name, rule_text(r, FIELD_NAME))) &&
		!(rule_text_length(name) == 3 && rule_is_person(name)))
		return false;
	f->field = FIELD_SITE_NAME; /* a person's name is not shown */
	return true;
}

static bool
site_name_018(RuleRecord *r, RuleFinding *f)
{
	RuleText	name;
	int			i;

	if (!is_individual(r) || !rule_has_words(r, KEYWORD_BIT(KEYWORD_IDIOM)))
		return false;
	name = rule_trimmed(rule_text(r, FIELD_SITE_NAME));
	for (i = 0; i < r->nwords; i++)
		if (r->words[i].list == KEYWORD_IDIOM && r->words[i].end - r->words[i].pos == name.len)
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

static bool
site_name_019(RuleRecord *r, RuleFinding *f)
{
	int			length;

	if (!rule_has(r, FIELD_SITE_NAME))
		return false;
	length = rule_text_length(rule_trimmed(rule_text(r, FIELD_SITE_NAME)));
	if (length >= rule_argument(r->asked->rule, 0) && length <= rule_argument(r->asked->rule, 1))
		return false;
	rule_found_field(r, f, FIELD_SITE_NAME);
	return true;
}

#define SITE_NAME FIELD_BIT(FIELD_SITE_NAME)
#define SITE_NAME_AND_NATURE (SITE_NAME | FIELD_BIT(FIELD_NATURE))

const RuleTest rule_site_name_tests[] = {
	{"SITE-NAME-001", SITE_NAME, 0, site_name_001},
	{"SITE-NAME-002", SITE_NAME, 0, site_name_002},
	{"SITE-NAME-003", SITE_NAME, 0, site_name_003},
	{"SITE-NAME-004", SITE_NAME, 0, site_name_004},
	{"SITE-NAME-005", SITE_NAME, 0, site_name_005},
	{"SITE-NAME-006", SITE_NAME_AND_NATURE, 0, site_name_006},
	{"SITE-NAME-007", SITE_NAME_AND_NATURE, 0, site_name_007},
	{"SITE-NAME-008", SITE_NAME_AND_NATURE, 0, site_name_008},
	{"SITE-NAME-009", SITE_NAME_AND_NATURE, FIELD_BIT(FIELD_NAME), site_name_009},
	{"SITE-NAME-010", SITE_NAME_AND_NATURE, 0, site_name_010},
	{"SITE-NAME-011", SITE_NAME_AND_NATURE | FIELD_BIT(FIELD_NAME), 0, site_name_011},
	{"SITE-NAME-012", SITE_NAME_AND_NATURE | FIELD_BIT(FIELD_NAME), 0, site_name_012},
	{"SITE-NAME-013", SITE_NAME_AND_NATURE, 0, site_name_013},
	{"SITE-NAME-014", SITE_NAME_AND_NATURE, 0, site_name_014},
	{"SITE-NAME-015", SITE_NAME_AND_NATURE | FIELD_BIT(FIELD_NAME), FIELD_BIT(FIELD_ADDRESS), site_name_015},
	{"SITE-NAME-016", SITE_NAME | FIELD_BIT(FIELD_KIND), 0, site_name_016},
	{"SITE-NAME-017", SITE_NAME_AND_NATURE, FIELD_BIT(FIELD_NAME), site_name_017},
	{"SITE-NAME-018", SITE_NAME_AND_NATURE, 0, site_name_018},
	{"SITE-NAME-019", SITE_NAME, 0, site_name_019},
	{NULL}
};
