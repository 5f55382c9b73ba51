/*
 * credential_read.c
 *	  Numbers of credentials as characters, and what the forms share.
 */
#include "core/credential_form.h"

#include "core/fold.h"
#include "core/province.h"

IcpCredentialReason
icp_cred_fail(IcpCredParse *p, IcpCredentialReason reason, unsigned first, unsigned n)
{
	IcpCredentialFault *fault = p->fault;

	fault->reason = reason;
	fault->character = first + 1;
	fault->count = p->n;
	fault->position = first < p->n ? p->sign[first].pos : p->len;
	fault->length = n > 0 && first + n <= p->n ? p->sign[first + n - 1].end - fault->position : 0;
	return reason;
}

IcpCredentialReason
icp_cred_fail_whole(IcpCredParse *p, IcpCredentialReason reason)
{
	return icp_cred_fail(p, reason, 0, p->n);
}

/*
 * READING
 */

/* Characters that look alike become one; white space goes. */
IcpCredentialReason
icp_cred_read_code(IcpCredParse *p)
{
	size_t		pos = 0;

	p->n = 0;
	while (pos < p->len)
	{
		size_t		start = pos;
		unsigned char b = (unsigned char) p->text[pos];
		uint32_t	c;

		if ((b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z'))
		{
			c = b;
			pos++;
		}
		else
			c = icp_fold(icp_utf8_next(p->text, p->len, &pos));
		if (c == ' ' || (c == 0 && b != 0))
			continue;
		if (p->n == ICP_CREDENTIAL_SIGNS)
			return icp_cred_fail(p, ICP_CRED_LONG, 0, 0);
		p->sign[p->n].c = c;
		p->sign[p->n].pos = (uint32_t) start;
		p->sign[p->n].end = (uint32_t) pos;
		p->n++;
	}
	return p->n == 0 ? icp_cred_fail(p, ICP_CRED_EMPTY, 0, 0) : ICP_CRED_OK;
}

/* Free text: full-width letters, digits and signs become narrow, white space becomes single blanks. */
IcpCredentialReason
icp_cred_read_text(IcpCredParse *p)
{
	size_t		pos = 0;
	bool		blank = false;

	p->n = 0;
	while (pos < p->len)
	{
		size_t		start = pos;
		uint32_t	c = icp_utf8_next(p->text, p->len, &pos);
		uint32_t	folded = icp_fold(c);

		if (folded == ' ')
		{
			blank = p->n > 0;
			continue;
		}
		if (folded == 0 && c != 0)
			continue;
		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		if (p->n + blank >= ICP_CREDENTIAL_SIGNS)
			return icp_cred_fail(p, ICP_CRED_LONG, 0, 0);
		if (blank)
		{
			p->sign[p->n].c = ' ';
			p->sign[p->n].pos = p->sign[p->n].end = (uint32_t) start;
			p->n++;
			blank = false;
		}
		p->sign[p->n].c = c;
		p->sign[p->n].pos = (uint32_t) start;
		p->sign[p->n].end = (uint32_t) pos;
		p->n++;
		if (c == ICP_BAD_CHAR || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF)
			return icp_cred_fail(p, ICP_CRED_ENCODING, p->n - 1, 1);
		if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			return icp_cred_fail(p, ICP_CRED_CONTROL, p->n - 1, 1);
	}
	return p->n == 0 ? icp_cred_fail(p, ICP_CRED_EMPTY, 0, 0) : ICP_CRED_OK;
}

void
icp_cred_write(IcpCredParse *p)
{
	IcpCredentialNumber *out = p->out;
	unsigned	i;

	out->len = 0;
	for (i = 0; i < p->n; i++)
		out->len += icp_utf8_put(out->text + out->len, p->sign[i].c);
	out->text[out->len] = '\0';
}

/* Are the n signs from the first on digits?  If not, the fault is the first that is none. */
bool
icp_cred_digits(IcpCredParse *p, unsigned first, unsigned n)
{
	unsigned	i;

	for (i = first; i < first + n; i++)
		if (!is_digit(p->sign[i].c))
		{
			icp_cred_fail(p, ICP_CRED_SIGN, i, 1);
			return false;
		}
	return true;
}

unsigned
icp_cred_number_of(const char *s, unsigned n)
{
	unsigned	value = 0;

	while (n-- > 0)
		value = value * 10 + (unsigned) (*s++ - '0');
	return value;
}

/* GB/T 2260 at the level of provinces, with Taiwan, Hong Kong, Macao and the 83 of residence permits. */
bool
icp_cred_province_known(unsigned code)
{
	return icp_province_of_code((int) code) != 0 || code == 71 || (code >= 81 && code <= 83);
}

IcpCredentialReason
icp_cred_check_sign(IcpCredParse *p, unsigned at, char expected)
{
	if (p->sign[at].c == (uint32_t) expected)
		return ICP_CRED_OK;
	p->fault->expected = expected;
	return icp_cred_fail(p, ICP_CRED_CHECK, at, 1);
}

/* Adds a character at the end that belongs there. */
bool
icp_cred_append(IcpCredParse *p, uint32_t c)
{
	if (p->sign[p->n - 1].c == c)
		return true;
	if (p->n == ICP_CREDENTIAL_SIGNS)
		return false;
	p->sign[p->n].c = c;
	p->sign[p->n].pos = p->sign[p->n].end = (uint32_t) p->len;
	p->n++;
	return true;
}
