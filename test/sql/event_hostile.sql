-- The trigger that chains events, on tables of a role that may only make temporary tables: whatever they are, an error and no
-- crash; and statements within statements, rolled back or not.
SET client_min_messages = warning;
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE ROLE regress_icp_plain;
GRANT EXECUTE ON FUNCTION icp.chain_event(), icp.identify_log(regclass) TO regress_icp_plain;
SET ROLE regress_icp_plain;
CREATE TEMP TABLE head (kind text, chain_id bigint, seq bigint, digest bytea, province_code smallint, changed_at timestamptz, PRIMARY KEY (chain_id, kind));
CREATE TEMP TABLE log (id serial, application_id bigint, sponsor_id bigint, province_code smallint, what text, seq bigint, method smallint, salt bytea, values_digest bytea, digest bytea);
CREATE TRIGGER z BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head');
-- a head without a digest, without a place, with a short digest, with a place before the first, at the end of the numbers
INSERT INTO head VALUES ('application', 1, 1, NULL, 1, now());
INSERT INTO log (application_id) VALUES (1);
UPDATE head SET seq = NULL, digest = sha256('');
INSERT INTO log (application_id) VALUES (1);
UPDATE head SET seq = 1, digest = 'short';
INSERT INTO log (application_id) VALUES (1);
UPDATE head SET seq = -5, digest = sha256('');
INSERT INTO log (application_id) VALUES (1);
UPDATE head SET seq = 9223372036854775807;
INSERT INTO log (application_id) VALUES (1);
DELETE FROM head;
SELECT count(*) FROM log;

-- Each column of the chain table and of the log's chain of another type, a domain, generated, missing.
CREATE DOMAIN pg_temp.short AS bigint CHECK (VALUE < 10);
CREATE FUNCTION pg_temp.try(what text, command text) RETURNS TABLE (tried text, got text) LANGUAGE plpgsql AS $$
BEGIN
	tried := what;
	BEGIN
		EXECUTE command;
		INSERT INTO pg_temp.log (application_id) VALUES (2), (2), (3) RETURNING 'written, place ' || seq INTO STRICT got;
	EXCEPTION
		WHEN too_many_rows THEN
			got := 'written';
		WHEN OTHERS THEN
			got := SQLSTATE || ' ' || SQLERRM;
	END;
	RETURN NEXT;
	BEGIN
		-- and a chain that is there
		INSERT INTO pg_temp.head VALUES ('registry', 7, 1, sha256(''), 7, now());
		EXECUTE command;
		INSERT INTO pg_temp.log (province_code) VALUES (7);
		RAISE EXCEPTION USING ERRCODE = 'ZZ000';
	EXCEPTION
		WHEN SQLSTATE 'ZZ000' THEN
			NULL;
		WHEN OTHERS THEN
			IF got IS DISTINCT FROM SQLSTATE || ' ' || SQLERRM THEN
				got := SQLSTATE || ' ' || SQLERRM;
				RETURN NEXT;
			END IF;
	END;
END $$;
SELECT t.*
  FROM (VALUES ('kind', '{name,bigint,bytea}'::text[]), ('chain_id', '{text,integer,numeric,pg_temp.short}'), ('seq', '{text,integer,numeric,bytea,pg_temp.short}'),
			   ('digest', '{text,bigint,bit(8)}'), ('province_code', '{text,integer,bigint}'), ('changed_at', '{timestamp,text,bigint}')) AS c(name, types)
 CROSS JOIN unnest(c.types) AS y(type)
 CROSS JOIN LATERAL pg_temp.try(format('head.%s %s', c.name, y.type),
	format('ALTER TABLE pg_temp.head DROP COLUMN %1$s, ADD COLUMN %1$s %2$s', c.name, y.type)) t;
SELECT t.*
  FROM (VALUES ('application_id', '{text,integer,pg_temp.short}'::text[]), ('sponsor_id', '{text,integer}'), ('province_code', '{text,bigint}'), ('seq', '{text,integer,bytea,pg_temp.short}'),
			   ('method', '{text,bigint}'), ('salt', '{text,bigint}'), ('values_digest', '{text,bigint}'), ('digest', '{text,bigint}'), ('what', '{point,numeric,text[],bytea}')) AS c(name, types)
 CROSS JOIN unnest(c.types) AS y(type)
 CROSS JOIN LATERAL pg_temp.try(format('log.%s %s', c.name, y.type),
	format('ALTER TABLE pg_temp.log DROP COLUMN %1$s, ADD COLUMN %1$s %2$s', c.name, y.type)) t;
