SELECT kind, provider, unit, employee, starts, ends FROM consent WHERE person = $1::bigint
