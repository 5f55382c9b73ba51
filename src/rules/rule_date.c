/*
 * rule_date.c
 *	  Rules on days: of credentials, of domains, of the verification.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "rules/rule_date.h"
#include "rules/rule_day.h"
#include "rules/rule_finding.h"
#include "rules/rule_text.h"

#define YEAR_MIN 1900			/* no document that a filing shows is older */
#define YEAR_MAX 9999

/* Up to n digits; how many there are. */
static int
read_digits(RuleText *text, int n, int *value)
{
	int			digits = 0;

	*value = 0;
	while (digits < n && digits < text->len && text->s[digits] >= '0' && text->s[digits] <= '9')
		*value = *value * 10 + (text->s[digits++] - '0');
	text->s += digits;
	text->len -= digits;
	return digits;
}

/* A sign behind a part of a date; which, 0: none. */
static char
read_sign(RuleText *text)
{
	static const char *const signs[] = {"年", "月", "日"};
	int			i;

	if (text->len > 0 && strchr("-/.", text->s[0]) != NULL && text->s[0] != '\0')
	{
		text->len--;
		return *text->s++;
	}
	for (i = 0; i < lengthof(signs); i++)
	{
		if (!rule_text_begins(*text, signs[i]))
			continue;
		text->s += 3;
		text->len -= 3;
		return (char) ('1' + i);
	}
	return 0;
}

static bool
is_day(int year, int month, int day)
{
	return year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= MONTHS_PER_YEAR && day >= 1 &&
		day <= day_tab[isleap(year)][month - 1];
}

RuleDayKind
rule_parse_day(RuleText text, int32 *number)
{
	static const char *const never[] = {"长期", "长期有效", "永久", "永久有效", "infinity"};
	int			year;
	int			month;
	int			day;
	int			i;
	char		first;
	char		second;

	text = rule_trimmed(text);
	if (text.len == 0)
		return DAY_NONE;
	for (i = 0; i < lengthof(never); i++)
		if (rule_text_is(text, never[i]))
			return DAY_NEVER;
	if (read_digits(&text, 4, &year) != 4)
		return DAY_MALFORMED;
	first = read_sign(&text);
	if (first == 0)
	{
		if (read_digits(&text, 2, &month) != 2 || read_digits(&text, 2, &day) != 2)
			return DAY_MALFORMED;
	}
	else
	{
		if (read_digits(&text, 2, &month) == 0)
			return DAY_MALFORMED;
		second = read_sign(&text);
		if (second != (first == '1' ? '2' : first) || read_digits(&text, 2, &day) == 0)
			return DAY_MALFORMED;
		if (first == '1')
			(void) read_sign(&text);	/* 日 may be left out */
	}
	/* a time of day */
	if (text.len > 0 && text.s[0] != ' ' && text.s[0] != 'T')
		return DAY_MALFORMED;
	if (!is_day(year, month, day))
		return DAY_MALFORMED;
	*number = year * 10000 + month * 100 + day;
	return DAY_KNOWN;
}

/* The same of a field; of a timestamp with time zone, the day in Beijing. */
static RuleDayKind
rule_read_day(RuleRecord *r, RuleField field, int32 *number)
{
	DateADT		date;

	if (!rule_has(r, field))
		return DAY_NONE;
	if (r->shape->columns[field].reading == READ_DATE)
		date = DatumGetDateADT(r->values[field]);
	else if (r->shape->columns[field].reading == READ_TIMESTAMP)
	{
		Timestamp	at = DatumGetTimestamp(r->values[field]);

		if (TIMESTAMP_NOT_FINITE(at))
			return TIMESTAMP_IS_NOEND(at) ? DAY_NEVER : DAY_MALFORMED;
		if (r->shape->columns[field].type == TIMESTAMPTZOID)
			at += INT64CONST(8) * USECS_PER_HOUR;
		date = (DateADT) (at / USECS_PER_DAY) - (at % USECS_PER_DAY < 0 ? 1 : 0);
	}
	else
		return rule_parse_day(rule_text(r, field), number);
	if (DATE_NOT_FINITE(date))
		return DATE_IS_NOEND(date) ? DAY_NEVER : DAY_MALFORMED;
	*number = rule_day_number(date);
	return DAY_KNOWN;
}

