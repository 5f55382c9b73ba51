-- Ranges of addresses: canonical form, casts, public addresses, the wire, indexes.
SET search_path = icp, public;

-- vectors of test/data/ip.tsv
\getenv abs_srcdir PG_ABS_SRCDIR
\set ip_file :abs_srcdir '/data/ip.tsv'
CREATE TEMP TABLE vector (address text, verdict text);
-- read by psql, since the server's user may not read a checkout of mode 700
\set command '\\copy vector FROM ' :'ip_file' ' (HEADER)'
:command
SELECT count(*), count(DISTINCT verdict) FROM vector;
SELECT address, verdict, special_purpose(address::ip_range) FROM vector
WHERE is_public(address::ip_range) IS DISTINCT FROM (verdict = 'good') OR (explain_ip_range(address) IS NULL) IS DISTINCT FROM (verdict = 'good');
SELECT address, explain_ip_range(address) FROM vector WHERE verdict = 'bad' ORDER BY address::inet;

-- canonical form
SELECT l, l::ip_range AS canonical FROM unnest(ARRAY[
  '[198.51.100.1,198.51.100.9]', '[198.51.100.1,198.51.100.9)', '(198.51.100.1,198.51.100.9]', '(198.51.100.1,198.51.100.9)',
  '(198.51.100.1,198.51.100.2)', '[198.51.100.1,198.51.100.1)', 'empty', '[198.51.100.255,198.51.101.0)',
  '[198.51.100.1,)', '(,198.51.100.1]', '(,198.51.100.1)', '(255.255.255.255,)', '(,0.0.0.0)', '(,)',
  '[240e::,240e::ffff]', '(240e::ffff:ffff:ffff:ffff,240e:0:0:2::]', '[240e:0:0:1::,240e:0:0:2::)', '[240e::,)', '(,240e::1]',
  '[1.2.3.4/32,1.2.3.5/32]']) AS l;
SELECT ip_range('240e::1', '240e::9', '()'), ip_range('198.51.100.1', '198.51.100.9');
SELECT '[198.51.100.1,198.51.100.9)'::ip_range = '[198.51.100.1,198.51.100.8]'::ip_range AS same_value;
SELECT '[198.51.100.0/24,198.51.101.0/24]'::ip_range;
SELECT ip_range('198.51.100.0/24', '198.51.100.255');
SELECT '[198.51.100.9,198.51.100.1]'::ip_range;
SELECT '[198.51.100.9,x]'::ip_range;

-- from text, blocks and addresses
SELECT t, to_ip_range(t) FROM unnest(ARRAY[
  '198.51.100.0/24', '198.51.100.9', '198.51.100.1-198.51.100.9', ' 198.51.100.1 — 198.51.100.9 ', '198.51.100.1至198.51.100.9',
  '198.51.100.1~198.51.100.1', '0.0.0.0/0', '198.51.100.9/32', '240e::/16', '::/0', '240e::1-240e::9', '240e::/64', '240e::/65',
  '240E:0::1', '[198.51.100.1,198.51.100.9)', 'empty', '203.0.113.128/25']) AS t;
SELECT to_ip_range('198.51.100.0/24'::inet), to_ip_range('198.51.100.7'::inet), to_ip_range('198.51.100.0/24'::cidr),
  '198.51.100.0/25'::cidr::ip_range, '198.51.100.7'::inet::ip_range, '198.51.100.7'::text::ip_range;
SELECT t, try_ip_range(t), explain_ip_range(t) FROM unnest(ARRAY[
  '192.168.1.X', '192.168.1.*', '', ' ', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/024', '1.2.3.4/24',
  '240e::1/129', '240e::1/64', '1.2.3.9-1.2.3.4', '1.2.3.4-240e::1', '1.2.3.4-', '-1.2.3.4', '1.2.3.4-5', '1.2.3.4-1.2.3.5-1.2.3.6',
  '1.2.3.4,1.2.3.5', '1.2.3.4 1.2.3.5', 'localhost', '240e:::1', '1.2.3.4/24-1.2.3.9', '8.8.8.8', NULL]) AS t;
