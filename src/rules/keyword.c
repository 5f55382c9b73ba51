/*
 * keyword.c
 *	  The backend's copy of the keyword and division tables, an automaton, and the search in it.
 *
 * Read and invalidated as table_copy.c says.  One automaton holds the words of all lists, so that a name is read
 * once however many lists it is compared with.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "core/automaton.h"
#include "core/fold.h"
#include "core/name_key.h"
#include "rules/keyword.h"
#include "server/table_copy.h"
#include "types/encoding.h"
#include "types/fault_words.h"

ICP_FUNCTION(icp_find_keywords);
ICP_FUNCTION(icp_keyword_changed);

#define TEXT_MAX_BYTES (1024 * 1024)

/* The leading columns of the tables, which an upgrade may follow with others but not move. */
#define ANUM_LIST		1
#define ANUM_WORD		2
#define ANUM_IS_USED	3		/* of keyword_local */
#define ANUM_DIVISION	1		/* of the divisions */
#define ANUM_NAME		2
#define ANUM_SHORT_NAME 3
#define ANUM_VALID_TO	5
#define ANUM_IS_WORD	6

typedef enum KeywordTable
{
	TABLE_KEYWORD,
	TABLE_KEYWORD_LOCAL,
	TABLE_DIVISION,
	TABLE_DIVISION_LOCAL
} KeywordTable;

static const char *const fixed_lists[KEYWORD_LISTS] = {
	"news", "publishing", "education", "health", "drugs", "culture", "broadcasting", "bbs", "ride_hailing",
	"religion", "finance", "national", "government", "person_excluded", "division",
	"test_words", "generic_app", "prohibited", "training", "idiom", "other_meaning"
};

typedef struct Entry
{
	const char *word;
	int			list;
	bool		is_short;
	bool		is_removed;		/* a bureau takes a shipped word out */
	int			code;			/* of a division; 0: none, or several have this name */
} Entry;

typedef struct KeywordCache
{
	TableCopy	copy;
	IcpAutomaton automaton;
	Entry	   *entries;		/* as many as the automaton has words */
	uint32		nentries;
	uint32		room;
	const char **lists;			/* names, the fixed ones first */
	int			nlists;
	int			lists_room;
} KeywordCache;

KeywordList
keyword_list_of(const char *name)
{
	int			i;

	for (i = 0; i < KEYWORD_LISTS; i++)
		if (strcmp(fixed_lists[i], name) == 0)
			break;
	return (KeywordList) i;
}

static int
find_list(const KeywordCache *c, const char *name)
{
	int			i;

	for (i = 0; i < c->nlists; i++)
		if (strcmp(c->lists[i], name) == 0)
			return i;
	return -1;
}

static int
list_number(KeywordCache *c, const char *name)
{
	int			list = find_list(c, name);

	if (list >= 0)
		return list;
	if (c->nlists == c->lists_room)
	{
		c->lists_room *= 2;
		c->lists = repalloc(c->lists, sizeof(char *) * c->lists_room);
	}
	c->lists[c->nlists] = pstrdup(name);
	return c->nlists++;
}

static void
add_entry(KeywordCache *c, int list, char *word, int code, bool is_short, bool is_removed)
{
	Entry	   *entry;
	int			len = strlen(word);

	if (c->nentries == c->room)
	{
		c->room *= 2;
		c->entries = repalloc_huge(c->entries, sizeof(Entry) * (Size) c->room);
	}
	entry = &c->entries[c->nentries++];
	/* in a database of another encoding this converts; else it is the word itself */
	entry->word = icp_to_utf8(word, &len);
	entry->list = list;
	entry->is_short = is_short;
	entry->is_removed = is_removed;
	entry->code = code;
}

static void
read_table(TableCopy *copy, int table, Relation rel, Snapshot snapshot)
{
	KeywordCache *c = (KeywordCache *) copy;
	TupleDesc	desc = RelationGetDescr(rel);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, snapshot, 0, NULL);
	HeapTuple	tuple;
	bool		isnull;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (table == TABLE_KEYWORD || table == TABLE_KEYWORD_LOCAL)
		{
			char	   *list = TextDatumGetCString(heap_getattr(tuple, ANUM_LIST, desc, &isnull));
			char	   *word = TextDatumGetCString(heap_getattr(tuple, ANUM_WORD, desc, &isnull));
			bool		removed = table == TABLE_KEYWORD_LOCAL &&
				!DatumGetBool(heap_getattr(tuple, ANUM_IS_USED, desc, &isnull));

			add_entry(c, list_number(c, list), word, 0, false, removed);
			pfree(list);
		}
		else
		{
			int			code = DatumGetInt32(heap_getattr(tuple, ANUM_DIVISION, desc, &isnull));
			Datum		name;

			/* names that are in force, and that say something alone: not 县 */
			(void) heap_getattr(tuple, ANUM_VALID_TO, desc, &isnull);
			if (!isnull || !DatumGetBool(heap_getattr(tuple, ANUM_IS_WORD, desc, &isnull)))
				continue;
			name = heap_getattr(tuple, ANUM_NAME, desc, &isnull);
			add_entry(c, KEYWORD_DIVISION, TextDatumGetCString(name), code, false, false);
			name = heap_getattr(tuple, ANUM_SHORT_NAME, desc, &isnull);
			if (!isnull)
				add_entry(c, KEYWORD_DIVISION, TextDatumGetCString(name), code, true, false);
		}
	}
	systable_endscan(scan);
}

