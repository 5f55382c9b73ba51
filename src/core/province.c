/*
 * province.c
 *	  Province table and look-ups.
 *
 * Codes: GB/T 2260. Abbreviations as the three systems print them, measured on page footers.
 */
#include "core/province.h"

#include <string.h>

#include "core/fold.h"

const IcpProvince icp_provinces[ICP_PROVINCES + 1] = {
	{0, {"", "", ""}, "", ""},
	{11, {"京", "京", "京"}, "北京", "北京市"},
	{12, {"津", "津", "津"}, "天津", "天津市"},
	{13, {"冀", "冀", "冀"}, "河北", "河北省"},
	{14, {"晋", "晋", "晋"}, "山西", "山西省"},
	{15, {"蒙", "蒙", "蒙"}, "内蒙古", "内蒙古自治区"},
	{21, {"辽", "辽", "辽"}, "辽宁", "辽宁省"},
	{22, {"吉", "吉", "吉"}, "吉林", "吉林省"},
	{23, {"黑", "黑", "黑"}, "黑龙江", "黑龙江省"},
	{31, {"沪", "沪", "沪"}, "上海", "上海市"},
	{32, {"苏", "苏", "苏"}, "江苏", "江苏省"},
	{33, {"浙", "浙", "浙"}, "浙江", "浙江省"},
	{34, {"皖", "皖", "皖"}, "安徽", "安徽省"},
	{35, {"闽", "闽", "闽"}, "福建", "福建省"},
	{36, {"赣", "赣", "赣"}, "江西", "江西省"},
	{37, {"鲁", "鲁", "鲁"}, "山东", "山东省"},
	{41, {"豫", "豫", "豫"}, "河南", "河南省"},
	{42, {"鄂", "鄂", "鄂"}, "湖北", "湖北省"},
	{43, {"湘", "湘", "湘"}, "湖南", "湖南省"},
	{44, {"粤", "粤", "粤"}, "广东", "广东省"},
	{45, {"桂", "桂", "桂"}, "广西", "广西壮族自治区"},
	{46, {"琼", "琼", "琼"}, "海南", "海南省"},
	{50, {"渝", "渝", "渝"}, "重庆", "重庆市"},
	{51, {"蜀", "川", "川"}, "四川", "四川省"},
	{52, {"黔", "黔", "贵"}, "贵州", "贵州省"},
	{53, {"滇", "滇", "滇"}, "云南", "云南省"},
	{54, {"藏", "藏", "藏"}, "西藏", "西藏自治区"},
	{61, {"陕", "陕", "陕"}, "陕西", "陕西省"},
	{62, {"陇", "甘", "甘"}, "甘肃", "甘肃省"},
	{63, {"青", "青", "青"}, "青海", "青海省"},
	{64, {"宁", "宁", "宁"}, "宁夏", "宁夏回族自治区"},
	{65, {"新", "新", "新"}, "新疆", "新疆维吾尔自治区"},
};

/*
 * The 34 abbreviations, by a hash without collisions: the multiplier was searched for.
 */
#define SLOT(c) ((uint32_t) ((c) * 0x65b9a0c7U) >> 26)

static const struct
{
	uint16_t	c;
	uint8_t		index;
}			abbreviations[64] = {
	[2] = {0x8C6B, 16},			/* 豫 */
	[4] = {0x9752, 29},			/* 青 */
	[5] = {0x7CA4, 19},			/* 粤 */
	[10] = {0x7696, 12},		/* 皖 */
	[11] = {0x65B0, 31},		/* 新 */
	[15] = {0x5B81, 30},		/* 宁 */
	[16] = {0x5DDD, 23},		/* 川 */
	[18] = {0x6E1D, 22},		/* 渝 */
	[19] = {0x8D35, 24},		/* 贵 */
	[23] = {0x7518, 28},		/* 甘 */
	[24] = {0x9C81, 15},		/* 鲁 */
	[25] = {0x6D59, 11},		/* 浙 */
	[31] = {0x5409, 7},			/* 吉 */
	[32] = {0x8499, 5},			/* 蒙 */
	[33] = {0x82CF, 10},		/* 苏 */
	[34] = {0x9655, 27},		/* 陕 */
	[36] = {0x95FD, 13},		/* 闽 */
	[37] = {0x8D63, 14},		/* 赣 */
	[38] = {0x5180, 3},			/* 冀 */
	[39] = {0x9ED1, 8},			/* 黑 */
	[40] = {0x6842, 20},		/* 桂 */
	[44] = {0x85CF, 26},		/* 藏 */
	[46] = {0x6E58, 18},		/* 湘 */
	[47] = {0x6D25, 2},			/* 津 */
	[48] = {0x664B, 4},			/* 晋 */
	[50] = {0x8FBD, 6},			/* 辽 */
	[51] = {0x9ED4, 24},		/* 黔 */
	[53] = {0x6EC7, 25},		/* 滇 */
	[55] = {0x6CAA, 9},			/* 沪 */
	[56] = {0x8700, 23},		/* 蜀 */
	[57] = {0x4EAC, 1},			/* 京 */
	[59] = {0x9102, 17},		/* 鄂 */
	[61] = {0x743C, 21},		/* 琼 */
	[62] = {0x9647, 28},		/* 陇 */
};