SELECT to_ip_range('192.168.1.X');
SELECT to_ip_range('1.2.3.4/24');
SELECT to_ip_range('1.2.3.4/24'::inet);
CREATE TEMP TABLE assigned (r ip_range);
INSERT INTO assigned VALUES ('198.51.100.0/24'::cidr), ('198.51.100.7'::inet);
SELECT r FROM assigned ORDER BY r;

-- public: the whole range, and what IANA calls reachable within special blocks
SELECT r, is_public(to_ip_range(r)), special_purpose(to_ip_range(r)) FROM unnest(ARRAY[
  '9.255.255.255', '9.255.255.255-10.0.0.0', '11.0.0.0', '11.0.0.0/8', '172.31.255.255', '172.32.0.0', '100.63.255.255', '100.128.0.0',
  '223.255.255.255', '224.0.0.0', '255.255.255.255', '0.0.0.0/0', '192.88.98.255', '192.88.99.1', '198.17.255.255', '198.19.255.255',
  '2001:4:112::1', '2001:4:113::', '2001:20::/28', '2001:200::1', '2001:1ff::', '2001:1::1', '2001:1::4', '3ffe::1', '3fff:fff::', '3fff:1000::',
  '64:ff9b::102:304', '64:ff9b:1::', '::', '::1', '::2', '::ffff:8.8.8.8', '100::', '100:0:0:1::1', '4000::', 'fec0::1', 'fe80::1', 'ff02::1', '2000::/3', '2408::/13']) AS r;
SELECT is_public('empty'::ip_range) AS empty, is_public('(,)'::ip_range) AS all, is_public('[1.2.3.4,240e::1]'::ip_range) AS mixed,
  family_of('[1.2.3.4,240e::1]') AS mixed_family, family_of('[1.2.3.4,1.2.3.4]'), family_of('[240e::1,240e::1]'), family_of('empty');
SELECT is_public('{[8.8.8.8,8.8.8.9],[240e::1,240e::9]}'::ip_multirange) AS good, is_public('{[8.8.8.8,8.8.8.9],[10.0.0.1,10.0.0.1]}'::ip_multirange) AS bad,
  is_public('{}'::ip_multirange) AS none;

-- the wire: domain vectors 8.8.8.8 and 1.2.4.8
SELECT to_wire('8.8.8.8'), to_wire('1.2.4.8'), to_wire('0.0.0.0'), to_wire('255.255.255.255');
SELECT from_wire(134744072), from_wire(16909320), from_wire(4294967295);
SELECT count(*) FROM generate_series(0::bigint, 4294967295, 9999991) AS n WHERE to_wire(from_wire(n)) <> n;
SELECT to_wire('240e::1');
SELECT to_wire('8.8.8.0/24');
SELECT from_wire(4294967296);
SELECT from_wire(-1);

-- distance
SELECT ip_range_diff('198.51.100.9', '198.51.100.1'), ip_range_diff('198.51.100.1', '198.51.100.9'), ip_range_diff('240e::1', '240e::'),
  ip_range_diff('240f::', '240e::') = 2.0 ^ 112, ip_range_diff('::', '255.255.255.255') > 0, ip_range_diff('8.8.8.8', '240e::') < 0;

-- both families in one multirange, neighbours joined, families not
SELECT '{[240e::1,240e::1],[8.8.8.9,8.8.8.9],[8.8.8.8,8.8.8.8],[240e::2,240e::2]}'::ip_multirange;
SELECT '{[240.0.0.0,255.255.255.255],[::,::1]}'::ip_multirange;
SELECT '[8.8.8.8,8.8.8.8]'::ip_range -|- '[8.8.8.9,8.8.8.9]'::ip_range AS adjacent, '[8.8.8.8,8.8.8.8]'::ip_range -|- '[240e::,240e::]'::ip_range AS not_adjacent,
  '[1.0.0.0,255.255.255.255]'::ip_range -|- '[::,::1]'::ip_range AS not_at_the_end;
SELECT '[8.8.8.0,8.8.8.255]'::ip_range - '[8.8.8.8,8.8.8.255]'::ip_range AS minus, '[8.8.8.0,8.8.8.7]'::ip_range + '[8.8.8.8,8.8.8.255]'::ip_range AS plus,
  '[8.8.8.0,8.8.8.255]'::ip_range * '[8.8.8.8,8.8.9.255]'::ip_range AS times, '[8.8.8.0,8.8.8.255]'::ip_range @> '8.8.8.8'::inet AS has;

