/*
 * fault_words.h
 *	  A fault of the cores in words: what is wrong and where, and what would be accepted.
 */
#ifndef ICP_TYPES_FAULT_WORDS_H
#define ICP_TYPES_FAULT_WORDS_H

#include "postgres.h"

#include "core/fault.h"
#include "nodes/nodes.h"

/* In the encoding of the database. */
typedef struct IcpFaultWords
{
	char	   *detail;			/* what is wrong, and where */
	char	   *hint;			/* what would be accepted */
} IcpFaultWords;

/* Of a number; s is what was parsed, in UTF-8. */
extern IcpFaultWords icp_fault_words(const IcpFault *fault, const char *s, int len);

/* The 22P02 of a malformed text, which is UTF-8; it is shown as icp_shown() does, and cut if it is long. */
extern void icp_fault_report(Node *escontext, const char *type, const char *utf8, size_t len,
							 const IcpFaultWords *words);

/* The same of a text that its type has masked already, as a message shows it, in the server's encoding. */
extern void icp_fault_report_masked(Node *escontext, const char *type, const char *masked,
									const IcpFaultWords *words);

/* What an icp.explain_... function returns. */
extern Datum icp_fault_explain(const IcpFaultWords *words);

/* A text as a message shows it: in the server's encoding, cut if long. */
extern char *icp_fault_shown(const char *utf8, size_t len);

/* One of the extension's own texts, a copy in the server's encoding: without its Chinese where that may have none. */
extern char *icp_own_words(const char *utf8);

/*
 * What a message shows of a text that is none of its type, since it may be somebody's: a copy in UTF-8 in which numbers
 * of telephones and persons, who stands before an @, and a text of Chinese characters alone, but for its first, are
 * stars.  What was typed into the wrong column goes to the server's log otherwise.
 */
extern char *icp_shown(const char *utf8, size_t len);

#endif							/* ICP_TYPES_FAULT_WORDS_H */
