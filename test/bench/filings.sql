-- Filings as text, up to 36^4 of them: the input of the parts conflicts and registry.
-- Ten filings in seven are by an account of their own sponsor; 86 % have one domain, the others up to four.
-- Every hundredth filing takes the first domain and the home page of an earlier one of another account; every
-- 500th account bears the name of its neighbour.

CREATE UNLOGGED TABLE bench.filing AS
WITH row AS (
	SELECT i AS id,
		   1 + (i - 1) * 7 / 10 AS account_id,
		   -- whose domain it is: its own, or that of a filing far away
		   CASE WHEN i % 100 = 0 AND i > 50 THEN i - 37 ELSE i END AS origin,
		   CASE WHEN i % 50 = 7 THEN 4 WHEN i % 25 = 3 THEN 3 WHEN i % 12 = 5 THEN 2 ELSE 1 END AS ndomains
	  FROM generate_series(1, :rows::bigint) i
), sponsor AS (
	SELECT row.*, CASE WHEN account_id % 500 = 0 THEN account_id - 1 ELSE account_id END AS namesake,
		   row_number() OVER (PARTITION BY account_id ORDER BY id) AS service_no
	  FROM row
), named AS (
	SELECT s.*,
		   bench.spell(bench.shuffle(origin, 1679616), ARRAY['ba','shi','lan','ke','xin','hua','you','tong','mei','jia',
			   'da','zhong','wei','yun','feng','o','ji','e','chuang','qi','an','li','bo','yi','tai','kang','de','rui','shop',
			   'mall','go','i','up','tu','ya','hai'], 4) AS label,
		   (ARRAY['.com','.cn','.com','.cn','.com','.com.cn','.net','.cn','.com','.top'])[1 + bench.shuffle(origin, 9973) % 10] AS suffix
	  FROM sponsor s
)
SELECT id, account_id,
	   bench.sponsor_number(account_id, 1 + :rows::bigint) || '-' || service_no AS number,
	   (ARRAY['北京','上海','广州','深圳','杭州','成都','武汉','南京','西安','重庆','苏州市','长沙市','青岛市','哈尔滨','石家庄'])
		   [1 + namesake % 15]
	   || bench.spell(bench.shuffle(namesake, 1679616), ARRAY['华','信','达','通','科','创','新','源','海','天','云','智',
			   '联','盛','博','远','鑫','宏','泰','安','瑞','德','恒','润','益','嘉','众','诚','美','佳','康','宁','星','辰','凯','旋'], 4)
	   || (ARRAY['科技','网络科技','信息技术','电子商务','文化传媒','贸易'])[1 + namesake % 6] || '有限公司' AS name,
	   ARRAY[label || suffix]
	   || CASE WHEN ndomains > 1 THEN ARRAY['www' || id || '-' || label || '.cn'] ELSE '{}' END
	   || CASE WHEN ndomains > 2 THEN ARRAY['m' || id || label || '.net'] ELSE '{}' END
	   || CASE WHEN ndomains > 3 THEN ARRAY[label || id || '.com.cn'] ELSE '{}' END AS domains,
	   'http://www.' || label || suffix || '/' AS homepage
  FROM named;
ANALYZE bench.filing;
