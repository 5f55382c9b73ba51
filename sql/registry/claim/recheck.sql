-- Settling a conflict, and looking again at what has stood in conflict (3 Q17).

-- The release of a contact to the rejected side is what 3 Q17 asks for; the event says whose it was.
CREATE FUNCTION @registry@.settlement_reason(settlement text, cause text, contact text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN settlement LIKE 'reject%'
				THEN nullif(btrim(cause), '') || '；对方联系方式：' || nullif(btrim(contact), '')
				ELSE btrim(cause) END;
END;
COMMENT ON FUNCTION @registry@.settlement_reason(text, text, text) IS
	'A reason of its parts: a rejection holds the cause and the other side''s contact (3 Q17); NULL where one is missing';

CREATE FUNCTION @registry@.settle_conflict() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	on_left			boolean := NEW.settlement LIKE E'%\\_left';
	side			text := CASE WHEN on_left THEN 'left' ELSE 'right' END;
	-- whom the settlement is against
	loser_holder	regclass := CASE WHEN on_left THEN OLD.left_holder ELSE OLD.right_holder END;
	loser_id		bigint := CASE WHEN on_left THEN OLD.left_holder_id ELSE OLD.right_holder_id END;
	loser_province	smallint := CASE WHEN on_left THEN OLD.left_province_code ELSE OLD.right_province_code END;
	is_filed		boolean := CASE WHEN on_left THEN OLD.left_approved ELSE OLD.right_approved END;
	in_parts		boolean := NEW.cause IS DISTINCT FROM OLD.cause OR NEW.contact IS NOT NULL;
	the_reason		text;
	applications	bigint[];
	losers			bigint[] := '{}';
BEGIN
	IF NOT @registry@.acts_as_bureau(OLD.left_province_code, OLD.right_province_code) THEN
		RAISE EXCEPTION 'role "%" may not settle conflict %', @registry@.acting_user(), OLD.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'A conflict is settled by the bureau (通信管理局) of one of the two sponsors'' provinces.';
	END IF;
	IF OLD.state <> 'open' THEN
		RAISE EXCEPTION 'conflict % is not open', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', OLD.state);
	END IF;
	IF NEW.settlement IS NULL
	   OR NEW.settlement NOT IN ('reject_left', 'reject_right', 'revoke_left', 'revoke_right', 'accept_both') THEN
		RAISE EXCEPTION 'settlement of conflict % must be reject_left, reject_right, revoke_left, revoke_right or accept_both', OLD.id
			USING ERRCODE = 'check_violation';
	END IF;
	the_reason := NEW.reason;
	IF in_parts AND coalesce(btrim(the_reason), '') = '' THEN
		the_reason := @registry@.settlement_reason(NEW.settlement, NEW.cause, coalesce(nullif(btrim(NEW.contact), ''),
			CASE WHEN on_left THEN OLD.right_contact ELSE OLD.left_contact END));
	END IF;
	IF coalesce(btrim(the_reason), '') = '' THEN
		RAISE EXCEPTION 'settlement of conflict % needs a reason', OLD.id
			USING ERRCODE = 'check_violation', HINT = 'State the cause and a contact (3 Q17).';
	END IF;
	IF NEW.settlement = 'accept_both' AND OLD.kind = 'domain' THEN
		RAISE EXCEPTION 'domain % cannot be accepted for both sides', OLD.key
			USING ERRCODE = 'check_violation', DETAIL = 'A domain has one live approved holder.';
	END IF;
	IF NEW.settlement LIKE 'reject%' AND is_filed THEN
		RAISE EXCEPTION 'the % side of conflict % is filed and cannot be rejected', side, OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Both would stay filed with one key.',
				  HINT = format('Use revoke_%s (撤销), which cancels it (4 §22(三)).', side);
	END IF;
	IF NEW.settlement LIKE 'revoke%' THEN
		IF NOT is_filed OR loser_holder NOT IN ('@registry@.site'::regclass, '@registry@.sponsor'::regclass) THEN
			RAISE EXCEPTION 'the % side of conflict % is not filed and cannot be revoked (撤销)', side, OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('Use reject_%s.', side);
		END IF;
		-- a filed record is its own bureau's (4 §22(三))
		IF NOT @registry@.acts_as_bureau(loser_province) THEN
			RAISE EXCEPTION 'role "%" may not revoke (撤销) the % side of conflict %', @registry@.acting_user(), side, OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = 'A filed record is revoked by the bureau (通信管理局) of its own province.';
		END IF;
	END IF;

	-- Whoever settles locks the applications in the order of their ids, and writes the events of the two sides in that
	-- order, so that no two wait for each other: an event locks the log of its application or its sponsor.  (What else is
	-- applied for of a record that is revoked is locked too: an approval has its application before the record.)
	applications := ARRAY(
		SELECT @registry@.applications_of_holder(OLD.left_holder, OLD.left_holder_id)
		UNION SELECT @registry@.applications_of_holder(OLD.right_holder, OLD.right_holder_id));
	PERFORM FROM @registry@.application a
	  WHERE a.id = ANY (applications || CASE WHEN NEW.settlement LIKE 'revoke%' THEN ARRAY(
						SELECT b.id FROM @registry@.application b
						 WHERE b.site_id = loser_id AND loser_holder = '@registry@.site'::regclass
							OR b.sponsor_id = loser_id AND loser_holder = '@registry@.sponsor'::regclass) END)
		AND NOT EXISTS (SELECT FROM icp.state s WHERE s.code = a.state AND s.is_final)
		 OR a.id IN (OLD.left_application, OLD.right_application)
	  ORDER BY a.id FOR NO KEY UPDATE;
	IF NEW.settlement LIKE 'revoke%' AND loser_holder = '@registry@.site'::regclass THEN
		PERFORM @registry@.lock_sites(ARRAY[loser_id]);		-- before its log, as an approval does
	ELSIF NEW.settlement LIKE 'revoke%' THEN
		PERFORM @registry@.lock_sponsor(loser_id);
	END IF;

	INSERT INTO @registry@.conflict_settlement (left_claim, right_claim, settlement, reason, cause, contact, settled_by,
												province_code)
	VALUES (OLD.left_claim, OLD.right_claim, NEW.settlement, the_reason, CASE WHEN in_parts THEN NEW.cause END, NEW.contact,
			@registry@.acting_user(), OLD.right_province_code)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'conflict % is not open', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It has just been settled by somebody else.';
	END IF;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, province_code, reason, new_values)
	SELECT @registry@.acting_user(), 'settle_conflict', side.application, side.sponsor, side.province_code, the_reason,
		   jsonb_build_object('conflict', OLD.id, 'kind', OLD.kind, 'key', OLD.key, 'settlement', NEW.settlement)
		   || CASE WHEN side.told_of IS NULL THEN '{}' ELSE jsonb_build_object('contact_of_account', side.told_of) END
	  FROM (VALUES (OLD.left_application, OLD.left_sponsor, OLD.left_province_code,
					CASE NEW.settlement WHEN 'reject_left' THEN OLD.right_account END),
				   (OLD.right_application, OLD.right_sponsor, OLD.right_province_code,
					CASE NEW.settlement WHEN 'reject_right' THEN OLD.left_account END))
		   AS side (application, sponsor, province_code, told_of)
	 ORDER BY side.application, side.sponsor;

	IF NEW.settlement LIKE 'reject%' THEN
		losers := ARRAY(SELECT @registry@.applications_of_holder(loser_holder, loser_id));
		UPDATE @registry@.application a SET state = 'returned', reason = the_reason
		 WHERE a.id = ANY (losers) AND a.state IN (@states:in_review@);
	ELSIF NEW.settlement LIKE 'revoke%' THEN
		PERFORM @registry@.recheck_rivals(@registry@.revoke_holder(loser_holder, loser_id, the_reason));
		PERFORM @registry@.send_notice('conflict_revoked', told.application, 'sponsor',
									   jsonb_build_object('cause', NEW.cause, 'reason', the_reason))
		   FROM (VALUES (CASE WHEN on_left THEN OLD.left_application ELSE OLD.right_application END)) AS told(application)
		  WHERE told.application IS NOT NULL;
	END IF;
	UPDATE @registry@.application a SET state = 'reviewing'
	 WHERE a.id = ANY (applications) AND a.id <> ALL (losers) AND a.state = 'conflicted'
	   AND NOT EXISTS (SELECT FROM @registry@.blocking_conflicts(a.id));

	NEW.reason := the_reason;
	NEW.settled_by := @registry@.acting_user();
	NEW.settled_at := now();
	NEW.state := 'settled';
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.settle_conflict() IS
	'Trigger on view conflict: settles one; the rejected side''s applications are returned, the revoked record is cancelled, and whose way is free goes on to review (3 Q17)';
