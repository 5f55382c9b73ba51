/*
 * rule_table.c
 *	  The backend's copy of icp.rule and icp.rule_setting, and of it the rules that apply.
 *
 * Read and invalidated as table_copy.c says.
 */
#include "postgres.h"

#include "access/genam.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "compat.h"
#include "rules/rule_shape.h"
#include "rules/rule_table.h"
#include "server/table_copy.h"
#include "types/province_datum.h"

ICP_FUNCTION(icp_rule_changed);

#define PROGRAMS_MAX 64

/* The leading columns of the tables, which an upgrade may follow with others but not move. */
#define ANUM_CODE		1
#define ANUM_FIELD		2
#define ANUM_SEVERITY	3
#define ANUM_CLAUSE		4
#define ANUM_MESSAGE_ZH 5
#define ANUM_MESSAGE_EN 6
#define ANUM_ADVICE_ZH	7
#define ANUM_EXPECTED	8
#define ANUM_VALID_FROM 9
#define ANUM_VALID_TO	10
#define ANUM_PROVINCE	11
#define ANUM_ENABLED	12
#define ANUM_TEST		15
#define ANUM_LIST		16
#define ANUM_ARGUMENTS	17
#define ANUM_YIELDS_TO	18

#define ANUM_SET_CODE		1
#define ANUM_SET_PROVINCE	2
#define ANUM_SET_ENABLED	3
#define ANUM_SET_SEVERITY	4
#define ANUM_SET_VALID_FROM 5
#define ANUM_SET_VALID_TO	6

typedef enum RuleTable
{
	TABLE_RULE,					/* first: settings point at rules */
	TABLE_SETTING
} RuleTable;

/* A bureau's word on a rule: each part NULL or not by its flag. */
typedef struct Setting
{
	const Rule *rule;
	unsigned	province;		/* index; 0: everywhere */
	bool		has_enabled;
	bool		is_enabled;
	bool		has_severity;
	bool		is_error;
	bool		has_from;
	DateADT		valid_from;
	bool		has_to;
	DateADT		valid_to;
} Setting;

typedef struct RuleCache
{
	TableCopy	copy;
	Rule	   *rules;			/* in the order of the tests, those of one test by their codes */
	int			nrules;
	int			rules_room;
	Setting    *settings;
	int			nsettings;
	int			settings_room;
	RuleProgram *programs[PROGRAMS_MAX];
	int			nprograms;
} RuleCache;

const RuleTest *const *
rule_all_tests(int *n)
{
	static const RuleTest *const tables[] = {
		rule_name_tests, rule_sponsor_tests, rule_credential_tests, rule_contact_tests, rule_site_name_tests,
		rule_approval_tests, rule_document_tests, rule_domain_tests, rule_holder_tests, rule_app_tests,
		rule_access_tests, rule_number_tests, rule_date_tests, rule_province_tests
	};
	static const RuleTest *all[256];
	static int	count = 0;
	int			i;

	if (count == 0)
	{
		int			total = 0;

		for (i = 0; i < lengthof(tables); i++)
		{
			const RuleTest *test;

			for (test = tables[i]; test->code != NULL; test++)
			{
				if (total == lengthof(all))
					elog(ERROR, "more rule tests than there is room for");
				all[total++] = test;
			}
		}
		count = total;
	}
	*n = count;
	return all;
}

/*
 * READING
 */

static char *
text_column(HeapTuple tuple, TupleDesc desc, int attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

static DateADT
date_column(HeapTuple tuple, TupleDesc desc, int attnum, DateADT otherwise, bool *has)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);

	if (has != NULL)
		*has = !isnull;
	return isnull ? otherwise : DatumGetDateADT(value);
}

static unsigned
province_column(HeapTuple tuple, TupleDesc desc, int attnum)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, attnum, desc, &isnull);

	return isnull ? 0 : icp_province_of_code(DatumGetProvince(value));
}

static Rule *
find_rule(RuleCache *c, const char *code)
{
	int			i;

	for (i = 0; i < c->nrules; i++)
		if (strcmp(c->rules[i].code, code) == 0)
			return &c->rules[i];
	return NULL;
}

static const RuleTest *
find_test(const char *code)
{
	int			n;
	const RuleTest *const *tests = rule_all_tests(&n);
	int			i;

	for (i = 0; i < n; i++)
		if (strcmp(tests[i]->code, code) == 0)
			return tests[i];
	return NULL;
}

static void
arguments_column(Rule *rule, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, ANUM_ARGUMENTS, desc, &isnull);
	Datum	   *values;
	bool	   *nulls;
	int			i;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), INT4OID, sizeof(int32), true, TYPALIGN_INT,
					  &values, &nulls, &rule->nargs);
	rule->args = palloc(sizeof(int32) * Max(rule->nargs, 1));
	for (i = 0; i < rule->nargs; i++)
		rule->args[i] = nulls[i] ? 0 : DatumGetInt32(values[i]);
}

