-- Numbers: icp.filing_number against text with a regular expression as CHECK; the same rows, the same indexes.
-- The text column has COLLATE "C", which is what makes it fast: comparison by memcmp, abbreviated sort keys, and
-- prefixes that an index can answer.

-- In random order, as they come from the street. Sponsors have one service, some two or three, every hundredth ten.
CREATE UNLOGGED TABLE bench.number AS
SELECT i, bench.sponsor_number(s, :rows) || '-' || n AS number, bench.sponsor_number(s, :rows) AS sponsor
  FROM (SELECT s, n, row_number() OVER (ORDER BY bench.shuffle(s * 10 + n, 999983), s, n) AS i
		  FROM generate_series(0, :rows - 1) s,
			   generate_series(1, CASE WHEN s % 100 = 0 THEN 10 WHEN s % 9 = 0 THEN 3 WHEN s % 4 = 0 THEN 2 ELSE 1 END) n) x
 WHERE i <= :rows;
SELECT format('COPY (SELECT number FROM bench.number ORDER BY i) TO %L', :'dir' || '/number.txt') \gexec

-- The same as people write them: full-width, traditional, lower case, spaces, other dashes, 号 left out.
CREATE UNLOGGED TABLE bench.spelling AS
SELECT CASE i % 8
		   WHEN 0 THEN translate(number, '0123456789', '０１２３４５６７８９')
		   WHEN 1 THEN replace(number, 'ICP', 'icp')
		   WHEN 2 THEN replace(replace(number, '备', '備'), '号', '號')
		   WHEN 3 THEN replace(number, '-', '－')
		   WHEN 4 THEN replace(number, '-', '–')
		   WHEN 5 THEN ' ' || number || ' '
		   WHEN 6 THEN replace(number, '号-', '-')
		   ELSE replace(replace(number, 'ICP', ' ICP'), '号-', ' 号 - ')
	   END AS spelling
  FROM bench.number;

