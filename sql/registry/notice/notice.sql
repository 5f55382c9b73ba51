-- Notices (通知): who is told what, and how it gets there.  Sending mail and short messages is other programs' work:
-- they take what is due, send it, and say how it went.

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('notices', 'on', 'on: steps of the workflow and what follows from them write notices; off: nobody is told anything'),
	('notify', 'off', 'off; or the name of a channel on which NOTIFY, empty of content, wakes the deliverers once a transaction'),
	('notice_tries', '8', 'How often the delivery of a notice is tried before it is dead'),
	('notice_backoff', '1 minute', 'Pause after the first failure; it doubles with each further one'),
	('notice_backoff_max', '6 hours', 'The longest pause'),
	('notice_lease', '5 minutes', 'How long a deliverer may keep a notice before another one may take it');

CREATE TABLE @registry@.notice (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at				timestamptz NOT NULL DEFAULT now(),
	template		text NOT NULL,
	application_id	bigint,
	sponsor_id		bigint,
	account_id		bigint,
	provider_id		bigint,
	province_code	smallint,
	recipient		text NOT NULL CHECK (recipient IN ('sponsor', 'principal', 'provider', 'bureau', 'rival')),
	channel			text NOT NULL CHECK (channel IN ('mail', 'sms', 'task')),
	address			text,
	text			text NOT NULL,
	state			text NOT NULL DEFAULT 'queued'
		CHECK (state IN ('queued', 'taken', 'delivered', 'failed', 'dead')),
	tries			integer NOT NULL DEFAULT 0,
	next_try_at		timestamptz NOT NULL DEFAULT now(),
	useless_at		timestamptz,
	taken_by		text,
	taken_at		timestamptz,
	delivered_at	timestamptz,
	last_error		text,
	has_secret		boolean NOT NULL DEFAULT false
);
CREATE INDEX notice_due_idx ON @registry@.notice (next_try_at, id) WHERE state IN ('queued', 'failed', 'taken');
CREATE INDEX notice_useless_idx ON @registry@.notice (useless_at)
	WHERE useless_at IS NOT NULL AND state IN ('queued', 'failed', 'taken');
CREATE INDEX notice_application_id_idx ON @registry@.notice (application_id);
CREATE INDEX notice_account_id_idx ON @registry@.notice (account_id);
CREATE INDEX notice_provider_id_idx ON @registry@.notice (provider_id);
COMMENT ON TABLE @registry@.notice IS
	'Notices: what somebody was told or is to be told. No foreign keys: it outlives what it tells of';
COMMENT ON COLUMN @registry@.notice.id IS 'Surrogate key, in the order of writing';
COMMENT ON COLUMN @registry@.notice.at IS 'Time of the transaction that wrote it';
COMMENT ON COLUMN @registry@.notice.template IS 'Its code in icp.notice_template or icp.notice_template_local';
COMMENT ON COLUMN @registry@.notice.application_id IS 'The application it concerns';
COMMENT ON COLUMN @registry@.notice.sponsor_id IS 'The sponsor it concerns';
COMMENT ON COLUMN @registry@.notice.account_id IS 'Account of the sponsor that is told; NULL: it is told to no sponsor';
COMMENT ON COLUMN @registry@.notice.provider_id IS 'The provider that is told, or through which the sponsor is';
COMMENT ON COLUMN @registry@.notice.province_code IS 'Province of who is told, GB/T 2260';
COMMENT ON COLUMN @registry@.notice.recipient IS 'sponsor, principal, provider, bureau, or rival: the other side of a conflict';
COMMENT ON COLUMN @registry@.notice.channel IS 'mail, sms, or task: shown where the recipient works, and sent nowhere';
COMMENT ON COLUMN @registry@.notice.address IS 'Where it goes, masked';
COMMENT ON COLUMN @registry@.notice.text IS 'What it says, secret values masked';
COMMENT ON COLUMN @registry@.notice.state IS
	'queued; taken by a deliverer; delivered; failed, to be tried again; dead: it could not be delivered';
COMMENT ON COLUMN @registry@.notice.tries IS 'How often it was taken';
COMMENT ON COLUMN @registry@.notice.next_try_at IS 'When it may be taken; of a taken one, when its deliverer''s time is over';
COMMENT ON COLUMN @registry@.notice.useless_at IS 'From when it makes no sense to deliver it';
COMMENT ON COLUMN @registry@.notice.taken_by IS 'The deliverer that took it last';
COMMENT ON COLUMN @registry@.notice.taken_at IS 'When';
COMMENT ON COLUMN @registry@.notice.delivered_at IS 'When it was delivered; a task is there at once';
COMMENT ON COLUMN @registry@.notice.last_error IS 'Why it was not delivered';
COMMENT ON COLUMN @registry@.notice.has_secret IS
	'It has a value that only its deliverer gets, and that is wiped when the notice is delivered or dead';

