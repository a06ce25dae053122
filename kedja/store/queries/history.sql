-- The versions of one resource that the law permits, newest first; one log row.
WITH found AS MATERIALIZED (
    SELECT r.version, r.updated, r.deleted, r.person, r.body, coalesce({condition}, false) AS permitted, {rule} AS rule
    FROM resource_version r WHERE r.type = $1::text AND r.id = $2::text
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT coalesce(max(f.person), 0), $3::integer, 'history',
           CASE WHEN count(f.*) = 0 THEN 'not-found' WHEN bool_or(f.permitted) THEN 'permit' ELSE 'deny' END,
           coalesce(array_agg(DISTINCT f.rule) FILTER (WHERE f.permitted AND f.rule <> ''), '{}'),
           ARRAY[$1 || '/' || $2 || '/_history'], $4::text
    FROM found f
)
SELECT version, updated, deleted, person, body FROM found
WHERE permitted AND version < coalesce($6::integer, 2147483647)
ORDER BY version DESC LIMIT $5::integer
