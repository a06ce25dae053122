SELECT provider, unit, starts, ends FROM care_relation WHERE person = $1::bigint
