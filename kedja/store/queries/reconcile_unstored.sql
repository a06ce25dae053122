-- Writes that the log tells of from $1 until $2 and whose versions are not in the store, where they were not erased.
WITH told AS MATERIALIZED (
    SELECT DISTINCT l.seq, t.place, split_part(t.place, '/', 1) AS type, split_part(t.place, '/', 2) AS id,
           split_part(t.place, '/', 4)::integer AS version
    FROM access_log l CROSS JOIN unnest(l.resources) AS t (place)
    WHERE l.action IN ('create', 'update', 'delete', 'import') AND l.decision = 'permit' AND t.place LIKE '%/\_history/%'
      AND l.at >= coalesce($1::timestamptz, '-infinity') AND l.at < $2::timestamptz
), erased AS MATERIALIZED (
    SELECT DISTINCT split_part(t.place, '/', 1) AS type, split_part(t.place, '/', 2) AS id
    FROM access_log l CROSS JOIN unnest(l.resources) AS t (place)
    WHERE l.action = 'erase' AND l.decision = 'permit' AND l.at >= coalesce($1::timestamptz, '-infinity')
)
SELECT told.seq, told.place FROM told
LEFT JOIN resource r ON r.type = told.type AND r.id = told.id
WHERE (r.key IS NULL OR (r.version <> told.version
                         AND NOT EXISTS (SELECT FROM resource_history h WHERE h.key = r.key AND h.version = told.version)))
  AND NOT EXISTS (SELECT FROM erased e WHERE e.type = told.type AND e.id = told.id)
LIMIT 1000
