/*
 * rule_document.c
 *	  Rules on the documents of approvals (批复证明, 书面申请材料; 5 附件3 一(四)(五), 4 §20).
 *
 * A document is kind:number:authority:last day, of which the end may be missing:
 * 1:京新网备2009-001:北京市互联网信息办公室:2027-12-31.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "rules/rule_code.h"
#include "rules/rule_date.h"
#include "rules/rule_finding.h"
#include "rules/rule_text.h"

#define NUMBER_MAX 512			/* characters that the ministry's form has room for */

typedef enum DocumentPart
{
	PART_KIND,
	PART_NUMBER,
	PART_AUTHORITY,
	PART_UNTIL,
	DOCUMENT_PARTS
} DocumentPart;

typedef struct Document
{
	RuleText	text;
	RuleText	parts[DOCUMENT_PARTS];
	int			kind;			/* CODE_UNKNOWN: none */
} Document;

/* Bytes of a colon in either width at s, 0: none stands there. */
static int
colon_size(const char *s, int left)
{
	return *s == ':' ? 1 : left >= 3 && memcmp(s, "：", 3) == 0 ? 3 : 0;
}

static void
read_document(RuleRecord *r, RuleText text, Document *d)
{
	int			part = 0;
	int			begin = 0;
	int			i;

	memset(d, 0, sizeof(Document));
	d->text = text;
	for (i = 0; i <= text.len; i++)
	{
		int			size = i == text.len ? 0 : colon_size(text.s + i, text.len - i);

		/* what stands behind the last part is a part of it */
		if (i < text.len && (size == 0 || part == DOCUMENT_PARTS - 1))
			continue;
		d->parts[part].s = text.s + begin;
		d->parts[part].len = i - begin;
		d->parts[part] = rule_trimmed(d->parts[part]);
		if (i == text.len)
			break;
		part++;
		begin = i + size;
		i = begin - 1;
	}
	d->kind = rule_code_of(CODE_APPROVAL_KIND, d->parts[PART_KIND], r->as_of, NULL);
}

/* The number has a letter or a digit: 无 is none, --- is none. */
static bool
is_number(RuleText text)
{
	int			i;

	if (text.len == 0 || rule_text_length(text) > NUMBER_MAX || rule_text_is(text, "无") ||
		rule_text_is(text, "暂无"))
		return false;
	for (i = 0; i < text.len; i++)
		if (text.s[i] >= '0' && text.s[i] <= '9')
			return true;
	return rule_has_letter(text);
}

static bool
found_document(RuleRecord *r, RuleFinding *f, const Document *d)
{
	rule_found(r, f, FIELD_APPROVAL_DOCUMENTS, d->text);
	return true;
}

/* The documents of the record that a test speaks of; the first that has it. */
typedef bool (*DocumentTest) (RuleRecord *r, const Document *d);

static bool
find_document(RuleRecord *r, RuleFinding *f, DocumentTest test)
{
	RuleText   *texts;
	int			n = rule_read_list(r, FIELD_APPROVAL_DOCUMENTS, &texts);
	int			i;

	for (i = 0; i < n; i++)
	{
		Document	d;

		CHECK_FOR_INTERRUPTS();
		read_document(r, texts[i], &d);
		if (test(r, &d))
			return found_document(r, f, &d);
	}
	return false;
}

/* An approval of the list has its document there, or its number behind it. */
static bool
has_document(RuleRecord *r, const RuleCode *approval, const RuleText *texts, int n)
{
	Document	d;
	int			i;

	read_document(r, approval->text, &d);
	if (d.parts[PART_NUMBER].len > 0)
		return true;
	for (i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		read_document(r, texts[i], &d);
		if (d.kind == approval->id)
			return true;
	}
	return false;
}

static bool
approval_018(RuleRecord *r, RuleFinding *f)
{
	const RuleCodes *approvals;
	RuleText   *texts;
	int			n;
	int			i;

	if (!rule_has(r, FIELD_APPROVALS))
		return false;
	approvals = rule_read_codes(r, FIELD_APPROVALS);
	n = rule_read_list(r, FIELD_APPROVAL_DOCUMENTS, &texts);
	for (i = 0; i < approvals->n; i++)
	{
		if (approvals->codes[i].id < 0 || has_document(r, &approvals->codes[i], texts, n))
			continue;
		rule_found(r, f, FIELD_APPROVALS, approvals->codes[i].text);
		f->field = FIELD_APPROVAL_DOCUMENTS;
		return true;
	}
	return false;
}

static bool
is_malformed(RuleRecord *r, const Document *d)
{
	int32		day;

	return d->kind == CODE_UNKNOWN || !is_number(d->parts[PART_NUMBER]) ||
		rule_parse_day(d->parts[PART_UNTIL], &day) == DAY_MALFORMED;
}

static bool
approval_019(RuleRecord *r, RuleFinding *f)
{
	return find_document(r, f, is_malformed);
}

static bool
lacks_authority(RuleRecord *r, const Document *d)
{
	return !is_malformed(r, d) && !rule_has_letter(d->parts[PART_AUTHORITY]);
}

static bool
approval_020(RuleRecord *r, RuleFinding *f)
{
	return find_document(r, f, lacks_authority);
}

static bool
has_lapsed(RuleRecord *r, const Document *d)
{
	int32		day;

	return rule_parse_day(d->parts[PART_UNTIL], &day) == DAY_KNOWN && day < r->as_of_number;
}

static bool
approval_021(RuleRecord *r, RuleFinding *f)
{
	return find_document(r, f, has_lapsed);
}

#define DOCUMENTS FIELD_BIT(FIELD_APPROVAL_DOCUMENTS)

const RuleTest rule_document_tests[] = {
	{"APPROVAL-018", FIELD_BIT(FIELD_APPROVALS) | DOCUMENTS, 0, approval_018},
	{"APPROVAL-019", DOCUMENTS, 0, approval_019},
	{"APPROVAL-020", DOCUMENTS, 0, approval_020},
	{"APPROVAL-021", DOCUMENTS, 0, approval_021},
	{NULL}
};
