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
	IF NEW.kind IN (@kinds:brings_site@) THEN
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
