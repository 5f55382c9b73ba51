-- The form rules over what an application concerns, and what they found.

CREATE TABLE @registry@.warning (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	LIKE icp.warning_columns INCLUDING DEFAULTS INCLUDING COMMENTS,
	turned			boolean NOT NULL DEFAULT false,
	actor			name NOT NULL DEFAULT @registry@.acting_user(),
	application_id	bigint,
	sponsor_id		bigint,
	site_id			bigint,
	province_code	smallint
);
CREATE INDEX warning_application_id_idx ON @registry@.warning (application_id);
CREATE INDEX warning_sponsor_id_idx ON @registry@.warning (sponsor_id);
CREATE INDEX warning_site_id_idx ON @registry@.warning (site_id);
COMMENT ON TABLE @registry@.warning IS
	'What the form rules (备案信息填报要求) found at each report and load: errors, whether they were let pass or not, and warnings';
COMMENT ON COLUMN @registry@.warning.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.warning.relation IS 'The table that the field is in: sponsor, site or access';
COMMENT ON COLUMN @registry@.warning.row_id IS 'Id of the row there; NULL where there is none yet';
COMMENT ON COLUMN @registry@.warning.found_at IS 'Time of the transaction; of a report, application.reported_at';
COMMENT ON COLUMN @registry@.warning.severity IS 'error or warning, as the rule says';
COMMENT ON COLUMN @registry@.warning.turned IS
	'An error that was recorded and let pass: of the registry''s owner, or by icpfiling.errors_as_warnings, or a value that a loaded record lacks';
COMMENT ON COLUMN @registry@.warning.actor IS 'The role that reported or loaded';
COMMENT ON COLUMN @registry@.warning.application_id IS
	'The application that was reported; NULL for a loaded record. No foreign key, as in event';
COMMENT ON COLUMN @registry@.warning.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.warning.site_id IS 'The site it concerns';
COMMENT ON COLUMN @registry@.warning.province_code IS 'Province, GB/T 2260';

-- Written by the owner's functions only; seen with the application, or with the sponsor.
ALTER TABLE @registry@.warning ENABLE ROW LEVEL SECURITY;
CREATE POLICY warning_see ON @registry@.warning FOR SELECT
	USING (EXISTS (SELECT FROM @registry@.application a WHERE a.id = application_id)
		   OR EXISTS (SELECT FROM @registry@.sponsor s WHERE s.id = sponsor_id));

CREATE FUNCTION @registry@.errors_as_warnings() RETURNS boolean
	LANGUAGE sql STABLE
BEGIN ATOMIC
	-- with the library loaded, so that the setting is the guarded one and no placeholder
	SELECT icp.province_code(icp.province(11)) IS NOT NULL
		   AND coalesce(current_setting('icpfiling.errors_as_warnings', true), 'off')::boolean;
END;
COMMENT ON FUNCTION @registry@.errors_as_warnings() IS
	'Is icpfiling.errors_as_warnings on, so that errors are recorded and let pass?';

-- What is judged, made from the map of the fields (icp.record_field), so that no list of them stands here: sponsor, site and
-- access as one record of the rules, and what the rules say of the site's own person in charge.
DO $do$
DECLARE
	fields	text;
	columns	text;
