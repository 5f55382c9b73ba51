/*
 * province.h
 *	  The 31 provinces that have a communications administration (通信管理局), their codes and their names.
 *
 * A province is known here by its index, 1 to 31 in the order of GB/T 2260; 0 is none.
 */
#ifndef ICP_CORE_PROVINCE_H
#define ICP_CORE_PROVINCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICP_PROVINCES 31

/* Which system's spelling: three provinces have two abbreviations. */
typedef enum IcpSpelling
{
	ICP_SPELL_FILING,			/* 备: 蜀 黔 陇 */
	ICP_SPELL_LICENCE,			/* 证 and B2: 川 黔 甘 */
	ICP_SPELL_SECURITY			/* 公网安备, and GB/T 2260 texts: 川 贵 甘 */
} IcpSpelling;

typedef struct IcpProvince
{
	uint8_t		code;			/* GB/T 2260 */
	char		abbreviation[3][4]; /* by IcpSpelling, UTF-8 */
	char		short_name[12];
	char		full_name[28];
} IcpProvince;

extern const IcpProvince icp_provinces[ICP_PROVINCES + 1];

/* index of an abbreviation in simplified characters; 0 when it is none */
extern unsigned icp_province_of_char(uint32_t c);

/* index of a GB/T 2260 code; 0 when it is none */
extern unsigned icp_province_of_code(int code);

/*
 * index of a province written in any of the accepted ways (京, 北京, 北京市, 北京市通信管理局, 11); 0 when it is none
 */
extern unsigned icp_province_parse(const char *s, size_t len);

/* what is wrong with a text that icp_province_parse() takes for none */
extern const char *icp_province_problem(const char *s, size_t len);

#endif							/* ICP_CORE_PROVINCE_H */
