SELECT person, kind, provider, unit, info_start, info_end, excluded, starts, ends FROM block WHERE person = ANY ($1::bigint[])
