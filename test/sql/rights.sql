-- Who may see, enter and decide what; and that nobody gets around it.
-- The registry belongs to an ordinary role here: nothing in it may need a superuser.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT count(*) <= 8 AS made FROM icp.create_roles();
SELECT count(*) AS made_again FROM icp.create_roles();
CREATE ROLE regress_icp_owner;
CREATE ROLE regress_icp_p1 IN ROLE icp_provider;
CREATE ROLE regress_icp_p2 IN ROLE icp_provider;
CREATE ROLE regress_icp_s1 IN ROLE icp_sponsor;
CREATE ROLE regress_icp_jing IN ROLE icp_bureau;
CREATE ROLE regress_icp_yue IN ROLE icp_bureau;
CREATE ROLE regress_icp_hu IN ROLE icp_bureau;
CREATE ROLE regress_icp_ministry IN ROLE icp_ministry;
CREATE ROLE regress_icp_public IN ROLE icp_public;
CREATE ROLE regress_icp_nobody;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_icp_owner', current_database()); END $$;
GRANT CREATE ON SCHEMA public TO regress_icp_nobody, regress_icp_p1, regress_icp_owner;

-- so that deadlines can be computed whenever this test runs
INSERT INTO icp.calendar_year_local (year, source)
SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);

SELECT icp.allow_triggers('regress_icp_owner');
SET ROLE regress_icp_owner;
SELECT icp.create_registry();
SELECT * FROM icp.check_registry();
INSERT INTO beian.provider (name) VALUES ('P1'), ('P2');
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one'), (2, 'two'), (1, 'three');
INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
	('regress_icp_p1', 'provider', NULL, 1, NULL),
	('regress_icp_p2', 'provider', NULL, 2, NULL),
	('regress_icp_s1', 'sponsor', NULL, NULL, 1),
	('regress_icp_jing', 'bureau', '京', NULL, NULL),
	('regress_icp_yue', 'bureau', '粤', NULL, NULL),
	('regress_icp_hu', 'bureau', '沪', NULL, NULL),
	('regress_icp_ministry', 'ministry', NULL, NULL, NULL);
INSERT INTO beian.sponsor (account_id, province, name, phone) VALUES (1, '京', '甲公司', '+86-010-1'), (2, '粤', '乙公司', '+86-020-2');
UPDATE beian.sponsor SET nature = '企业', credential = 'uscc:91110000600037341L', principal_name = '张伟', phone = '010-62381234', address = '北京市海淀区中关村大街27号' WHERE id = 1;
INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲公司官网', '{one.cn}'), (2, NULL, '{two.cn}');
INSERT INTO beian.access (site_id, provider_id, ips) VALUES (1, 1, '{[8.8.8.8,8.8.8.8]}');
INSERT INTO beian.application (site_id) VALUES (1), (2);
RESET ROLE;

-- 1. PUBLIC and the group roles

-- PUBLIC executes nothing, reads nothing
SELECT p.oid::regprocedure FROM pg_proc p
 WHERE p.pronamespace = 'beian'::regnamespace AND has_function_privilege('regress_icp_nobody', p.oid, 'EXECUTE');
