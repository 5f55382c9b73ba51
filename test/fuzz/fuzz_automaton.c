/*
 * fuzz_automaton.c
 *	  Keyword search, without the server.
 *
 * The first byte chooses the folding, the lines that follow are words, the last one is the text.  What must
 * hold for any bytes: the automaton finds what comparing each word at each character finds, in the order it
 * promises, and looks at no more states than it promises.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/automaton.h"
#include "core/fold.h"
#include "core/name_key.h"

#define REQUIRE(condition) \
	do { \
		if (!(condition)) \
		{ \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

#define MAX_WORDS 64
#define MAX_BYTES 1024

typedef struct Symbols
{
	uint32_t	symbol[MAX_BYTES];
	size_t		start[MAX_BYTES + 1];	/* where each begins, and the end */
	size_t		n;
} Symbols;

static IcpFoldChar fold;
static Symbols text;
static Symbols folded[MAX_WORDS];
static IcpWord words[MAX_WORDS];
static uint32_t nwords;

/* where the comparison stands: the next character that a word may end at, and the next word there */
static size_t next_end;
static uint32_t next_rank;
static uint64_t hits;

int			LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t
fold_nothing(uint32_t c)
{
	return c;
}

static void
read_symbols(Symbols *to, const char *s, size_t len)
{
	size_t		pos = 0;

	to->n = 0;
	while (pos < len)
	{
		size_t		from = pos;
		uint32_t	c = icp_utf8_next(s, len, &pos);

		to->start[to->n] = from;
		if (c == ICP_BAD_CHAR && pos == from + 1)
			c = 0x110000 + (unsigned char) s[from];
		else
			c = fold(c);
		to->symbol[to->n++] = c;
	}
	to->start[to->n] = len;
}

static bool
ends_at(uint32_t word, size_t end)
{
	const Symbols *w = &folded[word];

	return w->n <= end && memcmp(w->symbol, text.symbol + end - w->n, w->n * sizeof(uint32_t)) == 0;
}

/*
 * The next occurrence by comparison: by end, then the longer word, then the earlier one.  Rank r at an end is
 * word r % nwords of length ICP_WORD_MAX - r / nwords.
 */
static bool
expect(uint32_t *word, size_t *end)
{
	for (; next_end <= text.n; next_end++, next_rank = 0)
	{
		for (; next_rank < nwords * ICP_WORD_MAX; next_rank++)
		{
			uint32_t	w = next_rank % nwords;

			if (folded[w].n == ICP_WORD_MAX - next_rank / nwords && ends_at(w, next_end))
			{
				*word = w;
				*end = next_end;
				next_rank++;
				return true;
			}
		}
	}
	return false;
}

static bool
found(void *arg, uint32_t word, size_t pos, size_t end, size_t nth)
{
	uint32_t	expected;
	size_t		at;

	(void) arg;
	REQUIRE(expect(&expected, &at));
	REQUIRE(word == expected);
	REQUIRE(end == text.start[at]);
	REQUIRE(nth == at - folded[word].n);
	REQUIRE(pos == text.start[nth]);
	hits++;
	return true;
}

static bool
found_one(void *arg, uint32_t word, size_t pos, size_t end, size_t nth)
{
	(void) word;
	(void) pos;
	(void) end;
	(void) nth;
	++*(unsigned *) arg;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *) data;
	IcpAutomaton automaton;
	IcpAutomatonStatus status;
	size_t		bytes;
	uint32_t	bad;
	uint32_t	expected;
	size_t		at;
	uint64_t	looked;
	unsigned	called = 0;
	void	   *memory;

	if (size < 1 || size > MAX_BYTES)
		return 0;
	fold = s[0] & 1 ? icp_name_key_char : fold_nothing;
	s++;
	size--;
	for (nwords = 0; nwords < MAX_WORDS; nwords++)
	{
		const char *stop = memchr(s, '\n', size);

		if (stop == NULL)
			break;
		words[nwords].text = s;
		words[nwords].len = (size_t) (stop - s);
		size -= (size_t) (stop - s) + 1;
		s = stop + 1;
	}
	read_symbols(&text, s, size);

	status = icp_automaton_size(words, nwords, &bytes, &bad);
	if (status != ICP_AUTOMATON_OK)
	{
		REQUIRE(bad < nwords);
		read_symbols(&folded[0], words[bad].text, words[bad].len);
		REQUIRE(status == ICP_AUTOMATON_EMPTY_WORD ? folded[0].n == 0 :
				status == ICP_AUTOMATON_LONG_WORD && folded[0].n > ICP_WORD_MAX);
		return 0;
	}
	for (bad = 0; bad < nwords; bad++)
		read_symbols(&folded[bad], words[bad].text, words[bad].len);
	memory = malloc(bytes);
	icp_automaton_build(&automaton, fold, words, nwords, memory);

	next_end = 0;
	next_rank = 0;
	hits = 0;
	looked = icp_automaton_scan(&automaton, s, size, found, NULL);
	REQUIRE(!expect(&expected, &at));
	REQUIRE(looked <= 2 * text.n + hits);

	icp_automaton_scan(&automaton, s, size, found_one, &called);
	REQUIRE(called == (hits > 0));
	free(memory);
	return 0;
}
