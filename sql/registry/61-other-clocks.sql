-- Clocks of the other subjects.

CREATE FUNCTION @registry@.sms_clock() RETURNS bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	RETURN 0;
COMMENT ON FUNCTION @registry@.sms_clock() IS 'What the terms of this subject bring about; returns how many records';
CREATE FUNCTION @registry@.standing_clock() RETURNS bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	RETURN 0;
COMMENT ON FUNCTION @registry@.standing_clock() IS 'What the terms of this subject bring about; returns how many records';
CREATE FUNCTION @registry@.approval_clock() RETURNS bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	RETURN 0;
COMMENT ON FUNCTION @registry@.approval_clock() IS 'What the terms of this subject bring about; returns how many records';
