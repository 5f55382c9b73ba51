-- Why access to a site, or the resolution of its domain, is stopped.

CREATE TABLE icp.stop_ground (
	code		text PRIMARY KEY,
	name_zh		text NOT NULL,
	what		text NOT NULL CHECK (what IN ('access', 'resolution', 'both')),
	needs_filing	boolean NOT NULL,
	clause		text NOT NULL
);
COMMENT ON TABLE icp.stop_ground IS 'Grounds on which access to a site (停止接入) or resolution of its domain (停止解析) is stopped';
COMMENT ON COLUMN icp.stop_ground.code IS 'Value of stop_order.ground';
COMMENT ON COLUMN icp.stop_ground.name_zh IS 'Chinese term';
COMMENT ON COLUMN icp.stop_ground.what IS 'What is stopped on this ground: access, resolution, or either';
COMMENT ON COLUMN icp.stop_ground.needs_filing IS 'It is lifted only when the site has its filing number (3 Q8)';
COMMENT ON COLUMN icp.stop_ground.clause IS 'Document and article';

INSERT INTO icp.stop_ground (code, name_zh, what, needs_filing, clause) VALUES
	('unfiled',          '网站未备案',               'both',       true,  '4 §12(二), §16(五)'),
	('not_passed',       '未在本单位系统通过备案',   'access',     true,  '4 §12(二)'),
	('untrue',           '域名注册信息不真实',       'resolution', false, '4 §16(二)'),
	('refused_update',   '拒不更新备案信息',         'access',     false, '4 §12(四), 5 三(一)1'),
	('unreachable',      '无法联系网站主办者',       'access',     false, '5 三(一)1'),
	('illegal_content',  '明显违法信息',             'both',       false, '4 §12(十)'),
	('cancelled',        '备案已注销',               'both',       true,  '4 §22(三), (四)'),
	('closing_decision', '主管部门作出关闭域名决定', 'both',       false, '4 §16(七), 5 三(二)1');

GRANT SELECT ON icp.stop_ground TO PUBLIC;
GRANT REFERENCES ON icp.stop_ground TO PUBLIC;
