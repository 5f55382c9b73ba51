-- The standing of an access provider as data: its states and the steps between them.  Read-only for users.

CREATE TABLE icp.provider_state (
	code		text PRIMARY KEY,
	ordinal		smallint NOT NULL UNIQUE,
	name_zh		text NOT NULL,
	reports		text NOT NULL CHECK (reports IN ('all', 'no_new', 'none')),
	is_final	boolean NOT NULL
);
COMMENT ON TABLE icp.provider_state IS 'The states of an access provider''s admission (企业系统准入, 4 §28 to §32)';
COMMENT ON COLUMN icp.provider_state.code IS 'Value of provider.admission';
COMMENT ON COLUMN icp.provider_state.ordinal IS 'Order in which a provider usually passes them';
COMMENT ON COLUMN icp.provider_state.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.provider_state.reports IS
	'What the provider may report: all; no_new, that is changes and cancellations only; none';
COMMENT ON COLUMN icp.provider_state.is_final IS 'No step leads out of it';

INSERT INTO icp.provider_state (code, ordinal, name_zh, reports, is_final) VALUES
	('applied',   1, '已申请',       'none',   false),
	('evaluated', 2, '功能评测通过', 'none',   false),
	('tested',    3, '模拟联调通过', 'none',   false),
	('open',      4, '接口已开放',   'all',    false),
	('suspended', 5, '接口暂停',     'none',   false),
	('closed',    6, '接口停用',     'none',   false),
	('exiting',   7, '退出中',       'no_new', false),
	('exited',    8, '已退出',       'none',   true);

CREATE TABLE icp.provider_step (
	from_state		text REFERENCES icp.provider_state,
	event			text NOT NULL,
	to_state		text NOT NULL REFERENCES icp.provider_state,
	actors			text[] NOT NULL,
	needs_reason	boolean NOT NULL DEFAULT false,
	clause			text NOT NULL,
	CONSTRAINT provider_step_key UNIQUE NULLS NOT DISTINCT (from_state, to_state)
);
CREATE INDEX provider_step_to_state_idx ON icp.provider_step (to_state);
COMMENT ON TABLE icp.provider_step IS
	'The steps of an access provider''s admission. From and to are unique, so that an UPDATE says which event it is.';
COMMENT ON COLUMN icp.provider_step.from_state IS 'State before; NULL where the provider comes into being';
COMMENT ON COLUMN icp.provider_step.event IS 'Name of the step';
COMMENT ON COLUMN icp.provider_step.to_state IS 'State after';
COMMENT ON COLUMN icp.provider_step.actors IS
	'Who may take it: provider, or supervisor (the bureau of the provider''s province; the ministry for a nationwide one)';
COMMENT ON COLUMN icp.provider_step.needs_reason IS 'The row''s admission_reason must be filled in the same statement';
COMMENT ON COLUMN icp.provider_step.clause IS 'Document and article of the law';

INSERT INTO icp.provider_step (from_state, event, to_state, actors, needs_reason, clause) VALUES
	(NULL,        'apply',             'applied',   '{supervisor}',          false, '4 §30'),
	('applied',   'evaluate',          'evaluated', '{supervisor}',          false, '4 §29'),
	('evaluated', 'test',              'tested',    '{supervisor}',          false, '4 §29'),
	('tested',    'open_interface',    'open',      '{supervisor}',          false, '4 §31'),
	('applied',   'refuse_admission',  'closed',    '{supervisor}',          true,  '4 §28'),
	('evaluated', 'refuse_admission',  'closed',    '{supervisor}',          true,  '4 §28'),
	('tested',    'refuse_admission',  'closed',    '{supervisor}',          true,  '4 §28'),
	('open',      'suspend_interface', 'suspended', '{supervisor}',          true,  '4 §43(三)'),
	('suspended', 'reopen_interface',  'open',      '{supervisor}',          false, '4 §55'),
	('open',      'close_interface',   'closed',    '{supervisor}',          true,  '4 §32'),
	('suspended', 'close_interface',   'closed',    '{supervisor}',          true,  '4 §32'),
	('closed',    'reopen_interface',  'open',      '{supervisor}',          false, '4 §31'),
	('closed',    'apply',             'applied',   '{supervisor}',          false, '4 §30'),
	('open',      'begin_exit',        'exiting',   '{provider,supervisor}', true,  '4 §12(八)'),
	('suspended', 'begin_exit',        'exiting',   '{provider,supervisor}', true,  '4 §12(八)'),
	('closed',    'begin_exit',        'exiting',   '{provider,supervisor}', true,  '4 §12(八)'),
	('exiting',   'stay',              'open',      '{supervisor}',          true,  '4 §32'),
	('exiting',   'exit',              'exited',    '{supervisor}',          false, '4 §8(七)');

