/*
 * contact_words.h
 *	  What the checks of contact data found, in words.
 */
#ifndef ICP_TYPES_CONTACT_WORDS_H
#define ICP_TYPES_CONTACT_WORDS_H

#include "postgres.h"

#include "core/contact.h"
#include "types/fault_words.h"

/*
 * What is wrong and at which character of the text (UTF-8, len bytes), in the encoding of the database.  The text
 * itself is not quoted: it is personal data.
 */
extern IcpFaultWords icp_contact_words(const IcpContactText *words, const char *utf8, size_t len,
									   const IcpContactFault *fault);

/* What an icp.explain_... function returns: detail and hint, of a warning with that word in front. */
extern Datum icp_contact_explain(const IcpContactText *words, const char *utf8, size_t len,
								 const IcpContactFault *fault);

#endif							/* ICP_TYPES_CONTACT_WORDS_H */
