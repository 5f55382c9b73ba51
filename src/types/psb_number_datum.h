/*
 * psb_number_datum.h
 *	  icp.psb_number: an int8 datum in the packing of core/psb_number.h.
 */
#ifndef ICP_TYPES_PSB_NUMBER_DATUM_H
#define ICP_TYPES_PSB_NUMBER_DATUM_H

#include "postgres.h"

#include "core/psb_number.h"

#define DatumGetPsbNumber(d) DatumGetInt64(d)
#define PG_GETARG_PSB_NUMBER(n) PG_GETARG_INT64(n)
#define PG_RETURN_PSB_NUMBER(value) PG_RETURN_INT64(value)

#endif							/* ICP_TYPES_PSB_NUMBER_DATUM_H */
