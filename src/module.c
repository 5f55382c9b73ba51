/*
 * module.c
 *	  The magic block.
 */
#include "postgres.h"

#include "compat.h"

#if PG_VERSION_NUM >= 180000
PG_MODULE_MAGIC_EXT(.name = "icpfiling", .version = "1.0");
#else
PG_MODULE_MAGIC;
#endif
