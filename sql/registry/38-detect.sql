-- Detection on the registry's own tables: what is filed or applied for, and what a change would add (3 Q17).

-- Many people have one name, so that a natural person's claim is the name with the credential; the name alone claims
-- nothing.  The credential is there as a digest, which nobody is shown: the view of conflicts leaves it out.
ALTER TABLE @registry@.sponsor ADD COLUMN claim_key text;
COMMENT ON COLUMN @registry@.sponsor.claim_key IS
	'What a natural person claims: name_key, a space, digest of the credential; empty without a credential; NULL for all others, whose name_key is claimed. Filled by trigger';
ALTER TABLE @registry@.sponsor_change ADD COLUMN claim_key text;
COMMENT ON COLUMN @registry@.sponsor_change.claim_key IS
	'What the sponsor would claim by the change of name, nature or credential, as sponsor.claim_key or name_key; NULL where none of them changes. Filled by trigger';

CREATE FUNCTION @registry@.person_claim_key(name_key text, nature text, credential text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE
		WHEN NOT EXISTS (SELECT FROM icp.nature n WHERE n.is_person AND n.name = btrim(nature)) THEN NULL
		WHEN coalesce(btrim(credential), '') = '' THEN ''
		ELSE name_key || ' ' || to_hex(icp.claim_hash('credential',
									coalesce(icp.try_credential(credential)::text, icp.name_key(credential)))) END;
END;
COMMENT ON FUNCTION @registry@.person_claim_key(text, text, text) IS
	'sponsor.claim_key of a natural person (自然人, nature 个人); NULL for any other sponsor';

CREATE FUNCTION @registry@.fill_claim_key() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.claim_key := @registry@.person_claim_key(NEW.name_key, NEW.nature, NEW.credential);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_claim_key() IS 'Trigger: fills a sponsor''s claim_key';
-- after fill_sponsor, which makes name_key; and only where a person is or was concerned
CREATE TRIGGER fill_sponsor_claim_key BEFORE INSERT OR UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (btrim(NEW.nature) = '个人' OR NEW.claim_key IS NOT NULL)
	EXECUTE FUNCTION @registry@.fill_claim_key();

CREATE FUNCTION @registry@.fill_change_claim_key() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
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
						'instead=claim_key', 'approved=status=filed',
						'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_sponsor_name_update AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'instead=claim_key', 'approved=status=filed',
						'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_sponsor_name_delete AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'instead=claim_key', 'approved=status=filed',
						'released=status=cancelled|withdrawn');

-- A change claims all that it would leave, until it is applied or dropped; the claims of the record itself stay.
CREATE TRIGGER claim_domain_insert AFTER INSERT ON @registry@.site_change
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_domain_update AFTER UPDATE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_domain_delete AFTER DELETE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');

CREATE TRIGGER claim_homepage_insert AFTER INSERT ON @registry@.site_change
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_homepage_update AFTER UPDATE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_homepage_delete AFTER DELETE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');

CREATE TRIGGER claim_sponsor_name_insert AFTER INSERT ON @registry@.sponsor_change
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name', 'account_id', 'application_id', 'province=province_code',
						'instead=claim_key', 'released=status=applied|dropped');
CREATE TRIGGER claim_sponsor_name_update AFTER UPDATE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name', 'account_id', 'application_id', 'province=province_code',
						'instead=claim_key', 'released=status=applied|dropped');
CREATE TRIGGER claim_sponsor_name_delete AFTER DELETE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name', 'account_id', 'application_id', 'province=province_code',
						'instead=claim_key', 'released=status=applied|dropped');

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

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.site_change
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.sponsor_change
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();
