-- The schema is made by CREATE EXTENSION (control file: schema = icp).

COMMENT ON SCHEMA icp IS
  'icpfiling: types, functions, aggregates, trigger functions and reference data of website filing (网站备案)';

GRANT USAGE ON SCHEMA icp TO PUBLIC;
