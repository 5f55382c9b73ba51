-- What a change proposes: one row an application, beside the filed record, which stands until the bureau approves
-- (3 Q19).  The columns are those of the record that an application may change, made from the record's own, so that
-- the two cannot come apart.

CREATE TABLE @registry@.sponsor_change (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province_code	smallint NOT NULL,
	cleared			text[],
	status			text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'dropped')),
	old_values		jsonb,
	applied_at		timestamptz,
	name_key		text,
	claim_key		text
);
CREATE TABLE @registry@.site_change (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province_code	smallint NOT NULL,
	cleared			text[],
	status			text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'dropped')),
	old_values		jsonb,
	applied_at		timestamptz
);
CREATE TABLE @registry@.access_change (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province_code	smallint NOT NULL,
	cleared			text[],
	status			text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'dropped')),
	old_values		jsonb,
	applied_at		timestamptz
);
CREATE INDEX sponsor_change_account_id_idx ON @registry@.sponsor_change (account_id);
CREATE INDEX site_change_account_id_idx ON @registry@.site_change (account_id);
CREATE INDEX access_change_account_id_idx ON @registry@.access_change (account_id);
COMMENT ON TABLE @registry@.sponsor_change IS
	'What an application of kind change_sponsor or change_principal proposes; a column that is NULL stays as it is';
COMMENT ON TABLE @registry@.site_change IS
	'What an application of kind change_site proposes; a column that is NULL stays as it is. domains is the whole list as it is to be';
COMMENT ON TABLE @registry@.access_change IS
	'What an application of kind change_access proposes; a column that is NULL stays as it is';
COMMENT ON COLUMN @registry@.sponsor_change.name_key IS 'icp.name_key(name), filled by trigger: the name as conflicts see it';
COMMENT ON COLUMN @registry@.sponsor_change.claim_key IS
	'What the sponsor would claim by the change of name, nature or credential, as sponsor.claim_key or name_key; NULL where none of them changes. Filled by trigger';

DO $do$
DECLARE
	target	text;
	of_it	record;
BEGIN
	FOREACH target IN ARRAY '{sponsor,site,access}'::text[] LOOP
		-- Not to be changed by an application: keys, what other columns imply, what only the registry sets, what the number
		-- says (the kind of a service), and what the bureau alone orders (limit_access).
		FOR of_it IN
			SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, col_description(a.attrelid, a.attnum) AS meaning
			  FROM pg_catalog.pg_attribute a
			 WHERE a.attrelid = format('@registry@.%I', target)::regclass AND a.attnum > 0 AND NOT a.attisdropped
			   AND a.attname = ANY (icp.record_columns(target, 'entered'))
			 ORDER BY a.attnum
		LOOP
			EXECUTE format('ALTER TABLE @registry@.%I ADD COLUMN %I %s', target || '_change', of_it.attname, of_it.type);
			EXECUTE format('COMMENT ON COLUMN @registry@.%I.%I IS %L', target || '_change', of_it.attname,
						   'As it is to be: ' || of_it.meaning);
		END LOOP;
		EXECUTE format($$
			COMMENT ON COLUMN @registry@.%1$I.application_id IS 'The application that proposes it';
			COMMENT ON COLUMN @registry@.%1$I.account_id IS 'Account of the application, filled by trigger';
			COMMENT ON COLUMN @registry@.%1$I.province_code IS 'Province of the application, GB/T 2260, filled by trigger';
			COMMENT ON COLUMN @registry@.%1$I.cleared IS 'Names of the columns that are to be emptied';
			COMMENT ON COLUMN @registry@.%1$I.status IS 'pending; applied to the record at approval; dropped with its application or its record';
			COMMENT ON COLUMN @registry@.%1$I.old_values IS 'What the record said before, of what the change altered';
			COMMENT ON COLUMN @registry@.%1$I.applied_at IS 'When it was applied';
		$$, target || '_change');
	END LOOP;
END
$do$;
ALTER TABLE @registry@.sponsor_change
	ADD CONSTRAINT sponsor_change_name_check CHECK (name <> '' AND octet_length(name) <= 2000),
	ADD CONSTRAINT sponsor_change_name_key_check CHECK (name_key <> '' AND octet_length(name_key) <= 2000);

CREATE FUNCTION @registry@.may_alter(application_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.id = may_alter.application_id AND NOT s.is_final AND NOT @registry@.with_bureau(a.state)
		   AND (@registry@.may_enter(a.account_id) OR @registry@.acts_for_provider(a.provider_id)));
