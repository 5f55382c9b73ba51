-- icp.province: one of the 31 provinces that have a communications administration (通信管理局).

CREATE TYPE icp.province;

CREATE FUNCTION icp.province_in(cstring) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_province_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_in(cstring) IS 'input';

CREATE FUNCTION icp.province_out(icp.province) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_province_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_out(icp.province) IS 'output';

CREATE FUNCTION icp.province_recv(internal) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_province_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_recv(internal) IS 'binary input';

CREATE FUNCTION icp.province_send(icp.province) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_province_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_send(icp.province) IS 'binary output';

CREATE TYPE icp.province (
  INPUT = icp.province_in,
  OUTPUT = icp.province_out,
  RECEIVE = icp.province_recv,
  SEND = icp.province_send,
  LIKE = pg_catalog.int2,
  CATEGORY = 'i'
);
COMMENT ON TYPE icp.province IS
  'province by GB/T 2260 code, 2 bytes: accepts 京, 北京, 北京市, 北京市通信管理局, 11; prints 京';

CREATE CAST (text AS icp.province) WITH INOUT;
COMMENT ON CAST (text AS icp.province) IS 'as input does';
CREATE CAST (icp.province AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (icp.province AS text) IS 'canonical text';

CREATE FUNCTION icp.province(integer) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_province_from_code' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.province(integer) IS
  'province of a GB/T 2260 code; 22023 where there is none';

CREATE FUNCTION icp.province_code(icp.province) RETURNS smallint
  AS 'MODULE_PATHNAME', 'icp_province_code' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.province_code(icp.province) IS
  'GB/T 2260 code: 11 for 京';

CREATE FUNCTION icp.province_code_int(icp.province) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_province_code_int' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.province_code_int(icp.province) IS
  'GB/T 2260 code, for the cast to integer';

CREATE FUNCTION icp.province_name(icp.province) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_province_name' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_name(icp.province) IS
  'full name: 北京市';

CREATE FUNCTION icp.bureau_name(icp.province) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_province_bureau' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.bureau_name(icp.province) IS
  'its communications administration: 北京市通信管理局';

CREATE FUNCTION icp.try_province(text) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_try_province' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_province(text) IS
  'the province, NULL where the text is none';

CREATE FUNCTION icp.explain_province(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_province' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_province(text) IS
  'what is wrong with the text as icp.province, and what is accepted; NULL where nothing is';

CREATE CAST (integer AS icp.province) WITH FUNCTION icp.province(integer);
COMMENT ON CAST (integer AS icp.province) IS 'GB/T 2260 code';
CREATE CAST (icp.province AS smallint) WITH FUNCTION icp.province_code(icp.province);
COMMENT ON CAST (icp.province AS smallint) IS 'GB/T 2260 code';
CREATE CAST (icp.province AS integer) WITH FUNCTION icp.province_code_int(icp.province);
COMMENT ON CAST (icp.province AS integer) IS 'GB/T 2260 code';

-- Order and hash: the integer's own.

CREATE FUNCTION icp.province_eq(icp.province, icp.province) RETURNS boolean
  AS 'int2eq' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_eq(icp.province, icp.province) IS 'implementation of =';

CREATE FUNCTION icp.province_ne(icp.province, icp.province) RETURNS boolean
  AS 'int2ne' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_ne(icp.province, icp.province) IS 'implementation of <>';

CREATE FUNCTION icp.province_lt(icp.province, icp.province) RETURNS boolean
  AS 'int2lt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_lt(icp.province, icp.province) IS 'implementation of <';

CREATE FUNCTION icp.province_le(icp.province, icp.province) RETURNS boolean
  AS 'int2le' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_le(icp.province, icp.province) IS 'implementation of <=';

CREATE FUNCTION icp.province_gt(icp.province, icp.province) RETURNS boolean
  AS 'int2gt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_gt(icp.province, icp.province) IS 'implementation of >';

CREATE FUNCTION icp.province_ge(icp.province, icp.province) RETURNS boolean
  AS 'int2ge' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_ge(icp.province, icp.province) IS 'implementation of >=';

CREATE FUNCTION icp.province_cmp(icp.province, icp.province) RETURNS integer
  AS 'btint2cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_cmp(icp.province, icp.province) IS 'less-equal-greater';

CREATE FUNCTION icp.province_hash(icp.province) RETURNS integer
  AS 'hashint2' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_hash(icp.province) IS 'hash; its values are frozen from 1.0';

CREATE FUNCTION icp.province_hash_extended(icp.province, bigint) RETURNS bigint
  AS 'hashint2extended' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_hash_extended(icp.province, bigint) IS 'seeded hash; its values are frozen from 1.0';

CREATE OPERATOR icp.= (
  FUNCTION = icp.province_eq, LEFTARG = icp.province, RIGHTARG = icp.province,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>),
  RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR icp.= (icp.province, icp.province) IS 'equal';

CREATE OPERATOR icp.<> (
  FUNCTION = icp.province_ne, LEFTARG = icp.province, RIGHTARG = icp.province,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=),
  RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR icp.<> (icp.province, icp.province) IS 'not equal';

CREATE OPERATOR icp.< (
  FUNCTION = icp.province_lt, LEFTARG = icp.province, RIGHTARG = icp.province,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=),
  RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR icp.< (icp.province, icp.province) IS 'before';

CREATE OPERATOR icp.<= (
  FUNCTION = icp.province_le, LEFTARG = icp.province, RIGHTARG = icp.province,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>),
  RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR icp.<= (icp.province, icp.province) IS 'before or equal';

CREATE OPERATOR icp.> (
  FUNCTION = icp.province_gt, LEFTARG = icp.province, RIGHTARG = icp.province,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=),
  RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR icp.> (icp.province, icp.province) IS 'after';

CREATE OPERATOR icp.>= (
  FUNCTION = icp.province_ge, LEFTARG = icp.province, RIGHTARG = icp.province,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<),
  RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR icp.>= (icp.province, icp.province) IS 'after or equal';

CREATE OPERATOR FAMILY icp.province_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.province_ops USING btree IS 'order of icp.province';
CREATE OPERATOR CLASS icp.province_ops DEFAULT FOR TYPE icp.province USING btree FAMILY icp.province_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 icp.province_cmp(icp.province, icp.province),
  FUNCTION 2 (icp.province, icp.province) pg_catalog.btint2sortsupport(internal),
  FUNCTION 4 (icp.province, icp.province) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS icp.province_ops USING btree IS 'order of icp.province';

CREATE OPERATOR FAMILY icp.province_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.province_ops USING hash IS 'hash of icp.province';
CREATE OPERATOR CLASS icp.province_ops DEFAULT FOR TYPE icp.province USING hash FAMILY icp.province_ops AS
  OPERATOR 1 icp.=,
  FUNCTION 1 icp.province_hash(icp.province),
  FUNCTION 2 icp.province_hash_extended(icp.province, bigint);
COMMENT ON OPERATOR CLASS icp.province_ops USING hash IS 'hash of icp.province';

CREATE OPERATOR FAMILY icp.province_minmax_ops USING brin;
COMMENT ON OPERATOR FAMILY icp.province_minmax_ops USING brin IS 'block ranges of icp.province';
CREATE OPERATOR CLASS icp.province_minmax_ops DEFAULT FOR TYPE icp.province USING brin FAMILY icp.province_minmax_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
  FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
  FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
  FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS icp.province_minmax_ops USING brin IS 'block ranges of icp.province';

CREATE FUNCTION icp.province_smaller(icp.province, icp.province) RETURNS icp.province
  AS 'int2smaller' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_smaller(icp.province, icp.province) IS 'the lesser of two';
CREATE AGGREGATE icp.min(icp.province) (
  SFUNC = icp.province_smaller, STYPE = icp.province, COMBINEFUNC = icp.province_smaller, SORTOP = OPERATOR(icp.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.min(icp.province) IS 'least value, from an index where there is one';

CREATE FUNCTION icp.province_larger(icp.province, icp.province) RETURNS icp.province
  AS 'int2larger' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.province_larger(icp.province, icp.province) IS 'the greater of two';
CREATE AGGREGATE icp.max(icp.province) (
  SFUNC = icp.province_larger, STYPE = icp.province, COMBINEFUNC = icp.province_larger, SORTOP = OPERATOR(icp.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.max(icp.province) IS 'greatest value, from an index where there is one';
