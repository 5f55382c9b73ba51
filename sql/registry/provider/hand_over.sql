-- A provider leaves (4 §12(八), §32): what it serves goes to another in one go, or ends.  And a filing that moves to
-- another account.

CREATE TABLE @registry@.handover (
	id						bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at						timestamptz NOT NULL DEFAULT now(),
	actor					name NOT NULL,
	from_provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	to_provider_id			bigint REFERENCES @registry@.provider,
	province_code			smallint,
	reason					text NOT NULL CHECK (btrim(reason) <> ''),
	accesses				bigint NOT NULL DEFAULT 0,
	merged					bigint NOT NULL DEFAULT 0,
	accounts				bigint NOT NULL DEFAULT 0,
	renamed					bigint NOT NULL DEFAULT 0,
	applications_moved		bigint NOT NULL DEFAULT 0,
	applications_returned	bigint NOT NULL DEFAULT 0,
	applications_ended		bigint NOT NULL DEFAULT 0
);
CREATE INDEX handover_from_provider_id_idx ON @registry@.handover (from_provider_id);
CREATE INDEX handover_to_provider_id_idx ON @registry@.handover (to_provider_id);
COMMENT ON TABLE @registry@.handover IS
	'Receipts of hand-overs (移交, 4 §12(八)): which provider''s filings went to which, with counts; the report to the bureau';
COMMENT ON COLUMN @registry@.handover.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.handover.at IS 'When';
COMMENT ON COLUMN @registry@.handover.actor IS 'The role that acted';
COMMENT ON COLUMN @registry@.handover.from_provider_id IS 'Who gave';
COMMENT ON COLUMN @registry@.handover.to_provider_id IS 'Who took; NULL: nobody, the accesses ended';
COMMENT ON COLUMN @registry@.handover.province_code IS 'Province of the giving provider, GB/T 2260';
COMMENT ON COLUMN @registry@.handover.reason IS 'Why';
COMMENT ON COLUMN @registry@.handover.accesses IS 'Accesses that went over, or ended';
COMMENT ON COLUMN @registry@.handover.merged IS 'Of these, sites that the taking provider served or was about to serve already';
COMMENT ON COLUMN @registry@.handover.accounts IS 'Accounts that went along';
COMMENT ON COLUMN @registry@.handover.renamed IS 'Of these, such as got another user name because the taking provider had one of that name';
COMMENT ON COLUMN @registry@.handover.applications_moved IS 'Unfinished applications that went along';
COMMENT ON COLUMN @registry@.handover.applications_returned IS
	'Of these, such as were returned because the taking provider must verify anew (4 §18(五))';
COMMENT ON COLUMN @registry@.handover.applications_ended IS 'Applications on a merged access, which have lost their object: withdrawn or returned';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @registry@.handover
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();
ALTER TABLE @registry@.handover ENABLE ROW LEVEL SECURITY;
CREATE POLICY handover_see ON @registry@.handover FOR SELECT
	USING ((SELECT @registry@.acts_as_authority()) OR @registry@.acts_for_provider(from_provider_id) OR @registry@.acts_for_provider(to_provider_id));

-- The events of live accesses that come to another provider, a statement's together.
CREATE FUNCTION @registry@.record_new_provider() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
	SELECT (SELECT @registry@.acting_user()), 'change', t.sponsor_id, r.site_id, r.province_code,
		   jsonb_build_object('access', r.id, 'provider_id', r.provider_id) || coalesce(d.old_values, '{}'),
		   jsonb_build_object('access', r.id, 'provider_id', r.new_provider_id) || coalesce(d.new_values, '{}')
	  FROM (SELECT o.id, o.site_id, o.province_code, o.provider_id, o.status, n.provider_id AS new_provider_id,
				   -- seldom more than the provider
				   CASE WHEN c.differs THEN to_jsonb(o) END AS before, CASE WHEN c.differs THEN to_jsonb(n) END AS after
			  FROM old_rows o
			  FULL JOIN new_rows n ON n.id = o.id
			 CROSS JOIN LATERAL (
					SELECT (o.site_id, o.status, o.ips, o.mode, o.server_province)
						   IS DISTINCT FROM (n.site_id, n.status, n.ips, n.mode, n.server_province) AS differs) c
			OFFSET 0) r
	  JOIN @registry@.site t ON t.id = r.site_id
	 CROSS JOIN LATERAL (
			SELECT jsonb_object_agg(e.key, e.value) AS old_values,
				   jsonb_object_agg(e.key, r.after -> e.key) AS new_values
			  FROM jsonb_each(r.before) AS e(key, value)
			 WHERE r.after -> e.key IS DISTINCT FROM e.value) d
	 WHERE r.status = 'live' AND r.provider_id <> r.new_provider_id
	 ORDER BY t.sponsor_id, r.site_id;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_new_provider() IS
	'Trigger: writes the events of live accesses that come to another provider, with old and new values';
