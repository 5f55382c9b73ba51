/*
 * match.c
 *	  What the grammars of filing numbers and of public-security numbers have in common.
 */
#include "core/match.h"

#include <string.h>

#include "core/fold.h"
#include "core/province.h"

/* digits beyond this are not counted */
#define DIGITS_MAX 18

bool
icp_fault_at(IcpStream *st, unsigned k, IcpReason reason, IcpFault *fault)
{
	const IcpToken *t = icp_peek(st, k);

	fault->reason = reason;
	fault->pos = t->pos;
	fault->end = t->end;
	return false;
}

unsigned
icp_match_space(IcpStream *st, unsigned k)
{
	return icp_peek_char(st, k) == ' ' ? k + 1 : k;
}

/*
 * 京, or [京] where the opening bracket is the token before.  What joins it to the word behind it goes with it.
 */
bool
icp_match_province(IcpStream *st, unsigned *k, unsigned *province)
{
	*province = icp_province_of_char(icp_peek_char(st, *k));
	if (*province == 0)
		return false;
	*k += 1;
	if (st->prev == '(' && icp_peek_char(st, *k) == ')')
		*k += 1;
	*k = icp_match_space(st, *k);
	if (icp_peek_char(st, *k) == '-' || icp_peek_char(st, *k) == '.')
		*k = icp_match_space(st, *k + 1);
	return true;
}

static unsigned
separators(IcpStream *st, unsigned k)
{
	unsigned	n;

	for (n = 0; n < 4; n++)
	{
		uint32_t	c = icp_peek_char(st, k);

		if (c != ' ' && c != ':' && c != '-' && c != '.')
			break;
		k++;
	}
	return k;
}

/*
 * What may stand between the word (备, 证, 公网安备) and the digits: 备案, 备案编号：, 备字第, 备-, 备号
 */
unsigned
icp_match_filler(IcpStream *st, unsigned k)
{
	if (icp_peek_char(st, k) == HAN_CASE)
		k++;
	k = icp_match_space(st, k);
	if (icp_peek_char(st, k) == HAN_ZI)
		k++;
	if (icp_peek_char(st, k) == HAN_BIAN && icp_peek_char(st, k + 1) == HAN_HAO)
		k += 2;
	else if (icp_peek_char(st, k) == HAN_HAO)
		k++;
	k = separators(st, k);
	if (icp_peek_char(st, k) == HAN_DI)
		k = separators(st, k + 1);
	return k;
}

/*
 * A run of digits whose number is one of the widths (a bit each).  Digits set apart by white space count as
 * one run only where the first group has no such width and 号 closes the whole, so that nothing is taken from
 * what follows.
 */
bool
icp_match_digits(IcpStream *st, unsigned *k, unsigned widths, uint64_t *value, unsigned *count,
				 IcpFault *fault)
{
	unsigned	start = *k;
	unsigned	at = start;
	unsigned	n = 0;
	uint64_t	v = 0;

	while (n < DIGITS_MAX && icp_is_digit(icp_peek_char(st, at)))
	{
		v = v * 10 + (icp_peek_char(st, at) - '0');
		n++;
		at++;
	}
	*count = n;
	if (n == 0)
		return icp_fault_at(st, at, ICP_NO_SERIAL, fault);
	if (!(widths >> n & 1))
	{
		unsigned	more = at;
		unsigned	total = n;
		uint64_t	w = v;

		while (total < DIGITS_MAX)
		{
			if (icp_peek_char(st, more) == ' ' && !(icp_peek(st, more)->flags & ICP_TOKEN_TAG) &&
				icp_is_digit(icp_peek_char(st, more + 1)))
				more++;
			if (!icp_is_digit(icp_peek_char(st, more)))
				break;
			w = w * 10 + (icp_peek_char(st, more) - '0');
			total++;
			more++;
		}
		if (total > n && (widths >> total & 1) &&
			icp_peek_char(st, icp_match_space(st, more)) == HAN_HAO)
		{
			v = w;
			at = more;
			*count = n = total;
		}
	}
	if (!(widths >> n & 1))
	{
		uint32_t	c = icp_peek_char(st, at);

		if (icp_is_letter(c) || c == '*' || c == '-' || c == '$' || c == '{' || c == '?' || c == '_')
		{
			/* 2026XXXX: the sign is what is wrong; 1234-1: the count is */
			if (c != '-' || !icp_is_digit(icp_peek_char(st, at + 1)))
				return icp_fault_at(st, at, ICP_SERIAL_SIGN, fault);
		}
		fault->reason = ICP_SERIAL_LENGTH;
		fault->pos = icp_peek(st, start)->pos;
		fault->end = icp_peek(st, at - 1)->end;
		fault->count = n;
		return false;
	}
	*k = at;
	*value = v;
	return true;
}

