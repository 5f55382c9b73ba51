-- When the registry takes which step: closed periods, maintenance, and what stood still for too long.

CREATE TABLE @registry@.filing_system (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	portal		text NOT NULL,
	opened_at	timestamptz,
	closed_at	timestamptz,
	clause		text NOT NULL
);
COMMENT ON TABLE @registry@.filing_system IS 'The ministry''s filing systems and their portals, with the time each took filings';
COMMENT ON COLUMN @registry@.filing_system.code IS 'Short name';
COMMENT ON COLUMN @registry@.filing_system.name_zh IS 'Chinese name';
COMMENT ON COLUMN @registry@.filing_system.portal IS 'Host of the portal';
COMMENT ON COLUMN @registry@.filing_system.opened_at IS 'First moment at which it took new filings; NULL where no document here says it';
COMMENT ON COLUMN @registry@.filing_system.closed_at IS 'When it was shut down; NULL where it is not, or no document here says it';
COMMENT ON COLUMN @registry@.filing_system.clause IS 'Document and article';

INSERT INTO @registry@.filing_system (code, name_zh, portal, opened_at, closed_at, clause) VALUES
	('miibeian', '原网站备案管理系统', 'www.miibeian.gov.cn', NULL, '2010-07-26 00:00+08', '1 二'),
	('miitbeian', '升级后的网站备案管理系统', 'www.miitbeian.gov.cn', '2010-06-20 00:00+08', NULL, '1 二');

CREATE TABLE @registry@.service_window (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	purpose			text NOT NULL DEFAULT 'closed' CHECK (purpose IN ('closed', 'maintenance')),
	province		icp.province,
	province_code	smallint,
	kinds			text[],
	events			text[],
	closed_from		timestamptz NOT NULL,
	closed_until	timestamptz NOT NULL,
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	clause			text,
	announced_at	timestamptz,
	announced_by	text,
	CONSTRAINT service_window_period_check CHECK (closed_from < closed_until AND isfinite(closed_from)),
	CONSTRAINT service_window_announced_check CHECK (
		purpose <> 'maintenance' OR announced_at IS NOT NULL AND announced_at < closed_from AND btrim(announced_by) <> ''),
	CONSTRAINT service_window_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province))
);
CREATE INDEX service_window_period_idx ON @registry@.service_window (closed_until);
COMMENT ON TABLE @registry@.service_window IS
	'Periods in which steps of applications are not taken: what an ordinance closes (1 二), and maintenance of the interface (4 §26)';
COMMENT ON COLUMN @registry@.service_window.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.service_window.purpose IS 'closed, or maintenance, which must be announced and lie outside working hours (4 §26)';
COMMENT ON COLUMN @registry@.service_window.province IS 'The province it holds for; NULL for all';
COMMENT ON COLUMN @registry@.service_window.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.service_window.kinds IS 'Kinds of application it holds for; NULL for all';
COMMENT ON COLUMN @registry@.service_window.events IS 'Steps of icp.transition it holds for; NULL for all';
COMMENT ON COLUMN @registry@.service_window.closed_from IS 'First moment at which they are not taken';
COMMENT ON COLUMN @registry@.service_window.closed_until IS 'First moment at which they are taken again; infinity: until further notice';
COMMENT ON COLUMN @registry@.service_window.reason IS 'What those who are refused are told';
COMMENT ON COLUMN @registry@.service_window.clause IS 'Document and article, where there is one';
COMMENT ON COLUMN @registry@.service_window.announced_at IS 'When those concerned were told';
COMMENT ON COLUMN @registry@.service_window.announced_by IS 'How: announcement, telephone, mail (公告, 电话, 邮件)';


-- The move to the present system in 2010.  Before the 5th of July providers took new filings in, but reported none.
INSERT INTO @registry@.service_window (kinds, events, closed_from, closed_until, reason, clause) VALUES
	(ARRAY[@kinds:act = 'change'@], NULL, '2010-06-20 00:00+08', '2010-07-05 00:00+08',
	 '6月20日至7月5日，暂停办理网站备案变更申请', '1 二'),
	(NULL, '{report,approve,refuse}', '2010-06-19 18:00+08', '2010-07-05 00:00+08',
	 '7月5日后，企业系统方可向省局系统上报数据', '1 表 迁移中'),
	(NULL, '{create,submit}', '2010-06-19 18:00+08', '2010-06-20 00:00+08',
	 '原网站备案管理系统停止接收新的网站备案业务，6月20日起通过新系统办理', '1 二');

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('working_hours', '09:00-17:00',
	 'Hours of a working day in which the interface is not closed for maintenance (4 §26 names none), Beijing time');

CREATE FUNCTION @registry@.check_maintenance() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	hours		text[] := regexp_match(@registry@.setting('working_hours'), E'^(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)$');
	from_local	timestamp := NEW.closed_from AT TIME ZONE 'Asia/Shanghai';
	until_local	timestamp := NEW.closed_until AT TIME ZONE 'Asia/Shanghai';
	day			date := from_local::date;
