/*
 * rule_domain.c
 *	  Rules on the list of domains and the home page (域名列表, 首页网址; 5 附件3 二(八), 4 §2注).
 */
#include "postgres.h"

#include "core/ip_text.h"
#include "core/suffix.h"
#include "miscadmin.h"
#include "rules/rule_code.h"
#include "rules/rule_finding.h"

static RuleText
domain_text(RuleRecord *r, const RuleDomain *domain)
{
	RuleText	text;
	char	   *buf;

	if (domain->keylen < 0)
		return domain->text;
	buf = MemoryContextAlloc(r->context, ICP_DOMAIN_TEXT_SIZE);
	text.len = icp_domain_text(domain->key, domain->keylen, buf);
	text.s = buf;
	return text;
}

static bool
found_domain(RuleRecord *r, RuleFinding *f, const RuleDomain *domain)
{
	rule_found(r, f, FIELD_DOMAINS, domain_text(r, domain));
	return true;
}

static bool
ends_with(const RuleDomain *domain, const char *key)
{
	return domain->keylen >= 0 &&
		icp_domain_key_under(domain->key, domain->keylen, (const uint8_t *) key, strlen(key));
}

/* Neither domain nor address: there is no site. */
static bool
domain_001(RuleRecord *r, RuleFinding *f)
{
	int			kind;

	rule_read_domains(r);
	if (r->ndomains > 0)
		return false;
	rule_read_addresses(r);
	if (r->naddresses > 0)
		return false;
	kind = rule_service_kind(r);
	return kind == ICP_SITE || kind == SERVICE_NONE;
}

static bool
domain_002(RuleRecord *r, RuleFinding *f)
{
	int			i;

	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
	{
		const IcpDomainReasonText *words;

		if (r->domains[i].keylen >= 0)
			continue;
		words = icp_domain_reason_text(r->domains[i].fault.reason);
		f->expected = rule_print(r, "%s", words->hint != NULL ? words->hint : words->detail);
		return found_domain(r, f, &r->domains[i]);
	}
	return false;
}

/* Names that are registered nowhere (RFC 2606, 6761, 6762): no site is reached by them. */
static bool
is_reserved(const RuleDomain *domain)
{
	if (domain->keylen <= 0)
		return false;
	/* a key begins with the top level */
	switch (domain->key[0])
	{
		case 'a':
			return ends_with(domain, "alt") || ends_with(domain, "arpa");
		case 'c':
			return ends_with(domain, "com\001example");
		case 'e':
			return ends_with(domain, "example");
		case 'i':
			return ends_with(domain, "invalid") || ends_with(domain, "internal");
		case 'l':
			return ends_with(domain, "localhost") || ends_with(domain, "local");
		case 'n':
			return ends_with(domain, "net\001example");
		case 'o':
			return ends_with(domain, "onion") || ends_with(domain, "org\001example");
		case 't':
			return ends_with(domain, "test");
		default:
			return false;
	}
}

/* An app is filed with the level that it uses, a site with what was registered. */
static bool
domain_003(RuleRecord *r, RuleFinding *f)
{
	int			i;

	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
	{
		const RuleDomain *domain = &r->domains[i];
		int			registrable;

		if (domain->keylen < 0 || is_reserved(domain))
			continue;
		registrable = icp_suffix_registrable(domain->key, domain->keylen);
		if (registrable == domain->keylen || registrable == -2 || (registrable > 0 && rule_is_service(r)))
			continue;
		if (registrable > 0)
		{
			char		text[ICP_DOMAIN_TEXT_SIZE];

			icp_domain_text(domain->key, registrable, text);
			f->expected = rule_print(r, "%s", text);
		}
		return found_domain(r, f, domain);
	}
	return false;
}

static bool
domain_004(RuleRecord *r, RuleFinding *f)
{
	int			i;

	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
		if (is_reserved(&r->domains[i]))
			return found_domain(r, f, &r->domains[i]);
	return false;
}

/*
 * ONE DOMAIN, ONE NUMBER (工信管函〔2019〕633号)
 *
 * Of sites; an app may have several domains.  Longer lists are of before: they may be kept and shortened.
 */

