/*
 * homepage.h
 *	  URLs of home pages: their host, and the key by which two of them are the same page (3 Q17).
 */
#ifndef ICP_CORE_HOMEPAGE_H
#define ICP_CORE_HOMEPAGE_H

#include "core/domain.h"

typedef enum IcpUrlReason
{
	ICP_URL_OK = 0,
	ICP_URL_EMPTY,
	ICP_URL_SCHEME,
	ICP_URL_HOST,				/* domain_fault tells what is wrong with the host */
	ICP_URL_ADDRESS,
	ICP_URL_USER,
	ICP_URL_PORT,
	ICP_URL_CHARACTER,
	ICP_URL_ESCAPE,
	ICP_URL_LONG
} IcpUrlReason;

/* The parts of a URL, pointing into its text. */
typedef struct IcpUrl
{
	const char *host;			/* as written; of an IPv6 address what stands between the brackets */
	size_t		host_len;
	int			family;			/* 0: domain name; 4, 6: address */
	int			keylen;			/* of key, if a domain name */
	uint8_t		key[ICP_DOMAIN_MAX];
	char		address[48];	/* canonical text, if an address (IPv6 without brackets) */
	int			port;			/* -1: none or a default one (80, 443) */
	const char *path;			/* from the slash, up to query or fragment */
	size_t		path_len;
	const char *query;			/* behind the question mark */
	size_t		query_len;
} IcpUrl;

typedef struct IcpUrlFault
{
	IcpUrlReason reason;
	IcpDomainFault domain;		/* if ICP_URL_HOST; its position counts from the URL's begin */
	size_t		position;
	size_t		length;
} IcpUrlFault;

#define ICP_URL_MAX 8192		/* bytes of a URL */

extern const IcpDomainReasonText *icp_url_fault_text(const IcpUrlFault *fault);

/* URL, or host with or without port, path and query. */
extern bool icp_url_parse(const char *text, size_t len, IcpUrl *url, IcpUrlFault *fault);

/*
 * Host, port unless 80 or 443, path and query: no scheme, user, fragment, trailing slash.  The host is in
 * lower-case A-labels, percent-encoding is made uniform, the case of the path kept, "www." kept.  out has
 * room for 3 * len + 300 bytes of a URL of len bytes.  Returns the length.
 */
extern size_t icp_homepage_key(const IcpUrl *url, char *out);

#endif							/* ICP_CORE_HOMEPAGE_H */
