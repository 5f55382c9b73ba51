/*
 * rule_code.c
 *	  The backend's copy of the code tables that rules ask.
 *
 * Read and invalidated as the calendar is (see calendar.c, which says why): a plain scan under a fresh
 * catalog snapshot; triggers on the tables send a relcache invalidation.  A row of a ..._local table comes in
 * place of the shipped one of its id.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "rules/rule_code.h"
#include "rules/rule_context.h"
#include "rules/rule_text.h"
#include "types/encoding.h"

/* Shipped and local, in the order of RuleCodeTable; the last pair is not asked by name. */
#define PAIRS (CODE_TABLES + 1)
#define PAIR_CREDENTIAL_TYPE CODE_TABLES

static const char *const table_names[PAIRS] = {
	"nature", "access_mode", "service_content", "approval_kind", "language", "credential_type"
};

/* The leading columns of all tables, which an upgrade may follow with others but not move. */
#define ANUM_ID			1
#define ANUM_NAME		2
#define ANUM_VALID_FROM 3
#define ANUM_VALID_TO	4

typedef struct Code
{
	int			id;
	bool		is_local;
	RuleText	name;
	RuleText	former_name;	/* len 0: none */
	DateADT		valid_from;
	DateADT		valid_to;		/* first day on which it no longer holds */
	int			nature;			/* of a type of credentials */
	uint32		kinds;
} Code;

typedef struct CodeList
{
	int			n;
	int			room;
	Code	   *codes;
} CodeList;

typedef struct CodeCache
{
	MemoryContext context;
	CodeList	lists[PAIRS];
} CodeCache;

static Oid	table_oids[PAIRS][2];
static CodeCache *cache = NULL;

/* The copy is good while no invalidation has come since the moment before its snapshot was taken. */
static uint64 generation = 1;
static uint64 loaded_generation = 0;

static void
code_relcache_callback(Datum arg, Oid relid)
{
	int			i;

	for (i = 0; i < PAIRS; i++)
	{
		if (relid == InvalidOid || relid == table_oids[i][0] || relid == table_oids[i][1])
		{
			generation++;
			return;
		}
	}
}

static RuleText
text_of(Datum value)
{
	RuleText	name;

	name.s = TextDatumGetCString(value);
	name.len = strlen(name.s);
	name.s = icp_to_utf8(name.s, &name.len);
	return name;
}

/* Kinds of icp.credential, as bits. */
static uint32
kinds_of(Datum value)
{
	Datum	   *names;
	bool	   *nulls;
	int			n;
	uint32		kinds = 0;
	int			i;

	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls, &n);
	for (i = 0; i < n; i++)
		if (!nulls[i])
			kinds |= (uint32) 1 << icp_credential_kind_parse(VARDATA_ANY(DatumGetPointer(names[i])),
															 VARSIZE_ANY_EXHDR(DatumGetPointer(names[i])));
	return kinds;
}

static Datum
named_column(HeapTuple tuple, TupleDesc desc, const char *name, bool *isnull)
{
	int			i;

	for (i = 0; i < desc->natts; i++)
		if (strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) == 0)
			return heap_getattr(tuple, i + 1, desc, isnull);
	*isnull = true;
	return (Datum) 0;
}

static void
read_code(CodeList *list, HeapTuple tuple, TupleDesc desc, bool is_local)
{
	Code	   *code;
	Datum		value;
	bool		isnull;

	if (list->n == list->room)
	{
		list->room = list->room == 0 ? 32 : list->room * 2;
		list->codes = list->codes == NULL ? palloc(sizeof(Code) * list->room) :
			repalloc(list->codes, sizeof(Code) * list->room);
	}
	code = &list->codes[list->n++];
	memset(code, 0, sizeof(Code));
	code->is_local = is_local;
	code->id = DatumGetInt32(heap_getattr(tuple, ANUM_ID, desc, &isnull));
	code->name = text_of(heap_getattr(tuple, ANUM_NAME, desc, &isnull));
	value = heap_getattr(tuple, ANUM_VALID_FROM, desc, &isnull);
	code->valid_from = isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(value);
	value = heap_getattr(tuple, ANUM_VALID_TO, desc, &isnull);
	code->valid_to = isnull ? DATEVAL_NOEND : DatumGetDateADT(value);
	value = named_column(tuple, desc, "former_name", &isnull);
	if (!isnull)
		code->former_name = text_of(value);
	value = named_column(tuple, desc, "nature_id", &isnull);
	code->nature = isnull ? NATURE_UNKNOWN : DatumGetInt32(value);
	value = named_column(tuple, desc, "kinds", &isnull);
	if (!isnull)
		code->kinds = kinds_of(value);
}

