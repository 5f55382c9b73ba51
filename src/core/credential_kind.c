/*
 * credential_kind.c
 *	  Kinds of credentials, reasons in words, masks.
 */
#include "core/credential_kind.h"

#include <stdio.h>
#include <string.h>

#include "core/fold.h"

const IcpCredentialKindInfo icp_credential_kinds[ICP_CREDENTIAL_KINDS + 1] = {
	{"", "", true, false, ""},
	{"resident_id", "居民身份证", true, false,
		"18 signs: division, birth date (YYYYMMDD), sequence and check sign (GB 11643), or the 15 digits of an "
	"old card."},
	{"uscc", "统一社会信用代码", false, true,
	"18 digits and capital letters without I, O, S, V, Z (GB 32100), such as 91350100M000100Y43."},
	{"org_code", "组织机构代码", false, true,
	"8 digits or capital letters and a check sign (GB 11714), such as D2143569-X."},
	{"business_licence", "营业执照", false, true,
		"A credit code (统一社会信用代码) beginning with 9, a registration number (工商注册号) of 15 digits such as "
	"110108000000016, or an old one of 13."},
	{"passport", "护照", true, false, "5 to 20 letters and digits."},
	{"hk_macao_permit", "港澳居民来往内地通行证", true, false,
	"H or M with 8 digits, and 2 more where a re-issue is counted, or HA or MA with 7 digits."},
	{"taiwan_permit", "台湾居民来往大陆通行证", true, false, "8 digits, or on an old one 10 digits and a letter."},
	{"residence_permit", "港澳台居民居住证", true, false,
	"18 signs as in an identity number (GB 11643), beginning with 810000, 820000 or 830000."},
	{"military_officer", "军官证", true, false, "A text such as 军字第12345678号, up to 255 characters."},
	{"military_unit", "部队代号", false, false, "Any text up to 255 characters."},
	{"public_institution", "事业单位法人证书", false, true,
	"A credit code (统一社会信用代码) beginning with 12, or 12 digits between 事证第 and 号."},
	{"social_organisation", "社会团体法人登记证书", false, true,
	"A credit code (统一社会信用代码) beginning with 5, or a number such as 社证字第3685号."},
	{"household_register", "户口簿", true, false, "Any text up to 255 characters."},
	{"foreign_permanent_resident", "外国人永久居留身份证", true, false,
	"18 signs beginning with 9, or on an old card 3 letters and 12 digits."},
	{"other", "其他", true, false, "Any text up to 255 characters."}
};

IcpCredentialKind
icp_credential_kind_parse(const char *text, size_t len)
{
	char		name[32];
	bool		ended = false;
	size_t		n = 0;
	size_t		pos = 0;
	int			i;

	while (pos < len)
	{
		uint32_t	c = icp_fold(icp_utf8_next(text, len, &pos));

		if (c == ' ' || c == 0)
		{
			ended = n > 0;
			continue;
		}
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (ended || !((c >= 'a' && c <= 'z') || c == '_') || n == sizeof(name))
			return ICP_CRED_NONE;
		name[n++] = (char) c;
	}
	for (i = 1; i <= ICP_CREDENTIAL_KINDS; i++)
		if (strlen(icp_credential_kinds[i].name) == n && memcmp(icp_credential_kinds[i].name, name, n) == 0)
			return (IcpCredentialKind) i;
	return ICP_CRED_NONE;
}

#define HINT_KINDS \
	"Kinds are resident_id, uscc, org_code, business_licence, passport, hk_macao_permit, taiwan_permit, " \
	"residence_permit, military_officer, military_unit, public_institution, social_organisation, " \
	"household_register, foreign_permanent_resident and other."

/* What a reason is called, what it means (English, with the Chinese term) and what would be accepted. */
typedef struct IcpCredentialReasonText
{
	const char *code;
	const char *detail;
	const char *hint;			/* NULL: what the kind accepts */
} IcpCredentialReasonText;

