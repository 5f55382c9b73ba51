/*
 * rule_credential.h
 *	  Credentials as the rules of provinces ask for them once more.
 */
#ifndef ICP_RULES_RULE_CREDENTIAL_H
#define ICP_RULES_RULE_CREDENTIAL_H

#include "rules/rule.h"

/* The credential of a field, if it is there and has the form of its kind; else NULL. */
extern const RuleCredential *rule_good_credential(RuleRecord *r, RuleField field);

/* Its division of GB/T 2260, 0 where its kind tells none. */
extern int	rule_division(const RuleCredential *c);

/* The principal's credential, or an individual's own; NULL where it is not good.  *field is which. */
extern const RuleCredential *rule_principal_credential(RuleRecord *r, RuleField *field);

/* Is the holder younger than so many years? */
extern bool rule_is_under(const RuleRecord *r, const RuleCredential *c, int years);

/* A test: is the principal younger than the age that the rule is given? */
extern bool rule_is_too_young(RuleRecord *r, RuleFinding *f);

#endif							/* ICP_RULES_RULE_CREDENTIAL_H */
