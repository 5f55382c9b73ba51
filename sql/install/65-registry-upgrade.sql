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

CREATE FUNCTION icp.upgrade_registry(schema name DEFAULT 'beian') RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	from_version	text;
	this_version	constant text := '1.0';
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
	RETURN format('registry %I is of version %s', schema, this_version);
END
$$;
COMMENT ON FUNCTION icp.upgrade_registry(name) IS
	'Brings a registry laid by an earlier version forward; does nothing to one that is up to date';
