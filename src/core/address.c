/*
 * address.c
 *	  Postal addresses of sponsors.
 *
 * 5 annex 3 二(七): an address in the country goes to the village, one in a town to the street number or the box.
 * What is looked for are the words that carry such detail, with their number; which division the address lies in is
 * another column's matter.
 */
#include "core/address.h"

#include <string.h>

#include "core/fold.h"

static const IcpContactText texts[] = {
	[ICP_ADDRESS_OK] = {"ok", ICP_RIGHT, NULL, NULL},
	[ICP_ADDRESS_EMPTY] = {"empty", ICP_WRONG, "There is no address (通信地址).",
	"Write the address to the village, the street number or the box (村, 街道门牌号, 信箱号)."},
	[ICP_ADDRESS_CHARACTER] = {"character", ICP_WRONG,
		"A control character, a broken one or a row of question marks stands in the address.",
	"Write the address again; look whether an encoding was lost on the way."},
	[ICP_ADDRESS_NOT_POSTAL] = {"not_postal", ICP_WRONG, "This is an e-mail address or a URL (电子邮件地址, 网址).",
	"Write the postal address (通信地址)."},
	[ICP_ADDRESS_NOT_CHINESE] = {"not_chinese", ICP_WRONG, "The address has no Chinese characters.",
	"Write the address in Chinese, as a letter carries it."},
	[ICP_ADDRESS_PLACEHOLDER] = {"placeholder", ICP_WRONG, "The text stands for an address, but is none (无, 不详, 同上).",
	"Write the address to the village, the street number or the box (村, 街道门牌号, 信箱号)."},
	[ICP_ADDRESS_HIDDEN] = {"hidden", ICP_WRONG, "A part of the address is hidden (某, X, *).",
	"Write every part in full (格式标准完整, 5 annex 3 二(七))."},
	[ICP_ADDRESS_COARSE] = {"coarse", ICP_WRONG,
		"The address goes neither to a village nor to a street number nor to a box (5 annex 3 二(七)).",
	"In the country write down to the village (村), in a town to the street number (街道门牌号) or the box (信箱号)."},
	[ICP_ADDRESS_BOX] = {"box", ICP_WRONG, "The number of the box (信箱号) is missing.",
	"Write the number beside 信箱."},
	[ICP_ADDRESS_LONG] = {"long", ICP_WRONG, "The address has more than 255 characters.", "Write one address."},
	[ICP_ADDRESS_BUILDING] = {"building", ICP_WARNING,
		"The address names a building, an estate or a community, but no street number (街道门牌号).",
	"Write the street and its number as well, if the place has one."},
	[ICP_ADDRESS_UNMARKED] = {"unmarked", ICP_WARNING, "The street number stands without 号.",
	"Write 号 behind the street number (门牌号)."},
	[ICP_ADDRESS_SHORT] = {"short", ICP_WARNING, "The address is very short.",
	"Write city or county as well, unless another column has them."},
};

const IcpContactText *
icp_address_reason_text(int reason)
{
	return &texts[reason];
}

/* The characters that carry meaning, simplified and traditional. */
enum
{
	HAO = 0x53F7,				/* 号 */
	HAO_T = 0x865F,				/* 號 */
	CUN = 0x6751,				/* 村 */
	LU = 0x8DEF,				/* 路 */
	JIE = 0x8857,				/* 街 */
	XIANG = 0x5DF7,				/* 巷 */
	DAO = 0x9053,				/* 道 */
	NONG = 0x5F04,				/* 弄 */
	TONG = 0x540C,				/* 同 of 胡同 */
	HU = 0x80E1,				/* 胡 */
	MOU = 0x67D0,				/* 某 */
	XIN = 0x4FE1,				/* 信 of 信箱 */
	BOX_YOU = 0x90AE,			/* 邮 of 邮箱 */
	BOX_YOU_T = 0x90F5,			/* 郵 */
	BOX = 0x7BB1				/* 箱 */
};

typedef struct Text
{
	uint32_t	c[ICP_ADDRESS_MAX + 3]; /* folded; zeros at the end */
	size_t		pos[ICP_ADDRESS_MAX];	/* bytes */
	int			n;
	size_t		end;			/* of the last one, in bytes */
} Text;

