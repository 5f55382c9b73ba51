-- Who acts: each question that policies, views and functions ask of the acting role, once.

CREATE FUNCTION @registry@.acts_as_owner() RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.acts_as_owner() IS
	'Has the acting role the privileges of the registry''s owner, who may act as any?';

CREATE FUNCTION @registry@.acts_as_system() RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'system')
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.acts_as_system() IS
	'Does the acting role run the registry: is it a member "system", or the registry''s owner?';

CREATE FUNCTION @registry@.require_system(what text) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT @registry@.acts_as_system() THEN
		RAISE EXCEPTION 'role "%" may not %', @registry@.acting_user(), what
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The registry''s owner may, and the members "system" of @registry@.member.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.require_system(text) IS 'Fails unless acts_as_system()';

CREATE FUNCTION @registry@.acts_nationwide() RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role IN ('ministry', 'system'))
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.acts_nationwide() IS
	'Does the acting role see the conflicts of every province? The registry''s owner and the ministry do; a bureau sees those with a side in its own';

CREATE FUNCTION @registry@.acts_as_bureau(VARIADIC province_codes smallint[]) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau'
					  AND m.province_code = ANY (province_codes))
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.acts_as_bureau(smallint[]) IS
	'Does the acting role belong to a bureau of one of these provinces, or to the registry''s owner?';

CREATE FUNCTION @registry@.acts_as_authority() RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_nationwide()
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau');
END;
COMMENT ON FUNCTION @registry@.acts_as_authority() IS
	'Does the acting role belong to a bureau, the ministry, the system or the registry''s owner (互联网行业主管部门, 4 §6(一))?';

CREATE FUNCTION @registry@.supervises_provider(province_code smallint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_as_owner()
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user()
					  AND CASE WHEN supervises_provider.province_code IS NULL THEN m.role = 'ministry'
						  ELSE m.role = 'bureau' AND m.province_code = supervises_provider.province_code END);
END;
COMMENT ON FUNCTION @registry@.supervises_provider(smallint) IS
	'Does the acting role supervise providers of this province: its bureau (4 §8), for nationwide ones (NULL) the ministry; or is it the registry''s owner?';

-- Row security asks these.
CREATE FUNCTION @registry@.acts_for_provider(provider_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'provider'
					  AND m.provider_id = acts_for_provider.provider_id);
END;
COMMENT ON FUNCTION @registry@.acts_for_provider(bigint) IS 'Does the acting role belong to this provider?';

CREATE FUNCTION @registry@.is_member(roles text[], province_code smallint, provider_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT pg_catalog.pg_has_role(@registry@.acting_user(), n.nspowner, 'USAGE')
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = ANY (is_member.roles)
					  AND CASE m.role WHEN 'bureau' THEN m.province_code = is_member.province_code
									  WHEN 'provider' THEN m.provider_id = is_member.provider_id
									  WHEN 'sponsor' THEN false
									  ELSE true END)
	  FROM pg_catalog.pg_namespace n WHERE n.oid = '@registry@'::regnamespace;
END;
COMMENT ON FUNCTION @registry@.is_member(text[], smallint, bigint) IS
	'Does the acting role act as one of these: bureau of the province, that provider, ministry or system? The registry''s owner acts as any';
