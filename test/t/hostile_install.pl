# A role that may create schemas and roles puts its own objects where the extension, or a registry, will look, before
# each of the operator's steps: none of its code runs as anybody else, and what it could still do is told.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use ICPFiling;

my $node = ICPFiling::new_node('hostile', 'max_connections = 30');
my ($stdout, $stderr);
my $folder = $node->basedir;

$node->safe_psql('postgres', q{
	CREATE ROLE mallory LOGIN;
	CREATE ROLE maker LOGIN CREATEROLE;
	CREATE ROLE beian_owner LOGIN;
	CREATE ROLE reader});

# What of mallory's ran, and as whom: nothing may have run as somebody else.
my $trap = q{
	CREATE TABLE public.trace (at bigint GENERATED ALWAYS AS IDENTITY, who name, which text);
	GRANT INSERT ON public.trace TO PUBLIC;
	CREATE FUNCTION public.sprung(which text) RETURNS void LANGUAGE plpgsql AS $f$
	BEGIN
		IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
			ALTER ROLE mallory SUPERUSER;
		END IF;
		INSERT INTO public.trace (who, which) VALUES (current_user, which);
	END $f$;
};

# Functions and operators that match calls better than those of pg_catalog (which take "any", name or text).
sub better
{
	my ($schema) = @_;
	my $sql = '';
	my %function = (
		'format(text, text)' => 'text', 'format(text, name)' => 'text', 'format(text, name, text)' => 'text',
		'format(text, name, name)' => 'text', 'format(text, text, text)' => 'text', 'concat_ws(text, text, text)' => 'text',
		'quote_ident(name)' => 'text', 'quote_literal(name)' => 'text', 'to_regclass(name)' => 'regclass',
		'replace(text, text, name)' => 'text', 'split_part(name, text, int)' => 'text', 'md5(name)' => 'text',
		'btrim(varchar)' => 'text', 'lower(name)' => 'text', 'now(int)' => 'timestamptz', 'max(name)' => 'text',
		'create_registry()' => 'text', 'acting_user()' => 'name', 'name_key(varchar)' => 'text', 'setting(name)' => 'text',
		'has_table_privilege(name, regclass, text)' => 'bool', 'string_agg(text, text, text)' => 'text',
		'pg_get_userbyid(int)' => 'name', 'homepage_key(varchar)' => 'text', 'pg_has_role(name, oid, text, int)' => 'bool');
	foreach my $f (sort keys %function)
	{
		$sql .= "CREATE FUNCTION $schema.$f RETURNS $function{$f} LANGUAGE plpgsql AS "
		  . "'BEGIN PERFORM public.sprung(''$f''); RETURN NULL; END';\n";
	}
	foreach my $o ([ '=', 'name', 'text' ], [ '=', 'text', 'name' ], [ '=', 'varchar', 'varchar' ], [ '||', 'text', 'name' ],
		[ '||', 'text', 'varchar' ], [ '<>', 'name', 'text' ], [ '~', 'name', 'varchar' ], [ '=', '"char"', 'text' ],
		[ '=', 'oid', 'int' ], [ '>', 'bigint', 'numeric' ], [ '=', 'smallint', 'bigint' ])
	{
		my $name = 'op' . unpack('H*', "$$o[0]$$o[1]$$o[2]");
		my $result = $$o[0] eq '||' ? 'text' : 'boolean';
		$sql .= "CREATE FUNCTION $schema.$name($$o[1], $$o[2]) RETURNS $result LANGUAGE plpgsql AS "
		  . "'BEGIN PERFORM public.sprung(''$$o[0]''); RETURN NULL; END';\n"
		  . "CREATE OPERATOR $schema.$$o[0] (LEFTARG = $$o[1], RIGHTARG = $$o[2], FUNCTION = $schema.$name);\n";
	}
	# tables and types of our names
	$sql .= "CREATE TABLE $schema.$_ (name text, object text, body text);\n"
	  foreach qw(registry registry_template registry_right registry_reference pg_roles pg_class site sponsor member setting);
	$sql .= "CREATE TYPE $schema.$_ AS (x text);\n" foreach qw(domain_name icp_id record text regclass);
	return $sql;
}

sub new_database
{
	my ($db) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0; GRANT CREATE ON DATABASE $db TO mallory, beian_owner");
	$node->safe_psql($db, 'GRANT CREATE ON SCHEMA public TO mallory');
	$node->safe_psql($db, "SET ROLE mallory; $trap");
}

