# Tries of codes and passwords stay counted whatever becomes of the session that guesses: ROLLBACK, savepoints, handled
# exceptions, prepared transactions, its end, the worker's end, a crash; from many sessions at once, with too few workers
# and with none; on a standby nothing is answered.

use strict;
use warnings;
use ICPFiling;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('guess', 'max_worker_processes = 8', 'max_prepared_transactions = 10', 'max_connections = 60',
	"log_min_messages = warning", 'synchronous_commit = off');

sub owner { return $node->safe_psql('postgres', $_[0]); }

# as a member; returns output and what went wrong
sub as
{
	my ($role, $sql, $with) = @_;
	my ($out, $err);
	($with // $node)->psql('postgres', "SET ROLE $role;\n\\set VERBOSITY sqlstate\n$sql", stdout => \$out, stderr => \$err, on_error_stop => 0);
	return ($out, $err);
}

sub count_of { return owner("SELECT coalesce(sum(tries), 0) FROM beian.try_count WHERE subject = '$_[0]' AND record_id = $_[1]"); }

owner(q{
	SELECT icp.create_roles();
	SELECT icp.create_registry();
	INSERT INTO icp.calendar_year_local (year, source)
	SELECT y, 'test' FROM generate_series(extract(year FROM now())::int - 1, extract(year FROM now())::int + 2) y
	 WHERE NOT EXISTS (SELECT FROM icp.calendar_year c WHERE c.year = y);
	UPDATE beian.setting SET value = '3' WHERE name LIKE '%password_cost';
	UPDATE beian.setting SET value = 'on' WHERE name = 'sms';
	INSERT INTO beian.provider (name, province) VALUES ('一号云', '京'), ('二号云', '沪');
	INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a'), (2, 'b');
	INSERT INTO beian.account (provider_id, user_name) SELECT 1, 'many' || i FROM generate_series(1, 32) i;
	INSERT INTO beian.sponsor (account_id, province, name, phone, email)
	SELECT 1, '京', '甲公司', '13800138000', 'a@b.cn';
	INSERT INTO beian.site (sponsor_id, name, domains) SELECT 1, '甲网' || i, format('{a%s.cn}', i)::icp.domain_list FROM generate_series(1, 8) i;
	INSERT INTO beian.application (site_id) SELECT id FROM beian.site ORDER BY id;
	SET session_replication_role = replica;
	UPDATE beian.application SET state = 'verified';
	SET session_replication_role = origin;
	UPDATE beian.application SET state = 'reported';
	UPDATE beian.sms_challenge SET digest = icp.hash_password('000050', 1);
	INSERT INTO beian.account_password (account_id, digest, made_at)
	SELECT id, icp.hash_password('the right one', 1), now() FROM beian.account;
	CREATE ROLE s1 IN ROLE icp_sponsor;
	CREATE ROLE p1 IN ROLE icp_provider;
	CREATE ROLE sys IN ROLE icp_bureau;
	INSERT INTO beian.member (role_name, role, provider_id, account_id) VALUES
		('s1', 'sponsor', NULL, 1), ('p1', 'provider', 1, NULL), ('sys', 'system', NULL, NULL);
});
is(owner('SELECT string_agg(DISTINCT state, $$ $$) FROM beian.application'), 'sms', 'applications wait for their codes');

# --- ROLLBACK
my ($out, $err) = as('s1', q{BEGIN; SELECT beian.confirm_sms(1, '000000'); ROLLBACK;} x 3);
is($out, join("\n", ('sms') x 3), 'three answers that are rolled back');
is(count_of('application.sms', 1), 3, 'rolled back, and counted');

# --- handled exceptions: the loop that tried 430 codes a second
my $loop = q{
	CREATE FUNCTION pg_temp.guess(app bigint) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		said	text;
		answers	int := 0;
	BEGIN
		FOR i IN 1 .. 99 LOOP
			BEGIN
				said := beian.confirm_sms(app, lpad(i::text, 6, '0'));
				answers := answers + 1;
				IF said IN ('reviewing', 'conflicted') THEN
					RETURN 'guessed';
				END IF;
				RAISE EXCEPTION 'undo';
			EXCEPTION WHEN OTHERS THEN
				NULL;
			END;
		END LOOP;
		RETURN answers || ' answers';
	END $$;
	};
($out, $err) = as('s1', "$loop SELECT pg_temp.guess(2);");
is($out, '6 answers', 'a loop with a handled exception has six tries, and no more');
is(count_of('application.sms', 2), 6, 'all of them counted');
($out, $err) = as('s1', "SELECT beian.confirm_sms(2, '000050');");
like($err, qr/55000/, 'then it has to wait, with the right code too');
# the same at REPEATABLE READ, where the counting is not seen
($out, $err) = as('s1', "$loop BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_temp.guess(3); ROLLBACK;");
is($out, '6 answers', 'at REPEATABLE READ likewise');
is(count_of('application.sms', 3), 6, 'and counted');
# when the pause is over, the code is spent: nothing is compared, and the application goes back
owner('UPDATE beian.try_count SET not_before = now()');
($out, $err) = as('s1', "BEGIN; SELECT beian.confirm_sms(2, '000050'); ROLLBACK;");
is($out, 'returned', 'the seventh is not compared, although nothing of the six is left');
owner('UPDATE beian.try_count SET not_before = now()');
($out, $err) = as('s1', "SELECT beian.confirm_sms(2, '000050');");
is($out, 'returned', 'nor the eighth');

# --- savepoints
($out, $err) = as('s1', 'BEGIN;' . q{SAVEPOINT a; SELECT beian.confirm_sms(4, '000000'); ROLLBACK TO a;} x 8 . 'COMMIT;');
is(count_of('application.sms', 4), 6, 'savepoints: six, the others are refused');
is(scalar(() = $out =~ /sms/g), 5, 'five of them wrong');
like($out, qr/returned$/, 'the sixth returns it');

# --- prepared transactions
($out, $err) = as('s1', q{BEGIN; SELECT beian.confirm_sms(5, '000000'); PREPARE TRANSACTION 'guess';});
is($err, '', 'a transaction with a try can be prepared');
is(count_of('application.sms', 5), 1, 'counted while it is prepared');
owner(q{ROLLBACK PREPARED 'guess'});
is(count_of('application.sms', 5), 1, 'and when it is rolled back');

# --- the end of the session
my $runs = 0;
sub in_background
{
	my ($sql) = @_;
	my %run = (out => '', err => '');
	my $file = PostgreSQL::Test::Utils::tempdir() . '/' . $runs++ . '.sql';
	append_to_file($file, $sql);
	$run{h} = IPC::Run::start([ 'psql', '-X', '-A', '-t', '-q', '-d', $node->connstr('postgres'), '-f', $file ], '>', \$run{out}, '2>', \$run{err});
	return \%run;
}
my $run = in_background(q{SET application_name = 'goner'; SET ROLE s1; BEGIN; SELECT beian.confirm_sms(6, '000000'); SELECT pg_sleep(300);});
$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'goner' AND wait_event = 'PgSleep'});
owner(q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'goner'});
$run->{h}->finish;
is(count_of('application.sms', 6), 1, 'a terminated session: counted');

