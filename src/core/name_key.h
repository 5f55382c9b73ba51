/*
 * name_key.h
 *	  Keys of sponsors' names: what 3 Q17 compares when it says that a full name is there already.
 *
 * Two names have one key when they differ in width, case, traditional or simplified characters, white space,
 * the kind of brackets, the kind of dashes or of middle dots.  A key's key is itself.
 */
#ifndef ICP_CORE_NAME_KEY_H
#define ICP_CORE_NAME_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <unicode/utypes.h>

/* Bumped when the folding itself changes; the data's versions stand behind it in icp_name_key_version. */
#define ICP_NAME_KEY_RULES "nfkc-hans-1"

#define ICP_NAME_KEY_ROOM (-1)	/* a buffer is too small */
#define ICP_NAME_KEY_ICU (-2)	/* ICU's data could not be opened */

/*
 * UTF-8 to key.  a and b are work space of room UChars each (len is enough for most names, 18 times len for
 * any); out has room for outroom bytes.  Returns the key's length or one of the codes above.
 */
extern int32_t icp_name_key(const char *text, size_t len, UChar *a, UChar *b, int32_t room,
							char *out, size_t outroom);

/* As icp_name_key, but never by the short way that common characters take; for the tests. */
extern int32_t icp_name_key_slow(const char *text, size_t len, UChar *a, UChar *b, int32_t room,
								 char *out, size_t outroom);

/*
 * What a key has for one character of ASCII, of its full-width forms, or for a Han character; any other
 * stays.  For those who compare names character by character and must keep the characters' number.
 */
extern uint32_t icp_name_key_char(uint32_t c);

/* Folding, ICU and Unicode version; stored beside keys. */
extern void icp_name_key_version(char *out, size_t room);

#endif							/* ICP_CORE_NAME_KEY_H */