-- indexes over both families answer as a scan does
CREATE TEMP TABLE block AS
  SELECT n, CASE WHEN n % 3 = 0 THEN ip_range('240e::'::inet + (n * 65536::bigint), '240e::'::inet + (n * 65536::bigint + n % 70000), '[]')
    ELSE ip_range('1.0.0.0'::inet + (n * 1000), '1.0.0.0'::inet + (n * 1000 + n % 3000), '[]') END AS r
  FROM generate_series(1, 6000) AS n;
INSERT INTO block VALUES (0, 'empty'), (-1, '(,)'), (-2, '[1.0.0.0,240e::1]');
CREATE TEMP TABLE asked AS
  SELECT '1.0.0.0'::inet + (n * 200021) AS a FROM generate_series(0, 29) AS n
  UNION ALL SELECT '240e::'::inet + (n * 13107201::bigint) FROM generate_series(0, 29) AS n
  UNION ALL SELECT upper(r) + 1 FROM block WHERE n > 0 AND n % 250 < 2;
CREATE TEMP TABLE by_scan AS
  SELECT a, (SELECT count(*) FROM block WHERE r @> a) AS elements, (SELECT count(*) FROM block WHERE r && (a::ip_range)) AS overlapping,
    (SELECT count(*) FROM block WHERE r -|- (a::ip_range)) AS adjacent, (SELECT count(*) FROM block WHERE r << (a::ip_range)) AS before FROM asked;
SELECT count(*), sum(elements), sum(overlapping), sum(adjacent) FROM by_scan;
SET enable_seqscan = off;
CREATE INDEX block_gist ON block USING gist (r);
SELECT count(*) AS differ FROM by_scan WHERE (elements, overlapping, adjacent, before) IS DISTINCT FROM
  ((SELECT count(*) FROM block WHERE r @> a), (SELECT count(*) FROM block WHERE r && (a::ip_range)),
   (SELECT count(*) FROM block WHERE r -|- (a::ip_range)), (SELECT count(*) FROM block WHERE r << (a::ip_range)));
DROP INDEX block_gist;
CREATE INDEX block_spgist ON block USING spgist (r);
SELECT count(*) AS differ FROM by_scan WHERE (elements, overlapping, adjacent, before) IS DISTINCT FROM
  ((SELECT count(*) FROM block WHERE r @> a), (SELECT count(*) FROM block WHERE r && (a::ip_range)),
   (SELECT count(*) FROM block WHERE r -|- (a::ip_range)), (SELECT count(*) FROM block WHERE r << (a::ip_range)));
DROP INDEX block_spgist;
CREATE TEMP TABLE site AS SELECT n / 3 AS id, range_agg(r) AS ips FROM block WHERE n > 0 GROUP BY n / 3;
CREATE INDEX site_gist ON site USING gist (ips);
SELECT count(*) FROM site WHERE ips @> '240e::3:0'::inet;
RESET enable_seqscan;
ANALYZE block;
SELECT count(*) FROM block WHERE r && '[1.0.0.0,1.0.255.255]';

-- no overlap of blocks (4 §15(五)), as a constraint
CREATE TEMP TABLE reported (r ip_range, EXCLUDE USING gist (r WITH &&));
INSERT INTO reported VALUES (to_ip_range('8.8.8.0/24')), (to_ip_range('240e::/20'));
INSERT INTO reported VALUES (to_ip_range('8.8.8.128-8.8.9.1'));

-- binary form
CREATE TEMP TABLE copied (r ip_range, m ip_multirange);
INSERT INTO copied SELECT r, ip_multirange(r) FROM block WHERE n % 500 = 0 AND n >= 0;
\getenv dir PG_ABS_BUILDDIR
\set file :dir '/results/ip_range.bin'
\set write '\\copy copied TO ' :'file' ' (FORMAT binary)'
\set read '\\copy copied_back FROM ' :'file' ' (FORMAT binary)'
:write
CREATE TEMP TABLE copied_back (r ip_range, m ip_multirange);
:read
SELECT count(*) FROM copied JOIN copied_back USING (r, m);
SELECT pg_catalog.range_send('[198.51.100.1,198.51.100.9)'::ip_range);
