-- The persons of these Patient ids, as far as one of these sources delivered them.
SELECT id, person
FROM resource
WHERE type = 'Patient' AND id = ANY ($1::text[]) AND source = ANY ($2::text[]) AND person <> 0
