# A node that knows the staged extension.
package ICPFiling;

use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;

# the settings with which a server of a major version finds the extension that is staged for it
sub settings_for
{
	my ($major, $stage, $pkglibdir, $sharedir) = @_;
	return (
		# PostgreSQL 18 and later; Debian's patch of the earlier ones
		$major >= 18 ? "extension_control_path = '$stage$sharedir:\$system'" : "extension_destdir = '$stage'",
		"dynamic_library_path = '$stage$pkglibdir:\$libdir'");
}

# the major version of the server that the tests run on
sub major
{
	my ($version) = `pg_config --version` =~ /(\d+)/;
	return $version;
}

# bare_node(name, settings...): an initialised node, not started, that finds the extension
sub bare_node
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], allows_streaming => 1);
	$node->append_conf('postgresql.conf', join("\n",
		settings_for(major(), $ENV{ICP_STAGE}, $ENV{ICP_PKGLIBDIR}, $ENV{ICP_SHAREDIR}), @settings) . "\n");
	return $node;
}

# new_node(name, settings...): a started node with the extension created in database postgres
sub new_node
{
	my $node = bare_node(@_);
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION icpfiling');
	return $node;
}

# The name, number of rows and digest of each table and view of a registry, and its sequences.
sub contents
{
	my ($node, $db) = @_;
	# views without how long something has been late
	my $queries = $node->safe_psql($db, q{
		SELECT format('SELECT %L, count(*), md5(string_agg(r::text, chr(10) ORDER BY r::text)) FROM beian.%I t CROSS JOIN LATERAL (SELECT %s AS r) x;',
					  c.relname, c.relname,
					  CASE c.relkind WHEN 'r' THEN 'CAST (t AS text)'
					   ELSE format('CAST (to_jsonb(t) - %L::text[] AS text)',
								   ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.atttypid = 'interval'::regtype))
					  END)
		  FROM pg_class c WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v') ORDER BY c.relname});

	return $node->safe_psql($db, "SET timezone = 'Asia/Shanghai'; $queries") . "\n"
	  . $node->safe_psql($db, q{
		SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'beian' ORDER BY 1});
}

# rights, comments, rows of a bureau's own, other people's tables
sub add_own_objects
{
	my ($node, $db) = @_;

	$node->safe_psql($db, "\\i $ENV{ICP_TEST}/data/own.sql");
}

# The text of a dump of all definitions, without what differs from dump to dump.
sub definitions
{
	my ($node, $db, @options) = @_;
	my ($out, $err);

	IPC::Run::run [ $node->installed_command('pg_dump'), '--schema-only', @options, '-d', $node->connstr($db) ],
	  '>', \$out, '2>', \$err
	  or die "pg_dump: $err";
	return join("\n", grep { !/^--|^\\(un)?restrict|^\s*$/ } split(/\n/, $out)) . "\n";
}

# The lines that only one of two texts has.
sub changed
{
	my ($one, $two) = @_;
	my (%in_one, %in_two);

	$in_one{$_}++ foreach split(/\n/, $one);
	$in_two{$_}++ foreach split(/\n/, $two);
	return join("\n", (map { "- $_" } grep { !$in_two{$_} } sort keys %in_one), (map { "+ $_" } grep { !$in_one{$_} } sort keys %in_two));
}

# What a dump must not change beside the rows: a bureau's own rows, other people's tables, the log, each look-up.
sub state_of
{
	my ($node, $db) = @_;
	my $queries = $node->safe_psql($db, q{
		SELECT format('SELECT %L, count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM %s t;', c.oid::regclass, c.oid::regclass)
		  FROM pg_class c
		 WHERE c.relnamespace = to_regnamespace('own') AND c.relkind IN ('r', 'v', 'm', 'p')
			OR c.oid IN (SELECT unnest(e.extconfig) FROM pg_extension e WHERE e.extname = 'icpfiling')
		 ORDER BY c.oid::regclass::text});

	return contents($node, $db) . $node->safe_psql($db, $queries) . "\n" . $node->safe_psql($db, q{
		SET client_min_messages = error;
		SELECT 'log', * FROM beian.verify_log();
		SELECT 'looked up', count(*), md5(string_agg(q || coalesce((SELECT string_agg(l::text, ',' ORDER BY l::text) FROM beian.lookup(q) l), ''), chr(10) ORDER BY q))
		  FROM (SELECT number::text FROM beian.site UNION SELECT number::text FROM beian.sponsor UNION SELECT name FROM beian.sponsor
				UNION SELECT name FROM beian.site UNION SELECT d::text FROM beian.site, icp.domains(domains) d) a(q)
		 WHERE q IS NOT NULL;
		SELECT 'sequences', schemaname, sequencename, last_value, increment_by, cache_size FROM pg_sequences WHERE schemaname IN ('beian', 'own') ORDER BY 1, 2, 3});
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
		SELECT 'sponsor_name', coalesce(p.claim_key, icp.name_key(p.name)), 'beian.sponsor', p.id, p.account_id,
			   p.province_code, p.status = 'filed'
		  FROM beian.sponsor p WHERE p.status IN ('draft', 'filed') AND p.claim_key IS DISTINCT FROM ''
		UNION ALL
		SELECT 'domain', d::text, 'beian.site_change', c.application_id, c.account_id, c.province_code, false
		  FROM beian.site_change c, icp.domains(c.domains) AS d WHERE c.status = 'pending'
		UNION ALL
		SELECT 'homepage', icp.homepage_key(c.homepage), 'beian.site_change', c.application_id, c.account_id,
			   c.province_code, false
		  FROM beian.site_change c WHERE c.status = 'pending' AND icp.homepage_key(c.homepage) IS NOT NULL
		UNION ALL
		SELECT 'sponsor_name', c.claim_key, 'beian.sponsor_change', c.application_id, c.account_id, c.province_code, false
		  FROM beian.sponsor_change c WHERE c.status = 'pending' AND c.claim_key <> ''),
	-- what a change repeats of its record is the record's claim
	counted AS (
		SELECT c.*
		  FROM claimed c
		  LEFT JOIN beian.application a ON a.id = c.holder_id
		   AND c.holder IN ('beian.site_change'::regclass, 'beian.sponsor_change'::regclass)
		  LEFT JOIN claimed own ON own.kind = c.kind AND own.key = c.key
		   AND own.holder = CASE c.holder WHEN 'beian.site_change'::regclass THEN 'beian.site'::regclass
										  WHEN 'beian.sponsor_change'::regclass THEN 'beian.sponsor'::regclass END
		   AND own.holder_id = CASE c.holder WHEN 'beian.site_change'::regclass THEN a.site_id ELSE a.sponsor_id END
		 WHERE own.holder_id IS NULL)};

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
		q{SELECT kind, key, least(l, r) AS one, greatest(l, r) AS two
			FROM (SELECT c.*, left_holder || ' ' || left_holder_id AS l, right_holder || ' ' || right_holder_id AS r
					FROM beian.conflict c) c
		   WHERE state = 'open'
			  -- what was settled stays so when its sides have gone
			  OR state = 'settled'
			 AND (SELECT x.released_at IS NULL FROM beian.claim x WHERE x.holder_id = left_holder_id AND x.id = left_claim)
			 AND (SELECT x.released_at IS NULL FROM beian.claim x WHERE x.holder_id = right_holder_id AND x.id = right_claim)},
		q{SELECT a.kind, a.key, least(a.holder || ' ' || a.holder_id, b.holder || ' ' || b.holder_id),
				 greatest(a.holder || ' ' || a.holder_id, b.holder || ' ' || b.holder_id)
			FROM counted a JOIN counted b ON b.kind = a.kind AND b.key = a.key
			 AND b.account_id <> a.account_id AND (a.holder, a.holder_id) < (b.holder, b.holder_id)});
}

1;