# in the middle of the call: the worker waits for a row that the administrator holds
sub while_held
{
	my ($what) = @_;
	my $holder = in_background(q{SET application_name = 'holder'; BEGIN; SELECT FROM beian.try_count WHERE subject = 'application.sms' AND record_id = 6 FOR UPDATE; SELECT pg_sleep(300);});
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'holder' AND wait_event = 'PgSleep'});
	my $r = in_background(qq{SET application_name = 'guesser'; SET ROLE s1;\n\\set VERBOSITY sqlstate\nSELECT 'answer', beian.confirm_sms(6, '000000');});
	$node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'icpfiling try' AND wait_event_type = 'Lock'});
	owner($what) if $what;
	$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'icpfiling try'});
	owner(q{SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE application_name = 'holder'});
	eval { $_->{h}->finish } for $holder, $r;
	return $r->{out} . $r->{err};
}
my $said = while_held(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'icpfiling try'});
like($said, qr/58000/, 'the worker is killed: an error');
unlike($said, qr/answer/, 'and no answer');
is(count_of('application.sms', 6), 1, 'nor counted');
$said = while_held('');
like($said, qr/55P03/, 'a worker that cannot have the row gives up');
unlike($said, qr/answer/, 'without an answer');
$said = while_held(q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder';
	SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'guesser'});
unlike($said, qr/answer/, 'the caller is terminated while its worker counts: no answer');
is(count_of('application.sms', 6), 2, 'but counted');

# --- a crash forgets no count, although commits need not be flushed here
($out, $err) = as('s1', q{BEGIN; SELECT beian.confirm_sms(7, '000000'); ROLLBACK;});
$node->stop('immediate');
$node->start;
is(count_of('application.sms', 7), 1, 'counted after a crash');

# --- the others: each loop undoes what it can
for my $try (
	[ 's1', 'account.password', 1, q{beian.check_account_password(1, 'x')} ],
	[ 'p1', 'account.password', 3, q{beian.change_account_password(3, 'x', 'yyyyyyyyy')} ])
{
	my ($role, $subject, $id, $call) = @$try;
	($out, $err) = as($role, "BEGIN; SAVEPOINT a; SELECT $call; ROLLBACK TO a; SELECT $call; ROLLBACK;");
	is($out, "f\nf", "$call: two answers");
	is(count_of($subject, $id), 2, 'counted');
}

