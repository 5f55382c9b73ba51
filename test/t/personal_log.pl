# What of persons reaches the server's log: planted in every text of every table and function, as the owner, a loader and
# each member.  With the settings of the operator's guide nothing; without them only what the server itself repeats of
# a statement, of COPY's line and of its parameters.

use strict;
use warnings;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my @planted = ('张三丰', '13812345678', 'zhangsanfeng@example.cn', 'resident_id:11010519491231002X', '紫禁城一号');
my $personal = qr/张三丰|13812345678|zhangsanfeng|11010519491231002|紫禁城/;
my @members = qw(sponsor provider bureau approver ministry);

# those of doc/operations.md
my @settings = (
	'log_error_verbosity = terse', 'log_min_error_statement = panic', 'log_statement = none', 'log_min_duration_statement = -1',
	'log_min_duration_sample = -1', 'log_transaction_sample_rate = 0', 'log_parameter_max_length = 0',
	'log_parameter_max_length_on_error = 0', 'debug_print_parse = off', 'debug_print_rewritten = off', 'debug_print_plan = off');

my $plain = ICPFiling::new_node('plain', 'log_statement = none');
my $held = ICPFiling::new_node('held', @settings);

foreach my $node ($plain, $held)
{
	$node->safe_psql('postgres', q{
		SELECT count(*) FROM icp.create_roles();
		CREATE ROLE keeper LOGIN;
		CREATE ROLE loader LOGIN IN ROLE keeper;
		GRANT CREATE ON DATABASE postgres TO keeper;
		SELECT icp.allow_triggers('keeper');
		SET ROLE keeper;
		SELECT icp.create_registry();
		INSERT INTO beian.provider (name, province, licence) VALUES ('云', '京', '京B2-20170324');
		INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'one');
		INSERT INTO beian.sponsor (account_id, province, name) VALUES (1, '京', '甲公司');
		INSERT INTO beian.site (sponsor_id, name, domains) VALUES (1, '甲网', '{a.cn}');
		INSERT INTO beian.application (site_id) VALUES (1);
		RESET ROLE;
		CREATE TABLE public.stage (unit_name text, service_licence text, credential text, phone text, email text, nature text);
		GRANT ALL ON public.stage TO keeper;
	});
	$node->safe_psql('postgres', join '', map { "CREATE ROLE a_$_ LOGIN IN ROLE icp_$_;" } @members);
	$node->safe_psql('postgres', q{INSERT INTO beian.member (role_name, role, province, provider_id, account_id) VALUES
		('a_sponsor', 'sponsor', NULL, NULL, 1), ('a_provider', 'provider', NULL, 1, NULL), ('a_bureau', 'bureau', '京', NULL, NULL),
		('a_ministry', 'ministry', NULL, NULL, NULL)});
}

