-- Ids of two registries never meet: each is a node of the country, and gives the ids of its node alone.
\set VERBOSITY terse
SET client_min_messages = warning;
BEGIN;
SELECT icp.node_of(1), icp.node_of(7696581394433), icp.node_of(9007199254740991) AS last, icp.node_ids(0), icp.node_ids(7), icp.node_ids(8191);
-- below 2^53, up to which a double is exact
SELECT upper(icp.node_ids(8191)) - 1 = 2 ^ 53 - 1 AS is_exact, bool_and(icp.node_ids(n) -|- icp.node_ids(n + 1) IS FALSE) AS is_apart,
	   bool_and(icp.node_of(lower(icp.node_ids(n))) = n AND icp.node_of(upper(icp.node_ids(n)) - 1) = n) AS is_of
  FROM generate_series(0, 8190) n;
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry('three', 3), icp.create_registry('seven', node => 7);
SAVEPOINT s;
\set VERBOSITY default
SELECT icp.create_registry('bad', 8192);
ROLLBACK TO s;
SELECT icp.create_registry('bad', -1);
ROLLBACK TO s;
SELECT icp.create_registry('bad', NULL);
ROLLBACK TO s;
\set VERBOSITY terse
SELECT icp.create_registry();
SELECT node FROM beian.registry UNION ALL SELECT node FROM three.registry UNION ALL SELECT node FROM seven.registry;

-- every identity column of every table, and no range touches another's
CREATE VIEW pg_temp.gives AS
SELECT n.nspname AS registry, c.relname, s.seqrelid::regclass AS sequence, int8range(s.seqmin, s.seqmax, '[]') AS ids, s.seqstart
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_sequence s ON s.seqrelid = pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname)::regclass
 WHERE a.attidentity <> '' AND n.nspname IN ('beian', 'three', 'seven');
SELECT registry, count(*) > 30 AS many, bool_and(seqstart = lower(ids)) AS starts, array_agg(DISTINCT ids) AS ids FROM pg_temp.gives GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM pg_temp.gives a JOIN pg_temp.gives b ON b.registry > a.registry AND b.ids && a.ids;
SELECT * FROM icp.check_registry('seven');
SELECT * FROM icp.check_registry();

-- told, and mended: sequences that give others' ids, of one that is node 0 and of one that is not
SAVEPOINT s;
ALTER TABLE seven.site ALTER COLUMN id SET MINVALUE 1;
ALTER TABLE beian.claim ALTER COLUMN id SET NO MAXVALUE;
CREATE TABLE beian.added (id bigint GENERATED ALWAYS AS IDENTITY);
SELECT kind, name, problem FROM icp.check_registry('seven');
SELECT kind, name, problem FROM icp.check_registry() WHERE kind = 'sequence';
SELECT icp.fit_ids('seven'), icp.fit_ids('seven');
SELECT icp.upgrade_registry(), icp.fit_ids();
SELECT kind FROM icp.check_registry('seven');
SELECT kind FROM icp.check_registry() WHERE kind = 'sequence';
-- what has counted beyond its node is not set back to ids that are taken
SELECT setval('three.site_id_seq', lower(icp.node_ids(3)) + 5) > 0 AS set;
UPDATE three.registry SET node = 4;
SELECT count(*) > 30 AS many FROM icp.check_registry('three') WHERE kind = 'sequence';
SAVEPOINT f;
SELECT icp.fit_ids('three');
ROLLBACK TO f;
UPDATE three.registry SET node = 8192;
ROLLBACK TO s;
-- the last id is the last
SAVEPOINT s;
SELECT setval('three.provider_id_seq', upper(icp.node_ids(3)) - 1) > 0 AS set;
INSERT INTO three.provider (name, province) VALUES ('一个也没有', '京');
ROLLBACK TO s;

