/*
 * credential_sign.c
 *	  Check signs of GB 11643, GB 32100, GB 11714 and GS 15, and the 15-digit identity number.
 */
#include "core/credential_sign.h"

#include <stdint.h>
#include <string.h>

/* GB 11643: ISO 7064 MOD 11-2. */
char
icp_resident_id_sign(const char *body)
{
	static const uint8_t weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	unsigned	sum = 0;
	int			i;

	for (i = 0; i < 17; i++)
	{
		unsigned	digit = (unsigned char) body[i] - '0';

		if (digit > 9)
			return 0;
		sum += digit * weight[i];
	}
	return "10X98765432"[sum % 11];
}

/*
 * GB 32100: 31 signs, digits and capital letters without I, O, S, V, Z; the weights are the powers of 3
 * modulo 31.
 */
static const char uscc_signs[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int
uscc_value(char c)
{
	static const int8_t letters[26] = {
		10, 11, 12, 13, 14, 15, 16, 17, -1, 18, 19, 20, 21, /* A to M */
		22, -1, 23, 24, 25, -1, 26, 27, -1, 28, 29, 30, -1	/* N to Z */
	};

	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return letters[c - 'A'];
	return -1;
}

char
icp_uscc_sign(const char *body)
{
	static const uint8_t weight[17] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
	unsigned	sum = 0;
	int			i;

	for (i = 0; i < 17; i++)
	{
		int			value = uscc_value(body[i]);

		if (value < 0)
			return 0;
		sum += (unsigned) value * weight[i];
	}
	return uscc_signs[(31 - sum % 31) % 31];
}

/* GB 11714: letters count from A = 10 to Z = 35, none left out. */
char
icp_org_code_sign(const char *body)
{
	static const uint8_t weight[8] = {3, 7, 9, 10, 5, 8, 4, 2};
	unsigned	sum = 0;
	int			i;

	for (i = 0; i < 8; i++)
	{
		char		c = body[i];

		if (c >= '0' && c <= '9')
			sum += (unsigned) (c - '0') * weight[i];
		else if (c >= 'A' && c <= 'Z')
			sum += (unsigned) (c - 'A' + 10) * weight[i];
		else
			return 0;
	}
	return "0X987654321"[sum % 11]; /* 11 - r: 10 is X, 11 is 0 */
}

/* GS 15: ISO 7064 MOD 11,10. */
char
icp_business_licence_sign(const char *body)
{
	unsigned	p = 10;
	int			i;

	for (i = 0; i < 14; i++)
	{
		unsigned	digit = (unsigned char) body[i] - '0';
		unsigned	s;

		if (digit > 9)
			return 0;
		s = (p + digit) % 10;
		p = 2 * (s == 0 ? 10 : s) % 11;
	}
	return (char) ('0' + (11 - p) % 10);
}

/* The century of the 15 digits is the twentieth. */
void
icp_resident_id_upgrade(const char *former, char *number)
{
	memcpy(number, former, 6);
	memcpy(number + 6, "19", 2);
	memcpy(number + 8, former + 6, 9);
	number[17] = icp_resident_id_sign(number);
}
