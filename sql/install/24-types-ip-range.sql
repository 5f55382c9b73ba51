-- Ranges of addresses (IP列表): range types over inet, [first,last] of hosts.

CREATE TYPE icp.ip_range;

CREATE FUNCTION icp.ip_range_canonical(icp.ip_range) RETURNS icp.ip_range
  AS 'MODULE_PATHNAME', 'icp_ip_range_canonical' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION icp.ip_range_diff(inet, inet) RETURNS double precision
  AS 'MODULE_PATHNAME', 'icp_ip_range_diff' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

CREATE TYPE icp.ip_range AS RANGE (
  SUBTYPE = inet,
  CANONICAL = icp.ip_range_canonical,
  SUBTYPE_DIFF = icp.ip_range_diff,
  MULTIRANGE_TYPE_NAME = icp.ip_multirange
);
COMMENT ON TYPE icp.ip_range IS 'a range of host addresses (IP地址段), IPv4 or IPv6; canonical [first,last]';
COMMENT ON TYPE icp.ip_multirange IS 'ranges of host addresses (IP列表): what a site is served from';
COMMENT ON FUNCTION icp.ip_range_canonical(icp.ip_range) IS
  'canonical form [first,last]: no netmask, both bounds in the range, within one family';
COMMENT ON FUNCTION icp.ip_range_diff(inet, inet) IS 'how many addresses the first is behind the second one';
COMMENT ON FUNCTION icp.ip_range(inet, inet) IS 'range of two bounds, the upper one not in the range';
COMMENT ON FUNCTION icp.ip_range(inet, inet, text) IS 'range of two bounds, [] () [) (] tell which are in the range';
COMMENT ON FUNCTION icp.ip_multirange() IS 'no range';
COMMENT ON FUNCTION icp.ip_multirange(icp.ip_range) IS 'multirange of one range';
COMMENT ON FUNCTION icp.ip_multirange(VARIADIC icp.ip_range[]) IS 'multirange of ranges';
COMMENT ON CAST (icp.ip_range AS icp.ip_multirange) IS 'multirange of one range';

CREATE FUNCTION icp.to_ip_range(text) RETURNS icp.ip_range
  AS 'MODULE_PATHNAME', 'icp_ip_range_of_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION icp.to_ip_range(inet) RETURNS icp.ip_range
  AS 'MODULE_PATHNAME', 'icp_ip_range_of_inet' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION icp.to_ip_range(cidr) RETURNS icp.ip_range
  AS 'MODULE_PATHNAME', 'icp_ip_range_of_inet' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.to_ip_range(text) IS
  'range of a text: an address, a block such as 198.51.100.0/24, first-last, or a range literal';
COMMENT ON FUNCTION icp.to_ip_range(inet) IS 'range of an address, or of the block that begins at it';
COMMENT ON FUNCTION icp.to_ip_range(cidr) IS 'range of a block';

CREATE FUNCTION icp.try_ip_range(text) RETURNS icp.ip_range
  AS 'MODULE_PATHNAME', 'icp_try_ip_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_ip_range(text) IS
  'range of an address, a block or first-last; NULL where the text is none of them';
CREATE FUNCTION icp.explain_ip_range(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_ip_range' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_ip_range(text) IS
  'what is wrong with a text as the addresses of a public site (5 annex 3 (九)); NULL where nothing is';

CREATE CAST (inet AS icp.ip_range) WITH FUNCTION icp.to_ip_range(inet) AS ASSIGNMENT;
CREATE CAST (cidr AS icp.ip_range) WITH FUNCTION icp.to_ip_range(cidr) AS ASSIGNMENT;
CREATE CAST (text AS icp.ip_range) WITH FUNCTION icp.to_ip_range(text);
COMMENT ON CAST (inet AS icp.ip_range) IS 'range of an address or a block';
COMMENT ON CAST (cidr AS icp.ip_range) IS 'range of a block';
COMMENT ON CAST (text AS icp.ip_range) IS 'range of an address, a block, first-last, or a range literal';

-- IANA's registries grow, so these are not IMMUTABLE.
CREATE FUNCTION icp.is_public(icp.ip_range) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_ip_range_is_public' LANGUAGE C STABLE STRICT PARALLEL SAFE;
CREATE FUNCTION icp.is_public(icp.ip_multirange) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_ip_multirange_is_public' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.is_public(icp.ip_range) IS
  'may every address be a public site''s (5 annex 3 (九))? false for what is empty or has no bounds of one family';
COMMENT ON FUNCTION icp.is_public(icp.ip_multirange) IS
  'may every address of every range be a public site''s? false where there is none';
CREATE FUNCTION icp.special_purpose(icp.ip_range) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_ip_range_special_purpose' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.special_purpose(icp.ip_range) IS
  'the first special-purpose block of IANA''s registries that the range overlaps; NULL where there is none';

CREATE FUNCTION icp.family_of(icp.ip_range) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_ip_range_family' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.family_of(icp.ip_range) IS
  '4 or 6; NULL where the range is empty, without bounds, or from IPv4 to IPv6';

CREATE FUNCTION icp.to_wire(inet) RETURNS bigint
  AS 'MODULE_PATHNAME', 'icp_to_wire' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION icp.from_wire(bigint) RETURNS inet
  AS 'MODULE_PATHNAME', 'icp_from_wire' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.to_wire(inet) IS 'the unsigned integer that the ministry''s interface has for an IPv4 address';
COMMENT ON FUNCTION icp.from_wire(bigint) IS 'the IPv4 address of an unsigned integer of the ministry''s interface';
