/*
 * domain_fault.h
 *	  What the parsers of domain names, lists and URLs found wrong, as PostgreSQL says it.
 */
#ifndef ICP_TYPES_DOMAIN_FAULT_H
#define ICP_TYPES_DOMAIN_FAULT_H

#include "core/domain.h"
#include "nodes/nodes.h"

/* A fault in words of the server's encoding. */
typedef struct IcpFaultWords
{
	const char *reason;			/* code, as icp.explain_… shows it */
	int			position;		/* character, from 1 */
	char	   *part;			/* the failing part */
	char	   *detail;
	char	   *hint;
} IcpFaultWords;

/* utf8 is the text that was parsed. */
extern void icp_fault_words(const char *utf8, size_t len, const IcpDomainReasonText *words, size_t position,
							size_t length, IcpFaultWords *out);

/* The 22P02 of a malformed text; element > 0 is its number in a list. */
extern void icp_fault_report(Node *escontext, const char *type, const char *utf8, size_t len, int element,
							 const IcpFaultWords *words);

/* The row (reason, position, part, detail, hint) of an icp.explain_… function; NULL words: nothing is wrong. */
extern Datum icp_fault_row(FunctionCallInfo fcinfo, const IcpFaultWords *words);

/* The input as a message shows it: in the server's encoding, cut if long. */
extern char *icp_fault_shown(const char *utf8, size_t len);

/* Text in UTF-8, whatever the database's encoding; *len is updated. The same pointer where nothing is to do. */
extern char *icp_to_utf8(const char *text, size_t *len);
extern char *icp_from_utf8(const char *utf8, size_t len);

#endif							/* ICP_TYPES_DOMAIN_FAULT_H */
