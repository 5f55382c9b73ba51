/*
 * rule_context.c
 *	  Records of any row type as rules see them: columns to fields, once a type; texts and findings.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "compat.h"
#include "core/name_key.h"
#include "rules/rule_context.h"
#include "rules/rule_date.h"
#include "types/encoding.h"

#define FIELD_MAX_BYTES (1024 * 1024)
#define SHOWN_MAX 120			/* characters of a value that a finding shows */

static const struct
{
	const char *name;
	bool		is_personal;	/* never shown whole (design decision 11) */
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
	int			i;

	for (i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), name) == 0)
			return att;
	}
	return NULL;
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
	{
		if (shape->columns[i].attnum == 0)
			continue;
		shape->present |= FIELD_BIT(i);
		shape->last = Max(shape->last, shape->columns[i].attnum);
	}
	shape->natts = desc->natts;
	shape->values = palloc(sizeof(Datum) * Max(desc->natts, 1));
	shape->nulls = palloc(sizeof(bool) * Max(desc->natts, 1));
	pfree(is_taken);
	return shape;
}

/*
 * VALUES
 */

/* White space of Chinese texts, too. */
static bool
is_blank(const char *s, int len)
{
	int			i = 0;

	while (i < len)
	{
		/* nearly always the first character is none, and the loop ends */
		if (s[i] == ' ' || (s[i] >= '\t' && s[i] <= '\r'))
			i++;
		else if (len - i >= 3 && memcmp(s + i, "\xE3\x80\x80", 3) == 0)
			i += 3;				/* U+3000 */
		else if (len - i >= 2 && memcmp(s + i, "\xC2\xA0", 2) == 0)
			i += 2;				/* U+00A0 */
		else
			return false;
	}
	return true;
}

/* A rule may look at each character, or compare each with each; what is longer is no field of a filing. */
static void
check_length(RuleField field, Size len)
{
	if (len > FIELD_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("field \"%s\" is longer than %d bytes", fields[field].name, FIELD_MAX_BYTES)));
}

static RuleText
packed_text(Datum value)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(value);
	RuleText	text;

	text.s = VARDATA_ANY(packed);
	text.len = VARSIZE_ANY_EXHDR(packed);
	text.s = icp_to_utf8(text.s, &text.len);
	return text;
}

/* Telephones and mailboxes are one value that may hold several; an array of them is the same. */
static bool
is_joined(const RuleRecord *r, RuleField field)
{
	return r->shape->columns[field].reading == READ_ARRAY &&
		(field == FIELD_PHONE || field == FIELD_MOBILE || field == FIELD_EMERGENCY_PHONE || field == FIELD_EMAIL);
}

static RuleText
joined_text(RuleRecord *r, RuleField field)
{
	RuleText   *elements;
	int			n = rule_read_list(r, field, &elements);
	StringInfoData joined;
	RuleText	text;
	int			i;

	initStringInfo(&joined);
	for (i = 0; i < n; i++)
	{
		if (i > 0)
			appendStringInfoChar(&joined, ';');
		appendBinaryStringInfo(&joined, elements[i].s, elements[i].len);
	}
	text.s = joined.data;
	text.len = joined.len;
	return text;
}

void
rule_open_record(RuleRecord *r, const RuleShape *shape, HeapTuple tuple, TupleDesc desc,
				 MemoryContext context, DateADT as_of)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	RuleFields	left = shape->present;

	r->shape = shape;
	r->context = context;
	r->as_of = as_of;
	r->as_of_number = rule_day_number(as_of);
	r->scope = 0;
	r->filled = 0;
	r->known = 0;
	r->name_problem = r->site_name_form = 0;
	r->asked_placeholder = r->is_placeholder = 0;
	r->has_nature = r->has_domains = r->has_url = r->has_addresses = false;
	r->has_words = r->has_number = r->has_former = false;
	r->phones_read = 0;
	r->credentials[0].is_parsed = r->credentials[1].is_parsed = false;
	r->codes[0] = r->codes[1] = r->codes[2] = NULL;
	if (tuple->t_data != NULL)
		heap_deform_tuple(tuple, desc, shape->values, shape->nulls);

	while (left != 0)
	{
		RuleField	field = (RuleField) pg_rightmost_one_pos64(left);
		const RuleColumn *column = &shape->columns[field];

		left &= left - 1;
		if (shape->nulls[column->attnum - 1])
			continue;
		r->values[field] = shape->values[column->attnum - 1];
		if (column->reading == READ_TEXT)
		{
			check_length(field, toast_raw_datum_size(r->values[field]) - VARHDRSZ);
			r->texts[field] = packed_text(r->values[field]);
			r->known |= FIELD_BIT(field);
			if (is_blank(r->texts[field].s, r->texts[field].len))
				continue;
		}
		r->filled |= FIELD_BIT(field);
		/* an array of nothing is nothing */
		if (is_joined(r, field) && rule_text(r, field).len == 0)
			r->filled &= ~FIELD_BIT(field);
	}
	MemoryContextSwitchTo(old);
}

RuleText
rule_text(RuleRecord *r, RuleField field)
{
	if ((r->known & FIELD_BIT(field)) == 0)
	{
		MemoryContext old = MemoryContextSwitchTo(r->context);
		Oid			output;
		bool		is_varlena;
		RuleText	text;

		if (is_joined(r, field))
			text = joined_text(r, field);
		else
		{
			getTypeOutputInfo(r->shape->columns[field].type, &output, &is_varlena);
			text.s = OidOutputFunctionCall(output, r->values[field]);
			if (r->shape->columns[field].reading == READ_OUTPUT)
				check_length(field, strlen(text.s));
			text.len = strlen(text.s);
			text.s = icp_to_utf8(text.s, &text.len);
		}
		r->texts[field] = text;
		r->known |= FIELD_BIT(field);
		MemoryContextSwitchTo(old);
	}
	return r->texts[field];
}

