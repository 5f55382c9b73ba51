/*
 * match_number.c
 *	  The grammar of filing and licence numbers.
 *
 *	  filing   province ICP 备 serial 号 [-n[AXK]]
 *	  licence  province ICP 证 serial 号 [-n[AXK]]
 *	  vat      [province | 合字] [ICP 备|证] class{.class} - serial [-n[AXK]]
 *
 * with 号 before or behind the service number, twice or missing, and white space between the parts.
 */
#include "core/match_number.h"

#include "core/number.h"

#define WIDTH(n) (1u << (n))

static inline uint32_t
at(IcpStream *st, unsigned k)
{
	return icp_peek_char(st, k);
}

/*
 * ICP, the letters possibly set apart.
 */
static bool
match_icp(IcpStream *st, unsigned *k)
{
	unsigned	c;
	unsigned	p;

	if (at(st, *k) != 'I')
		return false;
	c = icp_match_space(st, *k + 1);
	if (at(st, c) != 'C')
		return false;
	p = icp_match_space(st, c + 1);
	if (at(st, p) != 'P')
		return false;
	*k = p + 1;
	return true;
}

static bool
at_class(IcpStream *st, unsigned k)
{
	return icp_is_letter(at(st, k)) && icp_is_digit(at(st, k + 1));
}

/*
 * B2, A1.B1.B2, B1、B2, B1B2
 */
static bool
match_classes(IcpStream *st, unsigned *k, IcpNumber *n, unsigned *how_many, IcpFault *fault)
{
	*how_many = 0;
	for (;;)
	{
		uint32_t	letter = at(st, *k);
		uint32_t	digit = at(st, *k + 1);
		unsigned	bit;
		unsigned	next;

		if ((letter != 'A' && letter != 'B') || (digit != '1' && digit != '2'))
		{
			icp_fault_at(st, *k, ICP_BAD_CLASS, fault);
			fault->end = icp_peek(st, *k + 1)->end;
			return false;
		}
		bit = (letter == 'A' ? ICP_CLASS_A1 : ICP_CLASS_B1) >> (digit - '1');
		if (n->classes & bit)
		{
			icp_fault_at(st, *k, ICP_CLASS_TWICE, fault);
			fault->end = icp_peek(st, *k + 1)->end;
			return false;
		}
		n->classes |= bit;
		*how_many += 1;
		*k += 2;

		next = icp_match_space(st, *k);
		switch (at(st, next))
		{
			case '.':
			case ',':
			case '/':
			case '&':
			case '+':
				next = icp_match_space(st, next + 1);
				break;
			default:
				break;
		}
		if (!at_class(st, next))
			return true;
		*k = next;
	}
}

/*
 * The dash before a service number, doubled by some; *k behind it.  一 is one only between 号 or a digit and
 * a digit.
 */
static bool
match_dash(IcpStream *st, unsigned *k, bool *spaced)
{
	unsigned	d = icp_match_space(st, *k);
	unsigned	after;

	if (at(st, d) == '-')
		after = at(st, d + 1) == '-' ? d + 2 : d + 1;
	else if (at(st, d) == HAN_YI && icp_is_digit(at(st, d + 1)))
		after = d + 1;
	else
		return false;
	*spaced = d > *k && at(st, after) == ' ';
	*k = icp_match_space(st, after);
	return true;
}

/*
 * 号 and the service number, in either order.
 */
