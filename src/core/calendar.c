/*
 * calendar.c
 *	  Working-day arithmetic over a bitmap of the loaded years.
 */
#include "core/calendar.h"

#include <string.h>

#define DAYS_IN_CYCLE	146097	/* the Gregorian calendar repeats after 400 years */

static int64_t
floor_div(int64_t a, int64_t b)
{
	int64_t		q = a / b;

	return (a % b < 0) ? q - 1 : q;
}

/* 1 January of a year.  2000 begins a cycle, so the cycle's leap years lie at its multiples of 4. */
static int64_t
year_start(int64_t year)
{
	int64_t		cycle = floor_div(year - 2000, 400);
	int64_t		y = year - 2000 - cycle * 400;

	return cycle * DAYS_IN_CYCLE + y * 365 + (y + 3) / 4 - (y + 99) / 100 + (y + 399) / 400;
}

/* The year a day lies in; 0 is 1 BC. */
static int64_t
icp_calendar_year_of(int64_t day)
{
	int64_t		cycle = floor_div(day, DAYS_IN_CYCLE);
	int64_t		year = 2000 + cycle * 400 + (day - cycle * DAYS_IN_CYCLE) / 365;

	/* leap days make the guess late by at most one year */
	if (year_start(year) > day)
		year--;
	return year;
}

static bool
year_is_loaded(const IcpCalendar *cal, int64_t year)
{
	return year >= ICP_CALENDAR_FIRST_YEAR && year <= ICP_CALENDAR_LAST_YEAR &&
		cal->loaded[year - ICP_CALENDAR_FIRST_YEAR];
}

static int64_t
run_first(const IcpCalendar *cal, int64_t year)
{
	return cal->run_first[year - ICP_CALENDAR_FIRST_YEAR];
}

static int64_t
run_last(const IcpCalendar *cal, int64_t year)
{
	return cal->run_last[year - ICP_CALENDAR_FIRST_YEAR];
}

static void
put_bit(IcpCalendar *cal, int64_t day, bool working)
{
	int64_t		bit = day - year_start(ICP_CALENDAR_FIRST_YEAR);
	uint64_t	mask = UINT64_C(1) << (bit % 64);

	if (working)
		cal->working[bit / 64] |= mask;
	else
		cal->working[bit / 64] &= ~mask;
}

static int
count_bits(uint64_t w)
{
	w -= (w >> 1) & UINT64_C(0x5555555555555555);
	w = (w & UINT64_C(0x3333333333333333)) + ((w >> 2) & UINT64_C(0x3333333333333333));
	w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (int) ((w * UINT64_C(0x0101010101010101)) >> 56);
}

/* Working days from the first day of the bitmap to this one, it included. */
static int64_t
rank_of(const IcpCalendar *cal, int64_t day)
{
	int64_t		bit = day - year_start(ICP_CALENDAR_FIRST_YEAR);

	if (bit < 0)
		return 0;
	if (bit >= (int64_t) ICP_CALENDAR_WORDS * 64)
		bit = (int64_t) ICP_CALENDAR_WORDS * 64 - 1;
	return cal->before[bit / 64] + count_bits(cal->working[bit / 64] & (~UINT64_C(0) >> (63 - bit % 64)));
}

/* The day whose rank is k and that is a working day; k is known to lie in the bitmap. */
static int64_t
day_of_rank(const IcpCalendar *cal, int64_t k)
{
	int			low = 0;
	int			high = ICP_CALENDAR_WORDS - 1;
	uint64_t	w;

	/* the last word with fewer than k working days before it */
	while (low < high)
	{
		int			middle = (low + high + 1) / 2;

		if (cal->before[middle] < k)
			low = middle;
		else
			high = middle - 1;
	}
	w = cal->working[low];
	for (k -= cal->before[low]; k > 1; k--)
		w &= w - 1;
	return year_start(ICP_CALENDAR_FIRST_YEAR) + (int64_t) low * 64 + count_bits((w & (~w + 1)) - 1);
}

void
icp_calendar_clear(IcpCalendar *cal)
{
	memset(cal, 0, sizeof(*cal));
}

