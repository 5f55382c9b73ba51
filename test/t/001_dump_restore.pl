# A filled registry through pg_dump and back, four ways: the same rows, the same claims, and triggers that go on
# where they were.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('dump');
my $folder = PostgreSQL::Test::Utils::tempdir();
my $records = "$ENV{ICP_TEST}/data/public_records.tsv";

# the real records, then members, claims in conflict, settled, given up; an approved application and one on its way
open(my $handle, '<', $records) or die "$records: $!";
my $heads = <$handle>;
close $handle;
chomp $heads;
my $columns = join(', ', map { "$_ text" } split(/\t/, $heads));
$node->safe_psql('postgres', qq{
	SET client_min_messages = error;
	SELECT count(*) FROM icp.create_roles();
	SELECT icp.create_registry();
	CREATE TABLE public.staging ($columns);
	\\copy public.staging FROM '$records' WITH (FORMAT text, HEADER)
	SELECT * FROM beian.load('public.staging');
	INSERT INTO beian.provider (name, province) VALUES ('P1', '京'), ('P2', NULL);
	INSERT INTO beian.account (provider_id, user_name) SELECT p.id, 'a' || p.name FROM beian.provider p WHERE p.name ~ '^P';
	INSERT INTO beian.member (role_name, role, province) VALUES ('jing', 'bureau', '京');
	INSERT INTO beian.sponsor (id, account_id, province, name)
	SELECT 1000 + row_number() OVER (ORDER BY a.id), a.id, '京', '同名公司' FROM beian.account a WHERE a.user_name ~ '^aP';
	INSERT INTO beian.site (id, sponsor_id, domains, homepage) VALUES
		(1001, 1001, '{one.cn,both.cn}', 'www.one.cn'), (1002, 1002, '{two.cn,both.cn,gone.cn}', 'www.two.cn'),
		(1003, 1001, '{gone.cn}', NULL), (1004, 1002, '{zhihu.com}', NULL);
	DELETE FROM beian.site WHERE id = 1003;
	INSERT INTO beian.application (id, site_id) VALUES (1001, 1001), (1002, 1002);
	SELECT icp.create_registry('another', 7);
	INSERT INTO another.provider (name, province) VALUES ('P1', '京');
	UPDATE beian.conflict SET settlement = 'accept_both', reason = '同名不同人' WHERE kind = 'sponsor_name' AND state = 'open';
	UPDATE beian.conflict SET settlement = 'reject_right', reason = '以在先为准' WHERE key = 'both.cn';
	INSERT INTO beian.sighting (domain, ip, province) VALUES ('unfiled.cn', '192.0.2.1', '京');
	DO \$\$
	DECLARE
		s	text;
	BEGIN
		FOREACH s IN ARRAY '{submitted,pre_verified,verified,reported,approved}'::text[] LOOP
			UPDATE beian.application SET state = s WHERE id = 1001;
		END LOOP;
		UPDATE beian.application SET state = 'submitted' WHERE id = 1002;
	END \$\$;
});
is($node->safe_psql('postgres',
	q{SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) n FROM beian.conflict GROUP BY 1) c}),
	'open 1, settled 2, withdrawn 1', 'conflicts of every state');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM beian.site WHERE status = 'filed'"), '>', 20, 'records are filed');
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM beian.rejected_row'), '>', 0, 'and rejected');

my ($stdout, $stderr);
isnt($node->psql('postgres', 'DROP EXTENSION icpfiling', stderr => \$stderr), 0, 'DROP EXTENSION is refused');
like($stderr, qr/other objects depend on it/, 'as the registry needs it');

ICPFiling::add_own_objects($node, 'postgres');
my $before = ICPFiling::state_of($node, 'postgres');
my $definitions = ICPFiling::definitions($node, 'postgres');
my $altered = $node->safe_psql('postgres', 'SELECT * FROM icp.check_registry()');
is($altered, join("\n", 'trigger|site.note_change|added',
	'right|EXECUTE, EXECUTE WITH GRANT OPTION on lookup(question text) to own_reader|added',
	'right|SELECT (id, number), UPDATE (name) on site to own_reader|added', 'right|USAGE on site_id_seq to own_reader|added',
	'default right|SELECT on tables to own_reader|added'), 'a trigger and rights of others are known as such');
like($before, qr/^sponsor_serial_11_\d{4}\|1$/m, 'the sequence of this year is there');

my $connection = $node->connstr('postgres');
run_command([ 'pg_dump', '-d', $connection, '-f', "$folder/plain.sql" ]);
run_command([ 'pg_dump', '-d', $connection, '-Fc', '-f', "$folder/custom" ]);
run_command([ 'pg_dump', '-d', $connection, '-Fd', '-j', '2', '-f', "$folder/directory" ]);
run_command([ 'pg_dump', '-d', $connection, '--schema-only', '-f', "$folder/schema.sql" ]);
run_command([ 'pg_dump', '-d', $connection, '--data-only', '--disable-triggers', '-f', "$folder/data.sql" ]);

