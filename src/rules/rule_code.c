/*
 * rule_code.c
 *	  The backend's copy of the code tables that rules ask.
 *
 * Read and invalidated as table_copy.c says.  A row of a ..._local table comes in place of the shipped one of
 * its id.  The answers are numbers, and no pointer into the copy leaves this file.
 */
#include "postgres.h"

#include "access/genam.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "compat.h"
#include "rules/rule_code.h"
#include "rules/rule_string.h"
#include "server/column.h"
#include "server/table_copy.h"
#include "types/encoding.h"

ICP_FUNCTION(icp_is_individual);
ICP_FUNCTION(icp_code_changed);

/* Shipped and local, in the order of RuleCodeTable; the last pair is not asked by name. */
#define PAIRS (CODE_TABLES + 1)
#define PAIR_CREDENTIAL_TYPE CODE_TABLES

/* The leading columns of all tables, which an upgrade may follow with others but not move. */
#define ANUM_ID			1
#define ANUM_NAME		2
#define ANUM_VALID_FROM 3
#define ANUM_VALID_TO	4

typedef struct Texts
{
	int			n;
	RuleText   *texts;
} Texts;

typedef struct Nature
{
	uint32		traits;
	Texts		name_endings;
	Texts		likely_endings;
	Texts		credit_codes;
	int			nregistered_as;
	int		   *registered_as;
} Nature;

/* Columns of icp.nature that are traits. */
static const struct
{
	const char *column;
	uint32		bit;
}			traits[] = {
	{"is_person", NATURE_IS_PERSON}, {"is_enterprise", NATURE_IS_ENTERPRISE},
	{"may_be_company", NATURE_MAY_BE_COMPANY}, {"is_government", NATURE_IS_GOVERNMENT},
	{"is_military", NATURE_IS_MILITARY}, {"is_institution", NATURE_IS_INSTITUTION},
	{"is_public_body", NATURE_IS_PUBLIC_BODY}
};

typedef struct Code
{
	int			id;
	bool		is_local;
	RuleText	name;
	RuleText	former_name;	/* len 0: none */
	DateADT		valid_from;
	DateADT		valid_to;		/* first day on which it no longer holds */
	int			nature_id;		/* of a type of credentials */
	uint32		kinds;
	Nature		nature;			/* of a nature */
} Code;

typedef struct CodeList
{
	int			n;
	int			room;
	Code	   *codes;
} CodeList;

typedef struct CodeCache
{
	TableCopy	copy;
	CodeList	lists[PAIRS];
} CodeCache;

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
	AttrNumber	attnum = icp_find_column(desc, name);

	*isnull = true;
	return attnum == InvalidAttrNumber ? (Datum) 0 : heap_getattr(tuple, attnum, desc, isnull);
}

/* Leaves the texts alone where the column is NULL. */
static void
read_texts(Texts *texts, HeapTuple tuple, TupleDesc desc, const char *name)
{
	bool		isnull;
	Datum		value = named_column(tuple, desc, name, &isnull);
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			i;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	texts->n = 0;
	texts->texts = palloc(sizeof(RuleText) * Max(n, 1));
	for (i = 0; i < n; i++)
		if (!nulls[i])
			texts->texts[texts->n++] = text_of(values[i]);
}

static void
read_registered_as(Nature *nature, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		value = named_column(tuple, desc, "registered_as", &isnull);
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			i;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), INT4OID, sizeof(int32), true, TYPALIGN_INT, &values, &nulls, &n);
	nature->nregistered_as = 0;
	nature->registered_as = palloc(sizeof(int) * Max(n, 1));
	for (i = 0; i < n; i++)
		if (!nulls[i])
			nature->registered_as[nature->nregistered_as++] = DatumGetInt32(values[i]);
}

/* A local row says again only what is otherwise than in the shipped one, which has been read. */
static void
read_nature(const CodeList *list, Code *code, HeapTuple tuple, TupleDesc desc)
{
	Nature	   *nature = &code->nature;
	int			i;

	for (i = 0; i < list->n && !list->codes[i].is_local; i++)
		if (code->is_local && list->codes[i].id == code->id)
			*nature = list->codes[i].nature;
	for (i = 0; i < lengthof(traits); i++)
	{
		bool		isnull;
		Datum		value = named_column(tuple, desc, traits[i].column, &isnull);

		if (!isnull)
			nature->traits = DatumGetBool(value) ? nature->traits | traits[i].bit : nature->traits & ~traits[i].bit;
	}
	read_texts(&nature->name_endings, tuple, desc, "name_endings");
	read_texts(&nature->likely_endings, tuple, desc, "likely_endings");
	read_texts(&nature->credit_codes, tuple, desc, "credit_codes");
	read_registered_as(nature, tuple, desc);
}