CREATE TABLE @registry@.notice_secret (
	notice_id		bigint PRIMARY KEY REFERENCES @registry@.notice ON DELETE CASCADE,
	province_code	smallint,
	address			text NOT NULL,
	text			text
);
COMMENT ON TABLE @registry@.notice_secret IS
	'What only the deliverer of a notice gets to see; gone when the notice is delivered. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.notice_secret.notice_id IS 'The notice';
COMMENT ON COLUMN @registry@.notice_secret.province_code IS 'Province of who is told, GB/T 2260';
COMMENT ON COLUMN @registry@.notice_secret.address IS 'The mailbox or telephone number';
COMMENT ON COLUMN @registry@.notice_secret.text IS 'The text with its secret values; NULL: it has none, or they were wiped';

-- Where a sponsor can be reached: the site's own contact first, then the sponsor's.  (By name: a form may lack some.)
CREATE FUNCTION @registry@.contact_address(channel text, recipient text, sponsor jsonb, site jsonb) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	of_site		text[] := CASE channel WHEN 'mail' THEN ARRAY[site ->> 'email'] ELSE ARRAY[site ->> 'mobile'] END;
	of_sponsor	text[] := CASE channel WHEN 'mail' THEN ARRAY[sponsor ->> 'email']
								ELSE ARRAY[sponsor ->> 'mobile', sponsor ->> 'phone'] END;
	address		text;
BEGIN
	FOREACH address IN ARRAY CASE recipient WHEN 'principal' THEN of_site || of_sponsor ELSE of_sponsor || of_site END
	LOOP
		IF channel = 'mail' AND address IS NOT NULL AND icp.explain_email(address) IS NULL
		   OR channel = 'sms' AND icp.phone_kind(address) IN ('mobile', 'foreign') THEN
			RETURN address;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.contact_address(text, text, jsonb, jsonb) IS
	'The mailbox or mobile number of a sponsor: the person in charge of the site first if that one is told, the sponsor''s first otherwise; NULL where none is usable';

-- All notices of a statement in one: what ten thousand expired applications tell is one insertion.
CREATE FUNCTION @registry@.send_notices(templates text[], application_ids bigint[], recipients text[], "values" jsonb[])
	RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	ids			constant regclass := pg_get_serial_sequence('@registry@.notice', 'id');
	unknown		text;
	first		bigint;
	waits		boolean;
