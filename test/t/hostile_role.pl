# What a plain role can do to the server with the library's functions and triggers: nothing but get errors.
#
# Each function of language c whose library is ours, found in pg_proc, so that a new one is driven as well, is called
# with values of its types, good, wrong, NULL and huge; each trigger function is put on tables whose columns have any
# type, were dropped, are generated or of domains, with arguments of any kind and number; tables of claims, warnings and
# members are made likewise, and have triggers of their own that come back, run DDL, ask the rules again, or sleep.
# Meanwhile others throw every cache away, cancel, and terminate.  Types are fed bytes through binary COPY.
#
# It fails where a backend ends by a signal or an assertion, and where an internal error (XX...) leaves the server
# that stands in no list below.
#
#	ICP_HOSTILE_SECONDS	how long (12)
#	ICP_HOSTILE_SEED	the seed (printed; the time)
#	ICP_HOSTILE_SKIP	names of functions that are left out, split by commas
#	ICP_HOSTILE_LOG		where to put the server's log
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use PostgreSQL::Test::Cluster;
use Test::More;
use POSIX ();
use Time::HiRes qw(time sleep);
use ICPFiling;

my $seconds = $ENV{ICP_HOSTILE_SECONDS} || 12;
my $seed = defined $ENV{ICP_HOSTILE_SEED} ? $ENV{ICP_HOSTILE_SEED} : int(time()) % 1000000;
my %skip = map { $_ => 1 } split /,/, $ENV{ICP_HOSTILE_SKIP} // '';
my $workers = 3;
note "seed $seed, $seconds seconds: ICP_HOSTILE_SEED=$seed repeats the statements (not their interleaving)";

# Internal errors that are none of ours, and why: what is said, and with which statement (any, where there is none).
my @allowed = (
	# the server's own multirange_recv makes room for as many ranges as the client says
	[ qr/invalid memory alloc request size/, qr/COPY .* FROM STDIN \(FORMAT binary\)/ ],
	# the server's own, of DDL against DDL
	[ qr/tuple concurrently (updated|deleted)/, qr/STATEMENT:\s+(CREATE|ALTER|DROP|GRANT|TRUNCATE|ANALYZE|DO)/ ],
	[ qr/could not open relation with OID|cache lookup failed for (relation|type|index|attribute|function|trigger|opclass|constraint)/,
	  qr/STATEMENT:\s+(CREATE|ALTER|DROP|GRANT|TRUNCATE|ANALYZE|DO)/ ],
);

my $node = ICPFiling::new_node('hostile',
	"log_line_prefix = '%p %e '", 'log_min_messages = warning', 'log_min_error_statement = error',
	'max_prepared_transactions = 0', 'track_functions = all', 'autovacuum = off',
	"deadlock_timeout = '100ms'", 'max_stack_depth = 1MB', 'log_statement = none');
my $db = 'postgres';
$node->safe_psql($db, q{
	SELECT icp.create_registry();
	CREATE ROLE hostile_plain LOGIN;
	CREATE ROLE hostile_allowed LOGIN;
	ALTER ROLE hostile_plain SET statement_timeout = '3s';
	ALTER ROLE hostile_allowed SET statement_timeout = '3s';
	GRANT CREATE ON DATABASE postgres TO hostile_plain, hostile_allowed;
	SELECT icp.allow_triggers('hostile_allowed');
	GRANT USAGE ON SCHEMA beian TO hostile_allowed;
});

# functions: name, argument types, whether a set or a trigger, whether everybody's
my @functions = map { my ($call, $kind, $plain, $returns, @types) = split /\|/; { call => $call, kind => $kind, plain => $plain eq 't', returns => $returns, types => \@types } }
	split /\n/, $node->safe_psql($db, q{
	SELECT concat_ws('|', format('%I.%I', n.nspname, p.proname),
					 CASE WHEN p.prorettype = 'trigger'::regtype THEN 'trigger' WHEN p.proretset THEN 'set' ELSE 'value' END,
					 has_function_privilege('hostile_plain', p.oid, 'EXECUTE'), p.prorettype::regtype,
					 (SELECT string_agg(t::regtype::text, '|' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, o)))
	  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
	 WHERE p.prolang = (SELECT l.oid FROM pg_language l WHERE l.lanname = 'c') AND p.probin LIKE '%icpfiling%'
	   AND has_function_privilege('hostile_allowed', p.oid, 'EXECUTE')
	 ORDER BY p.proname, p.oid});
@functions = grep { my ($name) = $_->{call} =~ /\.(\w+)$/; !$skip{$name} } @functions;
my @callable = grep { $_->{kind} ne 'trigger' } @functions;
my @triggers = grep { $_->{kind} eq 'trigger' } @functions;
cmp_ok(scalar @callable, '>', 100, 'functions of the library were found');
cmp_ok(scalar @triggers, '>=', 3, 'trigger functions of the library were found');

