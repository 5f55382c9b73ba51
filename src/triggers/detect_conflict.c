/*
 * detect_conflict.c
 *	  The trigger that keeps the claims of a table's rows and finds conflicts between them (3 Q17).
 *
 *	icp.detect_conflict('kind', 'column', 'account_column', 'id_column' [, 'option=value' ...])
 *
 * AFTER INSERT OR UPDATE OR DELETE ... FOR EACH ROW; or FOR EACH STATEMENT with transition tables, one trigger an
 * event, which takes all rows of a statement together.  One trigger for each kind of key.
 *
 * Options:
 *	claims=[schema.]table	the table of claims; otherwise "claim" in the table's own schema, otherwise beian.claim
 *	instead=column			text that is claimed, as it stands, where it is not NULL; empty, the row claims nothing
 *	province=column			where the claim's province code is taken from (smallint)
 *	approved=column=value	the row is a filed record while this text column has this value
 *	released=column=value	the row claims nothing while this text column has one of these values, split by |
 */
#include "postgres.h"

#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "core/claim_hash.h"
#include "executor/executor.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "server/trigger.h"
#include "triggers/claim_key.h"
#include "triggers/claim_store.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/tuplestore.h"
#include "utils/varlena.h"

ICP_FUNCTION(icp_detect_conflict);
ICP_FUNCTION(icp_find_rivals);
ICP_FUNCTION(icp_claim_hash_sql);

/*
 * At least so many claims are gathered before they are entered, and more while maintenance_work_mem has room: the
 * more of them go into the index in its order, the nearer each one's place is to the last one's.
 */
#define CHUNK_CLAIMS 65536

#define DEFAULT_REGISTRY "beian"
#define DEFAULT_CLAIM_TABLE "claim"

/* A text column and the values for which something holds. */
typedef struct StateTest
{
	AttrNumber	attnum;			/* InvalidAttrNumber: never */
	List	   *values;			/* char * */
} StateTest;

/* What the trigger's arguments say. */
typedef struct ConflictSpec
{
	const char *kind;
	AttrNumber	column;
	AttrNumber	instead;
	AttrNumber	account;
	AttrNumber	id;
	AttrNumber	province;
	StateTest	approved;
	StateTest	released;
	Oid			claims;
	ClaimKeySource source;
} ConflictSpec;

/* What one version of a row claims. */
typedef struct RowClaims
{
	bool		live;			/* not NULL, not released */
	bool		approved;
	int64		id;
	int64		account;
	int16		province;
	int			nkeys;
	int			room;
	Claim	   *keys;			/* sorted by hash when compared */
} RowClaims;

typedef struct Detector
{
	TriggerData *trigdata;
	Relation	rel;
	ConflictSpec spec;
	ClaimStore *store;
	MemoryContext row_context;	/* one row */
	MemoryContext chunk_context;	/* the claims gathered so far */
	Claim	   *chunk;
	int			nchunk;
	int			room;
} Detector;


/*
 * ---------------------------------------------------------------------------
 * Arguments
 * ---------------------------------------------------------------------------
 */

static void
bad_argument(TriggerData *trigdata, const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unrecognized argument \"%s\" of trigger \"%s\"", argument, trigdata->tg_trigger->tgname),
			 errhint("Options are claims=table, instead=column, province=column, approved=column=value and "
					 "released=column=value|value.")));
}

static AttrNumber
text_column(TriggerData *trigdata, const char *column)
{
	AttrNumber	attnum = icp_trigger_column(trigdata, column);

	if (getBaseType(TupleDescAttr(RelationGetDescr(trigdata->tg_relation), attnum - 1)->atttypid) != TEXTOID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of relation \"%s\" is not of type text",
						column, RelationGetRelationName(trigdata->tg_relation))));
	return attnum;
}

static void
parse_state_test(TriggerData *trigdata, const char *argument, const char *text, StateTest *test)
{
	char	   *column = pstrdup(text);
	char	   *value = strchr(column, '=');

	if (value == NULL)
		bad_argument(trigdata, argument);
	*value++ = '\0';
	test->attnum = text_column(trigdata, column);
	for (;;)
	{
		char	   *next = strchr(value, '|');

		if (next != NULL)
			*next++ = '\0';
		test->values = lappend(test->values, value);
		if (next == NULL)
			break;
		value = next;
	}
}