SELECT t.*
  FROM (VALUES ('head.seq generated', 'ALTER TABLE pg_temp.head DROP COLUMN seq, ADD COLUMN seq bigint GENERATED ALWAYS AS (1) STORED'),
			   ('head.digest generated', 'ALTER TABLE pg_temp.head DROP COLUMN digest, ADD COLUMN digest bytea GENERATED ALWAYS AS (''x'') STORED'),
			   ('log.seq generated', 'ALTER TABLE pg_temp.log DROP COLUMN seq, ADD COLUMN seq bigint GENERATED ALWAYS AS (1) STORED'),
			   ('log.what generated', 'ALTER TABLE pg_temp.log DROP COLUMN what, ADD COLUMN what text GENERATED ALWAYS AS (''x'') STORED'),
			   ('head without seq', 'ALTER TABLE pg_temp.head DROP COLUMN seq'),
			   ('log without digest', 'ALTER TABLE pg_temp.log DROP COLUMN digest'),
			   ('head without its key', 'ALTER TABLE pg_temp.head DROP CONSTRAINT head_pkey'),
			   ('head with another column', 'ALTER TABLE pg_temp.head ADD COLUMN more text DEFAULT ''x'''),
			   ('head dropped', 'DROP TABLE pg_temp.head'),
			   ('head renamed', 'ALTER TABLE pg_temp.head RENAME TO old_head'),
			   ('head a view', 'ALTER TABLE pg_temp.head RENAME TO old_head; CREATE VIEW pg_temp.head AS SELECT * FROM pg_temp.old_head'),
			   ('head a sequence', 'DROP TABLE pg_temp.head; CREATE SEQUENCE pg_temp.head'),
			   ('head a partitioned table', 'DROP TABLE pg_temp.head; CREATE TEMP TABLE head (kind text, chain_id bigint, seq bigint, digest bytea, province_code smallint, changed_at timestamptz) PARTITION BY LIST (kind)'),
			   ('head with a rule', 'CREATE RULE r AS ON UPDATE TO pg_temp.head DO INSTEAD NOTHING'),
			   ('head with a check', 'ALTER TABLE pg_temp.head ADD CHECK (seq < 1)')) AS c(what, command)
 CROSS JOIN LATERAL pg_temp.try(c.what, c.command) t;

-- The application's table.
DROP TRIGGER z ON log;
CREATE TRIGGER z BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head', 'application');
SELECT t.*
  FROM (VALUES ('none', 'SELECT'), ('application.id text', 'CREATE TEMP TABLE application (id text)'), ('application without id', 'CREATE TEMP TABLE application ()'),
			   ('a view', 'CREATE TEMP VIEW application AS SELECT 1 AS id'), ('integer', 'CREATE TEMP TABLE application (id integer)')) AS c(what, command)
 CROSS JOIN LATERAL pg_temp.try(c.what, c.command) t;
DROP TRIGGER z ON log;

-- Another's table is not even locked.
RESET ROLE;
CREATE SCHEMA regress_shared AUTHORIZATION CURRENT_USER;
GRANT CREATE, USAGE ON SCHEMA regress_shared TO regress_icp_plain;
CREATE TABLE regress_shared.head (LIKE head INCLUDING ALL);
GRANT ALL ON regress_shared.head TO regress_icp_plain;
SET ROLE regress_icp_plain;
CREATE TABLE regress_shared.log (LIKE log);
CREATE TRIGGER z BEFORE INSERT ON regress_shared.log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head');
SELECT icp.identify_log('regress_shared.log');
BEGIN;
INSERT INTO regress_shared.log (what) VALUES ('a');
ROLLBACK;

