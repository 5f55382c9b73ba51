-- The ministry's code tables (代码表): official ids, names, validity.
--
-- The ministry changes them by pushing new lists, so they are rows, not types. NULL in valid_from or valid_to: no day
-- is known, and it holds without end on that side. A row of the …_local table comes in place of the shipped one of its id.

CREATE TABLE icp.nature (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 0),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	former_name text,
	is_person boolean NOT NULL,
	is_enterprise boolean,
	may_be_company boolean,
	is_government boolean,
	is_military boolean,
	is_institution boolean,
	is_public_body boolean,
	name_endings text[],
	likely_endings text[],
	credit_codes text[],
	registered_as integer[]
);
COMMENT ON COLUMN icp.nature.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.nature.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.nature.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.nature.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.nature.source IS 'Where the row was read';
COMMENT ON COLUMN icp.nature.former_name IS 'The name in the list of 2013, where it was another';
COMMENT ON COLUMN icp.nature.is_person IS 'An individual (个人)';
COMMENT ON COLUMN icp.nature.is_enterprise IS
	'An enterprise, with a name of its form, and none of the state''s domains; NULL here and in the columns that follow: no, and in icp.nature_local what the shipped row of the id says';
COMMENT ON COLUMN icp.nature.may_be_company IS 'May have the name of a company (公司; NATURE-003)';
COMMENT ON COLUMN icp.nature.is_government IS 'The government, which may have an authority''s name and its words';
COMMENT ON COLUMN icp.nature.is_military IS 'The army';
COMMENT ON COLUMN icp.nature.is_institution IS 'An institution (事业单位), of whose domains 互联网政务应用安全管理规定 speaks';
COMMENT ON COLUMN icp.nature.is_public_body IS
	'A body with a superior unit as authorities have, and may be authorised by them (SUPERIOR-004, SITE-NAME-008)';
COMMENT ON COLUMN icp.nature.name_endings IS 'Endings of names that are this nature''s alone (NATURE-006, for the army NATURE-007)';
COMMENT ON COLUMN icp.nature.likely_endings IS 'Endings of names that an enterprise seldom has (NATURE-005)';
COMMENT ON COLUMN icp.nature.credit_codes IS
	'How credit codes of its register begin: department and category, or the department alone (GB 32100)';
COMMENT ON COLUMN icp.nature.registered_as IS 'Natures of whose registers it is, too, as hospitals are (CREDENTIAL-004)';
CREATE TABLE icp.nature_local (LIKE icp.nature INCLUDING ALL);
COMMENT ON TABLE icp.nature IS
	'主办单位性质 (Dwxz): what a sponsor is; shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.nature_local IS 'A bureau''s own rows of icp.nature, and those it puts in place of shipped ones';
GRANT SELECT ON icp.nature, icp.nature_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.nature_local', '');
INSERT INTO icp.nature (id, name, source, former_name, is_person) VALUES
	(1, '国防机构', '企业系统接口规范 V3.0 (2013-10)', '军队', false),
	(2, '政府机关', '企业系统接口规范 V3.0 (2013-10)', NULL, false),
	(3, '事业单位', '企业系统接口规范 V3.0 (2013-10)', NULL, false),
	(4, '企业', '企业系统接口规范 V3.0 (2013-10)', NULL, false),
	(5, '个人', '企业系统接口规范 V3.0 (2013-10)', NULL, true),
	(6, '社会团体', '企业系统接口规范 V3.0 (2013-10)', NULL, false),
	(9, '民办非企业单位', 'provider''s filing form (2023)', NULL, false),
	(10, '基金会', 'provider''s filing form (2023)', NULL, false),
	(11, '律师执业机构', 'provider''s filing form (2023)', NULL, false),
	(12, '外国在华文化中心', 'provider''s filing form (2023)', NULL, false),
	(13, '群众性团体组织', 'provider''s filing form (2023)', NULL, false),
	(14, '司法鉴定机构', 'provider''s filing form (2023)', NULL, false),
	(15, '宗教团体', 'provider''s filing form (2023)', NULL, false),
	(16, '境外机构', 'provider''s filing form (2023)', NULL, false),
	(17, '医疗机构', 'provider''s filing form (2023)', NULL, false),
	(18, '公证机构', 'provider''s filing form (2023)', NULL, false),
	(19, '集体经济', 'provider''s filing form (2023)', NULL, false),
	(20, '仲裁机构', 'provider''s filing form (2023)', NULL, false);

-- What rules ask of a nature.
UPDATE icp.nature SET is_enterprise = true WHERE id OPERATOR(pg_catalog.=) 4;
UPDATE icp.nature SET may_be_company = true WHERE id OPERATOR(pg_catalog.=) ANY ('{4,16,19}');
UPDATE icp.nature SET is_government = true WHERE id OPERATOR(pg_catalog.=) 2;
UPDATE icp.nature SET is_military = true WHERE id OPERATOR(pg_catalog.=) 1;
UPDATE icp.nature SET is_institution = true WHERE id OPERATOR(pg_catalog.=) 3;
UPDATE icp.nature SET is_public_body = true WHERE id OPERATOR(pg_catalog.=) ANY ('{3,6,13}');
UPDATE icp.nature SET registered_as = '{3,4,9}' WHERE id OPERATOR(pg_catalog.=) 17;
UPDATE icp.nature n SET name_endings = a.name_endings::text[], likely_endings = a.likely_endings::text[],
	credit_codes = a.credit_codes::text[]
  FROM (VALUES
	(1, '{部队}', NULL, '{A}'),
	(2, NULL, NULL, '{11}'),
	(3, NULL, NULL, '{12}'),
	(4, NULL, NULL, '{9}'),
	(6, NULL, '{协会,学会,研究会,商会,联合会,促进会}', '{51}'),
	(9, NULL, NULL, '{52}'),
	(10, NULL, '{基金会}', '{53}'),
	(11, '{律师事务所}', NULL, '{31}'),
	(13, '{村民委员会,居民委员会}', NULL, '{13}'),
	(14, '{司法鉴定所,司法鉴定中心}', NULL, '{34}'),
	(15, NULL, NULL, '{7}'),
	(18, '{公证处}', NULL, '{32}'),
	(19, NULL, NULL, '{N}'),
	(20, '{仲裁委员会}', NULL, '{35}')) AS a (id, name_endings, likely_endings, credit_codes)
 WHERE n.id OPERATOR(pg_catalog.=) a.id;

