-- What every part uses: the stop-watch, the place where results are kept, and the made-up words of the test data.

CREATE EXTENSION IF NOT EXISTS icpfiling;
CREATE SCHEMA bench;

CREATE TABLE bench.result (
	id			integer GENERATED ALWAYS AS IDENTITY,
	part		text NOT NULL,
	item		text NOT NULL,
	variant		text NOT NULL,		-- ours, or the name of a peer
	run			integer NOT NULL,
	seconds		float8,
	cpu			float8,				-- what the server process itself used; NULL where /proc does not tell
	amount		float8				-- rows, look-ups; or bytes where seconds is NULL
);

-- User and system time of this server process.
CREATE FUNCTION bench.cpu() RETURNS float8
LANGUAGE sql VOLATILE AS $$
	SELECT (split_part(s, ' ', 12)::float8 + split_part(s, ' ', 13)::float8) / 100
	  FROM regexp_replace(pg_read_file('/proc/self/stat', 0, 4096, true), '^.*\) ', '') s;
$$;

-- Runs a command and notes how long the server took; a checkpoint before it, so that nobody pays for another's pages.
CREATE PROCEDURE bench.measure(part text, item text, variant text, run integer, amount float8, command text)
LANGUAGE plpgsql AS $$
DECLARE
	started		timestamptz;
	cpu			float8;
BEGIN
	CHECKPOINT;
	cpu := bench.cpu();
	started := clock_timestamp();
	EXECUTE command;
	INSERT INTO bench.result (part, item, variant, run, seconds, cpu, amount)
	VALUES (part, item, variant, run, extract(epoch FROM clock_timestamp() - started), bench.cpu() - cpu, amount);
END
$$;

CREATE PROCEDURE bench.note(part text, item text, variant text, run integer, amount float8)
LANGUAGE sql AS $$
	INSERT INTO bench.result (part, item, variant, run, amount) VALUES (part, item, variant, run, amount);
$$;

-- The bytes that a table and its indexes take, a row of it.
CREATE PROCEDURE bench.note_sizes(part text, label text, variant text, run integer, relation regclass, row_count float8)
LANGUAGE plpgsql AS $$
BEGIN
	CALL bench.note(part, 'bytes a row, table' || label, variant, run, pg_table_size(relation) / row_count);
	CALL bench.note(part, 'bytes a row, indexes' || label, variant, run, pg_indexes_size(relation) / row_count);
END
$$;

-- A permutation of 0 .. n-1, so that neighbours in one order are strangers in another.
CREATE FUNCTION bench.shuffle(i bigint, n bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	-- 1000003 and 7368787 are prime, so coprime to any smaller n that they do not divide
	SELECT (i * 7368787 + 1000003) % n;
$$;

-- i written with the words as digits, so that different numbers give different texts.
CREATE FUNCTION bench.spell(i bigint, words text[], places integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT string_agg(words[1 + (i / power(cardinality(words), p)::bigint) % cardinality(words)], '' ORDER BY p)
	  FROM generate_series(0, places - 1) p;
$$;

-- The number of a sponsor: every eighth has the ten digits in use since 2019, the others eight.
CREATE FUNCTION bench.sponsor_number(sponsor bigint, sponsors bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (ARRAY['京','津','冀','晋','蒙','辽','吉','黑','沪','苏','浙','皖','闽','赣','鲁','豫','鄂','湘','粤','桂',
				  '琼','渝','蜀','黔','滇','藏','陕','陇','青','宁','新'])[1 + s % 31]
		   || 'ICP备'
		   || CASE WHEN s % 8 = 0 THEN (2019 + s % 6)::text ELSE lpad((5 + s % 14)::text, 2, '0') END
		   || lpad((s / 31)::text, 6, '0') || '号'
	  FROM bench.shuffle(sponsor, sponsors) s;
$$;

-- What a careful developer checks a number with: every form that icp.filing_number takes, in its printed form.
CREATE FUNCTION bench.number_pattern() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT '^([京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀黔滇藏陕陇青宁新]ICP备([0-9]{8}|[0-9]{10})号'
		   '|[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]ICP证([0-9]{6}|[0-9]{8})号'
		   '|([京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔滇藏陕甘青宁新]|合字)?[AB][12](\.[AB][12])*-[0-9]{8})'
		   '(-[1-9][0-9]{0,4}[AXK]?)?$';
$$;