-- A trigger on the chain table that writes events; one that keeps the head from being written; one that alters it.
CREATE TRIGGER z BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head');
CREATE FUNCTION pg_temp.again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO pg_temp.log (sponsor_id) VALUES (9); RETURN NEW; END $$;
CREATE FUNCTION pg_temp.again_caught() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO pg_temp.log (sponsor_id) VALUES (9); RETURN NEW; EXCEPTION WHEN object_in_use THEN RETURN NEW; END $$;
CREATE FUNCTION pg_temp.never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION pg_temp.otherwise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seq := NULL; RETURN NEW; END $$;
SELECT t.*
  FROM (VALUES ('again'), ('again_caught'), ('never'), ('otherwise')) AS f(name), (VALUES ('BEFORE INSERT'), ('BEFORE UPDATE'), ('AFTER INSERT'), ('AFTER UPDATE')) AS w(n)
 CROSS JOIN LATERAL pg_temp.try(f.name || ' ' || w.n, format('DELETE FROM pg_temp.head; CREATE OR REPLACE TRIGGER t %s ON pg_temp.head FOR EACH ROW EXECUTE FUNCTION pg_temp.%s()', w.n, f.name)) t;
DROP TRIGGER IF EXISTS t ON head;
-- two triggers, two chain tables, one log
TRUNCATE log, head;
CREATE TEMP TABLE head2 (LIKE head INCLUDING ALL);
CREATE TRIGGER z2 BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head2');
INSERT INTO log (application_id) SELECT 1 FROM generate_series(1, 20);
SELECT seq FROM head UNION ALL SELECT seq FROM head2;
DROP TRIGGER z2 ON log;
-- a table of another shape under the name of the first
ALTER TABLE head RENAME TO head1;
ALTER TABLE head2 RENAME TO head;
INSERT INTO log (application_id) VALUES (1) RETURNING seq;
ALTER TABLE head RENAME TO head2;
ALTER TABLE head1 RENAME TO head;
INSERT INTO log (application_id) VALUES (1) RETURNING seq;