CREATE TRIGGER record_new_provider AFTER UPDATE ON @registry@.access
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION @registry@.record_new_provider();

-- Steps over many applications, each by a step that icp.transition has from where it stands.
CREATE FUNCTION @registry@.end_applications(ids bigint[], why text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	bigint;
BEGIN
	UPDATE @registry@.application a SET state = t.to_state, reason = why
	  FROM (SELECT DISTINCT ON (b.id) b.id, s.to_state
			  FROM @registry@.application b
			  JOIN icp.transition s ON s.kind = b.kind AND s.from_state = b.state AND s.to_state IN ('withdrawn', 'returned')
			 WHERE b.id = ANY (ids)
			 ORDER BY b.id, s.to_state DESC) t
	 WHERE a.id = t.id;
	GET DIAGNOSTICS ended = ROW_COUNT;
	RETURN ended;
END
$$;
COMMENT ON FUNCTION @registry@.end_applications(bigint[], text) IS
	'Withdraws applications where icp.transition has that step, otherwise returns them; how many';

CREATE FUNCTION @registry@.require_supervisor(provider_id bigint, what text) RETURNS void
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	provider	record;
BEGIN
	SELECT p.id, p.province_code INTO provider FROM @registry@.provider p WHERE p.id = require_supervisor.provider_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'provider % does not exist', require_supervisor.provider_id USING ERRCODE = 'foreign_key_violation';
	END IF;
	IF NOT @registry@.supervises_provider(provider.province_code) THEN
		RAISE EXCEPTION 'role "%" may not % provider %', @registry@.acting_user(), what, provider.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'It is for the bureau (通信管理局) of the provider''s province; for the ministry with a nationwide one (4 §32).';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.require_supervisor(bigint, text) IS
	'Fails unless the acting role supervises the provider';

CREATE FUNCTION @registry@.hand_over(from_provider bigint, to_provider bigint, reason text, sites bigint[] DEFAULT NULL)
	RETURNS @registry@.handover
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	actor		name := @registry@.acting_user();
	giver		record;
	taker		record;
	receipt		@registry@.handover;
BEGIN
	PERFORM @registry@.require_supervisor(from_provider, 'hand over filings of');
	IF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION 'a hand-over (移交) needs a reason' USING ERRCODE = 'check_violation';
	END IF;
	IF from_provider = to_provider THEN
		RAISE EXCEPTION 'provider % cannot take over from itself', to_provider USING ERRCODE = 'invalid_parameter_value';
	END IF;
	-- In the order of their ids, so that two hand-overs do not wait for each other; no step of admission meanwhile.
	PERFORM FROM @registry@.provider p WHERE p.id IN (from_provider, to_provider) ORDER BY p.id FOR NO KEY UPDATE;
	SELECT p.id, p.name, p.province_code INTO giver FROM @registry@.provider p WHERE p.id = from_provider;
	SELECT p.id, p.name, p.province_code, p.admission INTO taker FROM @registry@.provider p WHERE p.id = to_provider;
	IF taker.id IS NULL THEN
		RAISE EXCEPTION 'provider % does not exist', to_provider USING ERRCODE = 'foreign_key_violation';
	ELSIF taker.admission <> 'open' THEN
		RAISE EXCEPTION 'provider "%" cannot take over filings', taker.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Its admission is %s, not open (4 §12(八)).', taker.admission);
	END IF;

	-- Locks are taken in the order of locks (record/lock.sql): the giver's applications and what the taker has applied for on
	-- the same sites, accounts, the drafts that end with an application, accesses of both.
	PERFORM FROM @registry@.application a
	  WHERE a.state IN (SELECT s.code FROM icp.state s WHERE NOT s.is_final)
		AND (a.provider_id = from_provider
			 OR a.provider_id = to_provider AND a.kind IN (@kinds:act = 'add' AND concerns = 'access'@)
				AND EXISTS (SELECT FROM @registry@.access x WHERE x.site_id = a.site_id AND x.provider_id = from_provider))
	  ORDER BY a.id FOR NO KEY UPDATE;
	CREATE TEMP TABLE hand_over_application ON COMMIT DROP AS
		SELECT a.id, a.kind, a.state, a.site_id, a.account_id, 'move' AS fate
		  FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.provider_id = from_provider AND NOT s.is_final AND (sites IS NULL OR a.site_id = ANY (sites))
		 ORDER BY a.id FOR NO KEY UPDATE OF a;
	-- (their keys change: nobody enters a record of such an account, or an application for such an access, meanwhile)
	PERFORM FROM @registry@.account c
	  WHERE c.provider_id = from_provider
		AND (sites IS NULL OR EXISTS (SELECT FROM @registry@.site t WHERE t.account_id = c.id AND t.id = ANY (sites)))
	  ORDER BY c.id FOR UPDATE;
	PERFORM @registry@.lock_records(
		ARRAY(SELECT p.id FROM pg_temp.hand_over_application h JOIN @registry@.application a ON a.id = h.id
				JOIN @registry@.sponsor p ON p.id = a.sponsor_id WHERE p.status = 'draft'),
		ARRAY(SELECT t.id FROM pg_temp.hand_over_application h JOIN @registry@.site t ON t.id = h.site_id
			   WHERE t.status = 'draft'));
	PERFORM FROM @registry@.access x
	  WHERE x.id IN (SELECT a.id FROM @registry@.access a
					  WHERE a.provider_id = from_provider AND a.status <> 'cancelled' AND (sites IS NULL OR a.site_id = ANY (sites))
					 UNION ALL
					 SELECT o.id FROM @registry@.access a JOIN @registry@.access o ON o.site_id = a.site_id
					  WHERE a.provider_id = from_provider AND a.status <> 'cancelled' AND (sites IS NULL OR a.site_id = ANY (sites))
						AND o.provider_id = to_provider)
	  ORDER BY x.id FOR UPDATE;
	CREATE TEMP TABLE hand_over_access ON COMMIT DROP AS
		SELECT a.id, a.site_id, a.status, o.id AS other_id, o.status AS other_status
		  FROM @registry@.access a
		  LEFT JOIN @registry@.access o ON o.site_id = a.site_id AND o.provider_id = to_provider
		 WHERE a.provider_id = from_provider AND a.status <> 'cancelled' AND (sites IS NULL OR a.site_id = ANY (sites))
		 ORDER BY a.id FOR UPDATE OF a;
	ANALYZE pg_temp.hand_over_application;
	ANALYZE pg_temp.hand_over_access;

	-- Of two accesses to one site one remains; what was applied for on the other, or for what now is so, has no object.
	UPDATE pg_temp.hand_over_application h SET fate = 'end'
	  FROM pg_temp.hand_over_access x
	 WHERE x.site_id = h.site_id AND x.other_status <> 'cancelled'
	   AND h.kind IN (@kinds:concerns = 'access'@);
	INSERT INTO pg_temp.hand_over_application (id, kind, state, site_id, account_id, fate)
	SELECT a.id, a.kind, a.state, a.site_id, a.account_id, 'end'
	  FROM pg_temp.hand_over_access x
	  JOIN @registry@.application a ON a.site_id = x.site_id AND a.provider_id = to_provider
	  JOIN icp.state s ON s.code = a.state
	 WHERE x.status = 'live' AND x.other_status = 'draft' AND a.kind IN (@kinds:act = 'add' AND concerns = 'access'@) AND NOT s.is_final;
	receipt.applications_ended := @registry@.end_applications(
		ARRAY(SELECT h.id FROM pg_temp.hand_over_application h WHERE h.fate = 'end'),
		format('provider "%s" has taken over from "%s" (移交, 4 §12(八)): %s', taker.name, giver.name, reason));

	-- What the giver met the sponsor for, the taker must verify itself (4 §18(五)); what lies with the bureau goes on.
	UPDATE pg_temp.hand_over_application h SET fate = 'return'
	  FROM icp.transition t
	 WHERE h.fate = 'move' AND t.kind = h.kind AND t.from_state = h.state AND t.event = 'verify_fail';
	UPDATE @registry@.application a
	   SET state = 'returned',
		   reason = format('provider "%s" has taken over from "%s" (移交, 4 §12(八)) and verifies anew (4 §18(五))',
						   taker.name, giver.name)
	  FROM pg_temp.hand_over_application h WHERE a.id = h.id AND h.fate = 'return';
	GET DIAGNOSTICS receipt.applications_returned = ROW_COUNT;
	UPDATE @registry@.application a SET provider_id = to_provider
	  FROM pg_temp.hand_over_application h WHERE a.id = h.id AND h.fate <> 'end';
	GET DIAGNOSTICS receipt.applications_moved = ROW_COUNT;

	-- Their events, of many sponsors and in several statements.
	PERFORM @registry@.lock_sponsor_heads(ARRAY(
		SELECT t.sponsor_id FROM pg_temp.hand_over_access x JOIN @registry@.site t ON t.id = x.site_id));
	-- The accesses.  Where the taker has one already, a live one wins over a draft and over one that was cancelled; it is
	-- live before the other ends, so that no site loses its last one (4 §14(四), §19(四)).
	UPDATE @registry@.access o
	   SET status = x.status,
		   ips = CASE x.other_status WHEN 'cancelled' THEN a.ips ELSE coalesce(o.ips, a.ips) END,
		   mode = CASE x.other_status WHEN 'cancelled' THEN a.mode ELSE coalesce(o.mode, a.mode) END,
		   server_province = CASE x.other_status WHEN 'cancelled' THEN a.server_province
							 ELSE coalesce(o.server_province, a.server_province) END
	  FROM pg_temp.hand_over_access x JOIN @registry@.access a ON a.id = x.id
	 WHERE o.id = x.other_id AND (x.other_status = 'cancelled' OR x.other_status = 'draft' AND x.status = 'live');
	UPDATE @registry@.application a SET access_id = x.other_id
	  FROM pg_temp.hand_over_application h, pg_temp.hand_over_access x
	 WHERE a.id = h.id AND h.fate <> 'end' AND a.access_id = x.id AND x.other_id IS NOT NULL;
	UPDATE @registry@.access a SET status = 'cancelled'
	  FROM pg_temp.hand_over_access x WHERE a.id = x.id AND x.other_id IS NOT NULL;
	UPDATE @registry@.access a SET provider_id = to_provider
	  FROM pg_temp.hand_over_access x WHERE a.id = x.id AND x.other_id IS NULL;
	SELECT count(*), count(x.other_id) INTO receipt.accesses, receipt.merged FROM pg_temp.hand_over_access x;

	-- The accounts: all of them; with a choice of sites those that the giver now serves nothing of.
	CREATE TEMP TABLE hand_over_account ON COMMIT DROP AS
		SELECT c.id, c.user_name AS old_name, c.user_name AS new_name
		  FROM @registry@.account c
		 WHERE c.provider_id = from_provider
		   AND (sites IS NULL
				OR EXISTS (SELECT FROM @registry@.site t WHERE t.account_id = c.id AND t.id = ANY (sites))
				   AND NOT EXISTS (SELECT FROM @registry@.sponsor p JOIN @registry@.site t ON t.sponsor_id = p.id
									 JOIN @registry@.access a ON a.site_id = t.id
									WHERE p.account_id = c.id AND a.provider_id = from_provider AND a.status <> 'cancelled')
				   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
									WHERE a.account_id = c.id AND a.provider_id = from_provider AND NOT s.is_final
									  AND a.site_id IS NOT NULL))
		 ORDER BY c.id FOR UPDATE OF c;
	ANALYZE pg_temp.hand_over_account;
	UPDATE pg_temp.hand_over_account h SET new_name = format('%s@%s', h.old_name, from_provider)
	 WHERE EXISTS (SELECT FROM @registry@.account o WHERE o.provider_id = to_provider AND o.user_name = h.old_name);
	UPDATE pg_temp.hand_over_account h SET new_name = format('%s@%s-%s', h.old_name, from_provider, h.id)
	 WHERE h.new_name <> h.old_name
	   AND (EXISTS (SELECT FROM @registry@.account o WHERE o.provider_id = to_provider AND o.user_name = h.new_name)
			OR EXISTS (SELECT FROM pg_temp.hand_over_account o WHERE o.old_name = h.new_name));
	UPDATE @registry@.account c SET provider_id = to_provider, user_name = h.new_name
	  FROM pg_temp.hand_over_account h WHERE c.id = h.id;
	SELECT count(*), count(*) FILTER (WHERE h.new_name <> h.old_name) INTO receipt.accounts, receipt.renamed
	  FROM pg_temp.hand_over_account h;
	-- with the account goes what was applied for without a site
	IF sites IS NOT NULL THEN
		WITH moved AS (
			UPDATE @registry@.application a SET provider_id = to_provider
			  FROM icp.state s, pg_temp.hand_over_account h
			 WHERE s.code = a.state AND NOT s.is_final AND a.account_id = h.id AND a.provider_id = from_provider
			RETURNING a.id)
		SELECT receipt.applications_moved + count(*) INTO receipt.applications_moved FROM moved;
	END IF;

	-- (Each access that is live has written the event of its change.)
	INSERT INTO @registry@.event (actor, event, province_code, reason, old_values, new_values)
	VALUES (actor, 'hand_over', giver.province_code, hand_over.reason, jsonb_build_object('provider_id', from_provider),
			jsonb_build_object('provider_id', to_provider, 'accesses', receipt.accesses, 'accounts', receipt.accounts,
							   'applications', receipt.applications_moved));
	INSERT INTO @registry@.handover (actor, from_provider_id, to_provider_id, province_code, reason, accesses, merged,
									 accounts, renamed, applications_moved, applications_returned, applications_ended)
	VALUES (actor, from_provider, to_provider, giver.province_code, hand_over.reason, receipt.accesses, receipt.merged,
			receipt.accounts, receipt.renamed, receipt.applications_moved, receipt.applications_returned,
			receipt.applications_ended)
	RETURNING * INTO receipt;

	-- The report to the bureaux (4 §12(八)): of both providers' and of the sponsors' places; and the two themselves.
	PERFORM @registry@.send_notice('handed_over', NULL::bigint, 'bureau',
								   jsonb_build_object('province_code', n.province_code, 'provider_id', giver.id, 'handover_id', receipt.id, 'provider', giver.name,
													  'to_provider', taker.name, 'sites', n.accesses, 'accounts', receipt.accounts))
	   FROM (SELECT u.province_code, max(u.accesses) AS accesses
			   FROM (SELECT t.province_code, count(*) AS accesses
					   FROM pg_temp.hand_over_access x JOIN @registry@.site t ON t.id = x.site_id GROUP BY t.province_code
					 UNION ALL SELECT giver.province_code, receipt.accesses
					 UNION ALL SELECT taker.province_code, receipt.accesses) u
			  GROUP BY u.province_code ORDER BY u.province_code) n;
	PERFORM @registry@.send_notice('handed_over', NULL::bigint, 'provider',
								   jsonb_build_object('provider_id', n.id, 'handover_id', receipt.id, 'provider', giver.name,
													  'to_provider', taker.name, 'sites', receipt.accesses, 'accounts', receipt.accounts))
	   FROM (VALUES (giver.id), (taker.id)) n(id);
	DROP TABLE pg_temp.hand_over_application, pg_temp.hand_over_access, pg_temp.hand_over_account;
	RETURN receipt;
