-- The log of events: chained, checked, and what each way of changing it looks like afterwards.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (1, 'b');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司'), (2, '沪', '乙公司');
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}'), (2, '乙网', '{b.cn}');
INSERT INTO beian.application (site_id) VALUES (1), (2);
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'returned', reason = '证件不清';
UPDATE beian.application SET state = 'submitted';
UPDATE beian.application SET state = 'withdrawn' WHERE id = 2;
INSERT INTO beian.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
VALUES ('x', 'change', 1, 1, 11, '{"phone": "13800000000", "a": 1.50}', '{"phone": "13900000000"}'), ('x', 'change', 1, NULL, 11, NULL, '{"name": "甲公司二"}'),
	   ('x', 'change', 1, NULL, 11, '{}', NULL);
INSERT INTO beian.event (actor, event, province_code, reason) VALUES ('x', 'setting', 11, 'r'), ('x', 'setting', NULL, NULL), ('x', 'setting', 11, NULL);

-- Which chain an event is of, and its place.
SELECT id, event, application_id AS app, sponsor_id AS sponsor, province_code AS province, seq, method, length(salt) AS salt, length(values_digest) AS of_values, length(digest) AS digest FROM beian.event ORDER BY id;
SELECT kind, chain_id, seq, province_code, digest = (SELECT e.digest FROM beian.event e WHERE coalesce(e.application_id, e.sponsor_id, e.province_code, 0) = c.chain_id AND e.seq = c.seq
	   AND CASE c.kind WHEN 'application' THEN e.application_id IS NOT NULL WHEN 'sponsor' THEN e.application_id IS NULL AND e.sponsor_id IS NOT NULL ELSE e.sponsor_id IS NULL END) AS of_the_last
  FROM beian.event_chain c ORDER BY kind COLLATE "C", chain_id;

