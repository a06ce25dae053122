SELECT resource, person, provider, unit, starts, ends FROM care_relation WHERE resource = ANY ($1::bigint[])
