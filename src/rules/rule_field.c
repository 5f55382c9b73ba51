/*
 * rule_field.c
 *	  What stands in the fields, parsed when a rule first asks, whatever the column's type.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/inet.h"
#include "utils/multirangetypes.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#include "compat.h"
#include "core/ip_text.h"
#include "rules/rule_code.h"
#include "rules/rule_field.h"
#include "rules/rule_list.h"
#include "types/credential_datum.h"
#include "types/domain_list_datum.h"
#include "types/ip_range.h"
#include "types/number_datum.h"
#include "types/province_datum.h"

/* The elements of a field that is a list or one value. */
static void
read_elements(RuleRecord *r, RuleField field, RuleList *e)
{
	const RuleColumn *column = &r->shape->columns[field];

	memset(e, 0, sizeof(RuleList));
	if (!rule_has(r, field))
		return;
	if (column->reading == READ_ARRAY)
		rule_read_array(column, field, r->values[field], e);
	else
		rule_split_list(e, rule_text(r, field));
}

/*
 * SPONSOR
 */

int
rule_nature(RuleRecord *r)
{
	if (!r->has_nature)
	{
		r->nature = NATURE_NONE;
		if (rule_has(r, FIELD_NATURE))
		{
			r->nature = rule_code_of(CODE_NATURE, rule_text(r, FIELD_NATURE), r->as_of, NULL);
			if (r->nature == CODE_UNKNOWN)
				r->nature = NATURE_UNKNOWN;
		}
		r->nature_traits = r->nature > 0 ? rule_nature_traits(r->nature) : 0;
		r->has_nature = true;
	}
	return r->nature;
}

bool
rule_nature_is(RuleRecord *r, uint32 traits)
{
	(void) rule_nature(r);
	return (r->nature_traits & traits) != 0;
}

bool
rule_is_individual(RuleRecord *r)
{
	return rule_nature_is(r, NATURE_IS_PERSON);
}

unsigned
rule_province(RuleRecord *r, RuleField field)
{
	RuleText	text;

	if (!rule_has(r, field))
		return 0;
	if (r->shape->columns[field].reading == READ_PROVINCE)
		return icp_province_of_code(DatumGetProvince(r->values[field]));
	text = rule_text(r, field);
	return icp_province_parse(text.s, text.len);
}

const RuleCredential *
rule_credential(RuleRecord *r, RuleField field)
{
	RuleCredential *c = &r->credentials[field == FIELD_CREDENTIAL ? 0 : 1];

	if (c->is_parsed)
		return c;
	c->is_parsed = true;
	memset(&c->fault, 0, sizeof(c->fault));
	if (r->shape->columns[field].reading == READ_CREDENTIAL)
	{
		MemoryContext old = MemoryContextSwitchTo(r->context);
		IcpCredentialDatum *datum = (IcpCredentialDatum *) PG_DETOAST_DATUM_PACKED(r->values[field]);

		c->reason = icp_credential_parse(icp_credential_kind(datum), icp_credential_number(datum),
										 icp_credential_number_len(datum), r->as_of_number,
										 &c->number, &c->fault);
		if (icp_credential_sign_fault(c->reason) && icp_credential_waiver_len(datum) > 0)
			c->reason = ICP_CRED_OK;
		MemoryContextSwitchTo(old);
	}
	else
	{
		IcpCredential *whole = MemoryContextAlloc(r->context, sizeof(IcpCredential));
		RuleText	text = rule_text(r, field);

		c->reason = icp_credential_text_parse(text.s, text.len, r->as_of_number, whole, &c->fault);
		if (c->reason == ICP_CRED_OK)
			c->number = whole->number;
	}
	return c;
}

/*
 * SITE
 */

static RuleDomain *
read_domain_list(Datum value, int *n)
{
	IcpListCursor cursor;
	IcpDomainList *list = DatumGetDomainListPP(value);
	int			count = (int) icp_list_count(ICP_LIST_DATA(list), ICP_LIST_SIZE(list));
	RuleDomain *domains = palloc(sizeof(RuleDomain) * Max(count, 1));

	*n = 0;
	icp_list_open(&cursor, list);
	while (icp_list_next(&cursor))
	{
		RuleDomain *domain = &domains[(*n)++];

		domain->key = cursor.key;
		domain->keylen = (int) cursor.keylen;
	}
	return domains;
}

