/*
 * homepage.c
 *	  Home pages and independent domains.
 *
 * ICU and the suffix list act on any input here, so none of these functions is IMMUTABLE.
 */
#include "postgres.h"

#include "compat.h"
#include "utils/builtins.h"

#include "core/homepage.h"
#include "core/suffix.h"
#include "types/domain_fault.h"
#include "types/domain_name.h"
#include "types/encoding.h"

ICP_FUNCTION(icp_homepage_key_text);
ICP_FUNCTION(icp_homepage_domain);
ICP_FUNCTION(icp_registrable_domain_text);
ICP_FUNCTION(icp_registrable_domain);
ICP_FUNCTION(icp_is_independent);
ICP_FUNCTION(icp_suffix_list_version);

ICP_NORETURN static void
report(const IcpUrlFault *fault, const char *utf8, size_t len)
{
	IcpFaultWords words;

	icp_domain_fault_words(utf8, len, 0, icp_url_fault_text(fault), fault->position, fault->length, &words);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("malformed home page or host: \"%s\"", icp_fault_shown(utf8, len)),
			 errdetail("%s", words.detail),
			 errhint("%s", words.hint)));
}

/* Key of a home page (text in the server's encoding), palloc'd; raises 22P02 where the text is no URL. */
static char *
icp_homepage_key_make(const char *url, int len, size_t *keylen)
{
	const char *utf8 = icp_to_utf8(url, &len);
	IcpUrl		parts;
	IcpUrlFault fault;
	char	   *key;

	if (!icp_url_parse(utf8, len, &parts, &fault))
		report(&fault, utf8, len);
	key = palloc(3 * len + 300);
	*keylen = icp_homepage_key(&parts, key);	/* ASCII, so good in every encoding */
	key[*keylen] = '\0';
	return key;
}

/* The registered name of a key, NULL where it is a public suffix itself. */
static IcpDomainName *
icp_registrable_make(const uint8_t *key, size_t len)
{
	int			n = icp_suffix_registrable(key, len);

	if (n == -2)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("no public suffix list could be opened"),
				 errhint("Install the package publicsuffix.")));
	return n < 0 ? NULL : icp_domain_name_make(key, n);
}

/* The registered name of the host of a URL, or of a host; NULL for an address and for a public suffix. */
static IcpDomainName *
registrable_of_text(const text *input)
{
	int			len = VARSIZE_ANY_EXHDR(input);
	const char *utf8 = icp_to_utf8(VARDATA_ANY(input), &len);
	IcpUrl		url;
	IcpUrlFault fault;

	if (!icp_url_parse(utf8, len, &url, &fault))
		report(&fault, utf8, len);
	if (url.family != 0)
		return NULL;
	return icp_registrable_make(url.key, url.keylen);
}

Datum
icp_homepage_key_text(PG_FUNCTION_ARGS)
{
	text	   *url = PG_GETARG_TEXT_PP(0);
	size_t		len;
	char	   *key = icp_homepage_key_make(VARDATA_ANY(url), VARSIZE_ANY_EXHDR(url), &len);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(key, len));
}

/*
 * The domain that the site's domain list must contain (5 annex 3 (八): for www.123.com it is 123.com).
 */
Datum
icp_homepage_domain(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = registrable_of_text(PG_GETARG_TEXT_PP(0));

	if (domain == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(domain);
}

Datum
icp_registrable_domain_text(PG_FUNCTION_ARGS)
{
	return icp_homepage_domain(fcinfo);
}

Datum
icp_registrable_domain(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	IcpDomainName *found = icp_registrable_make(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));

	if (found == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(found);
}

/* Registered directly with a registry: 4 §2 and its note. */
Datum
icp_is_independent(PG_FUNCTION_ARGS)
{
	IcpDomainName *domain = PG_GETARG_DOMAIN_NAME_PP(0);
	IcpDomainName *found = icp_registrable_make(ICP_DOMAIN_KEY(domain), ICP_DOMAIN_KEYLEN(domain));

	PG_RETURN_BOOL(found != NULL && ICP_DOMAIN_KEYLEN(found) == ICP_DOMAIN_KEYLEN(domain));
}

Datum
icp_suffix_list_version(PG_FUNCTION_ARGS)
{
	char		version[256];

	if (!icp_suffix_version(version, sizeof(version)))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(version));
}
