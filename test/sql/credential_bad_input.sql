-- Malformed credentials: each message shows the number masked, and detail and hint say what is wrong and what is right.
\set SHOW_CONTEXT never
SET search_path = icp, public;
SELECT ''::credential;
SELECT ':'::credential;
SELECT '440524188001010014'::credential;
SELECT 'uscc'::credential;
SELECT 'id_card:440524188001010014'::credential;
SELECT '440524188001010014:'::credential;
SELECT 'resident id:440524188001010014'::credential;
SELECT 'uscc:'::credential;
SELECT 'uscc: '::credential;
SELECT 'uscc:9135'::credential;
SELECT 'uscc:91350100M000100O43'::credential;
SELECT 'uscc:91350100M000100Y4'::credential;
SELECT 'uscc:91350100M000100Y4三'::credential;
SELECT 'uscc:91350100M000100Y53'::credential;
SELECT 'uscc:91350100M000100Z43'::credential;
SELECT 'uscc:B1350100M000100Y43'::credential;
SELECT 'resident_id:440524188001010015'::credential;
SELECT 'resident_id:440524188013010014'::credential;
SELECT 'resident_id:990524188001010014'::credential;
SELECT 'resident_id:44052418800101001A'::credential;
SELECT 'resident_id:440524188001010014 (waived: x)'::credential;
SELECT 'residence_permit:440524188001010014'::credential;
SELECT 'uscc:91350100M000100Y43 (waived: x)'::credential;
SELECT 'uscc:91350211M00013FA1N (waived: )'::credential;
SELECT 'uscc:91350211M00013FA1N (waived: x'::credential;
SELECT E'uscc:91350211M00013FA1N (waived: a\x01b)'::credential;
SELECT 'public_institution:91350100M000100Y43'::credential;
SELECT 'public_institution:事证第1号'::credential;
SELECT 'social_organisation:1234'::credential;
SELECT 'military_unit: '::credential;
SELECT E'other:a\x01b'::credential;
SELECT length(('other:' || repeat('字', 255))::credential::text), ('other:' || repeat('字', 256))::credential;
SELECT ('uscc:' || repeat('9', 100000))::credential;
SELECT left(explain_credential(repeat('9', 100000)), 40);
-- a fault inside is told before the waiver
SELECT 'uscc:9135 (waived: x)'::credential;
