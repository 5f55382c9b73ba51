-- What would be dropped with a registry's function or view in an upgrade is found, of whichever of the two there is none.
SET client_min_messages = warning;
SELECT icp.create_registry('ud');
CREATE SCHEMA mine;
CREATE VIEW mine.who AS SELECT ud.acting_user() AS who;
CREATE VIEW mine.disputes AS SELECT id FROM ud.conflict;
CREATE TABLE mine.log (who name DEFAULT ud.acting_user());
CREATE TRIGGER mine BEFORE TRUNCATE ON ud.setting FOR EACH STATEMENT EXECUTE FUNCTION ud.refuse_truncate();
SELECT d FROM icp.foreign_dependents('ud', NULL, '{ud.acting_user()}') d WHERE d ~ 'mine' ORDER BY d;
SELECT d FROM icp.foreign_dependents('ud', '{ud.conflict}', NULL) d ORDER BY d;
SELECT d FROM icp.foreign_dependents('ud', NULL, '{ud.refuse_truncate()}') d ORDER BY d;
SELECT count(*) FROM icp.foreign_dependents('ud', NULL, NULL);
DROP SCHEMA mine CASCADE;
DROP SCHEMA ud CASCADE;
