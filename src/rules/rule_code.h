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

/* What a nature's row says of it, as bits: the columns of their names. */
#define NATURE_IS_PERSON		0x01	/* an individual (个人) */
#define NATURE_IS_ENTERPRISE	0x02
#define NATURE_MAY_BE_COMPANY	0x04
#define NATURE_IS_GOVERNMENT	0x08
#define NATURE_IS_MILITARY		0x10
#define NATURE_IS_INSTITUTION	0x20
#define NATURE_IS_PUBLIC_BODY	0x40

extern uint32 rule_nature_traits(int nature);

/* The nature whose names alone end so, of the army's or of the others; CODE_UNKNOWN: none. */
extern int	rule_nature_of_name(RuleText name, bool military);

/* Does the name end as an enterprise's seldom does? */
extern bool rule_name_is_likely_other(RuleText name);

/* The nature of whose register a canonical credit code is; CODE_UNKNOWN: none known. */
extern int	rule_nature_of_credit_code(const char *number, int len);

/* Are those of a nature in another's register, too? */
extern bool rule_nature_is_registered_as(int nature, int other);

/* Kinds of icp.credential (1 << kind) that sponsors of a nature have; 0 where nothing is known of it. */
extern uint32 rule_credential_kinds(int nature, DateADT as_of);

#endif							/* ICP_RULES_RULE_CODE_H */
