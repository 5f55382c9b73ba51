-- What a bureau tells the public, and what bureaus ask of one another.

CREATE TABLE @registry@.bureau_notice (
	province			icp.province PRIMARY KEY,
	province_code		smallint NOT NULL,
	report_phone		text,
	report_mailbox		text,
	sheet_submission	text,
	changed_at			timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT bureau_notice_province_code_check CHECK (province_code = icp.province_code(province))
);
COMMENT ON TABLE @registry@.bureau_notice IS
	'What the bureau of a province publishes: where the public reports (4 §8(六)), how verification sheets are handed in (1 表)';
COMMENT ON COLUMN @registry@.bureau_notice.province IS 'The bureau''s province';
COMMENT ON COLUMN @registry@.bureau_notice.province_code IS 'GB/T 2260 code of province, filled by trigger';
COMMENT ON COLUMN @registry@.bureau_notice.report_phone IS 'Telephone for reports from the public (举报)';
COMMENT ON COLUMN @registry@.bureau_notice.report_mailbox IS 'Mailbox for reports from the public';
COMMENT ON COLUMN @registry@.bureau_notice.sheet_submission IS 'How verification sheets are handed in: paper, fax, scan (真实性核验单提交方式)';
COMMENT ON COLUMN @registry@.bureau_notice.changed_at IS 'When it last changed';
CREATE TRIGGER touch BEFORE UPDATE ON @registry@.bureau_notice
	FOR EACH ROW EXECUTE FUNCTION @registry@.touch();

CREATE TABLE @registry@.assistance_request (
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	from_province	icp.province NOT NULL,
	to_province		icp.province NOT NULL,
	province_code	smallint NOT NULL,
	subject			text NOT NULL CHECK (subject IN ('close_site', 'punish_provider', 'investigate', 'findings')),
	site_id			bigint REFERENCES @registry@.site,
	provider_id		bigint REFERENCES @registry@.provider,
	demand			text NOT NULL CHECK (btrim(demand) <> ''),
	asked_by		name NOT NULL,
	asked_at		timestamptz NOT NULL DEFAULT now(),
	due_at			timestamptz NOT NULL,
	answered_by		name,
	answered_at		timestamptz,
	answer			text,
	CONSTRAINT assistance_request_provinces_check CHECK (from_province <> to_province),
	CONSTRAINT assistance_request_province_code_check CHECK (province_code = icp.province_code(to_province)),
	CONSTRAINT assistance_request_due_check CHECK (due_at > asked_at),
	CONSTRAINT assistance_request_answer_check CHECK ((answered_at IS NULL) = (answer IS NULL) AND btrim(answer) <> ''),
	CONSTRAINT assistance_request_about_check CHECK (site_id IS NOT NULL OR provider_id IS NOT NULL)
);
CREATE INDEX assistance_request_site_id_idx ON @registry@.assistance_request (site_id);
CREATE INDEX assistance_request_provider_id_idx ON @registry@.assistance_request (provider_id);
CREATE INDEX assistance_request_open_idx ON @registry@.assistance_request (due_at) WHERE answered_at IS NULL;
COMMENT ON TABLE @registry@.assistance_request IS
	'What the bureau of the sponsor''s province asks of, or tells, the bureau of the provider or of the server (4 §8(一), (三))';
COMMENT ON COLUMN @registry@.assistance_request.id IS 'Surrogate key';
COMMENT ON COLUMN @registry@.assistance_request.from_province IS 'The bureau that asks';
COMMENT ON COLUMN @registry@.assistance_request.to_province IS 'The bureau that is asked';
COMMENT ON COLUMN @registry@.assistance_request.province_code IS 'GB/T 2260 code of to_province, filled by trigger';
COMMENT ON COLUMN @registry@.assistance_request.subject IS
	'close_site, punish_provider (of the provider''s bureau), investigate (of the server''s), findings (of a check, told to the provider''s)';
COMMENT ON COLUMN @registry@.assistance_request.site_id IS 'The site it is about';
COMMENT ON COLUMN @registry@.assistance_request.provider_id IS 'The provider it is about';
COMMENT ON COLUMN @registry@.assistance_request.demand IS 'What is asked, or was found';
COMMENT ON COLUMN @registry@.assistance_request.asked_by IS 'Role that asked, filled by trigger';
COMMENT ON COLUMN @registry@.assistance_request.asked_at IS 'When';
COMMENT ON COLUMN @registry@.assistance_request.due_at IS 'Until when an answer is asked for';
COMMENT ON COLUMN @registry@.assistance_request.answered_by IS 'Role that answered, filled by trigger';
COMMENT ON COLUMN @registry@.assistance_request.answered_at IS 'When it was answered';
COMMENT ON COLUMN @registry@.assistance_request.answer IS 'What was done';

