CREATE TABLE @registry@.event (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at				timestamptz NOT NULL DEFAULT now(),
	actor			name NOT NULL,
	event			text NOT NULL,
	application_id	bigint,
	sponsor_id		bigint,
	site_id			bigint,
	province_code	smallint,
	from_state		text,
	to_state		text,
	reason			text,
	old_values		jsonb,
	new_values		jsonb
);
CREATE INDEX event_application_id_idx ON @registry@.event (application_id);
CREATE INDEX event_sponsor_id_idx ON @registry@.event (sponsor_id);
CREATE INDEX event_site_id_idx ON @registry@.event (site_id);
COMMENT ON TABLE @registry@.event IS
	'What happened, append-only: every change of state, and every change of a filed fact';
COMMENT ON COLUMN @registry@.event.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.event.at IS 'Time of the transaction';
COMMENT ON COLUMN @registry@.event.actor IS 'The role that acted';
COMMENT ON COLUMN @registry@.event.event IS 'Step of icp.transition; import, change, delete or settle_conflict';
COMMENT ON COLUMN @registry@.event.application_id IS 'The application it concerns; no foreign key: the log outlives what it tells of';
COMMENT ON COLUMN @registry@.event.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.event.site_id IS 'The site it concerns';
COMMENT ON COLUMN @registry@.event.province_code IS 'Province, GB/T 2260';
COMMENT ON COLUMN @registry@.event.from_state IS 'State before';
COMMENT ON COLUMN @registry@.event.to_state IS 'State after';
COMMENT ON COLUMN @registry@.event.reason IS 'Why';
COMMENT ON COLUMN @registry@.event.old_values IS 'What changed, before';
COMMENT ON COLUMN @registry@.event.new_values IS 'What changed, after';

CREATE FUNCTION @registry@.refuse_change() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'table "%" is append-only', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = format('%s is not allowed on what has been recorded.', TG_OP);
END
$$;
COMMENT ON FUNCTION @registry@.refuse_change() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @registry@.event
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.record_step() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before	text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state END;
BEGIN
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
								  from_state, to_state, reason)
	SELECT @registry@.acting_user(), t.event, NEW.id, NEW.sponsor_id, NEW.site_id, NEW.province_code,
		   before, NEW.state, CASE WHEN t.needs_reason THEN NEW.reason END
	  FROM icp.transition t
	 WHERE t.kind = NEW.kind AND t.from_state IS NOT DISTINCT FROM before AND t.to_state = NEW.state;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_step() IS 'Trigger: writes the event of an application''s change of state';

-- What a filed record said before and what it says now, without what did not change.
CREATE FUNCTION @registry@.record_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before		jsonb := to_jsonb(OLD) - '{changed_at,last_service_no}'::text[];
	after		jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - '{changed_at,last_service_no}'::text[] ELSE '{}' END;
	old_values	jsonb;
	new_values	jsonb;
BEGIN
	SELECT jsonb_object_agg(key, value) INTO old_values
	  FROM jsonb_each(before) AS e(key, value)
	 WHERE after -> key IS DISTINCT FROM value;
	SELECT jsonb_object_agg(key, value) INTO new_values
	  FROM jsonb_each(after) AS e(key, value)
	 WHERE before -> key IS DISTINCT FROM value;
	IF old_values IS NOT NULL OR new_values IS NOT NULL THEN
		INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
		VALUES (@registry@.acting_user(),
				CASE TG_OP WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
				CASE TG_TABLE_NAME WHEN 'sponsor' THEN (before ->> 'id')::bigint
					ELSE (before ->> 'sponsor_id')::bigint END,
				CASE TG_TABLE_NAME WHEN 'site' THEN (before ->> 'id')::bigint END,
				OLD.province_code, old_values, new_values);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_change() IS
	'Trigger: writes the event of a change of a filed record, old and new values of what changed';

CREATE TRIGGER b_record_step AFTER INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION @registry@.record_step();
CREATE TRIGGER b_record_change_of_state AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION @registry@.record_step();
CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.status = 'filed') EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_change AFTER UPDATE OR DELETE ON @registry@.site
	FOR EACH ROW WHEN (OLD.status = 'filed') EXECUTE FUNCTION @registry@.record_change();
