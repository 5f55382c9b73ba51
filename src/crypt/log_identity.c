/*
 * log_identity.c
 *	  What tells one event log from every other.
 *
 * The digest of an event covers the identity of its log: 32 random bytes in icp.log_identity, which nobody
 * but the extension's owner writes.  The name of a schema would not do: in another database of the server,
 * which has the same key, anybody may make a schema of that name and have genuine digests made there.
 */
#include "postgres.h"

#include "compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "crypt/crypt.h"
#include "crypt/log_identity.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

ICP_FUNCTION(icp_identify_log);
ICP_FUNCTION(icp_log_keyed_since);

/* The columns of icp.log_identity. */
#define ANUM_LOG			1
#define ANUM_IDENTITY		2
#define ANUM_KEYED_SINCE	3
#define NATTS				3

static Relation
open_table(LOCKMODE lockmode)
{
	Relation	rel = table_open(get_relname_relid("log_identity", get_namespace_oid("icp", false)), lockmode);

	if (RelationGetDescr(rel)->natts < NATTS ||
		TupleDescAttr(RelationGetDescr(rel), ANUM_LOG - 1)->atttypid != REGCLASSOID ||
		TupleDescAttr(RelationGetDescr(rel), ANUM_IDENTITY - 1)->atttypid != BYTEAOID ||
		TupleDescAttr(RelationGetDescr(rel), ANUM_KEYED_SINCE - 1)->atttypid != TIMESTAMPTZOID)
		elog(ERROR, "table icp.log_identity is not what the extension made it");
	return rel;
}

/* Identities are of whole logs. */
static Oid
whole_log(Oid log)
{
	if (get_rel_relispartition(log))
	{
		List	   *ancestors = get_partition_ancestors(log);

		if (ancestors != NIL)
			log = llast_oid(ancestors);
		list_free(ancestors);
	}
	return log;
}

/* Is there a row? As the table itself is read, row security and rights have no say. */
static bool
read_row(Oid log, Snapshot snapshot, LogIdentity *identity, TimestampTz *since)
{
	Relation	rel = open_table(AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	*since = 0;
	memset(identity, 0, sizeof(LogIdentity));
	ScanKeyInit(&key, ANUM_LOG, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(log));
	scan = systable_beginscan(rel, InvalidOid, false, snapshot, 1, &key);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, ANUM_IDENTITY, RelationGetDescr(rel), &isnull);

		if (!isnull)
		{
			bytea	   *b = DatumGetByteaPP(value);

			if (VARSIZE_ANY_EXHDR(b) != ICP_IDENTITY_LENGTH)
				ereport(ERROR,
						(errcode(ERRCODE_DATA_CORRUPTED),
						 errmsg("the identity of event log \"%s\" is damaged", get_rel_name(log))));
			memcpy(identity->bytes, VARDATA_ANY(b), ICP_IDENTITY_LENGTH);
			identity->len = ICP_IDENTITY_LENGTH;
		}
		value = heap_getattr(tuple, ANUM_KEYED_SINCE, RelationGetDescr(rel), &isnull);
		identity->has_key = !isnull;
		if (!isnull)
			*since = DatumGetTimestampTz(value);
		found = true;
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

void
icp_read_log_identity(Oid log, Snapshot snapshot, LogIdentity *identity)
{
	TimestampTz since;

	(void) read_row(whole_log(log), snapshot, identity, &since);
}

/* Runs one statement as the owner of the table, who is the extension's. */
static void
run_as_owner(const char *command, int nargs, Oid *types, Datum *values, int want)
{
	Relation	rel = open_table(RowExclusiveLock);
	Oid			user;
	int			context;
	int			rc;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(rel->rd_rel->relowner, context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	rc = SPI_execute_with_args(command, nargs, types, values, NULL, false, 0);
	if (rc != want)
		elog(ERROR, "SPI_execute_with_args returned %s", SPI_result_code_string(rc));
	SPI_finish();
	SetUserIdAndSecContext(user, context);
	table_close(rel, NoLock);
}

void
icp_log_got_key(Oid log)
{
	Oid			types[] = {REGCLASSOID};
	Datum		values[] = {ObjectIdGetDatum(whole_log(log))};

	/*
	 * Another session that writes a first event with the key, and has not committed, is not waited for: it may be
	 * idle, and this is every event's way.  If it rolls back, the next statement that writes an event says so.
	 */
	run_as_owner("UPDATE icp.log_identity SET keyed_since = pg_catalog.now() WHERE log OPERATOR(pg_catalog.=)"
				 " (SELECT i.log FROM icp.log_identity i WHERE i.log OPERATOR(pg_catalog.=) $1 AND i.keyed_since IS NULL"
				 " FOR NO KEY UPDATE SKIP LOCKED)", 1, types, values, SPI_OK_UPDATE);
}

/*
 * identify_log(regclass) --- an identity for a log of the caller's, unless it has one
 */
Datum
icp_identify_log(PG_FUNCTION_ARGS)
{
	Oid			log = PG_GETARG_OID(0);
	Oid			types[] = {REGCLASSOID, BYTEAOID};
	Datum		values[2];
	bytea	   *identity;
	HeapTuple	tuple;
	Form_pg_class form;
	bool		is_log;

	/* (of what is not there, the servers' own checks say different things) */
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(log)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", log)));
	/* before the table is locked: a stranger's is not */
	if (!icp_owns_relation(log, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(log));
	LockRelationOid(log, AccessShareLock);
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(log));
	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", log)));
	form = (Form_pg_class) GETSTRUCT(tuple);
	is_log = form->relpersistence != RELPERSISTENCE_TEMP && !form->relispartition &&
		(form->relkind == RELKIND_RELATION || form->relkind == RELKIND_PARTITIONED_TABLE);
	ReleaseSysCache(tuple);
	if (!is_log)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relation \"%s\" is not an event log", get_rel_name(log)),
				 errdetail("An identity is for tables that are neither temporary nor parts of another one.")));
	if (!icp_owns_relation(log, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(log));

	identity = palloc(VARHDRSZ + ICP_IDENTITY_LENGTH);
	SET_VARSIZE(identity, VARHDRSZ + ICP_IDENTITY_LENGTH);
	icp_random_bytes((uint8 *) VARDATA(identity), ICP_IDENTITY_LENGTH);
	/* what was dropped keeps no row, whose number another table could come by */
	run_as_owner("DELETE FROM icp.log_identity i WHERE NOT EXISTS"
				 " (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) i.log)",
				 0, NULL, NULL, SPI_OK_DELETE);
	values[0] = ObjectIdGetDatum(log);
	values[1] = PointerGetDatum(identity);
	run_as_owner("INSERT INTO icp.log_identity (log, identity) VALUES ($1, $2) ON CONFLICT (log) DO NOTHING",
				 2, types, values, SPI_OK_INSERT);
	PG_RETURN_VOID();
}

/*
 * log_keyed_since(regclass) --- since when the log's events are made with the key, NULL: they never were
 */
Datum
icp_log_keyed_since(PG_FUNCTION_ARGS)
{
	LogIdentity identity;
	TimestampTz since;

	if (!read_row(whole_log(PG_GETARG_OID(0)), GetActiveSnapshot(), &identity, &since) || !identity.has_key)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(since);
}
