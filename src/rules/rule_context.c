/*
 * rule_context.c
 *	  Records of any row type as rules see them: the texts of their fields.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "lib/stringinfo.h"
#include "port/pg_bitutils.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "compat.h"
#include "rules/rule_context.h"
#include "rules/rule_day.h"
#include "rules/rule_list.h"
#include "rules/rule_shape.h"
#include "types/encoding.h"

#define FIELD_MAX_BYTES (1024 * 1024)

/* A rule may look at each character, or compare each with each; what is longer is no field of a filing. */
static void
check_length(RuleField field, Size len)
{
	if (len > FIELD_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("field \"%s\" is longer than %d bytes", rule_field_name(field), FIELD_MAX_BYTES)));
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
	RuleList	list = {0};
	StringInfoData joined;
	RuleText	text;
	int			i;

	rule_read_array(&r->shape->columns[field], field, r->values[field], &list);
	initStringInfo(&joined);
	for (i = 0; i < list.n; i++)
	{
		if (i > 0)
			appendStringInfoChar(&joined, ';');
		appendBinaryStringInfo(&joined, list.texts[i].s, list.texts[i].len);
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
			if (rule_is_blank(r->texts[field]))
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
