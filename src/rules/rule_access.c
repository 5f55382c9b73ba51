/*
 * rule_access.c
 *	  Rules on the access: addresses (IP地址列表, 5 附件3 二(九)), way of access, place of the server, provider.
 */
#include "postgres.h"

#include "core/ip_text.h"
#include "fmgr.h"
#include "rules/rule_code.h"
#include "rules/rule_finding.h"
#include "rules/rule_table.h"
#include "rules/rule_text.h"
#include "types/ip_range.h"
#include "utils/fmgrprotos.h"

static bool
ip_001(RuleRecord *r, RuleFinding *f)
{
	rule_read_addresses(r);
	return r->naddresses == 0;
}

static char *
print_address(int family, IcpAddress address)
{
	inet	   *value = icp_inet_of_address(family, address);

	return DatumGetCString(DirectFunctionCall1(inet_out, InetPGetDatum(value)));
}

static char *
address_text(RuleRecord *r, const RuleAddresses *a)
{
	char	   *first;

	if (a->text.s != NULL)
		return rule_copy(r, a->text);
	if (a->family == 0)
		return NULL;
	first = print_address(a->family, a->first);
	if (icp_address_cmp(a->first, a->last) == 0)
		return first;
	return rule_print(r, "%s-%s", first, print_address(a->family, a->last));
}

static bool
ip_002(RuleRecord *r, RuleFinding *f)
{
	int			i;

	rule_read_addresses(r);
	for (i = 0; i < r->naddresses; i++)
	{
		if (r->addresses[i].family != 0)
			continue;
		f->field = FIELD_IPS;
		f->found = address_text(r, &r->addresses[i]);
		if (r->addresses[i].reason != 0)
			f->expected = rule_print(r, "%s", icp_ip_reason_text(r->addresses[i].reason)->hint);
		return true;
	}
	return false;
}

static bool
ip_003(RuleRecord *r, RuleFinding *f)
{
	int			i;

	rule_read_addresses(r);
	for (i = 0; i < r->naddresses; i++)
	{
		const RuleAddresses *a = &r->addresses[i];
		const IcpSpecialBlock *block;

		if (a->family == 0 || (block = icp_ip_special(a->family, a->first, a->last)) == NULL)
			continue;
		f->field = FIELD_IPS;
		f->found = address_text(r, a);
		f->expected = rule_print(r, "not in %s (%s, %s)", block->block, block->name, block->source);
		return true;
	}
	return false;
}

static bool
ip_004(RuleRecord *r, RuleFinding *f)
{
	uint64		many = rule_argument(r->asked->rule, 0);
	int			i;

	rule_read_addresses(r);
	for (i = 0; i < r->naddresses; i++)
	{
		const RuleAddresses *a = &r->addresses[i];

		/* a /64 is one host's in IPv6 */
		if (a->family == 0 ||
			(a->family == 4 ? a->last.low - a->first.low < many :
			 a->last.high - a->first.high < many) ||
			icp_ip_special(a->family, a->first, a->last) != NULL)
			continue;
		f->field = FIELD_IPS;
		f->found = address_text(r, a);
		return true;
	}
	return false;
}

static bool
mode_001(RuleRecord *r, RuleFinding *f)
{
	bool		is_valid;

	if (!rule_has(r, FIELD_MODE))
		return false;
	(void) rule_code_of(CODE_ACCESS_MODE, rule_text(r, FIELD_MODE), r->as_of, &is_valid);
	if (is_valid)
		return false;
	rule_found_field(r, f, FIELD_MODE);
	return true;
}

/* A server abroad is at 其它 (3 Q10); 香港, 澳门 and 台湾 are places of the list without a bureau. */
static bool
server_001(RuleRecord *r, RuleFinding *f)
{
	static const char *const places[] = {
		"其它", "其他", "境外", "香港", "香港特别行政区", "澳门", "澳门特别行政区", "台湾", "台湾省", "71", "81", "82"
	};
	RuleText	text;
	int			i;

	if (!rule_has(r, FIELD_SERVER_PROVINCE) || rule_province(r, FIELD_SERVER_PROVINCE) != 0)
		return false;
	text = rule_text(r, FIELD_SERVER_PROVINCE);
	for (i = 0; i < lengthof(places); i++)
		if (rule_text_is(text, places[i]))
			return false;
	rule_found_field(r, f, FIELD_SERVER_PROVINCE);
	return true;
}

static bool
mode_002(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_MODE);
}

static bool
server_002(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_SERVER_PROVINCE);
}

static bool
is_other(RuleText text)
{
	text = rule_trimmed(text);
	return rule_text_is(text, "其它") || rule_text_is(text, "其他");
}

/* Of a server abroad both the place and the provider are 其它 (3 Q10); an id of a provider tells no name. */
static bool
server_003(RuleRecord *r, RuleFinding *f)
{
	if (!rule_has(r, FIELD_SERVER_PROVINCE) || !rule_has(r, FIELD_PROVIDER) ||
		r->shape->columns[FIELD_PROVIDER].reading != READ_TEXT ||
		is_other(rule_text(r, FIELD_SERVER_PROVINCE)) == is_other(rule_text(r, FIELD_PROVIDER)))
		return false;
	rule_found_field(r, f, FIELD_SERVER_PROVINCE);
	f->expected = rule_print(r, "%s", is_other(rule_text(r, FIELD_PROVIDER)) ? "其它" :
							 "a province, or provider (接入服务商) 其它");
	return true;
}

static bool
provider_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_PROVIDER);
}

/* A provider serves the sites that have passed in its own system, and no other (4 §12(二)). */
static bool
provider_002(RuleRecord *r, RuleFinding *f)
{
	RuleText   *approved;
	int			n;
	int			i;

	if (!rule_has(r, FIELD_PROVIDER))
		return false;
	/* a name may have blanks, which lists are split at */
	if (rule_has(r, FIELD_APPROVED_PROVIDERS) &&
		rule_same_name(rule_text(r, FIELD_APPROVED_PROVIDERS), rule_text(r, FIELD_PROVIDER)))
		return false;
	n = rule_read_list(r, FIELD_APPROVED_PROVIDERS, &approved);
	for (i = 0; i < n; i++)
		if (rule_same_name(approved[i], rule_text(r, FIELD_PROVIDER)))
			return false;
	rule_found_field(r, f, FIELD_PROVIDER);
	return true;
}

const RuleTest rule_access_tests[] = {
	{"IP-001", FIELD_BIT(FIELD_IPS), 0, ip_001},
	{"IP-002", FIELD_BIT(FIELD_IPS), 0, ip_002},
	{"IP-003", FIELD_BIT(FIELD_IPS), 0, ip_003},
	{"IP-004", FIELD_BIT(FIELD_IPS), 0, ip_004},
	{"MODE-001", FIELD_BIT(FIELD_MODE), 0, mode_001},
	{"MODE-002", FIELD_BIT(FIELD_MODE), 0, mode_002},
	{"SERVER-001", FIELD_BIT(FIELD_SERVER_PROVINCE), 0, server_001},
	{"SERVER-002", FIELD_BIT(FIELD_SERVER_PROVINCE), 0, server_002},
	{"SERVER-003", FIELD_BIT(FIELD_SERVER_PROVINCE) | FIELD_BIT(FIELD_PROVIDER), 0, server_003},
	{"PROVIDER-001", FIELD_BIT(FIELD_PROVIDER), 0, provider_001},
	{"PROVIDER-002", FIELD_BIT(FIELD_PROVIDER) | FIELD_BIT(FIELD_APPROVED_PROVIDERS), 0, provider_002},
	{NULL}
};
