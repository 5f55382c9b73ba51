-- What the people of a province do in a year, one random act after another.  Used by 004_year.pl.
-- Every act is a transaction of its own; life.play() says on stderr what has been committed.
CREATE SCHEMA life;

CREATE TABLE life.tally (act text, outcome text, times bigint, PRIMARY KEY (act, outcome));

CREATE FUNCTION life.one_of(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE
	RETURN choices[1 + floor(random() * cardinality(choices))::int];

-- A sponsor of a random account, or one more site of it, with domains of which some are everybody's.
CREATE FUNCTION life.enter() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	account		bigint := 1 + floor(random() * (SELECT count(*) FROM beian.account))::bigint;
	sponsor		bigint;
	site		bigint;
	application	bigint;
	mine		text := life.one_of('a', 'b', 'c', 'd', 'e') || floor(random() * 1e12)::bigint;
BEGIN
	sponsor := (SELECT s.id FROM beian.sponsor s WHERE s.account_id = account AND s.status = 'filed' ORDER BY random() LIMIT 1);
	IF sponsor IS NULL OR random() < 0.5 THEN
		INSERT INTO beian.sponsor (account_id, province, name)
		VALUES (account, life.one_of('京', '京', '京', '沪', '粤')::icp.province,
				CASE WHEN random() < 0.02 THEN '同名公司' || floor(random() * 50) ELSE '公司' || mine END)
		RETURNING id INTO sponsor;
	END IF;
	INSERT INTO beian.site (sponsor_id, name, domains, homepage)
	VALUES (sponsor, '网站' || mine,
			ARRAY[CASE WHEN random() < 0.03 THEN 'hot' || floor(random() * 40) || '.cn' ELSE mine || '.cn' END]::icp.domain_list,
			'http://www.' || mine || '.cn/')
	RETURNING id INTO site;
	INSERT INTO beian.application (kind, sponsor_id, site_id, filed_by)
	SELECT CASE WHEN s.status = 'filed' THEN 'new_site' ELSE 'new_filing' END, s.id, site, life.one_of('provider', 'sponsor')
	  FROM beian.sponsor s WHERE s.id = sponsor
	RETURNING id INTO application;
	RETURN application;
END
$$;

-- One step of a random open application, usually forward.
CREATE FUNCTION life.step() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	chosen	bigint;
	now_in	text;
	of_kind	text;
	next	text;
BEGIN
	SELECT a.id, a.state, a.kind INTO chosen, now_in, of_kind
	  FROM beian.application a
	 WHERE a.state IN ('draft', 'submitted', 'pre_verified', 'verified', 'sms', 'conflicted', 'reviewing', 'returned')
	   AND a.id >= (SELECT floor(random() * max(b.id)) FROM beian.application b)
	 ORDER BY a.id LIMIT 1 FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	next := (SELECT t.to_state FROM icp.transition t
			  WHERE t.kind = of_kind AND t.from_state = now_in AND NOT t.actors <@ '{system,clock}'
			  ORDER BY random() * CASE WHEN t.event IN ('submit', 'precheck_pass', 'accept', 'verify', 'report', 'approve', 'open_review', 'reapply') THEN 12
									   WHEN t.event IN ('withdraw', 'flag_conflict') THEN 0.5 ELSE 1 END DESC LIMIT 1);
	IF next IS NULL THEN
		RETURN NULL;
	END IF;
	UPDATE beian.application SET state = next, reason = '理由：原因与联系方式' WHERE id = chosen;
	RETURN chosen;
END
$$;

-- A bureau settles a random open conflict.
CREATE FUNCTION life.settle() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	chosen	record;
BEGIN
	SELECT c.id, c.kind INTO chosen FROM beian.conflict c WHERE c.state = 'open' ORDER BY random() LIMIT 1;
	IF FOUND THEN
		UPDATE beian.conflict SET settlement = CASE WHEN chosen.kind <> 'domain' AND random() < 0.6 THEN 'accept_both'
													ELSE life.one_of('reject_left', 'reject_right') END,
			   reason = '重复申请，请联系对方账户'
		 WHERE id = chosen.id;
	END IF;
	RETURN chosen.id;
END
$$;

-- An application about a random filed record: a change, an access more or less, a licence, a cancellation.
CREATE FUNCTION life.change() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	at			record;
	mine		text := life.one_of('v', 'w', 'x', 'y', 'z') || floor(random() * 1e12)::bigint;
	wanted		text := life.one_of('change_site', 'change_site', 'change_site', 'change_sponsor', 'change_principal', 'new_access',
								 'new_access', 'change_access', 'cancel_access', 'cancel_access', 'cancel_access', 'cancel_site',
								 'cancel_sponsor', 'licence', 'password_reset');	-- (few sites have a second access to cancel)
	concerns	text := (SELECT k.concerns FROM icp.application_kind k WHERE k.code = wanted);
	made		bigint;
BEGIN
	SELECT t.id AS site, t.sponsor_id AS sponsor, t.province_code INTO at
	  FROM beian.site t
	 WHERE t.status = 'filed' AND t.id >= (SELECT floor(random() * max(b.id)) FROM beian.site b)
	 ORDER BY t.id LIMIT 1;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	INSERT INTO beian.application (kind, sponsor_id, site_id, provider_id, filed_by, licence)
	VALUES (wanted, at.sponsor, CASE WHEN concerns <> 'sponsor' THEN at.site END,
			CASE WHEN wanted = 'new_access' THEN 1 + floor(random() * (SELECT count(*) FROM beian.provider))::bigint END,
			life.one_of('provider', 'sponsor'),
			CASE WHEN wanted = 'licence'
				 THEN (SELECT s.province::text FROM beian.sponsor s WHERE s.id = at.sponsor)
					  || 'ICP证' || lpad(floor(random() * 1e6)::text, 6, '0') || '号' END::icp.icp_id)
	RETURNING id INTO made;
	IF wanted = 'change_site' THEN
		INSERT INTO beian.site_change (application_id, name, domains)
		VALUES (made, '改名' || mine,
				CASE WHEN random() < 0.5 THEN ARRAY[CASE WHEN random() < 0.1 THEN 'hot' || floor(random() * 40) || '.cn'
													  ELSE mine || '.cn' END]::icp.domain_list END);
	ELSIF wanted = 'change_sponsor' THEN
		INSERT INTO beian.sponsor_change (application_id, name)
		VALUES (made, CASE WHEN random() < 0.1 THEN '同名公司' || floor(random() * 50) ELSE '新公司' || mine END);
	ELSIF wanted = 'change_principal' THEN
		INSERT INTO beian.sponsor_change (application_id, principal_name) VALUES (made, '王小明');
	ELSIF wanted = 'change_access' THEN
		INSERT INTO beian.access_change (application_id, mode) VALUES (made, '虚拟主机');
	END IF;
	RETURN made;
END
$$;

-- One random act.  What the registry refuses is counted by act and SQLSTATE, and nothing of it stays.
CREATE FUNCTION life.act() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	dice	float8 := random();
	name	text := CASE WHEN dice < 0.12 THEN 'enter' WHEN dice < 0.90 THEN 'step' WHEN dice < 0.905 THEN 'settle'
						 WHEN dice < 0.98 THEN 'change' ELSE 'clock' END;
	result	bigint;
BEGIN
	CASE name
		WHEN 'enter' THEN result := life.enter();
		WHEN 'step' THEN result := life.step();
		WHEN 'settle' THEN result := life.settle();
		WHEN 'change' THEN result := life.change();
		WHEN 'clock' THEN PERFORM beian.run_clocks();
	END CASE;
	RETURN name || ' done ' || coalesce(result::text, '-');
EXCEPTION
	-- whatever is no answer of the registry's stops the test
	WHEN object_not_in_prerequisite_state OR check_violation OR unique_violation OR exclusion_violation THEN
		RETURN name || ' ' || SQLSTATE || ' ' || replace(SQLERRM, E'\n', ' ');
END
$$;

CREATE PROCEDURE life.play(seed float8, acts integer) LANGUAGE plpgsql AS $$
DECLARE
	told	text;
	first	boolean := true;
BEGIN
	PERFORM setseed(seed);
	FOR i IN 1..acts LOOP
		told := life.act();
		COMMIT;
		RAISE INFO 'committed %', told;
	END LOOP;
END
$$;
