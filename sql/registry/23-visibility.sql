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
