-- Stopping access to a site and resolution of a domain, and lifting the stop.

CREATE TABLE @registry@.stop_order (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	what			text NOT NULL CHECK (what IN ('access', 'resolution')),
	ground			text NOT NULL REFERENCES icp.stop_ground,
	site_id			bigint REFERENCES @registry@.site,
	provider_id		bigint REFERENCES @registry@.provider,
	domain			icp.domain_name,
	reason			text NOT NULL CHECK (btrim(reason) <> ''),
	evidence_sha256	bytea CHECK (octet_length(evidence_sha256) = 32),
	province_code	smallint,
	ordered_by		name NOT NULL,
	ordered_at		timestamptz NOT NULL DEFAULT now(),
	done_at			timestamptz,
	done_by			name,
	lifted_at		timestamptz,
	lifted_by		name,
	lifted_because	text,
	CONSTRAINT stop_order_target_check CHECK (CASE what
		WHEN 'access' THEN site_id IS NOT NULL AND provider_id IS NOT NULL
		ELSE domain IS NOT NULL END),
	-- what was clearly against the law is kept as evidence (4 §12(十))
	CONSTRAINT stop_order_evidence_check CHECK (ground <> 'illegal_content' OR evidence_sha256 IS NOT NULL),
	CONSTRAINT stop_order_lifted_check CHECK ((lifted_at IS NULL) = (lifted_because IS NULL) AND btrim(lifted_because) <> '')
);
CREATE INDEX stop_order_site_id_idx ON @registry@.stop_order (site_id);
CREATE INDEX stop_order_provider_id_idx ON @registry@.stop_order (provider_id);
CREATE INDEX stop_order_ground_idx ON @registry@.stop_order (ground);
CREATE INDEX stop_order_domain_idx ON @registry@.stop_order (domain) WHERE lifted_at IS NULL;
CREATE UNIQUE INDEX stop_order_open_access_key ON @registry@.stop_order (site_id, provider_id, ground)
	WHERE what = 'access' AND lifted_at IS NULL;
COMMENT ON TABLE @registry@.stop_order IS
	'Orders that access to a site, or resolution of a domain, stops: kept for good, lifted by a reason';
COMMENT ON COLUMN @registry@.stop_order.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.stop_order.what IS 'access to a site, or resolution of a domain (with redirection)';
COMMENT ON COLUMN @registry@.stop_order.ground IS 'Why, see icp.stop_ground';
COMMENT ON COLUMN @registry@.stop_order.site_id IS 'The site';
COMMENT ON COLUMN @registry@.stop_order.provider_id IS 'The provider that stops its access; for a domain the unit that resolves it, where it is known';
COMMENT ON COLUMN @registry@.stop_order.domain IS 'The domain that is not resolved; what lies under it neither';
COMMENT ON COLUMN @registry@.stop_order.reason IS 'What was found, and by whom';
COMMENT ON COLUMN @registry@.stop_order.evidence_sha256 IS 'SHA-256 of the evidence kept; needed for illegal_content (4 §12(十))';
COMMENT ON COLUMN @registry@.stop_order.province_code IS 'Province of the site, GB/T 2260, filled by trigger; of the bureau for a domain of no filed site';
COMMENT ON COLUMN @registry@.stop_order.ordered_by IS 'Role that ordered it, filled by trigger';
COMMENT ON COLUMN @registry@.stop_order.ordered_at IS 'When';
COMMENT ON COLUMN @registry@.stop_order.done_at IS 'When it was carried out; the law says at once (4 §12(十), §16(七))';
COMMENT ON COLUMN @registry@.stop_order.done_by IS 'Role that said so, filled by trigger';
COMMENT ON COLUMN @registry@.stop_order.lifted_at IS 'When it was lifted';
COMMENT ON COLUMN @registry@.stop_order.lifted_by IS 'Role that lifted it, filled by trigger';
COMMENT ON COLUMN @registry@.stop_order.lifted_because IS 'Why it was lifted';

CREATE FUNCTION @registry@.has_to_do_with(provider_id bigint, site_id bigint) RETURNS boolean
	LANGUAGE sql STABLE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.acts_for_provider(has_to_do_with.provider_id)
	   AND (EXISTS (SELECT FROM @registry@.access a
					 WHERE a.site_id = has_to_do_with.site_id AND a.provider_id = has_to_do_with.provider_id
					   -- (a draft anybody may enter)
					   AND a.status <> 'draft')
			OR EXISTS (SELECT FROM @registry@.site t JOIN @registry@.account c ON c.id = t.account_id
						WHERE t.id = has_to_do_with.site_id AND c.provider_id = has_to_do_with.provider_id));
