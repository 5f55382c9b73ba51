/*
 * rule_shape.h
 *	  Which column of a row type is which field of the rules.
 */
#ifndef ICP_RULES_RULE_SHAPE_H
#define ICP_RULES_RULE_SHAPE_H

#include "rules/rule.h"

/* Names of the fields, as columns, aliases and icp.rule have them. */
extern const char *rule_field_name(RuleField field);
extern RuleField rule_field_of(const char *name);
extern bool rule_field_is_personal(RuleField field);

/* A field told by name: the column that it is in, NULL to leave the field out. */
typedef struct RuleAlias
{
	RuleField	field;
	const char *column;
} RuleAlias;

/*
 * Raises 42703 where an alias names a column that is not there.  The shape lies in the current memory
 * context.
 */
extern RuleShape *rule_make_shape(TupleDesc desc, const RuleAlias *aliases, int naliases);

#endif							/* ICP_RULES_RULE_SHAPE_H */
