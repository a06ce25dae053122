SELECT key, type, id, version, updated, deleted, body FROM resource_history
WHERE $1::bigint[] IS NULL OR key = ANY ($1)
ORDER BY key, version
