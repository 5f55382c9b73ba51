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

#define ADDITION(key) {key, sizeof(key) - 1}

static const struct
{
	const char *key;
	size_t		len;
}			additions[] = {

	ADDITION("cn\001xn--zfr164b"),	/* 政务.cn */
	ADDITION("cn\001xn--55qw42g")	/* 公益.cn */
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
		if (len == additions[i].len && memcmp(key, additions[i].key, len) == 0)
			return true;
	icp_domain_text(key, len, text);
	return psl_is_public_suffix2(list, text, PSL_TYPE_ICANN) == 1;
}

/*
 * The same of what names end in, which are few: most of a bureau's are .com, .cn and .com.cn.  The list does
 * not change while the process lives.
 */
#define REMEMBERED		64		/* a power of two */
#define REMEMBERED_LEN	30

static bool
is_known_suffix(const psl_ctx_t *list, const uint8_t *key, size_t len)
{
	static struct
	{
		uint8_t		len;		/* 0: empty */
		bool		is_suffix;
		uint8_t		key[REMEMBERED_LEN];
	}			remembered[REMEMBERED];
	uint32_t	hash = 0;
	size_t		i;

	if (len == 0 || len > REMEMBERED_LEN)
		return is_suffix(list, key, len);
	for (i = 0; i < len; i++)
		hash = hash * 31 + key[i];
	i = (hash ^ hash >> 7) & (REMEMBERED - 1);
	if (remembered[i].len != len || memcmp(remembered[i].key, key, len) != 0)
	{
		remembered[i].is_suffix = is_suffix(list, key, len);
		memcpy(remembered[i].key, key, len);
		remembered[i].len = (uint8_t) len;
	}
	return remembered[i].is_suffix;
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
		if (is_known_suffix(list, key, shorter))
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
