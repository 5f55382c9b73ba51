# Dump and restore of tables with domains, lists, their indexes and partitions.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use ICPFiling;

my $node = ICPFiling::new_node('domains');
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE filed (id int PRIMARY KEY, domains icp.domain_list NOT NULL DEFAULT '{}', main icp.domain_name,
	CONSTRAINT has_main CHECK (main IS NULL OR domains OPERATOR(icp.@>) main));
CREATE INDEX filed_gin ON filed USING gin (domains) WITH (fastupdate = off);
CREATE INDEX filed_list ON filed (domains);
CREATE UNIQUE INDEX filed_main ON filed (main);
CREATE INDEX filed_hash ON filed USING hash (main);
CREATE INDEX filed_key ON filed (icp.domain_list_hash(domains));
CREATE TABLE host (name icp.domain_name) PARTITION BY HASH (name);
CREATE TABLE host_0 PARTITION OF host FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE host_1 PARTITION OF host FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE zone (name icp.domain_name) PARTITION BY RANGE (name);
CREATE TABLE zone_cn PARTITION OF zone FOR VALUES FROM ('cn') TO ('com');
CREATE TABLE zone_rest PARTITION OF zone DEFAULT;
CREATE VIEW under_cn AS SELECT * FROM filed WHERE main OPERATOR(icp.<@) 'cn'::icp.domain_name;
INSERT INTO filed SELECT i, ARRAY['s' || i || '.cn', '示例' || i || '.中国', 's' || i % 10 || '.com']::icp.domain_list,
	('s' || i || '.cn')::icp.domain_name FROM generate_series(1, 500) AS i;
INSERT INTO filed VALUES (501, '{}', NULL), (502, '{"null"}', 'null');
INSERT INTO host SELECT main FROM filed;
INSERT INTO zone SELECT unnest(domains::icp.domain_name[]) FROM filed;
ANALYZE;
SQL

my $state = <<'SQL';
SELECT id, domains, main FROM filed ORDER BY id;
SELECT tableoid::regclass, name FROM host ORDER BY 1, 2;
SELECT tableoid::regclass, name FROM zone ORDER BY 1, 2;
SELECT count(*) FROM under_cn;
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'filed'::regclass ORDER BY 1;
SQL
my $before = $node->safe_psql('postgres', $state);
my $dir = PostgreSQL::Test::Utils::tempdir();
foreach my $format ('plain', 'custom', 'inserts')
{
	my @options = $format eq 'inserts' ? ('--inserts') : ("--format=$format");
	$node->command_ok([ 'pg_dump', @options, '-f', "$dir/$format", 'postgres' ], "pg_dump, $format");
	$node->safe_psql('postgres', "CREATE DATABASE $format");
	$node->command_ok(
		$format eq 'custom'
		? [ 'pg_restore', '--exit-on-error', '-d', $format, "$dir/$format" ]
		: [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $format, '-f', "$dir/$format" ],
		"restore, $format");
	is($node->safe_psql($format, $state), $before, "the same rows, partitions and indexes, $format");
}
is( $node->safe_psql('custom', <<'SQL'),
SET enable_seqscan = off;
SELECT count(*) FROM filed WHERE domains OPERATOR(icp.&&) '{s7.com,s8.com}'::icp.domain_list;
SELECT id FROM filed WHERE main OPERATOR(icp.<@) 's77.cn'::icp.domain_name;
SQL
	"100\n77", 'the restored indexes answer');

$node->stop;
done_testing();