unsigned
icp_province_of_char(uint32_t c)
{
	unsigned	slot = SLOT(c);

	return abbreviations[slot].c == c ? abbreviations[slot].index : 0;
}

unsigned
icp_province_of_code(int code)
{
	unsigned	i;

	for (i = 1; i <= ICP_PROVINCES; i++)
		if (icp_provinces[i].code == code)
			return i;
	return 0;
}

#define FOLDED_MAX 64			/* bytes; the longest accepted form has 39 */

/*
 * Folded, without white space; its bytes, 0 where there is nothing, FOLDED_MAX where it does not fit: a name that
 * long is no province's.
 */
static size_t
fold_name(const char *s, size_t len, char *name)
{
	size_t		used = 0;
	size_t		pos = 0;

	while (pos < len)
	{
		uint32_t	c = icp_fold(icp_utf8_next(s, len, &pos));

		if (c == 0 || c == ' ')
			continue;
		if (used + 4 > FOLDED_MAX)
			return FOLDED_MAX;
		used += icp_utf8_put(name + used, c);
	}
	return used;
}

unsigned
icp_province_parse(const char *s, size_t len)
{
	static const char bureau[] = "通信管理局";
	char		name[FOLDED_MAX];
	size_t		used = fold_name(s, len, name);
	size_t		pos = 0;
	unsigned	i;

	if (used == 0 || used == FOLDED_MAX)
		return 0;

	if (used == 2 && name[0] >= '0' && name[0] <= '9' && name[1] >= '0' && name[1] <= '9')
		return icp_province_of_code((name[0] - '0') * 10 + (name[1] - '0'));

	pos = 0;
	i = icp_province_of_char(icp_utf8_next(name, used, &pos));
	if (i != 0 && pos == used)
		return i;

	if (used > sizeof(bureau) - 1 &&
		memcmp(name + used - (sizeof(bureau) - 1), bureau, sizeof(bureau) - 1) == 0)
		used -= sizeof(bureau) - 1;
	for (i = 1; i <= ICP_PROVINCES; i++)
	{
		const IcpProvince *p = &icp_provinces[i];

		if ((strlen(p->short_name) == used && memcmp(p->short_name, name, used) == 0) ||
			(strlen(p->full_name) == used && memcmp(p->full_name, name, used) == 0))
			return i;
	}
	return 0;
}

const char *
icp_province_problem(const char *s, size_t len)
{
	static const char *const without[] = {
		"台", "台湾", "台湾省", "71", "港", "香港", "香港特别行政区", "81", "澳", "澳门", "澳门特别行政区", "82"
	};
	char		name[FOLDED_MAX];
	size_t		used = fold_name(s, len, name);
	size_t		digits = 0;
	size_t		i;

	if (used == 0)
		return "The text is empty.";
	if (used == FOLDED_MAX)
		return "The text is longer than the name of any province (省份).";
	for (i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (strlen(without[i]) == used && memcmp(without[i], name, used) == 0)
			return "There is no communications administration (通信管理局) for it.";
	while (digits < used && name[digits] >= '0' && name[digits] <= '9')
		digits++;
	if (digits < used)
		return "This is not the name of a province (省份) nor its abbreviation (简称).";
	return digits == 2 ? "No province has this code of GB/T 2260 (行政区划代码)." :
		"The code (行政区划代码) of a province has two digits.";
}
