-- What a registry is made of: what there is, and what there is to be.

CREATE FUNCTION icp.registry_objects(schema name)
	RETURNS TABLE (kind text, name text, definition text, digest text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
	SET datestyle = 'ISO, YMD'
	SET intervalstyle = 'postgres'
	SET timezone = 'Asia/Shanghai'
	SET extra_float_digits = 1
	SET bytea_output = 'hex'
AS $$
	WITH namespace AS (
		SELECT n.oid FROM pg_namespace n WHERE n.nspname = registry_objects.schema
	), relation AS (
		SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, c.reloptions
		  FROM pg_class c JOIN namespace n ON n.oid = c.relnamespace
		 WHERE c.relkind IN ('r', 'v', 'p', 'm', 'f')
	), object AS (
		SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind, r.relname::text AS name,
			   CASE r.relkind
				-- security_invoker and security_barrier say whose rights a view reads with
				WHEN 'v' THEN concat_ws(' ', (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(r.reloptions) AS o),
										pg_get_viewdef(r.oid))
				ELSE concat(CASE r.relkind WHEN 'r' THEN '' ELSE 'kind ' || r.relkind::text || ', ' END,
							CASE r.relpersistence WHEN 'p' THEN '' ELSE 'unlogged, ' END,
							'row security ', CASE WHEN r.relrowsecurity THEN 'on' ELSE 'off' END,
							CASE WHEN r.relforcerowsecurity THEN ', forced' END) END AS definition
		  FROM relation r
		UNION ALL
		SELECT 'column', r.relname || '.' || a.attname,
			   concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
						 CASE WHEN r.relkind <> 'v' THEN 'default ' || pg_get_expr(d.adbin, d.adrelid) END,
						 'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''))
		  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
		  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		UNION ALL
		SELECT 'index', x.relname::text,
			   pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' invalid' END
		  FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
		UNION ALL
		SELECT 'constraint', r.relname || '.' || k.conname,
			   pg_get_constraintdef(k.oid)
			   || CASE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O')
				  THEN ' disabled' ELSE '' END
		  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
		 WHERE k.contype <> 'n'
		UNION ALL
		SELECT 'trigger', r.relname || '.' || t.tgname,
			   pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'O' THEN ' enabled' WHEN 'A' THEN ' always'
				WHEN 'R' THEN ' replica' ELSE ' disabled' END
		  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
		UNION ALL
		SELECT 'policy', r.relname || '.' || p.polname,
			   concat_ws('|', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
						 pg_get_expr(p.polwithcheck, p.polrelid),
						 (SELECT string_agg(CASE m WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(m)) END, ', ')
							FROM unnest(p.polroles) AS m WHERE p.polroles <> '{0}'))
		  FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
		UNION ALL
		SELECT 'rule', r.relname || '.' || w.rulename, pg_get_ruledef(w.oid) || ' ' || w.ev_enabled::text
		  FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid
		 WHERE w.rulename <> '_RETURN'
		UNION ALL
		-- rows of a child are rows of its parent
		SELECT 'child', r.relname || '.' || i.inhrelid::regclass, ''
		  FROM relation r JOIN pg_inherits i ON i.inhparent = r.oid
		UNION ALL
		SELECT 'function', f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
			   CASE WHEN f.prokind IN ('f', 'p') THEN pg_get_functiondef(f.oid) ELSE 'aggregate' END
		  FROM pg_proc f JOIN namespace n ON n.oid = f.pronamespace
		UNION ALL
		SELECT 'type', t.typname::text, t.typtype::text
		  FROM pg_type t JOIN namespace n ON n.oid = t.typnamespace
		 WHERE t.typcategory <> 'A' AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
		UNION ALL
		SELECT 'operator', o.oid::regoperator::text, o.oprcode::text
		  FROM pg_operator o JOIN namespace n ON n.oid = o.oprnamespace
	)
	SELECT o.kind, o.name, o.definition,
		   CASE WHEN o.kind IN ('view', 'trigger', 'policy', 'rule', 'function') THEN md5(o.definition) ELSE o.definition END
	  FROM object o
$$;
COMMENT ON FUNCTION icp.registry_objects(name) IS
	'What a schema holds, one row an object with its definition, and with a digest in place of a long one';

