-- What approvals do: the department's opinion at the bureau's approval, false and expired ones, and what a department sees.

CREATE FUNCTION @registry@.require_approvals() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	always	boolean := @registry@.setting('approval_opinion') IS NOT DISTINCT FROM 'always';
	on_day	date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	missing	text;
	waiting	text;
BEGIN
	IF @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	-- Nobody gives another opinion between the test and the approval.
	PERFORM FROM @registry@.prior_approval p WHERE p.sponsor_id = NEW.sponsor_id ORDER BY p.id FOR SHARE;
	SELECT string_agg(p, '; ') INTO missing FROM @registry@.approval_problems(NEW.id) p;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'application % lacks an approval (前置或专项审批) and cannot be approved', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = missing || '.',
				  HINT = 'Return it (4 §20(四)), or have the document shown in @registry@.prior_approval.';
	END IF;
	SELECT string_agg(format('%s, document %s: %s', @registry@.approval_name(p.kind), p.id, p.state), '; ' ORDER BY p.id)
	  INTO waiting
	  FROM @registry@.shown_approvals(NEW.sponsor_id, NEW.site_id, on_day) p
	 WHERE p.state = 'asked'
		OR always AND p.state = 'claimed'
		   AND NOT EXISTS (SELECT FROM @registry@.shown_approvals(NEW.sponsor_id, NEW.site_id, on_day) o
							WHERE o.kind = p.kind AND o.state = 'agreed');
	IF waiting IS NOT NULL THEN
		RAISE EXCEPTION 'application % waits for the opinion (核验意见) of an approving department', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = waiting || '.',
				  HINT = 'The department agrees or refuses in @registry@.prior_approval (4 §17, §20(三)).';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_approvals() IS
	'Trigger: a bureau approves only what shows its approvals, and when the departments that were asked have agreed (4 §20)';

CREATE TRIGGER a_require_approvals AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state = 'approved'
					   AND NEW.kind IN (@kinds:asks_approvals@))
	EXECUTE FUNCTION @registry@.require_approvals();

CREATE FUNCTION @registry@.declare_false_approval(prior_approval_id bigint, why text)
	RETURNS TABLE (site_id bigint, outcome text)
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	false_one	@registry@.prior_approval;
	hit			record;
	returned	bigint;
BEGIN
	SELECT * INTO false_one FROM @registry@.prior_approval p WHERE p.id = prior_approval_id;
	IF FOUND AND @registry@.acts_as_bureau(false_one.province_code) THEN
		-- before the document and the first event, in the order of locks
		PERFORM FROM @registry@.application a
		  WHERE a.sponsor_id = false_one.sponsor_id AND a.site_id = coalesce(false_one.site_id, a.site_id)
			AND a.state IN (@states:in_review@) AND a.kind IN (@kinds:asks_approvals@)
		  ORDER BY a.id FOR NO KEY UPDATE;
		PERFORM @registry@.lock_sites(ARRAY(
			SELECT t.id FROM @registry@.site t
			 WHERE t.sponsor_id = false_one.sponsor_id AND t.id = coalesce(false_one.site_id, t.id) AND t.status = 'filed'));
	END IF;
	SELECT * INTO false_one FROM @registry@.prior_approval p WHERE p.id = prior_approval_id FOR UPDATE;
	IF NOT FOUND OR NOT @registry@.acts_as_bureau(false_one.province_code) THEN
		RAISE EXCEPTION 'approval % does not exist, or is not yours to declare false', prior_approval_id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'The bureau (通信管理局) of the sponsor''s province does (4 §20(四)).';
	ELSIF coalesce(btrim(why), '') = '' THEN
		RAISE EXCEPTION 'declaring approval % false needs a reason (原因)', prior_approval_id
			USING ERRCODE = 'check_violation';
	ELSIF false_one.state <> 'refused' THEN
		RAISE EXCEPTION 'approval % has not been refused by its department', prior_approval_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s.', false_one.state),
				  HINT = 'The bureau acts on the department''s opinion (核验意见, 4 §20(四)).';
	ELSIF false_one.declared_false_at IS NOT NULL THEN
		RAISE EXCEPTION 'approval % has been declared false', prior_approval_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	UPDATE @registry@.prior_approval p SET declared_false_at = now(), declared_false_by = @registry@.acting_user()
	 WHERE p.id = prior_approval_id;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason, new_values)
	VALUES (@registry@.acting_user(), 'approval_false', false_one.application_id, false_one.sponsor_id, false_one.site_id,
			false_one.province_code, why, jsonb_build_object('approval', false_one.id, 'kind', false_one.kind));

	-- One for all sites takes those with it that need its kind and have no other.
	FOR hit IN
		SELECT t.id, t.status
		  FROM @registry@.site t JOIN @registry@.sponsor s ON s.id = t.sponsor_id
		 WHERE t.sponsor_id = false_one.sponsor_id AND t.status IN ('draft', 'filed')
		   AND (t.id = false_one.site_id
				OR false_one.site_id IS NULL
				   AND EXISTS (SELECT FROM @registry@.missing_approvals(to_jsonb(s), to_jsonb(t),
																		(now() AT TIME ZONE 'Asia/Shanghai')::date)))
		 ORDER BY t.id
	LOOP
		site_id := hit.id;
		UPDATE @registry@.application a SET state = 'returned', reason = why
		 WHERE a.site_id = hit.id AND a.state IN (@states:in_review@)
		   AND a.kind IN (@kinds:asks_approvals@);
		GET DIAGNOSTICS returned = ROW_COUNT;
		IF returned > 0 THEN
			outcome := 'returned';
			RETURN NEXT;
		END IF;
		IF hit.status = 'filed' THEN
			PERFORM @registry@.cancel_site(hit.id, why);
			outcome := 'cancelled';
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.declare_false_approval(bigint, text) IS
	'By the bureau, on the department''s refusal: the filing that rests on a false approval is cancelled, an application under review returned (4 §20(四)); one row a site, cancelled or returned';

