SELECT resource, param, value, lo, hi, unit, code FROM search_number WHERE resource = ANY ($1::bigint[])
