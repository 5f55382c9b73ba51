/*
 * violations.c
 *	  icp.violations() and its like: which rules a record breaks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "compat.h"
#include "rules/rule_day.h"
#include "rules/rule_field.h"
#include "rules/rule_shape.h"
#include "rules/violations.h"
#include "types/encoding.h"
#include "types/province_datum.h"

ICP_FUNCTION(icp_violations);
ICP_FUNCTION(icp_violation_codes);
ICP_FUNCTION(icp_rule_fields);
ICP_FUNCTION(icp_rule_tests);

#define VIOLATION_COLUMNS 9

/*
 * Does a rule that this one yields to speak for the record?  It must be in force: there by its date, not switched off,
 * and of this province.
 */
static bool
yields(RuleRecord *r, const ActiveRule *active)
{
	int			i;

	for (i = 0; i < active->nyields; i++)
	{
		const ActiveRule *other = &r->program->rules[active->yields_to[i]];

		if (rule_is_in_force(r, other) &&
			(other->rule->test->concerns == NULL || other->rule->test->concerns(r, other->rule)))
			return true;
	}
	return false;
}

List *
rule_violations(RuleRecord *r, unsigned province)
{
	const RuleProgram *program = rule_program(r->shape->present, r->as_of, r->context);
	MemoryContext old = MemoryContextSwitchTo(r->context);
	List	   *violations = NIL;
	uint32		bit;
	int			i;

	r->scope = province != 0 ? province : rule_province(r, FIELD_PROVINCE);
	bit = (uint32) 1 << r->scope;
	r->program = program;
	for (i = 0; i < program->n; i++)
	{
		const ActiveRule *active = &program->rules[i];
		RuleFinding finding = {FIELD_NONE, NULL, NULL};
		Violation  *violation;

		CHECK_FOR_INTERRUPTS();
		if (!rule_is_in_force(r, active))
			continue;
		r->asked = active;
		r->yields = active->nyields > 0 && yields(r, active);
		if ((r->yields && !active->rule->test->yields_itself) || !active->breaks(r, &finding))
			continue;
		violation = palloc(sizeof(Violation));
		violation->rule = active->rule;
		violation->is_error = (active->errors & bit) != 0;
		violation->field = finding.field == FIELD_NONE ? active->rule->field : finding.field;
		violation->found = finding.found;
		violation->expected = finding.expected;
		violations = lappend(violations, violation);
	}
	MemoryContextSwitchTo(old);
	return violations;
}

/*
 * SQL FUNCTIONS
 */

/* What is kept over the calls of one expression: the shape of the row type it was last called with. */
typedef struct CallCache
{
	Oid			type;
	int32		typmod;
	uint64		identifier;
	TupleDesc	desc;
	RuleShape  *shape;
	MemoryContext shape_context;
	MemoryContext record_context;
} CallCache;

static CallCache *
get_call_cache(FunctionCallInfo fcinfo, HeapTupleHeader row)
{
	CallCache  *c = fcinfo->flinfo->fn_extra;
	Oid			type = HeapTupleHeaderGetTypeId(row);
	int32		typmod = HeapTupleHeaderGetTypMod(row);
	uint64		identifier;
	MemoryContext old;
	TupleDesc	desc;

	if (c == NULL)
	{
		MemoryContext context = fcinfo->flinfo->fn_mcxt;

		c = MemoryContextAllocZero(context, sizeof(CallCache));
		c->shape_context = AllocSetContextCreate(context, "icp record shape", ALLOCSET_SMALL_SIZES);
		c->record_context = AllocSetContextCreate(context, "icp record", ALLOCSET_DEFAULT_SIZES);
		fcinfo->flinfo->fn_extra = c;
	}
	/* a named type may be altered between two calls */
	identifier = assign_record_type_identifier(type, typmod);
	if (c->shape != NULL && c->type == type && c->typmod == typmod && c->identifier == identifier)
		return c;

	c->shape = NULL;
	MemoryContextReset(c->shape_context);
	old = MemoryContextSwitchTo(c->shape_context);
	desc = lookup_rowtype_tupdesc(type, typmod);
	c->desc = CreateTupleDescCopy(desc);
	ReleaseTupleDesc(desc);
	c->shape = rule_make_shape(c->desc, NULL, 0);
	MemoryContextSwitchTo(old);
	c->type = type;
	c->typmod = typmod;
	c->identifier = identifier;
	return c;
}

