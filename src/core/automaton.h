/*
 * automaton.h
 *	  Every occurrence of every word of a list in a text, in one pass (Aho and Corasick).
 *
 * A state is a beginning of a word.  Words and texts are read character by character and folded alike, so
 * that a word is found in whatever width, case or traditional form it is written.  The work for a text grows
 * with the text and the occurrences, not with the number of words: each character moves the state one step
 * deeper, or the state falls back to a shorter one, which it can do no more often than it went deeper.
 *
 * Filling: icp_automaton_size() for the memory, which is the caller's and must be aligned for uint64_t, then
 * icp_automaton_build().  The words' texts are not needed afterwards, the memory is.
 */
#ifndef ICP_CORE_AUTOMATON_H
#define ICP_CORE_AUTOMATON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICP_WORD_MAX 64			/* characters of a word */
#define ICP_NO_WORD UINT32_MAX

/* one character for all those that shall be equal */
typedef uint32_t (*IcpFoldChar) (uint32_t c);

typedef struct IcpWord
{
	const char *text;
	size_t		len;
	/* work space of the building */
	size_t		pos;
	uint32_t	state;
} IcpWord;

typedef enum IcpAutomatonStatus
{
	ICP_AUTOMATON_OK,
	ICP_AUTOMATON_EMPTY_WORD,	/* a word without characters, which would stand everywhere */
	ICP_AUTOMATON_LONG_WORD,	/* one of more than ICP_WORD_MAX characters */
	ICP_AUTOMATON_TOO_MANY		/* more characters in all than states can be counted */
} IcpAutomatonStatus;

typedef struct IcpState
{
	uint32_t	parent;
	uint32_t	symbol;			/* the folded character that leads here from parent */
	uint32_t	fallback;		/* the longest shorter state that this one ends with */
	uint32_t	shorter;		/* the nearest state on that way at which a word ends; 0 for none */
	uint32_t	word;			/* the first word that ends here, or ICP_NO_WORD */
	uint32_t	depth;			/* characters from the beginning */
} IcpState;

typedef struct IcpAutomaton
{
	IcpFoldChar fold;
	uint32_t	states;			/* 0: nothing was built; state 0 is the beginning */
	uint32_t	words;
	uint32_t	mask;			/* slots - 1 */
	IcpState   *state;
	uint32_t   *slot;			/* hash table from (parent, symbol) to state */
	uint32_t   *same;			/* by word: the next that reads the same, or ICP_NO_WORD */
} IcpAutomaton;

/*
 * Word number `word` stands in the text's bytes [pos, end), at its character `nth`, counted from 0.  Words
 * come in the order of their ends, longer ones first; equal words in the order they were given.  False ends
 * the scan.
 */
typedef bool (*IcpWordFound) (void *arg, uint32_t word, size_t pos, size_t end, size_t nth);

/* Bytes that building these words takes; *bad is the word that status speaks of. */
extern IcpAutomatonStatus icp_automaton_size(const IcpWord *words, uint32_t n, size_t *size, uint32_t *bad);

/* Memory of icp_automaton_size() bytes; the words must be the same. */
extern void icp_automaton_build(IcpAutomaton *a, IcpFoldChar fold, IcpWord *words, uint32_t n, void *memory);

/*
 * One pass over a text.  Returns the states looked at, for tests: at most twice the characters, and
 * one for each occurrence.
 */
extern uint64_t icp_automaton_scan(const IcpAutomaton *a, const char *text, size_t len,
								   IcpWordFound found, void *arg);

#endif							/* ICP_CORE_AUTOMATON_H */
