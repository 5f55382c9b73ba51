# Thirty-two sessions enter, change, file, move and delete rows whose claims overlap, propose changes, approve, settle,
# revoke and look again, at all isolation levels, with rollbacks. Nobody fails or is told to try again; in the end the
# claims are those of the rows, every pair of rival claims is there once, and no domain has two approved holders.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = 12;
my $clients = 32;
my $node = ICPFiling::new_node('storm', 'max_connections = 50', 'autovacuum_naptime = 1s', 'log_statement = none');

$node->safe_psql('postgres', qq{
	SELECT icp.create_registry();
	INSERT INTO beian.provider (name) VALUES ('P');
	INSERT INTO beian.account (provider_id, user_name) SELECT 1, i::text FROM generate_series(1, $clients) i;
	INSERT INTO beian.sponsor (account_id, province, name) SELECT i, '京', '公司' || i FROM generate_series(1, $clients) i;
	-- each account has filed five sites, and has a change of the first and of their sponsor under way
	INSERT INTO beian.sponsor (id, account_id, province, name, status, number)
	SELECT 1000 + i, i, '京', '备案公司' || i, 'filed', icp.make_icp_id('京', 2020, i) FROM generate_series(1, $clients) i;
	INSERT INTO beian.site (id, sponsor_id, domains, status, number)
	SELECT 10 * i + n, 1000 + i, ARRAY['filed' || i || '-' || n || '.cn', 'd' || (5 * i + n) || '.cn']::icp.domain_list,
		   'filed', icp.make_filing_number(icp.make_icp_id('京', 2020, i), n, 'site')
	  FROM generate_series(1, $clients) i, generate_series(1, 5) n;
	UPDATE beian.sponsor SET last_service_no = 5 WHERE id > 1000;
	INSERT INTO beian.application (id, kind, site_id) SELECT i, 'change_site', 10 * i + 1 FROM generate_series(1, $clients) i;
	INSERT INTO beian.application (id, kind, sponsor_id)
	SELECT 100 + i, 'change_sponsor', 1000 + i FROM generate_series(1, $clients) i;
	SELECT setval('beian.site_id_seq', 10000), setval('beian.sponsor_id_seq', 10000), setval('beian.application_id_seq', 10000);
	CREATE FUNCTION file_one(me integer, domain text, homepage text) RETURNS void LANGUAGE plpgsql AS \$\$
	DECLARE
		app	bigint;
		step text;
	BEGIN
		WITH t AS (
			INSERT INTO beian.site (sponsor_id, domains, homepage)
			VALUES (1000 + me, ARRAY[domain]::icp.domain_list, homepage) RETURNING id)
		INSERT INTO beian.application (site_id) SELECT id FROM t RETURNING id INTO app;
		FOREACH step IN ARRAY '{submitted,pre_verified,verified,reported}'::text[] LOOP
			UPDATE beian.application SET state = step WHERE id = app;
		END LOOP;
		UPDATE beian.application SET state = 'approved' WHERE id = app AND state = 'reviewing';
	EXCEPTION WHEN object_not_in_prerequisite_state OR unique_violation THEN
		NULL;		-- a conflict that came meanwhile, or a domain just approved
	END
	\$\$;
	-- Not of sponsors' names, and no site of which a change is under way: a settlement writes the sponsor's log, and a
	-- revocation drops the change, which others here write at REPEATABLE READ and would have to write again.
	CREATE FUNCTION settle_one(which bigint, how integer) RETURNS void LANGUAGE plpgsql AS \$\$
	BEGIN
		UPDATE beian.conflict
		   SET reason = 'storm',
			   settlement = CASE WHEN how % 2 = 0 AND kind <> 'domain' THEN 'accept_both'
								 WHEN how = 1 AND left_approved AND left_holder_id % 10 <> 1 THEN 'revoke_left'
								 WHEN how < 5 AND NOT left_approved OR right_approved THEN 'reject_left' ELSE 'reject_right' END
		 WHERE id = which AND state = 'open' AND kind <> 'sponsor_name';
	EXCEPTION WHEN object_not_in_prerequisite_state THEN
		NULL;		-- settled by somebody else meanwhile
	END
	\$\$;
});

