SELECT person, kind, representative, classes, starts, ends FROM representation WHERE person = ANY ($1::bigint[])
