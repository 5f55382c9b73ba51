/*
 * rule_day.h
 *	  The day as of which a record is judged.
 */
#ifndef ICP_RULES_RULE_DAY_H
#define ICP_RULES_RULE_DAY_H

#include "utils/date.h"

/* Today in China, wherever the session is. */
extern DateADT rule_today(void);

/* YYYYMMDD */
extern int32 rule_day_number(DateADT date);

#endif							/* ICP_RULES_RULE_DAY_H */
