-- The form rules (备案信息填报要求): what they are, a bureau's settings, and judging a record by them.

CREATE TABLE icp.rule (
	code text PRIMARY KEY CHECK (code OPERATOR(pg_catalog.~) '^[A-Z]+(-[A-Z]+)*-[0-9]{3}$'),
	field text NOT NULL,
	severity text NOT NULL CHECK (severity OPERATOR(pg_catalog.=) ANY ('{error,warning}'::text[])),
	clause text NOT NULL,
	message_zh text NOT NULL,
	message_en text NOT NULL,
	advice_zh text NOT NULL,
	expected text NOT NULL,
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>=) valid_from),
	province icp.province,
	is_enabled boolean NOT NULL DEFAULT true,
	result_code integer,
	source text NOT NULL,
	test text,
	keyword_list text,
	arguments integer[],
	yields_to text[]
);
COMMENT ON TABLE icp.rule IS 'The form rules; shipped, replaced by upgrades, never edited. Each has a test in the library';
COMMENT ON COLUMN icp.rule.code IS 'What the rule is called, in violations and settings';
COMMENT ON COLUMN icp.rule.field IS 'The field it is about; * where the violation tells';
COMMENT ON COLUMN icp.rule.severity IS 'error: the record is refused; warning: somebody should look at it';
COMMENT ON COLUMN icp.rule.clause IS 'Document and article of the law';
COMMENT ON COLUMN icp.rule.message_zh IS 'What is wrong, in Chinese';
COMMENT ON COLUMN icp.rule.message_en IS 'What is wrong, in English';
COMMENT ON COLUMN icp.rule.advice_zh IS 'What to do about it, for who fills the form';
COMMENT ON COLUMN icp.rule.expected IS 'What would be right, where the test does not say it more exactly';
COMMENT ON COLUMN icp.rule.valid_from IS 'First day on which it holds; NULL: no beginning is known';
COMMENT ON COLUMN icp.rule.valid_to IS 'Last day on which it holds; NULL: it holds today';
COMMENT ON COLUMN icp.rule.province IS 'The province where it holds; NULL: everywhere';
COMMENT ON COLUMN icp.rule.is_enabled IS 'false: a bureau switches it on';
COMMENT ON COLUMN icp.rule.result_code IS 'The ministry''s result code (icp.result_code) for it, where it has one';
COMMENT ON COLUMN icp.rule.source IS 'Where it was read: law, or the practice of bureaux and providers';

COMMENT ON COLUMN icp.rule.test IS 'The test of the library (icp.rule_tests()) that judges it; NULL: the one that is called as the rule. Several rules may have one';
COMMENT ON COLUMN icp.rule.keyword_list IS 'The list of icp.keyword whose words the test looks for, where it looks for one';
COMMENT ON COLUMN icp.rule.arguments IS
	'What the test is given. AGE…, CREDENTIAL-010: the age asked for, and the one below which the national rule is silent; '
	'APPROVAL-OF-WORD: kinds of approval, any of which will do; APPROVAL-OF-CONTENT: pairs of content and kind of approval; '
	'CONTENT-002: pairs of content and province (code of GB/T 2260; 0: any) for which it will do';
COMMENT ON COLUMN icp.rule.yields_to IS
	'Rules that speak in its place where they are in force: by their date and province, and not switched off by a setting';

CREATE TABLE icp.rule_setting (
	code text NOT NULL REFERENCES icp.rule,
	province icp.province,
	is_enabled boolean,
	severity text CHECK (severity OPERATOR(pg_catalog.=) ANY ('{error,warning}'::text[])),
	valid_from date,
	valid_to date CHECK (valid_to OPERATOR(pg_catalog.>=) valid_from),
	reason text,
	CONSTRAINT rule_setting_key UNIQUE NULLS NOT DISTINCT (code, province)
);
COMMENT ON TABLE icp.rule_setting IS
	'A bureau''s word on a shipped rule; NULL leaves a part as it is shipped. The row of a province wins over the one without';
