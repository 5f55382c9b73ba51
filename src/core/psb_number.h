/*
 * psb_number.h
 *	  Public-security numbers (公安备案号) as 8-byte integers: province 6 bits | width 1 | digits 47.
 *
 * 14 digits, 12 in old Beijing ones, of which the first two are the province's GB/T 2260 code.  Order:
 * province, the old short ones first, digits.  The packing is stored in tables and is frozen from 1.0.
 */
#ifndef ICP_CORE_PSB_NUMBER_H
#define ICP_CORE_PSB_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/match.h"
#include "core/province.h"

#define ICP_PSB_DIGIT_BITS	47
#define ICP_PSB_WIDTH_BIT	(INT64_C(1) << ICP_PSB_DIGIT_BITS)
#define ICP_PSB_DIGITS_MASK (ICP_PSB_WIDTH_BIT - 1)
#define ICP_PSB_TEXT_MAX	36

/* false when the parts make no number */
extern bool icp_psb_valid(int64_t value);
extern size_t icp_psb_format(int64_t value, char *buf);

/* the digits as text, with a closing zero; returns how many */
extern unsigned icp_psb_digits(int64_t value, char *buf);

/* the grammar at the head of the stream */
extern bool icp_match_psb(IcpStream *st, IcpMatch *m, IcpFault *fault);

extern bool icp_psb_parse(const char *s, size_t len, int64_t *value, IcpFault *fault);

static inline unsigned
icp_psb_province_index(int64_t value)
{
	return (unsigned) (value >> (ICP_PSB_DIGIT_BITS + 1));
}

static inline unsigned
icp_psb_width(int64_t value)
{
	return value & ICP_PSB_WIDTH_BIT ? 14 : 12;
}

#endif							/* ICP_CORE_PSB_NUMBER_H */
