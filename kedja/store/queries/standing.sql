-- Each of these (type, id), its current version where something stands there, and whether that meets the condition; not locked.
SELECT wanted.type, wanted.id, r.version, r.key IS NOT NULL AND coalesce({condition}, false) AS met
FROM unnest($1::text[], $2::text[]) AS wanted (type, id)
LEFT JOIN resource r ON r.type = wanted.type AND r.id = wanted.id