-- The peer's reading of them: normalise, fold, then the test.
SELECT replace(bench.number_pattern(), '号', '号?') AS tolerant_pattern, bench.number_pattern() AS pattern \gset
CREATE FUNCTION bench.fold(spelling text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT regexp_replace(translate(upper(normalize(spelling, NFKC)), '備號–—−', '备号---'), '\s+', '', 'g');
$$;

CREATE TABLE bench.number_ours (number icp.filing_number);
CREATE TABLE bench.number_text (number text COLLATE "C");
SELECT format('ALTER TABLE bench.number_text ADD CHECK (number ~ %L)', :'pattern') \gexec

-- One statement of SQL for each key, as an application asks, without the network between.
CREATE FUNCTION bench.find_ours(keys text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE k text; found_rows bigint := 0; n bigint;
BEGIN
	FOREACH k IN ARRAY keys LOOP
		SELECT count(*) INTO n FROM bench.number_ours t WHERE t.number = k::icp.filing_number;
		found_rows := found_rows + n;
	END LOOP;
	RETURN found_rows;
END $$;
CREATE FUNCTION bench.find_text(keys text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE k text; found_rows bigint := 0; n bigint;
BEGIN
	FOREACH k IN ARRAY keys LOOP
		SELECT count(*) INTO n FROM bench.number_text t WHERE t.number = k;
		found_rows := found_rows + n;
	END LOOP;
	RETURN found_rows;
END $$;
-- All services of a sponsor.
CREATE FUNCTION bench.services_ours(keys text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE k text; found_rows bigint := 0; n bigint;
BEGIN
	FOREACH k IN ARRAY keys LOOP
		SELECT count(*) INTO n FROM bench.number_ours t WHERE t.number <@ k::icp.icp_id;
		found_rows := found_rows + n;
	END LOOP;
	RETURN found_rows;
END $$;
-- As a careful developer asks: '.' follows '-', so this is the number itself and whatever continues with '-'.
CREATE FUNCTION bench.services_text(keys text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE k text; found_rows bigint := 0; n bigint;
BEGIN
	FOREACH k IN ARRAY keys LOOP
		SELECT count(*) INTO n FROM bench.number_text t WHERE t.number >= k AND t.number < k || '.';
		found_rows := found_rows + n;
	END LOOP;
	RETURN found_rows;
END $$;
-- As it is usually written: the pattern must be a constant for the index to serve, so every statement is planned.
CREATE FUNCTION bench.services_like(keys text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE k text; found_rows bigint := 0; n bigint;
BEGIN
	FOREACH k IN ARRAY keys LOOP
		EXECUTE format('SELECT count(*) FROM bench.number_text t WHERE t.number LIKE %L', k || '%') INTO n;
		found_rows := found_rows + n;
	END LOOP;
	RETURN found_rows;
END $$;

CREATE PROCEDURE bench.numbers(run integer, dir text, row_count bigint) LANGUAGE plpgsql AS $$
DECLARE
	v		record;
	keys	text[];
	sponsors text[];
	nkeys	integer := least(row_count, 100000);
BEGIN
	SELECT array_agg(number), array_agg(sponsor) INTO keys, sponsors
	  FROM (SELECT number, sponsor FROM bench.number ORDER BY hashint8(i), i LIMIT nkeys) x;
	FOR v IN SELECT * FROM (VALUES
			('ours', 'bench.number_ours', 'icp.filing_number'),
			('text', 'bench.number_text', 'text COLLATE "C"')) x(name, rel, typ)
	LOOP
		EXECUTE format('DROP INDEX IF EXISTS %s_idx; TRUNCATE %s', v.rel, v.rel);
		CALL bench.measure('numbers', 'COPY, no index', v.name, run, row_count,
						   format('COPY %s FROM %L', v.rel, dir || '/number.txt'));
		CALL bench.measure('numbers', 'CREATE INDEX', v.name, run, row_count,
						   format('CREATE INDEX number_%s_idx ON %s (number)', v.name, v.rel));
		CALL bench.note_sizes('numbers', ', fresh index', v.name, run, v.rel::regclass, row_count);
		EXECUTE format('TRUNCATE %s', v.rel);
		CALL bench.measure('numbers', 'COPY, btree', v.name, run, row_count,
						   format('COPY %s FROM %L', v.rel, dir || '/number.txt'));
		CALL bench.note_sizes('numbers', ', filled index', v.name, run, v.rel::regclass, row_count);
		EXECUTE format('ANALYZE %s', v.rel);
		COMMIT;
	END LOOP;
	FOR v IN SELECT * FROM (VALUES
			('ours', 'bench.number_ours'), ('text', 'bench.number_text')) x(name, rel)
	LOOP
		PERFORM set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true);
		CALL bench.measure('numbers', 'ORDER BY', v.name, run, row_count,
						   format('SELECT number FROM %s ORDER BY number OFFSET %s', v.rel, row_count - 1));
		CALL bench.measure('numbers', 'hash join with itself', v.name, run, row_count,
						   format('SELECT count(*) FROM %s a JOIN %s b USING (number)', v.rel, v.rel));
		CALL bench.measure('numbers', 'GROUP BY', v.name, run, row_count,
						   format('SELECT count(*) FROM (SELECT number FROM %s GROUP BY number OFFSET 0) x', v.rel));
		COMMIT;
		CALL bench.measure('numbers', 'look-up by number', v.name, run, nkeys,
						   format('SELECT bench.find_%s(%L)', v.name, keys));
		CALL bench.measure('numbers', 'look-up of a sponsor''s services', v.name, run, nkeys,
						   format('SELECT bench.services_%s(%L)', v.name, sponsors));
		COMMIT;
	END LOOP;
	CALL bench.measure('numbers', 'look-up of a sponsor''s services', 'text, LIKE', run, nkeys,
					   format('SELECT bench.services_like(%L)', sponsors));
	CALL bench.measure('numbers', 'reading printed numbers', 'ours', run, row_count,
					   'SELECT count(icp.try_filing_number(number)) FROM bench.number');
	CALL bench.measure('numbers', 'reading printed numbers', 'text', run, row_count,
					   format('SELECT count(*) FILTER (WHERE number ~ %L) FROM bench.number', bench.number_pattern()));
	CALL bench.measure('numbers', 'reading numbers as people write them', 'ours', run, row_count,
					   'SELECT count(icp.try_filing_number(spelling)) FROM bench.spelling');
	CALL bench.measure('numbers', 'reading numbers as people write them', 'text', run, row_count,
					   format('SELECT count(*) FILTER (WHERE bench.fold(spelling) ~ %L) FROM bench.spelling',
							  replace(bench.number_pattern(), '号', '号?')));
END
$$;

SELECT format('CALL bench.numbers(%s, %L, %s)', run, :'dir', :rows) FROM generate_series(1, :repeat) run \gexec

-- Both read and find the same, or the comparison is worth nothing.
CREATE TEMPORARY TABLE agreed AS
SELECT icp.try_filing_number(s.spelling) IS NOT NULL AS ours,
	   bench.fold(s.spelling) ~ :'tolerant_pattern' AS peer
  FROM bench.spelling s;
SELECT count(*) FILTER (WHERE ours) AS "spellings read by ours",
	   count(*) FILTER (WHERE peer) AS "by the regular expression",
	   (SELECT count(*) FROM bench.number_ours a JOIN bench.number n ON a.number = n.number::icp.filing_number) AS "numbers kept",
	   (SELECT bench.services_ours(k) = bench.services_text(k) AND bench.services_ours(k) = bench.services_like(k)
		  FROM (SELECT array_agg(sponsor) AS k FROM (SELECT sponsor FROM bench.number LIMIT 1000) x) y) AS "services agree"
  FROM agreed;