# Each table and each function that the role may use, filled with what is planted: statements that fail, most of them.
my $statements = q{
	WITH planted AS (SELECT ARRAY[} . join(', ', map { "'$_'" } @planted) . q{] AS word)
	SELECT s FROM (
		SELECT format('INSERT INTO beian.%I (%s) VALUES (%s);', c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
				string_agg(CASE a.atttypid WHEN 'text'::regtype THEN quote_literal(word[(a.attnum + n) % 5 + 1])
						WHEN 'bigint'::regtype THEN '1' WHEN 'boolean'::regtype THEN 'true' WHEN 'icp.province'::regtype THEN '''京'''
						WHEN 'jsonb'::regtype THEN quote_literal(jsonb_build_object('phone', word[2])) ELSE 'DEFAULT' END, ', ' ORDER BY a.attnum)) AS s
		  FROM planted, generate_series(0, 4) n, pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attname <> 'id' AND NOT a.attisdropped
		 WHERE c.relnamespace = 'beian'::regnamespace AND c.relkind = 'r' AND has_column_privilege(c.oid, a.attnum, 'INSERT')
		   AND c.relname NOT IN ('setting', 'filing_system', 'member', 'registry_object')
		 GROUP BY c.relname, n
		UNION ALL
		SELECT format('SELECT %s.%I(%s);', p.pronamespace::regnamespace, p.proname,
				string_agg(CASE t.type WHEN 'text'::regtype THEN quote_literal(word[(t.no + n) % 5 + 1]) WHEN 'bigint'::regtype THEN '1'
						WHEN 'jsonb'::regtype THEN quote_literal(jsonb_build_object('phone', word[2], 'principal_name', word[1]))
						ELSE 'NULL::' || format_type(t.type, NULL) END, ', ' ORDER BY t.no))
		  FROM planted, generate_series(0, 4) n, pg_proc p CROSS JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY t(type, no)
		 WHERE p.pronamespace IN ('beian'::regnamespace, 'icp'::regnamespace) AND p.prokind = 'f' AND p.provariadic = 0
		   AND has_function_privilege(p.oid, 'EXECUTE') AND NOT 'cstring'::regtype = ANY (p.proargtypes) AND NOT 'internal'::regtype = ANY (p.proargtypes)
		   AND ('text'::regtype = ANY (p.proargtypes) OR 'jsonb'::regtype = ANY (p.proargtypes))
		   -- what is given a relation's name says it
		   AND p.proname !~ '^(load|apply_change|create_reg|set_claim|rekey)'
		 GROUP BY p.oid, n) x};
my @own = (
	q{UPDATE beian.sponsor SET status = 'filed', principal_name = '张三丰';},
	q{INSERT INTO beian.sponsor (account_id, province, name, phone, division_code) VALUES (1, '京', '张三丰', '13812345678', 1);},
	q{SELECT beian.register_account(1, '', '13812345678', 'zhangsanfeng@example.cn');},
	q{INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'zhangsanfeng@example.cn'), (1, 'zhangsanfeng@example.cn');},
	q{COPY beian.sponsor (account_id, province, name, phone, status) FROM STDIN;} . "\n1\t京\t张三丰\t13812345678\tnone\n\\.",
	q{INSERT INTO public.stage VALUES ('张三丰', '京ICP备1号', 'resident_id:11010519491231002X', '13812345678', 'zhangsanfeng@example.cn', '个人');},
	q{SELECT * FROM beian.load('public.stage');},
	q{DELETE FROM public.stage;},
	q{PREPARE p AS INSERT INTO beian.sponsor (account_id, province, name, division_code) VALUES (1, '京', $1, 1);},
	q{EXECUTE p('张三丰');},
	q{DO $$ BEGIN PERFORM beian.register_account(1, '', '13812345678', 'zhangsanfeng@example.cn'); END $$;});

sub attempt
{
	my ($node, $role, @more) = @_;
	my $list = $node->safe_psql('postgres', $statements, extra_params => [ '-U', $role ]);
	my $script = join("\n", $list, @more) . "\n";
	$node->psql('postgres', $script, extra_params => [ '-U', $role ], on_error_stop => 0, on_error_die => 0);
	return scalar split /\n/, $list;
}

foreach my $node ($plain, $held)
{
	my $from = -s $node->logfile;
	my $n = 0;
	$n += attempt($node, 'keeper', @own);
	$n += attempt($node, 'loader', @own);
	$n += attempt($node, "a_$_") foreach @members;
	cmp_ok($n, '>', 500, $node->name . ': attempts');
	my $log = slurp_file($node->logfile, $from);
	my @lines = split /\n/, $log;
	cmp_ok(scalar(grep { /ERROR:/ } @lines), '>', 300, $node->name . ': errors were logged');
	if ($node == $held)
	{
		is(join("\n", grep { /$personal/ } @lines), '', 'with the settings of the guide nothing of anybody is in the log');
	}
	else
	{
		# an entry begins with its time; what follows belongs to it
		my @entries = split /\n(?=\d{4}-\d\d-\d\d )/, $log;
		my @with = grep { /$personal/ } @entries;
		is(join("\n", grep { !/ STATEMENT:  / } @with), '', 'without them only statements hold what was in them');
		cmp_ok(scalar @with, '>', 100, '(and they do)');
	}
}

