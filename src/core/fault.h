/*
 * fault.h
 *	  What is wrong with a number as written, and where.
 */
#ifndef ICP_CORE_FAULT_H
#define ICP_CORE_FAULT_H

#include <stddef.h>
#include <stdint.h>

typedef enum IcpReason
{
	ICP_OK,
	ICP_EMPTY,					/* nothing, or only a label */
	ICP_NOT_A_NUMBER,			/* begins like no number */
	ICP_NO_PROVINCE,			/* ICP备12345678号 */
	ICP_BAD_PROVINCE,			/* 省ICP备12345678号 */
	ICP_BAD_WORD,				/* 京ABC备12345678号, 京ICP12345678号 */
	ICP_IS_SECURITY,			/* a public-security number where a filing number belongs */
	ICP_IS_FILING,				/* the other way round */
	ICP_HEZI_FILING,			/* 合字ICP备12345678号 */
	ICP_BAD_CLASS,				/* 京C2-20170466 */
	ICP_CLASS_TWICE,			/* 京B2.B2-20170466 */
	ICP_NO_SERIAL,				/* 京ICP备号 */
	ICP_SERIAL_LENGTH,			/* 京ICP备1234号 */
	ICP_SERIAL_SIGN,			/* 京ICP备2026XXXX号 */
	ICP_SERVICE_SIGN,			/* 京ICP备12345678号-x9 */
	ICP_SERVICE_ZERO,			/* -0 */
	ICP_SERVICE_LEADING_ZERO,	/* -01 */
	ICP_SERVICE_RANGE,			/* -100000 */
	ICP_SERVICE_LETTER,			/* -2B */
	ICP_SERVICE_GIVEN,			/* a service number where a sponsor's belongs */
	ICP_DIVISION,				/* 渝公网安备33010002000078号 */
	ICP_TRAILING				/* something behind the number */
} IcpReason;

/* which serial a count of digits was wrong for */
typedef enum IcpSerialOf
{
	ICP_SERIAL_FILING,			/* 8, 10 */
	ICP_SERIAL_LICENCE,			/* 6, 8 */
	ICP_SERIAL_VAT_LICENCE,		/* 8 */
	ICP_SERIAL_SECURITY,		/* 14 */
	ICP_SERIAL_SECURITY_BEIJING /* 12, 14 */
} IcpSerialOf;

typedef struct IcpFault
{
	IcpReason	reason;
	IcpSerialOf serial_of;
	size_t		pos;			/* bytes of the text */
	size_t		end;
	unsigned	count;			/* digits there were */
	unsigned	province;		/* index of the province written, where it matters */
} IcpFault;

#endif							/* ICP_CORE_FAULT_H */
