/*
 * crypt.h
 *	  What the extension takes from OpenSSL's libcrypto: random bytes, scrypt, digests with and without a key.
 */
#ifndef ICP_CRYPT_H
#define ICP_CRYPT_H

#include "postgres.h"

#define ICP_DIGEST_LENGTH	32	/* of SHA-256 and of SM3 */

/* How an event's digest was made; the values are stored. */
typedef enum IcpDigestMethod
{
	ICP_SHA256 = 1,				/* without a key */
	ICP_HMAC_SHA256 = 2,
	ICP_HMAC_SM3 = 3
} IcpDigestMethod;

/* Bytes from OpenSSL's generator; fails where it has none. */
extern void icp_random_bytes(uint8 *out, size_t len);

/* scrypt (RFC 7914) of a password; the parameters have passed icp_password_cost(). */
extern void icp_scrypt(const char *password, size_t password_len, const uint8 *salt, size_t salt_len,
					   uint64 n, uint64 r, uint64 p, uint8 *out, size_t out_len);

/* Are the bytes the same? Takes the same time whichever differ. */
extern bool icp_same_secret(const uint8 *a, const uint8 *b, size_t len);

/* Overwrites what must not stay in memory. */
extern void icp_forget(void *secret, size_t len);

/*
 * A digest that is fed piece by piece, and used again and again.  key is NULL for ICP_SHA256.  Lives as
 * long as the memory context that is current when it is made, and is overwritten when that goes.
 */
typedef struct IcpDigester IcpDigester;

extern IcpDigester *icp_digester_create(IcpDigestMethod method, const uint8 *key, size_t key_len);
extern void icp_digester_begin(IcpDigester *digester);
extern void icp_digester_add(IcpDigester *digester, const void *bytes, size_t len);
extern void icp_digester_end(IcpDigester *digester, uint8 *out);

#endif							/* ICP_CRYPT_H */
