-- The terms that the law sets, as data, and when they end.

CREATE TABLE icp.clock (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	meaning		text NOT NULL,
	kinds		text[],
	states		text[],
	since		text NOT NULL,
	amount		integer NOT NULL CHECK (amount OPERATOR(pg_catalog.>) 0),
	unit		text NOT NULL CHECK (unit OPERATOR(pg_catalog.=) ANY ('{working_days,days,months,hours}'::text[])),
	action		text NOT NULL CHECK (action OPERATOR(pg_catalog.=) ANY ('{list,expire,own}'::text[])),
	clause		text NOT NULL
);
COMMENT ON TABLE icp.clock IS 'Terms that the law sets; shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.clock.code IS 'What the term is called, in icp.clock_due() and application.clock';
COMMENT ON COLUMN icp.clock.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.clock.meaning IS 'Who has to do what';
COMMENT ON COLUMN icp.clock.kinds IS 'Kinds of application that it holds for; NULL: all';
COMMENT ON COLUMN icp.clock.states IS 'States of an application in which it runs; NULL: it is no term of an application''s state';
COMMENT ON COLUMN icp.clock.since IS
	'From when it runs: state (the state is entered), a column of the application, or another event in words';
COMMENT ON COLUMN icp.clock.amount IS 'How many units';
COMMENT ON COLUMN icp.clock.unit IS
	'working_days, days or months, Beijing time: it ends with the last day; hours: it ends at the moment';
COMMENT ON COLUMN icp.clock.action IS
	'list: what is late is listed; expire: the application expires; own: a function of the subject''s own sees to it';
COMMENT ON COLUMN icp.clock.clause IS 'Document and article of the law';

CREATE TABLE icp.clock_local (
	code		text PRIMARY KEY REFERENCES icp.clock,
	amount		integer NOT NULL CHECK (amount OPERATOR(pg_catalog.>) 0),
	reason		text NOT NULL
);
COMMENT ON TABLE icp.clock_local IS 'A bureau''s own terms, which win over those of icp.clock, in the same unit';
COMMENT ON COLUMN icp.clock_local.code IS 'The term';
COMMENT ON COLUMN icp.clock_local.amount IS 'How many units, for what begins from now on';
COMMENT ON COLUMN icp.clock_local.reason IS 'Why: the bureau''s order';

-- Only their owner writes them; everybody may read.
GRANT SELECT ON icp.clock, icp.clock_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.clock_local', '');

