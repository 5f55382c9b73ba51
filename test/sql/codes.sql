-- The ministry's code tables: what is in them, and a bureau's own rows.

SET datestyle = 'ISO, YMD';

SELECT code_table, count(*), min(id), max(id), count(valid_from) AS dated FROM icp.code GROUP BY 1 ORDER BY 1;
SELECT id, name, former_name FROM icp.nature ORDER BY id;
SELECT id, name FROM icp.nature WHERE is_person;
SELECT n.id AS nature, n.name, string_agg(c.id || ' ' || c.name, ', ' ORDER BY c.id)
	FROM icp.nature n LEFT JOIN icp.credential_type c ON c.nature_id = n.id GROUP BY 1, 2 ORDER BY 1;
SELECT id, name FROM icp.credential_type WHERE nature_id IS NULL ORDER BY id;
-- an individual's credentials are those a principal may have
SELECT count(*) FROM icp.credential_type WHERE is_personal IS DISTINCT FROM coalesce(nature_id = 5, false);
-- the list of 2013: ids and names as then
SELECT id, coalesce(former_name, name) AS name_2013 FROM icp.credential_type WHERE id <= 12 ORDER BY id;
SELECT id, name, mask FROM icp.access_mode ORDER BY id;
SELECT id, name, mask FROM icp.service_content WHERE id IN (1, 6, 24, 28, 33) ORDER BY id;
SELECT id, name, mask, keyword_list, is_special, is_national FROM icp.approval_kind ORDER BY id;
SELECT id, name FROM icp.language ORDER BY id;
SELECT id, name, valid_from, service_kind FROM icp.service_type ORDER BY id;
SELECT id, name, application_kinds FROM icp.operation ORDER BY id;
SELECT level, count(*), min(id), max(id), count(*) FILTER (WHERE is_success) AS success
	FROM icp.result_code GROUP BY level ORDER BY 3;
SELECT id, name, name_en FROM icp.result_code WHERE id IN (0, 18, 1003, 1005, 1020, 1021, 1025, 1041, 1060, 1063, 2002, 3004, 5001)
	ORDER BY id;

-- what the tables say of each other
SELECT a.id FROM icp.approval_kind a WHERE NOT EXISTS (SELECT FROM icp.keyword k WHERE k.list = a.keyword_list);
SELECT k FROM icp.credential_type c, unnest(c.kinds) k
	WHERE k NOT IN ('resident_id', 'uscc', 'org_code', 'business_licence', 'passport', 'hk_macao_permit', 'taiwan_permit',
		'residence_permit', 'military_officer', 'military_unit', 'public_institution', 'social_organisation',
		'household_register', 'foreign_permanent_resident', 'other');
SELECT k FROM icp.operation o, unnest(o.application_kinds) k WHERE NOT EXISTS (SELECT FROM icp.application_kind a WHERE k = a.code);

-- a bureau's rows
BEGIN;
INSERT INTO icp.nature_local (id, name, source, is_person) VALUES (21, '其他组织', 'push of 2026-02', false),
	(4, '企业单位', 'push of 2026-02', false);
SELECT * FROM icp.code WHERE code_table = 'nature' AND id IN (3, 4, 21) ORDER BY id;
INSERT INTO icp.access_mode_local (id, name, source) VALUES (6, '边缘', 'push of 2026-02');
SELECT id, name, mask FROM icp.access_mode_local;
ROLLBACK;
INSERT INTO icp.access_mode_local (id, name, source) VALUES (64, 'x', 'x');
INSERT INTO icp.nature_local (id, name, source, is_person, valid_from, valid_to)
	VALUES (21, 'x', 'x', false, '2026-01-01', '2026-01-01');

-- every table of codes has its local twin, the same columns, and that one alone is dumped
SELECT t.relname, (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a
		WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT EXISTS (SELECT FROM pg_attribute b
			WHERE b.attrelid = l.oid AND b.attname = a.attname AND b.atttypid = a.atttypid)) AS missing,
	t.oid = ANY (e.extconfig) AS dumped, l.oid = ANY (e.extconfig) AS local_dumped,
	has_table_privilege('public', t.oid, 'SELECT') AND has_table_privilege('public', l.oid, 'SELECT') AS read_by_all
FROM pg_extension e, pg_class t JOIN pg_class l ON l.relname = t.relname || '_local' AND l.relnamespace = t.relnamespace
WHERE e.extname = 'icpfiling' AND t.relnamespace = 'icp'::regnamespace AND t.relkind = 'r'
	AND t.relname IN ('nature', 'credential_type', 'access_mode', 'service_content', 'approval_kind', 'language',
		'service_type', 'operation', 'result_code', 'division')
ORDER BY 1;
-- comments on all of it
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum >= 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'icp'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname ~
	'^(nature|credential_type|access_mode|service_content|approval_kind|language|service_type|operation|result_code|division|keyword|code)(_local)?$'
	AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL);

-- The list of materials that a provider shows its customers (2 三(一)2).
SELECT * FROM icp.filing_materials('企业');
SELECT material, instead FROM icp.filing_materials('5');
SELECT material FROM icp.filing_materials('军队');
SELECT material FROM icp.filing_materials('基金会');
SELECT * FROM icp.filing_materials('公司');
SELECT f.natures FROM icp.filing_material f, unnest(f.natures) n(id) WHERE NOT EXISTS (SELECT FROM icp.nature x WHERE x.id = n.id);