-- The same objects as commands that make them, one by one, in an order in which each finds what it needs.
CREATE FUNCTION icp.registry_commands(schema name)
	RETURNS TABLE (kind text, name text, step integer, ordinal bigint, command text, remark text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
	SET datestyle = 'ISO, YMD'
	SET intervalstyle = 'postgres'
	SET timezone = 'Asia/Shanghai'
	SET extra_float_digits = 1
	SET bytea_output = 'hex'
AS $$
	WITH namespace AS (
		SELECT n.oid FROM pg_namespace n WHERE n.nspname = registry_commands.schema
	), relation AS (
		SELECT c.oid, c.relname, c.relkind, c.relpersistence, c.reloptions, format('%I.%I', registry_commands.schema, c.relname) AS target
		  FROM pg_class c JOIN namespace n ON n.oid = c.relnamespace
		 WHERE c.relkind IN ('r', 'v')
	), col AS (
		SELECT r.oid, r.relname, r.relkind, r.target, a.attnum, a.attname,
			   concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
						 CASE WHEN a.attgenerated = 's' THEN format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
							  WHEN d.adbin IS NOT NULL THEN 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END,
						 CASE WHEN a.attidentity <> ''
							  THEN format('GENERATED %s AS IDENTITY (CACHE %s)',
										  CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
										  (SELECT q.seqcache FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid
											WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = r.oid AND p.refobjsubid = a.attnum
											  AND p.deptype = 'i' AND p.classid = 'pg_class'::regclass)) END,
						 CASE WHEN a.attnotnull THEN 'NOT NULL' END) AS definition
		  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
		  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	)
	SELECT 'table', r.relname::text, 2, r.oid::bigint,
		   format('CREATE %sTABLE %s (%s)%s', CASE r.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, r.target,
				  (SELECT string_agg(c.definition, ', ' ORDER BY c.attnum) FROM col c WHERE c.oid = r.oid),
				  ' WITH (' || array_to_string(r.reloptions, ', ') || ')'),
		   format('COMMENT ON TABLE %s IS %L', r.target, obj_description(r.oid, 'pg_class'))
	  FROM relation r WHERE r.relkind = 'r'
	UNION ALL
	SELECT 'column', c.relname || '.' || c.attname, 1, c.oid::bigint * 2048 + c.attnum,
		   CASE c.relkind WHEN 'r' THEN format('ALTER TABLE %s ADD COLUMN %s', c.target, c.definition) END,
		   format('COMMENT ON COLUMN %s.%I IS %L', c.target, c.attname, col_description(c.oid, c.attnum))
	  FROM col c
	UNION ALL
	SELECT 'view', r.relname::text, 2, r.oid::bigint,
		   format('CREATE VIEW %s%s AS %s', r.target, ' WITH (' || array_to_string(r.reloptions, ', ') || ')', pg_get_viewdef(r.oid)),
		   format('COMMENT ON VIEW %s IS %L', r.target, obj_description(r.oid, 'pg_class'))
	  FROM relation r WHERE r.relkind = 'v'
	UNION ALL
	SELECT 'function', f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')', 2, f.oid::bigint, pg_get_functiondef(f.oid),
		   format('COMMENT ON ROUTINE %s IS %L', f.oid::regprocedure, obj_description(f.oid, 'pg_proc'))
	  FROM pg_proc f JOIN namespace n ON n.oid = f.pronamespace
	UNION ALL
	-- (a constraint trigger comes with its trigger)
	SELECT 'constraint', r.relname || '.' || k.conname, CASE k.contype WHEN 'c' THEN 5 WHEN 'f' THEN 6 ELSE 4 END, k.oid::bigint,
		   CASE WHEN k.contype <> 't' THEN format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.target, k.conname, pg_get_constraintdef(k.oid)) END,
		   format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, r.target, obj_description(k.oid, 'pg_constraint'))
	  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
	 WHERE k.contype <> 'n'
	UNION ALL
	SELECT 'index', x.relname::text, 7, x.oid::bigint,
		   CASE WHEN NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))
				THEN pg_get_indexdef(i.indexrelid) END,
		   format('COMMENT ON INDEX %I.%I IS %L', registry_commands.schema, x.relname, obj_description(x.oid, 'pg_class'))
	  FROM relation r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid
	UNION ALL
	SELECT 'trigger', r.relname || '.' || t.tgname, 8, t.oid::bigint, pg_get_triggerdef(t.oid),
		   format('COMMENT ON TRIGGER %I ON %s IS %L', t.tgname, r.target, obj_description(t.oid, 'pg_trigger'))
	  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
	UNION ALL
	SELECT 'policy', r.relname || '.' || p.polname, 9, p.oid::bigint,
		   format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, r.target,
				  CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
				  CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
				  (SELECT string_agg(CASE m WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(m)) END, ', ') FROM unnest(p.polroles) AS m),
				  ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
		   format('COMMENT ON POLICY %I ON %s IS %L', p.polname, r.target, obj_description(p.oid, 'pg_policy'))
	  FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
