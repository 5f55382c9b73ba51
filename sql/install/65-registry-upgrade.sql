-- Bringing a registry forward.

CREATE FUNCTION icp.rekey_registry(schema name DEFAULT 'beian') RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changed	bigint;
BEGIN
	PERFORM icp.require_registry(schema);
	-- What is written here fires the registry's triggers, which its owner can alter.
	IF EXISTS (SELECT FROM pg_roles me, pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner
				WHERE me.rolname = current_user AND me.rolsuper AND n.nspname = schema AND NOT o.rolsuper) THEN
		RAISE EXCEPTION 'registry % is not rewritten by a superuser', quote_ident(schema)
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Its triggers are its owner''s, and would run as the superuser.',
				  HINT = 'Call the function as the registry''s owner.';
	END IF;
	-- An UPDATE fills name_key anew; where the key differs, the claim is released and entered again.
	EXECUTE format('UPDATE %I.sponsor s SET name = s.name WHERE s.name_key IS DISTINCT FROM icp.name_key(s.name)', schema);
	GET DIAGNOSTICS changed = ROW_COUNT;
	-- pending changes claim by name too, and sites of one name are looked up by it
	EXECUTE format('UPDATE %I.sponsor_change c SET name = c.name WHERE c.status = ''pending''', schema);
	EXECUTE format('UPDATE %I.site t SET name = t.name WHERE coalesce(t.name_key, t.name) IS DISTINCT FROM icp.name_key(t.name)', schema);
	-- what was digested with another secret than the registry's
	EXECUTE format('SELECT $1 + %I.rekey_claims()', schema) INTO changed USING changed;
	EXECUTE format('UPDATE %I.registry r SET name_key_version = icp.name_key_version()', schema);
	RETURN changed;
END
$$;
COMMENT ON FUNCTION icp.rekey_registry(name) IS
	'Makes the name keys anew after ICU''s data changed, with their claims, and the digests of persons'' credentials that were made with another secret; returns how many sponsors changed';

-- What hangs on views and functions of a registry and is not the registry's own: it would go with them.
CREATE FUNCTION icp.foreign_dependents(schema name, relations regclass[], functions regprocedure[]) RETURNS SETOF text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
	WITH RECURSIVE dependent (classid, objid) AS (
		SELECT 'pg_class'::regclass::oid, r::oid FROM unnest(relations) r
		UNION
		SELECT 'pg_proc'::regclass::oid, f::oid FROM unnest(functions) f
		UNION
		SELECT x.classid, x.objid
		  FROM dependent t
		  JOIN pg_depend d ON d.refclassid = t.classid AND d.refobjid = t.objid AND d.deptype IN ('n', 'a')
		  LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
		 -- a view hangs on what its rule reads
		 CROSS JOIN LATERAL (SELECT CASE WHEN w.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END,
									coalesce(w.ev_class, d.objid)) AS x (classid, objid)
	), laid (kind, name) AS (
		SELECT e.kind, replace(e.name, '@registry@', quote_ident(foreign_dependents.schema)) FROM icp.registry_reference e
	), named AS (
		SELECT d.classid, d.objid,
			   CASE d.classid WHEN 'pg_class'::regclass THEN 'view' WHEN 'pg_proc'::regclass THEN 'function'
							  WHEN 'pg_trigger'::regclass THEN 'trigger' WHEN 'pg_policy'::regclass THEN 'policy'
							  WHEN 'pg_constraint'::regclass THEN 'constraint' WHEN 'pg_attrdef'::regclass THEN 'column' END AS kind,
			   CASE WHEN p.oid IS NOT NULL THEN p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
					WHEN d.classid = 'pg_class'::regclass THEN c.relname
					ELSE c.relname || '.' || coalesce(t.tgname, o.polname, k.conname, a.attname) END AS name,
			   coalesce(c.relnamespace, p.pronamespace) AS namespace
		  FROM dependent d
		  LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
		  LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
		  LEFT JOIN pg_policy o ON d.classid = 'pg_policy'::regclass AND o.oid = d.objid
		  LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
		  LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
		  LEFT JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
		  LEFT JOIN pg_class c ON c.oid = coalesce(t.tgrelid, o.polrelid, k.conrelid, f.adrelid,
												   CASE WHEN d.classid = 'pg_class'::regclass THEN d.objid END)
		 -- (types of rows come and go with their relation)
		 WHERE d.classid <> 'pg_type'::regclass
	)
	SELECT format('%s %s', i.type, i.identity)
	  FROM named n, pg_identify_object(n.classid, n.objid, 0) i
	 WHERE NOT (n.classid = 'pg_class'::regclass AND n.objid = ANY (coalesce(relations, '{}')::oid[])
				OR n.classid = 'pg_proc'::regclass AND n.objid = ANY (coalesce(functions, '{}')::oid[]))
	   AND NOT (n.namespace = (SELECT s.oid FROM pg_namespace s WHERE s.nspname = foreign_dependents.schema)
				AND EXISTS (SELECT FROM laid l WHERE l.kind = n.kind AND l.name = n.name))
