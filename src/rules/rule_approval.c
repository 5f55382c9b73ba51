/*
 * rule_approval.c
 *	  Rules on approvals (前置审批, 专项审批): names and contents that need one (5 附件3 一(四)(五), 二(五); 4 §14(五)), and
 *	  on the codes of contents, languages and kinds of service.
 */
#include "postgres.h"

#include "core/province.h"
#include "rules/rule_finding.h"
#include "rules/rule_text.h"
#include "rules/rule_word.h"

static const struct
{
	KeywordList list;
	int			approval;
	int32		from;			/* first day; 0: before all of these records */
}			approvals[] = {
	{KEYWORD_NEWS, APPROVAL_NEWS},
	{KEYWORD_PUBLISHING, APPROVAL_PUBLISHING},
	{KEYWORD_EDUCATION, APPROVAL_EDUCATION},
	{KEYWORD_HEALTH, APPROVAL_HEALTH},
	{KEYWORD_DRUGS, APPROVAL_DRUGS},
	{KEYWORD_BBS, APPROVAL_BBS},
	{KEYWORD_CULTURE, APPROVAL_CULTURE},
	{KEYWORD_BROADCASTING, APPROVAL_BROADCASTING},
	{KEYWORD_RIDE_HAILING, APPROVAL_RIDE_HAILING, 20161101},
	{KEYWORD_FINANCE, APPROVAL_FINANCE},
	{KEYWORD_RELIGION, APPROVAL_RELIGION, 20220301},
	{KEYWORD_TRAINING, APPROVAL_TRAINING, 20210724}
};

static int
approval_of(int list)
{
	int			i;

	for (i = 0; i < lengthof(approvals); i++)
		if (approvals[i].list == list)
			return approvals[i].approval;
	return 0;
}

static bool
has_approval(RuleRecord *r, int approval)
{
	return rule_has_code(r, FIELD_APPROVALS, approval) ||
		(approval == APPROVAL_EDUCATION && rule_has_code(r, FIELD_APPROVALS, APPROVAL_TRAINING));
}

/*
 * A word of the list without its approval.  A word that the unit is registered with is no claim of its own:
 * it is APPROVAL-012's, but for news, which needs its approval whoever asks (5 附件3 二(五)).
 */
static bool
lacks_approval(RuleRecord *r, RuleFinding *f, KeywordList list)
{
	int			approval = approval_of(list);
	int			i;

	if (!rule_has_words(r, KEYWORD_BIT(list)) || has_approval(r, approval))
		return false;
	for (i = 0; i < r->nwords; i++)
		if (r->words[i].list == list && (list == KEYWORD_NEWS || !rule_is_own_word(r, &r->words[i])))
			return rule_found_word(r, f, &r->words[i]);
	return false;
}

static bool
approval_001(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_NEWS);
}

static bool
approval_002(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_PUBLISHING);
}

static bool
approval_003(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_EDUCATION);
}

static bool
approval_004(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_HEALTH);
}

static bool
approval_005(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_DRUGS);
}

static bool
approval_006(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_BBS);
}

static bool
approval_007(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_CULTURE);
}

static bool
approval_008(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_BROADCASTING);
}

static bool
approval_009(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_RIDE_HAILING);
}

static bool
approval_010(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_FINANCE);
}

static bool
approval_011(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_RELIGION);
}

static bool
approval_016(RuleRecord *r, RuleFinding *f)
{
	return lacks_approval(r, f, KEYWORD_TRAINING);
}

/* APPROVAL-009, -011 and -016 begin on a day. */
static bool
has_begun(const RuleRecord *r, int list)
{
	int			i;

	for (i = 0; i < lengthof(approvals); i++)
		if (approvals[i].list == list)
			return approvals[i].from <= r->as_of_number;
	return true;
}

/* Lists whose approval was asked for nationally until 2015 only; APPROVAL-003, -004 and -006 end then. */
static bool
is_former(KeywordList list)
{
	return list == KEYWORD_EDUCATION || list == KEYWORD_HEALTH || list == KEYWORD_BBS;
}

#define FORMER_APPROVALS_UNTIL 20151231

static bool
approval_012(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!rule_has(r, FIELD_SITE_NAME))
		return false;
	rule_read_words(r);
	for (i = 0; i < r->nwords; i++)
	{
		int			approval = approval_of(r->words[i].list);

		if (approval != 0 && approval != APPROVAL_NEWS && rule_is_own_word(r, &r->words[i]) &&
			!(is_former((KeywordList) r->words[i].list) && r->as_of_number > FORMER_APPROVALS_UNTIL) &&
			has_begun(r, r->words[i].list) && !has_approval(r, approval))
			return rule_found_word(r, f, &r->words[i]);
	}
	return false;
}

/*
 * CONTENTS
 */

typedef struct ContentNeed
{
	int			content;		/* 服务内容 */
	int			approval;
} ContentNeed;