BEGIN
	EXECUTE format($$
		CREATE FUNCTION @registry@.part_of(field text) RETURNS text
			LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
			SET search_path = pg_catalog, pg_temp
			RETURN CASE %s WHEN field = 'approved_providers' THEN 'access' ELSE 'site' END
	$$, (SELECT string_agg(format('WHEN field = ANY (%L::text[]) THEN %L', p.fields, p.part), ' ' ORDER BY p.part)
		   FROM (SELECT f.part, array_agg(DISTINCT f.field ORDER BY f.field) AS fields
				   FROM icp.record_field f WHERE f.field IS NOT NULL GROUP BY f.part) p));

	-- As text, so that an owner may still alter a column's type.
	SELECT string_agg(format('%I %s', r.field, r.type), ', ' ORDER BY r.ordinal),
		   string_agg(CASE r.field
						-- what papers show counts with what was entered
						WHEN 'approvals' THEN r.value || ' OPERATOR(pg_catalog.||) ARRAY(SELECT w.kind::pg_catalog.text FROM @registry@.shown_approvals((of_sponsor).id, (of_site).id, on_day) w)'
						WHEN 'provider' THEN 'served_by'
						ELSE r.value END, ', ' ORDER BY r.ordinal)
	  INTO fields, columns
	  FROM (SELECT f.field, min(f.ordinal) AS ordinal,
				   -- of two columns that are one field the first that is filled in counts
				   CASE WHEN f.field = 'provider' OR count(*) > 1 THEN 'text' ELSE min(format_type(a.atttypid, a.atttypmod)) END AS type,
				   CASE count(*) WHEN 1 THEN min(v.value)
					ELSE format('coalesce(%s)', string_agg(v.value || '::pg_catalog.text', ', ' ORDER BY f.ordinal)) END AS value
			  FROM icp.record_field f
			  JOIN pg_catalog.pg_attribute a
				ON a.attrelid = format('@registry@.%I', f.record)::regclass AND a.attname = f.column_name AND NOT a.attisdropped
			 CROSS JOIN LATERAL (SELECT format('(of_%s).%I', f.record, f.column_name)) AS v(value)
			 WHERE f.field IS NOT NULL AND NOT (f.record = 'site' AND f.part = 'principal')
			 GROUP BY f.field) r;
	EXECUTE format($$
		CREATE FUNCTION @registry@.judged_record(of_sponsor @registry@.sponsor, of_site @registry@.site, of_access @registry@.access,
				former icp.domain_list, served_by text, on_day date)
			RETURNS TABLE (%s, former_domains icp.domain_list)
			LANGUAGE sql STABLE ROWS 1
			SET search_path = pg_catalog, icp, pg_temp
		AS $body$ SELECT %s, former $body$
	$$, fields, columns);

	SELECT string_agg(format('%I %s', f.field, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY f.ordinal),
		   string_agg(format('(of_site).%I', f.column_name), ', ' ORDER BY f.ordinal)
	  INTO fields, columns
	  FROM icp.record_field f
	  JOIN pg_catalog.pg_attribute a
		ON a.attrelid = '@registry@.site'::regclass AND a.attname = f.column_name AND NOT a.attisdropped
	 WHERE f.record = 'site' AND f.part = 'principal';
	EXECUTE format($$
		CREATE FUNCTION @registry@.judged_principal(of_sponsor @registry@.sponsor, of_site @registry@.site)
			RETURNS TABLE (name text, nature text, province icp.province, %s)
			LANGUAGE sql STABLE ROWS 1
			SET search_path = pg_catalog, icp, pg_temp
		AS $body$ SELECT (of_sponsor).name, (of_sponsor).nature, (of_sponsor).province, %s $body$
	$$, fields, columns);
END
$do$;
COMMENT ON FUNCTION @registry@.judged_record(@registry@.sponsor, @registry@.site, @registry@.access, icp.domain_list, text, date) IS
	'Sponsor, site and access as one record of the form rules, with the domains as they are filed, the provider''s name and what approvals show on a day';
COMMENT ON FUNCTION @registry@.judged_principal(@registry@.sponsor, @registry@.site) IS
	'The site''s own person in charge (网站负责人) as a record of the form rules';
COMMENT ON FUNCTION @registry@.part_of(text) IS
	'What a field of the rules belongs to: sponsor, principal (a part of the sponsor''s record), site or access';

CREATE FUNCTION @registry@.judged_parts(kind text, sponsor_status text) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT coalesce((SELECT CASE WHEN k.brings_sponsor AND sponsor_status IS DISTINCT FROM 'draft'
								 THEN array_remove(array_remove(k.judged, 'sponsor'), 'principal')
								 ELSE k.judged END
					   FROM icp.application_kind k WHERE k.code = judged_parts.kind), '{}');
END;
COMMENT ON FUNCTION @registry@.judged_parts(text, text) IS
	'What an application of a kind concerns, and so is judged; a sponsor that is filed already was judged then';

CREATE FUNCTION @registry@.as_proposed(filed anyelement, change jsonb) RETURNS anyelement
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	entered		jsonb;
BEGIN
	IF change ->> 'status' = 'pending' THEN
		SELECT jsonb_object_agg(e.key, e.value) INTO entered
		  FROM jsonb_each(change) e WHERE e.value <> 'null' AND e.key = ANY (icp.record_columns(NULL, 'entered'));
		filed := jsonb_populate_record(filed, coalesce(entered, '{}'));
		IF jsonb_typeof(change -> 'cleared') = 'array' THEN
			filed := jsonb_populate_record(filed,
						(SELECT jsonb_object_agg(c.name, NULL) FROM jsonb_array_elements_text(change -> 'cleared') AS c(name)));
		END IF;
	END IF;
	RETURN filed;
END
$$;
COMMENT ON FUNCTION @registry@.as_proposed(anyelement, jsonb) IS
	'A filed record as it would be after a change that is pending';

CREATE FUNCTION @registry@.judgement(application_id bigint,
		OUT relation regclass, OUT row_id bigint, OUT violation icp.violation) RETURNS SETOF record
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	a		@registry@.application;
	s		@registry@.sponsor;
	t		@registry@.site;
	x		@registry@.access;
	parts	text[];
	on_day	date;
	former	icp.domain_list;
	served_by	text;
BEGIN
	SELECT * INTO a FROM @registry@.application WHERE id = application_id;
	SELECT * INTO s FROM @registry@.sponsor WHERE id = a.sponsor_id;
	SELECT * INTO t FROM @registry@.site WHERE id = a.site_id;
	SELECT * INTO x FROM @registry@.access
	 WHERE CASE WHEN a.access_id IS NOT NULL THEN id = a.access_id ELSE site_id = a.site_id AND provider_id = a.provider_id END;
	served_by := (SELECT v.name FROM @registry@.provider v WHERE v.id = a.provider_id);
	-- the list as it is filed; none yet for a new site
	former := CASE WHEN t.status = 'filed' THEN t.domains END;
	s := @registry@.as_proposed(s, (SELECT to_jsonb(c) FROM @registry@.sponsor_change c WHERE c.application_id = a.id));
	t := @registry@.as_proposed(t, (SELECT to_jsonb(c) FROM @registry@.site_change c WHERE c.application_id = a.id));
	x := @registry@.as_proposed(x, (SELECT to_jsonb(c) FROM @registry@.access_change c WHERE c.application_id = a.id));
	parts := @registry@.judged_parts(a.kind, s.status);
	IF parts = '{}' THEN
		RETURN;
	END IF;
	-- what lies with the bureau is judged by the rules of the day of the report, what does not by today's
	on_day := (CASE WHEN a.state IN (@states:with_bureau@, 'approved')
			   THEN coalesce(a.reported_at, now()) ELSE now() END AT TIME ZONE 'Asia/Shanghai')::date;
	RETURN QUERY
	SELECT j.relation, j.row_id, j.violation
	  FROM (SELECT CASE p.part WHEN 'site' THEN '@registry@.site'::regclass WHEN 'access' THEN '@registry@.access'::regclass
						ELSE '@registry@.sponsor'::regclass END AS relation,
				   CASE p.part WHEN 'site' THEN t.id WHEN 'access' THEN x.id ELSE s.id END AS row_id,
				   v::icp.violation AS violation, p.part
			  FROM @registry@.judged_record(s, t, x, former, served_by, on_day) r,
				   icp.violations(r, on_day, s.province) v, @registry@.part_of(v.field) AS p(part)
			UNION ALL
			-- the site's own person in charge (网站负责人), where it has one
			SELECT '@registry@.site'::regclass, t.id, v::icp.violation, 'site'
			  FROM @registry@.judged_principal(s, t) r, icp.violations(r, on_day, s.province) v
			 WHERE t.principal_name <> '' AND @registry@.part_of(v.field) = 'principal') j
	 WHERE j.part = ANY (parts);
END
$$;
COMMENT ON FUNCTION @registry@.judgement(bigint) IS
	'Every form rule that the record of an application breaks, sponsor, site and access as one and as a change proposes them, with the row that the field stands in';

CREATE FUNCTION @registry@.judge(application_id bigint) RETURNS SETOF icp.violation
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM @registry@.application a
					WHERE a.id = application_id
					  -- (by the sponsor as it is now, whose record is judged: the application may be of an account before)
					  AND (@registry@.sees_sponsor(a.sponsor_id) OR @registry@.acts_as_bureau(a.province_code)))
	THEN
		RAISE EXCEPTION 'application % does not exist, or is not yours to see', application_id
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN QUERY SELECT (j.violation).* FROM @registry@.judgement(application_id) j;
END
$$;
COMMENT ON FUNCTION @registry@.judge(bigint) IS
	'Every form rule that an application breaks, errors and warnings, without recording it: for a form, before it is reported';

