-- Detection on the registry's own tables: what is filed or applied for, and what a change would add (3 Q17).

-- Many people have one name, so that a natural person's claim is the name with the credential; the name alone claims
-- nothing.  The credential is there as a digest with the registry's secret, which nobody is shown: the view of conflicts
-- leaves it out, and it goes when the claim does.

CREATE FUNCTION @registry@.person_claim_key(name_key text, nature text, credential text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	-- 128 bits of the digest: nobody finds two credentials that share them
	SELECT CASE
		WHEN icp.is_individual(nature) IS NOT TRUE THEN NULL
		WHEN coalesce(btrim(credential), '') = '' THEN ''
		ELSE name_key || ' ' || left(encode(@registry@.person_digest('credential',
									coalesce(icp.try_credential(credential)::text, icp.name_key(credential))), 'hex'), 32) END;
END;
COMMENT ON FUNCTION @registry@.person_claim_key(text, text, text) IS
	'sponsor.claim_key of a natural person (自然人, icp.is_individual(nature)); NULL for any other sponsor';

-- (as the owner, who alone reads the secret)
CREATE FUNCTION @registry@.fill_claim_key() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.claim_key := @registry@.person_claim_key(NEW.name_key, NEW.nature, NEW.credential);
	IF NEW.claim_key IS NOT NULL AND NEW.status IN ('cancelled', 'withdrawn') THEN
		NEW.claim_key := '';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_claim_key() IS 'Trigger: fills a sponsor''s claim_key';
-- after fill_sponsor, which makes name_key; and only where a person is or was concerned
CREATE TRIGGER fill_sponsor_claim_key BEFORE INSERT OR UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (icp.is_individual(NEW.nature) OR NEW.claim_key IS NOT NULL)
	EXECUTE FUNCTION @registry@.fill_claim_key();

CREATE FUNCTION @registry@.fill_change_claim_key() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- what is decided claims nothing any more
	IF NEW.status <> 'pending' THEN
		NEW.claim_key := split_part(NEW.claim_key, ' ', 1);
		RETURN NEW;
	END IF;
	NEW.claim_key := NULL;
	IF num_nonnulls(NEW.name, NEW.nature, NEW.credential) > 0 OR NEW.cleared && '{nature,credential}' THEN
		SELECT coalesce(@registry@.person_claim_key(k.name_key,
					CASE WHEN 'nature' = ANY (NEW.cleared) THEN NULL ELSE coalesce(NEW.nature, s.nature) END,
					CASE WHEN 'credential' = ANY (NEW.cleared) THEN NULL ELSE coalesce(NEW.credential, s.credential) END),
				k.name_key)
		  INTO NEW.claim_key
		  FROM @registry@.application a JOIN @registry@.sponsor s ON s.id = a.sponsor_id,
			   LATERAL (SELECT icp.name_key(coalesce(NEW.name, s.name)) AS name_key) k
		 WHERE a.id = NEW.application_id;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_change_claim_key() IS 'Trigger: fills the claim_key of a change of a sponsor';
CREATE TRIGGER fill_claim_key BEFORE INSERT OR UPDATE ON @registry@.sponsor_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change_claim_key();

-- What claims what: for each a trigger of INSERT, UPDATE and DELETE.  A change claims all that it would leave, until it is
-- applied or dropped; the claims of the record itself stay.
DO $$
DECLARE
	of_record	constant text[] := '{approved=status=filed,released=status=cancelled|withdrawn}';
	of_change	constant text[] := '{released=status=applied|dropped}';
	claim		record;
BEGIN
	FOR claim IN
		SELECT *
		  FROM (VALUES
			('site',           'domain',       'domains',  'id',             of_record),
			('site',           'homepage',     'homepage', 'id',             of_record),
			('sponsor',        'sponsor_name', 'name_key', 'id',             '{instead=claim_key}' || of_record),
			('site_change',    'domain',       'domains',  'application_id', of_change),
			('site_change',    'homepage',     'homepage', 'application_id', of_change),
			('sponsor_change', 'sponsor_name', 'name',     'application_id', '{instead=claim_key}' || of_change))
		   AS v (holder, kind, claimed, id, options)
	LOOP
		EXECUTE (SELECT string_agg(format('CREATE TRIGGER claim_%s_%s AFTER %s ON @registry@.%I REFERENCING%s'
										  ' FOR EACH STATEMENT EXECUTE FUNCTION icp.detect_conflict(%s);',
										  claim.kind, lower(e.event), e.event, claim.holder, e.rows,
										  (SELECT string_agg(quote_literal(o), ', ' ORDER BY n)
											 FROM unnest(ARRAY[claim.kind, claim.claimed, 'account_id', claim.id, 'province=province_code']
														 || claim.options) WITH ORDINALITY AS u (o, n))), ' ')
				   FROM (VALUES ('INSERT', ' NEW TABLE AS new_rows'),
								('UPDATE', ' OLD TABLE AS old_rows NEW TABLE AS new_rows'),
								('DELETE', ' OLD TABLE AS old_rows')) AS e (event, rows));
	END LOOP;
END
$$;

-- A person's claim that is released keeps the name, which the history of conflicts shows, and loses the credential's
-- digest.  Edges of a change's claim that only repeated the record's own go with it: they are the record's conflicts, and
-- could not be told from others afterwards.
CREATE FUNCTION @registry@.forget_claims_of(relation regclass, holders bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF relation = '@registry@.sponsor_change'::regclass THEN
		WITH repeated AS (
			SELECT c.id, c.holder_id
			  FROM @registry@.claim_holder c
			 WHERE c.holder_id = ANY (holders) AND c.holder = relation AND c.kind = 'sponsor_name'
			   AND c.released_at IS NOT NULL AND strpos(c.key, ' ') > 0 AND c.repeats_record
		), outward AS (
			DELETE FROM @registry@.claim_edge e USING repeated r WHERE e.claim_holder_id = r.holder_id AND e.claim_id = r.id
		)
		DELETE FROM @registry@.claim_edge e USING repeated r WHERE e.rival_holder_id = r.holder_id AND e.rival_id = r.id;
	END IF;
	UPDATE @registry@.claim c
	   SET key = split_part(c.key, ' ', 1), key_hash = icp.claim_hash(c.kind, split_part(c.key, ' ', 1))
	 WHERE c.holder_id = ANY (holders) AND c.holder = relation AND c.kind = 'sponsor_name'
	   AND c.released_at IS NOT NULL AND strpos(c.key, ' ') > 0;
END
$$;
COMMENT ON FUNCTION @registry@.forget_claims_of(regclass, bigint[]) IS
	'Takes the digests of credentials out of released claims of these holders';

CREATE FUNCTION @registry@.forget_claims() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	holders	bigint[];
BEGIN
	IF TG_OP = 'DELETE' THEN
		IF TG_TABLE_NAME = 'sponsor' THEN
			holders := ARRAY(SELECT o.id FROM old_rows o WHERE strpos(o.claim_key, ' ') > 0);
		ELSE
			holders := ARRAY(SELECT o.application_id FROM old_rows o WHERE strpos(o.claim_key, ' ') > 0);
		END IF;
	ELSIF TG_TABLE_NAME = 'sponsor' THEN
		holders := ARRAY(SELECT r.id
						   FROM (SELECT o.id, o.claim_key, o.account_id, n.claim_key AS new_key, n.account_id AS new_account_id
								   FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
						  WHERE strpos(r.claim_key, ' ') > 0
							AND (r.new_key IS DISTINCT FROM r.claim_key OR r.new_account_id <> r.account_id));
	ELSE
		-- (of what is applied the settlements are carried over first: keep_settlements)
		holders := ARRAY(SELECT r.application_id
						   FROM (SELECT o.application_id, o.claim_key, o.account_id,
										n.status AS new_status, n.claim_key AS new_key, n.account_id AS new_account_id
								   FROM old_rows o FULL JOIN new_rows n ON n.application_id = o.application_id OFFSET 0) r
						  WHERE strpos(r.claim_key, ' ') > 0 AND r.new_status IS DISTINCT FROM 'applied'
							AND (r.new_key IS DISTINCT FROM r.claim_key OR r.new_account_id <> r.account_id));
	END IF;
	IF holders <> '{}' THEN
		PERFORM @registry@.forget_claims_of(TG_RELID, holders);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.forget_claims() IS
	'Trigger: takes the digest of the credential out of what persons claim no more';
-- (by name after those that release the claims)
CREATE TRIGGER forget_claims_update AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();
CREATE TRIGGER forget_claims_delete AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();
CREATE TRIGGER forget_claims_update AFTER UPDATE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();
CREATE TRIGGER forget_claims_delete AFTER DELETE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();

CREATE FUNCTION @registry@.refuse_truncate() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'table "%" cannot be truncated', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = CASE WHEN TG_TABLE_NAME IN ('claim', 'claim_edge', 'conflict_settlement')
							THEN 'Nobody would meet the claims of what is filed any more.'
							ELSE 'The claims of its rows would stay behind.' END,
			  HINT = 'Use DELETE.';
END
$$;
COMMENT ON FUNCTION @registry@.refuse_truncate() IS 'Trigger: refuses TRUNCATE of a table whose rows hold claims, or of the claims themselves';
DO $$
DECLARE
	relation	text;
BEGIN
	FOREACH relation IN ARRAY '{sponsor,site,sponsor_change,site_change,claim,claim_edge,conflict_settlement}'::text[] LOOP
		EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.%I'
					   ' FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate()', relation);
	END LOOP;
END
$$;