# --- a stranger locks himself out and not the holder; the holder is told once a lock
owner(q{UPDATE beian.account SET mailbox = 'holder@b.cn' WHERE id = 1; UPDATE beian.setting SET value = '0 seconds' WHERE name = 'try_pause'});
($out, $err) = as('p1', q{SELECT beian.check_account_password(1, 'x');} x 13);
is($out, join("\n", ('f') x 10), 'ten guesses of another role');
is(scalar(() = $err =~ /55000/g), 3, 'then it is locked');
($out, $err) = as('p1', q{SELECT beian.check_account_password(1, 'the right one');});
like($err, qr/55000/, 'for the right one, too');
($out, $err) = as('s1', q{SELECT beian.check_account_password(1, 'the right one');});
is($out, 't', 'the account\'s own role is not');
is(owner(q{SELECT count(*), min(n.recipient), min(s.address) FROM beian.notice n JOIN beian.notice_secret s ON s.notice_id = n.id WHERE n.template = 'tries_locked'}),
	'1|sponsor|holder@b.cn', 'its holder has been told, once');
is(owner(q{SELECT not_before - last_at FROM beian.try_count WHERE subject = 'account.password' AND record_id = 1 AND asker = 'p1'}), '01:00:00',
	'locked for an hour');
owner(q{UPDATE beian.try_count SET not_before = now() WHERE asker = 'p1'});
as('p1', q{SELECT beian.check_account_password(1, 'x');});
is(owner(q{SELECT not_before - last_at FROM beian.try_count WHERE subject = 'account.password' AND record_id = 1 AND asker = 'p1'}), '02:00:00',
	'the next time for two');
is(owner(q{SELECT count(*) FROM beian.notice WHERE template = 'tries_locked'}), 2, 'which is another lock');

# --- 32 sessions, 8 places for workers: what was answered is what was counted
owner(q{UPDATE beian.setting SET value = '100000' WHERE name IN ('try_free', 'try_lock_after')});
my @many = map { in_background("SET ROLE sys;\n\\set VERBOSITY sqlstate\n" . ("SELECT 'is', beian.check_account_password(" . ($_ + 2) . ", 'x');\n") x 20) } 1 .. 32;
my ($answers, $refused, $other) = (0, 0, '');
for my $r (@many)
{
	$r->{h}->finish;
	$answers += () = $r->{out} =~ /^is\|f$/mg;
	$refused += () = $r->{err} =~ /53300/g;
	$other .= $_ for grep { !/53300/ } split /^/, $r->{err};
}
is($other, '', 'the only error is 53300');
is($answers + $refused, 640, 'each call was answered or refused');
cmp_ok($refused, '>', 0, "with 32 sessions there are not always workers ($answers answered, $refused refused)");
is(owner(q{SELECT sum(tries) FROM beian.try_count WHERE subject = 'account.password' AND asker = 'sys'}), $answers, 'as many counted as answered');
# all on one record
@many = map { in_background("SET ROLE sys;\n\\set VERBOSITY sqlstate\n" . "SELECT 'is', beian.check_account_password(2, 'x');\n" x 10) } 1 .. 32;
($answers, $other) = (0, '');
for my $r (@many)
{
	$r->{h}->finish;
	$answers += () = $r->{out} =~ /^is\|f$/mg;
	$other .= $_ for grep { !/53300/ } split /^/, $r->{err};
}
is($other, '', 'on one record: the only error is 53300');
is(count_of('account.password', 2), $answers, 'as many counted as answered');

# --- a session that cancels its calls
# (a cancel before the worker is asked for counts nothing, and compares nothing)
my $before = count_of('account.password', 2);
($out, $err) = as('sys', "SET statement_timeout = '3ms';\n" . qq{SELECT beian.check_account_password(2, 'x');\n} x 20);
is($out, '', 'cancelled calls have no answer');
is(scalar(() = $err =~ /57014/g), 20, 'each is cancelled, and none finds the workers taken by the one before');
cmp_ok(count_of('account.password', 2), '>', $before, 'and are counted');

# --- no place at all
$node->append_conf('postgresql.conf', 'max_worker_processes = 0');
$node->restart;
$before = count_of('application.sms', 7);
($out, $err) = as('s1', q{SELECT beian.confirm_sms(7, '000050');});
like($err, qr/53300/, 'without workers: 53300');
is($out, '', 'and no answer');
is(count_of('application.sms', 7), $before, 'nor a count');
is(owner('SELECT state FROM beian.application WHERE id = 7'), 'sms', 'nothing has happened');
$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
$node->restart;