static bool
found_count(RuleRecord *r, RuleFinding *f)
{
	f->field = FIELD_DOMAINS;
	f->found = rule_print(r, "%d domains", r->ndomains);
	return true;
}

static bool
is_long_list(RuleRecord *r)
{
	rule_read_domains(r);
	return r->ndomains > 1 && !rule_is_service(r);
}

static bool
is_new(RuleRecord *r)
{
	return rule_is_asked(r, FIELD_FORMER_DOMAINS) && !rule_has(r, FIELD_FORMER_DOMAINS);
}

static bool
domain_005(RuleRecord *r, RuleFinding *f)
{
	return is_long_list(r) && !is_new(r) && found_count(r, f);
}

/* What is filed stays or goes; another domain is another number's. */
static bool
domain_012(RuleRecord *r, RuleFinding *f)
{
	int			i;
	int			k;

	if (!rule_has(r, FIELD_FORMER_DOMAINS) || rule_is_service(r))
		return false;
	rule_read_domains(r);
	rule_read_former_domains(r);
	for (i = 0; i < r->ndomains; i++)
	{
		const RuleDomain *domain = &r->domains[i];

		CHECK_FOR_INTERRUPTS();
		if (domain->keylen < 0)
			continue;
		for (k = 0; k < r->nformer; k++)
			if (r->former[k].keylen == domain->keylen &&
				memcmp(r->former[k].key, domain->key, domain->keylen) == 0)
				break;
		if (k == r->nformer)
			return found_domain(r, f, domain);
	}
	return false;
}

static bool
domain_013(RuleRecord *r, RuleFinding *f)
{
	return is_long_list(r) && is_new(r) && found_count(r, f);
}

/*
 * SUFFIXES AND NATURES
 */

#define GOV_CN		"cn\001gov"
#define ZHENGWU		"xn--zfr164b"	/* 政务 */
#define ZHENGWU_CN	"cn\001xn--zfr164b"
#define GONGYI		"xn--55qw42g"	/* 公益 */

static bool
is_government_domain(const RuleDomain *domain)
{
	return ends_with(domain, GOV_CN) || ends_with(domain, ZHENGWU) || ends_with(domain, ZHENGWU_CN);
}

static bool
domain_006(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!rule_nature_is(r, NATURE_IS_ENTERPRISE | NATURE_IS_PERSON))
		return false;
	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
		if (is_government_domain(&r->domains[i]))
			return found_domain(r, f, &r->domains[i]);
	return false;
}

/* Since 互联网政务应用安全管理规定. */
static bool
domain_007(RuleRecord *r, RuleFinding *f)
{
	bool		is_government = rule_nature_is(r, NATURE_IS_GOVERNMENT);
	int			i;

	if (!is_government && !rule_nature_is(r, NATURE_IS_INSTITUTION))
		return false;
	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
	{
		const RuleDomain *domain = &r->domains[i];

		if (domain->keylen < 0 || is_reserved(domain) || is_government_domain(domain))
			continue;
		if (!is_government && (ends_with(domain, "cn") || ends_with(domain, GONGYI)))
			continue;
		f->expected = rule_print(r, "%s", is_government ? ".gov.cn, .政务" : ".cn, .公益");
		return found_domain(r, f, domain);
	}
	return false;
}

static bool
domain_008(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (rule_nature(r) <= 0)
		return false;
	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
	{
		const RuleDomain *domain = &r->domains[i];

		if ((ends_with(domain, "cn\001mil") && !rule_nature_is(r, NATURE_IS_MILITARY)) ||
			(ends_with(domain, "cn\001edu") && rule_nature_is(r, NATURE_IS_ENTERPRISE | NATURE_IS_PERSON)))
			return found_domain(r, f, domain);
	}
	return false;
}

static bool
domain_009(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!rule_is_individual(r))
		return false;
	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
		if (ends_with(&r->domains[i], "org"))
			return found_domain(r, f, &r->domains[i]);
	return false;
}

/*
 * HOME PAGE
 */

