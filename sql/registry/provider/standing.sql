-- The standing of access providers at work: who supervises whom, the steps of admission, the check at the report,
-- the three bureaux that have a say.

-- Admission.  status, which other programs know, says open or closed; admission says why.
CREATE FUNCTION @registry@.fill_standing() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	is_owner	boolean := @registry@.acts_as_owner();
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.admission := CASE WHEN NOT is_owner THEN 'applied'
							  WHEN NEW.status = 'closed' AND NEW.admission = 'open' THEN 'closed'
							  ELSE NEW.admission END;
		NEW.status := CASE NEW.admission WHEN 'open' THEN 'open' ELSE 'closed' END;
		NEW.admission_at := now();
		RETURN NEW;
	END IF;
	IF NOT is_owner AND NOT @registry@.supervises_provider(OLD.province_code)
	   AND (NEW.name, NEW.province, NEW.licence, NEW.licence_valid_until, NEW.class, NEW.businesses, NEW.parent_id,
			NEW.is_key, NEW.resources_frozen, NEW.supervisor)
		   IS DISTINCT FROM (OLD.name, OLD.province, OLD.licence, OLD.licence_valid_until, OLD.class, OLD.businesses,
							 OLD.parent_id, OLD.is_key, OLD.resources_frozen, OLD.supervisor) THEN
		RAISE EXCEPTION 'role "%" may not change what the bureau keeps of provider %', @registry@.acting_user(), OLD.id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'A provider changes its telephone, its system and its address itself.';
	END IF;
	IF NEW.admission IS NOT DISTINCT FROM OLD.admission AND NEW.status IS DISTINCT FROM OLD.status THEN
		NEW.admission := NEW.status;
	END IF;
	IF NEW.admission IS DISTINCT FROM OLD.admission THEN
		NEW.status := CASE NEW.admission WHEN 'open' THEN 'open' ELSE 'closed' END;
		NEW.admission_at := now();
		IF NEW.admission_reason IS NOT DISTINCT FROM OLD.admission_reason THEN
			NEW.admission_reason := NULL;	-- that was the reason of another step
		END IF;
	END IF;
	IF NEW.licence_valid_until IS DISTINCT FROM OLD.licence_valid_until THEN
		NEW.licence_noticed_at := NULL;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_standing() IS
	'Trigger: keeps status and admission of a provider together; what a bureau enters begins as applied (4 §30); licence and class are the bureau''s to change';
CREATE TRIGGER fill_standing BEFORE INSERT OR UPDATE ON @registry@.provider
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_standing();

CREATE FUNCTION @registry@.enforce_admission() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before		text := CASE TG_OP WHEN 'UPDATE' THEN OLD.admission END;
	actor		name := @registry@.acting_user();
	is_owner	boolean := @registry@.acts_as_owner();
	step		record;
	left_over	record;
	template	text;
