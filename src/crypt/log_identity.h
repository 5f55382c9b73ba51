/*
 * log_identity.h
 *	  What tells one event log from every other: a row of icp.log_identity.
 */
#ifndef ICP_LOG_IDENTITY_H
#define ICP_LOG_IDENTITY_H

#include "utils/snapshot.h"

#define ICP_IDENTITY_LENGTH 32

typedef struct LogIdentity
{
	int			len;			/* 0: it has none */
	uint8		bytes[ICP_IDENTITY_LENGTH];
	bool		has_key;		/* has an event of it been made with the key? */
} LogIdentity;

/* The identity of a log, or of the partitioned log that it is a part of. */
extern void icp_read_log_identity(Oid log, Snapshot snapshot, LogIdentity *identity);

/* Notes that the log's events are made with the key from here on. Uses SPI, and is connected on its own. */
extern void icp_log_got_key(Oid log);

#endif							/* ICP_LOG_IDENTITY_H */
