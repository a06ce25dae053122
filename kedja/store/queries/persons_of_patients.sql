-- The persons of these Patient ids.
SELECT id, person FROM resource WHERE type = 'Patient' AND id = ANY ($1::text[]) AND person <> 0
