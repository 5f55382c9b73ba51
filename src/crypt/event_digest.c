/*
 * event_digest.c
 *	  The digest that chains an event to the one before it (doc/decisions.md, The log).
 *
 * It covers, each with its length before it: the log, the chain, the place in it, the method, the
 * digest of the event before, name and value of every column that is not null, and the salted digest of
 * reason and values.  So a value can be erased later: what the chain needs is its salted digest, from which
 * it cannot be guessed once the salt is gone with it.
 *
 * Values are taken in a form that depends on no setting, server version or encoding of the database.  The
 * form is stored in its results and never changes; a column that is added later is null in older events and
 * leaves them as they were.
 */
#include "postgres.h"

#include "compat.h"

#include "catalog/pg_type.h"
#include "crypt/event_digest.h"
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
#include "server/column.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

static const char schema_form[] = "icp.event.1";
static const char identity_form[] = "icp.event.2";

static int
find_column(TupleDesc desc, const char *name, Oid type)
{
	AttrNumber	attnum = icp_find_column(desc, name);
	Form_pg_attribute att;

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("an event log needs a column \"%s\"", name)));
	att = TupleDescAttr(desc, attnum - 1);
	if (att->atttypid != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of an event log has type %s", name, format_type_be(att->atttypid)),
				 errdetail("It must be %s.", format_type_be(type))));
	return attnum - 1;
}

static bool
is_salted(const char *name)
{
	return strcmp(name, "reason") == 0 || strcmp(name, "old_values") == 0 || strcmp(name, "new_values") == 0;
}

/* What a trigger does not see before the row is written, or what has no form here, cannot be covered. */
static void
check_column(Form_pg_attribute att)
{
	if (att->attgenerated != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_COLUMN_DEFINITION),
				 errmsg("column \"%s\" of an event log is generated", NameStr(att->attname)),
				 errdetail("Its value comes into being after the digest.")));
	switch (att->atttypid)
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case TIMESTAMPTZOID:
		case NAMEOID:
		case TEXTOID:
		case JSONBOID:
			return;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_DATATYPE_MISMATCH),
					 errmsg("column \"%s\" of an event log has type %s", NameStr(att->attname),
							format_type_be(att->atttypid)),
					 errhint("Known are boolean, integers, text, name, timestamp with time zone, jsonb.")));
	}
}

EventShape *
icp_event_shape(TupleDesc desc, const char *schema, const LogIdentity *identity)
{
	EventShape *shape = palloc(sizeof(EventShape));

	shape->desc = desc;
	shape->schema = schema;
	shape->identity = *identity;
	shape->application_id = find_column(desc, "application_id", INT8OID);
	shape->sponsor_id = find_column(desc, "sponsor_id", INT8OID);
	shape->province_code = find_column(desc, "province_code", INT2OID);
	shape->seq = find_column(desc, "seq", INT8OID);
	shape->method = find_column(desc, "method", INT2OID);
	shape->salt = find_column(desc, "salt", BYTEAOID);
	shape->values_digest = find_column(desc, "values_digest", BYTEAOID);
	shape->digest = find_column(desc, "digest", BYTEAOID);
	shape->uses = palloc(sizeof(EventColumnUse) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
		shape->uses[i] = is_salted(NameStr(TupleDescAttr(desc, i)->attname)) ? EVENT_SALTED : EVENT_COVERED;
	shape->uses[shape->seq] = shape->uses[shape->method] = shape->uses[shape->salt] = EVENT_CHAIN;
	shape->uses[shape->values_digest] = shape->uses[shape->digest] = EVENT_CHAIN;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && (shape->uses[i] != EVENT_CHAIN || att->attgenerated != '\0'))
			check_column(att);
	}
	return shape;
}

EventChain
icp_event_chain(const EventShape *shape, const Datum *values, const bool *nulls)
{
	EventChain	chain;

	if (!nulls[shape->application_id])
	{
		chain.kind = "application";
		chain.id = DatumGetInt64(values[shape->application_id]);
	}
	else if (!nulls[shape->sponsor_id])
	{
		chain.kind = "sponsor";
		chain.id = DatumGetInt64(values[shape->sponsor_id]);
	}
	else
	{
		/* one a province, so that what a province gets by a row filter holds whole chains */
		chain.kind = "registry";
		chain.id = nulls[shape->province_code] ? 0 : DatumGetInt16(values[shape->province_code]);
	}
	return chain;
}