# --- a read-only transaction, a standby
($out, $err) = as('s1', q{BEGIN READ ONLY; SELECT beian.check_account_password(1, 'the right one');});
like($err, qr/25006/, 'read only: refused');
my ($o, $e);
$node->psql('postgres', q{\set VERBOSITY sqlstate
	BEGIN READ ONLY; SELECT beian.count_try('application.sms', 7);}, stdout => \$o, stderr => \$e);
like($e, qr/25006/, 'counting itself, too');
$node->backup('b');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'b', has_streaming => 1);
$standby->start;
$standby->psql('postgres', qq{\\set VERBOSITY sqlstate\nSELECT beian.count_try('application.sms', 7);}, stdout => \$o, stderr => \$e);
like($e, qr/25006/, 'a standby counts nothing');
for my $call (q{beian.confirm_sms(7, '000050')}, q{beian.check_account_password(1, 'the right one')})
{
	($out, $err) = as('s1', "SELECT $call;", $standby);
	like($err, qr/25006/, "$call: refused on a standby");
	is($out, '', 'without an answer');
}
$standby->stop;

# --- the worker acts for nobody else
$node->psql('postgres', q{\set VERBOSITY sqlstate
	CREATE ROLE other; GRANT CREATE ON DATABASE postgres TO other; SET ROLE other;
	SELECT icp.count_try('beian'::regnamespace, 'application.sms', 7, 's1', NULL, true);}, stdout => \$o, stderr => \$e);
like($e, qr/42501/, 'not for who may lay no registry');
owner(q{SELECT icp.allow_triggers('other')});
$node->psql('postgres', q{
	SET ROLE other;
	SELECT icp.count_try('beian'::regnamespace, 'application.sms', 7, 's1', NULL, true);}, stdout => \$o, stderr => \$e);
like($e, qr/permission denied to count tries in schema "beian"/, 'nor for who may call it');
$node->psql('postgres', q{\set VERBOSITY sqlstate
	SET ROLE other;
	SELECT icp.count_try('beian'::regnamespace, 'application.sms', 7, 's1', NULL, true);}, stdout => \$o, stderr => \$e);
like($e, qr/42501/, 'as of a schema of somebody else');
$node->psql('postgres', q{\set VERBOSITY sqlstate
	SET ROLE other; CREATE SCHEMA own; SELECT icp.count_try('own'::regnamespace, 'application.sms', 7, 's1', NULL, true);}, stdout => \$o, stderr => \$e);
like($e, qr/42704/, 'nor for a schema that is no registry');
# a registry of the attacker's, whose function tries to become somebody else
owner(q{SET ROLE other; SELECT icp.create_registry('mine')});
for my $attack ('SET ROLE postgres', 'RESET ROLE', 'SET SESSION AUTHORIZATION postgres', 'RESET SESSION AUTHORIZATION', 'CREATE TEMP TABLE t ()')
{
	owner(qq{SET ROLE other;
		CREATE OR REPLACE FUNCTION mine.write_try(subject text, record_id bigint, asker name, secret text, is_right boolean,
			OUT number integer, OUT not_before timestamptz, OUT tell boolean) LANGUAGE plpgsql AS \$\$
		BEGIN
			$attack;
			number := 1;
		END \$\$;});
	$node->psql('postgres', qq{\\set VERBOSITY sqlstate
		SET ROLE other; SELECT mine.count_try('application.sms', 1);}, stdout => \$o, stderr => \$e);
	like($e, qr/42501/, "$attack: refused in the worker");
}
owner(q{SET ROLE other;
	CREATE TABLE mine.acted (who name);
	CREATE OR REPLACE FUNCTION mine.write_try(subject text, record_id bigint, asker name, secret text, is_right boolean,
		OUT number integer, OUT not_before timestamptz, OUT tell boolean) LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO mine.acted VALUES (current_user);
		number := 1;
	END $$;
	CREATE FUNCTION mine.late() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO mine.acted VALUES ('late ' || current_user);
		RETURN NULL;
	END $$;
	SELECT mine.count_try('application.sms', 1)});
is(owner('SELECT * FROM mine.acted'), 'other', 'it acts as the owner of the registry');
owner(q{SET ROLE other; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON mine.acted DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mine.late()});
$node->psql('postgres', q{\set VERBOSITY sqlstate
	SET ROLE other; SELECT mine.count_try('application.sms', 1);}, stdout => \$o, stderr => \$e);
like($e, qr/42501/, 'a trigger that would run later is refused');
is(owner('SELECT count(*) FROM mine.acted'), 1, 'and nothing is written');

$node->stop;
done_testing();
