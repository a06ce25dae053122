-- The Patient that a person has, at this provider if they have one there; what it says of the name.
SELECT id, body FROM resource WHERE person = $1::bigint AND type = 'Patient' AND NOT deleted
ORDER BY provider <> $2::text, key LIMIT 1
