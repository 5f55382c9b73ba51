/*
 * ip_range.c
 *	  icp.ip_range: canonical form, distance, casts, public addresses, the form on the wire.
 */
#include "postgres.h"

#include <ctype.h>

#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/multirangetypes.h"

#include "core/ip_text.h"
#include "types/contact_words.h"
#include "types/encoding.h"
#include "types/fault_words.h"
#include "types/ip_range.h"

ICP_FUNCTION(icp_ip_range_canonical);
ICP_FUNCTION(icp_ip_range_diff);
ICP_FUNCTION(icp_ip_range_of_text);
ICP_FUNCTION(icp_ip_range_of_inet);
ICP_FUNCTION(icp_try_ip_range);
ICP_FUNCTION(icp_explain_ip_range);
ICP_FUNCTION(icp_ip_range_is_public);
ICP_FUNCTION(icp_ip_multirange_is_public);
ICP_FUNCTION(icp_ip_range_special_purpose);
ICP_FUNCTION(icp_ip_range_family);
ICP_FUNCTION(icp_to_wire);
ICP_FUNCTION(icp_from_wire);

static uint64
read_bytes(const unsigned char *bytes, int n)
{
	uint64		value = 0;
	int			i;

	for (i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

IcpAddress
icp_address_of_inet(const inet *value, int *family)
{
	IcpAddress	address;

	if (ip_family(value) == PGSQL_AF_INET)
	{
		*family = 4;
		address.high = 0;
		address.low = read_bytes(ip_addr(value), 4);
	}
	else
	{
		*family = 6;
		address.high = read_bytes(ip_addr(value), 8);
		address.low = read_bytes(ip_addr(value) + 8, 8);
	}
	return address;
}

static void
write_bytes(unsigned char *bytes, int n, uint64 value)
{
	while (n > 0)
	{
		bytes[--n] = value & 0xFF;
		value >>= 8;
	}
}

inet *
icp_inet_of_address(int family, IcpAddress address)
{
	inet	   *value = palloc0(sizeof(inet));

	ip_family(value) = family == 4 ? PGSQL_AF_INET : PGSQL_AF_INET6;
	ip_bits(value) = ip_maxbits(value);
	if (family == 4)
		write_bytes(ip_addr(value), 4, address.low);
	else
	{
		write_bytes(ip_addr(value), 8, address.high);
		write_bytes(ip_addr(value) + 8, 8, address.low);
	}
	SET_INET_VARSIZE(value);
	return value;
}

/* The last address of a family; the first one is 0. */
static IcpAddress
last_address(int family)
{
	IcpAddress	address = {family == 4 ? 0 : PG_UINT64_MAX, family == 4 ? 0xFFFFFFFF : PG_UINT64_MAX};

	return address;
}

static IcpAddress
next_address(IcpAddress address)
{
	if (++address.low == 0)
		address.high++;
	return address;
}

static IcpAddress
previous_address(IcpAddress address)
{
	if (address.low-- == 0)
		address.high--;
	return address;
}

static void
check_host(const inet *value)
{
	if (ip_bits(value) != ip_maxbits(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a bound of an icp.ip_range has a netmask"),
				 errdetail("The bounds of a range are addresses of hosts (主机地址)."),
				 errhint("Use icp.to_ip_range() for a block such as 198.51.100.0/24, "
						 "or host() for the address alone.")));
}

/*
 * Canonical is [first,last]: both bounds in the range, no netmask, and a bound that is not there is the end of the
 * other one's family.
 *
 * A range from an IPv4 to an IPv6 address is let through as it is written.  It is nobody's range of addresses, and
 * what judges ranges says so; but the server itself makes such ranges on the way: for the keys of a GiST index over
 * both families, and to see whether two ranges of a multirange are adjacent.  Refusing them here would mean that no
 * site could have addresses of both.
 */
Datum
icp_ip_range_canonical(PG_FUNCTION_ARGS)
{
	RangeType  *range = PG_GETARG_RANGE_P(0);
	TypeCacheEntry *typcache = range_get_typcache(fcinfo, RangeTypeGetOid(range));
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;
	IcpAddress	first = {0, 0};
	IcpAddress	last = {0, 0};
	int			lower_family = 0;
	int			upper_family = 0;

	range_deserialize(typcache, range, &lower, &upper, &empty);
	if (empty || (lower.infinite && upper.infinite))
		PG_RETURN_RANGE_P(range);
	if (!lower.infinite)
	{
		check_host(DatumGetInetPP(lower.val));
		first = icp_address_of_inet(DatumGetInetPP(lower.val), &lower_family);
	}
	if (!upper.infinite)
	{
		check_host(DatumGetInetPP(upper.val));
		last = icp_address_of_inet(DatumGetInetPP(upper.val), &upper_family);
	}
	if (!lower.infinite && !upper.infinite && lower_family != upper_family)
		PG_RETURN_RANGE_P(range);
	if (lower.inclusive && upper.inclusive)
		PG_RETURN_RANGE_P(range);

	if (lower.infinite)
		lower_family = upper_family;	/* and first is 0 already */
	else if (!lower.inclusive)
	{
		if (icp_address_cmp(first, last_address(lower_family)) == 0)
			PG_RETURN_RANGE_P(make_empty_range(typcache));
		first = next_address(first);
	}
	if (upper.infinite)
		last = last_address(lower_family);
	else if (!upper.inclusive)
	{
		if (last.high == 0 && last.low == 0)
			PG_RETURN_RANGE_P(make_empty_range(typcache));
		last = previous_address(last);
	}
	lower.val = InetPGetDatum(icp_inet_of_address(lower_family, first));
	upper.val = InetPGetDatum(icp_inet_of_address(lower_family, last));
	lower.infinite = upper.infinite = false;
	lower.inclusive = upper.inclusive = true;
	if (icp_address_cmp(first, last) > 0)
		PG_RETURN_RANGE_P(make_empty_range(typcache));
	PG_RETURN_RANGE_P(icp_range_serialize(typcache, &lower, &upper));
}

/* How far an address is behind another one.  IPv6 lies behind all of IPv4, as inet sorts. */
Datum
icp_ip_range_diff(PG_FUNCTION_ARGS)
{
	int			family_a;
	int			family_b;
	IcpAddress	a = icp_address_of_inet(PG_GETARG_INET_PP(0), &family_a);
	IcpAddress	b = icp_address_of_inet(PG_GETARG_INET_PP(1), &family_b);
	const double two64 = 18446744073709551616.0;
	double		sign = 1;
	double		offset = 0;

	if (family_a != family_b)
		offset = family_a > family_b ? 4294967296.0 : -4294967296.0;
	if (icp_address_cmp(a, b) < 0)
	{
		IcpAddress	swap = a;

		a = b;
		b = swap;
		sign = -1;
	}
	a.high -= b.high + (a.low < b.low ? 1 : 0);
	a.low -= b.low;
	PG_RETURN_FLOAT8(sign * ((double) a.high * two64 + (double) a.low) + offset);
}

static RangeType *
make_ip_range(TypeCacheEntry *typcache, const IcpAddressRange *addresses)
{
	RangeBound	lower;
	RangeBound	upper;

	lower.val = InetPGetDatum(icp_inet_of_address(addresses->family, addresses->first));
	lower.infinite = false;
	lower.inclusive = true;
	lower.lower = true;
	upper.val = InetPGetDatum(icp_inet_of_address(addresses->family, addresses->last));
	upper.infinite = false;
	upper.inclusive = true;
	upper.lower = false;
	return icp_make_range(typcache, &lower, &upper);
}

/* The range type that a function of this extension returns. */
static TypeCacheEntry *
result_range(FunctionCallInfo fcinfo)
{
	return range_get_typcache(fcinfo, get_func_rettype(fcinfo->flinfo->fn_oid));
}

/* Is the text a literal of a range, as [198.51.100.1,198.51.100.9] or empty? */
static bool
is_literal(const char *s, int len)
{
	while (len > 0 && isspace((unsigned char) *s))
	{
		s++;
		len--;
	}
	return len > 0 && (*s == '[' || *s == '(' || (len >= 5 && pg_strncasecmp(s, "empty", 5) == 0));
}

Datum
icp_ip_range_of_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpAddressRange addresses;
	IcpContactFault fault;

	if (is_literal(s, len))
	{
		Oid			type = get_func_rettype(fcinfo->flinfo->fn_oid);
		Oid			input;
		Oid			param;

		getTypeInputInfo(type, &input, &param);
		PG_RETURN_DATUM(OidInputFunctionCall(input, text_to_cstring(t), param, -1));
	}
	if (icp_ip_parse(s, len, &addresses, &fault) == ICP_WRONG)
	{
		IcpFaultWords words = icp_contact_words(icp_ip_reason_text(fault.reason), s, len, &fault);

		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("not a range of addresses: \"%s\"", icp_words_from_utf8(icp_shown(s, len))),
				 errdetail_internal("%s", words.detail),
				 errhint("%s", words.hint)));
	}
	PG_RETURN_RANGE_P(make_ip_range(result_range(fcinfo), &addresses));
}

