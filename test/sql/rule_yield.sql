-- A general rule yields to a special one only where that one is in force: by its date, its province, and a bureau's setting.
SET search_path = public, icp;

-- Ages: an individual and a unit's principal of 12, 16, 17 and 20 years; the national age is 18.
CREATE FUNCTION age_codes(nature text, number text, as_of date, province icp.province) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(c, ' ')
	  FROM (SELECT nature, CASE WHEN nature = '个人' THEN 'resident_id:' || number END AS credential,
				   'resident_id:' || number AS principal_credential) r,
		   unnest(icp.violation_codes(r, as_of, province)) c
	 WHERE c = 'CREDENTIAL-010' OR c LIKE 'AGE-%'
$$;
CREATE VIEW age AS
SELECT p.p AS province, n.nature,
	   age_codes(n.nature, '11010520141001512X', d.d, p.p) AS years_12, age_codes(n.nature, '110105201010015120', d.d, p.p) AS years_16,
	   age_codes(n.nature, '110105200910015121', d.d, p.p) AS years_17, age_codes(n.nature, '11010520061001512X', d.d, p.p) AS years_20
  FROM (VALUES (date '2026-11-01')) AS d (d), unnest('{京,苏,鲁,粤}'::icp.province[]) WITH ORDINALITY AS p (p, no),
	   unnest('{个人,企业}'::text[]) WITH ORDINALITY AS n (nature, no)
 ORDER BY p.no, n.no;
SELECT * FROM age;
-- before provinces had ages of their own
SELECT age_codes('个人', '110105201210015125', '2024-12-31', '粤'), age_codes('个人', '110105201210015125', '2025-01-01', '粤');
-- a province that switches its own age off has the national one, and one that gives it an end has it from then on
INSERT INTO icp.rule_setting (code, is_enabled) VALUES ('AGE-044', false), ('AGE-037', false), ('AGE-032', false);
SELECT * FROM age;
TRUNCATE icp.rule_setting;
INSERT INTO icp.rule_setting (code, province, valid_to) VALUES ('AGE-044', '粤', '2026-10-31');
SELECT * FROM age WHERE province = '粤';
TRUNCATE icp.rule_setting;
-- another province takes a province's age, and the national one yields there
INSERT INTO icp.rule_setting (code, province, is_enabled) VALUES ('AGE-044', '京', true);
SELECT * FROM age WHERE province = '京';
TRUNCATE icp.rule_setting;

-- Words of the registered name: APPROVAL-012 in place of the rule of the word's list.
CREATE FUNCTION own_word(word text, as_of date, province icp.province DEFAULT '京') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(v.code || ' ' || v.severity || ' ' || v.found, ', ')
	  FROM (SELECT '北京示例' || word || '有限公司' AS name, '企业' AS nature, '示例' || word AS site_name, NULL::text AS approvals) r,
		   icp.violations(r, as_of, province) v
	 WHERE v.code LIKE 'APPROVAL-%'
$$;
SELECT w.word, own_word(w.word, '2014-01-01') AS of_2014, own_word(w.word, '2026-11-01') AS of_2026
  FROM unnest('{新闻,文化传播,教育,课外辅导,论坛}'::text[]) AS w (word);
-- switched off, it takes nothing away
INSERT INTO icp.rule_setting (code, is_enabled) VALUES ('APPROVAL-012', false);
SELECT own_word('文化传播', '2026-11-01');
UPDATE icp.rule_setting SET is_enabled = NULL, valid_from = '2024-07-01';
SELECT own_word('文化传播', '2024-06-30') AS before, own_word('文化传播', '2024-07-01') AS from_then_on;
UPDATE icp.rule_setting SET valid_from = NULL, is_enabled = false, province = '沪';
SELECT own_word('文化传播', '2026-11-01', '沪') AS there, own_word('文化传播', '2026-11-01') AS elsewhere;
-- and it asks for no approval that nobody asks for, or that a bureau asks for still
TRUNCATE icp.rule_setting;
INSERT INTO icp.rule_setting (code, is_enabled) VALUES ('APPROVAL-007', false);
INSERT INTO icp.rule_setting (code, valid_to) VALUES ('APPROVAL-003', 'infinity');
SELECT own_word('文化传播', '2026-11-01') AS switched_off, own_word('教育', '2026-11-01') AS kept;
TRUNCATE icp.rule_setting;

-- What the rows name is there: rules, tests, lists of words, codes.
SELECT r.code, y FROM icp.rule r, unnest(r.yields_to) y WHERE y NOT IN (SELECT code FROM icp.rule);
SELECT r.code, r.keyword_list FROM icp.rule r WHERE r.keyword_list NOT IN (SELECT list FROM icp.keyword);
SELECT r.code, a FROM icp.rule r, unnest(r.arguments) a WHERE r.test = 'APPROVAL-OF-WORD' AND a NOT IN (SELECT id FROM icp.approval_kind);
SELECT r.code, r.arguments[i], r.arguments[i + 1] FROM icp.rule r, generate_subscripts(r.arguments, 1) i
 WHERE r.test = 'APPROVAL-OF-CONTENT' AND i % 2 = 1 AND
	   (r.arguments[i] NOT IN (SELECT id FROM icp.service_content) OR r.arguments[i + 1] NOT IN (SELECT id FROM icp.approval_kind));
-- A rule of another province is a row.
BEGIN;
INSERT INTO icp.rule (code, field, severity, clause, message_zh, message_en, advice_zh, expected, source, province, test, arguments)
SELECT 'AGE-011', field, severity, clause, message_zh, message_en, advice_zh, expected, source, '京', 'AGE', '{20,20}'
  FROM icp.rule WHERE code = 'AGE-044';
SELECT * FROM age WHERE province = '京';
UPDATE icp.rule SET yields_to = yields_to || '{AGE-011}' WHERE code = 'CREDENTIAL-010';
SELECT * FROM age WHERE province = '京';
-- a test that is given nothing, or that the library does not have, judges nothing
UPDATE icp.rule SET arguments = NULL WHERE code = 'AGE-011';
SELECT * FROM age WHERE province = '京';
UPDATE icp.rule SET test = 'none' WHERE code = 'AGE-011';
SELECT * FROM age WHERE province = '京';
ROLLBACK;
SELECT * FROM age WHERE province = '京';