my %restore = (
	plain => sub { psql_file('plain', 'plain.sql') },
	custom => sub {
		command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('custom'), "$folder/custom" ],
			'custom: restored');
	},
	directory => sub {
		command_ok([ 'pg_restore', '--exit-on-error', '-j', '2', '-d', $node->connstr('directory'), "$folder/directory" ],
			'directory: restored');
	},
	two_steps => sub { psql_file('two_steps', 'schema.sql'); psql_file('two_steps', 'data.sql');
		# the first of the two steps left it empty
		$node->safe_psql('two_steps', 'REFRESH MATERIALIZED VIEW own.counted') });

sub psql_file
{
	my ($db, $file) = @_;
	command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($db), '-f', "$folder/$file" ],
		"$db: $file restored");
}

foreach my $db (sort keys %restore)
{
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0");
	$restore{$db}->();
	is(ICPFiling::changed($before, ICPFiling::state_of($node, $db)), '', "$db: the same rows, log and look-ups");
	is(ICPFiling::changed($definitions, ICPFiling::definitions($node, $db)), '', "$db: the same definitions");
	is(ICPFiling::wrong_claims($node, $db), '', "$db: the claims are those of the rows");
	is(ICPFiling::wrong_conflicts($node, $db), '', "$db: and their conflicts");
	is($node->safe_psql($db, 'SELECT * FROM icp.check_registry()'), $altered, "$db: the registry is as it was laid");
	is($node->safe_psql($db, 'SELECT * FROM beian.verify_log()'), '', "$db: the log is whole");

	# ids stay the node's, where the sequence has counted and where it has not
	is($node->safe_psql($db, q{
		SELECT node FROM another.registry;
		INSERT INTO another.provider (name, province) VALUES ('P2', '京');
		INSERT INTO another.account (provider_id, user_name) SELECT max(id), 'a' FROM another.provider;
		SELECT count(*), bool_and(id <@ icp.node_ids(7)) FROM (SELECT id FROM another.provider UNION ALL SELECT id FROM another.account) i;
		SELECT count(*) FROM icp.misfit_sequences('another', 7);
		SELECT * FROM icp.check_registry('another') WHERE kind = 'sequence'}), "7\n3|t\n0", "$db: ids are the node's");

	# goes on: a rival of a draft, of a filed record, and of a name; then the next number
	is($node->safe_psql($db, q{
		WITH a AS (INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'late') RETURNING id),
		s AS (INSERT INTO beian.sponsor (account_id, province, name) SELECT id, '京', '同名公司' FROM a RETURNING id)
		SELECT count(*) FROM s;
		INSERT INTO beian.site (sponsor_id, domains, homepage)
		SELECT id, '{two.cn,zhihu.com}', 'http://www.one.cn/' FROM beian.sponsor ORDER BY account_id DESC LIMIT 1;
		SELECT kind, key, count(*) FROM beian.conflict
		 WHERE state = 'open' AND (SELECT max(id) FROM beian.account) IN (left_account, right_account)
		 GROUP BY 1, 2 ORDER BY 1, 2;
	}), "1\ndomain|two.cn|1\ndomain|zhihu.com|2\nhomepage|www.one.cn|1\nsponsor_name|同名公司|2", "$db: new rivals are found");
	is($node->safe_psql($db, q{
		SET client_min_messages = error;
		INSERT INTO beian.sponsor (id, account_id, province, name) SELECT 2000, id, '京', '新公司' FROM beian.account WHERE user_name = 'aP1';
		INSERT INTO beian.site (id, sponsor_id, domains) VALUES (2000, 2000, '{new.cn}'), (2001, 1001, '{second.cn}');
		INSERT INTO beian.application (id, site_id) VALUES (2000, 2000);
		DO $$
		DECLARE
			s	text;
		BEGIN
			FOREACH s IN ARRAY '{submitted,pre_verified,verified,reported,approved}'::text[] LOOP
				UPDATE beian.application SET state = s WHERE id = 2000;
			END LOOP;
		END $$;
		SELECT right(icp.serial_of(number), 6), status FROM beian.sponsor WHERE id IN (1001, 2000) ORDER BY id;
	}), "000001|filed\n000002|filed", "$db: numbers go on");
	is(ICPFiling::wrong_conflicts($node, $db), '', "$db: still every conflict once");
	my $refused;
	isnt($node->psql($db, q{INSERT INTO beian.application (state, site_id) VALUES ('approved', 1002)},
		stderr => \$refused), 0, "$db: a wrong step is refused");
	like($refused, qr/cannot begin in state approved/, "$db: with its message");
}

done_testing();
