-- Detection on the registry's own tables, the view of conflicts, and their settlement.

CREATE TRIGGER claim_domain_insert AFTER INSERT ON @registry@.site
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_domain_update AFTER UPDATE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_domain_delete AFTER DELETE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');

CREATE TRIGGER claim_homepage_insert AFTER INSERT ON @registry@.site
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_homepage_update AFTER UPDATE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_homepage_delete AFTER DELETE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');

CREATE TRIGGER claim_sponsor_name_insert AFTER INSERT ON @registry@.sponsor
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_sponsor_name_update AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_sponsor_name_delete AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');

CREATE FUNCTION @registry@.refuse_truncate() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'table "%" cannot be truncated', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = 'The claims of its rows would stay behind.',
			  HINT = 'Use DELETE.';
END
$$;
COMMENT ON FUNCTION @registry@.refuse_truncate() IS 'Trigger: refuses TRUNCATE of a table whose rows hold claims';
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.sponsor
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.site
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();

CREATE FUNCTION @registry@.acts_as_bureau(VARIADIC province_codes smallint[]) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau'
					  AND m.province_code = ANY (province_codes))
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.acts_as_bureau(smallint[]) IS
	'Does the acting role belong to a bureau of one of these provinces, or to the registry''s owner?';

CREATE FUNCTION @registry@.sees_all_conflicts() RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role IN ('ministry', 'system'))
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.sees_all_conflicts() IS
	'Does the acting role see the conflicts of every province? The registry''s owner and the ministry do; a bureau sees those with a side in its own';

-- The pair of claims behind each edge, once: of several edges between two claims, in either direction, the earliest
-- counts.  (One is visible as soon as both claims are, since it was written in the transaction of one of them.)
-- A view runs as its owner, past row security, so it says itself whose rows it shows.
CREATE VIEW @registry@.conflict WITH (security_barrier) AS
SELECT e.id,
	   l.kind,
	   l.key,
	   (SELECT max(a.id) FROM @registry@.application a
		 WHERE CASE l.holder WHEN '@registry@.site'::regclass THEN a.site_id = l.holder_id
							 WHEN '@registry@.sponsor'::regclass THEN a.sponsor_id = l.holder_id END)
	   AS left_application,
	   CASE l.holder WHEN '@registry@.sponsor'::regclass THEN l.holder_id
					 WHEN '@registry@.site'::regclass
					 THEN (SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = l.holder_id) END
	   AS left_sponsor,
	   (SELECT max(a.id) FROM @registry@.application a
		 WHERE CASE r.holder WHEN '@registry@.site'::regclass THEN a.site_id = r.holder_id
							 WHEN '@registry@.sponsor'::regclass THEN a.sponsor_id = r.holder_id END)
	   AS right_application,
	   CASE r.holder WHEN '@registry@.sponsor'::regclass THEN r.holder_id
					 WHEN '@registry@.site'::regclass
					 THEN (SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = r.holder_id) END
	   AS right_sponsor,
	   CASE WHEN s.settled_at IS NOT NULL THEN 'settled'
			WHEN l.released_at IS NOT NULL OR r.released_at IS NOT NULL THEN 'withdrawn'
			ELSE 'open' END
	   AS state,
	   s.settled_by,
	   s.settled_at,
	   s.settlement,
	   s.reason,
	   e.detected_at,
	   l.id AS left_claim,
	   l.holder AS left_holder,
	   l.holder_id AS left_holder_id,
	   l.account_id AS left_account,
	   l.province_code AS left_province_code,
	   l.approved AS left_approved,
	   r.id AS right_claim,
	   r.holder AS right_holder,
	   r.holder_id AS right_holder_id,
	   r.account_id AS right_account,
	   r.province_code AS right_province_code,
	   r.approved AS right_approved
  FROM (SELECT d.id, d.detected_at,
			   least(d.claim_id, d.rival_id) AS left_claim,
			   CASE WHEN d.claim_id < d.rival_id THEN d.claim_holder_id ELSE d.rival_holder_id END AS left_holder_id,
			   greatest(d.claim_id, d.rival_id) AS right_claim,
			   CASE WHEN d.claim_id < d.rival_id THEN d.rival_holder_id ELSE d.claim_holder_id END AS right_holder_id
		  FROM @registry@.claim_edge d
		 WHERE NOT EXISTS (SELECT FROM @registry@.claim_edge back
							WHERE back.claim_holder_id = d.rival_holder_id AND back.claim_id = d.rival_id
							  AND back.rival_holder_id = d.claim_holder_id AND back.rival_id = d.claim_id
							  AND back.id < d.id)
		   AND NOT EXISTS (SELECT FROM @registry@.claim_edge again
							WHERE again.claim_holder_id = d.claim_holder_id AND again.claim_id = d.claim_id
							  AND again.rival_holder_id = d.rival_holder_id AND again.rival_id = d.rival_id
							  AND again.id < d.id)) e
  JOIN @registry@.claim l ON l.holder_id = e.left_holder_id AND l.id = e.left_claim
  JOIN @registry@.claim r ON r.holder_id = e.right_holder_id AND r.id = e.right_claim
  LEFT JOIN @registry@.conflict_settlement s ON s.left_claim = l.id AND s.right_claim = r.id
 WHERE (SELECT @registry@.sees_all_conflicts()) OR @registry@.acts_as_bureau(l.province_code, r.province_code);
