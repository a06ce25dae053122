SELECT person, kind, provider, unit, to_provider, to_unit, to_employee, reason, starts, ends FROM lift WHERE person = ANY ($1::bigint[])