BEGIN
	IF @registry@.setting('notices') = 'off' THEN
		RETURN NULL;
	END IF;
	SELECT r.template INTO unknown FROM (SELECT DISTINCT u.template FROM unnest(templates) u(template)) r
	 WHERE NOT EXISTS (SELECT FROM icp.notice_template t WHERE t.code = r.template)
	   AND NOT EXISTS (SELECT FROM icp.notice_template_local l WHERE l.code = r.template)
	 LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION 'notice "%" is not in icp.notice_template', icp.shown(unknown)
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'SELECT DISTINCT code FROM icp.notice_text lists the notices.';
	END IF;

	WITH request AS (
		SELECT r.n, r.template, r.recipient, coalesce(r.given, '{}') AS given, a.id AS application_id, a.reason, a.sponsor_id,
			   a.provider_id, a.province, coalesce((r.given ->> 'site_id')::bigint, a.site_id) AS site_id, k.name_zh AS kind_zh
		  FROM unnest(templates, application_ids, recipients, "values")
				WITH ORDINALITY AS r(template, application_id, recipient, given, n)
		  LEFT JOIN @registry@.application a ON a.id = r.application_id
		  LEFT JOIN icp.application_kind k ON k.code = a.kind),
	-- each with whom it is about, the sponsor that is told, and the provider
	written AS (
		SELECT q.n, q.template, q.given, q.application_id, f.recipient, f.channel, f.text_zh, f.secrets, f.useful_for,
			   b.id AS sponsor_id, s.account_id, p.id AS provider_id,
			   CASE f.recipient WHEN 'provider' THEN p.province WHEN 'rival' THEN s.province
				ELSE coalesce(icp.province((q.given ->> 'province_code')::integer), q.province, b.province) END AS province,
			   jsonb_build_object(
				'application', q.application_id, 'kind', q.kind_zh, 'reason', q.reason,
				'sponsor', b.name, 'sponsor_number', b.number::text,
				'site', t.name, 'number', t.number::text, 'provider', p.name,
				'bureau', icp.bureau_name(coalesce(q.province, b.province,
					CASE f.recipient WHEN 'provider' THEN p.province WHEN 'rival' THEN s.province
					 ELSE icp.province((q.given ->> 'province_code')::integer) END))) || q.given AS fills,
			   CASE WHEN f.channel <> 'task' THEN
				coalesce(CASE WHEN (f.channel = 'mail') = (q.given ->> 'address' LIKE '%@%') THEN q.given ->> 'address' END,
						 CASE WHEN f.recipient IN ('sponsor', 'principal', 'rival')
							  THEN @registry@.contact_address(f.channel, f.recipient,
									jsonb_build_object('email', s.email, 'mobile', s.mobile, 'phone', s.phone),
									CASE WHEN f.recipient <> 'rival'
										 THEN jsonb_build_object('email', t.email, 'mobile', t.mobile) END)
							  WHEN f.recipient = 'provider' AND f.channel = 'mail'
							  -- (a form may have such a column)
							  THEN to_jsonb(p) ->> 'email' END) END AS address
		  FROM request q
		  JOIN icp.notice_text f ON f.code = q.template AND (q.recipient IS NULL OR f.recipient = q.recipient)
		  LEFT JOIN @registry@.site t ON t.id = q.site_id
		  LEFT JOIN @registry@.sponsor b ON b.id = coalesce(q.sponsor_id, t.sponsor_id, (q.given ->> 'sponsor_id')::bigint)
		  LEFT JOIN @registry@.sponsor s
			ON s.id = CASE WHEN f.recipient = 'rival' THEN (q.given ->> 'sponsor_id')::bigint
						   WHEN f.recipient IN ('sponsor', 'principal') THEN b.id END
		  LEFT JOIN @registry@.account c ON c.id = CASE f.recipient WHEN 'rival' THEN s.account_id ELSE b.account_id END
		  LEFT JOIN @registry@.provider p
			ON p.id = CASE f.recipient WHEN 'rival' THEN c.provider_id
					  ELSE coalesce((q.given ->> 'provider_id')::bigint, q.provider_id, c.provider_id) END),
	-- (materialized: what gives out ids is called once a row)
	numbered AS MATERIALIZED (
		SELECT nextval(ids) AS id, w.*,
			   CASE WHEN w.channel = 'task' THEN NULL
					WHEN w.address IS NULL OR btrim(w.address) = '' THEN 'no address (无联系方式)'
					-- it goes into the head of a message
					WHEN w.address ~ '[[:cntrl:]]' THEN 'address contains control characters (联系方式含控制字符)' END AS problem,
			   w.fills ?| w.secrets AS is_secret, icp.fill_notice(w.text_zh, w.fills) AS body
		  FROM (SELECT o.* FROM written o ORDER BY o.n, o.recipient, o.channel) w),
	kept AS (
		INSERT INTO @registry@.notice (id, template, application_id, sponsor_id, account_id, provider_id, province_code,
									recipient, channel, address, text, state, delivered_at, useless_at, last_error, has_secret)
		OVERRIDING SYSTEM VALUE
		SELECT w.id, w.template, w.application_id, w.sponsor_id, w.account_id, w.provider_id, icp.province_code(w.province),
			   w.recipient, w.channel, CASE WHEN w.problem IS NULL THEN icp.mask_address(w.address) END,
			   CASE WHEN w.is_secret
					THEN icp.fill_notice(w.text_zh, w.fills || (SELECT jsonb_object_agg(x, '******') FROM unnest(w.secrets) x))
					ELSE w.body END,
			   CASE WHEN w.channel = 'task' THEN 'delivered' WHEN w.problem IS NULL THEN 'queued' ELSE 'dead' END,
			   CASE WHEN w.channel = 'task' THEN now() END, now() + w.useful_for, w.problem, w.is_secret
		  FROM numbered w),
	secret AS (
		INSERT INTO @registry@.notice_secret (notice_id, province_code, address, text)
		SELECT w.id, icp.province_code(w.province), w.address, CASE WHEN w.is_secret THEN w.body END
		  FROM numbered w WHERE w.channel <> 'task' AND w.problem IS NULL)
	SELECT min(w.id), bool_or(w.channel <> 'task' AND w.problem IS NULL) INTO first, waits FROM numbered w;
	IF waits THEN
		PERFORM pg_notify(s.value, '') FROM @registry@.setting s
		 WHERE s.name = 'notify' AND s.value <> 'off' AND octet_length(s.value) BETWEEN 1 AND 63;
	END IF;
	RETURN first;
