/*
 * number.h
 *	  Filing and licence numbers (备案号, 经营许可证号) as 8-byte integers whose order is the display order.
 *
 *	  province 6 bits | body 34 | service number 17 | service kind 2
 *
 * Province: 0 none, 1 to 31 in GB/T 2260 order, 32 合字.  Body: offset ranges in the order kind, licence
 * classes, width of the serial, serial, so that leading zeros survive.  Service number 0 is the sponsor's
 * level.  59 bits, so signed and unsigned order agree, and all services of a sponsor are one contiguous
 *range.
 *
 * The packing is stored in tables and is frozen from 1.0.
 */
#ifndef ICP_CORE_NUMBER_H
#define ICP_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fault.h"
#include "core/province.h"

#define ICP_SERVICE_KIND_BITS	2
#define ICP_SERVICE_NO_BITS		17
#define ICP_BODY_BITS			34
#define ICP_SERVICE_BITS		(ICP_SERVICE_KIND_BITS + ICP_SERVICE_NO_BITS)
#define ICP_SERVICE_MASK		((INT64_C(1) << ICP_SERVICE_BITS) - 1)
#define ICP_SERVICE_NO_MAX		99999

#define ICP_PROVINCE_NONE		0
#define ICP_PROVINCE_HEZI		32

typedef enum IcpKind
{
	ICP_FILING,					/* 备 */
	ICP_LICENCE,				/* 证 */
	ICP_VAT_LICENCE				/* B2 and its like */
} IcpKind;

typedef enum IcpServiceKind
{
	ICP_SITE,
	ICP_APP,					/* A */
	ICP_MINI_PROGRAM,			/* X */
	ICP_QUICK_APP				/* K */
} IcpServiceKind;

/* licence classes as a set */
#define ICP_CLASS_A1 8
#define ICP_CLASS_A2 4
#define ICP_CLASS_B1 2
#define ICP_CLASS_B2 1

typedef struct IcpNumber
{
	uint8_t		province;		/* index, ICP_PROVINCE_NONE or ICP_PROVINCE_HEZI */
	uint8_t		kind;			/* IcpKind */
	uint8_t		classes;		/* set, for ICP_VAT_LICENCE */
	uint8_t		width;			/* digits of the serial */
	uint8_t		service_kind;	/* IcpServiceKind */
	uint32_t	service_no;		/* 0 for the sponsor's level */
	uint64_t	serial;
} IcpNumber;

/* longest: 合字A1.A2.B1.B2-20180017-99999X */
#define ICP_NUMBER_TEXT_MAX 48

/* false when the parts make no number */
extern bool icp_number_pack(const IcpNumber *n, int64_t *value);

/* false when no number packs to this */
extern bool icp_number_unpack(int64_t value, IcpNumber *n);

/* canonical text of a valid value, with a closing zero; returns its bytes */
extern size_t icp_number_format(int64_t value, char *buf);

/* the canonical form, with or without 号, in one pass; false says nothing: icp_number_parse decides */
extern bool icp_number_parse_plain(const char *s, size_t len, int64_t *value);

/* any accepted form of a filing number; on failure the fault says what and where */
extern bool icp_number_parse(const char *s, size_t len, int64_t *value, IcpFault *fault);

/* the same, refusing a service number */
extern bool icp_number_parse_sponsor(const char *s, size_t len, int64_t *value, IcpFault *fault);

/*
 * The number that a bureau issues: YYYY + 6 digits from 2020 on, YY + 6 before; province is a GB/T 2260 code.
 */
extern bool icp_number_issue(int province_code, int year, int running, int64_t *value);

/* year in which the number was issued, 0 when it does not say one of 2000 to 2099 */
extern int	icp_number_year(const IcpNumber *n);

/* the sponsor's own number */
static inline int64_t
icp_number_sponsor(int64_t value)
{
	return value & ~ICP_SERVICE_MASK;
}

/* the greatest value that a service of this sponsor can have */
static inline int64_t
icp_number_last_service(int64_t sponsor)
{
	return sponsor | (int64_t) ICP_SERVICE_NO_MAX << ICP_SERVICE_KIND_BITS | ICP_QUICK_APP;
}

static inline bool
icp_number_within(int64_t value, int64_t sponsor)
{
	return icp_number_sponsor(value) == sponsor;
}

static inline int
icp_number_service_no(int64_t value)
{
	return (int) (value >> ICP_SERVICE_KIND_BITS & ((1 << ICP_SERVICE_NO_BITS) - 1));
}

static inline IcpServiceKind
icp_number_service_kind(int64_t value)
{
	return (IcpServiceKind) (value & ((1 << ICP_SERVICE_KIND_BITS) - 1));
}

static inline unsigned
icp_number_province_index(int64_t value)
{
	return (unsigned) (value >> (ICP_BODY_BITS + ICP_SERVICE_BITS));
}

/* GB/T 2260 code, 0 for none and for 合字 */
static inline int
icp_number_province_code(int64_t value)
{
	unsigned	index = icp_number_province_index(value);

	return index <= ICP_PROVINCES ? icp_provinces[index].code : 0;
}

/* a service of a sponsor; false when the service number is out of range or the sponsor has one already */
static inline bool
icp_number_service(int64_t sponsor, int service_no, IcpServiceKind kind, int64_t *value)
{
	if ((sponsor & ICP_SERVICE_MASK) != 0 || service_no < 1 || service_no > ICP_SERVICE_NO_MAX)
		return false;
	*value = sponsor | (int64_t) service_no << ICP_SERVICE_KIND_BITS | kind;
	return true;
}

#endif							/* ICP_CORE_NUMBER_H */
