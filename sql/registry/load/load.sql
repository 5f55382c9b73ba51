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
COMMENT ON COLUMN @registry@.rejected_row.reasons IS
	'Array of objects: field (the staging column), found, problem; where a form rule says so also code, clause, expected, advice, message_zh, message_en';
COMMENT ON COLUMN @registry@.rejected_row.province_code IS 'Province of its number, GB/T 2260, where it has one';
COMMENT ON COLUMN @registry@.rejected_row.rejected_at IS 'When it was rejected';

CREATE TABLE @registry@.progress (
	staging		text PRIMARY KEY,
	step		text NOT NULL CHECK (step IN ('reading', 'filing', 'finished')),
	done		bigint NOT NULL DEFAULT 0,
	total		bigint,
	filed		bigint NOT NULL DEFAULT 0,
	unchanged	bigint NOT NULL DEFAULT 0,
	rejected	bigint NOT NULL DEFAULT 0,
	actor		name NOT NULL,
	pid			integer NOT NULL,
	started_at	timestamptz NOT NULL,
	updated_at	timestamptz NOT NULL
);
COMMENT ON TABLE @registry@.progress IS
	'How far the latest load of each staging table is; load_in_batches() commits it with each batch, load() at its end';
COMMENT ON COLUMN @registry@.progress.staging IS 'The staging table';
COMMENT ON COLUMN @registry@.progress.step IS 'reading, filing or finished; an interrupted load stays where it was';
COMMENT ON COLUMN @registry@.progress.done IS 'Rows that are filed, unchanged or rejected';
COMMENT ON COLUMN @registry@.progress.total IS 'Rows of the staging table; NULL while it is read';
COMMENT ON COLUMN @registry@.progress.filed IS 'Rows filed by this load';
COMMENT ON COLUMN @registry@.progress.unchanged IS 'Rows that were filed before';
COMMENT ON COLUMN @registry@.progress.rejected IS 'Rows that are in rejected_row now';
COMMENT ON COLUMN @registry@.progress.actor IS 'The role that loads';
COMMENT ON COLUMN @registry@.progress.pid IS 'Its server process';
COMMENT ON COLUMN @registry@.progress.started_at IS 'When it began';
COMMENT ON COLUMN @registry@.progress.updated_at IS 'When it last went on';

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('load_missing', 'warning',
	 'what load() makes of a value that a form rule asks for and an old record lacks: warning, the row is filed and the rule recorded; error, the row is rejected');

CREATE FUNCTION @registry@.load_time(value text) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, YMD'
	SET timezone = 'Asia/Shanghai'
AS $$
BEGIN
	-- not every input of the type is a time that a record tells: now, infinity
	RETURN CASE WHEN value ~ E'^\\s*\\d{4}-\\d{1,2}-\\d{1,2}(?!\\d)' THEN value::timestamptz
				-- as spreadsheets and forms write days
				WHEN value ~ E'^\\s*\\d{4}/\\d{1,2}/\\d{1,2}(?!\\d)' THEN translate(value, '/', '-')::timestamptz
				WHEN value ~ E'^\\s*\\d{4}年\\d{1,2}月\\d{1,2}日\\s*$' THEN translate(value, '年月日', '--')::timestamptz
				WHEN value ~ E'^\\s*\\d{8}\\s*$' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.load_time(text) IS 'A date or time as Beijing time, NULL where it is none';

