/*
 * fault_words.c
 *	  A fault of the cores in words.
 */
#include "postgres.h"

#include "compat.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "core/province.h"
#include "types/encoding.h"
#include "types/fault_words.h"

ICP_FUNCTION(icp_shown_text);

#define SHOWN_MAX 200			/* bytes of input shown in a message */
#define PART_MAX 48				/* bytes of the user's text that a message quotes */

#define HINT_FILING \
	"Accepted are filings such as 京ICP备12345678号 or 京ICP备12345678号-1, and licences such as " \
	"京ICP证030173号 or 粤B2-20090059."
#define HINT_SECURITY "Accepted are public-security numbers such as 渝公网安备50010802002673号."

static void icp_mask_digits(char *text);

static const char *const serial_detail[] = {
	"A filing number (备) has 8 digits (YY and 6 more) or 10 (YYYY and 6 more).",
	"A licence number (证) has 6 digits (YY and 4 more) or 8.",
	"A value-added licence number (such as 粤B2-20090059) has 8 digits (YYYY and 4 more).",
	"A public-security number (公网安备) has 14 digits.",
	"A public-security number (公网安备) has 14 digits, an old one of Beijing 12."
};

/* what a message calls them */
static const char *const serial_name[] = {
	"serial", "serial", "serial", "digits", "digits"
};

static int
characters_before(const char *s, int bytes)
{
	int			n = 0;
	int			i;

	for (i = 0; i < bytes; i++)
		if (((unsigned char) s[i] & 0xC0) != 0x80)
			n++;
	return n;
}

