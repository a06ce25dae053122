SELECT kind, provider, unit, starts, ends FROM subject_state WHERE person = $1::bigint
