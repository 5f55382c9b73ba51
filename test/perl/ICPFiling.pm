# A node that knows the staged extension.
package ICPFiling;

use strict;
use warnings;
use PostgreSQL::Test::Cluster;

# new_node(name, settings...): a started node with the extension created in database postgres
sub new_node
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], allows_streaming => 1);
	my $stage = $ENV{ICP_STAGE};
	my $destination =
	  ($node->can('pg_version') && $node->pg_version >= 18)
	  ? "extension_control_path = '$stage$ENV{ICP_SHAREDIR}:\$system'"
	  : "extension_destdir = '$stage'";
	$node->append_conf('postgresql.conf', join("\n",
		$destination,
		"dynamic_library_path = '$stage$ENV{ICP_PKGLIBDIR}:\$libdir'",
		@settings) . "\n");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION icpfiling');
	return $node;
}

# What the registry's rows claim, computed from them in plain SQL.
my $claimed = q{
	claimed AS (
		SELECT 'domain' AS kind, d::text AS key, 'beian.site'::regclass AS holder, s.id AS holder_id, s.account_id,
			   s.province_code, s.status = 'filed' AS approved
		  FROM beian.site s, icp.domains(s.domains) AS d WHERE s.status IN ('draft', 'filed')
		UNION ALL
		SELECT 'homepage', icp.homepage_key(s.homepage), 'beian.site', s.id, s.account_id, s.province_code,
			   s.status = 'filed'
		  FROM beian.site s WHERE s.status IN ('draft', 'filed') AND icp.homepage_key(s.homepage) IS NOT NULL
		UNION ALL
		SELECT 'sponsor_name', icp.name_key(p.name), 'beian.sponsor', p.id, p.account_id, p.province_code,
			   p.status = 'filed'
		  FROM beian.sponsor p WHERE p.status IN ('draft', 'filed'))};

# Differences between two queries, as rows.
sub differences
{
	my ($node, $db, $with, $there, $expected) = @_;
	return $node->safe_psql($db, qq{
		WITH $with, there AS ($there), expected AS ($expected)
		(SELECT 'missing', * FROM (SELECT * FROM expected EXCEPT ALL SELECT * FROM there) m LIMIT 5)
		UNION ALL
		(SELECT 'too many', * FROM (SELECT * FROM there EXCEPT ALL SELECT * FROM expected) m LIMIT 5)});
}

# The live claims that differ from what the rows claim; empty when all is well.
sub wrong_claims
{
	my ($node, $db) = @_;
	return differences($node, $db, $claimed,
		'SELECT kind, key, key_hash, holder, holder_id, account_id, province_code, approved
		   FROM beian.claim WHERE released_at IS NULL',
		'SELECT kind, key, icp.claim_hash(kind, key), holder, holder_id, account_id, province_code, approved FROM claimed');
}

# The pairs of rows of different accounts with the same claim that beian.conflict shows not at all, or not once.
sub wrong_conflicts
{
	my ($node, $db) = @_;
	return differences($node, $db, $claimed,
		q{SELECT kind, key, least(left_holder_id, right_holder_id) AS one, greatest(left_holder_id, right_holder_id) AS two
			FROM beian.conflict WHERE state IN ('open', 'settled') AND left_holder = right_holder},
		q{SELECT a.kind, a.key, a.holder_id, b.holder_id
			FROM claimed a JOIN claimed b ON b.kind = a.kind AND b.key = a.key AND b.holder = a.holder
			 AND b.account_id <> a.account_id AND a.holder_id < b.holder_id});
}

1;
