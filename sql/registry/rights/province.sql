-- Whose row it is: the code of a province that is entered by its name.

-- province_code is a plain column, not a generated one, so that row filters of publications may use it.
CREATE FUNCTION @registry@.fill_province_code() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := icp.province_code(NEW.province);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_province_code() IS 'Trigger: fills province_code from province';

DO $$
DECLARE
	of_province	text;
BEGIN
	FOREACH of_province IN ARRAY
		'{provider,member,service_window,incident,bureau_notice,annual_period,sighting}'::text[]
	LOOP
		EXECUTE format('CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.%I'
					   ' FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code()', of_province);
	END LOOP;
END
$$;