sub nothing_sprung
{
	my ($db, $after) = @_;
	is($node->safe_psql($db, "SELECT who, which FROM public.trace WHERE who <> 'mallory' ORDER BY at"), '',
		"$after: nothing of mallory's ran as somebody else");
	is($node->safe_psql($db, "SELECT rolsuper FROM pg_roles WHERE rolname = 'mallory'"), 'f', "$after: mallory is no superuser");
	$node->safe_psql('postgres', 'ALTER ROLE mallory NOSUPERUSER');
}

# 1. schema icp was there before, with one function in it ...
new_database('one');
$node->safe_psql('one', q{SET ROLE mallory; CREATE SCHEMA icp;
	CREATE FUNCTION icp.format(text, text) RETURNS text LANGUAGE plpgsql
	AS 'BEGIN PERFORM public.sprung(''format''); RETURN pg_catalog.format($1, VARIADIC ARRAY[$2]); END'});
$node->psql('one', 'CREATE EXTENSION icpfiling');
$node->psql('one', 'SELECT icp.create_roles()')
  if $node->safe_psql('one', q{SELECT count(*) FROM pg_extension WHERE extname = 'icpfiling'});
nothing_sprung('one', 'icp.format()');
# ... with everything in it
new_database('before');
$node->safe_psql('before', 'SET ROLE mallory; CREATE SCHEMA icp; GRANT ALL ON SCHEMA icp TO PUBLIC; ' . better('icp'));
isnt($node->psql('before', 'CREATE EXTENSION icpfiling', stderr => \$stderr), 0, 'a schema icp made before is refused');
like($stderr, qr/schema "icp" already exists/, 'with a word');
like($stderr, qr/HINT:/, 'and with what to do');
$node->psql('before', 'SELECT icp.create_roles()')
  if $node->safe_psql('before', q{SELECT count(*) FROM pg_extension WHERE extname = 'icpfiling'});
nothing_sprung('before', 'schema icp');
# even an empty one, since a transaction may be under way that fills it
$node->safe_psql('before', 'DROP SCHEMA icp CASCADE');
$node->safe_psql('before', 'SET ROLE mallory; CREATE SCHEMA icp');
isnt($node->psql('before', 'CREATE EXTENSION icpfiling'), 0, 'an empty one of somebody else is refused');
$node->safe_psql('before', 'DROP SCHEMA icp; CREATE EXTENSION icpfiling');
isnt($node->psql('before', 'CREATE FUNCTION icp.format(text, text) RETURNS text LANGUAGE sql RETURN $1', extra_params => [ '-U', 'mallory' ]),
	0, 'nobody else creates in it');
is($node->safe_psql('before', q{SELECT nspowner::regrole, array_to_string(nspacl, ' ') FROM pg_namespace WHERE nspname = 'icp'}),
	'postgres|postgres=UC/postgres =U/postgres', 'it is the installer\'s');
$node->safe_psql('before', 'DROP EXTENSION icpfiling; CREATE EXTENSION icpfiling');
pass('the extension may be dropped and made again');

# 2. everything else was there before, and the path leads to it
new_database('around');
$node->safe_psql('around', 'SET ROLE mallory; ' . better('public') . 'CREATE SCHEMA mallory; ' . better('mallory'));
my $path = 'SET search_path = mallory, public, pg_catalog; ';
# temporary objects of the session's own, of the names that are used
my $temp = join '', map { "CREATE TEMP TABLE $_ (name text, role_name text); " }
  qw(site sponsor member setting pg_roles pg_class registry_template record registry);
