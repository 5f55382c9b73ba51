-- The secret with which digests of persons' credentials are made, so that nobody who reads one can guess it.

CREATE TABLE @registry@.claim_secret (
	only_row		boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	secret			bytea NOT NULL CHECK (octet_length(secret) BETWEEN 32 AND 1024),
	made_at			timestamptz NOT NULL DEFAULT now(),
	province_code	smallint
);
ALTER TABLE @registry@.claim_secret ENABLE ROW LEVEL SECURITY;
COMMENT ON TABLE @registry@.claim_secret IS
	'One row: the secret of the digests of persons'' credentials in claims; nobody''s but the owner''s, who reads the credentials anyway. Set by set_claim_secret()';
COMMENT ON COLUMN @registry@.claim_secret.only_row IS 'Always true';
COMMENT ON COLUMN @registry@.claim_secret.secret IS 'The key of HMAC-SHA-256';
COMMENT ON COLUMN @registry@.claim_secret.made_at IS 'When it was made or set';
COMMENT ON COLUMN @registry@.claim_secret.province_code IS 'Always NULL: a row filter by province leaves it at home';

INSERT INTO @registry@.claim_secret (secret) VALUES (icp.random_secret());

CREATE FUNCTION @registry@.person_digest(kind text, value text) RETURNS bytea
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	digest	bytea;
BEGIN
	SELECT icp.keyed_digest(s.secret, person_digest.kind, person_digest.value) INTO digest FROM @registry@.claim_secret s;
	IF digest IS NULL THEN
		RAISE EXCEPTION 'the registry has no secret for the claims of persons (自然人)'
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = 'Table claim_secret is empty, or was filled after the transaction''s snapshot.',
				  HINT = 'Try again; if that is no help, restore its row, or SELECT @registry@.set_claim_secret(): the claims are made anew from the records.';
	END IF;
	RETURN digest;
END
$$;
COMMENT ON FUNCTION @registry@.person_digest(text, text) IS
	'HMAC-SHA-256 of something personal with the registry''s secret; 55000 where there is none';

CREATE FUNCTION @registry@.claim_secret_id() RETURNS text
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT left(encode(icp.keyed_digest(s.secret, 'claim_secret_id', ''), 'hex'), 16) FROM @registry@.claim_secret s;
END;
COMMENT ON FUNCTION @registry@.claim_secret_id() IS
	'Sixteen digits by which two registries tell whether they have the same secret of claims, of which they say nothing; NULL: there is none';