static const RuleField date_fields[] = {
	FIELD_CREDENTIAL_EXPIRES, FIELD_DOMAIN_EXPIRES, FIELD_VERIFIED_ON
};

static bool
date_001(RuleRecord *r, RuleFinding *f)
{
	int			i;

	for (i = 0; i < lengthof(date_fields); i++)
	{
		int32		day;

		if (rule_read_day(r, date_fields[i], &day) != DAY_MALFORMED)
			continue;
		rule_found_field(r, f, date_fields[i]);
		return true;
	}
	return false;
}

/*
 * WHAT ENDS
 */

/* The same day three months on, or one that is not in the calendar but stands where it would. */
static int32
three_months_on(int32 number)
{
	int			months = number / 10000 * MONTHS_PER_YEAR + number / 100 % 100 - 1 + 3;

	return months / MONTHS_PER_YEAR * 10000 + (months % MONTHS_PER_YEAR + 1) * 100 + number % 100;
}

static bool
has_ended(RuleRecord *r, RuleFinding *f, RuleField field)
{
	int32		day;

	if (rule_read_day(r, field, &day) != DAY_KNOWN || day >= r->as_of_number)
		return false;
	rule_found_field(r, f, field);
	return true;
}

static bool
ends_soon(RuleRecord *r, RuleFinding *f, RuleField field)
{
	int32		day;

	if (rule_read_day(r, field, &day) != DAY_KNOWN || day < r->as_of_number ||
		day > three_months_on(r->as_of_number))
		return false;
	rule_found_field(r, f, field);
	return true;
}

/* 有效证件 is one in force. */
static bool
credential_012(RuleRecord *r, RuleFinding *f)
{
	return has_ended(r, f, FIELD_CREDENTIAL_EXPIRES);
}

static bool
credential_013(RuleRecord *r, RuleFinding *f)
{
	return ends_soon(r, f, FIELD_CREDENTIAL_EXPIRES);
}

static bool
domain_014(RuleRecord *r, RuleFinding *f)
{
	return has_ended(r, f, FIELD_DOMAIN_EXPIRES);
}

static bool
domain_015(RuleRecord *r, RuleFinding *f)
{
	return ends_soon(r, f, FIELD_DOMAIN_EXPIRES);
}

/*
 * THE VERIFICATION
 */

static bool
verification_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_VERIFIED_ON);
}

static bool
verification_002(RuleRecord *r, RuleFinding *f)
{
	int32		day;

	if (rule_read_day(r, FIELD_VERIFIED_ON, &day) != DAY_KNOWN || day <= r->as_of_number)
		return false;
	rule_found_field(r, f, FIELD_VERIFIED_ON);
	return true;
}

#define DATES \
	(FIELD_BIT(FIELD_CREDENTIAL_EXPIRES) | FIELD_BIT(FIELD_DOMAIN_EXPIRES) | FIELD_BIT(FIELD_VERIFIED_ON))

const RuleTest rule_date_tests[] = {
	{"DATE-001", 0, DATES, date_001},
	{"CREDENTIAL-012", FIELD_BIT(FIELD_CREDENTIAL_EXPIRES), 0, credential_012},
	{"CREDENTIAL-013", FIELD_BIT(FIELD_CREDENTIAL_EXPIRES), 0, credential_013},
	{"DOMAIN-014", FIELD_BIT(FIELD_DOMAIN_EXPIRES), 0, domain_014},
	{"DOMAIN-015", FIELD_BIT(FIELD_DOMAIN_EXPIRES), 0, domain_015},
	{"VERIFICATION-001", FIELD_BIT(FIELD_VERIFIED_ON), 0, verification_001},
	{"VERIFICATION-002", FIELD_BIT(FIELD_VERIFIED_ON), 0, verification_002},
	{NULL}
};
