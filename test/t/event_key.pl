# The key of the event log: where it comes from, what is refused, what a log made with it tells without it and with
# another one; a dump and a crash keep the chains.

use strict;
use warnings;
use Cwd qw(abs_path);
use ICPFiling;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('key', 'max_prepared_transactions = 10');
my $folder = abs_path(PostgreSQL::Test::Utils::tempdir());
my $key = "$folder/key";

sub write_key
{
	my ($file, $bytes, $mode) = @_;
	unlink $file;
	open(my $f, '>:raw', $file) or die "$file: $!";
	print $f $bytes;
	close $f;
	chmod $mode, $file;
}

sub set
{
	my ($name, $value) = @_;
	$node->safe_psql('postgres', "LOAD 'icpfiling'; ALTER SYSTEM SET icpfiling.$name = '$value'");
	$node->reload;
	# a session reads the new configuration when it begins
	$node->poll_query_until('postgres', "SELECT current_setting('icpfiling.$name') = '$value'")
	  or die "$name was not set";
}

sub refused
{
	my ($sql, $like, $name) = @_;
	my $err;
	isnt($node->psql('postgres', $sql, stderr => \$err), 0, "$name: refused");
	like($err, $like, "$name: and says why");
	return $err;
}

sub verify
{
	my ($db, $heads) = @_;
	return $node->safe_psql($db, sprintf(
		q{SET client_min_messages = error; SELECT concat_ws(' ', chain, chain_id, seq, problem) FROM beian.verify_log(%s)},
		$heads ? "'$heads'" : ''));
}