CREATE FUNCTION @registry@.fill_assistance_request() RETURNS trigger
	LANGUAGE plpgsql
	SECURITY DEFINER
	SET search_path = pg_catalog, icp, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.province_code := icp.province_code(NEW.to_province);
		NEW.asked_by := @registry@.acting_user();
		IF NOT @registry@.is_member('{bureau}', icp.province_code(NEW.from_province), NULL) THEN
			RAISE EXCEPTION 'role "%" may not ask in the name of the bureau of %', @registry@.acting_user(), NEW.from_province
				USING ERRCODE = 'insufficient_privilege',
					  HINT = 'A bureau (通信管理局) asks in its own name (4 §8(三)).';
		END IF;
	ELSIF OLD.answered_at IS NOT NULL
		  OR (NEW.from_province, NEW.to_province, NEW.subject, NEW.site_id, NEW.provider_id, NEW.demand, NEW.asked_by,
			  NEW.asked_at, NEW.due_at, NEW.province_code)
			 IS DISTINCT FROM
			 (OLD.from_province, OLD.to_province, OLD.subject, OLD.site_id, OLD.provider_id, OLD.demand, OLD.asked_by,
			  OLD.asked_at, OLD.due_at, OLD.province_code) THEN
		RAISE EXCEPTION 'request % stands as it was made', OLD.id
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'It is answered once, by answered_at and answer.';
	ELSE
		IF NOT @registry@.is_member('{bureau}', OLD.province_code, NULL) THEN
			RAISE EXCEPTION 'role "%" may not answer for the bureau of %', @registry@.acting_user(), OLD.to_province
				USING ERRCODE = 'insufficient_privilege';
		END IF;
		NEW.answered_by := @registry@.acting_user();
		-- members date nothing back
		IF NEW.answered_at IS NOT NULL AND NOT @registry@.acts_as_owner() THEN
			NEW.answered_at := now();
		END IF;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION @registry@.fill_assistance_request() IS
	'Trigger: a bureau asks in its own name, the one asked answers, once (4 §8(三))';
CREATE TRIGGER fill_assistance_request BEFORE INSERT OR UPDATE ON @registry@.assistance_request
	FOR EACH ROW EXECUTE FUNCTION @registry@.fill_assistance_request();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON @registry@.assistance_request
	FOR EACH STATEMENT EXECUTE FUNCTION @registry@.refuse_change();

CREATE VIEW @registry@.overdue_assistance WITH (security_barrier) AS
SELECT r.id, r.from_province, r.to_province, r.province_code, r.subject, r.site_id, r.provider_id, r.asked_at, r.due_at
  FROM @registry@.assistance_request r
 WHERE r.answered_at IS NULL AND r.due_at < now()
   AND ((SELECT @registry@.acts_nationwide())
		OR @registry@.acts_as_bureau(icp.province_code(r.from_province), r.province_code));
COMMENT ON VIEW @registry@.overdue_assistance IS 'Requests between bureaus that are overdue for an answer';
COMMENT ON COLUMN @registry@.overdue_assistance.id IS 'The request';
COMMENT ON COLUMN @registry@.overdue_assistance.from_province IS 'The bureau that asks';
COMMENT ON COLUMN @registry@.overdue_assistance.to_province IS 'The bureau that is asked';
COMMENT ON COLUMN @registry@.overdue_assistance.province_code IS 'GB/T 2260 code of to_province';
COMMENT ON COLUMN @registry@.overdue_assistance.subject IS 'What it is about';
COMMENT ON COLUMN @registry@.overdue_assistance.site_id IS 'The site';
COMMENT ON COLUMN @registry@.overdue_assistance.provider_id IS 'The provider';
COMMENT ON COLUMN @registry@.overdue_assistance.asked_at IS 'When it was asked';
COMMENT ON COLUMN @registry@.overdue_assistance.due_at IS 'Until when an answer was asked for';

ALTER TABLE @registry@.bureau_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY bureau_notice_see ON @registry@.bureau_notice FOR SELECT USING (true);
CREATE POLICY bureau_notice_set ON @registry@.bureau_notice
	USING (@registry@.acts_as_bureau(province_code)) WITH CHECK (@registry@.acts_as_bureau(province_code));
ALTER TABLE @registry@.assistance_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY assistance_request_see ON @registry@.assistance_request
	USING ((SELECT @registry@.acts_nationwide())
		   OR @registry@.acts_as_bureau(icp.province_code(from_province), province_code));
