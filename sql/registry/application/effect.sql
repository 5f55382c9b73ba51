-- What approval does, a function a kind; and the end of a filing, whoever ends it.

-- A new site, of a sponsor that is new with it or filed before: numbers for both, the access live (4 §18(三)2).
CREATE FUNCTION @registry@.approve_new_filing(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	on_day			date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	before			text;
	sponsor_number	icp.icp_id;
	service_no		integer;
BEGIN
	-- The sponsor's row is locked (apply_step), so that its counter gives each number once.
	SELECT s.status, s.number,
		   greatest(s.last_service_no,
					(SELECT max(icp.service_no(t.number)) FROM @registry@.site t WHERE t.sponsor_id = s.id))
	  INTO before, sponsor_number, service_no
	  FROM @registry@.sponsor s WHERE s.id = approved.sponsor_id AND s.status IN ('draft', 'filed');
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % of application % is cancelled or withdrawn and cannot be filed',
			approved.sponsor_id, approved.id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF sponsor_number IS NULL THEN
		sponsor_number := @registry@.issue_sponsor_number(approved.province, on_day);
		-- A number that came back: its services' numbers do not, so the counter goes on where its last holder's stood.
		service_no := greatest(service_no, (SELECT max(s.last_service_no) FROM @registry@.sponsor s
											 WHERE s.number = sponsor_number AND s.number IS NOT NULL AND s.status <> 'filed'));
	END IF;
	service_no := service_no + 1;
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
	IF before = 'draft' THEN
		PERFORM @registry@.issue_password(approved.sponsor_id);
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.approve_new_filing(@registry@.application) IS
	'What the approval of a new filing does: numbers for sponsor and site, both filed, the access live, the first time a filing password (4 §18(三)2)';

CREATE FUNCTION @registry@.approve_new_site(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.approve_new_filing(approved);
END;
COMMENT ON FUNCTION @registry@.approve_new_site(@registry@.application) IS
	'What the approval of a new site of a filed sponsor does: the next -N of the sponsor''s one counter, the access live (4 §19(二))';

CREATE FUNCTION @registry@.approve_new_access(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	UPDATE @registry@.access c SET status = 'live' WHERE c.id = approved.access_id;
END;
COMMENT ON FUNCTION @registry@.approve_new_access(@registry@.application) IS
	'What the approval of a new access does: it is live, beside those that are (4 §18(五); 4 §14(四): before the old one is removed)';

-- Columns that a change has and its record too are the ones to set; what triggers fill follows.
CREATE FUNCTION @registry@.apply_change(target text, application_id bigint, target_id bigint) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	record		regclass := format('@registry@.%I', target)::regclass;
	change		regclass := format('@registry@.%I', target || '_change')::regclass;
	assignments	text;
	before		jsonb;
	after		jsonb;
	altered		jsonb;
BEGIN
	EXECUTE format('SELECT true FROM %s c WHERE c.application_id = $1 AND c.status = ''pending'' FOR UPDATE', change)
		USING application_id;
	EXECUTE format('SELECT to_jsonb(c) FROM %s c WHERE c.application_id = $1 AND c.status = ''pending''', change)
		INTO after USING application_id;
	IF after IS NULL THEN
		RETURN NULL;			-- it proposes nothing
	END IF;
	SELECT string_agg(format('%1$I = CASE WHEN %1$L = ANY (c.cleared) THEN %2$s ELSE coalesce(c.%1$I, r.%1$I) END',
							 o.attname, coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL')), ', ')
	  INTO assignments
	  FROM pg_attribute o
	  JOIN pg_attribute n ON n.attrelid = change AND n.attname = o.attname AND n.attnum > 0 AND NOT n.attisdropped
	  LEFT JOIN pg_attrdef d ON d.adrelid = o.attrelid AND d.adnum = o.attnum
	 WHERE o.attrelid = record AND o.attnum > 0 AND NOT o.attisdropped
	   AND (after ->> o.attname IS NOT NULL OR after -> 'cleared' ? o.attname)
	   AND o.attname = ANY (icp.record_columns(target, 'entered'));
	EXECUTE format('SELECT to_jsonb(r) FROM %s r WHERE r.id = $1', record) INTO before USING target_id;
	IF assignments IS NOT NULL THEN
		EXECUTE format('UPDATE %s r SET %s FROM %s c WHERE r.id = $1 AND c.application_id = $2', record, assignments, change)
			USING target_id, application_id;
	END IF;
	EXECUTE format('SELECT to_jsonb(r) FROM %s r WHERE r.id = $1', record) INTO after USING target_id;
	SELECT coalesce(d.old_values, '{}') INTO altered
	  FROM @registry@.row_diff(before - icp.record_columns(target, 'derived'), after) d;
	EXECUTE format('UPDATE %s c SET status = ''applied'', old_values = $2, applied_at = now() WHERE c.application_id = $1', change)
		USING application_id, altered;
	RETURN after;
END
$$;
COMMENT ON FUNCTION @registry@.apply_change(text, bigint, bigint) IS
	'Puts what an application proposes into the record (sponsor, site or access), and keeps what it said before; returns the record, NULL where nothing is proposed';

CREATE FUNCTION @registry@.drop_changes(application_ids bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	UPDATE @registry@.sponsor_change c SET status = 'dropped'
	 WHERE c.application_id = ANY (application_ids) AND c.status = 'pending';
	UPDATE @registry@.site_change c SET status = 'dropped'
	 WHERE c.application_id = ANY (application_ids) AND c.status = 'pending';
	UPDATE @registry@.access_change c SET status = 'dropped'
	 WHERE c.application_id = ANY (application_ids) AND c.status = 'pending';
END
$$;
COMMENT ON FUNCTION @registry@.drop_changes(bigint[]) IS 'Gives up what applications propose, so that it claims nothing any more';

CREATE FUNCTION @registry@.approve_change_sponsor(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.apply_change('sponsor', approved.id, approved.sponsor_id);
END;
COMMENT ON FUNCTION @registry@.approve_change_sponsor(@registry@.application) IS
	'What the approval of a change of the sponsor does: the filed record says what was proposed, its number stays (4 §19(四))';

CREATE FUNCTION @registry@.approve_change_principal(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.apply_change('sponsor', approved.id, approved.sponsor_id);
END;
COMMENT ON FUNCTION @registry@.approve_change_principal(@registry@.application) IS
	'What the approval of a change of the principal does: the filed record says what was proposed (4 §19(四))';

CREATE FUNCTION @registry@.approve_change_site(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.apply_change('site', approved.id, approved.site_id);
END;
COMMENT ON FUNCTION @registry@.approve_change_site(@registry@.application) IS
	'What the approval of a change of a site does: the filed record says what was proposed, its number stays (4 §19(四))';

CREATE FUNCTION @registry@.approve_change_access(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	changed	jsonb := @registry@.apply_change('access', approved.id, approved.access_id);
BEGIN
	-- A change that takes the addresses, the way and the place away leaves no access; trigger follow_access does the rest.
	IF EXISTS (SELECT FROM @registry@.access_change c WHERE c.application_id = approved.id AND c.cleared <> '{}')
	   AND num_nonnulls(changed ->> 'ips', changed ->> 'mode', changed ->> 'server_province') = 0
	THEN
		PERFORM @registry@.cancel_access(approved.access_id,
			format('application %s leaves the site no access information (变更后无接入信息, 4 §19(四))', approved.id));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.approve_change_access(@registry@.application) IS
	'What the approval of a change of an access does; one that empties it ends it, and if it was the last leads to cancellation on review (4 §19(四))';

-- The end of a filing: also for revocations, providers that leave, approvals that prove false.

CREATE FUNCTION @registry@.record_end(why text, sponsor_id bigint, site_id bigint, province_code smallint, what jsonb) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, reason, old_values)
	VALUES (@registry@.acting_user(), 'cancel', sponsor_id, site_id, province_code, why, what);
END;
COMMENT ON FUNCTION @registry@.record_end(text, bigint, bigint, smallint, jsonb) IS 'Writes the event of a cancellation with its reason';

CREATE FUNCTION @registry@.cancel_access(access_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	record;
BEGIN
	PERFORM @registry@.lock_records('{}', ARRAY(SELECT c.site_id FROM @registry@.access c WHERE c.id = cancel_access.access_id));
	SELECT c.site_id, c.provider_id, t.sponsor_id, c.province_code INTO ended
	  FROM @registry@.access c JOIN @registry@.site t ON t.id = c.site_id
	 WHERE c.id = cancel_access.access_id;
	UPDATE @registry@.access c SET status = 'cancelled' WHERE c.id = cancel_access.access_id AND c.status <> 'cancelled';
	IF FOUND THEN
		PERFORM @registry@.record_end(why, ended.sponsor_id, ended.site_id, ended.province_code,
			jsonb_build_object('access', cancel_access.access_id, 'provider', ended.provider_id));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.cancel_access(bigint, text) IS
	'Ends an access, with the reason; the last one of a filed site leads to cancellation on review (4 §19(四)). Does nothing to one that has ended';

CREATE FUNCTION @registry@.cancel_site(site_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	record;
BEGIN
	PERFORM @registry@.lock_sites(ARRAY[cancel_site.site_id]);
	UPDATE @registry@.site t SET status = 'cancelled' WHERE t.id = cancel_site.site_id AND t.status = 'filed'
	RETURNING t.sponsor_id, t.province_code, t.number INTO ended;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM @registry@.record_end(why, ended.sponsor_id, cancel_site.site_id, ended.province_code,
		jsonb_build_object('number', ended.number));
	-- The access stops with it (4 §22(四)), and what was proposed for it claims nothing any more.
	UPDATE @registry@.access c SET status = 'cancelled' WHERE c.site_id = cancel_site.site_id AND c.status <> 'cancelled';
	PERFORM @registry@.drop_changes(ARRAY(
		SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.site_id = cancel_site.site_id AND a.kind IN (@kinds:act = 'change' AND concerns <> 'sponsor'@) AND NOT s.is_final));
END
$$;
COMMENT ON FUNCTION @registry@.cancel_site(bigint, text) IS
	'Cancels a filed site with its accesses, with the reason (4 §22); does nothing to one that is not filed';

-- The same of many sites of one sponsor, who is locked; together, so that the work grows as their number does.
CREATE FUNCTION @registry@.cancel_sites(site_ids bigint[], why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	bigint[];
BEGIN
	PERFORM FROM @registry@.site t WHERE t.id = ANY (site_ids) ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.access c WHERE c.site_id = ANY (site_ids) ORDER BY c.id FOR NO KEY UPDATE;
	WITH cancelled AS (
		UPDATE @registry@.site t SET status = 'cancelled' WHERE t.id = ANY (site_ids) AND t.status = 'filed' RETURNING t.id)
	SELECT array_agg(c.id) INTO ended FROM cancelled c;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, reason, old_values)
	SELECT (SELECT @registry@.acting_user()), 'cancel', t.sponsor_id, t.id, t.province_code, why, jsonb_build_object('number', t.number)
	  FROM @registry@.site t WHERE t.id = ANY (ended)
	 ORDER BY t.sponsor_id, t.id;
	UPDATE @registry@.access c SET status = 'cancelled' WHERE c.site_id = ANY (ended) AND c.status <> 'cancelled';
	PERFORM @registry@.drop_changes(ARRAY(
		SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.site_id = ANY (ended) AND a.kind IN (@kinds:act = 'change' AND concerns <> 'sponsor'@) AND NOT s.is_final));
END
$$;
COMMENT ON FUNCTION @registry@.cancel_sites(bigint[], text) IS
	'Cancels filed sites with their accesses, with the reason (4 §22); leaves alone what is not filed';

CREATE FUNCTION @registry@.cancel_sponsor(sponsor_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	record;
	year	integer := extract(year FROM now() AT TIME ZONE 'Asia/Shanghai');
BEGIN
	PERFORM @registry@.lock_sponsor(cancel_sponsor.sponsor_id);
	SELECT s.account_id, s.province, s.province_code, s.number INTO ended
	  FROM @registry@.sponsor s WHERE s.id = cancel_sponsor.sponsor_id AND s.status = 'filed' FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM @registry@.cancel_sites(ARRAY(
		SELECT t.id FROM @registry@.site t
		 WHERE t.sponsor_id = cancel_sponsor.sponsor_id AND t.status = 'filed' ORDER BY t.id), why);
	UPDATE @registry@.site t SET status = 'withdrawn' WHERE t.sponsor_id = cancel_sponsor.sponsor_id AND t.status = 'draft';
	UPDATE @registry@.sponsor s SET status = 'cancelled' WHERE s.id = cancel_sponsor.sponsor_id;
	PERFORM @registry@.record_end(why, cancel_sponsor.sponsor_id, NULL, ended.province_code,
		jsonb_build_object('number', ended.number));
	PERFORM @registry@.drop_changes(ARRAY(
		SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.sponsor_id = cancel_sponsor.sponsor_id AND a.kind IN (@kinds:act = 'change' AND concerns = 'sponsor'@) AND NOT s.is_final));
	-- The user name stops working (3 Q21), unless another of its filings goes on.
	UPDATE @registry@.account c SET status = 'closed'
	 WHERE c.id = ended.account_id
	   AND NOT EXISTS (SELECT FROM @registry@.sponsor o WHERE o.account_id = c.id AND o.status IN ('draft', 'filed'));
	IF ended.number BETWEEN icp.make_icp_id(ended.province, year, 1) AND icp.make_icp_id(ended.province, year, 999999) THEN
		INSERT INTO @registry@.freed_number (number, province_code, sponsor_id)
		VALUES (ended.number, ended.province_code, cancel_sponsor.sponsor_id)
		ON CONFLICT (number) DO UPDATE SET sponsor_id = EXCLUDED.sponsor_id, freed_at = now();
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.cancel_sponsor(bigint, text) IS
	'Cancels a filed sponsor with all its sites and their accesses, with the reason; its account ends (3 Q21), its number goes back to the pool of its year';

CREATE FUNCTION @registry@.approve_cancel_access(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.cancel_access(approved.access_id, format('application %s%s', approved.id, ', ' || approved.ground));
END;
COMMENT ON FUNCTION @registry@.approve_cancel_access(@registry@.application) IS
	'What the approval of the cancellation of an access does (4 §14(四))';

CREATE FUNCTION @registry@.approve_cancel_site(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.cancel_site(approved.site_id, format('application %s%s', approved.id, ', ' || approved.ground));
END;
COMMENT ON FUNCTION @registry@.approve_cancel_site(@registry@.application) IS
	'What the approval of the cancellation of a site does: the site and its accesses end (4 §22)';

CREATE FUNCTION @registry@.approve_cancel_sponsor(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.cancel_sponsor(approved.sponsor_id, format('application %s%s', approved.id, ', ' || approved.ground));
END;
COMMENT ON FUNCTION @registry@.approve_cancel_sponsor(@registry@.application) IS
	'What the approval of the cancellation of a sponsor does: sponsor, sites, accesses and account end (4 §22, 3 Q21)';

-- The licence's number takes the place of the filing number, for the sponsor and all its services at once, each with
-- its own -N (4 §21(二)).  The old number is in the events; nobody else gets it.
CREATE FUNCTION @registry@.approve_licence(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF approved.licence IS NULL THEN
		RETURN;					-- the exempt owner's: it changes nothing
	END IF;
	UPDATE @registry@.sponsor s SET number = approved.licence WHERE s.id = approved.sponsor_id;
	UPDATE @registry@.site t SET number = icp.make_filing_number(approved.licence, icp.service_no(t.number), t.kind)
	 WHERE t.sponsor_id = approved.sponsor_id AND t.status = 'filed';
END
$$;
COMMENT ON FUNCTION @registry@.approve_licence(@registry@.application) IS
	'What the approval of an operating licence does: its number replaces the filing number of sponsor and services, the -N stay (4 §21(二))';

CREATE FUNCTION @registry@.approve_password_reset(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.issue_password(approved.sponsor_id, approved.id);
END
$$;
COMMENT ON FUNCTION @registry@.approve_password_reset(@registry@.application) IS
	'What the approval of a password reset does: a new filing password (4 附件1 四)';

CREATE FUNCTION @registry@.carry_out(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- A kind is a row and its function: none here is named.  (Planned at each call, of which an approval has one.)
	EXECUTE format('SELECT @registry@.%I($1)', 'approve_' || approved.kind) USING approved;
END
$$;
COMMENT ON FUNCTION @registry@.carry_out(@registry@.application) IS 'What the approval of an application does: the function approve_ and its kind';

-- A site that lost its last access, by whatever way, is cancelled on review (4 §19(四)).
CREATE FUNCTION @registry@.open_cancellation(site_id bigint, ground text, why text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_sponsor	bigint;
	opened		bigint;
BEGIN
	of_sponsor := (SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = open_cancellation.site_id);
	PERFORM @registry@.lock_records('{}', ARRAY[open_cancellation.site_id]);
	IF (SELECT t.status FROM @registry@.site t WHERE t.id = open_cancellation.site_id) IS DISTINCT FROM 'filed' THEN
		RETURN NULL;
	END IF;
	-- Planned for each, and with the sponsor as the only condition: a plan that was made while the table was small, one
	-- along the ids for the first, or one along all cancellations under way would read them all for each of many sites
	-- that end at once.
	EXECUTE 'SELECT min(a.id) FILTER (WHERE a.kind = ANY ($3) AND (a.site_id IS NULL OR a.site_id = $2) AND a.state = ANY ($4))
			   FROM @registry@.application a WHERE a.sponsor_id = $1'
		INTO opened
		USING of_sponsor, site_id, ARRAY[@kinds:one_at_a_time = 'cancellation'@], ARRAY[@states:under_way@];
	IF opened IS NULL THEN
		INSERT INTO @registry@.application (kind, site_id, filed_by, ground, reason)
		VALUES ('cancel_site', open_cancellation.site_id, 'bureau', open_cancellation.ground, why)
		RETURNING id INTO opened;
		UPDATE @registry@.application a SET state = 'reviewing' WHERE a.id = opened;
	END IF;
	RETURN opened;
END
$$;
COMMENT ON FUNCTION @registry@.open_cancellation(bigint, text, text) IS
	'Puts the cancellation of a filed site before its bureau, and returns the application; one that is under way already will do';

CREATE FUNCTION @registry@.follow_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- Of two that end at the same time, the second sees the first: each has written its event, and so has waited for the
	-- other at the head of the sponsor's chain.  (In a snapshot of its own it is told to try again.)
	PERFORM FROM @registry@.access c WHERE c.site_id = OLD.site_id AND c.status = 'live' FOR SHARE SKIP LOCKED;
	IF NOT EXISTS (SELECT FROM @registry@.access c WHERE c.site_id = OLD.site_id AND c.status = 'live')
	   -- (not as a condition on the row: that would have the index of filed sites read from its beginning)
	   AND (SELECT t.status FROM @registry@.site t WHERE t.id = OLD.site_id) = 'filed' THEN
		-- Whoever ends an access by a plain UPDATE holds it before its sponsor, against the order of locks, and somebody
		-- who holds the sponsor may wait for the access: the sponsor is not waited for.  (All functions have it already.)
		PERFORM FROM @registry@.account c JOIN @registry@.site t ON t.account_id = c.id
		  WHERE t.id = OLD.site_id FOR KEY SHARE OF c SKIP LOCKED;
		IF FOUND THEN
			PERFORM FROM @registry@.sponsor s JOIN @registry@.site t ON t.sponsor_id = s.id
			  WHERE t.id = OLD.site_id FOR NO KEY UPDATE OF s SKIP LOCKED;
		END IF;
		IF FOUND THEN
			PERFORM FROM @registry@.site t WHERE t.id = OLD.site_id FOR NO KEY UPDATE SKIP LOCKED;
		END IF;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'access % is the last one of site %, whose sponsor is being worked on', OLD.id, OLD.site_id
				USING ERRCODE = 'lock_not_available',
					  DETAIL = 'A site without access is put before its bureau (变更后无接入信息, 4 §19(四)).',
					  HINT = 'Try again, or end it with @registry@.cancel_access(), which waits.';
		END IF;
		PERFORM @registry@.open_cancellation(OLD.site_id, 'no_access',
			format('site %s has no access left (变更后无接入信息, 4 §19(四))', OLD.site_id));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.follow_access() IS
	'Trigger: when the last live access of a filed site ends, its cancellation is put before the bureau (4 §19(四))';
-- after the event of the change is written
CREATE TRIGGER z_follow_access AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live' AND NEW.status <> 'live') EXECUTE FUNCTION @registry@.follow_access();
CREATE TRIGGER z_follow_deleted_access AFTER DELETE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live') EXECUTE FUNCTION @registry@.follow_access();

-- What a live access said before and what it says now.
CREATE FUNCTION @registry@.record_access_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	unsaid		constant text[] := icp.record_columns('access', 'derived');
	before		jsonb := to_jsonb(OLD) - unsaid;
	after		jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - unsaid ELSE '{}' END;
	old_values	jsonb;
	new_values	jsonb;
BEGIN
	SELECT d.old_values, d.new_values INTO old_values, new_values FROM @registry@.row_diff(before, after) d;
	IF old_values IS NOT NULL THEN
		INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
		VALUES (@registry@.acting_user(), CASE TG_OP WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
				(SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = OLD.site_id), OLD.site_id, OLD.province_code,
				old_values || jsonb_build_object('access', OLD.id), new_values || jsonb_build_object('access', OLD.id));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_access_change() IS
	'Trigger: writes the event of a change of a live access, old and new values of what changed';
CREATE TRIGGER record_deletion AFTER DELETE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live') EXECUTE FUNCTION @registry@.record_access_change();
-- (another provider: provider/hand_over.sql, many at once)
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live' AND NEW.provider_id = OLD.provider_id)
	EXECUTE FUNCTION @registry@.record_access_change();

-- An account that has ended files nothing more (3 Q21).
CREATE FUNCTION @registry@.refuse_closed_account() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (of somebody else's account row security says no, and nothing else)
	IF (@registry@.may_enter(NEW.account_id) OR @registry@.acts_as_owner())
	   AND EXISTS (SELECT FROM @registry@.account c WHERE c.id = NEW.account_id AND c.status = 'closed') THEN
		RAISE EXCEPTION 'account % is closed', NEW.account_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'An account ends with the filing it was for (3 Q21).',
				  HINT = 'Register a new account, and file anew.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_closed_account() IS 'Trigger: an account that has ended enters no sponsor any more (3 Q21)';
CREATE TRIGGER refuse_closed_account BEFORE INSERT ON @registry@.sponsor
	FOR EACH ROW WHEN (NEW.status = 'draft') EXECUTE FUNCTION @registry@.refuse_closed_account();

-- Whose bureau, whose number: a filed sponsor stays where it is filed, but for a correction to where its number is from.
CREATE FUNCTION @registry@.refuse_move() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF icp.province_of(NEW.number) IS DISTINCT FROM NEW.province THEN
		RAISE EXCEPTION 'filed sponsor (主体) % may not move from % to %', OLD.id, OLD.province, NEW.province
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Result code 1046: a change may not move the subject (主体) to another province.',
				  HINT = 'Cancel the filing, and file anew in the other province.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_move() IS
	'Trigger: a filed sponsor does not move to another province than its number''s (result code 1046)';
-- as text, so that a dump can be restored (see keep_licence)
CREATE TRIGGER refuse_move BEFORE UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.status = 'filed' AND NEW.status = 'filed' AND NEW.province::text IS DISTINCT FROM OLD.province::text)
	EXECUTE FUNCTION @registry@.refuse_move();
