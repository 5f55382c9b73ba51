/*
 * column.c
 *	  Columns of a row type by their names.
 */
#include "postgres.h"

#include "compat.h"
#include "server/column.h"

AttrNumber
icp_find_column(TupleDesc desc, const char *name)
{
	int			i;

	for (i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), name) == 0)
			return att->attnum;
	}
	return InvalidAttrNumber;
}
