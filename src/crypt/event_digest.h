/*
 * event_digest.h
 *	  The digest that chains an event of a registry to the one before it.
 */
#ifndef ICP_EVENT_DIGEST_H
#define ICP_EVENT_DIGEST_H

#include "access/tupdesc.h"
#include "crypt/crypt.h"
#include "crypt/log_identity.h"

#define ICP_EVENT_SALT_LENGTH 16

/*
 * The number stored with an event says how its digest was made: an IcpDigestMethod for those that are bound to
 * the name of their schema only, which are checked and made no more; with this on top for those that are bound
 * to their log's identity.
 */
#define ICP_EVENT_BOUND 3
#define ICP_EVENT_METHOD_MAX (ICP_EVENT_BOUND + ICP_HMAC_SM3)

/* What a column of the event table is to the chain. */
typedef enum EventColumnUse
{
	EVENT_COVERED,				/* its value stands in the digest as it is */
	EVENT_SALTED,				/* may hold personal data: only a salted digest of it does */
	EVENT_CHAIN					/* the chain's own */
} EventColumnUse;

/* A description of an event table's rows, found once. */
typedef struct EventShape
{
	TupleDesc	desc;
	const char *schema;			/* of the log: what events were once bound to */
	LogIdentity identity;		/* of the log: its events mean nothing in another */
	EventColumnUse *uses;		/* one a column */
	int			application_id; /* indexes of columns */
	int			sponsor_id;
	int			province_code;
	int			seq;
	int			method;
	int			salt;
	int			values_digest;
	int			digest;
} EventShape;

/* Which chain an event belongs to. */
typedef struct EventChain
{
	const char *kind;			/* application, sponsor, registry */
	int64		id;				/* of those, or the province's code, or 0 */
} EventChain;

/*
 * Fails (42703, 42804) if the rows lack a column of the chain, or have one of a type not known here or one that is
 * generated, whose value a trigger does not see.  The description is kept, not copied.
 */
extern EventShape *icp_event_shape(TupleDesc desc, const char *schema, const LogIdentity *identity);

extern EventChain icp_event_chain(const EventShape *shape, const Datum *values, const bool *nulls);

/* Are any of the salted columns filled? */
extern bool icp_event_has_values(const EventShape *shape, const bool *nulls);

/* The salted digest of reason, old and new values. */
extern void icp_event_values_digest(const EventShape *shape, const Datum *values, const bool *nulls,
									IcpDigester *digester, const uint8 *salt, uint8 *out);

/* The event's digest; values_digest is NULL where there is none, previous before a chain's first event. */
extern void icp_event_digest(const EventShape *shape, const Datum *values, const bool *nulls,
							 IcpDigester *digester, int method, int64 seq,
							 const uint8 *values_digest, const uint8 *previous, uint8 *out);

extern bytea *icp_make_bytea(const uint8 *bytes, size_t len);

#endif							/* ICP_EVENT_DIGEST_H */
