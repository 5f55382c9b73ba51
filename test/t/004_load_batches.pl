# A load in batches: others see how far it is while it runs; killed half way it has lost and doubled nothing, and goes on
# when it is called again.

use strict;
use warnings;
use ICPFiling;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('load', 'restart_after_crash = off', 'synchronous_commit = on', 'log_statement = none');
my $rows = 12000;

# Every 100th row wants the domain of the row before it, every 150th breaks a rule.
$node->safe_psql('postgres', qq{
	SELECT icp.create_registry();
	CREATE TABLE staging AS
	SELECT '公司' || n / 3 || '号' AS unit_name, '企业'::text AS nature,
		   icp.make_filing_number(icp.make_icp_id('湘', 2003, n / 3 + 1), 1 + n % 3, 'site')::text AS service_licence,
		   '网站' || n AS service_name, 'load' || CASE WHEN n % 100 = 0 THEN n - 1 ELSE n END || '.cn' AS domain,
		   CASE WHEN n % 150 = 7 THEN '010-00000000' ELSE '010-61230987' END AS phone
	  FROM generate_series(1, $rows) n;
});
my $wrong = $node->safe_psql('postgres', q{
	SELECT count(*) FROM generate_series(1, } . $rows . q{) n WHERE n % 150 = 7 OR n % 100 = 0 AND (n - 1) % 150 <> 7});

sub start_load
{
	my ($out) = @_;
	return IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
		'-c', "CALL beian.load_in_batches('staging', 200)" ], '<', \'', '>', $out, '2>', \my $ignored, IPC::Run::timeout(180));
}

my $out = '';
my $load = start_load(\$out);
my %seen;
my $progress = '';
foreach (1 .. 2000)
{
	$load->pump_nb;
	$progress = $node->safe_psql('postgres', q{SELECT step, done, total, filed + unchanged + rejected FROM beian.progress});
	$seen{$progress}++ if $progress =~ /^filing\|[1-9]/;
	last if keys %seen >= 3;
	select(undef, undef, undef, 0.01);
}
cmp_ok(scalar(keys %seen), '>=', 3, 'another session sees the load go on');
my ($done, $sum) = $progress =~ /^filing\|(\d+)\|$rows\|(\d+)$/;
is($sum, $done, 'with its rows accounted for');

# the whole server at once, in the middle
my @children = split /\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
my $postmaster = $node->{_pid};
$node->kill9;
kill 'KILL', @children;
eval { $load->finish };
foreach (1 .. 100)
{
	last unless grep { kill 0, $_ } $postmaster, @children;
	select(undef, undef, undef, 0.1);
}
my $started = 0;
foreach (1 .. 50)
{
	last if $started = $node->start(fail_ok => 1);
	select(undef, undef, undef, 0.2);
}
ok($started, 'the server recovers');

my ($step, $at, $sites, $rejected) = split /\|/, $node->safe_psql('postgres', q{
	SELECT p.step, p.done, (SELECT count(*) FROM beian.site), (SELECT count(*) FROM beian.rejected_row) FROM beian.progress p});
is($step, 'filing', 'the load is known to be unfinished');
cmp_ok($at, '<', $rows, 'and how far it came');
cmp_ok($at, '>=', $done, 'which is not less than was seen before');
is($at % 200, 0, 'at the end of a batch');
is($sites + $rejected, $at, 'as many rows are filed or rejected as it says, and no others');
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'every row has its claims, every claim its row');

# a correction meanwhile, of a row that was rejected
$node->safe_psql('postgres', q{UPDATE staging SET phone = '010-61230987' WHERE service_name = '网站7'});
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.rejected_row WHERE content ->> 'service_name' = '网站7'}), '1',
	'the row to be corrected had been rejected');
my ($total, $filed, $unchanged, $left) = split /\|/,
	$node->safe_psql('postgres', q{CALL beian.load_in_batches('staging', 1000)});
is($total, $rows, 'the load goes on over all rows');
is($unchanged, $sites, 'and finds what was filed before');
is($left, $wrong - 1, 'rejects what is wrong and was not corrected');
is($filed, $rows - $sites - $left, 'and files the rest');
is($node->safe_psql('postgres', q{
	SELECT count(*), count(DISTINCT number), (SELECT count(*) FROM beian.rejected_row), (SELECT count(DISTINCT row_no) FROM beian.rejected_row),
		   (SELECT count(*) FROM beian.event WHERE event = 'import') FROM beian.site}),
	join('|', $rows - $left, $rows - $left, $left, $left, $rows - $left), 'nothing is lost, nothing is there twice');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM staging s
	 WHERE EXISTS (SELECT FROM beian.site t WHERE t.number::text = s.service_licence)
		 = EXISTS (SELECT FROM beian.rejected_row j WHERE j.content ->> 'service_licence' = s.service_licence)}), '0',
	'each row is filed or rejected');
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'every row has its claims, every claim its row');
is($node->safe_psql('postgres', q{SELECT step, done, total FROM beian.progress}), "finished|$rows|$rows", 'the load is known to be finished');

done_testing();