static Oid
find_claim_table(TriggerData *trigdata, const char *name)
{
	Oid			relid;
	Oid			namespace;

	if (name != NULL)
	{
		List	   *names = icp_qualified_name(name);

		if (list_length(names) == 1)	/* never by search_path */
			names = lcons(makeString(get_namespace_name(RelationGetNamespace(trigdata->tg_relation))), names);
		return RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock, false);
	}
	relid = get_relname_relid(DEFAULT_CLAIM_TABLE, RelationGetNamespace(trigdata->tg_relation));
	if (OidIsValid(relid))
		return relid;
	namespace = get_namespace_oid(DEFAULT_REGISTRY, true);
	if (OidIsValid(namespace))
		relid = get_relname_relid(DEFAULT_CLAIM_TABLE, namespace);
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no table of claims for trigger \"%s\"", trigdata->tg_trigger->tgname),
				 errhint("icp.create_registry() makes one; the trigger's option claims=schema.table names another.")));
	return relid;
}

static void
parse_arguments(TriggerData *trigdata, ConflictSpec *spec)
{
	Trigger    *trigger = trigdata->tg_trigger;
	const char *claims = NULL;

	if (trigger->tgnargs < 4)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" needs at least four arguments", trigger->tgname),
				 errhint("icp.detect_conflict('kind', 'column', 'account_column', 'id_column').")));
	memset(spec, 0, sizeof(*spec));
	spec->kind = trigger->tgargs[0];
	spec->column = icp_trigger_column(trigdata, trigger->tgargs[1]);
	spec->account = icp_trigger_column(trigdata, trigger->tgargs[2]);
	spec->id = icp_trigger_column(trigdata, trigger->tgargs[3]);
	icp_check_integer_column(trigdata->tg_relation, spec->account);
	icp_check_integer_column(trigdata->tg_relation, spec->id);
	for (int i = 4; i < trigger->tgnargs; i++)
	{
		const char *argument = trigger->tgargs[i];

		if (strncmp(argument, "claims=", 7) == 0)
			claims = argument + 7;
		else if (strncmp(argument, "instead=", 8) == 0)
			spec->instead = text_column(trigdata, argument + 8);
		else if (strncmp(argument, "province=", 9) == 0)
		{
			spec->province = icp_trigger_column(trigdata, argument + 9);
			icp_check_integer_column(trigdata->tg_relation, spec->province);
		}
		else if (strncmp(argument, "approved=", 9) == 0)
			parse_state_test(trigdata, argument, argument + 9, &spec->approved);
		else if (strncmp(argument, "released=", 9) == 0)
			parse_state_test(trigdata, argument, argument + 9, &spec->released);
		else
			bad_argument(trigdata, argument);
	}
	spec->claims = find_claim_table(trigdata, claims);
	spec->source = icp_claim_key_source(trigdata->tg_relation, spec->column, spec->kind);
}


/*
 * ---------------------------------------------------------------------------
 * What a row claims
 * ---------------------------------------------------------------------------
 */

static bool
state_holds(const StateTest *test, TupleTableSlot *slot)
{
	Datum		value;
	bool		isnull;
	text	   *t;
	ListCell   *lc;

	if (test->attnum == InvalidAttrNumber)
		return false;
	value = slot_getattr(slot, test->attnum, &isnull);
	if (isnull)
		return false;
	t = DatumGetTextPP(value);
	foreach(lc, test->values)
	{
		const char *expected = (const char *) lfirst(lc);
		int			length = strlen(expected);

		if (VARSIZE_ANY_EXHDR(t) == length && memcmp(VARDATA_ANY(t), expected, length) == 0)
			return true;
	}
	return false;
}

static int64
required_integer(Detector *d, TupleTableSlot *slot, AttrNumber attnum)
{
	Form_pg_attribute att = TupleDescAttr(slot->tts_tupleDescriptor, attnum - 1);
	bool		isnull;
	Datum		value = slot_getattr(slot, attnum, &isnull);

	/* A claim of nobody would be in conflict with none, or with all: either is wrong. */
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("column \"%s\" of relation \"%s\" must not be null where a claim is made",
						NameStr(att->attname), RelationGetRelationName(d->rel)),
				 errdetail("Trigger \"%s\" tells claims apart by it.", d->trigdata->tg_trigger->tgname),
				 errtablecol(d->rel, attnum)));
	return icp_integer_value(att->atttypid, value);
}

