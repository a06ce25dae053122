-- The persons of these identifiers, and every number of those persons.
SELECT i.system, i.value, i.person, i.status
FROM person_identifier i
WHERE i.person IN (
    SELECT k.person
    FROM person_identifier k
    JOIN unnest($1::text[], $2::text[]) AS wanted (system, value) ON k.system = wanted.system AND k.value = wanted.value
) OR i.person = ANY ($3::bigint[])
