-- Checking a registry and the schema of the extension.

-- Whoever can create in icp can put functions where every pinned path meets them.
CREATE FUNCTION icp.extension_problems() RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
	WITH extension AS (
		SELECT e.oid, e.extowner, e.extconfig, n.oid AS schema, n.nspowner, n.nspacl
		  FROM pg_extension e, pg_namespace n
		 WHERE e.extname = 'icpfiling' AND n.nspname = 'icp'
	), object AS (
		SELECT 'pg_class'::regclass AS classid, c.oid, c.relowner AS owner FROM pg_class c, extension e
		 WHERE c.relnamespace = e.schema AND c.relkind NOT IN ('i', 'I', 't')
		   -- those of identity columns and types of rows come with their table
		   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
		UNION ALL
		SELECT 'pg_proc'::regclass, p.oid, p.proowner FROM pg_proc p, extension e
		 WHERE p.pronamespace = e.schema
		   -- the constructors of a range type come with it; pg_upgrade does not make them members
		   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
		UNION ALL
		SELECT 'pg_type'::regclass, t.oid, t.typowner FROM pg_type t, extension e
		 WHERE t.typnamespace = e.schema
		   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'i')
		UNION ALL
		SELECT 'pg_operator'::regclass, o.oid, o.oprowner FROM pg_operator o, extension e WHERE o.oprnamespace = e.schema
		UNION ALL
		SELECT 'pg_opclass'::regclass, o.oid, o.opcowner FROM pg_opclass o, extension e WHERE o.opcnamespace = e.schema
		UNION ALL
		SELECT 'pg_opfamily'::regclass, o.oid, o.opfowner FROM pg_opfamily o, extension e WHERE o.opfnamespace = e.schema
		UNION ALL
		SELECT 'pg_collation'::regclass, c.oid, c.collowner FROM pg_collation c, extension e WHERE c.collnamespace = e.schema
		UNION ALL
		SELECT 'pg_conversion'::regclass, c.oid, c.conowner FROM pg_conversion c, extension e WHERE c.connamespace = e.schema
		UNION ALL
		SELECT 'pg_ts_config'::regclass, c.oid, c.cfgowner FROM pg_ts_config c, extension e WHERE c.cfgnamespace = e.schema
		UNION ALL
		SELECT 'pg_ts_dict'::regclass, d.oid, d.dictowner FROM pg_ts_dict d, extension e WHERE d.dictnamespace = e.schema
	), member AS (
		SELECT o.*, EXISTS (SELECT FROM pg_depend d
							 WHERE d.classid = o.classid AND d.objid = o.oid AND d.deptype = 'e'
							   AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid) AS is_member, e.extowner
		  FROM object o, extension e
	)
	SELECT i.type, i.identity, CASE WHEN m.is_member THEN 'owned by ' || quote_ident(pg_get_userbyid(m.owner)) ELSE 'added' END
	  FROM member m, pg_identify_object(m.classid, m.oid, 0) i
	 WHERE NOT m.is_member OR m.owner <> m.extowner
	UNION ALL
	SELECT 'schema', 'icp', 'owned by ' || quote_ident(pg_get_userbyid(e.nspowner)) FROM extension e WHERE e.nspowner <> e.extowner
	UNION ALL
	SELECT 'schema', 'icp', 'not made by the extension' FROM extension e
	 WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = e.schema AND d.deptype = 'e'
						AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid)
	UNION ALL
	SELECT 'right', 'CREATE on schema icp to ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
		   'added'
	  FROM extension e, aclexplode(e.nspacl) a
	 WHERE a.privilege_type = 'CREATE' AND a.grantee <> e.nspowner
	UNION ALL
	-- tables that hold no rows of the operator's are the extension's code
	SELECT 'right', format('%s on icp.%I to %s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), c.relname,
						   CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END), 'added'
	  FROM extension e JOIN pg_class c ON c.relnamespace = e.schema AND c.relkind IN ('r', 'v', 'p'), aclexplode(c.relacl) a
	 WHERE a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER') AND a.grantee <> c.relowner
	   AND (a.privilege_type = 'TRIGGER' OR NOT c.oid = ANY (coalesce(e.extconfig, '{}')))
	 GROUP BY c.relname, a.grantee
	UNION ALL
	SELECT 'default right', 'in schema icp', 'added' FROM extension e JOIN pg_default_acl d ON d.defaclnamespace = e.schema
