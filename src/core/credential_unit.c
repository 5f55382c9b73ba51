/*
 * credential_unit.c
 *	  Forms of organisations' credentials.
 */
#include "core/credential_form.h"
#include "core/credential_sign.h"

#include <string.h>

/* Registers know 100000, the national office, and divisions of their own besides GB/T 2260. */
static void
note_division(IcpCredentialNumber *out, const char *division)
{
	unsigned	code = icp_cred_number_of(division, 2);

	if (code != 10 && !icp_cred_province_known(code))
		out->notes |= ICP_CRED_NOTE_DIVISION;
}

static void
note_category(IcpCredentialNumber *out)
{
	static const char *const categories[] = {
		"11239", "219", "3123459", "419", "5123459", "6129", "7129", "819", "9123", "A19", "N1239", "Y1"
	};
	unsigned	i;

	for (i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (categories[i][0] == out->text[0] && strchr(categories[i] + 1, out->text[1]) != NULL)
			return;
	out->notes |= ICP_CRED_NOTE_CATEGORY;
}

/* GB 32100: department, category, division, organisation code with its check sign, check sign. */
IcpCredentialReason
icp_cred_uscc(IcpCredParse *p)
{
	IcpCredentialNumber *out = p->out;
	char		inner;
	char		last;
	unsigned	i;

	if (p->n != 18)
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	for (i = 0; i < 18; i++)
	{
		uint32_t	c = p->sign[i].c;

		if (is_digit(c))
			continue;
		if ((i > 0 && i < 8) || !is_letter(c) || strchr("IOSVZ", (int) c) != NULL)
			return icp_cred_fail(p, ICP_CRED_SIGN, i, 1);
	}
	icp_cred_write(p);
	if (strchr("123456789ANY", out->text[0]) == NULL)
		return icp_cred_fail(p, ICP_CRED_DEPARTMENT, 0, 1);
	note_category(out);
	note_division(out, out->text + 2);

	inner = icp_org_code_sign(out->text + 8);
	if (out->text[16] != inner)
		p->fault->expected_inner = inner;
	last = icp_uscc_sign(out->text);
	if (out->text[17] != last)
		return icp_cred_check_sign(p, 17, last);
	if (out->text[16] != inner)
	{
		p->fault->expected = inner;
		return icp_cred_fail(p, ICP_CRED_CHECK_INNER, 16, 1);
	}
	return ICP_CRED_OK;
}

/* The credit code that a certificate carries today; its first signs say which register it is of. */
static IcpCredentialReason
parse_certificate_uscc(IcpCredParse *p, const char *prefix)
{
	IcpCredentialReason reason = icp_cred_uscc(p);
	size_t		n = strlen(prefix);

	if ((reason == ICP_CRED_OK || icp_credential_sign_fault(reason)) && memcmp(p->out->text, prefix, n) != 0)
		return icp_cred_fail(p, ICP_CRED_REGISTER, 0, (unsigned) n);
	return reason;
}

/* GB 11714, printed with a hyphen before the check sign. */
IcpCredentialReason
icp_cred_org_code(IcpCredParse *p)
{
	IcpCredentialNumber *out = p->out;
	unsigned	i;

	if (p->n == 10 && p->sign[8].c == '-')
	{
		p->sign[8] = p->sign[9];
		p->n = 9;
	}
	if (p->n != 9)
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	for (i = 0; i < 8; i++)
		if (!is_digit(p->sign[i].c) && !is_letter(p->sign[i].c))
			return icp_cred_fail(p, ICP_CRED_SIGN, i, 1);
	if (p->sign[8].c != 'X' && !icp_cred_digits(p, 8, 1))
		return ICP_CRED_SIGN;
	icp_cred_write(p);
	if (memcmp(out->text, "PDY", 3) == 0 && strspn(out->text + 3, "0123456789") >= 5 &&
		memcmp(out->text + 3, "00000", 5) != 0)
		out->notes |= ICP_CRED_NOTE_PRIVATE;
	return icp_cred_check_sign(p, 8, icp_org_code_sign(out->text));
}

/* GS 15 of 2006; before it 13 digits without a check sign; today a credit code. */
IcpCredentialReason
icp_cred_business_licence(IcpCredParse *p)
{
	if (p->n == 18)
		return parse_certificate_uscc(p, "9");
	if (p->n != 15 && p->n != 13)
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	if (!icp_cred_digits(p, 0, p->n))
		return ICP_CRED_SIGN;
	icp_cred_write(p);
	note_division(p->out, p->out->text);
	if (p->n == 15)
		return icp_cred_check_sign(p, 14, icp_business_licence_sign(p->out->text));
	p->out->notes |= ICP_CRED_NOTE_FORMER;
	return ICP_CRED_OK;
}

/* 事证第 12 digits 号; the digits alone will do. */
IcpCredentialReason
icp_cred_public_institution(IcpCredParse *p)
{
	static const uint32_t head[3] = {HAN_SHI, HAN_ZHENG, HAN_DI};
	unsigned	i;

	if (p->n == 18)
		return parse_certificate_uscc(p, "12");
	if (p->n == 12 && is_digit(p->sign[0].c))
	{
		memmove(p->sign + 3, p->sign, 12 * sizeof(IcpCredSign));
		for (i = 0; i < 3; i++)
		{
			p->sign[i].c = head[i];
			p->sign[i].end = p->sign[i].pos = p->sign[3].pos;
		}
		p->n = 15;
	}
	for (i = 0; i < 3; i++)
		if (i >= p->n || p->sign[i].c != head[i])
			return icp_cred_fail_whole(p, ICP_CRED_FORM);
	if (!icp_cred_append(p, HAN_HAO) || p->n != 16)
		return icp_cred_fail_whole(p, ICP_CRED_FORM);
	if (!icp_cred_digits(p, 3, 12))
		return ICP_CRED_SIGN;
	icp_cred_write(p);
	return ICP_CRED_OK;
}

/*
 * 社证字第3685号, (浙)社证字第1234号: characters with 社 and 字 among them, 第 or not, digits, letters and hyphens, 号.
 */
IcpCredentialReason
icp_cred_social_organisation(IcpCredParse *p)
{
	bool		she = false;
	bool		digit = false;
	unsigned	i;

	if (p->n == 18 && is_digit(p->sign[0].c))
		return parse_certificate_uscc(p, "5");
	for (i = 0; i < p->n && (is_han(p->sign[i].c) || p->sign[i].c == '(' || p->sign[i].c == ')'); i++)
		she = she || p->sign[i].c == HAN_SHE;
	if (!she || i == p->n ||
		!(p->sign[i - 1].c == HAN_ZI || (p->sign[i - 1].c == HAN_DI && i > 1 && p->sign[i - 2].c == HAN_ZI)))
		return icp_cred_fail_whole(p, ICP_CRED_FORM);
	for (; i < p->n && (is_digit(p->sign[i].c) || is_letter(p->sign[i].c) || p->sign[i].c == '-'); i++)
		digit = digit || is_digit(p->sign[i].c);
	if (!digit || i + (p->sign[p->n - 1].c == HAN_HAO) != p->n)
		return icp_cred_fail_whole(p, ICP_CRED_FORM);
	if (!icp_cred_append(p, HAN_HAO))
		return icp_cred_fail(p, ICP_CRED_LONG, 0, 0);
	icp_cred_write(p);
	return ICP_CRED_OK;
}
