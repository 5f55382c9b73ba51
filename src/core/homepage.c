/*
 * homepage.c
 *	  URLs of home pages.
 */
#include "core/homepage.h"
#include "core/ip_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const IcpDomainReasonText reason_texts[] = {
	[ICP_URL_OK] = {NULL, NULL},
	[ICP_URL_EMPTY] = {"The text is empty.", "Write a home page (首页网址) such as www.example.cn."},
	[ICP_URL_SCHEME] = {"The scheme (协议) is not one of a web page.",
	"Write http://, https:// or no scheme."},
	[ICP_URL_HOST] = {"The host is no domain name (域名).", "Write a home page such as www.example.cn."},
	[ICP_URL_ADDRESS] = {"The address (IP地址) is malformed.",
	"Write an IPv4 address as 203.0.113.9, an IPv6 address in brackets."},
	[ICP_URL_USER] = {"User name and password (用户名) stand before the host.",
	"Write the URL without what stands before the @ sign."},
	[ICP_URL_PORT] = {"The port (端口) is not a number from 1 to 65535.",
	"Write the port as digits behind a colon, or leave it out."},
	[ICP_URL_CHARACTER] = {"There is white space or a control character (空白或控制字符) in the URL.",
	"Write %20 for a space."},
	[ICP_URL_ESCAPE] = {"A percent sign (百分号编码) is not followed by two hexadecimal digits.",
	"Write %25 for a percent sign."},
	[ICP_URL_LONG] = {"The URL (网址) is longer than 8192 bytes.", "A home page has a short address."},
};

const IcpDomainReasonText *
icp_url_fault_text(const IcpUrlFault *fault)
{
	if (fault->reason == ICP_URL_HOST)
		return icp_domain_reason_text(fault->domain.reason);
	return &reason_texts[fault->reason];
}

static bool
fail(IcpUrlFault *fault, IcpUrlReason reason, size_t position, size_t length)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = length;
	return false;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
starts_with(const char *s, size_t len, const char *lower)
{
	size_t		i;

	for (i = 0; lower[i] != '\0'; i++)
	{
		char		c;

		if (i >= len)
			return false;
		c = s[i];
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != lower[i])
			return false;
	}
	return true;
}

/* Bytes of the scheme with its colon and slashes; 0 if there is none, -1 if it is a wrong one. */
static int
scheme_length(const char *text, size_t len)
{
	size_t		i;

	if (starts_with(text, len, "http://"))
		return 7;
	if (starts_with(text, len, "https://"))
		return 8;
	if (starts_with(text, len, "//"))
		return 2;
	for (i = 0; i + 2 < len; i++)
	{
		if (text[i] == ':' && text[i + 1] == '/' && text[i + 2] == '/')
			return -1;
		if (text[i] == '/' || text[i] == '?' || text[i] == '#')
			break;
	}
	return 0;
}

static bool
parse_address(IcpUrl *url, int family)
{
	unsigned char bytes[16];
	char		buf[48];

	if (url->host_len >= sizeof(buf))
		return false;
	memcpy(buf, url->host, url->host_len);
	buf[url->host_len] = '\0';
	url->family = family;
	return inet_pton(family == 4 ? AF_INET : AF_INET6, buf, bytes) == 1 &&
		inet_ntop(family == 4 ? AF_INET : AF_INET6, bytes, url->address, sizeof(url->address)) != NULL;
}

static bool
check_rest(const char *text, size_t from, size_t len, IcpUrlFault *fault)
{
	size_t		i;

	for (i = from; i < len; i++)
	{
		unsigned char c = (unsigned char) text[i];

		if (c <= ' ' || c == 0x7F)
			return fail(fault, ICP_URL_CHARACTER, i, 1);
		if (c == '#')
			break;
		if (c == '%' && (i + 2 >= len || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0))
			return fail(fault, ICP_URL_ESCAPE, i, len - i < 3 ? len - i : 3);
	}
	return true;
}

static bool
ends_authority(char c)
{
	return c == '/' || c == '?' || c == '#' || c == '\\' || c == '\0';
}

