/*
 * claim_hash.c
 *	  FNV-1a over kind, a zero byte and key, finished by the 64-bit mixer of splitmix64, whose avalanche FNV lacks.
 *
 * Neither depends on the byte order of the machine.
 */
#include "core/claim_hash.h"

#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME  UINT64_C(1099511628211)

static uint64_t
fnv1a(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		hash ^= (unsigned char) bytes[i];
		hash *= FNV_PRIME;
	}
	return hash;
}

uint64_t
icp_claim_hash(const char *kind, size_t kind_length, const char *key, size_t key_length)
{
	uint64_t	hash = fnv1a(FNV_OFFSET, kind, kind_length);

	hash = fnv1a(hash, "", 1);
	hash = fnv1a(hash, key, key_length);

	hash ^= hash >> 30;
	hash *= UINT64_C(0xbf58476d1ce4e5b9);
	hash ^= hash >> 27;
	hash *= UINT64_C(0x94d049bb133111eb);
	hash ^= hash >> 31;
	return hash;
}
