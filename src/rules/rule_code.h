/*
 * rule_code.h
 *	  The code tables that rules ask: official ids and names with their validity, a bureau's own rows with
 *	  them.
 */
#ifndef ICP_RULES_RULE_CODE_H
#define ICP_RULES_RULE_CODE_H

#include "rules/rule.h"

typedef enum RuleCodeTable
{
	CODE_NATURE,				/* 主办单位性质 */
	CODE_ACCESS_MODE,			/* 接入方式 */
	CODE_SERVICE_CONTENT,		/* 服务内容 */
	CODE_APPROVAL_KIND,			/* 前置或专项审批 */
	CODE_LANGUAGE,				/* 网站语言 */
	CODE_TABLES
} RuleCodeTable;

#define CODE_UNKNOWN (-1)

/*
 * The id that a text names, by id or by name; CODE_UNKNOWN where it names none.  *is_valid (may be NULL): as
 * of the date.
 */
extern int	rule_code_of(RuleCodeTable table, RuleText text, DateADT as_of, bool *is_valid);

/* Is it that of an individual (个人)? */
extern bool rule_nature_is_person(int nature);

/* Kinds of icp.credential (1 << kind) that sponsors of a nature have; 0 where nothing is known of it. */
extern uint32 rule_credential_kinds(int nature, DateADT as_of);

#endif							/* ICP_RULES_RULE_CODE_H */
