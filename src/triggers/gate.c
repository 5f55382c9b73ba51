/*
 * gate.c
 *	  Nobody keeps a gate of the whole country in hand while he thinks.
 *
 * The gates of a registry are rows that its deferred triggers lock at the commit.  A deferred trigger fires earlier
 * too, where somebody says SET CONSTRAINTS ... IMMEDIATE, and then the row stays locked as long as his transaction is
 * idle; PREPARE TRANSACTION keeps it locked without a session.  icp.pass_gate() is called before a gate is locked and
 * lets through what is about to end only.
 */
#include "postgres.h"

#include "compat.h"

#include "access/xact.h"
#include "fmgr.h"
#include "tcop/pquery.h"
#include "tcop/tcopprot.h"

ICP_FUNCTION(icp_pass_gate);

/* Has this transaction been let through? */
static bool has_passed = false;

static void
at_transaction(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_PREPARE:
			if (has_passed)
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("a transaction that passes a gate of the registry cannot be prepared"),
						 errdetail("The row that the whole country shares would stay locked.")));
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
			has_passed = false;
			break;
		default:
			break;
	}
}

/*
 * Deferred triggers of COMMIT run when its portal has been closed, with the client's message still being processed;
 * those of a statement outside a transaction block when it ends.  Within a block everything else has a portal, or
 * (a function called by the fastpath protocol) no query.
 */
static bool
is_ending(void)
{
	return !IsTransactionBlock() || (ActivePortal == NULL && debug_query_string != NULL);
}

/*
 * pass_gate() --- fails unless the transaction is about to commit
 */
Datum
icp_pass_gate(PG_FUNCTION_ARGS)
{
	static bool is_registered = false;

	if (!is_ending())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("a gate of the registry is passed at the commit"),
				 errdetail("The row that the whole country shares would be locked until then."),
				 errhint("Leave the registry's deferred constraints deferred: SET CONSTRAINTS ALL DEFERRED.")));
	if (!is_registered)
	{
		RegisterXactCallback(at_transaction, NULL);
		is_registered = true;
	}
	has_passed = true;
	PG_RETURN_VOID();
}