/* Judges the record that is the function's first argument. */
static List *
judge(FunctionCallInfo fcinfo, RuleRecord *r)
{
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	CallCache  *c = get_call_cache(fcinfo, row);
	DateADT		as_of = PG_GETARG_DATEADT(1);
	unsigned	province = PG_ARGISNULL(2) ? 0 : icp_province_of_code(PG_GETARG_PROVINCE(2));
	HeapTupleData tuple;

	if (DATE_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rules apply as of a day, not as of an infinite date")));
	/* The session's current_date is meant as today, which is China's: or what is done there today would be to come. */
	if (abs(as_of - rule_today()) == 1 && as_of == GetSQLCurrentDate())
		as_of = rule_today();
	MemoryContextReset(c->record_context);
	tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = row;
	rule_open_record(r, c->shape, &tuple, c->desc, c->record_context, as_of);
	return rule_violations(r, province);
}

static Datum
text_datum(const char *s, bool *isnull)
{
	*isnull = s == NULL;
	return s == NULL ? (Datum) 0 : CStringGetTextDatum(s);
}

static const char *
own_words(char *utf8)
{
	return utf8 == NULL ? NULL : icp_words_from_utf8(utf8);
}

/* icp.violations(record, as_of date, province) */
Datum
icp_violations(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	RuleRecord	r;
	List	   *violations;
	ListCell   *lc;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) || (rsinfo->allowedModes & SFRM_Materialize) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	/* where the record is right there is nothing to make a store for */
	rsinfo->returnMode = SFRM_Materialize;
	rsinfo->setResult = NULL;
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	violations = judge(fcinfo, &r);
	if (violations != NIL)
		InitMaterializedSRF(fcinfo, 0);
	foreach(lc, violations)
	{
		const Violation *v = lfirst(lc);
		Datum		values[VIOLATION_COLUMNS];
		bool		nulls[VIOLATION_COLUMNS];

		values[0] = text_datum(v->rule->code, &nulls[0]);
		values[1] = text_datum(rule_field_name(v->field), &nulls[1]);
		values[2] = text_datum(own_words(v->found), &nulls[2]);
		values[3] = text_datum(v->expected == NULL ? v->rule->expected : own_words(v->expected), &nulls[3]);
		values[4] = text_datum(v->is_error ? "error" : "warning", &nulls[4]);
		values[5] = text_datum(v->rule->clause, &nulls[5]);
		values[6] = text_datum(v->rule->message_zh, &nulls[6]);
		values[7] = text_datum(v->rule->message_en, &nulls[7]);
		values[8] = text_datum(v->rule->advice_zh, &nulls[8]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	/* the rules are let go with it */
	MemoryContextReset(r.context);
	return (Datum) 0;
}

/* icp.violation_codes(record, as_of date, province, severity text) */
Datum
icp_violation_codes(PG_FUNCTION_ARGS)
{
	RuleRecord	r;
	List	   *violations;
	ListCell   *lc;
	bool		errors_only = false;
	Datum	   *codes;
	int			n = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(3))
	{
		char	   *severity = text_to_cstring(PG_GETARG_TEXT_PP(3));

		if (strcmp(severity, "error") == 0)
			errors_only = true;
		else if (strcmp(severity, "warning") != 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("severity \"%s\" is not known", severity),
					 errhint("error: errors only; warning: errors and warnings.")));
	}
	violations = judge(fcinfo, &r);
	codes = palloc(sizeof(Datum) * (list_length(violations) + 1));
	foreach(lc, violations)
	{
		const Violation *v = lfirst(lc);

		if (v->is_error || !errors_only)
			codes[n++] = CStringGetTextDatum(v->rule->code);
	}
	MemoryContextReset(r.context);
	PG_RETURN_ARRAYTYPE_P(construct_array(codes, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* icp.rule_fields(): the fields that this library knows, for comparison with icp.record_field. */
Datum
icp_rule_fields(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			field;

	InitMaterializedSRF(fcinfo, 0);
	for (field = 0; field < RULE_FIELDS; field++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		values[0] = CStringGetTextDatum(rule_field_name((RuleField) field));
		values[1] = BoolGetDatum(rule_field_is_personal((RuleField) field));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* icp.rule_tests(): what this library tests, for comparison with icp.rule. */
Datum
icp_rule_tests(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			n;
	const RuleTest *const *tests = rule_all_tests(&n);
	int			i;

	InitMaterializedSRF(fcinfo, 0);
	for (i = 0; i < n; i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false, false, false};
		int			k;

		values[0] = CStringGetTextDatum(tests[i]->code);
		for (k = 0; k < 2; k++)
		{
			RuleFields	fields = k == 0 ? tests[i]->needs : tests[i]->looks_at;
			Datum		names[RULE_FIELDS];
			int			count = 0;
			int			field;

			for (field = 0; field < RULE_FIELDS; field++)
				if ((fields & FIELD_BIT(field)) != 0)
					names[count++] = CStringGetTextDatum(rule_field_name((RuleField) field));
			values[1 + k] = PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
		}
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
