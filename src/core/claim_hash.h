/*
 * claim_hash.h
 *	  The 64-bit hash by which claims are found (pure; no server headers).
 *
 * Its values are stored, so they are frozen from version 1.0 on, and they are the same on every machine.
 */
#ifndef ICP_CORE_CLAIM_HASH_H
#define ICP_CORE_CLAIM_HASH_H

#include <stddef.h>
#include <stdint.h>

/* kind and key are bytes in UTF-8, neither needs a terminator */
extern uint64_t icp_claim_hash(const char *kind, size_t kind_length, const char *key, size_t key_length);

#endif							/* ICP_CORE_CLAIM_HASH_H */
