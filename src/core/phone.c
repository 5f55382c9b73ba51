/*
 * phone.c
 *	  Telephone numbers of contacts.
 */
#include "core/phone.h"

#include <string.h>

#include "core/fold.h"
#include "core/phone_area.h"

const char *const icp_phone_kinds[] = {NULL, "mobile", "fixed", "service", "foreign"};

static const IcpContactText texts[] = {
	[ICP_PHONE_OK] = {"ok", ICP_RIGHT, NULL, NULL},
	[ICP_PHONE_EMPTY] = {"empty", ICP_WRONG, "There is no telephone number (电话号码).",
	"Write a number such as 010-61230987 or 13800138000."},
	[ICP_PHONE_CHARACTER] = {"character", ICP_WRONG,
		"A character that does not belong to a telephone number (电话号码) stands in it.",
	"Write digits with dashes, such as 010-61230987-801; several numbers are separated by semicolons."},
	[ICP_PHONE_LENGTH] = {"length", ICP_WRONG,
		"The digits are no telephone number (电话号码): too few, too many, or no such beginning.",
	"Write 0, area code and local number, a mobile number of 11 digits, or a 400, 800 or 95 number."},
	[ICP_PHONE_NO_AREA] = {"no_area", ICP_WRONG, "The area code (区号) is missing.",
	"Write 0 and the area code in front of the local number, such as 010-61230987."},
	[ICP_PHONE_NO_ZERO] = {"no_zero", ICP_WRONG, "The 0 in front of the area code (区号) is missing.",
	"Write 010-61230987, or +86 10 61230987."},
	[ICP_PHONE_AREA] = {"area", ICP_WRONG, "There is no such area code (区号).",
	"Area codes are 010, 020 to 029 without 026, and those of four digits with the 0, such as 0571."},
	[ICP_PHONE_LOCAL_LENGTH] = {"local_length", ICP_WRONG, "The local number (本地号码) has a wrong count of digits.",
	"It has 8 digits behind 010 and 02x, 7 or 8 behind other area codes; an extension follows a dash."},
	[ICP_PHONE_LOCAL_ZERO] = {"local_zero", ICP_WRONG, "The local number (本地号码) begins with 0.",
	"No local number does: 0 leads into another area."},
	[ICP_PHONE_REPEATED] = {"repeated", ICP_WRONG,
		"All digits of the local number (本地号码) are the same: it is no real number (5 annex 3 二(十)).",
	"Write the number under which the sponsor is reached."},
	[ICP_PHONE_SEQUENCE] = {"sequence", ICP_WRONG,
		"The local number (本地号码) counts up from 1: it is no real number (5 annex 3 二(十)).",
	"Write the number under which the sponsor is reached."},
	[ICP_PHONE_MOBILE_LENGTH] = {"mobile_length", ICP_WRONG, "The mobile number (手机号码) has not 11 digits.",
	"Write 11 digits, such as 13800138000."},
	[ICP_PHONE_MOBILE_PREFIX] = {"mobile_prefix", ICP_WRONG, "No mobile number (手机号码) begins so.",
	"Mobile numbers begin with 13 to 19."},
	[ICP_PHONE_MOBILE_EXTENSION] = {"mobile_extension", ICP_WRONG, "A mobile number (手机号码) has no extension (分机).",
	"Write the 11 digits alone; several numbers are separated by semicolons."},
	[ICP_PHONE_SERVICE_LENGTH] = {"service_length", ICP_WRONG, "A 400 or 800 number has not 10 digits.",
	"Write 400 or 800 and 7 digits, such as 400-8123456."},
	[ICP_PHONE_EXTENSION] = {"extension", ICP_WRONG, "The extension (分机) is missing or too long.",
	"Write 1 to 6 digits behind a dash or 转."},
	[ICP_PHONE_EMPTY_ELEMENT] = {"empty_element", ICP_WRONG, "A number (电话号码) is missing beside a semicolon.",
	"Write one semicolon between two numbers, none at the end."},
	[ICP_PHONE_SEGMENT] = {"segment", ICP_WARNING,
		"The segment of the mobile number (号段) is not among those known: it may be new or wrong.",
	"Call the number; the list of segments grows."},
	[ICP_PHONE_SAME_DIGITS] = {"same_digits", ICP_WARNING,
		"The last digits are all the same: the number is rare and often invented.",
	"Call the number."},
	[ICP_PHONE_LOCAL_UNUSUAL] = {"local_unusual", ICP_WARNING,
		"The local number (本地号码) has not the count of digits that is known of this area.",
	"Look whether a digit is missing; areas change from 7 to 8 digits."},
	[ICP_PHONE_LOCAL_ONE] = {"local_one", ICP_WARNING, "The local number (本地号码) begins with 1, as hardly any does.",
	"Call the number."},
	[ICP_PHONE_AREA_MERGED] = {"area_merged", ICP_WARNING, "The area code (区号) was merged into another one.",
	"Write the code that the area has now."},
	[ICP_PHONE_ABROAD] = {"abroad", ICP_WARNING, "The number is abroad or of Hong Kong, Macao or Taiwan (境外).",
	"Its digits are not checked; call the number."},
};