/* By list and word; what takes a word out before the word, the longer of two readings before the shorter. */
static int
compare_entries(const void *a, const void *b)
{
	const Entry *x = a;
	const Entry *y = b;
	int			order;

	if (x->list != y->list)
		return x->list < y->list ? -1 : 1;
	order = strcmp(x->word, y->word);
	if (order != 0)
		return order;
	if (x->is_removed != y->is_removed)
		return x->is_removed ? -1 : 1;
	return (int) x->is_short - (int) y->is_short;
}

/* Each word once a list, without what was taken out. */
static void
settle_entries(KeywordCache *c)
{
	uint32		kept = 0;
	uint32		i;
	uint32		first = 0;
	bool		is_removed = false;

	qsort(c->entries, c->nentries, sizeof(Entry), compare_entries);
	for (i = 0; i < c->nentries; i++)
	{
		if (i > 0 && c->entries[i].list == c->entries[first].list &&
			strcmp(c->entries[i].word, c->entries[first].word) == 0)
		{
			/* the first of them was kept last */
			if (!is_removed && c->entries[i].code != c->entries[kept - 1].code)
				c->entries[kept - 1].code = 0;
			continue;
		}
		first = i;
		is_removed = c->entries[i].is_removed;
		if (!is_removed)
		{
			/* kept <= first, so the entry that others are compared with moves at most onto itself */
			c->entries[kept] = c->entries[i];
			kept++;
		}
	}
	c->nentries = kept;
}

static void
build_automaton(KeywordCache *c)
{
	IcpWord    *words;
	size_t		size;
	uint32		bad;
	uint32		i;

	words = MemoryContextAllocHuge(c->copy.context, sizeof(IcpWord) * ((Size) c->nentries + 1));
	for (i = 0; i < c->nentries; i++)
	{
		words[i].text = c->entries[i].word;
		words[i].len = strlen(c->entries[i].word);
	}
	switch (icp_automaton_size(words, c->nentries, &size, &bad))
	{
		case ICP_AUTOMATON_OK:
			break;
		case ICP_AUTOMATON_EMPTY_WORD:
		case ICP_AUTOMATON_LONG_WORD:
			/* CHECKs keep these out */
			elog(ERROR, "keyword of list %s is empty or too long", c->lists[c->entries[bad].list]);
			break;
		case ICP_AUTOMATON_TOO_MANY:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many keywords (关键词)")));
	}
	icp_automaton_build(&c->automaton, icp_name_key_char, words, c->nentries,
						MemoryContextAllocHuge(c->copy.context, size));
	pfree(words);
}

static void
begin_copy(TableCopy *copy)
{
	KeywordCache *c = (KeywordCache *) copy;

	c->room = 1024;
	c->entries = palloc(sizeof(Entry) * c->room);
	c->nlists = KEYWORD_LISTS;
	c->lists_room = KEYWORD_LISTS * 2;
	c->lists = palloc(sizeof(char *) * c->lists_room);
	memcpy(c->lists, fixed_lists, sizeof(fixed_lists));
}

static void
finish_copy(TableCopy *copy)
{
	settle_entries((KeywordCache *) copy);
	build_automaton((KeywordCache *) copy);
}

static TableCopyKind keyword_copies = {
	.name = "keywords",
	.size = sizeof(KeywordCache),
	.ntables = 4,
	.tables = {
		[TABLE_KEYWORD] = "keyword", [TABLE_KEYWORD_LOCAL] = "keyword_local",
		[TABLE_DIVISION] = "division", [TABLE_DIVISION_LOCAL] = "division_local"
	},
	.begin = begin_copy,
	.read = read_table,
	.finish = finish_copy
};

