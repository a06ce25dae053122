SELECT resource, param, value, exact FROM search_string WHERE resource = ANY ($1::bigint[])
