# A registry whose owner is no superuser, and a table of another application with icp.detect_conflict(): dumped and
# restored, what icp.allow_triggers() gave is there again, or check_registry() says what to run.
use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('allow');
my $folder = PostgreSQL::Test::Utils::tempdir();
$node->safe_psql('postgres', q{
	CREATE ROLE keeper; CREATE ROLE shop;
	GRANT CREATE ON DATABASE postgres TO keeper, shop;
	SELECT icp.allow_triggers('keeper'), icp.allow_triggers('shop');
	SET ROLE keeper;
	SELECT icp.create_registry();
	UPDATE beian.setting SET value = '1' WHERE name = 'password_cost';
	INSERT INTO beian.provider (name) VALUES ('P1');
	INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one');
	INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司');
	INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{one.cn}');
	GRANT USAGE ON SCHEMA beian TO shop; GRANT SELECT, INSERT, UPDATE ON beian.claim, beian.claim_edge TO shop;
	SET ROLE shop;
	CREATE SCHEMA shop;
	CREATE TABLE shop.page (id bigint PRIMARY KEY, account_id bigint, domain text);
	CREATE TRIGGER claim AFTER INSERT OR UPDATE OR DELETE ON shop.page FOR EACH ROW
		EXECUTE FUNCTION icp.detect_conflict('domain', 'domain', 'account_id', 'id', 'claims=beian.claim');
	INSERT INTO shop.page VALUES (1, 77, 'one.cn');
});
my $connection = $node->connstr('postgres');
command_ok([ 'pg_dump', '-d', $connection, '-Fc', '-f', "$folder/custom" ], 'dumped');

my $use = q{
	SET ROLE keeper;
	SELECT beian.issue_password(1);
	SELECT beian.check_password(1, (SELECT password FROM beian.password_to_show));
	INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲二', '{two.cn}');
	SELECT count(*) FROM beian.event WHERE digest IS NULL;
	SET ROLE shop;
	INSERT INTO shop.page VALUES (2, 77, 'two.cn');
	SET ROLE keeper;
	SELECT count(*) FROM beian.conflict WHERE key = 'two.cn';
};
$node->safe_psql('postgres', 'CREATE DATABASE whole TEMPLATE template0');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('whole'), "$folder/custom" ], 'restored whole');
my $of_shop = join("\n", 'right|INSERT, SELECT, UPDATE on claim to shop|added', 'right|INSERT, SELECT, UPDATE on claim_edge to shop|added',
	'right|USAGE on schema to shop|added');
is($node->safe_psql('whole', 'SELECT * FROM icp.check_registry()'), $of_shop, "nothing is missing, and the other application's rights are told");
is($node->safe_psql('whole', $use), "\nt\n0\n1", 'and it goes on');

# Without rights: told, with what to run.
$node->safe_psql('postgres', 'CREATE DATABASE no_acl TEMPLATE template0');
command_ok([ 'pg_restore', '--exit-on-error', '--no-acl', '-d', $node->connstr('no_acl'), "$folder/custom" ], 'restored without rights');
is($node->safe_psql('no_acl', "SELECT kind, name, problem FROM icp.check_registry() WHERE name LIKE 'icp.%' ORDER BY name"),
	join("\n", map { "right|icp.$_|the registry's owner may not execute it; run icp.allow_triggers('keeper')" }
		'chain_event()', 'check_password(text,text)', 'count_try(oid,text,bigint,name,text,boolean)', 'detect_conflict()',
			'hash_password(text,integer)'), 'what is missing is told');
is($node->safe_psql('no_acl', "SELECT * FROM icp.check_registry() WHERE name LIKE '% on confirm_sms(%'"),
	'right|EXECUTE on confirm_sms(application_id bigint, code text) to PUBLIC|added', 'and what everybody may, since functions began anew');
my $stderr;
isnt($node->psql('no_acl', 'SET ROLE keeper; SELECT beian.issue_password(1)', stderr => \$stderr), 0, 'no password is made without the right');
like($stderr, qr/permission denied for function hash_password/, 'with its message');
$node->safe_psql('no_acl', q{
	SELECT icp.allow_triggers('keeper'), icp.allow_triggers('shop');
	GRANT USAGE ON SCHEMA beian TO shop; GRANT SELECT, INSERT, UPDATE ON beian.claim, beian.claim_edge TO shop});
like($node->safe_psql('no_acl', 'SELECT * FROM icp.check_registry()'), qr/to PUBLIC\|added/, 'and everybody may still what they may not');
$node->safe_psql('no_acl', 'SELECT icp.grant_registry()');
is($node->safe_psql('no_acl', 'SELECT * FROM icp.check_registry()'), $of_shop, 'then nothing is missing or too much');
is($node->safe_psql('no_acl', $use), "\nt\n0\n1", 'and it goes on');

# In another database the right is given anew.
$node->safe_psql('postgres', 'CREATE DATABASE own OWNER keeper TEMPLATE template0');
$node->safe_psql('own', 'CREATE EXTENSION icpfiling');
isnt($node->psql('own', 'SET ROLE keeper; SELECT icp.create_registry()', stderr => \$stderr), 0, 'nobody lays a registry without the right');
like($stderr, qr/HINT:  The owner of the extension runs SELECT icp.allow_triggers\('keeper'\)/, 'and is told who gives it');
$node->stop;
done_testing();
