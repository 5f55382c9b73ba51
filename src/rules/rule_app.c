/*
 * rule_app.c
 *	  Rules on what an app is known by (工信部信管〔2023〕105号): package, fingerprint, public key.
 *
 * A record has one platform, or several with as many packages and fingerprints; only with one is it known
 * which platform's form a value must have.
 */
#include "postgres.h"

#include "rules/rule_finding.h"
#include "rules/rule_table.h"
#include "rules/rule_text.h"

#define MD5_DIGITS 32			/* Android's fingerprint */
#define SHA1_DIGITS 40			/* Apple's */

typedef enum Platform
{
	PLATFORM_UNKNOWN,
	PLATFORM_ANDROID,
	PLATFORM_APPLE,
	PLATFORM_HARMONY
} Platform;

static Platform
platform_of(RuleText text)
{
	static const struct
	{
		const char *name;
		Platform	platform;
	}			names[] = {
		{"android", PLATFORM_ANDROID}, {"安卓", PLATFORM_ANDROID},
		{"ios", PLATFORM_APPLE}, {"ipados", PLATFORM_APPLE}, {"macos", PLATFORM_APPLE},
		{"apple", PLATFORM_APPLE}, {"苹果", PLATFORM_APPLE},
		{"harmony", PLATFORM_HARMONY}, {"harmonyos", PLATFORM_HARMONY}, {"鸿蒙", PLATFORM_HARMONY}
	};
	int			i;

	text = rule_trimmed(text);
	for (i = 0; i < lengthof(names); i++)
		if (strlen(names[i].name) == text.len && pg_strncasecmp(names[i].name, text.s, text.len) == 0)
			return names[i].platform;
	return PLATFORM_UNKNOWN;
}

/* The record's one platform; unknown where there are several. */
static Platform
the_platform(RuleRecord *r)
{
	RuleText   *texts;

	return rule_read_list(r, FIELD_APP_PLATFORM, &texts) == 1 ? platform_of(texts[0]) : PLATFORM_UNKNOWN;
}

/* Mini-programmes and quick apps have no package of their own. */
static bool
is_app(RuleRecord *r)
{
	return rule_service_kind(r) == ICP_APP;
}

static bool
app_001(RuleRecord *r, RuleFinding *f)
{
	return is_app(r) && !rule_has(r, FIELD_APP_PACKAGE);
}

/* Names behind dots, from the domain's top down; Android's begin with letters and have no hyphens. */
static bool
is_package(RuleText text, Platform platform)
{
	int			segments = 1;
	int			length = 0;
	int			i;

	for (i = 0; i < text.len; i++)
	{
		char		c = text.s[i];
		bool		is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (c == '.')
		{
			if (length == 0)
				return false;
			segments++;
			length = 0;
			continue;
		}
		if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
		if (platform == PLATFORM_ANDROID && (c == '-' || (length == 0 && !is_letter)))
			return false;
		length++;
	}
	return length > 0 && (segments >= 2 || platform == PLATFORM_APPLE);
}

static bool
app_002(RuleRecord *r, RuleFinding *f)
{
	Platform	platform;
	RuleText   *texts;
	int			n;
	int			i;

	if (!is_app(r))
		return false;
	platform = the_platform(r);
	n = rule_read_list(r, FIELD_APP_PACKAGE, &texts);
	for (i = 0; i < n; i++)
	{
		if (is_package(texts[i], platform))
			continue;
		rule_found(r, f, FIELD_APP_PACKAGE, texts[i]);
		return true;
	}
	return false;
}

static bool
app_003(RuleRecord *r, RuleFinding *f)
{
	return is_app(r) && !rule_has(r, FIELD_APP_FINGERPRINT);
}

static bool
is_ascii_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Hexadecimal digits, in pairs behind colons, dashes or blanks if one likes: how many; 0: anything else. */
static int
hex_digits(RuleText text)
{
	bool		is_one_digit = true;
	int			digits = 0;
	char		first = '\0';
	int			i;

	for (i = 0; i < text.len; i++)
	{
		char		c = text.s[i];

		if (c == ':' || c == '-' || c == ' ')
			continue;
		if (!is_ascii_alnum(c) || (c | 0x20) > 'f')
			return 0;
		if (digits++ == 0)
			first = c;
		is_one_digit = is_one_digit && c == first;
	}
	return is_one_digit ? 0 : digits;	/* 00…00 is nobody's */
}

static bool
is_fingerprint(RuleText text, Platform platform)
{
	int			digits = hex_digits(text);

	switch (platform)
	{
		case PLATFORM_ANDROID:
			return digits == MD5_DIGITS;
		case PLATFORM_APPLE:
			return digits == SHA1_DIGITS;
		default:
			return digits == MD5_DIGITS || digits == SHA1_DIGITS;
	}
}