COMMENT ON VIEW @registry@.conflict IS
	'Conflicts (备案冲突, 3 Q17): pairs of claims of one key by different accounts. A bureau settles one with UPDATE ... SET settlement, reason';
COMMENT ON COLUMN @registry@.conflict.id IS 'Names the conflict';
COMMENT ON COLUMN @registry@.conflict.kind IS 'What is claimed: domain, homepage or sponsor_name';
COMMENT ON COLUMN @registry@.conflict.key IS 'The key that both sides claim';
COMMENT ON COLUMN @registry@.conflict.left_application IS 'Latest application of the earlier claim''s holder';
COMMENT ON COLUMN @registry@.conflict.left_sponsor IS 'Sponsor of the earlier claim';
COMMENT ON COLUMN @registry@.conflict.right_application IS 'Latest application of the later claim''s holder';
COMMENT ON COLUMN @registry@.conflict.right_sponsor IS 'Sponsor of the later claim';
COMMENT ON COLUMN @registry@.conflict.state IS
	'open; settled by a bureau; withdrawn because a side gave up its claim';
COMMENT ON COLUMN @registry@.conflict.settled_by IS 'Role that settled it';
COMMENT ON COLUMN @registry@.conflict.settled_at IS 'When it was settled';
COMMENT ON COLUMN @registry@.conflict.settlement IS 'reject_left, reject_right or accept_both';
COMMENT ON COLUMN @registry@.conflict.reason IS 'Cause and contact, as the rejected side is told';
COMMENT ON COLUMN @registry@.conflict.detected_at IS 'When it was found';
COMMENT ON COLUMN @registry@.conflict.left_claim IS 'The earlier claim';
COMMENT ON COLUMN @registry@.conflict.left_holder IS 'Table of its holder';
COMMENT ON COLUMN @registry@.conflict.left_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.conflict.left_account IS 'Its account';
COMMENT ON COLUMN @registry@.conflict.left_province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.conflict.left_approved IS 'Its holder is filed';
COMMENT ON COLUMN @registry@.conflict.right_claim IS 'The later claim';
COMMENT ON COLUMN @registry@.conflict.right_holder IS 'Table of its holder';
COMMENT ON COLUMN @registry@.conflict.right_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.conflict.right_account IS 'Its account';
COMMENT ON COLUMN @registry@.conflict.right_province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.conflict.right_approved IS 'Its holder is filed';

