SELECT resource, person, kind, provider, unit, info_start, info_end, excluded, starts, ends
FROM block WHERE resource = ANY ($1::bigint[])
