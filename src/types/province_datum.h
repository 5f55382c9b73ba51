/*
 * province_datum.h
 *	  icp.province: a GB/T 2260 code of two digits in an int2.
 */
#ifndef ICP_TYPES_PROVINCE_DATUM_H
#define ICP_TYPES_PROVINCE_DATUM_H

#include "postgres.h"

#include "core/province.h"

#define DatumGetProvince(d) DatumGetInt16(d)
#define PG_GETARG_PROVINCE(n) PG_GETARG_INT16(n)
#define PG_RETURN_PROVINCE(code) PG_RETURN_INT16(code)

#endif							/* ICP_TYPES_PROVINCE_DATUM_H */
