SELECT resource, param, lo, hi FROM search_date WHERE resource = ANY ($1::bigint[])
