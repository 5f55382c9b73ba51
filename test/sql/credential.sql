-- Credentials: every row of test/data/credentials.tsv, check signs against their definitions, order, masks, waivers.
\pset format unaligned
\pset tuples_only on
\set SHOW_CONTEXT never
SET search_path = icp, public;
\set sample `cat "$PG_ABS_SRCDIR/data/credentials.tsv"`
CREATE TABLE sample AS
SELECT ordinal AS line, v[1] AS kind, v[2] AS number, v[3] = 'valid' AS valid, nullif(v[4], '') AS expected, nullif(v[5], '') AS upgraded
FROM string_to_table(:'sample', E'\n') WITH ORDINALITY AS l(line, ordinal), LATERAL string_to_array(line, E'\t') AS v
WHERE ordinal > 1 AND line <> '';
SELECT kind, count(*) FILTER (WHERE valid) AS valid, count(*) FILTER (WHERE NOT valid) AS invalid FROM sample GROUP BY kind ORDER BY kind;
-- rows that are not read as the sample says: none
SELECT * FROM sample WHERE (try_credential(kind || ':' || number) IS NOT NULL) <> valid;
SELECT * FROM sample WHERE (explain_credential(kind || ':' || number) IS NULL) <> valid;
-- a wrong check sign names the right one, and nothing else names any
SELECT line, number, expected, explain_credential(kind || ':' || number) FROM sample
WHERE NOT valid AND (expected IS NOT NULL) <> (explain_credential(kind || ':' || number) ~ 'must be');
SELECT line, number, expected, explain_credential(kind || ':' || number) FROM sample
WHERE explain_credential(kind || ':' || number) !~ ('must be ' || expected || '\.');
-- 15 digits become 18
SELECT line FROM sample WHERE valid AND credential_number(credential_upgrade(try_credential(kind || ':' || number))) <> coalesce(upgraded, credential_number(to_credential(kind, number)));
-- what is printed is read as itself
SELECT line FROM sample WHERE valid AND try_credential(to_credential(kind, number)::text)::text <> to_credential(kind, number)::text;
-- what each broken one is told
SELECT kind, number, explain_credential(kind || ':' || number) FROM sample WHERE NOT valid AND line > 50 ORDER BY line;

