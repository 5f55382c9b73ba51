-- Numbers out of a text or HTML of any length.

CREATE FUNCTION icp.find_filing_numbers(text) RETURNS SETOF icp.filing_number
  AS 'MODULE_PATHNAME', 'icp_find_filing_numbers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 3;
COMMENT ON FUNCTION icp.find_filing_numbers(text) IS
  'every filing or licence number that stands in a text or HTML, in order';

CREATE FUNCTION icp.find_psb_numbers(text) RETURNS SETOF icp.psb_number
  AS 'MODULE_PATHNAME', 'icp_find_psb_numbers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 2;
COMMENT ON FUNCTION icp.find_psb_numbers(text) IS
  'every public-security number that stands in a text or HTML, in order';