static bool
homepage_001(RuleRecord *r, RuleFinding *f)
{
	const IcpDomainReasonText *words;

	if (!rule_has(r, FIELD_HOMEPAGE) || rule_read_url(r))
		return false;
	rule_found_field(r, f, FIELD_HOMEPAGE);
	words = icp_url_fault_text(&r->url_fault);
	f->expected = rule_print(r, "%s", words->hint != NULL ? words->hint : words->detail);
	return true;
}

static bool
homepage_002(RuleRecord *r, RuleFinding *f)
{
	int			i;

	if (!rule_has(r, FIELD_HOMEPAGE) || !rule_read_url(r) || r->url.family != 0)
		return false;
	rule_read_domains(r);
	for (i = 0; i < r->ndomains; i++)
	{
		/* of a malformed list nothing can be said */
		if (r->domains[i].keylen < 0 ||
			icp_domain_key_under(r->url.key, r->url.keylen, r->domains[i].key, r->domains[i].keylen))
			return false;
	}
	if (r->ndomains == 0)
		return false;			/* DOMAIN-001 */
	rule_found_field(r, f, FIELD_HOMEPAGE);
	return true;
}

/* A site without a domain is reached by one of its addresses. */
static bool
homepage_003(RuleRecord *r, RuleFinding *f)
{
	IcpAddressRange host;
	IcpContactFault fault;
	int			i;

	if (!rule_has(r, FIELD_HOMEPAGE) || !rule_read_url(r) || r->url.family == 0)
		return false;
	rule_read_addresses(r);
	if (r->naddresses == 0 ||
		icp_ip_parse(r->url.address, strlen(r->url.address), &host, &fault) == ICP_WRONG)
		return false;
	for (i = 0; i < r->naddresses; i++)
	{
		const RuleAddresses *a = &r->addresses[i];

		if (a->family == 0 ||
			(a->family == host.family && icp_address_cmp(a->first, host.first) <= 0 &&
			 icp_address_cmp(host.first, a->last) <= 0))
			return false;
	}
	rule_found_field(r, f, FIELD_HOMEPAGE);
	return true;
}

#define DOMAINS FIELD_BIT(FIELD_DOMAINS)
#define DOMAINS_AND_NATURE (DOMAINS | FIELD_BIT(FIELD_NATURE))

const RuleTest rule_domain_tests[] = {
	{"DOMAIN-001", DOMAINS | FIELD_BIT(FIELD_IPS), FIELD_BIT(FIELD_KIND), domain_001},
	{"DOMAIN-002", DOMAINS, 0, domain_002},
	{"DOMAIN-003", DOMAINS, FIELD_BIT(FIELD_KIND), domain_003},
	{"DOMAIN-004", DOMAINS, 0, domain_004},
	{"DOMAIN-005", DOMAINS, FIELD_BIT(FIELD_KIND) | FIELD_BIT(FIELD_FORMER_DOMAINS), domain_005},
	{"DOMAIN-006", DOMAINS_AND_NATURE, 0, domain_006},
	{"DOMAIN-007", DOMAINS_AND_NATURE, 0, domain_007},
	{"DOMAIN-008", DOMAINS_AND_NATURE, 0, domain_008},
	{"DOMAIN-009", DOMAINS_AND_NATURE, 0, domain_009},
	{"DOMAIN-012", DOMAINS | FIELD_BIT(FIELD_FORMER_DOMAINS), FIELD_BIT(FIELD_KIND), domain_012},
	{"DOMAIN-013", DOMAINS | FIELD_BIT(FIELD_FORMER_DOMAINS), FIELD_BIT(FIELD_KIND), domain_013},
	{"HOMEPAGE-001", FIELD_BIT(FIELD_HOMEPAGE), 0, homepage_001},
	{"HOMEPAGE-002", FIELD_BIT(FIELD_HOMEPAGE) | DOMAINS, 0, homepage_002},
	{"HOMEPAGE-003", FIELD_BIT(FIELD_HOMEPAGE) | FIELD_BIT(FIELD_IPS), 0, homepage_003},
	{NULL}
};
