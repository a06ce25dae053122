SELECT person, kind, provider, unit, employee, starts, ends FROM consent WHERE person = ANY ($1::bigint[])