static void
yields_column(Rule *rule, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, ANUM_YIELDS_TO, desc, &isnull);
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			i;

	if (isnull)
		return;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	rule->yields_to = palloc(sizeof(char *) * Max(n, 1));
	for (i = 0; i < n; i++)
		if (!nulls[i])
			rule->yields_to[rule->nyields++] = TextDatumGetCString(values[i]);
}

/* A row whose test this library does not have belongs to another version: it does nothing. */
static void
read_rule(RuleCache *c, HeapTuple tuple, TupleDesc desc)
{
	char	   *code = text_column(tuple, desc, ANUM_CODE);
	char	   *name = text_column(tuple, desc, ANUM_TEST);
	const RuleTest *test = find_test(name == NULL ? code : name);
	char	   *list;
	Rule	   *rule;
	bool		isnull;

	if (test == NULL)
		return;
	if (c->nrules == c->rules_room)
	{
		c->rules_room = c->rules_room == 0 ? 256 : c->rules_room * 2;
		c->rules = c->rules == NULL ? palloc(sizeof(Rule) * c->rules_room) :
			repalloc(c->rules, sizeof(Rule) * c->rules_room);
	}
	rule = &c->rules[c->nrules++];
	memset(rule, 0, sizeof(Rule));
	rule->test = test;
	rule->code = code;
	rule->field = rule_field_of(text_column(tuple, desc, ANUM_FIELD));
	rule->is_error = strcmp(text_column(tuple, desc, ANUM_SEVERITY), "error") == 0;
	rule->clause = text_column(tuple, desc, ANUM_CLAUSE);
	rule->message_zh = text_column(tuple, desc, ANUM_MESSAGE_ZH);
	rule->message_en = text_column(tuple, desc, ANUM_MESSAGE_EN);
	rule->advice_zh = text_column(tuple, desc, ANUM_ADVICE_ZH);
	rule->expected = text_column(tuple, desc, ANUM_EXPECTED);
	rule->valid_from = date_column(tuple, desc, ANUM_VALID_FROM, DATEVAL_NOBEGIN, NULL);
	rule->valid_to = date_column(tuple, desc, ANUM_VALID_TO, DATEVAL_NOEND, NULL);
	rule->province = province_column(tuple, desc, ANUM_PROVINCE);
	rule->is_enabled = DatumGetBool(heap_getattr(tuple, ANUM_ENABLED, desc, &isnull));
	list = text_column(tuple, desc, ANUM_LIST);
	rule->list = list == NULL ? KEYWORD_LISTS : keyword_list_of(list);
	arguments_column(rule, tuple, desc);
	yields_column(rule, tuple, desc);
}

/* Tests are in one array for each file of them, which says nothing of the order of two addresses. */
static int
test_index(const RuleTest *test)
{
	int			n;
	const RuleTest *const *tests = rule_all_tests(&n);
	int			i;

	for (i = 0; tests[i] != test; i++)
		Assert(i < n);
	return i;
}

static int
compare_rules(const void *a, const void *b)
{
	const Rule *one = a;
	const Rule *other = b;

	if (one->test != other->test)
		return test_index(one->test) - test_index(other->test);
	return strcmp(one->code, other->code);
}

static void
read_setting(RuleCache *c, HeapTuple tuple, TupleDesc desc)
{
	Rule	   *rule = find_rule(c, text_column(tuple, desc, ANUM_SET_CODE));
	Setting    *setting;
	char	   *severity;
	bool		isnull;

	/* of another version */
	if (rule == NULL)
		return;
	if (c->nsettings == c->settings_room)
	{
		c->settings_room = c->settings_room == 0 ? 16 : c->settings_room * 2;
		c->settings = c->settings == NULL ? palloc(sizeof(Setting) * c->settings_room) :
			repalloc(c->settings, sizeof(Setting) * c->settings_room);
	}
	setting = &c->settings[c->nsettings++];
	setting->rule = rule;
	setting->province = province_column(tuple, desc, ANUM_SET_PROVINCE);
	setting->is_enabled = DatumGetBool(heap_getattr(tuple, ANUM_SET_ENABLED, desc, &isnull));
	setting->has_enabled = !isnull;
	severity = text_column(tuple, desc, ANUM_SET_SEVERITY);
	setting->has_severity = severity != NULL;
	setting->is_error = severity != NULL && strcmp(severity, "error") == 0;
	setting->valid_from = date_column(tuple, desc, ANUM_SET_VALID_FROM, 0, &setting->has_from);
	setting->valid_to = date_column(tuple, desc, ANUM_SET_VALID_TO, 0, &setting->has_to);
}

static void
read_table(TableCopy *copy, int table, Relation rel, Snapshot snapshot)
{
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (table == TABLE_RULE)
			read_rule((RuleCache *) copy, tuple, RelationGetDescr(rel));
		else
			read_setting((RuleCache *) copy, tuple, RelationGetDescr(rel));
	}
	systable_endscan(scan);
	/* settings, which come next, point at rules */
	if (table == TABLE_RULE && ((RuleCache *) copy)->nrules > 1)
		qsort(((RuleCache *) copy)->rules, ((RuleCache *) copy)->nrules, sizeof(Rule), compare_rules);
}