END;
COMMENT ON FUNCTION @registry@.may_alter(bigint) IS
	'Row security: may the acting role alter what this application proposes? Its sponsor and its provider, until it lies with the bureau';

-- With the asker's own rights: what the policy of application says, in one word.
CREATE FUNCTION @registry@.reads_application(application_id bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM @registry@.application a WHERE a.id = reads_application.application_id);
END
$$;
COMMENT ON FUNCTION @registry@.reads_application(bigint) IS
	'Row security: does the acting role see this application, and so what belongs to it?';

CREATE FUNCTION @registry@.fill_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_change	record;
	target		regclass := format('@registry@.%I', TG_ARGV[0])::regclass;
	wrong		text;
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.status <> 'pending' THEN
		RAISE EXCEPTION 'the change of application % is %', OLD.application_id, OLD.status
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'What has been decided is a record, and stays.', HINT = 'Enter a new application.';
	END IF;
	IF TG_OP = 'INSERT' THEN
		-- or the claims of a change would live on that comes while its application is withdrawn
		PERFORM FROM @registry@.application a WHERE a.id = NEW.application_id FOR NO KEY UPDATE;
	END IF;
	SELECT a.id, a.kind, a.state, a.account_id, a.province, a.province_code, s.is_final,
		   k.act = 'change' AND k.concerns = TG_ARGV[0] AS proposes
	  INTO of_change
	  FROM @registry@.application a JOIN icp.state s ON s.code = a.state JOIN icp.application_kind k ON k.code = a.kind
	 WHERE a.id = NEW.application_id;
	IF NOT @registry@.sees_application(NEW.application_id) AND NOT @registry@.acts_as_owner() THEN
		-- (before row security is asked: the same words, whether it is there or not)
		RAISE EXCEPTION 'application % does not exist, or is not yours', NEW.application_id
			USING ERRCODE = 'insufficient_privilege';
	ELSIF of_change.id IS NULL THEN
		RAISE EXCEPTION 'application % does not exist', NEW.application_id USING ERRCODE = 'foreign_key_violation';
	END IF;
	NEW.account_id := of_change.account_id;
	NEW.province_code := of_change.province_code;
	IF of_change.proposes IS NOT TRUE THEN
		RAISE EXCEPTION 'application % (%) proposes no change of a%', of_change.id, of_change.kind,
			CASE TG_ARGV[0] WHEN 'access' THEN 'n access' ELSE ' ' || TG_ARGV[0] END
			USING ERRCODE = 'check_violation',
				  HINT = 'A sponsor is changed by change_sponsor and change_principal, a site by change_site, an access by change_access.';
	END IF;
	IF TG_OP = 'INSERT' AND of_change.is_final THEN
		RAISE EXCEPTION 'application % is %', of_change.id, of_change.state
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Enter a new application.';
	END IF;

	SELECT string_agg(c, ', ') INTO wrong
	  FROM unnest(NEW.cleared) c
	 WHERE NOT EXISTS (SELECT FROM pg_attribute a
						WHERE a.attrelid = target AND a.attname = c AND (NOT a.attnotnull OR a.atthasdef))
		OR c <> ALL (icp.record_columns(TG_ARGV[0], 'entered'))
		OR to_jsonb(NEW) -> c <> 'null';
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'column cleared names what cannot be emptied: %', wrong
			USING ERRCODE = 'check_violation',
				  HINT = 'Name columns that may be empty and have no new value in the same row.';
	END IF;

	IF TG_ARGV[0] = 'sponsor' THEN
		NEW.name_key := icp.name_key(NEW.name);
		IF NEW.province IS DISTINCT FROM of_change.province AND NEW.province IS NOT NULL THEN
			RAISE EXCEPTION 'a change may not move sponsor of application % from % to %', of_change.id, of_change.province, NEW.province
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = 'Result code 1046: a change may not move the subject (主体) to another province.',
					  HINT = 'Cancel the filing, and file anew in the other province.';
		END IF;
		IF of_change.kind IN (@kinds:act = 'change' AND concerns = 'sponsor' AND NOT 'sponsor' = ANY (judged)@)
		   AND (num_nonnulls(NEW.name, NEW.nature, NEW.credential) > 0 OR NEW.cleared && '{name,nature,credential}')
		THEN
			RAISE EXCEPTION 'application % changes the principal (负责人), not who the sponsor is', of_change.id
				USING ERRCODE = 'check_violation',
					  HINT = 'Name, nature and credential of a sponsor are changed by change_sponsor (变更主体).';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_change() IS
	'Trigger (record''s table): fills account and province of a change, and refuses what an application cannot change';
