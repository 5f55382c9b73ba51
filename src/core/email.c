/*
 * email.c
 *	  E-mail addresses of contacts.
 *
 * What mail systems accept in practice: a dot-string and a host name (RFC 5321 4.1.2).  Quoted users and address
 * literals are correct mail, but nobody's mailbox in a filing.
 */
#include "core/email.h"

#include <string.h>

#include "core/domain.h"
#include "core/fold.h"

static const IcpContactText texts[] = {
	[ICP_EMAIL_OK] = {"ok", ICP_RIGHT, NULL, NULL},
	[ICP_EMAIL_EMPTY] = {"empty", ICP_WRONG, "There is no e-mail address (电子邮件地址).",
	"Write an address such as name@example.cn."},
	[ICP_EMAIL_NO_AT] = {"no_at", ICP_WRONG, "The @ sign is missing.",
	"Write the user, @, and the host of the mailbox."},
	[ICP_EMAIL_TWO_AT] = {"two_at", ICP_WRONG, "There is a second @ sign.", "Write one address (电子邮件地址)."},
	[ICP_EMAIL_NO_USER] = {"no_user", ICP_WRONG, "Nothing stands before the @ sign.",
	"Write the user (用户名) before the @ sign."},
	[ICP_EMAIL_USER_LONG] = {"user_long", ICP_WRONG, "The user (用户名) has more than 64 bytes.",
	"Look whether two values stand in one field."},
	[ICP_EMAIL_DOT] = {"dot", ICP_WRONG, "A dot (点) stands at the beginning or end of the user, or twice.",
	"Write single dots, between other characters."},
	[ICP_EMAIL_SPACE] = {"space", ICP_WRONG, "White space (空白) stands in the address.",
	"Write the address without it."},
	[ICP_EMAIL_CHARACTER] = {"character", ICP_WRONG,
		"A character that an e-mail address (电子邮件地址) cannot have stands in it.",
	"Letters, digits and the signs . _ - + and a few more may stand before the @ sign; write one address only."},
	[ICP_EMAIL_WIDE] = {"wide", ICP_WRONG, "A full-width character (全角字符) stands in the address.",
	"Write the half-width characters @ and dot."},
	[ICP_EMAIL_NO_HOST] = {"no_host", ICP_WRONG, "Nothing stands behind the @ sign.",
	"Write the host of the mailbox, such as example.cn."},
	[ICP_EMAIL_HOST] = {"host", ICP_WRONG, "What stands behind the @ sign is no domain name (域名).",
	"Letters, digits and hyphens between single dots are accepted, no hyphen beside a dot."},
	[ICP_EMAIL_LABEL_LONG] = {"label_long", ICP_WRONG, "A label (标签) behind the @ sign has more than 63 characters.",
	"Write the host of the mailbox, such as example.cn."},
	[ICP_EMAIL_NO_DOT] = {"no_dot", ICP_WRONG, "The host behind the @ sign has no dot.",
	"Write the whole domain name (域名), such as example.cn."},
	[ICP_EMAIL_TLD] = {"tld", ICP_WRONG, "The top-level domain (顶级域名) has one character, or begins with a digit.",
	"Write the whole domain name, such as example.cn."},
	[ICP_EMAIL_LONG] = {"long", ICP_WRONG, "The address has more than 254 bytes.",
	"Look whether several addresses stand in one field."},
	[ICP_EMAIL_RESERVED] = {"reserved", ICP_WRONG,
		"The top-level domain (顶级域名) is reserved for examples and tests (RFC 2606).",
	"Write the mailbox at which the sponsor is reached."},
	[ICP_EMAIL_INTERNATIONAL] = {"international", ICP_WARNING,
		"The address has characters beyond ASCII (国际化邮件地址): not every mail system can send to it.",
	"Send a message to it; the ministry's interface may refuse it."},
};

const IcpContactText *
icp_email_reason_text(int reason)
{
	return &texts[reason];
}

static IcpVerdict
fail(IcpContactFault *fault, IcpEmailReason reason, size_t position, size_t length)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = length;
	return texts[reason].verdict;
}

static bool
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* atext of RFC 5322 */
static bool
is_user(unsigned char c)
{
	return is_alnum(c) || (c > ' ' && c < 0x7F && strchr("_-+!#$%&'*/=?^`{|}~", c) != NULL);
}

/* A character beyond ASCII: what may be part of an international address, and what is wrong there. */
static IcpEmailReason
beyond_ascii(uint32_t c)
{
	uint32_t	folded = icp_fold(c);

	if (folded == ' ' || c == ICP_BAD_CHAR)
		return c == ICP_BAD_CHAR ? ICP_EMAIL_CHARACTER : ICP_EMAIL_SPACE;
	if (folded < 0x80)
		return folded == 0 ? ICP_EMAIL_CHARACTER : ICP_EMAIL_WIDE;
	if (c < 0xA1 || (c >= 0x2000 && c < 0x206F) || (c >= 0x3000 && c < 0x3005) || (c >= 0xFE10 && c < 0xFE70))
		return ICP_EMAIL_WIDE;
	return ICP_EMAIL_INTERNATIONAL;
}

/*
 * The host: *wide tells that it goes beyond ASCII.
 */
