/*
 * rule_text.h
 *	  What rules ask of a text: is it a name at all, a company's, an authority's, a site's.
 */
#ifndef ICP_RULES_RULE_TEXT_H
#define ICP_RULES_RULE_TEXT_H

#include "rules/rule.h"

/* without brackets at its end: 示例店（个体工商户）, 示例事务所(普通合伙) */
extern RuleText rule_without_brackets(RuleText text);

extern bool rule_has_broken_character(RuleText text);

/* 无, XXX, or a word of the list test_words with or without digits behind it, in place of a value */
extern bool rule_is_placeholder(RuleRecord *r, RuleField field);
extern bool rule_is_web_address(RuleText text); /* a domain name or a URL */
extern bool rule_has_letter(RuleText text); /* a letter of any script, not digits and signs only */
extern bool rule_is_latin(RuleText text);	/* ASCII only */
extern bool rule_is_company(RuleText text); /* ends in 公司 */
extern bool rule_is_authority(RuleText text);	/* ends in 人民政府, 人民法院 or the like */
extern bool rule_has_form(RuleText text);	/* ends as registered names of units do */

/* a person's name of two or three characters, by its surname; or 个人 and the like */
extern bool rule_is_person(RuleText text);

/* May the credential of this field be a foreigner's, whose name has letters? */
extern bool rule_is_foreigner(RuleRecord *r, RuleField field);

#endif							/* ICP_RULES_RULE_TEXT_H */
