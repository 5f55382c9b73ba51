-- Tables whose claims a trigger cannot keep, or whose claims a subscriber would lose, are refused instead of half kept.
SET client_min_messages = warning;
SELECT icp.create_registry('ct');
CREATE SCHEMA mine;

-- A statement's trigger fires for the table that is named in the statement alone.
CREATE TABLE mine.parted (id bigint, account bigint, name text) PARTITION BY RANGE (id);
CREATE TABLE mine.part1 PARTITION OF mine.parted FOR VALUES FROM (1) TO (100);
CREATE TRIGGER claim AFTER INSERT ON mine.parted REFERENCING NEW TABLE AS n FOR EACH STATEMENT
	EXECUTE FUNCTION icp.detect_conflict('word', 'name', 'account', 'id', 'claims=ct.claim');
\pset null '-'
-- (the place in the code is none of the answer)
CREATE FUNCTION mine.try(command text) RETURNS TABLE (state text, message text, hint text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE command;
	RETURN QUERY SELECT '00000', NULL::text, NULL::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN QUERY SELECT SQLSTATE, SQLERRM, hint;
END
$$;
SELECT * FROM mine.try('INSERT INTO mine.parted VALUES (1, 1, ''a'')');
DROP TRIGGER claim ON mine.parted;
-- nor does that of a partition when the row comes through the parent; by its own name it says so
CREATE TRIGGER claim AFTER INSERT ON mine.part1 REFERENCING NEW TABLE AS n FOR EACH STATEMENT
	EXECUTE FUNCTION icp.detect_conflict('word', 'name', 'account', 'id', 'claims=ct.claim');
SELECT * FROM mine.try('INSERT INTO mine.part1 VALUES (1, 1, ''a'')');
DROP TRIGGER claim ON mine.part1;
-- a row's trigger goes with the partitions, whichever name the row comes by
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON mine.parted FOR EACH ROW
	EXECUTE FUNCTION icp.detect_conflict('word', 'name', 'account', 'id', 'claims=ct.claim');
INSERT INTO mine.parted VALUES (1, 1, 'a');
INSERT INTO mine.part1 VALUES (2, 2, 'a');
SELECT kind, key, holder::regclass::text, holder_id, account_id FROM ct.claim ORDER BY holder_id;
SELECT count(*) AS edges FROM ct.claim_edge;

-- and inheritance
CREATE TABLE mine.base (id bigint, account bigint, name text);
CREATE TABLE mine.child () INHERITS (mine.base);
CREATE TRIGGER claim AFTER INSERT ON mine.base REFERENCING NEW TABLE AS n FOR EACH STATEMENT
	EXECUTE FUNCTION icp.detect_conflict('word', 'name', 'account', 'id', 'claims=ct.claim');
CREATE TRIGGER claim AFTER INSERT ON mine.child FOR EACH ROW
	EXECUTE FUNCTION icp.detect_conflict('word', 'name', 'account', 'id', 'claims=ct.claim');
SELECT * FROM mine.try('INSERT INTO mine.base VALUES (1, 1, ''b'')');
SELECT * FROM mine.try('INSERT INTO mine.child VALUES (2, 1, ''b'')');

-- What is written past the executor obeys the replica identity as it would: a change that a subscriber could not apply
-- is refused, and not lost in silence.
INSERT INTO ct.provider (name) VALUES ('P');
INSERT INTO ct.account (provider_id, user_name) VALUES (1, 'one');
INSERT INTO ct.sponsor (account_id, province, name) VALUES (1, '京', '甲公司');
INSERT INTO ct.site (sponsor_id, domains) VALUES (1, '{a.cn}');
ALTER TABLE ct.claim REPLICA IDENTITY NOTHING;
SET client_min_messages = error;		-- of wal_level
CREATE PUBLICATION claims FOR TABLE ct.claim;
SET client_min_messages = warning;
SELECT * FROM mine.try('UPDATE ct.claim SET approved = approved');
SELECT * FROM mine.try('UPDATE ct.site SET domains = ''{b.cn}''');
SELECT domains FROM ct.site;
ALTER TABLE ct.claim REPLICA IDENTITY DEFAULT;
SELECT * FROM mine.try('UPDATE ct.site SET domains = ''{b.cn}''');
SELECT key, released_at IS NOT NULL AS released FROM ct.claim WHERE kind = 'domain' ORDER BY key;
DROP PUBLICATION claims;
DROP SCHEMA mine CASCADE;
DROP SCHEMA ct CASCADE;
