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
	('creator',  '申请创建者',     'the account or the provider, whichever filed the application');

CREATE TABLE icp.state (
	code		text PRIMARY KEY,
	ordinal		smallint NOT NULL UNIQUE,
	name_zh		text NOT NULL,
	is_final	boolean NOT NULL
);
COMMENT ON TABLE icp.state IS 'The states of an application (4 §18, §19)';
COMMENT ON COLUMN icp.state.code IS 'Value of application.state';
COMMENT ON COLUMN icp.state.ordinal IS 'Order in which an application usually passes them';
COMMENT ON COLUMN icp.state.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.state.is_final IS 'No step leads out of it';

INSERT INTO icp.state (code, ordinal, name_zh, is_final) VALUES
	('draft',        1, '录入',         false),
	('submitted',    2, '待预核验',     false),
	('pre_verified', 3, '待当面核验',   false),
	('verified',     4, '已核验',       false),
	('reported',     5, '已上报',       false),
	('conflicted',   6, '冲突待协调',   false),
	('reviewing',    7, '待审核',       false),
	('approved',     8, '通过',         true),
	('returned',     9, '退回',         false),
	('withdrawn',   10, '撤回',         true),
	('expired',     11, '逾期作废',     true);

CREATE TABLE icp.application_kind (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	clause		text NOT NULL
);
COMMENT ON TABLE icp.application_kind IS 'The kinds of application that have a workflow';
COMMENT ON COLUMN icp.application_kind.code IS 'Value of application.kind';
COMMENT ON COLUMN icp.application_kind.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.application_kind.clause IS 'Document and article of the law';

INSERT INTO icp.application_kind (code, name_zh, clause) VALUES
	('new_filing', '新增备案', '4 §18');

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

INSERT INTO icp.transition (kind, from_state, event, to_state, actors, needs_reason, clause) VALUES
	('new_filing', NULL,           'create',         'draft',        '{account,provider}', false, '3 Q18'),
	('new_filing', 'draft',        'submit',         'submitted',    '{account,provider}', false, '4 §18(一)'),
	('new_filing', 'returned',     'submit',         'submitted',    '{account,provider}', false, '3 Q19'),
	('new_filing', 'submitted',    'precheck_pass',  'pre_verified', '{provider}',         false, '2 二(二)1(2)'),
	('new_filing', 'submitted',    'precheck_fail',  'returned',     '{provider}',         true,  '2 二(二)1(2)'),
	('new_filing', 'pre_verified', 'verify',         'verified',     '{provider}',         false, '2 二(二)1(4)'),
	('new_filing', 'pre_verified', 'verify_fail',    'returned',     '{provider}',         true,  '2 二(二)1(6)'),
	('new_filing', 'verified',     'verify_fail',    'returned',     '{provider}',         true,  '2 二(二)1(6)'),
	('new_filing', 'pre_verified', 'timeout',        'expired',      '{clock}',            false, '2 二(二)1(2)'),
	('new_filing', 'verified',     'report',         'reported',     '{provider}',         false, '4 §18(二)'),
	('new_filing', 'reported',     'check_fail',     'returned',     '{system}',           true,  '4 §18(三)1'),
	('new_filing', 'reported',     'check_conflict', 'conflicted',   '{system}',           false, '3 Q17'),
	('new_filing', 'reported',     'check_pass',     'reviewing',    '{system}',           false, '4 §18(三)1'),
	('new_filing', 'conflicted',   'settle',         'reviewing',    '{bureau}',           false, '3 Q17'),
	('new_filing', 'conflicted',   'reject',         'returned',     '{bureau}',           true,  '3 Q17'),
	('new_filing', 'reviewing',    'flag_conflict',  'conflicted',   '{bureau}',           false, '3 Q17'),
	('new_filing', 'reviewing',    'approve',        'approved',     '{bureau}',           false, '4 §18(三)2'),
	('new_filing', 'reviewing',    'refuse',         'returned',     '{bureau}',           true,  '4 §18(三)2'),
	('new_filing', 'draft',        'withdraw',       'withdrawn',    '{creator}',          false, '4 §18(一)'),
	('new_filing', 'submitted',    'withdraw',       'withdrawn',    '{creator}',          false, '4 §18(一)'),
	('new_filing', 'pre_verified', 'withdraw',       'withdrawn',    '{creator}',          false, '4 §18(一)'),
	('new_filing', 'verified',     'withdraw',       'withdrawn',    '{creator}',          false, '4 §18(一)'),
	('new_filing', 'returned',     'withdraw',       'withdrawn',    '{creator}',          false, '4 §18(一)');

GRANT SELECT ON icp.actor, icp.state, icp.application_kind, icp.transition TO PUBLIC;
-- Whoever lays a registry refers to them with foreign keys.
GRANT REFERENCES ON icp.state, icp.application_kind TO PUBLIC;
