-- Accounts that register themselves (用户注册): the codes by telephone and mail that tell who they are (身份验证, 3 Q16,
-- Q18, Q22), the initial password that is changed at the first login, and the password that was lost (找回备案密码).

INSERT INTO @registry@.setting (name, value, meaning) VALUES
	('account_password_cost', '14',
	 'What digesting an account''s password costs when its holder chooses one, 1 to 17: people''s passwords can be guessed, random ones cannot (password_cost). Stored digests keep their own'),
	('account_mail_wait', '24 hours', 'How long the code of a mailbox may take to arrive; no other is sent before (3 Q16)'),
	('account_sms_wait', '1 minute', 'How long until another code is sent to a telephone');

CREATE TABLE @registry@.account_code (
	account_id		bigint REFERENCES @registry@.account ON DELETE CASCADE,
	channel			text CHECK (channel IN ('sms', 'mail')),
	digest			text NOT NULL,
	sent_at			timestamptz NOT NULL,
	sent			smallint NOT NULL DEFAULT 1,
	confirmed_at	timestamptz,
	province_code	smallint,
	PRIMARY KEY (account_id, channel)
);
COMMENT ON TABLE @registry@.account_code IS
	'Codes by which an account proves its telephone and its mailbox, as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.account_code.account_id IS 'The account';
COMMENT ON COLUMN @registry@.account_code.channel IS 'sms: its telephone; mail: its mailbox';
COMMENT ON COLUMN @registry@.account_code.digest IS 'What icp.hash_password() made of the code sent last';
COMMENT ON COLUMN @registry@.account_code.sent_at IS 'When that was; a mailed one may take 24 hours (3 Q16)';
COMMENT ON COLUMN @registry@.account_code.sent IS 'How many were sent, counted anew after a pause of a day';
COMMENT ON COLUMN @registry@.account_code.confirmed_at IS 'When it was confirmed';
COMMENT ON COLUMN @registry@.account_code.province_code IS 'The account''s province, GB/T 2260';
ALTER TABLE @registry@.account_code ENABLE ROW LEVEL SECURITY;

CREATE TABLE @registry@.account_password (
	account_id		bigint PRIMARY KEY REFERENCES @registry@.account ON DELETE CASCADE,
	digest			text NOT NULL,
	made_at			timestamptz NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.account_password IS
	'Login passwords of accounts as digests, for programs that log accounts in. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.account_password.account_id IS 'The account';
COMMENT ON COLUMN @registry@.account_password.digest IS 'What icp.hash_password() made of it';
COMMENT ON COLUMN @registry@.account_password.made_at IS 'When it was made or changed';
COMMENT ON COLUMN @registry@.account_password.province_code IS 'The account''s province, GB/T 2260';
ALTER TABLE @registry@.account_password ENABLE ROW LEVEL SECURITY;

-- The account, locked, for who may act on it: its holder, its provider (whose web pages he uses), system, owner.
CREATE FUNCTION @registry@.lock_account(account_id bigint, roles text[]) RETURNS @registry@.account
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	who		constant name := @registry@.acting_user();
	account	@registry@.account;
BEGIN
	SELECT * INTO account FROM @registry@.account a
	 WHERE a.id = account_id
	   AND (@registry@.acts_as_owner()
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = who AND m.role = ANY (roles)
						  AND CASE m.role WHEN 'sponsor' THEN m.account_id = a.id
										  WHEN 'provider' THEN m.provider_id = a.provider_id
										  ELSE m.role = 'system' END))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not do this with account %', who, account_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = format('These may: %s.', array_to_string(roles, ', '));
	ELSIF account.status <> 'open' THEN
		RAISE EXCEPTION 'account % is closed', account_id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN account;
END
$$;
COMMENT ON FUNCTION @registry@.lock_account(bigint, text[]) IS
	'The account, locked, for members in one of these roles to whom it belongs; fails for others, and where it is closed';