typedef struct KeyCollector
{
	Detector   *detector;
	RowClaims  *row;
} KeyCollector;

static void
collect_key(const char *key, int32 length, void *arg)
{
	KeyCollector *collector = (KeyCollector *) arg;
	RowClaims  *row = collector->row;
	const char *kind = collector->detector->spec.kind;
	Claim	   *claim;

	if (length == 0)
		return;
	if (row->nkeys == row->room)
	{
		row->room = row->room == 0 ? 4 : row->room * 2;
		row->keys = row->keys == NULL ? palloc_array(Claim, row->room) :
			repalloc_array(row->keys, Claim, row->room);
	}
	claim = &row->keys[row->nkeys++];
	claim->hash = icp_claim_hash(kind, strlen(kind), key, length);
	claim->holder_id = row->id;
	claim->account_id = row->account;
	claim->id = 0;
	claim->key = key;
	claim->key_length = length;
	claim->province_code = row->province;
	claim->approved = row->approved;
}

/* Reads a row version; its keys live in the current memory context. */
static void
read_row(Detector *d, TupleTableSlot *slot, RowClaims *row)
{
	const ConflictSpec *spec = &d->spec;
	ClaimKeySource source = CLAIM_KEY_TEXT;
	KeyCollector collector;
	bool		isnull = true;
	Datum		value = (Datum) 0;

	memset(row, 0, sizeof(*row));
	if (spec->instead != InvalidAttrNumber)
		value = slot_getattr(slot, spec->instead, &isnull);
	if (isnull)
	{
		value = slot_getattr(slot, spec->column, &isnull);
		source = spec->source;
	}
	row->live = !isnull && !state_holds(&spec->released, slot);
	if (!row->live)
		return;
	row->id = required_integer(d, slot, spec->id);
	row->account = required_integer(d, slot, spec->account);
	row->approved = state_holds(&spec->approved, slot);
	if (spec->province != InvalidAttrNumber)
	{
		bool		noprovince;
		Datum		province = slot_getattr(slot, spec->province, &noprovince);

		if (!noprovince)
		{
			int64		code = icp_integer_value(TupleDescAttr(slot->tts_tupleDescriptor,
															   spec->province - 1)->atttypid, province);

			/* a claim of another province would be shown to the wrong bureau */
			if (code < PG_INT16_MIN || code > PG_INT16_MAX)
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("smallint out of range"),
						 errdetail("The province code of a claim is a smallint."),
						 errtablecol(d->rel, spec->province)));
			row->province = (int16) code;
		}
	}
	collector.detector = d;
	collector.row = row;
	icp_claim_keys(source, value, collect_key, &collector);
}


/*
 * ---------------------------------------------------------------------------
 * From row versions to claims
 * ---------------------------------------------------------------------------
 */

static ClaimStore *
get_store(Detector *d)
{
	if (d->store == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(d->chunk_context->parent);

		icp_act_as_owner_of(d->spec.claims, d->rel->rd_rel->relowner);
		d->store = icp_claim_store_open(d->spec.claims, d->rel->rd_rel->relowner, d->spec.kind,
										RelationGetRelid(d->rel));
		MemoryContextSwitchTo(caller);
	}
	return d->store;
}

static void
flush_chunk(Detector *d)
{
	if (d->nchunk > 0)
		icp_claim_store_enter(get_store(d), d->chunk, d->nchunk);
	d->nchunk = 0;
	d->room = 0;
	d->chunk = NULL;
	MemoryContextReset(d->chunk_context);
}