CREATE TABLE icp.credential_type (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 0),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	nature_id integer,
	former_name text,
	kinds text[] NOT NULL,
	is_personal boolean NOT NULL
);
COMMENT ON COLUMN icp.credential_type.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.credential_type.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.credential_type.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.credential_type.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.credential_type.source IS 'Where the row was read';
COMMENT ON COLUMN icp.credential_type.nature_id IS 'The nature it belongs to (Dwflid); null: not established';
COMMENT ON COLUMN icp.credential_type.former_name IS 'The name in the list of 2013, where it was another';
COMMENT ON COLUMN icp.credential_type.kinds IS 'The kinds of icp.credential that its number may be';
COMMENT ON COLUMN icp.credential_type.is_personal IS 'A persons document, which a principal (负责人) may have';
CREATE TABLE icp.credential_type_local (LIKE icp.credential_type INCLUDING ALL);
COMMENT ON TABLE icp.credential_type IS
	'证件类型 (Zjlx): a sponsors credential; shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.credential_type_local IS 'A bureau''s own rows of icp.credential_type, and those it puts in place of shipped ones';
GRANT SELECT ON icp.credential_type, icp.credential_type_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.credential_type_local', '');
INSERT INTO icp.credential_type (id, name, source, nature_id, former_name, kinds, is_personal) VALUES
	(1, '营业执照', '企业系统接口规范 V3.0 (2013-10)', 4, '工商营业执照', '{business_licence,uscc}', false),
	(2, '居民身份证', '企业系统接口规范 V3.0 (2013-10)', 5, NULL, '{resident_id}', true),
	(3, '组织机构代码证', '企业系统接口规范 V3.0 (2013-10)', 3, NULL, '{org_code}', false),
	(4, '事业单位法人证书', '企业系统接口规范 V3.0 (2013-10)', 3, '事业法人证书', '{public_institution,uscc}', false),
	(5, '部队代号', '企业系统接口规范 V3.0 (2013-10)', 1, '军队代号', '{military_unit}', false),
	(6, '社会团体法人登记证书', '企业系统接口规范 V3.0 (2013-10)', 6, '社团法人证书', '{social_organisation,uscc}', false),
	(7, '护照', '企业系统接口规范 V3.0 (2013-10)', 5, NULL, '{passport}', true),
	(8, '军官证', '企业系统接口规范 V3.0 (2013-10)', NULL, NULL, '{military_officer}', false),
	(9, '组织机构代码证', '企业系统接口规范 V3.0 (2013-10)', 2, NULL, '{org_code}', false),
	(10, '组织机构代码证', '企业系统接口规范 V3.0 (2013-10)', 6, NULL, '{org_code}', false),
	(11, '台湾居民来往大陆通行证', '企业系统接口规范 V3.0 (2013-10)', 5, '台胞证', '{taiwan_permit}', true),
	(12, '组织机构代码证', '企业系统接口规范 V3.0 (2013-10)', 4, NULL, '{org_code}', false),
	(13, '统一社会信用代码证书', 'provider''s filing form (2023)', 2, NULL, '{uscc}', false),
	(14, '港澳居民来往内地通行证', 'provider''s filing form (2023)', 5, NULL, '{hk_macao_permit}', true),
	(15, '统一社会信用代码证书', 'provider''s filing form (2023)', 3, NULL, '{uscc}', false),
	(16, '组织机构代码证', 'provider''s filing form (2023)', 9, NULL, '{org_code}', false),
	(17, '民办非企业单位登记证书', 'provider''s filing form (2023)', 9, NULL, '{uscc,other}', false),
	(18, '组织机构代码证', 'provider''s filing form (2023)', 10, NULL, '{org_code}', false),
	(19, '基金会法人登记证书', 'provider''s filing form (2023)', 10, NULL, '{uscc,other}', false),
	(20, '组织机构代码证', 'provider''s filing form (2023)', 11, NULL, '{org_code}', false),
	(21, '律师事务所执业许可证', 'provider''s filing form (2023)', 11, NULL, '{uscc,other}', false),
	(22, '外国在华文化中心登记证', 'provider''s filing form (2023)', 12, NULL, '{uscc,other}', false),
	(23, '军队单位对外有偿服务许可证', 'provider''s filing form (2023)', 1, NULL, '{other}', false),
	(24, '统一社会信用代码证书', 'provider''s filing form (2023)', 13, NULL, '{uscc}', false),
	(25, '宗教活动场所登记证', 'provider''s filing form (2023)', 15, NULL, '{uscc,other}', false),
	(27, '外国企业常驻代表机构登记证', 'provider''s filing form (2023)', 4, NULL, '{uscc,business_licence,other}', false),
	(28, '司法鉴定许可证', 'provider''s filing form (2023)', 14, NULL, '{uscc,other}', false),
	(30, '外国人永久居留身份证', 'provider''s filing form (2023)', 5, NULL, '{foreign_permanent_resident}', true),
	(34, '外国政府旅游部门常驻代表机构批准登记证', 'provider''s filing form (2023)', 12, NULL, '{other}', false),
	(35, '境外机构证件', 'provider''s filing form (2023)', 16, NULL, '{other}', false),
	(36, '社会服务机构登记证书', 'provider''s filing form (2023)', 9, NULL, '{uscc,other}', false),
	(37, '民办学校办学许可证', 'provider''s filing form (2023)', 9, NULL, '{other}', false),
	(38, '医疗机构执业许可证', 'provider''s filing form (2023)', 17, NULL, '{uscc,other}', false),
	(39, '公证机构执业证', 'provider''s filing form (2023)', 18, NULL, '{uscc,other}', false),
	(40, '北京市外国驻华使馆人员子女学校办学许可证', 'provider''s filing form (2023)', 12, NULL, '{other}', false),
	(41, '港澳居民居住证', 'provider''s filing form (2023)', 5, NULL, '{residence_permit}', true),
	(42, '台湾居民居住证', 'provider''s filing form (2023)', 5, NULL, '{residence_permit}', true),
	(43, '农村集体经济组织登记证', 'provider''s filing form (2023)', 19, NULL, '{uscc,other}', false),
	(44, '仲裁委员会登记证', 'provider''s filing form (2023)', 20, NULL, '{uscc,other}', false),
	(46, '境外非政府组织代表机构', 'provider''s help pages (2025)', NULL, NULL, '{uscc,other}', false),
	(47, '外国驻华新闻机构证', 'provider''s help pages (2025)', NULL, NULL, '{other}', false),
	(48, '香港、澳门、台湾旅游部门办事机构', 'provider''s help pages (2025)', NULL, NULL, '{other}', false),
	(49, '社会信用代码证书', 'provider''s help pages (2025)', NULL, NULL, '{uscc}', false);

