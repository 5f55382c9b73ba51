/*
 * rule_text.c
 *	  What rules ask of a text: is it a name at all, a company's, an authority's, a site's.
 */
#include "postgres.h"

#include "core/person_name.h"
#include "rules/rule_field.h"
#include "rules/rule_text.h"

RuleText
rule_without_brackets(RuleText text)
{
	RuleText	inner = rule_trimmed(text);
	int			i;

	if (!rule_text_ends(inner, ")") && !rule_text_ends(inner, "）"))
		return inner;
	for (i = inner.len - 1; i > 0; i--)
	{
		if (inner.s[i] == '(' || (inner.len - i >= 3 && memcmp(inner.s + i, "（", 3) == 0))
		{
			inner.len = i;
			return rule_trimmed(inner);
		}
	}
	return inner;
}

/*
 * Control characters, the replacement character, what GBK makes of it (锟斤拷), and what has neither width nor
 * place.
 */
bool
rule_has_broken_character(RuleText text)
{
	const unsigned char *s = (const unsigned char *) text.s;
	int			i;

	for (i = 0; i < text.len; i++)
	{
		if (s[i] < 0x20 || s[i] == 0x7F)
			return true;
		if (s[i] < 0xE2 || text.len - i < 3)
			continue;
		if (s[i] == 0xEF && s[i + 1] == 0xBF && s[i + 2] == 0xBD)
			return true;		/* U+FFFD */
		if (s[i] == 0xEF && s[i + 1] == 0xBB && s[i + 2] == 0xBF)
			return true;		/* U+FEFF */
		if (s[i] == 0xE2 && s[i + 1] == 0x80 && (s[i + 2] == 0x8B || (s[i + 2] >= 0xAA && s[i + 2] <= 0xAE)))
			return true;		/* U+200B, U+202A to U+202E */
		if (s[i] == 0xE9 && text.len - i >= 9 && memcmp(s + i, "锟斤拷", 9) == 0)
			return true;
	}
	return false;
}

#define PLACEHOLDER_MAX 6		/* bytes of the longest one */
#define TEST_WORD_MAX	48		/* bytes: a longer text is a value that holds such a word at most */

static bool
is_whole(void *arg, const KeywordHit *hit)
{
	int		   *left = arg;

	if (hit->pos == 0 && hit->end == *left)
		*left = -1;
	return *left >= 0;
}

static bool
is_placeholder(RuleText text)
{
	static const char *const placeholders[] = {
		"无", "暂无", "没有", "不详", "未知", "某某", "XX", "XXX", "xx", "xxx", "null", "NULL", "none", "N/A", "n/a"
	};
	int			left;
	int			i;

	text = rule_trimmed(text);
	for (i = 0; i < lengthof(placeholders) && text.len <= PLACEHOLDER_MAX; i++)
		if (rule_text_is(text, placeholders[i]))
			return true;
	left = text.len;
	while (left > 0 && strchr("0123456789 -_.", text.s[left - 1]) != NULL)
		left--;
	/* no word of the list is that long */
	if (left == 0 || left > TEST_WORD_MAX)
		return false;
	keyword_scan(KEYWORD_BIT(KEYWORD_TEST_WORDS), text.s, left, is_whole, &left);
	return left < 0;
}

bool
rule_is_placeholder(RuleRecord *r, RuleField field)
{
	if ((r->asked_placeholder & FIELD_BIT(field)) == 0)
	{
		r->asked_placeholder |= FIELD_BIT(field);
		if (is_placeholder(rule_text(r, field)))
			r->is_placeholder |= FIELD_BIT(field);
	}
	return (r->is_placeholder & FIELD_BIT(field)) != 0;
}

bool
rule_is_web_address(RuleText text)
{
	uint8_t		key[ICP_DOMAIN_MAX];
	IcpDomainFault fault;

	text = rule_trimmed(text);
	if (rule_text_begins(text, "http:") || rule_text_begins(text, "https:") ||
		rule_text_begins(text, "HTTP:") || rule_text_begins(text, "HTTPS:"))
		return true;
	return memchr(text.s, '.', text.len) != NULL && memchr(text.s, ' ', text.len) == NULL &&
		text.len <= ICP_DOMAIN_MAX && icp_domain_parse(text.s, text.len, key, &fault) >= 0;
}

