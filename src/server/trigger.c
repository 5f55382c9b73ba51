/*
 * trigger.c
 *	  What the trigger functions share.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "server/trigger.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

TriggerData *
icp_after_trigger(FunctionCallInfo fcinfo, const char *function)
{
	TriggerData *trigdata = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", function)));

	/* A BEFORE trigger would judge a row that a later BEFORE trigger may still change. */
	if (!TRIGGER_FIRED_AFTER(trigdata->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" must be fired AFTER", function),
				 errhint("Create it with CREATE TRIGGER ... AFTER INSERT OR UPDATE OR DELETE.")));
	return trigdata;
}

AttrNumber
icp_trigger_column(TriggerData *trigdata, const char *name)
{
	AttrNumber	attnum = icp_find_column(RelationGetDescr(trigdata->tg_relation), name);

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of relation \"%s\" does not exist",
						name, RelationGetRelationName(trigdata->tg_relation)),
				 errcontext("arguments of trigger \"%s\"", trigdata->tg_trigger->tgname)));
	return attnum;
}

void
icp_check_integer_column(Relation rel, AttrNumber attnum)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);

	if (att->atttypid != INT8OID && att->atttypid != INT4OID && att->atttypid != INT2OID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of relation \"%s\" has type %s",
						NameStr(att->attname), RelationGetRelationName(rel), format_type_be(att->atttypid)),
				 errhint("Rows and accounts are told apart by smallint, integer or bigint.")));
}

int64
icp_integer_value(Oid type, Datum value)
{
	switch (type)
	{
		case INT2OID:
			return DatumGetInt16(value);
		case INT4OID:
			return DatumGetInt32(value);
		default:
			return DatumGetInt64(value);
	}
}

void
icp_become_owner(Relation rel, OwnerSwitch *state)
{
	GetUserIdAndSecContext(&state->saved_user, &state->saved_context);
	SetUserIdAndSecContext(rel->rd_rel->relowner,
						   state->saved_context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	state->guc_level = 0;
}

void
icp_become_owner_for_sql(Relation rel, OwnerSwitch *state)
{
	icp_become_owner(rel, state);
	state->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

Oid
icp_relation_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

void
icp_check_writer(Oid relid, Oid writer)
{
	AclMode		needed = ACL_SELECT | ACL_INSERT | ACL_UPDATE;
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	form = (Form_pg_class) GETSTRUCT(tuple);
	/* (of a table that has just been dropped no rights are left, which is no reason for another message) */
	if (pg_class_aclmask(relid, writer, needed, ACLMASK_ALL) != needed)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for table %s", NameStr(form->relname)),
				 errdetail("The owner \"%s\" of the table with the trigger must be allowed to select, insert and update there.",
						   GetUserNameFromId(writer, false))));
	if (form->relkind != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an ordinary table", NameStr(form->relname))));
	/* Policies are the executor's work, and it is not asked here. */
	if (form->relrowsecurity && !has_privs_of_role(writer, form->relowner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("row security of table %s does not let claims of \"%s\" in",
						NameStr(form->relname), GetUserNameFromId(writer, false))));
	ReleaseSysCache(tuple);
}

void
icp_act_as_owner_of(Oid relid, Oid writer)
{
	Oid			user;
	int			context;

	/*
	 * Who may not write there gets no lock either, with which he would stop its owner's ALTER TABLE.  The lock comes
	 * before the owner is read, who could change before the table is opened; and while it was waited for, rights may
	 * have been taken away.
	 */
	icp_check_writer(relid, writer);
	LockRelationOid(relid, RowExclusiveLock);
	icp_check_writer(relid, writer);
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(icp_relation_owner(relid),
						   context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

void
icp_restore_user(const OwnerSwitch *state)
{
	if (state->guc_level > 0)
		AtEOXact_GUC(false, state->guc_level);
	SetUserIdAndSecContext(state->saved_user, state->saved_context);
}