const IcpContactText *
icp_phone_reason_text(int reason)
{
	return &texts[reason];
}

/* The digits of a text, and what stands between them. */
typedef struct Scan
{
	char		digit[ICP_PHONE_DIGITS];
	size_t		pos[ICP_PHONE_DIGITS];	/* their bytes */
	size_t		end[ICP_PHONE_DIGITS];
	uint32_t	gap;			/* bit i: a dash, space or bracket stands before digit i */
	int			n;
	int			extension;		/* digits before the mark of an extension; -1 without one */
	bool		plus;
} Scan;

static IcpVerdict
fail(IcpContactFault *fault, IcpPhoneReason reason, size_t position, size_t end)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = end > position ? end - position : 0;
	return texts[reason].verdict;
}

/* the part from digit a up to digit b, which is behind it */
static IcpVerdict
fail_digits(const Scan *sc, IcpContactFault *fault, IcpPhoneReason reason, int a, int b)
{
	return fail(fault, reason, sc->pos[a], sc->end[b - 1]);
}

/* Bytes of a mark of an extension behind the character c, whose bytes are read; -1 where it is none. */
static int
extension_mark(uint32_t c, const char *rest, size_t left)
{
	static const char ext[] = "XT";
	int			i;

	if (c == 0x8F6C || c == 0x8F49 || c == '#' || c == 'X') /* 转 轉 */
		return 0;
	if (c == 0x5206)			/* 分机 */
	{
		if (left >= 3 && (memcmp(rest, "机", 3) == 0 || memcmp(rest, "機", 3) == 0))
			return 3;
		return -1;
	}
	if (c != 'E')
		return -1;
	for (i = 0; i < 2; i++)
		if ((size_t) i >= left || (rest[i] & ~0x20) != ext[i])
			return -1;
	return left > 2 && rest[2] == '.' ? 3 : 2;
}

static IcpVerdict
scan(const char *text, size_t len, Scan *sc, IcpContactFault *fault)
{
	size_t		pos = 0;
	size_t		dash = len;		/* a dash that no digit has followed yet */
	bool		gap = false;

	sc->n = 0;
	sc->gap = 0;
	sc->extension = -1;
	sc->plus = false;
	while (pos < len)
	{
		size_t		start = pos;
		uint32_t	c = (unsigned char) text[pos];

		if (c >= '0' && c <= '9')
			pos++;
		else
			c = icp_fold(icp_utf8_next(text, len, &pos));
		if (c >= '0' && c <= '9')
		{
			if (sc->n == ICP_PHONE_DIGITS)
				return fail(fault, ICP_PHONE_LENGTH, start, len);
			if (gap)
				sc->gap |= (uint32_t) 1 << sc->n;
			gap = false;
			dash = len;
			sc->digit[sc->n] = (char) c;
			sc->pos[sc->n] = start;
			sc->end[sc->n++] = pos;
		}
		else if (c == '-')
		{
			if (sc->n == 0)
				return fail(fault, ICP_PHONE_CHARACTER, start, pos);
			gap = true;
			dash = start;
		}
		else if (text[start] == '<' || text[start] == '>' || text[start] == '[' || text[start] == ']')
			return fail(fault, ICP_PHONE_CHARACTER, start, pos);
		else if (c == ' ' || c == '(' || c == ')' || c == 0)
			gap = gap || c != 0;
		else if (c == '+' && sc->n == 0 && !sc->plus)
			sc->plus = true;
		else
		{
			int			more = extension_mark(c, text + pos, len - pos);

			if (more < 0 || sc->n == 0 || sc->extension >= 0)
				return fail(fault, ICP_PHONE_CHARACTER, start, pos);
			pos += (size_t) more;
			sc->extension = sc->n;
			dash = len;
		}
	}
	if (sc->n == 0)
		return fail(fault, ICP_PHONE_EMPTY, 0, len);
	if (dash < len)
		return fail(fault, ICP_PHONE_CHARACTER, dash, dash + 1);
	if (sc->extension == sc->n)
		return fail(fault, ICP_PHONE_EXTENSION, sc->end[sc->n - 1], len);
	return ICP_RIGHT;
}

