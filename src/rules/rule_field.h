/*
 * rule_field.h
 *	  What stands in the fields, parsed when a rule first asks, whatever the column's type.
 */
#ifndef ICP_RULES_RULE_FIELD_H
#define ICP_RULES_RULE_FIELD_H

#include "core/number.h"
#include "rules/rule_context.h"

extern int	rule_nature(RuleRecord *r);
extern bool rule_is_individual(RuleRecord *r);	/* 个人, as icp.is_individual() has it */

/* Has its nature one of the traits, NATURE_... of rule_code.h?  No, where none is known. */
extern bool rule_nature_is(RuleRecord *r, uint32 traits);
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

#endif							/* ICP_RULES_RULE_FIELD_H */
