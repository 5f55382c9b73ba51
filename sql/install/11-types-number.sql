-- icp.icp_id and icp.filing_number: 8 bytes, integer order is display order; an icp_id is a filing_number without a
-- service. The category makes a bare literal a filing_number where a function takes either kind of number.

CREATE TYPE icp.icp_id;

CREATE FUNCTION icp.icp_id_in(cstring) RETURNS icp.icp_id
  AS 'MODULE_PATHNAME', 'icp_icp_id_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_in(cstring) IS 'input';

CREATE FUNCTION icp.icp_id_out(icp.icp_id) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_number_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_out(icp.icp_id) IS 'output';

CREATE FUNCTION icp.icp_id_recv(internal) RETURNS icp.icp_id
  AS 'MODULE_PATHNAME', 'icp_icp_id_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_recv(internal) IS 'binary input';

CREATE FUNCTION icp.icp_id_send(icp.icp_id) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_number_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_send(icp.icp_id) IS 'binary output';

CREATE TYPE icp.icp_id (
  INPUT = icp.icp_id_in,
  OUTPUT = icp.icp_id_out,
  RECEIVE = icp.icp_id_recv,
  SEND = icp.icp_id_send,
  LIKE = pg_catalog.int8,
  CATEGORY = 'i'
);
COMMENT ON TYPE icp.icp_id IS
  'sponsor-level number (主体备案号, or the licence in its place), 8 bytes: 京ICP备13052560号, 京ICP证030173号, 粤B2-20090059';

