/*
 * rule_contact.c
 *	  Rules on the sponsor's address, telephones and e-mail (5 附件3 二(七)(十)).
 */
#include "postgres.h"

#include "core/address.h"
#include "core/email.h"
#include "core/province.h"
#include "rules/rule_finding.h"
#include "rules/rule_text.h"

/*
 * ADDRESS (5 附件3 二(七))
 */

static bool
address_001(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_ADDRESS);
}

static bool
check_address(RuleRecord *r, RuleFinding *f, IcpVerdict verdict)
{
	RuleText	text;
	IcpAddressDetail detail;
	IcpContactFault fault;

	if (!rule_has(r, FIELD_ADDRESS))
		return false;
	text = rule_text(r, FIELD_ADDRESS);
	/* TEXT-001 and TEXT-002 say it more plainly */
	if (icp_address_check(text.s, text.len, &detail, &fault) != verdict ||
		rule_is_placeholder(r, FIELD_ADDRESS) ||
		rule_has_broken_character(text))
		return false;
	rule_found_field(r, f, FIELD_ADDRESS);
	f->expected = rule_print(r, "%s", icp_address_reason_text(fault.reason)->hint);
	return true;
}

static bool
address_002(RuleRecord *r, RuleFinding *f)
{
	return check_address(r, f, ICP_WRONG);
}

static bool
address_003(RuleRecord *r, RuleFinding *f)
{
	return check_address(r, f, ICP_WARNING);
}

/* The province that an address begins with, 0 where it begins with none. */
static unsigned
address_province(RuleText text)
{
	static const char *const others[] = {"路", "市", "街", "大", "东", "西", "南", "北", "中", "藏"};
	unsigned	i;

	text = rule_trimmed(text);
	for (i = 1; i <= ICP_PROVINCES; i++)
		if (rule_text_begins(text, icp_provinces[i].full_name))
			return i;
	/* 北京路 and 海南藏族自治州 begin with a short name and are elsewhere */
	for (i = 1; i <= ICP_PROVINCES; i++)
	{
		RuleText	rest = text;
		int			k;

		if (!rule_text_begins(text, icp_provinces[i].short_name))
			continue;
		rest.s += strlen(icp_provinces[i].short_name);
		rest.len -= strlen(icp_provinces[i].short_name);
		for (k = 0; k < lengthof(others); k++)
			if (rule_text_begins(rest, others[k]))
				return 0;
		return i;
	}
	return 0;
}

static bool
address_004(RuleRecord *r, RuleFinding *f)
{
	unsigned	province;
	unsigned	written;

	if (!rule_has(r, FIELD_ADDRESS) || (province = rule_province(r, FIELD_PROVINCE)) == 0)
		return false;
	written = address_province(rule_text(r, FIELD_ADDRESS));
	if (written == 0 || written == province)
		return false;
	rule_found_field(r, f, FIELD_ADDRESS);
	f->expected = rule_print(r, "%s", icp_provinces[province].full_name);
	return true;
}

/* GB/T 2260: six digits, of which the first two are the province's. */
static bool
address_005(RuleRecord *r, RuleFinding *f)
{
	RuleText	text;
	int			i;

	if (!rule_has(r, FIELD_DIVISION))
		return false;
	text = rule_trimmed(rule_text(r, FIELD_DIVISION));
	for (i = 0; i < text.len && text.s[i] >= '0' && text.s[i] <= '9'; i++)
		;
	if (i == text.len && text.len == 6)
	{
		unsigned	province = icp_province_of_code((text.s[0] - '0') * 10 + (text.s[1] - '0'));

		if (province != 0 &&
			(rule_province(r, FIELD_PROVINCE) == 0 || rule_province(r, FIELD_PROVINCE) == province))
			return false;
	}
	rule_found_field(r, f, FIELD_DIVISION);
	return true;
}

/*
 * TELEPHONES (5 附件3 二(十))
 */

static bool
phone_001(RuleRecord *r, RuleFinding *f)
{
	/* an individual has no office; his mobile will do */
	return !rule_has(r, FIELD_PHONE) &&
		!(rule_has(r, FIELD_MOBILE) &&
		  (rule_is_individual(r) || (rule_is_asked(r, FIELD_NATURE) && rule_nature(r) <= 0)));
}

static bool
check_phone(RuleRecord *r, RuleFinding *f, RuleField field, IcpVerdict verdict)
{
	const IcpContactFault *fault;

	if (!rule_has(r, field) || rule_read_phone(r, field, NULL, &fault) != verdict)
		return false;
	rule_found_field(r, f, field);
	f->expected = rule_print(r, "%s", icp_phone_reason_text(fault->reason)->hint);
	return true;
}

static bool
phone_002(RuleRecord *r, RuleFinding *f)
{
	return check_phone(r, f, FIELD_PHONE, ICP_WRONG);
}

static bool
phone_003(RuleRecord *r, RuleFinding *f)
{
	return check_phone(r, f, FIELD_PHONE, ICP_WARNING);
}

static bool
phone_004(RuleRecord *r, RuleFinding *f)
{
	const IcpPhone *phone;
	unsigned	province;

	if (!rule_has(r, FIELD_PHONE) || (province = rule_province(r, FIELD_PROVINCE)) == 0 ||
		rule_read_phone(r, FIELD_PHONE, &phone, NULL) == ICP_WRONG ||
		phone->kind != ICP_PHONE_FIXED || phone->province == 0 || phone->province == province)
		return false;
	rule_found_field(r, f, FIELD_PHONE);
	return true;
}