static bool
match_tail(IcpStream *st, unsigned *k, IcpMatchMode mode, IcpNumber *n, IcpMatch *m, IcpFault *fault)
{
	unsigned	p = icp_match_space(st, *k);
	unsigned	digits;
	unsigned	count = 0;
	uint32_t	service_no = 0;
	uint32_t	letter;
	bool		closed = false;
	bool		spaced;

	if (at(st, p) == HAN_HAO)
	{
		closed = true;
		*k = p + 1;
	}
	else if (icp_masked(st, *k))
		return icp_fault_at(st, *k, ICP_SERIAL_SIGN, fault);

	p = *k;
	if (!match_dash(st, &p, &spaced))
		return true;
	digits = p;
	while (count < 10 && icp_is_digit(at(st, p)))
	{
		service_no = service_no > ICP_SERVICE_NO_MAX ? service_no : service_no * 10 + (at(st, p) - '0');
		count++;
		p++;
	}
	if (count == 0)
	{
		/* a dash that only separates, as 京ICP备12345678号 - 版权所有; but not 号-X, 号-*, which stand for a number */
		if (mode == ICP_MATCH_PAGE && (spaced || !icp_masked(st, p)))
			return true;
		return icp_fault_at(st, p, ICP_SERVICE_SIGN, fault);
	}
	/* a year behind a dash that stands apart: 京ICP备12345678号 - 2024 */
	if (mode == ICP_MATCH_PAGE && spaced && count == 4 && service_no >= 1990 && service_no <= 2099)
		return true;

	m->service_pos = icp_peek(st, digits)->pos;
	m->service_end = icp_peek(st, p - 1)->end;
	fault->pos = m->service_pos;
	fault->end = m->service_end;
	if (service_no == 0)
	{
		fault->reason = ICP_SERVICE_ZERO;
		return false;
	}
	if (at(st, digits) == '0')
	{
		fault->reason = ICP_SERVICE_LEADING_ZERO;
		return false;
	}
	if (service_no > ICP_SERVICE_NO_MAX)
	{
		fault->reason = ICP_SERVICE_RANGE;
		return false;
	}
	n->service_no = service_no;

	letter = at(st, p);
	if (icp_is_letter(letter))
	{
		if (!icp_is_letter(at(st, p + 1)) && !icp_is_digit(at(st, p + 1)))
		{
			if (letter == 'A')
				n->service_kind = ICP_APP;
			else if (letter == 'X')
				n->service_kind = ICP_MINI_PROGRAM;
			else if (letter == 'K')
				n->service_kind = ICP_QUICK_APP;
			else
				return icp_fault_at(st, p, ICP_SERVICE_LETTER, fault);
			m->service_end = icp_peek(st, p)->end;
			p++;
		}
		else if (mode == ICP_MATCH_INPUT || icp_masked(st, p))
			return icp_fault_at(st, p, ICP_SERVICE_LETTER, fault);
	}
	else if (icp_masked(st, p))
		return icp_fault_at(st, p, ICP_SERVICE_SIGN, fault);
	*k = p;

	/* 12345678-1号, 12345678号-1号 */
	p = icp_match_space(st, p);
	if (at(st, p) == HAN_HAO && (!closed || p == *k))
		*k = p + 1;
	return true;
}

static bool
match_licence_serial(IcpStream *st, unsigned *k, IcpMatchMode mode, IcpNumber *n, IcpMatch *m,
					 IcpFault *fault)
{
	unsigned	count;

	n->kind = ICP_VAT_LICENCE;
	fault->serial_of = ICP_SERIAL_VAT_LICENCE;
	*k = icp_match_filler(st, *k);
	if (!icp_match_digits(st, k, WIDTH(8), &n->serial, &count, fault))
		return false;
	n->width = 8;
	return match_tail(st, k, mode, n, m, fault);
}

/*
 * Does what stands before end a label: …许可证 …编号： …为
 */
static bool
after_label(const IcpStream *st)
{
	switch (st->prev_word)
	{
		case HAN_HAO:
		case HAN_ZHENG:
		case HAN_CASE:
		case HAN_BEI:
		case 0x4E3A:			/* 为 */
		case 0x53EF:			/* 可, of 许可 */
		case 0x7801:			/* 码, of 号码 */
			return true;
		default:
			return false;
	}
}

/*
 * A licence that names no province.  On a page a label has to announce it, or several classes joined by dots:
 * anything that ends in B2-20260928 is otherwise taken for one.  Small letters are never meant for it.
 */
static bool
match_bare_licence(IcpStream *st, IcpMatchMode mode, IcpMatch *m, IcpFault *fault, IcpNumber *n)
{
	unsigned	k = 0;
	unsigned	how_many;
	bool		labelled = true;

	if (icp_peek(st, 0)->flags & ICP_TOKEN_LOWER)
		return icp_fault_at(st, 0, ICP_NO_PROVINCE, fault);
	if (mode == ICP_MATCH_PAGE)
	{
		labelled = after_label(st);
		if (!labelled && st->prev != ICP_TOKEN_END && st->prev != ' ' && st->prev != '(' && st->prev != ':' &&
			st->prev != '"')
			return icp_fault_at(st, 0, ICP_NO_PROVINCE, fault);
	}
	if (!match_classes(st, &k, n, &how_many, fault))
		return false;
	if (!labelled && how_many < 2)
		return icp_fault_at(st, 0, ICP_NO_PROVINCE, fault);
	if (at(st, k) != '-' && at(st, icp_match_space(st, k)) != '-')
		return icp_fault_at(st, k, ICP_NO_SERIAL, fault);
	if (!match_licence_serial(st, &k, mode, n, m, fault))
		return false;
	m->tokens = k;
	return icp_number_pack(n, &m->value);
}

/*
 * Why there is no number here at all.
 */
static bool
no_number(IcpStream *st, IcpFault *fault)
{
	uint32_t	c = at(st, 0);
	unsigned	k = icp_match_space(st, 1);

	if (c == ICP_TOKEN_END)
		return icp_fault_at(st, 0, ICP_EMPTY, fault);
	if (icp_is_digit(c))
		return icp_fault_at(st, 0, ICP_NO_PROVINCE, fault);
	if (c >= 0x3400 && (match_icp(st, &k) || (at_class(st, k) && (at(st, k) == 'A' || at(st, k) == 'B'))))
		return icp_fault_at(st, 0, ICP_BAD_PROVINCE, fault);
	return icp_fault_at(st, 0, ICP_NOT_A_NUMBER, fault);
}