# Each client writes rows of its own account only, so that no row is waited for and every failure would be
# detection's. Few keys are hot, most are not.
my $keys = q{
	\set me :client_id + 1
	\set a CASE WHEN random(1, 25) = 1 THEN random(1, 5) ELSE random(6, 3000) END
	\set b random(1, 3000)
	\set h random(1, 1000)
	\set n random(1, 200)
};
my $insert = q{
	INSERT INTO beian.site (sponsor_id, domains, homepage)
	VALUES (:me, ARRAY['d' || :a || '.cn', 'd' || :b || '.cn']::icp.domain_list, 'www.h' || :h || '.cn');
};
my $copy = q{
	INSERT INTO beian.site (sponsor_id, domains)
	SELECT :me, ARRAY['d' || (:a + i) || '.cn']::icp.domain_list FROM generate_series(0, 4) AS i;
};
# a new domain every five milliseconds, which several enter at the same moment, all of them first
my $first = q{
	INSERT INTO beian.site (sponsor_id, domains)
	VALUES (:me, ARRAY['w' || (extract(epoch FROM clock_timestamp()) * 200)::bigint || '.cn']::icp.domain_list);
};
my $update = q{
	UPDATE beian.site SET domains = ARRAY['d' || :a || '.cn']::icp.domain_list, homepage = 'www.h' || :h || '.cn'
	 WHERE id = (SELECT min(id) + :b % 50 FROM beian.site WHERE sponsor_id = :me) AND sponsor_id = :me;
};
my $delete = q{
	DELETE FROM beian.site WHERE id IN (SELECT id FROM beian.site WHERE sponsor_id = :me ORDER BY id LIMIT 3);
};
my $name = q{ INSERT INTO beian.sponsor (account_id, province, name) VALUES (:me, '粤', '同名' || :n || '公司'); };
# written anew while they are live: filed and unfiled (sponsors' names have no unique index), and to another province
my $file = q{
	UPDATE beian.sponsor SET status = CASE status WHEN 'draft' THEN 'filed' ELSE 'draft' END,
		   number = icp.make_icp_id('粤', 2020, id::integer)
	 WHERE id = (SELECT max(id) FROM beian.sponsor WHERE account_id = :me);
};
my $move = q{
	UPDATE beian.sponsor SET province = CASE province_code WHEN 11 THEN '沪' ELSE '京' END::icp.province WHERE id = :me;
};
my $change = q{
	INSERT INTO beian.site_change (application_id, domains, homepage)
	VALUES (:me, ARRAY['filed' || :me || '-1.cn', 'd' || :a || '.cn', 'd' || :b || '.cn']::icp.domain_list, 'www.h' || :h || '.cn')
	ON CONFLICT (application_id) DO UPDATE SET domains = excluded.domains, homepage = excluded.homepage;
};
my $rename = q{
	INSERT INTO beian.sponsor_change (application_id, name) VALUES (100 + :me, '同名' || :n || '公司')
	ON CONFLICT (application_id) DO UPDATE SET name = excluded.name;
};
my $undo = q{ DELETE FROM beian.site_change WHERE application_id = :me; };
my $approve = q{ SELECT file_one(:me, 'd' || :a || '.cn', 'www.h' || :h || '.cn'); };
my $settle = q{
	\set how random(1, 8)
	\set back random(1, 400)
	SELECT settle_one(max(id) - :back, :how) FROM beian.claim_edge;
};
my %script = (
	'rc_insert@12' => [ 'READ COMMITTED', $insert, 'COMMIT' ],
	'rr_insert@8' => [ 'REPEATABLE READ', $insert . $copy, 'COMMIT' ],
	# only inserts: what a serializable transaction reads itself may well fail it
	'se_insert@8' => [ 'SERIALIZABLE', $insert, 'COMMIT' ],
	'rr_first@8' => [ 'REPEATABLE READ', $first . $first, 'COMMIT' ],
	'se_first@4' => [ 'SERIALIZABLE', $first, 'COMMIT' ],
	'se_copy@4' => [ 'SERIALIZABLE', $copy, 'COMMIT' ],
	'rc_rollback@3' => [ 'READ COMMITTED', $insert . $update . $delete, 'ROLLBACK' ],
	'rr_savepoint@4' => [ 'REPEATABLE READ', $insert . 'SAVEPOINT s;' . $copy . 'ROLLBACK TO s;' . $insert, 'COMMIT' ],
	'rr_update@8' => [ 'REPEATABLE READ', $update, 'COMMIT' ],
	'rc_update@4' => [ 'READ COMMITTED', $update . $update, 'COMMIT' ],
	'rc_delete@6' => [ 'READ COMMITTED', $delete, 'COMMIT' ],
	'rr_delete@3' => [ 'REPEATABLE READ', $delete . $insert, 'COMMIT' ],
	'rr_name@6' => [ 'REPEATABLE READ', $name, 'COMMIT' ],
	'rc_file@6' => [ 'READ COMMITTED', $file, 'COMMIT' ],
	'rr_file@3' => [ 'REPEATABLE READ', $file . $insert, 'ROLLBACK' ],
	'rc_move@2' => [ 'READ COMMITTED', $move, 'COMMIT' ],
	'rc_change@4' => [ 'READ COMMITTED', $change . $rename, 'COMMIT' ],
	'rr_change@4' => [ 'REPEATABLE READ', $change, 'COMMIT' ],
	'se_change@3' => [ 'SERIALIZABLE', $change, 'COMMIT' ],
	'rr_undo@2' => [ 'REPEATABLE READ', $undo, 'COMMIT' ],
	'rc_undo@2' => [ 'READ COMMITTED', $rename . $undo . $change, 'ROLLBACK' ],
	'rc_approve@5' => [ 'READ COMMITTED', $approve, 'COMMIT' ],
	'rc_settle@20' => [ 'READ COMMITTED', $settle, 'COMMIT' ],
	'rc_settle_undone@1' => [ 'READ COMMITTED', $settle, 'ROLLBACK' ],
	'rc_recheck@1' => [ 'READ COMMITTED', 'SELECT * FROM beian.recheck_conflicts();', 'COMMIT' ]);

