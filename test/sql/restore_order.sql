-- What a dump's text needs when it is read back. Functions come before operator classes there where the extension's
-- members are dumped one by one (pg_upgrade), and the search_path is empty: no body, view, constraint, default or
-- condition may need an operator class of ours (ORDER BY, GROUP BY, DISTINCT, UNION, windows, IN over rows), nor one of
-- our operators without naming its schema (IS DISTINCT FROM, NULLIF, CASE, JOIN USING). So each is parsed again
-- without the classes and without a path.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT count(*) >= 0 AS roles FROM icp.create_roles();
SELECT icp.create_registry();

CREATE FUNCTION unreadable(schemas text[]) RETURNS TABLE (kind text, name text, problem text)
	LANGUAGE plpgsql
	SET allow_system_table_mods = on
AS $$
DECLARE
	item	record;
BEGIN
	-- as a dump is made, so that every name is written with its schema
	SET LOCAL search_path = '';
	CREATE TEMP TABLE item ON COMMIT DROP AS
	WITH relation AS (
		SELECT c.oid, c.oid::regclass AS name, c.relkind FROM pg_class c WHERE c.relnamespace::regnamespace::text = ANY (schemas))
	SELECT 'function' AS kind, f.oid::regprocedure::text AS name, pg_get_functiondef(f.oid) AS command
	  FROM pg_proc f
	 WHERE f.pronamespace::regnamespace::text = ANY (schemas) AND f.prokind IN ('f', 'p') AND f.prosqlbody IS NOT NULL
	UNION ALL
	SELECT 'view', r.name::text, 'PREPARE item AS ' || pg_get_viewdef(r.oid) FROM relation r WHERE r.relkind IN ('v', 'm')
	UNION ALL
	SELECT 'check', r.name || ' ' || k.conname, format('ALTER TABLE %s ADD CONSTRAINT item %s NOT VALID', r.name,
													   regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
	  FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'c'
	UNION ALL
	SELECT 'domain', k.contypid::regtype::text, format('ALTER DOMAIN %s ADD CONSTRAINT item %s NOT VALID', k.contypid::regtype,
													   regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
	  FROM pg_constraint k WHERE k.connamespace::regnamespace::text = ANY (schemas) AND k.contypid <> 0 AND k.contype = 'c'
	UNION ALL
	SELECT 'default', r.name || '.' || a.attname, format('PREPARE item AS SELECT %s FROM %s', pg_get_expr(d.adbin, d.adrelid), r.name)
	  FROM relation r JOIN pg_attrdef d ON d.adrelid = r.oid JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.adnum
	UNION ALL
	SELECT 'policy', r.name || ' ' || p.polname,
		   format('PREPARE item AS SELECT FROM %s WHERE %s AND %s', r.name, coalesce(pg_get_expr(p.polqual, r.oid), 'true'),
				  coalesce(pg_get_expr(p.polwithcheck, r.oid), 'true'))
	  FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
	UNION ALL
	SELECT 'trigger', r.name || ' ' || t.tgname, replace(pg_get_triggerdef(t.oid), ' TRIGGER ' || quote_ident(t.tgname),
														 ' TRIGGER item')
	  FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal AND t.tgqual IS NOT NULL;
	DELETE FROM pg_catalog.pg_opclass WHERE opcnamespace = 'icp'::regnamespace;
	DELETE FROM pg_catalog.pg_amop WHERE amopopr IN (SELECT o.oid FROM pg_catalog.pg_operator o WHERE o.oprnamespace = 'icp'::regnamespace);
	FOR item IN SELECT * FROM pg_temp.item i ORDER BY i.kind, i.name LOOP
		BEGIN
			EXECUTE item.command;
			IF item.command LIKE 'PREPARE%' THEN
				DEALLOCATE item;
			END IF;
			RAISE EXCEPTION USING ERRCODE = 'ZZ000';
		EXCEPTION
			WHEN SQLSTATE 'ZZ000' THEN
				NULL;
			WHEN OTHERS THEN
				kind := item.kind;
				name := item.name;
				problem := SQLERRM;
				RETURN NEXT;
		END;
	END LOOP;
END
$$;

-- it finds what is of each kind
CREATE SCHEMA planted;
SET search_path = public, icp;
CREATE TABLE planted.t (n icp.filing_number, d icp.domain_name, l icp.domain_list, p icp.province,
						CONSTRAINT rows CHECK ((n, d) < (n, d)));
CREATE VIEW planted.windows AS SELECT row_number() OVER (PARTITION BY t.p) FROM planted.t;
CREATE VIEW planted.arrays AS SELECT DISTINCT ARRAY[t.n] FROM planted.t;
CREATE VIEW planted.fine AS SELECT bool_or(t.n = ANY (ARRAY[t.n])) AS one, icp.max(t.n) FROM planted.t GROUP BY t.d::text;
CREATE VIEW planted.nullif AS SELECT NULLIF(t.n, t.n) FROM planted.t;
CREATE VIEW planted.using AS SELECT FROM planted.t JOIN planted.t u USING (n);
CREATE VIEW planted.fine_too AS
SELECT NULLIF(t.n::text, u.n::text), CASE WHEN t.p = '京' THEN 1 END, t.d IN ('a.cn', 'b.cn') AS among, t.d IN (SELECT x.d FROM planted.t x)
  FROM planted.t JOIN planted.t u ON u.n = t.n;
CREATE FUNCTION planted.sorted() RETURNS SETOF icp.province LANGUAGE sql
BEGIN ATOMIC
	SELECT t.p FROM planted.t ORDER BY t.p;
END;
CREATE FUNCTION planted.united() RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
	SELECT count(*) FROM (SELECT t.l FROM planted.t UNION SELECT t.l FROM planted.t) u;
END;
CREATE FUNCTION planted.listed(n icp.filing_number, d icp.domain_name) RETURNS boolean LANGUAGE sql
BEGIN ATOMIC
	SELECT (listed.n, listed.d) IN (SELECT t.n, t.d FROM planted.t);
END;
CREATE FUNCTION planted.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER changed AFTER UPDATE ON planted.t FOR EACH ROW WHEN (OLD.l IS DISTINCT FROM NEW.l) EXECUTE FUNCTION planted.f();
CREATE TRIGGER changed_text AFTER UPDATE ON planted.t FOR EACH ROW
	WHEN (OLD.l::text IS DISTINCT FROM NEW.l::text) EXECUTE FUNCTION planted.f();
ALTER TABLE planted.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY chosen ON planted.t USING (CASE t.p WHEN '京' THEN true ELSE false END);
RESET search_path;
BEGIN;
SELECT * FROM unreadable('{planted}');
ROLLBACK;

-- and nothing in the extension and a registry
BEGIN;
SELECT * FROM unreadable('{icp,beian}');
ROLLBACK;
