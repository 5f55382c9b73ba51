# A registry that was laid by the templates of before is brought forward with its rows by its owner, who is no superuser:
# afterwards it is what a new one is, and goes on where it was.  Other people's objects stay, or stop the upgrade by name.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = ICPFiling::new_node('upgrade_registry', 'log_statement = none');
my $old = slurp_file("$ENV{ICP_TEST}/data/registry-2026-11-30.sql");
$old =~ s/\@registry\@/beian/g;
my $records = "$ENV{ICP_TEST}/data/public_records.tsv";
open(my $handle, '<', $records) or die "$records: $!";
my $heads = <$handle>;
close $handle;
chomp $heads;
my $columns = join(', ', map { "$_ text" } split(/\t/, $heads));
my @as_owner = (extra_params => [ '-U', 'registrar' ]);

$node->safe_psql('postgres', q{
	SET client_min_messages = error;
	SELECT count(*) FROM icp.create_roles();
	CREATE ROLE registrar LOGIN;
	CREATE ROLE jing LOGIN IN ROLE icp_bureau;
	SELECT icp.allow_triggers('registrar');
	GRANT CREATE ON DATABASE postgres TO registrar;
	CREATE SCHEMA mine AUTHORIZATION registrar;
});
# as create_registry() of that day did
$node->safe_psql('postgres', qq{
	SET client_min_messages = error;
	BEGIN;
	SET LOCAL search_path = pg_catalog, icp, pg_temp;
	$old
	INSERT INTO beian.registry_object (kind, name, definition) SELECT o.kind, o.name, o.digest FROM icp.registry_objects('beian') o;
	COMMIT;
}, @as_owner);
isnt($node->safe_psql('postgres', q{SELECT count(*) FROM icp.registry_changes('beian')}, @as_owner), 0, 'the templates have changed since');

$node->safe_psql('postgres', qq{
	SET client_min_messages = error;
	INSERT INTO beian.member (role_name, role, province) VALUES ('jing', 'bureau', '京');
	CREATE TABLE mine.staging ($columns);
	\\copy mine.staging FROM '$records' WITH (FORMAT text, HEADER)
	SELECT * FROM beian.load('mine.staging');
	INSERT INTO beian.provider (name, province) VALUES ('P1', '京'), ('P2', NULL);
	INSERT INTO beian.account (provider_id, user_name) SELECT p.id, 'a' || p.name FROM beian.provider p WHERE p.name ~ '^P';
	INSERT INTO beian.sponsor (id, account_id, province, name)
	SELECT 1000 + row_number() OVER (ORDER BY a.id), a.id, '京', '同名公司' FROM beian.account a WHERE a.user_name ~ '^aP';
	INSERT INTO beian.sponsor (id, account_id, province, name, nature, credential)
	SELECT 1010 + row_number() OVER (ORDER BY a.id), a.id, '京', '张三', '个人', 'resident_id:11010519491231002X'
	  FROM beian.account a WHERE a.user_name ~ '^aP';
	INSERT INTO beian.site (id, sponsor_id, domains, homepage) VALUES
		(1001, 1001, '{one.cn,both.cn}', 'www.one.cn'), (1002, 1002, '{two.cn,both.cn,gone.cn}', 'www.two.cn'),
		(1003, 1001, '{gone.cn}', NULL), (1004, 1001, '{three.cn}', NULL), (1005, 1002, '{three.cn}', NULL);
	DELETE FROM beian.site WHERE id = 1003;
	INSERT INTO beian.application (id, site_id) VALUES (1001, 1001), (1002, 1002), (1003, 1005);
	UPDATE beian.conflict SET settlement = 'accept_both', reason = '同名不同人' WHERE kind = 'sponsor_name' AND key !~ '张三' AND state = 'open';
	UPDATE beian.conflict SET settlement = 'reject_right', reason = '以在先为准' WHERE key = 'both.cn';
	DO \$\$
	DECLARE
		s	text;
	BEGIN
		FOREACH s IN ARRAY '{submitted,pre_verified,verified,reported,approved}'::text[] LOOP
			UPDATE beian.application SET state = s WHERE id = 1001;
		END LOOP;
		UPDATE beian.application SET state = 'submitted' WHERE id = 1002;
		FOREACH s IN ARRAY '{submitted,pre_verified,verified,reported}'::text[] LOOP
			UPDATE beian.application SET state = s WHERE id = 1003;
		END LOOP;
	END \$\$;
	-- changes under way: one that is proposed, one that was reported
	INSERT INTO beian.application (id, kind, sponsor_id) VALUES (1011, 'change_sponsor', 1001);
	INSERT INTO beian.sponsor_change (application_id, name) VALUES (1011, '改名公司');
	INSERT INTO beian.application (id, kind, site_id) VALUES (1012, 'change_site', 1001);
	INSERT INTO beian.site_change (application_id, domains) VALUES (1012, '{one.cn,four.cn}');
	UPDATE beian.application SET state = 'submitted' WHERE id = 1012;
	UPDATE beian.application SET state = 'verified' WHERE id = 1012;
	UPDATE beian.application SET state = 'reported' WHERE id = 1012;
	INSERT INTO beian.sighting (domain, ip, province) VALUES ('unfiled.cn', '192.0.2.1', '京');
	-- the owner's own: a view and a trigger that stay, a comment, a setting, a function of ours that he has altered
	CREATE VIEW mine.filed AS SELECT t.id, t.number FROM beian.site t WHERE t.status = 'filed';
	CREATE FUNCTION mine.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE TRIGGER mine AFTER INSERT ON beian.site FOR EACH ROW EXECUTE FUNCTION mine.note();
	COMMENT ON TABLE beian.site IS '自己的话';
	UPDATE beian.setting SET value = '9999' WHERE name = 'clock_batch';
}, @as_owner);
is($node->safe_psql('postgres',
	q{SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (SELECT state, count(*) n FROM beian.conflict GROUP BY 1) c}, @as_owner),
	'open 2, settled 2, withdrawn 1', 'conflicts of every state');

