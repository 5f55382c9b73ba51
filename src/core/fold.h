/*
 * fold.h
 *	  Typography folded away, one character at a time: width, traditional forms, dashes, white space, case.
 */
#ifndef ICP_CORE_FOLD_H
#define ICP_CORE_FOLD_H

#include <stddef.h>
#include <stdint.h>

#define ICP_BAD_CHAR 0xFFFD		/* what a broken byte reads as */

/* the character at *pos, which moves behind it; never reads at or beyond len */
extern uint32_t icp_utf8_next(const char *s, size_t len, size_t *pos);

/* writes a character, returns its bytes (at most 4) */
extern size_t icp_utf8_put(char *buf, uint32_t c);

/*
 * The character that stands for all its look-alikes: '0'..'9', 'A'..'Z', ' ' for white space, '-' for the
 * dashes, ':' '.' '/' '(' ')' '"' for what serves as such, '*' for signs that mask digits, simplified
 * characters for the traditional ones that names of provinces and labels of numbers use.  0 for what has no
 * width.
 */
extern uint32_t icp_fold(uint32_t c);

#endif							/* ICP_CORE_FOLD_H */
