/*
 * keyword.h
 *	  Words that a name may not hold without a reason: icp.keyword, icp.division, a bureau's own rows.
 */
#ifndef ICP_RULES_KEYWORD_H
#define ICP_RULES_KEYWORD_H

/* The lists that rules name; a bureau may make others, which SQL finds by name. */
typedef enum KeywordList
{
	KEYWORD_NEWS,				/* 新闻 */
	KEYWORD_PUBLISHING,			/* 出版 */
	KEYWORD_EDUCATION,			/* 教育 */
	KEYWORD_HEALTH,				/* 卫生 */
	KEYWORD_DRUGS,				/* 药监 */
	KEYWORD_CULTURE,			/* 文化 */
	KEYWORD_BROADCASTING,		/* 广电 */
	KEYWORD_BBS,				/* 电子公告 */
	KEYWORD_RIDE_HAILING,		/* 网约车 */
	KEYWORD_RELIGION,			/* 宗教 */
	KEYWORD_FINANCE,			/* 金融 */
	KEYWORD_NATIONAL,			/* 国字号 */
	KEYWORD_GOVERNMENT,			/* 政府 */
	KEYWORD_PERSON_EXCLUDED,	/* what an individual's site may not call itself */
	KEYWORD_DIVISION,			/* 行政区划名, from icp.division */
	KEYWORD_TEST_WORDS,			/* 测试 */
	KEYWORD_GENERIC_APP,		/* an app's name that names nothing */
	KEYWORD_PROHIBITED,			/* what no name may be about, 5 附件3 一(一) */
	KEYWORD_TRAINING,			/* 校外培训 */
	KEYWORD_IDIOM,				/* 成语, what an individual's site is not named for */
	KEYWORD_OTHER_MEANING,		/* 另有含义: what only looks as if it held a word of the others */
	KEYWORD_LISTS
} KeywordList;

#define KEYWORD_BIT(list) (UINT64CONST(1) << (list))

typedef struct KeywordHit
{
	int			list;			/* of the enum; beyond it, a bureau's own */
	const char *word;			/* as the table has it, in UTF-8, zero-terminated */
	int			pos;			/* where it stands in the text: bytes [pos, end) */
	int			end;
	int			nth;			/* the first of its characters, counted from 0 */
	bool		is_short;		/* a division's name without 省, 市, 县, 区 */
	int			code;			/* of the division; 0: none, or several that are called so */
} KeywordHit;

/* false: enough.  It must not scan itself, and the word is good until it returns. */
typedef bool (*KeywordFound) (void *arg, const KeywordHit *hit);

/* Every word of these lists (KEYWORD_BIT(…) | …) in a text of UTF-8, by their ends, in one pass. */
extern void keyword_scan(uint64 lists, const char *text, int len, KeywordFound found, void *arg);

/* The first of them, by where it ends; *hit is set if there is one, its word palloc'd. */
extern bool keyword_first(uint64 lists, const char *text, int len, KeywordHit *hit);

/* The list that the tables call so; KEYWORD_LISTS where it is none of these. */
extern KeywordList keyword_list_of(const char *name);

#endif							/* ICP_RULES_KEYWORD_H */
