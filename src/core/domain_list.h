/*
 * domain_list.h
 *	  Sets of domain names: payload, literal, set operations.
 *
 * A payload is the sorted sequence of entries without duplicates; an entry is one byte of length and the key
 * of domain.h.  There is no header and no count: a list of one domain costs one byte more than the domain.
 *  Equal sets have equal payloads.
 */
#ifndef ICP_CORE_DOMAIN_LIST_H
#define ICP_CORE_DOMAIN_LIST_H

#include "core/domain.h"

#define ICP_LIST_MAX 100000		/* domains of a list */

typedef enum IcpListOp
{
	ICP_LIST_UNION,
	ICP_LIST_INTERSECTION,
	ICP_LIST_DIFFERENCE
} IcpListOp;

typedef enum IcpListReason
{
	ICP_LIST_OK = 0,
	ICP_LIST_NO_BRACE,
	ICP_LIST_UNCLOSED,
	ICP_LIST_JUNK,
	ICP_LIST_NULL,
	ICP_LIST_NESTED,
	ICP_LIST_QUOTE,
	ICP_LIST_EMPTY_ELEMENT
} IcpListReason;

/* One element of a literal after the other. */
typedef struct IcpListLiteral
{
	const char *text;
	size_t		len;
	size_t		at;
	bool		first;
	IcpListReason reason;		/* of a failure, with its place in position */
	size_t		position;
	const char *element;		/* the element just read, in text or in the buffer */
	size_t		element_len;
	size_t		element_at;		/* where it stands in text */
} IcpListLiteral;

extern const IcpDomainReasonText *icp_list_reason_text(IcpListReason reason);

extern bool icp_list_literal_begin(IcpListLiteral *literal, const char *text, size_t len);

/* 1: an element was read; 0: the literal has ended well; -1: it is malformed.  buf has room for len bytes. */
extern int	icp_list_literal_next(IcpListLiteral *literal, char *buf);

/* The literal of a payload into len + 4 bytes; its length.  No zero byte is written behind it. */
extern size_t icp_list_literal_write(const uint8_t *list, size_t len, char *out);

static inline size_t
icp_list_entry_size(const uint8_t *entry)
{
	return 1 + (size_t) entry[0];
}

extern size_t icp_list_count(const uint8_t *list, size_t len);

/* Writes an entry for the key to out; its size. */
extern size_t icp_list_entry(const uint8_t *key, size_t keylen, uint8_t *out);

/* Sorts pointers to entries and writes the payload (room: the entries' sizes together); its size. */
extern size_t icp_list_build(const uint8_t **entries, size_t n, uint8_t *out);

/*
 * Is this a payload?  *position tells where it fails.  *ace: some entries can only be judged by ICU, and have
 * not been.  sorted false: order and duplicates are not looked at.
 */
extern bool icp_list_valid(const uint8_t *list, size_t len, bool sorted, size_t *position, bool *ace,
						   size_t *count);

/* Room for out: the sizes of both.  Returns the size. */
extern size_t icp_list_merge(IcpListOp op, const uint8_t *a, size_t alen, const uint8_t *b, size_t blen,
							 uint8_t *out);

extern bool icp_list_overlap(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen);
extern bool icp_list_contains(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen);
extern bool icp_list_has(const uint8_t *list, size_t len, const uint8_t *key, size_t keylen);

/* Element by element, then the shorter first, as arrays are ordered. */
extern int	icp_list_cmp(const uint8_t *a, size_t alen, const uint8_t *b, size_t blen);

#endif							/* ICP_CORE_DOMAIN_LIST_H */
