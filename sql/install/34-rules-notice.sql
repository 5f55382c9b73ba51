-- Who is told what: the texts of notices, as data.

CREATE TABLE icp.notice_template (
	code		text NOT NULL CHECK (code OPERATOR(pg_catalog.~) '^[a-z][a-z0-9_]{0,62}$'),
	events		text[],
	kinds		text[],
	recipient	text NOT NULL CHECK (recipient OPERATOR(pg_catalog.=) ANY ('{sponsor,principal,provider,bureau,rival}'::text[])),
	channel		text NOT NULL CHECK (channel OPERATOR(pg_catalog.=) ANY ('{mail,sms,task}'::text[])),
	text_zh		text NOT NULL,
	text_en		text NOT NULL,
	is_of_law	boolean NOT NULL DEFAULT false,
	secrets		text[] NOT NULL DEFAULT '{}',
	useful_for	interval,
	clause		text NOT NULL,
	valid_from	date,
	valid_to	date CHECK (valid_to OPERATOR(pg_catalog.>=) valid_from),
	CONSTRAINT notice_template_key UNIQUE NULLS NOT DISTINCT (code, recipient, channel, valid_from)
);
COMMENT ON TABLE icp.notice_template IS 'Texts of notices; shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.notice_template.code IS 'What the notice is called; one occasion may have several recipients and channels';
COMMENT ON COLUMN icp.notice_template.events IS 'Steps of icp.transition that send it; NULL: a function does';
COMMENT ON COLUMN icp.notice_template.kinds IS 'Kinds of application whose steps send it; NULL: all';
COMMENT ON COLUMN icp.notice_template.recipient IS
	'sponsor (网站主办者), principal (网站负责人), provider (接入服务商), bureau (通信管理局), or rival: the other side of a conflict';
COMMENT ON COLUMN icp.notice_template.channel IS 'mail, sms, or task: shown where the recipient works, and sent nowhere';
COMMENT ON COLUMN icp.notice_template.text_zh IS 'The text; {name} stands for a value';
COMMENT ON COLUMN icp.notice_template.text_en IS 'What it says, in English';
COMMENT ON COLUMN icp.notice_template.is_of_law IS 'The text is that of the clause, word for word';
COMMENT ON COLUMN icp.notice_template.secrets IS 'Values that only the deliverer gets to see';
COMMENT ON COLUMN icp.notice_template.useful_for IS 'How long it makes sense to deliver it; NULL: without end';
COMMENT ON COLUMN icp.notice_template.clause IS 'Document and article of the law';
COMMENT ON COLUMN icp.notice_template.valid_from IS 'First day on which it is sent; NULL: no beginning';
COMMENT ON COLUMN icp.notice_template.valid_to IS 'Last day; NULL: no end';

CREATE TABLE icp.notice_template_local (
	code		text NOT NULL CHECK (code OPERATOR(pg_catalog.~) '^[a-z][a-z0-9_]{0,62}$'),
	recipient	text NOT NULL CHECK (recipient OPERATOR(pg_catalog.=) ANY ('{sponsor,principal,provider,bureau,rival}'::text[])),
	channel		text NOT NULL CHECK (channel OPERATOR(pg_catalog.=) ANY ('{mail,sms,task}'::text[])),
	is_used		boolean NOT NULL DEFAULT true,
	text_zh		text,
	events		text[],
	kinds		text[],
	secrets		text[],
	useful_for	interval,
	reason		text NOT NULL,
	PRIMARY KEY (code, recipient, channel)
);
COMMENT ON TABLE icp.notice_template_local IS
	'A bureau''s own texts, shipped ones that it words anew or leaves out, and steps for which it sends more; NULL leaves a part as it is shipped';
COMMENT ON COLUMN icp.notice_template_local.code IS 'As in icp.notice_template, or a new one';
COMMENT ON COLUMN icp.notice_template_local.recipient IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_template_local.channel IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_template_local.is_used IS 'false: it is not sent';
COMMENT ON COLUMN icp.notice_template_local.text_zh IS 'The text';
COMMENT ON COLUMN icp.notice_template_local.events IS 'Steps that send it';
COMMENT ON COLUMN icp.notice_template_local.kinds IS 'Kinds of application whose steps send it';
COMMENT ON COLUMN icp.notice_template_local.secrets IS 'Values that only the deliverer gets to see';
COMMENT ON COLUMN icp.notice_template_local.useful_for IS 'How long it makes sense to deliver it';
COMMENT ON COLUMN icp.notice_template_local.reason IS 'Why';

