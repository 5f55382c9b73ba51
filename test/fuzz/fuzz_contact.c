/*
 * fuzz_contact.c
 *	  Telephone numbers, e-mail, names and addresses, without the server.
 *
 * The first byte chooses.  For any bytes: the verdict is that of the reason, a fault lies inside the text, white space
 * around the text changes no verdict.  A telephone number's canonical form is its own, of the same kind and province;
 * of 11 digits that begin with 13 to 19 none is wrong.  The host of a right e-mail address is a domain name.  A name
 * that is right stays so for a foreigner.  An address that is right has a detail to show.
 */
#define _GNU_SOURCE				/* memmem */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/domain.h"
#include "core/email.h"
#include "core/person_name.h"
#include "core/phone.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly the size, so that reading past the end is seen. */
static char *
copy_of(const char *text, size_t len)
{
	char	   *copy = malloc(len ? len : 1);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

static void
check_fault(IcpVerdict verdict, const IcpContactText *words, const IcpContactFault *fault, size_t len)
{
	REQUIRE(words->code != NULL && words->verdict == verdict);
	REQUIRE((verdict == ICP_RIGHT) == (fault->reason == 0));
	REQUIRE(fault->position <= len && fault->length <= len - fault->position);
	if (verdict != ICP_RIGHT)
	{
		REQUIRE(words->detail != NULL && words->hint != NULL);
		REQUIRE(words->detail[strlen(words->detail) - 1] == '.');
	}
}

static void
check_phone(const char *text, size_t len)
{
	IcpPhone	phone;
	IcpPhone	again;
	IcpContactFault fault;
	IcpVerdict	verdict = icp_phone_check(text, len, &phone, &fault);
	IcpContactFault in_list;
	IcpVerdict	list;
	char		out[ICP_PHONE_TEXT_SIZE];
	char		out2[ICP_PHONE_TEXT_SIZE];
	size_t		n;
	size_t		digits = 0;
	size_t		i;

	check_fault(verdict, icp_phone_reason_text(fault.reason), &fault, len);
	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++)
		digits++;
	if (digits == len && len == 11 && text[0] == '1' && text[1] >= '3')
		REQUIRE(verdict != ICP_WRONG && phone.kind == ICP_PHONE_MOBILE);
	if (verdict != ICP_WRONG)
	{
		char	   *copy;

		REQUIRE(phone.kind != ICP_PHONE_NONE && icp_phone_kinds[phone.kind] != NULL);
		REQUIRE(phone.area + phone.local + phone.extension <= ICP_PHONE_DIGITS);
		n = icp_phone_write(&phone, out);
		REQUIRE(n < sizeof(out) && out[n] == '\0');
		copy = copy_of(out, n);
		REQUIRE(icp_phone_check(copy, n, &again, &fault) == verdict);
		REQUIRE(again.kind == phone.kind && again.province == phone.province);
		REQUIRE(icp_phone_write(&again, out2) == n && memcmp(out, out2, n) == 0);
		free(copy);
	}
	list = icp_phone_list_check(text, len, &again, &in_list);
	check_fault(list, icp_phone_reason_text(in_list.reason), &in_list, len);
	if (memchr(text, ';', len) == NULL && memchr(text, '\xEF', len) == NULL)
		REQUIRE(list == verdict);
}

static void
check_email(const char *text, size_t len)
{
	IcpContactFault fault;
	IcpVerdict	verdict = icp_email_check(text, len, &fault);

	check_fault(verdict, icp_email_reason_text(fault.reason), &fault, len);
	if (verdict == ICP_RIGHT)
	{
		const char *at = memchr(text, '@', len);
		uint8_t		key[ICP_DOMAIN_MAX];
		IcpDomainFault domain;
		size_t		host;

		REQUIRE(at != NULL && memchr(at + 1, '@', (size_t) (text + len - at - 1)) == NULL);
		for (host = (size_t) (text + len - at - 1); host > 0; host--)
		{
			unsigned char c = (unsigned char) at[host];

			if (c > ' ' && c < 0x80)
				break;
		}
		if (memmem(at, host, "--", 2) == NULL)
			REQUIRE(icp_domain_parse(at + 1, host, key, &domain) > 0);
	}
}

static void
check_name(const char *text, size_t len)
{
	IcpContactFault fault;
	IcpVerdict	native = icp_person_name_check(text, len, false, &fault);
	IcpVerdict	foreign;

	check_fault(native, icp_person_name_reason_text(fault.reason), &fault, len);
	foreign = icp_person_name_check(text, len, true, &fault);
	check_fault(foreign, icp_person_name_reason_text(fault.reason), &fault, len);
	REQUIRE(foreign <= native);
}

static void
check_address(const char *text, size_t len)
{
	IcpContactFault fault;
	IcpAddressDetail detail;
	IcpVerdict	verdict = icp_address_check(text, len, &detail, &fault);

	check_fault(verdict, icp_address_reason_text(fault.reason), &fault, len);
	if (verdict == ICP_RIGHT)
		REQUIRE(detail >= ICP_DETAIL_VILLAGE);
	else if (verdict == ICP_WARNING)
		REQUIRE(detail >= ICP_DETAIL_BUILDING);
}

static IcpVerdict
verdict_of(unsigned which, const char *text, size_t len)
{
	IcpContactFault fault;
	IcpAddressDetail detail;
	IcpPhone	phone;

	switch (which)
	{
		case 0:
			return icp_phone_check(text, len, &phone, &fault);
		case 1:
			return icp_email_check(text, len, &fault);
		case 2:
			return icp_person_name_check(text, len, false, &fault);
		default:
			return icp_address_check(text, len, &detail, &fault);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned	which;
	char	   *text;
	char	   *padded;
	size_t		len;

	if (size == 0)
		return 0;
	which = data[0] & 3;
	len = size - 1;
	text = copy_of((const char *) data + 1, len);
	if (which == 0)
		check_phone(text, len);
	else if (which == 1)
		check_email(text, len);
	else if (which == 2)
		check_name(text, len);
	else
		check_address(text, len);

	padded = malloc(len + 4);
	padded[0] = ' ';
	memcpy(padded + 1, text, len);
	memcpy(padded + 1 + len, "\xE3\x80\x80", 3);
	/* a text that ends within a character would swallow the space */
	if (len == 0 || (unsigned char) text[len - 1] < 0x80)
		REQUIRE(verdict_of(which, padded, len + 4) == verdict_of(which, text, len));
	free(padded);
	free(text);
	return 0;
}
