/*
 * rule_finding.c
 *	  What a test says of what it found: cut to what fits a message, masked where it is personal.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "rules/rule_finding.h"
#include "rules/rule_shape.h"
#include "utils/memutils.h"

#define SHOWN_MAX 120			/* characters of a value that a finding shows */

char *
rule_copy(RuleRecord *r, RuleText text)
{
	char	   *copy = MemoryContextAlloc(r->context, text.len + 1);

	memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	return copy;
}

char *
rule_print(RuleRecord *r, const char *format,...)
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

/* The first characters as they are, a star for each other one. */
static char *
mask_after(RuleRecord *r, RuleText text, int keep, int keep_last)
{
	int			n = rule_text_length(text);
	int			head = rule_characters_end(text, keep);
	int			tail;
	int			stars;
	char	   *out;

	if (keep + keep_last >= n)
		keep_last = 0;
	stars = Min(Max(n - keep - keep_last, 0), SHOWN_MAX);
	tail = text.len - rule_characters_end(text, n - keep_last);
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
		(field == FIELD_NAME && rule_is_individual(r));

	f->field = field;
	if (is_personal)
		f->found = mask(r, field, text);
	else
	{
		int			end = rule_characters_end(text, SHOWN_MAX);

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
