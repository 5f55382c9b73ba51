/*
 * module.c
 *	  The magic block and the settings.
 */
#include "postgres.h"

#include "compat.h"
#include "rules/check_row.h"

#if PG_VERSION_NUM >= 180000
PG_MODULE_MAGIC_EXT(.name = "icpfiling", .version = "1.0");
#else
PG_MODULE_MAGIC;
#endif

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	check_row_init();
}
