/*
 * number.c
 *	  Filing and licence numbers: packing, canonical text.
 */
#include "core/number.h"

#include <string.h>

#include "core/fold.h"
#include "core/token.h"

/*
 * The body: one range after the other.
 */
#define E6	UINT64_C(1000000)
#define E8	UINT64_C(100000000)
#define E10 UINT64_C(10000000000)

#define FILING_8	UINT64_C(0)
#define FILING_10	(FILING_8 + E8)
#define LICENCE_6	(FILING_10 + E10)
#define LICENCE_8	(LICENCE_6 + E6)
#define VAT_8		(LICENCE_8 + E8)
#define BODY_END	(VAT_8 + 15 * E8)

/*
 * Sets of classes in the order in which they are printed: A1, A1.A2, A1.A2.B1, ...
 */
static const uint8_t classes_by_rank[15] = {
	8, 8 | 4, 8 | 4 | 2, 8 | 4 | 2 | 1, 8 | 4 | 1, 8 | 2, 8 | 2 | 1, 8 | 1,
	4, 4 | 2, 4 | 2 | 1, 4 | 1,
	2, 2 | 1,
	1
};
static const uint8_t rank_by_classes[16] = {
	0, 14, 12, 13, 8, 11, 9, 10, 0, 7, 5, 6, 1, 4, 2, 3
};

static const char *const class_names[4] = {"A1", "A2", "B1", "B2"};

static inline int64_t
assemble(unsigned province, uint64_t body, uint32_t service_no, unsigned service_kind)
{
	return (int64_t) province << (ICP_BODY_BITS + ICP_SERVICE_BITS) | (int64_t) body << ICP_SERVICE_BITS |
		(int64_t) service_no << ICP_SERVICE_KIND_BITS | service_kind;
}

bool
icp_number_pack(const IcpNumber *n, int64_t *value)
{
	uint64_t	body;
	uint64_t	limit;

	if (n->service_no > ICP_SERVICE_NO_MAX || n->service_kind > ICP_QUICK_APP ||
		(n->service_no == 0 && n->service_kind != ICP_SITE))
		return false;
	if (n->kind == ICP_VAT_LICENCE ? n->province > ICP_PROVINCE_HEZI :
		n->province < 1 || n->province > ICP_PROVINCES)
		return false;
	switch (n->kind)
	{
		case ICP_FILING:
			if (n->width != 8 && n->width != 10)
				return false;
			body = n->width == 8 ? FILING_8 : FILING_10;
			limit = n->width == 8 ? E8 : E10;
			break;
		case ICP_LICENCE:
			if (n->width != 6 && n->width != 8)
				return false;
			body = n->width == 6 ? LICENCE_6 : LICENCE_8;
			limit = n->width == 6 ? E6 : E8;
			break;
		case ICP_VAT_LICENCE:
			if (n->width != 8 || n->classes < 1 || n->classes > 15)
				return false;
			body = VAT_8 + rank_by_classes[n->classes] * E8;
			limit = E8;
			break;
		default:
			return false;
	}
	if (n->serial >= limit)
		return false;
	*value = assemble(n->province, body + n->serial, n->service_no, n->service_kind);
	return true;
}

bool
icp_number_unpack(int64_t value, IcpNumber *n)
{
	uint64_t	body;

	if (value < 0)
		return false;
	body = (uint64_t) value >> ICP_SERVICE_BITS & ((UINT64_C(1) << ICP_BODY_BITS) - 1);
	if (icp_number_province_index(value) > ICP_PROVINCE_HEZI || body >= BODY_END)
		return false;
	n->province = (uint8_t) icp_number_province_index(value);
	n->service_no = icp_number_service_no(value);
	n->service_kind = icp_number_service_kind(value);
	n->classes = 0;
	n->width = 8;
	if (body < FILING_10)
	{
		n->kind = ICP_FILING;
		n->serial = body;
	}
	else if (body < LICENCE_6)
	{
		n->kind = ICP_FILING;
		n->width = 10;
		n->serial = body - FILING_10;
	}
	else if (body < LICENCE_8)
	{
		n->kind = ICP_LICENCE;
		n->width = 6;
		n->serial = body - LICENCE_6;
	}
	else if (body < VAT_8)
	{
		n->kind = ICP_LICENCE;
		n->serial = body - LICENCE_8;
	}
	else
	{
		n->kind = ICP_VAT_LICENCE;
		n->classes = classes_by_rank[(body - VAT_8) / E8];
		n->serial = (body - VAT_8) % E8;
	}
	if (n->service_no > ICP_SERVICE_NO_MAX || (n->service_no == 0 && n->service_kind != ICP_SITE))
		return false;
	return n->kind == ICP_VAT_LICENCE || (n->province >= 1 && n->province <= ICP_PROVINCES);
}

static char *
put_digits(char *p, uint64_t v, unsigned width)
{
	unsigned	i;

	for (i = width; i-- > 0; v /= 10)
		p[i] = (char) ('0' + v % 10);
	return p + width;
}

static char *
put_text(char *p, const char *s)
{
	size_t		n = strlen(s);

	memcpy(p, s, n);
	return p + n;
}

static char *
put_service(char *p, uint32_t service_no, unsigned service_kind)
{
	unsigned	width = 1;
	uint32_t	bound = 10;

	if (service_no == 0)
		return p;
	while (service_no >= bound)
	{
		width++;
		bound *= 10;
	}
	*p++ = '-';
	p = put_digits(p, service_no, width);
	if (service_kind != ICP_SITE)
		*p++ = " AXK"[service_kind];
	return p;
}

