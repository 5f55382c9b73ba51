-- icp.credential: kind and number of a credential (有效证件), with the check signs of those that have one.

CREATE TYPE icp.credential;

CREATE FUNCTION icp.credential_in(cstring) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_in(cstring) IS
  'input';

CREATE FUNCTION icp.credential_out(icp.credential) RETURNS cstring
  AS 'MODULE_PATHNAME', 'icp_credential_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_out(icp.credential) IS
  'output';

CREATE FUNCTION icp.credential_recv(internal) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_recv(internal) IS
  'binary input';

CREATE FUNCTION icp.credential_send(icp.credential) RETURNS bytea
  AS 'MODULE_PATHNAME', 'icp_credential_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_send(icp.credential) IS
  'binary output';

CREATE TYPE icp.credential (
  INPUT = icp.credential_in,
  OUTPUT = icp.credential_out,
  RECEIVE = icp.credential_recv,
  SEND = icp.credential_send,
  INTERNALLENGTH = VARIABLE,
  ALIGNMENT = int4,
  STORAGE = main
);
COMMENT ON TYPE icp.credential IS
  'credential (有效证件), kind:number, such as uscc:91350100M000100Y43; one number under two kinds of certificate is equal';

CREATE CAST (text AS icp.credential) WITH INOUT;
COMMENT ON CAST (text AS icp.credential) IS 'as input does';
CREATE CAST (icp.credential AS text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (icp.credential AS text) IS 'canonical text';

-- Order and hash: scheme of the number, then the number.

CREATE FUNCTION icp.credential_eq(icp.credential, icp.credential) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_credential_eq' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_eq(icp.credential, icp.credential) IS
  'implementation of =';

CREATE FUNCTION icp.credential_ne(icp.credential, icp.credential) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_credential_ne' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_ne(icp.credential, icp.credential) IS
  'implementation of <>';

CREATE FUNCTION icp.credential_lt(icp.credential, icp.credential) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_credential_lt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_lt(icp.credential, icp.credential) IS
  'implementation of <';

CREATE FUNCTION icp.credential_le(icp.credential, icp.credential) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_credential_le' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_le(icp.credential, icp.credential) IS
  'implementation of <=';

CREATE FUNCTION icp.credential_gt(icp.credential, icp.credential) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_credential_gt' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_gt(icp.credential, icp.credential) IS
  'implementation of >';

CREATE FUNCTION icp.credential_ge(icp.credential, icp.credential) RETURNS boolean
  AS 'MODULE_PATHNAME', 'icp_credential_ge' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_ge(icp.credential, icp.credential) IS
  'implementation of >=';

CREATE FUNCTION icp.credential_cmp(icp.credential, icp.credential) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_credential_cmp' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_cmp(icp.credential, icp.credential) IS
  'less-equal-greater';

CREATE FUNCTION icp.credential_hash(icp.credential) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_credential_hash' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_hash(icp.credential) IS
  'hash; its values are frozen from 1.0';

CREATE FUNCTION icp.credential_hash_extended(icp.credential, bigint) RETURNS bigint
  AS 'MODULE_PATHNAME', 'icp_credential_hash_extended' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_hash_extended(icp.credential, bigint) IS
  'seeded hash; its values are frozen from 1.0';

CREATE FUNCTION icp.credential_smaller(icp.credential, icp.credential) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_smaller' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_smaller(icp.credential, icp.credential) IS
  'the lesser of two';

CREATE FUNCTION icp.credential_larger(icp.credential, icp.credential) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_larger' LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_larger(icp.credential, icp.credential) IS
  'the greater of two';

CREATE OPERATOR icp.= (
  FUNCTION = icp.credential_eq, LEFTARG = icp.credential, RIGHTARG = icp.credential,
  COMMUTATOR = OPERATOR(icp.=), NEGATOR = OPERATOR(icp.<>),
  RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR icp.= (icp.credential, icp.credential) IS 'equal: the same number, whatever certificate carries it';

CREATE OPERATOR icp.<> (
  FUNCTION = icp.credential_ne, LEFTARG = icp.credential, RIGHTARG = icp.credential,
  COMMUTATOR = OPERATOR(icp.<>), NEGATOR = OPERATOR(icp.=),
  RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR icp.<> (icp.credential, icp.credential) IS 'not equal';

CREATE OPERATOR icp.< (
  FUNCTION = icp.credential_lt, LEFTARG = icp.credential, RIGHTARG = icp.credential,
  COMMUTATOR = OPERATOR(icp.>), NEGATOR = OPERATOR(icp.>=),
  RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR icp.< (icp.credential, icp.credential) IS 'before';

CREATE OPERATOR icp.<= (
  FUNCTION = icp.credential_le, LEFTARG = icp.credential, RIGHTARG = icp.credential,
  COMMUTATOR = OPERATOR(icp.>=), NEGATOR = OPERATOR(icp.>),
  RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR icp.<= (icp.credential, icp.credential) IS 'before or equal';

CREATE OPERATOR icp.> (
  FUNCTION = icp.credential_gt, LEFTARG = icp.credential, RIGHTARG = icp.credential,
  COMMUTATOR = OPERATOR(icp.<), NEGATOR = OPERATOR(icp.<=),
  RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR icp.> (icp.credential, icp.credential) IS 'after';

CREATE OPERATOR icp.>= (
  FUNCTION = icp.credential_ge, LEFTARG = icp.credential, RIGHTARG = icp.credential,
  COMMUTATOR = OPERATOR(icp.<=), NEGATOR = OPERATOR(icp.<),
  RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR icp.>= (icp.credential, icp.credential) IS 'after or equal';

-- No equalimage: equal credentials may differ in kind and in the reason of a waiver.
CREATE OPERATOR FAMILY icp.credential_ops USING btree;
COMMENT ON OPERATOR FAMILY icp.credential_ops USING btree IS 'order of icp.credential';
CREATE OPERATOR CLASS icp.credential_ops DEFAULT FOR TYPE icp.credential USING btree FAMILY icp.credential_ops AS
  OPERATOR 1 icp.<, OPERATOR 2 icp.<=, OPERATOR 3 icp.=, OPERATOR 4 icp.>=, OPERATOR 5 icp.>,
  FUNCTION 1 icp.credential_cmp(icp.credential, icp.credential);
COMMENT ON OPERATOR CLASS icp.credential_ops USING btree IS 'order of icp.credential';

CREATE OPERATOR FAMILY icp.credential_ops USING hash;
COMMENT ON OPERATOR FAMILY icp.credential_ops USING hash IS 'hash of icp.credential';
CREATE OPERATOR CLASS icp.credential_ops DEFAULT FOR TYPE icp.credential USING hash FAMILY icp.credential_ops AS
  OPERATOR 1 icp.=,
  FUNCTION 1 icp.credential_hash(icp.credential),
  FUNCTION 2 icp.credential_hash_extended(icp.credential, bigint);
COMMENT ON OPERATOR CLASS icp.credential_ops USING hash IS 'hash of icp.credential';

CREATE AGGREGATE icp.min(icp.credential) (
  SFUNC = icp.credential_smaller, STYPE = icp.credential, COMBINEFUNC = icp.credential_smaller, SORTOP = OPERATOR(icp.<), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.min(icp.credential) IS 'least value, from an index where there is one';
CREATE AGGREGATE icp.max(icp.credential) (
  SFUNC = icp.credential_larger, STYPE = icp.credential, COMBINEFUNC = icp.credential_larger, SORTOP = OPERATOR(icp.>), PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.max(icp.credential) IS 'greatest value, from an index where there is one';

-- Constructors.

CREATE FUNCTION icp.to_credential(kind text, number text) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.to_credential(kind text, number text) IS
  'the credential of a kind with a number; an error where the number is none of the kind';

CREATE FUNCTION icp.credential_waived(kind text, number text, reason text) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_waived' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_waived(kind text, number text, reason text) IS
  'the credential of a number that was issued with a wrong check sign (校验码), with the reason why it stands; an error where the sign is right';

CREATE FUNCTION icp.try_credential(text) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_try' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_credential(text) IS
  'the credential, NULL where the text is none';

CREATE FUNCTION icp.explain_credential(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_credential_explain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_credential(text) IS
  'what is wrong with the text as icp.credential, where, and what is accepted; NULL where nothing is';

CREATE FUNCTION icp.explain_credential(text, as_of date) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_credential_explain' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_credential(text, as_of date) IS
  'the same, with what is wrong on the day: a birth date to come, an identity number of 15 digits since 2013';

-- Parts.

CREATE FUNCTION icp.credential_kind(icp.credential) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_credential_kind_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_kind(icp.credential) IS
  'kind: resident_id, uscc, org_code, ...';

CREATE FUNCTION icp.credential_number(icp.credential) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_credential_number_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_number(icp.credential) IS
  'number in canonical form';

CREATE FUNCTION icp.credential_waiver(icp.credential) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_credential_waiver_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_waiver(icp.credential) IS
  'reason why a wrong check sign stands; NULL where the sign is right, or the kind has none';

CREATE FUNCTION icp.mask(icp.credential) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_credential_mask_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.mask(icp.credential) IS
  'number with stars for most of it: of a person the first two characters and the last stay';

CREATE FUNCTION icp.credential_division(icp.credential) RETURNS integer
  AS 'MODULE_PATHNAME', 'icp_credential_division_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_division(icp.credential) IS
  'GB/T 2260 division in the number, of its time; NULL where it has none';

CREATE FUNCTION icp.credential_notes(icp.credential) RETURNS text[]
  AS 'MODULE_PATHNAME', 'icp_credential_notes_of' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_notes(icp.credential) IS
  'what is worth a second look: former, division, category, private, form, check, residence';

CREATE FUNCTION icp.credential_upgrade(icp.credential) RETURNS icp.credential
  AS 'MODULE_PATHNAME', 'icp_credential_upgrade' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.credential_upgrade(icp.credential) IS
  'an identity number of 15 digits with its 18 signs; any other credential unchanged';
