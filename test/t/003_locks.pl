# Twelve sessions hand over, leave, approve, cancel, withdraw, edit drafts, change accesses, list, admit and run the clocks
# at random, on the same few records. No two wait for each other, and in the end all is as it should be.
# ICP_STORM_SECONDS says how long (8), ICP_STORM_SEED repeats one.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = $ENV{ICP_STORM_SECONDS} || 8;
my $seed = $ENV{ICP_STORM_SEED} || int(rand(2**31));
my $node = ICPFiling::new_node('locks', 'max_connections = 50', 'log_statement = none', 'deadlock_timeout = 200ms');

$node->safe_psql('postgres', q{
	SET client_min_messages = warning;
	SELECT count(*) FROM icp.create_roles();
	SELECT icp.create_registry();
	CREATE ROLE m1 IN ROLE icp_provider;
	INSERT INTO beian.provider (name, province)
	SELECT 'P' || i, (ARRAY['京', '沪', '粤', '京'])[i]::icp.province FROM generate_series(1, 4) i;
	INSERT INTO beian.member (role_name, role, provider_id) VALUES ('m1', 'provider', 1);
	INSERT INTO beian.account (provider_id, user_name) SELECT 1 + i % 4, 'u' || i FROM generate_series(1, 12) i;
	INSERT INTO beian.sponsor (account_id, province, name, status, number, last_service_no)
	SELECT i, (ARRAY['京', '沪', '粤'])[1 + i % 3]::icp.province, '备案公司' || i, 'filed',
		   icp.make_icp_id((ARRAY['京', '沪', '粤'])[1 + i % 3]::icp.province, 2020, i), 4 FROM generate_series(1, 12) i;
	INSERT INTO beian.site (sponsor_id, name, domains, status, number)
	SELECT s.id, '网站' || n, ARRAY['s' || s.id || '-' || n || '.cn']::icp.domain_list, 'filed', icp.make_filing_number(s.number, n, 'site')
	  FROM beian.sponsor s, generate_series(1, 4) n ORDER BY s.id, n;
	INSERT INTO beian.access (site_id, provider_id, status)
	SELECT t.id, 1 + (t.id + p) % 4, 'live' FROM beian.site t, generate_series(0, 1) p WHERE p = 0 OR t.id % 2 = 0;
	SELECT beian.issue_password(id) FROM beian.sponsor;
	CREATE TABLE done (what text, outcome text);
	GRANT INSERT ON done TO PUBLIC;

	-- one of those there are
	CREATE FUNCTION one_of(query text, a integer) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
	DECLARE
		ids	bigint[];
	BEGIN
		EXECUTE format('SELECT coalesce(array_agg(q.id ORDER BY q.id), ''{}'') FROM (%s) q', query) INTO ids;
		RETURN ids[1 + a % greatest(cardinality(ids), 1)];
	END
	$$;
	CREATE FUNCTION act(what text, a integer, b integer) RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		app		bigint;
		which	bigint;
		step	text;
	BEGIN
		CASE what
		WHEN 'hand_over' THEN
			PERFORM beian.hand_over(1 + a % 4, 1 + b % 4, 'storm', CASE WHEN b % 3 > 0 THEN ARRAY(
				SELECT t.id FROM beian.site t WHERE t.sponsor_id % 3 = b % 3) END);
		WHEN 'admit' THEN
			UPDATE beian.provider SET admission = CASE admission WHEN 'open' THEN 'exiting' ELSE 'open' END,
				   admission_reason = 'storm' WHERE id = 1 + a % 4 AND admission IN ('open', 'exiting');
		WHEN 'end' THEN
			PERFORM beian.end_accesses(one_of('SELECT id FROM beian.provider WHERE admission = ''exiting''', a), 'storm');
			IF b % 4 > 0 THEN
				RAISE EXCEPTION 'taken back' USING ERRCODE = 'P0003';
			END IF;
		WHEN 'file' THEN
			INSERT INTO beian.site (sponsor_id, name, domains)
			VALUES (one_of('SELECT id FROM beian.sponsor WHERE status IN (''filed'', ''draft'')', a), '新', ARRAY['n' || b || '.cn']::icp.domain_list)
			RETURNING id INTO which;
			INSERT INTO beian.application (site_id) VALUES (which) RETURNING id INTO app;
			UPDATE beian.application SET state = 'submitted' WHERE id = app;
		WHEN 'begin' THEN
			INSERT INTO beian.sponsor (account_id, province, name) VALUES (1 + a % 12, '京', '新公司' || b) RETURNING id INTO which;
			INSERT INTO beian.site (sponsor_id, name, domains) VALUES (which, '新', ARRAY['b' || b || '.cn']::icp.domain_list) RETURNING id INTO which;
			INSERT INTO beian.application (site_id) VALUES (which) RETURNING id INTO app;
			UPDATE beian.application SET state = 'submitted' WHERE id = app;
		WHEN 'change' THEN
			INSERT INTO beian.application (kind, site_id) VALUES ('change_site',
				one_of('SELECT id FROM beian.site WHERE status = ''filed''', a)) RETURNING id INTO app;
			INSERT INTO beian.site_change (application_id, name) VALUES (app, '改' || b);
			UPDATE beian.application SET state = 'submitted' WHERE id = app;
		WHEN 'add' THEN
			INSERT INTO beian.application (kind, site_id, provider_id) VALUES ('new_access',
				one_of('SELECT id FROM beian.site WHERE status = ''filed''', a), 1 + b % 4) RETURNING id INTO app;
			UPDATE beian.application SET state = 'submitted' WHERE id = app;
		WHEN 'report' THEN
			app := one_of('SELECT id FROM beian.application WHERE state IN (''submitted'', ''verified'', ''pre_verified'')', a);
			FOREACH step IN ARRAY '{pre_verified,verified,reported}'::text[] LOOP
				UPDATE beian.application x SET state = step WHERE x.id = app
				   AND EXISTS (SELECT FROM icp.transition t WHERE t.kind = x.kind AND t.from_state = x.state AND t.to_state = step);
			END LOOP;
		WHEN 'approve' THEN
			app := one_of('SELECT id FROM beian.application WHERE state = ''reviewing''', a);
			UPDATE beian.application SET state = 'approved' WHERE id = app AND state = 'reviewing';
		WHEN 'withdraw' THEN
			app := one_of('SELECT id FROM beian.application WHERE state IN (''submitted'', ''pre_verified'', ''verified'', ''returned'') AND filed_by <> ''bureau''', a);
			UPDATE beian.application SET state = 'withdrawn' WHERE id = app;
		WHEN 'cancel_site' THEN
			PERFORM beian.cancel_site(one_of('SELECT id FROM beian.site WHERE status = ''filed''', a), 'storm');
		WHEN 'cancel_access' THEN
			PERFORM beian.cancel_access(one_of('SELECT id FROM beian.access WHERE status = ''live''', a), 'storm');
		WHEN 'cancel_sponsor' THEN
			PERFORM beian.cancel_sponsor(one_of('SELECT id FROM beian.sponsor WHERE status = ''filed''', a), 'storm');
			IF b % 8 > 0 THEN
				RAISE EXCEPTION 'taken back' USING ERRCODE = 'P0003';
			END IF;
		WHEN 'licence' THEN
			INSERT INTO beian.application (kind, sponsor_id) VALUES ('licence',
				one_of('SELECT id FROM beian.sponsor WHERE status = ''filed''', a)) RETURNING id INTO app;
			UPDATE beian.application x SET licence = icp.try_icp_id(x.province::text || 'B2-2010' || lpad((b % 9999)::text, 4, '0')) WHERE id = app;
			UPDATE beian.application SET state = 'reviewing' WHERE id = app;
		WHEN 'transfer' THEN
			PERFORM beian.transfer_sponsor(one_of('SELECT id FROM beian.sponsor WHERE status IN (''draft'', ''filed'')', a), 1 + b % 12, 'storm');
		WHEN 'end_plainly' THEN
			UPDATE beian.access SET status = 'cancelled' WHERE id = one_of('SELECT id FROM beian.access WHERE status = ''live''', a);
		WHEN 'open_plainly' THEN
			UPDATE beian.access SET status = 'live' WHERE id = one_of('SELECT x.id FROM beian.access x JOIN beian.site t ON t.id = x.site_id
				WHERE x.status <> ''live'' AND t.status = ''filed''', a);
		WHEN 'mode' THEN
			UPDATE beian.access SET mode = 'm' || b WHERE id = one_of('SELECT id FROM beian.access WHERE status = ''live''', a);
		WHEN 'name' THEN
			UPDATE beian.site SET name = 'n' || b WHERE id = one_of('SELECT id FROM beian.site WHERE status IN (''filed'', ''draft'')', a);
		WHEN 'rename' THEN
			UPDATE beian.site_change SET name = 'n' || b WHERE application_id = one_of('SELECT application_id AS id FROM beian.site_change WHERE status = ''pending''', a);
		WHEN 'sponsor' THEN
			UPDATE beian.sponsor SET phone = b::text WHERE id = one_of('SELECT id FROM beian.sponsor WHERE status IN (''filed'', ''draft'')', a);
		WHEN 'move' THEN
			UPDATE beian.sponsor SET province = CASE province_code WHEN 11 THEN '沪' ELSE '京' END::icp.province
			 WHERE id = one_of('SELECT id FROM beian.sponsor WHERE status = ''draft''', a) AND status = 'draft';
		WHEN 'member' THEN
			which := one_of('SELECT t.id FROM beian.site t JOIN beian.account c ON c.id = t.account_id WHERE t.status = ''draft'' AND c.provider_id = 1', a);
			SET LOCAL ROLE m1;
			UPDATE beian.site SET name = 'm' || b WHERE id = which;
			IF NOT FOUND THEN
				RAISE EXCEPTION 'nothing to edit' USING ERRCODE = 'P0003';
			END IF;
			RESET ROLE;
		WHEN 'list' THEN
			INSERT INTO beian.blacklist (list, domain, province, reason)
			SELECT 'illegal_site', ('l' || (b + i) || '.cn')::icp.domain_name, (ARRAY['京', '沪', '粤'])[1 + (a + i) % 3]::icp.province, 'storm'
			  FROM generate_series(0, 2) i
			ON CONFLICT DO NOTHING;
			INSERT INTO beian.blacklist (list, domain, province, reason) VALUES ('illegal_access', ('n' || b || '.cn')::icp.domain_name, '京', 'storm');
		WHEN 'unlist' THEN
			UPDATE beian.blacklist SET removal_reason = 'storm' WHERE id = one_of('SELECT id FROM beian.blacklist WHERE removed_at IS NULL', a);
		WHEN 'password' THEN
			PERFORM beian.issue_password(1 + a % 12);
		WHEN 'take' THEN
			PERFORM beian.take_password(1 + a % 12);
		WHEN 'late' THEN
			UPDATE beian.application SET clock_due_at = now() - interval '1 day'
			 WHERE id = one_of('SELECT id FROM beian.application WHERE clock IS NOT NULL AND clock_overdue_at IS NULL', a) AND clock IS NOT NULL;
		WHEN 'clocks' THEN
			PERFORM beian.run_clocks();
		END CASE;
		-- as at the commit, so that what it refuses is an answer here
		SET CONSTRAINTS ALL IMMEDIATE;
		INSERT INTO done VALUES (what, 'done');
	EXCEPTION
		WHEN object_not_in_prerequisite_state OR unique_violation OR exclusion_violation OR lock_not_available OR check_violation
			OR not_null_violation OR foreign_key_violation OR insufficient_privilege OR invalid_parameter_value OR SQLSTATE 'P0003' THEN
			RESET ROLE;
			INSERT INTO done VALUES (what, SQLSTATE || ' ' || regexp_replace(SQLERRM, '\d+', 'N', 'g'));
	END
	$$;
});

