-- icp.psb_number: the public-security number (公安备案号).

CREATE TYPE icp.psb_number;

CREATE FUNCTION icp.psb_number_in(cstring) RETURNS icp.psb_number
  AS 'MODULE_PATHNAME', 'icp_psb_number_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_in(cstring) IS 'input';

CREATE FUNCTION icp.psb_number_out(icp.psb_number) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_psb_number_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_out(icp.psb_number) IS 'output';

CREATE FUNCTION icp.psb_number_recv(internal) RETURNS icp.psb_number
  AS 'MODULE_PATHNAME', 'icp_psb_number_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_recv(internal) IS 'binary input';

CREATE FUNCTION icp.psb_number_send(icp.psb_number) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_psb_number_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_send(icp.psb_number) IS 'binary output';

CREATE TYPE icp.psb_number (
  INPUT = icp.psb_number_in,
  OUTPUT = icp.psb_number_out,
  RECEIVE = icp.psb_number_recv,
  SEND = icp.psb_number_send,
  LIKE = pg_catalog.int8,
  CATEGORY = 'i'
);
COMMENT ON TYPE icp.psb_number IS
  'public-security number (公安备案号), 8 bytes: 渝公网安备50010802002673号';

CREATE CAST (text AS icp.psb_number) WITH INOUT;
COMMENT ON CAST (text AS icp.psb_number) IS 'as input does';
CREATE CAST (icp.psb_number AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (icp.psb_number AS text) IS 'canonical text';

-- Order and hash: the integer's own.

CREATE FUNCTION icp.psb_number_eq(icp.psb_number, icp.psb_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_eq(icp.psb_number, icp.psb_number) IS 'implementation of =';

CREATE FUNCTION icp.psb_number_ne(icp.psb_number, icp.psb_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_ne(icp.psb_number, icp.psb_number) IS 'implementation of <>';

CREATE FUNCTION icp.psb_number_lt(icp.psb_number, icp.psb_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_lt(icp.psb_number, icp.psb_number) IS 'implementation of <';

CREATE FUNCTION icp.psb_number_le(icp.psb_number, icp.psb_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_le(icp.psb_number, icp.psb_number) IS 'implementation of <=';

CREATE FUNCTION icp.psb_number_gt(icp.psb_number, icp.psb_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_gt(icp.psb_number, icp.psb_number) IS 'implementation of >';

CREATE FUNCTION icp.psb_number_ge(icp.psb_number, icp.psb_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_ge(icp.psb_number, icp.psb_number) IS 'implementation of >=';

CREATE FUNCTION icp.psb_number_cmp(icp.psb_number, icp.psb_number) RETURNS integer
  AS 'btint8cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_cmp(icp.psb_number, icp.psb_number) IS 'less-equal-greater';

CREATE FUNCTION icp.psb_number_hash(icp.psb_number) RETURNS integer
  AS 'hashint8' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_hash(icp.psb_number) IS 'hash; its values are frozen from 1.0';

CREATE FUNCTION icp.psb_number_hash_extended(icp.psb_number, bigint) RETURNS bigint
  AS 'hashint8extended' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_hash_extended(icp.psb_number, bigint) IS 'seeded hash; its values are frozen from 1.0';

CREATE OPERATOR icp.= (
  FUNCTION = icp.psb_number_eq, LEFTARG = icp.psb_number, RIGHTARG = icp.psb_number,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>),
  RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR icp.= (icp.psb_number, icp.psb_number) IS 'equal';

CREATE OPERATOR icp.<> (
  FUNCTION = icp.psb_number_ne, LEFTARG = icp.psb_number, RIGHTARG = icp.psb_number,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=),
  RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR icp.<> (icp.psb_number, icp.psb_number) IS 'not equal';

CREATE OPERATOR icp.< (
  FUNCTION = icp.psb_number_lt, LEFTARG = icp.psb_number, RIGHTARG = icp.psb_number,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=),
  RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR icp.< (icp.psb_number, icp.psb_number) IS 'before';

CREATE OPERATOR icp.<= (
  FUNCTION = icp.psb_number_le, LEFTARG = icp.psb_number, RIGHTARG = icp.psb_number,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>),
  RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR icp.<= (icp.psb_number, icp.psb_number) IS 'before or equal';

CREATE OPERATOR icp.> (
  FUNCTION = icp.psb_number_gt, LEFTARG = icp.psb_number, RIGHTARG = icp.psb_number,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=),
  RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR icp.> (icp.psb_number, icp.psb_number) IS 'after';

CREATE OPERATOR icp.>= (
  FUNCTION = icp.psb_number_ge, LEFTARG = icp.psb_number, RIGHTARG = icp.psb_number,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<),
  RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR icp.>= (icp.psb_number, icp.psb_number) IS 'after or equal';

CREATE OPERATOR FAMILY icp.psb_number_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.psb_number_ops USING btree IS 'order of icp.psb_number';
CREATE OPERATOR CLASS icp.psb_number_ops DEFAULT FOR TYPE icp.psb_number USING btree FAMILY icp.psb_number_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 icp.psb_number_cmp(icp.psb_number, icp.psb_number),
  FUNCTION 2 (icp.psb_number, icp.psb_number) pg_catalog.btint8sortsupport(internal),
  FUNCTION 4 (icp.psb_number, icp.psb_number) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS icp.psb_number_ops USING btree IS 'order of icp.psb_number';

CREATE OPERATOR FAMILY icp.psb_number_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.psb_number_ops USING hash IS 'hash of icp.psb_number';
CREATE OPERATOR CLASS icp.psb_number_ops DEFAULT FOR TYPE icp.psb_number USING hash FAMILY icp.psb_number_ops AS
  OPERATOR 1 icp.=,
  FUNCTION 1 icp.psb_number_hash(icp.psb_number),
  FUNCTION 2 icp.psb_number_hash_extended(icp.psb_number, bigint);
COMMENT ON OPERATOR CLASS icp.psb_number_ops USING hash IS 'hash of icp.psb_number';

CREATE OPERATOR FAMILY icp.psb_number_minmax_ops USING brin;
COMMENT ON OPERATOR FAMILY icp.psb_number_minmax_ops USING brin IS 'block ranges of icp.psb_number';
CREATE OPERATOR CLASS icp.psb_number_minmax_ops DEFAULT FOR TYPE icp.psb_number USING brin FAMILY icp.psb_number_minmax_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
  FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
  FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
  FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS icp.psb_number_minmax_ops USING brin IS 'block ranges of icp.psb_number';

CREATE FUNCTION icp.psb_number_smaller(icp.psb_number, icp.psb_number) RETURNS icp.psb_number
  AS 'int8smaller' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_smaller(icp.psb_number, icp.psb_number) IS 'the lesser of two';
CREATE AGGREGATE icp.min(icp.psb_number) (
  SFUNC = icp.psb_number_smaller, STYPE = icp.psb_number, COMBINEFUNC = icp.psb_number_smaller, SORTOP = OPERATOR(icp.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.min(icp.psb_number) IS 'least value, from an index where there is one';

CREATE FUNCTION icp.psb_number_larger(icp.psb_number, icp.psb_number) RETURNS icp.psb_number
  AS 'int8larger' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.psb_number_larger(icp.psb_number, icp.psb_number) IS 'the greater of two';
CREATE AGGREGATE icp.max(icp.psb_number) (
  SFUNC = icp.psb_number_larger, STYPE = icp.psb_number, COMBINEFUNC = icp.psb_number_larger, SORTOP = OPERATOR(icp.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.max(icp.psb_number) IS 'greatest value, from an index where there is one';

-- Parts.

CREATE FUNCTION icp.province_of(icp.psb_number) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_psb_province_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.province_of(icp.psb_number) IS
  'province';

CREATE FUNCTION icp.serial_of(icp.psb_number) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_psb_serial_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.serial_of(icp.psb_number) IS
  'all 14 (or 12) digits';

CREATE FUNCTION icp.division_of(icp.psb_number) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_psb_division_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.division_of(icp.psb_number) IS
  'the first six digits, a GB/T 2260 division of today or of its time';

-- Text that may be none, and why.

CREATE FUNCTION icp.try_psb_number(text) RETURNS icp.psb_number
  AS 'MODULE_PATHNAME', 'icp_try_psb_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_psb_number(text) IS
  'the number, NULL where the text is none';

CREATE FUNCTION icp.explain_psb_number(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_psb_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_psb_number(text) IS
  'what is wrong with the text as icp.psb_number, where, and what is accepted; NULL where nothing is';
