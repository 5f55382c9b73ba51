-- Every state x state x kind x actor: what icp.transition has is taken, by whom it says, and nothing else.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE TEMP TABLE made_role AS SELECT * FROM icp.create_roles() AS r(name);
SELECT icp.create_registry();

-- The table as it is specified, once more, word for word; and the groups of kinds.
CREATE TEMP TABLE specified (kinds text, from_states text, event text, to_state text, actors text, needs_reason boolean);
INSERT INTO specified VALUES
	('F V C P',                   NULL,                  'create',         'draft',        'account provider', false),
	('C',                         NULL,                  'create',         'draft',        'bureau',           false),
	('L',                         NULL,                  'create',         'draft',        'account',          false),
	('F V C P',                   'draft returned',      'submit',         'submitted',    'account provider', false),
	('F',                         'submitted',           'precheck_pass',  'pre_verified', 'provider',         false),
	('F V C P',                   'submitted',           'precheck_fail',  'returned',     'provider',         true),
	('F',                         'pre_verified',        'verify',         'verified',     'provider',         false),
	('F',                         'pre_verified verified', 'verify_fail',  'returned',     'provider',         true),
	('F',                         'pre_verified',        'timeout',        'expired',      'clock',            false),
	('V',                         'submitted',           'accept',         'verified',     'provider',         false),
	('F V',                       'verified',            'report',         'reported',     'provider',         false),
	('C P',                       'submitted',           'report',         'reported',     'provider',         false),
	('F V C P',                   'reported',            'check_fail',     'returned',     'system',           true),
	('F V',                       'reported',            'check_conflict', 'conflicted',   'system',           false),
	('F V C P',                   'reported',            'check_pass',     'reviewing',    'system',           false),
	('F V C but cancel_access',   'reported',            'ask_sms',        'sms',          'system',           false),
	('F V C but cancel_access',   'sms',                 'sms_pass',       'reviewing',    'account',          false),
	('F V',                       'sms',                 'sms_conflict',   'conflicted',   'system',           false),
	('F V C but cancel_access',   'sms',                 'sms_fail',       'returned',     'clock system',     false),
	('F V',                       'conflicted',          'settle',         'reviewing',    'bureau',           false),
	('F V',                       'conflicted',          'reject',         'returned',     'bureau',           true),
	('F V',                       'reviewing',           'flag_conflict',  'conflicted',   'bureau',           false),
	('L C',                       'draft',               'open_review',    'reviewing',    'bureau',           false),
	('F V C L P',                 'reviewing',           'approve',        'approved',     'bureau',           false),
	('F V C L P',                 'reviewing',           'refuse',         'returned',     'bureau',           true),
	('L',                         'returned',            'reapply',        'reviewing',    'account',          false),
	('F V C L P',                 'draft submitted pre_verified verified returned', 'withdraw', 'withdrawn', 'creator', false);
CREATE TEMP TABLE kind_group (kind text, steps text);
INSERT INTO kind_group SELECT k, g FROM (VALUES
	('F', 'new_filing new_site new_access change_sponsor change_principal'), ('V', 'change_site change_access'),
	('C', 'cancel_sponsor cancel_site cancel_access'), ('L', 'licence'), ('P', 'password_reset')) v(g, kinds),
	string_to_table(v.kinds, ' ') k;
CREATE TEMP TABLE expanded AS
	SELECT g.kind, f AS from_state, s.event, s.to_state, array_agg(DISTINCT a ORDER BY a) AS actors, bool_or(s.needs_reason) AS needs_reason
	  FROM specified s
	  JOIN kind_group g ON g.steps = ANY (string_to_array(s.kinds, ' ')) AND NOT s.kinds LIKE '%but ' || g.kind
	 CROSS JOIN LATERAL (SELECT string_to_table(s.from_states, ' ') UNION ALL SELECT NULL WHERE s.from_states IS NULL) x(f)
	 CROSS JOIN LATERAL string_to_table(s.actors, ' ') a
	 GROUP BY 1, 2, 3, 4;
SELECT count(*) AS steps, count(DISTINCT kind) AS kinds, count(DISTINCT event) AS events FROM expanded;
(SELECT kind, from_state, event, to_state, actors, needs_reason FROM expanded
 EXCEPT SELECT kind, from_state, event, to_state, ARRAY(SELECT a FROM unnest(actors) a ORDER BY a), needs_reason FROM icp.transition)