static RuleDomain *
read_domain_name(Datum value)
{
	IcpDomainName *name = DatumGetDomainNamePP(value);
	RuleDomain *domain = palloc(sizeof(RuleDomain));

	domain->key = ICP_DOMAIN_KEY(name);
	domain->keylen = (int) ICP_DOMAIN_KEYLEN(name);
	return domain;
}

static RuleDomain *
read_domain_texts(RuleRecord *r, RuleField field, int *n)
{
	RuleList	e;
	RuleDomain *domains;
	int			i;

	read_elements(r, field, &e);
	domains = palloc(sizeof(RuleDomain) * Max(e.n, 1));
	for (i = 0; i < e.n; i++)
	{
		RuleDomain *domain = &domains[i];
		uint8_t    *key = palloc(ICP_DOMAIN_MAX);

		CHECK_FOR_INTERRUPTS();
		domain->text = e.texts[i];
		domain->key = key;
		domain->keylen = icp_domain_parse(e.texts[i].s, e.texts[i].len, key, &domain->fault);
	}
	*n = e.n;
	return domains;
}

static RuleDomain *
read_domains(RuleRecord *r, RuleField field, int *n)
{
	MemoryContext old;
	RuleDomain *domains;

	*n = 0;
	if (!rule_has(r, field))
		return NULL;
	old = MemoryContextSwitchTo(r->context);
	switch (r->shape->columns[field].reading)
	{
		case READ_DOMAIN_LIST:
			domains = read_domain_list(r->values[field], n);
			break;
		case READ_DOMAIN_NAME:
			domains = read_domain_name(r->values[field]);
			*n = 1;
			break;
		default:
			domains = read_domain_texts(r, field, n);
	}
	MemoryContextSwitchTo(old);
	return domains;
}

void
rule_read_domains(RuleRecord *r)
{
	if (r->has_domains)
		return;
	r->has_domains = true;
	r->domains = read_domains(r, FIELD_DOMAINS, &r->ndomains);
}

void
rule_read_former_domains(RuleRecord *r)
{
	if (r->has_former)
		return;
	r->has_former = true;
	r->former = read_domains(r, FIELD_FORMER_DOMAINS, &r->nformer);
}

/* The elements of a field that is a list or one value; their number. */
int
rule_read_list(RuleRecord *r, RuleField field, RuleText **elements)
{
	MemoryContext old = MemoryContextSwitchTo(r->context);
	RuleList	e;

	read_elements(r, field, &e);
	MemoryContextSwitchTo(old);
	*elements = e.texts;
	return e.n;
}

/* By our word, the term, and the official id (domain.md C.3: 1 网站, 6 APP, 7 小程序, 8 快应用). */
int
rule_service_kind(RuleRecord *r)
{
	static const struct
	{
		const char *name;
		int			kind;
	}			kinds[] = {
		{"site", ICP_SITE}, {"网站", ICP_SITE}, {"1", ICP_SITE},
		{"app", ICP_APP}, {"APP", ICP_APP}, {"6", ICP_APP},
		{"mini_program", ICP_MINI_PROGRAM}, {"小程序", ICP_MINI_PROGRAM}, {"7", ICP_MINI_PROGRAM},
		{"quick_app", ICP_QUICK_APP}, {"快应用", ICP_QUICK_APP}, {"8", ICP_QUICK_APP}
	};
	RuleText	text;
	int			i;

	if (!rule_has(r, FIELD_KIND))
		return SERVICE_NONE;
	text = rule_trimmed(rule_text(r, FIELD_KIND));
	for (i = 0; i < lengthof(kinds); i++)
		if (rule_text_is(text, kinds[i].name))
			return kinds[i].kind;
	return SERVICE_UNKNOWN;
}

bool
rule_is_service(RuleRecord *r)
{
	int			kind = rule_service_kind(r);

	return kind == ICP_APP || kind == ICP_MINI_PROGRAM || kind == ICP_QUICK_APP;
}

bool
rule_read_url(RuleRecord *r)
{
	if (!r->has_url)
	{
		RuleText	text = rule_text(r, FIELD_HOMEPAGE);

		r->is_url = icp_url_parse(text.s, text.len, &r->url, &r->url_fault);
		r->has_url = true;
	}
	return r->is_url;
}

bool
rule_read_number(RuleRecord *r)
{
	if (!r->has_number)
	{
		if (r->shape->columns[FIELD_NUMBER].reading == READ_NUMBER)
		{
			r->number = DatumGetIcpNumber(r->values[FIELD_NUMBER]);
			r->is_number = true;
		}
		else
		{
			RuleText	text = rule_text(r, FIELD_NUMBER);

			r->is_number = icp_number_parse_plain(text.s, text.len, &r->number) ||
				icp_number_parse(text.s, text.len, &r->number, &r->number_fault);
		}
		r->has_number = true;
	}
	return r->is_number;
}