CREATE TABLE icp.access_mode (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 1 AND id OPERATOR(pg_catalog.<=) 63),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	mask bigint GENERATED ALWAYS AS (1::bigint OPERATOR(pg_catalog.<<) (id OPERATOR(pg_catalog.-) 1)) STORED
);
COMMENT ON COLUMN icp.access_mode.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.access_mode.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.access_mode.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.access_mode.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.access_mode.source IS 'Where the row was read';
COMMENT ON COLUMN icp.access_mode.mask IS 'Its bit where several travel as one number (Ysid), 2^(id-1)';
CREATE TABLE icp.access_mode_local (LIKE icp.access_mode INCLUDING ALL);
COMMENT ON TABLE icp.access_mode IS
	'接入方式 (Jrfs); shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.access_mode_local IS 'A bureau''s own rows of icp.access_mode, and those it puts in place of shipped ones';
GRANT SELECT ON icp.access_mode, icp.access_mode_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.access_mode_local', '');
INSERT INTO icp.access_mode (id, name, source) VALUES
	(1, '专线', 'provider''s filing form (2023)'),
	(2, '主机托管', 'provider''s filing form (2023)'),
	(3, '虚拟主机', 'provider''s filing form (2023)'),
	(4, '其他', 'provider''s filing form (2023)'),
	(5, '云接入', 'provider''s filing form (2023)');

CREATE TABLE icp.service_content (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 1 AND id OPERATOR(pg_catalog.<=) 63),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	mask bigint GENERATED ALWAYS AS (1::bigint OPERATOR(pg_catalog.<<) (id OPERATOR(pg_catalog.-) 1)) STORED
);
COMMENT ON COLUMN icp.service_content.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.service_content.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.service_content.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.service_content.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.service_content.source IS 'Where the row was read';
COMMENT ON COLUMN icp.service_content.mask IS 'Its bit where several travel as one number (Ysid), 2^(id-1)';
CREATE TABLE icp.service_content_local (LIKE icp.service_content INCLUDING ALL);
COMMENT ON TABLE icp.service_content IS
	'服务内容 (Fwnr_id); shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.service_content_local IS 'A bureau''s own rows of icp.service_content, and those it puts in place of shipped ones';
GRANT SELECT ON icp.service_content, icp.service_content_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.service_content_local', '');
INSERT INTO icp.service_content (id, name, source) VALUES
	(1, '即时通信', 'provider''s filing form (2023)'),
	(2, '搜索引擎', 'provider''s filing form (2023)'),
	(3, '综合门户', 'provider''s filing form (2023)'),
	(4, '网上邮局', 'provider''s filing form (2023)'),
	(5, '网络新闻', 'provider''s filing form (2023)'),
	(6, '博客/个人空间', 'provider''s filing form (2023)'),
	(7, '网络广告/信息', 'provider''s filing form (2023)'),
	(8, '单位门户网站', 'provider''s filing form (2023)'),
	(9, '网络购物', 'provider''s filing form (2023)'),
	(10, '网上支付', 'provider''s filing form (2023)'),
	(11, '网上银行', 'provider''s filing form (2023)'),
	(12, '网上炒股/股票基金', 'provider''s filing form (2023)'),
	(13, '网络游戏', 'provider''s filing form (2023)'),
	(14, '网络音乐', 'provider''s filing form (2023)'),
	(15, '网络影视', 'provider''s filing form (2023)'),
	(16, '网络图片', 'provider''s filing form (2023)'),
	(17, '网络软件/下载', 'provider''s filing form (2023)'),
	(18, '网上求职', 'provider''s filing form (2023)'),
	(19, '网上交友/婚介', 'provider''s filing form (2023)'),
	(20, '网上房产', 'provider''s filing form (2023)'),
	(21, '网络教育', 'provider''s filing form (2023)'),
	(22, '网站建设', 'provider''s filing form (2023)'),
	(23, 'WAP', 'provider''s filing form (2023)'),
	(24, '其他', 'provider''s filing form (2023)'),
	(28, 'APP', 'provider''s filing form (2023)'),
	(29, '网络借贷信息中介', 'provider''s filing form (2023)'),
	(30, '互联网股权融资', 'provider''s filing form (2023)'),
	(31, '互联网保险', 'provider''s filing form (2023)'),
	(32, '互联网跨界金融及资产管理', 'provider''s filing form (2023)'),
	(33, '网上非银支付', 'provider''s filing form (2023)');