bool
icp_event_has_values(const EventShape *shape, const bool *nulls)
{
	for (int i = 0; i < shape->desc->natts; i++)
	{
		if (shape->uses[i] == EVENT_SALTED && !nulls[i])
			return true;
	}
	return false;
}

static void
add_bytes(IcpDigester *digester, const void *bytes, size_t len)
{
	uint32		n = pg_hton32((uint32) len);

	icp_digester_add(digester, &n, sizeof(n));
	icp_digester_add(digester, bytes, len);
}

static void
add_string(IcpDigester *digester, const char *s)
{
	add_bytes(digester, s, strlen(s));
}

static void
add_integer(IcpDigester *digester, int64 value)
{
	uint64		n = pg_hton64((uint64) value);

	add_bytes(digester, &n, sizeof(n));
}

/* Text of the database as UTF-8. */
static void
add_text(IcpDigester *digester, const char *s, int len)
{
	char	   *utf8 = pg_server_to_any(s, len, PG_UTF8);

	add_bytes(digester, utf8, utf8 == s ? len : strlen(utf8));
	if (utf8 != s)
		pfree(utf8);
}

static void
add_value(IcpDigester *digester, Form_pg_attribute att, Datum value)
{
	switch (att->atttypid)
	{
		case BOOLOID:
			add_integer(digester, DatumGetBool(value));
			break;
		case INT2OID:
			add_integer(digester, DatumGetInt16(value));
			break;
		case INT4OID:
			add_integer(digester, DatumGetInt32(value));
			break;
		case INT8OID:
			add_integer(digester, DatumGetInt64(value));
			break;
		case TIMESTAMPTZOID:
			add_integer(digester, DatumGetTimestampTz(value));
			break;
		case NAMEOID:
			add_text(digester, NameStr(*DatumGetName(value)), strlen(NameStr(*DatumGetName(value))));
			break;
		case TEXTOID:
			{
				text	   *t = DatumGetTextPP(value);

				add_text(digester, VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t));
				if ((Pointer) t != DatumGetPointer(value))
					pfree(t);
				break;
			}
		case JSONBOID:
			{
				Jsonb	   *j = DatumGetJsonbP(value);
				char	   *s = JsonbToCString(NULL, &j->root, VARSIZE(j));

				add_text(digester, s, strlen(s));
				pfree(s);
				if ((Pointer) j != DatumGetPointer(value))
					pfree(j);
				break;
			}
		default:
			elog(ERROR, "type %u has no form in an event's digest", att->atttypid);
	}
}

static void
add_columns(const EventShape *shape, const Datum *values, const bool *nulls, IcpDigester *digester,
			EventColumnUse use)
{
	for (int i = 0; i < shape->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(shape->desc, i);

		if (shape->uses[i] != use || nulls[i] || att->attisdropped)
			continue;
		add_string(digester, NameStr(att->attname));
		add_value(digester, att, values[i]);
	}
}

void
icp_event_values_digest(const EventShape *shape, const Datum *values, const bool *nulls,
						IcpDigester *digester, const uint8 *salt, uint8 *out)
{
	icp_digester_begin(digester);
	add_bytes(digester, salt, ICP_EVENT_SALT_LENGTH);
	add_columns(shape, values, nulls, digester, EVENT_SALTED);
	icp_digester_end(digester, out);
}

void
icp_event_digest(const EventShape *shape, const Datum *values, const bool *nulls,
				 IcpDigester *digester, int method, int64 seq,
				 const uint8 *values_digest, const uint8 *previous, uint8 *out)
{
	EventChain	chain = icp_event_chain(shape, values, nulls);

	icp_digester_begin(digester);
	if (method > ICP_EVENT_BOUND)
	{
		add_string(digester, identity_form);
		add_bytes(digester, shape->identity.bytes, shape->identity.len);
	}
	else
	{
		add_string(digester, schema_form);
		add_string(digester, shape->schema);
	}
	add_string(digester, chain.kind);
	add_integer(digester, chain.id);
	add_integer(digester, seq);
	add_integer(digester, method);
	add_bytes(digester, previous, previous == NULL ? 0 : ICP_DIGEST_LENGTH);
	add_bytes(digester, values_digest, values_digest == NULL ? 0 : ICP_DIGEST_LENGTH);
	add_columns(shape, values, nulls, digester, EVENT_COVERED);
	icp_digester_end(digester, out);
}

bytea *
icp_make_bytea(const uint8 *bytes, size_t len)
{
	bytea	   *b = palloc(VARHDRSZ + len);

	SET_VARSIZE(b, VARHDRSZ + len);
	memcpy(VARDATA(b), bytes, len);
	return b;
}
