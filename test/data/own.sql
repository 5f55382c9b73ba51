-- What people put beside and upon a registry and the extension, for a dump to carry: rights, comments, rows of a bureau's
-- own, and tables, indexes and triggers of other applications over the types.  Used by t/001_dump_restore.pl and t/upgrade.pl.
SET client_min_messages = error;
DO $$ BEGIN CREATE ROLE own_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
ALTER DEFAULT PRIVILEGES IN SCHEMA beian GRANT SELECT ON TABLES TO own_reader;
GRANT SELECT (id, number), UPDATE (name) ON beian.site TO own_reader;
GRANT EXECUTE ON FUNCTION beian.lookup(text) TO own_reader WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE beian.site_id_seq TO own_reader;
GRANT INSERT ON icp.keyword_local TO own_reader;
REVOKE EXECUTE ON FUNCTION icp.explain_phone(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION icp.explain_phone(text) TO own_reader;
COMMENT ON TABLE beian.site IS '自己的话';
ALTER SEQUENCE beian.sighting_id_seq INCREMENT BY 7 CACHE 3;

INSERT INTO icp.calendar_year_local SELECT y, 'order' FROM generate_series(2003, 2050) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y) ON CONFLICT DO NOTHING;
INSERT INTO icp.calendar_local VALUES ('2030-05-02', false, 'order') ON CONFLICT DO NOTHING;
INSERT INTO icp.keyword_local VALUES ('own_list', '某词', true, 'order') ON CONFLICT DO NOTHING;
INSERT INTO icp.division_local VALUES (119901, '新设区', NULL, '2026-01-01') ON CONFLICT DO NOTHING;
INSERT INTO icp.clock_local SELECT code, 3, 'order' FROM icp.clock ORDER BY code LIMIT 1 ON CONFLICT DO NOTHING;
INSERT INTO icp.rule_setting (code, severity, reason) SELECT code, 'warning', 'order' FROM icp.rule ORDER BY code LIMIT 1
	ON CONFLICT DO NOTHING;
INSERT INTO icp.notice_template_local (code, recipient, channel, is_used, reason)
	VALUES ('own_code', 'sponsor', 'mail', false, 'order') ON CONFLICT DO NOTHING;
DO $$
DECLARE
	t	text;
BEGIN
	FOREACH t IN ARRAY '{nature,credential_type,access_mode,service_content,approval_kind,language,service_type,operation,result_code}'::text[] LOOP
		EXECUTE (
			SELECT format('INSERT INTO icp.%1$I_local (%2$s) SELECT %2$s FROM icp.%1$I LIMIT 1 ON CONFLICT DO NOTHING',
						  t, string_agg(quote_ident(a.attname), ', '))
			  FROM pg_attribute a
			 WHERE a.attrelid = ('icp.' || t)::regclass AND a.attnum > 0 AND a.attgenerated = '' AND NOT a.attisdropped);
	END LOOP;
END $$;

CREATE SCHEMA own;
SET search_path = own, public, icp;
CREATE TABLE everything (
	id bigint GENERATED ALWAYS AS IDENTITY (START 7 INCREMENT 3) PRIMARY KEY,
	number icp.filing_number UNIQUE, sponsor icp.icp_id, psb icp.psb_number, domain icp.domain_name,
	domains icp.domain_list, credential icp.credential, province icp.province, range icp.ip_range,
	ranges icp.ip_multirange, year integer GENERATED ALWAYS AS (icp.year_of(sponsor)) STORED,
	CHECK (province <= '新'::icp.province OR province IS NULL));
INSERT INTO everything (number, sponsor, psb, domain, domains, credential, province, range, ranges)
SELECT ('京ICP备2020' || 100000 + i || '号-' || i % 9 + 1)::icp.filing_number, ('京ICP备2020' || 100000 + i || '号')::icp.icp_id,
	   '渝公网安备50010802002673号', ('d' || i || '.cn')::icp.domain_name,
	   ARRAY['a' || i || '.cn', 'b' || i || '.cn', '例子' || i || '.中国']::icp.domain_list,
	   CASE WHEN i % 2 = 0 THEN 'uscc:91110000600037341L'::icp.credential END,
	   CASE i % 3 WHEN 0 THEN '京' WHEN 1 THEN '沪' ELSE '粤' END::icp.province,
	   icp.to_ip_range('198.51.100.0/24'), NULL
  FROM generate_series(1, 500) i;
INSERT INTO everything DEFAULT VALUES;
CREATE INDEX everything_sponsor ON everything (sponsor DESC, province);
CREATE INDEX everything_hash ON everything USING hash (domain);
CREATE INDEX everything_gin ON everything USING gin (domains);
CREATE INDEX everything_credential ON everything (credential) WHERE credential IS NOT NULL;
CREATE STATISTICS everything_statistics ON province, sponsor FROM everything;
CREATE TABLE by_province (province icp.province, domain icp.domain_name, UNIQUE (province, domain)) PARTITION BY LIST (province);
CREATE TABLE by_province_1 PARTITION OF by_province FOR VALUES IN ('京', '沪');
CREATE TABLE by_province_2 PARTITION OF by_province DEFAULT PARTITION BY HASH (domain);
CREATE TABLE by_province_2a PARTITION OF by_province_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_province_2b PARTITION OF by_province_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_province SELECT e.province, e.domain FROM everything e WHERE domain IS NOT NULL;
CREATE UNLOGGED TABLE fleeting AS SELECT domains FROM everything;
CREATE TABLE change (id bigint, was text, became text);
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO own.change VALUES (NEW.id, OLD.domains::text, NEW.domains::text);
	RETURN NULL;
END $$;
-- as text: a dump writes IS DISTINCT FROM without the operator's schema
CREATE TRIGGER note_change AFTER UPDATE ON everything FOR EACH ROW
	WHEN (OLD.domains::text IS DISTINCT FROM NEW.domains::text) EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER UPDATE ON beian.site FOR EACH ROW
	WHEN (OLD.domains::text IS DISTINCT FROM NEW.domains::text) EXECUTE FUNCTION note_change();
CREATE VIEW sorted AS SELECT number, domain FROM everything ORDER BY number, domain;
CREATE MATERIALIZED VIEW counted AS SELECT province, count(*), max(number), icp.domain_list_agg(domains) AS domains FROM everything GROUP BY province;
CREATE FUNCTION sorted_numbers() RETURNS SETOF icp.filing_number LANGUAGE sql AS
	'SELECT number FROM own.everything ORDER BY number USING OPERATOR(icp.<)';
ANALYZE everything;
