/*
 * person_name.c
 *	  Names of persons.
 *
 * 5 annex 3 二(六) wants the full real name and names what is none: 王先生, 李小姐, 个人, names with digits or letters.
 * Those, and words that are nobody's name, are wrong; what only looks invented is worth a call.
 */
#include "core/person_name.h"

#include <string.h>

#include "core/fold.h"

static const IcpContactText texts[] = {
	[ICP_NAME_OK] = {"ok", ICP_RIGHT, NULL, NULL},
	[ICP_NAME_EMPTY] = {"empty", ICP_WRONG, "There is no name (姓名).", "Write the full real name (真实姓名全称)."},
	[ICP_NAME_DIGIT] = {"digit", ICP_WRONG, "A digit (数字) stands in the name (5 annex 3 二(六)).",
	"Write the name as the identity document prints it."},
	[ICP_NAME_LETTER] = {"letter", ICP_WRONG, "A letter (字母) stands in the name (5 annex 3 二(六)).",
	"Write the name in Chinese characters; letters are accepted with a foreigner's document only."},
	[ICP_NAME_SIGN] = {"sign", ICP_WRONG, "A sign (符号) that names do not have stands in the name.",
	"Chinese characters are accepted, and the middle dot between the parts of a name."},
	[ICP_NAME_SHORT] = {"short", ICP_WRONG, "The name has one character only: it is not full (姓名全称).",
	"Write surname and given name."},
	[ICP_NAME_LONG] = {"long", ICP_WRONG, "The name has more than 128 characters.", "Write one person's name."},
	[ICP_NAME_TITLE] = {"title", ICP_WRONG,
		"The name ends in a form of address such as 先生 or 小姐 (5 annex 3 二(六)).",
	"Write surname and given name, without 先生, 小姐, 女士."},
	[ICP_NAME_NOBODY] = {"nobody", ICP_WRONG, "The text is nobody's name, as 个人 or 负责人 (5 annex 3 二(六)).",
	"Write the full real name (真实姓名全称)."},
	[ICP_NAME_ORGANISATION] = {"organisation", ICP_WRONG,
		"The text is the name of an organisation (单位名称) or of a site.",
	"Write a person's full real name (真实姓名全称)."},
	[ICP_NAME_DOT] = {"dot", ICP_WRONG,
		"A middle dot (间隔号) stands at the beginning or end of the name, or twice.",
	"Write one middle dot between the parts of the name."},
	[ICP_NAME_OFFICE] = {"office", ICP_WARNING, "The name ends in what looks like an office or profession (职务).",
	"Compare it with the identity document."},
	[ICP_NAME_FAMILIAR] = {"familiar", ICP_WARNING, "The text looks like a familiar form of address such as 小王 or 王总.",
	"Compare it with the identity document."},
	[ICP_NAME_INVENTED] = {"invented", ICP_WARNING, "The name is one of those that stand for anybody, as 张三.",
	"Compare it with the identity document."},
	[ICP_NAME_REPEATED] = {"repeated", ICP_WARNING, "All characters of the name are the same.",
	"Compare it with the identity document."},
	[ICP_NAME_MANY] = {"many", ICP_WARNING, "The name has more than six characters without a middle dot (间隔号).",
	"Look whether it is one person's name."},
	[ICP_NAME_SPACE] = {"space", ICP_WARNING, "White space (空白) stands in the name.", "Write the name without it."},
	[ICP_NAME_RARE] = {"rare", ICP_WARNING,
		"A character of the private use area (造字区) stands in the name: other systems show another one.",
	"Write the character that Unicode has for it by now."},
	[ICP_NAME_FULL_STOP] = {"full_stop", ICP_WARNING, "A full stop stands where names have a middle dot (间隔号).",
	"Write the middle dot, U+00B7."},
};

typedef struct Word
{
	const char *s;
	size_t		n;
} Word;

#define W(s) {s, sizeof(s) - 1}

/* forms of address that end no name */
static const Word titles[] = {W("先生"), W("小姐"), W("女士"), W("太太"), W("夫人"), {NULL, 0}};

/* offices and professions, which may be given names */
static const Word offices[] = {
	W("老师"), W("同志"), W("师傅"), W("经理"), W("主任"), W("校长"), W("院长"), W("局长"), W("处长"),
	W("科长"), W("厂长"), W("部长"), W("董事长"), W("老板"), W("同学"), W("站长"), W("医生"), W("律师"),
	W("教授"), W("总监"), W("阿姨"), W("大哥"), W("大姐"), {NULL, 0}
};

/* no name has these in it */
static const Word parts[] = {
	W("个人"), W("個人"), W("测试"), W("測試"), W("某某"), W("负责人"), W("負責人"), W("联系人"),
	W("管理员"), W("法定代表"), W("姓名"), {NULL, 0}
};
static const Word organisations[] = {W("公司"), W("有限"), W("集团"), W("工作室"), W("网站"), {NULL, 0}};

