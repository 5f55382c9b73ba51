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
	KeywordList list;			/* whose words the test looks for; KEYWORD_LISTS: none */
	int			nargs;
	int32	   *args;
	int			nyields;
	char	  **yields_to;		/* codes */
} Rule;

/* A rule that applies; by index of the province, 0 where none is known. */
typedef struct ActiveRule
{
	const Rule *rule;
	RuleFunction breaks;
	uint32		provinces;		/* bit i: it applies there */
	uint32		errors;			/* bit i: as an error */
	int			nyields;
	int		   *yields_to;		/* indexes of rules of the program */
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

/* Does it apply where the record is? */
static inline bool
rule_is_in_force(const RuleRecord *r, const ActiveRule *active)
{
	return (active->provinces & (uint32) 1 << r->scope) != 0;
}

/* What a rule's row gives its test; 0 where it gives no more. */
static inline int32
rule_argument(const Rule *rule, int i)
{
	return i < rule->nargs ? rule->args[i] : 0;
}

/* Every test, in the order of the files; *n becomes their number. */
extern const RuleTest *const *rule_all_tests(int *n);

#endif							/* ICP_RULES_RULE_TABLE_H */
