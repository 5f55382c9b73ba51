/*
 * enforce_transition.c
 *	  The trigger that lets an application's state change only along icp.transition, and only by who may.
 *
 *	icp.enforce_transition('kind_column', 'state_column', 'id_column')
 *
 * AFTER INSERT OR UPDATE ... FOR EACH ROW.  (kind, from, to) is unique in icp.transition, so a plain UPDATE of the
 * state says which event it is.
 *
 * Who acts is looked up in the table "member" of the same schema by the current user: a provider acts on rows with
 * its provider_id, a bureau on rows with its province_code, a sponsor on rows with its account_id.  The table's
 * owner may act as any.  Where the schema has no table "member", whoever may update the row may act; one of
 * somebody else than the table's owner is refused.
 */
#include "postgres.h"

#include "compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "server/plan.h"
#include "server/trigger.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

ICP_FUNCTION(icp_enforce_transition);

#define MEMBER_TABLE "member"

/* One change of state, as the row and icp.transition have it. */
typedef struct Step
{
	TriggerData *trigdata;
	Relation	rel;
	const char *id;				/* for messages */
	char	   *kind;
	char	   *from;			/* NULL: the row is new */
	char	   *to;
	char	   *event;
	Datum		actors;			/* text[] */
	bool		needs_reason;
	char	   *clause;
} Step;

static char *
column_text(TriggerData *trigdata, HeapTuple tuple, const char *argument)
{
	return SPI_getvalue(tuple, RelationGetDescr(trigdata->tg_relation), icp_trigger_column(trigdata, argument));
}

static Datum
text_or_null(const char *value, char *nulls, int i)
{
	nulls[i] = value == NULL ? 'n' : ' ';
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

/*
 * Runs a query of one row; false if there is none.  A query whose text never changes is planned once a session
 * (the plan cache follows what happens to its tables): plan points to where it is kept, or is NULL.
 */
static bool
query_one_row(SPIPlanPtr *plan, const char *query, int nargs, Oid *types, Datum *values, const char *nulls)
{
	int			rc;

	if (plan == NULL)
		rc = SPI_execute_with_args(query, nargs, types, values, nulls, true, 1);
	else
	{
		if (*plan == NULL)
			*plan = icp_keep_plan(query, nargs, types);
		rc = SPI_execute_plan(*plan, values, nulls, true, 1);
	}
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "a query of icp.transition returned %s", SPI_result_code_string(rc));
	return SPI_processed > 0;
}

static char *
result_text(int column)
{
	return SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column);
}

/* Fills in the step from icp.transition; false if there is no such step. */
static bool
find_transition(Step *step)
{
	Oid			types[] = {TEXTOID, TEXTOID, TEXTOID};
	Datum		values[3];
	char		nulls[3];
	bool		isnull;
	static SPIPlanPtr plan = NULL;

	values[0] = text_or_null(step->kind, nulls, 0);
	values[1] = text_or_null(step->from, nulls, 1);
	values[2] = text_or_null(step->to, nulls, 2);
	if (!query_one_row(&plan, "SELECT t.event, t.actors, t.needs_reason, t.clause"
					   "  FROM icp.transition t"
					   " WHERE t.kind = $1 AND t.from_state IS NOT DISTINCT FROM $2 AND t.to_state = $3",
					   3, types, values, nulls))
		return false;
	step->event = result_text(1);
	step->actors = SPI_datumTransfer(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull),
									 false, -1);
	step->needs_reason = strcmp(result_text(3), "t") == 0;
	step->clause = result_text(4);
	return true;
}

/* Who takes the step, with Chinese names, for messages. */
static char *
actor_names(const Step *step)
{
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[1];
	static SPIPlanPtr plan = NULL;

	values[0] = step->actors;
	query_one_row(&plan, "SELECT string_agg(a.code || ' (' || a.name_zh || ')', ', ' ORDER BY a.code)"
				  "  FROM icp.actor a WHERE a.code = ANY ($1)", 1, types, values, " ");
	return result_text(1);
}

/* A state with its Chinese name, for messages. */
static char *
state_label(const char *state)
{
	Oid			types[] = {TEXTOID};
	Datum		values[1];
	static SPIPlanPtr plan = NULL;

	values[0] = CStringGetTextDatum(state);
	if (!query_one_row(&plan, "SELECT s.code || ' ' || s.name_zh FROM icp.state s WHERE s.code = $1",
					   1, types, values, " "))
		return psprintf("\"%s\"", state);
	return result_text(1);
}