-- the same is filed, claimed, changed and cancelled in both: by a node of small ids, and by one of ids that no integer holds
CREATE FUNCTION pg_temp.low(id bigint) RETURNS bigint LANGUAGE sql AS 'SELECT id & ((1::bigint << 40) - 1)';
-- an application along the steps of its kind
CREATE FUNCTION pg_temp.pass(what bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	a		record;
	step	text;
BEGIN
	LOOP
		SELECT * INTO a FROM application WHERE id = what;
		SELECT t.to_state INTO step FROM icp.transition t
		 WHERE t.kind = a.kind AND t.from_state = a.state AND t.to_state IN ('submitted', 'pre_verified', 'verified', 'reported', 'reviewing', 'approved')
		   AND (t.from_state <> 'draft' OR t.to_state = 'submitted' OR a.kind IN ('licence', 'change_province'))
		 ORDER BY array_position('{approved,reported,verified,pre_verified,submitted,reviewing}'::text[], t.to_state) LIMIT 1;
		IF step IS NULL THEN
			RETURN format('%s %s', a.kind, a.state);
		END IF;
		UPDATE application SET state = step WHERE id = what;
	END LOOP;
END $$;
CREATE FUNCTION pg_temp.live(registry name) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	p			bigint[];
	c			bigint[];
	s			bigint[];
	t			bigint[];
	x			bigint;
	k			record;
BEGIN
	PERFORM set_config('search_path', quote_ident(registry) || ', pg_catalog, icp', true);
	WITH i AS (INSERT INTO provider (name, province) VALUES ('甲接入', '京'), ('乙接入', '京') RETURNING id) SELECT array_agg(id ORDER BY id) INTO p FROM i;
	WITH i AS (INSERT INTO account (provider_id, user_name) VALUES (p[1], 'a'), (p[1], 'b'), (p[2], 'c') RETURNING id) SELECT array_agg(id ORDER BY id) INTO c FROM i;
	WITH i AS (INSERT INTO sponsor (account_id, province, name) VALUES (c[1], '京', '甲公司'), (c[2], '京', '乙公司'), (c[3], '京', '丙公司') RETURNING id) SELECT array_agg(id ORDER BY id) INTO s FROM i;
	WITH i AS (INSERT INTO site (sponsor_id, domains) VALUES (s[1], '{jia.cn,both.cn}'), (s[2], '{yi.cn,both.cn}'), (s[3], '{bing.cn}'), (s[1], '{jia2.cn}') RETURNING id) SELECT array_agg(id ORDER BY id) INTO t FROM i;
	RETURN NEXT format('providers %s accounts %s sponsors %s sites %s', ARRAY(SELECT pg_temp.low(v) FROM unnest(p) v), ARRAY(SELECT pg_temp.low(v) FROM unnest(c) v),
					   ARRAY(SELECT pg_temp.low(v) FROM unnest(s) v), ARRAY(SELECT pg_temp.low(v) FROM unnest(t) v));
	-- a filing, beside its rival: the conflict says whose sites they are, and is settled
	FOR k IN SELECT * FROM conflict f ORDER BY f.key LOOP
		RETURN NEXT format('conflict %s: site %s of account %s, site %s of account %s', k.key, pg_temp.low(k.left_holder_id), pg_temp.low(k.left_account),
						   pg_temp.low(k.right_holder_id), pg_temp.low(k.right_account));
	END LOOP;
	UPDATE conflict SET settlement = 'reject_right', reason = '以在先为准' WHERE key = 'both.cn';
	RETURN NEXT (SELECT string_agg(format('%s %s', f.key, f.state), ', ') FROM conflict f);
	INSERT INTO application (site_id) VALUES (t[1]) RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (site_id) VALUES (t[2]) RETURNING id INTO x;
	BEGIN
		PERFORM pg_temp.pass(x);
	EXCEPTION WHEN OTHERS THEN
		RETURN NEXT format('refused: %s %s', SQLSTATE, replace(SQLERRM, x::text, 'N'));
	END;
	UPDATE site SET domains = '{yi.cn}' WHERE id = t[2];
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (site_id) VALUES (t[3]) RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, site_id) VALUES ('new_site', t[4]) RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, site_id, provider_id) VALUES ('new_access', t[1], p[2]) RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	-- changes, which propose beside the record
	INSERT INTO application (kind, sponsor_id) VALUES ('change_sponsor', s[2]) RETURNING id INTO x;
	INSERT INTO sponsor_change (application_id, name) VALUES (x, '乙乙公司');
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, sponsor_id) VALUES ('change_principal', s[2]) RETURNING id INTO x;
	INSERT INTO sponsor_change (application_id, principal_name) VALUES (x, '乙某');
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, site_id) VALUES ('change_site', t[2]) RETURNING id INTO x;
	INSERT INTO site_change (application_id, name, domains) VALUES (x, '乙网', '{yi.cn,yi2.cn}');
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, access_id) SELECT 'change_access', a.id FROM access a WHERE a.site_id = t[1] AND a.provider_id = p[2] RETURNING id INTO x;
	INSERT INTO access_change (application_id, ips) VALUES (x, '{[192.0.2.7,192.0.2.7]}');
	RETURN NEXT pg_temp.pass(x);
	RETURN NEXT (SELECT format('%s %s %s', b.name, b.principal_name, w.name) FROM sponsor b JOIN site w ON w.sponsor_id = b.id WHERE b.id = s[2]);
	INSERT INTO application (kind, site_id, licence) VALUES ('licence', t[3], '京ICP证030173号') RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, sponsor_id) VALUES ('password_reset', s[1]) RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	-- cancellations: of an access, a site, a sponsor; of two of one sponsor the second waits, of two sponsors none
	INSERT INTO application (kind, access_id, ground) SELECT 'cancel_access', a.id, 'stopped' FROM access a WHERE a.site_id = t[1] AND a.provider_id = p[2] RETURNING id INTO x;
	RETURN NEXT pg_temp.pass(x);
	INSERT INTO application (kind, site_id, ground) VALUES ('cancel_site', t[4], 'stopped') RETURNING id INTO x;
	UPDATE application SET state = 'submitted' WHERE id = x;
	INSERT INTO application (kind, sponsor_id, provider_id, ground) VALUES ('cancel_sponsor', s[2], p[1], 'stopped');
	BEGIN
		INSERT INTO application (kind, sponsor_id, provider_id, ground) VALUES ('cancel_sponsor', s[1], p[1], 'stopped') RETURNING id INTO x;
		UPDATE application SET state = 'submitted' WHERE id = x;
		RETURN NEXT 'two at once';
	EXCEPTION WHEN OTHERS THEN
		RETURN NEXT format('refused: %s', SQLSTATE);
	END;
	FOR x IN SELECT a.id FROM application a WHERE a.kind ~ 'cancel_s' ORDER BY a.id LOOP
		RETURN NEXT pg_temp.pass(x);
	END LOOP;
	RETURN NEXT (SELECT string_agg(format('%s %s', b.name, b.status), ', ' ORDER BY b.id) FROM sponsor b);
	RETURN NEXT (SELECT string_agg(format('%s %s', b.domains, b.status), ', ' ORDER BY b.id) FROM site b);
	-- what goes through lists, jsonb and tables of the moment: a hand-over, loads, checks, claims made anew, clocks, heads of the log
	RETURN NEXT (SELECT format('handed over: %s accesses, %s accounts', h.accesses, h.accounts) FROM hand_over(p[1], p[2], '停业') h);
	CREATE TEMP TABLE stage AS SELECT '丁公司' AS unit_name, '京ICP备10000001号-1' AS service_licence, 'ding.cn' AS domain, '乙接入' AS provider;
	RETURN NEXT (SELECT format('loaded %s of %s', l.filed, l.total) FROM load('stage') l);
	DROP TABLE stage;
	RETURN NEXT format('checked %s', check_filings(p[2]));
	PERFORM export_heads();
	RETURN NEXT format('claims mended %s', rebuild_claims());
	PERFORM run_clocks();
	PERFORM set_config('search_path', '"$user", public', true);