CREATE TRIGGER settle_conflict INSTEAD OF UPDATE ON @registry@.conflict
	FOR EACH ROW EXECUTE FUNCTION @registry@.settle_conflict();

CREATE FUNCTION @registry@.revoke_holder(holder regclass, holder_id bigint, why text) RETURNS bigint[]
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	claims	bigint[];
BEGIN
	claims := ARRAY(
		SELECT c.id FROM @registry@.claim c
		 WHERE c.holder = revoke_holder.holder AND c.holder_id = revoke_holder.holder_id AND c.released_at IS NULL
		UNION ALL
		SELECT c.id FROM @registry@.site t JOIN @registry@.claim c ON c.holder_id = t.id
		 WHERE revoke_holder.holder = '@registry@.sponsor'::regclass AND t.sponsor_id = revoke_holder.holder_id
		   AND c.holder = '@registry@.site'::regclass AND c.released_at IS NULL);
	IF holder = '@registry@.site'::regclass THEN
		PERFORM @registry@.cancel_site(holder_id, why);
	ELSE
		PERFORM @registry@.cancel_sponsor(holder_id, why);
	END IF;
	RETURN claims;
END
$$;
COMMENT ON FUNCTION @registry@.revoke_holder(regclass, bigint, text) IS
	'Cancels a filed site, or sponsor with its sites, that was filed by who had no right to the name (恶意抢注, 3 Q17); returns the claims it held';

