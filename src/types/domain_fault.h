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
	char	   *detail;			/* what is wrong, and where */
	char	   *hint;			/* what would be accepted */
} IcpFaultWords;

/* utf8 is the text that was parsed; element > 0 is its number in a list. */
extern void icp_domain_fault_words(const char *utf8, size_t len, int element, const IcpDomainReasonText *words,
							size_t position, size_t length, IcpFaultWords *out);

/* The 22P02 of a malformed text. */
extern void icp_domain_fault_report(Node *escontext, const char *type, const char *utf8, size_t len,
							 const IcpFaultWords *words);

/* What an icp.explain_... function returns. */
extern Datum icp_domain_fault_text(const IcpFaultWords *words);

/* The input as a message shows it: in the server's encoding, cut if long. */
extern char *icp_domain_fault_shown(const char *utf8, size_t len);

/* One of the extension's own texts, a copy in the server's encoding: without its Chinese where that may have none. */
extern char *icp_own_words(const char *utf8);

#endif							/* ICP_TYPES_DOMAIN_FAULT_H */