BEGIN
	SELECT s.event, s.actors, s.needs_reason, s.clause INTO step
	  FROM icp.provider_step s
	 WHERE s.from_state IS NOT DISTINCT FROM before AND s.to_state = NEW.admission;
	IF NOT FOUND AND TG_OP = 'INSERT' AND is_owner THEN
		RETURN NULL;		-- the owner enters a provider as it stands
	ELSIF NOT FOUND THEN
		RAISE EXCEPTION 'provider % cannot go from % to %', NEW.id, coalesce(before, 'nothing'), NEW.admission
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = coalesce((SELECT 'From ' || before || ' it can go to: '
											|| string_agg(s.to_state || ' ' || n.name_zh || ' by ' || s.event, ', ' ORDER BY n.ordinal) || '.'
									   FROM icp.provider_step s JOIN icp.provider_state n ON n.code = s.to_state
									  WHERE s.from_state = before),
									'State ' || before || ' is final.'),
				  HINT = 'The steps are the rows of icp.provider_step.';
	END IF;
	IF NOT is_owner
	   AND NOT ('supervisor' = ANY (step.actors) AND @registry@.supervises_provider(NEW.province_code))
	   AND NOT ('provider' = ANY (step.actors) AND @registry@.acts_for_provider(NEW.id)) THEN
		RAISE EXCEPTION 'role "%" may not take step "%" on provider %', actor, step.event, NEW.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('It is taken by: %s.', array_to_string(step.actors, ', ')),
				  HINT = 'The supervisor is the bureau (通信管理局) of the provider''s province; the ministry for a nationwide one.';
	END IF;
	IF NOT @registry@.owner_is_exempt() THEN
		IF step.needs_reason AND coalesce(btrim(NEW.admission_reason, E' \t\r\n'), '') = '' THEN
			RAISE EXCEPTION 'step "%" of provider % needs a reason (原因)', step.event, NEW.id
				USING ERRCODE = 'check_violation', DETAIL = format('Clause: %s.', step.clause),
					  HINT = 'Set column "admission_reason" in the same UPDATE.';
		END IF;
		IF NEW.admission = 'open' AND before = 'tested' AND NEW.licence IS NULL AND NEW.class <> 'public_interest' THEN
			RAISE EXCEPTION 'the interface of provider % cannot be opened without a licence (经营许可证)', NEW.id
				USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Clause: 4 §31.',
					  HINT = 'Set column "licence" first.';
		END IF;
	END IF;

	IF NEW.admission = 'exited' THEN
		SELECT * INTO left_over FROM @registry@.left_with_provider(NEW.id);
		IF left_over.accesses + left_over.applications > 0 THEN
			RAISE EXCEPTION 'provider % cannot leave yet', NEW.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('It still has %s accesses and %s unfinished applications (4 §12(八)).',
									  left_over.accesses, left_over.applications),
					  HINT = '@registry@.hand_over() gives them to another provider, @registry@.end_accesses() ends what nobody takes.';
		END IF;
		UPDATE @registry@.account a SET status = 'closed' WHERE a.provider_id = NEW.id AND a.status = 'open';
		UPDATE @registry@.provider_lease l SET until = greatest(l.since, (now() AT TIME ZONE 'Asia/Shanghai')::date)
		 WHERE NEW.id IN (l.lessor_id, l.lessee_id) AND l.until IS NULL;
	END IF;

	INSERT INTO @registry@.provider_history (provider_id, actor, event, from_state, to_state, reason, province_code)
	VALUES (NEW.id, actor, step.event, before, NEW.admission, NEW.admission_reason, NEW.province_code);
	INSERT INTO @registry@.event (actor, event, province_code, from_state, to_state, reason, new_values)
	VALUES (actor, step.event, NEW.province_code, before, NEW.admission, NEW.admission_reason,
			jsonb_build_object('provider_id', NEW.id));
	template := CASE step.event WHEN 'open_interface' THEN 'interface_opened' WHEN 'reopen_interface' THEN 'interface_opened'
								WHEN 'stay' THEN 'interface_opened' WHEN 'suspend_interface' THEN 'interface_suspended'
								WHEN 'close_interface' THEN 'interface_closed' WHEN 'refuse_admission' THEN 'interface_closed' END;
	IF template IS NOT NULL THEN
		PERFORM @registry@.send_notice(template, NULL::bigint, 'provider',
									   jsonb_build_object('provider_id', NEW.id, 'provider', NEW.name,
														  'province_code', NEW.province_code, 'reason', coalesce(NEW.admission_reason, '')));
	ELSIF step.event IN ('begin_exit', 'exit') THEN
		PERFORM @registry@.send_notice('provider_' || step.event, NULL::bigint, 'bureau',
									   jsonb_build_object('provider_id', NEW.id, 'provider', NEW.name,
														  'province_code', NEW.province_code, 'reason', coalesce(NEW.admission_reason, '')));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.enforce_admission() IS
	'Trigger: a provider''s admission changes along icp.provider_step only, by who may; records and announces it; an exit ends its accounts and leases';
CREATE TRIGGER enforce_creation AFTER INSERT ON @registry@.provider
	FOR EACH ROW EXECUTE FUNCTION @registry@.enforce_admission();
