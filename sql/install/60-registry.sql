-- Laying, checking and bringing forward a registry.  A registry's objects belong to whoever calls create_registry().

CREATE TABLE icp.registry_template (
	ordinal		integer PRIMARY KEY,
	subject		text NOT NULL UNIQUE,
	body		text NOT NULL
);
COMMENT ON TABLE icp.registry_template IS 'The registry as SQL, in which @registry@ stands for the schema''s name';
COMMENT ON COLUMN icp.registry_template.ordinal IS 'Order in which the templates are run';
COMMENT ON COLUMN icp.registry_template.subject IS 'What the template is about';
COMMENT ON COLUMN icp.registry_template.body IS 'SQL commands';
GRANT SELECT ON icp.registry_template TO PUBLIC;

CREATE FUNCTION icp.create_roles() RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	role	record;
BEGIN
	FOR role IN
		SELECT * FROM (VALUES
			('icp_public',    'asks whether a site is filed'),
			('icp_sponsor',   'a sponsor''s account: enters and submits its own filings'),
			('icp_provider',  'an access provider: enters, verifies and reports its customers'' filings'),
			('icp_approver',  'a department of prior approval: looks up what concerns it'),
			('icp_regulator', 'a regulator of content: looks up what concerns it'),
			('icp_bureau',    'a bureau: reviews its province''s applications, settles conflicts'),
			('icp_ministry',  'the ministry and its filing centre: watches rates'),
			('icp_auditor',   'sees how a registry was laid')) AS r(name, meaning)
		 WHERE NOT EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.name)
	LOOP
		EXECUTE format('CREATE ROLE %I NOLOGIN', role.name);
		EXECUTE format('COMMENT ON ROLE %I IS %L', role.name, 'icpfiling: ' || role.meaning);
		RETURN NEXT role.name;
	END LOOP;
END
$$;
COMMENT ON FUNCTION icp.create_roles() IS
	'Makes those of the group roles icp_public, icp_sponsor, icp_provider, icp_approver, icp_regulator, icp_bureau, icp_ministry, icp_auditor that are missing, and returns their names; needs CREATEROLE';

CREATE FUNCTION icp.grant_registry(schema name DEFAULT 'beian') RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	command	text;
BEGIN
	FOR command IN
		WITH role AS (
			SELECT string_agg(quote_ident(r.rolname), ', ' ORDER BY r.rolname) AS every
			  FROM pg_roles r WHERE r.rolname IN (SELECT unnest(g.roles) FROM icp.registry_right g)
		)
		-- what is nobody's
		SELECT format('REVOKE ALL ON %I.%I FROM %s', schema, g.object, role.every)
		  FROM icp.registry_right g, role WHERE g.privileges = '{}' AND role.every IS NOT NULL
		UNION ALL
		-- what is granted, to those roles that there are
		SELECT format('GRANT %s ON %s TO %s',
					  (SELECT string_agg(p || coalesce(' (' || c.list || ')', ''), ', ') FROM unnest(g.privileges) AS p),
					  o.target, r.list)
		  FROM icp.registry_right g
		 CROSS JOIN LATERAL (SELECT string_agg(quote_ident(p.rolname), ', ' ORDER BY p.rolname) AS list
							   FROM pg_roles p WHERE p.rolname = ANY (g.roles)) r
		 CROSS JOIN LATERAL (SELECT string_agg(quote_ident(n), ', ') AS list FROM unnest(g.columns) AS n) c
		 CROSS JOIN LATERAL (
			SELECT CASE WHEN g.object = '' THEN format('SCHEMA %I', schema)
						WHEN g.object LIKE '%(%' THEN format('FUNCTION %I.%s', schema, g.object)
						WHEN g.object <> '*' THEN format('%I.%I', schema, g.object)
						ELSE (SELECT string_agg(format('%I.%I', schema, t.relname), ', ' ORDER BY t.relname)
								FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
							   WHERE n.nspname = schema AND t.relkind IN ('r', 'v', 'm', 'f', 'p')
								 AND t.relname NOT IN (SELECT s.object FROM icp.registry_right s WHERE s.privileges = '{}'))
				   END AS target) o
		 WHERE g.privileges <> '{}' AND r.list IS NOT NULL
	LOOP
		EXECUTE command;
	END LOOP;
END
$$;
COMMENT ON FUNCTION icp.grant_registry(name) IS
	'Grants the registry''s tables and functions to those group roles of icp.create_roles() that exist; as the registry''s owner';