CREATE FUNCTION @registry@.approval_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	today	date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	over	record;
	handled	bigint := 0;
BEGIN
	FOR over IN
		SELECT p.id, p.sponsor_id, p.site_id, p.kind, p.number, p.valid_to,
			   @registry@.filing_ended_at(p.sponsor_id, p.site_id) IS NULL AS lives
		  FROM @registry@.prior_approval p
		 WHERE p.valid_to < today AND p.expiry_told_at IS NULL AND p.declared_false_at IS NULL
		 ORDER BY p.valid_to, p.id
		   FOR UPDATE SKIP LOCKED
	LOOP
		UPDATE @registry@.prior_approval p SET expiry_told_at = now() WHERE p.id = over.id;
		IF over.lives THEN
			PERFORM @registry@.send_notice('approval_expired', NULL, NULL,
				jsonb_build_object('sponsor_id', over.sponsor_id, 'site_id', over.site_id,
								   'approval', @registry@.approval_name(over.kind), 'number', over.number,
								   'valid_to', over.valid_to));
			handled := handled + 1;
		END IF;
	END LOOP;
	RETURN handled;
END
$$;
COMMENT ON FUNCTION @registry@.approval_clock() IS
	'Tells of approvals whose term is over, each once (notice approval_expired), and returns how many; several may run it at once';

-- What a department sees of the filings of its field: neither credentials nor contacts.
CREATE VIEW @registry@.approval_case WITH (security_barrier) AS
SELECT p.id AS approval_id, p.kind, p.number, p.authority, p.valid_from, p.valid_to, p.document_sha256, p.document_at,
	   p.state, p.asked_at, p.opinion, p.opinion_at, p.declared_false_at, p.province_code,
	   s.name AS sponsor_name, s.nature AS sponsor_nature, s.number AS sponsor_number,
	   t.id AS site_id, t.name AS site_name, t.kind AS site_kind, t.domains, t.homepage, t.number AS site_number,
	   t.status AS site_status
  FROM @registry@.prior_approval p
  JOIN @registry@.sponsor s ON s.id = p.sponsor_id
  LEFT JOIN @registry@.site t ON t.sponsor_id = p.sponsor_id AND t.id = coalesce(p.site_id, t.id)
 WHERE @registry@.acts_as_approver(p.kind, p.province_code) OR (SELECT @registry@.acts_nationwide())
	OR @registry@.may_see(s.province_code, s.account_id);
COMMENT ON VIEW @registry@.approval_case IS
	'Filings that rest on an approval, as the approving department of the field sees them (4 §17, §20(三))';