static bool
all_same(const char *digit, int n)
{
	int			i;

	for (i = 1; i < n; i++)
		if (digit[i] != digit[0])
			return false;
	return true;
}

static bool
counts_up(const char *digit, int n)
{
	return memcmp(digit, "12345678", (size_t) n) == 0;
}

static int
area_number(const char *digit, int n)
{
	int			code = digit[0] - '0';
	int			i;

	for (i = 1; i < n; i++)
		code = code * 10 + (digit[i] - '0');
	return code;
}

static void
set_phone(IcpPhone *phone, IcpPhoneKind kind, const Scan *sc, int from, int area, int local, int extension)
{
	phone->kind = kind;
	phone->area = (uint8_t) area;
	phone->local = (uint8_t) local;
	phone->extension = (uint8_t) extension;
	memcpy(phone->digits, sc->digit + from, (size_t) (area + local + extension));
}

/*
 * Where an extension without a mark begins: behind want digits from the digit at, if a dash or space stands there.
 */
static bool
extension_at(const Scan *sc, int at, int want)
{
	return sc->n > at + want && (sc->gap >> (at + want) & 1);
}

static IcpVerdict
check_mobile(const Scan *sc, int at, int end, IcpPhone *phone, IcpContactFault *fault)
{
	const char *d = sc->digit + at;

	if (end - at != 11)
	{
		if (end - at > 11 && extension_at(sc, at, 11))
			return fail_digits(sc, fault, ICP_PHONE_MOBILE_EXTENSION, at + 11, end);
		return fail_digits(sc, fault, ICP_PHONE_MOBILE_LENGTH, at, end);
	}
	if (d[1] < '3')
		return fail_digits(sc, fault, ICP_PHONE_MOBILE_PREFIX, at, at + 2);
	if (end < sc->n)
		return fail_digits(sc, fault, ICP_PHONE_MOBILE_EXTENSION, end, sc->n);
	set_phone(phone, ICP_PHONE_MOBILE, sc, at, 0, 11, 0);
	if (!icp_phone_segments[(d[1] - '0') * 10 + (d[2] - '0')] && memcmp(d, "1610", 4) != 0 &&
		(memcmp(d, "1740", 4) != 0 || d[4] > '5'))
		return fail_digits(sc, fault, ICP_PHONE_SEGMENT, at, at + 3);
	if (all_same(d + 3, 8))
		return fail_digits(sc, fault, ICP_PHONE_SAME_DIGITS, at + 3, at + 11);
	return ICP_RIGHT;
}

/* 400 and 800 numbers */
static IcpVerdict
check_service(const Scan *sc, int at, int end, IcpPhone *phone, IcpContactFault *fault)
{
	int			count = end - at;

	if (count > 10 && extension_at(sc, at, 10))
		count = 10;
	if (count != 10)
		return fail_digits(sc, fault, count == 7 || count == 8 ? ICP_PHONE_NO_AREA : ICP_PHONE_SERVICE_LENGTH,
						   at, end);
	if (sc->n - at - 10 > 6)
		return fail_digits(sc, fault, ICP_PHONE_EXTENSION, at + 10, sc->n);
	set_phone(phone, ICP_PHONE_SERVICE, sc, at, 3, 7, sc->n - at - 10);
	if (all_same(sc->digit + at + 3, 7))
		return fail_digits(sc, fault, ICP_PHONE_SAME_DIGITS, at + 3, at + 10);
	return ICP_RIGHT;
}