$$;
COMMENT ON FUNCTION icp.registry_commands(name) IS
	'What a schema holds as the commands that make it, one row an object of icp.registry_objects() that is made by itself';

-- Rows that only the extension's owner can write: the registry's own copy can be altered by who alters the registry.
CREATE TABLE icp.registry_reference (
	kind		text NOT NULL,
	name		text NOT NULL,
	definition	text NOT NULL,
	server		integer NOT NULL,
	step		integer,
	ordinal		bigint,
	command		text,
	remark		text,
	PRIMARY KEY (kind, name)
);
COMMENT ON TABLE icp.registry_reference IS
	'What the templates make of a registry on this server, in which @registry@ stands for the schema''s name; icp.check_registry() compares';
COMMENT ON COLUMN icp.registry_reference.kind IS 'Kind of object, as icp.registry_objects() says it';
COMMENT ON COLUMN icp.registry_reference.name IS 'Name within the schema';
COMMENT ON COLUMN icp.registry_reference.definition IS 'Its definition';
COMMENT ON COLUMN icp.registry_reference.server IS 'Major version of the server that spelled the definition';
COMMENT ON COLUMN icp.registry_reference.step IS 'When icp.upgrade_registry() makes it: columns; tables, functions and views; keys, checks, foreign keys; indexes; triggers; policies';
COMMENT ON COLUMN icp.registry_reference.ordinal IS 'In which order, within the step: that of the templates';
COMMENT ON COLUMN icp.registry_reference.command IS 'What makes it; NULL: it comes with another object';
COMMENT ON COLUMN icp.registry_reference.remark IS 'What puts its comment on it; NULL: it has none';
GRANT SELECT ON icp.registry_reference TO PUBLIC;

CREATE TABLE icp.registry_row (
	relation	text PRIMARY KEY,
	data		jsonb NOT NULL
);
COMMENT ON TABLE icp.registry_row IS 'The rows that a registry is laid with, such as its settings; icp.upgrade_registry() adds those that are missing';
COMMENT ON COLUMN icp.registry_row.relation IS 'Table of the registry';
COMMENT ON COLUMN icp.registry_row.data IS 'Its rows, as an array';
GRANT SELECT ON icp.registry_row TO PUBLIC;

CREATE FUNCTION icp.learn_registry() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET check_function_bodies = on
	SET standard_conforming_strings = on
	SET transform_null_equals = off
	SET quote_all_identifiers = off
	SET datestyle = 'ISO, YMD'
	SET timezone = 'Asia/Shanghai'
	SET client_min_messages = warning
AS $$
DECLARE
	-- a name that nobody can have taken, and that stands nowhere in the templates
	scratch		constant text := 'icp_reference_' || pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', '');
	template	record;
	objects		icp.registry_reference[];
	given		icp.registry_row[];
	relation	text;
	found		jsonb;
	learned		bigint;