CREATE TABLE icp.approval_kind (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 1 AND id OPERATOR(pg_catalog.<=) 63),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	mask bigint GENERATED ALWAYS AS (1::bigint OPERATOR(pg_catalog.<<) (id OPERATOR(pg_catalog.-) 1)) STORED,
	keyword_list text,
	is_special boolean NOT NULL,
	is_national boolean NOT NULL
);
COMMENT ON COLUMN icp.approval_kind.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.approval_kind.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.approval_kind.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.approval_kind.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.approval_kind.source IS 'Where the row was read';
COMMENT ON COLUMN icp.approval_kind.mask IS 'Its bit where several travel as one number (Ysid), 2^(id-1)';
COMMENT ON COLUMN icp.approval_kind.keyword_list IS 'The list of icp.keyword whose words it lifts';
COMMENT ON COLUMN icp.approval_kind.is_special IS '专项审批, not 前置审批';
COMMENT ON COLUMN icp.approval_kind.is_national IS 'Asked for in the whole country today; false: no more, though a province may';
CREATE TABLE icp.approval_kind_local (LIKE icp.approval_kind INCLUDING ALL);
COMMENT ON TABLE icp.approval_kind IS
	'前置或专项审批 (Nrlx_id); shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.approval_kind_local IS 'A bureau''s own rows of icp.approval_kind, and those it puts in place of shipped ones';
GRANT SELECT ON icp.approval_kind, icp.approval_kind_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.approval_kind_local', '');
INSERT INTO icp.approval_kind (id, name, source, keyword_list, is_special, is_national) VALUES
	(1, '新闻', 'provider''s filing form (2023)', 'news', false, true),
	(2, '出版', 'provider''s filing form (2023)', 'publishing', false, true),
	(3, '教育', 'provider''s filing form (2023)', 'education', false, false),
	(4, '医疗保健', 'provider''s filing form (2023)', 'health', false, false),
	(5, '药品和医疗器械', 'provider''s filing form (2023)', 'drugs', false, true),
	(6, '电子公告服务', 'provider''s filing form (2023)', 'bbs', true, false),
	(9, '文化', 'provider''s filing form (2023)', 'culture', false, true),
	(10, '广播电影电视节目', 'provider''s filing form (2023)', 'broadcasting', false, true),
	(12, '网络预约车', 'provider''s filing form (2023)', 'ride_hailing', false, true),
	(13, '互联网金融', 'provider''s filing form (2023)', 'finance', false, true),
	(14, '校外培训（高中及以下）', 'provider''s filing form (2023)', 'education', false, true),
	(15, '宗教', 'provider''s filing form (2023)', 'religion', false, true);

CREATE TABLE icp.language (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 0),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL
);
COMMENT ON COLUMN icp.language.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.language.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.language.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.language.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.language.source IS 'Where the row was read';
CREATE TABLE icp.language_local (LIKE icp.language INCLUDING ALL);
COMMENT ON TABLE icp.language IS
	'网站语言 (Yylb_id); shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.language_local IS 'A bureau''s own rows of icp.language, and those it puts in place of shipped ones';
GRANT SELECT ON icp.language, icp.language_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.language_local', '');
INSERT INTO icp.language (id, name, source) VALUES
	(1, '中文简体', 'provider''s filing form (2023)'),
	(2, '中文繁体', 'provider''s filing form (2023)'),
	(3, '维吾尔', 'provider''s filing form (2023)'),
	(4, '哈萨克', 'provider''s filing form (2023)'),
	(5, '柯尔克孜', 'provider''s filing form (2023)'),
	(6, '蒙古', 'provider''s filing form (2023)'),
	(7, '藏', 'provider''s filing form (2023)'),
	(8, '壮', 'provider''s filing form (2023)'),
	(9, '朝鲜', 'provider''s filing form (2023)'),
	(10, '彝', 'provider''s filing form (2023)'),
	(11, '苗', 'provider''s filing form (2023)'),
	(12, '英', 'provider''s filing form (2023)'),
	(13, '日', 'provider''s filing form (2023)'),
	(14, '法', 'provider''s filing form (2023)'),
	(15, '俄', 'provider''s filing form (2023)'),
	(16, '西班牙', 'provider''s filing form (2023)'),
	(17, '阿拉伯', 'provider''s filing form (2023)');

CREATE TABLE icp.service_type (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 0),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	service_kind text NOT NULL
);
COMMENT ON COLUMN icp.service_type.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.service_type.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.service_type.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.service_type.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.service_type.source IS 'Where the row was read';
COMMENT ON COLUMN icp.service_type.service_kind IS 'As icp.service_kind() says it';
CREATE TABLE icp.service_type_local (LIKE icp.service_type INCLUDING ALL);
COMMENT ON TABLE icp.service_type IS
	'服务类型 of the public query; shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.service_type_local IS 'A bureau''s own rows of icp.service_type, and those it puts in place of shipped ones';
GRANT SELECT ON icp.service_type, icp.service_type_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.service_type_local', '');
INSERT INTO icp.service_type (id, name, valid_from, source, service_kind) VALUES
	(1, '网站', NULL, 'public filing query', 'site'),
	(6, 'APP', '2023-09-01', '工信部信管〔2023〕105号', 'app'),
	(7, '小程序', '2023-09-01', '工信部信管〔2023〕105号', 'mini_program'),
	(8, '快应用', '2023-09-01', '工信部信管〔2023〕105号', 'quick_app');

CREATE TABLE icp.operation (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 0),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	application_kinds text[] NOT NULL
);
COMMENT ON COLUMN icp.operation.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.operation.name IS 'The ministry''s name';
COMMENT ON COLUMN icp.operation.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.operation.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.operation.source IS 'Where the row was read';
COMMENT ON COLUMN icp.operation.application_kinds IS 'The kinds of applications that it is; empty: none';
CREATE TABLE icp.operation_local (LIKE icp.operation INCLUDING ALL);
COMMENT ON TABLE icp.operation IS
	'备案类型, 操作类型 (Czlx); shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.operation_local IS 'A bureau''s own rows of icp.operation, and those it puts in place of shipped ones';
