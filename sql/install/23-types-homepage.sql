-- Home pages and independent domains.

CREATE FUNCTION icp.registrable_domain(text) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_registrable_domain_text' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.registrable_domain(text) IS
  'the independent domain (独立域名) of a host or URL; NULL for a public suffix or an address';
CREATE FUNCTION icp.registrable_domain(icp.domain_name) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_registrable_domain' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.registrable_domain(icp.domain_name) IS
  'the independent domain (独立域名) that the name is at or under; NULL for a public suffix';

CREATE FUNCTION icp.is_independent(icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_is_independent' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.is_independent(icp.domain_name) IS
  'is the name registered directly with a registry (独立域名, 4 §2 and its note)?';

CREATE FUNCTION icp.suffix_list_version() RETURNS text
  AS 'MODULE_PATHNAME', 'icp_suffix_list_version' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.suffix_list_version() IS 'date and place of the public suffix list that this session uses';

CREATE FUNCTION icp.homepage_domain(text) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_homepage_domain' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.homepage_domain(text) IS
  'the independent domain of a home page (首页网址), which the domain list must have (5 annex 3 (八)); NULL for an address';

CREATE FUNCTION icp.homepage_key(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_homepage_key_text' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.homepage_key(text) IS
  'what is compared of home pages (首页网址, 3 Q17): host, path and query without scheme, default port, fragment, trailing slash';