IcpFaultWords
icp_fault_words(const IcpFault *fault, const char *s, int len)
{
	IcpFaultWords result;
	StringInfoData detail;
	const char *hint = NULL;
	bool		security =
		fault->serial_of == ICP_SERIAL_SECURITY || fault->serial_of == ICP_SERIAL_SECURITY_BEIJING;
	int			end = Min((int) fault->end, len);
	int			pos = Min((int) fault->pos, end);
	int			position = characters_before(s, pos) + 1;
	char		part[PART_MAX + 4];
	int			part_len = end - pos;

	/* same length: positions hold */
	s = pnstrdup(s, len);
	icp_mask_digits(unconstify(char *, s));

	if (part_len > PART_MAX)
	{
		part_len = PART_MAX;
		while (part_len > 0 && ((unsigned char) s[pos + part_len] & 0xC0) == 0x80)
			part_len--;
		memcpy(part, s + pos, part_len);
		strcpy(part + part_len, "...");
	}
	else
	{
		memcpy(part, s + pos, part_len);
		part[part_len] = '\0';
	}

	initStringInfo(&detail);
	switch (fault->reason)
	{
		case ICP_OK:
			break;
		case ICP_EMPTY:
			appendStringInfoString(&detail, "There is no number.");
			break;
		case ICP_NOT_A_NUMBER:
			appendStringInfo(&detail, "No number begins at character %d (\"%s\").", position, part);
			break;
		case ICP_NO_PROVINCE:
			appendStringInfo(&detail, "The province is missing before character %d (\"%s\").", position,
							 part);
			hint = "The number begins with the abbreviation of its province, such as 京 or 粤.";
			break;
		case ICP_BAD_PROVINCE:
			appendStringInfo(&detail, "\"%s\" at character %d is not the abbreviation of a province.", part,
							 position);
			hint = "31 provinces file websites: 京津冀晋蒙 辽吉黑 沪苏浙皖闽赣鲁 豫鄂湘粤桂琼 渝川(蜀)贵(黔)滇藏 陕甘(陇)青宁新.";
			break;
		case ICP_BAD_WORD:
			if (part[0] == '\0')
				appendStringInfo(&detail, "The number ends too early, at character %d.", position);
			else
				appendStringInfo(&detail, "The word at character %d (\"%s\") is wrong.", position, part);
			hint = security ? "After the province comes 公网安备." :
				"After the province comes ICP备, ICP证 or a licence class such as B2.";
			break;
		case ICP_IS_SECURITY:
			appendStringInfoString(&detail, "This is a public-security number (公网安备), not a filing number.");
			hint = "Its type is icp.psb_number.";
			break;
		case ICP_IS_FILING:
			appendStringInfoString(
								   &detail, "This is a filing or licence number, not a public-security number (公网安备).");
			hint = "Its types are icp.filing_number and icp.icp_id.";
			break;
		case ICP_HEZI_FILING:
			appendStringInfoString(&detail, "合字 stands only before licence classes.");
			hint = "Accepted is 合字B2-20160011, or a filing number with its province.";
			break;
		case ICP_BAD_CLASS:
			appendStringInfo(&detail, "\"%s\" at character %d is not a licence class.", part, position);
			hint = "The classes are A1, A2, B1 and B2, joined by dots.";
			break;
		case ICP_CLASS_TWICE:
			appendStringInfo(&detail, "The licence class \"%s\" at character %d is there twice.", part,
							 position);
			hint = "The classes are a set: A1.B1.B2.";
			break;
		case ICP_NO_SERIAL:
			appendStringInfo(&detail, "The %s %s missing at character %d", serial_name[fault->serial_of],
							 security ? "are" : "is", position);
			if (part[0] != '\0')
				appendStringInfo(&detail, " (\"%s\")", part);
			appendStringInfoChar(&detail, '.');
			hint = serial_detail[fault->serial_of];
			break;
		case ICP_SERIAL_LENGTH:
			if (security)
				appendStringInfo(&detail, "There are %s%u digits at character %d (\"%s\").",
								 fault->count >= 18 ? "at least " : "", fault->count, position, part);
			else
				appendStringInfo(&detail, "The serial at character %d (\"%s\") has %s%u digit%s.", position,
								 part, fault->count >= 18 ? "at least " : "", fault->count,
								 fault->count == 1 ? "" : "s");
			hint = serial_detail[fault->serial_of];
			break;
		case ICP_SERIAL_SIGN:
			appendStringInfo(&detail, "\"%s\" at character %d is not a digit.", part, position);
			hint = serial_detail[fault->serial_of];
			break;
		case ICP_SERVICE_SIGN:
			if (part[0] == '\0')
				appendStringInfo(&detail, "The service number is missing at character %d.", position);
			else
				appendStringInfo(&detail, "The service number at character %d (\"%s\") is not a number.",
								 position, part);
			break;
		case ICP_SERVICE_ZERO:
			appendStringInfo(&detail, "The service number at character %d is 0.", position);
			break;
		case ICP_SERVICE_LEADING_ZERO:
			appendStringInfo(&detail, "The service number at character %d (\"%s\") begins with 0.", position,
							 part);
			break;
		case ICP_SERVICE_RANGE:
			appendStringInfo(&detail, "The service number at character %d (\"%s\") is too large.", position,
							 part);
			break;
		case ICP_SERVICE_LETTER:
			appendStringInfo(&detail, "\"%s\" at character %d is not a kind of service.", part, position);
			hint = "After the service number stands nothing (a site), A (an app), X (a mini-programme) or K "
				"(a quick app).";
			break;
		case ICP_SERVICE_GIVEN:
			appendStringInfo(
							 &detail, "The service number at character %d (\"%s\") does not belong to a sponsor's number.",
							 position, part);
			hint = "icp.icp_id is the sponsor's level (主体备案号); a service's number is an icp.filing_number.";
			break;
		case ICP_DIVISION:
			appendStringInfo(&detail,
							 "The digits at character %d (\"%s\") are not the code of the province %s, %d.",
							 position, part, icp_provinces[fault->province].abbreviation[ICP_SPELL_SECURITY],
							 icp_provinces[fault->province].code);
			hint = "A public-security number begins with the GB/T 2260 code of its division.";
			break;
		case ICP_TRAILING:
			appendStringInfo(&detail, "The number ends before character %d (\"%s\").", position, part);
			hint = "icp.find_filing_numbers() and icp.find_psb_numbers() read numbers out of a text.";
			break;
	}
	if (hint == NULL)
	{
		if (fault->reason >= ICP_SERVICE_SIGN && fault->reason <= ICP_SERVICE_RANGE)
			hint = "A service number is 1 to 99999 without leading zeros, such as 京ICP备12345678号-1.";
		else
			hint = security ? HINT_SECURITY : HINT_FILING;
	}
	result.detail = icp_words_from_utf8(detail.data);
	result.hint = icp_words_from_utf8(hint);
	return result;
}

/*
 * Whoever stands before an @ sign, in an e-mail address or a URL, with or without a password, is nobody the
 * server's log need know.
 */
static char *
icp_mask_user(const char *text)
{
	StringInfoData out;
	const char *start = text;
	const char *at;

	initStringInfo(&out);
	while ((at = strchr(start, '@')) != NULL)
	{
		const char *user = at;

		while (user > start && strchr("/,;{}\" \t\r\n", user[-1]) == NULL)
			user--;
		appendBinaryStringInfo(&out, start, user - start);
		if (user < at)
			appendStringInfoString(&out, "***");
		appendStringInfoChar(&out, '@');
		start = at + 1;
	}
	appendStringInfoString(&out, start);
	return out.data;
}

