SELECT resource, person, kind, provider, unit, to_provider, to_unit, to_employee, reason, starts, ends
FROM lift WHERE resource = ANY ($1::bigint[])
