/*
 * rule_shape.c
 *	  Which column of a row type is which field of the rules, once a type.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "rules/rule_shape.h"
#include "server/column.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static const struct
{
	const char *name;
	bool		is_personal;	/* never shown whole (doc/decisions.md, What messages say) */
}			fields[RULE_FIELDS] = {
	[FIELD_NAME] = {"name", false},
	[FIELD_NATURE] = {"nature", false},
	[FIELD_CREDENTIAL] = {"credential", true},
	[FIELD_CREDENTIAL_HOLDER] = {"credential_holder", true},
	[FIELD_CREDENTIAL_EXPIRES] = {"credential_expires_on", false},
	[FIELD_RESIDENCE_PROOF] = {"residence_proof", true},
	[FIELD_PROVINCE] = {"province", false},
	[FIELD_DIVISION] = {"division", false},
	[FIELD_SUPERIOR] = {"superior", false},
	[FIELD_ADDRESS] = {"address", true},
	[FIELD_PRINCIPAL_NAME] = {"principal_name", true},
	[FIELD_PRINCIPAL_CREDENTIAL] = {"principal_credential", true},
	[FIELD_LEGAL_REPRESENTATIVE] = {"legal_representative", true},
	[FIELD_AUTHORISATION] = {"authorisation", false},
	[FIELD_PHONE] = {"phone", true},
	[FIELD_MOBILE] = {"mobile", true},
	[FIELD_EMERGENCY_PHONE] = {"emergency_phone", true},
	[FIELD_EMAIL] = {"email", true},
	[FIELD_SITE_NAME] = {"site_name", false},
	[FIELD_DOMAINS] = {"domains", false},
	[FIELD_FORMER_DOMAINS] = {"former_domains", false},
	[FIELD_DOMAIN_HOLDER] = {"domain_holder", true},
	[FIELD_HOLDER_RELATION] = {"domain_holder_relation", false},
	[FIELD_DOMAIN_EXPIRES] = {"domain_expires_on", false},
	[FIELD_DOMAIN_VERIFIED] = {"domain_verified", false},
	[FIELD_HOMEPAGE] = {"homepage", false},
	[FIELD_NUMBER] = {"number", false},
	[FIELD_KIND] = {"kind", false},
	[FIELD_CONTENTS] = {"contents", false},
	[FIELD_LANGUAGES] = {"languages", false},
	[FIELD_APPROVALS] = {"approvals", false},
	[FIELD_APPROVAL_DOCUMENTS] = {"approval_documents", false},
	[FIELD_APP_PLATFORM] = {"app_platform", false},
	[FIELD_APP_PACKAGE] = {"app_package", false},
	[FIELD_APP_FINGERPRINT] = {"app_fingerprint", false},
	[FIELD_APP_PUBLIC_KEY] = {"app_public_key", false},
	[FIELD_APP_NAME] = {"app_name", false},
	[FIELD_APP_ICON_BYTES] = {"app_icon_bytes", false},
	[FIELD_IPS] = {"ips", false},
	[FIELD_MODE] = {"mode", false},
	[FIELD_SERVER_PROVINCE] = {"server_province", false},
	[FIELD_PROVIDER] = {"provider", false},
	[FIELD_APPROVED_PROVIDERS] = {"approved_providers", false},
	[FIELD_VERIFIED_ON] = {"verified_on", false}
};

/* Columns of the registry that are called otherwise than the fields. */
static const struct
{
	const char *column;
	RuleField	field;
}			synonyms[] = {
	{"domain", FIELD_DOMAINS},
	{"provider_id", FIELD_PROVIDER}
};

const char *
rule_field_name(RuleField field)
{
	return field == FIELD_NONE ? "*" : fields[field].name;
}

RuleField
rule_field_of(const char *name)
{
	int			i;

	for (i = 0; i < RULE_FIELDS; i++)
		if (strcmp(fields[i].name, name) == 0)
			return (RuleField) i;
	return FIELD_NONE;
}

bool
rule_field_is_personal(RuleField field)
{
	return fields[field].is_personal;
}

