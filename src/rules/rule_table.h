/*
 * rule_table.h
 *	  The rules as icp.rule and a bureau's settings have them, and those of them that apply to a kind of
 *	  record as of a date.
 */
#ifndef ICP_RULES_RULE_TABLE_H
#define ICP_RULES_RULE_TABLE_H

#include "rules/rule.h"

/* A row of icp.rule; texts in the server's encoding. */
typedef struct Rule
{
	const RuleTest *test;
	const char *code;
	RuleField	field;			/* FIELD_NONE: the test tells */
	bool		is_error;
	const char *clause;
	const char *message_zh;
	const char *message_en;
	const char *advice_zh;
	const char *expected;
	DateADT		valid_from;
	DateADT		valid_to;
	unsigned	province;		/* index; 0: everywhere */
	bool		is_enabled;
} Rule;

/* A rule that applies; by index of the province, 0 where none is known. */
typedef struct ActiveRule
{
	const Rule *rule;
	RuleFunction breaks;
	uint32		provinces;		/* bit i: it applies there */
	uint32		errors;			/* bit i: as an error */
} ActiveRule;

typedef struct RuleProgram
{
	DateADT		as_of;
	RuleFields	present;
	int			n;
	ActiveRule *rules;
} RuleProgram;

/*
 * The rules for records that have these fields.  They, and the texts of their rules, are good until the memory context
 * "user" is reset or deleted, whatever happens to the tables in between.
 */
extern const RuleProgram *rule_program(RuleFields present, DateADT as_of, MemoryContext user);

/* Every test, in the order of the files; *n becomes their number. */
extern const RuleTest *const *rule_all_tests(int *n);

#endif							/* ICP_RULES_RULE_TABLE_H */
