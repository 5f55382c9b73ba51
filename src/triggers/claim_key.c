/*
 * claim_key.c
 *	  From a column's value to the keys it claims.
 *
 * The keys of the registry's three kinds are what 3 Q17 compares: home page, domain list, full name of the sponsor.
 */
#include "postgres.h"

#include "compat.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "core/homepage.h"
#include "mb/pg_wchar.h"
#include "triggers/claim_key.h"
#include "types/domain_list_datum.h"
#include "types/name_key_make.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* The OID of a type of schema icp. */
static Oid
icp_type_oid(const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name),
						   ObjectIdGetDatum(get_namespace_oid("icp", false)));
}

ClaimKeySource
icp_claim_key_source(Relation rel, AttrNumber attnum, const char *kind)
{
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	Oid			type = getBaseType(att->atttypid);

	if (type == TEXTOID || type == VARCHAROID)
	{
		if (strcmp(kind, CLAIM_KIND_DOMAIN) == 0)
			return CLAIM_KEY_DOMAIN_TEXT;
		if (strcmp(kind, CLAIM_KIND_HOMEPAGE) == 0)
			return CLAIM_KEY_HOMEPAGE;
		if (strcmp(kind, CLAIM_KIND_SPONSOR_NAME) == 0)
			return CLAIM_KEY_NAME;
		return CLAIM_KEY_TEXT;
	}
	if (type == icp_type_oid("domain_list"))
		return CLAIM_KEY_DOMAIN_LIST;
	if (type == icp_type_oid("domain_name"))
		return CLAIM_KEY_DOMAIN_NAME;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("values of type %s cannot be claimed", format_type_be(att->atttypid)),
			 errdetail("Column \"%s\" of relation \"%s\".", NameStr(att->attname), RelationGetRelationName(rel)),
			 errhint("Use text, icp.domain_name or icp.domain_list.")));
}

static void
visit_domain_key(const uint8_t *key, size_t keylen, ClaimKeyVisitor visit, void *arg)
{
	char	   *text = palloc(ICP_DOMAIN_TEXT_SIZE);

	visit(text, icp_domain_text(key, keylen, text), arg);
}

static void
visit_domains(Datum value, ClaimKeyVisitor visit, void *arg)
{
	IcpListCursor cursor;

	icp_list_open(&cursor, DatumGetDomainListPP(value));
	while (icp_list_next(&cursor))
		visit_domain_key(cursor.key, cursor.keylen, visit, arg);
}

/*
 * A text that is no domain or no URL claims nothing: whether it may stand there is the business of the form rules,
 * and detection rejects nothing (3 Q17).
 */
static void
visit_domain_text(text *value, ClaimKeyVisitor visit, void *arg)
{
	char	   *utf8 = pg_server_to_any(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), PG_UTF8);
	size_t		length = utf8 == VARDATA_ANY(value) ? VARSIZE_ANY_EXHDR(value) : strlen(utf8);
	uint8_t		key[ICP_DOMAIN_MAX];
	IcpDomainFault fault;
	int			keylen = icp_domain_parse(utf8, length, key, &fault);

	if (keylen > 0)
		visit_domain_key(key, keylen, visit, arg);
}

static void
visit_homepage(text *value, ClaimKeyVisitor visit, void *arg)
{
	char	   *utf8 = pg_server_to_any(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value), PG_UTF8);
	size_t		length = utf8 == VARDATA_ANY(value) ? VARSIZE_ANY_EXHDR(value) : strlen(utf8);
	IcpUrl		url;
	IcpUrlFault fault;
	char	   *key;

	if (length > ICP_URL_MAX || !icp_url_parse(utf8, length, &url, &fault))
		return;
	key = palloc(3 * length + 300);
	visit(key, (int32) icp_homepage_key(&url, key), arg);
}

void
icp_claim_keys(ClaimKeySource source, Datum value, ClaimKeyVisitor visit, void *arg)
{
	text	   *t;

	switch (source)
	{
		case CLAIM_KEY_DOMAIN_LIST:
			visit_domains(value, visit, arg);
			return;
		case CLAIM_KEY_DOMAIN_NAME:
			t = DatumGetTextPP(value);
			visit_domain_key((const uint8_t *) VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), visit, arg);
			return;
		case CLAIM_KEY_DOMAIN_TEXT:
			visit_domain_text(DatumGetTextPP(value), visit, arg);
			return;
		case CLAIM_KEY_HOMEPAGE:
			visit_homepage(DatumGetTextPP(value), visit, arg);
			return;
		case CLAIM_KEY_NAME:
			{
				size_t		length;
				char	   *key;

				t = DatumGetTextPP(value);
				key = icp_name_key_make(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), &length);
				visit(key, (int32) length, arg);
			}
			return;
		case CLAIM_KEY_TEXT:
			t = DatumGetTextPP(value);
			visit(VARDATA_ANY(t), VARSIZE_ANY_EXHDR(t), arg);
			return;
	}
}
