-- The review workflow as data: who acts, the states, the kinds of application, the steps.
-- icp.enforce_transition() reads these tables; they are read-only for users.

CREATE TABLE icp.actor (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	meaning		text NOT NULL
);
COMMENT ON TABLE icp.actor IS 'Who may take a step of the workflow';
COMMENT ON COLUMN icp.actor.code IS 'Word used in icp.transition.actors';
COMMENT ON COLUMN icp.actor.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.actor.meaning IS 'Which users that are';

INSERT INTO icp.actor (code, name_zh, meaning) VALUES
	('account',  '网站主办者账户', 'the account of the sponsor that the application belongs to'),
	('provider', '接入服务商',     'the access provider that the application is entered with'),
	('bureau',   '通信管理局',     'the bureau of the sponsor''s province'),
	('system',   '系统',           'the automatic check, in the statement that reports'),
	('clock',    '时钟',           'whoever runs the clocks'),
	('creator',  '申请创建者',     'the account, the provider or the bureau, whichever filed the application');

CREATE TABLE icp.state (
	code		text PRIMARY KEY,
	ordinal		smallint NOT NULL UNIQUE,
	name_zh		text NOT NULL,
	is_final	boolean NOT NULL,
	under_way	boolean NOT NULL DEFAULT false,
	with_bureau	boolean NOT NULL DEFAULT false,
	in_review	boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE icp.state IS 'The states of an application (4 §18, §19)';
COMMENT ON COLUMN icp.state.code IS 'Value of application.state';
COMMENT ON COLUMN icp.state.ordinal IS 'Order in which an application usually passes them';
COMMENT ON COLUMN icp.state.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.state.is_final IS 'No step leads out of it';
COMMENT ON COLUMN icp.state.under_way IS 'It is submitted and not decided: another one that it excludes has to wait (result code 1017)';
COMMENT ON COLUMN icp.state.with_bureau IS 'It lies with the bureau, reported and not decided: nothing of it is altered';
COMMENT ON COLUMN icp.state.in_review IS 'The bureau has to act: the term of the review runs (2 二(二)2)';

INSERT INTO icp.state (code, ordinal, name_zh, is_final, under_way, with_bureau, in_review) VALUES
	('draft',        1, '录入',         false, false, false, false),
	('submitted',    2, '待预核验',     false, true,  false, false),
	('pre_verified', 3, '待当面核验',   false, true,  false, false),
	('verified',     4, '已核验',       false, true,  false, false),
	('reported',     5, '已上报',       false, true,  true,  false),
	('sms',          6, '待短信核验',   false, true,  true,  false),
	('conflicted',   7, '冲突待协调',   false, true,  true,  true),
	('reviewing',    8, '待审核',       false, true,  true,  true),
	('approved',     9, '通过',         true,  false, false, false),
	('returned',    10, '退回',         false, false, false, false),
	('withdrawn',   11, '撤回',         true,  false, false, false),
	('expired',     12, '逾期作废',     true,  false, false, false);

-- A kind of application is a row here, and a function approve_<code>(application) of the registry; constraints, indexes and
-- functions of a registry have the kinds of which a column holds put into them when it is laid (icp.fill_template()).
CREATE TABLE icp.application_kind (
	code			text PRIMARY KEY,
	name_zh			text NOT NULL,
	clause			text NOT NULL,
	steps			text CHECK (steps IN ('F', 'V', 'C', 'L', 'P')),
	concerns		text CHECK (concerns IN ('sponsor', 'site', 'access')),
	ordinal			smallint NOT NULL DEFAULT 100,
	act				text CHECK (act IN ('add', 'change', 'cancel')),
	brings_sponsor	boolean NOT NULL DEFAULT false,
	brings_site		boolean NOT NULL DEFAULT false,
	judged			text[] NOT NULL DEFAULT '{}' CHECK (judged <@ '{sponsor,principal,site,access}'),
	one_at_a_time	text,
	operation		integer,
	by_bureau		boolean NOT NULL DEFAULT false,
	through_provider	boolean NOT NULL DEFAULT true,
	carries_licence	boolean NOT NULL DEFAULT false,
	asks_code		boolean NOT NULL DEFAULT false,
	asks_password	text CHECK (asks_password IN ('always', 'before_sms', 'letter')),
	asks_approvals	boolean NOT NULL DEFAULT false,
	asks_blacklist	boolean NOT NULL DEFAULT false,
	CHECK (brings_site OR NOT brings_sponsor)
);
COMMENT ON TABLE icp.application_kind IS 'The kinds of application that have a workflow, and what each is';
COMMENT ON COLUMN icp.application_kind.code IS 'Value of application.kind';
COMMENT ON COLUMN icp.application_kind.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.application_kind.clause IS 'Document and article of the law';
COMMENT ON COLUMN icp.application_kind.steps IS
	'Which steps it has: F with the face-to-face check (当面核验, 4 §19(二)), V changes without it, C cancellations (注销), L licence (经营许可), P password reset (密码重置)';
COMMENT ON COLUMN icp.application_kind.concerns IS 'What it is about: a sponsor (主体), a site (网站) or an access (接入)';
COMMENT ON COLUMN icp.application_kind.ordinal IS 'Order in lists';
COMMENT ON COLUMN icp.application_kind.act IS
	'What it does to the record: add, change or cancel; NULL: neither. What adds brings an access, which a provider may be kept from (4 §43)';
COMMENT ON COLUMN icp.application_kind.brings_sponsor IS 'Its sponsor may be a draft, which is filed with it';
COMMENT ON COLUMN icp.application_kind.brings_site IS 'Its site is a draft, which is filed with it, and whose claims are its own';
COMMENT ON COLUMN icp.application_kind.judged IS
	'Parts of the record that the form rules judge: sponsor, principal, site, access; those of a sponsor that is filed already were judged then';
COMMENT ON COLUMN icp.application_kind.one_at_a_time IS
	'Of the kinds with the same word only one is under way at a time for what they are about (result codes 1017, 1027, 1042); one about a sponsor stands against those about its sites; NULL: any number side by side (3 Q4)';
COMMENT ON COLUMN icp.application_kind.operation IS 'The ministry''s id of it (Czlx), see icp.operation; NULL: none';
COMMENT ON COLUMN icp.application_kind.by_bureau IS 'A bureau may open one of its own, on a ground (4 §22(三))';
COMMENT ON COLUMN icp.application_kind.through_provider IS 'It comes in through a provider (1 一); otherwise the sponsor applies to the bureau (4 §21)';
COMMENT ON COLUMN icp.application_kind.carries_licence IS 'It names an operating licence, whose number replaces the filing number (4 §21(二))';
COMMENT ON COLUMN icp.application_kind.asks_code IS 'It waits for the code of a short message, from the date of setting sms on (短信核验)';
COMMENT ON COLUMN icp.application_kind.asks_password IS
	'The filing password is asked for: always (4 §18(五), §47); before_sms, until there were codes (2020-08-17); letter: papers stand for the password that is lost (4 附件1 二); NULL: of strangers to the record only';
COMMENT ON COLUMN icp.application_kind.asks_approvals IS 'The site''s prior and special approvals must be there (4 §20)';
COMMENT ON COLUMN icp.application_kind.asks_blacklist IS
	'Who is on a blacklist is kept from it (4 §12(九)); he may still give up his filing, and have his password back';

INSERT INTO icp.application_kind
	(code, ordinal, name_zh, clause, steps, concerns, act, brings_sponsor, brings_site, judged, one_at_a_time, operation,
	 by_bureau, through_provider, carries_licence, asks_code, asks_password, asks_approvals, asks_blacklist) VALUES
	('new_filing',       1, '新增备案',       '4 §18',     'F', 'site',    'add',    true,  true,  '{sponsor,principal,site,access}', NULL, 1,
	 false, true,  false, true,  NULL,         true,  true),
	('new_site',         2, '新增网站',       '4 §19(二)', 'F', 'site',    'add',    false, true,  '{site,access}',       NULL,             2,
	 false, true,  false, true,  NULL,         true,  true),
	('new_access',       3, '新增接入',       '4 §18(五)', 'F', 'access',  'add',    false, false, '{access}',            'access',         3,
	 false, true,  false, true,  'always',     false, true),
	('change_sponsor',   4, '变更主体',       '4 §19',     'F', 'sponsor', 'change', false, false, '{sponsor,principal}', 'change_sponsor', 4,
	 false, true,  false, true,  NULL,         false, true),
	('change_principal', 5, '变更负责人',     '4 §19',     'F', 'sponsor', 'change', false, false, '{principal}',         'change_sponsor', 4,
	 false, true,  false, true,  NULL,         false, true),
	('change_site',      6, '变更网站',       '4 §19',     'V', 'site',    'change', false, false, '{site}',              'change_site',    4,
	 false, true,  false, true,  NULL,         true,  true),
	('change_access',    7, '变更接入',       '4 §19',     'V', 'access',  'change', false, false, '{access}',            'access',         4,
	 false, true,  false, true,  NULL,         false, true),
	('cancel_sponsor',   8, '注销主体',       '4 §22',     'C', 'sponsor', 'cancel', false, false, '{}',                  'cancellation',   6,
	 true,  true,  false, true,  'before_sms', false, false),
	('cancel_site',      9, '注销网站',       '4 §22',     'C', 'site',    'cancel', false, false, '{}',                  'cancellation',   7,
	 true,  true,  false, true,  NULL,         false, false),
	('cancel_access',   10, '取消接入',       '4 §14(四)', 'C', 'access',  'cancel', false, false, '{}',                  'access',         5,
	 true,  true,  false, false, NULL,         false, false),
	('licence',         11, '备案转经营许可', '4 §21',     'L', 'sponsor', NULL,     false, false, '{}',                  'licence',        NULL,
	 false, false, true,  false, NULL,         false, true),
	('password_reset',  12, '密码重置',       '4 §48',     'P', 'sponsor', NULL,     false, false, '{}',                  'password_reset', NULL,
	 false, true,  false, false, 'letter',     false, false);

CREATE TABLE icp.transition (
	kind			text NOT NULL REFERENCES icp.application_kind,
	from_state		text REFERENCES icp.state,
	event			text NOT NULL,
	to_state		text NOT NULL REFERENCES icp.state,
	actors			text[] NOT NULL,
	needs_reason	boolean NOT NULL DEFAULT false,
	clause			text NOT NULL,
	CONSTRAINT transition_step_key UNIQUE NULLS NOT DISTINCT (kind, from_state, to_state)
);
COMMENT ON TABLE icp.transition IS
	'The steps of the workflow. Kind, from and to are unique, so that an UPDATE of the state says which event it is.';
COMMENT ON COLUMN icp.transition.kind IS 'Kind of application';
COMMENT ON COLUMN icp.transition.from_state IS 'State before; NULL where the application comes into being';
COMMENT ON COLUMN icp.transition.event IS 'Name of the step';
COMMENT ON COLUMN icp.transition.to_state IS 'State after';
COMMENT ON COLUMN icp.transition.actors IS 'Who may take it, codes of icp.actor';
COMMENT ON COLUMN icp.transition.needs_reason IS 'The row''s reason must be filled in the same statement';
COMMENT ON COLUMN icp.transition.clause IS 'Document and article of the law';
-- Foreign keys are indexed: kind by transition_step_key, the states here.
CREATE INDEX transition_from_state_idx ON icp.transition (from_state);
CREATE INDEX transition_to_state_idx ON icp.transition (to_state);

-- One line a step and the kinds that have it (icp.application_kind.steps); {NULL} where the application comes into being.
INSERT INTO icp.transition (kind, from_state, event, to_state, actors, needs_reason, clause)
SELECT k.code, f.state, t.event, t.to_state, t.actors::text[], t.needs_reason, t.clause
  FROM (VALUES
	('FVP',   '{NULL}',                  'create',         'draft',        '{account,provider}',        false, '3 Q18'),
	('C',     '{NULL}',                  'create',         'draft',        '{account,provider,bureau}', false, '4 §22'),
	('L',     '{NULL}',                  'create',         'draft',        '{account}',                 false, '4 §21(一)'),
	('FVCP',  '{draft}',                 'submit',         'submitted',    '{account,provider}',        false, '4 §18(一)'),
	('FVCP',  '{returned}',              'submit',         'submitted',    '{account,provider}',        false, '3 Q19'),
	('F',     '{submitted}',             'precheck_pass',  'pre_verified', '{provider}',                false, '2 二(二)1(2)'),
	('FVCP',  '{submitted}',             'precheck_fail',  'returned',     '{provider}',                true,  '2 二(二)1(2)'),
	('F',     '{pre_verified}',          'verify',         'verified',     '{provider}',                false, '2 二(二)1(4)'),
	('F',     '{pre_verified,verified}', 'verify_fail',    'returned',     '{provider}',                true,  '2 二(二)1(6)'),
	('F',     '{pre_verified}',          'timeout',        'expired',      '{clock}',                   false, '2 二(二)1(2)'),
	('V',     '{submitted}',             'accept',         'verified',     '{provider}',                false, '4 §19(二)'),
	('F',     '{verified}',              'report',         'reported',     '{provider}',                false, '4 §18(二)'),
	('V',     '{verified}',              'report',         'reported',     '{provider}',                false, '4 §19(二)'),
	('C',     '{submitted}',             'report',         'reported',     '{provider}',                false, '4 §22(二)'),
	('P',     '{submitted}',             'report',         'reported',     '{provider}',                false, '4 附件1 三'),
	('FVCP',  '{reported}',              'check_fail',     'returned',     '{system}',                  true,  '4 §18(三)1'),
	('FV',    '{reported}',              'check_conflict', 'conflicted',   '{system}',                  false, '3 Q17'),
	('FVCP',  '{reported}',              'check_pass',     'reviewing',    '{system}',                  false, '4 §18(三)1'),
	('FVC-',  '{reported}',              'ask_sms',        'sms',          '{system}',                  false, '短信核验 2020-08-17'),
	('FVC-',  '{sms}',                   'sms_pass',       'reviewing',    '{account}',                 false, '短信核验 2020-08-17'),
	('FV',    '{sms}',                   'sms_conflict',   'conflicted',   '{system}',                  false, '3 Q17'),
	('FVC-',  '{sms}',                   'sms_fail',       'returned',     '{clock,system}',            false, '短信核验 2020-08-17'),
	('FV',    '{conflicted}',            'settle',         'reviewing',    '{bureau}',                  false, '3 Q17'),
	('FV',    '{conflicted}',            'reject',         'returned',     '{bureau}',                  true,  '3 Q17'),
	('FV',    '{reviewing}',             'flag_conflict',  'conflicted',   '{bureau}',                  false, '3 Q17'),
	('C',     '{draft}',                 'open_review',    'reviewing',    '{bureau}',                  false, '4 §22(三)'),
	('L',     '{draft}',                 'open_review',    'reviewing',    '{bureau}',                  false, '4 §21'),
	('F',     '{reviewing}',             'approve',        'approved',     '{bureau}',                  false, '4 §18(三)2'),
	('V',     '{reviewing}',             'approve',        'approved',     '{bureau}',                  false, '4 §19(四)'),
	('C',     '{reviewing}',             'approve',        'approved',     '{bureau}',                  false, '4 §22(二)'),
	('L',     '{reviewing}',             'approve',        'approved',     '{bureau}',                  false, '4 §21(二)'),
	('P',     '{reviewing}',             'approve',        'approved',     '{bureau}',                  false, '4 附件1 四'),
	('FVCLP', '{reviewing}',             'refuse',         'returned',     '{bureau}',                  true,  '4 §18(三)2'),
	('L',     '{returned}',              'reapply',        'reviewing',    '{account}',                 false, '4 §21(一)'),
	('FVCLP', '{draft,submitted,pre_verified,verified,returned}',
										 'withdraw',       'withdrawn',    '{creator}',                 false, '4 §18(一)'))
	   AS t(steps, from_states, event, to_state, actors, needs_reason, clause)
  JOIN icp.application_kind k
	ON strpos(t.steps, k.steps) > 0
	-- "-": but for those that the sponsor is not asked about by text message
   AND (k.asks_code OR strpos(t.steps, '-') = 0)
 CROSS JOIN LATERAL unnest(t.from_states::text[]) AS f(state);

GRANT SELECT ON icp.actor, icp.state, icp.application_kind, icp.transition TO PUBLIC;
-- The foreign keys of a registry, which any role may own, point here.
GRANT REFERENCES ON icp.state, icp.application_kind TO PUBLIC;

-- The steps over all kinds, as people draw and list them: one row for from, event, to and actors, with the kinds by
-- their letter (icp.application_kind.steps; with "*" where not every kind of the letter has the step).
CREATE FUNCTION icp.workflow_steps(
		OUT from_state text, OUT event text, OUT to_state text, OUT kinds text, OUT actors text[], OUT needs_reason boolean,
		OUT clauses text)
	RETURNS SETOF record
	LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH by_letter AS (
		SELECT t.from_state, t.event, t.to_state, t.actors, k.steps, min(t.clause COLLATE "C") AS clause, t.needs_reason,
			   count(DISTINCT t.kind) < (SELECT count(*) FROM icp.application_kind o WHERE o.steps = k.steps) AS in_part
		  FROM icp.transition t JOIN icp.application_kind k ON k.code = t.kind
		 WHERE k.steps IS NOT NULL
		 GROUP BY t.from_state, t.event, t.to_state, t.actors, k.steps, t.needs_reason
	)
	SELECT l.from_state, l.event, l.to_state,
		   string_agg(l.steps || CASE WHEN l.in_part THEN '*' ELSE '' END, ' ' ORDER BY strpos('FVCLP', l.steps)),
		   l.actors,
		   l.needs_reason,
		   string_agg(DISTINCT l.clause, ', ' ORDER BY l.clause)
	  FROM by_letter l
	  LEFT JOIN icp.state f ON f.code = l.from_state
	  JOIN icp.state s ON s.code = l.to_state
	 GROUP BY l.from_state, l.event, l.to_state, l.actors, l.needs_reason, f.ordinal, s.ordinal
	 ORDER BY f.ordinal NULLS FIRST, s.ordinal, l.event COLLATE "C", min(strpos('FVCLP', l.steps));
END;
COMMENT ON FUNCTION icp.workflow_steps() IS
	'The steps of icp.transition over all kinds of application: kinds by letter (* some of them), actors, whether a reason is asked, clauses';

-- A column a state, a row a step: an arrow from the one to the other.  Nothing is placed by hand, so the drawing
-- follows the table.
CREATE FUNCTION icp.state_diagram() RETURNS text
	LANGUAGE sql STABLE
BEGIN ATOMIC
	WITH state AS (
		SELECT s.code, s.name_zh, s.is_final, 80 + 112 * (row_number() OVER (ORDER BY s.ordinal) - 1) AS x FROM icp.state s
	), step AS (
		SELECT w.*
		  FROM icp.workflow_steps() WITH ORDINALITY AS w(from_state, event, to_state, kinds, actors, needs_reason, clauses, n)
	), placed AS (
		SELECT s.n, s.event, s.kinds, s.actors, s.needs_reason, 90 + 30 * s.n AS y,
			   coalesce(f.x, t.x - 40) AS x1, t.x + CASE WHEN coalesce(f.x, t.x - 40) < t.x THEN -5 ELSE 5 END AS x2,
			   CASE WHEN s.actors && '{system,clock}' THEN '#767676' WHEN s.actors = '{bureau}' THEN '#a4262c'
					WHEN s.actors && '{provider}' THEN '#0b6a9f' ELSE '#2f6f2f' END AS colour
		  FROM step s LEFT JOIN state f ON f.code = s.from_state JOIN state t ON t.code = s.to_state
	), size AS (
		SELECT (SELECT max(x) FROM state) + 120 AS width, (SELECT max(y) FROM placed) + 40 AS height
	)
	SELECT format('<svg xmlns="http://www.w3.org/2000/svg" width="%1$s" height="%2$s" viewBox="0 0 %1$s %2$s" font-family="sans-serif" font-size="11">'
				  || E'\n<title>States of an application (备案申请的状态)</title>\n'
				  || '<desc>Drawn by icp.state_diagram() from icp.transition: a column a state, a row a step, with the kinds that have it (F V C L P) and who takes it.</desc>'
				  || E'\n<defs>', z.width, z.height)
		   || (SELECT string_agg(format('<marker id="m%1$s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0L8 4L0 8z" fill="#%1$s"/></marker>', substr(c.colour, 2)), '' ORDER BY c.colour)
				 FROM (SELECT DISTINCT p.colour FROM placed p) c)
		   || E'</defs>\n'
		   || format('<rect width="%s" height="%s" fill="#ffffff"/>', z.width, z.height) || E'\n'
		   || (SELECT string_agg(
					format('<line x1="%1$s" y1="64" x2="%1$s" y2="%2$s" stroke="#cccccc" stroke-dasharray="3 3"/>', s.x, z.height - 20)
					|| format('<rect x="%s" y="20" width="100" height="42" rx="6" fill="%s" stroke="#444444"/>', s.x - 50,
							  CASE WHEN s.is_final THEN '#e6e6e6' ELSE '#f7fbff' END)
					|| format('<text x="%1$s" y="38" text-anchor="middle" font-weight="bold">%2$s</text><text x="%1$s" y="54" text-anchor="middle">%3$s</text>',
							  s.x, s.code, s.name_zh), E'\n' ORDER BY s.x) FROM state s)
		   || E'\n'
		   || (SELECT string_agg(
					format('<circle cx="%s" cy="%s" r="3" fill="%s"/>', p.x1, p.y, p.colour)
					|| format('<line x1="%s" y1="%s" x2="%s" y2="%2$s" stroke="%4$s" stroke-width="1.5" marker-end="url(#m%5$s)"/>',
							  p.x1, p.y, p.x2, p.colour, substr(p.colour, 2))
					|| format('<text x="%s" y="%s" fill="%s">%s [%s] %s%s</text>', least(p.x1, p.x2) + 10, p.y - 7, p.colour,
							  p.event, p.kinds, array_to_string(p.actors, ', '),
							  CASE WHEN p.needs_reason THEN ' (reason)' ELSE '' END), E'\n' ORDER BY p.n) FROM placed p)
		   || E'\n</svg>\n'
	  FROM size z;
END;
COMMENT ON FUNCTION icp.state_diagram() IS
	'The states and steps of icp.transition as a drawing (SVG): a column a state, a row a step';
