SELECT size, key, text, signature FROM audit_checkpoint ORDER BY size
