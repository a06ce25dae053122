SELECT value::bigint AS key FROM person_identifier WHERE person = $1 AND system = $2 ORDER BY since
