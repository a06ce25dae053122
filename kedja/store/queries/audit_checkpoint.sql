-- The checkpoint of this size; of no size the latest.
SELECT size, text, signature FROM audit_checkpoint WHERE $1::bigint IS NULL OR size = $1 ORDER BY size DESC LIMIT 1
