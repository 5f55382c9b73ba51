-- Whose records the acting role sees and enters; policies and views ask these.

CREATE FUNCTION @registry@.may_see(province_code smallint, account_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM @registry@.member m
		 WHERE m.role_name = @registry@.acting_user()
		   AND CASE m.role
			   WHEN 'ministry' THEN true
			   WHEN 'system' THEN true
			   WHEN 'bureau' THEN m.province_code = may_see.province_code
			   WHEN 'sponsor' THEN m.account_id = may_see.account_id
			   WHEN 'provider' THEN EXISTS (SELECT FROM @registry@.account a
											 WHERE a.id = may_see.account_id AND a.provider_id = m.provider_id)
			   END);
END;
COMMENT ON FUNCTION @registry@.may_see(smallint, bigint) IS
	'Row security: may the acting role see a record of this province and account?';

CREATE FUNCTION @registry@.may_enter(account_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM @registry@.member m
		 WHERE m.role_name = @registry@.acting_user()
		   AND CASE m.role
			   WHEN 'sponsor' THEN m.account_id = may_enter.account_id
			   WHEN 'provider' THEN EXISTS (SELECT FROM @registry@.account a
											 WHERE a.id = may_enter.account_id AND a.provider_id = m.provider_id)
			   ELSE false END);
END;
COMMENT ON FUNCTION @registry@.may_enter(bigint) IS
	'Row security: may the acting role enter records of this account? Only its sponsor and its provider (1 一)';

-- The same as sets, which a query makes once: policies ask whether a row is in one.
CREATE FUNCTION @registry@.own_accounts() RETURNS bigint[]
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(m.account_id), '{}')
	  FROM @registry@.member m WHERE m.role_name = @registry@.acting_user() AND m.role = 'sponsor';
END;
COMMENT ON FUNCTION @registry@.own_accounts() IS 'Row security: accounts for which the acting role acts';

CREATE FUNCTION @registry@.own_providers() RETURNS bigint[]
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(m.provider_id), '{}')
	  FROM @registry@.member m WHERE m.role_name = @registry@.acting_user() AND m.role = 'provider';
END;
COMMENT ON FUNCTION @registry@.own_providers() IS 'Row security: providers for which the acting role acts';