$$;
COMMENT ON FUNCTION icp.extension_problems() IS
	'Who but the extension''s owner can put something into schema icp or write its tables, and what is there that the extension did not make';

CREATE FUNCTION icp.check_registry(schema name DEFAULT 'beian')
	RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
DECLARE
	this_server		constant integer := current_setting('server_version_num')::integer / 10000;
	registry_owner	oid;
	stored_version	text;
	stored_node		integer;
	secret_id		text;
	may_run			boolean;
BEGIN
	PERFORM icp.require_registry(schema);
	SELECT c.relowner INTO registry_owner FROM pg_class c WHERE c.oid = to_regclass(format('%I.registry', schema));

	-- objects
	RETURN QUERY SELECT d.kind, d.name, d.problem FROM icp.registry_differences(schema) d ORDER BY 1, 2;
	IF EXISTS (SELECT FROM icp.registry_reference e WHERE e.server <> this_server)
	   AND has_table_privilege(to_regclass(format('%I.registry_object', schema)), 'SELECT') THEN
		-- spelled by another server: what the registry itself recorded since must do
		RETURN QUERY EXECUTE format($query$
			SELECT o.kind, o.name, 'altered'
			  FROM icp.registry_objects(%1$L) o JOIN %1$I.registry_object l ON l.kind = o.kind AND l.name = o.name
			 WHERE o.digest <> l.definition AND l.server = $1 AND o.kind NOT IN ('table', 'column')
			 ORDER BY 1, 2
		$query$, schema) USING this_server;
	END IF;

	-- owners
	RETURN QUERY
		SELECT 'owner', o.name::text, 'altered'
		  FROM (SELECT 'schema' AS kind, 'schema' AS name, n.nspowner AS owner FROM pg_namespace n WHERE n.nspname = schema
				UNION ALL
				SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'relation' END, c.relname, c.relowner
				  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
				 WHERE n.nspname = schema AND c.relkind IN ('r', 'v', 'p', 'm', 'f', 'S')
				UNION ALL
				SELECT 'function', f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')', f.proowner
				  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE n.nspname = schema) o
		 WHERE o.owner <> registry_owner
		   -- (what was added is told above)
		   AND (o.kind IN ('schema', 'sequence')
				OR EXISTS (SELECT FROM icp.registry_reference e
							WHERE replace(e.name, '@registry@', quote_ident(schema)) = o.name
							  AND e.kind = ANY (CASE o.kind WHEN 'function' THEN '{function}' ELSE '{table,view}' END::text[])))
		 ORDER BY 2;

	-- rights: one row an object and role; who may not even enter the schema has none
	RETURN QUERY
		WITH found AS (
			SELECT p.*, CASE p.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END AS role,
				   bool_or(p.object = 'schema' AND p.privilege = 'USAGE' AND p.problem = 'missing') OVER (PARTITION BY p.grantee)
					AS is_outside
			  FROM icp.registry_right_problems(schema) p
		), by_privilege AS (
			SELECT f.object, f.role, f.problem,
				   f.privilege || coalesce(' (' || string_agg(quote_ident(f.column_name), ', ' ORDER BY f.column_name) || ')', '')
					AS privilege
			  FROM found f
			 WHERE f.problem = 'added' OR NOT f.is_outside OR f.object = 'schema'
			 GROUP BY f.object, f.role, f.problem, f.privilege, f.column_name IS NULL
		)
		SELECT 'right', format('%s on %s to %s', string_agg(b.privilege, ', ' ORDER BY b.privilege), b.object, b.role), b.problem
		  FROM by_privilege b
		 GROUP BY b.object, b.role, b.problem
		 ORDER BY 2, 3;
	-- ... and of what is yet to be made, such as the sequence of a year's numbers
	RETURN QUERY
		SELECT 'default right',
			   format('%s on %s to %s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type),
					  CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
						WHEN 'T' THEN 'types' ELSE 'schemas' END,
					  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END),
			   'added'
		  FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
		 WHERE a.grantee <> d.defaclrole
		   AND (n.nspname = schema
				-- everywhere; of these the server itself gives functions and types to all
				OR d.defaclnamespace = 0 AND d.defaclrole = registry_owner
			   AND NOT (a.grantee = 0 AND d.defaclobjtype IN ('f', 'T')))
		 GROUP BY d.oid, d.defaclobjtype, a.grantee
		 ORDER BY 2;
	RETURN QUERY SELECT 'role', p.name, p.problem FROM icp.role_problems() p;
	RETURN QUERY SELECT p.kind, p.name, p.problem FROM icp.extension_problems() p ORDER BY 1, 2, 3;

	-- as a restore without its rights, or another owner, leaves it
	RETURN QUERY
		SELECT 'right', f::text, format('the registry''s owner may not execute it; run icp.allow_triggers(%L)', n.nspowner::regrole)
		  FROM pg_namespace n, icp.missing_triggers(n.nspowner) AS f
		 WHERE n.nspname = schema
		 ORDER BY 2;
	EXECUTE format('SELECT r.name_key_version, to_jsonb(r) -> ''node'' FROM %I.registry r', schema) INTO stored_version, stored_node;
	-- (NULL: laid before there were nodes, as is told of the column)
	RETURN QUERY
		SELECT 'sequence', c.relname::text, format('gives ids of other nodes than %s; run icp.fit_ids()', stored_node)
		  FROM icp.misfit_sequences(schema, stored_node) m JOIN pg_class c ON c.oid = m.sequence
		 ORDER BY 2;
	IF stored_version <> icp.name_key_version() THEN
		kind := 'name key';
		name := stored_version;
		problem := 'stored keys were made by another version than ' || icp.name_key_version() || '; run icp.rekey_registry()';
		RETURN NEXT;
	END IF;
	-- What follows runs functions of the registry, which would do what a hostile owner likes as whoever checks: those as laid
	-- by the templates only, and none for a superuser who is not the owner (another server's spelling is not compared).
	may_run := NOT EXISTS (SELECT FROM pg_roles me, pg_roles o
							WHERE me.rolname = current_user AND me.rolsuper AND o.oid = registry_owner AND NOT o.rolsuper)
		AND NOT EXISTS (SELECT FROM icp.registry_differences(schema) d
						 WHERE d.problem <> 'added' AND d.kind IN ('function', 'view', 'table', 'column'));
	IF may_run THEN
		EXECUTE format('SELECT %I.claim_secret_id()', schema) INTO secret_id;
	END IF;
	IF secret_id IS NULL AND (may_run OR to_regprocedure(format('%I.claim_secret_id()', schema)) IS NULL) THEN
		kind := 'claim secret';
		name := 'claim_secret';
		problem := 'there is none, and no natural person can be entered; run set_claim_secret()';
		RETURN NEXT;
	END IF;
	-- (who may not read all rows cannot compare them)
	IF may_run AND pg_has_role(registry_owner, 'USAGE') THEN
		RETURN QUERY EXECUTE format($query$
			SELECT 'claim', p.kind || ' of ' || replace(p.holder::text, %1$L || '.', '') || ' ' || p.holder_id,
				   p.problem || '; run rebuild_claims()'
			  FROM %1$I.claim_problems() p
			 ORDER BY p.holder::text, p.holder_id, p.kind, p.problem
			 LIMIT 100
		$query$, schema);
	END IF;
END
$$;
COMMENT ON FUNCTION icp.check_registry(name) IS
	'What of a registry is missing, altered or added against what the templates make: objects, owners, rights; who can put something into schema icp; whether the ids given are those of the registry''s node; whether the name keys are of the present version; for the registry''s owner, the first hundred claims that are not those of its rows; no row: all is as it is to be. (After pg_upgrade to another major version definitions are compared again when icp.learn_registry() or icp.upgrade_registry() has run.)';
