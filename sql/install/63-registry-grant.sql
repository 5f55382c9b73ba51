-- Rights of a registry: what is granted, what is to be granted, and granting it.

CREATE FUNCTION icp.registry_right_problems(schema name)
	RETURNS TABLE (object text, grantee oid, privilege text, column_name text, problem text, revoke text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
	WITH namespace AS (
		SELECT n.oid, n.nspname, n.nspowner, n.nspacl
		  FROM pg_namespace n WHERE n.nspname = registry_right_problems.schema
	), object AS (
		SELECT n.oid, 'n' AS class, '' AS name, format('SCHEMA %I', n.nspname) AS target, n.nspowner AS owner,
			   coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
		  FROM namespace n
		UNION ALL
		-- (what was added is told as such, whatever its rights)
		SELECT c.oid, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END, c.relname,
			   format(CASE c.relkind WHEN 'S' THEN 'SEQUENCE %I.%I' ELSE 'TABLE %I.%I' END, n.nspname, c.relname), c.relowner,
			   coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
		  FROM namespace n JOIN pg_class c ON c.relnamespace = n.oid
		 WHERE c.relkind = 'S'
			OR c.relkind IN ('r', 'v', 'p', 'm', 'f')
		   AND EXISTS (SELECT FROM icp.registry_reference e WHERE e.kind IN ('table', 'view') AND e.name = c.relname)
		UNION ALL
		SELECT p.oid, 'f', p.name, format('ROUTINE %I.%I(%s)', p.nspname, p.proname, p.arguments), p.proowner, p.acl
		  FROM (SELECT f.oid, n.nspname, f.proname, pg_get_function_identity_arguments(f.oid) AS arguments, f.proowner,
					   f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')' AS name,
					   coalesce(f.proacl, acldefault('f', f.proowner)) AS acl
				  FROM namespace n JOIN pg_proc f ON f.pronamespace = n.oid) p
		 WHERE EXISTS (SELECT FROM icp.registry_reference e WHERE e.kind = 'function'
						   AND replace(e.name, '@registry@', quote_ident(p.nspname)) = p.name)
	), acl AS (
		SELECT o.class, o.oid, o.owner, ''::text AS column_name, a.grantee, a.privilege_type AS privilege, a.is_grantable
		  FROM object o, aclexplode(o.acl) a
		UNION ALL
		SELECT o.class, o.oid, o.owner, t.attname::text, a.grantee, a.privilege_type, a.is_grantable
		  FROM object o JOIN pg_attribute t ON t.attrelid = o.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
		 WHERE o.class = 'r'
	), granted AS (
		-- (MAINTAIN came with PostgreSQL 17)
		SELECT a.class, a.oid, a.column_name, a.grantee, a.privilege, false AS is_option
		  FROM acl a WHERE a.grantee <> a.owner OR a.privilege <> 'MAINTAIN'
		UNION
		SELECT a.class, a.oid, a.column_name, a.grantee, a.privilege, true
		  FROM acl a WHERE a.is_grantable AND a.grantee <> a.owner
	), known AS MATERIALIZED (
		SELECT row_number() OVER () AS id, g.object, g.privileges, g.roles, icp.right_columns(g.object, g.columns) AS columns,
			   CASE WHEN g.object LIKE '%(%'
				THEN to_regprocedure(format('%I.%s', registry_right_problems.schema, g.object))::oid END AS function
		  FROM icp.registry_right g
		 WHERE g.privileges <> '{}'
	), target AS (
		SELECT k.id, o.class, o.oid, o.owner FROM known k JOIN object o ON o.class = 'n' WHERE k.object = ''
		UNION ALL
		SELECT k.id, o.class, o.oid, o.owner FROM known k JOIN object o ON o.class = 'f' AND o.oid = k.function
		UNION ALL
		SELECT k.id, o.class, o.oid, o.owner FROM known k JOIN object o ON o.class = 'r' AND o.name = k.object
		UNION ALL
		SELECT k.id, o.class, o.oid, o.owner
		  FROM known k JOIN object o ON o.class = 'r'
		 WHERE k.object = '*' AND o.name NOT IN (SELECT s.object FROM icp.registry_right s WHERE s.privileges = '{}')
	), expected AS (
		-- an owner's own
		SELECT o.class, o.oid, ''::text AS column_name, a.grantee, a.privilege_type AS privilege, false AS is_option
		  FROM object o, aclexplode(acldefault(o.class::"char", o.owner)) a
		 WHERE a.grantee = o.owner AND a.privilege_type <> 'MAINTAIN'
		UNION
		SELECT t.class, t.oid, coalesce(c.name, ''), r.oid, p.name, false
		  FROM target t
		  JOIN known k ON k.id = t.id
		 CROSS JOIN LATERAL unnest(k.privileges) AS p (name)
		  JOIN pg_roles r ON r.rolname = ANY (k.roles)
		  LEFT JOIN LATERAL unnest(k.columns) AS c (name) ON true
		 WHERE r.oid <> t.owner
		   AND (c.name IS NULL OR EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = t.oid AND b.attname = c.name
										   AND NOT b.attisdropped))
	)
	SELECT CASE o.class WHEN 'n' THEN 'schema' ELSE o.name END, d.grantee,
		   d.privilege || CASE WHEN d.is_option THEN ' WITH GRANT OPTION' ELSE '' END, nullif(d.column_name, ''), d.problem,
		   CASE WHEN d.problem = 'added'
			THEN format('REVOKE %s%s%s ON %s FROM %s CASCADE', CASE WHEN d.is_option THEN 'GRANT OPTION FOR ' END, d.privilege,
						CASE WHEN d.column_name <> '' THEN format(' (%I)', d.column_name) END, o.target,
						CASE d.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(d.grantee)) END) END
	  FROM (SELECT coalesce(g.class, e.class) AS class, coalesce(g.oid, e.oid) AS oid,
				   coalesce(g.column_name, e.column_name) AS column_name, coalesce(g.grantee, e.grantee) AS grantee,
				   coalesce(g.privilege, e.privilege) AS privilege, coalesce(g.is_option, false) AS is_option,
				   CASE WHEN g.oid IS NULL THEN 'missing' ELSE 'added' END AS problem
			  FROM granted g
			  FULL JOIN expected e ON e.class = g.class AND e.oid = g.oid AND e.column_name = g.column_name
			   AND e.grantee = g.grantee AND e.privilege = g.privilege AND e.is_option = g.is_option
			 WHERE g.oid IS NULL OR e.oid IS NULL) d
	  JOIN object o ON o.class = d.class AND o.oid = d.oid