END;
COMMENT ON FUNCTION @registry@.has_to_do_with(bigint, bigint) IS
	'Row security: does the acting role act for this provider, and is the site its customer''s or served by it, now or before?';

CREATE FUNCTION @registry@.fill_stop_order() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	ground	icp.stop_ground;
BEGIN
	SELECT * INTO ground FROM icp.stop_ground g WHERE g.code = NEW.ground;
	IF TG_OP = 'INSERT' THEN
		NEW.ordered_by := @registry@.acting_user();
		NEW.province_code := coalesce((SELECT s.province_code FROM @registry@.site s WHERE s.id = NEW.site_id),
									  NEW.province_code,
									  (SELECT m.province_code FROM @registry@.member m
										WHERE m.role_name = @registry@.acting_user() AND m.role = 'bureau'
										ORDER BY m.id LIMIT 1));
		IF ground.what NOT IN ('both', NEW.what) THEN
			RAISE EXCEPTION 'ground "%" (%) does not stop %', NEW.ground, ground.name_zh, NEW.what
				USING ERRCODE = 'check_violation', DETAIL = format('It stops %s (%s).', ground.what, ground.clause);
		END IF;
		RETURN NEW;
	END IF;
	IF (NEW.what, NEW.ground, NEW.site_id, NEW.provider_id, NEW.domain::text, NEW.reason, NEW.evidence_sha256,
		NEW.ordered_by, NEW.ordered_at)
	   IS DISTINCT FROM
	   (OLD.what, OLD.ground, OLD.site_id, OLD.provider_id, OLD.domain::text, OLD.reason, OLD.evidence_sha256,
		OLD.ordered_by, OLD.ordered_at)
	   OR OLD.done_at IS NOT NULL AND NEW.done_at IS DISTINCT FROM OLD.done_at
	   OR OLD.lifted_at IS NOT NULL AND (NEW.lifted_at, NEW.lifted_because)
										IS DISTINCT FROM (OLD.lifted_at, OLD.lifted_because) THEN
		RAISE EXCEPTION 'stop order % stands as it was given', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  HINT = 'It is reported done by done_at, lifted by lifted_at and lifted_because, each once.';
	END IF;
	-- members date nothing back
	IF NEW.done_at IS DISTINCT FROM OLD.done_at THEN
		NEW.done_by := @registry@.acting_user();
		NEW.done_at := CASE WHEN @registry@.acts_as_owner() THEN NEW.done_at ELSE now() END;
	END IF;
	IF NEW.lifted_at IS DISTINCT FROM OLD.lifted_at THEN
		NEW.lifted_by := @registry@.acting_user();
		NEW.lifted_at := CASE WHEN @registry@.acts_as_owner() THEN NEW.lifted_at ELSE now() END;
		-- 3 Q8: it is opened again when it has its number
		IF ground.needs_filing AND NOT (CASE NEW.what
				WHEN 'access' THEN EXISTS (SELECT FROM @registry@.site s WHERE s.id = NEW.site_id AND s.status = 'filed')
				ELSE @registry@.is_filed(NEW.domain) END) THEN
			RAISE EXCEPTION 'stop order % cannot be lifted before the site is filed', OLD.id
				USING ERRCODE = 'object_not_in_prerequisite_state',
					  DETAIL = format('Ground: %s (%s).', ground.name_zh, ground.clause),
					  HINT = 'A site closed for lack of filing opens again when it has its number (3 Q8).';
		END IF;
		-- what a bureau ordered, a provider does not lift
		IF NOT @registry@.is_member('{bureau,ministry}', NEW.province_code, NULL)
		   AND NOT @registry@.is_member('{provider}', NULL, (SELECT m.provider_id FROM @registry@.member m
															   WHERE m.role_name = NEW.ordered_by AND m.role = 'provider'
																 AND m.provider_id = NEW.provider_id LIMIT 1)) THEN
			RAISE EXCEPTION 'role "%" may not lift stop order %', @registry@.acting_user(), OLD.id
				USING ERRCODE = 'insufficient_privilege',
					  DETAIL = format('It was ordered by "%s".', NEW.ordered_by),
					  HINT = 'A provider lifts what it ordered itself; a bureau (通信管理局) any of its province.';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_stop_order() IS
	'Trigger: who ordered, carried out and lifted a stop; what may change of it, and when it may be lifted (3 Q8)';
