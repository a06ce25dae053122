-- The current rows of these (type, id) that meet the condition, locked in one order so that two batches cannot wait for each other.
SELECT r.key, r.type, r.id, r.version, r.updated, r.deleted, r.person, r.regime, r.provider, r.unit, r.source,
       r.labels, r.doc_start, r.doc_end, r.content_hash
FROM resource r
JOIN unnest($1::text[], $2::text[]) AS wanted (type, id) ON r.type = wanted.type AND r.id = wanted.id
WHERE {condition}
ORDER BY r.key
FOR UPDATE OF r
