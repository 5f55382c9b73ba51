-- 备案率, 5 附件2 一.

CREATE FUNCTION icp.rate_accum(state bigint[], hit boolean) RETURNS bigint[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_rate_accum';
COMMENT ON FUNCTION icp.rate_accum(bigint[], boolean) IS 'Counts a row into {hits, total}';

CREATE FUNCTION icp.rate_inverse(state bigint[], hit boolean) RETURNS bigint[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_rate_inverse';
COMMENT ON FUNCTION icp.rate_inverse(bigint[], boolean) IS 'Takes a row back out of {hits, total}, for moving windows';

CREATE FUNCTION icp.rate_combine(state bigint[], other bigint[]) RETURNS bigint[]
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_rate_combine';
COMMENT ON FUNCTION icp.rate_combine(bigint[], bigint[]) IS 'Adds two {hits, total}';

CREATE FUNCTION icp.rate_final(state bigint[]) RETURNS double precision
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_rate_final';
COMMENT ON FUNCTION icp.rate_final(bigint[]) IS 'hits / total, NULL over no rows';

CREATE AGGREGATE icp.filing_rate(filed boolean) (
	SFUNC = icp.rate_accum,
	STYPE = bigint[],
	INITCOND = '{0,0}',
	COMBINEFUNC = icp.rate_combine,
	FINALFUNC = icp.rate_final,
	MSFUNC = icp.rate_accum,
	MINVFUNC = icp.rate_inverse,
	MSTYPE = bigint[],
	MINITCOND = '{0,0}',
	MFINALFUNC = icp.rate_final,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE icp.filing_rate(boolean) IS
	'Filing rate (备案率): filed sites / (filed sites + unfiled sites found), between 0 and 1; NULL over no rows (5 附件2 一)';