CREATE TRIGGER fill_change BEFORE INSERT OR UPDATE ON @registry@.sponsor_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change('sponsor');
CREATE TRIGGER fill_change BEFORE INSERT OR UPDATE ON @registry@.site_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change('site');
CREATE TRIGGER fill_change BEFORE INSERT OR UPDATE ON @registry@.access_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change('access');

-- Row security judges by the statement's snapshot; a report that commits meanwhile is seen here.  The application is not
-- locked: it comes before the record in the order of locks, and the record's row is locked already.  It need not be,
-- since a report locks the record (lock_record): the change is before it, and is tested by it, or behind it, and asks
-- here with a snapshot of its own.  In a snapshot that is older the application is locked at once or not at all.  What is
-- entered is no row yet, and has the application first.  Not the owner's: it may act as any.
CREATE FUNCTION @registry@.stand_still() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	row_id		bigint := (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[1])::bigint;
	with_bureau	bigint;
	lock		text := CASE WHEN TG_OP = 'INSERT' THEN ' FOR NO KEY UPDATE'
							 WHEN current_setting('transaction_isolation') LIKE 'read %' THEN ''
							 ELSE ' FOR SHARE NOWAIT' END;
BEGIN
	IF NOT @registry@.acts_as_owner() THEN
		FOR with_bureau IN EXECUTE format(
				'SELECT CASE WHEN @registry@.with_bureau(a.state) THEN a.id END FROM @registry@.application a'
				' WHERE a.%I = $1 AND a.state NOT IN (SELECT s.code FROM icp.state s WHERE s.is_final) ORDER BY a.id%s',
				TG_ARGV[0], lock) USING row_id
		LOOP
			IF with_bureau IS NOT NULL THEN
				RAISE EXCEPTION 'application % lies with the bureau, and what it proposes stands still', with_bureau
					USING ERRCODE = 'object_not_in_prerequisite_state',
						  HINT = 'What is returned can be altered and submitted again (3 Q19).';
			END IF;
		END LOOP;
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION @registry@.stand_still() IS
	'Trigger (application''s column, row''s key): refuses a member''s change of what lies with the bureau';
CREATE TRIGGER stand_still BEFORE INSERT OR UPDATE OR DELETE ON @registry@.sponsor_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.stand_still('id', 'application_id');
CREATE TRIGGER stand_still BEFORE INSERT OR UPDATE OR DELETE ON @registry@.site_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.stand_still('id', 'application_id');
CREATE TRIGGER stand_still BEFORE INSERT OR UPDATE OR DELETE ON @registry@.access_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.stand_still('id', 'application_id');
CREATE TRIGGER stand_still BEFORE UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.stand_still('sponsor_id', 'id');
CREATE TRIGGER stand_still BEFORE UPDATE ON @registry@.site
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.stand_still('site_id', 'id');
CREATE TRIGGER stand_still BEFORE UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.stand_still('site_id', 'site_id');

-- Resubmission overwrites what was submitted (3 Q19); the event keeps what it said.
CREATE FUNCTION @registry@.record_replacement() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	unsaid		constant text[] := icp.record_columns(NULL, 'derived');
	before		jsonb := to_jsonb(OLD) - unsaid;
	after		jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - unsaid ELSE '{}' END;
	old_values	jsonb;
	new_values	jsonb;
BEGIN
	-- what is taken back before it is entered anew has been said, too
	IF TG_OP = 'DELETE' THEN
		before := jsonb_strip_nulls(before);
	END IF;
	SELECT d.old_values, d.new_values INTO old_values, new_values FROM @registry@.row_diff(before, after) d;
	IF old_values IS NOT NULL THEN
		EXECUTE format(
			'INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, old_values, new_values)'
			' SELECT @registry@.acting_user(), ''replace'', a.id, a.sponsor_id, a.site_id, a.province_code, $2, $3'
			'   FROM @registry@.application a'
			'  WHERE a.%I = $1 AND a.submitted_at IS NOT NULL AND a.state NOT IN (SELECT s.code FROM icp.state s WHERE s.is_final)'
			'  ORDER BY a.id', TG_ARGV[0])
			USING (before ->> TG_ARGV[1])::bigint, old_values, new_values;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_replacement() IS
	'Trigger (application''s column, row''s key): writes the event of a change of what was submitted before, with old and new values (3 Q19); old ones where it is taken back';
