/*
 * fuzz_password.c
 *	  The parser of stored passwords and the choice of letters, without the server.
 *
 * What must hold for any bytes: a fault lies inside the text; what parses is within the limits, fits into its text,
 * prints as the very text that was read, and that parses to the same value.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/password.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_letters(const uint8_t *data, size_t size)
{
	char		out[16];
	size_t		n = icp_password_letters(data, size, out, sizeof(out));

	REQUIRE(n <= sizeof(out) && n <= size);
	for (size_t i = 0; i < n; i++)
		REQUIRE(strchr("0O1Iilo", out[i]) == NULL && out[i] > ' ');
	n = icp_password_digits(data, size, out, 6);
	REQUIRE(n <= 6 && n <= size);
	for (size_t i = 0; i < n; i++)
		REQUIRE(out[i] >= '0' && out[i] <= '9');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	IcpPassword password;
	IcpPassword again;
	IcpPasswordReason reason;
	size_t		pos = SIZE_MAX;
	char		text[ICP_PASSWORD_TEXT_MAX];
	size_t		n;

	/* exactly as long as it is, so that reading beyond it is seen */
	char	   *s = malloc(size > 0 ? size : 1);

	if (size > 0)
		memcpy(s, data, size);
	check_letters(data, size);
	reason = icp_password_parse(s, size, &password, &pos);
	REQUIRE(pos <= size);
	if (reason == ICP_PASSWORD_OK)
	{
		REQUIRE(icp_password_cost(password.n, password.r, password.p) == ICP_PASSWORD_OK);
		REQUIRE((uint64_t) password.n * password.r * 128 <= ICP_SCRYPT_MEMORY_MAX);
		REQUIRE(password.salt_len <= sizeof(password.salt) && password.digest_len <= sizeof(password.digest));
		n = icp_password_format(&password, text);
		REQUIRE(n == size && n < sizeof(text) && memcmp(text, s, n) == 0 && text[n] == '\0');
		REQUIRE(icp_password_parse(text, n, &again, &pos) == ICP_PASSWORD_OK);
		REQUIRE(again.n == password.n && again.r == password.r && again.p == password.p);
		REQUIRE(again.salt_len == password.salt_len && memcmp(again.salt, password.salt, again.salt_len) == 0);
		REQUIRE(again.digest_len == password.digest_len &&
				memcmp(again.digest, password.digest, again.digest_len) == 0);
	}
	free(s);
	return 0;
}
