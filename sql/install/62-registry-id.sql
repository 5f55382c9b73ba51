-- Ids that stay apart: each registry of the country is a node, and gives the ids of its node alone.

-- The node in the bits above the fortieth.  An id stays below 2^53, up to which JSON's readers count exactly.
CREATE FUNCTION icp.node_of(id bigint) RETURNS integer
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	RETURN (id OPERATOR(pg_catalog.>>) 40)::integer;
COMMENT ON FUNCTION icp.node_of(bigint) IS
	'The node whose registry gave this id: of a sponsor, a site, an account, an application, a claim, an event …';

CREATE FUNCTION icp.node_ids(node integer) RETURNS int8range
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF node NOT BETWEEN 0 AND 8191 THEN
		RAISE EXCEPTION 'there is no node %', node
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Nodes are 0 to 8191.';
	END IF;
	-- (what a table counts begins at 1 in every node)
	RETURN int8range((node::bigint << 40) + 1, (node + 1)::bigint << 40);
END
$$;
COMMENT ON FUNCTION icp.node_ids(integer) IS 'The ids that a node''s registry gives; nodes are 0 to 8191';

-- In the catalogue alone: what is asked here is asked of somebody else's registry, too.
CREATE FUNCTION icp.misfit_sequences(schema name, node integer)
	RETURNS TABLE (sequence regclass, relation regclass, column_name name, lowest bigint, highest bigint)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT s.seqrelid::regclass, c.oid::regclass, a.attname, s.seqmin, s.seqmax
	  FROM pg_namespace n
	  JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
	  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> '' AND NOT a.attisdropped
	  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum
	   AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
	  JOIN pg_sequence s ON s.seqrelid = d.objid
	 WHERE n.nspname = misfit_sequences.schema
	   AND (s.seqmin < lower(icp.node_ids(misfit_sequences.node)) OR s.seqmax >= upper(icp.node_ids(misfit_sequences.node)))
	   -- (tables that somebody added count as they like)
	   AND EXISTS (SELECT FROM icp.registry_reference e WHERE e.kind = 'table' AND e.name = c.relname)
	 ORDER BY c.relname, a.attnum
$$;
COMMENT ON FUNCTION icp.misfit_sequences(name, integer) IS
	'The sequences behind a registry''s identity columns that could give ids of another node than this one';

CREATE FUNCTION icp.fit_sequences(schema name, node integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids		constant int8range := icp.node_ids(node);
	misfit	record;
	fitted	bigint := 0;
BEGIN
	FOR misfit IN SELECT * FROM icp.misfit_sequences(schema, node) LOOP
		-- One that has counted goes on from where it is, and where that is not in its node the server says so.
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET MINVALUE %s SET MAXVALUE %s SET START WITH %s%s', misfit.relation,
					   misfit.column_name, lower(ids), upper(ids) - 1, lower(ids),
					   CASE WHEN misfit.lowest <> lower(ids) AND pg_sequence_last_value(misfit.sequence) IS NULL
							THEN ' RESTART' ELSE '' END);
		fitted := fitted + 1;
	END LOOP;
	RETURN fitted;
END
$$;
COMMENT ON FUNCTION icp.fit_sequences(name, integer) IS
	'Has the identity columns of a schema give the ids of a node: for icp.fit_ids() and create_registry()';

CREATE FUNCTION icp.fit_ids(schema name DEFAULT 'beian') RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	node	integer;
BEGIN
	PERFORM icp.require_registry(schema);
	EXECUTE format('SELECT r.node FROM %I.registry r', schema) INTO node;
	RETURN icp.fit_sequences(schema, node);
END
$$;
COMMENT ON FUNCTION icp.fit_ids(name) IS
	'Has the registry''s identity columns give the ids of its node (beian.registry.node) and no others; returns how many did not. upgrade_registry() calls it';
