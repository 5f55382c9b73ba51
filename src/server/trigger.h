/*
 * trigger.h
 *	  What the trigger functions share: the checks on how they were called, their arguments, and running as the
 *	  owner of the table they stand on.
 */
#ifndef ICP_SERVER_TRIGGER_H
#define ICP_SERVER_TRIGGER_H

#include "commands/trigger.h"
#include "server/column.h"
#include "utils/rel.h"

/* Fails unless fcinfo is a call as an AFTER trigger; function is the SQL name for the message. */
extern TriggerData *icp_after_trigger(FunctionCallInfo fcinfo, const char *function);

/* The column that argument number argno names; fails with 42703 if the table has none of that name. */
extern AttrNumber icp_trigger_column(TriggerData *trigdata, const char *name);

/* A smallint, integer or bigint column as int64; 42804 for any other type. */
extern void icp_check_integer_column(Relation rel, AttrNumber attnum);
extern int64 icp_integer_value(Oid type, Datum value);

/*
 * The user of the trigger's table for the time between the two calls, as referential integrity triggers do, so
 * that the caller's missing rights, or a row security policy, cannot hide a row from them (doc/decisions.md, Rights).
 * On error the transaction's abort restores the user.
 */
typedef struct OwnerSwitch
{
	Oid			saved_user;
	int			saved_context;
	int			guc_level;		/* of the pinned search_path, 0 = not pinned */
} OwnerSwitch;

extern void icp_become_owner(Relation rel, OwnerSwitch *state);

/* The same, for code that runs SQL: nothing the caller's search_path has can stand in for a catalog object. */
extern void icp_become_owner_for_sql(Relation rel, OwnerSwitch *state);
extern void icp_restore_user(const OwnerSwitch *state);

/* Fails unless writer may select, insert and update in that ordinary table, and no row security is in his way. */
extern void icp_check_writer(Oid relid, Oid writer);

/*
 * From here on the owner of that table, under the restrictions of index builds: writing a table runs the functions
 * of its indexes, which are its owner's, and anybody may have named it to a trigger.  Asks for the writer's rights,
 * then locks the table as writers do.  To be undone by icp_restore_user() of an earlier switch.
 */
extern void icp_act_as_owner_of(Oid relid, Oid writer);

/* Who owns the table, view, ...; fails if it has been dropped. */
extern Oid	icp_relation_owner(Oid relid);

#endif							/* ICP_SERVER_TRIGGER_H */