CREATE TRIGGER enforce_admission AFTER UPDATE ON @registry@.provider
	FOR EACH ROW WHEN (NEW.admission IS DISTINCT FROM OLD.admission) EXECUTE FUNCTION @registry@.enforce_admission();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @registry@.provider_history
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.left_with_provider(provider_id bigint,
		OUT accesses bigint, OUT applications bigint, OUT accounts bigint)
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT (SELECT count(*) FROM @registry@.access a
			 WHERE a.provider_id = left_with_provider.provider_id AND a.status <> 'cancelled'),
		   (SELECT count(*) FROM @registry@.application a JOIN icp.state s ON s.code = a.state
			 WHERE a.provider_id = left_with_provider.provider_id AND NOT s.is_final AND a.filed_by <> 'bureau'),
		   (SELECT count(*) FROM @registry@.account a
			 WHERE a.provider_id = left_with_provider.provider_id AND a.status = 'open');
END;
COMMENT ON FUNCTION @registry@.left_with_provider(bigint) IS
	'What a provider still has: accesses, applications without an end (but for the bureau''s own), open accounts';

-- A leaving provider takes on nobody (4 §12(八)); one that is gone serves nobody.
CREATE FUNCTION @registry@.refuse_access_of_leaving() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	refused	record;
BEGIN
	IF TG_OP = 'INSERT' THEN
		SELECT n.site_id, p.name, p.admission INTO refused
		  FROM new_rows n JOIN @registry@.provider p ON p.id = n.provider_id
		 WHERE p.admission IN ('exiting', 'exited') AND n.status <> 'cancelled' LIMIT 1;
	ELSE
		SELECT n.site_id, p.name, p.admission INTO refused
		  FROM (SELECT n.site_id, n.provider_id, n.status, o.provider_id AS old_provider_id, o.status AS old_status
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) n
		  JOIN @registry@.provider p ON p.id = n.provider_id
		 WHERE p.admission IN ('exiting', 'exited') AND n.status <> 'cancelled'
		   AND (n.provider_id <> n.old_provider_id OR n.status <> n.old_status) LIMIT 1;
	END IF;
	IF refused.name IS NOT NULL AND NOT @registry@.owner_is_exempt() THEN
		RAISE EXCEPTION 'provider "%" takes on no new access (接入)', refused.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s (4 §12(八)); the access is that of site %s.', refused.admission, refused.site_id),
				  HINT = 'Hand over what it has with @registry@.hand_over().';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_access_of_leaving() IS
	'Trigger: no new access for a provider that leaves the market or has left it (4 §12(八))';
CREATE TRIGGER refuse_access_of_leaving AFTER INSERT ON @registry@.access
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_access_of_leaving();
CREATE TRIGGER refuse_access_for_leaving AFTER UPDATE ON @registry@.access
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION @registry@.refuse_access_of_leaving();

-- The check at the report.
CREATE FUNCTION @registry@.standing_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app			record;
	on_day		date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	problems	text[] := '{}';
