SELECT person, provider, unit, starts, ends FROM care_relation WHERE person = ANY ($1::bigint[])