-- The digest, made again by plain SQL: each part with its length before it.
CREATE FUNCTION pg_temp.part(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT int4send(length($1)) || $1 $$;
CREATE FUNCTION pg_temp.part(text) RETURNS bytea LANGUAGE sql AS $$ SELECT pg_temp.part(convert_to($1, 'UTF8')) $$;
CREATE FUNCTION pg_temp.part(bigint) RETURNS bytea LANGUAGE sql AS $$ SELECT pg_temp.part(int8send($1)) $$;
CREATE FUNCTION pg_temp.col(name text, value bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT coalesce(pg_temp.part(name) || value, '') $$;
CREATE FUNCTION pg_temp.values_digest(e beian.event) RETURNS bytea LANGUAGE sql AS $$
	SELECT sha256(pg_temp.part(e.salt) || pg_temp.col('reason', pg_temp.part(e.reason)) || pg_temp.col('old_values', pg_temp.part(e.old_values::text)) || pg_temp.col('new_values', pg_temp.part(e.new_values::text))) $$;
CREATE FUNCTION pg_temp.digest(e beian.event, previous bytea) RETURNS bytea LANGUAGE sql AS $$
	SELECT sha256(CASE WHEN e.method > 3 THEN pg_temp.part('icp.event.2'::text) || pg_temp.part((SELECT i.identity FROM icp.log_identity i WHERE i.log = 'beian.event'::regclass))
			ELSE pg_temp.part('icp.event.1'::text) || pg_temp.part('beian'::text) END
		|| pg_temp.part(CASE WHEN e.application_id IS NOT NULL THEN 'application' WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END::text)
		|| pg_temp.part(coalesce(e.application_id, e.sponsor_id, e.province_code, 0)::bigint) || pg_temp.part(e.seq) || pg_temp.part(e.method::bigint)
		|| pg_temp.part(coalesce(previous, '')) || pg_temp.part(coalesce(e.values_digest, ''))
		|| pg_temp.col('id', pg_temp.part(e.id)) || pg_temp.col('at', pg_temp.part((extract(epoch FROM e.at) * 1000000)::bigint - 946684800000000))
		|| pg_temp.col('actor', pg_temp.part(e.actor::text)) || pg_temp.col('event', pg_temp.part(e.event)) || pg_temp.col('application_id', pg_temp.part(e.application_id))
		|| pg_temp.col('sponsor_id', pg_temp.part(e.sponsor_id)) || pg_temp.col('site_id', pg_temp.part(e.site_id)) || pg_temp.col('province_code', pg_temp.part(e.province_code::bigint))
		|| pg_temp.col('from_state', pg_temp.part(e.from_state)) || pg_temp.col('to_state', pg_temp.part(e.to_state))) $$;
SELECT count(*) AS events, count(*) FILTER (WHERE digest = computed) AS same, count(values_digest) AS with_values, count(*) FILTER (WHERE values_digest = computed_values) AS same_values
  FROM (SELECT e.digest, e.values_digest, pg_temp.digest(e, lag(e.digest) OVER (PARTITION BY e.application_id IS NULL, e.sponsor_id IS NULL, coalesce(e.application_id, e.sponsor_id, e.province_code, 0) ORDER BY e.seq)) AS computed,
			   pg_temp.values_digest(e) AS computed_values FROM beian.event e) x;
SELECT count(DISTINCT salt) = count(salt) AS each_its_own_salt FROM beian.event;

-- What was written when only the schema's name was digested stays verifiable, and what follows goes on behind it.
BEGIN;
SET LOCAL session_replication_role = replica;
DO $$
DECLARE
	e			beian.event;
	previous	bytea;
BEGIN
	FOR e IN SELECT * FROM beian.event x WHERE x.application_id = 1 ORDER BY x.seq LOOP
		e.method := 1;
		e.digest := pg_temp.digest(e, previous);
		UPDATE beian.event x SET method = 1, digest = e.digest WHERE x.id = e.id;
		previous := e.digest;
	END LOOP;
	UPDATE beian.event_chain c SET digest = previous WHERE c.kind = 'application' AND c.chain_id = 1;
END
$$;
SET LOCAL session_replication_role = origin;
INSERT INTO beian.event (actor, event, application_id, province_code) VALUES ('x', 'late', 1, 11);
SELECT seq, method FROM beian.event WHERE application_id = 1 ORDER BY seq;
SELECT * FROM beian.verify_log();
SET LOCAL session_replication_role = replica;
UPDATE beian.event SET actor = 'nobody' WHERE application_id = 1 AND seq = 2;
SELECT chain, seq, problem FROM beian.verify_log();
ROLLBACK;

-- A whole log.
SELECT * FROM beian.verify_log();
SELECT beian.export_heads() AS heads \gset
SELECT (:'heads'::jsonb) ->> 'registry' AS registry, (:'heads'::jsonb) ->> 'chains' AS chains, length((:'heads'::jsonb) ->> 'digest') AS digest, (:'heads'::jsonb) #>> '{heads,0,0}' AS first, (:'heads'::jsonb) #>> '{heads,0,2}' AS place;
SELECT * FROM beian.verify_log(:'heads');
CREATE TEMP TABLE exported AS SELECT :'heads'::jsonb AS heads;
-- ... goes on
UPDATE beian.application SET state = 'withdrawn' WHERE id = 1;
INSERT INTO beian.event (actor, event, sponsor_id, province_code, reason) VALUES ('x', 'late', 1, 11, 'after the export');
SELECT * FROM beian.verify_log(:'heads');
-- (since: what has grown in this transaction and later)
BEGIN;
INSERT INTO beian.event (actor, event, province_code) VALUES ('x', 'setting', 11);
SELECT jsonb_path_query_array(beian.export_heads(now()) -> 'heads', '$[*][0 to 2]') AS grown;
ROLLBACK;

-- Everything that an owner can do to it, with the triggers off.  Each line: what was done, what verify_log() finds
-- without exported heads, and what it finds with those of before.
CREATE FUNCTION pg_temp.found(heads jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', v.chain, v.chain_id, 'place', v.seq, 'event', v.event_id) || ': ' || v.problem, E'\n'), 'nothing') FROM beian.verify_log(heads) v $$;
CREATE FUNCTION pg_temp.after(what text, VARIADIC commands text[]) RETURNS TABLE (done text, problems text, with_heads text) LANGUAGE plpgsql AS $$
DECLARE
	command	text;
BEGIN
	done := what;
	BEGIN
		SET LOCAL session_replication_role = replica;
		FOREACH command IN ARRAY commands LOOP
			EXECUTE command;
		END LOOP;
		problems := pg_temp.found(NULL);
		with_heads := replace(pg_temp.found((SELECT heads FROM exported)), problems, '');
		with_heads := coalesce(nullif(btrim(with_heads, E'\n'), ''), CASE WHEN problems = 'nothing' THEN 'nothing' ELSE 'no more' END);
		RAISE EXCEPTION USING ERRCODE = 'ZZ000';
	EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
		RETURN NEXT;
	END;
END $$;
\x on
SELECT * FROM pg_temp.after('actor edited', $$UPDATE beian.event SET actor = 'nobody' WHERE id = 3$$);
SELECT * FROM pg_temp.after('time edited', $$UPDATE beian.event SET at = at - interval '1 microsecond' WHERE id = 3$$);
SELECT * FROM pg_temp.after('event, states, site, province, sponsor of an application''s event edited', $$UPDATE beian.event SET event = 'withdraw' WHERE id = 3$$, $$UPDATE beian.event SET to_state = 'approved' WHERE id = 4$$,
	$$UPDATE beian.event SET from_state = NULL WHERE id = 7$$, $$UPDATE beian.event SET site_id = 99 WHERE id = 5$$, $$UPDATE beian.event SET province_code = 31 WHERE id = 1$$, $$UPDATE beian.event SET sponsor_id = 1 WHERE id = 8$$);
SELECT * FROM pg_temp.after('reason edited', $$UPDATE beian.event SET reason = '证件齐全' WHERE id = 5$$);
SELECT * FROM pg_temp.after('reason given to an event that had none', $$UPDATE beian.event SET reason = 'r' WHERE id = 3$$);
SELECT * FROM pg_temp.after('values edited, and moved from old to new', $$UPDATE beian.event SET new_values = '{"phone": "13900000001"}' WHERE id = 10$$, $$UPDATE beian.event SET old_values = new_values, new_values = NULL WHERE id = 11$$);
SELECT * FROM pg_temp.after('a number written otherwise', $$UPDATE beian.event SET old_values = '{"phone": "13800000000", "a": 1.5}' WHERE id = 10$$);
SELECT * FROM pg_temp.after('salt edited, digest edited, salt taken', $$UPDATE beian.event SET salt = set_byte(salt, 0, get_byte(salt, 0) # 1) WHERE id = 10$$, $$UPDATE beian.event SET digest = set_byte(digest, 31, get_byte(digest, 31) # 1) WHERE id = 12$$, $$UPDATE beian.event SET salt = NULL WHERE id = 5$$);
SELECT * FROM pg_temp.after('values erased, without a word', $$UPDATE beian.event SET reason = NULL, salt = NULL WHERE id = 5$$);
SELECT * FROM pg_temp.after('renumbered', $$UPDATE beian.event SET id = DEFAULT WHERE id = 3$$);
SELECT * FROM pg_temp.after('first deleted', $$DELETE FROM beian.event WHERE id = 1$$);
SELECT * FROM pg_temp.after('one in the middle deleted', $$DELETE FROM beian.event WHERE id = 5$$);
SELECT * FROM pg_temp.after('one in the middle deleted, the others moved up', $$DELETE FROM beian.event WHERE id = 5$$, $$UPDATE beian.event SET seq = seq - 1 WHERE application_id = 1 AND seq > 3$$);
SELECT * FROM pg_temp.after('two exchanged', $$UPDATE beian.event SET seq = 5 - seq WHERE application_id = 1 AND seq IN (2, 3)$$);
SELECT * FROM pg_temp.after('one twice', $$INSERT INTO beian.event OVERRIDING SYSTEM VALUE SELECT 1001, at, actor, event, application_id, sponsor_id, site_id, province_code, from_state, to_state, reason, old_values, new_values, seq, method, salt, values_digest, digest FROM beian.event WHERE id = 3$$);
SELECT * FROM pg_temp.after('one moved to another chain', $$UPDATE beian.event SET application_id = 1, seq = 6 WHERE id = 9$$);
SELECT * FROM pg_temp.after('a forged one at the end', $$INSERT INTO beian.event OVERRIDING SYSTEM VALUE SELECT 1001, now(), 'me', 'approve', 1, 1, 1, 11, 'reviewing', 'approved', NULL, NULL, NULL, 6, 1, NULL, NULL, sha256('x')$$);
SELECT * FROM pg_temp.after('the end cut off', $$DELETE FROM beian.event WHERE application_id = 1 AND seq >= 4$$);
SELECT * FROM pg_temp.after('all of a chain deleted', $$DELETE FROM beian.event WHERE application_id = 1$$);
SELECT * FROM pg_temp.after('a head edited, another deleted', $$UPDATE beian.event_chain SET seq = 9 WHERE kind = 'application' AND chain_id = 1$$, $$DELETE FROM beian.event_chain WHERE kind = 'sponsor' AND chain_id = 1$$, $$UPDATE beian.event_chain SET digest = sha256('') WHERE kind = 'registry' AND chain_id = 11$$);
-- what only exported heads find: what the owner leaves consistent, the heads included
SELECT * FROM pg_temp.after('the end cut off, with the head', $$DELETE FROM beian.event WHERE application_id = 1 AND seq >= 4$$, $$UPDATE beian.event_chain c SET seq = e.seq, digest = e.digest FROM beian.event e WHERE c.kind = 'application' AND c.chain_id = 1 AND e.application_id = 1 AND e.seq = 3$$);
SELECT * FROM pg_temp.after('all of a chain deleted, with the head', $$DELETE FROM beian.event WHERE application_id = 1$$, $$DELETE FROM beian.event_chain WHERE kind = 'application' AND chain_id = 1$$);
SELECT * FROM pg_temp.after('a chain written anew', $$CREATE TEMP TABLE copy AS SELECT * FROM beian.event WHERE application_id = 1$$, $$DELETE FROM beian.event WHERE application_id = 1$$, $$DELETE FROM beian.event_chain WHERE kind = 'application' AND chain_id = 1$$,
	$$SET LOCAL session_replication_role = origin$$, $$INSERT INTO beian.event (at, actor, event, application_id, sponsor_id, province_code, from_state, to_state, reason) SELECT at, actor, event, application_id, sponsor_id, province_code, from_state, to_state, 'nothing' FROM copy ORDER BY id$$);
-- before the head a change, behind it nothing
SELECT * FROM pg_temp.after('the end behind the exported head cut off, with the head', $$DELETE FROM beian.event WHERE application_id = 1 AND seq >= 5$$, $$UPDATE beian.event_chain c SET seq = e.seq, digest = e.digest FROM beian.event e WHERE c.kind = 'application' AND c.chain_id = 1 AND e.application_id = 1 AND e.seq = 4$$);
\x off
SELECT * FROM beian.verify_log(:'heads');
-- the exported heads edited
SELECT chain, seq, problem FROM beian.verify_log(jsonb_set(:'heads', '{heads,0,2}', '3'));
SELECT * FROM beian.verify_log('{}');
SELECT * FROM beian.verify_log(jsonb_set(:'heads', '{registry}', '"other"'));

-- Append-only, but for erasing values, which leaves the chain whole and says so.
UPDATE beian.event SET reason = 'other' WHERE id = 5;
UPDATE beian.event SET reason = NULL WHERE id = 5;
UPDATE beian.event SET reason = NULL, salt = NULL, actor = 'x' WHERE id = 5;
UPDATE beian.event SET salt = NULL WHERE id = 1;
DELETE FROM beian.event;
TRUNCATE beian.event;
SELECT beian.erase_event_values(10, '当事人要求删除');
SELECT id, reason, old_values, new_values, salt, values_digest IS NOT NULL AS digest_kept FROM beian.event WHERE id = 10;
SELECT event, sponsor_id, site_id, reason, new_values FROM beian.event ORDER BY id DESC LIMIT 1;
SELECT * FROM beian.verify_log(:'heads');
SELECT beian.erase_event_values(10, 'again');
SELECT beian.erase_event_values(1, 'nothing there');
SELECT beian.erase_event_values((SELECT max(id) FROM beian.event), 'the erasure');
SELECT beian.erase_event_values(99999, 'r');
SELECT beian.erase_event_values(5, ' ');
UPDATE beian.event SET reason = NULL, new_values = NULL, salt = NULL WHERE event = 'erase_values';
SELECT count(*) FROM beian.event WHERE event = 'erase_values';

-- Who: a member sees its events and writes none; an auditor checks the whole log, and reads none of it.
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_auditor IN ROLE icp_auditor;
INSERT INTO beian.member (role_name, role, provider_id) VALUES ('regress_icp_provider', 'provider', 1);
SET ROLE regress_icp_provider;
SELECT count(*) > 5 AS sees FROM beian.event;
INSERT INTO beian.event (actor, event) VALUES ('me', 'approve');
SELECT * FROM beian.event_chain;
SELECT * FROM beian.verify_log();
SELECT beian.erase_event_values(5, 'r');
SET ROLE regress_icp_auditor;
SELECT count(*) FROM beian.event;
SELECT * FROM beian.verify_log();
SELECT jsonb_array_length(beian.export_heads() -> 'heads') AS heads;
RESET ROLE;
SELECT has_table_privilege('icp_ministry', 'beian.event_chain', 'SELECT') AS ministry_reads_heads, has_table_privilege('icp_ministry', 'beian.event', 'SELECT') AS ministry_reads_events;

-- The trigger and the check by themselves.
SELECT icp.chain_event();
CREATE SCHEMA regress_log;
SET search_path = regress_log;
CREATE TABLE head (kind text, chain_id bigint, seq bigint, digest bytea, province_code smallint, changed_at timestamptz, PRIMARY KEY (kind, chain_id));
CREATE TABLE log (application_id bigint, sponsor_id bigint, province_code smallint, what text, ok boolean, n integer, new_values jsonb, seq bigint, method smallint, salt bytea, values_digest bytea, digest bytea);
CREATE TRIGGER chain BEFORE UPDATE ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head');
INSERT INTO log (what) VALUES ('a');
UPDATE log SET what = 'b';
DROP TRIGGER chain ON log;
CREATE TRIGGER chain BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event();
INSERT INTO log (what) VALUES ('a');
DROP TRIGGER chain ON log;
TRUNCATE log;
CREATE TRIGGER chain BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('head');
INSERT INTO log (what) VALUES ('a');
SELECT icp.identify_log('log');
-- many of a chain in one statement; a long value; what the application wrote into the chain's columns does not count
INSERT INTO log (application_id, what, ok, n, seq, digest) SELECT i % 3, repeat('长', i * 1000), i % 2 = 0, i, -i, 'x' FROM generate_series(1, 30) i;
INSERT INTO log (new_values) VALUES (jsonb_build_object('k', repeat('x', 100000)));
SELECT kind, chain_id, seq FROM head ORDER BY 1, 2;
SELECT count(*) FROM (SELECT icp.event_problem(l, 'log', lag(l.digest) OVER (PARTITION BY application_id ORDER BY seq)) AS problem FROM log l) x WHERE problem IS NOT NULL;
SELECT icp.event_problem(l, 'beian.event', NULL) AS in_another_log, icp.event_problem(l, 'log', '\x00') AS behind_nothing, icp.event_problem(NULL::log, 'log', NULL) AS of_nothing FROM log l WHERE application_id IS NULL;
SELECT icp.event_problem(ROW(1), 'log', NULL);
-- a column that comes later is null in older events, and changes nothing
ALTER TABLE log ADD COLUMN later text;
SELECT icp.event_problem(l, 'log', NULL) FROM log l WHERE application_id IS NULL;
INSERT INTO log (what, later) VALUES ('b', 'c');
ALTER TABLE log DROP COLUMN ok;
SELECT seq, icp.event_problem(l, 'log', lag(l.digest) OVER (ORDER BY seq)) FROM log l WHERE application_id IS NULL ORDER BY seq;
ALTER TABLE log ADD COLUMN unknown point;
INSERT INTO log (what, unknown) VALUES ('b', '(1,2)');
ALTER TABLE log DROP COLUMN unknown, DROP COLUMN salt;
INSERT INTO log (what) VALUES ('b');
ALTER TABLE log ADD COLUMN salt text;
INSERT INTO log (what) VALUES ('b');
UPDATE head SET digest = '' WHERE kind = 'registry';
ALTER TABLE log DROP COLUMN salt, ADD COLUMN salt bytea;
INSERT INTO log (what) VALUES ('b');
RESET search_path;
-- names that need quotes, and a table under the same name again
CREATE SCHEMA "regress Log";
CREATE TABLE "regress Log"."the Head" (LIKE regress_log.head INCLUDING ALL);
CREATE TABLE "regress Log".log (LIKE regress_log.log);
CREATE TRIGGER chain BEFORE INSERT ON "regress Log".log FOR EACH ROW EXECUTE FUNCTION icp.chain_event('the Head');
SELECT icp.identify_log('"regress Log".log');
INSERT INTO "regress Log".log (what) VALUES ('a'), ('b') RETURNING seq;
ALTER SCHEMA "regress Log" RENAME TO "regress Log 2";
INSERT INTO "regress Log 2".log (what) VALUES ('c') RETURNING seq;
-- another name changes nothing: it is the log's identity that is digested
SELECT seq, icp.event_problem(l, l.tableoid::regclass, lag(l.digest) OVER (ORDER BY seq)) FROM "regress Log 2".log l ORDER BY seq;
SHOW icpfiling.event_digest;
SET icpfiling.event_digest = 'sm3';
SET icpfiling.event_key_file = '/etc/hostname';

DROP SCHEMA regress_log, "regress Log 2" CASCADE;
DROP SCHEMA beian CASCADE;
DROP ROLE regress_icp_provider, regress_icp_auditor;
DELETE FROM icp.calendar_year_local WHERE source = 'test';
DO $$
DECLARE
	role	text;
BEGIN
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