CREATE FUNCTION @registry@.blocking_conflicts(application_id bigint,
		OUT kind text, OUT key text, OUT claim_id bigint, OUT rival_id bigint, OUT rival_holder regclass,
		OUT rival_holder_id bigint, OUT rival_account_id bigint)
	RETURNS SETOF record
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT r.kind, r.key, r.claim_id, r.rival_id, r.rival_holder, r.rival_holder_id, r.rival_account_id
	  FROM @registry@.application a
	 CROSS JOIN LATERAL (
			SELECT * FROM icp.find_rivals('@registry@.claim'::regclass, '@registry@.site'::regclass, a.site_id)
			UNION ALL
			SELECT * FROM icp.find_rivals('@registry@.claim'::regclass, '@registry@.sponsor'::regclass, a.sponsor_id)) r
	 WHERE a.id = blocking_conflicts.application_id
	   AND NOT EXISTS (
			SELECT FROM @registry@.conflict_settlement s
			 WHERE s.left_claim = least(r.claim_id, r.rival_id)
			   AND s.right_claim = greatest(r.claim_id, r.rival_id)
			   AND s.settlement IN ('accept_both',
									CASE WHEN r.claim_id < r.rival_id THEN 'reject_right' ELSE 'reject_left' END));
END;
COMMENT ON FUNCTION @registry@.blocking_conflicts(bigint) IS
	'The conflicts that keep an application from approval: open, or settled against it; as they are at this moment';

CREATE FUNCTION @registry@.settle_conflict() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	loser	bigint;
	winner	bigint;
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
	IF NEW.settlement IS NULL OR NEW.settlement NOT IN ('reject_left', 'reject_right', 'accept_both') THEN
		RAISE EXCEPTION 'settlement of conflict % must be reject_left, reject_right or accept_both', OLD.id
			USING ERRCODE = 'check_violation';
	END IF;
	IF NEW.reason IS NULL OR btrim(NEW.reason) = '' THEN
		RAISE EXCEPTION 'settlement of conflict % needs a reason', OLD.id
			USING ERRCODE = 'check_violation', HINT = 'State the cause and a contact (3 Q17).';
	END IF;
	IF NEW.settlement = 'accept_both' AND OLD.kind = 'domain' THEN
		RAISE EXCEPTION 'domain % cannot be accepted for both sides', OLD.key
			USING ERRCODE = 'check_violation', DETAIL = 'A domain has one live approved holder.';
	END IF;

	INSERT INTO @registry@.conflict_settlement (left_claim, right_claim, settlement, reason, settled_by, province_code)
	VALUES (OLD.left_claim, OLD.right_claim, NEW.settlement, NEW.reason, @registry@.acting_user(),
			OLD.right_province_code)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'conflict % is not open', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It has just been settled by somebody else.';
	END IF;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, province_code, reason, new_values)
	SELECT @registry@.acting_user(), 'settle_conflict', side.application, side.sponsor, side.province_code, NEW.reason,
		   jsonb_build_object('conflict', OLD.id, 'kind', OLD.kind, 'key', OLD.key, 'settlement', NEW.settlement)
	  FROM (VALUES (OLD.left_application, OLD.left_sponsor, OLD.left_province_code),
				   (OLD.right_application, OLD.right_sponsor, OLD.right_province_code))
		   AS side (application, sponsor, province_code);

	loser := CASE NEW.settlement WHEN 'reject_left' THEN OLD.left_application
								 WHEN 'reject_right' THEN OLD.right_application END;
	UPDATE @registry@.application a SET state = 'returned', reason = NEW.reason
	 WHERE a.id = loser AND a.state IN ('conflicted', 'reviewing');
	FOREACH winner IN ARRAY ARRAY[OLD.left_application, OLD.right_application] LOOP
		UPDATE @registry@.application a SET state = 'reviewing'
		 WHERE a.id = winner AND winner IS DISTINCT FROM loser AND a.state = 'conflicted'
		   AND NOT EXISTS (SELECT FROM @registry@.blocking_conflicts(a.id));
	END LOOP;

	NEW.settled_by := @registry@.acting_user();
	NEW.settled_at := now();
	NEW.state := 'settled';
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.settle_conflict() IS
	'Trigger on view conflict: settles one; the rejected application is returned, the other goes on to review when nothing else stands against it (3 Q17)';
CREATE TRIGGER settle_conflict INSTEAD OF UPDATE ON @registry@.conflict
	FOR EACH ROW EXECUTE FUNCTION @registry@.settle_conflict();
