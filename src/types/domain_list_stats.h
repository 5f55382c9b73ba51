/*
 * domain_list_stats.h
 *	  What ANALYZE keeps of a column of domain lists.
 *
 * Beside the scalar statistics of whole lists there is one slot of core's kind MCELEM: the most common
 * domains, in order, and numbers: a frequency for each of them (share of the lists that have the domain),
 * then those below.
 */
#ifndef ICP_TYPES_DOMAIN_LIST_STATS_H
#define ICP_TYPES_DOMAIN_LIST_STATS_H

#define LIST_STATS_MIN 0		/* the least of the frequencies, 0 if there are none */
#define LIST_STATS_MAX 1		/* the greatest */
#define LIST_STATS_NULLS 2		/* NULL elements, as arrays have it here: always 0 */
#define LIST_STATS_OTHER 3		/* average frequency of a domain that is not listed */
#define LIST_STATS_LENGTH 4		/* average number of domains of a list */
#define LIST_STATS_EMPTY 5		/* share of lists without a domain */
#define LIST_STATS_SINGLE 6		/* share of lists of one */
#define LIST_STATS_NUMBERS 7

#endif							/* ICP_TYPES_DOMAIN_LIST_STATS_H */