Datum
icp_try_ip_range(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpAddressRange addresses;
	IcpContactFault fault;

	if (icp_ip_parse(s, len, &addresses, &fault) == ICP_WRONG)
		PG_RETURN_NULL();
	PG_RETURN_RANGE_P(make_ip_range(result_range(fcinfo), &addresses));
}

/* What is wrong with a text, or with the addresses that it names. */
Datum
icp_explain_ip_range(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *s = icp_to_utf8(VARDATA_ANY(t), &len);
	IcpAddressRange addresses;
	IcpContactFault fault;
	const IcpSpecialBlock *block;

	if (icp_ip_parse(s, len, &addresses, &fault) == ICP_WRONG)
		return icp_contact_explain(icp_ip_reason_text(fault.reason), s, len, &fault);
	block = icp_ip_special(addresses.family, addresses.first, addresses.last);
	if (block == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("No public site has addresses of %s (%s, %s). "
											  "Write the public address under which the site is reached.",
											  block->block, block->name, block->source)));
}

/*
 * A block of addresses: of a host itself, of a netmask the block that begins at the address.
 */
Datum
icp_ip_range_of_inet(PG_FUNCTION_ARGS)
{
	inet	   *value = PG_GETARG_INET_PP(0);
	IcpAddressRange addresses;

	addresses.first = icp_address_of_inet(value, &addresses.family);
	if (!icp_ip_block(addresses.family, addresses.first, ip_bits(value), &addresses.last))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the address is not the first one of its block"),
				 errhint("Use host() for the address alone, network() for its block.")));
	PG_RETURN_RANGE_P(make_ip_range(result_range(fcinfo), &addresses));
}

