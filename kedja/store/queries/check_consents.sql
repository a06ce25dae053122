SELECT resource, person, kind, provider, unit, employee, starts, ends FROM consent WHERE resource = ANY ($1::bigint[])
