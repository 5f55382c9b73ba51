-- Rules of single provinces, each with the province's code of GB/T 2260 as its number: what providers' help pages of
-- 2025 say of them, letters what those of 2016 said. Provinces change them at will; all are warnings.

INSERT INTO icp.rule (code, field, severity, clause, message_zh, message_en, advice_zh, expected, source, result_code,
					  valid_from, province, test)
SELECT r.code || '-' || pg_catalog.lpad(p.code, 3, '0'), r.field, 'warning', '5 附件3 一(三)', r.message_zh, r.message_en,
	   r.advice_zh, r.expected, 'practice (' || pg_catalog.left(coalesce(p.since, '2025-01-01'), 4) || ')', r.result_code,
	   coalesce(p.since, '2025-01-01')::date, p.code::icp.province, r.test
  FROM (VALUES
	('LOCAL-CARD', 'credential', '个人主办者身份证号码非本省，需核实户籍', 'an individual''s identity number is of another province', '向户籍所在地的通信管理局备案', 'an identity number of the province', 1045, '14 15 45 62 63 64 65', NULL, 'LOCAL-CARD'),
	('RESIDENCE', 'residence_proof', '非本省户籍的个人需提供居住证', 'an individual from another province shows a residence permit', '提供居住证', 'a residence permit (居住证)', 1045, '31 33 35 37 44', NULL, 'RESIDENCE'),
	('FOREIGN', 'credential', '该省不受理外籍个人备案', 'the province takes no filings of foreign individuals', '以单位名义备案', 'an identity card', 1008, '13', NULL, 'FOREIGN'),
	('PERMIT', '*', '港澳居民应使用港澳居民来往内地通行证', 'residents of Hong Kong and Macao show their travel permit', '使用港澳居民来往内地通行证', 'hk_macao_permit:…', 1008, '11', NULL, 'PERMIT'),
	('AGE', '*', '负责人未达到该省规定的年龄', 'the principal is younger than the province asks', '更换负责人', 'the age of the province', 1015, '32 37 44', NULL, 'AGE'),
	('LEGAL-REPRESENTATIVE', 'principal_name', '主体负责人应为法定代表人', 'the principal is the legal representative', '负责人填写法定代表人', 'the legal representative', 1007, '11', NULL, 'LEGAL-REPRESENTATIVE'),
	('LETTER', 'authorisation', '负责人不是法定代表人，需提供授权书', 'a principal who is not the legal representative has a letter', '提供法定代表人授权书', 'a letter of authorisation (授权书)', 1007, '12 31 34 35 36 42 43 50 51 52', '2016-01-01', 'LETTER'),
	('LETTER', 'authorisation', '负责人不是法定代表人，需提供授权书', 'a principal who is not the legal representative has a letter', '提供法定代表人授权书', 'a letter of authorisation (授权书)', 1007, '62', NULL, 'LETTER'),
	('MAINLAND', 'principal_credential', '境外及港澳台法定代表人应授权境内人员为负责人', 'a representative from abroad authorises somebody of the mainland', '授权境内人员为负责人', 'an identity card', 1008, '14', NULL, 'MAINLAND'),
	('HOLDER', 'domain_holder', '域名所有者应为主办单位或其法定代表人', 'the domain is the unit''s or its legal representative''s', '办理域名过户', 'the sponsor or its legal representative', NULL, '35', NULL, 'HOLDER-OR-REPRESENTATIVE'),
	('HOLDER', 'domain_holder', '域名所有者应为主办单位本身', 'the domain is the unit''s own', '办理域名过户', 'the sponsor', NULL, '64', NULL, 'HOLDER'),
	('CITY', 'address', '通信地址应与证件登记地在同一城市', 'the address is in the city of the certificate', '填写证件登记城市的通信地址', 'an address in the certificate''s city', 1019, '13 41 52', NULL, 'CITY')
	) AS r (code, field, message_zh, message_en, advice_zh, expected, result_code, provinces, since, test),
	LATERAL (SELECT c, r.since FROM pg_catalog.string_to_table(r.provinces, ' ') AS c) AS p (code, since);

-- What the test of ages is given: the age asked for, and the one below which CREDENTIAL-010 is silent. 江苏 and 山东 ask it
-- of individuals; 江苏 leaves those of 16 and 17 to the national rule.
UPDATE icp.rule r SET test = a.test, arguments = a.arguments::integer[]
  FROM (VALUES
	('AGE-032', 'AGE-OF-INDIVIDUAL', '{16,16}'),
	('AGE-037', 'AGE-OF-INDIVIDUAL', '{17,18}'),
	('AGE-044', 'AGE', '{16,18}')) AS a (code, test, arguments)
 WHERE r.code OPERATOR(pg_catalog.=) a.code;
