/*
 * table_copy.h
 *	  The backend's copies of tables of icp: read whole, thrown away when a table changes, kept while in use.
 */
#ifndef ICP_SERVER_TABLE_COPY_H
#define ICP_SERVER_TABLE_COPY_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"
#include "utils/timestamp.h"

#define TABLE_COPY_TABLES 16

/* What each copy begins with; all of it lies in context. */
typedef struct TableCopy
{
	MemoryContext context;
	uint32		users;			/* who may still hold a pointer into it */
	bool		is_replaced;	/* goes with its last user */
} TableCopy;

/* One kind of copy: what it is made of and, from "oids" on, the state of this backend. */
typedef struct TableCopyKind
{
	const char *name;
	Size		size;			/* of the struct that begins with a TableCopy */
	int			ntables;
	const char *tables[TABLE_COPY_TABLES];	/* of schema icp, in the order of reading */

	/* In the copy's own memory context, the struct zeroed.  They run no SQL. */
	void		(*begin) (TableCopy *copy); /* may be NULL */
	void		(*read) (TableCopy *copy, int table, Relation rel, Snapshot snapshot);
	void		(*finish) (TableCopy *copy);	/* may be NULL */

	Oid			oids[TABLE_COPY_TABLES];
	bool		is_registered;
	TimestampTz asked_at;
	TableCopy  *current;
	uint64		generation;
	uint64		loaded_generation;	/* the copy is good while this is the generation */
} TableCopyKind;

/*
 * The present copy.  Good until the next call for this kind, which may replace it: who keeps a pointer into it over
 * anything that may come back here (whatever runs SQL) says so with table_copy_use().
 */
extern TableCopy *table_copy_get(TableCopyKind *kind);

/* Keeps the copy until that memory context is reset or deleted, as it is after an error, too. */
extern void table_copy_use(TableCopy *copy, MemoryContext user);

/* A trigger on such a table: every session, this one included, reads it anew.  name is for the message. */
extern Datum table_copy_changed(FunctionCallInfo fcinfo, const char *name);

#endif							/* ICP_SERVER_TABLE_COPY_H */
