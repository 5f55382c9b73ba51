/*
 * event_key.h
 *	  The key of the event log: a file of the server that nobody but the server reads.
 */
#ifndef ICP_EVENT_KEY_H
#define ICP_EVENT_KEY_H

#include "crypt/crypt.h"

/* Defines icpfiling.event_key_file and icpfiling.event_digest; called once, when the library is loaded. */
extern void icp_event_key_init(void);

/*
 * How the next event is digested: with the key where a file is named.  Fails (55P02) where the session was begun
 * with settings of its own.
 */
extern IcpDigestMethod icp_event_method(void);

/*
 * A digester of that method, in the current memory context; NULL if the method needs a key and no file is
 * named. Fails if the file cannot be read, or could be read by others: a log that went on without its key
 * would be a log that anybody can write.
 */
extern IcpDigester *icp_event_digester(IcpDigestMethod method);

#endif							/* ICP_EVENT_KEY_H */