static Code *
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
	code->nature_id = isnull ? NATURE_UNKNOWN : DatumGetInt32(value);
	value = named_column(tuple, desc, "kinds", &isnull);
	if (!isnull)
		code->kinds = kinds_of(value);
	return code;
}

/* Tables come in pairs, the shipped one first: what is_replaced() relies on. */
static void
read_table(TableCopy *copy, int table, Relation rel, Snapshot snapshot)
{
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		CodeList   *list = &((CodeCache *) copy)->lists[table / 2];
		Code	   *code = read_code(list, tuple, RelationGetDescr(rel), table % 2 == 1);

		if (table / 2 == CODE_NATURE)
			read_nature(list, code, tuple, RelationGetDescr(rel));
	}
	systable_endscan(scan);
}

static TableCopyKind code_copies = {
	.name = "codes",
	.size = sizeof(CodeCache),
	.ntables = 2 * PAIRS,
	.tables = {
		"nature", "nature_local", "access_mode", "access_mode_local", "service_content", "service_content_local",
		"approval_kind", "approval_kind_local", "language", "language_local",
		"credential_type", "credential_type_local"
	},
	.read = read_table
};

static const CodeCache *
get_cache(void)
{
	return (CodeCache *) table_copy_get(&code_copies);
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

/* NULL where there is none of the id. */
static const Nature *
nature_of_id(int id)
{
	const CodeList *list = &get_cache()->lists[CODE_NATURE];
	int			i;

	for (i = 0; i < list->n; i++)
		if (list->codes[i].id == id && !is_replaced(list, &list->codes[i]))
			return &list->codes[i].nature;
	return NULL;
}

uint32
rule_nature_traits(int nature)
{
	const Nature *found = nature_of_id(nature);

	return found == NULL ? 0 : found->traits;
}

static bool
has_ending(RuleText name, const Texts *endings)
{
	int			i;

	for (i = 0; i < endings->n; i++)
		if (rule_text_ends(name, endings->texts[i].s))
			return true;
	return false;
}

int
rule_nature_of_name(RuleText name, bool military)
{
	const CodeList *list = &get_cache()->lists[CODE_NATURE];
	int			i;

	for (i = 0; i < list->n; i++)
	{
		const Code *code = &list->codes[i];

		if (((code->nature.traits & NATURE_IS_MILITARY) != 0) == military &&
			has_ending(name, &code->nature.name_endings) && !is_replaced(list, code))
			return code->id;
	}
	return CODE_UNKNOWN;
}

bool
rule_name_is_likely_other(RuleText name)
{
	const CodeList *list = &get_cache()->lists[CODE_NATURE];
	int			i;

	for (i = 0; i < list->n; i++)
		if (has_ending(name, &list->codes[i].nature.likely_endings) && !is_replaced(list, &list->codes[i]))
			return true;
	return false;
}

int
rule_nature_of_credit_code(const char *number, int len)
{
	const CodeList *list = &get_cache()->lists[CODE_NATURE];
	int			i;
	int			k;

	for (i = 0; i < list->n; i++)
	{
		const Texts *codes = &list->codes[i].nature.credit_codes;

		for (k = 0; k < codes->n; k++)
			if (codes->texts[k].len <= len && memcmp(codes->texts[k].s, number, codes->texts[k].len) == 0 &&
				!is_replaced(list, &list->codes[i]))
				return list->codes[i].id;
	}
	return CODE_UNKNOWN;
}

bool
rule_nature_is_registered_as(int nature, int other)
{
	const Nature *found = nature_of_id(nature);
	int			i;

	for (i = 0; found != NULL && i < found->nregistered_as; i++)
		if (found->registered_as[i] == other)
			return true;
	return false;
}

/* icp.is_individual(nature): for all that asks outside of the rules, too. */
Datum
icp_is_individual(PG_FUNCTION_ARGS)
{
	struct varlena *arg = PG_GETARG_VARLENA_PP(0);
	RuleText	text;
	int			nature;

	text.s = VARDATA_ANY(arg);
	text.len = VARSIZE_ANY_EXHDR(arg);
	text.s = icp_to_utf8(text.s, &text.len);
	/* as of any day */
	nature = rule_code_of(CODE_NATURE, text, DATEVAL_NOEND, NULL);
	PG_RETURN_BOOL(nature != CODE_UNKNOWN && (rule_nature_traits(nature) & NATURE_IS_PERSON) != 0);
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

		if (code->nature_id == nature && code->valid_from <= as_of && as_of < code->valid_to &&
			!is_replaced(list, code))
			kinds |= code->kinds;
	}
	return kinds;
}

/* Trigger on the tables: every session, this one included, reads them anew. */
Datum
icp_code_changed(PG_FUNCTION_ARGS)
{
	return table_copy_changed(fcinfo, "code_changed");
}