/*
 * TEXTS
 */

bool
rule_text_is(RuleText text, const char *s)
{
	return strlen(s) == text.len && memcmp(text.s, s, text.len) == 0;
}

bool
rule_text_equal(RuleText a, RuleText b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

bool
rule_text_ends(RuleText text, const char *s)
{
	int			len = strlen(s);

	return text.len >= len && memcmp(text.s + text.len - len, s, len) == 0;
}

bool
rule_text_begins(RuleText text, const char *s)
{
	int			len = strlen(s);

	return text.len >= len && memcmp(text.s, s, len) == 0;
}

/* No character of UTF-8 begins inside another, so bytes will do. */
bool
rule_text_has(RuleText text, const char *s, int len)
{
	int			i;

	if (len == 0)
		return true;
	for (i = 0; i + len <= text.len; i++)
		if (text.s[i] == s[0] && memcmp(text.s + i, s, len) == 0)
			return true;
	return false;
}

/* icp.name_key of a text that is UTF-8 already. */
static char *
name_key(RuleText text, int *keylen)
{
	size_t		room = text.len + 32;

	for (;;)
	{
		UChar	   *work = palloc(2 * room * sizeof(UChar));
		char	   *out = palloc(3 * room);

		*keylen = icp_name_key(text.s, text.len, work, work + room, (int32_t) room, out, 3 * room);
		pfree(work);
		if (*keylen >= 0)
			return out;
		if (*keylen != ICP_NAME_KEY_ROOM)
			ereport(ERROR,
					(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
					 errmsg("ICU's normalisation or transliteration data could not be opened")));
		pfree(out);
		room *= 4;
	}
}

bool
rule_same_name(RuleText a, RuleText b)
{
	int			alen;
	int			blen;
	char	   *akey;
	char	   *bkey;

	if (rule_text_equal(a, b))
		return true;
	akey = name_key(a, &alen);
	bkey = name_key(b, &blen);
	return alen == blen && memcmp(akey, bkey, alen) == 0;
}

int
rule_text_length(RuleText text)
{
	int			n = 0;
	int			i;

	for (i = 0; i < text.len; i++)
		if ((text.s[i] & 0xC0) != 0x80)
			n++;
	return n;
}

/*
 * FINDINGS
 */

char *
rule_copy(RuleRecord *r, RuleText text)
{
	char	   *copy = MemoryContextAlloc(r->context, text.len + 1);

	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	return copy;
}

char *
rule_print(RuleRecord *r, const char *format, ...)
{
	MemoryContext old = MemoryContextSwitchTo(r->context);
	StringInfoData buf;

	initStringInfo(&buf);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&buf, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&buf, needed);
	}
	MemoryContextSwitchTo(old);
	return buf.data;
}

/* The first n characters. */
static int
characters_end(RuleText text, int n)
{
	int			i;

	for (i = 0; i < text.len; i++)
		if ((text.s[i] & 0xC0) != 0x80 && n-- == 0)
			break;
	return i;
}

/* The first characters as they are, a star for each other one. */
static char *
mask_after(RuleRecord *r, RuleText text, int keep, int keep_last)
{
	int			n = rule_text_length(text);
	int			head = characters_end(text, keep);
	int			tail;
	int			stars;
	char	   *out;

	if (keep + keep_last >= n)
		keep_last = 0;
	stars = Min(Max(n - keep - keep_last, 0), SHOWN_MAX);
	tail = text.len - characters_end(text, n - keep_last);
	out = MemoryContextAlloc(r->context, head + stars + tail + 1);
	memcpy(out, text.s, head);
	memset(out + head, '*', stars);
	memcpy(out + head + stars, text.s + text.len - tail, tail);
	out[head + stars + tail] = '\0';
	return out;
}

static char *
mask(RuleRecord *r, RuleField field, RuleText text)
{
	char	   *out;

	switch (field)
	{
		case FIELD_CREDENTIAL:
		case FIELD_PRINCIPAL_CREDENTIAL:
			out = MemoryContextAlloc(r->context, text.len + 1);
			out[icp_credential_text_mask(text.s, text.len, out)] = '\0';
			return out;
		case FIELD_PHONE:
		case FIELD_MOBILE:
		case FIELD_EMERGENCY_PHONE:
			return mask_after(r, text, 3, 2);
		case FIELD_EMAIL:
			{
				const char *at = memchr(text.s, '@', text.len);

				if (at == NULL)
					return mask_after(r, text, 1, 0);
				return rule_print(r, "***%.*s", (int) Min(text.s + text.len - at, 4 * SHOWN_MAX), at);
			}
		case FIELD_ADDRESS:
			return mask_after(r, text, 3, 0);
		default:
			return mask_after(r, text, 1, 0);
	}
}

void
rule_found(RuleRecord *r, RuleFinding *f, RuleField field, RuleText text)
{
	/* a natural person's own name is personal too */
	bool		is_personal = rule_field_is_personal(field) ||
		(field == FIELD_NAME && rule_nature(r) == NATURE_INDIVIDUAL);

	f->field = field;
	if (is_personal)
		f->found = mask(r, field, text);
	else
	{
		int			end = characters_end(text, SHOWN_MAX);

		f->found = rule_print(r, "%.*s%s", end, text.s, end < text.len ? "…" : "");
	}
}

void
rule_found_field(RuleRecord *r, RuleFinding *f, RuleField field)
{
	f->field = field;
	f->found = NULL;
	if (rule_has(r, field))
		rule_found(r, f, field, rule_text(r, field));
}