static bool
is_mobile(RuleRecord *r, RuleField field, IcpVerdict *verdict)
{
	const IcpPhone *phone;

	*verdict = rule_read_phone(r, field, &phone, NULL);
	return *verdict != ICP_WRONG && phone->kind == ICP_PHONE_MOBILE;
}

static bool
mobile_001(RuleRecord *r, RuleFinding *f)
{
	IcpVerdict	verdict;

	if (!rule_has(r, FIELD_MOBILE) || is_mobile(r, FIELD_MOBILE, &verdict))
		return false;
	rule_found_field(r, f, FIELD_MOBILE);
	return true;
}

static bool
mobile_002(RuleRecord *r, RuleFinding *f)
{
	IcpVerdict	verdict;

	if (!rule_has(r, FIELD_MOBILE) || !is_mobile(r, FIELD_MOBILE, &verdict) || verdict == ICP_RIGHT)
		return false;
	rule_found_field(r, f, FIELD_MOBILE);
	return true;
}

/* PHONE-001 says that there is no telephone at all. */
static bool
mobile_005(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_MOBILE) && !(rule_is_asked(r, FIELD_PHONE) && !rule_has(r, FIELD_PHONE));
}

static bool
mobile_003(RuleRecord *r, RuleFinding *f)
{
	const IcpPhone *mobile;
	const IcpPhone *other;
	char		a[ICP_PHONE_TEXT_SIZE];
	char		b[ICP_PHONE_TEXT_SIZE];

	if (!rule_has(r, FIELD_MOBILE) || !rule_has(r, FIELD_EMERGENCY_PHONE) ||
		rule_read_phone(r, FIELD_MOBILE, &mobile, NULL) == ICP_WRONG ||
		rule_read_phone(r, FIELD_EMERGENCY_PHONE, &other, NULL) == ICP_WRONG)
		return false;
	icp_phone_write(mobile, a);
	icp_phone_write(other, b);
	if (strcmp(a, b) != 0)
		return false;
	rule_found_field(r, f, FIELD_EMERGENCY_PHONE);
	return true;
}

static bool
mobile_004(RuleRecord *r, RuleFinding *f)
{
	return check_phone(r, f, FIELD_EMERGENCY_PHONE, ICP_WRONG);
}

/*
 * E-MAIL
 */

static bool
check_email(RuleRecord *r, RuleFinding *f, IcpVerdict verdict)
{
	RuleText	text;
	IcpContactFault fault;

	if (!rule_has(r, FIELD_EMAIL))
		return false;
	text = rule_text(r, FIELD_EMAIL);
	if (icp_email_check(text.s, text.len, &fault) != verdict)
		return false;
	rule_found_field(r, f, FIELD_EMAIL);
	f->expected = rule_print(r, "%s", icp_email_reason_text(fault.reason)->hint);
	return true;
}

static bool
email_001(RuleRecord *r, RuleFinding *f)
{
	return check_email(r, f, ICP_WRONG);
}

static bool
email_002(RuleRecord *r, RuleFinding *f)
{
	return check_email(r, f, ICP_WARNING);
}

static bool
email_003(RuleRecord *r, RuleFinding *f)
{
	return !rule_has(r, FIELD_EMAIL);
}

const RuleTest rule_contact_tests[] = {
	{"ADDRESS-001", FIELD_BIT(FIELD_ADDRESS), 0, address_001},
	{"ADDRESS-002", FIELD_BIT(FIELD_ADDRESS), 0, address_002},
	{"ADDRESS-003", FIELD_BIT(FIELD_ADDRESS), 0, address_003},
	{"ADDRESS-004", FIELD_BIT(FIELD_ADDRESS) | FIELD_BIT(FIELD_PROVINCE), 0, address_004},
	{"ADDRESS-005", FIELD_BIT(FIELD_DIVISION), FIELD_BIT(FIELD_PROVINCE), address_005},
	{"PHONE-001", FIELD_BIT(FIELD_PHONE), FIELD_BIT(FIELD_NATURE) | FIELD_BIT(FIELD_MOBILE), phone_001},
	{"PHONE-002", FIELD_BIT(FIELD_PHONE), 0, phone_002},
	{"PHONE-003", FIELD_BIT(FIELD_PHONE), 0, phone_003},
	{"PHONE-004", FIELD_BIT(FIELD_PHONE) | FIELD_BIT(FIELD_PROVINCE), 0, phone_004},
	{"MOBILE-001", FIELD_BIT(FIELD_MOBILE), 0, mobile_001},
	{"MOBILE-002", FIELD_BIT(FIELD_MOBILE), 0, mobile_002},
	{"MOBILE-003", FIELD_BIT(FIELD_MOBILE) | FIELD_BIT(FIELD_EMERGENCY_PHONE), 0, mobile_003},
	{"MOBILE-004", FIELD_BIT(FIELD_EMERGENCY_PHONE), 0, mobile_004},
	{"MOBILE-005", FIELD_BIT(FIELD_MOBILE), FIELD_BIT(FIELD_PHONE), mobile_005},
	{"EMAIL-001", FIELD_BIT(FIELD_EMAIL), 0, email_001},
	{"EMAIL-002", FIELD_BIT(FIELD_EMAIL), 0, email_002},
	{"EMAIL-003", FIELD_BIT(FIELD_EMAIL), 0, email_003},
	{NULL}
};
