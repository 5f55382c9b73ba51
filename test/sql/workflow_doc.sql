-- doc/workflow.md and doc/states.svg are made from the tables: what they say is what the tables have.
\set page `cat "$PG_ABS_SRCDIR"/../doc/workflow.md`
\set drawing `cat "$PG_ABS_SRCDIR"/../doc/states.svg`
CREATE TEMP VIEW step_line AS
SELECT n, format('| %s | %s | %s | %s | %s | %s |', coalesce(f.code || ' ' || f.name_zh, ''), w.event, t.code || ' ' || t.name_zh, w.kinds,
	   array_to_string(w.actors, ', ') || CASE WHEN w.needs_reason THEN ', with reason' ELSE '' END, w.clauses) AS line
  FROM icp.workflow_steps() WITH ORDINALITY AS w(from_state, event, to_state, kinds, actors, needs_reason, clauses, n)
  LEFT JOIN icp.state f ON f.code = w.from_state JOIN icp.state t ON t.code = w.to_state;
SELECT n, line AS missing FROM step_line WHERE position(line IN :'page') = 0 ORDER BY n;
SELECT count(*) AS steps, position((SELECT string_agg(line, E'\n' ORDER BY n) FROM step_line) IN :'page') > 0 AS in_order FROM step_line;
SELECT count(*) AS lines_of_steps_that_are_none
  FROM regexp_matches(:'page', '^\|[^|]*\| [a-z_]+ \| [a-z_]+ \S+ \|.*$', 'gn') AS m (line) WHERE m.line[1] NOT IN (SELECT line FROM step_line);
SELECT code AS kind_missing FROM icp.application_kind k
 WHERE position(format('| %s | %s | %s | %s | %s |', k.code, k.name_zh, k.concerns, k.steps, k.clause) IN :'page') = 0;
SELECT rtrim(icp.state_diagram(), E'\n') = rtrim(:'drawing', E'\n') AS drawing_is_current;
-- it has every state and every step
SELECT s.code AS not_drawn FROM icp.state s WHERE position('>' || s.code || '<' IN icp.state_diagram()) = 0;
SELECT (SELECT count(*) FROM regexp_matches(icp.state_diagram(), '<circle', 'g')) = (SELECT count(*) FROM icp.workflow_steps()) AS every_step;
-- and follows the table
BEGIN;
INSERT INTO icp.state VALUES ('lost', 99, '遗失', true);
INSERT INTO icp.transition VALUES ('new_filing', 'draft', 'lose', 'lost', '{clock}', false, 'test');
SELECT position('>lose [F*] clock<' IN icp.state_diagram()) > 0 AS drawn, (SELECT count(*) FROM regexp_matches(icp.state_diagram(), '<rect', 'g')) - 1 AS states;
ROLLBACK;
