/*
 * contact.h
 *	  What the checks of contact data (phones, e-mail, names, addresses) have in common.
 *
 * A check goes once through the text, allocates nothing and answers with a verdict: right, worth a look, or wrong.
 * Where it is not right the fault tells the reason and the part of the text (bytes).  A warning never says that a
 * record breaks a clause: it stands where lists age or where only a person can tell.
 */
#ifndef ICP_CORE_CONTACT_H
#define ICP_CORE_CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum IcpVerdict
{
	ICP_RIGHT = 0,
	ICP_WARNING,
	ICP_WRONG
} IcpVerdict;

typedef struct IcpContactFault
{
	int			reason;			/* of the check's own enum; 0 where the verdict is ICP_RIGHT */
	size_t		position;		/* byte offset of the part */
	size_t		length;			/* its bytes */
} IcpContactFault;

/*
 * What a reason is called, what it means and what would be accepted.  No text quotes the value: it is personal
 * data, and messages reach logs.
 */
typedef struct IcpContactText
{
	const char *code;
	IcpVerdict	verdict;
	const char *detail;
	const char *hint;
} IcpContactText;

#endif							/* ICP_CORE_CONTACT_H */
