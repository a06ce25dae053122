SELECT size, text, signature FROM audit_checkpoint WHERE size > $1::bigint ORDER BY size