$$;
COMMENT ON FUNCTION icp.foreign_dependents(name, regclass[], regprocedure[]) IS
	'What is not the registry''s own and would be dropped with these relations and functions of it';

-- Where a registry differs from the templates because they have changed: what it was laid without, and what is there as it
-- was laid and would be laid otherwise now, or not at all.  What its owner has altered, dropped or added is not among it.
CREATE FUNCTION icp.registry_changes(schema name) RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
BEGIN
	RETURN QUERY EXECUTE format($query$
		SELECT d.kind, d.name, d.problem
		  FROM icp.registry_differences(%1$L) d
		  LEFT JOIN %2$s.registry_object l ON l.kind = d.kind AND l.name = d.name
		  LEFT JOIN icp.registry_objects(%1$L) o ON o.kind = d.kind AND o.name = d.name
		 WHERE CASE WHEN d.problem = 'missing' THEN l.name IS NULL ELSE l.definition = o.digest END
	$query$, schema, quote_ident(schema));
END
$$;
COMMENT ON FUNCTION icp.registry_changes(name) IS
	'What the templates have changed since a registry was laid, as icp.registry_differences() says it, without what its owner has changed';

-- Brings a registry's objects to what the templates make now: what they have changed is made as icp.registry_reference has
-- it; what they have no more goes, but for tables and columns, which hold rows.  What the owner has altered stays as he has
-- it, and check_registry() tells of it.  A function that keeps its parameters keeps its identity, and all that hangs on it.
CREATE FUNCTION icp.synchronize_registry(schema name) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET check_function_bodies = off
	SET standard_conforming_strings = on
	SET transform_null_equals = off
	SET quote_all_identifiers = off
	SET datestyle = 'ISO, YMD'
	SET timezone = 'Asia/Shanghai'
	SET client_min_messages = warning
AS $$
DECLARE
	target		constant text := quote_ident(schema);
	heading		constant text := E'\n LANGUAGE .*';
	o			record;
	relations	regclass[];
	functions	regprocedure[];
	found		text;
	made		text[] := '{}';
