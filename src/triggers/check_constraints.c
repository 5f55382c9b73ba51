/*
 * check_constraints.c
 *	  The trigger that checks a table's own constraints before the server does, and says less.
 *
 *	icp.check_constraints([unique constraint ...])
 *
 * BEFORE INSERT OR UPDATE ... FOR EACH ROW.  Where a row breaks a CHECK or NOT NULL constraint, the server's message
 * repeats the whole row to the table's owner and to the log ("Failing row contains ..."), and that of a unique
 * constraint its key: names, telephones, credentials.  This trigger reads the same constraints, in the server's order,
 * from the relation itself, so that none is forgotten, and fails with the same SQLSTATE and the same table, column and
 * constraint for programs to read, and without the row.  It adds no rule and takes none away: what it lets through
 * the server checks as ever.
 *
 * A trigger that fires later may change the row behind it, so it is named to be the last.  What the server finds all the
 * same in a session in which the trigger has fired, it says without the row, and without the key where the trigger's
 * arguments name the constraint.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "nodes/bitmapset.h"
#include "optimizer/optimizer.h"
#include "triggers/check_constraints.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"

ICP_FUNCTION(icp_check_constraints);

/* What one trigger of one statement has prepared; lives as long as the call's FmgrInfo. */
typedef struct Checker
{
	bool		passes;			/* nothing is checked */
	int			nchecks;
	const char **names;			/* of the CHECK constraints */
	ExprState **states;
	ExprContext *econtext;
} Checker;

/* Does the expression read a generated column?  They are computed after the BEFORE triggers. */
static bool
reads_generated_column(Relation rel, Node *expr)
{
	TupleDesc	desc = RelationGetDescr(rel);
	Bitmapset  *columns = NULL;
	int			column = -1;

	pull_varattnos(expr, 1, &columns);
	while ((column = bms_next_member(columns, column)) >= 0)
	{
		AttrNumber	attnum = column + FirstLowInvalidHeapAttributeNumber;

		/* 0 stands for the whole row */
		if (attnum == 0 ? (desc->constr != NULL && ICP_HAS_GENERATED(desc->constr)) :
			(attnum > 0 && TupleDescAttr(desc, attnum - 1)->attgenerated != '\0'))
			return true;
	}
	return false;
}

/*
 * What of the server's own messages this session knows to be personal: the rows of tables with the trigger, and the
 * keys of the constraints that its arguments name.  A constraint of a unique index cannot be checked beforehand without
 * getting in the way of ON CONFLICT, and a row may still be changed behind this trigger; then the server finds it.
 */
typedef struct Guarded
{
	struct Guarded *next;
	const char *constraint;		/* NULL: the table's rows */
	const char *table;
	char		schema[FLEXIBLE_ARRAY_MEMBER];
} Guarded;

static Guarded *guarded = NULL;
static emit_log_hook_type next_emit_log_hook = NULL;

static bool
is_guarded(const char *schema, const char *table, const char *constraint)
{
	for (Guarded *g = guarded; g != NULL; g = g->next)
	{
		if (strcmp(g->schema, schema) == 0 && strcmp(g->table, table) == 0 &&
			(constraint == NULL ? g->constraint == NULL : g->constraint != NULL && strcmp(g->constraint, constraint) == 0))
			return true;
	}
	return false;
}

/* Is it the server's own message, whatever the language, of a row or of a key?  What others say of them stays. */
static bool
begins_with(const ErrorData *edata, const char *words)
{
	return edata->message_id != NULL && strncmp(edata->message_id, words, strlen(words)) == 0;
}

static bool
shows_guarded(const ErrorData *edata)
{
	if (edata->schema_name == NULL || edata->table_name == NULL)
		return false;
	switch (edata->sqlerrcode)
	{
		case ERRCODE_CHECK_VIOLATION:
			return begins_with(edata, "new row for relation") &&
				is_guarded(edata->schema_name, edata->table_name, NULL);
		case ERRCODE_NOT_NULL_VIOLATION:
			return begins_with(edata, "null value in column") &&
				is_guarded(edata->schema_name, edata->table_name, NULL);
		case ERRCODE_UNIQUE_VIOLATION:
		case ERRCODE_EXCLUSION_VIOLATION:
			return (begins_with(edata, "duplicate key value") || begins_with(edata, "conflicting key value")) &&
				edata->constraint_name != NULL &&
				is_guarded(edata->schema_name, edata->table_name, edata->constraint_name);
		default:
			return false;
	}
}

/* Takes the row or key out of a message before it goes to the log and the client; allocates nothing. */
static void
withhold_detail(ErrorData *edata)
{
	if (shows_guarded(edata))
	{
		edata->detail = NULL;
		edata->hide_ctx = true;
	}
	if (next_emit_log_hook != NULL)
		next_emit_log_hook(edata);
}

