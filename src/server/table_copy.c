/*
 * table_copy.c
 *	  The backend's copies of tables of icp: read whole, thrown away when a table changes, kept while in use.
 *
 * A copy is read as the server reads its catalogs: a plain scan under a fresh catalog snapshot.  A query
 * through SPI would not do: under the statement's snapshot, which may be older than an invalidation that has
 * already been taken in, the copy would stay stale into later transactions; a newer snapshot is refused in
 * parallel mode; and it would ask for the caller's privileges, although the copy serves whoever calls next.
 * The scan needs no search_path, no plan and no transaction snapshot, so it works in apply workers.
 *
 * A change of rows alone tells other sessions nothing, so triggers on the tables send a relcache invalidation.
 *
 * An invalidation can come wherever a lock is taken, and any other session can cause one (of the whole relcache, by
 * many changes at once).  What it outdates is replaced at the next call, not before; and a copy that is replaced while
 * somebody uses it lives until the last of its users has left.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "server/table_copy.h"

static void
relcache_callback(Datum arg, Oid relid)
{
	TableCopyKind *kind = (TableCopyKind *) DatumGetPointer(arg);
	int			i;

	for (i = 0; i < kind->ntables; i++)
	{
		if (relid == InvalidOid || relid == kind->oids[i])
		{
			kind->generation++;
			return;
		}
	}
}

/* In the caller's memory until it is whole, so that an error leaves nothing behind. */
static TableCopy *
read_copy(TableCopyKind *kind, Relation *rels, Snapshot snapshot)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "icpfiling copy of tables",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	TableCopy  *copy = palloc0(kind->size);
	int			i;

	MemoryContextSetIdentifier(context, kind->name);
	copy->context = context;
	if (kind->begin != NULL)
		kind->begin(copy);
	for (i = 0; i < kind->ntables; i++)
		kind->read(copy, i, rels[i], snapshot);
	if (kind->finish != NULL)
		kind->finish(copy);
	MemoryContextSwitchTo(old);
	return copy;
}

static void
retire(TableCopy *copy)
{
	if (copy == NULL)
		return;
	copy->is_replaced = true;
	if (copy->users == 0)
		MemoryContextDelete(copy->context);
}

TableCopy *
table_copy_get(TableCopyKind *kind)
{
	Relation	rels[TABLE_COPY_TABLES];
	TableCopy  *fresh;
	TableCopy  *former;
	Snapshot	snapshot;
	uint64		at;
	Oid			schema;
	int			i;

	/* A statement that opens no table takes in no invalidations by itself; once a statement is enough. */
	if (kind->asked_at != GetCurrentStatementStartTimestamp())
	{
		kind->asked_at = GetCurrentStatementStartTimestamp();
		AcceptInvalidationMessages();
	}
	if (kind->current != NULL && kind->loaded_generation == kind->generation)
		return kind->current;

	if (!kind->is_registered)
	{
		CacheRegisterRelcacheCallback(relcache_callback, PointerGetDatum(kind));
		kind->is_registered = true;
	}

	schema = get_namespace_oid("icp", false);
	for (i = 0; i < kind->ntables; i++)
	{
		kind->oids[i] = get_relname_relid(kind->tables[i], schema);
		if (!OidIsValid(kind->oids[i]))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("table icp.%s is missing", kind->tables[i])));
		rels[i] = table_open(kind->oids[i], AccessShareLock);
	}

	/* Invalidations that arrive from here on may be of changes that the snapshot does not see. */
	at = kind->generation;
	snapshot = RegisterSnapshot(GetCatalogSnapshot(kind->oids[0]));
	fresh = read_copy(kind, rels, snapshot);
	UnregisterSnapshot(snapshot);
	for (i = 0; i < kind->ntables; i++)
		table_close(rels[i], AccessShareLock);

	MemoryContextSetParent(fresh->context, CacheMemoryContext);
	former = kind->current;
	kind->current = fresh;
	kind->loaded_generation = at;
	retire(former);
	return fresh;
}

typedef struct TableCopyUse
{
	MemoryContextCallback callback;
	TableCopy  *copy;
} TableCopyUse;

static void
leave(void *arg)
{
	TableCopy  *copy = ((TableCopyUse *) arg)->copy;

	Assert(copy->users > 0);
	if (--copy->users == 0 && copy->is_replaced)
		MemoryContextDelete(copy->context);
}

void
table_copy_use(TableCopy *copy, MemoryContext user)
{
	TableCopyUse *use = MemoryContextAlloc(user, sizeof(TableCopyUse));

	use->copy = copy;
	use->callback.func = leave;
	use->callback.arg = use;
	copy->users++;
	MemoryContextRegisterResetCallback(user, &use->callback);
}

Datum
table_copy_changed(FunctionCallInfo fcinfo, const char *name)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	/* as a BEFORE ROW trigger it would swallow the row */
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		(TRIGGER_FIRED_BEFORE(trigger->tg_event) && TRIGGER_FIRED_FOR_ROW(trigger->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("icp.%s() can only be called as a statement or AFTER ROW trigger", name)));
	CacheInvalidateRelcache(trigger->tg_relation);
	return PointerGetDatum(NULL);
}
