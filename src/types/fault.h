/*
 * fault.h
 *	  A fault of the cores in words: what is wrong and where, and what would be accepted.
 */
#ifndef ICP_TYPES_FAULT_H
#define ICP_TYPES_FAULT_H

#include "postgres.h"

#include "core/fault.h"

typedef struct IcpFaultText
{
	char	   *detail;
	char	   *hint;
} IcpFaultText;

/* both in the encoding of the database; s is what was parsed, in UTF-8 */
extern IcpFaultText icp_fault_text(const IcpFault *fault, const char *s, int len);

/*
 * What a message shows of a text that is none of its type, since it may be somebody's: a copy in UTF-8 in which numbers
 * of telephones and persons, who stands before an @, and a text of Chinese characters alone, but for its first, are
 * stars.  What was typed into the wrong column goes to the server's log otherwise.
 */
extern char *icp_shown(const char *utf8, size_t len);

/* The numbers alone, in place. */
extern void icp_mask_digits(char *text);

/* Who stands before an @, in an e-mail address or a URL, with or without a password; a copy. */
extern char *icp_mask_user(const char *text);

#endif							/* ICP_TYPES_FAULT_H */
