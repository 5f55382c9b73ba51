/*
 * password.c
 *	  Filing passwords (备案密码, 4 §14(七), §47): made, kept as a salted scrypt digest, compared in constant time.
 */
#include "postgres.h"

#include "compat.h"

#include "core/password.h"
#include "crypt/crypt.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

ICP_FUNCTION(icp_hash_password);
ICP_FUNCTION(icp_check_password);
ICP_FUNCTION(icp_random_password);
ICP_FUNCTION(icp_random_code);

#define SALT_LENGTH		16
#define DIGEST_LENGTH	32
#define BLOCK_SIZE		8		/* r */
#define PASSWORD_LENGTH 12		/* 69 bits */
#define PASSWORD_BYTES	1000	/* at most; what is typed is never as long */
#define CODE_DIGITS_MIN 4
#define CODE_DIGITS_MAX 18

/* The password as UTF-8, so that a stored digest says the same in a database of another encoding. */
static char *
password_bytes(text *password, size_t *len)
{
	char	   *s = VARDATA_ANY(password);
	int			n = VARSIZE_ANY_EXHDR(password);
	char	   *utf8;

	if (n > PASSWORD_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a password (密码) has at most %d bytes", PASSWORD_BYTES)));
	utf8 = pg_server_to_any(s, n, PG_UTF8);
	*len = utf8 == s ? n : strlen(utf8);
	return utf8;
}

/*
 * hash_password(text, integer) --- the second argument is log2 of scrypt's N
 */
Datum
icp_hash_password(PG_FUNCTION_ARGS)
{
	int32		cost = PG_GETARG_INT32(1);
	IcpPassword stored;
	char		printed[ICP_PASSWORD_TEXT_MAX];
	char	   *password;
	size_t		len;

	if (cost < 1 || cost > 17)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cost %d of a password's digest is not accepted", cost),
				 errhint("1 to 17: the memory it takes is 2^cost kilobytes.")));
	stored.n = UINT32_C(1) << cost;
	stored.r = BLOCK_SIZE;
	stored.p = 1;
	stored.salt_len = SALT_LENGTH;
	stored.digest_len = DIGEST_LENGTH;
	password = password_bytes(PG_GETARG_TEXT_PP(0), &len);
	icp_random_bytes(stored.salt, stored.salt_len);
	CHECK_FOR_INTERRUPTS();
	icp_scrypt(password, len, stored.salt, stored.salt_len, stored.n, stored.r, stored.p,
			   stored.digest, stored.digest_len);
	len = icp_password_format(&stored, printed);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(printed, len));
}

ICP_NORETURN static void malformed(IcpPasswordReason reason, size_t pos);

/* The text itself is not shown: it is what a thief would want. */
static void
malformed(IcpPasswordReason reason, size_t pos)
{
	const char *detail = "";

	switch (reason)
	{
		case ICP_PASSWORD_OK:
			break;
		case ICP_PASSWORD_METHOD:
			detail = "It does not begin with \"scrypt$\"";
			break;
		case ICP_PASSWORD_PARTS:
			detail = "It does not have five parts behind \"scrypt\"";
			break;
		case ICP_PASSWORD_NUMBER:
			detail = "N, r or p is not a number of at most seven digits";
			break;
		case ICP_PASSWORD_POWER:
			detail = "N is not a power of 2";
			break;
		case ICP_PASSWORD_COST:
			detail = "N, r and p ask for more than 128 MB, or for more work than N = 131072, r = 8, p = 1, or N "
				"is not below 65536 with r = 1";
			break;
		case ICP_PASSWORD_BASE64:
			detail = "Salt or digest is not base64";
			break;
		case ICP_PASSWORD_LENGTH:
			detail = "The salt has more than 64 bytes, or the digest less than 16 or more than 64";
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("a stored password (密码摘要) is malformed"),
			 errdetail("%s; byte %zu.", detail, pos + 1),
			 errhint("It is what icp.hash_password() returns: scrypt$N$r$p$salt$digest.")));
}

/*
 * check_password(text, text) --- is it the password that was stored?
 */
Datum
icp_check_password(PG_FUNCTION_ARGS)
{
	text	   *printed = PG_GETARG_TEXT_PP(1);
	IcpPassword stored;
	IcpPasswordReason reason;
	uint8		digest[ICP_PASSWORD_DIGEST_MAX];
	char	   *password;
	size_t		len;
	size_t		pos;
	bool		same;

	reason = icp_password_parse(VARDATA_ANY(printed), VARSIZE_ANY_EXHDR(printed), &stored, &pos);
	if (reason != ICP_PASSWORD_OK)
		malformed(reason, pos);
	password = password_bytes(PG_GETARG_TEXT_PP(0), &len);
	CHECK_FOR_INTERRUPTS();
	icp_scrypt(password, len, stored.salt, stored.salt_len, stored.n, stored.r, stored.p,
			   digest, stored.digest_len);
	same = icp_same_secret(digest, stored.digest, stored.digest_len);
	icp_forget(digest, sizeof(digest));
	PG_RETURN_BOOL(same);
}

/* Fills a text from the generator, with as many tries as the bytes that are passed over ask for. */
static text *
random_text(size_t (*pick) (const uint8_t *, size_t, char *, size_t), size_t want)
{
	text	   *result = palloc(VARHDRSZ + want);
	uint8		random[64];
	size_t		n = 0;

	while (n < want)
	{
		icp_random_bytes(random, sizeof(random));
		n += pick(random, sizeof(random), VARDATA(result) + n, want - n);
	}
	icp_forget(random, sizeof(random));
	SET_VARSIZE(result, VARHDRSZ + want);
	return result;
}

/*
 * random_password()
 */
Datum
icp_random_password(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(random_text(icp_password_letters, PASSWORD_LENGTH));
}

/*
 * random_code(integer) --- so many digits
 */
Datum
icp_random_code(PG_FUNCTION_ARGS)
{
	int32		digits = PG_GETARG_INT32(0);

	if (digits < CODE_DIGITS_MIN || digits > CODE_DIGITS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a code (验证码) of %d digits is not made", digits),
				 errhint("%d to %d digits.", CODE_DIGITS_MIN, CODE_DIGITS_MAX)));
	PG_RETURN_TEXT_P(random_text(icp_password_digits, digits));
}