/*
 * Does what follows show that the digits before it are not all of them, or only a pattern: 12345678xx,
 * 12345678%E5, 12345678${n}, 12345678…?
 */
bool
icp_masked(IcpStream *st, unsigned k)
{
	uint32_t	c = icp_peek_char(st, k);
	unsigned	n;
	bool		all_mask = true;

	if (icp_is_digit(c) || c == '*' || c == '$' || c == '{')
		return true;
	if (c == '.')
		return icp_peek_char(st, k + 1) == '.';
	if (c == '%')
	{
		uint32_t	a = icp_peek_char(st, k + 1);
		uint32_t	b = icp_peek_char(st, k + 2);

		return (icp_is_digit(a) || (a >= 'A' && a <= 'F')) && (icp_is_digit(b) || (b >= 'A' && b <= 'F'));
	}
	/* a word may touch the number (Copyright), a single letter or a mixture with digits is part of it */
	for (n = 0; n < 8 && icp_is_letter(c); c = icp_peek_char(st, k + ++n))
		if (c != 'X' && c != 'N')
			all_mask = false;
	return n > 0 && (n == 1 || all_mask || icp_is_digit(c));
}

bool
icp_at_end(IcpStream *st, unsigned brackets, IcpFault *fault)
{
	for (;;)
	{
		uint32_t	c = icp_peek_char(st, 0);

		if (c == ICP_TOKEN_END)
			return true;
		if (c == ')' || c == '"')
		{
			if (brackets == 0)
				break;
			brackets--;
		}
		else if (c != ' ')
			break;
		icp_stream_skip(st, 1);
	}
	icp_fault_at(st, 0, ICP_TRAILING, fault);
	fault->end = st->len;
	return false;
}

/*
 * The vocabulary of labels: 增值电信业务经营许可证编号为： is a row of its words.
 */
static const char *const label_words[] = {
	"中华人民共和国", "国家", "全国", "信息产业部", "工业和信息化部", "工信部", "通信管理局", "公安部", "公安机关", "公安",
	"互联网信息服务", "互联网", "电信与信息服务", "信息服务", "信息", "网站", "网页", "网络", "联网", "本站", "本网站",
	"经营性", "非经营性", "经营", "增值", "基础", "电信", "跨地区", "业务", "公网安备案", "公网安备", "公网", "网安",
	"备案管理系统", "备案", "备", "已", "登记", "查询", "许可证", "许可", "证书", "证",
	"编号", "编码", "号码", "序列号", "序号", "号", "为", "是", "与", "和", "及", "或",
	"主体", "服务", "软件", "应用", "小程序", "快应用", "域名", "地址",
	"ICP", "IP", "ISP", "IDC", "EDI", "SP", "APP", "NO", "NUMBER", "LICENSE", "LICENCE", "FILING", "RECORD"
};

/* tokens that the word takes here; 0 when it does not stand here */
static unsigned
word_tokens(IcpStream *st, const char *word)
{
	size_t		len = strlen(word);
	size_t		pos = 0;
	unsigned	k = 0;

	while (pos < len)
		if (icp_utf8_next(word, len, &pos) != icp_peek_char(st, k++))
			return 0;
	return k;
}

/*
 * The longest word here; 0 for none.  No word begins with an abbreviation of a province.
 */
static unsigned
label_word(IcpStream *st)
{
	uint32_t	c = icp_peek_char(st, 0);
	unsigned	longest = 0;
	char		first[4];
	size_t		first_len;
	size_t		i;

	if (c == ICP_TOKEN_END || icp_province_of_char(c) != 0)
		return 0;
	first_len = icp_utf8_put(first, c);
	for (i = 0; i < sizeof(label_words) / sizeof(label_words[0]); i++)
		if (strncmp(label_words[i], first, first_len) == 0)
		{
			unsigned	n = word_tokens(st, label_words[i]);

			if (n > longest)
				longest = n;
		}
	return longest;
}

unsigned
icp_skip_label(IcpStream *st)
{
	unsigned	brackets = 0;
	bool		any = false;

	for (;;)
	{
		uint32_t	c = icp_peek_char(st, 0);
		unsigned	n = 1;

		if (c == '(' || c == '"')
			brackets++;
		else if (c != ' ' && !(any && (c == ':' || c == '/' || c == '-' || c == '.' || c == ',' || c == ')')))
		{
			n = label_word(st);
			if (n == 0)
				return brackets;
			any = true;
		}
		icp_stream_skip(st, n);
	}
}
