/*
 * rule_word.h
 *	  The words of the keyword lists in a site's name, for the rules on names and on approvals.
 */
#ifndef ICP_RULES_RULE_WORD_H
#define ICP_RULES_RULE_WORD_H

#include "rules/rule.h"

/* Are there words of these lists (KEYWORD_BIT(…) | …) in the site's name?  r->words has them then. */
extern bool rule_has_words(RuleRecord *r, uint64 lists);
extern RuleText rule_word_text(RuleRecord *r, const RuleWord *word);

/* Does the unit's registered name hold the word? */
extern bool rule_is_own_word(RuleRecord *r, const RuleWord *word);

/* The finding that the word is; returns true. */
extern bool rule_found_word(RuleRecord *r, RuleFinding *f, const RuleWord *word);

#endif							/* ICP_RULES_RULE_WORD_H */
