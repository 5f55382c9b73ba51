/*
 * credential_text.c
 *	  Whole credentials: kind:number, and the waiver of a wrong check sign behind it.
 */
#include "core/credential.h"
#include "core/credential_form.h"

#include <string.h>

#include "core/fold.h"

#define WAIVER_HEAD "(waived:"
#define KIND_MAX 32				/* more is no kind */
#define STARS_MAX 40			/* no message needs more */

/* Kinds whose numbers are text, in which a bracket is only a bracket. */
static bool
is_text_kind(IcpCredentialKind kind)
{
	return kind == ICP_CRED_MILITARY_OFFICER || kind == ICP_CRED_MILITARY_UNIT ||
		kind == ICP_CRED_HOUSEHOLD_REGISTER || kind == ICP_CRED_OTHER;
}

/* The reason as free text is tidied; false if there is none or too much of it. */
static bool
tidy_waiver(const char *waiver, size_t len, IcpCredential *credential)
{
	IcpCredentialNumber number;
	IcpCredentialFault fault;

	if (icp_credential_parse(ICP_CRED_OTHER, waiver, len, 0, &number, &fault) != ICP_CRED_OK)
		return false;
	if (icp_credential_characters(number.text, number.len) > ICP_CREDENTIAL_WAIVER_SIGNS)
		return false;
	memcpy(credential->waiver, number.text, number.len + 1);
	credential->waiver_len = number.len;
	return true;
}

IcpCredentialReason
icp_credential_make(IcpCredentialKind kind, const char *text, size_t len, const char *waiver,
					size_t waiver_len, int32_t as_of, IcpCredential *credential, IcpCredentialFault *fault)
{
	IcpCredentialReason reason;

	credential->waiver_len = 0;
	credential->waiver[0] = '\0';
	reason = icp_credential_parse(kind, text, len, as_of, &credential->number, fault);
	if (waiver == NULL || (reason != ICP_CRED_OK && !icp_credential_sign_fault(reason)))
		return reason;
	if (reason == ICP_CRED_OK || !icp_credential_kinds[kind].waivable)
		reason = ICP_CRED_WAIVER;
	else if (!tidy_waiver(waiver, waiver_len, credential))
		reason = ICP_CRED_WAIVER_REASON;
	else
		reason = ICP_CRED_OK;
	memset(fault, 0, sizeof(*fault));
	fault->reason = reason;
	fault->kind = kind;
	return reason;
}

static const char *
find(const char *s, size_t len, const char *word)
{
	size_t		n = strlen(word);
	size_t		i;

	for (i = 0; i + n <= len; i++)
		if (s[i] == word[0] && memcmp(s + i, word, n) == 0)
			return s + i;
	return NULL;
}

/*
 * Where the number begins, behind the first colon of either width; 0 when there is none.  *colon: where that
 * is.
 */
static size_t
number_start(const char *text, size_t len, size_t *colon)
{
	size_t		i;

	for (i = 0; i < len; i++)
	{
		if (text[i] == ':')
		{
			*colon = i;
			return i + 1;
		}
		if (i + 3 <= len && memcmp(text + i, "\xEF\xBC\x9A", 3) == 0)	/* ： */
		{
			*colon = i;
			return i + 3;
		}
	}
	*colon = len;
	return 0;
}

IcpCredentialReason
icp_credential_text_parse(const char *text, size_t len, int32_t as_of, IcpCredential *credential,
						  IcpCredentialFault *fault)
{
	size_t		colon;
	size_t		start = number_start(text, len, &colon);
	size_t		end = len;
	IcpCredentialKind kind;
	IcpCredentialReason reason;
	const char *waiver = NULL;
	size_t		waiver_len = 0;

	memset(fault, 0, sizeof(*fault));
	fault->length = colon;
	kind = icp_credential_kind_parse(text, colon);
	if (start == 0)
		return fault->reason = ICP_CRED_NO_KIND;
	if (kind == ICP_CRED_NONE)
		return fault->reason = ICP_CRED_BAD_KIND;
	if (!is_text_kind(kind) && (waiver = find(text + start, len - start, WAIVER_HEAD)) != NULL)
	{
		size_t		close = len;

		end = (size_t) (waiver - text);
		waiver += strlen(WAIVER_HEAD);
		while (close > end && text[close - 1] == ' ')
			close--;
		/* without its bracket it is no reason */
		if (text + close > waiver && text[close - 1] == ')')
			waiver_len = (size_t) (text + close - 1 - waiver);
	}
	reason = icp_credential_make(kind, text + start, end - start, waiver, waiver_len, as_of, credential,
								 fault);
	if (reason == ICP_CRED_WAIVER || reason == ICP_CRED_WAIVER_REASON)
	{
		fault->position = end;
		fault->length = len - end;
	}
	else if (reason != ICP_CRED_OK)
		fault->position += start;
	return reason;
}

