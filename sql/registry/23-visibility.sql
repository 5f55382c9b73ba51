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

CREATE FUNCTION @registry@.kept_accounts() RETURNS SETOF bigint
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT a.id
	  FROM @registry@.account a
	 WHERE a.provider_id IN (SELECT m.provider_id FROM @registry@.member m
							  WHERE m.role_name = @registry@.acting_user() AND m.role = 'provider');
END;
COMMENT ON FUNCTION @registry@.kept_accounts() IS 'Row security: accounts that the acting role''s provider keeps now';

CREATE FUNCTION @registry@.kept_sponsors() RETURNS SETOF bigint
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT s.id
	  FROM @registry@.sponsor s
	 WHERE s.account_id IN (SELECT k FROM @registry@.kept_accounts() k);
END;
COMMENT ON FUNCTION @registry@.kept_sponsors() IS
	'Row security: sponsors whose account the acting role''s provider keeps now; one that went to another account is no longer its';

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