CREATE TRIGGER fill_stop_order BEFORE INSERT OR UPDATE ON @registry@.stop_order
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_stop_order();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.stop_order
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE FUNCTION @registry@.record_stop() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	what_happened	text := CASE WHEN TG_OP = 'INSERT' THEN 'stop'
								 WHEN NEW.lifted_at IS DISTINCT FROM OLD.lifted_at THEN 'lift_stop'
								 ELSE 'stop_done' END;
BEGIN
	INSERT INTO @registry@.event (actor, event, sponsor_id, site_id, province_code, reason, new_values)
	VALUES (@registry@.acting_user(), what_happened,
			(SELECT s.sponsor_id FROM @registry@.site s WHERE s.id = NEW.site_id), NEW.site_id, NEW.province_code,
			CASE what_happened WHEN 'lift_stop' THEN NEW.lifted_because ELSE NEW.reason END,
			jsonb_strip_nulls(jsonb_build_object('stop_order', NEW.id, 'what', NEW.what, 'ground', NEW.ground,
												 'domain', NEW.domain, 'provider_id', NEW.provider_id)));
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.record_stop() IS 'Trigger: writes the event of a stop order';
CREATE TRIGGER record_stop AFTER INSERT OR UPDATE ON @registry@.stop_order
	FOR EACH ROW EXECUTE FUNCTION @registry@.record_stop();

-- A cancelled site's providers close it at the same time (4 §22(三), (四)).
CREATE FUNCTION @registry@.stop_cancelled_site() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	INSERT INTO @registry@.stop_order (what, ground, site_id, provider_id, reason)
	SELECT 'access', 'cancelled', a.site_id, a.provider_id, 'the filing is cancelled (备案已注销)'
	  FROM @registry@.access a
	 WHERE a.site_id = NEW.id AND a.status <> 'draft'
	 ORDER BY a.provider_id
	ON CONFLICT (site_id, provider_id, ground) WHERE what = 'access' AND lifted_at IS NULL DO NOTHING;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.stop_cancelled_site() IS
	'Trigger: every provider of a cancelled site is ordered to stop its access (4 §22(三), (四))';
-- before the event of the change is written, since an order that is there already is waited for
CREATE TRIGGER a_stop_cancelled_site AFTER UPDATE ON @registry@.site
	FOR EACH ROW WHEN (OLD.status = 'filed' AND NEW.status = 'cancelled')
	EXECUTE FUNCTION @registry@.stop_cancelled_site();

-- Nobody is given access while a stop stands, by whichever way (3 Q7, Q8).
CREATE FUNCTION @registry@.refuse_stopped_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	stop	record;
BEGIN
	SELECT o.id, g.name_zh, g.clause INTO stop
	  FROM @registry@.stop_order o JOIN icp.stop_ground g ON g.code = o.ground
	 WHERE o.what = 'access' AND o.site_id = NEW.site_id AND o.lifted_at IS NULL
	   -- what the filing itself mends does not stand in its way
	   AND NOT (g.needs_filing AND EXISTS (SELECT FROM @registry@.site s WHERE s.id = NEW.site_id AND s.status = 'filed'))
	   -- a stop with one provider for its own dealings does not bind another; what is unlawful is so everywhere
	   AND (o.provider_id = NEW.provider_id OR o.ground IN ('illegal_content', 'closing_decision', 'cancelled'))
	 ORDER BY o.id LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'site % may not be given access (接入)', NEW.site_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('Stop order %s stands: %s (%s).', stop.id, stop.name_zh, stop.clause),
				  HINT = 'It is given access again when the order is lifted (3 Q8).';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.refuse_stopped_access() IS
	'Trigger: refuses live access to a site while a stop order stands against it (55000; 3 Q8)';
CREATE TRIGGER refuse_stopped_access AFTER INSERT ON @registry@.access
	FOR EACH ROW WHEN (NEW.status = 'live') EXECUTE FUNCTION @registry@.refuse_stopped_access();
