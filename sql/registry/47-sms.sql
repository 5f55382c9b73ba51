-- The check by text message.

CREATE FUNCTION @registry@.sms_is_on(kind text, at timestamptz) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(@registry@.setting('sms') = 'on', false);
END;
COMMENT ON FUNCTION @registry@.sms_is_on(text, timestamptz) IS 'Is the sponsor asked by text message about an application of this kind?';

CREATE FUNCTION @registry@.sms_start(application_id bigint) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT NULL;
END;
COMMENT ON FUNCTION @registry@.sms_start(bigint) IS 'Sends the code';
