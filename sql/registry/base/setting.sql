-- What an operator may set, one row a setting; each subject adds its own.

CREATE TABLE @registry@.setting (
	name		text PRIMARY KEY,
	value		text,
	meaning		text NOT NULL
);
COMMENT ON TABLE @registry@.setting IS 'Settings of this registry; the owner changes value by UPDATE';
COMMENT ON COLUMN @registry@.setting.name IS 'Name of the setting';
COMMENT ON COLUMN @registry@.setting.value IS 'Its value, as text';
COMMENT ON COLUMN @registry@.setting.meaning IS 'What it does, and which values it takes';

CREATE FUNCTION @registry@.setting(name text) RETURNS text
	LANGUAGE sql STABLE STRICT
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT s.value FROM @registry@.setting s WHERE s.name = setting.name;
END;
COMMENT ON FUNCTION @registry@.setting(text) IS 'Value of a setting; NULL where there is none';

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('exempt_owner', 'on',
	 'on: the registry''s owner, who may act as any, is not asked for evidence (form rules, verification sheet, provider standing, password, approvals), and what it passes by is recorded; off: it is asked like everybody');

CREATE FUNCTION @registry@.owner_is_exempt() RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		   AND @registry@.setting('exempt_owner') = 'on'
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.owner_is_exempt() IS
	'Does the acting role belong to the registry''s owner, and is the owner exempt from evidence (setting exempt_owner)?';