foreach my $setting ('', $path, "$path SET transform_null_equals = on; SET quote_all_identifiers = on; SET datestyle = 'SQL, DMY'; ")
{
	$node->safe_psql('around', "$setting $temp CREATE EXTENSION icpfiling; SELECT icp.allow_triggers('beian_owner')");
	nothing_sprung('around', 'CREATE EXTENSION');
	$node->safe_psql('around', "$setting $temp SELECT count(*) FROM icp.create_roles()");
	nothing_sprung('around', 'create_roles()');
	$node->safe_psql('around', "$setting $temp SELECT icp.create_registry()", extra_params => [ '-U', 'beian_owner' ]);
	nothing_sprung('around', 'create_registry()');
	$node->safe_psql('around', "$setting SELECT icp.grant_registry()", extra_params => [ '-U', 'beian_owner' ]);
	$node->safe_psql('around', "$setting SELECT icp.grant_registry(); SELECT icp.upgrade_registry()");
	is($node->safe_psql('around', "$setting SELECT * FROM icp.check_registry()"), '', 'the registry is as it is to be');
	nothing_sprung('around', 'grant, upgrade and check');
	$node->safe_psql('around', qq{
		$setting $temp SET standard_conforming_strings = off;
		INSERT INTO beian.provider (name, province) VALUES ('云', '京');
		INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'a');
		INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲');
		INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲', '{a.cn}');
		INSERT INTO beian.application (site_id) VALUES (1);
		UPDATE beian.application SET state = 'submitted';
		UPDATE beian.application SET state = 'pre_verified';
		UPDATE beian.application SET state = 'verified';
		UPDATE beian.application SET state = 'reported';
		UPDATE beian.application SET state = 'approved';
		INSERT INTO beian.member (role_name, role) VALUES ('beian_owner', 'system');
		SELECT * FROM beian.lookup('a.cn');
		SELECT count(*) FROM beian.conflict; SELECT count(*) FROM beian.review_queue; SELECT count(*) FROM beian.overdue_work;
		SELECT * FROM beian.run_clocks();
		CREATE TEMP TABLE staging (unit_name pg_catalog.text, service_licence pg_catalog.text);
		INSERT INTO staging VALUES ('乙', '京ICP备13052560号-1');
		SELECT count(*) FROM beian.load('staging')}, extra_params => [ '-U', 'beian_owner' ]);
	is($node->safe_psql('around', 'SELECT status FROM beian.site WHERE id = 1'), 'filed', 'calls do what they are to do');
	nothing_sprung('around', 'calls');
	$node->safe_psql('around', 'DROP SCHEMA beian CASCADE; DROP EXTENSION icpfiling');
}
# the database's owner may set it for everybody
isnt($node->psql('around', 'SET standard_conforming_strings = off; CREATE EXTENSION icpfiling', stderr => \$stderr), 0,
	'the script is not read with other literals');
like($stderr, qr/standard_conforming_strings must be on/, 'with a word');

# 3. a schema that looks like a registry
new_database('fake');
$node->safe_psql('fake', q{CREATE EXTENSION icpfiling; SELECT icp.allow_triggers('mallory')});
my $evil = q{CREATE FUNCTION beian.evil() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN PERFORM public.sprung('fake'); RETURN '1.0'; END $f$;
	CREATE FUNCTION beian.evil_trigger() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM public.sprung('fake'); RETURN NEW; END $f$;};
my $tables = q{CREATE TABLE beian.registry_object (kind text, name text, definition text, server int);};
my @fakes = (
	"CREATE SCHEMA beian; $evil CREATE VIEW beian.registry AS SELECT beian.evil() AS version, beian.evil() AS name_key_version; $tables",
	qq{CREATE SCHEMA beian; $evil CREATE TYPE beian.v AS (x text); CREATE FUNCTION beian.evil(beian.v) RETURNS text LANGUAGE plpgsql
	   AS 'BEGIN RETURN beian.evil(); END'; CREATE CAST (beian.v AS text) WITH FUNCTION beian.evil(beian.v) AS IMPLICIT;
	   CREATE TABLE beian.registry (version beian.v, name_key_version beian.v); INSERT INTO beian.registry VALUES ('(1)', '(1)'); $tables},
	qq{SELECT icp.create_registry(); $evil CREATE TRIGGER t BEFORE UPDATE ON beian.registry_object FOR EACH ROW EXECUTE FUNCTION
	   beian.evil_trigger(); UPDATE beian.registry_object SET server = 1},
	qq{SELECT icp.create_registry(); $evil ALTER TABLE beian.registry ADD CHECK (beian.evil() = '1.0')},
	qq{SELECT icp.create_registry(); $evil ALTER FUNCTION beian.evil() IMMUTABLE; CREATE INDEX i ON beian.registry_object ((beian.evil()));
	   UPDATE beian.registry_object SET server = 1},
	qq{SELECT icp.create_registry(); $evil ALTER TABLE beian.registry ENABLE ROW LEVEL SECURITY; GRANT USAGE ON SCHEMA beian TO reader;
	   GRANT SELECT ON beian.registry TO reader; CREATE POLICY p ON beian.registry USING (beian.evil() IS NOT NULL)},
	qq{SELECT icp.create_registry(); $evil CREATE RULE r AS ON UPDATE TO beian.registry_object DO ALSO SELECT beian.evil();
	   UPDATE beian.registry_object SET server = 1});
