/*
 * crypt.c
 *	  What the extension takes from OpenSSL's libcrypto.
 *
 * Each call that can fail is checked, and a failure is an ERROR with OpenSSL's own words: nothing goes on
 * with half a digest.
 */
#include "postgres.h"

#include "compat.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "core/password.h"
#include "crypt/crypt.h"
#include "utils/memutils.h"

struct IcpDigester
{
	EVP_MAC_CTX *mac;			/* one of the two */
	EVP_MD_CTX *md;
	EVP_MD	   *md_type;
	EVP_MAC    *mac_type;
	MemoryContextCallback callback;
};

ICP_NORETURN static void openssl_failed(const char *what);

static void
openssl_failed(const char *what)
{
	unsigned long code = ERR_get_error();
	char		text[256] = "no reason given";

	if (code != 0)
		ERR_error_string_n(code, text, sizeof(text));
	ERR_clear_error();
	ereport(ERROR,
			(errcode(ERRCODE_INTERNAL_ERROR),
			 errmsg("%s failed in OpenSSL", what),
			 errdetail("%s.", text)));
}

void
icp_random_bytes(uint8 *out, size_t len)
{
	Assert(len <= INT_MAX);
	if (RAND_bytes(out, (int) len) != 1)
		openssl_failed("random bytes");
}

void
icp_scrypt(const char *password, size_t password_len, const uint8 *salt, size_t salt_len,
		   uint64 n, uint64 r, uint64 p, uint8 *out, size_t out_len)
{
	/* OpenSSL counts some kilobytes on top of what the parameters ask for */
	if (EVP_PBE_scrypt(password, password_len, salt, salt_len, n, r, p, 2 * ICP_SCRYPT_MEMORY_MAX,
					   out, out_len) != 1)
		openssl_failed("scrypt");
}

bool
icp_same_secret(const uint8 *a, const uint8 *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void
icp_forget(void *secret, size_t len)
{
	OPENSSL_cleanse(secret, len);
}

/* OpenSSL's memory is not the server's: it is given back with the context, also after an error. */
static void
digester_free(void *arg)
{
	IcpDigester *digester = arg;

	EVP_MAC_CTX_free(digester->mac);
	EVP_MD_CTX_free(digester->md);
	EVP_MAC_free(digester->mac_type);
	EVP_MD_free(digester->md_type);
}

IcpDigester *
icp_digester_create(IcpDigestMethod method, const uint8 *key, size_t key_len)
{
	IcpDigester *digester = palloc0(sizeof(IcpDigester));

	digester->callback.func = digester_free;
	digester->callback.arg = digester;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, &digester->callback);

	if (method == ICP_SHA256)
	{
		digester->md_type = EVP_MD_fetch(NULL, "SHA256", NULL);
		digester->md = EVP_MD_CTX_new();
		if (digester->md_type == NULL || digester->md == NULL)
			openssl_failed("SHA-256");
	}
	else
	{
		char	   *name = method == ICP_HMAC_SM3 ? "SM3" : "SHA256";
		OSSL_PARAM	params[2];

		params[0] = OSSL_PARAM_construct_utf8_string("digest", name, 0);
		params[1] = OSSL_PARAM_construct_end();
		digester->mac_type = EVP_MAC_fetch(NULL, "HMAC", NULL);
		if (digester->mac_type != NULL)
			digester->mac = EVP_MAC_CTX_new(digester->mac_type);
		if (digester->mac == NULL)
			openssl_failed("HMAC");
		if (EVP_MAC_init(digester->mac, key, key_len, params) != 1)
			openssl_failed(method == ICP_HMAC_SM3 ? "HMAC-SM3 (has this OpenSSL SM3?)" : "HMAC-SHA-256");
	}
	return digester;
}

void
icp_digester_begin(IcpDigester *digester)
{
	/* without a key: the one it was made with */
	if (digester->mac != NULL ? EVP_MAC_init(digester->mac, NULL, 0, NULL) != 1 :
		EVP_DigestInit_ex(digester->md, digester->md_type, NULL) != 1)
		openssl_failed("digest");
}

void
icp_digester_add(IcpDigester *digester, const void *bytes, size_t len)
{
	if (digester->mac != NULL ? EVP_MAC_update(digester->mac, bytes, len) != 1 :
		EVP_DigestUpdate(digester->md, bytes, len) != 1)
		openssl_failed("digest");
}

void
icp_digester_end(IcpDigester *digester, uint8 *out)
{
	size_t		len = 0;

	if (digester->mac != NULL)
	{
		if (EVP_MAC_final(digester->mac, out, &len, ICP_DIGEST_LENGTH) != 1)
			openssl_failed("digest");
	}
	else
	{
		unsigned int md_len = 0;

		if (EVP_DigestFinal_ex(digester->md, out, &md_len) != 1)
			openssl_failed("digest");
		len = md_len;
	}
	if (len != ICP_DIGEST_LENGTH)
		elog(ERROR, "a digest has %zu bytes", len);
}