# What the server says of its own types, and of COPY's lines, the settings hold back but for the value in the message.
foreach my $node ($plain, $held)
{
	my $from = -s $node->logfile;
	$node->psql('postgres', "COPY beian.sponsor (account_id, province, name, phone, division_code) FROM STDIN;\n1\t京\t张三丰\t13812345678\tmany\n\\.\n", extra_params => [ '-U', 'loader' ], on_error_die => 0);
	$node->psql('postgres', "COPY beian.sponsor (account_id, province, name) FROM STDIN;\n1\t张三丰\t13812345678\n\\.\n", extra_params => [ '-U', 'loader' ], on_error_die => 0);
	$node->psql('postgres', "COPY beian.sponsor (account_id, province) FROM STDIN;\n1\t京\t张三丰\n\\.\n", extra_params => [ '-U', 'loader' ], on_error_die => 0);
	my $log = slurp_file($node->logfile, $from);
	if ($node == $held)
	{
		unlike($log, $personal, 'COPY: nothing with the settings');
		like($log, qr/invalid input syntax for type icp.province: "张\*\*"/, 'our types show no name');
		like($log, qr/invalid input syntax for type integer: "many"/, "what remains: the server's own types repeat the value");
	}
	else
	{
		like($log, qr/CONTEXT:  COPY sponsor, line 1, column province: "张三丰"/, 'COPY: its CONTEXT repeats the value without them');
		like($log, qr/CONTEXT:  COPY sponsor, line 1: "1\t京\t张三丰"/, 'and the line');
	}
}

# Who may look into pg_stat_activity sees statements: the owner's are not a member's to see.
my $session = $held->background_psql('postgres', extra_params => [ '-U', 'keeper' ]) if $held->can('background_psql');
SKIP:
{
	skip 'no background_psql', 1 unless defined $session && $session->can('query_safe');
	$session->query_safe("SELECT '张三丰'");
	unlike($held->safe_psql('postgres', "SELECT query FROM pg_stat_activity WHERE usename = 'keeper'", extra_params => [ '-U', 'a_bureau' ]), $personal,
		'a member sees no statement of others');
	$session->quit;
}

# The secret of claims goes with a dump by the registry's owner, who is no superuser: restored, a person's claim meets
# those of before.
my $folder = PostgreSQL::Test::Utils::tempdir();
$plain->safe_psql('postgres', q{
	INSERT INTO beian.account (provider_id, user_name) VALUES (1, 'p1'), (1, 'p2');
	INSERT INTO beian.sponsor (account_id, province, name, nature, credential)
	SELECT id, '京', '李四', '个人', 'resident_id:440524188001010014' FROM beian.account WHERE user_name = 'p1'});
command_ok([ 'pg_dump', '-d', $plain->connstr('postgres'), '-U', 'keeper', '-n', 'beian', '-Fc', '-f', "$folder/dump" ], 'dumped by the owner');
$plain->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
$plain->safe_psql('restored', 'CREATE EXTENSION icpfiling; GRANT CREATE ON DATABASE restored TO keeper');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $plain->connstr('restored'), "$folder/dump" ], 'restored');
is($plain->safe_psql('restored', 'SELECT beian.claim_secret_id()'), $plain->safe_psql('postgres', 'SELECT beian.claim_secret_id()'), 'with its secret');
is($plain->safe_psql('restored', q{
	INSERT INTO beian.sponsor (account_id, province, name, nature, credential)
	SELECT id, '京', '李四', '个人', 'resident_id:440524188001010014' FROM beian.account WHERE user_name = 'p2';
	SELECT count(*) FROM beian.conflict WHERE state = 'open' AND key = '李四'}), '1', 'a new claim meets the old one');

done_testing();
