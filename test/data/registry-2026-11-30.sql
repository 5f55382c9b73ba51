-- The templates of a registry as they were on 2026-11-30 (commit bc2b0a2), the first that upgrade_registry() brings forward, joined
-- in the order in which create_registry() ran them; @registry@ stands for the schema's quoted name.  test/t/upgrade_registry.pl.

-- base/registry
CREATE SCHEMA @registry@;
COMMENT ON SCHEMA @registry@ IS 'A registry of website filings (网站备案), laid by icp.create_registry()';

CREATE TABLE @registry@.registry (
	only_row			boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	version				text NOT NULL,
	name_key_version	text NOT NULL,
	created_at			timestamptz NOT NULL DEFAULT now(),
	upgraded_at			timestamptz
);
COMMENT ON TABLE @registry@.registry IS 'One row: what this registry was made by';
COMMENT ON COLUMN @registry@.registry.only_row IS 'Always true';
COMMENT ON COLUMN @registry@.registry.version IS 'Version of the templates; icp.upgrade_registry() starts from it';
COMMENT ON COLUMN @registry@.registry.name_key_version IS 'icp.name_key_version() by which the stored name keys were made';
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

-- base/setting
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

-- base/deadline
-- When a term of icp.clock is over for a row of this registry.

CREATE FUNCTION @registry@.due_by(clock text, since timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	due	constant timestamptz := icp.clock_due(clock, since);
BEGIN
	IF due IS NULL AND since IS NOT NULL THEN
		RAISE WARNING 'the deadline "%" cannot be computed: the calendar (工作日历) does not reach so far', clock
			USING HINT = 'Load the year into icp.calendar_local; run_clocks() fills in the deadlines of applications, other rows are written again.';
	END IF;
	RETURN due;
END
$$;
COMMENT ON FUNCTION @registry@.due_by(text, timestamptz) IS
	'icp.clock_due(), with a warning where the calendar (工作日历) does not reach so far';

CREATE FUNCTION @registry@.due_by(clock text, since date) RETURNS timestamptz
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.due_by(clock, since::timestamp AT TIME ZONE 'Asia/Shanghai');
END;
COMMENT ON FUNCTION @registry@.due_by(text, date) IS
	'The same for what began on a day, Beijing time';

-- party/party
-- Who takes part: access providers, accounts, members.

CREATE TABLE @registry@.provider (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	name			text NOT NULL CHECK (name <> ''),
	province		icp.province,
	province_code	smallint,
	licence			icp.icp_id,
	supervisor		text,
	status			text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
	class				text NOT NULL DEFAULT 'value_added'
		CHECK (class IN ('basic_telecom', 'value_added', 'public_interest')),
	businesses			text[] NOT NULL DEFAULT '{}' CHECK (businesses <@ '{isp,idc}'),
	parent_id			bigint REFERENCES @registry@.provider CHECK (parent_id <> id),
	is_key				boolean NOT NULL DEFAULT false,
	licence_valid_until	date,
	service_phone		text,
	system_url			text CHECK (system_url ~* '^https?://'),
	system_origin		text CHECK (system_origin IN ('own', 'bought')),
	system_product		text,
	system_version		text,
	resources_frozen		boolean NOT NULL DEFAULT false,
	admission			text NOT NULL DEFAULT 'open' REFERENCES icp.provider_state,
	admission_reason		text,
	admission_at			timestamptz NOT NULL DEFAULT now(),
	licence_noticed_at	timestamptz,
	CONSTRAINT provider_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province)),
	CONSTRAINT provider_status_check1 CHECK ((status = 'open') = (admission = 'open')),
	-- what a lease repeats of the two, so that a foreign key keeps it right
	CONSTRAINT provider_class_key UNIQUE (id, class)
);
CREATE UNIQUE INDEX provider_name_key ON @registry@.provider (name);
CREATE INDEX provider_parent_id_idx ON @registry@.provider (parent_id);
CREATE INDEX provider_admission_idx ON @registry@.provider (admission);
CREATE INDEX provider_province_code_idx ON @registry@.provider (province_code);
COMMENT ON TABLE @registry@.provider IS 'Access providers (接入提供者, 4 §6(三))';
COMMENT ON COLUMN @registry@.provider.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.provider.name IS 'Registered name';
COMMENT ON COLUMN @registry@.provider.province IS 'Province of the provider (4 §3); NULL for a nationwide one';
COMMENT ON COLUMN @registry@.provider.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.provider.licence IS 'Operating licence (经营许可证)';
COMMENT ON COLUMN @registry@.provider.supervisor IS 'Supervising body as the source names it (5 附件1)';
COMMENT ON COLUMN @registry@.provider.status IS 'open or closed for business with the registry';
COMMENT ON COLUMN @registry@.provider.class IS
	'basic_telecom (基础电信企业), value_added (增值电信企业), public_interest (公益性互联单位): 4 §6(三), 2 二(一)';
COMMENT ON COLUMN @registry@.provider.businesses IS 'isp (因特网接入服务), idc (因特网数据中心), or both: 4 §6(三)';
COMMENT ON COLUMN @registry@.provider.parent_id IS
	'The group''s provider, for a provincial company of a basic telecom; both are assessed on their own (4 §34)';
COMMENT ON COLUMN @registry@.provider.is_key IS 'On the ministry''s list of key providers (重点接入服务商, 5 附件1)';
COMMENT ON COLUMN @registry@.provider.licence_valid_until IS 'Last day of the licence; NULL: not known';
COMMENT ON COLUMN @registry@.provider.service_phone IS 'Customers'' telephone, public (4 §12(十二))';
COMMENT ON COLUMN @registry@.provider.system_url IS 'Where sponsors enter the provider''s filing system (1 三)';
COMMENT ON COLUMN @registry@.provider.system_origin IS 'own or bought enterprise system (企业系统, 4 §29)';
COMMENT ON COLUMN @registry@.provider.system_product IS 'Product, where it is a bought one (4 §30)';
COMMENT ON COLUMN @registry@.provider.system_version IS 'Version of the system (4 §30)';
COMMENT ON COLUMN @registry@.provider.resources_frozen IS
	'Basic telecoms lease it nothing new (4 §43(一), 2 三(一)1); provider_lease refuses';
COMMENT ON COLUMN @registry@.provider.admission IS
	'State of admission, see icp.provider_state; changes along icp.provider_step only. Column status is open while this is';
COMMENT ON COLUMN @registry@.provider.admission_reason IS 'Why it was suspended, closed, or leaves';
COMMENT ON COLUMN @registry@.provider.admission_at IS 'When admission last changed, filled by trigger';
COMMENT ON COLUMN @registry@.provider.licence_noticed_at IS 'When the bureau was told that the licence has run out';

CREATE TABLE @registry@.account (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	provider_id		bigint REFERENCES @registry@.provider,
	user_name		text NOT NULL CHECK (user_name <> ''),
	contact			text,
	status			text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
	province_code	smallint,
	registered_by	text NOT NULL DEFAULT 'provider' CHECK (registered_by IN ('provider', 'self')),
	mobile			text,
	mailbox			text,
	identity_checked_at	timestamptz,
	must_change_password	boolean NOT NULL DEFAULT false,
	CONSTRAINT account_user_name_key UNIQUE NULLS NOT DISTINCT (provider_id, user_name),
	CONSTRAINT account_self_check CHECK (registered_by <> 'self' OR mobile IS NOT NULL AND mailbox IS NOT NULL)
);
-- load() looks accounts up by name, those of no provider too, which the constraint's index does not serve
CREATE INDEX account_user_name_idx ON @registry@.account (user_name);
COMMENT ON TABLE @registry@.account IS
	'Accounts of sponsors with their provider: records of different accounts can be in conflict, those of one account cannot (3 Q17)';
COMMENT ON COLUMN @registry@.account.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.account.provider_id IS 'Provider that keeps the account; NULL for records of unknown origin';
COMMENT ON COLUMN @registry@.account.user_name IS 'User name, unique with the provider';
COMMENT ON COLUMN @registry@.account.contact IS 'How to reach the account''s holder; shown to the bureau in a conflict (3 Q17)';
COMMENT ON COLUMN @registry@.account.status IS 'open or closed';
COMMENT ON COLUMN @registry@.account.province_code IS 'GB/T 2260 code of the provider''s province, filled by trigger';
COMMENT ON COLUMN @registry@.account.registered_by IS 'provider; or self: its holder registered it, and proves telephone and mailbox by codes (3 Q18)';
COMMENT ON COLUMN @registry@.account.mobile IS 'Mobile number to which codes go; never public';
COMMENT ON COLUMN @registry@.account.mailbox IS 'Mailbox to which codes go; never public';
COMMENT ON COLUMN @registry@.account.identity_checked_at IS 'When both codes were confirmed (身份验证); NULL: not yet (3 Q18, Q22)';
COMMENT ON COLUMN @registry@.account.must_change_password IS 'It has its initial password still, with which nothing can be submitted (3 Q22)';

CREATE TABLE @registry@.member (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	role_name		name NOT NULL,
	role			text NOT NULL
		CHECK (role IN ('sponsor', 'provider', 'bureau', 'ministry', 'system', 'approver', 'regulator')),
	province		icp.province,
	province_code	smallint,
	provider_id		bigint REFERENCES @registry@.provider,
	account_id		bigint REFERENCES @registry@.account,
	approval_kinds	integer[],
	CONSTRAINT member_scope_check CHECK (
		CASE role
			WHEN 'bureau' THEN province_code IS NOT NULL
			WHEN 'provider' THEN provider_id IS NOT NULL
			WHEN 'sponsor' THEN account_id IS NOT NULL
			ELSE true END),
	CONSTRAINT member_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province)),
	CONSTRAINT member_key UNIQUE NULLS NOT DISTINCT (role_name, role, province_code, provider_id, account_id),
	CONSTRAINT member_approver_check CHECK (
		CASE role WHEN 'approver' THEN approval_kinds IS NOT NULL AND approval_kinds <> '{}' ELSE approval_kinds IS NULL END)
);
CREATE INDEX member_provider_id_idx ON @registry@.member (provider_id);
CREATE INDEX member_account_id_idx ON @registry@.member (account_id);
COMMENT ON TABLE @registry@.member IS 'For whom a login role acts: a bureau of a province, a provider, an account';
COMMENT ON COLUMN @registry@.member.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.member.role_name IS 'The login role';
COMMENT ON COLUMN @registry@.member.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.member.provider_id IS 'The provider it acts for';
COMMENT ON COLUMN @registry@.member.account_id IS 'The account it acts for';
COMMENT ON COLUMN @registry@.member.role IS
	'sponsor, provider, bureau, ministry, system, approver (前置审批部门) or regulator (内容管理部门)';
COMMENT ON COLUMN @registry@.member.province IS 'The bureau''s province; of an approver or regulator its own, NULL for a national one';
COMMENT ON COLUMN @registry@.member.approval_kinds IS 'Fields of an approver: ids of icp.approval_kind';

-- province_code is a plain column, not a generated one, so that row filters of publications may use it.
CREATE FUNCTION @registry@.fill_province_code() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := icp.province_code(NEW.province);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_province_code() IS 'Trigger: fills province_code from province';

CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.provider
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();
CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.member
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();

CREATE FUNCTION @registry@.fill_account() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_account() IS 'Trigger: fills an account''s province_code from its provider';

CREATE TRIGGER fill_account BEFORE INSERT OR UPDATE OF provider_id, province_code ON @registry@.account
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_account();

-- party/actor
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

-- record/record
-- What is filed: sponsors, their sites, the sites' access.

CREATE TABLE @registry@.sponsor (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province		icp.province NOT NULL,
	province_code	smallint NOT NULL,
	number			icp.icp_id,
	name			text NOT NULL CHECK (name <> '' AND octet_length(name) <= 2000),
	-- no name of signs only; and it must fit into an index
	name_key		text NOT NULL CHECK (name_key <> '' AND octet_length(name_key) <= 2000),
	nature			text,
	credential		text,
	principal_name	text,
	phone			text,
	email			text,
	address			text,
	superior		text,
	credential_address	text,
	principal_credential	text,
	mobile			text,
	emergency_phone	text,
	division_code	integer CHECK (division_code BETWEEN 110000 AND 999999),
	remark			text,
	credential_holder	text,
	credential_expires_on	date,
	residence_proof	text,
	legal_representative	text,
	authorisation	text,
	status			text NOT NULL DEFAULT 'draft'
		CHECK (status IN ('draft', 'filed', 'cancelled', 'withdrawn')),
	last_service_no	integer NOT NULL DEFAULT 0 CHECK (last_service_no >= 0),
	filed_at		timestamptz,
	changed_at		timestamptz NOT NULL DEFAULT now(),
	claim_key		text,
	CONSTRAINT sponsor_filed_check CHECK (status <> 'filed' OR number IS NOT NULL),
	CONSTRAINT sponsor_province_code_check CHECK (province_code = icp.province_code(province)),
	-- what a site repeats of its sponsor, so that one foreign key keeps all of it right
	CONSTRAINT sponsor_site_key UNIQUE (id, account_id, province_code)
);
CREATE INDEX sponsor_account_id_idx ON @registry@.sponsor (account_id);
CREATE INDEX sponsor_name_key_idx ON @registry@.sponsor (name_key);
-- A number is unique among the live ones only: a cancelled sponsor's may be used again (3 Q21).
CREATE UNIQUE INDEX sponsor_live_number_key ON @registry@.sponsor (number) WHERE status = 'filed';
COMMENT ON TABLE @registry@.sponsor IS 'Sponsors (网站主办者): whose sites are filed';
COMMENT ON COLUMN @registry@.sponsor.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.sponsor.account_id IS 'The account that the record belongs to';
COMMENT ON COLUMN @registry@.sponsor.province IS 'Province of the sponsor, whose bureau reviews (4 §18(三)1)';
COMMENT ON COLUMN @registry@.sponsor.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.sponsor.number IS 'Sponsor''s filing number or licence (主体备案号), issued at approval';
COMMENT ON COLUMN @registry@.sponsor.name IS 'Full registered name, as entered (主办单位名称)';
COMMENT ON COLUMN @registry@.sponsor.name_key IS 'icp.name_key(name), filled by trigger: the name as conflicts see it';
COMMENT ON COLUMN @registry@.sponsor.nature IS 'Nature of the sponsor (主办单位性质), such as 企业';
COMMENT ON COLUMN @registry@.sponsor.credential IS 'Credential of the sponsor, kind:number';
COMMENT ON COLUMN @registry@.sponsor.principal_name IS 'Person in charge (负责人); never public';
COMMENT ON COLUMN @registry@.sponsor.phone IS 'Telephone; never public';
COMMENT ON COLUMN @registry@.sponsor.email IS 'E-mail; never public';
COMMENT ON COLUMN @registry@.sponsor.address IS 'Address; never public';
COMMENT ON COLUMN @registry@.sponsor.superior IS 'Superior unit or investor (投资者或上级主管单位)';
COMMENT ON COLUMN @registry@.sponsor.credential_address IS 'Address on the credential (证件住所); never public';
COMMENT ON COLUMN @registry@.sponsor.principal_credential IS 'Credential of the person in charge, kind:number; never public';
COMMENT ON COLUMN @registry@.sponsor.mobile IS 'Mobile number of the person in charge; never public';
COMMENT ON COLUMN @registry@.sponsor.emergency_phone IS 'Emergency telephone (应急联系电话); never public';
COMMENT ON COLUMN @registry@.sponsor.division_code IS 'County or city of the address, GB/T 2260';
COMMENT ON COLUMN @registry@.sponsor.remark IS 'Remark (备注)';
COMMENT ON COLUMN @registry@.sponsor.credential_holder IS 'Holder of the credential as it names him; never public';
COMMENT ON COLUMN @registry@.sponsor.credential_expires_on IS 'Last day of the credential; infinity where it does not end (长期)';
COMMENT ON COLUMN @registry@.sponsor.residence_proof IS 'Residence permit (居住证) of an individual from another province; never public';
COMMENT ON COLUMN @registry@.sponsor.legal_representative IS 'Legal representative (法定代表人) of a unit; never public';
COMMENT ON COLUMN @registry@.sponsor.authorisation IS 'Letter (授权书) of a person in charge who is not the legal representative; never public';
COMMENT ON COLUMN @registry@.sponsor.status IS 'draft, filed, cancelled, or withdrawn before it was filed';
COMMENT ON COLUMN @registry@.sponsor.last_service_no IS 'Last -N given out; one counter for all kinds of service, never taken back';
COMMENT ON COLUMN @registry@.sponsor.filed_at IS 'When it was filed';
COMMENT ON COLUMN @registry@.sponsor.changed_at IS 'When the record last changed';
COMMENT ON COLUMN @registry@.sponsor.claim_key IS
	'What a natural person claims: name_key, a space, digest of the credential with the registry''s secret; empty without a credential, and when it claims no more; NULL for all others, whose name_key is claimed. Filled by trigger';

CREATE FUNCTION @registry@.fill_sponsor() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := icp.province_code(NEW.province);
	NEW.name_key := icp.name_key(NEW.name);
	IF TG_OP = 'UPDATE' THEN
		NEW.changed_at := now();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_sponsor() IS 'Trigger: fills province_code, name_key and changed_at';

CREATE TRIGGER fill_sponsor BEFORE INSERT OR UPDATE ON @registry@.sponsor
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_sponsor();

CREATE TABLE @registry@.site (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	sponsor_id		bigint NOT NULL,
	account_id		bigint NOT NULL,
	province_code	smallint NOT NULL,
	number			icp.filing_number,
	kind			text NOT NULL DEFAULT 'site' CHECK (kind IN ('site', 'app', 'mini_program', 'quick_app')),
	name			text,
	domains			icp.domain_list NOT NULL DEFAULT '{}',
	homepage		text,
	domain_holder	text,
	contents		text[],
	languages		text[],
	approvals		text[],
	principal_name	text,
	principal_credential	text,
	phone			text,
	mobile			text,
	email			text,
	remark			text,
	domain_holder_relation	text,
	domain_expires_on	date,
	domain_verified	boolean,
	app_platform	text,
	app_package		text,
	app_fingerprint	text,
	app_public_key	text,
	app_name		text,
	app_icon_bytes	integer,
	limit_access	boolean NOT NULL DEFAULT false,
	status			text NOT NULL DEFAULT 'draft'
		CHECK (status IN ('draft', 'filed', 'cancelled', 'withdrawn')),
	filed_at		timestamptz,
	changed_at		timestamptz NOT NULL DEFAULT now(),
	name_key		text,
	CONSTRAINT site_filed_check CHECK (status <> 'filed' OR number IS NOT NULL AND icp.service_no(number) IS NOT NULL),
	CONSTRAINT site_number_kind_check CHECK (number IS NULL OR icp.service_kind(number) = kind),
	CONSTRAINT site_sponsor_fkey FOREIGN KEY (sponsor_id, account_id, province_code)
		REFERENCES @registry@.sponsor (id, account_id, province_code) ON UPDATE CASCADE
);
CREATE INDEX site_sponsor_idx ON @registry@.site (sponsor_id, account_id, province_code);
CREATE INDEX site_name_idx ON @registry@.site (name);
CREATE UNIQUE INDEX site_live_number_key ON @registry@.site (number) WHERE status = 'filed';
COMMENT ON TABLE @registry@.site IS 'Services: sites (网站, 4 §2), apps, mini-programmes, quick apps';
COMMENT ON COLUMN @registry@.site.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.site.sponsor_id IS 'Whose service it is';
COMMENT ON COLUMN @registry@.site.account_id IS 'The sponsor''s account, kept equal by foreign key; filled by trigger when left out';
COMMENT ON COLUMN @registry@.site.province_code IS 'The sponsor''s province, GB/T 2260, kept equal by foreign key; filled by trigger when left out';
COMMENT ON COLUMN @registry@.site.number IS 'Filing number of the service (网站备案号), issued at approval';
COMMENT ON COLUMN @registry@.site.kind IS 'site, app, mini_program or quick_app';
COMMENT ON COLUMN @registry@.site.name IS 'Name of the service';
COMMENT ON COLUMN @registry@.site.domains IS 'Independent domains (独立域名, 4 §2注); empty for a site reached by address only';
COMMENT ON COLUMN @registry@.site.homepage IS 'Home page (首页网址)';
COMMENT ON COLUMN @registry@.site.domain_holder IS 'Holder of the domains (域名所有者) as the registrar names it; never public';
COMMENT ON COLUMN @registry@.site.contents IS 'Contents of service (服务内容): ids or names of icp.service_content';
COMMENT ON COLUMN @registry@.site.languages IS 'Languages (网站语言): ids or names of icp.language';
COMMENT ON COLUMN @registry@.site.approvals IS
	'Prior and special approvals (前置或专项审批): ids or names of icp.approval_kind, each with its document''s number as in 1:京新网备2009-001';
COMMENT ON COLUMN @registry@.site.principal_name IS 'Person in charge of the site (网站负责人) where it is not the sponsor''s; never public';
COMMENT ON COLUMN @registry@.site.principal_credential IS 'Credential of that person, kind:number; never public';
COMMENT ON COLUMN @registry@.site.phone IS 'Telephone of that person; never public';
COMMENT ON COLUMN @registry@.site.mobile IS 'Mobile number of that person; never public';
COMMENT ON COLUMN @registry@.site.email IS 'E-mail of that person; never public';
COMMENT ON COLUMN @registry@.site.remark IS 'Remark (备注)';
COMMENT ON COLUMN @registry@.site.domain_holder_relation IS 'What the domains'' holder is to the sponsor: 本人, 本单位, 股东, 集团, 主要负责人, 高级管理人员';
COMMENT ON COLUMN @registry@.site.domain_expires_on IS 'Last day of the domain that ends first';
COMMENT ON COLUMN @registry@.site.domain_verified IS 'The registrar has verified who holds the domains (域名实名认证)';
COMMENT ON COLUMN @registry@.site.app_platform IS 'Platform of an app: android, ios, harmony';
COMMENT ON COLUMN @registry@.site.app_package IS 'Package name (包名) or bundle id of an app';
COMMENT ON COLUMN @registry@.site.app_fingerprint IS 'Fingerprint of an app''s signing certificate, MD5 or SHA-1';
COMMENT ON COLUMN @registry@.site.app_public_key IS 'Public key of an app''s signing certificate';
COMMENT ON COLUMN @registry@.site.app_name IS 'Name of an app on its platform';
COMMENT ON COLUMN @registry@.site.app_icon_bytes IS 'Size of an app''s icon';
COMMENT ON COLUMN @registry@.site.limit_access IS 'Access is restricted (限制接入)';
COMMENT ON COLUMN @registry@.site.status IS 'draft, filed, cancelled, or withdrawn before it was filed';
COMMENT ON COLUMN @registry@.site.filed_at IS 'When it was filed';
COMMENT ON COLUMN @registry@.site.changed_at IS 'When the record last changed; the public query''s updateRecordTime';
COMMENT ON COLUMN @registry@.site.name_key IS
	'icp.name_key(name) where it differs from name, otherwise NULL; filled by trigger';

CREATE FUNCTION @registry@.fill_site() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	SELECT s.account_id, s.province_code INTO NEW.account_id, NEW.province_code
	  FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % does not exist', NEW.sponsor_id
			USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'site_sponsor_fkey';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_site() IS 'Trigger: fills account_id and province_code from the sponsor';

CREATE FUNCTION @registry@.touch() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	NEW.changed_at := now();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.touch() IS 'Trigger: changed_at';

CREATE TRIGGER fill_site BEFORE INSERT ON @registry@.site
	FOR EACH ROW WHEN (NEW.account_id IS NULL OR NEW.province_code IS NULL)
	EXECUTE FUNCTION @registry@.fill_site();
CREATE TRIGGER fill_moved_site BEFORE UPDATE OF sponsor_id ON @registry@.site
	FOR EACH ROW WHEN (NEW.sponsor_id IS DISTINCT FROM OLD.sponsor_id)
	EXECUTE FUNCTION @registry@.fill_site();
CREATE TRIGGER touch BEFORE UPDATE ON @registry@.site
	FOR EACH ROW EXECUTE FUNCTION @registry@.touch();

CREATE TABLE @registry@.access (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	site_id			bigint NOT NULL REFERENCES @registry@.site,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	province_code	smallint,
	ips				icp.ip_multirange,
	mode			text,
	server_province	icp.province,
	server_place	text,
	status			text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'live', 'cancelled')),
	CONSTRAINT access_key UNIQUE (site_id, provider_id)
);
CREATE INDEX access_provider_id_idx ON @registry@.access (provider_id);
COMMENT ON TABLE @registry@.access IS 'Access (接入): one provider serving one site';
COMMENT ON COLUMN @registry@.access.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.access.site_id IS 'The site';
COMMENT ON COLUMN @registry@.access.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.access.province_code IS 'The sponsor''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.access.ips IS 'Addresses the site is served from';
COMMENT ON COLUMN @registry@.access.mode IS 'Way of access (接入方式), such as 虚拟主机';
COMMENT ON COLUMN @registry@.access.server_province IS 'Province of the server (4 §3)';
COMMENT ON COLUMN @registry@.access.server_place IS 'Place of the server that is no province: 其它, abroad (3 Q10)';
COMMENT ON COLUMN @registry@.access.status IS 'draft, live, or cancelled';

CREATE FUNCTION @registry@.fill_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT s.province_code FROM @registry@.site s WHERE s.id = NEW.site_id);
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_access() IS 'Trigger: fills province_code from the site';
CREATE TRIGGER fill_access BEFORE INSERT OR UPDATE OF site_id, province_code ON @registry@.access
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_access();

-- record/visibility
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
-- its password (69-stranger.sql).
CREATE FUNCTION @registry@.serves_record(provider_id bigint, sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
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
	SET search_path = pg_catalog, icp, pg_temp
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

-- provider/provider
-- The standing of access providers: what is known of each, its admission, its officers, what it leases from whom.

CREATE TABLE @registry@.provider_history (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	at				timestamptz NOT NULL DEFAULT now(),
	actor			name NOT NULL,
	event			text NOT NULL,
	from_state		text,
	to_state		text NOT NULL,
	reason			text,
	province_code	smallint
);
CREATE INDEX provider_history_provider_id_idx ON @registry@.provider_history (provider_id);
COMMENT ON TABLE @registry@.provider_history IS 'Every step of a provider''s admission: who took it and when; append-only';
COMMENT ON COLUMN @registry@.provider_history.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.provider_history.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.provider_history.at IS 'When';
COMMENT ON COLUMN @registry@.provider_history.actor IS 'The role that acted';
COMMENT ON COLUMN @registry@.provider_history.event IS 'Step of icp.provider_step';
COMMENT ON COLUMN @registry@.provider_history.from_state IS 'State before';
COMMENT ON COLUMN @registry@.provider_history.to_state IS 'State after';
COMMENT ON COLUMN @registry@.provider_history.reason IS 'Why';
COMMENT ON COLUMN @registry@.provider_history.province_code IS 'Province of the provider, GB/T 2260';

CREATE TABLE @registry@.provider_officer (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	province_code	smallint,
	duty			text NOT NULL CHECK (duty IN ('legal_representative', 'head', 'deputy', 'staff')),
	name			text NOT NULL CHECK (btrim(name) <> ''),
	phone			text,
	email			text,
	since			date NOT NULL DEFAULT (now() AT TIME ZONE 'Asia/Shanghai')::date,
	until			date,
	changed_at		timestamptz NOT NULL DEFAULT now(),
	due_at			timestamptz,
	reported_at		timestamptz,
	noticed_at		timestamptz,
	CONSTRAINT provider_officer_until_check CHECK (until >= since)
);
CREATE INDEX provider_officer_provider_id_idx ON @registry@.provider_officer (provider_id);
-- The first person in charge is one, and so is the one directly in charge (4 §12(一)).
CREATE UNIQUE INDEX provider_officer_present_key ON @registry@.provider_officer (provider_id, duty)
	WHERE until IS NULL AND duty IN ('legal_representative', 'head');
CREATE INDEX provider_officer_due_idx ON @registry@.provider_officer (due_at) WHERE reported_at IS NULL;
COMMENT ON TABLE @registry@.provider_officer IS
	'Who answers for filing at a provider (4 §12(一)); a change of the filing unit''s heads is reported within two working days';
COMMENT ON COLUMN @registry@.provider_officer.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.provider_officer.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.provider_officer.province_code IS 'Province of the provider, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.provider_officer.duty IS
	'legal_representative (网站备案第一责任人), head of the filing unit (网站备案责任人), deputy, staff (专职人员)';
COMMENT ON COLUMN @registry@.provider_officer.name IS 'Name';
COMMENT ON COLUMN @registry@.provider_officer.phone IS 'Telephone';
COMMENT ON COLUMN @registry@.provider_officer.email IS 'E-mail';
COMMENT ON COLUMN @registry@.provider_officer.since IS 'First day in the duty';
COMMENT ON COLUMN @registry@.provider_officer.until IS 'Last day in the duty; NULL: still';
COMMENT ON COLUMN @registry@.provider_officer.changed_at IS 'When the row last changed in person or duty, filled by trigger';
COMMENT ON COLUMN @registry@.provider_officer.due_at IS
	'End of the second working day after the change, Beijing time (4 §12(一)), filled by trigger; for head and deputy';
COMMENT ON COLUMN @registry@.provider_officer.reported_at IS
	'When the change was reported; the bureau of the provider''s seat and the issuer of its licence both see the row from then on';
COMMENT ON COLUMN @registry@.provider_officer.noticed_at IS 'When the provider was told that the report is overdue';

CREATE FUNCTION @registry@.fill_provider_officer() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	changed	boolean := TG_OP = 'INSERT';
BEGIN
	IF TG_OP = 'UPDATE' THEN
		changed := (NEW.provider_id, NEW.duty, NEW.name, NEW.since, NEW.until)
			IS DISTINCT FROM (OLD.provider_id, OLD.duty, OLD.name, OLD.since, OLD.until);
	END IF;
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	IF changed THEN
		NEW.changed_at := now();
		NEW.noticed_at := NULL;
		NEW.due_at := NULL;
		IF TG_OP = 'UPDATE' AND NEW.reported_at IS NOT DISTINCT FROM OLD.reported_at THEN
			NEW.reported_at := NULL;
		END IF;
		IF NEW.duty IN ('head', 'deputy') THEN
			NEW.due_at := @registry@.due_by('officer', coalesce(NEW.until, NEW.since));
		END IF;
	END IF;
	-- nobody dates a report back
	IF NEW.reported_at IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.reported_at IS DISTINCT FROM OLD.reported_at)
	   AND NOT @registry@.owner_is_exempt() THEN
		NEW.reported_at := now();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_provider_officer() IS
	'Trigger: province, deadline and time of the report of an officer; a change of person or duty must be reported anew (4 §12(一))';
CREATE TRIGGER fill_provider_officer BEFORE INSERT OR UPDATE ON @registry@.provider_officer
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_provider_officer();

CREATE TABLE @registry@.provider_lease (
	id					bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	lessor_id			bigint NOT NULL,
	lessor_class		text NOT NULL,
	lessee_id			bigint NOT NULL,
	lessee_class		text NOT NULL,
	province_code		smallint,
	resource			text,
	lessee_licence		icp.icp_id,
	licence_valid_until	date,
	since				date NOT NULL DEFAULT (now() AT TIME ZONE 'Asia/Shanghai')::date,
	until				date,
	is_violation		boolean NOT NULL DEFAULT false,
	finding				text,
	CONSTRAINT provider_lease_key UNIQUE (lessor_id, lessee_id, since),
	CONSTRAINT provider_lease_self_check CHECK (lessor_id <> lessee_id),
	CONSTRAINT provider_lease_until_check CHECK (until >= since),
	CONSTRAINT provider_lease_finding_check CHECK (NOT is_violation OR coalesce(btrim(finding), '') <> ''),
	CONSTRAINT provider_lease_chain_check CHECK (is_violation
		OR lessor_class <> 'value_added' AND (lessee_class <> 'value_added' OR lessor_class = 'basic_telecom')),
	CONSTRAINT provider_lease_licence_check CHECK (is_violation OR lessee_class <> 'value_added' OR lessee_licence IS NOT NULL),
	CONSTRAINT provider_lease_lessor_fkey FOREIGN KEY (lessor_id, lessor_class)
		REFERENCES @registry@.provider (id, class) ON UPDATE CASCADE,
	CONSTRAINT provider_lease_lessee_fkey FOREIGN KEY (lessee_id, lessee_class)
		REFERENCES @registry@.provider (id, class) ON UPDATE CASCADE
);
CREATE INDEX provider_lease_lessor_idx ON @registry@.provider_lease (lessor_id, lessor_class);
CREATE INDEX provider_lease_lessee_idx ON @registry@.provider_lease (lessee_id, lessee_class);
COMMENT ON TABLE @registry@.provider_lease IS
	'Who leases access resources (接入资源) from whom. A value-added provider leases from basic telecoms only, and sublets to nobody (4 §12(五))';
COMMENT ON COLUMN @registry@.provider_lease.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.provider_lease.lessor_id IS 'Whose resources they are';
COMMENT ON COLUMN @registry@.provider_lease.lessor_class IS 'Class of the lessor, kept equal by foreign key; filled by trigger';
COMMENT ON COLUMN @registry@.provider_lease.lessee_id IS 'Who uses them';
COMMENT ON COLUMN @registry@.provider_lease.lessee_class IS 'Class of the lessee, kept equal by foreign key; filled by trigger';
COMMENT ON COLUMN @registry@.provider_lease.province_code IS 'Province of the lessee, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.provider_lease.resource IS 'What is leased';
COMMENT ON COLUMN @registry@.provider_lease.lessee_licence IS
	'The lessee''s licence that the lessor checked (4 §13(一)); the provider''s when left out';
COMMENT ON COLUMN @registry@.provider_lease.licence_valid_until IS 'Last day of that licence';
COMMENT ON COLUMN @registry@.provider_lease.since IS 'First day';
COMMENT ON COLUMN @registry@.provider_lease.until IS 'Last day; NULL: open';
COMMENT ON COLUMN @registry@.provider_lease.is_violation IS
	'A sublease (违规转租) that was found, recorded by a bureau: against 4 §12(五), to be cleared (5 三(二)3)';
COMMENT ON COLUMN @registry@.provider_lease.finding IS 'How and by whom the sublease was found';

-- One row that whoever adds a link changes: a lessor further up may be entered at the same moment.
CREATE TABLE @registry@.lease_chain (
	only_row		boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	links			bigint NOT NULL DEFAULT 0,
	province_code	smallint
);
COMMENT ON TABLE @registry@.lease_chain IS
	'One row: counts the leases between providers that may let on themselves; two of them are entered one after the other';
COMMENT ON COLUMN @registry@.lease_chain.only_row IS 'Always true';
COMMENT ON COLUMN @registry@.lease_chain.links IS 'How many were entered or changed';
COMMENT ON COLUMN @registry@.lease_chain.province_code IS 'Of no province';
INSERT INTO @registry@.lease_chain DEFAULT VALUES;

CREATE FUNCTION @registry@.fill_provider_lease() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	lessee	record;
	on_day	date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
	IF TG_OP = 'INSERT' OR NEW.lessor_id <> OLD.lessor_id THEN
		NEW.lessor_class := (SELECT p.class FROM @registry@.provider p WHERE p.id = NEW.lessor_id);
		IF NEW.lessor_class IS NULL THEN
			RAISE EXCEPTION 'provider % does not exist', NEW.lessor_id
				USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'provider_lease_lessor_fkey';
		END IF;
	END IF;
	IF TG_OP = 'INSERT' OR NEW.lessee_id <> OLD.lessee_id THEN
		SELECT p.name, p.class, p.province_code, p.licence, p.licence_valid_until, p.resources_frozen, p.admission
		  INTO lessee FROM @registry@.provider p WHERE p.id = NEW.lessee_id;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'provider % does not exist', NEW.lessee_id
				USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'provider_lease_lessee_fkey';
		END IF;
		NEW.lessee_class := lessee.class;
		NEW.province_code := lessee.province_code;
		IF NEW.lessee_licence IS NULL THEN
			NEW.lessee_licence := lessee.licence;
			NEW.licence_valid_until := coalesce(NEW.licence_valid_until, lessee.licence_valid_until);
		END IF;
		IF NOT NEW.is_violation AND coalesce(NEW.until, 'infinity') >= on_day
		   AND (lessee.resources_frozen OR lessee.admission IN ('exiting', 'exited')) THEN
			RAISE EXCEPTION 'provider "%" gets no new access resources (接入资源)', lessee.name
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = CASE WHEN lessee.resources_frozen THEN 'Its bureau has frozen them (4 §43(一)).'
								ELSE format('It is %s (4 §12(八)).', lessee.admission) END;
		END IF;
	END IF;
	IF NOT NEW.is_violation AND NEW.lessee_class = 'value_added' AND NEW.lessee_licence IS NULL THEN
		RAISE EXCEPTION 'a lease to a value-added provider names the licence (经营许可证) that the lessor checked'
			USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_lease_licence_check',
				  HINT = 'Set column "lessee_licence", or licence of the provider (4 §13(一)).';
	END IF;
	IF NOT NEW.is_violation AND NEW.licence_valid_until < NEW.since THEN
		RAISE EXCEPTION 'the licence (经营许可证) of the lessee had run out when the lease began'
			USING ERRCODE = 'check_violation',
				  DETAIL = format('Valid until %s, lease from %s.', NEW.licence_valid_until, NEW.since),
				  HINT = 'The lessor checks the lessee''s licence (4 §13(一)).';
	END IF;
	IF NOT NEW.is_violation
	   AND (NEW.lessor_class = 'value_added' OR NEW.lessee_class = 'value_added' AND NEW.lessor_class <> 'basic_telecom') THEN
		RAISE EXCEPTION 'a % provider may not let access resources (接入资源) to a % provider', NEW.lessor_class, NEW.lessee_class
			USING ERRCODE = 'check_violation', CONSTRAINT = 'provider_lease_chain_check',
				  DETAIL = 'Value-added providers lease from basic telecoms only and do not sublet (4 §12(五)).',
				  HINT = 'A sublease (违规转租) that was found is recorded by a bureau with is_violation and finding.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_provider_lease() IS
	'Trigger: classes, province and licence of a lease; refuses what 4 §12(五), §13(一) and §43(一) forbid, with words';
CREATE TRIGGER fill_provider_lease BEFORE INSERT OR UPDATE OF lessor_id, lessee_id, since, until, is_violation, licence_valid_until
	ON @registry@.provider_lease
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_provider_lease();

-- Value-added providers let nothing on, so that only links between the others can close a ring.
CREATE FUNCTION @registry@.refuse_lease_ring() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	on_day	date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	lease	@registry@.provider_lease := NEW;
BEGIN
	IF TG_ARGV[0] = 'at_commit' THEN
		IF NOT @registry@.acts_as_owner() THEN
			PERFORM icp.pass_gate();
		END IF;
		-- An UPDATE, not a lock: at REPEATABLE READ the second one fails (40001) instead of looking at an old snapshot.
		UPDATE @registry@.lease_chain SET links = links + 1;
		SELECT l.* INTO lease FROM @registry@.provider_lease l WHERE l.id = NEW.id;
	END IF;
	IF NOT lease.is_violation AND EXISTS (
		WITH RECURSIVE below(id) AS (
			SELECT lease.lessee_id WHERE coalesce(lease.until, 'infinity') >= on_day
			UNION
			SELECT l.lessee_id FROM below b JOIN @registry@.provider_lease l ON l.lessor_id = b.id
			 WHERE NOT l.is_violation AND coalesce(l.until, 'infinity') >= on_day)
		SELECT FROM below b WHERE b.id = lease.lessor_id)
	THEN
		RAISE EXCEPTION 'the leases of providers would form a ring'
			USING ERRCODE = 'check_violation',
				  DETAIL = format('Provider %s already leases, directly or through others, from provider %s.',
								  lease.lessor_id, lease.lessee_id),
				  HINT = 'End another lease of the ring (column until) first.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_lease_ring() IS
	'Trigger: leases in force do not lead back to where they began; at the commit whoever enters what at the same moment';
CREATE TRIGGER refuse_lease_ring AFTER INSERT OR UPDATE OF lessor_id, lessee_id, lessor_class, lessee_class, until, is_violation
	ON @registry@.provider_lease
	FOR EACH ROW WHEN (NOT NEW.is_violation AND NEW.lessee_class <> 'value_added')
	EXECUTE FUNCTION @registry@.refuse_lease_ring();
-- The whole country's row is locked at the commit, behind everything that could be waited for.
CREATE CONSTRAINT TRIGGER refuse_lease_ring_at_commit
	AFTER INSERT OR UPDATE OF lessor_id, lessee_id, lessor_class, lessee_class, until, is_violation
	ON @registry@.provider_lease DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (NOT NEW.is_violation AND NEW.lessee_class <> 'value_added')
	EXECUTE FUNCTION @registry@.refuse_lease_ring('at_commit');

-- claim/claim
-- Claims, the edges between them, and the conflicts that they make (3 Q17).
-- icp.detect_conflict() writes both tables past the executor: triggers of your own belong on the holders' tables.

CREATE TABLE @registry@.claim (
	id				bigint GENERATED ALWAYS AS IDENTITY (CACHE 32),
	key_hash		bigint NOT NULL,
	holder_id		bigint NOT NULL,
	account_id		bigint NOT NULL,
	released_at		timestamptz,
	holder			regclass NOT NULL,
	province_code	smallint,
	approved		boolean NOT NULL,
	kind			text NOT NULL,
	key				text NOT NULL,
	PRIMARY KEY (holder_id, id)
);
CREATE INDEX claim_key_hash_idx ON @registry@.claim (key_hash) WHERE released_at IS NULL;
-- Whatever else was settled, a domain has one live approved holder.
CREATE UNIQUE INDEX claim_approved_domain_key ON @registry@.claim (key_hash, key)
	WHERE kind = 'domain' AND approved AND released_at IS NULL;
COMMENT ON TABLE @registry@.claim IS
	'Who claims what: a row (holder) of an account claims a key of a kind. Kept by icp.detect_conflict(); live until released';
COMMENT ON COLUMN @registry@.claim.id IS 'Given in the order of entry';
COMMENT ON COLUMN @registry@.claim.key_hash IS 'icp.claim_hash(kind, key)';
COMMENT ON COLUMN @registry@.claim.holder_id IS 'Id of the row that makes the claim';
COMMENT ON COLUMN @registry@.claim.account_id IS 'Account of that row';
COMMENT ON COLUMN @registry@.claim.released_at IS 'When the claim was given up; NULL while it is live';
COMMENT ON COLUMN @registry@.claim.holder IS 'Table of the row that makes the claim';
COMMENT ON COLUMN @registry@.claim.province_code IS 'Province of the row, GB/T 2260';
COMMENT ON COLUMN @registry@.claim.approved IS 'The row is a filed record';
COMMENT ON COLUMN @registry@.claim.kind IS 'domain, homepage or sponsor_name; any word in other applications'' tables';
COMMENT ON COLUMN @registry@.claim.key IS
	'A-label form of the domain, icp.homepage_key, icp.name_key (of natural persons, while it is live, with sponsor.claim_key''s digest), or the text itself';

CREATE TABLE @registry@.claim_edge (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	claim_id		bigint NOT NULL,
	claim_holder_id	bigint NOT NULL,
	rival_id		bigint NOT NULL,
	rival_holder_id	bigint NOT NULL,
	province_code	smallint,
	detected_at		timestamptz NOT NULL
);
-- (with the other side, so that the view of conflicts finds one pair among the many of a much-claimed key)
CREATE INDEX claim_edge_claim_idx ON @registry@.claim_edge (claim_holder_id, claim_id, rival_id);
CREATE INDEX claim_edge_rival_idx ON @registry@.claim_edge (rival_holder_id, rival_id, claim_id);
COMMENT ON TABLE @registry@.claim_edge IS
	'When this claim was entered or its holder filed or moved, that live claim of another account was there. Of two claims each may have found the other.';
COMMENT ON COLUMN @registry@.claim_edge.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.claim_edge.claim_id IS 'The claim that was entered';
COMMENT ON COLUMN @registry@.claim_edge.claim_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.claim_edge.rival_id IS 'The claim that was found';
COMMENT ON COLUMN @registry@.claim_edge.rival_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.claim_edge.province_code IS 'Province of the claim that was entered, GB/T 2260';
COMMENT ON COLUMN @registry@.claim_edge.detected_at IS 'When it was found';

CREATE TABLE @registry@.conflict_settlement (
	left_claim		bigint NOT NULL,
	right_claim		bigint NOT NULL,
	settlement		text NOT NULL
		CHECK (settlement IN ('reject_left', 'reject_right', 'revoke_left', 'revoke_right', 'accept_both')),
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	cause			text,
	contact			text,
	settled_by		name NOT NULL,
	settled_at		timestamptz NOT NULL DEFAULT now(),
	province_code	smallint,
	PRIMARY KEY (left_claim, right_claim),
	CHECK (left_claim < right_claim)
);
CREATE INDEX conflict_settlement_right_claim_idx ON @registry@.conflict_settlement (right_claim);
COMMENT ON TABLE @registry@.conflict_settlement IS 'How a bureau settled a conflict; written through the view conflict';
COMMENT ON COLUMN @registry@.conflict_settlement.left_claim IS 'The earlier claim of the pair';
COMMENT ON COLUMN @registry@.conflict_settlement.right_claim IS 'The later claim of the pair';
COMMENT ON COLUMN @registry@.conflict_settlement.settlement IS
	'reject_left, reject_right: that side may not be approved with the claim; revoke_left, revoke_right: that filed record was cancelled; accept_both: names and home pages only';
COMMENT ON COLUMN @registry@.conflict_settlement.reason IS 'Cause and contact, as the rejected side is told (3 Q17)';
COMMENT ON COLUMN @registry@.conflict_settlement.cause IS 'The cause alone, where the bureau gave it by itself';
COMMENT ON COLUMN @registry@.conflict_settlement.contact IS 'The other side''s contact that the rejected side was given, where by itself';
COMMENT ON COLUMN @registry@.conflict_settlement.settled_by IS 'The role that settled it';
COMMENT ON COLUMN @registry@.conflict_settlement.settled_at IS 'When';
COMMENT ON COLUMN @registry@.conflict_settlement.province_code IS 'Province of the later side, GB/T 2260';

-- claim/secret
-- The secret with which digests of persons' credentials are made, so that nobody who reads one can guess it.

CREATE TABLE @registry@.claim_secret (
	only_row		boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	secret			bytea NOT NULL CHECK (octet_length(secret) BETWEEN 32 AND 1024),
	made_at			timestamptz NOT NULL DEFAULT now(),
	province_code	smallint
);
ALTER TABLE @registry@.claim_secret ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE @registry@.claim_secret IS
	'One row: the secret of the digests of persons'' credentials in claims; nobody''s but the owner''s, who reads the credentials anyway. Set by set_claim_secret()';
COMMENT ON COLUMN @registry@.claim_secret.only_row IS 'Always true';
COMMENT ON COLUMN @registry@.claim_secret.secret IS 'The key of HMAC-SHA-256';
COMMENT ON COLUMN @registry@.claim_secret.made_at IS 'When it was made or set';
COMMENT ON COLUMN @registry@.claim_secret.province_code IS 'Always NULL: a row filter by province leaves it at home';

INSERT INTO @registry@.claim_secret (secret) VALUES (icp.random_secret());

CREATE FUNCTION @registry@.person_digest(kind text, value text) RETURNS bytea
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	digest	bytea;
BEGIN
	SELECT icp.keyed_digest(s.secret, person_digest.kind, person_digest.value) INTO digest FROM @registry@.claim_secret s;
	IF digest IS NULL THEN
		RAISE EXCEPTION 'the registry has no secret for the claims of persons (自然人)'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Table claim_secret is empty, or was filled after the transaction''s snapshot.',
				  HINT = 'Try again; if that is no help, restore its row, or SELECT @registry@.set_claim_secret(): the claims are made anew from the records.';
	END IF;
	RETURN digest;
END
$$;
COMMENT ON FUNCTION @registry@.person_digest(text, text) IS
	'HMAC-SHA-256 of something personal with the registry''s secret; 55000 where there is none';

CREATE FUNCTION @registry@.claim_secret_id() RETURNS text
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT left(encode(icp.keyed_digest(s.secret, 'claim_secret_id', ''), 'hex'), 16) FROM @registry@.claim_secret s;
END;
COMMENT ON FUNCTION @registry@.claim_secret_id() IS
	'Sixteen digits by which two registries tell whether they have the same secret of claims, of which they say nothing; NULL: there is none';

-- application/application
CREATE TABLE @registry@.application (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	kind			text NOT NULL DEFAULT 'new_filing' REFERENCES icp.application_kind,
	state			text NOT NULL DEFAULT 'draft' REFERENCES icp.state,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	sponsor_id		bigint NOT NULL REFERENCES @registry@.sponsor,
	site_id			bigint REFERENCES @registry@.site,
	access_id		bigint REFERENCES @registry@.access,
	provider_id		bigint REFERENCES @registry@.provider,
	province		icp.province NOT NULL,
	province_code	smallint NOT NULL,
	filed_by		text NOT NULL DEFAULT 'provider' CHECK (filed_by IN ('sponsor', 'provider', 'bureau')),
	licence			icp.icp_id,
	ground			text,
	reason			text,
	created_at		timestamptz NOT NULL DEFAULT now(),
	submitted_at	timestamptz,
	reported_at		timestamptz,
	due_at			timestamptz,
	decided_at		timestamptz,
	ended_at		timestamptz,
	clock			text,
	clock_due_at	timestamptz,
	clock_overdue_at	timestamptz,
	takes_effect_on	date,
	CONSTRAINT application_province_code_check CHECK (province_code = icp.province_code(province)),
	CONSTRAINT application_subject_check CHECK (
		CASE WHEN kind IN ('change_sponsor', 'change_principal', 'cancel_sponsor', 'licence', 'password_reset')
			 THEN site_id IS NULL AND access_id IS NULL
			 WHEN kind IN ('new_access', 'change_access', 'cancel_access')
			 THEN site_id IS NOT NULL AND access_id IS NOT NULL
			 ELSE site_id IS NOT NULL AND access_id IS NULL END),
	-- A sponsor hands it to its provider, who alone reports it (1 一); a bureau's own act and a licence need none.
	CONSTRAINT application_provider_check CHECK (provider_id IS NOT NULL OR filed_by = 'bureau' OR kind = 'licence'),
	CONSTRAINT application_bureau_check CHECK (
		filed_by <> 'bureau' OR kind IN ('cancel_sponsor', 'cancel_site', 'cancel_access')),
	CONSTRAINT application_licence_check CHECK (
		licence IS NULL OR kind = 'licence' AND icp.kind_of(licence) <> 'filing'
						   AND coalesce(icp.province_of(licence) = province, true)),
	CONSTRAINT application_ground_check CHECK (
		ground IS NULL OR kind IN ('cancel_sponsor', 'cancel_site', 'cancel_access')
						  AND ground IN ('stopped', 'public_report', 'inspection', 'circular', 'request', 'false_record',
										 'false_approval', 'no_access', 'conflict')),
	-- A sponsor and a site of it are not cancelled side by side, nor one of them twice (result codes 1027, 1030, 1042).
	CONSTRAINT application_one_cancellation EXCLUDE USING gist (
		numrange(sponsor_id::numeric + coalesce(site_id, 0)::numeric * 1e-19,
				 sponsor_id::numeric + CASE WHEN site_id IS NULL THEN 0.9999999999999999999
											ELSE site_id::numeric * 1e-19 END, '[]') WITH &&)
		WHERE (kind IN ('cancel_sponsor', 'cancel_site')
			   AND state IN ('submitted', 'pre_verified', 'verified', 'reported', 'sms', 'conflicted', 'reviewing'))
);
CREATE INDEX application_kind_idx ON @registry@.application (kind);
CREATE INDEX application_state_idx ON @registry@.application (state, province_code);
CREATE INDEX application_account_id_idx ON @registry@.application (account_id);
CREATE INDEX application_sponsor_id_idx ON @registry@.application (sponsor_id);
CREATE INDEX application_site_id_idx ON @registry@.application (site_id);
CREATE INDEX application_access_id_idx ON @registry@.application (access_id);
CREATE INDEX application_provider_id_idx ON @registry@.application (provider_id);
-- One of a kind at a time is under way (result code 1017: a change is already pending).  New sites of one sponsor may go
-- side by side: they are one sponsor's record (3 Q4).
CREATE UNIQUE INDEX application_sponsor_under_way_key
	ON @registry@.application (sponsor_id, (CASE kind WHEN 'change_principal' THEN 'change_sponsor' ELSE kind END))
	WHERE kind IN ('change_sponsor', 'change_principal', 'licence', 'password_reset')
	  AND state IN ('submitted', 'pre_verified', 'verified', 'reported', 'sms', 'conflicted', 'reviewing');
CREATE UNIQUE INDEX application_site_under_way_key ON @registry@.application (site_id)
	WHERE kind = 'change_site'
	  AND state IN ('submitted', 'pre_verified', 'verified', 'reported', 'sms', 'conflicted', 'reviewing');
CREATE UNIQUE INDEX application_access_under_way_key ON @registry@.application (access_id)
	WHERE kind IN ('new_access', 'change_access', 'cancel_access')
	  AND state IN ('submitted', 'pre_verified', 'verified', 'reported', 'sms', 'conflicted', 'reviewing');
COMMENT ON TABLE @registry@.application IS 'Applications (申请): what moves through the workflow (4 §18)';
COMMENT ON COLUMN @registry@.application.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.application.kind IS 'Kind, see icp.application_kind';
COMMENT ON COLUMN @registry@.application.state IS 'State, see icp.state; changes along icp.transition only';
COMMENT ON COLUMN @registry@.application.account_id IS 'Account it belongs to; the sponsor''s when left out';
COMMENT ON COLUMN @registry@.application.sponsor_id IS 'The sponsor; the site''s when left out';
COMMENT ON COLUMN @registry@.application.site_id IS 'The site; NULL where the application is about the sponsor (icp.application_kind.concerns)';
COMMENT ON COLUMN @registry@.application.access_id IS
	'The access, where the application is about one; the provider''s access to the site when left out, for new_access a draft made for it';
COMMENT ON COLUMN @registry@.application.provider_id IS
	'The provider it is entered with, who alone may report it (1 一); the account''s when left out';
COMMENT ON COLUMN @registry@.application.province IS 'Province of the sponsor, whose bureau decides (4 §18(三)1)';
COMMENT ON COLUMN @registry@.application.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.application.filed_by IS 'Who entered it: sponsor, provider, or the bureau (a cancellation of its own, 4 §22(三))';
COMMENT ON COLUMN @registry@.application.licence IS
	'Kind licence: the operating licence (经营许可证) whose number replaces the filing number (4 §21(二))';
COMMENT ON COLUMN @registry@.application.ground IS
	'Why a filing is cancelled: stopped (4 §22(一)); for the bureau public_report, inspection, circular, request (4 §22(三)), false_record, false_approval (4 §20(四)), no_access (4 §19(四)), conflict (3 Q17)';
COMMENT ON COLUMN @registry@.application.reason IS 'Reason of the last refusal or return';
COMMENT ON COLUMN @registry@.application.created_at IS 'When it was entered';
COMMENT ON COLUMN @registry@.application.submitted_at IS 'When it was last submitted to the provider';
COMMENT ON COLUMN @registry@.application.reported_at IS 'When it was last reported to the bureau; the review clock runs from here (3 Q1)';
COMMENT ON COLUMN @registry@.application.due_at IS
	'When the bureau must have decided: end of the 20th working day after the latest report (2 二(二)2), of the 10th for a password reset (4 附件1 四), Beijing time; NULL where icp.calendar does not reach';
COMMENT ON COLUMN @registry@.application.decided_at IS 'When it was approved or refused';
COMMENT ON COLUMN @registry@.application.ended_at IS
	'When it came to its end: approved, withdrawn or expired, filled by trigger; from then on a provider sees it only while it has to do with the record';
COMMENT ON COLUMN @registry@.application.clock IS 'The term of icp.clock that runs in this state; NULL: none does';
COMMENT ON COLUMN @registry@.application.clock_due_at IS
	'When that term is over, Beijing time; NULL where icp.calendar does not reach, until run_clocks() can fill it in';
COMMENT ON COLUMN @registry@.application.clock_overdue_at IS
	'When it was recorded (event overdue) that the term is over; NULL: it is not, or nobody has looked yet';
COMMENT ON COLUMN @registry@.application.takes_effect_on IS
	'Day on which a change takes effect, to be filed 30 days before (4 §14(四))';

CREATE FUNCTION @registry@.sees_application(application_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.application a
					WHERE a.id = sees_application.application_id
					  AND (@registry@.acts_as_owner() OR @registry@.may_see(a.province_code, a.account_id)
						   OR @registry@.sees_sponsor(a.sponsor_id)
						   OR a.ended_at IS NULL AND @registry@.acts_for_provider(a.provider_id)));
END;
COMMENT ON FUNCTION @registry@.sees_application(bigint) IS
	'May the acting role know of this application: who sees its sponsor, and the provider that it is entered with until it ends?';

CREATE FUNCTION @registry@.is_of_stranger(app @registry@.application) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	-- (what the sponsor's own account entered is its own application, whichever provider it chose)
	SELECT app.filed_by = 'provider' AND app.provider_id IS NOT NULL
	   AND app.kind NOT IN ('new_filing', 'new_site', 'licence')
	   AND NOT @registry@.serves_record(app.provider_id, app.sponsor_id);
END;
COMMENT ON FUNCTION @registry@.is_of_stranger(@registry@.application) IS
	'Was an application entered by a provider that neither keeps the record''s account nor serves a site of it?';

-- A record that was given up holds no claims, so that nothing would be tested; one that is filed has its number.
CREATE FUNCTION @registry@.require_draft(sponsor_id bigint, site_id bigint) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	sponsor_status	text := (SELECT s.status FROM @registry@.sponsor s WHERE s.id = require_draft.sponsor_id);
	site_status		text := (SELECT s.status FROM @registry@.site s WHERE s.id = require_draft.site_id);
BEGIN
	IF site_status <> 'draft' THEN
		RAISE EXCEPTION 'a new filing (新增备案) of site % is not possible', site_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('The site is %s, not a draft.', site_status),
				  HINT = 'Enter the site anew.';
	ELSIF sponsor_status NOT IN ('draft', 'filed') THEN
		RAISE EXCEPTION 'a new filing (新增备案) of sponsor % is not possible', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('The sponsor is %s, neither a draft nor filed.', sponsor_status),
				  HINT = 'Enter the sponsor and the site anew (3 Q21).';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.require_draft(bigint, bigint) IS
	'Fails unless the site is a draft, of a sponsor that is a draft or filed: what a new filing is for';

-- What is not filed is not changed and not cancelled (3 Q4, Q19, Q21); only a draft is added.
CREATE FUNCTION @registry@.require_record(entered @registry@.application) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	what	text;
	wrong	text;
	hint	text;
BEGIN
	IF entered.kind = 'new_filing' THEN
		PERFORM @registry@.require_draft(entered.sponsor_id, entered.site_id);
		RETURN;
	END IF;
	SELECT k.name_zh INTO what FROM icp.application_kind k WHERE k.code = entered.kind AND k.steps IS NOT NULL;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT CASE WHEN s.status <> 'filed' THEN format('sponsor (主体) %s is %s, not filed', s.id, s.status)
				WHEN entered.kind = 'new_site' AND t.status <> 'draft'
				THEN format('site (网站) %s is %s, not a draft', t.id, t.status)
				WHEN entered.kind <> 'new_site' AND t.status <> 'filed'
				THEN format('site (网站) %s is %s, not filed', t.id, t.status)
				WHEN entered.kind IN ('change_access', 'cancel_access') AND a.status <> 'live'
				THEN format('access (接入) %s is %s, not live', a.id, a.status) END
	  INTO wrong
	  FROM @registry@.sponsor s
	  LEFT JOIN @registry@.site t ON t.id = entered.site_id
	  LEFT JOIN @registry@.access a ON a.id = entered.access_id
	 WHERE s.id = entered.sponsor_id;
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'application of kind % (%) is not possible: %', entered.kind, what, wrong
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = CASE WHEN entered.kind = 'new_site' THEN 'Enter the site anew; a sponsor''s first one with kind new_filing.'
							  ELSE 'Only what is filed is changed or cancelled (3 Q19, Q21); a draft is altered or withdrawn.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.require_record(@registry@.application) IS
	'Fails unless sponsor, site and access are in the status that an application of this kind is for';

-- The access that an application is about, where it does not say: the provider's to the site.  For a new one a draft is
-- made, since the provider that is to be added does not keep the sponsor's records (4 §18(五)).
CREATE FUNCTION @registry@.find_access(kind text, site_id bigint, provider_id bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	found_id	bigint;
BEGIN
	SELECT a.id INTO found_id
	  FROM @registry@.access a
	 WHERE a.site_id = find_access.site_id
	   AND (a.provider_id = find_access.provider_id
			-- the only one there is
			OR find_access.kind <> 'new_access' AND a.status = 'live'
			   AND NOT EXISTS (SELECT FROM @registry@.access o
								WHERE o.site_id = a.site_id AND o.id <> a.id
								  AND (o.status = 'live' OR o.provider_id = find_access.provider_id)));
	IF find_access.kind = 'new_access' AND find_access.provider_id IS NOT NULL THEN
		IF found_id IS NULL THEN
			INSERT INTO @registry@.access AS a (site_id, provider_id)
			VALUES (find_access.site_id, find_access.provider_id)
			ON CONFLICT ON CONSTRAINT access_key DO UPDATE SET status = a.status
			RETURNING a.id INTO found_id;
		ELSE
			-- one that was cancelled is added again
			UPDATE @registry@.access a SET status = 'draft' WHERE a.id = found_id AND a.status = 'cancelled';
		END IF;
	END IF;
	RETURN found_id;
END
$$;
COMMENT ON FUNCTION @registry@.find_access(text, bigint, bigint) IS
	'The access of a provider to a site that an application means; makes a draft for kind new_access';

CREATE FUNCTION @registry@.refuse_subject(entered @registry@.application) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF entered.site_id IS NULL AND entered.sponsor_id IS NULL THEN
		RAISE EXCEPTION 'an application names the site (网站) or the sponsor (主体) that it is about'
			USING ERRCODE = 'not_null_violation',
				  HINT = 'Set column site_id; where it is about the sponsor, sponsor_id; where it is about an access, access_id.';
	ELSIF NOT EXISTS (SELECT FROM @registry@.site s WHERE s.id = entered.site_id) AND entered.site_id IS NOT NULL THEN
		RAISE EXCEPTION 'site (网站) % does not exist', entered.site_id
			USING ERRCODE = 'foreign_key_violation', TABLE = 'application', CONSTRAINT = 'application_site_id_fkey';
	END IF;
	RAISE EXCEPTION 'sponsor (主体) % does not exist', entered.sponsor_id
		USING ERRCODE = 'foreign_key_violation', TABLE = 'application', CONSTRAINT = 'application_sponsor_id_fkey';
END
$$;
COMMENT ON FUNCTION @registry@.refuse_subject(@registry@.application) IS
	'Fails, in words, of an application whose site or sponsor is not there';

CREATE FUNCTION @registry@.fill_application() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	concerned	text := (SELECT k.concerns FROM icp.application_kind k WHERE k.code = NEW.kind);
	of_access	record;
	of_site		record;
BEGIN
	IF NEW.access_id IS NOT NULL THEN
		SELECT a.site_id, a.provider_id INTO of_access FROM @registry@.access a WHERE a.id = NEW.access_id;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'access (接入) % does not exist', NEW.access_id
				USING ERRCODE = 'foreign_key_violation', TABLE = 'application', CONSTRAINT = 'application_access_id_fkey';
		END IF;
		NEW.site_id := coalesce(NEW.site_id, of_access.site_id);
		NEW.provider_id := coalesce(NEW.provider_id, of_access.provider_id);
	END IF;
	IF NEW.sponsor_id IS NULL THEN
		NEW.sponsor_id := (SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = NEW.site_id);
	END IF;
	SELECT s.account_id, s.province, a.provider_id, a.status INTO of_site
	  FROM @registry@.sponsor s JOIN @registry@.account a ON a.id = s.account_id
	 WHERE s.id = NEW.sponsor_id;
	NEW.account_id := coalesce(NEW.account_id, of_site.account_id);
	NEW.provider_id := coalesce(NEW.provider_id, of_site.provider_id);
	NEW.province := coalesce(NEW.province, of_site.province);
	NEW.province_code := icp.province_code(NEW.province);
	IF of_site.account_id IS NULL
	   OR NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT FROM @registry@.site s WHERE s.id = NEW.site_id) THEN
		PERFORM @registry@.refuse_subject(NEW);
	ELSIF TG_OP = 'INSERT' AND NEW.province <> of_site.province
		  AND NEW.kind IN ('change_sponsor', 'change_principal') AND NEW.account_id = of_site.account_id THEN
		RAISE EXCEPTION 'a change may not move sponsor % from % to %', NEW.sponsor_id, of_site.province, NEW.province
			USING ERRCODE = 'check_violation',
				  DETAIL = 'Result code 1046: a change may not move the subject (主体) to another province.',
				  HINT = 'Cancel the filing, and file anew in the other province.';
	END IF;
	IF NEW.account_id IS DISTINCT FROM of_site.account_id OR NEW.province IS DISTINCT FROM of_site.province
	   OR (NEW.site_id IS NOT NULL OR concerned IS DISTINCT FROM 'sponsor')
		  AND NOT EXISTS (SELECT FROM @registry@.site s WHERE s.id = NEW.site_id AND s.sponsor_id = NEW.sponsor_id)
	THEN
		RAISE EXCEPTION 'application, site and sponsor do not belong together'
			USING ERRCODE = 'check_violation',
				  -- (before row security is asked: whose account the sponsor is, is for those who may see it)
				  DETAIL = CASE WHEN @registry@.acts_as_owner() OR @registry@.sees_sponsor(NEW.sponsor_id)
						   THEN format('Application of account %s in %s; sponsor %s of account %s in %s; site %s.',
									   NEW.account_id, NEW.province, NEW.sponsor_id, of_site.account_id,
									   of_site.province, NEW.site_id)
						   ELSE format('Application of account %s; sponsor %s; site %s.',
									   NEW.account_id, NEW.sponsor_id, NEW.site_id) END,
				  HINT = 'Leave account_id, sponsor_id and province out to have them filled from the site.';
	END IF;
	IF NEW.provider_id IS NULL AND NEW.filed_by <> 'bureau' AND NEW.kind <> 'licence' THEN
		RAISE EXCEPTION 'application needs a provider (接入提供者)'
			USING ERRCODE = 'not_null_violation',
				  DETAIL = format('Account %s is with no provider.', NEW.account_id),
				  HINT = 'Say through which provider it comes in: column provider_id (1 一).';
	END IF;

	IF concerned = 'sponsor' THEN
		NEW.site_id := NULL;		-- it has told the sponsor
		NEW.access_id := NULL;
	ELSIF concerned = 'access' THEN
		IF NEW.access_id IS NULL THEN
			IF TG_OP = 'INSERT' AND NEW.kind = 'new_access' THEN
				PERFORM @registry@.require_record(NEW);		-- before a draft is made for it
				-- before that draft, what the application's foreign keys lock behind it
				PERFORM FROM @registry@.account c WHERE c.id = NEW.account_id FOR KEY SHARE;
				PERFORM FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id FOR KEY SHARE;
				PERFORM FROM @registry@.site t WHERE t.id = NEW.site_id FOR KEY SHARE;
			END IF;
			NEW.access_id := @registry@.find_access(NEW.kind, NEW.site_id, NEW.provider_id);
			SELECT a.site_id, a.provider_id INTO of_access FROM @registry@.access a WHERE a.id = NEW.access_id;
			IF NOT FOUND THEN
				RAISE EXCEPTION 'site % has no access (接入) through provider %', NEW.site_id, NEW.provider_id
					USING ERRCODE = 'object_not_in_prerequisite_state',
						  HINT = 'Name the access: column access_id.';
			END IF;
			NEW.provider_id := of_access.provider_id;
		ELSIF of_access.site_id IS DISTINCT FROM NEW.site_id THEN
			RAISE EXCEPTION 'access % is not one of site %', NEW.access_id, NEW.site_id
				USING ERRCODE = 'check_violation', HINT = 'Leave site_id out to have it filled from the access.';
		ELSIF of_access.provider_id IS DISTINCT FROM NEW.provider_id AND NEW.filed_by <> 'bureau' AND TG_OP = 'INSERT' THEN
			RAISE EXCEPTION 'access % is not one of provider %', NEW.access_id, NEW.provider_id
				USING ERRCODE = 'check_violation',
					  DETAIL = 'An access is added, changed and cancelled by its own provider (result code 1047; 4 §14(四), §19(一)).',
					  HINT = 'Leave provider_id out to have it filled from the access.';
		END IF;
	ELSE
		NEW.access_id := NULL;
	END IF;

	IF TG_OP = 'INSERT' THEN
		IF NEW.filed_by <> 'bureau' AND NOT @registry@.acts_as_owner() THEN
			-- who enters it, not who he says he is: an approval is added by the provider (4 §20(五)), its own clocks run
			NEW.filed_by := coalesce(
				(SELECT m.role FROM @registry@.member m
				  WHERE m.role_name = @registry@.acting_user()
					AND (m.role = 'sponsor' AND m.account_id = NEW.account_id
						 OR m.role = 'provider' AND m.provider_id IN (NEW.provider_id, of_site.provider_id))
				  ORDER BY m.role = NEW.filed_by DESC, m.id LIMIT 1), NEW.filed_by);
		END IF;
		PERFORM @registry@.require_record(NEW);
		NEW.ended_at := CASE WHEN NEW.state IN ('approved', 'withdrawn', 'expired') THEN coalesce(NEW.ended_at, now()) END;
		IF of_site.status = 'closed' AND NEW.filed_by <> 'bureau' THEN
			RAISE EXCEPTION 'account % is closed', NEW.account_id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = 'An account ends with the filing it was for (3 Q21).',
					  HINT = 'Register a new account, and file anew.';
		END IF;
		IF NEW.filed_by <> 'bureau' AND NEW.kind NOT IN ('new_filing', 'new_site', 'new_access', 'licence')
		   AND NOT @registry@.serves_sponsor(NEW.provider_id, NEW.sponsor_id)
		THEN
			RAISE EXCEPTION 'provider % does not serve sponsor %', NEW.provider_id, NEW.sponsor_id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = 'Result code 1048: not this provider''s filing. A filing is changed and cancelled through a provider that serves it (4 §19(一), §22(一)).';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_application() IS
	'Trigger: fills what the access, the site and the sponsor already say, and refuses what contradicts them';

-- Refused by the indexes anyway; said here in words, as the wire says it.
CREATE FUNCTION @registry@.refuse_second(entered @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_sponsor	constant text[] := '{change_sponsor,change_principal}';
	other		@registry@.application;
	seen		boolean;
BEGIN
	IF entered.kind IN ('cancel_sponsor', 'cancel_site') THEN
		-- Of two at once one waits here for the other, so that they do not meet in the index.
		PERFORM FROM @registry@.sponsor s WHERE s.id = entered.sponsor_id FOR NO KEY UPDATE;
	END IF;
	SELECT a.* INTO other
	  FROM @registry@.application a
	 WHERE a.sponsor_id = entered.sponsor_id AND a.id <> entered.id
	   AND a.state IN ('submitted', 'pre_verified', 'verified', 'reported', 'sms', 'conflicted', 'reviewing')
	   AND CASE WHEN entered.kind = ANY (of_sponsor) THEN a.kind = ANY (of_sponsor)
				WHEN entered.kind IN ('licence', 'password_reset') THEN a.kind = entered.kind
				WHEN entered.kind = 'change_site' THEN a.kind = entered.kind AND a.site_id = entered.site_id
				WHEN entered.kind IN ('new_access', 'change_access', 'cancel_access')
				THEN a.kind IN ('new_access', 'change_access', 'cancel_access') AND a.access_id = entered.access_id
				WHEN entered.kind = 'cancel_sponsor' THEN a.kind IN ('cancel_sponsor', 'cancel_site')
				WHEN entered.kind = 'cancel_site'
				THEN a.kind = 'cancel_sponsor' OR a.kind = 'cancel_site' AND a.site_id = entered.site_id
				ELSE false END
	 ORDER BY a.id LIMIT 1;
	IF FOUND THEN
		-- whose it is, and what it asks for, is for those who may see it
		seen := @registry@.sees_application(other.id);
		RAISE EXCEPTION USING
			MESSAGE = CASE WHEN seen THEN format('application %s (%s) is under way already', other.id, other.kind)
					  ELSE format('application %s (%s) has to wait: another one of the same record is under way',
								  entered.id, entered.kind) END,
			ERRCODE = CASE WHEN entered.kind IN ('cancel_sponsor', 'cancel_site')
						   THEN 'exclusion_violation' ELSE 'unique_violation' END,
			TABLE = 'application',
			CONSTRAINT = CASE WHEN entered.kind IN ('cancel_sponsor', 'cancel_site') THEN 'application_one_cancellation'
							  WHEN entered.kind = 'change_site' THEN 'application_site_under_way_key'
							  WHEN entered.access_id IS NOT NULL THEN 'application_access_under_way_key'
							  ELSE 'application_sponsor_under_way_key' END,
			DETAIL = format('Application %s (%s) would be a second one of the same record (result codes 1017, 1027, 1042).',
							entered.id, entered.kind),
			HINT = CASE WHEN seen THEN 'Wait until that one is decided, or withdraw it.'
				   ELSE 'Wait until that one is decided.' END;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_second(@registry@.application) IS
	'Fails where another application of the same record that excludes this one is under way';

CREATE FUNCTION @registry@.stamp_application() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	review	text;
BEGIN
	IF NEW.state IN ('reported', 'reviewing') THEN
		review := (SELECT t.code FROM icp.clock t
					WHERE 'reviewing' = ANY (t.states) AND (t.kinds IS NULL OR NEW.kind = ANY (t.kinds)));
	END IF;
	IF OLD.state IN ('draft', 'returned') AND NEW.state IN ('submitted', 'reviewing')
	   AND NEW.kind NOT IN ('new_filing', 'new_site')
	THEN
		PERFORM @registry@.refuse_second(NEW);
	END IF;
	CASE NEW.state
		WHEN 'submitted' THEN
			NEW.submitted_at := now();
			NEW.reason := NULL;
		WHEN 'reported' THEN
			NEW.reported_at := now();
			NEW.due_at := @registry@.due_by(review, NEW.reported_at);
			NEW.decided_at := NULL;
		WHEN 'reviewing' THEN
			IF OLD.state IN ('draft', 'returned') THEN
				-- who may act as any acts as the bureau, which alone goes past the provider
				IF NEW.kind IN ('cancel_sponsor', 'cancel_site', 'cancel_access') AND @registry@.acts_as_owner() THEN
					NEW.filed_by := 'bureau';
				END IF;
				NEW.due_at := @registry@.due_by(review, now());
				NEW.decided_at := NULL;
				IF OLD.state = 'returned' AND NEW.reason IS NOT DISTINCT FROM OLD.reason THEN
					NEW.reason := NULL;			-- it was the last refusal's
				END IF;
			END IF;
		WHEN 'approved' THEN
			NEW.decided_at := now();
			NEW.ended_at := now();
		WHEN 'withdrawn', 'expired' THEN
			NEW.ended_at := now();
		WHEN 'returned' THEN
			NEW.decided_at := CASE WHEN OLD.state IN ('reviewing', 'conflicted') THEN now() END;
		ELSE
			NULL;
	END CASE;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.stamp_application() IS
	'Trigger: the times of an application; one at a time of a record';

-- A cancellation goes from draft to review only where the bureau opened it, on one of the grounds of 4 §22(三).
CREATE FUNCTION @registry@.guard_opening() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NEW.state = 'submitted' AND NEW.filed_by = 'bureau' THEN
		RAISE EXCEPTION 'application % (%) is the bureau''s own and is not submitted', NEW.id, NEW.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'The bureau takes it from draft to reviewing (open_review, 4 §22(三)).';
	ELSIF NEW.state = 'reviewing' AND NEW.kind <> 'licence' THEN
		IF NEW.filed_by <> 'bureau' THEN
			RAISE EXCEPTION 'application % (%) was not opened by the bureau', NEW.id, NEW.kind
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  HINT = 'Enter a cancellation of the bureau''s own: filed_by ''bureau'' (4 §22(三)).';
		ELSIF NEW.ground IS NULL AND NOT @registry@.acts_as_owner() THEN
			RAISE EXCEPTION 'application % (%) names no ground (理由)', NEW.id, NEW.kind
				USING ERRCODE = 'check_violation',
					  HINT = 'Column ground: public_report, inspection, circular or request (4 §22(三)), false_record, false_approval, no_access, conflict.';
		END IF;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.guard_opening() IS
	'Trigger: the bureau''s own cancellations go past the provider, nobody else''s (4 §22)';

CREATE FUNCTION @registry@.may_add_access(site_id bigint, provider_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_for_provider(provider_id)
	   AND EXISTS (SELECT FROM @registry@.site t WHERE t.id = may_add_access.site_id AND t.status = 'filed');
END;
COMMENT ON FUNCTION @registry@.may_add_access(bigint, bigint) IS
	'May the acting role enter this provider''s access to a site that others serve? To a filed one (4 §18(五))';

CREATE FUNCTION @registry@.may_apply(kind text, filed_by text, province_code smallint, account_id bigint,
									 provider_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM @registry@.member m
		 WHERE m.role_name = @registry@.acting_user()
		   AND CASE m.role
			   WHEN 'sponsor' THEN m.account_id = may_apply.account_id AND may_apply.filed_by <> 'bureau'
			   WHEN 'provider' THEN
					may_apply.filed_by <> 'bureau'
					AND (EXISTS (SELECT FROM @registry@.account a
								  WHERE a.id = may_apply.account_id AND a.provider_id = m.provider_id)
						 -- a new access is entered by the provider to be added; that a filing's others are entered
						 -- by one that serves it, fill_application has seen to
						 OR m.provider_id = may_apply.provider_id
							AND may_apply.kind NOT IN ('new_filing', 'new_site', 'licence'))
			   WHEN 'bureau' THEN
					may_apply.filed_by = 'bureau' AND m.province_code = may_apply.province_code
					AND may_apply.kind IN ('cancel_sponsor', 'cancel_site', 'cancel_access')
			   ELSE false END);
END;
COMMENT ON FUNCTION @registry@.may_apply(text, text, smallint, bigint, bigint) IS
	'Row security: may the acting role enter such an application? Its sponsor and its provider (1 一); a bureau its own cancellations (4 §22(三))';

-- Is the record, or what is to be changed of it, still in the applicant's hands?  What lies with the bureau stands still.
CREATE FUNCTION @registry@.with_bureau(state text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN state IN ('reported', 'sms', 'conflicted', 'reviewing');
COMMENT ON FUNCTION @registry@.with_bureau(text) IS 'Does an application in this state lie with the bureau, so that nothing of it is altered?';

-- Otherwise whoever sees the application could put another reason under the bureau's refusal.
CREATE FUNCTION @registry@.keep_reason() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
		RAISE EXCEPTION 'the reason (原因) of application % changes only with its state', OLD.id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'Set state and reason in one UPDATE.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.keep_reason() IS
	'Trigger: refuses a change of the reason that no step goes with, but for the registry''s owner';

CREATE FUNCTION @registry@.keep_licence() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
		RAISE EXCEPTION 'application % is %, its licence (经营许可证) stays', OLD.id, OLD.state
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Enter a new application.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.keep_licence() IS
	'Trigger: keeps the licence of an application that has come to its end, but for the table''s owner';

CREATE TRIGGER fill_application
	BEFORE INSERT OR UPDATE OF account_id, sponsor_id, site_id, access_id, provider_id, province, province_code
	ON @registry@.application FOR EACH ROW EXECUTE FUNCTION @registry@.fill_application();
CREATE TRIGGER stamp_application BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION @registry@.stamp_application();
CREATE TRIGGER keep_reason BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS NOT DISTINCT FROM OLD.state AND NEW.reason IS DISTINCT FROM OLD.reason)
	EXECUTE FUNCTION @registry@.keep_reason();
-- as text: a dump is restored with an empty search_path, where IS DISTINCT FROM finds no operator of icp
CREATE TRIGGER keep_licence BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.licence::text IS DISTINCT FROM OLD.licence::text AND OLD.state IN ('approved', 'withdrawn', 'expired'))
	EXECUTE FUNCTION @registry@.keep_licence();
-- after a_enforce_transition, which says whether there is such a step and whose it is
CREATE TRIGGER ab_guard_opening AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (OLD.state IN ('draft', 'returned') AND NEW.state IN ('submitted', 'reviewing'))
	EXECUTE FUNCTION @registry@.guard_opening();

-- log/event
CREATE TABLE @registry@.event (
	id				bigint GENERATED ALWAYS AS IDENTITY,
	at				timestamptz NOT NULL DEFAULT now(),
	actor			name NOT NULL,
	event			text NOT NULL,
	application_id	bigint,
	sponsor_id		bigint,
	site_id			bigint,
	province_code	smallint,
	from_state		text,
	to_state		text,
	reason			text,
	old_values		jsonb,
	new_values		jsonb,
	seq				bigint NOT NULL,
	method			smallint NOT NULL,
	salt			bytea,
	values_digest	bytea,
	digest			bytea NOT NULL,
	-- with the time, so that the log can be partitioned by it
	PRIMARY KEY (id, at)
);
CREATE INDEX event_application_id_idx ON @registry@.event (application_id);
CREATE INDEX event_sponsor_id_idx ON @registry@.event (sponsor_id);
CREATE INDEX event_site_id_idx ON @registry@.event (site_id);
COMMENT ON TABLE @registry@.event IS
	'What happened, append-only: every change of state, and every change of a filed fact';
COMMENT ON COLUMN @registry@.event.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.event.at IS 'Time of the transaction';
COMMENT ON COLUMN @registry@.event.actor IS 'The role that acted';
COMMENT ON COLUMN @registry@.event.event IS 'Step of icp.transition or icp.provider_step; import, change, delete, settle_conflict, seal and others; of what changes authority: table and operation (member_insert)';
COMMENT ON COLUMN @registry@.event.application_id IS 'The application it concerns; no foreign key: the log outlives what it tells of';
COMMENT ON COLUMN @registry@.event.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.event.site_id IS 'The site it concerns';
COMMENT ON COLUMN @registry@.event.province_code IS 'Province, GB/T 2260';
COMMENT ON COLUMN @registry@.event.from_state IS 'State before';
COMMENT ON COLUMN @registry@.event.to_state IS 'State after';
COMMENT ON COLUMN @registry@.event.reason IS 'Why';
COMMENT ON COLUMN @registry@.event.old_values IS 'What changed, before';
COMMENT ON COLUMN @registry@.event.new_values IS 'What changed, after';
COMMENT ON COLUMN @registry@.event.seq IS
	'Place in its chain, from 1: the chain of its application, otherwise of its sponsor, otherwise of its province; this column and those behind it are filled by trigger';
COMMENT ON COLUMN @registry@.event.method IS 'How it was digested: 4 SHA-256 without a key, 5 HMAC-SHA-256, 6 HMAC-SM3, with the identity of this log; 1, 2, 3 the same with the name of its schema, as it was once';
COMMENT ON COLUMN @registry@.event.salt IS
	'Random bytes digested with reason, old_values and new_values; NULL where it has none of them, or they were erased';
COMMENT ON COLUMN @registry@.event.values_digest IS 'Digest of salt, reason, old_values and new_values; stays when those are erased';
COMMENT ON COLUMN @registry@.event.digest IS 'Digest of the event and of the digest of the event before it in its chain';

-- Without CHECK constraints, which would be read anew for each event.
CREATE TABLE @registry@.event_chain (
	kind			text COLLATE "C" NOT NULL,
	chain_id		bigint NOT NULL,
	seq				bigint NOT NULL,
	digest			bytea NOT NULL,
	province_code	smallint,
	changed_at		timestamptz NOT NULL,
	PRIMARY KEY (chain_id, kind)
) WITH (fillfactor = 80);
COMMENT ON TABLE @registry@.event_chain IS
	'The head of each chain of events; its row is locked by whoever writes an event, and written once a statement, so that a chain has no forks';
COMMENT ON COLUMN @registry@.event_chain.kind IS 'application, sponsor or registry';
COMMENT ON COLUMN @registry@.event_chain.chain_id IS
	'Id of the application or sponsor; for registry the province''s code, GB/T 2260, 0 where the event has none';
COMMENT ON COLUMN @registry@.event_chain.seq IS 'Place of its last event';
COMMENT ON COLUMN @registry@.event_chain.digest IS 'Digest of its last event';
COMMENT ON COLUMN @registry@.event_chain.province_code IS 'Province of its first event, GB/T 2260';
COMMENT ON COLUMN @registry@.event_chain.changed_at IS 'Time of the transaction that wrote its last event';
ALTER TABLE @registry@.event_chain ENABLE ROW LEVEL SECURITY;

-- Behind every other BEFORE trigger; the first and the last have a head written once a statement.  An event locks its
-- chain's head and nothing that comes before it in the order of locks: whoever changes an application too has locked it
-- by then.
CREATE TRIGGER a_begin_chains BEFORE INSERT ON @registry@.event
	FOR EACH STATEMENT EXECUTE FUNCTION icp.chain_event();
CREATE TRIGGER z_chain_event BEFORE INSERT ON @registry@.event
	FOR EACH ROW EXECUTE FUNCTION icp.chain_event('event_chain');
CREATE TRIGGER z_write_heads AFTER INSERT ON @registry@.event
	REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION icp.chain_event();
SELECT icp.identify_log('@registry@.event');

CREATE FUNCTION @registry@.refuse_change() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'table "%" is append-only', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = format('%s is not allowed on what has been recorded.', TG_OP);
END
$$;
COMMENT ON FUNCTION @registry@.refuse_change() IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE';

-- An event loses its values, its reason and their salt together, or nothing (@registry@.erase_event_values()).
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.event
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();
CREATE TRIGGER append_only_row BEFORE UPDATE ON @registry@.event
	FOR EACH ROW WHEN (NOT (OLD.salt IS NOT NULL AND OLD.event <> 'erase_values' AND NEW.salt IS NULL
							AND NEW.reason IS NULL AND NEW.old_values IS NULL AND NEW.new_values IS NULL
							AND to_jsonb(NEW.*) - '{salt,reason,old_values,new_values}'::text[]
								= to_jsonb(OLD.*) - '{salt,reason,old_values,new_values}'::text[]))
	EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.record_step() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before	text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state END;
BEGIN
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
								  from_state, to_state, reason)
	SELECT @registry@.acting_user(), t.event, NEW.id, NEW.sponsor_id, NEW.site_id, NEW.province_code,
		   before, NEW.state, CASE WHEN t.needs_reason THEN NEW.reason END
	  FROM icp.transition t
	 WHERE t.kind = NEW.kind AND t.from_state IS NOT DISTINCT FROM before AND t.to_state = NEW.state;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_step() IS
	'Trigger: writes the event of an application''s change of state, before what the step brings about writes events';

-- (A FULL JOIN behind a fence: the plan is kept from the session's first statement on, and of one row it would be a nested
-- loop.)
CREATE FUNCTION @registry@.record_steps() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	who	constant name := @registry@.acting_user();
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
									  from_state, to_state, reason)
		SELECT who, t.event, n.id, n.sponsor_id, n.site_id, n.province_code, NULL, n.state,
			   CASE WHEN t.needs_reason THEN n.reason END
		  FROM new_rows n
		  JOIN icp.transition t ON t.kind = n.kind AND t.from_state IS NULL AND t.to_state = n.state
		 ORDER BY n.id;
	ELSE
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code,
									  from_state, to_state, reason)
		SELECT who, t.event, r.id, r.sponsor_id, r.site_id, r.province_code, r.before, r.state,
			   CASE WHEN t.needs_reason THEN r.reason END
		  FROM (SELECT n.id, n.kind, n.state, n.sponsor_id, n.site_id, n.province_code, n.reason, o.state AS before
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
		  JOIN icp.transition t ON t.kind = r.kind AND t.from_state = r.before AND t.to_state = r.state
		 WHERE r.state <> r.before AND r.state NOT IN ('reported', 'sms', 'approved')
		 ORDER BY r.id;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_steps() IS
	'Trigger: writes the events of a statement''s steps, in the order of the applications, but for those of record_step()';

-- Two rows of a table as events tell of them: what changed, before and after; after: {} where there is none any more.
CREATE FUNCTION @registry@.row_diff(before jsonb, after jsonb) RETURNS TABLE (old_values jsonb, new_values jsonb)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(before) e WHERE after -> e.key IS DISTINCT FROM e.value),
		   (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(after) e WHERE before -> e.key IS DISTINCT FROM e.value);
END;
COMMENT ON FUNCTION @registry@.row_diff(jsonb, jsonb) IS
	'What differs between a row before and after, old and new values; NULL: nothing';

-- What filed records said before and what they say now, without what did not change; a statement's together, in the order of
-- their chains.
CREATE FUNCTION @registry@.record_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	unsaid	constant text[] := icp.record_columns(TG_TABLE_NAME, 'derived');
	rows	record;
BEGIN
	-- (one row is the rule)
	-- (a FULL JOIN behind a fence, as in record_steps())
	IF TG_OP = 'UPDATE' THEN
		SELECT array_agg(r.before ORDER BY r.id) AS before, array_agg(r.after ORDER BY r.id) AS after INTO rows
		  FROM (SELECT o.id, CASE WHEN o.status = 'filed' THEN to_jsonb(o.*) - unsaid END AS before,
					   CASE WHEN o.status = 'filed' AND n.id IS NOT NULL THEN to_jsonb(n.*) - unsaid END AS after
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
		 WHERE r.after IS NOT NULL;
	ELSE
		SELECT array_agg(to_jsonb(o.*) - unsaid ORDER BY o.id) AS before, array_agg('{}'::jsonb) AS after INTO rows
		  FROM old_rows o WHERE o.status = 'filed';
	END IF;
	IF rows.before IS NULL THEN
		RETURN NULL;
	END IF;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
	SELECT (SELECT @registry@.acting_user()), CASE TG_OP WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
		   (r.before ->> CASE TG_TABLE_NAME WHEN 'sponsor' THEN 'id' ELSE 'sponsor_id' END)::bigint,
		   CASE TG_TABLE_NAME WHEN 'site' THEN (r.before ->> 'id')::bigint END,
		   (r.before ->> 'province_code')::smallint, d.old_values, d.new_values
	  FROM unnest(rows.before, rows.after) WITH ORDINALITY AS r(before, after, ordinal)
	 CROSS JOIN LATERAL @registry@.row_diff(r.before, r.after) d
	 WHERE d.old_values IS NOT NULL OR d.new_values IS NOT NULL
	 ORDER BY 3, r.ordinal;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_change() IS
	'Trigger: writes the events of changes of filed records, old and new values of what changed';

-- A statement's steps together.  But what reported, sms and approved bring about (c_apply_step, a row's trigger) writes
-- events, and the step comes before them: these are recorded row by row, and whoever gives an application another id.
CREATE TRIGGER b_record_step AFTER INSERT ON @registry@.application
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_steps();
CREATE TRIGGER b_record_change_of_state AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state
					   AND (NEW.state IN ('reported', 'sms', 'approved') OR NEW.id <> OLD.id))
	EXECUTE FUNCTION @registry@.record_step();
CREATE TRIGGER b_record_changes_of_state AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_steps();
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_deletion AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();
CREATE TRIGGER record_deletion AFTER DELETE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_change();

-- What the chains are for: heads that are kept outside, and a check of the log against them and against itself.
CREATE FUNCTION @registry@.digest_of_heads(heads jsonb) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', h ->> 0, h ->> 1, h ->> 2, h ->> 3), E'\n'
												ORDER BY (h ->> 0) COLLATE "C", (h ->> 1)::bigint), ''), 'UTF8')), 'hex')
	  FROM jsonb_array_elements(heads) h;
END;
COMMENT ON FUNCTION @registry@.digest_of_heads(jsonb) IS
	'SHA-256 over the heads, a line each (kind, id, place, digest, with a space between), sorted by kind and id';

CREATE FUNCTION @registry@.export_heads(since timestamptz DEFAULT '-infinity') RETURNS jsonb
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT jsonb_build_object('registry', '@registry@', 'at', now(), 'chains', jsonb_array_length(x.heads),
							  'digest', @registry@.digest_of_heads(x.heads), 'heads', x.heads)
	  FROM (SELECT coalesce(jsonb_agg(jsonb_build_array(c.kind, c.chain_id, c.seq, encode(c.digest, 'hex'))
									  ORDER BY c.kind, c.chain_id), '[]') AS heads
			  FROM @registry@.event_chain c WHERE c.changed_at >= since) x;
END;
COMMENT ON FUNCTION @registry@.export_heads(timestamptz) IS
	'The heads of all chains of events, or of those that have grown since, with one digest over them; kept outside the database, it binds everybody, the registry''s owner included: see verify_log()';

CREATE FUNCTION @registry@.verify_log(heads jsonb DEFAULT NULL,
		OUT chain text, OUT chain_id bigint, OUT seq bigint, OUT event_id bigint, OUT problem text)
	RETURNS SETOF record
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	-- STABLE: every query here sees the log and its heads as of one moment
	log			constant regclass := '@registry@.event';
	-- the events that say that another one of their chain was erased
	erasures	constant text[] := ARRAY(
		SELECT concat_ws(' ', CASE WHEN e.application_id IS NOT NULL THEN 'application'
								   WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END,
						 coalesce(e.application_id, e.sponsor_id, e.province_code, 0), e.new_values ->> 'event')
		  FROM @registry@.event e WHERE e.event = 'erase_values');
	without_key	bigint;
	latest		timestamptz;
	total		bigint;
	unchecked	bigint;
BEGIN
	IF heads IS NOT NULL
	   AND (coalesce(jsonb_typeof(heads -> 'heads'), '') <> 'array' OR heads ->> 'registry' IS DISTINCT FROM '@registry@') THEN
		RAISE EXCEPTION 'these are no exported heads (链头) of this registry' USING ERRCODE = 'invalid_parameter_value',
			HINT = 'What @registry@.export_heads() returned, the whole of it.';
	END IF;

	-- Event by event.
	RETURN QUERY
	SELECT p.kind, p.of_id, p.seq, p.id, p.problem
	  FROM (SELECT v.kind, v.of_id, v.seq, v.id,
				   CASE WHEN v.fault = 'not chained' OR v.seq < 1 THEN 'it is not part of the chain'
						WHEN v.seq = v.before THEN 'another event has the same place'
						WHEN v.seq <> v.before + 1
						THEN format('events are missing: the one before it has place %s', v.before)
						WHEN v.fault = 'altered' THEN 'it was altered, or does not follow the one before it'
						WHEN v.fault = 'erased'
						THEN CASE WHEN v.words = ANY (erasures) THEN NULL ELSE 'its values were taken away, and no event says why' END
						WHEN v.method IN (1, 4) AND v.key_before THEN 'it was made without the key, behind one made with it'
				   END AS problem
			  FROM (SELECT k.kind, k.of_id, (k.e).seq, (k.e).id, (k.e).method,
						   concat_ws(' ', k.kind, k.of_id, (k.e).id) AS words,
						   coalesce(lag((k.e).seq) OVER in_chain, 0) AS before,
						   bool_or((k.e).method NOT IN (1, 4)) OVER (in_chain ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS key_before,
						   icp.event_problem(k.e, log, lag((k.e).digest) OVER in_chain) AS fault
					  FROM (SELECT e, CASE WHEN e.application_id IS NOT NULL THEN 'application'
										   WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END AS kind,
								   coalesce(e.application_id, e.sponsor_id, e.province_code, 0) AS of_id
							  FROM @registry@.event e) k
					WINDOW in_chain AS (PARTITION BY k.kind, k.of_id ORDER BY (k.e).seq, (k.e).id)) v) p
	 WHERE p.problem IS NOT NULL
	 ORDER BY p.id;

	-- Where events are made with the key, each chain has one at least, which binds what goes before it.  Neither numbers nor
	-- times say what is older: whoever writes a chain anew chooses them.
	IF icp.log_keyed_since(log) IS NOT NULL OR EXISTS (SELECT FROM @registry@.event e WHERE e.method NOT IN (1, 4)) THEN
		RETURN QUERY
		SELECT k.kind, k.of_id, max(k.seq), NULL::bigint,
			   'all its events were made without the key, in a registry that has one'
		  FROM (SELECT CASE WHEN e.application_id IS NOT NULL THEN 'application'
							WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END COLLATE "C" AS kind,
					   coalesce(e.application_id, e.sponsor_id, e.province_code, 0) AS of_id, e.seq, e.method
				  FROM @registry@.event e) k
		 GROUP BY k.kind, k.of_id
		HAVING bool_and(k.method IN (1, 4))
		 ORDER BY 1, 2;
	END IF;

	-- Each chain's last event and its head.
	RETURN QUERY
	SELECT coalesce(c.kind, l.kind), coalesce(c.chain_id, l.of_id), coalesce(c.seq, l.seq), l.id,
		   CASE WHEN l.id IS NULL THEN 'all its events are missing'
				WHEN c.kind IS NULL THEN 'its head is missing'
				WHEN c.seq > l.seq THEN format('its end is cut off: the last event has place %s', l.seq)
				ELSE 'its head does not fit its last event' END
	  FROM (SELECT DISTINCT ON (k.kind, k.of_id) k.kind, k.of_id, k.seq, k.id, k.digest
			  FROM (SELECT CASE WHEN e.application_id IS NOT NULL THEN 'application'
								WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END COLLATE "C" AS kind,
						   coalesce(e.application_id, e.sponsor_id, e.province_code, 0) AS of_id, e.seq, e.id, e.digest
					  FROM @registry@.event e) k
			 ORDER BY k.kind, k.of_id, k.seq DESC) l
	  FULL JOIN @registry@.event_chain c ON c.kind = l.kind AND c.chain_id = l.of_id
	 WHERE c.seq IS DISTINCT FROM l.seq OR c.digest IS DISTINCT FROM l.digest
	 ORDER BY 1, 2;

	-- What was exported.
	IF heads IS NOT NULL
	   AND @registry@.digest_of_heads(heads -> 'heads') IS DISTINCT FROM heads ->> 'digest' THEN
		chain := NULL;
		problem := 'the exported heads do not fit their own digest';
		RETURN NEXT;
	END IF;
	RETURN QUERY
	SELECT h.kind, h.of_id, h.seq, e.id,
		   CASE WHEN e.id IS NULL THEN 'the event that was exported as its head is missing'
				ELSE 'the event is not the one that was exported as its head' END
	  FROM (SELECT x ->> 0 AS kind, (x ->> 1)::bigint AS of_id, (x ->> 2)::bigint AS seq, x ->> 3 AS digest
			  FROM jsonb_array_elements(heads -> 'heads') x) h
	  LEFT JOIN @registry@.event e
		ON coalesce(e.application_id, e.sponsor_id, e.province_code, 0) = h.of_id AND e.seq = h.seq
	   AND CASE WHEN e.application_id IS NOT NULL THEN 'application'
				WHEN e.sponsor_id IS NOT NULL THEN 'sponsor' ELSE 'registry' END = h.kind
	 WHERE e.id IS NULL OR encode(e.digest, 'hex') <> h.digest
	 ORDER BY 1, 2;

	-- What could not be checked, and what anybody could have written.
	SELECT count(*), count(*) FILTER (WHERE e.method IN (1, 4)), max(e.at) FILTER (WHERE e.method IN (1, 4)),
		   count(*) FILTER (WHERE icp.event_problem(e, log, NULL) = 'no key')
	  INTO total, without_key, latest, unchecked
	  FROM @registry@.event e;
	IF unchecked > 0 THEN
		chain := NULL;
		problem := format('%s events cannot be checked: they were made with a key, and icpfiling.event_key_file is not set here', unchecked);
		RETURN NEXT;
	END IF;
	IF without_key > 0 THEN
		RAISE NOTICE '% of % events are chained without a key', without_key, total
			USING DETAIL = format('The latest is of %s.', latest),
				  HINT = 'Whoever can write the tables can make such a chain anew, but for what an exported head binds. Set icpfiling.event_key_file.';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.verify_log(jsonb) IS
	'Checks the log of events: every edit, deletion, insertion, change of order and cut end, by whomever, up to the heads that export_heads() gave out before; no row: it is whole';

CREATE FUNCTION @registry@.seal_log(why text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	sealed		bigint;
	with_key	bigint;
BEGIN
	IF why IS NULL OR btrim(why, E' \t\r\n') = '' THEN
		RAISE EXCEPTION 'sealing the log needs a reason (原因)' USING ERRCODE = 'check_violation';
	END IF;
	-- (rows that another transaction begins meanwhile have the key by themselves)
	WITH seal AS (
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, province_code, reason)
		SELECT @registry@.acting_user(), 'seal', CASE c.kind WHEN 'application' THEN c.chain_id END,
			   CASE c.kind WHEN 'sponsor' THEN c.chain_id END,
			   CASE c.kind WHEN 'registry' THEN nullif(c.chain_id, 0) ELSE c.province_code END, why
		  FROM @registry@.event_chain c
		 WHERE NOT EXISTS (SELECT FROM @registry@.event e
							WHERE e.method NOT IN (1, 4)
							  AND CASE c.kind WHEN 'application' THEN e.application_id = c.chain_id
									WHEN 'sponsor' THEN e.sponsor_id = c.chain_id AND e.application_id IS NULL
									ELSE e.sponsor_id IS NULL AND e.application_id IS NULL
										 AND coalesce(e.province_code, 0) = c.chain_id END)
		 ORDER BY c.kind, c.chain_id
		RETURNING method)
	SELECT count(*), count(*) FILTER (WHERE s.method NOT IN (1, 4)) INTO sealed, with_key FROM seal s;
	IF with_key < sealed THEN
		RAISE EXCEPTION 'the log cannot be sealed: no key is set'
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Set icpfiling.event_key_file.';
	END IF;
	RETURN sealed;
END
$$;
COMMENT ON FUNCTION @registry@.seal_log(text) IS
	'Ends each chain that has no event with the key by one, which binds what was written before there was a key; returns how many. Of the registry''s owner, after verify_log()';

CREATE FUNCTION @registry@.erase_event_values(event_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	erased	@registry@.event;
BEGIN
	IF why IS NULL OR btrim(why, E' \t\r\n') = '' THEN
		RAISE EXCEPTION 'erasing the values of event % needs a reason (原因)', event_id USING ERRCODE = 'check_violation';
	END IF;
	SELECT * INTO erased FROM @registry@.event e WHERE e.id = event_id FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'event % does not exist', event_id USING ERRCODE = 'no_data_found';
	ELSIF erased.salt IS NULL OR erased.event = 'erase_values' THEN
		RAISE EXCEPTION 'event % has nothing that could be erased', event_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN erased.event = 'erase_values' THEN 'It says itself what was erased, and why.'
								WHEN erased.values_digest IS NOT NULL THEN 'It has been erased before.'
								ELSE 'It has neither values nor a reason.' END;
	END IF;
	-- the same chain as the event's
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason, new_values)
	VALUES (@registry@.acting_user(), 'erase_values', erased.application_id, erased.sponsor_id, erased.site_id,
			erased.province_code, why, jsonb_build_object('event', erased.id));
	UPDATE @registry@.event e SET reason = NULL, old_values = NULL, new_values = NULL, salt = NULL
	 WHERE e.id = erased.id AND e.at = erased.at;
END
$$;
COMMENT ON FUNCTION @registry@.erase_event_values(bigint, text) IS
	'Erases reason and values of an event for good, and writes down that it was done and why; the chain stays whole. Of the registry''s owner';

-- Comparisons with what the asker may not see: the answer is one word, asked and answered on the record.
CREATE FUNCTION @registry@.record_comparison(app @registry@.application, what text, equal boolean) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, new_values)
	VALUES (@registry@.acting_user(), 'compare', app.id, app.sponsor_id, app.site_id, app.province_code,
			jsonb_build_object('what', what, 'equal', equal));
END;
COMMENT ON FUNCTION @registry@.record_comparison(@registry@.application, text, boolean) IS
	'Writes the event of a comparison of papers with a record that the acting role may not see';

-- record/lock
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

-- record/change
-- What a change proposes: one row an application, beside the filed record, which stands until the bureau approves
-- (3 Q19).  The columns are those of the record that an application may change, made from the record's own, so that
-- the two cannot come apart.

CREATE TABLE @registry@.sponsor_change (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province_code	smallint NOT NULL,
	cleared			text[],
	status			text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'dropped')),
	old_values		jsonb,
	applied_at		timestamptz,
	name_key		text,
	claim_key		text
);
CREATE TABLE @registry@.site_change (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province_code	smallint NOT NULL,
	cleared			text[],
	status			text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'dropped')),
	old_values		jsonb,
	applied_at		timestamptz
);
CREATE TABLE @registry@.access_change (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application,
	account_id		bigint NOT NULL REFERENCES @registry@.account,
	province_code	smallint NOT NULL,
	cleared			text[],
	status			text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'applied', 'dropped')),
	old_values		jsonb,
	applied_at		timestamptz
);
CREATE INDEX sponsor_change_account_id_idx ON @registry@.sponsor_change (account_id);
CREATE INDEX site_change_account_id_idx ON @registry@.site_change (account_id);
CREATE INDEX access_change_account_id_idx ON @registry@.access_change (account_id);
COMMENT ON TABLE @registry@.sponsor_change IS
	'What an application of kind change_sponsor or change_principal proposes; a column that is NULL stays as it is';
COMMENT ON TABLE @registry@.site_change IS
	'What an application of kind change_site proposes; a column that is NULL stays as it is. domains is the whole list as it is to be';
COMMENT ON TABLE @registry@.access_change IS
	'What an application of kind change_access proposes; a column that is NULL stays as it is';
COMMENT ON COLUMN @registry@.sponsor_change.name_key IS 'icp.name_key(name), filled by trigger: the name as conflicts see it';
COMMENT ON COLUMN @registry@.sponsor_change.claim_key IS
	'What the sponsor would claim by the change of name, nature or credential, as sponsor.claim_key or name_key; NULL where none of them changes. Filled by trigger';

DO $do$
DECLARE
	target	text;
	of_it	record;
BEGIN
	FOREACH target IN ARRAY '{sponsor,site,access}'::text[] LOOP
		-- Not to be changed by an application: keys, what other columns imply, what only the registry sets, what the number
		-- says (the kind of a service), and what the bureau alone orders (limit_access).
		FOR of_it IN
			SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, col_description(a.attrelid, a.attnum) AS meaning
			  FROM pg_catalog.pg_attribute a
			 WHERE a.attrelid = format('@registry@.%I', target)::regclass AND a.attnum > 0 AND NOT a.attisdropped
			   AND a.attname = ANY (icp.record_columns(target, 'entered'))
			 ORDER BY a.attnum
		LOOP
			EXECUTE format('ALTER TABLE @registry@.%I ADD COLUMN %I %s', target || '_change', of_it.attname, of_it.type);
			EXECUTE format('COMMENT ON COLUMN @registry@.%I.%I IS %L', target || '_change', of_it.attname,
						   'As it is to be: ' || of_it.meaning);
		END LOOP;
		EXECUTE format($$
			COMMENT ON COLUMN @registry@.%1$I.application_id IS 'The application that proposes it';
			COMMENT ON COLUMN @registry@.%1$I.account_id IS 'Account of the application, filled by trigger';
			COMMENT ON COLUMN @registry@.%1$I.province_code IS 'Province of the application, GB/T 2260, filled by trigger';
			COMMENT ON COLUMN @registry@.%1$I.cleared IS 'Names of the columns that are to be emptied';
			COMMENT ON COLUMN @registry@.%1$I.status IS 'pending; applied to the record at approval; dropped with its application or its record';
			COMMENT ON COLUMN @registry@.%1$I.old_values IS 'What the record said before, of what the change altered';
			COMMENT ON COLUMN @registry@.%1$I.applied_at IS 'When it was applied';
		$$, target || '_change');
	END LOOP;
END
$do$;
ALTER TABLE @registry@.sponsor_change
	ADD CONSTRAINT sponsor_change_name_check CHECK (name <> '' AND octet_length(name) <= 2000),
	ADD CONSTRAINT sponsor_change_name_key_check CHECK (name_key <> '' AND octet_length(name_key) <= 2000);

CREATE FUNCTION @registry@.may_alter(application_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.id = may_alter.application_id AND NOT s.is_final AND NOT @registry@.with_bureau(a.state)
		   AND (@registry@.may_enter(a.account_id) OR @registry@.acts_for_provider(a.provider_id)));
END;
COMMENT ON FUNCTION @registry@.may_alter(bigint) IS
	'Row security: may the acting role alter what this application proposes? Its sponsor and its provider, until it lies with the bureau';

-- With the asker's own rights: what the policy of application says, in one word.
CREATE FUNCTION @registry@.reads_application(application_id bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM @registry@.application a WHERE a.id = reads_application.application_id);
END
$$;
COMMENT ON FUNCTION @registry@.reads_application(bigint) IS
	'Row security: does the acting role see this application, and so what belongs to it?';

CREATE FUNCTION @registry@.fill_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_change	record;
	target		regclass := format('@registry@.%I', TG_ARGV[0])::regclass;
	wrong		text;
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.status <> 'pending' THEN
		RAISE EXCEPTION 'the change of application % is %', OLD.application_id, OLD.status
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'What has been decided is a record, and stays.', HINT = 'Enter a new application.';
	END IF;
	SELECT a.id, a.kind, a.state, a.account_id, a.province, a.province_code, s.is_final INTO of_change
	  FROM @registry@.application a JOIN icp.state s ON s.code = a.state WHERE a.id = NEW.application_id;
	IF NOT @registry@.sees_application(NEW.application_id) AND NOT @registry@.acts_as_owner() THEN
		-- (before row security is asked: the same words, whether it is there or not)
		RAISE EXCEPTION 'application % does not exist, or is not yours', NEW.application_id
			USING ERRCODE = 'insufficient_privilege';
	ELSIF of_change.id IS NULL THEN
		RAISE EXCEPTION 'application % does not exist', NEW.application_id USING ERRCODE = 'foreign_key_violation';
	END IF;
	NEW.account_id := of_change.account_id;
	NEW.province_code := of_change.province_code;
	IF of_change.kind <> ALL (CASE TG_ARGV[0] WHEN 'sponsor' THEN '{change_sponsor,change_principal}'
								WHEN 'site' THEN '{change_site}' ELSE '{change_access}' END::text[])
	THEN
		RAISE EXCEPTION 'application % (%) proposes no change of a%', of_change.id, of_change.kind,
			CASE TG_ARGV[0] WHEN 'access' THEN 'n access' ELSE ' ' || TG_ARGV[0] END
			USING ERRCODE = 'check_violation',
				  HINT = 'A sponsor is changed by change_sponsor and change_principal, a site by change_site, an access by change_access.';
	END IF;
	IF TG_OP = 'INSERT' AND of_change.is_final THEN
		RAISE EXCEPTION 'application % is %', of_change.id, of_change.state
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Enter a new application.';
	END IF;

	SELECT string_agg(c, ', ') INTO wrong
	  FROM unnest(NEW.cleared) c
	 WHERE NOT EXISTS (SELECT FROM pg_attribute a
						WHERE a.attrelid = target AND a.attname = c AND (NOT a.attnotnull OR a.atthasdef))
		OR c <> ALL (icp.record_columns(TG_ARGV[0], 'entered'))
		OR to_jsonb(NEW) -> c <> 'null';
	IF wrong IS NOT NULL THEN
		RAISE EXCEPTION 'column cleared names what cannot be emptied: %', wrong
			USING ERRCODE = 'check_violation',
				  HINT = 'Name columns that may be empty and have no new value in the same row.';
	END IF;

	IF TG_ARGV[0] = 'sponsor' THEN
		NEW.name_key := icp.name_key(NEW.name);
		IF NEW.province IS DISTINCT FROM of_change.province AND NEW.province IS NOT NULL THEN
			RAISE EXCEPTION 'a change may not move sponsor of application % from % to %', of_change.id, of_change.province, NEW.province
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = 'Result code 1046: a change may not move the subject (主体) to another province.',
					  HINT = 'Cancel the filing, and file anew in the other province.';
		END IF;
		IF of_change.kind = 'change_principal'
		   AND (num_nonnulls(NEW.name, NEW.nature, NEW.credential) > 0 OR NEW.cleared && '{name,nature,credential}')
		THEN
			RAISE EXCEPTION 'application % changes the principal (负责人), not who the sponsor is', of_change.id
				USING ERRCODE = 'check_violation',
					  HINT = 'Name, nature and credential of a sponsor are changed by change_sponsor (变更主体).';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_change() IS
	'Trigger (record''s table): fills account and province of a change, and refuses what an application cannot change';
CREATE TRIGGER fill_change BEFORE INSERT OR UPDATE ON @registry@.sponsor_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change('sponsor');
CREATE TRIGGER fill_change BEFORE INSERT OR UPDATE ON @registry@.site_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change('site');
CREATE TRIGGER fill_change BEFORE INSERT OR UPDATE ON @registry@.access_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change('access');

-- Row security judges by the statement's snapshot; a report that commits meanwhile is seen here.  The application is not
-- locked: it comes before the record in the order of locks, and the record's row is locked already.  It need not be,
-- since a report locks the record (lock_record): the change is before it, and is tested by it, or behind it, and asks
-- here with a snapshot of its own.  In a snapshot that is older the application is locked at once or not at all.  What is
-- entered is no row yet, and has the application first.  Not the owner's: it may act as any.
CREATE FUNCTION @registry@.stand_still() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	row_id		bigint := (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[1])::bigint;
	with_bureau	bigint;
	lock		text := CASE WHEN TG_OP = 'INSERT' THEN ' FOR NO KEY UPDATE'
							 WHEN current_setting('transaction_isolation') LIKE 'read %' THEN ''
							 ELSE ' FOR SHARE NOWAIT' END;
BEGIN
	IF NOT @registry@.acts_as_owner() THEN
		FOR with_bureau IN EXECUTE format(
				'SELECT CASE WHEN @registry@.with_bureau(a.state) THEN a.id END FROM @registry@.application a'
				' WHERE a.%I = $1 AND a.state NOT IN (''approved'', ''withdrawn'', ''expired'') ORDER BY a.id%s',
				TG_ARGV[0], lock) USING row_id
		LOOP
			IF with_bureau IS NOT NULL THEN
				RAISE EXCEPTION 'application % lies with the bureau, and what it proposes stands still', with_bureau
					USING ERRCODE = 'object_not_in_prerequisite_state',
						  HINT = 'What is returned can be altered and submitted again (3 Q19).';
			END IF;
		END LOOP;
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION @registry@.stand_still() IS
	'Trigger (application''s column, row''s key): refuses a member''s change of what lies with the bureau';
CREATE TRIGGER stand_still BEFORE INSERT OR UPDATE OR DELETE ON @registry@.sponsor_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.stand_still('id', 'application_id');
CREATE TRIGGER stand_still BEFORE INSERT OR UPDATE OR DELETE ON @registry@.site_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.stand_still('id', 'application_id');
CREATE TRIGGER stand_still BEFORE INSERT OR UPDATE OR DELETE ON @registry@.access_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.stand_still('id', 'application_id');
CREATE TRIGGER stand_still BEFORE UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.stand_still('sponsor_id', 'id');
CREATE TRIGGER stand_still BEFORE UPDATE ON @registry@.site
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.stand_still('site_id', 'id');
CREATE TRIGGER stand_still BEFORE UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.stand_still('site_id', 'site_id');

-- Resubmission overwrites what was submitted (3 Q19); the event keeps what it said.
CREATE FUNCTION @registry@.record_replacement() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	unsaid		constant text[] := icp.record_columns(NULL, 'derived');
	before		jsonb := to_jsonb(OLD) - unsaid;
	after		jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - unsaid ELSE '{}' END;
	old_values	jsonb;
	new_values	jsonb;
BEGIN
	-- what is taken back before it is entered anew has been said, too
	IF TG_OP = 'DELETE' THEN
		before := jsonb_strip_nulls(before);
	END IF;
	SELECT d.old_values, d.new_values INTO old_values, new_values FROM @registry@.row_diff(before, after) d;
	IF old_values IS NOT NULL THEN
		EXECUTE format(
			'INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, old_values, new_values)'
			' SELECT @registry@.acting_user(), ''replace'', a.id, a.sponsor_id, a.site_id, a.province_code, $2, $3'
			'   FROM @registry@.application a'
			'  WHERE a.%I = $1 AND a.submitted_at IS NOT NULL AND a.state NOT IN (''approved'', ''withdrawn'', ''expired'')'
			'  ORDER BY a.id', TG_ARGV[0])
			USING (before ->> TG_ARGV[1])::bigint, old_values, new_values;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_replacement() IS
	'Trigger (application''s column, row''s key): writes the event of a change of what was submitted before, with old and new values (3 Q19); old ones where it is taken back';
CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.record_replacement('sponsor_id', 'id');
CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.site
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.record_replacement('site_id', 'id');
CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'draft')
	EXECUTE FUNCTION @registry@.record_replacement('site_id', 'site_id');
CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.sponsor_change
	FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'pending')
	EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
CREATE TRIGGER record_withdrawal AFTER DELETE ON @registry@.sponsor_change
	FOR EACH ROW WHEN (OLD.status = 'pending')
	EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.site_change
	FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'pending')
	EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
CREATE TRIGGER record_withdrawal AFTER DELETE ON @registry@.site_change
	FOR EACH ROW WHEN (OLD.status = 'pending')
	EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
CREATE TRIGGER record_replacement AFTER UPDATE ON @registry@.access_change
	FOR EACH ROW WHEN (OLD.status = 'pending' AND NEW.status = 'pending')
	EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');
CREATE TRIGGER record_withdrawal AFTER DELETE ON @registry@.access_change
	FOR EACH ROW WHEN (OLD.status = 'pending')
	EXECUTE FUNCTION @registry@.record_replacement('id', 'application_id');

-- Whoever sees the application sees what it proposes.
ALTER TABLE @registry@.sponsor_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY sponsor_change_see ON @registry@.sponsor_change FOR SELECT
	USING (@registry@.reads_application(application_id));
CREATE POLICY sponsor_change_enter ON @registry@.sponsor_change FOR INSERT
	WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0 AND @registry@.may_alter(application_id));
CREATE POLICY sponsor_change_alter ON @registry@.sponsor_change FOR UPDATE
	USING (status = 'pending' AND @registry@.may_alter(application_id))
	WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0 AND @registry@.may_alter(application_id));
CREATE POLICY sponsor_change_drop ON @registry@.sponsor_change FOR DELETE
	USING (status = 'pending' AND @registry@.may_alter(application_id));

ALTER TABLE @registry@.site_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY site_change_see ON @registry@.site_change FOR SELECT
	USING (@registry@.reads_application(application_id));
CREATE POLICY site_change_enter ON @registry@.site_change FOR INSERT
	WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0 AND @registry@.may_alter(application_id));
CREATE POLICY site_change_alter ON @registry@.site_change FOR UPDATE
	USING (status = 'pending' AND @registry@.may_alter(application_id))
	WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0 AND @registry@.may_alter(application_id));
CREATE POLICY site_change_drop ON @registry@.site_change FOR DELETE
	USING (status = 'pending' AND @registry@.may_alter(application_id));

ALTER TABLE @registry@.access_change ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_change_see ON @registry@.access_change FOR SELECT
	USING (@registry@.reads_application(application_id));
CREATE POLICY access_change_enter ON @registry@.access_change FOR INSERT
	WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0 AND @registry@.may_alter(application_id));
CREATE POLICY access_change_alter ON @registry@.access_change FOR UPDATE
	USING (status = 'pending' AND @registry@.may_alter(application_id))
	WITH CHECK (status = 'pending' AND num_nonnulls(old_values, applied_at) = 0 AND @registry@.may_alter(application_id));
CREATE POLICY access_change_drop ON @registry@.access_change FOR DELETE
	USING (status = 'pending' AND @registry@.may_alter(application_id));

-- notice/notice
-- Notices (通知): who is told what, and how it gets there.  Sending mail and short messages is other programs' work:
-- they take what is due, send it, and say how it went.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('notices', 'on', 'on: steps of the workflow and what follows from them write notices; off: nobody is told anything'),
	('notify', 'off', 'off; or the name of a channel on which NOTIFY, empty of content, wakes the deliverers once a transaction'),
	('notice_tries', '8', 'How often the delivery of a notice is tried before it is dead'),
	('notice_backoff', '1 minute', 'Pause after the first failure; it doubles with each further one'),
	('notice_backoff_max', '6 hours', 'The longest pause'),
	('notice_lease', '5 minutes', 'How long a deliverer may keep a notice before another one may take it');

CREATE TABLE @registry@.notice (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at				timestamptz NOT NULL DEFAULT now(),
	template		text NOT NULL,
	application_id	bigint,
	sponsor_id		bigint,
	account_id		bigint,
	provider_id		bigint,
	province_code	smallint,
	recipient		text NOT NULL CHECK (recipient IN ('sponsor', 'principal', 'provider', 'bureau', 'rival')),
	channel			text NOT NULL CHECK (channel IN ('mail', 'sms', 'task')),
	address			text,
	text			text NOT NULL,
	state			text NOT NULL DEFAULT 'queued'
		CHECK (state IN ('queued', 'taken', 'delivered', 'failed', 'dead')),
	tries			integer NOT NULL DEFAULT 0,
	next_try_at		timestamptz NOT NULL DEFAULT now(),
	useless_at		timestamptz,
	taken_by		text,
	taken_at		timestamptz,
	delivered_at	timestamptz,
	last_error		text,
	has_secret		boolean NOT NULL DEFAULT false
);
CREATE INDEX notice_due_idx ON @registry@.notice (next_try_at, id) WHERE state IN ('queued', 'failed', 'taken');
CREATE INDEX notice_useless_idx ON @registry@.notice (useless_at)
	WHERE useless_at IS NOT NULL AND state IN ('queued', 'failed', 'taken');
CREATE INDEX notice_application_id_idx ON @registry@.notice (application_id);
CREATE INDEX notice_account_id_idx ON @registry@.notice (account_id);
CREATE INDEX notice_provider_id_idx ON @registry@.notice (provider_id);
COMMENT ON TABLE @registry@.notice IS
	'Notices: what somebody was told or is to be told. No foreign keys: it outlives what it tells of';
COMMENT ON COLUMN @registry@.notice.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.notice.at IS 'Time of the transaction that wrote it';
COMMENT ON COLUMN @registry@.notice.template IS 'Its code in icp.notice_template or icp.notice_template_local';
COMMENT ON COLUMN @registry@.notice.application_id IS 'The application it concerns';
COMMENT ON COLUMN @registry@.notice.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.notice.account_id IS 'Account of the sponsor that is told; NULL: it is told to no sponsor';
COMMENT ON COLUMN @registry@.notice.provider_id IS 'The provider that is told, or through which the sponsor is';
COMMENT ON COLUMN @registry@.notice.province_code IS 'Province of who is told, GB/T 2260';
COMMENT ON COLUMN @registry@.notice.recipient IS 'sponsor, principal, provider, bureau, or rival: the other side of a conflict';
COMMENT ON COLUMN @registry@.notice.channel IS 'mail, sms, or task: shown where the recipient works, and sent nowhere';
COMMENT ON COLUMN @registry@.notice.address IS 'Where it goes, masked';
COMMENT ON COLUMN @registry@.notice.text IS 'What it says, secret values masked';
COMMENT ON COLUMN @registry@.notice.state IS
	'queued; taken by a deliverer; delivered; failed, to be tried again; dead: it could not be delivered';
COMMENT ON COLUMN @registry@.notice.tries IS 'How often it was taken';
COMMENT ON COLUMN @registry@.notice.next_try_at IS 'When it may be taken; of a taken one, when its deliverer''s time is over';
COMMENT ON COLUMN @registry@.notice.useless_at IS 'From when it makes no sense to deliver it';
COMMENT ON COLUMN @registry@.notice.taken_by IS 'The deliverer that took it last';
COMMENT ON COLUMN @registry@.notice.taken_at IS 'When';
COMMENT ON COLUMN @registry@.notice.delivered_at IS 'When it was delivered; a task is there at once';
COMMENT ON COLUMN @registry@.notice.last_error IS 'Why it was not delivered';
COMMENT ON COLUMN @registry@.notice.has_secret IS
	'It has a value that only its deliverer gets, and that is wiped when the notice is delivered or dead';

CREATE TABLE @registry@.notice_secret (
	notice_id		bigint PRIMARY KEY REFERENCES @registry@.notice ON DELETE CASCADE,
	province_code	smallint,
	address			text NOT NULL,
	text			text
);
COMMENT ON TABLE @registry@.notice_secret IS
	'What only the deliverer of a notice gets to see; gone when the notice is delivered. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.notice_secret.notice_id IS 'The notice';
COMMENT ON COLUMN @registry@.notice_secret.province_code IS 'Province of who is told, GB/T 2260';
COMMENT ON COLUMN @registry@.notice_secret.address IS 'The mailbox or telephone number';
COMMENT ON COLUMN @registry@.notice_secret.text IS 'The text with its secret values; NULL: it has none, or they were wiped';

-- Where a sponsor can be reached: the site's own contact first, then the sponsor's.  (By name: a form may lack some.)
CREATE FUNCTION @registry@.contact_address(channel text, recipient text, sponsor jsonb, site jsonb) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_site		text[] := CASE channel WHEN 'mail' THEN ARRAY[site ->> 'email'] ELSE ARRAY[site ->> 'mobile'] END;
	of_sponsor	text[] := CASE channel WHEN 'mail' THEN ARRAY[sponsor ->> 'email']
								ELSE ARRAY[sponsor ->> 'mobile', sponsor ->> 'phone'] END;
	address		text;
BEGIN
	FOREACH address IN ARRAY CASE recipient WHEN 'principal' THEN of_site || of_sponsor ELSE of_sponsor || of_site END
	LOOP
		IF channel = 'mail' AND address IS NOT NULL AND icp.explain_email(address) IS NULL
		   OR channel = 'sms' AND icp.phone_kind(address) IN ('mobile', 'foreign') THEN
			RETURN address;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.contact_address(text, text, jsonb, jsonb) IS
	'The mailbox or mobile number of a sponsor: the person in charge of the site first if that one is told, the sponsor''s first otherwise; NULL where none is usable';

-- All notices of a statement in one: what ten thousand expired applications tell is one insertion.
CREATE FUNCTION @registry@.send_notices(templates text[], application_ids bigint[], recipients text[], "values" jsonb[])
	RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	ids			constant regclass := pg_get_serial_sequence('@registry@.notice', 'id');
	unknown		text;
	first		bigint;
	waits		boolean;
BEGIN
	IF @registry@.setting('notices') = 'off' THEN
		RETURN NULL;
	END IF;
	SELECT r.template INTO unknown FROM (SELECT DISTINCT u.template FROM unnest(templates) u(template)) r
	 WHERE NOT EXISTS (SELECT FROM icp.notice_template t WHERE t.code = r.template)
	   AND NOT EXISTS (SELECT FROM icp.notice_template_local l WHERE l.code = r.template)
	 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'notice "%" is not in icp.notice_template', icp.shown(unknown)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'SELECT DISTINCT code FROM icp.notice_text lists the notices.';
	END IF;

	WITH request AS (
		SELECT r.n, r.template, r.recipient, coalesce(r.given, '{}') AS given, a.id AS application_id, a.reason, a.sponsor_id,
			   a.provider_id, a.province, coalesce((r.given ->> 'site_id')::bigint, a.site_id) AS site_id, k.name_zh AS kind_zh
		  FROM unnest(templates, application_ids, recipients, "values")
				WITH ORDINALITY AS r(template, application_id, recipient, given, n)
		  LEFT JOIN @registry@.application a ON a.id = r.application_id
		  LEFT JOIN icp.application_kind k ON k.code = a.kind),
	-- each with whom it is about, the sponsor that is told, and the provider
	written AS (
		SELECT q.n, q.template, q.given, q.application_id, f.recipient, f.channel, f.text_zh, f.secrets, f.useful_for,
			   b.id AS sponsor_id, s.account_id, p.id AS provider_id,
			   CASE f.recipient WHEN 'provider' THEN p.province WHEN 'rival' THEN s.province
				ELSE coalesce(icp.province((q.given ->> 'province_code')::integer), q.province, b.province) END AS province,
			   jsonb_build_object(
				'application', q.application_id, 'kind', q.kind_zh, 'reason', q.reason,
				'sponsor', b.name, 'sponsor_number', b.number::text,
				'site', t.name, 'number', t.number::text, 'provider', p.name,
				'bureau', icp.bureau_name(coalesce(q.province, b.province,
					CASE f.recipient WHEN 'provider' THEN p.province WHEN 'rival' THEN s.province
					 ELSE icp.province((q.given ->> 'province_code')::integer) END))) || q.given AS fills,
			   CASE WHEN f.channel <> 'task' THEN
				coalesce(CASE WHEN (f.channel = 'mail') = (q.given ->> 'address' LIKE '%@%') THEN q.given ->> 'address' END,
						 CASE WHEN f.recipient IN ('sponsor', 'principal', 'rival')
							  THEN @registry@.contact_address(f.channel, f.recipient,
									jsonb_build_object('email', s.email, 'mobile', s.mobile, 'phone', s.phone),
									CASE WHEN f.recipient <> 'rival'
										 THEN jsonb_build_object('email', t.email, 'mobile', t.mobile) END)
							  WHEN f.recipient = 'provider' AND f.channel = 'mail'
							  -- (a form may have such a column)
							  THEN to_jsonb(p) ->> 'email' END) END AS address
		  FROM request q
		  JOIN icp.notice_text f ON f.code = q.template AND (q.recipient IS NULL OR f.recipient = q.recipient)
		  LEFT JOIN @registry@.site t ON t.id = q.site_id
		  LEFT JOIN @registry@.sponsor b ON b.id = coalesce(q.sponsor_id, t.sponsor_id, (q.given ->> 'sponsor_id')::bigint)
		  LEFT JOIN @registry@.sponsor s
			ON s.id = CASE WHEN f.recipient = 'rival' THEN (q.given ->> 'sponsor_id')::bigint
						   WHEN f.recipient IN ('sponsor', 'principal') THEN b.id END
		  LEFT JOIN @registry@.account c ON c.id = CASE f.recipient WHEN 'rival' THEN s.account_id ELSE b.account_id END
		  LEFT JOIN @registry@.provider p
			ON p.id = CASE f.recipient WHEN 'rival' THEN c.provider_id
					  ELSE coalesce((q.given ->> 'provider_id')::bigint, q.provider_id, c.provider_id) END),
	-- (materialized: what gives out ids is called once a row)
	numbered AS MATERIALIZED (
		SELECT nextval(ids) AS id, w.*,
			   CASE WHEN w.channel = 'task' THEN NULL
					WHEN w.address IS NULL OR btrim(w.address) = '' THEN 'no address (无联系方式)'
					-- it goes into the head of a message
					WHEN w.address ~ '[[:cntrl:]]' THEN 'address contains control characters (联系方式含控制字符)' END AS problem,
			   w.fills ?| w.secrets AS is_secret, icp.fill_notice(w.text_zh, w.fills) AS body
		  FROM (SELECT o.* FROM written o ORDER BY o.n, o.recipient, o.channel) w),
	kept AS (
		INSERT INTO @registry@.notice (id, template, application_id, sponsor_id, account_id, provider_id, province_code,
									recipient, channel, address, text, state, delivered_at, useless_at, last_error, has_secret)
		OVERRIDING SYSTEM VALUE
		SELECT w.id, w.template, w.application_id, w.sponsor_id, w.account_id, w.provider_id, icp.province_code(w.province),
			   w.recipient, w.channel, CASE WHEN w.problem IS NULL THEN icp.mask_address(w.address) END,
			   CASE WHEN w.is_secret
					THEN icp.fill_notice(w.text_zh, w.fills || (SELECT jsonb_object_agg(x, '******') FROM unnest(w.secrets) x))
					ELSE w.body END,
			   CASE WHEN w.channel = 'task' THEN 'delivered' WHEN w.problem IS NULL THEN 'queued' ELSE 'dead' END,
			   CASE WHEN w.channel = 'task' THEN now() END, now() + w.useful_for, w.problem, w.is_secret
		  FROM numbered w),
	secret AS (
		INSERT INTO @registry@.notice_secret (notice_id, province_code, address, text)
		SELECT w.id, icp.province_code(w.province), w.address, CASE WHEN w.is_secret THEN w.body END
		  FROM numbered w WHERE w.channel <> 'task' AND w.problem IS NULL)
	SELECT min(w.id), bool_or(w.channel <> 'task' AND w.problem IS NULL) INTO first, waits FROM numbered w;
	IF waits THEN
		PERFORM pg_notify(s.value, '') FROM @registry@.setting s
		 WHERE s.name = 'notify' AND s.value <> 'off' AND octet_length(s.value) BETWEEN 1 AND 63;
	END IF;
	RETURN first;
END
$$;
COMMENT ON FUNCTION @registry@.send_notices(text[], bigint[], text[], jsonb[]) IS
	'Writes notices, each an element of every array: template, application (NULL: about none), recipient (NULL: all that the template names) and values; on each channel of the template. Returns the first one''s id, NULL if none is sent. Values fill the text''s places; sponsor_id, site_id, provider_id, province_code and address say whom and where, beyond what the application says';

CREATE FUNCTION @registry@.send_notice(template text, application_id bigint, recipient text DEFAULT NULL,
		"values" jsonb DEFAULT '{}') RETURNS bigint
	LANGUAGE sql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.send_notices(ARRAY[send_notice.template], ARRAY[send_notice.application_id], ARRAY[send_notice.recipient],
								   ARRAY[send_notice."values"]);
END;
COMMENT ON FUNCTION @registry@.send_notice(text, bigint, text, jsonb) IS
	'Writes one notice to a recipient (NULL: to all that the template names), as send_notices() does';

-- (a statement's steps together)
CREATE FUNCTION @registry@.notify_steps() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	step	record;
BEGIN
	-- (whom a step tells is asked once for all that took it; a FULL JOIN behind a fence, as in record_steps())
	WITH taken AS MATERIALIZED (
		SELECT a.* FROM (SELECT w.id, w.kind, w.state, w.reason, o.state AS before
						   FROM old_rows o FULL JOIN new_rows w ON w.id = o.id OFFSET 0) a
		 WHERE a.state <> a.before),
	told AS MATERIALIZED (
		SELECT DISTINCT x.kind, x.from_state, x.to_state, t.code, t.recipient
		  FROM (SELECT DISTINCT a.kind, a.before, a.state FROM taken a) s
		  JOIN icp.transition x ON x.kind = s.kind AND x.from_state = s.before AND x.to_state = s.state
		  JOIN icp.notice_text t ON x.event = ANY (t.events) AND (t.kinds IS NULL OR x.kind = ANY (t.kinds)))
	SELECT array_agg(n.code) AS codes, array_agg(n.id) AS ids, array_agg(n.recipient) AS recipients,
		   array_agg(jsonb_build_object('reason', n.reason)) AS fills
	  INTO step
	  FROM (SELECT a.id, a.reason, t.code, t.recipient
			  FROM taken a JOIN told t ON t.kind = a.kind AND t.from_state = a.before AND t.to_state = a.state
			 ORDER BY a.id, t.code, t.recipient) n;
	IF step.ids IS NOT NULL THEN
		PERFORM @registry@.send_notices(step.codes, step.ids, step.recipients, step.fills);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.notify_steps() IS
	'Trigger: writes the notices of a statement''s steps, as icp.notice_template says which step tells whom';

-- after the steps are judged (a_), recorded (b_) and carried out (c_)
CREATE TRIGGER d_notify AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.notify_steps();

CREATE FUNCTION @registry@.notify_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.send_notice('stop_access', NULL, 'provider',
								   jsonb_build_object('site_id', NEW.site_id, 'provider_id', NEW.provider_id));
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.notify_access() IS
	'Trigger: tells a provider to stop an access that is cancelled (4 §22(三), (四))';
CREATE TRIGGER notify_access AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live' AND NEW.status = 'cancelled') EXECUTE FUNCTION @registry@.notify_access();

-- What has been tried too often, or makes no sense any more, is dead, and its secrets are gone.
CREATE FUNCTION @registry@.bury_notices(ids bigint[], this_moment timestamptz, max_tries integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	buried	bigint[];
BEGIN
	WITH dead AS (
		UPDATE @registry@.notice d
		   SET state = 'dead', last_error = coalesce(d.last_error || '; ', '') ||
				CASE WHEN d.useless_at <= this_moment THEN 'too late (已过时效)'
					 WHEN d.state = 'taken' THEN 'the last deliverer did not answer (投递程序无应答)'
					 ELSE 'tried too often (超过重试次数)' END
		 WHERE d.id = ANY (ids) AND d.state IN ('queued', 'failed', 'taken')
		   AND (d.useless_at <= this_moment OR d.tries >= max_tries)
		RETURNING d.id)
	SELECT coalesce(array_agg(dead.id), '{}') INTO buried FROM dead;
	DELETE FROM @registry@.notice_secret s USING @registry@.notice d
	 WHERE d.id = s.notice_id AND d.has_secret AND s.notice_id = ANY (buried);
	RETURN cardinality(buried);
END
$$;
COMMENT ON FUNCTION @registry@.bury_notices(bigint[], timestamptz, integer) IS
	'Declares those of the notices dead that were tried too often or are too late; returns how many';

CREATE FUNCTION @registry@.take_notices(how_many integer DEFAULT 100, worker text DEFAULT NULL, only_channel text DEFAULT NULL)
	RETURNS TABLE (id bigint, template text, application_id bigint, recipient text, channel text, address text,
				   text text, tries integer, taken_until timestamptz)
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	-- a variable, so that the index can be searched by it
	this_moment	constant timestamptz := clock_timestamp();
	lease		interval := greatest(@registry@.setting('notice_lease')::interval, interval '1 second');
	max_tries	integer := @registry@.setting('notice_tries')::integer;
	who			text := coalesce(nullif(btrim(worker), ''),
								 format('%s, process %s', @registry@.acting_user(), pg_backend_pid()));
	due			bigint[];
	taken		integer := 0;
	n			integer;
BEGIN
	PERFORM @registry@.require_system('take notices (取走通知)');
	IF how_many IS NULL OR how_many NOT BETWEEN 1 AND 10000 THEN
		RAISE EXCEPTION 'number of notices must be between 1 and 10000, not %', coalesce(how_many::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	LOOP
		due := ARRAY(SELECT d.id FROM @registry@.notice d
					  WHERE d.state IN ('queued', 'failed', 'taken') AND d.next_try_at <= this_moment
						AND (only_channel IS NULL OR d.channel = only_channel)
					  ORDER BY d.next_try_at, d.id LIMIT how_many - taken
						FOR UPDATE SKIP LOCKED);
		EXIT WHEN due = '{}';
		PERFORM @registry@.bury_notices(due, this_moment, max_tries);
		RETURN QUERY
			WITH given AS (
				UPDATE @registry@.notice d
				   SET state = 'taken', tries = d.tries + 1, taken_by = who, taken_at = this_moment,
					   next_try_at = this_moment + lease
				 WHERE d.id = ANY (due) AND d.state <> 'dead'
				RETURNING d.*)
			SELECT g.id, g.template, g.application_id, g.recipient, g.channel, s.address,
				   coalesce(s.text, g.text), g.tries, g.next_try_at
			  FROM given g JOIN @registry@.notice_secret s ON s.notice_id = g.id
			 ORDER BY g.id;
		GET DIAGNOSTICS n = ROW_COUNT;
		taken := taken + n;
		EXIT WHEN taken >= how_many;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.take_notices(integer, text, text) IS
	'Hands a deliverer the notices that are due, each to one deliverer, with address and full text; it has until taken_until to say with deliver_notice() how it went, afterwards another one may take them. Commit, then send';

CREATE FUNCTION @registry@.deliver_notice(id bigint, ok boolean, error text DEFAULT NULL, worker text DEFAULT NULL)
	RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	notice		record;
	max_tries	integer := @registry@.setting('notice_tries')::integer;
	pause		interval;
	new_state	text;
BEGIN
	PERFORM @registry@.require_system('deliver notices (投递通知)');
	IF ok IS NULL THEN
		RAISE EXCEPTION 'whether notice % was delivered must not be null', deliver_notice.id
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT n.*, s.address AS real_address INTO notice
	  FROM @registry@.notice n LEFT JOIN @registry@.notice_secret s ON s.notice_id = n.id
	 WHERE n.id = deliver_notice.id FOR UPDATE OF n;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'notice % does not exist', deliver_notice.id USING ERRCODE = 'no_data_found';
	ELSIF notice.state = 'queued' THEN
		RAISE EXCEPTION 'notice % was not taken', deliver_notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = '@registry@.take_notices() hands notices out.';
	ELSIF notice.state IN ('delivered', 'dead') AND NOT (ok AND notice.state = 'dead' AND notice.tries > 0)
		  -- a deliverer that comes late, while another one has it: that it arrived counts, that it failed does not
		  OR NOT ok AND worker IS DISTINCT FROM coalesce(notice.taken_by, worker) AND worker IS NOT NULL THEN
		RETURN notice.state;
	END IF;

	new_state := CASE WHEN ok THEN 'delivered'
					  WHEN notice.tries >= max_tries THEN 'dead'
					  ELSE 'failed' END;
	pause := least(@registry@.setting('notice_backoff')::interval * 2 ^ least(notice.tries - 1, 20),
				   @registry@.setting('notice_backoff_max')::interval);
	UPDATE @registry@.notice n
	   SET state = new_state,
		   delivered_at = CASE WHEN ok THEN clock_timestamp() END,
		   next_try_at = CASE new_state WHEN 'failed' THEN clock_timestamp() + pause ELSE n.next_try_at END,
		   -- mail servers like to repeat the address
		   last_error = CASE WHEN NOT ok THEN
				left(coalesce(replace(nullif(btrim(error), ''), coalesce(notice.real_address, ''), coalesce(notice.address, '')),
							  'no reason given (未说明原因)'), 1000) END
	 WHERE n.id = notice.id;
	DELETE FROM @registry@.notice_secret s
	 WHERE s.notice_id = notice.id AND (new_state = 'delivered' OR new_state = 'dead' AND notice.has_secret);
	RETURN new_state;
END
$$;
COMMENT ON FUNCTION @registry@.deliver_notice(bigint, boolean, text, text) IS
	'A deliverer says how it went with a notice it has taken: delivered, or failed with the error, in which the address is masked; returns the state it is in. With the worker''s name, the failure of one whose time was over is passed by';

CREATE FUNCTION @registry@.requeue_notice(id bigint, address text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	notice	record;
BEGIN
	PERFORM @registry@.require_system('queue notices again (重新投递通知)');
	SELECT n.*, s.address AS kept INTO notice
	  FROM @registry@.notice n LEFT JOIN @registry@.notice_secret s ON s.notice_id = n.id
	 WHERE n.id = requeue_notice.id FOR UPDATE OF n;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'notice % does not exist', requeue_notice.id USING ERRCODE = 'no_data_found';
	ELSIF notice.state <> 'dead' THEN
		RAISE EXCEPTION 'notice % is not dead', notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', notice.state);
	ELSIF notice.has_secret THEN
		RAISE EXCEPTION 'notice % held a secret value, which is gone', notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Have a new one made.';
	ELSIF notice.useless_at <= now() THEN
		RAISE EXCEPTION 'it is too late for notice %', notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF coalesce(address, notice.kept, '') = '' OR coalesce(address, notice.kept) ~ '[[:cntrl:]]' THEN
		RAISE EXCEPTION 'notice % has no address', notice.id
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give one: requeue_notice(id, address).';
	END IF;
	INSERT INTO @registry@.notice_secret (notice_id, province_code, address)
	VALUES (notice.id, notice.province_code, coalesce(requeue_notice.address, notice.kept))
	ON CONFLICT (notice_id) DO UPDATE SET address = EXCLUDED.address;
	UPDATE @registry@.notice n
	   SET state = 'queued', tries = 0, next_try_at = now(),
		   address = icp.mask_address(coalesce(requeue_notice.address, notice.kept))
	 WHERE n.id = notice.id;
END
$$;
COMMENT ON FUNCTION @registry@.requeue_notice(bigint, text) IS
	'Has a dead notice tried again, at another address if one is given; not one that held a secret value';

CREATE FUNCTION @registry@.notice_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	this_moment	constant timestamptz := clock_timestamp();
BEGIN
	RETURN @registry@.bury_notices(
		ARRAY(SELECT d.id FROM @registry@.notice d
			   WHERE d.useless_at <= this_moment AND d.state IN ('queued', 'failed', 'taken')
			   ORDER BY d.useless_at LIMIT 10000 FOR UPDATE SKIP LOCKED),
		this_moment, @registry@.setting('notice_tries')::integer);
END
$$;
COMMENT ON FUNCTION @registry@.notice_clock() IS
	'Notices that nobody delivered while it made sense are dead, their secrets wiped; returns how many';

ALTER TABLE @registry@.notice ENABLE ROW LEVEL SECURITY;
-- no policy: whoever may read all tables does not read these
ALTER TABLE @registry@.notice_secret ENABLE ROW LEVEL SECURITY;

-- password/try
-- Tries of passwords, codes and comparisons, counted where no ROLLBACK reaches: by a worker, in a transaction of its own,
-- before anything is compared.  Sessions only read these rows and never lock them; workers of icp.count_try() write them.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('try_free', '6', 'Tries of one role on one record that follow each other without a pause'),
	('try_pause', '1 minute', 'The pause after the last free one; it doubles with each further one'),
	('try_lock_after', '10', 'From so many tries on that were not right the record is locked for the role'),
	('try_lock', '1 hour', 'The first lock; it doubles with each further wrong try'),
	('try_lock_max', '1 day', 'The longest lock'),
	('try_forget', '1 day', 'How long after the last try, or the end of its pause, the count begins anew'),
	('try_asker_limit', '100', 'Wrong tries of one role on all records together that are accepted within try_asker_window; not asked of the owner and of members system, nor of a provider that logs its accounts in'),
	('try_asker_window', '1 day', 'The time in which they are counted');

CREATE TABLE @registry@.try_count (
	subject		text,
	record_id	bigint,
	asker		name,
	tries		integer NOT NULL DEFAULT 0,
	first_at	timestamptz NOT NULL DEFAULT clock_timestamp(),
	last_at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	not_before	timestamptz,
	PRIMARY KEY (subject, record_id, asker)
);
COMMENT ON TABLE @registry@.try_count IS
	'Tries of a role on a record since the last right one; subject empty, record 0: all of that role. Nobody but workers of the owner''s functions writes it';
COMMENT ON COLUMN @registry@.try_count.subject IS
	'What was tried, such as application.sms: in front of the point is what record_id is the id of';
COMMENT ON COLUMN @registry@.try_count.record_id IS 'The record';
COMMENT ON COLUMN @registry@.try_count.asker IS 'The acting role';
COMMENT ON COLUMN @registry@.try_count.tries IS 'How many';
COMMENT ON COLUMN @registry@.try_count.first_at IS 'When the count began';
COMMENT ON COLUMN @registry@.try_count.last_at IS 'The last one';
COMMENT ON COLUMN @registry@.try_count.not_before IS 'No other is accepted before';
ALTER TABLE @registry@.try_count ENABLE ROW LEVEL SECURITY;

CREATE TABLE @registry@.try_secret (
	subject		text,
	record_id	bigint,
	secret		text,
	tries		integer NOT NULL DEFAULT 0,
	last_at		timestamptz NOT NULL DEFAULT clock_timestamp(),
	PRIMARY KEY (subject, record_id, secret)
);
COMMENT ON TABLE @registry@.try_secret IS
	'Tries of one code, whoever made them. Nobody but workers of the owner''s functions writes it';
COMMENT ON COLUMN @registry@.try_secret.subject IS 'As in try_count';
COMMENT ON COLUMN @registry@.try_secret.record_id IS 'The record';
COMMENT ON COLUMN @registry@.try_secret.secret IS
	'A mark of the code or of its sending: another one is counted from the start, also when its transaction was rolled back';
COMMENT ON COLUMN @registry@.try_secret.tries IS 'How many';
COMMENT ON COLUMN @registry@.try_secret.last_at IS 'The last one';
ALTER TABLE @registry@.try_secret ENABLE ROW LEVEL SECURITY;

-- The body of a worker, which calls it as the owner.  In a session of the owner's own it would lock the rows.
CREATE FUNCTION @registry@.write_try(subject text, record_id bigint, asker name, secret text, is_right boolean,
		OUT number integer, OUT not_before timestamptz, OUT tell boolean)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	moment		timestamptz;
	"limit"		record;			-- the settings, and whether the role's tries on all records count
	of_record	@registry@.try_count;
	of_asker	@registry@.try_count;
BEGIN
	-- (few statements: a worker plans each anew)
	tell := false;
	IF asker = '' THEN			-- nobody's answer was right: there is another secret
		UPDATE @registry@.try_count c SET tries = 0, not_before = NULL
		 WHERE c.subject = subject AND c.record_id = record_id;
		RETURN;
	END IF;
	-- Who serves everybody is not limited over all records, nor who could make the secret himself: strangers at his web
	-- pages would shut them.
	SELECT min(s.value) FILTER (WHERE s.name = 'try_free')::integer AS free,
		   min(s.value) FILTER (WHERE s.name = 'try_pause')::interval AS pause,
		   min(s.value) FILTER (WHERE s.name = 'try_lock_after')::integer AS lock_after,
		   min(s.value) FILTER (WHERE s.name = 'try_lock')::interval AS lock,
		   min(s.value) FILTER (WHERE s.name = 'try_lock_max')::interval AS lock_max,
		   min(s.value) FILTER (WHERE s.name = 'try_forget')::interval AS forget,
		   min(s.value) FILTER (WHERE s.name = 'try_asker_limit')::integer AS of_asker,
		   min(s.value) FILTER (WHERE s.name = 'try_asker_window')::interval AS window,
		   NOT pg_has_role(asker, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
		   AND NOT EXISTS (SELECT FROM @registry@.member m
							WHERE m.role_name = asker
							  AND (m.role = 'system' OR m.role = 'provider' AND subject LIKE 'account.%')) AS counts
	  INTO "limit"
	  FROM @registry@.setting s WHERE s.name LIKE E'try\\_%';
	IF num_nulls("limit".free, "limit".pause, "limit".lock_after, "limit".lock, "limit".lock_max, "limit".forget,
				 "limit".of_asker, "limit".window) > 0 THEN
		-- without a limit there is no answer
		RAISE EXCEPTION 'a setting try_... has no value' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF is_right THEN
		UPDATE @registry@.try_count c SET tries = 0, not_before = NULL
		 WHERE c.subject = subject AND c.record_id = record_id AND c.asker = asker;
		DELETE FROM @registry@.try_secret s WHERE s.subject = subject AND s.record_id = record_id;
		-- what was right counts towards no limit: takes back the one that it was counted as
		UPDATE @registry@.try_count c SET tries = c.tries - 1
		 WHERE c.subject = '' AND c.record_id = 0 AND c.asker = asker AND c.tries > 0 AND "limit".counts;
		RETURN;
	END IF;

	-- The role's row behind the record's, always: workers do not deadlock.
	INSERT INTO @registry@.try_count AS c (subject, record_id, asker) VALUES (subject, record_id, asker)
	ON CONFLICT ON CONSTRAINT try_count_pkey DO UPDATE SET tries = c.tries
	RETURNING * INTO of_record;
	INSERT INTO @registry@.try_count AS c (subject, record_id, asker) VALUES ('', 0, asker)
	ON CONFLICT ON CONSTRAINT try_count_pkey DO UPDATE SET tries = c.tries
	RETURNING * INTO of_asker;
	moment := clock_timestamp();		-- behind the waiting

	IF of_record.not_before > moment THEN
		not_before := of_record.not_before;
		RETURN;
	END IF;
	IF moment >= of_asker.first_at + "limit".window THEN
		of_asker.tries := 0;
		of_asker.first_at := moment;
	END IF;
	IF "limit".counts AND of_asker.tries >= "limit".of_asker THEN
		not_before := of_asker.first_at + "limit".window;
		RETURN;
	END IF;

	IF moment >= greatest(of_record.last_at, of_record.not_before) + "limit".forget THEN
		of_record.tries := 0;
	END IF;
	number := least(of_record.tries + 1, 1000000);
	not_before := moment + CASE WHEN number >= "limit".lock_after
								THEN least("limit".lock * 2 ^ least(number - "limit".lock_after, 20), "limit".lock_max)
								WHEN number >= "limit".free
								THEN least("limit".pause * 2 ^ least(number - "limit".free, 20), "limit".lock_max) END;
	tell := number >= "limit".lock_after;
	UPDATE @registry@.try_count c
	   SET tries = CASE WHEN c.subject = '' THEN of_asker.tries + "limit".counts::integer ELSE number END,
		   first_at = CASE WHEN c.subject = '' THEN of_asker.first_at WHEN number = 1 THEN moment ELSE c.first_at END,
		   last_at = moment,
		   not_before = CASE WHEN c.subject = '' THEN NULL ELSE write_try.not_before END
	 WHERE (c.subject, c.record_id, c.asker) IN ((subject, record_id, asker), ('', 0, asker));
	IF secret IS NOT NULL THEN
		INSERT INTO @registry@.try_secret AS s (subject, record_id, secret, tries, last_at)
		VALUES (subject, record_id, secret, 1, moment)
		ON CONFLICT ON CONSTRAINT try_secret_pkey DO UPDATE SET tries = least(s.tries + 1, 1000000), last_at = EXCLUDED.last_at
		RETURNING s.tries INTO number;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.write_try(text, bigint, name, text, boolean) IS
	'Counts a try, or forgets those that a right one ends; workers of icp.count_try() call it. number: which try it is, of the secret where one is named; NULL: it is refused until not_before. tell: a lock has begun';

CREATE FUNCTION @registry@.tell_of_lock(subject text, record_id bigint, until timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET timezone = 'Asia/Shanghai'
AS $$
#variable_conflict use_variable
DECLARE
	said	constant jsonb := jsonb_build_object(
		'until', to_char(until, 'YYYY-MM-DD HH24:MI'),
		'what', CASE WHEN subject LIKE '%password' THEN '密码'
					 WHEN subject LIKE '%.sms' OR subject LIKE '%code' OR subject LIKE '%.recovery' THEN '验证码'
					 ELSE '备案信息' END);
	account	record;
BEGIN
	IF subject LIKE 'application.%' THEN
		PERFORM @registry@.send_notice('tries_locked', record_id, NULL, said);
	ELSIF subject LIKE 'account.%' THEN
		SELECT * INTO account FROM @registry@.account a WHERE a.id = record_id;
		PERFORM @registry@.send_notice('tries_locked', NULL, NULL, said || jsonb_strip_nulls(jsonb_build_object(
			'provider_id', account.provider_id, 'province_code', account.province_code, 'address', account.mailbox,
			'sponsor_id', (SELECT min(s.id) FROM @registry@.sponsor s WHERE s.account_id = account.id AND s.status = 'filed'))));
	ELSE
		PERFORM @registry@.send_notice('tries_locked', NULL, NULL, said
			|| jsonb_build_object(CASE WHEN subject LIKE 'site.%' THEN 'site_id' ELSE 'sponsor_id' END, record_id));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.tell_of_lock(text, bigint, timestamptz) IS
	'Tells the sponsor whose record, or whose account, was guessed at until it was locked; workers of icp.count_try() call it, once a lock';

CREATE FUNCTION @registry@.number_try(subject text, record_id bigint, secret text DEFAULT NULL) RETURNS integer
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who			constant name := @registry@.acting_user();
	number		integer;
	not_before	timestamptz;
BEGIN
	-- what is locked anyway takes no worker from others
	SELECT c.not_before INTO not_before FROM @registry@.try_count c
	 WHERE c.subject = subject AND c.record_id = record_id AND c.asker = who AND c.not_before > clock_timestamp();
	IF NOT FOUND THEN
		SELECT t.number, t.not_before INTO number, not_before
		  FROM icp.count_try('@registry@'::regnamespace, subject, record_id, who, secret, false) t;
	END IF;
	IF number IS NULL THEN
		RAISE EXCEPTION 'no further try of role "%" is accepted yet', who
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Not before %s.', not_before),
				  HINT = 'After several wrong ones there is a pause, which grows (settings try_...).';
	END IF;
	RETURN number;
END
$$;
COMMENT ON FUNCTION @registry@.number_try(text, bigint, text) IS
	'As count_try(); returns which try it is since the last right one, of any role where the secret is named by a mark';

CREATE FUNCTION @registry@.count_try(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.number_try(subject, record_id);
END
$$;
COMMENT ON FUNCTION @registry@.count_try(text, bigint) IS
	'Counts a try of the acting role on a record, before anything is compared; fails where it must wait. Committed when it returns. For the registry''s own functions';

CREATE FUNCTION @registry@.clear_tries(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM icp.count_try('@registry@'::regnamespace, subject, record_id, @registry@.acting_user(), NULL, true);
END
$$;
COMMENT ON FUNCTION @registry@.clear_tries(text, bigint) IS
	'The answer was right: forgets the tries of the acting role on that record. Committed when it returns';

CREATE FUNCTION @registry@.forget_tries(subject text, record_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM icp.count_try('@registry@'::regnamespace, subject, record_id, '', NULL, true);
END
$$;
COMMENT ON FUNCTION @registry@.forget_tries(text, bigint) IS
	'The record has got another secret by who may give it one: forgets the tries of all roles. Committed when it returns';

CREATE FUNCTION @registry@.secret_mark(digest text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN pg_catalog.left(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(digest, 'UTF8')), 'hex'), 32);
COMMENT ON FUNCTION @registry@.secret_mark(text) IS 'What tells one code from the next, made of its salted digest';

-- evidence/verification
-- The verification sheet (网站备案信息真实性核验单): what a provider checked before it reports (2 一, 二(二)1(3)-(7)).

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('photo_size', '800x600',
	 'width x height in pixels that a photograph taken on site must have (2 二(二)1(4)); empty: any'),
	('remote_verification', 'on',
	 'on: a sheet may record a check by telephone camera and comparison of faces (method remote) in place of the visit; off: the principal comes in person (2 二(二)1(3))'),
	('sheet_seen', 'on',
	 'on: a bureau approves an application that has a sheet only after it has marked the sheet as seen (2 三(二)1, 4 §18(三)2); off: it is not asked'),
	('retention_years', '5',
	 'years for which evidence is kept after a filing has ended; less than 5 counts as 5 (2 三(一)4, 4 §12(七))');

CREATE TABLE @registry@.verification (
	id						bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	application_id			bigint REFERENCES @registry@.application,
	sponsor_id				bigint NOT NULL REFERENCES @registry@.sponsor,
	site_id					bigint REFERENCES @registry@.site,
	provider_id				bigint NOT NULL REFERENCES @registry@.provider,
	province_code			smallint NOT NULL,
	method					text NOT NULL DEFAULT 'on_site' CHECK (method IN ('on_site', 'remote')),
	verified_by				text NOT NULL CHECK (verified_by <> ''),
	verified_at				timestamptz NOT NULL DEFAULT now(),
	place					text,
	sheet_number			text,
	sheet_format			text,
	sponsor_holder			text,
	sponsor_credential		text,
	sponsor_original		boolean NOT NULL DEFAULT false,
	sponsor_source			text,
	principal_holder		text,
	principal_credential	text,
	principal_original		boolean NOT NULL DEFAULT false,
	principal_source		text,
	in_person				boolean NOT NULL DEFAULT false,
	person_matches			boolean NOT NULL DEFAULT false,
	photo_digest			bytea CHECK (octet_length(photo_digest) = 32),
	photo_width				integer CHECK (photo_width > 0),
	photo_height			integer CHECK (photo_height > 0),
	photo_taken_at			timestamptz,
	photo_backdrop			text,
	sponsor_true			boolean NOT NULL DEFAULT false,
	contact_true			boolean NOT NULL DEFAULT false,
	site_true				boolean NOT NULL DEFAULT false,
	access_true				boolean NOT NULL DEFAULT false,
	corrections				jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(corrections) = 'array'),
	agreement_on			date,
	agreement_signer		text,
	signer_capacity			text CHECK (signer_capacity IN ('legal_representative', 'authorised', 'self')),
	sponsor_signed			boolean NOT NULL DEFAULT false,
	stamped					boolean NOT NULL DEFAULT false,
	copy_form				text CHECK (copy_form IN ('paper', 'fax', 'scan')),
	entered_by				name NOT NULL,
	entered_at				timestamptz NOT NULL,
	closed_at				timestamptz,
	seen					boolean NOT NULL DEFAULT false,
	seen_by					name,
	seen_at					timestamptz
);
CREATE INDEX verification_application_id_idx ON @registry@.verification (application_id);
CREATE INDEX verification_sponsor_id_idx ON @registry@.verification (sponsor_id);
CREATE INDEX verification_site_id_idx ON @registry@.verification (site_id);
CREATE INDEX verification_provider_id_idx ON @registry@.verification (provider_id);
COMMENT ON TABLE @registry@.verification IS
	'Verification sheets (真实性核验单): one each time a provider checked a sponsor, for an application or for a site filed long ago; closed by the report, kept for years';
COMMENT ON COLUMN @registry@.verification.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.verification.application_id IS
	'The application; NULL where a site that is filed already is verified (存量网站, 2 三(一)6)';
COMMENT ON COLUMN @registry@.verification.sponsor_id IS 'The sponsor, filled from the application or the site';
COMMENT ON COLUMN @registry@.verification.site_id IS 'The site, filled from the application; NULL where only the sponsor is concerned';
COMMENT ON COLUMN @registry@.verification.provider_id IS
	'The provider that verified; an application''s own (each provider verifies for itself, 4 §18(五))';
COMMENT ON COLUMN @registry@.verification.province_code IS 'The sponsor''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.verification.method IS
	'on_site: the principal came (2 二(二)1(3)); remote: telephone camera and comparison of faces, see setting remote_verification';
COMMENT ON COLUMN @registry@.verification.verified_by IS 'Name of the provider''s verifier (备案人员)';
COMMENT ON COLUMN @registry@.verification.verified_at IS 'When it was verified';
COMMENT ON COLUMN @registry@.verification.place IS 'Where: the provider''s filing place (备案现场)';
COMMENT ON COLUMN @registry@.verification.sheet_number IS 'Number that the sheet carries';
COMMENT ON COLUMN @registry@.verification.sheet_format IS 'Version of the filing centre''s form (2 二(二)1(6))';
COMMENT ON COLUMN @registry@.verification.sponsor_holder IS 'Holder as read on the sponsor''s credential (2 二(二)1(5))';
COMMENT ON COLUMN @registry@.verification.sponsor_credential IS 'Credential as read, kind:number; never public';
COMMENT ON COLUMN @registry@.verification.sponsor_original IS 'The original was seen, not a copy (2 一1(1))';
COMMENT ON COLUMN @registry@.verification.sponsor_source IS 'Official source asked and its answer (质检、工商, 2 二(二)1(5))';
COMMENT ON COLUMN @registry@.verification.principal_holder IS 'Name as read on the principal''s credential; never public';
COMMENT ON COLUMN @registry@.verification.principal_credential IS 'Credential of the principal as read, kind:number; never public';
COMMENT ON COLUMN @registry@.verification.principal_original IS 'The original was seen (2 一1(1))';
COMMENT ON COLUMN @registry@.verification.principal_source IS 'Official source asked and its answer (公安, 2 二(二)1(5))';
COMMENT ON COLUMN @registry@.verification.in_person IS 'The principal (网站负责人) came in person (2 二(二)1(3))';
COMMENT ON COLUMN @registry@.verification.person_matches IS 'Person and identity card are one (2 二(二)1(5))';
COMMENT ON COLUMN @registry@.verification.photo_digest IS 'SHA-256 of the photograph (2 二(二)1(4)); the picture itself stays with the provider';
COMMENT ON COLUMN @registry@.verification.photo_width IS 'Width of the photograph, pixels';
COMMENT ON COLUMN @registry@.verification.photo_height IS 'Height of the photograph, pixels';
COMMENT ON COLUMN @registry@.verification.photo_taken_at IS 'Time that the photograph shows';
COMMENT ON COLUMN @registry@.verification.photo_backdrop IS 'Mark of the filing centre''s backdrop (幕布) that it shows';
COMMENT ON COLUMN @registry@.verification.sponsor_true IS 'The sponsor''s data are true (主体信息, 2 一1)';
COMMENT ON COLUMN @registry@.verification.contact_true IS 'Telephones, e-mail and address are true (联系方式, 2 一2)';
COMMENT ON COLUMN @registry@.verification.site_true IS 'The site''s data are true (网站信息, 2 一3)';
COMMENT ON COLUMN @registry@.verification.access_true IS 'The access data are as the provider serves it (接入信息, 2 一4)';
COMMENT ON COLUMN @registry@.verification.corrections IS
	'What was wrong and corrected on the spot (2 二(二)1(6)): [{"field", "old", "new"}, …]';
COMMENT ON COLUMN @registry@.verification.agreement_on IS 'When the agreement on information security was signed (信息安全管理协议, 2 二(二)1(6), 4 §12(七))';
COMMENT ON COLUMN @registry@.verification.agreement_signer IS 'Who signed it for the sponsor';
COMMENT ON COLUMN @registry@.verification.signer_capacity IS
	'legal_representative, authorised (by him), or self: an individual (4 §14(二))';
COMMENT ON COLUMN @registry@.verification.sponsor_signed IS 'The sponsor signed the sheet';
COMMENT ON COLUMN @registry@.verification.stamped IS 'The sheet carries the provider''s seal (公章, 2 二(二)1(6))';
COMMENT ON COLUMN @registry@.verification.copy_form IS 'How the bureau gets its copy: paper, fax or scan (2 二(二)1(7))';
COMMENT ON COLUMN @registry@.verification.entered_by IS 'The role that entered it';
COMMENT ON COLUMN @registry@.verification.entered_at IS 'When it was entered';
COMMENT ON COLUMN @registry@.verification.closed_at IS
	'When its application was reported: from then on it is not changed, and no longer counts once the application comes back (2 二(二)2)';
COMMENT ON COLUMN @registry@.verification.seen IS 'A bureau''s reviewer has seen it (4 §18(三)2)';
COMMENT ON COLUMN @registry@.verification.seen_by IS 'The reviewer''s role';
COMMENT ON COLUMN @registry@.verification.seen_at IS 'When it was seen';

CREATE TABLE @registry@.verification_document (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	verification_id	bigint NOT NULL REFERENCES @registry@.verification ON DELETE CASCADE,
	province_code	smallint NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('sheet', 'unit_credential', 'principal_credential',
												  'domain_certificate', 'agreement', 'authorisation', 'other')),
	sha256			bytea NOT NULL CHECK (octet_length(sha256) = 32),
	pages			smallint NOT NULL DEFAULT 1 CHECK (pages > 0),
	stored_at		text,
	entered_at		timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verification_document_verification_id_idx ON @registry@.verification_document (verification_id);
COMMENT ON TABLE @registry@.verification_document IS
	'Digests of the papers that a provider keeps with a sheet (2 二(二)1(5), 三(一)4); the papers themselves stay outside';
COMMENT ON COLUMN @registry@.verification_document.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.verification_document.verification_id IS 'The sheet';
COMMENT ON COLUMN @registry@.verification_document.province_code IS 'The sheet''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.verification_document.kind IS
	'sheet 核验单, unit_credential 单位证件, principal_credential 负责人证件, domain_certificate 域名证书, agreement 信息安全协议, authorisation 授权书, other';
COMMENT ON COLUMN @registry@.verification_document.sha256 IS 'SHA-256 of the file';
COMMENT ON COLUMN @registry@.verification_document.pages IS 'Number of pages';
COMMENT ON COLUMN @registry@.verification_document.stored_at IS 'Where the provider keeps it';
COMMENT ON COLUMN @registry@.verification_document.entered_at IS 'When it was entered';

CREATE TABLE @registry@.verification_domain (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	verification_id	bigint NOT NULL REFERENCES @registry@.verification ON DELETE CASCADE,
	province_code	smallint NOT NULL,
	domain			icp.domain_name NOT NULL,
	holder			text NOT NULL CHECK (holder <> ''),
	relation		text NOT NULL DEFAULT 'sponsor'
		CHECK (relation IN ('sponsor', 'shareholder', 'principal', 'senior_manager')),
	source			text NOT NULL DEFAULT 'registrar' CHECK (source IN ('certificate', 'registrar')),
	CONSTRAINT verification_domain_key UNIQUE (verification_id, domain)
);
COMMENT ON TABLE @registry@.verification_domain IS 'Who owns each domain, as the provider found it (2 二(二)1(5))';
COMMENT ON COLUMN @registry@.verification_domain.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.verification_domain.verification_id IS 'The sheet';
COMMENT ON COLUMN @registry@.verification_domain.province_code IS 'The sheet''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.verification_domain.domain IS 'The domain';
COMMENT ON COLUMN @registry@.verification_domain.holder IS 'Its owner as the source names it; never public';
COMMENT ON COLUMN @registry@.verification_domain.relation IS
	'What the owner is to the sponsor: itself, or for a unit a shareholder or group, the principal, a senior manager (工信部信管〔2017〕264号)';
COMMENT ON COLUMN @registry@.verification_domain.source IS 'certificate 域名证书, or the registrar''s public data';

-- What the tests of evidence share

CREATE FUNCTION @registry@.is_individual(nature text) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(icp.is_individual(is_individual.nature), false);
END;
COMMENT ON FUNCTION @registry@.is_individual(text) IS 'Is this nature of a sponsor (主办单位性质) that of an individual (个人)? As icp.is_individual() has it; false where none is told';

-- What an application would make of a record: the record, and over it what a change proposes.
CREATE FUNCTION @registry@.with_change(record jsonb, change jsonb) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT record
		|| coalesce((SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(change) AS e(key, value)
					  WHERE e.value <> 'null' AND record ? e.key
						AND e.key = ANY (icp.record_columns(NULL, 'entered'))), '{}')
		|| coalesce((SELECT jsonb_object_agg(c, NULL)
					   FROM jsonb_array_elements_text(CASE jsonb_typeof(change -> 'cleared')
													  WHEN 'array' THEN change -> 'cleared' ELSE '[]' END) AS c), '{}');
END;
COMMENT ON FUNCTION @registry@.with_change(jsonb, jsonb) IS
	'A record with the columns of a change laid over it, and those that the change clears emptied; NULL changes nothing';

CREATE FUNCTION @registry@.proposed_sponsor(application_id bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.with_change(to_jsonb(s), (SELECT to_jsonb(c) FROM @registry@.sponsor_change c
												 WHERE c.application_id = a.id AND c.status = 'pending'))
	  FROM @registry@.application a JOIN @registry@.sponsor s ON s.id = a.sponsor_id
	 WHERE a.id = proposed_sponsor.application_id;
END;
COMMENT ON FUNCTION @registry@.proposed_sponsor(bigint) IS 'The sponsor as an application would make it';

CREATE FUNCTION @registry@.proposed_site(application_id bigint) RETURNS jsonb
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.with_change(to_jsonb(t), (SELECT to_jsonb(c) FROM @registry@.site_change c
												 WHERE c.application_id = a.id AND c.status = 'pending'))
	  FROM @registry@.application a JOIN @registry@.site t ON t.id = a.site_id
	 WHERE a.id = proposed_site.application_id;
END;
COMMENT ON FUNCTION @registry@.proposed_site(bigint) IS 'The site as an application would make it; NULL where it concerns none';

-- Kind and number, not typography: 2 二(二)1(5) has them equal.
CREATE FUNCTION @registry@.same_credential(one text, other text) RETURNS boolean
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(icp.try_credential(one) = icp.try_credential(other),
					upper(regexp_replace(normalize(one, NFKC), '\s', '', 'g'))
					= upper(regexp_replace(normalize(other, NFKC), '\s', '', 'g')));
END;
COMMENT ON FUNCTION @registry@.same_credential(text, text) IS
	'Do two texts name the same credential? Read as icp.credential where both are one, else without blanks and case';

-- Guards

CREATE FUNCTION @registry@.sees_sheet(verification_id bigint, to_write boolean) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.verification v
					WHERE v.id = sees_sheet.verification_id
					  AND (@registry@.acts_for_provider(v.provider_id)
						   OR NOT to_write AND @registry@.sees_sponsor(v.sponsor_id)));
END;
COMMENT ON FUNCTION @registry@.sees_sheet(bigint, boolean) IS
	'Row security: may the acting role see, or write, what belongs to this sheet? Its provider writes';

CREATE FUNCTION @registry@.fill_verification() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	applied	@registry@.application;
BEGIN
	IF NEW.application_id IS NOT NULL THEN
		SELECT * INTO applied FROM @registry@.application a WHERE a.id = NEW.application_id;
		IF NOT @registry@.acts_for_provider(applied.provider_id) AND NOT @registry@.acts_as_owner() THEN
			-- (before row security is asked: the same words, whether it is there or not)
			RAISE EXCEPTION 'application % does not exist, or is not yours', NEW.application_id
				USING ERRCODE = 'insufficient_privilege';
		ELSIF applied.id IS NULL THEN
			RAISE EXCEPTION 'application % does not exist', NEW.application_id
				USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'verification_application_id_fkey';
		END IF;
		IF applied.provider_id IS DISTINCT FROM coalesce(NEW.provider_id, applied.provider_id)
		   OR applied.sponsor_id IS DISTINCT FROM coalesce(NEW.sponsor_id, applied.sponsor_id)
		   OR applied.site_id IS DISTINCT FROM coalesce(NEW.site_id, applied.site_id) THEN
			RAISE EXCEPTION 'the sheet (真实性核验单) does not belong to application %', NEW.application_id
				USING ERRCODE = 'check_violation',
					  DETAIL = 'Each provider verifies for its own applications (4 §18(五)).',
					  HINT = 'Leave provider_id, sponsor_id and site_id out to have them filled from the application.';
		END IF;
		NEW.provider_id := applied.provider_id;
		NEW.sponsor_id := applied.sponsor_id;
		NEW.site_id := applied.site_id;
		IF applied.state NOT IN ('pre_verified', 'verified') AND NOT @registry@.owner_is_exempt() THEN
			RAISE EXCEPTION 'application % takes no sheet (真实性核验单) now', NEW.application_id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('It is %s.', (SELECT s.code || ' ' || s.name_zh FROM icp.state s
													 WHERE s.code = applied.state)),
					  HINT = 'A sheet is made when the principal has come, before the report (2 二(二)1(3)-(6)).';
		END IF;
	ELSE
		-- stock: a site that is filed already, with this provider's access
		SELECT t.sponsor_id INTO NEW.sponsor_id
		  FROM @registry@.site t JOIN @registry@.access c ON c.site_id = t.id
		 WHERE t.id = NEW.site_id AND t.status = 'filed' AND c.provider_id = NEW.provider_id AND c.status = 'live'
		   AND (@registry@.acts_for_provider(NEW.provider_id) OR @registry@.acts_as_owner());
		IF NOT FOUND THEN
			RAISE EXCEPTION 'a sheet (真实性核验单) needs an application, or a filed site with live access of the provider'
				USING ERRCODE = 'check_violation',
					  HINT = 'Give application_id; or site_id and provider_id for stock (存量网站, 2 三(一)6).';
		END IF;
	END IF;
	NEW.province_code := (SELECT s.province_code FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id);
	NEW.entered_by := @registry@.acting_user();
	NEW.entered_at := now();
	NEW.closed_at := NULL;
	NEW.seen := false;
	NEW.seen_by := NULL;
	NEW.seen_at := NULL;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_verification() IS
	'Trigger: fills what the application or the site already says, and refuses a sheet at the wrong time';

CREATE FUNCTION @registry@.guard_verification() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	own	constant text[] := '{seen,seen_by,seen_at}';
BEGIN
	IF OLD.closed_at IS NOT NULL AND to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own THEN
		RAISE EXCEPTION 'sheet % (真实性核验单) is closed', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Its application was reported.',
				  HINT = 'Verify anew, on a new sheet (2 二(二)2).';
	END IF;
	IF (NEW.application_id, NEW.sponsor_id, NEW.site_id, NEW.provider_id, NEW.province_code, NEW.entered_by, NEW.entered_at)
	   IS DISTINCT FROM
	   (OLD.application_id, OLD.sponsor_id, OLD.site_id, OLD.provider_id, OLD.province_code, OLD.entered_by, OLD.entered_at)
	THEN
		RAISE EXCEPTION 'sheet % (真实性核验单) stays with what it was made for', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Enter another sheet.';
	END IF;
	NEW.seen_by := OLD.seen_by;
	NEW.seen_at := OLD.seen_at;
	IF OLD.seen AND NOT NEW.seen THEN
		RAISE EXCEPTION 'sheet % (真实性核验单) has been seen', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF NEW.seen AND NOT OLD.seen THEN
		IF NOT @registry@.acts_as_bureau(OLD.province_code) THEN
			RAISE EXCEPTION 'role "%" may not mark sheet % (真实性核验单) as seen', @registry@.acting_user(), OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = 'The bureau (通信管理局) of the sponsor''s province does (4 §18(三)2).';
		ELSIF OLD.closed_at IS NULL THEN
			RAISE EXCEPTION 'sheet % (真实性核验单) has not been reported', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state';
		END IF;
		NEW.seen_by := @registry@.acting_user();
		NEW.seen_at := now();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.guard_verification() IS
	'Trigger: a closed sheet is changed no more, but that a bureau marks it as seen';

CREATE FUNCTION @registry@.guard_sheet_part() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	sheet	bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.verification_id ELSE NEW.verification_id END;
	closed	timestamptz;
	code	smallint;
BEGIN
	IF TG_OP = 'UPDATE' AND NEW.verification_id <> OLD.verification_id THEN
		RAISE EXCEPTION 'what belongs to sheet % (真实性核验单) stays with it', OLD.verification_id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Enter it anew.';
	ELSIF TG_OP = 'INSERT' AND NOT @registry@.sees_sheet(sheet, true) AND NOT @registry@.acts_as_owner() THEN
		RAISE EXCEPTION 'sheet % (真实性核验单) does not exist, or is not yours', sheet
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	-- FOR SHARE: the report, which closes the sheet, waits, or is waited for
	SELECT v.closed_at, v.province_code INTO closed, code
	  FROM @registry@.verification v WHERE v.id = sheet FOR SHARE;
	IF closed IS NOT NULL THEN
		RAISE EXCEPTION 'sheet % (真实性核验单) is closed', sheet
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Its application was reported.',
				  HINT = 'Verify anew, on a new sheet (2 二(二)2).';
	END IF;
	IF TG_OP = 'DELETE' THEN
		RETURN OLD;			-- of an open sheet; or with the sheet, when its time is over
	END IF;
	NEW.province_code := code;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.guard_sheet_part() IS
	'Trigger: documents and domains of a sheet change only while it is open';

CREATE FUNCTION @registry@.retention_until(ended_at timestamptz) RETURNS timestamptz
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT ended_at + make_interval(years => greatest(5,
		CASE WHEN @registry@.setting('retention_years') ~ '^\d{1,3}$'
			 THEN @registry@.setting('retention_years')::integer ELSE 5 END));
END;
COMMENT ON FUNCTION @registry@.retention_until(timestamptz) IS
	'Until when evidence of a filing that ended then is kept: five years at least, or what setting retention_years says (2 三(一)4, 4 §12(七))';

-- A filing ends with its site, or where only the sponsor is concerned with the sponsor.  A record that has ended is
-- not touched again as a rule; where it was, the evidence is kept from then on, never for a shorter time.
CREATE FUNCTION @registry@.filing_ended_at(sponsor_id bigint, site_id bigint) RETURNS timestamptz
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN filing_ended_at.site_id IS NULL
				THEN (SELECT s.changed_at FROM @registry@.sponsor s
					   WHERE s.id = filing_ended_at.sponsor_id AND s.status IN ('cancelled', 'withdrawn'))
				ELSE (SELECT t.changed_at FROM @registry@.site t
					   WHERE t.id = filing_ended_at.site_id AND t.status IN ('cancelled', 'withdrawn')) END
	  -- told to whom the record is open, and to who keeps evidence of it
	 WHERE @registry@.acts_as_owner() OR @registry@.sees_sponsor(filing_ended_at.sponsor_id)
		OR EXISTS (SELECT FROM @registry@.verification v
					WHERE v.sponsor_id = filing_ended_at.sponsor_id AND @registry@.acts_for_provider(v.provider_id));
END;
COMMENT ON FUNCTION @registry@.filing_ended_at(bigint, bigint) IS
	'When the filing of a site, or without one of a sponsor, ended: cancelled, or withdrawn before it was filed; NULL while it lives';

CREATE FUNCTION @registry@.keep_evidence() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	until	timestamptz;
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		RAISE EXCEPTION 'table "%" cannot be truncated', TG_TABLE_NAME
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Evidence is kept for five years at least after a filing ends (2 三(一)4, 4 §12(七)).';
	END IF;
	until := @registry@.retention_until(@registry@.filing_ended_at(OLD.sponsor_id, OLD.site_id));
	IF until IS NULL OR until > now() THEN
		RAISE EXCEPTION '% % is evidence and is kept', TG_TABLE_NAME, OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN until IS NULL
						   THEN 'Its filing has not ended.'
						   ELSE format('Its filing has ended; it is kept until %s.', until) END,
				  HINT = 'Evidence is kept for five years at least after a filing ends (至少留存五年, 2 三(一)4, 4 §12(七)); view retention_due shows what may go.';
	END IF;
	RETURN OLD;
END
$$;
COMMENT ON FUNCTION @registry@.keep_evidence() IS
	'Trigger: refuses DELETE of evidence before its time, the owner''s too, and TRUNCATE';

CREATE TRIGGER fill_verification BEFORE INSERT ON @registry@.verification
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_verification();
CREATE TRIGGER guard_verification BEFORE UPDATE ON @registry@.verification
	FOR EACH ROW EXECUTE FUNCTION @registry@.guard_verification();
CREATE TRIGGER keep_evidence BEFORE DELETE ON @registry@.verification
	FOR EACH ROW EXECUTE FUNCTION @registry@.keep_evidence();
CREATE TRIGGER keep_evidence_whole BEFORE TRUNCATE ON @registry@.verification
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.keep_evidence();
CREATE TRIGGER guard_sheet_part BEFORE INSERT OR UPDATE OR DELETE ON @registry@.verification_document
	FOR EACH ROW EXECUTE FUNCTION @registry@.guard_sheet_part();
CREATE TRIGGER keep_evidence_whole BEFORE TRUNCATE ON @registry@.verification_document
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.keep_evidence();
CREATE TRIGGER guard_sheet_part BEFORE INSERT OR UPDATE OR DELETE ON @registry@.verification_domain
	FOR EACH ROW EXECUTE FUNCTION @registry@.guard_sheet_part();
CREATE TRIGGER keep_evidence_whole BEFORE TRUNCATE ON @registry@.verification_domain
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.keep_evidence();

-- claim/detect
-- Detection on the registry's own tables: what is filed or applied for, and what a change would add (3 Q17).

-- Many people have one name, so that a natural person's claim is the name with the credential; the name alone claims
-- nothing.  The credential is there as a digest with the registry's secret, which nobody is shown: the view of conflicts
-- leaves it out, and it goes when the claim does.

CREATE FUNCTION @registry@.person_claim_key(name_key text, nature text, credential text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	-- 128 bits of the digest: nobody finds two credentials that share them
	SELECT CASE
		WHEN icp.is_individual(nature) IS NOT TRUE THEN NULL
		WHEN coalesce(btrim(credential), '') = '' THEN ''
		ELSE name_key || ' ' || left(encode(@registry@.person_digest('credential',
									coalesce(icp.try_credential(credential)::text, icp.name_key(credential))), 'hex'), 32) END;
END;
COMMENT ON FUNCTION @registry@.person_claim_key(text, text, text) IS
	'sponsor.claim_key of a natural person (自然人, icp.is_individual(nature)); NULL for any other sponsor';

-- (as the owner, who alone reads the secret)
CREATE FUNCTION @registry@.fill_claim_key() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.claim_key := @registry@.person_claim_key(NEW.name_key, NEW.nature, NEW.credential);
	IF NEW.claim_key IS NOT NULL AND NEW.status IN ('cancelled', 'withdrawn') THEN
		NEW.claim_key := '';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_claim_key() IS 'Trigger: fills a sponsor''s claim_key';
-- after fill_sponsor, which makes name_key; and only where a person is or was concerned
CREATE TRIGGER fill_sponsor_claim_key BEFORE INSERT OR UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (icp.is_individual(NEW.nature) OR NEW.claim_key IS NOT NULL)
	EXECUTE FUNCTION @registry@.fill_claim_key();

CREATE FUNCTION @registry@.fill_change_claim_key() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- what is decided claims nothing any more
	IF NEW.status <> 'pending' THEN
		NEW.claim_key := split_part(NEW.claim_key, ' ', 1);
		RETURN NEW;
	END IF;
	NEW.claim_key := NULL;
	IF num_nonnulls(NEW.name, NEW.nature, NEW.credential) > 0 OR NEW.cleared && '{nature,credential}' THEN
		SELECT coalesce(@registry@.person_claim_key(k.name_key,
					CASE WHEN 'nature' = ANY (NEW.cleared) THEN NULL ELSE coalesce(NEW.nature, s.nature) END,
					CASE WHEN 'credential' = ANY (NEW.cleared) THEN NULL ELSE coalesce(NEW.credential, s.credential) END),
				k.name_key)
		  INTO NEW.claim_key
		  FROM @registry@.application a JOIN @registry@.sponsor s ON s.id = a.sponsor_id,
			   LATERAL (SELECT icp.name_key(coalesce(NEW.name, s.name)) AS name_key) k
		 WHERE a.id = NEW.application_id;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_change_claim_key() IS 'Trigger: fills the claim_key of a change of a sponsor';
CREATE TRIGGER fill_claim_key BEFORE INSERT OR UPDATE ON @registry@.sponsor_change
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_change_claim_key();

CREATE TRIGGER claim_domain_insert AFTER INSERT ON @registry@.site
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_domain_update AFTER UPDATE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_domain_delete AFTER DELETE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');

CREATE TRIGGER claim_homepage_insert AFTER INSERT ON @registry@.site
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_homepage_update AFTER UPDATE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_homepage_delete AFTER DELETE ON @registry@.site
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'id', 'province=province_code',
						'approved=status=filed', 'released=status=cancelled|withdrawn');

CREATE TRIGGER claim_sponsor_name_insert AFTER INSERT ON @registry@.sponsor
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'instead=claim_key', 'approved=status=filed',
						'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_sponsor_name_update AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'instead=claim_key', 'approved=status=filed',
						'released=status=cancelled|withdrawn');
CREATE TRIGGER claim_sponsor_name_delete AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name_key', 'account_id', 'id', 'province=province_code',
						'instead=claim_key', 'approved=status=filed',
						'released=status=cancelled|withdrawn');

-- A change claims all that it would leave, until it is applied or dropped; the claims of the record itself stay.
CREATE TRIGGER claim_domain_insert AFTER INSERT ON @registry@.site_change
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_domain_update AFTER UPDATE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_domain_delete AFTER DELETE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('domain', 'domains', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');

CREATE TRIGGER claim_homepage_insert AFTER INSERT ON @registry@.site_change
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_homepage_update AFTER UPDATE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');
CREATE TRIGGER claim_homepage_delete AFTER DELETE ON @registry@.site_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('homepage', 'homepage', 'account_id', 'application_id', 'province=province_code',
						'released=status=applied|dropped');

CREATE TRIGGER claim_sponsor_name_insert AFTER INSERT ON @registry@.sponsor_change
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name', 'account_id', 'application_id', 'province=province_code',
						'instead=claim_key', 'released=status=applied|dropped');
CREATE TRIGGER claim_sponsor_name_update AFTER UPDATE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name', 'account_id', 'application_id', 'province=province_code',
						'instead=claim_key', 'released=status=applied|dropped');
CREATE TRIGGER claim_sponsor_name_delete AFTER DELETE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION
	icp.detect_conflict('sponsor_name', 'name', 'account_id', 'application_id', 'province=province_code',
						'instead=claim_key', 'released=status=applied|dropped');

-- A person's claim that is released keeps the name, which the history of conflicts shows, and loses the credential's
-- digest.  Edges of a change's claim that only repeated the record's own go with it: they are the record's conflicts, and
-- could not be told from others afterwards.
CREATE FUNCTION @registry@.forget_claims_of(relation regclass, holders bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF relation = '@registry@.sponsor_change'::regclass THEN
		WITH repeated AS (
			SELECT c.id, c.holder_id
			  FROM @registry@.claim c
			  JOIN @registry@.application a ON a.id = c.holder_id
			  JOIN @registry@.claim own ON own.holder_id = a.sponsor_id AND own.holder = '@registry@.sponsor'::regclass
			   AND own.kind = c.kind AND own.key = c.key AND own.released_at IS NULL AND own.id < c.id
			 WHERE c.holder_id = ANY (holders) AND c.holder = relation AND c.kind = 'sponsor_name'
			   AND c.released_at IS NOT NULL AND strpos(c.key, ' ') > 0
		), outward AS (
			DELETE FROM @registry@.claim_edge e USING repeated r WHERE e.claim_holder_id = r.holder_id AND e.claim_id = r.id
		)
		DELETE FROM @registry@.claim_edge e USING repeated r WHERE e.rival_holder_id = r.holder_id AND e.rival_id = r.id;
	END IF;
	UPDATE @registry@.claim c
	   SET key = split_part(c.key, ' ', 1), key_hash = icp.claim_hash(c.kind, split_part(c.key, ' ', 1))
	 WHERE c.holder_id = ANY (holders) AND c.holder = relation AND c.kind = 'sponsor_name'
	   AND c.released_at IS NOT NULL AND strpos(c.key, ' ') > 0;
END
$$;
COMMENT ON FUNCTION @registry@.forget_claims_of(regclass, bigint[]) IS
	'Takes the digests of credentials out of released claims of these holders';

CREATE FUNCTION @registry@.forget_claims() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	holders	bigint[];
BEGIN
	IF TG_OP = 'DELETE' THEN
		IF TG_TABLE_NAME = 'sponsor' THEN
			holders := ARRAY(SELECT o.id FROM old_rows o WHERE strpos(o.claim_key, ' ') > 0);
		ELSE
			holders := ARRAY(SELECT o.application_id FROM old_rows o WHERE strpos(o.claim_key, ' ') > 0);
		END IF;
	ELSIF TG_TABLE_NAME = 'sponsor' THEN
		holders := ARRAY(SELECT r.id
						   FROM (SELECT o.id, o.claim_key, o.account_id, n.claim_key AS new_key, n.account_id AS new_account_id
								   FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
						  WHERE strpos(r.claim_key, ' ') > 0
							AND (r.new_key IS DISTINCT FROM r.claim_key OR r.new_account_id <> r.account_id));
	ELSE
		-- (of what is applied the settlements are carried over first: keep_settlements)
		holders := ARRAY(SELECT r.application_id
						   FROM (SELECT o.application_id, o.claim_key, o.account_id,
										n.status AS new_status, n.claim_key AS new_key, n.account_id AS new_account_id
								   FROM old_rows o FULL JOIN new_rows n ON n.application_id = o.application_id OFFSET 0) r
						  WHERE strpos(r.claim_key, ' ') > 0 AND r.new_status IS DISTINCT FROM 'applied'
							AND (r.new_key IS DISTINCT FROM r.claim_key OR r.new_account_id <> r.account_id));
	END IF;
	IF holders <> '{}' THEN
		PERFORM @registry@.forget_claims_of(TG_RELID, holders);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.forget_claims() IS
	'Trigger: takes the digest of the credential out of what persons claim no more';
-- (by name after those that release the claims)
CREATE TRIGGER forget_claims_update AFTER UPDATE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();
CREATE TRIGGER forget_claims_delete AFTER DELETE ON @registry@.sponsor
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();
CREATE TRIGGER forget_claims_update AFTER UPDATE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();
CREATE TRIGGER forget_claims_delete AFTER DELETE ON @registry@.sponsor_change
	REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.forget_claims();

CREATE FUNCTION @registry@.refuse_truncate() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'table "%" cannot be truncated', TG_TABLE_NAME
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = 'The claims of its rows would stay behind.',
			  HINT = 'Use DELETE.';
END
$$;
COMMENT ON FUNCTION @registry@.refuse_truncate() IS 'Trigger: refuses TRUNCATE of a table whose rows hold claims';
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.sponsor
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.site
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();

CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.site_change
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON @registry@.sponsor_change
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_truncate();

-- claim/conflict
-- The view of conflicts, and what stands against an application.

-- The pair of claims behind each edge, once: of several edges between two claims, in either direction, the earliest
-- counts.  (One is visible as soon as both claims are, since it was written in the transaction of one of them.)
-- What a change repeats of the record that it changes is the record's conflict, not the change's (who claims anew what
-- the record has had all along is no rival that the change has called up).
-- (Two look-ups for each edge, and no join, which the planner would make a quadratic one where it expects few rows.)
-- A view runs as its owner, past row security, so it says itself whose rows it shows.
CREATE VIEW @registry@.conflict WITH (security_barrier) AS
SELECT e.id,
	   l.kind,
	   CASE l.kind WHEN 'sponsor_name' THEN split_part(l.key, ' ', 1) ELSE l.key END AS key,
	   CASE l.holder
			WHEN '@registry@.site'::regclass
			THEN (SELECT max(a.id) FROM @registry@.application a
				   WHERE a.site_id = l.holder_id AND a.kind IN ('new_filing', 'new_site'))
			WHEN '@registry@.sponsor'::regclass
			THEN (SELECT max(a.id) FROM @registry@.application a
				   WHERE a.sponsor_id = l.holder_id AND a.kind = 'new_filing')
			WHEN '@registry@.site_change'::regclass THEN l.holder_id
			WHEN '@registry@.sponsor_change'::regclass THEN l.holder_id END
	   AS left_application,
	   CASE l.holder
			WHEN '@registry@.sponsor'::regclass THEN l.holder_id
			WHEN '@registry@.site'::regclass
			THEN (SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = l.holder_id)
			WHEN '@registry@.site_change'::regclass
			THEN (SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = l.holder_id)
			WHEN '@registry@.sponsor_change'::regclass
			THEN (SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = l.holder_id) END
	   AS left_sponsor,
	   CASE r.holder
			WHEN '@registry@.site'::regclass
			THEN (SELECT max(a.id) FROM @registry@.application a
				   WHERE a.site_id = r.holder_id AND a.kind IN ('new_filing', 'new_site'))
			WHEN '@registry@.sponsor'::regclass
			THEN (SELECT max(a.id) FROM @registry@.application a
				   WHERE a.sponsor_id = r.holder_id AND a.kind = 'new_filing')
			WHEN '@registry@.site_change'::regclass THEN r.holder_id
			WHEN '@registry@.sponsor_change'::regclass THEN r.holder_id END
	   AS right_application,
	   CASE r.holder
			WHEN '@registry@.sponsor'::regclass THEN r.holder_id
			WHEN '@registry@.site'::regclass
			THEN (SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = r.holder_id)
			WHEN '@registry@.site_change'::regclass
			THEN (SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = r.holder_id)
			WHEN '@registry@.sponsor_change'::regclass
			THEN (SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = r.holder_id) END
	   AS right_sponsor,
	   CASE WHEN s.settled_at IS NOT NULL THEN 'settled'
			WHEN l.released_at IS NOT NULL OR r.released_at IS NOT NULL THEN 'withdrawn'
			ELSE 'open' END
	   AS state,
	   s.settled_by,
	   s.settled_at,
	   s.settlement,
	   s.reason,
	   e.detected_at,
	   l.id AS left_claim,
	   l.holder AS left_holder,
	   l.holder_id AS left_holder_id,
	   l.account_id AS left_account,
	   l.province_code AS left_province_code,
	   l.approved AS left_approved,
	   r.id AS right_claim,
	   r.holder AS right_holder,
	   r.holder_id AS right_holder_id,
	   r.account_id AS right_account,
	   r.province_code AS right_province_code,
	   r.approved AS right_approved,
	   coalesce(s.cause,
				CASE l.kind WHEN 'domain' THEN '域名重复 (domain)' WHEN 'homepage' THEN '首页网址重复 (home page)'
							WHEN 'sponsor_name' THEN '主办单位名称重复 (sponsor''s name)' ELSE l.kind END
				|| '：' || CASE l.kind WHEN 'sponsor_name' THEN split_part(l.key, ' ', 1) ELSE l.key END)
	   AS cause,
	   s.contact,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.user_name FROM @registry@.account a WHERE a.id = l.account_id) END
	   AS left_user,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.contact FROM @registry@.account a WHERE a.id = l.account_id) END
	   AS left_contact,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.user_name FROM @registry@.account a WHERE a.id = r.account_id) END
	   AS right_user,
	   CASE WHEN @registry@.acts_as_bureau(l.province_code, r.province_code)
			THEN (SELECT a.contact FROM @registry@.account a WHERE a.id = r.account_id) END
	   AS right_contact
  FROM (SELECT d.id, d.detected_at,
			   least(d.claim_id, d.rival_id) AS left_claim,
			   CASE WHEN d.claim_id < d.rival_id THEN d.claim_holder_id ELSE d.rival_holder_id END AS left_holder_id,
			   greatest(d.claim_id, d.rival_id) AS right_claim,
			   CASE WHEN d.claim_id < d.rival_id THEN d.rival_holder_id ELSE d.claim_holder_id END AS right_holder_id
		  FROM @registry@.claim_edge d
		 WHERE coalesce((SELECT min(back.id) FROM @registry@.claim_edge back
						  WHERE back.claim_holder_id = d.rival_holder_id AND back.claim_id = d.rival_id
							AND back.rival_holder_id = d.claim_holder_id AND back.rival_id = d.claim_id), d.id) >= d.id
		   AND (SELECT min(again.id) FROM @registry@.claim_edge again
				 WHERE again.claim_holder_id = d.claim_holder_id AND again.claim_id = d.claim_id
				   AND again.rival_holder_id = d.rival_holder_id AND again.rival_id = d.rival_id) = d.id) e
  JOIN @registry@.claim l ON l.holder_id = e.left_holder_id AND l.id = e.left_claim
  JOIN @registry@.claim r ON r.holder_id = e.right_holder_id AND r.id = e.right_claim
  LEFT JOIN @registry@.conflict_settlement s ON s.left_claim = l.id AND s.right_claim = r.id
 WHERE ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(l.province_code, r.province_code))
   AND NOT (l.holder = '@registry@.site_change'::regclass
			AND EXISTS (SELECT FROM @registry@.application a JOIN @registry@.claim own ON own.holder_id = a.site_id
						 WHERE a.id = l.holder_id AND own.holder = '@registry@.site'::regclass
						   AND own.key_hash = l.key_hash AND own.kind = l.kind AND own.key = l.key
						   AND own.released_at IS NULL AND (own.id < l.id OR l.released_at IS NULL)))
   AND NOT (l.holder = '@registry@.sponsor_change'::regclass
			AND EXISTS (SELECT FROM @registry@.application a JOIN @registry@.claim own ON own.holder_id = a.sponsor_id
						 WHERE a.id = l.holder_id AND own.holder = '@registry@.sponsor'::regclass
						   AND own.key_hash = l.key_hash AND own.kind = l.kind AND own.key = l.key
						   AND own.released_at IS NULL AND (own.id < l.id OR l.released_at IS NULL)))
   AND NOT (r.holder = '@registry@.site_change'::regclass
			AND EXISTS (SELECT FROM @registry@.application a JOIN @registry@.claim own ON own.holder_id = a.site_id
						 WHERE a.id = r.holder_id AND own.holder = '@registry@.site'::regclass
						   AND own.key_hash = r.key_hash AND own.kind = r.kind AND own.key = r.key
						   AND own.released_at IS NULL AND (own.id < r.id OR r.released_at IS NULL)))
   AND NOT (r.holder = '@registry@.sponsor_change'::regclass
			AND EXISTS (SELECT FROM @registry@.application a JOIN @registry@.claim own ON own.holder_id = a.sponsor_id
						 WHERE a.id = r.holder_id AND own.holder = '@registry@.sponsor'::regclass
						   AND own.key_hash = r.key_hash AND own.kind = r.kind AND own.key = r.key
						   AND own.released_at IS NULL AND (own.id < r.id OR r.released_at IS NULL)));
COMMENT ON VIEW @registry@.conflict IS
	'Conflicts (备案冲突, 3 Q17): pairs of claims of one key by different accounts. A bureau settles one with UPDATE ... SET settlement, reason';
COMMENT ON COLUMN @registry@.conflict.id IS 'Names the conflict';
COMMENT ON COLUMN @registry@.conflict.kind IS 'What is claimed: domain, homepage or sponsor_name';
COMMENT ON COLUMN @registry@.conflict.key IS 'The key that both sides claim; of natural persons the name alone, though the credential is the same too';
COMMENT ON COLUMN @registry@.conflict.left_application IS 'The application that brings the earlier claim: the latest new filing of its site or sponsor, or the change';
COMMENT ON COLUMN @registry@.conflict.left_sponsor IS 'Sponsor of the earlier claim';
COMMENT ON COLUMN @registry@.conflict.right_application IS 'The application that brings the later claim';
COMMENT ON COLUMN @registry@.conflict.right_sponsor IS 'Sponsor of the later claim';
COMMENT ON COLUMN @registry@.conflict.state IS
	'open; settled by a bureau; withdrawn because a side gave up its claim';
COMMENT ON COLUMN @registry@.conflict.settled_by IS 'Role that settled it';
COMMENT ON COLUMN @registry@.conflict.settled_at IS 'When it was settled';
COMMENT ON COLUMN @registry@.conflict.settlement IS 'reject_left, reject_right, revoke_left, revoke_right or accept_both';
COMMENT ON COLUMN @registry@.conflict.reason IS 'Cause and contact, as the rejected side is told';
COMMENT ON COLUMN @registry@.conflict.detected_at IS 'When it was found';
COMMENT ON COLUMN @registry@.conflict.left_claim IS 'The earlier claim';
COMMENT ON COLUMN @registry@.conflict.left_holder IS 'Table of its holder';
COMMENT ON COLUMN @registry@.conflict.left_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.conflict.left_account IS 'Its account';
COMMENT ON COLUMN @registry@.conflict.left_province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.conflict.left_approved IS 'Its holder is filed';
COMMENT ON COLUMN @registry@.conflict.right_claim IS 'The later claim';
COMMENT ON COLUMN @registry@.conflict.right_holder IS 'Table of its holder';
COMMENT ON COLUMN @registry@.conflict.right_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.conflict.right_account IS 'Its account';
COMMENT ON COLUMN @registry@.conflict.right_province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.conflict.right_approved IS 'Its holder is filed';

COMMENT ON COLUMN @registry@.conflict.cause IS
	'What is the same on both sides, in words; the bureau''s own where it gave one with the settlement';
COMMENT ON COLUMN @registry@.conflict.contact IS 'Contact of the other side that the bureau gave to the rejected one';
COMMENT ON COLUMN @registry@.conflict.left_user IS 'User name of the earlier claim''s account, for the bureau only';
COMMENT ON COLUMN @registry@.conflict.left_contact IS 'How to reach it, for the bureau only (3 Q17)';
COMMENT ON COLUMN @registry@.conflict.right_user IS 'User name of the later claim''s account, for the bureau only';
COMMENT ON COLUMN @registry@.conflict.right_contact IS 'How to reach it, for the bureau only (3 Q17)';

-- Which claims an application brings: a new filing those of its site and its sponsor, a new site's its own, a change
-- those it adds.  A new access needs number and password and claims nothing (4 §18(五)).
CREATE FUNCTION @registry@.blocking_conflicts(application_id bigint,
		OUT kind text, OUT key text, OUT claim_id bigint, OUT rival_id bigint, OUT rival_holder regclass,
		OUT rival_holder_id bigint, OUT rival_account_id bigint)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.kind, CASE r.kind WHEN 'sponsor_name' THEN split_part(r.key, ' ', 1) ELSE r.key END,
		   r.claim_id, r.rival_id, r.rival_holder, r.rival_holder_id, r.rival_account_id
	  FROM @registry@.application a
	 CROSS JOIN LATERAL (
			SELECT '@registry@.site'::regclass, a.site_id, NULL::regclass, NULL::bigint
			 WHERE a.kind IN ('new_filing', 'new_site')
			UNION ALL
			SELECT '@registry@.sponsor'::regclass, a.sponsor_id, NULL, NULL WHERE a.kind = 'new_filing'
			UNION ALL
			SELECT '@registry@.site_change'::regclass, a.id, '@registry@.site'::regclass, a.site_id
			 WHERE a.kind LIKE E'change\\_%'
			UNION ALL
			SELECT '@registry@.sponsor_change'::regclass, a.id, '@registry@.sponsor'::regclass, a.sponsor_id
			 WHERE a.kind LIKE E'change\\_%')
		   AS side (holder, holder_id, changed, changed_id)
	 CROSS JOIN LATERAL icp.find_rivals('@registry@.claim'::regclass, side.holder, side.holder_id) r
	 WHERE a.id = blocking_conflicts.application_id
	   AND NOT EXISTS (
			SELECT FROM @registry@.conflict_settlement s
			 WHERE s.left_claim = least(r.claim_id, r.rival_id)
			   AND s.right_claim = greatest(r.claim_id, r.rival_id)
			   AND (s.settlement = 'accept_both'
					OR s.settlement LIKE CASE WHEN r.claim_id < r.rival_id THEN E'%\\_right' ELSE E'%\\_left' END))
	   -- what the record has already is no news, on either side
	   AND NOT EXISTS (
			SELECT FROM @registry@.claim own
			 WHERE own.holder_id = side.changed_id AND own.holder = side.changed
			   AND own.key_hash = icp.claim_hash(r.kind, r.key) AND own.kind = r.kind AND own.key = r.key
			   AND own.released_at IS NULL)
	   AND NOT EXISTS (
			SELECT FROM @registry@.application b
			  JOIN @registry@.claim own ON own.holder_id = b.site_id AND own.holder = '@registry@.site'::regclass
			 WHERE r.rival_holder = '@registry@.site_change'::regclass AND b.id = r.rival_holder_id
			   AND own.key_hash = icp.claim_hash(r.kind, r.key) AND own.kind = r.kind AND own.key = r.key
			   AND own.released_at IS NULL)
	   AND NOT EXISTS (
			SELECT FROM @registry@.application b
			  JOIN @registry@.claim own ON own.holder_id = b.sponsor_id AND own.holder = '@registry@.sponsor'::regclass
			 WHERE r.rival_holder = '@registry@.sponsor_change'::regclass AND b.id = r.rival_holder_id
			   AND own.key_hash = icp.claim_hash(r.kind, r.key) AND own.kind = r.kind AND own.key = r.key
			   AND own.released_at IS NULL);
END
$$;
COMMENT ON FUNCTION @registry@.blocking_conflicts(bigint) IS
	'The conflicts that keep an application from approval: open, or settled against it; as they are at this moment';

CREATE FUNCTION @registry@.applications_of_holder(holder regclass, holder_id bigint) RETURNS SETOF bigint
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT a.id FROM @registry@.application a
	 WHERE applications_of_holder.holder = '@registry@.site'::regclass AND a.site_id = applications_of_holder.holder_id AND a.kind IN ('new_filing', 'new_site')
	UNION ALL
	SELECT a.id FROM @registry@.application a
	 WHERE applications_of_holder.holder = '@registry@.sponsor'::regclass AND a.sponsor_id = applications_of_holder.holder_id AND a.kind = 'new_filing'
	UNION ALL
	SELECT a.id FROM @registry@.application a
	 WHERE applications_of_holder.holder IN ('@registry@.site_change'::regclass, '@registry@.sponsor_change'::regclass) AND a.id = applications_of_holder.holder_id;
END
$$;
COMMENT ON FUNCTION @registry@.applications_of_holder(regclass, bigint) IS
	'The applications that bring the claims of a holder: of a site, a sponsor or a change';

-- application/number
-- Sponsors' numbers: issued from a sequence a province and year, given back within the year, never issued twice.

-- A cancelled sponsor's number goes back to the pool of its year, and is given out again in that year only.
CREATE TABLE @registry@.freed_number (
	number			icp.icp_id PRIMARY KEY,
	province_code	smallint NOT NULL,
	sponsor_id		bigint NOT NULL,
	freed_at		timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE @registry@.freed_number IS
	'Sponsor numbers of this year whose sponsor was cancelled (备案号回收): the next approvals of the province take them first';
COMMENT ON COLUMN @registry@.freed_number.number IS 'The number';
COMMENT ON COLUMN @registry@.freed_number.province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.freed_number.sponsor_id IS 'Who had it last; no foreign key: the pool outlives records';
COMMENT ON COLUMN @registry@.freed_number.freed_at IS 'Since when it is free';
-- nobody's but the owner's
ALTER TABLE @registry@.freed_number ENABLE ROW LEVEL SECURITY;
-- Who had a number before: live ones have sponsor_live_number_key.
CREATE INDEX sponsor_former_number_idx ON @registry@.sponsor (number) WHERE number IS NOT NULL AND status <> 'filed';

-- A licence takes the place of a number (4 §21(二)), and the number is nobody's again: what says so is a row, which
-- reaches a subscriber, while sequences stay where they are.
CREATE TABLE @registry@.former_number (
	number			icp.icp_id PRIMARY KEY,
	sponsor_id		bigint NOT NULL,
	province_code	smallint,
	left_at			timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE @registry@.former_number IS
	'Sponsor numbers that no record has any more, because another took its place or the record was deleted: none of them is issued again';
COMMENT ON COLUMN @registry@.former_number.number IS 'The number';
COMMENT ON COLUMN @registry@.former_number.sponsor_id IS 'Who had it last; no foreign key: it outlives records';
COMMENT ON COLUMN @registry@.former_number.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.former_number.left_at IS 'Since when nobody has it';
ALTER TABLE @registry@.former_number ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.keep_former_number() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.former_number (number, sponsor_id, province_code) VALUES (OLD.number, OLD.id, OLD.province_code)
	ON CONFLICT ON CONSTRAINT former_number_pkey DO UPDATE SET sponsor_id = EXCLUDED.sponsor_id, left_at = EXCLUDED.left_at;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.keep_former_number() IS 'Trigger: remembers a number that a sponsor has no more';
-- (WHEN by comparisons of numbers: a restore has no path to operators of icp)
CREATE TRIGGER keep_former_number AFTER UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.number::text IS DISTINCT FROM NEW.number::text AND OLD.number IS NOT NULL)
	EXECUTE FUNCTION @registry@.keep_former_number();
CREATE TRIGGER keep_deleted_number AFTER DELETE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION @registry@.keep_former_number();

-- One transaction after the other makes a year's sequences, of whatever province: if two made two of them in opposite
-- order, each would wait for the other.
CREATE FUNCTION @registry@.make_serial(for_province icp.province, year integer) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	serial	text := format('sponsor_serial_%s_%s', icp.province_code(for_province), year);
BEGIN
	-- (a row that is the owner's alone: an advisory lock anybody may take, and keep)
	PERFORM FROM @registry@.registry FOR NO KEY UPDATE;
	-- Behind the highest that was ever issued: what was loaded from elsewhere, or issued before this server was
	-- promoted, has numbers of this year already, and some of them are former ones by now.
	EXECUTE format('CREATE SEQUENCE IF NOT EXISTS @registry@.%I AS bigint MAXVALUE 999999 START WITH %s', serial,
		(SELECT coalesce(max(icp.serial_of(n.number)::bigint % 1000000), 0) + 1
		   FROM (SELECT s.number FROM @registry@.sponsor s
				  WHERE s.number BETWEEN icp.make_icp_id(for_province, year, 1) AND icp.make_icp_id(for_province, year, 999999)
				 UNION ALL
				 SELECT f.number FROM @registry@.former_number f
				  WHERE f.number BETWEEN icp.make_icp_id(for_province, year, 1) AND icp.make_icp_id(for_province, year, 999999)) n));
	EXECUTE format('COMMENT ON SEQUENCE @registry@.%I IS %L', serial,
		format('Running numbers of sponsors of %s approved in %s', for_province, year));
END
$$;
COMMENT ON FUNCTION @registry@.make_serial(icp.province, integer) IS
	'Makes the sequence of a province''s sponsor numbers of a year; the first approval of the year does it, or whoever wants it done before';

CREATE FUNCTION @registry@.issue_sponsor_number(for_province icp.province, on_day date) RETURNS icp.icp_id
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	year		integer := extract(year FROM on_day);
	sequence	text := format('@registry@.%I', format('sponsor_serial_%s_%s', icp.province_code(for_province), year));
	issued		icp.icp_id;
BEGIN
	LOOP
		DELETE FROM @registry@.freed_number f
		 WHERE f.number = (SELECT n.number FROM @registry@.freed_number n
							WHERE n.number BETWEEN icp.make_icp_id(for_province, year, 1)
											   AND icp.make_icp_id(for_province, year, 999999)
							ORDER BY n.number LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING f.number INTO issued;
		IF FOUND THEN
			EXIT WHEN NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued AND s.status = 'filed');
		ELSIF to_regclass(sequence) IS NULL THEN
			PERFORM @registry@.make_serial(for_province, year);
		ELSE
			issued := icp.make_icp_id(for_province, year, nextval(sequence::regclass)::integer);
			EXIT WHEN NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued AND s.status = 'filed')
				  AND NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = issued AND s.status <> 'filed')
				  AND NOT EXISTS (SELECT FROM @registry@.former_number f WHERE f.number = issued);
		END IF;
	END LOOP;
	RETURN issued;
END
$$;
COMMENT ON FUNCTION @registry@.issue_sponsor_number(icp.province, date) IS
	'Next sponsor number of the province: one of the year that came back to the pool, otherwise year and running number from a sequence of that province and year; gaps are allowed';

-- provider/standing
-- The standing of access providers at work: who supervises whom, the steps of admission, the check at the report,
-- the three bureaux that have a say.

-- Admission.  status, which other programs know, says open or closed; admission says why.
CREATE FUNCTION @registry@.fill_standing() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	is_owner	boolean := @registry@.acts_as_owner();
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.admission := CASE WHEN NOT is_owner THEN 'applied'
							  WHEN NEW.status = 'closed' AND NEW.admission = 'open' THEN 'closed'
							  ELSE NEW.admission END;
		NEW.status := CASE NEW.admission WHEN 'open' THEN 'open' ELSE 'closed' END;
		NEW.admission_at := now();
		RETURN NEW;
	END IF;
	IF NOT is_owner AND NOT @registry@.supervises_provider(OLD.province_code)
	   AND (NEW.name, NEW.province, NEW.licence, NEW.licence_valid_until, NEW.class, NEW.businesses, NEW.parent_id,
			NEW.is_key, NEW.resources_frozen, NEW.supervisor)
		   IS DISTINCT FROM (OLD.name, OLD.province, OLD.licence, OLD.licence_valid_until, OLD.class, OLD.businesses,
							 OLD.parent_id, OLD.is_key, OLD.resources_frozen, OLD.supervisor) THEN
		RAISE EXCEPTION 'role "%" may not change what the bureau keeps of provider %', @registry@.acting_user(), OLD.id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'A provider changes its telephone, its system and its address itself.';
	END IF;
	IF NEW.admission IS NOT DISTINCT FROM OLD.admission AND NEW.status IS DISTINCT FROM OLD.status THEN
		NEW.admission := NEW.status;
	END IF;
	IF NEW.admission IS DISTINCT FROM OLD.admission THEN
		NEW.status := CASE NEW.admission WHEN 'open' THEN 'open' ELSE 'closed' END;
		NEW.admission_at := now();
		IF NEW.admission_reason IS NOT DISTINCT FROM OLD.admission_reason THEN
			NEW.admission_reason := NULL;	-- that was the reason of another step
		END IF;
	END IF;
	IF NEW.licence_valid_until IS DISTINCT FROM OLD.licence_valid_until THEN
		NEW.licence_noticed_at := NULL;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_standing() IS
	'Trigger: keeps status and admission of a provider together; what a bureau enters begins as applied (4 §30); licence and class are the bureau''s to change';
CREATE TRIGGER fill_standing BEFORE INSERT OR UPDATE ON @registry@.provider
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_standing();

CREATE FUNCTION @registry@.enforce_admission() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before		text := CASE TG_OP WHEN 'UPDATE' THEN OLD.admission END;
	actor		name := @registry@.acting_user();
	is_owner	boolean := @registry@.acts_as_owner();
	step		record;
	left_over	record;
	template	text;
BEGIN
	SELECT s.event, s.actors, s.needs_reason, s.clause INTO step
	  FROM icp.provider_step s
	 WHERE s.from_state IS NOT DISTINCT FROM before AND s.to_state = NEW.admission;
	IF NOT FOUND AND TG_OP = 'INSERT' AND is_owner THEN
		RETURN NULL;		-- the owner enters a provider as it stands
	ELSIF NOT FOUND THEN
		RAISE EXCEPTION 'provider % cannot go from % to %', NEW.id, coalesce(before, 'nothing'), NEW.admission
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = coalesce((SELECT 'From ' || before || ' it can go to: '
											|| string_agg(s.to_state || ' ' || n.name_zh || ' by ' || s.event, ', ' ORDER BY n.ordinal) || '.'
									   FROM icp.provider_step s JOIN icp.provider_state n ON n.code = s.to_state
									  WHERE s.from_state = before),
									'State ' || before || ' is final.'),
				  HINT = 'The steps are the rows of icp.provider_step.';
	END IF;
	IF NOT is_owner
	   AND NOT ('supervisor' = ANY (step.actors) AND @registry@.supervises_provider(NEW.province_code))
	   AND NOT ('provider' = ANY (step.actors) AND @registry@.acts_for_provider(NEW.id)) THEN
		RAISE EXCEPTION 'role "%" may not take step "%" on provider %', actor, step.event, NEW.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('It is taken by: %s.', array_to_string(step.actors, ', ')),
				  HINT = 'The supervisor is the bureau (通信管理局) of the provider''s province; the ministry for a nationwide one.';
	END IF;
	IF NOT @registry@.owner_is_exempt() THEN
		IF step.needs_reason AND coalesce(btrim(NEW.admission_reason, E' \t\r\n'), '') = '' THEN
			RAISE EXCEPTION 'step "%" of provider % needs a reason (原因)', step.event, NEW.id
				USING ERRCODE = 'check_violation', DETAIL = format('Clause: %s.', step.clause),
					  HINT = 'Set column "admission_reason" in the same UPDATE.';
		END IF;
		IF NEW.admission = 'open' AND before = 'tested' AND NEW.licence IS NULL AND NEW.class <> 'public_interest' THEN
			RAISE EXCEPTION 'the interface of provider % cannot be opened without a licence (经营许可证)', NEW.id
				USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Clause: 4 §31.',
					  HINT = 'Set column "licence" first.';
		END IF;
	END IF;

	IF NEW.admission = 'exited' THEN
		SELECT * INTO left_over FROM @registry@.left_with_provider(NEW.id);
		IF left_over.accesses + left_over.applications > 0 THEN
			RAISE EXCEPTION 'provider % cannot leave yet', NEW.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('It still has %s accesses and %s unfinished applications (4 §12(八)).',
									  left_over.accesses, left_over.applications),
					  HINT = '@registry@.hand_over() gives them to another provider, @registry@.end_accesses() ends what nobody takes.';
		END IF;
		UPDATE @registry@.account a SET status = 'closed' WHERE a.provider_id = NEW.id AND a.status = 'open';
		UPDATE @registry@.provider_lease l SET until = greatest(l.since, (now() AT TIME ZONE 'Asia/Shanghai')::date)
		 WHERE NEW.id IN (l.lessor_id, l.lessee_id) AND l.until IS NULL;
	END IF;

	INSERT INTO @registry@.provider_history (provider_id, actor, event, from_state, to_state, reason, province_code)
	VALUES (NEW.id, actor, step.event, before, NEW.admission, NEW.admission_reason, NEW.province_code);
	INSERT INTO @registry@.event (actor, event, province_code, from_state, to_state, reason, new_values)
	VALUES (actor, step.event, NEW.province_code, before, NEW.admission, NEW.admission_reason,
			jsonb_build_object('provider_id', NEW.id));
	template := CASE step.event WHEN 'open_interface' THEN 'interface_opened' WHEN 'reopen_interface' THEN 'interface_opened'
								WHEN 'stay' THEN 'interface_opened' WHEN 'suspend_interface' THEN 'interface_suspended'
								WHEN 'close_interface' THEN 'interface_closed' WHEN 'refuse_admission' THEN 'interface_closed' END;
	IF template IS NOT NULL THEN
		PERFORM @registry@.send_notice(template, NULL::bigint, 'provider',
									   jsonb_build_object('provider_id', NEW.id, 'provider', NEW.name,
														  'province_code', NEW.province_code, 'reason', coalesce(NEW.admission_reason, '')));
	ELSIF step.event IN ('begin_exit', 'exit') THEN
		PERFORM @registry@.send_notice('provider_' || step.event, NULL::bigint, 'bureau',
									   jsonb_build_object('provider_id', NEW.id, 'provider', NEW.name,
														  'province_code', NEW.province_code, 'reason', coalesce(NEW.admission_reason, '')));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.enforce_admission() IS
	'Trigger: a provider''s admission changes along icp.provider_step only, by who may; records and announces it; an exit ends its accounts and leases';
CREATE TRIGGER enforce_creation AFTER INSERT ON @registry@.provider
	FOR EACH ROW EXECUTE FUNCTION @registry@.enforce_admission();
CREATE TRIGGER enforce_admission AFTER UPDATE ON @registry@.provider
	FOR EACH ROW WHEN (NEW.admission IS DISTINCT FROM OLD.admission) EXECUTE FUNCTION @registry@.enforce_admission();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @registry@.provider_history
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.left_with_provider(provider_id bigint,
		OUT accesses bigint, OUT applications bigint, OUT accounts bigint)
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT (SELECT count(*) FROM @registry@.access a
			 WHERE a.provider_id = left_with_provider.provider_id AND a.status <> 'cancelled'),
		   (SELECT count(*) FROM @registry@.application a JOIN icp.state s ON s.code = a.state
			 WHERE a.provider_id = left_with_provider.provider_id AND NOT s.is_final AND a.filed_by <> 'bureau'),
		   (SELECT count(*) FROM @registry@.account a
			 WHERE a.provider_id = left_with_provider.provider_id AND a.status = 'open');
END;
COMMENT ON FUNCTION @registry@.left_with_provider(bigint) IS
	'What a provider still has: accesses, applications without an end (but for the bureau''s own), open accounts';

-- A leaving provider takes on nobody (4 §12(八)); one that is gone serves nobody.
CREATE FUNCTION @registry@.refuse_access_of_leaving() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	refused	record;
BEGIN
	IF TG_OP = 'INSERT' THEN
		SELECT n.site_id, p.name, p.admission INTO refused
		  FROM new_rows n JOIN @registry@.provider p ON p.id = n.provider_id
		 WHERE p.admission IN ('exiting', 'exited') AND n.status <> 'cancelled' LIMIT 1;
	ELSE
		SELECT n.site_id, p.name, p.admission INTO refused
		  FROM (SELECT n.site_id, n.provider_id, n.status, o.provider_id AS old_provider_id, o.status AS old_status
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) n
		  JOIN @registry@.provider p ON p.id = n.provider_id
		 WHERE p.admission IN ('exiting', 'exited') AND n.status <> 'cancelled'
		   AND (n.provider_id <> n.old_provider_id OR n.status <> n.old_status) LIMIT 1;
	END IF;
	IF refused.name IS NOT NULL AND NOT @registry@.owner_is_exempt() THEN
		RAISE EXCEPTION 'provider "%" takes on no new access (接入)', refused.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s (4 §12(八)); the access is that of site %s.', refused.admission, refused.site_id),
				  HINT = 'Hand over what it has with @registry@.hand_over().';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_access_of_leaving() IS
	'Trigger: no new access for a provider that leaves the market or has left it (4 §12(八))';
CREATE TRIGGER refuse_access_of_leaving AFTER INSERT ON @registry@.access
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_access_of_leaving();
CREATE TRIGGER refuse_access_for_leaving AFTER UPDATE ON @registry@.access
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION @registry@.refuse_access_of_leaving();

-- The check at the report.
CREATE FUNCTION @registry@.standing_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app			record;
	on_day		date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	problems	text[] := '{}';
BEGIN
	SELECT a.kind, a.site_id, a.sponsor_id, a.provider_id, a.province, a.province_code,
		   s.province AS sponsor_province, s.province_code AS sponsor_province_code,
		   p.name, p.admission, p.admission_reason, p.licence_valid_until, n.name_zh, n.reports
	  INTO app
	  FROM @registry@.application a
	  JOIN @registry@.sponsor s ON s.id = a.sponsor_id
	  JOIN @registry@.provider p ON p.id = a.provider_id
	  JOIN icp.provider_state n ON n.code = p.admission
	 WHERE a.id = standing_problems.application_id;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	IF app.reports = 'none' OR app.reports = 'no_new' AND app.kind IN ('new_filing', 'new_site', 'new_access') THEN
		-- a state, not evidence: nobody reports through an interface that is closed
		RETURN NEXT format('provider "%s" may not report (报备接口): %s %s%s (4 §%s)',
			app.name, app.admission, app.name_zh, ': ' || app.admission_reason,
			CASE app.admission WHEN 'suspended' THEN '43(三)' WHEN 'closed' THEN '32'
							   WHEN 'exiting' THEN '12(八)' WHEN 'exited' THEN '12(八)' ELSE '31' END);
	END IF;
	IF app.licence_valid_until < on_day THEN
		problems := problems || format('the licence (经营许可证) of provider "%s" ran out on %s (4 §32)',
									   app.name, app.licence_valid_until);
	END IF;
	IF app.province_code IS DISTINCT FROM app.sponsor_province_code THEN
		problems := problems || format('it is addressed to %s, the sponsor (主体) is in %s (4 §18(三)1)',
									   app.province, app.sponsor_province);
	END IF;
	IF app.kind NOT IN ('new_filing', 'new_site', 'new_access')
	   AND NOT @registry@.serves_sponsor(app.provider_id, app.sponsor_id) THEN
		-- it did when this was entered
		problems := problems || format('provider "%s" serves the sponsor (主体) no longer (4 §19(一), §22(一))', app.name);
	END IF;
	IF problems <> '{}' AND @registry@.owner_is_exempt() THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason)
		VALUES (@registry@.acting_user(), 'pass_by', standing_problems.application_id, app.sponsor_id, app.site_id,
				app.province_code, array_to_string(problems, '; '));
		RETURN;
	END IF;
	RETURN QUERY SELECT unnest(problems);
END
$$;
COMMENT ON FUNCTION @registry@.standing_problems(bigint) IS
	'Why the provider''s standing or the routing returns a reported application: interface not open, licence run out, wrong bureau; but for the interface, what the exempt owner passes by is an event';

-- Routing: what has come to no end follows the sponsor to another account, and while that is a draft, to another bureau.
CREATE FUNCTION @registry@.route_applications() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- They come before the sponsor in the order of locks, and whoever has one may wait for the sponsor: not waited for.
	-- (transfer_sponsor() has locked them before it.)
	BEGIN
		PERFORM FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		  WHERE a.sponsor_id = NEW.id AND NOT s.is_final ORDER BY a.id FOR NO KEY UPDATE OF a NOWAIT;
	EXCEPTION WHEN lock_not_available THEN
		RAISE EXCEPTION 'an application of sponsor % is being worked on', NEW.id
			USING ERRCODE = 'lock_not_available',
				  DETAIL = 'What is applied for goes with its sponsor to another account or bureau.',
				  HINT = 'Try again, or move the sponsor with @registry@.transfer_sponsor(), which waits.';
	END;
	UPDATE @registry@.application a SET account_id = NEW.account_id, province = NEW.province
	  FROM icp.state s
	 WHERE a.sponsor_id = NEW.id AND s.code = a.state AND NOT s.is_final
	   AND (a.account_id <> NEW.account_id OR a.province_code <> NEW.province_code);
	-- What has ended is a part of the record, too: whose it is now sees it, and who had it before no longer does.
	UPDATE @registry@.application a SET account_id = NEW.account_id, province = NEW.province
	  FROM icp.state s
	 WHERE a.sponsor_id = NEW.id AND s.code = a.state AND s.is_final AND a.account_id <> NEW.account_id;
	-- what they propose claims for the new account (filled from the application)
	UPDATE @registry@.sponsor_change c SET account_id = NEW.account_id
	  FROM @registry@.application a WHERE a.id = c.application_id AND a.sponsor_id = NEW.id AND c.status = 'pending';
	UPDATE @registry@.site_change c SET account_id = NEW.account_id
	  FROM @registry@.application a WHERE a.id = c.application_id AND a.sponsor_id = NEW.id AND c.status = 'pending';
	UPDATE @registry@.access_change c SET account_id = NEW.account_id
	  FROM @registry@.application a WHERE a.id = c.application_id AND a.sponsor_id = NEW.id AND c.status = 'pending';
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.route_applications() IS
	'Trigger: applications go with their sponsor to its account, unfinished ones also to the bureau of its province (4 §18(三)1)';

-- The province's code is part of a key that sites refer to, and fill_sponsor() sets it when the row is locked already, as
-- for a change of no key: whoever has entered a site of it and goes on to apply would wait for the sponsor, and be waited for.
CREATE FUNCTION @registry@.lock_moved_sponsor() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM FROM @registry@.sponsor s WHERE s.id = OLD.id FOR UPDATE NOWAIT;
	RETURN NEW;
EXCEPTION WHEN lock_not_available THEN
	RAISE EXCEPTION 'sponsor % is being worked on', OLD.id
		USING ERRCODE = 'lock_not_available',
			  DETAIL = 'It cannot move to another province while something is entered for it.',
			  HINT = 'Try again.';
END
$$;
COMMENT ON FUNCTION @registry@.lock_moved_sponsor() IS
	'Trigger: a sponsor that moves to another province is locked for a change of its key at once, or not at all';
CREATE TRIGGER lock_moved_sponsor BEFORE UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (NEW.province::text IS DISTINCT FROM OLD.province::text)
	EXECUTE FUNCTION @registry@.lock_moved_sponsor();
CREATE TRIGGER route_applications AFTER UPDATE OF account_id, province ON @registry@.sponsor
	FOR EACH ROW WHEN (NEW.account_id <> OLD.account_id OR NEW.province_code <> OLD.province_code)
	EXECUTE FUNCTION @registry@.route_applications();

-- The three places (4 §3, §8(三)): the sponsor's bureau leads, the server's and the provider's help.
CREATE FUNCTION @registry@.bureaux_of_site(site_id bigint)
	RETURNS TABLE (place text, province_code smallint, provider_id bigint, leads boolean)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'sponsor'::text, t.province_code, NULL::bigint, true FROM @registry@.site t WHERE t.id = bureaux_of_site.site_id
	UNION ALL
	SELECT 'server'::text, icp.province_code(a.server_province), a.provider_id, false
	  FROM @registry@.access a
	 WHERE a.site_id = bureaux_of_site.site_id AND a.status <> 'cancelled' AND a.server_province IS NOT NULL
	UNION ALL
	SELECT 'provider'::text, p.province_code, a.provider_id, false
	  FROM @registry@.access a JOIN @registry@.provider p ON p.id = a.provider_id
	 WHERE a.site_id = bureaux_of_site.site_id AND a.status <> 'cancelled' AND p.province_code IS NOT NULL;
END
$$;
COMMENT ON FUNCTION @registry@.bureaux_of_site(bigint) IS
	'The bureaux with a say in a site: of the sponsor''s place, which leads, and of the places of each server and provider (4 §3, §8(三))';

CREATE FUNCTION @registry@.bureaux_of_application(application_id bigint)
	RETURNS TABLE (place text, province_code smallint, provider_id bigint, leads boolean)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'sponsor'::text, a.province_code, NULL::bigint, true
	  FROM @registry@.application a WHERE a.id = bureaux_of_application.application_id
	UNION
	SELECT b.place, b.province_code, b.provider_id, false
	  FROM @registry@.application a
	  JOIN @registry@.site t ON t.sponsor_id = a.sponsor_id AND t.id = coalesce(a.site_id, t.id)
	 CROSS JOIN LATERAL @registry@.bureaux_of_site(t.id) b
	 WHERE a.id = bureaux_of_application.application_id AND b.place <> 'sponsor'
	UNION
	SELECT 'provider'::text, p.province_code, p.id, false
	  FROM @registry@.application a JOIN @registry@.provider p ON p.id = a.provider_id
	 WHERE a.id = bureaux_of_application.application_id AND p.province_code IS NOT NULL;
END
$$;
COMMENT ON FUNCTION @registry@.bureaux_of_application(bigint) IS
	'The bureaux with a say in an application: of the sponsor''s place, which decides, and of the servers and providers of what it concerns';

CREATE FUNCTION @registry@.own_provinces() RETURNS smallint[]
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(m.province_code), '{}')
	  FROM @registry@.member m WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau';
END;
COMMENT ON FUNCTION @registry@.own_provinces() IS 'Provinces for whose bureau the acting role acts';

CREATE FUNCTION @registry@.lies_in(server_province icp.province, provider_id bigint, provinces smallint[]) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN icp.province_code(lies_in.server_province) = ANY (lies_in.provinces)
		OR EXISTS (SELECT FROM @registry@.provider p
					WHERE p.id = lies_in.provider_id AND p.province_code = ANY (lies_in.provinces));
END
$$;
COMMENT ON FUNCTION @registry@.lies_in(icp.province, bigint, smallint[]) IS
	'Is the server or the provider of an access in one of these provinces?';

CREATE FUNCTION @registry@.is_served_in(site_id bigint, provinces smallint[]) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (whoever may read may call it: of provinces that are not the asker's it says nothing)
	RETURN is_served_in.provinces <@ @registry@.own_provinces() AND EXISTS (
		SELECT FROM @registry@.access a JOIN @registry@.provider p ON p.id = a.provider_id
		 WHERE a.site_id = is_served_in.site_id AND a.status = 'live'
		   AND (p.province_code = ANY (is_served_in.provinces)
				OR icp.province_code(a.server_province) = ANY (is_served_in.provinces)));
END
$$;
COMMENT ON FUNCTION @registry@.is_served_in(bigint, smallint[]) IS
	'Has the site a live access whose server or provider is in one of these provinces, all of which are the acting role''s?';

-- (plpgsql keeps the plan from row to row; an SQL function that runs as its owner does not.)
-- Permissive policies add to those that go by the sponsor's province and account.  The array is made once a query.
CREATE POLICY access_see_place ON @registry@.access FOR SELECT USING (
	(SELECT @registry@.own_provinces() <> '{}')
	AND @registry@.lies_in(server_province, provider_id, (SELECT @registry@.own_provinces())));
CREATE POLICY site_see_place ON @registry@.site FOR SELECT USING (
	(SELECT @registry@.own_provinces() <> '{}')
	AND @registry@.is_served_in(id, (SELECT @registry@.own_provinces())));

CREATE VIEW @registry@.access_place WITH (security_barrier) AS
SELECT a.id, a.site_id, t.number, t.name, t.domains, s.id AS sponsor_id, s.number AS sponsor_number,
	   s.name AS sponsor_name, s.province AS sponsor_province, a.server_province, p.province AS provider_province,
	   a.provider_id, p.name AS provider, a.ips, a.mode, a.status, a.province_code
  FROM @registry@.access a
  JOIN @registry@.site t ON t.id = a.site_id
  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
  JOIN @registry@.provider p ON p.id = a.provider_id
 WHERE (SELECT @registry@.acts_nationwide())
	OR a.province_code = ANY ((SELECT @registry@.own_provinces())::smallint[])
	OR icp.province_code(a.server_province) = ANY ((SELECT @registry@.own_provinces())::smallint[])
	OR p.province_code = ANY ((SELECT @registry@.own_provinces())::smallint[]);
COMMENT ON VIEW @registry@.access_place IS
	'Accesses with their three places (4 §3), for the bureau of any of them; of the sponsor only name and number';
COMMENT ON COLUMN @registry@.access_place.id IS 'The access';
COMMENT ON COLUMN @registry@.access_place.site_id IS 'The site';
COMMENT ON COLUMN @registry@.access_place.number IS 'Its filing number';
COMMENT ON COLUMN @registry@.access_place.name IS 'Its name';
COMMENT ON COLUMN @registry@.access_place.domains IS 'Its domains';
COMMENT ON COLUMN @registry@.access_place.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.access_place.sponsor_number IS 'The sponsor''s number';
COMMENT ON COLUMN @registry@.access_place.sponsor_name IS 'The sponsor''s name';
COMMENT ON COLUMN @registry@.access_place.sponsor_province IS 'Place of the sponsor, whose bureau leads (4 §8(三))';
COMMENT ON COLUMN @registry@.access_place.server_province IS 'Place of the server, whose bureau gathers evidence (4 §8(三))';
COMMENT ON COLUMN @registry@.access_place.provider_province IS 'Place of the provider, whose bureau has the site closed (4 §8(三))';
COMMENT ON COLUMN @registry@.access_place.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.access_place.provider IS 'Its name';
COMMENT ON COLUMN @registry@.access_place.ips IS 'Addresses';
COMMENT ON COLUMN @registry@.access_place.mode IS 'Way of access';
COMMENT ON COLUMN @registry@.access_place.status IS 'draft, live or cancelled';
COMMENT ON COLUMN @registry@.access_place.province_code IS 'The sponsor''s province, GB/T 2260';

-- Row security of what party/party.sql and provider.sql made.
ALTER TABLE @registry@.provider ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_see ON @registry@.provider FOR SELECT USING (true);
CREATE POLICY provider_apply ON @registry@.provider FOR INSERT WITH CHECK (@registry@.supervises_provider(province_code));
CREATE POLICY provider_step ON @registry@.provider FOR UPDATE
	USING (@registry@.supervises_provider(province_code) OR @registry@.acts_for_provider(id));

ALTER TABLE @registry@.provider_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_history_see ON @registry@.provider_history FOR SELECT
	USING ((SELECT @registry@.acts_as_authority()) OR @registry@.acts_for_provider(provider_id));

CREATE FUNCTION @registry@.issues_licence(provider_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.provider p
					WHERE p.id = issues_licence.provider_id AND p.licence IS NOT NULL
					  AND @registry@.supervises_provider(icp.province_code(icp.province_of(p.licence))));
END;
COMMENT ON FUNCTION @registry@.issues_licence(bigint) IS
	'Does the acting role belong to who issued the provider''s licence: the bureau of its province, the ministry for 合字?';

ALTER TABLE @registry@.provider_officer ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_officer_see ON @registry@.provider_officer FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR (SELECT @registry@.acts_nationwide())
		   OR reported_at IS NOT NULL
			  AND (@registry@.supervises_provider(province_code) OR @registry@.issues_licence(provider_id)));
CREATE POLICY provider_officer_enter ON @registry@.provider_officer FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id));
CREATE POLICY provider_officer_change ON @registry@.provider_officer FOR UPDATE
	USING (@registry@.acts_for_provider(provider_id));

ALTER TABLE @registry@.provider_lease ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_lease_see ON @registry@.provider_lease FOR SELECT
	USING ((SELECT @registry@.acts_as_authority()) OR (@registry@.acts_for_provider(lessor_id) OR @registry@.acts_for_provider(lessee_id)));
CREATE POLICY provider_lease_enter ON @registry@.provider_lease FOR INSERT
	WITH CHECK (CASE WHEN is_violation THEN @registry@.supervises_provider(province_code)
				ELSE @registry@.acts_for_provider(lessor_id) END);
CREATE POLICY provider_lease_end ON @registry@.provider_lease FOR UPDATE
	USING (CASE WHEN is_violation THEN @registry@.supervises_provider(province_code)
		   ELSE @registry@.acts_for_provider(lessor_id) END);

-- What of it others may ask.
CREATE VIEW @registry@.open_provider WITH (security_barrier) AS
SELECT p.id, p.name, p.province, p.province_code, p.system_url, p.service_phone
  FROM @registry@.provider p WHERE p.admission = 'open';
COMMENT ON VIEW @registry@.open_provider IS
	'Providers through which a site can be filed, and where (自行备案导航, 1 三); public';
COMMENT ON COLUMN @registry@.open_provider.id IS 'The provider';
COMMENT ON COLUMN @registry@.open_provider.name IS 'Its name';
COMMENT ON COLUMN @registry@.open_provider.province IS 'Its province; NULL: nationwide';
COMMENT ON COLUMN @registry@.open_provider.province_code IS 'GB/T 2260 code of province';
COMMENT ON COLUMN @registry@.open_provider.system_url IS 'Its filing system';
COMMENT ON COLUMN @registry@.open_provider.service_phone IS 'Its telephone for customers (4 §12(十二))';

CREATE VIEW @registry@.overdue_officer_report WITH (security_barrier) AS
SELECT o.id, o.provider_id, p.name AS provider, o.province_code, o.duty, o.since, o.until, o.due_at, o.reported_at
  FROM @registry@.provider_officer o JOIN @registry@.provider p ON p.id = o.provider_id
 WHERE coalesce(o.reported_at, now()) >= o.due_at
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(o.province_code)
		OR @registry@.issues_licence(o.provider_id) OR @registry@.acts_for_provider(o.provider_id));
COMMENT ON VIEW @registry@.overdue_officer_report IS
	'Changes of a filing unit''s heads that were not reported within two working days (4 §12(一)), or were reported late';
COMMENT ON COLUMN @registry@.overdue_officer_report.id IS 'The row of provider_officer; the name stays there until it is reported';
COMMENT ON COLUMN @registry@.overdue_officer_report.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.overdue_officer_report.provider IS 'Its name';
COMMENT ON COLUMN @registry@.overdue_officer_report.province_code IS 'GB/T 2260 code of its province';
COMMENT ON COLUMN @registry@.overdue_officer_report.duty IS 'head or deputy';
COMMENT ON COLUMN @registry@.overdue_officer_report.since IS 'First day in the duty';
COMMENT ON COLUMN @registry@.overdue_officer_report.until IS 'Last day; NULL: still';
COMMENT ON COLUMN @registry@.overdue_officer_report.due_at IS 'When it was due';
COMMENT ON COLUMN @registry@.overdue_officer_report.reported_at IS 'When it came in; NULL: not yet';

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('key_provider_sites', '5000',
	 'A value-added provider with at least so many filed sites counts as a key provider (重点接入服务商, 5 二)');

CREATE VIEW @registry@.key_provider WITH (security_barrier) AS
SELECT p.id, p.name, p.province, p.province_code, p.class, p.is_key AS listed, coalesce(n.sites, 0) AS sites
  FROM @registry@.provider p
  LEFT JOIN (SELECT a.provider_id, count(*) AS sites
			   FROM @registry@.access a JOIN @registry@.site t ON t.id = a.site_id
			  WHERE a.status = 'live' AND t.status = 'filed'
			  GROUP BY a.provider_id) n ON n.provider_id = p.id
 WHERE (p.is_key OR p.class = 'basic_telecom'
		OR n.sites >= (SELECT s.value::bigint FROM @registry@.setting s WHERE s.name = 'key_provider_sites'))
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(p.province_code));
COMMENT ON VIEW @registry@.key_provider IS
	'Key providers (重点接入服务商, 5 二): those of the ministry''s list, basic telecoms, and whoever serves many filed sites';
COMMENT ON COLUMN @registry@.key_provider.id IS 'The provider';
COMMENT ON COLUMN @registry@.key_provider.name IS 'Its name';
COMMENT ON COLUMN @registry@.key_provider.province IS 'Its province';
COMMENT ON COLUMN @registry@.key_provider.province_code IS 'GB/T 2260 code of province';
COMMENT ON COLUMN @registry@.key_provider.class IS 'Its class';
COMMENT ON COLUMN @registry@.key_provider.listed IS 'It is on the ministry''s list (5 附件1)';
COMMENT ON COLUMN @registry@.key_provider.sites IS 'Filed sites with live access there';

CREATE VIEW @registry@.sublease_clearance WITH (security_barrier) AS
SELECT l.province_code, count(DISTINCT l.lessee_id) AS to_clear,
	   count(DISTINCT l.lessee_id) FILTER (
		   WHERE coalesce(l.until, 'infinity') >= (now() AT TIME ZONE 'Asia/Shanghai')::date) AS not_cleared
  FROM @registry@.provider_lease l
 WHERE l.is_violation
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(l.province_code))
 GROUP BY l.province_code;
COMMENT ON VIEW @registry@.sublease_clearance IS
	'Lower providers to be cleared of subleases (违规转租) and those not yet cleared, by their province (5 附件4(四), 附件6(二)4)';
COMMENT ON COLUMN @registry@.sublease_clearance.province_code IS 'GB/T 2260 code; NULL: nationwide providers';
COMMENT ON COLUMN @registry@.sublease_clearance.to_clear IS '需要被清理的下级接入服务商总量';
COMMENT ON COLUMN @registry@.sublease_clearance.not_cleared IS '尚未被清理的下级接入服务商数量';

-- password/reset_letter
-- What goes with an application for a new filing password (4 附件1, §48): the comparison with the filing, the letter.

-- The values are those of the papers in the applicant's hands; which differ is all that is told and kept of them.
CREATE FUNCTION @registry@.compare_with_filing(sponsor_id bigint, given jsonb) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	compared	constant text[] := '{name,credential,credential_address,principal_name,principal_credential,mobile,phone}';
	of_site		constant text[] := '{site_principal_name,site_principal_credential,site_mobile,site_phone}';
	filed		jsonb;
	unknown		text;
BEGIN
	SELECT string_agg(icp.shown(k), ', ' ORDER BY k) INTO unknown
	  FROM jsonb_object_keys(given) k WHERE k <> ALL (compared || of_site);
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'not compared with the filing: %', unknown
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = format('Items are: %s.', array_to_string(compared || of_site, ', '));
	END IF;
	SELECT to_jsonb(s) INTO filed FROM @registry@.sponsor s WHERE s.id = compare_with_filing.sponsor_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % does not exist', sponsor_id USING ERRCODE = 'no_data_found';
	END IF;
	-- The person in charge of a site (网站负责人) is one person: all that is said of him equals what one filed site says of
	-- its own, or of the sponsor's where it has none.  Else the site counts that comes nearest.
	RETURN QUERY
		WITH given_item AS (
			SELECT g.key, g.value FROM jsonb_each_text(given) g),
		of_one_site AS (
			SELECT t.id, ARRAY(SELECT g.key FROM given_item g
								WHERE g.key = ANY (of_site)
								  AND NOT @registry@.same_item(substr(g.key, 6), g.value,
										CASE WHEN t.principal_name <> '' THEN to_jsonb(t) ELSE filed END ->> substr(g.key, 6))
							   ) AS differing
			  FROM @registry@.site t
			 WHERE t.sponsor_id = compare_with_filing.sponsor_id AND t.status = 'filed'),
		nearest AS (
			SELECT o.differing FROM of_one_site o ORDER BY cardinality(o.differing), o.id LIMIT 1)
		SELECT g.key
		  FROM given_item g
		 WHERE CASE WHEN g.key = ANY (compared)
					THEN NOT @registry@.same_item(g.key, g.value, filed ->> g.key)
					ELSE g.key = ANY (coalesce((SELECT n.differing FROM nearest n), of_site)) END
		 ORDER BY array_position(compared || of_site, g.key);
END
$$;
COMMENT ON FUNCTION @registry@.compare_with_filing(bigint, jsonb) IS
	'The items of an applicant''s papers that differ from the filing, by name (4 附件1 二); no row: all are equal';

CREATE FUNCTION @registry@.same_item(item text, given text, filed text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE
		WHEN coalesce(btrim(given), '') = '' OR coalesce(btrim(filed), '') = '' THEN false
		WHEN item LIKE '%credential' THEN
			-- the kind may be left out on the papers' side
			coalesce(nullif(icp.credential_number(icp.try_credential(given)), ''),
					 upper(translate(regexp_replace(normalize(given, NFKC), '^[a-z_]+:', ''), ' -', '')))
			= coalesce(nullif(icp.credential_number(icp.try_credential(filed)), ''),
					   upper(translate(regexp_replace(normalize(filed, NFKC), '^[a-z_]+:', ''), ' -', '')))
		WHEN item IN ('mobile', 'phone') THEN
			coalesce(icp.try_phone(given), regexp_replace(normalize(given, NFKC), '\s', '', 'g'))
			= coalesce(icp.try_phone(filed), regexp_replace(normalize(filed, NFKC), '\s', '', 'g'))
		ELSE icp.name_key(given) = icp.name_key(filed) END;
END;
COMMENT ON FUNCTION @registry@.same_item(text, text, text) IS
	'Do an item of an applicant''s papers and of the filing say the same, whatever their spelling?';

CREATE TABLE @registry@.reset_letter (
	application_id		bigint PRIMARY KEY REFERENCES @registry@.application,
	province_code		smallint,
	is_lost				boolean NOT NULL,
	not_recoverable		boolean NOT NULL,
	not_deposited		boolean NOT NULL,
	mailbox				text NOT NULL,
	differences			text[],
	compared_at			timestamptz,
	compared_by			name,
	fax_at				timestamptz,
	original_at			timestamptz,
	original_due_at		timestamptz,
	due_at				timestamptz,
	CONSTRAINT reset_letter_conditions_check CHECK (is_lost AND not_recoverable AND not_deposited),
	CONSTRAINT reset_letter_mailbox_check CHECK (coalesce(icp.explain_email(mailbox) LIKE 'Warning:%', true))
);
CREATE INDEX reset_letter_original_due_at_idx ON @registry@.reset_letter (original_due_at)
	WHERE fax_at IS NOT NULL AND original_at IS NULL;
COMMENT ON TABLE @registry@.reset_letter IS
	'What goes with an application for a new filing password (申请密码重置的报告, 4 §48, 附件1)';
COMMENT ON COLUMN @registry@.reset_letter.application_id IS 'The application, of kind password_reset';
COMMENT ON COLUMN @registry@.reset_letter.province_code IS 'Province of the application, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.reset_letter.is_lost IS 'The sponsor has lost the password (4 §48)';
COMMENT ON COLUMN @registry@.reset_letter.not_recoverable IS 'The system''s own recovery is of no help (4 §48)';
COMMENT ON COLUMN @registry@.reset_letter.not_deposited IS 'It is not kept with the provider either (4 §48)';
COMMENT ON COLUMN @registry@.reset_letter.mailbox IS 'E-mail of the letter, to which the bureau answers the provider (4 附件1 四)';
COMMENT ON COLUMN @registry@.reset_letter.differences IS
	'Items of the papers that differ from the filing, by name, or * where the provider may not see it; empty: all are equal; NULL: not yet compared (4 附件1 二)';
COMMENT ON COLUMN @registry@.reset_letter.compared_at IS 'When they were compared';
COMMENT ON COLUMN @registry@.reset_letter.compared_by IS 'By which role';
COMMENT ON COLUMN @registry@.reset_letter.fax_at IS 'When the bureau had the fax, in urgent cases (4 附件1 三(二))';
COMMENT ON COLUMN @registry@.reset_letter.original_at IS 'When the bureau had the original';
COMMENT ON COLUMN @registry@.reset_letter.original_due_at IS 'End of the month after the fax, when the original is due, filled by trigger (clock original)';
COMMENT ON COLUMN @registry@.reset_letter.due_at IS
	'End of the 10th working day after fax or original, whichever came first, filled by trigger (clock reset, 4 附件1 四)';

CREATE FUNCTION @registry@.fill_reset_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_letter	record;
BEGIN
	SELECT a.kind, a.province_code INTO of_letter FROM @registry@.application a WHERE a.id = NEW.application_id;
	IF NOT @registry@.sees_application(NEW.application_id) AND NOT @registry@.acts_as_owner() THEN
		-- (before row security is asked: the same words, whether it is there or not)
		RAISE EXCEPTION 'application % does not exist, or is not yours', NEW.application_id
			USING ERRCODE = 'insufficient_privilege';
	ELSIF of_letter.kind IS DISTINCT FROM 'password_reset' THEN
		RAISE EXCEPTION 'application % is not for a new password (密码重置)', NEW.application_id
			USING ERRCODE = 'check_violation', DETAIL = format('It is of kind %s.', coalesce(of_letter.kind, 'none'));
	END IF;
	NEW.province_code := of_letter.province_code;
	NEW.original_due_at := CASE WHEN NEW.original_at IS NULL THEN icp.clock_due('original', NEW.fax_at) END;
	NEW.due_at := icp.clock_due('reset', least(NEW.fax_at, NEW.original_at));
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_reset_letter() IS 'Trigger: province and deadlines of a letter (4 附件1)';
CREATE TRIGGER fill_reset_letter BEFORE INSERT OR UPDATE ON @registry@.reset_letter
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_reset_letter();

CREATE FUNCTION @registry@.compare_reset_letter(application_id bigint, given jsonb) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	letter	@registry@.application;
	missing	text;
	sees	boolean;
	answer	text[];
BEGIN
	SELECT a.* INTO letter
	  FROM @registry@.application a JOIN @registry@.reset_letter l ON l.application_id = a.id
	 WHERE a.id = compare_reset_letter.application_id FOR NO KEY UPDATE OF a;
	IF NOT FOUND OR NOT @registry@.is_member('{provider}', NULL, letter.provider_id) THEN
		RAISE EXCEPTION 'role "%" may not compare the papers of application %', @registry@.acting_user(), application_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The provider that the application is entered with compares them (4 附件1 二).';
	ELSIF letter.state NOT IN ('draft', 'submitted', 'returned') THEN
		RAISE EXCEPTION 'application % is %, its papers have been compared', application_id, letter.state
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	SELECT string_agg(i, ', ') INTO missing
	  FROM unnest('{credential,credential_address,principal_name,principal_credential}'::text[]) i WHERE given ->> i IS NULL;
	IF missing IS NOT NULL OR num_nonnulls(given ->> 'mobile', given ->> 'phone') = 0
	   OR (num_nonnulls(given ->> 'site_mobile', given ->> 'site_phone') = 0 OR given ->> 'site_principal_credential' IS NULL)
		  -- a sponsor without a site has nobody in charge of one
		  AND EXISTS (SELECT FROM @registry@.site t WHERE t.sponsor_id = letter.sponsor_id AND t.status = 'filed') THEN
		RAISE EXCEPTION 'the papers of application % are not complete', application_id
			USING ERRCODE = 'invalid_parameter_value',
				  DETAIL = coalesce('Missing: ' || missing || '.', 'Missing: a telephone, or the credential, of one of the two persons.'),
				  HINT = 'Compare credential, credential_address, principal_name, principal_credential, mobile or phone, site_principal_credential, site_mobile or site_phone (4 附件1 二).';
	END IF;
	-- Who may not see the filing hears yes or no to the whole, and guesses a few times, not three thousand.
	sees := @registry@.sees_record(letter.sponsor_id);
	IF NOT sees THEN
		PERFORM @registry@.count_try('sponsor.letter', letter.sponsor_id);
	END IF;
	answer := ARRAY(SELECT d FROM @registry@.compare_with_filing(letter.sponsor_id, given) d);
	IF NOT sees THEN
		PERFORM @registry@.record_comparison(letter, 'letter', answer = '{}');
		IF answer = '{}' THEN
			PERFORM @registry@.clear_tries('sponsor.letter', letter.sponsor_id);
		ELSE
			answer := '{*}';
		END IF;
	END IF;
	UPDATE @registry@.reset_letter l
	   SET differences = answer, compared_at = now(), compared_by = @registry@.acting_user()
	 WHERE l.application_id = letter.id;
	RETURN QUERY SELECT unnest(answer);
END
$$;
COMMENT ON FUNCTION @registry@.compare_reset_letter(bigint, jsonb) IS
	'The provider compares the papers with the filing (4 附件1 二): keeps and returns the names of the items that differ, never the values; to a provider that may not see the filing only whether any does (*), and each question counts';

-- All equal: it goes to the bureau; otherwise the papers go back (4 附件1 二).
CREATE FUNCTION @registry@.require_reset_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	letter	@registry@.reset_letter;
BEGIN
	SELECT * INTO letter FROM @registry@.reset_letter l WHERE l.application_id = NEW.id;
	IF FOUND AND letter.differences = '{}' OR @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'application % for a new password (密码重置) cannot be reported', NEW.id
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = CASE WHEN letter.application_id IS NULL THEN 'There is no letter in reset_letter.'
							WHEN letter.differences IS NULL THEN 'The papers have not been compared with the filing.'
							ELSE format('The papers differ from the filing in: %s.', array_to_string(letter.differences, ', ')) END,
			  HINT = 'compare_reset_letter(application_id, items) compares; papers that differ go back to the sponsor (4 附件1 二).';
END
$$;
COMMENT ON FUNCTION @registry@.require_reset_letter() IS
	'Trigger: an application for a new password is reported only when its papers equal the filing (4 附件1 二)';
CREATE TRIGGER ab_require_reset_letter AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.kind = 'password_reset' AND NEW.state = 'reported' AND OLD.state <> 'reported')
	EXECUTE FUNCTION @registry@.require_reset_letter();

-- The bureau resets when it has the letter, the original or in urgent cases the fax (4 附件1 三(二), 四).
CREATE FUNCTION @registry@.require_received_letter() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM @registry@.reset_letter l
					WHERE l.application_id = NEW.id AND num_nonnulls(l.fax_at, l.original_at) > 0)
	   AND NOT @registry@.owner_is_exempt() THEN
		RAISE EXCEPTION 'the letter (申请密码重置的报告) of application % has not come in', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Enter in reset_letter when the original or the fax came (4 附件1 四).';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_received_letter() IS
	'Trigger: a filing password is reset when its letter, original or fax, has come in (4 附件1 四)';
CREATE TRIGGER ab_require_received_letter AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.kind = 'password_reset' AND NEW.state = 'approved' AND OLD.state <> 'approved')
	EXECUTE FUNCTION @registry@.require_received_letter();

CREATE VIEW @registry@.overdue_reset_letter WITH (security_barrier) AS
SELECT l.application_id, a.provider_id, a.province_code, o.what, o.due_at
  FROM @registry@.reset_letter l
  JOIN @registry@.application a ON a.id = l.application_id
 CROSS JOIN LATERAL (VALUES ('original'::text, l.original_due_at),
							('reset'::text, CASE WHEN a.state = 'reviewing' THEN l.due_at END)) AS o(what, due_at)
 WHERE o.due_at <= now()
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', a.province_code, a.provider_id));
COMMENT ON VIEW @registry@.overdue_reset_letter IS
	'Letters whose original has not followed the fax in a month, and resets that the bureau has not made in 10 working days (4 附件1 三, 四)';
COMMENT ON COLUMN @registry@.overdue_reset_letter.application_id IS 'The application';
COMMENT ON COLUMN @registry@.overdue_reset_letter.provider_id IS 'Its provider';
COMMENT ON COLUMN @registry@.overdue_reset_letter.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.overdue_reset_letter.what IS 'original: the provider owes it; reset: the bureau does';
COMMENT ON COLUMN @registry@.overdue_reset_letter.due_at IS 'Since when';

ALTER TABLE @registry@.reset_letter ENABLE ROW LEVEL SECURITY;
CREATE POLICY reset_letter_see ON @registry@.reset_letter FOR SELECT
	USING (@registry@.reads_application(application_id));
CREATE POLICY reset_letter_enter ON @registry@.reset_letter FOR INSERT
	WITH CHECK (EXISTS (SELECT FROM @registry@.application a
						 WHERE a.id = application_id AND @registry@.is_member('{provider}', NULL, a.provider_id)));
CREATE POLICY reset_letter_receive ON @registry@.reset_letter FOR UPDATE
	USING (@registry@.acts_as_bureau(province_code));

-- password/password
-- Filing passwords (备案密码, 4 §14(七), §47): made at approval, shown once, stored as a digest.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('password_cost', '10',
	 'What digesting a password costs: 1 to 17, memory is 2^cost kilobytes; 10 takes some 2 ms, 14 some 35 ms. The passwords are random, of 69 bits, so that little is enough. Stored digests keep their own'),
	('password_notice', 'off',
	 'on: a new password also goes out in the secret part of notices "password" and "password_reset", which is stored until it is delivered; off: the deliverer fetches it with take_password()');

CREATE TABLE @registry@.filing_password (
	sponsor_id		bigint PRIMARY KEY REFERENCES @registry@.sponsor ON DELETE CASCADE,
	digest			text NOT NULL,
	made_at			timestamptz NOT NULL,
	shown_at		timestamptz,
	shown_to		name,
	province_code	smallint
);
COMMENT ON TABLE @registry@.filing_password IS
	'Filing passwords as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.filing_password.sponsor_id IS 'The sponsor whose password it is';
COMMENT ON COLUMN @registry@.filing_password.digest IS 'What icp.hash_password() made of it';
COMMENT ON COLUMN @registry@.filing_password.made_at IS 'When it was made: at the approval, or at the reset';
COMMENT ON COLUMN @registry@.filing_password.shown_at IS 'When it was shown; NULL: not yet';
COMMENT ON COLUMN @registry@.filing_password.shown_to IS 'The role it was shown to';
COMMENT ON COLUMN @registry@.filing_password.province_code IS 'The sponsor''s province, GB/T 2260';
ALTER TABLE @registry@.filing_password ENABLE ROW LEVEL SECURITY;

-- UNLOGGED: in no write-ahead log, on no standby, in no base backup; a crash empties it, and a reset makes another one.
CREATE UNLOGGED TABLE @registry@.password_to_show (
	sponsor_id		bigint PRIMARY KEY REFERENCES @registry@.sponsor ON DELETE CASCADE,
	password		text NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.password_to_show IS
	'New passwords in clear until take_password() has shown them. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.password_to_show.sponsor_id IS 'The sponsor whose password it is';
COMMENT ON COLUMN @registry@.password_to_show.password IS 'The password';
COMMENT ON COLUMN @registry@.password_to_show.province_code IS 'The sponsor''s province, GB/T 2260';
ALTER TABLE @registry@.password_to_show ENABLE ROW LEVEL SECURITY;

CREATE TABLE @registry@.given_password (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application ON DELETE CASCADE,
	is_right		boolean NOT NULL,
	given_at		timestamptz NOT NULL,
	given_by		name NOT NULL,
	tries			integer NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.given_password IS
	'Whether the filing password that was given with an application is right; the password itself is kept nowhere';
COMMENT ON COLUMN @registry@.given_password.application_id IS 'The application';
COMMENT ON COLUMN @registry@.given_password.is_right IS 'Was the last one given the sponsor''s password?';
COMMENT ON COLUMN @registry@.given_password.given_at IS 'When it was given last';
COMMENT ON COLUMN @registry@.given_password.given_by IS 'The role that gave it';
COMMENT ON COLUMN @registry@.given_password.tries IS 'How often one was given';
COMMENT ON COLUMN @registry@.given_password.province_code IS 'The application''s province, GB/T 2260';
ALTER TABLE @registry@.given_password ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.issue_password(sponsor_id bigint, application_id bigint DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	made		text := icp.random_password();
	province	smallint := (SELECT s.province_code FROM @registry@.sponsor s WHERE s.id = sponsor_id);
BEGIN
	INSERT INTO @registry@.filing_password AS f (sponsor_id, digest, made_at, province_code)
	VALUES (sponsor_id, icp.hash_password(made, @registry@.setting('password_cost')::integer), now(), province)
	ON CONFLICT ON CONSTRAINT filing_password_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, made_at = EXCLUDED.made_at, shown_at = NULL, shown_to = NULL;
	INSERT INTO @registry@.password_to_show (sponsor_id, password, province_code) VALUES (sponsor_id, made, province)
	ON CONFLICT ON CONSTRAINT password_to_show_pkey DO UPDATE SET password = EXCLUDED.password;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code)
	VALUES (@registry@.acting_user(), 'issue_password', sponsor_id, province);
	IF @registry@.setting('password_notice') = 'on' THEN
		-- a reset one goes to the provider that asked for it, at the mailbox of its letter (4 附件1 四)
		PERFORM @registry@.send_notice(CASE WHEN application_id IS NULL THEN 'password' ELSE 'password_reset' END, application_id, NULL,
									   jsonb_strip_nulls(jsonb_build_object('sponsor_id', sponsor_id, 'password', made, 'address',
										(SELECT l.mailbox FROM @registry@.reset_letter l
										  WHERE l.application_id = issue_password.application_id))));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.issue_password(bigint, bigint) IS
	'Makes a sponsor''s filing password, a first one or, on an application password_reset, another, from OpenSSL''s random source; take_password() shows it once (4 §18(三)2, §47)';

CREATE FUNCTION @registry@.take_password(sponsor_id bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who		constant name := @registry@.acting_user();
	issued	record;
	taken	text;
BEGIN
	IF NOT EXISTS (SELECT FROM @registry@.sponsor s
					WHERE s.id = sponsor_id
					  AND (pg_has_role(who, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
						   OR EXISTS (SELECT FROM @registry@.member m
									   WHERE m.role_name = who
										 AND (m.role = 'system' OR m.role = 'sponsor' AND m.account_id = s.account_id))))
	THEN
		RAISE EXCEPTION 'role "%" may not take the filing password (备案密码) of sponsor %', who, sponsor_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account may, and the members "system" of @registry@.member, who deliver it.';
	END IF;
	-- in this order, as issue_password() writes them
	PERFORM FROM @registry@.filing_password f WHERE f.sponsor_id = take_password.sponsor_id FOR NO KEY UPDATE;
	DELETE FROM @registry@.password_to_show p WHERE p.sponsor_id = take_password.sponsor_id RETURNING p.password INTO taken;
	IF NOT FOUND THEN
		SELECT f.made_at, f.shown_at INTO issued FROM @registry@.filing_password f
		 WHERE f.sponsor_id = take_password.sponsor_id;
		RAISE EXCEPTION 'the filing password (备案密码) of sponsor % cannot be shown', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN issued.made_at IS NULL THEN 'None has been made: that is done at the first approval.'
								WHEN issued.shown_at IS NOT NULL THEN format('It was shown on %s; it is shown once.', issued.shown_at)
								ELSE 'The server has crashed before it was shown.' END,
				  HINT = 'Whoever has lost it applies for another one: an application of kind password_reset (4 §48).';
	END IF;
	UPDATE @registry@.filing_password f SET shown_at = now(), shown_to = who
	 WHERE f.sponsor_id = take_password.sponsor_id;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code)
	SELECT who, 'show_password', s.id, s.province_code FROM @registry@.sponsor s WHERE s.id = sponsor_id;
	RETURN taken;
END
$$;
COMMENT ON FUNCTION @registry@.take_password(bigint) IS
	'Shows a sponsor''s new filing password, once: to its account, or to a member "system" that delivers it (4 §47)';

CREATE FUNCTION @registry@.check_password(sponsor_id bigint, password text) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce((SELECT icp.check_password(check_password.password, f.digest)
					   FROM @registry@.filing_password f JOIN @registry@.sponsor s ON s.id = f.sponsor_id
					  WHERE f.sponsor_id = check_password.sponsor_id AND s.status IN ('draft', 'filed')), false);
END;
COMMENT ON FUNCTION @registry@.check_password(bigint, text) IS
	'Is it the filing password of a sponsor that is not cancelled? Of the registry''s owner; members use give_password()';

-- A wrong password is an answer, no error.  It was counted before, whatever became of the transaction; by sponsor, so that
-- another application gives no other tries.
CREATE FUNCTION @registry@.give_password(application_id bigint, password text, number text DEFAULT NULL) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who		constant name := @registry@.acting_user();
	app		@registry@.application;
	matches	boolean;
BEGIN
	SELECT * INTO app FROM @registry@.application a
	 WHERE a.id = application_id
	   AND (pg_has_role(who, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = who
						  AND (m.role = 'sponsor' AND m.account_id = a.account_id
							   OR m.role = 'provider' AND m.provider_id = a.provider_id)))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not give a password (备案密码) with application %', who, application_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account may, and the provider that the application is entered with.';
	ELSIF app.kind NOT IN ('new_access', 'cancel_sponsor')
		  AND (app.kind = 'password_reset' OR NOT @registry@.is_of_stranger(app)) THEN
		RAISE EXCEPTION 'an application of kind % needs no filing password (备案密码)', app.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'It is asked for with new_access and cancel_sponsor, and of a provider that is new to the record with whatever it applies for (4 §18(五), §47).';
	ELSIF app.state NOT IN ('draft', 'submitted', 'pre_verified', 'verified', 'returned') THEN
		RAISE EXCEPTION 'the filing password (备案密码) of application % cannot be given any more', application_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s; the password is asked for at the report.', app.state);
	ELSIF password IS NULL THEN
		RAISE EXCEPTION 'no password (备案密码) was given' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM @registry@.count_try('sponsor.password', app.sponsor_id);
	-- where the number was given too, it must be the sponsor's, or that of the site (4 §18(五))
	matches := @registry@.check_password(app.sponsor_id, password)
		AND (number IS NULL
			 OR EXISTS (SELECT FROM @registry@.sponsor s
						 WHERE s.id = app.sponsor_id AND s.number = icp.try_icp_id(give_password.number))
			 OR EXISTS (SELECT FROM @registry@.site t
						 WHERE t.id = app.site_id AND t.number = icp.try_filing_number(give_password.number)));
	IF matches THEN
		PERFORM @registry@.clear_tries('sponsor.password', app.sponsor_id);
	END IF;
	INSERT INTO @registry@.given_password AS g (application_id, is_right, given_at, given_by, tries, province_code)
	VALUES (application_id, matches, now(), who, 1, app.province_code)
	ON CONFLICT ON CONSTRAINT given_password_pkey DO UPDATE
	   SET is_right = EXCLUDED.is_right, given_at = EXCLUDED.given_at, given_by = EXCLUDED.given_by, tries = g.tries + 1;
	RETURN matches;
END
$$;
COMMENT ON FUNCTION @registry@.give_password(bigint, text, text) IS
	'Gives the sponsor''s filing password, and its number if one likes, with an application of new_access or cancel_sponsor, or of a provider that is new to the record; returns whether they are right, and that is all that is kept (4 §18(五), §47)';

CREATE FUNCTION @registry@.password_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	app		@registry@.application;
	given	@registry@.given_password;
	made_at	timestamptz;
BEGIN
	SELECT * INTO app FROM @registry@.application a WHERE a.id = application_id;
	-- Since the codes by short message, a cancellation needs none (since 2020-08-17).
	IF NOT (app.kind = 'new_access'
			OR app.kind = 'cancel_sponsor'
			AND (coalesce(app.reported_at, now()) AT TIME ZONE 'Asia/Shanghai')::date < date '2020-08-17')
	   OR @registry@.owner_is_exempt() THEN
		RETURN;
	END IF;
	made_at := (SELECT f.made_at FROM @registry@.filing_password f WHERE f.sponsor_id = app.sponsor_id);
	SELECT * INTO given FROM @registry@.given_password g WHERE g.application_id = app.id;
	IF made_at IS NULL THEN
		RETURN NEXT 'the sponsor has no filing password (备案密码); it applies for one with password_reset (4 §18(五), §48)';
	ELSIF given.is_right IS NULL THEN
		RETURN NEXT 'the filing password (备案密码) was not given (4 §18(五), §47)';
	ELSIF NOT given.is_right THEN
		RETURN NEXT 'the filing password (备案密码) that was given is wrong, result code 1018 (4 §18(五), §47)';
	ELSIF given.given_at < made_at THEN
		RETURN NEXT 'the filing password (备案密码) has been reset since it was given (4 §18(五), §47)';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.password_problems(bigint) IS
	'Why the automatic check returns a reported application: new_access without the right filing password; cancel_sponsor too, where it was reported before 2020-08-17 (4 §18(五), §47)';

-- application/effect
-- What approval does, a function a kind; and the end of a filing, whoever ends it.

-- A new site, of a sponsor that is new with it or filed before: numbers for both, the access live (4 §18(三)2).
CREATE FUNCTION @registry@.approve_new_filing(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	on_day			date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	before			text;
	sponsor_number	icp.icp_id;
	service_no		integer;
BEGIN
	-- The sponsor's row is locked (apply_step), so that its counter gives each number once.
	SELECT s.status, s.number,
		   greatest(s.last_service_no,
					(SELECT max(icp.service_no(t.number)) FROM @registry@.site t WHERE t.sponsor_id = s.id))
	  INTO before, sponsor_number, service_no
	  FROM @registry@.sponsor s WHERE s.id = approved.sponsor_id AND s.status IN ('draft', 'filed');
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % of application % is cancelled or withdrawn and cannot be filed',
			approved.sponsor_id, approved.id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF sponsor_number IS NULL THEN
		sponsor_number := @registry@.issue_sponsor_number(approved.province, on_day);
		-- A number that came back: its services' numbers do not, so the counter goes on where its last holder's stood.
		service_no := greatest(service_no, (SELECT max(s.last_service_no) FROM @registry@.sponsor s
											 WHERE s.number = sponsor_number AND s.number IS NOT NULL AND s.status <> 'filed'));
	END IF;
	service_no := service_no + 1;
	UPDATE @registry@.sponsor s
	   SET number = sponsor_number, last_service_no = service_no, status = 'filed', filed_at = coalesce(s.filed_at, now())
	 WHERE s.id = approved.sponsor_id;
	UPDATE @registry@.site t
	   SET number = icp.make_filing_number(sponsor_number, service_no, t.kind), status = 'filed', filed_at = now()
	 WHERE t.id = approved.site_id AND t.status = 'draft';
	IF NOT FOUND THEN
		RAISE EXCEPTION 'site % of application % is not a draft and cannot be filed', approved.site_id, approved.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s.', (SELECT t.status FROM @registry@.site t WHERE t.id = approved.site_id)),
				  HINT = 'Return the application, and enter the site anew if need be.';
	END IF;
	INSERT INTO @registry@.access (site_id, provider_id, status)
	VALUES (approved.site_id, approved.provider_id, 'live')
	ON CONFLICT (site_id, provider_id) DO UPDATE SET status = 'live';
	IF before = 'draft' THEN
		PERFORM @registry@.issue_password(approved.sponsor_id);
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.approve_new_filing(@registry@.application) IS
	'What the approval of a new filing does: numbers for sponsor and site, both filed, the access live, the first time a filing password (4 §18(三)2)';

CREATE FUNCTION @registry@.approve_new_site(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.approve_new_filing(approved);
END;
COMMENT ON FUNCTION @registry@.approve_new_site(@registry@.application) IS
	'What the approval of a new site of a filed sponsor does: the next -N of the sponsor''s one counter, the access live (4 §19(二))';

CREATE FUNCTION @registry@.approve_new_access(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	UPDATE @registry@.access c SET status = 'live' WHERE c.id = approved.access_id;
END;
COMMENT ON FUNCTION @registry@.approve_new_access(@registry@.application) IS
	'What the approval of a new access does: it is live, beside those that are (4 §18(五); 4 §14(四): before the old one is removed)';

-- Columns that a change has and its record too are the ones to set; what triggers fill follows.
CREATE FUNCTION @registry@.apply_change(target text, application_id bigint, target_id bigint) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	record		regclass := format('@registry@.%I', target)::regclass;
	change		regclass := format('@registry@.%I', target || '_change')::regclass;
	assignments	text;
	before		jsonb;
	after		jsonb;
	altered		jsonb;
BEGIN
	EXECUTE format('SELECT true FROM %s c WHERE c.application_id = $1 AND c.status = ''pending'' FOR UPDATE', change)
		USING application_id;
	EXECUTE format('SELECT to_jsonb(c) FROM %s c WHERE c.application_id = $1 AND c.status = ''pending''', change)
		INTO after USING application_id;
	IF after IS NULL THEN
		RETURN NULL;			-- it proposes nothing
	END IF;
	SELECT string_agg(format('%1$I = CASE WHEN %1$L = ANY (c.cleared) THEN %2$s ELSE coalesce(c.%1$I, r.%1$I) END',
							 o.attname, coalesce(pg_get_expr(d.adbin, d.adrelid), 'NULL')), ', ')
	  INTO assignments
	  FROM pg_attribute o
	  JOIN pg_attribute n ON n.attrelid = change AND n.attname = o.attname AND n.attnum > 0 AND NOT n.attisdropped
	  LEFT JOIN pg_attrdef d ON d.adrelid = o.attrelid AND d.adnum = o.attnum
	 WHERE o.attrelid = record AND o.attnum > 0 AND NOT o.attisdropped
	   AND (after ->> o.attname IS NOT NULL OR after -> 'cleared' ? o.attname)
	   AND o.attname = ANY (icp.record_columns(target, 'entered'));
	EXECUTE format('SELECT to_jsonb(r) FROM %s r WHERE r.id = $1', record) INTO before USING target_id;
	IF assignments IS NOT NULL THEN
		EXECUTE format('UPDATE %s r SET %s FROM %s c WHERE r.id = $1 AND c.application_id = $2', record, assignments, change)
			USING target_id, application_id;
	END IF;
	EXECUTE format('SELECT to_jsonb(r) FROM %s r WHERE r.id = $1', record) INTO after USING target_id;
	SELECT coalesce(d.old_values, '{}') INTO altered
	  FROM @registry@.row_diff(before - icp.record_columns(target, 'derived'), after) d;
	EXECUTE format('UPDATE %s c SET status = ''applied'', old_values = $2, applied_at = now() WHERE c.application_id = $1', change)
		USING application_id, altered;
	RETURN after;
END
$$;
COMMENT ON FUNCTION @registry@.apply_change(text, bigint, bigint) IS
	'Puts what an application proposes into the record (sponsor, site or access), and keeps what it said before; returns the record, NULL where nothing is proposed';

CREATE FUNCTION @registry@.drop_changes(application_ids bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	UPDATE @registry@.sponsor_change c SET status = 'dropped'
	 WHERE c.application_id = ANY (application_ids) AND c.status = 'pending';
	UPDATE @registry@.site_change c SET status = 'dropped'
	 WHERE c.application_id = ANY (application_ids) AND c.status = 'pending';
	UPDATE @registry@.access_change c SET status = 'dropped'
	 WHERE c.application_id = ANY (application_ids) AND c.status = 'pending';
END
$$;
COMMENT ON FUNCTION @registry@.drop_changes(bigint[]) IS 'Gives up what applications propose, so that it claims nothing any more';

CREATE FUNCTION @registry@.approve_change_sponsor(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.apply_change('sponsor', approved.id, approved.sponsor_id);
END;
COMMENT ON FUNCTION @registry@.approve_change_sponsor(@registry@.application) IS
	'What the approval of a change of the sponsor does: the filed record says what was proposed, its number stays (4 §19(四))';

CREATE FUNCTION @registry@.approve_change_principal(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.apply_change('sponsor', approved.id, approved.sponsor_id);
END;
COMMENT ON FUNCTION @registry@.approve_change_principal(@registry@.application) IS
	'What the approval of a change of the principal does: the filed record says what was proposed (4 §19(四))';

CREATE FUNCTION @registry@.approve_change_site(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.apply_change('site', approved.id, approved.site_id);
END;
COMMENT ON FUNCTION @registry@.approve_change_site(@registry@.application) IS
	'What the approval of a change of a site does: the filed record says what was proposed, its number stays (4 §19(四))';

CREATE FUNCTION @registry@.approve_change_access(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	changed	jsonb := @registry@.apply_change('access', approved.id, approved.access_id);
BEGIN
	-- A change that takes the addresses, the way and the place away leaves no access; trigger follow_access does the rest.
	IF EXISTS (SELECT FROM @registry@.access_change c WHERE c.application_id = approved.id AND c.cleared <> '{}')
	   AND num_nonnulls(changed ->> 'ips', changed ->> 'mode', changed ->> 'server_province') = 0
	THEN
		PERFORM @registry@.cancel_access(approved.access_id,
			format('application %s leaves the site no access information (变更后无接入信息, 4 §19(四))', approved.id));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.approve_change_access(@registry@.application) IS
	'What the approval of a change of an access does; one that empties it ends it, and if it was the last leads to cancellation on review (4 §19(四))';

-- The end of a filing: also for revocations, providers that leave, approvals that prove false.

CREATE FUNCTION @registry@.record_end(why text, sponsor_id bigint, site_id bigint, province_code smallint, what jsonb) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, reason, old_values)
	VALUES (@registry@.acting_user(), 'cancel', sponsor_id, site_id, province_code, why, what);
END;
COMMENT ON FUNCTION @registry@.record_end(text, bigint, bigint, smallint, jsonb) IS 'Writes the event of a cancellation with its reason';

CREATE FUNCTION @registry@.cancel_access(access_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	record;
BEGIN
	PERFORM @registry@.lock_records('{}', ARRAY(SELECT c.site_id FROM @registry@.access c WHERE c.id = cancel_access.access_id));
	SELECT c.site_id, c.provider_id, t.sponsor_id, c.province_code INTO ended
	  FROM @registry@.access c JOIN @registry@.site t ON t.id = c.site_id
	 WHERE c.id = cancel_access.access_id;
	UPDATE @registry@.access c SET status = 'cancelled' WHERE c.id = cancel_access.access_id AND c.status <> 'cancelled';
	IF FOUND THEN
		PERFORM @registry@.record_end(why, ended.sponsor_id, ended.site_id, ended.province_code,
			jsonb_build_object('access', cancel_access.access_id, 'provider', ended.provider_id));
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.cancel_access(bigint, text) IS
	'Ends an access, with the reason; the last one of a filed site leads to cancellation on review (4 §19(四)). Does nothing to one that has ended';

CREATE FUNCTION @registry@.cancel_site(site_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	record;
BEGIN
	PERFORM @registry@.lock_sites(ARRAY[cancel_site.site_id]);
	UPDATE @registry@.site t SET status = 'cancelled' WHERE t.id = cancel_site.site_id AND t.status = 'filed'
	RETURNING t.sponsor_id, t.province_code, t.number INTO ended;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM @registry@.record_end(why, ended.sponsor_id, cancel_site.site_id, ended.province_code,
		jsonb_build_object('number', ended.number));
	-- The access stops with it (4 §22(四)), and what was proposed for it claims nothing any more.
	UPDATE @registry@.access c SET status = 'cancelled' WHERE c.site_id = cancel_site.site_id AND c.status <> 'cancelled';
	PERFORM @registry@.drop_changes(ARRAY(
		SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.site_id = cancel_site.site_id AND a.kind IN ('change_site', 'change_access') AND NOT s.is_final));
END
$$;
COMMENT ON FUNCTION @registry@.cancel_site(bigint, text) IS
	'Cancels a filed site with its accesses, with the reason (4 §22); does nothing to one that is not filed';

-- The same of many sites of one sponsor, who is locked; together, so that the work grows as their number does.
CREATE FUNCTION @registry@.cancel_sites(site_ids bigint[], why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	bigint[];
BEGIN
	PERFORM FROM @registry@.site t WHERE t.id = ANY (site_ids) ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.access c WHERE c.site_id = ANY (site_ids) ORDER BY c.id FOR NO KEY UPDATE;
	WITH cancelled AS (
		UPDATE @registry@.site t SET status = 'cancelled' WHERE t.id = ANY (site_ids) AND t.status = 'filed' RETURNING t.id)
	SELECT array_agg(c.id) INTO ended FROM cancelled c;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, reason, old_values)
	SELECT (SELECT @registry@.acting_user()), 'cancel', t.sponsor_id, t.id, t.province_code, why, jsonb_build_object('number', t.number)
	  FROM @registry@.site t WHERE t.id = ANY (ended)
	 ORDER BY t.sponsor_id, t.id;
	UPDATE @registry@.access c SET status = 'cancelled' WHERE c.site_id = ANY (ended) AND c.status <> 'cancelled';
	PERFORM @registry@.drop_changes(ARRAY(
		SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.site_id = ANY (ended) AND a.kind IN ('change_site', 'change_access') AND NOT s.is_final));
END
$$;
COMMENT ON FUNCTION @registry@.cancel_sites(bigint[], text) IS
	'Cancels filed sites with their accesses, with the reason (4 §22); leaves alone what is not filed';

CREATE FUNCTION @registry@.cancel_sponsor(sponsor_id bigint, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	record;
	year	integer := extract(year FROM now() AT TIME ZONE 'Asia/Shanghai');
BEGIN
	PERFORM @registry@.lock_sponsor(cancel_sponsor.sponsor_id);
	SELECT s.account_id, s.province, s.province_code, s.number INTO ended
	  FROM @registry@.sponsor s WHERE s.id = cancel_sponsor.sponsor_id AND s.status = 'filed' FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	PERFORM @registry@.cancel_sites(ARRAY(
		SELECT t.id FROM @registry@.site t
		 WHERE t.sponsor_id = cancel_sponsor.sponsor_id AND t.status = 'filed' ORDER BY t.id), why);
	UPDATE @registry@.site t SET status = 'withdrawn' WHERE t.sponsor_id = cancel_sponsor.sponsor_id AND t.status = 'draft';
	UPDATE @registry@.sponsor s SET status = 'cancelled' WHERE s.id = cancel_sponsor.sponsor_id;
	PERFORM @registry@.record_end(why, cancel_sponsor.sponsor_id, NULL, ended.province_code,
		jsonb_build_object('number', ended.number));
	PERFORM @registry@.drop_changes(ARRAY(
		SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.sponsor_id = cancel_sponsor.sponsor_id AND a.kind IN ('change_sponsor', 'change_principal') AND NOT s.is_final));
	-- The user name stops working (3 Q21), unless another of its filings goes on.
	UPDATE @registry@.account c SET status = 'closed'
	 WHERE c.id = ended.account_id
	   AND NOT EXISTS (SELECT FROM @registry@.sponsor o WHERE o.account_id = c.id AND o.status IN ('draft', 'filed'));
	IF ended.number BETWEEN icp.make_icp_id(ended.province, year, 1) AND icp.make_icp_id(ended.province, year, 999999) THEN
		INSERT INTO @registry@.freed_number (number, province_code, sponsor_id)
		VALUES (ended.number, ended.province_code, cancel_sponsor.sponsor_id)
		ON CONFLICT (number) DO UPDATE SET sponsor_id = EXCLUDED.sponsor_id, freed_at = now();
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.cancel_sponsor(bigint, text) IS
	'Cancels a filed sponsor with all its sites and their accesses, with the reason; its account ends (3 Q21), its number goes back to the pool of its year';

CREATE FUNCTION @registry@.approve_cancel_access(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.cancel_access(approved.access_id, format('application %s%s', approved.id, ', ' || approved.ground));
END;
COMMENT ON FUNCTION @registry@.approve_cancel_access(@registry@.application) IS
	'What the approval of the cancellation of an access does (4 §14(四))';

CREATE FUNCTION @registry@.approve_cancel_site(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.cancel_site(approved.site_id, format('application %s%s', approved.id, ', ' || approved.ground));
END;
COMMENT ON FUNCTION @registry@.approve_cancel_site(@registry@.application) IS
	'What the approval of the cancellation of a site does: the site and its accesses end (4 §22)';

CREATE FUNCTION @registry@.approve_cancel_sponsor(approved @registry@.application) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.cancel_sponsor(approved.sponsor_id, format('application %s%s', approved.id, ', ' || approved.ground));
END;
COMMENT ON FUNCTION @registry@.approve_cancel_sponsor(@registry@.application) IS
	'What the approval of the cancellation of a sponsor does: sponsor, sites, accesses and account end (4 §22, 3 Q21)';

-- The licence's number takes the place of the filing number, for the sponsor and all its services at once, each with
-- its own -N (4 §21(二)).  The old number is in the events; nobody else gets it.
CREATE FUNCTION @registry@.approve_licence(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF approved.licence IS NULL THEN
		RETURN;					-- the exempt owner's: it changes nothing
	END IF;
	UPDATE @registry@.sponsor s SET number = approved.licence WHERE s.id = approved.sponsor_id;
	UPDATE @registry@.site t SET number = icp.make_filing_number(approved.licence, icp.service_no(t.number), t.kind)
	 WHERE t.sponsor_id = approved.sponsor_id AND t.status = 'filed';
END
$$;
COMMENT ON FUNCTION @registry@.approve_licence(@registry@.application) IS
	'What the approval of an operating licence does: its number replaces the filing number of sponsor and services, the -N stay (4 §21(二))';

CREATE FUNCTION @registry@.approve_password_reset(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.issue_password(approved.sponsor_id, approved.id);
END
$$;
COMMENT ON FUNCTION @registry@.approve_password_reset(@registry@.application) IS
	'What the approval of a password reset does: a new filing password (4 附件1 四)';

CREATE FUNCTION @registry@.carry_out(approved @registry@.application) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- A kind is a row and its function: none here is named.  (Planned at each call, of which an approval has one.)
	EXECUTE format('SELECT @registry@.%I($1)', 'approve_' || approved.kind) USING approved;
END
$$;
COMMENT ON FUNCTION @registry@.carry_out(@registry@.application) IS 'What the approval of an application does: the function approve_ and its kind';

-- A site that lost its last access, by whatever way, is cancelled on review (4 §19(四)).
CREATE FUNCTION @registry@.open_cancellation(site_id bigint, ground text, why text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_sponsor	bigint;
	opened		bigint;
BEGIN
	of_sponsor := (SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = open_cancellation.site_id);
	PERFORM @registry@.lock_records('{}', ARRAY[open_cancellation.site_id]);
	IF (SELECT t.status FROM @registry@.site t WHERE t.id = open_cancellation.site_id) IS DISTINCT FROM 'filed' THEN
		RETURN NULL;
	END IF;
	-- Planned for each, and with the sponsor as the only condition: a plan that was made while the table was small, one
	-- along the ids for the first, or one along all cancellations under way would read them all for each of many sites
	-- that end at once.
	EXECUTE 'SELECT min(a.id) FILTER (WHERE (a.kind = ''cancel_sponsor'' OR a.kind = ''cancel_site'' AND a.site_id = $2)
											AND a.state IN (''submitted'', ''reported'', ''sms'', ''reviewing''))
			   FROM @registry@.application a WHERE a.sponsor_id = $1'
		INTO opened USING of_sponsor, site_id;
	IF opened IS NULL THEN
		INSERT INTO @registry@.application (kind, site_id, filed_by, ground, reason)
		VALUES ('cancel_site', open_cancellation.site_id, 'bureau', open_cancellation.ground, why)
		RETURNING id INTO opened;
		UPDATE @registry@.application a SET state = 'reviewing' WHERE a.id = opened;
	END IF;
	RETURN opened;
END
$$;
COMMENT ON FUNCTION @registry@.open_cancellation(bigint, text, text) IS
	'Puts the cancellation of a filed site before its bureau, and returns the application; one that is under way already will do';

CREATE FUNCTION @registry@.follow_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- Of two that end at the same time, the second sees the first: each has written its event, and so has waited for the
	-- other at the head of the sponsor's chain.  (In a snapshot of its own it is told to try again.)
	PERFORM FROM @registry@.access c WHERE c.site_id = OLD.site_id AND c.status = 'live' FOR SHARE SKIP LOCKED;
	IF NOT EXISTS (SELECT FROM @registry@.access c WHERE c.site_id = OLD.site_id AND c.status = 'live')
	   -- (not as a condition on the row: that would have the index of filed sites read from its beginning)
	   AND (SELECT t.status FROM @registry@.site t WHERE t.id = OLD.site_id) = 'filed' THEN
		-- Whoever ends an access by a plain UPDATE holds it before its sponsor, against the order of locks, and somebody
		-- who holds the sponsor may wait for the access: the sponsor is not waited for.  (All functions have it already.)
		PERFORM FROM @registry@.account c JOIN @registry@.site t ON t.account_id = c.id
		  WHERE t.id = OLD.site_id FOR KEY SHARE OF c SKIP LOCKED;
		IF FOUND THEN
			PERFORM FROM @registry@.sponsor s JOIN @registry@.site t ON t.sponsor_id = s.id
			  WHERE t.id = OLD.site_id FOR NO KEY UPDATE OF s SKIP LOCKED;
		END IF;
		IF FOUND THEN
			PERFORM FROM @registry@.site t WHERE t.id = OLD.site_id FOR NO KEY UPDATE SKIP LOCKED;
		END IF;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'access % is the last one of site %, whose sponsor is being worked on', OLD.id, OLD.site_id
				USING ERRCODE = 'lock_not_available',
					  DETAIL = 'A site without access is put before its bureau (变更后无接入信息, 4 §19(四)).',
					  HINT = 'Try again, or end it with @registry@.cancel_access(), which waits.';
		END IF;
		PERFORM @registry@.open_cancellation(OLD.site_id, 'no_access',
			format('site %s has no access left (变更后无接入信息, 4 §19(四))', OLD.site_id));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.follow_access() IS
	'Trigger: when the last live access of a filed site ends, its cancellation is put before the bureau (4 §19(四))';
-- after the event of the change is written
CREATE TRIGGER z_follow_access AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live' AND NEW.status <> 'live') EXECUTE FUNCTION @registry@.follow_access();
CREATE TRIGGER z_follow_deleted_access AFTER DELETE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live') EXECUTE FUNCTION @registry@.follow_access();

-- What a live access said before and what it says now.
CREATE FUNCTION @registry@.record_access_change() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	unsaid		constant text[] := icp.record_columns('access', 'derived');
	before		jsonb := to_jsonb(OLD) - unsaid;
	after		jsonb := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - unsaid ELSE '{}' END;
	old_values	jsonb;
	new_values	jsonb;
BEGIN
	SELECT d.old_values, d.new_values INTO old_values, new_values FROM @registry@.row_diff(before, after) d;
	IF old_values IS NOT NULL THEN
		INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
		VALUES (@registry@.acting_user(), CASE TG_OP WHEN 'UPDATE' THEN 'change' ELSE 'delete' END,
				(SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = OLD.site_id), OLD.site_id, OLD.province_code,
				old_values || jsonb_build_object('access', OLD.id), new_values || jsonb_build_object('access', OLD.id));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_access_change() IS
	'Trigger: writes the event of a change of a live access, old and new values of what changed';
CREATE TRIGGER record_deletion AFTER DELETE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live') EXECUTE FUNCTION @registry@.record_access_change();
-- (another provider: provider/hand_over.sql, many at once)
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live' AND NEW.provider_id = OLD.provider_id)
	EXECUTE FUNCTION @registry@.record_access_change();

-- An account that has ended files nothing more (3 Q21).
CREATE FUNCTION @registry@.refuse_closed_account() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (of somebody else's account row security says no, and nothing else)
	IF (@registry@.may_enter(NEW.account_id) OR @registry@.acts_as_owner())
	   AND EXISTS (SELECT FROM @registry@.account c WHERE c.id = NEW.account_id AND c.status = 'closed') THEN
		RAISE EXCEPTION 'account % is closed', NEW.account_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'An account ends with the filing it was for (3 Q21).',
				  HINT = 'Register a new account, and file anew.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_closed_account() IS 'Trigger: an account that has ended enters no sponsor any more (3 Q21)';
CREATE TRIGGER refuse_closed_account BEFORE INSERT ON @registry@.sponsor
	FOR EACH ROW WHEN (NEW.status = 'draft') EXECUTE FUNCTION @registry@.refuse_closed_account();

-- Whose bureau, whose number: a filed sponsor stays where it is filed, but for a correction to where its number is from.
CREATE FUNCTION @registry@.refuse_move() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF icp.province_of(NEW.number) IS DISTINCT FROM NEW.province THEN
		RAISE EXCEPTION 'filed sponsor (主体) % may not move from % to %', OLD.id, OLD.province, NEW.province
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Result code 1046: a change may not move the subject (主体) to another province.',
				  HINT = 'Cancel the filing, and file anew in the other province.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_move() IS
	'Trigger: a filed sponsor does not move to another province than its number''s (result code 1046)';
-- as text, so that a dump can be restored (see keep_licence)
CREATE TRIGGER refuse_move BEFORE UPDATE ON @registry@.sponsor
	FOR EACH ROW WHEN (OLD.status = 'filed' AND NEW.status = 'filed' AND NEW.province::text IS DISTINCT FROM OLD.province::text)
	EXECUTE FUNCTION @registry@.refuse_move();

-- provider/hand_over
-- A provider leaves (4 §12(八), §32): what it serves goes to another in one go, or ends.  And a filing that moves to
-- another account.

CREATE TABLE @registry@.handover (
	id						bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at						timestamptz NOT NULL DEFAULT now(),
	actor					name NOT NULL,
	from_provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	to_provider_id			bigint REFERENCES @registry@.provider,
	province_code			smallint,
	reason					text NOT NULL CHECK (btrim(reason) <> ''),
	accesses				bigint NOT NULL DEFAULT 0,
	merged					bigint NOT NULL DEFAULT 0,
	accounts				bigint NOT NULL DEFAULT 0,
	renamed					bigint NOT NULL DEFAULT 0,
	applications_moved		bigint NOT NULL DEFAULT 0,
	applications_returned	bigint NOT NULL DEFAULT 0,
	applications_ended		bigint NOT NULL DEFAULT 0
);
CREATE INDEX handover_from_provider_id_idx ON @registry@.handover (from_provider_id);
CREATE INDEX handover_to_provider_id_idx ON @registry@.handover (to_provider_id);
COMMENT ON TABLE @registry@.handover IS
	'Receipts of hand-overs (移交, 4 §12(八)): which provider''s filings went to which, with counts; the report to the bureau';
COMMENT ON COLUMN @registry@.handover.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.handover.at IS 'When';
COMMENT ON COLUMN @registry@.handover.actor IS 'The role that acted';
COMMENT ON COLUMN @registry@.handover.from_provider_id IS 'Who gave';
COMMENT ON COLUMN @registry@.handover.to_provider_id IS 'Who took; NULL: nobody, the accesses ended';
COMMENT ON COLUMN @registry@.handover.province_code IS 'Province of the giving provider, GB/T 2260';
COMMENT ON COLUMN @registry@.handover.reason IS 'Why';
COMMENT ON COLUMN @registry@.handover.accesses IS 'Accesses that went over, or ended';
COMMENT ON COLUMN @registry@.handover.merged IS 'Of these, sites that the taking provider served or was about to serve already';
COMMENT ON COLUMN @registry@.handover.accounts IS 'Accounts that went along';
COMMENT ON COLUMN @registry@.handover.renamed IS 'Of these, such as got another user name because the taking provider had one of that name';
COMMENT ON COLUMN @registry@.handover.applications_moved IS 'Unfinished applications that went along';
COMMENT ON COLUMN @registry@.handover.applications_returned IS
	'Of these, such as were returned because the taking provider must verify anew (4 §18(五))';
COMMENT ON COLUMN @registry@.handover.applications_ended IS 'Applications on a merged access, which have lost their object: withdrawn or returned';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON @registry@.handover
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();
ALTER TABLE @registry@.handover ENABLE ROW LEVEL SECURITY;
CREATE POLICY handover_see ON @registry@.handover FOR SELECT
	USING ((SELECT @registry@.acts_as_authority()) OR @registry@.acts_for_provider(from_provider_id) OR @registry@.acts_for_provider(to_provider_id));

-- The events of live accesses that come to another provider, a statement's together.
CREATE FUNCTION @registry@.record_new_provider() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, old_values, new_values)
	SELECT (SELECT @registry@.acting_user()), 'change', t.sponsor_id, r.site_id, r.province_code,
		   jsonb_build_object('access', r.id, 'provider_id', r.provider_id) || coalesce(d.old_values, '{}'),
		   jsonb_build_object('access', r.id, 'provider_id', r.new_provider_id) || coalesce(d.new_values, '{}')
	  FROM (SELECT o.id, o.site_id, o.province_code, o.provider_id, o.status, n.provider_id AS new_provider_id,
				   -- seldom more than the provider
				   CASE WHEN c.differs THEN to_jsonb(o) END AS before, CASE WHEN c.differs THEN to_jsonb(n) END AS after
			  FROM old_rows o
			  FULL JOIN new_rows n ON n.id = o.id
			 CROSS JOIN LATERAL (
					SELECT (o.site_id, o.status, o.ips, o.mode, o.server_province)
						   IS DISTINCT FROM (n.site_id, n.status, n.ips, n.mode, n.server_province) AS differs) c
			OFFSET 0) r
	  JOIN @registry@.site t ON t.id = r.site_id
	 CROSS JOIN LATERAL (
			SELECT jsonb_object_agg(e.key, e.value) AS old_values,
				   jsonb_object_agg(e.key, r.after -> e.key) AS new_values
			  FROM jsonb_each(r.before) AS e(key, value)
			 WHERE r.after -> e.key IS DISTINCT FROM e.value) d
	 WHERE r.status = 'live' AND r.provider_id <> r.new_provider_id
	 ORDER BY t.sponsor_id, r.site_id;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_new_provider() IS
	'Trigger: writes the events of live accesses that come to another provider, with old and new values';
CREATE TRIGGER record_new_provider AFTER UPDATE ON @registry@.access
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION @registry@.record_new_provider();

-- Steps over many applications, each by a step that icp.transition has from where it stands.
CREATE FUNCTION @registry@.end_applications(ids bigint[], why text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended	bigint;
BEGIN
	UPDATE @registry@.application a SET state = t.to_state, reason = why
	  FROM (SELECT DISTINCT ON (b.id) b.id, s.to_state
			  FROM @registry@.application b
			  JOIN icp.transition s ON s.kind = b.kind AND s.from_state = b.state AND s.to_state IN ('withdrawn', 'returned')
			 WHERE b.id = ANY (ids)
			 ORDER BY b.id, s.to_state DESC) t
	 WHERE a.id = t.id;
	GET DIAGNOSTICS ended = ROW_COUNT;
	RETURN ended;
END
$$;
COMMENT ON FUNCTION @registry@.end_applications(bigint[], text) IS
	'Withdraws applications where icp.transition has that step, otherwise returns them; how many';

CREATE FUNCTION @registry@.require_supervisor(provider_id bigint, what text) RETURNS void
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	provider	record;
BEGIN
	SELECT p.id, p.province_code INTO provider FROM @registry@.provider p WHERE p.id = require_supervisor.provider_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'provider % does not exist', require_supervisor.provider_id USING ERRCODE = 'foreign_key_violation';
	END IF;
	IF NOT @registry@.supervises_provider(provider.province_code) THEN
		RAISE EXCEPTION 'role "%" may not % provider %', @registry@.acting_user(), what, provider.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'It is for the bureau (通信管理局) of the provider''s province; for the ministry with a nationwide one (4 §32).';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.require_supervisor(bigint, text) IS
	'Fails unless the acting role supervises the provider';

CREATE FUNCTION @registry@.hand_over(from_provider bigint, to_provider bigint, reason text, sites bigint[] DEFAULT NULL)
	RETURNS @registry@.handover
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	actor		name := @registry@.acting_user();
	giver		record;
	taker		record;
	receipt		@registry@.handover;
BEGIN
	PERFORM @registry@.require_supervisor(from_provider, 'hand over filings of');
	IF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION 'a hand-over (移交) needs a reason' USING ERRCODE = 'check_violation';
	END IF;
	IF from_provider = to_provider THEN
		RAISE EXCEPTION 'provider % cannot take over from itself', to_provider USING ERRCODE = 'invalid_parameter_value';
	END IF;
	-- In the order of their ids, so that two hand-overs do not wait for each other; no step of admission meanwhile.
	PERFORM FROM @registry@.provider p WHERE p.id IN (from_provider, to_provider) ORDER BY p.id FOR NO KEY UPDATE;
	SELECT p.id, p.name, p.province_code INTO giver FROM @registry@.provider p WHERE p.id = from_provider;
	SELECT p.id, p.name, p.province_code, p.admission INTO taker FROM @registry@.provider p WHERE p.id = to_provider;
	IF taker.id IS NULL THEN
		RAISE EXCEPTION 'provider % does not exist', to_provider USING ERRCODE = 'foreign_key_violation';
	ELSIF taker.admission <> 'open' THEN
		RAISE EXCEPTION 'provider "%" cannot take over filings', taker.name
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Its admission is %s, not open (4 §12(八)).', taker.admission);
	END IF;

	-- Locks are taken in the order of locks (record/lock.sql): the giver's applications and what the taker has applied for on
	-- the same sites, accounts, the drafts that end with an application, accesses of both.
	PERFORM FROM @registry@.application a
	  WHERE a.state IN (SELECT s.code FROM icp.state s WHERE NOT s.is_final)
		AND (a.provider_id = from_provider
			 OR a.provider_id = to_provider AND a.kind = 'new_access'
				AND EXISTS (SELECT FROM @registry@.access x WHERE x.site_id = a.site_id AND x.provider_id = from_provider))
	  ORDER BY a.id FOR NO KEY UPDATE;
	CREATE TEMP TABLE hand_over_application ON COMMIT DROP AS
		SELECT a.id, a.kind, a.state, a.site_id, a.account_id, 'move' AS fate
		  FROM @registry@.application a JOIN icp.state s ON s.code = a.state
		 WHERE a.provider_id = from_provider AND NOT s.is_final AND (sites IS NULL OR a.site_id = ANY (sites))
		 ORDER BY a.id FOR NO KEY UPDATE OF a;
	-- (their keys change: nobody enters a record of such an account, or an application for such an access, meanwhile)
	PERFORM FROM @registry@.account c
	  WHERE c.provider_id = from_provider
		AND (sites IS NULL OR EXISTS (SELECT FROM @registry@.site t WHERE t.account_id = c.id AND t.id = ANY (sites)))
	  ORDER BY c.id FOR UPDATE;
	PERFORM @registry@.lock_records(
		ARRAY(SELECT p.id FROM pg_temp.hand_over_application h JOIN @registry@.application a ON a.id = h.id
				JOIN @registry@.sponsor p ON p.id = a.sponsor_id WHERE p.status = 'draft'),
		ARRAY(SELECT t.id FROM pg_temp.hand_over_application h JOIN @registry@.site t ON t.id = h.site_id
			   WHERE t.status = 'draft'));
	PERFORM FROM @registry@.access x
	  WHERE x.id IN (SELECT a.id FROM @registry@.access a
					  WHERE a.provider_id = from_provider AND a.status <> 'cancelled' AND (sites IS NULL OR a.site_id = ANY (sites))
					 UNION ALL
					 SELECT o.id FROM @registry@.access a JOIN @registry@.access o ON o.site_id = a.site_id
					  WHERE a.provider_id = from_provider AND a.status <> 'cancelled' AND (sites IS NULL OR a.site_id = ANY (sites))
						AND o.provider_id = to_provider)
	  ORDER BY x.id FOR UPDATE;
	CREATE TEMP TABLE hand_over_access ON COMMIT DROP AS
		SELECT a.id, a.site_id, a.status, o.id AS other_id, o.status AS other_status
		  FROM @registry@.access a
		  LEFT JOIN @registry@.access o ON o.site_id = a.site_id AND o.provider_id = to_provider
		 WHERE a.provider_id = from_provider AND a.status <> 'cancelled' AND (sites IS NULL OR a.site_id = ANY (sites))
		 ORDER BY a.id FOR UPDATE OF a;
	ANALYZE pg_temp.hand_over_application;
	ANALYZE pg_temp.hand_over_access;

	-- Of two accesses to one site one remains; what was applied for on the other, or for what now is so, has no object.
	UPDATE pg_temp.hand_over_application h SET fate = 'end'
	  FROM pg_temp.hand_over_access x
	 WHERE x.site_id = h.site_id AND x.other_status <> 'cancelled'
	   AND h.kind IN ('new_access', 'change_access', 'cancel_access');
	INSERT INTO pg_temp.hand_over_application (id, kind, state, site_id, account_id, fate)
	SELECT a.id, a.kind, a.state, a.site_id, a.account_id, 'end'
	  FROM pg_temp.hand_over_access x
	  JOIN @registry@.application a ON a.site_id = x.site_id AND a.provider_id = to_provider
	  JOIN icp.state s ON s.code = a.state
	 WHERE x.status = 'live' AND x.other_status = 'draft' AND a.kind = 'new_access' AND NOT s.is_final;
	receipt.applications_ended := @registry@.end_applications(
		ARRAY(SELECT h.id FROM pg_temp.hand_over_application h WHERE h.fate = 'end'),
		format('provider "%s" has taken over from "%s" (移交, 4 §12(八)): %s', taker.name, giver.name, reason));

	-- What the giver met the sponsor for, the taker must verify itself (4 §18(五)); what lies with the bureau goes on.
	UPDATE pg_temp.hand_over_application h SET fate = 'return'
	  FROM icp.transition t
	 WHERE h.fate = 'move' AND t.kind = h.kind AND t.from_state = h.state AND t.event = 'verify_fail';
	UPDATE @registry@.application a
	   SET state = 'returned',
		   reason = format('provider "%s" has taken over from "%s" (移交, 4 §12(八)) and verifies anew (4 §18(五))',
						   taker.name, giver.name)
	  FROM pg_temp.hand_over_application h WHERE a.id = h.id AND h.fate = 'return';
	GET DIAGNOSTICS receipt.applications_returned = ROW_COUNT;
	UPDATE @registry@.application a SET provider_id = to_provider
	  FROM pg_temp.hand_over_application h WHERE a.id = h.id AND h.fate <> 'end';
	GET DIAGNOSTICS receipt.applications_moved = ROW_COUNT;

	-- Their events, of many sponsors and in several statements.
	PERFORM @registry@.lock_sponsor_heads(ARRAY(
		SELECT t.sponsor_id FROM pg_temp.hand_over_access x JOIN @registry@.site t ON t.id = x.site_id));
	-- The accesses.  Where the taker has one already, a live one wins over a draft and over one that was cancelled; it is
	-- live before the other ends, so that no site loses its last one (4 §14(四), §19(四)).
	UPDATE @registry@.access o
	   SET status = x.status,
		   ips = CASE x.other_status WHEN 'cancelled' THEN a.ips ELSE coalesce(o.ips, a.ips) END,
		   mode = CASE x.other_status WHEN 'cancelled' THEN a.mode ELSE coalesce(o.mode, a.mode) END,
		   server_province = CASE x.other_status WHEN 'cancelled' THEN a.server_province
							 ELSE coalesce(o.server_province, a.server_province) END
	  FROM pg_temp.hand_over_access x JOIN @registry@.access a ON a.id = x.id
	 WHERE o.id = x.other_id AND (x.other_status = 'cancelled' OR x.other_status = 'draft' AND x.status = 'live');
	UPDATE @registry@.application a SET access_id = x.other_id
	  FROM pg_temp.hand_over_application h, pg_temp.hand_over_access x
	 WHERE a.id = h.id AND h.fate <> 'end' AND a.access_id = x.id AND x.other_id IS NOT NULL;
	UPDATE @registry@.access a SET status = 'cancelled'
	  FROM pg_temp.hand_over_access x WHERE a.id = x.id AND x.other_id IS NOT NULL;
	UPDATE @registry@.access a SET provider_id = to_provider
	  FROM pg_temp.hand_over_access x WHERE a.id = x.id AND x.other_id IS NULL;
	SELECT count(*), count(x.other_id) INTO receipt.accesses, receipt.merged FROM pg_temp.hand_over_access x;

	-- The accounts: all of them; with a choice of sites those that the giver now serves nothing of.
	CREATE TEMP TABLE hand_over_account ON COMMIT DROP AS
		SELECT c.id, c.user_name AS old_name, c.user_name AS new_name
		  FROM @registry@.account c
		 WHERE c.provider_id = from_provider
		   AND (sites IS NULL
				OR EXISTS (SELECT FROM @registry@.site t WHERE t.account_id = c.id AND t.id = ANY (sites))
				   AND NOT EXISTS (SELECT FROM @registry@.sponsor p JOIN @registry@.site t ON t.sponsor_id = p.id
									 JOIN @registry@.access a ON a.site_id = t.id
									WHERE p.account_id = c.id AND a.provider_id = from_provider AND a.status <> 'cancelled')
				   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
									WHERE a.account_id = c.id AND a.provider_id = from_provider AND NOT s.is_final
									  AND a.site_id IS NOT NULL))
		 ORDER BY c.id FOR UPDATE OF c;
	ANALYZE pg_temp.hand_over_account;
	UPDATE pg_temp.hand_over_account h SET new_name = format('%s@%s', h.old_name, from_provider)
	 WHERE EXISTS (SELECT FROM @registry@.account o WHERE o.provider_id = to_provider AND o.user_name = h.old_name);
	UPDATE pg_temp.hand_over_account h SET new_name = format('%s@%s-%s', h.old_name, from_provider, h.id)
	 WHERE h.new_name <> h.old_name
	   AND (EXISTS (SELECT FROM @registry@.account o WHERE o.provider_id = to_provider AND o.user_name = h.new_name)
			OR EXISTS (SELECT FROM pg_temp.hand_over_account o WHERE o.old_name = h.new_name));
	UPDATE @registry@.account c SET provider_id = to_provider, user_name = h.new_name
	  FROM pg_temp.hand_over_account h WHERE c.id = h.id;
	SELECT count(*), count(*) FILTER (WHERE h.new_name <> h.old_name) INTO receipt.accounts, receipt.renamed
	  FROM pg_temp.hand_over_account h;
	-- with the account goes what was applied for without a site
	IF sites IS NOT NULL THEN
		WITH moved AS (
			UPDATE @registry@.application a SET provider_id = to_provider
			  FROM icp.state s, pg_temp.hand_over_account h
			 WHERE s.code = a.state AND NOT s.is_final AND a.account_id = h.id AND a.provider_id = from_provider
			RETURNING a.id)
		SELECT receipt.applications_moved + count(*) INTO receipt.applications_moved FROM moved;
	END IF;

	-- (Each access that is live has written the event of its change.)
	INSERT INTO @registry@.event (actor, event, province_code, reason, old_values, new_values)
	VALUES (actor, 'hand_over', giver.province_code, hand_over.reason, jsonb_build_object('provider_id', from_provider),
			jsonb_build_object('provider_id', to_provider, 'accesses', receipt.accesses, 'accounts', receipt.accounts,
							   'applications', receipt.applications_moved));
	INSERT INTO @registry@.handover (actor, from_provider_id, to_provider_id, province_code, reason, accesses, merged,
									 accounts, renamed, applications_moved, applications_returned, applications_ended)
	VALUES (actor, from_provider, to_provider, giver.province_code, hand_over.reason, receipt.accesses, receipt.merged,
			receipt.accounts, receipt.renamed, receipt.applications_moved, receipt.applications_returned,
			receipt.applications_ended)
	RETURNING * INTO receipt;

	-- The report to the bureaux (4 §12(八)): of both providers' and of the sponsors' places; and the two themselves.
	PERFORM @registry@.send_notice('handed_over', NULL::bigint, 'bureau',
								   jsonb_build_object('province_code', n.province_code, 'provider_id', giver.id, 'handover_id', receipt.id, 'provider', giver.name,
													  'to_provider', taker.name, 'sites', n.accesses, 'accounts', receipt.accounts))
	   FROM (SELECT u.province_code, max(u.accesses) AS accesses
			   FROM (SELECT t.province_code, count(*) AS accesses
					   FROM pg_temp.hand_over_access x JOIN @registry@.site t ON t.id = x.site_id GROUP BY t.province_code
					 UNION ALL SELECT giver.province_code, receipt.accesses
					 UNION ALL SELECT taker.province_code, receipt.accesses) u
			  GROUP BY u.province_code ORDER BY u.province_code) n;
	PERFORM @registry@.send_notice('handed_over', NULL::bigint, 'provider',
								   jsonb_build_object('provider_id', n.id, 'handover_id', receipt.id, 'provider', giver.name,
													  'to_provider', taker.name, 'sites', receipt.accesses, 'accounts', receipt.accounts))
	   FROM (VALUES (giver.id), (taker.id)) n(id);
	DROP TABLE pg_temp.hand_over_application, pg_temp.hand_over_access, pg_temp.hand_over_account;
	RETURN receipt;
END
$$;
COMMENT ON FUNCTION @registry@.hand_over(bigint, bigint, text, bigint[]) IS
	'Gives what one provider serves to another, all of it or some sites (4 §12(八), §32): accesses, accounts, unfinished applications; returns the receipt. By the giving provider''s bureau';

CREATE FUNCTION @registry@.end_accesses(of_provider bigint, reason text) RETURNS @registry@.handover
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	why		text := format('provider %s has left (退出接入服务市场, 4 §12(八)): %s', of_provider, reason);
	receipt	@registry@.handover;
	access	bigint;
	ids		bigint[];
	sites	bigint[];
	accesses	bigint[];
BEGIN
	PERFORM @registry@.require_supervisor(of_provider, 'end accesses of');
	IF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION 'the end of a provider''s accesses needs a reason' USING ERRCODE = 'check_violation';
	END IF;
	PERFORM FROM @registry@.provider p WHERE p.id = of_provider AND p.admission = 'exiting' FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'provider % is not leaving', of_provider
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'UPDATE @registry@.provider SET admission = ''exiting'', admission_reason = … comes first (4 §32).';
	END IF;
	ids := ARRAY(SELECT a.id FROM @registry@.application a JOIN icp.state s ON s.code = a.state
				  WHERE a.provider_id = of_provider AND NOT s.is_final AND a.filed_by <> 'bureau'
				  ORDER BY a.id FOR NO KEY UPDATE OF a);
	-- What ends with them, in the order of locks (record/lock.sql).  Nobody enters another access of a leaving provider.
	sites := ARRAY(SELECT a.site_id FROM @registry@.access a WHERE a.provider_id = of_provider AND a.status <> 'cancelled'
				   UNION SELECT a.site_id FROM @registry@.application a WHERE a.id = ANY (ids) AND a.site_id IS NOT NULL);
	accesses := ARRAY(SELECT a.id FROM @registry@.access a WHERE a.provider_id = of_provider AND a.status <> 'cancelled'
					  UNION SELECT a.access_id FROM @registry@.application a WHERE a.id = ANY (ids) AND a.access_id IS NOT NULL);
	PERFORM @registry@.lock_records(ARRAY(SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = ANY (ids)), sites,
									accesses);
	receipt.applications_ended := @registry@.end_applications(ids, why);
	-- what could only be returned is ended in a second step
	receipt.applications_ended := greatest(receipt.applications_ended,
		@registry@.end_applications(ARRAY(SELECT a.id FROM @registry@.application a WHERE a.id = ANY (ids) AND a.state = 'returned'), why));
	PERFORM @registry@.lock_sponsor_heads(ARRAY(SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = ANY (sites)));
	receipt.accesses := 0;
	FOR access IN
		-- (of those that are locked: the exempt owner may have entered another one)
		SELECT a.id FROM @registry@.access a
		 WHERE a.id = ANY (accesses) AND a.provider_id = of_provider AND a.status <> 'cancelled' ORDER BY a.id
	LOOP
		PERFORM @registry@.cancel_access(access, why);
		receipt.accesses := receipt.accesses + 1;
	END LOOP;
	INSERT INTO @registry@.handover (actor, from_provider_id, province_code, reason, accesses, applications_ended)
	SELECT @registry@.acting_user(), p.id, p.province_code, end_accesses.reason, receipt.accesses, receipt.applications_ended
	  FROM @registry@.provider p WHERE p.id = of_provider
	RETURNING * INTO receipt;
	RETURN receipt;
END
$$;
COMMENT ON FUNCTION @registry@.end_accesses(bigint, text) IS
	'Ends what a leaving provider still serves and nobody takes over, with what is applied for there (4 §32); sites without any access are then empty shells. By the provider''s bureau';

-- Another account for a sponsor with all its sites; the number stays.  Not for providers: two accounts made one would
-- make a conflict between them vanish.
CREATE FUNCTION @registry@.transfer_sponsor(sponsor_id bigint, to_account bigint, reason text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	sponsor	record;
	account	record;
BEGIN
	IF coalesce(btrim(reason), '') = '' THEN
		RAISE EXCEPTION 'a transfer (过户) to another account needs a reason' USING ERRCODE = 'check_violation';
	END IF;
	SELECT p.id, p.account_id, p.province_code, p.status INTO sponsor
	  FROM @registry@.sponsor p WHERE p.id = transfer_sponsor.sponsor_id;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % does not exist', transfer_sponsor.sponsor_id USING ERRCODE = 'foreign_key_violation';
	END IF;
	IF NOT @registry@.acts_as_bureau(sponsor.province_code) THEN
		RAISE EXCEPTION 'role "%" may not transfer sponsor %', @registry@.acting_user(), sponsor.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'Which account a filing belongs to is for the bureau (通信管理局) of the sponsor''s province to say (3 Q25).';
	END IF;
	-- In the order of locks; the sites and what is proposed follow the sponsor by foreign key and trigger.
	PERFORM FROM @registry@.application a JOIN icp.state s ON s.code = a.state
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id AND NOT s.is_final ORDER BY a.id FOR NO KEY UPDATE OF a;
	PERFORM FROM @registry@.account a WHERE a.id IN (sponsor.account_id, to_account) ORDER BY a.id FOR SHARE;
	SELECT p.id, p.account_id, p.province_code, p.status INTO sponsor
	  FROM @registry@.sponsor p WHERE p.id = transfer_sponsor.sponsor_id FOR UPDATE;
	PERFORM FROM @registry@.site t WHERE t.sponsor_id = transfer_sponsor.sponsor_id ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.sponsor_change c JOIN @registry@.application a ON a.id = c.application_id
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id ORDER BY a.id FOR NO KEY UPDATE OF c;
	PERFORM FROM @registry@.site_change c JOIN @registry@.application a ON a.id = c.application_id
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id ORDER BY a.id FOR NO KEY UPDATE OF c;
	PERFORM FROM @registry@.access_change c JOIN @registry@.application a ON a.id = c.application_id
	  WHERE a.sponsor_id = transfer_sponsor.sponsor_id ORDER BY a.id FOR NO KEY UPDATE OF c;
	IF sponsor.status NOT IN ('draft', 'filed') THEN
		RAISE EXCEPTION 'sponsor % cannot be transferred', sponsor.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', sponsor.status);
	END IF;
	SELECT a.id, a.status, a.provider_id INTO account FROM @registry@.account a WHERE a.id = to_account;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'account % does not exist', to_account USING ERRCODE = 'foreign_key_violation';
	ELSIF account.status <> 'open' THEN
		RAISE EXCEPTION 'account % cannot take sponsor %', to_account, sponsor.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It is closed.';
	ELSIF account.id = sponsor.account_id THEN
		RETURN;
	END IF;
	UPDATE @registry@.sponsor p SET account_id = to_account WHERE p.id = sponsor.id;
	INSERT INTO @registry@.event (actor, event, sponsor_id, province_code, reason, old_values, new_values)
	VALUES (@registry@.acting_user(), 'transfer', sponsor.id, sponsor.province_code, transfer_sponsor.reason,
			jsonb_build_object('account_id', sponsor.account_id), jsonb_build_object('account_id', to_account));
	PERFORM @registry@.send_notice('sponsor_transferred', NULL::bigint, 'provider',
								   jsonb_build_object('provider_id', n.provider_id, 'sponsor_id', sponsor.id, 'reason', transfer_sponsor.reason))
	   FROM (SELECT DISTINCT a.provider_id FROM @registry@.account a
			  WHERE a.id IN (sponsor.account_id, to_account) AND a.provider_id IS NOT NULL) n;
END
$$;
COMMENT ON FUNCTION @registry@.transfer_sponsor(bigint, bigint, text) IS
	'Moves a sponsor with its sites, claims and applications to another account; its numbers stay. By the bureau of its province (3 Q25)';

-- password/sms
-- The code by short message (短信核验) with which the person in charge confirms an application; in use since
-- 2020-08-17: 24 hours, five wrong codes; the sixth or the end of the time sends the application back.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('sms', 'off',
	 'off; on; or a date such as 2020-08-17 from which it is on: a reported application waits for the code of a short message');

CREATE TABLE @registry@.sms_challenge (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application ON DELETE CASCADE,
	digest			text NOT NULL,
	sent			smallint NOT NULL DEFAULT 1,
	started_at		timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	confirmed_at	timestamptz,
	province_code	smallint
);
CREATE INDEX sms_challenge_due_idx ON @registry@.sms_challenge (due_at) WHERE confirmed_at IS NULL;
COMMENT ON TABLE @registry@.sms_challenge IS
	'Codes sent by short message (短信核验), as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.sms_challenge.application_id IS 'The application; of several reports, the last one''s code';
COMMENT ON COLUMN @registry@.sms_challenge.digest IS 'What icp.hash_password() made of the code';
COMMENT ON COLUMN @registry@.sms_challenge.sent IS 'How often a code was sent since the report';
COMMENT ON COLUMN @registry@.sms_challenge.started_at IS 'When the first code was sent';
COMMENT ON COLUMN @registry@.sms_challenge.due_at IS 'Until when it must be confirmed; sending it again does not move it';
COMMENT ON COLUMN @registry@.sms_challenge.confirmed_at IS 'When it was confirmed';
COMMENT ON COLUMN @registry@.sms_challenge.province_code IS 'The application''s province, GB/T 2260';
ALTER TABLE @registry@.sms_challenge ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.sms_is_on(kind text, at timestamptz DEFAULT now()) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
	SET datestyle = 'ISO, YMD'
AS $$
DECLARE
	value	constant text := lower(btrim(coalesce(@registry@.setting('sms'), 'off')));
	is_on	boolean;
BEGIN
	BEGIN
		is_on := CASE WHEN value = 'off' THEN false
					  WHEN value = 'on' THEN true
					  WHEN value ~ E'^\\d{4}-\\d{2}-\\d{2}$' THEN (at AT TIME ZONE 'Asia/Shanghai')::date >= value::date END;
	EXCEPTION WHEN data_exception THEN
		NULL;					-- 2020-02-30
	END;
	IF is_on IS NULL THEN
		RAISE EXCEPTION 'setting "sms" has value "%"', value
			USING ERRCODE = 'invalid_parameter_value', HINT = 'off, on, or a date such as 2020-08-17.';
	END IF;
	RETURN is_on AND EXISTS (SELECT FROM icp.transition t
							  WHERE t.kind = sms_is_on.kind AND t.from_state = 'reported' AND t.to_state = 'sms');
END
$$;
COMMENT ON FUNCTION @registry@.sms_is_on(text, timestamptz) IS
	'Does an application of this kind, reported at this time, wait for the code of a short message (setting sms)? Kinds that icp.transition has no such step for never do: cancel_access, licence, password_reset';

CREATE FUNCTION @registry@.send_sms_code(application_id bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	code	constant text := icp.random_code(6);
BEGIN
	-- the code is in the notice's secret part only, which goes when it is delivered
	PERFORM @registry@.send_notice('sms_code', application_id, 'principal', jsonb_build_object('code', code));
	RETURN icp.hash_password(code, @registry@.setting('password_cost')::integer);
END
$$;
COMMENT ON FUNCTION @registry@.send_sms_code(bigint) IS
	'Sends the person in charge of an application a new code, and returns its digest';

CREATE FUNCTION @registry@.sms_start(application_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.sms_challenge AS c (application_id, digest, started_at, due_at, province_code)
	SELECT a.id, @registry@.send_sms_code(a.id), now(), icp.clock_due('sms', now()), a.province_code
	  FROM @registry@.application a WHERE a.id = sms_start.application_id
	ON CONFLICT ON CONSTRAINT sms_challenge_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, sent = 1, started_at = EXCLUDED.started_at,
		   due_at = EXCLUDED.due_at, confirmed_at = NULL, province_code = EXCLUDED.province_code;
END
$$;
COMMENT ON FUNCTION @registry@.sms_start(bigint) IS
	'An application has come into state sms: sends the code, good for 24 hours';

-- The application, locked; and that the acting role may answer for its sponsor.
CREATE FUNCTION @registry@.lock_sms(application_id bigint) RETURNS @registry@.sms_challenge
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who			constant name := @registry@.acting_user();
	app			@registry@.application;
	challenge	@registry@.sms_challenge;
BEGIN
	SELECT * INTO app FROM @registry@.application a
	 WHERE a.id = application_id
	   AND (pg_has_role(who, (SELECT n.nspowner FROM pg_namespace n WHERE n.oid = '@registry@'::regnamespace), 'USAGE')
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = who
						  AND (m.role = 'system' OR m.role = 'sponsor' AND m.account_id = a.account_id)))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not confirm application %', who, application_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account confirms with the code of the short message (短信核验).';
	END IF;
	SELECT * INTO challenge FROM @registry@.sms_challenge c WHERE c.application_id = app.id FOR NO KEY UPDATE;
	IF app.state <> 'sms' OR NOT FOUND THEN
		RAISE EXCEPTION 'application % waits for no code (短信核验)', application_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', app.state);
	END IF;
	RETURN challenge;
END
$$;
COMMENT ON FUNCTION @registry@.lock_sms(bigint) IS
	'The code that an application waits for, locked for who may answer for its sponsor; fails for others, and where none is waited for';

-- A wrong code is an answer, no error.  It was counted before, since the report and whatever became of the transaction.
CREATE FUNCTION @registry@.confirm_sms(application_id bigint, code text) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	challenge	constant @registry@.sms_challenge := @registry@.lock_sms(application_id);
	given		constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
	new_state	text := 'sms';
	number		integer;
	why			text;
BEGIN
	IF code IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	ELSIF clock_timestamp() >= challenge.due_at THEN
		new_state := 'returned';
		why := 'the code of the short message (短信核验) was not confirmed within 24 hours';
	ELSE
		number := @registry@.number_try('application.sms', challenge.application_id, extract(epoch FROM challenge.started_at)::text);
		IF number <= 6 AND given ~ '^[0-9]{6}$' AND icp.check_password(given, challenge.digest) THEN
			PERFORM @registry@.clear_tries('application.sms', challenge.application_id);
			new_state := CASE WHEN EXISTS (SELECT FROM @registry@.blocking_conflicts(application_id)) THEN 'conflicted'
							  ELSE 'reviewing' END;
			UPDATE @registry@.sms_challenge c SET confirmed_at = now() WHERE c.application_id = challenge.application_id;
		ELSIF number >= 6 THEN
			new_state := 'returned';
			why := 'the code of the short message (短信核验) was wrong six times';
		END IF;
	END IF;
	IF new_state <> 'sms' THEN
		UPDATE @registry@.application a SET state = new_state, reason = why WHERE a.id = challenge.application_id
		RETURNING a.state INTO new_state;
	END IF;
	RETURN new_state;
END
$$;
COMMENT ON FUNCTION @registry@.confirm_sms(bigint, text) IS
	'Confirms an application with the code of the short message, and returns its new state: reviewing, or conflicted; sms after a wrong code; returned after the sixth wrong one or when its 24 hours are over';

CREATE FUNCTION @registry@.resend_sms(application_id bigint) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	challenge	constant @registry@.sms_challenge := @registry@.lock_sms(application_id);
BEGIN
	IF challenge.sent >= 10 OR clock_timestamp() >= challenge.due_at THEN
		RAISE EXCEPTION 'no further code (验证码) is sent for application %', application_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = CASE WHEN challenge.sent >= 10 THEN 'Ten were sent.' ELSE 'Its 24 hours are over.' END;
	END IF;
	UPDATE @registry@.sms_challenge c SET digest = @registry@.send_sms_code(c.application_id), sent = c.sent + 1
	 WHERE c.application_id = challenge.application_id;
	RETURN challenge.due_at;
END
$$;
COMMENT ON FUNCTION @registry@.resend_sms(bigint) IS
	'Sends another code in place of the one before, and returns until when it is good: the 24 hours and the count of wrong codes go on';

CREATE FUNCTION @registry@.sms_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	late	bigint;
	handled	bigint := 0;
BEGIN
	FOR late IN
		SELECT a.id FROM @registry@.application a JOIN @registry@.sms_challenge c ON c.application_id = a.id
		 WHERE a.state = 'sms' AND c.confirmed_at IS NULL AND c.due_at <= now()
		 ORDER BY a.id
		   FOR NO KEY UPDATE OF a SKIP LOCKED
	LOOP
		UPDATE @registry@.application a
		   SET state = 'returned', reason = 'the code of the short message (短信核验) was not confirmed within 24 hours'
		 WHERE a.id = late AND a.state = 'sms';
		handled := handled + 1;
	END LOOP;
	RETURN handled;
END
$$;
COMMENT ON FUNCTION @registry@.sms_clock() IS
	'Returns the applications whose code was not confirmed within 24 hours, and how many they were; may run as often and as parallel as one likes';

-- The step is the account's own, so that without this a plain UPDATE would take it, code or no code.
CREATE FUNCTION @registry@.require_code() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM @registry@.sms_challenge c WHERE c.application_id = NEW.id AND c.confirmed_at IS NULL)
	   AND NOT @registry@.owner_is_exempt() THEN
		RAISE EXCEPTION 'application % has not been confirmed by the code of the short message (短信核验)', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = format('SELECT @registry@.confirm_sms(%s, code).', NEW.id);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_code() IS
	'Trigger: out of state sms an application goes on only with the right code, but for the exempt owner';
CREATE TRIGGER a_require_code AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (OLD.state = 'sms' AND NEW.state IN ('reviewing', 'conflicted'))
	EXECUTE FUNCTION @registry@.require_code();

-- application/stranger
-- Strangers: a provider that neither keeps the account of a record nor serves a site of it may enter an application about
-- it, and goes no further before the filing password (备案密码, 4 §18(五), §47), or where the practice of the date has it
-- the code of a short message (短信核验), was right.  What it may not see is not told it piece by piece.

-- Entering

-- (Row security asks last; until then what fails must not say more of a record than the public knows: what is filed.)
CREATE FUNCTION @registry@.may_name_record(kind text, filed_by text, province icp.province, account_id bigint, sponsor_id bigint,
										   site_id bigint, access_id bigint, provider_id bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_site		bigint := coalesce(site_id, (SELECT c.site_id FROM @registry@.access c WHERE c.id = may_name_record.access_id));
	of_sponsor	bigint := coalesce(sponsor_id, (SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = of_site));
BEGIN
	IF num_nonnulls(sponsor_id, site_id, access_id) = 0 OR @registry@.sees_record(of_sponsor) THEN
		RETURN true;
	END IF;
	RETURN filed_by IS DISTINCT FROM 'bureau' AND @registry@.acts_for_provider(provider_id)
	   AND EXISTS (
			SELECT FROM @registry@.sponsor s
			  LEFT JOIN @registry@.site t ON t.id = of_site
			  LEFT JOIN @registry@.access c ON c.id = may_name_record.access_id
			 WHERE s.id = of_sponsor AND s.status = 'filed'
			   AND s.account_id = coalesce(may_name_record.account_id, s.account_id)
			   AND s.province_code = coalesce(icp.province_code(may_name_record.province), s.province_code)
			   AND CASE WHEN may_name_record.kind IN ('new_access', 'change_site', 'cancel_site')
						THEN t.sponsor_id = s.id AND t.status = 'filed'
						WHEN may_name_record.kind IN ('change_sponsor', 'change_principal', 'cancel_sponsor', 'password_reset')
						THEN of_site IS NULL OR t.sponsor_id = s.id AND t.status = 'filed'
						ELSE false END
			   AND (may_name_record.access_id IS NULL
					OR c.site_id = of_site AND c.provider_id = may_name_record.provider_id));
END
$$;
COMMENT ON FUNCTION @registry@.may_name_record(text, text, icp.province, bigint, bigint, bigint, bigint, bigint) IS
	'May the acting role enter an application that names this? Who may not see the record only what the public knows to be filed, through its own provider';

CREATE FUNCTION @registry@.refuse_stranger() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- who writes the table with its owner's rights is one of the registry's functions
	IF NOT pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE')
	   AND NOT @registry@.may_name_record(NEW.kind, NEW.filed_by, NEW.province, NEW.account_id, NEW.sponsor_id, NEW.site_id,
										  NEW.access_id, NEW.provider_id) THEN
		RAISE EXCEPTION 'role "%" may not enter this application', @registry@.acting_user()
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'What it names does not exist, is not filed, or is not this role''s to apply for.',
				  HINT = 'A provider that is new to a filed record names itself in provider_id, and the record by site_id or sponsor_id.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_stranger() IS
	'Trigger: fails, always with the same words, where a member who may not see a record names one that is not filed, or enters what is not his to enter';
CREATE TRIGGER a_refuse_stranger BEFORE INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION @registry@.refuse_stranger();

-- Going on

CREATE TABLE @registry@.consent_code (
	application_id	bigint PRIMARY KEY REFERENCES @registry@.application ON DELETE CASCADE,
	sponsor_id		bigint NOT NULL REFERENCES @registry@.sponsor ON DELETE CASCADE,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	digest			text NOT NULL,
	sent_at			timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	confirmed_at	timestamptz,
	province_code	smallint
);
CREATE INDEX consent_code_sponsor_id_idx ON @registry@.consent_code (sponsor_id, sent_at);
CREATE INDEX consent_code_provider_id_idx ON @registry@.consent_code (provider_id);
COMMENT ON TABLE @registry@.consent_code IS
	'Codes by which the person in charge of a record consents to an application of a provider that is a stranger to it, as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.consent_code.application_id IS 'The application';
COMMENT ON COLUMN @registry@.consent_code.sponsor_id IS 'Whose record it is about';
COMMENT ON COLUMN @registry@.consent_code.provider_id IS 'The provider that had the code sent';
COMMENT ON COLUMN @registry@.consent_code.digest IS 'What icp.hash_password() made of the code';
COMMENT ON COLUMN @registry@.consent_code.sent_at IS 'When it was sent';
COMMENT ON COLUMN @registry@.consent_code.due_at IS 'Until when it is good: 24 hours';
COMMENT ON COLUMN @registry@.consent_code.confirmed_at IS 'When it was given rightly';
COMMENT ON COLUMN @registry@.consent_code.province_code IS 'The application''s province, GB/T 2260';
ALTER TABLE @registry@.consent_code ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.has_consent(app @registry@.application) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN app.kind = 'password_reset'
				-- the letter with its papers stands for the password that is lost (4 附件1 二)
				THEN EXISTS (SELECT FROM @registry@.reset_letter l WHERE l.application_id = app.id AND l.differences = '{}')
				ELSE EXISTS (SELECT FROM @registry@.given_password g
							   JOIN @registry@.filing_password f ON f.sponsor_id = app.sponsor_id
							  WHERE g.application_id = app.id AND g.is_right AND g.given_at >= f.made_at)
					 OR app.kind <> 'new_access'
						AND EXISTS (SELECT FROM @registry@.consent_code c
									 WHERE c.application_id = app.id AND c.confirmed_at IS NOT NULL) END;
END;
COMMENT ON FUNCTION @registry@.has_consent(@registry@.application) IS
	'Was the filing password, or the code of the short message, right that came with an application; for password_reset, were the papers equal?';

-- Before stamp_application, which says whether another one is under way.
CREATE FUNCTION @registry@.require_consent() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF @registry@.acts_as_owner() OR @registry@.may_enter(NEW.account_id) OR NOT @registry@.is_of_stranger(NEW)
	   OR @registry@.has_consent(NEW) THEN
		RETURN NEW;
	END IF;
	RAISE EXCEPTION 'application % (%) is about the record of somebody else, and stays %', NEW.id, NEW.kind, OLD.state
		USING ERRCODE = 'insufficient_privilege',
			  DETAIL = CASE WHEN NEW.kind = 'password_reset'
					   THEN 'The papers have not been found equal to the filing (4 附件1 二).'
					   ELSE 'The filing password (备案密码) was not given, or not rightly (4 §18(五), §47).' END,
			  HINT = CASE WHEN NEW.kind = 'password_reset' THEN 'compare_reset_letter(application_id, items) compares them.'
					 WHEN NEW.kind <> 'new_access' AND @registry@.sms_is_on(NEW.kind, now())
					 THEN 'The sponsor has it: give_password(application_id, password). Or ask_code(application_id) sends a code (短信核验) to its person in charge: give_code(application_id, code). Without both it applies for another password: password_reset.'
					 ELSE 'The sponsor has it: give_password(application_id, password). Who has lost it applies for another: password_reset (4 §48).' END;
END
$$;
COMMENT ON FUNCTION @registry@.require_consent() IS
	'Trigger: a provider that is a stranger to a record takes an application about it no step further before the filing password, or the code, was right (4 §18(五), §47)';
CREATE TRIGGER require_consent BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('submitted', 'pre_verified', 'verified', 'reported'))
	EXECUTE FUNCTION @registry@.require_consent();

-- The code

CREATE FUNCTION @registry@.lock_consent(application_id bigint) RETURNS @registry@.application
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app	@registry@.application;
BEGIN
	SELECT * INTO app FROM @registry@.application a
	 WHERE a.id = lock_consent.application_id AND @registry@.is_member('{provider}', NULL, a.provider_id) FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not ask for a code with application %', @registry@.acting_user(), lock_consent.application_id
			USING ERRCODE = 'insufficient_privilege', HINT = 'The provider that the application is entered with may.';
	ELSIF app.state NOT IN ('draft', 'returned') OR app.kind IN ('new_access', 'password_reset')
		  OR NOT @registry@.is_of_stranger(app) THEN
		RAISE EXCEPTION 'application % (%) needs no code (验证码)', app.id, app.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'It stands in for the filing password where a provider that is new to a record applies for a change or a cancellation of it.',
				  HINT = CASE app.kind WHEN 'new_access' THEN 'A new access needs the filing password (4 §18(五)): give_password().' END;
	ELSIF NOT @registry@.sms_is_on(app.kind, now()) THEN
		RAISE EXCEPTION 'no codes (短信核验) are sent here for applications of kind %', app.kind
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Setting "sms" says from when. give_password() gives the password.';
	END IF;
	RETURN app;
END
$$;
COMMENT ON FUNCTION @registry@.lock_consent(bigint) IS
	'A stranger''s application, locked, for the provider that may have a code sent; fails for others, and where none is needed';

CREATE FUNCTION @registry@.ask_code(application_id bigint) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app		constant @registry@.application := @registry@.lock_consent(application_id);
	digest	text;
BEGIN
	-- of two at once the second sees the first: the sponsor gets one message
	PERFORM FROM @registry@.sponsor s WHERE s.id = app.sponsor_id FOR NO KEY UPDATE;
	IF EXISTS (SELECT FROM @registry@.consent_code c
				WHERE c.sponsor_id = app.sponsor_id
				  AND c.sent_at > now() - CASE WHEN c.provider_id = app.provider_id THEN interval '24 hours' ELSE interval '1 hour' END) THEN
		RAISE EXCEPTION 'no further code (验证码) is sent for application % now', app.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'A record gets one message an hour at most, and one a day from one provider.';
	END IF;
	-- (whether there is a number to send it to is not told)
	digest := @registry@.send_sms_code(app.id);
	INSERT INTO @registry@.consent_code (application_id, sponsor_id, provider_id, digest, sent_at, due_at, province_code)
	VALUES (app.id, app.sponsor_id, app.provider_id, digest, now(), now() + interval '24 hours', app.province_code)
	ON CONFLICT ON CONSTRAINT consent_code_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, sent_at = EXCLUDED.sent_at, due_at = EXCLUDED.due_at, confirmed_at = NULL;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code)
	VALUES (@registry@.acting_user(), 'ask_code', app.id, app.sponsor_id, app.site_id, app.province_code);
	RETURN now() + interval '24 hours';
END
$$;
COMMENT ON FUNCTION @registry@.ask_code(bigint) IS
	'Has a code sent to the person in charge of a record to which the asking provider is a stranger, if a number is filed, and returns until when it is good; one an hour a record, one a day a provider (短信核验 2020-08-17)';

-- A wrong code is an answer, no error, as with give_password(); of six wrong ones none is right any more.
CREATE FUNCTION @registry@.give_code(application_id bigint, code text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	app		constant @registry@.application := @registry@.lock_consent(application_id);
	given	constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
	waiting	@registry@.consent_code;
	number	integer;
BEGIN
	IF given IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT * INTO waiting FROM @registry@.consent_code c WHERE c.application_id = app.id;
	-- counted, and committed, before it is compared: by record and by code
	number := @registry@.number_try('sponsor.code', app.sponsor_id, @registry@.secret_mark(waiting.digest));
	IF waiting.confirmed_at IS NULL
	   AND coalesce(number > 6 OR given !~ '^[0-9]{6}$' OR clock_timestamp() >= waiting.due_at
					OR NOT icp.check_password(given, waiting.digest), true) THEN
		RETURN false;
	END IF;
	PERFORM @registry@.clear_tries('sponsor.code', app.sponsor_id);
	UPDATE @registry@.consent_code c SET confirmed_at = now() WHERE c.application_id = app.id AND c.confirmed_at IS NULL;
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.give_code(bigint, text) IS
	'Gives the code that ask_code() had sent, and returns whether it is right; then the application may go on without the filing password';


-- evidence/sheet
-- What a verification sheet must hold before an application goes on, who sees it, and when it may go.

-- What is missing

CREATE FUNCTION @registry@.domain_problems(sheet_id bigint, sponsor jsonb, site jsonb, recorded boolean) RETURNS SETOF text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE
		   WHEN v.id IS NULL
		   THEN format('owner of domain %s (域名所有者): not recorded (2 二(二)1(5))', d)
		   ELSE format('owner of domain %s (域名所有者): is not the sponsor%s (2 二(二)1(5))', d,
					   CASE WHEN @registry@.is_individual(sponsor ->> 'nature') THEN ' himself' ELSE '' END)
		   END
	  FROM icp.domains((site ->> 'domains')::icp.domain_list) AS d
	  LEFT JOIN @registry@.verification_domain v ON v.verification_id = sheet_id AND v.domain = d
	 WHERE CASE WHEN v.id IS NULL THEN NOT recorded ELSE recorded
	   AND icp.name_key(v.holder) IS DISTINCT FROM icp.name_key(sponsor ->> 'name')
		   AND (v.relation = 'sponsor' OR @registry@.is_individual(sponsor ->> 'nature')
				-- the principal's own name is on record, a shareholder's is not
				OR v.relation = 'principal'
				   AND icp.name_key(v.holder) IS DISTINCT FROM icp.name_key(sponsor ->> 'principal_name')) END;
END;
COMMENT ON FUNCTION @registry@.domain_problems(bigint, jsonb, jsonb, boolean) IS
	'Domains of a site whose owner a sheet does not tell; or, of those recorded, tells to be somebody who may not lend it (工信部信管〔2017〕264号)';

CREATE FUNCTION @registry@.document_problems(sheet @registry@.verification, is_person boolean) RETURNS SETOF text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT format('copy of the %s: no digest is recorded (%s)', n.name, n.clause)
	  FROM (VALUES ('principal_credential', 'principal''s credential (负责人证件复印件)', '2 二(二)1(5)', true),
				   ('unit_credential', 'unit''s credential (单位证件复印件)', '2 二(二)1(5)', NOT is_person),
				   ('agreement', 'agreement on information security (信息安全管理协议)', '2 三(一)4', true),
				   ('authorisation', 'signer''s authorisation (授权书)', '4 §14(二)',
					(sheet).signer_capacity IS NOT DISTINCT FROM 'authorised'),
				   ('sheet', 'verification sheet as sent (核验单传真件或扫描件)', '2 二(二)1(7)',
					(sheet).copy_form IN ('fax', 'scan'))) AS n(kind, name, clause, needed)
	 WHERE n.needed
	   AND NOT EXISTS (SELECT FROM @registry@.verification_document d
						WHERE d.verification_id = (sheet).id AND d.kind = n.kind);
END;
COMMENT ON FUNCTION @registry@.document_problems(@registry@.verification, boolean) IS
	'Papers that should be kept with a sheet and are not (2 三(一)4)';

-- What of a sheet stands against the record: the one part of its test that says something of what is filed.
CREATE FUNCTION @registry@.sheet_differences(sheet @registry@.verification, sponsor jsonb, site jsonb) RETURNS SETOF text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT p.problem
	  FROM (VALUES
		(icp.name_key((sheet).sponsor_holder) <> icp.name_key(sponsor ->> 'name'),
		 'sponsor''s credential (主办者证件): its holder is not the sponsor as entered (2 二(二)1(5))'),
		(NOT @registry@.same_credential((sheet).sponsor_credential, sponsor ->> 'credential'),
		 'sponsor''s credential (主办者证件): kind or number differ from what was entered (2 二(二)1(5))'),
		(icp.name_key((sheet).principal_holder) <> icp.name_key(sponsor ->> 'principal_name'),
		 'principal''s credential (负责人证件): its holder is not the principal as entered (2 二(二)1(5))'),
		(NOT @registry@.same_credential((sheet).principal_credential, sponsor ->> 'principal_credential'),
		 'principal''s credential (负责人证件): kind or number differ from what was entered (2 二(二)1(5))'),
		(@registry@.is_individual(sponsor ->> 'nature')
		 AND icp.name_key((sheet).agreement_signer) <> icp.name_key(sponsor ->> 'name'),
		 'agreement on information security (信息安全管理协议): its signer is not the sponsor (4 §14(二))')
	  ) AS p(holds, problem)
	 WHERE p.holds
	UNION ALL
	SELECT d FROM @registry@.domain_problems((sheet).id, sponsor, site, true) d;
END;
COMMENT ON FUNCTION @registry@.sheet_differences(@registry@.verification, jsonb, jsonb) IS
	'Where a verification sheet says something else than the record of its application (2 二(二)1(5)); no row: it agrees';

CREATE FUNCTION @registry@.sheet_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	applied		@registry@.application;
	sheet		@registry@.verification;
	sponsor		jsonb := @registry@.proposed_sponsor(application_id);
	site		jsonb := @registry@.proposed_site(application_id);
	is_person	boolean := @registry@.is_individual(sponsor ->> 'nature');
	photo_size	text := coalesce(@registry@.setting('photo_size'), '');
	adds_access	boolean;
	problems	text[];
	sees		boolean;
	agrees		boolean;
BEGIN
	SELECT * INTO applied FROM @registry@.application a WHERE a.id = sheet_problems.application_id;
	sees := @registry@.sees_record(applied.sponsor_id);
	IF applied.id IS NULL
	   OR NOT (sees OR applied.ended_at IS NULL AND @registry@.acts_for_provider(applied.provider_id)) THEN
		RAISE EXCEPTION 'application % does not exist, or is not yours to see', application_id
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT * INTO sheet FROM @registry@.verification v
	 WHERE v.application_id = sheet_problems.application_id AND v.provider_id = applied.provider_id
	   AND v.closed_at IS NULL
	 ORDER BY v.id DESC LIMIT 1;
	IF NOT FOUND THEN
		RETURN NEXT format('verification sheet (真实性核验单): there is none%s (2 二(二)1(6))',
						   CASE WHEN applied.reported_at IS NULL THEN '' ELSE ' since the last report' END);
		RETURN;
	END IF;
	adds_access := applied.kind IN ('new_filing', 'new_site', 'new_access');

	problems := ARRAY(
	SELECT p.problem
	  FROM (VALUES
		(sheet.verified_at > now() + interval '5 minutes',
		 'time of verification (核验时间): lies in the future'),
		(coalesce(btrim(sheet.place), '') = '' AND sheet.method = 'on_site',
		 'place of verification (备案现场): not recorded (2 二(二)1(3))'),
		(sheet.method = 'remote' AND @registry@.setting('remote_verification') IS DISTINCT FROM 'on',
		 'method remote (远程核验): is not accepted here (2 二(二)1(3))'),
		(sheet.method = 'on_site' AND NOT sheet.in_person,
		 'principal in person (负责人当面核验): did not come (2 二(二)1(3))'),
		(NOT sheet.person_matches,
		 'person and identity card (人证一致): not found to be one (2 二(二)1(5))'),
		(sheet.photo_digest IS NULL,
		 'photograph of the principal (负责人照片): no digest is recorded (2 二(二)1(4))'),
		(sheet.photo_digest IS NOT NULL AND sheet.method = 'on_site' AND photo_size <> ''
		 AND concat(sheet.photo_width, 'x', sheet.photo_height) <> photo_size,
		 format('photograph of the principal (负责人照片): is not of %s pixels (2 二(二)1(4))', photo_size)),
		(sheet.sponsor_holder IS NULL OR sheet.sponsor_credential IS NULL,
		 'sponsor''s credential (主办者证件): what it says is not recorded (2 二(二)1(5))'),
		(NOT sheet.sponsor_original,
		 'sponsor''s credential (主办者证件): the original was not seen (2 一1)'),
		(sheet.principal_holder IS NULL OR sheet.principal_credential IS NULL,
		 'principal''s credential (负责人证件): what it says is not recorded (2 二(二)1(5))'),
		(NOT sheet.principal_original,
		 'principal''s credential (负责人证件): the original was not seen (2 一1)'),
		(NOT sheet.sponsor_true, 'sponsor''s data (主体信息): not found true (2 一1)'),
		(NOT sheet.contact_true, 'contact data (联系方式): not found true (2 一2)'),
		(NOT sheet.site_true AND site IS NOT NULL, 'site''s data (网站信息): not found true (2 一3)'),
		(NOT sheet.access_true AND adds_access, 'access data (接入信息): not found true (2 一4)'),
		(adds_access AND NOT EXISTS (SELECT FROM @registry@.access c
									  WHERE c.site_id = applied.site_id AND c.provider_id = applied.provider_id),
		 'access data (接入信息): not entered (4 §18(二))'),
		(sheet.agreement_on IS NULL OR coalesce(btrim(sheet.agreement_signer), '') = '',
		 'agreement on information security (信息安全管理协议): not signed (2 二(二)1(6), 4 §12(七))'),
		(sheet.signer_capacity IS DISTINCT FROM 'self' AND is_person,
		 'agreement on information security (信息安全管理协议): an individual signs himself (4 §14(二))'),
		((sheet.signer_capacity IS NULL OR sheet.signer_capacity = 'self') AND NOT is_person,
		 'agreement on information security (信息安全管理协议): the legal representative or somebody authorised signs (4 §14(二))'),
		(NOT sheet.sponsor_signed, 'signature of the sponsor (主办者签字): missing on the sheet (2 二(二)1(6))'),
		(NOT sheet.stamped, 'seal of the provider (公章): missing on the sheet (2 二(二)1(6))'),
		(sheet.copy_form IS NULL, 'the bureau''s copy of the sheet (核验单一式两份): not prepared (2 二(二)1(6)(7))')
	  ) AS p(holds, problem)
	 WHERE p.holds
	UNION ALL
	SELECT d FROM @registry@.document_problems(sheet, is_person) d
	UNION ALL
	SELECT d FROM @registry@.domain_problems(sheet.id, sponsor, site, false) d);
	IF sees THEN
		RETURN QUERY SELECT unnest(problems) UNION ALL SELECT d FROM @registry@.sheet_differences(sheet, sponsor, site) d;
		RETURN;
	END IF;

	-- Who may not see the record hears of it when all else is there, yes or no to the whole, and each question counts.
	IF problems <> '{}' THEN
		RETURN QUERY SELECT unnest(problems);
		RETURN;
	END IF;
	PERFORM @registry@.count_try('sponsor.sheet', applied.sponsor_id);
	agrees := NOT EXISTS (SELECT FROM @registry@.sheet_differences(sheet, sponsor, site));
	PERFORM @registry@.record_comparison(applied, 'sheet', agrees);
	IF agrees THEN
		PERFORM @registry@.clear_tries('sponsor.sheet', applied.sponsor_id);
	ELSE
		RETURN NEXT 'verification sheet (真实性核验单): does not agree with the filing (2 二(二)1(5))';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.sheet_problems(bigint) IS
	'What an application''s verification sheet lacks before the application may count as verified (2 二(二)1(3)-(7)); no row: it is complete. Personal values are not told; to a provider that may not see the record only whether all of them agree, and each such question counts';

-- The steps of an application

CREATE FUNCTION @registry@.require_sheet() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	missing	text;
BEGIN
	-- Nobody changes a sheet, or what belongs to it, between the test and the report.
	PERFORM FROM @registry@.verification v WHERE v.application_id = NEW.id AND v.closed_at IS NULL
	  ORDER BY v.id FOR UPDATE;
	IF NOT @registry@.owner_is_exempt() THEN
		SELECT string_agg(p, '; ') INTO missing FROM @registry@.sheet_problems(NEW.id) p;
		IF missing IS NOT NULL THEN
			RAISE EXCEPTION 'application % has no complete verification sheet (真实性核验单) and cannot be %',
				NEW.id, NEW.state
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('Missing: %s.', missing),
					  HINT = 'Complete @registry@.verification and what belongs to it; @registry@.sheet_problems(id) tells what is missing.';
		END IF;
	END IF;
	IF NEW.state = 'reported' THEN
		UPDATE @registry@.verification v SET closed_at = now() WHERE v.application_id = NEW.id AND v.closed_at IS NULL;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_sheet() IS
	'Trigger: no application that asks for the face-to-face check is verified or reported without a complete sheet (2 前言, 二(二)1(7); 4 §19(二)); the report closes it';

CREATE FUNCTION @registry@.require_sheet_seen() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF @registry@.setting('sheet_seen') = 'on' AND NOT @registry@.owner_is_exempt()
	   AND (SELECT NOT v.seen FROM @registry@.verification v
			 WHERE v.application_id = NEW.id AND v.closed_at IS NOT NULL ORDER BY v.id DESC LIMIT 1) THEN
		RAISE EXCEPTION 'the verification sheet (真实性核验单) of application % has not been seen', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'The reviewer looks at the sheet and its documents (2 三(二)1, 4 §18(三)2).',
				  HINT = 'UPDATE @registry@.verification SET seen = true.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_sheet_seen() IS
	'Trigger: a bureau approves only after it has seen the sheet that was reported, unless setting sheet_seen is off';

-- Those kinds repeat the face-to-face check (4 §19(二)).  In the order of their names after a_enforce_transition,
-- before the event is written.
CREATE TRIGGER a_require_sheet AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('verified', 'reported')
					   AND NEW.kind IN ('new_filing', 'new_site', 'new_access', 'change_sponsor', 'change_principal'))
	EXECUTE FUNCTION @registry@.require_sheet();
CREATE TRIGGER a_require_sheet_seen AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state = 'approved')
	EXECUTE FUNCTION @registry@.require_sheet_seen();

-- Who sees and writes

ALTER TABLE @registry@.verification ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_see ON @registry@.verification FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR @registry@.sees_sponsor(sponsor_id));
CREATE POLICY verification_enter ON @registry@.verification FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id));
-- Which columns is a matter of grants; guard_verification() keeps each to its own.
CREATE POLICY verification_change ON @registry@.verification FOR UPDATE
	USING (@registry@.acts_for_provider(provider_id) OR @registry@.acts_as_bureau(province_code));
CREATE POLICY verification_delete ON @registry@.verification FOR DELETE
	USING (@registry@.acts_for_provider(provider_id));

ALTER TABLE @registry@.verification_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_document_see ON @registry@.verification_document FOR SELECT
	USING (@registry@.sees_sheet(verification_id, false));
CREATE POLICY verification_document_write ON @registry@.verification_document
	USING (@registry@.sees_sheet(verification_id, true));

ALTER TABLE @registry@.verification_domain ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_domain_see ON @registry@.verification_domain FOR SELECT
	USING (@registry@.sees_sheet(verification_id, false));
CREATE POLICY verification_domain_write ON @registry@.verification_domain
	USING (@registry@.sees_sheet(verification_id, true));

-- What is still to be verified, and what a provider keeps

CREATE VIEW @registry@.unverified_access WITH (security_barrier) AS
SELECT c.id AS access_id, c.provider_id, c.site_id, t.sponsor_id, t.province_code, t.filed_at
  FROM @registry@.access c
  JOIN @registry@.site t ON t.id = c.site_id
 WHERE c.status = 'live' AND t.status = 'filed'
   AND NOT EXISTS (SELECT FROM @registry@.verification v
					WHERE v.site_id = c.site_id AND v.provider_id = c.provider_id
					  AND (v.application_id IS NULL OR v.closed_at IS NOT NULL))
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(t.province_code, t.account_id)
		OR @registry@.acts_for_provider(c.provider_id));
COMMENT ON VIEW @registry@.unverified_access IS
	'Live access whose provider has no sheet of the site: stock that is still to be verified (存量网站, 2 三(一)6)';
COMMENT ON COLUMN @registry@.unverified_access.access_id IS 'The access';
COMMENT ON COLUMN @registry@.unverified_access.provider_id IS 'Its provider, who has to verify';
COMMENT ON COLUMN @registry@.unverified_access.site_id IS 'The site';
COMMENT ON COLUMN @registry@.unverified_access.sponsor_id IS 'Its sponsor';
COMMENT ON COLUMN @registry@.unverified_access.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.unverified_access.filed_at IS 'When the site was filed';

CREATE VIEW @registry@.sponsor_file WITH (security_barrier) AS
SELECT v.sponsor_id, v.provider_id, v.province_code,
	   count(*) AS sheets,
	   max(v.verified_at) AS last_verified_at,
	   bool_or(v.photo_digest IS NOT NULL) AS has_photo,
	   bool_or(EXISTS (SELECT FROM @registry@.verification_document d
						WHERE d.verification_id = v.id AND d.kind IN ('unit_credential', 'principal_credential')))
	   AS has_credentials,
	   bool_or(EXISTS (SELECT FROM @registry@.verification_document d
						WHERE d.verification_id = v.id AND d.kind = 'agreement')) AS has_agreement
  FROM @registry@.verification v
 WHERE (SELECT @registry@.acts_nationwide()) OR @registry@.acts_for_provider(v.provider_id)
	OR @registry@.acts_as_bureau(v.province_code)
 GROUP BY v.sponsor_id, v.provider_id, v.province_code;
COMMENT ON VIEW @registry@.sponsor_file IS
	'The file that a provider keeps of a sponsor (网站主办者资料档案): credentials, photograph, sheets, agreements (2 三(一)4, 4 §12(七))';
COMMENT ON COLUMN @registry@.sponsor_file.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.sponsor_file.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.sponsor_file.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.sponsor_file.sheets IS 'How many sheets';
COMMENT ON COLUMN @registry@.sponsor_file.last_verified_at IS 'When it was last verified';
COMMENT ON COLUMN @registry@.sponsor_file.has_photo IS 'A photograph is kept';
COMMENT ON COLUMN @registry@.sponsor_file.has_credentials IS 'A copy of a credential is kept';
COMMENT ON COLUMN @registry@.sponsor_file.has_agreement IS 'An agreement is kept';

-- evidence/blacklist
-- The blacklists (黑名单): sponsors, and two lists of independent domains that are never merged, illegal sites (违法网站)
-- and illegal access (违法接入).  No provider gives access to what is on one (4 §12(九)); the bureau of the sponsor's
-- province keeps them (4 §8(三)).

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('blacklist_term_sponsor', NULL,
	 'how long a sponsor stays on the blacklist where its entry does not say, as an interval such as 5 years; empty: until it is removed'),
	('blacklist_term_illegal_site', NULL, 'the same for the list of illegal sites'),
	('blacklist_term_illegal_access', NULL, 'the same for the list of illegal access');

CREATE TABLE @registry@.blacklist (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	list			text NOT NULL CHECK (list IN ('sponsor', 'illegal_site', 'illegal_access')),
	sponsor_id		bigint REFERENCES @registry@.sponsor,
	name			text CHECK (octet_length(name) <= 2000),
	name_key		text CHECK (name_key <> '' AND octet_length(name_key) <= 2000),
	is_individual	boolean NOT NULL DEFAULT false,
	credential		text CHECK (octet_length(credential) <= 2000),
	credential_keys	text[] NOT NULL DEFAULT '{}',
	domain			icp.domain_name,
	found_at		icp.domain_name,
	province		icp.province,
	province_code	smallint,
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	source			text,
	decided_by		name NOT NULL,
	listed_at		timestamptz NOT NULL DEFAULT now(),
	until			timestamptz,
	removed_at		timestamptz,
	removed_by		name,
	removal_reason	text CHECK (btrim(removal_reason) <> ''),
	CONSTRAINT blacklist_subject_check CHECK (
		CASE list WHEN 'sponsor' THEN domain IS NULL AND (name_key IS NOT NULL OR credential_keys <> '{}')
				  ELSE domain IS NOT NULL AND name IS NULL AND credential IS NULL AND sponsor_id IS NULL END),
	-- many share a name
	CONSTRAINT blacklist_individual_check CHECK (NOT is_individual OR credential_keys <> '{}'),
	CONSTRAINT blacklist_term_check CHECK (until > listed_at),
	CONSTRAINT blacklist_removal_check CHECK ((removed_at IS NULL) = (removal_reason IS NULL)
											  AND (removed_at IS NULL) = (removed_by IS NULL)),
	CONSTRAINT blacklist_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province))
);
CREATE INDEX blacklist_sponsor_id_idx ON @registry@.blacklist (sponsor_id);
CREATE INDEX blacklist_name_key_idx ON @registry@.blacklist (name_key) WHERE removed_at IS NULL;
CREATE INDEX blacklist_credential_idx ON @registry@.blacklist USING gin (credential_keys) WITH (fastupdate = off)
	WHERE removed_at IS NULL;
CREATE UNIQUE INDEX blacklist_domain_key ON @registry@.blacklist (domain, list) WHERE removed_at IS NULL;
COMMENT ON TABLE @registry@.blacklist IS
	'The blacklists (黑名单) of sponsors and of independent domains, and their history: an entry is removed by UPDATE, never deleted (4 §8(三), §12(九))';
COMMENT ON COLUMN @registry@.blacklist.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.blacklist.list IS
	'sponsor 黑名单主体; illegal_site 违法网站, illegal_access 违法接入: two lists of domains, each with its own entries';
COMMENT ON COLUMN @registry@.blacklist.sponsor_id IS 'A sponsor of this registry, from which name and credential are taken when left out';
COMMENT ON COLUMN @registry@.blacklist.name IS 'Name of the sponsor';
COMMENT ON COLUMN @registry@.blacklist.name_key IS 'icp.name_key(name), filled by trigger';
COMMENT ON COLUMN @registry@.blacklist.is_individual IS 'An individual (个人): the name alone says nothing, so the credential is needed';
COMMENT ON COLUMN @registry@.blacklist.credential IS 'Credential of the sponsor, kind:number; for the bureaux only';
COMMENT ON COLUMN @registry@.blacklist.credential_keys IS
	'What the credential is found by, filled by trigger: other spellings and the organisation code inside a credit code are found too';
COMMENT ON COLUMN @registry@.blacklist.domain IS
	'The independent domain (独立域名), with all that lies under it; what was entered is cut to it by trigger';
COMMENT ON COLUMN @registry@.blacklist.found_at IS 'The domain as entered, where it lies under the independent one';
COMMENT ON COLUMN @registry@.blacklist.province IS 'Province of the bureau that keeps the entry; NULL: the ministry';
COMMENT ON COLUMN @registry@.blacklist.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.blacklist.reason IS 'Why it is listed';
COMMENT ON COLUMN @registry@.blacklist.source IS 'Decision, notice or list that it comes from';
COMMENT ON COLUMN @registry@.blacklist.decided_by IS 'The role that listed it';
COMMENT ON COLUMN @registry@.blacklist.listed_at IS 'Since when';
COMMENT ON COLUMN @registry@.blacklist.until IS
	'Until when; filled from setting blacklist_term_… when left out; NULL or infinity: until it is removed';
COMMENT ON COLUMN @registry@.blacklist.removed_at IS 'When it was taken off; filled by trigger with the reason';
COMMENT ON COLUMN @registry@.blacklist.removed_by IS 'The role that took it off';
COMMENT ON COLUMN @registry@.blacklist.removal_reason IS 'Why it was taken off';

CREATE TABLE @registry@.blacklist_gate (
	only_row	boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	listed_at	timestamptz
);
INSERT INTO @registry@.blacklist_gate DEFAULT VALUES;
COMMENT ON TABLE @registry@.blacklist_gate IS
	'One row: a transaction that lists something updates it when it commits, one that approves or opens access locks it, so that neither passes the other unseen';
COMMENT ON COLUMN @registry@.blacklist_gate.only_row IS 'Always true';
COMMENT ON COLUMN @registry@.blacklist_gate.listed_at IS 'When something was last put on a blacklist';

-- The gate is the whole country's, so nobody holds it while he waits for anything, an answer of his client's included:
-- each statement leaves a row here, and a deferred trigger takes the gate for it at the commit, behind all other locks.
CREATE UNLOGGED TABLE @registry@.blacklist_pending (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	application_id	bigint,
	site_ids		bigint[],
	province_code	smallint
);
COMMENT ON TABLE @registry@.blacklist_pending IS
	'What a transaction has still to hold against the blacklists when it commits; gone then, and seen by nobody else';
COMMENT ON COLUMN @registry@.blacklist_pending.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.blacklist_pending.application_id IS 'An application that was approved';
COMMENT ON COLUMN @registry@.blacklist_pending.site_ids IS 'Sites that got access; where neither is said, something was listed';
COMMENT ON COLUMN @registry@.blacklist_pending.province_code IS 'Of no province';
-- nobody's but the owner's
ALTER TABLE @registry@.blacklist_pending ENABLE ROW LEVEL SECURITY;

-- What an entry is found by

-- The same body by its credit code and by its organisation code, the same person by 15 and by 18 signs.  A number that
-- says itself what it is counts under any kind, so that a wrong kind does not hide it.
CREATE FUNCTION @registry@.credential_keys(credential text) RETURNS text[]
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(array_agg(DISTINCT k.key) FILTER (WHERE k.key IS NOT NULL), '{}')
	  FROM (SELECT c.kind, upper(regexp_replace(normalize(c.number, NFKC), '[^0-9A-Za-z]', '', 'g')) AS code,
				   regexp_replace(normalize(c.number, NFKC), '\s', '', 'g') AS words
			  FROM (SELECT CASE WHEN credential_keys.credential ~ '[:：]'
								THEN split_part(normalize(credential_keys.credential, NFKC), ':', 1) ELSE 'other' END AS kind,
						   CASE WHEN credential_keys.credential ~ '[:：]'
								THEN substr(normalize(credential_keys.credential, NFKC),
											strpos(normalize(credential_keys.credential, NFKC), ':') + 1)
								ELSE credential_keys.credential END AS number) c) AS n,
		   LATERAL (SELECT coalesce(icp.try_credential('uscc:' || n.code),
									icp.try_credential('org_code:' || n.code),
									icp.try_credential('resident_id:' || n.code)) AS known) w,
		   LATERAL (VALUES
				(CASE icp.credential_kind(w.known)
				 WHEN 'uscc' THEN 'org:' || substr(n.code, 9, 9)
				 WHEN 'org_code' THEN 'org:' || icp.credential_number(w.known)
				 WHEN 'resident_id' THEN 'person:' || icp.credential_number(icp.credential_upgrade(w.known)) END),
				-- what none of those is: a long number by itself, a short one by its kind, words where it has no digit
				(CASE WHEN w.known IS NULL AND n.words <> ''
				 THEN concat(CASE WHEN length(n.code) >= 15 THEN 'number' ELSE lower(btrim(n.kind)) END, ':',
							 coalesce(nullif(n.code, ''), n.words)) END)) AS k(key);
END;
COMMENT ON FUNCTION @registry@.credential_keys(text) IS
	'What a credential is compared by on the blacklist: the organisation code of a credit code or organisation code, the 18 signs of an identity number, else a long number, or kind and number';

-- (STRICT, so that it is not expanded where it is called, and the planner goes by its ROWS.)
CREATE FUNCTION @registry@.domain_and_parents(domain icp.domain_name) RETURNS SETOF icp.domain_name
	LANGUAGE sql IMMUTABLE STRICT ROWS 3
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT array_to_string(l.labels[i:], '.')::icp.domain_name
	  FROM (SELECT string_to_array(domain::text, '.') AS labels) l,
		   generate_series(1, greatest(cardinality(l.labels) - 1, 1)) i;
END;
COMMENT ON FUNCTION @registry@.domain_and_parents(icp.domain_name) IS
	'A domain and those it lies under, but for the top level: what a blacklist may list of it';

-- Which entries hold for a sponsor or its site.  Each by an index: a few look-ups, however long the lists are.
CREATE FUNCTION @registry@.find_blacklisted(name text, nature text, credential text, domains icp.domain_list, homepage text)
	RETURNS TABLE (entry_id bigint, list text, domain icp.domain_name)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
	SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
	home			icp.domain_name;
	keys			text[] := @registry@.credential_keys(find_blacklisted.credential);
	name_of_unit	text := CASE WHEN NOT @registry@.is_individual(find_blacklisted.nature)
								 THEN icp.name_key(find_blacklisted.name) END;
	over			icp.domain_name[];
BEGIN
	BEGIN
		home := icp.homepage_domain(find_blacklisted.homepage);
	EXCEPTION WHEN data_exception THEN
		NULL;					-- the form rules say so
	END;
	over := ARRAY(SELECT p FROM icp.domains(coalesce(find_blacklisted.domains, '{}') + coalesce(icp.domain_list(home), '{}')) AS d,
								@registry@.domain_and_parents(d) AS p);
	FOR entry_id, list, domain IN
		SELECT b.id, b.list, b.domain
		  FROM @registry@.blacklist b
		 WHERE b.removed_at IS NULL AND b.domain = ANY (over)
		   AND b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
		UNION
		SELECT b.id, b.list, NULL
		  FROM @registry@.blacklist b
		 WHERE b.removed_at IS NULL AND b.credential_keys && keys
		   AND b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
		UNION
		-- a unit's name is its own, an individual's is not
		SELECT b.id, b.list, NULL
		  FROM @registry@.blacklist b
		 WHERE b.removed_at IS NULL AND b.name_key = name_of_unit AND NOT b.is_individual
		   AND b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
		 ORDER BY 2, 1
	LOOP
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.find_blacklisted(text, text, text, icp.domain_list, text) IS
	'Entries of the blacklists that hold now for a sponsor of this name, nature and credential, or for these domains and this home page';

CREATE FUNCTION @registry@.blacklist_text(entry_id bigint, list text, domain icp.domain_name) RETURNS text
	LANGUAGE sql IMMUTABLE
	SET search_path = pg_catalog, icp, pg_temp
	RETURN CASE list
		WHEN 'sponsor' THEN format('the sponsor is on the blacklist (黑名单主体), entry %s (4 §12(九), code 1065)', entry_id)
		WHEN 'illegal_site'
		THEN format('domain %s is on the blacklist of illegal sites (违法网站黑名单), entry %s (4 §12(九), code 1064)',
					domain, entry_id)
		ELSE format('domain %s is on the blacklist of illegal access (违法接入黑名单), entry %s (4 §12(九), code 1064)',
					domain, entry_id) END;
COMMENT ON FUNCTION @registry@.blacklist_text(bigint, text, icp.domain_name) IS 'An entry as people are told of it';

CREATE FUNCTION @registry@.blacklist_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	kind	text := (SELECT a.kind FROM @registry@.application a WHERE a.id = blacklist_problems.application_id);
	sponsor	jsonb;
	site	jsonb;
BEGIN
	-- Who is listed may still give up its filing, and have its password back.
	IF kind IN ('cancel_sponsor', 'cancel_site', 'cancel_access', 'password_reset') THEN
		RETURN;
	END IF;
	sponsor := @registry@.proposed_sponsor(application_id);
	site := @registry@.proposed_site(application_id);
	RETURN QUERY
	SELECT @registry@.blacklist_text(f.entry_id, f.list, f.domain)
	  FROM @registry@.find_blacklisted(sponsor ->> 'name', sponsor ->> 'nature', sponsor ->> 'credential',
									   (site ->> 'domains')::icp.domain_list, site ->> 'homepage') f;
END
$$;
COMMENT ON FUNCTION @registry@.blacklist_problems(bigint) IS
	'Why an application is returned, or not approved: its sponsor or a domain is on a blacklist (4 §12(九)); the owner''s applications too';

-- Who lists, and what becomes of an entry

CREATE FUNCTION @registry@.keeps_blacklist(province_code smallint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_as_bureau(keeps_blacklist.province_code)
		OR EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'ministry');
END;
COMMENT ON FUNCTION @registry@.keeps_blacklist(smallint) IS
	'May the acting role write blacklist entries of this province? Its bureau, the ministry, the registry''s owner (4 §8(三))';

CREATE FUNCTION @registry@.fill_blacklist() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	whole	icp.domain_name;
	filed	icp.province;
BEGIN
	IF NEW.sponsor_id IS NOT NULL AND NEW.list = 'sponsor' THEN
		SELECT coalesce(NEW.name, s.name), coalesce(NEW.credential, s.credential), coalesce(NEW.province, s.province),
			   NEW.is_individual OR @registry@.is_individual(s.nature), s.province
		  INTO NEW.name, NEW.credential, NEW.province, NEW.is_individual, filed
		  FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id;
	END IF;
	IF NEW.domain IS NOT NULL THEN
		whole := icp.registrable_domain(NEW.domain::text);
		IF whole IS NULL THEN
			RAISE EXCEPTION 'domain "%" cannot be listed', NEW.domain
				USING ERRCODE = 'invalid_parameter_value',
					  DETAIL = 'It is a public suffix, under which others have their domains.',
					  HINT = 'List an independent domain (独立域名).';
		ELSIF whole <> NEW.domain THEN
			NEW.found_at := NEW.domain;
			NEW.domain := whole;
		END IF;
		filed := (SELECT icp.province(t.province_code) FROM @registry@.claim c JOIN @registry@.site t ON t.id = c.holder_id
				   WHERE NEW.list = 'illegal_site' AND c.key_hash = icp.claim_hash('domain', NEW.domain::text)
					 AND c.kind = 'domain' AND c.key = NEW.domain::text AND c.approved AND c.released_at IS NULL
					 AND c.holder = '@registry@.site'::regclass);
	END IF;
	NEW.name_key := CASE WHEN NEW.name IS NOT NULL THEN icp.name_key(NEW.name) END;
	NEW.credential_keys := CASE WHEN NEW.credential IS NULL THEN '{}' ELSE @registry@.credential_keys(NEW.credential) END;
	IF filed IS NULL AND NOT NEW.is_individual THEN
		-- of several of that name, one of the own province is meant
		filed := (SELECT s.province FROM @registry@.sponsor s
				   WHERE s.name_key = NEW.name_key AND s.status = 'filed' AND NOT @registry@.is_individual(s.nature)
				   ORDER BY @registry@.keeps_blacklist(s.province_code) DESC LIMIT 1);
	END IF;
	-- (said here, since a constraint's message would show the row)
	IF NEW.list = 'sponsor' AND (NEW.domain IS NOT NULL OR NEW.name_key IS NULL AND NEW.credential_keys = '{}') THEN
		RAISE EXCEPTION 'a listed sponsor (黑名单主体) has a name or a credential, and no domain'
			USING ERRCODE = 'check_violation', HINT = 'Domains have lists of their own: illegal_site and illegal_access.';
	ELSIF NEW.list <> 'sponsor' AND (NEW.domain IS NULL OR NEW.name IS NOT NULL OR NEW.credential IS NOT NULL
									 OR NEW.sponsor_id IS NOT NULL) THEN
		RAISE EXCEPTION 'a listed domain (黑名单域名) has a domain, and no sponsor'
			USING ERRCODE = 'check_violation', HINT = 'Sponsors have a list of their own: sponsor.';
	ELSIF NEW.is_individual AND NEW.credential_keys = '{}' THEN
		RAISE EXCEPTION 'a listed individual (个人) needs a credential'
			USING ERRCODE = 'check_violation', DETAIL = 'Many share a name.';
	ELSIF NEW.until <= NEW.listed_at THEN
		RAISE EXCEPTION 'the term of a blacklist entry ends before it begins'
			USING ERRCODE = 'check_violation', HINT = 'Leave until out: until it is removed, or as setting blacklist_term_… says.';
	END IF;

	NEW.decided_by := @registry@.acting_user();
	IF NEW.province IS NULL THEN
		NEW.province := (SELECT icp.province(min(m.province_code)) FROM @registry@.member m
						  WHERE m.role_name = NEW.decided_by AND m.role = 'bureau'
						 HAVING count(*) = 1);
	END IF;
	NEW.province_code := icp.province_code(NEW.province);
	IF filed IS NOT NULL AND NOT @registry@.keeps_blacklist(icp.province_code(filed)) THEN
		RAISE EXCEPTION 'role "%" may not put this on the blacklist (黑名单)', NEW.decided_by
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('The sponsor is of %s; the bureau of its province keeps the blacklist (4 §8(三)).', filed),
				  HINT = 'Ask that bureau, or the ministry.';
	END IF;

	IF NEW.until IS NULL THEN
		NEW.until := NEW.listed_at + nullif(btrim(@registry@.setting('blacklist_term_' || NEW.list)), '')::interval;
	END IF;
	IF NEW.domain IS NOT NULL AND NEW.removed_at IS NULL THEN
		-- an entry whose term is over makes room
		UPDATE @registry@.blacklist b
		   SET removal_reason = '期满 (its term was over)'
		 WHERE b.domain = NEW.domain AND b.list = NEW.list AND b.removed_at IS NULL AND b.until <= now();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_blacklist() IS
	'Trigger: fills an entry, cuts a domain to its independent one, and keeps a bureau to the sponsors of its own province';

CREATE FUNCTION @registry@.guard_blacklist() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	own	constant text[] := '{until,removed_at,removed_by,removal_reason}';
BEGIN
	IF TG_OP <> 'UPDATE' THEN
		RAISE EXCEPTION 'table "%" is append-only', TG_TABLE_NAME
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('%s is not allowed on what has been listed.', TG_OP),
				  HINT = 'Take an entry off with UPDATE ... SET removal_reason.';
	ELSIF OLD.removed_at IS NOT NULL THEN
		RAISE EXCEPTION 'blacklist entry % has been removed', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Enter it anew.';
	ELSIF to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own THEN
		RAISE EXCEPTION 'what blacklist entry % says does not change', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Only its term (until) and its removal (removal_reason) are set.',
				  HINT = 'Take it off with a reason, and enter it anew.';
	END IF;
	NEW.removed_at := CASE WHEN NEW.removal_reason IS NOT NULL THEN now() END;
	NEW.removed_by := CASE WHEN NEW.removal_reason IS NOT NULL THEN @registry@.acting_user() END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.guard_blacklist() IS
	'Trigger: of an entry only its term and its removal are set; nothing is deleted';

-- One event for what a statement lists for one reason, not one a row: these events are one chain, whose head would be
-- written as often.  The digest binds what each entry says, without saying it.
CREATE FUNCTION @registry@.record_listing() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_sponsors	boolean;
BEGIN
	-- the sponsors' chains by their ids, then the provinces', as everybody locks heads
	FOREACH of_sponsors IN ARRAY '{true,false}'::boolean[] LOOP
		IF TG_OP = 'INSERT' THEN
			INSERT INTO @registry@.event (actor, event, sponsor_id, province_code, reason, new_values)
			SELECT @registry@.acting_user(), 'blacklist_add', n.sponsor_id, n.province_code, n.reason,
				   jsonb_strip_nulls(jsonb_build_object(
						'list', n.list, 'entries', count(*), 'first', min(n.id), 'last', max(n.id),
						'domain', CASE count(*) WHEN 1 THEN min(n.domain::text) END,
						'until', CASE WHEN min(n.until) = max(n.until) THEN min(n.until) END,
						'sha256', encode(sha256(convert_to(string_agg(concat_ws(E'\t', n.id, n.list, n.domain, n.name), E'\n'
																	  ORDER BY n.id), 'UTF8')), 'hex')))
			  FROM new_rows n
			 WHERE (n.sponsor_id IS NOT NULL) = of_sponsors
			 GROUP BY n.sponsor_id, n.province_code, n.list, n.reason
			 ORDER BY n.sponsor_id, n.province_code, min(n.id);
		ELSE
			INSERT INTO @registry@.event (actor, event, sponsor_id, province_code, reason, old_values, new_values)
			SELECT @registry@.acting_user(), CASE WHEN n.removed_at IS NULL THEN 'blacklist_term' ELSE 'blacklist_remove' END,
				   n.sponsor_id, n.province_code, n.removal_reason, jsonb_build_object('until', n.old_until),
				   jsonb_strip_nulls(jsonb_build_object(
						'list', n.list, 'entries', count(*), 'first', min(n.id), 'last', max(n.id), 'until', n.until,
						'sha256', encode(sha256(convert_to(string_agg(n.id::text, E'\n' ORDER BY n.id), 'UTF8')), 'hex')))
			  FROM (SELECT w.id, w.sponsor_id, w.province_code, w.list, w.removed_at, w.removal_reason, w.until,
						   o.id AS old_id, o.until AS old_until
					  FROM old_rows o FULL JOIN new_rows w ON w.id = o.id OFFSET 0) n
			 WHERE n.id = n.old_id AND (n.sponsor_id IS NOT NULL) = of_sponsors
			 GROUP BY n.sponsor_id, n.province_code, n.list, n.removed_at, n.removal_reason, n.old_until, n.until
			 ORDER BY n.sponsor_id, n.province_code, min(n.id);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_listing() IS
	'Trigger: writes the events of new blacklist entries, of their terms and removals, without personal values: how many, which, and a digest of what they say';

CREATE FUNCTION @registry@.close_blacklist_gate() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.blacklist_pending DEFAULT VALUES;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.close_blacklist_gate() IS
	'Trigger: when the listing commits it waits for approvals that are committing, and they for it';

-- (When anything is listed, and when an entry's term is made longer.)
CREATE TRIGGER a_close_gate AFTER INSERT OR UPDATE OF until ON @registry@.blacklist
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.close_blacklist_gate();
CREATE TRIGGER fill_blacklist BEFORE INSERT ON @registry@.blacklist
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_blacklist();
CREATE TRIGGER guard_blacklist BEFORE UPDATE ON @registry@.blacklist
	FOR EACH ROW EXECUTE FUNCTION @registry@.guard_blacklist();
CREATE TRIGGER keep_blacklist BEFORE DELETE OR TRUNCATE ON @registry@.blacklist
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.guard_blacklist();
CREATE TRIGGER record_listing AFTER INSERT ON @registry@.blacklist
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_listing();
CREATE TRIGGER record_change AFTER UPDATE ON @registry@.blacklist
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_listing();

-- Where it stops: at the report by the automatic check and at approval (apply_step), and here at access

CREATE FUNCTION @registry@.hold_blacklist_gate() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.blacklist_pending (application_id) VALUES (NEW.id);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.hold_blacklist_gate() IS
	'Trigger: apply_step() tests the blacklists at approval; they are tested again when it commits, for what was listed meanwhile';

CREATE FUNCTION @registry@.refuse_blacklisted_sites(sites bigint[]) RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	hit		record;
BEGIN
	SELECT m.site_id AS id, @registry@.blacklist_text(m.entry_id, m.list, m.domain) AS text INTO hit
	  FROM @registry@.blacklisted_sites(sites) m
	 ORDER BY m.site_id, m.entry_id LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'site % gets no access (接入): blacklist (黑名单)', hit.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = hit.text || '.',
				  HINT = 'No provider serves what is on a blacklist (4 §12(九)).';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_blacklisted_sites(bigint[]) IS 'Fails where one of these sites, or its sponsor, is on a blacklist';

-- At the commit.  Of an approval or an access and a listing one passes the gate first: the approval sees what was
-- listed before it, or the listing is committed after it, and blacklist_hit shows what it filed.
CREATE FUNCTION @registry@.pass_blacklist_gate() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	problems	text;
BEGIN
	IF NOT @registry@.acts_as_owner() THEN
		PERFORM icp.pass_gate();
	END IF;
	IF NEW.application_id IS NULL AND NEW.site_ids IS NULL THEN
		UPDATE @registry@.blacklist_gate SET listed_at = now();
	ELSE
		PERFORM FROM @registry@.blacklist_gate FOR SHARE;
		IF EXISTS (SELECT FROM @registry@.blacklist b WHERE b.removed_at IS NULL) THEN
			SELECT string_agg(p, '; ') INTO problems FROM @registry@.blacklist_problems(NEW.application_id) p;
			IF problems IS NOT NULL THEN
				RAISE EXCEPTION 'application % cannot be approved', NEW.application_id
					USING ERRCODE = 'object_not_in_prerequisite_state',
						  DETAIL = problems || '.',
						  HINT = 'It was listed (黑名单) meanwhile. Return the application with the reason.';
			END IF;
			PERFORM @registry@.refuse_blacklisted_sites(ARRAY(
				SELECT a.site_id FROM @registry@.access a WHERE a.site_id = ANY (NEW.site_ids) AND a.status = 'live'));
		END IF;
	END IF;
	DELETE FROM @registry@.blacklist_pending p WHERE p.id = NEW.id;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.pass_blacklist_gate() IS
	'Trigger, at the commit: a listing waits for approvals and accesses that are committing, these test the blacklists again; nothing is waited for with the gate in hand';
CREATE CONSTRAINT TRIGGER pass_blacklist_gate AFTER INSERT ON @registry@.blacklist_pending
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION @registry@.pass_blacklist_gate();

CREATE FUNCTION @registry@.refuse_blacklisted_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	opened	bigint[];
BEGIN
	-- Only what this statement made live: an access that is live already is found by the view blacklist_hit.
	IF TG_OP = 'INSERT' THEN
		opened := ARRAY(SELECT n.site_id FROM new_rows n WHERE n.status = 'live');
	ELSE
		opened := ARRAY(SELECT n.site_id
						  FROM (SELECT w.site_id, w.status, o.id AS old_id, o.status AS old_status, o.site_id AS old_site_id
								  FROM old_rows o FULL JOIN new_rows w ON w.id = o.id OFFSET 0) n
						 WHERE n.status = 'live'
						   AND (n.old_id IS NULL OR n.old_status <> 'live' OR n.old_site_id <> n.site_id));
	END IF;
	IF opened = '{}' THEN
		RETURN NULL;
	END IF;
	IF EXISTS (SELECT FROM @registry@.blacklist b WHERE b.removed_at IS NULL) THEN
		PERFORM @registry@.refuse_blacklisted_sites(opened);
	END IF;
	-- and again when it commits
	INSERT INTO @registry@.blacklist_pending (site_ids) VALUES (opened);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_blacklisted_access() IS
	'Trigger: no access becomes live to a site that is on a blacklist, or whose sponsor is (4 §12(九))';

CREATE TRIGGER a_hold_blacklist_gate AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state = 'approved'
					   AND NEW.kind NOT IN ('cancel_sponsor', 'cancel_site', 'cancel_access', 'password_reset'))
	EXECUTE FUNCTION @registry@.hold_blacklist_gate();
CREATE TRIGGER refuse_blacklisted_insert AFTER INSERT ON @registry@.access
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_blacklisted_access();
CREATE TRIGGER refuse_blacklisted_update AFTER UPDATE ON @registry@.access
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
	EXECUTE FUNCTION @registry@.refuse_blacklisted_access();

-- What was filed before it was listed

CREATE FUNCTION @registry@.blacklisted_sites(site_ids bigint[])
	RETURNS TABLE (site_id bigint, sponsor_id bigint, entry_id bigint, list text, domain icp.domain_name)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
	SET jit = off
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT DISTINCT t.id, t.sponsor_id, b.id, b.list, b.domain
	  FROM @registry@.site t
	 CROSS JOIN LATERAL icp.domains(t.domains) AS d
	 CROSS JOIN LATERAL @registry@.domain_and_parents(d) AS p
	  JOIN @registry@.blacklist b ON b.domain = p AND b.removed_at IS NULL
	 WHERE t.status IN ('draft', 'filed') AND (site_ids IS NULL OR t.id = ANY (site_ids))
	   AND b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
	UNION ALL
	SELECT t.id, s.id, b.id, b.list, NULL
	  FROM @registry@.site t
	  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
	  JOIN @registry@.blacklist b ON b.name_key = s.name_key AND b.removed_at IS NULL
	 WHERE t.status IN ('draft', 'filed') AND (site_ids IS NULL OR t.id = ANY (site_ids))
	   AND b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
	   -- (in one condition, so that it is asked only of what the join finds)
	   AND NOT (b.is_individual OR @registry@.is_individual(s.nature))
	UNION ALL
	SELECT t.id, s.id, b.id, b.list, NULL
	  FROM @registry@.site t
	  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
	  JOIN @registry@.blacklist b ON b.credential_keys && @registry@.credential_keys(s.credential) AND b.removed_at IS NULL
	 WHERE t.status IN ('draft', 'filed') AND (site_ids IS NULL OR t.id = ANY (site_ids)) AND s.credential IS NOT NULL
	   AND b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
	   -- once, where the name says it already
	   AND (b.name_key IS DISTINCT FROM s.name_key OR b.is_individual OR @registry@.is_individual(s.nature));
END
$$;
COMMENT ON FUNCTION @registry@.blacklisted_sites(bigint[]) IS
	'Which entries hold now for these sites, drafts too (NULL: for all sites), by their domains and by their sponsors; a few look-ups by index for each site';

CREATE FUNCTION @registry@.blacklist_hits()
	RETURNS TABLE (entry_id bigint, list text, listed_at timestamptz, sponsor_id bigint, site_id bigint, domain icp.domain_name,
				   province_code smallint, served_by bigint[])
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	sees_all	boolean := @registry@.acts_nationwide();
BEGIN
	RETURN QUERY
	SELECT m.entry_id, m.list, b.listed_at, m.sponsor_id, m.site_id, m.domain, t.province_code,
		   ARRAY(SELECT a.provider_id FROM @registry@.access a
				  WHERE a.site_id = m.site_id AND a.status = 'live' ORDER BY a.provider_id)
	  FROM @registry@.blacklisted_sites(NULL) m
	  JOIN @registry@.blacklist b ON b.id = m.entry_id
	  JOIN @registry@.site t ON t.id = m.site_id
	 WHERE t.status = 'filed'
	   AND (sees_all OR @registry@.may_see(t.province_code, t.account_id)
			OR EXISTS (SELECT FROM @registry@.access a
						WHERE a.site_id = m.site_id AND a.status = 'live' AND @registry@.acts_for_provider(a.provider_id)));
END
$$;
COMMENT ON FUNCTION @registry@.blacklist_hits() IS
	'What view blacklist_hit shows: those that the acting role may see, or serves';

CREATE VIEW @registry@.blacklist_hit WITH (security_barrier) AS
SELECT h.entry_id, h.list, h.listed_at, h.sponsor_id, h.site_id, h.domain, h.province_code, h.served_by
  FROM @registry@.blacklist_hits() h;
COMMENT ON VIEW @registry@.blacklist_hit IS
	'Filed records that are on a blacklist now: what was filed before it was listed, for the bureau to cancel and the providers to stop serving';
COMMENT ON COLUMN @registry@.blacklist_hit.entry_id IS 'The entry';
COMMENT ON COLUMN @registry@.blacklist_hit.list IS 'Its list: sponsor, illegal_site or illegal_access';
COMMENT ON COLUMN @registry@.blacklist_hit.listed_at IS 'Since when it holds';
COMMENT ON COLUMN @registry@.blacklist_hit.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.blacklist_hit.site_id IS 'The site; each site of a listed sponsor (责令关闭: all of them are closed)';
COMMENT ON COLUMN @registry@.blacklist_hit.domain IS 'The listed domain; NULL where the sponsor is listed';
COMMENT ON COLUMN @registry@.blacklist_hit.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.blacklist_hit.served_by IS 'Providers whose access to the site is live';

ALTER TABLE @registry@.blacklist ENABLE ROW LEVEL SECURITY;
-- Every provider must know what it may not serve; whom a listing names with which credential, only the bureaux (grants).
CREATE POLICY blacklist_see ON @registry@.blacklist FOR SELECT USING (
	EXISTS (SELECT FROM @registry@.member m
			 WHERE m.role_name = @registry@.acting_user() AND m.role IN ('provider', 'bureau', 'ministry', 'system')));
CREATE POLICY blacklist_enter ON @registry@.blacklist FOR INSERT
	WITH CHECK (@registry@.keeps_blacklist(province_code) AND removed_at IS NULL);
CREATE POLICY blacklist_change ON @registry@.blacklist FOR UPDATE USING (@registry@.keeps_blacklist(province_code));

-- evidence/approval
-- Prior and special approvals (前置审批, 专项审批): the documents, and what the approving department says of them
-- (4 §14(五), §17, §20; 5 附件3 一(四)(五)).

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('approval_opinion', 'asked',
	 'asked: an application is approved once the departments that a bureau asked have agreed (4 §20); always: only when every approval it rests on has been agreed to');

CREATE TABLE @registry@.prior_approval (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	sponsor_id		bigint NOT NULL REFERENCES @registry@.sponsor,
	site_id			bigint REFERENCES @registry@.site,
	application_id	bigint REFERENCES @registry@.application,
	province_code	smallint NOT NULL,
	kind			integer NOT NULL,
	number			text NOT NULL CHECK (btrim(number) <> '' AND octet_length(number) <= 1000),
	authority		text NOT NULL CHECK (btrim(authority) <> ''),
	valid_from		date NOT NULL,
	valid_to		date CHECK (valid_to >= valid_from),
	document_sha256	bytea CHECK (octet_length(document_sha256) = 32),
	document_at		text,
	original_with	text NOT NULL DEFAULT 'sponsor' CHECK (original_with IN ('sponsor', 'provider')),
	state			text NOT NULL DEFAULT 'claimed' CHECK (state IN ('claimed', 'asked', 'agreed', 'refused')),
	asked_at		timestamptz,
	opinion			text,
	opinion_by		name,
	opinion_at		timestamptz,
	declared_false_at	timestamptz,
	declared_false_by	name,
	expiry_told_at	timestamptz,
	entered_by		name NOT NULL,
	entered_at		timestamptz NOT NULL,
	CONSTRAINT prior_approval_opinion_check CHECK (state <> 'refused' OR coalesce(btrim(opinion), '') <> '')
);
CREATE INDEX prior_approval_sponsor_id_idx ON @registry@.prior_approval (sponsor_id);
CREATE INDEX prior_approval_site_id_idx ON @registry@.prior_approval (site_id);
CREATE INDEX prior_approval_application_id_idx ON @registry@.prior_approval (application_id);
CREATE INDEX prior_approval_kind_idx ON @registry@.prior_approval (kind, province_code);
CREATE INDEX prior_approval_expiry_idx ON @registry@.prior_approval (valid_to)
	WHERE expiry_told_at IS NULL AND declared_false_at IS NULL;
COMMENT ON TABLE @registry@.prior_approval IS
	'Prior and special approvals (前置审批, 专项审批) that a filing rests on: the document, and the approving department''s opinion of it (4 §20)';
COMMENT ON COLUMN @registry@.prior_approval.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.prior_approval.sponsor_id IS 'Whose approval it is; the site''s sponsor when left out';
COMMENT ON COLUMN @registry@.prior_approval.site_id IS 'The site it is for; NULL: all sites of the sponsor';
COMMENT ON COLUMN @registry@.prior_approval.application_id IS 'The application that it was entered with, if any';
COMMENT ON COLUMN @registry@.prior_approval.province_code IS 'The sponsor''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.prior_approval.kind IS 'Id of icp.approval_kind or icp.approval_kind_local';
COMMENT ON COLUMN @registry@.prior_approval.number IS 'Number of the document (批准文号)';
COMMENT ON COLUMN @registry@.prior_approval.authority IS 'Who gave it (审批机关)';
COMMENT ON COLUMN @registry@.prior_approval.valid_from IS 'First day on which it holds';
COMMENT ON COLUMN @registry@.prior_approval.valid_to IS 'Last day on which it holds; NULL: without end';
COMMENT ON COLUMN @registry@.prior_approval.document_sha256 IS
	'SHA-256 of the copy or scan (复印件或影印件), which the provider keeps (4 §20(二)); without it nothing is filed (4 §20(四))';
COMMENT ON COLUMN @registry@.prior_approval.document_at IS 'Where the provider keeps it';
COMMENT ON COLUMN @registry@.prior_approval.original_with IS 'Who has the original: the sponsor keeps it (4 §20(二)(五))';
COMMENT ON COLUMN @registry@.prior_approval.state IS
	'claimed by the provider; asked: a bureau asked the department; agreed or refused by the department (核验意见, 4 §17, §20(三))';
COMMENT ON COLUMN @registry@.prior_approval.asked_at IS 'When the department was asked';
COMMENT ON COLUMN @registry@.prior_approval.opinion IS 'What the department says (核验意见); needed where it refuses';
COMMENT ON COLUMN @registry@.prior_approval.opinion_by IS 'The department''s role';
COMMENT ON COLUMN @registry@.prior_approval.opinion_at IS 'When it said so';
COMMENT ON COLUMN @registry@.prior_approval.declared_false_at IS 'When the bureau acted on a refusal, see declare_false_approval()';
COMMENT ON COLUMN @registry@.prior_approval.declared_false_by IS 'The bureau''s role';
COMMENT ON COLUMN @registry@.prior_approval.expiry_told_at IS 'When the expiry was told, see approval_clock()';
COMMENT ON COLUMN @registry@.prior_approval.entered_by IS 'The role that entered it';
COMMENT ON COLUMN @registry@.prior_approval.entered_at IS 'When it was entered';

-- What needs which approval

-- A bureau may ask for what the country no longer does (医疗保健, 电子公告 since 2015), by a row of its own.
CREATE FUNCTION @registry@.is_asked_for(approval_kind integer, on_day date) RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT coalesce(
		(SELECT k.is_national
				AND coalesce(k.valid_from, '-infinity') <= on_day AND coalesce(k.valid_to, 'infinity') > on_day
		   FROM (SELECT 1 AS place, l.is_national, l.valid_from, l.valid_to
				   FROM icp.approval_kind_local l WHERE l.id = approval_kind
				 UNION ALL
				 SELECT 2, s.is_national, s.valid_from, s.valid_to
				   FROM icp.approval_kind s WHERE s.id = approval_kind
				  ORDER BY place LIMIT 1) k), false);
END;
COMMENT ON FUNCTION @registry@.is_asked_for(integer, date) IS
	'Must this kind of approval be shown on that day? As icp.approval_kind says, or a bureau''s own row of icp.approval_kind_local in its place';

CREATE FUNCTION @registry@.approval_name(approval_kind integer) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT concat_ws(' ', approval_kind,
					 coalesce((SELECT l.name FROM icp.approval_kind_local l WHERE l.id = approval_kind),
							  (SELECT s.name FROM icp.approval_kind s WHERE s.id = approval_kind)));
END;
COMMENT ON FUNCTION @registry@.approval_name(integer) IS 'Id and name of a kind of approval';

-- What a record says of itself: ids or names, each perhaps with its document's number behind a colon.
CREATE FUNCTION @registry@.declared_approvals(site jsonb) RETURNS integer[]
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT ARRAY(
		SELECT k.id
		  FROM (SELECT l.id, l.name FROM icp.approval_kind_local l
				UNION
				SELECT s.id, s.name FROM icp.approval_kind s) k
		 WHERE ARRAY[k.id::text, k.name] && ARRAY(
			SELECT btrim(split_part(replace(w.word, '：', ':'), ':', 1))
			  FROM jsonb_array_elements_text(CASE jsonb_typeof(site -> 'approvals') WHEN 'array' THEN site -> 'approvals'
											 ELSE jsonb_build_array(coalesce(site ->> 'approvals', '')) END) AS e(text),
				   string_to_table(translate(e.text, '，、；;| ', ',,,,,,'), ',') AS w(word))
		 GROUP BY k.id ORDER BY k.id);
END;
COMMENT ON FUNCTION @registry@.declared_approvals(jsonb) IS 'Kinds of approval that a site''s record names in its column approvals';

CREATE FUNCTION @registry@.shown_approvals(sponsor_id bigint, site_id bigint, on_day date) RETURNS SETOF @registry@.prior_approval
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT p.*
	  FROM @registry@.prior_approval p
	 WHERE p.sponsor_id = shown_approvals.sponsor_id
	   AND (p.site_id = shown_approvals.site_id OR p.site_id IS NULL)
	   AND p.document_sha256 IS NOT NULL AND p.state <> 'refused' AND p.declared_false_at IS NULL
	   AND on_day BETWEEN p.valid_from AND coalesce(p.valid_to, 'infinity');
END;
COMMENT ON FUNCTION @registry@.shown_approvals(bigint, bigint, date) IS
	'Approvals of a site, or of its sponsor for all, that hold on that day: with a document, in their term, and not refused';

CREATE FUNCTION @registry@.missing_approvals(sponsor jsonb, site jsonb, on_day date)
	RETURNS TABLE (approval_kind integer, problem text)
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	declared	integer[] := @registry@.declared_approvals(site);
	shown		integer[] := ARRAY(SELECT p.kind FROM @registry@.shown_approvals((site ->> 'sponsor_id')::bigint,
																				 (site ->> 'id')::bigint, on_day) p);
	contents	text[] := ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(site -> 'contents') WHEN 'array'
																 THEN site -> 'contents' ELSE '[]' END));
BEGIN
	RETURN QUERY
	SELECT d.kind, format('approval %s (前置或专项审批) is declared, but no valid document is shown (4 §20(四))',
						  @registry@.approval_name(d.kind))
	  FROM unnest(declared) AS d(kind)
	 WHERE d.kind <> ALL (shown) AND @registry@.is_asked_for(d.kind, on_day);
	-- The form rules know which names and contents need what, since when and where; to them the record has what it
	-- has shown.  (What it declares without showing has been told above.)
	RETURN QUERY
	SELECT NULL::integer,
		   format('%s: %s %s, and no valid document is shown (%s)', v.field, v.message_en, v.message_zh, v.clause)
	  FROM (SELECT site ->> 'name' AS site_name, sponsor ->> 'name' AS name, sponsor ->> 'nature' AS nature,
				   contents AS contents, (declared || shown)::text[] AS approvals) r,
		   icp.violations(r, on_day, icp.province((sponsor ->> 'province_code')::integer)) v
	 WHERE v.severity = 'error' AND v.code LIKE 'APPROVAL-%' AND v.code <> 'APPROVAL-015';
END
$$;
COMMENT ON FUNCTION @registry@.missing_approvals(jsonb, jsonb, date) IS
	'Approvals that a site needs and does not show on that day: those that it declares, and those that its name and contents need by the form rules';

CREATE FUNCTION @registry@.approval_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	applied	@registry@.application;
	site	jsonb;
BEGIN
	SELECT * INTO applied FROM @registry@.application a WHERE a.id = approval_problems.application_id;
	IF applied.kind NOT IN ('new_filing', 'new_site', 'change_site') OR @registry@.owner_is_exempt() THEN
		RETURN;
	END IF;
	site := @registry@.proposed_site(application_id);
	RETURN QUERY
	SELECT m.problem
	  FROM @registry@.missing_approvals(@registry@.proposed_sponsor(application_id), site,
										(now() AT TIME ZONE 'Asia/Shanghai')::date) m;
	IF applied.kind = 'change_site' AND applied.filed_by = 'sponsor'
	   AND NOT @registry@.declared_approvals(site)
			   <@ (SELECT @registry@.declared_approvals(to_jsonb(t)) FROM @registry@.site t WHERE t.id = applied.site_id) THEN
		RETURN NEXT 'an approval (前置或专项审批) is added by a change that the provider enters (4 §20(五))';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.approval_problems(bigint) IS
	'Why an application is returned: approvals that its site needs and does not show (4 §20(一)(四), §14(五)); the owner is exempt';

-- Entry, and the department's opinion

CREATE FUNCTION @registry@.acts_as_approver(kind integer, province_code smallint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.member m
					WHERE m.role_name = @registry@.acting_user() AND m.role = 'approver'
					  AND acts_as_approver.kind = ANY (m.approval_kinds)
					  AND coalesce(m.province_code, acts_as_approver.province_code) = acts_as_approver.province_code);
END;
COMMENT ON FUNCTION @registry@.acts_as_approver(integer, smallint) IS
	'Is the acting role a department of this field, national or of this province (4 §20(三))?';

CREATE FUNCTION @registry@.fill_approval() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NEW.application_id IS NOT NULL THEN
		SELECT coalesce(NEW.site_id, a.site_id), coalesce(NEW.sponsor_id, a.sponsor_id) INTO NEW.site_id, NEW.sponsor_id
		  FROM @registry@.application a WHERE a.id = NEW.application_id;
	END IF;
	IF NEW.site_id IS NOT NULL THEN
		NEW.sponsor_id := coalesce(NEW.sponsor_id, (SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = NEW.site_id));
	END IF;
	IF NOT @registry@.enters_approval(NEW.sponsor_id) AND NOT @registry@.acts_as_owner() THEN
		-- (before row security is asked: the same words, whatever it names)
		RAISE EXCEPTION 'role "%" may not enter this approval (前置或专项审批)', @registry@.acting_user()
			USING ERRCODE = 'insufficient_privilege', HINT = 'The provider of the sponsor enters it (4 §20(二)(五)).';
	END IF;
	NEW.province_code := (SELECT s.province_code FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id);
	IF NEW.site_id IS NOT NULL
	   AND NOT EXISTS (SELECT FROM @registry@.site t WHERE t.id = NEW.site_id AND t.sponsor_id = NEW.sponsor_id)
	   OR NEW.application_id IS NOT NULL
	   AND NOT EXISTS (SELECT FROM @registry@.application a
						WHERE a.id = NEW.application_id AND a.sponsor_id = NEW.sponsor_id) THEN
		RAISE EXCEPTION 'approval, site, sponsor and application do not belong together'
			USING ERRCODE = 'check_violation', HINT = 'Leave sponsor_id out to have it filled.';
	END IF;
	IF NOT EXISTS (SELECT FROM icp.approval_kind k WHERE k.id = NEW.kind
				   UNION ALL SELECT FROM icp.approval_kind_local l WHERE l.id = NEW.kind) THEN
		RAISE EXCEPTION 'there is no kind of approval (前置或专项审批) %', NEW.kind
			USING ERRCODE = 'foreign_key_violation', HINT = 'See icp.approval_kind and icp.approval_kind_local.';
	END IF;
	NEW.state := 'claimed';
	NEW.asked_at := NULL;
	NEW.opinion := NULL;
	NEW.opinion_by := NULL;
	NEW.opinion_at := NULL;
	NEW.declared_false_at := NULL;
	NEW.declared_false_by := NULL;
	NEW.expiry_told_at := NULL;
	NEW.entered_by := @registry@.acting_user();
	NEW.entered_at := now();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_approval() IS 'Trigger: fills what site and application already say; an approval begins as claimed';

CREATE FUNCTION @registry@.guard_approval() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	own			constant text[] := '{state,asked_at,opinion,opinion_by,opinion_at,declared_false_at,declared_false_by,expiry_told_at}';
	is_owner	boolean := (SELECT pg_has_role(@registry@.acting_user(), c.relowner, 'USAGE')
							  FROM pg_class c WHERE c.oid = TG_RELID);
	may			boolean := true;
BEGIN
	IF to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own THEN
		IF OLD.state <> 'claimed' OR NEW.state <> 'claimed' THEN
			RAISE EXCEPTION 'what approval % (前置或专项审批) says does not change', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('It is %s.', OLD.state),
					  HINT = 'Enter the other document as another approval.';
		END IF;
		IF NOT is_owner AND EXISTS (
				SELECT FROM @registry@.application a
				 WHERE a.sponsor_id = OLD.sponsor_id AND a.site_id = coalesce(OLD.site_id, a.site_id)
				   AND a.kind IN ('new_filing', 'new_site', 'change_site') AND a.reported_at >= OLD.entered_at
				   -- (while it is reviewed, what is missing may be added)
				   AND (a.state = 'approved'
						OR @registry@.with_bureau(a.state)
						   AND NOT to_jsonb(NEW) @> jsonb_strip_nulls(to_jsonb(OLD) - own))) THEN
			RAISE EXCEPTION 'what approval % (前置或专项审批) says does not change', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = 'An application that rests on it has been reported.',
					  HINT = 'Enter the other document as another approval.';
		END IF;
		may := is_owner OR @registry@.enters_approval(OLD.sponsor_id) AND @registry@.enters_approval(NEW.sponsor_id);
	END IF;
	IF NEW.state = 'asked' AND OLD.state <> 'asked' THEN
		may := may AND OLD.state = 'claimed' AND (is_owner OR @registry@.acts_as_bureau(OLD.province_code));
		NEW.asked_at := now();
	ELSIF NEW.state <> OLD.state OR NEW.opinion IS DISTINCT FROM OLD.opinion THEN
		-- an opinion may be revised: a document that was agreed to may turn out to be false
		may := may AND NEW.state IN ('agreed', 'refused')
			AND (is_owner OR @registry@.acts_as_approver(OLD.kind, OLD.province_code));
		IF NEW.state <> OLD.state AND NEW.opinion IS NOT DISTINCT FROM OLD.opinion THEN
			NEW.opinion := NULL;			-- it was that of the state before
		END IF;
		IF may AND NEW.state = 'refused' AND coalesce(btrim(NEW.opinion), '') = '' THEN
			RAISE EXCEPTION 'the refusal of approval % (前置或专项审批) needs an opinion (核验意见)', OLD.id
				USING ERRCODE = 'check_violation', CONSTRAINT = 'prior_approval_opinion_check',
					  HINT = 'Set column "opinion" in the same UPDATE (4 §17, §20).';
		END IF;
		NEW.opinion_by := @registry@.acting_user();
		NEW.opinion_at := now();
	ELSE
		NEW.opinion_by := OLD.opinion_by;
		NEW.opinion_at := OLD.opinion_at;
	END IF;
	IF NOT may THEN
		RAISE EXCEPTION 'role "%" may not set approval % (前置或专项审批) so', @registry@.acting_user(), OLD.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = format('From %s to %s.', OLD.state, NEW.state),
				  HINT = 'The provider enters it while it is claimed; the bureau asks (asked); the department of its field agrees or refuses (4 §17, §20).';
	END IF;
	IF NEW.state <> OLD.state OR NEW.opinion IS DISTINCT FROM OLD.opinion THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason,
									  old_values, new_values)
		VALUES (@registry@.acting_user(), 'approval_' || NEW.state, NEW.application_id, NEW.sponsor_id, NEW.site_id,
				NEW.province_code, NEW.opinion,
				jsonb_build_object('approval', OLD.id, 'state', OLD.state),
				jsonb_build_object('approval', NEW.id, 'state', NEW.state, 'kind', NEW.kind));
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.guard_approval() IS
	'Trigger: whose step it is, and that a document stands still once the department has been asked; writes the event';

CREATE FUNCTION @registry@.enters_approval(sponsor_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM @registry@.sponsor s JOIN @registry@.account a ON a.id = s.account_id
					 JOIN @registry@.member m ON m.provider_id = a.provider_id
					WHERE s.id = enters_approval.sponsor_id AND m.role = 'provider'
					  AND m.role_name = @registry@.acting_user());
END;
COMMENT ON FUNCTION @registry@.enters_approval(bigint) IS
	'Is the acting role the provider of this sponsor, who enters its approvals and keeps the copies (4 §20(二)(五))?';

CREATE TRIGGER fill_approval BEFORE INSERT ON @registry@.prior_approval
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_approval();
CREATE TRIGGER guard_approval BEFORE UPDATE ON @registry@.prior_approval
	FOR EACH ROW EXECUTE FUNCTION @registry@.guard_approval();
CREATE TRIGGER keep_evidence BEFORE DELETE ON @registry@.prior_approval
	FOR EACH ROW EXECUTE FUNCTION @registry@.keep_evidence();
CREATE TRIGGER keep_evidence_whole BEFORE TRUNCATE ON @registry@.prior_approval
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.keep_evidence();

ALTER TABLE @registry@.prior_approval ENABLE ROW LEVEL SECURITY;
CREATE POLICY prior_approval_see ON @registry@.prior_approval FOR SELECT
	USING (@registry@.sees_sponsor(sponsor_id) OR @registry@.acts_as_approver(kind, province_code));
CREATE POLICY prior_approval_enter ON @registry@.prior_approval FOR INSERT
	WITH CHECK (@registry@.enters_approval(sponsor_id));
-- Which step is whose is the business of guard_approval().
CREATE POLICY prior_approval_change ON @registry@.prior_approval FOR UPDATE
	USING (@registry@.enters_approval(sponsor_id) OR @registry@.acts_as_bureau(province_code)
		   OR @registry@.acts_as_approver(kind, province_code));

-- application/judge
-- The form rules over what an application concerns, and what they found.

CREATE TABLE @registry@.warning (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	LIKE icp.warning_columns INCLUDING DEFAULTS INCLUDING COMMENTS,
	turned			boolean NOT NULL DEFAULT false,
	actor			name NOT NULL DEFAULT @registry@.acting_user(),
	application_id	bigint,
	sponsor_id		bigint,
	site_id			bigint,
	province_code	smallint
);
CREATE INDEX warning_application_id_idx ON @registry@.warning (application_id);
CREATE INDEX warning_sponsor_id_idx ON @registry@.warning (sponsor_id);
CREATE INDEX warning_site_id_idx ON @registry@.warning (site_id);
COMMENT ON TABLE @registry@.warning IS
	'What the form rules (备案信息填报要求) found at each report and load: errors, whether they were let pass or not, and warnings';
COMMENT ON COLUMN @registry@.warning.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.warning.relation IS 'The table that the field is in: sponsor, site or access';
COMMENT ON COLUMN @registry@.warning.row_id IS 'Id of the row there; NULL where there is none yet';
COMMENT ON COLUMN @registry@.warning.found_at IS 'Time of the transaction; of a report, application.reported_at';
COMMENT ON COLUMN @registry@.warning.severity IS 'error or warning, as the rule says';
COMMENT ON COLUMN @registry@.warning.turned IS
	'An error that was recorded and let pass: of the registry''s owner, or by icpfiling.errors_as_warnings, or a value that a loaded record lacks';
COMMENT ON COLUMN @registry@.warning.actor IS 'The role that reported or loaded';
COMMENT ON COLUMN @registry@.warning.application_id IS
	'The application that was reported; NULL for a loaded record. No foreign key, as in event';
COMMENT ON COLUMN @registry@.warning.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.warning.site_id IS 'The site it concerns';
COMMENT ON COLUMN @registry@.warning.province_code IS 'Province, GB/T 2260';

-- Written by the owner's functions only; seen with the application, or with the sponsor.
ALTER TABLE @registry@.warning ENABLE ROW LEVEL SECURITY;
CREATE POLICY warning_see ON @registry@.warning FOR SELECT
	USING (EXISTS (SELECT FROM @registry@.application a WHERE a.id = application_id)
		   OR EXISTS (SELECT FROM @registry@.sponsor s WHERE s.id = sponsor_id));

CREATE FUNCTION @registry@.errors_as_warnings() RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	-- with the library loaded, so that the setting is the guarded one and no placeholder
	SELECT icp.province_code(icp.province(11)) IS NOT NULL
		   AND coalesce(current_setting('icpfiling.errors_as_warnings', true), 'off')::boolean;
END;
COMMENT ON FUNCTION @registry@.errors_as_warnings() IS
	'Is icpfiling.errors_as_warnings on, so that errors are recorded and let pass?';

-- What is judged, made from the map of the fields (icp.record_field), so that no list of them stands here: sponsor, site and
-- access as one record of the rules, and what the rules say of the site's own person in charge.
DO $do$
DECLARE
	fields	text;
	columns	text;
BEGIN
	EXECUTE format($$
		CREATE FUNCTION @registry@.part_of(field text) RETURNS text
			LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
			SET search_path = pg_catalog, pg_temp
			RETURN CASE %s WHEN field = 'approved_providers' THEN 'access' ELSE 'site' END
	$$, (SELECT string_agg(format('WHEN field = ANY (%L::text[]) THEN %L', p.fields, p.part), ' ' ORDER BY p.part)
		   FROM (SELECT f.part, array_agg(DISTINCT f.field ORDER BY f.field) AS fields
				   FROM icp.record_field f WHERE f.field IS NOT NULL GROUP BY f.part) p));

	-- As text, so that an owner may still alter a column's type.
	SELECT string_agg(format('%I %s', r.field, r.type), ', ' ORDER BY r.ordinal),
		   string_agg(CASE r.field
						-- what papers show counts with what was entered
						WHEN 'approvals' THEN r.value || ' OPERATOR(pg_catalog.||) ARRAY(SELECT w.kind::pg_catalog.text FROM @registry@.shown_approvals((of_sponsor).id, (of_site).id, on_day) w)'
						WHEN 'provider' THEN 'served_by'
						ELSE r.value END, ', ' ORDER BY r.ordinal)
	  INTO fields, columns
	  FROM (SELECT f.field, min(f.ordinal) AS ordinal,
				   -- of two columns that are one field the first that is filled in counts
				   CASE WHEN f.field = 'provider' OR count(*) > 1 THEN 'text' ELSE min(format_type(a.atttypid, a.atttypmod)) END AS type,
				   CASE count(*) WHEN 1 THEN min(v.value)
					ELSE format('coalesce(%s)', string_agg(v.value || '::pg_catalog.text', ', ' ORDER BY f.ordinal)) END AS value
			  FROM icp.record_field f
			  JOIN pg_catalog.pg_attribute a
				ON a.attrelid = format('@registry@.%I', f.record)::regclass AND a.attname = f.column_name AND NOT a.attisdropped
			 CROSS JOIN LATERAL (SELECT format('(of_%s).%I', f.record, f.column_name)) AS v(value)
			 WHERE f.field IS NOT NULL AND NOT (f.record = 'site' AND f.part = 'principal')
			 GROUP BY f.field) r;
	EXECUTE format($$
		CREATE FUNCTION @registry@.judged_record(of_sponsor @registry@.sponsor, of_site @registry@.site, of_access @registry@.access,
				former icp.domain_list, served_by text, on_day date)
			RETURNS TABLE (%s, former_domains icp.domain_list)
			LANGUAGE sql STABLE ROWS 1
			SET search_path = pg_catalog, icp, pg_temp
		AS $body$ SELECT %s, former $body$
	$$, fields, columns);

	SELECT string_agg(format('%I %s', f.field, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY f.ordinal),
		   string_agg(format('(of_site).%I', f.column_name), ', ' ORDER BY f.ordinal)
	  INTO fields, columns
	  FROM icp.record_field f
	  JOIN pg_catalog.pg_attribute a
		ON a.attrelid = '@registry@.site'::regclass AND a.attname = f.column_name AND NOT a.attisdropped
	 WHERE f.record = 'site' AND f.part = 'principal';
	EXECUTE format($$
		CREATE FUNCTION @registry@.judged_principal(of_sponsor @registry@.sponsor, of_site @registry@.site)
			RETURNS TABLE (name text, nature text, province icp.province, %s)
			LANGUAGE sql STABLE ROWS 1
			SET search_path = pg_catalog, icp, pg_temp
		AS $body$ SELECT (of_sponsor).name, (of_sponsor).nature, (of_sponsor).province, %s $body$
	$$, fields, columns);
END
$do$;
COMMENT ON FUNCTION @registry@.judged_record(@registry@.sponsor, @registry@.site, @registry@.access, icp.domain_list, text, date) IS
	'Sponsor, site and access as one record of the form rules, with the domains as they are filed, the provider''s name and what approvals show on a day';
COMMENT ON FUNCTION @registry@.judged_principal(@registry@.sponsor, @registry@.site) IS
	'The site''s own person in charge (网站负责人) as a record of the form rules';
COMMENT ON FUNCTION @registry@.part_of(text) IS
	'What a field of the rules belongs to: sponsor, principal (a part of the sponsor''s record), site or access';

CREATE FUNCTION @registry@.judged_parts(kind text, sponsor_status text) RETURNS text[]
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE kind
		WHEN 'new_filing' THEN CASE sponsor_status WHEN 'draft' THEN '{sponsor,principal,site,access}'::text[]
			ELSE '{site,access}' END
		WHEN 'new_site' THEN '{site,access}'
		WHEN 'new_access' THEN '{access}'
		WHEN 'change_sponsor' THEN '{sponsor,principal}'
		WHEN 'change_principal' THEN '{principal}'
		WHEN 'change_site' THEN '{site}'
		WHEN 'change_access' THEN '{access}'
		ELSE '{}' END;
COMMENT ON FUNCTION @registry@.judged_parts(text, text) IS
	'What an application of a kind concerns, and so is judged; a sponsor that is filed already was judged then';

CREATE FUNCTION @registry@.as_proposed(filed anyelement, change jsonb) RETURNS anyelement
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	entered		jsonb;
BEGIN
	IF change ->> 'status' = 'pending' THEN
		SELECT jsonb_object_agg(e.key, e.value) INTO entered
		  FROM jsonb_each(change) e WHERE e.value <> 'null' AND e.key = ANY (icp.record_columns(NULL, 'entered'));
		filed := jsonb_populate_record(filed, coalesce(entered, '{}'));
		IF jsonb_typeof(change -> 'cleared') = 'array' THEN
			filed := jsonb_populate_record(filed,
						(SELECT jsonb_object_agg(c.name, NULL) FROM jsonb_array_elements_text(change -> 'cleared') AS c(name)));
		END IF;
	END IF;
	RETURN filed;
END
$$;
COMMENT ON FUNCTION @registry@.as_proposed(anyelement, jsonb) IS
	'A filed record as it would be after a change that is pending';

CREATE FUNCTION @registry@.judgement(application_id bigint,
		OUT relation regclass, OUT row_id bigint, OUT violation icp.violation) RETURNS SETOF record
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	a		@registry@.application;
	s		@registry@.sponsor;
	t		@registry@.site;
	x		@registry@.access;
	parts	text[];
	on_day	date;
	former	icp.domain_list;
	served_by	text;
BEGIN
	SELECT * INTO a FROM @registry@.application WHERE id = application_id;
	SELECT * INTO s FROM @registry@.sponsor WHERE id = a.sponsor_id;
	SELECT * INTO t FROM @registry@.site WHERE id = a.site_id;
	SELECT * INTO x FROM @registry@.access
	 WHERE CASE WHEN a.access_id IS NOT NULL THEN id = a.access_id ELSE site_id = a.site_id AND provider_id = a.provider_id END;
	served_by := (SELECT v.name FROM @registry@.provider v WHERE v.id = a.provider_id);
	-- the list as it is filed; none yet for a new site
	former := CASE WHEN t.status = 'filed' THEN t.domains END;
	s := @registry@.as_proposed(s, (SELECT to_jsonb(c) FROM @registry@.sponsor_change c WHERE c.application_id = a.id));
	t := @registry@.as_proposed(t, (SELECT to_jsonb(c) FROM @registry@.site_change c WHERE c.application_id = a.id));
	x := @registry@.as_proposed(x, (SELECT to_jsonb(c) FROM @registry@.access_change c WHERE c.application_id = a.id));
	parts := @registry@.judged_parts(a.kind, s.status);
	IF parts = '{}' THEN
		RETURN;
	END IF;
	-- what lies with the bureau is judged by the rules of the day of the report, what does not by today's
	on_day := (CASE WHEN a.state IN ('reported', 'sms', 'conflicted', 'reviewing', 'approved')
			   THEN coalesce(a.reported_at, now()) ELSE now() END AT TIME ZONE 'Asia/Shanghai')::date;
	RETURN QUERY
	SELECT j.relation, j.row_id, j.violation
	  FROM (SELECT CASE p.part WHEN 'site' THEN '@registry@.site'::regclass WHEN 'access' THEN '@registry@.access'::regclass
						ELSE '@registry@.sponsor'::regclass END AS relation,
				   CASE p.part WHEN 'site' THEN t.id WHEN 'access' THEN x.id ELSE s.id END AS row_id,
				   v::icp.violation AS violation, p.part
			  FROM @registry@.judged_record(s, t, x, former, served_by, on_day) r,
				   icp.violations(r, on_day, s.province) v, @registry@.part_of(v.field) AS p(part)
			UNION ALL
			-- the site's own person in charge (网站负责人), where it has one
			SELECT '@registry@.site'::regclass, t.id, v::icp.violation, 'site'
			  FROM @registry@.judged_principal(s, t) r, icp.violations(r, on_day, s.province) v
			 WHERE t.principal_name <> '' AND @registry@.part_of(v.field) = 'principal') j
	 WHERE j.part = ANY (parts);
END
$$;
COMMENT ON FUNCTION @registry@.judgement(bigint) IS
	'Every form rule that the record of an application breaks, sponsor, site and access as one and as a change proposes them, with the row that the field stands in';

CREATE FUNCTION @registry@.judge(application_id bigint) RETURNS SETOF icp.violation
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM @registry@.application a
					WHERE a.id = application_id
					  -- (by the sponsor as it is now, whose record is judged: the application may be of an account before)
					  AND (@registry@.sees_sponsor(a.sponsor_id) OR @registry@.acts_as_bureau(a.province_code)))
	THEN
		RAISE EXCEPTION 'application % does not exist, or is not yours to see', application_id
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN QUERY SELECT (j.violation).* FROM @registry@.judgement(application_id) j;
END
$$;
COMMENT ON FUNCTION @registry@.judge(bigint) IS
	'Every form rule that an application breaks, errors and warnings, without recording it: for a form, before it is reported';

CREATE FUNCTION @registry@.rule_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	let_pass	boolean := @registry@.owner_is_exempt() OR @registry@.errors_as_warnings();
BEGIN
	-- of two reports in one transaction the later one counts
	DELETE FROM @registry@.warning w
	 WHERE w.application_id = rule_problems.application_id AND w.found_at = now()
	   AND w.code IN (SELECT r.code FROM icp.rule r);
	INSERT INTO @registry@.warning (relation, row_id, code, field, found, expected, severity, clause, message_zh, message_en,
									advice_zh, turned, application_id, sponsor_id, site_id, province_code)
	SELECT j.relation, j.row_id, (j.violation).code, (j.violation).field, (j.violation).found, (j.violation).expected,
		   (j.violation).severity, (j.violation).clause, (j.violation).message_zh, (j.violation).message_en,
		   (j.violation).advice_zh, let_pass AND (j.violation).severity = 'error',
		   a.id, a.sponsor_id, a.site_id, a.province_code
	  FROM @registry@.application a, @registry@.judgement(a.id) j
	 WHERE a.id = rule_problems.application_id;
	IF NOT let_pass THEN
		RETURN QUERY
		SELECT concat(w.code, ' ', w.field, ': ', w.message_en, ' ', w.message_zh, ', found ' || w.found, ' (', w.clause, ')')
		  FROM @registry@.warning w
		 WHERE w.application_id = rule_problems.application_id AND w.found_at = now() AND w.severity = 'error'
		   AND w.code IN (SELECT r.code FROM icp.rule r)
		 ORDER BY w.id;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.rule_problems(bigint) IS
	'Why the automatic check returns a reported application: the form rules that it breaks, in words; records them and the warnings in the table warning';

CREATE VIEW @registry@.application_problem WITH (security_invoker = true) AS
SELECT a.id AS application_id, a.state, a.reported_at,
	   count(*) FILTER (WHERE w.severity = 'error' AND NOT w.turned) AS errors,
	   jsonb_agg(jsonb_build_object('rule', w.code, 'severity', w.severity, 'turned', w.turned,
									'table', (SELECT c.relname FROM pg_class c WHERE c.oid = w.relation), 'id', w.row_id,
									'field', w.field, 'found', w.found, 'expected', w.expected, 'advice', w.advice_zh,
									'clause', w.clause, 'message_zh', w.message_zh, 'message_en', w.message_en)
				 ORDER BY w.id) AS problems
  FROM @registry@.application a
  JOIN @registry@.warning w ON w.application_id = a.id AND w.found_at = a.reported_at
 GROUP BY a.id;
COMMENT ON VIEW @registry@.application_problem IS
	'What the form rules found at the latest report of each application, as a form can show it beside its fields';
COMMENT ON COLUMN @registry@.application_problem.application_id IS 'The application';
COMMENT ON COLUMN @registry@.application_problem.state IS 'Its state now';
COMMENT ON COLUMN @registry@.application_problem.reported_at IS 'When it was last reported';
COMMENT ON COLUMN @registry@.application_problem.errors IS 'How many errors there were for which it was returned';
COMMENT ON COLUMN @registry@.application_problem.problems IS
	'Array of objects: rule, severity, turned, table, id, field, found, expected, advice, clause, message_zh, message_en';

-- evidence/finding
-- What is known to be untrue (明知或应知备案信息不真实) is not filed (4 §12(三)).

CREATE TABLE @registry@.untrue_item (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	sponsor_id		bigint NOT NULL REFERENCES @registry@.sponsor,
	site_id			bigint REFERENCES @registry@.site,
	item			text NOT NULL,
	value_digest	bytea,
	province_code	smallint,
	how				text NOT NULL CHECK (btrim(how) <> ''),
	found_at		timestamptz NOT NULL DEFAULT now(),
	found_by		name NOT NULL DEFAULT @registry@.acting_user(),
	settled_at		timestamptz,
	settled_by		name,
	settled_because	text,
	CONSTRAINT untrue_item_settled_check CHECK ((settled_at IS NULL) = (settled_because IS NULL) AND btrim(settled_because) <> '')
);
CREATE INDEX untrue_item_sponsor_id_idx ON @registry@.untrue_item (sponsor_id);
CREATE INDEX untrue_item_site_id_idx ON @registry@.untrue_item (site_id);
COMMENT ON TABLE @registry@.untrue_item IS
	'Items of a record that were found untrue: while the item says the same, and the finding is not settled, nothing is reported with it (4 §12(三))';
COMMENT ON COLUMN @registry@.untrue_item.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.untrue_item.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.untrue_item.site_id IS 'The site whose item it is; NULL: it is the sponsor''s';
COMMENT ON COLUMN @registry@.untrue_item.item IS 'The column, such as phone or credential; * for the whole record';
COMMENT ON COLUMN @registry@.untrue_item.value_digest IS 'HMAC-SHA-256, with the registry''s secret, of what it said when it was found untrue, filled by trigger; the value itself is not kept';
COMMENT ON COLUMN @registry@.untrue_item.province_code IS 'The sponsor''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.untrue_item.how IS 'How it was found';
COMMENT ON COLUMN @registry@.untrue_item.found_at IS 'When, filled by trigger';
COMMENT ON COLUMN @registry@.untrue_item.found_by IS 'By which role, filled by trigger';
COMMENT ON COLUMN @registry@.untrue_item.settled_at IS 'When it was settled though the item says the same, filled by trigger';
COMMENT ON COLUMN @registry@.untrue_item.settled_by IS 'By which role, filled by trigger';
COMMENT ON COLUMN @registry@.untrue_item.settled_because IS 'Why: it is true after all';

-- A telephone or identity number would be guessed from a digest without a secret.
CREATE FUNCTION @registry@.item_digest(record jsonb, item text) RETURNS bytea
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN @registry@.person_digest('untrue_item', item || '=' || coalesce(record ->> item, ''));
END
$$;
COMMENT ON FUNCTION @registry@.item_digest(jsonb, text) IS
	'HMAC-SHA-256, with the registry''s secret, of what an item of a record says';

CREATE FUNCTION @registry@.fill_untrue_item() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	record	jsonb;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF (NEW.sponsor_id, NEW.site_id, NEW.item, NEW.value_digest, NEW.how, NEW.found_at, NEW.found_by)
		   IS DISTINCT FROM (OLD.sponsor_id, OLD.site_id, OLD.item, OLD.value_digest, OLD.how, OLD.found_at, OLD.found_by)
		   OR OLD.settled_because IS NOT NULL THEN
			RAISE EXCEPTION 'finding % stands as it was made', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'It is settled by settled_because, once.';
		END IF;
		NEW.settled_at := CASE WHEN NEW.settled_because IS NOT NULL THEN now() END;
		NEW.settled_by := CASE WHEN NEW.settled_because IS NOT NULL THEN @registry@.acting_user() END;
		RETURN NEW;
	END IF;
	IF NOT @registry@.sees_sponsor(NEW.sponsor_id) AND NOT @registry@.acts_as_owner() THEN
		-- (before row security is asked: the same words, whatever it names)
		RAISE EXCEPTION 'sponsor % does not exist, or is not yours to see', NEW.sponsor_id
			USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF NEW.site_id IS NULL THEN
		SELECT to_jsonb(s) INTO record FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id;
	ELSE
		SELECT to_jsonb(t) INTO record FROM @registry@.site t WHERE t.id = NEW.site_id AND t.sponsor_id = NEW.sponsor_id;
	END IF;
	IF record IS NULL OR NEW.item <> '*' AND NOT record ? NEW.item THEN
		RAISE EXCEPTION 'there is no item "%" of sponsor % and site %', icp.shown(NEW.item), NEW.sponsor_id, coalesce(NEW.site_id::text, 'none')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Items are the columns of sponsor and site; * is the whole record.';
	END IF;
	NEW.value_digest := CASE WHEN NEW.item <> '*' THEN @registry@.item_digest(record, NEW.item) END;
	NEW.province_code := (SELECT s.province_code FROM @registry@.sponsor s WHERE s.id = NEW.sponsor_id);
	NEW.found_at := now();
	NEW.found_by := @registry@.acting_user();
	NEW.settled_at := NULL;
	NEW.settled_by := NULL;
	NEW.settled_because := NULL;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_untrue_item() IS
	'Trigger: what the untrue item said, as a digest; who found it, who settled it; it stands otherwise';
CREATE TRIGGER fill_untrue_item BEFORE INSERT OR UPDATE ON @registry@.untrue_item
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_untrue_item();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.untrue_item
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.truth_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	a			@registry@.application;
	s			@registry@.sponsor;
	t			@registry@.site;
	problems	text[];
BEGIN
	SELECT * INTO a FROM @registry@.application WHERE id = application_id;
	IF NOT EXISTS (SELECT FROM @registry@.untrue_item u WHERE u.sponsor_id = a.sponsor_id AND u.settled_at IS NULL) THEN
		RETURN;
	END IF;
	SELECT * INTO s FROM @registry@.sponsor WHERE id = a.sponsor_id;
	SELECT * INTO t FROM @registry@.site WHERE id = a.site_id;
	-- what a change proposes is no longer what was found untrue
	s := @registry@.as_proposed(s, (SELECT to_jsonb(c) FROM @registry@.sponsor_change c WHERE c.application_id = a.id));
	t := @registry@.as_proposed(t, (SELECT to_jsonb(c) FROM @registry@.site_change c WHERE c.application_id = a.id));
	problems := ARRAY(
		SELECT format('%s of the %s was found untrue (备案信息不真实) on %s, finding %s (4 §12(三))',
					  CASE u.item WHEN '*' THEN 'all' ELSE u.item END,
					  CASE WHEN u.site_id IS NULL THEN 'sponsor (主体)' ELSE 'site (网站)' END,
					  (u.found_at AT TIME ZONE 'Asia/Shanghai')::date, u.id)
		  FROM @registry@.untrue_item u
		 WHERE u.sponsor_id = a.sponsor_id AND u.settled_at IS NULL AND (u.site_id IS NULL OR u.site_id = a.site_id)
		   AND (u.item = '*'
				OR u.value_digest = @registry@.item_digest(CASE WHEN u.site_id IS NULL THEN to_jsonb(s) ELSE to_jsonb(t) END, u.item))
		 ORDER BY u.id);
	IF problems <> '{}' AND @registry@.owner_is_exempt() THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason)
		VALUES (@registry@.acting_user(), 'pass_by', a.id, a.sponsor_id, a.site_id, a.province_code,
				array_to_string(problems, '; '));
		RETURN;
	END IF;
	RETURN QUERY SELECT unnest(problems);
END
$$;
COMMENT ON FUNCTION @registry@.truth_problems(bigint) IS
	'Why the automatic check returns an application: items found untrue that still say the same (4 §12(三)); what the exempt owner passes by is an event';

ALTER TABLE @registry@.untrue_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY untrue_item_see ON @registry@.untrue_item FOR SELECT
	USING ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(province_code)
		   OR @registry@.sees_sponsor(sponsor_id) OR @registry@.serves_site_of(sponsor_id));
CREATE POLICY untrue_item_enter ON @registry@.untrue_item FOR INSERT
	WITH CHECK (@registry@.acts_as_bureau(province_code) OR @registry@.sees_sponsor(sponsor_id));
-- whoever had to file it does not clear it himself
CREATE POLICY untrue_item_settle ON @registry@.untrue_item FOR UPDATE USING (@registry@.acts_as_bureau(province_code));

-- evidence/approval_step
-- What approvals do: the department's opinion at the bureau's approval, false and expired ones, and what a department sees.

CREATE FUNCTION @registry@.require_approvals() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	always	boolean := @registry@.setting('approval_opinion') IS NOT DISTINCT FROM 'always';
	on_day	date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	missing	text;
	waiting	text;
BEGIN
	IF @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	-- Nobody gives another opinion between the test and the approval.
	PERFORM FROM @registry@.prior_approval p WHERE p.sponsor_id = NEW.sponsor_id ORDER BY p.id FOR SHARE;
	SELECT string_agg(p, '; ') INTO missing FROM @registry@.approval_problems(NEW.id) p;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'application % lacks an approval (前置或专项审批) and cannot be approved', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = missing || '.',
				  HINT = 'Return it (4 §20(四)), or have the document shown in @registry@.prior_approval.';
	END IF;
	SELECT string_agg(format('%s, document %s: %s', @registry@.approval_name(p.kind), p.id, p.state), '; ' ORDER BY p.id)
	  INTO waiting
	  FROM @registry@.shown_approvals(NEW.sponsor_id, NEW.site_id, on_day) p
	 WHERE p.state = 'asked'
		OR always AND p.state = 'claimed'
		   AND NOT EXISTS (SELECT FROM @registry@.shown_approvals(NEW.sponsor_id, NEW.site_id, on_day) o
							WHERE o.kind = p.kind AND o.state = 'agreed');
	IF waiting IS NOT NULL THEN
		RAISE EXCEPTION 'application % waits for the opinion (核验意见) of an approving department', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = waiting || '.',
				  HINT = 'The department agrees or refuses in @registry@.prior_approval (4 §17, §20(三)).';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_approvals() IS
	'Trigger: a bureau approves only what shows its approvals, and when the departments that were asked have agreed (4 §20)';

CREATE TRIGGER a_require_approvals AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state = 'approved'
					   AND NEW.kind IN ('new_filing', 'new_site', 'change_site'))
	EXECUTE FUNCTION @registry@.require_approvals();

CREATE FUNCTION @registry@.declare_false_approval(prior_approval_id bigint, why text)
	RETURNS TABLE (site_id bigint, outcome text)
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	false_one	@registry@.prior_approval;
	hit			record;
	returned	bigint;
BEGIN
	SELECT * INTO false_one FROM @registry@.prior_approval p WHERE p.id = prior_approval_id;
	IF FOUND AND @registry@.acts_as_bureau(false_one.province_code) THEN
		-- before the document and the first event, in the order of locks
		PERFORM FROM @registry@.application a
		  WHERE a.sponsor_id = false_one.sponsor_id AND a.site_id = coalesce(false_one.site_id, a.site_id)
			AND a.state IN ('reviewing', 'conflicted') AND a.kind IN ('new_filing', 'new_site', 'change_site')
		  ORDER BY a.id FOR NO KEY UPDATE;
		PERFORM @registry@.lock_sites(ARRAY(
			SELECT t.id FROM @registry@.site t
			 WHERE t.sponsor_id = false_one.sponsor_id AND t.id = coalesce(false_one.site_id, t.id) AND t.status = 'filed'));
	END IF;
	SELECT * INTO false_one FROM @registry@.prior_approval p WHERE p.id = prior_approval_id FOR UPDATE;
	IF NOT FOUND OR NOT @registry@.acts_as_bureau(false_one.province_code) THEN
		RAISE EXCEPTION 'approval % does not exist, or is not yours to declare false', prior_approval_id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'The bureau (通信管理局) of the sponsor''s province does (4 §20(四)).';
	ELSIF coalesce(btrim(why), '') = '' THEN
		RAISE EXCEPTION 'declaring approval % false needs a reason (原因)', prior_approval_id
			USING ERRCODE = 'check_violation';
	ELSIF false_one.state <> 'refused' THEN
		RAISE EXCEPTION 'approval % has not been refused by its department', prior_approval_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('It is %s.', false_one.state),
				  HINT = 'The bureau acts on the department''s opinion (核验意见, 4 §20(四)).';
	ELSIF false_one.declared_false_at IS NOT NULL THEN
		RAISE EXCEPTION 'approval % has been declared false', prior_approval_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	UPDATE @registry@.prior_approval p SET declared_false_at = now(), declared_false_by = @registry@.acting_user()
	 WHERE p.id = prior_approval_id;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, reason, new_values)
	VALUES (@registry@.acting_user(), 'approval_false', false_one.application_id, false_one.sponsor_id, false_one.site_id,
			false_one.province_code, why, jsonb_build_object('approval', false_one.id, 'kind', false_one.kind));

	-- One for all sites takes those with it that need its kind and have no other.
	FOR hit IN
		SELECT t.id, t.status
		  FROM @registry@.site t JOIN @registry@.sponsor s ON s.id = t.sponsor_id
		 WHERE t.sponsor_id = false_one.sponsor_id AND t.status IN ('draft', 'filed')
		   AND (t.id = false_one.site_id
				OR false_one.site_id IS NULL
				   AND EXISTS (SELECT FROM @registry@.missing_approvals(to_jsonb(s), to_jsonb(t),
																		(now() AT TIME ZONE 'Asia/Shanghai')::date)))
		 ORDER BY t.id
	LOOP
		site_id := hit.id;
		UPDATE @registry@.application a SET state = 'returned', reason = why
		 WHERE a.site_id = hit.id AND a.state IN ('reviewing', 'conflicted')
		   AND a.kind IN ('new_filing', 'new_site', 'change_site');
		GET DIAGNOSTICS returned = ROW_COUNT;
		IF returned > 0 THEN
			outcome := 'returned';
			RETURN NEXT;
		END IF;
		IF hit.status = 'filed' THEN
			PERFORM @registry@.cancel_site(hit.id, why);
			outcome := 'cancelled';
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.declare_false_approval(bigint, text) IS
	'By the bureau, on the department''s refusal: the filing that rests on a false approval is cancelled, an application under review returned (4 §20(四)); one row a site, cancelled or returned';

CREATE FUNCTION @registry@.approval_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	today	date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	over	record;
	handled	bigint := 0;
BEGIN
	FOR over IN
		SELECT p.id, p.sponsor_id, p.site_id, p.kind, p.number, p.valid_to,
			   @registry@.filing_ended_at(p.sponsor_id, p.site_id) IS NULL AS lives
		  FROM @registry@.prior_approval p
		 WHERE p.valid_to < today AND p.expiry_told_at IS NULL AND p.declared_false_at IS NULL
		 ORDER BY p.valid_to, p.id
		   FOR UPDATE SKIP LOCKED
	LOOP
		UPDATE @registry@.prior_approval p SET expiry_told_at = now() WHERE p.id = over.id;
		IF over.lives THEN
			PERFORM @registry@.send_notice('approval_expired', NULL, NULL,
				jsonb_build_object('sponsor_id', over.sponsor_id, 'site_id', over.site_id,
								   'approval', @registry@.approval_name(over.kind), 'number', over.number,
								   'valid_to', over.valid_to));
			handled := handled + 1;
		END IF;
	END LOOP;
	RETURN handled;
END
$$;
COMMENT ON FUNCTION @registry@.approval_clock() IS
	'Tells of approvals whose term is over, each once (notice approval_expired), and returns how many; several may run it at once';

-- What a department sees of the filings of its field: neither credentials nor contacts.
CREATE VIEW @registry@.approval_case WITH (security_barrier) AS
SELECT p.id AS approval_id, p.kind, p.number, p.authority, p.valid_from, p.valid_to, p.document_sha256, p.document_at,
	   p.state, p.asked_at, p.opinion, p.opinion_at, p.declared_false_at, p.province_code,
	   s.name AS sponsor_name, s.nature AS sponsor_nature, s.number AS sponsor_number,
	   t.id AS site_id, t.name AS site_name, t.kind AS site_kind, t.domains, t.homepage, t.number AS site_number,
	   t.status AS site_status
  FROM @registry@.prior_approval p
  JOIN @registry@.sponsor s ON s.id = p.sponsor_id
  LEFT JOIN @registry@.site t ON t.sponsor_id = p.sponsor_id AND t.id = coalesce(p.site_id, t.id)
 WHERE @registry@.acts_as_approver(p.kind, p.province_code) OR (SELECT @registry@.acts_nationwide())
	OR @registry@.may_see(s.province_code, s.account_id);
COMMENT ON VIEW @registry@.approval_case IS
	'Filings that rest on an approval, as the approving department of the field sees them (4 §17, §20(三))';
COMMENT ON COLUMN @registry@.approval_case.approval_id IS 'The approval, see prior_approval';
COMMENT ON COLUMN @registry@.approval_case.kind IS 'Its kind';
COMMENT ON COLUMN @registry@.approval_case.number IS 'Number of the document';
COMMENT ON COLUMN @registry@.approval_case.authority IS 'Who gave it';
COMMENT ON COLUMN @registry@.approval_case.valid_from IS 'First day';
COMMENT ON COLUMN @registry@.approval_case.valid_to IS 'Last day';
COMMENT ON COLUMN @registry@.approval_case.document_sha256 IS 'SHA-256 of the copy';
COMMENT ON COLUMN @registry@.approval_case.document_at IS 'Where the provider keeps the copy';
COMMENT ON COLUMN @registry@.approval_case.state IS 'claimed, asked, agreed or refused';
COMMENT ON COLUMN @registry@.approval_case.asked_at IS 'When the department was asked';
COMMENT ON COLUMN @registry@.approval_case.opinion IS 'What the department said';
COMMENT ON COLUMN @registry@.approval_case.opinion_at IS 'When';
COMMENT ON COLUMN @registry@.approval_case.declared_false_at IS 'When the bureau acted on a refusal';
COMMENT ON COLUMN @registry@.approval_case.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.approval_case.sponsor_name IS 'Name of the sponsor';
COMMENT ON COLUMN @registry@.approval_case.sponsor_nature IS 'Nature of the sponsor';
COMMENT ON COLUMN @registry@.approval_case.sponsor_number IS 'Its filing number';
COMMENT ON COLUMN @registry@.approval_case.site_id IS 'The site; each of the sponsor''s where the approval is for all';
COMMENT ON COLUMN @registry@.approval_case.site_name IS 'Its name';
COMMENT ON COLUMN @registry@.approval_case.site_kind IS 'site, app, mini_program or quick_app';
COMMENT ON COLUMN @registry@.approval_case.domains IS 'Its domains';
COMMENT ON COLUMN @registry@.approval_case.homepage IS 'Its home page';
COMMENT ON COLUMN @registry@.approval_case.site_number IS 'Its filing number';
COMMENT ON COLUMN @registry@.approval_case.site_status IS 'draft, filed, cancelled or withdrawn';

CREATE VIEW @registry@.retention_due WITH (security_barrier) AS
SELECT e.evidence, e.id, e.sponsor_id, e.site_id, e.provider_id, e.province_code, e.ended_at,
	   @registry@.retention_until(e.ended_at) AS kept_until
  FROM (SELECT 'verification'::text AS evidence, v.id, v.sponsor_id, v.site_id, v.provider_id, v.province_code,
			   @registry@.filing_ended_at(v.sponsor_id, v.site_id) AS ended_at
		  FROM @registry@.verification v
		UNION ALL
		SELECT 'prior_approval'::text, p.id, p.sponsor_id, p.site_id, a.provider_id, p.province_code,
			   @registry@.filing_ended_at(p.sponsor_id, p.site_id)
		  FROM @registry@.prior_approval p
		  JOIN @registry@.sponsor s ON s.id = p.sponsor_id
		  JOIN @registry@.account a ON a.id = s.account_id) e
 WHERE @registry@.retention_until(e.ended_at) <= now()
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_for_provider(e.provider_id)
		OR @registry@.acts_as_bureau(e.province_code));
COMMENT ON VIEW @registry@.retention_due IS
	'Evidence that has been kept for its time after the filing ended, and may be deleted (2 三(一)4, 4 §12(七))';
COMMENT ON COLUMN @registry@.retention_due.evidence IS 'Its table: verification or prior_approval';
COMMENT ON COLUMN @registry@.retention_due.id IS 'Its id there';
COMMENT ON COLUMN @registry@.retention_due.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.retention_due.site_id IS 'The site';
COMMENT ON COLUMN @registry@.retention_due.provider_id IS 'The provider that keeps it';
COMMENT ON COLUMN @registry@.retention_due.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.retention_due.ended_at IS 'When the filing ended';
COMMENT ON COLUMN @registry@.retention_due.kept_until IS 'Until when it had to be kept';

-- notice/overdue
-- What waits, and what has waited too long.  The views show each role the applications that it sees anyway.

-- The queues are short, whatever the years have left behind.
CREATE INDEX application_review_idx ON @registry@.application (due_at) WHERE state IN ('reviewing', 'conflicted');
CREATE INDEX application_submitted_idx ON @registry@.application (submitted_at) WHERE state = 'submitted';

CREATE FUNCTION @registry@.days_to(due_at timestamptz) RETURNS integer
	LANGUAGE sql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
	RETURN icp.try_working_days_between((now() AT TIME ZONE 'Asia/Shanghai')::date,
										((due_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date);
COMMENT ON FUNCTION @registry@.days_to(timestamptz) IS
	'Working days from today, not counted, up to the last day of a term, negative after it; NULL where the calendar does not reach';

CREATE VIEW @registry@.review_queue WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.reported_at, a.due_at, @registry@.days_to(a.due_at) AS working_days_left
  FROM @registry@.application a
 WHERE a.state = 'reviewing';
COMMENT ON VIEW @registry@.review_queue IS 'Applications that wait for a bureau''s decision (待审核), with their deadline';

CREATE VIEW @registry@.overdue_review WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.reported_at, a.due_at, - @registry@.days_to(a.due_at) AS working_days_late
  FROM @registry@.application a
 WHERE a.state IN ('reviewing', 'conflicted') AND a.due_at <= now();
COMMENT ON VIEW @registry@.overdue_review IS
	'Applications on which the bureau has not decided in time (管局超期未审核), those whose conflict it has not settled among them (2 二(二)2, 3 Q1)';

-- By the time of submission, so that it holds whatever calendar was loaded then.
CREATE VIEW @registry@.overdue_verification WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, icp.clock_due('precheck', a.submitted_at) AS due_at,
	   - @registry@.days_to(icp.clock_due('precheck', a.submitted_at)) AS working_days_late
  FROM @registry@.application a
 WHERE a.state = 'submitted' AND a.filed_by = 'sponsor'
   AND a.submitted_at < (SELECT icp.try_working_days_add((now() AT TIME ZONE 'Asia/Shanghai')::date, - t.amount)::timestamp
								AT TIME ZONE 'Asia/Shanghai'
						   FROM icp.clock_term t WHERE t.code = 'precheck' AND t.unit = 'working_days');
COMMENT ON VIEW @registry@.overdue_verification IS
	'Applications that sponsors filed themselves and their provider has not checked in time (接入服务商超期未核实的自主备案申请, 2 二(二)1(2))';

CREATE VIEW @registry@.overdue_application WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.reported_at, a.clock, a.clock_due_at AS due_at, a.clock_overdue_at AS recorded_at
  FROM @registry@.application a
 WHERE a.clock_overdue_at IS NOT NULL OR a.clock_overdue_at IS NULL AND a.clock_due_at <= now();
COMMENT ON VIEW @registry@.overdue_application IS
	'Applications that stand longer than any term allows, whoever filed them and whoever is to act';

CREATE VIEW @registry@.late_change WITH (security_invoker, security_barrier) AS
SELECT a.id, a.kind, a.state, a.province, a.province_code, a.account_id, a.sponsor_id, a.site_id, a.provider_id,
	   a.filed_by, a.submitted_at, a.takes_effect_on,
	   a.takes_effect_on - (a.submitted_at AT TIME ZONE 'Asia/Shanghai')::date AS days_ahead
  FROM @registry@.application a
 WHERE a.takes_effect_on - (a.submitted_at AT TIME ZONE 'Asia/Shanghai')::date
	   < (SELECT t.amount FROM icp.clock_term t WHERE t.code = 'change_ahead');
COMMENT ON VIEW @registry@.late_change IS
	'Changes that were filed less than 30 days before they take effect (4 §14(四))';

DO $$
DECLARE
	col	record;
BEGIN
	FOR col IN
		SELECT c.relname, a.attname,
			   CASE a.attname
			   WHEN 'days_ahead' THEN 'Days from the submission to the day on which it takes effect'
			   WHEN 'working_days_left' THEN 'Working days left, 0 on the last day, negative after it; NULL where the calendar does not reach'
			   WHEN 'working_days_late' THEN 'Working days since the last day of the term; NULL where the calendar does not reach'
			   WHEN 'due_at' THEN 'When the term was or will be over, Beijing time'
			   WHEN 'recorded_at' THEN 'When run_clocks() recorded it'
			   ELSE (SELECT col_description(b.attrelid, b.attnum) FROM pg_catalog.pg_attribute b
					  WHERE b.attrelid = '@registry@.application'::regclass AND b.attname = a.attname) END AS meaning
		  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
		 WHERE c.relnamespace = '@registry@'::regnamespace AND a.attnum > 0
		   AND c.relname IN ('review_queue', 'overdue_review', 'overdue_verification', 'overdue_application', 'late_change')
	LOOP
		EXECUTE format('COMMENT ON COLUMN @registry@.%I.%I IS %L', col.relname, col.attname, col.meaning);
	END LOOP;
END
$$;

-- claim/recheck
-- Settling a conflict, and looking again at what has stood in conflict (3 Q17).

-- The release of a contact to the rejected side is what 3 Q17 asks for; the event says whose it was.
CREATE FUNCTION @registry@.settlement_reason(settlement text, cause text, contact text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN settlement LIKE 'reject%'
				THEN nullif(btrim(cause), '') || '；对方联系方式：' || nullif(btrim(contact), '')
				ELSE btrim(cause) END;
END;
COMMENT ON FUNCTION @registry@.settlement_reason(text, text, text) IS
	'A reason of its parts: a rejection holds the cause and the other side''s contact (3 Q17); NULL where one is missing';

CREATE FUNCTION @registry@.settle_conflict() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	on_left			boolean := NEW.settlement LIKE E'%\\_left';
	side			text := CASE WHEN on_left THEN 'left' ELSE 'right' END;
	-- whom the settlement is against
	loser_holder	regclass := CASE WHEN on_left THEN OLD.left_holder ELSE OLD.right_holder END;
	loser_id		bigint := CASE WHEN on_left THEN OLD.left_holder_id ELSE OLD.right_holder_id END;
	loser_province	smallint := CASE WHEN on_left THEN OLD.left_province_code ELSE OLD.right_province_code END;
	is_filed		boolean := CASE WHEN on_left THEN OLD.left_approved ELSE OLD.right_approved END;
	in_parts		boolean := NEW.cause IS DISTINCT FROM OLD.cause OR NEW.contact IS NOT NULL;
	the_reason		text;
	applications	bigint[];
	losers			bigint[] := '{}';
BEGIN
	IF NOT @registry@.acts_as_bureau(OLD.left_province_code, OLD.right_province_code) THEN
		RAISE EXCEPTION 'role "%" may not settle conflict %', @registry@.acting_user(), OLD.id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'A conflict is settled by the bureau (通信管理局) of one of the two sponsors'' provinces.';
	END IF;
	IF OLD.state <> 'open' THEN
		RAISE EXCEPTION 'conflict % is not open', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', OLD.state);
	END IF;
	IF NEW.settlement IS NULL
	   OR NEW.settlement NOT IN ('reject_left', 'reject_right', 'revoke_left', 'revoke_right', 'accept_both') THEN
		RAISE EXCEPTION 'settlement of conflict % must be reject_left, reject_right, revoke_left, revoke_right or accept_both', OLD.id
			USING ERRCODE = 'check_violation';
	END IF;
	the_reason := NEW.reason;
	IF in_parts AND coalesce(btrim(the_reason), '') = '' THEN
		the_reason := @registry@.settlement_reason(NEW.settlement, NEW.cause, coalesce(nullif(btrim(NEW.contact), ''),
			CASE WHEN on_left THEN OLD.right_contact ELSE OLD.left_contact END));
	END IF;
	IF coalesce(btrim(the_reason), '') = '' THEN
		RAISE EXCEPTION 'settlement of conflict % needs a reason', OLD.id
			USING ERRCODE = 'check_violation', HINT = 'State the cause and a contact (3 Q17).';
	END IF;
	IF NEW.settlement = 'accept_both' AND OLD.kind = 'domain' THEN
		RAISE EXCEPTION 'domain % cannot be accepted for both sides', OLD.key
			USING ERRCODE = 'check_violation', DETAIL = 'A domain has one live approved holder.';
	END IF;
	IF NEW.settlement LIKE 'revoke%' THEN
		IF NOT is_filed OR loser_holder NOT IN ('@registry@.site'::regclass, '@registry@.sponsor'::regclass) THEN
			RAISE EXCEPTION 'the % side of conflict % is not filed and cannot be revoked (撤销)', side, OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state', HINT = format('Use reject_%s.', side);
		END IF;
		-- a filed record is its own bureau's (4 §22(三))
		IF NOT @registry@.acts_as_bureau(loser_province) THEN
			RAISE EXCEPTION 'role "%" may not revoke (撤销) the % side of conflict %', @registry@.acting_user(), side, OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = 'A filed record is revoked by the bureau (通信管理局) of its own province.';
		END IF;
	END IF;

	-- Whoever settles locks the applications in the order of their ids, and writes the events of the two sides in that
	-- order, so that no two wait for each other: an event locks the log of its application or its sponsor.  (What else is
	-- applied for of a record that is revoked is locked too: an approval has its application before the record.)
	applications := ARRAY(
		SELECT @registry@.applications_of_holder(OLD.left_holder, OLD.left_holder_id)
		UNION SELECT @registry@.applications_of_holder(OLD.right_holder, OLD.right_holder_id));
	PERFORM FROM @registry@.application a
	  WHERE a.id = ANY (applications || CASE WHEN NEW.settlement LIKE 'revoke%' THEN ARRAY(
						SELECT b.id FROM @registry@.application b
						 WHERE b.site_id = loser_id AND loser_holder = '@registry@.site'::regclass
							OR b.sponsor_id = loser_id AND loser_holder = '@registry@.sponsor'::regclass) END)
		AND NOT EXISTS (SELECT FROM icp.state s WHERE s.code = a.state AND s.is_final)
		 OR a.id IN (OLD.left_application, OLD.right_application)
	  ORDER BY a.id FOR NO KEY UPDATE;
	IF NEW.settlement LIKE 'revoke%' AND loser_holder = '@registry@.site'::regclass THEN
		PERFORM @registry@.lock_sites(ARRAY[loser_id]);		-- before its log, as an approval does
	ELSIF NEW.settlement LIKE 'revoke%' THEN
		PERFORM @registry@.lock_sponsor(loser_id);
	END IF;

	INSERT INTO @registry@.conflict_settlement (left_claim, right_claim, settlement, reason, cause, contact, settled_by,
												province_code)
	VALUES (OLD.left_claim, OLD.right_claim, NEW.settlement, the_reason, CASE WHEN in_parts THEN NEW.cause END, NEW.contact,
			@registry@.acting_user(), OLD.right_province_code)
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'conflict % is not open', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'It has just been settled by somebody else.';
	END IF;
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, province_code, reason, new_values)
	SELECT @registry@.acting_user(), 'settle_conflict', side.application, side.sponsor, side.province_code, the_reason,
		   jsonb_build_object('conflict', OLD.id, 'kind', OLD.kind, 'key', OLD.key, 'settlement', NEW.settlement)
		   || CASE WHEN side.told_of IS NULL THEN '{}' ELSE jsonb_build_object('contact_of_account', side.told_of) END
	  FROM (VALUES (OLD.left_application, OLD.left_sponsor, OLD.left_province_code,
					CASE NEW.settlement WHEN 'reject_left' THEN OLD.right_account END),
				   (OLD.right_application, OLD.right_sponsor, OLD.right_province_code,
					CASE NEW.settlement WHEN 'reject_right' THEN OLD.left_account END))
		   AS side (application, sponsor, province_code, told_of)
	 ORDER BY side.application, side.sponsor;

	IF NEW.settlement LIKE 'reject%' THEN
		losers := ARRAY(SELECT @registry@.applications_of_holder(loser_holder, loser_id));
		UPDATE @registry@.application a SET state = 'returned', reason = the_reason
		 WHERE a.id = ANY (losers) AND a.state IN ('conflicted', 'reviewing');
	ELSIF NEW.settlement LIKE 'revoke%' THEN
		PERFORM @registry@.recheck_rivals(@registry@.revoke_holder(loser_holder, loser_id, the_reason));
		PERFORM @registry@.send_notice('conflict_revoked', told.application, 'sponsor',
									   jsonb_build_object('cause', NEW.cause, 'reason', the_reason))
		   FROM (VALUES (CASE WHEN on_left THEN OLD.left_application ELSE OLD.right_application END)) AS told(application)
		  WHERE told.application IS NOT NULL;
	END IF;
	UPDATE @registry@.application a SET state = 'reviewing'
	 WHERE a.id = ANY (applications) AND a.id <> ALL (losers) AND a.state = 'conflicted'
	   AND NOT EXISTS (SELECT FROM @registry@.blocking_conflicts(a.id));

	NEW.reason := the_reason;
	NEW.settled_by := @registry@.acting_user();
	NEW.settled_at := now();
	NEW.state := 'settled';
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.settle_conflict() IS
	'Trigger on view conflict: settles one; the rejected side''s applications are returned, the revoked record is cancelled, and whose way is free goes on to review (3 Q17)';
CREATE TRIGGER settle_conflict INSTEAD OF UPDATE ON @registry@.conflict
	FOR EACH ROW EXECUTE FUNCTION @registry@.settle_conflict();

CREATE FUNCTION @registry@.revoke_holder(holder regclass, holder_id bigint, why text) RETURNS bigint[]
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	claims	bigint[];
BEGIN
	claims := ARRAY(
		SELECT c.id FROM @registry@.claim c
		 WHERE c.holder = revoke_holder.holder AND c.holder_id = revoke_holder.holder_id AND c.released_at IS NULL
		UNION ALL
		SELECT c.id FROM @registry@.site t JOIN @registry@.claim c ON c.holder_id = t.id
		 WHERE revoke_holder.holder = '@registry@.sponsor'::regclass AND t.sponsor_id = revoke_holder.holder_id
		   AND c.holder = '@registry@.site'::regclass AND c.released_at IS NULL);
	IF holder = '@registry@.site'::regclass THEN
		PERFORM @registry@.cancel_site(holder_id, why);
	ELSE
		PERFORM @registry@.cancel_sponsor(holder_id, why);
	END IF;
	RETURN claims;
END
$$;
COMMENT ON FUNCTION @registry@.revoke_holder(regclass, bigint, text) IS
	'Cancels a filed site, or sponsor with its sites, that was filed by who had no right to the name (恶意抢注, 3 Q17); returns the claims it held';

-- Detection set-wise: all that stands in conflict is asked at once.  A row that another transaction is at is passed over
-- (it will be asked again), so that any number of these may run side by side.
CREATE FUNCTION @registry@.recheck_applications(applications bigint[]) RETURNS SETOF bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	WITH candidate AS MATERIALIZED (
		SELECT a.id FROM @registry@.application a
		 WHERE a.id = ANY (applications) AND a.state = 'conflicted'
		 ORDER BY a.id FOR NO KEY UPDATE SKIP LOCKED)
	UPDATE @registry@.application a SET state = 'reviewing'
	  FROM candidate c
	 WHERE a.id = c.id AND a.state = 'conflicted'
	   AND NOT EXISTS (SELECT FROM @registry@.blocking_conflicts(a.id))
	RETURNING a.id;
END;
COMMENT ON FUNCTION @registry@.recheck_applications(bigint[]) IS
	'Those of these applications in conflict against which nothing stands any more go on to review; returns their ids';

CREATE FUNCTION @registry@.recheck_rivals(claims bigint[]) RETURNS SETOF bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.recheck_applications(ARRAY(
		SELECT DISTINCT x.application
		  FROM (SELECT e.rival_holder_id, e.rival_id
				  FROM @registry@.claim c JOIN @registry@.claim_edge e ON e.claim_holder_id = c.holder_id AND e.claim_id = c.id
				 WHERE c.id = ANY (claims)
				UNION
				SELECT e.claim_holder_id, e.claim_id
				  FROM @registry@.claim c JOIN @registry@.claim_edge e ON e.rival_holder_id = c.holder_id AND e.rival_id = c.id
				 WHERE c.id = ANY (claims)) r (holder_id, id)
		  JOIN @registry@.claim o ON o.holder_id = r.holder_id AND o.id = r.id AND o.released_at IS NULL
		 CROSS JOIN LATERAL @registry@.applications_of_holder(o.holder, o.holder_id) AS x(application)));
END;
COMMENT ON FUNCTION @registry@.recheck_rivals(bigint[]) IS
	'recheck_applications for those who stood in conflict with these claims';

CREATE FUNCTION @registry@.recheck_conflicts(application_id bigint DEFAULT NULL) RETURNS SETOF bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	everywhere	boolean := @registry@.acts_as_bureau(VARIADIC '{}') OR EXISTS (
		SELECT FROM @registry@.member m WHERE m.role_name = @registry@.acting_user() AND m.role = 'system');
BEGIN
	IF application_id IS NOT NULL AND NOT everywhere
	   AND NOT EXISTS (SELECT FROM @registry@.application a
						WHERE a.id = recheck_conflicts.application_id AND @registry@.acts_as_bureau(a.province_code)) THEN
		RAISE EXCEPTION 'role "%" may not recheck application %', @registry@.acting_user(), application_id
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'It is the business of the bureau (通信管理局) of the sponsor''s province.';
	END IF;
	RETURN QUERY SELECT @registry@.recheck_applications(ARRAY(
		SELECT a.id FROM @registry@.application a
		 WHERE a.state = 'conflicted'
		   AND (recheck_conflicts.application_id IS NULL OR a.id = recheck_conflicts.application_id)
		   AND (everywhere OR a.province_code IN (SELECT m.province_code FROM @registry@.member m
												   WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau'))));
END
$$;
COMMENT ON FUNCTION @registry@.recheck_conflicts(bigint) IS
	'After a revocation or a withdrawal: one application in conflict, or all of the caller''s province, against which nothing stands any more go on to review; returns their ids. Safe to run side by side';

-- A change that is applied hands its claims to the record that it changes, and with them what was settled about them.
-- (The record's claim is the latest of the pair, so it stands on the right.)
CREATE FUNCTION @registry@.keep_settlements() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.conflict_settlement (left_claim, right_claim, settlement, reason, cause, contact, settled_by,
												settled_at, province_code)
	SELECT CASE o.id WHEN s.left_claim THEN s.right_claim ELSE s.left_claim END, n.id,
		   CASE WHEN o.id = s.right_claim THEN s.settlement
				ELSE CASE s.settlement
					 WHEN 'reject_left' THEN 'reject_right' WHEN 'reject_right' THEN 'reject_left'
					 WHEN 'revoke_left' THEN 'revoke_right' WHEN 'revoke_right' THEN 'revoke_left'
					 ELSE s.settlement END END,
		   s.reason, s.cause, s.contact, s.settled_by, s.settled_at, s.province_code
	  FROM @registry@.claim o
	  JOIN @registry@.conflict_settlement s ON o.id IN (s.left_claim, s.right_claim)
	  JOIN @registry@.claim n ON n.kind = o.kind AND n.key = o.key AND n.released_at IS NULL AND n.id > o.id
	   AND n.holder_id = CASE o.holder WHEN '@registry@.site_change'::regclass THEN NEW.site_id ELSE NEW.sponsor_id END
	   AND n.holder = CASE o.holder WHEN '@registry@.site_change'::regclass THEN '@registry@.site'::regclass
									ELSE '@registry@.sponsor'::regclass END
	 WHERE o.holder_id = NEW.id AND o.holder IN ('@registry@.site_change'::regclass, '@registry@.sponsor_change'::regclass)
	   AND n.id > greatest(s.left_claim, s.right_claim)
	ON CONFLICT DO NOTHING;
	-- nobody asks for their keys any more
	PERFORM @registry@.forget_claims_of('@registry@.sponsor_change', ARRAY[NEW.id]);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.keep_settlements() IS
	'Trigger: the settlements of an applied change''s claims hold for the record''s claims too; then persons'' digests go';
CREATE TRIGGER d_keep_settlements AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state = 'approved' AND NEW.state IS DISTINCT FROM OLD.state AND NEW.kind LIKE 'change\_%')
	EXECUTE FUNCTION @registry@.keep_settlements();

-- Both sides are told that there is a conflict, the applicant also about what; whom with, the bureau tells in its reason
-- (3 Q17).  A draft on the other side will hear of it when it is reported itself.
CREATE FUNCTION @registry@.tell_conflict() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	causes	text;
	rivals	bigint[];
BEGIN
	SELECT string_agg(DISTINCT CASE c.kind WHEN 'domain' THEN '域名' WHEN 'homepage' THEN '首页网址'
							   WHEN 'sponsor_name' THEN '主办单位名称' ELSE c.kind END || ' ' || c.key, '；'),
		   array_agg(DISTINCT coalesce(t.sponsor_id, a.sponsor_id, p.id)) FILTER (
				WHERE r.approved OR EXISTS (
					SELECT FROM @registry@.applications_of_holder(c.rival_holder, c.rival_holder_id) AS x(id)
					  JOIN @registry@.application o ON o.id = x.id AND o.state IN ('conflicted', 'sms', 'reviewing')))
	  INTO causes, rivals
	  FROM @registry@.blocking_conflicts(NEW.id) c
	  LEFT JOIN @registry@.claim r ON r.holder_id = c.rival_holder_id AND r.id = c.rival_id
	  LEFT JOIN @registry@.site t ON c.rival_holder = '@registry@.site'::regclass AND t.id = c.rival_holder_id
	  LEFT JOIN @registry@.sponsor p ON c.rival_holder = '@registry@.sponsor'::regclass AND p.id = c.rival_holder_id
	  LEFT JOIN @registry@.application a
		ON c.rival_holder IN ('@registry@.site_change'::regclass, '@registry@.sponsor_change'::regclass)
	   AND a.id = c.rival_holder_id;
	PERFORM @registry@.send_notice('conflict_found', NEW.id, 'sponsor', jsonb_build_object('cause', coalesce(causes, '')));
	PERFORM @registry@.send_notice('conflict_found', NEW.id, 'rival', jsonb_build_object('sponsor_id', rival))
	   FROM unnest(rivals) rival WHERE rival IS NOT NULL;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.tell_conflict() IS
	'Trigger: tells the applicant, and who is filed or under review on the other side, that there is a conflict (3 Q17)';
CREATE TRIGGER e_tell_conflict AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state = 'conflicted' AND NEW.state IS DISTINCT FROM OLD.state)
	EXECUTE FUNCTION @registry@.tell_conflict();

-- stop/service_window
-- When the registry takes which step: closed periods, maintenance, and what stood still for too long.

CREATE TABLE @registry@.filing_system (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	portal		text NOT NULL,
	opened_at	timestamptz,
	closed_at	timestamptz,
	clause		text NOT NULL
);
COMMENT ON TABLE @registry@.filing_system IS 'The ministry''s filing systems and their portals, with the time each took filings';
COMMENT ON COLUMN @registry@.filing_system.code IS 'Short name';
COMMENT ON COLUMN @registry@.filing_system.name_zh IS 'Chinese name';
COMMENT ON COLUMN @registry@.filing_system.portal IS 'Host of the portal';
COMMENT ON COLUMN @registry@.filing_system.opened_at IS 'First moment at which it took new filings; NULL where no document here says it';
COMMENT ON COLUMN @registry@.filing_system.closed_at IS 'When it was shut down; NULL where it is not, or no document here says it';
COMMENT ON COLUMN @registry@.filing_system.clause IS 'Document and article';

INSERT INTO @registry@.filing_system (code, name_zh, portal, opened_at, closed_at, clause) VALUES
	('miibeian', '原网站备案管理系统', 'www.miibeian.gov.cn', NULL, '2010-07-26 00:00+08', '1 二'),
	('miitbeian', '升级后的网站备案管理系统', 'www.miitbeian.gov.cn', '2010-06-20 00:00+08', NULL, '1 二');

CREATE TABLE @registry@.service_window (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	purpose			text NOT NULL DEFAULT 'closed' CHECK (purpose IN ('closed', 'maintenance')),
	province		icp.province,
	province_code	smallint,
	kinds			text[],
	events			text[],
	closed_from		timestamptz NOT NULL,
	closed_until	timestamptz NOT NULL,
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	clause			text,
	announced_at	timestamptz,
	announced_by	text,
	CONSTRAINT service_window_period_check CHECK (closed_from < closed_until AND isfinite(closed_from)),
	CONSTRAINT service_window_announced_check CHECK (
		purpose <> 'maintenance' OR announced_at IS NOT NULL AND announced_at < closed_from AND btrim(announced_by) <> ''),
	CONSTRAINT service_window_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province))
);
CREATE INDEX service_window_period_idx ON @registry@.service_window (closed_until);
COMMENT ON TABLE @registry@.service_window IS
	'Periods in which steps of applications are not taken: what an ordinance closes (1 二), and maintenance of the interface (4 §26)';
COMMENT ON COLUMN @registry@.service_window.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.service_window.purpose IS 'closed, or maintenance, which must be announced and lie outside working hours (4 §26)';
COMMENT ON COLUMN @registry@.service_window.province IS 'The province it holds for; NULL for all';
COMMENT ON COLUMN @registry@.service_window.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.service_window.kinds IS 'Kinds of application it holds for; NULL for all';
COMMENT ON COLUMN @registry@.service_window.events IS 'Steps of icp.transition it holds for; NULL for all';
COMMENT ON COLUMN @registry@.service_window.closed_from IS 'First moment at which they are not taken';
COMMENT ON COLUMN @registry@.service_window.closed_until IS 'First moment at which they are taken again; infinity: until further notice';
COMMENT ON COLUMN @registry@.service_window.reason IS 'What those who are refused are told';
COMMENT ON COLUMN @registry@.service_window.clause IS 'Document and article, where there is one';
COMMENT ON COLUMN @registry@.service_window.announced_at IS 'When those concerned were told';
COMMENT ON COLUMN @registry@.service_window.announced_by IS 'How: announcement, telephone, mail (公告, 电话, 邮件)';

CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.service_window
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();

-- The move to the present system in 2010.  Before the 5th of July providers took new filings in, but reported none.
INSERT INTO @registry@.service_window (kinds, events, closed_from, closed_until, reason, clause) VALUES
	('{change_sponsor,change_principal,change_site,change_access}', NULL, '2010-06-20 00:00+08', '2010-07-05 00:00+08',
	 '6月20日至7月5日，暂停办理网站备案变更申请', '1 二'),
	(NULL, '{report,approve,refuse}', '2010-06-19 18:00+08', '2010-07-05 00:00+08',
	 '7月5日后，企业系统方可向省局系统上报数据', '1 表 迁移中'),
	(NULL, '{create,submit}', '2010-06-19 18:00+08', '2010-06-20 00:00+08',
	 '原网站备案管理系统停止接收新的网站备案业务，6月20日起通过新系统办理', '1 二');

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('working_hours', '09:00-17:00',
	 'Hours of a working day in which the interface is not closed for maintenance (4 §26 names none), Beijing time');

CREATE FUNCTION @registry@.check_maintenance() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	hours		text[] := regexp_match(@registry@.setting('working_hours'), E'^(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)$');
	from_local	timestamp := NEW.closed_from AT TIME ZONE 'Asia/Shanghai';
	until_local	timestamp := NEW.closed_until AT TIME ZONE 'Asia/Shanghai';
	day			date := from_local::date;
BEGIN
	IF hours IS NULL THEN
		RAISE EXCEPTION 'setting working_hours must read like 09:00-17:00'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	IF NOT isfinite(until_local) OR until_local > from_local + interval '31 days' THEN
		RAISE EXCEPTION 'maintenance (例行维护) cannot close the interface for more than 31 days'
			USING ERRCODE = 'check_violation', HINT = 'Use purpose "closed" with the ordinance that says so.';
	END IF;
	WHILE day <= until_local::date LOOP
		IF icp.is_working_day(day) AND from_local < day + hours[2]::time AND until_local > day + hours[1]::time THEN
			RAISE EXCEPTION 'maintenance (例行维护) falls into the working hours of %', day
				USING ERRCODE = 'check_violation',
					  DETAIL = format('Working hours are %s to %s, Beijing time.', hours[1], hours[2]),
					  HINT = 'The interface is closed for maintenance outside working hours (4 §26).';
		END IF;
		day := day + 1;
	END LOOP;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.check_maintenance() IS
	'Trigger: maintenance that closes the interface lies outside working hours (4 §26)';
CREATE TRIGGER check_maintenance BEFORE INSERT OR UPDATE ON @registry@.service_window
	FOR EACH ROW WHEN (NEW.purpose = 'maintenance') EXECUTE FUNCTION @registry@.check_maintenance();

CREATE FUNCTION @registry@.closed_because(kind text, event text, province_code smallint, at timestamptz) RETURNS text
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT w.reason || coalesce(' (' || w.clause || ')', '')
	  FROM @registry@.service_window w
	 WHERE w.closed_until > closed_because.at AND w.closed_from <= closed_because.at
	   AND (w.kinds IS NULL OR closed_because.kind = ANY (w.kinds))
	   AND (w.events IS NULL OR closed_because.event = ANY (w.events))
	   AND (w.province_code IS NULL OR w.province_code = closed_because.province_code)
	 ORDER BY w.closed_until DESC, w.id
	 LIMIT 1;
END;
COMMENT ON FUNCTION @registry@.closed_because(text, text, smallint, timestamptz) IS
	'Why a step of applications of this kind and province is not taken at that time; NULL where it is';

-- What people do is refused; what the registry does by itself (checks, clocks) goes on.
CREATE FUNCTION @registry@.check_service_window() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	before	text := CASE TG_OP WHEN 'UPDATE' THEN OLD.state END;
	step	record;
	reason	text;
BEGIN
	-- (the rule)
	IF NOT EXISTS (SELECT FROM @registry@.service_window w WHERE w.closed_until > now() AND w.closed_from <= now()) THEN
		RETURN NULL;
	END IF;
	SELECT t.event, t.actors INTO step
	  FROM icp.transition t
	 WHERE t.kind = NEW.kind AND t.from_state IS NOT DISTINCT FROM before AND t.to_state = NEW.state;
	IF step.actors <@ '{system,clock}' OR @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	reason := @registry@.closed_because(NEW.kind, step.event, NEW.province_code, now());
	IF reason IS NOT NULL THEN
		RAISE EXCEPTION 'step "%" of application % (%) is not taken at present', step.event, NEW.id, NEW.kind
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = reason, HINT = 'Table @registry@.service_window says until when.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.check_service_window() IS
	'Trigger: refuses a step of an application in a period in which it is not taken (55000)';
-- after a_enforce_..., before b_record_...: a step that is not there at all is said first.  (Only a clock expires.)
CREATE TRIGGER aa_check_window_of_creation AFTER INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION @registry@.check_service_window();
CREATE TRIGGER aa_check_window AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state <> 'expired') EXECUTE FUNCTION @registry@.check_service_window();

CREATE TABLE @registry@.incident (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	province		icp.province,
	province_code	smallint,
	provider_id		bigint REFERENCES @registry@.provider,
	business		text NOT NULL CHECK (btrim(business) <> ''),
	began_at		timestamptz NOT NULL,
	ended_at		timestamptz CHECK (ended_at > began_at),
	reported_at		timestamptz,
	reported_to		text,
	account_of_it	text,
	CONSTRAINT incident_report_check CHECK ((reported_at IS NULL) = (reported_to IS NULL)),
	CONSTRAINT incident_province_code_check CHECK (province_code IS NOT DISTINCT FROM icp.province_code(province))
);
CREATE INDEX incident_provider_id_idx ON @registry@.incident (provider_id);
COMMENT ON TABLE @registry@.incident IS
	'Filing business that could not be done (4 §27): after 12 hours it is a major incident (重大事件) and reported upward';
COMMENT ON COLUMN @registry@.incident.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.incident.province IS 'Province whose system it was; NULL for the ministry''s';
COMMENT ON COLUMN @registry@.incident.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.incident.provider_id IS 'Provider whose interface it was, where it was one only';
COMMENT ON COLUMN @registry@.incident.business IS 'Which business could not be done';
COMMENT ON COLUMN @registry@.incident.began_at IS 'Since when';
COMMENT ON COLUMN @registry@.incident.ended_at IS 'Until when; NULL: still';
COMMENT ON COLUMN @registry@.incident.reported_at IS 'When it was reported to the superior';
COMMENT ON COLUMN @registry@.incident.reported_to IS 'To whom';
COMMENT ON COLUMN @registry@.incident.account_of_it IS 'What happened and what was done';
CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.incident
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();

ALTER TABLE @registry@.service_window ENABLE ROW LEVEL SECURITY;
CREATE POLICY service_window_see ON @registry@.service_window FOR SELECT USING (true);
CREATE POLICY service_window_set ON @registry@.service_window
	USING (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code))
	WITH CHECK (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code));
ALTER TABLE @registry@.incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY incident_of_bureau ON @registry@.incident
	USING (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code))
	WITH CHECK (province_code IS NOT NULL AND @registry@.acts_as_bureau(province_code));
CREATE POLICY incident_see ON @registry@.incident FOR SELECT USING ((SELECT @registry@.acts_nationwide()));

CREATE VIEW @registry@.overdue_incident WITH (security_barrier) AS
SELECT i.id, i.province, i.province_code, i.provider_id, i.business, i.began_at, i.ended_at,
	   icp.clock_due('incident', i.began_at) AS due_at,
	   i.reported_at
  FROM @registry@.incident i
 WHERE coalesce(i.ended_at, now()) > icp.clock_due('incident', i.began_at)
   AND i.reported_at IS NULL
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(i.province_code));
COMMENT ON VIEW @registry@.overdue_incident IS
	'Major incidents (重大事件): a filing business down for more than 12 hours, not yet reported upward (4 §27)';
COMMENT ON COLUMN @registry@.overdue_incident.id IS 'The incident';
COMMENT ON COLUMN @registry@.overdue_incident.province IS 'Province whose system it was';
COMMENT ON COLUMN @registry@.overdue_incident.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.overdue_incident.provider_id IS 'Provider whose interface it was';
COMMENT ON COLUMN @registry@.overdue_incident.business IS 'Which business could not be done';
COMMENT ON COLUMN @registry@.overdue_incident.began_at IS 'Since when';
COMMENT ON COLUMN @registry@.overdue_incident.ended_at IS 'Until when; NULL: still';
COMMENT ON COLUMN @registry@.overdue_incident.due_at IS 'When it became a major incident';
COMMENT ON COLUMN @registry@.overdue_incident.reported_at IS 'NULL: it has not been reported';

-- Old applications that never came to an end (1 表 迁移中, 管局4, 企业7), by the provider that has them.
CREATE VIEW @registry@.unfinished_application WITH (security_barrier) AS
SELECT a.id, a.kind, a.state, a.provider_id, a.province, a.province_code, a.account_id, a.created_at,
	   CASE WHEN a.state IN ('draft', 'submitted', 'pre_verified', 'verified', 'returned') THEN 'provider'
			WHEN a.state = 'sms' THEN 'sponsor' ELSE 'bureau' END
	   AS waits_for
  FROM @registry@.application a JOIN icp.state s ON s.code = a.state
 WHERE NOT s.is_final
   AND a.created_at < (now() AT TIME ZONE 'Asia/Shanghai' - interval '1 year') AT TIME ZONE 'Asia/Shanghai'
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(a.province_code, a.account_id));
COMMENT ON VIEW @registry@.unfinished_application IS
	'Applications entered more than a year ago that have come to no end (过程数据, 1 表)';
COMMENT ON COLUMN @registry@.unfinished_application.id IS 'The application';
COMMENT ON COLUMN @registry@.unfinished_application.kind IS 'Its kind';
COMMENT ON COLUMN @registry@.unfinished_application.state IS 'Its state';
COMMENT ON COLUMN @registry@.unfinished_application.provider_id IS 'The provider it is with';
COMMENT ON COLUMN @registry@.unfinished_application.province IS 'Province of the sponsor';
COMMENT ON COLUMN @registry@.unfinished_application.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.unfinished_application.account_id IS 'Account it belongs to';
COMMENT ON COLUMN @registry@.unfinished_application.created_at IS 'When it was entered';
COMMENT ON COLUMN @registry@.unfinished_application.waits_for IS 'Whose turn it is: provider (with the sponsor), sponsor or bureau';

-- stop/unit
-- What IP and domain units report: address blocks, domains, who answers for them (4 §15, §16).

CREATE TABLE @registry@.ip_block (
	id					bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	provider_id			bigint NOT NULL REFERENCES @registry@.provider,
	province_code		smallint,
	parent_id			bigint REFERENCES @registry@.ip_block,
	ips					icp.ip_range NOT NULL CHECK (NOT isempty(ips)),
	own_address			boolean NOT NULL DEFAULT false,
	obtained_on			date NOT NULL,
	reported_at			timestamptz,
	changed_on			date,
	change_reported_at	timestamptz,
	due_at				timestamptz,
	status				text NOT NULL DEFAULT 'held' CHECK (status IN ('held', 'returned')),
	CONSTRAINT ip_block_change_check CHECK (changed_on >= obtained_on),
	-- complete and accurate (4 §15(五)): no unit reports an address twice on one level.  What two units both say is
	-- theirs is recorded (ip_block_conflict) and refused to neither: the first to say so need not be right.
	CONSTRAINT ip_block_no_overlap EXCLUDE USING gist (
		int8range(provider_id, provider_id, '[]') WITH &&,
		int8range(coalesce(parent_id, 0), coalesce(parent_id, 0), '[]') WITH &&, ips WITH &&) WHERE (status = 'held')
);
CREATE INDEX ip_block_provider_id_idx ON @registry@.ip_block (provider_id);
CREATE INDEX ip_block_parent_id_idx ON @registry@.ip_block (parent_id);
CREATE INDEX ip_block_ips_idx ON @registry@.ip_block USING gist (ips) WHERE status = 'held';
CREATE INDEX ip_block_due_at_idx ON @registry@.ip_block (due_at) WHERE due_at IS NOT NULL;
COMMENT ON TABLE @registry@.ip_block IS 'Address blocks that IP units (IP地址备案单位) report (4 §15)';
COMMENT ON COLUMN @registry@.ip_block.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.ip_block.provider_id IS 'The unit that holds it';
COMMENT ON COLUMN @registry@.ip_block.province_code IS 'The unit''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.ip_block.parent_id IS 'The block it was allocated from; NULL where it came from a registry';
COMMENT ON COLUMN @registry@.ip_block.ips IS 'The addresses';
COMMENT ON COLUMN @registry@.ip_block.own_address IS 'Brought along by a user of the unit''s access (自带IP, 4 §15(三), (四))';
COMMENT ON COLUMN @registry@.ip_block.obtained_on IS 'Day on which it was obtained; for own_address the day on which access began';
COMMENT ON COLUMN @registry@.ip_block.reported_at IS 'When it was reported';
COMMENT ON COLUMN @registry@.ip_block.changed_on IS 'Day on which what was reported last changed';
COMMENT ON COLUMN @registry@.ip_block.change_reported_at IS 'When that change was reported';
COMMENT ON COLUMN @registry@.ip_block.due_at IS
	'Until when the open report is due, filled by trigger: 20 working days after it was obtained (4 §15(二)), 5 days for own_address (4 §15(三)), 5 working days after a change (4 §15(六)); NULL: none is open';
COMMENT ON COLUMN @registry@.ip_block.status IS 'held, or returned';

CREATE FUNCTION @registry@.fill_ip_block() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	parent	record;
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	IF NEW.parent_id IS NOT NULL AND NEW.status = 'held' THEN
		SELECT b.ips, b.status, b.province_code, b.provider_id INTO parent FROM @registry@.ip_block b WHERE b.id = NEW.parent_id;
		-- A unit's own parent block stays as it is until the allocation has been committed.  Another unit's is not held:
		-- whoever says that he got addresses of it would keep its unit from changing it.
		IF parent.provider_id = NEW.provider_id THEN
			SELECT b.ips, b.status INTO parent.ips, parent.status FROM @registry@.ip_block b WHERE b.id = NEW.parent_id FOR SHARE;
		END IF;
		IF NOT coalesce(NEW.ips <@ parent.ips AND parent.status = 'held', false) OR NEW.parent_id = NEW.id THEN
			RAISE EXCEPTION 'block % does not lie in the block it is allocated from', NEW.ips
				USING ERRCODE = 'check_violation',
					  -- whose block it is not does not hear where it lies
					  DETAIL = coalesce(format('Block %s is ', NEW.parent_id)
										|| CASE WHEN @registry@.is_member('{bureau,ministry,system,provider}', parent.province_code, parent.provider_id)
												THEN parent.ips::text || ' (' || parent.status || ')' ELSE parent.status END || '.',
									format('There is no block %s.', NEW.parent_id));
		END IF;
	END IF;
	-- (blocks of others that lie outside it afterwards are problems of theirs, which find_ip_problems() tells)
	IF TG_OP = 'UPDATE' AND (NEW.ips <> OLD.ips OR NEW.status <> OLD.status)
	   AND EXISTS (SELECT FROM @registry@.ip_block b
					WHERE b.parent_id = NEW.id AND b.status = 'held' AND b.provider_id = NEW.provider_id
					  AND (NEW.status <> 'held' OR NOT b.ips <@ NEW.ips)) THEN
		RAISE EXCEPTION 'block % cannot shrink or go back: addresses of it are allocated further', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'Set the blocks allocated from it to returned first.';
	END IF;
	-- members date nothing back
	IF NOT @registry@.acts_as_owner() THEN
		IF NEW.reported_at IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.reported_at IS DISTINCT FROM OLD.reported_at) THEN
			NEW.reported_at := now();
		END IF;
		IF NEW.change_reported_at IS NOT NULL
		   AND (TG_OP = 'INSERT' OR NEW.change_reported_at IS DISTINCT FROM OLD.change_reported_at) THEN
			NEW.change_reported_at := now();
		END IF;
	END IF;
	NEW.due_at := CASE
		WHEN NEW.status <> 'held' THEN NULL
		WHEN NEW.reported_at IS NULL AND NEW.own_address
			THEN @registry@.due_by('own_ip', NEW.obtained_on)
		WHEN NEW.reported_at IS NULL THEN @registry@.due_by('ip_report', NEW.obtained_on)
		WHEN NEW.changed_on IS NOT NULL AND NEW.change_reported_at IS NULL
			THEN @registry@.due_by('ip_change', NEW.changed_on) END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_ip_block() IS
	'Trigger: province and deadline of a block; it lies in the block it is allocated from (4 §15)';
CREATE TRIGGER fill_ip_block BEFORE INSERT OR UPDATE ON @registry@.ip_block
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_ip_block();

-- Who allocates to a lower unit has it report in time (4 §15(二)).
CREATE FUNCTION @registry@.notify_allocation() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	higher	record;
BEGIN
	SELECT p.id, p.name INTO higher
	  FROM @registry@.ip_block b JOIN @registry@.provider p ON p.id = b.provider_id WHERE b.id = NEW.parent_id;
	IF higher.id <> NEW.provider_id THEN
		PERFORM @registry@.send_notice('ip_allocated', NULL, 'provider',
			jsonb_build_object('provider_id', NEW.provider_id, 'from_provider', higher.name, 'ips', NEW.ips::text,
							   'due', ((NEW.due_at - interval '1 day') AT TIME ZONE 'Asia/Shanghai')::date));
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.notify_allocation() IS
	'Trigger: tells a unit of addresses that a higher one has allocated to it, and until when it reports them (4 §15(二))';
CREATE TRIGGER notify_allocation AFTER INSERT ON @registry@.ip_block
	FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL AND NEW.status = 'held' AND NEW.reported_at IS NULL)
	EXECUTE FUNCTION @registry@.notify_allocation();

CREATE TABLE @registry@.domain_report (
	id					bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	provider_id			bigint NOT NULL REFERENCES @registry@.provider,
	province_code		smallint,
	domain				icp.domain_name NOT NULL,
	holder_name			text NOT NULL CHECK (btrim(holder_name) <> ''),
	registered_on		date NOT NULL,
	expires_on			date CHECK (expires_on >= registered_on),
	reported_at			timestamptz,
	changed_on			date CHECK (changed_on >= registered_on),
	change_reported_at	timestamptz,
	due_at				timestamptz,
	status				text NOT NULL DEFAULT 'registered' CHECK (status IN ('registered', 'deleted'))
);
CREATE INDEX domain_report_provider_id_idx ON @registry@.domain_report (provider_id);
CREATE INDEX domain_report_due_at_idx ON @registry@.domain_report (due_at) WHERE due_at IS NOT NULL;
-- A unit reports a domain once.  What two units both report is recorded (domain_report_conflict) and refused to neither.
CREATE UNIQUE INDEX domain_report_live_domain_key ON @registry@.domain_report (domain, provider_id) WHERE status = 'registered';
COMMENT ON TABLE @registry@.domain_report IS 'Domain registrations that domain units (域名备案单位) report (4 §16)';
COMMENT ON COLUMN @registry@.domain_report.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.domain_report.provider_id IS 'The unit: registry or registrar';
COMMENT ON COLUMN @registry@.domain_report.province_code IS 'The unit''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.domain_report.domain IS 'The domain';
COMMENT ON COLUMN @registry@.domain_report.holder_name IS 'In whose name it is registered; never public';
COMMENT ON COLUMN @registry@.domain_report.registered_on IS 'Day of registration';
COMMENT ON COLUMN @registry@.domain_report.expires_on IS 'Last day of the registration';
COMMENT ON COLUMN @registry@.domain_report.reported_at IS 'When it was reported';
COMMENT ON COLUMN @registry@.domain_report.changed_on IS 'Day on which what was reported last changed';
COMMENT ON COLUMN @registry@.domain_report.change_reported_at IS 'When that change was reported';
COMMENT ON COLUMN @registry@.domain_report.due_at IS
	'Until when the report of a change is due, filled by trigger: 5 working days (4 §16(三)); NULL: none is open';
COMMENT ON COLUMN @registry@.domain_report.status IS 'registered or deleted';

CREATE FUNCTION @registry@.fill_domain_report() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	IF NOT @registry@.acts_as_owner() THEN
		IF NEW.reported_at IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.reported_at IS DISTINCT FROM OLD.reported_at) THEN
			NEW.reported_at := now();
		END IF;
		IF NEW.change_reported_at IS NOT NULL
		   AND (TG_OP = 'INSERT' OR NEW.change_reported_at IS DISTINCT FROM OLD.change_reported_at) THEN
			NEW.change_reported_at := now();
		END IF;
	END IF;
	NEW.due_at := CASE WHEN NEW.status = 'registered' AND NEW.changed_on IS NOT NULL AND NEW.change_reported_at IS NULL
					   THEN @registry@.due_by('domain_change', NEW.changed_on) END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_domain_report() IS 'Trigger: province and deadline of a domain report (4 §16(三))';
CREATE TRIGGER fill_domain_report BEFORE INSERT OR UPDATE ON @registry@.domain_report
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_domain_report();

CREATE TABLE @registry@.unit_contact (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	province_code	smallint,
	unit			text NOT NULL CHECK (unit IN ('ip', 'domain')),
	name			text NOT NULL CHECK (btrim(name) <> ''),
	phone			text,
	email			text,
	changed_on		date NOT NULL,
	reported_at		timestamptz,
	due_at			timestamptz
);
CREATE INDEX unit_contact_provider_id_idx ON @registry@.unit_contact (provider_id, unit, changed_on);
CREATE INDEX unit_contact_due_at_idx ON @registry@.unit_contact (due_at) WHERE due_at IS NOT NULL;
COMMENT ON TABLE @registry@.unit_contact IS
	'Who answers for the reports of an IP or domain unit; the latest row counts (4 §15(一), §16(三))';
COMMENT ON COLUMN @registry@.unit_contact.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.unit_contact.provider_id IS 'The unit';
COMMENT ON COLUMN @registry@.unit_contact.province_code IS 'The unit''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.unit_contact.unit IS 'ip or domain: for which reports';
COMMENT ON COLUMN @registry@.unit_contact.name IS 'Name of the person; never public';
COMMENT ON COLUMN @registry@.unit_contact.phone IS 'Telephone; never public';
COMMENT ON COLUMN @registry@.unit_contact.email IS 'E-mail; never public';
COMMENT ON COLUMN @registry@.unit_contact.changed_on IS 'Since which day';
COMMENT ON COLUMN @registry@.unit_contact.reported_at IS 'When that was reported';
COMMENT ON COLUMN @registry@.unit_contact.due_at IS
	'Until when it is due, filled by trigger: 10 working days for an IP unit (4 §15(一)), 5 for a domain unit (4 §16(三)); NULL once reported';

CREATE FUNCTION @registry@.fill_unit_contact() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	IF NEW.reported_at IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.reported_at IS DISTINCT FROM OLD.reported_at)
	   AND NOT @registry@.acts_as_owner() THEN
		NEW.reported_at := now();
	END IF;
	NEW.due_at := CASE WHEN NEW.reported_at IS NULL
					   THEN @registry@.due_by(CASE NEW.unit WHEN 'ip' THEN 'ip_contact' ELSE 'domain_change' END, NEW.changed_on) END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_unit_contact() IS 'Trigger: province and deadline of a unit''s contact';
CREATE TRIGGER fill_unit_contact BEFORE INSERT OR UPDATE ON @registry@.unit_contact
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_unit_contact();

CREATE TABLE @registry@.ip_prompt (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ip_block_id		bigint NOT NULL REFERENCES @registry@.ip_block,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	province_code	smallint,
	problem			text NOT NULL CHECK (btrim(problem) <> ''),
	prompted_at		timestamptz NOT NULL DEFAULT now(),
	due_at			timestamptz NOT NULL,
	corrected_at	timestamptz
);
CREATE INDEX ip_prompt_ip_block_id_idx ON @registry@.ip_prompt (ip_block_id);
CREATE INDEX ip_prompt_provider_id_idx ON @registry@.ip_prompt (provider_id);
CREATE INDEX ip_prompt_due_at_idx ON @registry@.ip_prompt (due_at) WHERE corrected_at IS NULL;
COMMENT ON TABLE @registry@.ip_prompt IS 'Problems of an address report of which its unit was told (5 三(一)3)';
COMMENT ON COLUMN @registry@.ip_prompt.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.ip_prompt.ip_block_id IS 'The block';
COMMENT ON COLUMN @registry@.ip_prompt.provider_id IS 'The unit, filled by trigger from the block';
COMMENT ON COLUMN @registry@.ip_prompt.province_code IS 'The unit''s province, GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.ip_prompt.problem IS 'What is wrong';
COMMENT ON COLUMN @registry@.ip_prompt.prompted_at IS 'When the unit was told';
COMMENT ON COLUMN @registry@.ip_prompt.due_at IS 'End of the second day after, by clock ip_problem, filled by trigger (5 三(一)3)';
COMMENT ON COLUMN @registry@.ip_prompt.corrected_at IS 'When it was corrected';

CREATE FUNCTION @registry@.fill_ip_prompt() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	SELECT b.provider_id, b.province_code INTO NEW.provider_id, NEW.province_code
	  FROM @registry@.ip_block b WHERE b.id = NEW.ip_block_id;
	NEW.due_at := icp.clock_due('ip_problem', NEW.prompted_at);
	IF TG_OP = 'UPDATE' AND NEW.corrected_at IS DISTINCT FROM OLD.corrected_at AND NEW.corrected_at IS NOT NULL
	   AND NOT @registry@.acts_as_owner() THEN
		NEW.corrected_at := now();
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_ip_prompt() IS 'Trigger: unit, province and deadline of a prompt';
CREATE TRIGGER fill_ip_prompt BEFORE INSERT OR UPDATE ON @registry@.ip_prompt
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_ip_prompt();

-- Derived from the reports, so that no order of entering them, and no isolation level, can miss a pair.
CREATE VIEW @registry@.ip_block_conflict WITH (security_barrier) AS
SELECT l.id AS left_block, l.provider_id AS left_provider, r.id AS right_block, r.provider_id AS right_provider,
	   l.parent_id, l.ips * r.ips AS ips, l.province_code AS left_province_code, r.province_code AS right_province_code
  FROM @registry@.ip_block l
  JOIN @registry@.ip_block r
	ON r.ips && l.ips AND r.id > l.id AND r.provider_id <> l.provider_id
   AND coalesce(r.parent_id, 0) = coalesce(l.parent_id, 0)
 WHERE l.status = 'held' AND r.status = 'held'
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(l.province_code, r.province_code));
COMMENT ON VIEW @registry@.ip_block_conflict IS
	'Addresses that two units report as theirs on one level (IP地址冲突, 4 §15(五)): neither is refused. It ends when one of them gives its block back or corrects it';
COMMENT ON COLUMN @registry@.ip_block_conflict.left_block IS 'One block';
COMMENT ON COLUMN @registry@.ip_block_conflict.left_provider IS 'Its unit';
COMMENT ON COLUMN @registry@.ip_block_conflict.right_block IS 'The other block';
COMMENT ON COLUMN @registry@.ip_block_conflict.right_provider IS 'Its unit';
COMMENT ON COLUMN @registry@.ip_block_conflict.parent_id IS 'The block that both say theirs was allocated from; NULL: from a registry';
COMMENT ON COLUMN @registry@.ip_block_conflict.ips IS 'The addresses that both report';
COMMENT ON COLUMN @registry@.ip_block_conflict.left_province_code IS 'Province of the one unit, GB/T 2260';
COMMENT ON COLUMN @registry@.ip_block_conflict.right_province_code IS 'Province of the other';

CREATE VIEW @registry@.domain_report_conflict WITH (security_barrier) AS
SELECT l.id AS left_report, l.provider_id AS left_provider, r.id AS right_report, r.provider_id AS right_provider,
	   l.domain, l.province_code AS left_province_code, r.province_code AS right_province_code
  FROM @registry@.domain_report l
  JOIN @registry@.domain_report r ON r.domain = l.domain AND r.id > l.id AND r.provider_id <> l.provider_id
 WHERE l.status = 'registered' AND r.status = 'registered'
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_as_bureau(l.province_code, r.province_code));
COMMENT ON VIEW @registry@.domain_report_conflict IS
	'Domains that two units report as registered with them (4 §16): neither is refused. It ends when one of them reports the domain deleted';
COMMENT ON COLUMN @registry@.domain_report_conflict.left_report IS 'One report';
COMMENT ON COLUMN @registry@.domain_report_conflict.left_provider IS 'Its unit';
COMMENT ON COLUMN @registry@.domain_report_conflict.right_report IS 'The other report';
COMMENT ON COLUMN @registry@.domain_report_conflict.right_provider IS 'Its unit';
COMMENT ON COLUMN @registry@.domain_report_conflict.domain IS 'The domain';
COMMENT ON COLUMN @registry@.domain_report_conflict.left_province_code IS 'Province of the one unit, GB/T 2260';
COMMENT ON COLUMN @registry@.domain_report_conflict.right_province_code IS 'Province of the other';

-- What the system finds in the reports by itself.
CREATE FUNCTION @registry@.find_ip_problems() RETURNS TABLE (ip_block_id bigint, problem text)
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT b.id, 'the addresses are not public (非公网地址)'::text
	  FROM @registry@.ip_block b
	 WHERE b.status = 'held' AND NOT icp.is_public(b.ips)
	   AND @registry@.is_member('{bureau,ministry,system}', b.province_code, NULL)
	UNION ALL
	SELECT b.id, 'a site of ' || p.name || ' is served from addresses of this block (接入信息不一致)'
	  FROM @registry@.ip_block b
	  JOIN @registry@.access a ON a.status = 'live' AND a.provider_id <> b.provider_id AND a.ips && b.ips
	  JOIN @registry@.provider p ON p.id = a.provider_id
	 WHERE b.status = 'held'
	   AND NOT EXISTS (SELECT FROM @registry@.ip_block lower
						WHERE lower.parent_id = b.id AND lower.status = 'held' AND a.ips && lower.ips)
	   AND @registry@.is_member('{bureau,ministry,system}', b.province_code, NULL)
	 GROUP BY b.id, p.name
	UNION ALL
	-- (whose the other one is, is for the bureau: ip_block_conflict)
	SELECT b.id, 'another unit reports addresses of this block too (IP地址冲突)'::text
	  FROM @registry@.ip_block b
	 WHERE b.status = 'held'
	   AND EXISTS (SELECT FROM @registry@.ip_block o
					WHERE o.ips && b.ips AND o.status = 'held' AND o.provider_id <> b.provider_id
					  AND coalesce(o.parent_id, 0) = coalesce(b.parent_id, 0))
	   AND @registry@.is_member('{bureau,ministry,system}', b.province_code, NULL)
	UNION ALL
	SELECT b.id, 'the block it was allocated from is held no more, or does not reach over it (IP地址分配不一致)'::text
	  FROM @registry@.ip_block b JOIN @registry@.ip_block o ON o.id = b.parent_id
	 WHERE b.status = 'held' AND NOT (o.status = 'held' AND b.ips <@ o.ips)
	   AND @registry@.is_member('{bureau,ministry,system}', b.province_code, NULL);
END;
COMMENT ON FUNCTION @registry@.find_ip_problems() IS
	'Problems of address reports: addresses that are not public, that another unit reports too or allocated no longer, sites that another provider serves from them (4 §15(五); 5 三(一)2, 3)';

CREATE FUNCTION @registry@.prompt_ip_problems() RETURNS bigint
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	WITH prompted AS (
		INSERT INTO @registry@.ip_prompt (ip_block_id, problem)
		SELECT f.ip_block_id, f.problem FROM @registry@.find_ip_problems() f
		 WHERE NOT EXISTS (SELECT FROM @registry@.ip_prompt p
							WHERE p.ip_block_id = f.ip_block_id AND p.problem = f.problem AND p.corrected_at IS NULL)
		RETURNING 1)
	SELECT count(*) FROM prompted;
END;
COMMENT ON FUNCTION @registry@.prompt_ip_problems() IS
	'Tells the units of what find_ip_problems() finds and they have not been told of; returns how many prompts were made';

CREATE VIEW @registry@.overdue_unit_report WITH (security_barrier) AS
SELECT r.what, r.id, r.provider_id, r.province_code, r.due_at
  FROM (SELECT CASE WHEN b.reported_at IS NOT NULL THEN 'ip_change' WHEN b.own_address THEN 'own_address'
					ELSE 'ip_block' END AS what, b.id, b.provider_id, b.province_code, b.due_at
		  FROM @registry@.ip_block b WHERE b.due_at <= now()
		UNION ALL
		SELECT 'domain_change'::text, d.id, d.provider_id, d.province_code, d.due_at
		  FROM @registry@.domain_report d WHERE d.due_at <= now()
		UNION ALL
		SELECT c.unit || '_contact', c.id, c.provider_id, c.province_code, c.due_at
		  FROM @registry@.unit_contact c WHERE c.due_at <= now()
		UNION ALL
		SELECT 'ip_prompt'::text, p.id, p.provider_id, p.province_code, p.due_at
		  FROM @registry@.ip_prompt p WHERE p.corrected_at IS NULL AND p.due_at <= now()) r
 WHERE (SELECT @registry@.acts_nationwide())
	OR @registry@.is_member('{bureau,provider}', r.province_code, r.provider_id);
COMMENT ON VIEW @registry@.overdue_unit_report IS 'Reports of IP and domain units that are overdue (4 §15, §16; 5 三(一)3)';
COMMENT ON COLUMN @registry@.overdue_unit_report.what IS
	'ip_block, own_address, ip_change, domain_change, ip_contact, domain_contact or ip_prompt';
COMMENT ON COLUMN @registry@.overdue_unit_report.id IS 'Row of ip_block, domain_report, unit_contact or ip_prompt';
COMMENT ON COLUMN @registry@.overdue_unit_report.provider_id IS 'The unit';
COMMENT ON COLUMN @registry@.overdue_unit_report.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.overdue_unit_report.due_at IS 'Since when it is overdue';

ALTER TABLE @registry@.ip_block ENABLE ROW LEVEL SECURITY;
CREATE POLICY ip_block_see ON @registry@.ip_block FOR SELECT
	USING ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', province_code, provider_id));
CREATE POLICY ip_block_report ON @registry@.ip_block FOR INSERT
	WITH CHECK (@registry@.is_member('{provider}', NULL, provider_id));
CREATE POLICY ip_block_change ON @registry@.ip_block FOR UPDATE
	USING (@registry@.is_member('{provider}', NULL, provider_id))
	WITH CHECK (@registry@.is_member('{provider}', NULL, provider_id));
ALTER TABLE @registry@.domain_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY domain_report_see ON @registry@.domain_report FOR SELECT
	USING ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', province_code, provider_id));
CREATE POLICY domain_report_report ON @registry@.domain_report FOR INSERT
	WITH CHECK (@registry@.is_member('{provider}', NULL, provider_id));
CREATE POLICY domain_report_change ON @registry@.domain_report FOR UPDATE
	USING (@registry@.is_member('{provider}', NULL, provider_id))
	WITH CHECK (@registry@.is_member('{provider}', NULL, provider_id));
ALTER TABLE @registry@.unit_contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY unit_contact_see ON @registry@.unit_contact FOR SELECT
	USING ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', province_code, provider_id));
CREATE POLICY unit_contact_report ON @registry@.unit_contact FOR INSERT
	WITH CHECK (@registry@.is_member('{provider}', NULL, provider_id));
CREATE POLICY unit_contact_change ON @registry@.unit_contact FOR UPDATE
	USING (@registry@.is_member('{provider}', NULL, provider_id))
	WITH CHECK (@registry@.is_member('{provider}', NULL, provider_id));
ALTER TABLE @registry@.ip_prompt ENABLE ROW LEVEL SECURITY;
CREATE POLICY ip_prompt_see ON @registry@.ip_prompt FOR SELECT
	USING ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', province_code, provider_id));
CREATE POLICY ip_prompt_give ON @registry@.ip_prompt FOR INSERT
	WITH CHECK (@registry@.is_member('{bureau,ministry,system}', province_code, NULL));
CREATE POLICY ip_prompt_answer ON @registry@.ip_prompt FOR UPDATE
	USING (@registry@.is_member('{bureau,provider}', province_code, provider_id));

-- party/bureau
-- What a bureau tells the public, and what bureaus ask of one another.

CREATE TABLE @registry@.bureau_notice (
	province			icp.province PRIMARY KEY,
	province_code		smallint NOT NULL,
	report_phone		text,
	report_mailbox		text,
	sheet_submission	text,
	changed_at			timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT bureau_notice_province_code_check CHECK (province_code = icp.province_code(province))
);
COMMENT ON TABLE @registry@.bureau_notice IS
	'What the bureau of a province publishes: where the public reports (4 §8(六)), how verification sheets are handed in (1 表)';
COMMENT ON COLUMN @registry@.bureau_notice.province IS 'The bureau''s province';
COMMENT ON COLUMN @registry@.bureau_notice.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.bureau_notice.report_phone IS 'Telephone for reports from the public (举报)';
COMMENT ON COLUMN @registry@.bureau_notice.report_mailbox IS 'Mailbox for reports from the public';
COMMENT ON COLUMN @registry@.bureau_notice.sheet_submission IS 'How verification sheets are handed in: paper, fax, scan (真实性核验单提交方式)';
COMMENT ON COLUMN @registry@.bureau_notice.changed_at IS 'When it last changed';
CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.bureau_notice
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();
CREATE TRIGGER touch BEFORE UPDATE ON @registry@.bureau_notice
	FOR EACH ROW EXECUTE FUNCTION @registry@.touch();

CREATE TABLE @registry@.assistance_request (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	from_province	icp.province NOT NULL,
	to_province		icp.province NOT NULL,
	province_code	smallint NOT NULL,
	subject			text NOT NULL CHECK (subject IN ('close_site', 'punish_provider', 'investigate', 'findings')),
	site_id			bigint REFERENCES @registry@.site,
	provider_id		bigint REFERENCES @registry@.provider,
	demand			text NOT NULL CHECK (btrim(demand) <> ''),
	asked_by		name NOT NULL,
	asked_at		timestamptz NOT NULL DEFAULT now(),
	due_at			timestamptz NOT NULL,
	answered_by		name,
	answered_at		timestamptz,
	answer			text,
	CONSTRAINT assistance_request_provinces_check CHECK (from_province <> to_province),
	CONSTRAINT assistance_request_province_code_check CHECK (province_code = icp.province_code(to_province)),
	CONSTRAINT assistance_request_due_check CHECK (due_at > asked_at),
	CONSTRAINT assistance_request_answer_check CHECK ((answered_at IS NULL) = (answer IS NULL) AND btrim(answer) <> ''),
	CONSTRAINT assistance_request_about_check CHECK (site_id IS NOT NULL OR provider_id IS NOT NULL)
);
CREATE INDEX assistance_request_site_id_idx ON @registry@.assistance_request (site_id);
CREATE INDEX assistance_request_provider_id_idx ON @registry@.assistance_request (provider_id);
CREATE INDEX assistance_request_open_idx ON @registry@.assistance_request (due_at) WHERE answered_at IS NULL;
COMMENT ON TABLE @registry@.assistance_request IS
	'What the bureau of the sponsor''s province asks of, or tells, the bureau of the provider or of the server (4 §8(一), (三))';
COMMENT ON COLUMN @registry@.assistance_request.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.assistance_request.from_province IS 'The bureau that asks';
COMMENT ON COLUMN @registry@.assistance_request.to_province IS 'The bureau that is asked';
COMMENT ON COLUMN @registry@.assistance_request.province_code IS 'GB/T 2260 code of to_province, filled by trigger';
COMMENT ON COLUMN @registry@.assistance_request.subject IS
	'close_site, punish_provider (of the provider''s bureau), investigate (of the server''s), findings (of a check, told to the provider''s)';
COMMENT ON COLUMN @registry@.assistance_request.site_id IS 'The site it is about';
COMMENT ON COLUMN @registry@.assistance_request.provider_id IS 'The provider it is about';
COMMENT ON COLUMN @registry@.assistance_request.demand IS 'What is asked, or was found';
COMMENT ON COLUMN @registry@.assistance_request.asked_by IS 'Role that asked, filled by trigger';
COMMENT ON COLUMN @registry@.assistance_request.asked_at IS 'When';
COMMENT ON COLUMN @registry@.assistance_request.due_at IS 'Until when an answer is asked for';
COMMENT ON COLUMN @registry@.assistance_request.answered_by IS 'Role that answered, filled by trigger';
COMMENT ON COLUMN @registry@.assistance_request.answered_at IS 'When it was answered';
COMMENT ON COLUMN @registry@.assistance_request.answer IS 'What was done';

CREATE FUNCTION @registry@.fill_assistance_request() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.province_code := icp.province_code(NEW.to_province);
		NEW.asked_by := @registry@.acting_user();
		IF NOT @registry@.is_member('{bureau}', icp.province_code(NEW.from_province), NULL) THEN
			RAISE EXCEPTION 'role "%" may not ask in the name of the bureau of %', @registry@.acting_user(), NEW.from_province
				USING ERRCODE = 'insufficient_privilege',
					  HINT = 'A bureau (通信管理局) asks in its own name (4 §8(三)).';
		END IF;
	ELSIF OLD.answered_at IS NOT NULL
		  OR (NEW.from_province, NEW.to_province, NEW.subject, NEW.site_id, NEW.provider_id, NEW.demand, NEW.asked_by,
			  NEW.asked_at, NEW.due_at, NEW.province_code)
			 IS DISTINCT FROM
			 (OLD.from_province, OLD.to_province, OLD.subject, OLD.site_id, OLD.provider_id, OLD.demand, OLD.asked_by,
			  OLD.asked_at, OLD.due_at, OLD.province_code) THEN
		RAISE EXCEPTION 'request % stands as it was made', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'It is answered once, by answered_at and answer.';
	ELSE
		IF NOT @registry@.is_member('{bureau}', OLD.province_code, NULL) THEN
			RAISE EXCEPTION 'role "%" may not answer for the bureau of %', @registry@.acting_user(), OLD.to_province
				USING ERRCODE = 'insufficient_privilege';
		END IF;
		NEW.answered_by := @registry@.acting_user();
		-- members date nothing back
		IF NEW.answered_at IS NOT NULL AND NOT @registry@.acts_as_owner() THEN
			NEW.answered_at := now();
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_assistance_request() IS
	'Trigger: a bureau asks in its own name, the one asked answers, once (4 §8(三))';
CREATE TRIGGER fill_assistance_request BEFORE INSERT OR UPDATE ON @registry@.assistance_request
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_assistance_request();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.assistance_request
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE VIEW @registry@.overdue_assistance WITH (security_barrier) AS
SELECT r.id, r.from_province, r.to_province, r.province_code, r.subject, r.site_id, r.provider_id, r.asked_at, r.due_at
  FROM @registry@.assistance_request r
 WHERE r.answered_at IS NULL AND r.due_at < now()
   AND ((SELECT @registry@.acts_nationwide())
		OR @registry@.acts_as_bureau(icp.province_code(r.from_province), r.province_code));
COMMENT ON VIEW @registry@.overdue_assistance IS 'Requests between bureaus that are overdue for an answer';
COMMENT ON COLUMN @registry@.overdue_assistance.id IS 'The request';
COMMENT ON COLUMN @registry@.overdue_assistance.from_province IS 'The bureau that asks';
COMMENT ON COLUMN @registry@.overdue_assistance.to_province IS 'The bureau that is asked';
COMMENT ON COLUMN @registry@.overdue_assistance.province_code IS 'GB/T 2260 code of to_province';
COMMENT ON COLUMN @registry@.overdue_assistance.subject IS 'What it is about';
COMMENT ON COLUMN @registry@.overdue_assistance.site_id IS 'The site';
COMMENT ON COLUMN @registry@.overdue_assistance.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.overdue_assistance.asked_at IS 'When it was asked';
COMMENT ON COLUMN @registry@.overdue_assistance.due_at IS 'Until when an answer was asked for';

ALTER TABLE @registry@.bureau_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY bureau_notice_see ON @registry@.bureau_notice FOR SELECT USING (true);
CREATE POLICY bureau_notice_set ON @registry@.bureau_notice
	USING (@registry@.acts_as_bureau(province_code)) WITH CHECK (@registry@.acts_as_bureau(province_code));
ALTER TABLE @registry@.assistance_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY assistance_request_see ON @registry@.assistance_request
	USING ((SELECT @registry@.acts_nationwide())
		   OR @registry@.acts_as_bureau(icp.province_code(from_province), province_code));

-- party/account
-- Accounts that register themselves (用户注册): the codes by telephone and mail that tell who they are (身份验证, 3 Q16,
-- Q18, Q22), the initial password that is changed at the first login, and the password that was lost (找回备案密码).

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('account_password_cost', '14',
	 'What digesting an account''s password costs when its holder chooses one, 1 to 17: people''s passwords can be guessed, random ones cannot (password_cost). Stored digests keep their own'),
	('account_mail_wait', '24 hours', 'How long the code of a mailbox may take to arrive; no other is sent before (3 Q16)'),
	('account_sms_wait', '1 minute', 'How long until another code is sent to a telephone');

CREATE TABLE @registry@.account_code (
	account_id		bigint REFERENCES @registry@.account ON DELETE CASCADE,
	channel			text CHECK (channel IN ('sms', 'mail')),
	digest			text NOT NULL,
	sent_at			timestamptz NOT NULL,
	sent			smallint NOT NULL DEFAULT 1,
	confirmed_at	timestamptz,
	province_code	smallint,
	PRIMARY KEY (account_id, channel)
);
COMMENT ON TABLE @registry@.account_code IS
	'Codes by which an account proves its telephone and its mailbox, as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.account_code.account_id IS 'The account';
COMMENT ON COLUMN @registry@.account_code.channel IS 'sms: its telephone; mail: its mailbox';
COMMENT ON COLUMN @registry@.account_code.digest IS 'What icp.hash_password() made of the code sent last';
COMMENT ON COLUMN @registry@.account_code.sent_at IS 'When that was; a mailed one may take 24 hours (3 Q16)';
COMMENT ON COLUMN @registry@.account_code.sent IS 'How many were sent, counted anew after a pause of a day';
COMMENT ON COLUMN @registry@.account_code.confirmed_at IS 'When it was confirmed';
COMMENT ON COLUMN @registry@.account_code.province_code IS 'The account''s province, GB/T 2260';
ALTER TABLE @registry@.account_code ENABLE ROW LEVEL SECURITY;

CREATE TABLE @registry@.account_password (
	account_id		bigint PRIMARY KEY REFERENCES @registry@.account ON DELETE CASCADE,
	digest			text NOT NULL,
	made_at			timestamptz NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.account_password IS
	'Login passwords of accounts as digests, for programs that log accounts in. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.account_password.account_id IS 'The account';
COMMENT ON COLUMN @registry@.account_password.digest IS 'What icp.hash_password() made of it';
COMMENT ON COLUMN @registry@.account_password.made_at IS 'When it was made or changed';
COMMENT ON COLUMN @registry@.account_password.province_code IS 'The account''s province, GB/T 2260';
ALTER TABLE @registry@.account_password ENABLE ROW LEVEL SECURITY;

-- The account, locked, for who may act on it: its holder, its provider (whose web pages he uses), system, owner.
CREATE FUNCTION @registry@.lock_account(account_id bigint, roles text[]) RETURNS @registry@.account
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who		constant name := @registry@.acting_user();
	account	@registry@.account;
BEGIN
	SELECT * INTO account FROM @registry@.account a
	 WHERE a.id = account_id
	   AND (@registry@.acts_as_owner()
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = who AND m.role = ANY (roles)
						  AND CASE m.role WHEN 'sponsor' THEN m.account_id = a.id
										  WHEN 'provider' THEN m.provider_id = a.provider_id
										  ELSE m.role = 'system' END))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not do this with account %', who, account_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('These may: %s.', array_to_string(roles, ', '));
	ELSIF account.status <> 'open' THEN
		RAISE EXCEPTION 'account % is closed', account_id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN account;
END
$$;
COMMENT ON FUNCTION @registry@.lock_account(bigint, text[]) IS
	'The account, locked, for members in one of these roles to whom it belongs; fails for others, and where it is closed';

CREATE FUNCTION @registry@.check_account_address(channel text, address text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF channel = 'sms' AND icp.phone_kind(address) IN ('mobile', 'foreign') THEN
		RETURN icp.try_phone(address);
	ELSIF channel = 'mail' AND coalesce(icp.explain_email(address) LIKE 'Warning:%', address IS NOT NULL) THEN
		RETURN btrim(address);
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
		MESSAGE = CASE channel WHEN 'sms' THEN 'no mobile number (手机号码) to which a code can be sent'
							   WHEN 'mail' THEN 'no mailbox (邮箱) to which a code can be sent'
							   ELSE format('codes are sent by sms and mail, not by "%s"', icp.shown(channel)) END;
END
$$;
COMMENT ON FUNCTION @registry@.check_account_address(text, text) IS
	'The address as codes are sent to it; fails where none can be';

CREATE FUNCTION @registry@.send_account_code(account @registry@.account, channel text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	code	constant text := icp.random_code(6);
BEGIN
	-- the code is in the notice's secret part only, which goes when it is delivered
	PERFORM @registry@.send_notice(CASE channel WHEN 'sms' THEN 'account_sms_code' ELSE 'account_mail_code' END, NULL, 'sponsor',
		jsonb_build_object('code', code, 'provider_id', account.provider_id, 'province_code', account.province_code,
						   'address', CASE channel WHEN 'sms' THEN account.mobile ELSE account.mailbox END));
	INSERT INTO @registry@.account_code AS c (account_id, channel, digest, sent_at, province_code)
	VALUES (account.id, channel, icp.hash_password(code, @registry@.setting('password_cost')::integer), now(),
			account.province_code)
	ON CONFLICT ON CONSTRAINT account_code_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, confirmed_at = NULL, sent_at = EXCLUDED.sent_at,
		   sent = CASE WHEN c.sent_at > now() - interval '1 day' THEN c.sent + 1 ELSE 1 END;
END
$$;
COMMENT ON FUNCTION @registry@.send_account_code(@registry@.account, text) IS
	'Sends an account a new code by sms or mail; the one before is good no more';

CREATE FUNCTION @registry@.register_account(provider_id bigint, user_name text, mobile text, mailbox text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	new_account	@registry@.account;
	standing	text;
BEGIN
	IF NOT (@registry@.acts_as_system() OR @registry@.acts_for_provider(provider_id)) THEN
		RAISE EXCEPTION 'role "%" may not register accounts with provider %', @registry@.acting_user(), provider_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The provider whose system the user registers in does, and members "system" of @registry@.member.';
	END IF;
	SELECT p.admission INTO standing FROM @registry@.provider p WHERE p.id = provider_id;
	IF standing IN ('exiting', 'exited') THEN
		RAISE EXCEPTION 'provider % takes on nobody (4 §12(八))', provider_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', standing);
	END IF;
	INSERT INTO @registry@.account (provider_id, user_name, registered_by, mobile, mailbox)
	VALUES (provider_id, user_name, 'self', @registry@.check_account_address('sms', mobile),
			@registry@.check_account_address('mail', mailbox))
	RETURNING * INTO new_account;
	PERFORM @registry@.send_account_code(new_account, 'sms');
	PERFORM @registry@.send_account_code(new_account, 'mail');
	RETURN new_account.id;
END
$$;
COMMENT ON FUNCTION @registry@.register_account(bigint, text, text, text) IS
	'A user registers with a provider: makes the account and sends a code to telephone and mailbox; returns its id (3 Q18)';

-- A wrong code is an answer, no error.  It was counted before, whatever became of the transaction.
CREATE FUNCTION @registry@.confirm_account(account_id bigint, channel text, code text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	constant @registry@.account := @registry@.lock_account(account_id, '{sponsor,provider,system}');
	waiting	@registry@.account_code;
	subject	constant text := format('account.%s_code', channel);
	given	constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
BEGIN
	SELECT * INTO waiting FROM @registry@.account_code c WHERE c.account_id = account.id AND c.channel = channel
	   FOR NO KEY UPDATE;
	IF NOT FOUND OR waiting.confirmed_at IS NOT NULL THEN
		RAISE EXCEPTION 'account % waits for no code (验证码) by %', account_id, icp.shown(channel)
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF code IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	ELSIF @registry@.number_try(subject, account.id, @registry@.secret_mark(waiting.digest)) > 6
		  OR given !~ '^[0-9]{6}$' OR NOT icp.check_password(given, waiting.digest) THEN
		RETURN false;
	END IF;
	PERFORM @registry@.clear_tries(subject, account.id);
	UPDATE @registry@.account_code c SET confirmed_at = now() WHERE c.account_id = account.id AND c.channel = channel;
	UPDATE @registry@.account a SET identity_checked_at = now()
	 WHERE a.id = account.id AND a.identity_checked_at IS NULL
	   AND (SELECT count(*) FROM @registry@.account_code c
			 WHERE c.account_id = account.id AND c.confirmed_at IS NOT NULL) = 2;
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.confirm_account(bigint, text, text) IS
	'Gives the code that came by sms or mail; returns whether it is right. With both the account is checked (身份验证, 3 Q18, Q22); after six wrong ones another is sent for';

CREATE FUNCTION @registry@.resend_account_code(account_id bigint, channel text, address text DEFAULT NULL) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	@registry@.account := @registry@.lock_account(account_id, '{sponsor,provider,system}');
	last	@registry@.account_code;
	pause	constant interval := @registry@.setting(CASE channel WHEN 'sms' THEN 'account_sms_wait' ELSE 'account_mail_wait' END);
BEGIN
	SELECT * INTO last FROM @registry@.account_code c WHERE c.account_id = account.id AND c.channel = channel
	   FOR NO KEY UPDATE;
	IF account.registered_by <> 'self' THEN
		RAISE EXCEPTION 'account % was made by its provider and needs no code (验证码)', account_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF last.confirmed_at IS NOT NULL AND address IS NULL THEN
		RAISE EXCEPTION 'account % waits for no code (验证码) by %', account_id, icp.shown(channel)
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF last.sent_at > now() - pause THEN
		RAISE EXCEPTION 'no further code (验证码) is sent yet for account %', account_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('The last one was sent on %s.', last.sent_at),
				  HINT = format('It may take %s to arrive; then the address can be changed, and another is sent (3 Q16).', pause);
	ELSIF last.sent >= 10 AND last.sent_at > now() - interval '1 day' THEN
		RAISE EXCEPTION 'no further code (验证码) is sent today for account %', account_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Ten were sent.';
	END IF;
	IF address IS NOT NULL THEN
		UPDATE @registry@.account a
		   SET mobile = CASE channel WHEN 'sms' THEN @registry@.check_account_address(channel, address) ELSE a.mobile END,
			   mailbox = CASE channel WHEN 'sms' THEN a.mailbox ELSE @registry@.check_account_address(channel, address) END,
			   identity_checked_at = NULL		-- another address is another proof
		 WHERE a.id = account.id RETURNING * INTO account;
	ELSE
		PERFORM @registry@.check_account_address(channel, CASE channel WHEN 'sms' THEN account.mobile ELSE account.mailbox END);
	END IF;
	PERFORM @registry@.send_account_code(account, channel);
	RETURN now() + pause;
END
$$;
COMMENT ON FUNCTION @registry@.resend_account_code(bigint, text, text) IS
	'Sends a self-registered account another code, to another address if one is given, but to a mailbox only 24 hours after the one before (3 Q16); returns from when the next is sent';

-- Login passwords, for programs that log accounts in.
CREATE FUNCTION @registry@.make_account_password(account_id bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	constant @registry@.account := @registry@.lock_account(account_id, '{provider,system}');
	made	constant text := icp.random_password();
BEGIN
	INSERT INTO @registry@.account_password AS p (account_id, digest, made_at, province_code)
	VALUES (account.id, icp.hash_password(made, @registry@.setting('password_cost')::integer), now(), account.province_code)
	ON CONFLICT ON CONSTRAINT account_password_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, made_at = EXCLUDED.made_at;
	UPDATE @registry@.account a SET must_change_password = true WHERE a.id = account.id;
	PERFORM @registry@.forget_tries('account.password', account.id);
	RETURN made;
END
$$;
COMMENT ON FUNCTION @registry@.make_account_password(bigint) IS
	'Makes an account''s initial password (初始密码) and returns it, this once, to its provider; the holder changes it at the first login (3 Q22)';

CREATE FUNCTION @registry@.check_account_password(account_id bigint, password text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	constant @registry@.account := @registry@.lock_account(account_id, '{sponsor,provider,system}');
	matches	boolean;
BEGIN
	PERFORM @registry@.count_try('account.password', account.id);
	matches := coalesce((SELECT icp.check_password(password, p.digest) FROM @registry@.account_password p
						  WHERE p.account_id = account.id), false);
	IF matches THEN
		PERFORM @registry@.clear_tries('account.password', account.id);
	END IF;
	RETURN matches;
END
$$;
COMMENT ON FUNCTION @registry@.check_account_password(bigint, text) IS
	'Is it the account''s login password? After several wrong ones from one role there are pauses, then locks (settings try_...)';

CREATE FUNCTION @registry@.change_account_password(account_id bigint, old_password text, new_password text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	IF NOT @registry@.check_account_password(account_id, old_password) THEN
		RETURN false;
	ELSIF new_password IS NULL OR length(new_password) NOT BETWEEN 8 AND 128 OR new_password = old_password THEN
		RAISE EXCEPTION 'this cannot be the new password of account %', account_id
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Another one than before, of 8 to 128 characters.';
	END IF;
	UPDATE @registry@.account_password p
	   SET digest = icp.hash_password(new_password, @registry@.setting('account_password_cost')::integer), made_at = now()
	 WHERE p.account_id = account_id;
	UPDATE @registry@.account a SET must_change_password = false WHERE a.id = account_id;
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.change_account_password(bigint, text, text) IS
	'Changes an account''s login password, the initial one too; false where the old one is wrong (3 Q22)';

-- Nothing is submitted before both codes are confirmed, nor with the initial password.
CREATE FUNCTION @registry@.require_checked_account() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	account	@registry@.account;
BEGIN
	SELECT * INTO account FROM @registry@.account a WHERE a.id = NEW.account_id;
	IF NOT (account.registered_by = 'self' AND account.identity_checked_at IS NULL OR account.must_change_password)
	   OR @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'account % cannot submit anything yet', account.id
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = CASE WHEN account.must_change_password THEN 'Its initial password (初始密码) has not been changed (3 Q22).'
					   ELSE 'It has not confirmed the codes of both telephone and mailbox (身份验证, 3 Q18, Q22).' END,
			  HINT = CASE WHEN account.must_change_password THEN 'change_account_password() changes it.'
					 ELSE 'confirm_account() confirms one, resend_account_code() has another sent.' END;
END
$$;
COMMENT ON FUNCTION @registry@.require_checked_account() IS
	'Trigger: a self-registered account submits nothing before both codes are confirmed, and none with its initial password (3 Q18, Q22)';
CREATE TRIGGER ab_require_checked_account AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (OLD.state IN ('draft', 'returned') AND NEW.state <> OLD.state AND NEW.state NOT IN ('withdrawn', 'expired')
					   AND NEW.filed_by <> 'bureau')
	EXECUTE FUNCTION @registry@.require_checked_account();

-- The lost filing password on the home page (找回备案密码): a code to what is filed, then another password.
CREATE TABLE @registry@.password_recovery (
	sponsor_id		bigint PRIMARY KEY REFERENCES @registry@.sponsor ON DELETE CASCADE,
	digest			text NOT NULL,
	sent_at			timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.password_recovery IS
	'Codes by which sponsors recover a lost filing password themselves (找回备案密码, 4 §14(七)), as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.password_recovery.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.password_recovery.digest IS 'What icp.hash_password() made of the code';
COMMENT ON COLUMN @registry@.password_recovery.sent_at IS 'When it was sent';
COMMENT ON COLUMN @registry@.password_recovery.due_at IS 'Until when it is good: 24 hours';
COMMENT ON COLUMN @registry@.password_recovery.province_code IS 'The sponsor''s province, GB/T 2260';
ALTER TABLE @registry@.password_recovery ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.lock_recovery(sponsor_id bigint) RETURNS @registry@.sponsor
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	sponsor	@registry@.sponsor;
BEGIN
	SELECT * INTO sponsor FROM @registry@.sponsor s
	 WHERE s.id = sponsor_id
	   AND (@registry@.acts_as_system()
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = @registry@.acting_user() AND m.role = 'sponsor' AND m.account_id = s.account_id))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not recover the filing password (备案密码) of sponsor %', @registry@.acting_user(), sponsor_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account may, and the members "system" of @registry@.member, who run the home page.';
	ELSIF sponsor.status <> 'filed' THEN
		RAISE EXCEPTION 'sponsor % is not filed', sponsor_id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN sponsor;
END
$$;
COMMENT ON FUNCTION @registry@.lock_recovery(bigint) IS 'The sponsor, locked, for who may recover its password';

CREATE FUNCTION @registry@.begin_recovery(sponsor_id bigint) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	sponsor	constant @registry@.sponsor := @registry@.lock_recovery(sponsor_id);
	code	constant text := icp.random_code(6);
BEGIN
	IF EXISTS (SELECT FROM @registry@.password_recovery r WHERE r.sponsor_id = sponsor.id AND r.sent_at > now() - interval '1 hour') THEN
		RAISE EXCEPTION 'a code (验证码) was sent for sponsor % less than an hour ago', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM @registry@.send_notice('recovery_code', NULL, 'sponsor', jsonb_build_object('sponsor_id', sponsor.id, 'code', code));
	INSERT INTO @registry@.password_recovery (sponsor_id, digest, sent_at, due_at, province_code)
	VALUES (sponsor.id, icp.hash_password(code, @registry@.setting('password_cost')::integer), now(), now() + interval '24 hours',
			sponsor.province_code)
	ON CONFLICT ON CONSTRAINT password_recovery_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, sent_at = EXCLUDED.sent_at, due_at = EXCLUDED.due_at;
	RETURN now() + interval '24 hours';
END
$$;
COMMENT ON FUNCTION @registry@.begin_recovery(bigint) IS
	'A sponsor has lost its filing password: sends a code to the mailbox and telephone that are filed, at most once an hour, and returns until when it is good (4 §14(七))';

CREATE FUNCTION @registry@.finish_recovery(sponsor_id bigint, code text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	sponsor	constant @registry@.sponsor := @registry@.lock_recovery(sponsor_id);
	waiting	@registry@.password_recovery;
	given	constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
BEGIN
	SELECT * INTO waiting FROM @registry@.password_recovery r WHERE r.sponsor_id = sponsor.id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % waits for no code (验证码)', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'begin_recovery() sends one.';
	ELSIF code IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	ELSIF @registry@.number_try('sponsor.recovery', sponsor.id, @registry@.secret_mark(waiting.digest)) > 6
		  OR clock_timestamp() >= waiting.due_at OR given !~ '^[0-9]{6}$' OR NOT icp.check_password(given, waiting.digest) THEN
		RETURN false;
	END IF;
	PERFORM @registry@.clear_tries('sponsor.recovery', sponsor.id);
	DELETE FROM @registry@.password_recovery r WHERE r.sponsor_id = sponsor.id;
	PERFORM @registry@.issue_password(sponsor.id);
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.finish_recovery(bigint, text) IS
	'With the right code a sponsor gets another filing password, which take_password() shows; false where the code is wrong, too old, or was wrong six times';

-- provider/annual_review
-- The annual review (年度审核): sponsors confirm once a year that what is filed is so (3 Q9, 4 §8(九), §14(八)).

CREATE TABLE @registry@.annual_period (
	year			integer NOT NULL CHECK (year BETWEEN 2000 AND 2099),
	province		icp.province NOT NULL,
	province_code	smallint NOT NULL,
	opens_on		date NOT NULL,
	closes_on		date NOT NULL,
	PRIMARY KEY (year, province_code),
	CONSTRAINT annual_period_days_check CHECK (closes_on >= opens_on),
	CONSTRAINT annual_period_province_code_check CHECK (province_code = icp.province_code(province))
);
COMMENT ON TABLE @registry@.annual_period IS
	'When a bureau holds the annual review of a year (每年规定时间, 3 Q9); without a row it is the whole year';
COMMENT ON COLUMN @registry@.annual_period.year IS 'Year of the review';
COMMENT ON COLUMN @registry@.annual_period.province IS 'Province of the sponsors';
COMMENT ON COLUMN @registry@.annual_period.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.annual_period.opens_on IS 'First day';
COMMENT ON COLUMN @registry@.annual_period.closes_on IS 'Last day';
CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.annual_period
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();

CREATE TABLE @registry@.annual_review (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	year			integer NOT NULL CHECK (year BETWEEN 2000 AND 2099),
	sponsor_id		bigint NOT NULL,
	account_id		bigint NOT NULL,
	province_code	smallint NOT NULL,
	opened_at		timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	answer			text CHECK (answer IN ('unchanged', 'changed', 'stopped')),
	answer_note		text,
	answered_at		timestamptz,
	answered_by		name,
	result			text CHECK (result IN ('passed', 'failed')),
	result_reason	text,
	decided_at		timestamptz,
	decided_by		name,
	noticed_at		timestamptz,
	CONSTRAINT annual_review_key UNIQUE (sponsor_id, year),
	CONSTRAINT annual_review_due_check CHECK (due_at > opened_at),
	CONSTRAINT annual_review_answered_check CHECK ((answer IS NULL) = (answered_at IS NULL)),
	CONSTRAINT annual_review_decided_check CHECK ((result IS NULL) = (decided_at IS NULL)),
	CONSTRAINT annual_review_sponsor_fkey FOREIGN KEY (sponsor_id, account_id, province_code)
		REFERENCES @registry@.sponsor (id, account_id, province_code) ON UPDATE CASCADE
);
CREATE INDEX annual_review_sponsor_idx ON @registry@.annual_review (sponsor_id, account_id, province_code);
CREATE INDEX annual_review_due_idx ON @registry@.annual_review (due_at) WHERE answer IS NULL AND result IS NULL;
COMMENT ON TABLE @registry@.annual_review IS
	'Annual reviews (年度审核, 3 Q9, 4 §14(八)): one row a filed sponsor and year; answered by the sponsor or its provider with UPDATE, decided by the bureau';
COMMENT ON COLUMN @registry@.annual_review.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.annual_review.year IS 'Year of the review';
COMMENT ON COLUMN @registry@.annual_review.sponsor_id IS 'The sponsor, with all its sites';
COMMENT ON COLUMN @registry@.annual_review.account_id IS 'The sponsor''s account, kept equal by foreign key';
COMMENT ON COLUMN @registry@.annual_review.province_code IS 'The sponsor''s province, GB/T 2260, kept equal by foreign key';
COMMENT ON COLUMN @registry@.annual_review.opened_at IS 'From when it can be answered';
COMMENT ON COLUMN @registry@.annual_review.due_at IS 'Until when, Beijing midnight';
COMMENT ON COLUMN @registry@.annual_review.answer IS
	'unchanged: all is as filed; changed: it is not, and a change is applied for on its own; stopped: the service is given up';
COMMENT ON COLUMN @registry@.annual_review.answer_note IS 'What the sponsor adds';
COMMENT ON COLUMN @registry@.annual_review.answered_at IS 'When it was last answered, filled by trigger';
COMMENT ON COLUMN @registry@.annual_review.answered_by IS 'By which role, filled by trigger';
COMMENT ON COLUMN @registry@.annual_review.result IS 'passed or failed';
COMMENT ON COLUMN @registry@.annual_review.result_reason IS 'Why it failed';
COMMENT ON COLUMN @registry@.annual_review.decided_at IS 'When it was decided, filled by trigger';
COMMENT ON COLUMN @registry@.annual_review.decided_by IS 'By which role, filled by trigger';
COMMENT ON COLUMN @registry@.annual_review.noticed_at IS 'When those concerned were told that it is overdue';

CREATE FUNCTION @registry@.unfiled_changes(sponsor_id bigint, since timestamptz) RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT CASE
		WHEN count(*) FILTER (WHERE NOT s.is_final) > 0 THEN 'a change is applied for and not yet decided'
		WHEN count(*) FILTER (WHERE a.state = 'approved' AND a.decided_at >= unfiled_changes.since) = 0
		THEN 'no change has been filed since the review was opened' END
	  FROM @registry@.application a JOIN icp.state s ON s.code = a.state
	 WHERE a.sponsor_id = unfiled_changes.sponsor_id
	   AND a.kind IN ('change_sponsor', 'change_principal', 'change_site', 'change_access');
END;
COMMENT ON FUNCTION @registry@.unfiled_changes(bigint, timestamptz) IS
	'What is still to do about data that a sponsor declared changed; NULL: the change is filed';

CREATE FUNCTION @registry@.answer_review() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	actor		name := @registry@.acting_user();
	is_owner	boolean := @registry@.acts_as_owner();
	to_do		text;
BEGIN
	IF (NEW.answer, NEW.answer_note) IS DISTINCT FROM (OLD.answer, OLD.answer_note) THEN
		IF NOT is_owner AND NOT @registry@.may_enter(OLD.account_id) THEN
			RAISE EXCEPTION 'role "%" may not answer annual review %', actor, OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = 'The sponsor or its provider answers it (4 §14(八), §12(一)).';
		ELSIF OLD.result IS NOT NULL THEN
			RAISE EXCEPTION 'annual review % is decided', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', OLD.result);
		ELSIF now() < OLD.opened_at THEN
			RAISE EXCEPTION 'annual review % is not open yet', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It opens at %s.', OLD.opened_at);
		END IF;
		NEW.answered_at := CASE WHEN NEW.answer IS NOT NULL THEN now() END;
		NEW.answered_by := CASE WHEN NEW.answer IS NOT NULL THEN actor END;
	END IF;
	IF (NEW.result, NEW.result_reason) IS DISTINCT FROM (OLD.result, OLD.result_reason) THEN
		IF NOT @registry@.acts_as_bureau(OLD.province_code) THEN
			RAISE EXCEPTION 'role "%" may not decide annual review %', actor, OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = 'The bureau (通信管理局) of the sponsor''s province decides it (4 §8(九)).';
		END IF;
		IF NEW.result = 'passed' AND (NEW.answer IS NULL OR NEW.answer = 'stopped') THEN
			RAISE EXCEPTION 'annual review % cannot be passed', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = CASE WHEN NEW.answer IS NULL THEN 'It has not been answered.'
							   ELSE 'The sponsor has given the service up; the filing is to be cancelled (4 §22(一)).' END;
		ELSIF NEW.result = 'passed' AND NEW.answer = 'changed' THEN
			to_do := @registry@.unfiled_changes(OLD.sponsor_id, OLD.opened_at);
			IF to_do IS NOT NULL THEN
				RAISE EXCEPTION 'annual review % cannot be passed', OLD.id
					USING ERRCODE = 'object_not_in_prerequisite_state',
						  DETAIL = format('The sponsor declared changes (变更), and %s (3 Q9).', to_do);
			END IF;
		ELSIF NEW.result = 'failed' AND coalesce(btrim(NEW.result_reason), '') = '' THEN
			RAISE EXCEPTION 'annual review % cannot fail without a reason', OLD.id
				USING ERRCODE = 'check_violation', HINT = 'Set column "result_reason" in the same UPDATE.';
		END IF;
		NEW.decided_at := CASE WHEN NEW.result IS NOT NULL THEN now() END;
		NEW.decided_by := CASE WHEN NEW.result IS NOT NULL THEN actor END;
		IF NEW.result IS DISTINCT FROM OLD.result THEN
			INSERT INTO @registry@.event (actor, event, sponsor_id, province_code, from_state, to_state, reason, new_values)
			VALUES (actor, 'annual_review', OLD.sponsor_id, OLD.province_code, OLD.result, NEW.result, NEW.result_reason,
					jsonb_build_object('year', OLD.year, 'answer', NEW.answer));
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.answer_review() IS
	'Trigger: who answers an annual review and who decides it; none is passed while declared changes are not filed (3 Q9)';
CREATE TRIGGER answer_review BEFORE UPDATE ON @registry@.annual_review
	FOR EACH ROW WHEN (NEW.answer IS DISTINCT FROM OLD.answer OR NEW.answer_note IS DISTINCT FROM OLD.answer_note
					   OR NEW.result IS DISTINCT FROM OLD.result OR NEW.result_reason IS DISTINCT FROM OLD.result_reason)
	EXECUTE FUNCTION @registry@.answer_review();

ALTER TABLE @registry@.annual_period ENABLE ROW LEVEL SECURITY;
CREATE POLICY annual_period_see ON @registry@.annual_period FOR SELECT USING (true);
CREATE POLICY annual_period_set ON @registry@.annual_period
	USING (@registry@.acts_as_bureau(province_code)) WITH CHECK (@registry@.acts_as_bureau(province_code));
ALTER TABLE @registry@.annual_review ENABLE ROW LEVEL SECURITY;
CREATE POLICY annual_review_see ON @registry@.annual_review FOR SELECT
	USING (@registry@.may_see(province_code, account_id));
CREATE POLICY annual_review_answer ON @registry@.annual_review FOR UPDATE
	USING (@registry@.may_enter(account_id) OR @registry@.acts_as_bureau(province_code));

CREATE FUNCTION @registry@.open_annual_review(year integer, of_province icp.province DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	opened	bigint;
BEGIN
	IF year IS NULL OR year NOT BETWEEN 2000 AND 2099 THEN
		RAISE EXCEPTION 'annual review (年度审核) of year % is not possible', coalesce(year::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Years 2000 to 2099 are accepted.';
	END IF;
	IF NOT @registry@.acts_nationwide()
	   AND (of_province IS NULL OR NOT @registry@.acts_as_bureau(icp.province_code(of_province))) THEN
		RAISE EXCEPTION 'role "%" may not open the annual review (年度审核) of %', @registry@.acting_user(),
			coalesce(of_province::text, 'every province')
			USING ERRCODE = 'insufficient_privilege',
				  DETAIL = 'A bureau (通信管理局) opens that of its own province (4 §8(九)).';
	END IF;
	WITH new_review AS (
		INSERT INTO @registry@.annual_review (year, sponsor_id, account_id, province_code, opened_at, due_at)
		SELECT open_annual_review.year, s.id, s.account_id, s.province_code, d.opened_at, d.due_at
		  FROM @registry@.sponsor s
		  LEFT JOIN @registry@.annual_period p
			ON p.year = open_annual_review.year AND p.province_code = s.province_code
		 CROSS JOIN LATERAL (SELECT
				coalesce(p.opens_on, make_date(open_annual_review.year, 1, 1))::timestamp AT TIME ZONE 'Asia/Shanghai' AS opened_at,
				(coalesce(p.closes_on, make_date(open_annual_review.year, 12, 31)) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS due_at) d
		 WHERE s.status = 'filed' AND (s.filed_at IS NULL OR s.filed_at < d.opened_at)
		   AND (of_province IS NULL OR s.province_code = icp.province_code(of_province))
		 ORDER BY s.id			-- two that open the same wait for each other's rows in one order
		ON CONFLICT ON CONSTRAINT annual_review_key DO NOTHING
		RETURNING account_id, province_code, due_at),
	told AS (
		SELECT @registry@.send_notice('annual_review_opened', NULL::bigint, 'provider',
									  jsonb_build_object('provider_id', n.provider_id, 'year', open_annual_review.year,
														 'sponsors', n.sponsors, 'due', n.due))
		  FROM (SELECT a.provider_id, count(*) AS sponsors, min((r.due_at AT TIME ZONE 'Asia/Shanghai')::date - 1) AS due
				  FROM new_review r JOIN @registry@.account a ON a.id = r.account_id
				 WHERE a.provider_id IS NOT NULL
				 GROUP BY a.provider_id ORDER BY a.provider_id) n)
	SELECT count(*) INTO opened FROM new_review WHERE (SELECT count(*) FROM told) IS NOT NULL;
	RETURN opened;
END
$$;
COMMENT ON FUNCTION @registry@.open_annual_review(integer, icp.province) IS
	'Opens the annual review of a year for the sponsors filed before it begins; again: for those that have none yet. Tells their providers, who hold it (4 §12(一)). How many were opened';

CREATE VIEW @registry@.annual_review_overdue WITH (security_barrier) AS
SELECT r.id, r.year, r.sponsor_id, s.number, s.name, a.provider_id, r.account_id, r.province_code, r.opened_at, r.due_at
  FROM @registry@.annual_review r
  JOIN @registry@.sponsor s ON s.id = r.sponsor_id
  JOIN @registry@.account a ON a.id = r.account_id
 WHERE r.answer IS NULL AND r.result IS NULL AND r.due_at <= now() AND s.status = 'filed'
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(r.province_code, r.account_id));
COMMENT ON VIEW @registry@.annual_review_overdue IS 'Annual reviews (年度审核) that nobody answered in time';
COMMENT ON COLUMN @registry@.annual_review_overdue.id IS 'The review';
COMMENT ON COLUMN @registry@.annual_review_overdue.year IS 'Its year';
COMMENT ON COLUMN @registry@.annual_review_overdue.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.annual_review_overdue.number IS 'Its number';
COMMENT ON COLUMN @registry@.annual_review_overdue.name IS 'Its name';
COMMENT ON COLUMN @registry@.annual_review_overdue.provider_id IS 'The provider that keeps its account';
COMMENT ON COLUMN @registry@.annual_review_overdue.account_id IS 'Its account';
COMMENT ON COLUMN @registry@.annual_review_overdue.province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.annual_review_overdue.opened_at IS 'From when it could be answered';
COMMENT ON COLUMN @registry@.annual_review_overdue.due_at IS 'Until when';

-- What a provider's standing has to do with time.  Each handler marks what it has told, so that it tells it once.
CREATE FUNCTION @registry@.standing_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	handled	bigint := 0;
	late	record;
	told	bigint;
BEGIN
	FOR late IN
		UPDATE @registry@.provider_officer o SET noticed_at = now()
		 WHERE o.id IN (SELECT d.id FROM @registry@.provider_officer d
						 WHERE d.reported_at IS NULL AND d.due_at <= now() AND d.noticed_at IS NULL
						 ORDER BY d.id FOR UPDATE SKIP LOCKED)
		RETURNING o.provider_id, o.duty, o.due_at
	LOOP
		PERFORM @registry@.send_notice('officer_report_overdue', NULL::bigint, 'provider',
									   jsonb_build_object('provider_id', late.provider_id,
														  'duty', CASE late.duty WHEN 'head' THEN '正职' ELSE '副职' END,
														  'due', (late.due_at AT TIME ZONE 'Asia/Shanghai')::date - 1));
		handled := handled + 1;
	END LOOP;
	FOR late IN
		UPDATE @registry@.provider p SET licence_noticed_at = now()
		 WHERE p.id IN (SELECT d.id FROM @registry@.provider d
						 WHERE d.licence_valid_until < (now() AT TIME ZONE 'Asia/Shanghai')::date
						   AND d.licence_noticed_at IS NULL AND d.admission <> 'exited'
						 ORDER BY d.id FOR NO KEY UPDATE SKIP LOCKED)
		RETURNING p.id, p.name, p.province_code, p.licence_valid_until
	LOOP
		PERFORM @registry@.send_notice('provider_licence_expired', NULL::bigint, 'bureau',
									   jsonb_build_object('provider_id', late.id, 'provider', late.name,
														  'province_code', late.province_code, 'due', late.licence_valid_until));
		handled := handled + 1;
	END LOOP;
	-- many sponsors, few providers: one notice for each provider and year
	FOR late IN
		WITH marked AS (
			UPDATE @registry@.annual_review r SET noticed_at = now()
			 WHERE r.id IN (SELECT d.id FROM @registry@.annual_review d
							 WHERE d.answer IS NULL AND d.result IS NULL AND d.due_at <= now() AND d.noticed_at IS NULL
							 ORDER BY d.id FOR NO KEY UPDATE SKIP LOCKED)
			RETURNING r.year, r.account_id)
		SELECT a.provider_id, m.year, count(*) AS sponsors
		  FROM marked m JOIN @registry@.account a ON a.id = m.account_id
		 GROUP BY a.provider_id, m.year ORDER BY a.provider_id, m.year
	LOOP
		IF late.provider_id IS NOT NULL THEN
			PERFORM @registry@.send_notice('annual_review_overdue', NULL::bigint, 'provider',
										   jsonb_build_object('provider_id', late.provider_id, 'year', late.year,
															  'sponsors', late.sponsors));
		END IF;
		handled := handled + late.sponsors;
	END LOOP;
	RETURN handled;
END
$$;
COMMENT ON FUNCTION @registry@.standing_clock() IS
	'Clocks of standing: officers not reported (4 §12(一)), licences run out (4 §32), annual reviews not answered (3 Q9); tells each once, safely in parallel; how many it told of';

-- notice/clock
-- Clocks: which term of icp.clock runs for an application, and what happens when it is over.
-- Nothing here wakes up by itself: any scheduler calls run_clocks(), as often as it likes.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('clock_batch', '10000', 'How many applications one call of run_clocks() handles at most; call it again until it returns 0');

-- What run_clocks() and the lists have to look at, and no more.
CREATE INDEX application_clock_due_idx ON @registry@.application (clock_due_at) WHERE clock_overdue_at IS NULL;
CREATE INDEX application_clock_overdue_idx ON @registry@.application (clock_overdue_at) WHERE clock_overdue_at IS NOT NULL;
CREATE INDEX application_clock_unknown_idx ON @registry@.application (id) WHERE clock IS NOT NULL AND clock_due_at IS NULL;

CREATE FUNCTION @registry@.stamp_clock() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	term	record;
BEGIN
	-- (what has expired waits for nothing)
	SELECT t.code, t.since INTO term FROM icp.clock_term t
	 WHERE NEW.state = ANY (t.states) AND (t.kinds IS NULL OR NEW.kind = ANY (t.kinds)) AND NEW.state <> 'expired';
	IF term.code IS NULL OR term.since = 'submitted_at' AND NEW.submitted_at IS NULL THEN
		NEW.clock := NULL;
		NEW.clock_due_at := NULL;
	ELSIF term.since = 'reported_at' THEN
		-- the review's deadline, which stamp_application() has set
		NEW.clock := term.code;
		NEW.clock_due_at := NEW.due_at;
	ELSIF term.since <> 'state' OR NEW.state IS DISTINCT FROM OLD.state THEN
		NEW.clock := term.code;
		NEW.clock_due_at := icp.clock_due(term.code, CASE term.since WHEN 'submitted_at' THEN NEW.submitted_at ELSE now() END);
		IF NEW.clock_due_at IS NULL THEN
			RAISE WARNING 'the deadline "%" (%) of application % cannot be computed', term.code, NEW.state, NEW.id
				USING HINT = 'Load the year into icp.calendar_local; run_clocks() fills the deadline in then.';
		END IF;
	END IF;
	NEW.clock_overdue_at := CASE
		WHEN NEW.clock IS DISTINCT FROM OLD.clock OR NEW.clock_due_at IS DISTINCT FROM OLD.clock_due_at THEN NULL
		-- by record_overdue() below
		WHEN NEW.state IS DISTINCT FROM OLD.state AND OLD.clock_due_at <= now() THEN coalesce(OLD.clock_overdue_at, now())
		ELSE OLD.clock_overdue_at END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.stamp_clock() IS
	'Trigger: sets which term runs for an application in its new state, and when it is over';
-- after stamp_application, whose times it reads
CREATE TRIGGER stamp_clock BEFORE UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
					   OR NEW.reported_at IS DISTINCT FROM OLD.reported_at OR NEW.due_at IS DISTINCT FROM OLD.due_at)
	EXECUTE FUNCTION @registry@.stamp_clock();

-- Each clock is kept or recorded as overdue: here when the step comes late and before run_clocks() has seen it.
CREATE FUNCTION @registry@.record_overdue() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (a FULL JOIN behind a fence, as in record_steps())
	IF EXISTS (SELECT FROM old_rows o WHERE o.clock_due_at <= now() AND o.clock_overdue_at IS NULL) THEN
		INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, new_values)
		SELECT (SELECT @registry@.acting_user()), 'overdue', r.id, r.sponsor_id, r.site_id, r.province_code,
			   jsonb_build_object('clock', r.clock, 'state', r.state, 'due_at', r.clock_due_at)
		  FROM (SELECT o.id, o.sponsor_id, o.site_id, o.province_code, o.clock, o.state, o.clock_due_at, o.clock_overdue_at,
					   n.state AS after
				  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
		 WHERE r.after <> r.state AND r.after <> 'expired' AND r.clock_due_at <= now() AND r.clock_overdue_at IS NULL
		   AND EXISTS (SELECT FROM icp.clock t WHERE t.code = r.clock AND t.action <> 'own')
		 ORDER BY r.id;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_overdue() IS
	'Trigger: records which steps of a statement came after their term was over';
-- (behind the steps' own events)
CREATE TRIGGER d_record_overdue AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.record_overdue();

-- What a clock may pass by is a mistake in what it handles.  Everything else is the caller's: he tries the transaction
-- again (class 40), has it on a server that can be written (25), or finds the server out of something or going down.
CREATE FUNCTION @registry@.is_passed_by(error text) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN left(error, 2) NOT IN ('25', '40', '53', '57', '58', 'XX');
COMMENT ON FUNCTION @registry@.is_passed_by(text) IS
	'May a clock go on to the next after an error of this SQLSTATE? Not after serialization failures, deadlocks, a read-only server, lack of resources, a shutdown';

CREATE FUNCTION @registry@.expire_applications(how_many integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	due			bigint[];
	with_draft	bigint[];
	free_draft	bigint[];
	one			bigint;
	expired		bigint := 0;
BEGIN
	-- With the sponsor, so that of two runs only one ends a sponsor's last application, and they never wait for each other.
	due := ARRAY(SELECT a.id FROM @registry@.application a JOIN @registry@.sponsor s ON s.id = a.sponsor_id
				  WHERE a.clock_due_at <= now() AND a.clock_overdue_at IS NULL
					AND a.clock IN (SELECT t.code FROM icp.clock t WHERE t.action = 'expire')
				  ORDER BY a.clock_due_at LIMIT how_many
					FOR NO KEY UPDATE OF a, s SKIP LOCKED);
	-- nor for who edits the draft of a site, which ends with its application
	with_draft := ARRAY(SELECT a.id FROM @registry@.application a JOIN @registry@.site t ON t.id = a.site_id
						 WHERE a.id = ANY (due) AND t.status = 'draft');
	free_draft := ARRAY(SELECT a.id FROM @registry@.application a JOIN @registry@.site t ON t.id = a.site_id
						 WHERE a.id = ANY (with_draft) AND t.status = 'draft' FOR NO KEY UPDATE OF t SKIP LOCKED);
	due := ARRAY(SELECT unnest(due) EXCEPT (SELECT unnest(with_draft) EXCEPT SELECT unnest(free_draft)));
	BEGIN
		UPDATE @registry@.application a SET state = 'expired' WHERE a.id = ANY (due);
		GET DIAGNOSTICS expired = ROW_COUNT;
		RETURN expired;
	EXCEPTION WHEN OTHERS THEN
		IF NOT @registry@.is_passed_by(SQLSTATE) THEN
			RAISE;
		END IF;
	END;
	-- One of them does not go: the others do.
	FOREACH one IN ARRAY due LOOP
		BEGIN
			UPDATE @registry@.application a SET state = 'expired' WHERE a.id = one;
			expired := expired + 1;
		EXCEPTION WHEN OTHERS THEN
			IF NOT @registry@.is_passed_by(SQLSTATE) THEN
				RAISE;
			END IF;
			RAISE WARNING 'application % cannot expire: %', one, SQLERRM;
		END;
	END LOOP;
	RETURN expired;
END
$$;
COMMENT ON FUNCTION @registry@.expire_applications(integer) IS
	'Expires applications whose term is over (2 二(二)1(2)); passes by what another transaction has locked';

CREATE FUNCTION @registry@.list_overdue(how_many integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	recorded	bigint;
BEGIN
	WITH late AS (
		UPDATE @registry@.application a SET clock_overdue_at = now()
		 WHERE a.id = ANY (ARRAY(
				SELECT d.id FROM @registry@.application d
				 WHERE d.clock_due_at <= now() AND d.clock_overdue_at IS NULL
				   AND d.clock IN (SELECT t.code FROM icp.clock t WHERE t.action = 'list')
				 ORDER BY d.clock_due_at LIMIT how_many
				   FOR NO KEY UPDATE SKIP LOCKED))
		RETURNING a.*)
	INSERT INTO @registry@.event (actor, event, application_id, sponsor_id, site_id, province_code, new_values)
	SELECT @registry@.acting_user(), 'overdue', l.id, l.sponsor_id, l.site_id, l.province_code,
		   jsonb_build_object('clock', l.clock, 'state', l.state, 'due_at', l.clock_due_at)
	  FROM late l ORDER BY l.id;
	GET DIAGNOSTICS recorded = ROW_COUNT;
	RETURN recorded;
END
$$;
COMMENT ON FUNCTION @registry@.list_overdue(integer) IS
	'Records, once, which applications stand longer than their term allows';

-- Deadlines that the calendar could not tell when they began: it may have been loaded since.
CREATE FUNCTION @registry@.fill_deadlines(how_many integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	filled	bigint;
BEGIN
	UPDATE @registry@.application a
	   SET due_at = CASE f.since WHEN 'reported_at' THEN f.due_at ELSE a.due_at END, clock_due_at = f.due_at
	  FROM (SELECT u.id, t.since,
				   icp.clock_due(u.clock, CASE t.since WHEN 'reported_at' THEN u.reported_at ELSE u.submitted_at END) AS due_at
			  FROM (SELECT d.id, d.clock, d.reported_at, d.submitted_at FROM @registry@.application d
					 WHERE d.clock IS NOT NULL AND d.clock_due_at IS NULL
					 ORDER BY d.id LIMIT how_many
					   FOR NO KEY UPDATE SKIP LOCKED) u
			  JOIN icp.clock_term t ON t.code = u.clock) f
	 WHERE a.id = f.id AND f.due_at IS NOT NULL;
	GET DIAGNOSTICS filled = ROW_COUNT;
	RETURN filled;
END
$$;
COMMENT ON FUNCTION @registry@.fill_deadlines(integer) IS
	'Fills in deadlines that could not be computed while the calendar lacked the year';

CREATE FUNCTION @registry@.application_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	how_many	integer := @registry@.setting('clock_batch')::integer;
BEGIN
	RETURN @registry@.fill_deadlines(how_many) + @registry@.expire_applications(how_many)
		+ @registry@.list_overdue(how_many);
END
$$;
COMMENT ON FUNCTION @registry@.application_clock() IS
	'What the terms of applications bring about: late visits expire, other late steps are recorded; returns how many applications';

CREATE FUNCTION @registry@.run_clocks() RETURNS TABLE (clock text, handled bigint)
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.require_system('run the clocks (运行时钟)');
	FOREACH clock IN ARRAY '{sms,application,standing,approval,notice}'::text[] LOOP
		-- What one subject stumbles over does not stop the others.
		BEGIN
			handled := CASE clock
				WHEN 'sms' THEN @registry@.sms_clock()
				WHEN 'application' THEN @registry@.application_clock()
				WHEN 'standing' THEN @registry@.standing_clock()
				WHEN 'approval' THEN @registry@.approval_clock()
				WHEN 'notice' THEN @registry@.notice_clock() END;
		EXCEPTION WHEN OTHERS THEN
			IF NOT @registry@.is_passed_by(SQLSTATE) THEN
				RAISE;
			END IF;
			RAISE WARNING 'clock "%" failed: %', clock, SQLERRM;
			handled := NULL;
		END;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.run_clocks() IS
	'Does what is due by now and returns how much, a row a subject (NULL: it failed, see the warning). For any scheduler: as often as it likes, in any number of sessions at once, at READ COMMITTED; again until all are 0, since a call does clock_batch at most';

-- provider/shell
-- Empty shells: what is filed and has nothing under it any more (1 表 迁移后, 管局5, 4 §19(四)).

CREATE VIEW @registry@.empty_shell_site WITH (security_barrier) AS
SELECT t.id, t.number, t.kind, t.name, t.domains, t.sponsor_id, t.account_id, t.province_code, t.filed_at,
	   EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
				WHERE a.site_id = t.id AND NOT s.is_final)
	   AS being_dealt_with
  FROM @registry@.site t
 WHERE t.status = 'filed'
   AND NOT EXISTS (SELECT FROM @registry@.access x WHERE x.site_id = t.id AND x.status = 'live')
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(t.province_code, t.account_id));
COMMENT ON VIEW @registry@.empty_shell_site IS 'Empty-shell sites (空壳网站): filed, but no provider gives them access';
COMMENT ON COLUMN @registry@.empty_shell_site.id IS 'The site';
COMMENT ON COLUMN @registry@.empty_shell_site.number IS 'Its filing number';
COMMENT ON COLUMN @registry@.empty_shell_site.kind IS 'site, app, mini_program or quick_app';
COMMENT ON COLUMN @registry@.empty_shell_site.name IS 'Its name';
COMMENT ON COLUMN @registry@.empty_shell_site.domains IS 'Its domains';
COMMENT ON COLUMN @registry@.empty_shell_site.sponsor_id IS 'Its sponsor';
COMMENT ON COLUMN @registry@.empty_shell_site.account_id IS 'The account';
COMMENT ON COLUMN @registry@.empty_shell_site.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.empty_shell_site.filed_at IS 'When it was filed';
COMMENT ON COLUMN @registry@.empty_shell_site.being_dealt_with IS 'An application concerning it is under way, such as a new access or a cancellation';

CREATE VIEW @registry@.empty_shell_sponsor WITH (security_barrier) AS
SELECT p.id, p.number, p.name, p.account_id, p.province_code, p.filed_at,
	   EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
				WHERE a.sponsor_id = p.id AND NOT s.is_final)
	   AS being_dealt_with
  FROM @registry@.sponsor p
 WHERE p.status = 'filed'
   AND NOT EXISTS (SELECT FROM @registry@.site t WHERE t.sponsor_id = p.id AND t.status = 'filed')
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.may_see(p.province_code, p.account_id));
COMMENT ON VIEW @registry@.empty_shell_sponsor IS 'Empty-shell sponsors (空壳主体): filed, but without a filed site';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.id IS 'The sponsor';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.number IS 'Its number';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.name IS 'Its name';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.account_id IS 'The account';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.filed_at IS 'When it was filed';
COMMENT ON COLUMN @registry@.empty_shell_sponsor.being_dealt_with IS 'An application concerning it is under way, such as a new site or a cancellation';

-- record/site_name
-- The same name of a site in another account (网站名称冲突, result code 1020): a warning, not a conflict.
-- Names such as 个人主页 are those of very many sites, so nothing is recorded for each pair: the name is looked up when an
-- application is reported, no further than to the hundredth rival.

CREATE INDEX site_name_key_idx ON @registry@.site (name_key) WHERE name_key IS NOT NULL;

CREATE FUNCTION @registry@.fill_site_name_key() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.name_key := nullif(icp.name_key(NEW.name), NEW.name);
	-- what does not fit into an index is no name that two would have
	IF octet_length(NEW.name_key) > 2000 OR NEW.name_key = '' THEN
		NEW.name_key := NULL;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_site_name_key() IS 'Trigger: fills a site''s name_key';
-- most names are their own keys, and then nothing is called
CREATE TRIGGER fill_name_key BEFORE INSERT ON @registry@.site
	FOR EACH ROW WHEN (NEW.name_key IS NOT NULL OR NEW.name <> icp.name_key(NEW.name))
	EXECUTE FUNCTION @registry@.fill_site_name_key();
CREATE TRIGGER fill_new_name_key BEFORE UPDATE ON @registry@.site
	FOR EACH ROW WHEN (NEW.name IS DISTINCT FROM OLD.name OR NEW.name_key IS DISTINCT FROM OLD.name_key
					   OR NEW.name_key IS DISTINCT FROM nullif(icp.name_key(NEW.name), NEW.name))
	EXECUTE FUNCTION @registry@.fill_site_name_key();

CREATE FUNCTION @registry@.find_site_name_rivals(name text, account_id bigint, at_most integer DEFAULT 100)
	RETURNS TABLE (site_id bigint, sponsor_id bigint, rival_account_id bigint, rival_name text, status text)
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT t.id, t.sponsor_id, t.account_id, t.name, t.status
	  FROM @registry@.site t
	 WHERE icp.name_key(find_site_name_rivals.name) <> ''
	   AND (t.name = icp.name_key(find_site_name_rivals.name) OR t.name_key = icp.name_key(find_site_name_rivals.name))
	   AND t.status IN ('draft', 'filed') AND t.account_id <> find_site_name_rivals.account_id
	 LIMIT at_most;
END;
COMMENT ON FUNCTION @registry@.find_site_name_rivals(text, bigint, integer) IS
	'Sites of other accounts that bear the name, by icp.name_key; no more than at_most, of those that the caller may see';

CREATE FUNCTION @registry@.warn_site_name() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	wanted	text;
	rivals	bigint;
BEGIN
	IF NEW.kind IN ('new_filing', 'new_site') THEN
		wanted := (SELECT t.name FROM @registry@.site t WHERE t.id = NEW.site_id);
	ELSE
		wanted := (SELECT n.name FROM @registry@.site_change n WHERE n.application_id = NEW.id);
	END IF;
	rivals := (SELECT count(*) FROM @registry@.find_site_name_rivals(wanted, NEW.account_id, 100));
	IF rivals > 0 THEN
		INSERT INTO @registry@.warning (relation, row_id, code, field, found, expected, severity, clause, message_zh,
										message_en, advice_zh, application_id, sponsor_id, site_id, province_code)
		VALUES ('@registry@.site'::regclass, NEW.site_id::text, '1020', 'site_name', wanted,
				'a name that no site of another account bears', 'warning', '3 Q17',
				format('网站名称与其他用户的%s个网站相同', CASE WHEN rivals = 100 THEN '至少100' ELSE rivals::text END),
				format('%s of other accounts bear the site''s name (网站名称冲突)',
					   CASE rivals WHEN 1 THEN '1 site' WHEN 100 THEN '100 sites or more' ELSE rivals || ' sites' END),
				'核实网站名称，必要时更换', NEW.id, NEW.sponsor_id, NEW.site_id, NEW.province_code);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.warn_site_name() IS
	'Trigger: notes at the report that sites of other accounts bear the same name (result code 1020)';
-- after the form rules, which write their warnings anew
CREATE TRIGGER d_warn_site_name AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state = 'reported' AND NEW.state IS DISTINCT FROM OLD.state AND NEW.site_id IS NOT NULL)
	EXECUTE FUNCTION @registry@.warn_site_name();

-- rate/rate
-- What crawls find, and the filing rate (备案率, 5 附件2 一).

CREATE TABLE @registry@.sighting (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	domain			icp.domain_name NOT NULL,
	ip				inet,
	provider_id		bigint REFERENCES @registry@.provider,
	province		icp.province,
	province_code	smallint,
	seen_at			timestamptz NOT NULL DEFAULT now(),
	closed_at		timestamptz
);
CREATE INDEX sighting_domain_idx ON @registry@.sighting (domain);
CREATE INDEX sighting_provider_id_idx ON @registry@.sighting (provider_id);
COMMENT ON TABLE @registry@.sighting IS 'Sites that a crawl found in operation (网站发现)';
COMMENT ON COLUMN @registry@.sighting.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.sighting.domain IS 'Domain under which the site answered';
COMMENT ON COLUMN @registry@.sighting.ip IS 'Address that answered';
COMMENT ON COLUMN @registry@.sighting.provider_id IS 'Provider that the address belongs to';
COMMENT ON COLUMN @registry@.sighting.province IS 'Province of the site''s access';
COMMENT ON COLUMN @registry@.sighting.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.sighting.seen_at IS 'When it was seen';
COMMENT ON COLUMN @registry@.sighting.closed_at IS 'When it was found to be gone';
CREATE TRIGGER fill_province_code BEFORE INSERT OR UPDATE OF province, province_code ON @registry@.sighting
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_province_code();

-- Whoever reads the rates sees none of the claims.
CREATE FUNCTION @registry@.is_filed(domain icp.domain_name) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM unnest(ARRAY[domain::text, icp.registrable_domain(domain::text)::text]) AS candidate(name)
		  JOIN @registry@.claim c ON c.key_hash = icp.claim_hash('domain', candidate.name)
		   AND c.kind = 'domain' AND c.key = candidate.name AND c.approved AND c.released_at IS NULL);
END;
COMMENT ON FUNCTION @registry@.is_filed(icp.domain_name) IS
	'Is the domain, or the independent domain it lies under, that of a filed site?';

-- Grouped as text here and below: a view may come before the types' operator classes when a dump is read.
CREATE VIEW @registry@.unfiled_site AS
SELECT s.domain::text::icp.domain_name AS domain, s.province_code, s.provider_id, min(s.seen_at) AS first_seen_at, max(s.seen_at) AS last_seen_at,
	   count(*) AS times_seen
  FROM @registry@.sighting s
 WHERE s.closed_at IS NULL AND NOT @registry@.is_filed(s.domain)
 GROUP BY s.domain::text, s.province_code, s.provider_id;
COMMENT ON VIEW @registry@.unfiled_site IS 'Sites found in operation whose domain is not filed (未备案网站)';
COMMENT ON COLUMN @registry@.unfiled_site.domain IS 'Domain under which the site answered';
COMMENT ON COLUMN @registry@.unfiled_site.province_code IS 'Province of the access, GB/T 2260';
COMMENT ON COLUMN @registry@.unfiled_site.provider_id IS 'Provider that the address belongs to';
COMMENT ON COLUMN @registry@.unfiled_site.first_seen_at IS 'First time it was seen';
COMMENT ON COLUMN @registry@.unfiled_site.last_seen_at IS 'Last time it was seen';
COMMENT ON COLUMN @registry@.unfiled_site.times_seen IS 'How often';

CREATE VIEW @registry@.filing_rate_by_province AS
SELECT icp.province(n.province_code) AS province,
	   n.province_code,
	   count(*) FILTER (WHERE n.filed) AS filed_sites,
	   count(*) FILTER (WHERE NOT n.filed) AS unfiled_sites,
	   icp.filing_rate(n.filed) AS filing_rate
  FROM (SELECT t.province_code, true AS filed FROM @registry@.site t WHERE t.status = 'filed'
		UNION ALL
		SELECT u.province_code, false
		  FROM (SELECT DISTINCT v.domain::text, v.province_code FROM @registry@.unfiled_site v) u) n
 GROUP BY n.province_code;
COMMENT ON VIEW @registry@.filing_rate_by_province IS
	'Filing rate by province (备案率): filed sites / (filed sites + unfiled sites found), 5 附件2 一';
COMMENT ON COLUMN @registry@.filing_rate_by_province.province IS 'The sponsor''s province; for a site not filed, the one it was seen in';
COMMENT ON COLUMN @registry@.filing_rate_by_province.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.filing_rate_by_province.filed_sites IS 'Sites filed now';
COMMENT ON COLUMN @registry@.filing_rate_by_province.unfiled_sites IS 'Sites found that are not filed';
COMMENT ON COLUMN @registry@.filing_rate_by_province.filing_rate IS 'filed / (filed + unfiled), between 0 and 1';

CREATE VIEW @registry@.filing_rate_by_provider AS
SELECT n.provider_id,
	   p.name AS provider,
	   count(*) FILTER (WHERE n.filed) AS filed_sites,
	   count(*) FILTER (WHERE NOT n.filed) AS unfiled_sites,
	   icp.filing_rate(n.filed) AS filing_rate
  FROM (SELECT a.provider_id, true AS filed
		  FROM @registry@.access a JOIN @registry@.site t ON t.id = a.site_id
		 WHERE a.status = 'live' AND t.status = 'filed'
		UNION ALL
		SELECT u.provider_id, false
		  FROM (SELECT DISTINCT v.domain::text, v.provider_id FROM @registry@.unfiled_site v) u) n
  LEFT JOIN @registry@.provider p ON p.id = n.provider_id
 GROUP BY n.provider_id, p.name;
COMMENT ON VIEW @registry@.filing_rate_by_provider IS
	'Filing rate by access provider (备案率), 5 附件2 一; a site with two providers counts for each';
COMMENT ON COLUMN @registry@.filing_rate_by_provider.provider_id IS 'The provider; NULL for sites found at an unknown one';
COMMENT ON COLUMN @registry@.filing_rate_by_provider.provider IS 'Its name';
COMMENT ON COLUMN @registry@.filing_rate_by_provider.filed_sites IS 'Filed sites with live access there';
COMMENT ON COLUMN @registry@.filing_rate_by_provider.unfiled_sites IS 'Sites found there that are not filed';
COMMENT ON COLUMN @registry@.filing_rate_by_provider.filing_rate IS 'filed / (filed + unfiled), between 0 and 1';

-- stop/stop
-- Stopping access to a site and resolution of a domain, and lifting the stop.

CREATE TABLE @registry@.stop_order (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	what			text NOT NULL CHECK (what IN ('access', 'resolution')),
	ground			text NOT NULL REFERENCES icp.stop_ground,
	site_id			bigint REFERENCES @registry@.site,
	provider_id		bigint REFERENCES @registry@.provider,
	domain			icp.domain_name,
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	evidence_sha256	bytea CHECK (octet_length(evidence_sha256) = 32),
	province_code	smallint,
	ordered_by		name NOT NULL,
	ordered_at		timestamptz NOT NULL DEFAULT now(),
	done_at			timestamptz,
	done_by			name,
	lifted_at		timestamptz,
	lifted_by		name,
	lifted_because	text,
	CONSTRAINT stop_order_target_check CHECK (CASE what
		WHEN 'access' THEN site_id IS NOT NULL AND provider_id IS NOT NULL
		ELSE domain IS NOT NULL END),
	-- what was clearly against the law is kept as evidence (4 §12(十))
	CONSTRAINT stop_order_evidence_check CHECK (ground <> 'illegal_content' OR evidence_sha256 IS NOT NULL),
	CONSTRAINT stop_order_lifted_check CHECK ((lifted_at IS NULL) = (lifted_because IS NULL) AND btrim(lifted_because) <> '')
);
CREATE INDEX stop_order_site_id_idx ON @registry@.stop_order (site_id);
CREATE INDEX stop_order_provider_id_idx ON @registry@.stop_order (provider_id);
CREATE INDEX stop_order_ground_idx ON @registry@.stop_order (ground);
CREATE INDEX stop_order_domain_idx ON @registry@.stop_order (domain) WHERE lifted_at IS NULL;
CREATE UNIQUE INDEX stop_order_open_access_key ON @registry@.stop_order (site_id, provider_id, ground)
	WHERE what = 'access' AND lifted_at IS NULL;
COMMENT ON TABLE @registry@.stop_order IS
	'Orders that access to a site, or resolution of a domain, stops: kept for good, lifted by a reason';
COMMENT ON COLUMN @registry@.stop_order.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.stop_order.what IS 'access to a site, or resolution of a domain (with redirection)';
COMMENT ON COLUMN @registry@.stop_order.ground IS 'Why, see icp.stop_ground';
COMMENT ON COLUMN @registry@.stop_order.site_id IS 'The site';
COMMENT ON COLUMN @registry@.stop_order.provider_id IS 'The provider that stops its access; for a domain the unit that resolves it, where it is known';
COMMENT ON COLUMN @registry@.stop_order.domain IS 'The domain that is not resolved; what lies under it neither';
COMMENT ON COLUMN @registry@.stop_order.reason IS 'What was found, and by whom';
COMMENT ON COLUMN @registry@.stop_order.evidence_sha256 IS 'SHA-256 of the evidence kept; needed for illegal_content (4 §12(十))';
COMMENT ON COLUMN @registry@.stop_order.province_code IS 'Province of the site, GB/T 2260, filled by trigger; of the bureau for a domain of no filed site';
COMMENT ON COLUMN @registry@.stop_order.ordered_by IS 'Role that ordered it, filled by trigger';
COMMENT ON COLUMN @registry@.stop_order.ordered_at IS 'When';
COMMENT ON COLUMN @registry@.stop_order.done_at IS 'When it was carried out; the law says at once (4 §12(十), §16(七))';
COMMENT ON COLUMN @registry@.stop_order.done_by IS 'Role that said so, filled by trigger';
COMMENT ON COLUMN @registry@.stop_order.lifted_at IS 'When it was lifted';
COMMENT ON COLUMN @registry@.stop_order.lifted_by IS 'Role that lifted it, filled by trigger';
COMMENT ON COLUMN @registry@.stop_order.lifted_because IS 'Why it was lifted';

CREATE FUNCTION @registry@.has_to_do_with(provider_id bigint, site_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_for_provider(has_to_do_with.provider_id)
	   AND (EXISTS (SELECT FROM @registry@.access a
					 WHERE a.site_id = has_to_do_with.site_id AND a.provider_id = has_to_do_with.provider_id
					   -- (a draft anybody may enter)
					   AND a.status <> 'draft')
			OR EXISTS (SELECT FROM @registry@.site t JOIN @registry@.account c ON c.id = t.account_id
						WHERE t.id = has_to_do_with.site_id AND c.provider_id = has_to_do_with.provider_id));
END;
COMMENT ON FUNCTION @registry@.has_to_do_with(bigint, bigint) IS
	'Row security: does the acting role act for this provider, and is the site its customer''s or served by it, now or before?';

CREATE FUNCTION @registry@.fill_stop_order() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ground	icp.stop_ground;
BEGIN
	SELECT * INTO ground FROM icp.stop_ground g WHERE g.code = NEW.ground;
	IF TG_OP = 'INSERT' THEN
		NEW.ordered_by := @registry@.acting_user();
		NEW.province_code := coalesce((SELECT s.province_code FROM @registry@.site s WHERE s.id = NEW.site_id),
									  NEW.province_code,
									  (SELECT m.province_code FROM @registry@.member m
										WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau'
										ORDER BY m.id LIMIT 1));
		IF ground.what NOT IN ('both', NEW.what) THEN
			RAISE EXCEPTION 'ground "%" (%) does not stop %', NEW.ground, ground.name_zh, NEW.what
				USING ERRCODE = 'check_violation', DETAIL = format('It stops %s (%s).', ground.what, ground.clause);
		END IF;
		RETURN NEW;
	END IF;
	IF (NEW.what, NEW.ground, NEW.site_id, NEW.provider_id, NEW.domain::text, NEW.reason, NEW.evidence_sha256,
		NEW.ordered_by, NEW.ordered_at)
	   IS DISTINCT FROM
	   (OLD.what, OLD.ground, OLD.site_id, OLD.provider_id, OLD.domain::text, OLD.reason, OLD.evidence_sha256,
		OLD.ordered_by, OLD.ordered_at)
	   OR OLD.done_at IS NOT NULL AND NEW.done_at IS DISTINCT FROM OLD.done_at
	   OR OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_because)
										IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_because) THEN
		RAISE EXCEPTION 'stop order % stands as it was given', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'It is reported done by done_at, lifted by lifted_at and lifted_because, each once.';
	END IF;
	-- members date nothing back
	IF NEW.done_at IS DISTINCT FROM OLD.done_at THEN
		NEW.done_by := @registry@.acting_user();
		NEW.done_at := CASE WHEN @registry@.acts_as_owner() THEN NEW.done_at ELSE now() END;
	END IF;
	IF NEW.lifted_at IS DISTINCT FROM OLD.lifted_at THEN
		NEW.lifted_by := @registry@.acting_user();
		NEW.lifted_at := CASE WHEN @registry@.acts_as_owner() THEN NEW.lifted_at ELSE now() END;
		-- 3 Q8: it is opened again when it has its number
		IF ground.needs_filing AND NOT (CASE NEW.what
				WHEN 'access' THEN EXISTS (SELECT FROM @registry@.site s WHERE s.id = NEW.site_id AND s.status = 'filed')
				ELSE @registry@.is_filed(NEW.domain) END) THEN
			RAISE EXCEPTION 'stop order % cannot be lifted before the site is filed', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('Ground: %s (%s).', ground.name_zh, ground.clause),
					  HINT = 'A site closed for lack of filing opens again when it has its number (3 Q8).';
		END IF;
		-- what a bureau ordered, a provider does not lift
		IF NOT @registry@.is_member('{bureau,ministry}', NEW.province_code, NULL)
		   AND NOT @registry@.is_member('{provider}', NULL, (SELECT m.provider_id FROM @registry@.member m
															   WHERE m.role_name = NEW.ordered_by AND m.role = 'provider'
																 AND m.provider_id = NEW.provider_id LIMIT 1)) THEN
			RAISE EXCEPTION 'role "%" may not lift stop order %', @registry@.acting_user(), OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = format('It was ordered by "%s".', NEW.ordered_by),
					  HINT = 'A provider lifts what it ordered itself; a bureau (通信管理局) any of its province.';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_stop_order() IS
	'Trigger: who ordered, carried out and lifted a stop; what may change of it, and when it may be lifted (3 Q8)';
CREATE TRIGGER fill_stop_order BEFORE INSERT OR UPDATE ON @registry@.stop_order
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_stop_order();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.stop_order
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.record_stop() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	what_happened	text := CASE WHEN TG_OP = 'INSERT' THEN 'stop'
								 WHEN NEW.lifted_at IS DISTINCT FROM OLD.lifted_at THEN 'lift_stop'
								 ELSE 'stop_done' END;
BEGIN
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, reason, new_values)
	VALUES (@registry@.acting_user(), what_happened,
			(SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = NEW.site_id), NEW.site_id, NEW.province_code,
			CASE what_happened WHEN 'lift_stop' THEN NEW.lifted_because ELSE NEW.reason END,
			jsonb_strip_nulls(jsonb_build_object('stop_order', NEW.id, 'what', NEW.what, 'ground', NEW.ground,
												 'domain', NEW.domain, 'provider_id', NEW.provider_id)));
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_stop() IS 'Trigger: writes the event of a stop order';
CREATE TRIGGER record_stop AFTER INSERT OR UPDATE ON @registry@.stop_order
	FOR EACH ROW EXECUTE FUNCTION @registry@.record_stop();

-- A cancelled site's providers close it at the same time (4 §22(三), (四)).
CREATE FUNCTION @registry@.stop_cancelled_site() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.stop_order (what, ground, site_id, provider_id, reason)
	SELECT 'access', 'cancelled', a.site_id, a.provider_id, 'the filing is cancelled (备案已注销)'
	  FROM @registry@.access a
	 WHERE a.site_id = NEW.id AND a.status <> 'draft'
	 ORDER BY a.provider_id
	ON CONFLICT (site_id, provider_id, ground) WHERE what = 'access' AND lifted_at IS NULL DO NOTHING;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.stop_cancelled_site() IS
	'Trigger: every provider of a cancelled site is ordered to stop its access (4 §22(三), (四))';
-- before the event of the change is written, since an order that is there already is waited for
CREATE TRIGGER a_stop_cancelled_site AFTER UPDATE ON @registry@.site
	FOR EACH ROW WHEN (OLD.status = 'filed' AND NEW.status = 'cancelled')
	EXECUTE FUNCTION @registry@.stop_cancelled_site();

-- Nobody is given access while a stop stands, by whichever way (3 Q7, Q8).
CREATE FUNCTION @registry@.refuse_stopped_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	stop	record;
BEGIN
	SELECT o.id, g.name_zh, g.clause INTO stop
	  FROM @registry@.stop_order o JOIN icp.stop_ground g ON g.code = o.ground
	 WHERE o.what = 'access' AND o.site_id = NEW.site_id AND o.lifted_at IS NULL
	   -- what the filing itself mends does not stand in its way
	   AND NOT (g.needs_filing AND EXISTS (SELECT FROM @registry@.site s WHERE s.id = NEW.site_id AND s.status = 'filed'))
	   -- a stop with one provider for its own dealings does not bind another; what is unlawful is so everywhere
	   AND (o.provider_id = NEW.provider_id OR o.ground IN ('illegal_content', 'closing_decision', 'cancelled'))
	 ORDER BY o.id LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'site % may not be given access (接入)', NEW.site_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Stop order %s stands: %s (%s).', stop.id, stop.name_zh, stop.clause),
				  HINT = 'It is given access again when the order is lifted (3 Q8).';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_stopped_access() IS
	'Trigger: refuses live access to a site while a stop order stands against it (55000; 3 Q8)';
CREATE TRIGGER refuse_stopped_access AFTER INSERT ON @registry@.access
	FOR EACH ROW WHEN (NEW.status = 'live') EXECUTE FUNCTION @registry@.refuse_stopped_access();
CREATE TRIGGER refuse_stopped_access_again AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (NEW.status = 'live' AND (OLD.status <> 'live' OR OLD.site_id <> NEW.site_id
												OR OLD.provider_id <> NEW.provider_id))
	EXECUTE FUNCTION @registry@.refuse_stopped_access();

CREATE VIEW @registry@.unfulfilled_stop WITH (security_barrier) AS
SELECT o.id, o.what, o.ground, o.site_id, o.provider_id, o.domain, o.province_code, o.ordered_at,
	   now() - o.ordered_at AS elapsed
  FROM @registry@.stop_order o
 WHERE o.done_at IS NULL AND o.lifted_at IS NULL
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', o.province_code, o.provider_id));
COMMENT ON VIEW @registry@.unfulfilled_stop IS
	'Stop orders that nobody has reported as carried out; access of cancelled sites among them (4 §16(七), §22(四))';
COMMENT ON COLUMN @registry@.unfulfilled_stop.id IS 'The order';
COMMENT ON COLUMN @registry@.unfulfilled_stop.what IS 'access or resolution';
COMMENT ON COLUMN @registry@.unfulfilled_stop.ground IS 'Why';
COMMENT ON COLUMN @registry@.unfulfilled_stop.site_id IS 'The site';
COMMENT ON COLUMN @registry@.unfulfilled_stop.provider_id IS 'Who must carry it out';
COMMENT ON COLUMN @registry@.unfulfilled_stop.domain IS 'The domain';
COMMENT ON COLUMN @registry@.unfulfilled_stop.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.unfulfilled_stop.ordered_at IS 'When it was ordered';
COMMENT ON COLUMN @registry@.unfulfilled_stop.elapsed IS 'Time since then';

CREATE FUNCTION @registry@.may_resolve(host text) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	independent	icp.domain_name := icp.homepage_domain(host);
	asked		text := regexp_replace(icp.homepage_key(host), '[/:?].*$', '');
	labels		text[] := string_to_array(asked, '.');
BEGIN
	-- an address has no domain to resolve, and what is for everybody (com.cn) is nobody's
	RETURN independent IS NOT NULL AND @registry@.is_filed(asked::icp.domain_name)
		AND NOT EXISTS (SELECT FROM @registry@.stop_order o
						 WHERE o.what = 'resolution' AND o.lifted_at IS NULL
						   AND o.domain = ANY (ARRAY(SELECT array_to_string(labels[n:], '.')::icp.domain_name
													   FROM generate_subscripts(labels, 1) n)));
END
$$;
COMMENT ON FUNCTION @registry@.may_resolve(text) IS
	'May a domain (or the host of a URL) be resolved: is it, or the independent domain above it, that of a filed site, and does no order stop its resolution? (4 §16(五)); malformed: 22P02';

CREATE FUNCTION @registry@.may_redirect(host text, target text) RETURNS boolean
	LANGUAGE sql STABLE STRICT
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	RETURN @registry@.may_resolve(host) AND @registry@.may_resolve(target);
COMMENT ON FUNCTION @registry@.may_redirect(text, text) IS
	'May a domain be redirected to another: both filed, neither stopped? (4 §16(五))';

ALTER TABLE @registry@.stop_order ENABLE ROW LEVEL SECURITY;
CREATE POLICY stop_order_see ON @registry@.stop_order FOR SELECT
	USING ((SELECT @registry@.acts_nationwide())
		   OR @registry@.is_member('{bureau,provider}', province_code, provider_id));
-- A bureau orders for its province; a provider its own access, on the grounds that the law gives it.
CREATE POLICY stop_order_give ON @registry@.stop_order FOR INSERT
	WITH CHECK (@registry@.is_member('{bureau,ministry}', province_code, NULL)
				OR what = 'access' AND ground IN ('unfiled', 'not_passed', 'refused_update', 'unreachable', 'illegal_content')
				   AND @registry@.has_to_do_with(provider_id, site_id));
CREATE POLICY stop_order_answer ON @registry@.stop_order FOR UPDATE
	USING (@registry@.is_member('{bureau,ministry,provider}', province_code, provider_id));

-- provider/admission
-- What a provider hands in before its interface is opened (4 §30), and that its own system is a filed site (1 annex).

CREATE TABLE @registry@.provider_document (
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	kind			text NOT NULL REFERENCES icp.admission_document,
	number			text,
	sha256			bytea NOT NULL CHECK (octet_length(sha256) = 32),
	stored_at		text,
	entered_at		timestamptz NOT NULL DEFAULT now(),
	entered_by		name NOT NULL DEFAULT @registry@.acting_user(),
	province_code	smallint,
	PRIMARY KEY (provider_id, kind)
);
CREATE INDEX provider_document_kind_idx ON @registry@.provider_document (kind);
COMMENT ON TABLE @registry@.provider_document IS
	'Documents of a provider''s application for the joint test with the provincial system (联调申请, 4 §30)';
COMMENT ON COLUMN @registry@.provider_document.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.provider_document.kind IS 'Which one, see icp.admission_document';
COMMENT ON COLUMN @registry@.provider_document.number IS 'Its number, where it has one';
COMMENT ON COLUMN @registry@.provider_document.sha256 IS 'SHA-256 of the document or its copy';
COMMENT ON COLUMN @registry@.provider_document.stored_at IS 'Where it is kept';
COMMENT ON COLUMN @registry@.provider_document.entered_at IS 'When it was entered, filled by trigger';
COMMENT ON COLUMN @registry@.provider_document.entered_by IS 'Role that entered it, filled by trigger';
COMMENT ON COLUMN @registry@.provider_document.province_code IS 'Province of the provider, GB/T 2260, filled by trigger';

CREATE FUNCTION @registry@.fill_provider_document() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	NEW.entered_at := now();
	NEW.entered_by := @registry@.acting_user();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_provider_document() IS 'Trigger: province, and who entered a document of a provider when';
CREATE TRIGGER fill_provider_document BEFORE INSERT OR UPDATE ON @registry@.provider_document
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_provider_document();

CREATE FUNCTION @registry@.missing_admission(provider_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	provider	@registry@.provider;
BEGIN
	IF NOT (@registry@.acts_as_authority() OR @registry@.acts_for_provider(provider_id)) THEN
		RETURN;
	END IF;
	SELECT * INTO provider FROM @registry@.provider p WHERE p.id = provider_id;
	-- a public-interest unit (公益性互联单位) has no licence to show
	RETURN QUERY
		SELECT d.code || ' ' || d.name_zh
		  FROM icp.admission_document d
		 WHERE (d.origin = 'both' OR provider.system_origin = 'bought')
		   AND NOT (d.code = 'licence' AND provider.class = 'public_interest')
		   AND NOT EXISTS (SELECT FROM @registry@.provider_document g WHERE g.provider_id = provider.id AND g.kind = d.code)
		 ORDER BY d.origin COLLATE "C", d.code COLLATE "C";
	IF provider.id IS NOT NULL AND provider.system_origin IS NULL THEN
		RETURN NEXT 'system_origin 自行开发或购买';
	ELSIF provider.system_origin = 'bought' AND coalesce(btrim(provider.system_version), '') = '' THEN
		RETURN NEXT 'system_version 软件版本号';
	END IF;
	IF NOT coalesce(@registry@.portal_is_filed(provider.system_url), true) THEN
		RETURN NEXT 'system_url 企业系统网站未备案';
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.missing_admission(bigint) IS
	'What of 4 §30 is missing before a provider''s interface is opened, by code and Chinese term: documents by the origin of its system, the version of a bought one; and the filing of its own system''s domain';

CREATE FUNCTION @registry@.portal_is_filed(url text) RETURNS boolean
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	domain	constant icp.domain_name := icp.homepage_domain(url);
BEGIN
	RETURN CASE WHEN domain IS NOT NULL THEN @registry@.is_filed(domain) END;
EXCEPTION WHEN data_exception THEN
	RETURN false;
END
$$;
COMMENT ON FUNCTION @registry@.portal_is_filed(text) IS
	'Is the domain of this address that of a filed site? NULL without a domain: an address by number (1 annex, before the migration, enterprise 4)';

CREATE FUNCTION @registry@.require_admission() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	missing	text;
BEGIN
	IF @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	SELECT string_agg(m, ', ') INTO missing FROM @registry@.missing_admission(NEW.id) m;
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'the interface of provider % cannot be opened yet', NEW.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Missing: %s.', missing),
				  HINT = 'Enter the documents (4 §30) in provider_document, the rest in the row of the provider.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.require_admission() IS
	'Trigger: an interface is opened after the joint test, for which 4 §30 names the documents';
-- after enforce_admission, which says who may
CREATE TRIGGER enforce_admission_documents AFTER UPDATE ON @registry@.provider
	FOR EACH ROW WHEN (NEW.admission = 'open' AND OLD.admission = 'tested') EXECUTE FUNCTION @registry@.require_admission();

CREATE VIEW @registry@.unfiled_portal WITH (security_barrier) AS
SELECT p.id AS provider_id, p.name AS provider, p.province_code, p.system_url
  FROM @registry@.provider p
 WHERE p.system_url IS NOT NULL AND NOT coalesce(@registry@.portal_is_filed(p.system_url), true)
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(p.province_code)
		OR @registry@.acts_for_provider(p.id));
COMMENT ON VIEW @registry@.unfiled_portal IS
	'Providers whose own filing system has a domain that is not filed (独立域名企业系统的网站备案, 1 annex, before the migration, enterprise 4)';
COMMENT ON COLUMN @registry@.unfiled_portal.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.unfiled_portal.provider IS 'Its name';
COMMENT ON COLUMN @registry@.unfiled_portal.province_code IS 'GB/T 2260 code of its province';
COMMENT ON COLUMN @registry@.unfiled_portal.system_url IS 'The system''s address';

ALTER TABLE @registry@.provider_document ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider_document_see ON @registry@.provider_document FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR (SELECT @registry@.acts_nationwide())
		   OR @registry@.supervises_provider(province_code));
CREATE POLICY provider_document_enter ON @registry@.provider_document FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id) OR @registry@.supervises_provider(province_code));
CREATE POLICY provider_document_change ON @registry@.provider_document FOR UPDATE
	USING (@registry@.acts_for_provider(provider_id) OR @registry@.supervises_provider(province_code));

-- evidence/stock
-- What is filed already: plans of verifying it, checking it again, and what was to be in order by when.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('filing_check_every', '6 months', 'How often a provider checks the filings of the sites it serves (定期核查, 1 annex)');

CREATE TABLE @registry@.verification_plan (
	id				bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	provider_id		bigint NOT NULL REFERENCES @registry@.provider,
	province_code	smallint,
	plan			text NOT NULL CHECK (btrim(plan) <> ''),
	begins_on		date NOT NULL,
	ends_on			date NOT NULL,
	submitted_at	timestamptz NOT NULL DEFAULT now(),
	decision		text CHECK (decision IN ('approved', 'refused')),
	reason			text,
	decided_at		timestamptz,
	decided_by		name,
	CONSTRAINT verification_plan_days_check CHECK (ends_on >= begins_on),
	CONSTRAINT verification_plan_reason_check CHECK (decision <> 'refused' OR coalesce(btrim(reason), '') <> '')
);
CREATE INDEX verification_plan_provider_id_idx ON @registry@.verification_plan (provider_id);
COMMENT ON TABLE @registry@.verification_plan IS
	'By which plan a provider verifies the filings it has (存量网站核验计划), and whether its bureau approved it (1 annex, after the migration, enterprise 3)';
COMMENT ON COLUMN @registry@.verification_plan.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.verification_plan.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.verification_plan.province_code IS 'Province of the provider, whose bureau decides; GB/T 2260, filled by trigger';
COMMENT ON COLUMN @registry@.verification_plan.plan IS 'What it says';
COMMENT ON COLUMN @registry@.verification_plan.begins_on IS 'First day';
COMMENT ON COLUMN @registry@.verification_plan.ends_on IS 'Last day';
COMMENT ON COLUMN @registry@.verification_plan.submitted_at IS 'When the bureau received it';
COMMENT ON COLUMN @registry@.verification_plan.decision IS 'approved or refused; NULL: not yet';
COMMENT ON COLUMN @registry@.verification_plan.reason IS 'Why; needed to refuse it';
COMMENT ON COLUMN @registry@.verification_plan.decided_at IS 'When, filled by trigger';
COMMENT ON COLUMN @registry@.verification_plan.decided_by IS 'Role that decided, filled by trigger';

CREATE FUNCTION @registry@.fill_verification_plan() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	NEW.province_code := (SELECT p.province_code FROM @registry@.provider p WHERE p.id = NEW.provider_id);
	IF TG_OP = 'UPDATE' AND (OLD.decision IS NOT NULL
							 OR (NEW.provider_id, NEW.plan, NEW.begins_on, NEW.ends_on, NEW.submitted_at)
								IS DISTINCT FROM (OLD.provider_id, OLD.plan, OLD.begins_on, OLD.ends_on, OLD.submitted_at)) THEN
		RAISE EXCEPTION 'plan % stands as it was submitted and decided', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'The provider submits another one.';
	END IF;
	NEW.decided_at := CASE WHEN NEW.decision IS NOT NULL THEN now() END;
	NEW.decided_by := CASE WHEN NEW.decision IS NOT NULL THEN @registry@.acting_user() END;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_verification_plan() IS 'Trigger: a plan stands as it was submitted; its bureau decides once';
CREATE TRIGGER fill_verification_plan BEFORE INSERT OR UPDATE ON @registry@.verification_plan
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_verification_plan();

CREATE VIEW @registry@.verification_progress WITH (security_barrier) AS
SELECT p.id AS provider_id, p.name AS provider, p.province_code, l.id AS plan_id, l.begins_on, l.ends_on,
	   n.accesses, n.verified,
	   l.id IS NULL OR l.ends_on < (now() AT TIME ZONE 'Asia/Shanghai')::date AND n.verified < n.accesses AS is_late
  FROM @registry@.provider p
 CROSS JOIN LATERAL (
	SELECT count(*) AS accesses,
		   count(*) FILTER (WHERE EXISTS (SELECT FROM @registry@.verification v
										   WHERE v.site_id = c.site_id AND v.provider_id = c.provider_id
											 AND (v.application_id IS NULL OR v.closed_at IS NOT NULL))) AS verified
	  FROM @registry@.access c JOIN @registry@.site t ON t.id = c.site_id
	 WHERE c.provider_id = p.id AND c.status = 'live' AND t.status = 'filed') n
  LEFT JOIN LATERAL (
	SELECT v.* FROM @registry@.verification_plan v
	 WHERE v.provider_id = p.id AND v.decision = 'approved' ORDER BY v.decided_at DESC, v.id DESC LIMIT 1) l ON true
 WHERE n.accesses > 0
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(p.province_code)
		OR @registry@.acts_for_provider(p.id));
COMMENT ON VIEW @registry@.verification_progress IS
	'How far each provider has verified what it serves, by its latest approved plan (1 annex, after the migration, enterprise 3)';
COMMENT ON COLUMN @registry@.verification_progress.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.verification_progress.provider IS 'Its name';
COMMENT ON COLUMN @registry@.verification_progress.province_code IS 'GB/T 2260 code of its province';
COMMENT ON COLUMN @registry@.verification_progress.plan_id IS 'The plan; NULL: none is approved';
COMMENT ON COLUMN @registry@.verification_progress.begins_on IS 'Its first day';
COMMENT ON COLUMN @registry@.verification_progress.ends_on IS 'Its last day';
COMMENT ON COLUMN @registry@.verification_progress.accesses IS 'Live accesses of filed sites';
COMMENT ON COLUMN @registry@.verification_progress.verified IS 'How many of them have a sheet';
COMMENT ON COLUMN @registry@.verification_progress.is_late IS 'There is no approved plan, or it has ended and something is left';

CREATE TABLE @registry@.filing_check (
	access_id		bigint PRIMARY KEY REFERENCES @registry@.access ON DELETE CASCADE,
	checked_at		timestamptz NOT NULL,
	checked_by		name NOT NULL,
	errors			integer NOT NULL,
	warnings		integer NOT NULL,
	province_code	smallint
);
CREATE INDEX filing_check_checked_at_idx ON @registry@.filing_check (checked_at);
COMMENT ON TABLE @registry@.filing_check IS
	'When the filing behind an access was last checked by the form rules, and how many it broke (5 三(一)2); what, is in warning';
COMMENT ON COLUMN @registry@.filing_check.access_id IS 'The access';
COMMENT ON COLUMN @registry@.filing_check.checked_at IS 'When; warning.found_at of what was found';
COMMENT ON COLUMN @registry@.filing_check.checked_by IS 'Role that had it checked';
COMMENT ON COLUMN @registry@.filing_check.errors IS 'Errors of sponsor, site and access';
COMMENT ON COLUMN @registry@.filing_check.warnings IS 'Warnings of them';
COMMENT ON COLUMN @registry@.filing_check.province_code IS 'The sponsor''s province, GB/T 2260';

-- (a row that is the owner's alone: an advisory lock anybody may take, and keep)
CREATE TABLE @registry@.filing_check_gate (
	provider_id		bigint PRIMARY KEY REFERENCES @registry@.provider ON DELETE CASCADE,
	province_code	smallint
);
COMMENT ON TABLE @registry@.filing_check_gate IS
	'One row a provider: who checks its filings holds it, so that one check runs at a time. Nobody but the owner''s functions locks it';
COMMENT ON COLUMN @registry@.filing_check_gate.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.filing_check_gate.province_code IS 'Province of the provider when the row was made, GB/T 2260';
ALTER TABLE @registry@.filing_check_gate ENABLE ROW LEVEL SECURITY;
INSERT INTO @registry@.filing_check_gate (provider_id, province_code) SELECT p.id, p.province_code FROM @registry@.provider p;

CREATE FUNCTION @registry@.make_filing_check_gate() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.filing_check_gate (provider_id, province_code) SELECT n.id, n.province_code FROM new_rows n
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.make_filing_check_gate() IS 'Trigger: a new provider gets its row of filing_check_gate';
CREATE TRIGGER make_filing_check_gate AFTER INSERT ON @registry@.provider
	REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION @registry@.make_filing_check_gate();

CREATE FUNCTION @registry@.check_filings(provider_id bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	who			constant name := @registry@.acting_user();
	on_day		constant date := (now() AT TIME ZONE 'Asia/Shanghai')::date;
	the_one		constant bigint := check_filings.provider_id;
	provider	record;
	checked		bigint;
BEGIN
	SELECT p.name, p.province_code INTO provider FROM @registry@.provider p WHERE p.id = the_one;
	IF NOT FOUND OR NOT (@registry@.acts_for_provider(the_one) OR @registry@.supervises_provider(provider.province_code)
						 OR @registry@.acts_as_system()) THEN
		RAISE EXCEPTION 'role "%" may not check the filings of provider %', who, the_one
			USING ERRCODE = 'insufficient_privilege', HINT = 'The provider does, and its bureau (通信管理局).';
	END IF;
	-- one check of a provider at a time; what the one before found makes room for what is found now
	PERFORM FROM @registry@.filing_check_gate g WHERE g.provider_id = the_one FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		IF NOT EXISTS (SELECT FROM @registry@.filing_check_gate g WHERE g.provider_id = the_one) THEN
			-- rows that replication or a restore brought, past the trigger
			INSERT INTO @registry@.filing_check_gate (provider_id, province_code) VALUES (the_one, provider.province_code);
		ELSE
			RAISE EXCEPTION 'the filings of provider % are being checked already', the_one
				USING ERRCODE = 'lock_not_available', HINT = 'Check again when that is finished.';
		END IF;
	END IF;
	DELETE FROM @registry@.warning w
	 USING @registry@.filing_check k
	  JOIN @registry@.access c ON c.id = k.access_id
	  JOIN @registry@.site t ON t.id = c.site_id
	 WHERE c.provider_id = the_one AND w.application_id IS NULL AND w.found_at = k.checked_at AND w.sponsor_id = t.sponsor_id;
	WITH live AS MATERIALIZED (
		SELECT c.id AS access_id, t.id AS site_id, s.id AS sponsor_id, s.province_code, v.violation,
			   CASE p.part WHEN 'site' THEN '@registry@.site'::regclass WHEN 'access' THEN '@registry@.access'::regclass
						   ELSE '@registry@.sponsor'::regclass END AS relation,
			   CASE p.part WHEN 'site' THEN t.id WHEN 'access' THEN c.id ELSE s.id END AS row_id
		  FROM @registry@.access c
		  JOIN @registry@.site t ON t.id = c.site_id
		  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
		  LEFT JOIN LATERAL (
			SELECT x::icp.violation AS violation
			  FROM @registry@.judged_record(s, t, c, t.domains, provider.name, on_day) r, icp.violations(r, on_day, s.province) x
			) v ON true
		  LEFT JOIN LATERAL @registry@.part_of((v.violation).field) AS p(part) ON true
		 WHERE c.provider_id = the_one AND c.status = 'live' AND t.status = 'filed'),
	found AS (
		INSERT INTO @registry@.warning (relation, row_id, code, field, found, expected, severity, clause, message_zh, message_en,
										advice_zh, sponsor_id, site_id, province_code)
		-- what is wrong with a sponsor is said once, however many sites it has
		SELECT DISTINCT ON (l.relation, l.row_id, (l.violation).code, (l.violation).field)
			   l.relation, l.row_id, (l.violation).code, (l.violation).field, (l.violation).found, (l.violation).expected,
			   (l.violation).severity, (l.violation).clause, (l.violation).message_zh, (l.violation).message_en,
			   (l.violation).advice_zh, l.sponsor_id,
			   CASE WHEN l.relation <> '@registry@.sponsor'::regclass THEN l.site_id END, l.province_code
		  FROM live l WHERE (l.violation).code IS NOT NULL
		 ORDER BY l.relation, l.row_id, (l.violation).code, (l.violation).field, l.access_id)
	INSERT INTO @registry@.filing_check AS k (access_id, checked_at, checked_by, errors, warnings, province_code)
	SELECT l.access_id, now(), who, count(*) FILTER (WHERE (l.violation).severity = 'error'),
		   count(*) FILTER (WHERE (l.violation).severity = 'warning'), l.province_code
	  FROM live l GROUP BY l.access_id, l.province_code
	ON CONFLICT ON CONSTRAINT filing_check_pkey DO UPDATE
	   SET checked_at = EXCLUDED.checked_at, checked_by = EXCLUDED.checked_by, errors = EXCLUDED.errors,
		   warnings = EXCLUDED.warnings, province_code = EXCLUDED.province_code;
	GET DIAGNOSTICS checked = ROW_COUNT;
	RETURN checked;
END
$$;
COMMENT ON FUNCTION @registry@.check_filings(bigint) IS
	'Checks every filing that a provider serves by the form rules of today, in one pass; what they break is in warning, when each was checked in filing_check. Returns how many accesses (1 annex, after the migration, enterprise 4; 5 三(一)2)';

CREATE VIEW @registry@.overdue_filing_check WITH (security_barrier) AS
SELECT c.id AS access_id, c.provider_id, c.site_id, t.sponsor_id, t.province_code, k.checked_at,
	   coalesce(k.checked_at, t.filed_at) + e.every AS due_at
  FROM @registry@.access c
  JOIN @registry@.site t ON t.id = c.site_id
  LEFT JOIN @registry@.filing_check k ON k.access_id = c.id
 CROSS JOIN (SELECT s.value::interval AS every FROM @registry@.setting s WHERE s.name = 'filing_check_every') e
 WHERE c.status = 'live' AND t.status = 'filed'
   AND coalesce(coalesce(k.checked_at, t.filed_at) + e.every <= now(), true)
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.acts_for_provider(c.provider_id)
		OR @registry@.acts_as_bureau(t.province_code));
COMMENT ON VIEW @registry@.overdue_filing_check IS
	'Live accesses whose filing has not been checked for longer than setting filing_check_every, counted from the filing where it never was (1 annex, after the migration, enterprise 4)';
COMMENT ON COLUMN @registry@.overdue_filing_check.access_id IS 'The access';
COMMENT ON COLUMN @registry@.overdue_filing_check.provider_id IS 'Its provider, who checks';
COMMENT ON COLUMN @registry@.overdue_filing_check.site_id IS 'The site';
COMMENT ON COLUMN @registry@.overdue_filing_check.sponsor_id IS 'Its sponsor';
COMMENT ON COLUMN @registry@.overdue_filing_check.province_code IS 'The sponsor''s province, GB/T 2260';
COMMENT ON COLUMN @registry@.overdue_filing_check.checked_at IS 'When it was last checked; NULL: never';
COMMENT ON COLUMN @registry@.overdue_filing_check.due_at IS 'Since when it is due; NULL where the day of filing is not known either';

CREATE VIEW @registry@.overdue_work WITH (security_barrier) AS
SELECT d.code, d.name_zh, d.due_on, d.clause, n.provider_id, p.name AS provider, p.province_code, n.left_over
  FROM icp.work_deadline d
  JOIN (SELECT 'unfiled'::text AS code, u.provider_id, count(*) AS left_over
		  FROM @registry@.unfiled_site u WHERE u.provider_id IS NOT NULL GROUP BY u.provider_id
		UNION ALL
		SELECT 'ip_problems'::text, b.provider_id, count(*)
		  FROM @registry@.ip_prompt i JOIN @registry@.ip_block b ON b.id = i.ip_block_id
		 WHERE i.corrected_at IS NULL GROUP BY b.provider_id
		UNION ALL
		SELECT 'filings'::text, c.provider_id, count(*)
		  FROM @registry@.access c
		  JOIN @registry@.site t ON t.id = c.site_id
		  LEFT JOIN @registry@.filing_check k ON k.access_id = c.id
		 WHERE c.status = 'live' AND t.status = 'filed' AND (k.access_id IS NULL OR k.errors > 0)
		 GROUP BY c.provider_id) n ON n.code = d.code
  JOIN @registry@.provider p ON p.id = n.provider_id
 WHERE d.due_on < (now() AT TIME ZONE 'Asia/Shanghai')::date
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.supervises_provider(p.province_code)
		OR @registry@.acts_for_provider(p.id));
COMMENT ON VIEW @registry@.overdue_work IS
	'What providers still have to put in order although its day (icp.work_deadline) has passed: unfiled sites seen with them, problems of their addresses, filings not checked or with errors (5 三(一))';
COMMENT ON COLUMN @registry@.overdue_work.code IS 'The work, see icp.work_deadline';
COMMENT ON COLUMN @registry@.overdue_work.name_zh IS 'Chinese term';
COMMENT ON COLUMN @registry@.overdue_work.due_on IS 'Last day';
COMMENT ON COLUMN @registry@.overdue_work.clause IS 'Document and article of the law';
COMMENT ON COLUMN @registry@.overdue_work.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.overdue_work.provider IS 'Its name';
COMMENT ON COLUMN @registry@.overdue_work.province_code IS 'GB/T 2260 code of its province';
COMMENT ON COLUMN @registry@.overdue_work.left_over IS 'How many domains, problems or accesses are left';

ALTER TABLE @registry@.verification_plan ENABLE ROW LEVEL SECURITY;
CREATE POLICY verification_plan_see ON @registry@.verification_plan FOR SELECT
	USING (@registry@.acts_for_provider(provider_id) OR (SELECT @registry@.acts_nationwide())
		   OR @registry@.supervises_provider(province_code));
CREATE POLICY verification_plan_submit ON @registry@.verification_plan FOR INSERT
	WITH CHECK (@registry@.acts_for_provider(provider_id));
CREATE POLICY verification_plan_decide ON @registry@.verification_plan FOR UPDATE
	USING (@registry@.supervises_provider(province_code));
ALTER TABLE @registry@.filing_check ENABLE ROW LEVEL SECURITY;
CREATE POLICY filing_check_see ON @registry@.filing_check FOR SELECT
	USING (EXISTS (SELECT FROM @registry@.access c WHERE c.id = access_id));

-- lookup/lookup
-- The public asks one thing: is this site filed? (是否备案查询)

CREATE FUNCTION @registry@.find_sites(question text) RETURNS SETOF bigint
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	asked_number	icp.filing_number := icp.try_filing_number(question);
	asked_domain	text;
BEGIN
	BEGIN
		asked_domain := icp.homepage_domain(btrim(question, E' \t\r\n'))::text;
	EXCEPTION WHEN data_exception THEN
		NULL;					-- neither host nor URL: a name, then
	END;
	IF asked_number IS NOT NULL THEN
		IF icp.service_no(asked_number) IS NOT NULL THEN
			RETURN QUERY SELECT t.id FROM @registry@.site t WHERE t.number = asked_number AND t.status = 'filed';
		ELSE
			RETURN QUERY SELECT t.id FROM @registry@.site t
				WHERE t.number <@ icp.icp_id_of(asked_number) AND t.status = 'filed';
		END IF;
		RETURN;
	END IF;
	IF asked_domain IS NOT NULL THEN
		RETURN QUERY
			SELECT DISTINCT c.holder_id
			  FROM unnest(ARRAY[asked_domain, icp.registrable_domain(asked_domain)::text]) AS candidate(name)
			  JOIN @registry@.claim c ON c.key_hash = icp.claim_hash('domain', candidate.name)
			   AND c.kind = 'domain' AND c.key = candidate.name AND c.approved AND c.released_at IS NULL
			   AND c.holder = '@registry@.site'::regclass;
	END IF;
	RETURN QUERY
		SELECT t.id FROM @registry@.site t WHERE t.name = btrim(question) AND t.status = 'filed'
		UNION
		SELECT t.id
		  FROM @registry@.sponsor s JOIN @registry@.site t ON t.sponsor_id = s.id
		 WHERE s.name_key = icp.name_key(question) AND s.status = 'filed' AND t.status = 'filed';
END
$$;
COMMENT ON FUNCTION @registry@.find_sites(text) IS
	'Ids of the filed sites that a number, a domain or URL, a sponsor''s name or a site''s name asks for';

-- No SQL-standard body: it would be parsed when a dump is read, before the operator classes that its order needs.
CREATE FUNCTION @registry@.lookup(question text) RETURNS SETOF jsonb
	LANGUAGE plpgsql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT jsonb_build_object(
			'unitName', s.name,
			'natureName', coalesce(s.nature, ''),
			'mainLicence', s.number::text,
			'serviceLicence', t.number::text,
			'serviceName', coalesce(t.name, ''),
			'serviceType', CASE t.kind WHEN 'site' THEN 1 WHEN 'app' THEN 6 WHEN 'mini_program' THEN 7 ELSE 8 END,
			'domain', coalesce(d.domain::text, ''),
			'homeUrl', coalesce(t.homepage, ''),
			'contentTypeName', '',
			'limitAccess', CASE WHEN t.limit_access THEN '是' ELSE '否' END,
			'leaderName', '',
			'updateRecordTime', to_char(t.changed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'))
	  FROM @registry@.site t
	  JOIN @registry@.sponsor s ON s.id = t.sponsor_id
	  LEFT JOIN LATERAL icp.domains(t.domains) AS d(domain) ON true
	 WHERE t.id IN (SELECT f FROM @registry@.find_sites(lookup.question) AS f)
	 ORDER BY t.number, d.domain;
END
$$;
COMMENT ON FUNCTION @registry@.lookup(text) IS
	'The public query: what is filed under a number, a domain or URL, a sponsor''s name or a site''s name; one object a site and domain, with the public query''s own field names and nothing private (the person in charge stays blank)';

-- load/load
-- Old records in bulk: nothing is lost on the way in.

CREATE TABLE @registry@.rejected_row (
	id			bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	staging		text NOT NULL,
	row_no		bigint NOT NULL,
	content		jsonb NOT NULL,
	reasons		jsonb NOT NULL,
	province_code	smallint,
	rejected_at	timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rejected_row_staging_idx ON @registry@.rejected_row (staging);
COMMENT ON TABLE @registry@.rejected_row IS 'Rows that load() could not file, each with its reasons';
COMMENT ON COLUMN @registry@.rejected_row.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.rejected_row.staging IS 'The staging table it came from';
COMMENT ON COLUMN @registry@.rejected_row.row_no IS 'Its place there, counted from 1';
COMMENT ON COLUMN @registry@.rejected_row.content IS 'The row as it was';
COMMENT ON COLUMN @registry@.rejected_row.reasons IS
	'Array of objects: field (the staging column), found, problem; where a form rule says so also code, clause, expected, advice, message_zh, message_en';
COMMENT ON COLUMN @registry@.rejected_row.province_code IS 'Province of its number, GB/T 2260, where it has one';
COMMENT ON COLUMN @registry@.rejected_row.rejected_at IS 'When it was rejected';

CREATE TABLE @registry@.progress (
	staging		text PRIMARY KEY,
	step		text NOT NULL CHECK (step IN ('reading', 'filing', 'finished')),
	done		bigint NOT NULL DEFAULT 0,
	total		bigint,
	filed		bigint NOT NULL DEFAULT 0,
	unchanged	bigint NOT NULL DEFAULT 0,
	rejected	bigint NOT NULL DEFAULT 0,
	actor		name NOT NULL,
	pid			integer NOT NULL,
	started_at	timestamptz NOT NULL,
	updated_at	timestamptz NOT NULL
);
COMMENT ON TABLE @registry@.progress IS
	'How far the latest load of each staging table is; load_in_batches() commits it with each batch, load() at its end';
COMMENT ON COLUMN @registry@.progress.staging IS 'The staging table';
COMMENT ON COLUMN @registry@.progress.step IS 'reading, filing or finished; an interrupted load stays where it was';
COMMENT ON COLUMN @registry@.progress.done IS 'Rows that are filed, unchanged or rejected';
COMMENT ON COLUMN @registry@.progress.total IS 'Rows of the staging table; NULL while it is read';
COMMENT ON COLUMN @registry@.progress.filed IS 'Rows filed by this load';
COMMENT ON COLUMN @registry@.progress.unchanged IS 'Rows that were filed before';
COMMENT ON COLUMN @registry@.progress.rejected IS 'Rows that are in rejected_row now';
COMMENT ON COLUMN @registry@.progress.actor IS 'The role that loads';
COMMENT ON COLUMN @registry@.progress.pid IS 'Its server process';
COMMENT ON COLUMN @registry@.progress.started_at IS 'When it began';
COMMENT ON COLUMN @registry@.progress.updated_at IS 'When it last went on';

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('load_missing', 'warning',
	 'what load() makes of a value that a form rule asks for and an old record lacks: warning, the row is filed and the rule recorded; error, the row is rejected');

CREATE FUNCTION @registry@.load_time(value text) RETURNS timestamptz
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO, YMD'
	SET timezone = 'Asia/Shanghai'
AS $$
BEGIN
	-- not every input of the type is a time that a record tells: now, infinity
	RETURN CASE WHEN value ~ E'^\\s*\\d{4}-\\d{1,2}-\\d{1,2}(?!\\d)' THEN value::timestamptz
				-- as spreadsheets and forms write days
				WHEN value ~ E'^\\s*\\d{4}/\\d{1,2}/\\d{1,2}(?!\\d)' THEN translate(value, '/', '-')::timestamptz
				WHEN value ~ E'^\\s*\\d{4}年\\d{1,2}月\\d{1,2}日\\s*$' THEN translate(value, '年月日', '--')::timestamptz
				WHEN value ~ E'^\\s*\\d{8}\\s*$' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.load_time(text) IS 'A date or time as Beijing time, NULL where it is none';

CREATE FUNCTION @registry@.load_list(value text) RETURNS text[]
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN array_remove(regexp_split_to_array(btrim(value, '{} '), '["\s,;|，；、　]+'), '');
COMMENT ON FUNCTION @registry@.load_list(text) IS 'Elements of a text, split where the form rules split it';

CREATE FUNCTION @registry@.load_domains(value text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN '{' || array_to_string(array_remove(regexp_split_to_array(btrim(value, ' 　'), '[\s　]*[,;|，；、][\s　]*'), ''), ',') || '}';
COMMENT ON FUNCTION @registry@.load_domains(text) IS 'Several domains as one list, in braces';

CREATE FUNCTION @registry@.load_addresses(value text) RETURNS icp.ip_multirange
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT range_agg(icp.try_ip_range(e.element)) FROM unnest(@registry@.load_list(value)) AS e(element)
	 WHERE icp.try_ip_range(e.element) IS NOT NULL;
END;
COMMENT ON FUNCTION @registry@.load_addresses(text) IS
	'Addresses of a text; what is none is left out, which rule IP-002 has seen';

CREATE FUNCTION @registry@.load_columns(staging regclass) RETURNS text[]
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	columns	text[];
	unknown	text;
BEGIN
	SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FILTER (WHERE a.atttypid <> 'text'::regtype),
		   coalesce(array_agg(a.attname::text), '{}')
	  INTO unknown, columns
	  FROM pg_attribute a
	 WHERE a.attrelid = staging AND a.attnum > 0 AND NOT a.attisdropped;
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION 'staging table % must have columns of type text only', staging
			USING ERRCODE = 'datatype_mismatch', DETAIL = format('Others: %s.', unknown);
	END IF;
	IF NOT columns @> '{unit_name,service_licence}' THEN
		RAISE EXCEPTION 'staging table % needs columns unit_name and service_licence', staging
			USING ERRCODE = 'undefined_column',
				  HINT = format('Columns taken: %s.',
								(SELECT string_agg(l.columns, '; ' ORDER BY l.section)
								   FROM (SELECT c.ordinal / 100 AS section, string_agg(c.staging, ', ' ORDER BY c.ordinal) AS columns
										   FROM (SELECT f.staging, max(f.ordinal) AS ordinal FROM icp.record_field f
												  WHERE f.staging IS NOT NULL GROUP BY f.staging) c
										  GROUP BY 1) l));
	END IF;
	RETURN columns;
END
$$;
COMMENT ON FUNCTION @registry@.load_columns(regclass) IS
	'Columns of a staging table; fails where it is none that load() can take';

CREATE FUNCTION @registry@.load_clear() RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
	DROP TABLE IF EXISTS pg_temp.load_row, pg_temp.load_fault, pg_temp.load_violation, pg_temp.load_domain,
		pg_temp.load_contested, pg_temp.load_taken
$$;
COMMENT ON FUNCTION @registry@.load_clear() IS 'Drops the work tables of load()';

-- 1. Every row, read as far as it can be read.
CREATE FUNCTION @registry@.load_read(source text, columns text[]) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	texts	text;
	total	bigint;
BEGIN
	-- (what is read below has another name as text)
	SELECT string_agg(format(CASE WHEN t.staging = ANY (columns) THEN 'nullif(btrim(s.content ->> %1$L), %3$L) AS %2$I'
								  ELSE 'NULL::text AS %2$I' END, t.staging, coalesce(r.alias, t.staging), ''), ', ')
	  INTO texts
	  FROM (SELECT DISTINCT f.staging FROM icp.record_field f WHERE f.staging IS NOT NULL) t
	  LEFT JOIN (VALUES ('main_licence', 'main_text'), ('service_licence', 'service_text'), ('service_kind', 'kind_text'),
						('domain', 'domain_text'), ('update_time', 'update_text'), ('account', 'account_text')) AS r(staging, alias)
		ON r.staging = t.staging;
	-- (OFFSET 0 keeps the planner from computing a thing once for each place that uses it)
	EXECUTE format($query$
		CREATE TEMPORARY TABLE load_row AS
		SELECT p.*,
			   icp.province_of(p.main) AS province,
			   icp.name_key(p.unit_name) AS name_key,
			   coalesce(p.account_text, p.unit_name) AS account,
			   coalesce(p.kind_text, icp.service_kind(p.service), 'site') AS kind,
			   coalesce((p.updated AT TIME ZONE 'Asia/Shanghai')::date, (now() AT TIME ZONE 'Asia/Shanghai')::date) AS as_of,
			   v.id AS provider_id,
			   false AS is_wrong
		  FROM (SELECT t.*,
					   CASE WHEN t.main_text IS NULL THEN icp.icp_id_of(t.service) ELSE icp.try_icp_id(t.main_text) END AS main
				  FROM (SELECT c.*,
							   icp.try_filing_number(c.service_text) AS service,
							   CASE WHEN c.domain_text IS NULL THEN '{}'
									WHEN c.domain_text LIKE '{%%' THEN icp.try_domain_list(c.domain_text)
									-- several; white space is no separator, so that no sentence becomes a list
									WHEN c.domain_text <> translate(c.domain_text, ',;|，；、', '')
									THEN icp.try_domain_list(@registry@.load_domains(c.domain_text))
									ELSE icp.try_domain_name(c.domain_text)::icp.domain_list END AS domains,
							   CASE WHEN c.update_text IS NOT NULL THEN @registry@.load_time(c.update_text) END AS updated
						  FROM (SELECT s.row_no, s.content, %s FROM (SELECT * FROM %s s OFFSET 0) s OFFSET 0) c
						OFFSET 0) t
				OFFSET 0) p
		  LEFT JOIN @registry@.provider v ON v.name = p.provider
		$query$, texts, source);
	GET DIAGNOSTICS total = ROW_COUNT;
	-- Nobody else would, and without it some of what follows compares every row with every other.
	ANALYZE pg_temp.load_row (row_no, service, main, name_key, is_wrong);
	CREATE TEMPORARY TABLE load_fault (row_no bigint, nr integer GENERATED ALWAYS AS IDENTITY, field text, found text, problem text,
									   code text, expected text);
	RETURN total;
END
$$;
COMMENT ON FUNCTION @registry@.load_read(text, text[]) IS 'load(), step 1: reads the rows into a work table';

-- 2. What each row has wrong in itself: what keeps it from being filed at all, and what the form rules say.
CREATE FUNCTION @registry@.load_check(columns text[]) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	fields	text;
	lacks	text;
BEGIN
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem, code)
	SELECT r.row_no, f.field, f.found, f.problem, f.code
	  FROM pg_temp.load_row r, LATERAL (VALUES
			('unit_name', r.unit_name,
			 CASE WHEN coalesce(r.name_key, '') = '' THEN 'missing'
				  WHEN octet_length(r.unit_name) > 2000 OR octet_length(r.name_key) > 2000 THEN 'longer than 2000 bytes' END, NULL),
			('service_name', r.service_name, CASE WHEN octet_length(r.service_name) > 2000 THEN 'longer than 2000 bytes' END, NULL),
			('account', r.account, CASE WHEN octet_length(r.account) > 2000 THEN 'longer than 2000 bytes' END, NULL),
			('main_licence', r.main_text,
			 CASE WHEN r.main IS NULL THEN coalesce(icp.explain_icp_id(r.main_text), 'missing')
				  WHEN r.province IS NULL THEN 'names no province' END, NULL),
			('service_licence', r.service_text,
			 CASE WHEN r.service IS NULL THEN coalesce(icp.explain_filing_number(r.service_text),
													   'missing: the service''s own number, with -N')
				  WHEN icp.service_no(r.service) IS NULL THEN 'a sponsor''s number, without -N'
				  WHEN icp.icp_id_of(r.service) <> r.main THEN 'not a service of main_licence' END,
			 CASE WHEN r.service IS NULL AND r.service_text IS NOT NULL THEN 'NUMBER-001' END),
			('service_kind', r.kind,
			 CASE WHEN icp.icp_id_of(r.service) = r.main AND icp.service_kind(r.service) <> r.kind
				  THEN 'disagrees with the suffix of service_licence' END, NULL),
			('domain', r.domain_text,
			 CASE WHEN r.domains IS NOT NULL THEN NULL
				  WHEN r.domain_text LIKE '{%' THEN icp.explain_domain_list(r.domain_text)
				  WHEN r.domain_text <> translate(r.domain_text, ',;|，；、', '')
				  THEN icp.explain_domain_list(@registry@.load_domains(r.domain_text))
				  ELSE icp.explain_domain_name(r.domain_text) END, 'DOMAIN-002'),
			('provider', r.provider,
			 CASE WHEN r.provider_id IS NOT NULL THEN NULL
				  WHEN r.provider IS NOT NULL THEN 'unknown'
				  WHEN r.ips IS NOT NULL OR r.mode IS NOT NULL OR r.server_province IS NOT NULL
				  THEN 'missing: whose access ips, mode and server_province tell of' END, NULL),
			('update_time', r.update_text,
			 CASE WHEN r.update_text IS NOT NULL AND r.updated IS NULL THEN 'not a time such as 2024-05-06 07:08:09' END, NULL)
		) AS f(field, found, problem, code)
	 WHERE f.problem IS NOT NULL;

	-- The record has the fields that the staging table has columns for, so that no rule asks for others.
	SELECT string_agg(format('r.%I AS %I', coalesce(e.value, t.staging), t.field), ', '),
		   string_agg(format('WHEN %L THEN coalesce(btrim(r.%I::text, %L), %L) = %L', t.field,
							 coalesce(e.words, t.staging), E' \t\r\n\f　', '', ''), ' ')
	  INTO fields, lacks
	  FROM (SELECT DISTINCT f.field, f.staging FROM icp.record_field f
			 WHERE f.field IS NOT NULL AND f.staging IS NOT NULL) t
	  -- what was read, and its words; the number, which each row has, tells the province, and its suffix the kind
	  LEFT JOIN (VALUES ('domains', 'domains', 'domain_text'), ('number', 'service', 'service_text'),
						('province', 'province', 'province'), ('kind', 'kind', 'kind')) AS e(field, value, words) ON e.field = t.field
	 WHERE t.staging = ANY (columns) OR e.field IN ('province', 'kind');
	-- A name, a domain and a kind that are wrong have been spoken of above.
	EXECUTE format($query$
		CREATE TEMPORARY TABLE load_violation AS
		SELECT r.row_no, v.*, v.severity = 'error' AND NOT $1 AND ($2 OR NOT CASE v.field %s ELSE false END) AS rejects
		  FROM pg_temp.load_row r, LATERAL (SELECT %s) f, icp.violations(f, r.as_of, r.province) v
		 WHERE NOT (v.code = 'NAME-001' OR v.code = 'DOMAIN-001' AND r.domains IS NULL
					OR v.code = 'NUMBER-003' AND icp.service_kind(r.service) <> r.kind)
		$query$, lacks, fields)
		USING @registry@.errors_as_warnings(), @registry@.setting('load_missing') = 'error';
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem, code, expected)
	SELECT v.row_no, coalesce(c.staging, v.field), v.found, v.message_en, v.code, v.expected
	  FROM pg_temp.load_violation v
	  LEFT JOIN (SELECT DISTINCT f.field, f.staging FROM icp.record_field f WHERE f.staging IS NOT NULL) c ON c.field = v.field
	 WHERE v.rejects
	 ORDER BY v.row_no, v.code;
	UPDATE pg_temp.load_row r SET is_wrong = true
	  FROM (SELECT DISTINCT f.row_no FROM pg_temp.load_fault f) f WHERE f.row_no = r.row_no;
END
$$;
COMMENT ON FUNCTION @registry@.load_check(text[]) IS 'load(), step 2: what each row has wrong in itself';

-- 3. What it contradicts: what is filed already is right, and of several rows the first that is filed itself.
-- The rows that want the same number or domain, or give one number two names, are taken one after the other: whether a
-- row stands in another's way depends on whether it is filed, which depends on the rows before it.
CREATE FUNCTION @registry@.load_contest() RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	-- what is taken grows from nothing, which the planner does not see
	SET enable_seqscan = off
	SET jit = off
AS $$
DECLARE
	r	record;
BEGIN
	CREATE TEMPORARY TABLE load_taken (key text COLLATE "C" PRIMARY KEY, row_no bigint, unit_name text, name_key text);
	FOR r IN SELECT c.* FROM pg_temp.load_contested c ORDER BY c.row_no LOOP
		INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
		SELECT r.row_no,
			   CASE WHEN t.key = r.service_key THEN 'service_licence' WHEN t.key = r.owner_key THEN 'unit_name' ELSE 'domain' END,
			   CASE WHEN t.key = r.service_key THEN r.service_text WHEN t.key = r.owner_key THEN r.unit_name
					ELSE substr(t.key, length('domain ') + 1) END,
			   CASE WHEN t.key = r.owner_key THEN r.main::text || ' belongs to ' || t.unit_name
					ELSE 'the same as in row ' || t.row_no END
		  FROM pg_temp.load_taken t
		 WHERE t.key = ANY (r.domain_keys || r.service_key || r.owner_key)
		   AND (t.key <> r.owner_key OR t.name_key <> r.name_key)
		 ORDER BY t.key DESC;
		IF NOT FOUND THEN
			INSERT INTO pg_temp.load_taken (key, row_no, unit_name, name_key)
			SELECT k, r.row_no, r.unit_name, r.name_key FROM unnest(r.domain_keys || r.service_key || r.owner_key) k
			ON CONFLICT DO NOTHING;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.load_contest() IS
	'load(), step 3: of rows that exclude each other, in their order, each is right that no right one before it excludes';

CREATE FUNCTION @registry@.load_compare() RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT r.row_no, 'service_licence', r.service_text, 'already used by ' || s.name
	  FROM pg_temp.load_row r
	  JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	  JOIN @registry@.sponsor s ON s.id = t.sponsor_id;
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT r.row_no, 'unit_name', r.unit_name, r.main::text || ' belongs to ' || s.name
	  FROM pg_temp.load_row r JOIN @registry@.sponsor s ON s.number = r.main AND s.status = 'filed'
	 WHERE s.name_key <> r.name_key;
	CREATE TEMPORARY TABLE load_domain AS
	SELECT r.row_no, d.domain::text AS domain, icp.claim_hash('domain', d.domain::text) AS key_hash
	  FROM pg_temp.load_row r, icp.domains(r.domains) AS d(domain)
	 WHERE NOT r.is_wrong;
	ANALYZE pg_temp.load_domain;
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT d.row_no, 'domain', d.domain, 'already filed under ' || t.number::text
	  FROM pg_temp.load_domain d
	  JOIN @registry@.claim c ON c.key_hash = d.key_hash AND c.kind = 'domain' AND c.key = d.domain
	   AND c.approved AND c.released_at IS NULL
	  JOIN @registry@.site t ON t.id = c.holder_id AND c.holder = '@registry@.site'::regclass
	 ORDER BY d.row_no, d.domain;
	-- No provider serves what is on a blacklist (4 §12(九)).  A record without access is filed, and view blacklist_hit
	-- shows it.  (What is listed while the load runs is met when it commits: refuse_blacklisted_access.)
	IF EXISTS (SELECT FROM @registry@.blacklist b WHERE b.removed_at IS NULL) THEN
		INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
		SELECT f.row_no, CASE f.list WHEN 'sponsor' THEN 'unit_name' ELSE 'domain' END,
			   CASE f.list WHEN 'sponsor' THEN r.unit_name ELSE f.domain::text END,
			   @registry@.blacklist_text(f.id, f.list, f.domain)
		  FROM (SELECT d.row_no, b.id, b.list, b.domain
				  FROM pg_temp.load_domain d
				 CROSS JOIN LATERAL @registry@.domain_and_parents(d.domain::icp.domain_name) AS p
				  JOIN @registry@.blacklist b ON b.domain = p AND b.removed_at IS NULL
				 WHERE b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
				UNION
				SELECT n.row_no, b.id, b.list, NULL
				  FROM pg_temp.load_row n JOIN @registry@.blacklist b ON b.name_key = n.name_key AND b.removed_at IS NULL
				 WHERE b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
				   AND NOT (b.is_individual OR @registry@.is_individual(n.nature))
				UNION
				SELECT n.row_no, b.id, b.list, NULL
				  FROM pg_temp.load_row n
				  JOIN @registry@.blacklist b
					ON b.credential_keys && @registry@.credential_keys(n.credential) AND b.removed_at IS NULL
				 WHERE b.listed_at <= now() AND coalesce(b.until, 'infinity') > now()
				   AND n.credential IS NOT NULL) f
		  JOIN pg_temp.load_row r ON r.row_no = f.row_no
		 WHERE r.provider_id IS NOT NULL
		 ORDER BY f.row_no, f.id;
	END IF;
	UPDATE pg_temp.load_row r SET is_wrong = true
	  FROM (SELECT DISTINCT f.row_no FROM pg_temp.load_fault f) f WHERE f.row_no = r.row_no AND NOT r.is_wrong;
	CREATE TEMPORARY TABLE load_contested AS
	WITH wanted AS (
		SELECT d.row_no, array_agg('domain ' || d.domain ORDER BY d.domain) AS keys
		  FROM pg_temp.load_domain d
		  JOIN (SELECT x.domain FROM pg_temp.load_domain x GROUP BY 1 HAVING count(*) > 1) w ON w.domain = d.domain
		 GROUP BY 1)
	SELECT r.row_no, r.unit_name, r.name_key, r.main, r.service_text, 'number ' || r.service AS service_key,
		   'owner ' || r.main AS owner_key, coalesce(w.keys, '{}') AS domain_keys
	  FROM pg_temp.load_row r LEFT JOIN wanted w ON w.row_no = r.row_no
	 WHERE NOT r.is_wrong
	   AND (w.row_no IS NOT NULL
			OR r.service IN (SELECT x.service FROM pg_temp.load_row x WHERE NOT x.is_wrong GROUP BY 1 HAVING count(*) > 1)
			OR r.main IN (SELECT x.main FROM pg_temp.load_row x WHERE NOT x.is_wrong
						   GROUP BY 1 HAVING min(x.name_key) <> max(x.name_key)));
	PERFORM @registry@.load_contest();
	UPDATE pg_temp.load_row r SET is_wrong = true
	  FROM (SELECT DISTINCT f.row_no FROM pg_temp.load_fault f) f WHERE f.row_no = r.row_no AND NOT r.is_wrong;
	ANALYZE pg_temp.load_row (row_no, service, main, name_key, is_wrong), pg_temp.load_fault (row_no, field);
	-- a row that is wrong anyway is told of its number's owner, too
	INSERT INTO pg_temp.load_fault (row_no, field, found, problem)
	SELECT r.row_no, 'unit_name', r.unit_name, r.main::text || ' belongs to ' || o.unit_name
	  FROM pg_temp.load_row r
	  JOIN (SELECT DISTINCT ON (o.main) o.main, o.unit_name, o.name_key FROM pg_temp.load_row o
			 WHERE NOT o.is_wrong AND o.main IN (SELECT w.main FROM pg_temp.load_row w WHERE w.is_wrong)
			 ORDER BY o.main, o.row_no) o ON o.main = r.main
	 WHERE r.is_wrong AND o.name_key <> r.name_key
	   AND NOT EXISTS (SELECT FROM pg_temp.load_fault f WHERE f.row_no = r.row_no AND f.field = 'unit_name');
END
$$;
COMMENT ON FUNCTION @registry@.load_compare() IS 'load(), step 3: what each row contradicts';

-- 4. File what is right.
CREATE FUNCTION @registry@.load_file() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	by_role	name := @registry@.acting_user();
	filed	bigint;
	taken	record;
BEGIN
	-- The columns that were entered, of each record, and how they are read.
	SELECT string_agg(', ' || quote_ident(c.column_name), '') FILTER (WHERE c.record = 'sponsor') AS sponsor,
		   string_agg(', ' || c.value, '') FILTER (WHERE c.record = 'sponsor') AS of_sponsor,
		   string_agg(', ' || quote_ident(c.column_name), '') FILTER (WHERE c.record = 'site') AS site,
		   string_agg(', ' || c.value, '') FILTER (WHERE c.record = 'site') AS of_site,
		   string_agg(', ' || quote_ident(c.column_name), '') FILTER (WHERE c.record = 'access') AS access,
		   string_agg(', ' || c.value, '') FILTER (WHERE c.record = 'access') AS of_access
	  INTO taken
	  FROM (SELECT f.record, f.column_name,
				   CASE WHEN f.column_name IN ('province', 'domains') THEN format('r.%I', f.column_name)
						WHEN f.column_name = 'server_place'
						THEN 'CASE WHEN icp.try_province(r.server_province) IS NULL THEN r.server_province END'
						WHEN a.atttypid = 'text[]'::regtype THEN format('@registry@.load_list(r.%I)', f.staging)
						WHEN a.atttypid = 'date'::regtype
						THEN format('(@registry@.load_time(r.%I) AT TIME ZONE ''Asia/Shanghai'')::date', f.staging)
						WHEN a.atttypid = 'icp.province'::regtype THEN format('icp.try_province(r.%I)', f.staging)
						WHEN a.atttypid = 'icp.ip_multirange'::regtype THEN format('@registry@.load_addresses(r.%I)', f.staging)
						ELSE format('r.%I', f.staging) END AS value
			  FROM icp.record_field f
			  JOIN pg_attribute a
				ON a.attrelid = format('@registry@.%I', f.record)::regclass AND a.attname = f.column_name AND NOT a.attisdropped
			 WHERE f.origin = 'entered' AND f.staging IS NOT NULL
			 -- (the two lists of a record in one order)
			 ORDER BY f.ordinal) c;
	INSERT INTO @registry@.account (provider_id, user_name)
	SELECT DISTINCT r.provider_id, r.account FROM pg_temp.load_row r WHERE NOT r.is_wrong
	-- (in one order everywhere: of two loads each would else wait for the other)
	 ORDER BY r.provider_id, r.account
	ON CONFLICT (provider_id, user_name) DO NOTHING;
	EXECUTE format($insert$
		INSERT INTO @registry@.sponsor (account_id, number, status, filed_at, last_service_no%s)
		SELECT DISTINCT ON (r.main) a.id, r.main, 'filed', now(), max(icp.service_no(r.service)) OVER (PARTITION BY r.main)%s
		  FROM pg_temp.load_row r
		  JOIN @registry@.account a ON a.user_name = r.account AND a.provider_id IS NOT DISTINCT FROM r.provider_id
		 WHERE NOT r.is_wrong
		   AND NOT EXISTS (SELECT FROM @registry@.sponsor s WHERE s.number = r.main AND s.status = 'filed')
		 ORDER BY r.main, r.row_no
		$insert$, taken.sponsor, taken.of_sponsor);
	EXECUTE format($insert$
		INSERT INTO @registry@.site (sponsor_id, account_id, province_code, number, kind, status, filed_at, changed_at%s)
		SELECT s.id, s.account_id, s.province_code, r.service, r.kind, 'filed', now(), coalesce(r.updated, now())%s
		  FROM pg_temp.load_row r JOIN @registry@.sponsor s ON s.number = r.main AND s.status = 'filed'
		 WHERE NOT r.is_wrong
		 ORDER BY r.service
		$insert$, taken.site, taken.of_site);
	GET DIAGNOSTICS filed = ROW_COUNT;
	EXECUTE format($insert$
		INSERT INTO @registry@.access (site_id, provider_id, status%s)
		SELECT t.id, r.provider_id, 'live'%s
		  FROM pg_temp.load_row r JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
		 WHERE NOT r.is_wrong AND r.provider_id IS NOT NULL
		$insert$, taken.access, taken.of_access);
	UPDATE @registry@.sponsor s SET last_service_no = top.service_no
	  FROM (SELECT r.main, max(icp.service_no(r.service)) AS service_no FROM pg_temp.load_row r
			 WHERE NOT r.is_wrong GROUP BY r.main) top
	 WHERE s.number = top.main AND s.status = 'filed' AND s.last_service_no < top.service_no;
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, to_state)
	SELECT by_role, 'import', t.sponsor_id, t.id, t.province_code, 'filed'
	  FROM pg_temp.load_row r JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	 WHERE NOT r.is_wrong
	 ORDER BY r.row_no;
	INSERT INTO @registry@.warning (relation, row_id, code, field, found, expected, severity, clause, message_zh, message_en,
									advice_zh, turned, actor, sponsor_id, site_id, province_code)
	SELECT CASE p.part WHEN 'site' THEN '@registry@.site'::regclass WHEN 'access' THEN '@registry@.access'::regclass
				ELSE '@registry@.sponsor'::regclass END,
		   CASE p.part WHEN 'site' THEN t.id WHEN 'access' THEN x.id ELSE t.sponsor_id END,
		   v.code, v.field, v.found, v.expected, v.severity, v.clause, v.message_zh, v.message_en, v.advice_zh,
		   v.severity = 'error', by_role, t.sponsor_id, t.id, t.province_code
	  FROM pg_temp.load_violation v
	  JOIN pg_temp.load_row r ON r.row_no = v.row_no
	  JOIN @registry@.site t ON t.number = r.service AND t.status = 'filed'
	  LEFT JOIN @registry@.access x ON x.site_id = t.id AND x.provider_id = r.provider_id
	 CROSS JOIN LATERAL @registry@.part_of(v.field) AS p(part)
	 WHERE NOT r.is_wrong
	 ORDER BY r.row_no, v.code;
	RETURN filed;
END
$$;
COMMENT ON FUNCTION @registry@.load_file() IS 'load(), step 4: files the rows that are right, and records the warnings';

-- All of it, of the rows that source yields as (row_no, content).
CREATE FUNCTION @registry@.load_rows(staging text, source text, columns text[],
		OUT total bigint, OUT filed bigint, OUT unchanged bigint, OUT rejected bigint)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	not_filed	bigint;
	before		bigint := -1;
BEGIN
	LOOP
		PERFORM @registry@.load_clear();
		total := @registry@.load_read(source, columns);
		-- What is already there is neither filed again nor wrong.
		DELETE FROM pg_temp.load_row r
		 USING @registry@.site t, @registry@.sponsor s
		 WHERE t.number = r.service AND t.status = 'filed' AND s.id = t.sponsor_id AND s.name_key = r.name_key
		   AND s.number = r.main AND t.domains = r.domains AND t.kind = r.kind;
		GET DIAGNOSTICS unchanged = ROW_COUNT;
		PERFORM @registry@.load_check(columns);
		PERFORM @registry@.load_compare();
		BEGIN
			filed := @registry@.load_file();
			EXIT;
		EXCEPTION WHEN unique_violation THEN
			-- Another transaction, which this one waited for, has filed a number or a domain of these rows.  What is
			-- filed is right, so all of them are judged again: not only that row, since others may have yielded to it.
			IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
				RAISE EXCEPTION 'another transaction has filed a number (备案号) or a domain (域名) of the rows of % meanwhile', staging
					USING ERRCODE = 'serialization_failure', HINT = 'Load again, in a new transaction.';
			END IF;
			SELECT unchanged + count(*) INTO not_filed FROM pg_temp.load_row r WHERE r.is_wrong;
			IF not_filed <= before THEN
				RAISE;			-- nothing has become known by the last time
			END IF;
			before := not_filed;
		END;
	END LOOP;
	-- Keep what is not.
	INSERT INTO @registry@.rejected_row (staging, row_no, content, reasons, province_code, rejected_at)
	SELECT load_rows.staging, r.row_no, r.content, f.reasons, icp.province_code(r.province), clock_timestamp()
	  FROM pg_temp.load_row r
	  JOIN (SELECT f.row_no,
				   jsonb_agg(jsonb_build_object('field', f.field, 'found', f.found, 'problem', f.problem)
							 || CASE WHEN u.code IS NULL THEN '{}'
								ELSE jsonb_build_object('code', u.code, 'clause', u.clause, 'expected', coalesce(f.expected, u.expected),
														'message_zh', u.message_zh, 'message_en', u.message_en,
														'advice', u.advice_zh) END
							 ORDER BY f.nr) AS reasons
			  FROM pg_temp.load_fault f LEFT JOIN icp.rule u ON u.code = f.code
			 GROUP BY f.row_no) f ON f.row_no = r.row_no
	 ORDER BY r.row_no;
	GET DIAGNOSTICS rejected = ROW_COUNT;
	PERFORM @registry@.load_clear();
END
$$;
COMMENT ON FUNCTION @registry@.load_rows(text, text, text[]) IS 'What load() and load_in_batches() do with rows';

CREATE FUNCTION @registry@.load(staging regclass,
		OUT total bigint, OUT filed bigint, OUT unchanged bigint, OUT rejected bigint)
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
	-- rows in their order, each time the same
	SET synchronize_seqscans = off
	SET max_parallel_workers_per_gather = 0
	SET jit = off
AS $$
DECLARE
	name	text := staging::text;
	began	timestamptz := clock_timestamp();
	columns	text[] := @registry@.load_columns(staging);
BEGIN
	-- what an earlier run rejected is judged again
	DELETE FROM @registry@.rejected_row j WHERE j.staging = name;
	SELECT l.total, l.filed, l.unchanged, l.rejected INTO total, filed, unchanged, rejected
	  FROM @registry@.load_rows(name, format('(SELECT row_number() OVER () AS row_no, to_jsonb(r) AS content FROM %s r)', staging),
								columns) l;
	INSERT INTO @registry@.progress AS p (staging, step, done, total, filed, unchanged, rejected, actor, pid, started_at, updated_at)
	VALUES (name, 'finished', total, total, filed, unchanged, rejected, @registry@.acting_user(), pg_backend_pid(), began,
			clock_timestamp())
	ON CONFLICT ON CONSTRAINT progress_pkey DO UPDATE
	   SET (step, done, total, filed, unchanged, rejected, actor, pid, started_at, updated_at) =
		   (excluded.step, excluded.done, excluded.total, excluded.filed, excluded.unchanged, excluded.rejected, excluded.actor,
			excluded.pid, excluded.started_at, excluded.updated_at);
END
$$;
COMMENT ON FUNCTION @registry@.load(regclass) IS
	'Files the rows of a staging table of text columns that are right, keeps the others in rejected_row with their reasons, in one transaction; may be run again after corrections (design decision 12)';

-- load/batches
-- load() in transactions of its own, so that others see how far it is, and what was done outlives a crash.

CREATE FUNCTION @registry@.load_open(staging regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	name	text := staging::text;
BEGIN
	PERFORM @registry@.load_columns(staging);
	INSERT INTO @registry@.progress AS p (staging, step, actor, pid, started_at, updated_at)
	VALUES (name, 'reading', @registry@.acting_user(), pg_backend_pid(), clock_timestamp(), clock_timestamp())
	ON CONFLICT ON CONSTRAINT progress_pkey DO UPDATE
	   SET (step, done, total, filed, unchanged, rejected, actor, pid, started_at, updated_at) =
		   (excluded.step, 0, NULL, 0, 0, 0, excluded.actor, excluded.pid, excluded.started_at, excluded.updated_at);
END
$$;
COMMENT ON FUNCTION @registry@.load_open(regclass) IS 'load_in_batches(): says that it begins';

CREATE FUNCTION @registry@.load_copy(staging regclass) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
	SET synchronize_seqscans = off
	SET max_parallel_workers_per_gather = 0
AS $$
DECLARE
	name		text := staging::text;
	row_count	bigint;
BEGIN
	-- the rows as they are now: a later change of the staging table is the next run's
	DROP TABLE IF EXISTS pg_temp.load_source;
	EXECUTE format('CREATE TEMPORARY TABLE load_source AS SELECT row_number() OVER () AS row_no, to_jsonb(r) AS content FROM %s r',
				   staging);
	GET DIAGNOSTICS row_count = ROW_COUNT;
	ALTER TABLE pg_temp.load_source ADD PRIMARY KEY (row_no);
	DELETE FROM @registry@.rejected_row j WHERE j.staging = name AND j.row_no > row_count;
	UPDATE @registry@.progress p SET step = 'filing', total = row_count, updated_at = clock_timestamp() WHERE p.staging = name;
	RETURN row_count;
END
$$;
COMMENT ON FUNCTION @registry@.load_copy(regclass) IS 'load_in_batches(): takes the rows of the staging table, and returns how many they are';

CREATE FUNCTION @registry@.load_batch(staging regclass, first bigint, size integer) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
	SET client_min_messages = warning
	SET max_parallel_workers_per_gather = 0
	SET jit = off
AS $$
DECLARE
	name	text := staging::text;
	nth		bigint := (first - 1) / size + 1;
	l		record;
BEGIN
	-- what an earlier run rejected of these rows is judged again
	DELETE FROM @registry@.rejected_row j WHERE j.staging = name AND j.row_no >= first AND j.row_no < first + size;
	SELECT * INTO l
	  FROM @registry@.load_rows(name, format('(SELECT s.row_no, s.content FROM pg_temp.load_source s WHERE s.row_no >= %s AND s.row_no < %s)',
											 first, first + size),
								@registry@.load_columns(staging));
	UPDATE @registry@.progress p
	   SET done = p.done + l.total, filed = p.filed + l.filed, unchanged = p.unchanged + l.unchanged,
		   rejected = p.rejected + l.rejected, updated_at = clock_timestamp()
	 WHERE p.staging = name;
	-- So that the next batches look up what was filed instead of reading all of it: when it has doubled.
	IF nth & (nth - 1) = 0 AND l.filed > 0 THEN
		ANALYZE @registry@.account, @registry@.sponsor, @registry@.site, @registry@.claim;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.load_batch(regclass, bigint, integer) IS 'load_in_batches(): one batch, with its progress';

CREATE FUNCTION @registry@.load_close(staging regclass) RETURNS @registry@.progress
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	name	text := staging::text;
	result	@registry@.progress;
BEGIN
	DROP TABLE pg_temp.load_source;
	UPDATE @registry@.progress p SET step = 'finished', updated_at = clock_timestamp() WHERE p.staging = name RETURNING p.* INTO result;
	RETURN result;
END
$$;
COMMENT ON FUNCTION @registry@.load_close(regclass) IS 'load_in_batches(): says that it is finished';

-- A procedure that commits cannot pin its search_path: every name and operator in it is qualified.
CREATE PROCEDURE @registry@.load_in_batches(staging regclass, batch integer DEFAULT 10000,
		INOUT total bigint DEFAULT NULL, INOUT filed bigint DEFAULT NULL, INOUT unchanged bigint DEFAULT NULL,
		INOUT rejected bigint DEFAULT NULL)
	LANGUAGE plpgsql
AS $$
DECLARE
	first		bigint := 1;
	row_count	bigint;
	result		@registry@.progress;
BEGIN
	IF staging IS NULL OR batch IS NULL OR batch OPERATOR(pg_catalog.<) 1 THEN
		RAISE EXCEPTION 'load_in_batches() needs a staging table, and batches of at least one row'
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM @registry@.load_open(staging);
	COMMIT;
	row_count := @registry@.load_copy(staging);
	COMMIT;
	WHILE first OPERATOR(pg_catalog.<=) row_count LOOP
		PERFORM @registry@.load_batch(staging, first, batch);
		COMMIT;
		first := first OPERATOR(pg_catalog.+) batch;
	END LOOP;
	result := @registry@.load_close(staging);
	total := result.total;
	filed := result.filed;
	unchanged := result.unchanged;
	rejected := result.rejected;
END
$$;
COMMENT ON PROCEDURE @registry@.load_in_batches(regclass, integer, bigint, bigint, bigint, bigint) IS
	'load() in batches that commit: progress is there for everybody to see, and what an interrupted load has filed is unchanged to the next one';
REVOKE ALL ON PROCEDURE @registry@.load_in_batches(regclass, integer, bigint, bigint, bigint, bigint) FROM PUBLIC;

-- claim/secret_change
-- Making the digests anew with another secret.

-- Nobody enters or approves a person meanwhile, or his claim would have been made or met with the other secret.  The
-- claims stay what they are, with their conflicts and settlements: what was equal is equal again.
CREATE FUNCTION @registry@.rekey_claims(secret bytea DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	triggers	text[];
	stopped		text;
	still_said	bigint[];
	changed		bigint;
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'the claims of persons (自然人) are made anew at READ COMMITTED only'
			USING ERRCODE = 'active_sql_transaction', DETAIL = 'An older snapshot would pass by who was entered meanwhile.';
	END IF;
	LOCK TABLE @registry@.sponsor IN EXCLUSIVE MODE;
	LOCK TABLE @registry@.sponsor_change, @registry@.claim, @registry@.untrue_item IN SHARE ROW EXCLUSIVE MODE;
	-- A finding keeps no value: where the record still says what was found untrue, it is digested again.  Without the
	-- secret of before, it is taken to say so still, until a bureau settles the finding.
	still_said := ARRAY(
		SELECT u.id FROM @registry@.untrue_item u
		  JOIN @registry@.sponsor s ON s.id = u.sponsor_id
		  LEFT JOIN @registry@.site t ON t.id = u.site_id
		 WHERE CASE WHEN u.value_digest IS NULL THEN false
					WHEN NOT EXISTS (SELECT FROM @registry@.claim_secret)
					THEN u.settled_at IS NULL
					ELSE u.value_digest = @registry@.item_digest(CASE WHEN u.site_id IS NULL THEN to_jsonb(s)
																	   ELSE to_jsonb(t) END, u.item) END);
	IF rekey_claims.secret IS NOT NULL THEN
		-- TRUNCATE: a snapshot of before sees no secret then, and not the one of before, with which it would claim past the
		-- others (person_digest() refuses).
		TRUNCATE @registry@.claim_secret;
		INSERT INTO @registry@.claim_secret (secret) VALUES (rekey_claims.secret);
	END IF;
	-- Nothing but the digests changes: no trigger need know, and none is to stamp the record.
	triggers := ARRAY(
		SELECT format('ALTER TABLE %s %%s TRIGGER %I', t.tgrelid::regclass, replace(t.tgname, '%', '%%'))
		  FROM pg_catalog.pg_trigger t
		 WHERE t.tgrelid IN ('@registry@.sponsor'::regclass, '@registry@.sponsor_change'::regclass, '@registry@.untrue_item'::regclass)
		   AND NOT t.tgisinternal AND t.tgenabled = 'O');
	FOREACH stopped IN ARRAY triggers LOOP
		EXECUTE format(stopped, 'DISABLE');
	END LOOP;

	CREATE TEMPORARY TABLE pg_temp.rekeyed ON COMMIT DROP AS
		SELECT '@registry@.sponsor'::regclass AS holder, s.id AS holder_id, s.claim_key AS before, k.after
		  FROM @registry@.sponsor s, LATERAL (SELECT @registry@.person_claim_key(s.name_key, s.nature, s.credential) AS after) k
		 WHERE strpos(s.claim_key, ' ') > 0 AND k.after <> s.claim_key
		UNION ALL
		SELECT '@registry@.sponsor_change'::regclass, c.application_id, c.claim_key, k.after
		  FROM @registry@.sponsor_change c
		  JOIN @registry@.application a ON a.id = c.application_id
		  JOIN @registry@.sponsor s ON s.id = a.sponsor_id,
			   LATERAL (SELECT @registry@.person_claim_key(icp.name_key(coalesce(c.name, s.name)), coalesce(c.nature, s.nature),
														   coalesce(c.credential, s.credential)) AS after) k
		 WHERE strpos(c.claim_key, ' ') > 0 AND k.after <> c.claim_key;
	ANALYZE pg_temp.rekeyed;
	UPDATE @registry@.claim c SET key = r.after, key_hash = icp.claim_hash(c.kind, r.after)
	  FROM pg_temp.rekeyed r
	 WHERE c.holder_id = r.holder_id AND c.holder = r.holder AND c.kind = 'sponsor_name' AND c.key = r.before
	   AND c.released_at IS NULL;
	UPDATE @registry@.sponsor s SET claim_key = r.after
	  FROM pg_temp.rekeyed r WHERE r.holder = '@registry@.sponsor'::regclass AND s.id = r.holder_id;
	GET DIAGNOSTICS changed = ROW_COUNT;
	UPDATE @registry@.sponsor_change c SET claim_key = r.after
	  FROM pg_temp.rekeyed r WHERE r.holder = '@registry@.sponsor_change'::regclass AND c.application_id = r.holder_id;
	DROP TABLE pg_temp.rekeyed;
	UPDATE @registry@.untrue_item u
	   SET value_digest = (SELECT @registry@.item_digest(CASE WHEN u.site_id IS NULL THEN to_jsonb(s)
															   ELSE (SELECT to_jsonb(t) FROM @registry@.site t WHERE t.id = u.site_id) END, u.item)
							 FROM @registry@.sponsor s WHERE s.id = u.sponsor_id)
	 WHERE u.id = ANY (still_said);

	FOREACH stopped IN ARRAY triggers LOOP
		EXECUTE format(stopped, 'ENABLE');
	END LOOP;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION @registry@.rekey_claims(bytea) IS
	'Makes the digests of persons'' credentials anew, with this secret or the present one; returns how many sponsors changed. The registry''s owner; nobody enters sponsors meanwhile';

CREATE FUNCTION @registry@.set_claim_secret(secret bytea DEFAULT icp.random_secret()) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF secret IS NULL OR octet_length(secret) NOT BETWEEN 32 AND 1024 THEN
		RAISE EXCEPTION 'a secret has 32 to 1024 bytes' USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM @registry@.rekey_claims(secret);
	RETURN @registry@.claim_secret_id();
END
$$;
COMMENT ON FUNCTION @registry@.set_claim_secret(bytea) IS
	'Sets the secret of persons'' claims, that of another registry or a new one, and makes their digests anew; returns claim_secret_id()';

-- log/authority
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

-- application/workflow
-- What a change of state does: the automatic check at the report, the effects of approval, the end of a draft.

-- Each subject of the automatic check is a function of its own, which returns what people read as the reason.
-- What the records themselves say against an application; true for everybody, and tested again at approval.
CREATE FUNCTION @registry@.record_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	-- (plpgsql keeps its plans)
	RETURN QUERY SELECT v.problem
	  FROM @registry@.application a
	  JOIN icp.application_kind k ON k.code = a.kind
	  JOIN @registry@.sponsor s ON s.id = a.sponsor_id
	  LEFT JOIN @registry@.site t ON t.id = a.site_id
	  LEFT JOIN @registry@.access c ON c.id = a.access_id
	 CROSS JOIN LATERAL (VALUES
		(CASE WHEN a.kind <> 'new_filing' AND s.status <> 'filed'
			  THEN format('sponsor (主体) %s is %s, not filed (result code 1049; 3 Q21)', s.id, s.status) END),
		(CASE WHEN a.kind NOT IN ('new_filing', 'new_site') AND t.status <> 'filed'
			  THEN format('site (网站) %s is %s, not filed (result code 1049; 3 Q21)', t.id, t.status) END),
		-- a draft may have been moved since, and all that was verified is the other sponsor's
		(CASE WHEN t.sponsor_id <> a.sponsor_id
			  THEN format('site (网站) %s has been moved to sponsor (主体) %s, the application is of sponsor %s: move it back, or apply anew',
						  t.id, t.sponsor_id, a.sponsor_id) END),
		(CASE WHEN a.kind IN ('change_access', 'cancel_access') AND c.status <> 'live'
			  THEN format('access (接入) %s is %s, not live (result code 1050)', c.id, c.status) END),
		(CASE WHEN a.kind = 'new_access' AND c.status = 'live'
			  THEN format('access (接入) %s is there already (result code 1038)', c.id) END),
		(CASE WHEN a.kind = 'cancel_access' AND c.status = 'live' AND t.status = 'filed'
				   AND NOT EXISTS (SELECT FROM @registry@.access o
									WHERE o.site_id = a.site_id AND o.status = 'live' AND o.id <> a.access_id)
			  THEN format('access (接入) %s is the last of site %s and cannot be cancelled (result code 1025; 4 §14(四)): add the new one first, or cancel the site',
						  c.id, t.id) END),
		-- other providers are added when it has its number
		(CASE WHEN a.kind IN ('new_filing', 'new_site')
				   AND (SELECT count(*) FROM @registry@.access o WHERE o.site_id = a.site_id AND o.status <> 'cancelled'
																   AND o.provider_id <> a.provider_id) > 0
			  THEN format('site (网站) %s has an access through another provider; a first filing goes through one (4 §18(五))', t.id) END),
		(CASE WHEN EXISTS (SELECT FROM @registry@.sponsor_change h
							WHERE h.application_id = a.id AND h.status = 'pending'
							  AND icp.province_code(h.province) <> s.province_code)
			  THEN format('a change may not move sponsor (主体) %s to another province (result code 1046)', s.id) END),
		-- (who is exempt may approve one that changes nothing, as it may a change that proposes nothing)
		(CASE WHEN a.kind = 'licence' AND a.licence IS NULL AND NOT @registry@.owner_is_exempt()
			  THEN 'no licence number (经营许可证号): column licence (4 §21(二))' END),
		(CASE WHEN a.kind = 'licence' AND EXISTS (SELECT FROM @registry@.sponsor o
												   WHERE o.number = a.licence AND o.status = 'filed' AND o.id <> s.id)
			  THEN format('licence %s is another sponsor''s number', a.licence) END))
		   AS v(problem)
	 WHERE a.id = record_problems.application_id AND k.steps IS NOT NULL AND v.problem IS NOT NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_problems(bigint) IS
	'Why an application cannot be approved as the records stand: what it is about is filed no more, the last access, another province, no licence number';

-- A settlement lets an application go on; the domain of a filed site has its holder all the same, and of one account too.
CREATE FUNCTION @registry@.filed_domains(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT format('domain (域名) %s is filed for site %s of sponsor %s', d::text, t.id, t.sponsor_id)
	  FROM @registry@.application a
	  LEFT JOIN @registry@.site s ON s.id = a.site_id AND a.kind IN ('new_filing', 'new_site')
	  LEFT JOIN @registry@.site_change h ON h.application_id = a.id AND h.status = 'pending'
	 CROSS JOIN LATERAL icp.domains(coalesce(s.domains, h.domains)) AS d
	  JOIN @registry@.claim c ON c.key_hash = icp.claim_hash('domain', d::text) AND c.kind = 'domain' AND c.key = d::text
	   AND c.released_at IS NULL AND c.approved AND c.holder = '@registry@.site'::regclass AND c.holder_id <> a.site_id
	  JOIN @registry@.site t ON t.id = c.holder_id
	 WHERE a.id = filed_domains.application_id
	 ORDER BY d;
END
$$;
COMMENT ON FUNCTION @registry@.filed_domains(bigint) IS
	'Domains of an application that another site, of whatever account, is filed with: a domain has one live filed holder';

CREATE FUNCTION @registry@.report_problems(application_id bigint) RETURNS SETOF text
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	steps	text := (SELECT k.steps FROM @registry@.application a JOIN icp.application_kind k ON k.code = a.kind
					  WHERE a.id = report_problems.application_id);
	found	bigint := 0;
	more	bigint;
BEGIN
	RETURN QUERY SELECT p FROM @registry@.record_problems(application_id) p;
	GET DIAGNOSTICS more = ROW_COUNT;
	found := found + more;
	RETURN QUERY SELECT p FROM @registry@.standing_problems(application_id) p;
	GET DIAGNOSTICS more = ROW_COUNT;
	found := found + more;
	RETURN QUERY SELECT p FROM @registry@.password_problems(application_id) p;
	GET DIAGNOSTICS more = ROW_COUNT;
	found := found + more;
	-- Nobody is kept from cancelling by what keeps him from filing.
	IF steps IN ('F', 'V') THEN
		RETURN QUERY SELECT p FROM @registry@.approval_problems(application_id) p;
		GET DIAGNOSTICS more = ROW_COUNT;
		found := found + more;
		RETURN QUERY SELECT p FROM @registry@.truth_problems(application_id) p;
		GET DIAGNOSTICS more = ROW_COUNT;
		found := found + more;
		RETURN QUERY SELECT p FROM @registry@.rule_problems(application_id) p;
		GET DIAGNOSTICS more = ROW_COUNT;
		found := found + more;
		-- Last, and only of what would pass otherwise: whom a list names with which credential is for the bureaux to know,
		-- and who asks by trying lays each number that is not on it before one.
		IF found = 0 THEN
			RETURN QUERY SELECT p FROM @registry@.blacklist_problems(application_id) p;
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION @registry@.report_problems(bigint) IS
	'Why the automatic check returns a reported application: the records, provider''s standing, password, approvals, form rules, and if those let it pass the blacklists (4 §18(三)1); no row: it passes';

-- What a step will lock is locked before its event is written, in the order of locks (record/lock.sql).  Of two approvals that
-- concern one sponsor the second sees what the first did, and nobody changes what is tested between the test and the
-- effect.  (New sites of the sponsor may come in.)  A report locks what its applicant could still alter; so does every
-- other step, since several may be taken in one transaction, and the first one's event has the head of the log.
CREATE FUNCTION @registry@.lock_record() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF NEW.state = 'approved' AND NEW.kind = 'cancel_sponsor' THEN
		PERFORM @registry@.lock_sponsor(NEW.sponsor_id);
	ELSIF NEW.state = 'approved' AND NEW.kind = 'licence' THEN
		PERFORM @registry@.lock_records(ARRAY[NEW.sponsor_id],
			ARRAY(SELECT t.id FROM @registry@.site t WHERE t.sponsor_id = NEW.sponsor_id AND t.status = 'filed'));
	ELSIF NEW.state = 'approved' THEN
		PERFORM @registry@.lock_records(ARRAY[NEW.sponsor_id], ARRAY(SELECT NEW.site_id WHERE NEW.site_id IS NOT NULL));
		PERFORM FROM @registry@.access c WHERE c.site_id = NEW.site_id ORDER BY c.id FOR NO KEY UPDATE;
	ELSE
		-- (a report)
		PERFORM FROM @registry@.sponsor p WHERE p.id = NEW.sponsor_id AND p.status = 'draft' FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site t WHERE t.id = NEW.site_id AND t.status = 'draft' FOR NO KEY UPDATE;
		PERFORM FROM @registry@.access c WHERE c.site_id = NEW.site_id AND c.status = 'draft' ORDER BY c.id FOR NO KEY UPDATE;
	END IF;
	IF NEW.kind LIKE E'change\\_%' THEN
		PERFORM FROM @registry@.sponsor_change c WHERE c.application_id = NEW.id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site_change c WHERE c.application_id = NEW.id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.access_change c WHERE c.application_id = NEW.id FOR NO KEY UPDATE;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.lock_record() IS
	'Trigger: locks what a report or an approval will test and change, in the order of locks';

CREATE FUNCTION @registry@.lock_drafts() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	SET enable_seqscan = off		-- a few rows by their ids, of however small a table: many of these make one statement
AS $$
DECLARE
	steps	record;
BEGIN
	-- (a FULL JOIN behind a fence, as in record_steps())
	SELECT array_agg(DISTINCT r.sponsor_id) AS sponsors, array_agg(DISTINCT r.site_id) AS sites,
		   array_agg(r.id ORDER BY r.id) FILTER (WHERE r.kind LIKE E'change\\_%') AS changes
	  INTO steps
	  FROM (SELECT n.id, n.kind, n.state, n.sponsor_id, n.site_id, o.state AS before
			  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) r
	 WHERE r.state <> r.before AND r.state NOT IN ('reported', 'sms', 'approved');
	IF steps.sponsors IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM FROM @registry@.sponsor p WHERE p.id = ANY (steps.sponsors) AND p.status = 'draft' ORDER BY p.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.site t WHERE t.id = ANY (steps.sites) AND t.status = 'draft' ORDER BY t.id FOR NO KEY UPDATE;
	PERFORM FROM @registry@.access c WHERE c.site_id = ANY (steps.sites) AND c.status = 'draft' ORDER BY c.id FOR NO KEY UPDATE;
	IF steps.changes IS NOT NULL THEN
		PERFORM FROM @registry@.sponsor_change c WHERE c.application_id = ANY (steps.changes) ORDER BY c.application_id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.site_change c WHERE c.application_id = ANY (steps.changes) ORDER BY c.application_id FOR NO KEY UPDATE;
		PERFORM FROM @registry@.access_change c WHERE c.application_id = ANY (steps.changes) ORDER BY c.application_id FOR NO KEY UPDATE;
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.lock_drafts() IS
	'Trigger: locks the drafts of a statement''s other steps, which a later step of the transaction will test and change, in the order of locks';
-- after a_enforce_transition, before whatever asks for evidence
CREATE TRIGGER a_lock_record AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('reported', 'sms', 'approved'))
	EXECUTE FUNCTION @registry@.lock_record();
-- before their events
CREATE TRIGGER a_lock_records AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.lock_drafts();

CREATE FUNCTION @registry@.apply_step() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	steps		text := (SELECT k.steps FROM icp.application_kind k WHERE k.code = NEW.kind);
	conflicts	text;
	problems	text;
BEGIN
	IF NEW.state = 'reported' THEN
		-- the automatic check, in the statement that reports
		SELECT string_agg(p, '; ') INTO problems FROM @registry@.report_problems(NEW.id) p;
		UPDATE @registry@.application a
		   SET state = CASE WHEN problems IS NOT NULL THEN 'returned'
							WHEN steps IN ('F', 'V', 'C') AND NEW.kind <> 'cancel_access'
								 AND @registry@.sms_is_on(NEW.kind, now()) THEN 'sms'
							WHEN steps IN ('F', 'V')
								 AND EXISTS (SELECT FROM @registry@.blocking_conflicts(NEW.id)) THEN 'conflicted'
							ELSE 'reviewing' END,
			   reason = problems
		 WHERE a.id = NEW.id;
	ELSIF NEW.state = 'sms' THEN
		PERFORM @registry@.sms_start(NEW.id);
	ELSIF NEW.state = 'approved' THEN
		-- (lock_record() has locked what is tested here and changed by carry_out())
		IF steps IN ('F', 'V') THEN
			-- (of a natural person without the name)
			SELECT string_agg(format('%s %s is also claimed by %s %s of account %s', c.kind,
									 CASE WHEN EXISTS (SELECT FROM @registry@.claim k
														WHERE k.holder_id = c.rival_holder_id AND k.id = c.rival_id
														  AND k.kind = 'sponsor_name' AND strpos(k.key, ' ') > 0)
										  THEN 'of a natural person (自然人)' ELSE c.key END,
									 c.rival_holder, c.rival_holder_id, c.rival_account_id), '; '
							  ORDER BY c.kind, c.key, c.rival_id)
			  INTO conflicts
			  FROM @registry@.blocking_conflicts(NEW.id) c;
			IF conflicts IS NOT NULL THEN
				RAISE EXCEPTION 'application % has an open conflict (备案冲突) and cannot be approved', NEW.id
					USING ERRCODE = 'object_not_in_prerequisite_state',
						  DETAIL = conflicts || '.',
						  HINT = 'Settle it in @registry@.conflict, or return the application (3 Q17).';
			END IF;
			SELECT string_agg(p, '; ') INTO conflicts FROM @registry@.filed_domains(NEW.id) p;
			IF conflicts IS NOT NULL THEN
				RAISE EXCEPTION 'application % claims a domain (域名) that is filed already', NEW.id
					USING ERRCODE = 'unique_violation', TABLE = 'claim', CONSTRAINT = 'claim_approved_domain_key',
						  DETAIL = conflicts || '.',
						  HINT = 'A domain has one live filed holder: that filing is cancelled (撤销, 注销) or changed first, or this application returned.';
			END IF;
		END IF;
		SELECT string_agg(p, '; ') INTO problems
		  FROM (SELECT p FROM @registry@.record_problems(NEW.id) p
				UNION ALL
				SELECT p FROM @registry@.blacklist_problems(NEW.id) p WHERE steps IN ('F', 'V', 'L')) AS found(p);
		IF problems IS NOT NULL THEN
			RAISE EXCEPTION 'application % (%) cannot be approved', NEW.id, NEW.kind
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = problems || '.',
					  HINT = 'Return the application with the reason.';
		END IF;
		PERFORM @registry@.carry_out(NEW);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.apply_step() IS
	'Trigger: the automatic check at the report, the tests and the effects at approval';

-- A draft record that nothing else applies for gives up its claims, and a change its own; those of a statement together.
CREATE FUNCTION @registry@.end_drafts() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ended		bigint[];
	sponsors	bigint[];
	sites		bigint[];
	accesses	bigint[];
BEGIN
	SELECT array_agg(a.id), array_agg(DISTINCT a.sponsor_id), array_agg(DISTINCT a.site_id), array_agg(DISTINCT a.access_id)
	  INTO ended, sponsors, sites, accesses
	  FROM (SELECT n.id, n.state, n.sponsor_id, n.site_id, n.access_id, o.state AS before
			  FROM old_rows o FULL JOIN new_rows n ON n.id = o.id OFFSET 0) a
	 WHERE a.state IN ('withdrawn', 'expired') AND a.before <> a.state;
	IF ended IS NULL THEN
		RETURN NULL;
	END IF;
	-- Of two that end at the same time the second sees the first, or, with a snapshot of its own, is told to try
	-- again: it meets the first one's row below; the first passes by the second's, which waits for it.
	sponsors := ARRAY(SELECT p.id FROM @registry@.sponsor p WHERE p.id = ANY (sponsors) AND p.status = 'draft'
					   ORDER BY p.id FOR NO KEY UPDATE);
	sites := ARRAY(SELECT t.id FROM @registry@.site t WHERE t.id = ANY (sites) AND t.status = 'draft'
					ORDER BY t.id FOR NO KEY UPDATE);
	accesses := ARRAY(SELECT c.id FROM @registry@.access c WHERE c.id = ANY (accesses) AND c.status = 'draft'
					   ORDER BY c.id FOR NO KEY UPDATE);
	PERFORM FROM @registry@.application a
	  WHERE a.id <> ALL (ended) AND a.state IN (SELECT s.code FROM icp.state s WHERE NOT s.is_final)
		AND (a.sponsor_id = ANY (sponsors) OR a.site_id = ANY (sites) OR a.access_id = ANY (accesses))
		FOR SHARE OF a SKIP LOCKED;
	PERFORM @registry@.drop_changes(ended);
	UPDATE @registry@.site t SET status = 'withdrawn'
	 WHERE t.id = ANY (sites)
	   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
						WHERE a.site_id = t.id AND NOT s.is_final);
	UPDATE @registry@.sponsor p SET status = 'withdrawn'
	 WHERE p.id = ANY (sponsors)
	   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
						WHERE a.sponsor_id = p.id AND NOT s.is_final);
	UPDATE @registry@.access c SET status = 'cancelled'
	 WHERE c.id = ANY (accesses)
	   AND NOT EXISTS (SELECT FROM @registry@.application a JOIN icp.state s ON s.code = a.state
						WHERE a.access_id = c.id AND NOT s.is_final);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.end_drafts() IS
	'Trigger: what was entered for applications that are withdrawn or expired, and for nothing else, ends with them';

-- AFTER triggers fire in the order of their names: first the step is judged, then recorded, then carried out.
-- (WHEN, not UPDATE OF: a BEFORE trigger of the user's own may set the state too.)
CREATE TRIGGER a_enforce_creation AFTER INSERT ON @registry@.application
	FOR EACH ROW EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
CREATE TRIGGER a_enforce_transition AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.kind IS DISTINCT FROM OLD.kind)
	EXECUTE FUNCTION icp.enforce_transition('kind', 'state', 'id');
CREATE TRIGGER c_apply_step AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('reported', 'sms', 'approved'))
	EXECUTE FUNCTION @registry@.apply_step();
-- behind the rows' own triggers, before the notices
CREATE TRIGGER c_end_drafts AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.end_drafts();

-- rights/constraint
-- No row in a message: where a row breaks a constraint, the server repeats all of it to the owner and to the log; who
-- keeps filings keeps them confidential (4 §51, §52).

-- Last by name among the BEFORE triggers, so that it sees the row as it will be stored.  (It does not fire for what
-- icp.detect_conflict() writes past the executor.)
DO $$
DECLARE
	relation	record;
BEGIN
	FOR relation IN
		SELECT c.relname FROM pg_catalog.pg_class c
		 WHERE c.relnamespace = '@registry@'::regnamespace AND c.relkind = 'r'
		 ORDER BY c.relname
	LOOP
		EXECUTE format('CREATE TRIGGER zz_check_constraints BEFORE INSERT OR UPDATE ON @registry@.%I'
					   ' FOR EACH ROW EXECUTE FUNCTION icp.check_constraints(%s)', relation.relname,
					   -- people call themselves by their mailbox or telephone
					   CASE relation.relname WHEN 'account' THEN quote_literal('account_user_name_key') ELSE '' END);
	END LOOP;
END
$$;

-- rights/rights
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
-- A provider sees what is applied for with its customers, with others' where it is entered with it: until that ends, and
-- afterwards while it serves the site.  What it must keep (2 三(一)4) are its own papers: verification.
CREATE POLICY application_see ON @registry@.application FOR SELECT
	USING ((SELECT @registry@.acts_nationwide())
		   OR province_code = ANY ((SELECT @registry@.own_provinces())::smallint[])
		   OR account_id = ANY ((SELECT @registry@.own_accounts())::bigint[])
		   OR provider_id = ANY ((SELECT @registry@.own_providers())::bigint[])
			  -- (the row of the statement that ends it is still seen)
			  AND (ended_at IS NULL AND state NOT IN ('approved', 'withdrawn', 'expired') OR ended_at = now())
		   -- (by index for one row, as a set for many)
		   OR EXISTS (SELECT FROM @registry@.account c
					   WHERE c.id = account_id AND c.provider_id = ANY ((SELECT @registry@.own_providers())::bigint[]))
		   OR provider_id = ANY ((SELECT @registry@.own_providers())::bigint[])
			  AND (site_id IN (SELECT v FROM @registry@.served_sites() v)
				   OR site_id IS NULL AND sponsor_id IN (SELECT v FROM @registry@.served_sponsors() v)));
CREATE POLICY application_enter ON @registry@.application FOR INSERT
	WITH CHECK (@registry@.may_apply(kind, filed_by, province_code, account_id, provider_id));
-- Which step is whose is the business of icp.enforce_transition().
CREATE POLICY application_step ON @registry@.application FOR UPDATE
	USING ((SELECT @registry@.acts_nationwide())
		   OR province_code = ANY ((SELECT @registry@.own_provinces())::smallint[])
		   OR account_id = ANY ((SELECT @registry@.own_accounts())::bigint[])
		   OR provider_id = ANY ((SELECT @registry@.own_providers())::bigint[])
			  AND (ended_at IS NULL AND state NOT IN ('approved', 'withdrawn', 'expired') OR ended_at = now())
		   OR EXISTS (SELECT FROM @registry@.account c
					   WHERE c.id = account_id AND c.provider_id = ANY ((SELECT @registry@.own_providers())::bigint[]))
		   OR provider_id = ANY ((SELECT @registry@.own_providers())::bigint[])
			  AND (site_id IN (SELECT v FROM @registry@.served_sites() v)
				   OR site_id IS NULL AND sponsor_id IN (SELECT v FROM @registry@.served_sponsors() v)));

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

-- rights/row_first
-- Row security is asked before anything else of a row.  Comparisons of text are safe in PostgreSQL's eyes and cheap, and
-- go in front of a policy that is dearer; EXPLAIN (ANALYZE) then tells a stranger "telephone < 139" of a row that he
-- may not see, and in some thirty questions the telephone (4 §51, §52).  So the functions of policies cost next to nothing.
-- (IS NULL and columns of type boolean cost nothing at all, and an index is asked before any policy: of the values that a
-- stranger must not learn none stands in one but an account's login name and the key of a sponsor's name.)
DO $$
DECLARE
	function	regprocedure;
BEGIN
	FOR function IN
		SELECT DISTINCT d.refobjid::regprocedure
		  FROM pg_catalog.pg_depend d
		  JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid AND p.pronamespace = '@registry@'::regnamespace
		 WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass
	LOOP
		EXECUTE format('ALTER FUNCTION %s COST 0.0001', function);
	END LOOP;
END
$$;

-- An UPDATE asks the policies of UPDATE first, then those of SELECT.  Those of UPDATE and DELETE that compare something
-- or look something up have this one in front.
CREATE POLICY row_first ON @registry@.sponsor AS RESTRICTIVE FOR UPDATE
	USING (@registry@.may_enter(account_id)) WITH CHECK (true);
CREATE POLICY row_first ON @registry@.site AS RESTRICTIVE FOR UPDATE
	USING (@registry@.may_enter(account_id)) WITH CHECK (true);
CREATE POLICY row_first ON @registry@.sponsor_change AS RESTRICTIVE FOR UPDATE
	USING (@registry@.may_alter(application_id)) WITH CHECK (true);
CREATE POLICY row_first_drop ON @registry@.sponsor_change AS RESTRICTIVE FOR DELETE
	USING (@registry@.may_alter(application_id));
CREATE POLICY row_first ON @registry@.site_change AS RESTRICTIVE FOR UPDATE
	USING (@registry@.may_alter(application_id)) WITH CHECK (true);
CREATE POLICY row_first_drop ON @registry@.site_change AS RESTRICTIVE FOR DELETE
	USING (@registry@.may_alter(application_id));
