-- Making the digests anew with another secret.

-- Nobody enters or approves a person meanwhile, or his claim would have been made or met with the other secret.  The
-- claims stay what they are, with their conflicts and settlements: what was equal is equal again.
CREATE FUNCTION @registry@.rekey_claims(secret bytea DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	triggers	text[];
	stopped		text;
	still_said	bigint[];
	changed		bigint;
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'the claims of persons (自然人) are made anew at READ COMMITTED only'
			USING ERRCODE = 'active_sql_transaction', DETAIL = 'An older snapshot would pass by who was entered meanwhile.';
	END IF;
	LOCK TABLE @registry@.sponsor IN EXCLUSIVE MODE;
	LOCK TABLE @registry@.sponsor_change, @registry@.claim, @registry@.untrue_item IN SHARE ROW EXCLUSIVE MODE;
	-- A finding keeps no value: where the record still says what was found untrue, it is digested again.  Without the
	-- secret of before, it is taken to say so still, until a bureau settles the finding.
	still_said := ARRAY(
		SELECT u.id FROM @registry@.untrue_item u
		  JOIN @registry@.sponsor s ON s.id = u.sponsor_id
		  LEFT JOIN @registry@.site t ON t.id = u.site_id
		 WHERE CASE WHEN u.value_digest IS NULL THEN false
					WHEN NOT EXISTS (SELECT FROM @registry@.claim_secret)
					THEN u.settled_at IS NULL
					ELSE u.value_digest = @registry@.item_digest(CASE WHEN u.site_id IS NULL THEN to_jsonb(s)
																	   ELSE to_jsonb(t) END, u.item) END);
	IF rekey_claims.secret IS NOT NULL THEN
		-- TRUNCATE: a snapshot of before sees no secret then, and not the one of before, with which it would claim past the
		-- others (person_digest() refuses).
		TRUNCATE @registry@.claim_secret;
		INSERT INTO @registry@.claim_secret (secret) VALUES (rekey_claims.secret);
	END IF;
	-- Nothing but the digests changes: no trigger need know, and none is to stamp the record.
	triggers := ARRAY(
		SELECT format('ALTER TABLE %s %%s TRIGGER %I', t.tgrelid::regclass, replace(t.tgname, '%', '%%'))
		  FROM pg_catalog.pg_trigger t
		 WHERE t.tgrelid IN ('@registry@.sponsor'::regclass, '@registry@.sponsor_change'::regclass, '@registry@.untrue_item'::regclass)
		   AND NOT t.tgisinternal AND t.tgenabled = 'O');
	FOREACH stopped IN ARRAY triggers LOOP
		EXECUTE format(stopped, 'DISABLE');
	END LOOP;

	CREATE TEMPORARY TABLE pg_temp.rekeyed ON COMMIT DROP AS
		SELECT '@registry@.sponsor'::regclass AS holder, s.id AS holder_id, s.claim_key AS before, k.after
		  FROM @registry@.sponsor s, LATERAL (SELECT @registry@.person_claim_key(s.name_key, s.nature, s.credential) AS after) k
		 WHERE strpos(s.claim_key, ' ') > 0 AND k.after <> s.claim_key
		UNION ALL
		SELECT '@registry@.sponsor_change'::regclass, c.application_id, c.claim_key, k.after
		  FROM @registry@.sponsor_change c
		  JOIN @registry@.application a ON a.id = c.application_id
		  JOIN @registry@.sponsor s ON s.id = a.sponsor_id,
			   LATERAL (SELECT @registry@.person_claim_key(icp.name_key(coalesce(c.name, s.name)), coalesce(c.nature, s.nature),
														   coalesce(c.credential, s.credential)) AS after) k
		 WHERE strpos(c.claim_key, ' ') > 0 AND k.after <> c.claim_key;
	ANALYZE pg_temp.rekeyed;
	UPDATE @registry@.claim c SET key = r.after, key_hash = icp.claim_hash(c.kind, r.after)
	  FROM pg_temp.rekeyed r
	 WHERE c.holder_id = r.holder_id AND c.holder = r.holder AND c.kind = 'sponsor_name' AND c.key = r.before
	   AND c.released_at IS NULL;
	UPDATE @registry@.sponsor s SET claim_key = r.after
	  FROM pg_temp.rekeyed r WHERE r.holder = '@registry@.sponsor'::regclass AND s.id = r.holder_id;
	GET DIAGNOSTICS changed = ROW_COUNT;
	UPDATE @registry@.sponsor_change c SET claim_key = r.after
	  FROM pg_temp.rekeyed r WHERE r.holder = '@registry@.sponsor_change'::regclass AND c.application_id = r.holder_id;
	DROP TABLE pg_temp.rekeyed;
	UPDATE @registry@.untrue_item u
	   SET value_digest = (SELECT @registry@.item_digest(CASE WHEN u.site_id IS NULL THEN to_jsonb(s)
															   ELSE (SELECT to_jsonb(t) FROM @registry@.site t WHERE t.id = u.site_id) END, u.item)
							 FROM @registry@.sponsor s WHERE s.id = u.sponsor_id)
	 WHERE u.id = ANY (still_said);

	FOREACH stopped IN ARRAY triggers LOOP
		EXECUTE format(stopped, 'ENABLE');
	END LOOP;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION @registry@.rekey_claims(bytea) IS
	'Makes the digests of persons'' credentials anew, with this secret or the present one; returns how many sponsors changed. The registry''s owner; nobody enters sponsors meanwhile';

CREATE FUNCTION @registry@.set_claim_secret(secret bytea DEFAULT icp.random_secret()) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF secret IS NULL OR octet_length(secret) NOT BETWEEN 32 AND 1024 THEN
		RAISE EXCEPTION 'a secret has 32 to 1024 bytes' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM @registry@.rekey_claims(secret);
	RETURN @registry@.claim_secret_id();
END
$$;
COMMENT ON FUNCTION @registry@.set_claim_secret(bytea) IS
	'Sets the secret of persons'' claims, that of another registry or a new one, and makes their digests anew; returns claim_secret_id()';
