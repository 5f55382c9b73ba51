/*
 * chain_head.h
 *	  The heads of an event log's chains: place and digest of the last event of each.
 */
#ifndef ICP_CHAIN_HEAD_H
#define ICP_CHAIN_HEAD_H

#include "crypt/event_digest.h"
#include "utils/rel.h"

/* The tables that a trigger names, looked at, locked and found fit once a statement. */
typedef struct ChainTables
{
	Oid			chain;
	Oid			application;	/* InvalidOid: none */
} ChainTables;

/* Finds them in the schema of the log; the log's owner must have the rights on them that the statements need. */
extern void icp_chain_find_tables(Relation log, const char *chain, const char *application,
								  ChainTables *tables);

/* A place in a chain, and the digest that goes before it. */
typedef struct ChainPlace
{
	int64		seq;
	bool		has_previous;	/* false for the first */
	uint8		previous[ICP_DIGEST_LENGTH];
} ChainPlace;

/*
 * Digests the event at that place.  Called once or, where another session begins the same chain at the same time,
 * twice; the last call counts.
 */
typedef void (*ChainDigest) (void *arg, const ChainPlace *place, uint8 *digest);

/*
 * Gives an event its place in its chain, whose head stays locked until the transaction ends.  province is what
 * the head of a new chain gets; is_birth: most likely there is no such chain yet.
 */
extern int64 icp_chain_take_place(Relation log, const ChainTables *tables, const EventChain *chain,
								  const int16 *province, bool is_birth, ChainDigest digest, void *arg);

/*
 * Between the two, the events of a statement on the log move the head in memory; it is written by the second.
 * inserted is the number of rows that the statement has put in, or -1 if it is not known.  (Without the two, each
 * event writes it.)
 */
extern void icp_chain_begin_statement(Relation log);
extern void icp_chain_end_statement(Relation log, int64 inserted);

/* Fails if it is called by what runs while a head is written. */
extern void icp_chain_check_not_writing(void);

#endif							/* ICP_CHAIN_HEAD_H */
