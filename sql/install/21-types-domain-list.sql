-- icp.domain_list: a sorted set of domain names.

CREATE TYPE icp.domain_list;

CREATE FUNCTION icp.domain_list_in(cstring) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_in(cstring) IS 'I/O';
CREATE FUNCTION icp.domain_list_out(icp.domain_list) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_domain_list_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_out(icp.domain_list) IS 'I/O';
CREATE FUNCTION icp.domain_list_recv(internal) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_recv(internal) IS 'I/O';
CREATE FUNCTION icp.domain_list_send(icp.domain_list) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_domain_list_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_send(icp.domain_list) IS 'I/O';

CREATE FUNCTION icp.domain_list_typanalyze(internal) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_typanalyze' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_typanalyze(internal) IS 'ANALYZE of domain lists: the most common domains';

CREATE TYPE icp.domain_list (
  INPUT = icp.domain_list_in,
  OUTPUT = icp.domain_list_out,
  RECEIVE = icp.domain_list_recv,
  SEND = icp.domain_list_send,
  ANALYZE = icp.domain_list_typanalyze,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = extended
);
COMMENT ON TYPE icp.domain_list IS
  'the domain list (域名列表) of a site: a sorted set of domain names, written as an array literal';

CREATE FUNCTION icp.try_domain_list(text) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_try' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_domain_list(text) IS 'the domain list, or NULL where the text is none';