static bool
add_word(void *arg, const KeywordHit *hit)
{
	RuleRecord *r = arg;
	RuleWord   *word;

	/* room is a power of two, doubled when it is full */
	if (r->nwords == 0)
		r->words = palloc(sizeof(RuleWord) * 8);
	else if (r->nwords >= 8 && (r->nwords & (r->nwords - 1)) == 0)
		r->words = repalloc(r->words, sizeof(RuleWord) * r->nwords * 2);
	word = &r->words[r->nwords++];
	word->list = hit->list;
	word->is_short = hit->is_short;
	word->is_other = false;
	word->pos = hit->pos;
	word->end = hit->end;
	r->lists |= KEYWORD_BIT(hit->list);
	return true;
}

/*
 * Chinese has no spaces: 今日报价 holds 日报 as letters only, and 文化石 is a stone.  A word inside such a one names
 * nothing; the same word elsewhere in the name still does.
 */
static void
drop_other_meanings(RuleRecord *r)
{
	int			begin = INT_MAX;	/* of those that end here or later, the first to begin */
	int			n = 0;
	int			i;
	int			k;

	if ((r->lists & KEYWORD_BIT(KEYWORD_OTHER_MEANING)) == 0)
		return;
	/* words come in the order of their ends: from the last on, all that have one end together */
	for (i = r->nwords - 1; i >= 0; i = k)
	{
		for (k = i; k >= 0 && r->words[k].end == r->words[i].end; k--)
			if (r->words[k].list == KEYWORD_OTHER_MEANING)
				begin = Min(begin, r->words[k].pos);
		for (n = i; n > k; n--)
			r->words[n].is_other = r->words[n].pos >= begin;
	}
	r->lists = 0;
	for (i = n = 0; i < r->nwords; i++)
	{
		if (r->words[i].is_other)
			continue;
		if (r->words[i].list < KEYWORD_LISTS)
			r->lists |= KEYWORD_BIT(r->words[i].list);
		r->words[n++] = r->words[i];
	}
	r->nwords = n;
}

/* All words of all lists in the site's name, in one pass. */
void
rule_read_words(RuleRecord *r)
{
	MemoryContext old;
	RuleText	text;

	if (r->has_words)
		return;
	r->has_words = true;
	r->nwords = 0;
	r->lists = 0;
	text = rule_text(r, FIELD_SITE_NAME);
	old = MemoryContextSwitchTo(r->context);
	keyword_scan(KEYWORD_BIT(KEYWORD_LISTS) - 1, text.s, text.len, add_word, r);
	drop_other_meanings(r);
	MemoryContextSwitchTo(old);
}

const RuleCodes *
rule_read_codes(RuleRecord *r, RuleField field)
{
	static const RuleCodeTable tables[] = {CODE_SERVICE_CONTENT, CODE_LANGUAGE, CODE_APPROVAL_KIND};
	int			i = field - FIELD_CONTENTS;

	Assert(field >= FIELD_CONTENTS && field <= FIELD_APPROVALS);
	if (r->codes[i] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(r->context);
		RuleCodes  *codes = palloc(sizeof(RuleCodes));
		RuleList	e;
		int			k;

		read_elements(r, field, &e);
		codes->n = e.n;
		codes->codes = palloc(sizeof(RuleCode) * Max(e.n, 1));
		for (k = 0; k < e.n; k++)
		{
			RuleText	text = e.texts[k];
			const char *colon = memchr(text.s, ':', text.len);
			bool		is_valid;

			/* an approval may have its document's number behind its kind */
			codes->codes[k].text = text;
			if (colon != NULL)
				text.len = colon - text.s;
			codes->codes[k].id = rule_code_of(tables[i], text, r->as_of, &is_valid);
			if (!is_valid)
				codes->codes[k].id = CODE_UNKNOWN;
		}
		r->codes[i] = codes;
		MemoryContextSwitchTo(old);
	}
	return r->codes[i];
}

bool
rule_has_code(RuleRecord *r, RuleField field, int id)
{
	const RuleCodes *codes = rule_read_codes(r, field);
	int			i;

	for (i = 0; i < codes->n; i++)
		if (codes->codes[i].id == id)
			return true;
	return false;
}

