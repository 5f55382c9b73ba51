/*
 * working_day.h
 *	  Working days, as icp.calendar and a bureau's own rows have them.
 */
#ifndef ICP_RULES_WORKING_DAY_H
#define ICP_RULES_WORKING_DAY_H

#include "utils/date.h"

/* Each raises 22008 where a day it needs lies in a year that is not loaded, or is infinite. */
extern bool calendar_is_working_day(DateADT day);
extern DateADT calendar_working_days_add(DateADT day, int32 days);
extern int32 calendar_working_days_between(DateADT from, DateADT to);

#endif							/* ICP_RULES_WORKING_DAY_H */
