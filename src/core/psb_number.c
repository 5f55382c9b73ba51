/*
 * psb_number.c
 *	  Public-security numbers: packing, text, grammar.
 *
 *	  province 公网安备 digits 号
 */
#include "core/psb_number.h"

#include <string.h>

#include "core/fold.h"

#define BEIJING 1				/* index */

static uint64_t
division_of_province(unsigned width, uint64_t digits)
{
	return digits / (width == 14 ? UINT64_C(1000000000000) : UINT64_C(10000000000));
}

/* false when the parts make no number */
static bool
icp_psb_pack(unsigned province, unsigned width, uint64_t digits, int64_t *value)
{
	if (province < 1 || province > ICP_PROVINCES || !(width == 14 || (width == 12 && province == BEIJING)) ||
		division_of_province(width, digits) != icp_provinces[province].code)
		return false;
	*value = (int64_t) province << (ICP_PSB_DIGIT_BITS + 1) | (width == 14 ? ICP_PSB_WIDTH_BIT : 0) |
		(int64_t) digits;
	return true;
}

bool
icp_psb_valid(int64_t value)
{
	int64_t		again;

	return value >= 0 &&
		icp_psb_pack(icp_psb_province_index(value), icp_psb_width(value), value & ICP_PSB_DIGITS_MASK,
					 &again) &&
		again == value;
}

unsigned
icp_psb_digits(int64_t value, char *buf)
{
	unsigned	width = icp_psb_width(value);
	uint64_t	digits = value & ICP_PSB_DIGITS_MASK;
	unsigned	i;

	for (i = width; i-- > 0; digits /= 10)
		buf[i] = (char) ('0' + digits % 10);
	buf[width] = '\0';
	return width;
}

size_t
icp_psb_format(int64_t value, char *buf)
{
	static const char word[] = "公网安备";
	char	   *p = buf;

	if (!icp_psb_valid(value))
	{
		buf[0] = '\0';
		return 0;
	}
	memcpy(p, icp_provinces[icp_psb_province_index(value)].abbreviation[ICP_SPELL_SECURITY], 3);
	p += 3;
	memcpy(p, word, sizeof(word) - 1);
	p += sizeof(word) - 1;
	p += icp_psb_digits(value, p);
	memcpy(p, "号", 4);
	return (size_t) (p + 3 - buf);
}

bool
icp_match_psb(IcpStream *st, IcpMatch *m, IcpFault *fault)
{
	static const uint32_t word[4] = {HAN_GONG, HAN_WANG, HAN_AN, HAN_BEI};
	unsigned	k = 0;
	unsigned	start;
	unsigned	province;
	unsigned	count;
	unsigned	i;
	uint64_t	digits;

	m->service_pos = m->service_end = 0;
	if (!icp_match_province(st, &k, &province))
	{
		uint32_t	c = icp_peek_char(st, 0);

		if (c == ICP_TOKEN_END)
			return icp_fault_at(st, 0, ICP_EMPTY, fault);
		if (icp_is_digit(c))
			return icp_fault_at(st, 0, ICP_NO_PROVINCE, fault);
		if (c >= 0x3400 && icp_peek_char(st, icp_match_space(st, 1)) == HAN_GONG)
			return icp_fault_at(st, 0, ICP_BAD_PROVINCE, fault);
		return icp_fault_at(st, 0, ICP_NOT_A_NUMBER, fault);
	}
	fault->province = province;
	for (i = 0; i < 4; i++)
	{
		if (icp_peek_char(st, k) != word[i])
		{
			if (i == 0 && icp_peek_char(st, k) == 'I' && icp_peek_char(st, icp_match_space(st, k + 1)) == 'C')
				return icp_fault_at(st, k, ICP_IS_FILING, fault);
			return icp_fault_at(st, k, ICP_BAD_WORD, fault);
		}
		k++;
		if (i < 3)
			k = icp_match_space(st, k);
	}
	k = icp_match_filler(st, k);
	start = k;
	fault->serial_of = province == BEIJING ? ICP_SERIAL_SECURITY_BEIJING : ICP_SERIAL_SECURITY;
	if (!icp_match_digits(st, &k, province == BEIJING ? 1u << 12 | 1u << 14 : 1u << 14, &digits, &count,
						  fault))
		return false;
	if (!icp_psb_pack(province, count, digits, &m->value))
	{
		fault->reason = ICP_DIVISION;
		fault->pos = icp_peek(st, start)->pos;
		fault->end = icp_peek(st, start + 1)->end;
		return false;
	}
	if (icp_peek_char(st, icp_match_space(st, k)) == HAN_HAO)
		k = icp_match_space(st, k) + 1;
	else if (icp_masked(st, k))
		return icp_fault_at(st, k, ICP_SERIAL_SIGN, fault);
	m->tokens = k;
	return true;
}

/*
 * 京公网安备11010802020134号 in three-byte characters.
 */
static bool
parse_canonical(const char *s, size_t len, int64_t *value)
{
	size_t		pos = 0;
	unsigned	province;
	uint64_t	digits = 0;
	int			i;

	if (len != 32 || memcmp(s + 3, "公网安备", 12) != 0 || memcmp(s + 29, "号", 3) != 0)
		return false;
	province = icp_province_of_char(icp_utf8_next(s, len, &pos));
	for (i = 15; i < 29; i++)
	{
		if (s[i] < '0' || s[i] > '9')
			return false;
		digits = digits * 10 + (uint64_t) (s[i] - '0');
	}
	return pos == 3 && icp_psb_pack(province, 14, digits, value);
}

bool
icp_psb_parse(const char *s, size_t len, int64_t *value, IcpFault *fault)
{
	IcpStream	st;
	IcpMatch	m;
	unsigned	brackets;

	if (parse_canonical(s, len, value))
		return true;
	icp_stream_init(&st, s, len, false);
	brackets = icp_skip_label(&st);
	if (!icp_match_psb(&st, &m, fault))
		return false;
	icp_stream_skip(&st, m.tokens);
	if (!icp_at_end(&st, brackets, fault))
		return false;
	*value = m.value;
	return true;
}
