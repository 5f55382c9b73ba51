-- Keys of sponsors' names (3 Q17: full names that are the same conflict).

CREATE FUNCTION icp.name_key(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_name_key_text' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.name_key(text) IS
  'the key of a name (名称): width, case, traditional characters, white space, brackets, dashes and middle dots folded; stable only for one icp.name_key_version()';

CREATE FUNCTION icp.name_key_version() RETURNS text
  AS 'MODULE_PATHNAME', 'icp_name_key_version_text' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.name_key_version() IS
  'folding, ICU and Unicode version of name keys; stored keys of another version must be made again';