BEGIN
	IF hours IS NULL THEN
		RAISE EXCEPTION 'setting working_hours must read like 09:00-17:00'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF NOT isfinite(until_local) OR until_local > from_local + interval '31 days' THEN
		RAISE EXCEPTION 'maintenance (例行维护) cannot close the interface for more than 31 days'
			USING ERRCODE = 'check_violation', HINT = 'Use purpose "closed" with the ordinance that says so.';
	END IF;
	WHILE day <= until_local::date LOOP
		IF icp.is_working_day(day) AND from_local < day + hours[2]::time AND until_local > day + hours[1]::time THEN
			RAISE EXCEPTION 'maintenance (例行维护) falls into the working hours of %', day
				USING ERRCODE = 'check_violation',
					  DETAIL = format('Working hours are %s to %s, Beijing time.', hours[1], hours[2]),
					  HINT = 'The interface is closed for maintenance outside working hours (4 §26).';
		END IF;
		day := day + 1;
	END LOOP;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.check_maintenance() IS
	'Trigger: maintenance that closes the interface lies outside working hours (4 §26)';
CREATE TRIGGER check_maintenance BEFORE INSERT OR UPDATE ON @registry@.service_window
	FOR EACH ROW WHEN (NEW.purpose = 'maintenance') EXECUTE FUNCTION @registry@.check_maintenance();

CREATE FUNCTION @registry@.closed_because(kind text, event text, province_code smallint, at timestamptz) RETURNS text
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT w.reason || coalesce(' (' || w.clause || ')', '')
	  FROM @registry@.service_window w
	 WHERE w.closed_until > closed_because.at AND w.closed_from <= closed_because.at
	   AND (w.kinds IS NULL OR closed_because.kind = ANY (w.kinds))
	   AND (w.events IS NULL OR closed_because.event = ANY (w.events))
	   AND (w.province_code IS NULL OR w.province_code = closed_because.province_code)
	 ORDER BY w.closed_until DESC, w.id
	 LIMIT 1;
END;
COMMENT ON FUNCTION @registry@.closed_because(text, text, smallint, timestamptz) IS
	'Why a step of applications of this kind and province is not taken at that time; NULL where it is';

-- What people do is refused; what the registry does by itself (checks, clocks) goes on.
CREATE FUNCTION @registry@.check_service_window() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before	text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state END;
	step	record;
	reason	text;
BEGIN
	-- (the rule)
	IF NOT EXISTS (SELECT FROM @registry@.service_window w WHERE w.closed_until > now() AND w.closed_from <= now()) THEN
		RETURN NULL;
	END IF;
	SELECT t.event, t.actors INTO step
	  FROM icp.transition t
	 WHERE t.kind = NEW.kind AND t.from_state IS NOT DISTINCT FROM before AND t.to_state = NEW.state;
	IF step.actors <@ '{system,clock}' OR @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	reason := @registry@.closed_because(NEW.kind, step.event, NEW.province_code, now());
	IF reason IS NOT NULL THEN
		RAISE EXCEPTION 'step "%" of application % (%) is not taken at present', step.event, NEW.id, NEW.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = reason, HINT = 'Table @registry@.service_window says until when.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.check_service_window() IS
	'Trigger: refuses a step of an application in a period in which it is not taken (55000)';
-- after a_enforce_..., before b_record_...: a step that is not there at all is said first.  (Only a clock expires.)
CREATE TRIGGER aa_check_window_of_creation AFTER INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION @registry@.check_service_window();
CREATE TRIGGER aa_check_window AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state <> 'expired') EXECUTE FUNCTION @registry@.check_service_window();

CREATE TABLE @registry@.incident (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	province		icp.province,
	province_code	smallint,
	provider_id		bigint REFERENCES @registry@.provider,
	business		text NOT NULL CHECK (btrim(business) <> ''),
	began_at		timestamptz NOT NULL,
	ended_at		timestamptz CHECK (ended_at > began_at),
	reported_at		timestamptz,
	reported_to		text,
	account_of_it	text,
	CONSTRAINT incident_report_check CHECK ((reported_at IS NULL) = (reported_to IS NULL)),
	CONSTRAINT incident_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province))
);
CREATE INDEX incident_provider_id_idx ON @registry@.incident (provider_id);
COMMENT ON TABLE @registry@.incident IS
	'Filing business that could not be done (4 §27): after 12 hours it is a major incident (重大事件) and reported upward';