size_t
icp_credential_text(IcpCredentialKind kind, const char *number, size_t len, const char *waiver,
					size_t waiver_len, char *out)
{
	char	   *p = out;
	size_t		n = strlen(icp_credential_kinds[kind].name);

	memcpy(p, icp_credential_kinds[kind].name, n);
	p += n;
	*p++ = ':';
	memcpy(p, number, len);
	p += len;
	if (waiver_len > 0)
	{
		memcpy(p, " " WAIVER_HEAD " ", sizeof(WAIVER_HEAD) + 1);
		p += sizeof(WAIVER_HEAD) + 1;
		memcpy(p, waiver, waiver_len);
		p += waiver_len;
		*p++ = ')';
	}
	*p = '\0';
	return (size_t) (p - out);
}

/*
 * MASKS
 */

/* a broken byte is a character */
size_t
icp_credential_characters(const char *s, size_t len)
{
	size_t		n = 0;
	size_t		pos = 0;

	for (; pos < len; n++)
		icp_utf8_next(s, len, &pos);
	return n;
}

/* bytes of the first n characters */
static size_t
head_bytes(const char *s, size_t len, size_t n)
{
	size_t		pos = 0;

	while (n-- > 0 && pos < len)
		icp_utf8_next(s, len, &pos);
	return pos;
}

size_t
icp_credential_mask(IcpCredentialKind kind, const char *number, size_t len, char *out)
{
	size_t		n = icp_credential_characters(number, len);
	size_t		head;
	size_t		tail;
	size_t		w;
	size_t		pos;
	size_t		i;

	if (n < 6)
		head = tail = 0;
	else if (icp_credential_kinds[kind].personal || kind == ICP_CRED_MILITARY_UNIT)
	{
		/* the last but one of an identity number tells the sex */
		head = 2;
		tail = 1;
	}
	else if (n < 13)
		head = tail = 2;
	else
	{
		head = 6;
		tail = 4;
	}
	w = head_bytes(number, len, head);
	memcpy(out, number, w);
	for (i = head; i < n - tail && i < head + STARS_MAX; i++)
		out[w++] = '*';
	pos = head_bytes(number, len, n - tail);
	memcpy(out + w, number + pos, len - pos);
	w += len - pos;
	out[w] = '\0';
	return w;
}

size_t
icp_credential_text_mask(const char *text, size_t len, char *out)
{
	size_t		colon;
	size_t		start = number_start(text, len, &colon);
	IcpCredentialKind kind = icp_credential_kind_parse(text, colon);
	size_t		end = len;
	const char *waiver;
	size_t		i;

	/* a word of letters may be a kind misspelt; anything else may be a number */
	for (i = 0; i < colon; i++)
		if (!(((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') || text[i] == '_'))
			break;
	if (start == 0 || (kind == ICP_CRED_NONE && (i < colon || colon > KIND_MAX)))
		return icp_credential_mask(ICP_CRED_NONE, text, len, out);
	memcpy(out, text, start);
	waiver = find(text + start, len - start, WAIVER_HEAD);
	if (waiver != NULL)
		end = (size_t) (waiver - text);
	while (end > start && text[end - 1] == ' ')
		end--;
	while (start < end && text[start] == ' ')
	{
		out[start] = ' ';
		start++;
	}
	return start + icp_credential_mask(kind, text + start, end - start, out + start);
}