static TableCopyKind rule_copies = {
	.name = "rules",
	.size = sizeof(RuleCache),
	.ntables = 2,
	.tables = {[TABLE_RULE] = "rule", [TABLE_SETTING] = "rule_setting"},
	.read = read_table
};

/*
 * PROGRAMS
 */

/*
 * What a rule is in one province (0: none known) as of a date: the province's setting, then the general one,
 * then it.
 */
static bool
applies(const RuleCache *c, const Rule *rule, unsigned province, DateADT as_of, bool *is_error)
{
	bool		is_enabled = rule->is_enabled && (rule->province == 0 || rule->province == province);
	DateADT		from = rule->valid_from;
	DateADT		to = rule->valid_to;
	int			pass;
	int			i;

	*is_error = rule->is_error;
	for (pass = 0; pass < 2; pass++)
	{
		for (i = 0; i < c->nsettings; i++)
		{
			const Setting *setting = &c->settings[i];

			if (setting->rule != rule || (pass == 0 ? setting->province != 0 :
										  setting->province == 0 || setting->province != province))
				continue;
			if (setting->has_enabled)
				is_enabled = setting->is_enabled &&
					(pass == 1 || rule->province == 0 || rule->province == province);
			if (setting->has_severity)
				*is_error = setting->is_error;
			if (setting->has_from)
				from = setting->valid_from;
			if (setting->has_to)
				to = setting->valid_to;
		}
	}
	return is_enabled && from <= as_of && as_of <= to;
}

/* Which rules of the program a rule yields to. */
static void
resolve_yields(RuleProgram *program, ActiveRule *active)
{
	const Rule *rule = active->rule;
	int			i;
	int			k;

	if (rule->nyields == 0)
		return;
	active->yields_to = palloc(sizeof(int) * rule->nyields);
	for (i = 0; i < rule->nyields; i++)
		for (k = 0; k < program->n; k++)
			if (strcmp(program->rules[k].rule->code, rule->yields_to[i]) == 0)
				active->yields_to[active->nyields++] = k;
}

static RuleProgram *
make_program(RuleCache *c, RuleFields present, DateADT as_of)
{
	RuleProgram *program = palloc0(sizeof(RuleProgram));
	int			i;

	program->as_of = as_of;
	program->present = present;
	program->rules = palloc(sizeof(ActiveRule) * Max(c->nrules, 1));
	for (i = 0; i < c->nrules; i++)
	{
		const Rule *rule = &c->rules[i];
		ActiveRule	active = {rule, rule->test->breaks};
		unsigned	province;

		if ((rule->test->needs & present) != rule->test->needs ||
			((rule->test->needs | rule->test->looks_at) & present) == 0)
			continue;
		for (province = 0; province <= ICP_PROVINCES; province++)
		{
			bool		is_error;

			if (!applies(c, rule, province, as_of, &is_error))
				continue;
			active.provinces |= (uint32) 1 << province;
			if (is_error)
				active.errors |= (uint32) 1 << province;
		}
		if (active.provinces != 0)
			program->rules[program->n++] = active;
	}
	for (i = 0; i < program->n; i++)
		resolve_yields(program, &program->rules[i]);
	return program;
}

static void
free_program(RuleProgram *program)
{
	int			i;

	for (i = 0; i < program->n; i++)
		if (program->rules[i].yields_to != NULL)
			pfree(program->rules[i].yields_to);
	pfree(program->rules);
	pfree(program);
}

const RuleProgram *
rule_program(RuleFields present, DateADT as_of, MemoryContext user)
{
	RuleCache  *c = (RuleCache *) table_copy_get(&rule_copies);
	RuleProgram *program;
	MemoryContext old;
	int			i;

	for (i = 0; i < c->nprograms; i++)
	{
		program = c->programs[i];
		if (program->as_of == as_of && program->present == present)
		{
			/* the one asked for last comes first */
			c->programs[i] = c->programs[0];
			c->programs[0] = program;
			table_copy_use(&c->copy, user);
			return program;
		}
	}
	/* Programs that somebody uses stay: where there is no room beside them, this one is the user's own. */
	if (c->nprograms == PROGRAMS_MAX && c->copy.users > 0)
	{
		old = MemoryContextSwitchTo(user);
		program = make_program(c, present, as_of);
		MemoryContextSwitchTo(old);
		table_copy_use(&c->copy, user);
		return program;
	}
	if (c->nprograms == PROGRAMS_MAX)
	{
		for (i = PROGRAMS_MAX / 2; i < PROGRAMS_MAX; i++)
			free_program(c->programs[i]);
		c->nprograms = PROGRAMS_MAX / 2;
	}
	old = MemoryContextSwitchTo(c->copy.context);
	program = make_program(c, present, as_of);
	MemoryContextSwitchTo(old);
	c->programs[c->nprograms++] = program;
	table_copy_use(&c->copy, user);
	return program;
}

/* Trigger on the two tables: every session, this one included, reads them anew. */
Datum
icp_rule_changed(PG_FUNCTION_ARGS)
{
	return table_copy_changed(fcinfo, "rule_changed");
}
