/*
 * element.h
 *	  Lists as people type them: elements in braces, or behind commas, semicolons, bars or white space.
 */
#ifndef ICP_CORE_ELEMENT_H
#define ICP_CORE_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>

/* What is left of a list that is being read. */
typedef struct IcpElements
{
	const char *next;
	const char *end;
} IcpElements;

/* {a,b} is a,b: the form in which arrays and sets print. */
extern void icp_elements_open(IcpElements *list, const char *text, size_t len);

/*
 * The next element that is not empty, without blanks and double quotes around it; it points into the text.
 * false: there is none.
 */
extern bool icp_elements_next(IcpElements *list, const char **element, size_t *len);

#endif							/* ICP_CORE_ELEMENT_H */