CREATE FUNCTION @registry@.load_list(value text) RETURNS text[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN array_remove(regexp_split_to_array(btrim(value, '{} '), '["\s,;|，；、　]+'), '');
COMMENT ON FUNCTION @registry@.load_list(text) IS 'Elements of a text, split where the form rules split it';

CREATE FUNCTION @registry@.load_domains(value text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN '{' || array_to_string(array_remove(regexp_split_to_array(btrim(value, ' 　'), '[\s　]*[,;|，；、][\s　]*'), ''), ',') || '}';
COMMENT ON FUNCTION @registry@.load_domains(text) IS 'Several domains as one list, in braces';

CREATE FUNCTION @registry@.load_addresses(value text) RETURNS icp.ip_multirange
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT range_agg(icp.try_ip_range(e.element)) FROM unnest(@registry@.load_list(value)) AS e(element)
	 WHERE icp.try_ip_range(e.element) IS NOT NULL;
END;
COMMENT ON FUNCTION @registry@.load_addresses(text) IS
	'Addresses of a text; what is none is left out, which rule IP-002 has seen';

CREATE FUNCTION @registry@.load_columns(staging regclass) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	columns	text[];
	unknown	text;
BEGIN
	SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (WHERE a.atttypid <> 'text'::regtype),
		   coalesce(array_agg(a.attname::text), '{}')
	  INTO unknown, columns
	  FROM pg_attribute a
	 WHERE a.attrelid = staging AND a.attnum > 0 AND NOT a.attisdropped;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'staging table % must have columns of type text only', staging
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('Others: %s.', unknown);
	END IF;
	IF NOT columns @> '{unit_name,service_licence}' THEN
		RAISE EXCEPTION 'staging table % needs columns unit_name and service_licence', staging
			USING ERRCODE = 'undefined_column',
				  HINT = format('Columns taken: %s.',
								(SELECT string_agg(l.columns, '; ' ORDER BY l.section)
								   FROM (SELECT c.ordinal / 100 AS section, string_agg(c.staging, ', ' ORDER BY c.ordinal) AS columns
										   FROM (SELECT f.staging, max(f.ordinal) AS ordinal FROM icp.record_field f
												  WHERE f.staging IS NOT NULL GROUP BY f.staging) c
										  GROUP BY 1) l));
	END IF;
	RETURN columns;
END
$$;
COMMENT ON FUNCTION @registry@.load_columns(regclass) IS
	'Columns of a staging table; fails where it is none that load() can take';

CREATE FUNCTION @registry@.load_clear() RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
	DROP TABLE IF EXISTS pg_temp.load_row, pg_temp.load_fault, pg_temp.load_violation, pg_temp.load_domain,
		pg_temp.load_contested, pg_temp.load_taken
$$;
COMMENT ON FUNCTION @registry@.load_clear() IS 'Drops the work tables of load()';

-- 1. Every row, read as far as it can be read.
CREATE FUNCTION @registry@.load_read(source text, columns text[]) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	texts	text;
	total	bigint;
BEGIN
	-- (what is read below has another name as text)
	SELECT string_agg(format(CASE WHEN t.staging = ANY (columns) THEN 'nullif(btrim(s.content ->> %1$L), %3$L) AS %2$I'
								  ELSE 'NULL::text AS %2$I' END, t.staging, coalesce(r.alias, t.staging), ''), ', ')
	  INTO texts
	  FROM (SELECT DISTINCT f.staging FROM icp.record_field f WHERE f.staging IS NOT NULL) t
	  LEFT JOIN (VALUES ('main_licence', 'main_text'), ('service_licence', 'service_text'), ('service_kind', 'kind_text'),
						('domain', 'domain_text'), ('update_time', 'update_text'), ('account', 'account_text')) AS r(staging, alias)
		ON r.staging = t.staging;
	-- (OFFSET 0 keeps the planner from computing a thing once for each place that uses it)
	EXECUTE format($query$
		CREATE TEMPORARY TABLE load_row AS
		SELECT p.*,
			   icp.province_of(p.main) AS province,
			   icp.name_key(p.unit_name) AS name_key,
			   coalesce(p.account_text, p.unit_name) AS account,
			   coalesce(p.kind_text, icp.service_kind(p.service), 'site') AS kind,
			   coalesce((p.updated AT TIME ZONE 'Asia/Shanghai')::date, (now() AT TIME ZONE 'Asia/Shanghai')::date) AS as_of,
			   v.id AS provider_id,
			   false AS is_wrong
		  FROM (SELECT t.*,
					   CASE WHEN t.main_text IS NULL THEN icp.icp_id_of(t.service) ELSE icp.try_icp_id(t.main_text) END AS main
				  FROM (SELECT c.*,
							   icp.try_filing_number(c.service_text) AS service,
							   CASE WHEN c.domain_text IS NULL THEN '{}'
									WHEN c.domain_text LIKE '{%%' THEN icp.try_domain_list(c.domain_text)
									-- several; white space is no separator, so that no sentence becomes a list
									WHEN c.domain_text <> translate(c.domain_text, ',;|，；、', '')
									THEN icp.try_domain_list(@registry@.load_domains(c.domain_text))
									ELSE icp.try_domain_name(c.domain_text)::icp.domain_list END AS domains,
							   CASE WHEN c.update_text IS NOT NULL THEN @registry@.load_time(c.update_text) END AS updated
						  FROM (SELECT s.row_no, s.content, %s FROM (SELECT * FROM %s s OFFSET 0) s OFFSET 0) c
						OFFSET 0) t
				OFFSET 0) p
		  LEFT JOIN @registry@.provider v ON v.name = p.provider
		$query$, texts, source);
	GET DIAGNOSTICS total = ROW_COUNT;
	-- Nobody else would, and without it some of what follows compares every row with every other.
	ANALYZE pg_temp.load_row (row_no, service, main, name_key, is_wrong);
	CREATE TEMPORARY TABLE load_fault (row_no bigint, nr integer GENERATED ALWAYS AS IDENTITY, field text, found text, problem text,
									   code text, expected text);
	RETURN total;
END
$$;
COMMENT ON FUNCTION @registry@.load_read(text, text[]) IS 'load(), step 1: reads the rows into a work table';

-- 2. What each row has wrong in itself: what keeps it from being filed at all, and what the form rules say.
CREATE FUNCTION @registry@.load_check(columns text[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	fields	text;
	lacks	text;
BEGIN
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem, code)
	SELECT r.row_no, f.field, f.found, f.problem, f.code
	  FROM pg_temp.load_row r, LATERAL (VALUES
			('unit_name', r.unit_name,
			 CASE WHEN coalesce(r.name_key, '') = '' THEN 'missing'
				  WHEN octet_length(r.unit_name) > 2000 OR octet_length(r.name_key) > 2000 THEN 'longer than 2000 bytes' END, NULL),
			('service_name', r.service_name, CASE WHEN octet_length(r.service_name) > 2000 THEN 'longer than 2000 bytes' END, NULL),
			('account', r.account, CASE WHEN octet_length(r.account) > 2000 THEN 'longer than 2000 bytes' END, NULL),
			('main_licence', r.main_text,
			 CASE WHEN r.main IS NULL THEN coalesce(icp.explain_icp_id(r.main_text), 'missing')
				  WHEN r.province IS NULL THEN 'names no province' END, NULL),
			('service_licence', r.service_text,
			 CASE WHEN r.service IS NULL THEN coalesce(icp.explain_filing_number(r.service_text),
													   'missing: the service''s own number, with -N')
				  WHEN icp.service_no(r.service) IS NULL THEN 'a sponsor''s number, without -N'
				  WHEN icp.icp_id_of(r.service) <> r.main THEN 'not a service of main_licence' END,
			 CASE WHEN r.service IS NULL AND r.service_text IS NOT NULL THEN 'NUMBER-001' END),
			('service_kind', r.kind,
			 CASE WHEN icp.icp_id_of(r.service) = r.main AND icp.service_kind(r.service) <> r.kind
				  THEN 'disagrees with the suffix of service_licence' END, NULL),
			('domain', r.domain_text,
			 CASE WHEN r.domains IS NOT NULL THEN NULL
				  WHEN r.domain_text LIKE '{%' THEN icp.explain_domain_list(r.domain_text)
				  WHEN r.domain_text <> translate(r.domain_text, ',;|，；、', '')
				  THEN icp.explain_domain_list(@registry@.load_domains(r.domain_text))
				  ELSE icp.explain_domain_name(r.domain_text) END, 'DOMAIN-002'),
			('provider', r.provider,
			 CASE WHEN r.provider_id IS NOT NULL THEN NULL
				  WHEN r.provider IS NOT NULL THEN 'unknown'
				  WHEN r.ips IS NOT NULL OR r.mode IS NOT NULL OR r.server_province IS NOT NULL
				  THEN 'missing: whose access ips, mode and server_province tell of' END, NULL),
			('update_time', r.update_text,
			 CASE WHEN r.update_text IS NOT NULL AND r.updated IS NULL THEN 'not a time such as 2024-05-06 07:08:09' END, NULL)
		) AS f(field, found, problem, code)
	 WHERE f.problem IS NOT NULL;

	-- The record has the fields that the staging table has columns for, so that no rule asks for others.
	SELECT string_agg(format('r.%I AS %I', coalesce(e.value, t.staging), t.field), ', '),
		   string_agg(format('WHEN %L THEN coalesce(btrim(r.%I::text, %L), %L) = %L', t.field,
							 coalesce(e.words, t.staging), E' \t\r\n\f　', '', ''), ' ')
	  INTO fields, lacks
	  FROM (SELECT DISTINCT f.field, f.staging FROM icp.record_field f
			 WHERE f.field IS NOT NULL AND f.staging IS NOT NULL) t
	  -- what was read, and its words; the number, which each row has, tells the province, and its suffix the kind
	  LEFT JOIN (VALUES ('domains', 'domains', 'domain_text'), ('number', 'service', 'service_text'),
						('province', 'province', 'province'), ('kind', 'kind', 'kind')) AS e(field, value, words) ON e.field = t.field
	 WHERE t.staging = ANY (columns) OR e.field IN ('province', 'kind');
	-- A name, a domain and a kind that are wrong have been spoken of above.
	EXECUTE format($query$
		CREATE TEMPORARY TABLE load_violation AS
		SELECT r.row_no, v.*, v.severity = 'error' AND NOT $1 AND ($2 OR NOT CASE v.field %s ELSE false END) AS rejects
		  FROM pg_temp.load_row r, LATERAL (SELECT %s) f, icp.violations(f, r.as_of, r.province) v
		 WHERE NOT (v.code = 'NAME-001' OR v.code = 'DOMAIN-001' AND r.domains IS NULL
					OR v.code = 'NUMBER-003' AND icp.service_kind(r.service) <> r.kind)
		$query$, lacks, fields)
		USING @registry@.errors_as_warnings(), @registry@.setting('load_missing') = 'error';
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem, code, expected)
	SELECT v.row_no, coalesce(c.staging, v.field), v.found, v.message_en, v.code, v.expected
	  FROM pg_temp.load_violation v
	  LEFT JOIN (SELECT DISTINCT f.field, f.staging FROM icp.record_field f WHERE f.staging IS NOT NULL) c ON c.field = v.field
	 WHERE v.rejects
	 ORDER BY v.row_no, v.code;
	UPDATE pg_temp.load_row r SET is_wrong = true
	  FROM (SELECT DISTINCT f.row_no FROM pg_temp.load_fault f) f WHERE f.row_no = r.row_no;
END
$$;
COMMENT ON FUNCTION @registry@.load_check(text[]) IS 'load(), step 2: what each row has wrong in itself';

-- 3. What it contradicts: what is filed already is right, and of several rows the first that is filed itself.
-- The rows that want the same number or domain, or give one number two names, are taken one after the other: whether a
-- row stands in another's way depends on whether it is filed, which depends on the rows before it.
CREATE FUNCTION @registry@.load_contest() RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	-- what is taken grows from nothing, which the planner does not see
	SET enable_seqscan = off
	SET jit = off
AS $$
DECLARE
	r	record;
BEGIN
	CREATE TEMPORARY TABLE load_taken (key text COLLATE "C" PRIMARY KEY, row_no bigint, unit_name text, name_key text);
	FOR r IN SELECT c.* FROM pg_temp.load_contested c ORDER BY c.row_no LOOP
		INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
		SELECT r.row_no,
			   CASE WHEN t.key = r.service_key THEN 'service_licence' WHEN t.key = r.owner_key THEN 'unit_name' ELSE 'domain' END,
			   CASE WHEN t.key = r.service_key THEN r.service_text WHEN t.key = r.owner_key THEN r.unit_name
					ELSE substr(t.key, length('domain ') + 1) END,
			   CASE WHEN t.key = r.owner_key THEN r.main::text || ' belongs to ' || t.unit_name
					ELSE 'the same as in row ' || t.row_no END
		  FROM pg_temp.load_taken t
		 WHERE t.key = ANY (r.domain_keys || r.service_key || r.owner_key)
		   AND (t.key <> r.owner_key OR t.name_key <> r.name_key)
		 ORDER BY t.key DESC;
		IF NOT FOUND THEN
			INSERT INTO pg_temp.load_taken (key, row_no, unit_name, name_key)
			SELECT k, r.row_no, r.unit_name, r.name_key FROM unnest(r.domain_keys || r.service_key || r.owner_key) k
			ON CONFLICT DO NOTHING;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.load_contest() IS
	'load(), step 3: of rows that exclude each other, in their order, each is right that no right one before it excludes';

CREATE FUNCTION @registry@.load_compare() RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT r.row_no, 'service_licence', r.service_text, 'already used by ' || s.name
	  FROM pg_temp.load_row r
	  JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	  JOIN @registry@.sponsor s ON s.id = t.sponsor_id;
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT r.row_no, 'unit_name', r.unit_name, r.main::text || ' belongs to ' || s.name
	  FROM pg_temp.load_row r JOIN @registry@.sponsor s ON s.number = r.main AND s.status = 'filed'
	 WHERE s.name_key <> r.name_key;
	CREATE TEMPORARY TABLE load_domain AS
	SELECT r.row_no, d.domain::text AS domain, icp.claim_hash('domain', d.domain::text) AS key_hash
	  FROM pg_temp.load_row r, icp.domains(r.domains) AS d(domain)
	 WHERE NOT r.is_wrong;
	ANALYZE pg_temp.load_domain;
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT d.row_no, 'domain', d.domain, 'already filed under ' || t.number::text
	  FROM pg_temp.load_domain d
	  JOIN @registry@.claim c ON c.key_hash = d.key_hash AND c.kind = 'domain' AND c.key = d.domain
	   AND c.approved AND c.released_at IS NULL
	  JOIN @registry@.site t ON t.id = c.holder_id AND c.holder = '@registry@.site'::regclass
	 ORDER BY d.row_no, d.domain;
	-- No provider serves what is on a blacklist (4 §12(九)).  A record without access is filed, and view blacklist_hit
	-- shows it.  (What is listed while the load runs is met when it commits: refuse_blacklisted_access.)
	IF EXISTS (SELECT FROM @registry@.blacklist b WHERE b.removed_at IS NULL) THEN
		INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
		SELECT f.row_no, CASE f.list WHEN 'sponsor' THEN 'unit_name' ELSE 'domain' END,
			   CASE f.list WHEN 'sponsor' THEN r.unit_name ELSE f.domain::text END,
			   @registry@.blacklist_text(f.id, f.list, f.domain)
		  FROM (SELECT d.row_no, b.id, b.list, b.domain
				  FROM pg_temp.load_domain d
				 CROSS JOIN LATERAL @registry@.domain_and_parents(d.domain::icp.domain_name) AS p
				  JOIN @registry@.blacklist b ON b.domain = p AND b.removed_at IS NULL
				 WHERE b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
				UNION
				SELECT n.row_no, b.id, b.list, NULL
				  FROM pg_temp.load_row n JOIN @registry@.blacklist b ON b.name_key = n.name_key AND b.removed_at IS NULL
				 WHERE b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
				   AND NOT (b.is_individual OR @registry@.is_individual(n.nature))
				UNION
				SELECT n.row_no, b.id, b.list, NULL
				  FROM pg_temp.load_row n
				  JOIN @registry@.blacklist b
					ON b.credential_keys && @registry@.credential_keys(n.credential) AND b.removed_at IS NULL
				 WHERE b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
				   AND n.credential IS NOT NULL) f
		  JOIN pg_temp.load_row r ON r.row_no = f.row_no
		 WHERE r.provider_id IS NOT NULL
		 ORDER BY f.row_no, f.id;
	END IF;
	UPDATE pg_temp.load_row r SET is_wrong = true
	  FROM (SELECT DISTINCT f.row_no FROM pg_temp.load_fault f) f WHERE f.row_no = r.row_no AND NOT r.is_wrong;
	CREATE TEMPORARY TABLE load_contested AS
	WITH wanted AS (
		SELECT d.row_no, array_agg('domain ' || d.domain ORDER BY d.domain) AS keys
		  FROM pg_temp.load_domain d
		  JOIN (SELECT x.domain FROM pg_temp.load_domain x GROUP BY 1 HAVING count(*) > 1) w ON w.domain = d.domain
		 GROUP BY 1)
	SELECT r.row_no, r.unit_name, r.name_key, r.main, r.service_text, 'number ' || r.service AS service_key,
		   'owner ' || r.main AS owner_key, coalesce(w.keys, '{}') AS domain_keys
	  FROM pg_temp.load_row r LEFT JOIN wanted w ON w.row_no = r.row_no
	 WHERE NOT r.is_wrong
	   AND (w.row_no IS NOT NULL
			OR r.service IN (SELECT x.service FROM pg_temp.load_row x WHERE NOT x.is_wrong GROUP BY 1 HAVING count(*) > 1)
			OR r.main IN (SELECT x.main FROM pg_temp.load_row x WHERE NOT x.is_wrong
						   GROUP BY 1 HAVING min(x.name_key) <> max(x.name_key)));
	PERFORM @registry@.load_contest();
	UPDATE pg_temp.load_row r SET is_wrong = true
	  FROM (SELECT DISTINCT f.row_no FROM pg_temp.load_fault f) f WHERE f.row_no = r.row_no AND NOT r.is_wrong;
	ANALYZE pg_temp.load_row (row_no, service, main, name_key, is_wrong), pg_temp.load_fault (row_no, field);
	-- a row that is wrong anyway is told of its number's owner, too
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT r.row_no, 'unit_name', r.unit_name, r.main::text || ' belongs to ' || o.unit_name
	  FROM pg_temp.load_row r
	  JOIN (SELECT DISTINCT ON (o.main) o.main, o.unit_name, o.name_key FROM pg_temp.load_row o
			 WHERE NOT o.is_wrong AND o.main IN (SELECT w.main FROM pg_temp.load_row w WHERE w.is_wrong)
			 ORDER BY o.main, o.row_no) o ON o.main = r.main
	 WHERE r.is_wrong AND o.name_key <> r.name_key
	   AND NOT EXISTS (SELECT FROM pg_temp.load_fault f WHERE f.row_no = r.row_no AND f.field = 'unit_name');
END
$$;
COMMENT ON FUNCTION @registry@.load_compare() IS 'load(), step 3: what each row contradicts';

-- 4. File what is right.
CREATE FUNCTION @registry@.load_file() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	by_role	name := @registry@.acting_user();
	filed	bigint;
	taken	record;
BEGIN
	-- The columns that were entered, of each record, and how they are read.
	SELECT string_agg(', ' || quote_ident(c.column_name), '') FILTER (WHERE c.record = 'sponsor') AS sponsor,
		   string_agg(', ' || c.value, '') FILTER (WHERE c.record = 'sponsor') AS of_sponsor,
		   string_agg(', ' || quote_ident(c.column_name), '') FILTER (WHERE c.record = 'site') AS site,
		   string_agg(', ' || c.value, '') FILTER (WHERE c.record = 'site') AS of_site,
		   string_agg(', ' || quote_ident(c.column_name), '') FILTER (WHERE c.record = 'access') AS access,
		   string_agg(', ' || c.value, '') FILTER (WHERE c.record = 'access') AS of_access
	  INTO taken
	  FROM (SELECT f.record, f.column_name,
				   CASE WHEN f.column_name IN ('province', 'domains') THEN format('r.%I', f.column_name)
						WHEN f.column_name = 'server_place'
						THEN 'CASE WHEN icp.try_province(r.server_province) IS NULL THEN r.server_province END'
						WHEN a.atttypid = 'text[]'::regtype THEN format('@registry@.load_list(r.%I)', f.staging)
						WHEN a.atttypid = 'date'::regtype
						THEN format('(@registry@.load_time(r.%I) AT TIME ZONE ''Asia/Shanghai'')::date', f.staging)
						WHEN a.atttypid = 'icp.province'::regtype THEN format('icp.try_province(r.%I)', f.staging)
						WHEN a.atttypid = 'icp.ip_multirange'::regtype THEN format('@registry@.load_addresses(r.%I)', f.staging)
						ELSE format('r.%I', f.staging) END AS value
			  FROM icp.record_field f
			  JOIN pg_attribute a
				ON a.attrelid = format('@registry@.%I', f.record)::regclass AND a.attname = f.column_name AND NOT a.attisdropped
			 WHERE f.origin = 'entered' AND f.staging IS NOT NULL
			 -- (the two lists of a record in one order)
			 ORDER BY f.ordinal) c;
	INSERT INTO @registry@.account (provider_id, user_name)
	SELECT DISTINCT r.provider_id, r.account FROM pg_temp.load_row r WHERE NOT r.is_wrong
	-- (in one order everywhere: of two loads each would else wait for the other)
	 ORDER BY r.provider_id, r.account
	ON CONFLICT (provider_id, user_name) DO NOTHING;
	EXECUTE format($insert$
		INSERT INTO @registry@.sponsor (account_id, number, status, filed_at, last_service_no%s)
		SELECT DISTINCT ON (r.main) a.id, r.main, 'filed', now(), max(icp.service_no(r.service)) OVER (PARTITION BY r.main)%s
		  FROM pg_temp.load_row r
		  JOIN @registry@.account a ON a.user_name = r.account AND a.provider_id IS NOT DISTINCT FROM r.provider_id
		 WHERE NOT r.is_wrong
		   AND NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = r.main AND s.status = 'filed')
		 ORDER BY r.main, r.row_no
		$insert$, taken.sponsor, taken.of_sponsor);
	EXECUTE format($insert$
		INSERT INTO @registry@.site (sponsor_id, account_id, province_code, number, kind, status, filed_at, changed_at%s)
		SELECT s.id, s.account_id, s.province_code, r.service, r.kind, 'filed', now(), coalesce(r.updated, now())%s
		  FROM pg_temp.load_row r JOIN @registry@.sponsor s ON s.number = r.main AND s.status = 'filed'
		 WHERE NOT r.is_wrong
		 ORDER BY r.service
		$insert$, taken.site, taken.of_site);
	GET DIAGNOSTICS filed = ROW_COUNT;
	EXECUTE format($insert$
		INSERT INTO @registry@.access (site_id, provider_id, status%s)
		SELECT t.id, r.provider_id, 'live'%s
		  FROM pg_temp.load_row r JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
		 WHERE NOT r.is_wrong AND r.provider_id IS NOT NULL
		$insert$, taken.access, taken.of_access);
	UPDATE @registry@.sponsor s SET last_service_no = top.service_no
	  FROM (SELECT r.main, max(icp.service_no(r.service)) AS service_no FROM pg_temp.load_row r
			 WHERE NOT r.is_wrong GROUP BY r.main) top
	 WHERE s.number = top.main AND s.status = 'filed' AND s.last_service_no < top.service_no;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, to_state)
	SELECT by_role, 'import', t.sponsor_id, t.id, t.province_code, 'filed'
	  FROM pg_temp.load_row r JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	 WHERE NOT r.is_wrong
	 ORDER BY r.row_no;
	INSERT INTO @registry@.warning (relation, row_id, code, field, found, expected, severity, clause, message_zh, message_en,
									advice_zh, turned, actor, sponsor_id, site_id, province_code)
	SELECT CASE p.part WHEN 'site' THEN '@registry@.site'::regclass WHEN 'access' THEN '@registry@.access'::regclass
				ELSE '@registry@.sponsor'::regclass END,
		   CASE p.part WHEN 'site' THEN t.id WHEN 'access' THEN x.id ELSE t.sponsor_id END,
		   v.code, v.field, v.found, v.expected, v.severity, v.clause, v.message_zh, v.message_en, v.advice_zh,
		   v.severity = 'error', by_role, t.sponsor_id, t.id, t.province_code
	  FROM pg_temp.load_violation v
	  JOIN pg_temp.load_row r ON r.row_no = v.row_no
	  JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	  LEFT JOIN @registry@.access x ON x.site_id = t.id AND x.provider_id = r.provider_id
	 CROSS JOIN LATERAL @registry@.part_of(v.field) AS p(part)
	 WHERE NOT r.is_wrong
	 ORDER BY r.row_no, v.code;
	RETURN filed;
