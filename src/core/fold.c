/*
 * fold.c
 *	  Typography folded away, one character at a time.
 */
#include "core/fold.h"

#include <stdbool.h>

uint32_t
icp_utf8_next(const char *s, size_t len, size_t *pos)
{
	const unsigned char *p = (const unsigned char *) s + *pos;
	size_t		left = len - *pos;
	uint32_t	c = p[0];
	unsigned	more;
	unsigned	i;

	*pos += 1;
	if (c < 0x80)
		return c;
	if (c >= 0xC2 && c <= 0xDF)
	{
		more = 1;
		c &= 0x1F;
	}
	else if (c >= 0xE0 && c <= 0xEF)
	{
		more = 2;
		c &= 0x0F;
	}
	else if (c >= 0xF0 && c <= 0xF4)
	{
		more = 3;
		c &= 0x07;
	}
	else
		return ICP_BAD_CHAR;
	if (left <= more)
		return ICP_BAD_CHAR;
	for (i = 1; i <= more; i++)
	{
		if ((p[i] & 0xC0) != 0x80)
			return ICP_BAD_CHAR;
		c = c << 6 | (p[i] & 0x3F);
	}
	*pos += more;
	return c;
}

size_t
icp_utf8_put(char *buf, uint32_t c)
{
	if (c < 0x80)
	{
		buf[0] = (char) c;
		return 1;
	}
	if (c < 0x800)
	{
		buf[0] = (char) (0xC0 | c >> 6);
		buf[1] = (char) (0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000)
	{
		buf[0] = (char) (0xE0 | c >> 12);
		buf[1] = (char) (0x80 | (c >> 6 & 0x3F));
		buf[2] = (char) (0x80 | (c & 0x3F));
		return 3;
	}
	buf[0] = (char) (0xF0 | c >> 18);
	buf[1] = (char) (0x80 | (c >> 12 & 0x3F));
	buf[2] = (char) (0x80 | (c >> 6 & 0x3F));
	buf[3] = (char) (0x80 | (c & 0x3F));
	return 4;
}

/*
 * Traditional and variant forms, Kangxi radicals (text copied out of PDF files) among them, by code.
 */
static const struct
{
	uint16_t	from;
	uint16_t	to;
}			han[] = {
	{0x2F34, 0x5E7F},			/* ⼴ 广 */
	{0x2F79, 0x7F51},			/* ⽹ 网 */
	{0x2FAD, 0x9752},			/* ⾭ 青 */
	{0x2FCA, 0x9ED1},			/* ⿊ 黑 */
	{0x4FFB, 0x5907},			/* 俻 备 */
	{0x5099, 0x5907},			/* 備 备 */
	{0x5167, 0x5185},			/* 內 内 */
	{0x52D9, 0x52A1},			/* 務 务 */
	{0x5340, 0x533A},			/* 區 区 */
	{0x5358, 0x5355},			/* 単 单 */
	{0x55AE, 0x5355},			/* 單 单 */
	{0x55B6, 0x8425},			/* 営 营 */
	{0x570B, 0x56FD},			/* 國 国 */
	{0x5897, 0x589E},			/* 増 增 */
	{0x58EF, 0x58EE},			/* 壯 壮 */
	{0x5BE7, 0x5B81},			/* 寧 宁 */
	{0x5EE3, 0x5E7F},			/* 廣 广 */
	{0x6176, 0x5E86},			/* 慶 庆 */
	{0x61C9, 0x5E94},			/* 應 应 */
	{0x6649, 0x664B},			/* 晉 晋 */
	{0x66F8, 0x4E66},			/* 書 书 */
	{0x6771, 0x4E1C},			/* 東 东 */
	{0x696D, 0x4E1A},			/* 業 业 */
	{0x6A5F, 0x673A},			/* 機 机 */
	{0x6DDB, 0x6D59},			/* 淛 浙 */
	{0x6EEC, 0x6CAA},			/* 滬 沪 */
	{0x70BA, 0x4E3A},			/* 為 为 */
	{0x71DF, 0x8425},			/* 營 营 */
	{0x7232, 0x4E3A},			/* 爲 为 */
	{0x723E, 0x5C14},			/* 爾 尔 */
	{0x74CA, 0x743C},			/* 瓊 琼 */
	{0x7522, 0x4EA7},			/* 產 产 */
	{0x7523, 0x4EA7},			/* 産 产 */
	{0x752F, 0x5B81},			/* 甯 宁 */
	{0x78BC, 0x7801},			/* 碼 码 */
	{0x7CB5, 0x7CA4},			/* 粵 粤 */
	{0x7D4C, 0x7ECF},			/* 経 经 */
	{0x7D61, 0x7EDC},			/* 絡 络 */
	{0x7D93, 0x7ECF},			/* 經 经 */
	{0x7DAD, 0x7EF4},			/* 維 维 */
	{0x7DB2, 0x7F51},			/* 網 网 */
	{0x7DE8, 0x7F16},			/* 編 编 */
	{0x806F, 0x8054},			/* 聯 联 */
	{0x8085, 0x8083},			/* 肅 肃 */
	{0x8207, 0x4E0E},			/* 與 与 */
	{0x83EF, 0x534E},			/* 華 华 */
	{0x8535, 0x85CF},			/* 蔵 藏 */
	{0x8607, 0x82CF},			/* 蘇 苏 */
	{0x865F, 0x53F7},			/* 號 号 */
	{0x8A0A, 0x8BAF},			/* 訊 讯 */
	{0x8A31, 0x8BB8},			/* 許 许 */
	{0x8A3C, 0x8BC1},			/* 証 证 */
	{0x8B49, 0x8BC1},			/* 證 证 */
	{0x8CB4, 0x8D35},			/* 貴 贵 */
	{0x8D1B, 0x8D63},			/* 贛 赣 */
	{0x8EDF, 0x8F6F},			/* 軟 软 */
	{0x907C, 0x8FBD},			/* 遼 辽 */
	{0x95A9, 0x95FD},			/* 閩 闽 */
	{0x95DC, 0x5173},			/* 關 关 */
	{0x965D, 0x9655},			/* 陝 陕 */
	{0x96B4, 0x9647},			/* 隴 陇 */
	{0x96F2, 0x4E91},			/* 雲 云 */
	{0x96FB, 0x7535},			/* 電 电 */
	{0x9801, 0x9875},			/* 頁 页 */
	{0x9AD4, 0x4F53},			/* 體 体 */
	{0x9B6F, 0x9C81},			/* 魯 鲁 */
	{0x9ED2, 0x9ED1},			/* 黒 黑 */
	{0x9F8D, 0x9F99},			/* 龍 龙 */
};

/* one bit for each value of the low 11 bits of han[].from: most characters of a page stop here */
static const uint32_t han_filter[64] = {
	0x00000002, 0x00000000, 0x00000000, 0x10008000, 0x02800020, 0x14000000, 0x00000000, 0x00008000,
	0x00000000, 0x00000000, 0x00000000, 0x00402080, 0x00000000, 0x00000000, 0x80000200, 0x00000000,
	0x00000480, 0x50060000, 0x80000000, 0x00000000, 0x00000000, 0x00000000, 0x02100000, 0x00000000,
	0x00000000, 0x00000000, 0x01000201, 0x00008000, 0x00000000, 0x00000000, 0x00000000, 0x00008080,
	0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00300000, 0x00000400, 0x00000000,
	0x08000000, 0x0020800C, 0x00001000, 0x00000002, 0x00080000, 0x00446200, 0x18000000, 0x00000100,
	0x00000080, 0x00000000, 0xA0000200, 0x00000000, 0x00000000, 0x00100000, 0x80040000, 0x09041008,
	0x00000800, 0x00100000, 0x00000000, 0x02020000, 0x00002000, 0x00002000, 0x00000400, 0x08000000
};

static uint32_t
fold_han(uint32_t c)
{
	unsigned	low = 0;
	unsigned	high = sizeof(han) / sizeof(han[0]);

	if (c > 0xFFFF || !(han_filter[(c & 0x7FF) >> 5] >> (c & 31) & 1))
		return c;
	while (low < high)
	{
		unsigned	mid = (low + high) / 2;

		if (han[mid].from == c)
			return han[mid].to;
		if (han[mid].from < c)
			low = mid + 1;
		else
			high = mid;
	}
	return c;
}

static uint32_t
fold_ascii(uint32_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 'A';
	switch (c)
	{
		case '\t':
		case '\n':
		case '\v':
		case '\f':
		case '\r':
			return ' ';
		case '[':
		case '<':
			return '(';
		case ']':
		case '>':
			return ')';
		case ';':
		case '|':
			return ':';
		case '\\':
			return '/';
		case '`':
		case '\'':
			return '"';
		default:
			return c;
	}
}

/*
 * Everything that is neither ASCII nor one of the ideographs.
 */
static uint32_t
fold_sign(uint32_t c)
{
	switch (c)
	{
			/* no width: soft hyphen, joiner, marks of direction, byte order mark */
		case 0x00AD:
		case 0x034F:
		case 0x061C:
		case 0x180E:
		case 0xFEFF:
			return 0;

		case 0x0085:
		case 0x00A0:
		case 0x1680:
		case 0x3000:
		case 0x205F:
		case 0x202F:
		case 0x2028:
		case 0x2029:
			return ' ';

			/* dashes, minus signs, and the strokes that stand in for them in Chinese input */
		case 0x02D7:
		case 0x058A:
		case 0x2043:
		case 0x207B:
		case 0x208B:
		case 0x2212:
		case 0x23AF:
		case 0x2500:
		case 0x2501:
		case 0x2E3A:
		case 0x2E3B:
		case 0x30FC:
		case 0x3127:
		case 0x3161:
		case 0xFE31:
		case 0xFE58:
		case 0xFE63:
		case 0xFF70:
			return '-';

		case 0x2236:			/* ratio */
		case 0xFE13:
		case 0xFE30:
		case 0xFE55:
		case 0xA789:
			return ':';

		case 0x00B7:
		case 0x2022:
		case 0x2027:
		case 0x22C5:
		case 0x3001:
		case 0x3002:
		case 0x30FB:
		case 0xFE52:
		case 0xFF61:
		case 0xFF64:
		case 0xFF65:
			return '.';

		case 0x2018:
		case 0x201C:
		case 0x3008:
		case 0x300A:
		case 0x300C:
		case 0x300E:
		case 0x3010:
		case 0x3014:
		case 0x3016:
		case 0x00AB:
		case 0xFE59:
		case 0xFE5D:
			return '(';

		case 0x2019:
		case 0x201D:
		case 0x3009:
		case 0x300B:
		case 0x300D:
		case 0x300F:
		case 0x3011:
		case 0x3015:
		case 0x3017:
		case 0x00BB:
		case 0xFE5A:
		case 0xFE5E:
			return ')';

			/* what stands for a digit that is not shown */
		case 0x00D7:
		case 0x2026:
		case 0x2217:
		case 0x25A0:
		case 0x25A1:
		case 0x25CB:
		case 0x25CF:
		case 0x25EF:
		case 0x2573:
		case 0x2715:
		case 0x2716:
		case 0x3007:
		case 0x203B:
			return '*';

		default:
			break;
	}
	if (c >= 0x2000 && c <= 0x200A)
		return ' ';
	if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
		(c >= 0xFE00 && c <= 0xFE0F))
		return 0;
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	return c;
}

uint32_t
icp_fold(uint32_t c)
{
	if (c < 0x80)
		return fold_ascii(c);
	if (c >= 0x3400 && c <= 0x9FFF)
		return fold_han(c);
	if (c >= 0xFF01 && c <= 0xFF5E)
		return fold_ascii(c - 0xFEE0);
	if (c >= 0x2E80 && c <= 0x2FDF)
		return fold_han(c);
	return fold_sign(c);
}