# types of ours with their input, for binary COPY
my @types = split /\n/, $node->safe_psql($db, q{
	SELECT t.oid::regtype FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
	 WHERE n.nspname = 'icp' AND t.typtype IN ('b', 'r', 'm') AND t.typelem = 0 AND t.typreceive <> 0 ORDER BY 1::text});
cmp_ok(scalar @types, '>=', 8, 'types of the library were found');

sub pick { return $_[ int(rand(@_)) ]; }
sub quote { my ($s) = @_; $s =~ s/'/''/g; return "'$s'"; }

my @words = ('', ' ', '{}', '{a.cn}', '{a.cn,b.cn}', 'a.cn', '*.a.cn', '..', '-', '京', '京ICP备12345678号', '京ICP备12345678号-1',
	'粤B2-20090059', '11010502030143', '京公网安备11010502030143号', 'SHILI', '示例新闻', '北京示例科技有限公司', '企业', '个人',
	'uscc:91110000600037341L', 'resident_id:11010519491231002X', 'passport:E12345678', '010-62381234', '13800138000', 'a@qq.com',
	'http://www.a.cn/x?y#z', 'https://[::1]/', '1.2.4.8', '[1.2.4.8,1.2.4.9]', '{[1.2.4.8,1.2.4.9]}', '::/0', 'empty', 'domain', 'homepage',
	'sponsor_name', 'draft', 'submitted', 'new_filing', 'error', 'warning', 'news', 'division', 'site', 'app', '0', '-1', '2147483648',
	'2026-11-01', 'infinity', 'scrypt$2$1$1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=', "\x{7f}", '\\', '"', '%s%n', '{{{', 'xn--', 'xn--fiqs8s',
	'beian', 'ａｂｃ', "e\xCC\x81", 'ﷺ');
utf8::decode($_) for grep { !utf8::is_utf8($_) } @words;

sub some_text
{
	my $r = rand();
	return quote(pick(@words)) if $r < 0.6;
	return quote(join('', map { pick(@words) } 1 .. 1 + rand(4))) if $r < 0.8;
	return sprintf("repeat(%s, %d)", quote(pick(@words) . pick(',', ' ', '.', '-', '备')), pick(10, 300, 5000, 100000)) if $r < 0.9;
	return 'NULL' if $r < 0.95;
	return quote(join('', map { chr(pick(33 .. 126, 0x4E00 .. 0x4E20)) } 1 .. rand(30)));
}

# Whether values are such as their type takes: a statement with one that it does not take comes no further.
my $careful = 0;

# An expression of a type; of one not known, its NULL or a word as its input.
sub value
{
	my ($type, $depth) = @_;
	$depth ||= 0;
	return "NULL::$type" if rand() < 0.1 && $type !~ /^(record|any|cstring)/;
	return 'NULL::internal' if $type eq 'internal';
	return '(' . some_text() . ")::$type" if $type =~ /^(text|character varying|name|cstring|bpchar|character)$/;
	return pick(qw(0 1 -1 11 44 110000 2147483647), '(-2147483648)', int(rand(100))) . "::$type" if $type =~ /^(integer|bigint|oid)$/;
	return pick(0, 1, -1, 11, 32767, '(-32768)') . '::smallint' if $type eq 'smallint';
	return pick('true', 'false') if $type eq 'boolean';
	return pick(0, -1, "'nan'", "'infinity'", 0.5) . "::$type" if $type =~ /^(double precision|real|numeric)$/;
	return "'" . pick('2026-11-01', '-infinity', 'infinity', '4713-01-01 BC', '5874897-12-31', '2009-06-01') . "'::$type" if $type eq 'date';
	return "'" . pick('2026-11-01 10:00+08', 'infinity', '4713-01-01 BC') . "'::$type" if $type =~ /^timestamp/;
	return "'" . pick('1.2.4.8', '1.2.4.0/24', '::1', '::/0', '0.0.0.0/0', '255.255.255.255') . "'::$type" if $type =~ /^(inet|cidr)$/;
	return pick("''", "'\\x00'", "decode(repeat('ff', " . pick(1, 7, 16, 32, 33) . "), 'hex')", 'sha256(' . "'x'" . ')') . "::$type" if $type eq 'bytea';
	return pick("'pg_class'", "'icp.rule'", "'beian.claim'", "'beian.site'", "'beian.claim_id_seq'", "'beian.conflict'", "'pg_class_oid_index'",
		'4294967295', '0', "'claim'", "'claim_edge'", "'subject'", "'icp.rule_pkey'") . '::regclass' if $type eq 'regclass';
	if ($type =~ /^(.*)\[\]$/)
	{
		my $element = $1;
		return "'{}'::$type" if rand() < 0.15 || $depth > 2;
		return "ARRAY[[" . value($element, 1) . "],[" . value($element, 1) . "]]::$type" if rand() < 0.15;
		return "array_fill(" . value($element, 1) . ", ARRAY[" . pick(1, 2, 3, 500) . "], ARRAY[" . pick(1, 0, -5) . "])" if rand() < 0.15;
		return 'ARRAY[' . join(', ', map { rand() < 0.1 ? 'NULL' : value($element, 1) } 1 .. 1 + rand(4)) . "]::$type";
	}
	if ($type =~ /^(record|any.*)$/)
	{
		return '1' if $type ne 'record' && rand() < 0.5;
		return pick('(SELECT s FROM subject s LIMIT 1)', 'ROW()', 'ROW(NULL)', '(SELECT c FROM pg_class c LIMIT 1)', "(1, 'x')::pair",
			"ROW((1, 'x')::pair, ARRAY[(1, 'x')::pair])", "'(1,x)'::pair_domain",
			'(SELECT x FROM (SELECT ' . join(', ', map { value(pick(some_type(), 'text'), 1) . ' AS ' . pick(field_names()) . (rand() < 0.05 ? '' : '') } 1 .. 1 + rand(4)) . ') x)')
			if $depth < 2;
		return 'ROW(1)';
	}
	# ours and any other: through its input, more often than not with what it accepts
	my %good = (
		'icp.province' => [qw(京 粤 11)], 'icp.icp_id' => ['京ICP备12345678号', '粤B2-20090059'], 'icp.filing_number' => ['京ICP备12345678号-1', '京ICP备12345678号-99A'],
		'icp.psb_number' => ['京公网安备11010502030143号'], 'icp.domain_name' => [ 'a.cn', 'b.a.cn', '中国.cn', 'x' x 63 . '.cn' ],
		'icp.domain_list' => [ '{}', '{a.cn}', '{a.cn,b.cn,c.d.cn}' ], 'icp.credential' => [ 'uscc:91110000600037341L', 'passport:E12345678' ],
		'icp.ip_range' => [ '[1.2.4.8,1.2.4.9]', 'empty', '(,)', '[1.2.4.8,)', '[1.2.4.8,::1]' ], 'icp.ip_multirange' => [ '{}', '{[1.2.4.8,1.2.4.9],[::1,::2]}', '{(,)}' ]);
	if ($careful)
	{
		my %own = (mood => "'x'", pair => "(1,'x')", short_text => "'short'", small => '5', pair_domain => "'(1,x)'", text_list => "'{a,NULL}'", span => "'[1.1.1.1,2.2.2.2]'");
		return "$own{$type}::$type" if $own{$type};
		return "NULL::$type" if !$good{$type};
	}
	my $known = $good{$type};
	$_ = utf8::is_utf8($_) ? $_ : do { my $s = $_; utf8::decode($s); $s } for @{ $known || [] };
	return quote($known && ($careful || rand() < 0.9) ? pick(@$known) : pick(@words)) . "::$type";
}

my @plain_types = ('text', 'integer', 'smallint', 'bigint', 'boolean', 'date', 'timestamp with time zone', 'timestamp without time zone', 'bytea', 'inet', 'cidr',
	'numeric', 'name', 'character varying', 'text[]', 'integer[]', 'bigint[]', 'regclass', 'oid', 'double precision', 'icp.province[]', 'bytea[]');
my @own_types = ('mood', 'pair', 'short_text', 'small', 'pair_domain', 'text_list', 'span', 'pair[]', 'short_text[]');
sub some_type { return rand() < 0.5 ? pick(@plain_types) : rand() < 0.6 ? pick(@types) : pick(@own_types); }

sub field_names
{
	return qw(name nature credential credential_holder credential_expires_on residence_proof province division superior address principal_name
		principal_credential legal_representative authorisation phone mobile emergency_phone email site_name domains former_domains domain_holder
		domain_holder_relation domain_expires_on domain_verified homepage number kind contents languages approvals approval_documents app_platform
		app_package app_fingerprint app_public_key app_name app_icon_bytes ips mode server_province provider approved_providers verified_on);
}
my @key_names = qw(id account_id provider_id province_code kind state reason filed_by event application_id sponsor_id seq method salt values_digest digest
	from_state to_state chain_id changed_at actor at old_values new_values word);
sub column_name { return rand() < 0.6 ? pick(@key_names) : pick(field_names()); }

# What the triggers want their columns to be, so that they often come further than the first look.
my %wanted = (from_state => 'text', to_state => 'text', at => 'timestamp with time zone', actor => 'name', old_values => 'jsonb', new_values => 'jsonb', reason => 'text',
	filed_by => 'text', homepage => 'text', id => 'bigint', account_id => 'bigint', provider_id => 'bigint', province_code => 'smallint', kind => 'text', state => 'text', seq => 'bigint',
	method => 'smallint', salt => 'bytea', values_digest => 'bytea', digest => 'bytea', application_id => 'bigint', sponsor_id => 'bigint',
	chain_id => 'bigint', changed_at => 'timestamp with time zone', word => 'text', domains => 'icp.domain_list', ips => 'icp.ip_multirange', name => 'text', site_name => 'text');

sub columns
{
	my ($wild, @names) = @_;
	my %seen;
	return map { my $t = $wanted{$_}; { name => $_, type => $t && rand() > $wild ? $t : some_type() } } grep { !$seen{$_}++ } @names;
}

sub create_table
{
	my ($table, @columns) = @_;
	my @sql;
	my @defs = map { "$_->{name} $_->{type}" . ($_->{name} eq 'id' && $table =~ /claim/ && rand() < 0.8 ? ' GENERATED ALWAYS AS IDENTITY' : '') } @columns;
	push @defs, 'gone integer' if rand() < 0.5;
	push @defs, 'made text GENERATED ALWAYS AS (\'x\' || \'y\') STORED' if rand() < 0.3;
	push @sql, "CREATE TABLE $table (" . join(', ', sort { rand() <=> 0.5 } @defs) . ');';
	push @sql, "ALTER TABLE $table DROP COLUMN gone;" if $defs[-1] =~ /gone|made/;
	push @sql, "ALTER TABLE $table DROP COLUMN " . pick(@columns)->{name} . ';' if rand() < 0.02;
	push @sql, "ALTER TABLE $table ADD COLUMN late " . some_type() . pick('', " DEFAULT NULL") . ';' if rand() < 0.2;
	return @sql;
}

# Tables of claims: mostly good ones, each with something else wrong.
sub claim_tables
{
	my $wild = pick(0, 0, 0.05, 0.3);
	my @sql = create_table('claim', columns($wild, qw(id kind key key_hash holder holder_id account_id province_code approved released_at)));
	push @sql, create_table('claim_edge', columns($wild, qw(id claim_id claim_holder_id rival_id rival_holder_id province_code detected_at)));
	push @sql, 'CREATE INDEX ON claim (key_hash)' . pick('', ' WHERE released_at IS NULL', ' WHERE released_at IS NOT NULL', ' WHERE back(holder_id) = 0') . ';' if rand() < 0.9;
	push @sql, 'CREATE INDEX ON claim (holder_id);' if rand() < 0.9;
	push @sql, 'CREATE INDEX ON claim_edge (' . pick('claim_holder_id', 'rival_holder_id', 'back(claim_id)') . ');' if rand() < 0.5;
	push @sql, 'CREATE ' . pick('', 'UNIQUE') . ' INDEX ON claim (back(' . pick('account_id', 'holder_id') . '));' if rand() < 0.4;
	push @sql, 'CREATE INDEX ON claim USING ' . pick('hash', 'brin') . ' (key_hash);' if rand() < 0.2;
	push @sql, 'ALTER TABLE claim ENABLE ROW LEVEL SECURITY;' if rand() < 0.1;
	push @sql, 'ALTER TABLE claim ADD CHECK (account_id <> 3);' if rand() < 0.2;
	return @sql;
}
$wanted{$_} = 'bigint' for qw(key_hash holder_id claim_id claim_holder_id rival_id rival_holder_id);
@wanted{qw(key holder approved released_at detected_at)} = ('text', 'regclass', 'boolean', 'timestamp with time zone', 'timestamp with time zone');

sub arguments
{
	my ($function, @columns) = @_;
	my $column = sub { rand() < 0.95 ? pick(@columns)->{name} : pick(@words) };
	my @arguments;
	my ($name) = $function =~ /\.(\w+)$/;
	if (rand() < 0.1)
	{
		@arguments = map { pick(@words, 'a=b', 'warnings=', 'claims=pg_class', '=', 'x=y=z') } 0 .. rand(7);
	}
	elsif ($name eq 'check_row')
	{
		@arguments = map { pick(field_names()) . '=' . (rand() < 0.1 ? '' : $column->()) } 1 .. rand(3);
		push @arguments, 'warnings=' . pick('warning', 'warning', 'warning', 'subject', 'claim', 'nowhere', 'pg_catalog.pg_class', 'icp.rule') if rand() < 0.8;
		push @arguments, 'as_of=' . $column->() if rand() < 0.2;
		push @arguments, 'id=' . $column->() if rand() < 0.5;
	}
	elsif ($name eq 'detect_conflict')
	{
		@arguments = (pick('domain', 'homepage', 'sponsor_name', 'word'), pick('word', 'domains', $column->()),
			pick('account_id', 'account_id', $column->()), pick('id', 'id', $column->()));
		push @arguments, 'claims=' . pick('claim', 'claim', 'beian.claim', 'subject', 'warning', 'pg_class', 'icp.rule', 'a.b.c.d') if rand() < 0.7;
		push @arguments, pick('instead', 'province') . '=' . $column->() if rand() < 0.3;
		push @arguments, pick('approved', 'released') . '=' . $column->() . '=' . pick('x', 'x|y', '', '|') if rand() < 0.4;
	}
	elsif ($name eq 'chain_event')
	{
		@arguments = (pick('head', 'head', 'subject', 'claim', 'nowhere'));
		push @arguments, pick('application', 'subject', 'nowhere') if rand() < 0.3;
	}
	else
	{
		@arguments = (pick('kind', $column->()), pick('state', $column->()), pick('id', $column->()));
	}
	return join(', ', map { quote($_) } @arguments);
}

my @misdeeds = (
	q{PERFORM icp.violation_codes(r, date '2026-01-01' + (random() * 300)::integer) FROM (SELECT 'SHILI'::text AS site_name, '{a.cn,b.cn}'::text AS domains) r;},
	q{INSERT INTO subject SELECT * FROM subject LIMIT 1;},
	q{UPDATE subject SET id = id;},
	q{DELETE FROM subject;},
	q{CREATE TEMP TABLE IF NOT EXISTS junk (a integer); DROP TABLE junk;},
	q{PERFORM pg_sleep(0.02);},
	q{ALTER TABLE warning ADD COLUMN IF NOT EXISTS more integer;},
	q{ALTER TABLE subject DROP COLUMN IF EXISTS late;},
	q{DROP TABLE IF EXISTS claim_edge;},
	q{TRUNCATE claim;},
	q{RAISE EXCEPTION 'no';},
	q{PERFORM * FROM icp.find_rivals('claim', 'subject', 1);},
	q{PERFORM set_config('search_path', 'pg_temp', true);},
	q{RETURN NULL;},
	q{BEGIN INSERT INTO subject SELECT * FROM subject LIMIT 2; EXCEPTION WHEN OTHERS THEN NULL; END;},
	q{SET CONSTRAINTS ALL IMMEDIATE;},
	q{ANALYZE subject;},
);

# One session's work on tables of its own.
sub triggers_batch
{
	my ($allowed) = @_;
	my @sql;
	# tables such as each trigger wants them, some columns of which are something else
	my %profile = (
		chain_event => [qw(application_id sponsor_id province_code seq method salt values_digest digest from_state to_state at actor old_values new_values reason)],
		check_row => [qw(id), map { pick(field_names()) } 1 .. 12 ],
		detect_conflict => [qw(id account_id word domains homepage state province_code)],
		enforce_transition => [qw(id kind state reason account_id provider_id province_code filed_by)]);
	my ($main) = pick(grep { $allowed || $_->{plain} } @triggers);
	my ($profile) = map { $profile{$_} } $main->{call} =~ /\.(\w+)$/;
	my @subject = columns(pick(0, 0, 0.1, 0.5), qw(id account_id kind state word), @{ $profile || [] }, map { column_name() } 0 .. rand(4));
	push @sql, create_table('subject', @subject);
	push @sql, claim_tables();
	push @sql, rand() < 0.8 ? 'CREATE TABLE warning (LIKE icp.warning_columns INCLUDING DEFAULTS);' : create_table('warning', columns(1, qw(relation row_id code field found)));
	push @sql, create_table('member', columns(pick(0, 1), qw(role_name role account_id provider_id province_code))) if rand() < 0.3;
	push @sql, create_table('head', columns(pick(0, 0.1), qw(kind chain_id seq digest province_code changed_at)));
	push @sql, 'ALTER TABLE head ADD PRIMARY KEY (chain_id, kind);' if rand() < 0.9;
	push @sql, create_table('application', columns(0, qw(id state)));
	push @sql, sprintf('CREATE FUNCTION misdeed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF pg_trigger_depth() > %d THEN RETURN %s; END IF; %s RETURN NEW; END $$;',
		pick(1, 2, 3, 30), pick('NEW', 'NULL'), join(' ', map { pick(@misdeeds) } 0 .. rand(3)));
	push @sql, "CREATE TRIGGER misdeed @{[pick('BEFORE', 'AFTER')]} @{[pick('INSERT', 'INSERT OR DELETE', 'UPDATE')]} ON $_ FOR EACH ROW EXECUTE FUNCTION misdeed();"
		for grep { rand() < 0.5 } qw(warning subject head);
	my $n = 0;
	for my $t ($main, map { pick(@triggers) } 1 .. rand(3))
	{
		next if !$allowed && !$t->{plain};
		my $event = pick('INSERT', 'INSERT OR UPDATE', 'INSERT OR UPDATE OR DELETE', 'DELETE', 'UPDATE', 'TRUNCATE');
		my $chain = $t->{call} =~ /chain/;
		my $timing = rand() < 0.9 ? ($chain ? 'BEFORE INSERT' : "AFTER $event") : pick('BEFORE', 'AFTER', 'INSTEAD OF') . " $event";
		my $level = rand() < 0.8 && $timing !~ /TRUNCATE/ ? 'ROW' : 'STATEMENT';
		my $transition = $level eq 'STATEMENT' && rand() < 0.8 ? $event eq 'INSERT' ? 'REFERENCING NEW TABLE AS n' : $event eq 'DELETE' ? 'REFERENCING OLD TABLE AS o' :
			'REFERENCING OLD TABLE AS o NEW TABLE AS n' : '';
		my $constraint = $level eq 'ROW' && $timing =~ /^AFTER/ && rand() < 0.15 ? 'CONSTRAINT' : '';
		$transition = 'DEFERRABLE INITIALLY DEFERRED' if $constraint;
		push @sql, sprintf('CREATE %s TRIGGER t%d %s ON %s %s FOR EACH %s EXECUTE FUNCTION %s(%s);', $constraint, $n++, $timing,
			rand() < 0.95 ? 'subject' : pick(qw(claim warning head)), $transition, $level, $t->{call}, arguments($t->{call}, @subject));
	}
	$careful = rand() < 0.9;
	push @sql, 'INSERT INTO head (kind, chain_id, seq, digest) VALUES (' . join(', ', quote(pick('application', 'sponsor', 'registry')), pick(0, 1, 11), value('bigint'), pick('NULL', value('bytea'), "sha256('x')")) . ');'
		for 1 .. rand(4);
	for (1 .. 4 + rand(12))
	{
		my @some = grep { rand() < 0.8 } @subject;
		my $values = sub { join(', ', map { value($_->{type}) } @some) };
		push @sql, pick(
			(@some ? ('INSERT INTO subject (' . join(', ', map { $_->{name} } @some) . ') VALUES ' . join(', ', map { '(' . $values->() . ')' } 1 .. 1 + rand(3)) . ' RETURNING *;') x ($_ < 5 ? 60 : 10) : ()),
			(@some ? 'UPDATE subject SET ' . join(', ', map { "$_->{name} = " . value($_->{type}) } @some) . ';' : ()),
			'UPDATE subject SET id = id, word = word, state = state;', 'DELETE FROM subject;', 'INSERT INTO subject SELECT * FROM subject;', 'TRUNCATE subject;',
			'ALTER TABLE subject RENAME COLUMN word TO ' . pick('wort', 'word') . ';', 'ALTER TABLE head RENAME TO ' . pick('kopf', 'head') . ';',
			'BEGIN; SAVEPOINT s; DELETE FROM subject; ROLLBACK TO s; UPDATE subject SET id = id; COMMIT;',
			'DO $$ BEGIN FOR i IN 1..30 LOOP BEGIN UPDATE subject SET id = id; EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$;',
			'ALTER TABLE subject ALTER ' . pick(@subject)->{name} . ' TYPE ' . some_type() . ' USING NULL;',
			"SELECT * FROM icp.find_rivals('claim', 'subject', 1);");
	}
	$careful = 0;
	return @sql;
}

sub call
{
	my ($f) = @_;
	return $f->{call} . '(' . join(', ', map { value($_) } @{ $f->{types} }) . ')';
}

sub calls_batch
{
	my ($allowed) = @_;
	my @usable = grep { $allowed || $_->{plain} } @callable;
	$careful = rand() < 0.5;
	my @sql = create_table('subject', columns(0.5, map { column_name() } 1 .. 8));
	push @sql, claim_tables() if rand() < 0.3;
	push @sql, 'INSERT INTO subject DEFAULT VALUES;', 'INSERT INTO subject DEFAULT VALUES;';
	my $n = 0;
	for (1 .. 40)
	{
		my $f = pick(@usable);
		# nobody has a value of this type, not even a NULL
		next if grep { $_ eq 'internal' } @{ $f->{types} } and rand() < 0.95;
		next if $f->{call} =~ /hash_password|check_password/ && rand() < 0.9;
		my $call = call($f);
		my @types = @{ $f->{types} };
		my $sign = '@' . join('', map { pick('#', '%', '&', '~') } 1 .. 5);
		$n++;
		push @sql, pick(
			("SELECT $call;") x 6,
			"SELECT * FROM $call AS x;",
			"SELECT $call FROM generate_series(1, 20);",
			'SELECT ' . call($f) . ' IS DISTINCT FROM ' . call($f) . ';',
			"DO \$\$ BEGIN FOR i IN 1..3 LOOP PERFORM $call; ALTER TABLE subject ADD COLUMN c${n}_1 integer; PERFORM $call; ALTER TABLE subject DROP COLUMN c${n}_1; END LOOP; EXCEPTION WHEN undefined_column THEN NULL; END \$\$;",
			# its arguments where another's would stand
			"SELECT $f->{call}(" . join(', ', map { value(some_type()) } @types) . ');',
			"SELECT $f->{call}(" . join(', ', ('NULL') x @types) . ');',
			# as the step of an aggregate, from any state
			(@types && $types[0] eq $f->{returns} && $types[0] !~ /internal|record|cstring/ ?
				("CREATE AGGREGATE a$n (" . (@types > 1 ? join(', ', @types[1 .. $#types]) : '*') . ") (sfunc = $f->{call}, stype = $types[0]" .
				(rand() < 0.7 ? ', initcond = ' . quote(pick(@words, '\\x', '\\x' . 'ff' x 40, '\\x00000000', '\\x05000000' . '01' x 8, '{1,2}', '{5,1}', '{1,2,3}', '{NULL,1}')) : '') .
				"); SELECT a$n(" . (@types > 1 ? join(', ', map { value($_) } @types[1 .. $#types]) : '*') . ') FROM generate_series(1, 5);') x 2 : ()),
			# for operators that it does not know
			"CREATE OPERATOR $sign (leftarg = integer, rightarg = integer, function = int4eq, restrict = $f->{call}); SELECT FROM subject WHERE 1 $sign 2;",
			(@types == 1 ? "CREATE INDEX ON subject ((" . $f->{call} . '(' . pick(column_name()) . ')));' : ()),
		);
	}
	$careful = 0;
	return @sql;
}

# Bytes that a client sends as a value of a type: what another sent, with a few of them changed.
sub copy_batch
{
	my ($dir) = @_;
	my @sql;
	for my $i (1 .. 6)
	{
		my $type = pick(@types);
		my $file = "$dir/b$i";
		my $body = join('', map { chr(rand() < 0.6 ? pick(1, 0, 4, ord('a'), ord('.'), ord('c'), ord('n'), 46, 2, 97) : int(rand(256))) } 1 .. pick(0, 1, 2, 8, 9, 12, 30, 300));
		$body = "\x01" . $body if rand() < 0.7;
		open my $fh, '>:raw', $file or die "$file: $!";
		print $fh "PGCOPY\n\xff\r\n\0" . pack('NN', 0, 0) . join('', map { pack('nN', 1, length $body) . $body } 1) . pack('n', 0xFFFF);
		close $fh;
		push @sql, "CREATE TABLE b$i (v $type);";
		push @sql, "INSERT INTO b$i VALUES (" . value($type) . ');' for 1 .. 3;
		push @sql, "\\copy b$i TO '$file.out' (FORMAT binary)", "\\! perl -pi -e 'BEGIN { binmode STDIN; srand($i" . int(rand(1e6)) . ") } substr(\$_, 19 + rand(length(\$_) - 19 > 0 ? length(\$_) - 19 : 1), 1) = chr(rand(256)) if length > 21' '$file.out'"
			if rand() < 0.5;
		push @sql, "\\copy b$i FROM '$file' (FORMAT binary)", "\\copy b$i FROM '$file.out' (FORMAT binary)";
		push @sql, "SELECT v::text, v = v, v IS NULL FROM b$i;", "SELECT count(DISTINCT v), min(v::text) FROM b$i;", "TABLE b$i ORDER BY v;",
			"CREATE INDEX ON b$i (v);", "ANALYZE b$i;";
	}
	return @sql;
}

my $host = $node->host;
my $port = $node->port;
my $work = PostgreSQL::Test::Utils::tempdir;

sub run_psql
{
	my ($user, $lines) = @_;
	my $pid = open(my $psql, '|-');
	if (!$pid)
	{
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		{ exec 'psql', '-X', '-q', '-A', '-t', '-d', "host=$host port=$port dbname=$db user=$user", '-f', '-' };
		POSIX::_exit(1);
	}
	local $SIG{PIPE} = 'IGNORE';
	binmode $psql, ':utf8';
	print $psql "$_\n" for @$lines;
	close $psql;
}

sub worker
{
	my ($k, $end) = @_;
	srand($seed * 100 + $k);
	my $schema = "w$k";
	my $allowed = $k % 3 != 0;
	my $dir = "$work/$k";
	my $count = 0;
	mkdir $dir;
	while (time() < $end)
	{
		my @sql = ('SET client_min_messages = error;', "DROP SCHEMA IF EXISTS $schema CASCADE;", "CREATE SCHEMA $schema;", "SET search_path = $schema, icp, public;",
			"CREATE TYPE mood AS ENUM ('x', 'y');", 'CREATE TYPE pair AS (id integer, name text);', 'CREATE DOMAIN pair_domain AS pair;',
			"CREATE DOMAIN short_text AS text CHECK (value <> 'no');", 'CREATE DOMAIN small AS integer CHECK (value <> 13);', 'CREATE DOMAIN text_list AS text[];',
			'CREATE TYPE span AS RANGE (subtype = inet, subtype_diff = icp.ip_range_diff);',
			"CREATE FUNCTION back(bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS \$\$ BEGIN @{[pick('', q{PERFORM pg_sleep(0.001);}, q{PERFORM count(*) FROM pg_class;}, q{PERFORM icp.violation_codes(ROW(1), '2026-11-01');}, q{EXECUTE 'TRUNCATE claim';}, q{IF $1 = 2 THEN RAISE 'two'; END IF;})]} RETURN \$1; END \$\$;");
		my $r = rand();
		push @sql, $r < 0.5 ? triggers_batch($allowed) : $r < 0.9 ? calls_batch($allowed) : copy_batch($dir);
		push @sql, 'DROP SCHEMA IF EXISTS ' . $schema . ' CASCADE;' if rand() < 0.5;
		run_psql($allowed ? 'hostile_allowed' : 'hostile_plain', \@sql);
		$count += @sql;
	}
	open my $fh, '>', "$work/count.$k" or die;
	print $fh $count;
	close $fh;
}

# Others: who throws caches away, who alters the rules, who cancels and terminates.
sub noise
{
	my ($k, $end) = @_;
	srand($seed * 100 + $k);
	while (time() < $end)
	{
		if ($k % 2)
		{
			run_psql('hostile_plain', [ 'DO $$ BEGIN FOR i IN 1..150 LOOP CREATE TEMP TABLE t (a integer PRIMARY KEY, b text); DROP TABLE t; END LOOP; END $$;' ]);
			sleep 0.05;
		}
		else
		{
			run_psql(scalar getpwuid($>), [
				"INSERT INTO icp.rule_setting (code, severity) VALUES ('EMAIL-002', 'error') ON CONFLICT DO NOTHING;", "DELETE FROM icp.rule_setting;",
				"INSERT INTO icp.keyword_local (list, word) VALUES ('news', 'zzz') ON CONFLICT DO NOTHING;", "DELETE FROM icp.keyword_local WHERE word = 'zzz';",
				sprintf("SELECT %s(pid) FROM pg_stat_activity WHERE usename LIKE 'hostile%%' AND state = 'active' AND random() < 0.3;",
					rand() < 0.7 ? 'pg_cancel_backend' : 'pg_terminate_backend') ]);
			sleep 0.1 + rand(0.3);
		}
	}
}

my $end = time() + $seconds;
my @children;
for my $k (1 .. $workers, 101, 102)
{
	my $pid = fork();
	die "fork: $!" unless defined $pid;
	if (!$pid)
	{
		eval { $k > 100 ? noise($k, $end) : worker($k, $end); };
		print STDERR "driver $k: $@" if $@;
		POSIX::_exit($@ ? 1 : 0);
	}
	push @children, $pid;
}
my $broken = 0;
for (@children) { waitpid $_, 0; $broken++ if $?; }
is($broken, 0, 'the drivers came to their end');

my $statements = 0;
for my $k (1 .. $workers) { $statements += slurp_file("$work/count.$k") if -f "$work/count.$k"; }

# What the server says about it.
my $log = slurp_file($node->logfile);
if ($ENV{ICP_HOSTILE_LOG}) { open my $fh, '>', $ENV{ICP_HOSTILE_LOG} or die $!; print $fh $log; close $fh; }
my (%states, @crashes, @internal, $last);
my @lines = split /\n/, $log;
for my $i (0 .. $#lines)
{
	my $line = $lines[$i];
	push @crashes, join("\n", @lines[ $i .. ($i + 3 > $#lines ? $#lines : $i + 3) ]) if $line =~ /was terminated by signal|^TRAP:|PANIC:/;
	next unless $line =~ /^(\d+) (\w{5}) (ERROR|FATAL):  (.*)/;
	my ($pid, $state, $said) = ($1, $2, $4);
	$states{$state}++;
	next unless $state =~ /^XX/;
	my $end = $i + 40 > $#lines ? $#lines : $i + 40;
	my ($statement) = grep { /^$pid \w{5} STATEMENT:/ } @lines[ $i + 1 .. $end ];
	$statement //= '';
	next if grep { $said =~ $_->[0] && $statement =~ $_->[1] } @allowed;
	push @internal, "$state $said\n    $statement";
}
note "$statements statements; errors by SQLSTATE: " . join(', ', map { "$_ $states{$_}" } sort { $states{$b} <=> $states{$a} } keys %states);
is(scalar @crashes, 0, 'no backend ended by a signal or an assertion') or diag(join("\n", @crashes[ 0 .. ($#crashes > 5 ? 5 : $#crashes) ]));
my %seen;
@internal = grep { (my $key = $_) =~ s/\d+/N/g; $key =~ s/\n.*//s; !$seen{$key}++ } @internal;
is(scalar @internal, 0, 'no internal error left the server') or diag(join("\n", @internal[ 0 .. ($#internal > 20 ? 20 : $#internal) ]));
cmp_ok($statements, '>', 50 * $seconds, 'statements were run');
my %expected = map { $_ => 1 } qw(42703 42804 23514 22P02);
is(join(' ', grep { !$states{$_} } sort keys %expected), '', 'they came as far as to be refused for what they are');
my $uncalled = $node->safe_psql($db, q{
	SELECT string_agg(DISTINCT p.proname, ' ' ORDER BY p.proname) FROM pg_proc p
	 WHERE p.prolang = (SELECT l.oid FROM pg_language l WHERE l.lanname = 'c') AND p.probin LIKE '%icpfiling%'
	   AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[])
	   AND NOT EXISTS (SELECT FROM pg_stat_user_functions s WHERE s.funcid = p.oid)});
note "functions that no call reached this time: $uncalled";
# after all that the server works
is($node->safe_psql($db, "SELECT icp.violation_codes(r, '2026-11-01') FROM (SELECT 'SHILI'::text AS site_name) r"), '{SITE-NAME-004}', 'the rules are what they were');
is($node->safe_psql($db, 'SELECT * FROM icp.check_registry()'), 'right|USAGE on schema to hostile_allowed|added', 'the registry is what it was');
note "seed $seed";
$node->stop;
done_testing();