BEGIN
	SELECT a.kind, a.site_id, a.sponsor_id, a.provider_id, a.province, a.province_code,
		   s.province AS sponsor_province, s.province_code AS sponsor_province_code,
		   p.name, p.admission, p.admission_reason, p.licence_valid_until, n.name_zh, n.reports
	  INTO app
	  FROM @registry@.application a
	  JOIN @registry@.sponsor s ON s.id = a.sponsor_id
	  JOIN @registry@.provider p ON p.id = a.provider_id
	  JOIN icp.provider_state n ON n.code = p.admission
	 WHERE a.id = standing_problems.application_id;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF app.reports = 'none' OR app.reports = 'no_new' AND app.kind IN (@kinds:act = 'add'@) THEN
		-- a state, not evidence: nobody reports through an interface that is closed
		RETURN NEXT format('provider "%s" may not report (报备接口): %s %s%s (4 §%s)',
			app.name, app.admission, app.name_zh, ': ' || app.admission_reason,
			CASE app.admission WHEN 'suspended' THEN '43(三)' WHEN 'closed' THEN '32'
							   WHEN 'exiting' THEN '12(八)' WHEN 'exited' THEN '12(八)' ELSE '31' END);
	END IF;
	IF app.licence_valid_until < on_day THEN
		problems := problems || format('the licence (经营许可证) of provider "%s" ran out on %s (4 §32)',
									   app.name, app.licence_valid_until);
	END IF;
	IF app.province_code IS DISTINCT FROM app.sponsor_province_code THEN
		problems := problems || format('it is addressed to %s, the sponsor (主体) is in %s (4 §18(三)1)',
									   app.province, app.sponsor_province);
	END IF;
	IF app.kind NOT IN (@kinds:act = 'add'@)
	   AND NOT @registry@.serves_sponsor(app.provider_id, app.sponsor_id) THEN
		-- it did when this was entered
		problems := problems || format('provider "%s" serves the sponsor (主体) no longer (4 §19(一), §22(一))', app.name);
	END IF;
	IF problems <> '{}' AND @registry@.owner_is_exempt() THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason)
		VALUES (@registry@.acting_user(), 'pass_by', standing_problems.application_id, app.sponsor_id, app.site_id,
				app.province_code, array_to_string(problems, '; '));
		RETURN;
	END IF;
	RETURN QUERY SELECT unnest(problems);
END
$$;
COMMENT ON FUNCTION @registry@.standing_problems(bigint) IS
	'Why the provider''s standing or the routing returns a reported application: interface not open, licence run out, wrong bureau; but for the interface, what the exempt owner passes by is an event';

-- Routing: what has come to no end follows the sponsor to another account, and while that is a draft, to another bureau.
CREATE FUNCTION @registry@.route_applications() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- They come before the sponsor in the order of locks, and whoever has one may wait for the sponsor: not waited for.
	-- (transfer_sponsor() has locked them before it.)
	BEGIN
		PERFORM FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		  WHERE a.sponsor_id = NEW.id AND NOT s.is_final ORDER BY a.id FOR NO KEY UPDATE OF a NOWAIT;
	EXCEPTION WHEN lock_not_available THEN
		RAISE EXCEPTION 'an application of sponsor % is being worked on', NEW.id
			USING ERRCODE = 'lock_not_available',
				  DETAIL = 'What is applied for goes with its sponsor to another account or bureau.',
				  HINT = 'Try again, or move the sponsor with @registry@.transfer_sponsor(), which waits.';
	END;
	UPDATE @registry@.application a SET account_id = NEW.account_id, province = NEW.province
	  FROM icp.state s
	 WHERE a.sponsor_id = NEW.id AND s.code = a.state AND NOT s.is_final
	   AND (a.account_id <> NEW.account_id OR a.province_code <> NEW.province_code);
	-- What has ended is a part of the record, too: whose it is now sees it, and who had it before no longer does.
	UPDATE @registry@.application a SET account_id = NEW.account_id, province = NEW.province
	  FROM icp.state s
	 WHERE a.sponsor_id = NEW.id AND s.code = a.state AND s.is_final AND a.account_id <> NEW.account_id;
	-- what they propose claims for the new account (filled from the application)
	UPDATE @registry@.sponsor_change c SET account_id = NEW.account_id
	  FROM @registry@.application a WHERE a.id = c.application_id AND a.sponsor_id = NEW.id AND c.status = 'pending';
	UPDATE @registry@.site_change c SET account_id = NEW.account_id
	  FROM @registry@.application a WHERE a.id = c.application_id AND a.sponsor_id = NEW.id AND c.status = 'pending';
	UPDATE @registry@.access_change c SET account_id = NEW.account_id
	  FROM @registry@.application a WHERE a.id = c.application_id AND a.sponsor_id = NEW.id AND c.status = 'pending';
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.route_applications() IS
	'Trigger: applications go with their sponsor to its account, unfinished ones also to the bureau of its province (4 §18(三)1)';

-- The province's code is part of a key that sites refer to, and fill_sponsor() sets it when the row is locked already, as
-- for a change of no key: whoever has entered a site of it and goes on to apply would wait for the sponsor, and be waited for.
CREATE FUNCTION @registry@.lock_moved_sponsor() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM FROM @registry@.sponsor s WHERE s.id = OLD.id FOR UPDATE NOWAIT;
	RETURN NEW;