BEGIN
	-- What is made anew is its owner's; and what is written fires his triggers.
	IF NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = schema AND n.nspowner = current_user::regrole) THEN
		RAISE EXCEPTION 'registry % is brought forward by its owner', target
			USING ERRCODE = 'insufficient_privilege',
				  HINT = pg_catalog.format('SET ROLE %s.', (SELECT n.nspowner::regrole FROM pg_namespace n WHERE n.nspname = schema));
	END IF;
	-- Nobody writes meanwhile, and no two upgrade at once.
	FOR o IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			  WHERE n.nspname = schema AND c.relkind = 'r' ORDER BY c.relname <> 'registry', c.relname LOOP
		EXECUTE pg_catalog.format('LOCK TABLE %s.%I IN ACCESS EXCLUSIVE MODE', target, o.relname);
	END LOOP;
	CREATE TEMPORARY TABLE pg_temp.registry_change ON COMMIT DROP AS
		SELECT d.kind, d.name, d.problem, split_part(d.name, '.', 1) AS relation,
			   substr(d.name, length(split_part(d.name, '.', 1)) + 2) AS part,
			   pg_catalog.replace(e.command, '@registry@', target) AS command
		  FROM icp.registry_changes(schema) d
		  LEFT JOIN icp.registry_reference e ON e.kind = d.kind AND pg_catalog.replace(e.name, '@registry@', target) = d.name;
	CREATE TEMPORARY TABLE pg_temp.registry_kept ON COMMIT DROP AS
		SELECT d.kind, d.name FROM icp.registry_differences(schema) d
		 WHERE NOT EXISTS (SELECT FROM pg_temp.registry_change c WHERE c.kind = d.kind AND c.name = d.name);
	SELECT string_agg(pg_catalog.format('%s %s', c.kind, c.name), ', ' ORDER BY c.kind, c.name) INTO found
	  FROM pg_temp.registry_change c
	 WHERE c.problem = 'added'
	   AND (c.kind = 'table'
			OR c.kind = 'column' AND EXISTS (SELECT FROM icp.registry_reference e WHERE e.kind = 'table' AND e.name = c.relation));
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'registry % cannot be brought forward', target
			USING ERRCODE = 'feature_not_supported', DETAIL = pg_catalog.format('The templates have no more: %s.', found);
	END IF;

	-- Away with what is made anew, or no more.
	SELECT array_agg(to_regclass(pg_catalog.format('%s.%I', target, c.name))) INTO relations
	  FROM pg_temp.registry_change c WHERE c.problem <> 'missing' AND c.kind = 'view';
	SELECT array_agg(f.oid::regprocedure) INTO functions
	  FROM pg_temp.registry_change c, pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
	 WHERE n.nspname = schema AND f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')' = c.name
	   AND c.problem <> 'missing' AND c.kind = 'function'
	   AND (c.problem = 'added'
			OR regexp_replace(pg_get_functiondef(f.oid), heading, '') <> regexp_replace(c.command, heading, ''));
	SELECT string_agg(d, ', ' ORDER BY d) INTO found FROM icp.foreign_dependents(schema, relations, functions) d;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'registry % cannot be brought forward while other objects hang on what changes', target
			USING ERRCODE = 'dependent_objects_still_exist', DETAIL = found || '.', HINT = 'Drop them, and make them again afterwards.';
	END IF;
	FOR o IN SELECT * FROM pg_temp.registry_change c WHERE c.problem <> 'missing' AND c.kind IN ('trigger', 'policy') LOOP
		EXECUTE pg_catalog.format('DROP %s %I ON %s.%I', o.kind, o.part, target, o.relation);
	END LOOP;
	FOR o IN SELECT r::oid AS view FROM unnest(relations) r LOOP
		IF EXISTS (SELECT FROM pg_class c WHERE c.oid = o.view) THEN		-- not gone with another
			EXECUTE pg_catalog.format('DROP VIEW %s CASCADE', o.view::regclass);
		END IF;
	END LOOP;
	FOR o IN SELECT f::oid AS function FROM unnest(functions) f LOOP
		IF EXISTS (SELECT FROM pg_proc p WHERE p.oid = o.function) THEN
			EXECUTE pg_catalog.format('DROP ROUTINE %s CASCADE', o.function::regprocedure);
		END IF;
	END LOOP;
	FOR o IN SELECT * FROM pg_temp.registry_change c
			  WHERE c.problem <> 'missing' AND c.kind = 'constraint' AND (c.command IS NOT NULL OR c.problem = 'added') LOOP
		EXECUTE pg_catalog.format('ALTER TABLE %s.%I DROP CONSTRAINT IF EXISTS %I', target, o.relation, o.part);
	END LOOP;
	FOR o IN SELECT * FROM pg_temp.registry_change c WHERE c.problem <> 'missing' AND c.kind = 'index' LOOP
		EXECUTE pg_catalog.format('DROP INDEX IF EXISTS %s.%I', target, o.name);
	END LOOP;
	DROP TABLE pg_temp.registry_change;

	-- Asked again, since more of ours has gone with what went.
	FOR o IN
		SELECT d.kind, d.name, d.problem, split_part(d.name, '.', 1) AS relation,
			   substr(d.name, length(split_part(d.name, '.', 1)) + 2) AS part,
			   pg_catalog.replace(e.definition, '@registry@', target) AS definition,
			   pg_catalog.replace(e.command, '@registry@', target) AS command,
			   pg_catalog.replace(e.remark, '@registry@', target) AS remark
		  FROM icp.registry_differences(schema) d
		  JOIN icp.registry_reference e ON pg_catalog.replace(e.name, '@registry@', target) = d.name AND e.kind = d.kind
		 WHERE d.problem <> 'added' AND e.command IS NOT NULL
		   AND NOT EXISTS (SELECT FROM pg_temp.registry_kept k WHERE k.kind = d.kind AND k.name = d.name)
		 ORDER BY e.step, e.ordinal
	LOOP
		made := made || pg_catalog.format('%s %s', o.kind, o.name);
		IF o.kind = 'column' AND to_regclass(pg_catalog.format('%s.%I', target, o.relation)) IS NULL THEN
			CONTINUE;							-- it comes with its table
		ELSIF o.kind = 'column' AND o.problem = 'altered' THEN
			RAISE EXCEPTION 'registry % cannot be brought forward', target
				USING ERRCODE = 'feature_not_supported',
					  DETAIL = pg_catalog.format('Column %s is to be %s.', o.name, o.definition),
					  HINT = 'Alter it first, as its rows allow.';
		ELSIF NOT (o.kind = 'table' AND o.problem = 'altered') THEN
			EXECUTE o.command;
		END IF;
		IF o.kind = 'table' THEN
			EXECUTE pg_catalog.format('ALTER TABLE %s.%I %s ROW LEVEL SECURITY, %s FORCE ROW LEVEL SECURITY', target, o.name,
				CASE WHEN o.definition ~ 'row security on' THEN 'ENABLE' ELSE 'DISABLE' END,
				CASE WHEN o.definition ~ 'forced' THEN '' ELSE 'NO' END);
		ELSIF o.kind = 'function' AND o.problem = 'missing' THEN
			EXECUTE pg_catalog.format('REVOKE ALL ON ROUTINE %s.%s FROM PUBLIC', target, o.name);
		END IF;
		-- the rows that a new table is laid with
		IF o.kind = 'table' AND o.problem = 'missing' THEN
			EXECUTE pg_catalog.format($query$
				INSERT INTO %1$s.%2$I OVERRIDING SYSTEM VALUE
				SELECT t.* FROM icp.registry_row r, jsonb_populate_recordset(NULL::%1$s.%2$I, r.data) t WHERE r.relation = %2$L
			$query$, target, o.name);
		END IF;
	END LOOP;
	-- settings that are new, and the comments of what was made
	EXECUTE pg_catalog.format($query$
		INSERT INTO %1$s.setting
		SELECT t.* FROM icp.registry_row r, jsonb_populate_recordset(NULL::%1$s.setting, r.data) t WHERE r.relation = 'setting'
		ON CONFLICT DO NOTHING
	$query$, target);
	FOR o IN SELECT pg_catalog.replace(e.remark, '@registry@', target) AS remark
			   FROM icp.registry_reference e
			  WHERE e.remark IS NOT NULL
				AND (pg_catalog.format('%s %s', e.kind, pg_catalog.replace(e.name, '@registry@', target)) = ANY (made)
					 OR e.kind = 'column' AND pg_catalog.format('view %s', split_part(e.name, '.', 1)) = ANY (made)) LOOP
		EXECUTE o.remark;
	END LOOP;
	PERFORM icp.grant_registry(schema);

	SELECT string_agg(pg_catalog.format('%s %s is %s', d.kind, d.name, d.problem), '; ' ORDER BY d.kind, d.name) INTO found
	  FROM icp.registry_differences(schema) d
	 WHERE NOT EXISTS (SELECT FROM pg_temp.registry_kept k WHERE k.kind = d.kind AND k.name = d.name);
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'registry % could not be brought forward', target
			USING ERRCODE = 'internal_error', DETAIL = found || '.';
	END IF;
	EXECUTE pg_catalog.format($query$
		DELETE FROM %s.registry_object l
		 WHERE NOT EXISTS (SELECT FROM pg_temp.registry_kept k WHERE k.kind = l.kind AND k.name = l.name)
	$query$, target);
	EXECUTE pg_catalog.format($query$
		INSERT INTO %1$s.registry_object (kind, name, definition)
		SELECT o.kind, o.name, o.digest
		  FROM icp.registry_objects(%2$L) o
		 WHERE NOT EXISTS (SELECT FROM pg_temp.registry_kept k WHERE k.kind = o.kind AND k.name = o.name)
	$query$, target, schema);
	DROP TABLE pg_temp.registry_kept;
	EXECUTE pg_catalog.format('UPDATE %s.registry r SET upgraded_at = now()', target);
	RETURN cardinality(made);