DO $$
DECLARE
	target	record;
BEGIN
	FOR target IN
		SELECT * FROM (VALUES ('sponsor', 'sponsor_id', 'id'), ('site', 'site_id', 'id'), ('access', 'site_id', 'site_id'))
				   AS v (name, of_application, key)
	LOOP
		EXECUTE format($do$
			CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.%1$I
				FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
				EXECUTE FUNCTION @registry@.record_replacement(%3$L, %4$L);
			CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.%2$I
				FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'pending')
				EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
			CREATE TRIGGER record_withdrawal AFTER DELETE ON @registry@.%2$I
				FOR EACH ROW WHEN (OLD.status = 'pending')
				EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
			-- whoever sees the application sees what it proposes
			ALTER TABLE @registry@.%2$I ENABLE ROW LEVEL SECURITY;
			CREATE POLICY %5$I ON @registry@.%2$I FOR SELECT
				USING (@registry@.reads_application(application_id));
			CREATE POLICY %6$I ON @registry@.%2$I FOR INSERT
				WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0
							AND @registry@.may_alter(application_id));
			CREATE POLICY %7$I ON @registry@.%2$I FOR UPDATE
				USING (status = 'pending' AND @registry@.may_alter(application_id))
				WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0
							AND @registry@.may_alter(application_id));
		$do$, target.name, target.name || '_change', target.of_application, target.key, target.name || '_change_see',
			target.name || '_change_enter', target.name || '_change_alter');
	END LOOP;
END
$$;

-- DELETE of members: with the right to it goes that of locking the table, and with it everybody out.
CREATE FUNCTION @registry@.drop_change(application_id bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_change	record;
	relation	text;
	decided		text;
	dropped		integer;
BEGIN
	IF NOT @registry@.sees_application(drop_change.application_id) AND NOT @registry@.acts_as_owner() THEN
		RAISE EXCEPTION 'application % does not exist, or is not yours', drop_change.application_id
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT a.kind, a.state, k.act, k.concerns INTO of_change
	  FROM @registry@.application a JOIN icp.application_kind k ON k.code = a.kind WHERE a.id = drop_change.application_id;
	IF of_change.act IS DISTINCT FROM 'change' THEN
		RETURN false;
	END IF;
	relation := of_change.concerns || '_change';
	-- whose it is to alter, it is to take back
	IF NOT has_any_column_privilege(@registry@.acting_user(), format('@registry@.%I', relation), 'UPDATE') THEN
		RAISE EXCEPTION 'role "%" may not take back the change of application %', @registry@.acting_user(), drop_change.application_id
			USING ERRCODE = 'insufficient_privilege', HINT = 'Whoever may alter what it proposes may: columns of table "' || relation || '".';
	END IF;
	EXECUTE format('DELETE FROM @registry@.%I c WHERE c.application_id = $1 AND c.status = ''pending'' AND @registry@.may_alter($1)', relation)
		USING drop_change.application_id;
	GET DIAGNOSTICS dropped = ROW_COUNT;
	IF dropped > 0 THEN
		RETURN true;
	END IF;
	EXECUTE format('SELECT c.status FROM @registry@.%I c WHERE c.application_id = $1', relation)
		INTO decided USING drop_change.application_id;
	IF decided IS NULL THEN
		RETURN false;
	ELSIF decided <> 'pending' THEN
		RAISE EXCEPTION 'the change of application % is %', drop_change.application_id, decided
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'What has been decided is a record, and stays.', HINT = 'Enter a new application.';
	ELSIF @registry@.with_bureau(of_change.state) THEN
		RAISE EXCEPTION 'application % lies with the bureau, and what it proposes stands still', drop_change.application_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'What is returned can be altered and submitted again (3 Q19).';
	END IF;
	RAISE EXCEPTION 'role "%" may not take back the change of application %', @registry@.acting_user(), drop_change.application_id
		USING ERRCODE = 'insufficient_privilege', HINT = 'Its sponsor and its provider may.';
END
$$;
COMMENT ON FUNCTION @registry@.drop_change(bigint) IS
	'Takes back what an application proposes, until it lies with the bureau; for its sponsor and its provider. False: it proposed nothing';
