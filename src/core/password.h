/*
 * password.h
 *	  A stored password (备案密码, 4 §47) as text, and how one is made from random bytes.
 *
 *	scrypt$N$r$p$salt$digest		salt and digest in base64 with its padding
 */
#ifndef ICP_CORE_PASSWORD_H
#define ICP_CORE_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICP_PASSWORD_SALT_MAX	64
#define ICP_PASSWORD_DIGEST_MIN 16
#define ICP_PASSWORD_DIGEST_MAX 64
/* "scrypt", five dollar signs, three numbers of at most seven digits, twice 64 bytes in base64, the end */
#define ICP_PASSWORD_TEXT_MAX	(6 + 5 + 3 * 7 + 2 * 88 + 1)

/* What a stored text may ask of the server that checks it: 128 MB, and the work of N = 2^17, r = 8, p = 1. */
#define ICP_SCRYPT_MEMORY_MAX	(UINT64_C(128) << 20)
#define ICP_SCRYPT_WORK_MAX		(UINT64_C(1) << 20)

typedef struct IcpPassword
{
	uint32_t	n;				/* a power of 2 */
	uint32_t	r;
	uint32_t	p;
	size_t		salt_len;
	size_t		digest_len;
	uint8_t		salt[ICP_PASSWORD_SALT_MAX];
	uint8_t		digest[ICP_PASSWORD_DIGEST_MAX];
} IcpPassword;

typedef enum IcpPasswordReason
{
	ICP_PASSWORD_OK,
	ICP_PASSWORD_METHOD,		/* begins with no method we know */
	ICP_PASSWORD_PARTS,			/* not five parts behind the method */
	ICP_PASSWORD_NUMBER,		/* N, r or p is no number as we print it */
	ICP_PASSWORD_POWER,			/* N is no power of 2 above 1 */
	ICP_PASSWORD_COST,			/* more memory or work than a server should be asked for */
	ICP_PASSWORD_BASE64,
	ICP_PASSWORD_LENGTH			/* salt or digest too long or too short */
} IcpPasswordReason;

/* Reads a stored password; on failure *pos is the byte of the text that the reason is about. */
extern IcpPasswordReason icp_password_parse(const char *s, size_t len, IcpPassword *password, size_t *pos);

/* Prints one, with a zero behind; text has room for ICP_PASSWORD_TEXT_MAX bytes.  Returns its length. */
extern size_t icp_password_format(const IcpPassword *password, char *text);

/* Would a server take these? */
extern IcpPasswordReason icp_password_cost(uint64_t n, uint64_t r, uint64_t p);

/*
 * Takes letters of the alphabet of passwords (or digits) from random bytes, each with the same chance: a
 * byte that would favour the first letters is passed over.  Returns how many were written, at most want.
 */
extern size_t icp_password_letters(const uint8_t *random, size_t nrandom, char *out, size_t want);
extern size_t icp_password_digits(const uint8_t *random, size_t nrandom, char *out, size_t want);

#endif							/* ICP_CORE_PASSWORD_H */