/* 11 digits from 13 to 19 are a mobile number; 15, and 17 with a digit or X, one of a person. */
static void
icp_mask_digits(char *text)
{
	char	   *run = text;

	while (*run != '\0')
	{
		size_t		n = 0;

		while (run[n] >= '0' && run[n] <= '9')
			n++;
		if ((n == 11 && run[0] == '1' && run[1] >= '3') || n == 15 || n == 17 || n == 18)
		{
			memset(run + 3, '*', n - 3);
			if (n == 17 && (run[n] == 'X' || run[n] == 'x'))
				run[n++] = '*';
		}
		run += Max(n, 1);
	}
}

char *
icp_shown(const char *utf8, size_t len)
{
	char	   *text = icp_mask_user(pnstrdup(utf8, len));
	int			characters = 0;
	char	   *p;
	StringInfoData out;

	icp_mask_digits(text);
	for (p = text; *p != '\0'; p++)
	{
		if ((unsigned char) *p < 0x80)
			return text;

		if (((unsigned char) *p & 0xC0) != 0x80)
			characters++;
	}
	/* what has dots is a domain */
	if (characters < 2 || strstr(text, "。") != NULL || strstr(text, "．") != NULL)
		return text;

	for (p = text + 1; ((unsigned char) *p & 0xC0) == 0x80; p++)
		;
	initStringInfo(&out);
	appendBinaryStringInfo(&out, text, p - text);
	appendStringInfoSpaces(&out, characters - 1);
	memset(out.data + out.len - (characters - 1), '*', characters - 1);
	return out.data;
}

/*
 * shown(text)
 */
Datum
icp_shown_text(PG_FUNCTION_ARGS)
{
	text	   *t = PG_GETARG_TEXT_PP(0);
	int			len = VARSIZE_ANY_EXHDR(t);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(t), &len);

	PG_RETURN_TEXT_P(cstring_to_text(icp_from_utf8(icp_shown(utf8, len))));
}

/* Length of the longest prefix of at most SHOWN_MAX bytes that does not cut a character. */
static size_t
shown(const char *utf8, size_t len)
{
	if (len <= SHOWN_MAX)
		return len;
	len = SHOWN_MAX;
	while (len > 0 && ((unsigned char) utf8[len] & 0xC0) == 0x80)
		len--;
	return len;
}

char *
icp_fault_shown(const char *utf8, size_t len)
{
	char	   *text = pnstrdup(utf8, len);

	text = icp_mask_user(text);

	icp_mask_digits(text);
	return icp_words_from_utf8(pnstrdup(text, shown(text, strlen(text))));
}

/*
 * The texts carry Chinese terms in parentheses; an encoding that has no Chinese would fail on them, so they
 * are shown only where the encoding surely has them.
 */
char *
icp_own_words(const char *utf8)
{
	char	   *copy;
	char	   *out;
	const char *in;

	if (utf8 == NULL)
		return NULL;
	if (GetDatabaseEncoding() == PG_UTF8)
		return pstrdup(utf8);
	out = copy = palloc(strlen(utf8) + 1);
	for (in = utf8; *in != '\0';)
	{
		if (in[0] == ' ' && in[1] == '(' && IS_HIGHBIT_SET(in[2]))
		{
			const char *close = strchr(in, ')');

			if (close != NULL)
			{
				in = close + 1;
				continue;
			}
		}
		if (!IS_HIGHBIT_SET(*in))
			*out++ = *in;
		in++;
	}
	*out = '\0';
	return copy;
}

void
icp_fault_report_masked(Node *escontext, const char *type, const char *masked, const IcpFaultWords *words)
{
	errsave(escontext,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", type, masked),
			 errdetail_internal("%s", words->detail),
			 errhint("%s", words->hint)));
}

void
icp_fault_report(Node *escontext, const char *type, const char *utf8, size_t len, const IcpFaultWords *words)
{
	char	   *masked = icp_shown(utf8, len);

	icp_fault_report_masked(escontext, type, icp_fault_shown(masked, strlen(masked)), words);
}

Datum
icp_fault_explain(const IcpFaultWords *words)
{
	return CStringGetTextDatum(psprintf("%s %s", words->detail, words->hint));
}