-- Only their owner writes them; everybody may read.
GRANT SELECT ON icp.notice_template, icp.notice_template_local TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.notice_template_local', '');

CREATE VIEW icp.notice_text AS
SELECT coalesce(l.code, t.code) AS code,
	   coalesce(l.recipient, t.recipient) AS recipient,
	   coalesce(l.channel, t.channel) AS channel,
	   coalesce(l.events, t.events) AS events,
	   coalesce(l.kinds, t.kinds) AS kinds,
	   coalesce(l.text_zh, t.text_zh) AS text_zh,
	   coalesce(l.secrets, t.secrets, '{}') AS secrets,
	   coalesce(l.useful_for, t.useful_for) AS useful_for
  FROM (SELECT s.* FROM icp.notice_template s,
			   LATERAL (SELECT (pg_catalog.now() AT TIME ZONE 'Asia/Shanghai')::date AS today) d
		 WHERE (s.valid_from IS NULL OR s.valid_from OPERATOR(pg_catalog.<=) d.today)
		   AND (s.valid_to IS NULL OR s.valid_to OPERATOR(pg_catalog.>=) d.today)) t
  FULL JOIN icp.notice_template_local l USING (code, recipient, channel)
 WHERE l.is_used IS NOT FALSE AND coalesce(l.text_zh, t.text_zh) IS NOT NULL;
COMMENT ON VIEW icp.notice_text IS 'The texts in use today: icp.notice_template with the bureau''s own';
COMMENT ON COLUMN icp.notice_text.code IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.recipient IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.channel IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.events IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.kinds IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.text_zh IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.secrets IS 'As in icp.notice_template';
COMMENT ON COLUMN icp.notice_text.useful_for IS 'As in icp.notice_template';
GRANT SELECT ON icp.notice_text TO PUBLIC;

