/*
 * encoding.h
 *	  The cores read and write UTF-8; a database may have another encoding that has Chinese.
 */
#ifndef ICP_TYPES_ENCODING_H
#define ICP_TYPES_ENCODING_H

#include "postgres.h"

/*
 * s in UTF-8, which is s itself where the database says so; *len becomes its length.  Characters that UTF-8 has
 * none for (an unassigned code of EUC_CN) become U+FFFD, which no value of ours holds: what is wrong with the text
 * is for its reader to say, not for the conversion.
 */
extern const char *icp_to_utf8(const char *s, int *len);

/*
 * A zero-terminated UTF-8 text in the encoding of the database: a value, which fails where the encoding lacks a
 * character of it, and words for a person, in which a question mark stands for such a one.
 */
extern char *icp_from_utf8(char *s);
extern char *icp_words_from_utf8(const char *s);

#endif							/* ICP_TYPES_ENCODING_H */