/*
 * ACCESS AND CONTACTS
 */

/* A network is the range of its hosts. */
static void
add_inet(RuleAddresses *a, const inet *address)
{
	int			bits = ip_bits(address);
	IcpAddress	mask = {0, 0};

	memset(a, 0, sizeof(RuleAddresses));
	a->first = icp_address_of_inet(address, &a->family);
	if (a->family == 4)
		mask.low = bits >= 32 ? 0 : PG_UINT32_MAX >> bits;
	else
	{
		mask.high = bits >= 64 ? 0 : PG_UINT64_MAX >> bits;
		mask.low = bits <= 64 ? PG_UINT64_MAX : bits == 128 ? 0 : PG_UINT64_MAX >> (bits - 64);
	}
	a->first.high &= ~mask.high;
	a->first.low &= ~mask.low;
	a->last.high = a->first.high | mask.high;
	a->last.low = a->first.low | mask.low;
}

static void
add_range(RuleRecord *r, TypeCacheEntry *type, const RangeType *range)
{
	RuleAddresses *a;

	if (RangeIsEmpty(range))
		return;
	a = &r->addresses[r->naddresses++];
	memset(a, 0, sizeof(RuleAddresses));
	if (!icp_addresses_of_range(type, range, &a->family, &a->first, &a->last))
		a->family = 0;			/* open, or of two families */
}

void
rule_read_addresses(RuleRecord *r)
{
	MemoryContext old;
	const RuleColumn *column = &r->shape->columns[FIELD_IPS];

	if (r->has_addresses)
		return;
	r->has_addresses = true;
	r->naddresses = 0;
	r->addresses = NULL;
	if (!rule_has(r, FIELD_IPS))
		return;
	old = MemoryContextSwitchTo(r->context);
	if (column->reading == READ_INET)
	{
		r->addresses = palloc(sizeof(RuleAddresses));
		add_inet(r->addresses, DatumGetInetPP(r->values[FIELD_IPS]));
		r->naddresses = 1;
	}
	else if (column->reading == READ_IP_RANGE)
	{
		r->addresses = palloc(sizeof(RuleAddresses));
		add_range(r, lookup_type_cache(column->type, TYPECACHE_RANGE_INFO),
				  DatumGetRangeTypeP(r->values[FIELD_IPS]));
	}
	else if (column->reading == READ_IP_MULTIRANGE)
	{
		TypeCacheEntry *type = lookup_type_cache(column->type, TYPECACHE_MULTIRANGE_INFO);
		MultirangeType *ranges = DatumGetMultirangeTypeP(r->values[FIELD_IPS]);
		uint32		i;

		rule_check_count(FIELD_IPS, ranges->rangeCount);
		r->addresses = palloc(sizeof(RuleAddresses) * Max(ranges->rangeCount, 1));
		for (i = 0; i < ranges->rangeCount; i++)
			add_range(r, type->rngtype, multirange_get_range(type->rngtype, ranges, i));
	}
	else
	{
		RuleList	e;
		int			i;

		read_elements(r, FIELD_IPS, &e);
		r->addresses = palloc(sizeof(RuleAddresses) * Max(e.n, 1));
		for (i = 0; i < e.n; i++)
		{
			RuleAddresses *a = &r->addresses[r->naddresses++];

			IcpAddressRange range;
			IcpContactFault fault;

			memset(a, 0, sizeof(RuleAddresses));
			if (icp_ip_parse(e.texts[i].s, e.texts[i].len, &range, &fault) == ICP_WRONG)
				a->reason = fault.reason;
			else
			{
				a->family = range.family;
				a->first = range.first;
				a->last = range.last;
			}
			a->text = e.texts[i];
		}
	}
	MemoryContextSwitchTo(old);
}

IcpVerdict
rule_read_phone(RuleRecord *r, RuleField field, const IcpPhone **phone, const IcpContactFault **fault)
{
	int			i = field - FIELD_PHONE;

	Assert(field >= FIELD_PHONE && field <= FIELD_EMERGENCY_PHONE);
	if ((r->phones_read & 1 << i) == 0)
	{
		RuleText	text = rule_text(r, field);

		r->phones_read |= 1 << i;
		r->phone_verdicts[i] = icp_phone_list_check(text.s, text.len, &r->phones[i], &r->phone_faults[i]);
	}
	if (phone != NULL)
		*phone = &r->phones[i];
	if (fault != NULL)
		*fault = &r->phone_faults[i];
	return r->phone_verdicts[i];
}
