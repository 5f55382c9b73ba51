/*
 * fuzz_credential.c
 *	  Credentials, without the server.
 *
 * What must hold for any bytes: a fault lies inside the text; what parses prints, and the print parses to
 * itself; a number whose check sign alone is wrong parses when it is waived, and when the right sign stands
 * in its place; the mask hides; a number under a kind gives what kind:number gives.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/credential.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
print(const IcpCredential *c, char *out)
{
	size_t		n = icp_credential_text(c->number.kind, c->number.text, c->number.len, c->waiver,
										c->waiver_len, out);

	REQUIRE(n < ICP_CREDENTIAL_TEXT_ROOM && strlen(out) <= n);
	return n;
}

/* A credential prints and reads as itself, and its parts are in range. */
static void
round_trip(const IcpCredential *c)
{
	char		text[ICP_CREDENTIAL_TEXT_ROOM];
	char		again_text[ICP_CREDENTIAL_TEXT_ROOM];
	char		mask[ICP_CREDENTIAL_ROOM];
	IcpCredential again;
	IcpCredentialFault fault;
	size_t		n = print(c, text);
	size_t		m;
	int32_t		division = icp_credential_division(c->number.kind, c->number.text, c->number.len);
	int32_t		birth = icp_credential_birth(c->number.kind, c->number.text, c->number.len);

	REQUIRE(icp_credential_text_parse(text, n, 0, &again, &fault) == ICP_CRED_OK);
	REQUIRE(again.number.kind == c->number.kind && again.number.scheme == c->number.scheme);
	REQUIRE(again.number.notes == c->number.notes);
	m = print(&again, again_text);
	REQUIRE(m == n && memcmp(text, again_text, n) == 0);
	REQUIRE(c->number.len > 0);
	REQUIRE(icp_credential_characters(c->number.text, c->number.len) <= ICP_CREDENTIAL_SIGNS);
	REQUIRE(icp_credential_scheme(c->number.kind, c->number.text, c->number.len) == c->number.scheme);
	REQUIRE(division >= 0 && division <= 999999);
	REQUIRE(birth == 0 || (birth >= 18000101 && birth <= 99991231));
	m = icp_credential_mask(c->number.kind, c->number.text, c->number.len, mask);
	REQUIRE(m <= c->number.len && strchr(mask, '*') != NULL);
}

static void
try_kind(IcpCredentialKind kind, const char *text, size_t len)
{
	IcpCredential c;
	IcpCredential other;
	IcpCredentialFault fault;
	IcpCredentialFault again;
	IcpCredentialReason reason = icp_credential_make(kind, text, len, NULL, 0, 0, &c, &fault);
	char		detail[ICP_CREDENTIAL_DETAIL_ROOM];

	REQUIRE(fault.reason == reason);
	if (reason == ICP_CRED_OK)
	{
		round_trip(&c);
		/* a day takes some away and adds none */
		reason = icp_credential_check(kind, text, len, 20260101, &fault);
		REQUIRE(reason == ICP_CRED_OK || reason == ICP_CRED_FORMER || reason == ICP_CRED_BIRTH_FUTURE);
		REQUIRE(icp_credential_make(kind, text, len, "x", 1, 0, &other, &fault) == ICP_CRED_WAIVER);
		return;
	}
	REQUIRE(fault.position <= len && fault.length <= len - fault.position);
	icp_credential_detail(&fault, detail);
	REQUIRE(strlen(detail) > 0 && strlen(icp_credential_hint(&fault)) > 0);
	if (icp_credential_sign_fault(reason))
	{
		REQUIRE(fault.character >= 1 && fault.character <= c.number.len && fault.expected != '\0');
		if (icp_credential_kinds[kind].waivable)
		{
			REQUIRE(icp_credential_make(kind, text, len, " why ", 5, 0, &other, &again) == ICP_CRED_OK);
			round_trip(&other);
		}
		/* the inner sign first, as the outer one counts it */
		if (fault.expected_inner != '\0')
			c.number.text[16] = fault.expected_inner;
		if (reason == ICP_CRED_CHECK && fault.expected_inner == '\0')
			c.number.text[fault.character - 1] = fault.expected;
		else
			c.number.text[17] = icp_uscc_sign(c.number.text);
		REQUIRE(icp_credential_make(kind, c.number.text, c.number.len, NULL, 0, 0, &other, &again) ==
				ICP_CRED_OK);
		round_trip(&other);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = malloc(size + 1);
	char	   *mask = malloc(size + 1);
	IcpCredential *c = malloc(sizeof(*c));
	IcpCredentialFault fault;
	IcpCredentialReason reason;
	int			kind;

	if (size > 0)
		memcpy(text, data, size);
	reason = icp_credential_text_parse(text, size, 0, c, &fault);
	if (reason == ICP_CRED_OK)
		round_trip(c);
	else
		REQUIRE(fault.reason == reason && fault.position <= size && fault.length <= size - fault.position);
	REQUIRE(icp_credential_text_mask(text, size, mask) <= size);
	for (kind = 1; kind <= ICP_CREDENTIAL_KINDS; kind++)
		try_kind((IcpCredentialKind) kind, text, size);
	free(text);
	free(mask);
	free(c);
	return 0;
}