EXCEPTION WHEN lock_not_available THEN
	RAISE EXCEPTION 'sponsor % is being worked on', OLD.id
		USING ERRCODE = 'lock_not_available',
			  DETAIL = 'It cannot move to another province while something is entered for it.',
			  HINT = 'Try again.';
END
$$;
COMMENT ON FUNCTION @registry@.lock_moved_sponsor() IS
	'Trigger: a sponsor that moves to another province is locked for a change of its key at once, or not at all';
CREATE TRIGGER lock_moved_sponsor BEFORE UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (NEW.province::text IS DISTINCT FROM OLD.province::text)
	EXECUTE FUNCTION @registry@.lock_moved_sponsor();
CREATE TRIGGER route_applications AFTER UPDATE OF account_id, province ON @registry@.sponsor
	FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id OR NEW.province_code <> OLD.province_code)
	EXECUTE FUNCTION @registry@.route_applications();

-- The three places (4 §3, §8(三)): the sponsor's bureau leads, the server's and the provider's help.
CREATE FUNCTION @registry@.bureaux_of_site(site_id bigint)
	RETURNS TABLE (place text, province_code smallint, provider_id bigint, leads boolean)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'sponsor'::text, t.province_code, NULL::bigint, true FROM @registry@.site t WHERE t.id = bureaux_of_site.site_id
	UNION ALL
	SELECT 'server'::text, icp.province_code(a.server_province), a.provider_id, false
	  FROM @registry@.access a
	 WHERE a.site_id = bureaux_of_site.site_id AND a.status <> 'cancelled' AND a.server_province IS NOT NULL
	UNION ALL
	SELECT 'provider'::text, p.province_code, a.provider_id, false
	  FROM @registry@.access a JOIN @registry@.provider p ON p.id = a.provider_id
	 WHERE a.site_id = bureaux_of_site.site_id AND a.status <> 'cancelled' AND p.province_code IS NOT NULL;
END
$$;
COMMENT ON FUNCTION @registry@.bureaux_of_site(bigint) IS
	'The bureaux with a say in a site: of the sponsor''s place, which leads, and of the places of each server and provider (4 §3, §8(三))';

CREATE FUNCTION @registry@.bureaux_of_application(application_id bigint)
	RETURNS TABLE (place text, province_code smallint, provider_id bigint, leads boolean)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'sponsor'::text, a.province_code, NULL::bigint, true
	  FROM @registry@.application a WHERE a.id = bureaux_of_application.application_id
	UNION
	SELECT b.place, b.province_code, b.provider_id, false
	  FROM @registry@.application a
	  JOIN @registry@.site t ON t.sponsor_id = a.sponsor_id AND t.id = coalesce(a.site_id, t.id)
	 CROSS JOIN LATERAL @registry@.bureaux_of_site(t.id) b
	 WHERE a.id = bureaux_of_application.application_id AND b.place <> 'sponsor'
	UNION
	SELECT 'provider'::text, p.province_code, p.id, false
	  FROM @registry@.application a JOIN @registry@.provider p ON p.id = a.provider_id
	 WHERE a.id = bureaux_of_application.application_id AND p.province_code IS NOT NULL;
END
$$;
COMMENT ON FUNCTION @registry@.bureaux_of_application(bigint) IS
	'The bureaux with a say in an application: of the sponsor''s place, which decides, and of the servers and providers of what it concerns';

CREATE FUNCTION @registry@.own_provinces() RETURNS smallint[]
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(m.province_code), '{}')
	  FROM @registry@.member m WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau';
END;
COMMENT ON FUNCTION @registry@.own_provinces() IS 'Provinces for whose bureau the acting role acts';

CREATE FUNCTION @registry@.lies_in(server_province icp.province, provider_id bigint, provinces smallint[]) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN icp.province_code(lies_in.server_province) = ANY (lies_in.provinces)
		OR EXISTS (SELECT FROM @registry@.provider p
					WHERE p.id = lies_in.provider_id AND p.province_code = ANY (lies_in.provinces));
