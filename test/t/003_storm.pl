# Sixteen sessions enter, change, file, move and delete rows whose claims overlap, at all isolation levels, with
# rollbacks. Nobody fails or is told to try again, and in the end the claims are those of the rows, and every pair of
# rival claims is there once.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seconds = 6;
my $clients = 16;
my $node = ICPFiling::new_node('storm', 'max_connections = 50', 'autovacuum_naptime = 1s', 'log_statement = none');

$node->safe_psql('postgres', qq{
	SELECT icp.create_registry();
	INSERT INTO beian.provider (name) VALUES ('P');
	INSERT INTO beian.account (provider_id, user_name) SELECT 1, i::text FROM generate_series(1, $clients) i;
	INSERT INTO beian.sponsor (account_id, province, name) SELECT i, '京', '公司' || i FROM generate_series(1, $clients) i;
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
my %script = (
	'rc_insert@12' => [ 'READ COMMITTED', $insert, 'COMMIT' ],
	'rr_insert@8' => [ 'REPEATABLE READ', $insert . $copy, 'COMMIT' ],
	# only inserts: what a serializable transaction reads itself may well fail it
	'se_insert@8' => [ 'SERIALIZABLE', $insert, 'COMMIT' ],
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
	'rc_move@2' => [ 'READ COMMITTED', $move, 'COMMIT' ]);

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
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'the claims are those of the rows');
is(ICPFiling::wrong_conflicts($node, 'postgres'), '', 'every pair of rivals is in conflict once');

done_testing();