static IcpVerdict
fail(IcpContactFault *fault, IcpAddressReason reason, size_t position, size_t length)
{
	fault->reason = reason;
	fault->position = position;
	fault->length = length;
	return texts[reason].verdict;
}

static bool
is_one_of(uint32_t c, const uint16_t *set)
{
	for (; *set != 0; set++)
		if (*set == c)
			return true;
	return false;
}

/* 〇零一二三四五六七八九十百千两 */
static bool
is_chinese_digit(uint32_t c)
{
	switch (c)
	{
		case 0x3007:
		case 0x96F6:
		case 0x4E00:
		case 0x4E8C:
		case 0x4E09:
		case 0x56DB:
		case 0x4E94:
		case 0x516D:
		case 0x4E03:
		case 0x516B:
		case 0x4E5D:
		case 0x5341:
		case 0x767E:
		case 0x5343:
		case 0x4E24:
			return true;
		default:
			return false;
	}
}

static bool
is_digit(uint32_t c)
{
	return (c >= '0' && c <= '9') || is_chinese_digit(c);
}

/* what joins or ends the parts of a number: 12-3, 12A, 12之3, 12附3, 12/14, 12、14, 12至14, 5(甲乙丙丁) */
static bool
joins_number(uint32_t c)
{
	return c == '-' || c == '/' || c == ' ' || c == '(' || c == ')' || c == '.' || c == ',' || c == '~' || c == '#' ||
		(c >= 'A' && c <= 'Z') || c == 0x4E4B || c == 0x9644 || c == 0x3001 || c == 0x81F3 ||
		c == 0x7532 || c == 0x4E59 || c == 0x4E19 || c == 0x4E01;
}

/* 号 before 路街线桥码井矿口道: the name of a way, a line, a bridge, an entrance, not the number of a house */
static bool
names_a_way(uint32_t c)
{
	static const uint16_t set[] = {LU, JIE, 0x7EBF, 0x7DDA, 0x6865, 0x7801, 0x4E95, 0x77FF, 0x53E3, DAO, 0};

	return is_one_of(c, set);
}

/* 楼樓层層室座栋棟幢户房间馆厅铺库仓柜摊 */
static bool
is_part_of_building(uint32_t c)
{
	switch (c)
	{
		case 0x697C:
		case 0x6A13:
		case 0x5C42:
		case 0x5C64:
		case 0x5BA4:
		case 0x5EA7:
		case 0x680B:
		case 0x68DF:
		case 0x5E62:
		case 0x6237:
		case 0x623F:
		case 0x95F4:
		case 0x9986:
		case 0x5385:
		case 0x94FA:
		case 0x5E93:
		case 0x4ED3:
		case 0x67DC:
		case 0x644A:
			return true;
		default:
			return false;
	}
}

/* 市区區县縣旗镇鎮乡鄉街路道站桥大开经科: what makes a village's name the name of a division or a way */
static bool
ends_no_village(uint32_t c)
{
	static const uint16_t set[] = {0x5E02, 0x533A, 0x5340, 0x53BF, 0x7E23, 0x65D7, 0x9547, 0x93AE, 0x4E61, 0x9109, JIE, LU,
	DAO, 0x7AD9, 0x6865, 0x5927, 0x5F00, 0x7ECF, 0x79D1, 0};

	return is_one_of(c, set);
}

/* 东南西北中前后: then a way may follow, as in 中关村南大街 */
static bool
is_direction(uint32_t c)
{
	static const uint16_t set[] = {0x4E1C, 0x5357, 0x897F, 0x5317, 0x4E2D, 0x524D, 0x540E, 0};

	return is_one_of(c, set);
}

/* Is the 村, 场 or the like at i the end of a village's name? */
static bool
is_village_end(const Text *t, int i)
{
	uint32_t	next = t->c[i + 1];

	if (ends_no_village(next))
		return false;
	return !(is_direction(next) && ends_no_village(t->c[i + 2]));
}

