-- Contact data: telephone numbers, e-mail, names of persons, postal addresses. The lists of area codes, segments and
-- words grow, so none of these is IMMUTABLE.

CREATE FUNCTION icp.explain_phone(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_phone' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_phone(text) IS
  'what is wrong with telephone numbers separated by semicolons (5 annex 3 (十)), or, after "Warning:", worth a look; NULL where nothing is';
CREATE FUNCTION icp.explain_email(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_email' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_email(text) IS
  'what is wrong with an e-mail address, or, after "Warning:", worth a look; NULL where nothing is';
CREATE FUNCTION icp.explain_person_name(name text, foreigner boolean DEFAULT false) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_person_name' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_person_name(text, boolean) IS
  'what is wrong with a person''s name (5 annex 3 (六)), or, after "Warning:", worth a look; NULL where nothing is; a foreigner''s may have letters';
CREATE FUNCTION icp.explain_address(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_explain_address' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.explain_address(text) IS
  'what is wrong with a postal address (5 annex 3 (七)), or, after "Warning:", worth a look; NULL where nothing is';

CREATE FUNCTION icp.phone_kind(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_phone_kind' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.phone_kind(text) IS
  'mobile, fixed, service (400, 800, 95) or foreign; NULL where the text is not one telephone number';
CREATE FUNCTION icp.phone_province(text) RETURNS icp.province
  AS 'MODULE_PATHNAME', 'icp_phone_province' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.phone_province(text) IS
  'the province of a fixed number''s area code; NULL for all other numbers';
CREATE FUNCTION icp.try_phone(text) RETURNS text
  AS 'MODULE_PATHNAME', 'icp_try_phone' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION icp.try_phone(text) IS
  'a telephone number in its canonical form, as 13800138000 or 010-61230987-801; NULL where the text is not one';

CREATE FUNCTION icp.shown(value text) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'icp_shown_text';
COMMENT ON FUNCTION icp.shown(text) IS
	'What a message shows of a word that was not expected, since it may be somebody''s: numbers of telephones and persons, who stands before an @, and a text of Chinese characters alone, but for its first, are stars';