bool
icp_addresses_of_range(TypeCacheEntry *typcache, const RangeType *range, int *family, IcpAddress *first,
					   IcpAddress *last)
{
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;
	int			family_of_last;

	range_deserialize(typcache, range, &lower, &upper, &empty);
	if (empty || lower.infinite || upper.infinite || !lower.inclusive || !upper.inclusive)
		return false;
	*first = icp_address_of_inet(DatumGetInetPP(lower.val), family);
	*last = icp_address_of_inet(DatumGetInetPP(upper.val), &family_of_last);
	return *family == family_of_last;
}

/*
 * The first block of IANA's registries that the range overlaps, NULL where there is none.  *known becomes false for
 * a range that has not addresses of one family.
 */
static const IcpSpecialBlock *
icp_special_of_range(TypeCacheEntry *typcache, const RangeType *range, bool *known)
{
	IcpAddress	first;
	IcpAddress	last;
	int			family;

	*known = icp_addresses_of_range(typcache, range, &family, &first, &last);
	return *known ? icp_ip_special(family, first, last) : NULL;
}

/* 5 annex 3 二(九): may all of the range be addresses of public sites? */
Datum
icp_ip_range_is_public(PG_FUNCTION_ARGS)
{
	RangeType  *range = PG_GETARG_RANGE_P(0);
	bool		known;

	if (icp_special_of_range(range_get_typcache(fcinfo, RangeTypeGetOid(range)), range, &known) != NULL)
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(known);
}

Datum
icp_ip_multirange_is_public(PG_FUNCTION_ARGS)
{
	MultirangeType *multirange = PG_GETARG_MULTIRANGE_P(0);
	TypeCacheEntry *typcache = multirange_get_typcache(fcinfo, MultirangeTypeGetOid(multirange))->rngtype;
	RangeType **ranges;
	int32		count;
	int32		i;

	multirange_deserialize(typcache, multirange, &count, &ranges);
	for (i = 0; i < count; i++)
	{
		bool		known;

		if ((i & 0xFFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		if (icp_special_of_range(typcache, ranges[i], &known) != NULL || !known)
			PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(count > 0);
}

Datum
icp_ip_range_special_purpose(PG_FUNCTION_ARGS)
{
	RangeType  *range = PG_GETARG_RANGE_P(0);
	bool		known;
	const IcpSpecialBlock *block =
		icp_special_of_range(range_get_typcache(fcinfo, RangeTypeGetOid(range)), range, &known);

	if (block == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("%s %s (%s)", block->block, block->name, block->source)));
}

Datum
icp_ip_range_family(PG_FUNCTION_ARGS)
{
	RangeType  *range = PG_GETARG_RANGE_P(0);
	IcpAddress	first;
	IcpAddress	last;
	int			family;

	if (!icp_addresses_of_range(range_get_typcache(fcinfo, RangeTypeGetOid(range)), range, &family, &first, &last))
		PG_RETURN_NULL();
	PG_RETURN_INT32(family);
}

/* The unsigned integer of the ministry's interface, which has no place for IPv6. */
Datum
icp_to_wire(PG_FUNCTION_ARGS)
{
	inet	   *value = PG_GETARG_INET_PP(0);
	int			family;
	IcpAddress	address = icp_address_of_inet(value, &family);

	if (family != 4 || ip_bits(value) != ip_maxbits(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the address has no form on the wire"),
				 errdetail("The ministry's interface (企业侧接口) carries IPv4 addresses of hosts only."),
				 errhint("Use lower() and upper() of an icp.ip_range for a block; leave IPv6 out.")));
	PG_RETURN_INT64((int64) address.low);
}

Datum
icp_from_wire(PG_FUNCTION_ARGS)
{
	int64		value = PG_GETARG_INT64(0);
	IcpAddress	address;

	if (value < 0 || value > (int64) 0xFFFFFFFF)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the number is no IPv4 address: " INT64_FORMAT, value),
				 errhint("Addresses on the wire are 0 to 4294967295.")));
	address.high = 0;
	address.low = (uint64) value;
	PG_RETURN_INET_P(icp_inet_of_address(4, address));
}