/* The detail that the character at i carries, number told whether a number stands before it. */
static IcpAddressDetail
detail_at(const Text *t, int i, bool number)
{
	uint32_t	c = t->c[i];
	uint32_t	before = i > 0 ? t->c[i - 1] : 0;
	uint32_t	next = t->c[i + 1];

	switch (c)
	{
		case HAO:
		case HAO_T:
			if (!number || names_a_way(next))
				return ICP_DETAIL_NONE;
			return is_part_of_building(next) ? ICP_DETAIL_BUILDING : ICP_DETAIL_NUMBER;
		case NONG:
			return number ? ICP_DETAIL_NUMBER : ICP_DETAIL_NONE;
		case 0x516C:			/* 35公里处 */
			return number && next == 0x91CC ? ICP_DETAIL_NUMBER : ICP_DETAIL_NONE;
		case CUN:
			/* 中关村 is a quarter of Beijing */
			if (i == 0 || (i > 1 && before == 0x5173 && t->c[i - 2] == 0x4E2D) || !is_village_end(t, i))
				return ICP_DETAIL_NONE;
			return ICP_DETAIL_VILLAGE;
		case 0x67E5:			/* 嘎查 */
			return before == 0x560E ? ICP_DETAIL_VILLAGE : ICP_DETAIL_NONE;
		case 0x573A:			/* 农林牧渔茶盐场 */
			{
				static const uint16_t kinds[] = {0x519C, 0x6797, 0x7267, 0x6E14, 0x8336, 0x76D0, 0x5206, 0};

				return is_one_of(before, kinds) && is_village_end(t, i) ? ICP_DETAIL_VILLAGE : ICP_DETAIL_NONE;
			}
		case 0x7EC4:			/* 五组, 三队, 四连, 八团: of a village or a farm */
		case 0x961F:
		case 0x8FDE:
		case 0x56E2:
			return number && is_village_end(t, i) ? ICP_DETAIL_VILLAGE : ICP_DETAIL_NONE;
		case 0x5C6F:			/* 屯寨庄, whose characters end names of towns as well */
		case 0x5BE8:
		case 0x5E84:
			return i > 1 && (next == 0 || next == '(' || is_digit(next)) ? ICP_DETAIL_VILLAGE : ICP_DETAIL_NONE;
		case 0x533A:			/* 社区, 小区, A区 */
			if (before == 0x793E)
				return ICP_DETAIL_BUILDING;
			return number ? ICP_DETAIL_BUILDING : ICP_DETAIL_NONE;
		case 0x4F1A:			/* 居委会 */
			return before == 0x59D4 ? ICP_DETAIL_BUILDING : ICP_DETAIL_NONE;
		default:
			if (is_part_of_building(c) && (number || (before >= 'A' && before <= 'Z')))
				return ICP_DETAIL_BUILDING;
			return ICP_DETAIL_NONE;
	}
}

static bool
is_way(const Text *t, int i)
{
	uint32_t	c = t->c[i];

	return c == LU || c == JIE || c == XIANG || c == DAO || (c == TONG && i > 0 && t->c[i - 1] == HU);
}

/*
 * Decodes and folds; what cannot stand in an address ends it.
 */
static IcpVerdict
decode(const char *text, size_t len, Text *t, IcpContactFault *fault)
{
	size_t		pos = 0;
	uint32_t	before = 0;

	t->n = 0;
	t->end = 0;
	while (pos < len)
	{
		size_t		start = pos;
		uint32_t	c = icp_utf8_next(text, len, &pos);

		if ((c < ' ' && c != '\t') || (c >= 0x7F && c < 0xA0) || c == ICP_BAD_CHAR || (c == '?' && before == '?'))
			return fail(fault, ICP_ADDRESS_CHARACTER, start, pos - start);
		before = c;
		if (c < 0x4E00 || c >= 0xF900)
		{
			/* × ＊ ○ □ and X in their places are looked at as they are */
			uint32_t	folded = icp_fold(c);

			if (folded == 0 || (folded == ' ' && (t->n == 0 || t->c[t->n - 1] == ' ')))
				continue;
			if (c == 0xD7 || c == 0x25CB || c == 0x25A1 || c == 0x25CF)
				folded = '*';
			c = folded;
		}
		if (t->n == ICP_ADDRESS_MAX && c == ' ')
			continue;
		if (t->n == ICP_ADDRESS_MAX)
			return fail(fault, ICP_ADDRESS_LONG, 0, len);
		t->pos[t->n] = start;
		t->c[t->n++] = c;
		if (c != ' ')
			t->end = pos;
	}
	while (t->n > 0 && t->c[t->n - 1] == ' ')
		t->n--;
	t->c[t->n] = t->c[t->n + 1] = t->c[t->n + 2] = 0;
	if (t->n == 0)
		return fail(fault, ICP_ADDRESS_EMPTY, 0, len);
	return ICP_RIGHT;
}