BEGIN
	-- A registry is laid, looked at and undone, so that nothing of it stays but what was seen.
	BEGIN
		FOR template IN SELECT t.body FROM icp.registry_template t ORDER BY t.ordinal LOOP
			EXECUTE icp.fill_template(template.body, scratch);
		END LOOP;
		SELECT array_agg(ROW(o.kind, pg_catalog.replace(o.name, scratch, '@registry@'),
							 pg_catalog.replace(o.definition, scratch, '@registry@'),
							 pg_catalog.current_setting('server_version_num')::integer / 10000, c.step, c.ordinal,
							 pg_catalog.replace(c.command, scratch, '@registry@'),
							 CASE WHEN c.remark !~ ' IS NULL$' THEN pg_catalog.replace(c.remark, scratch, '@registry@') END
							)::icp.registry_reference)
		  INTO objects
		  FROM icp.registry_objects(scratch::name) o LEFT JOIN icp.registry_commands(scratch::name) c USING (kind, name);
		-- the rows that it is laid with
		FOR relation IN SELECT t.tablename FROM pg_catalog.pg_tables t WHERE t.schemaname = scratch ORDER BY 1 LOOP
			EXECUTE pg_catalog.format('SELECT jsonb_agg(to_jsonb(t)) FROM %I.%I t', scratch, relation) INTO found;
			IF found IS NOT NULL AND relation !~ '^registry|_secret$' THEN
				given := given || ROW(relation, found)::icp.registry_row;
			END IF;
		END LOOP;
		RAISE SQLSTATE 'ICP00' USING MESSAGE = 'the registry that was laid to learn from is undone';
	EXCEPTION WHEN SQLSTATE 'ICP00' THEN
		NULL;
	END;
	DELETE FROM icp.registry_reference;
	INSERT INTO icp.registry_reference SELECT o.* FROM pg_catalog.unnest(objects) o;
	GET DIAGNOSTICS learned = ROW_COUNT;
	DELETE FROM icp.registry_row;
	INSERT INTO icp.registry_row SELECT g.* FROM pg_catalog.unnest(given) g;
	RETURN learned;
END
$$;
REVOKE ALL ON FUNCTION icp.learn_registry() FROM PUBLIC;
COMMENT ON FUNCTION icp.learn_registry() IS
	'Fills icp.registry_reference, as CREATE EXTENSION does; for the extension''s owner, after pg_upgrade to another major version';

CREATE FUNCTION icp.registry_differences(schema name) RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
	SELECT coalesce(o.kind, e.kind), coalesce(o.name, e.name),
		   CASE WHEN o.name IS NULL THEN 'missing' WHEN e.name IS NULL THEN 'added' ELSE 'altered' END
	  FROM icp.registry_objects(registry_differences.schema) o
	  FULL JOIN (SELECT r.kind, replace(r.name, '@registry@', quote_ident(registry_differences.schema)) AS name,
						replace(r.definition, '@registry@', quote_ident(registry_differences.schema)) AS definition, r.server
				   FROM icp.registry_reference r) e ON e.kind = o.kind AND e.name = o.name
	 WHERE o.name IS NULL OR e.name IS NULL
		OR o.definition <> e.definition
		   -- another server may spell the same in another way; columns and tables it does not
		   AND (e.server = current_setting('server_version_num')::integer / 10000 OR e.kind IN ('table', 'column'))
$$;
COMMENT ON FUNCTION icp.registry_differences(name) IS
	'Where a schema differs from icp.registry_reference: missing, added or altered';

-- What reads or writes a registry's own tables for its caller, who may be a superuser, runs what a hostile owner hung on
-- them; so they are looked at first, in the catalogue alone.
CREATE FUNCTION icp.require_registry(schema name) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
DECLARE
	found	text;
BEGIN
	IF to_regclass(format('%I.registry', schema)) IS NULL THEN
		RAISE EXCEPTION 'schema % holds no registry', quote_ident(schema)
			USING ERRCODE = 'undefined_object', HINT = 'icp.create_registry() makes one.';
	END IF;
	SELECT string_agg(format('%s %s is %s', d.kind, d.name, d.problem), '; ' ORDER BY d.kind, d.name) INTO found
	  FROM icp.registry_differences(schema) d
	 WHERE split_part(d.name, '.', 1) IN ('registry', 'registry_object', 'registry_pkey', 'registry_object_pkey')
	   -- (what an earlier one was laid without runs nothing, and upgrade_registry() brings it)
	   AND NOT (d.problem = 'missing' AND d.name IN ('registry.node', 'registry.registry_node_check'))
		OR d.kind = 'index' AND d.problem <> 'missing'
	   AND EXISTS (SELECT FROM pg_index i
					WHERE i.indexrelid = to_regclass(format('%I.%I', schema, d.name))
					  AND i.indrelid IN (to_regclass(format('%I.registry', schema)),
										 to_regclass(format('%I.registry_object', schema))));
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'schema % holds no registry as icp.create_registry() lays it', quote_ident(schema)
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = found;
	END IF;
END
$$;
COMMENT ON FUNCTION icp.require_registry(name) IS
	'Refuses a schema whose tables registry and registry_object are not as laid: reading them could run somebody else''s code';
