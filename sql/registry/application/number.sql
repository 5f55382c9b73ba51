-- Sponsors' numbers: issued from a sequence a province and year, given back within the year, never issued twice.

-- A cancelled sponsor's number goes back to the pool of its year, and is given out again in that year only.
CREATE TABLE @registry@.freed_number (
	number			icp.icp_id PRIMARY KEY,
	province_code	smallint NOT NULL,
	sponsor_id		bigint NOT NULL,
	freed_at		timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE @registry@.freed_number IS
	'Sponsor numbers of this year whose sponsor was cancelled (备案号回收): the next approvals of the province take them first';
COMMENT ON COLUMN @registry@.freed_number.number IS 'The number';
COMMENT ON COLUMN @registry@.freed_number.province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.freed_number.sponsor_id IS 'Who had it last; no foreign key: the pool outlives records';
COMMENT ON COLUMN @registry@.freed_number.freed_at IS 'Since when it is free';
-- nobody's but the owner's
ALTER TABLE @registry@.freed_number ENABLE ROW LEVEL SECURITY;
-- Who had a number before: live ones have sponsor_live_number_key.
CREATE INDEX sponsor_former_number_idx ON @registry@.sponsor (number) WHERE number IS NOT NULL AND status <> 'filed';

-- A licence takes the place of a number (4 §21(二)), and the number is nobody's again: what says so is a row, which
-- reaches a subscriber, while sequences stay where they are.
CREATE TABLE @registry@.former_number (
	number			icp.icp_id PRIMARY KEY,
	sponsor_id		bigint NOT NULL,
	province_code	smallint,
	left_at			timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE @registry@.former_number IS
	'Sponsor numbers that no record has any more, because another took its place or the record was deleted: none of them is issued again';
COMMENT ON COLUMN @registry@.former_number.number IS 'The number';
COMMENT ON COLUMN @registry@.former_number.sponsor_id IS 'Who had it last; no foreign key: it outlives records';
COMMENT ON COLUMN @registry@.former_number.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.former_number.left_at IS 'Since when nobody has it';
ALTER TABLE @registry@.former_number ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.keep_former_number() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.former_number (number, sponsor_id, province_code) VALUES (OLD.number, OLD.id, OLD.province_code)
	ON CONFLICT ON CONSTRAINT former_number_pkey DO UPDATE SET sponsor_id = EXCLUDED.sponsor_id, left_at = EXCLUDED.left_at;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.keep_former_number() IS 'Trigger: remembers a number that a sponsor has no more';
-- (WHEN by comparisons of numbers: a restore has no path to operators of icp)
CREATE TRIGGER keep_former_number AFTER UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.number::text IS DISTINCT FROM NEW.number::text AND OLD.number IS NOT NULL)
	EXECUTE FUNCTION @registry@.keep_former_number();
CREATE TRIGGER keep_deleted_number AFTER DELETE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION @registry@.keep_former_number();

-- One transaction after the other makes a year's sequences, of whatever province: if two made two of them in opposite
-- order, each would wait for the other.
CREATE FUNCTION @registry@.make_serial(for_province icp.province, year integer) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	serial	text := format('sponsor_serial_%s_%s', icp.province_code(for_province), year);
BEGIN
	-- (a row that is the owner's alone: an advisory lock anybody may take, and keep)
	PERFORM FROM @registry@.registry FOR NO KEY UPDATE;
	-- Behind the highest that was ever issued: what was loaded from elsewhere, or issued before this server was
	-- promoted, has numbers of this year already, and some of them are former ones by now.
	EXECUTE format('CREATE SEQUENCE IF NOT EXISTS @registry@.%I AS bigint MAXVALUE 999999 START WITH %s', serial,
		(SELECT coalesce(max(icp.serial_of(n.number)::bigint % 1000000), 0) + 1
		   FROM (SELECT s.number FROM @registry@.sponsor s
				  WHERE s.number BETWEEN icp.make_icp_id(for_province, year, 1) AND icp.make_icp_id(for_province, year, 999999)
				 UNION ALL
				 SELECT f.number FROM @registry@.former_number f
				  WHERE f.number BETWEEN icp.make_icp_id(for_province, year, 1) AND icp.make_icp_id(for_province, year, 999999)) n));
	EXECUTE format('COMMENT ON SEQUENCE @registry@.%I IS %L', serial,
		format('Running numbers of sponsors of %s approved in %s', for_province, year));
END
$$;
COMMENT ON FUNCTION @registry@.make_serial(icp.province, integer) IS
	'Makes the sequence of a province''s sponsor numbers of a year; the first approval of the year does it, or whoever wants it done before';

CREATE FUNCTION @registry@.issue_sponsor_number(for_province icp.province, on_day date) RETURNS icp.icp_id
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	year		integer := extract(year FROM on_day);
	sequence	text := format('@registry@.%I', format('sponsor_serial_%s_%s', icp.province_code(for_province), year));
	issued		icp.icp_id;
BEGIN
	LOOP
		DELETE FROM @registry@.freed_number f
		 WHERE f.number = (SELECT n.number FROM @registry@.freed_number n
							WHERE n.number BETWEEN icp.make_icp_id(for_province, year, 1)
											   AND icp.make_icp_id(for_province, year, 999999)
							ORDER BY n.number LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING f.number INTO issued;
		IF FOUND THEN
			EXIT WHEN NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued AND s.status = 'filed');
		ELSIF to_regclass(sequence) IS NULL THEN
			PERFORM @registry@.make_serial(for_province, year);
		ELSE
			issued := icp.make_icp_id(for_province, year, nextval(sequence::regclass)::integer);
			EXIT WHEN NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued AND s.status = 'filed')
				  AND NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued AND s.status <> 'filed')
				  AND NOT EXISTS (SELECT FROM @registry@.former_number f WHERE f.number = issued);
		END IF;
	END LOOP;
	RETURN issued;
END
$$;
COMMENT ON FUNCTION @registry@.issue_sponsor_number(icp.province, date) IS
	'Next sponsor number of the province: one of the year that came back to the pool, otherwise year and running number from a sequence of that province and year; gaps are allowed';
