-- The view of conflicts, and what stands against an application.

-- The pair of claims behind each edge, once: of several edges between two claims, in either direction, the earliest
-- counts.  (One is visible as soon as both claims are, since it was written in the transaction of one of them.)
-- (Two look-ups for each edge, and no join, which the planner would make a quadratic one where it expects few rows.)
-- A view runs as its owner, past row security, so it says itself whose rows it shows.
CREATE VIEW @registry@.conflict WITH (security_barrier) AS
SELECT e.id,
	   l.kind,
	   CASE l.kind WHEN 'sponsor_name' THEN split_part(l.key, ' ', 1) ELSE l.key END AS key,
	   l.application AS left_application,
	   l.sponsor AS left_sponsor,
	   r.application AS right_application,
	   r.sponsor AS right_sponsor,
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
	   r.approved AS right_approved,
	   coalesce(s.cause,
				CASE l.kind WHEN 'domain' THEN '域名重复 (domain)' WHEN 'homepage' THEN '首页网址重复 (home page)'
							WHEN 'sponsor_name' THEN '主办单位名称重复 (sponsor''s name)' ELSE l.kind END
				|| '：' || CASE l.kind WHEN 'sponsor_name' THEN split_part(l.key, ' ', 1) ELSE l.key END)
	   AS cause,
	   s.contact,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.user_name FROM @registry@.account a WHERE a.id = l.account_id) END
	   AS left_user,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.contact FROM @registry@.account a WHERE a.id = l.account_id) END
	   AS left_contact,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.user_name FROM @registry@.account a WHERE a.id = r.account_id) END
	   AS right_user,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.contact FROM @registry@.account a WHERE a.id = r.account_id) END
	   AS right_contact
  FROM (SELECT d.id, d.detected_at,
			   least(d.claim_id, d.rival_id) AS left_claim,
			   CASE WHEN d.claim_id < d.rival_id THEN d.claim_holder_id ELSE d.rival_holder_id END AS left_holder_id,
			   greatest(d.claim_id, d.rival_id) AS right_claim,
			   CASE WHEN d.claim_id < d.rival_id THEN d.rival_holder_id ELSE d.claim_holder_id END AS right_holder_id
		  FROM @registry@.claim_edge d
		 WHERE coalesce((SELECT min(back.id) FROM @registry@.claim_edge back
						  WHERE back.claim_holder_id = d.rival_holder_id AND back.claim_id = d.rival_id
							AND back.rival_holder_id = d.claim_holder_id AND back.rival_id = d.claim_id), d.id) >= d.id
		   AND (SELECT min(again.id) FROM @registry@.claim_edge again
				 WHERE again.claim_holder_id = d.claim_holder_id AND again.claim_id = d.claim_id
				   AND again.rival_holder_id = d.rival_holder_id AND again.rival_id = d.rival_id) = d.id) e
  JOIN @registry@.claim_holder l ON l.holder_id = e.left_holder_id AND l.id = e.left_claim
  JOIN @registry@.claim_holder r ON r.holder_id = e.right_holder_id AND r.id = e.right_claim
  LEFT JOIN @registry@.conflict_settlement s ON s.left_claim = l.id AND s.right_claim = r.id
 WHERE ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(l.province_code, r.province_code))
   AND NOT l.repeats_record AND NOT r.repeats_record;
COMMENT ON VIEW @registry@.conflict IS
	'Conflicts (备案冲突, 3 Q17): pairs of claims of one key by different accounts. A bureau settles one with UPDATE ... SET settlement, reason';
COMMENT ON COLUMN @registry@.conflict.id IS 'Names the conflict';
COMMENT ON COLUMN @registry@.conflict.kind IS 'What is claimed: domain, homepage or sponsor_name';
COMMENT ON COLUMN @registry@.conflict.key IS 'The key that both sides claim; of natural persons the name alone, though the credential is the same too';
COMMENT ON COLUMN @registry@.conflict.left_application IS 'The application that brings the earlier claim: the latest new filing of its site or sponsor, or the change';
COMMENT ON COLUMN @registry@.conflict.left_sponsor IS 'Sponsor of the earlier claim';
COMMENT ON COLUMN @registry@.conflict.right_application IS 'The application that brings the later claim';
COMMENT ON COLUMN @registry@.conflict.right_sponsor IS 'Sponsor of the later claim';
COMMENT ON COLUMN @registry@.conflict.state IS
	'open; settled by a bureau; withdrawn because a side gave up its claim';
