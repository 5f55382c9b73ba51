/*
 * suffix.c
 *	  Independent domains by the public suffix list, through libpsl.
 *
 * Only the list's ICANN part counts: what a filing names is registered with a registry, so a name under
 * github.io or another private suffix is not independent (4 §2注).  The list lacks two of the category domains
 * of the .CN system of 2018, 政务.cn and 公益.cn; they are added here.
 */
#include "core/suffix.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <libpsl.h>

#define ADDITIONS "cn-1"		/* version of the table below */

static const char *const additions[] = {
	"cn\001xn--zfr164b",		/* 政务.cn */
	"cn\001xn--55qw42g",		/* 公益.cn */
};

/* The fresher of the installed file and the list in libpsl; read once a process. */
static const psl_ctx_t *
suffixes(void)
{
	static const psl_ctx_t *list = NULL;

	if (list == NULL)
		list = psl_latest(NULL);
	if (list == NULL)
		list = psl_builtin();
	return list;
}

static bool
is_suffix(const psl_ctx_t *list, const uint8_t *key, size_t len)
{
	char		text[ICP_DOMAIN_TEXT_SIZE];
	size_t		i;

	for (i = 0; i < sizeof(additions) / sizeof(additions[0]); i++)
		if (len == strlen(additions[i]) && memcmp(key, additions[i], len) == 0)
			return true;
	icp_domain_text(key, len, text);
	return psl_is_public_suffix2(list, text, PSL_TYPE_ICANN) == 1;
}

int
icp_suffix_registrable(const uint8_t *key, size_t len)
{
	const psl_ctx_t *list = suffixes();
	int			labels;
	size_t		shorter;

	if (list == NULL)
		return -2;

	/* from the whole name down, as wildcard rules make a longer suffix of what is none by itself */
	if (is_suffix(list, key, len))
		return -1;
	for (labels = icp_domain_key_labels(key, len) - 1; labels > 0; labels--)
	{
		shorter = icp_domain_key_prefix(key, len, labels);
		if (is_suffix(list, key, shorter))
			break;
		len = shorter;
	}
	return (int) len;
}

bool
icp_suffix_version(char *out, size_t room)
{
	const psl_ctx_t *list = suffixes();
	const char *name = psl_dist_filename();
	char		day[16];
	time_t		when;
	struct stat st;
	struct tm	tm;

	if (list == NULL)
		return false;
	if (list == psl_builtin() || name == NULL || stat(name, &st) != 0)
	{
		when = psl_builtin_file_time();
		name = "built-in";
	}
	else
		when = st.st_mtime;
	if (gmtime_r(&when, &tm) == NULL || strftime(day, sizeof(day), "%Y-%m-%d", &tm) == 0)
		return false;
	snprintf(out, room, "%s (%s, libpsl %s)+%s", day, name, psl_get_version(), ADDITIONS);
	return true;
}
