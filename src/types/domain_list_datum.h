/*
 * domain_list_datum.h
 *	  icp.domain_list: a sorted set of domain names, stored as the payload of core/domain_list.h.
 */
#ifndef ICP_TYPES_DOMAIN_LIST_DATUM_H
#define ICP_TYPES_DOMAIN_LIST_DATUM_H

#include "core/domain_list.h"
#include "types/domain_name.h"

typedef struct varlena IcpDomainList;

#define DatumGetDomainListPP(x) ((IcpDomainList *) PG_DETOAST_DATUM_PACKED(x))
#define PG_GETARG_DOMAIN_LIST_PP(n) DatumGetDomainListPP(PG_GETARG_DATUM(n))
#define ICP_LIST_DATA(l) ((const uint8_t *) VARDATA_ANY(l))
#define ICP_LIST_SIZE(l) ((size_t) VARSIZE_ANY_EXHDR(l))

/*
 * The domains of a list, one after the other, in order:
 *
 *	IcpListCursor c;
 *	icp_list_open(&c, DatumGetDomainListPP(d));
 *	while (icp_list_next(&c))
 *		... c.key, c.keylen, and icp_list_text(&c, buf) where the text form is wanted
 *
 * The cursor points into the list, which must outlive it.
 */
typedef struct IcpListCursor
{
	const uint8_t *at;
	const uint8_t *end;
	const uint8_t *key;			/* of the current domain, as ICP_DOMAIN_KEY gives it */
	size_t		keylen;
} IcpListCursor;

static inline void
icp_list_open(IcpListCursor *c, const IcpDomainList *list)
{
	c->at = ICP_LIST_DATA(list);
	c->end = c->at + ICP_LIST_SIZE(list);
	c->key = NULL;
	c->keylen = 0;
}

static inline bool
icp_list_next(IcpListCursor *c)
{
	if (c->at >= c->end)
		return false;
	c->keylen = c->at[0];
	c->key = c->at + 1;
	c->at += icp_list_entry_size(c->at);
	return true;
}

/* Text form of the current domain into a buffer of ICP_DOMAIN_TEXT_SIZE; its length. */
static inline int
icp_list_text(const IcpListCursor *c, char *text)
{
	return icp_domain_text(c->key, c->keylen, text);
}

/* Collects keys, then makes a list of them: any order, duplicates allowed. */
typedef struct IcpListBuilder
{
	uint8_t    *data;			/* entries one behind the other */
	size_t		size;
	size_t		room;
	size_t		count;
} IcpListBuilder;

extern void icp_list_builder_init(IcpListBuilder *builder);
extern void icp_list_builder_add(IcpListBuilder *builder, const uint8_t *key, size_t keylen);
extern IcpDomainList *icp_list_builder_finish(IcpListBuilder *builder);

/* A payload of sorted entries as a list; raises 54000 beyond ICP_LIST_MAX domains. */
extern void icp_list_check_count(size_t count);

#endif							/* ICP_TYPES_DOMAIN_LIST_DATUM_H */