sub methods { return $node->safe_psql($_[0] // 'postgres', 'SELECT method, count(*) FROM beian.event GROUP BY 1 ORDER BY 1'); }

my $event = q{INSERT INTO beian.event (actor, event, province_code, new_values) VALUES ('x', 'setting', 11, '{"a": "b"}')};
my $bytes = join '', map { chr(int rand 256) } 1 .. 64;

# in this order: the application before the extension's library knows the settings, too
$node->safe_psql('postgres', q{
	SELECT icp.create_registry();
	INSERT INTO beian.provider (name, province) VALUES ('云', '京');
	INSERT INTO beian.account (provider_id, user_name) SELECT 1, 'a' || i FROM generate_series(1, 20) i;
	INSERT INTO beian.sponsor (account_id, province, name) SELECT i, '京', '公司' || i FROM generate_series(1, 20) i;
	INSERT INTO beian.site (sponsor_id, name) SELECT i, '网' || i FROM generate_series(1, 20) i;
	INSERT INTO beian.application (site_id) SELECT i FROM generate_series(1, 20) i;
});
is(methods(), '4|20', 'without a key file: SHA-256');
my (undef, undef, $notice) = $node->psql('postgres', 'SELECT * FROM beian.verify_log()');
like($notice, qr/20 of 20 events are chained without a key/, 'which verify_log says');

# No session points the server at a file, neither before the library is loaded nor after.
my ($rc, $out, $err) = $node->psql('postgres', "SET icpfiling.event_key_file = '$key'; $event");
unlike($err, qr/key file of the event log/, "a session's own setting is not used");
is(methods(), '4|21', 'and the event is chained without a key');
refused("LOAD 'icpfiling'; SET icpfiling.event_key_file = '$key'", qr/cannot be changed now/, 'SET');
$node->safe_psql('postgres', 'CREATE ROLE nobody LOGIN');
(undef, $out, $err) = $node->psql('postgres', "LOAD 'icpfiling'; SHOW icpfiling.event_key_file", extra_params => [ '-U', 'nobody' ]);
unlike($out, qr/\S/, 'the path is not shown to everybody');

# What is no key file.
my $what = qr/the key file of the event log cannot be used/;
set('event_key_file', "$folder/none");
$err = refused($event, qr/$what.*\n.*No such file/, 'no file');
unlike($err, qr/\Q$folder\E/, 'the path is not in the message');
like(slurp_file($node->logfile), qr/\Q$folder\E\/none: It cannot be opened/, 'but in the log');
set('event_key_file', $folder);
refused($event, qr/$what.*\n.*not a regular file/, 'a folder');
set('event_key_file', '/dev/null');
refused($event, qr/$what.*\n.*not a regular file/, 'a device');
mkfifo($key);
set('event_key_file', $key);
refused($event, qr/$what.*\n.*not a regular file/, 'a pipe, which nobody waits for');
write_key($key, $bytes, 0644);
refused($event, qr/$what.*\n.*mode is 0644/, 'a file for everybody');
write_key($key, $bytes, 0640);
refused($event, qr/$what.*\n.*mode is 0640/, 'a file for a group');
write_key($key, substr($bytes, 0, 31), 0600);
refused($event, qr/$what.*\n.*less than 32/, '31 bytes');
write_key($key, $bytes x 65, 0600);
refused($event, qr/$what.*\n.*more than 4096/, '4160 bytes');
is(methods(), '4|21', 'nothing was written without its key');

# Who connects with a setting of his own does not get round the key of the configuration.
write_key($key, $bytes, 0600);
foreach my $given ('event_key_file=', 'EVENT_KEY_FILE=/none', 'event_digest=sha256')
{
	local $ENV{PGOPTIONS} = "-c icpfiling.$given";
	refused($event, qr/setting "icpfiling\.event_\w+" was given by the client/, "PGOPTIONS with $given");
}
$node->safe_psql('postgres', "ALTER ROLE nobody SET icpfiling.event_key_file = ''; GRANT USAGE ON SCHEMA beian TO nobody; GRANT INSERT ON beian.event TO nobody");
isnt($node->psql('postgres', $event, stderr => \$err, extra_params => [ '-U', 'nobody' ]), 0, 'ALTER ROLE: refused');
like($err, qr/was given by the client, or to its role/, 'ALTER ROLE: and says why');
$node->safe_psql('postgres', 'DROP OWNED BY nobody');
is(methods(), '4|21', 'nothing was written without its key');

# With a key, by either digest; in one session over a change of the file.
write_key($key, $bytes, 0600);
# Whoever writes the log's first event with the key keeps nobody from writing the second.
$node->safe_psql('postgres', "BEGIN; INSERT INTO beian.event (actor, event, sponsor_id) VALUES ('a', 'a', 1001); PREPARE TRANSACTION 'first'");
is($node->psql('postgres', "SET lock_timeout = '5s'; BEGIN; INSERT INTO beian.event (actor, event, sponsor_id) VALUES ('a', 'a', 1002); ROLLBACK",
	stderr => \$err), 0, 'an open transaction with the first event with the key keeps nobody waiting') or diag($err);
$node->safe_psql('postgres', "ROLLBACK PREPARED 'first'");
is($node->safe_psql('postgres', "SELECT icp.log_keyed_since('beian.event') IS NULL"), 't', 'nothing was committed with it yet');
$node->safe_psql('postgres', $event);
set('event_digest', 'sm3');
$node->safe_psql('postgres', $event);
set('event_digest', 'sha256');
$node->safe_psql('postgres', "UPDATE beian.application SET state = 'submitted'");
is(methods(), "4|21\n5|21\n6|1", 'HMAC-SHA-256 and HMAC-SM3');
is(verify('postgres'), '', 'the log is whole');
is(length slurp_file($key), 64, 'the key file is as it was');

# HMAC-SHA-256 and HMAC-SM3, by the openssl program over what plain SQL puts together
SKIP:
{
	skip 'no openssl program', 2 unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
	my $hex = unpack 'H*', $bytes;
	foreach my $m ([ 5, 'SHA256' ], [ 6, 'SM3' ])
	{
		my $row = $node->safe_psql('postgres', qq{
			CREATE FUNCTION pg_temp.p(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT int4send(length(\$1)) || \$1';
			CREATE FUNCTION pg_temp.t(text) RETURNS bytea LANGUAGE sql AS \$f\$SELECT pg_temp.p(convert_to(\$1, 'UTF8'))\$f\$;
			CREATE FUNCTION pg_temp.i(bigint) RETURNS bytea LANGUAGE sql AS 'SELECT pg_temp.p(int8send(\$1))';
			SELECT encode(pg_temp.t('icp.event.2') || pg_temp.p(l.identity) || pg_temp.t('registry') || pg_temp.i(11) || pg_temp.i(e.seq)
					|| pg_temp.i(e.method) || pg_temp.p(b.digest) || pg_temp.p(e.values_digest) || pg_temp.t('id') || pg_temp.i(e.id)
					|| pg_temp.t('at') || pg_temp.i((extract(epoch FROM e.at) * 1000000)::bigint - 946684800000000)
					|| pg_temp.t('actor') || pg_temp.t('x') || pg_temp.t('event') || pg_temp.t('setting')
					|| pg_temp.t('province_code') || pg_temp.i(11), 'hex') || ' ' || encode(e.digest, 'hex')
			  FROM beian.event e JOIN beian.event b ON b.province_code = 11 AND b.application_id IS NULL AND b.seq = e.seq - 1
			  JOIN icp.log_identity l ON l.log = 'beian.event'::regclass
			 WHERE e.application_id IS NULL AND e.method = $m->[0]});
		my ($message, $digest) = split / /, $row;
		my ($in, $result) = (pack('H*', $message), '');
		IPC::Run::run([ 'openssl', 'mac', '-digest', $m->[1], '-macopt', "hexkey:$hex", '-in', '-', 'HMAC' ], \$in, \$result, \$err);
		chomp $result;
		is(lc $result, $digest, "openssl makes the same HMAC with $m->[1]");
	}
}

# An edit is found; so is a chain that somebody without the key has written anew, if it was with the key before.
my $heads = $node->safe_psql('postgres', 'SELECT beian.export_heads()');
is(verify('postgres', $heads), '', 'with exported heads');
$node->safe_psql('postgres', "SET session_replication_role = replica; UPDATE beian.event SET to_state = 'approved' WHERE application_id = 7 AND seq = 2");
is(verify('postgres'), 'application 7 2 it was altered, or does not follow the one before it', 'an edit');
$node->safe_psql('postgres', "SET session_replication_role = replica; UPDATE beian.event SET to_state = 'submitted' WHERE application_id = 7 AND seq = 2");
is(verify('postgres'), '', 'taken back');

# A dump is made and restored; the chains are what they were, and go on.
my $connection = $node->connstr('postgres');
command_ok([ 'pg_dump', '-d', $connection, '-Fc', '-f', "$folder/dump" ], 'dumped');
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), "$folder/dump" ], 'restored');
is(verify('restored', $heads), '', 'restored: the chains are those that were exported');
$node->safe_psql('restored', "$event; UPDATE beian.application SET state = 'withdrawn' WHERE id = 7");
is(verify('restored', $heads), '', 'restored: and go on');

