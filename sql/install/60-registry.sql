-- The templates of a registry, the roles it grants to, and laying it.  A registry's objects belong to whoever calls
-- create_registry().

CREATE TABLE icp.registry_template (
	ordinal		integer PRIMARY KEY,
	subject		text NOT NULL UNIQUE,
	body		text NOT NULL
);
COMMENT ON TABLE icp.registry_template IS 'The registry as SQL, with the words that icp.fill_template() fills in';
COMMENT ON COLUMN icp.registry_template.ordinal IS 'Order in which the templates are run';
COMMENT ON COLUMN icp.registry_template.subject IS 'What the template is about';
COMMENT ON COLUMN icp.registry_template.body IS 'SQL commands';
GRANT SELECT ON icp.registry_template TO PUBLIC;

-- What a kind or a state is stands in its row alone.  Constraints, predicates of indexes and WHENs of triggers cannot look it
-- up, and functions need not: a template says which it means, and they are put there by name.
CREATE FUNCTION icp.fill_template(body text, schema name) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	word	record;
	filled	text;
BEGIN
	FOR word IN
		SELECT DISTINCT m[1] AS whole, m[2] AS what, m[3] AS condition
		  FROM regexp_matches(body, '(@(kinds|states|kind):([^@]+)@)', 'g') m
	LOOP
		IF word.what = 'kinds' THEN
			EXECUTE 'SELECT string_agg(quote_literal(k.code), '', '' ORDER BY k.ordinal, k.code) FROM icp.application_kind k WHERE '
				|| word.condition INTO filled;
		ELSIF word.what = 'states' THEN
			EXECUTE 'SELECT string_agg(quote_literal(s.code), '', '' ORDER BY s.ordinal) FROM icp.state s WHERE '
				|| word.condition INTO filled;
		ELSE
			EXECUTE format('SELECT ''CASE kind'' || string_agg(format('' WHEN %%L THEN %%L'', k.code, k.%1$I), '''' ORDER BY k.ordinal, k.code)'
						   ' || '' ELSE kind END'' FROM icp.application_kind k WHERE k.%1$I <> k.code', word.condition) INTO filled;
		END IF;
		IF filled IS NULL THEN
			RAISE EXCEPTION 'a template asks for %, and there is none', word.whole USING ERRCODE = 'no_data_found';
		END IF;
		body := replace(body, word.whole, filled);
	END LOOP;
	RETURN replace(body, '@registry@', quote_ident(schema));
END
$$;
COMMENT ON FUNCTION icp.fill_template(text, name) IS
	'A template for a schema: @registry@ is its quoted name; @kinds:condition@ and @states:condition@ the codes of icp.application_kind and icp.state for which it holds, as literals; @kind:column@ an expression that makes of "kind" what its row says there';

-- What a group role is more than a bundle of rights: made beforehand by somebody else, or changed since.
CREATE FUNCTION icp.role_problems() RETURNS TABLE (name text, problem text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH group_role AS (
		SELECT r.*
		  FROM pg_roles r
		 WHERE r.rolname IN ('icp_public', 'icp_sponsor', 'icp_provider', 'icp_approver', 'icp_regulator', 'icp_bureau',
							 'icp_ministry', 'icp_auditor')
	)
	SELECT g.rolname::text, 'has the attribute ' || a.name
	  FROM group_role g
	 CROSS JOIN LATERAL (VALUES ('SUPERUSER', g.rolsuper), ('CREATEROLE', g.rolcreaterole), ('CREATEDB', g.rolcreatedb),
								('REPLICATION', g.rolreplication), ('BYPASSRLS', g.rolbypassrls),
								('LOGIN', g.rolcanlogin)) AS a (name, has)
	 WHERE a.has
	UNION ALL
	SELECT g.rolname::text, 'is a member of ' || quote_ident(r.rolname)
	  FROM group_role g JOIN pg_auth_members m ON m.member = g.oid JOIN pg_roles r ON r.oid = m.roleid
	UNION ALL
	SELECT g.rolname::text, quote_ident(r.rolname) || ' may make anybody a member'
	  FROM group_role g JOIN pg_auth_members m ON m.roleid = g.oid JOIN pg_roles r ON r.oid = m.member
	 WHERE m.admin_option AND NOT r.rolsuper
	 ORDER BY 1, 2
$$;
COMMENT ON FUNCTION icp.role_problems() IS
	'What makes a group role of icp.create_roles() more than a bundle of rights: attributes, memberships, and who but a superuser may grant it';

CREATE FUNCTION icp.create_roles() RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
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
	-- Whoever may make roles may have made these beforehand, with himself in them.
	FOR role IN SELECT p.name, p.problem FROM icp.role_problems() p LOOP
		RAISE WARNING 'role % %', role.name, role.problem
			USING HINT = 'A group role holds rights and nothing else. Drop it, or take that from it, before a registry grants to it.';
	END LOOP;
END
$$;
COMMENT ON FUNCTION icp.create_roles() IS
	'Makes those of the group roles icp_public, icp_sponsor, icp_provider, icp_approver, icp_regulator, icp_bureau, icp_ministry, icp_auditor that are missing, and returns their names; warns of those that were there and are more than groups; needs CREATEROLE';

-- (Only what runs templates has icp in its path: the others find out whether icp is sound.)
-- The templates and what is learned of them are read alike whatever the database's or the session's settings.
CREATE FUNCTION icp.create_registry(schema name DEFAULT 'beian', node integer DEFAULT 0) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET check_function_bodies = on
	SET standard_conforming_strings = on
	SET transform_null_equals = off
	SET quote_all_identifiers = off
	SET datestyle = 'ISO, YMD'
	SET timezone = 'Asia/Shanghai'
AS $$
DECLARE
	template	record;
	command		text;
	counted		record;
	renumber	text[] := '{}';
	version		text;
BEGIN
	-- The name is set into string literals and format strings too.
	IF schema IS NULL OR schema = '' OR schema ~ '["''\\%@$\s]' OR schema LIKE 'pg\_%' OR schema = 'icp' THEN
		RAISE EXCEPTION 'registry name % is not accepted', quote_nullable(schema)
			USING ERRCODE = 'invalid_schema_name',
				  HINT = 'Use a name without quotes, backslashes, percent, at and dollar signs or white space, that does not begin with pg_ and is not icp.';
	END IF;
	PERFORM icp.node_ids(node);			-- there is such a node
	IF node IS NULL THEN
		RAISE EXCEPTION 'no node was given' USING ERRCODE = 'null_value_not_allowed', HINT = 'A registry by itself is node 0.';
	END IF;
	IF EXISTS (SELECT FROM icp.missing_triggers(current_user::regrole)) THEN
		RAISE EXCEPTION 'role "%" may not lay a registry', current_user
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('It may not execute %s.',
								  (SELECT string_agg('icp.' || f::text, ', ' ORDER BY f::text) FROM icp.missing_triggers(current_user::regrole) AS f)),
				  HINT = format('The owner of the extension runs SELECT icp.allow_triggers(%L).', quote_ident(current_user));
	END IF;
	FOR template IN SELECT t.subject, t.body FROM icp.registry_template t ORDER BY t.ordinal LOOP
		EXECUTE icp.fill_template(template.body, schema);
	END LOOP;
	EXECUTE pg_catalog.format('UPDATE %I.registry SET node = $1', schema) USING node;
	-- rows that the templates bring are the node's, too
	FOR counted IN SELECT m.* FROM icp.misfit_sequences(schema, node) m
					WHERE node <> 0 AND pg_catalog.pg_sequence_last_value(m.sequence) IS NOT NULL LOOP
		PERFORM pg_catalog.setval(counted.sequence, 1, false);
		renumber := renumber || pg_catalog.format('UPDATE %s SET %I = DEFAULT', counted.relation, counted.column_name);
	END LOOP;
	PERFORM icp.fit_sequences(schema, node);
	FOREACH command IN ARRAY renumber LOOP
		EXECUTE command;
	END LOOP;
	-- what default privileges of the owner granted by themselves
	FOR command IN SELECT p.revoke FROM icp.registry_right_problems(schema) p WHERE p.problem = 'added' LOOP
		EXECUTE command;
	END LOOP;
	PERFORM icp.grant_registry(schema);
	EXECUTE pg_catalog.format('INSERT INTO %1$I.registry_object (kind, name, definition)'
				   ' SELECT o.kind, o.name, o.digest FROM icp.registry_objects(%1$L) o', schema);
	EXECUTE pg_catalog.format('SELECT r.version FROM %I.registry r', schema) INTO version;
	RETURN pg_catalog.format('registry %I, version %s', schema, version)
		|| CASE WHEN node <> 0 THEN pg_catalog.format(', node %s', node) ELSE '' END;
END
$$;
COMMENT ON FUNCTION icp.create_registry(name, integer) IS
	'Lays a registry of filings in a new schema: tables, views, functions, triggers and policies of the caller; its ids are those of the node, which no two registries of the country share';
