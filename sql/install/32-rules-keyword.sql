-- Words that a name may not hold without a reason (关键词): 5 附件3 二(五).

CREATE TABLE icp.keyword (
	list text NOT NULL CHECK (list OPERATOR(pg_catalog.~) '^[a-z][a-z0-9_]{0,62}$'),
	word text NOT NULL CHECK (pg_catalog.char_length(word) OPERATOR(pg_catalog.>=) 1
	                          AND pg_catalog.char_length(word) OPERATOR(pg_catalog.<=) 64
	                          AND word OPERATOR(pg_catalog.=) pg_catalog.btrim(word)),
	source text NOT NULL,
	PRIMARY KEY (list, word)
);
COMMENT ON TABLE icp.keyword IS
	'Words that a name may hold under conditions only; shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.keyword.list IS 'The list; what lifts it, says doc/codes.md';
COMMENT ON COLUMN icp.keyword.word IS
	'The word; found in any width, case, and traditional or simplified form';
COMMENT ON COLUMN icp.keyword.source IS
	'The clause that names the word; or seed: chosen for the class, for the bureau to confirm';

CREATE TABLE icp.keyword_local (
	list text NOT NULL CHECK (list OPERATOR(pg_catalog.~) '^[a-z][a-z0-9_]{0,62}$'),
	word text NOT NULL CHECK (pg_catalog.char_length(word) OPERATOR(pg_catalog.>=) 1
	                          AND pg_catalog.char_length(word) OPERATOR(pg_catalog.<=) 64
	                          AND word OPERATOR(pg_catalog.=) pg_catalog.btrim(word)),
	is_used boolean NOT NULL DEFAULT true,
	reason text,
	PRIMARY KEY (list, word)
);
COMMENT ON TABLE icp.keyword_local IS 'A bureau''s own words, and shipped ones that it takes out';
COMMENT ON COLUMN icp.keyword_local.list IS 'A list of icp.keyword, division, or a new one';
COMMENT ON COLUMN icp.keyword_local.word IS 'The word, as in icp.keyword';
COMMENT ON COLUMN icp.keyword_local.is_used IS 'false: the same word of icp.keyword, or of the divisions, does not count';
COMMENT ON COLUMN icp.keyword_local.reason IS 'Why';

-- Only their owner writes them; everybody may read.
GRANT SELECT ON icp.keyword, icp.keyword_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.keyword_local', '');

CREATE FUNCTION icp.keyword_changed() RETURNS trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_keyword_changed';
COMMENT ON FUNCTION icp.keyword_changed() IS
	'Trigger: makes every session read the changed keywords and divisions anew';
REVOKE ALL ON FUNCTION icp.keyword_changed() FROM PUBLIC;

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY '{keyword,keyword_local,division,division_local}'::text[] LOOP
		EXECUTE pg_catalog.format(
			'CREATE TRIGGER changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.%1$I
				FOR EACH STATEMENT EXECUTE FUNCTION icp.keyword_changed();
			CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.%1$I
				FOR EACH STATEMENT EXECUTE FUNCTION icp.keyword_changed();
			ALTER TABLE icp.%1$I ENABLE ALWAYS TRIGGER changing;
			ALTER TABLE icp.%1$I ENABLE ALWAYS TRIGGER changed;
			COMMENT ON TRIGGER changing ON icp.%1$I IS
				''Before a statement, so that what it read half-way is forgotten if it fails'';
			COMMENT ON TRIGGER changed ON icp.%1$I IS
				''After a statement: every session reads the words anew''', name);
	END LOOP;
	FOREACH name IN ARRAY '{keyword_local,division_local}'::text[] LOOP
		EXECUTE pg_catalog.format(
			'CREATE TRIGGER replicated AFTER INSERT OR UPDATE OR DELETE ON icp.%1$I
				FOR EACH ROW EXECUTE FUNCTION icp.keyword_changed();
			ALTER TABLE icp.%1$I ENABLE REPLICA TRIGGER replicated;
			COMMENT ON TRIGGER replicated ON icp.%1$I IS
				''After a row that an apply worker wrote: statement triggers do not fire there''', name);
	END LOOP;
END $$;

CREATE FUNCTION icp.find_keywords(list text, value text) RETURNS TABLE (word text, "position" integer)
	LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 2
	AS 'MODULE_PATHNAME', 'icp_find_keywords';
COMMENT ON FUNCTION icp.find_keywords(text, text) IS
	'Every word of a keyword list that stands in a text, with the number of its first character, in the order of '
	'their ends; overlapping words too; error 22023 where no such list is known';

