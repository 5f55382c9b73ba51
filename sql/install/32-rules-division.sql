-- Administrative divisions (行政区划), GB/T 2260, down to counties.

CREATE TABLE icp.division (
	code integer NOT NULL CHECK (code OPERATOR(pg_catalog.>=) 110000 AND code OPERATOR(pg_catalog.<=) 829999),
	name text NOT NULL,
	short_name text,
	valid_from date,
	valid_to date,
	UNIQUE NULLS NOT DISTINCT (code, valid_from)
);
CREATE TABLE icp.division_local (
	code integer NOT NULL CHECK (code OPERATOR(pg_catalog.>=) 110000 AND code OPERATOR(pg_catalog.<=) 829999),
	name text NOT NULL,
	short_name text,
	valid_from date,
	valid_to date,
	UNIQUE NULLS NOT DISTINCT (code, valid_from)
);
