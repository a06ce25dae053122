-- Up to $1 superseded versions that no page can ask for any more lose their index.
WITH expired AS (
    DELETE FROM resource_past WHERE key IN (
        SELECT key FROM resource_past WHERE until < now() ORDER BY until LIMIT $1::bigint FOR UPDATE SKIP LOCKED
    )
    RETURNING key
), strings AS (
    DELETE FROM search_string WHERE resource IN (SELECT key FROM expired)
), dates AS (
    DELETE FROM search_date WHERE resource IN (SELECT key FROM expired)
), composites AS (
    DELETE FROM search_composite WHERE resource IN (SELECT key FROM expired)
)
DELETE FROM search_number WHERE resource IN (SELECT key FROM expired)