SELECT c.oid::regclass FROM pg_class c
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v', 'S')
   AND has_table_privilege('regress_icp_nobody', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER');
-- the public asks whether a site is filed and may be resolved, reads what bureaus publish and through whom to file; nothing else
SELECT p.oid::regprocedure FROM pg_proc p
 WHERE p.pronamespace = 'beian'::regnamespace AND has_function_privilege('regress_icp_public', p.oid, 'EXECUTE') ORDER BY p.proname;
SELECT c.oid::regclass FROM pg_class c
 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v')
   AND (has_table_privilege('regress_icp_public', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
		OR has_any_column_privilege('regress_icp_public', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')) ORDER BY c.relname;
-- the tables of claims are nobody's but the owner's; the ministry may read
SELECT c.oid::regclass, r.rolname
  FROM pg_class c CROSS JOIN pg_roles r
 WHERE c.oid IN ('beian.claim'::regclass, 'beian.claim_edge'::regclass, 'beian.conflict_settlement'::regclass)
   AND r.rolname ~ '^icp_' AND has_table_privilege(r.rolname, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
 ORDER BY 1, 2;
-- the log and the settlements are written by triggers only
SELECT c.oid::regclass, r.rolname
  FROM pg_class c CROSS JOIN pg_roles r
 WHERE c.oid IN ('beian.event'::regclass, 'beian.member'::regclass, 'beian.registry'::regclass)
   AND r.rolname ~ '^icp_' AND has_table_privilege(r.rolname, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
 ORDER BY 1, 2;
-- every SECURITY DEFINER function has its search_path pinned, with pg_temp last
SELECT p.oid::regprocedure FROM pg_proc p
 WHERE p.pronamespace IN ('beian'::regnamespace, 'icp'::regnamespace) AND p.prosecdef
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS c(setting)
				   WHERE setting ~ '^search_path=pg_catalog, (icp, )?pg_temp$');
-- nothing in icp runs as the superuser who installed it, and nobody may create there
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'icp'::regnamespace AND p.prosecdef;
SELECT has_schema_privilege('regress_icp_owner', 'icp', 'CREATE');
-- the registry is its owner's, whole
SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'beian'::regnamespace AND c.relowner <> 'regress_icp_owner'::regrole;
SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'beian'::regnamespace AND p.proowner <> 'regress_icp_owner'::regrole;

SET ROLE regress_icp_public;
SELECT count(*) FROM beian.lookup('one.cn');
SELECT count(*) FROM beian.sponsor;
SELECT count(*) FROM beian.find_sites('one.cn');
SELECT icp.find_rivals('beian.claim', 'beian.site', 1);
SET ROLE regress_icp_nobody;
SELECT count(*) FROM beian.lookup('one.cn');
RESET ROLE;

-- 2. A provider and its customers

SET ROLE regress_icp_p1;
SELECT id, name FROM beian.sponsor ORDER BY id;
SELECT id, domains FROM beian.site ORDER BY id;
SELECT id, user_name FROM beian.account ORDER BY id;
SELECT id FROM beian.application ORDER BY id;
SELECT event, application_id FROM beian.event ORDER BY id;
-- enters for its customers, not for another's
INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'four');
INSERT INTO beian.account (provider_id, user_name) VALUES (2, 'stolen');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (3, '京', '丁公司') RETURNING id;
INSERT INTO beian.sponsor (account_id, province, name) VALUES (2, '京', '丁公司');
INSERT INTO beian.site (sponsor_id, domains) VALUES (2, '{mine.cn}');
INSERT INTO beian.site (sponsor_id, account_id, province_code, domains) VALUES (2, 1, 44, '{mine.cn}');
INSERT INTO beian.application (site_id) VALUES (2);
UPDATE beian.sponsor SET name = '改名' WHERE id = 2;
UPDATE beian.site SET sponsor_id = 2 WHERE id = 1;
UPDATE beian.sponsor SET account_id = 2 WHERE id = 1;
-- files nothing itself
UPDATE beian.sponsor SET status = 'filed', number = '京ICP备20000001号' WHERE id = 1;
UPDATE beian.sponsor SET number = '京ICP备20000001号' WHERE id = 1;
UPDATE beian.sponsor SET last_service_no = 100 WHERE id = 1;
UPDATE beian.sponsor SET filed_at = '2000-01-01' WHERE id = 1;
UPDATE beian.site SET filed_at = '2000-01-01' WHERE id = 1;
INSERT INTO beian.site (sponsor_id, domains, status, number) VALUES (1, '{f.cn}', 'filed', '京ICP备20000001号-1');
INSERT INTO beian.access (site_id, provider_id, status) VALUES (1, 1, 'live');
DELETE FROM beian.site;
-- the application's facts stay as they were entered; only its state moves
UPDATE beian.application SET provider_id = 2 WHERE id = 1;
UPDATE beian.application SET due_at = now() + interval '1 year' WHERE id = 1;
INSERT INTO beian.application (site_id, state) VALUES (1, 'approved');
UPDATE beian.application SET state = 'submitted' WHERE id = 1;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.application SET state = 'submitted' WHERE id = 2;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 1;
RESET ROLE;
\getenv abs_srcdir PG_ABS_SRCDIR
\set sheet :abs_srcdir '/data/sheet.sql'
\i :sheet
SELECT pg_temp.complete_sheet(1);
SET ROLE regress_icp_p1;
UPDATE beian.application SET state = 'verified' WHERE id = 1;
UPDATE beian.application SET state = 'reported' WHERE id = 1;
SELECT state FROM beian.application WHERE id = 1;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.application SET state = 'withdrawn' WHERE id = 1;
SELECT * FROM beian.conflict;

-- the sponsor itself sees its account, and takes its own steps only
SET ROLE regress_icp_s1;
SELECT id, name FROM beian.sponsor ORDER BY id;
SELECT id FROM beian.application ORDER BY id;
INSERT INTO beian.application (site_id, filed_by) VALUES (1, 'sponsor') RETURNING state;
UPDATE beian.application SET state = 'submitted' WHERE filed_by = 'sponsor';
UPDATE beian.application SET state = 'pre_verified' WHERE filed_by = 'sponsor';
UPDATE beian.application SET filed_by = 'sponsor', state = 'withdrawn' WHERE id = 1;
UPDATE beian.application SET state = 'withdrawn' WHERE filed_by = 'sponsor' RETURNING state;
INSERT INTO beian.sponsor (account_id, province, name) VALUES (3, '京', '戊公司');
RESET ROLE;

-- The step is judged by the row as it was: where the right is wider, an UPDATE of provider_id helps nobody.
GRANT UPDATE ON beian.application TO regress_icp_p1, regress_icp_s1;
SET ROLE regress_icp_owner;
INSERT INTO beian.application (id, site_id, provider_id) VALUES (100, 1, 2);
SET ROLE regress_icp_p1;
UPDATE beian.application SET provider_id = 1, state = 'submitted' WHERE id = 100;
SET ROLE regress_icp_s1;
UPDATE beian.application SET filed_by = 'sponsor', state = 'withdrawn' WHERE id = 100;
RESET ROLE;
REVOKE UPDATE ON beian.application FROM regress_icp_p1, regress_icp_s1;

-- 3. A claim that row security hides is found all the same

SET ROLE regress_icp_p2;
INSERT INTO beian.site (sponsor_id, domains) VALUES (2, '{one.cn}') RETURNING id;
SELECT count(*) AS seen FROM beian.site WHERE domains::text = '{one.cn}';
INSERT INTO beian.sponsor (account_id, province, name) VALUES (2, '粤', '甲 公司');
RESET ROLE;

-- a bureau sees what concerns its province; the conflicts those that have a side there
SET ROLE regress_icp_jing;
SELECT id, name FROM beian.sponsor ORDER BY id;
SELECT kind, key, left_province_code, right_province_code, state FROM beian.conflict ORDER BY kind;
UPDATE beian.verification SET seen = true;
-- the conflict bars approval
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.application SET state = 'returned' WHERE id = 1;
UPDATE beian.application SET site_id = 2 WHERE id = 1;
UPDATE beian.sponsor SET name = '改名' WHERE id = 1;
SELECT count(*) FROM beian.claim;
SET ROLE regress_icp_hu;
SELECT id FROM beian.sponsor;
SELECT count(*) FROM beian.conflict;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
UPDATE beian.conflict SET settlement = 'reject_right', reason = '以在先为准';
-- also not by a function of its own that the view would call for every row
CREATE FUNCTION pg_temp.spy(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
	$$ BEGIN RAISE WARNING 'spied %', $1; RETURN true; END $$;
SELECT count(*) FROM beian.conflict WHERE pg_temp.spy(key);
SELECT count(*) FROM beian.sponsor WHERE pg_temp.spy(name);
SET ROLE regress_icp_ministry;
SELECT count(*) FROM beian.sponsor;
SELECT count(*) FROM beian.conflict;
UPDATE beian.conflict SET settlement = 'reject_right', reason = '以在先为准';
UPDATE beian.application SET state = 'approved' WHERE id = 1;
-- either side's bureau settles
SET ROLE regress_icp_yue;
UPDATE beian.conflict SET settlement = 'reject_right', reason = '以在先为准' WHERE kind = 'domain';
UPDATE beian.conflict SET settlement = 'accept_both', reason = '同名不同地' WHERE kind = 'sponsor_name';
SELECT kind, state, settled_by, settlement FROM beian.conflict ORDER BY kind;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SET ROLE regress_icp_jing;
UPDATE beian.application SET state = 'approved' WHERE id = 1;
SELECT state FROM beian.application WHERE id = 1;
SELECT actor, event FROM beian.event WHERE event IN ('approve', 'settle_conflict') ORDER BY id;
-- the rates, which look at every claim
SET ROLE regress_icp_owner;
INSERT INTO beian.sighting (domain, province) VALUES ('www.one.cn', '京'), ('nowhere.cn', '京');
SET ROLE regress_icp_hu;
SELECT province, filed_sites, unfiled_sites, filing_rate FROM beian.filing_rate_by_province;
SELECT provider, filed_sites, unfiled_sites, filing_rate FROM beian.filing_rate_by_provider ORDER BY provider;
SELECT domain FROM beian.unfiled_site;
SET ROLE regress_icp_ministry;
SELECT province, filed_sites, unfiled_sites, filing_rate FROM beian.filing_rate_by_province;
-- the log is append-only, for the owner too
SET ROLE regress_icp_owner;
UPDATE beian.event SET actor = 'nobody';
DELETE FROM beian.event;
TRUNCATE beian.event;
TRUNCATE beian.site CASCADE;
RESET ROLE;

-- 4. Hostile surroundings: objects of the user's that stand in for others

SET ROLE regress_icp_p1;
CREATE TEMP TABLE claim (id bigint, kind text, key text, key_hash bigint, holder regclass, holder_id bigint,
	account_id bigint, province_code smallint, approved boolean, released_at timestamptz);
CREATE TEMP TABLE claim_edge (id bigint, claim_id bigint);
CREATE TEMP TABLE member (role_name name, role text, province_code smallint, provider_id bigint, account_id bigint);
INSERT INTO member VALUES ('regress_icp_p1', 'bureau', 11, 1, 1), ('regress_icp_p1', 'bureau', 44, 1, 1);
CREATE TEMP TABLE transition (kind text, from_state text, to_state text, event text, actors text[], needs_reason boolean, clause text);
INSERT INTO transition VALUES ('new_filing', 'draft', 'approved', 'approve', '{provider}', false, '');
CREATE FUNCTION public.yes(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION public.yes(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION public.yes(name, name) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION public.yes(smallint, smallint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.yes);
CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.yes);
CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.yes);
CREATE OPERATOR public.= (LEFTARG = smallint, RIGHTARG = smallint, FUNCTION = public.yes);
CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2000-01-01'::timestamptz $$;
CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'regress_icp_owner' $$;
CREATE FUNCTION public.acting_user() RETURNS name LANGUAGE sql AS $$ SELECT 'regress_icp_owner'::name $$;
SET search_path = pg_temp, public, pg_catalog;
SELECT id FROM beian.sponsor ORDER BY id;
INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{hostile.cn}');
INSERT INTO beian.application (site_id) SELECT max(s.id) FROM beian.site s RETURNING state;
UPDATE beian.application SET state = 'approved' WHERE state OPERATOR(pg_catalog.=) 'draft';
UPDATE beian.application SET state = 'submitted' WHERE state OPERATOR(pg_catalog.=) 'draft' AND provider_id OPERATOR(pg_catalog.=) 1;
SELECT count(*) AS own_claims FROM claim;
SELECT submitted_at > '2020-01-01' AS stamped FROM beian.application WHERE state OPERATOR(pg_catalog.=) 'submitted';
RESET search_path;
SET ROLE regress_icp_owner;
SELECT kind, key FROM beian.claim WHERE key = 'hostile.cn';
RESET ROLE;

-- the owner's own BEFORE trigger that runs last and sets the state: judged as it ends up
SET ROLE regress_icp_owner;
CREATE FUNCTION public.jump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.state := 'approved'; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE UPDATE ON beian.application FOR EACH ROW EXECUTE FUNCTION public.jump();
UPDATE beian.application SET reason = 'x' WHERE id = 2;
SET ROLE regress_icp_p2;
UPDATE beian.application SET state = 'submitted' WHERE id = 2;
SET ROLE regress_icp_owner;
DROP TRIGGER zzz ON beian.application;
RESET ROLE;
-- nobody but the owner puts a trigger or a rule there
SET ROLE regress_icp_p1;
CREATE TRIGGER mine BEFORE UPDATE ON beian.application FOR EACH ROW EXECUTE FUNCTION public.jump();
ALTER TABLE beian.application DISABLE TRIGGER ALL;
RESET ROLE;

-- 5. Claims of other applications' tables

-- The trigger is not everybody's.
SET ROLE regress_icp_nobody;
CREATE TABLE public.shop (id bigint PRIMARY KEY, account_id bigint, domain text);
CREATE TRIGGER claim AFTER INSERT ON public.shop FOR EACH ROW EXECUTE FUNCTION icp.detect_conflict('domain', 'domain', 'account_id', 'id');
RESET ROLE;
SELECT icp.allow_triggers('regress_icp_nobody');
-- The table's owner needs the right to write claims, not whoever writes the table.
SET ROLE regress_icp_nobody;
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON public.shop FOR EACH ROW EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domain', 'account_id', 'id', 'claims=beian.claim');
INSERT INTO public.shop VALUES (1, 77, 'one.cn');
-- and cannot lend it from the user: here the superuser himself
RESET ROLE;
INSERT INTO public.shop VALUES (1, 77, 'one.cn');
-- without a name the registry's is taken, with the same result
DROP TRIGGER claim ON public.shop;
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON public.shop FOR EACH ROW EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domain', 'account_id', 'id');
INSERT INTO public.shop VALUES (1, 77, 'one.cn');
SET ROLE regress_icp_nobody;
INSERT INTO public.shop VALUES (1, 77, 'one.cn');
-- a table of claims of one's own cannot be a view over another's, nor lack what a table of claims has
SET ROLE regress_icp_nobody;
CREATE TABLE public.claim (id bigint);
CREATE TABLE public.claim_edge (id bigint);
DROP TRIGGER claim ON public.shop;
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON public.shop FOR EACH ROW EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domain', 'account_id', 'id');
INSERT INTO public.shop VALUES (1, 77, 'one.cn');
RESET ROLE;
-- with the right it works, for users who have none themselves, not even to the schema
SET ROLE regress_icp_owner;
CREATE TABLE public.page (id bigint PRIMARY KEY, account_id bigint, domain text);
CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON public.page FOR EACH ROW EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domain', 'account_id', 'id', 'claims=beian.claim');
GRANT INSERT ON public.page TO regress_icp_nobody;
SET ROLE regress_icp_nobody;
INSERT INTO public.page VALUES (1, 77, 'one.cn');
SET ROLE regress_icp_owner;
SELECT kind, key, left_account, right_account, right_holder, state FROM beian.conflict WHERE 77 IN (left_account, right_account) ORDER BY 3, 4;
RESET ROLE;

-- what lies with the bureau stands still, and moves again when it comes back
SET ROLE regress_icp_owner;
INSERT INTO beian.sponsor (id, account_id, province, name) VALUES (900, 1, '京', '等待审核公司');
INSERT INTO beian.site (id, sponsor_id, name, domains) VALUES (900, 900, '等待', '{waiting.cn}');
INSERT INTO beian.application (id, site_id) VALUES (900, 900);
UPDATE beian.application SET state = 'submitted' WHERE id = 900;
SET ROLE regress_icp_p1;
UPDATE beian.site SET domains = '{waiting.cn,corrected.cn}' WHERE id = 900 RETURNING domains;
SET ROLE regress_icp_owner;
UPDATE beian.application SET state = 'pre_verified' WHERE id = 900;
UPDATE beian.application SET state = 'verified' WHERE id = 900;
UPDATE beian.application SET state = 'reported' WHERE id = 900;
SET ROLE regress_icp_p1;
UPDATE beian.site SET domains = '{slipped-in.cn}' WHERE id = 900 RETURNING domains;
UPDATE beian.sponsor SET name = '另一公司' WHERE id = 900 RETURNING name;
SET ROLE regress_icp_owner;
SELECT s.name, t.domains FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.id = 900;
UPDATE beian.application SET state = 'returned', reason = '名称不符' WHERE id = 900;
SET ROLE regress_icp_p1;
UPDATE beian.sponsor SET name = '等待审核有限公司' WHERE id = 900 RETURNING name;
RESET ROLE;
-- a name must have something to compare, and fit an index
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '　');
INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', repeat('长', 1000));

DROP TABLE public.page, public.shop, public.claim, public.claim_edge;
DELETE FROM icp.calendar_year_local;
DROP SCHEMA beian CASCADE;
DROP OWNED BY regress_icp_owner, regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_jing, regress_icp_yue,
	regress_icp_hu, regress_icp_ministry, regress_icp_public, regress_icp_nobody CASCADE;
DROP ROLE regress_icp_owner, regress_icp_p1, regress_icp_p2, regress_icp_s1, regress_icp_jing, regress_icp_yue,
	regress_icp_hu, regress_icp_ministry, regress_icp_public, regress_icp_nobody;
-- the group roles too, unless another database has a registry
DO $$
DECLARE
	name	text;
BEGIN
	FOREACH name IN ARRAY '{icp_public,icp_sponsor,icp_provider,icp_approver,icp_regulator,icp_bureau,icp_ministry,icp_auditor}'::text[] LOOP
		BEGIN
			EXECUTE format('DROP ROLE %I', name);
		EXCEPTION WHEN dependent_objects_still_exist THEN
			NULL;
		END;
	END LOOP;
END
$$;
