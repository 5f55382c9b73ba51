-- What stands behind a claim.

-- Which application brings which claims: a new filing those of its site and its sponsor, a new site's its own, a change
-- those that it adds.  A new access needs number and password and claims nothing (4 §18(五)).
-- (Asked for one holder or one application, as a value of the query around it; joined, all of it would be made.)
CREATE VIEW @registry@.claim_application AS
SELECT '@registry@.site'::regclass AS holder, a.site_id AS holder_id, a.id AS application,
	   NULL::regclass AS record_holder, NULL::bigint AS record_id
  FROM @registry@.application a WHERE a.kind IN (@kinds:brings_site@)
UNION ALL
SELECT '@registry@.sponsor'::regclass, a.sponsor_id, a.id, NULL, NULL
  FROM @registry@.application a WHERE a.kind IN (@kinds:brings_sponsor@)
UNION ALL
SELECT '@registry@.site_change'::regclass, a.id, a.id, '@registry@.site'::regclass, a.site_id
  FROM @registry@.application a WHERE a.kind IN (@kinds:act = 'change'@)
UNION ALL
SELECT '@registry@.sponsor_change'::regclass, a.id, a.id, '@registry@.sponsor'::regclass, a.sponsor_id
  FROM @registry@.application a WHERE a.kind IN (@kinds:act = 'change'@);
COMMENT ON VIEW @registry@.claim_application IS 'Which application brings the claims of which row; the owner''s';
COMMENT ON COLUMN @registry@.claim_application.holder IS 'Table of the row that makes the claims';
COMMENT ON COLUMN @registry@.claim_application.holder_id IS 'Id of that row; of a change its application''s';
COMMENT ON COLUMN @registry@.claim_application.application IS 'A new filing of the site or sponsor, or the change';
COMMENT ON COLUMN @registry@.claim_application.record_holder IS 'Of a change, the table of the record that it changes; otherwise NULL';
COMMENT ON COLUMN @registry@.claim_application.record_id IS 'Of a change, the record that it changes; otherwise NULL';

-- (Expressions of one row, no join: a query pays for those that it reads.)
CREATE VIEW @registry@.claim_holder AS
SELECT c.id, c.holder, c.holder_id, c.account_id, c.province_code, c.approved, c.kind, c.key, c.released_at,
	   (SELECT max(a.application) FROM @registry@.claim_application a WHERE a.holder = c.holder AND a.holder_id = c.holder_id)
	   AS application,
	   CASE WHEN c.holder = '@registry@.sponsor'::regclass THEN c.holder_id
			WHEN c.holder = '@registry@.site'::regclass
			THEN (SELECT t.sponsor_id FROM @registry@.site t WHERE t.id = c.holder_id)
			-- (no IN, which a dump spells in another way)
			WHEN c.holder = '@registry@.site_change'::regclass OR c.holder = '@registry@.sponsor_change'::regclass
			THEN (SELECT a.sponsor_id FROM @registry@.application a WHERE a.id = c.holder_id) END
	   AS sponsor,
	   CASE WHEN c.holder = '@registry@.site'::regclass OR c.holder = '@registry@.sponsor'::regclass THEN c.holder_id
			ELSE (SELECT a.record_id FROM @registry@.claim_application a WHERE a.holder = c.holder AND a.holder_id = c.holder_id) END
	   AS record,
	   -- What a change repeats of the record that it changes is the record's conflict, not the change's (who claims anew what
	   -- the record has had all along is no rival that the change has called up).  Looked up among the record's claims, which
	   -- are few, not among those of the key, which may be many.
	   EXISTS (SELECT FROM @registry@.claim_application a
				 JOIN @registry@.claim own ON own.holder_id = a.record_id AND own.holder = a.record_holder
				WHERE a.holder = c.holder AND a.holder_id = c.holder_id AND a.record_id IS NOT NULL
				  AND own.kind = c.kind AND own.key = c.key AND own.released_at IS NULL
				  AND (own.id < c.id OR c.released_at IS NULL))
	   AS repeats_record
  FROM @registry@.claim c;
COMMENT ON VIEW @registry@.claim_holder IS 'Each claim with what stands behind it; the owner''s';
COMMENT ON COLUMN @registry@.claim_holder.id IS 'The claim''s';
COMMENT ON COLUMN @registry@.claim_holder.holder IS 'Table of the row that makes the claim';
COMMENT ON COLUMN @registry@.claim_holder.holder_id IS 'Id of that row';
COMMENT ON COLUMN @registry@.claim_holder.account_id IS 'Its account';
COMMENT ON COLUMN @registry@.claim_holder.province_code IS 'Its province, GB/T 2260';
COMMENT ON COLUMN @registry@.claim_holder.approved IS 'It is a filed record';
COMMENT ON COLUMN @registry@.claim_holder.kind IS 'What is claimed';
COMMENT ON COLUMN @registry@.claim_holder.key IS 'The key that is claimed, as the table of claims has it';
COMMENT ON COLUMN @registry@.claim_holder.released_at IS 'When the claim was given up; NULL while it is live';
COMMENT ON COLUMN @registry@.claim_holder.application IS
	'The application that brings it, of several new filings the latest; NULL for what was loaded';
COMMENT ON COLUMN @registry@.claim_holder.sponsor IS 'The sponsor whose claim it is';
COMMENT ON COLUMN @registry@.claim_holder.record IS 'Id of the site or sponsor: the holder itself, or what a change would change';
COMMENT ON COLUMN @registry@.claim_holder.repeats_record IS 'A change''s claim of what its record claims already';