END
$$;
COMMENT ON FUNCTION @registry@.load_file() IS 'load(), step 4: files the rows that are right, and records the warnings';

-- All of it, of the rows that source yields as (row_no, content).
CREATE FUNCTION @registry@.load_rows(staging text, source text, columns text[],
		OUT total bigint, OUT filed bigint, OUT unchanged bigint, OUT rejected bigint)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	not_filed	bigint;
	before		bigint := -1;
BEGIN
	LOOP
		PERFORM @registry@.load_clear();
		total := @registry@.load_read(source, columns);
		-- What is already there is neither filed again nor wrong.
		DELETE FROM pg_temp.load_row r
		 USING @registry@.site t, @registry@.sponsor s
		 WHERE t.number = r.service AND t.status = 'filed' AND s.id = t.sponsor_id AND s.name_key = r.name_key
		   AND s.number = r.main AND t.domains = r.domains AND t.kind = r.kind;
		GET DIAGNOSTICS unchanged = ROW_COUNT;
		PERFORM @registry@.load_check(columns);
		PERFORM @registry@.load_compare();
		BEGIN
			filed := @registry@.load_file();
			EXIT;
		EXCEPTION WHEN unique_violation THEN
			-- Another transaction, which this one waited for, has filed a number or a domain of these rows.  What is
			-- filed is right, so all of them are judged again: not only that row, since others may have yielded to it.
			IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
				RAISE EXCEPTION 'another transaction has filed a number (备案号) or a domain (域名) of the rows of % meanwhile', staging
					USING ERRCODE = 'serialization_failure', HINT = 'Load again, in a new transaction.';
			END IF;
			SELECT unchanged + count(*) INTO not_filed FROM pg_temp.load_row r WHERE r.is_wrong;
			IF not_filed <= before THEN
				RAISE;			-- nothing has become known by the last time
			END IF;
			before := not_filed;
		END;
	END LOOP;
	-- Keep what is not.
	INSERT INTO @registry@.rejected_row (staging, row_no, content, reasons, province_code, rejected_at)
	SELECT load_rows.staging, r.row_no, r.content, f.reasons, icp.province_code(r.province), clock_timestamp()
	  FROM pg_temp.load_row r
	  JOIN (SELECT f.row_no,
				   jsonb_agg(jsonb_build_object('field', f.field, 'found', f.found, 'problem', f.problem)
							 || CASE WHEN u.code IS NULL THEN '{}'
								ELSE jsonb_build_object('code', u.code, 'clause', u.clause, 'expected', coalesce(f.expected, u.expected),
														'message_zh', u.message_zh, 'message_en', u.message_en,
														'advice', u.advice_zh) END
							 ORDER BY f.nr) AS reasons
			  FROM pg_temp.load_fault f LEFT JOIN icp.rule u ON u.code = f.code
			 GROUP BY f.row_no) f ON f.row_no = r.row_no
	 ORDER BY r.row_no;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	PERFORM @registry@.load_clear();
