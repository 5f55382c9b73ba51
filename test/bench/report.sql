-- Medians; a ratio above 1 says how many times faster (or smaller) ours is than the peer.

\pset footer off
\pset null ''
\echo
\echo '--' :title
WITH median AS (
	SELECT item, variant, min(id) AS id, count(*) AS runs,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds,
		   min(seconds) AS least, max(seconds) AS most,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu) AS cpu,
		   percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS amount
	  FROM bench.result WHERE part = :'part' GROUP BY item, variant
), first AS (
	SELECT item, min(id) AS id FROM median GROUP BY item
)
SELECT m.item, m.variant,
	   round(m.seconds::numeric, 2) AS seconds,
	   CASE WHEN m.runs > 1 AND m.seconds IS NOT NULL
			THEN round(m.least::numeric, 2) || ' - ' || round(m.most::numeric, 2) END AS "from - to",
	   round(m.cpu::numeric, 2) AS "CPU s",
	   CASE WHEN m.seconds IS NOT NULL THEN to_char(m.amount / m.seconds, 'FM999,999,999') END AS "per second",
	   CASE WHEN m.seconds IS NULL THEN round(m.amount::numeric, 1) END AS bytes,
	   CASE WHEN m.variant <> 'ours' THEN round((coalesce(m.seconds / o.seconds, m.amount / o.amount))::numeric, 2) END AS ratio,
	   CASE WHEN m.variant <> 'ours' AND o.cpu > 0 THEN round((m.cpu / o.cpu)::numeric, 2) END AS "CPU ratio"
  FROM median m JOIN first f USING (item) LEFT JOIN median o ON o.item = m.item AND o.variant = 'ours'
 ORDER BY f.id, m.id;