-- One pass: what a value contains is not looked at again.
CREATE FUNCTION icp.fill_notice(template text, "values" jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF strpos(template, '{') = 0 THEN
		RETURN template;
	END IF;
	RETURN (SELECT string_agg(CASE WHEN m.part[2] IS NULL THEN m.part[1]
								   ELSE coalesce("values" ->> m.part[2], '') END, '' ORDER BY m.n)
			  FROM regexp_matches(template, E'(\\{([a-z][a-z0-9_]*)\\}|[^{]+|\\{)', 'g') WITH ORDINALITY AS m(part, n));
END
$$;
COMMENT ON FUNCTION icp.fill_notice(text, jsonb) IS
	'Puts values in the places of {name} in a text, in one pass: braces within a value stay as they are; a name without a value leaves nothing';

CREATE FUNCTION icp.mask_address(address text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- (neither STRICT nor with a search_path of its own, so that a query takes it in)
RETURN CASE
	WHEN address OPERATOR(pg_catalog.~~) '_%@_%'
	THEN pg_catalog.left(address, 1) OPERATOR(pg_catalog.||) '***' OPERATOR(pg_catalog.||)
		 pg_catalog.substr(address, pg_catalog.length(address) OPERATOR(pg_catalog.-)
						   pg_catalog.strpos(pg_catalog.reverse(address), '@') OPERATOR(pg_catalog.+) 1)
	WHEN pg_catalog.length(address) OPERATOR(pg_catalog.>=) 8
	THEN pg_catalog.left(address, 3) OPERATOR(pg_catalog.||)
		 pg_catalog.repeat('*', pg_catalog.length(address) OPERATOR(pg_catalog.-) 5) OPERATOR(pg_catalog.||)
		 pg_catalog.right(address, 2)
	ELSE pg_catalog.repeat('*', pg_catalog.length(address)) END;
COMMENT ON FUNCTION icp.mask_address(text) IS
	'A mailbox or telephone number as others than the deliverer see it: z***@example.cn, 138******00';

-- The first two are the words of the law.
INSERT INTO icp.notice_template (code, events, kinds, recipient, channel, text_zh, text_en, is_of_law, clause) VALUES
	('precheck_passed', '{precheck_pass}', NULL, 'sponsor', 'sms',
	 '您提交的网站备案信息已通过预核验，请在1个月内由网站负责人本人携带有关证件原件到我单位备案现场办理核验手续',
	 'What you submitted has passed the first check; the person in charge of the site must come with the originals within one month.',
	 true, '2 二(二)1(2)'),
	('precheck_failed', '{precheck_fail}', NULL, 'sponsor', 'sms',
	 '您提交的网站备案信息未通过预核验，请修改后重新提交',
	 'What you submitted has not passed the first check; please correct it and submit it again.',
	 true, '2 二(二)1(2)');

INSERT INTO icp.notice_template (code, events, kinds, recipient, channel, text_zh, text_en, clause) VALUES
	('expired', '{timeout}', NULL, 'sponsor', 'sms',
	 '您的备案申请通过预核验后未在1个月内办理当面核验手续，已逾期作废，请重新提交。',
	 'Nobody came within the month; the application has expired.', '2 二(二)1(2)'),
	('expired', '{timeout}', NULL, 'provider', 'task',
	 '备案申请{application}（{sponsor}）未在1个月内办理当面核验手续，已逾期作废。',
	 'Nobody came within the month; the application has expired.', '2 二(二)1(2)'),

	('returned', '{verify_fail,check_fail,reject,refuse,sms_fail}', NULL, 'sponsor', 'mail',
	 '您的备案申请（{kind}）未通过，已退回。原因：{reason}。请修改相关信息后重新提交。',
	 'The application is returned; the reason; please correct it and submit it again.', '4 §18(三)2'),
	('returned', '{check_fail,reject,refuse,sms_fail}', NULL, 'provider', 'task',
	 '备案申请{application}（{kind}，{sponsor}）未通过，已退回。原因：{reason}。请及时通知网站主办者修改。',
	 'The application is returned; tell the sponsor promptly what to correct.', '4 §18(三)2'),

	('conflict_found', NULL, NULL, 'sponsor', 'mail',
	 '您提交的备案信息（{kind}）与其他用户名提交的备案信息重复，发生备案冲突，由{bureau}协调处理。冲突事项：{cause}。',
	 'What you submitted is in conflict with what another account submitted; the bureau will mediate.', '3 Q17'),
	('conflict_found', NULL, NULL, 'sponsor', 'task',
	 '备案冲突：您提交的备案信息（{kind}）与其他用户名提交的备案信息重复，由{bureau}协调处理。冲突事项：{cause}。',
	 'What you submitted is in conflict with what another account submitted; the bureau will mediate.', '3 Q17'),
	('conflict_found', NULL, NULL, 'rival', 'mail',
	 '您的备案信息与其他用户名新提交的备案信息重复，发生备案冲突，由{bureau}协调处理。',
	 'Your filing is in conflict with what another account has now submitted; the bureau will mediate.', '3 Q17'),
	('conflict_found', NULL, NULL, 'rival', 'task',
	 '备案冲突：您的备案信息与其他用户名新提交的备案信息重复，由{bureau}协调处理。',
	 'Your filing is in conflict with what another account has now submitted; the bureau will mediate.', '3 Q17'),
	('conflict_revoked', NULL, NULL, 'sponsor', 'mail',
	 '因备案冲突，您的备案已被{bureau}撤销。原因：{reason}。',
	 'The bureau has revoked the filing because of a conflict; the reason.', '3 Q17'),
	('conflict_revoked', NULL, NULL, 'sponsor', 'task',
	 '因备案冲突，您的备案已被{bureau}撤销。原因：{reason}。',
	 'The bureau has revoked the filing because of a conflict; the reason.', '3 Q17'),

	('filed', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.brings_site ORDER BY k.ordinal, k.code),
	 'sponsor', 'mail',
	 '您的网站“{site}”已予备案，备案号为{number}。请在网站开通时在主页底部中央位置标明备案号，并链接到{bureau}备案系统网址。',
	 'Your site is filed under the number; show it at the foot of the home page with a link to the bureau''s system.', '3 Q1'),
	('filed', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.brings_site ORDER BY k.ordinal, k.code),
	 'sponsor', 'sms',
	 '您的网站“{site}”已予备案，备案号为{number}。',
	 'Your site is filed under the number.', '4 §18(三)2'),
	('filed', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.brings_site ORDER BY k.ordinal, k.code),
	 'provider', 'task',
	 '网站“{site}”（{sponsor}）已予备案，备案号为{number}，可以开通（恢复）接入服务。',
	 'The site is filed under the number; access may be opened or restored.', '4 §18(四)'),
	('access_added', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'add' AND k.concerns = 'access' ORDER BY k.ordinal, k.code),
	 'sponsor', 'mail',
	 '网站“{site}”（{number}）新增接入已通过审核，接入服务商：{provider}。',
	 'The new access is approved.', '4 §19(四)'),
	('access_added', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'add' AND k.concerns = 'access' ORDER BY k.ordinal, k.code),
	 'provider', 'task',
	 '网站“{site}”（{number}）新增接入已通过审核，可以开通接入服务。',
	 'The new access is approved and may be opened.', '4 §18(四)'),
	('changed', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'change' ORDER BY k.ordinal, k.code),
	 'sponsor', 'mail',
	 '您的备案变更申请（{kind}）已通过审核，备案信息已予变更。',
	 'The change is approved.', '4 §19(四)'),
	('changed', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'change' ORDER BY k.ordinal, k.code),
	 'provider', 'task',
	 '备案变更申请{application}（{kind}，{sponsor}）已通过审核，备案信息已予变更。',
	 'The change is approved.', '4 §19(四)'),
	('licensed', '{approve}', '{licence}', 'sponsor', 'mail',
	 '您的备案编号已变更为经营许可证编号{sponsor_number}。请相应变更网站首页的编号，并在首页放置可查看的经营许可证扫描件。',
	 'The filing number has become the licence''s; change it on the home page and show the licence there.', '4 §21(二)'),
	('licensed', '{approve}', '{licence}', 'provider', 'task',
	 '{sponsor}的备案编号已变更为经营许可证编号{sponsor_number}。',
	 'The sponsor''s filing number has become the licence''s.', '4 §21(二)'),
	('sponsor_cancelled', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'cancel' AND k.concerns = 'sponsor' ORDER BY k.ordinal, k.code),
	 'sponsor', 'mail',
	 '主体备案号{sponsor_number}及其全部网站的备案已予注销。',
	 'The sponsor''s filing and those of all its sites are cancelled.', '4 §22(二)'),
	('site_cancelled', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'cancel' AND k.concerns = 'site' ORDER BY k.ordinal, k.code),
	 'sponsor', 'mail',
	 '网站“{site}”（{number}）的备案已予注销。',
	 'The site''s filing is cancelled.', '4 §22(二)'),
	('access_cancelled', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'cancel' AND k.concerns = 'access' ORDER BY k.ordinal, k.code),
	 'sponsor', 'mail',
	 '网站“{site}”（{number}）在{provider}的接入已予注销。',
	 'The site''s access there is cancelled.', '4 §22(二)'),
	('cancelled', '{approve}', ARRAY(SELECT k.code FROM icp.application_kind k WHERE k.act = 'cancel' ORDER BY k.ordinal, k.code),
	 'provider', 'task',
	 '备案注销申请{application}（{kind}，{sponsor}）已通过审核。',
	 'The cancellation is approved.', '4 §22(二)'),
	('stop_access', NULL, NULL, 'provider', 'task',
	 '网站“{site}”（{number}）在贵单位的接入已注销，请立即停止接入服务、关闭该网站。',
	 'The site''s access is cancelled; stop it at once.', '4 §22(三)'),

	('interface_opened', NULL, NULL, 'provider', 'task',
	 '贵单位企业系统的报备接口已开通。',
	 'The provider''s interface is open for reports.', '4 §31'),
	('interface_suspended', NULL, NULL, 'provider', 'task',
	 '贵单位企业系统的报备接口已暂停。原因：{reason}。',
	 'The provider''s interface is suspended; the reason.', '4 §43(三)'),
	('interface_closed', NULL, NULL, 'provider', 'task',
	 '贵单位企业系统的报备接口已停用。原因：{reason}。',
	 'The provider''s interface is closed; the reason.', '4 §32'),
	('provider_begin_exit', NULL, NULL, 'bureau', 'task',
	 '{provider}申请退出接入服务市场。原因：{reason}。请监督其妥善处理所接入网站及备案信息的转移。',
	 'A provider leaves the market; see to the hand-over of its sites.', '4 §32'),
	('provider_exit', NULL, NULL, 'bureau', 'task',
	 '{provider}已退出接入服务市场。',
	 'A provider has left the market.', '4 §12(八)'),
	('provider_licence_expired', NULL, NULL, 'bureau', 'task',
	 '{provider}的经营许可证已于{due}到期。',
	 'A provider''s licence has expired.', '4 §32'),
	('officer_report_overdue', NULL, NULL, 'provider', 'task',
	 '网站备案管理部门负责人（{duty}）的变化应在{due}前报许可证发证机关和通信管理局备案，现已逾期。',
	 'The report of a changed head of the filing department is overdue.', '4 §12(一)'),
	('handed_over', NULL, NULL, 'bureau', 'task',
	 '{provider}已将所接入的{sites}个网站的备案数据移交给{to_provider}。',
	 'A provider has handed the filings of its sites over to another.', '4 §12(八)'),
	('handed_over', NULL, NULL, 'provider', 'task',
	 '{provider}所接入的{sites}个网站的备案数据（{accounts}个账户）已移交给{to_provider}。',
	 'The filings of a provider''s sites have been handed over to another.', '4 §12(八)'),
	('sponsor_transferred', NULL, NULL, 'provider', 'task',
	 '主体“{sponsor}”（{sponsor_number}）的备案已转到其他账户。原因：{reason}。',
	 'A sponsor has been moved to another account; the reason.', '3 Q25'),
	('annual_review_opened', NULL, NULL, 'provider', 'task',
	 '{year}年度审核已开始，贵单位有{sponsors}个网站主办者应在{due}前履行年度审核手续，请及时通知。',
	 'The annual review has begun; tell the sponsors.', '4 §12(一)'),
	('annual_review_opened', NULL, NULL, 'sponsor', 'mail',
	 '请于{due}前登录备案管理系统履行{year}年度审核手续。',
	 'Please answer the annual review in time.', '3 Q9'),
	('annual_review_overdue', NULL, NULL, 'provider', 'task',
	 '贵单位有{sponsors}个网站主办者未按时履行{year}年度审核手续，请及时督促。',
	 'Sponsors of this provider have not answered the annual review in time.', '4 §14(八)'),
	('approval_expired', NULL, NULL, 'sponsor', 'mail',
	 '网站“{site}”的前置或专项审批（{approval}，{number}）已于{valid_to}到期，请及时办理并变更备案信息。',
	 'A prior or special approval has expired; renew it and change the filing.', '4 §20(五)'),
	('approval_expired', NULL, NULL, 'provider', 'task',
	 '网站“{site}”（{sponsor}）的前置或专项审批（{approval}，{number}）已于{valid_to}到期。',
	 'A prior or special approval of a customer has expired.', '4 §20(五)'),
	('ip_allocated', NULL, NULL, 'provider', 'task',
	 '{from_provider}已将IP地址{ips}分配给贵单位，请于{due}前报备。',
	 'A higher unit has allocated addresses to this one, which reports them in time.', '4 §15(二)'),
	('tries_locked', NULL, NULL, 'sponsor', 'mail',
	 '您的{what}已被连续试错多次，为保障安全，同一操作者在{until}之前不能再试。如非本人操作，请联系接入服务提供者或通信管理局。',
	 'Somebody has given wrong passwords or codes, or compared wrong data, so often that he must wait.', '4 §14(七)');