/* Makes a year known, Monday to Friday as its working days; false where the bitmap has no such year. */
bool
icp_calendar_load_year(IcpCalendar *cal, int64_t year)
{
	int64_t		day;
	int64_t		end;

	if (year < ICP_CALENDAR_FIRST_YEAR || year > ICP_CALENDAR_LAST_YEAR)
		return false;
	cal->loaded[year - ICP_CALENDAR_FIRST_YEAR] = true;
	end = year_start(year + 1);
	for (day = year_start(year); day < end; day++)
	{
		/* 2000-01-01 was a Saturday; 0 is Monday */
		int64_t		weekday = day + 5 - floor_div(day + 5, 7) * 7;

		put_bit(cal, day, weekday < 5);
	}
	return true;
}

/* An exception; false, and nothing done, in a year that is not loaded. */
bool
icp_calendar_set(IcpCalendar *cal, int64_t day, bool working)
{
	if (!year_is_loaded(cal, icp_calendar_year_of(day)))
		return false;
	put_bit(cal, day, working);
	return true;
}

void
icp_calendar_finish(IcpCalendar *cal)
{
	int32_t		sum = 0;
	int			i;

	for (i = 0; i < ICP_CALENDAR_WORDS; i++)
	{
		cal->before[i] = sum;
		sum += count_bits(cal->working[i]);
	}
	for (i = 0; i < ICP_CALENDAR_YEARS; i++)
		cal->run_first[i] = (i > 0 && cal->loaded[i - 1]) ? cal->run_first[i - 1] : ICP_CALENDAR_FIRST_YEAR + i;
	for (i = ICP_CALENDAR_YEARS - 1; i >= 0; i--)
		cal->run_last[i] = (i < ICP_CALENDAR_YEARS - 1 && cal->loaded[i + 1]) ? cal->run_last[i + 1] :
			ICP_CALENDAR_FIRST_YEAR + i;
}

bool
icp_calendar_is_working(const IcpCalendar *cal, int32_t day, bool *working, int64_t *missing)
{
	int64_t		year = icp_calendar_year_of(day);

	if (!year_is_loaded(cal, year))
	{
		*missing = year;
		return false;
	}
	*working = rank_of(cal, day) != rank_of(cal, (int64_t) day - 1);
	return true;
}

/*
 * The n-th working day after a day, or before it where n is negative; the day itself where n is 0, working or
 * not, which needs no calendar.  Only the days that are counted must be loaded: the day itself is not.
 */
bool
icp_calendar_add(const IcpCalendar *cal, int32_t day, int32_t n, int32_t *result, int64_t *missing)
{
	int64_t		first = (int64_t) day + (n > 0 ? 1 : -1);
	int64_t		year;
	int64_t		k;

	if (n == 0)
	{
		*result = day;
		return true;
	}
	year = icp_calendar_year_of(first);
	if (!year_is_loaded(cal, year))
	{
		*missing = year;
		return false;
	}
	if (n > 0)
	{
		k = rank_of(cal, day) + n;
		if (k > rank_of(cal, year_start(run_last(cal, year) + 1) - 1))
		{
			*missing = run_last(cal, year) + 1;
			return false;
		}
	}
	else
	{
		/* n = -1 is the last working day up to the day before */
		k = rank_of(cal, first) + n + 1;
		if (k <= rank_of(cal, year_start(run_first(cal, year)) - 1))
		{
			*missing = run_first(cal, year) - 1;
			return false;
		}
	}
	*result = (int32_t) day_of_rank(cal, k);
	return true;
}

/* The working days in (from, to], negative where to is before from. */
bool
icp_calendar_between(const IcpCalendar *cal, int32_t from, int32_t to, int32_t *result, int64_t *missing)
{
	int64_t		low = from < to ? from : to;
	int64_t		high = from < to ? to : from;
	int64_t		year = icp_calendar_year_of(low + 1);
	int64_t		count;

	if (low == high)
	{
		*result = 0;
		return true;
	}
	if (!year_is_loaded(cal, year))
	{
		*missing = year;
		return false;
	}
	if (icp_calendar_year_of(high) > run_last(cal, year))
	{
		*missing = run_last(cal, year) + 1;
		return false;
	}
	count = rank_of(cal, high) - rank_of(cal, low);
	*result = (int32_t) (from < to ? count : -count);
	return true;
}
