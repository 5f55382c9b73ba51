/*
 * check_row.c
 *	  The trigger that judges a row by the rules.
 *
 *	icp.check_row('field=column', ..., 'warnings=table', 'as_of=column', 'id=column')
 *
 * AFTER INSERT OR UPDATE OR DELETE ... FOR EACH ROW, so that it judges what is stored, whatever other triggers made of
 * it (doc/decisions.md, Rights).  Columns that are called as the fields need no argument; 'field=' leaves a field
 * out.  A row that breaks a rule of severity error is refused with 23514 and all violations as JSON in
 * DETAIL.  Warnings go to the table of 'warnings=' (its columns are those of icp.warning_columns), written as
 * the table's owner of the trigger would; without such a table they are raised as a WARNING.  DELETE, by which
 * a row also leaves one partition for another, takes the row's warnings away.
 *
 * icpfiling.errors_as_warnings lets a loader record errors instead of refusing the row.  Only a superuser
 * sets it, or a role that was granted SET on it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "rules/check_row.h"
#include "rules/rule_context.h"
#include "rules/rule_day.h"
#include "rules/rule_shape.h"
#include "rules/violations.h"
#include "server/trigger.h"
#include "types/encoding.h"

ICP_FUNCTION(icp_check_row);

static bool errors_as_warnings = false;

/* What the arguments say, made once a statement. */
typedef struct CheckRow
{
	RuleShape  *shape;
	MemoryContext record_context;
	AttrNumber	as_of;			/* column of the date; 0: today */
	AttrNumber	id;				/* column that names the row in the warnings; 0: none */
	char	   *warnings;		/* qualified and quoted; NULL: none */
	const char *columns[RULE_FIELDS];	/* by field */
} CheckRow;

void
check_row_init(void)
{
	DefineCustomBoolVariable("icpfiling.errors_as_warnings",
							 "Lets icp.check_row() record errors as warnings, instead of refusing the row.",
							 "For loading records of before the rules; grant it with GRANT SET ON PARAMETER.",
							 &errors_as_warnings, false, PGC_SUSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("icpfiling");
}

/*
 * ARGUMENTS
 */

static void
bad_argument(const Trigger *trigger, const char *argument)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("argument \"%s\" of trigger \"%s\" is not understood", argument, trigger->tgname),
			 errhint("'field=column' with a field of icp.rule, 'field=' to leave it out, 'warnings=table', "
					 "'as_of=column', 'id=column'.")));
}