static const IcpCredentialReasonText reasons[] = {
	[ICP_CRED_OK] = {"ok", "The credential is right.", ""},
	[ICP_CRED_NO_KIND] = {"no_kind", "The kind of the credential (证件类型) is missing.",
	"A credential is written kind:number, such as uscc:91350100M000100Y43."},
	[ICP_CRED_BAD_KIND] = {"kind", "There is no such kind of credential (证件类型).", HINT_KINDS},
	[ICP_CRED_EMPTY] = {"empty", "There is no number.", NULL},
	[ICP_CRED_LONG] = {"long", "The number has more than 255 characters.", NULL},
	[ICP_CRED_ENCODING] = {"encoding", "The number has bytes that are no character.",
	"Numbers are UTF-8 text."},
	[ICP_CRED_CONTROL] = {"control", "The number has a control character.", NULL},
	[ICP_CRED_LENGTH] = {"length", "The number has a wrong length (位数).", NULL},
	[ICP_CRED_SIGN] = {"sign", "The number has a character that cannot stand there.", NULL},
	[ICP_CRED_FORM] = {"form", "The number does not have a form of its kind.", NULL},
	[ICP_CRED_DIVISION] = {"division", "No province has the first two digits (行政区划代码).",
		"An identity number begins with the GB/T 2260 code of a division of today or of its time, a residence "
	"permit's with 810000, 820000 or 830000."},
	[ICP_CRED_BIRTH] = {"birth_date", "The birth date (出生日期) does not exist.",
	"The date is YYYYMMDD, in a number of 15 digits YYMMDD."},
	[ICP_CRED_BIRTH_FUTURE] = {"birth_date_future", "The birth date (出生日期) lies in the future.",
	"The person was born by the day as of which the credential is judged."},
	[ICP_CRED_FORMER] = {"former",
		"Identity cards with 15 digits (第一代居民身份证) have not been valid since 2013-01-01.",
	"The card of today has 18 signs."},
	[ICP_CRED_DEPARTMENT] = {"department", "No department of registration (登记管理部门) has the first sign.",
	"A credit code begins with 1 to 9, A, N or Y."},
	[ICP_CRED_REGISTER] = {"register",
	"The credit code is of another register (登记管理部门) than the certificate.", NULL},
	[ICP_CRED_CHECK] = {"check", "The check sign (校验码) is wrong.",
	"One character of the number is wrong, or two stand in each other's place."},
	[ICP_CRED_CHECK_INNER] = {"check_inner",
		"The check sign (校验码) of the organisation code inside the credit code is wrong.",
	"One character of the number is wrong, or two stand in each other's place."},
	[ICP_CRED_WAIVER] = {"waiver", "There is no wrong check sign (校验码) to waive.",
		"A waiver is for a wrong check sign (校验码) of a credit code, an organisation code or a registration "
	"number."},
	[ICP_CRED_WAIVER_REASON] = {"waiver_reason",
		"The reason of the waiver is missing, too long or not closed.",
		"A waiver is written behind the number, (waived: reason), with 1 to 200 characters, none of them a "
	"control character."}
};

#define HINT_CHECK_WAIVABLE \
	"One character of the number is wrong, or two stand in each other's place. If the number was issued " \
	"so, icp.credential_waived() takes it with a reason."

void
icp_credential_detail(const IcpCredentialFault *fault, char *out)
{
	size_t		room = ICP_CREDENTIAL_DETAIL_ROOM;

	switch (fault->reason)
	{
		case ICP_CRED_LENGTH:
			snprintf(out, room, "The number has a wrong length (位数): %u character%s.", fault->count,
					 fault->count == 1 ? "" : "s");
			break;
		case ICP_CRED_SIGN:
		case ICP_CRED_CONTROL:
			snprintf(out, room, "The character at position %u of the number cannot stand there.",
					 fault->character);
			break;
		case ICP_CRED_ENCODING:
			snprintf(out, room, "The bytes at position %u of the number are no character.", fault->character);
			break;
		case ICP_CRED_CHECK:
			if (fault->expected_inner != '\0')
				snprintf(out, room,
						 "The check sign (校验码) at position %u must be %c; that of the organisation code "
						 "inside, at position 17, must be %c.",
						 fault->character, fault->expected, fault->expected_inner);
			else
				snprintf(out, room, "The check sign (校验码) at position %u must be %c.", fault->character,
						 fault->expected);
			break;
		case ICP_CRED_CHECK_INNER:
			snprintf(out, room,
					 "The check sign (校验码) of the organisation code inside, at position %u, must be %c.",
					 fault->character, fault->expected);
			break;
		case ICP_CRED_DIVISION:
			snprintf(out, room, "%s",
					 fault->kind != ICP_CRED_RESIDENCE_PERMIT ? reasons[ICP_CRED_DIVISION].detail :
					 "The first two digits are not those of Hong Kong, Macao or Taiwan (港澳台).");
			break;
		case ICP_CRED_WAIVER:
			snprintf(out, room, "%s",
					 icp_credential_kinds[fault->kind].waivable ? reasons[ICP_CRED_WAIVER].detail :
					 "The check sign (校验码) of this kind of credential is never waived.");
			break;
		default:
			snprintf(out, room, "%s", reasons[fault->reason].detail);
			break;
	}
}

const char *
icp_credential_hint(const IcpCredentialFault *fault)
{
	if (icp_credential_sign_fault(fault->reason) && icp_credential_kinds[fault->kind].waivable)
		return HINT_CHECK_WAIVABLE;
	if (reasons[fault->reason].hint != NULL)
		return reasons[fault->reason].hint;
	return icp_credential_kinds[fault->kind].accepts;
}