/* For a scan: it stays until the caller's memory context goes, since what is found is told while the scan goes on. */
static const KeywordCache *
get_cache(void)
{
	KeywordCache *c = (KeywordCache *) table_copy_get(&keyword_copies);

	table_copy_use(&c->copy, CurrentMemoryContext);
	return c;
}

/* What a scan looks for, and whom it tells. */
typedef struct Search
{
	const KeywordCache *cache;
	uint64		lists;
	int			own_list;		/* a bureau's own one, or -1 */
	const char *text;
	int			len;
	KeywordFound found;
	void	   *arg;
} Search;

/* A Latin letter begins at pos, in ASCII or full width or with an accent. */
static bool
letter_at(const char *s, int len, int pos)
{
	size_t		at = pos;
	uint32_t	c;

	if (pos < 0 || pos >= len)
		return false;
	c = icp_name_key_char(icp_utf8_next(s, len, &at));
	return (c >= 'a' && c <= 'z') || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7);
}

static int
character_before(const char *s, int pos)
{
	do
		pos--;
	while (pos > 0 && (s[pos] & 0xC0) == 0x80);
	return pos;
}

/* A word of Latin letters stands alone: no app in happy. */
static bool
is_part_of_latin_word(const Search *search, const Entry *entry, int pos, int end)
{
	int			len = strlen(entry->word);

	return (letter_at(search->text, search->len, character_before(search->text, pos)) &&
			letter_at(entry->word, len, 0)) ||
		(letter_at(search->text, search->len, end) &&
		 letter_at(entry->word, len, character_before(entry->word, len)));
}

static bool
found_word(void *arg, uint32_t word, size_t pos, size_t end, size_t nth)
{
	const Search *search = arg;
	const Entry *entry = &search->cache->entries[word];
	KeywordHit	hit;

	if (entry->list < KEYWORD_LISTS ?
		(search->lists & KEYWORD_BIT(entry->list)) == 0 : entry->list != search->own_list)
		return true;
	if (is_part_of_latin_word(search, entry, (int) pos, (int) end))
		return true;
	hit.list = entry->list;
	hit.word = entry->word;
	hit.pos = (int) pos;
	hit.end = (int) end;
	hit.nth = (int) nth;
	hit.is_short = entry->is_short;
	hit.code = entry->code;
	return search->found(search->arg, &hit);
}

void
keyword_scan(uint64 lists, const char *text, int len, KeywordFound found, void *arg)
{
	Search		search = {get_cache(), lists, -1, text, len, found, arg};

	icp_automaton_scan(&search.cache->automaton, text, len, found_word, &search);
}

static bool
take_first(void *arg, const KeywordHit *hit)
{
	KeywordHit *to = arg;

	*to = *hit;
	to->word = pstrdup(hit->word);
	return false;
}

bool
keyword_first(uint64 lists, const char *text, int len, KeywordHit *hit)
{
	hit->word = NULL;
	keyword_scan(lists, text, len, take_first, hit);
	return hit->word != NULL;
}

static bool
put_row(void *arg, const KeywordHit *hit)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		values[2];
	bool		nulls[2] = {false, false};
	char	   *word = pstrdup(hit->word);

	CHECK_FOR_INTERRUPTS();
	values[0] = CStringGetTextDatum(icp_from_utf8(word));
	values[1] = Int32GetDatum(hit->nth + 1);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	return true;
}

/* icp.find_keywords(list, value) */
Datum
icp_find_keywords(PG_FUNCTION_ARGS)
{
	char	   *list = text_to_cstring(PG_GETARG_TEXT_PP(0));
	text	   *value = PG_GETARG_TEXT_PP(1);
	int			len = VARSIZE_ANY_EXHDR(value);
	const char *s = icp_to_utf8(VARDATA_ANY(value), &len);
	Search		search;
	int			number;

	if (len > TEXT_MAX_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("text to search for keywords is longer than %d bytes", TEXT_MAX_BYTES)));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	search.cache = get_cache();
	number = find_list(search.cache, list);
	if (number < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("keyword list (关键词表) \"%s\" does not exist", icp_shown(list, strlen(list))),
				 errhint("Lists are those of icp.keyword and icp.keyword_local, and \"division\".")));
	search.lists = number < KEYWORD_LISTS ? KEYWORD_BIT(number) : 0;
	search.own_list = number;
	search.text = s;
	search.len = len;
	search.found = put_row;
	search.arg = fcinfo->resultinfo;
	icp_automaton_scan(&search.cache->automaton, s, len, found_word, &search);
	return (Datum) 0;
}

/* Trigger on the four tables: every session, this one included, reads them anew. */
Datum
icp_keyword_changed(PG_FUNCTION_ARGS)
{
	return table_copy_changed(fcinfo, "keyword_changed");
}
