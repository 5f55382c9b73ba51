/*
 * rule_list.h
 *	  Lists in fields: arrays of any type, and texts of elements.
 */
#ifndef ICP_RULES_RULE_LIST_H
#define ICP_RULES_RULE_LIST_H

#include "rules/rule.h"

typedef struct RuleList
{
	int			n;
	int			room;
	RuleText   *texts;
} RuleList;

/* Both add to the list, in the current memory context; the elements of a text point into it. */
extern void rule_split_list(RuleList *e, RuleText text);
extern void rule_read_array(const RuleColumn *column, RuleField field, Datum value, RuleList *e);

/* Raises 54000 where a field has more values than a filing may have. */
extern void rule_check_count(RuleField field, uint64 n);

#endif							/* ICP_RULES_RULE_LIST_H */
