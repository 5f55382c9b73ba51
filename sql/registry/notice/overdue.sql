-- What waits, and what has waited too long.  The views show each role the applications that it sees anyway.

-- The queues are short, whatever the years have left behind.
CREATE INDEX application_review_idx ON @registry@.application (due_at) WHERE state IN (@states:in_review@);
CREATE INDEX application_submitted_idx ON @registry@.application (submitted_at) WHERE state = 'submitted';

CREATE FUNCTION @registry@.days_to(due_at timestamptz) RETURNS integer
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
	RETURN icp.try_working_days_between((now() AT TIME ZONE 'Asia/Shanghai')::date,
										((due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date);
COMMENT ON FUNCTION @registry@.days_to(timestamptz) IS
	'Working days from today, not counted, up to the last day of a term, negative after it; NULL where the calendar does not reach';

CREATE VIEW @registry@.review_queue WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.reported_at, a.due_at, @registry@.days_to(a.due_at) AS working_days_left
  FROM @registry@.application a
 WHERE a.state = 'reviewing';
COMMENT ON VIEW @registry@.review_queue IS 'Applications that wait for a bureau''s decision (待审核), with their deadline';

CREATE VIEW @registry@.overdue_review WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.reported_at, a.due_at, - @registry@.days_to(a.due_at) AS working_days_late
  FROM @registry@.application a
 WHERE a.state IN (@states:in_review@) AND a.due_at <= now();
COMMENT ON VIEW @registry@.overdue_review IS
	'Applications on which the bureau has not decided in time (管局超期未审核), those whose conflict it has not settled among them (2 二(二)2, 3 Q1)';

-- By the time of submission, so that it holds whatever calendar was loaded then.
CREATE VIEW @registry@.overdue_verification WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, icp.clock_due('precheck', a.submitted_at) AS due_at,
	   - @registry@.days_to(icp.clock_due('precheck', a.submitted_at)) AS working_days_late
  FROM @registry@.application a
 WHERE a.state = 'submitted' AND a.filed_by = 'sponsor'
   AND a.submitted_at < (SELECT icp.try_working_days_add((now() AT TIME ZONE 'Asia/Shanghai')::date, - t.amount)::timestamp
								AT TIME ZONE 'Asia/Shanghai'
						   FROM icp.clock_term t WHERE t.code = 'precheck' AND t.unit = 'working_days');
COMMENT ON VIEW @registry@.overdue_verification IS
	'Applications that sponsors filed themselves and their provider has not checked in time (接入服务商超期未核实的自主备案申请, 2 二(二)1(2))';

CREATE VIEW @registry@.overdue_application WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.reported_at, a.clock, a.clock_due_at AS due_at, a.clock_overdue_at AS recorded_at
  FROM @registry@.application a
 WHERE a.clock_overdue_at IS NOT NULL OR a.clock_overdue_at IS NULL AND a.clock_due_at <= now();
COMMENT ON VIEW @registry@.overdue_application IS
	'Applications that stand longer than any term allows, whoever filed them and whoever is to act';

CREATE VIEW @registry@.late_change WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.takes_effect_on,
	   a.takes_effect_on - (a.submitted_at AT TIME ZONE 'Asia/Shanghai')::date AS days_ahead
  FROM @registry@.application a
 WHERE a.takes_effect_on - (a.submitted_at AT TIME ZONE 'Asia/Shanghai')::date
	   < (SELECT t.amount FROM icp.clock_term t WHERE t.code = 'change_ahead');
COMMENT ON VIEW @registry@.late_change IS
	'Changes that were filed less than 30 days before they take effect (4 §14(四))';

DO $$
DECLARE
	col	record;
BEGIN
	FOR col IN
		SELECT c.relname, a.attname,
			   CASE a.attname
			   WHEN 'days_ahead' THEN 'Days from the submission to the day on which it takes effect'
			   WHEN 'working_days_left' THEN 'Working days left, 0 on the last day, negative after it; NULL where the calendar does not reach'
			   WHEN 'working_days_late' THEN 'Working days since the last day of the term; NULL where the calendar does not reach'
			   WHEN 'due_at' THEN 'When the term was or will be over, Beijing time'
			   WHEN 'recorded_at' THEN 'When run_clocks() recorded it'
			   ELSE (SELECT col_description(b.attrelid, b.attnum) FROM pg_catalog.pg_attribute b
					  WHERE b.attrelid = '@registry@.application'::regclass AND b.attname = a.attname) END AS meaning
		  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
		 WHERE c.relnamespace = '@registry@'::regnamespace AND a.attnum > 0
		   AND c.relname IN ('review_queue', 'overdue_review', 'overdue_verification', 'overdue_application', 'late_change')
	LOOP
		EXECUTE format('COMMENT ON COLUMN @registry@.%I.%I IS %L', col.relname, col.attname, col.meaning);
	END LOOP;
END
$$;
