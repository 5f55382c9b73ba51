-- Contact data: telephone numbers, e-mail, names of persons, postal addresses. The examples of 5 annex 3 二(六), (七)
-- and (十) and the vectors of test/data/tel.tsv.
SET search_path = icp, public;

-- telephone numbers
\getenv abs_srcdir PG_ABS_SRCDIR
\set tel_file :abs_srcdir '/data/tel.tsv'
CREATE TEMP TABLE vector (phone text, verdict text);
-- read by psql, since the server's user may not read a checkout of mode 700
\set command '\\copy vector FROM ' :'tel_file' ' (HEADER)'
:command
SELECT phone, verdict, phone_kind(phone) AS kind, try_phone(phone) AS canonical, phone_province(phone) AS province,
  CASE WHEN explain_phone(phone) IS NULL THEN 'good' WHEN explain_phone(phone) LIKE 'Warning: %' THEN 'warn' ELSE 'bad' END = verdict AS as_expected
FROM vector ORDER BY phone COLLATE "C";

CREATE FUNCTION pg_temp.show_phones(VARIADIC phones text[]) RETURNS TABLE (phone text, kind text, canonical text, explained text)
LANGUAGE sql AS $$ SELECT p, phone_kind(p), try_phone(p), explain_phone(p) FROM unnest(phones) AS p $$;
-- as people write them
SELECT * FROM pg_temp.show_phones('+86 10 61230987', '+86-138-0013-8000', '0086 571 81230987', '8613800138000', '86-21-51230987', '(0571)81230987转801',
  '（010）6123 0987', '０１０－６１２３０９８７', '010—61230987', '010-61230987-801', '010-61230987 ext. 801', '010-61230987分机12', '013800138000',
  '4008123456', '400-812-3456', '800-8101234-2', '95588', '95013123', '0571-96123', '0571-96123-88', '0755-12345', '0335-3612345-12', '0335-3612345-1', '+86(0)10-61230987');
-- wrong
SELECT * FROM pg_temp.show_phones('', ' ', '61230987', '10-61230987', '571-81230987', '026-61230987', '0300-1234568', '010-6123098', '010-612309870',
  '0571-812309', '010-00000000', '010-88888888', '0335-6666666', '010-12345678', '0335-1234567', '010-02345678', '11111111111', '138001380000', '13800138000-1',
  '13800138000 010', '40081234', '400-81234567', '110', '12345', '000000000000', '00000000000', '010-6123*987', '电话010-61230987', '010-61230987-', '-010-61230987',
  '010-61230987转', '010-61230987-1234567', '010-61230987/88', '1234567890123456789012345', '010-61230987,13800138000', '无');
-- worth a look
SELECT * FROM pg_temp.show_phones('14412345678', '17401234567', '17461234567', '16101234567', '15412345678', '13888888888', '400-8888888', '0755-1234568', '0335-36123456', '05181230987转8', '0518-1230987-8',
  '0733-8222333', '010-16123098', '+852 2123 4567', '00853-28330000');
-- lists, as the ministry's interface wants them
SELECT explain_phone(p), phone_kind(p) FROM unnest(ARRAY['010-61230987;13800138000', '010-61230987；13800138000', '010-61230987;', ';010-61230987', '010-61230987;;13800138000',
  '010-61230987;010-00000000', '14412345678;13800138000', '14412345678;010-00000000']) AS p;
SELECT p, phone_province(p) FROM unnest(ARRAY['010-61230987', '021-61230987', '028-61230987', '0991-2345678', '0898-61230987', '0577-81230987', '0377-61230987', '13800138000', '400-8123456', 'x']) AS p;
SELECT explain_phone(NULL), phone_kind(NULL), phone_province(NULL), try_phone(NULL);
-- canonical forms are their own
SELECT count(*) FROM vector WHERE try_phone(try_phone(phone)) IS DISTINCT FROM try_phone(phone);

-- e-mail
-- psql before 17 counts a zero-width character as one column wide
CREATE FUNCTION pg_temp.visible(t text) RETURNS text LANGUAGE sql AS $$ SELECT replace(t, E'\u200B', '<ZWSP>') $$;
SELECT e, explain_email(e) FROM unnest(ARRAY['zhang.san@example.cn', 'a@b.cn', 'A_b-c+d@mail.EXAMPLE.com.cn', ' 123456@qq.com ', 'a@xn--fsq092h.xn--fiqs8s', 'o''neil@example.com',
  'a@1-2.cn', repeat('u', 64) || '@' || repeat('h', 63) || '.cn']) AS e;
