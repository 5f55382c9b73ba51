/*
 * violations.h
 *	  Judging a record by the rules.
 */
#ifndef ICP_RULES_VIOLATIONS_H
#define ICP_RULES_VIOLATIONS_H

#include "nodes/pg_list.h"
#include "rules/rule_table.h"

/*
 * One violated rule; what was found lies in the record's memory, and what the rule says is kept as long as that is.
 */
typedef struct Violation
{
	const Rule *rule;
	bool		is_error;
	RuleField	field;
	char	   *found;			/* UTF-8 */
	char	   *expected;		/* UTF-8; NULL: the rule's */
} Violation;

/*
 * The violated rules in the order of the tests, NIL where there is none.  r has been opened; province (index)
 * is whose rules apply, 0: the record's own province.
 */
extern List *rule_violations(RuleRecord *r, unsigned province);

#endif							/* ICP_RULES_VIOLATIONS_H */
