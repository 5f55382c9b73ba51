-- One order of locks for everybody (doc/decisions.md, "One order of locks"): provider, application, account, sponsor, site,
-- access, what belongs to one of these, heads of chains, gates; within one kind by id.  Whoever will need several of them
-- takes them here, before the first event is written.

CREATE FUNCTION @registry@.lock_records(sponsors bigint[], sites bigint[], accesses bigint[] DEFAULT '{}') RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET enable_seqscan = off		-- a few rows by their ids, of however small a table: many of these make one statement
AS $$
DECLARE
	owners	bigint[] := ARRAY(SELECT unnest(lock_records.sponsors)
							  UNION SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = ANY (lock_records.sites));
BEGIN
	-- the accounts as a foreign key does: an application that is opened for a record names it
	PERFORM FROM @registry@.account c
	  WHERE c.id IN (SELECT s.account_id FROM @registry@.sponsor s WHERE s.id = ANY (owners)) ORDER BY c.id FOR KEY SHARE;
	PERFORM FROM @registry@.sponsor s WHERE s.id = ANY (owners) ORDER BY s.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.site t WHERE t.id = ANY (lock_records.sites) ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.access x WHERE x.id = ANY (lock_records.accesses) ORDER BY x.id FOR NO KEY UPDATE;
END
$$;
COMMENT ON FUNCTION @registry@.lock_records(bigint[], bigint[], bigint[]) IS
	'Locks sponsors, sites with their sponsors, and accesses, in the order of locks, until the transaction ends';

CREATE FUNCTION @registry@.lock_sites(sites bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET enable_seqscan = off		-- a few rows by their ids, of however small a table: many of these make one statement
AS $$
BEGIN
	PERFORM @registry@.lock_records('{}', sites);
	-- (asked when the sites are locked: what came in while they were waited for is theirs, too)
	PERFORM FROM @registry@.access x WHERE x.site_id = ANY (sites) ORDER BY x.id FOR NO KEY UPDATE;
END
$$;
COMMENT ON FUNCTION @registry@.lock_sites(bigint[]) IS
	'Locks sites with their sponsors and all their accesses, in the order of locks, until the transaction ends';

CREATE FUNCTION @registry@.lock_sponsor(sponsor_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET enable_seqscan = off		-- a few rows by their ids, of however small a table: many of these make one statement
AS $$
BEGIN
	-- its account may end with it (3 Q21)
	PERFORM FROM @registry@.account c
	  WHERE c.id = (SELECT s.account_id FROM @registry@.sponsor s WHERE s.id = lock_sponsor.sponsor_id) FOR NO KEY UPDATE;
	PERFORM FROM @registry@.sponsor s WHERE s.id = lock_sponsor.sponsor_id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.site t WHERE t.sponsor_id = lock_sponsor.sponsor_id ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.access x
	  WHERE x.site_id IN (SELECT t.id FROM @registry@.site t WHERE t.sponsor_id = lock_sponsor.sponsor_id)
	  ORDER BY x.id FOR NO KEY UPDATE;
END
$$;
COMMENT ON FUNCTION @registry@.lock_sponsor(bigint) IS
	'Locks a sponsor with its account, all its sites and their accesses, in the order of locks, until the transaction ends';

-- (A chain that has no event yet has no head.)
CREATE FUNCTION @registry@.lock_sponsor_heads(sponsors bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET enable_seqscan = off		-- a few rows by their ids, of however small a table: many of these make one statement
AS $$
BEGIN
	PERFORM FROM @registry@.event_chain c
	  WHERE c.kind = 'sponsor' AND c.chain_id = ANY (sponsors) ORDER BY c.chain_id FOR NO KEY UPDATE;
END
$$;
COMMENT ON FUNCTION @registry@.lock_sponsor_heads(bigint[]) IS
	'Locks the heads of these sponsors'' chains in the order of their ids, for who writes events of many one after the other';
