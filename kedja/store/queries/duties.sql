-- Tasks with all of these tokens that the law lets this actor see, the oldest first; that they were looked at is logged for each
-- person whom they are about, and about nobody where there are none.
WITH found AS MATERIALIZED (
    SELECT r.type, r.id, r.person, r.body, r.key, {rule} AS rule
    FROM resource r
    WHERE r.type = 'Task' AND r.tokens @> $1::bigint[] AND NOT r.deleted AND {condition}
    ORDER BY r.key LIMIT $2::integer
), logged AS (
    INSERT INTO access_log (person, actor, action, decision, rules, resources, request)
    SELECT person, $3::integer, 'search', 'permit', coalesce(array_agg(DISTINCT rule) FILTER (WHERE rule <> ''), '{}'),
           array_agg(type || '/' || id), $4::text
    FROM found GROUP BY person
    UNION ALL
    SELECT 0, $3::integer, 'search', 'permit', '{}', '{}', $4::text WHERE NOT EXISTS (SELECT FROM found)
)
SELECT id, person, body FROM found ORDER BY key
