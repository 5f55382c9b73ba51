-- Who changes what others may do: members, settings, standing of providers and accounts, opening times, decisions that have no
-- event of their own.  Each row that a statement changes is an event.  (Behind all that lays the registry.)

-- Arguments: the columns that tell rows apart; those whose change is recorded, none: all.  What concerns one sponsor is of the
-- sponsor's chain, so that it waits for nobody else's; the rest is of the province's.  A statement's events are written in the
-- order of their chains, in which heads are locked.
CREATE FUNCTION @registry@.record_authority() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	key_columns	constant text[] := TG_ARGV[0];
	watched		constant text[] := TG_ARGV[1];
	before		jsonb[];
	after		jsonb[];
BEGIN
	IF TG_OP <> 'INSERT' THEN
		before := ARRAY(SELECT to_jsonb(o.*) FROM old_rows o);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		after := ARRAY(SELECT to_jsonb(n.*) FROM new_rows n);
	END IF;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code, old_values, new_values)
	SELECT @registry@.acting_user(), TG_TABLE_NAME || '_' || lower(TG_OP), r.sponsor_id, r.province_code,
		   d.old_values || r.key, d.new_values || r.key
	  FROM (SELECT o.j AS old_row, n.j AS new_row, coalesce(n.key, o.key) AS key,
				   (coalesce(n.j, o.j) ->> 'province_code')::smallint AS province_code,
				   -- (an account's: its first sponsor)
				   CASE TG_TABLE_NAME WHEN 'account'
					THEN (SELECT min(s.id) FROM @registry@.sponsor s WHERE s.account_id = (coalesce(n.j, o.j) ->> 'id')::bigint)
					ELSE (coalesce(n.j, o.j) ->> 'sponsor_id')::bigint END AS sponsor_id
			  FROM (SELECT b.j, (SELECT jsonb_object_agg(k, b.j -> k) FROM unnest(key_columns) AS k) AS key FROM unnest(before) AS b(j)) o
			  FULL JOIN (SELECT a.j, (SELECT jsonb_object_agg(k, a.j -> k) FROM unnest(key_columns) AS k) AS key FROM unnest(after) AS a(j)) n
				ON n.key = o.key) r
	 CROSS JOIN LATERAL (
		SELECT jsonb_object_agg(e.k, r.old_row -> e.k) FILTER (WHERE r.old_row IS NOT NULL) AS old_values,
			   jsonb_object_agg(e.k, r.new_row -> e.k) FILTER (WHERE r.new_row IS NOT NULL) AS new_values, count(*) AS changes
		  FROM jsonb_object_keys(coalesce(r.new_row, r.old_row)) AS e(k)
		 WHERE (watched IS NULL OR e.k = ANY (watched))
		   AND coalesce(r.old_row -> e.k, 'null') <> coalesce(r.new_row -> e.k, 'null')) d
	 WHERE d.changes > 0
	 ORDER BY r.sponsor_id IS NOT NULL, coalesce(r.sponsor_id, r.province_code, 0), r.key;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_authority() IS
	'Trigger (key columns, recorded columns): writes the events of a statement that changes who may do what, old and new values of what changed';

DO $$
DECLARE
	watch	record;
BEGIN
	FOR watch IN
		SELECT * FROM (VALUES
			('member', 'INSERT,UPDATE,DELETE', '{id}', NULL),
			('setting', 'INSERT,UPDATE,DELETE', '{name}', '{name,value}'),
			-- (its admission, from which its status follows, has events of its own, its creation too)
			('provider', 'UPDATE,DELETE', '{id}',
			 '{name,province,licence,licence_valid_until,supervisor,class,businesses,parent_id,is_key,resources_frozen}'),
			('provider_lease', 'INSERT,UPDATE,DELETE', '{id}', NULL),
			('account', 'UPDATE,DELETE', '{id}', '{provider_id,status,province_code}'),
			('service_window', 'INSERT,UPDATE,DELETE', '{id}', NULL),
			('filing_system', 'INSERT,UPDATE,DELETE', '{code}', NULL),
			('annual_period', 'INSERT,UPDATE,DELETE', '{year,province_code}', NULL),
			('bureau_notice', 'INSERT,UPDATE,DELETE', '{province}', '{report_phone,report_mailbox,sheet_submission}'),
			('verification_plan', 'UPDATE,DELETE', '{id}', '{plan,begins_on,ends_on,decision,reason}'),
			('prior_approval', 'UPDATE,DELETE', '{id}', '{kind,number,authority,valid_from,valid_to,state,opinion}'),
			('untrue_item', 'UPDATE,DELETE', '{id}', '{item,settled_by,settled_because}')) AS v(name, operations, keys, watched)
	LOOP
		EXECUTE (SELECT string_agg(format('CREATE TRIGGER z_record_%s AFTER %s ON @registry@.%I REFERENCING%s%s'
										  ' FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_authority(%L%s);',
										  lower(o), o, watch.name, CASE o WHEN 'INSERT' THEN '' ELSE ' OLD TABLE AS old_rows' END,
										  CASE o WHEN 'DELETE' THEN '' ELSE ' NEW TABLE AS new_rows' END,
										  watch.keys, ', ' || quote_literal(watch.watched)), ' ' ORDER BY o)
				   FROM string_to_table(watch.operations, ',') AS o);
	END LOOP;
END
$$;