/* texts that stand for an address */
static bool
is_placeholder(const char *text, size_t len, const Text *t)
{
	static const char *const whole[] = {"无", "暂无", "不详", "未知", "同上", "保密", "地址", "详细地址", "通信地址",
	"通讯地址", "空", "没有", NULL};
	static const char *const first[] = {"测试", "測試", NULL};
	int			i;

	for (i = 0; len <= 15 && whole[i] != NULL; i++)
		if (strlen(whole[i]) == len && memcmp(text, whole[i], len) == 0)
			return true;
	for (i = 0; len >= 6 && len <= 15 && first[i] != NULL; i++)
		if (memcmp(text, first[i], 6) == 0)
			return true;
	for (i = 1; i < t->n; i++)
		if (t->c[i] != t->c[0])
			return false;
	return t->n > 2;
}

IcpVerdict
icp_address_check(const char *text, size_t len, IcpAddressDetail *detail, IcpContactFault *fault)
{
	Text		t;
	IcpVerdict	verdict;
	bool		number = false; /* a number is being read or stands just before */
	bool		digits = false; /* a digit was seen */
	bool		street = false; /* the number stands behind a street */
	bool		chinese = false;
	bool		box = false;
	int			i;

	memset(fault, 0, sizeof(*fault));
	*detail = ICP_DETAIL_NONE;
	verdict = decode(text, len, &t, fault);
	if (verdict != ICP_RIGHT)
		return verdict;
	if (is_placeholder(text + t.pos[0], t.end - t.pos[0], &t))
		return fail(fault, ICP_ADDRESS_PLACEHOLDER, 0, len);
	for (i = 0; i < t.n; i++)
	{
		uint32_t	c = t.c[i];
		IcpAddressDetail found;

		if (c == '@' || (c == ':' && t.c[i + 1] == '/' && t.c[i + 2] == '/'))
			return fail(fault, ICP_ADDRESS_NOT_POSTAL, t.pos[i], 1);
		if (c == '*' || c == MOU || (c == 'X' && !number && (t.c[i + 1] == HAO || t.c[i + 1] == 'X')))
			return fail(fault, ICP_ADDRESS_HIDDEN, t.pos[i], 1);
		if (c >= 0x3400)
			chinese = true;
		if (is_digit(c))
		{
			if (!number)
				street = i > 0 && is_way(&t, i - 1) && c <= '9';
			number = digits = true;
			continue;
		}
		if (number && joins_number(c))
			continue;
		if (c == BOX && i > 0 && (t.c[i - 1] == XIN || t.c[i - 1] == BOX_YOU || t.c[i - 1] == BOX_YOU_T))
			box = true;
		found = detail_at(&t, i, number);
		if (found == ICP_DETAIL_NONE && number && street && !is_way(&t, i))
			found = ICP_DETAIL_UNMARKED;
		if (found > *detail)
			*detail = found;
		number = false;
	}
	if (number && street && *detail < ICP_DETAIL_UNMARKED)
		*detail = ICP_DETAIL_UNMARKED;
	if (!chinese)
		return fail(fault, ICP_ADDRESS_NOT_CHINESE, 0, len);
	if (box && digits)
		*detail = ICP_DETAIL_BOX;
	if (*detail == ICP_DETAIL_NONE)
		return fail(fault, box ? ICP_ADDRESS_BOX : ICP_ADDRESS_COARSE, 0, len);
	if (*detail == ICP_DETAIL_BUILDING)
		return fail(fault, ICP_ADDRESS_BUILDING, 0, len);
	if (*detail == ICP_DETAIL_UNMARKED)
		return fail(fault, ICP_ADDRESS_UNMARKED, 0, len);
	if (t.n < 6)
		return fail(fault, ICP_ADDRESS_SHORT, 0, len);
	return ICP_RIGHT;
}
