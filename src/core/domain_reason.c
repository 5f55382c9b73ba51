/*
 * domain_reason.c
 *	  Why a text is no domain name, and what that is called.
 */
#include "core/domain_reason.h"

#include <stddef.h>

static const IcpDomainReasonText reason_texts[] = {
	[ICP_DOMAIN_OK] = {NULL, NULL},
	[ICP_DOMAIN_EMPTY] = {"The text is empty.", "Write a domain name (域名) such as example.cn."},
	[ICP_DOMAIN_URL] = {"This is a URL (网址), not a domain name (域名).",
	"Write the host alone, without scheme, path and query, or use icp.homepage_domain(text)."},
	[ICP_DOMAIN_EMAIL] = {"This is an e-mail address (电子邮件地址), not a domain name (域名).",
	"Write the part after the @ sign alone, if it is meant."},
	[ICP_DOMAIN_IPV4] = {"This is an IPv4 address (IP地址), not a domain name (域名).",
	"Put addresses into a column of IP addresses (inet, icp.ip_range)."},
	[ICP_DOMAIN_IPV6] = {"This is an IPv6 address (IP地址), not a domain name (域名).",
	"Put addresses into a column of IP addresses (inet, icp.ip_range)."},
	[ICP_DOMAIN_PORT] = {"A port (端口) stands behind the domain name (域名).",
	"Write the domain name without the colon and the port."},
	[ICP_DOMAIN_WILDCARD] = {"A wildcard (通配符) is not a domain name (域名).",
	"Write the name that the wildcard stands under."},
	[ICP_DOMAIN_SPACE] = {"There is white space (空白) in the name.",
	"A domain name (域名) has letters, digits and hyphens in labels joined by dots."},
	[ICP_DOMAIN_UNDERSCORE] = {"There is an underscore (下划线) in the name.",
	"A host name has letters, digits and hyphens; underscores are for service records only."},
	[ICP_DOMAIN_EMPTY_LABEL] = {"There is an empty label (空标签).",
	"Put one dot between labels; one may stand at the end, none at the beginning."},
	[ICP_DOMAIN_LABEL_LONG] = {"A label (标签) is longer than 63 bytes in its A-label form.",
	"Labels have 1 to 63 bytes, names at most 253."},
	[ICP_DOMAIN_LONG] = {"The name is longer than 253 bytes in its A-label form.",
	"Labels have 1 to 63 bytes, names at most 253."},
	[ICP_DOMAIN_HYPHEN_EDGE] = {"A label begins or ends with a hyphen (连字符).",
	"Hyphens stand between letters or digits of a label."},
	[ICP_DOMAIN_HYPHEN_34] = {"A label has hyphens (连字符) as its third and fourth characters.",
	"These are reserved for A-labels, which begin with xn--."},
	[ICP_DOMAIN_CHARACTER] = {"There is a character that no domain name (域名) may have.",
	"Use letters, digits and hyphens, or the characters of a script that IDNA (UTS 46) allows."},
	[ICP_DOMAIN_NUMERIC_TLD] = {"The last label (顶级域) has digits only.",
	"No top-level domain is a number; an address belongs into a column of IP addresses."},
	[ICP_DOMAIN_PUNYCODE] = {"A label begins with xn-- but is no valid A-label (Punycode 编码).",
	"Write the label in Unicode, or encode it again."},
	[ICP_DOMAIN_COMBINING] = {"A label begins with a combining mark (组合符号).",
	"A combining mark follows a letter."},
	[ICP_DOMAIN_BIDI] = {"Right-to-left and left-to-right characters are mixed (双向规则, RFC 5893).",
	"A label with right-to-left letters begins with one and has no left-to-right ones."},
	[ICP_DOMAIN_JOINER] = {"A zero-width joiner or non-joiner (零宽连接符) stands where it has no meaning.",
	"Remove the invisible character."},
	[ICP_DOMAIN_ICU] = {"ICU's IDNA data could not be opened (无法打开 ICU 数据).",
	"Names of plain letters, digits and hyphens are still accepted; check the ICU installation."},
};

const IcpDomainReasonText *
icp_domain_reason_text(IcpDomainReason reason)
{
	return &reason_texts[reason];
}
