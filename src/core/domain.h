/*
 * domain.h
 *	  Domain names: text to key and back.
 *
 * A key is what is stored and compared: the labels from the right to the left, lower-case A-labels, joined by
 * a byte that sorts below every byte of a label.  memcmp, the shorter first on a tie, is then the order by
 * labels from the right, and everything at or under a name is one range.  Nothing here but icp_domain_parse
 * and icp_domain_to_unicode calls ICU, and comparison never does.
 */
#ifndef ICP_CORE_DOMAIN_H
#define ICP_CORE_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/domain_reason.h"

#define ICP_DOMAIN_MAX 253		/* bytes of the text form and of the key (RFC 1035 2.3.4) */
#define ICP_DOMAIN_LABEL_MAX 63
#define ICP_DOMAIN_TEXT_SIZE (ICP_DOMAIN_MAX + 1)
#define ICP_DOMAIN_UNICODE_SIZE 1024	/* enough for the Unicode form of any name, in UTF-8 */
#define ICP_DOMAIN_SEP 0x01

typedef struct IcpDomainFault
{
	IcpDomainReason reason;
	size_t		position;		/* byte offset of the failing part */
	size_t		length;			/* its bytes */
} IcpDomainFault;

/* UTF-8 text to key (ICP_DOMAIN_MAX bytes of room); the key's length, or -1 with *fault filled. */
extern int	icp_domain_parse(const char *text, size_t len, uint8_t *key, IcpDomainFault *fault);

/* Key to text; works for any bytes, so that index bounds can be shown.  Writes a final zero byte. */
extern int	icp_domain_text(const uint8_t *key, size_t len, char *text);

/* Key to its Unicode form; labels that this ICU cannot show stay as they are.  -1 if ICU is not to be had. */
extern int	icp_domain_to_unicode(const uint8_t *key, size_t len, char *out);

/* Is this a key that icp_domain_parse could have made?  *ace: it has labels that only ICU can judge. */
extern bool icp_domain_key_valid(const uint8_t *key, size_t len, bool *ace);

extern int	icp_domain_key_cmp(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen);

/* Is the name at or under the other one? */
extern bool icp_domain_key_under(const uint8_t *key, size_t len, const uint8_t *parent, size_t parentlen);

/* Length of the key's first n labels (the n rightmost of the text); len where it has no more than n. */
extern size_t icp_domain_key_prefix(const uint8_t *key, size_t len, int labels);

extern int	icp_domain_key_labels(const uint8_t *key, size_t len);

#endif							/* ICP_CORE_DOMAIN_H */
