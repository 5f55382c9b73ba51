-- Claims compared with the rows that make them, and made anew.  Claims go astray where rows are written without triggers
-- (session_replication_role = replica, a table restored by itself), or where the owner writes the table of claims.

CREATE FUNCTION @registry@.expected_claims()
	RETURNS TABLE (holder regclass, holder_id bigint, account_id bigint, province_code smallint, approved boolean, kind text, key text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
	SELECT '@registry@.site'::regclass, t.id, t.account_id, t.province_code, t.status = 'filed', c.kind, c.key
	  FROM @registry@.site t
	 CROSS JOIN LATERAL (
			SELECT 'domain', d::text FROM icp.domains(t.domains) d
			UNION ALL
			SELECT 'homepage', icp.homepage_key(t.homepage)) AS c (kind, key)
	 WHERE t.status NOT IN ('cancelled', 'withdrawn') AND c.key <> ''
	UNION ALL
	SELECT '@registry@.sponsor'::regclass, s.id, s.account_id, s.province_code, s.status = 'filed', 'sponsor_name', c.key
	  FROM @registry@.sponsor s
	 CROSS JOIN LATERAL (SELECT coalesce(s.claim_key, icp.name_key(s.name_key))) AS c (key)
	 WHERE s.status NOT IN ('cancelled', 'withdrawn') AND c.key <> ''
	UNION ALL
	SELECT '@registry@.site_change'::regclass, n.application_id, n.account_id, n.province_code, false, c.kind, c.key
	  FROM @registry@.site_change n
	 CROSS JOIN LATERAL (
			SELECT 'domain', d::text FROM icp.domains(n.domains) d
			UNION ALL
			SELECT 'homepage', icp.homepage_key(n.homepage)) AS c (kind, key)
	 WHERE n.status NOT IN ('applied', 'dropped') AND c.key <> ''
	UNION ALL
	SELECT '@registry@.sponsor_change'::regclass, n.application_id, n.account_id, n.province_code, false, 'sponsor_name', c.key
	  FROM @registry@.sponsor_change n
	 CROSS JOIN LATERAL (SELECT coalesce(n.claim_key, icp.name_key(n.name))) AS c (key)
	 WHERE n.status NOT IN ('applied', 'dropped') AND c.key <> ''
$$;
COMMENT ON FUNCTION @registry@.expected_claims() IS
	'What the rows that are there claim, computed from them alone: the live claims that should be';

CREATE FUNCTION @registry@.claim_problems()
	RETURNS TABLE (problem text, holder regclass, holder_id bigint, kind text, claim_id bigint, rival_id bigint)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
	-- (who is of another account now has other rivals: his claim is another one)
	SELECT CASE WHEN c.id IS NULL THEN 'missing' WHEN e.holder IS NULL THEN 'surplus' ELSE 'altered' END,
		   coalesce(e.holder, c.holder), coalesce(e.holder_id, c.holder_id), coalesce(e.kind, c.kind), c.id, NULL::bigint
	  FROM @registry@.expected_claims() e
	  FULL JOIN (SELECT * FROM @registry@.claim l
				  WHERE l.released_at IS NULL
					-- (those of tables of other applications are theirs)
					AND l.holder IN ('@registry@.site'::regclass, '@registry@.sponsor'::regclass,
									 '@registry@.site_change'::regclass, '@registry@.sponsor_change'::regclass)) c
		ON c.holder_id = e.holder_id AND c.holder = e.holder AND c.kind = e.kind AND c.key = e.key
	   AND c.account_id = e.account_id
	 WHERE c.id IS NULL OR e.holder IS NULL
		OR c.key_hash <> icp.claim_hash(c.kind, c.key) OR c.approved <> e.approved
		OR c.province_code IS DISTINCT FROM e.province_code
	UNION ALL
	-- two live claims of one key, and nothing recorded
	SELECT 'unrecorded', l.holder, l.holder_id, l.kind, l.id, r.id
	  FROM @registry@.claim l
	  JOIN @registry@.claim r ON r.key_hash = l.key_hash AND r.kind = l.kind AND r.key = l.key
	   AND r.account_id <> l.account_id AND r.id > l.id
	 WHERE l.released_at IS NULL AND r.released_at IS NULL
	   AND NOT EXISTS (SELECT FROM @registry@.claim_edge e
						WHERE e.claim_holder_id = l.holder_id AND e.claim_id = l.id AND e.rival_id = r.id)
	   AND NOT EXISTS (SELECT FROM @registry@.claim_edge e
						WHERE e.claim_holder_id = r.holder_id AND e.claim_id = r.id AND e.rival_id = l.id)
$$;
COMMENT ON FUNCTION @registry@.claim_problems() IS
	'Claims that are missing, surplus or altered against the rows that make them, and pairs of rivals of which nothing is recorded; no row: all is as it is to be';

CREATE FUNCTION @registry@.rebuild_claims() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	mended	bigint := 0;
	n		bigint;
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'claims are made anew at READ COMMITTED only'
			USING ERRCODE = 'active_sql_transaction', DETAIL = 'An older snapshot would pass by what was entered meanwhile.';
	END IF;
	-- Nobody claims meanwhile; whoever does already has written his row, so that what follows sees both.
	LOCK TABLE @registry@.claim IN SHARE ROW EXCLUSIVE MODE;
	CREATE TEMPORARY TABLE pg_temp.claim_problem ON COMMIT DROP AS
		SELECT p.* FROM @registry@.claim_problems() p WHERE p.problem <> 'unrecorded';
	ANALYZE pg_temp.claim_problem;

	UPDATE @registry@.claim c SET released_at = now()
	  FROM pg_temp.claim_problem p
	 WHERE p.problem = 'surplus' AND c.holder_id = p.holder_id AND c.id = p.claim_id;
	GET DIAGNOSTICS n = ROW_COUNT;
	mended := mended + n;

	UPDATE @registry@.claim c
	   SET approved = e.approved, province_code = e.province_code,
		   key_hash = icp.claim_hash(c.kind, c.key)
	  FROM pg_temp.claim_problem p
	  JOIN @registry@.expected_claims() e ON e.holder = p.holder AND e.holder_id = p.holder_id AND e.kind = p.kind
	 WHERE p.problem = 'altered' AND c.holder_id = p.holder_id AND c.id = p.claim_id AND c.key = e.key;
	GET DIAGNOSTICS n = ROW_COUNT;
	mended := mended + n;

	-- A claim that is gone, of which an edge still tells, comes back under its id, and with it what was settled about it.
	WITH missing AS (
		SELECT e.*
		  FROM @registry@.expected_claims() e
		 WHERE EXISTS (SELECT FROM pg_temp.claim_problem p
						WHERE p.problem = 'missing' AND p.holder = e.holder AND p.holder_id = e.holder_id AND p.kind = e.kind)
		   AND NOT EXISTS (SELECT FROM @registry@.claim c
							WHERE c.holder_id = e.holder_id AND c.holder = e.holder AND c.kind = e.kind AND c.key = e.key
							  AND c.released_at IS NULL)
	), former AS (
		SELECT m.holder, m.holder_id, m.kind, m.key, min(f.id) AS id
		  FROM missing m
		 CROSS JOIN LATERAL (
				SELECT e.claim_id, e.rival_holder_id, e.rival_id FROM @registry@.claim_edge e WHERE e.claim_holder_id = m.holder_id
				UNION ALL
				SELECT e.rival_id, e.claim_holder_id, e.claim_id FROM @registry@.claim_edge e WHERE e.rival_holder_id = m.holder_id)
			   AS f (id, other_holder_id, other_id)
		  JOIN @registry@.claim o ON o.holder_id = f.other_holder_id AND o.id = f.other_id AND o.kind = m.kind AND o.key = m.key
		 WHERE NOT EXISTS (SELECT FROM @registry@.claim c WHERE c.id = f.id AND c.holder_id = m.holder_id)
		   -- (an id of an edge may be that of another table's row of the same id)
		   AND NOT EXISTS (SELECT FROM missing b
							WHERE b.holder_id = m.holder_id AND b.kind = m.kind AND b.key = m.key AND b.holder <> m.holder)
		 GROUP BY m.holder, m.holder_id, m.kind, m.key
	), back AS (
		INSERT INTO @registry@.claim (id, key_hash, holder_id, account_id, holder, province_code, approved, kind, key)
		OVERRIDING SYSTEM VALUE
		SELECT f.id, icp.claim_hash(m.kind, m.key), m.holder_id, m.account_id, m.holder, m.province_code, m.approved, m.kind, m.key
		  FROM former f JOIN missing m USING (holder, holder_id, kind, key)
		RETURNING 1
	), new AS (
		INSERT INTO @registry@.claim (key_hash, holder_id, account_id, holder, province_code, approved, kind, key)
		SELECT icp.claim_hash(m.kind, m.key), m.holder_id, m.account_id, m.holder, m.province_code, m.approved, m.kind, m.key
		  FROM missing m
		 WHERE NOT EXISTS (SELECT FROM former f
							WHERE f.holder = m.holder AND f.holder_id = m.holder_id AND f.kind = m.kind AND f.key = m.key)
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM back) + (SELECT count(*) FROM new) INTO n;
	mended := mended + n;

	-- The rivals that nobody has met: the claim that was there first is the one of the two that is older by its edges or,
	-- where both are new to each other, the one of the smaller id.
	INSERT INTO @registry@.claim_edge (claim_id, claim_holder_id, rival_id, rival_holder_id, province_code, detected_at)
	SELECT l.id, l.holder_id, r.id, r.holder_id, l.province_code, now()
	  FROM @registry@.claim_problems() p
	  JOIN @registry@.claim r ON r.holder_id = p.holder_id AND r.id = p.claim_id
	  JOIN @registry@.claim l ON l.id = p.rival_id AND l.key_hash = r.key_hash AND l.released_at IS NULL
	 WHERE p.problem = 'unrecorded';
	GET DIAGNOSTICS n = ROW_COUNT;
	mended := mended + n;
	DROP TABLE pg_temp.claim_problem;
	RETURN mended;
END
$$;
COMMENT ON FUNCTION @registry@.rebuild_claims() IS
	'Brings claims to what the rows claim, and records the conflicts that nobody has met; what is right stays, with its settlements. Returns how many claims and pairs were mended. The registry''s owner; nobody claims meanwhile';
