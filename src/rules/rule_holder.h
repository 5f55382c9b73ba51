/*
 * rule_holder.h
 *	  Who holds the domain, as the rules of provinces ask once more.
 */
#ifndef ICP_RULES_RULE_HOLDER_H
#define ICP_RULES_RULE_HOLDER_H

#include "rules/rule.h"

/* Is the domain's holder whom this field names? */
extern bool rule_is_held_by(RuleRecord *r, RuleField field);

/* Does the ministry's notice let the holder hold a unit's domain, so that DOMAIN-011 has nothing to say? */
extern bool rule_holder_is_known(RuleRecord *r);

#endif							/* ICP_RULES_RULE_HOLDER_H */
