-- What runs SQL in the middle of the library's own work: triggers on the table of warnings, which ask the rules again
-- after the rules have changed.
\set VERBOSITY terse
CREATE SCHEMA regress_icp_reenter;
SET search_path = regress_icp_reenter;
CREATE TABLE warning (LIKE icp.warning_columns INCLUDING DEFAULTS);
CREATE TABLE seen (ordinal integer GENERATED ALWAYS AS IDENTITY, codes text[]);

-- Each warning that is written throws the copy of the rules away, several times, and fills the memory it lay in.
CREATE FUNCTION ask_again() RETURNS trigger LANGUAGE plpgsql SET search_path = regress_icp_reenter, pg_temp AS $$
DECLARE
	i	integer;
BEGIN
	FOR i IN 1..3 LOOP
		INSERT INTO icp.rule_setting (code, severity) VALUES ('EMAIL-002', 'error') ON CONFLICT DO NOTHING;
		INSERT INTO seen (codes)
		SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT 'SHILI'::text AS site_name, '{a.cn,b.cn}'::text AS domains) r;
		DELETE FROM icp.rule_setting WHERE code = 'EMAIL-002';
		-- more kinds of records and days than programs are kept
		PERFORM icp.violation_codes(r, d::date) FROM (SELECT 'SHILI'::text AS site_name) r,
				generate_series(date '2026-01-01' + 40 * i, date '2026-01-01' + 40 * i + 39, '1 day') AS d;
		PERFORM repeat(md5(i::text), 10000);
	END LOOP;
	RETURN NEW;
END
$$;
CREATE TRIGGER ask_again BEFORE INSERT ON warning FOR EACH ROW EXECUTE FUNCTION ask_again();
CREATE TABLE record (id integer PRIMARY KEY, site_name text, domains text);
CREATE TRIGGER check_row AFTER INSERT OR UPDATE OR DELETE ON record FOR EACH ROW EXECUTE FUNCTION icp.check_row('warnings=regress_icp_reenter.warning');
INSERT INTO record VALUES (1, 'SHILI', '{a.cn,b.cn}'), (2, 'SHILI', '{a.cn,b.cn}');
SELECT w.row_id, w.code, w.severity, w.message_en = r.message_en AND w.message_zh = r.message_zh AND w.clause = r.clause
	   AND w.advice_zh IS NOT DISTINCT FROM r.advice_zh AS whole
  FROM warning w JOIN icp.rule r USING (code) ORDER BY w.row_id::integer, w.code;
SELECT count(*) = 3 * (SELECT count(*) FROM warning) AS asked, count(DISTINCT codes) AS answers FROM seen;
UPDATE record SET site_name = '示例', domains = '{a.cn}' WHERE id = 1;
SELECT count(*) FROM warning WHERE row_id = '1';

-- The trigger enters the table that it warns of, and so comes back to itself.
CREATE OR REPLACE FUNCTION ask_again() RETURNS trigger LANGUAGE plpgsql SET search_path = regress_icp_reenter, pg_temp AS $$
BEGIN
	UPDATE icp.rule_setting SET severity = 'error' WHERE false;
	IF NEW.row_id::integer < 20 THEN
		INSERT INTO record VALUES (NEW.row_id::integer + 10, 'SHILI', NULL) ON CONFLICT DO NOTHING;
	END IF;
	RETURN NEW;
END
$$;
INSERT INTO record VALUES (3, 'SHILI', '{a.cn,b.cn}');
SELECT row_id, count(*) > 0 AS warned FROM warning WHERE row_id ~ '3$' GROUP BY 1 ORDER BY 1;

-- An error in the middle leaves nothing in use, and the next look is right.
CREATE OR REPLACE FUNCTION ask_again() RETURNS trigger LANGUAGE plpgsql SET search_path = regress_icp_reenter, pg_temp AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
DO $$
BEGIN
	FOR i IN 1..20 LOOP
		BEGIN
			INSERT INTO record VALUES (100, 'SHILI', '{a.cn,b.cn}');
		EXCEPTION WHEN raise_exception THEN
			INSERT INTO icp.rule_setting (code, severity) VALUES ('EMAIL-002', 'error');
			DELETE FROM icp.rule_setting WHERE code = 'EMAIL-002';
		END;
	END LOOP;
END $$;
SELECT count(*) FILTER (WHERE ident = 'rules') AS copies_of_rules FROM pg_backend_memory_contexts;
DROP TRIGGER ask_again ON warning;
INSERT INTO record VALUES (100, 'SHILI', '{a.cn,b.cn}');
SELECT count(*) > 0 AS warned FROM warning WHERE row_id = '100';

-- A rule of the table of warnings may make of them what it likes.
CREATE RULE elsewhere AS ON INSERT TO warning DO INSTEAD INSERT INTO seen (codes) VALUES (ARRAY[NEW.code]);
INSERT INTO record VALUES (101, 'SHILI', NULL);
SELECT count(*) FROM warning WHERE row_id = '101';
-- A table of warnings that is none is an ordinary error.
DROP TABLE warning;
INSERT INTO record VALUES (102, 'SHILI', NULL);
CREATE TABLE warning (relation integer[], row_id bytea);
INSERT INTO record VALUES (102, 'SHILI', NULL);
CREATE TABLE other (id bytea, site_name text);
CREATE TRIGGER check_row AFTER INSERT ON other FOR EACH ROW EXECUTE FUNCTION icp.check_row('warnings=regress_icp_reenter.warning', 'id=site_name');
INSERT INTO other VALUES ('x', 'SHILI');
SET client_min_messages = warning;
DROP SCHEMA regress_icp_reenter CASCADE;