my $folder = PostgreSQL::Test::Utils::tempdir();
my @files;
foreach my $weighted (sort keys %script)
{
	my ($level, $body, $end) = @{ $script{$weighted} };
	my ($file, $weight) = split /@/, $weighted;
	my $text = "$keys\nBEGIN ISOLATION LEVEL $level;\n$body\n$end;\n";

	$text =~ s/^\t+//mg;
	append_to_file("$folder/$file", $text);
	push @files, '-f', "$folder/$file\@$weight";
}

my $start = -s $node->logfile;
my ($out, $err) = run_command([
	'pgbench', '-n', '-c', $clients, '-j', 2, '-T', $seconds, '--failures-detailed', @files, '-h', $node->host,
	'-p', $node->port, 'postgres' ]);
my ($transactions) = $out =~ /number of transactions actually processed: (\d+)/;
ok(defined $transactions && $transactions > 100, 'the storm went on') or diag("$out\n$err");
note("$transactions transactions");
like($out, qr/number of serialization failures: 0 /, 'no serialization failure');
like($out, qr/number of deadlock failures: 0 /, 'no deadlock');
my $log = substr(slurp_file($node->logfile), $start);
unlike($log, qr/(ERROR|FATAL|PANIC):/, 'nothing failed');

$node->safe_psql('postgres', 'ANALYZE');
note($node->safe_psql('postgres', q{
	SELECT (SELECT count(*) FROM beian.site) || ' sites, ' || (SELECT count(*) FROM beian.sponsor) || ' sponsors, '
		|| (SELECT count(*) FROM beian.claim) || ' claims, ' || (SELECT count(*) FROM beian.claim_edge) || ' edges, '
		|| (SELECT count(*) || ' conflicts, ' || count(*) FILTER (WHERE state = 'open') FROM beian.conflict) || ' of them open'}));
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM beian.claim_edge'), '>', 50, 'rivals met');
note($node->safe_psql('postgres', q{
	SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (
		SELECT state || coalesce(' ' || settlement, '') AS state, count(*) AS n FROM beian.conflict GROUP BY 1
		UNION ALL SELECT 'applications ' || state, count(*) FROM beian.application GROUP BY state) s}));
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM beian.conflict_settlement}), '>', 10, 'conflicts were settled');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM beian.application WHERE kind = 'new_filing' AND state = 'approved'}),
	'>', 10, 'applications were approved');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM beian.claim_edge e JOIN beian.claim c ON c.id = e.claim_id
	AND c.holder = 'beian.site_change'::regclass}), '>', 10, 'changes met rivals');
is($node->safe_psql('postgres', q{
	SELECT d.name::text FROM beian.site t, icp.domains(t.domains) AS d(name) WHERE t.status = 'filed'
	 GROUP BY d.name HAVING count(*) > 1}), '', 'no domain has two approved holders');
is($node->safe_psql('postgres', q{
	SELECT number::text FROM beian.site WHERE status = 'filed' GROUP BY number HAVING count(*) > 1}), '', 'nor a number two sites');
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'the claims are those of the rows');
is(ICPFiling::wrong_conflicts($node, 'postgres'), '', 'every pair of rivals is in conflict once');

done_testing();