END
$$;
COMMENT ON FUNCTION @registry@.hand_over(bigint, bigint, text, bigint[]) IS
	'Gives what one provider serves to another, all of it or some sites (4 §12(八), §32): accesses, accounts, unfinished applications; returns the receipt. By the giving provider''s bureau';

CREATE FUNCTION @registry@.end_accesses(of_provider bigint, reason text) RETURNS @registry@.handover
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	why		text := format('provider %s has left (退出接入服务市场, 4 §12(八)): %s', of_provider, reason);
	receipt	@registry@.handover;
	access	bigint;
	ids		bigint[];
	sites	bigint[];
	accesses	bigint[];
BEGIN
	PERFORM @registry@.require_supervisor(of_provider, 'end accesses of');
	IF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION 'the end of a provider''s accesses needs a reason' USING ERRCODE = 'check_violation';
	END IF;
	PERFORM FROM @registry@.provider p WHERE p.id = of_provider AND p.admission = 'exiting' FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'provider % is not leaving', of_provider
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'UPDATE @registry@.provider SET admission = ''exiting'', admission_reason = … comes first (4 §32).';
	END IF;
	ids := ARRAY(SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
				  WHERE a.provider_id = of_provider AND NOT s.is_final AND a.filed_by <> 'bureau'
				  ORDER BY a.id FOR NO KEY UPDATE OF a);
	-- What ends with them, in the order of locks (record/lock.sql).  Nobody enters another access of a leaving provider.
	sites := ARRAY(SELECT a.site_id FROM @registry@.access a WHERE a.provider_id = of_provider AND a.status <> 'cancelled'
				   UNION SELECT a.site_id FROM @registry@.application a WHERE a.id = ANY (ids) AND a.site_id IS NOT NULL);
	accesses := ARRAY(SELECT a.id FROM @registry@.access a WHERE a.provider_id = of_provider AND a.status <> 'cancelled'
					  UNION SELECT a.access_id FROM @registry@.application a WHERE a.id = ANY (ids) AND a.access_id IS NOT NULL);
	PERFORM @registry@.lock_records(ARRAY(SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = ANY (ids)), sites,
									accesses);
	receipt.applications_ended := @registry@.end_applications(ids, why);
	-- what could only be returned is ended in a second step
	receipt.applications_ended := greatest(receipt.applications_ended,
		@registry@.end_applications(ARRAY(SELECT a.id FROM @registry@.application a WHERE a.id = ANY (ids) AND a.state = 'returned'), why));
	PERFORM @registry@.lock_sponsor_heads(ARRAY(SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = ANY (sites)));
	receipt.accesses := 0;
	FOR access IN
		-- (of those that are locked: the exempt owner may have entered another one)
		SELECT a.id FROM @registry@.access a
		 WHERE a.id = ANY (accesses) AND a.provider_id = of_provider AND a.status <> 'cancelled' ORDER BY a.id
	LOOP
		PERFORM @registry@.cancel_access(access, why);
		receipt.accesses := receipt.accesses + 1;
	END LOOP;
	INSERT INTO @registry@.handover (actor, from_provider_id, province_code, reason, accesses, applications_ended)
	SELECT @registry@.acting_user(), p.id, p.province_code, end_accesses.reason, receipt.accesses, receipt.applications_ended
	  FROM @registry@.provider p WHERE p.id = of_provider
	RETURNING * INTO receipt;
	RETURN receipt;
