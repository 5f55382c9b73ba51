/*
 * calendar.h
 *	  Working-day arithmetic over a bitmap of the loaded years.
 *
 * A day is counted as the server counts dates: 0 is 2000-01-01.  The bitmap has one bit for each day from
 * 1950 to 2199, set on working days of loaded years, and for each word the number of bits set before it; so
 * counting the working days between two days, and finding the n-th one, take no walk over the days.
 *
 * Filling: icp_calendar_clear(), then icp_calendar_load_year() for every known year, then icp_calendar_set()
 * for the exceptions, then icp_calendar_finish().
 */
#ifndef ICP_CORE_CALENDAR_H
#define ICP_CORE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define ICP_CALENDAR_FIRST_YEAR 1950
#define ICP_CALENDAR_LAST_YEAR	2199
#define ICP_CALENDAR_YEARS		(ICP_CALENDAR_LAST_YEAR - ICP_CALENDAR_FIRST_YEAR + 1)
#define ICP_CALENDAR_WORDS		((ICP_CALENDAR_YEARS * 366 + 63) / 64)

typedef struct IcpCalendar
{
	uint64_t	working[ICP_CALENDAR_WORDS];
	int32_t		before[ICP_CALENDAR_WORDS]; /* working days in the words before this one */
	bool		loaded[ICP_CALENDAR_YEARS];
	int32_t		run_first[ICP_CALENDAR_YEARS];	/* first and last year of the unbroken run of loaded */
	int32_t		run_last[ICP_CALENDAR_YEARS];	/* years that a loaded year stands in */
} IcpCalendar;

extern void icp_calendar_clear(IcpCalendar *cal);
extern bool icp_calendar_load_year(IcpCalendar *cal, int64_t year);
extern bool icp_calendar_set(IcpCalendar *cal, int64_t day, bool working);
extern void icp_calendar_finish(IcpCalendar *cal);

/* These three return false, and the first year that is missing, when a day they need is in no loaded year. */
extern bool icp_calendar_is_working(const IcpCalendar *cal, int32_t day, bool *working, int64_t *missing);
extern bool icp_calendar_add(const IcpCalendar *cal, int32_t day, int32_t n, int32_t *result, int64_t *missing);
extern bool icp_calendar_between(const IcpCalendar *cal, int32_t from, int32_t to, int32_t *result,
								 int64_t *missing);

#endif							/* ICP_CORE_CALENDAR_H */
