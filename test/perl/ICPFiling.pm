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

1;
