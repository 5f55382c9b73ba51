-- The script makes the schema itself, in its own transaction: then nobody can have put anything into it beforehand,
-- which functions with icp in their path would meet.  (With "schema = icp" in the control file CREATE EXTENSION would
-- take over one that somebody else had made.)

DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'icp') THEN
		RAISE EXCEPTION 'schema "icp" already exists'
			USING ERRCODE = 'duplicate_schema',
				  DETAIL = 'The extension makes this schema itself, so that nothing of somebody else''s is in it.',
				  HINT = 'Look at what is in it and whose it is; then rename or drop it, and create the extension again.';
	END IF;
	-- The script is read by this setting, which the database's owner may have set.
	IF pg_catalog.current_setting('standard_conforming_strings') <> 'on' THEN
		RAISE EXCEPTION 'standard_conforming_strings must be on'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'SET standard_conforming_strings = on';
	END IF;
END
$$;

CREATE SCHEMA icp;
COMMENT ON SCHEMA icp IS
  'icpfiling: types, functions, aggregates, trigger functions and reference data of website filing (网站备案)';

GRANT USAGE ON SCHEMA icp TO PUBLIC;