/* The steps that lead out of the present state, with event and actors, for messages. */
static char *
possible_steps(const Step *step)
{
	Oid			types[] = {TEXTOID, TEXTOID};
	Datum		values[2];
	char		nulls[2];
	static SPIPlanPtr plan = NULL;

	values[0] = text_or_null(step->kind, nulls, 0);
	values[1] = text_or_null(step->from, nulls, 1);
	if (query_one_row(&plan, "SELECT string_agg(s.code || ' ' || s.name_zh || ' by ' || t.event || ' ('"
					  "       || array_to_string(t.actors, ', ') || ')', '; ' ORDER BY s.ordinal)"
					  "  FROM icp.transition t JOIN icp.state s ON s.code = t.to_state"
					  " WHERE t.kind = $1 AND t.from_state IS NOT DISTINCT FROM $2",
					  2, types, values, nulls) && result_text(1) != NULL)
		return result_text(1);
	return NULL;
}

static void
refuse_step(const Step *step)
{
	char	   *steps = possible_steps(step);
	const char *table = RelationGetRelationName(step->rel);

	if (step->from == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s %s (%s) cannot begin in state %s", table, step->id, step->kind, state_label(step->to)),
				 steps == NULL ?
				 errdetail("Kind \"%s\" has no steps in icp.transition.", step->kind) :
				 errdetail("It can begin in: %s.", steps),
				 errtable(step->rel)));
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("%s %s (%s) cannot go from state %s to %s",
					table, step->id, step->kind, state_label(step->from), state_label(step->to)),
			 steps == NULL ?
			 errdetail("State %s is final.", state_label(step->from)) :
			 errdetail("From %s it can go to: %s.", state_label(step->from), steps),
			 errhint("The steps are the rows of icp.transition."),
			 errtable(step->rel)));
}

/* The row's value of a column that other applications' tables need not have. */
static Datum
scope_value(const Step *step, HeapTuple tuple, const char *column, char *nulls, int i)
{
	AttrNumber	attnum = icp_find_column(RelationGetDescr(step->rel), column);
	bool		isnull = true;
	Datum		value = (Datum) 0;

	if (attnum != InvalidAttrNumber)
	{
		icp_check_integer_column(step->rel, attnum);
		value = SPI_getbinval(tuple, RelationGetDescr(step->rel), attnum, &isnull);
		if (!isnull)
			value = Int64GetDatum(icp_integer_value(TupleDescAttr(RelationGetDescr(step->rel), attnum - 1)->atttypid,
													value));
	}
	nulls[i] = isnull ? 'n' : ' ';
	return value;
}

/* May the user take this step on this row? */
static bool
user_may(const Step *step, HeapTuple tuple, Oid user)
{
	Oid			types[] = {NAMEOID, TEXTARRAYOID, INT8OID, INT8OID, INT8OID, TEXTOID};
	Datum		values[6];
	char		nulls[7] = "      ";
	NameData	name;
	AttrNumber	filed_by;
	Oid			member;
	char	   *schema = get_namespace_name(RelationGetNamespace(step->rel));
	char	   *query;

	if (has_privs_of_role(user, step->rel->rd_rel->relowner))
		return true;
	member = get_relname_relid(MEMBER_TABLE, RelationGetNamespace(step->rel));
	if (!OidIsValid(member))
		return true;

	/* It is read as the table's owner, and might be a view of whoever else may create there. */
	if (!has_privs_of_role(icp_relation_owner(member), step->rel->rd_rel->relowner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("\"%s.%s\" does not belong to the owner of table \"%s\"",
						schema, MEMBER_TABLE, RelationGetRelationName(step->rel)),
				 errdetail("It says who may take which step, and only the table's owner may say so."),
				 errhint("ALTER TABLE ... OWNER TO, or keep the table in a schema where nobody else may create.")));

	namestrcpy(&name, GetUserNameFromId(user, false));
	values[0] = NameGetDatum(&name);
	values[1] = step->actors;
	values[2] = scope_value(step, tuple, "provider_id", nulls, 2);
	values[3] = scope_value(step, tuple, "province_code", nulls, 3);
	values[4] = scope_value(step, tuple, "account_id", nulls, 4);
	filed_by = icp_find_column(RelationGetDescr(step->rel), "filed_by");
	values[5] = text_or_null(filed_by == InvalidAttrNumber ? NULL :
							 SPI_getvalue(tuple, RelationGetDescr(step->rel), filed_by), nulls, 5);

	/* "creator" is whoever filed the application (filed_by): the account, the provider or the bureau */
	query = psprintf("SELECT true FROM %s.%s m"
					 " WHERE m.role_name = $1"
					 "   AND CASE m.role"
					 "       WHEN 'provider' THEN m.provider_id = $3"
					 "            AND ('provider' = ANY ($2) OR 'creator' = ANY ($2) AND $6 = 'provider')"
					 "       WHEN 'sponsor' THEN m.account_id = $5"
					 "            AND ('account' = ANY ($2) OR 'creator' = ANY ($2) AND $6 = 'sponsor')"
					 "       WHEN 'bureau' THEN m.province_code = $4"
					 "            AND ('bureau' = ANY ($2) OR 'creator' = ANY ($2) AND $6 = 'bureau')"
					 "       WHEN 'system' THEN 'system' = ANY ($2) OR 'clock' = ANY ($2)"
					 "       ELSE false END",
					 quote_identifier(schema), MEMBER_TABLE);
	return query_one_row(NULL, query, 6, types, values, nulls);
}