/* texts that are nobody's name as a whole */
static const Word nobody[] = {
	W("本人"), W("无"), W("暂无"), W("不详"), W("未知"), W("保密"), W("匿名"), W("无名"), W("无名氏"),
	W("法人"), W("法人代表"), W("站长"), W("网管"), W("客服"), W("经理"), W("老板"), W("某人"),
	W("先生"), W("小姐"), W("女士"), W("太太"), W("夫人"), W("同上"), W("空"), {NULL, 0}
};
static const Word invented[] = {W("张三"), W("李四"), W("王五"), W("赵六"), W("王二麻子"), {NULL, 0}};

const IcpContactText *
icp_person_name_reason_text(int reason)
{
	return &texts[reason];
}

static IcpVerdict
fail(IcpContactFault *fault, IcpPersonNameReason reason, size_t position, size_t length)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = length;
	return texts[reason].verdict;
}

typedef enum Sort
{
	HAN,
	DOT,						/* between the parts of a name */
	STOP,						/* '.' */
	BLANK,
	DIGIT,
	LETTER,
	MARK,						/* of foreign names: apostrophe, hyphen, comma */
	PRIVATE,
	SIGN
} Sort;

static Sort
sort_ascii(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		return LETTER;
	if (c == ' ')
		return BLANK;
	if (c == '.')
		return STOP;
	return c == '\'' || c == '-' || c == ',' ? MARK : SIGN;
}

/* ranges beyond ASCII whose characters are signs; what is in none of them, and no ideograph, is a letter */
static const struct
{
	uint32_t	first;
	uint32_t	last;
}			signs[] = {
	{0x80, 0xA9}, {0xAB, 0xB4}, {0xB6, 0xB9}, {0xBB, 0xBF}, {0xD7, 0xD7}, {0xF7, 0xF7}, {0x2000, 0x206F},
	{0x20A0, 0x20CF}, {0x2190, 0x245F}, {0x2500, 0x2BFF}, {0x2E00, 0x303F}, {0xD800, 0xDFFF}, {0xFE00, 0xFE6F},
	{0xFF00, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1D000, 0x1D3FF}, {0x1F000, 0x1FBFF},
	{0xE0000, 0xEFFFF},
};