COMMENT ON COLUMN @registry@.approval_case.approval_id IS 'The approval, see prior_approval';
COMMENT ON COLUMN @registry@.approval_case.kind IS 'Its kind';
COMMENT ON COLUMN @registry@.approval_case.number IS 'Number of the document';
COMMENT ON COLUMN @registry@.approval_case.authority IS 'Who gave it';
COMMENT ON COLUMN @registry@.approval_case.valid_from IS 'First day';
COMMENT ON COLUMN @registry@.approval_case.valid_to IS 'Last day';
COMMENT ON COLUMN @registry@.approval_case.document_sha256 IS 'SHA-256 of the copy';
COMMENT ON COLUMN @registry@.approval_case.document_at IS 'Where the provider keeps the copy';
COMMENT ON COLUMN @registry@.approval_case.state IS 'claimed, asked, agreed or refused';
COMMENT ON COLUMN @registry@.approval_case.asked_at IS 'When the department was asked';
COMMENT ON COLUMN @registry@.approval_case.opinion IS 'What the department said';
COMMENT ON COLUMN @registry@.approval_case.opinion_at IS 'When';
COMMENT ON COLUMN @registry@.approval_case.declared_false_at IS 'When the bureau acted on a refusal';
COMMENT ON COLUMN @registry@.approval_case.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.approval_case.sponsor_name IS 'Name of the sponsor';
COMMENT ON COLUMN @registry@.approval_case.sponsor_nature IS 'Nature of the sponsor';
COMMENT ON COLUMN @registry@.approval_case.sponsor_number IS 'Its filing number';
COMMENT ON COLUMN @registry@.approval_case.site_id IS 'The site; each of the sponsor''s where the approval is for all';
COMMENT ON COLUMN @registry@.approval_case.site_name IS 'Its name';
COMMENT ON COLUMN @registry@.approval_case.site_kind IS 'site, app, mini_program or quick_app';
COMMENT ON COLUMN @registry@.approval_case.domains IS 'Its domains';
COMMENT ON COLUMN @registry@.approval_case.homepage IS 'Its home page';
COMMENT ON COLUMN @registry@.approval_case.site_number IS 'Its filing number';
COMMENT ON COLUMN @registry@.approval_case.site_status IS 'draft, filed, cancelled or withdrawn';

CREATE VIEW @registry@.retention_due WITH (security_barrier) AS
SELECT e.evidence, e.id, e.sponsor_id, e.site_id, e.provider_id, e.province_code, e.ended_at,
	   @registry@.retention_until(e.ended_at) AS kept_until
  FROM (SELECT 'verification'::text AS evidence, v.id, v.sponsor_id, v.site_id, v.provider_id, v.province_code,
			   @registry@.filing_ended_at(v.sponsor_id, v.site_id) AS ended_at
		  FROM @registry@.verification v
		UNION ALL
		SELECT 'prior_approval'::text, p.id, p.sponsor_id, p.site_id, a.provider_id, p.province_code,
			   @registry@.filing_ended_at(p.sponsor_id, p.site_id)
		  FROM @registry@.prior_approval p
		  JOIN @registry@.sponsor s ON s.id = p.sponsor_id
		  JOIN @registry@.account a ON a.id = s.account_id) e
 WHERE @registry@.retention_until(e.ended_at) <= now()
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_for_provider(e.provider_id)
		OR @registry@.acts_as_bureau(e.province_code));
COMMENT ON VIEW @registry@.retention_due IS
	'Evidence that has been kept for its time after the filing ended, and may be deleted (2 三(一)4, 4 §12(七))';
COMMENT ON COLUMN @registry@.retention_due.evidence IS 'Its table: verification or prior_approval';
COMMENT ON COLUMN @registry@.retention_due.id IS 'Its id there';
COMMENT ON COLUMN @registry@.retention_due.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.retention_due.site_id IS 'The site';
COMMENT ON COLUMN @registry@.retention_due.provider_id IS 'The provider that keeps it';
COMMENT ON COLUMN @registry@.retention_due.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.retention_due.ended_at IS 'When the filing ended';
COMMENT ON COLUMN @registry@.retention_due.kept_until IS 'Until when it had to be kept';