END
$$;
COMMENT ON FUNCTION icp.synchronize_registry(name) IS
	'Makes a registry''s objects what the templates make; returns how many were made. icp.upgrade_registry() calls it';

CREATE FUNCTION icp.upgrade_registry(schema name DEFAULT 'beian') RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	from_version	text;
	this_version	constant text := '1.0';
	this_server		constant integer := current_setting('server_version_num')::integer / 10000;
	is_different	boolean;
	made			bigint := 0;
BEGIN
	PERFORM icp.require_registry(schema);
	EXECUTE format('SELECT r.version FROM %I.registry r FOR UPDATE', schema) INTO from_version;
	IF from_version <> this_version THEN
		RAISE EXCEPTION 'registry % is of version %, which this extension cannot bring forward', schema, from_version
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = format('The extension knows registries of version %s.', this_version),
				  HINT = 'Upgrade the extension first: ALTER EXTENSION icpfiling UPDATE.';
	END IF;
	IF to_regclass(format('%I.claim_secret', schema)) IS NULL THEN
		RAISE EXCEPTION 'registry % was laid before the claims of persons (自然人) had a secret', schema
			USING ERRCODE = 'feature_not_supported',
				  HINT = 'It is of a development version: lay another registry, and load its records.';
	END IF;
	is_different := EXISTS (SELECT FROM icp.registry_changes(schema));
	IF is_different THEN
		IF EXISTS (SELECT FROM icp.registry_reference e WHERE e.server <> this_server) THEN
			RAISE EXCEPTION 'the templates have not been laid on this server'
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  HINT = 'A superuser runs SELECT icp.learn_registry().';
		END IF;
		made := icp.synchronize_registry(schema);
	END IF;
	-- One that was laid before registries had nodes is node 0, and leaves the others' ids to them.
	PERFORM icp.fit_ids(schema);
	-- A log that was laid before logs had identities gets one; its older events stay what they are.
	PERFORM icp.identify_log(format('%I.event', schema)::regclass);
	-- Spell the definitions as this server does, but only those of objects that are there as they were laid.
	EXECUTE format($query$
		UPDATE %1$I.registry_object l
		   SET definition = o.digest, server = current_setting('server_version_num')::integer / 10000
		  FROM icp.registry_objects(%1$L) o
		 WHERE o.kind = l.kind AND o.name = l.name
		   AND l.server <> current_setting('server_version_num')::integer / 10000
	$query$, schema);
	RETURN format('registry %I is of version %s', schema, this_version)
		|| CASE WHEN made > 0 THEN format(', %s objects were made anew', made) ELSE '' END;
END
$$;
COMMENT ON FUNCTION icp.upgrade_registry(name) IS
	'Brings a registry that an earlier extension laid to what the templates of this one make, rows and other people''s objects kept; does nothing to one that is up to date. Its owner''s; 2BP01 where others'' objects hang on what has to go';
