SELECT person, kind, provider, unit, starts, ends FROM subject_state WHERE person = ANY ($1::bigint[])