COMMENT ON COLUMN @registry@.incident.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.incident.province IS 'Province whose system it was; NULL for the ministry''s';
COMMENT ON COLUMN @registry@.incident.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.incident.provider_id IS 'Provider whose interface it was, where it was one only';
COMMENT ON COLUMN @registry@.incident.business IS 'Which business could not be done';
COMMENT ON COLUMN @registry@.incident.began_at IS 'Since when';
COMMENT ON COLUMN @registry@.incident.ended_at IS 'Until when; NULL: still';
COMMENT ON COLUMN @registry@.incident.reported_at IS 'When it was reported to the superior';
COMMENT ON COLUMN @registry@.incident.reported_to IS 'To whom';
COMMENT ON COLUMN @registry@.incident.account_of_it IS 'What happened and what was done';

ALTER TABLE @registry@.service_window ENABLE ROW LEVEL SECURITY;
CREATE POLICY service_window_see ON @registry@.service_window FOR SELECT USING (true);
CREATE POLICY service_window_set ON @registry@.service_window
	USING (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code))
	WITH CHECK (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code));
-- (DELETE of members would bring the right to lock the table, and with it everybody out)
CREATE FUNCTION @registry@.drop_service_window(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	DELETE FROM @registry@.service_window w
	 WHERE w.id = drop_service_window.id AND w.province_code IS NOT NULL AND @registry@.acts_as_bureau(w.province_code);
	IF NOT FOUND THEN
		RAISE EXCEPTION 'period % does not exist, or is not yours', drop_service_window.id
			USING ERRCODE = 'insufficient_privilege', HINT = 'A bureau takes away the periods of its own province.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.drop_service_window(bigint) IS
	'Takes away a period in which steps of applications are not taken; for the bureau of its province';

ALTER TABLE @registry@.incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY incident_of_bureau ON @registry@.incident
	USING (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code))
	WITH CHECK (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code));
CREATE POLICY incident_see ON @registry@.incident FOR SELECT USING ((SELECT @registry@.acts_nationwide()));

CREATE VIEW @registry@.overdue_incident WITH (security_barrier) AS
SELECT i.id, i.province, i.province_code, i.provider_id, i.business, i.began_at, i.ended_at,
	   icp.clock_due('incident', i.began_at) AS due_at,
	   i.reported_at
  FROM @registry@.incident i
 WHERE coalesce(i.ended_at, now()) > icp.clock_due('incident', i.began_at)
   AND i.reported_at IS NULL
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(i.province_code));
COMMENT ON VIEW @registry@.overdue_incident IS
	'Major incidents (重大事件): a filing business down for more than 12 hours, not yet reported upward (4 §27)';
COMMENT ON COLUMN @registry@.overdue_incident.id IS 'The incident';
COMMENT ON COLUMN @registry@.overdue_incident.province IS 'Province whose system it was';
COMMENT ON COLUMN @registry@.overdue_incident.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.overdue_incident.provider_id IS 'Provider whose interface it was';
COMMENT ON COLUMN @registry@.overdue_incident.business IS 'Which business could not be done';
COMMENT ON COLUMN @registry@.overdue_incident.began_at IS 'Since when';
COMMENT ON COLUMN @registry@.overdue_incident.ended_at IS 'Until when; NULL: still';
COMMENT ON COLUMN @registry@.overdue_incident.due_at IS 'When it became a major incident';
COMMENT ON COLUMN @registry@.overdue_incident.reported_at IS 'NULL: it has not been reported';

-- Old applications that never came to an end (1 表 迁移中, 管局4, 企业7), by the provider that has them.
CREATE VIEW @registry@.unfinished_application WITH (security_barrier) AS
SELECT a.id, a.kind, a.state, a.provider_id, a.province, a.province_code, a.account_id, a.created_at,
	   CASE WHEN a.state IN (@states:NOT with_bureau AND NOT is_final@) THEN 'provider'
			WHEN a.state = 'sms' THEN 'sponsor' ELSE 'bureau' END
	   AS waits_for
  FROM @registry@.application a JOIN icp.state s ON s.code = a.state
 WHERE NOT s.is_final
   AND a.created_at < (now() AT TIME ZONE 'Asia/Shanghai' - interval '1 year') AT TIME ZONE 'Asia/Shanghai'
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(a.province_code, a.account_id));
COMMENT ON VIEW @registry@.unfinished_application IS
	'Applications entered more than a year ago that have come to no end (过程数据, 1 表)';
COMMENT ON COLUMN @registry@.unfinished_application.id IS 'The application';
COMMENT ON COLUMN @registry@.unfinished_application.kind IS 'Its kind';
COMMENT ON COLUMN @registry@.unfinished_application.state IS 'Its state';
COMMENT ON COLUMN @registry@.unfinished_application.provider_id IS 'The provider it is with';
COMMENT ON COLUMN @registry@.unfinished_application.province IS 'Province of the sponsor';
COMMENT ON COLUMN @registry@.unfinished_application.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.unfinished_application.account_id IS 'Account it belongs to';
COMMENT ON COLUMN @registry@.unfinished_application.created_at IS 'When it was entered';
COMMENT ON COLUMN @registry@.unfinished_application.waits_for IS 'Whose turn it is: provider (with the sponsor), sponsor or bureau';
