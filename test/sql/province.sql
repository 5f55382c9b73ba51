-- icp.province: input forms, names, codes, order.
\pset format unaligned
\pset tuples_only on
SET search_path = icp, public;
\set SHOW_CONTEXT never

-- every province by each of its spellings is one value, and prints its own
CREATE TABLE spelling AS
SELECT p::icp.province AS p, code, short, name FROM (VALUES
  ('京', 11, '北京', '北京市'), ('津', 12, '天津', '天津市'), ('冀', 13, '河北', '河北省'), ('晋', 14, '山西', '山西省'),
  ('蒙', 15, '内蒙古', '内蒙古自治区'), ('辽', 21, '辽宁', '辽宁省'), ('吉', 22, '吉林', '吉林省'),
  ('黑', 23, '黑龙江', '黑龙江省'), ('沪', 31, '上海', '上海市'), ('苏', 32, '江苏', '江苏省'), ('浙', 33, '浙江', '浙江省'),
  ('皖', 34, '安徽', '安徽省'), ('闽', 35, '福建', '福建省'), ('赣', 36, '江西', '江西省'), ('鲁', 37, '山东', '山东省'),
  ('豫', 41, '河南', '河南省'), ('鄂', 42, '湖北', '湖北省'), ('湘', 43, '湖南', '湖南省'), ('粤', 44, '广东', '广东省'),
  ('桂', 45, '广西', '广西壮族自治区'), ('琼', 46, '海南', '海南省'), ('渝', 50, '重庆', '重庆市'), ('川', 51, '四川', '四川省'),
  ('贵', 52, '贵州', '贵州省'), ('滇', 53, '云南', '云南省'), ('藏', 54, '西藏', '西藏自治区'), ('陕', 61, '陕西', '陕西省'),
  ('甘', 62, '甘肃', '甘肃省'), ('青', 63, '青海', '青海省'), ('宁', 64, '宁夏', '宁夏回族自治区'),
  ('新', 65, '新疆', '新疆维吾尔自治区')) AS v(p, code, short, name);
SELECT count(*), count(DISTINCT p),
       bool_and(p = short::icp.province), bool_and(p = name::icp.province),
       bool_and(p = (name || '通信管理局')::icp.province), bool_and(p = code::text::icp.province),
       bool_and(p = code::icp.province), bool_and(province_code(p) = code), bool_and(province_name(p) = name),
       bool_and(bureau_name(p) = name || '通信管理局'), bool_and(p::smallint = code AND p::integer = code)
FROM spelling;
SELECT string_agg(p::text, '' ORDER BY p) FROM spelling;

-- the second abbreviations, traditional forms, full width, spaces
SELECT i, i::icp.province FROM unnest(ARRAY['蜀', '黔', '陇', '隴', '粵', '滬', '廣東省', '內蒙古自治區', '寧夏回族自治區',
  '新疆維吾爾自治區通信管理局', '１１', ' 京 ', '　北京市', '四川通信管理局']) AS i;

-- no provinces
SELECT i, try_province(i) IS NULL FROM unnest(ARRAY['', ' ', '合字', '云', '台', '香港', '71', '10', '99', '1', '110000', '京京',
  '北', '北京省', '京市', '通信管理局', 'Beijing', 'bj', repeat('京', 100)]) AS i;
-- and why; it answers where input refuses, and nowhere else
SELECT i, explain_province(i) FROM unnest(ARRAY['', '合字', '云', '台', '香港', '71', '99', '1', '110000', '北京省', 'bj',
  '京A', repeat('京', 100), NULL]) AS i;
SELECT count(*) FROM unnest(ARRAY['京', '隴', '１１', ' 北京市', '四川通信管理局', '22', '21']) AS i WHERE explain_province(i) IS NOT NULL;
SELECT count(*) FROM generate_series(0, 99) AS i
 WHERE (explain_province(lpad(i::text, 2, '0')) IS NULL) <> (try_province(lpad(i::text, 2, '0')) IS NOT NULL);
SELECT '台'::icp.province;
\echo :LAST_ERROR_SQLSTATE
SELECT 71::icp.province;
\echo :LAST_ERROR_SQLSTATE
SELECT ''::icp.province;
\echo :LAST_ERROR_SQLSTATE

-- type and operators
SELECT typlen, typbyval, typalign FROM pg_type WHERE oid = 'icp.province'::regtype;
SELECT '京' < '粤'::icp.province, '新' > '京'::icp.province, '川'::icp.province = '蜀', '川'::icp.province <> '黔',
       '京'::icp.province <= '京', '京'::icp.province >= '津';
SELECT min(p), max(p) FROM spelling;
SELECT min(p) FROM spelling WHERE false;
CREATE INDEX ON spelling (p);
CREATE INDEX ON spelling USING hash (p);
SET enable_seqscan = off;
SELECT name FROM spelling WHERE p = '蜀';
SELECT count(*) FROM spelling a JOIN spelling b USING (p);
SELECT p::text || province_code(p) FROM spelling WHERE p = ANY ('{鄂,湖南省,44}') ORDER BY p;
DROP TABLE spelling;
