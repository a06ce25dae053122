SELECT kind, provider, unit, info_start, info_end, excluded, starts, ends FROM block WHERE person = $1::bigint
