-- One map of a record's fields: each column of a registry's tables sponsor, site and access, and what everybody who reads
-- records by columns has to know of it.  A new field is a row here and the column in sql/registry/record/record.sql.

CREATE TABLE icp.record_field (
	record		text NOT NULL CHECK (record OPERATOR(pg_catalog.=) ANY ('{sponsor,site,access}'::text[])),
	column_name	text NOT NULL,
	ordinal		integer NOT NULL UNIQUE,
	origin		text NOT NULL
		CHECK (origin OPERATOR(pg_catalog.=) ANY ('{entered,key,number,bureau,registry,derived}'::text[])),
	secrecy		text NOT NULL CHECK (secrecy OPERATOR(pg_catalog.=) ANY ('{public,private,personal}'::text[])),
	field		text,
	part		text CHECK (part OPERATOR(pg_catalog.=) ANY ('{sponsor,principal,site,access}'::text[])),
	code_table	text,
	staging		text,
	elements	text[],
	PRIMARY KEY (record, column_name),
	CONSTRAINT record_field_judged_check CHECK ((field IS NULL) OPERATOR(pg_catalog.=) (part IS NULL))
);
COMMENT ON TABLE icp.record_field IS
	'The fields of a record: each column of sponsor, site and access once; shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.record_field.record IS 'The table: sponsor, site or access';
COMMENT ON COLUMN icp.record_field.column_name IS 'Its column';
COMMENT ON COLUMN icp.record_field.ordinal IS
	'Order in forms and staging tables; the hundreds are their sections: the sponsor (主体), the service (服务), the access (接入)';
COMMENT ON COLUMN icp.record_field.origin IS
	'Who says it: entered, by members, and proposed by changes; key, ids and what follows from them; number, what a number says and is entered before there is one; bureau, what the bureau alone orders; registry, what only the registry sets; derived, what follows from other columns and is no fact of its own, so that no event tells of it';
COMMENT ON COLUMN icp.record_field.secrecy IS
	'public: the public query tells it; private: it does not; personal: it does not, and findings mask it';
COMMENT ON COLUMN icp.record_field.field IS
	'What the form rules call it, see icp.rule_fields(); of two columns that are one field the first that is filled in counts';
COMMENT ON COLUMN icp.record_field.part IS
	'What of the record it is judged with: sponsor, principal (负责人, of the sponsor or of the site itself), site or access';
COMMENT ON COLUMN icp.record_field.code_table IS 'The table of icp that has its codes';
COMMENT ON COLUMN icp.record_field.staging IS 'The column of load()''s staging table that tells it; NULL: none';
COMMENT ON COLUMN icp.record_field.elements IS
	'Elements of the enterprise interface (企业侧接口) that carry it; NULL: none, or not known';
GRANT SELECT ON icp.record_field TO PUBLIC;

