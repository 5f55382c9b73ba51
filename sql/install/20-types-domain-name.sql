-- icp.domain_name: lower-case A-labels, ordered by labels from the right.

CREATE TYPE icp.domain_name;

CREATE FUNCTION icp.domain_name_in(cstring) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_name_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_in(cstring) IS 'I/O';
CREATE FUNCTION icp.domain_name_out(icp.domain_name) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_domain_name_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_out(icp.domain_name) IS 'I/O';
CREATE FUNCTION icp.domain_name_recv(internal) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_name_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_recv(internal) IS 'I/O';
CREATE FUNCTION icp.domain_name_send(icp.domain_name) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_domain_name_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_send(icp.domain_name) IS 'I/O';

CREATE TYPE icp.domain_name (
  INPUT = icp.domain_name_in,
  OUTPUT = icp.domain_name_out,
  RECEIVE = icp.domain_name_recv,
  SEND = icp.domain_name_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = main
);
COMMENT ON TYPE icp.domain_name IS
  'a domain name (域名): Unicode or A-labels, any case, on input; lower-case A-labels in store';

CREATE FUNCTION icp.try_domain_name(text) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_name_try' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_domain_name(text) IS 'the domain name, or NULL where the text is none';

CREATE FUNCTION icp.explain_domain_name(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_domain_name_explain' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_domain_name(text) IS
  'what is wrong with a text as a domain name, where, and what would be accepted; NULL where it is one';

CREATE FUNCTION icp.domain_name_eq(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_ne(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_lt(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_le(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_gt(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_ge(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_cmp(icp.domain_name, icp.domain_name) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_domain_name_cmp' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_hash(icp.domain_name) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_domain_name_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_hash_extended(icp.domain_name, bigint) RETURNS bigint
  AS 'MODULE_PATHNAME', 'icp_domain_name_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_smaller(icp.domain_name, icp.domain_name) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_name_smaller' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION icp.domain_name_larger(icp.domain_name, icp.domain_name) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_name_larger' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_eq(icp.domain_name, icp.domain_name) IS 'implementation of = operator';
COMMENT ON FUNCTION icp.domain_name_ne(icp.domain_name, icp.domain_name) IS 'implementation of <> operator';
COMMENT ON FUNCTION icp.domain_name_lt(icp.domain_name, icp.domain_name) IS 'implementation of < operator';
COMMENT ON FUNCTION icp.domain_name_le(icp.domain_name, icp.domain_name) IS 'implementation of <= operator';
COMMENT ON FUNCTION icp.domain_name_gt(icp.domain_name, icp.domain_name) IS 'implementation of > operator';
COMMENT ON FUNCTION icp.domain_name_ge(icp.domain_name, icp.domain_name) IS 'implementation of >= operator';
COMMENT ON FUNCTION icp.domain_name_cmp(icp.domain_name, icp.domain_name) IS 'less-equal-greater, by labels from the right';
COMMENT ON FUNCTION icp.domain_name_hash(icp.domain_name) IS 'hash';
COMMENT ON FUNCTION icp.domain_name_hash_extended(icp.domain_name, bigint) IS 'hash with a seed';
COMMENT ON FUNCTION icp.domain_name_smaller(icp.domain_name, icp.domain_name) IS 'the smaller of two';
COMMENT ON FUNCTION icp.domain_name_larger(icp.domain_name, icp.domain_name) IS 'the larger of two';

CREATE OPERATOR icp.= (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_eq,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR icp.<> (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_ne,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR icp.< (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_lt,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR icp.<= (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_le,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR icp.> (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_gt,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR icp.>= (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_ge,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR icp.= (icp.domain_name, icp.domain_name) IS 'equal';
COMMENT ON OPERATOR icp.<> (icp.domain_name, icp.domain_name) IS 'not equal';
COMMENT ON OPERATOR icp.< (icp.domain_name, icp.domain_name) IS 'less than, by labels from the right';
COMMENT ON OPERATOR icp.<= (icp.domain_name, icp.domain_name) IS 'less than or equal';
COMMENT ON OPERATOR icp.> (icp.domain_name, icp.domain_name) IS 'greater than';
COMMENT ON OPERATOR icp.>= (icp.domain_name, icp.domain_name) IS 'greater than or equal';

CREATE FUNCTION icp.domain_name_sortsupport(internal) RETURNS void
  AS 'MODULE_PATHNAME', 'icp_domain_name_sortsupport' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_sortsupport(internal) IS 'sort support: twelve leading signs as one number';

CREATE OPERATOR FAMILY icp.domain_name_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.domain_name_ops USING btree IS 'domain names in the order of their labels from the right';
CREATE OPERATOR CLASS icp.domain_name_ops DEFAULT FOR TYPE icp.domain_name USING btree FAMILY icp.domain_name_ops AS
  OPERATOR 1 icp.< ,
  OPERATOR 2 icp.<= ,
  OPERATOR 3 icp.= ,
  OPERATOR 4 icp.>= ,
  OPERATOR 5 icp.> ,
  FUNCTION 1 icp.domain_name_cmp(icp.domain_name, icp.domain_name),
  FUNCTION 2 icp.domain_name_sortsupport(internal),
  FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS icp.domain_name_ops USING btree IS 'domain names in the order of their labels from the right';
CREATE OPERATOR FAMILY icp.domain_name_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.domain_name_ops USING hash IS 'equality of domain names';
CREATE OPERATOR CLASS icp.domain_name_ops DEFAULT FOR TYPE icp.domain_name USING hash FAMILY icp.domain_name_ops AS
  OPERATOR 1 icp.= ,
  FUNCTION 1 icp.domain_name_hash(icp.domain_name),
  FUNCTION 2 icp.domain_name_hash_extended(icp.domain_name, bigint);
COMMENT ON OPERATOR CLASS icp.domain_name_ops USING hash IS 'equality of domain names';

CREATE AGGREGATE icp.min(icp.domain_name) (
  SFUNC = icp.domain_name_smaller, STYPE = icp.domain_name, COMBINEFUNC = icp.domain_name_smaller,
  SORTOP = OPERATOR(icp.<), PARALLEL = SAFE);
COMMENT ON AGGREGATE icp.min(icp.domain_name) IS 'the first domain name in the order by labels from the right';
CREATE AGGREGATE icp.max(icp.domain_name) (
  SFUNC = icp.domain_name_larger, STYPE = icp.domain_name, COMBINEFUNC = icp.domain_name_larger,
  SORTOP = OPERATOR(icp.>), PARALLEL = SAFE);
COMMENT ON AGGREGATE icp.max(icp.domain_name) IS 'the last domain name in the order by labels from the right';

-- At or under, at or above.
CREATE FUNCTION icp.domain_name_upper(icp.domain_name) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_name_upper' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_upper(icp.domain_name) IS
  'the bound above everything at or under the name, for index conditions; no domain name itself';
CREATE FUNCTION icp.domain_name_under_support(internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'icp_domain_name_under_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_under_support(internal) IS 'planner support of <@';
CREATE FUNCTION icp.domain_name_over_support(internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'icp_domain_name_over_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_over_support(internal) IS 'planner support of @>';
CREATE FUNCTION icp.domain_name_undersel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_name_undersel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_undersel(internal, oid, internal, integer) IS 'restriction selectivity of <@';
CREATE FUNCTION icp.domain_name_oversel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_name_oversel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_oversel(internal, oid, internal, integer) IS 'restriction selectivity of @>';
CREATE FUNCTION icp.domain_name_underjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_name_underjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_underjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of <@';
CREATE FUNCTION icp.domain_name_overjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_name_overjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_name_overjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of @>';
CREATE FUNCTION icp.domain_name_under(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_under' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
  SUPPORT icp.domain_name_under_support;
CREATE FUNCTION icp.domain_name_over(icp.domain_name, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_name_over' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE
  SUPPORT icp.domain_name_over_support;
COMMENT ON FUNCTION icp.domain_name_under(icp.domain_name, icp.domain_name) IS 'implementation of <@ operator';
COMMENT ON FUNCTION icp.domain_name_over(icp.domain_name, icp.domain_name) IS 'implementation of @> operator';
CREATE OPERATOR icp.<@ (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_under,
  COMMUTATOR = OPERATOR(icp.@>), RESTRICT = icp.domain_name_undersel, JOIN = icp.domain_name_underjoinsel);
CREATE OPERATOR icp.@> (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_name_over,
  COMMUTATOR = OPERATOR(icp.<@), RESTRICT = icp.domain_name_oversel, JOIN = icp.domain_name_overjoinsel);
COMMENT ON OPERATOR icp.<@ (icp.domain_name, icp.domain_name) IS 'is the name at or under the other one?';
COMMENT ON OPERATOR icp.@> (icp.domain_name, icp.domain_name) IS 'is the name at or above the other one?';

CREATE FUNCTION icp.to_unicode(icp.domain_name) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_domain_name_to_unicode' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.to_unicode(icp.domain_name) IS 'the name as people read it (中文域名)';