CREATE FUNCTION @registry@.rule_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	let_pass	boolean := @registry@.owner_is_exempt() OR @registry@.errors_as_warnings();
BEGIN
	-- of two reports in one transaction the later one counts
	DELETE FROM @registry@.warning w
	 WHERE w.application_id = rule_problems.application_id AND w.found_at = now()
	   AND w.code IN (SELECT r.code FROM icp.rule r);
	INSERT INTO @registry@.warning (relation, row_id, code, field, found, expected, severity, clause, message_zh, message_en,
									advice_zh, turned, application_id, sponsor_id, site_id, province_code)
	SELECT j.relation, j.row_id, (j.violation).code, (j.violation).field, (j.violation).found, (j.violation).expected,
		   (j.violation).severity, (j.violation).clause, (j.violation).message_zh, (j.violation).message_en,
		   (j.violation).advice_zh, let_pass AND (j.violation).severity = 'error',
		   a.id, a.sponsor_id, a.site_id, a.province_code
	  FROM @registry@.application a, @registry@.judgement(a.id) j
	 WHERE a.id = rule_problems.application_id;
	IF NOT let_pass THEN
		RETURN QUERY
		SELECT concat(w.code, ' ', w.field, ': ', w.message_en, ' ', w.message_zh, ', found ' || w.found, ' (', w.clause, ')')
		  FROM @registry@.warning w
		 WHERE w.application_id = rule_problems.application_id AND w.found_at = now() AND w.severity = 'error'
		   AND w.code IN (SELECT r.code FROM icp.rule r)
		 ORDER BY w.id;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.rule_problems(bigint) IS
	'Why the automatic check returns a reported application: the form rules that it breaks, in words; records them and the warnings in the table warning';