static void
check_reason(const Step *step, HeapTuple tuple)
{
	AttrNumber	attnum = icp_find_column(RelationGetDescr(step->rel), "reason");
	char	   *reason;

	if (!step->needs_reason || attnum == InvalidAttrNumber)
		return;
	reason = SPI_getvalue(tuple, RelationGetDescr(step->rel), attnum);
	if (reason == NULL || strspn(reason, " \t\r\n") == strlen(reason))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("step \"%s\" of %s %s needs a reason (原因)",
						step->event, RelationGetRelationName(step->rel), step->id),
				 errdetail("Clause: %s.", step->clause),
				 errhint("Set column \"reason\" in the same UPDATE."),
				 errtablecol(step->rel, attnum)));
}

/*
 * enforce_transition --- the trigger
 */
Datum
icp_enforce_transition(PG_FUNCTION_ARGS)
{
	TriggerData *trigdata = icp_after_trigger(fcinfo, "enforce_transition");
	Trigger    *trigger = trigdata->tg_trigger;
	Oid			current = GetUserId();
	Oid			user;
	OwnerSwitch saved;
	Step		step = {0};
	HeapTuple	tuple;

	if (!TRIGGER_FIRED_FOR_ROW(trigdata->tg_event) ||
		!(TRIGGER_FIRED_BY_INSERT(trigdata->tg_event) || TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event)))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired for INSERT or UPDATE, FOR EACH ROW", "enforce_transition")));
	if (trigger->tgnargs != 3)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("trigger \"%s\" needs three arguments", trigger->tgname),
				 errhint("icp.enforce_transition('kind_column', 'state_column', 'id_column').")));

	/*
	 * Who acts is the role of SET ROLE or the session's, as acting_user() of a registry says, whoever's function the
	 * step is in: a member's own SECURITY DEFINER function lends nobody its owner's part.  The table owner's
	 * functions take steps of the system.
	 */
	user = has_privs_of_role(current, trigdata->tg_relation->rd_rel->relowner) ? current : GetOuterUserId();

	icp_become_owner_for_sql(trigdata->tg_relation, &saved);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");

	step.trigdata = trigdata;
	step.rel = trigdata->tg_relation;
	tuple = TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event) ? trigdata->tg_newtuple : trigdata->tg_trigtuple;
	step.kind = column_text(trigdata, tuple, trigger->tgargs[0]);
	step.to = column_text(trigdata, tuple, trigger->tgargs[1]);
	step.id = column_text(trigdata, tuple, trigger->tgargs[2]);
	if (step.id == NULL)
		step.id = "?";
	if (step.kind == NULL || step.to == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("kind and state of %s %s must not be null",
						RelationGetRelationName(step.rel), step.id)));
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
	{
		char	   *old_kind = column_text(trigdata, trigdata->tg_trigtuple, trigger->tgargs[0]);

		step.from = column_text(trigdata, trigdata->tg_trigtuple, trigger->tgargs[1]);
		if (old_kind != NULL && strcmp(old_kind, step.kind) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("the kind of %s %s cannot change from \"%s\" to \"%s\"",
							RelationGetRelationName(step.rel), step.id, old_kind, step.kind),
					 errhint("Withdraw it and enter a new application.")));
	}

	if (step.from == NULL || strcmp(step.from, step.to) != 0)
	{
		if (!find_transition(&step))
			refuse_step(&step);
		/* By the row as it was: the step's own UPDATE cannot make it somebody else's. */
		if (!user_may(&step, trigdata->tg_trigtuple, user))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("role \"%s\" may not take step \"%s\" on %s %s (%s)",
							GetUserNameFromId(user, false), step.event,
							RelationGetRelationName(step.rel), step.id, step.kind),
					 errdetail("From %s to %s it is taken by: %s.",
							   step.from == NULL ? "nothing" : state_label(step.from), state_label(step.to),
							   actor_names(&step)),
					 errhint("Table \"%s.%s\" says which role acts for which provider, bureau or account.",
							 get_namespace_name(RelationGetNamespace(step.rel)), MEMBER_TABLE)));
		check_reason(&step, tuple);
	}

	SPI_finish();
	icp_restore_user(&saved);
	return PointerGetDatum(NULL);
}