CREATE FUNCTION icp.registry_objects(schema name)
	RETURNS TABLE (kind text, name text, definition text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	WITH relation AS (
		SELECT c.oid, c.relname, c.relkind, c.relrowsecurity
		  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		 WHERE n.nspname = registry_objects.schema AND c.relkind IN ('r', 'v', 'p')
	)
	SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'table' END, r.relname::text,
		   CASE r.relkind WHEN 'v' THEN md5(pg_get_viewdef(r.oid))
			ELSE 'row security ' || CASE WHEN r.relrowsecurity THEN 'on' ELSE 'off' END END
	  FROM relation r
	UNION ALL
	SELECT 'column', r.relname || '.' || a.attname,
		   format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
	  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL
	SELECT 'index', x.relname::text, pg_get_indexdef(i.indexrelid)
	  FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
	UNION ALL
	SELECT 'constraint', r.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
	  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
	 WHERE k.contype <> 'n'
	UNION ALL
	SELECT 'trigger', r.relname || '.' || t.tgname,
		   md5(pg_get_triggerdef(t.oid)) || CASE t.tgenabled WHEN 'O' THEN ' enabled' WHEN 'A' THEN ' always'
			WHEN 'R' THEN ' replica' ELSE ' disabled' END
	  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
	UNION ALL
	SELECT 'policy', r.relname || '.' || p.polname,
		   md5(concat_ws('|', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
						 pg_get_expr(p.polwithcheck, p.polrelid)))
	  FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
	UNION ALL
	SELECT 'function', f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
		   md5(pg_get_functiondef(f.oid))
	  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
	 WHERE n.nspname = registry_objects.schema AND f.prokind IN ('f', 'p');
END;
COMMENT ON FUNCTION icp.registry_objects(name) IS
	'What a schema holds, one row an object with its definition; long definitions as a digest';

CREATE FUNCTION icp.create_registry(schema name DEFAULT 'beian') RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET check_function_bodies = on
AS $$
DECLARE
	template	record;
	version		text;
BEGIN
	-- The name is set into string literals and format strings too.
	IF schema IS NULL OR schema = '' OR schema ~ '["''\\%@$\s]' OR schema LIKE 'pg\_%' OR schema = 'icp' THEN
		RAISE EXCEPTION 'registry name % is not accepted', quote_nullable(schema)
			USING ERRCODE = 'invalid_schema_name',
				  HINT = 'Use a name without quotes, backslashes, percent, at and dollar signs or white space, that does not begin with pg_ and is not icp.';
	END IF;
	IF EXISTS (SELECT FROM icp.missing_triggers(current_user::regrole)) THEN
		RAISE EXCEPTION 'role "%" may not lay a registry', current_user
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('It may not execute %s.',
								  (SELECT string_agg('icp.' || f::text, ', ' ORDER BY f::text) FROM icp.missing_triggers(current_user::regrole) AS f)),
				  HINT = format('The owner of the extension runs SELECT icp.allow_triggers(%L).', quote_ident(current_user));
	END IF;
	FOR template IN SELECT t.subject, t.body FROM icp.registry_template t ORDER BY t.ordinal LOOP
		EXECUTE replace(template.body, '@registry@', quote_ident(schema));
	END LOOP;
	PERFORM icp.grant_registry(schema);
	EXECUTE format('INSERT INTO %1$I.registry_object (kind, name, definition)'
				   ' SELECT o.kind, o.name, o.definition FROM icp.registry_objects(%1$L) o', schema);
	EXECUTE format('SELECT r.version FROM %I.registry r', schema) INTO version;
	RETURN format('registry %I, version %s', schema, version);
END
$$;
COMMENT ON FUNCTION icp.create_registry(name) IS
	'Lays a registry of filings in a new schema: tables, views, functions, triggers and policies of the caller';

CREATE FUNCTION icp.check_registry(schema name DEFAULT 'beian')
	RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	stored_version	text;
BEGIN
	IF to_regclass(format('%I.registry', schema)) IS NULL THEN
		RAISE EXCEPTION 'schema % holds no registry', quote_ident(schema)
			USING ERRCODE = 'undefined_object', HINT = 'icp.create_registry() makes one.';
	END IF;
	RETURN QUERY EXECUTE format($query$
		SELECT coalesce(o.kind, l.kind), coalesce(o.name, l.name),
			   CASE WHEN o.name IS NULL THEN 'missing' WHEN l.name IS NULL THEN 'added'
					ELSE 'altered' END
		  FROM icp.registry_objects(%1$L) o
		  FULL JOIN %1$I.registry_object l ON l.kind = o.kind AND l.name = o.name
		 WHERE o.name IS NULL OR l.name IS NULL
			OR o.definition <> l.definition
			   AND l.server = current_setting('server_version_num')::integer / 10000
		 ORDER BY 1, 2
	$query$, schema);
	EXECUTE format('SELECT r.name_key_version FROM %I.registry r', schema) INTO stored_version;
	IF stored_version <> icp.name_key_version() THEN
		kind := 'name key';
		name := stored_version;
		problem := 'stored keys were made by another version than ' || icp.name_key_version() || '; run icp.rekey_registry()';
		RETURN NEXT;
	END IF;
	-- as a restore without its rights, or another owner, leaves it
	RETURN QUERY
		SELECT 'right', 'icp.' || f::text, format('the registry''s owner may not execute it; run icp.allow_triggers(%L)', n.nspowner::regrole)
		  FROM pg_namespace n, icp.missing_triggers(n.nspowner) AS f
		 WHERE n.nspname = schema
		 ORDER BY 2;
END
$$;
COMMENT ON FUNCTION icp.check_registry(name) IS
	'What of a registry is missing, altered or added since it was laid, and whether its name keys are of the present version and its owner may use what icp.allow_triggers() gives; no row: all is as it was. (After a change of the server''s major version only names are compared, until icp.upgrade_registry() has run.)';

CREATE FUNCTION icp.rekey_registry(schema name DEFAULT 'beian') RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	changed	bigint;
BEGIN
	-- An UPDATE fills name_key anew; where the key differs, the claim is released and entered again.
	EXECUTE format('UPDATE %I.sponsor s SET name = s.name WHERE s.name_key IS DISTINCT FROM icp.name_key(s.name)', schema);
	GET DIAGNOSTICS changed = ROW_COUNT;
	-- pending changes claim by name too, and sites of one name are looked up by it
	EXECUTE format('UPDATE %I.sponsor_change c SET name = c.name WHERE c.status = ''pending''', schema);
	EXECUTE format('UPDATE %I.site t SET name = t.name WHERE coalesce(t.name_key, t.name) IS DISTINCT FROM icp.name_key(t.name)', schema);
	EXECUTE format('UPDATE %I.registry r SET name_key_version = icp.name_key_version()', schema);
	RETURN changed;
END
$$;
COMMENT ON FUNCTION icp.rekey_registry(name) IS
	'Makes the name keys anew after ICU''s data changed, with their claims; returns how many sponsors changed';

CREATE FUNCTION icp.upgrade_registry(schema name DEFAULT 'beian') RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	from_version	text;
	this_version	constant text := '1.0';
BEGIN
	IF to_regclass(format('%I.registry', schema)) IS NULL THEN
		RAISE EXCEPTION 'schema % holds no registry', quote_ident(schema)
			USING ERRCODE = 'undefined_object', HINT = 'icp.create_registry() makes one.';
	END IF;
	EXECUTE format('SELECT r.version FROM %I.registry r FOR UPDATE', schema) INTO from_version;
	IF from_version <> this_version THEN
		RAISE EXCEPTION 'registry % is of version %, which this extension cannot bring forward', schema, from_version
			USING ERRCODE = 'feature_not_supported',
				  DETAIL = format('The extension knows registries of version %s.', this_version),
				  HINT = 'Upgrade the extension first: ALTER EXTENSION icpfiling UPDATE.';
	END IF;
	-- Spell the definitions as this server does, but only those of objects that are there as they were laid.
	EXECUTE format($query$
		UPDATE %1$I.registry_object l
		   SET definition = o.definition, server = current_setting('server_version_num')::integer / 10000
		  FROM icp.registry_objects(%1$L) o
		 WHERE o.kind = l.kind AND o.name = l.name
		   AND l.server <> current_setting('server_version_num')::integer / 10000
	$query$, schema);
	RETURN format('registry %I is of version %s', schema, this_version);
END
$$;
COMMENT ON FUNCTION icp.upgrade_registry(name) IS
	'Brings a registry laid by an earlier version forward; does nothing to one that is up to date';
