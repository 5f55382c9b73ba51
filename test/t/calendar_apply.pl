# The calendar in apply workers: a trigger that counts working days there, and a bureau's days that arrive by
# replication; and a session that outlives the extension.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = ICPFiling::new_node('publisher', 'wal_level = logical');
my $subscriber = ICPFiling::new_node('subscriber');

$_->safe_psql('postgres', 'CREATE TABLE report (id int PRIMARY KEY, reported_on date, due_on date)')
  foreach ($publisher, $subscriber);
$subscriber->safe_psql('postgres', q{
	CREATE FUNCTION set_due() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN NEW.due_on := icp.working_days_add(NEW.reported_on, 20); RETURN NEW; END $$;
	CREATE TRIGGER due BEFORE INSERT OR UPDATE ON report FOR EACH ROW EXECUTE FUNCTION set_due();
	ALTER TABLE report ENABLE ALWAYS TRIGGER due;
});
$publisher->safe_psql('postgres', 'CREATE PUBLICATION p FOR TABLE report, icp.calendar_local, icp.calendar_year_local');
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION s CONNECTION '" . $publisher->connstr . " dbname=postgres' PUBLICATION p");
$subscriber->wait_for_subscription_sync($publisher, 's');

# One transaction a step: what the worker has read must not outlive a change.
my @steps = (
	[ "INSERT INTO report VALUES (1, '2026-02-13')", '2026-03-19', 'shipped days' ],
	[ "INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood')", undef ],
	[ "INSERT INTO report VALUES (2, '2026-02-13')", '2026-03-20', 'a day that was inserted' ],
	[ "UPDATE icp.calendar_local SET day = '2026-03-07', is_working = true", undef ],
	[ "INSERT INTO report VALUES (3, '2026-02-13')", '2026-03-18', 'a day that was updated' ],
	[ "DELETE FROM icp.calendar_local", undef ],
	[ "INSERT INTO report VALUES (4, '2026-02-13')", '2026-03-19', 'a day that was deleted' ],
	[ "INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood'), ('2027-01-01', false, 'New Year')", undef ],
	[ "TRUNCATE icp.calendar_local", undef ],
	[ "INSERT INTO report VALUES (5, '2026-02-13')", '2026-03-19', 'days that were truncated' ],
	[ "INSERT INTO icp.calendar_year_local VALUES (2027, 'a notice')", undef ],
	[ "INSERT INTO report VALUES (6, '2026-12-31')", '2027-01-28', 'a year of its own' ]);
foreach my $step (@steps)
{
	my ($statement, $due, $what) = @$step;

	$publisher->safe_psql('postgres', $statement);
	next unless defined $due;
	$publisher->wait_for_catchup('s');
	is($subscriber->safe_psql('postgres', 'SELECT due_on FROM report ORDER BY id DESC LIMIT 1'), $due, $what);
}

$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION s');

# the extension leaves and comes back under a session that has read it
is($publisher->safe_psql('postgres', q{
	SELECT icp.working_days_add('2026-02-13', 20);
	DROP PUBLICATION p;
	DROP EXTENSION icpfiling;
	CREATE EXTENSION icpfiling;
	SELECT icp.working_days_add('2026-02-13', 20);
	INSERT INTO icp.calendar_local VALUES ('2026-03-02', false, 'flood');
	SELECT icp.working_days_add('2026-02-13', 20);
}), "2026-03-19\n2026-03-19\n2026-03-20", 'the tables are found again after DROP and CREATE EXTENSION');

# a bureau's days are in a dump, the shipped ones are not
$publisher->safe_psql('postgres', q{INSERT INTO icp.calendar_year_local VALUES (2027, 'a notice')});
my ($dump) = run_command([ 'pg_dump', '--data-only', '-d', $publisher->connstr('postgres') ]);
like($dump, qr/COPY icp\.calendar_local .*\n2026-03-02\tf\tflood\n/, 'own days are dumped');
like($dump, qr/COPY icp\.calendar_year_local .*\n2027\ta notice\n/, 'own years are dumped');
unlike($dump, qr/COPY icp\.calendar(_year)? /, 'shipped ones are not');

done_testing();