-- (plpgsql keeps the plan from row to row.)
CREATE FUNCTION @registry@.is_told(recipient text, provider_id bigint, account_id bigint, sponsor_id bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	RETURN EXISTS (
		SELECT FROM @registry@.member m
		 WHERE m.role_name = @registry@.acting_user()
		   AND CASE m.role
			   WHEN 'sponsor' THEN recipient IN ('sponsor', 'principal', 'rival') AND m.account_id = account_id
			   WHEN 'provider' THEN
					CASE WHEN recipient = 'provider' OR recipient IN ('sponsor', 'principal') AND sponsor_id IS NULL
						 -- (an account's own codes name no sponsor)
						 THEN m.provider_id = provider_id
						 WHEN recipient IN ('sponsor', 'principal')
						 -- a sponsor that went to another account took what it was told with it
						 THEN EXISTS (SELECT FROM @registry@.sponsor s JOIN @registry@.account a ON a.id = s.account_id
									   WHERE s.id = sponsor_id AND a.provider_id = m.provider_id)
						 WHEN recipient = 'rival'
						 THEN EXISTS (SELECT FROM @registry@.account a
									   WHERE a.id = account_id AND a.provider_id = m.provider_id) END
			   ELSE false END);
END
$$;
COMMENT ON FUNCTION @registry@.is_told(text, bigint, bigint, bigint) IS
	'Row security: is the acting role the one to whom such a message went, or the provider that keeps his account?';

CREATE FUNCTION @registry@.served_sites() RETURNS SETOF bigint
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT c.site_id
	  FROM @registry@.access c
	 WHERE c.status = 'live'
	   AND c.provider_id IN (SELECT m.provider_id FROM @registry@.member m
							  WHERE m.role_name = @registry@.acting_user() AND m.role = 'provider');
END;
COMMENT ON FUNCTION @registry@.served_sites() IS
	'Row security: sites to which the acting role''s provider has live access, whoever keeps the account (4 §18(五))';

CREATE FUNCTION @registry@.served_sponsors() RETURNS SETOF bigint
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT t.sponsor_id FROM @registry@.site t WHERE t.id IN (SELECT v FROM @registry@.served_sites() v);
END;
COMMENT ON FUNCTION @registry@.served_sponsors() IS
	'Row security: sponsors with a site to which the acting role''s provider has live access';

CREATE FUNCTION @registry@.sees_sponsor(sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce((SELECT @registry@.may_see(s.province_code, s.account_id)
					   FROM @registry@.sponsor s WHERE s.id = sees_sponsor.sponsor_id), false);
END;
COMMENT ON FUNCTION @registry@.sees_sponsor(bigint) IS 'Row security: may the acting role see what concerns this sponsor?';

CREATE FUNCTION @registry@.serves_site(site_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.access a JOIN @registry@.member m ON m.provider_id = a.provider_id
					WHERE a.site_id = serves_site.site_id AND a.status = 'live'
					  AND m.role = 'provider' AND m.role_name = @registry@.acting_user());
END;
COMMENT ON FUNCTION @registry@.serves_site(bigint) IS
	'Does the acting role belong to a provider with live access to this site, whoever keeps the account (4 §18(五))?';

CREATE FUNCTION @registry@.serves_site_of(sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.site t WHERE t.sponsor_id = serves_site_of.sponsor_id AND @registry@.serves_site(t.id));
END;
COMMENT ON FUNCTION @registry@.serves_site_of(bigint) IS
	'Does the acting role belong to a provider with live access to a site of this sponsor?';

-- Whose record it is: who keeps its account, and who serves a site of it.  Everybody else is a stranger to it, who needs
-- its password (application/stranger.sql).
CREATE FUNCTION @registry@.serves_record(provider_id bigint, sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.sponsor s JOIN @registry@.account c ON c.id = s.account_id
					WHERE s.id = serves_record.sponsor_id AND c.provider_id = serves_record.provider_id)
		OR EXISTS (SELECT FROM @registry@.site t JOIN @registry@.access a ON a.site_id = t.id
					WHERE t.sponsor_id = serves_record.sponsor_id
					  AND a.provider_id = serves_record.provider_id AND a.status = 'live');
END;
COMMENT ON FUNCTION @registry@.serves_record(bigint, bigint) IS
	'Does the provider keep the sponsor''s account, or has it live access to a site of it?';

-- A change, a cancellation, a password come in through a provider that serves the sponsor (4 §19(一), §22(一)).
CREATE FUNCTION @registry@.serves_sponsor(provider_id bigint, sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
BEGIN ATOMIC
	-- an account that is with no provider may take any, while none serves it; that one is a stranger
	SELECT @registry@.serves_record(serves_sponsor.provider_id, serves_sponsor.sponsor_id)
		OR EXISTS (SELECT FROM @registry@.sponsor s JOIN @registry@.account c ON c.id = s.account_id
					WHERE s.id = serves_sponsor.sponsor_id AND c.provider_id IS NULL
					  AND NOT EXISTS (SELECT FROM @registry@.site t JOIN @registry@.access a ON a.site_id = t.id
									   WHERE t.sponsor_id = s.id AND a.status = 'live'));
END;
COMMENT ON FUNCTION @registry@.serves_sponsor(bigint, bigint) IS
	'Does the provider keep the sponsor''s account, or serve a site of it? (An account of unknown origin has no provider: any may enter, while none serves a site, and goes on with the password.)';

CREATE FUNCTION @registry@.sees_record(sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_as_owner() OR @registry@.sees_sponsor(sees_record.sponsor_id)
		OR @registry@.serves_site_of(sees_record.sponsor_id);
END;
COMMENT ON FUNCTION @registry@.sees_record(bigint) IS
	'May the acting role see this sponsor''s record: its account, the provider of that, one that serves a site, its bureau, the ministry?';