bool
icp_match_number(IcpStream *st, IcpMatchMode mode, IcpMatch *m, IcpFault *fault)
{
	IcpNumber	n = {0};
	unsigned	k = 0;
	unsigned	province;
	unsigned	count;
	unsigned	how_many;
	bool		icp;

	m->service_pos = m->service_end = 0;
	if (icp_match_province(st, &k, &province))
		n.province = (uint8_t) province;
	else if (at(st, 0) == HAN_HE && at(st, 1) == HAN_ZI)
	{
		n.province = ICP_PROVINCE_HEZI;
		k = 2;
		if (st->prev == '(' && at(st, k) == ')')
			k++;
		k = icp_match_space(st, k);
	}
	else if (at_class(st, 0) && (at(st, 0) == 'A' || at(st, 0) == 'B'))
		return match_bare_licence(st, mode, m, fault, &n);
	else
		return no_number(st, fault);

	fault->province = n.province;
	icp = match_icp(st, &k);
	if (icp)
	{
		unsigned	w = icp_match_space(st, k);

		if (at(st, w) == '-' || at(st, w) == '.')
			w = icp_match_space(st, w + 1);
		if (at(st, w) == HAN_BEI || at(st, w) == HAN_ZHENG)
		{
			n.kind = at(st, w) == HAN_BEI ? ICP_FILING : ICP_LICENCE;
			k = icp_match_filler(st, w + 1);
			if (!at_class(st, k) || at(st, k) > 'B')
			{
				if (n.province == ICP_PROVINCE_HEZI)
					return icp_fault_at(st, 0, ICP_HEZI_FILING, fault);
				fault->serial_of = n.kind == ICP_FILING ? ICP_SERIAL_FILING : ICP_SERIAL_LICENCE;
				if (!icp_match_digits(st, &k,
									  n.kind == ICP_FILING ? WIDTH(8) | WIDTH(10) : WIDTH(6) | WIDTH(8),
									  &n.serial, &count, fault))
					return false;
				n.width = (uint8_t) count;
				if (!match_tail(st, &k, mode, &n, m, fault))
					return false;
				m->tokens = k;
				return icp_number_pack(&n, &m->value);
			}
		}
		else
			k = w;
	}
	if (at_class(st, k))
	{
		/* 最新b2-20260928: small letters behind a word are no licence */
		if (mode == ICP_MATCH_PAGE && !icp && (icp_peek(st, k)->flags & ICP_TOKEN_LOWER) &&
			st->prev >= 0x3400 && !after_label(st))
			return icp_fault_at(st, k, ICP_BAD_CLASS, fault);
		if (!match_classes(st, &k, &n, &how_many, fault) ||
			!match_licence_serial(st, &k, mode, &n, m, fault))
			return false;
		m->tokens = k;
		return icp_number_pack(&n, &m->value);
	}
	if (!icp && at(st, k) == HAN_GONG && at(st, icp_match_space(st, k + 1)) == HAN_WANG)
		return icp_fault_at(st, k, ICP_IS_SECURITY, fault);
	return icp_fault_at(st, k, ICP_BAD_WORD, fault);
}

bool
icp_number_parse(const char *s, size_t len, int64_t *value, IcpFault *fault)
{
	IcpStream	st;
	IcpMatch	m;
	unsigned	brackets;

	size_t		start;

	if (icp_number_parse_plain(s, len, value))
		return true;
	icp_stream_init(&st, s, len, false);
	brackets = icp_skip_label(&st);
	start = icp_peek(&st, 0)->pos;
	if (start > 0 && icp_number_parse_plain(s + start, len - start, value))
		return true;
	if (!icp_match_number(&st, ICP_MATCH_INPUT, &m, fault))
		return false;
	icp_stream_skip(&st, m.tokens);
	if (!icp_at_end(&st, brackets, fault))
		return false;
	*value = m.value;
	return true;
}

bool
icp_number_parse_sponsor(const char *s, size_t len, int64_t *value, IcpFault *fault)
{
	IcpStream	st;
	IcpMatch	m;

	if (!icp_number_parse(s, len, value, fault))
		return false;
	if ((*value & ICP_SERVICE_MASK) == 0)
		return true;
	/* once more, for the place */
	icp_stream_init(&st, s, len, false);
	icp_skip_label(&st);
	icp_match_number(&st, ICP_MATCH_INPUT, &m, fault);
	fault->reason = ICP_SERVICE_GIVEN;
	fault->pos = m.service_pos;
	fault->end = m.service_end;
	return false;
}