/* The warnings' table; its name resolved now, by the search_path in force, and qualified from here on. */
static char *
warnings_table(const char *name)
{
	List	   *names = icp_qualified_name(name);
	Oid			relid = RangeVarGetRelid(makeRangeVarFromNameList(names), NoLock, false);
	char	   *schema = get_namespace_name(get_rel_namespace(relid));
	char	   *table = get_rel_name(relid);

	/* nothing keeps it from being dropped by somebody else in between */
	if (schema == NULL || table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist", name)));
	return quote_qualified_identifier(schema, table);
}

static CheckRow *
read_arguments(TriggerData *trigdata, MemoryContext context)
{
	Trigger    *trigger = trigdata->tg_trigger;
	TupleDesc	desc = RelationGetDescr(trigdata->tg_relation);
	MemoryContext old = MemoryContextSwitchTo(context);
	CheckRow   *c = palloc0(sizeof(CheckRow));
	RuleAlias  *aliases = palloc(sizeof(RuleAlias) * Max(trigger->tgnargs, 1));
	int			naliases = 0;
	int			i;

	for (i = 0; i < trigger->tgnargs; i++)
	{
		char	   *name = pstrdup(trigger->tgargs[i]);
		char	   *value = strchr(name, '=');
		RuleField	field;

		if (value == NULL)
			bad_argument(trigger, trigger->tgargs[i]);
		*value++ = '\0';
		if (strcmp(name, "warnings") == 0 && *value != '\0')
			c->warnings = warnings_table(value);
		else if (strcmp(name, "as_of") == 0 && *value != '\0')
		{
			c->as_of = icp_trigger_column(trigdata, value);
			if (TupleDescAttr(desc, c->as_of - 1)->atttypid != DATEOID)
				ereport(ERROR,
						(errcode(ERRCODE_DATATYPE_MISMATCH),
						 errmsg("column \"%s\" of 'as_of=' must be of type date", value)));
		}
		else if (strcmp(name, "id") == 0 && *value != '\0')
			c->id = icp_trigger_column(trigdata, value);
		else if ((field = rule_field_of(name)) != FIELD_NONE)
		{
			aliases[naliases].field = field;
			aliases[naliases++].column = *value == '\0' ? NULL : value;
		}
		else
			bad_argument(trigger, trigger->tgargs[i]);
	}
	if (c->id == 0)
		c->id = icp_find_column(desc, "id");
	c->shape = rule_make_shape(desc, aliases, naliases);
	if (c->shape->present == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("relation \"%s\" has no column that a rule is about",
						RelationGetRelationName(trigdata->tg_relation)),
				 errhint("Name them in the trigger's arguments: 'field=column'.")));
	for (i = 0; i < RULE_FIELDS; i++)
		if (c->shape->columns[i].attnum != 0)
			c->columns[i] = pstrdup(NameStr(TupleDescAttr(desc, c->shape->columns[i].attnum - 1)->attname));
	c->record_context = AllocSetContextCreate(context, "icp record", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(old);
	return c;
}

/*
 * WHAT IS SAID
 */

static void
add_member(StringInfo json, const char *name, const char *value)
{
	appendStringInfo(json, "%s\"%s\": ", json->data[json->len - 1] == '{' ? "" : ", ", name);
	if (value == NULL)
		appendStringInfoString(json, "null");
	else
		escape_json(json, value);
}

static const char *
own_words(char *utf8)
{
	return utf8 == NULL ? NULL : icp_words_from_utf8(utf8);
}

static const char *
expected_of(const Violation *v)
{
	return v->expected == NULL ? v->rule->expected : own_words(v->expected);
}

static char *
violations_json(const CheckRow *c, List *violations)
{
	StringInfoData json;
	ListCell   *lc;

	initStringInfo(&json);
	appendStringInfoChar(&json, '[');
	foreach(lc, violations)
	{
		const Violation *v = lfirst(lc);

		appendStringInfoString(&json, json.len > 1 ? ", {" : "{");
		add_member(&json, "rule", v->rule->code);
		add_member(&json, "severity", v->is_error ? "error" : "warning");
		add_member(&json, "field", rule_field_name(v->field));
		add_member(&json, "column", v->field == FIELD_NONE ? NULL : c->columns[v->field]);
		add_member(&json, "found", own_words(v->found));
		add_member(&json, "expected", expected_of(v));
		add_member(&json, "advice", v->rule->advice_zh);
		add_member(&json, "clause", v->rule->clause);
		add_member(&json, "message_zh", v->rule->message_zh);
		add_member(&json, "message_en", v->rule->message_en);
		appendStringInfoChar(&json, '}');
	}
	appendStringInfoChar(&json, ']');
	return json.data;
}

static char *
codes_of(List *violations, bool errors_only)
{
	StringInfoData codes;
	ListCell   *lc;

	initStringInfo(&codes);
	foreach(lc, violations)
	{
		const Violation *v = lfirst(lc);

		if (v->is_error || !errors_only)
			appendStringInfo(&codes, "%s%s", codes.len > 0 ? ", " : "", v->rule->code);
	}
	return codes.data;
}

/*
 * WARNINGS
 */

#define WARNING_COLUMNS 11

/* What a rule of the table of warnings makes of it is its owner's business. */
static void
run(const char *query, int nargs, Oid *types, Datum *values, const char *nulls)
{
	int			rc = SPI_execute_with_args(query, nargs, types, values, nulls, false, 0);

	if (rc < 0)
		elog(ERROR, "SPI_execute_with_args returned %s", SPI_result_code_string(rc));
}

/*
 * What was said of the row before, by the id that it had then, no longer holds; what is said now takes its place.
 * tuple is NULL for a row that is deleted.
 */
static void
write_warnings(TriggerData *trigdata, const CheckRow *c, HeapTuple tuple, List *violations)
{
	Relation	rel = trigdata->tg_relation;
	Oid			types[WARNING_COLUMNS] = {
		REGCLASSOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID
	};
	Datum		values[WARNING_COLUMNS];
	char		nulls[WARNING_COLUMNS + 1];
	char	   *former = NULL;
	char	   *id = NULL;
	OwnerSwitch saved;
	ListCell   *lc;

	if (c->id != 0)
	{
		if (!TRIGGER_FIRED_BY_INSERT(trigdata->tg_event))
			former = SPI_getvalue(trigdata->tg_trigtuple, RelationGetDescr(rel), c->id);
		if (tuple != NULL)
			id = SPI_getvalue(tuple, RelationGetDescr(rel), c->id);
	}
	if (violations == NIL && former == NULL)
		return;
	icp_become_owner_for_sql(rel, &saved);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	memset(nulls, ' ', sizeof(nulls));
	values[0] = ObjectIdGetDatum(RelationGetRelid(rel));
	if (former != NULL)
	{
		values[1] = CStringGetTextDatum(former);
		run(psprintf("DELETE FROM %s w WHERE w.relation = $1 AND w.row_id = $2", c->warnings),
			2, types, values, nulls);
	}
	values[1] = id == NULL ? (Datum) 0 : CStringGetTextDatum(id);
	nulls[1] = id == NULL ? 'n' : ' ';
	foreach(lc, violations)
	{
		const Violation *v = lfirst(lc);
		const char *texts[WARNING_COLUMNS - 2] = {
			v->rule->code, rule_field_name(v->field), own_words(v->found), expected_of(v),
			v->is_error ? "error" : "warning", v->rule->clause, v->rule->message_zh, v->rule->message_en,
			v->rule->advice_zh
		};
		int			i;

		for (i = 0; i < lengthof(texts); i++)
		{
			nulls[i + 2] = texts[i] == NULL ? 'n' : ' ';
			values[i + 2] = texts[i] == NULL ? (Datum) 0 : CStringGetTextDatum(texts[i]);
		}
		run(psprintf("INSERT INTO %s (relation, row_id, code, field, found, expected, severity, clause,"
					 " message_zh, message_en, advice_zh)"
					 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", c->warnings),
			WARNING_COLUMNS, types, values, nulls);
	}
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
	icp_restore_user(&saved);
}

/*
 * check_row --- the trigger
 */
Datum
icp_check_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = icp_after_trigger(fcinfo, "check_row");
	Relation	rel = trigdata->tg_relation;
	CheckRow   *c = fcinfo->flinfo->fn_extra;
	HeapTuple	tuple;
	RuleRecord	r;
	DateADT		as_of;
	List	   *violations;
	ListCell   *lc;
	int			errors = 0;

	if (!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired FOR EACH ROW", "check_row")));
	if (c == NULL)
		c = fcinfo->flinfo->fn_extra = read_arguments(trigdata, fcinfo->flinfo->fn_mcxt);
	if (TRIGGER_FIRED_BY_DELETE(trigdata->tg_event))
	{
		if (c->warnings != NULL)
			write_warnings(trigdata, c, NULL, NIL);
		return PointerGetDatum(NULL);
	}
	tuple = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ? trigdata->tg_newtuple : trigdata->tg_trigtuple;

	as_of = rule_today();
	if (c->as_of != 0)
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, c->as_of, RelationGetDescr(rel), &isnull);

		if (!isnull && !DATE_NOT_FINITE(DatumGetDateADT(value)))
			as_of = DatumGetDateADT(value);
	}
	MemoryContextReset(c->record_context);
	rule_open_record(&r, c->shape, tuple, RelationGetDescr(rel), c->record_context, as_of);
	violations = rule_violations(&r, 0);

	foreach(lc, violations)
		if (((const Violation *) lfirst(lc))->is_error)
		errors++;
	if (errors > 0 && !errors_as_warnings)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg_plural("row of relation \"%s\" breaks %d rule of filing (备案信息填报要求): %s",
							   "row of relation \"%s\" breaks %d rules of filing (备案信息填报要求): %s",
							   errors, RelationGetRelationName(rel), errors, codes_of(violations, true)),
				 errdetail_internal("%s", violations_json(c, violations)),
				 errhint("Each rule is a row of icp.rule; a bureau's settings are in icp.rule_setting."),
				 errtable(rel)));
	if (c->warnings != NULL)
		write_warnings(trigdata, c, tuple, violations);
	else if (violations != NIL)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("row of relation \"%s\" is to be looked at (备案信息填报要求): %s",
						RelationGetRelationName(rel), codes_of(violations, false)),
				 errdetail_internal("%s", violations_json(c, violations)),
				 errtable(rel)));
	/* the rules are let go with it */
	MemoryContextReset(c->record_context);
	return PointerGetDatum(NULL);
}
