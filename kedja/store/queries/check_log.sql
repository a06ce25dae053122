-- Versions whose writing no row of the access log tells of. $2 is the system of the keys that persons had before they were
-- linked: the log stays as it was written.
WITH asked AS (
    SELECT key, version, type || '/' || id || '/_history/' || version AS place, person
    FROM resource_version
    WHERE ($1::bigint[] IS NULL OR key = ANY ($1)) AND updated >= (SELECT coalesce(max(before), '-infinity') FROM audit_pruned)
), persons AS (
    SELECT person FROM asked UNION
    SELECT i.value::bigint FROM person_identifier i WHERE i.system = $2::text AND i.person IN (SELECT person FROM asked)
), written AS (
    SELECT DISTINCT told.place FROM access_log l CROSS JOIN unnest(l.resources) AS told (place)
    WHERE l.action IN ('create', 'update', 'delete', 'import') AND l.decision = 'permit'
      AND ($1::bigint[] IS NULL OR l.person IN (SELECT person FROM persons))
)
SELECT place, 'no row of the access log tells of its writing' AS told FROM asked
WHERE NOT EXISTS (SELECT FROM written WHERE written.place = asked.place)
