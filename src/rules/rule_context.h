/*
 * rule_context.h
 *	  A record as rules see it: the texts of its fields, read once.
 */
#ifndef ICP_RULES_RULE_CONTEXT_H
#define ICP_RULES_RULE_CONTEXT_H

#include "rules/rule.h"

/* Sets up the record for a tuple, which must outlive it. */
extern void rule_open_record(RuleRecord *r, const RuleShape *shape, HeapTuple tuple, TupleDesc desc,
							 MemoryContext context, DateADT as_of);

static inline bool
rule_has(const RuleRecord *r, RuleField field)
{
	return (r->filled & FIELD_BIT(field)) != 0;
}

static inline bool
rule_is_asked(const RuleRecord *r, RuleField field)
{
	return (r->shape->present & FIELD_BIT(field)) != 0;
}

/* Text of a field that rule_has(); UTF-8. */
extern RuleText rule_text(RuleRecord *r, RuleField field);

#endif							/* ICP_RULES_RULE_CONTEXT_H */