/* Gathers one claim, whose key's bytes are copied. */
static void
gather(Detector *d, const Claim *claim)
{
	MemoryContext caller = MemoryContextSwitchTo(d->chunk_context);
	Claim	   *copy;
	char	   *key;

	if (d->nchunk == d->room)
	{
		d->room = d->room == 0 ? 4 : d->room * 2;
		d->chunk = d->chunk == NULL ? palloc_array(Claim, d->room) :
			(Claim *) repalloc_huge(d->chunk, sizeof(Claim) * (Size) d->room);
	}
	copy = &d->chunk[d->nchunk++];
	*copy = *claim;
	key = palloc(claim->key_length);
	memcpy(key, claim->key, claim->key_length);
	copy->key = key;
	MemoryContextSwitchTo(caller);
	if (d->nchunk >= CHUNK_CLAIMS &&
		MemoryContextMemAllocated(d->chunk_context, false) >= (Size) maintenance_work_mem * 1024)
		flush_chunk(d);
}

static int
compare_hashes(const void *a, const void *b)
{
	uint64		left = *(const uint64 *) a;
	uint64		right = *(const uint64 *) b;

	return left < right ? -1 : left > right;
}

/* By hash, then by key: names of one hash are easily made, and are different claims all the same. */
static int
compare_claims(const void *a, const void *b)
{
	const Claim *left = (const Claim *) a;
	const Claim *right = (const Claim *) b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	if (left->key_length != right->key_length)
		return left->key_length < right->key_length ? -1 : 1;
	return memcmp(left->key, right->key, left->key_length);
}

static bool
is_claimed(const RowClaims *row, const Claim *claim)
{
	return row->nkeys > 0 &&
		bsearch(claim, row->keys, row->nkeys, sizeof(Claim), compare_claims) != NULL;
}

static bool
is_among(uint64 hash, const uint64 *hashes, int n)
{
	return n > 0 && bsearch(&hash, hashes, n, sizeof(uint64), compare_hashes) != NULL;
}

/*
 * Brings the claims of one row from what its old version claims to what the new one does.  What stays keeps its
 * claim, and so its conflicts and their settlement.
 */
static void
change_row(Detector *d, TupleTableSlot *oldslot, TupleTableSlot *newslot)
{
	RowClaims	old;
	RowClaims	new;
	bool		keep = false;
	uint64	   *released = NULL;
	int			nreleased = 0;

	if (oldslot == NULL)
		memset(&old, 0, sizeof(old));
	else
		read_row(d, oldslot, &old);
	if (newslot == NULL)
		memset(&new, 0, sizeof(new));
	else
		read_row(d, newslot, &new);

	if (old.nkeys > 0)
	{
		qsort(old.keys, old.nkeys, sizeof(Claim), compare_claims);
		if (new.nkeys > 0)
			qsort(new.keys, new.nkeys, sizeof(Claim), compare_claims);
		/* another account, or another row: nothing of the old claims stays */
		keep = new.nkeys > 0 && old.id == new.id && old.account == new.account;
		released = palloc_array(uint64, old.nkeys);
		for (int i = 0; i < old.nkeys; i++)
		{
			if (!keep || !is_claimed(&new, &old.keys[i]))
				released[nreleased++] = old.keys[i].hash;
		}
		if (nreleased > 0)
			icp_claim_store_release(get_store(d), old.id, released, nreleased);
		if (keep && (old.approved != new.approved || old.province != new.province))
		{
			uint64	   *kept = palloc_array(uint64, old.nkeys);
			int			nkept = 0;

			for (int i = 0; i < old.nkeys; i++)
			{
				if (!is_among(old.keys[i].hash, released, nreleased))
					kept[nkept++] = old.keys[i].hash;
			}
			if (nkept > 0)
				icp_claim_store_restate(get_store(d), old.id, kept, nkept, new.approved, new.province);
		}
	}

	for (int i = 0; i < new.nkeys; i++)
	{
		/* what had the hash of a key that goes was released with it, and is entered again */
		if (keep && is_claimed(&old, &new.keys[i]) && !is_among(new.keys[i].hash, released, nreleased))
			continue;
		gather(d, &new.keys[i]);
	}
}

/* Are these columns of the two versions of a row byte for byte the same? */
static bool
column_unchanged(TupleTableSlot *a, TupleTableSlot *b, AttrNumber attnum)
{
	Form_pg_attribute att;
	bool		anull;
	bool		bnull;
	Datum		avalue;
	Datum		bvalue;

	if (attnum == InvalidAttrNumber)
		return true;
	avalue = slot_getattr(a, attnum, &anull);
	bvalue = slot_getattr(b, attnum, &bnull);
	if (anull || bnull)
		return anull == bnull;
	att = TupleDescAttr(a->tts_tupleDescriptor, attnum - 1);
	return datum_image_eq(avalue, bvalue, att->attbyval, att->attlen);
}