# Another key, and none.
write_key("$folder/other", 'x' x 32, 0600);
set('event_key_file', "$folder/other");
is($node->safe_psql('postgres', q{SET client_min_messages = error; SELECT problem, count(*) FROM beian.verify_log() GROUP BY 1}),
	'it was altered, or does not follow the one before it|22', 'with another key all that were made with the key look altered');
set('event_key_file', '');
like(verify('postgres'), qr/^22 events cannot be checked: they were made with a key/, 'without it they cannot be checked');
$node->safe_psql('postgres', $event);
like(verify('postgres'), qr/^registry 11 4 it was made without the key, behind one made with it/, 'and one without a key behind them is named');
# a chain of its own, written by somebody without the key
$node->safe_psql('postgres', q{INSERT INTO beian.event (at, actor, event, province_code) SELECT now() + i * interval '1 day', 'x', 'forged', 65 FROM generate_series(-1, 1) i});
my $whole = 'all its events were made without the key, in a registry that has one';
like(verify('postgres'), qr/^registry 65 3 $whole/m, 'so is a chain without a key, whatever its times');

# A whole chain written anew without the key, under numbers before all others: by the trigger of a server without the key,
# and by hand, as was once made.
$node->safe_psql('postgres', q{
	CREATE TABLE public.kept AS SELECT * FROM beian.event WHERE application_id IN (8, 9);
	CREATE TABLE public.kept_head AS SELECT * FROM beian.event_chain WHERE kind = 'application' AND chain_id IN (8, 9);
	SET session_replication_role = replica;
	DELETE FROM beian.event WHERE application_id IN (8, 9);
	DELETE FROM beian.event_chain WHERE kind = 'application' AND chain_id IN (8, 9);
	SET session_replication_role = origin;
	INSERT INTO beian.event (id, at, actor, event, application_id, sponsor_id, province_code, from_state, to_state)
	OVERRIDING SYSTEM VALUE SELECT -k.id, '2020-01-01', k.actor, k.event, 8, k.sponsor_id, k.province_code, k.from_state, 'approved'
	  FROM public.kept k WHERE k.application_id = 8 ORDER BY k.id;
	SET session_replication_role = replica;
	CREATE FUNCTION pg_temp.p(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT int4send(length($1)) || $1';
	CREATE FUNCTION pg_temp.t(text) RETURNS bytea LANGUAGE sql AS $f$SELECT pg_temp.p(convert_to($1, 'UTF8'))$f$;
	CREATE FUNCTION pg_temp.i(bigint) RETURNS bytea LANGUAGE sql AS 'SELECT pg_temp.p(int8send($1))';
	INSERT INTO beian.event (id, at, actor, event, application_id, to_state, seq, method, digest)
	OVERRIDING SYSTEM VALUE VALUES (-1, '2020-01-01 UTC', 'x', 'create', 9, 'approved', 1, 1,
		sha256(pg_temp.t('icp.event.1') || pg_temp.t('beian') || pg_temp.t('application') || pg_temp.i(9) || pg_temp.i(1) || pg_temp.i(1)
			   || pg_temp.p('') || pg_temp.p('') || pg_temp.t('id') || pg_temp.i(-1)
			   || pg_temp.t('at') || pg_temp.i((extract(epoch FROM '2020-01-01 UTC'::timestamptz) * 1000000)::bigint - 946684800000000)
			   || pg_temp.t('actor') || pg_temp.t('x') || pg_temp.t('event') || pg_temp.t('create')
			   || pg_temp.t('application_id') || pg_temp.i(9) || pg_temp.t('to_state') || pg_temp.t('approved')));
	INSERT INTO beian.event_chain SELECT 'application', 9, 1, digest, 11, now() FROM beian.event WHERE id = -1;
});
set('event_key_file', $key);
is(verify('postgres'), join("\n", 'registry 11 4 it was made without the key, behind one made with it',
	"application 8 2 $whole", "application 9 1 $whole", "registry 65 3 $whole"), 'chains written anew without the key are found, whatever their numbers');
$node->safe_psql('postgres', q{
	SET session_replication_role = replica;
	DELETE FROM beian.event WHERE application_id IN (8, 9);
	DELETE FROM beian.event_chain WHERE kind = 'application' AND chain_id IN (8, 9);
	INSERT INTO beian.event OVERRIDING SYSTEM VALUE SELECT * FROM public.kept;
	INSERT INTO beian.event_chain SELECT * FROM public.kept_head;
});
# What was honestly written before there was a key is sealed.
refused(q{SELECT beian.seal_log(' ')}, qr/needs a reason/, 'sealing without a word');
is($node->safe_psql('postgres', q{SELECT beian.seal_log('the key is new')}), '1', 'one chain is sealed');
is(verify('postgres'), 'registry 11 4 it was made without the key, behind one made with it', 'and is bound from now on');
is($node->safe_psql('postgres', q{SELECT beian.seal_log('again')}), '0', 'once');

# In another database of the server, which has the same key, anybody may make a schema of that name; what he has digested there
# does not pass for ours, and the identity of ours is nothing that he can have.
$node->safe_psql('postgres', 'CREATE DATABASE elsewhere; CREATE ROLE stranger; GRANT CREATE ON DATABASE elsewhere TO stranger');
my $forge = q{
	CREATE SCHEMA beian;
	CREATE TABLE beian.event (id bigint, at timestamptz, actor name, event text, application_id bigint, sponsor_id bigint, site_id bigint, province_code smallint,
		from_state text, to_state text, reason text, old_values jsonb, new_values jsonb, seq bigint, method smallint, salt bytea, values_digest bytea, digest bytea);
	CREATE TABLE beian.event_chain (kind text, chain_id bigint, seq bigint, digest bytea, province_code smallint, changed_at timestamptz, PRIMARY KEY (chain_id, kind));
	CREATE TRIGGER z BEFORE INSERT ON beian.event FOR EACH ROW EXECUTE FUNCTION icp.chain_event('event_chain');
};
$node->safe_psql('elsewhere', "CREATE EXTENSION icpfiling; GRANT EXECUTE ON FUNCTION icp.chain_event() TO stranger; SET ROLE stranger; $forge");
my $invent = q{INSERT INTO beian.event (id, at, actor, event, application_id, sponsor_id, province_code, from_state, to_state) VALUES (1000000, now(), 'bureau', 'approve', 10, 10, 11, 'reviewing', 'approved')};
isnt($node->psql('elsewhere', "SET ROLE stranger; $invent", stderr => \$err), 0, 'a log without an identity takes no events');
like($err, qr/event log "event" has no identity/, 'and says why');
my $ours = $node->safe_psql('postgres', q{SELECT identity FROM icp.log_identity WHERE log = 'beian.event'::regclass});
isnt($node->psql('elsewhere', "SET ROLE stranger; INSERT INTO icp.log_identity VALUES ('beian.event', '$ours')", stderr => \$err), 0, 'the identity of ours is not written');
like($err, qr/permission denied for table log_identity/, 'by a stranger');
my ($seq, $digest) = split /\|/, $node->safe_psql('postgres', q{SELECT seq, digest FROM beian.event_chain WHERE kind = 'application' AND chain_id = 10});
my $row = $node->safe_psql('elsewhere', qq{
	SET ROLE stranger;
	SELECT icp.identify_log('beian.event');
	INSERT INTO beian.event_chain VALUES ('application', 10, $seq, '$digest', 11, now());
	$invent;
	SELECT quote_literal(e) FROM beian.event e;
});
$row =~ s/^\s+//;
$node->safe_psql('postgres', qq{
	SET session_replication_role = replica;
	INSERT INTO beian.event OVERRIDING SYSTEM VALUE SELECT (r).* FROM (SELECT $row\::beian.event AS r) x;
	UPDATE beian.event_chain c SET seq = e.seq, digest = e.digest FROM beian.event e WHERE e.id = 1000000 AND c.kind = 'application' AND c.chain_id = 10;
});
like(verify('postgres'), qr/^application 10 3 it was altered, or does not follow the one before it$/m, 'an event with a genuine HMAC of another log is found');
$node->safe_psql('postgres', q{
	SET session_replication_role = replica;
	DELETE FROM beian.event WHERE id = 1000000;
	UPDATE beian.event_chain c SET seq = e.seq, digest = e.digest FROM beian.event e WHERE e.application_id = 10 AND e.seq = 2 AND c.kind = 'application' AND c.chain_id = 10;
});
is(verify('postgres'), 'registry 11 4 it was made without the key, behind one made with it', 'taken out again');

# A registry that came without its identity writes no events, and does not begin a new one by itself.
command_ok([ 'pg_dump', '-d', $connection, '-n', 'beian', '-Fc', '-f', "$folder/part" ], 'dumped by schema');
$node->safe_psql('postgres', 'CREATE DATABASE part TEMPLATE template0');
$node->safe_psql('part', 'CREATE EXTENSION icpfiling');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('part'), "$folder/part" ], 'restored by schema');
isnt($node->psql('part', $event, stderr => \$err), 0, 'without its identity a log takes no events');
like($err, qr/has no identity.*\n.*\nHINT: .* is in the dump/, 'and says where it is');
$node->safe_psql('part', "INSERT INTO icp.log_identity (log, identity) VALUES ('beian.event', '$ours'); $event");
is(verify('part'), 'registry 11 4 it was made without the key, behind one made with it', 'with it, it goes on');