INSERT INTO icp.record_field (record, column_name, ordinal, origin, secrecy, field, part, code_table, staging, elements) VALUES
	-- the sponsor (主体)
	('sponsor', 'id', 100, 'key', 'private', NULL, NULL, NULL, NULL, '{Ztid}'),
	('sponsor', 'province', 101, 'entered', 'private', 'province', 'sponsor', NULL, 'main_licence', NULL),
	('sponsor', 'province_code', 102, 'key', 'private', NULL, NULL, NULL, NULL, NULL),
	('sponsor', 'name', 103, 'entered', 'public', 'name', 'sponsor', NULL, 'unit_name', '{Dwmc}'),
	('sponsor', 'name_key', 104, 'derived', 'private', NULL, NULL, NULL, NULL, NULL),
	('sponsor', 'nature', 105, 'entered', 'public', 'nature', 'sponsor', 'nature', 'nature', '{Dwxz}'),
	('sponsor', 'credential', 106, 'entered', 'personal', 'credential', 'sponsor', 'credential_type', 'credential', '{Zjlx,Zjhm}'),
	('sponsor', 'credential_holder', 107, 'entered', 'personal', 'credential_holder', 'sponsor', NULL, NULL, NULL),
	('sponsor', 'credential_expires_on', 108, 'entered', 'private', 'credential_expires_on', 'sponsor', NULL, NULL, NULL),
	('sponsor', 'residence_proof', 109, 'entered', 'personal', 'residence_proof', 'sponsor', NULL, NULL, NULL),
	('sponsor', 'superior', 110, 'entered', 'private', 'superior', 'sponsor', NULL, 'superior', '{Tzr}'),
	('sponsor', 'division_code', 111, 'entered', 'private', 'division', 'sponsor', 'division', NULL, '{Shengid,Shiid,Xianid}'),
	('sponsor', 'address', 112, 'entered', 'personal', 'address', 'sponsor', NULL, 'address', '{Xxdz}'),
	('sponsor', 'credential_address', 113, 'entered', 'private', NULL, NULL, NULL, 'credential_address', '{Zjzs}'),
	('sponsor', 'legal_representative', 114, 'entered', 'personal', 'legal_representative', 'sponsor', NULL, NULL, NULL),
	('sponsor', 'principal_name', 115, 'entered', 'personal', 'principal_name', 'principal', NULL, 'principal_name', '{Fzr_xm}'),
	('sponsor', 'principal_credential', 116, 'entered', 'personal', 'principal_credential', 'principal', 'credential_type', 'principal_credential', NULL),
	('sponsor', 'authorisation', 117, 'entered', 'private', 'authorisation', 'principal', NULL, NULL, NULL),
	('sponsor', 'phone', 118, 'entered', 'personal', 'phone', 'principal', NULL, 'phone', '{Fzr_dhhm}'),
	('sponsor', 'mobile', 119, 'entered', 'personal', 'mobile', 'principal', NULL, 'mobile', '{Fzr_sjhm}'),
	('sponsor', 'emergency_phone', 120, 'entered', 'personal', 'emergency_phone', 'principal', NULL, 'emergency_phone', NULL),
	('sponsor', 'email', 121, 'entered', 'personal', 'email', 'principal', NULL, 'email', '{Fzr_dzyj}'),
	('sponsor', 'remark', 122, 'entered', 'private', NULL, NULL, NULL, NULL, '{Bz}'),
	('sponsor', 'claim_key', 123, 'derived', 'private', NULL, NULL, NULL, NULL, NULL),
	('sponsor', 'last_service_no', 124, 'derived', 'private', NULL, NULL, NULL, NULL, NULL),
	('sponsor', 'status', 125, 'registry', 'private', NULL, NULL, NULL, NULL, NULL),
	('sponsor', 'filed_at', 126, 'registry', 'private', NULL, NULL, NULL, NULL, NULL),
	('sponsor', 'changed_at', 127, 'derived', 'private', NULL, NULL, NULL, NULL, NULL),
	-- the service (服务): a staging row tells the sponsor's number before the service's
	('sponsor', 'number', 200, 'registry', 'public', NULL, NULL, NULL, 'main_licence', '{Ztbah}'),
	('site', 'id', 201, 'key', 'private', NULL, NULL, NULL, NULL, '{Wzid}'),
	('site', 'sponsor_id', 202, 'key', 'private', NULL, NULL, NULL, NULL, NULL),
	('site', 'account_id', 203, 'key', 'private', NULL, NULL, NULL, NULL, NULL),
	('site', 'province_code', 204, 'key', 'private', NULL, NULL, NULL, NULL, NULL),
	('site', 'number', 205, 'registry', 'public', 'number', 'site', NULL, 'service_licence', '{Wzbah}'),
	('site', 'kind', 206, 'number', 'public', 'kind', 'site', 'service_type', 'service_kind', NULL),
	('site', 'name', 207, 'entered', 'public', 'site_name', 'site', NULL, 'service_name', '{Wzmc}'),
	('site', 'name_key', 208, 'derived', 'private', NULL, NULL, NULL, NULL, NULL),
	('site', 'domains', 209, 'entered', 'public', 'domains', 'site', NULL, 'domain', '{Ym}'),
	('site', 'domain_holder', 210, 'entered', 'personal', 'domain_holder', 'site', NULL, 'domain_holder', NULL),
	('site', 'domain_holder_relation', 211, 'entered', 'private', 'domain_holder_relation', 'site', NULL, NULL, NULL),
	('site', 'domain_expires_on', 212, 'entered', 'private', 'domain_expires_on', 'site', NULL, NULL, NULL),
	('site', 'domain_verified', 213, 'entered', 'private', 'domain_verified', 'site', NULL, NULL, NULL),
	('site', 'homepage', 214, 'entered', 'public', 'homepage', 'site', NULL, 'home_url', '{Syurl}'),
	('site', 'contents', 215, 'entered', 'private', 'contents', 'site', 'service_content', 'contents', '{Fwnr_id}'),
	('site', 'languages', 216, 'entered', 'private', 'languages', 'site', 'language', 'languages', '{Yylb_id}'),
	('site', 'approvals', 217, 'entered', 'private', 'approvals', 'site', 'approval_kind', 'approvals', '{Nrlx_id,Qzsph}'),
	('site', 'principal_name', 218, 'entered', 'personal', 'principal_name', 'principal', NULL, NULL, NULL),
	('site', 'principal_credential', 219, 'entered', 'personal', 'principal_credential', 'principal', 'credential_type', NULL, NULL),
	('site', 'phone', 220, 'entered', 'personal', 'phone', 'principal', NULL, NULL, NULL),
	('site', 'mobile', 221, 'entered', 'personal', 'mobile', 'principal', NULL, NULL, NULL),
	('site', 'email', 222, 'entered', 'personal', 'email', 'principal', NULL, NULL, NULL),
	('site', 'app_platform', 223, 'entered', 'private', 'app_platform', 'site', NULL, NULL, NULL),
	('site', 'app_package', 224, 'entered', 'private', 'app_package', 'site', NULL, NULL, NULL),
	('site', 'app_fingerprint', 225, 'entered', 'private', 'app_fingerprint', 'site', NULL, NULL, NULL),
	('site', 'app_public_key', 226, 'entered', 'private', 'app_public_key', 'site', NULL, NULL, NULL),
	('site', 'app_name', 227, 'entered', 'private', 'app_name', 'site', NULL, NULL, NULL),
	('site', 'app_icon_bytes', 228, 'entered', 'private', 'app_icon_bytes', 'site', NULL, NULL, NULL),
	('site', 'remark', 229, 'entered', 'private', NULL, NULL, NULL, 'remark', '{Wz_Bz}'),
	('site', 'limit_access', 230, 'bureau', 'public', NULL, NULL, NULL, NULL, NULL),
	('site', 'status', 231, 'registry', 'private', NULL, NULL, NULL, NULL, NULL),
	('site', 'filed_at', 232, 'registry', 'private', NULL, NULL, NULL, NULL, NULL),
	('site', 'changed_at', 233, 'derived', 'public', NULL, NULL, NULL, 'update_time', NULL),
	-- the access (接入): with whom, first who keeps the account
	('sponsor', 'account_id', 300, 'key', 'private', NULL, NULL, NULL, 'account', NULL),
	('access', 'id', 301, 'key', 'private', NULL, NULL, NULL, NULL, '{Jrid}'),
	('access', 'site_id', 302, 'key', 'private', NULL, NULL, NULL, NULL, NULL),
	('access', 'provider_id', 303, 'key', 'private', 'provider', 'access', NULL, 'provider', NULL),
	('access', 'province_code', 304, 'key', 'private', NULL, NULL, NULL, NULL, NULL),
	('access', 'ips', 305, 'entered', 'private', 'ips', 'access', NULL, 'ips', '{Qsip,Zzip}'),
	('access', 'mode', 306, 'entered', 'private', 'mode', 'access', 'access_mode', 'mode', '{Jrfs}'),
	('access', 'server_province', 307, 'entered', 'private', 'server_province', 'access', NULL, 'server_province', '{Fbdd}'),
	('access', 'server_place', 308, 'entered', 'private', 'server_province', 'access', NULL, 'server_province', NULL),
	('access', 'status', 309, 'registry', 'private', NULL, NULL, NULL, NULL, NULL);

CREATE FUNCTION icp.record_columns(record text, VARIADIC origins text[]) RETURNS text[]
	LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(array_agg(f.column_name ORDER BY f.ordinal), '{}')
	  FROM icp.record_field f
	 WHERE (record_columns.record IS NULL OR f.record = record_columns.record) AND f.origin = ANY (origins);
END;
COMMENT ON FUNCTION icp.record_columns(text, text[]) IS
	'Columns of a record, NULL: of all three, that are of these origins (icp.record_field)';
