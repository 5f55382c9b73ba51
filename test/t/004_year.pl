# A year of a province's life, from a random seed: many sessions enter, step, settle, change and cancel, month by month;
# the clocks run; in some months the server is killed in the middle. Then everything must still hold together.

use strict;
use warnings;
use ICPFiling;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{ICP_YEAR_SEED} || int(rand(1e6));
my $acts = $ENV{ICP_YEAR_ACTS} || 200;    # of each session in each month
my $sessions = 8;
my $months = 12;
my %killed = map { $_ => 1 } (2, 5, 6, 9, 11);

note("seed $seed: ICP_YEAR_SEED=$seed repeats what each session wants to do");
srand($seed);
my $node = ICPFiling::new_node('year', 'fsync = off', 'restart_after_crash = off', 'log_statement = none',
	'max_connections = 40', 'log_min_messages = error');
my $folder = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', qq{
	SELECT icp.create_registry();
	UPDATE beian.setting SET value = '4' WHERE name = 'password_cost';	-- digests that cost nothing
	INSERT INTO icp.calendar_year_local (year, source)
	SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 2, extract(year FROM now())::int + 2) y
	 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
	INSERT INTO beian.provider (name, province) SELECT '云' || i, '京' FROM generate_series(1, 6) i;
	INSERT INTO beian.account (provider_id, user_name) SELECT 1 + i % 6, i::text FROM generate_series(1, 400) i;
	SET client_min_messages = warning;
	\\i $ENV{ICP_TEST}/t/year.sql
});

my (%told, %refused, %strange);

# What the sessions said; a line that says something else than "committed ..." is strange.
sub listen_to
{
	my ($err) = @_;

	foreach my $line (split /\n/, $err)
	{
		if ($line =~ /^\S*\s*INFO:\s+committed (\w+) done (\S+)/)
		{
			$told{$1}++;
		}
		elsif ($line =~ /INFO:\s+committed (\w+) (\w{5}) (.*)/)
		{
			my ($act, $sqlstate, $message) = ($1, $2, $3);
			$message =~ s/\d+/N/g;
			$refused{"$act $sqlstate"}++;
		}
		elsif ($line =~ /(ERROR|FATAL|PANIC|WARNING):/ && $line !~ /terminat|crash|connection|server closed/)
		{
			$strange{$line}++;
		}
	}
}

my $killings = 0;
foreach my $month (1 .. $months)
{
	my (@harness, @err);

	foreach my $session (1 .. $sessions)
	{
		my $n = $session - 1;

		$err[$n] = '';
		push @harness, IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-c',
			sprintf('CALL life.play(%.9f, %d)', rand(), $acts) ], '<', \'', '>', \my $ignored, '2>', \$err[$n],
			IPC::Run::timeout(600));
	}
	if ($killed{$month})
	{
		# all of the server's processes at once, the postmaster first
		my $until = int($sessions * $acts * (0.2 + rand(0.6)));
		while ((() = join('', @err) =~ /committed/g) < $until && grep { $_->pumpable } @harness)
		{
			foreach my $h (@harness)
			{
				eval { $h->pump_nb } if $h->pumpable;
			}
			select(undef, undef, undef, 0.05);
		}
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
		my $started = 0;
		foreach (1 .. 50)
		{
			last if $started = $node->start(fail_ok => 1);
			select(undef, undef, undef, 0.2);
		}
		die 'the server does not recover' unless $started;
		$killings++;
	}
	else
	{
		$_->finish foreach @harness;
	}
	listen_to($_) foreach @err;

	# A month goes by: every open deadline comes nearer. (Past the triggers: this is the test's hand, not an act.)
	$node->safe_psql('postgres', q{
		SET session_replication_role = replica;
		UPDATE beian.application SET created_at = created_at - interval '30 days', submitted_at = submitted_at - interval '30 days',
			   reported_at = reported_at - interval '30 days', due_at = due_at - interval '30 days',
			   clock_due_at = clock_due_at - interval '30 days'
		 WHERE state IN ('draft', 'submitted', 'pre_verified', 'verified', 'sms', 'conflicted', 'reviewing', 'returned');
		RESET session_replication_role;
		SELECT beian.run_clocks();
		ANALYZE;
	});
}

is($killings, scalar(keys %killed), 'the server was killed and recovered');
is(join("\n", sort keys %strange), '', 'nobody met an error that is no answer of the registry');
note(join(', ', map { "$_: $told{$_}" } sort keys %told));
note(join(', ', map { "$_: $refused{$_}" } sort keys %refused));
note($node->safe_psql('postgres', q{
	SELECT string_agg(kind || ' ' || state || ' ' || n, ', ' ORDER BY kind, state)
	  FROM (SELECT kind, state, count(*) AS n FROM beian.application GROUP BY 1, 2) a}));

# a question whose answer must be no row
sub none
{
	my ($what, $query) = @_;
	is($node->safe_psql('postgres', "$query LIMIT 5"), '', $what);
}

cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM beian.application'), '>=', $acts * $sessions * $months * 0.08,
	'there was a life');
