SELECT kind, representative, classes, starts, ends FROM representation WHERE person = $1::bigint