bool
icp_url_parse(const char *text, size_t len, IcpUrl *url, IcpUrlFault *fault)
{
	size_t		at;
	size_t		end;			/* of the authority */
	size_t		host_end;
	size_t		i;
	int			scheme;

	memset(url, 0, sizeof(*url));
	memset(fault, 0, sizeof(*fault));
	url->port = -1;
	if (len > ICP_URL_MAX)
		return fail(fault, ICP_URL_LONG, 0, len);
	scheme = scheme_length(text, len);
	if (scheme < 0)
		return fail(fault, ICP_URL_SCHEME, 0, (size_t) ((const char *) memchr(text, ':', len) - text));
	at = (size_t) scheme;
	for (end = at; end < len && !ends_authority(text[end]); end++)
		if (text[end] == '@')
			return fail(fault, ICP_URL_USER, at, end - at + 1);
	if (end == at)
		return fail(fault, ICP_URL_EMPTY, 0, len);

	if (text[at] == '[')
	{
		for (i = at + 1; i < end && text[i] != ']'; i++)
			;
		url->host = text + at + 1;
		url->host_len = i - at - 1;
		if (i >= end || !parse_address(url, 6))
			return fail(fault, ICP_URL_ADDRESS, at, end - at);
		host_end = i + 1;
		if (host_end < end && text[host_end] != ':')
			return fail(fault, ICP_URL_ADDRESS, at, end - at);
	}
	else
	{
		for (host_end = at; host_end < end && text[host_end] != ':'; host_end++)
			;
		url->host = text + at;
		url->host_len = host_end - at;
		if (icp_looks_like_ipv4(url->host, url->host_len))
		{
			if (!parse_address(url, 4))
				return fail(fault, ICP_URL_ADDRESS, at, url->host_len);
		}
		else
		{
			url->keylen = icp_domain_parse(url->host, url->host_len, url->key, &fault->domain);
			if (url->keylen < 0)
			{
				fault->domain.position += at;
				return fail(fault, ICP_URL_HOST, fault->domain.position, fault->domain.length);
			}
		}
	}
	if (host_end + 1 < end)
	{
		int			port = 0;

		for (i = host_end + 1; i < end; i++)
		{
			if (!is_digit(text[i]) || (port = port * 10 + (text[i] - '0')) > 65535)
				return fail(fault, ICP_URL_PORT, host_end + 1, end - host_end - 1);
		}
		if (port == 0)
			return fail(fault, ICP_URL_PORT, host_end + 1, end - host_end - 1);
		if (port != 80 && port != 443)
			url->port = port;
	}
	if (!check_rest(text, end, len, fault))
		return false;

	url->path = text + end;
	for (i = end; i < len && text[i] != '?' && text[i] != '#'; i++)
		;
	url->path_len = i - end;
	if (i < len && text[i] == '?')
	{
		url->query = text + i + 1;
		for (i++; i < len && text[i] != '#'; i++)
			;
		url->query_len = (size_t) (text + i - url->query);
	}
	return true;
}

/* Characters that RFC 3986 2.3 calls unreserved: percent-encoding them means nothing. */
static bool
unreserved(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		c == '-' || c == '.' || c == '_' || c == '~';
}

static size_t
put_encoded(char *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	out[0] = '%';
	out[1] = digits[c >> 4];
	out[2] = digits[c & 15];
	return 3;
}

/* Percent-encoding made uniform: upper case, none of unreserved characters, all of bytes beyond ASCII. */
static size_t
put_part(char *out, const char *part, size_t len, bool path)
{
	size_t		i;
	size_t		n = 0;

	for (i = 0; i < len; i++)
	{
		unsigned char c = (unsigned char) part[i];

		if (c == '%' && i + 2 < len)
		{
			c = (unsigned char) (hex(part[i + 1]) << 4 | hex(part[i + 2]));
			i += 2;
			if (unreserved(c))
				out[n++] = (char) c;
			else
				n += put_encoded(out + n, c);
		}
		else if (c >= 0x80)
			n += put_encoded(out + n, c);
		else
			out[n++] = path && c == '\\' ? '/' : (char) c;
	}
	return n;
}

/* "." and ".." segments out of a path that begins with a slash or is empty (RFC 3986 5.2.4). */
static size_t
remove_dots(char *path, size_t len)
{
	size_t		in = 0;
	size_t		out = 0;

	while (in < len)
	{
		size_t		end = in + 1;	/* path[in] is a slash */

		while (end < len && path[end] != '/')
			end++;
		if (end - in == 2 && path[in + 1] == '.')
		{
			if (end == len)
				path[out++] = '/';
		}
		else if (end - in == 3 && path[in + 1] == '.' && path[in + 2] == '.')
		{
			while (out > 0 && path[--out] != '/')
				;
			if (end == len)
				path[out++] = '/';
		}
		else
		{
			memmove(path + out, path + in, end - in);
			out += end - in;
		}
		in = end;
	}
	return out;
}

size_t
icp_homepage_key(const IcpUrl *url, char *out)
{
	size_t		n;
	size_t		path;

	if (url->family == 0)
		n = (size_t) icp_domain_text(url->key, (size_t) url->keylen, out);
	else
		n = (size_t) sprintf(out, url->family == 6 ? "[%s]" : "%s", url->address);
	if (url->port >= 0)
		n += (size_t) sprintf(out + n, ":%d", url->port);
	path = n;
	n += put_part(out + n, url->path, url->path_len, true);
	n = path + remove_dots(out + path, n - path);
	while (n > path && out[n - 1] == '/')
		n--;
	if (url->query_len > 0)
	{
		out[n++] = '?';
		n += put_part(out + n, url->query, url->query_len, false);
	}
	return n;
}