END $$;
SELECT * FROM pg_temp.live('beian');
SELECT * FROM pg_temp.live('seven');
SELECT * FROM seven.verify_log();
SELECT * FROM icp.check_registry('seven');
-- whatever of it is an id is of the node, in whichever column
CREATE FUNCTION pg_temp.strangers(registry name) RETURNS TABLE (relation text, column_name text, strangers bigint, ids bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOR relation, column_name IN
		SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		 WHERE c.relnamespace = registry::text::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bigint'::regtype
		   AND (a.attname ~ '(^|_)id$' OR a.attname IN ('left_claim', 'right_claim'))
		 ORDER BY 1, 2
	LOOP
		EXECUTE format('SELECT count(*) FILTER (WHERE NOT %1$I <@ icp.node_ids((SELECT node FROM %2$I.registry))), count(*) FROM %2$I.%3$I WHERE %1$I IS NOT NULL',
					   column_name, registry, relation) INTO strangers, ids;
		RETURN NEXT;
	END LOOP;
END $$;
SELECT count(*) FILTER (WHERE ids > 0) > 40 AS many FROM pg_temp.strangers('seven');
-- (a chain of events is a province's, too, by its code)
SELECT 'beian' AS registry, relation, column_name, strangers FROM pg_temp.strangers('beian') WHERE strangers > 0
UNION ALL SELECT 'seven', relation, column_name, strangers FROM pg_temp.strangers('seven') WHERE strangers > 0;
-- so tables that hold both are joined by the id alone
SELECT count(*) AS sites, count(DISTINCT id) AS ids, array_agg(DISTINCT icp.node_of(id)) AS nodes FROM (SELECT id FROM beian.site UNION ALL SELECT id FROM seven.site) both_of_them;
ROLLBACK;