# what the rows say that were there, without how the registry was laid
my %there = map { $_ => 1 } split(/\n/, $node->safe_psql('postgres', q{
	SELECT relname FROM pg_class WHERE relnamespace = 'beian'::regnamespace AND relname !~ '^(registry|setting)'}));
sub rows
{
	return join("\n", grep { $there{ (split(/\|/))[0] } } split(/\n/, ICPFiling::contents($node, 'postgres')));
}
my $before = rows();

my ($stdout, $stderr);
$node->safe_psql('postgres', 'CREATE VIEW mine.disputes AS SELECT id, key FROM beian.conflict', @as_owner);
$node->psql('postgres', q{\set VERBOSITY verbose
	SELECT icp.upgrade_registry()}, stderr => \$stderr, @as_owner);
like($stderr, qr/2BP01.*hang on what changes.*view mine\.disputes/s, 'what hangs on what has to go stops it, by name');
$node->psql('postgres', q{\set VERBOSITY verbose
	SELECT icp.upgrade_registry()}, stderr => \$stderr);
like($stderr, qr/42501.*by its owner/s, 'a superuser who is not the owner does not make it his');
is(rows(), $before, 'nothing has happened so far');

$node->safe_psql('postgres', 'DROP VIEW mine.disputes', @as_owner);
like($node->safe_psql('postgres', 'SELECT icp.upgrade_registry()', @as_owner), qr/of version 1\.0, \d+ objects were made anew/, 'it is brought forward');
is(rows(), $before, 'with all rows, claims, conflicts and events');
is($node->safe_psql('postgres', 'SELECT icp.upgrade_registry()', @as_owner), 'registry beian is of version 1.0', 'once');
is($node->safe_psql('postgres', 'SELECT * FROM icp.check_registry()', @as_owner), "trigger|site.mine|added", 'and is as it is to be');

