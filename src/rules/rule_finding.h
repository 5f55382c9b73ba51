/*
 * rule_finding.h
 *	  What a test says of what it found.
 */
#ifndef ICP_RULES_RULE_FINDING_H
#define ICP_RULES_RULE_FINDING_H

#include "rules/rule_field.h"

/* Findings; memory is the record's.  What is found is masked where it is personal. */
extern char *rule_copy(RuleRecord *r, RuleText text);
extern char *rule_print(RuleRecord *r, const char *format,...) pg_attribute_printf(2, 3);
extern void rule_found(RuleRecord *r, RuleFinding *f, RuleField field, RuleText text);
extern void rule_found_field(RuleRecord *r, RuleFinding *f, RuleField field);

#endif							/* ICP_RULES_RULE_FINDING_H */
