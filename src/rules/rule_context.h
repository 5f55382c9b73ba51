/*
 * rule_context.h
 *	  A record as rules see it: which column is which field, and what stands in it, read once.
 */
#ifndef ICP_RULES_RULE_CONTEXT_H
#define ICP_RULES_RULE_CONTEXT_H

#include "core/number.h"
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

extern int	rule_nature(RuleRecord *r);
extern unsigned rule_province(RuleRecord *r, RuleField field);	/* index, 0: none or unknown */
extern const RuleCredential *rule_credential(RuleRecord *r, RuleField field);
extern void rule_read_domains(RuleRecord *r);
extern void rule_read_former_domains(RuleRecord *r);
extern int	rule_read_list(RuleRecord *r, RuleField field, RuleText **elements);

/*
 * The kind of service, an IcpServiceKind, whatever way it is written; or that it is none of them or not filled in.
 */
#define SERVICE_UNKNOWN		(-1)
#define SERVICE_NONE		(-2)
extern int	rule_service_kind(RuleRecord *r);
extern bool rule_is_service(RuleRecord *r); /* an app or the like by its kind, not a site */
extern bool rule_read_url(RuleRecord *r);
extern void rule_read_addresses(RuleRecord *r);
extern void rule_read_words(RuleRecord *r);
extern const RuleCodes *rule_read_codes(RuleRecord *r, RuleField field);
extern bool rule_has_code(RuleRecord *r, RuleField field, int id);
extern bool rule_read_number(RuleRecord *r);
extern IcpVerdict rule_read_phone(RuleRecord *r, RuleField field, const IcpPhone **phone,
								  const IcpContactFault **fault);

/* Texts. */
extern bool rule_text_is(RuleText text, const char *s);
extern bool rule_text_equal(RuleText a, RuleText b);
extern bool rule_text_ends(RuleText text, const char *s);
extern bool rule_text_begins(RuleText text, const char *s);
extern bool rule_text_has(RuleText text, const char *s, int len);
extern bool rule_same_name(RuleText a, RuleText b); /* by icp.name_key */
extern int	rule_text_length(RuleText text);	/* characters */

/* Findings; memory is the record's.  What is found is masked where it is personal. */
extern char *rule_copy(RuleRecord *r, RuleText text);
extern char *rule_print(RuleRecord *r, const char *format, ...) pg_attribute_printf(2, 3);
extern void rule_found(RuleRecord *r, RuleFinding *f, RuleField field, RuleText text);
extern void rule_found_field(RuleRecord *r, RuleFinding *f, RuleField field);

#endif							/* ICP_RULES_RULE_CONTEXT_H */
