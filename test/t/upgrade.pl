# pg_upgrade of databases with registries full of rows of every kind: to a server of the same version, and to each newer
# one that is here (ICP_OTHERS, see test/others).  Afterwards everything is as it was, and goes on.

use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename;
use ICPFiling;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = abs_path(PostgreSQL::Test::Utils::tempdir());
my $key = "$folder/key";
append_to_file($key, 'k' x 64);
chmod 0600, $key;
my @settings = ("icpfiling.event_key_file = '$key'", 'fsync = off', 'max_prepared_transactions = 10', 'autovacuum = off',
	'timezone = UTC');
my $old = ICPFiling::new_node('old', @settings);
my $major = ICPFiling::major();
my $bindir = `pg_config --bindir`;
chomp $bindir;

# The rows that tests leave in a registry, up to where they drop it; together most of its tables get some.
my @tests = qw(workflow_effect hostile rights standing);
my %filled;
$old->safe_psql('postgres', 'SET client_min_messages = error; SELECT icp.create_roles()');
foreach my $test (@tests)
{
	my $lines = slurp_file("$ENV{ICP_TEST}/sql/$test.sql");
	$lines =~ s/^DROP SCHEMA beian\b.*//ms or die "$test does not drop its registry";
	$old->safe_psql('template1', "CREATE DATABASE $test TEMPLATE postgres");
	local $ENV{PG_ABS_SRCDIR} = $ENV{ICP_TEST};
	IPC::Run::run [ 'psql', '-X', '-q', '-d', $old->connstr($test) ], '<', \$lines,
	  '>', \my $out, '2>', \my $err;
	my $tables = $old->safe_psql($test, q{
		SELECT format('SELECT %L FROM beian.%I HAVING count(*) > 0;', relname, relname)
		  FROM pg_class WHERE relnamespace = 'beian'::regnamespace AND relkind = 'r'});
	$filled{$_} = 1 foreach split(/\n/, $old->safe_psql($test, $tables));
}
cmp_ok(scalar(keys %filled), '>', 35, 'rows of many kinds: ' . keys(%filled) . ' tables');
ICPFiling::add_own_objects($old, $tests[0]);

my %before = map { $_ => ICPFiling::state_of($old, $_) } @tests;
my %altered = map { $_ => $old->safe_psql($_, 'SELECT * FROM icp.check_registry()') } @tests;
my $keyed = $old->safe_psql($tests[0], 'SELECT count(*) FROM beian.event WHERE method > 1');
unlike(join('', values %before), qr/^log\|/m, 'every log is whole');
cmp_ok($keyed, '>', 0, 'and made with the key');
my %definitions = map { $_ => ICPFiling::definitions($old, $_) } @tests;
$old->stop;

# from the old server to another, in data folders of their own; the old one stays as it is
sub upgrade
{
	my ($new, $name, $same) = @_;

	mkdir "$folder/$name";
	my ($out, $err);
	my $done = IPC::Run::run [ $new->installed_command('pg_upgrade'), '-d', abs_path($old->data_dir), '-D', abs_path($new->data_dir),
		'-b', $bindir, '-B', $same ? $bindir : dirname($new->installed_command('postgres')),
		'-s', $new->host, '-p', $old->port, '-P', $new->port, '-j', '2', '--no-sync' ],
	  '>', \$out, '2>&1', init => sub { chdir "$folder/$name" };
	ok($done, "$name: pg_upgrade");
	if (!$done)
	{
		diag($out);
		# the dumps' logs say which command failed
		foreach my $log (glob($new->data_dir . "/pg_upgrade_output.d/*/log/*.log"))
		{
			my $text = slurp_file($log);
			diag("$log\n" . substr($text, -2000)) if $text =~ /error/i;
		}
		return;
	}
	$new->start;
	foreach my $db (@tests)
	{
		is(ICPFiling::changed($before{$db}, ICPFiling::state_of($new, $db)), '', "$name, $db: the same rows, log and look-ups");
		if ($same)
		{
			is(ICPFiling::changed($definitions{$db}, ICPFiling::definitions($new, $db)), '', "$name, $db: the same definitions");
			is($new->safe_psql($db, 'SELECT * FROM icp.check_registry()'), $altered{$db}, "$name, $db: as it was laid");
		}
		else
		{
			# definitions are spelled otherwise there, and compared again after this
			like($new->safe_psql($db, 'SELECT icp.upgrade_registry()'), qr/^registry beian is of version/, "$name, $db: brought forward");
			is($new->safe_psql($db, 'SELECT * FROM icp.check_registry()'), $altered{$db}, "$name, $db: as it was laid");
		}
	}

	# it goes on: the log, claims and numbers; other people's trigger and indexes
	my $db = $tests[0];
	is($new->safe_psql($db, q{
		SET client_min_messages = error;
		SET search_path = public, icp;
		INSERT INTO beian.event (actor, event, province_code, new_values) VALUES ('x', 'setting', 11, '{"a": "b"}');
		SELECT * FROM beian.verify_log();
		UPDATE own.everything SET domains = domains + '{new.cn}' WHERE id = 7;
		SELECT id, became <> was FROM own.change WHERE id = 7;
		SET enable_seqscan = off;
		SELECT count(*) FROM own.everything WHERE domains @> '{new.cn}';
		SELECT count(*) FROM own.everything WHERE number < '京ICP备2020100010号';
		SELECT count(*) FROM own.everything WHERE domain = 'd5.cn';
		SELECT count(*) FROM own.by_province WHERE domain = 'd5.cn';
		INSERT INTO own.everything DEFAULT VALUES RETURNING id;
	}), "7|t\n1\n9\n1\n1\n" . (7 + 3 * 501), "$name: goes on");
	$new->stop;
}

upgrade(ICPFiling::bare_node('same', @settings), "to $major", 1);

my %others = map { split(/ /, $_, 2) } split(/\n/, $ENV{ICP_OTHERS} // '');
foreach my $to (grep { $_ > $major } 17, 18)
{
  SKIP:
	{
		skip "no server of PostgreSQL $to with its headers under /usr/lib/postgresql", 1 unless $others{$to};
		my $new = PostgreSQL::Test::Cluster->new("new$to", install_path => dirname($others{$to}));
		$new->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8', $to >= 18 ? '--no-data-checksums' : () ]);
		$new->append_conf('postgresql.conf', join("\n", @settings) . "\n");
		upgrade($new, "to $to", 0);
	}
}

done_testing();
