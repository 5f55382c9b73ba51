-- What a change of state does: the automatic check at the report, the effects of approval, the end of a draft.

-- Each subject of the automatic check is a function of its own, which returns what people read as the reason.
-- What the records themselves say against an application; true for everybody, and tested again at approval.
CREATE FUNCTION @registry@.record_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (plpgsql keeps its plans)
	RETURN QUERY SELECT v.problem
	  FROM @registry@.application a
	  JOIN icp.application_kind k ON k.code = a.kind
	  JOIN @registry@.sponsor s ON s.id = a.sponsor_id
	  LEFT JOIN @registry@.site t ON t.id = a.site_id
	  LEFT JOIN @registry@.access c ON c.id = a.access_id
	 CROSS JOIN LATERAL (VALUES
		(CASE WHEN a.kind NOT IN (@kinds:brings_sponsor@) AND s.status <> 'filed'
			  THEN format('sponsor (主体) %s is %s, not filed (result code 1049; 3 Q21)', s.id, s.status) END),
		(CASE WHEN a.kind NOT IN (@kinds:brings_site@) AND t.status <> 'filed'
			  THEN format('site (网站) %s is %s, not filed (result code 1049; 3 Q21)', t.id, t.status) END),
		-- a draft may have been moved since, and all that was verified is the other sponsor's
		(CASE WHEN t.sponsor_id <> a.sponsor_id
			  THEN format('site (网站) %s has been moved to sponsor (主体) %s, the application is of sponsor %s: move it back, or apply anew',
						  t.id, t.sponsor_id, a.sponsor_id) END),
		(CASE WHEN a.kind IN (@kinds:concerns = 'access' AND act <> 'add'@) AND c.status <> 'live'
			  THEN format('access (接入) %s is %s, not live (result code 1050)', c.id, c.status) END),
		(CASE WHEN a.kind IN (@kinds:act = 'add' AND concerns = 'access'@) AND c.status = 'live'
			  THEN format('access (接入) %s is there already (result code 1038)', c.id) END),
		(CASE WHEN a.kind IN (@kinds:concerns = 'access' AND act = 'cancel'@) AND c.status = 'live' AND t.status = 'filed'
				   AND NOT EXISTS (SELECT FROM @registry@.access o
									WHERE o.site_id = a.site_id AND o.status = 'live' AND o.id <> a.access_id)
			  THEN format('access (接入) %s is the last of site %s and cannot be cancelled (result code 1025; 4 §14(四)): add the new one first, or cancel the site',
						  c.id, t.id) END),
		-- other providers are added when it has its number
		(CASE WHEN a.kind IN (@kinds:brings_site@)
				   AND (SELECT count(*) FROM @registry@.access o WHERE o.site_id = a.site_id AND o.status <> 'cancelled'
																   AND o.provider_id <> a.provider_id) > 0
			  THEN format('site (网站) %s has an access through another provider; a first filing goes through one (4 §18(五))', t.id) END),
		(CASE WHEN EXISTS (SELECT FROM @registry@.sponsor_change h
							WHERE h.application_id = a.id AND h.status = 'pending'
							  AND icp.province_code(h.province) <> s.province_code)
			  THEN format('a change may not move sponsor (主体) %s to another province (result code 1046)', s.id) END),
		-- (who is exempt may approve one that changes nothing, as it may a change that proposes nothing)
		(CASE WHEN a.kind IN (@kinds:carries_licence@) AND a.licence IS NULL AND NOT @registry@.owner_is_exempt()
			  THEN 'no licence number (经营许可证号): column licence (4 §21(二))' END),
		(CASE WHEN a.kind IN (@kinds:carries_licence@) AND EXISTS (SELECT FROM @registry@.sponsor o
												   WHERE o.number = a.licence AND o.status = 'filed' AND o.id <> s.id)
			  THEN format('licence %s is another sponsor''s number', a.licence) END))
		   AS v(problem)
	 WHERE a.id = record_problems.application_id AND k.steps IS NOT NULL AND v.problem IS NOT NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_problems(bigint) IS
	'Why an application cannot be approved as the records stand: what it is about is filed no more, the last access, another province, no licence number';