$$;
COMMENT ON FUNCTION icp.registry_right_problems(name) IS
	'Privileges on a registry''s objects that icp.registry_right does not know, with the REVOKE that ends each, and those that are missing of roles that exist; grantee 0: PUBLIC';

CREATE FUNCTION icp.grant_registry(schema name DEFAULT 'beian') RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
	SET quote_all_identifiers = off
AS $$
DECLARE
	command	text;
BEGIN
	-- What the group roles and PUBLIC have beyond the rows; what others have is the owner's business.
	FOR command IN
		SELECT p.revoke
		  FROM icp.registry_right_problems(schema) p
		 WHERE p.problem = 'added'
		   AND (p.grantee = 0 OR pg_get_userbyid(p.grantee) IN (SELECT unnest(g.roles) FROM icp.registry_right g))
	LOOP
		EXECUTE command;
	END LOOP;
	-- what is granted, to those roles that there are
	FOR command IN
		SELECT format('GRANT %s ON %s TO %s',
					  (SELECT string_agg(p || coalesce(' (' || c.list || ')', ''), ', ') FROM unnest(g.privileges) AS p),
					  o.target, r.list)
		  FROM icp.registry_right g
		 CROSS JOIN LATERAL (SELECT string_agg(quote_ident(p.rolname), ', ' ORDER BY p.rolname) AS list
							   FROM pg_roles p WHERE p.rolname = ANY (g.roles)) r
		 CROSS JOIN LATERAL (SELECT string_agg(quote_ident(n), ', ') AS list FROM unnest(icp.right_columns(g.object, g.columns)) AS n) c
		 CROSS JOIN LATERAL (
			SELECT CASE WHEN g.object = '' THEN format('SCHEMA %I', schema)
						-- (a registry that an earlier version laid lacks some until it is brought forward)
						WHEN g.object LIKE '%(%' AND to_regprocedure(format('%I.%s', schema, g.object)) IS NULL THEN NULL
						WHEN g.object LIKE '%(%' THEN format('FUNCTION %I.%s', schema, g.object)
						WHEN g.object <> '*' THEN format('%I.%I', schema, g.object)
						-- those that were laid: what somebody added is his to grant
						ELSE (SELECT string_agg(format('%I.%I', schema, t.relname), ', ' ORDER BY t.relname)
								FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
								JOIN icp.registry_reference e ON e.name = t.relname AND e.kind IN ('table', 'view')
							   WHERE n.nspname = schema AND t.relkind IN ('r', 'v', 'm', 'f', 'p')
								 AND t.relname NOT IN (SELECT s.object FROM icp.registry_right s WHERE s.privileges = '{}'))
				   END AS target) o
		 WHERE g.privileges <> '{}' AND r.list IS NOT NULL AND o.target IS NOT NULL
	LOOP
		EXECUTE command;
	END LOOP;
END
$$;
COMMENT ON FUNCTION icp.grant_registry(name) IS
	'Grants the registry''s tables and functions to those group roles of icp.create_roles() that exist, and takes from them and from PUBLIC what they are not to have; as the registry''s owner';
