-- Versions in the custody of a person who is not there, and identifiers of one.
SELECT v.type || '/' || v.id || '/_history/' || v.version AS place, 'is about person ' || v.person || ', who is not there' AS told
FROM resource_version v
WHERE v.person <> 0 AND ($1::bigint[] IS NULL OR v.key = ANY ($1)) AND NOT EXISTS (SELECT FROM person p WHERE p.key = v.person)