COMMENT ON COLUMN icp.rule_setting.code IS 'The rule';
COMMENT ON COLUMN icp.rule_setting.province IS 'Where the setting holds; NULL: everywhere';
COMMENT ON COLUMN icp.rule_setting.is_enabled IS 'Whether it applies; with a province also where the rule is another province''s';
COMMENT ON COLUMN icp.rule_setting.severity IS 'error or warning';
COMMENT ON COLUMN icp.rule_setting.valid_from IS 'First day; -infinity for no beginning';
COMMENT ON COLUMN icp.rule_setting.valid_to IS 'Last day; infinity for no end';
COMMENT ON COLUMN icp.rule_setting.reason IS 'Why: the bureau''s notice';

-- Only their owner writes them; everybody may read.
GRANT SELECT ON icp.rule, icp.rule_setting TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('icp.rule_setting', '');

CREATE FUNCTION icp.rule_changed() RETURNS trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_rule_changed';
COMMENT ON FUNCTION icp.rule_changed() IS 'Trigger: makes every session read the changed rules anew';
REVOKE ALL ON FUNCTION icp.rule_changed() FROM PUBLIC;
CREATE FUNCTION icp.code_changed() RETURNS trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_code_changed';
COMMENT ON FUNCTION icp.code_changed() IS 'Trigger: makes every session read the changed code tables anew';
REVOKE ALL ON FUNCTION icp.code_changed() FROM PUBLIC;

DO $$
DECLARE
	changed record;
BEGIN
	FOR changed IN SELECT * FROM (VALUES
		('rule', 'rule_changed', false),
		('rule_setting', 'rule_changed', true),
		('nature', 'code_changed', false),
		('nature_local', 'code_changed', true),
		('credential_type', 'code_changed', false),
		('credential_type_local', 'code_changed', true),
		('access_mode', 'code_changed', false),
		('access_mode_local', 'code_changed', true),
		('service_content', 'code_changed', false),
		('service_content_local', 'code_changed', true),
		('approval_kind', 'code_changed', false),
		('approval_kind_local', 'code_changed', true),
		('language', 'code_changed', false),
		('language_local', 'code_changed', true)) AS t (name, function, is_local)
	LOOP
		EXECUTE pg_catalog.format(
			'CREATE TRIGGER changing BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.%1$I
				FOR EACH STATEMENT EXECUTE FUNCTION icp.%2$I();
			CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON icp.%1$I
				FOR EACH STATEMENT EXECUTE FUNCTION icp.%2$I();
			ALTER TABLE icp.%1$I ENABLE ALWAYS TRIGGER changing;
			ALTER TABLE icp.%1$I ENABLE ALWAYS TRIGGER changed;
			COMMENT ON TRIGGER changing ON icp.%1$I IS
				''Before a statement, so that what it read half-way is forgotten if it fails'';
			COMMENT ON TRIGGER changed ON icp.%1$I IS
				''After a statement: every session reads the table anew''', changed.name, changed.function);
		IF changed.is_local THEN
			EXECUTE pg_catalog.format(
				'CREATE TRIGGER replicated AFTER INSERT OR UPDATE OR DELETE ON icp.%1$I
					FOR EACH ROW EXECUTE FUNCTION icp.%2$I();
				ALTER TABLE icp.%1$I ENABLE REPLICA TRIGGER replicated;
				COMMENT ON TRIGGER replicated ON icp.%1$I IS
					''After a row that an apply worker wrote: statement triggers do not fire there''',
				changed.name, changed.function);
		END IF;
	END LOOP;
END $$;

CREATE TYPE icp.violation AS (
	code text,
	field text,
	found text,
	expected text,
	severity text,
	clause text,
	message_zh text,
	message_en text,
	advice_zh text
);
COMMENT ON TYPE icp.violation IS 'A rule that a record breaks';
COMMENT ON COLUMN icp.violation.code IS 'The rule''s code';
COMMENT ON COLUMN icp.violation.field IS 'The field that is wrong';
COMMENT ON COLUMN icp.violation.found IS 'What stands there, or the part of it that is wrong; personal values masked; NULL: nothing';
COMMENT ON COLUMN icp.violation.expected IS 'What would be right';
COMMENT ON COLUMN icp.violation.severity IS 'error or warning';
COMMENT ON COLUMN icp.violation.clause IS 'Document and article of the law';
COMMENT ON COLUMN icp.violation.message_zh IS 'What is wrong, in Chinese';
COMMENT ON COLUMN icp.violation.message_en IS 'What is wrong, in English';
COMMENT ON COLUMN icp.violation.advice_zh IS 'What to do about it';

