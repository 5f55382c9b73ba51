/*
 * find.c
 *	  Every number that stands in a text or HTML.
 */
#include "core/find.h"

#include "core/match_number.h"
#include "core/psb_number.h"

void
icp_find_init(IcpFinder *f, IcpFindWhat what, const char *s, size_t len)
{
	icp_stream_init(&f->stream, s, len, true);
	f->what = what;
}

/*
 * Can a number begin here?  Nearly every character of a page answers no.
 */
static bool
may_begin(IcpFinder *f, uint32_t c)
{
	IcpStream  *st = &f->stream;
	uint32_t	next;

	if (c < 0x4E00)
		return f->what == ICP_FIND_NUMBERS && (c == 'A' || c == 'B') &&
			(icp_peek_char(st, 1) == '1' || icp_peek_char(st, 1) == '2');
	if (c == HAN_HE)
		return f->what == ICP_FIND_NUMBERS && icp_peek_char(st, 1) == HAN_ZI;
	if (icp_province_of_char(c) == 0)
		return false;
	next = icp_peek_char(st, 1);
	if (next == ' ' || next == ')' || next == '-' || next == '.')
		return true;
	return f->what == ICP_FIND_NUMBERS ? icp_is_letter(next) : next == HAN_GONG;
}

IcpFound
icp_find_next(IcpFinder *f, unsigned budget, int64_t *value, size_t *pos, size_t *end)
{
	IcpStream  *st = &f->stream;

	while (budget-- > 0)
	{
		uint32_t	c = icp_peek_char(st, 0);

		if (c == ICP_TOKEN_END)
			return ICP_FOUND_NONE;
		if (may_begin(f, c))
		{
			IcpMatch	m;
			IcpFault	fault = {0};
			bool		ok;

			if (f->what == ICP_FIND_NUMBERS)
				ok = icp_match_number(st, ICP_MATCH_PAGE, &m, &fault);
			else
				ok = icp_match_psb(st, &m, &fault);
			if (ok)
			{
				*value = m.value;
				*pos = icp_peek(st, 0)->pos;
				*end = icp_peek(st, m.tokens - 1)->end;
				icp_stream_skip(st, m.tokens);
				return ICP_FOUND;
			}
		}
		icp_stream_skip(st, 1);
	}
	return ICP_FOUND_LATER;
}