-- Named by the law, then what was chosen for the class.
INSERT INTO icp.keyword (list, word, source)
SELECT l.list, w.word, l.source FROM (VALUES
	('news', '5 附件3 二(五)', '新闻 新闻网'),
	('publishing', '5 附件3 二(五)', '出版'),
	('education', '5 附件3 二(五)', '教育'),
	('health', '5 附件3 二(五)', '卫生'),
	('drugs', '5 附件3 二(五)', '药监'),
	('culture', '5 附件3 二(五)', '文化'),
	('broadcasting', '5 附件3 二(五)', '广电'),
	('bbs', '5 附件3 二(五)', '论坛'),
	('national', '5 附件3 二(五)', '中国'),
	('government', '5 附件3 二(五)', '人民政府 监察'),
	('person_excluded', '5 附件3 二(五)', '有限公司'),
	('news', 'seed', '头条 时政 日报 晚报 通讯社'),
	('publishing', 'seed', '期刊 图书出版 电子书 文学网'),
	('education', 'seed', '学校 培训 网校'),
	('health', 'seed', '医疗 医院 保健 健康 诊所'),
	('drugs', 'seed', '药品 药店 医药 医疗器械'),
	('culture', 'seed', '游戏 动漫 音乐 演出'),
	('broadcasting', 'seed', '广播 电影 电视 影视 视频 直播'),
	('bbs', 'seed', '社区 贴吧 BBS 聊天室 留言板'),
	('ride_hailing', 'seed', '网约车 专车 打车'),
	('religion', 'seed', '宗教 佛教 道教 基督 伊斯兰 寺'),
	('finance', 'seed', '交易所 交易中心 金融 资产管理 理财 基金 基金管理 投资管理 财富管理 股权投资基金 网贷 网络借贷 '
		'P2P 股权众筹 互联网保险 支付'),
	('national', 'seed', '中华 中央 全国 国家 国际 人民 人大 国务院'),
	('government', 'seed', '反腐 廉政 政府 公安 法院 检察 税务 海关 政务 市委'),
	('person_excluded', 'seed', '公司 集团 工作室 协会 中心 商城 官网 博客'),
	('test_words', 'seed', '测试 试用 test testing demo asdf qwerty'),
	('prohibited', '互联网信息服务管理办法 §15', '淫秽 色情 赌博 邪教 凶杀'),
	('training', 'seed', '校外培训 课外培训 课外辅导 学科培训 学科辅导 补习班 中小学辅导 中小学培训'),
	('idiom', 'seed', '一帆风顺 一路平安 一心一意 一鸣惊人 一马当先 三思而行 五湖四海 八面玲珑 十全十美 千山万水 万事如意 '
		'万紫千红 四海为家 百花齐放 百尺竿头 马到成功 龙飞凤舞 风和日丽 风雨同舟 花好月圆 鸟语花香 春暖花开 春华秋实 '
		'秋高气爽 山清水秀 海阔天空 天长地久 地久天长 心想事成 心旷神怡 自强不息 厚德载物 温故知新 学无止境 画龙点睛 '
		'锦上添花 雪中送炭 水到渠成 水滴石穿 滴水穿石 金玉良缘 志同道合 同舟共济 欣欣向荣 蒸蒸日上 生生不息 '
		'守株待兔 亡羊补牢 胸有成竹 大器晚成 精益求精 与时俱进 实事求是 诗情画意 世外桃源 桃李满天下 上善若水'),
	('other_meaning', 'seed', '今日报价 每日报价 当日报价 今日报名 生日报告 今晚报名 创新闻名 新闻纸 语文化学 文化石 文化墙 文化衫 企业文化 天文化石 '
		'英文化妆 知音乐园 音乐喷泉 导演出品 演出服 运动漫步 互动漫游 上游戏剧 光电影像 光电视觉 机电视觉 电视机 电视柜 电视墙 电视支架 电视背景墙 '
		'影视墙 视频监控 监控视频 视频会议 公共广播 广播体操 推广播种 垂直播种 电子书架 电子书桌 电子书写 进出版纳 农药品牌 农药品种 安全国 齐全国 保全国 心中华 集中央 '
		'采集团 征集团 集团购 美国家 英国家 法国家 德国家 韩国家 泰国家 外国家'),
	('generic_app', 'seed', '应用 软件 小程序 客户端 APP 未命名 示例 免费 特价 促销 限时')
) AS l (list, source, words), LATERAL pg_catalog.string_to_table(l.words, ' ') AS w (word);
