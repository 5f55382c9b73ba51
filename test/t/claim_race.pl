# What stands against a claim is found however its neighbours are rewritten meanwhile: by who asks before an approval, by
# two that enter while the index is being replaced; and who file the same domains in different orders do not deadlock.
# ICP_RACE_SECONDS (8) says how long each goes on.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use IPC::Run;

my $seconds = $ENV{ICP_RACE_SECONDS} || 8;
my $node = ICPFiling::new_node('race', 'max_connections = 50', 'log_statement = none', 'deadlock_timeout = 100ms');

$node->safe_psql('postgres', q{
	SELECT icp.create_registry();
	INSERT INTO beian.provider (name) VALUES ('P');
	INSERT INTO beian.account (provider_id, user_name) SELECT 1, i::text FROM generate_series(1, 8) i;
	INSERT INTO beian.sponsor (account_id, province, name) SELECT i, '京', '公司' || i FROM generate_series(1, 8) i;
	-- asked about: site 1 of account 1, beside site 2 of account 2, which goes to and fro between draft and filed
	INSERT INTO beian.site (sponsor_id, domains) VALUES (1, '{hot.cn}'), (2, '{hot.cn}');
	INSERT INTO beian.application (site_id) VALUES (1);
	CREATE FUNCTION flip() RETURNS void LANGUAGE plpgsql AS $$
	BEGIN
		UPDATE beian.claim SET approved = NOT approved WHERE holder_id = 2 AND holder = 'beian.site'::regclass;
	END
	$$;
});

# Runs pgbench with these scripts for the time; returns whether no client failed, and what it said.
sub bench
{
	my ($time, @scripts) = @_;
	my @options;
	my $clients = 0;
	for my $script (@scripts)
	{
		my ($name, $n, $text) = @$script;
		my $file = "$PostgreSQL::Test::Utils::tmp_check/$name.sql";
		append_to_file($file, $text) unless -e $file;
		push @options, [ $n, $file ];
		$clients += $n;
	}
	my (@runs, @outs, @errs);
	for my $i (0 .. $#options)
	{
		my ($n, $file) = @{ $options[$i] };
		push @runs, IPC::Run::start(
			[ 'pgbench', '-n', '-c', $n, '-j', $n, '-T', $time, '-f', $file, '-h', $node->host, '-p', $node->port, 'postgres' ],
			'>', \$outs[$i], '2>', \$errs[$i]);
	}
	my $good = 1;
	for my $run (@runs)
	{
		$good = 0 unless IPC::Run::finish($run);
	}
	return ($good, join('', @errs));
}

# An update of "approved" writes a new version and its entries; each of the askers must see the rival in one of them.
my ($good, $said) = bench($seconds,
	[ 'flip', 1, "SELECT flip();\n" ],
	[ 'ask', 3, "SELECT 1 / count(*) FROM beian.blocking_conflicts(1);\n" ],
	[ 'ask_rr', 1, "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT 1 / count(*) FROM beian.blocking_conflicts(1);\nCOMMIT;\n" ]);
ok($good, 'a rival that is being rewritten is found by all who ask') or diag(substr($said, 0, 2000));

# Pairs of accounts enter the same new key at the same moment, again and again, while the index is replaced.
$node->safe_psql('postgres', q{
	CREATE SEQUENCE turn;
});
my $stop = time + $seconds;
my $reindex = IPC::Run::start(
	[ 'psql', '-X', '-q', '-h', $node->host, '-p', $node->port, 'postgres', '-f', '-' ],
	'<', \("REINDEX INDEX CONCURRENTLY beian.claim_key_hash_idx;\n" x 400), '>', \my $re_out, '2>', \my $re_err);
($good, $said) = bench($seconds,
	[ 'enter', 8, "\\set me :client_id + 1\n"
		. "INSERT INTO beian.site (sponsor_id, domains) SELECT :me, ARRAY['k' || (nextval('turn') / 8) || '.cn']::icp.domain_list;\n" ]);
ok($good, 'claims are entered while the index is replaced') or diag(substr($said, 0, 2000));
$reindex->kill_kill;
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM (
		SELECT l.id, r.id FROM beian.claim l JOIN beian.claim r ON r.key_hash = l.key_hash AND r.key = l.key AND r.kind = l.kind
		   AND r.account_id <> l.account_id AND l.id < r.id
		 WHERE l.kind = 'domain' AND l.key LIKE 'k%' AND l.released_at IS NULL AND r.released_at IS NULL
		EXCEPT
		SELECT least(e.claim_id, e.rival_id), greatest(e.claim_id, e.rival_id) FROM beian.claim_edge e) missing}),
	0, 'and no pair is missed');
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM beian.claim_edge}), '>', 100, 'though there were many');

# Two sites of one account whose lists grew in different orders are filed at once.  One of each pair is refused.
$node->safe_psql('postgres', q{
	DO $$
	BEGIN
		FOR i IN 1 .. 60 LOOP
			INSERT INTO beian.site (id, sponsor_id, domains) OVERRIDING SYSTEM VALUE VALUES
				(1000000 + 2 * i, 1, ARRAY['p' || i || '-0.cn']::icp.domain_list),
				(1000001 + 2 * i, 1, ARRAY['p' || i || '-39.cn']::icp.domain_list);
			FOR n IN 1 .. 39 LOOP
				UPDATE beian.site SET domains = domains OPERATOR(icp.+) ARRAY['p' || i || '-' || n || '.cn']::icp.domain_list WHERE id = 1000000 + 2 * i;
				UPDATE beian.site SET domains = domains OPERATOR(icp.+) ARRAY['p' || i || '-' || (39 - n) || '.cn']::icp.domain_list WHERE id = 1000001 + 2 * i;
			END LOOP;
		END LOOP;
	END
	$$;
	-- each client takes the next site whose partner another client takes at the same time
	CREATE SEQUENCE pair START 1000002 MINVALUE 0;
	CREATE TABLE outcome (code text);
	CREATE FUNCTION file_next() RETURNS void LANGUAGE plpgsql AS $$
	DECLARE
		mine	bigint := nextval('pair');
	BEGIN
		IF mine > 1000121 THEN
			RETURN;
		END IF;
		BEGIN
			UPDATE beian.site SET status = 'filed', number = icp.make_filing_number(icp.make_icp_id('京', 2020, 1), (mine - 1000000)::int, 'site')
			 WHERE id = mine;
			INSERT INTO outcome VALUES ('filed');
		EXCEPTION WHEN OTHERS THEN
			INSERT INTO outcome VALUES (SQLSTATE);
		END;
	END
	$$;
});
($good, $said) = bench(5, [ 'file', 2, "SELECT file_next();\n" ]);
ok($good, 'all have come to an end') or diag(substr($said, 0, 2000));
is($node->safe_psql('postgres', q{SELECT string_agg(code || ' ' || n, ', ' ORDER BY code) FROM (
	SELECT code, count(*) AS n FROM outcome GROUP BY code) o}), '23505 60, filed 60', 'of each pair one is filed, and nobody deadlocks');

done_testing();