SELECT left(pg_temp.visible(e), 40) AS e, explain_email(e) FROM unnest(ARRAY['', '无', 'abc', '@b.cn', 'a@', 'a@@b.cn', 'a@b@c.cn', 'a b@c.cn', 'a@b. cn', '.a@b.cn', 'a.@b.cn', 'a..b@c.cn', 'a@b', 'a@.cn', 'a@b.cn.', 'a@b..cn',
  'a@-b.cn', 'a@b-.cn', 'a@b_c.cn', 'a@b.c', 'a@1.2.3.4', 'a@[1.2.3.4]', '"a"@b.cn', 'a＠b.cn', 'a@b。cn', 'a，b@c.cn', 'a@b.cn;c@d.cn', 'a@b.cn,c@d.cn', '<a@b.cn>', 'a@b.test', 'a@localhost.localhost',
  repeat('u', 65) || '@b.cn', 'a@' || repeat('h', 64) || '.cn', repeat('a.', 130) || 'a@b.cn', '测试@邮箱.中国', 'a@邮箱.中国', '张@b.cn', E'a\u200Bb@c.cn', 'a@测_试.中国']) AS e;

-- names of persons: 5 annex 3 二(六) names 王先生, 李小姐, 个人, digits and letters
SELECT n, explain_person_name(n) FROM unnest(ARRAY['张伟', '欧阳修', '司马相如', '买买提·吐尔逊', '阿不都热合曼•肉孜', '王一', '丁三', '李小龙', '单于个', '〇一', ' 张伟 ', '𠮷野', '生先王', '陈总理']) AS n;
SELECT left(pg_temp.visible(n), 20) AS n, explain_person_name(n) FROM unnest(ARRAY['王先生', '李小姐', '个人', '陈女士', '王太太', '张3', '张３', '张①', '张a', '张Ａ', 'John Smith', 'Иван', '김철수', '张', '', '　', '某某', '王某', '本人', '网站负责人', '个人站长',
  '测试', '王测试', '北京某某科技有限公司', '三五互联公司', '张伟工作室', '阿里木·', '·阿里木', '阿··里', '张伟!', '张、伟', '张(伟)', E'张\u200B伟', '😀张', '先生', '夫人', '无', '站长', '管理员', repeat('张', 129)]) AS n;
SELECT n, explain_person_name(n) FROM unnest(ARRAY['李老师', '王经理', '小王', '老张', '王总', '张三', '李四', '林林林', '欧阳 修', '买买提.吐尔逊', E'王\uE000', '张伟李强王刚赵']) AS n;
SELECT n, explain_person_name(n, foreigner => true) FROM unnest(ARRAY['John Smith', 'O''Neil, M.-J.', 'José', 'Иван', '김철수', '王先生', 'J', 'R2D2', 'John_Smith', '约翰·史密斯']) AS n;

-- addresses: 5 annex 3 二(七): to the village, to the street number or the box
SELECT a, explain_address(a) FROM unnest(ARRAY['北京市海淀区中关村大街27号', '河北省保定市清苑县东吕乡李庄村', '北京市2861信箱', '上海市延安西路1088弄12号302室', '杭州市西湖区文三路３９１号', '南京市中山路一百二十号',
  '北京市海淀区北四环西路9号院', '广东省深圳市南山区科技南十二路12-3号', '重庆市渝中区民生路283号附2号', '西安市雁塔区甲12号', '内蒙古自治区锡林浩特市朝克乌拉苏木巴彦嘎查', '黑龙江省北大荒农场三队', '新疆石河子市一四三团五连',
  '浙江省义乌市福田街道下骆宅村4组', '吉林省榆树市大坡镇后岗屯3组', '河北省G104国道35公里处', '北京市西城区三里河路三号路18号', '福建省厦门市集美区（软件园三期）诚毅北大街62号', '陕西省榆林市123号信箱', 'H区5号，山东省淄博市周村区丝市街']) AS a;
SELECT left(a, 20) AS a, explain_address(a) FROM unnest(ARRAY['北京市', '北京市海淀区', '北京市海淀区中关村', '山东省淄博市周村区', '河北省石家庄市', '广东省深圳市南山区深南大道', '北京市三号路', '北京市地铁2号线', '济南市中关村南大街', '河北省石家庄市张村镇',
  '北京市信箱', 'XX路XX号', '北京市朝阳区某某路1号', '北京市朝阳区**路1号', '北京市×路×号', '', '　', '无', '同上', '不详', '测试地址', '啊啊啊啊', '????', '北京市??1号', '1 Main Street', '100080', 'a@b.cn', 'http://www.example.cn/', E'北京市\n1号', repeat('长', 256)]) AS a;
SELECT a, explain_address(a) FROM unnest(ARRAY['深圳市南山区科技园A座1201室', '杭州市5号楼', '成都市锦江区东光小区2栋3单元401', '昆山市花桥镇花溪社区', '深圳市南山区深南大道10000', '人民路1号']) AS a;
SELECT explain_email(NULL), explain_person_name(NULL), explain_address(NULL);

-- no message quotes what it judges
SELECT count(*) FROM unnest(ARRAY['010-6123x0987', '13800138000-1']) AS p WHERE explain_phone(p) LIKE '%6123%' OR explain_phone(p) LIKE '%138001%';
