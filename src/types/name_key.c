/*
 * name_key.c
 *	  Keys of sponsors' names.
 *
 * STABLE, as ICU's data changes what a name's key is: a key is stored with icp.name_key_version() beside it.
 */
#include "postgres.h"

#include "compat.h"
#include "utils/builtins.h"

#include "core/name_key.h"
#include "types/encoding.h"
#include "types/name_key_make.h"

#define NAME_MAX_BYTES (1024 * 1024)

ICP_FUNCTION(icp_name_key_text);
ICP_FUNCTION(icp_name_key_version_text);

char *
icp_name_key_make(const char *name, int len, size_t *keylen)
{
	const char *utf8 = icp_to_utf8(name, &len);
	size_t		room = len + 32;
	UChar	   *work;
	char	   *out;
	char	   *key;
	int32_t		got;

	if (len > NAME_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("name is longer than %d bytes", NAME_MAX_BYTES)));
	for (;;)
	{
		work = palloc(2 * room * sizeof(UChar));
		out = palloc(3 * room + 1);
		got = icp_name_key(utf8, len, work, work + room, (int32_t) room, out, 3 * room);
		pfree(work);
		if (got != ICP_NAME_KEY_ROOM)
			break;
		pfree(out);
		room *= 4;				/* some ligatures become 18 characters */
	}
	if (got < 0)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("ICU's normalisation or transliteration data could not be opened")));
	out[got] = '\0';
	key = icp_from_utf8(out);
	*keylen = strlen(key);
	return key;
}

Datum
icp_name_key_text(PG_FUNCTION_ARGS)
{
	text	   *name = PG_GETARG_TEXT_PP(0);
	size_t		len;
	char	   *key = icp_name_key_make(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), &len);

	PG_RETURN_TEXT_P(cstring_to_text_with_len(key, len));
}

Datum
icp_name_key_version_text(PG_FUNCTION_ARGS)
{
	char		version[96];

	icp_name_key_version(version, sizeof(version));
	PG_RETURN_TEXT_P(cstring_to_text(version));
}