END
$$;
COMMENT ON FUNCTION @registry@.end_accesses(bigint, text) IS
	'Ends what a leaving provider still serves and nobody takes over, with what is applied for there (4 §32); sites without any access are then empty shells. By the provider''s bureau';

-- Another account for a sponsor with all its sites; the number stays.  Not for providers: two accounts made one would
-- make a conflict between them vanish.
CREATE FUNCTION @registry@.transfer_sponsor(sponsor_id bigint, to_account bigint, reason text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	sponsor	record;
	account	record;
BEGIN
	IF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION 'a transfer (过户) to another account needs a reason' USING ERRCODE = 'check_violation';
	END IF;
	SELECT p.id, p.account_id, p.province_code, p.status INTO sponsor
	  FROM @registry@.sponsor p WHERE p.id = transfer_sponsor.sponsor_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % does not exist', transfer_sponsor.sponsor_id USING ERRCODE = 'foreign_key_violation';
	END IF;
	IF NOT @registry@.acts_as_bureau(sponsor.province_code) THEN
		RAISE EXCEPTION 'role "%" may not transfer sponsor %', @registry@.acting_user(), sponsor.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Which account a filing belongs to is for the bureau (通信管理局) of the sponsor''s province to say (3 Q25).';
	END IF;
	-- In the order of locks; the sites and what is proposed follow the sponsor by foreign key and trigger.
	PERFORM FROM @registry@.application a JOIN icp.state s ON s.code = a.state
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id AND NOT s.is_final ORDER BY a.id FOR NO KEY UPDATE OF a;
	PERFORM FROM @registry@.account a WHERE a.id IN (sponsor.account_id, to_account) ORDER BY a.id FOR SHARE;
	SELECT p.id, p.account_id, p.province_code, p.status INTO sponsor
	  FROM @registry@.sponsor p WHERE p.id = transfer_sponsor.sponsor_id FOR UPDATE;
	PERFORM FROM @registry@.site t WHERE t.sponsor_id = transfer_sponsor.sponsor_id ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.sponsor_change c JOIN @registry@.application a ON a.id = c.application_id
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id ORDER BY a.id FOR NO KEY UPDATE OF c;
	PERFORM FROM @registry@.site_change c JOIN @registry@.application a ON a.id = c.application_id
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id ORDER BY a.id FOR NO KEY UPDATE OF c;
	PERFORM FROM @registry@.access_change c JOIN @registry@.application a ON a.id = c.application_id
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id ORDER BY a.id FOR NO KEY UPDATE OF c;
	IF sponsor.status NOT IN ('draft', 'filed') THEN
		RAISE EXCEPTION 'sponsor % cannot be transferred', sponsor.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', sponsor.status);
	END IF;
	SELECT a.id, a.status, a.provider_id INTO account FROM @registry@.account a WHERE a.id = to_account;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'account % does not exist', to_account USING ERRCODE = 'foreign_key_violation';
	ELSIF account.status <> 'open' THEN
		RAISE EXCEPTION 'account % cannot take sponsor %', to_account, sponsor.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is closed.';
	ELSIF account.id = sponsor.account_id THEN
		RETURN;
	END IF;
	UPDATE @registry@.sponsor p SET account_id = to_account WHERE p.id = sponsor.id;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code, reason, old_values, new_values)
	VALUES (@registry@.acting_user(), 'transfer', sponsor.id, sponsor.province_code, transfer_sponsor.reason,
			jsonb_build_object('account_id', sponsor.account_id), jsonb_build_object('account_id', to_account));
	PERFORM @registry@.send_notice('sponsor_transferred', NULL::bigint, 'provider',
								   jsonb_build_object('provider_id', n.provider_id, 'sponsor_id', sponsor.id, 'reason', transfer_sponsor.reason))
	   FROM (SELECT DISTINCT a.provider_id FROM @registry@.account a
			  WHERE a.id IN (sponsor.account_id, to_account) AND a.provider_id IS NOT NULL) n;
END
$$;
COMMENT ON FUNCTION @registry@.transfer_sponsor(bigint, bigint, text) IS
	'Moves a sponsor with its sites, claims and applications to another account; its numbers stay. By the bureau of its province (3 Q25)';
