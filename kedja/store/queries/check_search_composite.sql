SELECT resource, param, item, part, tokens, value, lo, hi, unit, code FROM search_composite WHERE resource = ANY ($1::bigint[])
