/*
 * contact.h
 *	  What the checks of contact data found, in words.
 */
#ifndef ICP_TYPES_CONTACT_H
#define ICP_TYPES_CONTACT_H

#include "postgres.h"

#include "core/contact.h"

/*
 * What is wrong and at which character of the text (UTF-8, len bytes), in the encoding of the database.  The text
 * itself is not quoted: it is personal data.
 */
extern char *icp_contact_detail(const IcpContactText *words, const char *utf8, size_t len,
								const IcpContactFault *fault);
extern char *icp_contact_hint(const IcpContactText *words);

/* What an icp.explain_... function returns: detail and hint, of a warning with that word in front. */
extern Datum icp_contact_explain(const IcpContactText *words, const char *utf8, size_t len,
								 const IcpContactFault *fault);

#endif							/* ICP_TYPES_CONTACT_H */