CREATE TRIGGER refuse_stopped_access_again AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (NEW.status = 'live' AND (OLD.status <> 'live' OR OLD.site_id <> NEW.site_id
												OR OLD.provider_id <> NEW.provider_id))
	EXECUTE FUNCTION @registry@.refuse_stopped_access();

CREATE VIEW @registry@.unfulfilled_stop WITH (security_barrier) AS
SELECT o.id, o.what, o.ground, o.site_id, o.provider_id, o.domain, o.province_code, o.ordered_at,
	   now() - o.ordered_at AS elapsed
  FROM @registry@.stop_order o
 WHERE o.done_at IS NULL AND o.lifted_at IS NULL
   AND ((SELECT @registry@.acts_nationwide()) OR @registry@.is_member('{bureau,provider}', o.province_code, o.provider_id));
COMMENT ON VIEW @registry@.unfulfilled_stop IS
	'Stop orders that nobody has reported as carried out; access of cancelled sites among them (4 §16(七), §22(四))';
COMMENT ON COLUMN @registry@.unfulfilled_stop.id IS 'The order';
COMMENT ON COLUMN @registry@.unfulfilled_stop.what IS 'access or resolution';
COMMENT ON COLUMN @registry@.unfulfilled_stop.ground IS 'Why';
COMMENT ON COLUMN @registry@.unfulfilled_stop.site_id IS 'The site';
COMMENT ON COLUMN @registry@.unfulfilled_stop.provider_id IS 'Who must carry it out';
COMMENT ON COLUMN @registry@.unfulfilled_stop.domain IS 'The domain';
COMMENT ON COLUMN @registry@.unfulfilled_stop.province_code IS 'GB/T 2260 code';
COMMENT ON COLUMN @registry@.unfulfilled_stop.ordered_at IS 'When it was ordered';
COMMENT ON COLUMN @registry@.unfulfilled_stop.elapsed IS 'Time since then';

CREATE FUNCTION @registry@.may_resolve(host text) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	independent	icp.domain_name := icp.homepage_domain(host);
	asked		text := regexp_replace(icp.homepage_key(host), '[/:?].*$', '');
	labels		text[] := string_to_array(asked, '.');
BEGIN
	-- an address has no domain to resolve, and what is for everybody (com.cn) is nobody's
	RETURN independent IS NOT NULL AND @registry@.is_filed(asked::icp.domain_name)
		AND NOT EXISTS (SELECT FROM @registry@.stop_order o
						 WHERE o.what = 'resolution' AND o.lifted_at IS NULL
						   AND o.domain = ANY (ARRAY(SELECT array_to_string(labels[n:], '.')::icp.domain_name
													   FROM generate_subscripts(labels, 1) n)));
END
$$;
COMMENT ON FUNCTION @registry@.may_resolve(text) IS
	'May a domain (or the host of a URL) be resolved: is it, or the independent domain above it, that of a filed site, and does no order stop its resolution? (4 §16(五)); malformed: 22P02';

CREATE FUNCTION @registry@.may_redirect(host text, target text) RETURNS boolean
	LANGUAGE sql STABLE STRICT
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	RETURN @registry@.may_resolve(host) AND @registry@.may_resolve(target);
COMMENT ON FUNCTION @registry@.may_redirect(text, text) IS
	'May a domain be redirected to another: both filed, neither stopped? (4 §16(五))';

ALTER TABLE @registry@.stop_order ENABLE ROW LEVEL SECURITY;
CREATE POLICY stop_order_see ON @registry@.stop_order FOR SELECT
	USING ((SELECT @registry@.acts_nationwide())
		   OR @registry@.is_member('{bureau,provider}', province_code, provider_id));
-- A bureau orders for its province; a provider its own access, on the grounds that the law gives it.
CREATE POLICY stop_order_give ON @registry@.stop_order FOR INSERT
	WITH CHECK (@registry@.is_member('{bureau,ministry}', province_code, NULL)
				OR what = 'access' AND ground IN ('unfiled', 'not_passed', 'refused_update', 'unreachable', 'illegal_content')
				   AND @registry@.has_to_do_with(provider_id, site_id));
CREATE POLICY stop_order_answer ON @registry@.stop_order FOR UPDATE
	USING (@registry@.is_member('{bureau,ministry,provider}', province_code, provider_id));