GRANT SELECT ON icp.operation, icp.operation_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.operation_local', '');
INSERT INTO icp.operation (id, name, source, application_kinds)
SELECT o.id, o.name, o.source, ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.operation = o.id ORDER BY k.ordinal, k.code)
  FROM (VALUES
	(1, '新增备案', '企业系统接口规范 V3.0 (2013-10)'),
	(2, '新增网站', '企业系统接口规范 V3.0 (2013-10)'),
	(3, '新增接入', '企业系统接口规范 V3.0 (2013-10)'),
	(4, '变更备案', '企业系统接口规范 V3.0 (2013-10)'),
	(5, '取消接入', '企业系统接口规范 V3.0 (2013-10)'),
	(6, '注销主体', '企业系统接口规范 V3.0 (2013-10)'),
	(7, '注销网站', '企业系统接口规范 V3.0 (2013-10)'),
	(35, '新增核验单', '企业系统接口规范 V3.0 (2013-10)')) AS o (id, name, source);

CREATE TABLE icp.result_code (
	id integer PRIMARY KEY CHECK (id OPERATOR(pg_catalog.>=) 0),
	name text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>) valid_from),
	source text NOT NULL,
	name_en text NOT NULL,
	level text NOT NULL,
	is_success boolean NOT NULL
);
COMMENT ON COLUMN icp.result_code.id IS 'The ministry''s id';
COMMENT ON COLUMN icp.result_code.name IS 'What it means, in our words: the list of 2013 was read, not copied';
COMMENT ON COLUMN icp.result_code.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.result_code.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.result_code.source IS 'Where the row was read';
COMMENT ON COLUMN icp.result_code.name_en IS 'The same in English';
COMMENT ON COLUMN icp.result_code.level IS 'What it answers: method, icp, ip, domain, or general';
COMMENT ON COLUMN icp.result_code.is_success IS 'Not an error';
CREATE TABLE icp.result_code_local (LIKE icp.result_code INCLUDING ALL);
COMMENT ON TABLE icp.result_code IS
	'返回代码: the official answers of the provider interface; shipped, replaced by upgrades, never edited';