GRANT SELECT ON icp.provider_state, icp.provider_step TO PUBLIC;
-- The foreign key of a registry, which any role may own, points here.
GRANT REFERENCES ON icp.provider_state TO PUBLIC;

-- What is handed in with the application for the joint test with the provincial system (联调申请, 4 §30).
CREATE TABLE icp.admission_document (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	origin		text NOT NULL CHECK (origin IN ('both', 'bought')),
	clause		text NOT NULL
);
COMMENT ON TABLE icp.admission_document IS
	'Documents without which no interface is opened (4 §30); shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.admission_document.code IS 'Value of provider_document.kind';
COMMENT ON COLUMN icp.admission_document.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.admission_document.origin IS 'both: of every enterprise system; bought: of bought ones (购买经过评测的第三方企业系统) besides';
COMMENT ON COLUMN icp.admission_document.clause IS 'Document and article of the law';

INSERT INTO icp.admission_document (code, name_zh, origin, clause) VALUES
	('licence',             '许可证经营资质',               'both',   '4 §30'),
	('evaluation',          '企业系统功能评测报告',         'both',   '4 §30'),
	('simulated_test',      '模拟省级系统的接口联调报告',   'both',   '4 §30'),
	('contract',            '购买合同复印件',               'bought', '4 §30'),
	('evaluation_copy',     '产品功能评测报告复印件',       'bought', '4 §30'),
	('simulated_test_copy', '产品接口联调报告复印件',       'bought', '4 §30');

GRANT SELECT ON icp.admission_document TO PUBLIC;
GRANT REFERENCES ON icp.admission_document TO PUBLIC;

-- The work plan of 2009: until when providers were to have put their stock in order (5 三(一)).
CREATE TABLE icp.work_deadline (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	meaning		text NOT NULL,
	due_on		date NOT NULL,
	clause		text NOT NULL
);
COMMENT ON TABLE icp.work_deadline IS 'Days by which a piece of work was to be done once; shipped, replaced by upgrades, never edited';
COMMENT ON COLUMN icp.work_deadline.code IS 'What it is called, in the registry''s view overdue_work';
COMMENT ON COLUMN icp.work_deadline.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.work_deadline.meaning IS 'Who has to do what';
COMMENT ON COLUMN icp.work_deadline.due_on IS 'Last day';
COMMENT ON COLUMN icp.work_deadline.clause IS 'Document and article of the law';

INSERT INTO icp.work_deadline (code, name_zh, meaning, due_on, clause) VALUES
	('ip_problems',  'IP地址问题修正',   'providers correct the problems that are known of their addresses',   '2009-05-31', '5 三(一)3'),
	('unfiled',      '未备案网站补报',   'providers find the unfiled sites they serve, and file for all',      '2009-06-30', '5 三(一)1'),
	('filings',      '备案信息核查更新', 'providers check and update filings by the form requirements',        '2009-09-30', '5 三(一)2');

GRANT SELECT ON icp.work_deadline TO PUBLIC;
