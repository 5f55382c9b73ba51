/*
 * rule_day.c
 *	  The day as of which a record is judged.
 */
#include "postgres.h"

#include "access/xact.h"
#include "rules/rule_day.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#define NUMBER_YEAR_MAX 200000	/* times 10000 it is below 2^31, some years more as well */

/* Today is today in China, wherever the session is. */
DateADT
rule_today(void)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp() + INT64CONST(8) * USECS_PER_HOUR;
	int64		days = now / USECS_PER_DAY;

	if (now % USECS_PER_DAY < 0)
		days--;
	return (DateADT) days;
}

int32
rule_day_number(DateADT date)
{
	static DateADT last_date = 0;
	static int32 last_number = 20000101;

	/* a statement's records are mostly judged as of one day */
	if (date != last_date)
	{
		int			year;
		int			month;
		int			day;

		j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
		/* years go on to 5874897, for which the number has no room; what lies that far ahead is one year */
		year = Min(year, NUMBER_YEAR_MAX);
		last_number = year * 10000 + month * 100 + day;
		last_date = date;
	}
	return last_number;
}
