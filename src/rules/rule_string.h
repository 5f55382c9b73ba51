/*
 * rule_string.h
 *	  Texts of fields: compared, trimmed, counted.
 */
#ifndef ICP_RULES_RULE_STRING_H
#define ICP_RULES_RULE_STRING_H

typedef struct RuleText
{
	const char *s;				/* UTF-8, not zero-terminated */
	int			len;
} RuleText;

extern bool rule_text_is(RuleText text, const char *s);
extern bool rule_text_equal(RuleText a, RuleText b);
extern bool rule_text_ends(RuleText text, const char *s);
extern bool rule_text_ends_in(RuleText text, const char *const *endings, int n);
extern bool rule_text_begins(RuleText text, const char *s);
extern bool rule_text_has(RuleText text, const char *s, int len);
extern bool rule_same_name(RuleText a, RuleText b); /* by icp.name_key */
extern int	rule_text_length(RuleText text);	/* characters */

/* Bytes of the first n characters. */
extern int	rule_characters_end(RuleText text, int n);

/* Without white space around it, of whatever kind. */
extern RuleText rule_trimmed(RuleText text);

/* Nothing but white space. */
extern bool rule_is_blank(RuleText text);

#endif							/* ICP_RULES_RULE_STRING_H */
