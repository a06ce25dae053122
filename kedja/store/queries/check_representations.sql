SELECT resource, person, kind, representative, classes, starts, ends
FROM representation WHERE resource = ANY ($1::bigint[])