-- Detection set-wise: all that stands in conflict is asked at once.  A row that another transaction is at is passed over
-- (it will be asked again), so that any number of these may run side by side.
CREATE FUNCTION @registry@.recheck_applications(applications bigint[]) RETURNS SETOF bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	WITH candidate AS MATERIALIZED (
		SELECT a.id FROM @registry@.application a
		 WHERE a.id = ANY (applications) AND a.state = 'conflicted'
		 ORDER BY a.id FOR NO KEY UPDATE SKIP LOCKED)
	UPDATE @registry@.application a SET state = 'reviewing'
	  FROM candidate c
	 WHERE a.id = c.id AND a.state = 'conflicted'
	   AND NOT EXISTS (SELECT FROM @registry@.blocking_conflicts(a.id))
	RETURNING a.id;
END;
COMMENT ON FUNCTION @registry@.recheck_applications(bigint[]) IS
	'Those of these applications in conflict against which nothing stands any more go on to review; returns their ids';

CREATE FUNCTION @registry@.recheck_rivals(claims bigint[]) RETURNS SETOF bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.recheck_applications(ARRAY(
		SELECT DISTINCT x.application
		  FROM (SELECT e.rival_holder_id, e.rival_id
				  FROM @registry@.claim c JOIN @registry@.claim_edge e ON e.claim_holder_id = c.holder_id AND e.claim_id = c.id
				 WHERE c.id = ANY (claims)
				UNION
				SELECT e.claim_holder_id, e.claim_id
				  FROM @registry@.claim c JOIN @registry@.claim_edge e ON e.rival_holder_id = c.holder_id AND e.rival_id = c.id
				 WHERE c.id = ANY (claims)) r (holder_id, id)
		  JOIN @registry@.claim o ON o.holder_id = r.holder_id AND o.id = r.id AND o.released_at IS NULL
		 CROSS JOIN LATERAL @registry@.applications_of_holder(o.holder, o.holder_id) AS x(application)));
END;
COMMENT ON FUNCTION @registry@.recheck_rivals(bigint[]) IS
	'recheck_applications for those who stood in conflict with these claims';

CREATE FUNCTION @registry@.recheck_conflicts(application_id bigint DEFAULT NULL) RETURNS SETOF bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	everywhere	boolean := @registry@.acts_as_bureau(VARIADIC '{}') OR EXISTS (
		SELECT FROM @registry@.member m WHERE m.role_name = @registry@.acting_user() AND m.role = 'system');