CREATE FUNCTION icp.explain_domain_list(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_domain_list_explain' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_domain_list(text) IS
  'what is wrong with a text as a domain list, where, and what would be accepted; NULL where it is one';

CREATE FUNCTION icp.domain_list_eq(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_eq(icp.domain_list, icp.domain_list) IS 'implementation of = operator';
CREATE FUNCTION icp.domain_list_ne(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_ne(icp.domain_list, icp.domain_list) IS 'implementation of <> operator';
CREATE FUNCTION icp.domain_list_lt(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_lt(icp.domain_list, icp.domain_list) IS 'implementation of < operator';
CREATE FUNCTION icp.domain_list_le(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_le(icp.domain_list, icp.domain_list) IS 'implementation of <= operator';
CREATE FUNCTION icp.domain_list_gt(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_gt(icp.domain_list, icp.domain_list) IS 'implementation of > operator';
CREATE FUNCTION icp.domain_list_ge(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_ge(icp.domain_list, icp.domain_list) IS 'implementation of >= operator';
CREATE FUNCTION icp.domain_list_cmp(icp.domain_list, icp.domain_list) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_domain_list_cmp' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_cmp(icp.domain_list, icp.domain_list) IS 'less-equal-greater, domain by domain';
CREATE FUNCTION icp.domain_list_hash(icp.domain_list) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_domain_list_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_hash(icp.domain_list) IS 'hash';
CREATE FUNCTION icp.domain_list_hash_extended(icp.domain_list, bigint) RETURNS bigint
  AS 'MODULE_PATHNAME', 'icp_domain_list_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_hash_extended(icp.domain_list, bigint) IS 'hash with a seed';

CREATE OPERATOR icp.= (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_eq,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
COMMENT ON OPERATOR icp.= (icp.domain_list, icp.domain_list) IS 'equal';
CREATE OPERATOR icp.<> (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_ne,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR icp.<> (icp.domain_list, icp.domain_list) IS 'not equal';
CREATE OPERATOR icp.< (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_lt,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
COMMENT ON OPERATOR icp.< (icp.domain_list, icp.domain_list) IS 'less than, domain by domain';
CREATE OPERATOR icp.<= (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_le,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
COMMENT ON OPERATOR icp.<= (icp.domain_list, icp.domain_list) IS 'less than or equal';
CREATE OPERATOR icp.> (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_gt,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
COMMENT ON OPERATOR icp.> (icp.domain_list, icp.domain_list) IS 'greater than';
CREATE OPERATOR icp.>= (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_ge,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
COMMENT ON OPERATOR icp.>= (icp.domain_list, icp.domain_list) IS 'greater than or equal';

CREATE OPERATOR FAMILY icp.domain_list_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.domain_list_ops USING btree IS 'domain lists, domain by domain';
CREATE OPERATOR CLASS icp.domain_list_ops DEFAULT FOR TYPE icp.domain_list USING btree FAMILY icp.domain_list_ops AS
  OPERATOR 1 icp.< ,
  OPERATOR 2 icp.<= ,
  OPERATOR 3 icp.= ,
  OPERATOR 4 icp.>= ,
  OPERATOR 5 icp.> ,
  FUNCTION 1 icp.domain_list_cmp(icp.domain_list, icp.domain_list),
  FUNCTION 4 pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS icp.domain_list_ops USING btree IS 'domain lists, domain by domain';
CREATE OPERATOR FAMILY icp.domain_list_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.domain_list_ops USING hash IS 'equality of domain lists';
CREATE OPERATOR CLASS icp.domain_list_ops DEFAULT FOR TYPE icp.domain_list USING hash FAMILY icp.domain_list_ops AS
  OPERATOR 1 icp.= ,
  FUNCTION 1 icp.domain_list_hash(icp.domain_list),
  FUNCTION 2 icp.domain_list_hash_extended(icp.domain_list, bigint);
COMMENT ON OPERATOR CLASS icp.domain_list_ops USING hash IS 'equality of domain lists';

-- Sets.
CREATE FUNCTION icp.domain_list_overlap(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_overlap' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_overlap(icp.domain_list, icp.domain_list) IS 'implementation of && operator';
CREATE FUNCTION icp.domain_list_contains(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_contains' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_contains(icp.domain_list, icp.domain_list) IS 'implementation of @> operator';
CREATE FUNCTION icp.domain_list_contained(icp.domain_list, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_contained' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_contained(icp.domain_list, icp.domain_list) IS 'implementation of <@ operator';
CREATE FUNCTION icp.domain_list_has(icp.domain_list, icp.domain_name) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_has' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_has(icp.domain_list, icp.domain_name) IS 'implementation of @> operator';
CREATE FUNCTION icp.domain_list_is_in(icp.domain_name, icp.domain_list) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_is_in' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_is_in(icp.domain_name, icp.domain_list) IS 'implementation of <@ operator';
CREATE FUNCTION icp.domain_list_union(icp.domain_list, icp.domain_list) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_union(icp.domain_list, icp.domain_list) IS 'implementation of + operator';
CREATE FUNCTION icp.domain_list_difference(icp.domain_list, icp.domain_list) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_difference' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_difference(icp.domain_list, icp.domain_list) IS 'implementation of - operator';
CREATE FUNCTION icp.domain_list_intersection(icp.domain_list, icp.domain_list) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_intersection' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_intersection(icp.domain_list, icp.domain_list) IS 'implementation of * operator';
-- Estimators.
CREATE FUNCTION icp.domain_list_overlapsel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_overlapsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_overlapsel(internal, oid, internal, integer) IS 'restriction selectivity of &&';
CREATE FUNCTION icp.domain_list_overlapjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_overlapjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_overlapjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of &&';
CREATE FUNCTION icp.domain_list_containsel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_containsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_containsel(internal, oid, internal, integer) IS 'restriction selectivity of @>';
CREATE FUNCTION icp.domain_list_containjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_containjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_containjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of @>';
CREATE FUNCTION icp.domain_list_containedsel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_containedsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_containedsel(internal, oid, internal, integer) IS 'restriction selectivity of <@';
CREATE FUNCTION icp.domain_list_containedjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_containedjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_containedjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of <@';
CREATE FUNCTION icp.domain_list_hassel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_hassel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_hassel(internal, oid, internal, integer) IS 'restriction selectivity of @> of one domain';
CREATE FUNCTION icp.domain_list_hasjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_hasjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_hasjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of @> of one domain';
CREATE FUNCTION icp.domain_list_isinsel(internal, oid, internal, integer) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_isinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_isinsel(internal, oid, internal, integer) IS 'restriction selectivity of <@ of one domain';
CREATE FUNCTION icp.domain_list_isinjoinsel(internal, oid, internal, smallint, internal) RETURNS float8
  AS 'MODULE_PATHNAME', 'icp_domain_list_isinjoinsel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_isinjoinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of <@ of one domain';
CREATE OPERATOR icp.&& (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_overlap,
  COMMUTATOR = OPERATOR(icp.&&), RESTRICT = icp.domain_list_overlapsel, JOIN = icp.domain_list_overlapjoinsel);
COMMENT ON OPERATOR icp.&& (icp.domain_list, icp.domain_list) IS 'have the lists a domain in common?';
CREATE OPERATOR icp.@> (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_contains,
  COMMUTATOR = OPERATOR(icp.<@), RESTRICT = icp.domain_list_containsel, JOIN = icp.domain_list_containjoinsel);
COMMENT ON OPERATOR icp.@> (icp.domain_list, icp.domain_list) IS 'does the list contain every domain of the other?';
CREATE OPERATOR icp.<@ (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_contained,
  COMMUTATOR = OPERATOR(icp.@>), RESTRICT = icp.domain_list_containedsel, JOIN = icp.domain_list_containedjoinsel);
COMMENT ON OPERATOR icp.<@ (icp.domain_list, icp.domain_list) IS 'are all domains of the list in the other?';
CREATE OPERATOR icp.@> (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_name, FUNCTION = icp.domain_list_has,
  COMMUTATOR = OPERATOR(icp.<@), RESTRICT = icp.domain_list_hassel, JOIN = icp.domain_list_hasjoinsel);
COMMENT ON OPERATOR icp.@> (icp.domain_list, icp.domain_name) IS 'is the domain in the list?';
CREATE OPERATOR icp.<@ (LEFTARG = icp.domain_name, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_is_in,
  COMMUTATOR = OPERATOR(icp.@>), RESTRICT = icp.domain_list_isinsel, JOIN = icp.domain_list_isinjoinsel);
COMMENT ON OPERATOR icp.<@ (icp.domain_name, icp.domain_list) IS 'is the domain in the list?';
CREATE OPERATOR icp.+ (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_union, COMMUTATOR = OPERATOR(icp.+));
COMMENT ON OPERATOR icp.+ (icp.domain_list, icp.domain_list) IS 'union';
CREATE OPERATOR icp.- (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_difference);
COMMENT ON OPERATOR icp.- (icp.domain_list, icp.domain_list) IS 'difference';
CREATE OPERATOR icp.* (LEFTARG = icp.domain_list, RIGHTARG = icp.domain_list, FUNCTION = icp.domain_list_intersection,
  COMMUTATOR = OPERATOR(icp.*));
COMMENT ON OPERATOR icp.* (icp.domain_list, icp.domain_list) IS 'intersection';

-- Elements and casts.
CREATE FUNCTION icp.cardinality(icp.domain_list) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_domain_list_cardinality' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.cardinality(icp.domain_list) IS 'how many domains the list has';
CREATE FUNCTION icp.domain_at(icp.domain_list, integer) RETURNS icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_list_at' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_at(icp.domain_list, integer) IS 'the n-th domain of the list in its order, from 1; NULL outside';
CREATE FUNCTION icp.domains(icp.domain_list) RETURNS SETOF icp.domain_name
  AS 'MODULE_PATHNAME', 'icp_domain_list_domains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 2;
COMMENT ON FUNCTION icp.domains(icp.domain_list) IS 'the domains of the list, in order';
CREATE FUNCTION icp.domain_list(icp.domain_name) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_from_domain' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list(icp.domain_name) IS 'the list of one domain';
CREATE FUNCTION icp.domain_list(icp.domain_name[]) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_from_domains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list(icp.domain_name[]) IS 'the set of the array''s domains';
CREATE FUNCTION icp.domain_list(text[]) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_from_texts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list(text[]) IS 'the set of the array''s domains, each read as input reads it';
CREATE FUNCTION icp.domain_names(icp.domain_list) RETURNS icp.domain_name[]
  AS 'MODULE_PATHNAME', 'icp_domain_list_to_domains' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_names(icp.domain_list) IS 'the domains of the list as an array, in order';
CREATE FUNCTION icp.text_array(icp.domain_list) RETURNS text[]
  AS 'MODULE_PATHNAME', 'icp_domain_list_to_texts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.text_array(icp.domain_list) IS 'the domains of the list as an array of texts, in order';
CREATE CAST (icp.domain_name AS icp.domain_list) WITH FUNCTION icp.domain_list(icp.domain_name) AS ASSIGNMENT;
COMMENT ON CAST (icp.domain_name AS icp.domain_list) IS 'set of domains';
CREATE CAST (icp.domain_name[] AS icp.domain_list) WITH FUNCTION icp.domain_list(icp.domain_name[]) AS ASSIGNMENT;
COMMENT ON CAST (icp.domain_name[] AS icp.domain_list) IS 'set of domains';
CREATE CAST (text[] AS icp.domain_list) WITH FUNCTION icp.domain_list(text[]) AS ASSIGNMENT;
COMMENT ON CAST (text[] AS icp.domain_list) IS 'set of domains';
CREATE CAST (icp.domain_list AS icp.domain_name[]) WITH FUNCTION icp.domain_names(icp.domain_list) AS ASSIGNMENT;
COMMENT ON CAST (icp.domain_list AS icp.domain_name[]) IS 'array in order';
CREATE CAST (icp.domain_list AS text[]) WITH FUNCTION icp.text_array(icp.domain_list) AS ASSIGNMENT;
COMMENT ON CAST (icp.domain_list AS text[]) IS 'array in order';

-- The set of a group's domains.
CREATE FUNCTION icp.domain_list_accum(bytea, icp.domain_name) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_domain_list_accum_domain' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_accum(bytea, icp.domain_name) IS 'transition of domain_list_agg';
CREATE FUNCTION icp.domain_list_accum(bytea, icp.domain_list) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_domain_list_accum_list' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_accum(bytea, icp.domain_list) IS 'transition of domain_list_agg';
CREATE FUNCTION icp.domain_list_combine(bytea, bytea) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_domain_list_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_combine(bytea, bytea) IS 'combination of partial states of domain_list_agg';
CREATE FUNCTION icp.domain_list_final(bytea) RETURNS icp.domain_list
  AS 'MODULE_PATHNAME', 'icp_domain_list_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_final(bytea) IS 'result of domain_list_agg';
CREATE AGGREGATE icp.domain_list_agg(icp.domain_name) (
  SFUNC = icp.domain_list_accum, STYPE = bytea, FINALFUNC = icp.domain_list_final,
  COMBINEFUNC = icp.domain_list_combine, SSPACE = 256, PARALLEL = SAFE);
COMMENT ON AGGREGATE icp.domain_list_agg(icp.domain_name) IS 'the list of all domains; NULL over no domain';
CREATE AGGREGATE icp.domain_list_agg(icp.domain_list) (
  SFUNC = icp.domain_list_accum, STYPE = bytea, FINALFUNC = icp.domain_list_final,
  COMBINEFUNC = icp.domain_list_combine, SSPACE = 256, PARALLEL = SAFE);
COMMENT ON AGGREGATE icp.domain_list_agg(icp.domain_list) IS 'the union of all lists; NULL over no list';

-- GIN over the domains of lists; a key is the hash of a domain.
CREATE FUNCTION icp.domain_list_gin_extract(icp.domain_list, internal) RETURNS internal
  AS 'MODULE_PATHNAME', 'icp_domain_list_gin_extract' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_gin_extract(icp.domain_list, internal) IS 'GIN support';
CREATE FUNCTION icp.domain_list_gin_query(icp.domain_list, internal, smallint, internal, internal, internal, internal)
  RETURNS internal
  AS 'MODULE_PATHNAME', 'icp_domain_list_gin_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_gin_query(icp.domain_list, internal, smallint, internal, internal, internal, internal)
  IS 'GIN support';
CREATE FUNCTION icp.domain_list_gin_consistent(internal, smallint, icp.domain_list, integer, internal, internal, internal, internal)
  RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_domain_list_gin_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_gin_consistent(internal, smallint, icp.domain_list, integer, internal, internal, internal, internal)
  IS 'GIN support';
CREATE FUNCTION icp.domain_list_gin_triconsistent(internal, smallint, icp.domain_list, integer, internal, internal, internal)
  RETURNS "char"
  AS 'MODULE_PATHNAME', 'icp_domain_list_gin_triconsistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.domain_list_gin_triconsistent(internal, smallint, icp.domain_list, integer, internal, internal, internal)
  IS 'GIN support';
CREATE OPERATOR FAMILY icp.domain_list_ops USING gin;
COMMENT ON OPERATOR FAMILY icp.domain_list_ops USING gin IS 'the domains of lists';
CREATE OPERATOR CLASS icp.domain_list_ops DEFAULT FOR TYPE icp.domain_list USING gin FAMILY icp.domain_list_ops AS
  OPERATOR 1 icp.&& (icp.domain_list, icp.domain_list),
  OPERATOR 2 icp.@> (icp.domain_list, icp.domain_list),
  OPERATOR 3 icp.<@ (icp.domain_list, icp.domain_list),
  OPERATOR 4 icp.= (icp.domain_list, icp.domain_list),
  OPERATOR 5 icp.@> (icp.domain_list, icp.domain_name),
  FUNCTION 1 pg_catalog.btint8cmp(bigint, bigint),
  FUNCTION 2 icp.domain_list_gin_extract(icp.domain_list, internal),
  FUNCTION 3 icp.domain_list_gin_query(icp.domain_list, internal, smallint, internal, internal, internal, internal),
  FUNCTION 4 icp.domain_list_gin_consistent(internal, smallint, icp.domain_list, integer, internal, internal, internal, internal),
  FUNCTION 6 icp.domain_list_gin_triconsistent(internal, smallint, icp.domain_list, integer, internal, internal, internal),
  STORAGE bigint;
COMMENT ON OPERATOR CLASS icp.domain_list_ops USING gin IS
  'the domains of lists, by their hashes; what is found is checked against the row';