/* Behind the 0, or behind the country code; there are at least five digits. */
static IcpVerdict
check_fixed(const Scan *sc, int at, int end, IcpPhone *phone, IcpContactFault *fault)
{
	const char *d = sc->digit + at;
	int			area_digits = d[0] <= '2' ? 2 : 3;
	unsigned	known;
	int			local;
	int			usual;
	bool		service = false;
	const char *l;

	known = icp_phone_areas[area_number(d, area_digits)];
	if (known == 0)
		return fail_digits(sc, fault, ICP_PHONE_AREA, at, at + area_digits);
	usual = known & ICP_AREA_EIGHT ? 8 : 7;
	local = end - at - area_digits;
	if (local > usual && extension_at(sc, at, area_digits + usual))
		local = usual;
	else if (area_digits == 3 && local > 15 - usual && extension_at(sc, at, area_digits + 15 - usual))
		local = 15 - usual;
	l = d + area_digits;
	phone->province = known & ICP_AREA_PROVINCE;

	/* 0571-96123: numbers of services within an area, and the hotlines 12345 */
	if (memcmp(l, "95", 2) == 0 || memcmp(l, "96", 2) == 0 || memcmp(l, "12", 2) == 0)
		service = true;
	if (service && local > 5 && extension_at(sc, at, area_digits + 5))
		local = 5;
	else if (service && local > 6 && extension_at(sc, at, area_digits + 6))
		local = 6;
	if (service && (local == 5 || local == 6))
	{
		if (sc->n - at - area_digits - local > 6)
			return fail_digits(sc, fault, ICP_PHONE_EXTENSION, at + area_digits + local, sc->n);
		set_phone(phone, ICP_PHONE_SERVICE, sc, at, area_digits, local, sc->n - at - area_digits - local);
		return ICP_RIGHT;
	}
	if (local != 8 && (local != 7 || area_digits == 2))
		return fail_digits(sc, fault, ICP_PHONE_LOCAL_LENGTH, at + area_digits, end);
	at += area_digits;
	if (all_same(l, local))
		return fail_digits(sc, fault, ICP_PHONE_REPEATED, at, at + local);
	if (counts_up(l, local))
		return fail_digits(sc, fault, ICP_PHONE_SEQUENCE, at, at + local);
	if (l[0] == '0')
		return fail_digits(sc, fault, ICP_PHONE_LOCAL_ZERO, at, at + 1);
	if (sc->n - at - local > 6)
		return fail_digits(sc, fault, ICP_PHONE_EXTENSION, at + local, sc->n);
	set_phone(phone, ICP_PHONE_FIXED, sc, at - area_digits, area_digits, local, sc->n - at - local);
	if (known & ICP_AREA_MERGED)
		return fail_digits(sc, fault, ICP_PHONE_AREA_MERGED, at - area_digits, at);
	if (!(known & (local == 8 ? ICP_AREA_EIGHT : ICP_AREA_SEVEN)))
		return fail_digits(sc, fault, ICP_PHONE_LOCAL_UNUSUAL, at, at + local);
	if (l[0] == '1')
		return fail_digits(sc, fault, ICP_PHONE_LOCAL_ONE, at, at + 1);
	return ICP_RIGHT;
}

/* A number of another country, 00 or + and 7 to 15 digits (ITU-T E.164). */
static bool
check_abroad(const Scan *sc, int at, int end, IcpPhone *phone)
{
	int			count = end - at;

	if (count < 7 || count > 15 || end < sc->n || sc->digit[at] == '0' || all_same(sc->digit + at, count))
		return false;
	set_phone(phone, ICP_PHONE_FOREIGN, sc, at, 0, count, 0);
	return true;
}

/* Does an area code stand at the digit at, with a gap and a local number behind it? */
static bool
area_without_zero(const Scan *sc, int at, int end)
{
	int			digits = sc->digit[at] <= '2' ? 2 : 3;
	int			local = end - at - digits;

	return (local == 7 || local == 8) && (sc->gap >> (at + digits) & 1) &&
		icp_phone_areas[area_number(sc->digit + at, digits)] != 0;
}

