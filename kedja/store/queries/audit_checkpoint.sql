-- The checkpoint of this size that this key signed; of no size the latest.
SELECT size, key, text, signature FROM audit_checkpoint WHERE key = $1 AND ($2::bigint IS NULL OR size = $2) ORDER BY size DESC LIMIT 1