/* Nothing that bears on the claims was changed. */
static bool
row_unchanged(Detector *d, TupleTableSlot *oldslot, TupleTableSlot *newslot)
{
	const ConflictSpec *spec = &d->spec;

	return column_unchanged(oldslot, newslot, spec->column) &&
		column_unchanged(oldslot, newslot, spec->instead) &&
		column_unchanged(oldslot, newslot, spec->account) &&
		column_unchanged(oldslot, newslot, spec->id) &&
		column_unchanged(oldslot, newslot, spec->province) &&
		column_unchanged(oldslot, newslot, spec->approved.attnum) &&
		column_unchanged(oldslot, newslot, spec->released.attnum);
}

static void
process_row(Detector *d, TupleTableSlot *oldslot, TupleTableSlot *newslot)
{
	MemoryContext caller;

	if (oldslot != NULL && newslot != NULL && row_unchanged(d, oldslot, newslot))
		return;
	caller = MemoryContextSwitchTo(d->row_context);
	change_row(d, oldslot, newslot);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(d->row_context);
}


/*
 * ---------------------------------------------------------------------------
 * Reading the rows
 * ---------------------------------------------------------------------------
 */

static Tuplestorestate *
open_transition_table(Tuplestorestate *store)
{
	/* every trigger of the statement reads the same store, so each takes a read pointer of its own */
	int			pointer = tuplestore_alloc_read_pointer(store, EXEC_FLAG_REWIND);

	tuplestore_select_read_pointer(store, pointer);
	tuplestore_rescan(store);
	return store;
}

static TupleTableSlot *
next_row(Tuplestorestate *store, TupleTableSlot *slot)
{
	if (store == NULL || !tuplestore_gettupleslot(store, true, false, slot))
		return NULL;
	return slot;
}

static void
missing_transition_table(TriggerData *trigdata, const char *tables)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("trigger \"%s\" FOR EACH STATEMENT lacks a transition table", trigdata->tg_trigger->tgname),
			 errhint("Declare it with %s, or FOR EACH ROW.", tables)));
}

/*
 * A statement's trigger fires for the table that the statement names, and for no other: what is written into a partition
 * or a child by its own name, or into a partition through its parent, would hold no claims.
 */
static void
check_alone(TriggerData *trigdata)
{
	Relation	rel = trigdata->tg_relation;

	if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE && !rel->rd_rel->relispartition &&
		!has_subclass(RelationGetRelid(rel)) && !has_superclass(RelationGetRelid(rel)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("trigger \"%s\" FOR EACH STATEMENT cannot keep the claims of table \"%s\"",
					trigdata->tg_trigger->tgname, RelationGetRelationName(rel)),
			 errdetail("The table is partitioned or inherited, and rows that are written under another table's name would not be claimed."),
			 errhint("Declare it FOR EACH ROW: on a partitioned table, whose partitions get it too, or on each of the inherited ones.")));
}

static void
process_statement(Detector *d)
{
	TriggerData *trigdata = d->trigdata;
	TupleDesc	desc = RelationGetDescr(d->rel);
	Tuplestorestate *oldstore = NULL;
	Tuplestorestate *newstore = NULL;
	TupleTableSlot *oldslot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	TupleTableSlot *newslot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);

	check_alone(trigdata);
	if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event) && trigdata->tg_newtable == NULL)
		missing_transition_table(trigdata, "REFERENCING NEW TABLE AS ...");
	if (TRIGGER_FIRED_BY_DELETE(trigdata->tg_event) && trigdata->tg_oldtable == NULL)
		missing_transition_table(trigdata, "REFERENCING OLD TABLE AS ...");
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) &&
		(trigdata->tg_oldtable == NULL || trigdata->tg_newtable == NULL))
		missing_transition_table(trigdata, "REFERENCING OLD TABLE AS ... NEW TABLE AS ...");
	if (TRIGGER_FIRED_BY_TRUNCATE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" cannot be fired for TRUNCATE", "detect_conflict")));

	if (!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		oldstore = open_transition_table(trigdata->tg_oldtable);
	if (!TRIGGER_FIRED_BY_DELETE(trigdata->tg_event))
		newstore = open_transition_table(trigdata->tg_newtable);

	/* An update appends to both tables at once, so that they are in step. */
	for (;;)
	{
		TupleTableSlot *old = next_row(oldstore, oldslot);
		TupleTableSlot *new = next_row(newstore, newslot);

		CHECK_FOR_INTERRUPTS();
		if (old == NULL && new == NULL)
			break;
		process_row(d, old, new);
	}
	ExecDropSingleTupleTableSlot(oldslot);
	ExecDropSingleTupleTableSlot(newslot);
}