/*
 * COLUMNS
 */

static Oid
own_type(const char *name, Oid schema)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(schema));
}

static void
set_column(RuleColumn *column, Form_pg_attribute att)
{
	Oid			schema = get_namespace_oid("icp", false);
	Oid			type = getBaseType(att->atttypid);
	Oid			element = get_element_type(type);

	column->attnum = att->attnum;
	column->type = type;
	column->element = InvalidOid;
	if (type == TEXTOID || type == VARCHAROID || type == BPCHAROID)
		column->reading = READ_TEXT;
	else if (type == INT2OID || type == INT4OID || type == INT8OID)
		column->reading = READ_INTEGER;
	else if (type == DATEOID)
		column->reading = READ_DATE;
	else if (type == TIMESTAMPOID || type == TIMESTAMPTZOID)
		column->reading = READ_TIMESTAMP;
	else if (type == INETOID || type == CIDROID)
		column->reading = READ_INET;
	else if (OidIsValid(element))
	{
		column->reading = READ_ARRAY;
		column->element = element;
	}
	else if (get_typ_typrelid(type) != InvalidOid)
		column->reading = READ_OUTPUT;
	else if (type == own_type("domain_name", schema))
		column->reading = READ_DOMAIN_NAME;
	else if (type == own_type("domain_list", schema))
		column->reading = READ_DOMAIN_LIST;
	else if (type == own_type("province", schema))
		column->reading = READ_PROVINCE;
	else if (type == own_type("credential", schema))
		column->reading = READ_CREDENTIAL;
	else if (type == own_type("icp_id", schema) || type == own_type("filing_number", schema))
		column->reading = READ_NUMBER;
	else if (type == own_type("ip_range", schema))
		column->reading = READ_IP_RANGE;
	else if (type == own_type("ip_multirange", schema))
		column->reading = READ_IP_MULTIRANGE;
	else
		column->reading = READ_OUTPUT;
}

static Form_pg_attribute
find_column(TupleDesc desc, const char *name)
{
	AttrNumber	attnum = icp_find_column(desc, name);

	return attnum == InvalidAttrNumber ? NULL : TupleDescAttr(desc, attnum - 1);
}

RuleShape *
rule_make_shape(TupleDesc desc, const RuleAlias *aliases, int naliases)
{
	RuleShape  *shape = palloc0(sizeof(RuleShape));
	bool	   *is_taken = palloc0(sizeof(bool) * (desc->natts + 1));
	bool		is_told[RULE_FIELDS] = {false};
	int			i;

	/* what an alias takes for one field is no other field, whatever its name */
	for (i = 0; i < naliases; i++)
	{
		Form_pg_attribute att;

		is_told[aliases[i].field] = true;
		if (aliases[i].column == NULL)
			continue;
		att = find_column(desc, aliases[i].column);
		if (att == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" for field \"%s\" does not exist",
							aliases[i].column, fields[aliases[i].field].name)));
		set_column(&shape->columns[aliases[i].field], att);
		is_taken[att->attnum] = true;
	}
	for (i = 0; i < RULE_FIELDS; i++)
	{
		Form_pg_attribute att = is_told[i] ? NULL : find_column(desc, fields[i].name);

		if (att != NULL && !is_taken[att->attnum])
			set_column(&shape->columns[i], att);
	}
	for (i = 0; i < lengthof(synonyms); i++)
	{
		RuleField	field = synonyms[i].field;
		Form_pg_attribute att = find_column(desc, synonyms[i].column);

		if (att != NULL && !is_told[field] && shape->columns[field].attnum == 0 && !is_taken[att->attnum])
			set_column(&shape->columns[field], att);
	}
	for (i = 0; i < RULE_FIELDS; i++)
		if (shape->columns[i].attnum != 0)
			shape->present |= FIELD_BIT(i);
	shape->natts = desc->natts;
	shape->values = palloc(sizeof(Datum) * Max(desc->natts, 1));
	shape->nulls = palloc(sizeof(bool) * Max(desc->natts, 1));
	pfree(is_taken);
	return shape;
}
