/*
 * automaton.c
 *	  Every occurrence of every word of a list in a text, in one pass.
 */
#include "core/automaton.h"

#include "core/fold.h"

/* Broken bytes are unlike each other and unlike any character: a word of them is found only in itself. */
static uint32_t
next_symbol(const IcpAutomaton *a, const char *s, size_t len, size_t *pos)
{
	size_t		from = *pos;
	uint32_t	c = icp_utf8_next(s, len, pos);

	if (c == ICP_BAD_CHAR && *pos == from + 1)
		return 0x110000 + (uint32_t) (unsigned char) s[from];
	return a->fold(c);
}

static uint32_t
slot_of(const IcpAutomaton *a, uint32_t parent, uint32_t symbol)
{
	uint64_t	h = ((uint64_t) parent << 21 ^ symbol) * UINT64_C(0x9E3779B97F4A7C15);

	return (uint32_t) (h >> 32) & a->mask;
}

/* The state that a character leads to, or 0: none leads to the beginning. */
static uint32_t
child(const IcpAutomaton *a, uint32_t parent, uint32_t symbol)
{
	uint32_t	i = slot_of(a, parent, symbol);
	uint32_t	at;

	while ((at = a->slot[i]) != 0)
	{
		if (a->state[at].parent == parent && a->state[at].symbol == symbol)
			return at;
		i = (i + 1) & a->mask;
	}
	return 0;
}

static uint32_t
new_state(IcpAutomaton *a, uint32_t parent, uint32_t symbol)
{
	uint32_t	at = a->states++;
	uint32_t	i = slot_of(a, parent, symbol);
	IcpState   *state = &a->state[at];

	while (a->slot[i] != 0)
		i = (i + 1) & a->mask;
	a->slot[i] = at;
	state->parent = parent;
	state->symbol = symbol;
	state->word = ICP_NO_WORD;
	state->depth = a->state[parent].depth + 1;
	return at;
}

/* All shorter states are linked already. */
static void
link_state(IcpAutomaton *a, uint32_t at)
{
	IcpState   *state = &a->state[at];
	uint32_t	back = state->parent;
	uint32_t	to = 0;

	while (to == 0 && back != 0)
	{
		back = a->state[back].fallback;
		to = child(a, back, state->symbol);
	}
	state->fallback = to;
	state->shorter = a->state[to].word != ICP_NO_WORD ? to : a->state[to].shorter;
}

static uint32_t
slots_for(uint32_t states)
{
	uint32_t	slots = 16;

	while (slots / 2 < states)
		slots *= 2;
	return slots;
}

/* States there can be: the beginning, and one for each character; 0 where a word is bad. */
static uint32_t
most_states(const IcpWord *words, uint32_t n, IcpAutomatonStatus *status, uint32_t *bad)
{
	uint32_t	states = 1;

	for (*bad = 0; *bad < n; ++*bad)
	{
		const IcpWord *word = &words[*bad];
		size_t		pos = 0;
		uint32_t	chars = 0;

		while (pos < word->len && chars <= ICP_WORD_MAX)
		{
			(void) icp_utf8_next(word->text, word->len, &pos);
			chars++;
		}
		if (chars == 0 || chars > ICP_WORD_MAX)
		{
			*status = chars == 0 ? ICP_AUTOMATON_EMPTY_WORD : ICP_AUTOMATON_LONG_WORD;
			return 0;
		}
		/* states and their slots are counted in 32 bits */
		if (states > (UINT32_C(1) << 29) - ICP_WORD_MAX)
		{
			*status = ICP_AUTOMATON_TOO_MANY;
			return 0;
		}
		states += chars;
	}
	*status = ICP_AUTOMATON_OK;
	return states;
}

IcpAutomatonStatus
icp_automaton_size(const IcpWord *words, uint32_t n, size_t *size, uint32_t *bad)
{
	IcpAutomatonStatus status;
	uint32_t	states = most_states(words, n, &status, bad);

	if (status == ICP_AUTOMATON_OK)
		*size = (size_t) states * sizeof(IcpState) + ((size_t) slots_for(states) + n) * sizeof(uint32_t);
	return status;
}

void
icp_automaton_build(IcpAutomaton *a, IcpFoldChar fold, IcpWord *words, uint32_t n, void *memory)
{
	IcpAutomatonStatus status;
	uint32_t	bad;
	uint32_t	most = most_states(words, n, &status, &bad);
	uint32_t	slots = slots_for(most);
	uint32_t	i;
	bool		more = true;

	a->fold = fold;
	a->words = n;
	a->mask = slots - 1;
	a->state = memory;
	a->slot = (uint32_t *) (a->state + most);
	a->same = a->slot + slots;
	for (i = 0; i < slots; i++)
		a->slot[i] = 0;

	a->states = 1;
	a->state[0].parent = 0;
	a->state[0].symbol = 0;
	a->state[0].fallback = 0;
	a->state[0].shorter = 0;
	a->state[0].word = ICP_NO_WORD;
	a->state[0].depth = 0;
	for (i = 0; i < n; i++)
	{
		words[i].pos = 0;
		words[i].state = 0;
		a->same[i] = ICP_NO_WORD;
	}

	/*
	 * All words one character deeper in each round, so that states are numbered by depth.  From the last word to the
	 * first, so that of equal ones the first comes to stand before the others.
	 */
	while (more)
	{
		more = false;
		for (i = n; i-- > 0;)
		{
			IcpWord    *word = &words[i];
			uint32_t	symbol;
			uint32_t	to;

			if (word->pos >= word->len)
				continue;
			symbol = next_symbol(a, word->text, word->len, &word->pos);
			to = child(a, word->state, symbol);
			if (to == 0)
				to = new_state(a, word->state, symbol);
			word->state = to;
			if (word->pos < word->len)
				more = true;
			else
			{
				a->same[i] = a->state[to].word;
				a->state[to].word = i;
			}
		}
	}

	for (i = 1; i < a->states; i++)
		link_state(a, i);
}

uint64_t
icp_automaton_scan(const IcpAutomaton *a, const char *text, size_t len, IcpWordFound found, void *arg)
{
	size_t		start[ICP_WORD_MAX];	/* where the last characters begin */
	size_t		pos = 0;
	size_t		nth = 0;
	uint32_t	at = 0;
	uint64_t	looked = 0;

	if (a->states <= 1)
		return 0;
	while (pos < len)
	{
		uint32_t	symbol;
		uint32_t	to;
		uint32_t	end;

		start[nth % ICP_WORD_MAX] = pos;
		symbol = next_symbol(a, text, len, &pos);
		looked++;
		while ((to = child(a, at, symbol)) == 0 && at != 0)
		{
			at = a->state[at].fallback;
			looked++;
		}
		at = to;
		for (end = at; end != 0; end = a->state[end].shorter)
		{
			const IcpState *state = &a->state[end];
			uint32_t	word;

			if (end != at)
				looked++;
			for (word = state->word; word != ICP_NO_WORD; word = a->same[word])
			{
				size_t		first = nth + 1 - state->depth;

				if (!found(arg, word, start[first % ICP_WORD_MAX], pos, first))
					return looked;
			}
		}
		nth++;
	}
	return looked;
}
