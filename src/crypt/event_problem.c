/*
 * event_problem.c
 *	  Does an event's digest fit what the event says?
 *
 * Says yes or no about a digest that the caller has, and never makes one: whoever could have digests made
 * with the key could write a log that fits it.
 */
#include "postgres.h"

#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "crypt/event_digest.h"
#include "crypt/event_key.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/typcache.h"

ICP_FUNCTION(icp_event_problem);

/*
 * What is kept from row to row.  In PL/pgSQL that may be as long as a transaction, in which the log may be altered
 * and its identity be given: the version of the row type is compared, and a log without identity is asked for again.
 */
typedef struct Checker
{
	uint64		row_type;		/* changes with every change of the type */
	Oid			log;
	bool		is_temporary;
	EventShape *shape;
	Datum	   *values;
	bool	   *nulls;
	IcpDigester *digesters[ICP_HMAC_SM3 + 1];
} Checker;

static Checker *
get_checker(FunctionCallInfo fcinfo, HeapTupleHeader row, Oid log)
{
	Checker    *checker = fcinfo->flinfo->fn_extra;
	Oid			type = HeapTupleHeaderGetTypeId(row);
	int32		typmod = HeapTupleHeaderGetTypMod(row);
	uint64		row_type = assign_record_type_identifier(type, typmod);
	MemoryContext old;
	LogIdentity identity;
	char	   *schema;

	if (checker != NULL && checker->row_type == row_type && checker->log == log &&
		checker->shape->identity.len > 0)
		return checker;
	schema = get_namespace_name(get_rel_namespace(log));
	if (schema == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", log)));
	icp_read_log_identity(log, GetActiveSnapshot(), &identity);
	if (checker != NULL && checker->row_type == row_type && checker->log == log && identity.len == 0)
		return checker;
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	checker = palloc0(sizeof(Checker));
	checker->row_type = row_type;
	checker->log = log;
	checker->is_temporary = get_rel_persistence(log) == RELPERSISTENCE_TEMP;
	checker->shape = icp_event_shape(lookup_rowtype_tupdesc_copy(type, typmod), pstrdup(schema), &identity);
	checker->values = palloc(sizeof(Datum) * checker->shape->desc->natts);
	checker->nulls = palloc(sizeof(bool) * checker->shape->desc->natts);
	MemoryContextSwitchTo(old);
	fcinfo->flinfo->fn_extra = checker;
	return checker;
}

/* The bytes of a column if it has as many as it should, otherwise NULL. */
static const uint8 *
bytes_of(const Checker *checker, int column, size_t want)
{
	bytea	   *b;

	if (checker->nulls[column])
		return NULL;
	b = DatumGetByteaPP(checker->values[column]);
	return VARSIZE_ANY_EXHDR(b) == want ? (const uint8 *) VARDATA_ANY(b) : NULL;
}

static const char *
find_problem(FunctionCallInfo fcinfo, Checker *checker, const uint8 *previous)
{
	EventShape *shape = checker->shape;
	const uint8 *digest = bytes_of(checker, shape->digest, ICP_DIGEST_LENGTH);
	const uint8 *salt = bytes_of(checker, shape->salt, ICP_EVENT_SALT_LENGTH);
	const uint8 *values_digest = bytes_of(checker, shape->values_digest, ICP_DIGEST_LENGTH);
	bool		has_values = icp_event_has_values(shape, checker->nulls);
	uint8		computed[ICP_DIGEST_LENGTH];
	int			method;
	int			digest_method;

	if (checker->nulls[shape->seq] || checker->nulls[shape->method] || digest == NULL)
		return "not chained";
	method = DatumGetInt16(checker->values[shape->method]);
	if (method < ICP_SHA256 || method > ICP_EVENT_METHOD_MAX)
		return "altered";
	digest_method = method > ICP_EVENT_BOUND ? method - ICP_EVENT_BOUND : method;
	/* what is bound to no log at all anybody can have made, in a temporary table of his own */
	if (method > ICP_EVENT_BOUND && shape->identity.len == 0 && !checker->is_temporary)
		return "altered";
	if (checker->digesters[digest_method] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);

		checker->digesters[digest_method] = icp_event_digester(digest_method);
		MemoryContextSwitchTo(old);
		if (checker->digesters[digest_method] == NULL)
			return "no key";
	}
	icp_event_digest(shape, checker->values, checker->nulls, checker->digesters[digest_method], method,
					 DatumGetInt64(checker->values[shape->seq]), values_digest, previous, computed);
	if (!icp_same_secret(computed, digest, ICP_DIGEST_LENGTH))
		return "altered";
	if (salt == NULL)
		return has_values ? "altered" : values_digest == NULL ? NULL : "erased";
	if (values_digest == NULL)
		return "altered";
	icp_event_values_digest(shape, checker->values, checker->nulls, checker->digesters[digest_method],
							salt, computed);
	return icp_same_secret(computed, values_digest, ICP_DIGEST_LENGTH) ? NULL : "altered";
}

/*
 * event_problem(event record, log regclass, previous bytea)
 */
Datum
icp_event_problem(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row;
	HeapTupleData tuple;
	Checker    *checker;
	const uint8 *previous = NULL;
	const char *problem;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	row = PG_GETARG_HEAPTUPLEHEADER(0);
	checker = get_checker(fcinfo, row, PG_GETARG_OID(1));
	if (!PG_ARGISNULL(2))
	{
		bytea	   *b = PG_GETARG_BYTEA_PP(2);

		if (VARSIZE_ANY_EXHDR(b) != ICP_DIGEST_LENGTH)
			PG_RETURN_TEXT_P(cstring_to_text("altered"));
		previous = (const uint8 *) VARDATA_ANY(b);
	}
	if (HeapTupleHeaderGetNatts(row) > checker->shape->desc->natts)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("the event has more columns than its type")));
	tuple.t_len = HeapTupleHeaderGetDatumLength(row);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = row;
	heap_deform_tuple(&tuple, checker->shape->desc, checker->values, checker->nulls);
	problem = find_problem(fcinfo, checker, previous);
	if (problem == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem));
}
