-- When a term of icp.clock is over for a row of this registry.

CREATE FUNCTION @registry@.due_by(clock text, since timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	due	constant timestamptz := icp.clock_due(clock, since);
BEGIN
	IF due IS NULL AND since IS NOT NULL THEN
		RAISE WARNING 'the deadline "%" cannot be computed: the calendar (工作日历) does not reach so far', clock
			USING HINT = 'Load the year into icp.calendar_local; run_clocks() fills in the deadlines of applications, other rows are written again.';
	END IF;
	RETURN due;
END
$$;
COMMENT ON FUNCTION @registry@.due_by(text, timestamptz) IS
	'icp.clock_due(), with a warning where the calendar (工作日历) does not reach so far';

CREATE FUNCTION @registry@.due_by(clock text, since date) RETURNS timestamptz
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT @registry@.due_by(clock, since::timestamp AT TIME ZONE 'Asia/Shanghai');
END;
COMMENT ON FUNCTION @registry@.due_by(text, date) IS
	'The same for what began on a day, Beijing time';
