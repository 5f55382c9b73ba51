/*
 * try_worker.h
 *	  What a call that counts a try of a secret hands to its worker, and gets back from it.
 */
#ifndef ICP_TRY_WORKER_H
#define ICP_TRY_WORKER_H

#include "postgres.h"

#include "datatype/timestamp.h"

#define TRY_MAGIC		0x69637074	/* "icpt" */
#define TRY_TEXT		128		/* of a subject, a secret's mark, a reason */
#define TRY_MESSAGE		512

typedef enum TryState
{
	TRY_ASKED = 0,				/* no answer: the worker has died, or never lived */
	TRY_ANSWERED,				/* it has committed */
	TRY_FAILED					/* it has rolled back, see sqlerrcode */
} TryState;

/* Lies in a segment of dynamic shared memory. */
typedef struct Try
{
	uint32		magic;

	/* what is asked */
	Oid			database;
	Oid			registry;		/* the schema */
	Oid			owner;			/* of the schema, and the caller's current user */
	int64		record_id;
	bool		is_right;		/* clear what was counted, instead of counting */
	bool		has_secret;
	char		subject[TRY_TEXT];
	char		secret[TRY_TEXT];
	NameData	asker;

	/* the answer; state is written last */
	TryState	state;
	bool		has_number;
	bool		has_not_before;
	int32		number;
	TimestampTz not_before;
	int			sqlerrcode;
	char		message[TRY_MESSAGE];
} Try;

#endif							/* ICP_TRY_WORKER_H */
