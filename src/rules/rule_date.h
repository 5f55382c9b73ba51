/*
 * rule_date.h
 *	  Days in records: of date and timestamp columns, and of texts as forms have them.
 */
#ifndef ICP_RULES_RULE_DATE_H
#define ICP_RULES_RULE_DATE_H

#include "rules/rule.h"

typedef enum RuleDayKind
{
	DAY_NONE,					/* nothing stands there */
	DAY_MALFORMED,
	DAY_KNOWN,
	DAY_NEVER					/* 长期: it does not end */
} RuleDayKind;

/* The day that a text names: 2026-11-01, 2026/11/1, 20261101, 2026年11月1日, 长期; a time of day may follow. */
extern RuleDayKind rule_parse_day(RuleText text, int32 *day);

#endif							/* ICP_RULES_RULE_DATE_H */
