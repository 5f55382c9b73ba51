/*
 * phone_area.h
 *	  Area codes of fixed telephones: their province and the length of local numbers.
 */
#ifndef ICP_CORE_PHONE_AREA_H
#define ICP_CORE_PHONE_AREA_H

#include <stdint.h>

/* what is known of an area code: the province's index in the low bits */
#define ICP_AREA_PROVINCE 0x1F
#define ICP_AREA_SEVEN 0x20		/* local numbers of 7 digits */
#define ICP_AREA_EIGHT 0x40		/* of 8 */
#define ICP_AREA_MERGED 0x80	/* the area has another code now */

/* by the code without its 0: 10, 20 to 29, 310 to 999; 0 where there is no such code */
extern const uint8_t icp_phone_areas[1000];

/* segments of mobile numbers (their first three digits) that are in use, by their second and third digit */
extern const uint8_t icp_phone_segments[100];

#endif							/* ICP_CORE_PHONE_AREA_H */
