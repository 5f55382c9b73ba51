-- Claims, the edges between them, and the conflicts that they make (3 Q17).
-- icp.detect_conflict() writes both tables past the executor: triggers of your own belong on the holders' tables.

CREATE TABLE @registry@.claim (
	id				bigint GENERATED ALWAYS AS IDENTITY (CACHE 32),
	key_hash		bigint NOT NULL,
	holder_id		bigint NOT NULL,
	account_id		bigint NOT NULL,
	released_at		timestamptz,
	holder			regclass NOT NULL,
	province_code	smallint,
	approved		boolean NOT NULL,
	kind			text NOT NULL,
	key				text NOT NULL,
	PRIMARY KEY (holder_id, id)
);
CREATE INDEX claim_key_hash_idx ON @registry@.claim (key_hash) WHERE released_at IS NULL;
-- Whatever else was settled, a domain has one live approved holder.
CREATE UNIQUE INDEX claim_approved_domain_key ON @registry@.claim (key_hash, key)
	WHERE kind = 'domain' AND approved AND released_at IS NULL;
COMMENT ON TABLE @registry@.claim IS
	'Who claims what: a row (holder) of an account claims a key of a kind. Kept by icp.detect_conflict(); live until released';
COMMENT ON COLUMN @registry@.claim.id IS 'Given in the order of entry';
COMMENT ON COLUMN @registry@.claim.key_hash IS 'icp.claim_hash(kind, key)';
COMMENT ON COLUMN @registry@.claim.holder_id IS 'Id of the row that makes the claim';
COMMENT ON COLUMN @registry@.claim.account_id IS 'Account of that row';
COMMENT ON COLUMN @registry@.claim.released_at IS 'When the claim was given up; NULL while it is live';
COMMENT ON COLUMN @registry@.claim.holder IS 'Table of the row that makes the claim';
COMMENT ON COLUMN @registry@.claim.province_code IS 'Province of the row, GB/T 2260';
COMMENT ON COLUMN @registry@.claim.approved IS 'The row is a filed record';
COMMENT ON COLUMN @registry@.claim.kind IS 'domain, homepage or sponsor_name; any word in other applications'' tables';
COMMENT ON COLUMN @registry@.claim.key IS
	'A-label form of the domain, icp.homepage_key, icp.name_key (of natural persons, while it is live, with sponsor.claim_key''s digest), or the text itself';

CREATE TABLE @registry@.claim_edge (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	claim_id		bigint NOT NULL,
	claim_holder_id	bigint NOT NULL,
	rival_id		bigint NOT NULL,
	rival_holder_id	bigint NOT NULL,
	province_code	smallint,
	detected_at		timestamptz NOT NULL
);
-- (with the other side, so that the view of conflicts finds one pair among the many of a much-claimed key)
CREATE INDEX claim_edge_claim_idx ON @registry@.claim_edge (claim_holder_id, claim_id, rival_id);
CREATE INDEX claim_edge_rival_idx ON @registry@.claim_edge (rival_holder_id, rival_id, claim_id);
COMMENT ON TABLE @registry@.claim_edge IS
	'When this claim was entered or its holder filed or moved, that live claim of another account was there. Of two claims each may have found the other.';
COMMENT ON COLUMN @registry@.claim_edge.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.claim_edge.claim_id IS 'The claim that was entered';
COMMENT ON COLUMN @registry@.claim_edge.claim_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.claim_edge.rival_id IS 'The claim that was found';
COMMENT ON COLUMN @registry@.claim_edge.rival_holder_id IS 'Its holder''s id';
COMMENT ON COLUMN @registry@.claim_edge.province_code IS 'Province of the claim that was entered, GB/T 2260';
COMMENT ON COLUMN @registry@.claim_edge.detected_at IS 'When it was found';

CREATE TABLE @registry@.conflict_settlement (
	left_claim		bigint NOT NULL,
	right_claim		bigint NOT NULL,
	settlement		text NOT NULL
		CHECK (settlement IN ('reject_left', 'reject_right', 'revoke_left', 'revoke_right', 'accept_both')),
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	cause			text,
	contact			text,
	settled_by		name NOT NULL,
	settled_at		timestamptz NOT NULL DEFAULT now(),
	province_code	smallint,
	PRIMARY KEY (left_claim, right_claim),
	CHECK (left_claim < right_claim)
);
CREATE INDEX conflict_settlement_right_claim_idx ON @registry@.conflict_settlement (right_claim);
COMMENT ON TABLE @registry@.conflict_settlement IS 'How a bureau settled a conflict; written through the view conflict';
COMMENT ON COLUMN @registry@.conflict_settlement.left_claim IS 'The earlier claim of the pair';
COMMENT ON COLUMN @registry@.conflict_settlement.right_claim IS 'The later claim of the pair';
COMMENT ON COLUMN @registry@.conflict_settlement.settlement IS
	'reject_left, reject_right: that side may not be approved with the claim; revoke_left, revoke_right: that filed record was cancelled; accept_both: names and home pages only';
COMMENT ON COLUMN @registry@.conflict_settlement.reason IS 'Cause and contact, as the rejected side is told (3 Q17)';
COMMENT ON COLUMN @registry@.conflict_settlement.cause IS 'The cause alone, where the bureau gave it by itself';
COMMENT ON COLUMN @registry@.conflict_settlement.contact IS 'The other side''s contact that the rejected side was given, where by itself';
COMMENT ON COLUMN @registry@.conflict_settlement.settled_by IS 'The role that settled it';
COMMENT ON COLUMN @registry@.conflict_settlement.settled_at IS 'When';
COMMENT ON COLUMN @registry@.conflict_settlement.province_code IS 'Province of the later side, GB/T 2260';
