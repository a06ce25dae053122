SELECT system, value, status, source, basis, since, until
FROM person_identifier WHERE person = $1 AND system <> $2
ORDER BY since, system, value