CREATE FUNCTION icp.violations(record, as_of date DEFAULT current_date, province icp.province DEFAULT NULL)
	RETURNS SETOF icp.violation
	LANGUAGE c STABLE PARALLEL SAFE ROWS 1
	AS 'MODULE_PATHNAME', 'icp_violations';
COMMENT ON FUNCTION icp.violations(record, date, icp.province) IS
	'Every rule that a record breaks as of a date: the record''s columns are the fields by name; the rules of the '
	'province, which is the record''s own where none is given';

CREATE FUNCTION icp.violation_codes(record, as_of date DEFAULT current_date, province icp.province DEFAULT NULL,
									severity text DEFAULT 'warning') RETURNS text[]
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_violation_codes';
COMMENT ON FUNCTION icp.violation_codes(record, date, icp.province, text) IS
	'Codes of the rules that a record breaks, {} where it is right; severity error leaves warnings out';

CREATE FUNCTION icp.rule_fields(OUT field text, OUT is_personal boolean) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 50
	AS 'MODULE_PATHNAME', 'icp_rule_fields';
COMMENT ON FUNCTION icp.rule_fields() IS
	'The fields that the rules know, and whether violations mask what stands in them';

CREATE FUNCTION icp.rule_tests(OUT code text, OUT needs text[], OUT looks_at text[]) RETURNS SETOF record
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 100
	AS 'MODULE_PATHNAME', 'icp_rule_tests';
COMMENT ON FUNCTION icp.rule_tests() IS
	'The tests of the library: the code of the rule, or what icp.rule.test calls it, the fields without which it does not apply, those it uses where they are there';

CREATE FUNCTION icp.is_individual(nature text) RETURNS boolean
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_is_individual';
COMMENT ON FUNCTION icp.is_individual(text) IS
	'Is this nature of a sponsor (主办单位性质) that of an individual (个人): the name or id of a row of icp.nature or icp.nature_local '
	'that says so, whatever white space is around it';

CREATE FUNCTION icp.check_row() RETURNS trigger
	LANGUAGE c VOLATILE
	AS 'MODULE_PATHNAME', 'icp_check_row';
COMMENT ON FUNCTION icp.check_row() IS
	'Trigger, AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW: refuses a row that breaks a rule with 23514 and all violations as '
	'JSON in DETAIL; DELETE takes its warnings away. Arguments: field=column, field= (left out), warnings=table, as_of=column, id=column';

-- The columns that check_row() writes: a table for warnings is made LIKE this one.
CREATE TABLE icp.warning_columns (
	relation regclass NOT NULL,
	row_id text,
	found_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	code text NOT NULL,
	field text NOT NULL,
	found text,
	expected text,
	severity text NOT NULL,
	clause text NOT NULL,
	message_zh text NOT NULL,
	message_en text NOT NULL,
	advice_zh text NOT NULL,
	CHECK (false) NO INHERIT
);
COMMENT ON TABLE icp.warning_columns IS
	'Never holds a row: CREATE TABLE … (LIKE icp.warning_columns INCLUDING DEFAULTS) makes a table for icp.check_row(''warnings=…'')';
COMMENT ON COLUMN icp.warning_columns.relation IS 'The table of the row';
COMMENT ON COLUMN icp.warning_columns.row_id IS 'Its id, of the column id= names or of column id';
COMMENT ON COLUMN icp.warning_columns.found_at IS 'When';
COMMENT ON COLUMN icp.warning_columns.code IS 'The rule''s code';
COMMENT ON COLUMN icp.warning_columns.field IS 'The field that is wrong';
COMMENT ON COLUMN icp.warning_columns.found IS 'What stands there; personal values masked';
COMMENT ON COLUMN icp.warning_columns.expected IS 'What would be right';
COMMENT ON COLUMN icp.warning_columns.severity IS 'error where icpfiling.errors_as_warnings let the row in, else warning';
COMMENT ON COLUMN icp.warning_columns.clause IS 'Document and article of the law';
COMMENT ON COLUMN icp.warning_columns.message_zh IS 'What is wrong, in Chinese';
COMMENT ON COLUMN icp.warning_columns.message_en IS 'What is wrong, in English';
COMMENT ON COLUMN icp.warning_columns.advice_zh IS 'What to do about it';
GRANT SELECT ON icp.warning_columns TO PUBLIC;