foreach my $n (0 .. $#fakes)
{
	$node->safe_psql('fake', "SET ROLE mallory; SET client_min_messages = error; $fakes[$n]");
	isnt($node->psql('fake', "SELECT icp.$_()", stderr => \$stderr), 0, "fake $n: $_() refuses")
	  foreach qw(check_registry upgrade_registry rekey_registry);
	like($stderr, qr/holds no registry as icp.create_registry\(\) lays it/, "fake $n: with a word");
	$node->psql('fake', 'SET ROLE reader; SELECT * FROM icp.check_registry()');
	$node->psql('fake', 'SELECT icp.grant_registry()');
	$node->psql('fake', 'SELECT icp.create_registry()');
	nothing_sprung('fake', "fake $n");
	$node->safe_psql('fake', 'DROP SCHEMA beian CASCADE');
}
# what rewrites records fires triggers that the owner may alter
$node->safe_psql('fake', 'SET ROLE mallory; SELECT icp.create_registry()');
isnt($node->psql('fake', 'SELECT icp.rekey_registry()', stderr => \$stderr), 0, 'a superuser does not rewrite the registry of another');
like($stderr, qr/is not rewritten by a superuser/, 'with a word');
is($node->safe_psql('fake', 'SET ROLE mallory; SELECT icp.rekey_registry()'), '0', 'its owner does');

# 4. group roles made before
$node->safe_psql('postgres', "DROP DATABASE $_") foreach qw(one before around fake);
$node->safe_psql('postgres', 'DROP ROLE ' . $_) foreach split /\n/,
  $node->safe_psql('postgres', q{SELECT rolname FROM pg_roles WHERE rolname ^@ 'icp_'});
$node->safe_psql('postgres', q{
	CREATE ROLE icp_ministry; CREATE ROLE icp_provider LOGIN; CREATE ROLE icp_bureau;
	GRANT beian_owner TO icp_bureau; GRANT icp_ministry TO maker WITH ADMIN OPTION});
$node->psql('postgres', 'SELECT count(*) FROM icp.create_roles()', stderr => \$stderr);
like($stderr, qr/role icp_ministry maker may make anybody a member/, 'create_roles() tells who may grant a role');
like($stderr, qr/role icp_provider has the attribute LOGIN/, '... which has attributes');
like($stderr, qr/role icp_bureau is a member of beian_owner/, '... and memberships');
$node->safe_psql('postgres', 'CREATE DATABASE roles TEMPLATE template0; GRANT CREATE ON DATABASE roles TO beian_owner');
$node->safe_psql('roles', q{CREATE EXTENSION icpfiling; SELECT icp.allow_triggers('beian_owner')});
$node->safe_psql('roles', 'SELECT icp.create_registry()', extra_params => [ '-U', 'beian_owner' ]);
is($node->safe_psql('roles', 'SELECT * FROM icp.check_registry()'),
	"role|icp_bureau|is a member of beian_owner\nrole|icp_ministry|maker may make anybody a member\nrole|icp_provider|has the attribute LOGIN",
	'and so does check_registry()');
$node->safe_psql('postgres', 'REVOKE beian_owner FROM icp_bureau; ALTER ROLE icp_provider NOLOGIN; REVOKE icp_ministry FROM maker');

# 5. default privileges
foreach my $db (qw(defaults1 defaults2))
{
	$node->safe_psql('postgres', "CREATE DATABASE $db TEMPLATE template0; GRANT CREATE ON DATABASE $db TO beian_owner");
}
my $defaults = join '', map { "ALTER DEFAULT PRIVILEGES GRANT ALL ON $_ TO reader; ALTER DEFAULT PRIVILEGES GRANT ALL ON $_ TO PUBLIC;" }
  qw(TABLES SEQUENCES FUNCTIONS TYPES SCHEMAS);
$node->safe_psql('defaults1', "$defaults CREATE EXTENSION icpfiling; SELECT icp.allow_triggers('beian_owner'); SET ROLE beian_owner; SELECT icp.create_registry()");
is($node->safe_psql('defaults1', q{
	SELECT 'schema' WHERE has_schema_privilege('reader', 'icp', 'CREATE')
	UNION ALL
	SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'icp'::regnamespace AND c.relkind IN ('r', 'v', 'S')
	   AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege('reader', c.oid, 'USAGE')
		   ELSE has_table_privilege('reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') END
	UNION ALL
	SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'icp'::regnamespace AND p.proname = 'learn_registry'
	   AND has_function_privilege('reader', p.oid, 'EXECUTE')}), '', 'default privileges open nothing of the extension');
is($node->safe_psql('defaults1', 'SELECT * FROM icp.check_registry()'), '', 'as check_registry() says');
$node->safe_psql('defaults2', "CREATE EXTENSION icpfiling; SELECT icp.allow_triggers('beian_owner'); SET ROLE beian_owner; $defaults SELECT icp.create_registry()");
is($node->safe_psql('defaults2', q{
	SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind IN ('r', 'v')
	   AND has_table_privilege('reader', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
	UNION ALL
	SELECT 'schema' WHERE has_schema_privilege('reader', 'beian', 'USAGE') OR has_schema_privilege('reader', 'beian', 'CREATE')}), '',
	'nor of a registry');
like($node->safe_psql('defaults2', 'SELECT kind, name FROM icp.check_registry()'),
	qr/^default right\|EXECUTE on functions to reader\ndefault right\|SELECT, UPDATE, USAGE on sequences to PUBLIC\n/m,
	'what is yet to be made is told');
unlike($node->safe_psql('defaults2', 'SELECT kind, name FROM icp.check_registry()'), qr/^right/m, 'and nothing else');

# 6. what somebody may do in icp later is told
sub told
{
	my ($sql, $expected) = @_;
	is($node->safe_psql('roles', "BEGIN; SET client_min_messages = error; $sql; SELECT * FROM icp.check_registry(); ROLLBACK"), $expected, $sql);
}
told('GRANT CREATE ON SCHEMA icp TO mallory', 'right|CREATE on schema icp to mallory|added');
told('GRANT CREATE ON SCHEMA icp TO PUBLIC', 'right|CREATE on schema icp to PUBLIC|added');
told('ALTER SCHEMA icp OWNER TO mallory', 'schema|icp|owned by mallory');
# even what check_registry() itself calls
told('CREATE FUNCTION icp.format(text, text) RETURNS text LANGUAGE sql RETURN $1', 'function|icp.format(pg_catalog.text,pg_catalog.text)|added');
told('CREATE TABLE icp.mine (a int)', 'table|icp.mine|added');
told('CREATE TYPE icp.mine AS ENUM ()', 'type|icp.mine|added');
told('GRANT UPDATE ON icp.registry_template TO mallory', 'right|UPDATE on icp.registry_template to mallory|added');
told('GRANT INSERT ON icp.calendar_year_local TO mallory', '');
told('ALTER FUNCTION icp.create_roles() OWNER TO mallory', 'function|icp.create_roles()|owned by mallory');
told('ALTER DEFAULT PRIVILEGES IN SCHEMA icp GRANT ALL ON TABLES TO mallory', 'default right|in schema icp|added');
told('ALTER EXTENSION icpfiling DROP SCHEMA icp', 'schema|icp|not made by the extension');

# 7. a dump brings no schema icp with it, and does not take over one that is there
my $dump = "$folder/hostile.sql";
run_command([ 'pg_dump', '-d', $node->connstr('roles'), '-f', $dump ]);
unlike(slurp_file($dump), qr/CREATE SCHEMA icp/, 'the dump leaves schema icp to the extension');
new_database('restored');
$node->safe_psql('restored', 'SET ROLE mallory; CREATE SCHEMA icp; ' . better('icp'));
command_fails([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], 'a schema icp made before stops a restore');
run_command([ 'psql', '-X', '-q', '-d', $node->connstr('restored'), '-f', $dump ]);
nothing_sprung('restored', 'restore');
$node->safe_psql('restored', 'DROP SCHEMA icp CASCADE; DROP SCHEMA IF EXISTS beian CASCADE');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored'), '-f', $dump ], 'without it the dump is restored');
is($node->safe_psql('restored', 'SELECT * FROM icp.check_registry()'), '', 'and the registry is as it is to be');
is($node->safe_psql('restored', 'SELECT nspowner::regrole FROM pg_namespace WHERE nspname = \'beian\''), 'beian_owner', 'its owner\'s');

done_testing();