-- Check signs against their definitions in SQL: of all signs in the last place exactly the right one is taken.
CREATE FUNCTION resident_id_sign(body text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT substr('10X98765432', (sum(substr(body, i, 1)::int * (2 ^ (18 - i))::int) % 11)::int + 1, 1) FROM generate_series(1, 17) AS i $$;
CREATE FUNCTION uscc_sign(body text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT substr(signs, ((31 - sum((strpos(signs, substr(body, i, 1)) - 1) * (3::numeric ^ (i - 1) % 31)) % 31) % 31)::int + 1, 1)
   FROM generate_series(1, 17) AS i, (VALUES ('0123456789ABCDEFGHJKLMNPQRTUWXY')) AS v(signs) GROUP BY signs $$;
CREATE FUNCTION org_code_sign(body text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE 11 - sum((strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(body, i, 1)) - 1) * ('{3,7,9,10,5,8,4,2}'::int[])[i]) % 11
          WHEN 10 THEN 'X' WHEN 11 THEN '0' ELSE (11 - sum((strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', substr(body, i, 1)) - 1) * ('{3,7,9,10,5,8,4,2}'::int[])[i]) % 11)::text END
   FROM generate_series(1, 8) AS i $$;
CREATE FUNCTION business_licence_sign(body text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
$$ DECLARE p int := 10; s int;
   BEGIN
     FOR i IN 1 .. 14 LOOP
       s := (p + substr(body, i, 1)::int) % 10;
       p := CASE s WHEN 0 THEN 10 ELSE s END * 2 % 11;
     END LOOP;
     RETURN (11 - p) % 10;
   END $$;
CREATE TABLE body AS
SELECT 'resident_id' AS kind, (ARRAY['11','46','54','65','82'])[n % 5 + 1] || lpad((n * 7919 % 10000)::text, 4, '0') || to_char(date '1900-01-01' + n * 97, 'YYYYMMDD') || lpad((n * 31 % 1000)::text, 3, '0') AS body FROM generate_series(1, 400) AS n
UNION ALL SELECT 'org_code', translate(lpad((n::bigint * 7368787 % 100000000)::text, 8, '0'), (n % 10)::text || ((n + 3) % 10)::text, chr(65 + n % 26) || chr(65 + n * 7 % 26)) FROM generate_series(1, 400) AS n
UNION ALL SELECT 'business_licence', lpad((n::bigint * 998244353 * 7919 % 100000000000000)::text, 14, '1') FROM generate_series(1, 400) AS n;
INSERT INTO body
SELECT 'uscc', '9' || (n % 3 + 1)::text || '440300' || code || org_code_sign(code)
FROM generate_series(1, 400) AS n, LATERAL translate(lpad((n::bigint * 7368787 % 100000000)::text, 8, '0'), (n % 10)::text || ((n + 3) % 10)::text, substr('ABCDEFGHJKLMNPQRTUWXY', n % 21 + 1, 1) || substr('ABCDEFGHJKLMNPQRTUWXY', n * 5 % 21 + 1, 1)) AS code;
CREATE TABLE made AS
SELECT kind, body, CASE kind WHEN 'resident_id' THEN resident_id_sign(body) WHEN 'uscc' THEN uscc_sign(body) WHEN 'org_code' THEN org_code_sign(body) ELSE business_licence_sign(body) END AS sign FROM body;
SELECT kind, count(*), count(DISTINCT sign) AS signs FROM made GROUP BY kind ORDER BY kind;
SELECT kind, count(*) AS tried, count(*) FILTER (WHERE try_credential(kind || ':' || body || last) IS NOT NULL) AS taken,
       count(*) FILTER (WHERE (try_credential(kind || ':' || body || last) IS NOT NULL) <> (last = sign)) AS wrong,
       count(*) FILTER (WHERE strpos('0123456789X', last) > 0 AND last <> sign AND explain_credential(kind || ':' || body || last) NOT LIKE '% must be ' || sign || '.%') AS misnamed
FROM made, regexp_split_to_table('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', '') AS last
WHERE NOT (kind = 'business_licence' AND last = 'X')
GROUP BY kind ORDER BY kind;
-- one wrong sign, or two neighbours that changed places, is always noticed by GB 11643 and GB 32100
SELECT kind, count(*) AS tried, count(*) FILTER (WHERE try_credential(kind || ':' || overlay(body || sign placing other from i for 1)) IS NOT NULL) AS unnoticed
FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY body) AS n FROM made WHERE kind IN ('resident_id', 'uscc')) AS m, generate_series(1, 18) AS i, regexp_split_to_table('0123456789X', '') AS other
WHERE n <= 40 AND substr(body || sign, i, 1) <> other GROUP BY kind ORDER BY kind;
SELECT kind, count(*) AS tried, count(*) FILTER (WHERE try_credential(kind || ':' || overlay(body || sign placing reverse(substr(body || sign, i, 2)) from i for 2)) IS NOT NULL) AS unnoticed
FROM made, generate_series(1, 17) AS i
WHERE kind IN ('resident_id', 'uscc') AND substr(body || sign, i, 1) <> substr(body || sign, i + 1, 1) GROUP BY kind ORDER BY kind;
-- birth dates: every day that exists and none other
SELECT count(*) AS days, count(*) FILTER (WHERE (explain_credential('resident_id:110105' || d || '001X') ~ 'birth date') <> (exists_in_fact IS NULL)) AS wrong
FROM (SELECT y || lpad(m::text, 2, '0') || lpad(dd::text, 2, '0') AS d,
             (SELECT 1 FROM generate_series(make_date(y, 1, 1)::timestamp, make_date(y, 12, 31)::timestamp, '1 day') AS t WHERE extract(month FROM t) = m AND extract(day FROM t) = dd) AS exists_in_fact
      FROM unnest('{1900,1999,2000,2023,2024}'::int[]) AS y, generate_series(0, 13) AS m, generate_series(0, 32) AS dd) AS t;
DROP TABLE body, made;
DROP FUNCTION resident_id_sign, uscc_sign, org_code_sign, business_licence_sign;

-- Typography folds, content does not.
SELECT 'uscc: 91350100m000100y43'::credential, ' USCC ：９１３５０１００Ｍ０００１００Ｙ４３'::credential, E'resident_id:11010519491231\u200b002x'::credential;
SELECT 'resident_id:110105 19491231 002X'::credential, 'org_code:d2143569－x'::credential, 'hk_macao_permit:h12345678 01'::credential, 'taiwan_permit:0123456789（B）'::credential;
SELECT 'public_institution:111010801079'::credential, 'public_institution:事證第 111010801079 號'::credential, 'social_organisation:【浙】社證字1234'::credential, 'military_officer:軍字第 1234567'::credential;
SELECT E'other:  任意　　文字\t（A）: b '::credential, 'military_unit:３２１９５ 部队'::credential;
SELECT credential_kind(c), credential_number(c), credential_division(c), credential_notes(c) FROM unnest('{resident_id:110105491231002,resident_id:810000198001010014,residence_permit:810000198001010014,uscc:121200004013590816,business_licence:110108000000016,business_licence:9911081234567,public_institution:事证第135020000060号,passport:E12345678,org_code:PDY00001X,foreign_permanent_resident:911840199001010012,military_officer:无}'::credential[]) AS c;

-- As of a date.
SELECT day, explain_credential('resident_id:110105491231002', day), explain_credential('resident_id:11010519491231002X', day)
FROM unnest('{2012-12-31,2013-01-01,1949-12-31,1949-12-30}'::date[]) AS day;
SELECT explain_credential('uscc:91350100M000100Y43', 'infinity');

-- One number is one credential, whatever certificate carries it.
SELECT 'business_licence:91350100M000100Y43'::credential = 'uscc:91350100M000100Y43', 'public_institution:121200004013590816'::credential = 'uscc:121200004013590816',
       'residence_permit:810000198001010014'::credential = 'resident_id:810000198001010014', 'passport:12345678'::credential = 'taiwan_permit:12345678',
       'resident_id:110105491231002'::credential = 'resident_id:11010519491231002X';
SELECT a, b, a = b, a <> b, a < b, a <= b, a > b, a >= b, sign(credential_cmp(a, b)),
       (credential_hash(a) = credential_hash(b)) >= (a = b) AND (credential_hash_extended(a, 7) = credential_hash_extended(b, 7)) >= (a = b) AS hashes
FROM unnest('{uscc:91350100M000100Y43,business_licence:91350100M000100Y43,org_code:M000100Y4,passport:E1234567,passport:E12345678}'::credential[]) AS a,
     unnest('{uscc:91350100M000100Y43,passport:E1234567}'::credential[]) AS b;
SELECT min(to_credential(kind, number)), max(to_credential(kind, number)), count(DISTINCT to_credential(kind, number)), count(*) FROM sample WHERE valid;

CREATE TABLE filed (id int GENERATED ALWAYS AS IDENTITY, credential credential);
INSERT INTO filed (credential) SELECT to_credential(kind, number) FROM sample WHERE valid ORDER BY line DESC;
INSERT INTO filed (credential) SELECT to_credential('passport', 'P' || n) FROM generate_series(10000, 14000) AS n;
CREATE INDEX ON filed (credential);
CREATE INDEX ON filed USING hash (credential);
ANALYZE filed;
SET enable_seqscan = off;
SELECT id FROM filed WHERE credential = 'business_licence:91350100M000100Y43' ORDER BY id;
SELECT count(*) FROM filed WHERE credential >= 'passport:P13000' AND credential < 'passport:P13010';
SET enable_hashjoin = off; SET enable_mergejoin = on; SET enable_nestloop = off;
SELECT count(*) FROM filed AS a JOIN filed AS b USING (credential);
SET enable_hashjoin = on; SET enable_mergejoin = off;
SELECT count(*) FROM filed AS a JOIN filed AS b USING (credential);
RESET ALL;
SET search_path = icp, public;
SELECT array_agg(DISTINCT credential_kind(credential)) FROM filed WHERE credential < 'passport:00000';
DROP TABLE filed;

-- Masks: of a person the first two and the last, never birth date or sex.
SELECT DISTINCT ON (kind) kind, mask(to_credential(kind, number)) FROM sample WHERE valid ORDER BY kind, line;
SELECT mask('other:张三'), mask('other:一二三四五六'), mask('resident_id:110105491231002'), mask('passport:AB123');

-- Waivers.
SELECT c, credential_number(c), credential_waiver(c), mask(c), c = 'uscc:91350211M00013FA1N (waived: other)'::credential FROM credential_waived('uscc', '91350211m00013fa1n', '  2015年试点时　发放 (核实)  ') AS c;
SELECT c, c::text::credential::text = c::text FROM unnest(ARRAY[credential_waived('org_code', 'D2143569-0', 'x'), credential_waived('business_licence', '110108000000017', 'x)'),
       credential_waived('business_licence', '91350211M00013FA1N', 'a (waived: b'), credential_waived('uscc', '91350100M000100Y24', repeat('长', 200))]) AS c;
SELECT credential_waiver('uscc:91350100M000100Y43') IS NULL;
SELECT credential_waived('uscc', '91350100M000100Y43', 'right');
SELECT credential_waived('resident_id', '440524188001010015', 'never');
SELECT credential_waived('uscc', '91350211M00013FA1N', ' ');
SELECT credential_waived('uscc', '91350211M00013FA1N', repeat('长', 201));
SELECT credential_waived('uscc', '9135', 'x');
SELECT credential_waived('card', '9135', 'x');
SELECT to_credential('uscc', '91350211M00013FA1N');

DROP TABLE sample;