static const CodeCache *
get_cache(void)
{
	static bool registered = false;
	static TimestampTz asked_at = 0;
	Relation	rels[PAIRS][2];
	MemoryContext context;
	MemoryContext old;
	CodeCache  *fresh;
	Snapshot	snapshot;
	uint64		at;
	Oid			schema;
	int			i;
	int			k;

	/* A statement that opens no table takes in no invalidations by itself; once a statement is enough. */
	if (asked_at != GetCurrentStatementStartTimestamp())
	{
		asked_at = GetCurrentStatementStartTimestamp();
		AcceptInvalidationMessages();
	}
	if (cache != NULL && loaded_generation == generation)
		return cache;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(code_relcache_callback, (Datum) 0);
		registered = true;
	}

	schema = get_namespace_oid("icp", false);
	for (i = 0; i < PAIRS; i++)
	{
		for (k = 0; k < 2; k++)
		{
			char		name[NAMEDATALEN];

			snprintf(name, sizeof(name), "%s%s", table_names[i], k == 0 ? "" : "_local");
			table_oids[i][k] = get_relname_relid(name, schema);
			if (!OidIsValid(table_oids[i][k]))
				elog(ERROR, "table icp.%s is missing", name);
			rels[i][k] = table_open(table_oids[i][k], AccessShareLock);
		}
	}

	/* Invalidations that arrive from here on may be of changes that the snapshot does not see. */
	at = generation;
	snapshot = RegisterSnapshot(GetCatalogSnapshot(table_oids[0][0]));
	/* in the caller's memory until it is whole, so that an error leaves nothing behind */
	context = AllocSetContextCreate(CurrentMemoryContext, "icp codes", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(context);
	fresh = palloc0(sizeof(CodeCache));
	fresh->context = context;
	for (i = 0; i < PAIRS; i++)
	{
		for (k = 0; k < 2; k++)
		{
			SysScanDesc scan = systable_beginscan(rels[i][k], InvalidOid, false, snapshot, 0, NULL);
			HeapTuple	tuple;

			while (HeapTupleIsValid(tuple = systable_getnext(scan)))
				read_code(&fresh->lists[i], tuple, RelationGetDescr(rels[i][k]), k == 1);
			systable_endscan(scan);
		}
	}
	MemoryContextSwitchTo(old);

	UnregisterSnapshot(snapshot);
	for (i = 0; i < PAIRS; i++)
		for (k = 0; k < 2; k++)
			table_close(rels[i][k], AccessShareLock);

	MemoryContextSetParent(context, CacheMemoryContext);
	if (cache != NULL)
		MemoryContextDelete(cache->context);
	cache = fresh;
	loaded_generation = at;
	return cache;
}

/* A local row comes in place of the shipped one of its id. */
static bool
is_replaced(const CodeList *list, const Code *code)
{
	int			i;

	if (code->is_local)
		return false;
	for (i = list->n - 1; i >= 0 && list->codes[i].is_local; i--)
		if (list->codes[i].id == code->id)
			return true;
	return false;
}

int
rule_code_of(RuleCodeTable table, RuleText text, DateADT as_of, bool *is_valid)
{
	const CodeList *list = &get_cache()->lists[table];
	int			id = 0;
	int			i;

	text = rule_trimmed(text);
	for (i = 0; i < text.len && i < 9 && text.s[i] >= '0' && text.s[i] <= '9'; i++)
		id = id * 10 + (text.s[i] - '0');
	if (text.len == 0 || i < text.len)
		id = -1;				/* not an id */

	for (i = 0; i < list->n; i++)
	{
		const Code *code = &list->codes[i];

		if (id >= 0 ? code->id != id :
			!(rule_text_equal(code->name, text) ||
			  (code->former_name.len > 0 && rule_text_equal(code->former_name, text))))
			continue;
		if (is_replaced(list, code))
			continue;
		if (is_valid != NULL)
			*is_valid = code->valid_from <= as_of && as_of < code->valid_to;
		return code->id;
	}
	if (is_valid != NULL)
		*is_valid = false;
	return CODE_UNKNOWN;
}

uint32
rule_credential_kinds(int nature, DateADT as_of)
{
	const CodeList *list = &get_cache()->lists[PAIR_CREDENTIAL_TYPE];
	uint32		kinds = 0;
	int			i;

	for (i = 0; i < list->n; i++)
	{
		const Code *code = &list->codes[i];

		if (code->nature == nature && code->valid_from <= as_of && as_of < code->valid_to &&
			!is_replaced(list, code))
			kinds |= code->kinds;
	}
	return kinds;
}

/* Trigger on the tables: every session, this one included, reads them anew. */
ICP_FUNCTION(icp_code_changed);

Datum
icp_code_changed(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	/* as a BEFORE ROW trigger it would swallow the row */
	if (!CALLED_AS_TRIGGER(fcinfo) ||
		(TRIGGER_FIRED_BEFORE(trigger->tg_event) && TRIGGER_FIRED_FOR_ROW(trigger->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("icp.code_changed() can only be called as a statement or AFTER ROW trigger")));
	CacheInvalidateRelcache(trigger->tg_relation);
	return PointerGetDatum(NULL);
}