-- A settlement lets an application go on; the domain of a filed site has its holder all the same, and of one account too.
CREATE FUNCTION @registry@.filed_domains(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT format('domain (域名) %s is filed for site %s of sponsor %s', d::text, t.id, t.sponsor_id)
	  FROM @registry@.application a
	  LEFT JOIN @registry@.site s ON s.id = a.site_id AND a.kind IN (@kinds:brings_site@)
	  LEFT JOIN @registry@.site_change h ON h.application_id = a.id AND h.status = 'pending'
	 CROSS JOIN LATERAL icp.domains(coalesce(s.domains, h.domains)) AS d
	  JOIN @registry@.claim c ON c.key_hash = icp.claim_hash('domain', d::text) AND c.kind = 'domain' AND c.key = d::text
	   AND c.released_at IS NULL AND c.approved AND c.holder = '@registry@.site'::regclass AND c.holder_id <> a.site_id
	  JOIN @registry@.site t ON t.id = c.holder_id
	 WHERE a.id = filed_domains.application_id
	 ORDER BY d;
END
$$;
COMMENT ON FUNCTION @registry@.filed_domains(bigint) IS
	'Domains of an application that another site, of whatever account, is filed with: a domain has one live filed holder';

CREATE FUNCTION @registry@.report_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	steps	text := (SELECT k.steps FROM @registry@.application a JOIN icp.application_kind k ON k.code = a.kind
					  WHERE a.id = report_problems.application_id);
	found	bigint := 0;
	more	bigint;
BEGIN
	RETURN QUERY SELECT p FROM @registry@.record_problems(application_id) p;
	GET DIAGNOSTICS more = ROW_COUNT;
	found := found + more;
	RETURN QUERY SELECT p FROM @registry@.standing_problems(application_id) p;
	GET DIAGNOSTICS more = ROW_COUNT;
	found := found + more;
	RETURN QUERY SELECT p FROM @registry@.password_problems(application_id) p;
	GET DIAGNOSTICS more = ROW_COUNT;
	found := found + more;
	-- Nobody is kept from cancelling by what keeps him from filing.
	IF steps IN ('F', 'V') THEN
		RETURN QUERY SELECT p FROM @registry@.approval_problems(application_id) p;
		GET DIAGNOSTICS more = ROW_COUNT;
		found := found + more;
		RETURN QUERY SELECT p FROM @registry@.truth_problems(application_id) p;
		GET DIAGNOSTICS more = ROW_COUNT;
		found := found + more;
		RETURN QUERY SELECT p FROM @registry@.rule_problems(application_id) p;
		GET DIAGNOSTICS more = ROW_COUNT;
		found := found + more;
		-- Last, and only of what would pass otherwise: whom a list names with which credential is for the bureaux to know,
		-- and who asks by trying lays each number that is not on it before one.
		IF found = 0 THEN
			RETURN QUERY SELECT p FROM @registry@.blacklist_problems(application_id) p;
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.report_problems(bigint) IS
	'Why the automatic check returns a reported application: the records, provider''s standing, password, approvals, form rules, and if those let it pass the blacklists (4 §18(三)1); no row: it passes';

-- What a step will lock is locked before its event is written, in the order of locks (record/lock.sql).  Of two approvals that
-- concern one sponsor the second sees what the first did, and nobody changes what is tested between the test and the
-- effect.  (New sites of the sponsor may come in.)  A report locks what its applicant could still alter; so does every
-- other step, since several may be taken in one transaction, and the first one's event has the head of the log.
CREATE FUNCTION @registry@.lock_record() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NEW.state = 'approved' AND NEW.kind IN (@kinds:concerns = 'sponsor' AND act = 'cancel'@) THEN
		PERFORM @registry@.lock_sponsor(NEW.sponsor_id);
	ELSIF NEW.state = 'approved' AND NEW.kind IN (@kinds:carries_licence@) THEN
		PERFORM @registry@.lock_records(ARRAY[NEW.sponsor_id],
			ARRAY(SELECT t.id FROM @registry@.site t WHERE t.sponsor_id = NEW.sponsor_id AND t.status = 'filed'));
	ELSIF NEW.state = 'approved' THEN
		PERFORM @registry@.lock_records(ARRAY[NEW.sponsor_id], ARRAY(SELECT NEW.site_id WHERE NEW.site_id IS NOT NULL));
		PERFORM FROM @registry@.access c WHERE c.site_id = NEW.site_id ORDER BY c.id FOR NO KEY UPDATE;
	ELSE
		-- (a report)
		PERFORM FROM @registry@.sponsor p WHERE p.id = NEW.sponsor_id AND p.status = 'draft' FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site t WHERE t.id = NEW.site_id AND t.status = 'draft' FOR NO KEY UPDATE;
		PERFORM FROM @registry@.access c WHERE c.site_id = NEW.site_id AND c.status = 'draft' ORDER BY c.id FOR NO KEY UPDATE;
	END IF;
	IF NEW.kind IN (@kinds:act = 'change'@) THEN
		PERFORM FROM @registry@.sponsor_change c WHERE c.application_id = NEW.id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site_change c WHERE c.application_id = NEW.id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.access_change c WHERE c.application_id = NEW.id FOR NO KEY UPDATE;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.lock_record() IS
	'Trigger: locks what a report or an approval will test and change, in the order of locks';

CREATE FUNCTION @registry@.lock_drafts() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	SET enable_seqscan = off		-- a few rows by their ids, of however small a table: many of these make one statement
AS $$
DECLARE
	steps	record;
BEGIN
	-- (a FULL JOIN behind a fence, as in record_steps())
	SELECT array_agg(DISTINCT r.sponsor_id) AS sponsors, array_agg(DISTINCT r.site_id) AS sites,
		   array_agg(r.id ORDER BY r.id) FILTER (WHERE r.kind IN (@kinds:act = 'change'@)) AS changes
	  INTO steps
	  FROM (SELECT n.id, n.kind, n.state, n.sponsor_id, n.site_id, o.state AS before
			  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
	 WHERE r.state <> r.before AND r.state NOT IN ('reported', 'sms', 'approved');
	IF steps.sponsors IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM FROM @registry@.sponsor p WHERE p.id = ANY (steps.sponsors) AND p.status = 'draft' ORDER BY p.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.site t WHERE t.id = ANY (steps.sites) AND t.status = 'draft' ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.access c WHERE c.site_id = ANY (steps.sites) AND c.status = 'draft' ORDER BY c.id FOR NO KEY UPDATE;
	IF steps.changes IS NOT NULL THEN
		PERFORM FROM @registry@.sponsor_change c WHERE c.application_id = ANY (steps.changes) ORDER BY c.application_id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site_change c WHERE c.application_id = ANY (steps.changes) ORDER BY c.application_id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.access_change c WHERE c.application_id = ANY (steps.changes) ORDER BY c.application_id FOR NO KEY UPDATE;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.lock_drafts() IS
	'Trigger: locks the drafts of a statement''s other steps, which a later step of the transaction will test and change, in the order of locks';
-- after a_enforce_transition, before whatever asks for evidence
CREATE TRIGGER a_lock_record AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('reported', 'sms', 'approved'))
	EXECUTE FUNCTION @registry@.lock_record();
-- before their events
CREATE TRIGGER a_lock_records AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.lock_drafts();

CREATE FUNCTION @registry@.apply_step() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	steps		text := (SELECT k.steps FROM icp.application_kind k WHERE k.code = NEW.kind);
	conflicts	text;
	problems	text;
BEGIN
	IF NEW.state = 'reported' THEN
		-- the automatic check, in the statement that reports
		SELECT string_agg(p, '; ') INTO problems FROM @registry@.report_problems(NEW.id) p;
		UPDATE @registry@.application a
		   SET state = CASE WHEN problems IS NOT NULL THEN 'returned'
							WHEN NEW.kind IN (@kinds:asks_code@)
								 AND @registry@.sms_is_on(NEW.kind, now()) THEN 'sms'
							WHEN steps IN ('F', 'V')
								 AND EXISTS (SELECT FROM @registry@.blocking_conflicts(NEW.id)) THEN 'conflicted'
							ELSE 'reviewing' END,
			   reason = problems
		 WHERE a.id = NEW.id;
	ELSIF NEW.state = 'sms' THEN
		PERFORM @registry@.sms_start(NEW.id);
	ELSIF NEW.state = 'approved' THEN
		-- (lock_record() has locked what is tested here and changed by carry_out())
		IF steps IN ('F', 'V') THEN
			-- (of a natural person without the name)
			SELECT string_agg(format('%s %s is also claimed by %s %s of account %s', c.kind,
									 CASE WHEN EXISTS (SELECT FROM @registry@.claim k
														WHERE k.holder_id = c.rival_holder_id AND k.id = c.rival_id
														  AND k.kind = 'sponsor_name' AND strpos(k.key, ' ') > 0)
										  THEN 'of a natural person (自然人)' ELSE c.key END,
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
			SELECT string_agg(p, '; ') INTO conflicts FROM @registry@.filed_domains(NEW.id) p;
			IF conflicts IS NOT NULL THEN
				RAISE EXCEPTION 'application % claims a domain (域名) that is filed already', NEW.id
					USING ERRCODE = 'unique_violation', TABLE = 'claim', CONSTRAINT = 'claim_approved_domain_key',
						  DETAIL = conflicts || '.',
						  HINT = 'A domain has one live filed holder: that filing is cancelled (撤销, 注销) or changed first, or this application returned.';
			END IF;
		END IF;
		SELECT string_agg(p, '; ') INTO problems
		  FROM (SELECT p FROM @registry@.record_problems(NEW.id) p
				UNION ALL
				SELECT p FROM @registry@.blacklist_problems(NEW.id) p WHERE steps IN ('F', 'V', 'L')) AS found(p);
		IF problems IS NOT NULL THEN
			RAISE EXCEPTION 'application % (%) cannot be approved', NEW.id, NEW.kind
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = problems || '.',
					  HINT = 'Return the application with the reason.';
		END IF;
		PERFORM @registry@.carry_out(NEW);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.apply_step() IS
	'Trigger: the automatic check at the report, the tests and the effects at approval';

-- A draft record that nothing else applies for gives up its claims, and a change its own; those of a statement together.
CREATE FUNCTION @registry@.end_drafts() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended		bigint[];
	sponsors	bigint[];
	sites		bigint[];
	accesses	bigint[];
BEGIN
	SELECT array_agg(a.id), array_agg(DISTINCT a.sponsor_id), array_agg(DISTINCT a.site_id), array_agg(DISTINCT a.access_id)
	  INTO ended, sponsors, sites, accesses
	  FROM (SELECT n.id, n.state, n.sponsor_id, n.site_id, n.access_id, o.state AS before
			  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) a
	 WHERE a.state IN ('withdrawn', 'expired') AND a.before <> a.state;
	IF ended IS NULL THEN
		RETURN NULL;
	END IF;
	-- Of two that end at the same time the second sees the first, or, with a snapshot of its own, is told to try
	-- again: it meets the first one's row below; the first passes by the second's, which waits for it.
	sponsors := ARRAY(SELECT p.id FROM @registry@.sponsor p WHERE p.id = ANY (sponsors) AND p.status = 'draft'
					   ORDER BY p.id FOR NO KEY UPDATE);
	sites := ARRAY(SELECT t.id FROM @registry@.site t WHERE t.id = ANY (sites) AND t.status = 'draft'
					ORDER BY t.id FOR NO KEY UPDATE);
	accesses := ARRAY(SELECT c.id FROM @registry@.access c WHERE c.id = ANY (accesses) AND c.status = 'draft'
					   ORDER BY c.id FOR NO KEY UPDATE);
	PERFORM FROM @registry@.application a
	  WHERE a.id <> ALL (ended) AND a.state IN (SELECT s.code FROM icp.state s WHERE NOT s.is_final)
		AND (a.sponsor_id = ANY (sponsors) OR a.site_id = ANY (sites) OR a.access_id = ANY (accesses))
		FOR SHARE OF a SKIP LOCKED;
	PERFORM @registry@.drop_changes(ended);
	UPDATE @registry@.site t SET status = 'withdrawn'
	 WHERE t.id = ANY (sites)
	   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
						WHERE a.site_id = t.id AND NOT s.is_final);
	UPDATE @registry@.sponsor p SET status = 'withdrawn'
	 WHERE p.id = ANY (sponsors)
	   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
						WHERE a.sponsor_id = p.id AND NOT s.is_final);
	UPDATE @registry@.access c SET status = 'cancelled'
	 WHERE c.id = ANY (accesses)
	   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
						WHERE a.access_id = c.id AND NOT s.is_final);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.end_drafts() IS
	'Trigger: what was entered for applications that are withdrawn or expired, and for nothing else, ends with them';

-- AFTER triggers fire in the order of their names: first the step is judged, then recorded, then carried out.
-- (WHEN, not UPDATE OF: a BEFORE trigger of the user's own may set the state too.)
CREATE TRIGGER a_enforce_creation AFTER INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
CREATE TRIGGER a_enforce_transition AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.kind IS DISTINCT FROM OLD.kind)
	EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
CREATE TRIGGER c_apply_step AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('reported', 'sms', 'approved'))
	EXECUTE FUNCTION @registry@.apply_step();
-- behind the rows' own triggers, before the notices
CREATE TRIGGER c_end_drafts AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.end_drafts();