-- The chain table altered, and dropped, between the events of a statement.
CREATE FUNCTION pg_temp.do(command text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE command; RETURN command; END $$;
INSERT INTO log (application_id) VALUES (2), (3);
BEGIN;
INSERT INTO log (application_id, what) SELECT i, CASE i WHEN 2 THEN pg_temp.do('ALTER TABLE pg_temp.head ALTER COLUMN seq TYPE text') END FROM generate_series(1, 3) i RETURNING seq;
ROLLBACK;
BEGIN;
INSERT INTO log (application_id, what) SELECT i, CASE i WHEN 2 THEN pg_temp.do('ALTER TABLE pg_temp.head ALTER COLUMN digest TYPE bigint USING 1') END FROM generate_series(1, 3) i RETURNING seq;
ROLLBACK;
BEGIN;
INSERT INTO log (application_id, what) SELECT i, CASE i WHEN 2 THEN pg_temp.do('DROP TABLE pg_temp.head') END FROM generate_series(1, 3) i RETURNING seq;
ROLLBACK;
BEGIN;
INSERT INTO log (application_id, what) SELECT 1, CASE i WHEN 2 THEN pg_temp.do('ALTER TABLE pg_temp.head RENAME TO other') END FROM generate_series(1, 3) i RETURNING seq;
ROLLBACK;
INSERT INTO log (application_id, what) SELECT 1, CASE i WHEN 2 THEN pg_temp.do('ANALYZE pg_temp.head') END FROM generate_series(1, 3) i RETURNING seq;

-- With the statement's triggers: a head is written once, whatever the statement writes.
TRUNCATE log, head;
CREATE TRIGGER a BEFORE INSERT ON log FOR EACH STATEMENT EXECUTE FUNCTION icp.chain_event();
CREATE TRIGGER z2 AFTER INSERT ON log REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION icp.chain_event();
CREATE FUNCTION pg_temp.state() RETURNS TABLE (kind text, chain_id bigint, head bigint, events bigint, last bigint, whole boolean) LANGUAGE sql AS $$
	SELECT h.kind, h.chain_id, h.seq, count(*), max(l.seq), bool_and(l.problem IS NULL) AND count(DISTINCT l.seq) = count(*) AND bool_or(l.digest = h.digest AND l.seq = h.seq)
	  FROM pg_temp.head h
	  LEFT JOIN (SELECT l.application_id, l.seq, l.digest, icp.event_problem(l, 'pg_temp.log', lag(l.digest) OVER (PARTITION BY l.application_id ORDER BY l.seq)) AS problem FROM pg_temp.log l) l
		ON l.application_id = h.chain_id
	 GROUP BY h.kind, h.chain_id, h.seq ORDER BY 2 $$;
SELECT n_tup_ins AS ins, n_tup_upd AS upd FROM pg_stat_xact_user_tables WHERE relid = 'pg_temp.head'::regclass \gset
BEGIN;
INSERT INTO log (application_id) SELECT i % 2 FROM generate_series(1, 1000) i;
INSERT INTO log (application_id) SELECT i % 2 FROM generate_series(1, 1000) i;
SELECT n_tup_ins - :ins AS begun, n_tup_upd - :upd AS written FROM pg_stat_xact_user_tables WHERE relid = 'pg_temp.head'::regclass;
COMMIT;
SELECT * FROM pg_temp.state();
-- what is chained and then not written is found; a head that cannot be written, too
CREATE UNIQUE INDEX log_id ON log (id);
INSERT INTO log (id, application_id) VALUES (1, 1) ON CONFLICT DO NOTHING;
INSERT INTO log (id, application_id) VALUES (1, 1), (100000, 1) ON CONFLICT DO NOTHING;
INSERT INTO log (id, application_id) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET what = 'x';
INSERT INTO log (id, application_id) VALUES (100001, 1) ON CONFLICT DO NOTHING;
CREATE TRIGGER zz BEFORE INSERT ON log FOR EACH ROW WHEN (NEW.what = 'drop') EXECUTE FUNCTION pg_temp.never();
INSERT INTO log (application_id, what) VALUES (1, 'a'), (1, 'drop'), (1, 'b');
INSERT INTO log (application_id, what) VALUES (1, 'a');
CREATE TRIGGER t BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION pg_temp.never();
BEGIN;
SAVEPOINT s;
INSERT INTO log (application_id) VALUES (1);
ROLLBACK TO s;
DROP TRIGGER t ON head;
INSERT INTO log (application_id) VALUES (1);
COMMIT;
SELECT * FROM pg_temp.state();
-- statements within a statement: events that write events, some in subtransactions that are rolled back
CREATE FUNCTION pg_temp.nested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.what = 'nest' THEN
		INSERT INTO pg_temp.log (application_id, what) VALUES (NEW.application_id, 'inner'), (5, 'inner');
		BEGIN
			INSERT INTO pg_temp.log (application_id, what) VALUES (NEW.application_id, 'undone'), (6, 'undone');
			BEGIN
				INSERT INTO pg_temp.log (application_id, what) VALUES (NEW.application_id, 'undone'), (7, 'undone');
			EXCEPTION WHEN division_by_zero THEN NULL;
			END;
			PERFORM 1 / 0;
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
		BEGIN
			INSERT INTO pg_temp.log (application_id, what) VALUES (NEW.application_id, 'kept'), (6, 'kept');
			BEGIN
				INSERT INTO pg_temp.log (application_id, what) VALUES (NEW.application_id, 'undone'), (8, 'undone');
				PERFORM 1 / 0;
			EXCEPTION WHEN division_by_zero THEN NULL;
			END;
		EXCEPTION WHEN data_exception THEN NULL;
		END;
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER b_nested BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION pg_temp.nested();
CREATE TRIGGER y_nested AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION pg_temp.nested();
INSERT INTO log (application_id, what) VALUES (3, 'a'), (3, 'nest'), (3, 'b'), (4, 'nest'), (3, 'nest'), (4, 'c');
SELECT what, count(*) FROM log WHERE application_id > 2 GROUP BY 1 ORDER BY 1;
SELECT * FROM pg_temp.state();
-- subtransactions, rolled back and not, in one transaction
BEGIN;
INSERT INTO log (application_id) VALUES (1);
SAVEPOINT a;
INSERT INTO log (application_id) VALUES (1), (2);
SAVEPOINT b;
INSERT INTO log (application_id) VALUES (1), (2);
ROLLBACK TO b;
INSERT INTO log (application_id) VALUES (1);
RELEASE a;
SAVEPOINT c;
INSERT INTO log (application_id) VALUES (9);
ROLLBACK TO c;
INSERT INTO log (application_id) VALUES (9), (1);
COMMIT;
SELECT * FROM pg_temp.state();
-- a statement whose end does not come
RESET ROLE;
BEGIN;
INSERT INTO pg_temp.log (application_id, what) SELECT 1, CASE i WHEN 2 THEN set_config('session_replication_role', 'replica', true) END FROM generate_series(1, 2) i;
COMMIT;
SELECT * FROM pg_temp.state();
-- as a logical replication's worker: without the statement's triggers, each event writes its head
ALTER TABLE pg_temp.log ENABLE ALWAYS TRIGGER z;
SET session_replication_role = replica;
INSERT INTO pg_temp.log (application_id) SELECT 1 FROM generate_series(1, 3);
RESET session_replication_role;
SELECT * FROM pg_temp.state() LIMIT 2;
-- identities: nobody's to read, write or copy, and of tables that can be logs
SET ROLE regress_icp_plain;
TABLE icp.log_identity;
INSERT INTO icp.log_identity VALUES ('regress_shared.log', sha256(''));
UPDATE icp.log_identity SET identity = sha256('');
DELETE FROM icp.log_identity;
SELECT icp.identify_log('log');
SELECT icp.identify_log('regress_shared.head');
SELECT icp.identify_log('icp.rule');
SELECT icp.identify_log('pg_class');
SELECT icp.identify_log(0);
RESET ROLE;
CREATE TEMP TABLE first_identity AS SELECT i.log::oid AS log, i.identity FROM icp.log_identity i WHERE i.log = 'regress_shared.log'::regclass;
SELECT length(identity) FROM first_identity;
SET ROLE regress_icp_plain;
SELECT icp.identify_log('regress_shared.log');
RESET ROLE;
SELECT i.identity = f.identity AS the_same FROM icp.log_identity i JOIN first_identity f USING (log);
DROP TABLE regress_shared.log;
SET ROLE regress_icp_plain;
CREATE TABLE regress_shared.log (LIKE log);
SELECT icp.identify_log('regress_shared.log');
RESET ROLE;
SELECT i.identity = f.identity AS the_same, (SELECT count(*) FROM icp.log_identity x WHERE x.log = f.log) AS of_the_dropped
  FROM icp.log_identity i, first_identity f WHERE i.log = 'regress_shared.log'::regclass;
-- PL/pgSQL keeps what it has prepared for a transaction, in which the log is altered
CREATE TABLE regress_shared.other (LIKE log);
DO $$
DECLARE
	e	regress_shared.other;
	p	text;
BEGIN
	FOR i IN 1..3 LOOP
		INSERT INTO regress_shared.other VALUES (i, 1) RETURNING * INTO e;
		p := icp.event_problem(e, 'regress_shared.other', NULL);
		RAISE WARNING '%', p;
		EXECUTE 'ALTER TABLE regress_shared.other DROP COLUMN what, ADD COLUMN what jsonb DEFAULT ''{"a": [1, 2]}''';
	END LOOP;
END $$;
SELECT icp.event_problem(NULL, 'regress_shared.other', NULL), icp.event_problem(ROW(1), NULL, NULL);
SELECT icp.event_problem(o, 0, NULL) FROM regress_shared.other o;
-- What a temporary log, which has no identity, had digested passes in no log that has lost its own.
CREATE TEMP TABLE no_head (kind text, chain_id bigint, seq bigint, digest bytea, province_code smallint, changed_at timestamptz, PRIMARY KEY (chain_id, kind));
CREATE TEMP TABLE no_log (application_id bigint, sponsor_id bigint, province_code smallint, seq bigint, method smallint, salt bytea, values_digest bytea, digest bytea);
CREATE TRIGGER z BEFORE INSERT ON no_log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('no_head');
INSERT INTO no_log (application_id) VALUES (1);
CREATE TABLE regress_shared.forged AS TABLE no_log;
SELECT icp.event_problem(l, 'no_log', NULL) AS temporary, icp.event_problem(f, 'regress_shared.forged', NULL) AS forged FROM no_log l, regress_shared.forged f;
DROP SCHEMA regress_shared CASCADE;
DROP OWNED BY regress_icp_plain;
DROP ROLE regress_icp_plain;
