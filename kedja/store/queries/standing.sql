-- The current rows of these (type, id), not locked.
SELECT r.key, r.type, r.id, r.version, r.updated, r.deleted, r.person, r.regime, r.provider, r.unit, r.source,
       r.labels, r.doc_start, r.doc_end, r.content_hash
FROM resource r
JOIN unnest($1::text[], $2::text[]) AS wanted (type, id) ON r.type = wanted.type AND r.id = wanted.id