BEGIN
	IF application_id IS NOT NULL AND NOT everywhere
	   AND NOT EXISTS (SELECT FROM @registry@.application a
						WHERE a.id = recheck_conflicts.application_id AND @registry@.acts_as_bureau(a.province_code)) THEN
		RAISE EXCEPTION 'role "%" may not recheck application %', @registry@.acting_user(), application_id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'It is the business of the bureau (通信管理局) of the sponsor''s province.';
	END IF;
	RETURN QUERY SELECT @registry@.recheck_applications(ARRAY(
		SELECT a.id FROM @registry@.application a
		 WHERE a.state = 'conflicted'
		   AND (recheck_conflicts.application_id IS NULL OR a.id = recheck_conflicts.application_id)
		   AND (everywhere OR a.province_code IN (SELECT m.province_code FROM @registry@.member m
												   WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau'))));
END
$$;
COMMENT ON FUNCTION @registry@.recheck_conflicts(bigint) IS
	'After a revocation or a withdrawal: one application in conflict, or all of the caller''s province, against which nothing stands any more go on to review; returns their ids. Safe to run side by side';

-- A change that is applied hands its claims to the record that it changes, and with them what was settled about them.
-- (The record's claim is the latest of the pair, so it stands on the right.)
CREATE FUNCTION @registry@.keep_settlements() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.conflict_settlement (left_claim, right_claim, settlement, reason, cause, contact, settled_by,
												settled_at, province_code)
	SELECT CASE o.id WHEN s.left_claim THEN s.right_claim ELSE s.left_claim END, n.id,
		   CASE WHEN o.id = s.right_claim THEN s.settlement
				ELSE CASE s.settlement
					 WHEN 'reject_left' THEN 'reject_right' WHEN 'reject_right' THEN 'reject_left'
					 WHEN 'revoke_left' THEN 'revoke_right' WHEN 'revoke_right' THEN 'revoke_left'
					 ELSE s.settlement END END,
		   s.reason, s.cause, s.contact, s.settled_by, s.settled_at, s.province_code
	  FROM @registry@.claim_application a
	  JOIN @registry@.claim o ON o.holder_id = a.holder_id AND o.holder = a.holder
	  JOIN @registry@.conflict_settlement s ON o.id IN (s.left_claim, s.right_claim)
	  JOIN @registry@.claim n ON n.kind = o.kind AND n.key = o.key AND n.released_at IS NULL AND n.id > o.id
	   AND n.holder_id = a.record_id AND n.holder = a.record_holder
	 WHERE a.application = NEW.id AND a.record_id IS NOT NULL
	   AND n.id > greatest(s.left_claim, s.right_claim)
	ON CONFLICT DO NOTHING;
	-- nobody asks for their keys any more
	PERFORM @registry@.forget_claims_of('@registry@.sponsor_change', ARRAY[NEW.id]);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.keep_settlements() IS
	'Trigger: the settlements of an applied change''s claims hold for the record''s claims too; then persons'' digests go';
CREATE TRIGGER d_keep_settlements AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state = 'approved' AND NEW.state IS DISTINCT FROM OLD.state AND NEW.kind IN (@kinds:act = 'change'@))
	EXECUTE FUNCTION @registry@.keep_settlements();

-- Both sides are told that there is a conflict, the applicant also about what; whom with, the bureau tells in its reason
-- (3 Q17).  A draft on the other side will hear of it when it is reported itself.
CREATE FUNCTION @registry@.tell_conflict() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	causes	text;
	rivals	bigint[];
BEGIN
	SELECT string_agg(DISTINCT CASE c.kind WHEN 'domain' THEN '域名' WHEN 'homepage' THEN '首页网址'
							   WHEN 'sponsor_name' THEN '主办单位名称' ELSE c.kind END || ' ' || c.key, '；'),
		   array_agg(DISTINCT r.sponsor) FILTER (
				WHERE r.approved OR EXISTS (
					SELECT FROM @registry@.applications_of_holder(c.rival_holder, c.rival_holder_id) AS x(id)
					  JOIN @registry@.application o ON o.id = x.id AND o.state IN ('conflicted', 'sms', 'reviewing')))
	  INTO causes, rivals
	  FROM @registry@.blocking_conflicts(NEW.id) c
	  LEFT JOIN @registry@.claim_holder r ON r.holder_id = c.rival_holder_id AND r.id = c.rival_id;
	PERFORM @registry@.send_notice('conflict_found', NEW.id, 'sponsor', jsonb_build_object('cause', coalesce(causes, '')));
	PERFORM @registry@.send_notice('conflict_found', NEW.id, 'rival', jsonb_build_object('sponsor_id', rival))
	   FROM unnest(rivals) rival WHERE rival IS NOT NULL;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.tell_conflict() IS
	'Trigger: tells the applicant, and who is filed or under review on the other side, that there is a conflict (3 Q17)';
CREATE TRIGGER e_tell_conflict AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state = 'conflicted' AND NEW.state IS DISTINCT FROM OLD.state)
	EXECUTE FUNCTION @registry@.tell_conflict();