static bool
app_004(RuleRecord *r, RuleFinding *f)
{
	Platform	platform;
	RuleText   *texts;
	int			n;
	int			i;

	/* blanks may stand in a fingerprint, and between two */
	if (!is_app(r) || !rule_has(r, FIELD_APP_FINGERPRINT) ||
		is_fingerprint(rule_text(r, FIELD_APP_FINGERPRINT), the_platform(r)))
		return false;
	platform = the_platform(r);
	/* of HarmonyOS nothing is known */
	if (platform == PLATFORM_HARMONY)
		return false;
	n = rule_read_list(r, FIELD_APP_FINGERPRINT, &texts);
	for (i = 0; i < n; i++)
	{
		if (is_fingerprint(texts[i], platform))
			continue;
		rule_found(r, f, FIELD_APP_FINGERPRINT, texts[i]);
		f->expected = rule_print(r, "%s", platform == PLATFORM_ANDROID ? "MD5, 32 hexadecimal digits" :
								 platform == PLATFORM_APPLE ? "SHA-1, 40 hexadecimal digits" :
								 "MD5 (32) or SHA-1 (40 hexadecimal digits)");
		return true;
	}
	return false;
}

static bool
app_005(RuleRecord *r, RuleFinding *f)
{
	return is_app(r) && !rule_has(r, FIELD_APP_PUBLIC_KEY);
}

/* Hexadecimal, base64 or PEM; what it encodes, nobody can ask of the key alone. */
static bool
app_006(RuleRecord *r, RuleFinding *f)
{
	RuleText	text;
	int			digits = 0;
	int			i;

	if (!is_app(r) || !rule_has(r, FIELD_APP_PUBLIC_KEY))
		return false;
	text = rule_text(r, FIELD_APP_PUBLIC_KEY);
	for (i = 0; i < text.len; i++)
	{
		if (is_ascii_alnum(text.s[i]))
			digits++;
		else if (strchr("+/=:- ,{}\"\t\r\n", text.s[i]) == NULL)
			break;
	}
	if (i == text.len && digits >= rule_argument(r->asked->rule, 0))
		return false;
	rule_found_field(r, f, FIELD_APP_PUBLIC_KEY);
	return true;
}

static bool
app_007(RuleRecord *r, RuleFinding *f)
{
	RuleText   *texts;
	int			n;
	int			i;

	if (!is_app(r))
		return false;
	n = rule_read_list(r, FIELD_APP_PLATFORM, &texts);
	for (i = 0; i < n; i++)
	{
		if (platform_of(texts[i]) != PLATFORM_UNKNOWN)
			continue;
		rule_found(r, f, FIELD_APP_PLATFORM, texts[i]);
		return true;
	}
	return false;
}

static bool
app_008(RuleRecord *r, RuleFinding *f)
{
	RuleText   *texts;
	int			n;
	int			i;

	if (!is_app(r) || !rule_has(r, FIELD_SITE_NAME) || !rule_has(r, FIELD_APP_NAME) ||
		rule_same_name(rule_text(r, FIELD_APP_NAME), rule_text(r, FIELD_SITE_NAME)))
		return false;
	n = rule_read_list(r, FIELD_APP_NAME, &texts);
	for (i = 0; i < n; i++)
	{
		if (rule_same_name(texts[i], rule_text(r, FIELD_SITE_NAME)))
			continue;
		rule_found(r, f, FIELD_APP_NAME, texts[i]);
		return true;
	}
	return false;
}

static bool
app_009(RuleRecord *r, RuleFinding *f)
{
	RuleText	text;
	int64		bytes = 0;
	int32		most = rule_argument(r->asked->rule, 0);
	int			i;

	if (!rule_is_service(r) || !rule_has(r, FIELD_APP_ICON_BYTES))
		return false;
	text = rule_trimmed(rule_text(r, FIELD_APP_ICON_BYTES));
	for (i = 0; i < text.len && bytes <= most; i++)
	{
		if (text.s[i] < '0' || text.s[i] > '9')
			return false;
		bytes = bytes * 10 + (text.s[i] - '0');
	}
	if (bytes <= most)
		return false;
	rule_found_field(r, f, FIELD_APP_ICON_BYTES);
	return true;
}

#define KIND FIELD_BIT(FIELD_KIND)

const RuleTest rule_app_tests[] = {
	{"APP-001", KIND | FIELD_BIT(FIELD_APP_PACKAGE), 0, app_001},
	{"APP-002", KIND | FIELD_BIT(FIELD_APP_PACKAGE), FIELD_BIT(FIELD_APP_PLATFORM), app_002},
	{"APP-003", KIND | FIELD_BIT(FIELD_APP_FINGERPRINT), 0, app_003},
	{"APP-004", KIND | FIELD_BIT(FIELD_APP_FINGERPRINT), FIELD_BIT(FIELD_APP_PLATFORM), app_004},
	{"APP-005", KIND | FIELD_BIT(FIELD_APP_PUBLIC_KEY), 0, app_005},
	{"APP-006", KIND | FIELD_BIT(FIELD_APP_PUBLIC_KEY), 0, app_006},
	{"APP-007", KIND | FIELD_BIT(FIELD_APP_PLATFORM), 0, app_007},
	{"APP-008", KIND | FIELD_BIT(FIELD_APP_NAME) | FIELD_BIT(FIELD_SITE_NAME), 0, app_008},
	{"APP-009", KIND | FIELD_BIT(FIELD_APP_ICON_BYTES), 0, app_009},
	{NULL}
};