END
$$;
COMMENT ON FUNCTION @registry@.send_notices(text[], bigint[], text[], jsonb[]) IS
	'Writes notices, each an element of every array: template, application (NULL: about none), recipient (NULL: all that the template names) and values; on each channel of the template. Returns the first one''s id, NULL if none is sent. Values fill the text''s places; sponsor_id, site_id, provider_id, province_code and address say whom and where, beyond what the application says';

CREATE FUNCTION @registry@.send_notice(template text, application_id bigint, recipient text DEFAULT NULL,
		"values" jsonb DEFAULT '{}') RETURNS bigint
	LANGUAGE sql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
BEGIN ATOMIC
	SELECT @registry@.send_notices(ARRAY[send_notice.template], ARRAY[send_notice.application_id], ARRAY[send_notice.recipient],
								   ARRAY[send_notice."values"]);
END;
COMMENT ON FUNCTION @registry@.send_notice(text, bigint, text, jsonb) IS
	'Writes one notice to a recipient (NULL: to all that the template names), as send_notices() does';

-- (a statement's steps together)
CREATE FUNCTION @registry@.notify_steps() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
	SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	step	record;
BEGIN
	-- (whom a step tells is asked once for all that took it; a FULL JOIN behind a fence, as in record_steps())
	WITH taken AS MATERIALIZED (
		SELECT a.* FROM (SELECT w.id, w.kind, w.state, w.reason, o.state AS before
						   FROM old_rows o FULL JOIN new_rows w ON w.id = o.id OFFSET 0) a
		 WHERE a.state <> a.before),
	told AS MATERIALIZED (
		SELECT DISTINCT x.kind, x.from_state, x.to_state, t.code, t.recipient
		  FROM (SELECT DISTINCT a.kind, a.before, a.state FROM taken a) s
		  JOIN icp.transition x ON x.kind = s.kind AND x.from_state = s.before AND x.to_state = s.state
		  JOIN icp.notice_text t ON x.event = ANY (t.events) AND (t.kinds IS NULL OR x.kind = ANY (t.kinds)))
	SELECT array_agg(n.code) AS codes, array_agg(n.id) AS ids, array_agg(n.recipient) AS recipients,
		   array_agg(jsonb_build_object('reason', n.reason)) AS fills
	  INTO step
	  FROM (SELECT a.id, a.reason, t.code, t.recipient
			  FROM taken a JOIN told t ON t.kind = a.kind AND t.from_state = a.before AND t.to_state = a.state
			 ORDER BY a.id, t.code, t.recipient) n;
	IF step.ids IS NOT NULL THEN
		PERFORM @registry@.send_notices(step.codes, step.ids, step.recipients, step.fills);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.notify_steps() IS
	'Trigger: writes the notices of a statement''s steps, as icp.notice_template says which step tells whom';

-- after the steps are judged (a_), recorded (b_) and carried out (c_)
CREATE TRIGGER d_notify AFTER UPDATE ON @registry@.application
	REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.notify_steps();

CREATE FUNCTION @registry@.notify_access() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	PERFORM @registry@.send_notice('stop_access', NULL, 'provider',
								   jsonb_build_object('site_id', NEW.site_id, 'provider_id', NEW.provider_id));
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION @registry@.notify_access() IS
	'Trigger: tells a provider to stop an access that is cancelled (4 §22(三), (四))';
CREATE TRIGGER notify_access AFTER UPDATE ON @registry@.access
	FOR EACH ROW WHEN (OLD.status = 'live' AND NEW.status = 'cancelled') EXECUTE FUNCTION @registry@.notify_access();

-- What has been tried too often, or makes no sense any more, is dead, and its secrets are gone.
CREATE FUNCTION @registry@.bury_notices(ids bigint[], this_moment timestamptz, max_tries integer) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	buried	bigint[];
BEGIN
	WITH dead AS (
		UPDATE @registry@.notice d
		   SET state = 'dead', last_error = coalesce(d.last_error || '; ', '') ||
				CASE WHEN d.useless_at <= this_moment THEN 'too late (已过时效)'
					 WHEN d.state = 'taken' THEN 'the last deliverer did not answer (投递程序无应答)'
					 ELSE 'tried too often (超过重试次数)' END
		 WHERE d.id = ANY (ids) AND d.state IN ('queued', 'failed', 'taken')
		   AND (d.useless_at <= this_moment OR d.tries >= max_tries)
		RETURNING d.id)
	SELECT coalesce(array_agg(dead.id), '{}') INTO buried FROM dead;
	DELETE FROM @registry@.notice_secret s USING @registry@.notice d
	 WHERE d.id = s.notice_id AND d.has_secret AND s.notice_id = ANY (buried);
	RETURN cardinality(buried);
END
$$;
COMMENT ON FUNCTION @registry@.bury_notices(bigint[], timestamptz, integer) IS
	'Declares those of the notices dead that were tried too often or are too late; returns how many';

CREATE FUNCTION @registry@.take_notices(how_many integer DEFAULT 100, worker text DEFAULT NULL, only_channel text DEFAULT NULL)
	RETURNS TABLE (id bigint, template text, application_id bigint, recipient text, channel text, address text,
				   text text, tries integer, taken_until timestamptz)
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	-- a variable, so that the index can be searched by it
	this_moment	constant timestamptz := clock_timestamp();
	lease		interval := greatest(@registry@.setting('notice_lease')::interval, interval '1 second');
	max_tries	integer := @registry@.setting('notice_tries')::integer;
	who			text := coalesce(nullif(btrim(worker), ''),
								 format('%s, process %s', @registry@.acting_user(), pg_backend_pid()));
	due			bigint[];
	taken		integer := 0;
	n			integer;
BEGIN
	PERFORM @registry@.require_system('take notices (取走通知)');
	IF how_many IS NULL OR how_many NOT BETWEEN 1 AND 10000 THEN
		RAISE EXCEPTION 'number of notices must be between 1 and 10000, not %', coalesce(how_many::text, 'NULL')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	LOOP
		due := ARRAY(SELECT d.id FROM @registry@.notice d
					  WHERE d.state IN ('queued', 'failed', 'taken') AND d.next_try_at <= this_moment
						AND (only_channel IS NULL OR d.channel = only_channel)
					  ORDER BY d.next_try_at, d.id LIMIT how_many - taken
						FOR UPDATE SKIP LOCKED);
		EXIT WHEN due = '{}';
		PERFORM @registry@.bury_notices(due, this_moment, max_tries);
		RETURN QUERY
			WITH given AS (
				UPDATE @registry@.notice d
				   SET state = 'taken', tries = d.tries + 1, taken_by = who, taken_at = this_moment,
					   next_try_at = this_moment + lease
				 WHERE d.id = ANY (due) AND d.state <> 'dead'
				RETURNING d.*)
			SELECT g.id, g.template, g.application_id, g.recipient, g.channel, s.address,
				   coalesce(s.text, g.text), g.tries, g.next_try_at
			  FROM given g JOIN @registry@.notice_secret s ON s.notice_id = g.id
			 ORDER BY g.id;
		GET DIAGNOSTICS n = ROW_COUNT;
		taken := taken + n;
		EXIT WHEN taken >= how_many;
	END LOOP;
END
$$;
COMMENT ON FUNCTION @registry@.take_notices(integer, text, text) IS
	'Hands a deliverer the notices that are due, each to one deliverer, with address and full text; it has until taken_until to say with deliver_notice() how it went, afterwards another one may take them. Commit, then send';

CREATE FUNCTION @registry@.deliver_notice(id bigint, ok boolean, error text DEFAULT NULL, worker text DEFAULT NULL)
	RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	notice		record;
	max_tries	integer := @registry@.setting('notice_tries')::integer;
	pause		interval;
	new_state	text;
BEGIN
	PERFORM @registry@.require_system('deliver notices (投递通知)');
	IF ok IS NULL THEN
		RAISE EXCEPTION 'whether notice % was delivered must not be null', deliver_notice.id
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	SELECT n.*, s.address AS real_address INTO notice
	  FROM @registry@.notice n LEFT JOIN @registry@.notice_secret s ON s.notice_id = n.id
	 WHERE n.id = deliver_notice.id FOR UPDATE OF n;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'notice % does not exist', deliver_notice.id USING ERRCODE = 'no_data_found';
	ELSIF notice.state = 'queued' THEN
		RAISE EXCEPTION 'notice % was not taken', deliver_notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = '@registry@.take_notices() hands notices out.';
	ELSIF notice.state IN ('delivered', 'dead') AND NOT (ok AND notice.state = 'dead' AND notice.tries > 0)
		  -- a deliverer that comes late, while another one has it: that it arrived counts, that it failed does not
		  OR NOT ok AND worker IS DISTINCT FROM coalesce(notice.taken_by, worker) AND worker IS NOT NULL THEN
		RETURN notice.state;
	END IF;

	new_state := CASE WHEN ok THEN 'delivered'
					  WHEN notice.tries >= max_tries THEN 'dead'
					  ELSE 'failed' END;
	pause := least(@registry@.setting('notice_backoff')::interval * 2 ^ least(notice.tries - 1, 20),
				   @registry@.setting('notice_backoff_max')::interval);
	UPDATE @registry@.notice n
	   SET state = new_state,
		   delivered_at = CASE WHEN ok THEN clock_timestamp() END,
		   next_try_at = CASE new_state WHEN 'failed' THEN clock_timestamp() + pause ELSE n.next_try_at END,
		   -- mail servers like to repeat the address
		   last_error = CASE WHEN NOT ok THEN
				left(coalesce(replace(nullif(btrim(error), ''), coalesce(notice.real_address, ''), coalesce(notice.address, '')),
							  'no reason given (未说明原因)'), 1000) END
	 WHERE n.id = notice.id;
	DELETE FROM @registry@.notice_secret s
	 WHERE s.notice_id = notice.id AND (new_state = 'delivered' OR new_state = 'dead' AND notice.has_secret);
	RETURN new_state;
END
$$;
COMMENT ON FUNCTION @registry@.deliver_notice(bigint, boolean, text, text) IS
	'A deliverer says how it went with a notice it has taken: delivered, or failed with the error, in which the address is masked; returns the state it is in. With the worker''s name, the failure of one whose time was over is passed by';

CREATE FUNCTION @registry@.requeue_notice(id bigint, address text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	notice	record;
BEGIN
	PERFORM @registry@.require_system('queue notices again (重新投递通知)');
	SELECT n.*, s.address AS kept INTO notice
	  FROM @registry@.notice n LEFT JOIN @registry@.notice_secret s ON s.notice_id = n.id
	 WHERE n.id = requeue_notice.id FOR UPDATE OF n;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'notice % does not exist', requeue_notice.id USING ERRCODE = 'no_data_found';
	ELSIF notice.state <> 'dead' THEN
		RAISE EXCEPTION 'notice % is not dead', notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', notice.state);
	ELSIF notice.has_secret THEN
		RAISE EXCEPTION 'notice % held a secret value, which is gone', notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Have a new one made.';
	ELSIF notice.useless_at <= now() THEN
		RAISE EXCEPTION 'it is too late for notice %', notice.id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF coalesce(address, notice.kept, '') = '' OR coalesce(address, notice.kept) ~ '[[:cntrl:]]' THEN
		RAISE EXCEPTION 'notice % has no address', notice.id
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Give one: requeue_notice(id, address).';
	END IF;
	INSERT INTO @registry@.notice_secret (notice_id, province_code, address)
	VALUES (notice.id, notice.province_code, coalesce(requeue_notice.address, notice.kept))
	ON CONFLICT (notice_id) DO UPDATE SET address = EXCLUDED.address;
	UPDATE @registry@.notice n
	   SET state = 'queued', tries = 0, next_try_at = now(),
		   address = icp.mask_address(coalesce(requeue_notice.address, notice.kept))
	 WHERE n.id = notice.id;
END
$$;
COMMENT ON FUNCTION @registry@.requeue_notice(bigint, text) IS
	'Has a dead notice tried again, at another address if one is given; not one that held a secret value';

CREATE FUNCTION @registry@.notice_clock() RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	this_moment	constant timestamptz := clock_timestamp();
BEGIN
	RETURN @registry@.bury_notices(
		ARRAY(SELECT d.id FROM @registry@.notice d
			   WHERE d.useless_at <= this_moment AND d.state IN ('queued', 'failed', 'taken')
			   ORDER BY d.useless_at LIMIT 10000 FOR UPDATE SKIP LOCKED),
		this_moment, @registry@.setting('notice_tries')::integer);
END
$$;
COMMENT ON FUNCTION @registry@.notice_clock() IS
	'Notices that nobody delivered while it made sense are dead, their secrets wiped; returns how many';

ALTER TABLE @registry@.notice ENABLE ROW LEVEL SECURITY;
-- no policy: whoever may read all tables does not read these
ALTER TABLE @registry@.notice_secret ENABLE ROW LEVEL SECURITY;