INSERT INTO icp.clock (code, name_zh, meaning, kinds, states, since, amount, unit, action, clause) VALUES
	('precheck', '预核验', 'the provider checks what was submitted',
	 NULL, '{submitted}', 'submitted_at', 5, 'working_days', 'list', '2 二(二)1(2)'),
	('visit', '当面核验', 'the person in charge comes with the originals',
	 NULL, '{pre_verified}', 'state', 1, 'months', 'expire', '2 二(二)1(2)'),
	('sms', '短信核验', 'the sponsor confirms by the code of the short message (since 2020-08-17)',
	 NULL, '{sms}', 'state', 24, 'hours', 'own', '3 Q16'),
	('review', '管局审核', 'the bureau decides, counted from the latest report, or from when it opened the review itself',
	 ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.steps <> 'P' ORDER BY k.ordinal, k.code),
	 ARRAY(SELECT s.code FROM icp.state s WHERE s.in_review ORDER BY s.ordinal DESC), 'reported_at', 20, 'working_days', 'list', '2 二(二)2'),
	('reset', '密码重置', 'the bureau resets a filing password',
	 ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.steps = 'P' ORDER BY k.ordinal, k.code), '{reviewing}', 'reported_at', 10, 'working_days', 'list', '4 附件1 四'),
	('change_ahead', '提前变更', 'a change is filed so long before it takes effect',
	 ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'change' ORDER BY k.ordinal, k.code), NULL, 'takes_effect_on, backwards', 30, 'days', 'list', '4 §14(四)'),
	('correction', '更正备案信息', 'the sponsor corrects wrong data after it was told',
	 NULL, NULL, 'the notice', 10, 'working_days', 'own', '33号令；管局惯例'),
	('officer', '负责人变更报备', 'the provider reports a new head of its filing department',
	 NULL, NULL, 'the change', 2, 'working_days', 'own', '4 §12(一)'),
	('ip_contact', 'IP备案联系方式变更', 'an IP unit reports a change of person or contact',
	 NULL, NULL, 'the change', 10, 'working_days', 'own', '4 §15(一)'),
	('ip_report', 'IP地址报备', 'an IP unit reports addresses it obtained',
	 NULL, NULL, 'the day they were obtained', 20, 'working_days', 'own', '4 §15(二)'),
	('own_ip', '自带IP地址报备', 'the provider reports addresses that a customer brought',
	 NULL, NULL, 'the start of the access', 5, 'days', 'own', '4 §15(三)'),
	('ip_change', 'IP地址信息变更', 'an IP unit reports changed data',
	 NULL, NULL, 'the change', 5, 'working_days', 'own', '4 §15(六)'),
	('domain_change', '域名信息变更', 'a domain unit reports changed data or contact',
	 NULL, NULL, 'the change', 5, 'working_days', 'own', '4 §16(三)'),
	('ip_problem', 'IP地址问题修正', 'the provider corrects what the system found wrong in its report',
	 NULL, NULL, 'the prompt', 2, 'days', 'own', '5 三(一)3'),
	('access_key', '电子密钥发放', 'a key is issued to a regulator',
	 NULL, NULL, 'the request', 15, 'working_days', 'own', '5 三(三)'),
	('original', '原件补交', 'the original follows the fax of a request to reset a password',
	 NULL, NULL, 'the fax', 1, 'months', 'own', '4 附件1 三(二)'),
	('incident', '重大事件报告', 'a filing business that is down so long is reported upward as a major incident',
	 NULL, NULL, 'the beginning', 12, 'hours', 'own', '4 §27');

CREATE VIEW icp.clock_term AS
SELECT c.code, c.name_zh, c.kinds, c.states, c.since, coalesce(l.amount, c.amount) AS amount, c.unit, c.action, c.clause
  FROM icp.clock c LEFT JOIN icp.clock_local l ON l.code OPERATOR(pg_catalog.=) c.code;
COMMENT ON VIEW icp.clock_term IS 'The terms as they are in force: icp.clock with the bureau''s own amounts';
COMMENT ON COLUMN icp.clock_term.code IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.name_zh IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.kinds IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.states IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.since IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.amount IS 'The bureau''s own amount, or the shipped one';
COMMENT ON COLUMN icp.clock_term.unit IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.action IS 'As in icp.clock';
COMMENT ON COLUMN icp.clock_term.clause IS 'As in icp.clock';
GRANT SELECT ON icp.clock_term TO PUBLIC;

-- A term in days begins on the day after, and ends when its last day does; a term in months ends on the day of the
-- same number, or on the last day of a shorter month: what begins on 31 January ends with the last of February.
CREATE FUNCTION icp.clock_due(clock text, since timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, icp, pg_temp
AS $$
DECLARE
	term	record;
	day		date := (since AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
	SELECT t.amount, t.unit INTO term FROM icp.clock_term t WHERE t.code = clock;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'clock "%" is not in icp.clock', clock
			USING ERRCODE = 'invalid_parameter_value',
				  HINT = 'SELECT code, meaning FROM icp.clock lists the terms.';
	END IF;
	IF term.unit = 'hours' THEN
		RETURN since + make_interval(hours => term.amount);
	END IF;
	day := CASE term.unit
		   WHEN 'working_days' THEN icp.try_working_days_add(day, term.amount)
		   WHEN 'days' THEN day + term.amount
		   ELSE (day + make_interval(months => term.amount))::date END;
	RETURN (day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai';
END
$$;
COMMENT ON FUNCTION icp.clock_due(text, timestamptz) IS
	'The moment at which a term of icp.clock is over, Beijing time: the midnight after its last day; NULL where the working-day calendar does not reach';
