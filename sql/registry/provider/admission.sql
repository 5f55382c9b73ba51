-- What a provider hands in before its interface is opened (4 §30), and that its own system is a filed site (1 annex).

CREATE TABLE @registry@.provider_document (
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	kind			text NOT NULL REFERENCES icp.admission_document,
	number			text,
	sha256			bytea NOT NULL CHECK (octet_length(sha256) = 32),
	stored_at		text,
	entered_at		timestamptz NOT NULL DEFAULT now(),
	entered_by		name NOT NULL DEFAULT @registry@.acting_user(),
	province_code	smallint,
	PRIMARY KEY (provider_id, kind)
);
CREATE INDEX provider_document_kind_idx ON @registry@.provider_document (kind);
COMMENT ON TABLE @registry@.provider_document IS
	'Documents of a provider''s application for the joint test with the provincial system (联调申请, 4 §30)';
COMMENT ON COLUMN @registry@.provider_document.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.provider_document.kind IS 'Which one, see icp.admission_document';
COMMENT ON COLUMN @registry@.provider_document.number IS 'Its number, where it has one';
COMMENT ON COLUMN @registry@.provider_document.sha256 IS 'SHA-256 of the document or its copy';
COMMENT ON COLUMN @registry@.provider_document.stored_at IS 'Where it is kept';
COMMENT ON COLUMN @registry@.provider_document.entered_at IS 'When it was entered, filled by trigger';
COMMENT ON COLUMN @registry@.provider_document.entered_by IS 'Role that entered it, filled by trigger';
COMMENT ON COLUMN @registry@.provider_document.province_code IS 'Province of the provider, GB/T 2260, filled by trigger';

CREATE FUNCTION @registry@.fill_provider_document() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	NEW.entered_at := now();
	NEW.entered_by := @registry@.acting_user();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_provider_document() IS 'Trigger: province, and who entered a document of a provider when';
CREATE TRIGGER fill_provider_document BEFORE INSERT OR UPDATE ON @registry@.provider_document
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_provider_document();

CREATE FUNCTION @registry@.missing_admission(provider_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	provider	@registry@.provider;
BEGIN
	IF NOT (@registry@.acts_as_authority() OR @registry@.acts_for_provider(provider_id)) THEN
		RETURN;
	END IF;
	SELECT * INTO provider FROM @registry@.provider p WHERE p.id = provider_id;
	-- a public-interest unit (公益性互联单位) has no licence to show
	RETURN QUERY
		SELECT d.code || ' ' || d.name_zh
		  FROM icp.admission_document d
		 WHERE (d.origin = 'both' OR provider.system_origin = 'bought')
		   AND NOT (d.code = 'licence' AND provider.class = 'public_interest')
		   AND NOT EXISTS (SELECT FROM @registry@.provider_document g WHERE g.provider_id = provider.id AND g.kind = d.code)
		 ORDER BY d.origin COLLATE "C", d.code COLLATE "C";
	IF provider.id IS NOT NULL AND provider.system_origin IS NULL THEN
		RETURN NEXT 'system_origin 自行开发或购买';
	ELSIF provider.system_origin = 'bought' AND coalesce(btrim(provider.system_version), '') = '' THEN
		RETURN NEXT 'system_version 软件版本号';
	END IF;
	IF NOT coalesce(@registry@.portal_is_filed(provider.system_url), true) THEN
		RETURN NEXT 'system_url 企业系统网站未备案';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.missing_admission(bigint) IS
	'What of 4 §30 is missing before a provider''s interface is opened, by code and Chinese term: documents by the origin of its system, the version of a bought one; and the filing of its own system''s domain';

CREATE FUNCTION @registry@.portal_is_filed(url text) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	domain	constant icp.domain_name := icp.homepage_domain(url);
BEGIN
	RETURN CASE WHEN domain IS NOT NULL THEN @registry@.is_filed(domain) END;
EXCEPTION WHEN data_exception THEN
	RETURN false;
END
$$;
COMMENT ON FUNCTION @registry@.portal_is_filed(text) IS
	'Is the domain of this address that of a filed site? NULL without a domain: an address by number (1 annex, before the migration, enterprise 4)';

CREATE FUNCTION @registry@.require_admission() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	missing	text;
BEGIN
	IF @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	SELECT string_agg(m, ', ') INTO missing FROM @registry@.missing_admission(NEW.id) m;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'the interface of provider % cannot be opened yet', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Missing: %s.', missing),
				  HINT = 'Enter the documents (4 §30) in provider_document, the rest in the row of the provider.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_admission() IS
	'Trigger: an interface is opened after the joint test, for which 4 §30 names the documents';
-- after enforce_admission, which says who may
CREATE TRIGGER enforce_admission_documents AFTER UPDATE ON @registry@.provider
	FOR EACH ROW WHEN (NEW.admission = 'open' AND OLD.admission = 'tested') EXECUTE FUNCTION @registry@.require_admission();

CREATE VIEW @registry@.unfiled_portal WITH (security_barrier) AS
SELECT p.id AS provider_id, p.name AS provider, p.province_code, p.system_url
  FROM @registry@.provider p
 WHERE p.system_url IS NOT NULL AND NOT coalesce(@registry@.portal_is_filed(p.system_url), true)
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(p.province_code)
		OR @registry@.acts_for_provider(p.id));
COMMENT ON VIEW @registry@.unfiled_portal IS
	'Providers whose own filing system has a domain that is not filed (独立域名企业系统的网站备案, 1 annex, before the migration, enterprise 4)';
COMMENT ON COLUMN @registry@.unfiled_portal.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.unfiled_portal.provider IS 'Its name';
COMMENT ON COLUMN @registry@.unfiled_portal.province_code IS 'GB/T 2260 code of its province';
COMMENT ON COLUMN @registry@.unfiled_portal.system_url IS 'The system''s address';

ALTER TABLE @registry@.provider_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_document_see ON @registry@.provider_document FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR (SELECT @registry@.acts_nationwide())
		   OR @registry@.supervises_provider(province_code));
CREATE POLICY provider_document_enter ON @registry@.provider_document FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id) OR @registry@.supervises_provider(province_code));
CREATE POLICY provider_document_change ON @registry@.provider_document FOR UPDATE
	USING (@registry@.acts_for_provider(provider_id) OR @registry@.supervises_provider(province_code));