my %weight = (hand_over => 3, admit => 3, end => 2, file => 6, begin => 6, change => 5, add => 4, report => 14, approve => 12,
	withdraw => 6, cancel_site => 2, cancel_access => 3, cancel_sponsor => 2, licence => 2, transfer => 3, end_plainly => 4,
	open_plainly => 6, mode => 8, name => 8, rename => 4, sponsor => 6, move => 3, member => 6, list => 3, unlist => 4,
	password => 2, take => 2, late => 3, clocks => 2);
my $folder = PostgreSQL::Test::Utils::tempdir();
my @files;
foreach my $what (sort keys %weight)
{
	append_to_file("$folder/$what", "\\set a random(0, 100000)\n\\set b random(0, 2000)\nSELECT act('$what', :a, :b);\n");
	push @files, '-f', "$folder/$what\@$weight{$what}";
}

note("seed $seed, $seconds s");
my $start = -s $node->logfile;
my ($out, $err) = run_command([
	'pgbench', '-n', '-c', 12, '-j', 2, '-T', $seconds, "--random-seed=$seed", '--failures-detailed', @files, '-h', $node->host,
	'-p', $node->port, 'postgres' ]);
my ($transactions) = $out =~ /number of transactions actually processed: (\d+)/;
ok(defined $transactions && $transactions > 50, 'the storm went on') or diag("seed $seed\n$out\n$err");
note("$transactions transactions");
like($out, qr/number of deadlock failures: 0 /, 'no deadlock') or diag("seed $seed");
my $log = substr(slurp_file($node->logfile), $start);
unlike($log, qr/(ERROR|FATAL|PANIC):|deadlock detected|clock "\w+" failed/, 'nothing failed') or diag("seed $seed");
note($log =~ /((?:ERROR|FATAL|PANIC):.*(?:\n.*){0,40})/ ? $1 : 'no errors in the log');
note($node->safe_psql('postgres', q{SELECT string_agg(n || ' ' || what || ' ' || outcome, E'\n' ORDER BY what, outcome)
	FROM (SELECT what, left(outcome, 90) AS outcome, count(*) AS n FROM done GROUP BY 1, 2) s}));
