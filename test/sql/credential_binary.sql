-- Binary form of credentials: what is sent, and every wrong one refused.
SET search_path = icp, public;
\set SHOW_CONTEXT never

SELECT credential_send('uscc:91350100M000100Y43');

-- Crafted bytes: a bytea that is copied out in binary is a field of just these bytes, and is copied in as a credential.
CREATE TABLE wire (n int GENERATED ALWAYS AS IDENTITY, c credential);
CREATE TABLE crafted (n int, what text, payload bytea);
INSERT INTO crafted VALUES
  (1, 'good', '\x01'::bytea || 'uscc:91350100M000100Y43'),
  (2, 'good, waived', '\x01'::bytea || 'uscc:91350211M00013FA1N (waived: x)'),
  (3, 'good, Chinese', '\x01'::bytea || convert_to('military_officer:军字第1234567号', 'UTF8')),
  (4, 'empty', ''::bytea),
  (5, 'nothing behind the version', '\x01'::bytea),
  (6, 'another version', '\x02'::bytea || 'uscc:91350100M000100Y43'),
  (7, 'wrong check sign', '\x01'::bytea || 'uscc:91350100M000100Y44'),
  (8, 'small letters', '\x01'::bytea || 'uscc:91350100m000100y43'),
  (9, 'blank', '\x01'::bytea || 'uscc: 91350100M000100Y43'),
  (10, 'hyphen', '\x01'::bytea || 'org_code:D2143569-X'),
  (11, 'no kind', '\x01'::bytea || '91350100M000100Y43'),
  (12, 'no UTF-8', '\x016f746865723aff'::bytea),
  (13, 'zero byte', '\x016f746865723a6100'::bytea),
  (14, 'waiver of nothing', '\x01'::bytea || 'uscc:91350100M000100Y43 (waived: x)');
\getenv dir PG_ABS_BUILDDIR
\set field :dir '/results/credential_binary.bin'
\set write '\\copy (SELECT payload FROM crafted JOIN turn USING (n)) TO ' :'field' ' (FORMAT binary)'
\set read '\\copy wire (c) FROM ' :'field' ' (FORMAT binary)'
CREATE TABLE turn AS SELECT 0 AS n;
UPDATE turn SET n = 1; -- good
:write
:read
UPDATE turn SET n = 2; -- good, waived
:write
:read
UPDATE turn SET n = 3; -- good, Chinese
:write
:read
UPDATE turn SET n = 4; -- empty
:write
:read
UPDATE turn SET n = 5; -- nothing behind the version
:write
:read
UPDATE turn SET n = 6; -- another version
:write
:read
UPDATE turn SET n = 7; -- wrong check sign
:write
:read
UPDATE turn SET n = 8; -- small letters
:write
:read
UPDATE turn SET n = 9; -- blank
:write
:read
UPDATE turn SET n = 10; -- hyphen
:write
:read
UPDATE turn SET n = 11; -- no kind
:write
:read
UPDATE turn SET n = 12; -- no UTF-8
:write
:read
UPDATE turn SET n = 13; -- zero byte
:write
:read
UPDATE turn SET n = 14; -- waiver of nothing
:write
:read
SELECT c, credential_kind(c), credential_waiver(c) FROM wire ORDER BY n;
-- there and back
\set write '\\copy wire (c) TO ' :'field' ' (FORMAT binary)'
CREATE TABLE again (LIKE wire INCLUDING IDENTITY);
:write
\set read '\\copy again (c) FROM ' :'field' ' (FORMAT binary)'
:read
SELECT count(*) FROM wire JOIN again USING (n) WHERE wire.c::text = again.c::text;

DROP TABLE wire, again, crafted, turn;