size_t
icp_number_format(int64_t value, char *buf)
{
	char	   *p = buf;
	IcpNumber	n;

	if (!icp_number_unpack(value, &n))
	{
		buf[0] = '\0';
		return 0;
	}
	if (n.kind == ICP_VAT_LICENCE)
	{
		unsigned	i;
		bool		first = true;

		if (n.province == ICP_PROVINCE_HEZI)
			p = put_text(p, "合字");
		else
			p = put_text(p, icp_provinces[n.province].abbreviation[ICP_SPELL_LICENCE]);
		for (i = 0; i < 4; i++)
			if (n.classes & (ICP_CLASS_A1 >> i))
			{
				if (!first)
					*p++ = '.';
				first = false;
				p = put_text(p, class_names[i]);
			}
		*p++ = '-';
		p = put_digits(p, n.serial, 8);
	}
	else
	{
		/* abbreviations, 备, 证 and 号 are three bytes each */
		memcpy(p, icp_provinces[n.province].abbreviation[n.kind == ICP_FILING ? ICP_SPELL_FILING :
														 ICP_SPELL_LICENCE], 3);
		memcpy(p + 3, n.kind == ICP_FILING ? "ICP备" : "ICP证", 6);
		p = put_digits(p + 9, n.serial, n.width);
		memcpy(p, "号", 3);
		p += 3;
	}
	p = put_service(p, n.service_no, n.service_kind);
	*p = '\0';
	return (size_t) (p - buf);
}

/*
 * 京ICP备12345678号-1A, 京ICP证030173号, 粤B2-20090059-1, in three-byte characters and capitals; 号 may be missing.
 */
bool
icp_number_parse_plain(const char *s, size_t len, int64_t *value)
{
	const unsigned char *p = (const unsigned char *) s;
	const unsigned char *end = p + len;
	const unsigned char *digits;
	unsigned	province;
	uint64_t	serial = 0;
	uint64_t	body;
	uint32_t	service_no = 0;
	unsigned	service_kind = ICP_SITE;
	unsigned	width;

	if (len < 14 || p[0] < 0xE4 || p[0] > 0xE9)
		return false;
	province =
		icp_province_of_char((uint32_t) (p[0] & 0x0F) << 12 | (uint32_t) (p[1] & 0x3F) << 6 | (p[2] & 0x3F));
	if (province == 0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
		return false;
	p += 3;
	if (p[0] == 'B')
	{
		if (p[1] != '2' || p[2] != '-')
			return false;
		body = VAT_8 + rank_by_classes[ICP_CLASS_B2] * E8;
		p += 3;
	}
	else if (memcmp(p, "ICP备", 6) == 0)
	{
		body = FILING_8;
		p += 6;
	}
	else if (memcmp(p, "ICP证", 6) == 0)
	{
		body = LICENCE_6;
		p += 6;
	}
	else
		return false;

	digits = p;
	while (p < end && *p >= '0' && *p <= '9' && p - digits < 11)
		serial = serial * 10 + (*p++ - '0');
	width = (unsigned) (p - digits);
	if (body == FILING_8)
	{
		if (width == 10)
			body = FILING_10;
		else if (width != 8)
			return false;
	}
	else if (body == LICENCE_6)
	{
		if (width == 8)
			body = LICENCE_8;
		else if (width != 6)
			return false;
	}
	else if (width != 8)
		return false;

	if (body < VAT_8 && end - p >= 3 && memcmp(p, "号", 3) == 0)
		p += 3;
	if (p < end)
	{
		if (*p++ != '-' || p >= end || *p < '1' || *p > '9')
			return false;
		while (p < end && *p >= '0' && *p <= '9')
		{
			service_no = service_no * 10 + (*p++ - '0');
			if (service_no > ICP_SERVICE_NO_MAX)
				return false;
		}
		if (p < end)
		{
			switch (*p++)
			{
				case 'A':
					service_kind = ICP_APP;
					break;
				case 'X':
					service_kind = ICP_MINI_PROGRAM;
					break;
				case 'K':
					service_kind = ICP_QUICK_APP;
					break;
				default:
					return false;
			}
			if (p < end)
				return false;
		}
	}
	*value = assemble(province, body + serial, service_no, service_kind);
	return true;
}

bool
icp_number_issue(int province_code, int year, int running, int64_t *value)
{
	IcpNumber	n = {0};

	if (year < 2000 || year > 2099 || running < 0 || running > 999999)
		return false;
	n.province = (uint8_t) icp_province_of_code(province_code);
	n.kind = ICP_FILING;
	n.width = year < 2020 ? 8 : 10;
	n.serial = (uint64_t) (year < 2020 ? year - 2000 : year) * 1000000 + (uint64_t) running;
	return icp_number_pack(&n, value);
}

int
icp_number_year(const IcpNumber *n)
{
	uint64_t	year;

	if (n->kind == ICP_VAT_LICENCE)
		year = n->serial / 10000;
	else if (n->kind == ICP_LICENCE)
		year = 2000 + n->serial / (n->width == 6 ? 10000 : 1000000);
	else
		year = n->serial / 1000000 + (n->width == 8 ? 2000 : 0);
	return year >= 2000 && year <= 2099 ? (int) year : 0;
}
