SELECT resource, person, kind, provider, unit, starts, ends
FROM subject_state WHERE resource = ANY ($1::bigint[])