CREATE VIEW @registry@.application_problem WITH (security_invoker = true) AS
SELECT a.id AS application_id, a.state, a.reported_at,
	   count(*) FILTER (WHERE w.severity = 'error' AND NOT w.turned) AS errors,
	   jsonb_agg(jsonb_build_object('rule', w.code, 'severity', w.severity, 'turned', w.turned,
									'table', (SELECT c.relname FROM pg_class c WHERE c.oid = w.relation), 'id', w.row_id,
									'field', w.field, 'found', w.found, 'expected', w.expected, 'advice', w.advice_zh,
									'clause', w.clause, 'message_zh', w.message_zh, 'message_en', w.message_en)
				 ORDER BY w.id) AS problems
  FROM @registry@.application a
  JOIN @registry@.warning w ON w.application_id = a.id AND w.found_at = a.reported_at
 GROUP BY a.id;
COMMENT ON VIEW @registry@.application_problem IS
	'What the form rules found at the latest report of each application, as a form can show it beside its fields';
COMMENT ON COLUMN @registry@.application_problem.application_id IS 'The application';
COMMENT ON COLUMN @registry@.application_problem.state IS 'Its state now';
COMMENT ON COLUMN @registry@.application_problem.reported_at IS 'When it was last reported';
COMMENT ON COLUMN @registry@.application_problem.errors IS 'How many errors there were for which it was returned';
COMMENT ON COLUMN @registry@.application_problem.problems IS
	'Array of objects: rule, severity, turned, table, id, field, found, expected, advice, clause, message_zh, message_en';
