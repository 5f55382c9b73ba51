# The server is killed in the middle of sessions that load through the triggers. What was reported committed is there
# whole, with its claims; of everything else there is nothing.

use strict;
use warnings;
use ICPFiling;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('crash', 'fsync = on', 'full_page_writes = on', 'synchronous_commit = on',
	'max_prepared_transactions = 5', 'log_statement = none', 'restart_after_crash = off', 'checkpoint_timeout = 30s');
my $folder = PostgreSQL::Test::Utils::tempdir();
my $sessions = 4;
my $sites = 20;

$node->safe_psql('postgres', qq{
	SELECT icp.create_registry();
	CREATE EXTENSION amcheck;
	INSERT INTO beian.provider (name) VALUES ('P');
	INSERT INTO beian.account (provider_id, user_name) SELECT 1, i::text FROM generate_series(1, $sessions) i;
	INSERT INTO beian.sponsor (account_id, province, name) SELECT i, '京', '公司' || i FROM generate_series(1, $sessions) i;
});

# Transactions by COPY and INSERT, each of sites under one name, with domains that the sessions share; each says so
# when it has been committed.
sub script
{
	my ($session) = @_;
	my $text = '';

	foreach my $k (1 .. 3000)
	{
		my @rows = map { "$session\tr$session-$k\t{own$session-$k-$_.cn,shared" . (($k * 7 + $_) % 300) . ".cn}\twww.h"
			  . ($k % 50) . ".cn" } 1 .. $sites;

		$text .= "BEGIN;\nCOPY beian.site (sponsor_id, name, domains, homepage) FROM stdin;\n" . join("\n", @rows)
		  . "\n\\.\nUPDATE beian.site SET domains = domains OPERATOR(icp.+) '{late$session-$k.cn}' WHERE name = 'r$session-" . ($k - 1)
		  . "';\nCOMMIT;\n\\echo done r$session-$k\n";
	}
	return $text;
}

# one more session loads files of old records
my $loads = "SET client_min_messages = error;\n";
foreach my $k (1 .. 500)
{
	$loads .= qq{BEGIN;
CREATE TEMP TABLE staging ON COMMIT DROP AS
SELECT '老公司' || (i % 10) || '-$k' AS unit_name, icp.make_icp_id('粤', 2001, $k * 10 + i % 10)::text AS main_licence,
	   icp.make_filing_number(icp.make_icp_id('粤', 2001, $k * 10 + i % 10), i / 10 + 1, 'site')::text AS service_licence,
	   'load$k' AS service_name, 'old' || i || '-$k.cn' AS domain
  FROM generate_series(0, 49) AS i;
SELECT 'filed ' || filed FROM beian.load('staging');
COMMIT;
\\echo done load$k
};
}

# A transaction that is prepared claims, too.
$node->safe_psql('postgres', q{
	BEGIN;
	INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, 'prepared', '{prepared.cn}');
	PREPARE TRANSACTION 'claimed';
});

my (@harness, @out);
foreach my $i (0 .. $sessions)
{
	my $file = "$folder/session$i.sql";

	$out[$i] = '';
	append_to_file($file, $i == $sessions ? $loads : script($i + 1));
	push @harness, IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-d',
		$node->connstr('postgres'), '-f', $file ], '<', \'', '>', \$out[$i], '2>', \my $ignored,
		IPC::Run::timeout(120));
}
my $begun = time;
my $done = 0;
until ($done >= 40 && time - $begun >= 3)
{
	$_->pump_nb foreach @harness;
	$done = () = "@out" =~ /^done /mg;
	die 'the sessions have stopped' if time - $begun > 60 || !grep { $_->pumpable } @harness;
	select(undef, undef, undef, 0.05);
}

# all of the server's processes at once, the postmaster first: nobody gets to tidy up
my @children = split /\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
my $postmaster = $node->{_pid};
$node->kill9;
kill 'KILL', @children;
eval { $_->finish } foreach @harness;
foreach (1 .. 100)
{
	last unless grep { kill 0, $_ } $postmaster, @children;
	select(undef, undef, undef, 0.1);
}
my @committed = "@out" =~ /done (\S+)/g;
note(scalar(@committed) . ' transactions were reported committed');

my $started = 0;
foreach (1 .. 50)
{
	last if $started = $node->start(fail_ok => 1);
	select(undef, undef, undef, 0.2);
}
ok($started, 'the server recovers');
$node->safe_psql('postgres', 'ANALYZE');

my %found = map { split /\|/ } split /\n/,
  $node->safe_psql('postgres', q{SELECT name, count(*) FROM beian.site WHERE name <> 'prepared' GROUP BY name});
my @lost = grep { !defined $found{$_} } @committed;
is("@lost", '', 'whatever was reported committed is there');
my @torn = grep { $found{$_} != (/^load/ ? 50 : $sites) } sort keys %found;
is("@torn", '', 'and everything that is there is there whole');
cmp_ok(scalar(keys %found) - @committed, '<=', $sessions + 1, 'of the others each session may have one');
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'every row has its claims, every claim its row');
is(ICPFiling::wrong_conflicts($node, 'postgres'), '', 'every pair of rivals is in conflict once');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM beian.claim_edge e
	 WHERE NOT EXISTS (SELECT FROM beian.claim c WHERE c.id = e.claim_id AND c.holder_id = e.claim_holder_id)}),
	'0', 'no edge without the claim that it was written with');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM beian.sponsor s
	 WHERE s.status = 'filed' AND s.last_service_no <> (SELECT count(*) FROM beian.site t WHERE t.sponsor_id = s.id)}),
	'0', 'every loaded sponsor knows its last service number');

# the prepared transaction has outlived the crash, with its claim
$node->safe_psql('postgres', q{INSERT INTO beian.site (sponsor_id, domains) VALUES (2, '{prepared.cn}')});
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.conflict WHERE key = 'prepared.cn'}), '0',
	'a prepared rival is not yet shown');
$node->safe_psql('postgres', q{COMMIT PREPARED 'claimed'});
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.conflict WHERE key = 'prepared.cn' AND state = 'open'}), '1',
	'and is when it is committed');

# ids go on
is($node->safe_psql('postgres', q{
	INSERT INTO beian.site (sponsor_id, domains) SELECT 3, ARRAY['after' || i || '.cn']::icp.domain_list FROM generate_series(1, 100) i;
	SELECT count(*) - count(DISTINCT id) FROM beian.claim;
	SELECT count(*) - count(DISTINCT id) FROM beian.claim_edge;
}), "0\n0", 'no id is given twice');

$node->command_ok([ 'pg_amcheck', '--heapallindexed', '--parent-check', '-s', 'beian', '-d', 'postgres' ],
	'tables and indexes are sound');

done_testing();