END
$$;
COMMENT ON FUNCTION @registry@.load_rows(text, text, text[]) IS 'What load() and load_in_batches() do with rows';

CREATE FUNCTION @registry@.load(staging regclass,
		OUT total bigint, OUT filed bigint, OUT unchanged bigint, OUT rejected bigint)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
	-- rows in their order, each time the same
	SET synchronize_seqscans = off
	SET max_parallel_workers_per_gather = 0
	SET jit = off
AS $$
DECLARE
	name	text := staging::text;
	began	timestamptz := clock_timestamp();
	columns	text[] := @registry@.load_columns(staging);
BEGIN
	-- what an earlier run rejected is judged again
	DELETE FROM @registry@.rejected_row j WHERE j.staging = name;
	SELECT l.total, l.filed, l.unchanged, l.rejected INTO total, filed, unchanged, rejected
	  FROM @registry@.load_rows(name, format('(SELECT row_number() OVER () AS row_no, to_jsonb(r) AS content FROM %s r)', staging),
								columns) l;
	INSERT INTO @registry@.progress AS p (staging, step, done, total, filed, unchanged, rejected, actor, pid, started_at, updated_at)
	VALUES (name, 'finished', total, total, filed, unchanged, rejected, @registry@.acting_user(), pg_backend_pid(), began,
			clock_timestamp())
	ON CONFLICT ON CONSTRAINT progress_pkey DO UPDATE
	   SET (step, done, total, filed, unchanged, rejected, actor, pid, started_at, updated_at) =
		   (excluded.step, excluded.done, excluded.total, excluded.filed, excluded.unchanged, excluded.rejected, excluded.actor,
			excluded.pid, excluded.started_at, excluded.updated_at);
END
$$;
COMMENT ON FUNCTION @registry@.load(regclass) IS
	'Files the rows of a staging table of text columns that are right, keeps the others in rejected_row with their reasons, in one transaction; may be run again after corrections (doc/decisions.md, Bulk loading)';
