-- Default privileges of the installer, who may have set them for other purposes, hold for what a script makes, too.
-- What the script itself grants it grants to PUBLIC: to read tables and refer to them, to use the schema, types and
-- functions.

DO $$
DECLARE
	command	text;
BEGIN
	FOR command IN
		SELECT format('REVOKE ALL ON %s FROM %I CASCADE', o.target, pg_catalog.pg_get_userbyid(a.grantee))
		  FROM (SELECT 'SCHEMA icp' AS target, n.nspacl AS acl, n.nspowner AS owner
				  FROM pg_catalog.pg_namespace n WHERE n.nspname = 'icp'
				UNION ALL
				SELECT format('TABLE icp.%I', c.relname), c.relacl, c.relowner
				  FROM pg_catalog.pg_class c WHERE c.relnamespace = 'icp'::pg_catalog.regnamespace AND c.relkind IN ('r', 'v', 'p')
				UNION ALL
				SELECT format('SEQUENCE icp.%I', c.relname), c.relacl, c.relowner
				  FROM pg_catalog.pg_class c WHERE c.relnamespace = 'icp'::pg_catalog.regnamespace AND c.relkind = 'S'
				UNION ALL
				SELECT format('ROUTINE %s', p.oid::pg_catalog.regprocedure), p.proacl, p.proowner
				  FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'icp'::pg_catalog.regnamespace
				UNION ALL
				SELECT format('TYPE icp.%I', t.typname), t.typacl, t.typowner
				  FROM pg_catalog.pg_type t WHERE t.typnamespace = 'icp'::pg_catalog.regnamespace AND t.typacl IS NOT NULL
				   AND t.typelem = 0) o
		 CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) a
		 WHERE a.grantee NOT IN (0, o.owner)
		UNION
		SELECT format('REVOKE %s ON %s FROM PUBLIC CASCADE', a.privilege_type, o.target)
		  FROM (SELECT 'SCHEMA icp' AS target, n.nspacl AS acl, '{USAGE}'::text[] AS given
				  FROM pg_catalog.pg_namespace n WHERE n.nspname = 'icp'
				UNION ALL
				SELECT format('TABLE icp.%I', c.relname), c.relacl, '{SELECT,REFERENCES}'
				  FROM pg_catalog.pg_class c WHERE c.relnamespace = 'icp'::pg_catalog.regnamespace AND c.relkind IN ('r', 'v', 'p')
				UNION ALL
				SELECT format('SEQUENCE icp.%I', c.relname), c.relacl, '{}'
				  FROM pg_catalog.pg_class c WHERE c.relnamespace = 'icp'::pg_catalog.regnamespace AND c.relkind = 'S') o
		 CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) a
		 WHERE a.grantee = 0 AND NOT a.privilege_type = ANY (o.given)
	LOOP
		EXECUTE command;
	END LOOP;
END
$$;
