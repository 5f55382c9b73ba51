-- Ranges of addresses (IP列表).

CREATE TYPE icp.ip_range AS RANGE (SUBTYPE = inet, MULTIRANGE_TYPE_NAME = icp.ip_multirange);
COMMENT ON TYPE icp.ip_range IS 'A range of host addresses, IPv4 or IPv6';
COMMENT ON TYPE icp.ip_multirange IS 'Ranges of host addresses: what a site is served from';

-- what CREATE TYPE ... AS RANGE brings along
COMMENT ON FUNCTION icp.ip_range(inet, inet) IS 'Range of addresses [first,last)';
COMMENT ON FUNCTION icp.ip_range(inet, inet, text) IS 'Range of addresses with bounds [], [), (] or ()';
COMMENT ON FUNCTION icp.ip_multirange() IS 'No addresses';
COMMENT ON FUNCTION icp.ip_multirange(icp.ip_range) IS 'One range of addresses';
COMMENT ON FUNCTION icp.ip_multirange(VARIADIC icp.ip_range[]) IS 'Several ranges of addresses, in order and joined where they touch';
COMMENT ON CAST (icp.ip_range AS icp.ip_multirange) IS 'One range of addresses';