# the same as one that is laid now, object by object, and comment by comment
$node->safe_psql('postgres', q{SET client_min_messages = error; SELECT icp.create_registry('fresh')}, @as_owner);
is($node->safe_psql('postgres', q{
	SELECT kind, name FROM (
		SELECT o.kind, replace(o.name, 'fresh', 'beian') AS name, replace(o.definition, 'fresh', 'beian') FROM icp.registry_objects('fresh') o
		EXCEPT SELECT o.kind, o.name, o.definition FROM icp.registry_objects('beian') o) d
	UNION ALL
	SELECT kind, name FROM (
		SELECT o.kind, o.name, o.definition FROM icp.registry_objects('beian') o
		EXCEPT SELECT o.kind, replace(o.name, 'fresh', 'beian'), replace(o.definition, 'fresh', 'beian') FROM icp.registry_objects('fresh') o) d
	 ORDER BY 1, 2}, @as_owner), 'trigger|site.mine', 'it is what a new one is');
is($node->safe_psql('postgres', q{
	WITH said AS (SELECT n.nspname, coalesce(c.relname || '.' || d.objsubid, p.proname || p.proargtypes::text, t.tgname, o.polname) AS what,
						 replace(d.description, n.nspname, '') AS text
					FROM pg_description d
					LEFT JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid
					LEFT JOIN pg_proc p ON d.classoid = 'pg_proc'::regclass AND p.oid = d.objoid
					LEFT JOIN pg_trigger t ON d.classoid = 'pg_trigger'::regclass AND t.oid = d.objoid
					LEFT JOIN pg_policy o ON d.classoid = 'pg_policy'::regclass AND o.oid = d.objoid
					LEFT JOIN pg_class r ON r.oid = coalesce(t.tgrelid, o.polrelid)
					JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, p.pronamespace, r.relnamespace))
	SELECT count(*) FROM said f WHERE f.nspname = 'fresh' AND f.what !~ '\d' AND NOT EXISTS (
		SELECT FROM said b WHERE b.nspname = 'beian' AND b.what = f.what)}), 0, 'with a comment on all that has one');
is($node->safe_psql('postgres', q{SELECT obj_description('beian.site'::regclass), (SELECT value FROM beian.setting WHERE name = 'clock_batch'),
	(SELECT count(*) > 20 FROM mine.filed)}, @as_owner), '自己的话|9999|t', q{what was the owner's own is});
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
	 WHERE n.nspname = 'beian' AND a.grantee = 0}), 0, 'nothing of it is executable by everybody');

# and goes on
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.verify_log()}, @as_owner), 0, 'the log is sound');
$node->safe_psql('postgres', q{
	UPDATE beian.application SET state = 'approved' WHERE id = 1012;
	UPDATE beian.conflict SET settlement = 'reject_left', reason = '以证书为准' WHERE key = 'three.cn';
	UPDATE beian.application SET state = 'approved' WHERE id = 1003;
	SELECT beian.run_clocks();
}, @as_owner);
is($node->safe_psql('postgres', q{
	SELECT string_agg(a.id || ' ' || a.state, ', ' ORDER BY a.id) FROM beian.application a WHERE a.id IN (1003, 1012)}, @as_owner),
	'1003 approved, 1012 approved', 'what was under way is decided');
is($node->safe_psql('postgres', q{SELECT domains FROM beian.site WHERE id = 1001}, @as_owner), '{four.cn,one.cn}', 'by what it proposed');
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.verify_log()}, @as_owner), 0, 'and the log goes on');
is($node->safe_psql('postgres', q{SELECT count(*) FROM beian.claim_problems()}, @as_owner), 0, 'as the claims do');

# what the owner has altered stays as he has it, and is told
$node->safe_psql('postgres', q{DROP POLICY site_see ON beian.site}, @as_owner);
is($node->safe_psql('postgres', 'SELECT icp.upgrade_registry()', @as_owner), 'registry beian is of version 1.0', 'no upgrade hides');
like($node->safe_psql('postgres', 'SELECT * FROM icp.check_registry()', @as_owner), qr/policy\|site\.site_see\|missing/, 'what the owner has dropped');

done_testing();
