-- Old records in bulk: nothing is lost on the way in.

CREATE TABLE @registry@.rejected_row (
	id			bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	staging		text NOT NULL,
	row_no		bigint NOT NULL,
	content		jsonb NOT NULL,
	reasons		jsonb NOT NULL,
	province_code	smallint,
	rejected_at	timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rejected_row_staging_idx ON @registry@.rejected_row (staging);
COMMENT ON TABLE @registry@.rejected_row IS 'Rows that load() could not file, each with its reasons';
COMMENT ON COLUMN @registry@.rejected_row.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.rejected_row.staging IS 'The staging table it came from';
COMMENT ON COLUMN @registry@.rejected_row.row_no IS 'Its place there, counted from 1';
COMMENT ON COLUMN @registry@.rejected_row.content IS 'The row as it was';
COMMENT ON COLUMN @registry@.rejected_row.reasons IS 'Array of objects: field, found, problem';
COMMENT ON COLUMN @registry@.rejected_row.province_code IS 'Province of its number, GB/T 2260, where it has one';
COMMENT ON COLUMN @registry@.rejected_row.rejected_at IS 'When it was rejected';

CREATE FUNCTION @registry@.load_reason(field text, found text, problem text) RETURNS jsonb
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN jsonb_build_array(jsonb_build_object('field', field, 'found', found, 'problem', problem));
COMMENT ON FUNCTION @registry@.load_reason(text, text, text) IS 'One reason for rejected_row.reasons';

CREATE FUNCTION @registry@.load_time(value text) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, YMD'
	SET timezone = 'Asia/Shanghai'
AS $$
BEGIN
	-- not every input of the type is a time that a record tells: now, infinity
	RETURN CASE WHEN value ~ '^\s*\d{4}-\d{1,2}-\d{1,2}(?!\d)' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.load_time(text) IS 'A date or time as Beijing time, NULL where it is none';

CREATE FUNCTION @registry@.load(staging regclass,
		OUT total bigint, OUT filed bigint, OUT unchanged bigint, OUT rejected bigint)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	this_load	timestamptz := clock_timestamp();
	unknown		text;
BEGIN
	SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) INTO unknown
	  FROM pg_attribute a
	 WHERE a.attrelid = staging AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'text'::regtype;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'staging table % must have columns of type text only', staging
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('Others: %s.', unknown);
	END IF;
	IF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = staging AND a.attname = 'unit_name')
	   OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = staging AND a.attname = 'service_licence') THEN
		RAISE EXCEPTION 'staging table % needs columns unit_name and service_licence', staging
			USING ERRCODE = 'undefined_column',
				  HINT = 'Columns taken: unit_name, nature, main_licence, service_licence, service_kind, service_name, domain, home_url, update_time, account, provider.';
	END IF;

	-- 1. Every row, read as far as it can be read.
	DROP TABLE IF EXISTS pg_temp.load_row;
	EXECUTE format($query$
		CREATE TEMPORARY TABLE load_row ON COMMIT DROP AS
		SELECT row_number() OVER () AS row_no,
			   to_jsonb(r) AS content,
			   nullif(btrim(to_jsonb(r) ->> 'unit_name'), '') AS unit_name,
			   nullif(btrim(to_jsonb(r) ->> 'nature'), '') AS nature,
			   nullif(btrim(to_jsonb(r) ->> 'main_licence'), '') AS main_text,
			   nullif(btrim(to_jsonb(r) ->> 'service_licence'), '') AS service_text,
			   nullif(btrim(to_jsonb(r) ->> 'service_kind'), '') AS kind,
			   nullif(btrim(to_jsonb(r) ->> 'service_name'), '') AS service_name,
			   nullif(btrim(to_jsonb(r) ->> 'domain'), '') AS domain_text,
			   nullif(btrim(to_jsonb(r) ->> 'home_url'), '') AS home_url,
			   nullif(btrim(to_jsonb(r) ->> 'update_time'), '') AS update_text,
			   nullif(btrim(to_jsonb(r) ->> 'account'), '') AS account,
			   nullif(btrim(to_jsonb(r) ->> 'provider'), '') AS provider
		  FROM %s r
	$query$, staging);
	ALTER TABLE pg_temp.load_row
		ADD COLUMN service icp.filing_number,
		ADD COLUMN main icp.icp_id,
		ADD COLUMN name_key text,
		ADD COLUMN domains icp.domain_list,
		ADD COLUMN province icp.province,
		ADD COLUMN is_filed boolean NOT NULL DEFAULT false,
		ADD COLUMN reasons jsonb NOT NULL DEFAULT '[]';
	UPDATE pg_temp.load_row r
	   SET service = icp.try_filing_number(r.service_text),
		   main = coalesce(icp.try_icp_id(r.main_text),
						   CASE WHEN r.main_text IS NULL THEN icp.icp_id_of(icp.try_filing_number(r.service_text)) END),
		   name_key = icp.name_key(r.unit_name),
		   account = coalesce(r.account, r.unit_name),
		   kind = coalesce(r.kind, icp.service_kind(icp.try_filing_number(r.service_text)), 'site'),
		   domains = CASE WHEN r.domain_text IS NULL THEN '{}'
						  WHEN r.domain_text LIKE '{%' THEN icp.try_domain_list(r.domain_text)
						  ELSE icp.try_domain_name(r.domain_text)::icp.domain_list END;
	UPDATE pg_temp.load_row r SET province = icp.province_of(r.main);
	GET DIAGNOSTICS total = ROW_COUNT;
	-- Nobody else would, and without it each of the following compares every row with every other.
	ANALYZE pg_temp.load_row;

	-- 2. What is already there, word for word, is neither filed again nor wrong.
	UPDATE pg_temp.load_row r SET is_filed = true
	  FROM @registry@.site t JOIN @registry@.sponsor s ON s.id = t.sponsor_id
	 WHERE t.number = r.service AND t.status = 'filed' AND s.name_key = r.name_key AND s.number = r.main
	   AND t.domains = r.domains AND t.kind = r.kind;
	GET DIAGNOSTICS unchanged = ROW_COUNT;

	-- 3. What each row has wrong in itself.
	UPDATE pg_temp.load_row r SET reasons =
		CASE WHEN r.name_key IS NULL OR r.name_key = ''
			 THEN @registry@.load_reason('unit_name', r.unit_name, 'missing')
			 WHEN greatest(octet_length(r.unit_name), octet_length(r.name_key)) > 2000
			 THEN @registry@.load_reason('unit_name', r.unit_name, 'longer than 2000 bytes') ELSE '[]' END
		|| CASE WHEN octet_length(r.service_name) > 2000
			 THEN @registry@.load_reason('service_name', r.service_name, 'longer than 2000 bytes') ELSE '[]' END
		|| CASE WHEN octet_length(r.account) > 2000
			 THEN @registry@.load_reason('account', r.account, 'longer than 2000 bytes') ELSE '[]' END
		|| CASE WHEN r.main IS NULL
			 THEN @registry@.load_reason('main_licence', r.main_text,
										 coalesce(icp.explain_icp_id(r.main_text), 'missing')) ELSE '[]' END
		|| CASE WHEN r.service IS NULL
			 THEN @registry@.load_reason('service_licence', r.service_text,
										 coalesce(icp.explain_filing_number(r.service_text),
												  'missing: the service''s own number, with -N'))
				WHEN icp.service_no(r.service) IS NULL
			 THEN @registry@.load_reason('service_licence', r.service_text, 'a sponsor''s number, without -N')
				WHEN icp.icp_id_of(r.service) <> r.main
			 THEN @registry@.load_reason('service_licence', r.service_text, 'not a service of main_licence')
				WHEN icp.service_kind(r.service) <> r.kind
			 THEN @registry@.load_reason('service_kind', r.kind, 'disagrees with the suffix of service_licence')
				ELSE '[]' END
		|| CASE WHEN r.main IS NOT NULL AND r.province IS NULL
			 THEN @registry@.load_reason('main_licence', r.main_text, 'names no province') ELSE '[]' END
		|| CASE WHEN r.domains IS NULL
			 THEN @registry@.load_reason('domain', r.domain_text,
				CASE WHEN r.domain_text LIKE '{%' THEN icp.explain_domain_list(r.domain_text)
					 ELSE icp.explain_domain_name(r.domain_text) END) ELSE '[]' END
		|| CASE WHEN r.provider IS NOT NULL
					 AND NOT EXISTS (SELECT FROM @registry@.provider p WHERE p.name = r.provider)
			 THEN @registry@.load_reason('provider', r.provider, 'unknown') ELSE '[]' END
		|| CASE WHEN r.update_text IS NOT NULL AND @registry@.load_time(r.update_text) IS NULL
			 THEN @registry@.load_reason('update_time', r.update_text, 'not a time such as 2024-05-06 07:08:09') ELSE '[]' END
	 WHERE NOT r.is_filed;

	-- 4. What it contradicts: the first of several rows is right, as is what is filed already.
	UPDATE pg_temp.load_row r
	   SET reasons = r.reasons || @registry@.load_reason('service_licence', r.service_text,
														 'already used by ' || coalesce(other.name, 'another service'))
	  FROM @registry@.site t JOIN @registry@.sponsor other ON other.id = t.sponsor_id
	 WHERE NOT r.is_filed AND t.number = r.service AND t.status = 'filed';
	UPDATE pg_temp.load_row r
	   SET reasons = r.reasons || @registry@.load_reason('unit_name', r.unit_name,
														 r.main::text || ' belongs to ' || owner.name)
	  FROM (SELECT DISTINCT ON (n.number) n.number, n.name, n.name_key
			  FROM (SELECT s.number, s.name, s.name_key, 0 AS row_no FROM @registry@.sponsor s WHERE s.status = 'filed'
					UNION ALL
					SELECT f.main, f.unit_name, f.name_key, f.row_no FROM pg_temp.load_row f
					 WHERE f.reasons = '[]' AND NOT f.is_filed) n
			 ORDER BY n.number, n.row_no) owner
	 WHERE NOT r.is_filed AND owner.number = r.main AND owner.name_key <> r.name_key;
	UPDATE pg_temp.load_row r
	   SET reasons = r.reasons || @registry@.load_reason('service_licence', r.service_text, 'the same as in row ' || first.row_no)
	  FROM (SELECT f.service, min(f.row_no) AS row_no FROM pg_temp.load_row f
			 WHERE f.reasons = '[]' AND NOT f.is_filed GROUP BY f.service) first
	 WHERE NOT r.is_filed AND r.reasons = '[]' AND first.service = r.service AND first.row_no < r.row_no;
	UPDATE pg_temp.load_row r
	   SET reasons = r.reasons || taken.reason
	  FROM (SELECT d.row_no,
				   @registry@.load_reason('domain', d.domain::text, 'already filed under ' || t.number::text) AS reason
			  FROM (SELECT f.row_no, e.domain FROM pg_temp.load_row f, icp.domains(f.domains) AS e(domain)
					 WHERE f.reasons = '[]' AND NOT f.is_filed) d
			  JOIN @registry@.claim c ON c.key_hash = icp.claim_hash('domain', d.domain::text) AND c.kind = 'domain'
			   AND c.key = d.domain::text AND c.approved AND c.released_at IS NULL
			  JOIN @registry@.site t ON t.id = c.holder_id AND c.holder = '@registry@.site'::regclass) taken
	 WHERE taken.row_no = r.row_no;
	UPDATE pg_temp.load_row r
	   SET reasons = r.reasons || later.reason
	  FROM (SELECT DISTINCT ON (d.row_no) d.row_no,
				   @registry@.load_reason('domain', d.domain::text, 'the same as in row ' || d.first) AS reason
			  FROM (SELECT f.row_no, e.domain, min(f.row_no) OVER (PARTITION BY e.domain) AS first
					  FROM pg_temp.load_row f, icp.domains(f.domains) AS e(domain)
					 WHERE f.reasons = '[]' AND NOT f.is_filed) d
			 WHERE d.first < d.row_no
			 ORDER BY d.row_no, d.domain) later
	 WHERE later.row_no = r.row_no;

	-- 5. File what is right.
	INSERT INTO @registry@.account (provider_id, user_name)
	SELECT DISTINCT p.id, r.account
	  FROM pg_temp.load_row r LEFT JOIN @registry@.provider p ON p.name = r.provider
	 WHERE r.reasons = '[]' AND NOT r.is_filed
	ON CONFLICT (provider_id, user_name) DO NOTHING;
	INSERT INTO @registry@.sponsor (account_id, province, number, name, nature, status, filed_at,
								 last_service_no)
	SELECT DISTINCT ON (r.main) a.id, r.province, r.main, r.unit_name, r.nature, 'filed', now(),
		   max(icp.service_no(r.service)) OVER (PARTITION BY r.main)
	  FROM pg_temp.load_row r
	  LEFT JOIN @registry@.provider p ON p.name = r.provider
	  JOIN @registry@.account a ON a.user_name = r.account AND a.provider_id IS NOT DISTINCT FROM p.id
	 WHERE r.reasons = '[]' AND NOT r.is_filed
	   AND NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = r.main AND s.status = 'filed')
	 ORDER BY r.main, r.row_no;
	INSERT INTO @registry@.site (sponsor_id, account_id, province_code, number, kind, name, domains, homepage,
								 status, filed_at, changed_at)
	SELECT s.id, s.account_id, s.province_code, r.service, r.kind, r.service_name, r.domains, r.home_url,
		   'filed', now(), coalesce(@registry@.load_time(r.update_text), now())
	  FROM pg_temp.load_row r JOIN @registry@.sponsor s ON s.number = r.main AND s.status = 'filed'
	 WHERE r.reasons = '[]' AND NOT r.is_filed;
	GET DIAGNOSTICS filed = ROW_COUNT;
	INSERT INTO @registry@.access (site_id, provider_id, status)
	SELECT t.id, p.id, 'live'
	  FROM pg_temp.load_row r
	  JOIN @registry@.provider p ON p.name = r.provider
	  JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	 WHERE r.reasons = '[]' AND NOT r.is_filed;
	UPDATE @registry@.sponsor s SET last_service_no = top.service_no
	  FROM (SELECT r.main, max(icp.service_no(r.service)) AS service_no FROM pg_temp.load_row r
			 WHERE r.reasons = '[]' AND NOT r.is_filed GROUP BY r.main) top
	 WHERE s.number = top.main AND s.status = 'filed' AND s.last_service_no < top.service_no;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, to_state)
	SELECT @registry@.acting_user(), 'import', t.sponsor_id, t.id, t.province_code, 'filed'
	  FROM pg_temp.load_row r JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	 WHERE r.reasons = '[]' AND NOT r.is_filed
	 ORDER BY r.row_no;

	-- 6. Keep what is not, in place of what an earlier run rejected.
	DELETE FROM @registry@.rejected_row j WHERE j.staging = load.staging::text;
	INSERT INTO @registry@.rejected_row (staging, row_no, content, reasons, province_code, rejected_at)
	SELECT load.staging::text, r.row_no, r.content, r.reasons, icp.province_code(r.province), this_load
	  FROM pg_temp.load_row r
	 WHERE r.reasons <> '[]'
	 ORDER BY r.row_no;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	DROP TABLE pg_temp.load_row;
END
$$;
COMMENT ON FUNCTION @registry@.load(regclass) IS
	'Files the rows of a staging table of text columns that are right, keeps the others in rejected_row with their reasons; may be run again after corrections (design decision 12)';