COMMENT ON TABLE icp.result_code_local IS 'A bureau''s own rows of icp.result_code, and those it puts in place of shipped ones';
GRANT SELECT ON icp.result_code, icp.result_code_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.result_code_local', '');
INSERT INTO icp.result_code (id, name, source, name_en, level, is_success) VALUES
	(0, '操作完成', '企业系统接口规范 V3.0 (2013-10)', 'done', 'method', true),
	(1, '操作完成，已全部下载', '企业系统接口规范 V3.0 (2013-10)', 'done, all downloaded', 'method', true),
	(2, '没有可下载的数据', '企业系统接口规范 V3.0 (2013-10)', 'nothing to download', 'method', true),
	(3, '还有数据可下载', '企业系统接口规范 V3.0 (2013-10)', 'more to download', 'method', true),
	(4, '用户名错误', '企业系统接口规范 V3.0 (2013-10)', 'unknown user', 'method', false),
	(5, '口令错误', '企业系统接口规范 V3.0 (2013-10)', 'wrong password', 'method', false),
	(6, '解密失败', '企业系统接口规范 V3.0 (2013-10)', 'decryption failed', 'method', false),
	(7, '哈希校验失败', '企业系统接口规范 V3.0 (2013-10)', 'hash does not match', 'method', false),
	(8, '解压缩失败', '企业系统接口规范 V3.0 (2013-10)', 'cannot be unzipped', 'method', false),
	(9, '加密算法不支持', '企业系统接口规范 V3.0 (2013-10)', 'unknown cipher', 'method', false),
	(10, '哈希算法不支持', '企业系统接口规范 V3.0 (2013-10)', 'unknown hash', 'method', false),
	(11, '压缩格式不支持', '企业系统接口规范 V3.0 (2013-10)', 'unknown compression', 'method', false),
	(12, '身份验证失败', '企业系统接口规范 V3.0 (2013-10)', 'identity not verified', 'method', false),
	(13, '不是本省接入单位', '企业系统接口规范 V3.0 (2013-10)', 'not an access provider of this province', 'method', false),
	(14, '数据序列号不连续', '企业系统接口规范 V3.0 (2013-10)', 'gap in the sequence', 'method', false),
	(15, '待处理文件过多', '企业系统接口规范 V3.0 (2013-10)', 'too many files waiting', 'method', false),
	(16, '随机字符串过短', '企业系统接口规范 V3.0 (2013-10)', 'random text too short', 'method', false),
	(17, '文件数不为一', '企业系统接口规范 V3.0 (2013-10)', 'not exactly one file', 'method', false),
	(18, '文件超过 50 MB', '企业系统接口规范 V3.0 (2013-10)', 'over 50 MB', 'method', false),
	(19, '无权上报', '企业系统接口规范 V3.0 (2013-10)', 'not authorised to report', 'method', false),
	(20, '不在上报时间内', '企业系统接口规范 V3.0 (2013-10)', 'outside the reporting hours', 'method', false),
	(21, '缺少文件名', '企业系统接口规范 V3.0 (2013-10)', 'file name missing', 'method', false),
	(22, '口令尝试次数过多', '企业系统接口规范 V3.0 (2013-10)', 'too many password tries', 'method', false),
	(901, '上传接口维护', '企业系统接口规范 V3.0 (2013-10)', 'upload under maintenance', 'method', false),
	(902, '下载接口维护', '企业系统接口规范 V3.0 (2013-10)', 'download under maintenance', 'method', false),
	(999, '其他错误', '企业系统接口规范 V3.0 (2013-10)', 'other', 'method', false),
	(1001, '管局审核通过', '企业系统接口规范 V3.0 (2013-10)', 'passed by the bureau', 'icp', true),
	(1002, '管局审核未通过', '企业系统接口规范 V3.0 (2013-10)', 'refused by the bureau', 'icp', false),
	(1003, '主办单位冲突', '企业系统接口规范 V3.0 (2013-10)', 'sponsor conflict', 'icp', false),
	(1004, '域名不合法', '企业系统接口规范 V3.0 (2013-10)', 'domain invalid', 'icp', false),
	(1005, '域名已备案', '企业系统接口规范 V3.0 (2013-10)', 'domain already filed', 'icp', false),
	(1006, 'IP 地址不合法', '企业系统接口规范 V3.0 (2013-10)', 'IP address invalid', 'icp', false),
	(1007, '联系人不合法', '企业系统接口规范 V3.0 (2013-10)', 'contact invalid', 'icp', false),
	(1008, '证件不合法', '企业系统接口规范 V3.0 (2013-10)', 'credential invalid', 'icp', false),
	(1009, '电子邮箱不合法', '企业系统接口规范 V3.0 (2013-10)', 'mail address invalid', 'icp', false),
	(1010, '办公电话不合法', '企业系统接口规范 V3.0 (2013-10)', 'office telephone invalid', 'icp', false),
	(1011, '手机号码不合法', '企业系统接口规范 V3.0 (2013-10)', 'mobile number invalid', 'icp', false),
	(1012, 'MSN 不合法', '企业系统接口规范 V3.0 (2013-10)', 'MSN invalid', 'icp', false),
	(1013, 'QQ 不合法', '企业系统接口规范 V3.0 (2013-10)', 'QQ invalid', 'icp', false),
	(1014, '单位性质不合法', '企业系统接口规范 V3.0 (2013-10)', 'nature invalid', 'icp', false),
	(1015, '身份证号码不合法', '企业系统接口规范 V3.0 (2013-10)', 'identity number invalid', 'icp', false),
	(1016, '备案记录不存在', '企业系统接口规范 V3.0 (2013-10)', 'record unknown', 'icp', false),
	(1017, '已有变更待处理', '企业系统接口规范 V3.0 (2013-10)', 'a change is already pending', 'icp', false),
	(1018, '备案密码错误', '企业系统接口规范 V3.0 (2013-10)', 'filing password wrong', 'icp', false),
	(1019, '行政区划代码错误', '企业系统接口规范 V3.0 (2013-10)', 'division code wrong', 'icp', false),
	(1020, '网站名称冲突', '企业系统接口规范 V3.0 (2013-10)', 'site-name conflict', 'icp', false),
	(1021, '网站首页冲突', '企业系统接口规范 V3.0 (2013-10)', 'home-page conflict', 'icp', false),
	(1022, '网站首页格式错误', '企业系统接口规范 V3.0 (2013-10)', 'home page malformed', 'icp', false),
	(1023, 'IP 地址不在库中', '企业系统接口规范 V3.0 (2013-10)', 'IP address not in the store', 'icp', false),
	(1024, 'IP 地址冲突', '企业系统接口规范 V3.0 (2013-10)', 'IP address conflict', 'icp', false),
	(1025, '最后一个接入不能取消', '企业系统接口规范 V3.0 (2013-10)', 'the last access cannot be cancelled', 'icp', false),
	(1026, '注销原因错误', '企业系统接口规范 V3.0 (2013-10)', 'cancel reason wrong', 'icp', false),
	(1027, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1028, '用户名错误', '企业系统接口规范 V3.0 (2013-10)', 'user name wrong', 'icp', false),
	(1029, '接入重复', '企业系统接口规范 V3.0 (2013-10)', 'same access twice', 'icp', false),
	(1030, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1031, '办公电话未填', '企业系统接口规范 V3.0 (2013-10)', 'office telephone missing', 'icp', false),
	(1032, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1033, '前置审批类型错误', '企业系统接口规范 V3.0 (2013-10)', 'pre-approval kind wrong', 'icp', false),
	(1034, '服务内容错误', '企业系统接口规范 V3.0 (2013-10)', 'service content wrong', 'icp', false),
	(1035, '接入方式错误', '企业系统接口规范 V3.0 (2013-10)', 'way of access wrong', 'icp', false),
	(1036, '服务器放置地错误', '企业系统接口规范 V3.0 (2013-10)', 'place of the server wrong', 'icp', false),
	(1037, '网站已上报', '企业系统接口规范 V3.0 (2013-10)', 'site already reported', 'icp', false),
	(1038, '接入已上报', '企业系统接口规范 V3.0 (2013-10)', 'access already reported', 'icp', false),
	(1039, '域名已上报', '企业系统接口规范 V3.0 (2013-10)', 'domain already reported', 'icp', false),
	(1040, 'IP 地址已上报', '企业系统接口规范 V3.0 (2013-10)', 'IP address already reported', 'icp', false),
	(1041, '首页网址未包含域名列表中的域名', '企业系统接口规范 V3.0 (2013-10)', 'home page must use one of the domains', 'icp', false),
	(1042, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1043, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1044, '主体负责人未填', '企业系统接口规范 V3.0 (2013-10)', 'subject principal missing', 'icp', false),
	(1045, '只能向本省上报', '企业系统接口规范 V3.0 (2013-10)', 'report only to the own province', 'icp', false),
	(1046, '变更不能改变主体所在省', '企业系统接口规范 V3.0 (2013-10)', 'a change may not move the subject to another province', 'icp', false),
	(1047, '不是本单位的接入', '企业系统接口规范 V3.0 (2013-10)', 'not this provider''s access', 'icp', false),
	(1048, '不是本单位的备案', '企业系统接口规范 V3.0 (2013-10)', 'not this provider''s filing', 'icp', false),
	(1049, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1050, '注销冲突或已注销', '企业系统接口规范 V3.0 (2013-10)', 'cancellation pending, excluded by another, or done', 'icp', false),
	(1051, '变更过多', '企业系统接口规范 V3.0 (2013-10)', 'too many changes at once', 'icp', false),
	(1052, '旧系统中尚未办结', '企业系统接口规范 V3.0 (2013-10)', 'still open in the old system', 'icp', false),
	(1053, '单位已删除', '企业系统接口规范 V3.0 (2013-10)', 'unit deleted', 'icp', false),
	(1054, '单位无效', '企业系统接口规范 V3.0 (2013-10)', 'unit invalid', 'icp', false),
	(1055, '核验单信息', '企业系统接口规范 V3.0 (2013-10)', 'on the verification sheet', 'icp', false),
	(1056, '核验单信息', '企业系统接口规范 V3.0 (2013-10)', 'on the verification sheet', 'icp', false),
	(1057, '核验单信息', '企业系统接口规范 V3.0 (2013-10)', 'on the verification sheet', 'icp', false),
	(1058, '核验单信息', '企业系统接口规范 V3.0 (2013-10)', 'on the verification sheet', 'icp', false),
	(1059, '核验单信息', '企业系统接口规范 V3.0 (2013-10)', 'on the verification sheet', 'icp', false),
	(1060, '核验单已入库', '企业系统接口规范 V3.0 (2013-10)', 'verification sheet stored', 'icp', true),
	(1061, '核验单信息', '企业系统接口规范 V3.0 (2013-10)', 'on the verification sheet', 'icp', false),
	(1062, '与 IP 基础库比对成功', '企业系统接口规范 V3.0 (2013-10)', 'agrees with the IP base', 'icp', true),
	(1063, 'IP 地址不在报备单位的 IP 备案范围内', '企业系统接口规范 V3.0 (2013-10)', 'IP address not in the IP filing of the reporting unit', 'icp', false),
	(1064, '域名在黑名单中', '企业系统接口规范 V3.0 (2013-10)', 'domain on the black list', 'icp', false),
	(1065, '主体在黑名单中', '企业系统接口规范 V3.0 (2013-10)', 'subject on the black list', 'icp', false),
	(1066, '网站语言错误', '企业系统接口规范 V3.0 (2013-10)', 'language wrong', 'icp', false),
	(1067, '备案号对应多个网站', '企业系统接口规范 V3.0 (2013-10)', 'number matches several sites', 'icp', false),
	(1068, '摘要重复', '企业系统接口规范 V3.0 (2013-10)', 'several abstracts', 'icp', false),
	(1999, '其他错误', '企业系统接口规范 V3.0 (2013-10)', 'other', 'icp', false),
	(2002, '起始 IP 大于终止 IP', '企业系统接口规范 V3.0 (2013-10)', 'range starts after its end', 'ip', false),
	(2003, 'IP 段已上报', '企业系统接口规范 V3.0 (2013-10)', 'range already reported', 'ip', false),
	(2005, 'IP 来源信息不存在', '企业系统接口规范 V3.0 (2013-10)', 'source missing', 'ip', false),
	(2013, '电子邮箱不合法', '企业系统接口规范 V3.0 (2013-10)', 'mail address invalid', 'ip', false),
	(2049, '已上报', '企业系统接口规范 V3.0 (2013-10)', 'already reported', 'ip', false),
	(2050, '分配单位与使用单位相同', '企业系统接口规范 V3.0 (2013-10)', 'allocator is the user', 'ip', false),
	(2054, '不是本单位的记录', '企业系统接口规范 V3.0 (2013-10)', 'another unit''s record', 'ip', false),
	(2998, '处理完成', '企业系统接口规范 V3.0 (2013-10)', 'done', 'ip', true),
	(2999, '其他错误', '企业系统接口规范 V3.0 (2013-10)', 'other', 'ip', false),
	(3004, '域名已过期', '企业系统接口规范 V3.0 (2013-10)', 'domain expired', 'domain', false),
	(3026, '接入信息错误', '企业系统接口规范 V3.0 (2013-10)', 'access wrong', 'domain', false),
	(3035, '注册时间在将来', '企业系统接口规范 V3.0 (2013-10)', 'registered in the future', 'domain', false),
	(3036, '只有域名注册机构可以上报', '企业系统接口规范 V3.0 (2013-10)', 'only registries and registrars may report', 'domain', false),
	(3998, '处理完成', '企业系统接口规范 V3.0 (2013-10)', 'done', 'domain', true),
	(3999, '其他错误', '企业系统接口规范 V3.0 (2013-10)', 'other', 'domain', false),
	(5001, '不符合 XSD', '企业系统接口规范 V3.0 (2013-10)', 'not valid against the XSD', 'general', false),
	(5002, '属性不存在', '企业系统接口规范 V3.0 (2013-10)', 'attribute unknown', 'general', false),
	(5003, '单位 ID 不一致', '企业系统接口规范 V3.0 (2013-10)', 'unit id is not the caller''s', 'general', false),
	(5004, '版本错误', '企业系统接口规范 V3.0 (2013-10)', 'version wrong', 'general', false),
	(5005, '不是本单位的未备案网站', '企业系统接口规范 V3.0 (2013-10)', 'unfiled site is another''s', 'general', false),
	(5006, '处理结果已上报', '企业系统接口规范 V3.0 (2013-10)', 'treatment already reported', 'general', false),
	(5007, '处理结果代码错误', '企业系统接口规范 V3.0 (2013-10)', 'treatment code wrong', 'general', false),
	(5008, '含有非法字符', '企业系统接口规范 V3.0 (2013-10)', 'illegal characters', 'general', false),
	(5009, '没有此权限', '企业系统接口规范 V3.0 (2013-10)', 'no such right', 'general', false),
	(5010, '附件格式错误', '企业系统接口规范 V3.0 (2013-10)', 'attachment format wrong', 'general', false),
	(5011, '功能未开放', '企业系统接口规范 V3.0 (2013-10)', 'not open', 'general', false),
	(5999, '其他错误', '企业系统接口规范 V3.0 (2013-10)', 'other', 'general', false);

