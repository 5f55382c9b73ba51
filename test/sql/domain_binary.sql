-- Binary form of names and lists: what is sent, and every wrong one refused.
SET search_path = icp, public;

SELECT domain_name_send('www.a.cn'), domain_name_send('示例.中国');
SELECT domain_list_send('{a.cn,www.a.cn}'), domain_list_send('{}');

-- Crafted bytes: a bytea that is copied out in binary is a field of just these bytes, and is copied in as a name or
-- a list. psql writes and runs the copies, one case after the other.
CREATE TABLE wire (d domain_name, l domain_list);
CREATE TABLE crafted (kind text, n int, what text, payload bytea);
INSERT INTO crafted SELECT 'd', * FROM (VALUES
  (1, 'good', '\x01'::bytea || 'www.a.cn'),
  (2, 'good A-label', '\x01'::bytea || 'xn--fiqs8s'),
  (3, 'empty', ''),
  (4, 'no name', '\x01'),
  (5, 'another version', '\x02'::bytea || 'a.cn'),
  (6, 'upper case', '\x01'::bytea || 'A.cn'),
  (7, 'trailing dot', '\x01'::bytea || 'a.cn.'),
  (8, 'Unicode', '\x01'::bytea || convert_to('中国', 'UTF8')),
  (9, 'underscore', '\x01'::bytea || 'a_b.cn'),
  (10, 'wrong A-label', '\x01'::bytea || 'xn--zzzzzzz99999'),
  (11, 'zero byte', '\x01612e636e00'),
  (12, 'no UTF-8', '\x01ff2e636e'),
  (13, 'the stored form', '\x01636e0161'),
  (14, 'address', '\x01'::bytea || '1.2.3.4'),
  (15, 'too long', '\x01'::bytea || repeat('abcdefghi.', 26)::bytea || 'cn')) AS v;
INSERT INTO crafted SELECT 'l', * FROM (VALUES
  (1, 'good', '\x0104636e016104636e0162'::bytea),
  (2, 'good and empty', '\x01'),
  (3, 'empty', ''),
  (4, 'another version', '\x0204636e0161'),
  (5, 'cut off', '\x0104636e01'),
  (6, 'length of nothing', '\x0104'),
  (7, 'empty entry', '\x0100'),
  (8, 'out of order', '\x0104636e016204636e0161'),
  (9, 'twice', '\x0104636e016104636e0161'),
  (10, 'upper case', '\x0104636e0141'),
  (11, 'dot inside', '\x0104636e2e61'),
  (12, 'two separators', '\x0105636e010161'),
  (13, 'separator at the end', '\x0103636e01'),
  (14, 'separator at the beginning', '\x010301636e'),
  (15, 'hyphen at the edge', '\x0105636e01612d'),
  (16, 'an index bound', '\x0103636e2d'),
  (17, 'digits at the top', '\x010431323301'),
  (18, 'only digits at the top', '\x0103313233'),
  (19, 'wrong A-label', '\x0110'::bytea || 'xn--zzzzzzz99999'),
  (20, 'good A-label', '\x010a'::bytea || 'xn--fiqs8s'),
  (21, 'label of 64', '\x0140'::bytea || repeat('a', 64)::bytea),
  (22, 'entry of 254', '\x01fe'::bytea || repeat('a', 254)::bytea)) AS v;
\getenv dir PG_ABS_BUILDDIR
\set field :dir '/results/domain_binary.bin'
\set write '\\copy (SELECT payload FROM crafted JOIN turn USING (kind, n)) TO ' :'field' ' (FORMAT binary)'
\set read_name '\\copy wire (d) FROM ' :'field' ' (FORMAT binary)'
\set read_list '\\copy wire (l) FROM ' :'field' ' (FORMAT binary)'
CREATE TABLE turn AS SELECT 'd' AS kind, 0 AS n;
UPDATE turn SET kind = 'd', n = 1; -- good
:write
:read_name
UPDATE turn SET kind = 'd', n = 2; -- good A-label
:write
:read_name
UPDATE turn SET kind = 'd', n = 3; -- empty
:write
:read_name
UPDATE turn SET kind = 'd', n = 4; -- no name
:write
:read_name
UPDATE turn SET kind = 'd', n = 5; -- another version
:write
:read_name
UPDATE turn SET kind = 'd', n = 6; -- upper case
:write
:read_name
UPDATE turn SET kind = 'd', n = 7; -- trailing dot
:write
:read_name
UPDATE turn SET kind = 'd', n = 8; -- Unicode
:write
:read_name
UPDATE turn SET kind = 'd', n = 9; -- underscore
:write
:read_name
UPDATE turn SET kind = 'd', n = 10; -- wrong A-label
:write
:read_name
UPDATE turn SET kind = 'd', n = 11; -- zero byte
:write
:read_name
UPDATE turn SET kind = 'd', n = 12; -- no UTF-8
:write
:read_name
UPDATE turn SET kind = 'd', n = 13; -- the stored form
:write
:read_name
UPDATE turn SET kind = 'd', n = 14; -- address
:write
:read_name
UPDATE turn SET kind = 'd', n = 15; -- too long
:write
:read_name
UPDATE turn SET kind = 'l', n = 1; -- good
:write
:read_list
UPDATE turn SET kind = 'l', n = 2; -- good and empty
:write
:read_list
UPDATE turn SET kind = 'l', n = 3; -- empty
:write
:read_list
UPDATE turn SET kind = 'l', n = 4; -- another version
:write
:read_list
UPDATE turn SET kind = 'l', n = 5; -- cut off
:write
:read_list
UPDATE turn SET kind = 'l', n = 6; -- length of nothing
:write
:read_list
UPDATE turn SET kind = 'l', n = 7; -- empty entry
:write
:read_list
UPDATE turn SET kind = 'l', n = 8; -- out of order
:write
:read_list
UPDATE turn SET kind = 'l', n = 9; -- twice
:write
:read_list
UPDATE turn SET kind = 'l', n = 10; -- upper case
:write
:read_list
UPDATE turn SET kind = 'l', n = 11; -- dot inside
:write
:read_list
UPDATE turn SET kind = 'l', n = 12; -- two separators
:write
:read_list
UPDATE turn SET kind = 'l', n = 13; -- separator at the end
:write
:read_list
UPDATE turn SET kind = 'l', n = 14; -- separator at the beginning
:write
:read_list
UPDATE turn SET kind = 'l', n = 15; -- hyphen at the edge
:write
:read_list
UPDATE turn SET kind = 'l', n = 16; -- an index bound
:write
:read_list
UPDATE turn SET kind = 'l', n = 17; -- digits at the top
:write
:read_list
UPDATE turn SET kind = 'l', n = 18; -- only digits at the top
:write
:read_list
UPDATE turn SET kind = 'l', n = 19; -- wrong A-label
:write
:read_list
UPDATE turn SET kind = 'l', n = 20; -- good A-label
:write
:read_list
UPDATE turn SET kind = 'l', n = 21; -- label of 64
:write
:read_list
UPDATE turn SET kind = 'l', n = 22; -- entry of 254
:write
:read_list
SELECT * FROM wire ORDER BY d, l;

DROP TABLE wire, crafted, turn;
