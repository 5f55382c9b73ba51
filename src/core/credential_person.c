/*
 * credential_person.c
 *	  Forms of persons' credentials.
 */
#include "core/credential_form.h"
#include "core/credential_part.h"
#include "core/credential_sign.h"

static bool
date_exists(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t days[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (year < 1800 || month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	return month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

#define FORMER_ID_END 20130101	/* cards with 15 digits ended with 2012 */

/* GB 11643, of today with 18 signs and of before 1999 with 15 digits. */
IcpCredentialReason
icp_cred_resident_id(IcpCredParse *p)
{
	IcpCredentialNumber *out = p->out;
	bool		permit = out->kind == ICP_CRED_RESIDENCE_PERMIT;
	unsigned	province;
	unsigned	birth;

	if (p->n != 18 && (p->n != 15 || permit))
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	if (!icp_cred_digits(p, 0, p->n == 18 ? 17 : 15))
		return ICP_CRED_SIGN;
	if (p->n == 18 && p->sign[17].c != 'X' && !icp_cred_digits(p, 17, 1))
		return ICP_CRED_SIGN;
	icp_cred_write(p);

	province = icp_cred_number_of(out->text, 2);
	if (permit ? province < 81 || province > 83 : !icp_cred_province_known(province))
		return icp_cred_fail(p, ICP_CRED_DIVISION, 0, 2);
	if (province >= 81)
	{
		if (!permit)
			out->notes |= ICP_CRED_NOTE_RESIDENCE;
		if (icp_cred_number_of(out->text + 2, 4) != 0)
			out->notes |= ICP_CRED_NOTE_DIVISION;
	}
	birth = (unsigned) icp_credential_birth(out->kind, out->text, out->len);
	if (!date_exists(birth / 10000, birth / 100 % 100, birth % 100))
		return icp_cred_fail(p, ICP_CRED_BIRTH, 6, p->n == 18 ? 8 : 6);
	if (p->as_of != 0 && birth > (unsigned) p->as_of)
		return icp_cred_fail(p, ICP_CRED_BIRTH_FUTURE, 6, p->n == 18 ? 8 : 6);
	if (p->n == 18)
		return icp_cred_check_sign(p, 17, icp_resident_id_sign(out->text));
	out->notes |= ICP_CRED_NOTE_FORMER;
	if (p->as_of >= FORMER_ID_END)
		return icp_cred_fail_whole(p, ICP_CRED_FORMER);
	return ICP_CRED_OK;
}

/* Foreign ones have every form, so that those of China are some of them. */
IcpCredentialReason
icp_cred_passport(IcpCredParse *p)
{
	bool		digit = false;
	unsigned	i;

	if (p->n < 5 || p->n > 20)
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	for (i = 0; i < p->n; i++)
	{
		if (!is_digit(p->sign[i].c) && !is_letter(p->sign[i].c))
			return icp_cred_fail(p, ICP_CRED_SIGN, i, 1);
		digit = digit || is_digit(p->sign[i].c);
	}
	if (!digit)
		return icp_cred_fail_whole(p, ICP_CRED_FORM);
	icp_cred_write(p);
	return ICP_CRED_OK;
}

/* H or M and 8 digits, or A and 7; two more count re-issues. */
IcpCredentialReason
icp_cred_hk_macao_permit(IcpCredParse *p)
{
	bool		foreign = p->n > 1 && p->sign[1].c == 'A';

	if (p->sign[0].c != 'H' && p->sign[0].c != 'M')
		return icp_cred_fail(p, ICP_CRED_SIGN, 0, 1);
	if (p->n != 9 && (p->n != 11 || foreign))
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	if (!icp_cred_digits(p, foreign ? 2 : 1, p->n - (foreign ? 2 : 1)))
		return ICP_CRED_SIGN;
	icp_cred_write(p);
	return ICP_CRED_OK;
}

/* 8 digits; before, 10 digits and a letter that may stand in brackets. */
IcpCredentialReason
icp_cred_taiwan_permit(IcpCredParse *p)
{
	if (p->n == 13 && p->sign[10].c == '(' && p->sign[12].c == ')')
	{
		p->sign[10] = p->sign[11];
		p->n = 11;
	}
	if (p->n != 8 && p->n != 10 && p->n != 11)
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	if (!icp_cred_digits(p, 0, p->n == 8 ? 8 : 10))
		return ICP_CRED_SIGN;
	if (p->n == 11 && !is_letter(p->sign[10].c))
		return icp_cred_fail(p, ICP_CRED_SIGN, 10, 1);
	icp_cred_write(p);
	if (p->n > 8)
		p->out->notes |= ICP_CRED_NOTE_FORMER;
	return ICP_CRED_OK;
}

/*
 * Three letters and 12 digits; since December 2023 18 signs that begin with 9, of which nobody outside has
 * said that the last is GB 11643's.
 */
IcpCredentialReason
icp_cred_foreign_permanent_resident(IcpCredParse *p)
{
	IcpCredentialNumber *out = p->out;
	unsigned	i;

	if (p->n == 15)
	{
		for (i = 0; i < 3; i++)
			if (!is_letter(p->sign[i].c))
				return icp_cred_fail(p, ICP_CRED_SIGN, i, 1);
		if (!icp_cred_digits(p, 3, 12))
			return ICP_CRED_SIGN;
		icp_cred_write(p);
		return ICP_CRED_OK;
	}
	if (p->n != 18)
		return icp_cred_fail_whole(p, ICP_CRED_LENGTH);
	if (p->sign[0].c != '9')
		return icp_cred_fail(p, ICP_CRED_SIGN, 0, 1);
	if (!icp_cred_digits(p, 0, 17) || (p->sign[17].c != 'X' && !icp_cred_digits(p, 17, 1)))
		return ICP_CRED_SIGN;
	icp_cred_write(p);
	if (out->text[17] != icp_resident_id_sign(out->text))
		out->notes |= ICP_CRED_NOTE_CHECK;
	return ICP_CRED_OK;
}

IcpCredentialReason
icp_cred_text(IcpCredParse *p)
{
	IcpCredentialReason reason = icp_cred_read_text(p);

	if (reason == ICP_CRED_OK)
		icp_cred_write(p);
	return reason;
}

/* 军字第12345678号; hearsay, so that another text is noted and not refused. */
IcpCredentialReason
icp_cred_military_officer(IcpCredParse *p)
{
	unsigned	i = 0;
	unsigned	first;

	if (icp_cred_read_code(p) == ICP_CRED_OK)
	{
		while (i < p->n && is_han(p->sign[i].c) && p->sign[i].c != HAN_ZI)
			i++;
		if (i > 0 && i + 1 < p->n && p->sign[i].c == HAN_ZI && p->sign[i + 1].c == HAN_DI)
		{
			first = i += 2;
			while (i < p->n && (is_digit(p->sign[i].c) || is_letter(p->sign[i].c)))
				i++;
			if (i - first >= 4 && i - first <= 8 &&
				(i == p->n || (i + 1 == p->n && p->sign[i].c == HAN_HAO)) &&
				icp_cred_append(p, HAN_HAO))
			{
				icp_cred_write(p);
				return ICP_CRED_OK;
			}
		}
	}
	p->out->notes |= ICP_CRED_NOTE_FORM;
	return icp_cred_text(p);
}