bool
rule_has_letter(RuleText text)
{
	const unsigned char *s = (const unsigned char *) text.s;
	int			i;

	for (i = 0; i < text.len; i++)
	{
		if ((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z'))
			return true;
		if (s[i] < 0xC3 || text.len - i < 2)
			continue;
		/* general punctuation to U+2BFF, CJK punctuation, full-width signs and digits are none */
		if (s[i] == 0xE2 || (s[i] == 0xE3 && s[i + 1] == 0x80))
			continue;
		if (s[i] == 0xEF && (s[i + 1] == 0xBC || s[i + 1] == 0xBD))
		{
			/* full-width Latin letters: U+FF21 to FF3A, U+FF41 to FF5A */
			if (text.len - i >= 3 && ((s[i + 1] == 0xBC && s[i + 2] >= 0xA1 && s[i + 2] <= 0xBA) ||
									  (s[i + 1] == 0xBD && s[i + 2] >= 0x81 && s[i + 2] <= 0x9A)))
				return true;
			continue;
		}
		if (s[i] >= 0xF0)		/* pictures, but Han characters beyond the first plane are letters */
		{
			if (text.len - i >= 2 && s[i] == 0xF0 && s[i + 1] >= 0xA0)
				return true;
			continue;
		}
		return true;
	}
	return false;
}

bool
rule_is_latin(RuleText text)
{
	int			i;

	for (i = 0; i < text.len; i++)
		if (IS_HIGHBIT_SET(text.s[i]))
			return false;
	return true;
}

bool
rule_is_company(RuleText text)
{
	return rule_text_ends(rule_without_brackets(text), "公司");
}

bool
rule_is_authority(RuleText text)
{
	static const char *const endings[] = {
		"人民政府", "人民法院", "人民检察院", "公安局", "公安厅", "税务局", "海关"
	};

	return rule_text_ends_in(rule_without_brackets(text), endings, lengthof(endings));
}

bool
rule_has_form(RuleText text)
{
	static const char *const endings[] = {
		"司", "厂", "店", "社", "院", "所", "行", "馆", "部", "心", "伙", "业", "团", "室", "场", "站", "堂", "坊", "园",
		"吧", "处", "庄", "楼", "城", "铺", "屋", "居", "轩", "阁", "苑", "会", "校", "队", "厅", "家", "村", "斋",
		"局", "府", "关", "委", "办", "署", "学", "台", "库", "矿", "港", "段", "区", "厦", "组", "报"
	};

	return rule_text_ends_in(rule_without_brackets(text), endings, lengthof(endings));
}

/* A person's name is told from a short name of a body (国务院) by its surname and by what it ends in. */
bool
rule_is_person(RuleText text)
{
	static const char *const words[] = {"个人", "自然人", "本人", "私人", "个体"};
	static const char surnames[] =
		"王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔"
		"任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚";
	static const char *const endings[] = {
		"部", "委", "局", "院", "会", "厅", "办", "处", "府", "党", "团", "社", "司", "所", "署", "厂", "店", "校",
		"军", "队", "区", "省", "市", "县", "镇", "乡", "中心", "站", "室", "法院", "总参", "科", "集团", "组"
	};
	RuleText	surname;
	IcpContactFault fault;
	int			length;
	int			i;

	text = rule_trimmed(text);
	for (i = 0; i < lengthof(words); i++)
		if (rule_text_is(text, words[i]))
			return true;
	length = rule_text_length(text);
	if (length < 2 || length > 3 || text.len != length * 3)
		return false;
	surname.s = surnames;
	surname.len = sizeof(surnames) - 1;
	if (!rule_text_has(surname, text.s, 3))
		return false;
	for (i = 0; i < lengthof(endings); i++)
		if (rule_text_ends(text, endings[i]))
			return false;
	return icp_person_name_check(text.s, text.len, false, &fault) == ICP_RIGHT;
}

bool
rule_is_foreigner(RuleRecord *r, RuleField field)
{
	const RuleCredential *credential;

	if (!rule_has(r, field))
		return false;
	credential = rule_credential(r, field);
	if (credential->reason != ICP_CRED_OK)
		return false;
	switch (credential->number.kind)
	{
		case ICP_CRED_PASSPORT:
		case ICP_CRED_HK_MACAO_PERMIT:
		case ICP_CRED_TAIWAN_PERMIT:
		case ICP_CRED_RESIDENCE_PERMIT:
		case ICP_CRED_FOREIGN_PERMANENT_RESIDENT:
		case ICP_CRED_OTHER:
			return true;
		default:
			return false;
	}
}
