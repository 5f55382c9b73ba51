/*
 * password.c
 *	  A stored password as text, and letters from random bytes.
 */
#include "core/password.h"

#include <string.h>

/* Nothing that is read as something else on paper or over the telephone: no 0 O o, 1 I i l. */
static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz";

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One part of the text, up to the next dollar sign or the end. */
typedef struct Part
{
	const char *s;
	size_t		len;
} Part;

static bool
read_number(Part part, uint64_t *value)
{
	uint64_t	n = 0;

	/* as we print it: no sign, no leading zero, so that a value has one text */
	if (part.len == 0 || part.len > 7 || part.s[0] == '0')
		return false;
	for (size_t i = 0; i < part.len; i++)
	{
		if (part.s[i] < '0' || part.s[i] > '9')
			return false;
		n = n * 10 + (uint64_t) (part.s[i] - '0');
	}
	*value = n;
	return true;
}

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static IcpPasswordReason
read_base64(Part part, uint8_t *out, size_t max, size_t *out_len, size_t *bad)
{
	size_t		padding = 0;
	size_t		n = 0;
	uint32_t	bits = 0;

	while (padding < 2 && padding < part.len && part.s[part.len - 1 - padding] == '=')
		padding++;
	if (part.len % 4 != 0)
	{
		*bad = part.len;
		return ICP_PASSWORD_BASE64;
	}
	if (part.len / 4 * 3 - padding > max)
		return ICP_PASSWORD_LENGTH;
	for (size_t i = 0; i < part.len; i++)
	{
		int			value = i < part.len - padding ? sextet(part.s[i]) : 0;

		if (value < 0)
		{
			*bad = i;
			return ICP_PASSWORD_BASE64;
		}
		bits = bits << 6 | (uint32_t) value;
		if (i % 4 == 3)
		{
			for (int shift = 16; shift >= 0; shift -= 8)
			{
				if (n < part.len / 4 * 3 - padding)
					out[n++] = (uint8_t) (bits >> shift);
				else if ((bits >> shift & 0xff) != 0)
				{
					/* bits that are not printed would give a value a second text */
					*bad = i - padding;
					return ICP_PASSWORD_BASE64;
				}
			}
			bits = 0;
		}
	}
	*out_len = n;
	return ICP_PASSWORD_OK;
}

IcpPasswordReason
icp_password_cost(uint64_t n, uint64_t r, uint64_t p)
{
	if (n < 2 || (n & (n - 1)) != 0)
		return ICP_PASSWORD_POWER;
	/* each is below 10^7, so that nothing here overflows */
	if (r == 0 || p == 0 || n * r > ICP_SCRYPT_MEMORY_MAX / 128 || r * p > ICP_SCRYPT_MEMORY_MAX / 128 ||
		n * r * p > ICP_SCRYPT_WORK_MAX)
		return ICP_PASSWORD_COST;
	/* RFC 7914 §2: N is below 2^(128 r / 8); with r > 1 the memory says so already */
	if (r == 1 && n >= UINT64_C(1) << 16)
		return ICP_PASSWORD_COST;
	return ICP_PASSWORD_OK;
}

IcpPasswordReason
icp_password_parse(const char *s, size_t len, IcpPassword *password, size_t *pos)
{
	static const char method[] = "scrypt$";
	Part		parts[5];
	uint64_t	numbers[3] = {0, 0, 0};
	size_t		start = sizeof(method) - 1;
	size_t		nparts = 0;
	size_t		bad = 0;
	IcpPasswordReason reason;

	*pos = 0;
	if (len < start || memcmp(s, method, start) != 0)
		return ICP_PASSWORD_METHOD;
	for (size_t i = start; i <= len; i++)
	{
		if (i < len && s[i] != '$')
			continue;
		*pos = start;
		if (nparts == 5)
			return ICP_PASSWORD_PARTS;
		parts[nparts].s = s + start;
		parts[nparts++].len = i - start;
		start = i + 1;
	}
	*pos = len;
	if (nparts != 5)
		return ICP_PASSWORD_PARTS;

	for (int i = 0; i < 3; i++)
	{
		*pos = (size_t) (parts[i].s - s);
		if (!read_number(parts[i], &numbers[i]))
			return ICP_PASSWORD_NUMBER;
	}
	*pos = (size_t) (parts[0].s - s);
	reason = icp_password_cost(numbers[0], numbers[1], numbers[2]);
	if (reason != ICP_PASSWORD_OK)
		return reason;
	password->n = (uint32_t) numbers[0];
	password->r = (uint32_t) numbers[1];
	password->p = (uint32_t) numbers[2];

	reason = read_base64(parts[3], password->salt, sizeof(password->salt), &password->salt_len, &bad);
	*pos = (size_t) (parts[3].s - s) + bad;
	if (reason != ICP_PASSWORD_OK)
		return reason;
	bad = 0;
	reason = read_base64(parts[4], password->digest, sizeof(password->digest), &password->digest_len, &bad);
	*pos = (size_t) (parts[4].s - s) + bad;
	if (reason != ICP_PASSWORD_OK)
		return reason;
	return password->digest_len < ICP_PASSWORD_DIGEST_MIN ? ICP_PASSWORD_LENGTH : ICP_PASSWORD_OK;
}

static char *
print_number(char *out, uint32_t value)
{
	char		digits[10];
	int			n = 0;

	do
		digits[n++] = (char) ('0' + value % 10);
	while ((value /= 10) != 0);
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

static char *
print_base64(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 3)
	{
		size_t		left = len - i;
		uint32_t	bits = (uint32_t) bytes[i] << 16;

		if (left > 1)
			bits |= (uint32_t) bytes[i + 1] << 8;
		if (left > 2)
			bits |= bytes[i + 2];
		*out++ = base64[bits >> 18];
		*out++ = base64[bits >> 12 & 63];
		*out++ = left > 1 ? base64[bits >> 6 & 63] : '=';
		*out++ = left > 2 ? base64[bits & 63] : '=';
	}
	return out;
}

size_t
icp_password_format(const IcpPassword *password, char *text)
{
	char	   *out = text;

	memcpy(out, "scrypt$", 7);
	out = print_number(out + 7, password->n);
	*out++ = '$';
	out = print_number(out, password->r);
	*out++ = '$';
	out = print_number(out, password->p);
	*out++ = '$';
	out = print_base64(out, password->salt, password->salt_len);
	*out++ = '$';
	out = print_base64(out, password->digest, password->digest_len);
	*out = '\0';
	return (size_t) (out - text);
}

static size_t
pick(const char *alphabet, size_t size, const uint8_t *random, size_t nrandom, char *out, size_t want)
{
	/* the last whole multiple: above it some letters would come more often */
	size_t		limit = 256 - 256 % size;
	size_t		n = 0;

	for (size_t i = 0; i < nrandom && n < want; i++)
	{
		if (random[i] < limit)
			out[n++] = alphabet[random[i] % size];
	}
	return n;
}

size_t
icp_password_letters(const uint8_t *random, size_t nrandom, char *out, size_t want)
{
	return pick(letters, sizeof(letters) - 1, random, nrandom, out, want);
}

size_t
icp_password_digits(const uint8_t *random, size_t nrandom, char *out, size_t want)
{
	return pick("0123456789", 10, random, nrandom, out, want);
}