CREATE VIEW icp.code AS
	SELECT 'nature'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.nature c
		WHERE NOT EXISTS (SELECT FROM icp.nature_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'nature', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.nature_local l
	UNION ALL
	SELECT 'credential_type'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.credential_type c
		WHERE NOT EXISTS (SELECT FROM icp.credential_type_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'credential_type', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.credential_type_local l
	UNION ALL
	SELECT 'access_mode'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.access_mode c
		WHERE NOT EXISTS (SELECT FROM icp.access_mode_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'access_mode', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.access_mode_local l
	UNION ALL
	SELECT 'service_content'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.service_content c
		WHERE NOT EXISTS (SELECT FROM icp.service_content_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'service_content', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.service_content_local l
	UNION ALL
	SELECT 'approval_kind'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.approval_kind c
		WHERE NOT EXISTS (SELECT FROM icp.approval_kind_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'approval_kind', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.approval_kind_local l
	UNION ALL
	SELECT 'language'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.language c
		WHERE NOT EXISTS (SELECT FROM icp.language_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'language', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.language_local l
	UNION ALL
	SELECT 'service_type'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.service_type c
		WHERE NOT EXISTS (SELECT FROM icp.service_type_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'service_type', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.service_type_local l
	UNION ALL
	SELECT 'operation'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.operation c
		WHERE NOT EXISTS (SELECT FROM icp.operation_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'operation', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.operation_local l
	UNION ALL
	SELECT 'result_code'::text AS code_table, c.id, c.name, c.valid_from, c.valid_to, false AS is_local
		FROM icp.result_code c
		WHERE NOT EXISTS (SELECT FROM icp.result_code_local l WHERE l.id OPERATOR(pg_catalog.=) c.id)
	UNION ALL SELECT 'result_code', l.id, l.name, l.valid_from, l.valid_to, true FROM icp.result_code_local l;
COMMENT ON VIEW icp.code IS 'Every code of every table, a bureau''s own rows in place of the shipped ones of the same id';
COMMENT ON COLUMN icp.code.code_table IS 'The tables name, without _local';
COMMENT ON COLUMN icp.code.id IS 'The ministrys id';
COMMENT ON COLUMN icp.code.name IS 'Its name';
COMMENT ON COLUMN icp.code.valid_from IS 'First day, if known';
COMMENT ON COLUMN icp.code.valid_to IS 'First day on which it no longer holds';
COMMENT ON COLUMN icp.code.is_local IS 'From the …_local table';
GRANT SELECT ON icp.code TO PUBLIC;

-- What a sponsor brings to be verified (核验所需证件、材料, 2 二), by its nature: the list that its provider shows it.
CREATE TABLE icp.filing_material (
	natures		integer[],
	ordinal		smallint NOT NULL,
	material	text NOT NULL,
	instead		text,
	is_original	boolean NOT NULL,
	clause		text NOT NULL,
	CONSTRAINT filing_material_key UNIQUE NULLS NOT DISTINCT (natures, ordinal)
);
COMMENT ON TABLE icp.filing_material IS
	'Material that sponsors bring to the verification, by their nature; providers show it (2 三(一)2). Shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.filing_material.natures IS 'Ids of icp.nature for which it is asked; NULL: for all';
COMMENT ON COLUMN icp.filing_material.ordinal IS 'Order within the list';
COMMENT ON COLUMN icp.filing_material.material IS 'What is asked first';
COMMENT ON COLUMN icp.filing_material.instead IS 'What is taken where there is none of it; NULL: nothing';
COMMENT ON COLUMN icp.filing_material.is_original IS 'The original, not a copy';
COMMENT ON COLUMN icp.filing_material.clause IS 'Document and article of the law';

INSERT INTO icp.filing_material (natures, ordinal, material, instead, is_original, clause) VALUES
	('{2,3,6}', 1, '组织机构代码证书', '事业法人证书或社团法人证书等', true, '2 二(一)'),
	('{4}',     1, '工商营业执照或组织机构代码证书', NULL, true, '2 二(一)'),
	('{1}',     1, '军队代号证书', NULL, true, '2 二(一)'),
	('{5}',     1, '身份证', '户口簿、军官证、台胞证等；非中国公民为护照', true, '2 二(一)'),
	('{1,2,3,4,6}', 2, '网站负责人身份证', '户口簿、军官证、台胞证等；非中国公民为护照', true, '2 二(一)'),
	(NULL,      3, '网站负责人在备案现场拍摄的照片', NULL, true, '2 二(二)1(4)'),
	(NULL,      4, '网站备案信息真实性核验单', NULL, true, '2 二(二)1(6)');
GRANT SELECT ON icp.filing_material TO PUBLIC;

CREATE FUNCTION icp.filing_materials(nature text) RETURNS TABLE (material text, instead text, is_original boolean, clause text)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	nature_id	integer;
BEGIN
	SELECT n.id INTO nature_id FROM icp.nature n WHERE filing_materials.nature IN (n.name, n.former_name, n.id::text);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'nature "%" is not in icp.nature', icp.shown(nature)
			USING ERRCODE = 'invalid_parameter_value', HINT = 'SELECT id, name FROM icp.nature lists them (主办单位性质).';
	END IF;
	RETURN QUERY SELECT f.material, f.instead, f.is_original, f.clause FROM icp.filing_material f
				  WHERE f.natures IS NULL OR nature_id = ANY (f.natures)
				  ORDER BY f.ordinal;
END
$$;
COMMENT ON FUNCTION icp.filing_materials(text) IS
	'What a sponsor of a nature (name or id) brings to the verification (2 二); for natures that the document of 2010 does not know only what all bring';
