-- The next resources of a type, in the order of the index `resource_newest`.
SELECT key, version, body FROM resource
WHERE type = $1 AND (key + 0) > $2::bigint AND NOT deleted
ORDER BY key + 0 LIMIT $3
