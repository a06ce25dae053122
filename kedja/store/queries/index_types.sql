-- Each type once, by one look in the index for each.
WITH RECURSIVE held (type) AS (
    SELECT min(type) FROM resource
    UNION ALL
    SELECT (SELECT min(r.type) FROM resource r WHERE r.type > held.type) FROM held WHERE held.type IS NOT NULL
)
SELECT type FROM held WHERE type IS NOT NULL