IcpVerdict
icp_phone_check(const char *text, size_t len, IcpPhone *phone, IcpContactFault *fault)
{
	Scan		sc;
	IcpVerdict	verdict;
	int			at = 0;
	int			end;
	int			count;
	bool		country = false;
	bool		zero = false;
	const char *d;

	memset(fault, 0, sizeof(*fault));
	memset(phone, 0, sizeof(*phone));
	verdict = scan(text, len, &sc, fault);
	if (verdict != ICP_RIGHT)
		return verdict;
	end = sc.extension >= 0 ? sc.extension : sc.n;
	d = sc.digit;

	if (sc.plus || (end > 2 && d[0] == '0' && d[1] == '0'))
	{
		at = sc.plus ? 0 : 2;
		if (end - at < 2 || d[at] != '8' || d[at + 1] != '6')
		{
			if (check_abroad(&sc, at, end, phone))
				return fail_digits(&sc, fault, ICP_PHONE_ABROAD, 0, end);
			return fail_digits(&sc, fault, ICP_PHONE_LENGTH, 0, end);
		}
		country = true;
		at += 2;
	}
	else if (end >= 10 && memcmp(d, "086", 3) == 0)
	{
		country = true;
		at = 3;
	}
	else if (end >= 10 && d[0] == '8' && d[1] == '6' && ((sc.gap >> 2 & 1) || end >= 12))
	{
		country = true;
		at = 2;
	}
	if (at < end && d[at] == '0')
	{
		zero = true;
		at++;
	}
	count = end - at;
	if (count < 5)
		return fail_digits(&sc, fault, ICP_PHONE_LENGTH, 0, end);
	d += at;
	if (d[0] == '1' && !((zero || country) && d[1] == '0'))
	{
		if (!zero && !country && area_without_zero(&sc, at, end))
			return fail_digits(&sc, fault, ICP_PHONE_NO_ZERO, at, at + 2);
		return check_mobile(&sc, at, end, phone, fault);
	}
	if (!zero && (memcmp(d, "400", 3) == 0 || memcmp(d, "800", 3) == 0))
		return check_service(&sc, at, end, phone, fault);
	if (!zero && d[0] == '9' && d[1] == '5' && (count == 5 || count == 6 || count == 8) && end == sc.n)
	{
		set_phone(phone, ICP_PHONE_SERVICE, &sc, at, 0, count, 0);
		return ICP_RIGHT;
	}
	if (zero || country)
		return check_fixed(&sc, at, end, phone, fault);
	if (area_without_zero(&sc, at, end))
		return fail_digits(&sc, fault, ICP_PHONE_NO_ZERO, at, at + 2);
	if (count == 7 || count == 8)
		return fail_digits(&sc, fault, ICP_PHONE_NO_AREA, at, end);
	return fail_digits(&sc, fault, ICP_PHONE_LENGTH, at, end);
}

/* The length of the first element, up to a semicolon; *sep becomes the bytes of the semicolon, 0 at the end. */
static size_t
element_length(const char *text, size_t len, size_t *sep)
{
	size_t		i;

	for (i = 0; i < len; i++)
	{
		if (text[i] == ';')
		{
			*sep = 1;
			return i;
		}
		if (text[i] == '\xEF' && len - i >= 3 && memcmp(text + i, "；", 3) == 0)
		{
			*sep = 3;
			return i;
		}
	}
	*sep = 0;
	return len;
}

IcpVerdict
icp_phone_list_check(const char *text, size_t len, IcpPhone *first, IcpContactFault *fault)
{
	IcpVerdict	worst = ICP_RIGHT;
	size_t		at = 0;
	size_t		sep;

	memset(fault, 0, sizeof(*fault));
	do
	{
		size_t		n = element_length(text + at, len - at, &sep);
		IcpPhone	phone;
		IcpContactFault here;
		IcpVerdict	verdict = icp_phone_check(text + at, n, &phone, &here);

		here.position += at;
		if (here.reason == ICP_PHONE_EMPTY && (at > 0 || sep > 0))
			here.reason = ICP_PHONE_EMPTY_ELEMENT;
		if (verdict > worst)
		{
			worst = verdict;
			*fault = here;
		}
		if (first != NULL && at == 0)
			*first = phone;
		at += n + sep;
	} while (sep > 0 && worst < ICP_WRONG);
	return worst;
}

size_t
icp_phone_write(const IcpPhone *phone, char *out)
{
	const char *d = phone->digits;
	size_t		n = 0;

	if (phone->kind == ICP_PHONE_FOREIGN)
	{
		out[n++] = '0';
		out[n++] = '0';
	}
	if (phone->area > 0)
	{
		if (phone->province > 0)
			out[n++] = '0';
		memcpy(out + n, d, phone->area);
		n += phone->area;
		d += phone->area;
		out[n++] = '-';
	}
	memcpy(out + n, d, phone->local);
	n += phone->local;
	d += phone->local;
	if (phone->extension > 0)
	{
		out[n++] = '-';
		memcpy(out + n, d, phone->extension);
		n += phone->extension;
	}
	out[n] = '\0';
	return n;
}
