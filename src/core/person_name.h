/*
 * person_name.h
 *	  Names of persons: the principal of a site (网站负责人姓名, 5 annex 3 二(六)), an individual as sponsor (二(一)).
 */
#ifndef ICP_CORE_PERSON_NAME_H
#define ICP_CORE_PERSON_NAME_H

#include "core/contact.h"

#define ICP_PERSON_NAME_MAX 128 /* characters that the ministry's interface takes */

typedef enum IcpPersonNameReason
{
	ICP_NAME_OK = 0,
	/* wrong */
	ICP_NAME_EMPTY,
	ICP_NAME_DIGIT,
	ICP_NAME_LETTER,
	ICP_NAME_SIGN,
	ICP_NAME_SHORT,
	ICP_NAME_LONG,
	ICP_NAME_TITLE,
	ICP_NAME_NOBODY,
	ICP_NAME_ORGANISATION,
	ICP_NAME_DOT,
	/* worth a look */
	ICP_NAME_OFFICE,
	ICP_NAME_FAMILIAR,
	ICP_NAME_INVENTED,
	ICP_NAME_REPEATED,
	ICP_NAME_MANY,
	ICP_NAME_SPACE,
	ICP_NAME_RARE,
	ICP_NAME_FULL_STOP
} IcpPersonNameReason;

extern const IcpContactText *icp_person_name_reason_text(int reason);

/*
 * foreign: the credential is a foreigner's, so letters of any script stand for the name as the passport prints it.
 * White space around the name is passed over.
 */
extern IcpVerdict icp_person_name_check(const char *text, size_t len, bool foreign, IcpContactFault *fault);

#endif							/* ICP_CORE_PERSON_NAME_H */
