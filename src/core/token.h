/*
 * token.h
 *	  Text or HTML as a stream of folded characters, each decoded once.
 *
 * A token is one folded character, or one run of white space.  In HTML, tags and comments count as white
 * space and character references are resolved.  The reader looks ahead by index and moves on; the window is
 * what the longest number takes, so reading is linear in the length of the text whatever is tried at each
 * place.
 */
#ifndef ICP_CORE_TOKEN_H
#define ICP_CORE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICP_WINDOW 128			/* a power of two, more than any number has tokens */
#define ICP_TOKEN_END 0			/* no folded character is 0 */

#define ICP_TOKEN_LOWER 1		/* was a small letter */
#define ICP_TOKEN_TAG 2			/* white space with a tag in it */

/* the characters that the grammars know, as folded */
enum
{
	HAN_YI = 0x4E00,			/* 一, which many type for a dash */
	HAN_GONG = 0x516C,			/* 公 */
	HAN_HAO = 0x53F7,			/* 号 */
	HAN_HE = 0x5408,			/* 合 */
	HAN_BEI = 0x5907,			/* 备 */
	HAN_ZI = 0x5B57,			/* 字 */
	HAN_AN = 0x5B89,			/* 安 */
	HAN_CASE = 0x6848,			/* 案 */
	HAN_DI = 0x7B2C,			/* 第 */
	HAN_BIAN = 0x7F16,			/* 编 */
	HAN_WANG = 0x7F51,			/* 网 */
	HAN_ZHENG = 0x8BC1			/* 证 */
};

typedef struct IcpToken
{
	uint32_t	c;				/* folded character, ' ' for white space, ICP_TOKEN_END */
	uint32_t	flags;
	size_t		pos;			/* bytes of the text that it stands for */
	size_t		end;
} IcpToken;

typedef struct IcpStream
{
	const char *s;
	size_t		len;
	size_t		pos;			/* of what is not decoded yet */
	bool		html;
	bool		comment_open;	/* no "-->" ahead */
	size_t		next_open;		/* where the next '<' and '>' are, if not before pos */
	size_t		next_close;
	unsigned	head;
	unsigned	count;
	uint32_t	prev;			/* the token before the window, ICP_TOKEN_END at the start */
	uint32_t	prev_word;		/* the same, but for white space, colons and opening brackets */
	IcpToken	ring[ICP_WINDOW];
} IcpStream;

extern void icp_stream_init(IcpStream *st, const char *s, size_t len, bool html);
extern const IcpToken *icp_stream_fill(IcpStream *st, unsigned k);
extern void icp_stream_skip(IcpStream *st, unsigned n);

/* the token k places ahead, k < ICP_WINDOW; the end repeats itself */
static inline const IcpToken *
icp_peek(IcpStream *st, unsigned k)
{
	if (k < st->count)
		return &st->ring[(st->head + k) & (ICP_WINDOW - 1)];
	return icp_stream_fill(st, k);
}

static inline uint32_t
icp_peek_char(IcpStream *st, unsigned k)
{
	return icp_peek(st, k)->c;
}

static inline bool
icp_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
icp_is_letter(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

#endif							/* ICP_CORE_TOKEN_H */
