/*
 * module.c
 *	  The magic block and the settings.
 */
#include "postgres.h"

#include "compat.h"
#include "crypt/event_key.h"
#include "rules/check_row.h"
#include "triggers/check_constraints.h"

#if PG_VERSION_NUM >= 180000
PG_MODULE_MAGIC_EXT(.name = "icpfiling", .version = "1.0");
#else
PG_MODULE_MAGIC;
#endif

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	/* before check_row_init(), which reserves the prefix */
	icp_event_key_init();
	check_row_init();
	icp_check_constraints_init();
}