is($node->safe_psql('postgres', q{SELECT string_agg(w, ' ' ORDER BY w) FROM (SELECT unnest('{approve,file,mode,name,report,withdraw}'::text[]) AS w
	EXCEPT SELECT what FROM done WHERE outcome = 'done') s}), '', 'what should be done was done');

is($node->safe_psql('postgres', q{SELECT * FROM beian.verify_log()}), '', 'the log is whole');
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.blacklist_pending}), '0', 'nothing is left at the gate');
is($node->safe_psql('postgres', q{
	SELECT d.name::text FROM beian.site t, icp.domains(t.domains) AS d(name) WHERE t.status = 'filed'
	 GROUP BY d.name HAVING count(*) > 1}), '', 'no domain has two approved holders');
is($node->safe_psql('postgres', q{
	SELECT number::text FROM beian.site WHERE status = 'filed' GROUP BY number HAVING count(*) > 1
	UNION ALL SELECT number::text FROM beian.sponsor WHERE status = 'filed' GROUP BY number HAVING count(*) > 1}), '', 'nor a number two');
is($node->safe_psql('postgres', q{
	SELECT t.id FROM beian.site t WHERE t.status = 'filed'
	   AND NOT EXISTS (SELECT FROM beian.access x WHERE x.site_id = t.id AND x.status = 'live')
	   AND NOT EXISTS (SELECT FROM beian.application a JOIN icp.state s ON s.code = a.state
						WHERE a.sponsor_id = t.sponsor_id AND NOT s.is_final
						  AND (a.kind = 'cancel_sponsor' OR a.kind = 'cancel_site' AND a.site_id = t.id))}), '',
	'no filed site has lost its last access without its bureau');
is($node->safe_psql('postgres', q{
	SELECT x.id FROM beian.access x JOIN beian.site t ON t.id = x.site_id WHERE x.status = 'live' AND t.status = 'cancelled'
	UNION ALL SELECT t.id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE t.status = 'filed' AND s.status <> 'filed'}), '',
	'nothing lives under what has ended');
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'the claims are those of the rows');
is(ICPFiling::wrong_conflicts($node, 'postgres'), '', 'every pair of rivals is in conflict once');

done_testing();
