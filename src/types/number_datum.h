/*
 * number_datum.h
 *	  icp.icp_id and icp.filing_number: the door for other rooms.
 *
 * Both are int8 datums in the packing of core/number.h; an icp_id has service number 0.  What another room
 * needs (icp_number_province_code, icp_number_issue, icp_number_service, icp_number_within,
 * icp_number_sponsor, icp_number_last_service) is there, in C without a Datum.
 */
#ifndef ICP_TYPES_NUMBER_DATUM_H
#define ICP_TYPES_NUMBER_DATUM_H

#include "postgres.h"

#include "core/number.h"

#define DatumGetIcpNumber(d) DatumGetInt64(d)
#define IcpNumberGetDatum(value) Int64GetDatum(value)
#define PG_GETARG_ICP_NUMBER(n) PG_GETARG_INT64(n)
#define PG_RETURN_ICP_NUMBER(value) PG_RETURN_INT64(value)

#endif							/* ICP_TYPES_NUMBER_DATUM_H */
