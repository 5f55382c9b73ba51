-- The public asks one thing: is this site filed? (是否备案查询)

CREATE FUNCTION @registry@.find_sites(question text) RETURNS SETOF bigint
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	asked_number	icp.filing_number := icp.try_filing_number(question);
	asked_domain	text;
BEGIN
	BEGIN
		asked_domain := icp.homepage_domain(btrim(question, E' \t\r\n'))::text;
	EXCEPTION WHEN data_exception THEN
		NULL;					-- neither host nor URL: a name, then
	END;
	IF asked_number IS NOT NULL THEN
		IF icp.service_no(asked_number) IS NOT NULL THEN
			RETURN QUERY SELECT t.id FROM @registry@.site t WHERE t.number = asked_number AND t.status = 'filed';
		ELSE
			RETURN QUERY SELECT t.id FROM @registry@.site t
				WHERE t.number <@ icp.icp_id_of(asked_number) AND t.status = 'filed';
		END IF;
		RETURN;
	END IF;
	IF asked_domain IS NOT NULL THEN
		RETURN QUERY
			SELECT DISTINCT c.holder_id
			  FROM unnest(ARRAY[asked_domain, icp.registrable_domain(asked_domain)::text]) AS candidate(name)
			  JOIN @registry@.claim c ON c.key_hash = icp.claim_hash('domain', candidate.name)
			   AND c.kind = 'domain' AND c.key = candidate.name AND c.approved AND c.released_at IS NULL
			   AND c.holder = '@registry@.site'::regclass;
	END IF;
	RETURN QUERY
		SELECT t.id FROM @registry@.site t WHERE t.name = btrim(question) AND t.status = 'filed'
		UNION
		SELECT t.id
		  FROM @registry@.sponsor s JOIN @registry@.site t ON t.sponsor_id = s.id
		 WHERE s.name_key = icp.name_key(question) AND s.status = 'filed' AND t.status = 'filed';
END
$$;
COMMENT ON FUNCTION @registry@.find_sites(text) IS
	'Ids of the filed sites that a number, a domain or URL, a sponsor''s name or a site''s name asks for';

-- No SQL-standard body: it would be parsed when a dump is read, before the operator classes that its order needs.
CREATE FUNCTION @registry@.lookup(question text) RETURNS SETOF jsonb
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT jsonb_build_object(
			'unitName', s.name,
			'natureName', coalesce(s.nature, ''),
			'mainLicence', s.number::text,
			'serviceLicence', t.number::text,
			'serviceName', coalesce(t.name, ''),
			'serviceType', CASE t.kind WHEN 'site' THEN 1 WHEN 'app' THEN 6 WHEN 'mini_program' THEN 7 ELSE 8 END,
			'domain', coalesce(d.domain::text, ''),
			'homeUrl', coalesce(t.homepage, ''),
			'contentTypeName', '',
			'limitAccess', CASE WHEN t.limit_access THEN '是' ELSE '否' END,
			'leaderName', '',
			'updateRecordTime', to_char(t.changed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'))
	  FROM @registry@.site t
	  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
	  LEFT JOIN LATERAL icp.domains(t.domains) AS d(domain) ON true
	 WHERE t.id IN (SELECT f FROM @registry@.find_sites(lookup.question) AS f)
	 ORDER BY t.number, d.domain;
END
$$;
COMMENT ON FUNCTION @registry@.lookup(text) IS
	'The public query: what is filed under a number, a domain or URL, a sponsor''s name or a site''s name; one object a site and domain, with the public query''s own field names and nothing private (the person in charge stays blank)';
