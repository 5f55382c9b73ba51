CREATE SCHEMA @registry@;
COMMENT ON SCHEMA @registry@ IS 'A registry of website filings (网站备案), laid by icp.create_registry()';

CREATE TABLE @registry@.registry (
	only_row			boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	version				text NOT NULL,
	name_key_version	text NOT NULL,
	node				integer NOT NULL DEFAULT 0 CHECK (node BETWEEN 0 AND 8191),
	created_at			timestamptz NOT NULL DEFAULT now(),
	upgraded_at			timestamptz
);
COMMENT ON TABLE @registry@.registry IS 'One row: what this registry was made by';
COMMENT ON COLUMN @registry@.registry.only_row IS 'Always true';
COMMENT ON COLUMN @registry@.registry.version IS 'Version of the templates; icp.upgrade_registry() starts from it';
COMMENT ON COLUMN @registry@.registry.name_key_version IS 'icp.name_key_version() by which the stored name keys were made';
COMMENT ON COLUMN @registry@.registry.node IS 'Whose ids these are: icp.node_ids(node) are those that the registry gives, no other node''s among them';
COMMENT ON COLUMN @registry@.registry.created_at IS 'When the registry was laid';
COMMENT ON COLUMN @registry@.registry.upgraded_at IS 'When it was last brought forward';

INSERT INTO @registry@.registry (version, name_key_version) VALUES ('1.0', icp.name_key_version());

CREATE TABLE @registry@.registry_object (
	kind		text NOT NULL,
	name		text NOT NULL,
	definition	text NOT NULL,
	server		integer NOT NULL DEFAULT current_setting('server_version_num')::integer / 10000,
	PRIMARY KEY (kind, name)
);
COMMENT ON TABLE @registry@.registry_object IS 'What the registry was laid as; icp.check_registry() compares';
COMMENT ON COLUMN @registry@.registry_object.kind IS 'table, column, index, constraint, trigger, function, view or policy';
COMMENT ON COLUMN @registry@.registry_object.name IS 'Name within the schema';
COMMENT ON COLUMN @registry@.registry_object.definition IS 'Its definition, long ones as a digest';
COMMENT ON COLUMN @registry@.registry_object.server IS 'Major version of the server that spelled the definition';

CREATE FUNCTION @registry@.acting_user() RETURNS name
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE pg_catalog.current_setting('role')
		WHEN 'none' THEN session_user
		ELSE pg_catalog.current_setting('role')::name END;
COMMENT ON FUNCTION @registry@.acting_user() IS
	'The role that acts: the one of SET ROLE, otherwise the session''s; inside functions of the registry''s owner too';