static bool
lacks_for_content(RuleRecord *r, RuleFinding *f, const ContentNeed *needs, int n)
{
	int			i;

	if (!rule_has(r, FIELD_CONTENTS))
		return false;
	for (i = 0; i < n; i++)
	{
		if (!rule_has_code(r, FIELD_CONTENTS, needs[i].content) || has_approval(r, needs[i].approval))
			continue;
		rule_found_field(r, f, FIELD_CONTENTS);
		f->expected = rule_print(r, "approval kind (前置审批) %d for content (服务内容) %d",
								 needs[i].approval, needs[i].content);
		return true;
	}
	return false;
}

static bool
approval_013(RuleRecord *r, RuleFinding *f)
{
	static const ContentNeed needs[] = {
		{5, APPROVAL_NEWS}, {13, APPROVAL_CULTURE}, {14, APPROVAL_CULTURE}, {15, APPROVAL_BROADCASTING}
	};

	return lacks_for_content(r, f, needs, lengthof(needs));
}

static bool
approval_014(RuleRecord *r, RuleFinding *f)
{
	static const ContentNeed needs[] = {
		{29, APPROVAL_FINANCE}, {30, APPROVAL_FINANCE}, {31, APPROVAL_FINANCE}, {32, APPROVAL_FINANCE},
		{33, APPROVAL_FINANCE}
	};

	return lacks_for_content(r, f, needs, lengthof(needs));
}

/* 网络教育, as long as education needed an approval. */
static bool
approval_017(RuleRecord *r, RuleFinding *f)
{
	static const ContentNeed needs[] = {{21, APPROVAL_EDUCATION}};

	return lacks_for_content(r, f, needs, lengthof(needs));
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

/* 其他; and where bureaux accept it, 博客/个人空间. */
#define CONTENT_BLOG	6
#define CONTENT_OTHER	24

static bool
content_002(RuleRecord *r, RuleFinding *f)
{
	int			province = r->scope == 0 ? 0 : icp_provinces[r->scope].code;
	bool		may_blog = province == 23 || province == 50;
	const RuleCodes *codes;
	int			i;

	if (!rule_has(r, FIELD_CONTENTS) || rule_nature(r) != NATURE_INDIVIDUAL)
		return false;
	codes = rule_read_codes(r, FIELD_CONTENTS);
	for (i = 0; i < codes->n; i++)
	{
		int			id = codes->codes[i].id;

		if (id < 0 || id == CONTENT_OTHER || (id == CONTENT_BLOG && may_blog))
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
	{"APPROVAL-001", NAME_AND_APPROVALS, 0, approval_001},
	{"APPROVAL-002", NAME_AND_APPROVALS, OWN_NAME, approval_002},
	{"APPROVAL-003", NAME_AND_APPROVALS, OWN_NAME, approval_003},
	{"APPROVAL-004", NAME_AND_APPROVALS, OWN_NAME, approval_004},
	{"APPROVAL-005", NAME_AND_APPROVALS, OWN_NAME, approval_005},
	{"APPROVAL-006", NAME_AND_APPROVALS, OWN_NAME, approval_006},
	{"APPROVAL-007", NAME_AND_APPROVALS, OWN_NAME, approval_007},
	{"APPROVAL-008", NAME_AND_APPROVALS, OWN_NAME, approval_008},
	{"APPROVAL-009", NAME_AND_APPROVALS, OWN_NAME, approval_009},
	{"APPROVAL-010", NAME_AND_APPROVALS, OWN_NAME, approval_010},
	{"APPROVAL-011", NAME_AND_APPROVALS, OWN_NAME, approval_011},
	{"APPROVAL-012", NAME_AND_APPROVALS | FIELD_BIT(FIELD_NAME), FIELD_BIT(FIELD_NATURE), approval_012},
	{"APPROVAL-013", FIELD_BIT(FIELD_CONTENTS) | FIELD_BIT(FIELD_APPROVALS), 0, approval_013},
	{"APPROVAL-014", FIELD_BIT(FIELD_CONTENTS) | FIELD_BIT(FIELD_APPROVALS), 0, approval_014},
	{"APPROVAL-015", FIELD_BIT(FIELD_APPROVALS), 0, approval_015},
	{"APPROVAL-016", NAME_AND_APPROVALS, OWN_NAME, approval_016},
	{"APPROVAL-017", FIELD_BIT(FIELD_CONTENTS) | FIELD_BIT(FIELD_APPROVALS), 0, approval_017},
	{"CONTENT-001", FIELD_BIT(FIELD_CONTENTS), 0, content_001},
	{"CONTENT-002", FIELD_BIT(FIELD_CONTENTS) | FIELD_BIT(FIELD_NATURE), 0, content_002},
	{"CONTENT-003", FIELD_BIT(FIELD_CONTENTS), 0, content_003},
	{"LANGUAGE-001", FIELD_BIT(FIELD_LANGUAGES), 0, language_001},
	{"KIND-001", FIELD_BIT(FIELD_KIND), 0, kind_001},
	{"KIND-002", FIELD_BIT(FIELD_KIND), 0, kind_002},
	{NULL}
};
