-- Who may do what.  Rights go to the roles of icp.create_roles(); where those are missing there is nothing to grant,
-- and icp.grant_registry() does it later.  Row security keeps a provider to its customers, a sponsor to its account
-- and a bureau to its province.

-- A provider need not know who works for the others.  (Policies ask for the acting role's own rows only.)
ALTER TABLE @registry@.member ENABLE ROW LEVEL SECURITY;
CREATE POLICY member_see ON @registry@.member FOR SELECT
	USING (role_name = @registry@.acting_user() OR (SELECT @registry@.acts_as_authority()));

ALTER TABLE @registry@.account ENABLE ROW LEVEL SECURITY;
-- (names no other table: policies of others look accounts up)
CREATE POLICY account_see ON @registry@.account FOR SELECT
	USING ((SELECT @registry@.acts_nationwide())
		   OR icp.array_has((SELECT @registry@.own_provinces()), ARRAY[province_code])
		   OR icp.array_has((SELECT @registry@.own_accounts()), ARRAY[id])
		   OR icp.array_has((SELECT @registry@.own_providers()), ARRAY[provider_id]));
CREATE POLICY account_enter ON @registry@.account FOR INSERT WITH CHECK (
	provider_id IN (SELECT m.provider_id FROM @registry@.member m
					 WHERE m.role_name = @registry@.acting_user() AND m.role = 'provider'));

ALTER TABLE @registry@.sponsor ENABLE ROW LEVEL SECURITY;
-- (a provider that serves a site sees it too, whoever keeps the sponsor's account: 4 §18(五))
CREATE POLICY sponsor_see ON @registry@.sponsor FOR SELECT
	USING (@registry@.may_see(province_code, account_id) OR @registry@.serves_site_of(id));
CREATE POLICY sponsor_enter ON @registry@.sponsor FOR INSERT
	WITH CHECK (status = 'draft' AND number IS NULL AND filed_at IS NULL AND last_service_no = 0
				AND @registry@.may_enter(account_id));
-- A filed record is changed through applications only, and what lies with the bureau stands still.
CREATE POLICY sponsor_change ON @registry@.sponsor FOR UPDATE
	USING (status = 'draft' AND @registry@.may_enter(account_id)
		   AND NOT EXISTS (SELECT FROM @registry@.application a
							WHERE a.sponsor_id = sponsor.id AND @registry@.with_bureau(a.state)))
	WITH CHECK (status = 'draft' AND number IS NULL AND filed_at IS NULL AND last_service_no = 0
				AND @registry@.may_enter(account_id));

ALTER TABLE @registry@.site ENABLE ROW LEVEL SECURITY;
CREATE POLICY site_see ON @registry@.site FOR SELECT
	USING (@registry@.may_see(province_code, account_id) OR @registry@.serves_site(id));
CREATE POLICY site_enter ON @registry@.site FOR INSERT
	WITH CHECK (status = 'draft' AND number IS NULL AND filed_at IS NULL AND @registry@.may_enter(account_id));
CREATE POLICY site_change ON @registry@.site FOR UPDATE
	USING (status = 'draft' AND @registry@.may_enter(account_id)
		   AND NOT EXISTS (SELECT FROM @registry@.application a
							WHERE a.site_id = site.id AND @registry@.with_bureau(a.state)))
	WITH CHECK (status = 'draft' AND number IS NULL AND filed_at IS NULL AND @registry@.may_enter(account_id));

ALTER TABLE @registry@.access ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_see ON @registry@.access FOR SELECT
	USING (EXISTS (SELECT FROM @registry@.site t WHERE t.id = site_id) OR @registry@.acts_for_provider(provider_id));
CREATE POLICY access_enter ON @registry@.access FOR INSERT
	WITH CHECK (status = 'draft' AND @registry@.acts_for_provider(provider_id)
				AND (EXISTS (SELECT FROM @registry@.site t WHERE t.id = site_id)
					 OR @registry@.may_add_access(site_id, provider_id)));
CREATE POLICY access_change ON @registry@.access FOR UPDATE
	USING (status = 'draft' AND @registry@.acts_for_provider(provider_id))
	WITH CHECK (status = 'draft' AND @registry@.acts_for_provider(provider_id));

ALTER TABLE @registry@.application ENABLE ROW LEVEL SECURITY;
CREATE POLICY application_enter ON @registry@.application FOR INSERT
	WITH CHECK (@registry@.may_apply(kind, filed_by, province_code, account_id, provider_id));
-- A provider sees what is applied for with its customers, with others' where it is entered with it: until that ends, and
-- afterwards while it serves the site.  What it must keep (2 三(一)4) are its own papers: verification.
-- Who sees it may step it: which step is whose is the business of icp.enforce_transition().
DO $$
DECLARE
	policy	record;
BEGIN
	FOR policy IN SELECT * FROM (VALUES ('application_see', 'SELECT'), ('application_step', 'UPDATE')) AS v (name, command) LOOP
		EXECUTE format($do$
			CREATE POLICY %I ON @registry@.application FOR %s
				USING ((SELECT @registry@.acts_nationwide())
					   OR province_code = ANY ((SELECT @registry@.own_provinces())::smallint[])
					   OR account_id = ANY ((SELECT @registry@.own_accounts())::bigint[])
					   OR provider_id = ANY ((SELECT @registry@.own_providers())::bigint[])
						  -- (the row of the statement that ends it is still seen)
						  AND (ended_at IS NULL AND state NOT IN (@states:is_final@) OR ended_at = now())
					   -- (by index for one row, as a set for many)
					   OR EXISTS (SELECT FROM @registry@.account c
								   WHERE c.id = account_id AND c.provider_id = ANY ((SELECT @registry@.own_providers())::bigint[]))
					   OR provider_id = ANY ((SELECT @registry@.own_providers())::bigint[])
						  AND (site_id IN (SELECT v FROM @registry@.served_sites() v)
							   OR site_id IS NULL AND sponsor_id IN (SELECT v FROM @registry@.served_sponsors() v)))
		$do$, policy.name, policy.command);
	END LOOP;
END
$$;

ALTER TABLE @registry@.event ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_see ON @registry@.event FOR SELECT
	USING (EXISTS (SELECT FROM @registry@.application a WHERE a.id = application_id)
		   OR EXISTS (SELECT FROM @registry@.sponsor s WHERE s.id = sponsor_id));

-- Who is told, the bureau of its province, and the provider that keeps the sponsor's account; not one that only applies
-- for something with the sponsor: an address, masked, is the sponsor's.
CREATE POLICY notice_see ON @registry@.notice FOR SELECT
	USING ((SELECT @registry@.acts_nationwide())
		   OR icp.array_has((SELECT @registry@.own_provinces()), ARRAY[province_code])
		   OR @registry@.is_told(recipient, provider_id, account_id, sponsor_id));

-- The claims themselves are the owner's: nobody else reads or writes them but through the triggers.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA @registry@ FROM PUBLIC;