COMMENT ON COLUMN @registry@.conflict.settled_by IS 'Role that settled it';
COMMENT ON COLUMN @registry@.conflict.settled_at IS 'When it was settled';
COMMENT ON COLUMN @registry@.conflict.settlement IS 'reject_left, reject_right, revoke_left, revoke_right or accept_both';
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

COMMENT ON COLUMN @registry@.conflict.cause IS
	'What is the same on both sides, in words; the bureau''s own where it gave one with the settlement';
COMMENT ON COLUMN @registry@.conflict.contact IS 'Contact of the other side that the bureau gave to the rejected one';
COMMENT ON COLUMN @registry@.conflict.left_user IS 'User name of the earlier claim''s account, for the bureau only';
COMMENT ON COLUMN @registry@.conflict.left_contact IS 'How to reach it, for the bureau only (3 Q17)';
COMMENT ON COLUMN @registry@.conflict.right_user IS 'User name of the later claim''s account, for the bureau only';
COMMENT ON COLUMN @registry@.conflict.right_contact IS 'How to reach it, for the bureau only (3 Q17)';

CREATE FUNCTION @registry@.blocking_conflicts(application_id bigint,
		OUT kind text, OUT key text, OUT claim_id bigint, OUT rival_id bigint, OUT rival_holder regclass,
		OUT rival_holder_id bigint, OUT rival_account_id bigint)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.kind, CASE r.kind WHEN 'sponsor_name' THEN split_part(r.key, ' ', 1) ELSE r.key END,
		   r.claim_id, r.rival_id, r.rival_holder, r.rival_holder_id, r.rival_account_id
	  FROM @registry@.claim_application side
	 CROSS JOIN LATERAL icp.find_rivals('@registry@.claim'::regclass, side.holder, side.holder_id) r
	 WHERE side.application = blocking_conflicts.application_id
	   AND NOT EXISTS (
			SELECT FROM @registry@.conflict_settlement s
			 WHERE s.left_claim = least(r.claim_id, r.rival_id)
			   AND s.right_claim = greatest(r.claim_id, r.rival_id)
			   AND (s.settlement = 'accept_both'
					OR s.settlement LIKE CASE WHEN r.claim_id < r.rival_id THEN E'%\\_right' ELSE E'%\\_left' END))
	   -- What the record has already is no news, on either side.  (OFFSET 0: looked up for each rival, never joined.)
	   AND NOT EXISTS (
			SELECT FROM @registry@.claim own
			 WHERE own.holder_id = side.record_id AND own.holder = side.record_holder
			   AND own.kind = r.kind AND own.key = r.key AND own.released_at IS NULL
			OFFSET 0)
	   AND NOT EXISTS (
			SELECT FROM @registry@.claim_application other
			  JOIN @registry@.claim own ON own.holder_id = other.record_id AND own.holder = other.record_holder
			 WHERE other.holder = r.rival_holder AND other.holder_id = r.rival_holder_id AND other.record_id IS NOT NULL
			   AND own.kind = r.kind AND own.key = r.key AND own.released_at IS NULL
			OFFSET 0);
END
$$;
COMMENT ON FUNCTION @registry@.blocking_conflicts(bigint) IS
	'The conflicts that keep an application from approval: open, or settled against it; as they are at this moment';

CREATE FUNCTION @registry@.applications_of_holder(holder regclass, holder_id bigint) RETURNS SETOF bigint
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT a.application FROM @registry@.claim_application a
	 WHERE a.holder = applications_of_holder.holder AND a.holder_id = applications_of_holder.holder_id;
END
$$;
COMMENT ON FUNCTION @registry@.applications_of_holder(regclass, bigint) IS
	'The applications that bring the claims of a holder: of a site, a sponsor or a change';
