-- What row security asks of a row, at next to no cost in the eyes of the planner: it puts comparisons that it takes for safe
-- and cheap, such as text = and text <, in front of a policy that is dearer, and then time and EXPLAIN (ANALYZE) tell of
-- a row that nobody may see how it compares.  (The cost of a function's arguments counts, so that they are columns,
-- constants and (SELECT ...), which is made once.)

CREATE FUNCTION icp.array_has(items anyarray, these anyarray) RETURNS boolean
	LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE COST 0.0001
	AS 'arraycontains';
COMMENT ON FUNCTION icp.array_has(anyarray, anyarray) IS
	'As items @> these, for the policies of row security: the planner asks it before it compares anything else of the row';