END
$$;
COMMENT ON FUNCTION @registry@.lies_in(icp.province, bigint, smallint[]) IS
	'Is the server or the provider of an access in one of these provinces?';

CREATE FUNCTION @registry@.is_served_in(site_id bigint, provinces smallint[]) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (whoever may read may call it: of provinces that are not the asker's it says nothing)
	RETURN is_served_in.provinces <@ @registry@.own_provinces() AND EXISTS (
		SELECT FROM @registry@.access a JOIN @registry@.provider p ON p.id = a.provider_id
		 WHERE a.site_id = is_served_in.site_id AND a.status = 'live'
		   AND (p.province_code = ANY (is_served_in.provinces)
				OR icp.province_code(a.server_province) = ANY (is_served_in.provinces)));
END
$$;
COMMENT ON FUNCTION @registry@.is_served_in(bigint, smallint[]) IS
	'Has the site a live access whose server or provider is in one of these provinces, all of which are the acting role''s?';

-- (plpgsql keeps the plan from row to row; an SQL function that runs as its owner does not.)
-- Permissive policies add to those that go by the sponsor's province and account.  The array is made once a query.
CREATE POLICY access_see_place ON @registry@.access FOR SELECT USING (
	(SELECT @registry@.own_provinces() <> '{}')
	AND @registry@.lies_in(server_province, provider_id, (SELECT @registry@.own_provinces())));
CREATE POLICY site_see_place ON @registry@.site FOR SELECT USING (
	(SELECT @registry@.own_provinces() <> '{}')
	AND @registry@.is_served_in(id, (SELECT @registry@.own_provinces())));

CREATE VIEW @registry@.access_place WITH (security_barrier) AS
SELECT a.id, a.site_id, t.number, t.name, t.domains, s.id AS sponsor_id, s.number AS sponsor_number,
	   s.name AS sponsor_name, s.province AS sponsor_province, a.server_province, p.province AS provider_province,
	   a.provider_id, p.name AS provider, a.ips, a.mode, a.status, a.province_code
  FROM @registry@.access a
  JOIN @registry@.site t ON t.id = a.site_id
  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
  JOIN @registry@.provider p ON p.id = a.provider_id
 WHERE (SELECT @registry@.acts_nationwide())
	OR a.province_code = ANY ((SELECT @registry@.own_provinces())::smallint[])
	OR icp.province_code(a.server_province) = ANY ((SELECT @registry@.own_provinces())::smallint[])
	OR p.province_code = ANY ((SELECT @registry@.own_provinces())::smallint[]);
COMMENT ON VIEW @registry@.access_place IS
	'Accesses with their three places (4 §3), for the bureau of any of them; of the sponsor only name and number';
COMMENT ON COLUMN @registry@.access_place.id IS 'The access';
COMMENT ON COLUMN @registry@.access_place.site_id IS 'The site';
COMMENT ON COLUMN @registry@.access_place.number IS 'Its filing number';
COMMENT ON COLUMN @registry@.access_place.name IS 'Its name';
COMMENT ON COLUMN @registry@.access_place.domains IS 'Its domains';
COMMENT ON COLUMN @registry@.access_place.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.access_place.sponsor_number IS 'The sponsor''s number';
COMMENT ON COLUMN @registry@.access_place.sponsor_name IS 'The sponsor''s name';
COMMENT ON COLUMN @registry@.access_place.sponsor_province IS 'Place of the sponsor, whose bureau leads (4 §8(三))';
COMMENT ON COLUMN @registry@.access_place.server_province IS 'Place of the server, whose bureau gathers evidence (4 §8(三))';
COMMENT ON COLUMN @registry@.access_place.provider_province IS 'Place of the provider, whose bureau has the site closed (4 §8(三))';
COMMENT ON COLUMN @registry@.access_place.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.access_place.provider IS 'Its name';
COMMENT ON COLUMN @registry@.access_place.ips IS 'Addresses';
COMMENT ON COLUMN @registry@.access_place.mode IS 'Way of access';
COMMENT ON COLUMN @registry@.access_place.status IS 'draft, live or cancelled';
COMMENT ON COLUMN @registry@.access_place.province_code IS 'The sponsor''s province, GB/T 2260';

-- Row security of what party/party.sql and provider.sql made.
ALTER TABLE @registry@.provider ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_see ON @registry@.provider FOR SELECT USING (true);
CREATE POLICY provider_apply ON @registry@.provider FOR INSERT WITH CHECK (@registry@.supervises_provider(province_code));
CREATE POLICY provider_step ON @registry@.provider FOR UPDATE
	USING (@registry@.supervises_provider(province_code) OR @registry@.acts_for_provider(id));

ALTER TABLE @registry@.provider_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_history_see ON @registry@.provider_history FOR SELECT
	USING ((SELECT @registry@.acts_as_authority()) OR @registry@.acts_for_provider(provider_id));

CREATE FUNCTION @registry@.issues_licence(provider_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.provider p
					WHERE p.id = issues_licence.provider_id AND p.licence IS NOT NULL
					  AND @registry@.supervises_provider(icp.province_code(icp.province_of(p.licence))));
END;
COMMENT ON FUNCTION @registry@.issues_licence(bigint) IS
	'Does the acting role belong to who issued the provider''s licence: the bureau of its province, the ministry for 合字?';

ALTER TABLE @registry@.provider_officer ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_officer_see ON @registry@.provider_officer FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR (SELECT @registry@.acts_nationwide())
		   OR reported_at IS NOT NULL
			  AND (@registry@.supervises_provider(province_code) OR @registry@.issues_licence(provider_id)));
