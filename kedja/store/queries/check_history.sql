-- Resources of which not every earlier version is kept, and earlier versions of no resource.
SELECT r.type || '/' || r.id AS place,
       'is at version ' || r.version || ', with ' || count(h.version) || ' earlier versions'
       || coalesce(' from ' || min(h.version) || ' to ' || max(h.version), '') AS told
FROM resource r LEFT JOIN resource_history h USING (key)
WHERE $1::bigint[] IS NULL OR r.key = ANY ($1)
GROUP BY r.key
HAVING count(h.version) <> r.version - 1 OR coalesce(min(h.version), 1) <> 1 OR coalesce(max(h.version), 0) <> r.version - 1
UNION ALL
SELECT h.type || '/' || h.id, 'has version ' || h.version || ' in the history, but no current one'
FROM resource_history h
WHERE ($1::bigint[] IS NULL OR h.key = ANY ($1)) AND NOT EXISTS (SELECT FROM resource r WHERE r.key = h.key)
