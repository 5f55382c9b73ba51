-- Ranges of addresses (IP列表).

CREATE TYPE icp.ip_range AS RANGE (SUBTYPE = inet, MULTIRANGE_TYPE_NAME = icp.ip_multirange);
COMMENT ON TYPE icp.ip_range IS 'A range of host addresses, IPv4 or IPv6';
COMMENT ON TYPE icp.ip_multirange IS 'Ranges of host addresses: what a site is served from';