UNION ALL
(SELECT kind, from_state, event, to_state, ARRAY(SELECT a FROM unnest(actors) a ORDER BY a), needs_reason FROM icp.transition
 EXCEPT SELECT kind, from_state, event, to_state, actors, needs_reason FROM expanded);
SELECT k.code, k.name_zh, k.clause, k.steps, k.concerns FROM icp.application_kind k ORDER BY k.steps, k.code;
SELECT code, name_zh, is_final FROM icp.state ORDER BY ordinal;
SELECT k.code AS differs FROM icp.application_kind k LEFT JOIN kind_group g ON g.kind = k.code WHERE g.steps IS DISTINCT FROM k.steps;
SELECT count(*) AS without_clause FROM icp.transition t WHERE t.clause !~ '^([1-5] |短信核验)';
SELECT DISTINCT a AS unknown_actor FROM icp.transition t, unnest(t.actors) a WHERE a NOT IN (SELECT code FROM icp.actor);

-- A filed sponsor with two sites of two accesses, a draft site, and one application of each kind.
INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
INSERT INTO beian.sponsor (account_id, province, name, status, number) VALUES (1, '京', '甲公司', 'filed', '京ICP备13000001号');
INSERT INTO beian.site (sponsor_id, name, domains, status, number) VALUES
	(1, '甲网', '{a.cn}', 'filed', '京ICP备13000001号-1'), (1, '甲网二', '{a2.cn}', 'filed', '京ICP备13000001号-2'), (1, '甲网三', '{a3.cn}', 'draft', NULL);
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live'), (1, 2, 'live'), (2, 1, 'live');
INSERT INTO beian.application (kind, site_id) VALUES ('new_filing', 3), ('new_site', 3), ('change_site', 1), ('cancel_site', 1);
INSERT INTO beian.application (kind, sponsor_id) VALUES ('change_sponsor', 1), ('change_principal', 1), ('cancel_sponsor', 1), ('licence', 1), ('password_reset', 1);
INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access', 2, 2), ('change_access', 1, 1), ('cancel_access', 1, 1);
-- one account's and one provider's, so that each role has its scope
UPDATE beian.application SET provider_id = 1;
SELECT kind, state, account_id, sponsor_id, site_id, access_id, provider_id FROM beian.application ORDER BY id;
SELECT site_id, provider_id, status FROM beian.access ORDER BY id;

CREATE ROLE regress_icp_sponsor IN ROLE icp_sponsor;
CREATE ROLE regress_icp_provider IN ROLE icp_provider;
CREATE ROLE regress_icp_bureau IN ROLE icp_bureau;
CREATE ROLE regress_icp_system IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry, icp_bureau;
CREATE ROLE regress_icp_bureau_2 IN ROLE icp_bureau;
CREATE ROLE regress_icp_provider_2 IN ROLE icp_provider;
CREATE ROLE regress_icp_sponsor_2 IN ROLE icp_sponsor;
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_sponsor', 'sponsor', NULL, NULL, 1), ('regress_icp_provider', 'provider', NULL, 1, NULL),
	('regress_icp_bureau', 'bureau', '京', NULL, NULL), ('regress_icp_system', 'system', NULL, NULL, NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL, NULL), ('regress_icp_bureau_2', 'bureau', '沪', NULL, NULL),
	('regress_icp_provider_2', 'provider', NULL, 2, NULL), ('regress_icp_sponsor_2', 'sponsor', NULL, NULL, 2);
-- as whom icp.transition knows them
CREATE TEMP TABLE actor_role (role_name text, actors text[]);
INSERT INTO actor_role VALUES ('regress_icp_sponsor', '{account}'), ('regress_icp_provider', '{provider,creator}'), ('regress_icp_bureau', '{bureau}'),
	('regress_icp_system', '{system,clock}'), ('regress_icp_ministry', '{}');

-- The step alone: what other triggers ask and do is another test's.
DO $$
DECLARE
	name	text;
BEGIN
	FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'beian.application'::regclass AND NOT tgisinternal AND tgname NOT LIKE 'a\_enforce%' LOOP
		EXECUTE format('ALTER TABLE beian.application DISABLE TRIGGER %I', name);
	END LOOP;