INSERT INTO icp.notice_template (code, recipient, channel, text_zh, text_en, secrets, useful_for, clause, valid_from) VALUES
	('sms_code', 'principal', 'sms',
	 '您的备案短信核验码为{code}，24小时内有效，请勿告知他人。',
	 'The code by which the application is confirmed, good for 24 hours.', '{code}', '24 hours', '3 Q16', NULL),
	('account_sms_code', 'sponsor', 'sms',
	 '您注册备案系统用户的手机验证码为{code}，请勿告知他人。',
	 'The code by which a registered account proves its telephone.', '{code}', NULL, '3 Q18', NULL),
	('account_mail_code', 'sponsor', 'mail',
	 '您注册备案系统用户的邮件验证码为{code}，请勿告知他人。',
	 'The code by which a registered account proves its mailbox.', '{code}', NULL, '3 Q18', NULL),
	('recovery_code', 'sponsor', 'mail',
	 '您找回备案密码的验证码为{code}，24小时内有效，请勿告知他人。如非本人操作，请忽略。',
	 'The code by which a sponsor recovers a lost filing password.', '{code}', '24 hours', '4 §14(七)', NULL),
	('recovery_code', 'sponsor', 'sms',
	 '您找回备案密码的验证码为{code}，24小时内有效，请勿告知他人。',
	 'The code by which a sponsor recovers a lost filing password.', '{code}', '24 hours', '4 §14(七)', NULL),
	('password', 'sponsor', 'mail',
	 '您的备案密码为{password}，新增接入、注销主体等备案业务须凭此办理，请妥善保管。',
	 'The filing password.', '{password}', NULL, '4 §18(三)2', NULL),
	('password', 'sponsor', 'sms',
	 '您的备案密码为{password}，请妥善保管。',
	 'The filing password.', '{password}', NULL, '4 §47', NULL),
	('password_reset', 'provider', 'mail',
	 '主体备案号{sponsor_number}的备案密码已重置为{password}，请转交网站主办者。',
	 'The filing password has been reset.', '{password}', NULL, '4 附件1 四', NULL);