# Killed in the middle of sessions that write events, of their own chains and of one that all share.
my @sessions = map {
	my $id = $_;
	my $file = "$folder/session$id";
	open(my $f, '>', $file) or die "$file: $!";
	foreach my $i (1 .. 4000)
	{
		printf $f "UPDATE beian.application SET state = '%s', reason = 'r' WHERE id = %d;\n", $i % 2 ? 'returned' : 'submitted', $id;
		print $f "INSERT INTO beian.event (actor, event, province_code) VALUES ('x', 'shared', 31);\n" if $i % 5 == 0;
	}
	close $f;
	my ($o, $e) = ('', '');
	IPC::Run::start([ 'psql', '-X', '-q', '-d', $connection, '-f', $file ], '<', '/dev/null', '>', \$o, '2>', \$e);
} 1 .. 6;
$node->poll_query_until('postgres', 'SELECT count(*) > 500 FROM beian.event') or die 'nothing was written';
$node->stop('immediate');
foreach my $session (@sessions) { $session->finish; }
$node->start;
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM beian.event'), '>', 500, 'what was committed is there');
is(join('|', grep { !/made without the key/ } split /\n/, verify('postgres', $heads)), '', 'after the crash the chains are whole');
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.application a
	 WHERE state <> (SELECT e.to_state FROM beian.event e WHERE e.application_id = a.id ORDER BY seq DESC LIMIT 1)}), '0', 'each state is that of its last event');
is($node->safe_psql('postgres', 'SELECT count(*) FROM (SELECT kind, chain_id FROM beian.event_chain GROUP BY 1, 2 HAVING count(*) > 1) x'), '0', 'each chain has one head');

done_testing();

sub mkfifo { unlink $_[0]; require POSIX; POSIX::mkfifo($_[0], 0600) or die $!; return; }
