-- Rules: icp.violation_codes over whole records against plpgsql with regular expressions and tables, the same rules.
-- The peer has those of the rules that SQL can say in reasonable time, about forty; ours has all that apply to the record
-- (icp.rule_tests() tells which need no other field), so the comparison favours the peer. The four checks of regular
-- expressions are the number, the domain, the home page and the addresses, which say less than the rules: no public
-- suffixes, no home page against its domain, few of IANA's blocks.

CREATE TYPE bench.filing AS (
	name text, nature text, credential text, province text, address text, principal_name text, principal_credential text,
	phone text, mobile text, email text, site_name text, domains text, homepage text, number text, kind text,
	contents text, approvals text, ips text, mode text);

-- Check digits for the made-up credentials.
CREATE FUNCTION bench.resident_sign(body text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT substr('10X98765432', 1 + sum(substr(body, i, 1)::integer
				  * ('{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}'::integer[])[i])::integer % 11, 1)
	  FROM generate_series(1, 17) i;
$$;
CREATE FUNCTION bench.org_sign(body text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE c WHEN 10 THEN 'X' WHEN 11 THEN '0' ELSE c::text END
	  FROM (SELECT 11 - sum((strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(body, i, 1)) - 1)
						* ('{3,7,9,10,5,8,4,2}'::integer[])[i])::integer % 11 AS c FROM generate_series(1, 8) i) x;
$$;
CREATE FUNCTION bench.uscc_sign(body text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT substr('0123456789ABCDEFGHJKLMNPQRTUWXY',
				  1 + (31 - sum((strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(body, i, 1)) - 1)
								* ('{1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28}'::integer[])[i])::integer % 31) % 31, 1)
	  FROM generate_series(1, 17) i;
$$;

-- One record in twenty breaks a rule.
CREATE UNLOGGED TABLE bench.filing_record AS
SELECT i, '北京' || w || '科技有限公司' AS name, '企业' AS nature, 'uscc:' || u || bench.uscc_sign(u) AS credential,
	   '京' AS province, '北京市海淀区中关村大街' || i % 900 + 1 || '号' AS address,
	   substr('李王张刘陈杨赵黄周吴', i % 10 + 1, 1) || substr('明华国建文军平志伟强', i / 10 % 10 + 1, 1)
	   || substr('明华国建文军平志伟强', i / 100 % 10 + 1, 1) || '' AS principal_name,
	   'resident_id:' || p || bench.resident_sign(p) AS principal_credential,
	   CASE WHEN i % 20 = 3 THEN '010-00000000' ELSE '010-6' || lpad((1230987 + i % 8000000)::text, 7, '0') END AS phone,
	   '138' || lpad((i * 7 % 99999999)::text, 8, '0') AS mobile, 'user' || i || '@qq.com' AS email,
	   w || '科技' AS site_name, 'd' || i || '.com' AS domains, 'www.d' || i || '.com' AS homepage,
	   '京ICP备2021' || lpad((i % 999999)::text, 6, '0') || '号-1' AS number, 'site' AS kind, '8' AS contents,
	   '' AS approvals, host('1.2.0.0'::inet + i % 200000) AS ips, '5' AS mode
  FROM (SELECT i, bench.spell(i, '{海,山,云,风,石,林,江,河,雨,雪,春,秋}', 4) AS w,
			   '91110108' || o || bench.org_sign(o) AS u,
			   '110105' || to_char('1960-01-01'::date + (i % 12000)::integer, 'YYYYMMDD') || lpad((i % 999)::text, 3, '0') AS p
		  FROM (SELECT i, 'MA' || lpad((i % 999999)::text, 6, '0') AS o FROM generate_series(1, :rows) i) x) y;

CREATE FUNCTION bench.resident_ok(n text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	weights constant integer[] := '{7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2}';
	total integer := 0;
BEGIN
	IF n !~ '^[1-8][0-9]{16}[0-9X]$' THEN RETURN false; END IF;
	FOR i IN 1..17 LOOP total := total + substr(n, i, 1)::integer * weights[i]; END LOOP;
	RETURN substr('10X98765432', total % 11 + 1, 1) = substr(n, 18, 1)
		AND to_char(make_date(substr(n, 7, 4)::integer, substr(n, 11, 2)::integer, substr(n, 13, 2)::integer), 'YYYYMMDD')
			= substr(n, 7, 8);
EXCEPTION WHEN datetime_field_overflow THEN
	RETURN false;
END $$;
CREATE FUNCTION bench.uscc_ok(n text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	signs constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
	weights constant integer[] := '{1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28}';
	total integer := 0;
BEGIN
	IF n !~ '^[1-9AN-Y][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$' THEN RETURN false; END IF;
	FOR i IN 1..17 LOOP total := total + (strpos(signs, substr(n, i, 1)) - 1) * weights[i]; END LOOP;
	RETURN substr(signs, (31 - total % 31) % 31 + 1, 1) = substr(n, 18, 1);
END $$;

-- What a careful developer writes: the words as one regular expression, made once; addresses by inet.
CREATE TABLE bench.word_pattern AS
SELECT list, '(' || string_agg(word, '|') || ')' AS pattern FROM icp.keyword GROUP BY list;
CREATE TABLE bench.special (block cidr);
INSERT INTO bench.special SELECT unnest('{0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,192.0.2.0/24,192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4}'::cidr[]);
SELECT format($command$
CREATE FUNCTION bench.peer_codes(r bench.filing_record) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
	codes text[] := '{}';
	kind text := split_part(r.credential, ':', 1);
	n text := split_part(r.credential, ':', 2);
BEGIN
	IF coalesce(r.name, '') = '' THEN codes := codes || 'NAME-001'::text; END IF;
	IF r.name ~* '^(https?:|[a-z0-9-]+(\.[a-z0-9-]+)+$)' THEN codes := codes || 'NAME-002'::text; END IF;
	IF r.name !~ '[[:alpha:]]' THEN codes := codes || 'NAME-003'::text; END IF;
	IF r.name = r.site_name AND r.name !~ '(公司|厂|店|社|院|所|中心)$' THEN codes := codes || 'NAME-004'::text; END IF;
	IF r.name ~ '(网|网站|论坛|主页|博客)$' THEN codes := codes || 'NAME-005'::text; END IF;
	IF r.nature NOT IN (SELECT t.name FROM icp.nature t) THEN codes := codes || 'NATURE-002'::text; END IF;
	IF r.name ~ '公司$' AND r.nature <> '企业' THEN codes := codes || 'NATURE-003'::text; END IF;
	IF r.name ~ '(人民政府|人民法院|公安局)$' AND r.nature <> '政府机关' THEN codes := codes || 'NATURE-004'::text; END IF;
	IF kind = 'uscc' AND NOT bench.uscc_ok(n) OR kind = 'resident_id' AND NOT bench.resident_ok(n) THEN
		codes := codes || 'CREDENTIAL-002'::text; END IF;
	IF r.nature = '企业' AND kind NOT IN ('uscc', 'business_licence', 'org_code') THEN codes := codes || 'CREDENTIAL-003'::text; END IF;
	IF NOT bench.resident_ok(split_part(r.principal_credential, ':', 2)) THEN codes := codes || 'CREDENTIAL-007'::text; END IF;
	IF r.principal_name ~ '(先生|小姐|女士)$|[0-9A-Za-z]|^个人$|^.$' THEN codes := codes || 'PRINCIPAL-002'::text; END IF;
	IF r.principal_name = r.name THEN codes := codes || 'PRINCIPAL-003'::text; END IF;
	IF r.address !~ '([0-9]+号|信箱|村)' THEN codes := codes || 'ADDRESS-002'::text; END IF;
	IF r.address !~ '^北京' AND r.province = '京' THEN codes := codes || 'ADDRESS-004'::text; END IF;
	IF r.phone !~ '^(0(10|2[0-57-9])-[2-9][0-9]{7}|0[3-9][0-9]{2}-[2-9][0-9]{6,7}|[48]00-?[0-9]{7})(-[0-9]{1,6})?$'
	   OR r.phone ~ '-(\d)\1+$' THEN codes := codes || 'PHONE-002'::text; END IF;
	IF r.mobile !~ '^1[3-9][0-9]{9}$' THEN codes := codes || 'MOBILE-001'::text; END IF;
	IF r.email !~ '^[A-Za-z0-9._%%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$' THEN codes := codes || 'EMAIL-001'::text; END IF;
	IF coalesce(r.site_name, '') = '' THEN codes := codes || 'SITE-NAME-001'::text; END IF;
	IF r.site_name !~ '[[:alpha:]]' THEN codes := codes || 'SITE-NAME-003'::text; END IF;
	IF r.site_name ~ '^[ -~]+$' THEN codes := codes || 'SITE-NAME-004'::text; END IF;
	IF r.site_name ~ '[<>{}|\\^`~*]' THEN codes := codes || 'SITE-NAME-005'::text; END IF;
	IF r.site_name ~ '^中国' AND r.name !~ '^中国' THEN codes := codes || 'SITE-NAME-011'::text; END IF;
	IF r.site_name ~ '人民政府|监察' AND r.nature <> '政府机关' THEN codes := codes || 'SITE-NAME-008'::text; END IF;
	%s
	IF r.domains !~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$' THEN
		codes := codes || 'DOMAIN-002'::text; END IF;
	IF regexp_replace(r.homepage, '^https?://|[/:].*$', '', 'g') NOT LIKE '%%' || r.domains THEN
		codes := codes || 'HOMEPAGE-002'::text; END IF;
	IF r.number !~ '%s' THEN codes := codes || 'NUMBER-001'::text; END IF;
	IF left(r.number, 1) <> r.province THEN codes := codes || 'NUMBER-002'::text; END IF;
	IF r.number ~ '[AXK]$' AND r.kind = 'site' THEN codes := codes || 'NUMBER-003'::text; END IF;
	IF EXISTS (SELECT FROM bench.special s WHERE r.ips::inet <<= s.block) THEN codes := codes || 'IP-003'::text; END IF;
	IF r.mode NOT IN ('1', '2', '3', '4', '5') THEN codes := codes || 'MODE-001'::text; END IF;
	RETURN codes;
END $$ $command$,
	(SELECT string_agg(format('IF r.site_name ~ %L AND r.approvals !~ %L THEN codes := codes || %L::text; END IF;',
							  p.pattern, '\m' || k.id || '\M', 'APPROVAL-' || p.list), E'\n\t')
	   FROM bench.word_pattern p JOIN icp.approval_kind k ON k.keyword_list = p.list),
	bench.number_pattern()) \gexec

-- Both find the same records, or there is nothing to compare.
DO $$
DECLARE
	differ bigint;
BEGIN
	SELECT count(*) INTO differ FROM bench.filing_record f
	 WHERE f.i <= 10000 AND (icp.violation_codes(f, '2026-11-01', NULL, 'error') <> '{}') <> (bench.peer_codes(f) <> '{}');
	IF differ > 0 THEN
		RAISE EXCEPTION 'ours and the peer differ on % records', differ;
	END IF;
END $$;

SELECT set_config('bench.repeat', :'repeat', false), set_config('bench.rows', :'rows', false) \gset
DO $$
DECLARE
	n bigint := current_setting('bench.rows');
BEGIN
	FOR run IN 1 .. current_setting('bench.repeat')::integer LOOP
		CALL bench.measure('rules', 'the whole set', 'ours', run, n,
			'SELECT count(*) FROM bench.filing_record f WHERE icp.violation_codes(f, ''2026-11-01'') <> ''{}''');
		CALL bench.measure('rules', 'the whole set, a tenth of the rows', 'ours', run, n / 10,
			'SELECT count(*) FROM bench.filing_record f WHERE f.i <= ' || n / 10 || '
				AND icp.violation_codes(f, ''2026-11-01'') <> ''{}''');
		CALL bench.measure('rules', 'the whole set, a tenth of the rows', 'plpgsql', run, n / 10,
			'SELECT count(*) FROM bench.filing_record f WHERE f.i <= ' || n / 10 || ' AND bench.peer_codes(f) <> ''{}''');
		CALL bench.measure('rules', 'four checks', 'ours', run, n,
			'SELECT count(*) FROM (SELECT number, domains, homepage, ips FROM bench.filing_record) f
			  WHERE icp.violation_codes(f, ''2026-11-01'') <> ''{}''');
		CALL bench.measure('rules', 'four checks', 'regex', run, n,
			'SELECT count(*) FROM bench.filing_record f
			  WHERE f.number COLLATE "C" !~ ' || quote_literal(bench.number_pattern()) || '
				 OR f.domains COLLATE "C" !~ ''^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$''
				 OR f.homepage COLLATE "C" !~ ''^(https?://)?[a-z0-9][a-z0-9.-]*(/.*)?$''
				 OR f.ips COLLATE "C" !~ ''^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$''
				 OR f.ips COLLATE "C" ~ ''^(0|10|127|192\.168|172\.(1[6-9]|2[0-9]|3[01])|169\.254)\.''');
	END LOOP;
	-- the same with a hundred times as many words
	INSERT INTO icp.keyword_local (list, word, reason)
	SELECT 'news', '词' || bench.spell(i, '{甲,乙,丙,丁,戊,己,庚,辛,壬,癸}', 4), 'bench' FROM generate_series(0, 9999) i;
	FOR run IN 1 .. current_setting('bench.repeat')::integer LOOP
		CALL bench.measure('rules', 'the whole set, 10000 more words', 'ours', run, n,
			'SELECT count(*) FROM bench.filing_record f WHERE icp.violation_codes(f, ''2026-11-01'') <> ''{}''');
	END LOOP;
	DELETE FROM icp.keyword_local WHERE reason = 'bench';
END $$;