static void
guard(const char *schema, const char *table, const char *constraint)
{
	size_t		schema_size = strlen(schema) + 1;
	size_t		table_size = strlen(table) + 1;
	size_t		constraint_size = constraint == NULL ? 0 : strlen(constraint) + 1;
	Guarded    *new;
	char	   *names;

	if (is_guarded(schema, table, constraint))
		return;
	new = MemoryContextAlloc(TopMemoryContext, offsetof(Guarded, schema) + schema_size + table_size + constraint_size);
	names = new->schema;
	memcpy(names, schema, schema_size);
	new->table = memcpy(names + schema_size, table, table_size);
	new->constraint = constraint == NULL ? NULL : memcpy(names + schema_size + table_size, constraint, constraint_size);
	new->next = guarded;
	guarded = new;
}

void
icp_check_constraints_init(void)
{
	next_emit_log_hook = emit_log_hook;
	emit_log_hook = withhold_detail;
}

static Checker *
prepare(TriggerData *trigdata, MemoryContext context)
{
	MemoryContext caller = MemoryContextSwitchTo(context);
	Relation	rel = trigdata->tg_relation;
	TupleConstr *constr = RelationGetDescr(rel)->constr;
	const char *schema = get_namespace_name(RelationGetNamespace(rel));
	Checker    *checker = palloc0_object(Checker);
	int			room = constr == NULL ? 0 : constr->num_check;

	/*
	 * To whom row security applies the server shows no row, and it asks the policies first: what it says of a row
	 * that may not be entered at all is left to it.
	 */
	checker->passes = check_enable_rls(RelationGetRelid(rel), InvalidOid, true) == RLS_ENABLED;
	if (checker->passes)
		room = 0;

	checker->names = palloc_array(const char *, room + 1);
	checker->states = palloc_array(ExprState *, room + 1);
	for (int i = 0; i < room; i++)
	{
		Node	   *expr;

		if (!ICP_CHECK_ENFORCED(&constr->check[i]))
			continue;
		expr = stringToNode(constr->check[i].ccbin);
		if (reads_generated_column(rel, expr))
			continue;
		checker->names[checker->nchecks] = pstrdup(constr->check[i].ccname);
		checker->states[checker->nchecks++] = ExecInitExpr(expression_planner((Expr *) expr), NULL);
	}
	checker->econtext = CreateStandaloneExprContext();
	guard(schema, RelationGetRelationName(rel), NULL);
	for (int i = 0; i < trigdata->tg_trigger->tgnargs; i++)
		guard(schema, RelationGetRelationName(rel), trigdata->tg_trigger->tgargs[i]);
	MemoryContextSwitchTo(caller);
	return checker;
}

static void
check_not_null(Relation rel, TupleTableSlot *slot)
{
	TupleDesc	desc = RelationGetDescr(rel);

	if (desc->constr == NULL || !desc->constr->has_not_null)
		return;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (att->attnotnull && !att->attisdropped && att->attgenerated == '\0' && slot_attisnull(slot, i + 1))
			ereport(ERROR,
					(errcode(ERRCODE_NOT_NULL_VIOLATION),
					 errmsg("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
							NameStr(att->attname), RelationGetRelationName(rel)),
					 errhidecontext(true),	/* COPY's repeats the row */
					 errtablecol(rel, i + 1)));
	}
}

Datum
icp_check_constraints(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;
	Relation	rel;
	bool		is_update;
	TupleTableSlot *slot;
	Checker    *checker;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigdata->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) || TRIGGER_FIRED_BY_DELETE(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired BEFORE INSERT OR UPDATE, FOR EACH ROW", "check_constraints")));
	rel = trigdata->tg_relation;
	is_update = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event);
	slot = is_update ? trigdata->tg_newslot : trigdata->tg_trigslot;
	checker = (Checker *) fcinfo->flinfo->fn_extra;
	if (checker == NULL)
	{
		checker = prepare(trigdata, fcinfo->flinfo->fn_mcxt);
		fcinfo->flinfo->fn_extra = checker;
	}

	if (!checker->passes)
		check_not_null(rel, slot);

	ResetExprContext(checker->econtext);
	checker->econtext->ecxt_scantuple = slot;
	for (int i = 0; i < checker->nchecks; i++)
	{
		if (!ExecCheck(checker->states[i], checker->econtext))
			ereport(ERROR,
					(errcode(ERRCODE_CHECK_VIOLATION),
					 errmsg("new row for relation \"%s\" violates check constraint \"%s\"",
							RelationGetRelationName(rel), checker->names[i]),
					 errhidecontext(true),
					 errtableconstraint(rel, checker->names[i])));
	}

	return PointerGetDatum(is_update ? trigdata->tg_newtuple : trigdata->tg_trigtuple);
}
