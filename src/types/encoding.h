/*
 * encoding.h
 *	  The cores read and write UTF-8; a database may have another encoding.
 */
#ifndef ICP_TYPES_ENCODING_H
#define ICP_TYPES_ENCODING_H

#include "postgres.h"

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* s in UTF-8, which is s itself where the database says so; *len becomes its length */
static inline const char *
icp_to_utf8(const char *s, int *len)
{
	char	   *t;

	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return s;
	t = pg_server_to_any(s, *len, PG_UTF8);
	if (t != s)
		*len = strlen(t);
	return t;
}

/* a zero-terminated UTF-8 text in the encoding of the database */
static inline char *
icp_from_utf8(char *s)
{
	if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII)
		return s;
	return pg_any_to_server(s, strlen(s), PG_UTF8);
}

#endif							/* ICP_TYPES_ENCODING_H */
