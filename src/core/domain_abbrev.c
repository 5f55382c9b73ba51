/*
 * domain_abbrev.c
 *	  A domain's key as a number, for sorting.
 *
 * Keys share their first labels (cn, com.cn), so eight plain bytes would tell few of them apart.  The space of keys is
 * therefore cut where the common suffixes begin and end; all keys of a piece share a prefix, which need not be in the
 * number.  Behind the piece's ordinal (5 bits) there is room for eleven signs of what follows: labels have 37
 * characters, with the separator and the end of the name 39 signs, and 39^11 < 2^59.
 */
#include "core/domain_abbrev.h"

#include "core/domain.h"

#define SIGNS 39
#define LENGTH 11
#define SHIFT 59

typedef struct Piece
{
	const char *from;			/* the least key of the piece, valid or not */
	uint8_t		from_len;
	uint8_t		shared;			/* bytes that all keys of the piece begin with */
} Piece;

#define PIECE(text, shared) {text, sizeof(text) - 1, shared}
#define UNDER(text, behind) PIECE(text "\001", sizeof(text)), PIECE(text "\002", behind)

static const Piece pieces[] = {
	PIECE("", 0),
	PIECE("cn", 2),
	UNDER("cn\001ac", 3),
	UNDER("cn\001com", 3),
	UNDER("cn\001edu", 3),
	UNDER("cn\001gov", 3),
	UNDER("cn\001net", 3),
	UNDER("cn\001org", 3),
	PIECE("cn\002", 0),
	UNDER("com", 0),
	UNDER("net", 0),
	UNDER("org", 0),
	UNDER("xn--fiqs8s", 0),		/* 中国 */
};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static uint64_t
sign_of(uint8_t c)
{
	if (c == ICP_DOMAIN_SEP)
		return 1;
	if (c == '-')
		return 2;
	if (c >= '0' && c <= '9')
		return 3 + (uint64_t) (c - '0');
	if (c >= 'a' && c <= 'z')
		return 13 + (uint64_t) (c - 'a');
	return 0;
}

uint64_t
icp_domain_abbreviate(const uint8_t *key, size_t len)
{
	size_t		low = 0;
	size_t		high = PIECES;	/* the piece is in low .. high - 1 */
	size_t		i;
	size_t		end;
	uint64_t	number = 0;

	while (high - low > 1)
	{
		size_t		mid = (low + high) / 2;

		if (icp_domain_key_cmp(key, len, (const uint8_t *) pieces[mid].from, pieces[mid].from_len) >= 0)
			low = mid;
		else
			high = mid;
	}
	end = (size_t) pieces[low].shared + LENGTH;
	for (i = pieces[low].shared; i < end; i++)
		number = number * SIGNS + (i < len ? sign_of(key[i]) : 0);
	return (uint64_t) low << SHIFT | number;
}
