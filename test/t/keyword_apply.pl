# Keywords and divisions in apply workers, in a dump, and under a session that outlives the extension.

use strict;
use warnings;
use utf8;
use Encode;
use ICPFiling;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $publisher = ICPFiling::new_node('publisher', 'wal_level = logical');
my $subscriber = ICPFiling::new_node('subscriber');

# the words of a name, as a trigger in the apply worker finds them
$_->safe_psql('postgres', 'CREATE TABLE site (id int PRIMARY KEY, name text, words text)')
  foreach ($publisher, $subscriber);
$subscriber->safe_psql('postgres', q{
	CREATE FUNCTION set_words() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN
			NEW.words := (SELECT string_agg(k.word, ' ')
				FROM unnest('{news,division}'::text[]) list, icp.find_keywords(list, NEW.name) k);
			RETURN NEW;
		END $$;
	CREATE TRIGGER words BEFORE INSERT ON site FOR EACH ROW EXECUTE FUNCTION set_words();
	ALTER TABLE site ENABLE ALWAYS TRIGGER words;
});
$publisher->safe_psql('postgres', 'CREATE PUBLICATION p FOR TABLE site, icp.keyword_local');
$subscriber->safe_psql('postgres',
	"CREATE SUBSCRIPTION s CONNECTION '" . $publisher->connstr . " dbname=postgres' PUBLICATION p");
$subscriber->wait_for_subscription_sync($publisher, 's');

# One transaction a step: what the worker has read must not outlive a change.
my $name = encode('UTF-8', '北京快讯与新闻');
my $id = 0;
foreach my $step (
	[ undef, '新闻 北京', 'shipped words' ],
	[ "INSERT INTO icp.keyword_local VALUES ('news', '快讯')", '快讯 新闻 北京', 'a word that was inserted' ],
	[ 'UPDATE icp.keyword_local SET is_used = false', '新闻 北京', 'a word that was updated' ],
	[ "UPDATE icp.keyword_local SET word = '新闻'", '北京', 'a word that was taken out' ],
	[ 'DELETE FROM icp.keyword_local', '新闻 北京', 'a word that was deleted' ],
	[ "INSERT INTO icp.keyword_local VALUES ('news', '快讯')", '快讯 新闻 北京', 'a word again' ],
	[ 'TRUNCATE icp.keyword_local', '新闻 北京', 'words that were truncated' ])
{
	my ($statement, $words, $what) = @$step;

	$publisher->safe_psql('postgres', encode('UTF-8', $statement)) if defined $statement;
	$id++;
	$publisher->safe_psql('postgres', "INSERT INTO site VALUES ($id, '$name')");
	$publisher->wait_for_catchup('s');
	is($subscriber->safe_psql('postgres', "SELECT words FROM site WHERE id = $id"), encode('UTF-8', $words), $what);
}
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION s');

# the extension leaves and comes back under a session that has read it
is( $publisher->safe_psql('postgres', encode('UTF-8', q{
	SELECT word FROM icp.find_keywords('news', '快讯新闻');
	DROP PUBLICATION p;
	DROP EXTENSION icpfiling;
	CREATE EXTENSION icpfiling;
	SELECT word FROM icp.find_keywords('news', '快讯新闻');
	INSERT INTO icp.keyword_local VALUES ('news', '快讯');
	SELECT word FROM icp.find_keywords('news', '快讯新闻');
})), encode('UTF-8', "新闻\n新闻\n快讯\n新闻"), 'the tables are found again after DROP and CREATE EXTENSION');

# a bureau's rows are in a dump, the shipped ones are not, and the dump can be loaded
$publisher->safe_psql('postgres', encode('UTF-8', q{
	INSERT INTO icp.division_local VALUES (110199, '新试区', '新试');
	INSERT INTO icp.access_mode_local (id, name, source) VALUES (6, '边缘', 'a push');
}));
my $file = $publisher->basedir . '/dump.sql';
command_ok([ 'pg_dump', '-f', $file, '-d', $publisher->connstr('postgres') ], 'a dump is written');
my $dump = slurp_file($file);
like($dump, qr/COPY icp\.keyword_local /, 'own words are dumped');
like($dump, qr/COPY icp\.division_local /, 'own divisions are dumped');
unlike($dump, qr/COPY icp\.(keyword|division|nature|result_code) /, 'shipped rows are not');
$publisher->safe_psql('postgres', 'CREATE DATABASE again');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $publisher->connstr('again'), '-f', $file ],
	'the dump is loaded');
is( $publisher->safe_psql('again', encode('UTF-8', q{
	SELECT word FROM icp.find_keywords('news', '快讯');
	SELECT word FROM icp.find_keywords('division', '新试区');
	SELECT mask FROM icp.access_mode_local;
})), encode('UTF-8', "快讯\n新试\n新试区\n32"), 'and the words in it are found');

done_testing();