is($node->safe_psql('postgres', q{
	SELECT string_agg(DISTINCT k.code, ', ') FROM icp.application_kind k
	 WHERE NOT EXISTS (SELECT FROM beian.application a WHERE a.kind = k.code AND a.state = 'approved')}), '',
	'every kind of application was approved at least once');

none('no sponsor number twice among live ones', q{
	SELECT number, count(*) FROM beian.sponsor WHERE status = 'filed' GROUP BY 1 HAVING count(*) > 1});
none('no service number twice, ever: a service number is never given again', q{
	SELECT sponsor_id, icp.service_no(number), count(*) FROM beian.site WHERE number IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1});
none('every filed site bears the number of its sponsor', q{
	SELECT t.id, t.number, s.number FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id
	 WHERE t.status = 'filed' AND (s.status <> 'filed' OR icp.icp_id_of(t.number) OPERATOR(icp.<>) s.number)});
none('no counter behind the numbers it gave', q{
	SELECT s.id FROM beian.sponsor s JOIN beian.site t ON t.sponsor_id = s.id
	 WHERE icp.service_no(t.number) > s.last_service_no});
none('a domain has one live approved holder', q{
	SELECT key, count(*) FROM beian.claim WHERE kind = 'domain' AND approved AND released_at IS NULL GROUP BY 1 HAVING count(*) > 1});
is(ICPFiling::wrong_claims($node, 'postgres'), '', 'every row has its claims, every claim its row');
is(ICPFiling::wrong_conflicts($node, 'postgres'), '', 'every pair of rivals is in conflict once');

none('every application stands where its last event left it', q{
	SELECT a.id, a.state, e.to_state FROM beian.application a
	  LEFT JOIN LATERAL (SELECT e.to_state FROM beian.event e WHERE e.application_id = a.id AND e.to_state IS NOT NULL
						 ORDER BY e.id DESC LIMIT 1) e ON true
	 WHERE e.to_state IS DISTINCT FROM a.state});
none('no event is lost: each begins where the one before ended', q{
	SELECT * FROM (SELECT e.application_id, e.from_state, lag(e.to_state) OVER (PARTITION BY e.application_id ORDER BY e.id) AS before
					 FROM beian.event e WHERE e.to_state IS NOT NULL AND e.application_id IS NOT NULL) e
	 WHERE e.from_state IS DISTINCT FROM e.before});
none('every step was one of icp.transition', q{
	SELECT a.id, e.from_state, e.to_state, e.event FROM beian.event e JOIN beian.application a ON a.id = e.application_id
	 WHERE e.to_state IS NOT NULL
	   AND NOT EXISTS (SELECT FROM icp.transition t WHERE t.kind = a.kind AND t.from_state IS NOT DISTINCT FROM e.from_state
					   AND t.to_state = e.to_state AND t.event = e.event)});
none('every approved application passed every required state', q{
	SELECT a.id, a.kind, r.state FROM beian.application a
	  CROSS JOIN LATERAL unnest(CASE
			WHEN a.filed_by = 'bureau' OR a.kind = 'licence' THEN '{draft,reviewing}'
			WHEN a.kind IN ('new_filing', 'new_site', 'new_access', 'change_sponsor', 'change_principal')
				THEN '{draft,submitted,pre_verified,verified,reported,reviewing}'
			WHEN a.kind IN ('change_site', 'change_access') THEN '{draft,submitted,verified,reported,reviewing}'
			ELSE '{draft,submitted,reported,reviewing}' END::text[]) r(state)
	 WHERE a.state = 'approved'
	   AND NOT EXISTS (SELECT FROM beian.event e WHERE e.application_id = a.id AND e.to_state = r.state)});
none('the chains of events are whole', 'SELECT * FROM beian.verify_log()');
none('every clock is kept or recorded as overdue: nothing that expires stands past its time', q{
	SELECT a.id, a.state FROM beian.application a WHERE a.state IN ('pre_verified', 'sms') AND a.clock_due_at < now()});
none('every review past its time is listed', q{
	SELECT a.id FROM beian.application a WHERE a.state IN ('reviewing', 'conflicted') AND a.due_at < now()
	   AND NOT EXISTS (SELECT FROM beian.overdue_review o WHERE o.id = a.id)});
none('what is cancelled has nothing live under it', q{
	SELECT t.id FROM beian.site t JOIN beian.sponsor s ON s.id = t.sponsor_id WHERE s.status = 'cancelled' AND t.status = 'filed'
	UNION ALL
	SELECT x.id FROM beian.access x JOIN beian.site t ON t.id = x.site_id WHERE t.status = 'cancelled' AND x.status = 'live'});
none('the owner of a decided change keeps what was there before', q{
	SELECT c.application_id FROM beian.site_change c JOIN beian.application a ON a.id = c.application_id
	 WHERE a.state = 'approved' AND (c.status <> 'applied' OR c.old_values IS NULL)});
$node->safe_psql('postgres', 'CREATE EXTENSION amcheck');
$node->command_ok([ 'pg_amcheck', '--heapallindexed', '-s', 'beian', '-d', 'postgres' ], 'tables and indexes are sound');

done_testing();