/*
 * detect_conflict --- the trigger
 *
 * Works with the rights of the owner of the table it stands on, and past row security, so that a claim which the
 * user may not see is found all the same (doc/decisions.md, Rights).
 */
Datum
icp_detect_conflict(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = icp_after_trigger(fcinfo, "detect_conflict");
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "detect_conflict", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	Detector	d = {0};
	OwnerSwitch user;

	d.trigdata = trigdata;
	d.rel = trigdata->tg_relation;
	d.row_context = AllocSetContextCreate(context, "detect_conflict row", ALLOCSET_DEFAULT_SIZES);
	d.chunk_context = AllocSetContextCreate(context, "detect_conflict chunk", ALLOCSET_DEFAULT_SIZES);

	/* the arguments name tables in the owner's reach; get_store() goes on as the owner of the claims */
	icp_become_owner(d.rel, &user);
	parse_arguments(trigdata, &d.spec);
	if (TRIGGER_FIRED_FOR_STATEMENT(trigdata->tg_event))
		process_statement(&d);
	else if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
		process_row(&d, NULL, trigdata->tg_trigslot);
	else if (TRIGGER_FIRED_BY_DELETE(trigdata->tg_event))
		process_row(&d, trigdata->tg_trigslot, NULL);
	else
		process_row(&d, trigdata->tg_trigslot, trigdata->tg_newslot);
	flush_chunk(&d);
	if (d.store != NULL)
		icp_claim_store_close(d.store);
	icp_restore_user(&user);

	MemoryContextSwitchTo(caller);
	MemoryContextDelete(context);
	return PointerGetDatum(NULL);
}


/*
 * ---------------------------------------------------------------------------
 * Functions
 * ---------------------------------------------------------------------------
 */

static void
put_rival(const Rival *rival, void *arg)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) arg;
	Datum		values[7];
	bool		nulls[7] = {0};

	values[0] = Int64GetDatum(rival->claim_id);
	values[1] = rival->kind;
	values[2] = rival->key;
	values[3] = Int64GetDatum(rival->rival_id);
	values[4] = ObjectIdGetDatum(rival->rival_holder);
	values[5] = Int64GetDatum(rival->rival_holder_id);
	values[6] = Int64GetDatum(rival->rival_account_id);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * find_rivals(claims regclass, holder regclass, holder_id bigint) --- the live claims of other accounts that stand
 * against this row's, as they are at this moment and not as the snapshot has them; those of transactions in
 * progress included.
 */
Datum
icp_find_rivals(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			claims = PG_GETARG_OID(0);
	Oid			holder = PG_GETARG_OID(1);
	ClaimStore *store;
	OwnerSwitch user = {0};

	InitMaterializedSRF(fcinfo, 0);
	GetUserIdAndSecContext(&user.saved_user, &user.saved_context);
	icp_act_as_owner_of(claims, user.saved_user);
	store = icp_claim_store_open(claims, user.saved_user, "", holder);
	icp_claim_store_rivals(store, PG_GETARG_INT64(2), put_rival, rsinfo);
	icp_claim_store_close(store);
	icp_restore_user(&user);
	return (Datum) 0;
}

/* claim_hash(kind text, key text) --- the hash by which the claim of this key is found in the claim table */
Datum
icp_claim_hash_sql(PG_FUNCTION_ARGS)
{
	text	   *kind = PG_GETARG_TEXT_PP(0);
	text	   *key = PG_GETARG_TEXT_PP(1);

	PG_RETURN_INT64((int64) icp_claim_hash(VARDATA_ANY(kind), VARSIZE_ANY_EXHDR(kind),
										   VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key)));
}
