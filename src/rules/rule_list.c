/*
 * rule_list.c
 *	  Lists in fields: arrays of any type, and texts of elements in braces, or behind commas, semicolons or white space.
 */
#include "postgres.h"

#include "compat.h"
#include "core/element.h"
#include "miscadmin.h"
#include "rules/rule_list.h"
#include "rules/rule_shape.h"
#include "types/encoding.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#define LIST_MAX 100000			/* as many as a list of domains may have */

/* More of them are no filing, and would only cost: each rule looks at each. */
void
rule_check_count(RuleField field, uint64 n)
{
	if (n > LIST_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("field \"%s\" has more than %d values", rule_field_name(field), LIST_MAX)));
}

static void
add_element(RuleList *e, const char *s, int len)
{
	if (e->n == e->room)
	{
		e->room = e->room == 0 ? 4 : e->room * 2;
		e->texts = e->texts == NULL ? palloc(sizeof(RuleText) * e->room) :
			repalloc(e->texts, sizeof(RuleText) * e->room);
	}
	e->texts[e->n].s = s;
	e->texts[e->n++].len = len;
}

void
rule_split_list(RuleList *e, RuleText text)
{
	IcpElements list;
	const char *element;
	size_t		len;

	icp_elements_open(&list, text.s, text.len);
	while (icp_elements_next(&list, &element, &len))
		add_element(e, element, len);
}

void
rule_read_array(const RuleColumn *column, RuleField field, Datum value, RuleList *e)
{
	ArrayType  *array;
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Oid			output;
	bool		is_varlena;
	int			i;

	array = DatumGetArrayTypeP(value);
	get_typlenbyvalalign(column->element, &typlen, &typbyval, &typalign);
	rule_check_count(field, ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)));
	deconstruct_array(array, column->element, typlen, typbyval, typalign, &values, &nulls, &n);
	getTypeOutputInfo(column->element, &output, &is_varlena);
	for (i = 0; i < n; i++)
	{
		char	   *s;
		int			len;

		CHECK_FOR_INTERRUPTS();
		if (nulls[i])
			continue;
		s = OidOutputFunctionCall(output, values[i]);
		len = strlen(s);
		s = (char *) icp_to_utf8(s, &len);
		while (len > 0 && (*s == ' ' || *s == '"'))
			s++, len--;
		while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '"'))
			len--;
		if (len > 0)
			add_element(e, s, len);
	}
}