static IcpVerdict
check_host(const char *text, size_t at, size_t end, bool *wide, IcpContactFault *fault)
{
	size_t		label = at;
	size_t		i;
	int			dots = 0;

	for (i = at; i <= end; i++)
	{
		unsigned char c = i < end ? (unsigned char) text[i] : '.';

		if (c >= 0x80)
		{
			size_t		next = i;
			IcpEmailReason reason = beyond_ascii(icp_utf8_next(text, end, &next));

			/* 。 is the dot of Chinese domain names, but of no mail system */
			if (reason != ICP_EMAIL_INTERNATIONAL)
				return fail(fault, reason, i, next - i);
			*wide = true;
			i = next - 1;
		}
		else if (c == '.')
		{
			if (i == label || text[label] == '-' || text[i - 1] == '-')
				return fail(fault, ICP_EMAIL_HOST, label, i > label ? i - label : end > i ? 1 : 0);
			if (i - label > ICP_DOMAIN_LABEL_MAX && !*wide)
				return fail(fault, ICP_EMAIL_LABEL_LONG, label, i - label);
			if (i < end)
			{
				dots++;
				label = i + 1;
			}
		}
		else if (c <= ' ')
			return fail(fault, ICP_EMAIL_SPACE, i, 1);
		else if (c == '@')
			return fail(fault, ICP_EMAIL_TWO_AT, i, 1);
		else if (!is_alnum(c) && c != '-')
			return fail(fault, c == '_' ? ICP_EMAIL_HOST : ICP_EMAIL_CHARACTER, i, 1);
	}
	if (dots == 0)
		return fail(fault, ICP_EMAIL_NO_DOT, at, end - at);
	if (end - label < 2 || (text[label] >= '0' && text[label] <= '9'))
		return fail(fault, ICP_EMAIL_TLD, label, end - label);
	return ICP_RIGHT;
}

static bool
ends_with(const char *text, size_t len, const char *lower)
{
	size_t		n = strlen(lower);
	size_t		i;

	if (len < n || (len > n && text[len - n - 1] != '.'))
		return false;
	for (i = 0; i < n; i++)
	{
		char		c = text[len - n + i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != lower[i])
			return false;
	}
	return true;
}

static bool
is_reserved(const char *host, size_t len)
{
	return ends_with(host, len, "example") || ends_with(host, len, "test") || ends_with(host, len, "invalid") ||
		ends_with(host, len, "localhost");
}

static size_t
space_before(const char *text, size_t at, size_t len)
{
	size_t		next = at;

	if (at >= len)
		return 0;
	return icp_fold(icp_utf8_next(text, len, &next)) == ' ' ? next - at : 0;
}

static size_t
space_behind(const char *text, size_t start, size_t end)
{
	if (end > start && (unsigned char) text[end - 1] <= ' ')
		return 1;
	if (end >= start + 3 && memcmp(text + end - 3, "\xE3\x80\x80", 3) == 0)
		return 3;
	return 0;
}

IcpVerdict
icp_email_check(const char *text, size_t len, IcpContactFault *fault)
{
	size_t		start = 0;
	size_t		end = len;
	size_t		i;
	size_t		n;
	bool		wide = false;
	bool		wide_host = false;
	IcpVerdict	verdict;

	memset(fault, 0, sizeof(*fault));
	while ((n = space_before(text, start, end)) > 0)
		start += n;
	while ((n = space_behind(text, start, end)) > 0)
		end -= n;
	if (start == end)
		return fail(fault, ICP_EMAIL_EMPTY, 0, len);
	if (end - start > ICP_EMAIL_MAX)
		return fail(fault, ICP_EMAIL_LONG, start, end - start);

	for (i = start; i < end && text[i] != '@';)
	{
		unsigned char c = (unsigned char) text[i];

		if (c >= 0x80)
		{
			size_t		next = i;
			IcpEmailReason reason = beyond_ascii(icp_utf8_next(text, end, &next));

			if (reason != ICP_EMAIL_INTERNATIONAL)
				return fail(fault, reason, i, next - i);
			wide = true;
			i = next;
			continue;
		}
		if (c == '.')
		{
			if (i == start || text[i - 1] == '.' || (i + 1 < end && text[i + 1] == '@'))
				return fail(fault, ICP_EMAIL_DOT, i, 1);
		}
		else if (c <= ' ')
			return fail(fault, ICP_EMAIL_SPACE, i, 1);
		else if (!is_user(c))
			return fail(fault, ICP_EMAIL_CHARACTER, i, 1);
		i++;
	}
	if (i == end)
		return fail(fault, ICP_EMAIL_NO_AT, start, end - start);
	if (i == start)
		return fail(fault, ICP_EMAIL_NO_USER, start, 1);
	if (i - start > 64)
		return fail(fault, ICP_EMAIL_USER_LONG, start, i - start);
	if (i + 1 == end)
		return fail(fault, ICP_EMAIL_NO_HOST, i, 1);
	verdict = check_host(text, i + 1, end, &wide_host, fault);
	if (verdict != ICP_RIGHT)
		return verdict;
	if (wide_host)
	{
		uint8_t		key[ICP_DOMAIN_MAX];
		IcpDomainFault domain;

		if (icp_domain_parse(text + i + 1, end - i - 1, key, &domain) < 0)
			return fail(fault, ICP_EMAIL_HOST, i + 1 + domain.position, domain.length);
	}
	if (is_reserved(text + i + 1, end - i - 1))
		return fail(fault, ICP_EMAIL_RESERVED, i + 1, end - i - 1);
	if (wide || wide_host)
		return fail(fault, ICP_EMAIL_INTERNATIONAL, start, end - start);
	return ICP_RIGHT;
}
