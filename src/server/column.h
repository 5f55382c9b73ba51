/*
 * column.h
 *	  Columns of a row type by their names.
 */
#ifndef ICP_SERVER_COLUMN_H
#define ICP_SERVER_COLUMN_H

#include "access/attnum.h"
#include "access/tupdesc.h"

/* InvalidAttrNumber where there is none. */
extern AttrNumber icp_find_column(TupleDesc desc, const char *name);

#endif							/* ICP_SERVER_COLUMN_H */
