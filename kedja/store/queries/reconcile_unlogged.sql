-- Versions that were stored from $1 until $2 and that no row of the log tells of. The log is read from some time before, since
-- a version bears the time at which its writing began.
WITH written AS MATERIALIZED (
    SELECT DISTINCT told.place FROM access_log l CROSS JOIN unnest(l.resources) AS told (place)
    WHERE l.action IN ('create', 'update', 'delete', 'import') AND l.decision = 'permit'
      AND l.at >= coalesce($1::timestamptz, '-infinity') - interval '1 hour'
)
SELECT v.type || '/' || v.id || '/_history/' || v.version AS place
FROM resource_version v
WHERE v.updated >= greatest(coalesce($1::timestamptz, '-infinity'), (SELECT coalesce(max(before), '-infinity') FROM audit_pruned))
  AND v.updated < $2::timestamptz
  AND NOT EXISTS (SELECT FROM written w WHERE w.place = v.type || '/' || v.id || '/_history/' || v.version)
LIMIT 1000