CREATE POLICY provider_officer_enter ON @registry@.provider_officer FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id));
CREATE POLICY provider_officer_change ON @registry@.provider_officer FOR UPDATE
	USING (@registry@.acts_for_provider(provider_id));

ALTER TABLE @registry@.provider_lease ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_lease_see ON @registry@.provider_lease FOR SELECT
	USING ((SELECT @registry@.acts_as_authority()) OR (@registry@.acts_for_provider(lessor_id) OR @registry@.acts_for_provider(lessee_id)));
CREATE POLICY provider_lease_enter ON @registry@.provider_lease FOR INSERT
	WITH CHECK (CASE WHEN is_violation THEN @registry@.supervises_provider(province_code)
				ELSE @registry@.acts_for_provider(lessor_id) END);
CREATE POLICY provider_lease_end ON @registry@.provider_lease FOR UPDATE
	USING (CASE WHEN is_violation THEN @registry@.supervises_provider(province_code)
		   ELSE @registry@.acts_for_provider(lessor_id) END);

-- What of it others may ask.
CREATE VIEW @registry@.open_provider WITH (security_barrier) AS
SELECT p.id, p.name, p.province, p.province_code, p.system_url, p.service_phone
  FROM @registry@.provider p WHERE p.admission = 'open';
COMMENT ON VIEW @registry@.open_provider IS
	'Providers through which a site can be filed, and where (自行备案导航, 1 三); public';
COMMENT ON COLUMN @registry@.open_provider.id IS 'The provider';
COMMENT ON COLUMN @registry@.open_provider.name IS 'Its name';
COMMENT ON COLUMN @registry@.open_provider.province IS 'Its province; NULL: nationwide';
COMMENT ON COLUMN @registry@.open_provider.province_code IS 'GB/T 2260 code of province';
COMMENT ON COLUMN @registry@.open_provider.system_url IS 'Its filing system';
COMMENT ON COLUMN @registry@.open_provider.service_phone IS 'Its telephone for customers (4 §12(十二))';

CREATE VIEW @registry@.overdue_officer_report WITH (security_barrier) AS
SELECT o.id, o.provider_id, p.name AS provider, o.province_code, o.duty, o.since, o.until, o.due_at, o.reported_at
  FROM @registry@.provider_officer o JOIN @registry@.provider p ON p.id = o.provider_id
 WHERE coalesce(o.reported_at, now()) >= o.due_at
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(o.province_code)
		OR @registry@.issues_licence(o.provider_id) OR @registry@.acts_for_provider(o.provider_id));