END
$$;
CREATE FUNCTION pg_temp.try(app_id bigint, from_state text, to_state text, why text DEFAULT 'why', as_role text DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	done	integer;
BEGIN
	SET LOCAL session_replication_role = replica;
	UPDATE beian.application SET state = from_state, reason = NULL WHERE id = app_id;
	SET LOCAL session_replication_role = origin;
	IF as_role IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', as_role);
	END IF;
	UPDATE beian.application SET state = to_state, reason = why WHERE id = app_id;
	GET DIAGNOSTICS done = ROW_COUNT;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = CASE done WHEN 1 THEN 'done' ELSE 'not seen' END;
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END
$$;
-- The same from one state to every other, by each of several: the state to begin in, which needs all plans made anew, is
-- set once.
CREATE FUNCTION pg_temp.step(app_id bigint, to_state text, as_role text) RETURNS text
	LANGUAGE plpgsql AS $$
DECLARE
	done	integer;
BEGIN
	IF as_role <> '' THEN
		EXECUTE format('SET LOCAL ROLE %I', as_role);
	END IF;
	UPDATE beian.application SET state = to_state, reason = 'why' WHERE id = app_id;
	GET DIAGNOSTICS done = ROW_COUNT;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = CASE done WHEN 1 THEN 'done' ELSE 'not seen' END;
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END
$$;
CREATE FUNCTION pg_temp.try_all(app_id bigint, from_state text, as_roles text[]) RETURNS TABLE (to_state text, role_name text, result text)
	LANGUAGE plpgsql AS $$
DECLARE
	to_states	text[] := ARRAY(SELECT s.code FROM icp.state s WHERE s.code <> from_state);
	tried		text[] := '{}';
	t			text;
	r			text;
BEGIN
	BEGIN
		SET LOCAL session_replication_role = replica;
		UPDATE beian.application SET state = from_state, reason = NULL WHERE id = app_id;
		SET LOCAL session_replication_role = origin;
		FOREACH r IN ARRAY as_roles LOOP
			FOREACH t IN ARRAY to_states LOOP
				tried := tried || ARRAY[[t, r, pg_temp.step(app_id, t, r)]];
			END LOOP;
		END LOOP;
		RAISE EXCEPTION USING ERRCODE = 'ZZ001';
	EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
		NULL;
	END;
	RETURN QUERY SELECT tried[i][1], tried[i][2], tried[i][3] FROM generate_subscripts(tried, 1) i;
END
$$;

-- by the owner, who may act as any
CREATE TEMP TABLE outcome AS
	SELECT a.kind, f.code AS from_state, x.to_state, x.result
	  FROM beian.application a, icp.state f, pg_temp.try_all(a.id, f.code, '{""}') x;
SELECT result, count(*) FROM outcome GROUP BY 1 ORDER BY 1;
SELECT o.* AS difference FROM outcome o
 WHERE (o.result = 'done') <> EXISTS (SELECT FROM expanded t WHERE t.kind = o.kind AND t.from_state = o.from_state AND t.to_state = o.to_state);
SELECT kind, count(*) FILTER (WHERE result = 'done') AS allowed, count(*) FILTER (WHERE result = '55000') AS refused FROM outcome GROUP BY 1 ORDER BY 1;
-- a reason where one is asked, and only there
SELECT count(*) AS tried, count(*) FILTER (WHERE r = '23514') AS ask_a_reason, count(*) FILTER (WHERE (r = '23514') <> needs_reason) AS differences
  FROM (SELECT t.needs_reason, pg_temp.try(a.id, t.from_state, t.to_state, E' \t\n') AS r
		  FROM expanded t JOIN beian.application a USING (kind) WHERE t.from_state IS NOT NULL) x;
-- by each role (row security would only hide rows; it has its turn below)
ALTER TABLE beian.application DISABLE ROW LEVEL SECURITY;
CREATE TEMP TABLE by_whom AS
	SELECT a.kind, f.code AS from_state, x.to_state, x.role_name, r.actors, x.result
	  FROM beian.application a, icp.state f, pg_temp.try_all(a.id, f.code, ARRAY(SELECT r.role_name FROM actor_role r)) x
	  JOIN actor_role r USING (role_name);
SELECT replace(role_name, 'regress_icp_', '') AS role, result, count(*) FROM by_whom GROUP BY 1, 2 ORDER BY 1, 2;
SELECT w.kind, w.from_state, w.to_state, w.role_name, w.result AS difference
  FROM by_whom w LEFT JOIN expanded t USING (kind, from_state, to_state)
 WHERE w.result <> CASE WHEN t.kind IS NULL THEN '55000' WHEN t.actors && w.actors THEN 'done' ELSE '42501' END;
ALTER TABLE beian.application ENABLE ROW LEVEL SECURITY;
-- of another scope: nothing is seen (what a provider enters for another's customer it sees: none here)
SELECT replace(r, 'regress_icp_', '') AS role, pg_temp.try(a.id, t.from_state, t.to_state, 'why', r) AS result, count(*)
  FROM expanded t JOIN beian.application a USING (kind), unnest('{regress_icp_bureau_2,regress_icp_provider_2,regress_icp_sponsor_2}'::text[]) r
 WHERE t.from_state IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;
CREATE FUNCTION pg_temp.try_as(app_id bigint, as_filed_by text, from_state text, as_role text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result	text;
BEGIN
	-- Undone as a whole, not set back by a second UPDATE: a server with assertions ends at an UPDATE that finds its page
	-- full (heap_update: HEAP_XMAX_IS_LOCKED_ONLY), where a subtransaction's UPDATE of a row its transaction holds was
	-- rolled back before it.
	UPDATE beian.application SET filed_by = as_filed_by WHERE id = app_id;
	result := pg_temp.try(app_id, from_state, 'withdrawn', 'why', as_role);
	RAISE EXCEPTION USING ERRCODE = 'ZZ001';
EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
	RETURN result;
END
$$;
-- "creator" is who filed it: the account, the provider, or the bureau
SELECT f.filed_by, string_agg(DISTINCT replace(r.role_name, 'regress_icp_', ''), ', ') FILTER (WHERE x.result = 'done') AS may_withdraw, count(*) FILTER (WHERE x.result = 'done') AS times, count(*) FILTER (WHERE x.result = '42501') AS not_others
  FROM (VALUES ('sponsor'), ('provider'), ('bureau')) f(filed_by), actor_role r, expanded t
  JOIN beian.application a ON a.kind = t.kind
 CROSS JOIN LATERAL (SELECT pg_temp.try_as(a.id, f.filed_by, t.from_state, r.role_name) AS result) x
 WHERE t.event = 'withdraw' AND (f.filed_by <> 'bureau' OR a.kind LIKE 'cancel%') GROUP BY 1 ORDER BY 1;
-- coming into being: in draft, by whom the table says
CREATE FUNCTION pg_temp.begin(of_kind text, as_filed_by text, as_role text, in_state text DEFAULT 'draft') RETURNS text
	LANGUAGE plpgsql AS $$
BEGIN
	IF as_role IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', as_role);
	END IF;
	INSERT INTO beian.application (kind, account_id, sponsor_id, site_id, access_id, provider_id, province, filed_by, state)
	SELECT a.kind, 1, 1, a.site_id, CASE WHEN of_kind <> 'new_access' THEN a.access_id END, 1, '京', as_filed_by, in_state FROM beian.application a WHERE a.kind = of_kind ORDER BY a.id LIMIT 1;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'done';
EXCEPTION WHEN OTHERS THEN
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM ELSE SQLSTATE END;
END
$$;
ALTER TABLE beian.application ENABLE TRIGGER fill_application;
SELECT s.code AS state, pg_temp.begin(k.code, 'provider', NULL, s.code) AS result, count(*) FROM icp.state s, icp.application_kind k GROUP BY 1, 2 ORDER BY 2, 1;
SELECT k.steps, b.filed_by, string_agg(DISTINCT replace(r.role_name, 'regress_icp_', ''), ', ') FILTER (WHERE pg_temp.begin(k.code, b.filed_by, r.role_name) = 'done') AS may_create
  FROM icp.application_kind k, (VALUES ('sponsor'), ('provider'), ('bureau')) b(filed_by), actor_role r GROUP BY 1, 2 ORDER BY 1, 2;
DROP SCHEMA beian CASCADE;
DO $$
DECLARE
	role	text;
BEGIN
	FOREACH role IN ARRAY '{regress_icp_sponsor,regress_icp_provider,regress_icp_bureau,regress_icp_system,regress_icp_ministry,regress_icp_bureau_2,regress_icp_provider_2,regress_icp_sponsor_2}'::text[] LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
	FOR role IN SELECT name FROM made_role LOOP
		EXECUTE format('DROP ROLE %I', role);
	END LOOP;
END
$$;