static Sort
sort_of(uint32_t c)
{
	uint32_t	folded;
	size_t		i;

	if (c < 0x80)
		return sort_ascii(c);
	if ((c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 || c == 0x3005 ||
		(c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF))
		return HAN;
	if (c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x30FB || c == 0xFF65 || c == 0x2E31)
		return DOT;
	if ((c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000)
		return PRIVATE;
	if ((c >= 0x2150 && c <= 0x218F) || (c >= 0x2460 && c <= 0x249B) || (c >= 0x2776 && c <= 0x2793))
		return DIGIT;
	if (c == 0x2019)
		return MARK;
	folded = icp_fold(c);
	if (folded == 0)
		return SIGN;
	if (folded < 0x80)
	{
		Sort		sort = sort_ascii(folded);

		return sort == MARK ? SIGN : sort;
	}
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (c >= signs[i].first && c <= signs[i].last)
			return SIGN;
	return LETTER;
}

static bool
is_whole(const char *text, size_t len, const Word *words)
{
	for (; words->s != NULL; words++)
		if (words->n == len && memcmp(text, words->s, len) == 0)
			return true;
	return false;
}

/* Bytes of the word that ends the text, with something before it; 0 where none does. */
static size_t
ending(const char *text, size_t len, const Word *words)
{
	for (; words->s != NULL; words++)
		if (words->n < len && memcmp(text + len - words->n, words->s, words->n) == 0)
			return words->n;
	return 0;
}

/* Does a word of the lists above begin with the character? 个個测測某负負联管法姓公有集工网 */
static bool
begins_word(uint32_t c)
{
	switch (c)
	{
		case 0x4E2A:
		case 0x500B:
		case 0x6D4B:
		case 0x6E2C:
		case 0x67D0:
		case 0x8D1F:
		case 0x8CA0:
		case 0x8054:
		case 0x7BA1:
		case 0x6CD5:
		case 0x59D3:
		case 0x516C:
		case 0x6709:
		case 0x96C6:
		case 0x5DE5:
		case 0x7F51:
			return true;
		default:
			return false;
	}
}

/* Bytes of the word that stands at the beginning of the text; 0 where none does. */
static size_t
beginning(const char *text, size_t len, const Word *words)
{
	for (; words->s != NULL; words++)
		if (words->n <= len && memcmp(text, words->s, words->n) == 0)
			return words->n;
	return 0;
}

/* What words say of a name that is made of characters, len bytes without white space around them. */
static IcpVerdict
check_words(const char *text, size_t at, size_t len, int characters, IcpContactFault *fault)
{
	const char *s = text + at;
	size_t		n;

	if (is_whole(s, len, nobody))
		return fail(fault, ICP_NAME_NOBODY, at, len);
	n = ending(s, len, titles);
	if (n > 0)
		return fail(fault, ICP_NAME_TITLE, at + len - n, n);
	if (len > 3 && memcmp(s + len - 3, "某", 3) == 0)
		return fail(fault, ICP_NAME_NOBODY, at + len - 3, 3);
	if (is_whole(s, len, invented))
		return fail(fault, ICP_NAME_INVENTED, at, len);
	n = ending(s, len, offices);
	if (n > 0)
		return fail(fault, ICP_NAME_OFFICE, at + len - n, n);
	if (characters == 2 && len == 6 && (memcmp(s + 3, "总", 3) == 0 || memcmp(s, "小", 3) == 0 ||
										memcmp(s, "老", 3) == 0 || memcmp(s, "阿", 3) == 0))
		return fail(fault, ICP_NAME_FAMILIAR, at, len);
	return ICP_RIGHT;
}

IcpVerdict
icp_person_name_check(const char *text, size_t len, bool foreign, IcpContactFault *fault)
{
	IcpVerdict	verdict = ICP_RIGHT;
	size_t		pos = 0;
	size_t		start = len;	/* the first byte that is not white space */
	size_t		end = 0;		/* behind the last one */
	uint32_t	first = 0;
	Sort		before = BLANK;
	int			characters = 0;
	bool		same = true;
	bool		dots = false;
	bool		letters = false;

	memset(fault, 0, sizeof(*fault));
	while (pos < len)
	{
		size_t		at = pos;
		uint32_t	c = icp_utf8_next(text, len, &pos);
		Sort		sort = sort_of(c);
		size_t		n;

		if (sort == BLANK)
		{
			if (before != DOT && before != STOP)
				before = BLANK;
			continue;
		}
		if (start == len)
			start = at;
		else if (before == BLANK && end < at && !foreign && verdict == ICP_RIGHT)
			verdict = fail(fault, ICP_NAME_SPACE, end, at - end);
		end = pos;
		switch (sort)
		{
			case HAN:
				if (len - at < 6 || !begins_word(c))
					break;
				n = beginning(text + at, len - at, parts);
				if (n > 0)
					return fail(fault, ICP_NAME_NOBODY, at, n);
				n = beginning(text + at, len - at, organisations);
				if (n > 0)
					return fail(fault, ICP_NAME_ORGANISATION, at, n);
				break;
			case DIGIT:
				return fail(fault, ICP_NAME_DIGIT, at, pos - at);
			case LETTER:
				if (!foreign)
					return fail(fault, ICP_NAME_LETTER, at, pos - at);
				letters = true;
				break;
			case MARK:
				if (!foreign)
					return fail(fault, ICP_NAME_SIGN, at, pos - at);
				break;
			case SIGN:
				return fail(fault, ICP_NAME_SIGN, at, pos - at);
			case PRIVATE:
				if (verdict == ICP_RIGHT)
					verdict = fail(fault, ICP_NAME_RARE, at, pos - at);
				break;
			case DOT:
			case STOP:
				if (characters == 0 || ((before == DOT || before == STOP) && !foreign))
					return fail(fault, ICP_NAME_DOT, at, pos - at);
				dots = true;
				if (sort == STOP && !foreign && verdict == ICP_RIGHT)
					verdict = fail(fault, ICP_NAME_FULL_STOP, at, pos - at);
				break;
			case BLANK:
				break;
		}
		before = sort;
		if (sort != DOT && sort != STOP && sort != MARK)
		{
			if (characters == 0)
				first = c;
			else if (c != first)
				same = false;
			if (++characters > ICP_PERSON_NAME_MAX)
				return fail(fault, ICP_NAME_LONG, start, len - start);
		}
	}
	if (start == len)
		return fail(fault, ICP_NAME_EMPTY, 0, len);
	if ((before == DOT || before == STOP) && !foreign)
		return fail(fault, ICP_NAME_DOT, end - (before == STOP && text[end - 1] == '.' ? 1 : 0), 0);
	if (!letters)
	{
		IcpContactFault words;
		IcpVerdict	found;

		memset(&words, 0, sizeof(words));
		found = check_words(text, start, end - start, characters, &words);
		if (found > verdict)
		{
			verdict = found;
			*fault = words;
		}
		if (verdict == ICP_WRONG)
			return verdict;
	}
	if (characters < 2)
		return fail(fault, ICP_NAME_SHORT, start, end - start);
	if (verdict == ICP_RIGHT && same && characters > 2)
		return fail(fault, ICP_NAME_REPEATED, start, end - start);
	if (verdict == ICP_RIGHT && !foreign && !dots && characters > 6)
		return fail(fault, ICP_NAME_MANY, start, end - start);
	return verdict;
}