COMMENT ON VIEW @registry@.overdue_officer_report IS
	'Changes of a filing unit''s heads that were not reported within two working days (4 §12(一)), or were reported late';
COMMENT ON COLUMN @registry@.overdue_officer_report.id IS 'The row of provider_officer; the name stays there until it is reported';
COMMENT ON COLUMN @registry@.overdue_officer_report.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.overdue_officer_report.provider IS 'Its name';
COMMENT ON COLUMN @registry@.overdue_officer_report.province_code IS 'GB/T 2260 code of its province';
COMMENT ON COLUMN @registry@.overdue_officer_report.duty IS 'head or deputy';
COMMENT ON COLUMN @registry@.overdue_officer_report.since IS 'First day in the duty';
COMMENT ON COLUMN @registry@.overdue_officer_report.until IS 'Last day; NULL: still';
COMMENT ON COLUMN @registry@.overdue_officer_report.due_at IS 'When it was due';
COMMENT ON COLUMN @registry@.overdue_officer_report.reported_at IS 'When it came in; NULL: not yet';

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('key_provider_sites', '5000',
	 'A value-added provider with at least so many filed sites counts as a key provider (重点接入服务商, 5 二)');

CREATE VIEW @registry@.key_provider WITH (security_barrier) AS
SELECT p.id, p.name, p.province, p.province_code, p.class, p.is_key AS listed, coalesce(n.sites, 0) AS sites
  FROM @registry@.provider p
  LEFT JOIN (SELECT a.provider_id, count(*) AS sites
			   FROM @registry@.access a JOIN @registry@.site t ON t.id = a.site_id
			  WHERE a.status = 'live' AND t.status = 'filed'
			  GROUP BY a.provider_id) n ON n.provider_id = p.id
 WHERE (p.is_key OR p.class = 'basic_telecom'
		OR n.sites >= (SELECT s.value::bigint FROM @registry@.setting s WHERE s.name = 'key_provider_sites'))
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(p.province_code));
COMMENT ON VIEW @registry@.key_provider IS
	'Key providers (重点接入服务商, 5 二): those of the ministry''s list, basic telecoms, and whoever serves many filed sites';
COMMENT ON COLUMN @registry@.key_provider.id IS 'The provider';
COMMENT ON COLUMN @registry@.key_provider.name IS 'Its name';
COMMENT ON COLUMN @registry@.key_provider.province IS 'Its province';
COMMENT ON COLUMN @registry@.key_provider.province_code IS 'GB/T 2260 code of province';
COMMENT ON COLUMN @registry@.key_provider.class IS 'Its class';
COMMENT ON COLUMN @registry@.key_provider.listed IS 'It is on the ministry''s list (5 附件1)';
COMMENT ON COLUMN @registry@.key_provider.sites IS 'Filed sites with live access there';

CREATE VIEW @registry@.sublease_clearance WITH (security_barrier) AS
SELECT l.province_code, count(DISTINCT l.lessee_id) AS to_clear,
	   count(DISTINCT l.lessee_id) FILTER (
		   WHERE coalesce(l.until, 'infinity') >= (now() AT TIME ZONE 'Asia/Shanghai')::date) AS not_cleared
  FROM @registry@.provider_lease l
 WHERE l.is_violation
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(l.province_code))
 GROUP BY l.province_code;
COMMENT ON VIEW @registry@.sublease_clearance IS
	'Lower providers to be cleared of subleases (违规转租) and those not yet cleared, by their province (5 附件4(四), 附件6(二)4)';
COMMENT ON COLUMN @registry@.sublease_clearance.province_code IS 'GB/T 2260 code; NULL: nationwide providers';
COMMENT ON COLUMN @registry@.sublease_clearance.to_clear IS '需要被清理的下级接入服务商总量';
COMMENT ON COLUMN @registry@.sublease_clearance.not_cleared IS '尚未被清理的下级接入服务商数量';