CREATE CAST (text AS icp.icp_id) WITH INOUT;
COMMENT ON CAST (text AS icp.icp_id) IS 'as input does';
CREATE CAST (icp.icp_id AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (icp.icp_id AS text) IS 'canonical text';

CREATE TYPE icp.filing_number;

CREATE FUNCTION icp.filing_number_in(cstring) RETURNS icp.filing_number
  AS 'MODULE_PATHNAME', 'icp_filing_number_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_in(cstring) IS 'input';

CREATE FUNCTION icp.filing_number_out(icp.filing_number) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_number_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_out(icp.filing_number) IS 'output';

CREATE FUNCTION icp.filing_number_recv(internal) RETURNS icp.filing_number
  AS 'MODULE_PATHNAME', 'icp_filing_number_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_recv(internal) IS 'binary input';

CREATE FUNCTION icp.filing_number_send(icp.filing_number) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_number_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_send(icp.filing_number) IS 'binary output';

CREATE TYPE icp.filing_number (
  INPUT = icp.filing_number_in,
  OUTPUT = icp.filing_number_out,
  RECEIVE = icp.filing_number_recv,
  SEND = icp.filing_number_send,
  LIKE = pg_catalog.int8,
  CATEGORY = 'i',
  PREFERRED = true
);
COMMENT ON TYPE icp.filing_number IS
  'service-level number (网站备案号) or sponsor-level, 8 bytes: 京ICP备13052560号-1, -4A app, -1X mini-programme, -1K quick app';

CREATE CAST (text AS icp.filing_number) WITH INOUT;
COMMENT ON CAST (text AS icp.filing_number) IS 'as input does';
CREATE CAST (icp.filing_number AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (icp.filing_number AS text) IS 'canonical text';

-- Order and hash: the integer's own.

CREATE FUNCTION icp.icp_id_eq(icp.icp_id, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_eq(icp.icp_id, icp.icp_id) IS 'implementation of =';

CREATE FUNCTION icp.icp_id_ne(icp.icp_id, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_ne(icp.icp_id, icp.icp_id) IS 'implementation of <>';

CREATE FUNCTION icp.icp_id_lt(icp.icp_id, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_lt(icp.icp_id, icp.icp_id) IS 'implementation of <';

CREATE FUNCTION icp.icp_id_le(icp.icp_id, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_le(icp.icp_id, icp.icp_id) IS 'implementation of <=';

CREATE FUNCTION icp.icp_id_gt(icp.icp_id, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_gt(icp.icp_id, icp.icp_id) IS 'implementation of >';

CREATE FUNCTION icp.icp_id_ge(icp.icp_id, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_ge(icp.icp_id, icp.icp_id) IS 'implementation of >=';

CREATE FUNCTION icp.icp_id_cmp(icp.icp_id, icp.icp_id) RETURNS integer
  AS 'btint8cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_cmp(icp.icp_id, icp.icp_id) IS 'less-equal-greater';

CREATE FUNCTION icp.icp_id_hash(icp.icp_id) RETURNS integer
  AS 'hashint8' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_hash(icp.icp_id) IS 'hash; its values are frozen from 1.0';

CREATE FUNCTION icp.icp_id_hash_extended(icp.icp_id, bigint) RETURNS bigint
  AS 'hashint8extended' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_hash_extended(icp.icp_id, bigint) IS 'seeded hash; its values are frozen from 1.0';

CREATE OPERATOR icp.= (
  FUNCTION = icp.icp_id_eq, LEFTARG = icp.icp_id, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>),
  RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR icp.= (icp.icp_id, icp.icp_id) IS 'equal';

CREATE OPERATOR icp.<> (
  FUNCTION = icp.icp_id_ne, LEFTARG = icp.icp_id, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=),
  RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR icp.<> (icp.icp_id, icp.icp_id) IS 'not equal';

CREATE OPERATOR icp.< (
  FUNCTION = icp.icp_id_lt, LEFTARG = icp.icp_id, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=),
  RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR icp.< (icp.icp_id, icp.icp_id) IS 'before';

CREATE OPERATOR icp.<= (
  FUNCTION = icp.icp_id_le, LEFTARG = icp.icp_id, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>),
  RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR icp.<= (icp.icp_id, icp.icp_id) IS 'before or equal';

CREATE OPERATOR icp.> (
  FUNCTION = icp.icp_id_gt, LEFTARG = icp.icp_id, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=),
  RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR icp.> (icp.icp_id, icp.icp_id) IS 'after';

CREATE OPERATOR icp.>= (
  FUNCTION = icp.icp_id_ge, LEFTARG = icp.icp_id, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<),
  RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR icp.>= (icp.icp_id, icp.icp_id) IS 'after or equal';

CREATE OPERATOR FAMILY icp.icp_id_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.icp_id_ops USING btree IS 'order of icp.icp_id';
CREATE OPERATOR CLASS icp.icp_id_ops DEFAULT FOR TYPE icp.icp_id USING btree FAMILY icp.icp_id_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 icp.icp_id_cmp(icp.icp_id, icp.icp_id),
  FUNCTION 2 (icp.icp_id, icp.icp_id) pg_catalog.btint8sortsupport(internal),
  FUNCTION 4 (icp.icp_id, icp.icp_id) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS icp.icp_id_ops USING btree IS 'order of icp.icp_id';

CREATE OPERATOR FAMILY icp.icp_id_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.icp_id_ops USING hash IS 'hash of icp.icp_id';
CREATE OPERATOR CLASS icp.icp_id_ops DEFAULT FOR TYPE icp.icp_id USING hash FAMILY icp.icp_id_ops AS
  OPERATOR 1 icp.=,
  FUNCTION 1 icp.icp_id_hash(icp.icp_id),
  FUNCTION 2 icp.icp_id_hash_extended(icp.icp_id, bigint);
COMMENT ON OPERATOR CLASS icp.icp_id_ops USING hash IS 'hash of icp.icp_id';

CREATE OPERATOR FAMILY icp.icp_id_minmax_ops USING brin;
COMMENT ON OPERATOR FAMILY icp.icp_id_minmax_ops USING brin IS 'block ranges of icp.icp_id';
CREATE OPERATOR CLASS icp.icp_id_minmax_ops DEFAULT FOR TYPE icp.icp_id USING brin FAMILY icp.icp_id_minmax_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
  FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
  FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
  FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS icp.icp_id_minmax_ops USING brin IS 'block ranges of icp.icp_id';

CREATE FUNCTION icp.icp_id_smaller(icp.icp_id, icp.icp_id) RETURNS icp.icp_id
  AS 'int8smaller' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_smaller(icp.icp_id, icp.icp_id) IS 'the lesser of two';
CREATE AGGREGATE icp.min(icp.icp_id) (
  SFUNC = icp.icp_id_smaller, STYPE = icp.icp_id, COMBINEFUNC = icp.icp_id_smaller, SORTOP = OPERATOR(icp.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.min(icp.icp_id) IS 'least value, from an index where there is one';

CREATE FUNCTION icp.icp_id_larger(icp.icp_id, icp.icp_id) RETURNS icp.icp_id
  AS 'int8larger' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.icp_id_larger(icp.icp_id, icp.icp_id) IS 'the greater of two';
CREATE AGGREGATE icp.max(icp.icp_id) (
  SFUNC = icp.icp_id_larger, STYPE = icp.icp_id, COMBINEFUNC = icp.icp_id_larger, SORTOP = OPERATOR(icp.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.max(icp.icp_id) IS 'greatest value, from an index where there is one';

-- Order and hash: the integer's own.

CREATE FUNCTION icp.filing_number_eq(icp.filing_number, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_eq(icp.filing_number, icp.filing_number) IS 'implementation of =';

CREATE FUNCTION icp.filing_number_ne(icp.filing_number, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_ne(icp.filing_number, icp.filing_number) IS 'implementation of <>';

CREATE FUNCTION icp.filing_number_lt(icp.filing_number, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_lt(icp.filing_number, icp.filing_number) IS 'implementation of <';

CREATE FUNCTION icp.filing_number_le(icp.filing_number, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_le(icp.filing_number, icp.filing_number) IS 'implementation of <=';

CREATE FUNCTION icp.filing_number_gt(icp.filing_number, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_gt(icp.filing_number, icp.filing_number) IS 'implementation of >';

CREATE FUNCTION icp.filing_number_ge(icp.filing_number, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_number_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_ge(icp.filing_number, icp.filing_number) IS 'implementation of >=';

CREATE FUNCTION icp.filing_number_cmp(icp.filing_number, icp.filing_number) RETURNS integer
  AS 'btint8cmp' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_cmp(icp.filing_number, icp.filing_number) IS 'less-equal-greater';

CREATE FUNCTION icp.filing_number_hash(icp.filing_number) RETURNS integer
  AS 'hashint8' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_hash(icp.filing_number) IS 'hash; its values are frozen from 1.0';

CREATE FUNCTION icp.filing_number_hash_extended(icp.filing_number, bigint) RETURNS bigint
  AS 'hashint8extended' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_hash_extended(icp.filing_number, bigint) IS 'seeded hash; its values are frozen from 1.0';

CREATE OPERATOR icp.= (
  FUNCTION = icp.filing_number_eq, LEFTARG = icp.filing_number, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>),
  RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR icp.= (icp.filing_number, icp.filing_number) IS 'equal';

CREATE OPERATOR icp.<> (
  FUNCTION = icp.filing_number_ne, LEFTARG = icp.filing_number, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=),
  RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR icp.<> (icp.filing_number, icp.filing_number) IS 'not equal';

CREATE OPERATOR icp.< (
  FUNCTION = icp.filing_number_lt, LEFTARG = icp.filing_number, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=),
  RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR icp.< (icp.filing_number, icp.filing_number) IS 'before';

CREATE OPERATOR icp.<= (
  FUNCTION = icp.filing_number_le, LEFTARG = icp.filing_number, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>),
  RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR icp.<= (icp.filing_number, icp.filing_number) IS 'before or equal';

CREATE OPERATOR icp.> (
  FUNCTION = icp.filing_number_gt, LEFTARG = icp.filing_number, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=),
  RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR icp.> (icp.filing_number, icp.filing_number) IS 'after';

CREATE OPERATOR icp.>= (
  FUNCTION = icp.filing_number_ge, LEFTARG = icp.filing_number, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<),
  RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR icp.>= (icp.filing_number, icp.filing_number) IS 'after or equal';

CREATE OPERATOR FAMILY icp.filing_number_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.filing_number_ops USING btree IS 'order of icp.filing_number';
CREATE OPERATOR CLASS icp.filing_number_ops DEFAULT FOR TYPE icp.filing_number USING btree FAMILY icp.filing_number_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 icp.filing_number_cmp(icp.filing_number, icp.filing_number),
  FUNCTION 2 (icp.filing_number, icp.filing_number) pg_catalog.btint8sortsupport(internal),
  FUNCTION 4 (icp.filing_number, icp.filing_number) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS icp.filing_number_ops USING btree IS 'order of icp.filing_number';

CREATE OPERATOR FAMILY icp.filing_number_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.filing_number_ops USING hash IS 'hash of icp.filing_number';
CREATE OPERATOR CLASS icp.filing_number_ops DEFAULT FOR TYPE icp.filing_number USING hash FAMILY icp.filing_number_ops AS
  OPERATOR 1 icp.=,
  FUNCTION 1 icp.filing_number_hash(icp.filing_number),
  FUNCTION 2 icp.filing_number_hash_extended(icp.filing_number, bigint);
COMMENT ON OPERATOR CLASS icp.filing_number_ops USING hash IS 'hash of icp.filing_number';

CREATE OPERATOR FAMILY icp.filing_number_minmax_ops USING brin;
COMMENT ON OPERATOR FAMILY icp.filing_number_minmax_ops USING brin IS 'block ranges of icp.filing_number';
CREATE OPERATOR CLASS icp.filing_number_minmax_ops DEFAULT FOR TYPE icp.filing_number USING brin FAMILY icp.filing_number_minmax_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
  FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
  FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
  FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS icp.filing_number_minmax_ops USING brin IS 'block ranges of icp.filing_number';

CREATE FUNCTION icp.filing_number_smaller(icp.filing_number, icp.filing_number) RETURNS icp.filing_number
  AS 'int8smaller' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_smaller(icp.filing_number, icp.filing_number) IS 'the lesser of two';
CREATE AGGREGATE icp.min(icp.filing_number) (
  SFUNC = icp.filing_number_smaller, STYPE = icp.filing_number, COMBINEFUNC = icp.filing_number_smaller, SORTOP = OPERATOR(icp.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.min(icp.filing_number) IS 'least value, from an index where there is one';

CREATE FUNCTION icp.filing_number_larger(icp.filing_number, icp.filing_number) RETURNS icp.filing_number
  AS 'int8larger' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.filing_number_larger(icp.filing_number, icp.filing_number) IS 'the greater of two';
CREATE AGGREGATE icp.max(icp.filing_number) (
  SFUNC = icp.filing_number_larger, STYPE = icp.filing_number, COMBINEFUNC = icp.filing_number_larger, SORTOP = OPERATOR(icp.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.max(icp.filing_number) IS 'greatest value, from an index where there is one';

-- Between the levels.

CREATE FUNCTION icp.icp_id_of(icp.filing_number) RETURNS icp.icp_id
  AS 'MODULE_PATHNAME', 'icp_icp_id_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.icp_id_of(icp.filing_number) IS
  'the sponsor''s number: 京ICP备13052560号 of 京ICP备13052560号-1';

CREATE CAST (icp.icp_id AS icp.filing_number) WITHOUT FUNCTION AS IMPLICIT;
COMMENT ON CAST (icp.icp_id AS icp.filing_number) IS 'the sponsor''s level, without a service';
CREATE CAST (icp.filing_number AS icp.icp_id) WITH FUNCTION icp.icp_id_of(icp.filing_number);
COMMENT ON CAST (icp.filing_number AS icp.icp_id) IS 'drops the service';

CREATE FUNCTION icp.last_service(icp.icp_id) RETURNS icp.filing_number
  AS 'MODULE_PATHNAME', 'icp_last_service' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.last_service(icp.icp_id) IS
  'the greatest service number that a sponsor can have: the end of its range';

-- Parts; an icp_id is taken as well.

CREATE FUNCTION icp.province_of(icp.filing_number) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_province_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.province_of(icp.filing_number) IS
  'province; NULL for a licence without one and for 合字';

CREATE FUNCTION icp.kind_of(icp.filing_number) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_kind_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.kind_of(icp.filing_number) IS
  'filing (备), licence (证) or vat_licence (B2 and its like)';

CREATE FUNCTION icp.serial_of(icp.filing_number) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_serial_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.serial_of(icp.filing_number) IS
  'serial with its leading zeros';

CREATE FUNCTION icp.year_of(icp.filing_number) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_year_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.year_of(icp.filing_number) IS
  'year in the serial; NULL outside 2000 to 2099';

CREATE FUNCTION icp.service_no(icp.filing_number) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_service_no' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF;
COMMENT ON FUNCTION icp.service_no(icp.filing_number) IS
  'service number; NULL at the sponsor''s level';

CREATE FUNCTION icp.service_kind(icp.filing_number) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_service_kind' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.service_kind(icp.filing_number) IS
  'site, app, mini_program or quick_app; NULL at the sponsor''s level';

-- All services of a sponsor.

CREATE FUNCTION icp.within_support(internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'icp_within_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.within_support(internal) IS
  'planner support of <@ and @>: an index range';

CREATE FUNCTION icp.within_sel(internal, oid, internal, integer) RETURNS double precision
  AS 'MODULE_PATHNAME', 'icp_within_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.within_sel(internal, oid, internal, integer) IS 'restriction selectivity of <@ and @>';

CREATE FUNCTION icp.within_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
  AS 'MODULE_PATHNAME', 'icp_within_joinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.within_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of <@ and @>';

CREATE FUNCTION icp.filing_number_within(icp.filing_number, icp.icp_id) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_filing_number_within' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
  SUPPORT icp.within_support;
COMMENT ON FUNCTION icp.filing_number_within(icp.filing_number, icp.icp_id) IS 'implementation of <@';

CREATE FUNCTION icp.icp_id_contains(icp.icp_id, icp.filing_number) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_icp_id_contains' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
  SUPPORT icp.within_support;
COMMENT ON FUNCTION icp.icp_id_contains(icp.icp_id, icp.filing_number) IS 'implementation of @>';

CREATE OPERATOR icp.<@ (
  FUNCTION = icp.filing_number_within, LEFTARG = icp.filing_number, RIGHTARG = icp.icp_id,
  COMMUTATOR = OPERATOR(icp.@>), RESTRICT = icp.within_sel, JOIN = icp.within_joinsel
);
COMMENT ON OPERATOR icp.<@ (icp.filing_number, icp.icp_id) IS 'is the sponsor''s number or one of its services';

CREATE OPERATOR icp.@> (
  FUNCTION = icp.icp_id_contains, LEFTARG = icp.icp_id, RIGHTARG = icp.filing_number,
  COMMUTATOR = OPERATOR(icp.<@), RESTRICT = icp.within_sel, JOIN = icp.within_joinsel
);
COMMENT ON OPERATOR icp.@> (icp.icp_id, icp.filing_number) IS 'has this number itself or as one of its services';

-- Text that may be none, and why.

CREATE FUNCTION icp.try_icp_id(text) RETURNS icp.icp_id
  AS 'MODULE_PATHNAME', 'icp_try_icp_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_icp_id(text) IS
  'the sponsor-level number, NULL where the text is none';

CREATE FUNCTION icp.explain_icp_id(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_icp_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_icp_id(text) IS
  'what is wrong with the text as icp.icp_id, where, and what is accepted; NULL where nothing is';

CREATE FUNCTION icp.try_filing_number(text) RETURNS icp.filing_number
  AS 'MODULE_PATHNAME', 'icp_try_filing_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_filing_number(text) IS
  'the number, NULL where the text is none';

CREATE FUNCTION icp.explain_filing_number(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_filing_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_filing_number(text) IS
  'what is wrong with the text as icp.filing_number, where, and what is accepted; NULL where nothing is';

-- Numbers to issue.

CREATE FUNCTION icp.make_icp_id(province icp.province, year integer, running integer) RETURNS icp.icp_id
  AS 'MODULE_PATHNAME', 'icp_make_icp_id' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.make_icp_id(province icp.province, year integer, running integer) IS
  'the filing number of a year and a running number: 10 digits from 2020 on, 8 before';

CREATE FUNCTION icp.make_filing_number(sponsor icp.icp_id, service_no integer, service_kind text DEFAULT 'site') RETURNS icp.filing_number
  AS 'MODULE_PATHNAME', 'icp_make_filing_number' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.make_filing_number(sponsor icp.icp_id, service_no integer, service_kind text) IS
  'a service of a sponsor; kinds: site, app, mini_program, quick_app';