CREATE FUNCTION @registry@.check_account_address(channel text, address text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF channel = 'sms' AND icp.phone_kind(address) IN ('mobile', 'foreign') THEN
		RETURN icp.try_phone(address);
	ELSIF channel = 'mail' AND coalesce(icp.explain_email(address) LIKE 'Warning:%', address IS NOT NULL) THEN
		RETURN btrim(address);
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
		MESSAGE = CASE channel WHEN 'sms' THEN 'no mobile number (手机号码) to which a code can be sent'
							   WHEN 'mail' THEN 'no mailbox (邮箱) to which a code can be sent'
							   ELSE format('codes are sent by sms and mail, not by "%s"', icp.shown(channel)) END;
END
$$;
COMMENT ON FUNCTION @registry@.check_account_address(text, text) IS
	'The address as codes are sent to it; fails where none can be';

CREATE FUNCTION @registry@.send_account_code(account @registry@.account, channel text) RETURNS void
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	code	constant text := icp.random_code(6);
BEGIN
	-- the code is in the notice's secret part only, which goes when it is delivered
	PERFORM @registry@.send_notice(CASE channel WHEN 'sms' THEN 'account_sms_code' ELSE 'account_mail_code' END, NULL, 'sponsor',
		jsonb_build_object('code', code, 'provider_id', account.provider_id, 'province_code', account.province_code,
						   'address', CASE channel WHEN 'sms' THEN account.mobile ELSE account.mailbox END));
	INSERT INTO @registry@.account_code AS c (account_id, channel, digest, sent_at, province_code)
	VALUES (account.id, channel, icp.hash_password(code, @registry@.setting('password_cost')::integer), now(),
			account.province_code)
	ON CONFLICT ON CONSTRAINT account_code_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, confirmed_at = NULL, sent_at = EXCLUDED.sent_at,
		   sent = CASE WHEN c.sent_at > now() - interval '1 day' THEN c.sent + 1 ELSE 1 END;
END
$$;
COMMENT ON FUNCTION @registry@.send_account_code(@registry@.account, text) IS
	'Sends an account a new code by sms or mail; the one before is good no more';

CREATE FUNCTION @registry@.register_account(provider_id bigint, user_name text, mobile text, mailbox text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	new_account	@registry@.account;
	standing	text;
BEGIN
	IF NOT (@registry@.acts_as_system() OR @registry@.acts_for_provider(provider_id)) THEN
		RAISE EXCEPTION 'role "%" may not register accounts with provider %', @registry@.acting_user(), provider_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The provider whose system the user registers in does, and members "system" of @registry@.member.';
	END IF;
	SELECT p.admission INTO standing FROM @registry@.provider p WHERE p.id = provider_id;
	IF standing IN ('exiting', 'exited') THEN
		RAISE EXCEPTION 'provider % takes on nobody (4 §12(八))', provider_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It is %s.', standing);
	END IF;
	INSERT INTO @registry@.account (provider_id, user_name, registered_by, mobile, mailbox)
	VALUES (provider_id, user_name, 'self', @registry@.check_account_address('sms', mobile),
			@registry@.check_account_address('mail', mailbox))
	RETURNING * INTO new_account;
	PERFORM @registry@.send_account_code(new_account, 'sms');
	PERFORM @registry@.send_account_code(new_account, 'mail');
	RETURN new_account.id;
END
$$;
COMMENT ON FUNCTION @registry@.register_account(bigint, text, text, text) IS
	'A user registers with a provider: makes the account and sends a code to telephone and mailbox; returns its id (3 Q18)';

-- A wrong code is an answer, no error.  It was counted before, whatever became of the transaction.
CREATE FUNCTION @registry@.confirm_account(account_id bigint, channel text, code text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	constant @registry@.account := @registry@.lock_account(account_id, '{sponsor,provider,system}');
	waiting	@registry@.account_code;
	subject	constant text := format('account.%s_code', channel);
	given	constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
BEGIN
	SELECT * INTO waiting FROM @registry@.account_code c WHERE c.account_id = account.id AND c.channel = channel
	   FOR NO KEY UPDATE;
	IF NOT FOUND OR waiting.confirmed_at IS NOT NULL THEN
		RAISE EXCEPTION 'account % waits for no code (验证码) by %', account_id, icp.shown(channel)
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF code IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	ELSIF @registry@.number_try(subject, account.id, @registry@.secret_mark(waiting.digest)) > 6
		  OR given !~ '^[0-9]{6}$' OR NOT icp.check_password(given, waiting.digest) THEN
		RETURN false;
	END IF;
	PERFORM @registry@.clear_tries(subject, account.id);
	UPDATE @registry@.account_code c SET confirmed_at = now() WHERE c.account_id = account.id AND c.channel = channel;
	UPDATE @registry@.account a SET identity_checked_at = now()
	 WHERE a.id = account.id AND a.identity_checked_at IS NULL
	   AND (SELECT count(*) FROM @registry@.account_code c
			 WHERE c.account_id = account.id AND c.confirmed_at IS NOT NULL) = 2;
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.confirm_account(bigint, text, text) IS
	'Gives the code that came by sms or mail; returns whether it is right. With both the account is checked (身份验证, 3 Q18, Q22); after six wrong ones another is sent for';

CREATE FUNCTION @registry@.resend_account_code(account_id bigint, channel text, address text DEFAULT NULL) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	@registry@.account := @registry@.lock_account(account_id, '{sponsor,provider,system}');
	last	@registry@.account_code;
	pause	constant interval := @registry@.setting(CASE channel WHEN 'sms' THEN 'account_sms_wait' ELSE 'account_mail_wait' END);
BEGIN
	SELECT * INTO last FROM @registry@.account_code c WHERE c.account_id = account.id AND c.channel = channel
	   FOR NO KEY UPDATE;
	IF account.registered_by <> 'self' THEN
		RAISE EXCEPTION 'account % was made by its provider and needs no code (验证码)', account_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF last.confirmed_at IS NOT NULL AND address IS NULL THEN
		RAISE EXCEPTION 'account % waits for no code (验证码) by %', account_id, icp.shown(channel)
			USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF last.sent_at > now() - pause THEN
		RAISE EXCEPTION 'no further code (验证码) is sent yet for account %', account_id
			USING ERRCODE = 'object_not_in_prerequisite_state',
				  DETAIL = format('The last one was sent on %s.', last.sent_at),
				  HINT = format('It may take %s to arrive; then the address can be changed, and another is sent (3 Q16).', pause);
	ELSIF last.sent >= 10 AND last.sent_at > now() - interval '1 day' THEN
		RAISE EXCEPTION 'no further code (验证码) is sent today for account %', account_id
			USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Ten were sent.';
	END IF;
	IF address IS NOT NULL THEN
		UPDATE @registry@.account a
		   SET mobile = CASE channel WHEN 'sms' THEN @registry@.check_account_address(channel, address) ELSE a.mobile END,
			   mailbox = CASE channel WHEN 'sms' THEN a.mailbox ELSE @registry@.check_account_address(channel, address) END,
			   identity_checked_at = NULL		-- another address is another proof
		 WHERE a.id = account.id RETURNING * INTO account;
	ELSE
		PERFORM @registry@.check_account_address(channel, CASE channel WHEN 'sms' THEN account.mobile ELSE account.mailbox END);
	END IF;
	PERFORM @registry@.send_account_code(account, channel);
	RETURN now() + pause;
END
$$;
COMMENT ON FUNCTION @registry@.resend_account_code(bigint, text, text) IS
	'Sends a self-registered account another code, to another address if one is given, but to a mailbox only 24 hours after the one before (3 Q16); returns from when the next is sent';

-- Login passwords, for programs that log accounts in.
CREATE FUNCTION @registry@.make_account_password(account_id bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	constant @registry@.account := @registry@.lock_account(account_id, '{provider,system}');
	made	constant text := icp.random_password();
BEGIN
	INSERT INTO @registry@.account_password AS p (account_id, digest, made_at, province_code)
	VALUES (account.id, icp.hash_password(made, @registry@.setting('password_cost')::integer), now(), account.province_code)
	ON CONFLICT ON CONSTRAINT account_password_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, made_at = EXCLUDED.made_at;
	UPDATE @registry@.account a SET must_change_password = true WHERE a.id = account.id;
	PERFORM @registry@.forget_tries('account.password', account.id);
	RETURN made;
END
$$;
COMMENT ON FUNCTION @registry@.make_account_password(bigint) IS
	'Makes an account''s initial password (初始密码) and returns it, this once, to its provider; the holder changes it at the first login (3 Q22)';

CREATE FUNCTION @registry@.check_account_password(account_id bigint, password text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	account	constant @registry@.account := @registry@.lock_account(account_id, '{sponsor,provider,system}');
	matches	boolean;
BEGIN
	PERFORM @registry@.count_try('account.password', account.id);
	matches := coalesce((SELECT icp.check_password(password, p.digest) FROM @registry@.account_password p
						  WHERE p.account_id = account.id), false);
	IF matches THEN
		PERFORM @registry@.clear_tries('account.password', account.id);
	END IF;
	RETURN matches;
END
$$;
COMMENT ON FUNCTION @registry@.check_account_password(bigint, text) IS
	'Is it the account''s login password? After several wrong ones from one role there are pauses, then locks (settings try_...)';

CREATE FUNCTION @registry@.change_account_password(account_id bigint, old_password text, new_password text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
	IF NOT @registry@.check_account_password(account_id, old_password) THEN
		RETURN false;
	ELSIF new_password IS NULL OR length(new_password) NOT BETWEEN 8 AND 128 OR new_password = old_password THEN
		RAISE EXCEPTION 'this cannot be the new password of account %', account_id
			USING ERRCODE = 'invalid_parameter_value', HINT = 'Another one than before, of 8 to 128 characters.';
	END IF;
	UPDATE @registry@.account_password p
	   SET digest = icp.hash_password(new_password, @registry@.setting('account_password_cost')::integer), made_at = now()
	 WHERE p.account_id = account_id;
	UPDATE @registry@.account a SET must_change_password = false WHERE a.id = account_id;
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.change_account_password(bigint, text, text) IS
	'Changes an account''s login password, the initial one too; false where the old one is wrong (3 Q22)';

-- Nothing is submitted before both codes are confirmed, nor with the initial password.
CREATE FUNCTION @registry@.require_checked_account() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	account	@registry@.account;
BEGIN
	SELECT * INTO account FROM @registry@.account a WHERE a.id = NEW.account_id;
	IF NOT (account.registered_by = 'self' AND account.identity_checked_at IS NULL OR account.must_change_password)
	   OR @registry@.owner_is_exempt() THEN
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'account % cannot submit anything yet', account.id
		USING ERRCODE = 'object_not_in_prerequisite_state',
			  DETAIL = CASE WHEN account.must_change_password THEN 'Its initial password (初始密码) has not been changed (3 Q22).'
					   ELSE 'It has not confirmed the codes of both telephone and mailbox (身份验证, 3 Q18, Q22).' END,
			  HINT = CASE WHEN account.must_change_password THEN 'change_account_password() changes it.'
					 ELSE 'confirm_account() confirms one, resend_account_code() has another sent.' END;
END
$$;
COMMENT ON FUNCTION @registry@.require_checked_account() IS
	'Trigger: a self-registered account submits nothing before both codes are confirmed, and none with its initial password (3 Q18, Q22)';
CREATE TRIGGER ab_require_checked_account AFTER UPDATE ON @registry@.application
	FOR EACH ROW WHEN (OLD.state IN ('draft', 'returned') AND NEW.state <> OLD.state AND NEW.state NOT IN ('withdrawn', 'expired')
					   AND NEW.filed_by <> 'bureau')
	EXECUTE FUNCTION @registry@.require_checked_account();

-- The lost filing password on the home page (找回备案密码): a code to what is filed, then another password.
CREATE TABLE @registry@.password_recovery (
	sponsor_id		bigint PRIMARY KEY REFERENCES @registry@.sponsor ON DELETE CASCADE,
	digest			text NOT NULL,
	sent_at			timestamptz NOT NULL,
	due_at			timestamptz NOT NULL,
	province_code	smallint
);
COMMENT ON TABLE @registry@.password_recovery IS
	'Codes by which sponsors recover a lost filing password themselves (找回备案密码, 4 §14(七)), as digests. Nobody but the owner''s functions reads it';
COMMENT ON COLUMN @registry@.password_recovery.sponsor_id IS 'The sponsor';
COMMENT ON COLUMN @registry@.password_recovery.digest IS 'What icp.hash_password() made of the code';
COMMENT ON COLUMN @registry@.password_recovery.sent_at IS 'When it was sent';
COMMENT ON COLUMN @registry@.password_recovery.due_at IS 'Until when it is good: 24 hours';
COMMENT ON COLUMN @registry@.password_recovery.province_code IS 'The sponsor''s province, GB/T 2260';
ALTER TABLE @registry@.password_recovery ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION @registry@.lock_recovery(sponsor_id bigint) RETURNS @registry@.sponsor
	LANGUAGE plpgsql VOLATILE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	sponsor	@registry@.sponsor;
BEGIN
	SELECT * INTO sponsor FROM @registry@.sponsor s
	 WHERE s.id = sponsor_id
	   AND (@registry@.acts_as_system()
			OR EXISTS (SELECT FROM @registry@.member m
						WHERE m.role_name = @registry@.acting_user() AND m.role = 'sponsor' AND m.account_id = s.account_id))
	   FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'role "%" may not recover the filing password (备案密码) of sponsor %', @registry@.acting_user(), sponsor_id
			USING ERRCODE = 'insufficient_privilege',
				  HINT = 'The sponsor''s account may, and the members "system" of @registry@.member, who run the home page.';
	ELSIF sponsor.status <> 'filed' THEN
		RAISE EXCEPTION 'sponsor % is not filed', sponsor_id USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN sponsor;
END
$$;
COMMENT ON FUNCTION @registry@.lock_recovery(bigint) IS 'The sponsor, locked, for who may recover its password';

CREATE FUNCTION @registry@.begin_recovery(sponsor_id bigint) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	sponsor	constant @registry@.sponsor := @registry@.lock_recovery(sponsor_id);
	code	constant text := icp.random_code(6);
BEGIN
	IF EXISTS (SELECT FROM @registry@.password_recovery r WHERE r.sponsor_id = sponsor.id AND r.sent_at > now() - interval '1 hour') THEN
		RAISE EXCEPTION 'a code (验证码) was sent for sponsor % less than an hour ago', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	PERFORM @registry@.send_notice('recovery_code', NULL, 'sponsor', jsonb_build_object('sponsor_id', sponsor.id, 'code', code));
	INSERT INTO @registry@.password_recovery (sponsor_id, digest, sent_at, due_at, province_code)
	VALUES (sponsor.id, icp.hash_password(code, @registry@.setting('password_cost')::integer), now(), now() + interval '24 hours',
			sponsor.province_code)
	ON CONFLICT ON CONSTRAINT password_recovery_pkey DO UPDATE
	   SET digest = EXCLUDED.digest, sent_at = EXCLUDED.sent_at, due_at = EXCLUDED.due_at;
	RETURN now() + interval '24 hours';
END
$$;
COMMENT ON FUNCTION @registry@.begin_recovery(bigint) IS
	'A sponsor has lost its filing password: sends a code to the mailbox and telephone that are filed, at most once an hour, and returns until when it is good (4 §14(七))';

CREATE FUNCTION @registry@.finish_recovery(sponsor_id bigint, code text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
	sponsor	constant @registry@.sponsor := @registry@.lock_recovery(sponsor_id);
	waiting	@registry@.password_recovery;
	given	constant text := translate(btrim(code), '０１２３４５６７８９', '0123456789');
BEGIN
	SELECT * INTO waiting FROM @registry@.password_recovery r WHERE r.sponsor_id = sponsor.id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'sponsor % waits for no code (验证码)', sponsor_id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'begin_recovery() sends one.';
	ELSIF code IS NULL THEN
		RAISE EXCEPTION 'no code (验证码) was given' USING ERRCODE = 'null_value_not_allowed';
	ELSIF @registry@.number_try('sponsor.recovery', sponsor.id, @registry@.secret_mark(waiting.digest)) > 6
		  OR clock_timestamp() >= waiting.due_at OR given !~ '^[0-9]{6}$' OR NOT icp.check_password(given, waiting.digest) THEN
		RETURN false;
	END IF;
	PERFORM @registry@.clear_tries('sponsor.recovery', sponsor.id);
	DELETE FROM @registry@.password_recovery r WHERE r.sponsor_id = sponsor.id;
	PERFORM @registry@.issue_password(sponsor.id);
	RETURN true;
END
$$;
COMMENT ON FUNCTION @registry@.finish_recovery(bigint, text) IS
	'With the right code a sponsor gets another filing password, which take_password() shows; false where the code is wrong, too old, or was wrong six times';
