-- What a change of state does: the automatic check at the report, the effects of approval, the end of a draft.

CREATE FUNCTION @registry@.issue_sponsor_number(for_province icp.province, on_day date) RETURNS icp.icp_id
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	year		integer := extract(year FROM on_day);
	sequence	text := format('sponsor_serial_%s_%s', icp.province_code(for_province), year);
	running		bigint;
	issued		icp.icp_id;
BEGIN
	LOOP
		BEGIN
			running := nextval(format('@registry@.%I', sequence)::regclass);
		EXCEPTION WHEN undefined_table THEN
			-- The first approval of the year.  What was loaded from elsewhere may have numbers of this year already.
			BEGIN
				EXECUTE format('CREATE SEQUENCE @registry@.%I AS bigint MAXVALUE 999999 START WITH %s', sequence,
					(SELECT coalesce(max(icp.serial_of(s.number)::bigint % 1000000), 0) + 1
					   FROM @registry@.sponsor s
					  WHERE s.number BETWEEN icp.make_icp_id(for_province, year, 1)
										 AND icp.make_icp_id(for_province, year, 999999)));
				EXECUTE format('COMMENT ON SEQUENCE @registry@.%I IS %L', sequence,
					format('Running numbers of sponsors of %s approved in %s', for_province, year));
			EXCEPTION WHEN duplicate_table OR unique_violation THEN
				NULL;			-- somebody else was first, and has committed
			END;
			CONTINUE;
		END;
		issued := icp.make_icp_id(for_province, year, running::integer);
		EXIT WHEN NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued);
	END LOOP;
	RETURN issued;
END
$$;
COMMENT ON FUNCTION @registry@.issue_sponsor_number(icp.province, date) IS
	'Next sponsor number of the province: year and running number from a sequence of that province and year; gaps are allowed';

CREATE FUNCTION @registry@.approve_new_filing(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	on_day			date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	sponsor_number	icp.icp_id;
	service_no		integer;
BEGIN
	-- The sponsor's row is locked (apply_step), so that its counter gives each number once.
	SELECT s.number,
		   greatest(s.last_service_no,
					(SELECT max(icp.service_no(t.number)) FROM @registry@.site t WHERE t.sponsor_id = s.id)) + 1
	  INTO sponsor_number, service_no
	  FROM @registry@.sponsor s WHERE s.id = approved.sponsor_id AND s.status IN ('draft', 'filed');
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % of application % is cancelled or withdrawn and cannot be filed',
			approved.sponsor_id, approved.id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF sponsor_number IS NULL THEN
		sponsor_number := @registry@.issue_sponsor_number(approved.province, on_day);
	END IF;
	UPDATE @registry@.sponsor s
	   SET number = sponsor_number, last_service_no = service_no, status = 'filed', filed_at = coalesce(s.filed_at, now())
	 WHERE s.id = approved.sponsor_id;
	UPDATE @registry@.site t
	   SET number = icp.make_filing_number(sponsor_number, service_no, t.kind), status = 'filed', filed_at = now()
	 WHERE t.id = approved.site_id AND t.status = 'draft';
	IF NOT FOUND THEN
		RAISE EXCEPTION 'site % of application % is not a draft and cannot be filed', approved.site_id, approved.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s.', (SELECT t.status FROM @registry@.site t WHERE t.id = approved.site_id)),
				  HINT = 'Return the application, and enter the site anew if need be.';
	END IF;
	INSERT INTO @registry@.access (site_id, provider_id, status)
	VALUES (approved.site_id, approved.provider_id, 'live')
	ON CONFLICT (site_id, provider_id) DO UPDATE SET status = 'live';
END
$$;
COMMENT ON FUNCTION @registry@.approve_new_filing(@registry@.application) IS
	'What the approval of a new filing does: numbers for sponsor and site, both filed, the access live (4 §18(三)2)';

-- Each subject of the automatic check is a function of its own, which returns what people read as the reason.
CREATE FUNCTION @registry@.report_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY SELECT p FROM @registry@.standing_problems(application_id) p;
	RETURN QUERY SELECT p FROM @registry@.blacklist_problems(application_id) p;
	RETURN QUERY SELECT p FROM @registry@.password_problems(application_id) p;
	RETURN QUERY SELECT p FROM @registry@.approval_problems(application_id) p;
	RETURN QUERY SELECT p FROM @registry@.rule_problems(application_id) p;
END
$$;
COMMENT ON FUNCTION @registry@.report_problems(bigint) IS
	'Why the automatic check returns a reported application: provider''s standing, blacklists, password, approvals, form rules (4 §18(三)1); no row: it passes';

CREATE FUNCTION @registry@.apply_step() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	conflicts	text;
	problems	text;
BEGIN
	IF NEW.state = 'reported' THEN
		-- the automatic check, in the statement that reports
		SELECT string_agg(p, '; ') INTO problems FROM @registry@.report_problems(NEW.id) p;
		UPDATE @registry@.application a
		   SET state = CASE WHEN problems IS NOT NULL THEN 'returned'
							WHEN EXISTS (SELECT FROM @registry@.blocking_conflicts(NEW.id)) THEN 'conflicted'
							ELSE 'reviewing' END,
			   reason = problems
		 WHERE a.id = NEW.id;
	ELSIF NEW.state = 'approved' THEN
		-- Nobody changes what the two claim between the test and the effect.  (New sites of the sponsor may come in.)
		PERFORM FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site t WHERE t.id = NEW.site_id FOR NO KEY UPDATE;
		SELECT string_agg(format('%s %s is also claimed by %s %s of account %s', c.kind, c.key,
								 c.rival_holder, c.rival_holder_id, c.rival_account_id), '; '
						  ORDER BY c.kind, c.key, c.rival_id)
		  INTO conflicts
		  FROM @registry@.blocking_conflicts(NEW.id) c;
		IF conflicts IS NOT NULL THEN
			RAISE EXCEPTION 'application % has an open conflict (备案冲突) and cannot be approved', NEW.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = conflicts || '.',
					  HINT = 'Settle it in @registry@.conflict, or return the application (3 Q17).';
		END IF;
		PERFORM @registry@.approve_new_filing(NEW);
	ELSIF NEW.state IN ('withdrawn', 'expired') THEN
		-- a draft record that nothing else applies for gives up its claims
		UPDATE @registry@.site t SET status = 'withdrawn'
		 WHERE t.id = NEW.site_id AND t.status = 'draft'
		   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
							WHERE a.site_id = t.id AND NOT s.is_final);
		UPDATE @registry@.sponsor p SET status = 'withdrawn'
		 WHERE p.id = NEW.sponsor_id AND p.status = 'draft'
		   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
							WHERE a.sponsor_id = p.id AND NOT s.is_final);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.apply_step() IS
	'Trigger: the automatic check at the report, the test for conflicts and the effects at approval, the end of a draft';

-- AFTER triggers fire in the order of their names: first the step is judged, then recorded, then carried out.
-- (WHEN, not UPDATE OF: a BEFORE trigger of the user's own may set the state too.)
CREATE TRIGGER a_enforce_creation AFTER INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
CREATE TRIGGER a_enforce_transition AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.kind IS DISTINCT FROM OLD.kind)
	EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
CREATE TRIGGER c_apply_step AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION @registry@.apply_step();
