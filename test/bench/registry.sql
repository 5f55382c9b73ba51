-- Registry: the same filings into the ready-made registry; no peer, since none does the same.

-- An overlapping filing is a draft, since of two filed records only one may have a domain.
SELECT format('COPY (SELECT DISTINCT account_id, ''account '' || account_id FROM bench.filing) TO %L',
			  :'dir' || '/account.txt') \gexec
SELECT format('COPY (SELECT account_id, account_id, icp.province_of(number), number, name, ''企业'', ''filed''
					   FROM (SELECT account_id, icp.icp_id_of(min(number)::icp.filing_number) AS number, min(name) AS name
							   FROM bench.filing GROUP BY account_id) s ORDER BY account_id) TO %L',
			  :'dir' || '/sponsor.txt') \gexec
SELECT format('COPY (SELECT f.id, f.account_id, f.account_id,
							icp.province_code(icp.province_of(f.number::icp.filing_number)), f.number, f.name || ''的网站'',
							f.domains, f.homepage, CASE WHEN f.id %% 100 = 0 THEN ''draft'' ELSE ''filed'' END
					   FROM bench.filing f ORDER BY f.id) TO %L', :'dir' || '/site.txt') \gexec

-- As a bureau gets old records: text, and printed as people print it.
CREATE UNLOGGED TABLE bench.staging AS
SELECT name AS unit_name, split_part(number, '-', 1) AS main_licence, replace(number, '-', '－') AS service_licence,
	   domains::text AS domain, homepage AS home_url, 'account ' || account_id AS account
  FROM bench.filing WHERE id <= greatest(:rows / 10, 1) ORDER BY id;

CREATE PROCEDURE bench.registry(run integer, dir text, row_count bigint) LANGUAGE plpgsql AS $$
DECLARE
	-- a new one for each run; nobody else holds a claim there
	r		text := 'bench_registry_' || run;
	l		text := 'bench_load_' || run;
	n		bigint;
BEGIN
	PERFORM icp.create_registry(r::name), icp.create_registry(l::name);
	EXECUTE format('COPY %I.account (id, user_name) FROM %L', r, dir || '/account.txt');
	SELECT count(DISTINCT account_id) INTO n FROM bench.filing;
	COMMIT;
	CALL bench.measure('registry', 'COPY into sponsor', 'ours', run, n,
		format('COPY %I.sponsor (id, account_id, province, number, name, nature, status) FROM %L', r, dir || '/sponsor.txt'));
	COMMIT;
	CALL bench.measure('registry', 'COPY into site', 'ours', run, row_count,
		format('COPY %I.site (id, sponsor_id, account_id, province_code, number, name, domains, homepage, status) FROM %L',
			   r, dir || '/site.txt'));
	COMMIT;
	CALL bench.measure('registry', 'load() of a tenth of the rows', 'ours', run, greatest(row_count / 10, 1),
		format('SELECT %I.load(%L)', l, 'bench.staging'));
	COMMIT;
END
$$;
SELECT format('CALL bench.registry(%s, %L, %s)', run, :'dir', :rows) FROM generate_series(1, :repeat) run \gexec
SELECT (SELECT count(*) FROM bench_registry_1.claim) AS claims,
	   (SELECT count(*) FROM bench_registry_1.claim_edge) AS edges,
	   (SELECT count(*) FROM bench_load_1.site) AS "sites filed by load()",
	   (SELECT count(*) FROM bench_load_1.rejected_row) AS "rows rejected by it";
